/* SPDX-License-Identifier: MIT */
/* test_values.c: the arguments of a node are checked when it is made, whoever makes it: nothing impossible
 * is accepted, and nothing crashes. */
#include "testing.h"

#include "base/param.h"
#include "graph/graph.h"
#include "op/op.h"

#include <math.h>

static dsc_error error;

/* A graph with nodes for all builders. */
typedef struct bench {
    dsc_graph *graph;
    dsc_node *image, *flat, *target, *weight, *each, *bias, *gamma, *statistic;
} bench;

static bench bench_make(void) {
    bench b;
    ASSERT_OK(dsc_graph_create(&b.graph, &error), error);
    b.image = dsc_input(b.graph, "image", dsc_shape_of(3, 4, 8, 8, 0));
    b.flat = dsc_input(b.graph, "flat", dsc_shape_of(1, 6, 0, 0, 0));
    b.target = dsc_input(b.graph, "target", dsc_shape_of(1, 1, 0, 0, 0));
    b.weight = dsc_parameter(b.graph, "weight", dsc_shape_of(4, 5, 4, 3, 3), DSC_INIT_HE, 36, 45, true);
    b.each = dsc_parameter(b.graph, "each", dsc_shape_of(4, 4, 1, 3, 3), DSC_INIT_HE, 9, 9, true);
    b.bias = dsc_parameter(b.graph, "bias", dsc_shape_of(1, 5, 0, 0, 0), DSC_INIT_ZEROS, 0, 0, false);
    b.gamma = dsc_parameter(b.graph, "gamma", dsc_shape_of(1, 4, 0, 0, 0), DSC_INIT_ONES, 0, 0, false);
    b.statistic = dsc_buffer(b.graph, "statistic", dsc_shape_of(1, 4, 0, 0, 0), 1);
    ASSERT_OK(dsc_graph_check(b.graph, &error), error);
    return b;
}

/* The expression, with `b` a new bench, must be refused with a message that contains `says`. */
#define REFUSED(expression, says)                                                                            \
    do {                                                                                                     \
        bench b = bench_make();                                                                              \
        (void)(expression);                                                                                  \
        if (dsc_graph_check(b.graph, &error) != DSC_ERROR_ARGUMENT) fail_msg("accepted: %s", #expression);   \
        ASSERT_MESSAGE(error, says);                                                                         \
        dsc_graph_free(b.graph);                                                                             \
    } while (0)

#define ACCEPTED(expression)                                                                                 \
    do {                                                                                                     \
        bench b = bench_make();                                                                              \
        (void)(expression);                                                                                  \
        ASSERT_OK(dsc_graph_check(b.graph, &error), error);                                                  \
        dsc_graph_free(b.graph);                                                                             \
    } while (0)

static const size_t none[2] = {0, 0}, one[2] = {1, 1}, two[2] = {2, 2}, first_none[2] = {0, 1},
                    second_none[2] = {1, 0};
static const size_t far[2] = {65, 1}, endless[2] = {SIZE_MAX, 1};

static void windows_are_checked(void **state) {
    (void)state;
    ACCEPTED(dsc_conv2d(b.image, b.weight, b.bias, two, one, one));
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, none, NULL, NULL), "stride");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, first_none, NULL, NULL), "stride");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, second_none, NULL, NULL), "stride");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, far, NULL, NULL), "stride");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, endless, NULL, NULL), "stride");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, NULL, endless, NULL), "padding");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, NULL, far, NULL), "padding");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, NULL, NULL, none), "dilation");
    REFUSED(dsc_conv2d(b.image, b.weight, b.bias, NULL, NULL, far), "dilation");
    ACCEPTED(dsc_depthwise_conv2d(b.image, b.each, NULL, two, one, one));
    REFUSED(dsc_depthwise_conv2d(b.image, b.each, NULL, none, NULL, NULL), "stride");
    REFUSED(dsc_depthwise_conv2d(b.image, b.each, NULL, NULL, endless, NULL), "padding");
    REFUSED(dsc_depthwise_conv2d(b.image, b.each, NULL, NULL, NULL, none), "dilation");
    ACCEPTED(dsc_max_pool(b.image, two, none, none)); /* a stride of 0 means the window's size */
    REFUSED(dsc_max_pool(b.image, none, NULL, NULL), "size");
    REFUSED(dsc_max_pool(b.image, far, NULL, NULL), "size");
    REFUSED(dsc_max_pool(b.image, two, far, NULL), "stride");
    REFUSED(dsc_max_pool(b.image, two, NULL, two), "padding");
    REFUSED(dsc_average_pool(b.image, none, NULL, NULL), "size");
    REFUSED(dsc_average_pool(b.image, two, endless, NULL), "stride");
    REFUSED(dsc_average_pool(b.image, two, NULL, endless), "padding");
}

static void numbers_are_checked(void **state) {
    (void)state;
    static const double wrong[] = {7, -0.5, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        REFUSED(dsc_dropout(b.flat, wrong[i]), "p: expected");
        REFUSED(dsc_leaky_relu(b.flat, i == 0 ? -3 : wrong[i]), "slope: expected");
        REFUSED(dsc_elu(b.flat, i == 0 ? 1001 : wrong[i]), "alpha: expected");
        REFUSED(dsc_hard_sigmoid(b.flat, i == 0 ? 1001 : wrong[i], 0.5), "slope: expected");
        REFUSED(dsc_hard_sigmoid(b.flat, 0.2, i < 2 ? -1001 : wrong[i]), "offset: expected");
        if (!isfinite(wrong[i])) {
            REFUSED(dsc_clip(b.flat, wrong[i], 1), "low: expected");
            REFUSED(dsc_clip(b.flat, 0, wrong[i]), "high: expected");
        }
        REFUSED(dsc_softmax_cross_entropy(b.flat, b.target, wrong[i]), "smoothing: expected");
        REFUSED(dsc_layer_norm(b.image, b.gamma, b.gamma, i == 0 ? 0 : wrong[i]), "epsilon: expected");
        REFUSED(dsc_batch_norm(b.image, b.gamma, b.gamma, b.statistic, b.statistic, wrong[i], 1e-5),
                "momentum: expected");
        REFUSED(
            dsc_batch_norm(b.image, b.gamma, b.gamma, b.statistic, b.statistic, 0.1, i == 0 ? 0 : wrong[i]),
            "epsilon: expected");
        if (!isfinite(wrong[i])) REFUSED(dsc_scale(b.flat, wrong[i]), "factor: expected");
    }
    REFUSED(dsc_dropout(b.flat, 1), "p: expected");
    ACCEPTED(dsc_dropout(b.flat, 0));
    ACCEPTED(dsc_leaky_relu(b.flat, 1));
    ACCEPTED(dsc_scale(b.flat, -3));
    ACCEPTED(dsc_elu(b.flat, 0));
    ACCEPTED(dsc_hard_sigmoid(b.flat, 0, -1000));
    ACCEPTED(dsc_clip(b.flat, 0, 6));
    ACCEPTED(dsc_clip(b.flat, -1e38, 1e38));
    REFUSED(dsc_clip(b.flat, 1, 1), "low must be less than high");
    REFUSED(dsc_clip(b.flat, 1, -1), "low must be less than high");
    REFUSED(dsc_clip(b.flat, -2e38, 1), "from -1e38 to 1e38; found low=-2e+38");
    REFUSED(dsc_clip(b.flat, 0, 2e38), "high=2e+38");
    REFUSED(dsc_slice(b.image, 3, 0, 1), "dimension");
    REFUSED(dsc_slice(b.image, SIZE_MAX, 0, 1), "axis");
    REFUSED(dsc_slice(b.image, 0, SIZE_MAX, 1), "begin");
    REFUSED(dsc_slice(b.image, 0, 0, 0), "count");
    REFUSED(dsc_slice(b.image, 0, 3, 2), "dimension 0 has 4");
    REFUSED(dsc_reshape(b.flat, ((dsc_shape){.rank = 5, .size = {6, 1, 1, 1}})), "at most 4 dimensions");
    REFUSED(dsc_reshape(b.flat, dsc_shape_of(2, 0, 6, 0, 0)), "size 0");
    REFUSED(dsc_reshape(b.flat, dsc_shape_of(2, 6, 0, 0, 0)), "size 0");
    REFUSED(dsc_reshape(b.flat, dsc_shape_of(2, SIZE_MAX, 6, 0, 0)), "expected");
}

static void leaves_are_checked(void **state) {
    (void)state;
    const dsc_shape good = dsc_shape_of(1, 6, 0, 0, 0);
    REFUSED(dsc_input(b.graph, NULL, good), "has no name");
    REFUSED(dsc_input(b.graph, "", good), "has no name");
    REFUSED(dsc_input(b.graph, "flat", good), "two nodes");
    REFUSED(dsc_input(b.graph, "new", dsc_shape_of(1, 0, 0, 0, 0)), "impossible shape");
    REFUSED(dsc_input(b.graph, "new", ((dsc_shape){.rank = 5, .size = {1, 1, 1, 1}})),
            "at most 4 dimensions");
    REFUSED(dsc_input(b.graph, "new", ((dsc_shape){.rank = SIZE_MAX, .size = {1, 1, 1, 1}})),
            "at most 4 dimensions");
    REFUSED(dsc_parameter(b.graph, NULL, good, DSC_INIT_ZEROS, 0, 0, false), "has no name");
    REFUSED(dsc_parameter(b.graph, "new", good, DSC_INIT_HE, 0, 5, true), "new");
    REFUSED(dsc_parameter(b.graph, "new", good, DSC_INIT_GLOROT, 0, 0, true), "new");
    ACCEPTED(dsc_parameter(b.graph, "new", good, DSC_INIT_GLOROT, 0, 5, true));
    ACCEPTED(dsc_parameter(b.graph, "new", good, DSC_INIT_ONES, 0, 0, true));
    int odd = 77; /* not a constant: as from a file or a binding of another language */
    REFUSED(dsc_parameter(b.graph, "new", good, (dsc_init)odd, 1, 1, true), "initialisation 77");
    REFUSED(dsc_buffer(b.graph, NULL, good, 0), "has no name");
    REFUSED(dsc_buffer(b.graph, "new", good, (dsc_real)NAN), "not finite");
    REFUSED(dsc_buffer(b.graph, "new", good, (dsc_real)INFINITY), "not finite");
}

/* Every op of the registry: each value with a range is refused just outside the range, through dsc_apply. */
static void every_op_refuses_what_its_table_forbids(void **state) {
    (void)state;
    size_t tried = 0;
    for (const dsc_op *const *op = dsc_ops; *op; op++)
        for (const dsc_param *p = (*op)->params; p && p->name; p++)
            for (int high = 0; high < 2; high++) {
                char *values = calloc(1, (*op)->values_size);
                assert_non_null(values);
                ASSERT_OK(dsc_params_initialise((*op)->params, values, &error), error);
                const double wrong = high ? p->maximum + 1 : p->minimum - 1;
                if (p->type == DSC_PARAM_CHOICE)
                    *(int *)(void *)(values + p->offset) = high ? 99 : -1;
                else if (p->minimum == 0 && p->maximum == 0 && p->type != DSC_PARAM_REAL)
                    tried--; /* any value will do */
                else if (p->type == DSC_PARAM_REAL)
                    *(double *)(void *)(values + p->offset) =
                        p->minimum == 0 && p->maximum == 0 ? (double)NAN : wrong;
                else
                    ((int64_t *)(void *)(values + p->offset))[p->type == DSC_PARAM_PAIR && high] =
                        (int64_t)wrong;
                bench b = bench_make();
                dsc_node *inputs[] = {b.image, b.weight, b.bias, b.gamma, b.statistic, b.target};
                (void)dsc_apply(*op, inputs, (*op)->least_inputs, values);
                assert_int_equal(dsc_graph_check(b.graph, &error), DSC_ERROR_ARGUMENT);
                char says[80];
                (void)snprintf(says, sizeof says, "%s: %s: expected", (*op)->name, p->name);
                ASSERT_MESSAGE(error, says);
                tried++;
                dsc_graph_free(b.graph);
                free(values);
            }
    assert_true(tried >= 40);
}

static void what_has_no_default_must_be_given(void **state) {
    (void)state;
    REFUSED(dsc_apply(dsc_op_find("scale"), (dsc_node *[]){b.flat}, 1, NULL), "factor has no default");
    REFUSED(dsc_apply(dsc_op_find("slice"), (dsc_node *[]){b.flat}, 1, NULL), "count has no default");
    ACCEPTED(dsc_apply(dsc_op_find("dropout"), (dsc_node *[]){b.flat}, 1, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_checked),
        cmocka_unit_test(numbers_are_checked),
        cmocka_unit_test(leaves_are_checked),
        cmocka_unit_test(every_op_refuses_what_its_table_forbids),
        cmocka_unit_test(what_has_no_default_must_be_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
