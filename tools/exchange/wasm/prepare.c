/* SPDX-License-Identifier: MIT */
/* prepare.c: the library's preparation of pictures for WebAssembly: how an exported page prepares
 * drawings. */
#include <descender.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "image/notes.h"

#define EXPORT(name) __attribute__((export_name(#name)))

/* Allocates `size` bytes; 0: no memory. */
EXPORT(room) void *room(size_t size) { return malloc(size); }
EXPORT(leave) void leave(void *bytes) { free(bytes); }

/* Finds at most `most` digits in a picture (height, width, channels) and writes them as consecutive images of
 * 28 x 28. Returns their number. */
EXPORT(find)
size_t find(uint8_t *images, size_t most, const uint8_t *pixels, size_t height, size_t width,
            size_t channels) {
    dsc_digit *digits;
    dsc_picture_notes notes;
    size_t count;
    if (dsc_find_digits(&digits, &count, &notes, pixels, height, width, channels, NULL)) return 0;
    if (count > most) count = most;
    for (size_t i = 0; i < count; i++)
        memcpy(images + i * sizeof digits->pixels, digits[i].pixels, sizeof digits->pixels);
    dsc_digits_free(digits);
    return count;
}

/* Scales a picture to (C, H, W); false: impossible. */
EXPORT(fit)
int fit(uint8_t *image, size_t c, size_t h, size_t w, int how, int ground, const uint8_t *pixels,
        size_t height, size_t width, size_t channels) {
    const dsc_images expected = {.shape = {c, h, w}, .fit = (dsc_fit)how, .ground = (dsc_ground)ground};
    unsigned did;
    return dsc_prepare_image(image, &did, NULL, &expected, pixels, height, width, channels, NULL) == DSC_OK;
}

/* Nobody reads messages here; formatting them would add printf, which is larger than everything else. */
dsc_status(dsc_fail)(dsc_error *error, dsc_status code, const char *format, ...) {
    (void)error, (void)format;
    return code;
}
dsc_status(dsc_fail_memory)(dsc_error *error, size_t bytes, const char *what) {
    (void)error, (void)bytes, (void)what;
    return DSC_ERROR_MEMORY;
}
void dsc_text_append(dsc_text *text, const char *format, ...) { (void)text, (void)format; }
void dsc_text_append_bytes(dsc_text *text, const void *bytes, size_t count) {
    (void)text, (void)bytes, (void)count;
}
void dsc_text_free(dsc_text *text) { (void)text; }
void dsc_notes_marks(dsc_text *text, const dsc_picture_notes *notes) { (void)text, (void)notes; }
