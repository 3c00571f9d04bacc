/* SPDX-License-Identifier: MIT */
/* plan_line.c: builds the parts of a plan, and parses the lines that ops write into calls; see
 * plan_parts.h. */
#include "exchange/plan_parts.h"

#include "base/error.h"
#include "base/memory.h"
#include "op/op.h"
#include "op/tables.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- parts of a plan --- */

dsc_status exchange_plan_add_call(exchange_call **call, exchange_plan *plan, dsc_error *error) {
    if (!dsc_grow(&plan->calls, &plan->call_capacity, plan->call_count + 1, sizeof **call))
        return dsc_fail_memory(error, sizeof **call, "the calls of a model");
    *call = &plan->calls[plan->call_count++];
    **call = (exchange_call){0};
    return DSC_OK;
}

static size_t size_of(exchange_type type) { return type == EXCHANGE_BYTES ? 1 : 4; }

dsc_status exchange_plan_add_value(size_t *index, exchange_plan *plan, exchange_type type, int from,
                                   size_t count, dsc_error *error) {
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

/* Makes a unique C name: conv1_weight_folded for "conv1.weight (folded)". */
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

dsc_status exchange_plan_add_weights(size_t *index, exchange_plan *plan, const char *name, size_t count,
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

/* --- a parameter in the order that a function needs --- */

static dsc_status fail_line(const exchange_work *w, const char *why) {
    return dsc_fail(w->error, DSC_ERROR_ARGUMENT, "op %s writes for C: \"%.*s\": %s", w->node->op->name,
                    (int)strcspn(w->line, "\n"), w->line, why);
}

/* Writes the numbers of `node` with dimension order[0] outermost. */
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

static dsc_status place_parameter(size_t *index, exchange_work *w, const dsc_node *node, const char *given,
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
    dsc_status status = exchange_plan_add_weights(index, w->plan, node->name ? node->name : "weight",
                                                  dsc_shape_count(&node->shape), w->error);
    if (status) return status;
    exchange_weights *weights = &w->plan->weights[*index];
    permute(weights->numbers, w->slab + node->offset, &node->shape, order);
    weights->type = type;
    if (type == EXCHANGE_BYTES) {
        weights->bits = dsc_packed_bits(&w->whole[node->index]);
        if (weights->bits > 8) return fail_line(w, "weights of more than 8 bits");
        weights->bytes = dsc_packed_bytes(weights->count, weights->bits);
    }
    int length = 0;
    for (size_t i = 0; i < node->shape.rank; i++)
        length += snprintf(weights->order + length, sizeof weights->order - (size_t)length, "%s%zu",
                           i ? ", " : "(", node->shape.size[order[i] - '0']);
    (void)snprintf(weights->order + length, sizeof weights->order - (size_t)length, "%s", length ? ")" : "");
    exchange_placed *p = &w->placed[w->placed_count++];
    *p = (exchange_placed){.node = node, .type = type, .index = *index};
    memcpy(p->order, order, sizeof order);
    return DSC_OK;
}

/* --- reading a line: function(operand, ...) --- */

/* multiplier, shift, low, high: of the absorbed requantise, 0 if there is none. */
static dsc_status read_requantise(bool *is, exchange_operand *operand, exchange_work *w, const char *word) {
    enum { MULTIPLIER = 1, SHIFT }; /* inputs */
    const bool multiplier = !strcmp(word, "multiplier"), shift = !strcmp(word, "shift");
    const bool low = !strcmp(word, "low"), high = !strcmp(word, "high");
    *is = multiplier || shift || low || high;
    operand->kind = EXCHANGE_WHOLE;
    if (!*is || !w->after) return DSC_OK;
    const dsc_requantise_values *values = w->after->values;
    if (low || high) {
        operand->whole = low ? values->low : values->high;
        return DSC_OK;
    }
    operand->kind = EXCHANGE_WEIGHTS;
    return place_parameter(&operand->index, w, w->after->inputs[multiplier ? MULTIPLIER : SHIFT], NULL,
                           EXCHANGE_WHOLES);
}

/* The storage of a value, for wide and from: of an output or an input. Parameters have 32 bits; the image is
 * bytes from 0. */
static exchange_value lies(const exchange_work *w, const dsc_node *node) {
    if (dsc_node_has_numbers(node)) return (exchange_value){.type = EXCHANGE_WHOLES};
    const size_t value = w->value_of[node->index];
    if (value == EXCHANGE_IS_IMAGE) return (exchange_value){.type = EXCHANGE_BYTES};
    return w->plan->values[value];
}

/* wide and from describe output 0; wide0, from0 and bits0 input 0. */
static dsc_status read_storage(bool *is, exchange_operand *operand, exchange_work *w, const char *word) {
    const size_t length = strcspn(word, "0123456789"), which = (size_t)strtoul(word + length, NULL, 10);
    const bool wide = length == 4 && !strncmp(word, "wide", length), of_output = !word[length];
    const bool from = length == 4 && !strncmp(word, "from", length);
    const bool bits = length == 4 && !strncmp(word, "bits", length) && !of_output;
    *is = (wide || from || bits) && (of_output || which < w->node->input_count);
    operand->kind = EXCHANGE_WHOLE;
    if (!*is) return DSC_OK;
    const dsc_node *node = !of_output ? w->node->inputs[which] : w->after ? w->after : w->node;
    const exchange_value value = lies(w, node);
    if (wide && value.type == EXCHANGE_FLOATS) return fail_line(w, "its sums may not fit into 32 bits");
    if (bits)
        operand->whole = dsc_packed_bits(&w->whole[node->index]);
    else
        operand->whole = wide ? value.type == EXCHANGE_WHOLES : value.from;
    return DSC_OK;
}

/* in0, in1@2310, packed1@10, out0+128 */
static dsc_status read_name(exchange_operand *operand, exchange_work *w, const char *word) {
    char *end;
    bool is = false;
    if (w->node_is_whole) { /* the words of dsc_write_line for integers */
        dsc_status status = read_requantise(&is, operand, w, word);
        if (!status && !is) status = read_storage(&is, operand, w, word);
        if (status || is) return status;
    }
    const size_t length = strcspn(word, "0123456789");
    const bool out = !strncmp(word, "out", length),
               packed = w->node_is_whole && !strncmp(word, "packed", length);
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
            return fail_line(w, "an offset beyond the end of the value");
    }
    if (*end) return fail_line(w, "expected in0, in0@10 or out0+5");
    if (dsc_node_has_numbers(node)) {
        operand->kind = EXCHANGE_WEIGHTS;
        return place_parameter(&operand->index, w, node, order,
                               packed             ? EXCHANGE_BYTES
                               : w->node_is_whole ? EXCHANGE_WHOLES
                                                  : EXCHANGE_FLOATS);
    }
    if (order) return fail_line(w, "only weights can be reordered");
    operand->index = w->value_of[node->index];
    operand->kind = operand->index == EXCHANGE_IS_IMAGE ? EXCHANGE_IMAGE : EXCHANGE_VALUE;
    return DSC_OK;
}

static dsc_status read_operand(exchange_operand *operand, exchange_work *w, const char *word) {
    *operand = (exchange_operand){0};
    if (isalpha((unsigned char)*word)) return read_name(operand, w, word);
    operand->kind = EXCHANGE_WHOLE;
    if (dsc_parse_integer(&operand->whole, word)) return DSC_OK;
    operand->kind = EXCHANGE_REAL;
    return dsc_parse_real(&operand->real, word) ? DSC_OK : fail_line(w, "expected a name or a number");
}

dsc_status exchange_plan_read_line(exchange_work *w, const char *line) {
    exchange_call *call = NULL;
    w->line = line;
    dsc_status status = exchange_plan_add_call(&call, w->plan, w->error);
    if (status) return status;
    const size_t name = strcspn(line, "(\n");
    if (line[name] != '(' || name >= sizeof call->function) return fail_line(w, "expected function(...)");
    (void)snprintf(call->function, sizeof call->function, "%.*s", (int)name, line);
    for (const char *at = line + name + 1; *at != ')';) {
        char word[64];
        at += strspn(at, " ,");
        const size_t length = strcspn(at, ",) \n");
        if (!length || length >= sizeof word || call->count == EXCHANGE_OPERANDS_MOST)
            return fail_line(w, "expected operands separated by commas, then a parenthesis");
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
