/* SPDX-License-Identifier: MIT */
/* class_match.h: matches the classes of two numberings by their names. */
#ifndef DSC_DATA_CLASS_MATCH_H
#define DSC_DATA_CLASS_MATCH_H

#include <descender.h>

#include <jansson.h>

/* The named classes of a model, a data set or a checkpoint. */
typedef struct dsc_class_list {
    const char *const *names;
    size_t count;
    const char *owner; /* for messages: "the model", "letters, test set" */
} dsc_class_list;

/* Maps each class of `shown`, at most 256, to its number in `learned`. `used` (256): the classes with images.
 * An unnamed class (called by its number) without images may be missing in `learned`. DSC_ERROR_MISMATCH:
 * another class is missing; the message names the first one, both lists and the remedy. `remarks` (or NULL)
 * receives a difference of order, and the classes of `learned` that `shown` lacks. */
dsc_status dsc_classes_match(uint16_t map[256], dsc_remarks *remarks, const dsc_class_list *learned,
                             const dsc_class_list *shown, const bool used[256], dsc_error *error);

/* Whether the names are "0", "1", ..., as for classes without names. */
bool dsc_classes_are_unnamed(const dsc_class_list *list);

/* The list of a data set's classes. */
dsc_class_list dsc_dataset_class_list(const dsc_dataset *data);

/* Makes a view of `data` with the class numbers of `learned` (dsc_classes_match). The caller frees it. */
dsc_status dsc_dataset_match_classes(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                     const dsc_class_list *learned, dsc_error *error);

/* {"shape": [1, 28, 28], "classes": ["0", ...]}, as checkpoints and journals store it; the caller owns it.
 * NULL without memory. */
json_t *dsc_dataset_to_json(const dsc_dataset *data);

/* Makes a view of `data` that fits a run started with other data: the same image shape and exactly the same
 * classes. `json` is what dsc_dataset_to_json made; parts that an older version did not store are not
 * checked. `owner` as in dsc_class_list. The caller frees the view. */
dsc_status dsc_dataset_match_json(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                  const json_t *json, const char *owner, dsc_error *error);

#endif
