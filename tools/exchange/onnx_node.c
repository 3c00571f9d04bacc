/* SPDX-License-Identifier: MIT */
/* onnx_node.c: nodes and numbers of a graph being written; converts the lines of ops to nodes. */
#include "exchange/onnx_message.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct onnx_block {
    onnx_block *next;
    max_align_t bytes[];
};

void *onnx_take(onnx_pool *pool, size_t count, size_t size) {
    size_t all;
    onnx_block *block = dsc_multiply(&all, count, size) && all < SIZE_MAX - sizeof *block
                            ? dsc_allocate(1, sizeof *block + all + 1)
                            : NULL;
    if (!block) {
        pool->failed = true;
        return NULL;
    }
    block->next = pool->blocks;
    pool->blocks = block;
    return block->bytes;
}

char *onnx_take_text(onnx_pool *pool, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : onnx_take(pool, 1, (size_t)length + 1);
    if (text) (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

void onnx_pool_free(onnx_pool *pool) {
    while (pool->blocks) {
        onnx_block *next = pool->blocks->next;
        free(pool->blocks);
        pool->blocks = next;
    }
}

void onnx_making_free(onnx_making *making) {
    free(making->graph.node);
    free(making->graph.initializer);
    onnx_pool_free(&making->pool);
}

Onnx__Node *onnx_add_node(onnx_making *m, const char *type, const char *name, size_t inputs, size_t outputs) {
    Onnx__Node *node = onnx_take(&m->pool, 1, sizeof *node);
    if (!dsc_grow(&m->graph.node, &m->nodes_most, m->graph.n_node + 1, sizeof(Onnx__Node *)))
        m->pool.failed = true;
    if (!node || m->pool.failed) return NULL;
    onnx__node__init(node);
    node->op_type = onnx_take_text(&m->pool, "%s", type);
    node->name = onnx_take_text(&m->pool, "%s", name);
    node->input = onnx_take(&m->pool, inputs, sizeof *node->input);
    node->output = onnx_take(&m->pool, outputs, sizeof *node->output);
    node->n_input = inputs;
    node->n_output = outputs;
    if (m->pool.failed) return NULL;
    m->graph.node[m->graph.n_node++] = node;
    return node;
}

enum { ATTRIBUTES_MOST = 12 };

Onnx__Attribute *onnx_add_attribute(onnx_making *m, Onnx__Node *node, const char *name, int type) {
    if (!node->attribute) node->attribute = onnx_take(&m->pool, ATTRIBUTES_MOST, sizeof(Onnx__Attribute *));
    Onnx__Attribute *attribute = onnx_take(&m->pool, 1, sizeof *attribute);
    if (m->pool.failed || node->n_attribute == ATTRIBUTES_MOST) return NULL;
    onnx__attribute__init(attribute);
    attribute->name = onnx_take_text(&m->pool, "%s", name);
    attribute->has_type = true;
    attribute->type = type;
    if (m->pool.failed) return NULL;
    node->attribute[node->n_attribute++] = attribute;
    return attribute;
}

Onnx__Tensor *onnx_add_initializer(onnx_making *m, const char *name, int type, const dsc_shape *shape,
                                   const void *bytes, size_t size) {
    Onnx__Tensor *tensor = onnx_take(&m->pool, 1, sizeof *tensor);
    if (!dsc_grow(&m->graph.initializer, &m->initializers_most, m->graph.n_initializer + 1,
                  sizeof(Onnx__Tensor *)))
        m->pool.failed = true;
    if (!tensor || m->pool.failed) return NULL;
    onnx__tensor__init(tensor);
    tensor->name = onnx_take_text(&m->pool, "%s", name);
    tensor->dims = onnx_take(&m->pool, shape->rank, sizeof *tensor->dims);
    if (m->pool.failed) return NULL;
    tensor->n_dims = shape->rank;
    for (size_t i = 0; i < shape->rank; i++) tensor->dims[i] = (int64_t)shape->size[i];
    tensor->has_data_type = true;
    tensor->data_type = type;
    tensor->has_raw_data = true;
    tensor->raw_data = (ProtobufCBinaryData){.len = size, .data = (uint8_t *)(uintptr_t)bytes};
    m->graph.initializer[m->graph.n_initializer++] = tensor;
    return tensor;
}

/* --- lines --- */

typedef struct reading {
    onnx_making *making;
    const char *at; /* in the line */
    const char *base;
    const char *const *in, *const *out;
    size_t inputs, outputs;
} reading;

/* Skips `text` if the line continues with it; returns whether it does. */
static bool passes(reading *r, const char *text) {
    const size_t length = strlen(text);
    if (strncmp(r->at, text, length) != 0) return false;
    r->at += length;
    return true;
}

/* The number k of a name such as "in12", or SIZE_MAX. */
static size_t number_of(const char *name, size_t length, const char *stem) {
    const size_t begin = strlen(stem);
    if (length <= begin || length > begin + 4 || strncmp(name, stem, begin) != 0) return SIZE_MAX;
    size_t k = 0;
    for (size_t i = begin; i < length; i++) {
        if (name[i] < '0' || name[i] > '9') return SIZE_MAX;
        k = 10 * k + (size_t)(name[i] - '0');
    }
    return k;
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/* The name of a value in the file; NULL: none. */
static char *read_name(reading *r) {
    const size_t length = strspn(r->at, letters);
    const char *name = r->at;
    if (!length) return NULL;
    r->at += length;
    size_t k = number_of(name, length, "in");
    if (k != SIZE_MAX) return k < r->inputs ? onnx_take_text(&r->making->pool, "%s", r->in[k]) : NULL;
    k = number_of(name, length, "out");
    if (k != SIZE_MAX) return k < r->outputs ? onnx_take_text(&r->making->pool, "%s", r->out[k]) : NULL;
    return onnx_take_text(&r->making->pool, "%s/%.*s", r->base, (int)length, name);
}

enum { LIST_MOST = 16 };

/* Reads "1,-2,3" up to the first other character; false: no number, or too many. */
static bool read_whole_numbers(int64_t list[LIST_MOST], size_t *count, reading *r) {
    *count = 0;
    do {
        char *end;
        const long long number = strtoll(r->at, &end, 10);
        if (end == r->at) return *count > 0; /* a comma at the end */
        if (*count == LIST_MOST) return false;
        list[(*count)++] = number;
        r->at = end;
    } while (passes(r, ","));
    return true;
}

/* Reads a number with a point, in any locale. */
static bool read_real(double *number, reading *r) {
    char text[64];
    const size_t length = strspn(r->at, "+-0123456789.einfa");
    if (!length || length >= sizeof text) return false;
    memcpy(text, r->at, length);
    text[length] = '\0';
    r->at += length;
    return dsc_parse_real(number, text);
}

/* Reads "[1,2]" or "{0.5}", a constant of the graph; returns its name, or NULL. */
static char *read_constant(reading *r) {
    onnx_making *m = r->making;
    char *name = onnx_take_text(&m->pool, "%s/constant%zu", r->base, m->graph.n_initializer);
    if (!name) return NULL;
    if (passes(r, "[")) {
        int64_t list[LIST_MOST], *kept;
        size_t count;
        if (!read_whole_numbers(list, &count, r) || !passes(r, "]")) return NULL;
        if (!(kept = onnx_take(&m->pool, count, sizeof *kept))) return NULL;
        memcpy(kept, list, count * sizeof *kept);
        const dsc_shape shape = {1, {count}};
        return onnx_add_initializer(m, name, ONNX_INT64, &shape, kept, count * sizeof *kept) ? name : NULL;
    }
    double number;
    float *kept = onnx_take(&m->pool, 1, sizeof *kept);
    const dsc_shape shape = {0};
    if (!kept || !passes(r, "{") || !read_real(&number, r) || !passes(r, "}")) return NULL;
    *kept = (float)number;
    return onnx_add_initializer(m, name, ONNX_FLOAT, &shape, kept, sizeof *kept) ? name : NULL;
}

static bool read_attribute(reading *r, Onnx__Node *node) {
    char name[64];
    const size_t length = strspn(r->at, letters);
    if (!length || length >= sizeof name) return false;
    (void)snprintf(name, sizeof name, "%.*s", (int)length, r->at);
    r->at += length;
    if (!passes(r, "=")) return false;
    onnx_making *m = r->making;
    if (passes(r, "\"")) {
        const size_t size = strcspn(r->at, "\"");
        Onnx__Attribute *attribute = onnx_add_attribute(m, node, name, ONNX_ATTRIBUTE_TEXT);
        char *text = onnx_take_text(&m->pool, "%.*s", (int)size, r->at);
        if (!attribute || !text) return false;
        attribute->has_s = true;
        attribute->s = (ProtobufCBinaryData){.len = size, .data = (uint8_t *)text};
        r->at += size;
        return passes(r, "\"");
    }
    const size_t size = strcspn(r->at, " ");
    if (memchr(r->at, ',', size)) {
        int64_t list[LIST_MOST];
        size_t count;
        Onnx__Attribute *attribute = onnx_add_attribute(m, node, name, ONNX_ATTRIBUTE_INTS);
        if (!attribute || !read_whole_numbers(list, &count, r)) return false;
        if (!(attribute->ints = onnx_take(&m->pool, count, sizeof *list))) return false;
        memcpy(attribute->ints, list, count * sizeof *list);
        attribute->n_ints = count;
        return true;
    }
    double number;
    const bool real = strcspn(r->at, ".ein") < size;
    Onnx__Attribute *attribute =
        onnx_add_attribute(m, node, name, real ? ONNX_ATTRIBUTE_FLOAT : ONNX_ATTRIBUTE_INT);
    if (!attribute || !read_real(&number, r)) return false;
    attribute->has_f = real;
    attribute->has_i = !real;
    if (real)
        attribute->f = (float)number;
    else
        attribute->i = (int64_t)number;
    return true;
}

/* Reads a line such as "out0, b = Type(in0, [1,2]) axis=1". */
static bool read_line(reading *r) {
    enum { MOST = 64 };
    char *names[2 * MOST], type[64];
    size_t outputs = 0, all;
    do {
        if (outputs == MOST || !(names[outputs++] = read_name(r))) return false;
    } while (passes(r, ", "));
    const size_t length = passes(r, " = ") ? strspn(r->at, letters) : 0;
    if (!length || length >= sizeof type) return false;
    (void)snprintf(type, sizeof type, "%.*s", (int)length, r->at);
    r->at += length;
    if (!passes(r, "(")) return false;
    all = outputs;
    do {
        const bool constant = *r->at == '[' || *r->at == '{';
        if (all == 2 * MOST || !(names[all++] = constant ? read_constant(r) : read_name(r))) return false;
    } while (passes(r, ", "));
    if (!passes(r, ")")) return false;
    Onnx__Node *node = onnx_add_node(r->making, type, names[0], all - outputs, outputs);
    if (!node) return false;
    memcpy(node->output, names, outputs * sizeof *names);
    memcpy(node->input, names + outputs, (all - outputs) * sizeof *names);
    while (passes(r, " "))
        if (!read_attribute(r, node)) return false;
    return *r->at == '\0';
}

dsc_status onnx_add_lines(onnx_making *making, const char *lines, const char *op, const char *base,
                          const char *const *in, size_t inputs, const char *const *out, size_t outputs,
                          dsc_error *error) {
    while (lines && *lines) {
        const size_t length = strcspn(lines, "\n");
        char *line = onnx_take_text(&making->pool, "%.*s", (int)length, lines);
        reading r = {making, line, base, in, out, inputs, outputs};
        const bool good = line && read_line(&r);
        if (making->pool.failed) return dsc_fail_memory(error, length, "an ONNX node");
        if (!good)
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "the op '%s' writes '%.200s' for ONNX, which is no valid node from '%.40s' on; "
                            "see dsc_write_line",
                            op, line, r.at);
        lines += length + (lines[length] == '\n');
    }
    return DSC_OK;
}

#endif
