/* SPDX-License-Identifier: MIT */
/* test_search.c: rungs, the trials that advance, and a journal that may be truncated anywhere. */
#include "testing.h"

#include "tune/search.h"

#include <math.h>

static dsc_error error;

static void a_bracket_is_hyperbands(void **unused) {
    (void)unused;
    dsc_tune_plan plan;
    dsc_tune_plan_make(&plan, 27, 27, 3, 1, 1); /* as in the paper: 27 1, 9 3, 3 9, 1 27 */
    assert_int_equal(plan.count, 4);
    const size_t trials[] = {27, 9, 3, 1}, epochs[] = {1, 3, 9, 27};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(plan.rung[i].trials, trials[i]);
        assert_int_equal(plan.rung[i].epochs, epochs[i]);
    }
    assert_int_equal(dsc_tune_plan_step(&plan, 2), 6);
    assert_int_equal(dsc_tune_plan_epochs(&plan), 27 + 9 * 2 + 3 * 6 + 18);
    dsc_tune_plan_make(&plan, 10, 5, 1, 1, 1); /* random search */
    assert_int_equal(plan.count, 1);
    assert_int_equal(plan.rung[0].trials, 10);
    assert_int_equal(plan.rung[0].epochs, 5);
    dsc_tune_plan_make(&plan, 2, 100, 3, 1, 1); /* too few trials to halve */
    assert_int_equal(plan.count, 1);
    for (size_t n = 1; n < 200; n += 7)
        for (uint64_t e = 1; e < 50; e += 3)
            for (unsigned eta = 1; eta < 6; eta++) {
                dsc_tune_plan_make(&plan, n, e, eta, 1, 4);
                assert_true(plan.count == 1 || plan.rung[plan.count - 1].trials >= 4);
                dsc_tune_plan_make(&plan, n, e, eta, 1, 1);
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

static void fronts_are_made_of_what_no_smaller_one_equals(void **unused) {
    (void)unused;
    /* From the most accurate to the least; bytes of flash. */
    static const dsc_footprint footprints[] = {{.flash = 90}, {.flash = 95}, {.flash = 50}, {.flash = 50},
                                               {.flash = 20}, {.flash = 60}, {.flash = 10}};
    const dsc_footprint most = {.flash = 100};
    size_t trials[] = {0, 1, 2, 3, 4, 5, 6};
    assert_int_equal(dsc_tune_take_front(trials, 7, footprints, &most), 4);
    const size_t front[] = {0, 2, 4, 6, 1, 3, 5};
    for (size_t i = 0; i < 7; i++) assert_int_equal(trials[i], front[i]);
    /* Five places: the front, and from the next front (1, 3; 5 is larger than 3) its most accurate one. */
    size_t five[] = {0, 1, 2, 3, 4, 5, 6};
    dsc_tune_order_by_front(five, 7, 5, footprints, &most);
    const size_t of_five[] = {0, 2, 4, 6, 1};
    for (size_t i = 0; i < 5; i++) assert_int_equal(five[i], of_five[i]);
    /* Two and three places: the ends of the front, and its middle. */
    size_t three[] = {0, 1, 2, 3, 4, 5, 6}, two[] = {0, 1, 2, 3, 4, 5, 6}, one[] = {0, 1, 2, 3, 4, 5, 6};
    dsc_tune_order_by_front(three, 7, 3, footprints, &most);
    dsc_tune_order_by_front(two, 7, 2, footprints, &most);
    dsc_tune_order_by_front(one, 7, 1, footprints, &most);
    assert_true(three[0] == 0 && three[1] == 2 && three[2] == 6);
    assert_true(two[0] == 0 && two[1] == 6);
    assert_int_equal(one[0], 0);
}

static void a_limit_counts_only_where_there_is_one(void **unused) {
    (void)unused;
    const dsc_footprint takes = {.flash = 100, .ram = 10};
    assert_true(dsc_footprint_fits(&takes, &(dsc_footprint){.flash = 100, .ram = 10}));
    assert_false(dsc_footprint_fits(&takes, &(dsc_footprint){.flash = 99, .ram = 10}));
    assert_false(dsc_footprint_fits(&takes, &(dsc_footprint){.flash = 100, .ram = 9}));
    assert_true(dsc_footprint_fits(&takes, &(dsc_footprint){.ram = 10}));
    assert_true(dsc_footprint_fits(&takes, &(dsc_footprint){.flash = 100}));
    assert_false(dsc_footprint_fits(&DSC_FOOTPRINT_NONE, &(dsc_footprint){0}));
    assert_int_equal(dsc_footprint_size(&takes, &(dsc_footprint){.flash = 1, .ram = 1}), 100);
    assert_int_equal(dsc_footprint_size(&takes, &(dsc_footprint){.ram = 1}), 10);
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

/* A search whose first rung is complete; trial 3 failed. */
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

/* 100 bytes for each unit of the hidden layer. */
static dsc_status hundred_a_unit(void *user, dsc_footprint *footprint, const dsc_recipe *recipe, size_t trial,
                                 uint64_t draw, dsc_error *e) {
    (void)trial;
    (void)draw;
    (void)e;
    unsigned units = 0;
    assert_int_equal(sscanf(recipe->model, "784-%u-10", &units), 1);
    *footprint = (dsc_footprint){.flash = 100 * units, .ram = units};
    ++*(size_t *)user;
    return DSC_OK;
}

static dsc_tune_search with_budget(size_t *measured, uint64_t flash, const char *hidden, size_t trials,
                                   dsc_status *status) {
    dsc_tune_search search = {0};
    dsc_recipe recipe;
    const char json[] = "{\"model\": \"784-{hidden}-10\", \"epochs\": 9, \"batch\": 32}";
    const char *texts[] = {hidden, "batch=16|32"};
    const dsc_tune_budget budget = {
        .most = {.flash = flash}, .numbers = "whole", .find = hundred_a_unit, .user = measured};
    const dsc_tune_options options = {.trials = trials, .budget = &budget};
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, json, sizeof json - 1, "base", &error), error);
    *status = dsc_tune_search_make(&search, &recipe, "base", texts, 2, &options, &error);
    dsc_recipe_clear(&recipe);
    search.samples = 1000;
    free(search.data_name);
    search.data_name = strdup("some data");
    return search;
}

static void only_what_fits_is_tried_and_a_journal_knows_it(void **unused) {
    (void)unused;
    static const struct {
        const char *hidden;
        size_t trials, expected;
    } cases[] = {{"hidden=16|32|64|128", 27, 4}, {"hidden=8..128", 27, 27}, {"hidden=8..1000", 20, 20}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t measured = 0, size = 0, whole;
        dsc_status status;
        dsc_tune_search search = with_budget(&measured, 4000, cases[c].hidden, cases[c].trials, &status);
        ASSERT_OK(status, error);
        assert_int_equal(search.trials, cases[c].expected);
        assert_true(measured > search.trials); /* some did not fit */
        for (size_t i = 0; i < search.trials; i++) assert_in_range(search.footprints[i].flash, 1, 4000);
        assert_true(search.plan.rung[search.plan.count - 1].trials >= 4);
        char *text = NULL;
        append(&text, &size, dsc_tune_start_line(&search));
        for (size_t i = 0; i < search.trials; i++) { /* check_values compares them */
            *dsc_tune_result_of(&search, i, 0) =
                (dsc_tune_result){.done = true, .accuracy = 0.5 + 0.001 * (double)(i * 7 % search.trials)};
            append(&text, &size, dsc_tune_result_line(&search, i, 0, NULL));
        }
        measured = 0;
        dsc_tune_search back;
        ASSERT_OK(dsc_tune_search_read(&back, &whole, text, size, "journal", &error), error);
        assert_int_equal(measured, 0);
        assert_int_equal(back.trials, search.trials);
        assert_int_equal(back.most.flash, 4000);
        assert_string_equal(back.numbers, "whole");
        assert_int_equal(memcmp(back.footprints, search.footprints, search.trials * sizeof *back.footprints),
                         0);
        json_t *one = dsc_tune_start_line(&search), *two = dsc_tune_start_line(&back);
        assert_true(json_equal(one, two));
        json_decref(one);
        json_decref(two);
        dsc_tune_search_clear(&search);
        dsc_tune_search_clear(&back);
        free(text);
    }
}

static void a_budget_that_nothing_fits_is_told_with_the_smallest(void **unused) {
    (void)unused;
    size_t measured = 0;
    dsc_status status;
    dsc_tune_search search = with_budget(&measured, 700, "hidden=8|16|32", 27, &status);
    assert_int_equal(status, DSC_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "800 bytes of flash"));
    dsc_tune_search_clear(&search);
}

static void damaged_footprints_are_refused(void **unused) {
    (void)unused;
    size_t measured = 0;
    dsc_status status;
    dsc_tune_search search = with_budget(&measured, 4000, "hidden=8..128", 9, &status);
    ASSERT_OK(status, error);
    static const char *const values[] = {"[]",  "[[0, 1]]", "[[0, 1, -2]]",     "[[-1, 1, 2]]",
                                         "[7]", "null",     "[[0, 100000, 1]]", "{}"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        size_t size = 0, whole;
        char *text = NULL;
        json_t *line = dsc_tune_start_line(&search);
        json_object_set_new(json_object_get(line, "budget"), "footprints",
                            json_loads(values[i], JSON_DECODE_ANY, NULL));
        append(&text, &size, line);
        dsc_tune_search back;
        status = dsc_tune_search_read(&back, &whole, text, size, "journal", &error);
        assert_int_not_equal(status, DSC_OK);
        assert_non_null(strstr(error.message, "journal: line 1"));
        dsc_tune_search_clear(&back);
        free(text);
    }
    dsc_tune_search_clear(&search);
}

static void the_front_goes_on_first(void **unused) {
    (void)unused;
    size_t measured = 0, members[27], front[27];
    dsc_status status;
    dsc_tune_search search = with_budget(&measured, 100000, "hidden=8..900", 27, &status);
    ASSERT_OK(status, error);
    size_t smallest = 0, sizes = 0;
    for (size_t i = 0; i < 27; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again = again || search.footprints[k].flash == search.footprints[i].flash;
        sizes += !again;
    }
    for (size_t i = 0; i < 27; i++) { /* the larger the better: all are on the front */
        *dsc_tune_result_of(&search, i, 0) =
            (dsc_tune_result){.done = true, .accuracy = (double)search.footprints[i].flash / 1e6};
        if (search.footprints[i].flash < search.footprints[smallest].flash) smallest = i;
    }
    assert_int_equal(search.plan.count, 2);
    const size_t count = dsc_tune_members(members, &search, 1);
    assert_int_equal(count, 9);
    assert_int_equal(members[8], smallest);
    for (size_t i = 1; i < count; i++)
        assert_true(search.footprints[members[i]].flash < search.footprints[members[i - 1]].flash);
    assert_int_equal(dsc_tune_front(front, &search), sizes);
    for (size_t i = 0; i < count; i++) /* the smallest is the best: it alone is the front of the last rung */
        *dsc_tune_result_of(&search, members[i], 1) = (dsc_tune_result){
            .done = true, .accuracy = 1 - (double)search.footprints[members[i]].flash / 1e6};
    assert_int_equal(dsc_tune_front(front, &search), 1);
    assert_int_equal(front[0], smallest);
    dsc_tune_search_clear(&search);
}

static void a_journal_cut_off_anywhere_is_read_or_refused(void **unused) {
    (void)unused;
    size_t size;
    char *text = journal(&size);
    const size_t first = (size_t)(strchr(text, '\n') - text) + 1;
    for (size_t cut = 0; cut < size; cut += cut < first + 20 || size - cut < 400 ? 1 : 7) {
        dsc_tune_search search;
        size_t whole = 12345;
        char *part = malloc(cut ? cut : 1); /* exactly of its length */
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
    for (size_t i = 0; i < 60; i++) { /* only the width matters */
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
        cmocka_unit_test(fronts_are_made_of_what_no_smaller_one_equals),
        cmocka_unit_test(a_limit_counts_only_where_there_is_one),
        cmocka_unit_test(only_what_fits_is_tried_and_a_journal_knows_it),
        cmocka_unit_test(a_budget_that_nothing_fits_is_told_with_the_smallest),
        cmocka_unit_test(damaged_footprints_are_refused),
        cmocka_unit_test(the_front_goes_on_first),
        cmocka_unit_test(a_journal_gives_the_search_back),
        cmocka_unit_test(a_journal_cut_off_anywhere_is_read_or_refused),
        cmocka_unit_test(changed_bytes_of_a_journal_never_crash),
        cmocka_unit_test(what_matters_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
