/* SPDX-License-Identifier: MIT */
/* images.c: describes images; see images.h. */
#include "data/images.h"

#include "base/digit.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "data/dataset.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* --- names --- */

static const char *const preparations[] = {
    [DSC_PREPARATION_NONE] = "none", [DSC_PREPARATION_DIGITS] = "digits"};
static const char *const grounds[] = {
    [DSC_GROUND_UNKNOWN] = "unknown", [DSC_GROUND_DARK] = "dark", [DSC_GROUND_LIGHT] = "light"};

static const char *const fits[] = {
    [DSC_FIT_NONE] = "none", [DSC_FIT_CROP] = "crop", [DSC_FIT_PAD] = "pad", [DSC_FIT_STRETCH] = "stretch"};

const char *dsc_preparation_name(dsc_preparation preparation) { return preparations[preparation]; }
const char *dsc_ground_name(dsc_ground ground) { return grounds[ground]; }
const char *dsc_fit_name(dsc_fit fit) { return fits[fit]; }

/* The index of a name, or -1. */
static int find_name(const char *const *names, size_t count, const char *name) {
    for (size_t i = 0; name && i < count; i++)
        if (!strcmp(name, names[i])) return (int)i;
    return -1;
}

bool dsc_preparation_find(dsc_preparation *preparation, const char *name) {
    const int found = find_name(preparations, sizeof preparations / sizeof *preparations, name);
    if (found >= 0) *preparation = (dsc_preparation)found;
    return found >= 0;
}

bool dsc_ground_find(dsc_ground *ground, const char *name) {
    const int found = find_name(grounds, sizeof grounds / sizeof *grounds, name);
    if (found >= 0) *ground = (dsc_ground)found;
    return found >= 0;
}

bool dsc_fit_find(dsc_fit *fit, const char *name) {
    const int found = find_name(fits, sizeof fits / sizeof *fits, name);
    if (found >= 0) *fit = (dsc_fit)found;
    return found >= 0;
}

json_t *dsc_images_to_json(const dsc_images *images) {
    json_t *json = json_pack("{s:s, s:s}", "preparation", dsc_preparation_name(images->preparation), "ground",
                             dsc_ground_name(images->ground));
    if (!json || images->fit == DSC_FIT_NONE ||
        !json_object_set_new(json, "fit", json_string(dsc_fit_name(images->fit))))
        return json;
    json_decref(json);
    return NULL;
}

/* Older files do not have "fit": NONE. */
static bool fit_from_json(dsc_fit *fit, const json_t *json) {
    const json_t *value = json_object_get(json, "fit");
    *fit = DSC_FIT_NONE;
    return !value || dsc_fit_find(fit, json_string_value(value));
}

bool dsc_images_from_json(dsc_images *images, const json_t *json) {
    dsc_images read = *images;
    if (!dsc_preparation_find(&read.preparation, json_string_value(json_object_get(json, "preparation"))) ||
        !dsc_ground_find(&read.ground, json_string_value(json_object_get(json, "ground"))) ||
        !fit_from_json(&read.fit, json))
        return false;
    *images = read;
    return true;
}

const char *dsc_ground_words(dsc_ground ground) {
    static const char *const words[] = {[DSC_GROUND_UNKNOWN] = "neither a dark nor a light ground throughout",
                                        [DSC_GROUND_DARK] = "light ink on a dark ground",
                                        [DSC_GROUND_LIGHT] = "dark ink on a light ground"};
    return words[ground];
}

const char *dsc_images_words(const dsc_images *images) {
    static const char *const words[] = {[DSC_FIT_NONE] = "not prepared",
                                        [DSC_FIT_CROP] = "cropped to size",
                                        [DSC_FIT_PAD] = "padded to size",
                                        [DSC_FIT_STRETCH] = "stretched to size"};
    return images->preparation == DSC_PREPARATION_DIGITS ? "prepared as MNIST's digits are"
                                                         : words[images->fit];
}

/* --- the file beside the data --- */

enum { NOTE_MOST = 1 << 16 };

/* Fails for one value of the note; `wanted` lists the valid ones. */
static dsc_status fail_value(const json_t *value, const char *key, const char *wanted, const char *path,
                             dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: \"%s\": expected %s, found %s%.40s%s; correct it, or remove the file", path, key,
                    wanted, json_is_string(value) ? "\"" : "",
                    json_is_string(value) ? json_string_value(value) : "something else",
                    json_is_string(value) ? "\"" : "");
}

static dsc_status parse_note(dsc_images_note *note, const char *text, size_t size, const char *path,
                             dsc_error *error) {
    json_t *json;
    dsc_status status = dsc_json_parse(&json, text, size, JSON_REJECT_DUPLICATES, path, error);
    if (status) return status;
    const json_t *preparation = json_object_get(json, "preparation");
    if (!json_is_object(json))
        status = dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: expected an object such as {\"preparation\": \"none\"}; correct it, or remove the file",
            path);
    else if (preparation && !dsc_preparation_find(&note->preparation, json_string_value(preparation)))
        status = fail_value(preparation, "preparation", "\"none\" or \"digits\"", path, error);
    else if (!fit_from_json(&note->fit, json))
        status = fail_value(json_object_get(json, "fit"), "fit", "\"none\", \"crop\", \"pad\" or \"stretch\"",
                            path, error);
    note->prepared_noted = preparation != NULL;
    json_decref(json);
    return status;
}

dsc_status dsc_images_note_read(dsc_images_note *note, const char *folder, dsc_error *error) {
    *note = (dsc_images_note){0};
    char *path = dsc_path_join(folder, DSC_IMAGES_FILE);
    if (!path) return dsc_fail_memory(error, strlen(folder), "a path");
    struct stat info;
    dsc_status status = DSC_OK;
    if (!stat(path, &info) || (errno != ENOENT && errno != ENOTDIR)) {
        unsigned char *bytes;
        size_t size;
        status = dsc_file_read(&bytes, &size, path, NOTE_MOST, error);
        if (!status) {
            status = parse_note(note, (const char *)bytes, size, path, error);
            free(bytes);
        }
    }
    free(path);
    return status;
}

size_t dsc_images_note_format(char text[DSC_IMAGES_NOTE], const dsc_images *images) {
    const bool fitted = images->fit != DSC_FIT_NONE;
    return (size_t)snprintf(text, DSC_IMAGES_NOTE, "{\n  \"preparation\": \"%s\"%s%s%s\n}\n",
                            dsc_preparation_name(images->preparation), fitted ? ",\n  \"fit\": \"" : "",
                            fitted ? dsc_fit_name(images->fit) : "", fitted ? "\"" : "");
}

/* --- describing a data set --- */

enum { SIDE = DSC_DIGIT_SIDE, INK = 32 };
static const double CENTRED = 2.5, PREPARED = 0.9;

/* Whether an image looks like a prepared digit: ink on 0, centred by mass, with an empty margin. The margin
 * excludes photos of goods that fill all of the 28 x 28 pixels. */
static bool looks_prepared(const uint8_t *image) {
    size_t left = SIDE, right = 0, top = SIDE, bottom = 0;
    double mass = 0, across = 0, down = 0;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            const uint8_t v = image[y * SIDE + x];
            mass += v, across += v * ((double)x + 0.5), down += v * ((double)y + 0.5);
            if (v < INK) continue;
            if (x < left) left = x;
            if (x > right) right = x;
            if (y < top) top = y;
            bottom = y;
        }
    if (right < left) return false;
    const double x = across / mass - SIDE / 2.0, y = down / mass - SIDE / 2.0;
    return left > 0 && top > 0 && right < SIDE - 1 && bottom < SIDE - 1 && x > -CENTRED && x < CENTRED &&
           y > -CENTRED && y < CENTRED;
}

/* Counts over images of one shape. */
typedef struct look {
    dsc_ground_votes votes;
    size_t prepared;
} look;

static void look_at(look *l, const uint8_t *image, const size_t shape[3]) {
    const bool could = shape[0] == 1 && shape[1] == SIDE && shape[2] == SIDE;
    dsc_ground_vote(&l->votes, image, shape);
    l->prepared += could && looks_prepared(image);
}

static void conclude(dsc_images *images, const look *l, const size_t shape[3]) {
    images->fit = DSC_FIT_NONE;
    memcpy(images->shape, shape, sizeof images->shape);
    images->ground = dsc_ground_elected(&l->votes);
    images->preparation =
        images->ground == DSC_GROUND_DARK && (double)l->prepared >= PREPARED * (double)l->votes.voters
            ? DSC_PREPARATION_DIGITS
            : DSC_PREPARATION_NONE;
}

void dsc_images_examine(dsc_images *images, const uint8_t *pixels, size_t count, const size_t shape[3]) {
    look l = {.prepared = 0};
    const size_t size = shape[0] * shape[1] * shape[2], step = dsc_look_step(count);
    for (size_t i = 0; i < count; i += step) look_at(&l, pixels + i * size, shape);
    conclude(images, &l, shape);
}

void dsc_dataset_describe(dsc_images *images, const dsc_dataset *data) {
    look l = {.prepared = 0};
    const size_t *shape = data->shape, step = dsc_look_step(data->count);
    for (size_t i = 0; i < data->count && data->images && data->type == DSC_U8; i += step)
        look_at(&l, dsc_dataset_image(data, i), shape);
    conclude(images, &l, shape);
    const dsc_images_note *note = &data->storage->note;
    const bool could = shape[0] == 1 && shape[1] == SIDE && shape[2] == SIDE;
    if (note->prepared_noted) images->preparation = could ? note->preparation : DSC_PREPARATION_NONE;
    if (images->preparation == DSC_PREPARATION_NONE) images->fit = note->fit;
}

/* --- compared --- */

void dsc_remark(dsc_remarks *remarks, const char *format, ...) {
    if (!remarks || remarks->count == DSC_REMARKS_MOST) return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(remarks->line[remarks->count++], DSC_MESSAGE_SIZE, format, arguments);
    va_end(arguments);
}

void dsc_images_compare(dsc_remarks *remarks, const dsc_images *learned, const char *learned_name,
                        const dsc_images *shown, const char *shown_name) {
    if (dsc_grounds_differ(learned->ground, shown->ground))
        dsc_remark(remarks,
                   "the grounds differ: %s is %s, but %s %s; results will be poor: invert one of them (255 - "
                   "pixel)%s",
                   shown_name, dsc_ground_words(shown->ground), learned_name,
                   dsc_ground_words(learned->ground),
                   learned->preparation == DSC_PREPARATION_DIGITS
                       ? ", or make these data with `descender data pack --prepare`"
                       : "");
    else if (learned->preparation != shown->preparation ||
             (learned->fit && shown->fit && learned->fit != shown->fit))
        dsc_remark(remarks, "the preparation seems to differ: %s is %s, but %s %s; results may be poor%s",
                   shown_name, dsc_images_words(shown), learned_name, dsc_images_words(learned),
                   learned->preparation == DSC_PREPARATION_DIGITS
                       ? "; `descender data pack --prepare` prepares pictures like that"
                       : "");
}
