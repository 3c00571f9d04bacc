/* SPDX-License-Identifier: MIT */
/* test_emnist.c: the four files under the names of their publishers, and EMNIST in the form of other data. */
#include "making.h"

#include "data/check.h"
#include "data/emnist.h"
#include "data/folder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- names --- */

static void published_names_are_known(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int which; /* -1: none of the four */
        size_t prefix;
    } names[] = {
        {"train-images-idx3-ubyte", DSC_TRAIN_IMAGES, 0},
        {"t10k-labels-idx1-ubyte.gz", DSC_TEST_LABELS, 0},
        {"train-images.idx3-ubyte", DSC_TRAIN_IMAGES, 0}, /* Kaggle */
        {"TRAIN-LABELS-IDX1-UBYTE.GZ", DSC_TRAIN_LABELS,
         0}, /* from a file system that has capital letters only */
        {"test-images-idx3-ubyte", DSC_TEST_IMAGES, 0},
        {"emnist-letters-train-images-idx3-ubyte.gz", DSC_TRAIN_IMAGES, 15},
        {"emnist-byclass-test-labels-idx1-ubyte", DSC_TEST_LABELS, 15},
        {"qmnist-train-images-idx3-ubyte.gz", DSC_TRAIN_IMAGES, 7},
        {"qmnist-test-labels-idx2-int.gz", DSC_TEST_LABELS, 7},
        {"fashion_train_images_idx3_ubyte", DSC_TRAIN_IMAGES, 8},
        {"emnist-letters-mapping.txt", -1, 0},
        {"train-images-idx3-ubyte.txt", -1, 0},
        {"train-images", -1, 0},
        {"retrain-images-idx3-ubyte", -1, 0},
        {"kmnist-train-imgs.npz", -1, 0},
        {"ubyte", -1, 0},
        {"-ubyte", -1, 0},
        {"idx3-ubyte", -1, 0},
        {"images-idx3-ubyte", -1, 0},
        {"", -1, 0},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int which = -1;
        size_t prefix = 0;
        bool known = dsc_mnist_name(&which, &prefix, names[i].name);
        assert_int_equal(known, names[i].which >= 0);
        if (!known) continue;
        assert_int_equal(which, names[i].which);
        assert_int_equal(prefix, names[i].prefix);
    }
    assert_true(dsc_emnist_is("a/emnist-letters-train-images-idx3-ubyte.gz"));
    assert_true(dsc_emnist_is("EMNIST-mnist-test-images-idx3-ubyte"));
    assert_true(dsc_emnist_is("emnist-mine-train-images-idx3-ubyte"));
    assert_false(dsc_emnist_is("emnistic-train-images-idx3-ubyte"));
    assert_false(dsc_emnist_is("emnist-mine-mapping.txt"));
    assert_false(dsc_emnist_is("emnist/train-images-idx3-ubyte"));
    assert_false(dsc_emnist_is("qmnist-train-images-idx3-ubyte"));
}

/* Writes four files of 6 + 4 images of 2 x 3 (in the file), with labels from `first` on; START is the
 * beginning of their names. */
static void make_set(const char *folder, const char *start, const char *ending, size_t first,
                     size_t classes) {
    static const char *const parts[] = {"train", "test"};
    const size_t counts[] = {6, 4};
    for (int i = 0; i < 2; i++) {
        char name[200];
        (void)snprintf(name, sizeof name, "%s%s-images-idx3-ubyte%s", start, parts[i], ending);
        const size_t shape[3] = {counts[i], 2, 3};
        (void)make_idx(folder, name, 3, shape, 0, 1, 251);
        (void)snprintf(name, sizeof name, "%s%s-labels-idx1-ubyte%s", start, parts[i], ending);
        dsc_array labels;
        dsc_error error;
        ASSERT_OK(dsc_array_create(&labels, DSC_U8, 1, &counts[i], &error), error);
        for (size_t k = 0; k < counts[i]; k++) ((uint8_t *)labels.data)[k] = (uint8_t)(first + k % classes);
        ASSERT_OK(dsc_idx_write(make_path(folder, name), &labels, &error), error);
        dsc_array_clear(&labels);
    }
}

static void open_both(dsc_dataset *sets[2], const char *place) {
    dsc_error error;
    ASSERT_OK(dsc_mnist_open(&sets[0], &sets[1], place, &error), error);
}

static void free_both(dsc_dataset *sets[2]) {
    dsc_dataset_free(sets[0]);
    dsc_dataset_free(sets[1]);
}

static void refuse(const char *place, const char *a, const char *b) {
    dsc_dataset *train, *test;
    dsc_error error;
    assert_int_not_equal(dsc_mnist_open(&train, &test, place, &error), DSC_OK);
    assert_null(train);
    assert_null(test);
    ASSERT_MESSAGE(error, a);
    ASSERT_MESSAGE(error, b);
}

/* --- EMNIST --- */

static void its_images_are_turned_upright(void **state) {
    (void)state;
    const char *folder = testing_folder();
    make_set(folder, "emnist-digits-", ".gz", 0, 4);
    dsc_dataset *sets[2];
    open_both(sets, folder);
    size_t shape[3];
    dsc_dataset_shape(sets[0], shape);
    assert_int_equal(shape[1], 3);
    assert_int_equal(shape[2], 2);
    static const uint8_t upright[6] = {6, 9, 7, 10, 8, 11}; /* of 6 7 8 / 9 10 11 */
    assert_memory_equal(dsc_dataset_images(sets[0]) + 6, upright, 6);
    assert_int_equal(dsc_dataset_classes(sets[0]), 10);
    assert_string_equal(dsc_dataset_class_name(sets[1], 9), "9");
    free_both(sets);
    /* The same through the paths of two files. */
    dsc_error error;
    ASSERT_OK(dsc_dataset_open(&sets[0], make_path(folder, "emnist-digits-train-images-idx3-ubyte.gz"),
                               make_path(folder, "emnist-digits-train-labels-idx1-ubyte.gz"), &error),
              error);
    assert_memory_equal(dsc_dataset_images(sets[0]) + 6, upright, 6);
    assert_string_equal(dsc_dataset_class_name(sets[0], 9), "9");
    dsc_dataset_free(sets[0]);
}

static void its_classes_have_their_names(void **state) {
    (void)state;
    static const struct {
        const char *split;
        size_t first, classes;
        const char *last;
    } splits[] = {{"digits", 0, 10, "9"},   {"mnist", 0, 10, "9"},   {"letters", 1, 26, "Z"},
                  {"balanced", 0, 47, "t"}, {"bymerge", 0, 47, "t"}, {"byclass", 0, 62, "z"}};
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        const char *folder = testing_folder();
        char start[64];
        (void)snprintf(start, sizeof start, "emnist-%s-", splits[i].split);
        make_set(folder, start, "", splits[i].first, 3);
        dsc_dataset *sets[2];
        open_both(sets, folder);
        assert_int_equal(dsc_dataset_classes(sets[0]), splits[i].classes);
        assert_string_equal(dsc_dataset_class_name(sets[0], splits[i].classes - 1), splits[i].last);
        assert_int_equal(dsc_dataset_labels(sets[0])[0], 0); /* also if the labels in the file begin with 1 */
        assert_int_equal(dsc_dataset_labels(sets[1])[2], 2);
        free_both(sets);
    }
}

static void its_mapping_is_read(void **state) {
    (void)state;
    const char *folder = testing_folder();
    make_set(folder, "emnist-letters-", ".gz", 1, 3);
    (void)make_text(folder, "emnist-letters-mapping.txt",
                    "\xEF\xBB\xBF"
                    "1 97 65\r\n2 252 220\r\n3 8364\r\n\r\n");
    dsc_dataset *sets[2];
    open_both(sets, folder);
    assert_int_equal(dsc_dataset_classes(sets[0]), 3);
    assert_string_equal(dsc_dataset_class_name(sets[0], 0), "a");
    assert_string_equal(dsc_dataset_class_name(sets[0], 1), "\xC3\xBC");
    assert_string_equal(dsc_dataset_class_name(sets[0], 2), "\xE2\x82\xAC");
    free_both(sets);
    static const char *const wrong[] = {"",          "1\n",      "x 65\n",       "1 65\n3 67\n",
                                        "1 10\n",    "300 65\n", "1 65x\n",      "1 -1\n",
                                        "1 55296\n", "1 127\n",  "1 65\n1 66\n", "1 65\n2 66\n3 65\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)make_text(folder, "emnist-letters-mapping.txt", wrong[i]);
        refuse(folder, "emnist-letters-mapping.txt", "copy EMNIST's mapping again");
    }
    (void)make_text(folder, "emnist-letters-mapping.txt", "1 65\n2 \xE9\n");
    refuse(folder, "emnist-letters-mapping.txt", "line 2, byte 3: 0xe9 is not UTF-8");
}

/* Someone's selection of EMNIST's images has no published classes, and is transposed as they are. */
static void a_split_of_ones_own_is_turned_upright(void **state) {
    (void)state;
    const char *folder = testing_folder();
    make_set(folder, "emnist-mine-", "", 1, 3);
    dsc_dataset *sets[2];
    open_both(sets, folder);
    static const uint8_t upright[6] = {6, 9, 7, 10, 8, 11}; /* of 6 7 8 / 9 10 11 */
    assert_memory_equal(dsc_dataset_images(sets[0]) + 6, upright, 6);
    assert_int_equal(dsc_dataset_labels(sets[0])[0], 1);
    free_both(sets);
    (void)make_text(folder, "emnist-mine-mapping.txt", "1 120\n2 121\n3 122\n");
    open_both(sets, folder);
    assert_int_equal(dsc_dataset_labels(sets[0])[0], 0);
    assert_string_equal(dsc_dataset_class_name(sets[0], 2), "z");
    free_both(sets);
}

static void labels_of_other_classes_keep_their_numbers(void **state) {
    (void)state;
    const char *folder = testing_folder();
    make_set(folder, "emnist-letters-", ".gz", 0, 3); /* label 0 is invalid in EMNIST letters */
    dsc_dataset *sets[2];
    open_both(sets, folder);
    assert_int_equal(dsc_dataset_classes(sets[0]), 10);
    assert_string_equal(dsc_dataset_class_name(sets[0], 1), "1");
    free_both(sets);
    (void)make_text(folder, "labels.txt", "x\ny\nz\n");
    open_both(sets, folder);
    assert_string_equal(dsc_dataset_class_name(sets[0], 1), "y");
    free_both(sets);
}

static void one_of_several_sets_is_chosen_by_name(void **state) {
    (void)state;
    const char *folder = testing_folder();
    make_set(folder, "emnist-letters-", ".gz", 1, 3);
    make_set(folder, "emnist-digits-", "", 0, 3);
    refuse(folder, "several sets of files: emnist-digits, emnist-letters", "/emnist-digits");
    dsc_dataset *sets[2];
    open_both(sets, make_path(folder, "emnist-letters"));
    assert_string_equal(dsc_dataset_class_name(sets[0], 25), "Z");
    free_both(sets);
    for (int i = 0; i < 6; i++) { /* a list of names of any length leaves room for the remedy */
        char prefix[153];
        memset(prefix, 'x', 150);
        memcpy(prefix + 150, (char[]){(char)('0' + i), '-', 0}, 3);
        make_set(folder, prefix, "", 0, 3);
    }
    refuse(folder, "several sets of files: emnist-digits, emnist-letters, xxx", "/emnist-digits");
    open_both(sets, make_path(folder, "EMNIST-DIGITS"));
    assert_int_equal(dsc_dataset_classes(sets[0]), 10);
    free_both(sets);
    refuse(make_path(folder, "emnist-balanced"), "emnist-balanced", "not a folder");
    assert_true(dsc_mnist_is_place(make_path(folder, "emnist-digits")));
    assert_false(dsc_mnist_is_place(make_path(folder, "emnist-digit")));
    assert_true(dsc_mnist_is_place(folder));
    dsc_check_counts counts;
    dsc_error error;
    ASSERT_OK(dsc_data_check(&counts, make_path(folder, "emnist-letters"), NULL, NULL, &error), error);
    assert_int_equal(counts.errors, 0);
    assert_true(counts.notes > 0);
    ASSERT_OK(dsc_data_check(&counts, folder, NULL, NULL, &error), error);
    assert_int_equal(counts.errors, 1);
}

/* --- folders that are almost correct --- */

static void other_spellings_open(void **state) {
    (void)state;
    static const char *const from[] = {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
                                       "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"};
    static const char *const to[][4] = {
        {"train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte",
         "t10k-labels.idx1-ubyte"},
        {"TRAIN-IMAGES-IDX3-UBYTE.GZ", "TRAIN-LABELS-IDX1-UBYTE.GZ", "T10K-IMAGES-IDX3-UBYTE.GZ",
         "T10K-LABELS-IDX1-UBYTE.GZ"},
        {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "test-images-idx3-ubyte",
         "test-labels-idx1-ubyte"},
        {"my-train-images-idx3-ubyte.gz", "my-train-labels-idx1-ubyte.gz", "my-t10k-images-idx3-ubyte.gz",
         "my-t10k-labels-idx1-ubyte.gz"},
    };
    for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
        const char *folder = make_mnist(testing_folder());
        for (int k = 0; k < 4; k++) /* a compressed file with a plain name, too: its content decides */
            assert_int_equal(rename(make_path(folder, from[k]), make_path(folder, to[i][k])), 0);
        dsc_dataset *sets[2];
        open_both(sets, folder);
        assert_int_equal(dsc_dataset_count(sets[1]), 20);
        free_both(sets);
    }
}

static void a_folder_of_a_files_name_holds_the_file(void **state) {
    (void)state;
    const char *folder = make_mnist(testing_folder());
    const char *name = make_path(folder, "t10k-images-idx3-ubyte"), *other = make_path(folder, "other");
    assert_int_equal(rename(make_path(folder, "t10k-images-idx3-ubyte.gz"), other), 0);
    assert_int_equal(mkdir(name, 0777), 0);
    refuse(folder, "missing: t10k-images-idx3-ubyte", "other");
    assert_int_equal(rename(other, make_path(name, "t10k-images-idx3-ubyte")), 0);
    (void)make_text(folder, "labels.txt", "0\n1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    dsc_dataset *sets[2];
    open_both(sets, folder);
    assert_int_equal(dsc_dataset_count(sets[1]), 20);
    assert_string_equal(dsc_dataset_class_name(sets[0], 9), "nine");
    free_both(sets);
}

static void files_of_two_sets_are_never_mixed(void **state) {
    (void)state;
    const char *folder = make_mnist(testing_folder());
    make_set(folder, "emnist-digits-", ".gz", 0, 4);
    dsc_dataset *sets[2];
    open_both(sets, folder); /* MNIST's own names come first */
    assert_int_equal(dsc_dataset_count(sets[1]), 20);
    free_both(sets);
    assert_int_equal(unlink(make_path(folder, "t10k-labels-idx1-ubyte.gz")), 0);
    refuse(folder, "t10k-labels-idx1-ubyte", "missing");
}

static void what_is_there_is_said(void **state) {
    (void)state;
    const char *folder = testing_folder(), *below = make_path(folder, "MNIST");
    refuse(folder, "missing: train-images-idx3-ubyte, train-labels", "found: nothing");
    (void)make_text(folder, "kmnist-train-imgs.npz", "PK");
    (void)make_text(folder, "b\033[2Jc", "");
    refuse(folder, "found: b\\x1b[2Jc, kmnist-train-imgs.npz", "put the missing ones there");
    refuse(make_path(folder, "kmnist-train-imgs.npz"), "is not a folder", "name the folder");
    assert_int_equal(mkdir(below, 0777), 0);
    const char *raw = make_path(below, "raw");
    assert_int_equal(mkdir(raw, 0777), 0);
    (void)make_mnist(raw);
    refuse(folder, "a folder in it has such files: name ", "/MNIST/raw");
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    const char *folder = testing_folder();
    make_set(folder, "emnist-letters-", "", 1, 3);
    (void)make_text(folder, "emnist-letters-mapping.txt", "1 65\n2 66\n3 67\n");
    make_set(folder, "emnist-digits-", "", 0, 3);
    const char *const places[] = {make_path(folder, "emnist-letters"), make_path(folder, "emnist-digits"),
                                  folder};
    for (size_t i = 0; i < 3; i++)
        for (long n = 0;; n++) {
            dsc_dataset *sets[2];
            dsc_error error;
            testing_fail_allocation(n);
            dsc_status status = dsc_mnist_open(&sets[0], &sets[1], places[i], &error);
            bool failed = testing_allocation_failed();
            if (!status) free_both(sets);
            if (!failed) {
                assert_int_equal(status == DSC_OK, i < 2);
                break;
            }
            if (status) assert_null(sets[0]);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_names_are_known),
        cmocka_unit_test(its_images_are_turned_upright),
        cmocka_unit_test(its_classes_have_their_names),
        cmocka_unit_test(its_mapping_is_read),
        cmocka_unit_test(a_split_of_ones_own_is_turned_upright),
        cmocka_unit_test(labels_of_other_classes_keep_their_numbers),
        cmocka_unit_test(one_of_several_sets_is_chosen_by_name),
        cmocka_unit_test(other_spellings_open),
        cmocka_unit_test(a_folder_of_a_files_name_holds_the_file),
        cmocka_unit_test(files_of_two_sets_are_never_mixed),
        cmocka_unit_test(what_is_there_is_said),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
