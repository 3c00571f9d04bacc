/* SPDX-License-Identifier: MIT */
/* exchange.c: the registry of formats, and reading of any format; see exchange.h. */
#include "exchange/exchange.h"

#include "base/error.h"
#include "base/file.h"
#include "base/spec.h"
#include "base/visible.h"
#include "exchange/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const exchange_format *const rows[] = {EXCHANGE_FORMATS(EXCHANGE_ENTRY) NULL};

const dsc_registry exchange_registry = {
    .thing = "format",
    .things = "formats",
    .about = "Formats in which models are written (--to) and read; the content of a file tells its format.",
    .rows = rows,
};

dsc_status exchange_add_file(exchange_output *output, const char *suffix, void *bytes, size_t size,
                             dsc_error *error) {
    if (!bytes) return dsc_fail_memory(error, size, "a model's file");
    if (output->count == EXCHANGE_FILES_MOST) {
        free(bytes);
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "an export of more than %d files", EXCHANGE_FILES_MOST);
    }
    exchange_file *file = &output->files[output->count++];
    (void)snprintf(file->suffix, sizeof file->suffix, "%s", suffix);
    file->bytes = bytes;
    file->size = size;
    return DSC_OK;
}

void exchange_output_clear(exchange_output *output) {
    for (size_t i = 0; i < output->count; i++) free(output->files[i].bytes);
    dsc_text_free(&output->notes);
    output->count = 0;
}

/* --- reading --- */

/* Resolves the format named by `text`, with its values. */
static dsc_status name_format(const exchange_format **format, void **values, const char *text,
                              dsc_error *error) {
    dsc_spec spec;
    const dsc_row *row = NULL;
    const char *next = text;
    dsc_status status = dsc_spec_read(&spec, &next, text, "", error);
    if (!status) status = dsc_spec_choose(&row, values, &spec, text, &exchange_registry, error);
    *format = (const exchange_format *)(const void *)row;
    return status;
}

static dsc_status choose(const exchange_format **format, void **values, const exchange_source *source,
                         const char *as, dsc_error *error) {
    if (as) {
        dsc_status status = name_format(format, values, as, error);
        if (status || (*format)->read) return status;
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "models can be written as %s, but not read",
                        (*format)->name);
    }
    /* A file that no format recognises goes to the first, which has messages for any file. */
    const exchange_format *its = &exchange_format_descender;
    for (size_t i = 0; rows[i]; i++)
        if (rows[i]->recognise && rows[i]->recognise(source->bytes, source->size)) {
            its = rows[i];
            break;
        }
    return name_format(format, values, its->name, error);
}

/* A file that describes its network accepts no options that describe another. */
static dsc_status check_asked(const exchange_source *source, dsc_error *error) {
    const struct {
        const char *option;
        bool given;
    } all[] = {{"--model", source->model},
               {"--loss", source->loss},
               {"--map", source->map},
               {"--channels", source->shape[0]},
               {"--size", source->shape[1] || source->shape[2]},
               {"--classes", source->classes}};
    char command[DSC_COMMAND];
    for (size_t i = 0; i < sizeof all / sizeof *all && !source->needs_model; i++)
        if (all[i].given)
            return dsc_fail(
                error, DSC_ERROR_ARGUMENT, "%s: the file holds a whole network; omit %s%s%s", source->name,
                all[i].option, i ? "" : "; to start another network from this one: ",
                i ? "" : dsc_command(command, "descender train --from @ --model TEXT", source->name, NULL));
    return DSC_OK;
}

dsc_status exchange_read(dsc_model **model, exchange_source *source, const char *as, dsc_error *error) {
    const exchange_format *format = NULL;
    void *values = NULL;
    *model = NULL;
    dsc_status status = choose(&format, &values, source, as, error);
    if (!status) source->format = format->name;
    source->needs_model = false;
    if (!status) status = format->read(model, source, values, error);
    if (!status) status = check_asked(source, error);
    if (!status && (source->notes.failed || source->table.failed))
        status = dsc_fail_memory(error, source->size, "what is said of a model");
    if (format) dsc_row_release((const dsc_row *)(const void *)format, values);
    if (status) {
        dsc_model_free(*model);
        *model = NULL;
    }
    return status;
}

dsc_status exchange_load(dsc_model **model, const char *path, dsc_text *notes, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    *model = NULL;
    dsc_status status = dsc_file_read(&bytes, &size, path, EXCHANGE_BYTES_MOST, error);
    if (status) return status;
    exchange_source source = {.bytes = bytes, .size = size, .name = path};
    status = exchange_read(model, &source, NULL, error);
    if (!status && notes && source.notes.length)
        dsc_text_append_bytes(notes, source.notes.data, source.notes.length);
    dsc_text_free(&source.notes);
    dsc_text_free(&source.table);
    free(bytes);
    return status;
}
