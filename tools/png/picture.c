/* SPDX-License-Identifier: MIT */
/* picture.c: picture files of every kind, told apart by content or name. */
#include "png/picture.h"

#include "base/error.h"
#include "base/file.h"
#include "base/recognise.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

dsc_status picture_parse(dsc_image *image, const void *bytes, size_t size, const char *name,
                         dsc_error *error) {
    *image = (dsc_image){0};
    if (picture_is_png(bytes, size)) return picture_png_parse(image, bytes, size, name, error);
    if (dsc_is_pnm(bytes, size)) return dsc_pnm_parse(image, bytes, size, name, error);
    return dsc_fail(
        error, DSC_ERROR_FORMAT,
        "%s: is no picture that can be read: expected a PNG, PGM or PPM file, found %s; convert it, or "
        "name another file",
        name, dsc_kind_name(dsc_recognise(bytes, size)));
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
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: a file of this kind has %zu channels, the picture has %zu; name it .png", path,
                        channels, image->channels);
    }
    return dsc_fail(
        error, DSC_ERROR_ARGUMENT,
        "%s: what kind of picture this is to be is told by the end of its name, expected .png, .pgm or "
        ".ppm",
        path);
}
