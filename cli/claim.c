/* SPDX-License-Identifier: MIT */
/* claim.c: `descender claim`: writes a run's results to a file that others can check. */
#include "command.h"

#include "base/file.h"
#include "base/text.h"
#include "claim_work.h"
#include "model/title.h"
#include "run/facts.h"
#include "run/note.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#define FILE_NAME "claim.json"

typedef struct values {
    command_source source;
    int64_t threads;
    char *others, *out;
    bool json, quiet;
} values;

typedef struct session {
    command_call *call;
    const values *how;
    command_subject subject;
    command_data data;
    command_others others;
    dsc_run_facts facts;
    report_run_claim claim;
    char *path;
} session;

static dsc_status open_run(session *s, dsc_error *error) {
    const char *run = s->call->operands[0];
    dsc_status status = command_subject_open(&s->subject, run, error);
    if (!status && !s->subject.is_run)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: is a model's file, but a claim also tells how the model was trained: give the "
                        "folder of its run",
                        run);
    if (!status) status = dsc_run_recipe(&s->claim.recipe, &s->claim.recipe_name, run, error);
    if (!status) status = dsc_run_facts_read(&s->facts, run, error);
    if (!status) status = report_claim_check_recipe(&s->claim.recipe, run, error);
    s->path = s->how->out ? strdup(s->how->out) : dsc_path_join(run, FILE_NAME);
    if (!status && !s->path) status = dsc_fail_memory(error, strlen(run), run);
    return status;
}

/* Fails unless the data are those that the run was trained on. A trainer that is not run finds them: it takes
 * the part of the data that the recipe says. */
static dsc_status compare_data(const session *s, dsc_error *error) {
    dsc_trainer *trainer;
    dsc_status status = dsc_trainer_create(&trainer, NULL, &s->claim.recipe, s->data.train, 1, error);
    if (!status) status = dsc_run_note_compare(s->subject.name, trainer, error);
    dsc_trainer_free(trainer);
    return status;
}

static dsc_status open_data(session *s, dsc_error *error) {
    command_source source = command_subject_source(&s->subject, s->call, &s->how->source);
    dsc_status status = command_data_open(&s->data, s->call, &source, error);
    if (!status)
        status = command_others_of_recipe(&s->others, s->call, &s->claim.recipe, s->how->others, false,
                                          source.offline, error);
    if (!status) status = compare_data(s, error);
    return status ? status : command_rehearse(s->call, s->path, error);
}

/* Appends the names of data without their folders; `list` is divided by commas. */
static void append_public(dsc_text *text, const char *list) {
    char *copy = strdup(list), *rest = copy;
    text->failed |= !copy;
    for (char *item; (item = strsep(&rest, ","));) {
        if (text->length) dsc_text_append(text, ",");
        if (strchr(item, '/'))
            dsc_public_name(text, item);
        else
            dsc_text_append(text, "%s", item);
    }
    free(copy);
}

/* Names in a claim are passed on and have no path of this machine. */
static dsc_status take_names(session *s, dsc_error *error) {
    report_run_claim *c = &s->claim;
    const char *kernels = json_string_value(json_object_get(s->facts.start, "kernels"));
    dsc_text data = {0}, place = {0}, recipe = {0}, others = {0};
    dsc_public_name(&data, s->data.name);
    dsc_public_name(&place, c->recipe.data);
    dsc_public_name(&recipe, c->recipe_name);
    if (c->recipe.others) append_public(&others, c->recipe.others);
    dsc_status status = data.failed || place.failed || recipe.failed || others.failed
                            ? dsc_fail_memory(error, data.capacity, "a claim")
                            : dsc_text_replace(&c->data_name, data.data, error);
    if (!status && strchr(c->recipe.data, '/')) status = dsc_text_replace(&c->recipe.data, place.data, error);
    if (!status) status = dsc_text_replace(&c->recipe_name, recipe.data, error);
    if (!status && others.data) status = dsc_text_replace(&c->recipe.others, others.data, error);
    if (!status && !kernels)
        status =
            dsc_fail(error, DSC_ERROR_FORMAT,
                     "%s: its log does not say which kernels trained it; train a new run", s->subject.name);
    if (!status) status = dsc_text_replace(&c->kernels, kernels, error);
    c->bf16 = c->recipe.precision == DSC_PRECISION_BF16;
    dsc_text_free(&data);
    dsc_text_free(&place);
    dsc_text_free(&recipe);
    dsc_text_free(&others);
    return status;
}

static dsc_status report(const session *s, dsc_error *error) {
    const report_run_claim *c = &s->claim;
    if (s->call->json)
        return command_print_json(json_pack("{s:o, s:o, s:I, s:I, s:s, s:s, s:s, s:s}", "claim",
                                            dsc_json_text(s->path), "run", dsc_json_text(s->subject.name),
                                            "right", (json_int_t)c->right, "count", (json_int_t)c->test.count,
                                            "model_sha256", c->model_sha256, "weights_sha256",
                                            c->weights_sha256, "program_sha256", c->program_sha256,
                                            "kernels_sha256", c->kernels_sha256),
                                  error);
    dsc_text text = {0};
    char shown[DSC_VISIBLE], word[DSC_SHELL_WORD];
    dsc_text_append(&text, "Claim: ");
    command_claim_append_score(&text, c);
    dsc_text_append(&text, "\nWritten: %s\n", dsc_visible(shown, sizeof shown, s->path));
    dsc_status status = command_print_text(&text, error);
    command_remark(s->call, "Next: descender reproduce %s", dsc_shell_word(word, s->path));
    return status;
}

static dsc_status work(session *s, dsc_error *error) {
    dsc_status status = open_run(s, error);
    if (!status) status = open_data(s, error);
    if (!status) status = take_names(s, error);
    if (!status) status = command_claim_data(&s->claim, &s->data, &s->others, error);
    if (!status) status = report_claim_take_program(&s->claim, error);
    if (!status)
        status =
            command_claim_model(&s->claim, s->call, &s->subject, &s->data, (unsigned)s->how->threads, error);
    if (!status) status = report_claim_write(&s->claim, s->path, error);
    return status ? status : report(s, error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values};
    dsc_status status = work(&s, error);
    report_claim_clear(&s.claim);
    dsc_run_facts_clear(&s.facts);
    command_subject_close(&s.subject);
    command_data_close(&s.data);
    command_others_close(&s.others);
    free(s.path);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    {"others", DSC_PARAM_TEXT, offsetof(values, others), NULL, 0, 0, NULL,
     "where the run's images of no class are now, if they have moved"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "file to write; default: " FILE_NAME " in the run's folder"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,
    {"others", 0, "DATA,...", true},
    {"out", 'o', "FILE", true},
    {"threads", 't', NULL, false},
    {0},
};

static const command_operand operands[] = {{.name = "RUN", .help = "folder of a finished run"}, {0}};

static const command_example examples[] = {
    {"claim runs/0001-mnist-cnn-109k", "Write runs/0001-mnist-cnn-109k/claim.json."},
    {"claim runs/0001-mnist-cnn-109k --out ninety-nine.json", "Write the claim to a file of your choice."},
    {0},
};

const command command_claim = {
    .name = "claim",
    .help = "write a claim: a run's result in a form that anybody can check",
    .about = "Measures the run's model on the test set and writes a small JSON file: the recipe; SHA-256 of "
             "the data; the program, its kernels and the model; the score with its interval; and for each "
             "test image whether the answer was right. The file contains its own SHA-256, so that a changed "
             "byte is detected. `descender reproduce` repeats the training and compares the results.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
