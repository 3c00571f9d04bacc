/* SPDX-License-Identifier: MIT */
/* test_heif.c: HEIC and AVIF files. libheif often lacks an encoder, so tests/fuzz/make-pictures.c made the
 * files. */
#include "pictures.h"

#include "base/file.h"
#include "picture/decoder.h"

#include <sys/resource.h>

static void a_build_without_libheif_says_so(void **state) {
    (void)state;
    assert_missing_library_is_named("heif",
                                    "\0\0\0\x10"
                                    "ftypheic\0\0\0\0",
                                    16);
}

#if DESCENDER_WITH_HEIF

static dsc_error error;

typedef struct heif_file {
    unsigned char *bytes; /* to be freed */
    size_t size;
} heif_file;

static heif_file load(const char *name) {
    heif_file file;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/fuzz/corpus/heif/%s", TESTS_FOLDER, name);
    ASSERT_OK(dsc_file_read(&file.bytes, &file.size, path, 65536, &error), error);
    return file;
}

/* In this process: a process for each of thousands of changes would take too long, and shows no errors of
 * memory. */
static dsc_status parse_here(dsc_image *image, const void *bytes, size_t size, const char *name,
                             dsc_error *why) {
    const picture_format *heif = picture_format_of(bytes, size);
    *image = (dsc_image){0};
    return heif ? heif->parse(image, bytes, size, name, why)
                : dsc_fail(why, DSC_ERROR_FORMAT, "%s: is no picture", name);
}

/* A libheif may lack a codec, which this test needs. */
static bool lacks_codec(const heif_file *file) {
    dsc_image image;
    const dsc_status status = picture_parse(&image, file->bytes, file->size, "a.heic", &error);
    dsc_image_clear(&image);
    return status == DSC_ERROR_UNSUPPORTED;
}

#define LOAD(file, name)                                                                                     \
    const heif_file file = load(name);                                                                       \
    if (lacks_codec(&file)) {                                                                                \
        free(file.bytes);                                                                                    \
        TEST_SKIP("needs libheif's decoder");                                                                \
        return;                                                                                              \
    }

static void check(const char *name, size_t channels, int orientation) {
    LOAD(file, name)
    dsc_image back, expected = four_quarters(32, 16, channels);
    ASSERT_OK(parse_exact(&back, file.bytes, file.size, &error), error);
    ASSERT_OK(dsc_image_turn(&expected, orientation, &error), error);
    assert_pictures_near(&back, &expected, 12);
    dsc_image_clear(&back);
    dsc_image_clear(&expected);
    free(file.bytes);
}

static void a_heic_is_read(void **state) {
    (void)state;
    check("hevc", 3, 1);
}

static void an_avif_is_read(void **state) {
    (void)state;
    check("av1", 3, 1);
}

static void grey_has_one_channel(void **state) {
    (void)state;
    check("hevc-grey", 1, 1);
}

static void transparency_is_kept(void **state) {
    (void)state;
    check("hevc-alpha", 4, 1);
}

/* Both files have an EXIF block that says the orientation, too. */
static void a_picture_is_turned_once(void **state) {
    (void)state;
    check("hevc-turned", 3, 6);
    check("av1-mirrored", 3, 5);
}

static void damage_is_an_error_or_harmless(void **state) {
    (void)state;
    LOAD(file, "hevc")
    assert_failing_allocations_are_survived(file.bytes, file.size);
    pictures_parse = parse_here;
    assert_no_prefix_is_read(file.bytes, file.size);
    assert_changes_are_survived(file.bytes, file.size);
    assert_failing_allocations_are_survived(file.bytes, file.size);
    pictures_parse = picture_parse;
    free(file.bytes);
}

/* The picture is said to have 32 x 16 pixels, and has 16384 x 16384: decoding it takes 1.6 GB. */
static void huge_streams_cost_little(void **state) {
    (void)state;
    LOAD(file, "av1-claims")
    dsc_image back;
    struct rusage used;
    assert_int_equal(parse_exact(&back, file.bytes, file.size, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "HEIF file is damaged");
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &used), 0);
    if (used.ru_maxrss > 600 << 10) fail_msg("decoding took %ld kB", used.ru_maxrss);
    free(file.bytes);
}

static void huge_claims_cost_nothing(void **state) {
    (void)state;
    LOAD(file, "hevc")
    for (size_t i = 0; i + 16 < file.size; i++) /* of the picture, and of one of its tiles */
        if (!memcmp(file.bytes + i, "ispe", 4))
            memcpy(file.bytes + i + 8, "\0\0\x40\0\0\0\x40\0", 8); /* 16384 x 16384 */
    dsc_image back;
    const long before = testing_allocations();
    assert_int_equal(picture_parse(&back, file.bytes, file.size, "huge.heic", &error), DSC_ERROR_FORMAT);
    assert_int_equal(testing_allocations(), before + 1); /* for the process */
    ASSERT_MESSAGE(error, "16384 x 16384");
    free(file.bytes);
}

#else

static void pictures_of_the_format_are_read(void **state) {
    (void)state;
    TEST_SKIP("needs libheif");
}

#endif

int main(int argc, char **argv) {
    picture_decoder_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_libheif_says_so),
#if DESCENDER_WITH_HEIF
        cmocka_unit_test(a_heic_is_read),
        cmocka_unit_test(an_avif_is_read),
        cmocka_unit_test(grey_has_one_channel),
        cmocka_unit_test(transparency_is_kept),
        cmocka_unit_test(a_picture_is_turned_once),
        cmocka_unit_test(damage_is_an_error_or_harmless),
        cmocka_unit_test(huge_claims_cost_nothing),
        cmocka_unit_test(huge_streams_cost_little),
#else
        cmocka_unit_test(pictures_of_the_format_are_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
