/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/file.h"
#include "image/image.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static dsc_error error;

/* Reads a literal without the NUL at its end. */
#define PARSE(image, literal) dsc_pnm_parse(image, literal, sizeof(literal) - 1, "test.pgm", &error)

static void check(const char *bytes, size_t size, size_t width, size_t height, size_t channels,
                  const uint8_t *pixels) {
    dsc_image image;
    ASSERT_OK(dsc_pnm_parse(&image, bytes, size, "test.pgm", &error), error);
    assert_int_equal(image.width, width);
    assert_int_equal(image.height, height);
    assert_int_equal(image.channels, channels);
    assert_memory_equal(image.pixels, pixels, width * height * channels);
    dsc_image_clear(&image);
    assert_null(image.pixels);
}
#define CHECK(literal, width, height, channels, ...)                                                         \
    check(literal, sizeof(literal) - 1, width, height, channels, (const uint8_t[]){__VA_ARGS__})

static void all_four_formats_are_read(void **state) {
    (void)state;
    CHECK("P5\n3 2\n255\nabcdef", 3, 2, 1, 'a', 'b', 'c', 'd', 'e', 'f');
    CHECK("P2\n3 2\n255\n1 2 3\n4 5 255", 3, 2, 1, 1, 2, 3, 4, 5, 255);
    CHECK("P6 1 2 255 abcdef", 1, 2, 3, 'a', 'b', 'c', 'd', 'e', 'f');
    CHECK("P3 1 1 255 7 8 9\n\n", 1, 1, 3, 7, 8, 9);
}

static void the_first_pixel_may_look_like_space_or_a_comment(void **state) {
    (void)state;
    CHECK("P5 4 1 255\n \n#1", 4, 1, 1, ' ', '\n', '#', '1');
    CHECK("P5 2 1 255\n\xFF\n", 2, 1, 1, 255, '\n');
}

static void comments_and_odd_space_are_passed_over(void **state) {
    (void)state;
    CHECK("P5# made by hand\n# 9 9\n2\t# width\r\n 1 #height\n255\nxy", 2, 1, 1, 'x', 'y');
    CHECK("P2\n# one\n2 1\n#two\n9 # three\n0 # four\n9 # no newline", 2, 1, 1, 0, 255);
}

static void other_maxima_are_scaled_to_255(void **state) {
    (void)state;
    CHECK("P2 4 1 3 0 1 2 3", 4, 1, 1, 0, 85, 170, 255);
    CHECK("P2 3 1 2 0 1 2", 3, 1, 1, 0, 128, 255); /* 127.5 rounds to nearest, half up */
    CHECK("P5 2 1 1\n\0\1", 2, 1, 1, 0, 255);
    CHECK("P5 3 1 65535\n\x00\x00\x80\x00\xFF\xFF", 3, 1, 1, 0, 128, 255);
    CHECK("P5 3 1 256\n\x00\x00\x00\x80\x01\x00", 3, 1, 1, 0, 128, 255); /* two bytes from 256 on */
    CHECK("P3 1 1 1000 0 500 1000", 1, 1, 3, 0, 128, 255);
}

static void fails_with(const char *bytes, size_t size, const char *part) {
    dsc_image image = {1, 1, 1, (uint8_t *)&error};
    error = (dsc_error){0};
    assert_int_equal(dsc_pnm_parse(&image, bytes, size, "test.pgm", &error), DSC_ERROR_FORMAT);
    assert_null(image.pixels);
    ASSERT_MESSAGE(error, "test.pgm");
    ASSERT_MESSAGE(error, part);
}
#define FAILS(literal, part) fails_with(literal, sizeof(literal) - 1, part)

static void what_is_wrong_is_told(void **state) {
    (void)state;
    FAILS("", "an empty file");
    FAILS("P", "no PGM");
    FAILS("P4\n1 1\n", "no PGM");
    FAILS("P5x", "no PGM");
    FAILS("\x89PNG\r\n\x1A\n", "no PGM");
    FAILS("P5\n", "expected the width");
    FAILS("P5\n3", "expected the height");
    FAILS("P5\n3 -1", "offset 5: expected the height");
    FAILS("P5\n3 2 ", "expected the maximum");
    FAILS("P5\n3 2 255", "offset 10: expected white space");
    FAILS("P5\n3 2 0\nabcdef", "maximum is 0");
    FAILS("P5\n3 2 65536\nabcdef", "maximum is larger");
    FAILS("P5\n0 2 255\n", "0 x 2 pixels");
    FAILS("P5\n3 2 255\nabcde", "expected 6 bytes of pixels from offset 11, found 5");
    FAILS("P5\n3 2 256\nabcdef", "expected 12 bytes");
    FAILS("P5\n3 2 255\nabcdefg", "expected the end of the file at offset 17");
    FAILS("P5\n2 1 9\n\x0A\x01", "value 10, above");
    FAILS("P2\n2 1 9\n10 1", "value of a pixel is larger");
    FAILS("P2\n2 1 9\n1 x", "offset 11: expected the value of a pixel");
    FAILS("P2\n2 1 9\n123", "value of a pixel");
    FAILS("P2\n2 1 9\n1 2 3", "expected the end");
}

static void huge_claims_cost_nothing(void **state) {
    (void)state;
    FAILS("P5\n65536 1 255\n", "width is larger than 65535");
    FAILS("P5\n99999999999999999999999999999999 1 255\n", "width is larger");
    FAILS("P5\n50000 50000 255\n", "at most 100000000");
    long before = testing_allocations();
    FAILS("P5\n10000 10000 255\nabc", "expected 100000000 bytes");
    FAILS("P2\n10000 10000 255\n1 2 3", "cut short");
    FAILS("P6\n10000 10000 65535\nabc", "expected 600000000 bytes");
    assert_int_equal(testing_allocations(), before); /* the file is too short: nothing is allocated */
}

static void a_wide_picture_is_read(void **state) {
    (void)state;
    static char bytes[50000 + 32];
    int n = snprintf(bytes, 32, "P5 50000 1 255\n");
    memset(bytes + n, 7, 50000);
    dsc_image image;
    ASSERT_OK(dsc_pnm_parse(&image, bytes, (size_t)n + 50000, "wide", &error), error);
    assert_int_equal(image.pixels[49999], 7);
    dsc_image_clear(&image);
}

static void every_prefix_is_an_error(void **state) {
    (void)state;
    static const char *const files[] = {"P5 2 2 255\nabcd", "P6 1 2 65535\nabcdefghijkl"};
    for (size_t f = 0; f < 2; f++) {
        for (size_t n = 0; n < strlen(files[f]); n++) {
            char *copy =
                malloc(n + 1); /* of the exact size, so that the sanitizer detects a read beyond it */
            memcpy(copy, files[f], n);
            char *exact = realloc(copy, n ? n : 1);
            dsc_image image;
            assert_int_equal(dsc_pnm_parse(&image, exact, n, "part", &error), DSC_ERROR_FORMAT);
            free(exact);
        }
    }
}

static void what_is_written_is_read_back(void **state) {
    (void)state;
    const char *folder = testing_folder();
    for (size_t channels = 1; channels <= 3; channels += 2) {
        char *path = dsc_path_join(folder, "picture");
        dsc_image image, back;
        ASSERT_OK(dsc_image_create(&image, 17, 9, channels, &error), error);
        for (size_t i = 0; i < 17 * 9 * channels; i++) image.pixels[i] = (uint8_t)(i * 37);
        ASSERT_OK(dsc_pnm_write(path, &image, &error), error);
        ASSERT_OK(dsc_pnm_read(&back, path, &error), error);
        assert_int_equal(back.width, 17);
        assert_int_equal(back.height, 9);
        assert_int_equal(back.channels, channels);
        assert_memory_equal(back.pixels, image.pixels, 17 * 9 * channels);
        dsc_image_clear(&image);
        dsc_image_clear(&back);
        free(path);
    }
}

static void what_cannot_be_written_leaves_nothing_behind(void **state) {
    (void)state;
    dsc_image image;
    ASSERT_OK(dsc_image_create(&image, 300, 300, 4, &error), error);
    char *path = dsc_path_join(testing_folder(), "picture.pgm");
    assert_int_equal(dsc_pnm_write(path, &image, &error), DSC_ERROR_ARGUMENT);
    image.channels = 1;
    assert_int_equal(dsc_pnm_write("/nowhere/at/all.pgm", &image, &error), DSC_ERROR_IO);
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){1000, old.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    dsc_status status = dsc_pnm_write(path, &image, &error);
    (void)setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, DSC_ERROR_IO);
    ASSERT_MESSAGE(error, path);
    assert_int_not_equal(access(path, F_OK), 0);
    dsc_image_clear(&image);
    free(path);
}

static void a_picture_is_made_within_limits(void **state) {
    (void)state;
    dsc_image image;
    assert_int_equal(dsc_image_create(&image, 0, 1, 1, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_image_create(&image, 65536, 1, 1, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_image_create(&image, 20000, 20000, 1, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_image_create(&image, SIZE_MAX, SIZE_MAX, 1, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_image_create(&image, 1, 1, 2, &error), DSC_ERROR_ARGUMENT);
    assert_null(image.pixels);
    ASSERT_OK(dsc_image_create(&image, 2, 3, 4, &error), error);
    for (size_t i = 0; i < 24; i++) assert_int_equal(image.pixels[i], 0);
    dsc_image_clear(&image);
    dsc_image_clear(&image);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    char *path = dsc_path_join(testing_folder(), "picture.pgm");
    ASSERT_OK(dsc_file_write(path, "P5 2 1 255\nxy", 13, &error), error);
    bool done = false;
    int failures = 0;
    for (long n = 0; !done; n++) {
        dsc_image image;
        testing_fail_allocation(n);
        dsc_status status = dsc_pnm_read(&image, path, &error);
        if (!status) status = dsc_pnm_write(path, &image, &error);
        done = !testing_allocation_failed();
        /* One of them is only for syncing the folder, which may fail. */
        if (status || done) assert_int_equal(status, done ? DSC_OK : DSC_ERROR_MEMORY);
        failures += status != DSC_OK;
        assert_true(!done || failures >= 4);
        dsc_image_clear(&image);
    }
    dsc_image image;
    ASSERT_OK(dsc_pnm_read(&image, path, &error), error); /* still complete */
    dsc_image_clear(&image);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_four_formats_are_read),
        cmocka_unit_test(the_first_pixel_may_look_like_space_or_a_comment),
        cmocka_unit_test(comments_and_odd_space_are_passed_over),
        cmocka_unit_test(other_maxima_are_scaled_to_255),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(huge_claims_cost_nothing),
        cmocka_unit_test(a_wide_picture_is_read),
        cmocka_unit_test(every_prefix_is_an_error),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(what_cannot_be_written_leaves_nothing_behind),
        cmocka_unit_test(a_picture_is_made_within_limits),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
