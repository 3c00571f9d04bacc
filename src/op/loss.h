/* SPDX-License-Identifier: MIT */
/* loss.h: shared by losses that are a sum over the outputs, or with over=mean their mean. */
#ifndef DSC_OP_LOSS_H
#define DSC_OP_LOSS_H

#include "op/op.h"

typedef struct dsc_loss_values {
    int over;
} dsc_loss_values;

extern const dsc_param dsc_loss_params[];

/* The factor of the sum: 1, or 1 / (number of outputs). */
dsc_real dsc_loss_factor(const dsc_call *call);

#endif
