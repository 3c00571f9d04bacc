/* SPDX-License-Identifier: MIT */
/* Training in a given time: the picked recipe, and the clock, which is simulated, at any speed of the
 * machine. */
#include "testing.h"

#include "train/length.h"
#include "tune/timed.h"

#include <math.h>

/* --- the picked recipe --- */

static const dsc_known_figure figures[] = {
    {"small", 1, 1000, 5, 90, 0.2},
    {"small", 4, 1000, 5, 95, 0.1},
    {"large", 2, 1000, 5, 97, 0.1},
    {"large", 10, 1000, 5, 99, 0.1},
    {0},
};

/* The given seconds for an image; the recipes' own epochs are 4 and 10. */
static void make_ways(dsc_timed_way ways[2], double large, double small, double seconds, bool known) {
    const dsc_timed_work work = {.images = 1000, .seconds = seconds};
    memset(ways, 0, 2 * sizeof *ways);
    ways[0].name = "large";
    ways[0].image_seconds = large;
    ways[0].recipe.epochs = 10;
    ways[1].name = "small";
    ways[1].image_seconds = small;
    ways[1].recipe.epochs = 4;
    for (size_t i = 0; i < 2; i++) {
        ways[i].figures = known ? figures : NULL;
        dsc_timed_plan(&ways[i], &work);
    }
}

static void the_best_that_was_measured_in_that_time_is_picked(void **state) {
    (void)state;
    static const struct {
        double seconds;
        size_t picked;
        double accuracy; /* 0: nothing was measured */
    } cases[] = {{0.5, 1, 0}, {1, 1, 90}, {3.9, 1, 90}, {4, 1, 95}, {19, 1, 95}, {20, 0, 97}, {99, 0, 99}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_timed_way ways[2]; /* an epoch takes 10 s and 1 s */
        make_ways(ways, 0.01, 0.001, cases[i].seconds, true);
        const size_t picked = dsc_timed_choose(ways, 2);
        assert_int_equal(picked, cases[i].picked);
        const dsc_known_figure *figure = ways[picked].figure;
        const double accuracy = figure ? figure->accuracy : 0;
        assert_true(fabs(accuracy - cases[i].accuracy) < 1e-9);
    }
}

static void without_figures_the_first_that_has_time_for_its_epochs_is_picked(void **state) {
    (void)state;
    dsc_timed_way ways[2];
    make_ways(ways, 0.01, 0.001, 100, false);
    assert_int_equal(dsc_timed_choose(ways, 2), 0);
    assert_null(ways[0].figure);
    make_ways(ways, 0.01, 0.001, 90, false);
    assert_int_equal(dsc_timed_choose(ways, 2), 1);
    make_ways(ways, 0.01, 0.001, 1, false); /* with time for none of them: a tenth of an epoch, or one */
    assert_int_equal(dsc_timed_choose(ways, 2), 1);
    make_ways(ways, INFINITY, 0.001, 1, false);
    assert_int_equal(dsc_timed_choose(ways, 2), 1);
    make_ways(ways, 0.01, INFINITY, 1, true);
    assert_int_equal(dsc_timed_choose(ways, 2), 0);
}

static void validation_takes_its_part_of_an_epoch(void **state) {
    (void)state;
    const dsc_timed_way way = {.image_seconds = 0.001};
    dsc_timed_work work = {.images = 1000, .seconds = 10};
    assert_true(fabs(dsc_timed_epochs(&way, &work) - 10) < 1e-9);
    work.held_out = 1000;
    assert_true(fabs(dsc_timed_epochs(&way, &work) - 10 / (1 + DSC_TIMED_FORWARD)) < 1e-9);
}

static void a_machine_is_measured_and_networks_that_do_not_fit_are_left_out(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *digits;
    ASSERT_OK(dsc_digits_create(&digits, 300, 3, 1, &error), error);
    static const char *const networks[] = {"784-16-10", "100-10", "784-32-10"};
    dsc_timed_way ways[3];
    memset(ways, 0, sizeof ways);
    for (size_t i = 0; i < 3; i++) {
        ways[i].name = networks[i];
        ASSERT_OK(dsc_recipe_initialise(&ways[i].recipe, &error), error);
        ASSERT_OK(dsc_text_replace(&ways[i].recipe.model, networks[i], &error), error);
    }
    const dsc_timed_work work = {.data = digits,
                                 .images = 300,
                                 .seconds = 100,
                                 .threads = 1,
                                 .probe_seconds = 0.001,
                                 .measure_seconds = 100};
    ASSERT_OK(dsc_timed_measure(ways, 3, &work, NULL, &error), error);
    assert_true(ways[0].image_seconds > 0 && ways[0].image_seconds < 1);
    assert_true(isinf(ways[1].image_seconds));
    assert_true(ways[2].image_seconds > 0 && ways[2].image_seconds < 1);
    assert_int_equal(dsc_timed_choose(ways, 3), 0);
    assert_int_equal(dsc_timed_measure(ways + 1, 1, &work, NULL, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "100");
    for (size_t i = 0; i < 3; i++) dsc_recipe_clear(&ways[i].recipe);
    dsc_dataset_free(digits);
}

/* --- the clock --- */

/* Runs `planned` steps whose durations `pace` gives. Returns the time of the last step. */
static double run_by(dsc_length *length, uint64_t planned, double end, double (*pace)(double now)) {
    dsc_timed_clock clock = {.end = end, .apart = end / 50, .most = 3 * planned, .steps = planned};
    double now = 0;
    uint64_t done = 0;
    *length = (dsc_length){.count = 1, .part = {{.steps = planned}}};
    while (done < dsc_length_steps(length, done)) {
        now += pace(now);
        const uint64_t steps = dsc_timed_look(&clock, now, ++done);
        if (steps) assert_true(dsc_length_change(length, done, steps));
    }
    return now;
}

static double even(double now) {
    (void)now;
    return 0.01;
}
static double half(double now) { return now < 0 ? 0 : 0.02; }
static double twice(double now) { return now < 0 ? 0 : 0.005; }
static double slows_down(double now) { return now < 5 ? 0.01 : 0.04; }
static double speeds_up(double now) { return now < 5 ? 0.01 : 0.004; }
static double slow_at_the_end(double now) { return now < 9 ? 0.01 : 0.05; }
static double swings(double now) { return 0.01 * (1.5 + sin(3 * now)); }
static double stumbles(double now) { return fmod(now, 1) < 0.02 ? 0.2 : 0.008; }
static double jerks(double now) { return fmod(now, 0.8) < 0.4 ? 0.002 : 0.05; }

static void the_run_ends_in_its_time_whatever_the_machine_does(void **state) {
    (void)state;
    static double (*const paces[])(double) = {even,   half,     twice, slows_down, speeds_up, slow_at_the_end,
                                              swings, stumbles, jerks};
    for (size_t i = 0; i < sizeof paces / sizeof *paces; i++) {
        dsc_length length;
        const double ended = run_by(&length, 1000, 10, paces[i]);
        if (fabs(ended - 10) > 0.5) fail_msg("pace %zu: ended after %f", i, ended);
        /* The schedule reached its end. */
        const uint64_t last = length.part[length.count - 1].steps - 1;
        assert_int_equal(dsc_length_place(&length, last), 999);
    }
}

static void a_machine_as_fast_as_measured_changes_nothing(void **state) {
    (void)state;
    dsc_length length;
    (void)run_by(&length, 1000, 10, even);
    assert_int_equal(length.count, 1);
}

static double stops(double now) { return now < 3 ? 0.01 : 8; }

static void a_machine_that_stands_still_ends_with_the_step_that_it_does(void **state) {
    (void)state;
    dsc_length length;
    const double ended = run_by(&length, 1000, 10, stops);
    assert_true(ended < 3 + 3 * 8.1);
}

static void no_run_gets_longer_than_its_epochs(void **state) {
    (void)state;
    dsc_timed_clock clock = {.end = 100, .apart = 1, .most = 150, .steps = 100};
    assert_int_equal(dsc_timed_look(&clock, 0, 0), 0);
    assert_int_equal(dsc_timed_look(&clock, 50, 90), 150); /* there would be time for 180 */
    assert_int_equal(dsc_timed_look(&clock, 60, 149), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_that_was_measured_in_that_time_is_picked),
        cmocka_unit_test(without_figures_the_first_that_has_time_for_its_epochs_is_picked),
        cmocka_unit_test(validation_takes_its_part_of_an_epoch),
        cmocka_unit_test(a_machine_is_measured_and_networks_that_do_not_fit_are_left_out),
        cmocka_unit_test(the_run_ends_in_its_time_whatever_the_machine_does),
        cmocka_unit_test(a_machine_as_fast_as_measured_changes_nothing),
        cmocka_unit_test(a_machine_that_stands_still_ends_with_the_step_that_it_does),
        cmocka_unit_test(no_run_gets_longer_than_its_epochs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
