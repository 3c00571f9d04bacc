/* SPDX-License-Identifier: MIT */
/* The forms of values that a plan chooses: which forms, how many conversions, and that a network computes
 * the same numbers with them as without, whatever the memory contained before. */
#include "testing.h"

#include "graph/forms.h"
#include "model/model.h"

#include <math.h>

enum { BATCH = 5, CLASSES = 3, SIDE = 15 };

static dsc_model *make_model(const char *text, size_t channels) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.shape[0] = channels;
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = CLASSES;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

/* --- plans --- */

typedef struct plan {
    size_t pixels, halves, values, conversions;
} plan;

static plan plan_of(const char *text, bool training, bool bf16) {
    dsc_error error;
    dsc_program *program;
    dsc_model *model = make_model(text, 1);
    const dsc_executor_options options = {.batch = BATCH,
                                          .lanes = 2,
                                          .training = training,
                                          .loss = model->loss,
                                          .kept = {model->loss},
                                          .kept_count = 1,
                                          .bf16 = bf16};
    ASSERT_OK(dsc_program_create(&program, model->graph, &options, &error), error);
    plan found = {0};
    for (size_t i = 0; i < model->graph->count; i++) {
        found.pixels += program->places[i].form == DSC_FORM_PIXELS;
        found.halves += program->places[i].form == DSC_FORM_PIXELS_BF16;
        found.values += dsc_node_is_sampled(model->graph->nodes[i]);
    }
    for (size_t i = 0; i < program->step_count; i++)
        found.conversions += program->steps[i].kind == DSC_STEP_CONVERT;
    dsc_program_free(program);
    dsc_model_free(model);
    return found;
}

static void convolutions_hand_pixels_to_each_other(void **state) {
    (void)state;
    const char *two = "conv 16 3x3, batch-norm, relu, max-pool 2, conv 24 3x3, relu, flatten, dense";
    plan found = plan_of(two, true, false); /* the second one converts its own output */
    assert_int_equal(found.pixels, 4);
    assert_int_equal(found.conversions, 0);
    found = plan_of(two, true, true);
    assert_int_equal(found.pixels, 0);
    assert_int_equal(found.halves, 6);
    assert_int_equal(found.conversions, 2); /* before flatten, and backward */
    found = plan_of("flatten, dense 7, relu, dense", true, true);
    assert_int_equal(found.halves + found.pixels + found.conversions, 0);
    found =
        plan_of("conv 8 3x3, relu, residual(conv 8 3x3 padding=1, batch-norm), relu, conv 8 3x3, flatten, "
                "dense",
                true, true);
    assert_int_equal(found.halves, 7);
    assert_int_equal(found.conversions, 2);
}

/* --- results --- */

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const size_t numbers = *(const size_t *)context;
    for (size_t i = first; i < first + count; i++) {
        for (size_t k = 0; inputs[0] && k < numbers; k++)
            inputs[0][(i - first) * numbers + k] = (dsc_real)((i * 37 + k * 101) % 256) / 256;
        if (inputs[1]) inputs[1][i - first] = (dsc_real)(i % CLASSES);
    }
}

/* The logits and then all gradients of the second of two runs: the first leaves its numbers in the memory. */
static dsc_real *run(size_t *count, const dsc_model *model, size_t channels, bool training, bool bf16,
                     dsc_form_choice forms) {
    dsc_error error;
    dsc_executor *executor;
    const dsc_executor_options options = {.batch = BATCH,
                                          .lanes = 2,
                                          .training = training,
                                          .loss = training ? model->loss : NULL,
                                          .kept = {model->logits},
                                          .kept_count = 1,
                                          .bf16 = bf16,
                                          .forms = forms};
    size_t image = channels * SIDE * SIDE;
    const size_t numbers = dsc_graph_value_numbers(model->graph), parameters = numbers * training;
    dsc_real *values = malloc(numbers * sizeof *values);
    *count = BATCH * CLASSES + parameters;
    dsc_real *all = calloc(*count, sizeof *all);
    memcpy(values, model->values, numbers * sizeof *values);
    ASSERT_OK(dsc_executor_create(&executor, model->graph, &options, 2, &error), error);
    const dsc_run how = {.count = BATCH,
                         .load = load,
                         .context = &image,
                         .values = values,
                         .gradients = all + BATCH * CLASSES,
                         .seed = 5};
    for (int i = 0; i < 2; i++) ASSERT_OK(dsc_executor_run(executor, &how, &error), error);
    if (training) dsc_executor_gather(executor, how.gradients, 0, dsc_graph_parameter_numbers(model->graph));
    memcpy(all, dsc_executor_value(executor, model->logits), BATCH * CLASSES * sizeof *all);
    dsc_executor_free(executor);
    free(values);
    return all;
}

static double largest_of(const dsc_real *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) /* no fmax: GCC 12 for aarch64 crashes when it vectorises the call */
        if (fabs((double)x[i]) > most) most = fabs((double)x[i]);
    return most;
}

/* Odd widths, channels that fill no word and no vector, strides, padding, pools that omit a row. */
static void a_network_gives_the_same_whatever_forms_are_planned(void **state) {
    (void)state;
    static const char *const texts[] = {
        "conv 17 3x3 padding=1, relu, conv 9 3x3, tanh, conv 25 3x3 padding=1, flatten, dense",
        ("conv 16 3x3, batch-norm, relu, max-pool 2, conv 19 2x2 stride=2, batch-norm, relu, conv 16 1x1, "
         "flatten, dense"),
        ("conv 18 5x5 padding=2 stride=2, relu, max-pool 3 stride=2 padding=1, residual(conv 18 3x3 "
         "padding=1, "
         "batch-norm, relu), conv 12 3x3, global-pool avg, dense"),
        "conv 16 3x3, relu, average-pool 2, conv 20 3x3, se 2, conv 16 3x3, flatten, dense"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (unsigned how = 0; how < 8; how++) {
            const size_t channels = how & 4 ? 3 : 1;
            const bool training = how & 1, bf16 = how & 2;
            size_t n, same;
            dsc_model *model = make_model(texts[t], channels);
            dsc_real *found = run(&n, model, channels, training, bf16, DSC_FORMS_PLANNED),
                     *expected = run(&same, model, channels, training, bf16, DSC_FORMS_REALS);
            assert_int_equal(n, same);
            const double allowed = (bf16 ? 0.1 : 1e-5) * largest_of(expected, n);
            for (size_t i = 0; i < n; i++)
                if (!(fabs((double)found[i] - (double)expected[i]) <= allowed))
                    fail_msg("%s, %s%s: number %zu is %.9g, not %.9g", texts[t], training ? "training" : "",
                             bf16 ? ", bf16" : "", i, (double)found[i], (double)expected[i]);
            free(found);
            free(expected);
            dsc_model_free(model);
        }
}

/* Every bfloat16 value, in an image of 256 x 256: a ReLU decides by the bits and passes them on. */
static void load_all(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)context, (void)first, (void)count, (void)worker;
    for (uint32_t i = 0; i < 65536; i++) {
        const uint32_t bits = i << 16;
        memcpy(&inputs[0][i], &bits, sizeof bits);
    }
}

static const dsc_real *relu_of_all(dsc_executor **executor, dsc_graph **graph, dsc_form_choice forms,
                                   const dsc_real **dx) {
    dsc_error error;
    ASSERT_OK(dsc_graph_create(graph, &error), error);
    dsc_node *x = dsc_input(*graph, "x", dsc_shape_of(3, 1, 256, 256, 0)), *y = dsc_relu(x);
    const dsc_executor_options options = {.batch = 1,
                                          .lanes = 1,
                                          .loss = dsc_sum(y),
                                          .input_gradient = x,
                                          .kept = {y},
                                          .kept_count = 1,
                                          .bf16 = true,
                                          .forms = forms};
    ASSERT_OK(dsc_executor_create(executor, *graph, &options, 1, &error), error);
    const dsc_run how = {.count = 1, .load = load_all, .loss_scale = 1};
    ASSERT_OK(dsc_executor_run(*executor, &how, &error), error);
    *dx = dsc_executor_input_gradient(*executor);
    return dsc_executor_value(*executor, y);
}

static void relu_treats_every_bfloat16_as_it_treats_the_float(void **state) {
    (void)state;
    dsc_executor *executors[2];
    dsc_graph *graphs[2];
    const dsc_real *dx[2], *y[2];
    for (int i = 0; i < 2; i++)
        y[i] = relu_of_all(&executors[i], &graphs[i], i ? DSC_FORMS_PIXELS : DSC_FORMS_REALS, &dx[i]);
    for (size_t i = 0; i < 65536; i++) {
        const double a = (double)y[0][i], b = (double)y[1][i];
        const bool is_denormal = (i & 0x7f80) == 0 && i & 0x7f; /* may be flushed to zero */
        if (!is_denormal && !(isnan(a) ? isnan(b) : a == b)) fail_msg("%zx: %g, not %g", i, b, a);
        if (!is_denormal && dx[0][i] != dx[1][i])
            fail_msg("%zx: gradient %g, not %g", i, (double)dx[1][i], (double)dx[0][i]);
    }
    for (int i = 0; i < 2; i++) {
        dsc_executor_free(executors[i]);
        dsc_graph_free(graphs[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_hand_pixels_to_each_other),
        cmocka_unit_test(a_network_gives_the_same_whatever_forms_are_planned),
        cmocka_unit_test(relu_treats_every_bfloat16_as_it_treats_the_float),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
