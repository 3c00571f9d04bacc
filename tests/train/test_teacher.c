/* SPDX-License-Identifier: MIT */
/* Training with a teacher: what is loaded, the matching of classes, that bits do not depend on threads,
 * and that the network becomes similar to its teacher. */
#include "testing.h"

#include "train/mixup.h"
#include "train/trainer.h"

#include "stripes.h"

#include <math.h>

enum { PIXELS = 16, CLASSES = 3, IMAGES = 60 };

static dsc_error error;

static dsc_model *teacher_of(const char *text, size_t side, const char *const *names, size_t classes) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = text;
    options.shape[1] = options.shape[2] = side;
    options.classes = classes;
    options.class_names = names;
    options.seed = 7;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static long fails_at = -1; /* the allocation of the next trainer that fails; -1: none */

static dsc_status make_trainer(dsc_trainer **trainer, const char *json, const dsc_model *teacher,
                               unsigned threads) {
    dsc_recipe recipe;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    recipe.teacher_model = teacher;
    if (fails_at >= 0) testing_fail_allocation(fails_at);
    const dsc_status status = dsc_trainer_create(trainer, NULL, &recipe, stripes, threads, &error);
    dsc_recipe_clear(&recipe);
    return status;
}

static void ask(float *p, const dsc_model *model, const float *image, const char *precision) {
    dsc_predictor_options how = dsc_predictor_options_defaults();
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_prediction wanted = dsc_prediction_defaults();
    wanted.count = 1;
    wanted.floats = image;
    wanted.probabilities = p;
    how.precision = precision;
    ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    ASSERT_OK(dsc_predict_all(predictor, workspace, &wanted, &error), error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
}

/* softmax(z / T); class k of the model is class place[k] of the teacher. */
static void soften(double out[CLASSES], const float *p, const size_t place[CLASSES], double temperature) {
    double sum = 0;
    for (size_t k = 0; k < CLASSES; k++) sum += out[k] = pow((double)p[place[k]], 1 / temperature);
    for (size_t k = 0; k < CLASSES; k++) out[k] /= sum;
}

/* The trainer's input, for a plain epoch and a mixed one, compared with a computation here. */
static void check_targets(const char *precision) {
    char json[300];
    static const char *const names[4] = {"2", "other", "0",
                                         "1"}; /* the teacher has more classes, in another order */
    static const size_t place[CLASSES] = {2, 3, 0};
    dsc_model *teacher = teacher_of("flatten, dense 5, tanh, dense", 4, names, 4);
    dsc_trainer *t;
    (void)snprintf(json, sizeof json,
                   "{\"model\": \"flatten, dense\", \"batch\": 60, \"mixup\": 1, \"epochs\": 2, "
                   "\"clean-epochs\": 1, \"augment\": \"affine rotate=20\", \"teacher-share\": 0.75, "
                   "\"teacher-temperature\": 3, \"precision\": \"%s\"}",
                   precision);
    ASSERT_OK(make_trainer(&t, json, teacher, 1), error);
    for (uint64_t epoch = 0; epoch < 2; epoch++) {
        float images[IMAGES * PIXELS], targets[IMAGES * CLASSES], p[4];
        t->progress.epoch = epoch;
        dsc_run run;
        ASSERT_OK(dsc_trainer_batch(&run, t, &error), error);
        run.load(run.context, (dsc_real *[]){images, targets}, 0, IMAGES, 0);
        for (size_t i = 0; i < IMAGES; i++) {
            const size_t sample = t->batch[i];
            const dsc_mix mix = dsc_mixup_draw(1, t->seed, epoch, sample, IMAGES);
            const double own = epoch ? 1 : mix.share; /* the last epoch has no mixup */
            double soft[CLASSES];
            /* in the model's units, where 1 corresponds to byte 255 */
            ask(p, teacher, images + i * PIXELS, precision);
            soften(soft, p, place, 3);
            for (size_t k = 0; k < CLASSES; k++) {
                const double class = own * (k == sample % 3) + (1 - own) * (k == mix.partner % 3);
                assert_float_equal(targets[i * CLASSES + k], 0.25 * class + 0.75 * soft[k], 1e-5);
            }
        }
    }
    dsc_trainer_free(t);
    dsc_model_free(teacher);
}

/* The teacher multiplies in the run's precision. */
static void the_target_is_partly_what_the_teacher_says(void **state) {
    (void)state;
    check_targets("f32");
    check_targets("bf16");
}

static void a_network_becomes_like_its_teacher(void **state) {
    (void)state;
    dsc_model *teacher = teacher_of("flatten, dense", 4, NULL, CLASSES), *model;
    dsc_training_options how = dsc_training_options_defaults();
    float p[CLASSES], q[CLASSES];
    how.epochs = 300;
    how.batch = 20;
    how.learning_rate = 0.02;
    how.teacher = teacher;
    how.teacher_share = 1;
    how.teacher_temperature = 1;
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", stripes, &error), error);
    ASSERT_OK(dsc_train(model, stripes, &how, &error), error);
    for (size_t i = 0; i < IMAGES; i++) {
        float image[PIXELS];
        for (size_t k = 0; k < PIXELS; k++) image[k] = dsc_dataset_image(stripes, i)[k] / 255.0F;
        ask(p, teacher, image, "f32");
        ask(q, model, image, "f32");
        for (size_t k = 0; k < CLASSES; k++) assert_float_equal(p[k], q[k], 0.03);
    }
    dsc_model_free(model);
    dsc_model_free(teacher);
}

static void threads_change_no_bit(void **state) {
    (void)state;
    dsc_model *teacher = teacher_of("flatten, dense 8, relu, dense", 4, NULL, CLASSES);
    dsc_trainer *one, *four;
    static const char json[] = "{\"model\": \"flatten, dense 6, relu, dense\", \"batch\": 7, \"epochs\": 2}";
    ASSERT_OK(make_trainer(&one, json, teacher, 1), error);
    ASSERT_OK(make_trainer(&four, json, teacher, 4), error);
    ASSERT_OK(dsc_trainer_run(one, NULL, NULL, &error), error);
    ASSERT_OK(dsc_trainer_run(four, NULL, NULL, &error), error);
    assert_memory_equal(one->model->values, four->model->values,
                        dsc_graph_value_numbers(one->model->graph) * sizeof(dsc_real));
    dsc_trainer_free(one);
    dsc_trainer_free(four);
    dsc_model_free(teacher);
}

static void a_teacher_of_other_images_or_classes_is_refused(void **state) {
    (void)state;
    static const char *const names[CLASSES] = {"0", "1", "three"};
    static const char json[] = "{\"model\": \"flatten, dense\", \"batch\": 20}";
    dsc_model *larger = teacher_of("flatten, dense", 5, NULL, CLASSES),
              *others = teacher_of("flatten, dense", 4, names, CLASSES);
    dsc_trainer *t;
    assert_int_equal(make_trainer(&t, json, larger, 1), DSC_ERROR_MISMATCH);
    assert_non_null(strstr(error.message, "teacher: "));
    assert_int_equal(make_trainer(&t, json, others, 1), DSC_ERROR_MISMATCH);
    assert_non_null(strstr(error.message, "teacher: "));
    assert_int_equal(
        make_trainer(&t, "{\"model\": \"flatten, dense\", \"batch\": 20, \"teacher\": \"/none/such\"}", NULL,
                     1),
        DSC_ERROR_IO);
    assert_non_null(strstr(error.message, "teacher: "));
    assert_int_equal(
        make_trainer(&t, "{\"model\": \"flatten, dense\", \"batch\": 20, \"members\": 2}", NULL, 1),
        DSC_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "set members to 1"));
    dsc_model_free(larger);
    dsc_model_free(others);
}

static void a_teacher_of_the_other_ground_is_refused(void **state) {
    (void)state;
    static const char json[] = "{\"model\": \"flatten, dense\", \"batch\": 20}";
    dsc_model *teacher = teacher_of("flatten, dense", 4, NULL, CLASSES);
    dsc_trainer *t;
    ASSERT_OK(make_trainer(&t, json, teacher, 1), error);
    dsc_images images;
    dsc_model_describe(&images, t->model);
    dsc_trainer_free(t);
    assert_int_not_equal(images.ground, DSC_GROUND_UNKNOWN);
    dsc_model_describe(&images, teacher);
    images.ground = DSC_GROUND_DARK;
    ASSERT_OK(dsc_model_expect(teacher, &images, &error), error);
    const dsc_status dark = make_trainer(&t, json, teacher, 1);
    if (!dark) dsc_trainer_free(t);
    images.ground = DSC_GROUND_LIGHT;
    ASSERT_OK(dsc_model_expect(teacher, &images, &error), error);
    const dsc_status light = make_trainer(&t, json, teacher, 1);
    if (!light) dsc_trainer_free(t);
    assert_true((dark == DSC_OK) != (light == DSC_OK));
    assert_int_equal(dark ? dark : light, DSC_ERROR_MISMATCH);
    dsc_model_free(teacher);
}

static void failing_allocations_leave_nothing_behind(void **state) {
    (void)state;
    dsc_model *teacher = teacher_of("flatten, dense", 4, NULL, CLASSES);
    bool done = false;
    for (fails_at = 0; !done && fails_at < 5000; fails_at++) {
        dsc_trainer *t = NULL;
        const dsc_status status =
            make_trainer(&t, "{\"model\": \"flatten, dense\", \"batch\": 20}", teacher, 1);
        done = !testing_allocation_failed();
        if (!done) assert_int_equal(status, DSC_ERROR_MEMORY);
        dsc_trainer_free(t);
    }
    fails_at = -1;
    assert_true(done);
    dsc_model_free(teacher);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_target_is_partly_what_the_teacher_says),
        cmocka_unit_test(a_network_becomes_like_its_teacher),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(a_teacher_of_other_images_or_classes_is_refused),
        cmocka_unit_test(a_teacher_of_the_other_ground_is_refused),
        cmocka_unit_test(failing_allocations_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
