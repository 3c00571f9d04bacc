/* SPDX-License-Identifier: MIT */
/* export.c: `descender export`: writes a model to a file for other programs. */
#include "command.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/spec.h"
#include "exchange/exchange.h"
#include "exchange/verify.h"
#include "fetch/sha256.h"
#include "run/facts.h"
#include "subject.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORMATS_MOST = 16 };

typedef struct values {
    command_source source;
    char *to, *out;
    bool verify, force, json, quiet;
    int64_t samples, threads;
} values;

/* One format of this call. */
typedef struct target {
    const exchange_format *format;
    void *values;
    exchange_output output;
    exchange_check check;
    bool checked;
} target;

typedef struct session {
    command_call *call;
    const values *how;
    command_subject subject;
    command_data data;
    exchange_reference reference;
    target targets[FORMATS_MOST];
    size_t count;
    char *stem, *folder; /* of the files: last part of the path, and its folder */
    bool named;          /* --out gives the whole name of a single file, with its extension */
    char hash[FETCH_SHA256_HEX];
    dsc_text line; /* the command that makes these files */
} session;

/* --- options --- */

static dsc_status add_target(session *s, const char *text, dsc_error *error) {
    const char *next = text;
    const dsc_row *row;
    dsc_spec spec;
    target *t = &s->targets[s->count];
    dsc_status status = dsc_spec_read(&spec, &next, text, "", error);
    if (!status) status = dsc_spec_choose(&row, &t->values, &spec, text, &exchange_registry, error);
    if (status) return status;
    t->format = (const exchange_format *)(const void *)row;
    s->count++;
    if (t->format->write) return DSC_OK;
    return command_wrong_usage(s->call, error, "models can be read from %s, but not written to it",
                               row->name);
}

static dsc_status find_targets(session *s, dsc_error *error) {
    if (s->how->to) return add_target(s, s->how->to, error);
    if (!s->how->verify)
        return command_wrong_usage(s->call, error,
                                   "--to FORMAT is missing; `descender help formats` lists them");
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && s->count < FORMATS_MOST; i++) {
        const exchange_format *format = (const void *)dsc_registry_at(&exchange_registry, i);
        if (!format) break;
        if (format->write) status = add_target(s, format->name, error);
    }
    return status;
}

/* Finds the names: runs/0001-mnist/ -> 0001-mnist; digits.safetensors -> digits. An extension in --out is
 * that of the file; several files have extensions of their own. */
static dsc_status find_names(session *s, dsc_error *error) {
    const char *path = s->how->out ? s->how->out : s->call->operands[0];
    size_t length = strlen(path);
    while (!s->how->out && length > 1 && path[length - 1] == '/') length--;
    size_t begin = length;
    while (begin > 0 && path[begin - 1] != '/') begin--;
    const char *dot = memrchr(path + begin, '.', length - begin);
    const bool extended = dot && dot > path + begin && !(s->subject.is_run && !s->how->out);
    if (extended) length = (size_t)(dot - path);
    s->named = extended && s->how->out;
    s->stem = strndup(path + begin, length - begin);
    s->folder = s->how->out && begin ? strndup(path, begin) : strdup("");
    if (!s->stem || !s->folder) return dsc_fail_memory(error, length, path);
    if (!*s->stem || !strcmp(s->stem, ".") || !strcmp(s->stem, ".."))
        return command_wrong_usage(s->call, error, "--out %s: expected the name of a file", path);
    return DSC_OK;
}

static void write_line_of_command(session *s) {
    char word[DSC_SHELL_WORD];
    dsc_text_append(&s->line, "descender export %s", dsc_shell_word(word, s->call->operands[0]));
    if (s->how->to) dsc_text_append(&s->line, " --to %s", dsc_shell_word(word, s->how->to));
    if (s->how->out) dsc_text_append(&s->line, " --out %s", dsc_shell_word(word, s->how->out));
}

/* --- making files --- */

static dsc_status make(session *s, target *t, dsc_error *error) {
    t->output.stem = s->stem;
    t->output.command = s->line.failed ? NULL : s->line.data;
    t->output.hash = *s->hash ? s->hash : NULL;
    dsc_error why;
    const dsc_status status = t->format->write(&t->output, s->subject.model, t->values, &why);
    if (status == DSC_ERROR_UNSUPPORTED && !s->how->to) { /* one of all formats: the others are still
                                                           * useful */
        t->check = (exchange_check){.format = t->format->name, .skipped = true};
        (void)snprintf(t->check.why, sizeof t->check.why, "%s", why.message);
        t->checked = true;
        return DSC_OK;
    }
    return status ? dsc_fail(error, status, "%s", why.message) : DSC_OK;
}

static char *path_of(const session *s, const exchange_output *output, size_t file) {
    dsc_text path = {0};
    if (s->named && output->count == 1)
        dsc_text_append(&path, "%s", s->how->out);
    else
        dsc_text_append(&path, "%s%s%s", s->folder, s->stem, output->files[file].suffix);
    return path.data;
}

/* Writes nothing if one of the files exists. */
static dsc_status check_places(session *s, const target *t, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < t->output.count && !status; i++) {
        char *path = path_of(s, &t->output, i);
        if (!path) return dsc_fail_memory(error, 0, "a path");
        if (!s->how->force && access(path, F_OK) == 0)
            status =
                dsc_fail(error, DSC_ERROR_IO,
                         "%s: already exists; give --force to replace it, or --out for another name", path);
        if (!status) status = command_rehearse(s->call, path, error);
        free(path);
    }
    return status;
}

/* Writes all bytes before renaming the first file: a full disk leaves none of them. */
static dsc_status write_files(const session *s, const target *t, dsc_error *error) {
    dsc_file_writer *writers[EXCHANGE_FILES_MOST] = {NULL};
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < t->output.count && !status; i++) {
        const exchange_file *file = &t->output.files[i];
        char *path = path_of(s, &t->output, i);
        status = path ? dsc_file_writer_open(&writers[i], path, error) : dsc_fail_memory(error, 0, "a path");
        if (!status) status = dsc_file_writer_append(writers[i], file->bytes, file->size, error);
        free(path);
    }
    for (size_t i = 0; i < t->output.count; i++) {
        if (status)
            dsc_file_writer_abort(writers[i]);
        else
            status = dsc_file_writer_commit(writers[i], error);
    }
    return status;
}

/* --- comparing --- */

static dsc_status open_reference(session *s, dsc_error *error) {
    command_source source = command_subject_source(&s->subject, s->call, &s->how->source);
    dsc_status status = command_data_open(&s->data, s->call, &source, error);
    dsc_dataset **set = s->data.test ? &s->data.test : &s->data.train;
    if (!status) status = command_subject_match(set, &s->subject, s->call, error);
    if (status) return status;
    return exchange_reference_make(&s->reference, s->subject.model, *set, (size_t)s->how->samples,
                                   (unsigned)s->how->threads, error);
}

/* Notes the accuracy for the files: the one measured now, or the run log's. */
static dsc_status note_accuracy(session *s, dsc_error *error) {
    if (s->how->verify)
        return s->data.test ? command_note_accuracy(s->subject.model,
                                                    (double)s->reference.correct / (double)s->reference.count,
                                                    s->reference.count, s->data.name, error)
                            : DSC_OK;
    if (!s->subject.is_run) return DSC_OK;
    dsc_run_facts facts;
    dsc_status status = dsc_run_facts_read(&facts, s->subject.name, error);
    const json_t *accuracy = json_object_get(facts.test, "accuracy");
    const json_int_t count = json_integer_value(json_object_get(facts.test, "count"));
    if (!status && json_is_number(accuracy) && count > 0)
        status = command_note_accuracy(s->subject.model, json_number_value(accuracy), (size_t)count,
                                       dsc_model_about(s->subject.model, "data"), error);
    dsc_run_facts_clear(&facts);
    return status;
}

static dsc_status verify(session *s, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < s->count && !status; i++) {
        target *t = &s->targets[i];
        if (t->checked) continue;
        command_remark(s->call, "Comparing %s on %zu images", t->format->name, s->reference.count);
        status = exchange_verify(&t->check, t->format, t->values, &t->output, s->subject.model, &s->reference,
                                 error);
        t->checked = !status;
        if (!status) status = command_go_on(error);
    }
    return status;
}

static bool any_differs(const session *s) {
    for (size_t i = 0; i < s->count; i++)
        if (s->targets[i].checked && s->targets[i].check.differing) return true;
    return false;
}

/* --- output --- */

static json_t *check_json(const exchange_check *c) {
    if (c->skipped) return json_pack("{s:b, s:s}", "skipped", 1, "why", c->why);
    return json_pack("{s:I, s:I, s:o, s:f, s:I, s:f}", "images", (json_int_t)c->images, "labels_that_differ",
                     (json_int_t)c->differing, "largest_difference",
                     isfinite(c->largest) ? json_real(c->largest) : json_null(), "accuracy",
                     (double)c->correct / (double)c->images, "bytes", (json_int_t)c->bytes, "seconds",
                     c->seconds);
}

static dsc_status report_json(const session *s, bool written, dsc_error *error) {
    json_t *list = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const target *t = &s->targets[i];
        json_t *files = json_array();
        for (size_t k = 0; written && k < t->output.count; k++) {
            char *path = path_of(s, &t->output, k);
            (void)json_array_append_new(files, path ? dsc_json_text(path) : NULL);
            free(path);
        }
        json_t *row = json_pack("{s:s, s:o}", "format", t->format->name, "files", files);
        if (t->checked) (void)json_object_set_new(row, "check", check_json(&t->check));
        (void)json_array_append_new(list, row);
    }
    json_t *all = json_pack("{s:o}", "exports", list);
    if (s->how->verify)
        (void)json_object_set_new(all, "accuracy",
                                  json_real((double)s->reference.correct / (double)s->reference.count));
    return command_print_json(all, error);
}

/* The columns also fit a narrow terminal. */
static void report_check(const exchange_check *c) {
    if (c->skipped) {
        command_print("%-11s skipped: %s\n", c->format, c->why);
        return;
    }
    command_print("%-11s %7.2f %% %8.1e %6zu %9zu %7.2f\n", c->format,
                  100 * (double)c->correct / (double)c->images, c->largest, c->differing, c->bytes,
                  c->seconds);
}

static void report_checks(const session *s) {
    command_print("%-11s %9s %8s %6s %9s %7s\n", "", "accuracy", "largest", "labels", "bytes", "seconds");
    command_print("%-11s %9s %8s %6s\n", "", "", "differ.", "differ");
    command_print("%-11s %7.2f %% %8s %6s %9s %7.2f\n", "the model",
                  100 * (double)s->reference.correct / (double)s->reference.count, "", "", "",
                  s->reference.seconds);
    for (size_t i = 0; i < s->count; i++) report_check(&s->targets[i].check);
}

static dsc_status report(const session *s, bool written, dsc_error *error) {
    if (s->call->json) return report_json(s, written, error);
    for (size_t i = 0; written && i < s->count; i++) {
        const exchange_output *output = &s->targets[i].output;
        for (size_t k = 0; k < output->count; k++) {
            char *path = path_of(s, output, k), shown[DSC_VISIBLE];
            if (path)
                command_print("%s: %zu bytes\n", dsc_visible(shown, sizeof shown, path),
                              output->files[k].size);
            free(path);
        }
        if (output->notes.length) command_print("%s", output->notes.data);
    }
    if (!s->how->verify) return DSC_OK;
    report_checks(s);
    return DSC_OK;
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values};
    dsc_status status = find_targets(&s, error);
    if (!status) status = command_subject_open(&s.subject, call->operands[0], error);
    if (!status) status = find_names(&s, error);
    if (!status && s.subject.model_path && fetch_sha256_available())
        status = fetch_sha256_file(s.hash, NULL, s.subject.model_path, error);
    if (!status) write_line_of_command(&s);
    if (!status && s.how->verify) status = open_reference(&s, error);
    if (!status) status = note_accuracy(&s, error);
    for (size_t i = 0; i < s.count && !status; i++) status = make(&s, &s.targets[i], error);
    if (!status && s.how->to) status = check_places(&s, &s.targets[0], error);
    if (!status && s.how->verify) status = verify(&s, error);
    const bool differs = any_differs(&s), writes = s.how->to && (!differs || s.how->force);
    if (!status && writes) status = write_files(&s, &s.targets[0], error);
    if (!status) status = report(&s, writes, error);
    if (!status && differs)
        status = dsc_fail(error, DSC_ERROR_MISMATCH, "some labels differ from the model's; see the table%s",
                          s.how->to && !writes ? "; no file is written (--force writes it)" : "");
    for (size_t i = 0; i < s.count; i++) {
        exchange_output_clear(&s.targets[i].output);
        dsc_row_release((const dsc_row *)(const void *)s.targets[i].format, s.targets[i].values);
    }
    exchange_reference_clear(&s.reference);
    command_data_close(&s.data);
    command_subject_close(&s.subject);
    dsc_text_free(&s.line);
    free(s.stem);
    free(s.folder);
    return status;
}

static const dsc_param options[] = {
    {"to", DSC_PARAM_TEXT, offsetof(values, to), NULL, 0, 0, NULL,
     "format with its options (`descender help formats`)"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "file to write; a name without an extension gets that of the format; several files begin with the name; "
     "default: the model's name, in this folder"},
    {"verify", DSC_PARAM_SWITCH, offsetof(values, verify), "off", 0, 0, NULL,
     "let each written file answer the test set and compare the answers; without --to: all formats, and keep "
     "no file"},
    COMMAND_SOURCE(values),
    {"samples", DSC_PARAM_INT, offsetof(values, samples), "0", 0, 1 << 30, NULL,
     "with --verify: number of images to compare, from the first; 0: all"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores"},
    {"force", DSC_PARAM_SWITCH, offsetof(values, force), "off", 0, 0, NULL,
     "replace existing files; with --verify, also write a file whose labels differ"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    {"to", 0, "FORMAT", true},     {"out", 'o', "FILE", true},  COMMAND_SOURCE_EXTRA,
    {"threads", 't', NULL, false}, {"force", 'f', NULL, false}, {0},
};

static const command_operand operands[] = {
    {.name = "RUN|MODEL", .help = "folder of a run, or a model's file"},
    {0},
};

static const command_example examples[] = {
    {"export runs/0001-mnist-cnn-109k --to c --out digits",
     "Write digits.h and digits.c: C source without dependencies."},
    {"export model.safetensors --to onnx --verify", "Write ONNX for onnxruntime, and compare its answers."},
    {"export model.safetensors --verify", "Compare all formats with the model, in a table."},
    {0},
};

const command command_export = {
    .name = "export",
    .help = "write a model as a file for other programs",
    .about = "The written file includes the model's preparation of images (its normalisation), gives "
             "probabilities, and names its network, recipe, data and classes. --verify runs the file on the "
             "test set with the matching tool (a C compiler, onnxruntime and so on), if that is installed. "
             "If a label differs, no file is written and the exit status is 1.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
