/* SPDX-License-Identifier: MIT */
/* graph_by_hand.c: builds a network op by op, with parameters of its own, two outputs and two losses.
 *
 *     cc graph_by_hand.c -o graph_by_hand $(pkg-config --cflags --libs descender)
 *
 * Layers (dsc_dense, dsc_conv, ...) create their parameters themselves; here the program creates each one.
 * The network has the parts of recent networks: a depthwise convolution, batch and layer normalisation,
 * and a gate that weights channels (Hu et al., "Squeeze-and-Excitation Networks", 2018). One output is the
 * digit, the other says whether the digit is even. The training loop is written out. */
#include <descender.h>
#include <stdio.h>

enum { TRAIN = 2000, BATCH = 50, EPOCHS = 3, PIXELS = 28 * 28, MAPS = 8 };

/* The nodes that the training loop uses. */
typedef struct network {
    dsc_node *image, *digit, *even; /* inputs */
    dsc_node *logits, *loss;
} network;

static dsc_shape shape1(size_t a) { return dsc_shape_of(1, a, 0, 0, 0); }

static dsc_node *weight(dsc_graph *graph, const char *name, dsc_shape shape, size_t n_in, size_t n_out) {
    return dsc_parameter(graph, name, shape, DSC_INIT_HE, n_in, n_out, true);
}

/* A parameter with one value for each of `count` channels, without weight decay. */
static dsc_node *channels(dsc_graph *graph, const char *name, size_t count, dsc_init init) {
    return dsc_parameter(graph, name, shape1(count), init, count, count, false);
}

/* (K) -> (N) */
static dsc_node *dense(dsc_graph *graph, const char *name, const char *bias, dsc_node *x, size_t n) {
    const size_t k = dsc_node_shape(x)->size[0];
    dsc_node *w = weight(graph, name, dsc_shape_of(2, n, k, 0, 0), k, n);
    return dsc_matmul(x, w, channels(graph, bias, n, DSC_INIT_ZEROS));
}

static network build(dsc_graph *g) {
    network n;
    n.image = dsc_input(g, "image", dsc_shape_of(3, 1, 28, 28, 0));
    n.digit = dsc_input(g, "digit", dsc_shape_of(0, 0, 0, 0, 0));
    n.even = dsc_input(g, "even", shape1(1));

    /* (1, 28, 28) -> (8, 13, 13): a convolution with batch normalisation. Initial values are drawn in the
     * order in which parameters are created. C may evaluate the arguments of a call in any order, so each
     * parameter with random values is created in a line of its own. */
    dsc_node *first = weight(g, "first", dsc_shape_of(4, MAPS, 1, 4, 4), 16, 16 * MAPS);
    dsc_node *gamma = channels(g, "gamma", MAPS, DSC_INIT_ONES);
    dsc_node *beta = channels(g, "beta", MAPS, DSC_INIT_ZEROS);
    dsc_node *mean = dsc_buffer(g, "running mean", shape1(MAPS), 0);
    dsc_node *variance = dsc_buffer(g, "running variance", shape1(MAPS), 1);
    dsc_node *x = dsc_conv2d(n.image, first, NULL, (size_t[]){2, 2}, NULL, NULL);
    x = dsc_relu(dsc_batch_norm(x, gamma, beta, mean, variance, 0.1, 1e-5));

    /* (8, 13, 13) -> (8, 6, 6): each channel separately, then averages of 2 x 2 */
    x = dsc_depthwise_conv2d(x, weight(g, "depthwise", dsc_shape_of(4, MAPS, 1, 3, 3), 9, 9), NULL, NULL,
                             (size_t[]){1, 1}, NULL);
    x = dsc_average_pool(x, NULL, NULL, NULL);

    /* The gate: the mean and the maximum of each channel determine its weight. */
    dsc_node *seen[] = {dsc_global_average_pool(x), dsc_global_max_pool(x)};
    x = dsc_mul(x, dsc_sigmoid(dense(g, "gate", "gate.bias", dsc_concat(seen, 2), MAPS)));

    /* (8, 6, 6) -> (288) -> (33): 32 of the numbers determine the digit, all 33 the second output */
    x = dense(g, "hidden", "hidden.bias", dsc_reshape(x, shape1((size_t)MAPS * 6 * 6)), 33);
    dsc_node *scale = channels(g, "scale", 33, DSC_INIT_ONES);
    dsc_node *shift = channels(g, "shift", 33, DSC_INIT_ZEROS);
    x = dsc_gelu(dsc_layer_norm(x, scale, shift, 1e-5));
    n.logits = dense(g, "digits", "digits.bias", dsc_slice(x, 0, 0, 32), 10);
    dsc_node *parity = dense(g, "parity", "parity.bias", x, 1);

    /* Class weights are a buffer; here all are 1. */
    dsc_node *weights = dsc_buffer(g, "class weights", shape1(10), 1);
    n.loss = dsc_add(dsc_softmax_cross_entropy_weighted(n.logits, weights, n.digit, 0.05),
                     dsc_scale(dsc_binary_cross_entropy(parity, n.even, false), 0.5));
    return n;
}

static void load(dsc_real *image, dsc_real *digit, dsc_real *even, const dsc_dataset *data, size_t first) {
    const uint8_t *bytes = dsc_dataset_images(data) + first * PIXELS;
    for (size_t i = 0; i < (size_t)BATCH * PIXELS; i++) image[i] = (dsc_real)bytes[i] / 255;
    for (size_t i = 0; i < BATCH; i++) {
        digit[i] = dsc_dataset_labels(data)[first + i];
        even[i] = dsc_dataset_labels(data)[first + i] % 2 == 0;
    }
}

/* Counts the correct answers of the last batch. */
static size_t right(const dsc_session *session, const network *n, const dsc_real *digit) {
    const dsc_real *logits = dsc_session_value(session, n->logits);
    size_t count = 0;
    for (size_t i = 0; i < BATCH; i++, logits += 10) {
        size_t best = 0;
        for (size_t k = 1; k < 10; k++)
            if (logits[k] > logits[best]) best = k;
        count += best == (size_t)digit[i];
    }
    return count;
}

static dsc_status train(dsc_graph *graph, const network *n, const dsc_dataset *data, dsc_error *error) {
    static dsc_real image[BATCH * PIXELS], digit[BATCH], even[BATCH];
    dsc_session *session = NULL;
    dsc_optimiser *optimiser = NULL;
    dsc_session_options how = dsc_session_options_defaults();
    how.batch = BATCH;
    how.loss = n->loss;
    how.training = true;
    how.kept[0] = n->logits;
    dsc_status status = dsc_session_create(&session, graph, &how, error);
    if (!status) status = dsc_optimiser_create(&optimiser, session, NULL, error);
    if (!status) status = dsc_session_set_input(session, n->image, image, error);
    if (!status) status = dsc_session_set_input(session, n->digit, digit, error);
    if (!status) status = dsc_session_set_input(session, n->even, even, error);
    for (uint64_t epoch = 0, step = 0; epoch < EPOCHS && !status; epoch++) {
        double loss = 0;
        size_t correct = 0;
        for (size_t first = 0; first < TRAIN && !status; first += BATCH) {
            load(image, digit, even, data, first);
            status = dsc_session_run(session, BATCH, step++, error);
            if (status) break;
            for (size_t i = 0; i < BATCH; i++) loss += (double)dsc_session_value(session, n->loss)[i];
            correct += right(session, n, digit);
            status = dsc_optimiser_step(optimiser, error);
        }
        if (!status)
            printf("epoch %d: loss %.3f, %.1f %% right\n", (int)epoch + 1, loss / TRAIN,
                   100.0 * (double)correct / TRAIN);
    }
    dsc_optimiser_free(optimiser);
    dsc_session_free(session);
    return status;
}

int main(void) {
    static const char *const roles[] = {"of each sample", "learned", "kept"};
    dsc_error error;
    dsc_graph *graph = NULL;
    dsc_dataset *data = NULL;
    dsc_status status = dsc_graph_create(&graph, &error);
    if (status) return fprintf(stderr, "graph_by_hand: %s\n", error.message), 1;
    const network n = build(graph);
    status = dsc_graph_check(graph, &error); /* also reports errors of the graph */
    for (dsc_node *node = NULL; !status && (node = dsc_graph_next_value(graph, node));)
        printf("%s: %zu numbers, %s\n", dsc_node_name(node), dsc_shape_count(dsc_node_shape(node)),
               roles[dsc_node_role(node)]);
    if (!status) status = dsc_digits_create(&data, TRAIN, 1, 0, &error);
    if (!status) status = train(graph, &n, data, &error);
    if (status) (void)fprintf(stderr, "graph_by_hand: %s\n", error.message);
    dsc_dataset_free(data);
    dsc_graph_free(graph);
    return status != DSC_OK;
}
