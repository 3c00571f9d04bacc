/* SPDX-License-Identifier: MIT */
/* own_op_model.c: a model with an operation of your own, which is trained, saved and loaded like any other
 * model.
 *
 *     cc own_op_model.c -o own_op_model $(pkg-config --cflags --libs descender)
 *
 * The operation has two outputs: the positive and the negative part of its input. Both together are CReLU
 * (Shang et al., "Understanding and Improving Convolutional Neural Networks via Concatenated Rectified
 * Linear Units", 2016). custom_op.c shows an operation with a parameter, and checks its gradient. */
#include <descender.h>
#include <stdio.h>

/* --- the operation: p = max(x, 0), m = max(-x, 0);  dx = dp where x > 0, -dm where x < 0 --- */

static dsc_status both_shapes(dsc_shape_rule *rule, dsc_error *error) {
    if (!rule->in[0].rank)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected values (C, ...), found a single number");
    rule->out[0] = rule->out[1] = rule->in[0];
    return DSC_OK;
}

static void both_forward(const dsc_call *call) {
    const size_t n = call->count * dsc_shape_count(&call->in_shape[0]);
    const dsc_real *x = call->in[0];
    for (size_t i = 0; i < n; i++) {
        call->out[0][i] = x[i] > 0 ? x[i] : 0;
        call->out[1][i] = x[i] < 0 ? -x[i] : 0;
    }
}

static void both_backward(const dsc_call *call) {
    const size_t n = call->count * dsc_shape_count(&call->in_shape[0]);
    const dsc_real *x = call->in[0];
    if (!call->d_in[0]) return; /* not needed */
    for (size_t i = 0; i < n; i++)
        call->d_in[0][i] = x[i] > 0 ? call->d_out[0][i] : x[i] < 0 ? -call->d_out[1][i] : 0;
}

static const dsc_stage both_forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = both_forward},
                                                {.kind = DSC_STAGE_END}};
static const dsc_stage both_backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = both_backward, .writes = 1}, {.kind = DSC_STAGE_END}};

static const dsc_op both_op = {
    .size = sizeof(dsc_op),
    .name = "both-signs",
    .help = "what is positive, and what is negative",
    .least_inputs = 1,
    .most_inputs = 1,
    .outputs = 2,
    .keeps_inputs = 1, /* the backward pass reads input 0 */
    .shapes = both_shapes,
    .forward = both_forward_stages,
    .backward = both_backward_stages,
};

/* The function fails like the library's own: the graph keeps the error and reports it later. */
static dsc_node *crelu(dsc_node *x) {
    if (dsc_node_role(x) != DSC_ROLE_SAMPLE)
        return dsc_graph_fail(dsc_node_graph(x), DSC_ERROR_ARGUMENT,
                              "crelu: expected a value of each sample");
    dsc_node *both = dsc_apply(&both_op, &x, 1, NULL);
    dsc_node *parts[] = {both, dsc_node_output(both, 1)};
    return dsc_concat(parts, 2); /* (C, ...) -> (2 C, ...) */
}

/* --- the program --- */

static dsc_status make(dsc_model **model, dsc_error *error) {
    dsc_graph *graph;
    dsc_status status = dsc_graph_create(&graph, error);
    if (status) return status;
    dsc_model_parts parts = dsc_model_parts_defaults();
    parts.image = dsc_input(graph, "image", dsc_shape_of(3, 1, 28, 28, 0));
    parts.target = dsc_input(graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    dsc_node *maps = dsc_max_pool(crelu(dsc_conv(parts.image, 4, 5, 1, 0)), NULL, NULL, NULL);
    parts.logits = dsc_dense(dsc_flatten(maps), 10);
    parts.loss = dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
    parts.text = "conv 4 5x5, CReLU, max-pool, dense 10"; /* for people */
    status = dsc_model_from_graph(model, &parts, error);
    if (status) dsc_graph_free(graph);
    return status;
}

int main(void) {
    static const dsc_op *const ops[] = {&both_op, NULL};
    dsc_error error;
    dsc_dataset *train = NULL, *test = NULL;
    dsc_model *model = NULL, *loaded = NULL;
    dsc_score score, again;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 2;
    dsc_status status = dsc_digits_create(&train, 2000, 1, 0, &error);
    if (!status) status = dsc_digits_create(&test, 500, 2, 0, &error);
    if (!status) status = make(&model, &error);
    if (!status) status = dsc_train(model, train, &how, &error);
    if (!status) status = dsc_evaluate(&score, model, test, &error);
    if (!status) status = dsc_model_save(model, "crelu.safetensors", &error);
    if (!status) status = dsc_model_load_with(&loaded, "crelu.safetensors", ops, &error);
    if (!status) status = dsc_evaluate(&again, loaded, test, &error);
    if (status)
        (void)fprintf(stderr, "own_op_model: %s\n", error.message);
    else
        printf("%s\n%zu of %zu right; as many when it was loaded again: %s\n", dsc_model_text(loaded),
               score.correct, score.count, again.correct == score.correct ? "yes" : "no");
    dsc_model_free(loaded);
    dsc_model_free(model);
    dsc_dataset_free(test);
    dsc_dataset_free(train);
    return status != DSC_OK;
}
