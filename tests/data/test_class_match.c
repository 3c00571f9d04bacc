/* SPDX-License-Identifier: MIT */
/* test_class_match.c: classes with different numberings are matched by their names. */
#include "testing.h"

#include "data/class_match.h"
#include "data/dataset.h"

static const bool all_used[256] = {true, true, true, true, true, true, true, true, true, true, true, true};
static const char *const insects[] = {"ant", "bee", "cat", "dog"};
static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

#define LIST(names, owner) ((dsc_class_list){names, sizeof(names) / sizeof *(names), owner})

static void the_same_names_in_the_same_order_are_passed_over_in_silence(void **state) {
    (void)state;
    const dsc_class_list a = LIST(insects, "the model"), b = LIST(insects, "the data");
    uint16_t map[256];
    dsc_remarks remarks = {0};
    dsc_error error;
    ASSERT_OK(dsc_classes_match(map, &remarks, &a, &b, all_used, &error), error);
    for (uint16_t i = 0; i < 4; i++) assert_int_equal(map[i], i);
    assert_int_equal(remarks.count, 0);
}

static void another_order_is_mapped_and_told(void **state) {
    (void)state;
    static const char *const turned[] = {"dog", "cat", "bee", "ant"};
    const dsc_class_list a = LIST(insects, "the model"), b = LIST(turned, "the data");
    uint16_t map[256];
    dsc_remarks remarks = {0};
    dsc_error error;
    ASSERT_OK(dsc_classes_match(map, &remarks, &a, &b, all_used, &error), error);
    for (uint16_t i = 0; i < 4; i++) assert_int_equal(map[i], 3 - i);
    assert_int_equal(remarks.count, 1);
    assert_non_null(strstr(remarks.line[0], "the data: has its classes in another order than the model"));
    assert_non_null(strstr(remarks.line[0], "matched by name"));
}

static void fewer_classes_are_told(void **state) {
    (void)state;
    static const char *const some[] = {"cat", "ant"};
    const dsc_class_list a = LIST(insects, "the model"), b = LIST(some, "the data");
    uint16_t map[256];
    dsc_remarks remarks = {0};
    dsc_error error;
    ASSERT_OK(dsc_classes_match(map, &remarks, &a, &b, all_used, &error), error);
    assert_true(map[0] == 2 && map[1] == 0);
    assert_int_equal(remarks.count, 2);
    assert_non_null(strstr(remarks.line[1], "has 2 of the 4 classes that the model knows"));
}

/* Data whose third class has this name are refused by a model of "ant", "bee", "Caf\u00e9", "dog", with
 * this message. */
static void refused(const char *name, const char *words) {
    static const char *const learned[] = {"ant", "bee", "Caf\xc3\xa9", "dog"};
    const char *const shown[] = {"ant", "bee", name, "dog"};
    const dsc_class_list a = LIST(learned, "the model"), b = LIST(shown, "letters");
    uint16_t map[256];
    dsc_error error;
    assert_int_equal(dsc_classes_match(map, NULL, &a, &b, all_used, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "letters: class 2 is");
    ASSERT_MESSAGE(error, words);
}

static void names_that_are_nearly_the_same_are_not_the_same_and_the_difference_is_named(void **state) {
    (void)state;
    refused("eel", "It has: ant, bee, Caf\xc3\xa9, dog. The data have: ant, bee, eel, dog");
    refused("eel", "train a model for these");
    refused("caf\xc3\xa9", "differs only in capital and small letters");
    refused("CAF\xc3\x89", "differs only in capital and small letters");
    refused(" Caf\xc3\xa9", "differs only in blanks");
    refused("Caf\xc3\xa9\xc2\xa0", "differs only in blanks");              /* a no-break space */
    refused("Cafe\xcc\x81", "differs only in accents, or in how Unicode"); /* e and a combining accent */
    refused("Cafe", "differs only in accents, or in how Unicode");
    refused("cafe\xcc\x81 ", "differs only in capital letters, blanks or accents");
    refused("Caf\xc3", "train a model for these"); /* truncated in the middle of a letter */
    refused("Caf", "train a model for these");
}

static void data_without_names_has_numbers(void **state) {
    (void)state;
    const dsc_class_list learned = LIST(insects, "the model"), shown = LIST(digits, "the data");
    const dsc_class_list four = {digits, 4, "the model"};
    uint16_t map[256];
    dsc_error error;
    assert_int_equal(dsc_classes_match(map, NULL, &learned, &shown, all_used, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "class 0 is \"0\"");
    ASSERT_MESSAGE(error, "put a labels.txt beside the files");
    assert_int_equal(dsc_classes_match(map, NULL, &shown, &learned, all_used, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "class 0 is \"ant\"");
    ASSERT_MESSAGE(error, "remove labels.txt");
    /* Without labels.txt, ten classes are assumed: classes without an image are no reason to refuse. */
    static const bool four_used[256] = {true, true, true, true};
    ASSERT_OK(dsc_classes_match(map, NULL, &four, &shown, four_used, &error), error);
    assert_int_equal(map[3], 3);
    static const bool five_used[256] = {true, true, true, true, true};
    assert_int_equal(dsc_classes_match(map, NULL, &four, &shown, five_used, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "class 4 is \"4\"");
    assert_true(dsc_classes_are_unnamed(&shown));
    assert_false(dsc_classes_are_unnamed(&learned));
}

static void long_names_and_lists_are_cut_between_letters(void **state) {
    (void)state;
    char name[2001];
    const char *many[200];
    for (size_t i = 0; i < 2000; i += 2) memcpy(name + i, "\xc3\xa9", 2);
    name[2000] = '\0';
    for (size_t i = 0; i < 200; i++) many[i] = name + (i % 2 ? 0 : 1998);
    const dsc_class_list learned = LIST(insects, "the model"), shown = {many, 200, "the data"};
    uint16_t map[256];
    dsc_error error;
    many[0] = name;
    assert_int_equal(dsc_classes_match(map, NULL, &learned, &shown, all_used, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "(200 in all)");
    ASSERT_MESSAGE(error, "\xc3\xa9...\"");
    assert_null(strstr(error.message, "\xc3.")); /* no half of a letter */
    assert_null(strstr(error.message, "\xc3\""));
}

static dsc_dataset *make_data(const char *const *names) {
    static const uint8_t images[6] = {0, 10, 20, 30, 40, 50}, labels[6] = {0, 1, 2, 3, 3, 1};
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, images, labels, 6, (size_t[3]){1, 1, 1}, 4, names, "six", &error),
              error);
    return data;
}

static void a_renumbered_dataset_has_other_labels_and_the_same_images(void **state) {
    (void)state;
    static const char *const learned[] = {"x", "dog", "cat", "bee", "ant"};
    const dsc_class_list list = LIST(learned, "the model");
    dsc_dataset *data = make_data(insects), *matched, *part, *again;
    dsc_error error;
    ASSERT_OK(dsc_dataset_match_classes(&matched, NULL, data, &list, &error), error);
    assert_ptr_equal(dsc_dataset_images(matched), dsc_dataset_images(data));
    dsc_dataset_free(data);
    assert_int_equal(dsc_dataset_classes(matched), 5);
    assert_memory_equal(dsc_dataset_labels(matched), ((uint8_t[]){4, 3, 2, 1, 1, 3}), 6);
    assert_string_equal(dsc_dataset_class_name(matched, 4), "ant");
    /* A view of a matched dataset keeps its names, and matching it again does too. */
    ASSERT_OK(dsc_dataset_view(&part, matched, (uint32_t[]){5, 0}, 2, NULL, &error), error);
    ASSERT_OK(dsc_dataset_match_classes(&again, NULL, part, &list, &error), error);
    dsc_dataset_free(matched);
    dsc_dataset_free(part);
    assert_memory_equal(dsc_dataset_labels(again), ((uint8_t[]){3, 4}), 2);
    assert_int_equal(*dsc_dataset_image(again, 0), 50);
    assert_string_equal(dsc_dataset_class_name(again, 1), "dog");
    dsc_dataset_free(again);
}

static void names_go_through_json(void **state) {
    (void)state;
    static const char *const turned[] = {"dog", "cat", "bee", "ant"};
    dsc_dataset *data = make_data(insects), *other = make_data(turned), *matched;
    dsc_error error;
    json_t *json = dsc_dataset_to_json(data);
    ASSERT_OK(dsc_dataset_match_json(&matched, NULL, other, json, "the run", &error), error);
    assert_memory_equal(dsc_dataset_labels(matched), ((uint8_t[]){3, 2, 1, 0, 0, 2}), 6);
    dsc_dataset_free(matched);
    ASSERT_OK(dsc_dataset_match_json(&matched, NULL, other, NULL, "the run", &error), error);
    assert_memory_equal(dsc_dataset_labels(matched), dsc_dataset_labels(other), 6);
    dsc_dataset_free(matched);
    (void)json_array_set_new(json_object_get(json, "classes"), 1, json_integer(7));
    assert_int_equal(dsc_dataset_match_json(&matched, NULL, other, json, "the run", &error),
                     DSC_ERROR_FORMAT);
    assert_null(matched);
    (void)json_array_set_new(json_object_get(json, "shape"), 2, json_integer(7));
    assert_int_equal(dsc_dataset_match_json(&matched, NULL, other, json, "the run", &error),
                     DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "six has images of 1 x 1 x 1");
    ASSERT_MESSAGE(error, "but the run began with 1 x 1 x 7");
    json_decref(json);
    dsc_dataset_free(data);
    dsc_dataset_free(other);
}

static void matching_survives_failed_allocations(void **state) {
    (void)state;
    static const char *const turned[] = {"dog", "cat", "bee", "ant"};
    const dsc_class_list list = LIST(turned, "the model");
    dsc_dataset *data = make_data(insects), *part;
    dsc_error error;
    ASSERT_OK(dsc_dataset_view(&part, data, (uint32_t[]){5, 0}, 2, NULL, &error), error);
    bool failed = true;
    for (long n = 0; failed; n++) {
        dsc_dataset *matched, *again = NULL;
        testing_fail_allocation(n);
        dsc_status status = dsc_dataset_match_classes(&matched, NULL, part, &list, &error);
        if (!status) status = dsc_dataset_share(&again, matched, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_dataset_free(matched);
        dsc_dataset_free(again);
    }
    dsc_dataset_free(part);
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_names_in_the_same_order_are_passed_over_in_silence),
        cmocka_unit_test(another_order_is_mapped_and_told),
        cmocka_unit_test(fewer_classes_are_told),
        cmocka_unit_test(names_that_are_nearly_the_same_are_not_the_same_and_the_difference_is_named),
        cmocka_unit_test(data_without_names_has_numbers),
        cmocka_unit_test(long_names_and_lists_are_cut_between_letters),
        cmocka_unit_test(a_renumbered_dataset_has_other_labels_and_the_same_images),
        cmocka_unit_test(names_go_through_json),
        cmocka_unit_test(matching_survives_failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
