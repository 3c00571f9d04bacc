/* SPDX-License-Identifier: MIT */
/* The summary of a model, layer by layer: counts and connections. */
#include "testing.h"

#include "model/summary.h"

static dsc_model *make(const char *text) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static void layers_are_counted_and_joined(void **state) {
    (void)state;
    dsc_model *model = make("conv 4 3x3 stride=2, residual(conv 6 1x1, relu), global-pool both, dense");
    dsc_layer_facts *l;
    size_t count;
    dsc_error error;
    static const char *const names[] = {"image",     "conv1",        "conv2", "relu1",
                                        "residual1", "global_pool1", "dense1"};
    static const size_t parameters[] = {0, 40, 30, 0, 24, 0, 130},
                        values[] = {784, 676, 1014, 1014, 2028, 24, 10};
    static const double work[] = {0, 676 * 9, 1014 * 4, 0, 1014 * 4, 0, 120};
    ASSERT_OK(dsc_model_summarise(&l, &count, model, &error), error);
    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(l[i].name, names[i]);
        assert_int_equal(l[i].parameters, parameters[i]);
        assert_int_equal(l[i].values, values[i]);
        assert_true(l[i].multiply_adds == work[i]);
        assert_int_equal(l[i].input_count, i == 0 ? 0 : i == 4 ? 2 : 1);
    }
    assert_true((l[4].inputs[0] == 1 && l[4].inputs[1] == 3) || (l[4].inputs[0] == 3 && l[4].inputs[1] == 1));
    assert_true(l[4].joins && !l[5].joins);
    free(l);
    dsc_model_free(model);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    dsc_model *model = make("784-10");
    dsc_layer_facts *l;
    size_t count;
    dsc_error error;
    for (long n = 0; n < 2; n++) {
        testing_fail_allocation(n);
        assert_int_equal(dsc_model_summarise(&l, &count, model, &error), DSC_ERROR_MEMORY);
        assert_true(testing_allocation_failed());
        assert_null(l);
    }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_counted_and_joined),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
