/* SPDX-License-Identifier: MIT */
/* Several runs side by side: the pairs that are compared, the texts and the contents of the page. */
#include "testing.h"

#include "base/file.h"
#include "draw/grid.h"
#include "report/report.h"

#include <math.h>

enum { COUNT = 40, CLASSES = 2, SIDE = 4, PIXELS = SIDE * SIDE, RUNS = 4 };
#define HOSTILE "<script>alert(1)</script>"

static dsc_dataset *data;
static dsc_model *models[RUNS];
static report_exam exams[RUNS];
static report_entry entries[RUNS];
static dsc_run_facts facts = {.epochs = 12, .seconds = 1.5, .kept_epoch = 7};

/* Answers made by hand, so that the counts are known: run r is wrong on its first `wrong` images. */
static void set_wrong(report_exam *exam, size_t wrong) {
    exam->metrics.top[0] = COUNT - wrong;
    for (size_t i = 0; i < COUNT; i++)
        exam->answers[i].prediction = i < wrong ? 1U - exam->answers[i].label : exam->answers[i].label;
}

static int make(void **state) {
    (void)state;
    static const size_t wrong[RUNS] = {12, 2, 12, 0};
    uint8_t images[COUNT * PIXELS], labels[COUNT];
    for (size_t i = 0; i < sizeof images; i++) images[i] = (uint8_t)(i * 37);
    for (size_t i = 0; i < COUNT; i++) labels[i] = (uint8_t)(i % CLASSES);
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, images, labels, COUNT, (size_t[3]){1, SIDE, SIDE}, CLASSES, NULL,
                              "/home/somebody/shoes", &error),
              error);
    for (size_t r = 0; r < RUNS; r++) {
        dsc_model_options options = dsc_model_options_defaults();
        options.text = "flatten, dense";
        options.shape[1] = options.shape[2] = SIDE;
        options.classes = CLASSES;
        options.seed = r + 1;
        ASSERT_OK(dsc_model_create(&models[r], &options, &error), error);
        ASSERT_OK(report_examine(&exams[r], models[r], data, 1, NULL, &error), error);
        set_wrong(&exams[r], wrong[r]);
        entries[r] = (report_entry){.about = {.name = r ? "/home/somebody/runs/b" : "/home/" HOSTILE,
                                              .data_name = "/home/somebody/shoes",
                                              .split = "test set",
                                              .facts = r == 1 ? &facts : NULL},
                                    .exam = &exams[r],
                                    .group = r == 3 ? 3 : 0};
    }
    return 0;
}

static int clean(void **state) {
    (void)state;
    for (size_t r = 0; r < RUNS; r++) {
        report_exam_clear(&exams[r]);
        dsc_model_free(models[r]);
    }
    dsc_dataset_free(data);
    return 0;
}

static void any_two_of_a_group_are_tested_and_no_others(void **state) {
    (void)state;
    report_match *matches;
    size_t count;
    dsc_error error;
    ASSERT_OK(report_match_up(&matches, &count, entries, RUNS, &error), error);
    assert_int_equal(count, 3);
    static const size_t pairs[3][2] = {{0, 1}, {0, 2}, {1, 2}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(matches[i].first, pairs[i][0]);
        assert_int_equal(matches[i].second, pairs[i][1]);
    }
    /* Run 0 is wrong on twelve images, run 1 on the first two of these: ten against none, p = 2 / 2^10.
     * Holm multiplies the lowest of three p by three, the next by two, and never decreases. */
    assert_int_equal(report_right_alone(&matches[0], 0), 0);
    assert_int_equal(report_right_alone(&matches[0], 1), 10);
    assert_true(fabs(matches[0].duel.p - 2.0 / 1024) < 1e-12);
    assert_true(fabs(matches[0].corrected - 6.0 / 1024) < 1e-12);
    assert_true(fabs(matches[2].corrected - 6.0 / 1024) < 1e-12);
    assert_true(matches[1].corrected >= 1);
    assert_ptr_equal(report_find_match(matches, count, 2, 1), &matches[2]);
    assert_null(report_find_match(matches, count, 0, 3));
    free(matches);
    ASSERT_OK(report_match_up(&matches, &count, &entries[2], 2, &error), error);
    assert_int_equal(count, 0);
    free(matches);
}

static char *written(size_t count) {
    report_figures figures;
    report_match *matches;
    size_t match_count, size;
    unsigned char *page;
    const char *folder = testing_folder();
    dsc_error error;
    ASSERT_OK(report_match_up(&matches, &match_count, entries, count, &error), error);
    ASSERT_OK(report_write_runs(&figures, folder, entries, count, matches, match_count, NULL, &error), error);
    char *path = dsc_path_join(folder, REPORT_PAGE);
    ASSERT_OK(dsc_file_read(&page, &size, path, 1 << 24, &error), error);
    char *text = malloc(size + 1);
    assert_non_null(text);
    memcpy(text, page, size);
    text[size] = '\0';
    free(page);
    free(path);
    free(matches);
    report_figures_clear(&figures);
    return text;
}

static void the_page_has_scores_and_pairs_and_no_path(void **state) {
    (void)state;
    char *page = written(3);
    assert_non_null(strstr(page, "<h1>shoes: 3 networks side by side</h1>"));
    assert_non_null(strstr(page, "All answered the same 40 images"));
    assert_non_null(strstr(page, "<td>10 : 0</td>"));
    assert_non_null(strstr(page, "<td>0.0059</td>"));
    assert_non_null(strstr(page, "Holm"));
    assert_null(strstr(page, "cannot be compared"));
    assert_null(strstr(page, "/home/"));
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http:"));
    assert_non_null(strstr(page, "none of the runs has a log"));
    assert_non_null(strstr(page, "<td>12 <small>weights of 7</small></td><td>1.5&nbsp;s</td>"));
    free(page);
}

static void runs_without_a_model_are_told_and_take_no_part_in_the_tests(void **state) {
    (void)state;
    const report_entry kept[2] = {entries[0], entries[2]};
    dsc_run_facts logged = {.start = json_pack("{s:s, s:s, s:i}", "title", "shoes: 1 hidden layer", "model",
                                               "flatten, dense 5, relu, dense", "parameters", 97)};
    assert_non_null(logged.start);
    entries[0].exam = NULL;
    entries[0].group = REPORT_NO_GROUP;
    entries[0].about.facts = &logged;
    entries[2].group = 1;
    entries[1].group = 1;
    char *page = written(3);
    assert_non_null(strstr(page, "<h1>shoes: 3 networks side by side</h1>"));
    assert_non_null(
        strstr(page, "All that have a model answered the same 40 images. 1 of 3 has no model yet"));
    assert_non_null(strstr(page, "<td colspan=\"4\">no model yet</td><td>97</td><td>-</td>"));
    assert_non_null(strstr(page, "flatten, dense 5, relu, dense"));
    assert_non_null(strstr(page, "<td>0 : 10</td>"));
    assert_null(strstr(page, "cannot be compared"));
    assert_null(strstr(page, "Holm")); /* one test alone */
    free(page);
    page = written(1);
    assert_non_null(strstr(page, "<h1>shoes: 1 hidden layer</h1>"));
    assert_non_null(strstr(page, "1 of 1 has no model yet"));
    assert_non_null(strstr(page, "none of the runs has a model yet"));
    assert_null(strstr(page, "/home/"));
    free(page);
    entries[0] = kept[0];
    entries[2] = kept[1];
    entries[1].group = 0;
    json_decref(logged.start);
}

static void runs_on_other_images_have_scores_and_no_pairs(void **state) {
    (void)state;
    char *page = written(RUNS);
    assert_non_null(strstr(page, "cannot be compared in pairs"));
    assert_non_null(strstr(page, "same classes: 1, 2, 3; 4."));
    free(page);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    const char *folder = testing_folder();
    size_t tried = 0;
    for (long n = 0;; n += n < 30 ? 1 : n / 4) { /* thousands: the first ones, then with growing steps */
        report_match *matches = NULL;
        report_figures figures = {0};
        size_t count = 0;
        dsc_error error;
        testing_fail_allocation(n);
        dsc_status status = report_match_up(&matches, &count, entries, RUNS, &error);
        if (!status)
            status = report_write_runs(&figures, folder, entries, RUNS, matches, count, NULL, &error);
        report_figures_clear(&figures);
        free(matches);
        if (!testing_allocation_failed()) {
            ASSERT_OK(status, error);
            break;
        }
        tried++;
    }
    assert_true(tried > 5);
}

/* Noise does not compress: 600 x 600 pixels of it are 1 MB. */
static void large_pictures_are_smaller_on_the_page(void **state) {
    (void)state;
    if (!DESCENDER_WITH_CAIRO) return; /* there are no pictures then: the test above gives the reason */
    enum { WIDE = 600 };
    uint8_t *pixels = malloc(3 * WIDE * WIDE);
    uint32_t seed = 1;
    assert_non_null(pixels);
    for (size_t i = 0; i < 3 * WIDE * WIDE; i++)
        pixels[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
    const draw_tile tile = {pixels, NULL};
    const draw_grid grid = {
        .title = "Noise", .tiles = &tile, .count = 1, .width = WIDE, .height = WIDE, .channels = 3};
    report_figures figures = {.folder = testing_folder()};
    dsc_error error;
    const draw_picture picture = draw_grid_picture(&grid);
    ASSERT_OK(report_add_figure(&figures, "noise", &picture, true, &error), error);
    assert_true(figures.figures[0].png);
    assert_true(figures.figures[0].size < 600000);
    report_figures_clear(&figures);
    free(pixels);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_two_of_a_group_are_tested_and_no_others),
        cmocka_unit_test(the_page_has_scores_and_pairs_and_no_path),
        cmocka_unit_test(runs_without_a_model_are_told_and_take_no_part_in_the_tests),
        cmocka_unit_test(runs_on_other_images_have_scores_and_no_pairs),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(large_pictures_are_smaller_on_the_page),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
