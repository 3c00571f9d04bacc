/* SPDX-License-Identifier: MIT */
/* probabilities.c: converts logits to probabilities according to the model's loss. */
#include "model/model.h"

#include "kernel/kernel.h"
#include "kernel/vectors.h"

#include <math.h>

/* Below this all sigmoids may underflow to 0; in float they equal exp(x) here. */
static const dsc_real TINY_SIGMOIDS = -80;

static bool all_finite(const dsc_real *logits, size_t classes) {
    for (size_t k = 0; k < classes; k++)
        if (!isfinite(logits[k])) return false;
    return true;
}

bool dsc_probabilities(float *probabilities, dsc_real *logits, size_t classes, bool sigmoid,
                       const struct dsc_kernels *kernels) {
    const dsc_vector_kernels *vector = kernels->vector;
    if (!all_finite(logits, classes)) {
        for (size_t k = 0; k < classes; k++) probabilities[k] = NAN;
        return false;
    }
    if (sigmoid && vector->max(logits, classes) > TINY_SIGMOIDS) {
        vector->sigmoid(logits, logits, classes);
        vector->scale(logits, logits, 1 / vector->sum(logits, classes), classes);
    } else {
        vector->softmax(logits, logits, classes);
    }
    for (size_t k = 0; k < classes; k++) probabilities[k] = (float)logits[k];
    return true;
}
