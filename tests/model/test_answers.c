/* SPDX-License-Identifier: MIT */
/* Everything that a predictor returns: logits, the most likely classes and embeddings beside
 * probabilities, for bytes and for floats. */
#include "testing.h"

#include "model/model.h"

#include <math.h>

enum { CLASSES = 10, PIXELS = 28 * 28, IMAGES = 12, WIDEST = 6 * 26 * 26 };

static dsc_dataset *digits;
static dsc_model *model;
static dsc_error error;

static int make(void **state) {
    (void)state;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 1;
    how.batch = 16;
    return dsc_digits_create(&digits, 64, 5, 1, &error) ||
           dsc_model_create_for(
               &model,
               "conv 6 3x3, batch-norm, relu, max-pool 2, dropout 0.2, flatten, dense 12, relu, "
               "parallel(dense 6 | dense 5), layer-norm, dense",
               digits, &error) ||
           dsc_train(model, digits, &how, &error);
}

static int clear(void **state) {
    (void)state;
    dsc_model_free(model);
    dsc_dataset_free(digits);
    return 0;
}

static dsc_predictor *predictor_with(const dsc_node *embedding, dsc_workspace **workspace) {
    dsc_predictor_options how = dsc_predictor_options_defaults();
    dsc_predictor *predictor;
    how.embedding = embedding;
    how.batch = IMAGES;
    ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
    ASSERT_OK(dsc_workspace_create(workspace, predictor, 2, &error), error);
    return predictor;
}

/* The value of a node in the model's own graph, without folding. */
static void plain_values(float *values, const dsc_node *node) {
    static dsc_real numbers[IMAGES * PIXELS];
    const dsc_model_parts nodes = dsc_model_nodes(model);
    dsc_session_options options = dsc_session_options_defaults();
    dsc_session *session;
    options.batch = IMAGES;
    options.kept[0] = (dsc_node *)(uintptr_t)node;
    ASSERT_OK(dsc_session_create(&session, dsc_model_graph(model), &options, &error), error);
    ASSERT_OK(dsc_session_take_model(session, model, &error), error);
    dsc_model_load_images(model, numbers, dsc_dataset_images(digits), DSC_U8, IMAGES);
    ASSERT_OK(dsc_session_set_input(session, nodes.image, numbers, &error), error);
    ASSERT_OK(dsc_session_run(session, IMAGES, 0, &error), error);
    const size_t count = IMAGES * dsc_shape_count(dsc_node_shape(node));
    for (size_t i = 0; i < count; i++) values[i] = (float)dsc_session_value(session, node)[i];
    dsc_session_free(session);
}

/* Of each layer, also layers that are folded into others if they are not requested. */
static void an_embedding_is_what_the_layer_makes_and_changes_no_answer(void **state) {
    (void)state;
    static const char *const layers[] = {"conv1",     "batch_norm1", "relu1",  "max_pool1",
                                         "dropout1",  "flatten1",    "dense1", "relu2",
                                         "parallel1", "layer_norm1", "dense4"};
    static float wanted[IMAGES * WIDEST], found[IMAGES * WIDEST];
    float plain[IMAGES * CLASSES], logits[IMAGES * CLASSES];
    dsc_workspace *workspace;
    dsc_predictor *predictor = predictor_with(NULL, &workspace);
    assert_int_equal(dsc_predictor_embedding_size(predictor), 0);
    ASSERT_OK(dsc_predict(plain, predictor, workspace, dsc_dataset_images(digits), IMAGES, &error), error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        const dsc_node *node = dsc_graph_find_layer(dsc_model_graph(model), layers[i]);
        if (!node) fail_msg("there is no layer %s", layers[i]);
        const size_t size = dsc_shape_count(dsc_node_shape(node));
        float probabilities[IMAGES * CLASSES];
        dsc_prediction all = dsc_prediction_defaults();
        predictor = predictor_with(node, &workspace);
        assert_int_equal(dsc_predictor_embedding_size(predictor), size);
        all.count = IMAGES;
        all.images = dsc_dataset_images(digits);
        all.probabilities = probabilities;
        all.logits = logits;
        all.embeddings = found;
        ASSERT_OK(dsc_predict_all(predictor, workspace, &all, &error), error);
        /* A session cannot keep a view: its values are those of its input. */
        const bool is_view = !strcmp(layers[i], "flatten1");
        plain_values(wanted, is_view ? dsc_graph_find_layer(dsc_model_graph(model), "dropout1") : node);
        for (size_t k = 0; k < IMAGES * size; k++)
            if (fabsf(wanted[k] - found[k]) > 1e-4F * (1 + fabsf(wanted[k])))
                fail_msg("%s: number %zu is %g, not %g", layers[i], k, (double)found[k], (double)wanted[k]);
        for (size_t k = 0; k < IMAGES * CLASSES; k++) assert_true(fabsf(plain[k] - probabilities[k]) < 1e-5F);
        if (!strcmp(layers[i], "dense4")) assert_memory_equal(found, logits, sizeof logits);
        dsc_workspace_free(workspace);
        dsc_predictor_free(predictor);
    }
    assert_null(dsc_graph_find_layer(dsc_model_graph(model), "dense5"));
}

static void the_likeliest_come_in_order_and_logits_make_the_probabilities(void **state) {
    (void)state;
    float probabilities[IMAGES * CLASSES], logits[IMAGES * CLASSES], top[IMAGES * CLASSES];
    uint32_t classes[IMAGES * CLASSES];
    dsc_workspace *workspace;
    dsc_predictor *predictor = predictor_with(NULL, &workspace);
    for (size_t k = 1; k <= CLASSES; k += 3) {
        dsc_prediction all = dsc_prediction_defaults();
        all.count = IMAGES;
        all.images = dsc_dataset_images(digits);
        all.probabilities = probabilities;
        all.logits = logits;
        all.top = k;
        all.top_classes = classes;
        all.top_probabilities = top;
        ASSERT_OK(dsc_predict_all(predictor, workspace, &all, &error), error);
        for (size_t i = 0; i < IMAGES; i++) {
            const float *p = probabilities + i * CLASSES, *z = logits + i * CLASSES;
            double sum = 0;
            for (size_t c = 0; c < CLASSES; c++) sum += exp((double)(z[c] - z[0]));
            for (size_t c = 0; c < CLASSES; c++)
                assert_true(fabs(exp((double)(z[c] - z[0])) / sum - (double)p[c]) < 1e-5);
            for (size_t place = 0; place < k; place++) {
                size_t before = 0; /* the number of more likely classes: a sort by other means */
                const uint32_t class = classes[i * k + place];
                for (uint32_t c = 0; c < CLASSES; c++)
                    before += p[c] > p[class] || (c < class && !(p[c] < p[class]));
                assert_int_equal(before, place);
                assert_true(!(top[i * k + place] < p[class]) && !(top[i * k + place] > p[class]));
            }
        }
    }
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
}

/* A network of zeros gives all classes equal probability. */
static void equal_classes_come_by_their_numbers(void **state) {
    (void)state;
    dsc_model *zeros;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    uint32_t classes[7];
    ASSERT_OK(dsc_model_create_for(&zeros, "flatten, dense init=zeros", digits, &error), error);
    ASSERT_OK(dsc_predictor_create(&predictor, zeros, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    dsc_prediction all = dsc_prediction_defaults();
    all.count = 1;
    all.images = dsc_dataset_images(digits);
    all.top = 7;
    all.top_classes = classes;
    ASSERT_OK(dsc_predict_all(predictor, workspace, &all, &error), error);
    for (uint32_t i = 0; i < 7; i++) assert_int_equal(classes[i], i);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_model_free(zeros);
}

static void floats_are_answered_as_bytes_are_and_nothing_is_allocated(void **state) {
    (void)state;
    float floats[IMAGES * PIXELS], by_bytes[IMAGES * CLASSES], by_floats[IMAGES * CLASSES];
    dsc_workspace *workspace;
    dsc_predictor *predictor = predictor_with(NULL, &workspace);
    for (size_t i = 0; i < IMAGES * PIXELS; i++) floats[i] = (float)dsc_dataset_images(digits)[i] / 255;
    ASSERT_OK(dsc_predict(by_bytes, predictor, workspace, dsc_dataset_images(digits), IMAGES, &error), error);
    dsc_prediction all = dsc_prediction_defaults();
    all.count = IMAGES;
    all.floats = floats;
    all.probabilities = by_floats;
    testing_fail_allocation(0);
    const dsc_status status = dsc_predict_all(predictor, workspace, &all, &error);
    assert_false(testing_allocation_failed());
    ASSERT_OK(status, error);
    for (size_t k = 0; k < IMAGES * CLASSES; k++) assert_true(fabsf(by_bytes[k] - by_floats[k]) < 1e-4F);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
}

static void an_answer_that_is_not_finite_names_no_class(void **state) {
    (void)state;
    static float floats[2 * PIXELS];
    float probabilities[2 * CLASSES], top[2];
    uint32_t classes[2];
    dsc_workspace *workspace;
    dsc_predictor *predictor = predictor_with(NULL, &workspace);
    for (size_t i = 0; i < PIXELS; i++) floats[i] = 3e38F;
    dsc_prediction all = dsc_prediction_defaults();
    all.count = 2;
    all.floats = floats;
    all.probabilities = probabilities;
    all.top = 1;
    all.top_classes = classes;
    all.top_probabilities = top;
    assert_int_equal(dsc_predict_all(predictor, workspace, &all, &error), DSC_ERROR_DIVERGED);
    assert_int_equal(classes[0], CLASSES);
    assert_true(isnan(top[0]) && isnan(probabilities[0]));
    assert_true(classes[1] < CLASSES && top[1] > 0);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
}

static void what_cannot_be_answered_is_refused(void **state) {
    (void)state;
    float numbers[IMAGES * PIXELS] = {0};
    uint32_t classes[CLASSES + 1];
    dsc_workspace *workspace;
    dsc_predictor *predictor = predictor_with(NULL, &workspace), *none;
    dsc_prediction usual = dsc_prediction_defaults();
    usual.count = 1;
    usual.images = dsc_dataset_images(digits);
    usual.top_classes = classes;
#define REFUSED(member, value, text)                                                                         \
    do {                                                                                                     \
        dsc_prediction all = usual;                                                                          \
        all.member = value;                                                                                  \
        assert_int_equal(dsc_predict_all(predictor, workspace, &all, &error), DSC_ERROR_ARGUMENT);           \
        ASSERT_MESSAGE(error, text);                                                                         \
    } while (0)
    REFUSED(images, NULL, "found none");
    REFUSED(floats, numbers, "found both");
    REFUSED(top, CLASSES + 1, "the 11 likeliest of 10 classes");
    REFUSED(embeddings, numbers, "created without");
    REFUSED(size, 0, "dsc_prediction: size is 0");
    usual.top_classes = NULL;
    REFUSED(top, 2, "top_classes");
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    const dsc_model_parts nodes = dsc_model_nodes(model);
    const dsc_node *const wrong[] = {nodes.image, nodes.loss,
                                     dsc_graph_find(dsc_model_graph(model), "dense1.weight")};
    for (size_t i = 0; i < 3; i++) {
        dsc_predictor_options how = dsc_predictor_options_defaults();
        how.embedding = wrong[i];
        assert_int_equal(dsc_predictor_create(&none, model, &how, &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "the embedding");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_embedding_is_what_the_layer_makes_and_changes_no_answer),
        cmocka_unit_test(the_likeliest_come_in_order_and_logits_make_the_probabilities),
        cmocka_unit_test(equal_classes_come_by_their_numbers),
        cmocka_unit_test(floats_are_answered_as_bytes_are_and_nothing_is_allocated),
        cmocka_unit_test(an_answer_that_is_not_finite_names_no_class),
        cmocka_unit_test(what_cannot_be_answered_is_refused),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
