/* SPDX-License-Identifier: MIT */
/* subject.c: finds and loads the model of a run's folder or a file. */
#include "subject.h"

#include "base/error.h"
#include "base/file.h"
#include "exchange/exchange.h"
#include "model/title.h"
#include "run/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

dsc_status command_subject_find(command_subject *subject, const char *path, dsc_error *error) {
    *subject = (command_subject){.name = path};
    subject->is_run = dsc_is_folder(path);
    if (!subject->is_run) {
        subject->model_path = strdup(path);
        return subject->model_path ? DSC_OK : dsc_fail_memory(error, strlen(path), path);
    }
    dsc_recipe recipe;
    dsc_status status = dsc_run_recipe(&recipe, NULL, path, error);
    if (status) return status;
    subject->model_path = dsc_path_join(path, DSC_RUN_MODEL);
    subject->data = recipe.data;
    subject->reading = recipe.reading;
    subject->training_samples = (size_t)recipe.training_samples;
    recipe.data = NULL;
    recipe.reading = dsc_reading_defaults();
    dsc_recipe_clear(&recipe);
    if (!subject->model_path) return dsc_fail_memory(error, strlen(path), path);
    struct stat info;
    if (stat(subject->model_path, &info)) {
        free(subject->model_path);
        subject->model_path = NULL;
    }
    return DSC_OK;
}

dsc_status command_subject_open(command_subject *subject, const char *operand, dsc_error *error) {
    char word[DSC_SHELL_WORD];
    dsc_status status = command_subject_find(subject, operand, error);
    if (!status && !subject->model_path)
        return dsc_fail(error, DSC_ERROR_IO,
                        "%s: has no model yet, because the run is not finished; continue it with `descender "
                        "train --resume %s`",
                        operand, dsc_shell_word(word, operand));
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the path stays in the subject while the model is loaded */
    return status ? status : command_subject_load(subject, error);
}

dsc_status command_subject_load(command_subject *subject, dsc_error *error) {
    return subject->model_path ? command_model_load(&subject->model, subject->model_path, error) : DSC_OK;
}

dsc_status command_model_load(dsc_model **model, const char *path, dsc_error *error) {
    dsc_text notes = {0};
    dsc_status status = exchange_load(model, path, &notes, error);
    if (!status) command_tell_notes(&notes);
    dsc_text_free(&notes);
    return status;
}

void command_tell_notes(const dsc_text *notes) {
    for (const char *line = notes->data, *end; line && *line; line = end + 1) {
        end = strchr(line, '\n');
        if (!end) end = line + strlen(line) - 1;
        command_complain("note: %.*s", (int)(end - line), line);
    }
}

dsc_status command_note_accuracy(dsc_model *model, double accuracy, size_t count, const char *data,
                                 dsc_error *error) {
    dsc_text text = {0}, name = {0};
    char share[32], images[48];
    dsc_text_append(&text, "%s %% of %s test images",
                    dsc_format_fixed(share, sizeof share, 100 * accuracy, 2),
                    dsc_format_grouped(images, (double)count));
    if (data) dsc_public_name(&name, data);
    if (name.length) dsc_text_append(&text, " of ");
    if (name.length) dsc_text_append_bytes_as_utf8(&text, name.data);
    dsc_status status = text.failed || name.failed ? dsc_fail_memory(error, text.length, "a model's accuracy")
                                                   : dsc_model_set_about(model, "accuracy", text.data, error);
    dsc_text_free(&text);
    dsc_text_free(&name);
    return status;
}

void command_subject_close(command_subject *subject) {
    dsc_model_free(subject->model);
    free(subject->model_path);
    free(subject->data);
    dsc_reading_clear(&subject->reading);
    *subject = (command_subject){0};
}

dsc_status command_subject_match(dsc_dataset **set, command_subject *subject, const command_call *call,
                                 dsc_error *error) {
    dsc_dataset *matched;
    dsc_error why;
    dsc_status status = dsc_dataset_match(&matched, &subject->remarks, *set, subject->model, &why);
    const bool guessed = !subject->data && !command_given(call, "data");
    if (status)
        return dsc_fail(error, status, "%s: %s%s", subject->name, why.message,
                        status == DSC_ERROR_MISMATCH && guessed
                            ? "; or name the data of this model with --data, because its file does not"
                            : "");
    command_tell_remarks(&subject->remarks);
    dsc_dataset_free(*set);
    *set = matched;
    return DSC_OK;
}

void command_subject_tell_split(const command_subject *subject, const command_data *data,
                                const command_call *call) {
    const char *learned = dsc_model_about(subject->model, "data");
    bool split = false;
    for (const dsc_param *p = dsc_reading_params; p->name; p++)
        if (command_given(call, p->name)) return;
    for (size_t i = 0; i < data->understood.count; i++)
        split = split || !strcmp(data->understood.line[i].what, "split");
    if (subject->is_run || !split || !learned) return;
    dsc_text name = {0};
    dsc_public_name(&name, data->name);
    if (name.data && !strcmp(name.data, learned))
        command_remark(call,
                       "The model's file does not record how its data were split. If the model was trained "
                       "with another --split-seed, --test-share or --group-by, some of these test images "
                       "are among its training images: give the same options, or the folder of the run");
    dsc_text_free(&name);
}

/* Replaces the run's reading options by those that the user gave. Both keep their texts. */
static void override(dsc_reading *reading, const dsc_reading *given, const command_call *call) {
    for (const dsc_param *p = dsc_reading_params; p->name; p++) {
        static const size_t sizes[] = {
            [DSC_PARAM_INT] = sizeof(int64_t),      [DSC_PARAM_REAL] = sizeof(double),
            [DSC_PARAM_PAIR] = 2 * sizeof(int64_t), [DSC_PARAM_SWITCH] = sizeof(bool),
            [DSC_PARAM_CHOICE] = sizeof(int),       [DSC_PARAM_TEXT] = sizeof(char *)};
        if (command_given(call, p->name))
            memcpy((char *)reading + p->offset, (const char *)given + p->offset, sizes[p->type]);
    }
}

command_source command_subject_source(const command_subject *subject, const command_call *call,
                                      const command_source *source) {
    command_source from = *source;
    if (!subject->data || command_given(call, "data")) return from;
    from.data = subject->data;
    from.reading = subject->reading;
    override(&from.reading, &source->reading, call);
    return from;
}
