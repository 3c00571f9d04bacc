/* SPDX-License-Identifier: MIT */
/* tables.h: values and parameter tables of ops whose layers take the same parameters. Such a layer inherits
 * the op's table and passes its values to the op unchanged. Those of the pools are in window.h. */
#ifndef DSC_OP_TABLES_H
#define DSC_OP_TABLES_H

#include <descender.h>

typedef struct dsc_batch_norm_values {
    double momentum, epsilon;
} dsc_batch_norm_values;
extern const dsc_param dsc_batch_norm_params[];

/* Bounds of clip: values beyond them are not reached, so they stand for "no bound". */
#define DSC_CLIP_FAR 1e38
typedef struct dsc_clip_values {
    double low, high;
} dsc_clip_values;
extern const dsc_param dsc_clip_params[];

typedef struct dsc_dropout_values {
    double p;
} dsc_dropout_values;
extern const dsc_param dsc_dropout_params[];

typedef struct dsc_elu_values {
    double alpha;
} dsc_elu_values;
extern const dsc_param dsc_elu_params[];

typedef struct dsc_layer_norm_values {
    double epsilon;
} dsc_layer_norm_values;
extern const dsc_param dsc_layer_norm_params[];

typedef struct dsc_leaky_relu_values {
    double slope;
} dsc_leaky_relu_values;
extern const dsc_param dsc_leaky_relu_params[];

/* The largest integer up to which all integers are exact as floats; the largest shift of requantise. */
#define DSC_WHOLE_MOST            16777216
#define DSC_REQUANTISE_SHIFT_MOST 47
typedef struct dsc_requantise_values {
    int64_t low, high;
} dsc_requantise_values;

#endif
