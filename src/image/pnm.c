/* SPDX-License-Identifier: MIT */
/* pnm.c: the PGM and PPM formats:
 *
 *   P5 WIDTH HEIGHT MAXIMUM <one white space> bytes
 *      (P5 grey, P6 colour; two bytes, big-endian, if MAXIMUM > 255)
 *   P2 WIDTH HEIGHT MAXIMUM numbers                      (P2 grey, P3 colour; as text)
 *
 * with white space, and comments from '#' to the end of the line, between the numbers of the header. */
#include "image/image.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    const unsigned char *bytes;
    size_t size, at;
    const char *name;
    dsc_error *error;
};

static bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool dsc_is_pnm(const unsigned char *bytes, size_t size) {
    return size >= 3 && bytes[0] == 'P' && memchr("2356", bytes[1], 4) &&
           (is_space(bytes[2]) || bytes[2] == '#');
}

static void skip_space(struct reader *r) {
    bool comment = false;
    for (; r->at < r->size; r->at++) {
        unsigned char c = r->bytes[r->at];
        if (comment)
            comment = c != '\n' && c != '\r';
        else if (c == '#')
            comment = true;
        else if (!is_space(c))
            return;
    }
}

/* Reads an integer of 0 to `largest`; `what` names it in messages. */
static dsc_status read_number(struct reader *r, size_t *value, size_t largest, const char *what) {
    skip_space(r);
    size_t start = r->at, number = 0;
    for (; r->at < r->size && r->bytes[r->at] >= '0' && r->bytes[r->at] <= '9'; r->at++) {
        if (number <= largest) number = number * 10 + (r->bytes[r->at] - '0');
    }
    *value = number;
    if (r->at == start && start == r->size)
        return dsc_fail(r->error, DSC_ERROR_FORMAT,
                        "%s: the file ends at offset %zu, expected the %s; it is cut short: copy it again",
                        r->name, start, what);
    if (r->at == start)
        return dsc_fail(
            r->error, DSC_ERROR_FORMAT,
            "%s: offset %zu: expected the %s, a number, found byte 0x%02x; check that the file is a "
            "PGM or PPM picture",
            r->name, start, what, r->bytes[start]);
    if (number > largest)
        return dsc_fail(r->error, DSC_ERROR_FORMAT,
                        "%s: offset %zu: the %s is larger than %zu, the maximum; make the picture smaller",
                        r->name, start, what, largest);
    return DSC_OK;
}

static dsc_status fail_cut(struct reader *r, uint64_t wanted) {
    return dsc_fail(
        r->error, DSC_ERROR_FORMAT,
        "%s: the file is cut short: expected %llu bytes of pixels from offset %zu, found %zu; copy "
        "it again",
        r->name, (unsigned long long)wanted, r->at, r->size - r->at);
}

/* value * 255 / maximum, rounded to nearest. */
static uint8_t scale(size_t value, size_t maximum) {
    return (uint8_t)((value * 510 + maximum) / (2 * maximum));
}

static dsc_status read_binary(struct reader *r, uint8_t *out, size_t count, size_t maximum) {
    size_t width = maximum > 255 ? 2 : 1;
    const unsigned char *in = r->bytes + r->at;
    for (size_t i = 0; i < count; i++) {
        size_t value = width == 2 ? (size_t)in[2 * i] << 8 | in[2 * i + 1] : in[i];
        if (value > maximum)
            return dsc_fail(r->error, DSC_ERROR_FORMAT,
                            "%s: offset %zu: a pixel has the value %zu, above the file's own maximum %zu; "
                            "the file is damaged: copy it again",
                            r->name, r->at + i * width, value, maximum);
        out[i] = scale(value, maximum);
    }
    r->at += count * width;
    return DSC_OK;
}

static dsc_status read_text(struct reader *r, uint8_t *out, size_t count, size_t maximum) {
    for (size_t i = 0; i < count; i++) {
        size_t value;
        dsc_status status = read_number(r, &value, maximum, "value of a pixel");
        if (status) return status;
        out[i] = scale(value, maximum);
    }
    return DSC_OK;
}

static dsc_status read_header(struct reader *r, size_t *width, size_t *height, size_t *maximum) {
    r->at = 2;
    dsc_status status = read_number(r, width, DSC_IMAGE_SIDE_LIMIT, "width");
    if (!status) status = read_number(r, height, DSC_IMAGE_SIDE_LIMIT, "height");
    if (!status) status = read_number(r, maximum, 65535, "maximum");
    if (status) return status;
    if (!dsc_image_size_allowed(*width, *height))
        return dsc_fail(r->error, DSC_ERROR_FORMAT,
                        "%s: the picture has %zu x %zu pixels, expected at least one and at most %d; make it "
                        "smaller",
                        r->name, *width, *height, DSC_IMAGE_PIXEL_LIMIT);
    if (*maximum == 0)
        return dsc_fail(r->error, DSC_ERROR_FORMAT, "%s: the maximum is 0, expected 1 to 65535", r->name);
    if (r->at >= r->size || !is_space(r->bytes[r->at]))
        return dsc_fail(
            r->error, DSC_ERROR_FORMAT,
            "%s: offset %zu: expected white space after the maximum; the file is damaged: copy it again",
            r->name, r->at);
    r->at++;
    return DSC_OK;
}

static dsc_status read_pixels(struct reader *r, dsc_image *image, size_t width, size_t height,
                              size_t maximum) {
    char kind = (char)r->bytes[1];
    bool is_binary = kind == '5' || kind == '6';
    size_t channels = kind == '3' || kind == '6' ? 3 : 1, count = width * height * channels;
    /* In text a value needs a digit and a space, so the file's size bounds the allocation here, too. */
    uint64_t least = is_binary ? (uint64_t)count * (maximum > 255 ? 2 : 1) : 2 * (uint64_t)count - 1;
    if (r->size - r->at < least) return fail_cut(r, least);
    dsc_status status = dsc_image_create(image, width, height, channels, r->error);
    if (status) return status;
    if (is_binary)
        status = read_binary(r, image->pixels, count, maximum);
    else
        status = read_text(r, image->pixels, count, maximum);
    if (!is_binary) skip_space(r); /* comments may end a text */
    for (; !status && r->at < r->size; r->at++) {
        if (!is_space(r->bytes[r->at]))
            status =
                dsc_fail(r->error, DSC_ERROR_FORMAT,
                         "%s: expected the end of the file at offset %zu, found %zu more bytes; it may hold "
                         "several pictures: split it",
                         r->name, r->at, r->size - r->at);
    }
    if (status) dsc_image_clear(image);
    return status;
}

dsc_status dsc_pnm_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error) {
    *image = (dsc_image){0};
    struct reader r = {.bytes = bytes, .size = size, .name = name, .error = error};
    if (!dsc_is_pnm(bytes, size))
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: is no PGM or PPM picture: expected P2, P3, P5 or P6 at its start, found %s; convert "
            "it, or name another file",
            name, size == 0 ? "an empty file" : "other bytes");
    size_t width, height, maximum;
    dsc_status status = read_header(&r, &width, &height, &maximum);
    return status ? status : read_pixels(&r, image, width, height, maximum);
}

dsc_status dsc_pnm_read(dsc_image *image, const char *path, dsc_error *error) {
    *image = (dsc_image){0};
    unsigned char *data;
    size_t size;
    dsc_status status = dsc_file_read(&data, &size, path, DSC_IMAGE_FILE_LIMIT, error);
    if (status) return status;
    status = dsc_pnm_parse(image, data, size, path, error);
    free(data);
    return status;
}

dsc_status dsc_pnm_write(const char *path, const dsc_image *image, dsc_error *error) {
    if (image->channels != 1 && image->channels != 3)
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: a picture of %zu channels cannot be written as PGM or PPM, expected 1 or 3; write a PNG",
            path, image->channels);
    dsc_text header = {0};
    dsc_text_append(&header, "P%c\n%zu %zu\n255\n", image->channels == 1 ? '5' : '6', image->width,
                    image->height);
    dsc_file_writer *writer = NULL;
    dsc_status status =
        header.failed ? dsc_fail_memory(error, 32, path) : dsc_file_writer_open(&writer, path, error);
    if (!status) status = dsc_file_writer_append(writer, header.data, header.length, error);
    if (!status)
        status = dsc_file_writer_append(writer, image->pixels, image->width * image->height * image->channels,
                                        error);
    dsc_text_free(&header);
    if (!status) return dsc_file_writer_commit(writer, error);
    dsc_file_writer_abort(writer);
    return status;
}
