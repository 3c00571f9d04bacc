/* SPDX-License-Identifier: MIT */
/* forms.h: chooses the form (dsc_form) of every sample value when a graph is compiled, and converts between
 * forms.
 *
 * A run uses two forms: DSC_FORM_REALS, and one with channels last: DSC_FORM_PIXELS_BF16 if products use
 * bfloat16, otherwise DSC_FORM_PIXELS. An op with a form for each value (convolution) writes the second form:
 * DSC_FORM_PIXELS if a consumer reads it, DSC_FORM_PIXELS_BF16 always, because it takes half the memory.
 * Values with few channels stay reals (base/thresholds.h). An op with one form for all values follows its
 * first input. Conversions therefore occur only between ops that accept pixels and ops that do not. */
#ifndef DSC_GRAPH_FORMS_H
#define DSC_GRAPH_FORMS_H

#include "graph/schedule.h"
#include "kernel/kernel.h"

/* Bytes of one sample's value. */
size_t dsc_form_bytes(dsc_form form, const dsc_shape *shape);

/* Sets form, in_form and out_form of every place. Returns false if memory runs out. */
bool dsc_forms_choose(dsc_program *program);

/* Converts `count` samples' values from one form to another; one of the two is DSC_FORM_REALS. */
void dsc_form_convert(void *to, dsc_form to_form, const void *from, dsc_form from_form,
                      const dsc_shape *shape, size_t count, const dsc_vector_kernels *vector);

/* to += from, over `bytes` bytes in `form`. */
void dsc_form_add(void *to, const void *from, dsc_form form, size_t bytes, const dsc_vector_kernels *vector);

#endif
