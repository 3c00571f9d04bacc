/* SPDX-License-Identifier: MIT */
/* fine_tune.c: adapts a trained network to other images, in a training loop of its own.
 *
 *     cc fine_tune.c -o fine_tune $(pkg-config --cflags --libs descender)
 *
 * A network learns digits. Then it is trained on paler digits, whose classes have another order. The first
 * layer is frozen, and the second one has a smaller learning rate. The schedule reduces the learning rate
 * when the loss stops falling. The result is an average of the weights. */
#include <descender.h>
#include <stdio.h>

enum { TRAIN = 1000, BATCH = 50, EPOCHS = 6, PIXELS = 28 * 28 };

/* Makes a copy of `digits` with a third of their brightness. Class 0 is the 9, class 1 the 8, and so on. */
static dsc_status pale(dsc_dataset **data, const dsc_dataset *digits, dsc_error *error) {
    static const char *const names[] = {"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"};
    static uint8_t images[TRAIN * PIXELS], labels[TRAIN];
    for (size_t i = 0; i < (size_t)TRAIN * PIXELS; i++) images[i] = dsc_dataset_images(digits)[i] / 3;
    for (size_t i = 0; i < TRAIN; i++) labels[i] = (uint8_t)(9 - dsc_dataset_labels(digits)[i]);
    dsc_dataset_options own = dsc_dataset_options_defaults(); /* bytes, 1 x 28 x 28, 10 classes */
    own.count = TRAIN;
    own.images = images;
    own.labels = labels;
    own.class_names = names;
    own.name = "pale digits";
    return dsc_dataset_create(data, &own, error);
}

static dsc_status adjust(dsc_model *model, const dsc_dataset *data, dsc_error *error) {
    static dsc_real images[BATCH * PIXELS], targets[BATCH];
    const dsc_model_parts nodes = dsc_model_nodes(model);
    dsc_graph *graph = dsc_model_graph(model);
    dsc_session *session = NULL;
    dsc_optimiser *optimiser = NULL;

    /* By name or by pattern. Call these before you create the session and the optimiser. */
    dsc_node *first = dsc_graph_find(graph, "dense1.weight");
    dsc_node_freeze(first, true);
    (void)dsc_graph_freeze(graph, "dense1.bias", true);
    (void)dsc_graph_set_rate(graph, "dense2.*", 0.3);
    printf("%s is %s\n", dsc_node_name(first), dsc_node_is_frozen(first) ? "frozen" : "learned");

    dsc_session_options how = dsc_session_options_defaults();
    how.batch = BATCH;
    how.loss = nodes.loss;
    how.training = true;
    dsc_optimiser_options rules = dsc_optimiser_options_defaults();
    rules.learning_rate = 0.003;
    rules.schedule = "plateau";
    rules.steps_an_epoch = TRAIN / BATCH;
    rules.steps = EPOCHS * (TRAIN / BATCH);
    rules.ema = 0.9;
    dsc_status status = dsc_session_create(&session, graph, &how, error);
    if (!status) status = dsc_session_take_model(session, model, error);
    if (!status) status = dsc_optimiser_create(&optimiser, session, &rules, error);
    if (!status) status = dsc_session_set_input(session, nodes.image, images, error);
    if (!status) status = dsc_session_set_input(session, nodes.target, targets, error);
    for (uint64_t epoch = 0, step = 0; epoch < EPOCHS && !status; epoch++) {
        double sum = 0;
        for (size_t at = 0; at < TRAIN && !status; at += BATCH) {
            const uint8_t *bytes = dsc_dataset_images(data) + at * PIXELS;
            for (size_t i = 0; i < (size_t)BATCH * PIXELS; i++) images[i] = (dsc_real)bytes[i] / 255;
            for (size_t i = 0; i < BATCH; i++) targets[i] = dsc_dataset_labels(data)[at + i];
            status = dsc_session_run(session, BATCH, step++, error);
            for (size_t i = 0; i < BATCH && !status; i++) sum += dsc_session_value(session, nodes.loss)[i];
            if (!status) status = dsc_optimiser_step(optimiser, error);
        }
        if (status) break;
        dsc_optimiser_end_epoch(optimiser, sum / TRAIN); /* the plateau schedule needs the loss */
        printf("epoch %d: loss %.3f, learning rate %g\n", (int)epoch + 1, sum / TRAIN,
               dsc_optimiser_learning_rate(optimiser));
    }
    if (!status) {
        const dsc_node *last = dsc_graph_find(graph, "dense3.bias");
        printf("%s begins with %.4f, in the mean of the last steps %.4f\n", dsc_node_name(last),
               (double)dsc_session_parameter(session, last)[0],
               (double)dsc_optimiser_average(optimiser, last)[0]);
        dsc_optimiser_take_average(optimiser);
        status = dsc_model_take_session(model, session, error);
    }
    dsc_optimiser_free(optimiser);
    dsc_session_free(session);
    return status;
}

int main(void) {
    dsc_error error;
    dsc_dataset *digits = NULL, *paler = NULL, *matched = NULL;
    dsc_model *model = NULL;
    dsc_score before, after;
    dsc_remarks remarks;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 3;
    dsc_status status = dsc_digits_create(&digits, TRAIN, 1, 0, &error);
    if (!status) status = pale(&paler, digits, &error);
    if (!status) status = dsc_model_create_for(&model, "784-64-32-10", digits, &error);
    if (!status) status = dsc_train(model, digits, &how, &error);

    /* The same images with the labels of the model's classes. dsc_train and dsc_evaluate match classes by
     * themselves; a loop of your own must do it. */
    if (!status) status = dsc_dataset_match(&matched, &remarks, paler, model, &error);
    for (size_t i = 0; i < remarks.count && !status; i++) printf("%s\n", remarks.line[i]);
    if (!status) status = dsc_evaluate(&before, model, paler, &error);
    if (!status) status = adjust(model, matched, &error);
    if (!status) status = dsc_evaluate(&after, model, paler, &error);
    if (status)
        (void)fprintf(stderr, "fine_tune: %s\n", error.message);
    else
        printf("pale digits that it reads: %.1f %%, before %.1f %%\n", 100 * after.accuracy,
               100 * before.accuracy);
    dsc_model_free(model);
    dsc_dataset_free(matched);
    dsc_dataset_free(paler);
    dsc_dataset_free(digits);
    return status != DSC_OK;
}
