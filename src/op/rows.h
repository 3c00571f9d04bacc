/* SPDX-License-Identifier: MIT */
/* rows.h: shared by ops that add up rows: each output number is the sum, or the mean, of one row of the
 * input. A row is a channel or a whole sample; the rows lie one behind the other and have one length. */
#ifndef DSC_OP_ROWS_H
#define DSC_OP_ROWS_H

#include "op/op.h"

/* Forward and backward stages of DSC_STAGE_SAMPLES. */
void dsc_rows_sum(const dsc_call *call);
void dsc_rows_sum_back(const dsc_call *call);
void dsc_rows_mean(const dsc_call *call);
void dsc_rows_mean_back(const dsc_call *call);

#endif
