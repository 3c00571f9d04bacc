/* SPDX-License-Identifier: MIT */
/* weights.h: named arrays, as PyTorch, Keras and NumPy keep a network's weights, and how they find their
 * places in a network of ours. A file gives a list of arrays; what a format does not know of them is here:
 *
 *   weights.c         from a list to a model, and what is said of it
 *   weights_match.c   which array is which parameter
 *   weights_names.c   what the names of arrays tell
 *   weights_places.c  whether an array fits, and in which order its numbers are read */
#ifndef EXCHANGE_WEIGHTS_H
#define EXCHANGE_WEIGHTS_H

#include "exchange/exchange.h"

#include "data/npy.h"
#include "model/model.h"

#include <jansson.h>

enum { WEIGHTS_MOST = 2048 /* arrays in a file */ };

/* What an array is in its layer. WEIGHTS_COUNTER: PyTorch's num_batches_tracked, which no network needs. */
typedef enum weights_role {
    WEIGHTS_UNKNOWN,
    WEIGHTS_WEIGHT,
    WEIGHTS_BIAS,
    WEIGHTS_MEAN,
    WEIGHTS_VARIANCE,
    WEIGHTS_COUNTER
} weights_role;

/* What a name tells: "features.3.running_mean" is the mean of "features.3.", "W2" the weight of "" and "2",
 * "net.w_hidden" that of "net." and "hidden". Names of the same prefix and tail belong to one layer. */
typedef struct weights_label {
    const char *name;
    weights_role role;
    size_t prefix;            /* bytes of the name before its role */
    size_t tail, tail_length; /* the layer's digits or name behind it: where they begin, how many bytes */
} weights_label;

weights_label weights_label_of(const char *name);
bool weights_label_same_layer(const weights_label *a, const weights_label *b);
/* Compares as people order names: "conv2" before "conv10". */
int weights_name_compare(const char *a, const char *b);

/* One array of a file. */
typedef struct weights_array {
    weights_label label; /* and its name, which lives as long as the list */
    const char *type;    /* as the file calls it: "F16", "<f8" */
    dsc_npy_encoding encoding;
    size_t rank, shape[4]; /* rank may be above 4: then the shape is cut, and the array fits nowhere */
    size_t stride[4];      /* in numbers */
    size_t count;
    const unsigned char *data;
    void *owned_data; /* freed with the list; or NULL */
    bool owned_name;
} weights_array;

/* "(64, 32, 3, 3)"; "(1, 2, 3, 4, ...)" of more than four sizes. Returns out. */
enum { WEIGHTS_SHAPE_TEXT = 104 };
const char *weights_shape_text(char out[WEIGHTS_SHAPE_TEXT], const weights_array *array);

typedef struct weights_list {
    weights_array *all; /* in the order in which they lie in the file, or that of their names */
    size_t count;
} weights_list;

void weights_list_clear(weights_list *list);
/* Sets the strides of an array whose numbers lie one behind the other, in C's order or Fortran's. */
void weights_set_strides(weights_array *array, bool fortran);
/* Arrays that are sorted by their names byte by byte, as safetensors' own programs sort them, come into the
 * order of weights_name_compare; others stay as they are. */
void weights_sort(weights_list *list);

/* How a file's weights lie. TORCH: dense (out, in), convolutions (out, in, H, W). KERAS: (in, out), (H, W,
 * in, out), depthwise (H, W, channels, 1), and what was flattened in the order H, W, C. TRANSPOSED: dense
 * (in, out), all else as TORCH. AUTO: TORCH, or, where not all arrays fit so, KERAS. */
enum { WEIGHTS_AUTO, WEIGHTS_TORCH, WEIGHTS_KERAS, WEIGHTS_TRANSPOSED };

typedef struct weights_values {
    int layout;
} weights_values;
extern const dsc_param weights_params[];

/* --- places --- */

/* In which order an array's numbers are read to fill a parameter. */
typedef struct weights_places {
    size_t rank, size[5], stride[5];
    bool turned;    /* not the order in which the array's shape has them */
    bool reordered; /* features in the order H, W, C become C, H, W; then `turned`, too */
} weights_places;

/* Whether the array has the parameter's shape, in that layout (not AUTO); sizes of 1 do not count, but where
 * the parameter has one size alone. */
bool weights_fit(weights_places *places, const dsc_node *parameter, const weights_array *array, int layout);

/* --- matching --- */

enum { WEIGHTS_BY_NAME, WEIGHTS_BY_MAP, WEIGHTS_BY_ORDER };
#define WEIGHTS_NONE SIZE_MAX

typedef struct weights_target {
    const dsc_node *node; /* a parameter or buffer of the model */
    weights_label label;
    size_t array; /* which is its own; WEIGHTS_NONE: none yet */
    int way;
    weights_places places;
} weights_target;

typedef struct weights_how {
    int layout;         /* not AUTO */
    const char *format; /* the file's, for messages that name another layout; NULL: they name none */
    const char *map;    /* the bytes of a file; NULL: there is none */
    size_t map_size;
    const char *map_name;
    bool whole; /* what the loss alone uses has an array, too */
} weights_how;

typedef struct weights_match {
    const weights_list *list;
    weights_target *targets;
    size_t target_count, matched;
    size_t *user;  /* (list->count) which target takes it; WEIGHTS_NONE: none */
    bool *dropped; /* (list->count) the map leaves it out */
    int layout;
    const char *format; /* of weights_how */
    bool unsure; /* arrays of one shape, whose names are no numbered ones, were told apart by their order */
    const char *file; /* for messages */
} weights_match;

/* Finds an array for each parameter and buffer of the network from the image to the logits: those that the
 * map names, then those of the same name, layer by layer, then by order and shape. MISMATCH: one has none,
 * or an array is left that is neither a counter nor dropped. Release with weights_match_clear, also after a
 * failure. */
dsc_status weights_match_find(weights_match *match, const dsc_model *model, const weights_list *list,
                              const weights_how *how, const char *file, dsc_error *error);
void weights_match_clear(weights_match *match);

/* Whether the network can do without the array: a counter, or one whole number. */
bool weights_is_idle(const weights_array *array);

/* --- models --- */

/* The model of source->model with the list's numbers; tells source->table and source->notes. */
dsc_status weights_make_model(dsc_model **model, exchange_source *source, const weights_list *list,
                              const weights_values *values, dsc_error *error);

/* The model whose texts (model/native.h) stand in the file, with the list's numbers by their names. */
dsc_status weights_make_own(dsc_model **model, exchange_source *source, const weights_list *list,
                            const json_t *texts, dsc_error *error);

#endif
