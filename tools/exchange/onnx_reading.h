/* SPDX-License-Identifier: MIT */
/* onnx_reading.h: an ONNX graph while it is converted to a graph of the library. Each type of node is a row
 * of a table: its name and one or two functions (onnx_from_*.c).
 *
 * A value is a constant, or a sample value: a node of the library with the dimensions that ONNX gives it,
 * without the batch, which must always be the first dimension. Dimensions may have another order than the
 * node's, as in networks with channels last. The order is carried along until an op absorbs it (a weight's
 * columns, a reduction), a transposition restores it, or an op needs the original order and refuses it by
 * name. */
#ifndef EXCHANGE_ONNX_READING_H
#define EXCHANGE_ONNX_READING_H

#include "exchange/onnx.h"
#include "exchange/onnx_message.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/visible.h"
#include "graph/graph.h"

enum {
    ONNX_RANK = 6,             /* most dimensions of a constant, or of a value without its batch */
    ONNX_NODES_MOST = 10000,   /* most nodes of a graph */
    ONNX_COUNT_MOST = 1 << 28, /* most elements of a constant */
    ONNX_MADE_MOST = 1 << 24   /* most elements computed, beyond a multiple of the file's size */
};
/* In an integer constant: the size of the batch, whatever it is. */
#define ONNX_BATCH INT64_MIN

/* Numbers of the file, or computed from them; the pool owns all memory. */
typedef struct onnx_constant {
    const char *name, *type; /* of the file's array: "bfloat16" */
    size_t rank, dims[ONNX_RANK], count;
    float *floats; /* (dims); if NULL, `ints` is used: */
    int64_t *ints;
    const struct onnx_constant *narrow; /* the constant before an Expand; or NULL */
} onnx_constant;

typedef struct onnx_value {
    const char *name;
    onnx_constant *constant; /* or NULL, and then: */
    dsc_node *node;
    size_t rank, dims[ONNX_RANK]; /* in the order of the file */
    /* If set, the file's elements are those of the node with its dimensions permuted by `order`; otherwise
     * the order is the same. */
    bool reordered;
    size_t order[DSC_RANK_MOST];
    /* For an image to which only x scale[c] + offset[c] was applied (C each). NULL: another value, or the
     * image as the network reads it. */
    double *scale, *offset;
    bool padded;     /* by zeros: */
    int64_t pads[4]; /* above, left, below, right; 0 unless `padded` */

    /* set before reading */
    const Onnx__Tensor *tensor;       /* an initializer not read yet */
    const Onnx__Node *maker, *reader; /* the node that computes it, and the first node that reads it */
    size_t readers;
} onnx_value;

typedef struct onnx_reading onnx_reading;

typedef struct onnx_row {
    const char *type;
    dsc_status (*read)(onnx_reading *r, const Onnx__Node *node); /* for sample values */
    dsc_status (*fold)(onnx_reading *r, const Onnx__Node *node); /* for constants; either may be NULL */
} onnx_row;

extern const onnx_row onnx_rows_activation[], onnx_rows_conv[], onnx_rows_dense[], onnx_rows_elementwise[],
    onnx_rows_shape[], onnx_rows_reduce[];

/* A parameter or buffer, and its initial numbers. */
typedef struct onnx_start {
    dsc_node *node;
    const float *numbers;
} onnx_start;

struct onnx_reading {
    onnx_pool pool;
    exchange_source *source;
    const onnx_values *options;
    const Onnx__Model *model;
    const Onnx__Graph *file;
    int64_t opset;
    dsc_graph *graph;
    dsc_node *image;
    onnx_value *values;  /* a hash table by name */
    size_t places;       /* a power of 2 */
    bool *done, *needed; /* (nodes of the file) */
    onnx_start *starts;
    size_t start_count, start_most, layers;
    size_t made;                  /* elements computed */
    int64_t batch;                /* a fixed batch size in the file; 0: none */
    const double *scale, *offset; /* (C), set once the network has read the image */
    dsc_error *error;
};

/* --- messages --- */

/* Fails with "FILE: node 'conv3' (Conv, opset 9): MESSAGE", DSC_ERROR_UNSUPPORTED. */
dsc_status onnx_fail(onnx_reading *r, const Onnx__Node *node, const char *format, ...) DSC_PRINTF(3, 4);
dsc_status onnx_no_memory(onnx_reading *r);
void onnx_note(onnx_reading *r, const char *format, ...) DSC_PRINTF(2, 3);
/* Advice: "make a model of it first: descender import FILE --as 'onnx VALUES'"; no other command takes
 * --as. */
enum { ONNX_REMEDY = DSC_COMMAND + 32 };
const char *onnx_remedy(char out[ONNX_REMEDY], const onnx_reading *r, const char *values);

/* --- attributes --- */

const Onnx__Attribute *onnx_attribute(const Onnx__Node *node, const char *name);
int64_t onnx_int(const Onnx__Node *node, const char *name, int64_t otherwise);
double onnx_real(const Onnx__Node *node, const char *name, double otherwise);
/* The attribute `axis`, counted from the batch, which is 0; negative ones count from the end of `rank`
 * dimensions plus the batch. Not checked against the rank. */
int64_t onnx_axis(const Onnx__Node *node, int64_t otherwise, size_t rank);
/* The same for a Softmax or LogSoftmax. */
int64_t onnx_softmax_axis(const onnx_reading *r, const Onnx__Node *node, size_t rank);
/* Whether the attribute equals the text. */
bool onnx_is_text(const Onnx__Node *node, const char *name, const char *text);
/* A list of integers from an attribute or, in newer opsets, from the constant input of index `input` >= 0.
 * *list is NULL with DSC_OK if absent. */
dsc_status onnx_list(const int64_t **list, size_t *count, onnx_reading *r, const Onnx__Node *node,
                     const char *attribute, int input);

/* --- values --- */

/* The entry of that name, created if needed; NULL: no memory. */
onnx_value *onnx_find(onnx_reading *r, const char *name);

bool onnx_has_input(const Onnx__Node *node, size_t i);
/* Input i; reads it if it is a constant. */
dsc_status onnx_input(onnx_value **value, onnx_reading *r, const Onnx__Node *node, size_t i);
/* Input i, which must be a constant of floats. */
dsc_status onnx_numbers(const onnx_constant **constant, onnx_reading *r, const Onnx__Node *node, size_t i);
/* Input i of a node, ahead of its turn; NULL if it is not a constant of floats. Its errors are reported when
 * the node is read. */
const onnx_constant *onnx_peek(onnx_reading *r, const Onnx__Node *node, size_t i);
/* Whether input i is a constant: one number, equal to `number` up to 1e-5. */
bool onnx_is_number(onnx_reading *r, const Onnx__Node *node, size_t i, double number);
/* Input i, which must be a sample value. */
dsc_status onnx_sample(onnx_value **value, onnx_reading *r, const Onnx__Node *node, size_t i);

/* Marks the value as read by the network: if it is the image, its normalisation is final. Fails if the value
 * is padded, or if the image is read elsewhere with another normalisation. */
dsc_status onnx_touch(onnx_reading *r, const Onnx__Node *node, const onnx_value *value);
/* The same; *x is a node with the file's dimensions in the file's order. */
dsc_status onnx_plain(dsc_node **x, onnx_reading *r, const Onnx__Node *node, const onnx_value *value);

/* Sets output `i`; its dimensions are the node's. */
dsc_status onnx_give(onnx_reading *r, const Onnx__Node *node, size_t i, dsc_node *made);
/* Sets output `i`, with the dimensions and order of `like`. */
dsc_status onnx_give_like(onnx_reading *r, const Onnx__Node *node, size_t i, dsc_node *made,
                          const onnx_value *like);
/* Sets output 0 to an existing value or constant. */
dsc_status onnx_give_same(onnx_reading *r, const Onnx__Node *node, const onnx_value *value);
dsc_status onnx_give_constant(onnx_reading *r, const Onnx__Node *node, onnx_constant *constant);

size_t onnx_count(const onnx_value *value);
/* Whether the dimensions are the node's, in any order. */
bool onnx_keeps_dimensions(const onnx_value *value);
/* places[i]: the node's index of the file's element i. */
void onnx_places(size_t *places, const onnx_value *value);
/* Clears `reordered` if only dimensions of 1 are out of order. */
void onnx_settle_order(onnx_value *value);

/* --- constants --- */

/* Whether an ONNX type is real: float, double, half, bfloat16. */
bool onnx_is_real(int64_t type);
/* Reads a tensor of the file: reals and integers of any width. DSC_ERROR_FORMAT: inconsistent sizes.
 * DSC_ERROR_UNSUPPORTED: another type, external data, or a number beyond int64. */
dsc_status onnx_read_tensor(onnx_constant **constant, onnx_reading *r, const Onnx__Tensor *tensor);
/* Whether `count` more elements may be computed: a small file must not cause large allocations. */
bool onnx_afford(onnx_reading *r, size_t count);
/* A new constant of that shape, with the name and type of `from` (NULL: none), the source of its numbers.
 * NULL: no memory, or too large. */
onnx_constant *onnx_make(onnx_reading *r, const onnx_constant *from, size_t rank, const size_t *dims,
                         bool whole);
/* Advances to the next position of an array, last dimension first; wraps around after the last. */
void onnx_step(size_t *at, const size_t *dims, size_t rank);
/* The constant's element index at a position of an array of `rank` dimensions to which it is broadcast. */
size_t onnx_broadcast_at(const onnx_constant *constant, const size_t *at, size_t rank);
/* A transposed copy: dimension i of the result is dimension perm[i]. */
onnx_constant *onnx_turn(onnx_reading *r, const onnx_constant *constant, const size_t *perm);

/* --- the graph --- */

/* The only node that reads output 0, if it has that type; otherwise NULL. */
const Onnx__Node *onnx_only_reader(onnx_reading *r, const Onnx__Node *node, const char *type);
/* Skips the node: an earlier node includes its effect. */
void onnx_mark_done(onnx_reading *r, const Onnx__Node *node);

/* Begins a layer for the next nodes: "conv1"; for `name` "fc1.weight", "fc1". */
void onnx_begin_layer(onnx_reading *r, const char *kind, const char *name);

/* A parameter or buffer named after the constant, with these initial numbers, which must stay valid. Errors
 * are recorded in the graph. */
dsc_node *onnx_parameter(onnx_reading *r, const onnx_constant *from, dsc_shape shape, const float *numbers,
                         size_t n_in, size_t n_out);
dsc_node *onnx_buffer(onnx_reading *r, const onnx_constant *from, dsc_shape shape, const float *numbers);

/* Gives output 0: a LeakyRelu of input 0. Fails if the slope is not from 0 to 1. */
dsc_status onnx_leaky_relu(onnx_reading *r, const Onnx__Node *node, double slope);

/* If only one Add reads the node's output and adds a constant with one number per channel of (channels,
 * pixels...), returns those numbers and consumes the Add: *after is that node, for onnx_give. Otherwise
 * NULL. */
const float *onnx_take_bias(const onnx_constant **from, const Onnx__Node **after, onnx_reading *r,
                            const Onnx__Node *node, size_t channels, size_t rank);

#endif
#endif
