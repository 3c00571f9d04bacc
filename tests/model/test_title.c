/* SPDX-License-Identifier: MIT */
/* Titles of models and their data: by content, without a path, without the name of a recipe. */
#include "testing.h"

#include "model/title.h"

static dsc_model *make(const char *layers) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = layers;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static void data_is(const char *name, const char *expected) {
    dsc_text text = {0};
    dsc_public_name(&text, name);
    assert_string_equal(text.data, expected);
    dsc_text_free(&text);
}

static void data_are_called_without_their_path(void **state) {
    (void)state;
    data_is("MNIST (/home/somebody/data)", "MNIST");
    data_is("MNIST, test set", "MNIST");
    data_is("/home/somebody/letters", "letters");
    data_is("/home/somebody/letters, training set", "letters");
    data_is("letters//", "letters");
    data_is("shoes and hats", "shoes and hats");
    data_is("built-in digits, seed 1", "built-in digits, seed 1");
    data_is("/home/somebody/x (1)", "x (1)");
    data_is(".", "images");
    data_is("../..", "images");
    data_is("/", "images");
    data_is("", "images");
}

static void network_is(const char *layers, const char *expected) {
    dsc_text text = {0};
    dsc_model *model = make(layers);
    dsc_network_title(&text, model);
    assert_string_equal(text.data, expected);
    dsc_text_free(&text);
    dsc_model_free(model);
}

static void networks_are_called_after_their_layers(void **state) {
    (void)state;
    network_is("784-100-10", "1 hidden layer, 79,500 parameters");
    network_is("784-10", "no hidden layer, 7,850 parameters");
    network_is("conv 4 3x3 stride=2, residual(conv 6 1x1, relu), global-pool both, dense",
               "3 convolutions, 224 parameters");
    network_is("conv 32 3x3, relu, max-pool 2, flatten, dense 20, relu, dense",
               "1 convolution, 109,000 parameters");
}

static void a_model_without_data_of_its_own_is_its_network(void **state) {
    (void)state;
    dsc_text text = {0};
    dsc_error error;
    dsc_model *model = make("784-10");
    dsc_model_title(&text, model, NULL);
    assert_string_equal(text.data, "no hidden layer, 7,850 parameters");
    dsc_text_free(&text);
    ASSERT_OK(dsc_model_set_about(model, "data", "/tmp/hats, training set", &error), error);
    dsc_model_title(&text, model, NULL);
    assert_string_equal(text.data, "hats: no hidden layer, 7,850 parameters");
    dsc_text_free(&text);
    dsc_model_title(&text, model, "shoes/");
    assert_string_equal(text.data, "shoes: no hidden layer, 7,850 parameters");
    dsc_text_free(&text);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_are_called_without_their_path),
        cmocka_unit_test(networks_are_called_after_their_layers),
        cmocka_unit_test(a_model_without_data_of_its_own_is_its_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
