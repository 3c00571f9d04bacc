/* SPDX-License-Identifier: MIT */
/* importance.c: how much of the trials' ranking a single dimension explains: epsilon squared, computed from
 * ranks, because otherwise one diverged trial would dominate. */
#include "tune/search.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 3, PARTS_LEAST = 9 }; /* groups of a range; trials needed for that many groups */

typedef struct grouping {
    size_t *order; /* (count) trials, best to worst in the first rung */
    double *rank;  /* (trials) 1 is the worst; equals share their mean rank */
    size_t *group; /* (trials) */
    size_t count, groups;
} grouping;

static bool are_equal(const dsc_tune_result *a, const dsc_tune_result *b) {
    return (a->failed && b->failed) ||
           (a->failed == b->failed && a->accuracy == b->accuracy && a->loss == b->loss);
}

static void find_ranks(grouping *g, const dsc_tune_search *s) {
    for (size_t trial = 0; trial < s->trials; trial++)
        if (dsc_tune_result_of(s, trial, 0)->done) g->order[g->count++] = trial;
    dsc_tune_rank(g->order, g->count, s->results, s->plan.count);
    for (size_t i = 0, end; i < g->count; i = end) {
        for (end = i + 1; end < g->count && are_equal(dsc_tune_result_of(s, g->order[i], 0),
                                                      dsc_tune_result_of(s, g->order[end], 0));)
            end++;
        double rank = (double)g->count - ((double)i + (double)end - 1) / 2;
        for (size_t k = i; k < end; k++) g->rank[g->order[k]] = rank;
    }
}

/* Divides a range into groups of equal count, in the order of its values. */
static void find_groups(grouping *g, const dsc_tune_search *s, size_t dimension) {
    const dsc_tune_dimension *d = &s->space.dimensions[dimension];
    size_t parts = g->count < PARTS_LEAST ? 2 : PARTS;
    g->groups = d->range ? parts : d->choice_count;
    for (size_t i = 0; i < g->count; i++) {
        const dsc_tune_value *value = &dsc_tune_values(s, g->order[i])[dimension];
        size_t below = 0;
        for (size_t k = 0; d->range && k < g->count; k++)
            below += dsc_tune_values(s, g->order[k])[dimension].number < value->number;
        g->group[g->order[i]] = d->range ? below * parts / g->count : value->choice;
    }
}

static void find_share(dsc_tune_importance *result, const grouping *g, size_t *best) {
    double n = (double)g->count, middle = (n + 1) / 2, all = 0, between = 0, top = 0;
    size_t used = 0;
    for (size_t i = 0; i < g->count; i++) {
        double off = g->rank[g->order[i]] - middle;
        all += off * off;
    }
    for (size_t group = 0; group < g->groups; group++) {
        double sum = 0, members = 0;
        for (size_t i = 0; i < g->count; i++) {
            if (g->group[g->order[i]] != group) continue;
            sum += g->rank[g->order[i]] - middle;
            members++;
        }
        if (members == 0) continue;
        if (!used++ || sum / members > top) {
            top = sum / members;
            *best = group;
        }
        between += sum * sum / members;
    }
    result->trials = g->count;
    result->share = NAN;
    if (g->count <= used || used < 2 || all <= 0) return;
    double left = (1 - between / all) * (n - 1) / (n - (double)used);
    result->share = left < 1 ? 1 - left : 0;
}

static void describe_best(dsc_tune_importance *result, const grouping *g, const dsc_tune_search *s,
                          size_t dimension, size_t best) {
    result->choice = best;
    result->low = INFINITY;
    result->high = -INFINITY;
    for (size_t i = 0; i < g->count; i++) {
        if (g->group[g->order[i]] != best) continue;
        double number = dsc_tune_values(s, g->order[i])[dimension].number;
        if (number < result->low) result->low = number;
        if (number > result->high) result->high = number;
    }
}

dsc_status dsc_tune_importance_find(dsc_tune_importance *result, const dsc_tune_search *s, size_t dimension,
                                    dsc_error *error) {
    *result = (dsc_tune_importance){.share = NAN};
    grouping g = {.order = dsc_allocate(s->trials, sizeof *g.order),
                  .rank = dsc_allocate(s->trials, sizeof *g.rank),
                  .group = dsc_allocate(s->trials, sizeof *g.group)};
    dsc_status status = DSC_OK;
    if (!g.order || !g.rank || !g.group) {
        status = dsc_fail_memory(error, s->trials * sizeof *g.order, "what mattered");
    } else {
        size_t best = 0;
        find_ranks(&g, s);
        find_groups(&g, s, dimension);
        find_share(result, &g, &best);
        describe_best(result, &g, s, dimension, best);
    }
    free(g.order);
    free(g.rank);
    free(g.group);
    return status;
}
