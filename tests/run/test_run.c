/* SPDX-License-Identifier: MIT */
/* test_run.c: runs through the library: folders, the log, stopping and resuming. */
#include "train/stripes.h"

#include "base/file.h"
#include "data/dataset.h"
#include "run/log.h"
#include "run/run.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *place;

static char *path_of(const char *name) {
    char *path = dsc_path_join(place, name);
    assert_non_null(path);
    return path;
}

static char *content_of(const char *folder, const char *name) {
    char *path = dsc_path_join(folder, name);
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 24, &error), error);
    free(path);
    return (char *)bytes;
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)); text++) count++;
    return count;
}

static void make_recipe(dsc_recipe *recipe) {
    static const char json[] = "{\"model\": \"flatten, dense 8, relu, dense\", \"batch\": 6, \"epochs\": 3,"
                               " \"learning-rate\": 0.01, \"validation\": 0.2, \"ema\": 0.5}";
    dsc_error error;
    ASSERT_OK(dsc_recipe_initialise(recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(recipe, json, sizeof json - 1, "test", &error), error);
}

/* So that the run makes no snapshot, which has many allocations; test_snapshot.c lets those fail. */
static void keep_snapshots_away(const char *folder) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/" DSC_RUN_SNAPSHOTS, folder);
    const int file = open(path, O_WRONLY | O_CREAT, 0600);
    if (file >= 0) (void)close(file);
}

/* ---- folders ---- */

static void the_next_free_number_is_taken(void **state) {
    (void)state;
    dsc_error error;
    char *parent = path_of("numbers"), *folder;
    static const char *const expected[] = {"0001-mnist-99", "0002-my-net", "0003-run"};
    static const char *const names[] = {"mnist-99", "recipes/my net.json", ""};
    for (size_t i = 0; i < 3; i++) {
        ASSERT_OK(dsc_run_folder_number(&folder, parent, names[i], &error), error);
        assert_string_equal(strrchr(folder, '/') + 1, expected[i]);
        free(folder);
    }
    char *far = dsc_path_join(parent, "0041-x"), *odd = dsc_path_join(parent, "7000");
    assert_int_equal(mkdir(far, 0777), 0);
    assert_int_equal(mkdir(odd, 0777), 0); /* not a run: its name has no '-' */
    ASSERT_OK(dsc_run_folder_number(&folder, parent, "y", &error), error);
    assert_string_equal(strrchr(folder, '/') + 1, "0042-y");
    free(folder);
    free(far);
    free(odd);
    free(parent);
}

static void a_folder_is_locked_for_one_at_a_time(void **state) {
    (void)state;
    dsc_error error;
    int first, second;
    ASSERT_OK(dsc_run_folder_lock(&first, place, &error), error);
    assert_int_equal(dsc_run_folder_lock(&second, place, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "another process");
    close(first);
    ASSERT_OK(dsc_run_folder_lock(&second, place, &error), error);
    close(second);
}

static void what_has_a_name_of_a_run_is_never_replaced(void **state) {
    (void)state;
    static const char *const names[] = {DSC_RUN_RECIPE,    DSC_RUN_LOG,       DSC_RUN_CHECKPOINT,
                                        DSC_RUN_MODEL,     DSC_RUN_SNAPSHOTS, DSC_RUN_CURVES_SVG,
                                        DSC_RUN_CURVES_PNG};
    dsc_error error;
    dsc_recipe recipe;
    make_recipe(&recipe);
    char *folder = path_of("taken");
    assert_int_equal(mkdir(folder, 0777), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = dsc_path_join(folder, names[i]);
        ASSERT_OK(dsc_file_write(path, "mine", 4, &error), error);
        dsc_training_run *run;
        const dsc_run_options options = {.folder = folder};
        assert_int_equal(dsc_run_start(&run, &recipe, stripes, &options, &error), DSC_ERROR_ARGUMENT);
        assert_null(run);
        ASSERT_MESSAGE(error, names[i]);
        char *kept = content_of(folder, names[i]);
        assert_string_equal(kept, "mine");
        free(kept);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
    assert_int_equal(rmdir(folder), 0); /* nothing else was written */
    free(folder);
    dsc_recipe_clear(&recipe);
}

static void a_run_for_which_there_is_no_room_is_left_to_be_resumed(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_training_run *run;
    make_recipe(&recipe);
    char *folder = path_of("no-room");
    const dsc_run_options options = {.folder = folder};
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 3000; /* enough for recipe and log, too little for the checkpoint */
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    dsc_status status = dsc_run_start(&run, &recipe, stripes, &options, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(status, DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "no step was done");
    ASSERT_OK(dsc_run_resume(&run, &recipe, stripes, &options, &error), error);
    dsc_run_free(run);
    free(folder);
    dsc_recipe_clear(&recipe);
}

/* An obstacle to the result is found before the first step, also when a run resumes. */
static void a_folder_of_the_models_name_is_found_before_the_first_step(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_training_run *run;
    make_recipe(&recipe);
    char *folder = path_of("in-the-way"), *model = dsc_path_join(folder, DSC_RUN_MODEL);
    const dsc_run_options options = {.folder = folder};
    ASSERT_OK(dsc_run_start(&run, &recipe, stripes, &options, &error), error);
    dsc_run_free(run);
    assert_int_equal(mkdir(model, 0777), 0);
    assert_int_equal(dsc_run_resume(&run, &recipe, stripes, &options, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, DSC_RUN_MODEL);
    assert_int_equal(rmdir(model), 0);
    ASSERT_OK(dsc_run_resume(&run, &recipe, stripes, &options, &error), error);
    dsc_run_free(run);
    free(folder);
    free(model);
    dsc_recipe_clear(&recipe);
}

static void a_start_that_fails_leaves_no_empty_folder(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_training_run *run;
    make_recipe(&recipe);
    char *folder = path_of("gone");
    const dsc_run_options options = {.folder = folder};
    bool left = false, failed = true;
    for (long n = 0; failed; n++) { /* if it fails before the folder has content */
        testing_fail_allocation(n);
        const dsc_status status = dsc_run_start(&run, &recipe, stripes, &options, &error);
        failed = testing_allocation_failed();
        DIR *found = opendir(folder);
        size_t items = 0;
        for (const struct dirent *item; found && (item = readdir(found));) items += item->d_name[0] != '.';
        left = left || (found && status && items == 0);
        if (found) (void)closedir(found);
        if (!status) dsc_run_free(run);
        if (items) break;
    }
    assert_false(left);
    free(folder);
    dsc_recipe_clear(&recipe);
}

static int stop_at_once(void *user, const dsc_event *event) {
    (void)user;
    return event->kind == DSC_EVENT_STEP;
}

/* The images at the beginning of a run determine what its model expects, whatever is noted about them
 * later. */
static void a_resumed_run_expects_the_images_that_it_was_begun_with(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_training_run *run;
    dsc_dataset *prepared, *plain;
    make_recipe(&recipe);
    ASSERT_OK(dsc_digits_create(&prepared, 60, 1, 1, &error), error);
    const size_t shape[3] = {1, 28, 28};
    ASSERT_OK(testing_dataset(&plain, dsc_dataset_images(prepared), dsc_dataset_labels(prepared), 60, shape,
                              10, NULL, "the same", &error),
              error);
    dsc_dataset_note(plain, &(dsc_images_note){.prepared_noted = true});
    char *folder = path_of("noted");
    const dsc_run_options options = {.folder = folder};
    ASSERT_OK(dsc_run_start(&run, &recipe, prepared, &options, &error), error);
    assert_int_equal(dsc_run_train(run, stop_at_once, NULL, &error), DSC_ERROR_STOPPED);
    dsc_run_free(run);
    ASSERT_OK(dsc_run_resume(&run, &recipe, plain, &options, &error), error);
    dsc_images images;
    dsc_model_describe(&images, dsc_run_model(run));
    assert_int_equal(images.preparation, DSC_PREPARATION_DIGITS);
    dsc_run_free(run);
    dsc_dataset_free(prepared);
    dsc_dataset_free(plain);
    free(folder);
    dsc_recipe_clear(&recipe);
}

/* ---- the log ---- */

static void the_log_is_json_whatever_goes_in(void **state) {
    (void)state;
    dsc_error error;
    char *path = path_of("values.jsonl");
    dsc_run_log log;
    ASSERT_OK(dsc_run_log_open(&log, path, &error), error);
    dsc_run_log_begin(&log, "step", 7);
    dsc_run_log_text(&log, "text", "a \"b\"\n\\");
    dsc_run_log_group(&log, "group");
    dsc_run_log_real(&log, "tenth", 0.1);
    dsc_run_log_real(&log, "nan", (double)NAN);
    dsc_run_log_group_end(&log);
    dsc_run_log_text(&log, "none", NULL);
    ASSERT_OK(dsc_run_log_end(&log, &error), error);
    dsc_run_log_close(&log);
    char *text = content_of(place, "values.jsonl");
    assert_string_equal(text, "{\"event\":\"step\",\"step\":7,\"text\":\"a \\\"b\\\"\\n\\\\\","
                              "\"group\":{\"tenth\":0.1,\"nan\":null},\"none\":null}\n");
    free(text);
    free(path);
}

static void rewinding_leaves_what_came_before_and_no_half_line(void **state) {
    (void)state;
    static const char before[] = "{\"event\":\"start\",\"step\":0}\n"
                                 "{\"event\":\"step\",\"step\":5}\n"
                                 "{\"event\":\"epoch\",\"step\":10}\n"
                                 "{\"event\":\"step\",\"step\":11}\n"
                                 "not json\n"
                                 "{\"event\":\"end\",\"step\":5}\n"
                                 "{\"event\":\"step\",\"st";
    dsc_error error;
    bool empty;
    char *path = path_of("rewound.jsonl");
    ASSERT_OK(dsc_file_write(path, before, sizeof before - 1, &error), error);
    ASSERT_OK(dsc_run_log_rewind(&empty, path, 10, false, &error), error);
    assert_false(empty);
    char *text = content_of(place, "rewound.jsonl");
    assert_string_equal(text, "{\"event\":\"start\",\"step\":0}\n{\"event\":\"step\",\"step\":5}\n"
                              "{\"event\":\"epoch\",\"step\":10}\n");
    free(text);
    ASSERT_OK(dsc_run_log_rewind(&empty, path, 0, true, &error), error);
    text = content_of(place, "rewound.jsonl");
    assert_string_equal(text, "{\"event\":\"start\",\"step\":0}\n");
    free(text);
    unlink(path);
    ASSERT_OK(dsc_run_log_rewind(&empty, path, 0, true, &error), error);
    assert_true(empty);
    free(path);
}

static void history_takes_running_means_apart(void **state) {
    (void)state;
    static const char text[] =
        "{\"event\":\"step\",\"step\":1,\"epoch\":0.25,\"loss\":4.0,\"accuracy\":0.0}\n"
        "{\"event\":\"step\",\"step\":2,\"epoch\":0.5,\"loss\":3.0,\"accuracy\":0.5}\n"
        "{\"event\":\"step\",\"step\":4,\"epoch\":1.0,\"loss\":2.0,\"accuracy\":0.75}\n"
        "{\"event\":\"epoch\",\"step\":4,\"epoch\":1.0,\"loss\":2.0,\"validation_loss\":null}\n"
        "{\"event\":\"step\",\"step\":5,\"epoch\":1.25,\"loss\":0.5,\"accuracy\":1.0}\n"
        "{\"event\":\"st";
    static const double losses[] = {4, 2, 1, 0.5}, accuracies[] = {0, 1, 1, 1};
    dsc_error error;
    char *path = path_of("history.jsonl");
    dsc_run_history history;
    ASSERT_OK(dsc_file_write(path, text, sizeof text - 1, &error), error);
    ASSERT_OK(dsc_run_history_read(&history, path, &error), error);
    assert_int_equal(history.step_count, 4);
    assert_int_equal(history.epoch_count, 1);
    for (size_t i = 0; i < 4; i++) {
        assert_true(fabs(history.steps[i].loss - losses[i]) <= 1e-12);
        assert_true(fabs(history.steps[i].accuracy - accuracies[i]) <= 1e-12);
    }
    assert_true(history.epochs[0].loss == 2);
    assert_true(isnan(history.epochs[0].validation_loss));
    dsc_run_history_free(&history);
    free(path);
}

/* ---- runs ---- */

/* Trains in `folder` from its present state; stops after `stop_at` steps. */
static dsc_status sit(const char *folder, uint64_t stop_at, unsigned threads, dsc_error *error) {
    dsc_recipe recipe;
    dsc_run_options options = {.folder = folder, .name = "test", .threads = threads};
    dsc_training_run *run = NULL;
    listener l = {.stop_at = stop_at};
    char path[512]; /* not one of the allocations that fail in tests */
    (void)snprintf(path, sizeof path, "%s/%s", folder, DSC_RUN_RECIPE);
    bool exists = !access(path, F_OK);
    dsc_status status;
    if (exists) {
        status = dsc_run_recipe(&recipe, NULL, folder, error);
        if (!status) status = dsc_run_resume(&run, &recipe, stripes, &options, error);
    } else {
        make_recipe(&recipe);
        status = dsc_run_start(&run, &recipe, stripes, &options, error);
    }
    if (!status) status = dsc_run_train(run, listen, &l, error);
    dsc_run_free(run);
    dsc_recipe_clear(&recipe);
    return status;
}

static void stopped_at_any_step_a_run_ends_with_the_same_bits_and_log(void **state) {
    (void)state;
    dsc_error error;
    char *whole = path_of("whole");
    ASSERT_OK(sit(whole, 0, 1, &error), error);
    char *model = content_of(whole, DSC_RUN_MODEL), *log = content_of(whole, DSC_RUN_LOG);
    struct stat info;
    char *model_path = dsc_path_join(whole, DSC_RUN_MODEL);
    assert_int_equal(stat(model_path, &info), 0);
    free(model_path);
    for (uint64_t step = 1; step <= 24; step++) { /* 8 steps in an epoch */
        char name[32];
        (void)snprintf(name, sizeof name, "stopped-%d", (int)step);
        char *folder = path_of(name);
        dsc_status status = sit(folder, step, (unsigned)(step % 4) + 1, &error);
        /* After the last step there is nothing to stop. */
        if (step < 24) assert_int_equal(status, DSC_ERROR_STOPPED);
        ASSERT_OK(sit(folder, 0, (unsigned)(step % 3) + 1, &error), error);
        char *other = content_of(folder, DSC_RUN_MODEL), *other_log = content_of(folder, DSC_RUN_LOG);
        assert_memory_equal(model, other, (size_t)info.st_size);
        assert_int_equal(count_of(other_log, "\"event\":\"step\""), count_of(log, "\"event\":\"step\""));
        assert_int_equal(count_of(other_log, "\"event\":\"epoch\""), 3);
        assert_int_equal(count_of(other_log, "\"event\":\"end\""), 1);
        assert_int_equal(count_of(other_log, "\"event\":\"resume\""), 1);
        free(other);
        free(other_log);
        free(folder);
    }
    free(model);
    free(log);
    free(whole);
}

static void a_run_without_a_checkpoint_starts_again(void **state) {
    (void)state;
    dsc_error error;
    char *folder = path_of("no-checkpoint"), *checkpoint = dsc_path_join(folder, DSC_RUN_CHECKPOINT),
         *log_path = dsc_path_join(folder, DSC_RUN_LOG);
    assert_int_equal(sit(folder, 12, 2, &error), DSC_ERROR_STOPPED);
    assert_int_equal(unlink(checkpoint), 0);
    ASSERT_OK(sit(folder, 0, 2, &error), error);
    char *whole = path_of("whole"), *expected = content_of(whole, DSC_RUN_MODEL),
         *found = content_of(folder, DSC_RUN_MODEL), *log = content_of(folder, DSC_RUN_LOG);
    assert_memory_equal(expected, found, 200);
    assert_int_equal(count_of(log, "\"event\":\"step\""), 24);
    assert_int_equal(count_of(log, "\"event\":\"start\""), 1);
    /* Losing the log does not lose the run. */
    assert_int_equal(unlink(log_path), 0);
    ASSERT_OK(sit(folder, 0, 2, &error), error);
    free(whole);
    free(expected);
    free(found);
    free(log);
    free(folder);
    free(checkpoint);
    free(log_path);
}

static void a_run_survives_every_failed_allocation(void **state) {
    (void)state;
    dsc_error error;
    bool failed = true;
    size_t finished = 0;
    for (long n = 0; failed && n < 20000; n++) {
        char name[32];
        (void)snprintf(name, sizeof name, "memory-%ld", n);
        char *folder = path_of(name);
        dsc_recipe recipe;
        make_recipe(&recipe);
        dsc_run_options options = {.folder = folder, .threads = 1};
        dsc_training_run *run = NULL;
        error = (dsc_error){0};
        testing_fail_allocation(n);
        dsc_status status = dsc_run_start(&run, &recipe, stripes, &options, &error);
        if (!status) keep_snapshots_away(folder);
        if (!status) status = dsc_run_train(run, NULL, NULL, &error);
        dsc_run_free(run);
        failed = testing_allocation_failed();
        if (status && status != DSC_ERROR_MEMORY) fail_msg("%ld: %s", n, error.message);
        if (status) assert_true(error.message[0]);
        finished += !status;
        dsc_recipe_clear(&recipe);
        free(folder);
    }
    assert_false(failed);
    assert_true(finished > 0);
}

static void resuming_survives_every_failed_allocation(void **state) {
    (void)state;
    dsc_error error;
    bool failed = true;
    char *folder = path_of("resumed-often");
    assert_int_equal(sit(folder, 12, 1, &error), DSC_ERROR_STOPPED);
    for (long n = 0; failed && n < 20000; n++) {
        testing_fail_allocation(n);
        dsc_status status = sit(folder, 13, 1, &error);
        failed = testing_allocation_failed();
        /* Whatever happened, the run can be resumed. */
        if (status != DSC_ERROR_STOPPED && status != DSC_ERROR_MEMORY && status)
            fail_msg("%ld: %s", n, error.message);
    }
    assert_false(failed);
    ASSERT_OK(sit(folder, 0, 1, &error), error);
    char *whole = path_of("whole"), *expected = content_of(whole, DSC_RUN_MODEL),
         *found = content_of(folder, DSC_RUN_MODEL);
    assert_memory_equal(expected, found, 200);
    free(whole);
    free(expected);
    free(found);
    free(folder);
}

int main(void) {
    place = testing_folder();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_free_number_is_taken),
        cmocka_unit_test(a_folder_is_locked_for_one_at_a_time),
        cmocka_unit_test(what_has_a_name_of_a_run_is_never_replaced),
        cmocka_unit_test(a_run_for_which_there_is_no_room_is_left_to_be_resumed),
        cmocka_unit_test(a_folder_of_the_models_name_is_found_before_the_first_step),
        cmocka_unit_test(a_start_that_fails_leaves_no_empty_folder),
        cmocka_unit_test(a_resumed_run_expects_the_images_that_it_was_begun_with),
        cmocka_unit_test(the_log_is_json_whatever_goes_in),
        cmocka_unit_test(rewinding_leaves_what_came_before_and_no_half_line),
        cmocka_unit_test(history_takes_running_means_apart),
        cmocka_unit_test(stopped_at_any_step_a_run_ends_with_the_same_bits_and_log),
        cmocka_unit_test(a_run_without_a_checkpoint_starts_again),
        cmocka_unit_test(a_run_survives_every_failed_allocation),
        cmocka_unit_test(resuming_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
