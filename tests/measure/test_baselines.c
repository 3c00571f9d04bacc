/* SPDX-License-Identifier: MIT */
/* The nearest neighbours, computed by threads, against a brute force. */
#include "testing.h"

#include "base/random.h"
#include "data/dataset.h"
#include "measure/baselines.h"

/* The answer of three neighbours by the header's definition, in integers only. */
static size_t brute(const dsc_dataset *training, const uint32_t *searched, size_t count,
                    const uint8_t *image) {
    uint64_t distance[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    size_t label[3] = {0};
    for (size_t i = 0; i < count; i++) {
        const uint8_t *other = dsc_dataset_image(training, searched[i]);
        uint64_t sum = 0;
        for (size_t p = 0; p < training->image_size; p++) {
            const int d = (int)image[p] - (int)other[p];
            sum += (uint64_t)(d * d);
        }
        for (size_t at = 0; at < 3; at++) {
            if (sum >= distance[at]) continue;
            for (size_t k = 2; k > at; k--) {
                distance[k] = distance[k - 1];
                label[k] = label[k - 1];
            }
            distance[at] = sum;
            label[at] = dsc_dataset_label(training, searched[i]);
            break;
        }
    }
    return label[1] == label[2] && distance[2] != UINT64_MAX ? label[1] : label[0];
}

static void expect_brute(const dsc_baselines *b, const dsc_dataset *training, const dsc_dataset *test) {
    uint32_t *searched = malloc(b->searched * sizeof *searched);
    assert_non_null(searched);
    size_t right = 0;
    for (size_t i = 0; i < b->searched; i++) searched[i] = (uint32_t)(i * training->count / b->searched);
    for (size_t i = 0; i < test->count; i++) {
        const size_t expected = brute(training, searched, b->searched, dsc_dataset_image(test, i));
        if (b->neighbours[i] != expected)
            fail_msg("image %zu: answered %u, expected %zu", i, b->neighbours[i], expected);
        right += expected == dsc_dataset_label(test, i);
    }
    assert_int_equal(b->neighbours_right, right);
    free(searched);
}

/* A set of `count` images with `pixels` values each. The values come from a small set, so that many
 * distances are equal, or are the extremes, so that products are as large as possible. */
static dsc_dataset *drawn(size_t count, size_t height, size_t width, bool ends, uint64_t seed) {
    dsc_error error;
    dsc_dataset *data;
    dsc_rng rng;
    dsc_rng_seed(&rng, seed);
    uint8_t *images = malloc(count * height * width), *labels = malloc(count);
    assert_non_null(images);
    assert_non_null(labels);
    for (size_t i = 0; i < count * height * width; i++)
        images[i] = (uint8_t)(ends ? 255 * dsc_rng_up_to(&rng, 1) : dsc_rng_up_to(&rng, 1));
    for (size_t i = 0; i < count; i++) labels[i] = (uint8_t)dsc_rng_up_to(&rng, 4);
    ASSERT_OK(testing_dataset(&data, images, labels, count, (const size_t[]){1, height, width}, 5, NULL,
                              "drawn", &error),
              error);
    free(images);
    free(labels);
    return data;
}

static void neighbours_are_those_of_a_brute_force(void **state) {
    (void)state;
    static const struct {
        size_t height, width;
        bool ends;
    } cases[] = {{2, 3, false}, {5, 5, true}, {32, 32, true}, {45, 47, true}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        dsc_error error;
        dsc_baselines b;
        dsc_dataset *training = drawn(1100, cases[c].height, cases[c].width, cases[c].ends, c);
        dsc_dataset *test = drawn(67, cases[c].height, cases[c].width, cases[c].ends, 100 + c);
        ASSERT_OK(dsc_baselines_measure(&b, training, test, 0, 2, NULL, NULL, &error), error);
        assert_int_equal(b.searched, 1100);
        expect_brute(&b, training, test);
        dsc_baselines_clear(&b);
        dsc_dataset_free(training);
        dsc_dataset_free(test);
    }
}

static void the_number_of_threads_changes_no_answer(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *training, *test;
    ASSERT_OK(dsc_digits_create(&training, 700, 1, 0, &error), error);
    ASSERT_OK(dsc_digits_create(&test, 150, 2, 0, &error), error);
    dsc_baselines one, four;
    ASSERT_OK(dsc_baselines_measure(&one, training, test, 0, 1, NULL, NULL, &error), error);
    ASSERT_OK(dsc_baselines_measure(&four, training, test, 0, 4, NULL, NULL, &error), error);
    assert_memory_equal(one.neighbours, four.neighbours, one.count * sizeof *one.neighbours);
    assert_true(one.neighbours_right > one.count / 2);
    dsc_baselines_clear(&one);
    dsc_baselines_clear(&four);
    dsc_dataset_free(training);
    dsc_dataset_free(test);
}

static void too_much_work_thins_the_training_images_out(void **state) {
    (void)state;
    dsc_error error;
    dsc_baselines b;
    dsc_dataset *training = drawn(500, 3, 4, true, 1), *test = drawn(50, 3, 4, true, 2);
    ASSERT_OK(dsc_baselines_measure(&b, training, test, 50.0 * 12 * 321, 3, NULL, NULL, &error), error);
    assert_int_equal(b.searched, 321);
    assert_int_equal(b.training, 500);
    expect_brute(&b, training, test);
    dsc_baselines_clear(&b);
    ASSERT_OK(dsc_baselines_measure(&b, training, test, 1, 1, NULL, NULL, &error), error);
    assert_int_equal(b.searched, 100);
    dsc_baselines_clear(&b);
    dsc_dataset_free(training);
    dsc_dataset_free(test);
}

static void the_majority_is_that_of_the_training_set(void **state) {
    (void)state;
    dsc_error error;
    dsc_baselines b;
    dsc_dataset *all = drawn(6, 2, 2, true, 1), *training, *test;
    /* The class of each: as drawn; views set the counts. */
    const uint8_t first = dsc_dataset_label(all, 0);
    uint32_t other = 0;
    while (dsc_dataset_label(all, other) == first) other++;
    ASSERT_OK(dsc_dataset_view(&training, all, (const uint32_t[]){other, 0, 0}, 3, NULL, &error), error);
    ASSERT_OK(dsc_dataset_view(&test, all, (const uint32_t[]){other, other, other, 0}, 4, NULL, &error),
              error);
    ASSERT_OK(dsc_baselines_measure(&b, training, test, 0, 1, NULL, NULL, &error), error);
    assert_int_equal(b.majority, first);
    assert_int_equal(b.majority_right, 1);
    dsc_baselines_clear(&b);
    dsc_dataset_free(test);
    /* If equal, the first class. */
    ASSERT_OK(dsc_dataset_view(&test, all, (const uint32_t[]){0, other}, 2, NULL, &error), error);
    const uint8_t second = dsc_dataset_label(all, other);
    assert_int_equal(dsc_majority_class(test), first < second ? first : second);
    dsc_dataset_free(test);
    dsc_dataset_free(training);
    dsc_dataset_free(all);
}

static int stop(void *user, size_t done, size_t total) {
    (void)total;
    *(size_t *)user = done;
    return 1;
}

static void whoever_watches_may_stop_it_and_other_images_are_refused(void **state) {
    (void)state;
    dsc_error error;
    dsc_baselines b;
    size_t done = 0;
    dsc_dataset *training = drawn(3000, 2, 2, true, 1), *test = drawn(5, 2, 2, true, 2);
    assert_int_equal(dsc_baselines_measure(&b, training, test, 0, 1, stop, &done, &error), DSC_ERROR_STOPPED);
    assert_true(done > 0 && done < 3000);
    dsc_baselines_clear(&b);
    dsc_dataset *wide = drawn(5, 2, 3, true, 2);
    assert_int_equal(dsc_baselines_measure(&b, training, wide, 0, 1, NULL, NULL, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "expected images of");
    dsc_baselines_clear(&b);
    dsc_dataset_free(wide);
    dsc_dataset_options options = dsc_dataset_options_defaults();
    const float numbers[4] = {0};
    options.count = 1;
    memcpy(options.shape, (const size_t[]){1, 2, 2}, sizeof options.shape);
    options.type = DSC_F32;
    options.images = numbers;
    options.labels = (const uint8_t[]){0};
    options.classes = 5;
    ASSERT_OK(dsc_dataset_create(&wide, &options, &error), error);
    assert_int_equal(dsc_baselines_measure(&b, training, wide, 0, 1, NULL, NULL, &error),
                     DSC_ERROR_UNSUPPORTED);
    dsc_baselines_clear(&b);
    dsc_dataset_free(wide);
    dsc_dataset_free(training);
    dsc_dataset_free(test);
}

static void every_failed_allocation_is_an_error(void **state) {
    (void)state;
    dsc_dataset *training = drawn(20, 2, 2, true, 1), *test = drawn(5, 2, 2, true, 2);
    for (long n = 0;; n++) {
        dsc_error error = {0};
        dsc_baselines b;
        testing_fail_allocation(n);
        dsc_status status = dsc_baselines_measure(&b, training, test, 0, 2, NULL, NULL, &error);
        const bool reached = testing_allocation_failed();
        dsc_baselines_clear(&b);
        if (!reached) {
            ASSERT_OK(status, error);
            break;
        }
        assert_int_equal(status, DSC_ERROR_MEMORY);
    }
    dsc_dataset_free(training);
    dsc_dataset_free(test);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_are_those_of_a_brute_force),
        cmocka_unit_test(the_number_of_threads_changes_no_answer),
        cmocka_unit_test(too_much_work_thins_the_training_images_out),
        cmocka_unit_test(the_majority_is_that_of_the_training_set),
        cmocka_unit_test(whoever_watches_may_stop_it_and_other_images_are_refused),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
