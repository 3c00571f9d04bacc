/* SPDX-License-Identifier: MIT */
/* gradient.h: checks an op by its examples alone. */
#ifndef CHECK_GRADIENT_H
#define CHECK_GRADIENT_H

#include "graph/executor.h"

/* Fails the running test unless the gradient of every input agrees with central differences. The loss is a
 * fixed random combination of all outputs. */
void gradient_check(const dsc_op *op, const dsc_op_example *example, bool training);

/* Fails unless the output for the example's numbers equals the expected one. Returns false if the example
 * has no numbers. */
bool gradient_check_numbers(const dsc_op *op, const dsc_op_example *example);

/* Fails unless each parameter and each input changes the results of one of the op's examples. */
void gradient_check_all_matters(const dsc_op *op);

/* Fails unless 1, 2, 3 and 4 threads give the same bits. */
void gradient_check_threads(const dsc_op *op, const dsc_op_example *example);

/* Fails unless the losses and all gradients of the set `kernels` (called `name`) differ from the
 * reference's by at most `tolerance` times the largest, or times 1 if that is more. */
struct dsc_kernels;
void gradient_check_kernels(const dsc_op *op, const dsc_op_example *example, bool training,
                            const struct dsc_kernels *kernels, const struct dsc_kernels *reference,
                            const char *name, double tolerance);

/* Sets the form of values, and whether products use bfloat16, for all following checks. */
void gradient_in(dsc_form_choice forms, bool bf16);

/* Fails unless the losses and all gradients with values as pixels differ from those with values as reals
 * by at most `tolerance` times the largest, or times 1 if that is more. Resets gradient_in. */
void gradient_check_forms(const dsc_op *op, const dsc_op_example *example, bool training, bool bf16,
                          const struct dsc_kernels *kernels, double tolerance);

/* Tests the check itself: an op whose gradient is wrong by a factor of 1.001 must fail. */
bool gradient_finds_wrong_ops(void);

/* Tests the check itself: an op with a wrong formula and the matching gradient, and an op that ignores a
 * parameter, must fail. */
bool gradient_finds_wrong_formulas(void);
bool gradient_finds_ignored_parameters(void);
/* Tests the check itself: an op that ignores its second input, a buffer such as class weights, must fail. */
bool gradient_finds_ignored_inputs(void);

#endif
