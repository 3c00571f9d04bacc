/* SPDX-License-Identifier: MIT */
/* Training with images of no class: what is loaded, what is held out, what counts, that bits do not depend
 * on threads or interruptions, and that the model is not confident on such images. */
#include "testing.h"

#include "base/file.h"
#include "train/mixup.h"
#include "train/trainer.h"

#include "stripes.h"

#include <math.h>

enum { OTHERS = 40, PIXELS = 16 };

static dsc_error error;
static dsc_dataset *noise; /* OTHERS images, 4 x 4, whose labels and classes are ignored */

/* Columns of two greys, perpendicular to the stripes; seed: which greys. */
static dsc_dataset *make_noise(size_t count, size_t side, uint8_t seed) {
    uint8_t images[OTHERS * 64], labels[OTHERS];
    dsc_dataset *data;
    for (size_t i = 0; i < count; i++) {
        labels[i] = (uint8_t)(i % 7);
        for (size_t k = 0; k < side * side; k++)
            images[i * side * side + k] = (uint8_t)((k / side + i) % 2 ? 120 + 3 * i + seed : i + seed);
    }
    ASSERT_OK(
        testing_dataset(&data, images, labels, count, (size_t[3]){1, side, side}, 7, NULL, "noise", &error),
        error);
    return data;
}

static int make_all(void **state) {
    const int failed = make_data(state);
    noise = make_noise(OTHERS, 4, 0);
    return failed;
}

static int free_all(void **state) {
    dsc_dataset_free(noise);
    return free_data(state);
}

static long fails_at = -1; /* the allocation of the next trainer that fails; -1: none */

static dsc_status make_trainer(dsc_trainer **trainer, const char *json, const dsc_dataset *data,
                               const dsc_dataset *others, unsigned threads) {
    dsc_recipe recipe;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, strlen(json), "test", &error), error);
    recipe.others_data = others;
    if (fails_at >= 0) testing_fail_allocation(fails_at);
    const dsc_status status = dsc_trainer_create(trainer, NULL, &recipe, data, threads, &error);
    dsc_recipe_clear(&recipe);
    return status;
}

static dsc_trainer *trainer_of(const char *json, unsigned threads) {
    dsc_trainer *trainer;
    ASSERT_OK(make_trainer(&trainer, json, stripes, noise, threads), error);
    return trainer;
}

/* The index of an image among the others; OTHERS: it is none of them. */
static size_t place_in_noise(const uint8_t *image) {
    size_t i = 0;
    while (i < OTHERS && memcmp(dsc_dataset_image(noise, i), image, PIXELS) != 0) i++;
    return i;
}

static void a_part_of_the_others_is_held_out_and_never_trained_on(void **state) {
    (void)state;
    static const struct {
        const char *json;
        size_t images, held;
    } cases[] = {
        {"{\"model\": \"flatten, dense\", \"batch\": 20}", 60, 4},
        {"{\"model\": \"flatten, dense\", \"batch\": 20, \"validation\": 0.2}", 48, 8},
    };
    for (size_t c = 0; c < 2; c++) {
        dsc_trainer *t = trainer_of(cases[c].json, 1);
        bool met[OTHERS] = {false};
        assert_int_equal(t->training->count, cases[c].images);
        assert_int_equal(t->held_others->count, cases[c].held);
        assert_int_equal(t->samples->count, cases[c].images + OTHERS - cases[c].held);
        for (size_t i = t->training->count; i < t->samples->count; i++) {
            const size_t place = place_in_noise(dsc_dataset_image(t->samples, i));
            assert_true(place < OTHERS && !met[place]);
            met[place] = true;
        }
        for (size_t i = 0; i < t->held_others->count; i++)
            assert_false(met[place_in_noise(dsc_dataset_image(t->held_others, i))]);
        dsc_trainer_free(t);
    }
}

/* Computes the trainer's input by hand, from bytes: for a plain epoch and a mixed one. */
static void the_target_of_an_other_is_every_class_alike(void **state) {
    (void)state;
    dsc_trainer *t = trainer_of("{\"model\": \"flatten, dense\", \"batch\": 60, \"mixup\": 1, \"epochs\": 2, "
                                "\"clean-epochs\": 1}",
                                1);
    for (uint64_t epoch = 0; epoch < 2; epoch++) {
        float images[60 * PIXELS], targets[60 * 3];
        size_t others = 0;
        t->progress.epoch = epoch;
        dsc_run run;
        ASSERT_OK(dsc_trainer_batch(&run, t, &error), error);
        run.load(run.context, (dsc_real *[]){images, targets}, 0, 60, 0);
        for (size_t i = 0; i < 60; i++) {
            const size_t sample = t->batch[i];
            const dsc_mix mix = dsc_mixup_draw(1, t->seed, epoch, sample, t->samples->count);
            const double own = epoch ? 1 : mix.share; /* the last epoch has no mixup */
            others += sample >= 60;
            for (size_t k = 0; k < 3; k++) {
                const double a = sample < 60 ? k == sample % 3 : 1.0 / 3,
                             b = mix.partner < 60 ? k == mix.partner % 3 : 1.0 / 3;
                assert_true(fabs(targets[i * 3 + k] - (own * a + (1 - own) * b)) < 1e-6);
            }
            for (size_t p = 0; p < PIXELS; p++) {
                const double a = dsc_dataset_image(t->samples, sample)[p],
                             b = dsc_dataset_image(t->samples, mix.partner)[p];
                assert_true(fabs(images[i * PIXELS + p] - (own * a + (1 - own) * b) / 255) < 1e-6);
            }
        }
        assert_in_range(others, 10, 35); /* 36 of 96 samples are others, and the epoch is shuffled */
    }
    dsc_trainer_free(t);
}

/* w_k t_k = 1 / K for any weights. */
static void class_weights_do_not_weigh_others(void **state) {
    (void)state;
    const uint32_t some[8] = {0, 1, 2, 3, 6, 9, 12, 15}; /* classes 0 1 2 0 0 0 0 0 */
    dsc_dataset *uneven;
    dsc_trainer *t;
    ASSERT_OK(dsc_dataset_view(&uneven, stripes, some, 8, NULL, &error), error);
    ASSERT_OK(make_trainer(&t,
                           "{\"model\": \"flatten, dense\", \"batch\": 8, \"class-weights\": \"balanced\"}",
                           uneven, noise, 1),
              error);
    const double weights[3] = {8.0 / 18, 8.0 / 3, 8.0 / 3};
    for (size_t k = 0; k < 3; k++) assert_true(fabs(t->other_target[k] * weights[k] - 1.0 / 3) < 1e-6);
    dsc_trainer_free(t);
    dsc_dataset_free(uneven);
}

typedef struct watch {
    double loss, accuracy;
    size_t epochs;
} watch;

static int look(void *user, const dsc_event *event) {
    watch *w = user;
    if (event->kind == DSC_EVENT_EPOCH) *w = (watch){event->loss, event->accuracy, w->epochs + 1};
    return 0;
}

/* The largest probability that the model gives to each image. */
static void find_confidences(float *out, const dsc_model *model, const dsc_dataset *data) {
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    for (size_t i = 0; i < dsc_dataset_count(data); i++) {
        float p[3];
        ASSERT_OK(dsc_predict(p, predictor, workspace, dsc_dataset_image(data, i), 1, &error), error);
        out[i] = fmaxf(p[0], fmaxf(p[1], p[2]));
    }
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
}

static dsc_model *train(const char *loss, const dsc_dataset *others, double mixup, watch *seen) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_training_options how = dsc_training_options_defaults();
    dsc_model *model;
    options.text = "flatten, dense 32, relu, dense";
    options.shape[1] = options.shape[2] = 4;
    options.classes = 3;
    options.loss = loss;
    how.epochs = 60;
    how.batch = 12;
    how.learning_rate = 0.01;
    how.mixup = mixup;
    how.others = others;
    how.on_event = look;
    how.user = seen;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    ASSERT_OK(dsc_train(model, stripes, &how, &error), error);
    return model;
}

static void a_model_is_sure_of_its_classes_and_of_nothing_else(void **state) {
    (void)state;
    static const struct {
        const char *loss;
        double mixup, sure;
    } ways[] = {{"softmax-cross-entropy", 0, 0.9},
                {"softmax-cross-entropy smoothing=0.1", 0, 0.8},
                {"softmax-cross-entropy", 0.2, 0.6},
                {"squared-error", 0, 0.45},
                {"binary-cross-entropy", 0, 0.8}};
    dsc_dataset *unseen = make_noise(OTHERS, 4, 3);
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        float sure[60], unsure[OTHERS];
        watch seen = {0};
        dsc_model *model = train(ways[w].loss, noise, ways[w].mixup, &seen);
        double least = 1, most = 0;
        find_confidences(sure, model, stripes);
        find_confidences(unsure, model, unseen);
        /* No fmin and fmax: GCC 12 for ARM crashes on such loops. */
        for (size_t i = 0; i < 60; i++)
            if ((double)sure[i] < least) least = (double)sure[i];
        for (size_t i = 0; i < OTHERS; i++)
            if ((double)unsure[i] > most) most = (double)unsure[i];
        assert_true(least > ways[w].sure);
        assert_true(most < ways[w].sure && most < 0.6);
        dsc_model_free(model);
    }
    dsc_dataset_free(unseen);
}

static void without_others_a_model_is_sure_of_anything(void **state) {
    (void)state;
    float unsure[OTHERS];
    watch seen = {0};
    double most = 0;
    dsc_model *model = train("softmax-cross-entropy", NULL, 0, &seen);
    find_confidences(unsure, model, noise);
    for (size_t i = 0; i < OTHERS; i++)
        if ((double)unsure[i] > most) most = (double)unsure[i];
    assert_true(most > 0.6); /* with them it is lower: see above */
    dsc_model_free(model);
}

/* All stripes are known at the end, and no image of the others counts as right or wrong. */
static void others_count_in_the_loss_and_not_in_the_accuracy(void **state) {
    (void)state;
    watch seen = {0};
    dsc_model *model = train("softmax-cross-entropy", noise, 0, &seen);
    assert_int_equal(seen.epochs, 60);
    assert_true(seen.accuracy == 1);
    assert_true(seen.loss > 36.0 / 96 * log(3) && seen.loss < 0.6);
    dsc_model_free(model);
}

static const char EVERYTHING[] =
    "{\"model\": \"conv 4 3x3, batch-norm, relu, dropout 0.2, flatten, dense\", \"validation\": 0.2, "
    "\"epochs\": 3, \"batch\": 20, \"lanes\": 3, \"ema\": 0.9, \"patience\": 3, \"augment\": \"affine "
    "rotate=10\", "
    "\"mixup\": 0.4, \"clean-epochs\": 1, \"class-weights\": \"balanced\"}";

static int stop_after(void *user, const dsc_event *event) {
    long *left = user;
    return event->kind == DSC_EVENT_STEP && --*left == 0;
}

static void the_bits_do_not_depend_on_threads_or_interruptions(void **state) {
    (void)state;
    float *first = NULL;
    size_t numbers = 0;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/others.checkpoint", testing_folder());
    for (long stop = 0; stop < 12; stop += 1 + (stop > 3)) {
        dsc_trainer *t = trainer_of(EVERYTHING, stop ? 1 : 3);
        long left = stop;
        watch seen = {0}, again = {0};
        if (stop) {
            assert_int_equal(dsc_trainer_run(t, stop_after, &left, &error), DSC_ERROR_STOPPED);
            const uint64_t met = t->others_seen;
            ASSERT_OK(dsc_trainer_save(t, path, &error), error);
            dsc_trainer_free(t);
            t = trainer_of(EVERYTHING, 2);
            ASSERT_OK(dsc_trainer_restore(t, path, false, &error), error);
            if (t->progress.position) assert_int_equal(t->others_seen, met);
        }
        ASSERT_OK(dsc_trainer_run(t, look, stop ? &again : &seen, &error), error);
        if (!first) {
            numbers = t->updater.numbers;
            first = malloc(numbers * sizeof *first);
            memcpy(first, t->model->values, numbers * sizeof *first);
        }
        assert_memory_equal(t->model->values, first, numbers * sizeof *first);
        dsc_trainer_free(t);
    }
    free(first);
}

static void a_run_goes_on_with_the_same_others_only(void **state) {
    (void)state;
    char path[512];
    dsc_trainer *t = trainer_of(EVERYTHING, 1);
    dsc_dataset *different = make_noise(OTHERS, 4, 1);
    const dsc_dataset *const now[2] = {different, NULL};
    static const char *const messages[2] = {"was made with other others data: noise differs in",
                                            "with images of no class, and there are none now"};
    static const char *const back[2] = {"was made with other others data: noise differs in",
                                        "without images of no class, and there are some now"};
    (void)snprintf(path, sizeof path, "%s/others.checkpoint", testing_folder());
    ASSERT_OK(dsc_trainer_save(t, path, &error), error);
    dsc_trainer_free(t);
    for (size_t i = 0; i < 2; i++) {
        ASSERT_OK(make_trainer(&t, EVERYTHING, stripes, now[i], 1), error);
        assert_int_equal(dsc_trainer_restore(t, path, false, &error), DSC_ERROR_MISMATCH);
        ASSERT_MESSAGE(error, messages[i]);
        /* ... nor vice versa */
        ASSERT_OK(dsc_trainer_save(t, path, &error), error);
        dsc_trainer_free(t);
        t = trainer_of(EVERYTHING, 1);
        assert_int_equal(dsc_trainer_restore(t, path, false, &error), DSC_ERROR_MISMATCH);
        ASSERT_MESSAGE(error, back[i]);
        ASSERT_OK(dsc_trainer_save(t, path, &error), error);
        dsc_trainer_free(t);
    }
    dsc_dataset_free(different);
}

static void others_that_do_not_fit_are_refused(void **state) {
    (void)state;
    static const char plain[] = "{\"model\": \"flatten, dense\", \"batch\": 20}";
    dsc_trainer *t;
    dsc_dataset *wide = make_noise(OTHERS, 8, 0), *one = make_noise(1, 4, 0), *two = make_noise(2, 4, 0);
    assert_int_equal(make_trainer(&t, plain, stripes, wide, 1), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error,
                   "others: noise has images of 1 x 8 x 8 (channels x height x width) bytes, but stripes "
                   "has 1 x 4 x 4 bytes");
    assert_int_equal(make_trainer(&t, plain, stripes, one, 1), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "expected at least 2");
    ASSERT_OK(make_trainer(&t, plain, stripes, two, 1), error);
    assert_int_equal(t->held_others->count, 1);
    dsc_trainer_free(t);
    assert_int_equal(make_trainer(&t,
                                  "{\"model\": \"flatten, dense\", \"batch\": 20, \"others\": \"letters\"}",
                                  stripes, NULL, 1),
                     DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "the recipe trains with letters as images of no class");
    dsc_dataset_free(wide);
    dsc_dataset_free(one);
    dsc_dataset_free(two);
}

/* The model's confidence on each image of `data`. */
static void find_sureness(float *out, dsc_trainer *t, const dsc_dataset *data) {
    for (size_t i = 0; i < data->count; i++) {
        dsc_dataset *one;
        ASSERT_OK(dsc_dataset_view(&one, data, (const uint32_t[]){(uint32_t)i}, 1, NULL, &error), error);
        find_confidences(out + i, t->model, one);
        dsc_dataset_free(one);
    }
}

static size_t count_below(const float *sure, size_t count, double threshold) {
    size_t below = 0;
    for (size_t i = 0; i < count; i++) below += (double)sure[i] < threshold;
    return below;
}

static void the_threshold_answers_what_is_held_out_and_no_larger_one_does(void **state) {
    (void)state;
    /* 12 images are held out: 99.5 percent of them is all of them. */
    static const char json[] =
        "{\"model\": \"flatten, dense 16, relu, dense\", \"batch\": 12, \"epochs\": 20, "
        "\"learning-rate\": 0.01, \"validation\": 0.2}";
    float images[12] = {0}, others[8] = {0};
    dsc_trainer *t = trainer_of(json, 1);
    ASSERT_OK(dsc_trainer_run(t, NULL, NULL, &error), error);
    const double below = dsc_model_refuse_below(t->model);
    find_sureness(images, t, t->validation);
    find_sureness(others, t, t->held_others);
    assert_true(below > 1.0 / 3 && below <= 1 && t->refusal.below == below);
    assert_int_equal(count_below(images, 12, below), 0);
    assert_true(count_below(images, 12, below + 0.0001) > 0);
    assert_int_equal(t->refusal.images, 12);
    assert_int_equal(t->refusal.answered, 12);
    assert_int_equal(t->refusal.others, 8);
    assert_int_equal(t->refusal.refused, count_below(others, 8, below));
    dsc_trainer_free(t);
}

static void without_a_validation_set_the_threshold_refuses_others(void **state) {
    (void)state;
    /* 4 others are held out: 98 percent of them is all of them. */
    static const char json[] =
        "{\"model\": \"flatten, dense 16, relu, dense\", \"batch\": 12, \"epochs\": 20, "
        "\"learning-rate\": 0.01}";
    float others[4] = {0};
    dsc_trainer *t = trainer_of(json, 1);
    ASSERT_OK(dsc_trainer_run(t, NULL, NULL, &error), error);
    const double below = dsc_model_refuse_below(t->model);
    find_sureness(others, t, t->held_others);
    assert_int_equal(count_below(others, 4, below), 4);
    assert_true(count_below(others, 4, below - 0.0001) < 4);
    assert_int_equal(t->refusal.images, 0);
    assert_int_equal(t->refusal.refused, 4);
    dsc_trainer_free(t);
}

static void training_without_others_takes_the_threshold_away(void **state) {
    (void)state;
    watch seen = {0};
    dsc_training_options how = dsc_training_options_defaults();
    dsc_model *model = train("softmax-cross-entropy", noise, 0, &seen), *adapted;
    assert_true(dsc_model_refuse_below(model) > 0);
    ASSERT_OK(dsc_model_adapt(&adapted, model, NULL, &error), error);
    assert_true(dsc_model_refuse_below(adapted) == 0);
    how.epochs = 1;
    how.batch = 12;
    ASSERT_OK(dsc_train(model, stripes, &how, &error), error);
    assert_true(dsc_model_refuse_below(model) == 0);
    dsc_model_free(adapted);
    dsc_model_free(model);
}

static dsc_status read_noise(void *user, void *images, const uint32_t *samples, size_t count,
                             dsc_error *why) {
    (void)user;
    return dsc_dataset_read(images, noise, samples, count, why);
}

static void others_that_a_callback_reads_give_the_same_bits(void **state) {
    (void)state;
    dsc_dataset_options how = dsc_dataset_options_defaults();
    dsc_dataset *called;
    dsc_trainer *t[2];
    how.count = OTHERS;
    how.shape[1] = how.shape[2] = 4;
    how.labels = dsc_dataset_labels(noise);
    how.read = read_noise;
    ASSERT_OK(dsc_dataset_create(&called, &how, &error), error);
    t[0] = trainer_of(EVERYTHING, 2);
    ASSERT_OK(make_trainer(&t[1], EVERYTHING, stripes, called, 2), error);
    for (size_t i = 0; i < 2; i++) ASSERT_OK(dsc_trainer_run(t[i], NULL, NULL, &error), error);
    assert_non_null(t[1]->reader);
    assert_memory_equal(t[0]->model->values, t[1]->model->values, t[0]->updater.numbers * sizeof(dsc_real));
    for (size_t i = 0; i < 2; i++) dsc_trainer_free(t[i]);
    dsc_dataset_free(called);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    for (fails_at = 0;; fails_at++) {
        dsc_trainer *t;
        dsc_status status = make_trainer(&t, EVERYTHING, stripes, noise, 2);
        const bool failed = testing_allocation_failed();
        dsc_trainer_free(t);
        if (!failed) assert_int_equal(status, DSC_OK);
        if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
        if (!failed) break;
    }
    fails_at = -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_of_the_others_is_held_out_and_never_trained_on),
        cmocka_unit_test(the_target_of_an_other_is_every_class_alike),
        cmocka_unit_test(class_weights_do_not_weigh_others),
        cmocka_unit_test(a_model_is_sure_of_its_classes_and_of_nothing_else),
        cmocka_unit_test(without_others_a_model_is_sure_of_anything),
        cmocka_unit_test(others_count_in_the_loss_and_not_in_the_accuracy),
        cmocka_unit_test(the_bits_do_not_depend_on_threads_or_interruptions),
        cmocka_unit_test(a_run_goes_on_with_the_same_others_only),
        cmocka_unit_test(others_that_do_not_fit_are_refused),
        cmocka_unit_test(the_threshold_answers_what_is_held_out_and_no_larger_one_does),
        cmocka_unit_test(without_a_validation_set_the_threshold_refuses_others),
        cmocka_unit_test(training_without_others_takes_the_threshold_away),
        cmocka_unit_test(others_that_a_callback_reads_give_the_same_bits),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, make_all, free_all);
}
