/* SPDX-License-Identifier: MIT */
/* refusal.c: see refusal.h. */
#include "measure/refusal.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

dsc_status dsc_refusals_initialise(dsc_refusals *r, size_t capacity, dsc_error *error) {
    *r = (dsc_refusals){.answers = dsc_allocate(capacity, sizeof *r->answers),
                        .wrong = dsc_allocate(capacity + 1, sizeof *r->wrong),
                        .capacity = capacity};
    return r->answers && r->wrong
               ? DSC_OK
               : dsc_fail_memory(error, capacity * sizeof *r->wrong, "a curve of refusals");
}

void dsc_refusals_clear(dsc_refusals *r) {
    free(r->answers);
    free(r->wrong);
    *r = (dsc_refusals){0};
}

void dsc_refusals_put(dsc_refusals *r, float sure, bool right) {
    if (r->count < r->capacity) r->answers[r->count++] = (dsc_sure_answer){.sure = sure, .right = right};
}

void dsc_refusals_add(dsc_refusals *r, const dsc_answer *answer) {
    dsc_refusals_put(r, answer->is_finite ? answer->probabilities[answer->prediction] : 0,
                     answer->is_finite && answer->prediction == answer->label);
}

static int by_sureness(const void *a, const void *b) {
    const dsc_sure_answer *x = a, *y = b;
    if (x->sure != y->sure) return x->sure < y->sure ? -1 : 1;
    return (int)y->right - (int)x->right;
}

void dsc_refusals_order(dsc_refusals *r) {
    qsort(r->answers, r->count, sizeof *r->answers, by_sureness);
    r->wrong[r->count] = 0;
    for (size_t i = r->count; i-- > 0;) r->wrong[i] = r->wrong[i + 1] + !r->answers[i].right;
}

size_t dsc_refusals_below(const dsc_refusals *r, double threshold) {
    size_t below = 0;
    while (below < r->count && (double)r->answers[below].sure < threshold) below++;
    return below;
}

double dsc_refusals_error(const dsc_refusals *r, size_t refused) {
    return refused < r->count ? (double)r->wrong[refused] / (double)(r->count - refused) : 0;
}

double dsc_refusals_area(const dsc_refusals *r) {
    double sum = 0;
    for (size_t i = 0; i < r->count; i++) sum += dsc_refusals_error(r, i);
    return r->count ? sum / (double)r->count : (double)NAN;
}
