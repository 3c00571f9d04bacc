/* SPDX-License-Identifier: MIT */
#include "making.h"

#include "base/text.h"
#include "data/check.h"
#include "data/dataset.h"

#include <math.h>
#include <unistd.h>

/* All findings, one on each line, with its level: "error: ...". */
static dsc_text findings;

static void collect(void *user, dsc_check_level level, const char *message) {
    static const char *const names[] = {"note", "warning", "error"};
    assert_ptr_equal(user, &findings);
    assert_null(strchr(message, '\n'));
    dsc_text_append(&findings, "%s: %s\n", names[level], message);
}

static dsc_check_counts check(const char *folder) {
    dsc_check_counts counts;
    dsc_error error;
    dsc_text_free(&findings);
    ASSERT_OK(dsc_data_check(&counts, folder, collect, &findings, &error), error);
    size_t lines = 0;
    for (const char *p = findings.data; p && *p; p++) lines += *p == '\n';
    assert_int_equal(lines, counts.notes + counts.warnings + counts.errors);
    return counts;
}

static void assert_found(const char *level, const char *a, const char *b) {
    for (const char *line = findings.data; line && *line; line = strchr(line, '\n') + 1) {
        char one[1200];
        (void)snprintf(one, sizeof one, "%.*s", (int)(strchr(line, '\n') - line), line);
        if (!strncmp(one, level, strlen(level)) && strstr(one, a) && strstr(one, b)) return;
    }
    fail_msg("no %s with '%s' and '%s' in:\n%s", level, a, b, findings.data ? findings.data : "(nothing)");
}

/* Images that differ in every pixel, also between the sets. */
static const char *make_good(const char *folder) {
    const size_t train[3] = {40, 4, 5}, test[3] = {20, 4, 5};
    (void)make_idx(folder, "train-images-idx3-ubyte.gz", 3, train, 0, 7, 251);
    (void)make_idx(folder, "t10k-images-idx3-ubyte.gz", 3, test, 100, 11, 241);
    (void)make_labels(folder, "train-labels-idx1-ubyte.gz", 40, 10);
    (void)make_labels(folder, "t10k-labels-idx1-ubyte.gz", 20, 10);
    return folder;
}

static void real_mnist_is_found_good(void **state) {
    (void)state;
    const char *folder = testing_mnist();
    if (!folder) TEST_SKIP("needs MNIST in $DESCENDER_DATA");
    dsc_check_counts counts = check(folder);
    assert_int_equal(counts.errors, 0);
    assert_int_equal(counts.warnings, 0);
    assert_int_equal(counts.notes, 4);
    assert_found("note", "t10k-labels", "is MNIST's");
    dsc_text_free(&findings);
}

static void a_good_folder_has_no_findings(void **state) {
    (void)state;
    dsc_check_counts counts = check(make_good(testing_folder()));
    if (findings.data) fail_msg("found %s", findings.data);
    assert_int_equal(counts.errors + counts.warnings + counts.notes, 0);
}

static void every_problem_is_found_in_one_go(void **state) {
    (void)state;
    const char *folder = make_good(testing_folder());
    (void)make_text(folder, "train-images-idx3-ubyte.gz", "<html>404</html>");
    assert_int_equal(truncate(make_path(folder, "train-labels-idx1-ubyte.gz"), 20), 0);
    assert_int_equal(unlink(make_path(folder, "t10k-labels-idx1-ubyte.gz")), 0);
    (void)make_text(folder, "labels.txt", "a\n\nb\n");
    const size_t flat[2] = {20, 20};
    (void)make_idx(folder, "t10k-images-idx3-ubyte.gz", 2, flat, 0, 7, 251);
    dsc_check_counts counts = check(folder);
    assert_int_equal(counts.errors, 5);
    assert_found("error", "train-images-idx3-ubyte.gz", "web page");
    assert_found("error", "train-labels-idx1-ubyte.gz", "cut short");
    assert_found("error", "t10k-labels-idx1-ubyte", "missing");
    assert_found("error", "t10k-images-idx3-ubyte.gz", "20 x 20");
    assert_found("error", "labels.txt", "line 2");
    dsc_text_free(&findings);
}

static void files_that_do_not_fit_together_are_found(void **state) {
    (void)state;
    const char *folder = make_good(testing_folder());
    const size_t other[3] = {20, 5, 5};
    (void)make_labels(folder, "train-labels-idx1-ubyte.gz", 39, 10);
    (void)make_idx(folder, "t10k-images-idx3-ubyte.gz", 3, other, 0, 7, 251);
    (void)make_text(folder, "labels.txt", "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    dsc_check_counts counts = check(folder);
    assert_found("error", "40 images", "39 labels");
    assert_found("error", "test images are 1 x 5 x 5", "1 x 4 x 5");
    assert_found("error", "train-labels-idx1-ubyte.gz: 7 of 39", "found first 8 at index 8");
    assert_found("error", "t10k-labels-idx1-ubyte.gz: 4 of 20", "below 8");
    assert_int_equal(counts.errors, 4);
    dsc_text_free(&findings);
}

static void swapped_files_are_found(void **state) {
    (void)state;
    const char *folder = make_good(testing_folder());
    const char *x = make_path(folder, "train-images-idx3-ubyte.gz");
    const char *y = make_path(folder, "train-labels-idx1-ubyte.gz"), *t = make_path(folder, "t");
    assert_int_equal(rename(x, t) | rename(y, x) | rename(t, y), 0);
    dsc_check_counts counts = check(folder);
    assert_int_equal(counts.errors, 2);
    assert_found("error", "train-images", "swapped");
    assert_found("error", "train-labels", "swapped");
    dsc_text_free(&findings);
}

static void doubtful_data_is_warned_about(void **state) {
    (void)state;
    const char *folder = make_good(testing_folder());
    const size_t train[3] = {40, 4, 5}, same[3] = {3, 4, 5};
    (void)make_idx(folder, "train-images-idx3-ubyte.gz", 3, train, 9, 0, 256); /* all alike */
    dsc_check_counts counts = check(folder);
    assert_int_equal(counts.errors, 0);
    assert_found("warning", "40 of 40 images are blank", "at index 0, 1, 2, ...");

    (void)make_idx(folder, "train-images-idx3-ubyte.gz", 3, train, 0, 7, 251);
    (void)make_idx(folder, "t10k-images-idx3-ubyte.gz", 3, same, 0, 7, 251);
    (void)make_labels(folder, "t10k-labels-idx1-ubyte.gz", 3, 2);
    counts = check(folder);
    assert_int_equal(counts.errors, 0);
    assert_int_equal(counts.warnings, 2);
    assert_found("warning", "3 of 3 test images are also in the training set", "test 0 is training 0");
    assert_found("warning", "t10k-labels", "labelled 2, 3, 4, 5, 6, 7, 8, 9");

    (void)make_good(folder);
    (void)make_labels(folder, "train-labels-idx1-ubyte.gz", 40, 1);
    (void)make_labels(folder, "train-labels-idx1-ubyte", 40, 3); /* a twin with another label */
    counts = check(folder);
    assert_int_equal(counts.errors, 0);
    assert_int_equal(counts.warnings, 2);
    assert_found("warning", "all 40 labels are 0", "train-labels-idx1-ubyte.gz");
    assert_found("warning", "train-labels-idx1-ubyte:", "different content");
    (void)make_text(folder, "train-labels-idx1-ubyte", "");
    (void)check(folder);
    assert_found("warning", "is empty", "not used");
    dsc_text_free(&findings);
}

static void what_is_no_folder_is_refused(void **state) {
    (void)state;
    dsc_check_counts counts;
    dsc_error error;
    const char *absent = make_path(testing_folder(), "absent");
    assert_int_equal(dsc_data_check(&counts, absent, NULL, NULL, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, absent);
}

static void checking_survives_every_failed_allocation(void **state) {
    (void)state;
    const char *folder = make_good(testing_folder());
    (void)make_labels(folder, "train-labels-idx1-ubyte", 40, 3);
    (void)make_text(folder, "labels.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n");
    long n = 0;
    for (bool failed = true; failed; n++) {
        dsc_check_counts counts;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = dsc_data_check(&counts, folder, NULL, NULL, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        assert_int_equal(counts.errors, 0);
        if (!failed) assert_int_equal(counts.warnings, 3);
    }
    assert_true(n > 30);
}

static void the_summary_counts_right(void **state) {
    (void)state;
    /* 3 images of 5 pixels: 0 0 0 0 0 | 1 2 3 4 5 | 0 0 0 0 255 */
    const uint8_t images[15] = {0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 255}, labels[3] = {2, 0, 2};
    const size_t shape[3] = {1, 1, 5};
    const uint32_t index[2] = {1, 1};
    dsc_dataset *data, *view;
    dsc_data_summary s;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, images, labels, 3, shape, 4, NULL, "x", &error), error);
    dsc_data_summarise(&s, data);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.classes, 4);
    assert_memory_equal(s.shape, shape, sizeof shape);
    const size_t per_class[4] = {1, 0, 2, 0};
    assert_memory_equal(s.per_class, per_class, sizeof per_class);
    assert_int_equal(s.minimum, 0);
    assert_int_equal(s.maximum, 255);
    assert_true(s.mean == 270.0 / 15);
    assert_true(fabs(s.deviation - sqrt(65080.0 / 15 - 18.0 * 18)) < 1e-12);
    assert_true(s.zero_share == 9.0 / 15);
    assert_int_equal(s.blank, 1);
    assert_int_equal(s.images_size, 0);
    ASSERT_OK(dsc_dataset_view(&view, data, index, 2, NULL, &error), error);
    dsc_data_summarise(&s, view);
    assert_int_equal(s.per_class[0], 2);
    assert_int_equal(s.minimum, 1);
    assert_int_equal(s.maximum, 5);
    assert_true(s.mean == 3);
    dsc_dataset_free(view);
    dsc_dataset_free(data);
}

static void the_summary_of_real_mnist_is_the_known_one(void **state) {
    (void)state;
    if (!testing_mnist()) TEST_SKIP("needs MNIST in $DESCENDER_DATA");
    dsc_dataset *train, *test;
    dsc_data_summary s;
    dsc_error error;
    ASSERT_OK(dsc_mnist_open(&train, &test, testing_mnist(), &error), error);
    dsc_data_summarise(&s, train);
    assert_true(fabs(s.mean / 255 - 0.1307) < 5e-5); /* the figures with which MNIST is usually normalised */
    assert_true(fabs(s.deviation / 255 - 0.3081) < 5e-5);
    assert_true(fabs(s.zero_share - 0.8088) < 5e-5);
    assert_int_equal(s.blank, 0);
    assert_int_equal(s.images_size, 47040016);
    assert_int_equal(s.labels_crc, 0xE0CB4AD2);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

/* --- data that could be opened --- */

static char said[4096];

static void keep_finding(void *user, dsc_check_level level, const char *message) {
    (void)user, (void)level;
    (void)snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", message);
}

/* Three classes: many images, one, none. Images 0 and 1 of the training set are equal, with two labels,
 * and are also in the test set. */
static dsc_status check_doubtful(dsc_check_counts *counts, dsc_error *why) {
    enum { MANY = 20 };
    uint8_t images[MANY][4] = {{0}}, labels[MANY] = {0};
    for (int i = 2; i < MANY; i++) images[i][0] = (uint8_t)i, images[i][3] = 9;
    images[0][1] = images[1][1] = 7;
    labels[1] = 1;
    dsc_dataset *train = NULL, *test = NULL;
    const size_t shape[3] = {1, 2, 2};
    const char *const names[] = {"many", "one", "none"};
    dsc_status status = testing_dataset(&train, *images, labels, MANY, shape, 3, names, "a", why);
    if (!status) status = testing_dataset(&test, *images, labels, 2, shape, 3, names, "b", why);
    *said = '\0';
    if (!status) status = dsc_data_check_sets(counts, train, test, keep_finding, NULL, why);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return status;
}

static void sets_of_any_form_are_checked(void **state) {
    (void)state;
    dsc_error why;
    dsc_check_counts counts;
    ASSERT_OK(check_doubtful(&counts, &why), why);
    static const char *const expected[] = {
        "training set: no image of 1 of 3 classes: none (0)",
        "training set: fewer than 10 images of 1 of 3 classes: one (1)",
        "training set: 1 of 20 images repeat an earlier image under another label",
        "training set: 1 of 20 images repeat an earlier image (1 is a copy of 0)",
        "2 of 2 test images are also in the training set (test 0 is training 0)"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (!strstr(said, expected[i])) fail_msg("'%s' is not among:\n%s", expected[i], said);
    assert_true(counts.warnings >= 4 && !counts.errors);
    long n = 0;
    for (bool failed = true; failed; n++) {
        testing_fail_allocation(n);
        const dsc_status status = check_doubtful(&counts, &why);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
    }
    assert_true(n > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_of_any_form_are_checked),
        cmocka_unit_test(real_mnist_is_found_good),
        cmocka_unit_test(a_good_folder_has_no_findings),
        cmocka_unit_test(every_problem_is_found_in_one_go),
        cmocka_unit_test(files_that_do_not_fit_together_are_found),
        cmocka_unit_test(swapped_files_are_found),
        cmocka_unit_test(doubtful_data_is_warned_about),
        cmocka_unit_test(what_is_no_folder_is_refused),
        cmocka_unit_test(checking_survives_every_failed_allocation),
        cmocka_unit_test(the_summary_counts_right),
        cmocka_unit_test(the_summary_of_real_mnist_is_the_known_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
