/* SPDX-License-Identifier: MIT */
/* import_show.c: see import_show.h. */
#include "import_show.h"

#include "evaluation.h"

#include <stdio.h>
#include <string.h>

/* The fields of a line of exchange_source's table. */
enum { NAME, TYPE, SHAPE, PARAMETER, WHY, FIELDS };

typedef struct line {
    const char *field[FIELDS];
    int length[FIELDS];
} line;

/* Takes the line at *at and moves *at past it; false after the last. */
static bool next_line(line *l, const char **at) {
    const char *from = *at, *end = from ? strchr(from, '\n') : NULL;
    if (!end) return false;
    for (size_t i = 0; i < FIELDS; i++) {
        const char *tab = i + 1 < FIELDS ? memchr(from, '\t', (size_t)(end - from)) : NULL;
        const char *stop = tab ? tab : end;
        l->field[i] = from;
        l->length[i] = (int)(stop - from);
        from = tab ? tab + 1 : end;
    }
    *at = end + 1;
    return true;
}

static void append_table(dsc_text *text, const char *table) {
    static const char *const heads[FIELDS] = {"array", "type", "shape", "parameter", ""};
    int widths[FIELDS] = {0};
    line l;
    for (size_t i = 0; i < FIELDS; i++) widths[i] = (int)strlen(heads[i]);
    for (const char *at = table; next_line(&l, &at);)
        for (size_t i = 0; i < FIELDS; i++)
            if (l.length[i] > widths[i]) widths[i] = l.length[i];
    for (size_t i = 0; i + 1 < FIELDS; i++)
        dsc_text_append(text, i + 2 < FIELDS ? "%-*s  " : "%-*s\n",
                        i + 2 < FIELDS ? widths[i] : (int)strlen(heads[i]), heads[i]);
    for (const char *at = table; next_line(&l, &at);) {
        for (size_t i = 0; i + 1 < FIELDS; i++)
            dsc_text_append(text, "%-*.*s  ", widths[i], l.length[i], l.field[i]);
        dsc_text_append(text, "%.*s\n", l.length[WHY], l.field[WHY]);
    }
    dsc_text_append(text, "\n");
}

void import_append(dsc_text *text, const import_shown *s, bool brief) {
    char shown[DSC_VISIBLE], number[48];
    size_t shape[3];
    dsc_model_shape(s->model, shape);
    if (!brief && s->source->table.length) append_table(text, s->source->table.data);
    dsc_text_append(text, "Network: %s\n", dsc_visible(shown, sizeof shown, dsc_model_text(s->model)));
    dsc_text_append(text, "  images %zu x %zu x %zu, %zu classes, %s parameters\n", shape[0], shape[1],
                    shape[2], dsc_model_classes(s->model),
                    dsc_format_grouped(number, (double)dsc_model_parameters(s->model)));
    if (s->metrics) {
        dsc_text_append(text, "Test set of %s: ", dsc_visible(shown, sizeof shown, s->data_name));
        command_append_accuracy(text, s->metrics);
        dsc_text_append(text, "\n");
    }
    dsc_text_append(text, "Model: %s\n", dsc_visible(shown, sizeof shown, s->out));
}

/* Makes lists of the lines of the table and of the notes. */
static json_t *table_json(const char *table) {
    static const char *const keys[FIELDS] = {"array", "type", "shape", "parameter", "why"};
    json_t *list = json_array();
    line l;
    for (const char *at = table; list && next_line(&l, &at);) {
        json_t *row = json_object();
        for (size_t i = 0; i < FIELDS && row; i++)
            (void)json_object_set_new(row, keys[i], json_stringn(l.field[i], (size_t)l.length[i]));
        (void)json_array_append_new(list, row);
    }
    return list;
}

static json_t *notes_json(const char *notes) {
    json_t *list = json_array();
    for (const char *at = notes, *end; list && at && (end = strchr(at, '\n')); at = end + 1)
        (void)json_array_append_new(list, json_stringn(at, (size_t)(end - at)));
    return list;
}

json_t *import_json(const import_shown *s) {
    size_t shape[3];
    dsc_model_shape(s->model, shape);
    json_t *json = json_pack("{s:o, s:o, s:s, s:[I, I, I], s:I, s:I, s:o, s:o}", "file",
                             dsc_json_text(s->file), "model", dsc_json_text(s->out), "text",
                             dsc_model_text(s->model), "images", (json_int_t)shape[0], (json_int_t)shape[1],
                             (json_int_t)shape[2], "classes", (json_int_t)dsc_model_classes(s->model),
                             "parameters", (json_int_t)dsc_model_parameters(s->model), "arrays",
                             table_json(s->source->table.data), "notes", notes_json(s->source->notes.data));
    if (json && s->metrics &&
        (json_object_set_new(json, "data", dsc_json_text(s->data_name)) ||
         json_object_set_new(json, "test", command_metrics_json(s->metrics, s->model, 1)))) {
        json_decref(json);
        return NULL;
    }
    return json;
}
