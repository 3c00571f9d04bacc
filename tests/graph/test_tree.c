/* SPDX-License-Identifier: MIT */
/* test_tree.c: the results of lanes are added along the binary tree of graph/tree.h, and in no other
 * order. */
#include "testing.h"

#include "base/memory.h"
#include "graph/executor.h"
#include "graph/tree.h"
#include "model/model.h"

enum { SAMPLES_MOST = 8, PIXELS = 36 };

static uint8_t images[SAMPLES_MOST * PIXELS];

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const size_t *begin = context; /* the first sample of the run */
    for (size_t i = 0; i < count * PIXELS; i++)
        inputs[0][i] = (dsc_real)images[(*begin + first) * PIXELS + i] / 100;
    for (size_t i = 0; i < count; i++) inputs[1][i] = (dsc_real)((*begin + first + i) % 3);
}

/* The gradients of samples begin .. begin + count - 1, one in each lane, each loss multiplied by 1 / `of`;
 * to be freed. */
static dsc_real *gradients_of(dsc_model *model, size_t begin, size_t count, size_t of) {
    dsc_error error;
    dsc_executor *executor;
    const dsc_executor_options options = {.batch = count,
                                          .lanes = (unsigned)count,
                                          .training = true,
                                          .loss = model->loss,
                                          .kept = {model->loss},
                                          .kept_count = 1};
    dsc_real *out = dsc_allocate_aligned(dsc_graph_value_numbers(model->graph), sizeof *out);
    ASSERT_OK(dsc_executor_create(&executor, model->graph, &options, 2, &error), error);
    const dsc_run run = {.count = count,
                         .load = load,
                         .context = &begin,
                         .values = model->values,
                         .gradients = out,
                         .loss_scale = 1 / (double)of};
    ASSERT_OK(dsc_executor_run(executor, &run, &error), error);
    dsc_executor_gather(executor, out, 0, dsc_graph_parameter_numbers(model->graph));
    dsc_executor_free(executor);
    return out;
}

static dsc_real tree(const dsc_real *x, size_t n) {
    if (n == 1) return x[0];
    const size_t half = n > 4 ? 4 : n > 2 ? 2 : 1;
    return tree(x, half) + tree(x + half, n - half);
}

static void lanes_are_added_along_a_binary_tree(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model;
    dsc_model_options how = dsc_model_options_defaults();
    how.text = "conv 4 3x3, relu, flatten, dense";
    how.classes = 3;
    how.shape[1] = how.shape[2] = 6;
    for (size_t i = 0; i < sizeof images; i++) images[i] = (uint8_t)(i * i * 7919 % 251);
    ASSERT_OK(dsc_model_create(&model, &how, &error), error);
    const dsc_node *weight = NULL;
    for (size_t i = 0; !weight; i++)
        if (model->graph->nodes[i]->kind == DSC_NODE_PARAMETER) weight = model->graph->nodes[i];
    const size_t numbers = dsc_shape_count(&weight->shape);
    for (size_t samples = 1; samples <= SAMPLES_MOST; samples++) {
        dsc_real *alone[SAMPLES_MOST], *together = gradients_of(model, 0, samples, samples);
        for (size_t i = 0; i < samples; i++) alone[i] = gradients_of(model, i, 1, samples);
        size_t other = 0; /* numbers for which the tree and a sum in order give different bits */
        for (size_t k = weight->offset; k < weight->offset + numbers; k++) {
            dsc_real parts[SAMPLES_MOST], in_order = 0;
            for (size_t i = 0; i < samples; i++) in_order += parts[i] = alone[i][k];
            if (together[k] != tree(parts, samples))
                fail_msg("%zu lanes, number %zu: %.9g, the tree gives %.9g", samples, k, (double)together[k],
                         (double)tree(parts, samples));
            other += together[k] != in_order;
        }
        if (samples > 3) assert_true(other > 0);
        for (size_t i = 0; i < samples; i++) free(alone[i]);
        free(together);
    }
    dsc_model_free(model);
}

static void doubles_are_added_along_the_same_tree(void **state) {
    (void)state;
    const double small = 1e-16, parts[6] = {1, small, small, small, small, small};
    /* ((1 + s) + (s + s)) + (s + s): 1 + s is 1, and 1 + 2 s is not. */
    assert_true(dsc_tree_sum(parts, sizeof *parts, 2) == 1);
    assert_true(dsc_tree_sum(parts, sizeof *parts, 4) == 1 + 2 * small);
    assert_true(dsc_tree_sum(parts, sizeof *parts, 6) == (1 + 2 * small) + 2 * small);
    assert_true(dsc_tree_sum(parts, 2 * sizeof *parts, 3) == 1);
}

/* One number of a sample, and batch normalisation of four. */
static void load_numbers(void *context, dsc_real *const *inputs, size_t first, size_t count,
                         unsigned worker) {
    (void)worker;
    memcpy(inputs[0], (const dsc_real *)context + first, count * sizeof(dsc_real));
}

/* In order the sum is 1: the first 1 is lost beside the large number, the last is not. Along the tree both
 * are lost: the mean is 0. */
static void statistics_of_lanes_are_added_along_the_tree(void **state) {
    (void)state;
    enum { SAMPLES = 4 };
    static const dsc_real large = (dsc_real)1e17;
    dsc_real numbers[SAMPLES] = {large, 1, -large, 1}, values[64];
    dsc_error error;
    dsc_graph *graph;
    dsc_executor *executor;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    const dsc_shape one = dsc_shape_of(1, 1, 0, 0, 0);
    dsc_node *x = dsc_input(graph, "x", one);
    dsc_node *gamma = dsc_parameter(graph, "gamma", one, DSC_INIT_ONES, 0, 0, false),
             *beta = dsc_parameter(graph, "beta", one, DSC_INIT_ZEROS, 0, 0, false);
    dsc_node *mean = dsc_buffer(graph, "mean", one, 7), *variance = dsc_buffer(graph, "variance", one, 1);
    dsc_node *y = dsc_sum(dsc_batch_norm(x, gamma, beta, mean, variance, 1, 1e-5));
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    assert_true(dsc_graph_value_numbers(graph) <= sizeof values / sizeof *values);
    dsc_graph_initialise(graph, values, 1);
    const dsc_executor_options options = {
        .batch = SAMPLES, .lanes = SAMPLES, .training = true, .loss = y, .kept = {y}, .kept_count = 1};
    dsc_real gradients[64];
    ASSERT_OK(dsc_executor_create(&executor, graph, &options, 2, &error), error);
    const dsc_run run = {
        .count = SAMPLES, .load = load_numbers, .context = numbers, .values = values, .gradients = gradients};
    ASSERT_OK(dsc_executor_run(executor, &run, &error), error);
    assert_true(((double)numbers[0] + 1 + (double)numbers[2]) + 1 == 1);
    assert_true(values[mean->offset] == 0);
    dsc_executor_free(executor);
    dsc_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_are_added_along_a_binary_tree),
        cmocka_unit_test(statistics_of_lanes_are_added_along_the_tree),
        cmocka_unit_test(doubles_are_added_along_the_same_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
