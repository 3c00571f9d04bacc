/* SPDX-License-Identifier: MIT */
/* plan.c: from a model to calls; see plan.h. plan_memory.c says where their values lie. */
#include "exchange/plan.h"

#include "base/error.h"
#include "base/memory.h"
#include "exchange/plan_parts.h"
#include "graph/fold.h"
#include "model/model.h"
#include "op/op.h"
#include "op/tables.h"
#include "op/writing.h"
#include "quant/quantised.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const dsc_op dsc_op_requantise;

/* --- parts of a plan --- */

static dsc_status add_call(exchange_call **call, exchange_plan *plan, dsc_error *error) {
    if (!dsc_grow(&plan->calls, &plan->call_capacity, plan->call_count + 1, sizeof **call))
        return dsc_fail_memory(error, sizeof **call, "the calls of a model");
    *call = &plan->calls[plan->call_count++];
    **call = (exchange_call){0};
    return DSC_OK;
}

static size_t size_of(exchange_type type) { return type == EXCHANGE_BYTES ? 1 : 4; }

static dsc_status add_value(size_t *index, exchange_plan *plan, exchange_type type, int from, size_t count,
                            dsc_error *error) {
    if (!dsc_grow(&plan->values, &plan->value_capacity, plan->value_count + 1, sizeof *plan->values))
        return dsc_fail_memory(error, sizeof *plan->values, "the values of a model");
    *index = plan->value_count++;
    plan->values[*index] = (exchange_value){.type = type,
                                            .from = from,
                                            .count = count,
                                            .bytes = (count * size_of(type) + 3) / 4 * 4,
                                            .first = SIZE_MAX,
                                            .shares = *index};
    return DSC_OK;
}

/* A name for C: conv1_weight_folded of "conv1.weight (folded)"; each name once. */
static void name_weights(exchange_plan *plan, exchange_weights *weights, const char *name) {
    size_t length = 0;
    for (const char *c = name; *c && length + 8 < sizeof weights->name; c++)
        if (isalnum((unsigned char)*c))
            weights->name[length++] = *c;
        else if (length && weights->name[length - 1] != '_')
            weights->name[length++] = '_';
    if (length && weights->name[length - 1] == '_') length--;
    weights->name[length] = '\0';
    size_t again = 1;
    for (size_t i = 0; i + 1 < plan->weight_count; i++) {
        if (strcmp(plan->weights[i].name, weights->name) != 0) continue;
        (void)snprintf(weights->name + length, sizeof weights->name - length, "_%zu", ++again);
        i = (size_t)-1;
    }
}

static dsc_status add_weights(size_t *index, exchange_plan *plan, const char *name, size_t count,
                              dsc_error *error) {
    float *numbers = dsc_allocate(count, sizeof *numbers);
    if (!numbers ||
        !dsc_grow(&plan->weights, &plan->weight_capacity, plan->weight_count + 1, sizeof *plan->weights)) {
        free(numbers);
        return dsc_fail_memory(error, count * sizeof *numbers, "the weights of a model");
    }
    *index = plan->weight_count++;
    exchange_weights *weights = &plan->weights[*index];
    *weights = (exchange_weights){.numbers = numbers, .count = count, .bytes = 4 * count};
    name_weights(plan, weights, name);
    return DSC_OK;
}

void exchange_plan_clear(exchange_plan *plan) {
    for (size_t i = 0; i < plan->weight_count; i++) free(plan->weights[i].numbers);
    free(plan->weights);
    free(plan->values);
    free(plan->calls);
    dsc_text_free(&plan->sources);
    *plan = (exchange_plan){0};
}

size_t exchange_plan_bytes(const exchange_plan *plan) {
    size_t bytes = 0;
    for (size_t i = 0; i < plan->weight_count; i++) bytes += plan->weights[i].bytes;
    return bytes;
}

size_t exchange_plan_packed(const exchange_plan *plan) {
    size_t bytes = 0;
    for (size_t i = 0; i < plan->weight_count; i++)
        if (plan->weights[i].type == EXCHANGE_BYTES) bytes += plan->weights[i].bytes;
    return bytes;
}

void exchange_pack(unsigned char *bytes, const exchange_weights *weights) {
    memset(bytes, 0, weights->bytes);
    for (size_t i = 0; i < weights->count; i++) {
        const unsigned number = (unsigned)(int)weights->numbers[i] & ((1u << weights->bits) - 1u);
        const size_t bit = i * weights->bits;
        bytes[bit / 8] = (unsigned char)(bytes[bit / 8] | number << bit % 8);
        if (bit % 8 + weights->bits > 8)
            bytes[bit / 8 + 1] = (unsigned char)(bytes[bit / 8 + 1] | number >> (8 - bit % 8));
    }
}

/* --- one parameter, in the order that a function wants --- */

/* A parameter and the order of its dimensions in which it was written: the same twice is written once. */
typedef struct placed {
    const dsc_node *node;
    char order[DSC_RANK_MOST + 1];
    exchange_type type;
    size_t index;
} placed;

/* In place of the number of a value: the caller's bytes. */
#define IMAGE SIZE_MAX

typedef struct work {
    exchange_plan *plan;
    const dsc_graph *graph;
    const dsc_real *slab;
    size_t *value_of;       /* by node: which value it is */
    const dsc_whole *whole; /* by node, of a quantised model; else NULL */
    const dsc_node *after;  /* the requantise that is done with `node`, or NULL */
    placed *placed;
    size_t placed_count, placed_capacity;
    const dsc_node *node; /* whose calls are being made */
    bool node_is_whole;   /* by c_whole */
    const char *line;
    dsc_error *error;
} work;

static dsc_status fail_line(const work *w, const char *why) {
    return dsc_fail(w->error, DSC_ERROR_ARGUMENT, "op %s says of itself for C: \"%.*s\": %s",
                    w->node->op->name, (int)strcspn(w->line, "\n"), w->line, why);
}

/* Writes the numbers of `node` so that dimension order[0] is the outermost. */
static void permute(float *out, const dsc_real *in, const dsc_shape *shape, const char *order) {
    size_t step[DSC_RANK_MOST] = {0}, at[DSC_RANK_MOST] = {0};
    const size_t rank = strlen(order), count = dsc_shape_count(shape);
    for (size_t i = 0; i < rank; i++) {
        step[i] = 1;
        for (size_t k = (size_t)(order[i] - '0') + 1; k < rank; k++) step[i] *= shape->size[k];
    }
    for (size_t n = 0; n < count; n++) {
        size_t from = 0;
        for (size_t i = 0; i < rank; i++) from += at[i] * step[i];
        out[n] = (float)in[from];
        for (size_t i = rank; i-- > 0;) {
            if (++at[i] < shape->size[order[i] - '0']) break;
            at[i] = 0;
        }
    }
}

static bool is_order(const char *order, size_t rank) {
    bool seen[DSC_RANK_MOST] = {false};
    if (strlen(order) != rank) return false;
    for (size_t i = 0; i < rank; i++) {
        if (order[i] < '0' || order[i] >= '0' + (int)rank || seen[order[i] - '0']) return false;
        seen[order[i] - '0'] = true;
    }
    return true;
}

static dsc_status place_parameter(size_t *index, work *w, const dsc_node *node, const char *given,
                                  exchange_type type) {
    char order[DSC_RANK_MOST + 1] = "";
    for (size_t i = 0; i < node->shape.rank; i++) order[i] = (char)('0' + i), order[i + 1] = '\0';
    if (given && !is_order(given, node->shape.rank))
        return fail_line(w, "no order of the dimensions of a weight");
    if (given) (void)snprintf(order, sizeof order, "%s", given);
    for (size_t i = 0; i < w->placed_count; i++)
        if (w->placed[i].node == node && w->placed[i].type == type && !strcmp(w->placed[i].order, order)) {
            *index = w->placed[i].index;
            return DSC_OK;
        }
    if (!dsc_grow(&w->placed, &w->placed_capacity, w->placed_count + 1, sizeof *w->placed))
        return dsc_fail_memory(w->error, sizeof *w->placed, "the weights of a model");
    dsc_status status = add_weights(index, w->plan, node->name ? node->name : "weight",
                                    dsc_shape_count(&node->shape), w->error);
    if (status) return status;
    exchange_weights *weights = &w->plan->weights[*index];
    permute(weights->numbers, w->slab + node->offset, &node->shape, order);
    weights->type = type;
    if (type == EXCHANGE_BYTES) {
        weights->bits = dsc_whole_bits(&w->whole[node->index]);
        weights->bits = weights->bits < 1 ? 1 : weights->bits;
        if (weights->bits > 8) return fail_line(w, "weights of more than 8 bits");
        weights->bytes = (weights->count * weights->bits + 7) / 8;
    }
    int length = 0;
    for (size_t i = 0; i < node->shape.rank; i++)
        length += snprintf(weights->order + length, sizeof weights->order - (size_t)length, "%s%zu",
                           i ? ", " : "(", node->shape.size[order[i] - '0']);
    (void)snprintf(weights->order + length, sizeof weights->order - (size_t)length, "%s", length ? ")" : "");
    placed *p = &w->placed[w->placed_count++];
    *p = (placed){.node = node, .type = type, .index = *index};
    memcpy(p->order, order, sizeof order);
    return DSC_OK;
}

/* --- reading a line: function(operand, ...) --- */

/* The words of calls of whole numbers (dsc_write_line): wide, from, wide0, from0, bits1, multiplier, ...
 * *is: it was one. */
static dsc_status read_whole_word(bool *is, exchange_operand *operand, work *w, const char *word) {
    const dsc_requantise_values *values = w->after ? w->after->values : NULL;
    const size_t length = strcspn(word, "0123456789"), which = (size_t)strtoul(word + length, NULL, 10);
    const dsc_node *in = which < w->node->input_count ? w->node->inputs[which] : NULL;
    const exchange_value *value = in && !dsc_node_has_numbers(in) && w->value_of[in->index] != IMAGE
                                      ? &w->plan->values[w->value_of[in->index]]
                                      : NULL;
    const exchange_value *out = &w->plan->values[w->value_of[(w->after ? w->after : w->node)->index]];
    *is = true;
    operand->kind = EXCHANGE_WHOLE;
    if (!strcmp(word, "wide"))
        operand->whole = out->type == EXCHANGE_WHOLES;
    else if (!strcmp(word, "from"))
        operand->whole = out->from;
    else if (!strcmp(word, "low") || !strcmp(word, "high"))
        operand->whole = !values ? 0 : *word == 'l' ? values->low : values->high;
    else if (!strcmp(word, "multiplier") || !strcmp(word, "shift")) {
        if (!w->after) return DSC_OK;
        operand->kind = EXCHANGE_WEIGHTS;
        return place_parameter(&operand->index, w, w->after->inputs[*word == 'm' ? 1 : 2], NULL,
                               EXCHANGE_WHOLES);
    } else if (!strncmp(word, "wide", length) && length == 4 && in)
        operand->whole = dsc_node_has_numbers(in) || (value && value->type == EXCHANGE_WHOLES);
    else if (!strncmp(word, "from", length) && length == 4 && in)
        operand->whole = value ? value->from : 0;
    else if (!strncmp(word, "bits", length) && length == 4 && in) {
        operand->whole = dsc_whole_bits(&w->whole[in->index]);
        operand->whole += operand->whole < 1;
    } else
        *is = false;
    return DSC_OK;
}

/* in0, in1@2310, packed1@10, out0+128 */
static dsc_status read_name(exchange_operand *operand, work *w, const char *word) {
    char *end;
    bool is = false;
    if (w->whole) {
        const dsc_status status = read_whole_word(&is, operand, w, word);
        if (status || is) return status;
    }
    const size_t length = strcspn(word, "0123456789");
    const bool out = !strncmp(word, "out", length), packed = w->whole && !strncmp(word, "packed", length);
    if (!length || (!out && !packed && strncmp(word, "in", length) != 0))
        return fail_line(w, "expected in0, out0, a number");
    const unsigned long which = strtoul(word + length, &end, 10);
    const size_t inputs = w->node->input_count, outputs = w->node->op->outputs ? w->node->op->outputs : 1;
    if (end == word + length || which >= (out ? outputs : inputs))
        return fail_line(w, "the op has no such input or output");
    const dsc_node *node = !out       ? w->node->inputs[which]
                           : w->after ? w->after
                                      : w->graph->nodes[w->node->index + which];
    const char *order = NULL;
    if (*end == '@') order = end + 1, end += strlen(end);
    if (*end == '+') {
        operand->offset = strtoul(end + 1, &end, 10);
        if (operand->offset >= dsc_shape_count(&node->shape))
            return fail_line(w, "an offset beyond the value");
    }
    if (*end) return fail_line(w, "expected in0, in0@10 or out0+5");
    if (dsc_node_has_numbers(node)) {
        operand->kind = EXCHANGE_WEIGHTS;
        return place_parameter(&operand->index, w, node, order,
                               packed             ? EXCHANGE_BYTES
                               : w->node_is_whole ? EXCHANGE_WHOLES
                                                  : EXCHANGE_FLOATS);
    }
    if (order) return fail_line(w, "only weights are put in another order");
    operand->index = w->value_of[node->index];
    operand->kind = operand->index == IMAGE ? EXCHANGE_IMAGE : EXCHANGE_VALUE;
    return DSC_OK;
}

static dsc_status read_operand(exchange_operand *operand, work *w, const char *word) {
    *operand = (exchange_operand){0};
    if (isalpha((unsigned char)*word)) return read_name(operand, w, word);
    operand->kind = EXCHANGE_WHOLE;
    if (dsc_parse_integer(&operand->whole, word)) return DSC_OK;
    operand->kind = EXCHANGE_REAL;
    return dsc_parse_real(&operand->real, word) ? DSC_OK : fail_line(w, "expected a name or a number");
}

static dsc_status read_line(work *w, const char *line) {
    exchange_call *call = NULL;
    w->line = line;
    dsc_status status = add_call(&call, w->plan, w->error);
    if (status) return status;
    const size_t name = strcspn(line, "(\n");
    if (line[name] != '(' || name >= sizeof call->function) return fail_line(w, "expected function(...)");
    (void)snprintf(call->function, sizeof call->function, "%.*s", (int)name, line);
    for (const char *at = line + name + 1; *at != ')';) {
        char word[64];
        at += strspn(at, " ,");
        const size_t length = strcspn(at, ",) \n");
        if (!length || length >= sizeof word || call->count == EXCHANGE_OPERANDS_MOST)
            return fail_line(w, "expected operands with commas between them, and a parenthesis behind");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, at);
        status = read_operand(&call->operands[call->count++], w, word);
        if (status) return status;
        at += length;
        at += strspn(at, " ");
    }
    if (!exchange_functions_want(&w->plan->functions, call->function, name) && !w->node->op->c_source)
        return fail_line(w, "there is no such function");
    (void)snprintf(call->about, sizeof call->about, "%s: %s",
                   w->node->layer ? w->node->layer : w->node->op->name, DSC_SHAPE_TEXT(&w->node->shape));
    return DSC_OK;
}

/* --- the graph --- */

static dsc_status take_source(work *w, const dsc_op *op) {
    if (!op->c_source || (w->plan->sources.data && strstr(w->plan->sources.data, op->c_source)))
        return DSC_OK;
    exchange_functions_want_called(&w->plan->functions, op->c_source, strlen(op->c_source));
    dsc_text_append(&w->plan->sources, "%s\n", op->c_source);
    return w->plan->sources.failed ? dsc_fail_memory(w->error, strlen(op->c_source), "a model's source")
                                   : DSC_OK;
}

/* How a node's value lies. */
static dsc_status add_value_of(work *w, const dsc_node *node) {
    exchange_type type = EXCHANGE_FLOATS;
    int from = 0;
    const dsc_whole *whole = w->whole ? &w->whole[node->index] : NULL;
    if (whole && whole->is_whole) {
        type = EXCHANGE_WHOLES;
        if (whole->low >= 0 && whole->high <= 255)
            type = EXCHANGE_BYTES;
        else if (whole->high - whole->low <= 255)
            type = EXCHANGE_BYTES, from = (int)whole->low;
    }
    return add_value(&w->value_of[node->index], w->plan, type, from, dsc_shape_count(&node->shape), w->error);
}

/* The requantise that is done on the way by an op that can: its only reader. */
static const dsc_node *requantise_after(const work *w, const dsc_node *node) {
    const dsc_node *found = NULL;
    for (size_t i = node->index + 1; i < w->graph->count; i++)
        for (size_t k = 0; k < w->graph->nodes[i]->input_count; k++) {
            if (w->graph->nodes[i]->inputs[k] != node) continue;
            if (found || k || w->graph->nodes[i]->op != &dsc_op_requantise) return NULL;
            found = w->graph->nodes[i];
        }
    return found;
}

static bool all_inputs_whole(const work *w, const dsc_node *node) {
    if (!w->whole || !node->op->c_whole) return false;
    for (size_t i = 0; i < node->input_count; i++)
        if (!w->whole[node->inputs[i]->index].is_whole) return false;
    return true;
}

static dsc_status write_lines(dsc_writing *writing, work *w, const dsc_node *node) {
    const dsc_shape_rule at = {.values = node->values,
                               .input_count = node->input_count,
                               .in = node->in_shapes,
                               .role = node->roles,
                               .out = node->out_shapes};
    (w->node_is_whole ? node->op->c_whole : node->op->c)(writing, &at);
    if (writing->text.failed) return dsc_fail_memory(w->error, 0, "the lines of an op");
    const dsc_node *after = w->node_is_whole ? requantise_after(w, node) : NULL;
    w->after = after && writing->text.data && strstr(writing->text.data, "multiplier") ? after : NULL;
    return DSC_OK;
}

static dsc_status write_op(work *w, const dsc_node *node) {
    w->node = node;
    w->after = NULL;
    const size_t outputs = node->op->outputs ? node->op->outputs : 1;
    if (node->op->flags & (DSC_OP_VIEW | DSC_OP_TRAINING_ONLY)) {
        w->value_of[node->index] = w->value_of[node->inputs[0]->index];
        return DSC_OK;
    }
    w->node_is_whole = all_inputs_whole(w, node);
    if (!w->node_is_whole && !node->op->c)
        return dsc_fail(w->error, DSC_ERROR_UNSUPPORTED,
                        "op %s cannot be written as C: its descriptor has no way to (`c` of dsc_op)",
                        node->op->name);
    dsc_writing writing = {0};
    dsc_status status = take_source(w, node->op);
    if (!status) status = write_lines(&writing, w, node);
    if (!status && w->after) status = add_value_of(w, w->after);
    for (size_t k = 0; k < outputs && !status && !w->after; k++)
        status = add_value_of(w, w->graph->nodes[node->index + k]);
    const size_t first = w->plan->call_count;
    for (const char *line = writing.text.data; !status && line && *line; line += strcspn(line, "\n") + 1)
        status = read_line(w, line);
    dsc_text_free(&writing.text);
    /* An op that may work in place takes the memory of what it reads, if nobody needs that any more. */
    if (!status && node->op->flags & DSC_OP_IN_PLACE && first < w->plan->call_count && !w->node_is_whole &&
        dsc_node_is_sampled(node->inputs[0]) && w->value_of[node->inputs[0]->index] != IMAGE)
        w->plan->values[w->value_of[node->index]].shares = w->value_of[node->inputs[0]->index];
    return status;
}

/* Which nodes the logits need. */
static void find_needed(bool *needed, const dsc_graph *graph, const dsc_node *logits) {
    needed[logits->index] = true;
    for (size_t i = graph->count; i-- > 0;) {
        const dsc_node *node = graph->nodes[i];
        if (!needed[i]) continue;
        for (size_t k = 0; k < node->input_count; k++) needed[node->inputs[k]->index] = true;
    }
}

static dsc_status begin(work *w, const dsc_model *model, const dsc_node *image) {
    const dsc_normalisation *n = &model->normalisation;
    const size_t pixels = image->shape.size[1] * image->shape.size[2];
    size_t scale = 0, offset = 0;
    exchange_call *call = NULL;
    if (w->whole) {
        w->value_of[image->index] = IMAGE; /* its bytes as they are */
        return DSC_OK;
    }
    dsc_status status = add_value(&w->value_of[image->index], w->plan, EXCHANGE_FLOATS, 0,
                                  dsc_shape_count(&image->shape), w->error);
    if (!status) status = add_weights(&scale, w->plan, "image_scale", n->channels, w->error);
    if (!status) status = add_weights(&offset, w->plan, "image_offset", n->channels, w->error);
    if (!status) status = add_call(&call, w->plan, w->error);
    if (status) return status;
    for (size_t c = 0; c < n->channels; c++) {
        w->plan->weights[scale].numbers[c] = (float)n->scale[c];
        w->plan->weights[offset].numbers[c] = (float)n->offset[c];
    }
    *call = (exchange_call){
        .function = "normalise",
        .operands = {{.kind = EXCHANGE_VALUE, .index = w->value_of[image->index]},
                     {.kind = EXCHANGE_IMAGE},
                     {.kind = EXCHANGE_WEIGHTS, .index = scale},
                     {.kind = EXCHANGE_WEIGHTS, .index = offset},
                     {.kind = EXCHANGE_WHOLE, .whole = (int64_t)n->channels},
                     {.kind = EXCHANGE_WHOLE, .whole = (int64_t)pixels}},
        .count = 6,
        .about = "bytes to numbers",
    };
    (void)exchange_functions_want(&w->plan->functions, "normalise", strlen("normalise"));
    return DSC_OK;
}

static dsc_status end(work *w, const dsc_model *model, const dsc_node *logits) {
    exchange_call *call = NULL;
    const bool sigmoid = dsc_model_is_sigmoid(model);
    dsc_status status = add_call(&call, w->plan, w->error);
    if (status) return status;
    call->operands[call->count++] = (exchange_operand){.kind = EXCHANGE_ANSWER};
    call->operands[call->count++] =
        (exchange_operand){.kind = EXCHANGE_VALUE, .index = w->value_of[logits->index]};
    if (!sigmoid) call->operands[call->count++] = (exchange_operand){.kind = EXCHANGE_WHOLE, .whole = 1};
    call->operands[call->count++] =
        (exchange_operand){.kind = EXCHANGE_WHOLE, .whole = (int64_t)model->classes};
    (void)snprintf(call->function, sizeof call->function, "%s", sigmoid ? "sigmoid_shares" : "softmax");
    (void)snprintf(call->about, sizeof call->about, "probabilities");
    (void)exchange_functions_want(&w->plan->functions, call->function, strlen(call->function));
    return DSC_OK;
}

static dsc_status write_graph(work *w, const dsc_node *image, const dsc_node *logits, const dsc_model *model,
                              const bool *needed) {
    dsc_status status = begin(w, model, image);
    const dsc_node *done = NULL; /* with the op before it */
    for (size_t i = 0; i < w->graph->count && !status; i++) {
        const dsc_node *node = w->graph->nodes[i];
        if (!needed[i] || node->kind != DSC_NODE_OP) continue;
        w->plan->multiply_adds += node->multiply_adds;
        if (node == done) continue;
        status = write_op(w, node);
        if (w->after) done = w->after;
    }
    if (!status) status = end(w, model, logits);
    return status ? status : exchange_plan_memory(w->plan, w->error);
}

/* The graph as calls; `slab` has its numbers. */
static dsc_status make(work *w, const dsc_node *image, const dsc_node *logits, const dsc_model *model) {
    bool *needed = dsc_allocate(w->graph->count, sizeof *needed);
    w->value_of = dsc_allocate(w->graph->count, sizeof *w->value_of);
    dsc_status status = DSC_OK;
    if (needed && w->value_of) {
        find_needed(needed, w->graph, logits);
        status = write_graph(w, image, logits, model, needed);
    } else {
        status = dsc_fail_memory(w->error, w->graph->count * sizeof *needed, "a plan");
    }
    free(w->value_of);
    free(w->placed);
    free(needed);
    return status;
}

/* Quantised: nothing is folded, and every number is as it is. */
static dsc_status make_whole(work *w, const dsc_model *model) {
    dsc_whole *whole = dsc_allocate(model->graph->count, sizeof *whole);
    if (!whole) return dsc_fail_memory(w->error, model->graph->count * sizeof *whole, "a plan");
    dsc_whole_numbers(whole, model);
    w->plan->whole = true;
    w->whole = whole;
    w->graph = model->graph;
    w->slab = model->values;
    const dsc_status status = make(w, model->image, model->logits, model);
    free(whole);
    return status;
}

static dsc_status make_folded(work *w, const dsc_model *model) {
    dsc_folded *folded = NULL;
    dsc_status status = dsc_folded_create(&folded, model->graph, NULL, w->error);
    if (status) return status;
    w->graph = dsc_folded_graph(folded);
    dsc_real *slab = dsc_allocate_aligned(dsc_graph_value_numbers(w->graph) + 1, sizeof *slab);
    w->slab = slab;
    if (slab) {
        dsc_folded_values(folded, slab, model->values);
        status =
            make(w, dsc_folded_node(folded, model->image), dsc_folded_node(folded, model->logits), model);
    } else {
        status =
            dsc_fail_memory(w->error, dsc_graph_value_numbers(w->graph) * sizeof *slab, "a folded model");
    }
    free(slab);
    dsc_folded_free(folded);
    return status;
}

dsc_status exchange_plan_make(exchange_plan *plan, const dsc_model *model, dsc_error *error) {
    *plan = (exchange_plan){.classes = model->classes};
    memcpy(plan->shape, model->image->shape.size, sizeof plan->shape);
    work w = {.plan = plan, .error = error};
    dsc_status status = dsc_model_check_values(model, NULL, error);
    if (status) return status;
    const dsc_node *because;
    if (dsc_is_quantised(model, &because)) return make_whole(&w, model);
    return because ? make_folded(&w, model) : dsc_fail_memory(error, model->graph->count, "a plan");
}
