/* SPDX-License-Identifier: MIT */
/* pictures.h: helpers for the tests of all picture formats. */
#ifndef TESTS_PICTURE_PICTURES_H
#define TESTS_PICTURE_PICTURES_H

#include "testing.h"

#include "picture/picture.h"

/* An EXIF block whose only entry is the orientation. */
static inline size_t exif_block(unsigned char block[26], int orientation) {
    static const unsigned char start[26] = "MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1";
    memcpy(block, start, sizeof start);
    block[19] = (unsigned char)orientation;
    return sizeof start;
}

/* A picture of four quarters of different colours, without symmetry: lossy formats keep it to a few steps,
 * and each orientation shows. Sides are multiples of 16. */
static inline dsc_image four_quarters(size_t width, size_t height, size_t channels) {
    static const uint8_t colours[4][4] = {
        {250, 20, 30, 255}, {20, 200, 60, 255}, {40, 60, 220, 128}, {230, 230, 90, 255}};
    dsc_error error;
    dsc_image image;
    ASSERT_OK(dsc_image_create(&image, width, height, channels, &error), error);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            memcpy(image.pixels + (y * width + x) * channels,
                   colours[(y >= height / 2) * 2 + (x >= width / 2)], channels);
    return image;
}

/* Both are of one size, and no value differs by more than `most`. */
static inline void assert_pictures_near(const dsc_image *a, const dsc_image *b, int most) {
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->channels, b->channels);
    for (size_t i = 0; i < a->width * a->height * a->channels; i++)
        if (abs(a->pixels[i] - b->pixels[i]) > most)
            fail_msg("value %zu: %d and %d", i, a->pixels[i], b->pixels[i]);
}

/* How the helpers read a picture: tests may decode in this process what picture_parse decodes in another. */
static dsc_status (*pictures_parse)(dsc_image *image, const void *bytes, size_t size, const char *name,
                                    dsc_error *error) = picture_parse;

/* Reads bytes at the very end of an allocation, so that a sanitizer detects every read beyond them. */
static inline dsc_status parse_exact(dsc_image *image, const unsigned char *bytes, size_t size,
                                     dsc_error *error) {
    unsigned char *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    const dsc_status status = pictures_parse(image, exact, size, "test.picture", error);
    free(exact);
    if (status) {
        assert_null(image->pixels);
        ASSERT_MESSAGE((*error), "test.picture");
    }
    return status;
}

/* No prefix of a whole file is a picture. */
static inline void assert_no_prefix_is_read(const unsigned char *bytes, size_t size) {
    dsc_error error;
    dsc_image image;
    for (size_t n = 0; n < size; n++)
        if (parse_exact(&image, bytes, n, &error) != DSC_ERROR_FORMAT)
            fail_msg("the first %zu of %zu bytes are read, or fail otherwise than by their format", n, size);
}

/* Each byte changed to several values: an error or a picture, and no other effect. */
static inline void assert_changes_are_survived(const unsigned char *bytes, size_t size) {
    static const unsigned char changes[] = {0x01, 0x80, 0xFF};
    unsigned char *changed = malloc(size);
    assert_non_null(changed);
    memcpy(changed, bytes, size);
    size_t failures = 0;
    for (size_t i = 0; i < size; i++)
        for (size_t k = 0; k < sizeof changes; k++) {
            dsc_error error;
            dsc_image image;
            changed[i] ^= changes[k];
            failures += parse_exact(&image, changed, size, &error) != DSC_OK;
            dsc_image_clear(&image);
            changed[i] ^= changes[k];
        }
    free(changed);
    assert_true(failures > 0);
}

/* Each allocation of the library fails in turn. */
static inline void assert_failing_allocations_are_survived(const unsigned char *bytes, size_t size) {
    bool done = false;
    for (long n = 0; !done; n++) {
        dsc_error error;
        dsc_image image;
        testing_fail_allocation(n);
        const dsc_status status = pictures_parse(&image, bytes, size, "test.picture", &error);
        done = !testing_allocation_failed();
        assert_int_equal(status, done ? DSC_OK : DSC_ERROR_MEMORY);
        assert_true(!done || n > 0);
        dsc_image_clear(&image);
    }
}

/* In a build without the library: its files are recognised, and the message names the remedy. */
static inline void assert_missing_library_is_named(const char *format, const char *bytes, size_t size) {
    const picture_format *row = (const picture_format *)dsc_registry_find(&picture_formats, format);
    dsc_error error;
    dsc_image image;
    assert_non_null(row);
    if (picture_format_is_read(row)) TEST_SKIP("needs a build without this library");
    assert_int_equal(picture_parse(&image, bytes, size, "a.picture", &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "a.picture");
    ASSERT_MESSAGE(error, row->title);
    ASSERT_MESSAGE(error, row->library);
    ASSERT_MESSAGE(error, row->package);
}

#endif
