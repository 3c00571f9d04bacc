/* SPDX-License-Identifier: MIT */
/* fingerprint.c: 64-bit checksums of the parts of a data set, each a CRC-32 and an Adler-32. The two detect
 * different changes, and libdeflate computes both faster than memory is read. */
#include "data/fingerprint.h"

#include <libdeflate.h>
#include <stdio.h>
#include <string.h>

/* 64 KiB: the second checksum reads the piece from the cache. */
enum { PIECE = 65536 };

typedef struct sums {
    uint32_t crc, adler;
} sums;
static const sums START = {0, 1};

static void add(sums *s, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    for (size_t left = size; left > 0;) {
        const size_t some = left < PIECE ? left : PIECE;
        s->crc = libdeflate_crc32(s->crc, at, some);
        s->adler = libdeflate_adler32(s->adler, at, some);
        at += some;
        left -= some;
    }
}

static uint64_t both(const sums *s) { return (uint64_t)s->crc << 32 | s->adler; }

/* Images that are contiguous in memory are summed together. */
static uint64_t sum_images(const dsc_dataset *data) {
    sums s = START;
    for (size_t i = 0, end; i < data->count; i = end) {
        const uint8_t *first = dsc_dataset_image(data, i);
        for (end = i + 1; end < data->count; end++)
            if (dsc_dataset_image(data, end) != first + (end - i) * data->image_size) break;
        add(&s, first, (end - i) * data->image_size);
    }
    return both(&s);
}

dsc_fingerprint dsc_dataset_fingerprint(const dsc_dataset *data) {
    dsc_fingerprint f = {.count = data->count, .classes = dsc_dataset_classes(data)};
    sums labels = START, names = START;
    memcpy(f.shape, data->shape, sizeof f.shape);
    f.images = sum_images(data);
    add(&labels, data->labels, data->count);
    for (size_t k = 0; k < f.classes; k++) {
        const char *name = dsc_dataset_class_name(data, k);
        add(&names, name, strlen(name) + 1);
    }
    f.labels = both(&labels);
    f.names = both(&names);
    return f;
}

const char *dsc_fingerprint_difference(const dsc_fingerprint *a, const dsc_fingerprint *b) {
    if (a->count != b->count) return "the number of images";
    if (memcmp(a->shape, b->shape, sizeof a->shape) != 0) return "the size of the images";
    if (a->classes != b->classes) return "the number of classes";
    if (a->images != b->images) return a->labels != b->labels ? "images and labels" : "the images";
    if (a->labels != b->labels) return "the labels";
    return a->names != b->names ? "the names of the classes" : NULL;
}

/* --- JSON --- */

static json_t *hex(uint64_t number) {
    char text[20];
    (void)snprintf(text, sizeof text, "%016llx", (unsigned long long)number);
    return json_string(text);
}

static bool read_hex(uint64_t *number, const json_t *json, const char *key) {
    static const char digits[] = "0123456789abcdef";
    const char *text = json_string_value(json_object_get(json, key));
    *number = 0;
    if (!text || strlen(text) != 16 || strspn(text, digits) != 16) return false;
    for (; *text; text++) *number = *number << 4 | (uint64_t)(strchr(digits, *text) - digits);
    return true;
}

static bool read_count(size_t *count, const json_t *json) {
    if (!json_is_integer(json) || json_integer_value(json) < 0) return false;
    *count = (size_t)json_integer_value(json);
    return true;
}

json_t *dsc_fingerprint_to_json(const dsc_fingerprint *f) {
    return json_pack("{s:I, s:[I, I, I], s:o, s:o, s:I, s:o}", "count", (json_int_t)f->count, "shape",
                     (json_int_t)f->shape[0], (json_int_t)f->shape[1], (json_int_t)f->shape[2], "images",
                     hex(f->images), "labels", hex(f->labels), "classes", (json_int_t)f->classes, "names",
                     hex(f->names));
}

bool dsc_fingerprint_from_json(dsc_fingerprint *f, const json_t *json) {
    const json_t *shape = json_object_get(json, "shape");
    bool good = read_count(&f->count, json_object_get(json, "count")) && json_array_size(shape) == 3 &&
                read_count(&f->classes, json_object_get(json, "classes"));
    for (size_t i = 0; i < 3 && good; i++) good = read_count(&f->shape[i], json_array_get(shape, i));
    return good && read_hex(&f->images, json, "images") && read_hex(&f->labels, json, "labels") &&
           read_hex(&f->names, json, "names");
}
