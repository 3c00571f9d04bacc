/* SPDX-License-Identifier: MIT */
/* test_prepare.c: the preparation of pictures, whatever they hold; what it is good for is in tests/shipped. */
#include "testing.h"

#include "image/prepare.h"

static dsc_error error;

/* A filled box on a plain ground. */
static uint8_t *box_picture(size_t width, size_t height, size_t channels, const size_t box[4],
                            const uint8_t ground[4], const uint8_t ink[4]) {
    uint8_t *pixels = malloc(width * height * channels);
    assert_non_null(pixels);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const bool inside = x >= box[0] && x < box[2] && y >= box[1] && y < box[3];
            memcpy(pixels + (y * width + x) * channels, inside ? ink : ground, channels);
        }
    return pixels;
}

static void a_box_is_fitted_and_centred(void **unused) {
    (void)unused;
    const uint8_t white[4] = {255, 255, 255, 255}, black[4] = {0, 0, 0, 255}, nothing[4] = {255, 255, 255, 0};
    const uint8_t *grounds[] = {white, black, nothing, nothing}, *inks[] = {black, white, black, white};
    const size_t box[4] = {100, 50, 140, 130}; /* 40 x 80, so 10 x 20 */
    for (size_t channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1)
        for (int how = 0; how < (channels == 4 ? 4 : 2); how++) {
            uint8_t *pixels = box_picture(200, 150, channels, box, grounds[how], inks[how]);
            dsc_digit digit;
            ASSERT_OK(dsc_prepare_digit(&digit, pixels, 150, 200, channels, &error), error);
            assert_int_equal(digit.left, 100);
            assert_int_equal(digit.top, 50);
            assert_int_equal(digit.width, 40);
            assert_int_equal(digit.height, 80);
            size_t first = 28, last = 0, mass = 0;
            for (size_t y = 0; y < 28; y++)
                for (size_t x = 0; x < 28; x++) {
                    const uint8_t value = digit.pixels[y * 28 + x];
                    mass += value;
                    if (value && x < first) first = x;
                    if (value && x > last) last = x;
                }
            assert_true(last - first + 1 >= 7 &&
                        last - first + 1 <= 11); /* such a thick stroke is made thinner */
            assert_in_range((first + last + 1) / 2, 13, 15);
            assert_true(mass > 255 * 60);
            free(pixels);
        }
}

static void blank_pictures_are_told_of(void **unused) {
    (void)unused;
    static const size_t sizes[][2] = {{1, 1}, {1, 28}, {28, 28}, {300, 200}, {5000, 3}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int value = 0; value < 256; value += 51) {
            const size_t count = sizes[i][0] * sizes[i][1];
            uint8_t *pixels = malloc(count);
            memset(pixels, value, count);
            dsc_digit digit;
            dsc_digit *digits;
            size_t found;
            assert_int_equal(dsc_prepare_digit(&digit, pixels, sizes[i][1], sizes[i][0], 1, &error),
                             DSC_ERROR_FORMAT);
            ASSERT_MESSAGE(error, "blank");
            assert_int_equal(dsc_find_digits(&digits, &found, pixels, sizes[i][1], sizes[i][0], 1, &error),
                             DSC_ERROR_FORMAT);
            assert_null(digits);
            free(pixels);
        }
}

static void impossible_sizes_are_refused(void **unused) {
    (void)unused;
    dsc_digit digit;
    const uint8_t pixel[4] = {0};
    static const size_t sizes[][3] = {{0, 1, 1}, {1, 0, 1},     {1, 1, 2},
                                      {1, 1, 0}, {70000, 1, 1}, {60000, 60000, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_int_equal(dsc_prepare_digit(&digit, pixel, sizes[i][1], sizes[i][0], sizes[i][2], &error),
                         DSC_ERROR_ARGUMENT);
}

static void a_huge_picture_is_read_too(void **unused) {
    (void)unused;
    const uint8_t white[4] = {255}, black[4] = {0};
    const size_t boxes[][4] = {{49000, 20, 49012, 90}, {10, 0, 20, 1}};
    const size_t sizes[][2] = {{50000, 120}, {65535, 1}};
    for (size_t i = 0; i < 2; i++) {
        uint8_t *pixels = box_picture(sizes[i][0], sizes[i][1], 1, boxes[i], white, black);
        dsc_digit *digits;
        size_t count;
        ASSERT_OK(dsc_find_digits(&digits, &count, pixels, sizes[i][1], sizes[i][0], 1, &error), error);
        assert_int_equal(count, 1);
        assert_int_equal(digits[0].left, boxes[i][0]);
        dsc_digits_free(digits);
        free(pixels);
    }
}

static void patterns_end_in_a_message_not_in_an_endless_search(void **unused) {
    (void)unused;
    enum { WIDE = 3000, HIGH = 500 };
    uint8_t *pixels = malloc(WIDE * HIGH);
    for (size_t y = 0; y < HIGH; y++)
        for (size_t x = 0; x < WIDE; x++) pixels[y * WIDE + x] = x % 8 < 2 && y % 8 < 2 ? 0 : 255;
    dsc_digit *digits;
    size_t count;
    assert_int_equal(dsc_find_digits(&digits, &count, pixels, HIGH, WIDE, 1, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "marks that stand apart");
    free(pixels);
}

static void any_noise_is_answered(void **unused) {
    (void)unused;
    uint32_t state = 7;
    for (int round = 0; round < 300; round++) {
        const size_t width = 1 + (state = state * 1664525u + 1013904223u) / 4 % 120,
                     height = 1 + state / 512 % 120, channels = (size_t[]){1, 3, 4}[state >> 30 ? 1 : 0];
        uint8_t *pixels = malloc(width * height * channels);
        for (size_t i = 0; i < width * height * channels; i++)
            pixels[i] =
                (uint8_t)((state = state * 1664525u + 1013904223u) >> (round % 2 ? 24 : 25 + round % 5));
        dsc_digit *digits;
        size_t count;
        if (!dsc_find_digits(&digits, &count, pixels, height, width, channels, &error))
            for (size_t i = 0; i < count; i++) {
                assert_true(digits[i].width > 0 && digits[i].left + digits[i].width <= width);
                assert_true(digits[i].height > 0 && digits[i].top + digits[i].height <= height);
            }
        dsc_digits_free(digits);
        free(pixels);
    }
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    const uint8_t white[4] = {255}, black[4] = {0};
    const size_t box[4] = {100, 50, 108, 130};
    uint8_t *pixels = box_picture(200, 150, 1, box, white, black);
    bool failed = true;
    for (long n = 0; failed; n++) {
        dsc_digit *digits;
        size_t count;
        testing_fail_allocation(n);
        dsc_status status = dsc_find_digits(&digits, &count, pixels, 150, 200, 1, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_digits_free(digits);
        assert_true(n < 100);
    }
    free(pixels);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_is_fitted_and_centred),
        cmocka_unit_test(blank_pictures_are_told_of),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(a_huge_picture_is_read_too),
        cmocka_unit_test(patterns_end_in_a_message_not_in_an_endless_search),
        cmocka_unit_test(any_noise_is_answered),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
