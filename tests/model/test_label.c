/* SPDX-License-Identifier: MIT */
/* Runs are named after their data and their network; every file system accepts the names. */
#include "testing.h"

#include "model/label.h"

static dsc_model *make(const char *text) {
    dsc_error error;
    dsc_model *model;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static void a_run_is_called_after_its_data(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"mnist", "mnist"},
        {"/usr/share/fashion-mnist/", "fashion-mnist"},
        {"My photos.tar.gz", "My-photos"},
        {"../.hidden", "hidden"},
        {"..", "data"},
        {"/", "data"},
        {"", "data"},
        {"h\303\244nde", "h--nde"},
        {"a\nb", "a-b"},
        {"0123456789012345678901234567890123456789", "0123456789012345678901234567890"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char label[DSC_LABEL];
        dsc_label_run(label, cases[i][0], NULL);
        assert_string_equal(label, cases[i][1]);
    }
}

static void and_after_its_network(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"784-100-10", "d-784-100-10"},
                                           {"flatten, dense 100, relu, dense", "d-mlp-80k"},
                                           {"max-pool 14, flatten, dense", "d-mlp-50"},
                                           {"conv 2 3x3, relu, flatten, dense", "d-cnn-14k"},
                                           {"flatten, dense 2000, relu, dense", "d-mlp-2m"},
                                           {"784-1000-1000-1000-1000-1000-1000-10", "d-mlp-6m"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char label[DSC_LABEL];
        dsc_model *model = make(cases[i][0]);
        dsc_label_run(label, "d", model);
        assert_string_equal(label, cases[i][1]);
        dsc_model_free(model);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_called_after_its_data),
        cmocka_unit_test(and_after_its_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
