/* SPDX-License-Identifier: MIT */
/* images.h: the properties of images (preparation, ground, fit): their names, the note beside data files, and
 * comparison. */
#ifndef DSC_DATA_IMAGES_H
#define DSC_DATA_IMAGES_H

#include "data/dataset.h"
#include "image/ground.h"

#include <jansson.h>

#define DSC_IMAGES_FILE "images.json"

/* "none", "digits"; "unknown", "dark", "light"; "none", "crop", "pad", "stretch". */
const char *dsc_preparation_name(dsc_preparation preparation);
const char *dsc_ground_name(dsc_ground ground);
const char *dsc_fit_name(dsc_fit fit);
/* False if there is no such name, or `name` is NULL. */
bool dsc_preparation_find(dsc_preparation *preparation, const char *name);
bool dsc_ground_find(dsc_ground *ground, const char *name);
bool dsc_fit_find(dsc_fit *fit, const char *name);

/* {"preparation": "none", "ground": "light", "fit": "crop"}, as models and checkpoints store it; a missing
 * "fit" is NONE. The caller owns the JSON; NULL without memory. dsc_images_from_json does not change the
 * shape; it returns false for invalid JSON and then leaves *images unchanged. */
json_t *dsc_images_to_json(const dsc_images *images);
bool dsc_images_from_json(dsc_images *images, const json_t *json);

/* For messages: "light ink on a dark ground"; for UNKNOWN "neither a dark nor a light ground throughout". */
const char *dsc_ground_words(dsc_ground ground);

/* For messages: "prepared as MNIST's digits are", "cropped to size", "not prepared". */
const char *dsc_images_words(const dsc_images *images);

/* Reads `folder`/images.json; {0} if the file does not exist. */
dsc_status dsc_images_note_read(dsc_images_note *note, const char *folder, dsc_error *error);
/* Writes the text of such a file for these images, and returns its length. */
enum { DSC_IMAGES_NOTE = 96 };
size_t dsc_images_note_format(char text[DSC_IMAGES_NOTE], const dsc_images *images);

/* dsc_dataset_describe for images (count, C, H, W) without a note. */
void dsc_images_examine(dsc_images *images, const uint8_t *pixels, size_t count, const size_t shape[3]);

/* Adds a remark if there is room. */
void dsc_remark(dsc_remarks *remarks, const char *format, ...) DSC_PRINTF(2, 3);

/* Adds remarks about differences in preparation and ground between the images of training and the images
 * shown. The names stand for the two: "the model", "the test set". Does nothing if `remarks` is NULL. */
void dsc_images_compare(dsc_remarks *remarks, const dsc_images *learned, const char *learned_name,
                        const dsc_images *shown, const char *shown_name);

#endif
