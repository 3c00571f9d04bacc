/* SPDX-License-Identifier: MIT */
/* test_fit.c: pictures of any size and channels become images of one size, compared with a simple
 * reference in floating point, value by value, over all pixels. */
#include "testing.h"

#include "image/fit.h"

#include <math.h>

static dsc_error error;
static uint32_t state_of_noise = 1;

static uint8_t noise(void) {
    state_of_noise = state_of_noise * 1664525u + 1013904223u;
    return (uint8_t)(state_of_noise >> 24);
}

/* --- the reference --- */

/* The weight of pixel i of n in value j of m. */
static double weight(size_t i, size_t n, size_t j, size_t m) {
    const double scale = (double)n / (double)m;
    if (m <= n) {
        const double low = fmax((double)i, (double)j * scale),
                     high = fmin((double)(i + 1), (double)(j + 1) * scale);
        return fmax(0, high - low) / scale;
    }
    double x = ((double)j + 0.5) * scale - 0.5;
    x = fmin(fmax(x, 0), (double)(n - 1));
    return fmax(0, 1 - fabs(x - (double)i));
}

static double plain(const uint8_t *pixels, size_t height, size_t width, size_t y, size_t rows, size_t x,
                    size_t columns) {
    double sum = 0;
    for (size_t i = 0; i < height; i++)
        for (size_t k = 0; k < width; k++)
            sum += weight(i, height, y, rows) * weight(k, width, x, columns) * pixels[i * width + k];
    return sum;
}

static void sides_are_averaged_over_areas_and_interpolated(void **state) {
    (void)state;
    static const size_t sizes[][4] = {{9, 7, 3, 2},  {10, 10, 10, 10}, {11, 13, 5, 12}, {3, 3, 2, 2},
                                      {4, 4, 8, 8},  {5, 3, 17, 4},    {1, 1, 5, 3},    {2, 40, 7, 9},
                                      {31, 2, 8, 5}, {1, 9, 1, 4},     {6, 5, 1, 1},    {64, 64, 28, 28}};
    uint8_t pixels[64 * 64], image[64 * 64];
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t *s = sizes[k], shape[3] = {1, s[2], s[3]};
        for (size_t i = 0; i < s[0] * s[1]; i++) pixels[i] = noise();
        ASSERT_OK(dsc_fit_image(image, shape, DSC_FIT_STRETCH, pixels, s[0], s[1], 1, &error), error);
        for (size_t y = 0; y < s[2]; y++)
            for (size_t x = 0; x < s[3]; x++) {
                const double expected = plain(pixels, s[0], s[1], y, s[2], x, s[3]);
                if (fabs((double)image[y * s[3] + x] - expected) > 0.5 + 1e-9)
                    fail_msg("%zu x %zu to %zu x %zu, value %zu, %zu: %d, expected %f", s[0], s[1], s[2],
                             s[3], y, x, image[y * s[3] + x], expected);
            }
    }
}

static void a_picture_of_the_size_stays_as_it_is(void **state) {
    (void)state;
    uint8_t pixels[12 * 9], image[12 * 9];
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = noise();
    for (int fit = DSC_FIT_NONE; fit <= DSC_FIT_STRETCH; fit++) {
        memset(image, 0, sizeof image);
        ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 12, 9}, (dsc_fit)fit, pixels, 12, 9, 1, &error),
                  error);
        assert_memory_equal(image, pixels, sizeof image);
    }
}

/* The largest picture that is allowed: sums do not overflow. */
static void the_widest_picture_keeps_its_white(void **state) {
    (void)state;
    const size_t width = DSC_IMAGE_SIDE_LIMIT, shapes[][3] = {{1, 1, 1}, {1, 1, 65534}, {1, 65535, 1}};
    uint8_t *pixels = malloc(width), *image = malloc(width);
    assert_true(pixels && image);
    memset(pixels, 255, width);
    for (size_t k = 0; k < 3; k++) {
        ASSERT_OK(dsc_fit_image(image, shapes[k], DSC_FIT_STRETCH, pixels, 1, width, 1, &error), error);
        for (size_t i = 0; i < shapes[k][1] * shapes[k][2]; i++) assert_int_equal(image[i], 255);
    }
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 2, 3}, DSC_FIT_STRETCH, pixels, width, 1, 1, &error),
              error);
    for (size_t i = 0; i < 6; i++) assert_int_equal(image[i], 255);
    free(pixels);
    free(image);
}

/* --- crop and pad --- */

static void crop_takes_the_middle(void **state) {
    (void)state;
    uint8_t image[4];
    const uint8_t wide[2 * 6] = {9, 9, 1, 2, 9, 9, 9, 9, 3, 4, 9, 9};
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 2, 2}, DSC_FIT_CROP, wide, 2, 6, 1, &error), error);
    assert_memory_equal(image, ((const uint8_t[]){1, 2, 3, 4}), 4);
    const uint8_t high[6 * 2] = {9, 9, 9, 9, 1, 2, 3, 4, 9, 9, 9, 9};
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 2, 2}, DSC_FIT_CROP, high, 6, 2, 1, &error), error);
    assert_memory_equal(image, ((const uint8_t[]){1, 2, 3, 4}), 4);
    /* 4 x 8 covers 2 x 2 by its middle 4 x 4. */
    uint8_t large[4 * 8];
    memset(large, 200, sizeof large);
    for (size_t y = 0; y < 4; y++) memset(large + 8 * y + 2, (int)(10 * y), 4);
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 2, 2}, DSC_FIT_CROP, large, 4, 8, 1, &error), error);
    assert_memory_equal(image, ((const uint8_t[]){5, 5, 25, 25}), 4);
}

/* Most of the border is 7: an object that touches it does not change the fill colour. */
static void pad_fills_with_the_median_of_the_border(void **state) {
    (void)state;
    uint8_t image[6 * 6], pixels[3 * 6];
    memset(pixels, 7, sizeof pixels);
    pixels[6 + 2] = pixels[2] = pixels[3] = 250;
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 6, 6}, DSC_FIT_PAD, pixels, 3, 6, 1, &error), error);
    for (size_t y = 0; y < 6; y++)
        for (size_t x = 0; x < 6; x++)
            assert_int_equal(image[6 * y + x], y >= 1 && y < 4 ? pixels[6 * (y - 1) + x] : 7);
    uint8_t turned[6 * 3];
    for (size_t i = 0; i < 18; i++) turned[i % 6 * 3 + i / 6] = pixels[i];
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 6, 6}, DSC_FIT_PAD, turned, 6, 3, 1, &error), error);
    for (size_t y = 0; y < 6; y++)
        for (size_t x = 0; x < 6; x++)
            assert_int_equal(image[6 * y + x], x >= 1 && x < 4 ? turned[3 * y + x - 1] : 7);
}

static void pad_shows_all_of_the_narrowest_picture(void **state) {
    (void)state;
    uint8_t image[3 * 4 * 4], line[1000 * 3];
    for (size_t i = 0; i < sizeof line; i++) line[i] = (uint8_t)(i % 3 * 100);
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){3, 4, 4}, DSC_FIT_PAD, line, 1, 1000, 3, &error), error);
    for (size_t i = 0; i < sizeof image; i++) assert_int_equal(image[i], i / 16 * 100);
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){3, 4, 4}, DSC_FIT_CROP, line, 1000, 1, 3, &error),
              error);
    for (size_t i = 0; i < sizeof image; i++) assert_int_equal(image[i], i / 16 * 100);
}

/* --- channels --- */

static void channels_become_those_of_the_image(void **state) {
    (void)state;
    uint8_t image[6];
    const uint8_t colour[6] = {200, 100, 50, 1, 2, 3}, grey[2] = {40, 60};
    const uint8_t glass[8] = {200, 100, 50, 255, 0, 0, 0, 51};
    const size_t three[3] = {3, 1, 2}, one[3] = {1, 1, 2};
    ASSERT_OK(dsc_fit_image(image, three, DSC_FIT_NONE, colour, 1, 2, 3, &error), error);
    assert_memory_equal(image, ((const uint8_t[]){200, 1, 100, 2, 50, 3}), 6);
    ASSERT_OK(dsc_fit_image(image, three, DSC_FIT_NONE, grey, 1, 2, 1, &error), error);
    assert_memory_equal(image, ((const uint8_t[]){40, 60, 40, 60, 40, 60}), 6);
    ASSERT_OK(dsc_fit_image(image, one, DSC_FIT_NONE, colour, 1, 2, 3, &error), error);
    assert_int_equal(image[0], (int)(0.299 * 200 + 0.587 * 100 + 0.114 * 50 + 0.5));
    ASSERT_OK(dsc_fit_image(image, three, DSC_FIT_NONE, glass, 1, 2, 4, &error), error);
    assert_memory_equal(image, ((const uint8_t[]){200, 204, 100, 204, 50, 204}),
                        6); /* a fifth black on white */
}

static void white_strokes_on_nothing_stand_on_black(void **state) {
    (void)state;
    uint8_t image[2];
    const uint8_t strokes[8] = {255, 255, 255, 255, 255, 255, 255, 0};
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){1, 1, 2}, DSC_FIT_NONE, strokes, 1, 2, 4, &error),
              error);
    assert_memory_equal(image, ((const uint8_t[]){255, 0}), 2);
}

/* So that a grey JPEG gives the same image among colour pictures and among grey ones. */
static void a_picture_that_is_all_but_grey_gives_three_equal_channels(void **state) {
    (void)state;
    uint8_t image[6], luma[2];
    const uint8_t pixels[6] = {100, 104, 99, 7, 3, 2};
    ASSERT_OK(dsc_fit_image(image, (const size_t[3]){3, 1, 2}, DSC_FIT_NONE, pixels, 1, 2, 3, &error), error);
    ASSERT_OK(dsc_fit_image(luma, (const size_t[3]){1, 1, 2}, DSC_FIT_NONE, pixels, 1, 2, 3, &error), error);
    for (size_t i = 0; i < 6; i++) assert_int_equal(image[i], luma[i % 2]);
}

static void the_colour_of_a_picture_is_told_from_the_noise_of_compression(void **state) {
    (void)state;
    uint8_t pixels[4 * 4] = {10, 16, 12, 255, 200, 200, 200, 255, 90, 90, 90, 0, 5, 5, 5, 255};
    dsc_image image = {.width = 4, .height = 1, .channels = 4, .pixels = pixels};
    assert_false(dsc_image_has_colour(&image));
    pixels[8] = 200; /* the colour of an invisible pixel */
    assert_false(dsc_image_has_colour(&image));
    pixels[14] = 30;
    assert_true(dsc_image_has_colour(&image));
    image.channels = 1;
    assert_false(dsc_image_has_colour(&image));
}

/* --- refused --- */

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    uint8_t pixels[64] = {0}, image[64];
    const size_t good[3] = {1, 2, 2}, two[3] = {2, 2, 2}, none[3] = {1, 0, 2};
    const struct {
        const size_t *shape;
        dsc_fit fit;
        size_t height, width, channels;
        const char *says;
    } cases[] = {{good, DSC_FIT_NONE, 2, 3, 1, "crop, pad or stretch"},
                 {good, DSC_FIT_CROP, 0, 3, 1, "0 x 3 pixels"},
                 {good, DSC_FIT_CROP, 3, 65536, 1, "65536"},
                 {good, DSC_FIT_CROP, 3, 3, 2, "with 2"},
                 {two, DSC_FIT_PAD, 3, 3, 1, "2 x 2 x 2"},
                 {none, DSC_FIT_PAD, 3, 3, 1, "1 x 0 x 2"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(dsc_fit_image(image, cases[i].shape, cases[i].fit, pixels, cases[i].height,
                                       cases[i].width, cases[i].channels, &error),
                         DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, cases[i].says);
    }
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    uint8_t pixels[64] = {0}, image[4];
    bool done = false;
    for (long n = 0; !done; n++) {
        testing_fail_allocation(n);
        const dsc_status status =
            dsc_fit_image(image, (const size_t[3]){1, 2, 2}, DSC_FIT_CROP, pixels, 8, 8, 1, &error);
        done = !testing_allocation_failed();
        assert_int_equal(status, done ? DSC_OK : DSC_ERROR_MEMORY);
        assert_true(!done || n > 3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_are_averaged_over_areas_and_interpolated),
        cmocka_unit_test(a_picture_of_the_size_stays_as_it_is),
        cmocka_unit_test(the_widest_picture_keeps_its_white),
        cmocka_unit_test(crop_takes_the_middle),
        cmocka_unit_test(pad_fills_with_the_median_of_the_border),
        cmocka_unit_test(pad_shows_all_of_the_narrowest_picture),
        cmocka_unit_test(channels_become_those_of_the_image),
        cmocka_unit_test(white_strokes_on_nothing_stand_on_black),
        cmocka_unit_test(a_picture_that_is_all_but_grey_gives_three_equal_channels),
        cmocka_unit_test(the_colour_of_a_picture_is_told_from_the_noise_of_compression),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
