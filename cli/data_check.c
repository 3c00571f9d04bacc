/* SPDX-License-Identifier: MIT */
/* data_check.c: `descender data check`: reports all problems of data; of four IDX files also those of each
 * file, whether the data can be opened or not. */
#include "command.h"

#include "data/check.h"
#include "data/find.h"
#include "data/folder.h"
#include "data/form.h"
#include "forms/forms.h"
#include "source.h"
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    dsc_reading reading;
    char *model;
    bool json, quiet;
} values;

typedef struct findings {
    const command_call *call;
    json_t *list; /* with --json */
} findings;

static const char *const levels[] = {
    [DSC_CHECK_NOTE] = "note", [DSC_CHECK_WARNING] = "warning", [DSC_CHECK_ERROR] = "error"};

static void on_finding(void *user, dsc_check_level level, const char *message) {
    static const char *const colours[] = {
        [DSC_CHECK_NOTE] = "", [DSC_CHECK_WARNING] = "\033[33m", [DSC_CHECK_ERROR] = "\033[31m"};
    findings *f = user;
    char shown[DSC_VISIBLE];
    if (f->list) {
        (void)json_array_append_new(f->list,
                                    json_pack("{s:s, s:o}", "level", levels[level], "message",
                                              json_string(dsc_visible(shown, sizeof shown, message))));
        return;
    }
    if (level == DSC_CHECK_NOTE && f->call->quiet) return;
    bool colour = command_colour(stdout) && *colours[level];
    command_print("%s%s:%s %s\n", colour ? colours[level] : "", levels[level], colour ? "\033[0m" : "",
                  dsc_visible(shown, sizeof shown, message));
}

static dsc_status report(const findings *f, const char *folder, const dsc_check_counts *counts,
                         dsc_error *error) {
    if (f->call->json)
        return command_print_json(
            json_pack("{s:o, s:b, s:I, s:I, s:I, s:O}", "folder", dsc_json_text(folder), "sound",
                      counts->errors == 0, "errors", (json_int_t)counts->errors, "warnings",
                      (json_int_t)counts->warnings, "notes", (json_int_t)counts->notes, "findings", f->list),
            error);
    char shown[DSC_VISIBLE];
    (void)dsc_visible(shown, sizeof shown, folder);
    if (!counts->errors && !counts->warnings)
        command_print("%s: sound\n", shown);
    else if (!counts->errors)
        command_print("%s: usable, with %zu warning%s\n", shown, counts->warnings,
                      counts->warnings == 1 ? "" : "s");
    return DSC_OK;
}

static void find(findings *f, dsc_check_counts *counts, dsc_check_level level, const char *message) {
    counts->warnings += level == DSC_CHECK_WARNING;
    counts->errors += level == DSC_CHECK_ERROR;
    on_finding(f, level, message);
}

/* Reports where one part does not fit the model. */
static dsc_status compare(findings *f, dsc_check_counts *counts, const dsc_dataset *part,
                          const command_subject *subject, dsc_error *error) {
    dsc_dataset *matched;
    dsc_remarks remarks;
    char message[DSC_MESSAGE_SIZE + 300];
    dsc_status status = dsc_dataset_match(&matched, &remarks, part, subject->model, error);
    if (status && status != DSC_ERROR_MISMATCH) return status;
    if (status) {
        (void)snprintf(message, sizeof message, "%.255s: %s", subject->name, error->message);
        find(f, counts, DSC_CHECK_ERROR, message);
        return DSC_OK;
    }
    for (size_t i = 0; i < remarks.count; i++) {
        (void)snprintf(message, sizeof message, "%.255s: %s", subject->name, remarks.line[i]);
        find(f, counts, DSC_CHECK_WARNING, message);
    }
    dsc_dataset_free(matched);
    return DSC_OK;
}

static dsc_status compare_all(findings *f, dsc_check_counts *counts, const char *folder,
                              const command_subject *subject, dsc_error *error) {
    dsc_dataset *train = NULL, *test = NULL;
    dsc_status status = dsc_mnist_open(&train, &test, folder, error);
    if (!status) status = compare(f, counts, train, subject, error);
    if (!status) status = compare(f, counts, test, subject, error);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return status;
}

/* A subject without a model is not compared. */
static dsc_status check(findings *f, const char *folder, const command_subject *subject, dsc_error *error) {
    dsc_check_counts counts;
    dsc_status status = dsc_data_check(&counts, folder, on_finding, f, error);
    if (!status) status = command_go_on(error);
    if (!status && subject->model && !counts.errors) status = compare_all(f, &counts, folder, subject, error);
    if (!status) status = report(f, folder, &counts, error);
    if (status || !counts.errors) return status;
    return dsc_fail(error, DSC_ERROR_FORMAT, "%s: %zu error%s, %zu warning%s", folder, counts.errors,
                    counts.errors == 1 ? "" : "s", counts.warnings, counts.warnings == 1 ? "" : "s");
}

/* Whether the place holds IDX files. */
static bool are_files(const char *path) {
    const dsc_data_form *form = NULL;
    char *inner = NULL;
    const bool found = !dsc_data_form_find(&form, &inner, &forms_registry, path, NULL);
    free(inner);
    return found && form == &dsc_data_form_idx;
}

/* Whether a data set is meant by its name: no file or folder has it. */
static bool is_name(const char *text) {
    return access(text, F_OK) && !strchr(text, '/') && !dsc_mnist_is_place(text);
}

/* Checks data in any other form, or by their name; they are opened first. */
static dsc_status check_opened(findings *f, command_call *call, char *path, const command_subject *subject,
                               dsc_error *error) {
    const values *how = call->values;
    command_source source = command_source_of(path, &how->reading, !is_name(path));
    source.packs = true;
    command_data data;
    dsc_check_counts counts = {0};
    dsc_status status = command_data_open(&data, call, &source, error);
    if (!status) status = command_go_on(error);
    if (!status) status = dsc_data_check_sets(&counts, data.train, data.test, on_finding, f, error);
    if (!status) status = command_go_on(error);
    if (!status && subject->model) status = compare(f, &counts, data.train, subject, error);
    if (!status && subject->model && data.test) status = compare(f, &counts, data.test, subject, error);
    if (!status) status = report(f, path, &counts, error);
    if (!status && counts.errors)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: %zu error%s, %zu warning%s", path, counts.errors,
                          counts.errors == 1 ? "" : "s", counts.warnings, counts.warnings == 1 ? "" : "s");
    command_data_close(&data);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    findings f = {.call = call, .list = call->json ? json_array() : NULL};
    const values *how = call->values;
    command_subject subject = {0};
    char *located = NULL;
    dsc_status status = how->model ? command_subject_open(&subject, how->model, error) : DSC_OK;
    if (!status && !call->operand_count) status = dsc_mnist_locate(&located, error);
    char *path = located ? located : call->operands[0];
    if (!status)
        status = are_files(path) && !is_name(path) ? check(&f, path, &subject, error)
                                                   : check_opened(&f, call, path, &subject, error);
    json_decref(f.list);
    free(located);
    command_subject_close(&subject);
    return status;
}

static const dsc_param options[] = {
    {"model", DSC_PARAM_TEXT, offsetof(values, model), NULL, 0, 0, NULL,
     "also report where the data do not fit this model: a run's folder or a model's file"},
    DSC_READING_PARAMS(values, reading),
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {{"model", 'm', "RUN|MODEL", true}, COMMAND_READING_EXTRAS, {0}};

static const command_operand operands[] = {
    {.name = "DATA",
     .optional = true,
     .help =
         "data of any form, see `descender help forms`, or a data set by its name; without it, the folder "
         "where MNIST is found"},
    {0},
};

static const command_example examples[] = {
    {"data check", "Check the MNIST that the other commands use."},
    {"data check fashion-mnist", "Examine another data set that is known by its name."},
    {"data check ./letters", "Check data of your own."},
    {"data check ./letters --model runs/0001-letters",
     "Check that the data fit the model: shape, classes, ground, preparation."},
    {0},
};

const command command_data_check = {
    .name = "check",
    .help = "check data and list every problem",
    .about = "Checks the data and prints every problem, not only the first one: errors, with which no "
             "command can use the data; warnings, which suggest that the data are not what was meant; and "
             "notes. The command fails if there are errors.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
