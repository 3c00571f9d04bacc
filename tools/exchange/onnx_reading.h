/* SPDX-License-Identifier: MIT */
/* onnx_reading.h: a graph of ONNX while it becomes a graph of ours. Each type of node is a row of a table:
 * its name and a function or two (onnx_from_*.c).
 *
 * A value is a constant, or one of each sample: a node of ours with the dimensions that ONNX gives it. These
 * are without the batch, which must stay the first dimension everywhere. They may be the node's in another
 * order, as in networks that keep channels last: an order is carried along until an op takes it in (a
 * weight's columns, a reduction), a transposition turns it back, or an op needs it as it is and the node is
 * named. */
#ifndef EXCHANGE_ONNX_READING_H
#define EXCHANGE_ONNX_READING_H

#include "exchange/onnx.h"
#include "exchange/onnx_message.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/visible.h"
#include "graph/graph.h"

enum {
    ONNX_RANK = 6,             /* dimensions of a constant, or of a value without its batch, at most */
    ONNX_NODES_MOST = 10000,   /* of a graph */
    ONNX_COUNT_MOST = 1 << 28, /* numbers of a constant */
    ONNX_MADE_MOST = 1 << 24   /* numbers that are made of a file's, besides a multiple of its size */
};
/* In a constant of whole numbers: the size of the batch, whatever it is. */
#define ONNX_BATCH INT64_MIN

/* Numbers of the file, or made of them; all memory is the pool's. */
typedef struct onnx_constant {
    const char *name, *type; /* of the file's array: "bfloat16" */
    size_t rank, dims[ONNX_RANK], count;
    float *floats; /* (dims); or NULL: */
    int64_t *ints;
    const struct onnx_constant *narrow; /* what it was before an Expand; or NULL */
} onnx_constant;

typedef struct onnx_value {
    const char *name;
    onnx_constant *constant; /* or NULL, and: */
    dsc_node *node;
    size_t rank, dims[ONNX_RANK]; /* in the order of the file */
    /* The file's numbers, one after the other, are those of the node's shape with its dimensions in `order`;
     * else they are the node's. */
    bool reordered;
    size_t order[DSC_RANK_MOST];
    /* The image, on which nothing but this was done: x becomes x scale[c] + offset[c] (C each). NULL: another
     * value, or the image as the network reads it. */
    double *scale, *offset;
    bool padded;     /* by zeros: */
    int64_t pads[4]; /* above, left, below, right; 0 unless `padded` */

    /* set before reading */
    const Onnx__Tensor *tensor;       /* an initializer that is not read yet */
    const Onnx__Node *maker, *reader; /* the node that makes it, the first of those that read it */
    size_t readers;
} onnx_value;

typedef struct onnx_reading onnx_reading;

typedef struct onnx_row {
    const char *type;
    dsc_status (*read)(onnx_reading *r, const Onnx__Node *node); /* of a value of each sample */
    dsc_status (*fold)(onnx_reading *r, const Onnx__Node *node); /* of constants alone; either may be NULL */
} onnx_row;

extern const onnx_row onnx_rows_conv[], onnx_rows_dense[], onnx_rows_elementwise[], onnx_rows_shape[],
    onnx_rows_reduce[];

/* A parameter or buffer, and what it starts with. */
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
    onnx_value *values;  /* a table by name */
    size_t places;       /* a power of 2 */
    bool *done, *needed; /* (nodes of the file) */
    onnx_start *starts;
    size_t start_count, start_most, layers;
    size_t made;                  /* numbers that were made */
    int64_t batch;                /* a fixed size of it in the file; 0: none */
    const double *scale, *offset; /* (C), once the network has read the image */
    dsc_error *error;
};

/* --- messages --- */

/* "FILE: node 'conv3' (Conv, opset 9): MESSAGE" */
dsc_status onnx_fail(onnx_reading *r, const Onnx__Node *node, const char *format, ...) DSC_PRINTF(3, 4);
dsc_status onnx_no_memory(onnx_reading *r);
void onnx_note(onnx_reading *r, const char *format, ...) DSC_PRINTF(2, 3);
/* "make a model of it first: descender import FILE --as 'onnx VALUES'": no other command takes --as. */
enum { ONNX_REMEDY = DSC_COMMAND + 32 };
const char *onnx_remedy(char out[ONNX_REMEDY], const onnx_reading *r, const char *values);

/* --- what is in a node --- */

const Onnx__Attribute *onnx_attribute(const Onnx__Node *node, const char *name);
int64_t onnx_int(const Onnx__Node *node, const char *name, int64_t otherwise);
double onnx_real(const Onnx__Node *node, const char *name, double otherwise);
/* The attribute `axis`, counted from the batch, which is 0; negative ones count from behind the last of
 * `rank` dimensions besides the batch. Not checked against the rank. */
int64_t onnx_axis(const Onnx__Node *node, int64_t otherwise, size_t rank);
/* The same of a Softmax or LogSoftmax. */
int64_t onnx_softmax_axis(const onnx_reading *r, const Onnx__Node *node, size_t rank);
/* Whether the attribute is that text. */
bool onnx_is_text(const Onnx__Node *node, const char *name, const char *text);
/* A list of whole numbers, of an attribute or (by an index of at least 0, for newer opsets) an input that is
 * constant. *list NULL and DSC_OK: it is not given. */
dsc_status onnx_list(const int64_t **list, size_t *count, onnx_reading *r, const Onnx__Node *node,
                     const char *attribute, int input);

/* --- values --- */

/* The entry of that name, which may be a new one; NULL: no memory. */
onnx_value *onnx_find(onnx_reading *r, const char *name);

bool onnx_has_input(const Onnx__Node *node, size_t i);
/* Input i, with its constant read if it is one. */
dsc_status onnx_input(onnx_value **value, onnx_reading *r, const Onnx__Node *node, size_t i);
/* Input i, which must be constant, of floats. */
dsc_status onnx_numbers(const onnx_constant **constant, onnx_reading *r, const Onnx__Node *node, size_t i);
/* Input i of a node that is looked at before its turn; NULL if it is not constant, of floats. What is wrong
 * with it is said when the node is read. */
const onnx_constant *onnx_peek(onnx_reading *r, const Onnx__Node *node, size_t i);
/* Input i, which must be of each sample. */
dsc_status onnx_sample(onnx_value **value, onnx_reading *r, const Onnx__Node *node, size_t i);

/* The value is read by the network now: if it is the image, its normalisation is settled. Fails if it is
 * padded, or if the image is read with another normalisation elsewhere. */
dsc_status onnx_touch(onnx_reading *r, const Onnx__Node *node, const onnx_value *value);
/* The same, and the node that has the file's dimensions in the file's order. */
dsc_status onnx_plain(dsc_node **x, onnx_reading *r, const Onnx__Node *node, const onnx_value *value);

/* Output `i` is that; its dimensions are the node's. */
dsc_status onnx_give(onnx_reading *r, const Onnx__Node *node, size_t i, dsc_node *made);
/* Output 0 is that, dimensions and their order as those of `like`. */
dsc_status onnx_give_like(onnx_reading *r, const Onnx__Node *node, dsc_node *made, const onnx_value *like);
/* Output 0 is that value, or that constant, under another name. */
dsc_status onnx_give_same(onnx_reading *r, const Onnx__Node *node, const onnx_value *value);
dsc_status onnx_give_constant(onnx_reading *r, const Onnx__Node *node, onnx_constant *constant);

size_t onnx_count(const onnx_value *value);
/* Whether the dimensions are the node's, in whatever order. */
bool onnx_keeps_dimensions(const onnx_value *value);
/* places[i]: where the node has the file's number i. */
void onnx_places(size_t *places, const onnx_value *value);
/* Says that the value is in order if only dimensions of 1 are out of it. */
void onnx_settle_order(onnx_value *value);

/* --- constants --- */

/* Whether a type of ONNX's is one of reals: float, double, half, bfloat16. */
bool onnx_is_real(int64_t type);
/* Reads a tensor of the file: reals and whole numbers of any width. FORMAT: sizes that do not agree;
 * UNSUPPORTED: another type, data outside of the file, or a number beyond int64. */
dsc_status onnx_read_tensor(onnx_constant **constant, onnx_reading *r, const Onnx__Tensor *tensor);
/* Whether so many numbers more may be made: a small file shall not ask for much memory. */
bool onnx_afford(onnx_reading *r, size_t count);
/* A new one of that shape, with the name and type of `from`, of which its numbers will be made (NULL: of
 * nothing that has a name). NULL: no memory, or too large. */
onnx_constant *onnx_make(onnx_reading *r, const onnx_constant *from, size_t rank, const size_t *dims,
                         bool whole);
/* Goes on to the next place of an array, the last dimension first; behind the last place comes the first. */
void onnx_step(size_t *at, const size_t *dims, size_t rank);
/* Which number of the constant is at that place of an array of `rank` dimensions over which it is spread. */
size_t onnx_broadcast_at(const onnx_constant *constant, const size_t *at, size_t rank);
/* Copies to another order: dimension i of the result is dimension perm[i]. */
onnx_constant *onnx_turn(onnx_reading *r, const onnx_constant *constant, const size_t *perm);

/* --- the graph --- */

/* The only node that reads output 0, if it is of that type; else NULL. */
const Onnx__Node *onnx_only_reader(onnx_reading *r, const Onnx__Node *node, const char *type);
/* The node needs no reading of its own: one before it does what it does. */
void onnx_mark_done(onnx_reading *r, const Onnx__Node *node);

/* The nodes to come are a layer's: "conv1"; of `name` "fc1.weight", "fc1". */
void onnx_begin_layer(onnx_reading *r, const char *kind, const char *name);

/* A parameter, or a buffer, that starts with these numbers, which stay where they are; called as the
 * constant. A failure is the graph's. */
dsc_node *onnx_parameter(onnx_reading *r, const onnx_constant *from, dsc_shape shape, const float *numbers,
                         size_t n_in, size_t n_out);
dsc_node *onnx_buffer(onnx_reading *r, const onnx_constant *from, dsc_shape shape, const float *numbers);

/* If what the node makes is read by one Add alone, of a constant with a number for each of the `channels` of
 * (channels, pixels...), these, and the Add is done: *after is it, for onnx_give. Else NULL. */
const float *onnx_take_bias(const onnx_constant **from, const Onnx__Node **after, onnx_reading *r,
                            const Onnx__Node *node, size_t channels, size_t rank);

#endif
#endif
