/* SPDX-License-Identifier: MIT */
/* images.h: what images are like: how that is named, noted beside the files of data, and compared. */
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
/* False if there is none of that name (NULL is none). */
bool dsc_preparation_find(dsc_preparation *preparation, const char *name);
bool dsc_ground_find(dsc_ground *ground, const char *name);
bool dsc_fit_find(dsc_fit *fit, const char *name);

/* {"preparation": "none", "ground": "light", "fit": "crop"}, as models and checkpoints keep it; no "fit"
 * means NONE. NULL: out of memory. The way back leaves the shape alone; false: it says something else, and
 * *images is as it was. */
json_t *dsc_images_to_json(const dsc_images *images);
bool dsc_images_from_json(dsc_images *images, const json_t *json);

/* "light ink on a dark ground": for messages; of UNKNOWN "neither a dark nor a light ground throughout". */
const char *dsc_ground_words(dsc_ground ground);

/* "prepared as MNIST's digits are", "cropped to size", "not prepared": for messages. */
const char *dsc_images_words(const dsc_images *images);

/* What `folder`/images.json says; {0} if there is no such file. */
dsc_status dsc_images_note_read(dsc_images_note *note, const char *folder, dsc_error *error);
/* What such a file says of these images; returns its length. */
enum { DSC_IMAGES_NOTE = 96 };
size_t dsc_images_note_format(char text[DSC_IMAGES_NOTE], const dsc_images *images);

/* dsc_dataset_describe of images (count, C, H, W), of which nothing is noted. */
void dsc_images_examine(dsc_images *images, const uint8_t *pixels, size_t count, const size_t shape[3]);

/* One more remark, if there is room. */
void dsc_remark(dsc_remarks *remarks, const char *format, ...) DSC_PRINTF(2, 3);

/* Remarks on what differs in preparation and ground between the images that something was trained on and
 * those that it is shown. The names stand for the two: "the model", "the test set". NULL remarks: nothing is
 * done. */
void dsc_images_compare(dsc_remarks *remarks, const dsc_images *learned, const char *learned_name,
                        const dsc_images *shown, const char *shown_name);

#endif
