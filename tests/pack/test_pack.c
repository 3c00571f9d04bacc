/* SPDX-License-Identifier: MIT */
/* test_pack.c: listing and reading folders of images. (The command's promises are in tests/cli.) */
#include "testing.h"

#include "image/image.h"
#include "pack/pack.h"

#include <sys/stat.h>

/* FOLDER/CLASS/NAME.pgm of one grey value, 3 x 2. */
static void add_image(const char *folder, const char *class, const char *name, uint8_t value) {
    char path[512];
    dsc_error error;
    (void)snprintf(path, sizeof path, "%s/%s", folder, class);
    (void)mkdir(path, 0777);
    (void)snprintf(path, sizeof path, "%s/%s/%s.pgm", folder, class, name);
    dsc_image image;
    ASSERT_OK(dsc_image_create(&image, 3, 2, 1, &error), error);
    memset(image.pixels, value, 6);
    ASSERT_OK(dsc_pnm_write(path, &image, &error), error);
    dsc_image_clear(&image);
}

static const char *three_classes(void) {
    const char *folder = testing_folder();
    add_image(folder, "b", "2", 22);
    add_image(folder, "b", "10", 20);
    add_image(folder, "c", "x", 30);
    add_image(folder, "a", "x", 10);
    return folder;
}

static void entries_are_sorted_by_class_and_name(void **state) {
    (void)state;
    pack_list list;
    dsc_error error;
    ASSERT_OK(pack_list_make(&list, three_classes(), &error), error);
    assert_int_equal(list.class_count, 3);
    assert_int_equal(list.count, 4);
    static const char *const ends[] = {"a/x.pgm", "b/10.pgm", "b/2.pgm", "c/x.pgm"};
    static const uint8_t labels[] = {0, 1, 1, 2};
    for (size_t i = 0; i < 4; i++) {
        const char *path = list.entries[i].path;
        assert_string_equal(path + strlen(path) - strlen(ends[i]), ends[i]);
        assert_int_equal(list.entries[i].label, labels[i]);
    }
    pack_list_free(&list);
}

static void names_that_are_numbers_sort_by_value(void **state) {
    (void)state;
    const char *folder = testing_folder();
    add_image(folder, "10", "x", 1);
    add_image(folder, "9", "x", 2);
    pack_list list;
    dsc_error error;
    ASSERT_OK(pack_list_make(&list, folder, &error), error);
    assert_int_equal(list.class_count, 11);
    assert_string_equal(list.classes[10], "10");
    assert_int_equal(list.entries[0].label, 9);
    assert_int_equal(list.entries[1].label, 10);
    pack_list_free(&list);
}

static void a_number_with_a_leading_zero_is_a_name(void **state) {
    (void)state;
    const char *folder = testing_folder();
    add_image(folder, "01", "x", 1);
    add_image(folder, "9", "x", 2);
    pack_list list;
    dsc_error error;
    ASSERT_OK(pack_list_make(&list, folder, &error), error);
    assert_int_equal(list.class_count, 2);
    assert_string_equal(list.classes[0], "01");
    pack_list_free(&list);
}

static void images_are_read_in_the_order_given(void **state) {
    (void)state;
    pack_list list;
    dsc_error error;
    ASSERT_OK(pack_list_make(&list, three_classes(), &error), error);
    const size_t order[] = {3, 0, 2};
    size_t size[2] = {0, 0};
    dsc_array images, labels;
    ASSERT_OK(pack_read(&images, &labels, size, &list, order, 3, NULL, NULL, NULL, &error), error);
    assert_int_equal(size[0], 2);
    assert_int_equal(size[1], 3);
    const uint8_t *pixels = images.data, *label = labels.data;
    assert_int_equal(pixels[0], 30);
    assert_int_equal(pixels[6], 10);
    assert_int_equal(pixels[17], 22);
    assert_int_equal(label[0], 2);
    assert_int_equal(label[2], 1);
    pack_array_free(&images);
    pack_array_free(&labels);
    pack_list_free(&list);
}

static void another_size_than_asked_for_is_refused(void **state) {
    (void)state;
    pack_list list;
    dsc_error error;
    ASSERT_OK(pack_list_make(&list, three_classes(), &error), error);
    size_t size[2] = {28, 28};
    dsc_array images, labels;
    assert_int_equal(pack_read(&images, &labels, size, &list, NULL, list.count, NULL, NULL, NULL, &error),
                     DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "expected 28 x 28 pixels (height x width), found 2 x 3");
    assert_null(images.data);
    pack_list_free(&list);
}

static int stop_at_two(void *user, size_t done, size_t count) {
    (void)user;
    assert_int_equal(count, 4);
    return done == 2;
}

static void reading_can_be_stopped(void **state) {
    (void)state;
    pack_list list;
    dsc_error error;
    ASSERT_OK(pack_list_make(&list, three_classes(), &error), error);
    size_t size[2] = {0, 0};
    dsc_array images, labels;
    assert_int_equal(pack_read(&images, &labels, size, &list, NULL, 4, NULL, stop_at_two, NULL, &error),
                     DSC_ERROR_STOPPED);
    pack_list_free(&list);
}

static void a_name_that_cannot_be_a_line_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"a\nb", "a ", "a\033[2J"};
    for (size_t i = 0; i < 3; i++) {
        const char *folder = testing_folder();
        add_image(folder, names[i], "x", 1);
        pack_list list;
        dsc_error error;
        assert_int_equal(pack_list_make(&list, folder, &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, "the name of a class");
        pack_list_free(&list);
    }
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    const char *folder = three_classes();
    for (long n = 0;; n++) {
        pack_list list;
        dsc_error error;
        size_t size[2] = {0, 0};
        dsc_array images = {0}, labels = {0};
        testing_fail_allocation(n);
        dsc_status status = pack_list_make(&list, folder, &error);
        if (!status)
            status = pack_read(&images, &labels, size, &list, NULL, list.count, NULL, NULL, NULL, &error);
        bool failed = testing_allocation_failed();
        pack_array_free(&images);
        pack_array_free(&labels);
        pack_list_free(&list);
        if (!failed) {
            assert_int_equal(status, DSC_OK);
            assert_true(n > 10);
            return;
        }
        assert_int_equal(status, DSC_ERROR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_sorted_by_class_and_name),
        cmocka_unit_test(names_that_are_numbers_sort_by_value),
        cmocka_unit_test(a_number_with_a_leading_zero_is_a_name),
        cmocka_unit_test(images_are_read_in_the_order_given),
        cmocka_unit_test(another_size_than_asked_for_is_refused),
        cmocka_unit_test(reading_can_be_stopped),
        cmocka_unit_test(a_name_that_cannot_be_a_line_is_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
