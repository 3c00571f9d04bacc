/* SPDX-License-Identifier: MIT */
/* Suspicious settings and data are reported once, and correct ones are not reported. */
#include "testing.h"

#include "data/images.h"
#include "data/known.h"
#include "train/sanity.h"

#include <math.h>

enum { COUNT = 30, SIDE = 4, SIZE = SIDE * SIDE, CLASSES = 3, DIGIT = 28 };

typedef struct rig {
    uint8_t images[COUNT * SIZE], labels[COUNT];
    dsc_dataset *data;
    dsc_trainer *trainer;
    /* the message */
    char message[512];
    size_t warnings;
    /* beyond the usual */
    const char *augment;
    bool digits;
} rig;

static void note(void *user, const char *message) {
    rig *r = user;
    r->warnings++;
    (void)snprintf(r->message, sizeof r->message, "%s", message);
}

/* Correct labels and images. */
static void begin(rig *r) {
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < COUNT; i++) {
        r->labels[i] = (uint8_t)(i % CLASSES);
        for (size_t k = 0; k < SIZE; k++) r->images[i * SIZE + k] = (uint8_t)(37 * i + 101 * k);
    }
}

/* The images; if r->digits, with a wide margin, of the size of prepared digits. */
static void make_data(rig *r) {
    static uint8_t wide[COUNT * DIGIT * DIGIT];
    dsc_error error;
    for (size_t i = 0; i < COUNT * SIZE; i++)
        wide[(i / SIZE * DIGIT + 12 + i % SIZE / SIDE) * DIGIT + 12 + i % SIDE] = r->images[i];
    const size_t side = r->digits ? DIGIT : SIDE;
    ASSERT_OK(testing_dataset(&r->data, r->digits ? wide : r->images, r->labels, COUNT,
                              (size_t[3]){1, side, side}, CLASSES, NULL, "test", &error),
              error);
    if (r->digits) dsc_dataset_recognise(r->data, &dsc_known_data_digits);
}

static void make(rig *r, const char *model, const char *loss) {
    dsc_error error;
    dsc_recipe recipe;
    char json[256];
    (void)snprintf(json, sizeof json,
                   "{\"model\": \"%s\", \"loss\": \"%s\", \"batch\": 10, \"learning-rate\": 0.001, "
                   "\"augment\": \"%s\"}",
                   model, loss, r->augment ? r->augment : "none");
    make_data(r);
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    ASSERT_OK(dsc_trainer_create(&r->trainer, NULL, &recipe, r->data, 2, &error), error);
    dsc_recipe_clear(&recipe);
}

static void end(rig *r) {
    dsc_trainer_free(r->trainer);
    dsc_dataset_free(r->data);
}

/* The message before training on the images and labels of `r`; NULL: none. */
static void expect_before(rig *r, const char *expected) {
    make(r, r->digits ? "784-3" : "16-3", "softmax-cross-entropy");
    dsc_sanity_before(r->trainer, note, r);
    assert_int_equal(r->warnings, expected != NULL);
    assert_string_equal(r->message, expected ? expected : "");
    end(r);
}

static void labels_with_nothing_to_tell_apart_or_to_learn_from_are_told(void **state) {
    (void)state;
    rig r;
    begin(&r);
    expect_before(&r, NULL);
    memset(r.labels, 1, sizeof r.labels);
    expect_before(&r, "all labels are of one class, 1; a network needs at least two classes");
    begin(&r);
    for (size_t i = 0; i < COUNT; i++) r.labels[i] = i % 2 ? 2 : 0;
    expect_before(&r, "1 of 3 classes have no training sample, so the network cannot learn them");
}

static void blank_images_are_told(void **state) {
    (void)state;
    rig r;
    begin(&r);
    memset(r.images, 255, sizeof r.images);
    expect_before(&r, "all inputs are the same (1); the images are blank");
    begin(&r);
    memset(r.images, 255, sizeof r.images);
    r.images[SIZE + 3] = 254; /* almost blank */
    expect_before(&r, NULL);
}

static void a_flip_of_digits_is_told_and_one_of_other_things_is_not(void **state) {
    (void)state;
    rig r;
    begin(&r);
    r.augment = "crop, flip";
    expect_before(&r, NULL);
    begin(&r);
    r.digits = true;
    expect_before(&r, NULL);
    begin(&r);
    r.digits = true;
    r.augment = "crop, flip";
    expect_before(&r, "the data are digits, but the recipe mirrors some of them: remove flip from --augment");
}

static void inputs_that_are_not_normalised_are_told(void **state) {
    (void)state;
    static const struct {
        dsc_real scale, offset;
        bool fine;
    } cases[] = {{1.0F / 255, 0, true},    {1.0F / 255, 9, true}, {1.0F / 255, 10, false},
                 {1.0F / 255, -11, false}, {0.1F, -13, true},     {0.15F, -19, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig r;
        begin(&r);
        make(&r, "16-3", "softmax-cross-entropy");
        r.trainer->model->normalisation.scale[0] = cases[i].scale;
        r.trainer->model->normalisation.offset[0] = cases[i].offset;
        dsc_sanity_before(r.trainer, note, &r);
        assert_int_equal(r.warnings, !cases[i].fine);
        if (!cases[i].fine) assert_non_null(strstr(r.message, "the inputs are not normalised: mean "));
        end(&r);
    }
}

static void a_loss_like_that_of_guessing_is_told(void **state) {
    (void)state;
    static const struct {
        const char *loss;
        double share; /* of ln(3) */
        bool told;
    } cases[] = {{"softmax-cross-entropy", 0.94, false},
                 {"softmax-cross-entropy", 0.96, true},
                 {"softmax-cross-entropy", 2, true},
                 {"squared-error", 0.96, false}}; /* for this loss ln(3) is not special */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig r;
        begin(&r);
        make(&r, "16-3", cases[i].loss);
        r.trainer->progress.step = 200;
        dsc_sanity_after_epoch(r.trainer, cases[i].share * log(3), note, &r);
        assert_int_equal(r.warnings, cases[i].told);
        if (cases[i].told)
            assert_non_null(strstr(r.message, "is still near ln(3) = 1.099, the loss of guessing"));
        end(&r);
    }
}

static void the_advice_fits_the_loss_and_the_steps(void **state) {
    (void)state;
    static const struct {
        double loss;
        uint64_t step;
        const char *advice;
    } cases[] = {
        {1.1, 200, "1.100, is still near ln(3) = 1.099, the loss of guessing: try another learning rate"},
        {1.1, 3, "1.100, is still near ln(3) = 1.099, the loss of guessing: train for more epochs"},
        {2e22, 3, "2e+22, is far above ln(3) = 1.099, the loss of guessing: try a smaller learning rate"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig r;
        begin(&r);
        make(&r, "16-3", "softmax-cross-entropy");
        r.trainer->progress.step = cases[i].step;
        r.trainer->progress.epoch = dsc_trainer_epochs(r.trainer);
        dsc_sanity_after_epoch(r.trainer, cases[i].loss, note, &r);
        assert_int_equal(r.warnings, 1);
        assert_non_null(strstr(r.message, cases[i].advice));
        end(&r);
    }
}

/* Epochs of three steps, 100 of them: after steps 201 and 300 only. */
static void a_loss_like_that_of_guessing_is_told_at_growing_intervals(void **state) {
    (void)state;
    rig r;
    begin(&r);
    make(&r, "16-3", "softmax-cross-entropy");
    assert_int_equal(r.trainer->steps_an_epoch, 3);
    r.trainer->length.part[0].steps = 300;
    for (uint64_t epoch = 1; epoch <= 100; epoch++) {
        const size_t before = r.warnings;
        r.trainer->progress.epoch = epoch;
        r.trainer->progress.step = 3 * epoch;
        dsc_sanity_after_epoch(r.trainer, log(3), note, &r);
        assert_int_equal(r.warnings - before, epoch == 67 || epoch == 100);
    }
    end(&r);
}

/* Makes the first `count` units of the layer inactive for all inputs. */
static void kill_units(const dsc_model *model, size_t count) {
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->name && !strcmp(node->name, "dense1.bias"))
            for (size_t k = 0; k < dsc_shape_count(&node->shape); k++)
                model->values[node->offset + k] = k < count ? -1000.0F : 1000.0F;
    }
}

static void units_that_are_never_active_are_told_after_the_first_epoch_alone(void **state) {
    (void)state;
    static const struct {
        size_t dead;
        uint64_t epoch;
        const char *says;
    } cases[] = {
        {4, 1, NULL}, /* half of them */
        {5, 1, "5 of 8 units of relu1 are zero for a whole batch (dead ReLUs): try a smaller learning rate"},
        {8, 1, "8 of 8 units of relu1 are zero for a whole batch (dead ReLUs): try a smaller learning rate"},
        {8, 2, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig r;
        begin(&r);
        make(&r, "flatten, dense 8, relu, batch-norm, dense", "squared-error");
        dsc_trainer *t = r.trainer;
        kill_units(t->model, cases[i].dead);
        t->progress.epoch = cases[i].epoch;
        t->progress.position = COUNT; /* at the end of an epoch */
        const dsc_progress before = t->progress;
        dsc_real *values = malloc(t->updater.numbers * sizeof *values);
        memcpy(values, t->model->values, t->updater.numbers * sizeof *values);
        dsc_sanity_after_epoch(t, 0.1, note, &r);
        assert_int_equal(r.warnings, cases[i].says != NULL);
        assert_string_equal(r.message, cases[i].says ? cases[i].says : "");
        /* the check has no effect on training */
        assert_memory_equal(&before, &t->progress, sizeof before);
        assert_memory_equal(values, t->model->values, t->updater.numbers * sizeof *values);
        free(values);
        end(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_with_nothing_to_tell_apart_or_to_learn_from_are_told),
        cmocka_unit_test(blank_images_are_told),
        cmocka_unit_test(a_flip_of_digits_is_told_and_one_of_other_things_is_not),
        cmocka_unit_test(inputs_that_are_not_normalised_are_told),
        cmocka_unit_test(a_loss_like_that_of_guessing_is_told),
        cmocka_unit_test(the_advice_fits_the_loss_and_the_steps),
        cmocka_unit_test(a_loss_like_that_of_guessing_is_told_at_growing_intervals),
        cmocka_unit_test(units_that_are_never_active_are_told_after_the_first_epoch_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
