/* SPDX-License-Identifier: MIT */
/* own_loop.c: builds a network from nodes and trains it in a loop of its own.
 *
 *     cc own_loop.c -o own_loop $(pkg-config --cflags --libs descender)
 *
 * The loss has two parts: the cross-entropy of the output, and 0.3 times the cross-entropy of a smaller
 * second output, which helps the first layer to learn. dsc_train could train this model too; the loop
 * shows each step. `./own_loop FILE` saves its state after each epoch and resumes from there after a kill. */
#include <descender.h>
#include <stdio.h>

enum { TRAIN = 4000, TEST = 1000, BATCH = 50, EPOCHS = 6, PIXELS = 28 * 28 };

/* The graph: inputs image (1, 28, 28) and target (a class); logits (10) and a loss. */
static dsc_status make_model(dsc_model **model, dsc_error *error) {
    dsc_graph *graph;
    dsc_status status = dsc_graph_create(&graph, error);
    if (status) return status;
    dsc_model_parts parts = dsc_model_parts_defaults();
    parts.image = dsc_input(graph, "image", dsc_shape_of(3, 1, 28, 28, 0));
    parts.target = dsc_input(graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    dsc_node *maps = dsc_max_pool(dsc_relu(dsc_conv(parts.image, 8, 5, 2, 0)), NULL, NULL, NULL);
    dsc_node *early = dsc_dense(dsc_global_average_pool(maps), 10);
    dsc_node *hidden = dsc_dropout(dsc_relu(dsc_dense(dsc_flatten(maps), 64)), 0.2);
    parts.logits = dsc_dense(hidden, 10);
    parts.loss = dsc_add(dsc_softmax_cross_entropy(parts.logits, parts.target, 0),
                         dsc_scale(dsc_softmax_cross_entropy(early, parts.target, 0), 0.3));
    status = dsc_model_from_graph(model, &parts, error); /* also reports errors of the graph */
    if (status) dsc_graph_free(graph);                   /* otherwise the model owns the graph */
    return status;
}

/* Loads one batch of consecutive images as numbers from 0 to 1. */
static void load(dsc_real *images, dsc_real *targets, uint32_t *samples, const dsc_dataset *data,
                 size_t first) {
    for (size_t i = 0; i < BATCH; i++) {
        const uint8_t *pixels = dsc_dataset_images(data) + (first + i) * PIXELS;
        for (size_t p = 0; p < PIXELS; p++) images[i * PIXELS + p] = (dsc_real)pixels[p] / 255;
        targets[i] = dsc_dataset_labels(data)[first + i];
        samples[i] = (uint32_t)(first + i); /* dropout depends on the sample, not on its place */
    }
}

static bool is_there(const char *path) {
    FILE *file = path ? fopen(path, "rb") : NULL;
    return file && !fclose(file);
}

/* `path` NULL: no state is saved. */
static dsc_status train(dsc_model *model, const dsc_dataset *data, const char *path, dsc_error *error) {
    static dsc_real images[BATCH * PIXELS], targets[BATCH];
    static uint32_t samples[BATCH];
    const dsc_model_parts nodes = dsc_model_nodes(model);
    dsc_session *session = NULL;
    dsc_optimiser *optimiser = NULL;
    dsc_session_options how = dsc_session_options_defaults();
    dsc_optimiser_options rules = dsc_optimiser_options_defaults();
    how.batch = BATCH;
    how.loss = nodes.loss;
    how.training = true;
    rules.text = "adam";
    rules.learning_rate = 0.003;
    rules.schedule = "cosine";
    rules.steps = EPOCHS * (TRAIN / BATCH);
    dsc_status status = dsc_session_create(&session, dsc_model_graph(model), &how, error);
    if (!status) status = dsc_session_take_model(session, model, error);
    if (!status) status = dsc_optimiser_create(&optimiser, session, &rules, error);
    if (!status) status = dsc_session_set_input(session, nodes.image, images, error);
    if (!status) status = dsc_session_set_input(session, nodes.target, targets, error);
    if (!status) dsc_session_set_samples(session, samples);
    if (!status && is_there(path)) status = dsc_optimiser_restore(optimiser, path, error);
    uint64_t epoch = status ? EPOCHS : dsc_optimiser_steps(optimiser) / (TRAIN / BATCH);
    for (; epoch < EPOCHS && !status; epoch++) {
        double sum = 0;
        for (size_t first = 0; first < TRAIN && !status; first += BATCH) {
            load(images, targets, samples, data, first);
            status = dsc_session_run(session, BATCH, epoch, error);
            if (status) break;
            for (size_t i = 0; i < BATCH; i++) sum += (double)dsc_session_value(session, nodes.loss)[i];
            status = dsc_optimiser_step(optimiser, error);
        }
        if (!status && path) status = dsc_optimiser_save(optimiser, path, error);
        if (!status) printf("epoch %d: loss %.3f\n", (int)epoch + 1, sum / TRAIN);
    }
    if (!status) status = dsc_model_take_session(model, session, error);
    dsc_optimiser_free(optimiser);
    dsc_session_free(session);
    return status;
}

int main(int count, char **arguments) {
    dsc_error error = {DSC_OK, ""};
    dsc_dataset *data = NULL, *test = NULL;
    dsc_model *model = NULL;
    dsc_score score;
    dsc_status status = dsc_digits_create(&data, TRAIN, 1, 0, &error);
    if (!status) status = dsc_digits_create(&test, TEST, 2, 0, &error);
    if (!status) status = make_model(&model, &error);
    if (!status) {
        dsc_graph *graph = dsc_model_graph(model);
        for (const dsc_node *node = NULL; (node = dsc_graph_next_value(graph, node));)
            printf("%s: %zu numbers\n", dsc_node_name(node), dsc_shape_count(dsc_node_shape(node)));
        status = train(model, data, count > 1 ? arguments[1] : NULL, &error);
    }
    if (!status) status = dsc_evaluate(&score, model, test, &error);
    if (status)
        (void)fprintf(stderr, "%s\n", error.message);
    else
        printf("%.1f %% of %zu digits that it has not seen\n", 100 * score.accuracy, score.count);
    dsc_model_free(model);
    dsc_dataset_free(data);
    dsc_dataset_free(test);
    return status ? 1 : 0;
}
