/* SPDX-License-Identifier: MIT */
/* rows.c: sums and means of rows. */
#include "op/rows.h"

static size_t length_of(const dsc_call *call) {
    return dsc_shape_count(&call->in_shape[0]) / dsc_shape_count(&call->out_shape[0]);
}

/* Each sum is divided by `divisor`; by 1 it stays the same bits. */
static void add_up(const dsc_call *call, size_t length, dsc_real divisor) {
    for (size_t row = 0; row < dsc_out_numbers(call, 0); row++)
        call->out[0][row] = call->kernels->vector->sum(call->in[0] + row * length, length) / divisor;
}

static void spread(const dsc_call *call, size_t length, dsc_real divisor) {
    if (!call->d_in[0]) return;
    for (size_t row = 0; row < dsc_out_numbers(call, 0); row++)
        call->kernels->vector->fill(call->d_in[0] + row * length, call->d_out[0][row] / divisor, length);
}

void dsc_rows_sum(const dsc_call *call) { add_up(call, length_of(call), 1); }
void dsc_rows_sum_back(const dsc_call *call) { spread(call, length_of(call), 1); }
void dsc_rows_mean(const dsc_call *call) { add_up(call, length_of(call), (dsc_real)length_of(call)); }
void dsc_rows_mean_back(const dsc_call *call) { spread(call, length_of(call), (dsc_real)length_of(call)); }
