/* SPDX-License-Identifier: MIT */
/* dataset.h: what a dataset is made of.
 *
 * A dataset is a name, a list of samples, and a reference to a storage that holds the images and labels. The
 * storage is shared: a view (a subset, a split, another order) refers to its parent's and has an index list;
 * it copies no image. So a parent may be freed before its views: the storage goes with the last of them.
 *
 *   dataset.c      made of arrays, asked, freed     own.c    of a program's own arrays, or a callback
 *   view.c         made of another                  join.c   made of several
 *   read_ahead.h   batches of a callback's images */
#ifndef DSC_DATA_DATASET_H
#define DSC_DATA_DATASET_H

#include "data/idx.h"

#include <pthread.h>
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
    dsc_content images, labels; /* either may be a mapping of the cache; no images where there is `read` */
    bool borrowed;              /* the images are the caller's */
    dsc_read_images *read;      /* by one thread at a time: `reading` */
    pthread_mutex_t reading;
    void *user;
    void (*release)(void *user); /* NULL, or called at the end */
    char **class_names;          /* see dsc_class_names_copy */
    dsc_images_note note;
    uint64_t *groups; /* by image: a hash of what its group is called, or who wrote it; NULL: no groups */
    uint8_t *series;  /* by image: the series of forms that it is of (writers.h); NULL: not known */
    const struct dsc_known_data *known; /* the data set that this is of; NULL: of none that is known */
} dsc_storage;

struct dsc_dataset {
    dsc_storage *storage;
    char *name;
    size_t count, shape[3];
    size_t classes;
    char **class_names; /* the storage's, or a view's own */
    char **own_names;   /* a view's; NULL: the storage's are used */
    size_t image_size;  /* shape[0] * shape[1] * shape[2] */
    dsc_type type;      /* of its numbers: DSC_U8 or DSC_F32 */
    size_t image_bytes;
    const unsigned char
        *images;           /* the storage's: sample i is its image index[i]; NULL: a callback reads them */
    const uint8_t *labels; /* one each sample, in the dataset's order */
    const uint32_t *index; /* a view's, its own; NULL: all images in the storage's order */
    uint8_t *own_labels;   /* a view's, gathered; NULL: the storage's are used */
    size_t own_validation; /* the last so many samples are what the data themselves hold out to validate */
};

/* The image of sample i < count, of the dataset's type, where there is no callback: this, and not the
 * pointer, is right for a view too. */
static inline const void *dsc_dataset_at(const dsc_dataset *data, size_t i) {
    return data->images + (data->index ? data->index[i] : i) * data->image_bytes;
}
/* The same for bytes: data that were read from files, or drawn, are of bytes in memory. */
static inline const uint8_t *dsc_dataset_image(const dsc_dataset *data, size_t i) {
    return dsc_dataset_at(data, i);
}
static inline uint8_t dsc_dataset_label(const dsc_dataset *data, size_t i) { return data->labels[i]; }
/* Whether the samples are in groups, and the group of sample i < count: samples of one group are to stay on
 * one side of every split (--group-by). */
static inline bool dsc_dataset_has_groups(const dsc_dataset *data) { return data->storage->groups != NULL; }
static inline uint64_t dsc_dataset_group(const dsc_dataset *data, size_t i) {
    return data->storage->groups[data->index ? data->index[i] : i];
}

/* Which image of its storage sample i < count is. */
static inline size_t dsc_dataset_place(const dsc_dataset *data, size_t i) {
    return data->index ? data->index[i] : i;
}

/* Makes a dataset of images (N, H, W) or (N, C, H, W) and labels (N), all bytes, and takes both over, also
 * when it fails. Checks shapes, counts, and labels against `classes` (1 to 256). `class_names` has `classes`
 * texts, which are copied, or is NULL. Who wrote the images is taken over from the labels. `images_name` and
 * `labels_name` stand for the two in messages. */
dsc_status dsc_dataset_adopt(dsc_dataset **data, dsc_content *images, dsc_content *labels, size_t classes,
                             const char *const *class_names, const char *name, const char *images_name,
                             const char *labels_name, dsc_error *error);

/* Makes a dataset of checked parts: images (none where there is `read`), labels (N), and what is to be done
 * with them. Takes the contents over, also when it fails; `release` is not called then. */
dsc_status dsc_dataset_build(dsc_dataset **data, dsc_storage *parts, dsc_type type, const size_t shape[3],
                             size_t classes, const char *const *class_names, const char *name,
                             dsc_error *error);

/* Another reference to all of `parent`. */
dsc_status dsc_dataset_share(dsc_dataset **view, const dsc_dataset *parent, dsc_error *error);

/* All of `parent`, with labels and classes of another numbering: label k is map[k] now, of `classes` that
 * are called `names` (1 to 256). What no image is labelled may be mapped to anything. */
dsc_status dsc_dataset_renumber(dsc_dataset **view, const dsc_dataset *parent, const uint16_t map[256],
                                size_t classes, const char *const *names, dsc_error *error);

/* Whether all samples are numbers that are finite; else FORMAT, naming the first image that has another.
 * `name` is the dataset's; `numbers` are (count, size); samples may be NULL: they count from 0. */
dsc_status dsc_floats_check(const float *numbers, const uint32_t *samples, size_t count, size_t size,
                            const char *name, dsc_error *error);

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
/* Takes over the groups of all images, in the order of the storage. Before anybody else has the dataset. */
void dsc_dataset_take_groups(dsc_dataset *data, uint64_t *groups);
/* What dsc_dataset_recognise said, also of a view; NULL: nothing. */
const struct dsc_known_data *dsc_dataset_known(const dsc_dataset *data);

/* dsc_dataset_open with options (NULL: the defaults). */
dsc_status dsc_dataset_open_with(dsc_dataset **data, const char *images_path, const char *labels_path,
                                 const dsc_open_options *options, dsc_error *error);

#endif
