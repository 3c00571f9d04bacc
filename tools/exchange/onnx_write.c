/* SPDX-License-Identifier: MIT */
/* onnx_write.c: converts a model to an ONNX message, opset 18 of IR version 8.
 *
 *   image (batch, C, H, W)  ->  normalisation  ->  the network  ->  logits (batch, K)  ->  probabilities
 *
 * The network's nodes come from the lines that its ops write. Parameters are initializers with their own
 * names. Information about the model is in the metadata. */
#include "exchange/onnx_message.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/error.h"
#include "base/memory.h"
#include "data/images.h"
#include "exchange/onnx.h"
#include "graph/fold.h"
#include "model/model.h"
#include "op/writing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IR_VERSION = 8, OPSET = 18 };

typedef struct writing {
    onnx_making making;
    const dsc_model *model;
    const onnx_values *options;
    dsc_folded *folded; /* or NULL */
    dsc_real *folded_values;
    const dsc_graph *graph;
    const dsc_node *image, *logits;
    const dsc_real *numbers; /* the slab of `graph` */
    const char **names;      /* (nodes), of each node's output */
    bool *needed;            /* (nodes) */
    const char *image_name, *logits_name, *probabilities_name;
    Onnx__Setting **settings;
    size_t count, most;
} writing;

/* --- names --- */

static dsc_status choose_graph(writing *w, dsc_error *error) {
    const dsc_model *model = w->model;
    w->graph = model->graph;
    w->image = model->image;
    w->logits = model->logits;
    w->numbers = model->values;
    if (!w->options->fold) return DSC_OK;
    dsc_status status = dsc_folded_create(&w->folded, model->graph, NULL, error);
    if (status) return status;
    w->graph = dsc_folded_graph(w->folded);
    w->image = dsc_folded_node(w->folded, model->image);
    w->logits = dsc_folded_node(w->folded, model->logits);
    const size_t numbers = dsc_graph_value_numbers(w->graph);
    w->folded_values = dsc_allocate_aligned(numbers + 1, sizeof(dsc_real));
    if (!w->folded_values) return dsc_fail_memory(error, numbers * sizeof(dsc_real), "a folded model");
    dsc_folded_values(w->folded, w->folded_values, model->values);
    w->numbers = w->folded_values;
    return DSC_OK;
}

static dsc_status find_needed(writing *w, dsc_error *error) {
    w->needed = dsc_allocate(w->graph->count, sizeof *w->needed);
    w->names = dsc_allocate(w->graph->count, sizeof *w->names);
    if (!w->needed || !w->names) return dsc_fail_memory(error, w->graph->count, "an ONNX graph");
    w->needed[w->logits->index] = true;
    for (size_t i = w->graph->count; i-- > 0;)
        for (size_t k = 0; w->needed[i] && k < w->graph->nodes[i]->input_count; k++)
            w->needed[w->graph->nodes[i]->inputs[k]->index] = true;
    return DSC_OK;
}

/* `name` with as many '_' appended as needed to differ from all parameters. */
static const char *free_name(writing *w, const char *name) {
    const dsc_node *found = dsc_graph_find(w->graph, name);
    if (!found || found->kind == DSC_NODE_INPUT) return name;
    char *longer = onnx_take_text(&w->making.pool, "%s_", name);
    return longer ? free_name(w, longer) : name;
}

static dsc_status one_to_one(writing *w, const char *type, const char *in, const char *out,
                             Onnx__Node **result, dsc_error *error) {
    Onnx__Node *node = onnx_add_node(&w->making, type, out, 1, 1);
    if (!node) return dsc_fail_memory(error, sizeof *node, "an ONNX node");
    node->input[0] = onnx_take_text(&w->making.pool, "%s", in);
    node->output[0] = onnx_take_text(&w->making.pool, "%s", out);
    if (result) *result = node;
    return w->making.pool.failed ? dsc_fail_memory(error, sizeof *node, "an ONNX node") : DSC_OK;
}

/* --- the normalisation --- */

static int scale_of(const onnx_values *options) {
    return options->scale == ONNX_SCALE_AUTO ? ONNX_SCALE_BYTES : options->scale;
}

/* Adds "out = type(in, numbers)" with one number per channel; the initializer is named `numbers_name`. */
static dsc_status by_channel(writing *w, const char *type, const char *in, const char *out,
                             const char *numbers_name, const float *numbers, dsc_error *error) {
    const size_t channels = w->image->shape.size[0];
    const dsc_shape shape = {3, {channels, 1, 1}};
    const char *name = free_name(w, numbers_name);
    Onnx__Node *node = onnx_add_node(&w->making, type, out, 2, 1);
    if (!node ||
        !onnx_add_initializer(&w->making, name, ONNX_FLOAT, &shape, numbers, channels * sizeof(float)))
        return dsc_fail_memory(error, sizeof *node, "an ONNX node");
    node->input[0] = onnx_take_text(&w->making.pool, "%s", in);
    node->input[1] = onnx_take_text(&w->making.pool, "%s", name);
    node->output[0] = onnx_take_text(&w->making.pool, "%s", out);
    return w->making.pool.failed ? dsc_fail_memory(error, sizeof *node, "an ONNX node") : DSC_OK;
}

static dsc_status write_normalisation(writing *w, dsc_error *error) {
    const dsc_normalisation *n = &w->model->normalisation;
    const size_t channels = w->image->shape.size[0];
    const int scale = scale_of(w->options);
    float *factor = onnx_take(&w->making.pool, channels, sizeof *factor);
    float *offset = onnx_take(&w->making.pool, channels, sizeof *offset);
    if (!factor || !offset) return dsc_fail_memory(error, channels, "an ONNX graph");
    bool scales = false, shifts = false;
    for (size_t c = 0; c < channels; c++) {
        factor[c] = (float)(scale == ONNX_SCALE_UNIT ? n->scale[c] * 255 : n->scale[c]);
        offset[c] = (float)n->offset[c];
        scales = scales || factor[c] != 1;
        shifts = shifts || offset[c] != 0;
    }
    const char *now = w->image_name;
    dsc_status status = DSC_OK;
    if (scale == ONNX_SCALE_UINT8) {
        Onnx__Node *node = NULL;
        status = one_to_one(w, "Cast", now, "normalise/floats", &node, error);
        Onnx__Attribute *to = status ? NULL : onnx_add_attribute(&w->making, node, "to", ONNX_ATTRIBUTE_INT);
        if (!status && !to) status = dsc_fail_memory(error, sizeof *to, "an ONNX node");
        if (status) return status;
        to->has_i = true;
        to->i = ONNX_FLOAT;
        now = "normalise/floats";
    }
    if (scales) {
        status = by_channel(w, "Mul", now, "normalise/scaled", "normalise.scale", factor, error);
        now = "normalise/scaled";
    }
    if (shifts && !status) {
        status = by_channel(w, "Add", now, "normalise/shifted", "normalise.offset", offset, error);
        now = "normalise/shifted";
    }
    w->names[w->image->index] = now;
    return status;
}

/* --- the network --- */

static dsc_status write_op(writing *w, const dsc_node *node, dsc_error *error) {
    enum { MOST = 64 };
    const char *in[MOST], *out[MOST];
    const size_t outputs = node->op->outputs ? node->op->outputs : 1;
    onnx_pool *pool = &w->making.pool;
    if (!node->op->onnx)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "the op '%s' cannot be written as ONNX; give it a function `onnx`", node->op->name);
    if (node->input_count > MOST || outputs > MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "the op '%s' has more than %d values", node->op->name,
                        MOST);
    for (size_t i = 0; i < node->input_count; i++) in[i] = w->names[node->inputs[i]->index];
    const char *base =
        onnx_take_text(pool, "%s/%s_%zu", node->layer ? node->layer : "graph", node->op->name, node->index);
    for (size_t i = 0; i < outputs && base; i++)
        out[i] = node == w->logits && !i ? w->logits_name
                 : i                     ? onnx_take_text(pool, "%s/%zu", base, i)
                                         : base;
    if (!base || pool->failed) return dsc_fail_memory(error, sizeof in, "an ONNX node");
    dsc_writing lines = {.text = {0}};
    const dsc_shape_rule at = {.values = node->values,
                               .input_count = node->input_count,
                               .in = node->in_shapes,
                               .role = node->roles,
                               .out = node->out_shapes};
    node->op->onnx(&lines, &at);
    dsc_status status = lines.text.failed ? dsc_fail_memory(error, lines.text.length, "an ONNX node")
                                          : onnx_add_lines(&w->making, lines.text.data, node->op->name, base,
                                                           in, node->input_count, out, outputs, error);
    dsc_text_free(&lines.text);
    /* Further outputs are separate nodes that follow this one. */
    w->names[node->index] = out[0];
    for (size_t i = 1; i < outputs; i++) w->names[node->index + i] = out[i];
    return status;
}

static dsc_status write_node(writing *w, const dsc_node *node, dsc_error *error) {
    switch (node->kind) {
    case DSC_NODE_PARAMETER:
    case DSC_NODE_BUFFER:
        w->names[node->index] = node->name;
        if (!onnx_add_initializer(&w->making, node->name, ONNX_FLOAT, &node->shape, w->numbers + node->offset,
                                  dsc_shape_count(&node->shape) * sizeof(float)))
            return dsc_fail_memory(error, sizeof(Onnx__Tensor), "an ONNX graph");
        return DSC_OK;
    case DSC_NODE_OP:
        if (!(node->op->flags & DSC_OP_TRAINING_ONLY)) return write_op(w, node, error);
        w->names[node->index] = w->names[node->inputs[0]->index];
        return DSC_OK;
    case DSC_NODE_INPUT:
        return node == w->image ? write_normalisation(w, error) : DSC_OK;
    default:
        return DSC_OK;
    }
}

/* Adds softmax, or sigmoid scaled to a sum of 1, like dsc_probabilities. */
static dsc_status write_probabilities(writing *w, dsc_error *error) {
    const bool sigmoid = dsc_model_is_sigmoid(w->model);
    const char *const in[] = {w->logits_name}, *const out[] = {w->probabilities_name};
    return onnx_add_lines(&w->making,
                          sigmoid ? "each = Sigmoid(in0)\nall = ReduceSum(each, [1]) keepdims=1\n"
                                    "out0 = Div(each, all)\n"
                                  : "out0 = Softmax(in0) axis=1\n",
                          "probabilities", "probabilities", in, 1, out, 1, error);
}

static dsc_status write_graph(writing *w, dsc_error *error) {
    w->image_name = free_name(w, "image");
    w->logits_name = free_name(w, "logits");
    w->probabilities_name = free_name(w, "probabilities");
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < w->graph->count && !status; i++)
        if (w->needed[i]) status = write_node(w, w->graph->nodes[i], error);
    const char *last = w->names[w->logits->index];
    if (!status && last != w->logits_name)
        status = one_to_one(w, "Identity", last, w->logits_name, NULL, error);
    return status ? status : write_probabilities(w, error);
}

/* --- input and outputs --- */

/* A value of shape (batch, shape) and the given element type. */
static Onnx__Value *value_of(writing *w, const char *name, int type, const dsc_shape *shape,
                             const char *about) {
    onnx_pool *pool = &w->making.pool;
    Onnx__Value *value = onnx_take(pool, 1, sizeof *value);
    Onnx__Type *outer = onnx_take(pool, 1, sizeof *outer);
    Onnx__TensorType *inner = onnx_take(pool, 1, sizeof *inner);
    Onnx__Shape *sizes = onnx_take(pool, 1, sizeof *sizes);
    Onnx__Dimension **list = onnx_take(pool, shape->rank + 1, sizeof(Onnx__Dimension *));
    Onnx__Dimension *each = onnx_take(pool, shape->rank + 1, sizeof *each);
    if (pool->failed) return NULL;
    onnx__value__init(value);
    onnx__type__init(outer);
    onnx__tensor_type__init(inner);
    onnx__shape__init(sizes);
    for (size_t i = 0; i <= shape->rank; i++) {
        onnx__dimension__init(list[i] = &each[i]);
        if (i)
            each[i].dim_value = (int64_t)shape->size[i - 1];
        else
            each[i].dim_param = onnx_take_text(pool, "batch");
        each[i].has_dim_value = i > 0;
    }
    sizes->n_dim = shape->rank + 1;
    sizes->dim = list;
    inner->has_elem_type = true;
    inner->elem_type = type;
    inner->shape = sizes;
    outer->tensor_type = inner;
    value->name = onnx_take_text(pool, "%s", name);
    value->type = outer;
    value->doc_string = onnx_take_text(pool, "%s", about);
    return pool->failed ? NULL : value;
}

/* --- metadata --- */

static void set(writing *w, const char *key, const char *value) {
    onnx_pool *pool = &w->making.pool;
    Onnx__Setting *setting = onnx_take(pool, 1, sizeof *setting);
    if (!dsc_grow(&w->settings, &w->most, w->count + 1, sizeof(Onnx__Setting *))) pool->failed = true;
    if (!setting || pool->failed) return;
    onnx__setting__init(setting);
    setting->key = onnx_take_text(pool, "%s", key);
    setting->value = onnx_take_text(pool, "%s", value);
    w->settings[w->count++] = setting;
}

/* Takes ownership of `json`; NULL stands for a failed allocation. */
static void set_json(writing *w, const char *key, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text)
        set(w, key, text);
    else
        w->making.pool.failed = true;
    free(text);
    json_decref(json);
}

static void write_metadata(writing *w) {
    const dsc_model *model = w->model;
    json_t *classes = json_array();
    for (size_t i = 0; classes && i < model->classes; i++)
        if (json_array_append_new(classes, json_string(model->class_names[i]))) {
            json_decref(classes);
            classes = NULL;
        }
    set_json(w, ONNX_CLASSES, classes);
    set(w, ONNX_KEY("version"), dsc_version());
    set(w, ONNX_KEY("text"), model->text);
    set(w, ONNX_KEY("loss"), model->loss_text);
    set(w, ONNX_KEY("normalisation"), model->normalisation.name);
    set(w, ONNX_KEY("scale"), onnx_scales[w->options->scale].name);
    char number[32];
    if (dsc_model_refuse_below(model) > 0)
        set(w, ONNX_KEY("refuse_below"),
            onnx_take_text(&w->making.pool, "%s",
                           dsc_format_shortest(number, dsc_model_refuse_below(model))));
    dsc_images images;
    dsc_model_describe(&images, model);
    set_json(w, ONNX_KEY("images"), dsc_images_to_json(&images));
    const char *name;
    json_t *value;
    json_object_foreach(model->about, name, value) {
        const char *key = onnx_take_text(&w->making.pool, ONNX_ABOUT "%s", name);
        if (key && json_string_value(value)) set(w, key, json_string_value(value));
    }
}

/* --- the file --- */

static dsc_status pack(exchange_output *output, writing *w, dsc_error *error) {
    onnx_pool *pool = &w->making.pool;
    Onnx__Graph *graph = &w->making.graph;
    const int scale = w->options->scale;
    const dsc_shape classes = {1, {w->model->classes}};
    Onnx__Value *input = value_of(w, w->image_name, scale == ONNX_SCALE_UINT8 ? ONNX_UINT8 : ONNX_FLOAT,
                                  &w->image->shape, onnx_scales[scale].about);
    Onnx__Value *outputs[2] = {
        value_of(w, w->probabilities_name, ONNX_FLOAT, &classes, "they add up to 1"),
        value_of(w, w->logits_name, ONNX_FLOAT, &classes, "what probabilities are made of")};
    graph->n_input = 1;
    graph->input = &input;
    graph->n_output = 2;
    graph->output = outputs;
    graph->name = onnx_take_text(pool, "%s", output->stem && *output->stem ? output->stem : "network");
    Onnx__OperatorSet set = ONNX__OPERATOR_SET__INIT, *sets[1] = {&set};
    Onnx__Model message = ONNX__MODEL__INIT;
    write_metadata(w);
    set.has_version = message.has_ir_version = true;
    set.version = OPSET;
    set.domain = onnx_take_text(pool, "%s", "");
    message.ir_version = IR_VERSION;
    message.producer_name = onnx_take_text(pool, "%s", ONNX_PRODUCER);
    message.producer_version = onnx_take_text(pool, "%s", dsc_version());
    message.doc_string = onnx_take_text(pool, "%s", output->command ? output->command : "");
    message.graph = graph;
    message.n_opset_import = 1;
    message.opset_import = sets;
    message.n_metadata_props = w->count;
    message.metadata_props = w->settings;
    if (pool->failed) return dsc_fail_memory(error, sizeof message, "an ONNX file");
    const size_t size = onnx__model__get_packed_size(&message);
    if (size > INT32_MAX)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "an ONNX file has at most 2 GB, found %zu bytes", size);
    unsigned char *bytes = dsc_allocate(size + 1, 1);
    if (bytes) (void)onnx__model__pack(&message, bytes);
    return exchange_add_file(output, ".onnx", bytes, size, error);
}

static void note(exchange_output *output, const writing *w) {
    const size_t *shape = w->image->shape.size;
    dsc_text_append(&output->notes, "input \"%s\" (batch, %zu, %zu, %zu): %s; the graph normalises them\n",
                    w->image_name, shape[0], shape[1], shape[2], onnx_scales[w->options->scale].about);
    dsc_text_append(&output->notes, "outputs \"%s\" and \"%s\" (batch, %zu)\n", w->probabilities_name,
                    w->logits_name, w->model->classes);
    dsc_text_append(&output->notes, "opset %d, %zu nodes, batch normalisation %s\n", OPSET,
                    w->making.graph.n_node,
                    w->options->fold ? "folded" : "unchanged, so that training can continue");
}

dsc_status onnx_write(exchange_output *output, const dsc_model *model, const void *values, dsc_error *error) {
    writing w = {.model = model, .options = values};
    onnx__graph__init(&w.making.graph);
    dsc_status status = dsc_model_check_values(model, NULL, error);
    if (!status) status = choose_graph(&w, error);
    if (!status) status = find_needed(&w, error);
    if (!status) status = write_graph(&w, error);
    if (!status) status = pack(output, &w, error);
    if (!status) note(output, &w);
    onnx_making_free(&w.making);
    free(w.settings);
    free(w.names);
    free(w.needed);
    free(w.folded_values);
    dsc_folded_free(w.folded);
    return status;
}

#endif
