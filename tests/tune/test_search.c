/* SPDX-License-Identifier: MIT */
/* test_search.c: rungs, who goes on, and a journal that may be cut off anywhere. */
#include "testing.h"

#include "tune/search.h"

#include <math.h>

static dsc_error error;

static void a_bracket_is_hyperbands(void **unused) {
    (void)unused;
    dsc_tune_plan plan;
    dsc_tune_plan_make(&plan, 27, 27, 3, 1); /* of the paper's kind: 27 1, 9 3, 3 9, 1 27 */
    assert_int_equal(plan.count, 4);
    const size_t trials[] = {27, 9, 3, 1}, epochs[] = {1, 3, 9, 27};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(plan.rung[i].trials, trials[i]);
        assert_int_equal(plan.rung[i].epochs, epochs[i]);
    }
    assert_int_equal(dsc_tune_plan_step(&plan, 2), 6);
    assert_int_equal(dsc_tune_plan_epochs(&plan), 27 + 9 * 2 + 3 * 6 + 18);
    dsc_tune_plan_make(&plan, 10, 5, 1, 1); /* random search */
    assert_int_equal(plan.count, 1);
    assert_int_equal(plan.rung[0].trials, 10);
    assert_int_equal(plan.rung[0].epochs, 5);
    dsc_tune_plan_make(&plan, 2, 100, 3, 1); /* too few to halve */
    assert_int_equal(plan.count, 1);
    for (size_t n = 1; n < 200; n += 7)
        for (uint64_t e = 1; e < 50; e += 3)
            for (unsigned eta = 1; eta < 6; eta++) {
                dsc_tune_plan_make(&plan, n, e, eta, 1);
                assert_int_equal(plan.rung[0].trials, n);
                assert_int_equal(plan.rung[plan.count - 1].epochs, e);
                for (size_t i = 1; i < plan.count; i++) {
                    assert_true(plan.rung[i].trials >= 1 && plan.rung[i].trials <= plan.rung[i - 1].trials);
                    assert_true(plan.rung[i].epochs > plan.rung[i - 1].epochs);
                }
            }
}

static void the_better_go_on_and_failures_come_last(void **unused) {
    (void)unused;
    const dsc_tune_result results[] = {{.done = true, .accuracy = 0.8, .loss = 1},
                                       {.done = true, .failed = true},
                                       {.done = true, .accuracy = 0.9, .loss = 2},
                                       {.done = true, .accuracy = 0.9, .loss = 1},
                                       {.done = true, .accuracy = 0.9, .loss = 1}};
    size_t trials[] = {0, 1, 2, 3, 4};
    dsc_tune_rank(trials, 5, results, 1);
    const size_t expected[] = {3, 4, 2, 0, 1};
    for (size_t i = 0; i < 5; i++) assert_int_equal(trials[i], expected[i]);
}

static dsc_tune_search make(void) {
    dsc_tune_search search = {0};
    dsc_recipe recipe;
    const char json[] = "{\"model\": \"784-{hidden}-10\", \"epochs\": 9, \"batch\": 32}";
    const char *texts[] = {"learning-rate=log:1e-4..1e-1", "hidden=16|32|64"};
    const dsc_tune_options options = {.trials = 9};
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, sizeof json - 1, "base", &error), error);
    ASSERT_OK(dsc_tune_search_make(&search, &recipe, "base", texts, 2, &options, &error), error);
    dsc_recipe_clear(&recipe);
    search.samples = 1000;
    search.data_crc = 7;
    free(search.data_name);
    search.data_name = strdup("some data");
    return search;
}

static void append(char **text, size_t *size, json_t *line) {
    char *one = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(17));
    assert_non_null(one);
    const size_t length = strlen(one);
    *text = realloc(*text, *size + length + 2);
    memcpy(*text + *size, one, length);
    (*text)[*size + length] = '\n';
    *size += length + 1;
    (*text)[*size] = '\0';
    free(one);
    json_decref(line);
}

/* A search whose first rung is done; trial 3 failed. */
static char *journal(size_t *size) {
    dsc_tune_search search = make();
    char *text = NULL;
    *size = 0;
    append(&text, size, dsc_tune_start_line(&search));
    for (size_t i = 0; i < 9; i++) {
        dsc_tune_result *result = dsc_tune_result_of(&search, i, 0);
        *result = (dsc_tune_result){
            .done = true, .accuracy = 0.5 + 0.04 * (double)(i * 4 % 9), .loss = 1, .seconds = 0.5};
        if (i == 3) *result = (dsc_tune_result){.done = true, .failed = true};
        append(&text, size, dsc_tune_result_line(&search, i, 0, i == 3 ? "diverged" : NULL));
    }
    dsc_tune_search_clear(&search);
    return text;
}

static void a_journal_gives_the_search_back(void **unused) {
    (void)unused;
    size_t size, whole;
    char *text = journal(&size);
    dsc_tune_search search, original = make();
    ASSERT_OK(dsc_tune_search_read(&search, &whole, text, size, "journal", &error), error);
    assert_int_equal(whole, size);
    assert_int_equal(search.trials, 9);
    for (size_t i = 0; i < 9; i++) {
        const dsc_tune_value *a = dsc_tune_values(&search, i), *b = dsc_tune_values(&original, i);
        assert_true(fabs(a[0].number - b[0].number) <= 0 && a[1].choice == b[1].choice);
    }
    size_t members[9], scratch[9];
    assert_true(dsc_tune_rung_is_done(&search, 0, scratch));
    assert_false(dsc_tune_rung_is_done(&search, 1, scratch));
    assert_int_equal(dsc_tune_members(members, &search, 1), 3);
    assert_int_equal(members[0], 2); /* 8 * 4 % 9 = 8 */
    for (size_t i = 0; i < 3; i++) assert_int_not_equal(members[i], 3);
    dsc_recipe final;
    ASSERT_OK(dsc_tune_final_recipe(&final, &search, members[0], &error), error);
    assert_null(strchr(final.model, '{'));
    dsc_recipe_clear(&final);
    dsc_tune_search_clear(&search);
    dsc_tune_search_clear(&original);
    free(text);
}

static void a_journal_cut_off_anywhere_is_read_or_refused(void **unused) {
    (void)unused;
    size_t size;
    char *text = journal(&size);
    const size_t first = (size_t)(strchr(text, '\n') - text) + 1;
    for (size_t cut = 0; cut < size; cut += cut < first + 20 || size - cut < 400 ? 1 : 7) {
        dsc_tune_search search;
        size_t whole = 12345;
        char *part = malloc(cut ? cut : 1); /* exactly as long as it is */
        memcpy(part, text, cut);
        const dsc_status status = dsc_tune_search_read(&search, &whole, part, cut, "journal", &error);
        if (cut < first) {
            assert_int_not_equal(status, DSC_OK);
            assert_true(error.message[0]);
        } else {
            ASSERT_OK(status, error);
            assert_true(whole <= cut && (whole == cut || cut - whole < 400) && text[whole - 1] == '\n');
        }
        dsc_tune_search_clear(&search);
        free(part);
    }
    free(text);
}

static void changed_bytes_of_a_journal_never_crash(void **unused) {
    (void)unused;
    size_t size;
    char *text = journal(&size);
    uint32_t state = 3;
    for (int round = 0; round < 600; round++) {
        state = state * 1664525u + 1013904223u;
        const size_t at = state % size;
        const char kept = text[at];
        text[at] = (char)(state >> 24);
        dsc_tune_search search;
        size_t whole;
        (void)dsc_tune_search_read(&search, &whole, text, size, "journal", &error);
        dsc_tune_search_clear(&search);
        text[at] = kept;
    }
    free(text);
}

static void what_matters_is_found(void **unused) {
    (void)unused;
    dsc_tune_search search = {0};
    dsc_recipe recipe;
    const char json[] = "{\"model\": \"784-{hidden}-10\", \"epochs\": 9, \"batch\": 32}";
    const char *texts[] = {"learning-rate=log:1e-4..1e-1", "hidden=16|32|64"};
    const dsc_tune_options options = {.trials = 60};
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, sizeof json - 1, "base", &error), error);
    ASSERT_OK(dsc_tune_search_make(&search, &recipe, "base", texts, 2, &options, &error), error);
    for (size_t i = 0; i < 60; i++) { /* the width alone decides */
        const size_t choice = dsc_tune_values(&search, i)[1].choice;
        *dsc_tune_result_of(&search, i, 0) = (dsc_tune_result){
            .done = true, .accuracy = 0.5 + 0.1 * (double)choice + 0.0001 * (double)(i * 37 % 60)};
    }
    dsc_tune_importance rate, hidden;
    ASSERT_OK(dsc_tune_importance_find(&rate, &search, 0, &error), error);
    ASSERT_OK(dsc_tune_importance_find(&hidden, &search, 1, &error), error);
    assert_true(hidden.share > 0.8 && rate.share < 0.2);
    assert_int_equal(hidden.choice, 2);
    dsc_recipe_clear(&recipe);
    dsc_tune_search_clear(&search);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bracket_is_hyperbands),
        cmocka_unit_test(the_better_go_on_and_failures_come_last),
        cmocka_unit_test(a_journal_gives_the_search_back),
        cmocka_unit_test(a_journal_cut_off_anywhere_is_read_or_refused),
        cmocka_unit_test(changed_bytes_of_a_journal_never_crash),
        cmocka_unit_test(what_matters_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
