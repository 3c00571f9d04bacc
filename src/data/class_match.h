/* SPDX-License-Identifier: MIT */
/* class_match.h: classes of two numberings, brought together by their names. */
#ifndef DSC_DATA_CLASS_MATCH_H
#define DSC_DATA_CLASS_MATCH_H

#include <descender.h>

#include <jansson.h>

/* Named classes: of a model, of a dataset, of a checkpoint. */
typedef struct dsc_class_list {
    const char *const *names;
    size_t count;
    const char *owner; /* for messages: "the model", "letters, test set" */
} dsc_class_list;

/* For each class of `shown`, 256 at most, its number in `learned`. `used` (256) says of which there are
 * images: a class without a name (called by its number) and without an image may be missing in `learned`.
 * MISMATCH: another is; the message names the first, both lists and the remedy. `remarks` (NULL: nowhere) is
 * told of another order, and of classes of `learned` that `shown` has not. */
dsc_status dsc_classes_match(uint16_t map[256], dsc_remarks *remarks, const dsc_class_list *learned,
                             const dsc_class_list *shown, const bool used[256], dsc_error *error);

/* Whether they are called "0", "1", ..., as classes without names are. */
bool dsc_classes_are_unnamed(const dsc_class_list *list);

/* Those of a dataset. */
dsc_class_list dsc_dataset_class_list(const dsc_dataset *data);

/* `data`, numbered as `learned` numbers classes of these names: dsc_classes_match. */
dsc_status dsc_dataset_match_classes(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                     const dsc_class_list *learned, dsc_error *error);

/* {"shape": [1, 28, 28], "classes": ["0", ...]}, as checkpoints and journals keep it; NULL: out of memory. */
json_t *dsc_dataset_to_json(const dsc_dataset *data);

/* `data` for what was begun with such data: images of that shape, all of those classes and no others. `json`
 * is what a file kept; what it does not say (it is of an older version) is taken as it is. `owner` as in
 * dsc_class_list. */
dsc_status dsc_dataset_match_json(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                  const json_t *json, const char *owner, dsc_error *error);

#endif
