/* SPDX-License-Identifier: MIT */
/* test_spread.c: several processes share a search: the same results as of one, and all end together. The
 * processes are threads here: see ranks_of_threads.h. */
#include "train/ranks_of_threads.h"

#include "ranks/ranks.h"
#include "tune/work.h"

#include <fcntl.h>
#include <unistd.h>

static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    return dsc_digits_create(&digits, 60, 3, 1, NULL);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

/* One of the trials diverges. */
static const char recipe_text[] =
    "{\"model\": \"784-{units}-10\", \"batch\": 10, \"epochs\": 4, "
    "\"optimiser\": \"adamw\", \"weight-decay\": 100, \"kernels\": \"portable\"}";
static const char *const texts[] = {"learning-rate=0.001|0.01|1000", "units=3|5|7"};

static dsc_status make_search(dsc_tune_search *search, dsc_error *error) {
    dsc_recipe recipe;
    dsc_tune_options options = {.trials = 9, .reduction = 2};
    dsc_status status = dsc_recipe_initialise(&recipe, error);
    if (!status) status = dsc_recipe_from_json(&recipe, recipe_text, strlen(recipe_text), "test", error);
    if (!status) status = dsc_tune_search_make(search, &recipe, "test", texts, 2, &options, error);
    dsc_recipe_clear(&recipe);
    return status;
}

typedef struct sitting {
    const char *folder;
    bool resumes;
    unsigned threads;
    size_t stop_after; /* the events after which this process asks to stop; 0: never */
    bool fills;        /* the disk: the journal cannot be written */
    /* what came out */
    dsc_status status;
    dsc_error error;
    size_t events, results, failed;
    double sum; /* of the losses of all results */
} sitting;

static int count(void *user, const dsc_tune_event *event) {
    sitting *s = user;
    if (event->kind == DSC_TUNE_RESULT) {
        s->results++;
        s->failed += event->message != NULL && strstr(event->message, "not finite") != NULL;
    }
    s->events++;
    return s->stop_after && s->events >= s->stop_after;
}

static dsc_status begin(dsc_tune **tune, const sitting *s, const dsc_ranks *ranks, dsc_error *error) {
    dsc_tune_search search = {0};
    const dsc_tune_how how = {.folder = s->folder, .threads = s->threads, .ranks = ranks};
    *tune = NULL;
    if (dsc_ranks_own(ranks) || s->resumes) return dsc_tune_resume(tune, digits, &how, error);
    dsc_status status = make_search(&search, error);
    if (!status) status = dsc_tune_start(tune, &search, digits, NULL, &how, error);
    dsc_tune_search_clear(&search);
    return status;
}

/* cmocka's asserts are not for threads. */
static void sit(void *context, const dsc_ranks *ranks) {
    sitting *s = context;
    dsc_tune *tune = NULL;
    char ready = 0;
    if (!dsc_ranks_own(ranks)) s->status = begin(&tune, s, ranks, &s->error);
    if (ranks && dsc_ranks_copy(ranks, &ready, 1, &s->error)) s->status = DSC_ERROR_IO;
    if (dsc_ranks_own(ranks) && !s->status) s->status = begin(&tune, s, ranks, &s->error);
    double done = s->status, received; /* none writes before all have read */
    if (ranks && dsc_ranks_sum_doubles(ranks, &done, 1, &received, &s->error)) s->status = DSC_ERROR_IO;
    if (s->fills && !s->status) {
        const int full = open("/dev/full", O_WRONLY);
        (void)dup2(full, tune->journal.descriptor);
        (void)close(full);
    }
    if (tune && !s->status) s->status = dsc_tune_run(tune, count, s, &s->error);
    const dsc_tune_search *found = tune ? dsc_tune_search_of(tune) : NULL;
    for (size_t i = 0; found && i < found->trials * found->plan.count; i++)
        if (found->results[i].done && !found->results[i].failed) s->sum += found->results[i].loss;
    dsc_tune_free(tune);
}

/* All in the same way. */
static void search(sitting *all, const sitting *how, ranks_world *world) {
    for (unsigned r = 0; r < world->count; r++) all[r] = *how;
    ranks_run(world, sit, all, sizeof *all);
}

static const char *folder_of(const char *name) {
    static char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/%s", testing_folder(), name);
    return folder;
}

static sitting search_alone(void) {
    static sitting one;
    if (!one.folder)
        search(&one, &(sitting){.folder = folder_of("alone"), .threads = 2}, &(ranks_world){.count = 1});
    if (one.status) fail_msg("%s", one.error.message);
    return one;
}

static void any_number_of_processes_comes_to_the_same_end(void **state) {
    (void)state;
    static const unsigned sizes[][2] = {{2, 5}, {4, 2}, {8, 1}};
    const sitting alone = search_alone();
    assert_true(alone.failed > 0 && alone.results > alone.failed);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char name[32];
        sitting all[RANKS_MOST];
        (void)snprintf(name, sizeof name, "shared-%zu", i);
        search(all, &(sitting){.folder = folder_of(name), .threads = sizes[i][1]},
               &(ranks_world){.count = sizes[i][0]});
        for (unsigned r = 0; r < sizes[i][0]; r++) {
            if (all[r].status) fail_msg("%u of %u: %s", r, sizes[i][0], all[r].error.message);
            assert_true(all[r].sum == alone.sum);
            /* only process 0 writes and tells results, with the messages of those that failed elsewhere */
            assert_int_equal(all[r].results, r ? 0 : alone.results);
            assert_int_equal(all[r].failed, r ? 0 : alone.failed);
        }
    }
}

static void all_stop_if_one_is_asked_to_and_go_on_to_the_same_end(void **state) {
    (void)state;
    const sitting alone = search_alone();
    sitting all[4];
    for (unsigned asked = 0; asked < 4; asked += 3) {
        ranks_world world = {.count = 4};
        const char *folder = folder_of(asked ? "stopped-3" : "stopped-0");
        for (unsigned r = 0; r < 4; r++)
            all[r] = (sitting){.folder = folder, .threads = 1, .stop_after = r == asked ? 2 : 0};
        ranks_run(&world, sit, all, sizeof *all);
        size_t results = all[0].results;
        for (unsigned r = 0; r < 4; r++) {
            assert_int_equal(all[r].status, DSC_ERROR_STOPPED);
            ASSERT_MESSAGE(all[r].error, "the search was stopped");
        }
        search(all, &(sitting){.folder = folder, .threads = 1, .resumes = true}, &(ranks_world){.count = 2});
        for (unsigned r = 0; r < 2; r++) {
            if (all[r].status) fail_msg("%s", all[r].error.message);
            assert_true(all[r].sum == alone.sum);
        }
        assert_int_equal(results + all[0].results, alone.results);
    }
}

static void a_journal_that_cannot_be_written_ends_all(void **state) {
    (void)state;
    sitting all[4];
    ranks_world world = {.count = 4};
    const char *folder = folder_of("full");
    for (unsigned r = 0; r < 4; r++) all[r] = (sitting){.folder = folder, .threads = 1, .fills = r == 0};
    ranks_run(&world, sit, all, sizeof *all);
    assert_int_equal(all[0].status, DSC_ERROR_IO);
    ASSERT_MESSAGE(all[0].error, "cannot be written");
    for (unsigned r = 1; r < 4; r++) {
        assert_int_equal(all[r].status, DSC_ERROR_STOPPED);
        ASSERT_MESSAGE(all[r].error, "another process failed");
    }
}

static void an_exchange_that_fails_ends_all(void **state) {
    (void)state;
    sitting all[2];
    for (size_t at = 3; at < 10; at++) {
        char name[32];
        (void)snprintf(name, sizeof name, "cut-%zu", at);
        search(all, &(sitting){.folder = folder_of(name), .threads = 2},
               &(ranks_world){.count = 2, .fail_at = at});
        for (unsigned r = 0; r < 2; r++) {
            assert_int_equal(all[r].status, DSC_ERROR_IO);
            assert_string_equal(all[r].error.message, "the cable is cut");
        }
    }
}

static void too_many_processes_are_refused(void **state) {
    (void)state;
    const dsc_ranks ranks = {.count = 512};
    dsc_error error;
    dsc_tune *tune;
    const sitting s = {.folder = folder_of("many")};
    assert_int_equal(begin(&tune, &s, &ranks, &error), DSC_ERROR_ARGUMENT);
    assert_string_equal(error.message, "512 processes cannot share a search; start at most 256");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_processes_comes_to_the_same_end),
        cmocka_unit_test(all_stop_if_one_is_asked_to_and_go_on_to_the_same_end),
        cmocka_unit_test(a_journal_that_cannot_be_written_ends_all),
        cmocka_unit_test(an_exchange_that_fails_ends_all),
        cmocka_unit_test(too_many_processes_are_refused),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
