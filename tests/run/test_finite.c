/* SPDX-License-Identifier: MIT */
/* A value that is not finite never becomes a result: such answers count as wrong, such models are neither
 * saved, loaded nor trained, and a run that diverges in its last step fails like one that diverges in its
 * first. */
#include "testing.h"

#include "base/file.h"
#include "measure/hidden.h"
#include "measure/intervals.h"
#include "measure/score.h"
#include "model/model.h"
#include "model/native.h"
#include "run/run.h"

#include <libdeflate.h>
#include <math.h>
#include <unistd.h>

enum { IMAGES = 60 };
static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    dsc_error error;
    return dsc_digits_create(&digits, IMAGES, 7, 1, &error);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

static dsc_model *make(const char *text) {
    dsc_model *model;
    dsc_error error;
    const float weights[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.class_weights = weights;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static const dsc_node *find(const dsc_model *model, const char *name) {
    for (size_t i = 0; i < model->graph->count; i++)
        if (model->graph->nodes[i]->name && !strcmp(model->graph->nodes[i]->name, name))
            return model->graph->nodes[i];
    fail_msg("no array '%s'", name);
    return NULL;
}

static float *numbers(dsc_model *model, const char *name) {
    return model->values + find(model, name)->offset;
}

/* --- metrics --- */

static void an_answer_that_is_not_finite_is_wrong_in_every_figure(void **state) {
    (void)state;
    static const struct {
        float p[3];
        double loss;
    } bad[] = {{{NAN, 0.5F, 0.5F}, 1}, {{0.5F, NAN, 0.5F}, 1}, {{0.5F, 0.25F, NAN}, 1},
               {{NAN, NAN, NAN}, NAN}, {{INFINITY, 0, 0}, 1},  {{1, 0, -INFINITY}, 1},
               {{1, 0, 0}, NAN},       {{1, 0, 0}, INFINITY},  {{1, 0, 0}, -INFINITY}};
    const size_t all = sizeof bad / sizeof *bad;
    dsc_metrics m;
    dsc_error error;
    ASSERT_OK(dsc_metrics_initialise(&m, 3, &error), error);
    for (size_t i = 0; i < all; i++) assert_int_equal(dsc_metrics_add(&m, bad[i].p, 0, bad[i].loss), 3);
    assert_int_equal(m.count, all);
    assert_int_equal(m.not_finite, all);
    for (size_t k = 0; k < DSC_TOP_MOST; k++) assert_int_equal(m.top[k], 0);
    for (size_t i = 0; i < 9; i++) assert_int_equal(m.confusion[i], 0);
    assert_true(dsc_metrics_accuracy(&m) == 0);
    assert_true(isinf(dsc_metrics_loss(&m)));
    assert_true(isnan(dsc_metrics_calibration_error(&m)));

    /* among good answers */
    assert_int_equal(dsc_metrics_add(&m, (float[]){0.75F, 0.25F, 0}, 0, 0.25), 0);
    assert_true(isinf(dsc_metrics_loss(&m)) && dsc_metrics_loss(&m) > 0);
    assert_true(fabs(dsc_metrics_calibration_error(&m) - 0.25) < 1e-12);
    dsc_class_metrics c = dsc_metrics_of_class(&m, 0);
    assert_int_equal(c.support, all + 1);
    assert_true(fabs(c.recall - 1.0 / (double)(all + 1)) < 1e-12);
    assert_true(c.precision == 1);

    /* and in the intervals, whose rounds also draw the wrong answers */
    dsc_class_intervals intervals[3];
    double macro[2];
    ASSERT_OK(dsc_metrics_intervals(intervals, macro, &m, 1, &error), error);
    assert_true(intervals[0].recall[0] < 0.1 && intervals[0].recall[1] < 0.5);
    assert_true(intervals[0].f1[0] == 0 && intervals[0].f1[1] < 1);

    dsc_metrics_reset(&m);
    assert_int_equal(m.count + m.not_finite + dsc_metrics_of_class(&m, 0).support, 0);
    assert_true(isnan(dsc_metrics_loss(&m)));
    dsc_metrics_clear(&m);
}

/* --- answers --- */

/* Finite weights whose products overflow wherever there is ink; a blank image gets a finite answer. */
static dsc_model *overflowing(const char *text, const char *last) {
    dsc_model *model = make(text);
    float *w = numbers(model, last);
    for (size_t i = 0; i < dsc_shape_count(&find(model, last)->shape); i++) w[i] = 3e38F;
    return model;
}

static const char *const overflowing_texts[][2] = {
    {"flatten, dense", "dense1.weight"},
    {"784-20-10", "dense1.weight"},
    {"flatten, dense 8, tanh, dense", "dense2.weight"},
    {"conv 4 3x3, relu, max-pool 2, flatten, dense", "conv1.weight"},
    {"conv 2 5x5 bias=off, batch-norm, relu, global-pool max, dense", "batch_norm1.weight"}};

static void evaluating_an_overflowing_model_calls_nothing_right(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof overflowing_texts / sizeof *overflowing_texts; i++) {
        dsc_model *model = overflowing(overflowing_texts[i][0], overflowing_texts[i][1]);
        dsc_score score;
        dsc_error error;
        ASSERT_OK(dsc_evaluate(&score, model, digits, &error), error);
        assert_int_equal(score.count, IMAGES);
        assert_true(score.not_finite > 0);
        assert_true(score.correct <= IMAGES - score.not_finite);
        assert_true(isinf(score.loss));
        assert_true(isfinite(score.accuracy) && isfinite(score.accuracy_low) &&
                    isfinite(score.accuracy_high));
        dsc_model_free(model);
    }
}

static void predicting_fails_for_the_images_without_an_answer_and_only_for_those(void **state) {
    (void)state;
    enum { BATCH = 5, SIZE = 784 };
    static uint8_t images[BATCH * SIZE];
    for (size_t i = 1; i < BATCH; i += 2)
        memcpy(images + i * SIZE, dsc_dataset_images(digits) + i * SIZE, SIZE); /* the others are blank */
    static const char *const precisions[] = {"f32", "bf16"};
    for (size_t k = 0; k < 2; k++) {
        dsc_model *model = overflowing("flatten, dense", "dense1.weight");
        dsc_predictor *predictor;
        dsc_workspace *workspace;
        dsc_error error;
        float p[BATCH * 10];
        dsc_predictor_options how = dsc_predictor_options_defaults();
        how.batch = BATCH;
        how.precision = precisions[k];
        ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
        ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
        assert_int_equal(dsc_predict(p, predictor, workspace, images, BATCH, &error), DSC_ERROR_DIVERGED);
        ASSERT_MESSAGE(error, "2 of 5 answers");
        ASSERT_MESSAGE(error, "image 1");
        for (size_t i = 0; i < BATCH * 10; i++) assert_int_equal(isfinite(p[i]), i / 10 % 2 == 0);
        ASSERT_OK(dsc_predict(p, predictor, workspace, images, 1, &error), error);
        dsc_workspace_free(workspace);
        dsc_predictor_free(predictor);
        dsc_model_free(model);
    }
}

/* Far from zero all sigmoids are 0 in float; the answer is still one. */
static void tiny_sigmoids_are_brought_to_a_sum_of_1(void **state) {
    (void)state;
    for (float shift = 0; shift > -1e6F; shift = 2 * shift - 1) {
        float logits[3] = {shift, shift - 1, shift - 2}, p[3];
        assert_true(dsc_probabilities(p, logits, 3, true, dsc_kernels_auto()));
        assert_true(fabsf(p[0] + p[1] + p[2] - 1) < 1e-5F);
        assert_true(p[0] > p[1] && p[1] > p[2]);
    }
    const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int sigmoid = 0; sigmoid < 2; sigmoid++)
        for (size_t i = 0; i < 9; i++) {
            float logits[3] = {1, 2, 3}, p[3];
            logits[i % 3] = bad[i / 3];
            assert_false(dsc_probabilities(p, logits, 3, sigmoid, dsc_kernels_auto()));
            for (size_t k = 0; k < 3; k++) assert_true(isnan(p[k]));
        }
}

static void hidden_values_that_are_not_finite_are_an_error(void **state) {
    (void)state;
    dsc_model *model = overflowing("784-20-10", "dense1.weight");
    dsc_error error;
    float *rows;
    assert_int_equal(
        dsc_hidden_values(&rows, model, dsc_model_hidden(model), digits, (const uint32_t[]){3}, 1, &error),
        DSC_ERROR_DIVERGED);
    ASSERT_MESSAGE(error, "image 3");
    assert_null(rows);
    dsc_model_free(model);
}

/* --- model files --- */

static const char LAYERS[] = "conv 4 3x3, batch-norm, relu, flatten, dense 6, layer-norm, relu, dense";
static const struct {
    const char *name;
    size_t at;
    float value;
    const char *message;
} wrong[] = {{"conv1.weight", 0, NAN, "'conv1.weight'[0, 0, 0, 0] is NaN"},
             {"conv1.weight", 35, INFINITY, "'conv1.weight'[3, 0, 2, 2] is infinite"},
             {"conv1.bias", 2, -INFINITY, "'conv1.bias'[2] is minus infinity"},
             {"batch_norm1.weight", 1, NAN, "'batch_norm1.weight'[1] is NaN"},
             {"batch_norm1.running_mean", 3, INFINITY, "'batch_norm1.running_mean'[3] is infinite"},
             {"batch_norm1.running_var", 0, NAN, "'batch_norm1.running_var'[0] is NaN"},
             {"batch_norm1.running_var", 3, -0.5F, "'batch_norm1.running_var'[3] is negative"},
             {"dense1.weight", 16223, NAN, "'dense1.weight'[5, 2703] is NaN"}, /* the last of it */
             {"dense1.weight", 2000, INFINITY, "'dense1.weight'[0, 2000] is infinite"},
             {"dense2.bias", 9, NAN, "'dense2.bias'[9] is NaN"},
             {"loss.class_weights", 4, -1, "'loss.class_weights'[4] is negative"},
             {"loss.class_weights", 4, NAN, "'loss.class_weights'[4] is NaN"}};

static void a_model_that_is_not_finite_is_not_saved(void **state) {
    (void)state;
    char *path = dsc_path_join(testing_folder(), "model.safetensors");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dsc_model *model = make(LAYERS), *before;
        dsc_error error;
        numbers(model, wrong[i].name)[wrong[i].at] = wrong[i].value;
        assert_int_equal(dsc_model_save(model, path, &error), DSC_ERROR_DIVERGED);
        ASSERT_MESSAGE(error, wrong[i].message);
        if (i == 0) {
            assert_int_equal(access(path, F_OK), -1);
            dsc_model *good = make(LAYERS);
            ASSERT_OK(dsc_model_save(good, path, &error), error);
            dsc_model_free(good);
        }
        ASSERT_OK(dsc_model_load(&before, path, &error), error); /* the previous file stays */
        dsc_model_free(before);
        /* nor prepared for answers, nor trained */
        dsc_predictor *predictor;
        dsc_training_options how = dsc_training_options_defaults();
        how.batch = 10;
        assert_int_equal(dsc_predictor_create(&predictor, model, NULL, &error), DSC_ERROR_DIVERGED);
        ASSERT_MESSAGE(error, wrong[i].message);
        assert_int_equal(dsc_train(model, digits, &how, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, wrong[i].message);
        dsc_model_free(model);
    }
    free(path);
}

/* The offset of the element in the file: the arrays have the graph's order, and the data begin behind the
 * header. */
static size_t place_of(const dsc_model *model, const unsigned char *bytes, const char *name, size_t at) {
    uint64_t header = 0;
    for (int i = 0; i < 8; i++) header |= (uint64_t)bytes[i] << 8 * i;
    size_t place = 8 + (size_t)header;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER && node->kind != DSC_NODE_BUFFER) continue;
        if (!strcmp(node->name, name)) return place + 4 * at;
        place += 4 * dsc_shape_count(&node->shape);
    }
    fail();
    return 0;
}

static void a_file_with_a_number_that_is_not_finite_is_not_loaded(void **state) {
    (void)state;
    dsc_model *model = make(LAYERS), *loaded;
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const size_t place = place_of(model, bytes, wrong[i].name, wrong[i].at);
        unsigned char kept[4], other[4];
        memcpy(kept, bytes + place, 4);
        memcpy(other, &wrong[i].value, 4); /* files are little-endian, like the machines that run the tests */
        memcpy(bytes + place, other, 4);
        assert_int_equal(dsc_model_parse(&loaded, bytes, size, "some.file", NULL, &error), DSC_ERROR_FORMAT);
        assert_null(loaded);
        ASSERT_MESSAGE(error, "some.file: ");
        ASSERT_MESSAGE(error, wrong[i].message);
        memcpy(bytes + place, kept, 4);
    }
    ASSERT_OK(dsc_model_parse(&loaded, bytes, size, "some.file", NULL, &error), error);
    dsc_model_free(loaded);
    dsc_model_free(model);
    free(bytes);
}

/* The factors that convert bytes are texts in the file. */
static void a_normalisation_that_is_not_finite_is_not_loaded(void **state) {
    (void)state;
    static const char *const bad[] = {"1e39", "-1e39", "1e999", "NaN", "Infinity", "null"};
    dsc_model *model = make("784-10"), *loaded;
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
    static const char key[] = "\\\"scale\\\":[";
    unsigned char *at = bytes;
    while (memcmp(at, key, sizeof key - 1) != 0) at++;
    at += sizeof key - 1;
    size_t length = 0;
    while (at[length] != ']') length++;
    assert_true(length > 8);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memset(at, ' ', length);
        memcpy(at, bad[i], strlen(bad[i]));
        assert_int_equal(dsc_model_parse(&loaded, bytes, size, "some.file", NULL, &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, "some.file: ");
        ASSERT_MESSAGE(error, "normalisation");
    }
    dsc_model_free(model);
    free(bytes);
}

/* --- training --- */

static dsc_status train(dsc_model **model, dsc_training_options *how, const char *text, dsc_error *error) {
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    ASSERT_OK(dsc_model_create(model, &options, error), *error);
    return dsc_train(*model, digits, how, error);
}

/* The rates range from those that train to those whose first step overflows. In between, no loss reveals
 * some, since no loss is computed after the last step. */
static void a_run_that_diverges_in_its_last_step_has_diverged(void **state) {
    (void)state;
    static const struct {
        const char *text, *precision;
        double validation, ema;
        unsigned patience, epochs;
    } runs[] = {{"784-8-10", "f32", 0, 0, 0, 1},
                {"784-8-10", "bf16", 0, 0, 0, 1},
                {"784-8-10", "f32", 0.2, 0, 0, 1},
                {"784-8-10", "f32", 0, 0.9, 0, 1},
                {"784-8-10", "f32", 0.2, 0, 2, 3},
                {"conv 2 3x3, batch-norm, relu, flatten, dense", "f32", 0, 0, 0, 1},
                {"flatten, dense", "f32", 0, 0, 0, 2}};
    size_t late = 0;
    for (size_t r = 0; r < sizeof runs / sizeof *runs; r++)
        for (double l2 = 1; l2 <= 1000; l2 *= 10)
            for (unsigned batch = IMAGES / 5; batch <= IMAGES / 2; batch += 6) {
                dsc_model *model;
                dsc_score score;
                dsc_error error;
                dsc_training_options how = dsc_training_options_defaults();
                how.optimiser = "sgd";
                how.learning_rate = 1000;
                how.l2 = l2;
                how.threads = 1;
                how.batch = batch;
                how.precision = runs[r].precision;
                how.epochs = runs[r].epochs;
                how.validation = runs[r].validation;
                how.ema = runs[r].ema;
                how.patience = runs[r].patience;
                const dsc_status status = train(&model, &how, runs[r].text, &error);
                if (status) {
                    assert_int_equal(status, DSC_ERROR_DIVERGED);
                    ASSERT_MESSAGE(error, "epoch ");
                    ASSERT_MESSAGE(error, "step ");
                    ASSERT_MESSAGE(error, "smaller learning rate");
                    ASSERT_MESSAGE(error, "clip-norm");
                    late += strstr(error.message, "training diverged by") != NULL;
                } else {
                    ASSERT_OK(dsc_evaluate(&score, model, digits, &error), error);
                    assert_int_equal(score.not_finite, 0);
                    assert_true(isfinite(score.loss));
                }
                dsc_model_free(model);
            }
    assert_true(late >= 5); /* the test reaches its case */
}

static dsc_trainer *make_trainer(dsc_model *model, const char *json) {
    dsc_recipe recipe;
    dsc_trainer *trainer;
    dsc_error error;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    ASSERT_OK(dsc_trainer_create(&trainer, model, &recipe, digits, 1, &error), error);
    dsc_recipe_clear(&recipe);
    return trainer;
}

static void write_with_checksum(const char *path, unsigned char *bytes, size_t size) {
    dsc_error error;
    const uint32_t crc = libdeflate_crc32(0, bytes, size - 4);
    memcpy(bytes + size - 4, &crc, 4);
    ASSERT_OK(dsc_file_write(path, bytes, size, &error), error);
}

static void checkpoints_hold_finite_weights_only(void **state) {
    (void)state;
    char *path = dsc_path_join(testing_folder(), "checkpoint");
    dsc_error error;
    dsc_model *model = make("784-8-10");
    dsc_trainer *trainer = make_trainer(
        model,
        "{\"batch\": 10, \"ema\": 0.9, \"validation\": 0.2, \"patience\": 3, \"optimiser\": \"adam\"}");
    ASSERT_OK(dsc_trainer_step(trainer, &error), error);
    ASSERT_OK(dsc_trainer_save(trainer, path, &error), error);
    unsigned char *before, *after;
    size_t size, again;
    ASSERT_OK(dsc_file_read(&before, &size, path, SIZE_MAX, &error), error);

    /* Writing: the last valid checkpoint stays. */
    float *const slabs[] = {model->values, trainer->updater.average};
    for (size_t i = 0; i < 2; i++) {
        const float kept = slabs[i][5];
        slabs[i][5] = INFINITY;
        assert_int_equal(dsc_trainer_save(trainer, path, &error), DSC_ERROR_DIVERGED);
        ASSERT_MESSAGE(error, "epoch 1, step 1: 'dense1.weight'[0, 5] is infinite");
        slabs[i][5] = kept;
        ASSERT_OK(dsc_file_read(&after, &again, path, SIZE_MAX, &error), error);
        assert_int_equal(again, size);
        assert_memory_equal(before, after, size);
        free(after);
    }

    /* Reading: for example, a checkpoint of an earlier version. The slabs are the last in the file:
     * values, two states, average, best. */
    const size_t n = trainer->updater.numbers * 4, p = trainer->updater.parameter_numbers * 4,
                 start = size - 4 - 3 * n - 2 * p;
    const size_t places[] = {start, start + n + 2 * p, start + 2 * n + 2 * p};
    const float bad = NAN;
    for (size_t i = 0; i < 3; i++) {
        float kept;
        memcpy(&kept, before + places[i] + 20, 4);
        memcpy(before + places[i] + 20, &bad, 4);
        write_with_checksum(path, before, size);
        const float value = model->values[5];
        assert_int_equal(dsc_trainer_restore(trainer, path, false, &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, "'dense1.weight'[0, 5] is NaN");
        assert_true(model->values[5] == value);
        memcpy(before + places[i] + 20, &kept, 4);
    }
    write_with_checksum(path, before, size);
    ASSERT_OK(dsc_trainer_restore(trainer, path, false, &error), error);
    free(before);
    dsc_trainer_free(trainer);
    dsc_model_free(model);
    free(path);
}

/* Puts a NaN where no loss reveals it during training, at the second step of a run that saves at each
 * step. */
#define MEAN "batch_norm1.running_mean"
static int spoil(void *user, const dsc_event *event) {
    dsc_training_run *run = *(dsc_training_run **)user;
    if (event->kind == DSC_EVENT_STEP && event->step == 2)
        numbers(dsc_run_trainer(run)->model, MEAN)[1] = NAN;
    return 0;
}

static void a_run_ends_where_a_checkpoint_would_not_be_finite_and_keeps_the_one_before(void **state) {
    (void)state;
    char *folder = dsc_path_join(testing_folder(), "run"), *path = dsc_path_join(folder, DSC_RUN_CHECKPOINT);
    static const char json[] =
        "{\"model\": \"flatten, dense 8, batch-norm, relu, dense\", \"batch\": 10, \"epochs\": 2}";
    dsc_recipe recipe;
    dsc_training_run *run;
    dsc_error error;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    const dsc_run_options options = {.folder = folder, .threads = 1, .checkpoint_seconds = 1e-9};
    ASSERT_OK(dsc_run_start(&run, &recipe, digits, &options, &error), error);
    assert_int_equal(dsc_run_train(run, spoil, &run, &error), DSC_ERROR_DIVERGED);
    ASSERT_MESSAGE(error, "'" MEAN "'[1] is NaN");
    dsc_run_free(run);
    ASSERT_OK(dsc_run_resume(&run, &recipe, digits, &options, &error), error);
    assert_true(dsc_run_trainer(run)->progress.step > 0);
    assert_true(isfinite(numbers(dsc_run_trainer(run)->model, MEAN)[1]));
    ASSERT_OK(dsc_run_train(run, NULL, NULL, &error), error);
    dsc_run_free(run);
    dsc_recipe_clear(&recipe);
    free(folder);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_that_is_not_finite_is_wrong_in_every_figure),
        cmocka_unit_test(evaluating_an_overflowing_model_calls_nothing_right),
        cmocka_unit_test(predicting_fails_for_the_images_without_an_answer_and_only_for_those),
        cmocka_unit_test(tiny_sigmoids_are_brought_to_a_sum_of_1),
        cmocka_unit_test(hidden_values_that_are_not_finite_are_an_error),
        cmocka_unit_test(a_model_that_is_not_finite_is_not_saved),
        cmocka_unit_test(a_file_with_a_number_that_is_not_finite_is_not_loaded),
        cmocka_unit_test(a_normalisation_that_is_not_finite_is_not_loaded),
        cmocka_unit_test(a_run_that_diverges_in_its_last_step_has_diverged),
        cmocka_unit_test(checkpoints_hold_finite_weights_only),
        cmocka_unit_test(a_run_ends_where_a_checkpoint_would_not_be_finite_and_keeps_the_one_before),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
