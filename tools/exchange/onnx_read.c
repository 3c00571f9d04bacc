/* SPDX-License-Identifier: MIT */
/* onnx_read.c: converts an ONNX message to a model: chooses the output with the classes and reads the nodes
 * it depends on, in order. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/error.h"
#include "base/memory.h"
#include "exchange/onnx_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPSET_LEAST = 7, OPSET_KNOWN = 22, NAMES_MOST = 400000 };

static const onnx_row *const groups[] = {onnx_rows_activation,  onnx_rows_conv,  onnx_rows_dense,
                                         onnx_rows_elementwise, onnx_rows_shape, onnx_rows_reduce};

static const onnx_row *row_of(const char *type) {
    for (size_t g = 0; g < sizeof groups / sizeof(onnx_row *); g++)
        for (const onnx_row *row = groups[g]; row->type; row++)
            if (!strcmp(row->type, type)) return row;
    return NULL;
}

/* --- the message: memory is bounded by a multiple of the file's size --- */

typedef struct budget {
    size_t left;
    bool failed;
} budget;

static void *take(void *user, size_t size) {
    budget *b = user;
    void *memory = size <= b->left ? dsc_allocate(size ? size : 1, 1) : NULL;
    if (memory)
        b->left -= size;
    else
        b->failed = true;
    return memory;
}

static void give_back(void *user, void *memory) {
    (void)user;
    free(memory);
}

static dsc_status unpack(Onnx__Model **model, const exchange_source *source, dsc_error *error) {
    budget b = {.left = 64 * (source->size < SIZE_MAX / 128 ? source->size : SIZE_MAX / 128) + (1 << 16)};
    ProtobufCAllocator allocator = {.alloc = take, .free = give_back, .allocator_data = &b};
    *model = source->size <= INT32_MAX ? onnx__model__unpack(&allocator, source->size, source->bytes) : NULL;
    if (*model) return DSC_OK;
    if (source->size > INT32_MAX)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: an ONNX file has at most 2 GB", source->name);
    if (b.failed) return dsc_fail_memory(error, source->size, "an ONNX model");
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: an ONNX model that is damaged or cut off; copy or download the file again",
                    source->name);
}

static void unpacked_free(Onnx__Model *model) {
    ProtobufCAllocator allocator = {.alloc = take, .free = give_back};
    if (model) onnx__model__free_unpacked(model, &allocator);
}

static dsc_status check(onnx_reading *r) {
    const char *name = r->source->name;
    if (!r->file || !r->file->n_node)
        return dsc_fail(r->error, DSC_ERROR_FORMAT, "%s: an ONNX model without a graph", name);
    for (size_t i = 0; i < r->model->n_opset_import; i++) {
        const Onnx__OperatorSet *set = r->model->opset_import[i];
        if (!set->domain || !*set->domain || !strcmp(set->domain, "ai.onnx")) r->opset = set->version;
    }
    if (r->opset < OPSET_LEAST)
        return dsc_fail(
            r->error, DSC_ERROR_UNSUPPORTED,
            "%s: ONNX's opset %lld; %d and later are supported: convert it to 13 with onnx.version_converter",
            name, (long long)r->opset, OPSET_LEAST);
    if (r->file->n_node > ONNX_NODES_MOST || r->file->n_initializer > ONNX_NODES_MOST)
        return dsc_fail(r->error, DSC_ERROR_UNSUPPORTED, "%s: a graph of more than %d nodes", name,
                        ONNX_NODES_MOST);
    if (r->opset > OPSET_KNOWN)
        onnx_note(r, "opset %lld is newer than %d, the newest that this version knows", (long long)r->opset,
                  OPSET_KNOWN);
    return DSC_OK;
}

/* --- names --- */

static dsc_status make_table(onnx_reading *r) {
    const Onnx__Graph *g = r->file;
    size_t names = g->n_initializer + g->n_input + g->n_output + 8;
    for (size_t i = 0; i < g->n_node; i++) names += g->node[i]->n_input + g->node[i]->n_output;
    if (names > NAMES_MOST)
        return dsc_fail(r->error, DSC_ERROR_UNSUPPORTED, "%s: more than %d values", r->source->name,
                        NAMES_MOST);
    for (r->places = 16; r->places < 2 * names;) r->places *= 2;
    r->values = onnx_take(&r->pool, r->places, sizeof *r->values);
    r->done = onnx_take(&r->pool, g->n_node, sizeof *r->done);
    r->needed = onnx_take(&r->pool, g->n_node, sizeof *r->needed);
    if (r->pool.failed) return onnx_no_memory(r);
    for (size_t i = 0; i < g->n_initializer; i++)
        if (g->initializer[i]->name && *g->initializer[i]->name)
            onnx_find(r, g->initializer[i]->name)->tensor = g->initializer[i];
    for (size_t i = 0; i < g->n_node; i++)
        for (size_t k = 0; k < g->node[i]->n_output; k++) {
            onnx_value *value = onnx_find(r, g->node[i]->output[k]);
            if (!value->maker) value->maker = g->node[i];
        }
    return DSC_OK;
}

/* Marks the nodes that the value depends on; in the file, nodes follow those that they depend on. */
static void find_needed(onnx_reading *r, const char *name) {
    const Onnx__Graph *g = r->file;
    onnx_value *value = onnx_find(r, name);
    value->readers++;
    bool *wanted = onnx_take(&r->pool, r->places, sizeof *wanted);
    if (!wanted) return;
    wanted[value - r->values] = true;
    for (size_t i = g->n_node; i-- > 0;) {
        const Onnx__Node *node = g->node[i];
        for (size_t k = 0; k < node->n_output; k++)
            r->needed[i] =
                r->needed[i] || (*node->output[k] && wanted[onnx_find(r, node->output[k]) - r->values]);
        for (size_t k = 0; r->needed[i] && k < node->n_input; k++) {
            if (!*node->input[k]) continue;
            onnx_value *input = onnx_find(r, node->input[k]);
            wanted[input - r->values] = true;
            if (!input->readers++) input->reader = node;
        }
    }
}

/* --- the input --- */

static dsc_status find_input(const Onnx__Value **input, onnx_reading *r) {
    size_t count = 0;
    dsc_text names = {0};
    *input = NULL;
    for (size_t i = 0; i < r->file->n_input; i++) {
        const Onnx__Value *given = r->file->input[i];
        if (!given->name || !*given->name) continue;
        const onnx_value *value = onnx_find(r, given->name);
        if (value->tensor || !value->readers) continue;
        char shown[100];
        dsc_text_append(&names, "%s'%s'", count++ ? ", " : "", dsc_visible(shown, sizeof shown, given->name));
        *input = given;
    }
    dsc_status status = DSC_OK;
    if (count != 1)
        status = dsc_fail(r->error, DSC_ERROR_UNSUPPORTED,
                          "%s: expected one input, an image, that determines the classes; found %zu%s%.300s",
                          r->source->name, count, count ? ": " : "", names.data ? names.data : "");
    dsc_text_free(&names);
    return status;
}

typedef enum layout { UNKNOWN, CHANNELS_FIRST, CHANNELS_LAST } layout;

static bool is_among(const char *type, const char *const *types) {
    while (*types && strcmp(type, *types) != 0) types++;
    return *types != NULL;
}

/* Where the nodes that read the image expect the channels. Follows the image past normalisation and
 * padding. */
static layout layout_of(const onnx_reading *r, const char *image) {
    static const char *const passes_on[] = {"Add",      "Sub",     "Mul", "Div", "Cast",
                                            "Identity", "Dropout", "Pad", NULL};
    static const char *const takes_channels_first[] = {
        "Conv", "MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool", "BatchNormalization", NULL};
    static const int64_t from_last[] = {0, 3, 1, 2}, to_last[] = {0, 2, 3, 1};
    for (size_t i = 0; i < r->file->n_node; i++) {
        const Onnx__Node *node = r->file->node[i];
        bool reads = false;
        for (size_t k = 0; k < node->n_input; k++) reads = reads || !strcmp(node->input[k], image);
        if (!r->needed[i] || !node->op_type || !reads) continue;
        if (is_among(node->op_type, takes_channels_first)) return CHANNELS_FIRST;
        if (is_among(node->op_type, passes_on) && node->n_output) {
            image = node->output[0];
            continue;
        }
        const Onnx__Attribute *perm = onnx_attribute(node, "perm");
        if (strcmp(node->op_type, "Transpose") != 0 || !perm || perm->n_ints != 4) return UNKNOWN;
        if (!memcmp(perm->ints, from_last, sizeof from_last)) return CHANNELS_LAST;
        return memcmp(perm->ints, to_last, sizeof to_last) ? UNKNOWN : CHANNELS_FIRST;
    }
    return UNKNOWN;
}

static bool is_channels(size_t size) { return size == 1 || size == 3 || size == 4; }

/* Whether the dimensions of the file (0: open) are the shape's, channels first or last. */
static bool has_shape(const size_t dims[3], const size_t shape[3], bool last) {
    for (size_t i = 0; i < 3; i++)
        if (dims[i] && dims[i] != shape[last ? (i + 1) % 3 : i]) return false;
    return true;
}

/* Whether an input of three dimensions besides the batch has its channels last: as its readers expect, as the
 * known shape (NULL: none) says, or as the sizes suggest: (16, 4, 4) has square images, channels first. */
static bool is_channels_last(const onnx_reading *r, const char *name, const size_t dims[3],
                             const size_t *shape) {
    const layout found = layout_of(r, name);
    if (found != UNKNOWN) return found == CHANNELS_LAST;
    if (shape && has_shape(dims, shape, false) != has_shape(dims, shape, true))
        return has_shape(dims, shape, true);
    const bool square_behind = dims[1] == dims[2] && dims[0] != dims[1];
    return is_channels(dims[2]) && !is_channels(dims[0]) && !square_behind;
}

static dsc_status open_shape(onnx_reading *r) {
    char remedy[ONNX_REMEDY];
    return dsc_fail(r->error, DSC_ERROR_UNSUPPORTED,
                    "%s: the sizes of the images (channels, height, width) do not follow from its input; %s",
                    r->source->name, onnx_remedy(remedy, r, "shape=1x28x28"));
}

/* "1x28x28" */
static bool read_shape(size_t shape[3], const char *text) {
    char end;
    return sscanf(text, "%5zux%5zux%5zu%c", &shape[0], &shape[1], &shape[2], &end) == 3 && shape[0] &&
           shape[1] && shape[2];
}

/* The shape of the image, and its dimensions in the file. */
static dsc_status find_shape(size_t shape[3], onnx_value *value, onnx_reading *r, const Onnx__Value *input) {
    const Onnx__Shape *sizes =
        input->type && input->type->tensor_type ? input->type->tensor_type->shape : NULL;
    const bool given = r->options->shape != NULL;
    size_t *dims = value->dims;
    if (given && !read_shape(shape, r->options->shape))
        return dsc_fail(r->error, DSC_ERROR_ARGUMENT,
                        "shape=%.40s: expected channels, height and width, such as 1x28x28",
                        r->options->shape);
    if (!given && r->source->shape[0]) memcpy(shape, r->source->shape, 3 * sizeof *shape);
    if (!sizes || sizes->n_dim < 2 || sizes->n_dim > 4)
        return dsc_fail(r->error, DSC_ERROR_UNSUPPORTED,
                        "%s: its input has %zu dimensions; 2 to 4 are supported, the first of them the batch",
                        r->source->name, sizes ? sizes->n_dim : 0);
    value->rank = sizes->n_dim - 1;
    for (size_t i = 0; i <= value->rank; i++) {
        const int64_t size = sizes->dim[i]->has_dim_value ? sizes->dim[i]->dim_value : 0;
        if (size > 65535 * 64) return open_shape(r);
        if (i)
            dims[i - 1] = size > 0 ? (size_t)size : 0;
        else
            r->batch = size > 0 ? size : 0;
    }
    const bool known = given || r->source->shape[0];
    if (value->rank == 1) {
        size_t side = 0;
        if (known && !dims[0]) dims[0] = shape[0] * shape[1] * shape[2];
        while (side * side < dims[0]) side++;
        if (!known || shape[0] * shape[1] * shape[2] != dims[0]) {
            if (given || !dims[0] || side * side != dims[0]) return open_shape(r);
            memcpy(shape, (size_t[]){1, side, side}, 3 * sizeof *shape);
        }
        return DSC_OK;
    }
    if (value->rank == 2) {
        for (size_t i = 0; i < 2; i++)
            if (!dims[i]) dims[i] = known ? shape[1 + i] : 0;
        if (!dims[0] || !dims[1]) return open_shape(r);
        memcpy(shape, (size_t[]){1, dims[0], dims[1]}, 3 * sizeof *shape);
        return DSC_OK;
    }
    const bool last = is_channels_last(r, input->name, dims, known ? shape : NULL);
    for (size_t i = 0; i < 3; i++) {
        const size_t own = last ? (i + 1) % 3 : i;
        if (!dims[i]) dims[i] = known ? shape[own] : 0;
        if (!dims[i]) return open_shape(r);
    }
    for (size_t i = 0; i < 3; i++) shape[last ? (i + 1) % 3 : i] = dims[i];
    value->reordered = last;
    memcpy(value->order, (size_t[]){1, 2, 0}, 3 * sizeof *value->order);
    return DSC_OK;
}

static dsc_status make_image(onnx_reading *r, const Onnx__Value *input) {
    size_t shape[3] = {0};
    onnx_value *value = onnx_find(r, input->name), image = {0};
    dsc_status status = find_shape(shape, &image, r, input);
    if (status) return status;
    if (shape[0] > 1024 || shape[1] > 65535 || shape[2] > 65535 ||
        shape[0] * shape[1] * shape[2] > ONNX_COUNT_MOST)
        return dsc_fail(r->error, DSC_ERROR_UNSUPPORTED, "%s: images of %zu x %zu x %zu", r->source->name,
                        shape[0], shape[1], shape[2]);
    image.node = r->image = dsc_input(r->graph, "image", dsc_shape_of(3, shape[0], shape[1], shape[2], 0));
    image.scale = onnx_take(&r->pool, shape[0], sizeof *image.scale);
    image.offset = onnx_take(&r->pool, shape[0], sizeof *image.offset);
    status = dsc_graph_check(r->graph, r->error);
    if (status || r->pool.failed) return status ? status : onnx_no_memory(r);
    for (size_t c = 0; c < shape[0]; c++) image.scale[c] = 1;
    onnx_settle_order(&image);
    image.name = value->name;
    image.maker = value->maker;
    image.reader = value->reader;
    image.readers = value->readers;
    *value = image;
    return DSC_OK;
}

/* --- nodes --- */

static bool is_constant(onnx_reading *r, const Onnx__Node *node) {
    for (size_t i = 0; i < node->n_input; i++) {
        const onnx_value *value = *node->input[i] ? onnx_find(r, node->input[i]) : NULL;
        if (value && !value->tensor && !value->constant) return false;
    }
    return true;
}

static dsc_status read_node(onnx_reading *r, const Onnx__Node *node) {
    const char *type = node->op_type ? node->op_type : "";
    if (node->domain && *node->domain && strcmp(node->domain, "ai.onnx") != 0)
        return onnx_fail(r, node,
                         "it is not one of ONNX's own node types, which are the only ones supported");
    const onnx_row *row = row_of(type);
    if (!row) return onnx_fail(r, node, "this node type is not supported; docs/onnx.md lists those that are");
    const bool constant = is_constant(r, node);
    if (constant && row->fold) return row->fold(r, node);
    if (!row->read || constant)
        return onnx_fail(r, node,
                         constant ? "it has only constant inputs, which is not supported"
                                  : "it has inputs that depend on the image, which is not supported");
    return row->read(r, node);
}

static dsc_status read_nodes(onnx_reading *r) {
    dsc_status status = DSC_OK;
    /* Constants first: readers look ahead at the nodes that follow. */
    for (size_t i = 0; i < r->file->n_node && !status; i++) {
        const Onnx__Node *node = r->file->node[i];
        if (!r->needed[i] || !node->op_type || strcmp(node->op_type, "Constant") != 0) continue;
        status = read_node(r, node);
        r->done[i] = true;
    }
    for (size_t i = 0; i < r->file->n_node && !status; i++)
        if (r->needed[i] && !r->done[i]) status = read_node(r, r->file->node[i]);
    if (!status && r->pool.failed) status = onnx_no_memory(r);
    return status;
}

/* --- entry points --- */

static dsc_status read_graph(dsc_model **model, onnx_reading *r) {
    onnx_output output = {0};
    const Onnx__Value *input;
    dsc_status status = check(r);
    if (!status) status = make_table(r);
    if (!status) status = onnx_choose_output(&output, r);
    if (status) return status;
    find_needed(r, output.logits);
    if (r->pool.failed) return onnx_no_memory(r);
    status = find_input(&input, r);
    if (!status) status = dsc_graph_create(&r->graph, r->error);
    if (!status) status = make_image(r, input);
    if (!status) status = read_nodes(r);
    if (!status) status = onnx_finish(model, r, &output, input);
    if (!*model) dsc_graph_free(r->graph);
    return status;
}

dsc_status onnx_read(dsc_model **model, exchange_source *source, const void *values, dsc_error *error) {
    Onnx__Model *message;
    dsc_error own = {0};
    *model = NULL;
    onnx_reading r = {.source = source, .options = values, .error = error ? error : &own};
    dsc_status status = unpack(&message, source, error);
    if (status) return status;
    r.model = message;
    r.file = message->graph;
    status = read_graph(model, &r);
    if (status) {
        dsc_model_free(*model);
        *model = NULL;
    }
    onnx_pool_free(&r.pool);
    free(r.starts);
    unpacked_free(message);
    return status;
}

#endif
