/* SPDX-License-Identifier: MIT */
/* The end of a run: at a requested accuracy, in the middle of an epoch, or earlier than planned; and its
 * recipe records all of that. */
#include "rig.h"

static void the_run_ends_with_the_epoch_that_has_the_accuracy_asked_for(void **state) {
    (void)state;
    rig r;
    dsc_error error;
    static const char recipe[] =
        "{\"model\": \"784-32-10\", \"epochs\": 40, \"batch\": 20, \"validation\": 0.3,"
        " \"learning-rate\": 0.005, \"ema\": 0.9, \"until\": 50%s}";
    for (int patient = 0; patient < 2; patient++) {
        char json[512];
        (void)snprintf(json, sizeof json, recipe, patient ? ", \"patience\": 30" : "");
        ASSERT_OK(make_rig(&r, json, 1, &error), error);
        r.trainer->progress.best_loss = 0; /* no epoch has a higher one */
        ASSERT_OK(dsc_trainer_run(r.trainer, NULL, NULL, &error), error);
        assert_int_equal(r.trainer->progress.finished, DSC_FINISHED_UNTIL);
        assert_int_equal(dsc_trainer_kept_epoch(r.trainer), patient ? r.trainer->progress.epoch : 0);
        assert_in_range(r.trainer->progress.epoch, 1, 39);
        assert_true(dsc_metrics_accuracy(&r.trainer->validation_metrics) >= 0.5);
        /* The model is the validated one, whatever its loss means for patience. */
        assert_memory_equal(r.model->values, r.trainer->updater.average,
                            r.trainer->updater.numbers * sizeof(float));
        free_rig(&r);
    }
}

/* An accuracy that is not reached has no effect. */
static void an_accuracy_that_is_never_reached_ends_nothing(void **state) {
    (void)state;
    size_t count;
    float *without = weights_after(EVERYTHING, 1, &count);
    char json[sizeof EVERYTHING + 32];
    (void)snprintf(json, sizeof json, "%.*s, \"until\": 100}", (int)sizeof EVERYTHING - 2, EVERYTHING);
    float *with = weights_after(json, 1, &count);
    assert_memory_equal(without, with, count * sizeof *with);
    free(with);
    free(without);
}

/* Shortens the run to `steps` once `at` steps are done. */
typedef struct shortening {
    rig *r;
    uint64_t at, steps;
} shortening;

static int shorten(void *user, const dsc_event *event) {
    const shortening *s = user;
    dsc_error error;
    if (event->kind == DSC_EVENT_STEP && s->r->trainer->progress.step == s->at)
        ASSERT_OK(dsc_trainer_change_steps(s->r->trainer, s->steps, &error), error);
    return 0;
}

/* 480 images in batches of 50: ten steps in an epoch, three epochs. */
static void a_run_shortened_on_the_way_has_the_bits_of_its_recipe(void **state) {
    (void)state;
    static const struct {
        uint64_t at, steps;
        const char *text;
    } cases[] = {{7, 25, "30, 25 from 7"}, {21, 22, "30, 22 from 21"}, {1, 10, "30, 10 from 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig r;
        dsc_error error;
        size_t count;
        shortening how = {&r, cases[i].at, cases[i].steps};
        ASSERT_OK(make_rig(&r, EVERYTHING, 2, &error), error);
        ASSERT_OK(dsc_trainer_run(r.trainer, shorten, &how, &error), error);
        assert_string_equal(r.trainer->recipe.steps, cases[i].text);
        assert_int_equal(r.trainer->progress.step, cases[i].steps);
        assert_int_equal(r.trainer->progress.epoch, (cases[i].steps + 9) / 10);
        char json[sizeof EVERYTHING + 64];
        (void)snprintf(json, sizeof json, "%.*s, \"steps\": \"%s\"}", (int)sizeof EVERYTHING - 2, EVERYTHING,
                       cases[i].text);
        float *again = weights_after(json, 1, &count);
        assert_memory_equal(again, r.model->values, count * sizeof *again);
        free(again);
        free_rig(&r);
    }
}

/* The checkpoint is of step 5. The recipe was changed at step 7, which will be repeated. A change before
 * step 5 is another past. */
static void a_checkpoint_from_before_the_change_goes_on_and_one_with_another_past_does_not(void **state) {
    (void)state;
    rig r;
    dsc_error error;
    char path[512], json[sizeof EVERYTHING + 64];
    size_t count;
    (void)snprintf(path, sizeof path, "%s/early", testing_folder());
    ASSERT_OK(make_rig(&r, EVERYTHING, 1, &error), error);
    long left = 5;
    assert_int_equal(dsc_trainer_run(r.trainer, stop_after, &left, &error), DSC_ERROR_STOPPED);
    ASSERT_OK(dsc_trainer_save(r.trainer, path, &error), error);
    free_rig(&r);
    (void)snprintf(json, sizeof json, "%.*s, \"steps\": \"30, 15 from 7\"}", (int)sizeof EVERYTHING - 2,
                   EVERYTHING);
    float *whole = weights_after(json, 1, &count);
    ASSERT_OK(make_rig(&r, json, 2, &error), error);
    ASSERT_OK(dsc_trainer_restore(r.trainer, path, false, &error), error);
    ASSERT_OK(dsc_trainer_run(r.trainer, NULL, NULL, &error), error);
    assert_memory_equal(whole, r.model->values, count * sizeof *whole);
    /* The end, in the middle of an epoch, can be saved and read, too. */
    ASSERT_OK(dsc_trainer_save(r.trainer, path, &error), error);
    free_rig(&r);
    ASSERT_OK(make_rig(&r, json, 1, &error), error);
    ASSERT_OK(dsc_trainer_restore(r.trainer, path, false, &error), error);
    assert_int_equal(r.trainer->progress.finished, DSC_FINISHED_STEPS);
    free_rig(&r);
    static const char *const others[] = {"30, 15 from 4", "20", "30, 15 from 8"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        (void)snprintf(json, sizeof json, "%.*s, \"steps\": \"%s\"}", (int)sizeof EVERYTHING - 2, EVERYTHING,
                       others[i]);
        ASSERT_OK(make_rig(&r, json, 1, &error), error);
        assert_int_equal(dsc_trainer_restore(r.trainer, path, false, &error), DSC_ERROR_MISMATCH);
        ASSERT_MESSAGE(error, "'steps'");
        free_rig(&r);
    }
    free(whole);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_run_ends_with_the_epoch_that_has_the_accuracy_asked_for),
        cmocka_unit_test(an_accuracy_that_is_never_reached_ends_nothing),
        cmocka_unit_test(a_run_shortened_on_the_way_has_the_bits_of_its_recipe),
        cmocka_unit_test(a_checkpoint_from_before_the_change_goes_on_and_one_with_another_past_does_not),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
