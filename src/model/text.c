/* SPDX-License-Identifier: MIT */
/* text.c: parses model text and builds its layers at the same time, so that shape errors have a column
 * too. */
#include "model/text.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/spec.h"
#include "layer/layer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ENDS[] = ",|()";

typedef struct reader {
    const char *whole, *next;
    size_t classes;
    unsigned depth;
    dsc_error *error;
} reader;

static void skip_spaces(reader *r) {
    while (isspace((unsigned char)*r->next)) r->next++;
}

static size_t column_here(const reader *r) { return (size_t)(r->next - r->whole) + 1; }

/* Reports an error of the graph at `column` of the text. */
static dsc_status check_graph(const reader *r, const dsc_graph *graph, size_t column) {
    dsc_error reason;
    dsc_status status = dsc_graph_check(graph, &reason);
    if (!status) return DSC_OK;
    if (status == DSC_ERROR_MEMORY) return dsc_fail(r->error, status, "%s", reason.message);
    return dsc_spec_fail(r->error, r->whole, column, "%s", reason.message);
}

static dsc_status read_sequence(dsc_node **y, reader *r, dsc_node *x);

/* --- layers --- */

/* Words that are not layers, with advice. */
static const struct {
    const char *name, *advice;
} no_layers[] = {{"softmax", "a model ends in logits; its loss converts them to probabilities"}};
enum { NO_LAYERS = sizeof no_layers / sizeof *no_layers };

/* The advice for a word that is not a layer, or NULL. */
static const char *advice_against(const char *name) {
    for (size_t i = 0; i < NO_LAYERS; i++) {
        size_t length = strlen(no_layers[i].name);
        if (!strncmp(name, no_layers[i].name, length) && !isalnum((unsigned char)name[length]) &&
            name[length] != '-')
            return no_layers[i].advice;
    }
    return NULL;
}

static dsc_status find_layer(const dsc_layer **layer, const reader *r, const dsc_spec *spec) {
    const char *advice = advice_against(spec->name);
    if (advice)
        return dsc_spec_fail(r->error, r->whole, spec->column, "there is no layer '%.*s': %s",
                             (int)spec->name_length, spec->name, advice);
    const dsc_row *row;
    dsc_status status = dsc_spec_find(&row, spec, r->whole, &dsc_layer_registry, r->error);
    *layer = (const void *)row;
    return status;
}

/* Whether the item is the last. Invalid text counts as the end: it gets a better message later. */
static bool nothing_follows(const char *next) {
    const char spaces[] = " \t\n\v\f\r";
    next += strspn(next, spaces);
    if (*next == ',') {
        next += 1 + strspn(next + 1, spaces);
        return advice_against(next) != NULL;
    }
    return !*next;
}

static dsc_status build_layer(dsc_node **y, reader *r, const dsc_spec *spec, const dsc_layer *layer,
                              dsc_node *x) {
    const dsc_row *row = (const void *)layer;
    void *values;
    dsc_status status = dsc_spec_make(&values, spec, r->whole, &dsc_layer_registry, row, r->error);
    if (!status) {
        bool last = r->depth == 0 && nothing_follows(r->next);
        *y = dsc_layer_build(layer, x, values, last ? r->classes : 0);
        status = check_graph(r, dsc_node_graph(x), spec->column);
    }
    dsc_row_release(row, values);
    return status;
}

/* --- branches --- */

static dsc_status expect_closing(reader *r, const dsc_spec *spec, bool branches) {
    skip_spaces(r);
    if (*r->next == ')') {
        r->next++;
        return DSC_OK;
    }
    const char *wanted = branches ? "',', '|' or ')'" : "',' or ')'";
    if (!*r->next)
        return dsc_spec_fail(r->error, r->whole, column_here(r),
                             "expected %s, found the end: the '(' in column %zu is open", wanted,
                             spec->column + spec->name_length);
    return dsc_spec_fail(r->error, r->whole, column_here(r), "expected %s, found '%c'", wanted, *r->next);
}

static dsc_status read_branches(dsc_node **y, reader *r, const dsc_spec *spec, const dsc_layer *layer,
                                dsc_node *x) {
    dsc_node *branches[DSC_BRANCHES_MOST];
    size_t count = 0;
    for (;; r->next++) {
        if (count == layer->most_branches)
            return dsc_spec_fail(r->error, r->whole, column_here(r), "more than %zu branches",
                                 layer->most_branches);
        dsc_status status = read_sequence(&branches[count], r, x);
        if (status) return status;
        count++;
        skip_spaces(r);
        if (*r->next != '|' || layer->most_branches == 1) break;
    }
    dsc_status status = expect_closing(r, spec, layer->most_branches > 1);
    if (status) return status;
    if (count < layer->least_branches)
        return dsc_spec_fail(r->error, r->whole, spec->column,
                             "%s(...) needs at least %zu branches separated by '|', as in '%s(%s)'",
                             layer->name, layer->least_branches, layer->name, layer->brackets);
    *y = layer->join(x, branches, count);
    return check_graph(r, dsc_node_graph(x), spec->column);
}

static dsc_status fail_brackets(const reader *r, const dsc_layer *layer) {
    char with[256] = "";
    size_t length = 0;
    for (const dsc_layer *const *other = dsc_layers; *other && length < sizeof with; other++)
        if ((*other)->brackets)
            length += (size_t)snprintf(with + length, sizeof with - length, "%s%s", length ? " and " : "",
                                       (*other)->name);
    const char *inside = r->next + 1;
    const size_t values = layer->positional ? strcspn(inside, ")") : 0;
    return dsc_spec_fail(r->error, r->whole, column_here(r),
                         "'(' may follow only %s; write '%s%s%.*s' without it", with, layer->name,
                         values ? " " : "", (int)values, inside);
}

static dsc_status read_group(dsc_node **y, reader *r, const dsc_spec *spec, const dsc_layer *layer,
                             dsc_node *x) {
    if (!layer->brackets) return fail_brackets(r, layer);
    if (spec->word_count)
        return dsc_spec_fail(r->error, r->whole, spec->words[0].column, "expected '(' after '%s'",
                             layer->name);
    if (r->depth == DSC_MODEL_TEXT_DEEPEST)
        return dsc_spec_fail(r->error, r->whole, spec->column, "more than %d nested brackets",
                             DSC_MODEL_TEXT_DEEPEST);
    r->depth++;
    r->next++;
    dsc_status status = read_branches(y, r, spec, layer, x);
    r->depth--;
    return status;
}

static dsc_status read_item(dsc_node **y, reader *r, dsc_node *x) {
    dsc_spec spec;
    const dsc_layer *layer = NULL;
    dsc_status status = dsc_spec_read(&spec, &r->next, r->whole, ENDS, r->error);
    if (!status) status = find_layer(&layer, r, &spec);
    if (status) return status;
    if (*r->next == '(') return read_group(y, r, &spec, layer, x);
    if (layer->brackets)
        return dsc_spec_fail(r->error, r->whole, spec.column + spec.name_length,
                             "expected '(' and layers, as in '%s(%s)'", layer->name, layer->brackets);
    return build_layer(y, r, &spec, layer, x);
}

static dsc_status read_sequence(dsc_node **y, reader *r, dsc_node *x) {
    for (*y = x;; r->next++) {
        dsc_status status = read_item(y, r, *y);
        if (status) return status;
        skip_spaces(r);
        if (*r->next != ',') return DSC_OK;
    }
}

/* --- 784-100-10 --- */

/* Parses the number at r->next, followed by '-' or the end. */
static dsc_status read_size(size_t *size, reader *r) {
    char digits[24];
    int64_t parsed;
    size_t length = strcspn(r->next, "-");
    while (length && isspace((unsigned char)r->next[length - 1])) length--;
    (void)snprintf(digits, sizeof digits, "%.*s", length < 23 ? (int)length : 23, r->next);
    if (!dsc_parse_integer(&parsed, digits) || parsed < 1 || parsed > 1 << 20)
        return dsc_spec_fail(r->error, r->whole, column_here(r),
                             "expected a number of units, 1 to 1048576, found '%s'", digits);
    *size = (size_t)parsed;
    return DSC_OK;
}

static dsc_node *add_layer(dsc_node *x, const char *name, size_t units, size_t classes) {
    /* A dense layer takes its size like the number of classes: the default of the last layer. */
    const dsc_layer *layer = dsc_layer_find(name);
    return units && !classes ? dsc_dense(x, units) : dsc_layer_build(layer, x, NULL, classes);
}

static dsc_status read_sizes(dsc_node **y, reader *r, dsc_node *x) {
    size_t units, inputs = dsc_shape_count(dsc_node_shape(x));
    char shape[96];
    dsc_status status = read_size(&units, r);
    if (status) return status;
    if (units != inputs)
        return dsc_spec_fail(r->error, r->whole, 1,
                             "%zu inputs, but an image is %s: %zu numbers; begin with %zu", units,
                             dsc_shape_format(shape, dsc_node_shape(x)), inputs, inputs);
    *y = add_layer(x, "flatten", 0, 0);
    for (const char *dash; (dash = strchr(r->next, '-'));) {
        r->next = dash + 1;
        size_t column = column_here(r);
        if ((status = read_size(&units, r))) return status;
        bool last = !strchr(r->next, '-');
        if (last && r->classes && units != r->classes)
            return dsc_spec_fail(r->error, r->whole, column,
                                 "%zu outputs, but there are %zu classes; end with %zu", units, r->classes,
                                 r->classes);
        *y = add_layer(*y, "dense", units, last ? units : 0);
        if (!last) *y = add_layer(*y, "relu", 0, 0);
        if ((status = check_graph(r, dsc_node_graph(x), column))) return status;
    }
    return DSC_OK;
}

/* Sizes begin with a digit; no layer name does. */
static bool is_sizes(const char *text) { return isdigit((unsigned char)*text) && strchr(text, '-'); }

dsc_status dsc_text_build(dsc_node **y, dsc_node *x, const char *text, size_t classes, dsc_error *error) {
    *y = NULL;
    if (!text) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a model text, found NULL");
    if (strlen(text) > DSC_MODEL_TEXT_LONGEST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a model text of %zu letters, but at most %d are allowed",
                        strlen(text), DSC_MODEL_TEXT_LONGEST);
    reader r = {.whole = text, .next = text, .classes = classes, .error = error};
    skip_spaces(&r);
    dsc_node *last;
    if (is_sizes(r.next)) {
        dsc_status status = read_sizes(&last, &r, x);
        if (!status) *y = last;
        return status;
    }
    dsc_status status = read_sequence(&last, &r, x);
    if (status) return status;
    if (*r.next) /* a sequence ends at one of ENDS or at the end; '(' belongs to its item */
        return dsc_spec_fail(
            error, text, column_here(&r), "%s",
            *r.next == '|'   ? "'|' separates the branches of parallel(...), but there is no parallel here"
            : *r.next == ')' ? "')' without its '('"
                             : "expected ',' before the next layer");
    *y = last;
    return DSC_OK;
}

dsc_node *dsc_sequence(dsc_node *x, const char *text) {
    dsc_graph *graph = dsc_node_graph(x);
    if (!graph || graph->error.code) return graph ? &graph->failed : NULL;
    dsc_error error;
    dsc_node *y;
    dsc_status status = dsc_text_build(&y, x, text, 0, &error);
    return status ? dsc_graph_fail(graph, status, "%s", error.message) : y;
}
