/* SPDX-License-Identifier: MIT */
/* elementwise.c: see elementwise.h. */
#include "op/elementwise.h"

void dsc_elementwise_forward(const dsc_call *call, dsc_apply_numbers *apply) {
    const dsc_vector_kernels *vector = call->kernels->vector;
    const bool is_bf16 = call->out_form[0] == DSC_FORM_PIXELS_BF16;
    for (size_t i = 0, all = dsc_out_numbers(call, 0), some; i < all; i += some) {
        some = dsc_smaller(all - i, DSC_ELEMENTS);
        if (is_bf16) {
            dsc_real x[DSC_ELEMENTS];
            vector->from_bf16(x, dsc_halves_in(call->in[0]) + i, some);
            apply(call, x, x, some);
            vector->to_bf16(dsc_halves_out(call->out[0]) + i, x, some);
        } else {
            apply(call, call->out[0] + i, call->in[0] + i, some);
        }
    }
}

void dsc_elementwise_backward(const dsc_call *call, dsc_pass_numbers *pass, const dsc_real *kept) {
    const dsc_vector_kernels *vector = call->kernels->vector;
    const bool is_bf16 = call->out_form[0] == DSC_FORM_PIXELS_BF16;
    if (!call->d_in[0]) return;
    for (size_t i = 0, all = dsc_out_numbers(call, 0), some; i < all; i += some) {
        some = dsc_smaller(all - i, DSC_ELEMENTS);
        if (is_bf16) {
            dsc_real dy[DSC_ELEMENTS], old[DSC_ELEMENTS];
            vector->from_bf16(dy, dsc_halves_in(call->d_out[0]) + i, some);
            vector->from_bf16(old, dsc_halves_in(kept) + i, some);
            pass(call, dy, dy, old, some);
            vector->to_bf16(dsc_halves_out(call->d_in[0]) + i, dy, some);
        } else {
            pass(call, call->d_in[0] + i, call->d_out[0] + i, kept + i, some);
        }
    }
}
