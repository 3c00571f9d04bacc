/* SPDX-License-Identifier: MIT */
/* refusal.h: the risk-coverage curve: the error rate of the answers that remain if the least confident ones
 * are refused. Geifman and El-Yaniv, "Selective classification for deep neural networks" (2017). The area is
 * that of Geifman, Uziel and El-Yaniv, "Bias-reduced uncertainty estimation for deep neural classifiers"
 * (2019): the mean error over all numbers of answers, from the most confident one to all. */
#ifndef DSC_MEASURE_REFUSAL_H
#define DSC_MEASURE_REFUSAL_H

#include "measure/evaluator.h"

/* An answer: its confidence (the largest probability), and whether it is correct. */
typedef struct dsc_sure_answer {
    float sure;
    bool right;
} dsc_sure_answer;

typedef struct dsc_refusals {
    dsc_sure_answer *answers; /* (count); once ordered, least confident first */
    size_t *wrong;            /* (count + 1): errors among the answers from this one on; valid once ordered */
    size_t count, capacity;
} dsc_refusals;

/* Allocates room for `capacity` answers. Fails only without memory. Release with dsc_refusals_clear, also
 * after a failure. */
dsc_status dsc_refusals_initialise(dsc_refusals *refusals, size_t capacity, dsc_error *error);
void dsc_refusals_clear(dsc_refusals *refusals);

/* Adds an answer; ignored beyond the capacity. An answer that is not finite counts as wrong with confidence
 * 0. */
void dsc_refusals_put(dsc_refusals *refusals, float sure, bool right);
void dsc_refusals_add(dsc_refusals *refusals, const dsc_answer *answer);

/* Sorts the answers; call before the queries below. Among equal confidences correct answers are refused
 * first, so that no curve is too optimistic. */
void dsc_refusals_order(dsc_refusals *refusals);

/* Number of answers with a confidence below the threshold. */
size_t dsc_refusals_below(const dsc_refusals *refusals, double threshold);
/* Error rate of the remaining answers if `refused` are refused; 0 if none remains. */
double dsc_refusals_error(const dsc_refusals *refusals, size_t refused);
/* The area under the curve, 0 to 1; NaN without answers. */
double dsc_refusals_area(const dsc_refusals *refusals);

#endif
