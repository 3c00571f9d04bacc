/* SPDX-License-Identifier: MIT */
/* matmul_columns.h: a dense layer in training, shared out by columns of its input instead of samples; see matmul_columns.c. */
#ifndef DSC_OP_MATMUL_COLUMNS_H
#define DSC_OP_MATMUL_COLUMNS_H

#include "op/op.h"

/* Whether the product is better shared out by columns of x than by samples. */
bool dsc_matmul_columns_serve(const dsc_needs *needs);

/* Sets the stages, and all that they need but for the weight's gradient. */
void dsc_matmul_columns_needs(dsc_needs *needs);

#endif
