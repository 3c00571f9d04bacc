/* SPDX-License-Identifier: MIT */
/* Sessions: runs a graph through the public header. The graph: y = x w + b, loss the squared error, 2 ->
 * 1. */
#include "testing.h"

typedef struct line {
    dsc_graph *graph;
    dsc_node *x, *t, *w, *b, *y;
    dsc_session_options options;
} line;

static void make(line *l) {
    dsc_error error;
    ASSERT_OK(dsc_graph_create(&l->graph, &error), error);
    l->x = dsc_input(l->graph, "x", dsc_shape_of(1, 2, 0, 0, 0));
    l->t = dsc_input(l->graph, "t", dsc_shape_of(1, 1, 0, 0, 0));
    l->w = dsc_parameter(l->graph, "w", dsc_shape_of(2, 1, 2, 0, 0), DSC_INIT_ONES, 2, 1, true);
    l->b = dsc_parameter(l->graph, "b", dsc_shape_of(1, 1, 0, 0, 0), DSC_INIT_ZEROS, 2, 1, false);
    l->y = dsc_matmul(l->x, l->w, l->b);
    l->options = dsc_session_options_defaults();
    l->options.batch = 2;
    l->options.kept[0] = l->y;
    l->options.loss = dsc_squared_error(l->y, l->t, false);
}

static const float X[4] = {1, 2, 3, 4}, T[2] = {1, 1};

static void values_and_gradients_are_those_computed_by_hand(void **state) {
    (void)state;
    line l;
    dsc_error error;
    dsc_session *session;
    make(&l);
    l.options.training = true;
    l.options.saliency = l.x;
    ASSERT_OK(dsc_session_create(&session, l.graph, &l.options, &error), error);
    assert_null(dsc_session_value(session, l.y)); /* before any run */
    assert_null(dsc_session_gradient(session, l.w));
    ASSERT_OK(dsc_session_set_input(session, l.x, X, &error), error);
    ASSERT_OK(dsc_session_set_input(session, l.t, T, &error), error);
    dsc_session_parameter(session, l.b)[0] = 1;
    ASSERT_OK(dsc_session_run(session, 2, 0, &error), error);
    /* y = 4, 8; loss 9, 49; dy = 2 (y - 1) / 2 = 3, 7 */
    assert_memory_equal(dsc_session_value(session, l.y), ((float[]){4, 8}), 2 * sizeof(float));
    assert_memory_equal(dsc_session_value(session, l.options.loss), ((float[]){9, 49}), 2 * sizeof(float));
    assert_memory_equal(dsc_session_gradient(session, l.w), ((float[]){3 + 21, 6 + 28}), 2 * sizeof(float));
    assert_true(dsc_session_gradient(session, l.b)[0] == 10);
    assert_memory_equal(dsc_session_gradient(session, l.x), ((float[]){3, 3, 7, 7}), 4 * sizeof(float));
    assert_null(dsc_session_value(session, l.x)); /* not kept */
    assert_null(dsc_session_gradient(session, l.t));
    assert_null(dsc_session_parameter(session, l.x));
    dsc_session_free(session);
    dsc_graph_free(l.graph);
}

static void without_a_loss_only_what_is_kept_runs(void **state) {
    (void)state;
    line l;
    dsc_error error;
    dsc_session *session;
    make(&l);
    l.options.loss = NULL;
    ASSERT_OK(dsc_session_create(&session, l.graph, &l.options, &error), error);
    ASSERT_OK(dsc_session_set_input(session, l.x, X, &error), error);
    ASSERT_OK(dsc_session_run(session, 1, 0, &error), error); /* the target is not needed */
    assert_true(dsc_session_value(session, l.y)[0] == 3);
    assert_null(dsc_session_gradient(session, l.w));
    dsc_session_free(session);
    dsc_graph_free(l.graph);
}

static void runs_allocate_nothing(void **state) {
    (void)state;
    line l;
    dsc_error error;
    dsc_session *session;
    make(&l);
    l.options.training = true;
    ASSERT_OK(dsc_session_create(&session, l.graph, &l.options, &error), error);
    ASSERT_OK(dsc_session_set_input(session, l.x, X, &error), error);
    ASSERT_OK(dsc_session_set_input(session, l.t, T, &error), error);
    long before = testing_allocations();
    for (int i = 0; i < 3; i++) ASSERT_OK(dsc_session_run(session, 2, 0, &error), error);
    assert_int_equal(testing_allocations(), before);
    dsc_session_free(session);
    dsc_graph_free(l.graph);
}

static void what_cannot_run_is_refused(void **state) {
    (void)state;
    line l;
    dsc_error error;
    dsc_session *session;
    make(&l);
    ASSERT_OK(dsc_session_create(&session, l.graph, &l.options, &error), error);
    assert_int_equal(dsc_session_run(session, 1, 0, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "input 'x' has no data");
    ASSERT_OK(dsc_session_set_input(session, l.x, X, &error), error);
    ASSERT_OK(dsc_session_set_input(session, l.t, T, &error), error);
    assert_int_equal(dsc_session_run(session, 3, 0, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "3 samples; this program was made for 1 to 2");
    assert_int_equal(dsc_session_run(session, 0, 0, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_session_set_input(session, l.w, X, &error), DSC_ERROR_ARGUMENT);
    dsc_session_free(session);

    dsc_session_options none = dsc_session_options_defaults();
    assert_int_equal(dsc_session_create(&session, l.graph, &none, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "no result is requested");
    assert_null(session);
    none.training = true;
    none.kept[0] = l.y;
    assert_int_equal(dsc_session_create(&session, l.graph, &none, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "gradients need a loss");
    none.training = false;
    none.kept[0] = l.w;
    assert_int_equal(dsc_session_create(&session, l.graph, &none, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "must be a value per sample");
    l.options.precision = "f16";
    assert_int_equal(dsc_session_create(&session, l.graph, &l.options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "precision 'f16'; expected f32, bf16 or auto");
    l.options.precision = "f32";
    l.options.kernels = "abacus";
    assert_int_equal(dsc_session_create(&session, l.graph, &l.options, &error), DSC_ERROR_ARGUMENT);
    l.options.kernels = NULL;
    l.options.size = 0;
    assert_int_equal(dsc_session_create(&session, l.graph, &l.options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "dsc_session_options_defaults");
    dsc_mul(l.y, l.x); /* the graph's own error is reported here too */
    l.options.size = sizeof l.options;
    assert_int_equal(dsc_session_create(&session, l.graph, &l.options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "mul of (1), (2)");
    dsc_graph_free(l.graph);
    dsc_session_free(NULL);
}

static void every_failing_allocation_is_survived(void **state) {
    (void)state;
    line l;
    dsc_error error;
    dsc_session *session;
    make(&l);
    l.options.training = true;
    long n = 0;
    for (bool failed = true; failed; n++) {
        testing_fail_allocation(n);
        dsc_status status = dsc_session_create(&session, l.graph, &l.options, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        assert_true(failed ? !session : session != NULL);
        dsc_session_free(session);
    }
    assert_true(n > 5);
    dsc_graph_free(l.graph);
}

static void a_graph_has_a_limit(void **state) {
    (void)state;
    dsc_error error;
    dsc_graph *graph;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *node = dsc_input(graph, "x", dsc_shape_of(1, 1, 0, 0, 0));
    for (int i = 1; i < 1 << 14; i++) node = dsc_relu(node);
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    (void)dsc_relu(node);
    assert_int_equal(dsc_graph_check(graph, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "at most 16384 nodes");
    dsc_graph_free(graph);
}

static void a_batch_that_no_memory_holds_is_refused(void **state) {
    (void)state;
    dsc_error error;
    /* The bytes of its values overflow a size_t. */
    for (unsigned bits = sizeof(size_t) * 8 - 8; bits < sizeof(size_t) * 8; bits++) {
        line l;
        dsc_session *session;
        make(&l);
        l.options.batch = (size_t)1 << bits;
        assert_int_equal(dsc_session_create(&session, l.graph, &l.options, &error), DSC_ERROR_MEMORY);
        dsc_graph_free(l.graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_gradients_are_those_computed_by_hand),
        cmocka_unit_test(without_a_loss_only_what_is_kept_runs),
        cmocka_unit_test(runs_allocate_nothing),
        cmocka_unit_test(what_cannot_run_is_refused),
        cmocka_unit_test(every_failing_allocation_is_survived),
        cmocka_unit_test(a_graph_has_a_limit),
        cmocka_unit_test(a_batch_that_no_memory_holds_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
