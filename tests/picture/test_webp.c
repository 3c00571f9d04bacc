/* SPDX-License-Identifier: MIT */
/* test_webp.c: WebP files of every kind, made by the same library's encoder. */
#include "pictures.h"

static void a_build_without_libwebp_says_so(void **state) {
    (void)state;
    assert_missing_library_is_named("webp", "RIFF\4\0\0\0WEBP", 12);
}

#if DESCENDER_WITH_WEBP

#include <webp/encode.h>

#include "late/late.h"

/* clang-format off */
#define LATE_WEBP(X) \
    X(WebPEncodeLosslessRGB) \
    X(WebPEncodeLosslessRGBA) \
    X(WebPEncodeRGB) \
    X(WebPFree)
/* clang-format on */
static struct { LATE_WEBP(LATE_MEMBER) } api;
static const char *const webp_names[] = {LATE_WEBP(LATE_NAME) NULL};

static dsc_error error;

typedef struct webp_file {
    unsigned char *bytes; /* to be freed */
    size_t size;
} webp_file;

static webp_file make(const dsc_image *image, bool lossless) {
    uint8_t *made = NULL;
    const int width = (int)image->width, height = (int)image->height, stride = width * (int)image->channels;
    webp_file file;
    ASSERT_OK(late_load(&api, webp_names, DESCENDER_WEBP_SONAME, &error), error);
    file.size = image->channels == 4 ? api.WebPEncodeLosslessRGBA(image->pixels, width, height, stride, &made)
                : lossless           ? api.WebPEncodeLosslessRGB(image->pixels, width, height, stride, &made)
                                     : api.WebPEncodeRGB(image->pixels, width, height, stride, 95, &made);
    assert_true(file.size > 0);
    file.bytes = malloc(file.size);
    memcpy(file.bytes, made, file.size);
    api.WebPFree(made);
    return file;
}

static void put32(unsigned char *out, size_t value) {
    for (int i = 0; i < 4; i++) out[i] = (unsigned char)(value >> (8 * i));
}

/* The same picture in the extended container, with an EXIF block behind it, or as an animation. */
static webp_file extended(const webp_file *plain, const dsc_image *image, int orientation, bool with_mark,
                          bool animated) {
    unsigned char block[6 + 26] = "Exif\0";
    const size_t mark = with_mark ? 6 : 0, its = exif_block(block + 6, orientation) + mark;
    const size_t content = plain->size - 12;
    webp_file file = {.size = 12 + 18 + content + 8 + its};
    unsigned char *out = file.bytes = calloc(file.size, 1);
    memcpy(out, plain->bytes, 12);
    put32(out + 4, file.size - 8);
    memcpy(out + 12, "VP8X\12\0\0\0", 8);
    out[20] = animated ? 0x02 : 0x08;
    put32(out + 24, image->width - 1);
    put32(out + 27, image->height - 1);
    memcpy(out + 30, plain->bytes + 12, content);
    memcpy(out + 30 + content, "EXIF", 4);
    put32(out + 34 + content, its);
    memcpy(out + 38 + content, block + 6 - mark, its);
    return file;
}

static void colour_and_transparency_are_read(void **state) {
    (void)state;
    for (size_t channels = 3; channels <= 4; channels++) {
        dsc_image image = four_quarters(48, 32, channels), back;
        webp_file file = make(&image, true);
        ASSERT_OK(parse_exact(&back, file.bytes, file.size, &error), error);
        assert_pictures_near(&back, &image, 0);
        dsc_image_clear(&back);
        dsc_image_clear(&image);
        free(file.bytes);
    }
}

static void a_lossy_file_is_read(void **state) {
    (void)state;
    dsc_image image, back;
    ASSERT_OK(dsc_image_create(&image, 40, 24, 3, &error), error);
    for (size_t i = 0; i < 40 * 24; i++) memcpy(image.pixels + 3 * i, "\x60\xA0\xC8", 3);
    webp_file file = make(&image, false);
    ASSERT_OK(parse_exact(&back, file.bytes, file.size, &error), error);
    assert_pictures_near(&back, &image, 6);
    dsc_image_clear(&back);
    dsc_image_clear(&image);
    free(file.bytes);
}

static void every_orientation_is_honoured(void **state) {
    (void)state;
    dsc_image image = four_quarters(48, 32, 3);
    webp_file plain = make(&image, true);
    for (int orientation = 1; orientation <= 8; orientation++)
        for (int mark = 0; mark < 2; mark++) {
            webp_file file = extended(&plain, &image, orientation, mark, false);
            dsc_image back, expected = four_quarters(48, 32, 3);
            ASSERT_OK(parse_exact(&back, file.bytes, file.size, &error), error);
            ASSERT_OK(dsc_image_turn(&expected, orientation, &error), error);
            assert_pictures_near(&back, &expected, 0);
            dsc_image_clear(&back);
            dsc_image_clear(&expected);
            free(file.bytes);
        }
    dsc_image_clear(&image);
    free(plain.bytes);
}

static void an_animation_is_refused_and_named(void **state) {
    (void)state;
    dsc_image image = four_quarters(16, 16, 3), back;
    webp_file plain = make(&image, true), file = extended(&plain, &image, 1, false, true);
    assert_int_equal(parse_exact(&back, file.bytes, file.size, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "animation");
    dsc_image_clear(&image);
    free(plain.bytes);
    free(file.bytes);
}

static void damage_is_an_error_or_harmless(void **state) {
    (void)state;
    for (int lossless = 0; lossless < 2; lossless++) {
        dsc_image image = four_quarters(32, 16, 3);
        webp_file file = make(&image, lossless);
        /* The last byte of a chunk may be padding, which a file may omit. */
        assert_no_prefix_is_read(file.bytes, file.size - 2);
        assert_changes_are_survived(file.bytes, file.size);
        assert_failing_allocations_are_survived(file.bytes, file.size);
        dsc_image_clear(&image);
        free(file.bytes);
    }
}

static void huge_claims_cost_nothing(void **state) {
    (void)state;
    dsc_image image = four_quarters(16, 16, 3), back;
    webp_file plain = make(&image, true);
    put32(plain.bytes + 21, 0x0FFFFFFF); /* 16384 x 16384, behind the signature of lossless data */
    const long before = testing_allocations();
    assert_int_equal(picture_parse(&back, plain.bytes, plain.size, "huge.webp", &error), DSC_ERROR_FORMAT);
    assert_int_equal(testing_allocations(), before);
    ASSERT_MESSAGE(error, "16384 x 16384");
    dsc_image_clear(&image);
    free(plain.bytes);
}

#else

static void pictures_of_the_format_are_read(void **state) {
    (void)state;
    TEST_SKIP("needs libwebp");
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_libwebp_says_so),
#if DESCENDER_WITH_WEBP
        cmocka_unit_test(colour_and_transparency_are_read),
        cmocka_unit_test(a_lossy_file_is_read),
        cmocka_unit_test(every_orientation_is_honoured),
        cmocka_unit_test(an_animation_is_refused_and_named),
        cmocka_unit_test(damage_is_an_error_or_harmless),
        cmocka_unit_test(huge_claims_cost_nothing),
#else
        cmocka_unit_test(pictures_of_the_format_are_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
