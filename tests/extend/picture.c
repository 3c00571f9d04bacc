/* SPDX-License-Identifier: MIT */
/* my_thing.c: the format "my-thing": its name, width and height of two bytes each, big-endian, and grey
 * bytes. For a format that needs a library see gif.c. */
#include "picture/picture.h"

#include "base/error.h"

#include <string.h>

extern const picture_format picture_format_my_thing;

static const char START[] = "MY-THING";
enum { HEAD = sizeof START - 1 + 4 };

static bool recognises(const unsigned char *bytes, size_t size) {
    return size >= sizeof START - 1 && !memcmp(bytes, START, sizeof START - 1);
}

static dsc_status parse(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    const unsigned char *head = bytes + sizeof START - 1;
    memset(image, 0, sizeof *image);
    if (size < HEAD) return picture_fail_damaged(&picture_format_my_thing, name, "no size", error);
    const size_t width = (size_t)head[0] << 8 | head[1], height = (size_t)head[2] << 8 | head[3];
    dsc_status status = picture_check_size(width, height, size, 1, "my-thing", name, error);
    if (!status && size - HEAD < width * height)
        status = picture_fail_damaged(&picture_format_my_thing, name, "too few bytes", error);
    if (!status) status = dsc_image_create(image, width, height, 1, error);
    if (!status) memcpy(image->pixels, bytes + HEAD, width * height);
    return status;
}

static const char *const endings[] = {".my-thing", NULL};

const picture_format picture_format_my_thing = {
    .name = "my-thing",
    .help = "grey bytes behind a head",
    .title = "my-thing",
    .endings = endings,
    .recognises = recognises,
    .parse = parse,
};
