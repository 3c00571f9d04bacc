/* SPDX-License-Identifier: MIT */
/* The fast trainer against the simple one, bit for bit. */
#include "made_up.h"
#include "sweep.h"

static void check_same_bits(const tutorial_options *options, const dsc_dataset *train,
                            const dsc_dataset *test) {
    tutorial_options plainly = *options;
    tutorial_result fast, plain;
    dsc_error error;
    plainly.plain = true;
    ASSERT_OK(tutorial_train(&fast, options, train, test, NULL, NULL, &error), error);
    ASSERT_OK(tutorial_train(&plain, &plainly, train, test, NULL, NULL, &error), error);
    assert_int_equal(fast.epochs, plain.epochs);
    size_t reals = fast.epochs * sizeof(double), counts = fast.epochs * sizeof(size_t);
    assert_memory_equal(fast.store_training_loss, plain.store_training_loss, reals);
    assert_memory_equal(fast.store_test_loss, plain.store_test_loss, reals);
    assert_memory_equal(fast.store_training_accurate_pred, plain.store_training_accurate_pred, counts);
    assert_memory_equal(fast.store_test_accurate_pred, plain.store_test_accurate_pred, counts);
    assert_memory_equal(fast.weights_1, plain.weights_1,
                        fast.pixels_per_image * fast.hidden_size * sizeof(double));
    assert_memory_equal(fast.weights_2, plain.weights_2, fast.hidden_size * fast.num_labels * sizeof(double));
    tutorial_result_clear(&fast);
    tutorial_result_clear(&plain);
}

static void the_fast_loop_has_the_bits_of_the_plain_one(void **state) {
    (void)state;
    static const int64_t hidden[] = {1, 7, 8, 9, 100, 104, 105, 211};
    static const size_t classes[] = {10, 2, 17, 1, 10, 256, 8, 10}, colour[3] = {3, 5, 7};
    for (size_t i = 0; i < 8; i++) {
        const size_t *shape = i % 3 == 1 ? colour : square;
        dsc_dataset *train = made_up(300, shape, classes[i], i),
                    *test = made_up(260, shape, classes[i], i + 100);
        tutorial_options options = small();
        options.hidden_size = hidden[i];
        options.learning_rate = 0.001;
        options.corrected = i % 2;
        check_same_bits(&options, train, test);
        options.training_sample = options.test_sample = 1;
        check_same_bits(&options, train, test);
        dsc_dataset_free(train);
        dsc_dataset_free(test);
    }
}

static void the_fast_loop_has_the_bits_of_the_plain_one_on_mnist(void **state) {
    (void)state;
    NEED_MNIST();
    dsc_dataset *train, *test;
    tutorial_options options;
    open_mnist(&train, &test);
    tutorial_options_initialise(&options);
    options.epochs = 5;
    check_same_bits(&options, train, test);
    options.corrected = true;
    check_same_bits(&options, train, test);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

static void blank_and_full_images_are_learned_alike(void **state) {
    (void)state;
    uint8_t images[4][6] = {{0}, {255, 1, 2, 3, 4, 5}, {0}, {0, 0, 0, 0, 0, 7}}, labels[4] = {0, 1, 2, 1};
    static const size_t shape[3] = {1, 2, 3};
    dsc_dataset *data;
    dsc_error error;
    tutorial_options options = small();
    ASSERT_OK(testing_dataset(&data, images[0], labels, 4, shape, 3, NULL, "blank", &error), error);
    options.training_sample = options.test_sample = 4;
    options.epochs = 9;
    check_same_bits(&options, data, data);
    dsc_dataset_free(data);
}

enum { ROWS = 40, WIDEST = 8 * 30 };

static double *random_array(dsc_rng *rng, size_t count) {
    double *values = aligned_alloc(64, (count * sizeof(double) + 63) / 64 * 64);
    for (size_t i = 0; i < count; i++) values[i] = dsc_rng_normal(rng);
    return values;
}

/* The definition in sweep.h, one element at a time. */
static void sweep_plainly(double *sum, double *weights, const double *step, const tutorial_touch *rows,
                          size_t count, const double *value, size_t stride) {
    for (size_t j = 0; j < stride; j++) {
        sum[j] = 0;
        for (size_t i = 0; i < count; i++) {
            double *w = &weights[rows[i].row * stride + j];
            *w += value[rows[i].now] * step[j];
            sum[j] += value[rows[i].next] * *w;
        }
    }
}

static void every_set_of_kernels_has_the_same_bits(void **state) {
    (void)state;
    dsc_rng rng;
    dsc_rng_seed(&rng, 5);
    double value[256];
    for (int i = 0; i < 256; i++) value[i] = i / 255.0;
    const tutorial_kernels *kernels;
    size_t sets = 0;
    for (; (kernels = tutorial_kernels_get(sets)); sets++) {
        print_message("kernels: %s\n", kernels->name);
        for (size_t stride = 8; stride <= WIDEST; stride += 8) {
            tutorial_touch rows[ROWS];
            uint32_t list[ROWS];
            size_t count = stride % 5 ? ROWS : 0, size = ROWS * stride;
            for (uint32_t i = 0; i < ROWS; i++) {
                rows[i] = (tutorial_touch){i, (uint8_t)(i % 3 ? dsc_rng_up_to(&rng, 255) : 0),
                                           (uint8_t)(i % 4 ? dsc_rng_up_to(&rng, 255) : 0)};
                list[i] = ROWS - 1 - i;
            }
            double *weights = random_array(&rng, size), *step = random_array(&rng, stride);
            double *factor = random_array(&rng, ROWS), *sum = random_array(&rng, stride);
            double *same = random_array(&rng, size), *expected = random_array(&rng, stride);
            memcpy(same, weights, size * sizeof(double));
            kernels->sweep(sum, weights, step, rows, count, value, stride);
            sweep_plainly(expected, same, step, rows, count, value, stride);
            assert_memory_equal(sum, expected, stride * sizeof(double));
            assert_memory_equal(weights, same, size * sizeof(double));

            /* A sweep with step 0 is a gather. */
            memset(sum, 0, stride * sizeof(double));
            memset(step, 0, stride * sizeof(double));
            kernels->gather(sum, weights, rows, count / 2, value, stride);
            kernels->gather(sum, weights, rows + count / 2, count - count / 2, value, stride);
            sweep_plainly(expected, same, step, rows, count, value, stride);
            assert_memory_equal(sum, expected, stride * sizeof(double));

            for (size_t j = 0; j < stride; j++) step[j] = dsc_rng_normal(&rng);
            kernels->combine(sum, factor, weights, list, count, stride);
            kernels->update(weights, factor, step, list, count, stride);
            for (size_t j = 0; j < stride; j++) {
                expected[j] = 0;
                for (size_t i = 0; i < count; i++)
                    expected[j] += factor[list[i]] * same[list[i] * stride + j];
                for (size_t i = 0; i < count; i++) same[list[i] * stride + j] += factor[list[i]] * step[j];
            }
            assert_memory_equal(sum, expected, stride * sizeof(double));
            assert_memory_equal(weights, same, size * sizeof(double));
            free(weights);
            free(step);
            free(factor);
            free(sum);
            free(same);
            free(expected);
        }
    }
    assert_true(sets >= 1);
}

static void training_allocates_nothing_after_its_start(void **state) {
    (void)state;
    dsc_dataset *data = made_up(60, square, 10, 3);
    long calls[2];
    for (int i = 0; i < 2; i++) {
        tutorial_options options = small();
        tutorial_result result;
        dsc_error error;
        options.epochs = 1 + 4 * i;
        long before = testing_allocations();
        ASSERT_OK(tutorial_train(&result, &options, data, data, NULL, NULL, &error), error);
        calls[i] = testing_allocations() - before;
        tutorial_result_clear(&result);
    }
    assert_int_equal(calls[0], calls[1]);
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fast_loop_has_the_bits_of_the_plain_one),
        cmocka_unit_test(the_fast_loop_has_the_bits_of_the_plain_one_on_mnist),
        cmocka_unit_test(blank_and_full_images_are_learned_alike),
        cmocka_unit_test(every_set_of_kernels_has_the_same_bits),
        cmocka_unit_test(training_allocates_nothing_after_its_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
