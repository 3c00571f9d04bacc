/* SPDX-License-Identifier: MIT */
/* test_optimisers.c: every optimiser by its examples: values, effects of parameters, division of slabs,
 * kernel sets, NaN. The basic ones also over many steps against their definitions in double, written here
 * independently. */
#include "others.h"
#include "testing.h"

#include "kernel/choose.h"
#include "kernel/kernel.h"
#include "optim/choose.h"

#include <math.h>

enum { COUNT = 531, STEPS = 30 };

/* --- the definitions --- */

typedef struct reference {
    double w, a, b, c; /* the parameter, and the optimiser's states */
} reference;
typedef void reference_step(reference *r, double g, int t, double rate, double decay, double momentum);

static void sgd(reference *r, double g, int t, double rate, double decay, double momentum) {
    (void)t, (void)momentum;
    r->w -= rate * decay * r->w + rate * g;
}
static void sgd_momentum(reference *r, double g, int t, double rate, double decay, double momentum) {
    (void)t;
    r->a = (isnan(momentum) ? 0.9 : momentum) * r->a + g;
    r->w -= rate * decay * r->w + rate * r->a;
}
static void sgd_nesterov(reference *r, double g, int t, double rate, double decay, double momentum) {
    (void)t;
    const double m = isnan(momentum) ? 0.9 : momentum;
    r->a = m * r->a + g;
    r->w -= rate * decay * r->w + rate * (g + m * r->a);
}
static void adam(reference *r, double g, int t, double rate, double decay, double momentum) {
    const double b1 = isnan(momentum) ? 0.8 : momentum, b2 = 0.99;
    r->a = b1 * r->a + (1 - b1) * g;
    r->b = b2 * r->b + (1 - b2) * g * g;
    const double mean = r->a / (1 - pow(b1, t)), square = r->b / (1 - pow(b2, t));
    r->w -= rate * decay * r->w + rate * mean / (sqrt(square) + 1e-6);
}
static void rmsprop(reference *r, double g, int t, double rate, double decay, double momentum) {
    (void)t, (void)momentum;
    r->a = 0.9 * r->a + 0.1 * g * g;
    r->w -= rate * decay * r->w + rate * g / (sqrt(r->a) + 1e-3);
}
static void rmsprop_full(reference *r, double g, int t, double rate, double decay, double momentum) {
    (void)t;
    r->a = 0.9 * r->a + 0.1 * g * g;
    r->c = 0.9 * r->c + 0.1 * g;
    r->b = (isnan(momentum) ? 0.5 : momentum) * r->b + g / (sqrt(fmax(r->a - r->c * r->c, 0)) + 1e-3);
    r->w -= rate * decay * r->w + rate * r->b;
}

typedef struct definition {
    const char *text;
    reference_step *step;
} definition;
static const definition definitions[] = {
    {"sgd", sgd},
    {"sgd momentum=0.9", sgd_momentum},
    {"sgd momentum=0.9 nesterov=on", sgd_nesterov},
    {"adam beta1=0.8 beta2=0.99 epsilon=1e-6", adam},
    {"adamw beta1=0.8 beta2=0.99 epsilon=1e-6", adam},
    {"rmsprop alpha=0.9 epsilon=1e-3", rmsprop},
    {"rmsprop alpha=0.9 epsilon=1e-3 centered=on momentum=0.5", rmsprop_full},
};
enum { DEFINITIONS = sizeof definitions / sizeof *definitions };

/* --- running one --- */

typedef struct slabs {
    float w[COUNT], g[COUNT], state[DSC_STATES_MOST][COUNT];
} slabs;

static float some_number(unsigned i, unsigned t) {
    uint32_t x = i * 2654435761u + t * 40503u + 12345u;
    x ^= x >> 15, x *= 2246822519u, x ^= x >> 13;
    return (float)(x >> 8) / 8388608.0f - 1;
}
static float start_of(unsigned i) { return some_number(i, 1000); }
/* Magnitudes from 1e-3 to 1e2, and sometimes exactly 0. */
static float gradient_of(unsigned i, unsigned t) {
    static const float scale[] = {1, 1e-3f, 100, 0, 0.1f};
    return scale[(i + t) % 5] * some_number(i, t);
}
static double rate_of(int t) { return 0.01 / (1 + 0.1 * t); }
static double momentum_of(int t, bool cycled) { return cycled ? 0.95 - 0.01 * t : (double)NAN; }

static void step_range(const dsc_chosen_optimiser *chosen, slabs *s, size_t begin, size_t end, int t,
                       double decay, bool cycled, const dsc_kernels *kernels) {
    dsc_update update = {.values = chosen->values,
                         .parameters = s->w + begin,
                         .gradients = s->g + begin,
                         .count = end - begin,
                         .rows = 1,
                         .step = (uint64_t)t,
                         .learning_rate = rate_of(t),
                         .weight_decay = decay,
                         .momentum = momentum_of(t, cycled),
                         .kernels = kernels};
    for (size_t k = 0; k < chosen->kind->states(chosen->values); k++) update.state[k] = s->state[k] + begin;
    chosen->kind->update(&update);
}

/* All steps, each in ranges of `cut` elements, the last range first. */
static void run(slabs *s, const char *text, double decay, bool cycled, size_t cut,
                const dsc_kernels *kernels) {
    dsc_chosen_optimiser chosen;
    dsc_error error;
    ASSERT_OK(dsc_optimiser_choose(&chosen, text, &error), error);
    memset(s, 0, sizeof *s);
    for (unsigned i = 0; i < COUNT; i++) s->w[i] = start_of(i);
    const long before = testing_allocations();
    for (int t = 1; t <= STEPS; t++) {
        for (unsigned i = 0; i < COUNT; i++) s->g[i] = gradient_of(i, (unsigned)t);
        for (size_t begin = (COUNT - 1) / cut * cut;; begin -= cut) {
            step_range(&chosen, s, begin, begin + cut < COUNT ? begin + cut : COUNT, t, decay, cycled,
                       kernels);
            if (begin == 0) break;
        }
    }
    assert_int_equal(testing_allocations(), before);
    dsc_optimiser_release(&chosen);
}

static void compare(const definition *d, double decay, bool cycled) {
    static slabs s;
    run(&s, d->text, decay, cycled, COUNT, dsc_kernels_auto());
    double furthest = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        reference r = {.w = (double)start_of(i)};
        for (int t = 1; t <= STEPS; t++)
            d->step(&r, (double)gradient_of(i, (unsigned)t), t, rate_of(t), decay, momentum_of(t, cycled));
        if (!(fabs((double)s.w[i] - r.w) <= 1e-5 * fmax(1, fabs(r.w))))
            fail_msg("%s, decay %g: number %u: expected %.9g, found %.9g", d->text, decay, i, r.w,
                     (double)s.w[i]);
        furthest = fmax(furthest, fabs(r.w - (double)start_of(i)));
    }
    assert_true(furthest > 0.01); /* the parameter changed */
}

static void the_first_optimisers_follow_their_definitions(void **unused) {
    (void)unused;
    for (size_t i = 0; i < DEFINITIONS; i++) {
        compare(&definitions[i], 0, false);
        compare(&definitions[i], 0.3, false);
    }
}

static void a_schedules_momentum_replaces_the_optimisers(void **unused) {
    (void)unused;
    for (size_t i = 0; i < DEFINITIONS; i++) compare(&definitions[i], 0.1, true);
}

/* --- every optimiser of the registry, by its own examples --- */

/* "sgd momentum=0.9 more" */
static void example_text(char text[256], const dsc_optimiser_kind *kind, const dsc_optimiser_example *e,
                         const char *more) {
    (void)snprintf(text, 256, "%s %s %s", kind->name, e->values ? e->values : "", more);
}

/* Calls `check` with the text of each example of each optimiser. */
static void for_all_examples(void (*check)(const char *text)) {
    for (const dsc_optimiser_kind *const *kind = dsc_optimisers; *kind; kind++)
        for (const dsc_optimiser_example *e = (*kind)->examples; e->states != DSC_EXAMPLES_END; e++) {
            char text[256];
            example_text(text, *kind, e, "");
            check(text);
        }
}

/* The weight after each step of an example; its number of states. False: the text is refused. */
static bool follow(double weights[4], size_t *states, const char *text, double momentum) {
    static const float gradients[4] = {1, -2, 0.5f, 3};
    dsc_chosen_optimiser chosen;
    dsc_error error;
    if (dsc_optimiser_choose(&chosen, text, &error)) return false;
    float w = 1, state[DSC_STATES_MOST] = {0};
    *states = chosen.kind->states(chosen.values);
    for (uint64_t t = 1; t <= 4; t++) {
        dsc_update update = {.values = chosen.values,
                             .parameters = &w,
                             .gradients = &gradients[t - 1],
                             .count = 1,
                             .rows = 1,
                             .step = t,
                             .learning_rate = 0.1,
                             .weight_decay = 0.2,
                             .momentum = momentum,
                             .kernels = dsc_kernels_auto()};
        for (size_t k = 0; k < *states; k++) update.state[k] = &state[k];
        chosen.kind->update(&update);
        weights[t - 1] = (double)w;
    }
    dsc_optimiser_release(&chosen);
    return true;
}

static void every_optimiser_gives_the_numbers_that_were_worked_out(void **unused) {
    (void)unused;
    for (const dsc_optimiser_kind *const *kind = dsc_optimisers; *kind; kind++) {
        if (!(*kind)->examples || (*kind)->examples->states == DSC_EXAMPLES_END)
            fail_msg("%s has no examples", (*kind)->name);
        for (const dsc_optimiser_example *e = (*kind)->examples; e->states != DSC_EXAMPLES_END; e++)
            for (int scheduled = 0; scheduled < 2; scheduled++) {
                const double *right = scheduled ? e->scheduled : e->own;
                double found[4];
                char text[256];
                size_t states;
                example_text(text, *kind, e, "");
                assert_true(follow(found, &states, text, scheduled ? 0.6 : (double)NAN));
                assert_int_equal(states, e->states);
                for (int t = 0; t < 4; t++)
                    if (!(fabs(found[t] - right[t]) <= 2e-6 * (1 + fabs(right[t]))))
                        fail_msg("%s, %s momentum: step %d: expected %.9g, found %.9g", text,
                                 scheduled ? "the schedule's" : "its own", t + 1, right[t], found[t]);
            }
        assert_ptr_equal(dsc_registry_find(&dsc_optimiser_registry, (*kind)->name), *kind);
        assert_true((*kind)->learning_rate > 0 && (*kind)->weight_decay >= 0);
    }
    assert_null(dsc_registry_find(&dsc_optimiser_registry, "none"));
}

static bool parameter_matters(const dsc_optimiser_kind *kind, const dsc_param *p) {
    for (const dsc_optimiser_example *e = kind->examples; e->states != DSC_EXAMPLES_END; e++) {
        dsc_chosen_optimiser chosen;
        dsc_error error;
        char text[256], other[64], more[128];
        example_text(text, kind, e, "");
        ASSERT_OK(dsc_optimiser_choose(&chosen, text, &error), error);
        bool matters = false;
        for (size_t i = 0; !matters && others_text(other, p, chosen.values, i); i++) {
            double found[4];
            size_t states;
            (void)snprintf(more, sizeof more, "%s=%s", p->name, other);
            example_text(text, kind, e, more);
            matters = follow(found, &states, text, (double)NAN) && fabs(found[3] - e->own[3]) > 1e-5;
        }
        dsc_optimiser_release(&chosen);
        if (matters) return true;
    }
    return false;
}

static void every_parameter_of_every_optimiser_matters(void **unused) {
    (void)unused;
    for (const dsc_optimiser_kind *const *kind = dsc_optimisers; *kind; kind++)
        for (const dsc_param *p = (*kind)->params; p && p->name; p++)
            if (!parameter_matters(*kind, p))
                fail_msg("%s: its parameter '%s' changes nothing", (*kind)->name, p->name);
}

static void check_cut(const char *text) {
    static slabs whole, pieces;
    run(&whole, text, 0.1, true, COUNT, dsc_kernels_auto());
    for (size_t cut = 1; cut < 60; cut = cut * 2 + 1) {
        run(&pieces, text, 0.1, true, cut, dsc_kernels_auto());
        assert_memory_equal(&pieces, &whole, sizeof whole);
    }
}

static void the_way_the_slab_is_cut_changes_no_bit(void **unused) {
    (void)unused;
    for_all_examples(check_cut);
}

static void check_kernels(const char *text) {
    static slabs portable, other;
    run(&portable, text, 0.1, false, COUNT, dsc_kernels_at(0));
    for (size_t k = 1; dsc_kernels_at(k); k++) {
        run(&other, text, 0.1, false, COUNT, dsc_kernels_at(k));
        assert_memory_equal(&other, &portable, sizeof portable);
    }
}

static void every_kernel_set_gives_the_same_bits(void **unused) {
    (void)unused;
    for_all_examples(check_kernels);
}

static void check_nan(const char *text) {
    static slabs s;
    dsc_chosen_optimiser chosen;
    dsc_error error;
    ASSERT_OK(dsc_optimiser_choose(&chosen, text, &error), error);
    memset(&s, 0, sizeof s);
    for (unsigned k = 0; k < COUNT; k++) s.w[k] = s.g[k] = 1;
    s.g[7] = (float)NAN;
    step_range(&chosen, &s, 0, COUNT, 1, 0, false, dsc_kernels_auto());
    for (unsigned k = 0; k < COUNT; k++) assert_int_equal(isnan(s.w[k]) != 0, k == 7);
    dsc_optimiser_release(&chosen);
}

static void a_gradient_that_is_nan_is_not_hidden_and_harms_no_neighbour(void **unused) {
    (void)unused;
    for_all_examples(check_nan);
}

/* --- operations on ranges of slabs --- */

static void regularising_adds_penalties_then_clips_then_scales(void **unused) {
    (void)unused;
    static const dsc_regulariser ways[] = {{.factor = 1},
                                           {.factor = 0.25},
                                           {.l1 = 0.01, .factor = 1},
                                           {.l2 = 0.1, .factor = 1},
                                           {.clip_value = 0.5, .factor = 1},
                                           {.l1 = 0.01, .l2 = 0.1, .clip_value = 0.5, .factor = 0.25}};
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        float g[COUNT], w[COUNT];
        for (unsigned i = 0; i < COUNT; i++) g[i] = gradient_of(i, 3), w[i] = i % 7 ? start_of(i) : 0;
        g[COUNT - 1] = (float)NAN;
        dsc_regularise(g, w, COUNT, &ways[k]);
        for (unsigned i = 0; i < COUNT - 1; i++) {
            const double at = (double)w[i];
            double right = (double)gradient_of(i, 3) + ways[k].l2 * at + ways[k].l1 * ((at > 0) - (at < 0));
            if (ways[k].clip_value > 0) right = fmin(fmax(right, -ways[k].clip_value), ways[k].clip_value);
            assert_true(fabs((double)g[i] - right * ways[k].factor) <= 1e-6 * fmax(1, fabs(right)));
        }
        assert_true(isnan(g[COUNT - 1]));
    }
}

static void sums_of_squares_are_those_of_double_and_show_nan(void **unused) {
    (void)unused;
    float x[COUNT];
    for (unsigned i = 0; i < COUNT; i++) x[i] = gradient_of(i, 5);
    for (size_t count = 0; count <= COUNT; count += count < 40 ? 1 : 61) {
        double right = 0;
        for (size_t i = 0; i < count; i++) right += (double)x[i] * (double)x[i];
        assert_true(fabs(dsc_sum_of_squares(x, count) - right) <= 1e-13 * right);
    }
    x[0] = 1e30f; /* its square is infinite in float */
    assert_true(dsc_sum_of_squares(x, COUNT) > 9e59);
    x[77] = (float)NAN;
    assert_true(isnan(dsc_sum_of_squares(x, COUNT)));
}

static void an_average_moves_by_its_share_and_rests_where_it_has_arrived(void **unused) {
    (void)unused;
    float averages[COUNT], w[COUNT];
    for (unsigned i = 0; i < COUNT; i++)
        averages[i] = start_of(i), w[i] = i % 2 ? start_of(i) : gradient_of(i, 2);
    for (int t = 0; t < 10; t++) dsc_average(averages, w, COUNT, 0.9);
    for (unsigned i = 0; i < COUNT; i++) {
        const double away = (double)start_of(i) - (double)w[i];
        assert_true(fabs((double)averages[i] - ((double)w[i] + away * pow(0.9, 10))) <=
                    1e-6 * fmax(1, fabs(away)));
        if (i % 2) assert_true(averages[i] == w[i]);
    }
}

/* --- texts --- */

static void check_error(const char *text, const char *part) {
    dsc_chosen_optimiser chosen = {.values = &chosen};
    dsc_error error;
    assert_int_equal(dsc_optimiser_choose(&chosen, text, &error), DSC_ERROR_ARGUMENT);
    assert_null(chosen.kind);
    assert_null(chosen.values);
    ASSERT_MESSAGE(error, part);
}

static void wrong_texts_are_refused_at_their_column_with_a_suggestion(void **unused) {
    (void)unused;
    check_error("adma", "column 1: unknown optimiser 'adma'; did you mean 'adam'?");
    check_error("xyzzyplugh", "unknown optimiser 'xyzzyplugh'; there are: ");
    for (const dsc_optimiser_kind *const *kind = dsc_optimisers; *kind; kind++)
        check_error("xyzzyplugh", (*kind)->name);
    check_error("adam beta=0.9", "column 6: optimiser adam: unknown parameter 'beta'; did you mean 'beta1'?");
    check_error(" sgd  momentum=1",
                "column 7: optimiser sgd: momentum: expected a number 0 to 0.999999, found '1'");
    check_error("sgd momentum=nan", "column 5");
    check_error("adam epsilon=0", "column 6");
    check_error("sgd 0.9", "column 5");
    check_error("adam, sgd", "column 5: expected one optimiser");
    check_error("", "column 1: expected a name");
    check_error(NULL, "column 1: expected a name");
}

static void every_failed_allocation_is_survived(void **unused) {
    (void)unused;
    for (long n = 0;; n++) {
        dsc_chosen_optimiser chosen;
        dsc_error error;
        testing_fail_allocation(n);
        const dsc_status status = dsc_optimiser_choose(&chosen, "adam beta1=0.5", &error);
        const bool failed = testing_allocation_failed();
        if (status)
            assert_null(chosen.values);
        else
            dsc_optimiser_release(&chosen);
        if (failed) continue;
        ASSERT_OK(status, error);
        assert_true(n > 0);
        return;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_optimisers_follow_their_definitions),
        cmocka_unit_test(a_schedules_momentum_replaces_the_optimisers),
        cmocka_unit_test(every_optimiser_gives_the_numbers_that_were_worked_out),
        cmocka_unit_test(every_parameter_of_every_optimiser_matters),
        cmocka_unit_test(the_way_the_slab_is_cut_changes_no_bit),
        cmocka_unit_test(every_kernel_set_gives_the_same_bits),
        cmocka_unit_test(a_gradient_that_is_nan_is_not_hidden_and_harms_no_neighbour),
        cmocka_unit_test(regularising_adds_penalties_then_clips_then_scales),
        cmocka_unit_test(sums_of_squares_are_those_of_double_and_show_nan),
        cmocka_unit_test(an_average_moves_by_its_share_and_rests_where_it_has_arrived),
        cmocka_unit_test(wrong_texts_are_refused_at_their_column_with_a_suggestion),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
