/* SPDX-License-Identifier: MIT */
/* weights.h: assigns named arrays, as PyTorch, Keras and NumPy store a network's weights, to the parameters
 * of a model. A file format supplies a list of arrays; the rest is here:
 *
 *   weights.c         creates a model from a list, and reports on it
 *   weights_match.c   matches arrays and parameters
 *   weights_names.c   interprets the names of arrays
 *   weights_places.c  checks whether an array fits, and the order of its numbers */
#ifndef EXCHANGE_WEIGHTS_H
#define EXCHANGE_WEIGHTS_H

#include "exchange/exchange.h"

#include "data/npy.h"
#include "model/model.h"

#include <jansson.h>

enum { WEIGHTS_MOST = 2048 /* arrays in a file */ };

/* The role of an array in its layer. WEIGHTS_COUNTER: PyTorch's num_batches_tracked, which is not needed. */
typedef enum weights_role {
    WEIGHTS_UNKNOWN,
    WEIGHTS_WEIGHT,
    WEIGHTS_BIAS,
    WEIGHTS_MEAN,
    WEIGHTS_VARIANCE,
    WEIGHTS_COUNTER
} weights_role;

/* The parts of a name: "features.3.running_mean" is the mean of "features.3.", "W2" the weight of "" and "2",
 * "net.w_hidden" that of "net." and "hidden". Names with the same prefix and tail belong to one layer. */
typedef struct weights_label {
    const char *name;
    weights_role role;
    size_t prefix;            /* bytes of the name before its role */
    size_t tail, tail_length; /* the layer's digits or name after the role: offset and length in bytes */
} weights_label;

weights_label weights_label_of(const char *name);
bool weights_label_same_layer(const weights_label *a, const weights_label *b);
/* Compares names in natural order: "conv2" before "conv10". */
int weights_name_compare(const char *a, const char *b);

/* One array of a file. */
typedef struct weights_array {
    weights_label label; /* includes the name, which lives as long as the list */
    const char *type;    /* in the file's notation: "F16", "<f8" */
    dsc_npy_encoding encoding;
    size_t rank, shape[4]; /* rank may be above 4: then the shape is truncated and fits nowhere */
    size_t stride[4];      /* in elements */
    size_t count;
    const unsigned char *data;
    void *owned_data; /* freed with the list; or NULL */
    bool owned_name;
} weights_array;

/* "(64, 32, 3, 3)"; "(1, 2, 3, 4, ...)" for more than four dimensions. Returns out. */
enum { WEIGHTS_SHAPE_TEXT = 104 };
const char *weights_shape_text(char out[WEIGHTS_SHAPE_TEXT], const weights_array *array);

typedef struct weights_list {
    weights_array *all; /* in the order of the file, or of their names */
    size_t count;
} weights_list;

void weights_list_clear(weights_list *list);
/* Sets the strides of a contiguous array in C or Fortran order. */
void weights_set_strides(weights_array *array, bool fortran);
/* Sorts arrays that are in byte order of their names, as safetensors' own programs write them, by
 * weights_name_compare; others keep their order. */
void weights_sort(weights_list *list);

/* The layout of a file's weights. TORCH: dense (out, in), convolutions (out, in, H, W). KERAS: (in, out), (H,
 * W, in, out), depthwise (H, W, channels, 1), and features flattened in the order H, W, C. TRANSPOSED: dense
 * (in, out), otherwise as TORCH. AUTO: TORCH or, if not all arrays fit, KERAS. */
enum { WEIGHTS_AUTO, WEIGHTS_TORCH, WEIGHTS_KERAS, WEIGHTS_TRANSPOSED };

typedef struct weights_values {
    int layout;
} weights_values;
extern const dsc_param weights_params[];

/* --- layout --- */

/* The order in which an array's numbers fill a parameter. */
typedef struct weights_places {
    size_t rank, size[5], stride[5];
    bool turned;    /* differs from the order of the array's shape */
    bool reordered; /* features in the order H, W, C become C, H, W; then `turned` is set too */
} weights_places;

/* Whether the array has the parameter's shape in that layout (not AUTO). Dimensions of 1 are ignored, unless
 * the parameter has a single dimension. */
bool weights_fit(weights_places *places, const dsc_node *parameter, const weights_array *array, int layout);

/* --- matching --- */

enum { WEIGHTS_BY_NAME, WEIGHTS_BY_MAP, WEIGHTS_BY_ORDER };
#define WEIGHTS_NONE SIZE_MAX

typedef struct weights_target {
    const dsc_node *node; /* a parameter or buffer of the model */
    weights_label label;
    size_t array; /* its array; WEIGHTS_NONE: none yet */
    int way;
    weights_places places;
} weights_target;

typedef struct weights_how {
    int layout;         /* not AUTO */
    const char *format; /* the file's format, for messages that suggest another layout; NULL: no suggestion */
    const char *map;    /* the contents of a map file; NULL: none */
    size_t map_size;
    const char *map_name;
    bool whole; /* parameters used only by the loss have arrays too */
} weights_how;

typedef struct weights_match {
    const weights_list *list;
    weights_target *targets;
    size_t target_count, matched;
    size_t *user;  /* (list->count) index of the target that uses the array; WEIGHTS_NONE: none */
    bool *dropped; /* (list->count) the map excludes it */
    int layout;
    const char *format; /* from weights_how */
    bool unsure;        /* arrays of equal shape without numbered names were assigned by their order */
    const char *file;   /* for messages */
} weights_match;

/* Finds an array for each parameter and buffer of the network from image to logits: first by the map, then by
 * name, layer by layer, then by order and shape. DSC_ERROR_MISMATCH: a parameter has none, or an array is
 * left over that is neither a counter nor excluded. Release with weights_match_clear, also after a
 * failure. */
dsc_status weights_match_find(weights_match *match, const dsc_model *model, const weights_list *list,
                              const weights_how *how, const char *file, dsc_error *error);
void weights_match_clear(weights_match *match);

/* Whether the network does not need the array: a counter, or a single integer. */
bool weights_is_idle(const weights_array *array);

/* --- models --- */

/* Creates the model of source->model with the list's numbers; fills source->table and source->notes. */
dsc_status weights_make_model(dsc_model **model, exchange_source *source, const weights_list *list,
                              const weights_values *values, dsc_error *error);

/* Creates the model whose texts (model/native.h) are in the file, with the list's numbers by name. */
dsc_status weights_make_own(dsc_model **model, exchange_source *source, const weights_list *list,
                            const json_t *texts, dsc_error *error);

#endif
