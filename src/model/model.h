/* SPDX-License-Identifier: MIT */
/* model.h: the members of a model. dsc_model_create builds one from a text, dsc_model_parse from a file. A
 * model may be read by several threads; changes need exclusive access. */
#ifndef DSC_MODEL_MODEL_H
#define DSC_MODEL_MODEL_H

#include "graph/graph.h"
#include "model/normalise.h"

#include <jansson.h>

enum { DSC_CLASSES_MOST = 65536 };

struct dsc_model {
    char *text;     /* as written: "784-100-10" */
    bool own_graph; /* the text is only a name: the graph was not built from it */
    /* From `image` (C, H, W) to `logits` (K), and with `target` to `loss` (). `target` is a class (), or a
     * probability per class (K): dsc_model_load_target writes either. A program only computes requested
     * values, so inference never uses target and loss. */
    dsc_graph *graph;
    dsc_node *image, *target, *logits, *loss;
    dsc_real *values; /* the slab, see graph.h */
    dsc_normalisation normalisation;
    size_t classes;
    char **class_names; /* see dsc_class_names_copy (data/dataset.h) */
    bool images_noted;  /* `expected` was set; otherwise dsc_model_describe guesses */
    dsc_images expected;
    double refuse_below; /* an answer with a lower probability is refused; 0: no refusals */
    char *loss_text;     /* "softmax-cross-entropy smoothing=0.1" */
    json_t *about;       /* an object of texts saved with the model: recipe, data, accuracy, version, ... */
};

/* Applies the loss named by `text` ("softmax-cross-entropy smoothing=0.1") to logits and target. `weighted`:
 * with a weight per class, in a buffer of that name, initially 1. */
#define DSC_CLASS_WEIGHTS "loss.class_weights"
dsc_status dsc_loss_build(dsc_node **loss, dsc_node *logits, dsc_node *target, const char *text,
                          bool weighted, dsc_error *error);

/* Normalises `count` consecutive images of DSC_U8 or DSC_F32 to `out` (count, C, H, W). */
void dsc_model_load_images(const dsc_model *model, dsc_real *out, const void *images, dsc_type type,
                           size_t count);

/* Normalises pixels [first, last) of one image (C, H, W) to the same positions of `out` (C, H, W). */
void dsc_model_load_pixels(const dsc_model *model, dsc_real *out, const void *image, dsc_type type,
                           size_t first, size_t last);

/* Writes the target of image `place` of the batch, whose class is `label`: the class, or its one-hot vector.
 * `out`: the targets of the batch in the program's layout. */
void dsc_model_load_target(const dsc_model *model, dsc_real *out, size_t place, size_t label);

/* From now on the target is a probability per class; affects programs created afterwards. Fails if a custom
 * loss does not accept that. */
dsc_status dsc_model_target_probabilities(dsc_model *model, dsc_error *error);

/* DSC_ERROR_MISMATCH, naming both, unless the images of `data` have the model's shape and its labels, used as
 * the model's, are below the number of classes. dsc_dataset_match creates such data. */
dsc_status dsc_model_check_data(const dsc_model *model, const dsc_dataset *data, dsc_error *error);

/* Takes over the data's class names, for classes of the model that are still named by their numbers. */
dsc_status dsc_model_take_class_names(dsc_model *model, const dsc_dataset *data, dsc_error *error);

/* Sets the normalisation to (byte / 255 - mean) / deviation for each channel, as other programs define it;
 * `count` means and deviations, 1 for all channels. `name` names the normalisation. DSC_ERROR_ARGUMENT: they
 * are not finite, a deviation is not positive, or the count is not the number of channels. */
dsc_status dsc_model_normalise_by(dsc_model *model, const char *name, const double *mean,
                                  const double *deviation, size_t count, dsc_error *error);

/* Whether the loss implies sigmoid rather than softmax probabilities. For a loss composed of nodes, the first
 * of its loss ops that reads the logits decides; without one it is softmax. */
bool dsc_model_is_sigmoid(const dsc_model *model);

/* Computes the probabilities of one sample: softmax, or sigmoid scaled to a sum of 1. Overwrites `logits`
 * (classes). Returns false and sets all to NaN if a logit is NaN or infinite, so that no argmax finds an
 * answer that the model did not give. */
struct dsc_kernels;
bool dsc_probabilities(float *probabilities, dsc_real *logits, size_t classes, bool sigmoid,
                       const struct dsc_kernels *kernels);

/* DSC_ERROR_DIVERGED if an element of the slab is NaN or infinite, also after conversion to the float of a
 * file, or negative where its op does not allow it; the message names the first one and its position.
 * `values` NULL: the model's own. */
dsc_status dsc_model_check_values(const dsc_model *model, const dsc_real *values, dsc_error *error);

/* The ground of the images that the predictor's model expects. */
dsc_ground dsc_predictor_ground(const dsc_predictor *predictor);

/* Whether the predictor's model was trained with images of no class, too: it has a threshold. */
bool dsc_predictor_knows_others(const dsc_predictor *predictor);

#endif
