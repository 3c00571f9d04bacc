/* SPDX-License-Identifier: MIT */
#include "making.h"

#include "data/dataset.h"

static void a_dataset_from_memory_is_a_copy(void **state) {
    (void)state;
    uint8_t images[2 * 3 * 2 * 2], labels[2] = {1, 0};
    for (size_t i = 0; i < sizeof images; i++) images[i] = (uint8_t)i;
    const size_t shape[3] = {3, 2, 2};
    const char *const names[] = {"cat", "dog"};
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, images, labels, 2, shape, 2, names, "pets", &error), error);
    memset(images, 0xFF, sizeof images);
    memset(labels, 0xFF, sizeof labels);
    size_t back[3];
    dsc_dataset_shape(data, back);
    assert_memory_equal(back, shape, sizeof shape);
    assert_int_equal(dsc_dataset_count(data), 2);
    assert_int_equal(dsc_dataset_classes(data), 2);
    assert_string_equal(dsc_dataset_class_name(data, 1), "dog");
    assert_string_equal(dsc_dataset_class_name(data, 2), "?");
    assert_string_equal(dsc_dataset_name(data), "pets");
    for (size_t i = 0; i < sizeof images; i++) assert_int_equal(dsc_dataset_images(data)[i], i);
    assert_int_equal(dsc_dataset_labels(data)[0], 1);
    assert_ptr_equal(dsc_dataset_image(data, 1), dsc_dataset_images(data) + 12);
    dsc_dataset_free(data);
    dsc_dataset_free(NULL);
}

static void impossible_arrays_from_memory_are_refused(void **state) {
    (void)state;
    const uint8_t bytes[300] = {0, 1, 2};
    const size_t one[3] = {1, 1, 1}, none[3] = {1, 0, 1}, huge[3] = {SIZE_MAX, SIZE_MAX, 4};
    dsc_dataset *data;
    dsc_error error;
    memset(&data, 0x55, sizeof data);
    assert_int_equal(testing_dataset(&data, bytes, bytes, 3, one, 2, NULL, "x", &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "label 2 is 2");
    ASSERT_MESSAGE(error, "below 2");
    assert_null(data);
    assert_int_not_equal(testing_dataset(&data, bytes, bytes, 3, none, 3, NULL, "x", &error), DSC_OK);
    assert_int_not_equal(testing_dataset(&data, bytes, bytes, 0, one, 3, NULL, "x", &error), DSC_OK);
    assert_int_not_equal(testing_dataset(&data, bytes, bytes, 3, huge, 3, NULL, "x", &error), DSC_OK);
    assert_int_equal(testing_dataset(&data, NULL, bytes, 3, one, 3, NULL, "x", &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(testing_dataset(&data, bytes, NULL, 3, one, 3, NULL, "x", &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(testing_dataset(&data, bytes, bytes, 1, one, 0, NULL, "x", &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(testing_dataset(&data, bytes, bytes, 1, one, 257, NULL, "x", &error),
                     DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "257");
    assert_null(data);
}

static void class_names_from_memory_are_text(void **state) {
    (void)state;
    static const char *const wrong[][3] = {
        {"Hund", "K\xFChe", "c"},  {"Hund", "", "c"},        {"Hund", NULL, "c"},
        {"Hund", "a\nb", "c"},     {"Hund", "\033[2J", "c"}, {"Hund", "\xE2\x80\xAE", "c"},
        {"Hund", "\xC2\x9B", "c"}, {"Hund", "a\xC3", "c"},
    };
    const uint8_t bytes[3] = {0, 1, 2};
    const size_t one[3] = {1, 1, 1};
    dsc_dataset *data;
    dsc_error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(&data, 0x55, sizeof data);
        assert_int_equal(testing_dataset(&data, bytes, bytes, 3, one, 3, wrong[i], "x", &error),
                         DSC_ERROR_ARGUMENT);
        assert_null(data);
        ASSERT_MESSAGE(error, "class 1");
    }
    static const char *const twice[] = {"Hund", "K\xC3\xBChe", "Hund"};
    assert_int_equal(testing_dataset(&data, bytes, bytes, 3, one, 3, twice, "x", &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "classes 0 and 2 are both called \"Hund\"");
    static const char *const right[] = {"K\xC3\xBChe", "<b>&\"'", " "};
    ASSERT_OK(testing_dataset(&data, bytes, bytes, 3, one, 3, right, "x", &error), error);
    assert_string_equal(dsc_dataset_class_name(data, 0), right[0]);
    dsc_dataset_free(data);
}

static void a_pair_of_files_opens_with_three_or_four_dimensions(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_dataset *data;
    dsc_error error;
    size_t shape[3];
    const char *images = make_images(folder, "i", 12, 4, 5), *labels = make_labels(folder, "l", 12, 10);
    ASSERT_OK(dsc_dataset_open(&data, images, labels, &error), error);
    dsc_dataset_shape(data, shape);
    assert_int_equal(shape[0], 1);
    assert_int_equal(shape[1], 4);
    assert_int_equal(shape[2], 5);
    assert_int_equal(dsc_dataset_images(data)[20], 140);
    assert_string_equal(dsc_dataset_name(data), images);
    dsc_dataset_free(data);
    const size_t colour[4] = {12, 3, 2, 4};
    images = make_idx(folder, "c.gz", 4, colour, 0, 7, 251);
    ASSERT_OK(dsc_dataset_open(&data, images, labels, &error), error);
    dsc_dataset_shape(data, shape);
    assert_memory_equal(shape, colour + 1, sizeof shape);
    assert_int_equal(dsc_dataset_image(data, 1)[1], 25 * 7);
    dsc_dataset_free(data);
}

static void refuse(const char *images, const char *labels, dsc_status code, const char *a, const char *b) {
    dsc_dataset *data;
    dsc_error error;
    memset(&data, 0x55, sizeof data);
    assert_int_equal(dsc_dataset_open(&data, images, labels, &error), code);
    assert_null(data);
    ASSERT_MESSAGE(error, a);
    ASSERT_MESSAGE(error, b);
}

static void files_that_do_not_belong_together_are_refused(void **state) {
    (void)state;
    const char *folder = testing_folder();
    const char *images = make_images(folder, "i", 12, 4, 5), *labels = make_labels(folder, "l", 12, 10);
    const char *fewer = make_labels(folder, "f", 11, 10);
    const size_t flat[2] = {12, 20}, none[3] = {0, 4, 5}, nothing = 0;
    refuse(labels, images, DSC_ERROR_FORMAT, "swapped", labels);
    refuse(images, images, DSC_ERROR_FORMAT, "expected labels", "12 x 4 x 5");
    refuse(labels, labels, DSC_ERROR_FORMAT, "expected images", "swapped");
    refuse(images, fewer, DSC_ERROR_MISMATCH, "12 images", "11 labels");
    refuse(make_idx(folder, "flat", 2, flat, 0, 1, 9), labels, DSC_ERROR_FORMAT, "expected images",
           "12 x 20");
    refuse(make_idx(folder, "none", 3, none, 0, 1, 9), make_idx(folder, "nothing", 1, &nothing, 0, 1, 9),
           DSC_ERROR_FORMAT, "no image", "0 x 4 x 5");
    refuse(make_path(folder, "absent"), labels, DSC_ERROR_IO, "absent", "No such file");
    float real[12] = {0};
    dsc_error error;
    const dsc_array array = {.type = DSC_F32, .rank = 1, .shape = {12}, .data = real};
    ASSERT_OK(dsc_idx_write(make_path(folder, "real"), &array, &error), error);
    refuse(images, make_path(folder, "real"), DSC_ERROR_FORMAT, "expected labels", "32-bit floats");
}

static void class_names_come_from_the_list_beside_the_images(void **state) {
    (void)state;
    const char *folder = testing_folder();
    const char *images = make_images(folder, "i", 12, 4, 5), *labels = make_labels(folder, "l", 12, 3);
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(dsc_dataset_open(&data, images, labels, &error), error);
    assert_int_equal(dsc_dataset_classes(data), 10);
    dsc_dataset_free(data);
    (void)make_text(folder, "labels.txt", "\xEF\xBB\xBFT-shirt\r\nankle boot \nМешок");
    ASSERT_OK(dsc_dataset_open(&data, images, labels, &error), error);
    assert_int_equal(dsc_dataset_classes(data), 3);
    assert_string_equal(dsc_dataset_class_name(data, 0), "T-shirt");
    assert_string_equal(dsc_dataset_class_name(data, 1), "ankle boot");
    assert_string_equal(dsc_dataset_class_name(data, 2), "Мешок");
    dsc_dataset_free(data);
    (void)make_text(folder, "labels.txt", "a\nb\n");
    refuse(images, labels, DSC_ERROR_MISMATCH, "label 2 is 2", "below 2");
    (void)make_text(folder, "labels.txt", "");
    refuse(images, labels, DSC_ERROR_FORMAT, "labels.txt", "empty");
    (void)make_text(folder, "labels.txt", "a\n\nc\n");
    refuse(images, labels, DSC_ERROR_FORMAT, "labels.txt", "line 2");
    (void)make_text(folder, "labels.txt", "a\nb\na\n");
    refuse(images, labels, DSC_ERROR_FORMAT, "lines 1 and 3", "\"a\"");
    (void)make_text(folder, "labels.txt", "a\nb\tc\n");
    refuse(images, labels, DSC_ERROR_FORMAT, "line 2", "U+0009");
    (void)make_text(folder, "labels.txt", "a\nb\xE2\x80\xAE\nc\n");
    refuse(images, labels, DSC_ERROR_FORMAT, "line 2", "U+202E");
    (void)make_text(folder, "labels.txt", "Hund\nK\xFChe\nc\n"); /* Latin-1 */
    refuse(images, labels, DSC_ERROR_FORMAT, "line 2, byte 2: 0xfc is not UTF-8", "iconv -f LATIN1 -t UTF-8");
    (void)make_text(folder, "labels.txt", "a\nb\nc\r\n\r\n \n"); /* empty lines at the end are not names */
    ASSERT_OK(dsc_dataset_open(&data, images, labels, &error), error);
    assert_int_equal(dsc_dataset_classes(data), 3);
    assert_string_equal(dsc_dataset_class_name(data, 2), "c");
    dsc_dataset_free(data);
    char many[1029];
    for (size_t i = 0; i < 257; i++) (void)snprintf(many + 4 * i, 5, "%03zu\n", i);
    (void)make_text(folder, "labels.txt", many);
    refuse(images, labels, DSC_ERROR_FORMAT, "more than 256", "labels.txt");
}

static void without_a_list_the_largest_label_counts_the_classes(void **state) {
    (void)state;
    const char *folder = testing_folder();
    const char *images = make_images(folder, "i", 30, 4, 5), *labels = make_labels(folder, "l", 30, 26);
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(dsc_dataset_open(&data, images, labels, &error), error);
    assert_int_equal(dsc_dataset_classes(data), 26);
    assert_string_equal(dsc_dataset_class_name(data, 25), "25");
    dsc_dataset_free(data);
}

static void a_view_outlives_its_parent_and_copies_no_image(void **state) {
    (void)state;
    uint8_t images[6 * 4], labels[6] = {0, 1, 2, 3, 4, 5};
    for (size_t i = 0; i < sizeof images; i++) images[i] = (uint8_t)i;
    const size_t shape[3] = {1, 2, 2};
    const uint32_t first[] = {5, 3, 1, 3}, second[] = {2, 0}, wrong[] = {4};
    dsc_dataset *data, *view, *nested;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, images, labels, 6, shape, 6, NULL, "all", &error), error);
    ASSERT_OK(dsc_dataset_view(&view, data, first, 4, "some", &error), error);
    assert_int_equal(dsc_dataset_view(&nested, view, wrong, 1, NULL, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "below 4");
    assert_null(nested);
    ASSERT_OK(dsc_dataset_view(&nested, view, second, 2, NULL, &error), error);
    const uint8_t *storage = dsc_dataset_images(data);
    dsc_dataset_free(data);
    assert_int_equal(dsc_dataset_count(view), 4);
    assert_string_equal(dsc_dataset_name(view), "some");
    assert_null(dsc_dataset_images(view));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(dsc_dataset_label(view, i), first[i]);
        assert_ptr_equal(dsc_dataset_image(view, i), storage + (size_t)4 * first[i]);
        assert_int_equal(dsc_dataset_image(view, i)[3], 4 * first[i] + 3);
    }
    dsc_dataset_free(view);
    assert_string_equal(dsc_dataset_name(nested), "some");
    assert_int_equal(dsc_dataset_labels(nested)[0], 1);
    assert_int_equal(dsc_dataset_labels(nested)[1], 5);
    assert_int_equal(dsc_dataset_image(nested, 1)[0], 20);
    assert_string_equal(dsc_dataset_class_name(nested, 5), "5");
    dsc_dataset_free(nested);
}

static void making_datasets_survives_every_failed_allocation(void **state) {
    (void)state;
    const char *folder = testing_folder();
    const char *images = make_images(folder, "i.gz", 12, 4, 5), *labels = make_labels(folder, "l", 12, 2);
    (void)make_text(folder, "labels.txt", "a\nb\n");
    const uint8_t bytes[8] = {0};
    const size_t shape[3] = {1, 1, 1};
    const uint32_t index[] = {1, 0};
    dsc_dataset *parent;
    dsc_error error;
    ASSERT_OK(dsc_dataset_open(&parent, images, labels, &error), error);
    for (int kind = 0; kind < 3; kind++) {
        long n = 0;
        for (bool failed = true; failed; n++) {
            dsc_dataset *data;
            dsc_status status = DSC_OK;
            testing_fail_allocation(n);
            if (kind == 0) status = dsc_dataset_open(&data, images, labels, &error);
            if (kind == 1) status = testing_dataset(&data, bytes, bytes, 8, shape, 1, NULL, "x", &error);
            if (kind == 2) status = dsc_dataset_view(&data, parent, index, 2, "y", &error);
            failed = testing_allocation_failed();
            assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
            assert_true((data == NULL) == failed);
            dsc_dataset_free(data);
        }
        assert_true(n > 3);
    }
    dsc_dataset_free(parent);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dataset_from_memory_is_a_copy),
        cmocka_unit_test(impossible_arrays_from_memory_are_refused),
        cmocka_unit_test(class_names_from_memory_are_text),
        cmocka_unit_test(a_pair_of_files_opens_with_three_or_four_dimensions),
        cmocka_unit_test(files_that_do_not_belong_together_are_refused),
        cmocka_unit_test(class_names_come_from_the_list_beside_the_images),
        cmocka_unit_test(without_a_list_the_largest_label_counts_the_classes),
        cmocka_unit_test(a_view_outlives_its_parent_and_copies_no_image),
        cmocka_unit_test(making_datasets_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
