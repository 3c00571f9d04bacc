/* SPDX-License-Identifier: MIT */
/* Measured strokes, and changed images. */
#include "testing.h"

#include "report/robustness.h"
#include "report/strokes.h"

#include <math.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE };
static const size_t shape[3] = {1, SIDE, SIDE};

static void near(double found, double expected, double within) {
    if (!(fabs(found - expected) <= within)) fail_msg("found %.6g, expected %.6g", found, expected);
}

/* A bar `width` wide from row 4 to 23; its top is `lean` columns further to the right than its foot. */
static void draw_bar(uint8_t *image, size_t width, double lean, uint8_t ground, uint8_t ink) {
    memset(image, ground, PIXELS);
    for (size_t y = 4; y < 24; y++) {
        size_t left = (size_t)lround(12 + lean * (13.5 - (double)y) / 19);
        for (size_t x = left; x < left + width; x++) image[y * SIDE + x] = ink;
    }
}

/* A bar of w x 20 has ink 20 w; its outline is 2 (20 + w), minus the corner pixels, which count once for
 * both sides. */
static void thickness_is_that_of_a_stroke(void **state) {
    (void)state;
    uint8_t image[PIXELS];
    double traits[REPORT_TRAITS], before = 0;
    for (size_t width = 1; width <= 4; width++) {
        draw_bar(image, width, 0, 0, 255);
        report_traits_of(traits, image, shape);
        near(traits[REPORT_THICKNESS], 40.0 * (double)width / (2 * (20 + (double)width) - 2 + sqrt(2)), 1e-9);
        assert_true(traits[REPORT_THICKNESS] > before);
        before = traits[REPORT_THICKNESS];
        near(traits[REPORT_SIZE], 100.0 * 20 * (double)width / PIXELS, 1e-9);
        near(traits[REPORT_SLANT], 0, 1e-9);
    }
}

static void slant_is_to_the_right_when_the_top_is(void **state) {
    (void)state;
    uint8_t image[PIXELS];
    double traits[REPORT_TRAITS];
    draw_bar(image, 2, 19 * tan(20 * 3.14159265358979323846 / 180), 0, 200);
    report_traits_of(traits, image, shape);
    near(traits[REPORT_SLANT], 20, 1);
    draw_bar(image, 2, -19 * tan(20 * 3.14159265358979323846 / 180), 0, 200);
    report_traits_of(traits, image, shape);
    near(traits[REPORT_SLANT], -20, 1);
}

static void dark_on_light_measures_the_same(void **state) {
    (void)state;
    uint8_t image[PIXELS];
    double light[REPORT_TRAITS], dark[REPORT_TRAITS];
    draw_bar(image, 3, 5, 0, 255);
    report_traits_of(light, image, shape);
    draw_bar(image, 3, 5, 255, 0);
    report_traits_of(dark, image, shape);
    for (size_t t = 0; t <= REPORT_SIZE; t++) near(dark[t], light[t], 1e-9);
}

static void a_blank_image_has_no_traits(void **state) {
    (void)state;
    uint8_t image[PIXELS];
    double traits[REPORT_TRAITS];
    memset(image, 77, sizeof image);
    report_traits_of(traits, image, shape);
    for (size_t t = 0; t <= REPORT_SIZE; t++) assert_true(isnan(traits[t]));
    report_traits_of(traits, (const uint8_t[]){9}, (const size_t[3]){1, 1, 1}); /* the whole pixel is edge */
    assert_true(isnan(traits[REPORT_SLANT]));
}

static void change(uint8_t *out, const uint8_t *image, report_change kind, double strength, size_t number) {
    float *work = calloc(report_change_work(shape), sizeof *work);
    assert_non_null(work);
    report_change_image(out, image, shape, kind, strength, number, work);
    free(work);
}

static void a_shift_moves_every_pixel(void **state) {
    (void)state;
    uint8_t image[PIXELS], out[PIXELS];
    draw_bar(image, 3, 4, 0, 255);
    change(out, image, REPORT_SHIFT, 2, 0); /* the first direction: to the right */
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 2; x < SIDE; x++) assert_int_equal(out[y * SIDE + x], image[y * SIDE + x - 2]);
    change(out, image, REPORT_SHIFT, 1, 7); /* the last: to the left and down */
    for (size_t y = 1; y < SIDE; y++)
        for (size_t x = 0; x + 1 < SIDE; x++)
            assert_int_equal(out[y * SIDE + x], image[(y - 1) * SIDE + x + 1]);
    size_t ink = 0;
    for (size_t i = 0; i < PIXELS; i++) ink += out[i];
    assert_int_equal(ink, 20 * 3 * 255); /* nothing is lost if there is room */
}

static void a_rotation_by_nothing_changes_nothing(void **state) {
    (void)state;
    uint8_t image[PIXELS], out[PIXELS];
    draw_bar(image, 3, 4, 0, 255);
    change(out, image, REPORT_ROTATION, 0, 0);
    assert_memory_equal(out, image, PIXELS);
    change(out, image, REPORT_NO_CHANGE, 0, 0);
    assert_memory_equal(out, image, PIXELS);
    double traits[REPORT_TRAITS], turned[REPORT_TRAITS];
    report_traits_of(traits, image, shape);
    change(out, image, REPORT_ROTATION, 10, 0); /* to the left */
    report_traits_of(turned, out, shape);
    near(turned[REPORT_SLANT], traits[REPORT_SLANT] - 10, 2);
    change(out, image, REPORT_ROTATION, 10, 1); /* to the right */
    report_traits_of(turned, out, shape);
    near(turned[REPORT_SLANT], traits[REPORT_SLANT] + 10, 2);
}

static void noise_has_the_deviation_asked_for(void **state) {
    (void)state;
    uint8_t image[PIXELS], out[PIXELS], again[PIXELS], other[PIXELS];
    memset(image, 128, sizeof image);
    change(out, image, REPORT_NOISE, 20, 3);
    double squares = 0, mean = 0;
    for (size_t i = 0; i < PIXELS; i++) {
        mean += (out[i] - 128.0) / PIXELS;
        squares += (out[i] - 128.0) * (out[i] - 128.0) / PIXELS;
    }
    near(mean, 0, 3);
    near(sqrt(squares), 20, 2);
    change(again, image, REPORT_NOISE, 20, 3);
    assert_memory_equal(again, out, PIXELS);
    change(other, image, REPORT_NOISE, 20, 4);
    assert_memory_not_equal(other, out, PIXELS);
}

static void blur_keeps_the_ink_and_spreads_it(void **state) {
    (void)state;
    uint8_t image[PIXELS] = {0}, out[PIXELS];
    image[14 * SIDE + 14] = 255;
    change(out, image, REPORT_BLUR, 1, 0);
    /* exp(-x^2 / 2), x = -3 .. 3, sums to 2.5066, so 1 / 2.5066 in each direction stays in the middle */
    near(out[14 * SIDE + 14], 255 / (2.5060 * 2.5060), 1);
    near(out[14 * SIDE + 15], 255 * exp(-0.5) / (2.5060 * 2.5060), 1);
    near(out[13 * SIDE + 14], out[15 * SIDE + 14], 0);
    size_t ink = 0;
    for (size_t i = 0; i < PIXELS; i++) ink += out[i];
    near((double)ink, 255, 8); /* rounding, pixel by pixel */
}

static void contrast_is_about_the_mean(void **state) {
    (void)state;
    uint8_t image[PIXELS], out[PIXELS];
    for (size_t i = 0; i < PIXELS; i++) image[i] = i % 2 ? 200 : 100;
    change(out, image, REPORT_CONTRAST, 0.5, 0);
    assert_int_equal(out[0], 125);
    assert_int_equal(out[1], 175);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thickness_is_that_of_a_stroke),
        cmocka_unit_test(slant_is_to_the_right_when_the_top_is),
        cmocka_unit_test(dark_on_light_measures_the_same),
        cmocka_unit_test(a_blank_image_has_no_traits),
        cmocka_unit_test(a_shift_moves_every_pixel),
        cmocka_unit_test(a_rotation_by_nothing_changes_nothing),
        cmocka_unit_test(noise_has_the_deviation_asked_for),
        cmocka_unit_test(blur_keeps_the_ink_and_spreads_it),
        cmocka_unit_test(contrast_is_about_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
