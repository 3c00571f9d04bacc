/* SPDX-License-Identifier: MIT */
/* test_forms.c: data in the forms that people have: tables, arrays, IDX files without a test set; and the
 * reports about them. */
#include "making.h"

#include "data/arrays.h"
#include "data/form.h"
#include "data/npy.h"

#include <locale.h>

static dsc_error error;

/* Opens with the library's forms and with options; keeps the order. */
static dsc_status open_with(dsc_opening *o, const char *path, const dsc_reading *how) {
    *o = (dsc_opening){.title = path, .reading = how, .forms = &dsc_data_form_registry, .keep_order = true};
    return dsc_data_form_open(o, path, &error);
}

/* All of the data as training set. */
static void open_whole(dsc_opening *o, const char *path) {
    dsc_reading how = dsc_reading_defaults();
    how.test_share = 0;
    ASSERT_OK(open_with(o, path, &how), error);
}

static const char *table(const char *text) { return make_text(testing_folder(), "table.csv", text); }

static void assert_bytes(const uint8_t *found, const char *expected) {
    for (size_t i = 0; expected[i]; i++) assert_int_equal(found[i], expected[i] - '0');
}

/* --- tables --- */

static void assert_table(const char *text, const char *labels, const char *pixels) {
    dsc_opening o;
    open_whole(&o, table(text));
    assert_int_equal(dsc_dataset_count(o.train), strlen(labels));
    assert_bytes(dsc_dataset_labels(o.train), labels);
    assert_bytes(dsc_dataset_images(o.train), pixels);
    dsc_opening_clear(&o);
}

static void a_table_has_its_labels_first_last_or_by_name(void **state) {
    (void)state;
    assert_table("label,a,b,c,d\n1,1,2,3,4\n0,5,6,7,8\n", "10", "12345678");
    assert_table("a,b,c,d,Class\n1,2,3,4,1\n5,6,7,8,0\n", "10", "12345678");
    assert_table("a,b,target,c,d\n1,2,1,3,4\n5,6,0,7,8\n", "10", "12345678");
    /* Without a header the numbers decide: the corner of an image is usually ground. */
    assert_table("1,0,2,3,0\n0,0,6,7,0\n1,0,1,1,0\n", "101", "023006700110");
    assert_table("0,1,2,0,1\n0,5,6,0,0\n0,1,1,0,1\n", "101", "012005600110");
    /* If both columns could be labels, the numbers of labels are consecutive. */
    assert_table("7,1,2,3,1\n0,5,6,7,0\n3,1,1,1,2\n", "102", "712305673111");
    assert_table("1,1,2,3,7\n0,5,6,7,0\n2,1,1,1,3\n", "102", "123756701113");
    assert_table("1,1,2,3,0\n0,5,6,7,1\n2,1,1,1,2\n", "102", "123056711112");
    dsc_opening o;
    dsc_reading how = dsc_reading_defaults();
    how.test_share = 0;
    how.label_column = (char *)(uintptr_t) "2";
    ASSERT_OK(open_with(&o, table("0,1,2,3,4\n0,0,6,7,8\n"), &how), error);
    assert_bytes(dsc_dataset_labels(o.train), "10");
    assert_bytes(dsc_dataset_images(o.train), "02340678");
    dsc_opening_clear(&o);
    how.label_column = (char *)(uintptr_t) "6";
    assert_int_equal(open_with(&o, table("0,1,2,3,4\n0,0,6,7,8\n"), &how), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "a number of 1 to 5, first or last");
}

static void tables_are_read_whatever_wrote_them(void **state) {
    (void)state;
    const char *labels = "10", *pixels = "12345678";
    assert_table("\xEF\xBB\xBFlabel,a,b,c,d\r\n1,1,2,3,4\r\n0,5,6,7,8", labels, pixels);
    assert_table("label\ta\tb\tc\td\r1\t1\t2\t3\t4\r0\t5\t6\t7\t8\r", labels, pixels);
    assert_table("label;a;b;c;d\n\n1;1;2;3;4\n\n0;5;6;7;8\n\n", labels, pixels);
    assert_table("label a b c d\n1  1 2 3 4\n0 5  6 7 8 \n", labels, pixels);
    assert_table("\"label\",\"a\",\"b\",\"c\",\"d\"\n\"1\",\"1\",\"2\",3,4\n\"0\",5,6,7,\"8\"\n", labels,
                 pixels);
    assert_table(",label,a,b,c,d\n0,1, 1, 2 ,3,4\n1,0,5,6,7,8\n", labels, pixels);
    assert_table("label,a,b,c,d\n1.0,1.0,2,3,4e0\n0,5.,6,70e-1,8\n", labels, pixels);
}

static void shares_become_bytes_in_any_locale(void **state) {
    (void)state;
    dsc_opening o;
    const char *const texts[] = {"y,a,b,c,d\n0,0,0.5,1,.2\n1,0,1e-1,0,0\n",
                                 "y;a;b;c;d\n0;0;0,5;1;0,2\n1;0;0,1;0;0\n"};
    const bool comma = testing_set_comma_locale();
    for (size_t i = 0; i < 2; i++) {
        open_whole(&o, table(texts[i]));
        static const uint8_t expected[] = {0, 128, 255, 51, 0, 26, 0, 0};
        assert_memory_equal(dsc_dataset_images(o.train), expected, 8);
        dsc_opening_clear(&o);
    }
    if (comma) setlocale(LC_ALL, "C");
    open_whole(&o, table("y,a,b,c,d\n0,0,1,1,0\n1,0,0,0,1\n")); /* 1 corresponds to full ink */
    assert_int_equal(dsc_dataset_images(o.train)[1], 255);
    dsc_opening_clear(&o);
}

static void labels_are_numbers_or_become_names(void **state) {
    (void)state;
    dsc_opening o;
    open_whole(&o, table("label,a,b,c,d\n\"cat, big\",1,2,3,4\ndog,1,2,3,4\n\"a \"\"cat\"\"\",1,2,3,4\n"));
    assert_bytes(dsc_dataset_labels(o.train), "120");
    assert_string_equal(dsc_dataset_class_name(o.train, 0), "a \"cat\"");
    assert_string_equal(dsc_dataset_class_name(o.train, 1), "cat, big");
    dsc_opening_clear(&o);
    open_whole(&o, table("label,a,b,c,d\n3,1,2,3,4\n1,1,2,3,4\n2,1,2,3,4\n"));
    assert_bytes(dsc_dataset_labels(o.train), "201");
    assert_int_equal(dsc_dataset_classes(o.train), 3);
    assert_string_equal(dsc_dataset_class_name(o.train, 2), "3");
    assert_non_null(strstr(o.remarks.line[0], "labels begin at 1"));
    dsc_opening_clear(&o);
    open_whole(&o, table("label,a,b,c,d\n-1,1,2,3,4\n1000,1,2,3,4\n-1,1,2,3,4\n"));
    assert_bytes(dsc_dataset_labels(o.train), "010");
    assert_string_equal(dsc_dataset_class_name(o.train, 1), "1000");
    dsc_opening_clear(&o);
    open_whole(&o, table("label,a,b,c,d\n3,1,2,3,4\n0,1,2,3,4\n"));
    assert_int_equal(dsc_dataset_classes(o.train), 4);
    dsc_opening_clear(&o);
}

static void what_is_wrong_with_a_table_is_named_with_its_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
        dsc_status status;
    } cases[] = {
        {"label,a,b,c,d\n1,1,2,3,4\n0,5,6,7\n", "line 3: expected 5 fields, as in the first row, found 4",
         DSC_ERROR_FORMAT},
        {"label,a,b,c,d\n1,1,2,3,4,5\n", "line 2: expected 5 fields, as in the first row, found more than 5",
         DSC_ERROR_FORMAT},
        {"label,a,b,c,d\n1,1,2,x3,4\n", "line 2, column 4: expected a number, found 'x3'", DSC_ERROR_FORMAT},
        {"label,a,b,c,d\n1,1,,3,4\n", "line 2, column 3: expected a number, found ''", DSC_ERROR_FORMAT},
        {"label,a,b,c,d\n,1,2,3,4\n", "line 2, column 1", DSC_ERROR_FORMAT},
        {"label,a,b,c,d\n1,1,2,\"3,4\n", "line 2, column 4: a quote is not closed", DSC_ERROR_FORMAT},
        {"label,a,b,c,d\n1,1,2,3,256\n", "pixels are numbers from 1 to 256", DSC_ERROR_UNSUPPORTED},
        {"label,a,b,c,d\n1,1,2.5,3,4\n", "not all whole", DSC_ERROR_UNSUPPORTED},
        {"label,a,b,c,d\n", "has a header, but no rows", DSC_ERROR_FORMAT},
        {"label,a,b,c,d,e\n1,1,2,3,4,5\n", "5 numbers, which is no square", DSC_ERROR_MISMATCH},
        {"label,a,b,c,d,e,f,g,h,i,j\n1,1,2,3,4,5,6,7,8,9,10\n", "if a column is neither label nor pixel",
         DSC_ERROR_MISMATCH},
        {"pixel0,pixel1,pixel2,pixel3\n1,1,2,3\n", "has no labels: its header names 4 columns of pixels",
         DSC_ERROR_FORMAT},
    };
    const dsc_reading how = dsc_reading_defaults();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_opening o;
        assert_int_equal(open_with(&o, table(cases[i].text), &how), cases[i].status);
        ASSERT_MESSAGE(error, cases[i].message);
        ASSERT_MESSAGE(error, "table.csv");
    }
}

static void a_test_table_goes_with_one_to_train_on(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_opening o;
    dsc_reading how = dsc_reading_defaults();
    (void)make_text(folder, "mnist_train.csv", "label,a,b,c,d\n1,1,2,3,4\n0,5,6,7,8\n1,1,1,1,1\n0,0,0,0,0\n");
    (void)make_text(folder, "mnist_test.csv", "label,a,b,c,d\n0,8,8,8,8\n");
    ASSERT_OK(open_with(&o, folder, &how), error);
    assert_int_equal(dsc_dataset_count(o.train), 4);
    assert_int_equal(dsc_dataset_count(o.test), 1);
    assert_int_equal(o.remarks.count, 0);
    dsc_opening_clear(&o);
    (void)make_text(folder, "mnist_test.csv", "label,a,b,c,d\n2,8,8,8,8\n");
    assert_int_equal(open_with(&o, make_path(folder, "mnist_train.csv"), &how), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "the test set has the class '2', which the training set lacks");
    /* Kaggle's test.csv has no labels. */
    (void)make_text(folder, "mnist_test.csv", "a,b,c,d\n8,8,8,8\n");
    how.test_share = 0.5;
    ASSERT_OK(open_with(&o, folder, &how), error);
    assert_int_equal(dsc_dataset_count(o.train), 2);
    assert_int_equal(dsc_dataset_count(o.test), 2);
    assert_non_null(strstr(o.remarks.line[0], "has no labels, as in Kaggle's test.csv"));
    dsc_opening_clear(&o);
}

static void rows_of_a_shape_are_images_of_it(void **state) {
    (void)state;
    dsc_opening o;
    dsc_reading how = dsc_reading_defaults();
    size_t shape[3];
    how.test_share = 0;
    how.shape = (char *)(uintptr_t) "3x1x2";
    ASSERT_OK(open_with(&o, table("label,a,b,c,d,e,f\n1,1,2,3,4,5,6\n"), &how), error);
    dsc_dataset_shape(o.train, shape);
    assert_int_equal(shape[0], 3);
    assert_int_equal(shape[1], 1);
    assert_int_equal(shape[2], 2);
    dsc_opening_clear(&o);
    how.shape = (char *)(uintptr_t) "2x2";
    assert_int_equal(open_with(&o, table("label,a,b,c,d,e,f\n1,1,2,3,4,5,6\n"), &how), DSC_ERROR_MISMATCH);
    how.shape = (char *)(uintptr_t) "2by2";
    assert_int_equal(open_with(&o, table("label,a,b,c,d,e,f\n1,1,2,3,4,5,6\n"), &how), DSC_ERROR_ARGUMENT);
}

/* --- arrays --- */

static void names_of_arrays_say_what_they_are(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int set, labels; /* labels -1: no message is expected */
    } cases[] = {{"x_train", 0, 0},
                 {"y_test", 2, 1},
                 {"X", 0, 0},
                 {"y", 0, 1},
                 {"train_images", 0, 0},
                 {"val_labels", 1, 1},
                 {"testX", 2, 0},
                 {"xTrain", 0, 0},
                 {"training-labels", 0, 1},
                 {"arr_0", 0, 0},
                 {"arr_3", 2, 1},
                 {"arr_4", 0, -1},
                 {"kmnist-test-imgs", 2, 0},
                 {"weights", 0, -1},
                 {"conv1.weight", 0, -1},
                 {"train", 0, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int set;
        bool labels;
        const bool known = dsc_array_role(&set, &labels, cases[i].name);
        if (known != (cases[i].labels >= 0)) fail_msg("%s", cases[i].name);
        if (!known) continue;
        assert_int_equal(set, cases[i].set);
        assert_int_equal(labels, cases[i].labels);
    }
}

static dsc_array array_of(dsc_type type, size_t rank, const size_t *shape, const void *data) {
    dsc_array array = {.type = type, .rank = rank, .data = (void *)(uintptr_t)data};
    memcpy(array.shape, shape, rank * sizeof *shape);
    return array;
}

static void arrays_of_a_file_or_a_folder_are_data(void **state) {
    (void)state;
    static const uint8_t pixels[3 * 4] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9}, test_label[2] = {1, 0};
    static const int32_t label[3] = {0, 1, 2};
    const dsc_array x = array_of(DSC_U8, 3, (const size_t[]){3, 2, 2}, pixels),
                    y = array_of(DSC_I32, 2, (const size_t[]){3, 1}, label),
                    xt = array_of(DSC_U8, 2, (const size_t[]){2, 4}, pixels),
                    yt = array_of(DSC_U8, 1, (const size_t[]){2}, test_label);
    const dsc_npz_entry entries[] = {{"x_train", &x}, {"y_train", &y}, {"x_test", &xt}, {"y_test", &yt}};
    const char *folder = testing_folder(), *file = make_path(folder, "data.npz"), *parts = testing_folder();
    const dsc_reading how = dsc_reading_defaults();
    ASSERT_OK(dsc_npz_write(file, entries, 4, &error), error);
    ASSERT_OK(dsc_npy_write(make_path(parts, "train-images.npy"), &x, &error), error);
    ASSERT_OK(dsc_npy_write(make_path(parts, "train-labels.npy"), &y, &error), error);
    ASSERT_OK(dsc_npy_write(make_path(parts, "test-images.npy"), &xt, &error), error);
    ASSERT_OK(dsc_npy_write(make_path(parts, "test-labels.npy"), &yt, &error), error);
    const char *const places[] = {file, folder,
                                  parts}; /* a folder that contains one file stands for that file */
    for (size_t i = 0; i < 3; i++) {
        dsc_opening o;
        ASSERT_OK(open_with(&o, places[i], &how), error);
        assert_int_equal(dsc_dataset_count(o.train), 3);
        assert_int_equal(dsc_dataset_count(o.test), 2);
        assert_memory_equal(dsc_dataset_images(o.train), pixels, 12);
        assert_bytes(dsc_dataset_labels(o.train), "012");
        assert_bytes(dsc_dataset_labels(o.test), "10");
        dsc_opening_clear(&o);
    }
    ASSERT_OK(dsc_npz_write(file, entries, 1, &error), error);
    dsc_opening o;
    assert_int_equal(open_with(&o, file, &how), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "there are no labels; found: x_train");
    assert_int_equal(open_with(&o, make_path(parts, "train-images.npy"), &how), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "name the folder");
}

/* Such a header is a whole file, and promises any number. */
static void arrays_with_an_empty_dimension_are_refused(void **state) {
    (void)state;
    static const uint8_t pixels[3 * 4] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9}, label[3] = {0, 1, 2};
    static const struct {
        size_t x[4], y[2];
        const char *says;
    } wrong[] = {{{3, 2, 2, 1}, {3, 0}, "expected labels"},
                 {{3, 2, 2, 1}, {100000000, 0}, "expected labels"},
                 {{1000000000, 5, 0, 3}, {3, 1}, "images without pixels"},
                 {{1000000000, 0, 4, 1}, {3, 1}, "images without pixels"}};
    const dsc_reading how = dsc_reading_defaults();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *folder = testing_folder();
        const dsc_array x = array_of(DSC_U8, 4, wrong[i].x, pixels),
                        y = array_of(DSC_U8, 2, wrong[i].y, label);
        dsc_opening o;
        ASSERT_OK(dsc_npy_write(make_path(folder, "train-images.npy"), &x, &error), error);
        ASSERT_OK(dsc_npy_write(make_path(folder, "train-labels.npy"), &y, &error), error);
        assert_int_equal(open_with(&o, folder, &how), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, wrong[i].says);
    }
}

static void colours_that_come_last_and_labels_one_of_many_are_understood(void **state) {
    (void)state;
    uint8_t pixels[2 * 5 * 5 * 3];
    static const float hot[6] = {0, 0, 1, 1, 0, 0};
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i % 3);
    const dsc_array x = array_of(DSC_U8, 4, (const size_t[]){2, 5, 5, 3}, pixels),
                    y = array_of(DSC_F32, 2, (const size_t[]){2, 3}, hot);
    const dsc_npz_entry entries[] = {{"X", &x}, {"y", &y}};
    const char *file = make_path(testing_folder(), "data.npz");
    dsc_opening o;
    size_t shape[3];
    ASSERT_OK(dsc_npz_write(file, entries, 2, &error), error);
    open_whole(&o, file);
    dsc_dataset_shape(o.train, shape);
    assert_int_equal(shape[0], 3);
    assert_int_equal(shape[1], 5);
    assert_int_equal(dsc_dataset_images(o.train)[24], 0);
    assert_int_equal(dsc_dataset_images(o.train)[25], 1);
    assert_int_equal(dsc_dataset_images(o.train)[74], 2);
    assert_bytes(dsc_dataset_labels(o.train), "20");
    dsc_opening_clear(&o);
}

static const char *tensors(const char *header, const char *data, size_t size) {
    unsigned char bytes[1024];
    const size_t n = strlen(header);
    for (size_t i = 0; i < 8; i++) bytes[i] = (unsigned char)((uint64_t)n >> 8 * i);
    memcpy(bytes + 8, header, n);
    memcpy(bytes + 8 + n, data, size);
    const char *path = make_path(testing_folder(), "data.safetensors");
    ASSERT_OK(dsc_file_write(path, bytes, 8 + n + size, &error), error);
    return path;
}

static void arrays_of_a_safetensors_file_are_data(void **state) {
    (void)state;
    dsc_opening o;
    const dsc_reading how = dsc_reading_defaults();
    open_whole(&o, tensors("{\"train_images\":{\"dtype\":\"U8\",\"shape\":[2,1,2],\"data_offsets\":[0,4]},"
                           "\"train_labels\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[4,8]}}",
                           "\1\2\3\4\1\0\0\0", 8));
    assert_memory_equal(dsc_dataset_images(o.train), "\1\2\3\4", 4);
    assert_bytes(dsc_dataset_labels(o.train), "10");
    dsc_opening_clear(&o);
    assert_int_equal(open_with(&o,
                               tensors("{\"x\":{\"dtype\":\"U8\",\"shape\":[2,1,2],\"data_offsets\":[0,99]}}",
                                       "\1\2\3\4", 4),
                               &how),
                     DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "within the 4 bytes of data");
    assert_int_equal(open_with(&o,
                               tensors("{\"x\":{\"dtype\":\"U8\",\"shape\":[3,1,2],\"data_offsets\":[0,4]}}",
                                       "\1\2\3\4", 4),
                               &how),
                     DSC_ERROR_FORMAT);
}

/* --- splits --- */

static void a_split_is_made_where_none_is_given_and_said(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_opening o, again;
    const dsc_reading how = dsc_reading_defaults();
    (void)make_images(folder, "train-images-idx3-ubyte", 100, 4, 5);
    (void)make_labels(folder, "train-labels-idx1-ubyte", 100, 4);
    ASSERT_OK(open_with(&o, folder, &how), error);
    ASSERT_OK(open_with(&again, folder, &how), error);
    assert_int_equal(dsc_dataset_count(o.train), 84); /* 21 of 25 of each class */
    assert_int_equal(dsc_dataset_count(o.test), 16);
    size_t per_class[4] = {0};
    for (size_t i = 0; i < 16; i++) per_class[dsc_dataset_labels(o.test)[i]]++;
    for (size_t k = 0; k < 4; k++) assert_int_equal(per_class[k], 4);
    for (size_t i = 0; i < 16; i++)
        assert_memory_equal(dsc_dataset_image(o.test, i), dsc_dataset_image(again.test, i), 20);
    assert_non_null(strstr(o.remarks.line[0], "has no test set; 16 of 100 images are held out"));
    dsc_opening_clear(&o);
    dsc_opening_clear(&again);
}

static void images_that_come_class_by_class_are_mixed(void **state) {
    (void)state;
    char text[4096] = "label,a,b,c,d\n";
    for (int i = 0; i < 40; i++) (void)snprintf(text + strlen(text), 64, "%d,1,2,3,%d\n", i / 20, i);
    dsc_reading how = dsc_reading_defaults();
    how.test_share = 0;
    const char *path = table(text);
    dsc_opening o = {.title = path, .reading = &how, .forms = &dsc_data_form_registry};
    ASSERT_OK(dsc_data_form_open(&o, path, &error), error);
    size_t runs = 1;
    bool seen[40] = {false};
    for (size_t i = 0; i < 40; i++) {
        const uint8_t value = dsc_dataset_image(o.train, i)[3];
        assert_false(seen[value]);
        seen[value] = true;
        assert_int_equal(dsc_dataset_label(o.train, i), value / 20);
        runs += i && dsc_dataset_label(o.train, i) != dsc_dataset_label(o.train, i - 1);
    }
    assert_true(runs > 5);
    dsc_opening_clear(&o);
}

static void rows_of_a_group_stay_on_one_side(void **state) {
    (void)state;
    char text[8192] = "label,writer,a,b,c,d\n";
    for (int i = 0; i < 100; i++)
        (void)snprintf(text + strlen(text), 64, "%d,w%d,1,2,3,%d\n", i % 2, i / 10, i / 10);
    dsc_opening o;
    dsc_reading how = dsc_reading_defaults();
    how.test_share = 0.3;
    how.group_by = (char *)(uintptr_t) "writer";
    ASSERT_OK(open_with(&o, table(text), &how), error);
    assert_int_equal(dsc_dataset_count(o.test), 30);
    bool tested[10] = {false};
    for (size_t i = 0; i < 30; i++) tested[dsc_dataset_image(o.test, i)[3]] = true;
    for (size_t i = 0; i < 70; i++) assert_false(tested[dsc_dataset_image(o.train, i)[3]]);
    dsc_opening_clear(&o);
    const char *folder = make_mnist(testing_folder());
    ASSERT_OK(open_with(&o, folder, &how), error); /* it is already split */
    dsc_opening_clear(&o);
}

/* --- the public function, and unknown forms --- */

static void the_library_opens_any_of_its_forms(void **state) {
    (void)state;
    dsc_dataset *train, *test;
    dsc_remarks remarks;
    dsc_data_options how = dsc_data_options_defaults();
    const char *path = table("label,a,b,c,d\n0,1,2,3,4\n1,1,2,3,4\n0,1,2,3,4\n1,1,2,3,4\n");
    how.test_share = 0.5;
    ASSERT_OK(dsc_dataset_open_any(&train, &test, path, &how, &remarks, &error), error);
    assert_int_equal(dsc_dataset_count(train), 2);
    assert_int_equal(dsc_dataset_count(test), 2);
    assert_int_equal(remarks.count, 1);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    ASSERT_OK(dsc_dataset_open_any(&train, &test, make_mnist(testing_folder()), NULL, NULL, &error), error);
    assert_int_equal(dsc_dataset_count(test), 20);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    how.test_share = 2;
    assert_int_equal(dsc_dataset_open_any(&train, &test, path, &how, NULL, &error), DSC_ERROR_ARGUMENT);
    assert_null(train);
    how.size = 3;
    assert_int_equal(dsc_dataset_open_any(&train, &test, path, &how, NULL, &error), DSC_ERROR_ARGUMENT);
}

static void what_is_none_of_the_forms_is_told_with_what_would_be_read(void **state) {
    (void)state;
    dsc_opening o;
    const dsc_reading how = dsc_reading_defaults();
    const char *folder = testing_folder();
    (void)make_text(folder, "notes.txt", "Hello, these are, well, notes, and no numbers.\n");
    assert_int_equal(open_with(&o, folder, &how), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "idx, cifar, csv, arrays, safetensors");
    ASSERT_MESSAGE(error, "found: notes.txt");
    assert_int_equal(open_with(&o, make_path(folder, "notes.txt"), &how), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "found: text");
    assert_int_equal(open_with(&o, make_path(folder, "absent"), &how), DSC_ERROR_IO);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    const char *places[3];
    static const uint8_t pixels[12] = {1, 2, 3};
    static const int32_t label[3] = {0, 1, 1};
    const dsc_array x = array_of(DSC_U8, 3, (const size_t[]){3, 2, 2}, pixels),
                    y = array_of(DSC_I32, 1, (const size_t[]){3}, label);
    const dsc_npz_entry entries[] = {{"X", &x}, {"y", &y}};
    places[0] = table("label,w,a,b,c,d\n\"x, y\",1,1,2.5e-1,0,1\nz,2,1,0,0,1\nz,3,1,0,0,1\n");
    places[1] = make_path(testing_folder(), "data.npz");
    ASSERT_OK(dsc_npz_write(places[1], entries, 2, &error), error);
    places[2] = tensors("{\"x\":{\"dtype\":\"U8\",\"shape\":[2,1,2],\"data_offsets\":[0,4]},"
                        "\"y\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]}}",
                        "\1\2\3\4\1\0", 6);
    for (size_t p = 0; p < 3; p++) {
        dsc_reading how = dsc_reading_defaults();
        how.test_share = 0.4;
        if (p == 0) how.group_by = (char *)(uintptr_t) "w";
        if (p == 2) how.test_share = 0; /* two images of two classes cannot be split */
        for (long n = 0;; n++) {
            dsc_opening o;
            testing_fail_allocation(n);
            dsc_status status = open_with(&o, places[p], &how);
            const bool failed = testing_allocation_failed();
            dsc_opening_clear(&o);
            if (!failed) {
                ASSERT_OK(status, error);
                assert_true(n > 10);
                break;
            }
            assert_int_equal(status, DSC_ERROR_MEMORY);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_has_its_labels_first_last_or_by_name),
        cmocka_unit_test(tables_are_read_whatever_wrote_them),
        cmocka_unit_test(shares_become_bytes_in_any_locale),
        cmocka_unit_test(labels_are_numbers_or_become_names),
        cmocka_unit_test(what_is_wrong_with_a_table_is_named_with_its_line),
        cmocka_unit_test(a_test_table_goes_with_one_to_train_on),
        cmocka_unit_test(rows_of_a_shape_are_images_of_it),
        cmocka_unit_test(names_of_arrays_say_what_they_are),
        cmocka_unit_test(arrays_of_a_file_or_a_folder_are_data),
        cmocka_unit_test(arrays_with_an_empty_dimension_are_refused),
        cmocka_unit_test(colours_that_come_last_and_labels_one_of_many_are_understood),
        cmocka_unit_test(arrays_of_a_safetensors_file_are_data),
        cmocka_unit_test(a_split_is_made_where_none_is_given_and_said),
        cmocka_unit_test(images_that_come_class_by_class_are_mixed),
        cmocka_unit_test(rows_of_a_group_stay_on_one_side),
        cmocka_unit_test(the_library_opens_any_of_its_forms),
        cmocka_unit_test(what_is_none_of_the_forms_is_told_with_what_would_be_read),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
