/* SPDX-License-Identifier: MIT */
/* refusal.h: errors against refusals, the curve of risk and coverage: how many of the answers are wrong if
 * the least sure are not given. Geifman and El-Yaniv, "Selective classification for deep neural networks"
 * (2017); the area is that of Geifman, Uziel and El-Yaniv, "Bias-reduced uncertainty estimation for deep
 * neural classifiers" (2019): the mean error over all numbers of answers, from the surest one to all. */
#ifndef DSC_MEASURE_REFUSAL_H
#define DSC_MEASURE_REFUSAL_H

#include "measure/evaluator.h"

/* The answers: how sure, which is the largest probability, and whether right. */
typedef struct dsc_sure_answer {
    float sure;
    bool right;
} dsc_sure_answer;

typedef struct dsc_refusals {
    dsc_sure_answer *answers; /* (count); in order, the least sure first */
    size_t *wrong;            /* (count + 1): among the answers from this one on; once in order */
    size_t count, capacity;
} dsc_refusals;

/* For so many answers. Release with dsc_refusals_clear, also after a failure. */
dsc_status dsc_refusals_initialise(dsc_refusals *refusals, size_t capacity, dsc_error *error);
void dsc_refusals_clear(dsc_refusals *refusals);

/* Adds one; beyond the room that there is, nothing. An answer that is not finite is wrong and not sure. */
void dsc_refusals_put(dsc_refusals *refusals, float sure, bool right);
void dsc_refusals_add(dsc_refusals *refusals, const dsc_answer *answer);

/* Puts the answers in order, before they are asked. Of equally sure ones the right ones are refused first, so
 * that no curve promises too much. */
void dsc_refusals_order(dsc_refusals *refusals);

/* How many answers are less sure than that. */
size_t dsc_refusals_below(const dsc_refusals *refusals, double threshold);
/* The share of errors among the answers that are left if `refused` are not given; 0 if none is left. */
double dsc_refusals_error(const dsc_refusals *refusals, size_t refused);
/* The area under the curve, 0 to 1; NaN of no answers. */
double dsc_refusals_area(const dsc_refusals *refusals);

#endif
