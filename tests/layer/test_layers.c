/* SPDX-License-Identifier: MIT */
/* Layers: names, shapes, parameters, and initial values. Counts are those of published networks. */
#include "made.h"
#include "others.h"

#include "base/param.h"
#include "layer/layer.h"

#include <math.h>

static dsc_node *input(dsc_graph **graph, size_t c, size_t h, size_t w) {
    dsc_error error;
    ASSERT_OK(dsc_graph_create(graph, &error), error);
    return dsc_input(*graph, "x", c && h ? dsc_shape_of(3, c, h, w, 0) : dsc_shape_of(1, w, 0, 0, 0));
}

static const dsc_node *find(const dsc_graph *graph, const char *name) {
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i]->name && !strcmp(graph->nodes[i]->name, name)) return graph->nodes[i];
    fail_msg("there is no '%s'", name);
    return NULL;
}

static size_t parameters(const dsc_graph *graph) {
    size_t count = 0;
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i]->kind == DSC_NODE_PARAMETER) count += dsc_shape_count(&graph->nodes[i]->shape);
    return count;
}

static void check_shape(const dsc_node *node, const char *expected) {
    char text[96];
    assert_string_equal(dsc_shape_format(text, dsc_node_shape(node)), expected);
}

static void check_built(size_t c, size_t h, size_t w, const char *text, const char *shape, size_t numbers) {
    dsc_graph *graph;
    dsc_error error;
    dsc_node *y = dsc_sequence(input(&graph, c, h, w), text);
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    check_shape(y, shape);
    if (parameters(graph) != numbers)
        fail_msg("\"%s\": %zu parameters, expected %zu", text, parameters(graph), numbers);
    dsc_graph_free(graph);
}

static void shapes_and_parameter_counts_are_those_of_the_formulas(void **state) {
    (void)state;
    check_built(0, 0, 784, "dense 100", "(100)", 78500);
    check_built(0, 0, 784, "dense 100 bias=off", "(100)", 78400);
    check_built(1, 28, 28, "conv 32", "(32, 26, 26)", 320);
    check_built(1, 28, 28, "conv 32 3x3", "(32, 26, 26)", 320);
    check_built(3, 28, 20, "conv 8 5x3 bias=off", "(8, 24, 18)", 360);
    check_built(1, 28, 28, "conv 32 3x3 padding=1", "(32, 28, 28)", 320);
    check_built(1, 28, 27, "conv 4 5x3 padding=same", "(4, 28, 27)", 64);
    check_built(1, 28, 27, "conv 4 3x3 padding=same stride=2", "(4, 14, 14)", 40);
    check_built(1, 28, 28, "conv 4 3x3 padding=same dilation=2", "(4, 28, 28)", 40);
    check_built(1, 28, 28, "conv 4 2x2 dilation=3 stride=2x3", "(4, 13, 9)", 20);
    check_built(4, 5, 6, "batch-norm", "(4, 5, 6)", 8);
    check_built(4, 5, 6, "relu, dropout 0.2, flatten", "(120)", 0);
    check_built(4, 5, 6, "leaky-relu 0.1, gelu, silu, sigmoid, tanh", "(4, 5, 6)", 0);
    check_built(4, 5, 6, "clip 0 1, clip, relu6, elu 0.5, elu, selu, hard-sigmoid, hard-swish", "(4, 5, 6)",
                0);
    check_built(4, 5, 6, "layer-norm", "(4, 5, 6)", 8);
    check_built(6, 28, 28, "max-pool 2", "(6, 14, 14)", 0);
    check_built(6, 28, 27, "average-pool 3x2 stride=2 padding=1", "(6, 14, 14)", 0);
    check_built(6, 28, 27, "global-pool", "(6)", 0);
    check_built(6, 28, 27, "global-pool max", "(6)", 0);
    check_built(6, 28, 27, "global-pool both", "(12)", 0);
    check_built(8, 9, 9, "depthwise 3x3 padding=same", "(8, 9, 9)", 80);
    check_built(8, 9, 9, "depthwise 3 stride=2 bias=off", "(8, 4, 4)", 72);
    check_built(8, 9, 9, "separable 12 3x3", "(12, 7, 7)", 80 + 108);
    check_built(8, 9, 9, "se 4", "(8, 9, 9)", 2 * 8 + 2 + 8 * 2 + 8);
    check_built(8, 9, 9, "se", "(8, 9, 9)", 8 + 1 + 8 + 8);
}

static void residual_blocks_add_and_project_where_they_must(void **state) {
    (void)state;
    check_built(0, 0, 20, "residual(dense 20, relu)", "(20)", 420);
    check_built(0, 0, 20, "residual(dense 30, relu)", "(30)", 630 + 600);
    check_built(4, 8, 8, "residual(conv 4 padding=same)", "(4, 8, 8)", 148);
    check_built(4, 8, 8, "residual(conv 6 padding=same)", "(6, 8, 8)", 222 + 24);
    check_built(4, 9, 8, "residual(conv 6 padding=same stride=2)", "(6, 5, 4)", 222 + 24);
    check_built(4, 9, 8, "residual(residual(dropout), residual(relu))", "(4, 9, 8)", 0);
}

static void a_residual_block_adds_its_input_to_what_its_layers_make(void **state) {
    (void)state;
    dsc_graph *graph;
    dsc_node *x = input(&graph, 0, 0, 20), *fx = dsc_relu(x), *y = dsc_residual(x, fx);
    assert_string_equal(y->op->name, "add");
    assert_true(y->inputs[0] == fx && y->inputs[1] == x);
    dsc_node *wide = dsc_dense(x, 30), *z = dsc_residual(x, wide);
    assert_true(z->inputs[0] == wide && z->inputs[1]->inputs[0] == x);
    assert_ptr_equal(z->inputs[1]->inputs[1], find(graph, "residual2.projection.weight"));
    dsc_node *both = dsc_parallel((dsc_node *[]){fx, x}, 2);
    assert_true(both->inputs[0] == fx && both->inputs[1] == x);
    dsc_graph_free(graph);
}

static void parallel_branches_are_concatenated(void **state) {
    (void)state;
    check_built(4, 9, 8, "parallel(conv 6 1x1 | conv 3 3x3 padding=same, relu | relu)", "(13, 9, 8)",
                30 + 111);
    check_built(0, 0, 10, "parallel(dense 3 | residual(dense 10), parallel(dense 2 | dense 4))", "(9)",
                33 + 110 + 22 + 44);
    dsc_graph *graph;
    dsc_error error;
    dsc_sequence(input(&graph, 4, 9, 8), "parallel(relu | max-pool)");
    assert_int_equal(dsc_graph_check(graph, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "parallel1: ");
    ASSERT_MESSAGE(error, "(4, 9, 8), (4, 4, 4)");
    dsc_graph_free(graph);
}

static void a_residual_block_that_no_projection_joins_says_how_to_mend_it(void **state) {
    (void)state;
    dsc_graph *graph;
    dsc_error error;
    dsc_sequence(input(&graph, 4, 8, 8), "residual(flatten)");
    assert_int_equal(dsc_graph_check(graph, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "takes (4, 8, 8) and makes (256)");
    ASSERT_MESSAGE(error, "padding=same");
    dsc_graph_free(graph);
}

static void names_are_pytorchs_and_numbered_by_kind(void **state) {
    (void)state;
    dsc_graph *graph;
    dsc_error error;
    dsc_sequence(
        input(&graph, 1, 12, 12),
        "conv 4, batch-norm, relu, residual(conv 4 padding=same), residual(conv 6 padding=same), flatten, "
        "dense 9, relu, dense 5 bias=off");
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    check_shape(find(graph, "conv1.weight"), "(4, 1, 3, 3)");
    check_shape(find(graph, "conv1.bias"), "(4)");
    check_shape(find(graph, "conv2.weight"), "(4, 4, 3, 3)");
    check_shape(find(graph, "batch_norm1.weight"), "(4)");
    check_shape(find(graph, "batch_norm1.running_mean"), "(4)");
    check_shape(find(graph, "residual2.projection.weight"), "(6, 4, 1, 1)");
    check_shape(find(graph, "dense1.weight"), "(9, 600)");
    check_shape(find(graph, "dense2.weight"), "(5, 9)");
    assert_string_equal(graph->nodes[graph->count - 1]->layer, "dense2");
    assert_null(graph->layer);
    dsc_graph_free(graph);
}

static void weights_decay_and_bias_and_normalisation_do_not(void **state) {
    (void)state;
    dsc_graph *graph;
    dsc_sequence(input(&graph, 1, 12, 12),
                 "conv 4, batch-norm, residual(conv 6 padding=same), flatten, dense 9");
    size_t seen = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER) continue;
        bool norm = !strncmp(node->name, "batch_norm", 10), weight = strstr(node->name, ".weight") != NULL;
        assert_int_equal(node->decays, weight && !norm);
        seen++;
    }
    assert_int_equal(seen, 9);
    dsc_graph_free(graph);
}

typedef struct statistics {
    double mean, deviation, largest;
} statistics;

static statistics drawn(const char *text, const char *name) {
    dsc_graph *graph;
    dsc_error error;
    dsc_sequence(input(&graph, 0, 0, 400), text);
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    dsc_real *slab = dsc_allocate(dsc_graph_value_numbers(graph), sizeof *slab);
    assert_non_null(slab);
    dsc_graph_initialise(graph, slab, 7);
    const dsc_node *node = find(graph, name);
    statistics s = {0};
    size_t n = dsc_shape_count(&node->shape);
    for (size_t i = 0; i < n; i++) {
        double value = (double)slab[node->offset + i];
        s.mean += value / (double)n;
        s.deviation += value * value / (double)n;
        s.largest = fmax(s.largest, fabs(value));
    }
    s.deviation = sqrt(fmax(s.deviation - s.mean * s.mean, 0));
    free(slab);
    dsc_graph_free(graph);
    return s;
}

static void weights_start_with_the_deviation_of_their_initialiser(void **state) {
    (void)state;
    /* 400 x 300 = 120,000 draws: the deviation's own standard error is 0.2 % for normals; 1 % is five of
     * them. */
    double he = sqrt(2.0 / 400), glorot = sqrt(6.0 / 700);
    statistics s = drawn("dense 300", "dense1.weight");
    assert_true(fabs(s.deviation / he - 1) < 0.01 && fabs(s.mean) < 0.02 * he && s.largest > 3 * he);
    s = drawn("dense 300 init=glorot", "dense1.weight");
    assert_true(fabs(s.deviation * sqrt(3) / glorot - 1) < 0.01 && s.largest <= glorot + 1e-7);
    s = drawn("dense 300 init=tutorial", "dense1.weight");
    assert_true(fabs(s.deviation * sqrt(3) / 0.1 - 1) < 0.01 && s.largest <= 0.1 + 1e-7);
    s = drawn("dense 300 init=zeros", "dense1.weight");
    assert_true(s.largest == 0);
    s = drawn("dense 300 init=ones", "dense1.weight");
    assert_true(s.deviation < 1e-6 && fabs(s.mean - 1) < 1e-6);
    s = drawn("dense 300", "dense1.bias");
    assert_true(s.largest == 0);
    s = drawn("batch-norm", "batch_norm1.running_var");
    assert_true(s.largest == 1 && s.deviation < 1e-6);
}

static void functions_build_what_texts_build(void **state) {
    (void)state;
    dsc_graph *a, *b;
    dsc_error error;
    dsc_node *x = dsc_relu(dsc_conv(input(&a, 1, 28, 28), 32, 3, 2, 1));
    x = dsc_dense(dsc_flatten(dsc_residual(x, dsc_relu(dsc_conv(x, 32, 3, 1, 1)))), 10);
    dsc_sequence(
        input(&b, 1, 28, 28),
        "conv 32 3x3 stride=2 padding=1, relu, residual(conv 32 3 padding=1, relu), flatten, dense 10");
    ASSERT_OK(dsc_graph_check(a, &error), error);
    ASSERT_OK(dsc_graph_check(b, &error), error);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->nodes[i]->kind, b->nodes[i]->kind);
        assert_ptr_equal(a->nodes[i]->op, b->nodes[i]->op);
        assert_true(dsc_shape_equal(&a->nodes[i]->shape, &b->nodes[i]->shape));
        if (a->nodes[i]->name) assert_string_equal(a->nodes[i]->name, b->nodes[i]->name);
    }
    check_shape(x, "(10)");
    dsc_graph_free(a);
    dsc_graph_free(b);
}

static void a_wrong_layer_is_an_error_that_sticks(void **state) {
    (void)state;
    dsc_graph *graph;
    dsc_error error;
    dsc_node *x = input(&graph, 1, 28, 28);
    dsc_node *y = dsc_dense(dsc_relu(dsc_dense(x, 10)), 10);
    dsc_residual(y, dsc_conv(y, 3, 3, 1, 1));
    assert_int_equal(dsc_graph_check(graph, &error), DSC_ERROR_ARGUMENT);
    assert_string_equal(error.message,
                        "dense1: dense needs flat values, found (1, 28, 28); put 'flatten' before it");
    dsc_graph_free(graph);
}

static void every_layer_of_the_registry_is_found_described_and_has_defaults_in_range(void **state) {
    (void)state;
    for (const dsc_layer *const *layer = dsc_layers; *layer; layer++) {
        unsigned char values[256] = {0};
        dsc_error error;
        assert_ptr_equal(dsc_layer_find((*layer)->name), *layer);
        assert_non_null((*layer)->help);
        assert_true((*layer)->values_size <= sizeof values);
        assert_true((*layer)->positional <= dsc_param_count((*layer)->params));
        if ((*layer)->width) assert_non_null(dsc_param_find((*layer)->params, (*layer)->width));
        if ((*layer)->brackets)
            assert_true((*layer)->join && (*layer)->least_branches && !(*layer)->params &&
                        (*layer)->least_branches <= (*layer)->most_branches &&
                        (*layer)->most_branches <= DSC_BRANCHES_MOST);
        else
            assert_non_null((*layer)->build);
        ASSERT_OK(dsc_params_initialise((*layer)->params, values, &error), error);
        dsc_params_free((*layer)->params, values);
    }
    assert_null(dsc_layer_find("dens"));
}

/* --- every layer of the registry --- */

/* All properties of the nodes of a network, as text; NULL: it cannot be built. */
static char *describe(const char *network, const char *item) {
    char text[512], number[64];
    dsc_graph *graph;
    dsc_error error;
    dsc_text out = {0};
    made_text(text, network, item);
    dsc_sequence(input(&graph, 4, 9, 8), text);
    const bool possible = dsc_graph_check(graph, &error) == DSC_OK;
    for (size_t i = 0; possible && i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        dsc_text_append(&out, "%d %s %s init %d %zu %zu decays %d", (int)node->kind,
                        node->op ? node->op->name : "", dsc_shape_format((char[96]){0}, &node->shape),
                        (int)node->init, node->n_in, node->n_out, node->decays);
        for (const dsc_param *p = node->op ? node->op->params : NULL; p && p->name; p++) {
            dsc_text_append(&out, " %s=", p->name);
            if (p->type == DSC_PARAM_REAL)
                dsc_text_append(
                    &out, "%s",
                    dsc_format_shortest(
                        number, *(const double *)(const void *)((const char *)node->values + p->offset)));
            else
                dsc_param_format(&out, p, node->values);
        }
        dsc_text_append(&out, "\n");
    }
    dsc_graph_free(graph);
    return out.data;
}

static bool layer_parameter_matters(const dsc_layer *layer, const dsc_param *p) {
    char item[256], other[64], more[128];
    void *values = calloc(1, layer->values_size + 1);
    dsc_error error;
    ASSERT_OK(dsc_params_initialise(layer->params, values, &error), error);
    bool matters = false; /* the 3 from made_item may be among the other values: so there are more of them */
    for (size_t k = 0; !matters && made_network(k); k++) {
        made_item(item, layer, "");
        char *usual = describe(made_network(k), item);
        for (size_t i = 0; usual && !matters && others_text(other, p, values, i); i++) {
            (void)snprintf(more, sizeof more, "%s=%s", p->name, other);
            made_item(item, layer, more);
            char *changed = describe(made_network(k), item);
            matters = changed && strcmp(usual, changed) != 0;
            free(changed);
        }
        free(usual);
    }
    dsc_params_free(layer->params, values);
    free(values);
    return matters;
}

static void every_parameter_of_every_layer_matters(void **state) {
    (void)state;
    for (const dsc_layer *const *layer = dsc_layers; *layer; layer++)
        for (const dsc_param *p = (*layer)->params; p && p->name; p++)
            if (!layer_parameter_matters(*layer, p))
                fail_msg("layer %s: its parameter '%s' changes nothing", (*layer)->name, p->name);
}

/* Weights have two dimensions or more; biases, scales and shifts have one element for each channel or
 * unit. */
static void of_every_layer_weights_decay_and_nothing_else_does(void **state) {
    (void)state;
    for (const dsc_layer *const *layer = dsc_layers; *layer; layer++) {
        size_t built = 0;
        for (size_t k = 0; made_network(k); k++) {
            char item[256], text[512];
            dsc_graph *graph;
            dsc_error error;
            made_item(item, *layer, "");
            made_text(text, made_network(k), item);
            dsc_sequence(input(&graph, 4, 9, 8), text);
            const bool possible = dsc_graph_check(graph, &error) == DSC_OK;
            for (size_t i = 0; possible && i < graph->count; i++) {
                const dsc_node *node = graph->nodes[i];
                if (node->kind == DSC_NODE_PARAMETER && node->decays != (node->shape.rank > 1))
                    fail_msg("layer %s: %s %s", (*layer)->name, node->name,
                             node->decays ? "decays" : "does not decay");
            }
            built += possible;
            dsc_graph_free(graph);
        }
        if (!built) fail_msg("layer %s: no network of layer/made.h takes it", (*layer)->name);
    }
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    dsc_error error;
    for (long n = 0;; n++) {
        dsc_graph *graph;
        dsc_node *x = input(&graph, 1, 8, 8);
        testing_fail_allocation(n);
        dsc_sequence(
            x, "conv 4 padding=same, batch-norm, residual(conv 6 padding=same, relu), flatten, dense 3");
        bool failed = testing_allocation_failed();
        assert_int_equal(dsc_graph_check(graph, &error), failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_graph_free(graph);
        if (!failed) break;
        assert_true(n < 1000);
    }
}

static void older_names_of_layers_are_read(void **state) {
    (void)state;
    static const char *const names[][2] = {
        {"maxpool", "max-pool"}, {"avgpool", "average-pool"}, {"globalpool", "global-pool"}};
    for (size_t i = 0; i < 3; i++) {
        assert_non_null(dsc_layer_find(names[i][0]));
        assert_ptr_equal(dsc_layer_find(names[i][0]), dsc_layer_find(names[i][1]));
    }
    assert_null(dsc_layer_find("maxpoo"));
    check_built(6, 28, 28, "maxpool 2, avgpool 7, globalpool both", "(12)", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_and_parameter_counts_are_those_of_the_formulas),
        cmocka_unit_test(residual_blocks_add_and_project_where_they_must),
        cmocka_unit_test(a_residual_block_adds_its_input_to_what_its_layers_make),
        cmocka_unit_test(parallel_branches_are_concatenated),
        cmocka_unit_test(a_residual_block_that_no_projection_joins_says_how_to_mend_it),
        cmocka_unit_test(names_are_pytorchs_and_numbered_by_kind),
        cmocka_unit_test(weights_decay_and_bias_and_normalisation_do_not),
        cmocka_unit_test(weights_start_with_the_deviation_of_their_initialiser),
        cmocka_unit_test(functions_build_what_texts_build),
        cmocka_unit_test(a_wrong_layer_is_an_error_that_sticks),
        cmocka_unit_test(every_layer_of_the_registry_is_found_described_and_has_defaults_in_range),
        cmocka_unit_test(every_parameter_of_every_layer_matters),
        cmocka_unit_test(of_every_layer_weights_decay_and_nothing_else_does),
        cmocka_unit_test(older_names_of_layers_are_read),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
