/* SPDX-License-Identifier: MIT */
/* dataset.h: the parts of a data set.
 *
 * A data set has a name, a list of samples, and a reference to a storage with the images and labels. The
 * storage is shared: a view (a subset, a split, another order) refers to its parent's storage, has an index
 * list and copies no image. A parent may be freed before its views: the storage is freed with the last
 * reference.
 *
 *   dataset.c      from arrays; questions, freeing   own.c    from a program's own arrays, or a callback
 *   view.c         from another data set             join.c   from several data sets
 *   read_ahead.h   batches of a callback's images */
#ifndef DSC_DATA_DATASET_H
#define DSC_DATA_DATASET_H

#include "data/idx.h"

#include <pthread.h>
#include <stdatomic.h>

/* What is known about images beside their pixels: from the file beside them, or from their creator. */
typedef struct dsc_images_note {
    bool prepared_noted; /* false: dsc_dataset_describe recognises it */
    dsc_preparation preparation;
    dsc_fit fit;
} dsc_images_note;

struct dsc_known_data; /* data/known.h */

typedef struct dsc_storage {
    atomic_size_t references;
    dsc_content images, labels; /* may be mappings of the cache; no images with `read` */
    bool borrowed;              /* the caller owns the images */
    dsc_read_images *read;      /* called by one thread at a time: `reading` */
    pthread_mutex_t reading;
    void *user;
    void (*release)(void *user); /* called at the end; may be NULL */
    char **class_names;          /* see dsc_class_names_copy */
    dsc_images_note note;
    uint64_t *groups; /* per image: hash of its group's name or of its writer; NULL: no groups */
    uint8_t *series;  /* per image: its series of forms (writers.h); NULL: unknown */
    const struct dsc_known_data *known; /* the known data set; NULL: none */
} dsc_storage;

struct dsc_dataset {
    dsc_storage *storage;
    char *name;
    size_t count, shape[3];
    size_t classes;
    char **class_names; /* the storage's, or own_names */
    char **own_names;   /* a view's; NULL: uses the storage's */
    size_t image_size;  /* shape[0] * shape[1] * shape[2] */
    dsc_type type;      /* of the elements: DSC_U8 or DSC_F32 */
    size_t image_bytes;
    const unsigned char *images; /* the storage's; sample i is image index[i]; NULL: a callback reads them */
    const uint8_t *labels;       /* one per sample, in order */
    const uint32_t *index;       /* a view's; NULL: all images in the storage's order */
    uint8_t *own_labels;         /* a view's, gathered; NULL: uses the storage's */
    size_t own_validation;       /* last samples that the data themselves reserve for validation */
};

/* The image of sample i < count, of the data set's type. Not for data that a callback reads. Use this instead
 * of `images`, because a view has an index. */
static inline const void *dsc_dataset_at(const dsc_dataset *data, size_t i) {
    return data->images + (data->index ? data->index[i] : i) * data->image_bytes;
}
/* The same for bytes: data read from files or drawn are bytes in memory. */
static inline const uint8_t *dsc_dataset_image(const dsc_dataset *data, size_t i) {
    return dsc_dataset_at(data, i);
}
static inline uint8_t dsc_dataset_label(const dsc_dataset *data, size_t i) { return data->labels[i]; }
/* Whether the samples have groups, and the group of sample i < count. Every split keeps the samples of one
 * group on one side (--group-by). */
static inline bool dsc_dataset_has_groups(const dsc_dataset *data) { return data->storage->groups != NULL; }
static inline uint64_t dsc_dataset_group(const dsc_dataset *data, size_t i) {
    return data->storage->groups[data->index ? data->index[i] : i];
}

/* The number of sample i < count in the storage. */
static inline size_t dsc_dataset_place(const dsc_dataset *data, size_t i) {
    return data->index ? data->index[i] : i;
}

/* Makes a data set of images (N, H, W) or (N, C, H, W) and labels (N), all bytes. Takes over both contents,
 * also after a failure. Checks shapes, counts, and labels against `classes` (1 to 256). `class_names` has
 * `classes` texts, which are copied, or is NULL. The writers come from the labels' content. `images_name` and
 * `labels_name` stand for the two in messages. */
dsc_status dsc_dataset_adopt(dsc_dataset **data, dsc_content *images, dsc_content *labels, size_t classes,
                             const char *const *class_names, const char *name, const char *images_name,
                             const char *labels_name, dsc_error *error);

/* Makes a data set of checked parts: images (none with `read`), labels (N), and their callbacks. Takes over
 * the contents, also after a failure; `release` is not called then. */
dsc_status dsc_dataset_build(dsc_dataset **data, dsc_storage *parts, dsc_type type, const size_t shape[3],
                             size_t classes, const char *const *class_names, const char *name,
                             dsc_error *error);

/* Makes another reference to all of `parent`. */
dsc_status dsc_dataset_share(dsc_dataset **view, const dsc_dataset *parent, dsc_error *error);

/* Makes a view of all of `parent` with renumbered labels: label k becomes map[k], one of `classes` (1 to 256)
 * classes called `names`. Labels without images may map to anything. */
dsc_status dsc_dataset_renumber(dsc_dataset **view, const dsc_dataset *parent, const uint16_t map[256],
                                size_t classes, const char *const *names, dsc_error *error);

/* DSC_ERROR_FORMAT if an element of `numbers` (count, size) is not finite; the message names the first such
 * image. `name` is the data set's. `samples` are the image numbers; NULL: from 0. */
dsc_status dsc_floats_check(const float *numbers, const uint32_t *samples, size_t count, size_t size,
                            const char *name, dsc_error *error);

/* Checks class names: each valid (dsc_name_check), no two equal. DSC_ERROR_ARGUMENT: the message names the
 * class. */
dsc_status dsc_class_names_check(const char *const *names, size_t count, dsc_error *error);

/* Copies `names`, or makes "0", "1", ... if NULL: pointers and texts in one block, which the caller frees.
 * NULL without memory. */
char **dsc_class_names_copy(const char *const *names, size_t count);

/* Sets what is known about the images. Call it before the data set is shared. */
void dsc_dataset_note(dsc_dataset *data, const dsc_images_note *note);
/* The same for a known data set, and which one it is. */
void dsc_dataset_recognise(dsc_dataset *data, const struct dsc_known_data *known);
/* Takes over the groups of all images, in the storage's order. Call it before the data set is shared. */
void dsc_dataset_take_groups(dsc_dataset *data, uint64_t *groups);
/* The data set set by dsc_dataset_recognise, also of a view; NULL: none. */
const struct dsc_known_data *dsc_dataset_known(const dsc_dataset *data);

/* dsc_dataset_open with options (NULL: the defaults). */
dsc_status dsc_dataset_open_with(dsc_dataset **data, const char *images_path, const char *labels_path,
                                 const dsc_open_options *options, dsc_error *error);

#endif
