/* SPDX-License-Identifier: MIT */
/* text.c: reads model text, and builds its layers while it reads: so that an error of shapes has a column too. */
#include "model/text.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/spec.h"
#include "layer/layer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BRANCHES_MOST = 8, LAYERS_MOST = 64 };
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

/* What the graph says of a layer, as an error of the text at `column`. */
static dsc_status check_graph(const reader *r, const dsc_graph *graph, size_t column) {
    dsc_error reason;
    dsc_status status = dsc_graph_check(graph, &reason);
    if (!status) return DSC_OK;
    if (status == DSC_ERROR_MEMORY) return dsc_fail(r->error, status, "%s", reason.message);
    return dsc_spec_fail(r->error, r->whole, column, "%s", reason.message);
}

static dsc_status read_sequence(dsc_node **y, reader *r, dsc_node *x);

/* --- layers --- */

static dsc_status fail_unknown(const reader *r, const dsc_spec *spec) {
    char name[64];
    const char *names[LAYERS_MOST + 2];
    size_t count = 0;
    (void)snprintf(name, sizeof name, "%.*s", spec->name_length < 63 ? (int)spec->name_length : 63,
                   spec->name);
    if (!strcmp(name, "softmax"))
        return dsc_spec_fail(
            r->error, r->whole, spec->column,
            "there is no layer '%s': a model ends in logits, and its loss makes probabilities of them", name);
    names[count++] = "residual";
    names[count++] = "parallel";
    for (const dsc_layer *const *layer = dsc_layers; *layer && count < LAYERS_MOST; layer++)
        names[count++] = (*layer)->name;
    const char *nearest = dsc_nearest_name(name, names, count);
    return dsc_spec_fail(r->error, r->whole, spec->column, "unknown layer '%s'%s%s%s", name,
                         nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static bool spec_is(const dsc_spec *spec, const char *name) {
    return strlen(name) == spec->name_length && !strncmp(spec->name, name, spec->name_length);
}

/* Nothing, or a softmax, which is refused when its turn comes: with the better message. */
static bool nothing_follows(const char *next) {
    const char spaces[] = " \t\n\v\f\r";
    next += strspn(next, spaces);
    if (*next == ',') {
        next += 1 + strspn(next + 1, spaces);
        return !strncmp(next, "softmax", 7);
    }
    return !*next;
}

static dsc_status build_layer(dsc_node **y, reader *r, const dsc_spec *spec, dsc_node *x) {
    char name[64], thing[80];
    (void)snprintf(name, sizeof name, "%.*s", spec->name_length < 63 ? (int)spec->name_length : 63,
                   spec->name);
    const dsc_layer *layer = dsc_layer_find(name);
    if (!layer) return fail_unknown(r, spec);
    void *values = dsc_allocate(1, layer->values_size);
    if (!values) return dsc_fail_memory(r->error, layer->values_size, "a layer");
    (void)snprintf(thing, sizeof thing, "layer %s", name);
    dsc_status status =
        dsc_spec_apply(spec, r->whole, thing, layer->params, layer->positional, values, r->error);
    if (!status) {
        bool last = r->depth == 0 && nothing_follows(r->next);
        *y = dsc_layer_build(layer, x, values, last ? r->classes : 0);
        status = check_graph(r, dsc_node_graph(x), spec->column);
    }
    dsc_params_free(layer->params, values);
    free(values);
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
                             "expected %s, found the end: the '(' of column %zu is open", wanted,
                             spec->column + spec->name_length);
    return dsc_spec_fail(r->error, r->whole, column_here(r), "expected %s, found '%c'", wanted, *r->next);
}

static dsc_status read_residual(dsc_node **y, reader *r, const dsc_spec *spec, dsc_node *x) {
    dsc_node *fx;
    dsc_status status = read_sequence(&fx, r, x);
    if (!status) status = expect_closing(r, spec, false);
    if (status) return status;
    *y = dsc_residual(x, fx);
    return check_graph(r, dsc_node_graph(x), spec->column);
}

static dsc_status read_parallel(dsc_node **y, reader *r, const dsc_spec *spec, dsc_node *x) {
    dsc_node *branches[BRANCHES_MOST];
    size_t count = 0;
    for (;;) {
        if (count == BRANCHES_MOST)
            return dsc_spec_fail(r->error, r->whole, column_here(r), "more than %d branches", BRANCHES_MOST);
        dsc_status status = read_sequence(&branches[count], r, x);
        if (status) return status;
        count++;
        skip_spaces(r);
        if (*r->next != '|') break;
        r->next++;
    }
    dsc_status status = expect_closing(r, spec, true);
    if (status) return status;
    if (count < 2)
        return dsc_spec_fail(r->error, r->whole, spec->column,
                             "parallel(...) wants two branches or more, divided by '|'");
    *y = dsc_parallel(branches, count);
    return check_graph(r, dsc_node_graph(x), spec->column);
}

static dsc_status read_group(dsc_node **y, reader *r, const dsc_spec *spec, dsc_node *x) {
    bool residual = spec_is(spec, "residual");
    if (!residual && !spec_is(spec, "parallel")) {
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", spec->name_length < 63 ? (int)spec->name_length : 63,
                       spec->name);
        if (!dsc_layer_find(name)) return fail_unknown(r, spec);
        return dsc_spec_fail(r->error, r->whole, column_here(r),
                             "'(' goes with residual and parallel alone; write '%s 32', without", name);
    }
    if (spec->word_count)
        return dsc_spec_fail(r->error, r->whole, spec->words[0].column, "expected '(' behind '%s'",
                             residual ? "residual" : "parallel");
    if (r->depth == DSC_MODEL_TEXT_DEEPEST)
        return dsc_spec_fail(r->error, r->whole, spec->column, "more than %d brackets within each other",
                             DSC_MODEL_TEXT_DEEPEST);
    r->depth++;
    r->next++;
    dsc_status status = residual ? read_residual(y, r, spec, x) : read_parallel(y, r, spec, x);
    r->depth--;
    return status;
}

static dsc_status read_item(dsc_node **y, reader *r, dsc_node *x) {
    dsc_spec spec;
    dsc_status status = dsc_spec_read(&spec, &r->next, r->whole, ENDS, r->error);
    if (status) return status;
    if (*r->next == '(') return read_group(y, r, &spec, x);
    if (spec_is(&spec, "residual") || spec_is(&spec, "parallel"))
        return dsc_spec_fail(
            r->error, r->whole, spec.column + spec.name_length, "expected '(' and layers, as in '%s'",
            spec_is(&spec, "residual") ? "residual(dense 100, relu)" : "parallel(dense 10 | dense 20)");
    return build_layer(y, r, &spec, x);
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

/* The number at r->next, which is followed by '-' or the end. */
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
    /* A dense layer takes its size as it takes the number of classes: a default that is there for the last. */
    const dsc_layer *layer = dsc_layer_find(name);
    return units && !classes ? dsc_dense(x, units) : dsc_layer_build(layer, x, NULL, classes);
}

static dsc_status read_sizes(dsc_node **y, reader *r, dsc_node *x) {
    size_t units, inputs = dsc_shape_count(dsc_node_shape(x));
    char shape[96];
    dsc_status status = read_size(&units, r);
    if (status) return status;
    if (units != inputs)
        return dsc_spec_fail(r->error, r->whole, 1, "%zu inputs, but an image is %s: %zu numbers", units,
                             dsc_shape_format(shape, dsc_node_shape(x)), inputs);
    *y = add_layer(x, "flatten", 0, 0);
    for (const char *dash; (dash = strchr(r->next, '-'));) {
        r->next = dash + 1;
        size_t column = column_here(r);
        if ((status = read_size(&units, r))) return status;
        bool last = !strchr(r->next, '-');
        if (last && r->classes && units != r->classes)
            return dsc_spec_fail(r->error, r->whole, column, "%zu outputs, but there are %zu classes", units,
                                 r->classes);
        *y = add_layer(*y, "dense", units, last ? units : 0);
        if (!last) *y = add_layer(*y, "relu", 0, 0);
        if ((status = check_graph(r, dsc_node_graph(x), column))) return status;
    }
    return DSC_OK;
}

/* Sizes begin with a digit, and no layer's name does. */
static bool is_sizes(const char *text) { return isdigit((unsigned char)*text) && strchr(text, '-'); }

dsc_status dsc_text_build(dsc_node **y, dsc_node *x, const char *text, size_t classes, dsc_error *error) {
    *y = NULL;
    if (!text) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a model text, found NULL");
    if (strlen(text) > DSC_MODEL_TEXT_LONGEST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a model text of %zu letters; at most %d are read",
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
    if (*r.next) /* a sequence ends at one of ENDS or at the end, and '(' belongs to its item */
        return dsc_spec_fail(error, text, column_here(&r), "%s",
                             *r.next == '|'
                                 ? "'|' divides the branches of parallel(...), and there is none here"
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
