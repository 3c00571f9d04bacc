/* SPDX-License-Identifier: MIT */
/* activations.c: the smallest graph: an input, some ops, and their outputs. Nothing is trained.
 *
 *     cc activations.c -o activations $(pkg-config --cflags --libs descender)
 *
 * Prints a table of activation functions, and the softmax of a row. */
#include <descender.h>
#include <stdio.h>

enum { ROW = 5 };

int main(void) {
    static const dsc_real row[ROW] = {-2, -1, 0, 1, 2};
    static const char *const names[] = {
        "relu", "leaky relu", "relu6",          "elu",  "gelu", "silu", "sigmoid", "hard sigmoid",
        "tanh", "softmax",    "sum of squares", "mean", NULL};
    dsc_error error;
    dsc_graph *graph = NULL;
    dsc_session *session = NULL;
    dsc_status status = dsc_graph_create(&graph, &error);
    if (status) return fprintf(stderr, "%s\n", error.message), 1;

    /* One sample is a row of five numbers. The graph keeps its first error, so nothing is checked here. */
    dsc_node *x = dsc_input(graph, "x", dsc_shape_of(1, ROW, 0, 0, 0));
    dsc_node *made[] = {dsc_relu(x),
                        dsc_leaky_relu(x, 0.1),
                        dsc_clip(x, 0, 6),
                        dsc_elu(x, 1),
                        dsc_gelu(x),
                        dsc_silu(x),
                        dsc_sigmoid(x),
                        dsc_hard_sigmoid(x, 1.0 / 6, 0.5),
                        dsc_tanh(x),
                        dsc_softmax(x),
                        dsc_sum(dsc_mul(x, x)),
                        dsc_mean(x),
                        dsc_log_mean_softmax(x, 1),
                        NULL};
    status = dsc_graph_check(graph, &error);

    dsc_session_options how = dsc_session_options_defaults();
    for (size_t i = 0; made[i]; i++) how.kept[i] = made[i]; /* values to read after a run */
    if (!status) status = dsc_session_create(&session, graph, &how, &error);
    if (!status) status = dsc_session_set_input(session, x, row, &error);
    if (!status) status = dsc_session_run(session, 1, 0, &error);
    if (!status) {
        printf("%-14s", "x");
        for (size_t i = 0; i < ROW; i++) printf("%8.3f", (double)row[i]);
        printf("\n");
    }
    for (size_t f = 0; names[f] && !status; f++) {
        const dsc_real *y = dsc_session_value(session, made[f]);
        printf("%-14s", names[f]);
        for (size_t i = 0; i < dsc_shape_count(dsc_node_shape(made[f])); i++) printf("%8.3f", (double)y[i]);
        printf("\n");
    }
    if (status) (void)fprintf(stderr, "activations: %s\n", error.message);
    dsc_session_free(session);
    dsc_graph_free(graph);
    return status != DSC_OK;
}
