/* SPDX-License-Identifier: MIT */
/* model.h: what a model is made of. Created by dsc_model_create from a text, or by dsc_model_parse from a
 * file. */
#ifndef DSC_MODEL_MODEL_H
#define DSC_MODEL_MODEL_H

#include "graph/graph.h"
#include "model/normalise.h"

#include <jansson.h>

enum { DSC_CLASSES_MOST = 65536 };

struct dsc_model {
    char *text;     /* as it was written, "784-100-10" */
    bool own_graph; /* the text is a name only: the graph was not made from it */
    /* From `image` (C, H, W) to `logits` (K), and on with `target` to `loss` (). `target` is a class (), or a
     * probability for each class (K): dsc_model_load_target writes either. What a program does not ask for it
     * does not compute, so inference never meets target and loss. */
    dsc_graph *graph;
    dsc_node *image, *target, *logits, *loss;
    dsc_real *values; /* the slab, see graph.h */
    dsc_normalisation normalisation;
    size_t classes;
    char **class_names; /* see dsc_class_names_copy (data/dataset.h) */
    bool images_noted;  /* `expected` was: else dsc_model_describe has a guess */
    dsc_images expected;
    double refuse_below; /* an answer that is less sure is none; 0: all are answers */
    char *loss_text;     /* "softmax-cross-entropy smoothing=0.1" */
    json_t *about;       /* an object of texts: recipe, data, accuracy, version, ... saved with the model */
};

/* The op applied to logits and target that `text` names ("softmax-cross-entropy smoothing=0.1"). `weighted`:
 * with a weight for each class, in a buffer of that name, 1 until it is set. */
#define DSC_CLASS_WEIGHTS "loss.class_weights"
dsc_status dsc_loss_build(dsc_node **loss, dsc_node *logits, dsc_node *target, const char *text,
                          bool weighted, dsc_error *error);

/* Writes `count` images of DSC_U8 or DSC_F32, one after the other, as numbers (count, C, H, W). */
void dsc_model_load_images(const dsc_model *model, dsc_real *out, const void *images, dsc_type type,
                           size_t count);

/* Pixels [first, last) of one image (C, H, W), to their places in `out` (C, H, W). */
void dsc_model_load_pixels(const dsc_model *model, dsc_real *out, const void *image, dsc_type type,
                           size_t first, size_t last);

/* Writes the target of the batch's image number `place`, whose class is `label`: the class, or 1 for it and 0
 * for others. `out`: the targets of the batch, as the program has them. */
void dsc_model_load_target(const dsc_model *model, dsc_real *out, size_t place, size_t label);

/* From now on the target is a probability for each class, in programs that are made after this. Fails if the
 * loss, one of somebody's own, takes none. */
dsc_status dsc_model_target_probabilities(dsc_model *model, dsc_error *error);

/* Fails, naming both, unless images of `data` have the model's shape, and their labels, which are taken for
 * the model's, are below its number of classes. dsc_dataset_match makes such data. */
dsc_status dsc_model_check_data(const dsc_model *model, const dsc_dataset *data, dsc_error *error);

/* The data's names are the model's from now on: for classes of the model that are still called by their
 * numbers. */
dsc_status dsc_model_take_class_names(dsc_model *model, const dsc_dataset *data, dsc_error *error);

/* Bytes become (byte / 255 - mean) / deviation from now on, as other programs write it, channel by channel:
 * `count` means and deviations, 1 for all channels. `name` is what the normalisation is called. ARGUMENT:
 * they are not finite, a deviation is not above 0, or their number is not the model's. */
dsc_status dsc_model_normalise_by(dsc_model *model, const char *name, const double *mean,
                                  const double *deviation, size_t count, dsc_error *error);

/* Whether the model's loss makes probabilities by sigmoid rather than by softmax. A loss composed of nodes is
 * judged by the first of its ops that is a loss and compares the logits; without one it is softmax. */
bool dsc_model_is_sigmoid(const dsc_model *model);

/* Probabilities of one sample: softmax; or sigmoid, brought to a sum of 1. `logits` (classes) are used up.
 * False, and all are NaN, if one of the logits is NaN or infinite: so no argmax finds an answer that the
 * model did not give. */
struct dsc_kernels;
bool dsc_probabilities(float *probabilities, dsc_real *logits, size_t classes, bool sigmoid,
                       const struct dsc_kernels *kernels);

/* Fails (DSC_ERROR_DIVERGED), naming the first of them and its place, if one of the numbers of the slab is
 * NaN or infinite, also as the float that a file holds, or negative where its op cannot have that. `values`
 * NULL: the model's own. */
dsc_status dsc_model_check_values(const dsc_model *model, const dsc_real *values, dsc_error *error);

/* The ground of the images that the predictor's model expects. */
dsc_ground dsc_predictor_ground(const dsc_predictor *predictor);

#endif
