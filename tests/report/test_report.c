/* SPDX-License-Identifier: MIT */
/* Exams, figures, pages and comparisons. */
#include "testing.h"

#include "base/file.h"
#include "report/datasheet.h"
#include "report/questions.h"
#include "report/report.h"
#include "report/robustness.h"
#include "report/strokes.h"

#include <math.h>
#include <unistd.h>

enum { COUNT = 90, CLASSES = 3, SIDE = 8, PIXELS = SIDE * SIDE };
#define HOSTILE "<script>alert(1)</script>"
static const char *const names[CLASSES] = {HOSTILE, "a|b", "\"q'`\\<!--"};

static dsc_dataset *data;
static dsc_model *models[2];

static dsc_model *make_model(const char *text, uint64_t seed) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = CLASSES;
    options.class_names = names;
    options.seed = seed;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

static int make(void **state) {
    (void)state;
    uint8_t images[COUNT * PIXELS] = {0}, labels[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % CLASSES);
        for (size_t y = 1; y < 7; y++) images[i * PIXELS + y * SIDE + 2 + i % CLASSES] = (uint8_t)(100 + i);
    }
    int failed = testing_dataset(&data, images, labels, COUNT, (size_t[3]){1, SIDE, SIDE}, CLASSES, names,
                                 "bars", NULL) != DSC_OK;
    models[0] = make_model("conv 4 3x3, relu, flatten, dense 6, relu, dense", 1);
    models[1] = make_model("flatten, dense", 2);
    return failed;
}

static int clean(void **state) {
    (void)state;
    dsc_dataset_free(data);
    for (size_t i = 0; i < 2; i++) dsc_model_free(models[i]);
    return 0;
}

static void examine(report_exam *exam, size_t which) {
    dsc_error error;
    ASSERT_OK(report_examine(exam, models[which], data, 1, NULL, &error), error);
}

/* An exam with given answers: label and prediction of each sample. */
static void set_answers(report_exam *exam, const uint8_t (*answers)[2], const float *confidence,
                        size_t count) {
    dsc_error error;
    *exam = (report_exam){.model = models[0], .data = data};
    ASSERT_OK(dsc_metrics_initialise(&exam->metrics, CLASSES, &error), error);
    exam->answers = calloc(count, sizeof *exam->answers);
    assert_non_null(exam->answers);
    for (size_t i = 0; i < count; i++) {
        exam->answers[i] = (report_answer){answers[i][0], answers[i][1], confidence[i], 0};
        exam->metrics.confusion[answers[i][0] * CLASSES + answers[i][1]]++;
        exam->metrics.count++;
    }
}

/* ---- exams ---- */

static void an_exam_keeps_every_answer(void **state) {
    (void)state;
    report_exam exam;
    examine(&exam, 0);
    assert_int_equal(exam.metrics.count, COUNT);
    size_t right = 0;
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(exam.answers[i].label, i % CLASSES);
        assert_true(exam.answers[i].confidence >= 1.0f / CLASSES && exam.answers[i].confidence <= 1);
        right += exam.answers[i].label == exam.answers[i].prediction;
    }
    assert_int_equal(right, exam.metrics.top[0]);
    report_exam_clear(&exam);
}

static void the_worst_mistakes_come_first(void **state) {
    (void)state;
    static const uint8_t answers[][2] = {{0, 1}, {1, 1}, {2, 0}, {0, 2}, {1, 0}, {2, 2}};
    static const float confidence[] = {0.5f, 0.99f, 0.9f, 0.7f, 0.9f, 1};
    report_exam exam;
    uint32_t worst[6];
    set_answers(&exam, answers, confidence, 6);
    assert_int_equal(report_worst(worst, 3, &exam), 3);
    assert_int_equal(worst[0], 2); /* if equal, the first */
    assert_int_equal(worst[1], 4);
    assert_int_equal(worst[2], 3);
    assert_int_equal(report_worst(worst, 6, &exam), 4);
    assert_int_equal(worst[3], 0);
    assert_int_equal(report_worst(worst, 0, &exam), 0);
    report_exam_clear(&exam);
}

static void pairs_are_in_the_order_of_their_counts(void **state) {
    (void)state;
    dsc_metrics m;
    dsc_error error;
    ASSERT_OK(dsc_metrics_initialise(&m, 3, &error), error);
    memcpy(m.confusion, (size_t[]){90, 1, 4, 0, 80, 4, 7, 0, 70}, 9 * sizeof(size_t));
    report_pair pairs[4];
    assert_int_equal(report_confused(pairs, 4, &m), 4);
    assert_true(pairs[0].label == 2 && pairs[0].prediction == 0 && pairs[0].count == 7);
    assert_true(pairs[1].label == 0 && pairs[1].prediction == 2 && pairs[1].count == 4);
    assert_true(pairs[2].label == 1 && pairs[2].prediction == 2);
    assert_int_equal(pairs[3].count, 1);
    assert_int_equal(report_confused(pairs, 1, &m), 1);
    assert_int_equal(pairs[0].count, 7);
    dsc_metrics_clear(&m);
}

static void two_exams_are_paired_image_by_image(void **state) {
    (void)state;
    static const uint8_t a[][2] = {{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}},
                         b[][2] = {{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 1}};
    static const float sure[5] = {1, 1, 1, 1, 1};
    report_exam exams[2];
    report_duel all, classes[CLASSES];
    dsc_error error;
    set_answers(&exams[0], a, sure, 5);
    set_answers(&exams[1], b, sure, 5);
    ASSERT_OK(report_compare(&all, classes, exams, &error), error);
    assert_memory_equal(&all.paired, (&(dsc_paired){2, 1, 1, 1}), sizeof all.paired);
    assert_memory_equal(&classes[0].paired, (&(dsc_paired){1, 1, 0, 1}), sizeof all.paired);
    assert_true(all.p >= 1 && isnan(classes[2].p));
    exams[1].data = NULL;
    assert_int_equal(report_compare(&all, classes, exams, &error), DSC_ERROR_MISMATCH);
    report_exam_clear(&exams[0]);
    report_exam_clear(&exams[1]);
}

static int stop_at_once(void *user, const char *what, size_t done, size_t total) {
    (void)what;
    (void)done;
    (void)total;
    ++*(size_t *)user;
    return 1;
}

static void an_exam_can_be_stopped(void **state) {
    (void)state;
    report_exam exam;
    dsc_error error;
    size_t calls = 0;
    assert_int_equal(report_examine(&exam, models[0], data, 1, &(report_watch){stop_at_once, &calls}, &error),
                     DSC_ERROR_STOPPED);
    assert_int_equal(calls, 1);
    report_exam_clear(&exam);
}

static void thirds_hold_all_images(void **state) {
    (void)state;
    report_exam exam;
    report_slice slices[REPORT_TRAITS][REPORT_SLICES];
    size_t crossed[REPORT_TRAITS * REPORT_SLICES * CLASSES * 2];
    dsc_error error;
    examine(&exam, 0);
    ASSERT_OK(report_slice_up(slices, crossed, &exam, &error), error);
    for (size_t t = 0; t < REPORT_TRAITS; t++) {
        size_t count = 0, correct = 0;
        for (size_t s = 0; s < REPORT_SLICES; s++) {
            size_t crossed_count = 0;
            count += slices[t][s].count;
            correct += slices[t][s].correct;
            for (size_t k = 0; k < CLASSES; k++)
                crossed_count += crossed[2 * ((t * REPORT_SLICES + s) * CLASSES + k)];
            assert_int_equal(crossed_count, slices[t][s].count);
        }
        assert_int_equal(count, COUNT);
        assert_int_equal(correct, exam.metrics.top[0]);
    }
    report_exam_clear(&exam);
}

static void unchanged_images_get_the_same_answers(void **state) {
    (void)state;
    report_exam exam;
    report_trial trials[REPORT_TRIALS];
    dsc_error error;
    examine(&exam, 0);
    ASSERT_OK(report_try_all(trials, &exam, 0, 1, NULL, &error), error);
    assert_int_equal(trials[0].count, COUNT);
    assert_int_equal(trials[0].correct, exam.metrics.top[0]);
    ASSERT_OK(report_try_all(trials, &exam, 7, 1, NULL, &error), error);
    for (size_t i = 0; i < REPORT_TRIALS; i++) assert_int_equal(trials[i].count, 7);
    report_exam_clear(&exam);
}

/* ---- pages ---- */

static char *read_page(const char *folder) {
    char *path = dsc_path_join(folder, REPORT_PAGE);
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 26, &error), error);
    free(path);
    return (char *)bytes;
}

/* Nothing is fetched: src and href refer only to embedded data and to places on the page. */
static void refers_to_nothing_outside(const char *page) {
    static const char *const attributes[] = {"src=\"", "href=\"", "url(", "@import", "srcset"};
    for (size_t i = 0; i < 5; i++)
        for (const char *at = page; (at = strstr(at, attributes[i])); at++) {
            const char *value = at + strlen(attributes[i]);
            if (strncmp(value, "data:", 5) != 0 && *value != '#') fail_msg("refers to %.60s", at);
        }
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http"
                             "://"));
}

static const report_subject subjects[2] = {
    {.name = "runs/<b>&\"1\"", .data_name = HOSTILE, .split = "test set"},
    {.name = "other", .data_name = HOSTILE, .split = "test set"},
};
static const report_speed speeds[2] = {
    {.parameters = 1234, .batch = 256, .threads = 1, .processor = HOSTILE}};

static bool exists(const char *folder, const char *name, const char *ending) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    return !access(path, R_OK);
}

static void a_report_is_one_page_and_its_figures(void **state) {
    (void)state;
    static const char *const drawn[] = {"refusals",   "classes",  "confusion", "reliability",
                                        "confidence", "mistakes", "filters",   "embedding"};
    report_exam exam;
    report_figures figures;
    dsc_error error;
    char *folder = dsc_path_join(testing_folder(), "a/b");
    examine(&exam, 0);
    ASSERT_OK(report_write(&figures, folder, &subjects[0], &exam, &speeds[0], NULL, &error), error);
    char *page = read_page(folder);
    refers_to_nothing_outside(page);
    assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_non_null(strstr(page, ": &lt;b&gt;&amp;&quot;1&quot;"));
    assert_null(strstr(page, "runs/")); /* of a path, only the last name */
    assert_non_null(strstr(page, "prefers-color-scheme:dark"));
    assert_non_null(strstr(page, "@media print"));
    assert_non_null(strstr(page, "default-src 'none'"));
    for (size_t i = 0; i < 7; i++) {
        assert_non_null(report_find_figure(&figures, drawn[i]));
        assert_int_equal(exists(folder, drawn[i], "svg"), DESCENDER_WITH_CAIRO);
        assert_int_equal(exists(folder, drawn[i], "png"), DESCENDER_WITH_CAIRO);
        assert_int_equal(report_find_figure(&figures, drawn[i])->missing == NULL, DESCENDER_WITH_CAIRO);
    }
    assert_int_equal(strstr(page, "is missing: ") == NULL, DESCENDER_WITH_CAIRO);
    free(page);
    report_figures_clear(&figures);
    report_exam_clear(&exam);
    free(folder);
}

static void figures_that_cannot_be_are_named_with_the_reason(void **state) {
    (void)state;
    report_exam exam;
    report_figures figures;
    report_subject subject = subjects[0];
    const char *folder = testing_folder();
    dsc_error error;
    examine(&exam, 1);
    subject.run = "/no/such/run";
    ASSERT_OK(report_write(&figures, folder, &subject, &exam, &speeds[0], NULL, &error), error);
    char *page = read_page(folder);
    assert_non_null(strstr(page, "the network has no hidden layer"));
    assert_non_null(strstr(page, "log.jsonl cannot be read"));
    assert_null(strstr(page, "/no/such"));
    free(page);
    report_figures_clear(&figures);
    report_exam_clear(&exam);
}

static void a_model_without_mistakes_has_none_to_show(void **state) {
    (void)state;
    static const uint8_t answers[][2] = {{0, 0}, {1, 1}};
    report_exam exam;
    report_figures figures = {.folder = testing_folder()};
    dsc_error error;
    set_answers(&exam, answers, (float[]){1, 1}, 2);
    ASSERT_OK(report_draw_mistakes(&figures, &exam, &error), error);
    assert_string_equal(report_find_figure(&figures, "mistakes")->missing, "the model made no mistake");
    report_figures_clear(&figures);
    report_exam_clear(&exam);
}

static void a_comparison_is_one_page_too(void **state) {
    (void)state;
    report_exam exams[2];
    report_figures figures;
    const char *folder = testing_folder();
    dsc_error error;
    examine(&exams[0], 0);
    ASSERT_OK(report_examine_beside(&exams[1], models[1], &exams[0], 1, NULL, &error), error);
    ASSERT_OK(report_write_comparison(&figures, folder, subjects, exams, speeds, NULL, &error), error);
    char *page = read_page(folder);
    refers_to_nothing_outside(page);
    assert_non_null(strstr(page, "McNemar"));
    free(page);
    report_figures_clear(&figures);
    for (size_t i = 0; i < 2; i++) report_exam_clear(&exams[i]);
}

/* models[1] with its classes, and so the rows of its last layer, in another order. */
static dsc_model *make_turned_model(const char *const *turned, const size_t from[CLASSES]) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = "flatten, dense";
    options.shape[1] = options.shape[2] = SIDE;
    options.classes = CLASSES;
    options.class_names = turned;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER) continue;
        const size_t row = dsc_shape_count(&node->shape) / CLASSES;
        for (size_t k = 0; k < CLASSES; k++)
            memcpy(model->values + node->offset + k * row, models[1]->values + node->offset + from[k] * row,
                   row * sizeof *model->values);
    }
    return model;
}

/* The second model's answers to images of one class are NaN: they count as no answers, in the class of
 * their images. */
static void what_is_no_answer_is_none_in_another_numbering(void **state) {
    (void)state;
    static const size_t from[CLASSES] = {2, 0, 1};
    const char *turned[CLASSES] = {names[2], names[0], names[1]};
    enum { ODD = 30 }; /* classes of different size, so that exchanging them would show */
    uint8_t images[ODD * PIXELS] = {0}, labels[ODD];
    const size_t shape[3] = {1, SIDE, SIDE};
    dsc_dataset *few, *whole = data;
    dsc_error error;
    for (size_t i = 0; i < ODD; i++) {
        labels[i] = i < 5 ? 0 : i < 15 ? 1 : 2;
        images[i * PIXELS + labels[i]] = 255;
    }
    ASSERT_OK(testing_dataset(&few, images, labels, ODD, shape, CLASSES, names, "few", &error), error);
    data = few;
    dsc_model *model = make_turned_model(turned, from);
    /* The pixel of class 0 gives sums beyond floats. */
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER || node->shape.rank != 2) continue;
        for (size_t k = 0; k < CLASSES; k++)
            for (size_t x = 0; x < PIXELS; x++) model->values[node->offset + k * PIXELS + x] = x ? 0 : 3e38f;
    }
    model->normalisation.scale[0] = 10;
    report_exam exams[2];
    report_duel all, classes[CLASSES];
    examine(&exams[0], 0);
    ASSERT_OK(report_examine_beside(&exams[1], model, &exams[0], 1, NULL, &error), error);
    assert_int_equal(exams[1].metrics.not_finite, 5);
    assert_int_equal(exams[1].metrics.no_answer[0], 5);
    assert_int_equal(exams[1].metrics.no_answer[1], 0);
    assert_int_equal(exams[1].metrics.no_answer[2], 0);
    for (size_t i = 0; i < 5; i++) assert_int_equal(exams[1].answers[i].prediction, CLASSES);
    ASSERT_OK(report_compare(&all, classes, exams, &error), error);
    for (size_t i = 0; i < 2; i++) report_exam_clear(&exams[i]);
    data = whole;
    dsc_dataset_free(few);
    dsc_model_free(model);
}

static void models_are_compared_by_the_names_of_their_classes(void **state) {
    (void)state;
    static const size_t from[CLASSES] = {2, 0, 1};
    const char *turned[CLASSES] = {names[2], names[0], names[1]},
               *others[CLASSES] = {"x", names[1], names[2]};
    dsc_model *model = make_turned_model(turned, from), *other = make_turned_model(others, from);
    report_exam exams[2], plain;
    report_duel all, classes[CLASSES];
    dsc_error error;
    examine(&plain, 1);
    examine(&exams[0], 0);
    ASSERT_OK(report_examine_beside(&exams[1], model, &exams[0], 1, NULL, &error), error);
    for (size_t i = 0; i < CLASSES * CLASSES; i++)
        assert_int_equal(exams[1].metrics.confusion[i], plain.metrics.confusion[i]);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(exams[1].answers[i].label, plain.answers[i].label);
        assert_int_equal(exams[1].answers[i].prediction, plain.answers[i].prediction);
    }
    ASSERT_OK(report_compare(&all, classes, exams, &error), error);
    report_exam_clear(&exams[1]);
    assert_int_equal(report_examine_beside(&exams[1], other, &exams[0], 1, NULL, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "\"x\", which the first model does not know");
    for (size_t i = 0; i < 2; i++) report_exam_clear(&exams[i]);
    report_exam_clear(&plain);
    dsc_model_free(model);
    dsc_model_free(other);
}

static void a_folder_that_cannot_be_made_is_named(void **state) {
    (void)state;
    report_exam exam;
    report_figures figures;
    dsc_error error;
    examine(&exam, 1);
    assert_int_equal(report_write(&figures, "/dev/null/x", &subjects[0], &exam, &speeds[0], NULL, &error),
                     DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "/dev/null");
    report_figures_clear(&figures);
    report_exam_clear(&exam);
}

/* Thousands of allocations: the first hundred, then with growing steps. */
static void reports_survive_failed_allocations(void **state) {
    (void)state;
    report_exam exam;
    const char *folder = testing_folder();
    examine(&exam, 0);
    for (long n = 0, reached = 1; reached; n += n < 60 ? 3 : n / 5) {
        report_figures figures;
        testing_fail_allocation(n);
        dsc_status status = report_write(&figures, folder, &subjects[0], &exam, &speeds[0], NULL, NULL);
        reached = testing_allocation_failed();
        assert_true(!status || (reached && status == DSC_ERROR_MEMORY));
        report_figures_clear(&figures);
    }
    report_exam_clear(&exam);
}

static void a_datasheet_tells_what_is_there_twice(void **state) {
    (void)state;
    report_datasheet sheet;
    dsc_text text = {0};
    dsc_error error;
    ASSERT_OK(report_measure_data(&sheet, HOSTILE, data, data, &error), error);
    assert_int_equal(sheet.across.images, COUNT);
    report_append_datasheet(&text, &sheet);
    assert_false(text.failed);
    assert_non_null(strstr(text.data, "90 of 90 test images are"));
    for (const char *at = text.data; (at = strstr(at, "<script")); at++) assert_int_equal(at[-1], '\\');
    static const char *const headings[] = {
        "Motivation", "Composition",  "Collection Process", "Preprocessing, Cleaning, Labeling",
        "Uses",       "Distribution", "Maintenance"};
    for (size_t i = 0; i < 7; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\n## %s\n", headings[i]);
        assert_non_null(strstr(text.data, line));
    }
    assert_int_equal(report_count_questions(text.data), 15);
    dsc_text_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exam_keeps_every_answer),
        cmocka_unit_test(the_worst_mistakes_come_first),
        cmocka_unit_test(pairs_are_in_the_order_of_their_counts),
        cmocka_unit_test(two_exams_are_paired_image_by_image),
        cmocka_unit_test(an_exam_can_be_stopped),
        cmocka_unit_test(thirds_hold_all_images),
        cmocka_unit_test(unchanged_images_get_the_same_answers),
        cmocka_unit_test(a_report_is_one_page_and_its_figures),
        cmocka_unit_test(figures_that_cannot_be_are_named_with_the_reason),
        cmocka_unit_test(a_model_without_mistakes_has_none_to_show),
        cmocka_unit_test(a_comparison_is_one_page_too),
        cmocka_unit_test(what_is_no_answer_is_none_in_another_numbering),
        cmocka_unit_test(models_are_compared_by_the_names_of_their_classes),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_named),
        cmocka_unit_test(reports_survive_failed_allocations),
        cmocka_unit_test(a_datasheet_tells_what_is_there_twice),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
