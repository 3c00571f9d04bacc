/* SPDX-License-Identifier: MIT */
/* test_augment_more.c: the contracts of flip, crop, zoom, cutout and colour. */
#include "pictures.h"

#include "kernel/choose.h"

static float in[PICTURE_MOST], out[PICTURE_MOST], again[PICTURE_MOST];

static void augment(float *to, const float *from, const size_t shape[3], const char *text, uint64_t sample) {
    picture_augment(to, from, shape, text, 11, sample, dsc_kernels_auto());
}

static void
flipping_exchanges_left_and_right_or_top_and_bottom_and_twice_gives_the_image_back(void **unused) {
    (void)unused;
    static const char *const texts[] = {"flip", "flip axis=vertical"};
    const size_t shape[3] = {3, 7, 10}, count = 3 * 7 * 10;
    picture_fill(in, count);
    for (size_t k = 0; k < 2; k++) {
        augment(out, in, shape, texts[k], 1);
        for (size_t i = 0; i < count; i++) {
            const size_t x = i % 10, y = i / 10 % 7, c = i / 70;
            const size_t from = c * 70 + (k ? (6 - y) * 10 + x : y * 10 + 9 - x);
            assert_true(out[i] == in[from]);
        }
        augment(again, out, shape, texts[k], 2);
        for (size_t i = 0; i < count; i++) assert_true(again[i] == in[i]);
    }
}

static void a_flip_is_done_to_half_of_the_images_unless_told(void **unused) {
    (void)unused;
    enum { IMAGES = 4000 };
    const size_t shape[3] = {1, 1, 2};
    const uint8_t pair[2] = {1, 2};
    dsc_augment_chain *chain;
    dsc_error error;
    ASSERT_OK(dsc_augment_chain_create(&chain, "flip", &error), error);
    void *scratch = malloc(dsc_augment_scratch(chain, shape));
    assert_non_null(scratch);
    size_t flipped = 0;
    for (uint64_t i = 0; i < IMAGES; i++) {
        uint8_t to[2];
        dsc_augment_image(chain, to, pair, shape, 1, 1, i, scratch);
        flipped += to[0] == 2;
    }
    assert_true(flipped > IMAGES * 0.47 && flipped < IMAGES * 0.53); /* one standard deviation is 0.008 */
    free(scratch);
    dsc_augment_chain_free(chain);
}

static void a_chain_says_whether_it_mirrors(void **unused) {
    (void)unused;
    static const char *const texts[] = {"none", "crop, invert", "flip", "crop, flip p=0.1"};
    for (size_t k = 0; k < 4; k++) {
        dsc_augment_chain *chain;
        dsc_error error;
        ASSERT_OK(dsc_augment_chain_create(&chain, texts[k], &error), error);
        assert_true(dsc_augment_chain_mirrors(chain) ? k >= 2 : k < 2);
        dsc_augment_chain_free(chain);
    }
    assert_false(dsc_augment_chain_mirrors(NULL));
}

enum { SIDE = 9, PADDING = 3, SHIFTS = 2 * PADDING + 1 };

/* Returns the shift of `out` relative to `in`, whose values are 1 + their position; the shift must be the
 * same in all channels. */
static void check_cropped(const char *text, bool mirror, size_t seen[SHIFTS * SHIFTS]) {
    const size_t shape[3] = {2, SIDE, SIDE}, plane = SIDE * SIDE;
    for (size_t i = 0; i < 2 * plane; i++) in[i] = (float)(i + 1);
    for (uint64_t sample = 0; sample < 2000; sample++) {
        augment(out, in, shape, text, sample);
        const int middle = (int)out[SIDE / 2 * SIDE + SIDE / 2] - 1; /* a value from inside, for any shift */
        const int right = middle % SIDE - SIDE / 2, down = middle / SIDE - SIDE / 2;
        assert_true(abs(right) <= PADDING && abs(down) <= PADDING);
        seen[(down + PADDING) * SHIFTS + right + PADDING]++;
        for (int i = 0; i < 2 * SIDE * SIDE; i++) {
            int x = i % SIDE + right, y = i / SIDE % SIDE + down;
            const bool outside = x < 0 || y < 0 || x >= SIDE || y >= SIDE;
            x = x < 0 ? -x : x >= SIDE ? 2 * SIDE - 2 - x : x;
            y = y < 0 ? -y : y >= SIDE ? 2 * SIDE - 2 - y : y;
            const int from = i / (int)plane * (int)plane + y * SIDE + x;
            const float expected = outside && !mirror ? 77 : (float)(from + 1);
            assert_true(out[i] == expected);
        }
    }
    for (size_t k = 0; k < SHIFTS * SHIFTS; k++) assert_true(seen[k] > 10); /* 41 on average */
}

static void a_crop_moves_the_image_by_whole_pixels_and_fills_or_mirrors_the_rest(void **unused) {
    (void)unused;
    size_t seen[SHIFTS * SHIFTS] = {0}, mirrored[SHIFTS * SHIFTS] = {0};
    check_cropped("crop padding=3 value=77", false, seen);
    check_cropped("crop padding=3 border=mirror", true, mirrored);
}

static void a_crop_with_more_padding_than_image_shows_nothing_from_outside(void **unused) {
    (void)unused;
    const size_t shapes[][3] = {{1, 3, 2}, {1, 1, 1}};
    for (size_t s = 0; s < 2; s++)
        for (uint64_t sample = 0; sample < 200; sample++) {
            const size_t count = shapes[s][1] * shapes[s][2];
            for (size_t i = 0; i < count; i++) in[i] = (float)(i + 1);
            in[count] = 200; /* the value at a wrong position */
            augment(out, in, shapes[s], "crop padding=50 border=mirror", sample);
            for (size_t i = 0; i < count; i++) assert_true(out[i] >= 1 && out[i] <= (float)count);
            augment(out, in, shapes[s], "crop padding=1000 value=9", sample);
            for (size_t i = 0; i < count; i++) assert_true(out[i] == 9 || out[i] <= (float)count);
        }
}

/* Read from ramps: the first and the last pixel give the window, whose share must be the requested one. */
static void a_zoom_shows_a_window_inside_of_the_image_with_the_share_asked_for(void **unused) {
    (void)unused;
    enum { WIDE = 61, HIGH = 41, PLANE = WIDE * HIGH };
    double least = 1, most = 0, narrowest = 9, widest = 0;
    picture_ramps(in, HIGH, WIDE);
    for (uint64_t sample = 0; sample < 3000; sample++) {
        augment(out, in, (const size_t[3]){2, HIGH, WIDE}, "zoom least=0.4 ratio=1.5", sample);
        const double left = (double)out[0], right = (double)out[WIDE - 1];
        const double top = (double)out[PLANE], bottom = (double)out[2 * PLANE - 1];
        assert_true(left >= 0 && right <= WIDE - 1 + 1e-3 && top >= 0 && bottom <= HIGH - 1 + 1e-3);
        const double across = (right - left) / (WIDE - 1), down = (bottom - top) / (HIGH - 1);
        least = fmin(least, across * down), most = fmax(most, across * down);
        narrowest = fmin(narrowest, across / down), widest = fmax(widest, across / down);
        assert_true(fabs((double)out[WIDE / 2] - (left + right) / 2) < 1e-3);
        assert_true(fabs((double)out[PLANE + HIGH / 2 * WIDE] - (top + bottom) / 2) < 1e-3);
    }
    /* Sides are limited to the image, so a window may be slightly smaller than `least`. */
    assert_true(least > 0.38 && least < 0.42 && most > 0.98 && most <= 1.001);
    assert_true(narrowest > 1 / 1.51 && narrowest < 1 / 1.45 && widest < 1.51 && widest > 1.45);
}

static void a_cutout_is_a_square_that_may_hang_over_the_edge(void **unused) {
    (void)unused;
    enum { WIDE = 20, HIGH = 30, COUNT = WIDE * HIGH };
    const size_t shape[3] = {1, HIGH, WIDE};
    size_t whole = 0, centres[WIDE] = {0};
    for (size_t i = 0; i < COUNT; i++) in[i] = 200;
    for (uint64_t sample = 0; sample < 3000; sample++) {
        augment(out, in, shape, "erase side=7 value=5", sample);
        size_t left = WIDE, right = 0, top = HIGH, bottom = 0, wiped = 0;
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(out[i] == 5 || out[i] == 200);
            if (out[i] == 200) continue;
            const size_t x = i % WIDE, y = i / WIDE;
            wiped++;
            left = x < left ? x : left, right = x > right ? x : right;
            top = y < top ? y : top, bottom = y > bottom ? y : bottom;
        }
        assert_int_equal(wiped, (right - left + 1) * (bottom - top + 1));
        assert_true(right - left < 7 && bottom - top < 7 && right - left >= 3 && bottom - top >= 3);
        whole += wiped == 49;
        centres[left ? left + 3 : right - 3]++;
    }
    assert_true(whole > 3000 * 0.56 * 0.93 && whole < 3000 * 0.56 * 1.07); /* 14 / 20 of 24 / 30 */
    for (size_t x = 0; x < WIDE; x++) assert_true(centres[x] > 90);        /* 150 on average */
}

static void a_cutout_of_mean_leaves_the_mean_of_each_channel(void **unused) {
    (void)unused;
    const size_t shape[3] = {3, 12, 12}, plane = 144;
    picture_fill(in, 3 * plane);
    augment(out, in, shape, "erase side=24 fill=mean", 4); /* at least a quarter of the image */
    for (size_t c = 0; c < 3; c++) {
        double mean = 0;
        size_t wiped = 0;
        for (size_t i = 0; i < plane; i++) mean += (double)in[c * plane + i] / (double)plane;
        for (size_t i = c * plane; i < (c + 1) * plane; i++) {
            if (out[i] == in[i]) continue;
            wiped++;
            assert_true(fabs((double)out[i] - mean) < 1e-3);
        }
        assert_true(wiped > 130);
    }
}

static double luma(const float *image, size_t plane, size_t i) {
    return 0.299 * (double)image[i] + 0.587 * (double)image[plane + i] + 0.114 * (double)image[2 * plane + i];
}

/* Values from 90 to 164, so that nothing is clipped. */
static void fill_dull(size_t count) {
    picture_fill(in, count);
    for (size_t i = 0; i < count; i++) in[i] = 90 + in[i] * 0.29f;
}

static void hue_and_saturation_keep_the_brightness_and_leave_grey_alone(void **unused) {
    (void)unused;
    enum { PLANE = 64 };
    const size_t shape[3] = {3, 8, 8}, grey[3] = {1, 8, 8};
    static const char *const texts[] = {"colour brightness=0 contrast=0 saturation=0 hue=180",
                                        "colour brightness=0 contrast=0 saturation=0.6"};
    for (size_t k = 0; k < 2; k++)
        for (uint64_t sample = 0; sample < 50; sample++) {
            fill_dull(3 * PLANE);
            in[0] = in[PLANE] = in[2 * PLANE] = 120;
            augment(out, in, shape, texts[k], sample);
            double changed = 0;
            for (size_t i = 0; i < PLANE; i++) {
                assert_true(fabs(luma(out, PLANE, i) - luma(in, PLANE, i)) < 0.01);
                changed += fabs((double)out[i] - (double)in[i]);
            }
            assert_true(changed > 1e-3);
            for (size_t c = 0; c < 3; c++) assert_true(fabs((double)out[c * PLANE] - 120) < 1e-3);
            augment(out, in, grey, texts[k], sample);
            for (size_t i = 0; i < PLANE; i++) assert_true(fabs((double)out[i] - (double)in[i]) < 1e-3);
        }
}

static void a_hue_of_half_a_turn_reaches_the_opposite_colour(void **unused) {
    (void)unused;
    const size_t shape[3] = {3, 1, 1};
    double furthest = 0;
    in[0] = 140, in[1] = 115, in[2] = 100;
    const double y = luma(in, 1, 0), u = 0.492 * (100 - y), v = 0.877 * (140 - y);
    for (uint64_t sample = 0; sample < 500; sample++) {
        augment(out, in, shape, "colour brightness=0 contrast=0 saturation=0 hue=180", sample);
        const double new_u = 0.492 * ((double)out[2] - y), new_v = 0.877 * ((double)out[0] - y);
        assert_true(fabs(hypot(new_u, new_v) - hypot(u, v)) < 1e-3);
        furthest = fmax(furthest, hypot(new_u - u, new_v - v) / hypot(u, v));
    }
    assert_true(furthest > 1.99 && furthest < 2.001);
}

static void brightness_multiplies_and_contrast_moves_values_from_the_mean(void **unused) {
    (void)unused;
    enum { PLANE = 64 };
    for (size_t channels = 1; channels <= 3; channels += 2) {
        const size_t shape[3] = {channels, 8, 8}, count = channels * PLANE;
        double least = 9, most = 0, low = 9, high = 0;
        for (uint64_t sample = 0; sample < 400; sample++) {
            fill_dull(count);
            augment(out, in, shape, "colour brightness=0.3 contrast=0 saturation=0", sample);
            const double factor = (double)out[0] / (double)in[0];
            least = fmin(least, factor), most = fmax(most, factor);
            for (size_t i = 0; i < count; i++)
                assert_true(fabs((double)out[i] - factor * (double)in[i]) < 1e-2);
            augment(out, in, shape, "colour brightness=0 contrast=0.3 saturation=0", sample);
            double mean = 0;
            for (size_t i = 0; i < PLANE; i++)
                mean += (channels == 3 ? luma(in, PLANE, i) : (double)in[i]) / PLANE;
            const double contrast = ((double)out[1] - mean) / ((double)in[1] - mean);
            low = fmin(low, contrast), high = fmax(high, contrast);
            for (size_t i = 0; i < count; i++)
                assert_true(fabs((double)out[i] - mean - contrast * ((double)in[i] - mean)) < 1e-2);
        }
        assert_true(least > 0.6999 && least < 0.71 && most < 1.3001 && most > 1.29);
        assert_true(low > 0.6999 && low < 0.71 && high < 1.3001 && high > 1.29);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flipping_exchanges_left_and_right_or_top_and_bottom_and_twice_gives_the_image_back),
        cmocka_unit_test(a_flip_is_done_to_half_of_the_images_unless_told),
        cmocka_unit_test(a_chain_says_whether_it_mirrors),
        cmocka_unit_test(a_crop_moves_the_image_by_whole_pixels_and_fills_or_mirrors_the_rest),
        cmocka_unit_test(a_crop_with_more_padding_than_image_shows_nothing_from_outside),
        cmocka_unit_test(a_zoom_shows_a_window_inside_of_the_image_with_the_share_asked_for),
        cmocka_unit_test(a_cutout_is_a_square_that_may_hang_over_the_edge),
        cmocka_unit_test(a_cutout_of_mean_leaves_the_mean_of_each_channel),
        cmocka_unit_test(hue_and_saturation_keep_the_brightness_and_leave_grey_alone),
        cmocka_unit_test(a_hue_of_half_a_turn_reaches_the_opposite_colour),
        cmocka_unit_test(brightness_multiplies_and_contrast_moves_values_from_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
