/* SPDX-License-Identifier: MIT */
#include "styles.h"

#include "data/known.h"
#include "data/non_digits.h"

#include <libdeflate.h>

static dsc_dataset *draw(size_t count, uint64_t seed, unsigned threads) {
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(dsc_non_digits_create(&data, count, seed, threads, &error), error);
    return data;
}

static uint32_t checksum(const dsc_dataset *data) {
    return libdeflate_crc32(0, dsc_dataset_images(data), dsc_dataset_count(data) * DSC_DIGIT_BYTES);
}

static void the_dataset_is_28_by_28_bytes_of_one_class_and_says_what_it_is(void **state) {
    (void)state;
    dsc_dataset *data = draw(41, 42, 1);
    size_t shape[3];
    dsc_images images;
    dsc_dataset_shape(data, shape);
    dsc_dataset_describe(&images, data);
    assert_int_equal(dsc_dataset_count(data), 41);
    assert_true(shape[0] == 1 && shape[1] == 28 && shape[2] == 28);
    assert_int_equal(dsc_dataset_classes(data), 1);
    assert_string_equal(dsc_dataset_class_name(data, 0), "no digit");
    assert_string_equal(dsc_dataset_name(data), "built-in non-digits, seed 42");
    assert_ptr_equal(dsc_dataset_known(data), &dsc_known_data_non_digits);
    assert_int_equal(images.preparation, DSC_PREPARATION_DIGITS);
    for (size_t i = 0; i < 41; i++) assert_int_equal(dsc_dataset_labels(data)[i], 0);
    dsc_dataset_free(data);
}

/* The same bytes on every machine and in every version: a change of these figures changes what users get. */
static void the_same_seed_draws_the_same_bytes_on_every_machine(void **state) {
    (void)state;
    static const struct {
        uint64_t seed;
        uint32_t crc;
    } golden[] = {{1, 0xCE5B3EBA}, {0x123456789ABCDEF0, 0x0A721A1A}};
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

static void neither_threads_nor_what_follows_change_an_image(void **state) {
    (void)state;
    dsc_dataset *one = draw(1234, 9, 1);
    for (unsigned threads = 0; threads <= 4; threads++) {
        dsc_dataset *more = draw(1234, 9, threads), *few = draw(200 * threads + 1, 9, 2);
        assert_int_equal(checksum(one), checksum(more));
        assert_memory_equal(dsc_dataset_images(few), dsc_dataset_images(one),
                            dsc_dataset_count(few) * DSC_DIGIT_BYTES);
        dsc_dataset_free(more);
        dsc_dataset_free(few);
    }
    dsc_dataset_free(one);
}

static void each_twenty_hold_their_share_of_every_kind_in_no_fixed_order(void **state) {
    (void)state;
    enum { ROUNDS = 2000 };
    size_t at[DSC_NON_DIGIT_ROUND][DSC_NON_DIGIT_KINDS] = {{0}};
    for (uint64_t r = 0; r < ROUNDS; r++) {
        int seen[DSC_NON_DIGIT_KINDS] = {0};
        for (uint64_t i = 0; i < DSC_NON_DIGIT_ROUND; i++) {
            dsc_non_digit kind = dsc_non_digit_kind(5, DSC_NON_DIGIT_ROUND * r + i);
            assert_in_range(kind, 0, DSC_NON_DIGIT_KINDS - 1);
            seen[kind]++;
            at[i][kind]++;
        }
        for (int k = 0; k < DSC_NON_DIGIT_KINDS; k++) assert_int_equal(seen[k], dsc_non_digit_shares[k]);
    }
    for (int i = 0; i < DSC_NON_DIGIT_ROUND; i++)
        for (int k = 0; k < DSC_NON_DIGIT_KINDS; k++) {
            double expected = (double)ROUNDS * dsc_non_digit_shares[k] / DSC_NON_DIGIT_ROUND;
            assert_in_range(at[i][k], (size_t)(0.7 * expected), (size_t)(1.3 * expected));
        }
}

static void every_kind_has_ink_and_fits_the_box_of_20(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    dsc_dataset *data = draw(COUNT, 11, 0);
    for (size_t i = 0; i < COUNT; i++) {
        const uint8_t *image = dsc_dataset_images(data) + i * DSC_DIGIT_BYTES;
        int left = 28, right = -1, top = 28, bottom = -1, sum = 0;
        for (int y = 0; y < 28; y++)
            for (int x = 0; x < 28; x++) {
                if (!image[28 * y + x]) continue;
                sum += image[28 * y + x];
                left = x < left ? x : left, right = x > right ? x : right;
                top = y < top ? y : top, bottom = y;
            }
        if (sum < 255 || right - left >= 20 || bottom - top >= 20)
            fail_msg("image %zu, of kind %d: %d of ink in %d..%d, %d..%d", i, (int)dsc_non_digit_kind(11, i),
                     sum, left, right, top, bottom);
    }
    dsc_dataset_free(data);
}

/* A shape that is full silently ignores further points. */
static void no_shape_is_so_long_that_its_end_is_cut(void **state) {
    (void)state;
    static void (*const draws[])(dsc_digit_shape *, const dsc_digit_variation *, dsc_digit_random *) = {
        dsc_scribble_draw, dsc_digit_part_draw, dsc_digits_joined_draw};
    for (size_t k = 0; k < 3; k++)
        for (uint64_t i = 0; i < 20000; i++) {
            dsc_digit_random random;
            dsc_digit_shape shape;
            dsc_digit_random_start(&random, 7, 2, i);
            draws[k](&shape, &dsc_digit_variation_default, &random);
            assert_in_range(shape.count, 2, DSC_SHAPE_POINTS - 1);
            for (size_t p = 0; p < shape.count; p++) {
                assert_true(shape.x[p] >= -1 && shape.x[p] <= 21 && shape.y[p] >= -1 && shape.y[p] <= 21);
                assert_true(shape.radius[p] > 0.2f && shape.radius[p] < 6);
            }
        }
}

static void letters_that_look_like_digits_are_left_out(void **state) {
    (void)state;
    unsigned letters = 0;
    for (size_t i = 0; i < dsc_letter_styles_count; i++) {
        int c = dsc_letter_styles[i].digit;
        assert_true((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
        if (strchr("OoIlZzSsBbGgQq", c)) fail_msg("%c may be read as a digit", c);
        letters |= 1U << (c & 31);
    }
    for (const char *c = "ACDEFHJKLMNPRTUVWXY"; *c; c++) assert_true(letters & 1U << (*c & 31));
}

static void every_style_is_well_formed(void **state) {
    (void)state;
    check_styles(dsc_letter_styles, dsc_letter_styles_count);
    check_styles(dsc_symbol_styles, dsc_symbol_styles_count);
}

static void a_count_of_zero_is_refused(void **state) {
    (void)state;
    dsc_dataset *data = (dsc_dataset *)&data;
    dsc_error error;
    assert_int_equal(dsc_non_digits_create(&data, 0, 1, 1, &error), DSC_ERROR_ARGUMENT);
    assert_null(data);
    ASSERT_MESSAGE(error, "built-in non-digits: expected a count");
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    bool failed = true;
    long n = 0;
    for (; failed; n++) {
        dsc_dataset *data = NULL;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_non_digits_create(&data, 20, 1, 2, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        assert_true(failed == (data == NULL));
        dsc_dataset_free(data);
    }
    assert_true(n > 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dataset_is_28_by_28_bytes_of_one_class_and_says_what_it_is),
        cmocka_unit_test(the_same_seed_draws_the_same_bytes_on_every_machine),
        cmocka_unit_test(neither_threads_nor_what_follows_change_an_image),
        cmocka_unit_test(each_twenty_hold_their_share_of_every_kind_in_no_fixed_order),
        cmocka_unit_test(every_kind_has_ink_and_fits_the_box_of_20),
        cmocka_unit_test(no_shape_is_so_long_that_its_end_is_cut),
        cmocka_unit_test(letters_that_look_like_digits_are_left_out),
        cmocka_unit_test(every_style_is_well_formed),
        cmocka_unit_test(a_count_of_zero_is_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
