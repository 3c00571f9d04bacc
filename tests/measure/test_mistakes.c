/* SPDX-License-Identifier: MIT */
/* test_mistakes.c: the most confident mistakes are kept, in order, and reported to the caller. */
#include "testing.h"

#include "measure/mistakes.h"

static void the_surest_are_kept_in_order(void **unused) {
    (void)unused;
    dsc_mistakes m = {0};
    size_t wrong = 0;
    for (size_t i = 0; i < 100; i++) {
        const float p[2] = {0.5f, (float)(i * 37 % 100) / 200 + 0.5f};
        const dsc_answer answer = {
            .sample = i, .label = i % 3 ? 0 : 1, .prediction = 1, .probabilities = p, .is_finite = true};
        wrong += answer.label != answer.prediction;
        dsc_mistakes_note(&m, &answer);
    }
    assert_int_equal(m.count, DSC_MISTAKES_MOST);
    assert_int_equal(m.all, wrong);
    for (size_t i = 0; i < m.count; i++) {
        assert_true(m.worst[i].sample % 3 != 0);
        if (i) assert_true(m.worst[i - 1].confidence >= m.worst[i].confidence);
    }
    /* No mistake that was dropped is more confident than the last one kept. */
    for (size_t i = 0; i < 100; i++) {
        bool kept = i % 3 == 0;
        for (size_t j = 0; j < m.count; j++) kept = kept || m.worst[j].sample == i;
        if (!kept) assert_true((float)(i * 37 % 100) / 200 + 0.5f <= m.worst[m.count - 1].confidence);
    }
}

static void they_are_told_as_json(void **unused) {
    (void)unused;
    dsc_error error;
    dsc_dataset *data;
    dsc_model *model;
    dsc_mistakes m = {.worst = {{3, 1, 2, 0.75f}}, .count = 1, .all = 5};
    ASSERT_OK(dsc_digits_create(&data, 10, 1, 1, &error), error);
    ASSERT_OK(dsc_model_create_for(&model, "784-10", data, &error), error);
    json_t *json = dsc_mistakes_json(&m, model, data, DSC_MISTAKES_MOST);
    const json_t *one = json_array_get(json_object_get(json, "list"), 0);
    assert_int_equal(json_integer_value(json_object_get(json, "all")), 5);
    assert_string_equal(json_string_value(json_object_get(one, "label")), "1");
    assert_string_equal(json_string_value(json_object_get(one, "prediction")), "2");
    assert_int_equal(json_array_size(json_object_get(one, "pixels")), 784);
    for (size_t i = 0; i < 784; i++)
        assert_int_equal(json_integer_value(json_array_get(json_object_get(one, "pixels"), i)),
                         dsc_dataset_images(data)[3 * 784 + i]);
    json_decref(json);
    json = dsc_mistakes_json(&m, model, data, 0); /* the count is kept even if none is shown */
    assert_int_equal(json_integer_value(json_object_get(json, "all")), 5);
    assert_int_equal(json_array_size(json_object_get(json, "list")), 0);
    json_decref(json);
    dsc_model_free(model);
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_surest_are_kept_in_order),
                                       cmocka_unit_test(they_are_told_as_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
