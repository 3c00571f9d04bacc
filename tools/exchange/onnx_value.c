/* SPDX-License-Identifier: MIT */
/* onnx_value.c: values by name, and parts of nodes, while reading a graph; see onnx_reading.h. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- messages --- */

dsc_status onnx_fail(onnx_reading *r, const Onnx__Node *node, const char *format, ...) {
    char why[600], name[120], type[60];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    const char *own = node->name && *node->name ? node->name : node->n_output ? node->output[0] : "";
    (void)dsc_visible(name, sizeof name, own);
    (void)dsc_visible(type, sizeof type, node->op_type ? node->op_type : "");
    return dsc_fail(r->error, DSC_ERROR_UNSUPPORTED, "%s: node '%s' (%s, opset %lld): %s", r->source->name,
                    name, type, (long long)r->opset, why);
}

#ifdef __clang_analyzer__
#define onnx_fail(r, node, ...) ((onnx_fail)(r, node, __VA_ARGS__), DSC_ERROR_UNSUPPORTED) /* see error.h */
#endif

dsc_status onnx_no_memory(onnx_reading *r) { return dsc_fail_memory(r->error, 0, "an ONNX model"); }

void onnx_note(onnx_reading *r, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    dsc_text_append_list(&r->source->notes, format, arguments);
    va_end(arguments);
    dsc_text_append_bytes(&r->source->notes, "\n", 1);
}

const char *onnx_remedy(char out[ONNX_REMEDY], const onnx_reading *r, const char *values) {
    char command[DSC_COMMAND], pattern[80];
    (void)snprintf(pattern, sizeof pattern, "descender import @ --as 'onnx %s'", values);
    (void)snprintf(out, ONNX_REMEDY, "convert it to a model first: %s",
                   dsc_command(command, pattern, r->source->name, NULL));
    return out;
}

/* --- attributes --- */

const Onnx__Attribute *onnx_attribute(const Onnx__Node *node, const char *name) {
    for (size_t i = 0; i < node->n_attribute; i++)
        if (node->attribute[i]->name && !strcmp(node->attribute[i]->name, name)) return node->attribute[i];
    return NULL;
}

int64_t onnx_int(const Onnx__Node *node, const char *name, int64_t otherwise) {
    const Onnx__Attribute *a = onnx_attribute(node, name);
    return a && a->has_i ? a->i : a ? 0 : otherwise;
}

double onnx_real(const Onnx__Node *node, const char *name, double otherwise) {
    const Onnx__Attribute *a = onnx_attribute(node, name);
    return a && a->has_f ? (double)a->f : a ? 0 : otherwise;
}

int64_t onnx_axis(const Onnx__Node *node, int64_t otherwise, size_t rank) {
    const int64_t axis = onnx_int(node, "axis", otherwise);
    return axis < 0 ? axis + (int64_t)rank + 1 : axis;
}

int64_t onnx_softmax_axis(const onnx_reading *r, const Onnx__Node *node, size_t rank) {
    return onnx_axis(node, r->opset < 13 ? 1 : -1, rank);
}

bool onnx_is_text(const Onnx__Node *node, const char *name, const char *text) {
    const Onnx__Attribute *a = onnx_attribute(node, name);
    return a && a->has_s && a->s.len == strlen(text) && !memcmp(a->s.data, text, a->s.len);
}

dsc_status onnx_list(const int64_t **list, size_t *count, onnx_reading *r, const Onnx__Node *node,
                     const char *attribute, int input) {
    *list = NULL;
    *count = 0;
    const Onnx__Attribute *a = onnx_attribute(node, attribute);
    if (a && a->n_ints) {
        *list = a->ints;
        *count = a->n_ints;
    } else if (input >= 0 && onnx_has_input(node, (size_t)input)) {
        onnx_value *value;
        dsc_status status = onnx_input(&value, r, node, (size_t)input);
        if (status) return status;
        if (!value->constant || !value->constant->ints || value->constant->rank > 1)
            return onnx_fail(r, node, "its %s are not constant", attribute);
        *list = value->constant->ints;
        *count = value->constant->count;
    }
    return DSC_OK;
}

/* --- values --- */

onnx_value *onnx_find(onnx_reading *r, const char *name) {
    for (size_t i = (size_t)dsc_text_hash(name);; i++) {
        onnx_value *value = &r->values[i & (r->places - 1)];
        if (!value->name) value->name = name;
        if (!strcmp(value->name, name)) return value;
    }
}

bool onnx_has_input(const Onnx__Node *node, size_t i) { return i < node->n_input && *node->input[i]; }

dsc_status onnx_input(onnx_value **result, onnx_reading *r, const Onnx__Node *node, size_t i) {
    *result = NULL;
    if (!onnx_has_input(node, i)) return onnx_fail(r, node, "its input %zu is missing", i);
    onnx_value *value = onnx_find(r, node->input[i]);
    if (value->tensor && !value->constant) {
        dsc_status status = onnx_read_tensor(&value->constant, r, value->tensor);
        if (status) return status;
    }
    if (!value->constant && !value->node) {
        char name[120];
        (void)dsc_visible(name, sizeof name, node->input[i]);
        return onnx_fail(r, node, "no earlier node computes its input '%s'", name);
    }
    *result = value;
    return DSC_OK;
}

dsc_status onnx_numbers(const onnx_constant **constant, onnx_reading *r, const Onnx__Node *node, size_t i) {
    onnx_value *value;
    *constant = NULL;
    dsc_status status = onnx_input(&value, r, node, i);
    if (status) return status;
    if (!value->constant || !value->constant->floats)
        return onnx_fail(r, node, "its input %zu must be constant, of floats", i);
    *constant = value->constant;
    return DSC_OK;
}

const onnx_constant *onnx_peek(onnx_reading *r, const Onnx__Node *node, size_t i) {
    const onnx_constant *constant = NULL;
    dsc_error *error = r->error;
    r->error = NULL;
    (void)onnx_numbers(&constant, r, node, i);
    r->error = error;
    return constant;
}

bool onnx_is_number(onnx_reading *r, const Onnx__Node *node, size_t input, double number) {
    const onnx_constant *c = onnx_peek(r, node, input);
    return c && c->count == 1 && fabs((double)c->floats[0] - number) < 1e-5;
}

dsc_status onnx_sample(onnx_value **value, onnx_reading *r, const Onnx__Node *node, size_t i) {
    dsc_status status = onnx_input(value, r, node, i);
    if (!status && !(*value)->node) status = onnx_fail(r, node, "its input %zu must not be constant", i);
    return status;
}

size_t onnx_count(const onnx_value *value) {
    size_t count = 1;
    for (size_t i = 0; i < value->rank; i++) count *= value->dims[i];
    return count;
}

bool onnx_keeps_dimensions(const onnx_value *value) {
    if (value->rank != value->node->shape.rank) return false;
    for (size_t i = 0; i < value->rank; i++)
        if (value->dims[i] != value->node->shape.size[value->reordered ? value->order[i] : i]) return false;
    return true;
}

void onnx_places(size_t *places, const onnx_value *value) {
    const dsc_shape *shape = &value->node->shape;
    size_t strides[DSC_RANK_MOST], dims[DSC_RANK_MOST], at[DSC_RANK_MOST] = {0};
    const size_t count = onnx_count(value);
    for (size_t i = 0; i < shape->rank; i++) {
        const size_t own = value->reordered ? value->order[i] : i;
        dims[i] = shape->size[own];
        strides[i] = 1;
        for (size_t k = own + 1; k < shape->rank; k++) strides[i] *= shape->size[k];
    }
    for (size_t t = 0; t < count; t++, onnx_step(at, dims, shape->rank)) {
        places[t] = 0;
        for (size_t i = 0; i < shape->rank; i++) places[t] += at[i] * strides[i];
    }
}

void onnx_settle_order(onnx_value *value) {
    size_t last = 0;
    bool any = false;
    for (size_t i = 0; value->reordered && i < value->node->shape.rank; i++) {
        const size_t own = value->order[i];
        if (value->node->shape.size[own] == 1) continue;
        if (any && own < last) return;
        last = own;
        any = true;
    }
    value->reordered = false;
}

dsc_status onnx_touch(onnx_reading *r, const Onnx__Node *node, const onnx_value *value) {
    if (value->padded)
        return onnx_fail(r, node, "a Pad before it; Pad is supported only before convolutions");
    if (!value->scale) return DSC_OK;
    if (!r->scale) {
        r->scale = value->scale;
        r->offset = value->offset;
        return DSC_OK;
    }
    for (size_t c = 0; c < r->image->shape.size[0]; c++)
        if (r->scale[c] != value->scale[c] || r->offset[c] != value->offset[c])
            return onnx_fail(r, node, "several nodes normalise the image in different ways");
    return DSC_OK;
}

dsc_status onnx_plain(dsc_node **x, onnx_reading *r, const Onnx__Node *node, const onnx_value *value) {
    dsc_status status = onnx_touch(r, node, value);
    if (status) return status;
    if (value->reordered)
        return onnx_fail(r, node,
                         "a Transpose changed the order of its input's dimensions, which matters here");
    *x = value->node;
    if (onnx_keeps_dimensions(value)) return DSC_OK;
    if (value->rank > DSC_RANK_MOST || !value->rank)
        return onnx_fail(r, node, "its input has %zu dimensions besides the batch; 1 to %d are supported",
                         value->rank, DSC_RANK_MOST);
    dsc_shape shape = {.rank = value->rank};
    memcpy(shape.size, value->dims, value->rank * sizeof *value->dims);
    *x = dsc_reshape(value->node, shape);
    return DSC_OK;
}

static dsc_status give(onnx_reading *r, const Onnx__Node *node, size_t i, const onnx_value *given) {
    if (i >= node->n_output || !*node->output[i]) return DSC_OK;
    onnx_value *value = onnx_find(r, node->output[i]);
    if (value->node || value->constant || value->tensor)
        return onnx_fail(r, node, "its output has the name of an existing value");
    if (given->node) {
        dsc_status status = dsc_graph_check(r->graph, r->error);
        if (status == DSC_ERROR_MEMORY) return status;
        if (status) {
            char why[DSC_MESSAGE_SIZE];
            (void)snprintf(why, sizeof why, "%s", r->error ? r->error->message : "its sizes do not match");
            return onnx_fail(r, node, "%s", why);
        }
    }
    const onnx_value kept = *value;
    *value = *given;
    value->name = kept.name;
    value->maker = kept.maker;
    value->reader = kept.reader;
    value->readers = kept.readers;
    return DSC_OK;
}

dsc_status onnx_give(onnx_reading *r, const Onnx__Node *node, size_t i, dsc_node *made) {
    onnx_value value = {.node = made, .rank = made->shape.rank};
    memcpy(value.dims, made->shape.size, sizeof made->shape.size);
    return give(r, node, i, &value);
}

dsc_status onnx_give_like(onnx_reading *r, const Onnx__Node *node, size_t i, dsc_node *made,
                          const onnx_value *like) {
    onnx_value value = *like;
    value.node = made;
    value.scale = value.offset = NULL;
    value.tensor = NULL;
    return give(r, node, i, &value);
}

dsc_status onnx_give_same(onnx_reading *r, const Onnx__Node *node, const onnx_value *like) {
    onnx_value value = *like;
    value.tensor = NULL;
    return give(r, node, 0, &value);
}

dsc_status onnx_give_constant(onnx_reading *r, const Onnx__Node *node, onnx_constant *constant) {
    if (!constant)
        return r->pool.failed ? onnx_no_memory(r) : onnx_fail(r, node, "its constant is too large");
    return give(r, node, 0, &(onnx_value){.constant = constant});
}

/* --- the graph --- */

const Onnx__Node *onnx_only_reader(onnx_reading *r, const Onnx__Node *node, const char *type) {
    const onnx_value *made = node->n_output ? onnx_find(r, node->output[0]) : NULL;
    const Onnx__Node *reader = made && made->readers == 1 ? made->reader : NULL;
    return reader && reader->op_type && !strcmp(reader->op_type, type) ? reader : NULL;
}

void onnx_mark_done(onnx_reading *r, const Onnx__Node *node) {
    for (size_t i = 0; i < r->file->n_node; i++)
        if (r->file->node[i] == node) r->done[i] = true;
}

static bool is_clean(const char *name) {
    const size_t length = strlen(name);
    if (!length || length > 200 || dsc_utf8_check(name, length) != length) return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < 33 || name[i] == 127) return false;
    return true;
}

void onnx_begin_layer(onnx_reading *r, const char *kind, const char *name) {
    static const char ending[] = ".weight";
    const size_t length = name ? strlen(name) : 0, end = sizeof ending - 1;
    char layer[220];
    if (length > end && is_clean(name) && !strcmp(name + length - end, ending))
        (void)snprintf(layer, sizeof layer, "%.*s", (int)(length - end), name);
    else
        (void)snprintf(layer, sizeof layer, "%s%zu", kind, ++r->layers);
    (void)dsc_graph_begin_layer(r->graph, layer);
}

static const char *free_name(onnx_reading *r, const onnx_constant *from) {
    const char *name = is_clean(from->name) ? from->name : "numbers";
    const char *now = name;
    /* After the first few, numbers continue beyond all existing ones, so that no file causes a long
     * search. */
    for (size_t i = 2; dsc_graph_find(r->graph, now) || !strcmp(now, "target");
         i += i < 9 ? 1 : r->start_count)
        if (!(now = onnx_take_text(&r->pool, "%s_%zu", name, i))) return name;
    return now;
}

static dsc_node *start(onnx_reading *r, dsc_node *node, const onnx_constant *from, const float *numbers) {
    char name[220], shape[96], own[96];
    if (!numbers || r->pool.failed ||
        !dsc_grow(&r->starts, &r->start_most, r->start_count + 1, sizeof *r->starts)) {
        r->pool.failed = true;
        return dsc_graph_fail(r->graph, DSC_ERROR_MEMORY, "not enough memory");
    }
    if (node->kind == DSC_NODE_FAILED) return node;
    r->starts[r->start_count++] = (onnx_start){node, numbers};
    dsc_shape given = {.rank = from->rank < DSC_RANK_MOST ? from->rank : DSC_RANK_MOST};
    memcpy(given.size, from->dims, given.rank * sizeof *from->dims);
    const bool same = dsc_shape_equal(&given, &node->shape);
    dsc_text_append(&r->source->table, "%s\t%s\t%s\t%s\t%s%s\n", dsc_visible(name, sizeof name, from->name),
                    from->type, dsc_shape_format(shape, &given), node->name, same ? "unchanged" : "as ",
                    same ? "" : dsc_shape_format(own, &node->shape));
    return node;
}

dsc_node *onnx_parameter(onnx_reading *r, const onnx_constant *from, dsc_shape shape, const float *numbers,
                         size_t n_in, size_t n_out) {
    const bool weight = shape.rank > 1;
    return start(r,
                 dsc_parameter(r->graph, free_name(r, from), shape, weight ? DSC_INIT_HE : DSC_INIT_ZEROS,
                               n_in, n_out, weight),
                 from, numbers);
}

dsc_node *onnx_buffer(onnx_reading *r, const onnx_constant *from, dsc_shape shape, const float *numbers) {
    return start(r, dsc_buffer(r->graph, free_name(r, from), shape, 0), from, numbers);
}

const float *onnx_take_bias(const onnx_constant **from, const Onnx__Node **after, onnx_reading *r,
                            const Onnx__Node *node, size_t channels, size_t rank) {
    *after = node;
    *from = NULL;
    const Onnx__Node *add = onnx_only_reader(r, node, "Add");
    if (!add || add->n_input != 2) return NULL;
    const onnx_constant *c = onnx_peek(r, add, !strcmp(add->input[0], node->output[0]));
    if (!c || c->count != channels || c->rank < rank || c->rank > rank + 1 ||
        c->dims[c->rank - rank] != channels)
        return NULL;
    onnx_mark_done(r, add);
    *after = add;
    *from = c;
    return c->floats;
}

#endif
