/* SPDX-License-Identifier: MIT */
/* Budgets of allocations: after preparation, work needs no more memory. Steps of training, epochs from the
 * second on, evaluations and answers have a budget of 0. */
#include "testing.h"

#include "kernel/kernel.h"
#include "measure/mistakes.h"
#include "model/inspector.h"
#include "model/model.h"
#include "train/trainer.h"

enum { IMAGES = 90 };
static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    dsc_error error;
    return dsc_digits_create(&digits, IMAGES, 5, 1, &error);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

/* Together they have all layers, and the parts of a recipe that have memory. */
static const char *const models[] = {
    "784-20-10",
    "conv 4 5x5 stride=2, batch-norm, relu, dropout 0.2, max-pool 2, flatten, dense 12, layer-norm, gelu, "
    "dense",
    "conv 4 3x3 padding=same, residual(conv 4 3x3 padding=same, silu), parallel(depthwise padding=same | "
    "max-pool 3 stride=1 "
    "padding=1), se 2, average-pool 2, tanh, global-pool both, dense 9, sigmoid, dense"};
static const char *const parts[] = {"\"optimiser\": \"adamw\", \"clip-norm\": 1, \"ema\": 0.9, \"augment\": "
                                    "\"affine rotate=10, elastic, erase\"",
                                    "\"optimiser\": \"sgd momentum=0.9\", \"schedule\": \"one-cycle\", "
                                    "\"l1\": 1e-6, \"l2\": 1e-5, \"clip-value\": 0.1",
                                    "\"optimiser\": \"rmsprop\", \"schedule\": \"plateau patience=1\", "
                                    "\"precision\": \"bf16\", \"validation\": 0.2, "
                                    "\"patience\": 2"};
enum { MODELS = 3, PARTS = 3 };

typedef struct rig {
    dsc_model *model;
    dsc_trainer *trainer;
} rig;

static rig make(size_t model, size_t part, unsigned threads) {
    rig r;
    char json[400];
    dsc_recipe recipe;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = models[model];
    (void)snprintf(json, sizeof json, "{\"batch\": 20, \"epochs\": 4, \"lanes\": 3, %s}", parts[part]);
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    ASSERT_OK(dsc_model_create(&r.model, &options, &error), error);
    ASSERT_OK(dsc_trainer_create(&r.trainer, r.model, &recipe, digits, threads, &error), error);
    dsc_recipe_clear(&recipe);
    return r;
}

static void clear(rig *r) {
    dsc_trainer_free(r->trainer);
    dsc_model_free(r->model);
}

static void no_step_allocates_from_the_first_on(void **state) {
    (void)state;
    for (size_t i = 0; i < MODELS * PARTS; i++) {
        rig r = make(i % MODELS, i / MODELS, 1 + (unsigned)i % 3);
        dsc_error error;
        while (!dsc_trainer_epoch_is_done(r.trainer)) {
            const long before = testing_allocations();
            ASSERT_OK(dsc_trainer_step(r.trainer, &error), error);
            if (testing_allocations() != before)
                fail_msg("a step of %s with %s allocates", models[i % MODELS], parts[i / MODELS]);
        }
        clear(&r);
    }
}

/* For each event, the number of allocations before it. */
typedef struct counts {
    long at[64];
    uint64_t epoch[64];
    dsc_event_kind kind[64];
    size_t count;
} counts;

static int note(void *user, const dsc_event *event) {
    counts *c = user;
    c->at[c->count] = testing_allocations();
    c->kind[c->count] = event->kind;
    c->epoch[c->count++] = event->epoch;
    return 0;
}

/* The first epoch ends with a search for dead units, the last with a check of the finished model. */
static void no_epoch_in_between_allocates_validation_included(void **state) {
    (void)state;
    for (size_t i = 0; i < MODELS * PARTS; i++) {
        rig r = make(i % MODELS, i / MODELS, 1);
        dsc_error error;
        static counts c;
        c.count = 0;
        ASSERT_OK(dsc_trainer_run(r.trainer, note, &c, &error), error);
        size_t compared = 0;
        for (size_t k = 1; k < c.count; k++) {
            const bool between = c.epoch[k] == 2 && c.epoch[k - 1] == 2;
            if (!between || c.kind[k] == DSC_EVENT_WARNING) continue;
            assert_int_equal(c.at[k], c.at[k - 1]);
            compared++;
        }
        assert_true(compared >= 3);
        clear(&r);
    }
}

static void no_evaluation_allocates(void **state) {
    (void)state;
    for (size_t i = 0; i < MODELS; i++)
        for (int bf16 = 0; bf16 < 2; bf16++) {
            dsc_error error;
            dsc_model *model;
            dsc_evaluator *evaluator;
            dsc_metrics metrics;
            dsc_mistakes mistakes = {0};
            ASSERT_OK(dsc_model_create_for(&model, models[i], digits, &error), error);
            ASSERT_OK(dsc_evaluator_create(&evaluator, model, 2, NULL, NULL, bf16, &error), error);
            ASSERT_OK(dsc_metrics_initialise(&metrics, 10, &error), error);
            const long before = testing_allocations();
            for (int k = 0; k < 3; k++)
                ASSERT_OK(dsc_evaluator_run(evaluator, &metrics, NULL, digits, dsc_mistakes_note, &mistakes,
                                            &error),
                          error);
            assert_int_equal(testing_allocations(), before);
            assert_int_equal(metrics.count, IMAGES);
            dsc_metrics_clear(&metrics);
            dsc_evaluator_free(evaluator);
            dsc_model_free(model);
        }
}

/* With every kernel set, any number of images, and also after failures. */
static void no_answer_allocates(void **state) {
    (void)state;
    const dsc_kernels *kernels;
    const uint8_t *images = dsc_dataset_images(digits);
    static float p[IMAGES * 10];
    for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++)
        for (size_t i = 0; i < MODELS; i++) {
            dsc_error error;
            dsc_model *model;
            dsc_predictor *predictor;
            dsc_workspace *workspace;
            dsc_predictor_options how = dsc_predictor_options_defaults();
            how.batch = IMAGES;
            how.kernels = kernels->name;
            how.precision = i % 2 ? "bf16" : "f32";
            ASSERT_OK(dsc_model_create_for(&model, models[i], digits, &error), error);
            if (i == 0)
                for (size_t n = 0; n < dsc_graph_parameter_numbers(model->graph); n++)
                    model->values[n] = 3e38F;
            ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
            ASSERT_OK(dsc_workspace_create(&workspace, predictor, 2, &error), error);
            const long before = testing_allocations();
            for (size_t count = 1; count <= IMAGES; count += 22)
                assert_int_equal(dsc_predict(p, predictor, workspace, images, count, &error),
                                 i == 0 ? DSC_ERROR_DIVERGED : DSC_OK);
            assert_int_equal(testing_allocations(), before);
            dsc_workspace_free(workspace);
            dsc_predictor_free(predictor);
            dsc_model_free(model);
        }
}

static void no_look_at_what_an_answer_depends_on_allocates(void **state) {
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        dsc_error error;
        dsc_model *model;
        dsc_inspector *inspector;
        ASSERT_OK(dsc_model_create_for(&model, models[i], digits, &error), error);
        ASSERT_OK(dsc_inspector_create(&inspector, model, true, &error), error);
        const long before = testing_allocations();
        for (size_t n = 0; n < 5; n++)
            ASSERT_OK(dsc_inspector_run(inspector, dsc_dataset_images(digits) + 784 * n, n, &error), error);
        assert_int_equal(testing_allocations(), before);
        dsc_inspector_free(inspector);
        dsc_model_free(model);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_step_allocates_from_the_first_on),
        cmocka_unit_test(no_epoch_in_between_allocates_validation_included),
        cmocka_unit_test(no_evaluation_allocates),
        cmocka_unit_test(no_answer_allocates),
        cmocka_unit_test(no_look_at_what_an_answer_depends_on_allocates),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
