/* SPDX-License-Identifier: MIT */
/* rules.h: what the files of this room share. */
#ifndef DSC_QUANT_RULES_H
#define DSC_QUANT_RULES_H

#include "quant/calibrate.h"
#include "quant/quantise.h"

enum { DSC_RULE_INPUTS = 16 };

/* --- converting (convert.c) --- */

/* A value of the new graph: number = scale[c] * whole + offset[c], channel by channel. */
typedef struct dsc_quant_value {
    dsc_node *node;         /* NULL: not made yet */
    size_t channels;        /* its first dimension; 1 if it has none */
    double *scale, *offset; /* (channels); an offset has only the image, NULL elsewhere */
    double low, high;       /* of the whole numbers */
    bool shifted;           /* its padding's 0 is its own 0 */
    size_t layer;           /* of the report, from 1, that it was made by; 0: none */
} dsc_quant_value;

/* Numbers that a parameter or buffer of the new graph is to have. */
typedef struct dsc_quant_item {
    const dsc_node *to;
    dsc_real *numbers; /* its own */
} dsc_quant_item;

typedef struct dsc_conversion {
    const dsc_graph *from;         /* folded, nothing absorbed */
    const dsc_real *numbers;       /* its slab */
    const dsc_value_range *ranges; /* by index of `from` */
    const dsc_node *image;         /* of `from` */
    const dsc_node *members;       /* of `from`: the logits of an ensemble's members side by side; or NULL */
    const dsc_normalisation *normalisation;
    int levels;
    dsc_graph *graph;        /* the new one */
    dsc_quant_value *values; /* by index of `from` */
    dsc_quant_item *items;
    size_t item_count, item_capacity, requantised, shifted;
    dsc_quantised_report *report;
    dsc_error *error;
} dsc_conversion;

/* Makes the value of a node of `from`, whose inputs' values are made. */
dsc_status dsc_convert_op(dsc_conversion *c, const dsc_node *node);
/* The image's. */
dsc_status dsc_convert_image(dsc_conversion *c);
/* One node of the same numbers as logits, up to rounding to 16 bits: for a softmax or another loss. */
dsc_status dsc_convert_logits(dsc_node **logits, dsc_conversion *c, const dsc_node *node);

/* A new parameter or buffer, like dsc_parameter, with numbers that the conversion takes over (NULL: fails).
 * NULL: it has failed, and c->error says so. */
dsc_node *dsc_convert_number(dsc_conversion *c, const char *name, dsc_shape shape, bool buffer,
                             dsc_real *numbers);

/* Tells the report of `bytes` more of the layer that `value` is of. */
void dsc_convert_report(const dsc_conversion *c, const dsc_quant_value *value, size_t bytes);

/* Brings a value whose channels have different scales to one for all, within the same bounds. */
dsc_status dsc_convert_one_scale(dsc_conversion *c, dsc_quant_value *value);

/* Gives a value its node and bounds; its scales are 1, and the caller's to set. Fails as the graph has. */
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
    bool own_channel; /* output k reads input channel k alone */
    int levels;       /* of the weights: -levels..levels */
} dsc_quant_product;

/* `to` = the op of x, whole weights and a whole bias, tells the report of it. An image whose padding is not
 * its 0 is shifted first. Where weights have fewer levels than 127, channels of different scales are brought
 * to one: multiplied by their scales, weights would not lie on the levels that they were learned on. */
dsc_status dsc_convert_product(dsc_conversion *c, const dsc_quant_product *p, dsc_quant_value *x,
                               dsc_quant_value *to);

#endif
