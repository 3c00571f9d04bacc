/* SPDX-License-Identifier: MIT */
/* test_pictures.c: folders of pictures, named by class. (The tests of the command are in tests/cli.) */
#include "testing.h"

#include "forms/forms.h"
#include "forms/pictures.h"
#include "image/image.h"

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

/* Opens the folder; keeps the order. */
static dsc_status open_folder(dsc_opening *o, const char *folder, dsc_reading *how, dsc_error *error) {
    *o = (dsc_opening){.title = folder, .reading = how, .forms = &forms_registry, .keep_order = true};
    return dsc_data_form_open(o, folder, error);
}

static void pictures_are_sorted_by_class_and_name(void **state) {
    (void)state;
    pictures_list list = {0};
    dsc_opening names = {0};
    dsc_error error;
    ASSERT_OK(pictures_list_add(&list, &names.sets.names, three_classes(), &error), error);
    assert_int_equal(list.count, 4);
    static const char *const ends[] = {"a/x.pgm", "b/10.pgm", "b/2.pgm", "c/x.pgm"};
    static const uint8_t labels[] = {0, 1, 1, 2};
    for (size_t i = 0; i < 4; i++) {
        const char *path = list.entries[i].path;
        assert_string_equal(path + strlen(path) - strlen(ends[i]), ends[i]);
        assert_int_equal(list.entries[i].label, labels[i]);
    }
    pictures_list_free(&list);
    dsc_opening_clear(&names);
}

/* A folder with two pictures in classes of these names, all of it as training set. */
static void open_two(dsc_opening *o, const char *first, const char *second) {
    dsc_error error;
    dsc_reading how = dsc_reading_defaults();
    const char *folder = testing_folder();
    add_image(folder, first, "x", 1);
    add_image(folder, second, "x", 2);
    how.test_share = 0;
    ASSERT_OK(open_folder(o, folder, &how, &error), error);
}

static void names_that_are_numbers_are_the_labels(void **state) {
    (void)state;
    dsc_opening o;
    open_two(&o, "10", "9");
    assert_int_equal(dsc_dataset_classes(o.train), 11);
    assert_string_equal(dsc_dataset_class_name(o.train, 10), "10");
    assert_int_equal(dsc_dataset_labels(o.train)[0], 10);
    assert_int_equal(dsc_dataset_labels(o.train)[1], 9);
    dsc_opening_clear(&o);
}

static void a_number_with_a_leading_zero_is_a_name(void **state) {
    (void)state;
    dsc_opening o;
    open_two(&o, "01", "9");
    assert_int_equal(dsc_dataset_classes(o.train), 2);
    assert_string_equal(dsc_dataset_class_name(o.train, 0), "01");
    dsc_opening_clear(&o);
}

static void pictures_keep_their_numbers_and_labels(void **state) {
    (void)state;
    dsc_opening o;
    dsc_error error;
    dsc_reading how = dsc_reading_defaults();
    size_t shape[3];
    how.test_share = 0;
    ASSERT_OK(open_folder(&o, three_classes(), &how, &error), error);
    dsc_dataset_shape(o.train, shape);
    assert_int_equal(shape[0], 1);
    assert_int_equal(shape[1], 2);
    assert_int_equal(shape[2], 3);
    const uint8_t *pixels = dsc_dataset_images(o.train), *label = dsc_dataset_labels(o.train);
    static const uint8_t values[] = {10, 20, 22, 30}, labels[] = {0, 1, 1, 2};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pixels[6 * i + 5], values[i]);
        assert_int_equal(label[i], labels[i]);
    }
    assert_null(o.test);
    dsc_opening_clear(&o);
}

static void another_size_than_asked_for_is_refused_without_a_fit(void **state) {
    (void)state;
    dsc_opening o;
    dsc_error error;
    size_t shape[3];
    dsc_reading how = dsc_reading_defaults();
    const char *folder = three_classes();
    how.size[0] = how.size[1] = 28;
    assert_int_equal(open_folder(&o, folder, &how, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "expected 28 x 28 pixels (height x width), found 2 x 3");
    ASSERT_MESSAGE(error, "--fit crop");
    assert_null(o.train);
    how.fit = DSC_FIT_STRETCH;
    ASSERT_OK(open_folder(&o, folder, &how, &error), error);
    dsc_dataset_shape(o.train, shape);
    assert_int_equal(shape[1], 28);
    dsc_images images;
    dsc_dataset_describe(&images, o.train);
    assert_int_equal(images.fit, DSC_FIT_STRETCH);
    dsc_opening_clear(&o);
}

/* One colour picture makes all of them colour images; if grey is requested, none. */
static void colour_is_kept_where_there_is_any(void **state) {
    (void)state;
    dsc_opening o;
    dsc_error error;
    dsc_image image;
    char path[512];
    size_t shape[3];
    dsc_reading how = dsc_reading_defaults();
    const char *folder = three_classes();
    ASSERT_OK(dsc_image_create(&image, 3, 2, 3, &error), error);
    for (size_t i = 0; i < 18; i++) image.pixels[i] = i % 3 == 0 ? 200 : 10;
    (void)snprintf(path, sizeof path, "%s/c/red.ppm", folder);
    ASSERT_OK(dsc_pnm_write(path, &image, &error), error);
    dsc_image_clear(&image);
    how.test_share = 0;
    ASSERT_OK(open_folder(&o, folder, &how, &error), error);
    dsc_dataset_shape(o.train, shape);
    assert_int_equal(shape[0], 3);
    const uint8_t *pixels = dsc_dataset_images(o.train);
    assert_int_equal(pixels[0], 10); /* grey: three times the same */
    assert_int_equal(pixels[6], 10);
    assert_int_equal(pixels[12], 10);
    assert_int_equal(pixels[3 * 18], 200); /* c/red.ppm comes before c/x.pgm */
    assert_int_equal(pixels[3 * 18 + 6], 10);
    dsc_opening_clear(&o);
    how.colour = DSC_COLOUR_GREY;
    ASSERT_OK(open_folder(&o, folder, &how, &error), error);
    dsc_dataset_shape(o.train, shape);
    assert_int_equal(shape[0], 1);
    dsc_opening_clear(&o);
}

/* FOLDER/PART/CLASS/NAME.pgm. */
static void add_part(const char *folder, const char *part, const char *class, const char *name,
                     uint8_t value) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, part);
    (void)mkdir(path, 0777);
    add_image(path, class, name, value);
}

static void a_validation_set_stays_one_beside_a_test_set_and_is_the_test_set_without(void **state) {
    (void)state;
    dsc_opening o;
    dsc_error error;
    dsc_reading how = dsc_reading_defaults();
    const char *folder = testing_folder();
    for (int i = 0; i < 4; i++) {
        const char class[] = {(char)('a' + i % 2), 0}, name[] = {(char)('0' + i), 0};
        add_part(folder, "train", class, name, (uint8_t)i);
        add_part(folder, "Val", class, name, (uint8_t)(10 + i));
    }
    ASSERT_OK(open_folder(&o, folder, &how, &error), error);
    assert_int_equal(dsc_dataset_count(o.train), 4);
    assert_int_equal(dsc_dataset_count(o.test), 4);
    assert_int_equal(dsc_dataset_images(o.test)[0], 10);
    assert_int_equal(o.train->own_validation, 0);
    dsc_opening_clear(&o);
    add_part(folder, "test", "a", "x", 20);
    ASSERT_OK(open_folder(&o, folder, &how, &error), error);
    assert_int_equal(dsc_dataset_count(o.train), 8);
    assert_int_equal(o.train->own_validation, 4);
    assert_int_equal(dsc_dataset_images(o.train)[4 * 6], 10);
    assert_int_equal(dsc_dataset_count(o.test), 1);
    dsc_opening_clear(&o);
}

static void pictures_of_a_group_stay_on_one_side(void **state) {
    (void)state;
    dsc_opening o;
    dsc_error error;
    dsc_reading how = dsc_reading_defaults();
    const char *folder = testing_folder();
    for (int who = 0; who < 10;
         who++) /* ten people who wrote five images of each class: the value encodes the writer */
        for (int i = 0; i < 10; i++) {
            char name[32];
            const char class[] = {(char)('a' + i % 2), 0};
            (void)snprintf(name, sizeof name, "writer%d_%d", who, i);
            add_image(folder, class, name, (uint8_t)who);
        }
    how.test_share = 0.2;
    how.group_by = (char *)(uintptr_t) "writer([0-9]+)_";
    ASSERT_OK(open_folder(&o, folder, &how, &error), error);
    assert_int_equal(dsc_dataset_count(o.test), 20);
    bool tested[10] = {false};
    for (size_t i = 0; i < 20; i++) tested[*dsc_dataset_image(o.test, i)] = true;
    for (size_t i = 0; i < 80; i++) assert_false(tested[*dsc_dataset_image(o.train, i)]);
    assert_int_equal(o.remarks.count, 1);
    assert_non_null(strstr(o.remarks.line[0], "whole groups"));
    dsc_opening_clear(&o);
    how.group_by = (char *)(uintptr_t) "person";
    assert_int_equal(open_folder(&o, folder, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "'person' matches no part of a/writer0_0.pgm");
    how.group_by = (char *)(uintptr_t) "(";
    assert_int_equal(open_folder(&o, folder, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "is no regular expression");
}

static int stop_at_two(void *user, const char *what, size_t done, size_t count) {
    (void)user;
    (void)what;
    assert_int_equal(count, 4);
    return done == 2;
}

static void reading_can_be_stopped(void **state) {
    (void)state;
    dsc_error error;
    dsc_reading how = dsc_reading_defaults();
    const char *folder = three_classes();
    dsc_opening o = {.title = folder, .reading = &how, .forms = &forms_registry, .on_progress = stop_at_two};
    assert_int_equal(dsc_data_form_open(&o, folder, &error), DSC_ERROR_STOPPED);
}

static void a_name_that_cannot_be_a_line_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"a\nb", "a ", "a\033[2J"};
    for (size_t i = 0; i < 3; i++) {
        dsc_opening o;
        dsc_error error;
        dsc_reading how = dsc_reading_defaults();
        const char *folder = testing_folder();
        add_image(folder, names[i], "x", 1);
        assert_int_equal(open_folder(&o, folder, &how, &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, "the name of a class");
    }
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    const char *folder = three_classes();
    for (long n = 0;; n++) {
        dsc_opening o;
        dsc_error error;
        dsc_reading how = dsc_reading_defaults();
        how.test_share = 0.4;
        testing_fail_allocation(n);
        dsc_status status = open_folder(&o, folder, &how, &error);
        bool failed = testing_allocation_failed();
        dsc_opening_clear(&o);
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
        cmocka_unit_test(pictures_are_sorted_by_class_and_name),
        cmocka_unit_test(names_that_are_numbers_are_the_labels),
        cmocka_unit_test(a_number_with_a_leading_zero_is_a_name),
        cmocka_unit_test(pictures_keep_their_numbers_and_labels),
        cmocka_unit_test(another_size_than_asked_for_is_refused_without_a_fit),
        cmocka_unit_test(colour_is_kept_where_there_is_any),
        cmocka_unit_test(a_validation_set_stays_one_beside_a_test_set_and_is_the_test_set_without),
        cmocka_unit_test(pictures_of_a_group_stay_on_one_side),
        cmocka_unit_test(reading_can_be_stopped),
        cmocka_unit_test(a_name_that_cannot_be_a_line_is_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
