/* SPDX-License-Identifier: MIT */
/* The contract of training: the same bits for any number of threads and any interruption, no allocation in
 * a step, early stopping that keeps the best weights, and errors before any work. Uses built-in digits, so
 * it runs on every machine. */
#include "rig.h"

#include "base/file.h"
#include "base/seed.h"

#include <libdeflate.h>
#include <math.h>
#include <unistd.h>

static void the_bits_do_not_depend_on_threads(void **state) {
    (void)state;
    size_t count;
    float *one = weights_after(EVERYTHING, 1, &count);
    for (unsigned threads = 2; threads <= 4; threads++) {
        float *many = weights_after(EVERYTHING, threads, &count);
        assert_memory_equal(one, many, count * sizeof *one);
        free(many);
    }
    free(one);
}

static void the_bits_do_not_depend_on_interruptions(void **state) {
    (void)state;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/checkpoint", testing_folder());
    size_t count;
    float *whole = weights_after(EVERYTHING, 2, &count);
    for (long every = 1; every < 40; every = every * 2 + 1) {
        dsc_error error;
        dsc_status status = DSC_ERROR_STOPPED;
        rig r;
        for (int sitting = 0; status == DSC_ERROR_STOPPED; sitting++) {
            assert_true(sitting < 100);
            ASSERT_OK(make_rig(&r, EVERYTHING, 1 + (unsigned)sitting % 3, &error), error);
            if (sitting) ASSERT_OK(dsc_trainer_restore(r.trainer, path, false, &error), error);
            long left = every;
            status = dsc_trainer_run(r.trainer, stop_after, &left, &error);
            if (status == DSC_ERROR_STOPPED) {
                ASSERT_OK(dsc_trainer_save(r.trainer, path, &error), error);
                free_rig(&r);
            }
        }
        assert_int_equal(status, DSC_OK);
        assert_memory_equal(whole, r.model->values, count * sizeof *whole);
        free_rig(&r);
    }
    free(whole);
}

static void no_step_allocates(void **state) {
    (void)state;
    rig r;
    dsc_error error;
    ASSERT_OK(make_rig(&r, EVERYTHING, 2, &error), error);
    long before = testing_allocations();
    while (!dsc_trainer_epoch_is_done(r.trainer)) ASSERT_OK(dsc_trainer_step(r.trainer, &error), error);
    assert_int_equal(testing_allocations(), before);
    free_rig(&r);
}

/* Every element of every parameter is updated once, and decays as its parameter does: by ranges, and by
 * columns. */
static void the_update_is_cut_into_disjoint_pieces(void **state) {
    (void)state;
    static const char *const recipes[] = {
        EVERYTHING, "{\"model\": \"784-90-10\", \"batch\": 50, \"optimiser\": \"adamw\"}",
        "{\"model\": \"784-9-10\", \"batch\": 50, \"optimiser\": \"sgd\"}"};
    for (size_t k = 0; k < 3; k++) {
        rig r;
        dsc_error error;
        ASSERT_OK(make_rig(&r, recipes[k], 1, &error), error);
        const dsc_pieces *pieces = &r.trainer->updater.pieces;
        unsigned char *seen = calloc(r.trainer->updater.parameter_numbers + 1, 1);
        for (size_t i = 0; i < pieces->count; i++) {
            const dsc_piece *p = &pieces->all[i];
            assert_true(p->count * p->rows <= 8192);
            for (size_t n = 0; n < p->rows * p->count; n++)
                seen[p->begin + n / p->count * p->stride + n % p->count] += p->decays ? 1 : 2;
        }
        for (size_t i = 0; i < r.model->graph->count; i++) {
            const dsc_node *node = r.model->graph->nodes[i];
            for (size_t n = 0; node->kind == DSC_NODE_PARAMETER && n < dsc_shape_count(&node->shape); n++)
                assert_int_equal(seen[node->offset + n], node->decays ? 1 : 2);
        }
        assert_int_equal(pieces->in_blocks > 0, k == 1);
        free(seen);
        free_rig(&r);
    }
}

static void training_learns(void **state) {
    (void)state;
    rig r;
    dsc_error error;
    static const char recipe[] =
        "{\"model\": \"784-32-10\", \"epochs\": 15, \"batch\": 20, \"learning-rate\": 0.005}";
    ASSERT_OK(make_rig(&r, recipe, 2, &error), error);
    ASSERT_OK(dsc_trainer_run(r.trainer, NULL, NULL, &error), error);
    dsc_evaluator *evaluator;
    dsc_metrics metrics;
    ASSERT_OK(dsc_evaluator_create(&evaluator, r.model, 2, NULL, NULL, false, &error), error);
    ASSERT_OK(dsc_metrics_initialise(&metrics, 10, &error), error);
    ASSERT_OK(dsc_evaluator_run(evaluator, &metrics, NULL, digits, NULL, NULL, &error), error);
    assert_true(dsc_metrics_accuracy(&metrics) > 0.95);
    dsc_metrics_clear(&metrics);
    dsc_evaluator_free(evaluator);
    free_rig(&r);
}

/* A run with a rate so small that validation hardly changes must end early and report it. */
static void patience_ends_a_run_that_does_not_improve(void **state) {
    (void)state;
    rig r;
    dsc_error error;
    static const char recipe[] =
        "{\"model\": \"784-8-10\", \"epochs\": 60, \"batch\": 50, \"validation\": 0.3, \"patience\": 2,"
        " \"optimiser\": \"sgd\", \"learning-rate\": 2.0}";
    ASSERT_OK(make_rig(&r, recipe, 1, &error), error);
    dsc_status status = dsc_trainer_run(r.trainer, NULL, NULL, &error);
    if (!status) {
        assert_true(r.trainer->progress.epoch < 60);
        assert_int_equal(r.trainer->progress.epochs_without, 2);
        assert_int_equal(r.trainer->progress.best_epoch + 2, r.trainer->progress.epoch);
        assert_memory_equal(r.model->values, r.trainer->best, r.trainer->updater.numbers * sizeof(float));
    } else {
        assert_int_equal(status, DSC_ERROR_DIVERGED);
    }
    free_rig(&r);
}

static void a_loss_that_is_not_finite_stops_and_names_the_layer(void **state) {
    (void)state;
    rig r;
    dsc_error error;
    static const char recipe[] =
        "{\"model\": \"flatten, dense 16, dense 16, dense\", \"batch\": 50, \"optimiser\": "
        "\"sgd\", \"learning-rate\": 1e3}";
    ASSERT_OK(make_rig(&r, recipe, 1, &error), error);
    assert_int_equal(dsc_trainer_run(r.trainer, NULL, NULL, &error), DSC_ERROR_DIVERGED);
    ASSERT_MESSAGE(error, "not finite");
    ASSERT_MESSAGE(error, "choose a smaller learning rate");
    ASSERT_MESSAGE(error, "of layer dense");
    free_rig(&r);
}

static const dsc_node *weight_of(const dsc_model *model, const char *layer) {
    char name[64];
    (void)snprintf(name, sizeof name, "%s.weight", layer);
    for (size_t i = 0; i < model->graph->count; i++)
        if (model->graph->nodes[i]->name && !strcmp(model->graph->nodes[i]->name, name))
            return model->graph->nodes[i];
    fail_msg("no weight of %s", layer);
    return NULL;
}

/* A network with more ops than an executor keeps by name. */
static void the_first_op_whose_numbers_are_not_finite_is_found_in_one_run(void **state) {
    (void)state;
    enum { LAYERS = 40 };
    static const size_t broken[] = {1, 2, 20, LAYERS};
    dsc_text json = {0};
    dsc_text_append(&json, "{\"batch\": 10, \"lanes\": 3, \"model\": \"flatten");
    for (size_t i = 1; i < LAYERS; i++)
        dsc_text_append(&json, i == 1 ? ", dense 8, batch-norm, sigmoid" : ", dense 8, sigmoid");
    dsc_text_append(&json, ", dense\"}");
    rig r;
    dsc_error error;
    ASSERT_OK(make_rig(&r, json.data, 2, &error), error);
    const size_t bytes = r.trainer->updater.numbers * sizeof(float);
    float *good = malloc(bytes), *bad = malloc(bytes);
    memcpy(good, r.model->values, bytes);
    long allocations = -1;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char layer[32], says[128];
        (void)snprintf(layer, sizeof layer, "dense%zu", broken[i]);
        (void)snprintf(says, sizeof says,
                       "the first numbers that are not finite come from matmul of layer %s", layer);
        const dsc_node *weight = weight_of(r.model, layer);
        for (size_t k = 0; k < dsc_shape_count(&weight->shape); k++) /* finite: only the sums are not */
            r.model->values[weight->offset + k] = 3e38F;
        memcpy(bad, r.model->values, bytes);
        const long before = testing_allocations();
        (void)snprintf(error.message, sizeof error.message, "why");
        assert_int_equal(dsc_trainer_diagnose(r.trainer, &error), DSC_ERROR_DIVERGED);
        ASSERT_MESSAGE(error, "why; ");
        ASSERT_MESSAGE(error, says);
        if (i) assert_int_equal(testing_allocations() - before, allocations); /* wherever it is */
        allocations = testing_allocations() - before;
        assert_memory_equal(r.model->values, bad,
                            bytes); /* nor are the running statistics computed from them */
        memcpy(r.model->values, good, bytes);
    }
    free(good);
    free(bad);
    free_rig(&r);
    dsc_text_free(&json);
}

static bool is_same(const dsc_normalisation *a, const dsc_normalisation *b) {
    return !strcmp(a->name, b->name) && a->scale[0] == b->scale[0] && a->offset[0] == b->offset[0];
}

static void a_model_is_normalised_by_what_is_not_held_out_and_a_given_one_keeps_its_own(void **state) {
    (void)state;
    rig r;
    dsc_error error;
    dsc_normalisation kept, all, unit;
    static const char json[] = "{\"normalise\": \"standard\", \"validation\": 0.3}";
    ASSERT_OK(make_rig(&r, json, 1, &error), error);
    assert_int_equal(r.trainer->training->count, 420);
    ASSERT_OK(dsc_normalisation_find(&kept, "standard", r.trainer->training, &error), error);
    ASSERT_OK(dsc_normalisation_find(&all, "standard", digits, &error), error);
    ASSERT_OK(dsc_normalisation_find(&unit, "unit", NULL, &error), error);
    assert_true(is_same(&r.model->normalisation, &kept));
    assert_false(is_same(&kept, &all));

    dsc_model *model;
    dsc_trainer *trainer;
    ASSERT_OK(dsc_model_create_for(&model, "784-10", digits, &error), error);
    ASSERT_OK(dsc_trainer_create(&trainer, model, &r.recipe, digits, 1, &error), error);
    assert_ptr_equal(trainer->model, model);
    assert_true(is_same(&model->normalisation, &unit));
    dsc_trainer_free(trainer);
    dsc_model_free(model);
    free_rig(&r);
}

static void refuse(const char *json, dsc_status code, const char *part) {
    rig r;
    dsc_error error;
    dsc_status status = make_rig(&r, json, 1, &error);
    free_rig(&r);
    assert_int_equal(status, code);
    ASSERT_MESSAGE(error, part);
}

static void bad_recipes_are_refused_before_any_work(void **state) {
    (void)state;
    refuse("{\"batch\": 601}", DSC_ERROR_ARGUMENT, "a batch of 601 is larger than the data");
    refuse("{\"patience\": 3}", DSC_ERROR_ARGUMENT, "patience needs a validation set");
    refuse("{\"until\": 99}", DSC_ERROR_ARGUMENT, "until needs a validation set");
    refuse("{\"until\": 101}", DSC_ERROR_ARGUMENT, "until: expected a number 0 to 100, found '101'");
    refuse("{\"steps\": \"51\"}", DSC_ERROR_ARGUMENT, "51 are more than the 50 of 5 epochs");
    refuse("{\"steps\": \"9, 8\"}", DSC_ERROR_ARGUMENT, "column 5");
    refuse("{\"learning-rate\": -1}", DSC_ERROR_ARGUMENT,
           "learning-rate: expected a number 0 to 1000, found '-1'");
    refuse("{\"optimiser\": \"adma\"}", DSC_ERROR_ARGUMENT, "did you mean 'adam'?");
    refuse("{\"schedule\": \"cosin\"}", DSC_ERROR_ARGUMENT, "did you mean 'cosine'?");
    refuse("{\"augment\": \"afine\"}", DSC_ERROR_ARGUMENT, "did you mean 'affine'?");
    refuse("{\"epoch\": 3}", DSC_ERROR_ARGUMENT, "unknown parameter 'epoch'; did you mean 'epochs'?");
    refuse("{\"format\": 99}", DSC_ERROR_UNSUPPORTED, "newer version");
    refuse("[1]", DSC_ERROR_FORMAT, "a recipe is a JSON object");
    refuse("{\"kernels\": \"mmx\"}", DSC_ERROR_ARGUMENT, "no kernels 'mmx' here");
}

/* --- checkpoints from outside --- */

static void make_checkpoint(char path[512]) {
    rig r;
    dsc_error error;
    (void)snprintf(path, 512, "%s/checkpoint", testing_folder());
    ASSERT_OK(make_rig(&r, EVERYTHING, 1, &error), error);
    ASSERT_OK(dsc_trainer_step(r.trainer, &error), error);
    ASSERT_OK(dsc_trainer_save(r.trainer, path, &error), error);
    free_rig(&r);
}

static void a_checkpoint_of_something_else_is_refused(void **state) {
    (void)state;
    char path[512];
    make_checkpoint(path);
    rig r;
    dsc_error error;
    ASSERT_OK(make_rig(&r, "{\"model\": \"784-10\", \"batch\": 50}", 1, &error), error);
    assert_int_equal(dsc_trainer_restore(r.trainer, path, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "belongs to another model");
    free_rig(&r);
    char json[1024];
    (void)snprintf(json, sizeof json, "%.*s, \"epochs\": 4}", (int)strlen(EVERYTHING) - 1, EVERYTHING);
    char *epochs = strstr(json, "\"epochs\": 3, ");
    memset(epochs, ' ', strlen("\"epochs\": 3, "));
    ASSERT_OK(make_rig(&r, json, 1, &error), error);
    assert_int_equal(dsc_trainer_restore(r.trainer, path, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "'epochs' was 3 and is now 4");
    free_rig(&r);
}

static void a_damaged_checkpoint_is_refused_and_changes_nothing(void **state) {
    (void)state;
    char path[512];
    make_checkpoint(path);
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 24, &error), error);
    rig r;
    ASSERT_OK(make_rig(&r, EVERYTHING, 1, &error), error);
    float *before = malloc(r.trainer->updater.numbers * sizeof *before);
    memcpy(before, r.model->values, r.trainer->updater.numbers * sizeof *before);
    for (size_t i = 0; i < 120; i++) {
        bool cut = i % 2;
        size_t at = i * size / 120;
        bytes[at] ^= 0x10;
        ASSERT_OK(dsc_file_write(path, bytes, cut ? at : size, &error), error);
        bytes[at] ^= 0x10;
        assert_int_equal(dsc_trainer_restore(r.trainer, path, false, &error), DSC_ERROR_FORMAT);
        assert_memory_equal(before, r.model->values, r.trainer->updater.numbers * sizeof *before);
        assert_int_equal(r.trainer->progress.step, 0);
    }
    free(before);
    free(bytes);
    free_rig(&r);
}

/* Replaces `from` in the header of a checkpoint by `to`, of the same length, and corrects the checksum. */
static void edit_header(unsigned char *bytes, size_t size, const char *from, const char *to) {
    size_t at = 16, length = strlen(from);
    assert_int_equal(strlen(to), length);
    while (at + length < size && memcmp(bytes + at, from, length) != 0) at++;
    assert_true(at + length < size);
    memcpy(bytes + at, to, length);
    uint32_t crc = libdeflate_crc32(0, bytes, size - 4);
    memcpy(bytes + size - 4, &crc, 4);
}

static void a_checkpoint_from_a_newer_version_is_refused_with_both_versions(void **state) {
    (void)state;
    char path[512], version[64], newer[64], ours[128];
    make_checkpoint(path);
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 24, &error), error);
    (void)snprintf(version, sizeof version, "\"version\":\"%s\"", dsc_version());
    (void)snprintf(newer, sizeof newer, "%s", version);
    newer[strlen("\"version\":\"")] = '7';
    edit_header(bytes, size, version, newer);
    edit_header(bytes, size, "\"format\":2", "\"format\":9");
    ASSERT_OK(dsc_file_write(path, bytes, size, &error), error);
    rig r;
    ASSERT_OK(make_rig(&r, EVERYTHING, 1, &error), error);
    assert_int_equal(dsc_trainer_restore(r.trainer, path, false, &error), DSC_ERROR_UNSUPPORTED);
    (void)snprintf(newer, sizeof newer, "saved by descender 7%s in format 9", dsc_version() + 1);
    ASSERT_MESSAGE(error, newer);
    (void)snprintf(ours, sizeof ours, "but descender %s reads formats up to 2", dsc_version());
    ASSERT_MESSAGE(error, ours);
    ASSERT_MESSAGE(error, "resume with a newer version");
    assert_int_equal(r.trainer->progress.step, 0);
    free_rig(&r);
    free(bytes);
}

/* With a correct checksum, so that only the counters are wrong. */
static void a_checkpoint_with_impossible_counters_is_refused(void **state) {
    (void)state;
    char path[512];
    make_checkpoint(path);
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 24, &error), error);
    rig r;
    ASSERT_OK(make_rig(&r, EVERYTHING, 1, &error), error);
    /* step 1, epoch 0, position 50: the counters after the recipe's first step. */
    static const char first[] = "010000000000000000000000000000003200000000000000";
    static const char *const wrong[] = {
        "020000000000000000000000000000003200000000000000", /* two steps, samples of one */
        "010000000000000000000000000000003100000000000000", /* inside a batch */
        "0100000000000000000000000000000000ffffffffffffff", /* outside the data */
        "1e0000000000000003000000000000000000000000000000", /* all epochs done, but not finished */
        "0100000000000000000000000000000 3200000000000000", /* not a digit */
    };
    ASSERT_OK(dsc_trainer_restore_bytes(r.trainer, bytes, size, "test", false, &error), error);
    assert_int_equal(r.trainer->progress.position, 50);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        edit_header(bytes, size, first, wrong[i]);
        assert_int_equal(dsc_trainer_restore_bytes(r.trainer, bytes, size, "test", false, &error),
                         DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, "impossible counters");
        assert_int_equal(r.trainer->progress.position, 50);
        edit_header(bytes, size, wrong[i], first);
    }
    free_rig(&r);
    free(bytes);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    for (long n = 0;; n += 1 + n / 40) {
        rig r;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = make_rig(&r, EVERYTHING, 2, &error);
        bool failed = testing_allocation_failed();
        free_rig(&r);
        if (!failed) assert_int_equal(status, DSC_OK);
        if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
        if (!failed) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bits_do_not_depend_on_threads),
        cmocka_unit_test(the_bits_do_not_depend_on_interruptions),
        cmocka_unit_test(no_step_allocates),
        cmocka_unit_test(the_update_is_cut_into_disjoint_pieces),
        cmocka_unit_test(training_learns),
        cmocka_unit_test(patience_ends_a_run_that_does_not_improve),
        cmocka_unit_test(a_loss_that_is_not_finite_stops_and_names_the_layer),
        cmocka_unit_test(the_first_op_whose_numbers_are_not_finite_is_found_in_one_run),
        cmocka_unit_test(a_model_is_normalised_by_what_is_not_held_out_and_a_given_one_keeps_its_own),
        cmocka_unit_test(bad_recipes_are_refused_before_any_work),
        cmocka_unit_test(a_checkpoint_of_something_else_is_refused),
        cmocka_unit_test(a_damaged_checkpoint_is_refused_and_changes_nothing),
        cmocka_unit_test(a_checkpoint_from_a_newer_version_is_refused_with_both_versions),
        cmocka_unit_test(a_checkpoint_with_impossible_counters_is_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
