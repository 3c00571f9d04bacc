/* SPDX-License-Identifier: MIT */
/* Every registered op, in float: each kernel set of this machine agrees with the portable one, and the
 * number of threads changes no bit. Then the properties of single ops beyond their gradients.
 *
 * Tolerance between kernel sets: 1e-5 of the largest number. Only matrix products differ, which may fuse
 * multiplication and addition: sums of a few hundred terms, each rounded to 6e-8. */
#include "testing.h"

#include "check/gradient.c" /* compiled for float here */
#include "kernel/kernel.h"
#include "op/op.h"

static const double TOLERANCE = 1e-5;

static void kernel_sets_agree_with_the_portable_one(void **state) {
    (void)state;
    const dsc_kernels *portable = dsc_kernels_find("portable"), *kernels;
    for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++)
        for (const dsc_op *const *op = dsc_ops; *op; op++)
            for (const dsc_op_example *example = (*op)->examples; example->roles; example++) {
                gradient_check_kernels(*op, example, true, kernels, portable, kernels->name, TOLERANCE);
                gradient_check_kernels(*op, example, false, kernels, portable, kernels->name, TOLERANCE);
            }
}

/* The same with operands rounded to bfloat16: every set rounds in the same way, products are exact, and
 * sums are in float. */
static void in_bf16_too(void **state) {
    (void)state;
    dsc_kernels reference = *dsc_kernels_find("portable");
    reference.f32 = reference.bf16;
    for (size_t k = 0; dsc_kernels_at(k); k++) {
        dsc_kernels kernels = *dsc_kernels_at(k);
        kernels.f32 = kernels.bf16; /* the program's default, without bf16 */
        for (const dsc_op *const *op = dsc_ops; *op; op++)
            for (const dsc_op_example *example = (*op)->examples; example->roles; example++) {
                gradient_check_kernels(*op, example, true, &kernels, &reference, kernels.name, TOLERANCE);
                gradient_check_kernels(*op, example, false, &kernels, &reference, kernels.name, TOLERANCE);
            }
    }
}

/* The form of values changes the order of some sums only; bfloat16 has eight bits. */
static void pixels_give_what_reals_give(void **state) {
    (void)state;
    const dsc_kernels *kernels;
    for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++)
        for (const dsc_op *const *op = dsc_ops; *op; op++)
            for (const dsc_op_example *example = (*op)->examples; example->roles; example++)
                for (int training = 0; training < 2; training++) {
                    gradient_check_forms(*op, example, training, false, kernels, TOLERANCE);
                    gradient_check_forms(*op, example, training, true, kernels, 1.0 / 128);
                }
}

static void threads_change_no_bit(void **state) {
    (void)state;
    for (const dsc_op *const *op = dsc_ops; *op; op++)
        for (const dsc_op_example *example = (*op)->examples; example->roles; example++)
            gradient_check_threads(*op, example);
}

/* Returns whether the loss depends on the element. Strides and slices skip some. */
static bool matters(rig *r, dsc_real *x) {
    const dsc_real kept = *x;
    double losses[3];
    for (int i = 0; i < 3; i++) {
        *x = i == 2 ? kept : i ? 1000 : -1000;
        losses[i] = run(r);
    }
    return losses[0] != losses[2] || losses[1] != losses[2];
}

/* No op replaces a NaN by a number: not a maximum, a bound, a comparison, or a product with zero. */
static void every_op_passes_nan_on(void **state) {
    (void)state;
    enum { TRIED = 5 };
    size_t tried = 0;
    const dsc_kernels *kernels;
    for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++)
        for (const dsc_op *const *op = dsc_ops; *op; op++)
            for (const dsc_op_example *example = (*op)->examples; example->roles; example++)
                for (int training = 0; training < 2; training++) {
                    rig r;
                    make_rig(&r, *op, example, training, INPUTS, 1, kernels);
                    for (size_t i = 0; i < r.inputs; i++) {
                        const char role = example->roles[i];
                        const size_t each = dsc_shape_count(&example->in[i]);
                        if (role == 't') continue;
                        dsc_real *all = role == 's' ? r.data[i] : r.values + r.nodes[i]->offset;
                        for (size_t n = 0; n < TRIED; n++) {
                            dsc_real *x = all + n * each / TRIED, kept = *x;
                            if (!matters(&r, x)) continue;
                            *x = (dsc_real)NAN;
                            if (isfinite(run(&r)))
                                fail_msg("%s, kernels %s: input %zu is NaN, the output is not", (*op)->name,
                                         kernels->name, i);
                            *x = kept;
                            tried++;
                        }
                    }
                    free_rig(&r);
                }
    assert_true(tried > 1000);
}

/* --- single ops: x of one sample, y = op(x), and dx for the gradient of the sum of y --- */

enum { MOST = 64 };
static const float zeros[MOST];

typedef dsc_node *builder(dsc_node *x);

static void run_op(float *y, float *dx, builder *build, dsc_shape shape, const float *x) {
    dsc_error error;
    dsc_graph *graph;
    dsc_session *session;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *in = dsc_input(graph, "x", shape), *out = build(in);
    dsc_session_options options = dsc_session_options_defaults();
    options.kept[0] = out;
    options.loss = dsc_sum(out);
    options.saliency = in;
    ASSERT_OK(dsc_session_create(&session, graph, &options, &error), error);
    ASSERT_OK(dsc_session_set_input(session, in, x, &error), error);
    ASSERT_OK(dsc_session_run(session, 1, 0, &error), error);
    memcpy(y, dsc_session_value(session, out), dsc_shape_count(dsc_node_shape(out)) * sizeof *y);
    memcpy(dx, dsc_session_gradient(session, in), dsc_shape_count(&shape) * sizeof *dx);
    dsc_session_free(session);
    dsc_graph_free(graph);
}

static dsc_node *pool_2(dsc_node *x) { return dsc_max_pool(x, NULL, NULL, NULL); }
static dsc_node *pool_3(dsc_node *x) {
    return dsc_max_pool(x, (size_t[]){3, 3}, (size_t[]){1, 1}, (size_t[]){1, 1});
}

static void of_equal_values_max_pool_takes_the_first(void **state) {
    (void)state;
    const float x[4] = {5, 5, 5, 5};
    float y[MOST], dx[MOST];
    run_op(y, dx, pool_2, dsc_shape_of(3, 1, 2, 2, 0), x);
    assert_memory_equal(dx, ((float[]){1, 0, 0, 0}), 4 * sizeof *dx);
    run_op(y, dx, pool_3, dsc_shape_of(3, 1, 2, 2, 0), x);
    assert_memory_equal(dx, ((float[]){4, 0, 0, 0}), 4 * sizeof *dx);
    run_op(y, dx, dsc_global_max_pool, dsc_shape_of(3, 1, 2, 2, 0), x);
    assert_memory_equal(dx, ((float[]){1, 0, 0, 0}), 4 * sizeof *dx);
}

static void max_pools_pass_nan_on_and_know_no_padding(void **state) {
    (void)state;
    for (int at = 0; at < 4; at++) {
        float x[4] = {-3, -INFINITY, -2, -5}, y[MOST], dx[MOST];
        run_op(y, dx, pool_3, dsc_shape_of(3, 1, 2, 2, 0), x);
        for (int i = 0; i < 4; i++) assert_true(y[i] == -2);
        x[at] = NAN;
        run_op(y, dx, pool_2, dsc_shape_of(3, 1, 2, 2, 0), x);
        assert_true(isnan(y[0]));
        run_op(y, dx, pool_3, dsc_shape_of(3, 1, 2, 2, 0), x);
        for (int i = 0; i < 4; i++) assert_true(isnan(y[i]));
        run_op(y, dx, dsc_global_max_pool, dsc_shape_of(3, 1, 2, 2, 0), x);
        assert_true(isnan(y[0]));
    }
}

/* The definition for windows of 2 x 2: the first of the largest values, or the last NaN. */
static size_t largest_of_four(const float *x, size_t width) {
    const size_t places[4] = {0, 1, width, width + 1};
    size_t at = 0;
    for (size_t i = 1; i < 4; i++)
        if (x[places[i]] > x[at] || isnan(x[places[i]])) at = places[i];
    return at;
}

static void max_pools_of_any_width_find_the_first_of_the_largest(void **state) {
    (void)state;
    enum { ROWS = 5, WIDEST = 42 };
    static float x[ROWS * WIDEST], y[ROWS * WIDEST], dx[ROWS * WIDEST], expected[ROWS * WIDEST];
    uint32_t random = 1;
    for (size_t width = 2; width <= WIDEST; width++) {
        for (size_t i = 0; i < ROWS * width; i++) { /* many are equal, some are NaN */
            random = random * 1664525u + 1013904223u;
            const unsigned kind = random >> 28;
            x[i] = kind == 15 ? NAN : kind == 14 ? -0.0f : (float)(kind % 4) - 1;
        }
        run_op(y, dx, pool_2, dsc_shape_of(3, 1, ROWS, width, 0), x);
        memset(expected, 0, sizeof expected);
        for (size_t i = 0; i < ROWS / 2; i++)
            for (size_t j = 0; j < width / 2; j++) {
                const float *window = x + 2 * i * width + 2 * j;
                const size_t at = largest_of_four(window, width);
                assert_memory_equal(&y[i * (width / 2) + j], &window[at], sizeof *y);
                expected[2 * i * width + 2 * j + at] = 1;
            }
        assert_memory_equal(dx, expected, ROWS * width * sizeof *dx);
    }
}

/* Accepts values (K) only, and needs no parameter. */
static bool is_activation(const dsc_op *op) {
    if (op->least_inputs != 1 || op->most_inputs != 1) return false;
    for (const dsc_op_example *example = op->examples; example->roles; example++)
        if (!example->values && example->in[0].rank == 1) return true;
    return false;
}
static const dsc_op *activation;
static dsc_node *apply_activation(dsc_node *x) { return dsc_apply(activation, (dsc_node *[]){x}, 1, NULL); }

static void activations_stay_finite_far_out(void **state) {
    (void)state;
    const float x[6] = {-1e4f, -100, -20, 20, 100, 1e4f};
    size_t tried = 0;
    for (const dsc_op *const *op = dsc_ops; *op; op++) {
        if (!is_activation(*op)) continue;
        float y[MOST], dx[MOST];
        activation = *op;
        run_op(y, dx, apply_activation, dsc_shape_of(1, 6, 0, 0, 0), x);
        for (int i = 0; i < 6; i++)
            if (!isfinite(y[i]) || !isfinite(dx[i]))
                fail_msg("%s of %g is not finite", (*op)->name, (double)x[i]);
        tried++;
    }
    assert_true(tried >= 6);
}

/* Ones, in training: a share p is dropped, and the mean stays. */
static void dropout_drops_its_share_and_keeps_the_mean(void **state) {
    (void)state;
    enum { UNITS = 40000 };
    static float ones[UNITS];
    for (size_t i = 0; i < UNITS; i++) ones[i] = 1;
    dsc_error error;
    dsc_graph *graph;
    dsc_session *session;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *x = dsc_input(graph, "x", dsc_shape_of(1, UNITS, 0, 0, 0)), *y = dsc_dropout(x, 0.25);
    dsc_session_options options = dsc_session_options_defaults();
    options.training = true;
    options.kept[0] = y;
    options.loss = dsc_sum(y);
    ASSERT_OK(dsc_session_create(&session, graph, &options, &error), error);
    ASSERT_OK(dsc_session_set_input(session, x, ones, &error), error);
    ASSERT_OK(dsc_session_run(session, 1, 0, &error), error);
    const float *found = dsc_session_value(session, y);
    size_t dropped = 0;
    for (size_t i = 0; i < UNITS; i++) {
        dropped += found[i] == 0;
        assert_true(found[i] == 0 || fabs((double)found[i] - 1 / 0.75) < 1e-6);
    }
    assert_true(fabs((double)dropped / UNITS - 0.25) < 0.01); /* one standard deviation is 0.0022 */
    dsc_session_free(session);
    dsc_graph_free(graph);
}

/* --- losses --- */

static float loss_of(const dsc_op *loss_op, const float *z, size_t outputs, const float *t, size_t width,
                     float *dz) {
    dsc_error error;
    dsc_graph *graph;
    dsc_session *session;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *in = dsc_input(graph, "z", dsc_shape_of(1, outputs, 0, 0, 0));
    dsc_node *target = dsc_input(graph, "t", dsc_shape_of(1, width, 0, 0, 0));
    dsc_session_options options = dsc_session_options_defaults();
    options.loss = dsc_apply(loss_op, (dsc_node *[]){in, target}, 2, NULL);
    options.saliency = in;
    ASSERT_OK(dsc_session_create(&session, graph, &options, &error), error);
    ASSERT_OK(dsc_session_set_input(session, in, z, &error), error);
    ASSERT_OK(dsc_session_set_input(session, target, t, &error), error);
    ASSERT_OK(dsc_session_run(session, 1, 0, &error), error);
    float loss = dsc_session_value(session, options.loss)[0];
    memcpy(dz, dsc_session_gradient(session, in), outputs * sizeof *dz);
    dsc_session_free(session);
    dsc_graph_free(graph);
    return loss;
}

static void a_class_is_the_same_target_as_its_one_hot_values(void **state) {
    (void)state;
    const float z[4] = {1, -2, 0.5f, 3}, one_hot[4] = {0, 0, 1, 0}, class = 2;
    const dsc_row *row;
    for (size_t i = 0; (row = dsc_registry_at(&dsc_loss_registry, i)); i++) {
        const dsc_op *loss = dsc_op_of_row(row);
        float by_class[4], by_values[4];
        assert_true(loss_of(loss, z, 4, &class, 1, by_class) == loss_of(loss, z, 4, one_hot, 4, by_values));
        assert_memory_equal(by_class, by_values, sizeof by_class);
    }
}

static void binary_cross_entropy_keeps_its_digits_far_out(void **state) {
    (void)state;
    const float z[] = {-200, -50, -20, -1, 0, 1, 20, 50, 200};
    for (size_t i = 0; i < sizeof z / sizeof *z; i++)
        for (int k = 0; k < 2; k++) {
            const float t = (float)k;
            float dz, found = loss_of(dsc_op_find("binary-cross-entropy"), &z[i], 1, &t, 1, &dz);
            double away = k ? -(double)z[i] : (double)z[i]; /* loss = log(1 + exp(away)) */
            double expected = away > 0 ? away + log1p(exp(-away)) : log1p(exp(away));
            assert_true(fabs((double)found - expected) <= 1e-6 * expected + 1e-37);
            assert_true(isfinite(dz));
        }
}

static void class_weights_multiply_the_loss(void **state) {
    (void)state;
    const float z[3] = {1, -2, 0.5f}, t[3] = {0, 1, 2};
    dsc_error error;
    dsc_graph *graph;
    dsc_session *session;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *in = dsc_parameter(graph, "z", dsc_shape_of(1, 3, 0, 0, 0), DSC_INIT_ZEROS, 1, 1, false);
    dsc_node *zero = dsc_input(graph, "zero", dsc_shape_of(1, 3, 0, 0, 0)), *logits = dsc_add(zero, in);
    dsc_node *target = dsc_input(graph, "t", dsc_shape_of(0, 0, 0, 0, 0));
    dsc_node *weights = dsc_buffer(graph, "weights", dsc_shape_of(1, 3, 0, 0, 0), 1);
    dsc_session_options options = dsc_session_options_defaults();
    options.batch = 3;
    options.loss = dsc_softmax_cross_entropy_weighted(logits, weights, target, 0);
    options.kept[0] = dsc_softmax_cross_entropy(logits, target, 0);
    ASSERT_OK(dsc_session_create(&session, graph, &options, &error), error);
    memcpy(dsc_session_parameter(session, in), z, sizeof z);
    memcpy(dsc_session_parameter(session, weights), ((float[]){2, 0, 0.5f}), sizeof z);
    ASSERT_OK(dsc_session_set_input(session, zero, zeros, &error), error);
    ASSERT_OK(dsc_session_set_input(session, target, t, &error), error);
    ASSERT_OK(dsc_session_run(session, 3, 0, &error), error);
    const float *with = dsc_session_value(session, options.loss);
    const float *without = dsc_session_value(session, options.kept[0]);
    assert_true(without[0] > 0 && with[0] == 2 * without[0]);
    assert_true(with[1] == 0);
    assert_true(with[2] == 0.5f * without[2]);
    dsc_session_free(session);
    dsc_graph_free(graph);
}

/* --- impossible arguments --- */

static dsc_session *batch_norm_session(dsc_graph **graph, dsc_shape shape, size_t batch, dsc_error *error) {
    dsc_session *session;
    ASSERT_OK(dsc_graph_create(graph, error), *error);
    dsc_node *x = dsc_input(*graph, "x", shape);
    dsc_shape c = dsc_shape_of(1, shape.size[0], 0, 0, 0);
    dsc_node *y =
        dsc_batch_norm(x, dsc_parameter(*graph, "gamma", c, DSC_INIT_ONES, 1, 1, false),
                       dsc_parameter(*graph, "beta", c, DSC_INIT_ZEROS, 1, 1, false),
                       dsc_buffer(*graph, "mean", c, 0), dsc_buffer(*graph, "variance", c, 1), 0.1, 1e-5);
    dsc_session_options options = dsc_session_options_defaults();
    options.batch = batch;
    options.training = true;
    options.loss = dsc_sum(y);
    if (dsc_session_create(&session, *graph, &options, error)) return NULL;
    ASSERT_OK(dsc_session_set_input(session, x, zeros, error), *error);
    return session;
}

static void batch_norm_refuses_to_train_on_one_value_per_channel(void **state) {
    (void)state;
    dsc_error error;
    dsc_graph *graph;
    assert_null(batch_norm_session(&graph, dsc_shape_of(1, 3, 0, 0, 0), 1, &error));
    assert_int_equal(error.code, DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "batch-norm");
    ASSERT_MESSAGE(error, "at least 2: one value per channel has no variance");
    dsc_graph_free(graph);

    dsc_session *session = batch_norm_session(&graph, dsc_shape_of(1, 3, 0, 0, 0), 4, &error);
    assert_non_null(session);
    assert_int_equal(dsc_session_run(session, 1, 0, &error), DSC_ERROR_ARGUMENT); /* a last batch of one */
    ASSERT_MESSAGE(error, "omit an epoch's smaller last batch");
    dsc_session_free(session);
    dsc_graph_free(graph);

    session =
        batch_norm_session(&graph, dsc_shape_of(3, 3, 2, 1, 0), 1, &error); /* two pixels are sufficient */
    assert_non_null(session);
    dsc_session_free(session);
    dsc_graph_free(graph);
}

static void impossible_shapes_are_refused_by_name(void **state) {
    (void)state;
    static const struct {
        int which;
        const char *message;
    } cases[] = {{0, "max-pool of (1, 3, 3): the window reaches over 4 pixels"},
                 {1, "a padding smaller than the window"},
                 {2, "differ only in the first dimension"},
                 {3, "cannot take 3 from index 1: dimension 0 has 3"},
                 {4, "depthwise-conv2d of (3, 5, 5), (2, 1, 3, 3)"},
                 {5, "its leading dimensions"},
                 {6, "the target a class"},
                 {7, "the class weights must be a buffer"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_error error;
        dsc_graph *graph;
        ASSERT_OK(dsc_graph_create(&graph, &error), error);
        dsc_node *image = dsc_input(graph, "image", dsc_shape_of(3, 1, 3, 3, 0));
        dsc_node *wide = dsc_input(graph, "wide", dsc_shape_of(3, 3, 5, 5, 0));
        dsc_node *three = dsc_input(graph, "three", dsc_shape_of(1, 3, 0, 0, 0));
        dsc_node *two = dsc_input(graph, "two", dsc_shape_of(1, 2, 0, 0, 0));
        switch (cases[i].which) {
        case 0:
            dsc_max_pool(image, (size_t[]){4, 2}, NULL, NULL);
            break;
        case 1:
            dsc_average_pool(image, NULL, NULL, (size_t[]){2, 0});
            break;
        case 2:
            dsc_concat((dsc_node *[]){image, wide}, 2);
            break;
        case 3:
            dsc_slice(three, 0, 1, 3);
            break;
        case 4:
            dsc_depthwise_conv2d(
                wide, dsc_parameter(graph, "w", dsc_shape_of(4, 2, 1, 3, 3), DSC_INIT_ZEROS, 1, 1, true),
                NULL, NULL, NULL, NULL);
            break;
        case 5:
            dsc_mul(wide, two);
            break;
        case 6:
            dsc_squared_error(three, two, false);
            break;
        default:
            dsc_softmax_cross_entropy_weighted(three, three, two, 0);
            break;
        }
        if (cases[i].which == 7) {
            dsc_graph_free(graph);
            ASSERT_OK(dsc_graph_create(&graph, &error), error);
            three = dsc_input(graph, "three", dsc_shape_of(1, 3, 0, 0, 0));
            dsc_softmax_cross_entropy_weighted(three, three, three, 0);
        }
        assert_int_equal(dsc_graph_check(graph, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, cases[i].message);
        dsc_graph_free(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_sets_agree_with_the_portable_one),
        cmocka_unit_test(in_bf16_too),
        cmocka_unit_test(pixels_give_what_reals_give),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(every_op_passes_nan_on),
        cmocka_unit_test(of_equal_values_max_pool_takes_the_first),
        cmocka_unit_test(max_pools_pass_nan_on_and_know_no_padding),
        cmocka_unit_test(max_pools_of_any_width_find_the_first_of_the_largest),
        cmocka_unit_test(activations_stay_finite_far_out),
        cmocka_unit_test(dropout_drops_its_share_and_keeps_the_mean),
        cmocka_unit_test(a_class_is_the_same_target_as_its_one_hot_values),
        cmocka_unit_test(binary_cross_entropy_keeps_its_digits_far_out),
        cmocka_unit_test(class_weights_multiply_the_loss),
        cmocka_unit_test(batch_norm_refuses_to_train_on_one_value_per_channel),
        cmocka_unit_test(impossible_shapes_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
