/* SPDX-License-Identifier: MIT */
/* dataset.h: what a dataset is made of.
 *
 * A dataset is a name, a list of samples, and a reference to a storage that holds the images and labels. The
 * storage is shared: a view (a subset, a split, another order) refers to its parent's and has an index list;
 * it copies no image. So a parent may be freed before its views: the storage goes with the last of them. */
#ifndef DSC_DATA_DATASET_H
#define DSC_DATA_DATASET_H

#include "data/idx.h"

#include <stdatomic.h>

/* What is known of images that they do not show: from the file beside them, or from whoever made them. */
typedef struct dsc_images_note {
    bool prepared_noted; /* else the preparation is told by the images: dsc_dataset_describe */
    dsc_preparation preparation;
    dsc_fit fit;
} dsc_images_note;

struct dsc_known_data; /* data/known.h */

typedef struct dsc_storage {
    atomic_size_t references;
    dsc_content images, labels; /* either may be a mapping of the cache */
    char **class_names;         /* see dsc_class_names_copy */
    dsc_images_note note;
    const struct dsc_known_data *known; /* the data set that this is of; NULL: of none that is known */
} dsc_storage;

struct dsc_dataset {
    dsc_storage *storage;
    char *name;
    size_t count, shape[3];
    size_t classes;
    char **class_names;    /* the storage's, or a view's own */
    char **own_names;      /* a view's; NULL: the storage's are used */
    size_t image_size;     /* shape[0] * shape[1] * shape[2] */
    const uint8_t *images; /* the storage's: sample i is its image index[i] */
    const uint8_t *labels; /* one each sample, in the dataset's order */
    const uint32_t *index; /* a view's, its own; NULL: all images in the storage's order */
    uint8_t *own_labels;   /* a view's, gathered; NULL: the storage's are used */
    size_t own_validation; /* the last so many samples are what the data themselves hold out to validate */
};

/* The image and label of sample i < count: these, and not the pointers, are right for a view too. */
static inline const uint8_t *dsc_dataset_image(const dsc_dataset *data, size_t i) {
    return data->images + (data->index ? data->index[i] : i) * data->image_size;
}
static inline uint8_t dsc_dataset_label(const dsc_dataset *data, size_t i) { return data->labels[i]; }

/* Makes a dataset of images (N, H, W) or (N, C, H, W) and labels (N), all bytes, and takes both over, also
 * when it fails. Checks shapes, counts, and labels against `classes` (1 to 256). `class_names` has `classes`
 * texts, which are copied, or is NULL. `images_name` and `labels_name` stand for the two in messages. */
dsc_status dsc_dataset_adopt(dsc_dataset **data, dsc_content *images, dsc_content *labels, size_t classes,
                             const char *const *class_names, const char *name, const char *images_name,
                             const char *labels_name, dsc_error *error);

/* The samples index[0 .. count) of `parent`, in that order, repeats allowed; no image is copied. `name` NULL:
 * the parent's. `parent` may be freed before the view. dsc_dataset_images of a view gives NULL. */
dsc_status dsc_dataset_view(dsc_dataset **view, const dsc_dataset *parent, const uint32_t *index,
                            size_t count, const char *name, dsc_error *error);

/* Another reference to all of `parent`. */
dsc_status dsc_dataset_share(dsc_dataset **view, const dsc_dataset *parent, dsc_error *error);

/* All of `parent`, with labels and classes of another numbering: label k is map[k] now, of `classes` that
 * are called `names` (1 to 256). What no image is labelled may be mapped to anything. */
dsc_status dsc_dataset_renumber(dsc_dataset **view, const dsc_dataset *parent, const uint16_t map[256],
                                size_t classes, const char *const *names, dsc_error *error);

/* Checks what classes are to be called: each a name (dsc_name_check), no two alike. ARGUMENT: the message
 * names the class. */
dsc_status dsc_class_names_check(const char *const *names, size_t count, dsc_error *error);

/* Copies of names, or "0", "1", ...: pointers and texts in one block (release with free()). NULL: out of
 * memory. */
char **dsc_class_names_copy(const char *const *names, size_t count);

/* For those who open data: what is known of their images. Before anybody else has the dataset. */
void dsc_dataset_note(dsc_dataset *data, const dsc_images_note *note);
/* The same of a data set that is known, and which it is. */
void dsc_dataset_recognise(dsc_dataset *data, const struct dsc_known_data *known);
/* What dsc_dataset_recognise said, also of a view; NULL: nothing. */
const struct dsc_known_data *dsc_dataset_known(const dsc_dataset *data);

/* dsc_dataset_open with options (NULL: the defaults). */
dsc_status dsc_dataset_open_with(dsc_dataset **data, const char *images_path, const char *labels_path,
                                 const dsc_open_options *options, dsc_error *error);

#endif
