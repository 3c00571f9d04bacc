/* SPDX-License-Identifier: MIT */
#include "styles.h"

#include "data/digits.h"
#include "data/drawn.h"

#include <libdeflate.h>
#include <stdlib.h>

#define WORLD_CRC 0x3412A424
#define PRINT_CRC 0x4A108D18

static dsc_dataset *draw(size_t count, uint64_t seed, unsigned threads) {
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(dsc_digits_create(&data, count, seed, threads, &error), error);
    return data;
}

static uint32_t checksum(const dsc_dataset *data) {
    size_t count = dsc_dataset_count(data);
    uint32_t crc = libdeflate_crc32(0, dsc_dataset_images(data), count * DSC_DIGIT_BYTES);
    return libdeflate_crc32(crc, dsc_dataset_labels(data), count);
}

static void the_dataset_is_28_by_28_bytes_of_ten_classes_and_says_what_it_is(void **state) {
    (void)state;
    dsc_dataset *data = draw(7, 42, 1);
    size_t shape[3];
    dsc_dataset_shape(data, shape);
    assert_int_equal(dsc_dataset_count(data), 7);
    assert_int_equal(shape[0], 1);
    assert_int_equal(shape[1], 28);
    assert_int_equal(shape[2], 28);
    assert_int_equal(dsc_dataset_classes(data), 10);
    assert_string_equal(dsc_dataset_name(data), "built-in digits, seed 42");
    assert_string_equal(dsc_dataset_class_name(data, 3), "3");
    dsc_dataset_free(data);
}

/* The same bytes on every machine and in every version: a change of these figures changes what users get. */
static void the_same_seed_draws_the_same_bytes_on_every_machine(void **state) {
    (void)state;
    static const struct {
        uint64_t seed;
        uint32_t crc;
    } golden[] = {{1, 0x474E0803}, {0x123456789ABCDEF0, 0x2FA26B94}};
    int wrong = 0;
    for (size_t i = 0; i < 2; i++) {
        dsc_dataset *data = draw(2000, golden[i].seed, 1);
        uint32_t crc = checksum(data);
        if (crc != golden[i].crc) {
            print_error("seed %zu of the list: CRC-32 0x%08X\n", i, crc);
            wrong++;
        }
        dsc_dataset_free(data);
    }
    assert_int_equal(wrong, 0);
}

static void the_number_of_threads_changes_nothing(void **state) {
    (void)state;
    dsc_dataset *one = draw(1234, 9, 1);
    for (unsigned threads = 0; threads <= 4; threads++) {
        dsc_dataset *more = draw(1234, 9, threads);
        assert_int_equal(checksum(one), checksum(more));
        dsc_dataset_free(more);
    }
    dsc_dataset_free(one);
}

static void the_first_digits_do_not_depend_on_how_many_follow(void **state) {
    (void)state;
    dsc_dataset *all = draw(512, 3, 2);
    for (size_t count = 1; count < 512; count += 37) {
        dsc_dataset *few = draw(count, 3, 1);
        assert_memory_equal(dsc_dataset_images(few), dsc_dataset_images(all), count * DSC_DIGIT_BYTES);
        assert_memory_equal(dsc_dataset_labels(few), dsc_dataset_labels(all), count);
        dsc_dataset_free(few);
    }
    dsc_dataset_free(all);
}

static void other_seeds_draw_other_digits_and_no_digit_comes_twice(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    dsc_dataset *data[2] = {draw(COUNT, 1, 0), draw(COUNT, 2, 0)};
    static uint32_t crc[2 * COUNT];
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < COUNT; i++)
            crc[k * COUNT + i] =
                libdeflate_crc32(0, dsc_dataset_images(data[k]) + i * DSC_DIGIT_BYTES, DSC_DIGIT_BYTES);
    size_t equal = 0;
    for (size_t i = 0; i < 2 * COUNT; i++)
        for (size_t j = 0; j < i; j++) equal += crc[i] == crc[j];
    assert_in_range(equal, 0, 2); /* two 32-bit checksums may agree by chance: 0.01 pairs are expected */
    assert_memory_not_equal(dsc_dataset_labels(data[0]), dsc_dataset_labels(data[1]), 100);
    dsc_dataset_free(data[0]);
    dsc_dataset_free(data[1]);
}

static void each_ten_hold_every_digit_once_in_no_fixed_order(void **state) {
    (void)state;
    enum { TENS = 2000 };
    size_t at[10][10] = {{0}};
    for (uint64_t ten = 0; ten < TENS; ten++) {
        unsigned seen = 0;
        for (uint64_t i = 0; i < 10; i++) {
            int digit = dsc_digit_label(5, 10 * ten + i);
            assert_in_range(digit, 0, 9);
            seen |= 1U << digit;
            at[i][digit]++;
        }
        assert_int_equal(seen, 0x3FF);
    }
    for (int i = 0; i < 10; i++) /* 200 expected, standard deviation 13.4 */
        for (int digit = 0; digit < 10; digit++) assert_in_range(at[i][digit], 133, 267);
}

/* Finds the tight box around the ink, and its centre of mass in pixels from the image's edge. */
typedef struct extent {
    int left, right, top, bottom;
    double x, y, ink;
} extent;

static extent measure(const uint8_t *image) {
    extent e = {28, -1, 28, -1, 0, 0, 0};
    for (int y = 0; y < 28; y++)
        for (int x = 0; x < 28; x++) {
            int value = image[28 * y + x];
            if (!value) continue;
            if (x < e.left) e.left = x;
            if (x > e.right) e.right = x;
            if (y < e.top) e.top = y;
            if (y > e.bottom) e.bottom = y;
            e.x += value * (x + 0.5), e.y += value * (y + 0.5), e.ink += value;
        }
    e.x /= e.ink, e.y /= e.ink;
    return e;
}

static void every_digit_fills_a_box_of_20_and_is_centred_by_mass(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    size_t edges = 0;
    dsc_dataset *data = draw(COUNT, 11, 0);
    for (size_t i = 0; i < COUNT; i++) {
        extent e = measure(dsc_dataset_images(data) + i * DSC_DIGIT_BYTES);
        int width = e.right - e.left + 1, height = e.bottom - e.top + 1;
        assert_in_range(width, 2, 20);
        assert_in_range(height, 2, 20);
        assert_in_range(width > height ? width : height, 19, 20);
        /* MNIST's centre is the centre of pixel 14, half a pixel right of and below the image's. The box
         * is moved by whole pixels, and never beyond the image's edge. */
        bool at_edge_x = e.left == 0 || e.right == 27, at_edge_y = e.top == 0 || e.bottom == 27;
        if ((!at_edge_x && (e.x < 13.99 || e.x > 15.01)) || (!at_edge_y && (e.y < 13.99 || e.y > 15.01)))
            fail_msg("digit %zu: its centre of mass is at (%f, %f)", i, e.x, e.y);
        edges += at_edge_x || at_edge_y;
    }
    assert_in_range(edges, 0, COUNT / 20);
    dsc_dataset_free(data);
}

static void the_ink_is_like_mnists(void **state) {
    (void)state;
    enum { COUNT = 10000 };
    dsc_dataset *data = draw(COUNT, 12, 0);
    const uint8_t *images = dsc_dataset_images(data);
    size_t inked = 0, full = 0, sum = 0, all = (size_t)COUNT * DSC_DIGIT_BYTES;
    for (size_t i = 0; i < all; i++) {
        inked += images[i] > 0;
        full += images[i] >= 250;
        sum += images[i];
    }
    /* MNIST's training images: 0.191, 0.385, 0.1307 */
    double part = (double)inked / (double)all, saturated = (double)full / (double)inked;
    double mean = (double)sum / (double)all / 255;
    if (part < 0.17 || part > 0.21) fail_msg("%f of the pixels have ink", part);
    if (saturated < 0.33 || saturated > 0.45) fail_msg("%f of those with ink are full", saturated);
    if (mean < 0.11 || mean > 0.15) fail_msg("the mean is %f", mean);
    dsc_dataset_free(data);
}

static dsc_dataset *draw_text(const char *text, size_t count, uint64_t seed) {
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(dsc_dataset_draw(&data, text, count, seed, 0, &error), error);
    return data;
}

static void a_text_names_what_is_drawn(void **state) {
    (void)state;
    dsc_dataset *digits = draw(300, 5, 1), *named = draw_text(" digits ", 300, 5);
    dsc_dataset *usual = draw_text("digits hands=usual", 300, 5),
                *world = draw_text("digits hands=world", 300, 5);
    assert_int_equal(checksum(named), checksum(digits));
    assert_int_equal(checksum(usual), checksum(digits));
    assert_string_equal(dsc_dataset_name(usual), "built-in digits, seed 5");
    assert_int_not_equal(checksum(world), checksum(digits));
    assert_memory_equal(dsc_dataset_labels(world), dsc_dataset_labels(digits), 300);
    assert_string_equal(dsc_dataset_name(world), "built-in digits hands=world, seed 5");
    assert_ptr_equal(dsc_dataset_known(world), &dsc_known_data_digits);
    dsc_dataset *const all[] = {digits, named, usual, world};
    for (size_t i = 0; i < 4; i++) dsc_dataset_free(all[i]);
}

static void a_text_that_names_nothing_that_is_drawn_is_refused_with_a_hint(void **state) {
    (void)state;
    static const char *const tries[][2] = {{"digitz", "did you mean 'digits'"},
                                           {"", "expected a name"},
                                           {"mnist", "digits, non-digits"},
                                           {"digits hands=wrold", "did you mean"},
                                           {"digits feet=two", "feet"},
                                           {"digits, non-digits", "a single data set"},
                                           {"digits 7", "column 8"}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        dsc_dataset *data = (dsc_dataset *)&data;
        dsc_error error;
        assert_int_equal(dsc_dataset_draw(&data, tries[i][0], 10, 1, 1, &error), DSC_ERROR_ARGUMENT);
        assert_null(data);
        ASSERT_MESSAGE(error, tries[i][1]);
    }
    dsc_dataset *data = NULL;
    assert_int_equal(dsc_dataset_draw(&data, NULL, 10, 1, 1, NULL), DSC_ERROR_ARGUMENT);
    assert_true(dsc_is_drawn("digits hands=world") && dsc_is_drawn("non-digits") && !dsc_is_drawn("mnist"));
    assert_true(!dsc_is_drawn("digits/") && !dsc_is_drawn("") && !dsc_is_drawn("digit"));
}

/* The same bytes on every machine and in every version, as for the usual hands. */
static void the_worlds_hands_are_the_same_on_every_machine(void **state) {
    (void)state;
    dsc_dataset *data = draw_text("digits hands=world", 2000, 1);
    uint32_t crc = checksum(data);
    dsc_dataset_free(data);
    if (crc != WORLD_CRC) fail_msg("CRC-32 0x%08X", crc);
}

static void printed_digits_are_the_same_on_every_machine(void **state) {
    (void)state;
    dsc_dataset *data = draw_text("digits hands=print", 2000, 1);
    uint32_t crc = checksum(data);
    dsc_dataset_free(data);
    if (crc != PRINT_CRC) fail_msg("CRC-32 0x%08X", crc);
}

/* The mean of each image, sorted. */
static int by_ink(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static void inks(double *ink, const dsc_dataset *data, size_t count) {
    for (size_t i = 0; i < count; i++) ink[i] = measure(dsc_dataset_images(data) + i * DSC_DIGIT_BYTES).ink;
    qsort(ink, count, sizeof *ink, by_ink);
}

static void the_worlds_pens_are_often_finer_and_its_scans_pale_or_black_and_white(void **state) {
    (void)state;
    enum { COUNT = 4000 };
    static double usual[COUNT], world[COUNT];
    dsc_dataset *a = draw(COUNT, 3, 0), *b = draw_text("digits hands=world", COUNT, 3);
    inks(usual, a, COUNT);
    inks(world, b, COUNT);
    assert_true(world[COUNT / 20] < 0.8 * usual[COUNT / 20]);
    assert_true(world[COUNT - COUNT / 20] > 0.85 * usual[COUNT - COUNT / 20]);
    size_t pale = 0, two_levels = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const uint8_t *image = dsc_dataset_images(b) + i * DSC_DIGIT_BYTES;
        int most = 0, between = 0;
        for (size_t p = 0; p < DSC_DIGIT_BYTES; p++) {
            most = image[p] > most ? image[p] : most;
            between += image[p] > 0 && image[p] < 255;
        }
        pale += most < 200;
        two_levels += between == 0;
        assert_true(most > 30);
    }
    assert_in_range(pale, COUNT / 20, COUNT / 5);
    assert_in_range(two_levels, COUNT / 20, COUNT / 5);
    dsc_dataset_free(a);
    dsc_dataset_free(b);
}

static void every_style_is_well_formed(void **state) {
    (void)state;
    static const dsc_digit_hands *const all[] = {&dsc_digit_hands_usual, &dsc_digit_hands_world,
                                                 &dsc_digit_hands_print};
    for (size_t h = 0; h < 3; h++) {
        unsigned digits = 0;
        check_styles(all[h]->styles, all[h]->count);
        for (size_t i = 0; i < all[h]->count; i++) {
            assert_in_range(all[h]->styles[i].digit, 0, 9);
            digits |= 1U << all[h]->styles[i].digit;
        }
        assert_int_equal(digits, 0x3FF);
    }
}

static void a_count_of_zero_is_refused(void **state) {
    (void)state;
    dsc_dataset *data = (dsc_dataset *)&data;
    dsc_error error;
    assert_int_equal(dsc_digits_create(&data, 0, 1, 1, &error), DSC_ERROR_ARGUMENT);
    assert_null(data);
    ASSERT_MESSAGE(error, "count");
    assert_int_equal(dsc_digits_create(&data, SIZE_MAX, 1, 1, &error), DSC_ERROR_ARGUMENT);
    assert_null(data);
    assert_int_equal(dsc_digits_create(&data, 0, 1, 1, NULL), DSC_ERROR_ARGUMENT);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 2; threads++) {
        bool failed = true;
        long n = 0;
        for (; failed; n++) {
            dsc_dataset *data = NULL;
            dsc_error error;
            testing_fail_allocation(n);
            dsc_status status = dsc_dataset_draw(&data, "digits hands=world", 20, 1, threads, &error);
            failed = testing_allocation_failed();
            assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
            assert_true(failed == (data == NULL));
            dsc_dataset_free(data);
        }
        assert_true(n > 4);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dataset_is_28_by_28_bytes_of_ten_classes_and_says_what_it_is),
        cmocka_unit_test(the_same_seed_draws_the_same_bytes_on_every_machine),
        cmocka_unit_test(the_number_of_threads_changes_nothing),
        cmocka_unit_test(the_first_digits_do_not_depend_on_how_many_follow),
        cmocka_unit_test(other_seeds_draw_other_digits_and_no_digit_comes_twice),
        cmocka_unit_test(each_ten_hold_every_digit_once_in_no_fixed_order),
        cmocka_unit_test(every_digit_fills_a_box_of_20_and_is_centred_by_mass),
        cmocka_unit_test(the_ink_is_like_mnists),
        cmocka_unit_test(a_text_names_what_is_drawn),
        cmocka_unit_test(a_text_that_names_nothing_that_is_drawn_is_refused_with_a_hint),
        cmocka_unit_test(the_worlds_hands_are_the_same_on_every_machine),
        cmocka_unit_test(printed_digits_are_the_same_on_every_machine),
        cmocka_unit_test(the_worlds_pens_are_often_finer_and_its_scans_pale_or_black_and_white),
        cmocka_unit_test(every_style_is_well_formed),
        cmocka_unit_test(a_count_of_zero_is_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
