/* SPDX-License-Identifier: MIT */
#include "making.h"

#include "data/cache.h"
#include "data/dataset.h"
#include "data/folder.h"
#include "data/known.h"

#include <sys/stat.h>
#include <unistd.h>

static void real_mnist_is_what_the_tutorial_says_it_is(void **state) {
    (void)state;
    const char *folder = testing_mnist();
    if (!folder) TEST_SKIP("needs MNIST in $DESCENDER_DATA");
    dsc_error error;
    dsc_dataset *train, *test;
    ASSERT_OK(dsc_mnist_open(&train, &test, folder, &error), error);
    size_t shape[3];
    dsc_dataset_shape(train, shape);
    assert_int_equal(dsc_dataset_count(train), 60000);
    assert_int_equal(dsc_dataset_count(test), 10000);
    assert_int_equal(shape[0], 1);
    assert_int_equal(shape[1], 28);
    assert_int_equal(shape[2], 28);
    assert_int_equal(dsc_dataset_classes(train), 10);
    assert_string_equal(dsc_dataset_class_name(train, 7), "7");
    assert_int_equal(dsc_dataset_labels(train)[59999], 8);
    static const size_t expected[10] = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
    size_t counts[10] = {0};
    for (size_t i = 0; i < 60000; i++) counts[dsc_dataset_labels(train)[i]]++;
    assert_memory_equal(counts, expected, sizeof counts);
    assert_string_equal(dsc_dataset_name(train), "MNIST, training set");
    assert_string_equal(dsc_dataset_name(test), "MNIST, test set");
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

static void real_mnist_has_the_known_checksums(void **state) {
    (void)state;
    const char *folder = testing_mnist();
    if (!folder) TEST_SKIP("needs MNIST in $DESCENDER_DATA");
    dsc_error error;
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        char *path;
        dsc_content content;
        ASSERT_OK(dsc_mnist_find(&path, folder, i, &error), error);
        assert_non_null(path);
        ASSERT_OK(dsc_idx_load(&content, path, NULL, &error), error);
        int which;
        assert_ptr_equal(dsc_known_file_find(&which, content.size, content.crc), &dsc_known_data_mnist);
        assert_int_equal(which, i);
        assert_null(dsc_known_file_find(&which, content.size + 1, content.crc));
        assert_null(dsc_known_file_find(&which, content.size, content.crc ^ 1));
        dsc_content_clear(&content);
        free(path);
    }
}

static void four_files_open_and_are_named_by_their_folder(void **state) {
    (void)state;
    const char *folder = make_mnist(testing_folder());
    dsc_dataset *train, *test;
    dsc_error error;
    char expected[256];
    ASSERT_OK(dsc_mnist_open(&train, &test, folder, &error), error);
    assert_int_equal(dsc_dataset_count(train), 30);
    assert_int_equal(dsc_dataset_count(test), 20);
    (void)snprintf(expected, sizeof expected, "%s, training set", folder);
    assert_string_equal(dsc_dataset_name(train), expected);
    (void)snprintf(expected, sizeof expected, "%s, test set", folder);
    assert_string_equal(dsc_dataset_name(test), expected);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

static void files_are_found_under_each_of_their_names(void **state) {
    (void)state;
    static const char *const names[] = {"train-images.idx3-ubyte", "train-images.idx3-ubyte.gz",
                                        "train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"};
    const char *folder = testing_folder();
    dsc_error error;
    char *path;
    ASSERT_OK(dsc_mnist_find(&path, folder, DSC_TRAIN_IMAGES, &error), error);
    assert_null(path);
    for (size_t i = 0; i < 4; i++) { /* each place takes precedence over those before it */
        const char *made = make_images(folder, names[i], 3, 2, 2);
        ASSERT_OK(dsc_mnist_find(&path, folder, DSC_TRAIN_IMAGES, &error), error);
        assert_string_equal(path, made);
        free(path);
    }
    assert_int_equal(mkdir(make_path(folder, "t10k-images-idx3-ubyte.gz"), 0700), 0);
    const char *made = make_images(folder, "t10k-images.idx3-ubyte", 3, 2, 2);
    ASSERT_OK(dsc_mnist_find(&path, folder, DSC_TEST_IMAGES, &error), error);
    assert_string_equal(path, made);
    free(path);
}

static void refuse(const char *folder, dsc_status code, const char *a, const char *b) {
    dsc_dataset *train, *test;
    dsc_error error;
    memset(&train, 0x55, sizeof train);
    memset(&test, 0x55, sizeof test);
    assert_int_equal(dsc_mnist_open(&train, &test, folder, &error), code);
    assert_null(train);
    assert_null(test);
    ASSERT_MESSAGE(error, a);
    ASSERT_MESSAGE(error, b);
}

static void an_incomplete_or_contradictory_folder_is_refused(void **state) {
    (void)state;
    const char *folder = make_mnist(testing_folder());
    refuse(make_path(folder, "absent"), DSC_ERROR_IO, "absent", "not a folder");
    refuse(make_path(folder, "train-images-idx3-ubyte.gz"), DSC_ERROR_IO, "train-images", "not a folder");
    refuse(testing_folder(), DSC_ERROR_IO, "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte");
    assert_int_equal(unlink(make_path(folder, "t10k-labels-idx1-ubyte.gz")), 0);
    refuse(folder, DSC_ERROR_IO, "missing: t10k-labels-idx1-ubyte;", folder);
    (void)make_mnist(folder);
    (void)make_images(folder, "t10k-images-idx3-ubyte.gz", 20, 5, 5);
    refuse(folder, DSC_ERROR_MISMATCH, "1 x 4 x 5", "1 x 5 x 5");
    (void)make_mnist(folder);
    (void)make_text(folder, "train-images-idx3-ubyte.gz", "<html><body>404</body></html>");
    refuse(folder, DSC_ERROR_FORMAT, "train-images-idx3-ubyte.gz", "web page");
    (void)make_mnist(folder);
    (void)make_labels(folder, "t10k-labels-idx1-ubyte.gz", 20,
                      12); /* a class that the training set lacks: then there are 12 */
    dsc_dataset *train, *test;
    dsc_error error;
    ASSERT_OK(dsc_mnist_open(&train, &test, folder, &error), error);
    assert_int_equal(dsc_dataset_classes(train), 12);
    assert_int_equal(dsc_dataset_classes(test), 12);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

/* Runs in an empty folder with an empty home and no $DESCENDER_DATA. */
struct place {
    char *before, *data;
    const char *home, *here;
};

static void enter(struct place *place) {
    const char *data = getenv("DESCENDER_DATA");
    place->data = data ? strdup(data) : NULL;
    place->before = getcwd(NULL, 0);
    place->home = testing_folder();
    place->here = testing_folder();
    assert_int_equal(unsetenv("DESCENDER_DATA"), 0);
    assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
    assert_int_equal(setenv("HOME", place->home, 1), 0);
    assert_int_equal(chdir(place->here), 0);
}

static void leave(struct place *place) {
    assert_int_equal(chdir(place->before), 0);
    if (place->data) assert_int_equal(setenv("DESCENDER_DATA", place->data, 1), 0);
    free(place->before);
    free(place->data);
}

static void mnist_is_looked_for_in_three_places_in_order(void **state) {
    (void)state;
    struct place place;
    enter(&place);
    dsc_error error;
    char *folder;
    assert_int_equal(dsc_mnist_locate(&folder, &error), DSC_ERROR_IO);
    assert_null(folder);
    ASSERT_MESSAGE(error, "$DESCENDER_DATA (not set)");
    ASSERT_MESSAGE(error, "./data");
    ASSERT_MESSAGE(error, place.home);
    refuse(NULL, DSC_ERROR_IO, "MNIST was not found", "./data");

    const char *cached = make_path(place.home, ".cache/descender/mnist");
    ASSERT_OK(dsc_folder_make(cached, &error), error);
    (void)make_mnist(cached);
    ASSERT_OK(dsc_mnist_locate(&folder, &error), error);
    assert_string_equal(folder, cached);
    free(folder);

    assert_int_equal(mkdir("data", 0700), 0);
    ASSERT_OK(dsc_mnist_locate(&folder, &error), error);
    assert_string_equal(folder, cached); /* an empty ./data is skipped */
    free(folder);
    (void)make_labels("data", "t10k-labels.idx1-ubyte", 20, 10);
    ASSERT_OK(dsc_mnist_locate(&folder, &error), error);
    assert_string_equal(folder, "./data"); /* a folder with some of the files is incomplete, not skipped */
    free(folder);
    refuse(NULL, DSC_ERROR_IO, "./data", "missing: train-images-idx3-ubyte, ");

    const char *given = make_mnist(testing_folder());
    assert_int_equal(setenv("DESCENDER_DATA", given, 1), 0);
    ASSERT_OK(dsc_mnist_locate(&folder, &error), error);
    assert_string_equal(folder, given);
    free(folder);
    assert_int_equal(unsetenv("DESCENDER_DATA"), 0);
    leave(&place);
}

static void the_cache_folder_follows_the_xdg_rules(void **state) {
    (void)state;
    struct place place;
    enter(&place);
    char *folder = dsc_user_cache();
    assert_string_equal(folder, make_path(place.home, ".cache/descender"));
    free(folder);
    assert_int_equal(setenv("XDG_CACHE_HOME", "/somewhere", 1), 0);
    folder = dsc_user_cache();
    assert_string_equal(folder, "/somewhere/descender");
    free(folder);
    assert_int_equal(setenv("XDG_CACHE_HOME", "relative", 1), 0); /* the specification says to ignore it */
    folder = dsc_user_cache();
    assert_string_equal(folder, make_path(place.home, ".cache/descender"));
    free(folder);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_null(dsc_user_cache());
    char *found;
    dsc_error error;
    assert_int_equal(dsc_mnist_locate(&found, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "no home");
    leave(&place);
}

static void opening_survives_every_failed_allocation(void **state) {
    (void)state;
    struct place place;
    enter(&place);
    assert_int_equal(mkdir("data", 0700), 0);
    (void)make_mnist("data");
    long n = 0;
    for (bool failed = true; failed; n++) {
        dsc_dataset *train, *test;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_mnist_open(&train, &test, NULL, &error);
        failed = testing_allocation_failed();
        /* a failure while the user's cache is named only shortens the list of places */
        if (!failed) assert_int_equal(status, DSC_OK);
        assert_true(status == DSC_OK || status == DSC_ERROR_MEMORY);
        assert_true((train == NULL) == (status != DSC_OK));
        assert_true((test == NULL) == (status != DSC_OK));
        dsc_dataset_free(train);
        dsc_dataset_free(test);
    }
    assert_true(n > 30);
    leave(&place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_mnist_is_what_the_tutorial_says_it_is),
        cmocka_unit_test(real_mnist_has_the_known_checksums),
        cmocka_unit_test(four_files_open_and_are_named_by_their_folder),
        cmocka_unit_test(files_are_found_under_each_of_their_names),
        cmocka_unit_test(an_incomplete_or_contradictory_folder_is_refused),
        cmocka_unit_test(mnist_is_looked_for_in_three_places_in_order),
        cmocka_unit_test(the_cache_folder_follows_the_xdg_rules),
        cmocka_unit_test(opening_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
