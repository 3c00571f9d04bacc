/* SPDX-License-Identifier: MIT */
/* picture.c: picture files of all formats, recognised by content or name; see picture.h. */
#include "picture/picture.h"

#include "base/error.h"
#include "base/file.h"
#include "base/recognise.h"
#include "picture/decoder.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- formats --- */

const picture_format *picture_format_of(const unsigned char *bytes, size_t size) {
    const picture_format *format;
    for (size_t i = 0; (format = picture_format_at(i)); i++)
        if (format->recognises(bytes, size)) return format;
    return NULL;
}

bool picture_is_name(const char *name) {
    const size_t length = strlen(name);
    const picture_format *format;
    for (size_t i = 0; (format = picture_format_at(i)); i++)
        for (size_t k = 0; format->endings[k]; k++) {
            const size_t its = strlen(format->endings[k]);
            if (length > its && !strcasecmp(name + length - its, format->endings[k])) return true;
        }
    return false;
}

void picture_name_endings(dsc_text *text) {
    const picture_format *format;
    bool first = true;
    for (size_t i = 0; (format = picture_format_at(i)); i++)
        for (size_t k = 0; format->endings[k]; k++, first = false)
            dsc_text_append(text, "%s*%s", first ? "" : ", ", format->endings[k]);
}

void picture_titles(dsc_text *text) {
    const picture_format *format;
    bool first = true;
    for (size_t i = 0; (format = picture_format_at(i)); i++) {
        if (!picture_format_is_read(format)) continue;
        dsc_text_append(text, "%s%s", first ? "" : ", ", format->title);
        first = false;
    }
}

/* --- reading --- */

static dsc_status fail_unknown(const unsigned char *bytes, size_t size, const char *name, dsc_error *error) {
    dsc_text titles = {0};
    picture_titles(&titles);
    const dsc_status status =
        titles.failed
            ? dsc_fail_memory(error, 0, name)
            : dsc_fail(error, DSC_ERROR_FORMAT,
                       "%s: is no supported picture: expected %s, found %s; convert it, or name another file",
                       name, titles.data, dsc_kind_name(dsc_recognise(bytes, size)));
    dsc_text_free(&titles);
    return status;
}

dsc_status picture_count(size_t *pages, const void *bytes, size_t size, const char *name, dsc_error *error) {
    const picture_format *format = picture_format_of(bytes, size);
    *pages = 1;
    if (!format || !format->count) return DSC_OK;
    return format->apart ? picture_decoder_count(pages, format, bytes, size, name, error)
                         : format->count(pages, bytes, size, name, error);
}

dsc_status picture_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error) {
    return picture_parse_page(image, 0, bytes, size, name, error);
}

dsc_status picture_parse_page(dsc_image *image, size_t page, const void *bytes, size_t size, const char *name,
                              dsc_error *error) {
    *image = (dsc_image){0};
    const picture_format *format = picture_format_of(bytes, size);
    if (!format) return fail_unknown(bytes, size, name, error);
    if (format->apart && picture_format_is_read(format))
        return picture_decoder_parse(image, format, page, bytes, size, name, error);
    if (format->parse_page) return format->parse_page(image, page, bytes, size, name, error);
    if (format->parse) return format->parse(image, bytes, size, name, error);
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "%s: is a %s picture, which this build cannot read, because it lacks %s; install the "
                    "development package of %s (%s) and build again, or convert the picture to PGM or PPM",
                    name, format->title, format->library, format->library, format->package);
}

dsc_status picture_read(dsc_image *image, const char *path, dsc_error *error) {
    *image = (dsc_image){0};
    unsigned char *data;
    size_t size;
    dsc_status status = dsc_file_read(&data, &size, path, DSC_IMAGE_FILE_LIMIT, error);
    if (status) return status;
    status = picture_parse(image, data, size, path, error);
    free(data);
    return status;
}

dsc_status picture_check_size(uint64_t width, uint64_t height, size_t file_size, uint64_t pixels_a_byte,
                              const char *title, const char *name, dsc_error *error) {
    if (width > SIZE_MAX || height > SIZE_MAX || !dsc_image_size_allowed((size_t)width, (size_t)height))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: the picture has %llu x %llu pixels, expected sides from 1 to %d and at most %d "
                        "pixels in total; make it smaller",
                        name, (unsigned long long)width, (unsigned long long)height, DSC_IMAGE_SIDE_LIMIT,
                        DSC_IMAGE_PIXEL_LIMIT);
    if (pixels_a_byte && width * height / pixels_a_byte > file_size)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: the %s file is damaged or cut short: %llu x %llu pixels need far more than its "
                        "%zu bytes; make or copy it again",
                        name, title, (unsigned long long)width, (unsigned long long)height, file_size);
    return DSC_OK;
}

dsc_status picture_fail_damaged(const picture_format *format, const char *name, const char *reason,
                                dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: the %s file is damaged or cut short (%s: %s), expected a whole one; make or copy it "
                    "again",
                    name, format->title, format->library, reason);
}

/* --- writing --- */

dsc_status picture_png_write(const char *path, const dsc_image *image, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    dsc_status status = picture_png_format(&bytes, &size, image, error);
    if (status) return dsc_error_context(error, status, "%s", path);
    status = dsc_file_write(path, bytes, size, error);
    free(bytes);
    return status;
}

dsc_status picture_write(const char *path, const dsc_image *image, dsc_error *error) {
    const char *dot = strrchr(path, '.');
    if (dot && !strcasecmp(dot, ".png")) return picture_png_write(path, image, error);
    if (dot && (!strcasecmp(dot, ".pgm") || !strcasecmp(dot, ".ppm"))) {
        size_t channels = dot[2] == 'g' || dot[2] == 'G' ? 1 : 3;
        if (image->channels == channels) return dsc_pnm_write(path, image, error);
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: files of this kind have %zu channels, but the picture has %zu; name the file .png", path,
            channels, image->channels);
    }
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "%s: the end of the name must tell the kind of picture; expected .png, .pgm or .ppm",
                    path);
}
