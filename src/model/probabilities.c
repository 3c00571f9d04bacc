/* SPDX-License-Identifier: MIT */
/* probabilities.c: from logits to probabilities, as the model's loss has it. */
#include "model/model.h"

#include "kernel/kernel.h"
#include "kernel/vectors.h"

void dsc_probabilities(float *probabilities, dsc_real *logits, size_t classes, bool sigmoid,
                       const struct dsc_kernels *kernels) {
    const dsc_vector_kernels *vector = kernels->vector;
    if (sigmoid) {
        vector->sigmoid(logits, logits, classes);
        const dsc_real sum = vector->sum(logits, classes);
        vector->scale(logits, logits, sum > 0 ? 1 / sum : 0, classes);
    } else {
        vector->softmax(logits, logits, classes);
    }
    for (size_t k = 0; k < classes; k++) probabilities[k] = (float)logits[k];
}
