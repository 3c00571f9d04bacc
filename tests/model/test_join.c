/* SPDX-License-Identifier: MIT */
/* Ensembles: the answer is the mean of the members' probabilities, whatever layers they have and however
 * they convert bytes; an ensemble is a model that is saved, loaded and trained; what does not fit is
 * refused by name. A shifted model answers with the mean over shifted images. */
#include "models.h"

#include "model/members.h"

#include <math.h>

enum { IMAGES = 12, PIXELS = SIDE * SIDE };

static dsc_error error;
static uint8_t images[IMAGES * PIXELS];

static int make_images(void **state) {
    (void)state;
    uint32_t noise = 5;
    for (size_t i = 0; i < sizeof images; i++) {
        noise = noise * 1664525 + 1013904223;
        images[i] = (uint8_t)(noise >> 24);
    }
    return 0;
}

static dsc_model *network(const char *text, uint64_t seed) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = text;
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = CLASSES;
    options.class_names = names;
    options.seed = seed;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static void answer(float *probabilities, float *members, const dsc_model *model, const uint8_t *pixels,
                   size_t count) {
    dsc_predictor_options how = dsc_predictor_options_defaults();
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    size_t many;
    how.kernels = "portable";
    how.embedding = members ? dsc_model_members(model, &many) : NULL;
    ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    dsc_prediction wanted = dsc_prediction_defaults();
    wanted.count = count;
    wanted.images = pixels;
    wanted.probabilities = probabilities;
    wanted.embeddings = members;
    ASSERT_OK(dsc_predict_all(predictor, workspace, &wanted, &error), error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
}

static void assert_near(const float *found, const float *expected, size_t count, double tolerance) {
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)found[i] - (double)expected[i]) <= tolerance))
            fail_msg("number %zu is %.9g, expected %.9g", i, (double)found[i], (double)expected[i]);
}

/* The mean of the models' answers, computed one by one. */
static void mean_of(float *mean, dsc_model *const *models, size_t count, size_t n) {
    float one[IMAGES * CLASSES];
    for (size_t i = 0; i < n * CLASSES; i++) mean[i] = 0;
    for (size_t m = 0; m < count; m++) {
        answer(one, NULL, models[m], images, n);
        for (size_t i = 0; i < n * CLASSES; i++) mean[i] += one[i] / (float)count;
    }
}

static dsc_model *join(dsc_model *const *models, size_t count) {
    dsc_model *joined;
    ASSERT_OK(dsc_model_join(&joined, (const dsc_model *const *)models, count, &error), error);
    return joined;
}

static const char CNN[] = "conv 3 3x3, batch-norm, relu, residual(conv 3 padding=same), flatten, dense";

static void an_ensemble_answers_with_the_mean_of_probabilities(void **state) {
    (void)state;
    float found[IMAGES * CLASSES], expected[IMAGES * CLASSES];
    dsc_model *models[] = {network("flatten, dense 9, relu, dense", 1), network(CNN, 2),
                           network("flatten, dense", 3)};
    dsc_model *joined = join(models, 3), *back = written_and_read(joined);
    size_t members;
    assert_non_null(dsc_model_members(joined, &members));
    assert_int_equal(members, 3);
    assert_string_equal(dsc_model_text(joined), "ensemble of 3");
    mean_of(expected, models, 3, IMAGES);
    answer(found, NULL, joined, images, IMAGES);
    assert_near(found, expected, IMAGES * CLASSES, 1e-6);
    answer(expected, NULL, back, images, IMAGES);
    assert_memory_equal(found, expected, sizeof found);
    assert_null(dsc_model_members(models[0], &members));
    assert_int_equal(members, 0);
    assert_int_equal(dsc_model_parameters(joined), dsc_model_parameters(models[0]) +
                                                       dsc_model_parameters(models[1]) +
                                                       dsc_model_parameters(models[2]));
    dsc_model_free(joined);
    dsc_model_free(back);
    for (size_t i = 0; i < 3; i++) dsc_model_free(models[i]);
}

static void its_members_say_what_the_models_say(void **state) {
    (void)state;
    float found[IMAGES * CLASSES], each[IMAGES * 2 * CLASSES], alone[IMAGES * CLASSES];
    dsc_model *models[] = {network(CNN, 1), network(CNN, 2)}, *joined = join(models, 2);
    assert_string_equal(dsc_model_text(joined),
                        "ensemble of 2: conv 3 3x3, batch-norm, relu, residual(conv 3 "
                        "padding=same), flatten, dense");
    answer(found, each, joined, images, IMAGES);
    for (size_t m = 0; m < 2; m++) {
        answer(alone, NULL, models[m], images, IMAGES);
        for (size_t i = 0; i < IMAGES; i++) {
            size_t best = 0;
            for (size_t k = 1; k < CLASSES; k++)
                if (alone[i * CLASSES + k] > alone[i * CLASSES + best]) best = k;
            const float *row = each + (2 * i + m) * CLASSES;
            for (size_t k = 0; k < CLASSES; k++)
                assert_int_equal(dsc_members_agree(NULL, k, row, 1, CLASSES), k == best);
        }
        dsc_model_free(models[m]);
    }
    dsc_model_free(joined);
}

static void members_read_bytes_each_in_its_own_way(void **state) {
    (void)state;
    float found[IMAGES * CLASSES], expected[IMAGES * CLASSES];
    dsc_model *models[] = {network("flatten, dense 9, relu, dense", 1), network(CNN, 2), network(CNN, 3)};
    ASSERT_OK(dsc_model_normalise_by(models[1], "standard", (double[]){0.3}, (double[]){0.2}, 1, &error),
              error);
    ASSERT_OK(dsc_model_normalise(models[2], "bytes", NULL, &error), error);
    for (size_t k = 0; k < 2;
         k++) { /* the member for bytes is first, or last: floats are not rounded to bytes */
        dsc_model *swapped[] = {models[2 * k], models[1], models[2 - 2 * k]};
        dsc_model *joined = join(swapped, 3);
        mean_of(expected, models, 3, IMAGES);
        answer(found, NULL, joined, images, IMAGES);
        assert_near(found, expected, IMAGES * CLASSES, 2e-4);
        dsc_model_free(joined);
    }
    for (size_t i = 0; i < 3; i++) dsc_model_free(models[i]);
}

static void ensembles_are_joined_member_by_member(void **state) {
    (void)state;
    float found[IMAGES * CLASSES], expected[IMAGES * CLASSES];
    enum { MANY = 19 };
    dsc_model *models[MANY];
    for (size_t i = 0; i < MANY; i++) models[i] = network("flatten, dense", i + 1);
    dsc_model *first = join(models, 17);
    dsc_model *joined = join((dsc_model *[]){first, models[17], models[18]}, 3);
    size_t members;
    assert_non_null(dsc_model_members(joined, &members));
    assert_int_equal(members, MANY);
    mean_of(expected, models, MANY, IMAGES);
    answer(found, NULL, joined, images, IMAGES);
    assert_near(found, expected, IMAGES * CLASSES, 1e-6);
    dsc_model_free(joined);
    dsc_model_free(first);
    for (size_t i = 0; i < MANY; i++) dsc_model_free(models[i]);
}

static void what_all_members_say_is_kept(void **state) {
    (void)state;
    dsc_model *models[] = {network("flatten, dense", 1), network("flatten, dense", 2)};
    for (size_t i = 0; i < 2; i++) {
        ASSERT_OK(dsc_model_set_about(models[i], "data", "beetles", &error), error);
        ASSERT_OK(dsc_model_set_about(models[i], "recipe", i ? "b" : "a", &error), error);
        ASSERT_OK(dsc_model_set_about(models[i], "accuracy", "99 %", &error), error);
        ASSERT_OK(dsc_model_set_refuse_below(models[i], i ? 0.75 : 0.5, &error), error);
    }
    dsc_model *joined = join(models, 2);
    assert_string_equal(dsc_model_about(joined, "data"), "beetles");
    assert_null(dsc_model_about(joined, "recipe"));
    assert_null(dsc_model_about(joined, "accuracy"));
    assert_float_equal(dsc_model_refuse_below(joined), 0.625, 0);
    assert_float_equal(dsc_digit_refuse_below(joined, DSC_DIGIT_AT_EDGE | DSC_DIGIT_CUT), 0.625, 0);
    assert_float_equal(dsc_digit_refuse_below(joined, DSC_DIGIT_IN_ROW), 0.7 * 0.625, 1e-12);
    assert_string_equal(dsc_model_class_name(joined, 3), "dog");
    dsc_model_free(joined);
    ASSERT_OK(dsc_model_set_refuse_below(models[0], 0, &error), error);
    joined = join(models, 2);
    assert_float_equal(dsc_model_refuse_below(joined), 0, 0);
    dsc_model_free(joined);
    for (size_t i = 0; i < 2; i++) dsc_model_free(models[i]);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    static const char *const others[CLASSES] = {"ant", "bee", "cat", "eel"};
    dsc_model *first = network("flatten, dense", 1), *joined;
    dsc_model *wrong[] = {made(1, SIDE + 1, CLASSES, names), made(1, SIDE, CLASSES - 1, names),
                          made(1, SIDE, CLASSES, others)};
    const char *const say[] = {"9 x 9", "3 classes", "'eel'"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(dsc_model_join(&joined, (const dsc_model *[]){first, wrong[i]}, 2, &error),
                         DSC_ERROR_MISMATCH);
        assert_null(joined);
        assert_non_null(strstr(error.message, say[i]));
        dsc_model_free(wrong[i]);
    }
    dsc_model_options options = dsc_model_options_defaults();
    options.text = "flatten, dense";
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = CLASSES;
    options.class_names = names;
    options.loss = "binary-cross-entropy";
    dsc_model *sigmoid;
    ASSERT_OK(dsc_model_create(&sigmoid, &options, &error), error);
    assert_int_equal(dsc_model_join(&joined, (const dsc_model *[]){first, sigmoid}, 2, &error),
                     DSC_ERROR_UNSUPPORTED);
    assert_int_equal(dsc_model_shift(&joined, sigmoid, 1, &error), DSC_ERROR_UNSUPPORTED);
    assert_int_equal(dsc_model_join(&joined, (const dsc_model *[]){first}, 1, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_model_shift(&joined, first, 0, &error), DSC_ERROR_ARGUMENT);
    dsc_model_free(sigmoid);
    dsc_model_free(first);
}

/* --- agreement --- */

static void doubt_is_the_members_where_they_are_sure_of_different_classes(void **state) {
    (void)state;
    const float same[] = {1, 2, 0, 1, 2, 0}, split[] = {40, 0, 0, 0, 40, 0};
    double information;
    assert_int_equal(dsc_members_agree(&information, 1, same, 2, 3), 2);
    assert_float_equal(information, 0, 1e-9);
    assert_int_equal(dsc_members_agree(&information, 1, split, 2, 3), 1);
    assert_float_equal(information, 1, 1e-9);
    assert_int_equal(dsc_members_agree(NULL, 2, split, 2, 3), 0);
}

/* --- shifts --- */

/* Shifted by (down, right) pixels; new pixels are `ground`. */
static void move(uint8_t *to, const uint8_t *from, int down, int right, uint8_t ground) {
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const int v = y - down, u = x - right;
            const bool inside = v >= 0 && v < SIDE && u >= 0 && u < SIDE;
            to[y * SIDE + x] = inside ? from[v * SIDE + u] : ground;
        }
}

static void a_shifted_model_answers_with_the_mean_over_shifted_images(void **state) {
    (void)state;
    const dsc_ground grounds[] = {DSC_GROUND_DARK, DSC_GROUND_LIGHT};
    for (size_t g = 0; g < 2; g++)
        for (int pixels = 1; pixels <= 2; pixels++) {
            dsc_model *model = network(CNN, 4), *shifted;
            dsc_images expected = {.shape = {1, SIDE, SIDE}, .ground = grounds[g]};
            float found[CLASSES], sum[CLASSES] = {0}, one[CLASSES];
            uint8_t moved[PIXELS];
            size_t members;
            ASSERT_OK(dsc_model_normalise_by(model, "standard", (double[]){0.3}, (double[]){0.2}, 1, &error),
                      error);
            ASSERT_OK(dsc_model_expect(model, &expected, &error), error);
            const int side = 2 * pixels + 1;
            for (int down = -pixels; down <= pixels; down++)
                for (int right = -pixels; right <= pixels; right++) {
                    move(moved, images, down, right, g ? 255 : 0);
                    answer(one, NULL, model, moved, 1);
                    for (size_t k = 0; k < CLASSES; k++) sum[k] += one[k] / (float)(side * side);
                }
            ASSERT_OK(dsc_model_shift(&shifted, model, (size_t)pixels, &error), error);
            assert_non_null(dsc_model_members(shifted, &members));
            assert_int_equal(members, side * side);
            answer(found, NULL, shifted, images, 1);
            assert_near(found, sum, CLASSES, 2e-6);
            dsc_model_free(shifted);
            dsc_model_free(model);
        }
}

/* --- memory --- */

static void failing_allocations_leave_nothing_behind(void **state) {
    (void)state;
    dsc_model *models[] = {network("flatten, dense", 1), network("flatten, dense", 2)}, *joined = NULL;
    ASSERT_OK(dsc_model_normalise_by(models[1], "standard", (double[]){0.3}, (double[]){0.2}, 1, &error),
              error);
    bool done = false;
    for (long n = 0; !done && n < 2000; n++) {
        testing_fail_allocation(n);
        const dsc_status status = dsc_model_join(&joined, (const dsc_model *const *)models, 2, &error);
        done = !testing_allocation_failed();
        if (!done) assert_int_equal(status, DSC_ERROR_MEMORY);
        if (!done) assert_null(joined);
    }
    assert_true(done);
    dsc_model_free(joined);
    for (size_t i = 0; i < 2; i++) dsc_model_free(models[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ensemble_answers_with_the_mean_of_probabilities),
        cmocka_unit_test(its_members_say_what_the_models_say),
        cmocka_unit_test(members_read_bytes_each_in_its_own_way),
        cmocka_unit_test(ensembles_are_joined_member_by_member),
        cmocka_unit_test(what_all_members_say_is_kept),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(doubt_is_the_members_where_they_are_sure_of_different_classes),
        cmocka_unit_test(a_shifted_model_answers_with_the_mean_over_shifted_images),
        cmocka_unit_test(failing_allocations_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, make_images, NULL);
}
