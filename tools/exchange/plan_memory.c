/* SPDX-License-Identifier: MIT */
/* plan_memory.c: assigns memory to the values of a plan; see plan_parts.h. Largest value first, each at the
 * lowest offset that no value with an overlapping lifetime occupies, as in graph/memory_plan.c. */
#include "exchange/plan_parts.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

static void find_lives(exchange_plan *plan) {
    for (size_t i = 0; i < plan->call_count; i++)
        for (size_t k = 0; k < plan->calls[i].count; k++) {
            const exchange_operand *operand = &plan->calls[i].operands[k];
            if (operand->kind != EXCHANGE_VALUE) continue;
            exchange_value *value = &plan->values[operand->index];
            if (value->first == SIZE_MAX) value->first = i;
            value->last = i;
        }
}

/* Values are in order of creation, so a shared value is settled first. */
static void settle_shares(exchange_plan *plan) {
    for (size_t i = 0; i < plan->value_count; i++) {
        exchange_value *value = &plan->values[i];
        if (value->shares == i) continue;
        exchange_value *root = &plan->values[plan->values[value->shares].shares];
        if (root->last > value->first || root->bytes < value->bytes) {
            value->shares = i;
            continue;
        }
        value->shares = (size_t)(root - plan->values);
        root->last = value->last > root->last ? value->last : root->last;
    }
}

static bool meet(const exchange_value *a, const exchange_value *b) {
    return a->first <= b->last && b->first <= a->last;
}

/* The lowest offset for value i beside those of order[0 .. count). */
static size_t lowest_place(const exchange_plan *plan, const size_t *order, size_t count, size_t i) {
    const exchange_value *value = &plan->values[i];
    size_t at = 0;
    for (size_t k = 0; k < count; k++) {
        const exchange_value *other = &plan->values[order[k]];
        if (!meet(value, other) || at + value->bytes <= other->at || other->at + other->bytes <= at) continue;
        at = other->at + other->bytes;
        k = (size_t)-1; /* restart: earlier values may overlap now */
    }
    return at;
}

dsc_status exchange_plan_memory(exchange_plan *plan, dsc_error *error) {
    find_lives(plan);
    settle_shares(plan);
    size_t *order = dsc_allocate(plan->value_count, sizeof *order), count = 0;
    bool *done = dsc_allocate(plan->value_count, sizeof *done);
    if (!order || !done) {
        free(order);
        free(done);
        return dsc_fail_memory(error, plan->value_count * sizeof *order, "a plan of memory");
    }
    for (size_t n = 0; n < plan->value_count; n++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < plan->value_count; i++)
            if (!done[i] && plan->values[i].shares == i && plan->values[i].first != SIZE_MAX &&
                (best == SIZE_MAX || plan->values[i].bytes > plan->values[best].bytes))
                best = i;
        if (best == SIZE_MAX) break;
        done[best] = true;
        exchange_value *value = &plan->values[best];
        value->at = lowest_place(plan, order, count, best);
        order[count++] = best;
        if (value->at + value->bytes > plan->scratch) plan->scratch = value->at + value->bytes;
    }
    for (size_t i = 0; i < plan->value_count; i++)
        plan->values[i].at = plan->values[plan->values[i].shares].at;
    free(order);
    free(done);
    return DSC_OK;
}
