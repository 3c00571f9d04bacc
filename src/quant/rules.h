/* SPDX-License-Identifier: MIT */
/* rules.h: declarations shared by the files of this folder. Single-threaded; errors go to
 * dsc_conversion.error. */
#ifndef DSC_QUANT_RULES_H
#define DSC_QUANT_RULES_H

#include "quant/calibrate.h"
#include "quant/quantise.h"

enum { DSC_RULE_INPUTS = 16 };

/* --- converting (convert.c) --- */

/* A value of the new graph: number = scale[c] * integer + offset[c], for each channel c. */
typedef struct dsc_quant_value {
    dsc_node *node;         /* NULL: not converted yet */
    size_t channels;        /* its first dimension; 1 if it has none */
    double *scale, *offset; /* (channels), owned; only the image has an offset, otherwise NULL */
    double low, high;       /* bounds of the integers */
    bool shifted;           /* its padding is its own 0 */
    size_t layer;           /* the layer of the report that made it, from 1; 0: none */
} dsc_quant_value;

/* Numbers for a parameter or buffer of the new graph. */
typedef struct dsc_quant_item {
    const dsc_node *to;
    dsc_real *numbers; /* owned */
} dsc_quant_item;

typedef struct dsc_conversion {
    const dsc_graph *from;         /* folded, without absorption */
    const dsc_real *numbers;       /* its slab */
    const dsc_value_range *ranges; /* by index of `from` */
    const dsc_node *image;         /* of `from` */
    const dsc_node *members;       /* of `from`: the logits of an ensemble's members side by side; or NULL */
    const dsc_normalisation *normalisation;
    int levels;
    dsc_graph *graph;        /* the new graph */
    dsc_quant_value *values; /* by index of `from` */
    dsc_quant_item *items;
    size_t item_count, item_capacity, requantised, shifted;
    dsc_quantised_report *report;
    dsc_error *error;
} dsc_conversion;

/* Converts the value of a node of `from`; the values of its inputs exist. */
dsc_status dsc_convert_op(dsc_conversion *c, const dsc_node *node);
/* Converts the image. */
dsc_status dsc_convert_image(dsc_conversion *c);
/* Creates a node whose value equals the logits up to rounding to 16 bits: for a softmax or a loss. */
dsc_status dsc_convert_logits(dsc_node **logits, dsc_conversion *c, const dsc_node *node);

/* Creates a parameter or buffer like dsc_parameter and takes ownership of `numbers` (NULL: fails). Returns
 * NULL on failure, with c->error set. */
dsc_node *dsc_convert_number(dsc_conversion *c, const char *name, dsc_shape shape, bool buffer,
                             dsc_real *numbers);

/* Adds `bytes` to the report of the layer that made `value`. */
void dsc_convert_report(const dsc_conversion *c, const dsc_quant_value *value, size_t bytes);

/* Converts a value whose channels have different scales to one scale, within the same bounds. */
dsc_status dsc_convert_one_scale(dsc_conversion *c, dsc_quant_value *value);

/* Sets a value's node and bounds; its scales become 1, for the caller to change. Fails if the graph has
 * failed. */
dsc_status dsc_convert_set(dsc_conversion *c, dsc_quant_value *value, dsc_node *node, double low,
                           double high);
dsc_status dsc_convert_no_memory(const dsc_conversion *c);

/* --- sums of products (products.c) --- */

typedef struct dsc_quant_product {
    dsc_shape weight;      /* (K, ...) */
    const char *name;      /* of the weight, in `from` */
    const dsc_real *w, *b; /* real numbers; b may be NULL */
    const dsc_op *op;
    const void *values;
    bool own_channel; /* output k reads only input channel k */
    int levels;       /* of the weights: -levels..levels */
} dsc_quant_product;

/* `to` = the op applied to x with integer weights and bias; also fills the report. An image whose padding is
 * not its 0 is shifted first. If weights have fewer than 127 levels, channels with different scales get one
 * scale: multiplied by these scales, the weights would leave their trained levels. */
dsc_status dsc_convert_product(dsc_conversion *c, const dsc_quant_product *p, dsc_quant_value *x,
                               dsc_quant_value *to);

#endif
