/* SPDX-License-Identifier: MIT */
/* run.c: the tutorial's outer loop: seeds, weights, epochs, and the stored results of each epoch. */
#include "base/error.h"
#include "base/memory.h"
#include "base/seed.h"
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void tutorial_result_clear(tutorial_result *result) {
    free(result->store_training_loss);
    free(result->store_training_accurate_pred);
    free(result->store_test_loss);
    free(result->store_test_accurate_pred);
    free(result->weights_1);
    free(result->weights_2);
    *result = (tutorial_result){0};
}

static dsc_status check_sample(const char *flag, int64_t sample, const dsc_dataset *data, dsc_error *error) {
    size_t count = dsc_dataset_count(data);
    if (sample >= 1 && (uint64_t)sample <= count) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: %s has %zu images, %lld were asked for; ask for 1 to %zu",
                    flag, dsc_dataset_name(data), count, (long long)sample, count);
}

static dsc_status check(tutorial_result *sizes, const tutorial_options *options, const dsc_dataset *train,
                        const dsc_dataset *test, dsc_error *error) {
    size_t shape[3], other[3];
    dsc_dataset_shape(train, shape);
    dsc_dataset_shape(test, other);
    if (memcmp(shape, other, sizeof shape) != 0 || dsc_dataset_classes(train) != dsc_dataset_classes(test))
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "the test set does not belong to the training set: %s has images of %zu x %zu x %zu in "
            "%zu classes, %s of %zu x %zu x %zu in %zu; give two sets of the same kind",
            dsc_dataset_name(train), shape[0], shape[1], shape[2], dsc_dataset_classes(train),
            dsc_dataset_name(test), other[0], other[1], other[2], dsc_dataset_classes(test));
    dsc_status status = check_sample("--training-sample", options->training_sample, train, error);
    if (!status) status = check_sample("--test-sample", options->test_sample, test, error);
    if (status) return status;
    if (options->epochs < 1 || options->hidden_size < 1 || !isfinite(options->learning_rate))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "--epochs and --hidden-size must be at least 1 and --learning-rate finite");
    *sizes = (tutorial_result){.training_sample = (size_t)options->training_sample,
                               .test_sample = (size_t)options->test_sample,
                               .pixels_per_image = shape[0] * shape[1] * shape[2],
                               .hidden_size = (size_t)options->hidden_size,
                               .num_labels = dsc_dataset_classes(train)};
    return DSC_OK;
}

dsc_status tutorial_check(const tutorial_options *options, const dsc_dataset *train, const dsc_dataset *test,
                          dsc_error *error) {
    tutorial_result sizes;
    return check(&sizes, options, train, test, error);
}

static dsc_status allocate(tutorial_result *result, size_t epochs, dsc_error *error) {
    size_t count_1, count_2;
    if (!dsc_multiply(&count_1, result->pixels_per_image, result->hidden_size) ||
        !dsc_multiply(&count_2, result->hidden_size, result->num_labels))
        return dsc_fail_memory(error, SIZE_MAX, "the weights; lower --hidden-size");
    result->store_training_loss = dsc_allocate(epochs, sizeof(double));
    result->store_training_accurate_pred = dsc_allocate(epochs, sizeof(size_t));
    result->store_test_loss = dsc_allocate(epochs, sizeof(double));
    result->store_test_accurate_pred = dsc_allocate(epochs, sizeof(size_t));
    result->weights_1 = dsc_allocate(count_1, sizeof(double));
    result->weights_2 = dsc_allocate(count_2, sizeof(double));
    if (result->store_training_loss && result->store_training_accurate_pred && result->store_test_loss &&
        result->store_test_accurate_pred && result->weights_1 && result->weights_2)
        return DSC_OK;
    return dsc_fail_memory(error, (count_1 + count_2) * sizeof(double), "the weights; lower --hidden-size");
}

/* x * 0 is 0 unless x is infinite or NaN, and then the sum stays NaN. */
static bool all_finite(const double *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += values[i] * 0;
    return sum == 0;
}

static bool is_finite(const tutorial_result *result, size_t j) {
    return isfinite(result->store_training_loss[j]) && isfinite(result->store_test_loss[j]) &&
           all_finite(result->weights_1, result->pixels_per_image * result->hidden_size) &&
           all_finite(result->weights_2, result->hidden_size * result->num_labels);
}

static dsc_status diverged(const tutorial_options *options, size_t j, dsc_error *error) {
    char rate[32];
    return dsc_fail(error, DSC_ERROR_DIVERGED,
                    "the error grew beyond all bounds in epoch %zu: the steps are too long; lower "
                    "--learning-rate, which is %s",
                    j, dsc_format_shortest(rate, options->learning_rate));
}

/* Processor time, which other programs do not lengthen. */
static double seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static dsc_status run_epochs(tutorial_result *result, const tutorial_trainer *trainer, void *state,
                             dsc_rng *rng, const tutorial_options *options, tutorial_on_epoch *on_epoch,
                             void *user, dsc_error *error) {
    for (size_t j = 0; j < (size_t)options->epochs; j++) {
        double start = seconds();
        trainer->train_epoch(state, rng, &result->store_training_loss[j],
                             &result->store_training_accurate_pred[j]);
        result->training_seconds += seconds() - start;
        trainer->evaluate(state, &result->store_test_loss[j], &result->store_test_accurate_pred[j]);
        trainer->copy_weights(result->weights_1, result->weights_2, state);
        if (!is_finite(result, j)) return diverged(options, j, error);
        result->epochs = j + 1;
        if (on_epoch && !on_epoch(user, result))
            return dsc_fail(error, DSC_ERROR_STOPPED, "stopped after epoch %zu of %lld", j,
                            (long long)options->epochs);
    }
    return DSC_OK;
}

dsc_status tutorial_train(tutorial_result *result, const tutorial_options *options, const dsc_dataset *train,
                          const dsc_dataset *test, tutorial_on_epoch *on_epoch, void *user,
                          dsc_error *error) {
    *result = (tutorial_result){0};
    dsc_status status = check(result, options, train, test, error);
    if (!status) status = allocate(result, (size_t)options->epochs, error);
    if (status) return status;
    dsc_rng rng;
    dsc_rng_seed_with(&rng, &options->seed);
    tutorial_initial_weights(result->weights_1, result->pixels_per_image, result->hidden_size, &rng);
    tutorial_initial_weights(result->weights_2, result->hidden_size, result->num_labels, &rng);

    const tutorial_trainer *trainer = options->plain ? &tutorial_plain_trainer : &tutorial_fast_trainer;
    void *state;
    status = trainer->create(&state, options, result, train, test, error);
    if (status) return status;
    status = run_epochs(result, trainer, state, &rng, options, on_epoch, user, error);
    trainer->free(state);
    return status;
}
