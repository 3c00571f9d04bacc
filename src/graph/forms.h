/* SPDX-License-Identifier: MIT */
/* forms.h: in which form the values of samples lie (dsc_form): chosen for a whole graph at once when it is
 * made ready, and conversions.
 *
 * A run knows two forms: DSC_FORM_REALS, and one with the channels last: DSC_FORM_PIXELS_BF16 where products
 * are of bfloat16, else DSC_FORM_PIXELS. An op that takes each value in a form of its own (convolution)
 * makes the second: DSC_FORM_PIXELS where somebody reads it, DSC_FORM_PIXELS_BF16 always, for it is half as
 * large. Values of few channels stay reals (base/thresholds.h). An op that takes all its values in one form
 * follows its first input. So there are as many conversions as there are borders between ops that take
 * pixels and ops that do not. */
#ifndef DSC_GRAPH_FORMS_H
#define DSC_GRAPH_FORMS_H

#include "graph/schedule.h"
#include "kernel/kernel.h"

/* Bytes of one sample's value. */
size_t dsc_form_bytes(dsc_form form, const dsc_shape *shape);

/* Fills form and in_form of every place. False: out of memory. */
bool dsc_forms_choose(dsc_program *program);

/* `count` samples' values from one form to another; one of the two is DSC_FORM_REALS. */
void dsc_form_convert(void *to, dsc_form to_form, const void *from, dsc_form from_form,
                      const dsc_shape *shape, size_t count, const dsc_vector_kernels *vector);

/* to += from, `bytes` of that form. */
void dsc_form_add(void *to, const void *from, dsc_form form, size_t bytes, const dsc_vector_kernels *vector);

#endif
