/* SPDX-License-Identifier: MIT */
/* gradient.h: checks an op by its examples alone. */
#ifndef CHECK_GRADIENT_H
#define CHECK_GRADIENT_H

#include "graph/executor.h"

/* Fails the running test unless the gradient of every input agrees with central differences. The loss is a
 * fixed random combination of all outputs. */
void gradient_check(const dsc_op *op, const dsc_op_example *example, bool training);

/* Fails unless the output for the example's numbers is the one expected. Without numbers nothing is checked:
 * false. */
bool gradient_check_numbers(const dsc_op *op, const dsc_op_example *example);

/* Fails unless each parameter and each input changes the results of one of the op's examples. */
void gradient_check_all_matters(const dsc_op *op);

/* Fails unless 1, 2, 3 and 4 threads give the same bits. */
void gradient_check_threads(const dsc_op *op, const dsc_op_example *example);

/* Fails unless the losses and all gradients that `kernels` (called `name`) give differ from the reference's
 * by at most `tolerance` times the largest, or times 1 if that is more. */
struct dsc_kernels;
void gradient_check_kernels(const dsc_op *op, const dsc_op_example *example, bool training,
                            const struct dsc_kernels *kernels, const struct dsc_kernels *reference,
                            const char *name, double tolerance);

/* In which forms values lie, and whether products are of bfloat16, in all checks from now on. */
void gradient_in(dsc_form_choice forms, bool bf16);

/* Fails unless the losses and all gradients where values lie as pixels differ from those where all are reals
 * by at most `tolerance` times the largest, or times 1 if that is more. Leaves gradient_in as it was at
 * first. */
void gradient_check_forms(const dsc_op *op, const dsc_op_example *example, bool training, bool bf16,
                          const struct dsc_kernels *kernels, double tolerance);

/* Is the check itself able to fail? Checks an op whose gradient is wrong by a factor of 1.001. */
bool gradient_finds_wrong_ops(void);

/* The same for an op whose formula is wrong, with the gradient that belongs to it, and that ignores a
 * parameter. */
bool gradient_finds_wrong_formulas(void);
bool gradient_finds_ignored_parameters(void);
/* The same for an op that ignores its second input, a buffer, as class weights are. */
bool gradient_finds_ignored_inputs(void);

#endif
