/* SPDX-License-Identifier: MIT */
/* loss.c: losses over the sum or the mean of the outputs. */
#include "op/loss.h"

const dsc_param dsc_loss_params[] = {
    DSC_CHOICE(dsc_loss_values, over, "sum", "sum|mean", "the outputs: their sum, or their mean"),
    {0},
};

dsc_real dsc_loss_factor(const dsc_call *call) {
    const dsc_loss_values *values = call->values;
    return values->over ? 1 / (dsc_real)dsc_shape_count(&call->in_shape[0]) : 1;
}
