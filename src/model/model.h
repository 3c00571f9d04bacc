/* SPDX-License-Identifier: MIT */
/* model.h: a network with its parameters, and all that belongs to it: how images are made numbers, what the
 * classes are called, which loss it was made for. No gradients, no optimiser: training has those. */
#ifndef DSC_MODEL_MODEL_H
#define DSC_MODEL_MODEL_H

#include "graph/graph.h"

#include <jansson.h>

enum { DSC_CHANNELS_MOST = 16 };

/* How bytes become numbers: byte * scale[c] + offset[c], channel by channel. */
typedef struct dsc_normalisation {
    char name[16]; /* "unit", "standard" */
    size_t channels;
    float scale[DSC_CHANNELS_MOST], offset[DSC_CHANNELS_MOST];
} dsc_normalisation;

struct dsc_model {
    char *text; /* as it was written, "784-100-10" */
    /* From `image` (C, H, W) to `logits` (K), and on with `target` (), a class, to `loss` (). What a program
     * does not ask for it does not compute, so inference never meets target and loss. */
    dsc_graph *graph;
    dsc_node *image, *target, *logits, *loss;
    dsc_real *values; /* the slab, see graph.h */
    dsc_normalisation normalisation;
    size_t classes;
    char **class_names;
    char *loss_text; /* "softmax-cross-entropy smoothing=0.1" */
    json_t *about;   /* an object of texts: recipe, data, accuracy, version, ... saved with the model */
};

/* "unit" is byte / 255; "standard" subtracts the mean of `data`'s images and divides by their deviation. */
dsc_status dsc_normalisation_find(dsc_normalisation *normalisation, const char *name, const dsc_dataset *data,
                                  dsc_error *error);

typedef struct dsc_model_options {
    const char *text; /* "784-100-10", "conv 32 3x3, relu, maxpool 2, flatten, dense" */
    const char *loss; /* NULL: "softmax-cross-entropy" */
    size_t shape[3];
    size_t classes;
    const char *const *class_names; /* NULL: "0", "1", ... */
    uint64_t seed;
    const float *class_weights; /* (classes), or NULL */
} dsc_model_options;

/* Parses the texts, makes the graph, and draws the values. Normalisation is "unit" until it is set. */
dsc_status dsc_model_make(dsc_model **model, const dsc_model_options *options, dsc_error *error);

/* Writes `count` images of bytes, `indices[i]` of `images` each, as numbers (count, C, H, W). */
void dsc_model_load_images(const dsc_model *model, dsc_real *out, const uint8_t *images,
                           const uint32_t *indices, size_t count);

#endif
