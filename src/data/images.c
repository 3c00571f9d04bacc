/* SPDX-License-Identifier: MIT */
/* images.c: what images are like; see images.h. */
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

const char *dsc_preparation_name(dsc_preparation preparation) { return preparations[preparation]; }
const char *dsc_ground_name(dsc_ground ground) { return grounds[ground]; }

bool dsc_preparation_find(dsc_preparation *preparation, const char *name) {
    for (int i = 0; name && i < (int)(sizeof preparations / sizeof *preparations); i++)
        if (!strcmp(name, preparations[i])) {
            *preparation = (dsc_preparation)i;
            return true;
        }
    return false;
}

bool dsc_ground_find(dsc_ground *ground, const char *name) {
    for (int i = 0; name && i < (int)(sizeof grounds / sizeof *grounds); i++)
        if (!strcmp(name, grounds[i])) {
            *ground = (dsc_ground)i;
            return true;
        }
    return false;
}

json_t *dsc_images_to_json(const dsc_images *images) {
    return json_pack("{s:s, s:s}", "preparation", dsc_preparation_name(images->preparation), "ground",
                     dsc_ground_name(images->ground));
}

bool dsc_images_from_json(dsc_images *images, const json_t *json) {
    dsc_preparation preparation;
    dsc_ground ground;
    if (!dsc_preparation_find(&preparation, json_string_value(json_object_get(json, "preparation"))) ||
        !dsc_ground_find(&ground, json_string_value(json_object_get(json, "ground"))))
        return false;
    images->preparation = preparation;
    images->ground = ground;
    return true;
}

const char *dsc_ground_words(dsc_ground ground) {
    static const char *const words[] = {[DSC_GROUND_UNKNOWN] = "neither a dark nor a light ground throughout",
                                        [DSC_GROUND_DARK] = "light ink on a dark ground",
                                        [DSC_GROUND_LIGHT] = "dark ink on a light ground"};
    return words[ground];
}

const char *dsc_preparation_words(dsc_preparation preparation) {
    return preparation == DSC_PREPARATION_DIGITS ? "prepared as MNIST's digits are" : "not prepared";
}

/* --- the file beside the data --- */

enum { NOTE_MOST = 1 << 16 };

static dsc_status parse_note(bool *noted, dsc_preparation *preparation, const char *text, size_t size,
                             const char *path, dsc_error *error) {
    json_t *json;
    dsc_status status = dsc_json_parse(&json, text, size, JSON_REJECT_DUPLICATES, path, error);
    if (status) return status;
    const json_t *value = json_object_get(json, "preparation");
    if (!json_is_object(json))
        status = dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: expected an object such as {\"preparation\": \"none\"}; correct it, or remove the file",
            path);
    else if (value && !dsc_preparation_find(preparation, json_string_value(value)))
        status =
            dsc_fail(error, DSC_ERROR_FORMAT,
                     "%s: \"preparation\": expected \"none\" or \"digits\", found %s%.40s%s; correct it, "
                     "or remove the file",
                     path, json_is_string(value) ? "\"" : "",
                     json_is_string(value) ? json_string_value(value) : "something else",
                     json_is_string(value) ? "\"" : "");
    *noted = !status && value;
    json_decref(json);
    return status;
}

dsc_status dsc_images_note_read(bool *noted, dsc_preparation *preparation, const char *folder,
                                dsc_error *error) {
    *noted = false;
    *preparation = DSC_PREPARATION_NONE;
    char *path = dsc_path_join(folder, DSC_IMAGES_FILE);
    if (!path) return dsc_fail_memory(error, strlen(folder), "a path");
    struct stat info;
    dsc_status status = DSC_OK;
    if (!stat(path, &info) || (errno != ENOENT && errno != ENOTDIR)) {
        unsigned char *bytes;
        size_t size;
        status = dsc_file_read(&bytes, &size, path, NOTE_MOST, error);
        if (!status) {
            status = parse_note(noted, preparation, (const char *)bytes, size, path, error);
            free(bytes);
        }
    }
    free(path);
    return status;
}

size_t dsc_images_note_format(char text[64], dsc_preparation preparation) {
    return (size_t)snprintf(text, 64, "{\n  \"preparation\": \"%s\"\n}\n", preparations[preparation]);
}

/* --- what a dataset's are like --- */

enum { SIDE = DSC_DIGIT_SIDE, INK = 32 };
static const double CENTRED = 2.5, PREPARED = 0.9;

/* Ink on 0, in the middle, and none at the edge. The margin tells prepared digits from photos of goods,
 * which were fitted into all of the 28 x 28. */
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

/* What images of one shape show, one after the other. */
typedef struct look {
    dsc_ground_votes votes;
    size_t prepared;
} look;

static void look_at(look *l, const uint8_t *image, const size_t shape[3]) {
    const bool fits = shape[0] == 1 && shape[1] == SIDE && shape[2] == SIDE;
    dsc_ground_vote(&l->votes, image, shape);
    l->prepared += fits && looks_prepared(image);
}

static void conclude(dsc_images *images, const look *l, const size_t shape[3]) {
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
    for (size_t i = 0; i < data->count; i += step) look_at(&l, dsc_dataset_image(data, i), shape);
    conclude(images, &l, shape);
    if (data->storage->preparation_noted)
        images->preparation = shape[0] == 1 && shape[1] == SIDE && shape[2] == SIDE
                                  ? data->storage->preparation
                                  : DSC_PREPARATION_NONE;
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
        dsc_remark(
            remarks,
            "the ink differs: %s is %s, %s %s; results will be poor: turn one of them round (255 - pixel)%s",
            shown_name, dsc_ground_words(shown->ground), learned_name, dsc_ground_words(learned->ground),
            learned->preparation == DSC_PREPARATION_DIGITS
                ? ", or make these data with `descender data pack --prepare`"
                : "");
    else if (learned->preparation != shown->preparation)
        dsc_remark(remarks, "the preparation seems to differ: %s is %s, %s %s; results may be poor%s",
                   shown_name, dsc_preparation_words(shown->preparation), learned_name,
                   dsc_preparation_words(learned->preparation),
                   learned->preparation == DSC_PREPARATION_DIGITS
                       ? "; `descender data pack --prepare` prepares pictures so"
                       : "");
}
