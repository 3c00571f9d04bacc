/* SPDX-License-Identifier: MIT */
/* Studies with threads: the training sets of their trials, and errors instead of crashes. */
#include "testing.h"

#include "base/file.h"
#include "base/seed.h"
#include "data/dataset.h"
#include "study/work.h"

enum { COUNT = 60, CLASSES = 3, SIDE = 2 };

/* The pixels encode the sample's number, so that it can be recognised. */
static dsc_dataset *make(bool grouped) {
    dsc_error error;
    dsc_dataset *data;
    uint8_t images[COUNT][SIDE * SIDE] = {{0}}, labels[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        images[i][0] = (uint8_t)i;
        labels[i] = (uint8_t)(i % CLASSES);
        images[i][1 + labels[i]] = 200;
    }
    ASSERT_OK(testing_dataset(&data, &images[0][0], labels, COUNT, (const size_t[]){1, SIDE, SIDE}, CLASSES,
                              NULL, "made", &error),
              error);
    if (grouped) {
        uint64_t *groups = malloc(COUNT * sizeof *groups);
        assert_non_null(groups);
        for (size_t i = 0; i < COUNT; i++) groups[i] = i / 6;
        dsc_dataset_take_groups(data, groups);
    }
    return data;
}

static dsc_study_question ask(dsc_study_kind kind) {
    static const char recipe[] =
        "{\"model\": \"flatten, dense\", \"epochs\": 4, \"batch\": 8, \"validation\": 0, \"patience\": 0,"
        " \"learning-rate\": 0.05, \"optimiser\": \"adam\", \"seed\": 3}";
    dsc_error error;
    dsc_study_question q = {.kind = kind, .folds = 4, .repeats = 2};
    ASSERT_OK(dsc_recipe_initialise(&q.recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&q.recipe, recipe, sizeof recipe - 1, "test", &error), error);
    q.name = strdup("test");
    assert_non_null(q.name);
    return q;
}

static dsc_study_how in(const char *name) {
    static const char *folder;
    static char path[4096];
    if (!folder) folder = testing_folder();
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return (dsc_study_how){.folder = path, .threads = 2};
}

static size_t number(const dsc_dataset *data, size_t i) { return dsc_dataset_image(data, i)[0]; }

static void every_sample_is_held_out_once(void **state) {
    (void)state;
    dsc_error error;
    for (int grouped = 0; grouped < 2; grouped++) {
        dsc_dataset *data = make(grouped);
        dsc_study_question q = ask(DSC_STUDY_FOLDS);
        dsc_study *study;
        const dsc_study_how how = in(grouped ? "grouped" : "once");
        ASSERT_OK(dsc_study_start(&study, &q, data, NULL, &how, &error), error);
        size_t held_in[COUNT] = {0};
        assert_int_equal(dsc_study_trials(study), 4);
        for (size_t trial = 0; trial < 4; trial++) {
            dsc_dataset *training, *held;
            bool seen[COUNT] = {false};
            ASSERT_OK(dsc_study_trial_data(&training, &held, study, trial, &error), error);
            assert_int_equal(training->count + held->count, COUNT);
            assert_int_equal(held->count, dsc_study_trial_at(study, trial)->held_out);
            for (size_t i = 0; i < training->count; i++) seen[number(training, i)] = true;
            for (size_t i = 0; i < held->count; i++) {
                const size_t n = number(held, i);
                assert_false(seen[n]);
                assert_int_equal(dsc_dataset_label(held, i), n % CLASSES);
                held_in[n] += 1 + 10 * trial;
            }
            dsc_dataset_free(training);
            dsc_dataset_free(held);
        }
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(held_in[i] % 10, 1);
            if (grouped) assert_int_equal(held_in[i], held_in[i / 6 * 6]);
        }
        dsc_study_free(study);
        dsc_dataset_free(data);
    }
}

static void smaller_parts_lie_within_larger_ones(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(false);
    dsc_study_question q = ask(DSC_STUDY_CURVE);
    dsc_study *study;
    const dsc_study_how how = in("nested");
    ASSERT_OK(dsc_study_start(&study, &q, data, NULL, &how, &error), error);
    /* 60 images, 6 held out: 3, 6, 13, 27, 54. */
    assert_int_equal(dsc_study_trials(study), 10);
    static const size_t sizes[] = {3, 6, 13, 27, 54};
    bool before[2][COUNT] = {{false}}, held_before[COUNT] = {false};
    for (size_t trial = 0; trial < 10; trial++) {
        dsc_dataset *training, *held;
        const dsc_study_trial *t = dsc_study_trial_at(study, trial);
        bool now[COUNT] = {false}, held_now[COUNT] = {false};
        assert_int_equal(t->samples, sizes[trial / 2]);
        assert_int_equal(t->repeat, trial % 2);
        ASSERT_OK(dsc_study_trial_data(&training, &held, study, trial, &error), error);
        assert_int_equal(training->count, t->samples);
        size_t of_class[CLASSES] = {0};
        for (size_t i = 0; i < training->count; i++) {
            now[number(training, i)] = true;
            of_class[dsc_dataset_label(training, i)]++;
        }
        for (size_t k = 0; k < CLASSES; k++)
            assert_in_range(of_class[k], t->samples / CLASSES, (t->samples + CLASSES - 1) / CLASSES);
        for (size_t i = 0; i < held->count; i++) held_now[number(held, i)] = true;
        for (size_t i = 0; i < COUNT; i++) {
            assert_false(now[i] && held_now[i]);
            assert_true(now[i] || !before[t->repeat][i]);
            if (trial) assert_int_equal(held_now[i], held_before[i]);
        }
        memcpy(before[t->repeat], now, sizeof now);
        memcpy(held_before, held_now, sizeof held_now);
        dsc_dataset_free(training);
        dsc_dataset_free(held);
        /* 54 images in batches of 8 for 4 epochs are 28 steps. */
        assert_in_range(t->steps, 26, 30);
    }
    dsc_recipe one, two;
    uint64_t a, b;
    ASSERT_OK(dsc_study_trial_recipe(&one, study, 0, &error), error);
    ASSERT_OK(dsc_study_trial_recipe(&two, study, 1, &error), error);
    assert_true(dsc_seed_number(&a, &one.seed) && dsc_seed_number(&b, &two.seed) && b == a + 1 && a == 3);
    assert_int_equal(one.batch, 3);
    dsc_recipe_clear(&one);
    dsc_recipe_clear(&two);
    dsc_study_free(study);
    dsc_dataset_free(data);
}

static void a_study_says_what_was_right(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(false);
    dsc_study_question q = ask(DSC_STUDY_FOLDS);
    dsc_study *study;
    dsc_study_how how = in("right");
    ASSERT_OK(dsc_study_start(&study, &q, data, NULL, &how, &error), error);
    ASSERT_OK(dsc_study_run(study, NULL, NULL, &error), error);
    for (size_t trial = 0; trial < 4; trial++) {
        const dsc_study_trial *t = dsc_study_trial_at(study, trial);
        size_t sum = 0, right = 0;
        for (size_t k = 0; k < CLASSES * CLASSES; k++) sum += t->confusion[k];
        for (size_t k = 0; k < CLASSES; k++) right += t->confusion[k * CLASSES + k];
        assert_true(t->done && !t->failed);
        assert_int_equal(sum, t->held_out);
        assert_int_equal(right, t->right);
        assert_true(t->loss > 0);
    }
    dsc_study_free(study);
    /* Read again, it gives the same results; nothing is trained again. */
    ASSERT_OK(dsc_study_open(&q, how.folder, DSC_STUDY_FOLDS, &error), error);
    ASSERT_OK(dsc_study_resume(&study, &q, data, &how, &error), error);
    ASSERT_OK(dsc_study_run(study, NULL, NULL, &error), error);
    assert_int_equal(study->waiting_count, 0);
    dsc_study_free(study);
    /* Another kind of study is recognised. */
    assert_int_equal(dsc_study_open(&q, how.folder, DSC_STUDY_CURVE, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "descender cross-validate --resume");
    dsc_study_question_clear(&q);
    dsc_dataset_free(data);
}

static void answers_are_kept_and_what_is_lost_is_trained_again(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(false);
    dsc_study_question q = ask(DSC_STUDY_ANSWERS);
    dsc_study *study;
    dsc_study_how how = in("answers");
    static float first[COUNT][CLASSES], again[COUNT][CLASSES];
    ASSERT_OK(dsc_study_start(&study, &q, data, NULL, &how, &error), error);
    ASSERT_OK(dsc_study_run(study, NULL, NULL, &error), error);
    ASSERT_OK(dsc_study_answers(&first[0][0], study, &error), error);
    size_t right = 0, told = 0;
    for (size_t i = 0; i < COUNT; i++) {
        size_t best = 0;
        float sum = 0;
        for (size_t k = 0; k < CLASSES; k++) {
            sum += first[i][k];
            if (first[i][k] > first[i][best]) best = k;
        }
        assert_true(sum > 0.999F && sum < 1.001F);
        right += best == dsc_dataset_label(data, i);
    }
    for (size_t trial = 0; trial < 4; trial++) told += dsc_study_trial_at(study, trial)->right;
    assert_int_equal(right, told);
    char *lost = dsc_study_answers_path(study, 1), *wrong = dsc_study_answers_path(study, 2);
    dsc_study_free(study);
    /* One file is missing, one has other content: only those trials are run again, with the same result. */
    assert_int_equal(remove(lost), 0);
    dsc_array one = {.type = DSC_F32, .rank = 1, .shape = {3}, .data = first};
    ASSERT_OK(dsc_idx_write(wrong, &one, &error), error);
    ASSERT_OK(dsc_study_open(&q, how.folder, DSC_STUDY_ANSWERS, &error), error);
    ASSERT_OK(dsc_study_resume(&study, &q, data, &how, &error), error);
    ASSERT_OK(dsc_study_run(study, NULL, NULL, &error), error);
    assert_int_equal(study->waiting_count, 2);
    ASSERT_OK(dsc_study_answers(&again[0][0], study, &error), error);
    assert_memory_equal(first, again, sizeof first);
    dsc_study_free(study);
    free(lost);
    free(wrong);
    dsc_dataset_free(data);
}

static void what_cannot_be_studied_leaves_no_folder(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(false);
    dsc_study *study;
    const dsc_study_how how = in("none");
    dsc_study_question q = ask(DSC_STUDY_FOLDS);
    q.folds = 61;
    assert_int_equal(dsc_study_start(&study, &q, data, NULL, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "expected 2 to 60 folds");
    q = ask(DSC_STUDY_CURVE);
    q.sizes[0] = 55;
    q.size_count = 1;
    assert_int_equal(dsc_study_start(&study, &q, data, NULL, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "expected 1 to 54");
    q = ask(DSC_STUDY_FOLDS);
    q.recipe.batch = 50;
    assert_int_equal(dsc_study_start(&study, &q, data, NULL, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "smaller batch");
    q = ask(DSC_STUDY_FOLDS);
    q.recipe.reading.group_by = strdup("x");
    assert_int_equal(dsc_study_start(&study, &q, data, NULL, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "no names to group by");
    assert_false(dsc_is_there(how.folder));
    dsc_dataset_free(data);
}

/* A network with one class too many: images of no class are refused, and held-out ones are measured. */
static void what_is_of_no_class_is_learned_and_refused(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = make(false), *others;
    uint8_t blank[40][SIDE * SIDE], labels[40] = {0};
    for (size_t i = 0; i < sizeof blank; i++) blank[i / 4][i % 4] = (uint8_t)(20 + i % 7);
    ASSERT_OK(testing_dataset(&others, &blank[0][0], labels, 40, (const size_t[]){1, SIDE, SIDE}, 1, NULL,
                              "blank", &error),
              error);
    dsc_study_question q = ask(DSC_STUDY_FOLDS);
    dsc_study *study;
    const dsc_study_how how = in("others");
    q.recipe.epochs = 60;
    q.recipe.others_data = others;
    ASSERT_OK(dsc_study_start(&study, &q, data, NULL, &how, &error), error);
    ASSERT_OK(dsc_study_run(study, NULL, NULL, &error), error);
    for (size_t i = 0; i < dsc_study_trials(study); i++) {
        const dsc_study_trial *t = dsc_study_trial_at(study, i);
        assert_int_equal(t->others_learned, 36);
        assert_int_equal(t->steps, 60 * ((t->samples + 36 + 7) / 8));
        assert_int_equal(t->refusal.others, 4);
        assert_int_equal(t->refusal.refused, 4); /* 95 percent of four */
        assert_true(t->refusal.below > 1.0 / CLASSES && t->refusal.below < 1);
        assert_int_equal(t->refusal.answered, t->held_out);
        assert_int_equal(t->refusal.right, t->right);
    }
    dsc_study_free(study);
    /* Without them it is another study. */
    ASSERT_OK(dsc_study_open(&q, how.folder, DSC_STUDY_FOLDS, &error), error);
    assert_true(q.has_others);
    assert_int_equal(dsc_study_resume(&study, &q, data, &how, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "other images of no class: whether there are any differs");
    q = ask(DSC_STUDY_FOLDS);
    q.recipe.others = strdup("named");
    assert_int_equal(dsc_study_start(&study, &q, data, NULL, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "these data are not open here");
    dsc_dataset_free(others);
    dsc_dataset_free(data);
}

static void a_damaged_question_is_told(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"kind\": \"folds\", \"format\": 2}",
        "{\"kind\": \"folds\", \"format\": 1, \"recipe\": {}}",
        ("{\"kind\": \"curve\", \"format\": 1, \"recipe\": {}, \"name\": \"a\","
         " \"kernels\": \"b\", \"folds\": 5, \"repeats\": 1, \"sizes\": []}")};
    dsc_error error;
    char path[4200];
    const dsc_study_how how = in("damaged");
    ASSERT_OK(dsc_folder_make(how.folder, &error), error);
    (void)snprintf(path, sizeof path, "%s/%s", how.folder, DSC_STUDY_QUESTION);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        dsc_study_question q;
        ASSERT_OK(dsc_file_write(path, texts[i], strlen(texts[i]), &error), error);
        assert_int_not_equal(dsc_study_open(&q, how.folder, DSC_STUDY_FOLDS, &error), DSC_OK);
        ASSERT_MESSAGE(error, DSC_STUDY_QUESTION);
        dsc_study_question_clear(&q);
    }
}

static void every_failed_allocation_is_an_error(void **state) {
    (void)state;
    static float answers[COUNT][CLASSES];
    dsc_dataset *data = make(false);
    long step = 1;
    for (long n = 0;; n += step) {
        dsc_error error = {0};
        dsc_study *study;
        char name[40];
        (void)snprintf(name, sizeof name, "memory-%ld", n);
        dsc_study_how how = in(name);
        dsc_study_question q = ask(DSC_STUDY_ANSWERS); /* does the work of all others */
        q.folds = 2;
        q.recipe.epochs = 1;
        q.recipe.others_data = data;
        how.threads = 1;
        testing_fail_allocation(n);
        dsc_status status = dsc_study_start(&study, &q, data, NULL, &how, &error);
        if (!status) status = dsc_study_run(study, NULL, NULL, &error);
        if (!status) status = dsc_study_answers(&answers[0][0], study, &error);
        const bool reached = testing_allocation_failed();
        if (study) dsc_study_free(study);
        if (!reached) {
            ASSERT_OK(status, error);
            break;
        }
        assert_true(status == DSC_OK || status == DSC_ERROR_MEMORY || status == DSC_ERROR_IO);
        step = 1 + n / 200;
    }
    dsc_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sample_is_held_out_once),
        cmocka_unit_test(smaller_parts_lie_within_larger_ones),
        cmocka_unit_test(a_study_says_what_was_right),
        cmocka_unit_test(answers_are_kept_and_what_is_lost_is_trained_again),
        cmocka_unit_test(what_cannot_be_studied_leaves_no_folder),
        cmocka_unit_test(what_is_of_no_class_is_learned_and_refused),
        cmocka_unit_test(a_damaged_question_is_told),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
