/* SPDX-License-Identifier: MIT */
/* slab.c: operations on ranges of the gradient and parameter slabs that do not depend on the optimiser.
 *
 * The penalty l1 |w| has the gradient l1 sign(w), with 0 at 0; l2 w^2 / 2 has l2 w. Clipping by norm: Pascanu
 * et al., "On the difficulty of training recurrent neural networks" (2013). Averages of weights: Polyak and
 * Juditsky (1992), exponentially weighted. */
#include "optim/optimiser.h"

typedef struct slab_numbers {
    dsc_real l1, l2, most, factor;
} slab_numbers;

#define DSC_MULTIVERSION "optim/slab_loops.h"
#include "kernel/multiversion.h"

static void (*const regularise[])(dsc_real *, const dsc_real *, size_t,
                                  const slab_numbers *) = DSC_ISA_TABLE(regularise);
static void (*const multiply[])(dsc_real *, size_t, const slab_numbers *) = DSC_ISA_TABLE(multiply);
static double (*const squares[])(const dsc_real *, size_t) = DSC_ISA_TABLE(squares);
static void (*const average[])(dsc_real *, const dsc_real *, size_t, dsc_real) = DSC_ISA_TABLE(average);

void dsc_regularise(dsc_real *gradients, const dsc_real *parameters, size_t count,
                    const dsc_regulariser *how) {
    const slab_numbers numbers = {.l1 = (dsc_real)how->l1,
                                  .l2 = (dsc_real)how->l2,
                                  .most =
                                      how->clip_value > 0 ? (dsc_real)how->clip_value : (dsc_real)INFINITY,
                                  .factor = (dsc_real)how->factor};
    if (how->l1 != 0 || how->l2 != 0 || how->clip_value > 0)
        regularise[dsc_isa_best()](gradients, parameters, count, &numbers);
    else if (how->factor != 1)
        multiply[dsc_isa_best()](gradients, count, &numbers);
}

double dsc_sum_of_squares(const dsc_real *x, size_t count) { return squares[dsc_isa_best()](x, count); }

void dsc_average(dsc_real *averages, const dsc_real *parameters, size_t count, double decay) {
    average[dsc_isa_best()](averages, parameters, count, (dsc_real)(1 - decay));
}
