/* SPDX-License-Identifier: MIT */
/* test_snapshot.c: snapshots of a run are few and complete, and have no effect on it. */
#include "testing.h"

#include "base/file.h"
#include "run/run.h"
#include "run/snapshot.h"

#include <dirent.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

static dsc_error error;
static dsc_dataset *data;

static char *path_of(const char *folder, const char *name) {
    char *snapshots = dsc_path_join(folder, DSC_RUN_SNAPSHOTS), *path = dsc_path_join(snapshots, name);
    free(snapshots);
    return path;
}

static size_t files_in(const char *folder) {
    size_t count = 0;
    DIR *list = opendir(folder);
    struct dirent *entry;
    assert_non_null(list);
    while ((entry = readdir(list))) count += *entry->d_name != '.';
    closedir(list);
    return count;
}

static dsc_run_options options;

/* `stop`: in the middle of the second epoch. `broken`: its snapshots cannot be written. */
typedef struct watch {
    bool stop, broken;
} watch;

static int on_event(void *user, const dsc_event *event) {
    const watch *w = user;
    return w->stop && event->kind == DSC_EVENT_STEP && event->epoch == 2;
}

static dsc_status train(const char *folder, const char *epochs, const char *validation, watch *w) {
    char text[300];
    dsc_recipe recipe;
    dsc_training_run *run;
    (void)snprintf(
        text, sizeof text,
        "{\"model\": \"784-8-10\", \"epochs\": %s, \"validation\": %s, \"batch\": 50, \"ema\": 0.9}", epochs,
        validation);
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(&recipe, text, strlen(text), "a test", &error), error);
    options = (dsc_run_options){.folder = folder, .threads = 1};
    if (w->stop) options.checkpoint_seconds = 1e-9;
    ASSERT_OK(dsc_run_start(&run, &recipe, data, &options, &error), error);
    if (w->broken) { /* no file can be written where there is no folder */
        char *path = dsc_path_join(folder, DSC_RUN_SNAPSHOTS);
        ASSERT_OK(dsc_file_write(path, "x", 1, &error), error);
        free(path);
    }
    const dsc_status status = dsc_run_train(run, on_event, w, &error);
    dsc_run_free(run);
    dsc_recipe_clear(&recipe);
    return status;
}

static json_t *snapshot(const char *folder, const char *name) {
    char *path = path_of(folder, name);
    json_t *json = json_load_file(path, 0, NULL);
    if (!json) fail_msg("%s cannot be read", path);
    free(path);
    return json;
}

static void a_run_keeps_few_of_them_from_its_start_to_its_end(void **unused) {
    (void)unused;
    char *folder = dsc_path_join(testing_folder(), "few"), *inside = path_of(folder, "");
    ASSERT_OK(train(folder, "25", "0.2", &(watch){0}), error);
    /* Every third of 25 epochs, the first and the last, each with its network. */
    assert_int_equal(files_in(inside), 2 * (1 + 8 + 1));
    json_t *first = snapshot(folder, "000000.json"), *last = snapshot(folder, "000025.json");
    assert_float_equal(json_number_value(json_object_get(last, "epoch")), 25, 1e-9);
    assert_string_equal(json_string_value(json_object_get(last, "of")), "held-out");
    assert_true(json_number_value(json_object_get(last, "accuracy")) >
                json_number_value(json_object_get(first, "accuracy")));
    const size_t count = (size_t)json_integer_value(json_object_get(last, "count"));
    assert_int_equal(count, 60); /* a fifth of 300 */
    /* The table and the mistakes describe the same answers. */
    const json_t *rows = json_object_get(last, "confusion"), *row, *cell;
    size_t i, k, all = 0, right = 0;
    json_array_foreach(rows, i, row) json_array_foreach(row, k, cell) {
        all += (size_t)json_integer_value(cell);
        right += i == k ? (size_t)json_integer_value(cell) : 0;
    }
    assert_int_equal(all, count);
    assert_float_equal((double)right / (double)count, json_number_value(json_object_get(last, "accuracy")),
                       1e-3);
    const json_t *mistakes = json_object_get(last, "mistakes"), *places = json_object_get(last, "places");
    assert_int_equal(json_integer_value(json_object_get(mistakes, "all")), count - right);
    assert_int_equal(json_array_size(json_object_get(places, "x")), count);
    size_t wrong = 0;
    for (i = 0; i < count; i++)
        wrong += json_integer_value(json_array_get(json_object_get(places, "labels"), i)) !=
                 json_integer_value(json_array_get(json_object_get(places, "answers"), i));
    assert_int_equal(wrong, count - right);
    json_decref(first);
    json_decref(last);
    free(inside);
    free(folder);
}

/* The network of the last one is the one that would be measured: here the average. */
static void its_network_is_the_model_as_it_was(void **unused) {
    (void)unused;
    char *folder = dsc_path_join(testing_folder(), "network"), *path = path_of(folder, "000003.safetensors"),
         *early = path_of(folder, "000001.safetensors"), *end = dsc_path_join(folder, DSC_RUN_MODEL);
    ASSERT_OK(train(folder, "3", "0", &(watch){0}), error);
    const char *const files[] = {path, end, early};
    float answers[3][10];
    for (size_t i = 0; i < 3; i++) {
        dsc_model *model;
        dsc_predictor *predictor;
        dsc_workspace *workspace;
        ASSERT_OK(dsc_model_load(&model, files[i], &error), error);
        ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
        ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
        ASSERT_OK(dsc_predict(answers[i], predictor, workspace, dsc_dataset_images(data), 1, &error), error);
        if (i != 1) assert_string_equal(dsc_model_about(model, "epoch"), i ? "1.000" : "3.000");
        dsc_workspace_free(workspace);
        dsc_predictor_free(predictor);
        dsc_model_free(model);
    }
    assert_memory_equal(answers[0], answers[1], sizeof answers[0]);
    assert_true(memcmp((const void *)answers[0], (const void *)answers[2], sizeof answers[0]) != 0);
    json_t *json = snapshot(folder, "000003.json");
    assert_string_equal(json_string_value(json_object_get(json, "of")), "training");
    json_decref(json);
    free(path), free(early), free(end), free(folder);
}

static void between_two_there_is_one_of_now(void **unused) {
    (void)unused;
    char *folder = dsc_path_join(testing_folder(), "now"), *now = path_of(folder, "now.json");
    assert_int_equal(train(folder, "20", "0", &(watch){.stop = true}), DSC_ERROR_STOPPED);
    json_t *json = snapshot(folder, "now.json");
    const double epoch = json_number_value(json_object_get(json, "epoch"));
    assert_true(epoch > 1 && epoch < 2);
    json_decref(json);
    /* The run continues, and the next snapshot replaces it. */
    dsc_training_run *run;
    dsc_recipe recipe;
    ASSERT_OK(dsc_run_recipe(&recipe, NULL, folder, &error), error);
    options = (dsc_run_options){.folder = folder, .threads = 1};
    ASSERT_OK(dsc_run_resume(&run, &recipe, data, &options, &error), error);
    ASSERT_OK(dsc_run_train(run, NULL, NULL, &error), error);
    dsc_run_free(run);
    dsc_recipe_clear(&recipe);
    assert_false(dsc_is_there(now));
    json = snapshot(folder, "000020.json");
    json_decref(json);
    free(now);
    free(folder);
}

/* The same model, byte for byte, whether snapshots could be written or not. */
static void a_run_does_not_depend_on_them(void **unused) {
    (void)unused;
    char *with = dsc_path_join(testing_folder(), "with"),
         *without = dsc_path_join(testing_folder(), "without"), *one = dsc_path_join(with, DSC_RUN_MODEL),
         *other = dsc_path_join(without, DSC_RUN_MODEL);
    unsigned char *bytes[2];
    size_t size[2];
    ASSERT_OK(train(with, "2", "0.2", &(watch){0}), error);
    ASSERT_OK(train(without, "2", "0.2", &(watch){.broken = true}), error);
    ASSERT_OK(dsc_file_read(&bytes[0], &size[0], one, 1 << 24, &error), error);
    ASSERT_OK(dsc_file_read(&bytes[1], &size[1], other, 1 << 24, &error), error);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    free(bytes[0]), free(bytes[1]);
    free(with), free(without), free(one), free(other);
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    char *folder = dsc_path_join(testing_folder(), "memory");
    dsc_recipe recipe;
    dsc_trainer *trainer;
    ASSERT_OK(dsc_recipe_initialise(&recipe, &error), error);
    free(recipe.model);
    recipe.model = strdup("784-4-10");
    ASSERT_OK(dsc_trainer_create(&trainer, NULL, &recipe, data, 1, &error), error);
    ASSERT_OK(dsc_folder_make(folder, &error), error);
    for (long n = 0;; n++) {
        testing_fail_allocation(n);
        const dsc_status status = dsc_run_snapshot(trainer, folder, 1000, &error);
        const bool failed = testing_allocation_failed();
        if (!failed) ASSERT_OK(status, error);
        if (!failed) break;
    }
    dsc_trainer_free(trainer);
    dsc_recipe_clear(&recipe);
    free(folder);
}

static int make(void **unused) {
    (void)unused;
    return dsc_digits_create(&data, 300, 1, 1, &error) != DSC_OK;
}
static int clear(void **unused) {
    (void)unused;
    dsc_dataset_free(data);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_keeps_few_of_them_from_its_start_to_its_end),
        cmocka_unit_test(its_network_is_the_model_as_it_was),
        cmocka_unit_test(between_two_there_is_one_of_now),
        cmocka_unit_test(a_run_does_not_depend_on_them),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
