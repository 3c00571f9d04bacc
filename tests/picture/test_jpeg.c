/* SPDX-License-Identifier: MIT */
/* test_jpeg.c: JPEG files of every kind, made by the same library's encoder. */
#include "pictures.h"

static void a_build_without_libjpeg_says_so(void **state) {
    (void)state;
    assert_missing_library_is_named("jpeg", "\xFF\xD8\xFF\xE0", 4);
}

#if DESCENDER_WITH_JPEG

#include <stdio.h>

#include <jpeglib.h>

#include "late/late.h"

/* clang-format off */
#define LATE_JPEG(X) \
    X(jpeg_std_error) \
    X(jpeg_CreateCompress) \
    X(jpeg_mem_dest) \
    X(jpeg_set_defaults) \
    X(jpeg_set_quality) \
    X(jpeg_set_colorspace) \
    X(jpeg_simple_progression) \
    X(jpeg_start_compress) \
    X(jpeg_write_marker) \
    X(jpeg_write_scanlines) \
    X(jpeg_finish_compress) \
    X(jpeg_destroy_compress)
/* clang-format on */
static struct { LATE_JPEG(LATE_MEMBER) } api;
static const char *const jpeg_names[] = {LATE_JPEG(LATE_NAME) NULL};

static dsc_error error;

typedef struct making {
    bool progressive, without_adobe;
    int orientation;             /* 0: no EXIF */
    const jpeg_scan_info *scans; /* of a progressive file */
    int scan_count;
    J_COLOR_SPACE space; /* of four channels: JCS_CMYK or JCS_YCCK */
} making;

/* The bytes of a file, to be freed. */
static unsigned char *make(size_t *size, const dsc_image *image, making how) {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    ASSERT_OK(late_load(&api, jpeg_names, DESCENDER_JPEG_SONAME, &error), error);
    jpeg.err = api.jpeg_std_error(&errors);
    api.jpeg_CreateCompress(&jpeg, JPEG_LIB_VERSION, sizeof jpeg);
    api.jpeg_mem_dest(&jpeg, &bytes, &length);
    jpeg.image_width = (JDIMENSION)image->width;
    jpeg.image_height = (JDIMENSION)image->height;
    jpeg.input_components = (int)image->channels;
    jpeg.in_color_space = image->channels == 1 ? JCS_GRAYSCALE : image->channels == 3 ? JCS_RGB : JCS_CMYK;
    api.jpeg_set_defaults(&jpeg);
    if (image->channels == 4) api.jpeg_set_colorspace(&jpeg, how.space);
    api.jpeg_set_quality(&jpeg, 98, TRUE);
    for (int c = 0; c < jpeg.num_components; c++)
        jpeg.comp_info[c].h_samp_factor = jpeg.comp_info[c].v_samp_factor = 1;
    if (how.progressive) api.jpeg_simple_progression(&jpeg);
    if (how.scans) jpeg.scan_info = how.scans, jpeg.num_scans = how.scan_count;
    if (how.without_adobe) jpeg.write_Adobe_marker = FALSE;
    api.jpeg_start_compress(&jpeg, TRUE);
    if (how.orientation) {
        unsigned char block[6 + 26] = "Exif\0";
        const size_t its = exif_block(block + 6, how.orientation);
        api.jpeg_write_marker(&jpeg, JPEG_APP0 + 1, block, (unsigned)(6 + its));
    }
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = image->pixels + jpeg.next_scanline * image->width * image->channels;
        (void)api.jpeg_write_scanlines(&jpeg, &row, 1);
    }
    api.jpeg_finish_compress(&jpeg);
    api.jpeg_destroy_compress(&jpeg);
    *size = length;
    return bytes;
}

static dsc_image made_and_read(const dsc_image *image, making how) {
    size_t size;
    unsigned char *bytes = make(&size, image, how);
    dsc_image back;
    ASSERT_OK(parse_exact(&back, bytes, size, &error), error);
    free(bytes);
    return back;
}

static void grey_and_colour_are_read(void **state) {
    (void)state;
    for (size_t channels = 1; channels <= 3; channels += 2)
        for (int progressive = 0; progressive < 2; progressive++) {
            dsc_image image = four_quarters(48, 32, channels);
            dsc_image back = made_and_read(&image, (making){.progressive = progressive});
            assert_pictures_near(&back, &image, 6);
            dsc_image_clear(&back);
            dsc_image_clear(&image);
        }
}

/* In most files 0 means no ink; Adobe's programs, which leave a mark, invert it. */
static void cmyk_becomes_colour(void **state) {
    (void)state;
    static const uint8_t ink[4] = {200, 100, 0, 50}; /* cyan, magenta, yellow, black */
    static const J_COLOR_SPACE spaces[] = {JCS_CMYK, JCS_YCCK};
    for (int adobe = 0; adobe < 2; adobe++)
        for (size_t s = adobe ? 0 : 1; s < 2; s++) {
            const J_COLOR_SPACE space = adobe ? spaces[s] : JCS_CMYK; /* only Adobe's mark identifies YCCK */
            dsc_image image, back;
            ASSERT_OK(dsc_image_create(&image, 16, 16, 4, &error), error);
            for (size_t i = 0; i < 16 * 16 * 4; i++)
                image.pixels[i] = adobe ? (uint8_t)(255 - ink[i % 4]) : ink[i % 4];
            back = made_and_read(&image, (making){.space = space, .without_adobe = !adobe});
            assert_int_equal(back.channels, 3);
            for (size_t c = 0; c < 3; c++) {
                const int expected = (255 - ink[c]) * (255 - ink[3]) / 255;
                assert_in_range(back.pixels[c], expected > 4 ? expected - 4 : 0, expected + 4);
            }
            dsc_image_clear(&back);
            dsc_image_clear(&image);
        }
}

static void every_orientation_is_honoured(void **state) {
    (void)state;
    dsc_image image = four_quarters(48, 32, 3);
    dsc_image upright = made_and_read(&image, (making){0});
    for (int orientation = 1; orientation <= 8; orientation++) {
        dsc_image back = made_and_read(&image, (making){.orientation = orientation}), expected;
        ASSERT_OK(dsc_image_create(&expected, 48, 32, 3, &error), error);
        memcpy(expected.pixels, upright.pixels, (size_t)48 * 32 * 3);
        ASSERT_OK(dsc_image_turn(&expected, orientation, &error), error);
        assert_int_equal(back.width, orientation < 5 ? 48 : 32);
        assert_pictures_near(&back, &expected, 0);
        dsc_image_clear(&back);
        dsc_image_clear(&expected);
    }
    dsc_image_clear(&upright);
    dsc_image_clear(&image);
}

/* Cameras leave stray bytes before a marker; other programs show such pictures completely. */
static void stray_bytes_before_a_marker_do_no_harm(void **state) {
    (void)state;
    dsc_image image = four_quarters(16, 16, 1), back;
    size_t size;
    unsigned char *bytes = make(&size, &image, (making){0});
    unsigned char *more = malloc(size + 3);
    memcpy(more, bytes, size - 2);
    memcpy(more + size - 2, "\1\2\3\xFF\xD9", 5);
    ASSERT_OK(parse_exact(&back, more, size + 3, &error), error);
    assert_pictures_near(&back, &image, 6);
    dsc_image_clear(&back);
    dsc_image_clear(&image);
    free(more);
    free(bytes);
}

static void damage_is_an_error_or_harmless(void **state) {
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        dsc_image image = four_quarters(16, 16, 3);
        size_t size;
        unsigned char *bytes = make(&size, &image, (making){.progressive = progressive});
        assert_no_prefix_is_read(bytes, size);
        assert_changes_are_survived(bytes, size);
        assert_failing_allocations_are_survived(bytes, size);
        dsc_image_clear(&image);
        free(bytes);
    }
}

/* The place of the sides in the header of a baseline file. */
static unsigned char *sides_of(unsigned char *bytes, size_t size) {
    unsigned char *frame = memmem(bytes, size, "\xFF\xC0", 2);
    assert_non_null(frame);
    return frame + 5;
}

static void huge_claims_cost_nothing(void **state) {
    (void)state;
    static const unsigned char sides[][4] = {{0xFF, 0xDC, 0xFF, 0xDC},
                                             {0x27, 0x10, 0x27, 0x11},
                                             {0x27, 0x10, 0x27, 0x10},
                                             {0x00, 0x00, 0x00, 0x10}};
    dsc_image image = four_quarters(16, 16, 1), back;
    size_t size;
    unsigned char *bytes = make(&size, &image, (making){0});
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        memcpy(sides_of(bytes, size), sides[i], 4);
        const long before = testing_allocations();
        assert_int_equal(picture_parse(&back, bytes, size, "huge.jpg", &error), DSC_ERROR_FORMAT);
        assert_int_equal(testing_allocations(), before);
        ASSERT_MESSAGE(error, "huge.jpg");
    }
    dsc_image_clear(&image);
    free(bytes);
}

/* Each coefficient separately, one bit at a time. */
static void a_file_of_hundreds_of_scans_is_refused(void **state) {
    (void)state;
    jpeg_scan_info scans[1 + 63 * 4] = {{.comps_in_scan = 1}};
    for (int k = 1, at = 1; k < 64; k++)
        for (int bit = 3; bit >= 0; bit--, at++)
            scans[at] = (jpeg_scan_info){
                .comps_in_scan = 1, .Ss = k, .Se = k, .Ah = bit == 3 ? 0 : bit + 1, .Al = bit};
    dsc_image image = four_quarters(16, 16, 1), back;
    size_t size;
    unsigned char *bytes = make(&size, &image, (making){.scans = scans, .scan_count = 1 + 63 * 4});
    assert_int_equal(parse_exact(&back, bytes, size, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "scans");
    free(bytes);
    bytes = make(&size, &image, (making){.scans = scans, .scan_count = 1 + 40 * 4});
    ASSERT_OK(parse_exact(&back, bytes, size, &error), error);
    dsc_image_clear(&back);
    dsc_image_clear(&image);
    free(bytes);
}

#else

static void pictures_of_the_format_are_read(void **state) {
    (void)state;
    TEST_SKIP("needs libjpeg");
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_libjpeg_says_so),
#if DESCENDER_WITH_JPEG
        cmocka_unit_test(grey_and_colour_are_read),
        cmocka_unit_test(cmyk_becomes_colour),
        cmocka_unit_test(every_orientation_is_honoured),
        cmocka_unit_test(stray_bytes_before_a_marker_do_no_harm),
        cmocka_unit_test(damage_is_an_error_or_harmless),
        cmocka_unit_test(huge_claims_cost_nothing),
        cmocka_unit_test(a_file_of_hundreds_of_scans_is_refused),
#else
        cmocka_unit_test(pictures_of_the_format_are_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
