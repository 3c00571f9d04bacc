/* SPDX-License-Identifier: MIT */
/* Models from texts: their contents, and the messages about wrong texts. */
#include "testing.h"

#include "model/model.h"

#include <math.h>

static dsc_status make(dsc_model **model, const char *text, const char *loss, dsc_error *error) {
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.loss = loss;
    return dsc_model_create(model, &options, error);
}

static size_t parameters_of(const char *text) {
    dsc_model *model;
    dsc_error error;
    ASSERT_OK(make(&model, text, NULL, &error), error);
    size_t count = dsc_model_parameters(model);
    dsc_model_free(model);
    return count;
}

static void known_networks_have_their_number_of_parameters(void **state) {
    (void)state;
    assert_int_equal(parameters_of("784-100-10"), 79510);
    assert_int_equal(parameters_of("784-300-100-10"), 266610);
    assert_int_equal(parameters_of("flatten, dense 100 bias=off, relu, dense bias=off"), 79400);
    assert_int_equal(parameters_of("flatten, dense"), 7850);
    /* LeCun et al. (1998), with C3 connected to all of S2 and pools without parameters. */
    assert_int_equal(
        parameters_of(
            "conv 6 5x5 padding=2, tanh, average-pool 2, conv 16 5x5, tanh, average-pool 2, flatten, "
            "dense 120, tanh, dense 84, tanh, dense"),
        61706);
}

static void class_weights_are_a_buffer_of_the_loss(void **state) {
    (void)state;
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    float weights[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0.5F};
    options.text = "784-10";
    options.class_weights = weights;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    const dsc_node *buffer = model->loss->inputs[1];
    assert_string_equal(buffer->name, DSC_CLASS_WEIGHTS);
    assert_int_equal(buffer->kind, DSC_NODE_BUFFER);
    assert_true(model->values[buffer->offset + 1] == 2 && model->values[buffer->offset + 9] == (dsc_real)0.5);
    assert_ptr_equal(model->loss->inputs[2], model->target);
    dsc_model_free(model);
    options.loss = "squared-error";
    assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "takes no class weights");
    weights[3] = NAN;
    assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "the weight of class 3");
}

static void sizes_are_short_for_dense_layers_with_relu_between(void **state) {
    (void)state;
    dsc_model *a, *b;
    dsc_error error;
    ASSERT_OK(make(&a, " 784-100-10 ", NULL, &error), error);
    ASSERT_OK(make(&b, "flatten, dense 100, relu, dense 10", NULL, &error), error);
    assert_int_equal(a->graph->count, b->graph->count);
    size_t numbers = dsc_graph_value_numbers(a->graph);
    assert_int_equal(numbers, dsc_graph_value_numbers(b->graph));
    assert_memory_equal(a->values, b->values, numbers * sizeof(dsc_real));
    assert_true(dsc_model_multiply_adds(a) == 79400);
    dsc_model_free(a);
    dsc_model_free(b);
}

static void a_model_is_from_image_to_logits_and_loss(void **state) {
    (void)state;
    dsc_model *model;
    dsc_error error;
    ASSERT_OK(make(&model, "flatten, dense", "softmax-cross-entropy smoothing=0.1", &error), error);
    assert_string_equal(dsc_model_text(model), "flatten, dense");
    assert_string_equal(dsc_model_loss(model), "softmax-cross-entropy smoothing=0.1");
    assert_int_equal(dsc_model_classes(model), 10);
    assert_string_equal(dsc_model_class_name(model, 9), "9");
    assert_string_equal(dsc_model_class_name(model, 10), "?");
    assert_int_equal(model->logits->shape.size[0], 10);
    assert_int_equal(dsc_shape_count(&model->loss->shape), 1);
    assert_true(*(const double *)model->loss->values == 0.1);
    assert_ptr_equal(model->loss->inputs[0], model->logits);
    assert_string_equal(model->normalisation.name, "unit");
    size_t shape[3];
    dsc_model_shape(model, shape);
    assert_true(shape[0] == 1 && shape[1] == 28 && shape[2] == 28);
    dsc_model_free(model);
    dsc_model_free(NULL);
}

static void the_seed_decides_the_starting_values(void **state) {
    (void)state;
    dsc_model *models[3];
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = "784-10-10";
    for (size_t i = 0; i < 3; i++) {
        options.seed = i / 2;
        ASSERT_OK(dsc_model_create(&models[i], &options, &error), error);
    }
    size_t bytes = dsc_graph_value_numbers(models[0]->graph) * sizeof(dsc_real);
    assert_memory_equal(models[0]->values, models[1]->values, bytes);
    assert_memory_not_equal(models[0]->values, models[2]->values, bytes);
    for (size_t i = 0; i < 3; i++) dsc_model_free(models[i]);
}

static void a_last_dense_starts_with_glorot_and_the_others_with_he(void **state) {
    (void)state;
    dsc_model *model;
    dsc_error error;
    ASSERT_OK(make(&model, "784-100-10", NULL, &error), error);
    size_t seen = 0;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (!node->name || node->shape.rank != 2) continue;
        assert_int_equal(node->init, seen ? DSC_INIT_GLOROT : DSC_INIT_HE);
        seen++;
    }
    assert_int_equal(seen, 2);
    dsc_model_free(model);
}

static void check_error(const char *text, const char *part) {
    dsc_model *model = (dsc_model *)1;
    dsc_error error;
    dsc_status status = make(&model, text, NULL, &error);
    assert_true(status == DSC_ERROR_ARGUMENT || status == DSC_ERROR_MISMATCH);
    assert_null(model);
    ASSERT_MESSAGE(error, part);
}

static void errors_of_the_text_point_at_the_column_and_suggest(void **state) {
    (void)state;
    check_error("", "column 1: expected a name, found the end");
    check_error("flatten, dens 10",
                "\"flatten, dens 10\": column 10: unknown layer 'dens'; did you mean 'dense'?");
    check_error("flatten,, dense", "column 9: expected a name before ','");
    check_error("flatten, dense 9,", "column 18: expected a name, found the end");
    check_error("flatten, dense unit=3",
                "column 16: layer dense: unknown parameter 'unit'; did you mean 'units'?");
    check_error("flatten, dense -3", "column 16: layer dense: units: expected a whole number 0 to");
    check_error("conv 3 3x0, flatten, dense", "column 8: layer conv: kernel");
    check_error("conv, flatten, dense", "column 1: conv1: a convolution needs its number of channels");
    check_error("conv 3 2x2 padding=same, flatten, dense",
                "column 1: conv1: padding=same needs an odd kernel, found 2x2");
    check_error("conv 3 padding=x, flatten, dense", "column 1: conv1: padding: expected N or NxM");
    check_error("residul(dense 3), dense", "column 1: unknown layer 'residul'; did you mean 'residual'?");
    check_error("flatten, dense(10)",
                "column 15: '(' may follow only parallel and residual; write 'dense 10' without it");
    check_error("max-pool(3x2), flatten, dense",
                "column 9: '(' may follow only parallel and residual; write 'max-pool 3x2' without it");
    check_error("flatten(2), dense",
                "column 8: '(' may follow only parallel and residual; write 'flatten' without it");
    check_error("flatten, residual", "column 18: expected '(' and layers, as in 'residual(dense 100, relu)'");
    check_error("flatten, residual 3 (relu)", "column 19: expected '(' after 'residual'");
    check_error("flatten, residual(relu",
                "column 23: expected ',' or ')', found the end: the '(' in column 18 is open");
    check_error("flatten, residual(relu | relu)", "column 24: expected ',' or ')', found '|'");
    check_error("flatten, residual()", "column 19: expected a name before ')'");
    check_error("flatten, residual(relu) dense", "column 25: expected ',' before the next layer");
    check_error("flatten, parallel(relu), dense", "column 10: parallel(...) needs at least 2 branches");
    check_error("flatten, dense 9)", "column 17: ')' without its '('");
    check_error("flatten | dense", "column 9: '|' separates the branches of parallel(...)");
    check_error("flatten, dense, softmax", "column 17: there is no layer 'softmax': a model ends in logits");
}

static void errors_of_shape_have_a_column_and_a_layer_too(void **state) {
    (void)state;
    check_error("dense 10, dense",
                "column 1: dense1: dense needs flat values, found (1, 28, 28); put 'flatten' before");
    check_error("flatten, conv 3, dense",
                "column 10: conv1: a convolution needs images (C, H, W), found values of shape (784)");
    check_error("conv 3 9x9, conv 3 9x9, conv 3 13x13, flatten, dense", "column 25: conv3: ");
    check_error("flatten, dense, relu, dense", "column 10: dense1: a dense layer that is not the last needs");
    check_error("flatten, dense 12",
                "ends in (12), expected (10), one number for each class; end it with 'dense'");
    check_error("conv 10 3x3", "ends in (10, 26, 26), expected (10)");
}

static void errors_of_sizes_point_at_the_column(void **state) {
    (void)state;
    check_error("785-100-10", "column 1: 785 inputs, but an image is (1, 28, 28): 784 numbers");
    check_error("784-1o0-10", "column 5: expected a number of units, 1 to 1048576, found '1o0'");
    check_error("784-100-11", "column 9: 11 outputs, but there are 10 classes");
    check_error("784-100-", "column 9: expected a number of units");
    check_error("784--10", "column 5: expected a number of units");
    check_error("784-0-10", "column 5: expected a number of units");
}

/* The loss determines how probabilities are computed, not the wording of its text. */
static void spaces_in_a_text_of_loss_change_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {"binary-cross-entropy",
                                        " binary-cross-entropy",
                                        "\tbinary-cross-entropy over=sum ",
                                        "softmax-cross-entropy",
                                        "  softmax-cross-entropy smoothing=0",
                                        "squared-error"};
    static const bool sigmoid[] = {true, true, true, false, false, false};
    uint8_t image[784];
    float first[10], p[10];
    dsc_error error;
    for (size_t i = 0; i < 784; i++) image[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        dsc_model *model;
        dsc_predictor *predictor;
        dsc_workspace *workspace;
        ASSERT_OK(make(&model, "784-10", texts[i], &error), error);
        assert_int_equal(dsc_model_is_sigmoid(model), sigmoid[i]);
        dsc_predictor_options how = dsc_predictor_options_defaults();
        ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
        ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
        ASSERT_OK(dsc_predict(p, predictor, workspace, image, 1, &error), error);
        if (i == 0 || sigmoid[i] != sigmoid[i - 1]) {
            assert_true(i == 0 || fabsf(first[0] - p[0]) > 1e-6f); /* the two kinds differ */
            memcpy(first, p, sizeof p);
        }
        for (size_t k = 0; k < 10; k++) assert_true(first[k] == p[k]);
        dsc_workspace_free(workspace);
        dsc_predictor_free(predictor);
        dsc_model_free(model);
    }
}

static void check_loss_error(const char *loss, const char *part) {
    dsc_model *model;
    dsc_error error;
    assert_int_equal(make(&model, "784-10", loss, &error), DSC_ERROR_ARGUMENT);
    assert_null(model);
    ASSERT_MESSAGE(error, part);
}

static void errors_of_the_loss_suggest(void **state) {
    (void)state;
    check_loss_error("softmax-cros-entropy",
                     "column 1: unknown loss 'softmax-cros-entropy'; did you mean 'softmax-cross-entropy'?");
    check_loss_error("relu", "unknown loss 'relu'; there are: ");
    check_loss_error("softmax-cross-entropy smoothing=2",
                     "column 23: loss softmax-cross-entropy: smoothing: expected a number 0 to 1");
    check_loss_error("softmax-cross-entropy, relu", "column 22: expected one loss");
}

static void texts_too_long_and_too_deep_are_refused(void **state) {
    (void)state;
    char *text = calloc(20000, 1);
    assert_non_null(text);
    memset(text, ' ', 17000);
    memcpy(text, "flatten", 7);
    check_error(text, "a model text of 17000 letters, but at most 16384 are allowed");
    memset(text, 0, 20000);
    for (size_t i = 0; i < 17; i++) strcat(text, "residual(");
    check_error(text, "more than 16 nested brackets");
    free(text);
}

static void impossible_options_are_refused(void **state) {
    (void)state;
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = {.text = "784-10"};
    assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "dsc_model_options_defaults()");
    options = dsc_model_options_defaults();
    assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "a model needs a text");
    options.text = "784-10";
    options.classes = 0;
    assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "0 classes");
    options.classes = 10;
    options.shape[1] = 0;
    assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "impossible shape");
    options.shape[1] = 28;
    options.shape[0] = 1025;
    assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "1025 channels");
}

/* --- normalisation --- */

static dsc_dataset *two_channels(void) {
    static const uint8_t images[3 * 2 * 1 * 2] = {0, 10, 7, 7, 20, 30, 7, 7, 40, 50, 7, 7},
                                            labels[3] = {0, 1, 2};
    static const char *const names[] = {"ant", "bee", "cat"};
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(
        testing_dataset(&data, images, labels, 3, (const size_t[3]){2, 1, 2}, 3, names, "insects", &error),
        error);
    return data;
}

static void a_model_for_data_takes_its_shape_and_classes(void **state) {
    (void)state;
    dsc_dataset *data = two_channels();
    dsc_model *model;
    dsc_error error;
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", data, &error), error);
    dsc_dataset_free(data);
    assert_int_equal(dsc_model_parameters(model), 15);
    assert_string_equal(dsc_model_class_name(model, 2), "cat");
    dsc_model_free(model);
}

static void means_and_deviations_of_other_programs_make_the_same_numbers(void **state) {
    (void)state;
    static const double mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};
    static const double none[] = {0.1, 0.1, 0}, byte[] = {1.0 / 255};
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    dsc_error error;
    options.text = "flatten, dense";
    memcpy(options.shape, ((const size_t[]){3, 1, 2}), sizeof options.shape);
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    ASSERT_OK(dsc_model_normalise_by(model, "given", mean, deviation, 3, &error), error);
    const uint8_t bytes[6] = {0, 255, 17, 34, 51, 68};
    dsc_real numbers[6];
    dsc_model_load_images(model, numbers, bytes, DSC_U8, 1);
    for (size_t i = 0; i < 6; i++)
        assert_float_equal((double)numbers[i], (bytes[i] / 255.0 - mean[i / 2]) / deviation[i / 2], 1e-6);
    assert_string_equal(model->normalisation.name, "given");
    const dsc_normalisation before = model->normalisation;
    assert_int_equal(dsc_model_normalise_by(model, "x", mean, deviation, 2, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_model_normalise_by(model, "x", mean, none, 3, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "of channel 3");
    assert_memory_equal(&model->normalisation, &before, sizeof before);
    ASSERT_OK(dsc_model_normalise_by(model, "bytes", (const double[]){0}, byte, 1, &error), error);
    dsc_model_load_images(model, numbers, bytes, DSC_U8, 1);
    for (size_t i = 0; i < 6; i++) assert_float_equal((double)numbers[i], bytes[i], 0);
    dsc_model_free(model);
}

static void standard_normalisation_gives_mean_zero_and_deviation_one(void **state) {
    (void)state;
    dsc_dataset *data = two_channels();
    dsc_model *model;
    dsc_error error;
    dsc_real out[12];
    ASSERT_OK(dsc_model_create_for(&model, "flatten, dense", data, &error), error);
    dsc_model_load_images(model, out, dsc_dataset_images(data), DSC_U8, 3);
    assert_true(fabs((double)out[1] - 10.0 / 255) < 1e-7 && fabs((double)out[2] - 7.0 / 255) < 1e-7);
    ASSERT_OK(dsc_model_normalise(model, "standard", data, &error), error);
    dsc_model_load_images(model, out, dsc_dataset_images(data), DSC_U8, 3);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < 12; i++) {
        double value = (double)out[i];
        if (i % 4 < 2) {
            sum += value;
            squares += value * value;
        } else {
            assert_true(fabs(value) < 1e-6); /* a constant channel */
        }
    }
    assert_true(fabs(sum) < 1e-6 && fabs(squares / 6 - 1) < 1e-6);
    dsc_real some[4];
    memset(some, 0xff, sizeof some);
    dsc_model_load_pixels(model, some, dsc_dataset_images(data), DSC_U8, 1, 4); /* of both channels */
    dsc_model_load_pixels(model, some, dsc_dataset_images(data), DSC_U8, 0, 1);
    assert_memory_equal(some, out, sizeof some);
    assert_string_equal(model->normalisation.name, "standard");
    assert_int_equal(dsc_model_normalise(model, "standart", data, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "did you mean 'standard'?");
    assert_int_equal(dsc_model_normalise(model, "standard", NULL, &error), DSC_ERROR_ARGUMENT);
    dsc_model_free(model);
    ASSERT_OK(make(&model, "784-10", NULL, &error), error);
    assert_int_equal(dsc_model_normalise(model, "standard", data, &error), DSC_ERROR_MISMATCH);
    dsc_model_free(model);
    dsc_dataset_free(data);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    dsc_error error;
    for (long n = 0;; n++) {
        dsc_model *model;
        testing_fail_allocation(n);
        dsc_status status = make(
            &model, "conv 4 padding=same, relu, residual(conv 6 padding=same), flatten, dense", NULL, &error);
        bool failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        assert_true(failed == (model == NULL));
        dsc_model_free(model);
        if (!failed) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_networks_have_their_number_of_parameters),
        cmocka_unit_test(class_weights_are_a_buffer_of_the_loss),
        cmocka_unit_test(sizes_are_short_for_dense_layers_with_relu_between),
        cmocka_unit_test(a_model_is_from_image_to_logits_and_loss),
        cmocka_unit_test(the_seed_decides_the_starting_values),
        cmocka_unit_test(a_last_dense_starts_with_glorot_and_the_others_with_he),
        cmocka_unit_test(errors_of_the_text_point_at_the_column_and_suggest),
        cmocka_unit_test(errors_of_shape_have_a_column_and_a_layer_too),
        cmocka_unit_test(errors_of_sizes_point_at_the_column),
        cmocka_unit_test(spaces_in_a_text_of_loss_change_nothing),
        cmocka_unit_test(errors_of_the_loss_suggest),
        cmocka_unit_test(texts_too_long_and_too_deep_are_refused),
        cmocka_unit_test(impossible_options_are_refused),
        cmocka_unit_test(a_model_for_data_takes_its_shape_and_classes),
        cmocka_unit_test(standard_normalisation_gives_mean_zero_and_deviation_one),
        cmocka_unit_test(means_and_deviations_of_other_programs_make_the_same_numbers),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
