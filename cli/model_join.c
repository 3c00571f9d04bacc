/* SPDX-License-Identifier: MIT */
/* model_join.c: `descender model join`: joins separately trained models to one. */
#include "command.h"

#include "model/members.h"
#include "subject.h"

#include <stdlib.h>

typedef struct values {
    char *out;
    bool json, quiet;
} values;

static dsc_status join(dsc_model **joined, const command_call *call, dsc_error *error) {
    const size_t count = call->operand_count;
    command_subject *members = calloc(count, sizeof *members);
    const dsc_model **models = calloc(count, sizeof(dsc_model *));
    dsc_status status =
        members && models ? DSC_OK : dsc_fail_memory(error, count * sizeof *members, "an ensemble");
    for (size_t i = 0; i < count && !status; i++) {
        status = command_subject_open(&members[i], call->operands[i], error);
        models[i] = members[i].model;
    }
    if (!status) status = dsc_model_join(joined, models, count, error);
    for (size_t i = 0; i < count && members; i++) command_subject_close(&members[i]);
    free(models);
    free(members);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    dsc_model *joined = NULL;
    size_t members = 0;
    if (call->operand_count < 2)
        return command_wrong_usage(call, error,
                                   "an ensemble has at least two members; give two or more files");
    if (!how->out)
        return command_wrong_usage(call, error, "--out is required: give the file of the ensemble");
    dsc_status status = command_rehearse(call, how->out, error);
    if (!status) status = join(&joined, call, error);
    if (!status) status = dsc_model_save(joined, how->out, error);
    if (!status) (void)dsc_model_members(joined, &members);
    if (!status && call->json)
        status = command_print_json(json_pack("{s:o, s:I, s:I, s:s}", "model", dsc_json_text(how->out),
                                              "members", (json_int_t)members, "parameters",
                                              (json_int_t)dsc_model_parameters(joined), "text",
                                              dsc_model_text(joined)),
                                    error);
    if (!status) command_remark(call, "Saved the ensemble of %zu networks: %s", members, how->out);
    dsc_model_free(joined);
    return status;
}

static const dsc_param options[] = {
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL, "file of the ensemble"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {{"out", 'o', "FILE.safetensors", false}, {0}};

static const command_operand operands[] = {
    {.name = "RUN|MODEL", .many = true, .help = "members: folders of runs, or models' files"},
    {0},
};

static const command_example examples[] = {
    {"model join runs/0001-mnist-cnn-109k runs/0002-mnist-cnn-109k -o both.safetensors",
     "Join the models of two runs."},
    {"model join first.onnx second.safetensors -o both.safetensors --json",
     "Join models of different formats; print JSON."},
    {0},
};

const command command_model_join = {
    .name = "join",
    .help = "join several models to an ensemble, which is one model",
    .about = "Writes one file that answers with the mean of the members' probabilities. evaluate, predict, "
             "serve, export and quantise take it like any other model. If a member is an ensemble, its "
             "members are added. All members must have the same image size and the same "
             "classes.\n\n`descender train --members 5` trains the members and joins them.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .run = run,
};
