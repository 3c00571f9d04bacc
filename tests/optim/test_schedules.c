/* SPDX-License-Identifier: MIT */
/* test_schedules.c: schedules against independently computed sequences, and wrong texts. */
#include "others.h"
#include "testing.h"

#include "optim/choose.h"

#include <math.h>

enum { EPOCHS = 10, PER_EPOCH = 20, STEPS = EPOCHS * PER_EPOCH };

static dsc_moment moment_of(uint64_t step, uint64_t steps) {
    return (dsc_moment){step, steps, (double)step / PER_EPOCH, (double)steps / PER_EPOCH};
}

static dsc_pace pace_at(const char *text, uint64_t step, uint64_t steps) {
    dsc_chosen_schedule chosen;
    dsc_error error;
    ASSERT_OK(dsc_schedule_choose(&chosen, text, &error), error);
    const dsc_moment moment = moment_of(step, steps);
    const dsc_schedule_state state = {{0}};
    const dsc_pace pace = chosen.kind->pace(chosen.values, &moment, &state);
    dsc_schedule_release(&chosen);
    return pace;
}

static void check_rate(const char *text, uint64_t step, double right) {
    const double found = pace_at(text, step, STEPS).rate;
    if (!(fabs(found - right) <= 1e-12 * fmax(1, right)))
        fail_msg("%s: step %d: expected %.15g, found %.15g", text, (int)step, right, found);
}

static void constant_is_one_all_along(void **unused) {
    (void)unused;
    for (uint64_t step = 0; step < STEPS; step++) check_rate("constant", step, 1);
}

static void step_falls_at_the_first_step_of_every_third_epoch(void **unused) {
    (void)unused;
    double right = 1;
    for (uint64_t step = 0; step < STEPS; step++) {
        if (step && step % (3 * PER_EPOCH) == 0) right *= 0.2;
        check_rate("step every=3 factor=0.2", step, right);
    }
}

static void linear_and_cosine_rise_for_their_share_then_fall_to_their_final_rate(void **unused) {
    (void)unused;
    for (uint64_t step = 0; step <= STEPS + 5; step++) {
        const double s = step < STEPS ? (double)step : STEPS;
        check_rate("linear", step, 1 - s / STEPS);
        check_rate("cosine", step, pow(cos(s / STEPS * acos(-1) / 2), 2));
        const double u = (s - 40) / (STEPS - 40);
        check_rate("linear warmup=0.2 final=0.1", step, s < 40 ? (s + 1) / 41 : 1 - 0.9 * u);
        check_rate("cosine warmup=0.2 final=0.1", step,
                   s < 40 ? (s + 1) / 41 : 1 - 0.9 * pow(sin(u * acos(-1) / 2), 2));
    }
    check_rate("cosine warmup=1", STEPS - 1, STEPS / (STEPS + 1.0));
    check_rate("linear warmup=1", STEPS, 0);
}

/* PyTorch's documented phases for OneCycleLR(max_lr=1, total_steps=200), with the angles of each phase. */
static void one_cycle_goes_from_start_to_peak_to_end_and_momentum_against_it(void **unused) {
    (void)unused;
    check_rate("one-cycle", 0, 0.04);
    check_rate("one-cycle", 59, 1);
    check_rate("one-cycle", STEPS - 1, 0.04 / 1e4);
    for (uint64_t step = 0; step < STEPS; step++) {
        const double s = (double)step, pi = acos(-1);
        const double rise = (1 - cos(pi * s / 59)) / 2, fall = (1 - cos(pi * (s - 59) / 140)) / 2;
        check_rate("one-cycle", step, s <= 59 ? 0.04 + 0.96 * rise : 1 + (4e-6 - 1) * fall);
        check_rate("one-cycle shape=linear start=10 final=5", step,
                   s <= 59 ? 0.1 + 0.9 * s / 59 : 1 + (0.02 - 1) * (s - 59) / 140);
        const double m = pace_at("one-cycle low=0.7 high=0.9", step, STEPS).momentum;
        assert_true(fabs(m - (s <= 59 ? 0.9 - 0.2 * rise : 0.7 + 0.2 * fall)) < 1e-12);
        assert_true(isnan(pace_at("one-cycle momentum=off", step, STEPS).momentum));
    }
}

static void every_schedule_gives_finite_paces_for_the_shortest_runs_and_behind_the_end(void **unused) {
    (void)unused;
    for (const dsc_schedule *const *kind = dsc_schedules; *kind; kind++)
        for (uint64_t steps = 1; steps < 5; steps++)
            for (uint64_t step = 0; step < steps + 3; step++) {
                const dsc_pace pace = pace_at((*kind)->name, step, steps);
                if (!(pace.rate >= 0 && pace.rate < 10.001 &&
                      (isnan(pace.momentum) || fabs(pace.momentum) < 1)))
                    fail_msg("%s: step %d of %d: %g", (*kind)->name, (int)step, (int)steps, pace.rate);
            }
    assert_true(pace_at("one-cycle peak=0", 0, 100).rate == 1);
    assert_true(pace_at("one-cycle peak=1", 99, 100).rate == 1);
}

/* The definition of ReduceLROnPlateau, computed differently: by looking back over the whole series each
 * time. */
static double plateau_by_looking_back(const double *losses, int count, int patience, double factor,
                                      double threshold) {
    double best = INFINITY, rate = 1;
    int since = 0;
    for (int i = 0; i < count; i++) {
        const bool better = isinf(best) ? !isnan(losses[i]) : losses[i] < best * (1 - threshold);
        since = better ? 0 : since + 1;
        if (better) best = losses[i];
        if (since == patience + 1) rate *= factor, since = 0;
    }
    return rate;
}

static void plateau_falls_after_its_patience_and_takes_nan_for_no_better(void **unused) {
    (void)unused;
    static const double losses[] = {NAN, NAN,  2.0,  1.0,    0.9995, 0.98, 0.98, 0.99, NAN, 0.5, 0.6,
                                    0.6, 0.49, 0.60, 0.4899, 0.55,   0.56, 0.3,  0.2,  0.1, 0.1, 0.1};
    enum { COUNT = sizeof losses / sizeof *losses };
    dsc_chosen_schedule chosen;
    dsc_error error;
    ASSERT_OK(dsc_schedule_choose(&chosen, "plateau patience=1 factor=0.5 threshold=0.01 final=0.01", &error),
              error);
    dsc_schedule_state state = {{0}};
    const dsc_moment moment = moment_of(0, STEPS);
    for (int i = 0; i < COUNT; i++) {
        chosen.kind->listen(chosen.values, &state, losses[i]);
        const double right = plateau_by_looking_back(losses, i + 1, 1, 0.5, 0.01);
        assert_true(chosen.kind->pace(chosen.values, &moment, &state).rate == right);
        for (int k = 0; k < 4; k++) assert_true(isfinite(state.number[k]));
    }
    assert_true(plateau_by_looking_back(losses, COUNT, 1, 0.5, 0.01) < 0.2); /* the series has an effect */
    for (int i = 0; i < 100; i++) chosen.kind->listen(chosen.values, &state, INFINITY);
    assert_true(chosen.kind->pace(chosen.values, &moment, &state).rate == 0.01);
    dsc_schedule_release(&chosen);
}

static void range_rises_by_the_same_factor_from_low_to_high(void **unused) {
    (void)unused;
    for (uint64_t step = 0; step < STEPS; step++)
        check_rate("range low=1e-5 high=2", step, 1e-5 * pow(2e5, (double)step / (STEPS - 1)));
}

/* --- every schedule of the registry, by its own examples --- */

/* The factor at a moment, with ten steps in an epoch, after that many of the examples' losses. False:
 * refused. */
static bool follow(dsc_pace *pace, const char *text, uint64_t step, uint64_t steps, size_t heard) {
    static const double losses[] = {2, 1, 1, 0.999, 1.5, 0.5, 0.6, 0.6};
    dsc_chosen_schedule chosen;
    dsc_error error;
    if (dsc_schedule_choose(&chosen, text, &error)) return false;
    dsc_schedule_state state = {{0}};
    for (size_t i = 0; chosen.kind->listen && i < heard; i++)
        chosen.kind->listen(chosen.values, &state, losses[i]);
    const dsc_moment moment = {step, steps, (double)step / 10, (double)steps / 10};
    *pace = chosen.kind->pace(chosen.values, &moment, &state);
    dsc_schedule_release(&chosen);
    return true;
}

static void every_schedule_gives_the_numbers_that_were_worked_out(void **unused) {
    (void)unused;
    for (const dsc_schedule *const *kind = dsc_schedules; *kind; kind++) {
        if (!(*kind)->examples || !(*kind)->examples->steps) fail_msg("%s has no examples", (*kind)->name);
        for (const dsc_schedule_example *e = (*kind)->examples; e->steps; e++) {
            char text[256];
            dsc_pace pace;
            (void)snprintf(text, sizeof text, "%s %s", (*kind)->name, e->values ? e->values : "");
            assert_true(follow(&pace, text, e->step, e->steps, e->heard));
            if (!(fabs(pace.rate - e->rate) <= 1e-9 * (1 + e->rate)))
                fail_msg("%s: step %d: expected %.12g, found %.12g", text, (int)e->step, e->rate, pace.rate);
            if (isnan(pace.momentum) != isnan(e->momentum) || fabs(pace.momentum - e->momentum) > 1e-9)
                fail_msg("%s: step %d: expected a momentum of %.12g, found %.12g", text, (int)e->step,
                         e->momentum, pace.momentum);
        }
        assert_ptr_equal(dsc_registry_find(&dsc_schedule_registry, (*kind)->name), *kind);
    }
}

/* Returns whether the two texts give different factors at some step of a run. */
static bool differ(const char *text, const char *other) {
    for (size_t heard = 0; heard <= 8; heard += 4)
        for (uint64_t step = 0; step < 100; step += 3) {
            dsc_pace a, b;
            assert_true(follow(&a, text, step, 100, heard));
            if (!follow(&b, other, step, 100, heard)) return false;
            if (a.rate != b.rate || isnan(a.momentum) != isnan(b.momentum)) return true;
            if (!isnan(a.momentum) && a.momentum != b.momentum) return true;
        }
    return false;
}

static bool parameter_matters(const dsc_schedule *kind, const dsc_param *p) {
    for (const dsc_schedule_example *e = kind->examples; e->steps; e++) {
        char text[256], changed[384], other[64];
        dsc_chosen_schedule chosen;
        dsc_error error;
        (void)snprintf(text, sizeof text, "%s %s", kind->name, e->values ? e->values : "");
        ASSERT_OK(dsc_schedule_choose(&chosen, text, &error), error);
        bool matters = false;
        for (size_t i = 0; !matters && others_text(other, p, chosen.values, i); i++) {
            (void)snprintf(changed, sizeof changed, "%s %s=%s", text, p->name, other);
            matters = differ(text, changed);
        }
        dsc_schedule_release(&chosen);
        if (matters) return true;
    }
    return false;
}

static void every_parameter_of_every_schedule_matters(void **unused) {
    (void)unused;
    for (const dsc_schedule *const *kind = dsc_schedules; *kind; kind++)
        for (const dsc_param *p = (*kind)->params; p && p->name; p++)
            if (!parameter_matters(*kind, p))
                fail_msg("%s: its parameter '%s' changes nothing", (*kind)->name, p->name);
}

static void check_error(const char *text, const char *part) {
    dsc_chosen_schedule chosen = {.values = &chosen};
    dsc_error error;
    assert_int_equal(dsc_schedule_choose(&chosen, text, &error), DSC_ERROR_ARGUMENT);
    assert_null(chosen.kind);
    assert_null(chosen.values);
    ASSERT_MESSAGE(error, part);
}

static void wrong_texts_are_refused_at_their_column_with_a_suggestion(void **unused) {
    (void)unused;
    check_error("cosin", "column 1: unknown schedule 'cosin'; did you mean 'cosine'?");
    check_error("xyzzyplugh", "unknown schedule 'xyzzyplugh'; there are: ");
    for (const dsc_schedule *const *kind = dsc_schedules; *kind; kind++)
        check_error("xyzzyplugh", (*kind)->name);
    check_error("cosine warmpu=0.1",
                "column 8: schedule cosine: unknown parameter 'warmpu'; did you mean 'warmup'?");
    check_error("cosine warmup=1.5",
                "column 8: schedule cosine: warmup: expected a number 0 to 1, found '1.5'");
    check_error("step every=0", "column 6");
    check_error("linear, cosine", "column 7: expected one schedule, found ','");
    check_error("one-cycle 0.3", "column 11");
    check_error("plateau factor=nan", "column 9");
    check_error("", "column 1: expected a name");
    check_error(NULL, "column 1: expected a name");
}

static void every_failed_allocation_is_survived(void **unused) {
    (void)unused;
    for (long n = 0;; n++) {
        dsc_chosen_schedule chosen;
        dsc_error error;
        testing_fail_allocation(n);
        const dsc_status status = dsc_schedule_choose(&chosen, "cosine warmup=0.1", &error);
        if (!testing_allocation_failed()) {
            ASSERT_OK(status, error);
            dsc_schedule_release(&chosen);
            dsc_schedule_release(&chosen);
            assert_true(n > 0);
            return;
        }
        if (!status)
            dsc_schedule_release(&chosen);
        else
            assert_null(chosen.values);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_is_one_all_along),
        cmocka_unit_test(step_falls_at_the_first_step_of_every_third_epoch),
        cmocka_unit_test(linear_and_cosine_rise_for_their_share_then_fall_to_their_final_rate),
        cmocka_unit_test(one_cycle_goes_from_start_to_peak_to_end_and_momentum_against_it),
        cmocka_unit_test(every_schedule_gives_finite_paces_for_the_shortest_runs_and_behind_the_end),
        cmocka_unit_test(plateau_falls_after_its_patience_and_takes_nan_for_no_better),
        cmocka_unit_test(range_rises_by_the_same_factor_from_low_to_high),
        cmocka_unit_test(every_schedule_gives_the_numbers_that_were_worked_out),
        cmocka_unit_test(every_parameter_of_every_schedule_matters),
        cmocka_unit_test(wrong_texts_are_refused_at_their_column_with_a_suggestion),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
