/* SPDX-License-Identifier: MIT */
/* An executor that keeps the values of all nodes has the same values as one that keeps a single node:
 * nothing is overwritten, in place or to save memory, and results do not depend on what is kept. */
#include "testing.h"

#include "graph/executor.h"
#include "model/model.h"

enum { SIDE = 8, PIXELS = SIDE * SIDE, BATCH = 7, CLASSES = 3 };

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)context, (void)worker;
    for (size_t i = first; i < first + count; i++) {
        for (size_t k = 0; inputs[0] && k < PIXELS; k++)
            inputs[0][(i - first) * PIXELS + k] = (dsc_real)((i * 37 + k * 101) % 256) / 255;
        if (inputs[1]) inputs[1][i - first] = (dsc_real)(i % CLASSES);
    }
}

static dsc_model *make_model(const char *text) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = CLASSES;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

/* An executor that has run once and keeps `node`; NULL: all of them. */
static dsc_executor *run(const dsc_model *model, const dsc_node *node, bool training) {
    dsc_error error;
    dsc_executor *executor;
    const dsc_executor_options options = {.batch = BATCH,
                                          .lanes = 2,
                                          .training = training,
                                          .loss = model->loss,
                                          .kept = {node ? node : model->loss},
                                          .kept_count = 1,
                                          .keeps_all = !node};
    const size_t numbers = dsc_graph_value_numbers(model->graph);
    dsc_real *values = malloc(numbers * sizeof *values), *gradients = calloc(numbers, sizeof *gradients);
    memcpy(values, model->values, numbers * sizeof *values);
    ASSERT_OK(dsc_executor_create(&executor, model->graph, &options, 2, &error), error);
    const dsc_run how = {.count = BATCH, .load = load, .values = values, .gradients = gradients, .seed = 5};
    ASSERT_OK(dsc_executor_run(executor, &how, &error), error);
    free(values);
    free(gradients);
    return executor;
}

static void what_is_kept_beside_all_others_is_what_is_kept_alone(void **state) {
    (void)state;
    static const char *const texts[] = {
        "conv 4 3x3 padding=1, batch-norm, relu, max-pool 2, residual(conv 4 3x3 padding=1), relu, flatten, "
        "dropout 0.5, dense 6, leaky-relu, dense",
        "flatten, dense 8, relu, sigmoid, tanh, layer-norm, relu, dense"};
    for (size_t i = 0; i < 2 * sizeof texts / sizeof *texts; i++) {
        const bool training = i % 2;
        dsc_model *model = make_model(texts[i / 2]);
        dsc_executor *all = run(model, NULL, training);
        size_t seen = 0;
        for (size_t k = 0; k < model->graph->count; k++) {
            const dsc_node *node = model->graph->nodes[k];
            if (node->kind != DSC_NODE_OP && node->kind != DSC_NODE_INPUT) continue;
            dsc_executor *alone = run(model, node, training);
            const void *a = dsc_executor_value(all, node), *b = dsc_executor_value(alone, node);
            assert_non_null(a);
            assert_non_null(b);
            if (memcmp(a, b, BATCH * dsc_shape_count(&node->shape) * sizeof(dsc_real)) != 0)
                fail_msg("%s, node %zu differs", texts[i / 2], k);
            dsc_executor_free(alone);
            seen++;
        }
        assert_true(seen > 8);
        dsc_executor_free(all);
        dsc_model_free(model);
    }
}

/* A value that no node needs is not computed just because it could be kept; a parameter is not a value of
 * the executor. */
static void what_is_not_computed_has_no_value(void **state) {
    (void)state;
    dsc_model *model = make_model("flatten, dense 8, relu, dense");
    dsc_error error;
    dsc_executor *executor;
    const dsc_executor_options options = {
        .batch = BATCH, .lanes = 1, .kept = {model->logits}, .kept_count = 1, .keeps_all = true};
    ASSERT_OK(dsc_executor_create(&executor, model->graph, &options, 1, &error), error);
    const dsc_run how = {.count = BATCH, .load = load, .values = model->values};
    ASSERT_OK(dsc_executor_run(executor, &how, &error), error);
    assert_non_null(dsc_executor_value(executor, model->logits));
    assert_null(dsc_executor_value(executor, model->loss));
    assert_null(dsc_executor_value(executor, model->target));
    for (size_t k = 0; k < model->graph->count; k++)
        if (model->graph->nodes[k]->kind == DSC_NODE_PARAMETER)
            assert_null(dsc_executor_value(executor, model->graph->nodes[k]));
    dsc_executor_free(executor);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_beside_all_others_is_what_is_kept_alone),
        cmocka_unit_test(what_is_not_computed_has_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
