/* SPDX-License-Identifier: MIT */
/* layers.c: builds a network by nested calls of layers, with branches and a residual connection, and calls
 * an op by its name.
 *
 *     cc layers.c -o layers $(pkg-config --cflags --libs descender)
 *
 * The same network as text: "conv 8 3x3 padding=1, relu, residual(conv 8 3x3 padding=1, silu),
 * parallel(...), ...". */
#include <descender.h>
#include <stdio.h>

static dsc_node *build(dsc_node *image) {
    dsc_node *x = dsc_relu(dsc_conv(image, 8, 3, 2, 1));    /* (8, 14, 14) */
    x = dsc_residual(x, dsc_silu(dsc_conv(x, 8, 3, 1, 1))); /* x + f(x) */
    dsc_node *narrow = dsc_sequence(x, "conv 4 1x1, relu"); /* layers may also be text */
    dsc_node *wide = dsc_sequence(x, "conv 4 5x5 padding=2, batch-norm, relu");
    x = dsc_parallel((dsc_node *[]){narrow, wide}, 2);  /* (8, 14, 14), concatenated */
    x = dsc_flatten(dsc_max_pool(x, NULL, NULL, NULL)); /* (392) */

    /* Any op by its name. Its values are a struct; NULL: the defaults. */
    const dsc_op *op = dsc_op_find("leaky-relu");
    if (!op) return dsc_graph_fail(dsc_node_graph(x), DSC_ERROR_UNSUPPORTED, "no op is called leaky-relu");
    x = dsc_dense(x, 32);
    return dsc_sequence(dsc_apply(op, &x, 1, NULL), "dense 10 init=glorot");
}

int main(void) {
    dsc_error error;
    dsc_graph *graph = NULL;
    dsc_model *model = NULL;
    dsc_dataset *train = NULL, *test = NULL;
    dsc_score score;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 3;
    how.learning_rate = 0.01;
    dsc_status status = dsc_graph_create(&graph, &error);
    if (status) return fprintf(stderr, "layers: %s\n", error.message), 1;
    dsc_model_parts parts = dsc_model_parts_defaults();
    parts.image = dsc_input(graph, "image", dsc_shape_of(3, 1, 28, 28, 0));
    parts.target = dsc_input(graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    parts.logits = build(parts.image);
    parts.loss = dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
    status = dsc_model_from_graph(&model, &parts, &error);
    if (status) dsc_graph_free(graph); /* otherwise the model owns the graph */
    if (!status) status = dsc_digits_create(&train, 1500, 1, 0, &error);
    if (!status) status = dsc_digits_create(&test, 500, 2, 0, &error);
    if (!status) status = dsc_train(model, train, &how, &error);
    if (!status) status = dsc_evaluate(&score, model, test, &error);
    if (status)
        (void)fprintf(stderr, "layers: %s\n", error.message);
    else
        printf("%zu parameters, %.1f %% right\n", dsc_model_parameters(model), 100 * score.accuracy);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    dsc_model_free(model);
    return status != DSC_OK;
}
