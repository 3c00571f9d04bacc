/* SPDX-License-Identifier: MIT */
/* A new shape of an input gives the shapes of all nodes behind it, or an error that leaves the graph
 * unchanged. */
#include "testing.h"

#include "graph/graph.h"
#include "model/text.h"

static dsc_error error;

static bool has_shape(const dsc_node *node, dsc_shape shape) { return dsc_shape_equal(&node->shape, &shape); }

static void what_follows_takes_the_shape_that_follows(void **state) {
    (void)state;
    dsc_graph *graph;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *x = dsc_input(graph, "x", dsc_shape_of(3, 1, 9, 9, 0));
    dsc_node *y, *z;
    ASSERT_OK(dsc_text_build(&y, x, "conv 4 3x3, relu", 0, &error), error);
    ASSERT_OK(dsc_text_build(&z, y, "global-pool, dense 5", 0, &error), error);
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    const double before = y->inputs[0]->multiply_adds;
    const size_t values = dsc_graph_value_numbers(graph);
    ASSERT_OK(dsc_input_reshape(x, dsc_shape_of(3, 1, 16, 12, 0), &error), error);
    assert_true(has_shape(y, dsc_shape_of(3, 4, 14, 10, 0)));
    assert_true(has_shape(z, dsc_shape_of(1, 5, 0, 0, 0)));
    assert_true(y->inputs[0]->multiply_adds > before);
    assert_int_equal(dsc_graph_value_numbers(graph), values);
    dsc_graph_free(graph);
}

static void a_shape_that_does_not_fit_is_refused_and_changes_nothing(void **state) {
    (void)state;
    dsc_graph *graph;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    const dsc_shape was = dsc_shape_of(3, 1, 9, 9, 0);
    dsc_node *x = dsc_input(graph, "x", was), *y, *z;
    ASSERT_OK(dsc_text_build(&y, x, "conv 4 3x3, relu", 0, &error), error);
    ASSERT_OK(dsc_text_build(&z, y, "flatten, dense 5", 0, &error), error);
    const dsc_shape bad[] = {dsc_shape_of(3, 1, 10, 9, 0), /* the dense layer */
                             dsc_shape_of(3, 2, 9, 9, 0),  /* the filters */
                             dsc_shape_of(3, 1, 2, 2, 0),  /* too small */
                             dsc_shape_of(1, 81, 0, 0, 0), {.rank = 3, .size = {1, 0, 9}}, {.rank = 99}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_not_equal(dsc_input_reshape(x, bad[i], &error), DSC_OK);
        assert_true(error.message[0]);
        ASSERT_OK(dsc_graph_check(graph, &error), error);
        assert_true(has_shape(x, was));
        assert_true(has_shape(y, dsc_shape_of(3, 4, 7, 7, 0)));
        assert_true(dsc_shape_equal(z->in_shapes, &z->inputs[0]->shape));
    }
    dsc_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_follows_takes_the_shape_that_follows),
        cmocka_unit_test(a_shape_that_does_not_fit_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
