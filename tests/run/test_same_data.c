/* SPDX-License-Identifier: MIT */
/* A run resumes only with its data and recipe: a change of one pixel, one label, a name, or the number of
 * images, in any of the sets, is detected and named. */
#include "testing.h"

#include "base/file.h"
#include "data/fingerprint.h"
#include "run/run.h"

#include <libdeflate.h>
#include <sys/stat.h>

enum { COUNT = 300, SIDE = 4, SIZE = SIDE * SIDE, TESTS = 30 };

static uint8_t images[COUNT * SIZE], labels[COUNT];
static const char *names[3];

static void reset(void) {
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = (uint8_t)(i % 3);
        for (size_t k = 0; k < SIZE; k++) images[i * SIZE + k] = (uint8_t)(k % 3 == i % 3 ? 200 + i % 50 : i);
    }
    names[0] = "circle", names[1] = "square", names[2] = "star";
}

static dsc_dataset *make(size_t first, size_t count) {
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, images + first * SIZE, labels + first, count, (size_t[3]){1, SIDE, SIDE},
                              3, names, "shapes", &error),
              error);
    return data;
}

/* --- fingerprints --- */

static void a_fingerprint_is_known(void **state) {
    (void)state;
    /* zlib.crc32 and zlib.adler32 of Python for the same bytes */
    const uint8_t pixels[8] = {1, 2, 3, 4, 5, 6, 7, 8}, two[2] = {0, 1};
    const char *const ab[2] = {"a", "b"};
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, pixels, two, 2, (size_t[3]){1, 2, 2}, 2, ab, "x", &error), error);
    const dsc_fingerprint f = dsc_dataset_fingerprint(data);
    assert_true(f.images == 0x3fca88c500800025);
    assert_true(f.labels == 0x36de226900030002);
    assert_true(f.names == 0xf515465f024c00c4);
    dsc_dataset_free(data);
}

static void any_byte_changes_it_and_a_view_is_the_same_as_its_copy(void **state) {
    (void)state;
    reset();
    dsc_dataset *data = make(0, COUNT), *view, *other;
    dsc_error error;
    const dsc_fingerprint f = dsc_dataset_fingerprint(data);
    for (size_t i = 0; i < COUNT * SIZE; i += 7) {
        images[i] ^= 1;
        other = make(0, COUNT);
        const dsc_fingerprint g = dsc_dataset_fingerprint(other);
        assert_string_equal(dsc_fingerprint_difference(&f, &g), "the images");
        images[i] ^= 1;
        dsc_dataset_free(other);
    }
    for (size_t i = 0; i < COUNT; i += 11) {
        const uint8_t kept = labels[i];
        labels[i] = (uint8_t)((kept + 1) % 3);
        other = make(0, COUNT);
        const dsc_fingerprint g = dsc_dataset_fingerprint(other);
        assert_string_equal(dsc_fingerprint_difference(&f, &g), "the labels");
        labels[i] = kept;
        dsc_dataset_free(other);
    }
    uint32_t index[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) index[i] = i < 100 ? i + 50 : COUNT - 1 - i % 200;
    uint8_t copy[COUNT * SIZE], copied[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(copy + i * SIZE, images + index[i] * SIZE, SIZE);
        copied[i] = labels[index[i]];
    }
    ASSERT_OK(dsc_dataset_view(&view, data, index, COUNT, NULL, &error), error);
    ASSERT_OK(testing_dataset(&other, copy, copied, COUNT, (size_t[3]){1, SIDE, SIDE}, 3, names, "y", &error),
              error);
    const dsc_fingerprint a = dsc_dataset_fingerprint(view), b = dsc_dataset_fingerprint(other);
    assert_null(dsc_fingerprint_difference(&a, &b));
    assert_non_null(dsc_fingerprint_difference(&a, &f)); /* the order counts */
    json_t *json = dsc_fingerprint_to_json(&a);
    dsc_fingerprint read;
    assert_true(dsc_fingerprint_from_json(&read, json));
    assert_null(dsc_fingerprint_difference(&a, &read));
    json_object_set_new(json, "labels", json_string("0123"));
    assert_false(dsc_fingerprint_from_json(&read, json));
    json_decref(json);
    dsc_dataset_free(view);
    dsc_dataset_free(other);
    dsc_dataset_free(data);
}

/* Data are summed in pieces; the position in the data does not matter. */
static void the_last_byte_of_large_data_counts(void **state) {
    (void)state;
    enum { LARGE = 800, WIDE = 16, EACH = WIDE * WIDE, PIECE = 1 << 16 };
    reset();
    uint8_t *pixels = calloc(LARGE, EACH), *classes = calloc(LARGE, 1);
    const size_t places[] = {0,
                             PIECE - 1,
                             PIECE,
                             PIECE + 1,
                             2 * PIECE - 1,
                             2 * PIECE,
                             2 * PIECE + 1,
                             3 * PIECE,
                             LARGE * EACH - EACH - 1,
                             LARGE * EACH - 1};
    const size_t shape[3] = {1, WIDE, WIDE};
    dsc_dataset *data;
    dsc_error error;
    ASSERT_OK(testing_dataset(&data, pixels, classes, LARGE, shape, 3, names, "large", &error), error);
    const dsc_fingerprint before = dsc_dataset_fingerprint(data);
    dsc_dataset_free(data);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        pixels[places[i]] ^= 128;
        ASSERT_OK(testing_dataset(&data, pixels, classes, LARGE, shape, 3, names, "large", &error), error);
        const dsc_fingerprint after = dsc_dataset_fingerprint(data);
        const char *found = dsc_fingerprint_difference(&before, &after);
        if (!found || strcmp(found, "the images") != 0) fail_msg("byte %zu is not looked at", places[i]);
        dsc_dataset_free(data);
        pixels[places[i]] ^= 128;
    }
    free(pixels);
    free(classes);
}

static void each_difference_is_named(void **state) {
    (void)state;
    const dsc_fingerprint was = {9, {1, 2, 3}, 4, 5, 6, 7};
    const struct {
        dsc_fingerprint is;
        const char *name;
    } cases[] = {{{8, {1, 2, 3}, 4, 5, 6, 7}, "the number of images"},
                 {{9, {3, 2, 3}, 4, 5, 6, 7}, "the size of the images"},
                 {{9, {1, 2, 4}, 4, 5, 6, 7}, "the size of the images"},
                 {{9, {1, 2, 3}, 5, 5, 6, 7}, "the number of classes"},
                 {{9, {1, 2, 3}, 4, 0, 6, 7}, "the images"},
                 {{9, {1, 2, 3}, 4, 5, 0, 7}, "the labels"},
                 {{9, {1, 2, 3}, 4, 0, 0, 7}, "images and labels"},
                 {{9, {1, 2, 3}, 4, 5, 6, 0}, "the names of the classes"}};
    assert_null(dsc_fingerprint_difference(&was, &was));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(dsc_fingerprint_difference(&was, &cases[i].is), cases[i].name);
}

/* --- resuming --- */

static const char *place;
static char *folder;
static const char RECIPE[] =
    "{\"model\": \"flatten, dense 8, relu, dense\", \"batch\": 30, \"epochs\": 3, \"seed\": 5,"
    " \"learning-rate\": 0.01, \"validation\": 0.2}";

static int stop_at_once(void *user, const dsc_event *event) {
    (void)user;
    return event->kind == DSC_EVENT_STEP && event->step == 3;
}

static void make_recipe(dsc_recipe *recipe, const char *json) {
    dsc_error error;
    ASSERT_OK(dsc_recipe_initialise(recipe, &error), error);
    ASSERT_OK(dsc_recipe_from_json(recipe, json, strlen(json), "test", &error), error);
}

static void begin(const char *name) {
    dsc_error error;
    dsc_recipe recipe;
    dsc_training_run *run;
    reset();
    free(folder);
    folder = dsc_path_join(place, name);
    make_recipe(&recipe, RECIPE);
    dsc_dataset *data = make(0, COUNT - TESTS), *test = make(COUNT - TESTS, TESTS);
    const dsc_run_options options = {.folder = folder, .threads = 1, .test = test};
    ASSERT_OK(dsc_run_start(&run, &recipe, data, &options, &error), error);
    assert_int_equal(dsc_run_train(run, stop_at_once, NULL, &error), DSC_ERROR_STOPPED);
    dsc_run_free(run);
    dsc_dataset_free(test);
    dsc_dataset_free(data);
    dsc_recipe_clear(&recipe);
}

/* Resumes with the first `count` images as they are now; without a test set if `test` is false. */
static dsc_status go_on(const char *json, size_t count, bool test, bool force, dsc_error *error) {
    dsc_recipe recipe;
    dsc_training_run *run;
    make_recipe(&recipe, json);
    dsc_dataset *data = make(0, count), *its_test = make(COUNT - TESTS, TESTS);
    const dsc_run_options options = {
        .folder = folder, .threads = 1, .test = test ? its_test : NULL, .force = force};
    const dsc_status status = dsc_run_resume(&run, &recipe, data, &options, error);
    if (!status) dsc_run_free(run);
    dsc_dataset_free(its_test);
    dsc_dataset_free(data);
    dsc_recipe_clear(&recipe);
    return status;
}

static void a_run_does_not_go_on_with_other_data(void **state) {
    (void)state;
    dsc_error error;
    begin("data");
    const size_t all = COUNT - TESTS;
    ASSERT_OK(go_on(RECIPE, all, true, false, &error), error);
    ASSERT_OK(go_on(RECIPE, all, false, false, &error), error); /* a run without a test set accepts none */

    /* one pixel of any image, trained on or held out */
    size_t trained = 0, held_out = 0;
    for (size_t i = 0; i < all; i += 13) {
        images[i * SIZE + i % SIZE] ^= 1;
        assert_int_equal(go_on(RECIPE, all, true, true, &error), DSC_ERROR_MISMATCH);
        trained += strstr(error.message, "other training data: ") != NULL;
        held_out += strstr(error.message, "other validation data: ") != NULL;
        ASSERT_MESSAGE(error, "differs in the images; use the data that the run began with");
        images[i * SIZE + i % SIZE] ^= 1;
    }
    assert_true(trained > 0 && held_out > 0);

    /* two labels exchanged, so that the counts stay */
    labels[7] = (uint8_t)(8 % 3);
    labels[8] = (uint8_t)(7 % 3);
    assert_int_equal(go_on(RECIPE, all, true, false, &error), DSC_ERROR_MISMATCH);
    reset();
    names[1] = "Square";
    assert_int_equal(go_on(RECIPE, all, true, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "Square");
    reset();
    names[0] = "square", names[1] = "circle";
    assert_int_equal(go_on(RECIPE, all, true, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "shapes differs in "); /* other labels change the choice of held-out images */
    for (size_t i = 0; i < COUNT; i++) labels[i] = labels[i] == 2 ? 2 : 1 - labels[i];
    ASSERT_OK(go_on(RECIPE, all, true, false, &error), error); /* the same data with another numbering */
    reset();
    assert_int_equal(go_on(RECIPE, all - 3, true, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "the number of images");

    /* the test set has no effect on training, so --force accepts a change */
    images[(all + 5) * SIZE + 3] ^= 128;
    assert_int_equal(go_on(RECIPE, all, true, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "other test data: the test set differs in the images");
    ASSERT_MESSAGE(error, "--force");
    ASSERT_OK(go_on(RECIPE, all, true, true, &error), error);
    reset();
    labels[all + 1] = (uint8_t)((labels[all + 1] + 1) % 3);
    assert_int_equal(go_on(RECIPE, all, true, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "the labels");
    reset();
    ASSERT_OK(go_on(RECIPE, all, true, false, &error), error);
}

static void a_run_does_not_go_on_with_another_recipe_and_says_what_differs(void **state) {
    (void)state;
    static const struct {
        const char *key, *value, *message;
    } changes[] = {
        {"epochs", "4", "'epochs' was 3 and is now 4"},
        {"batch", "10", "'batch' was 30 and is now 10"},
        {"seed", "18446744073709551629", "'seed' was 5 and is now \"18446744073709551629\""},
        {"learning-rate", "0.02", "'learning-rate' was 0.01 and is now 0.02"},
        {"optimiser", "\"sgd\"", "'optimiser' was \"adam\" and is now \"sgd\""},
        {"augment", "\"affine rotate=5\"", "'augment' was \"none\" and is now \"affine rotate=5\""},
        {"ema", "0.5", "'ema' was 0.0 and is now 0.5"},
        {"normalise", "\"standard\"", "'normalise' was \"unit\" and is now \"standard\""},
        {"validation", "0.3", "'validation' was 0.2"},
        {"shuffle", "false", "'shuffle' was true and is now false"},
        {"drop-last", "true", "'drop-last' was false and is now true"},
        {"lanes", "2", "'lanes' was 8 and is now 2"},
        {"precision", "\"bf16\"", "'precision' was \"f32\" and is now \"bf16\""},
        {"model", "\"flatten, dense 9, relu, dense\"", "another model"}};
    dsc_error error;
    begin("recipe");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        dsc_error reason;
        json_t *json = json_loads(RECIPE, 0, NULL), *value;
        value = !strcmp(changes[i].key, "seed") ? json_string(changes[i].value)
                                                : json_loads(changes[i].value, JSON_DECODE_ANY, NULL);
        assert_int_equal(json_object_set_new(json, changes[i].key, value), 0);
        char *text = json_dumps(json, JSON_REAL_PRECISION(5));
        assert_int_equal(go_on(text, COUNT - TESTS, true, true, &reason), DSC_ERROR_MISMATCH);
        ASSERT_MESSAGE(reason, changes[i].message);
        free(text);
        json_decref(json);
    }
    ASSERT_OK(go_on(RECIPE, COUNT - TESTS, true, false, &error), error);
}

/* A run that was killed before its first checkpoint starts again, and its log still records the data. */
static void a_run_without_a_checkpoint_begins_anew_with_the_same_data(void **state) {
    (void)state;
    dsc_error error;
    begin("early");
    char *path = dsc_path_join(folder, DSC_RUN_CHECKPOINT), *log = dsc_path_join(folder, DSC_RUN_LOG);
    assert_int_equal(remove(path), 0);
    images[5] ^= 4;
    assert_int_equal(go_on(RECIPE, COUNT - TESTS, true, true, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "was begun with other training data: shapes differs in the images; use the data");
    reset();
    labels[4] = 2;
    assert_int_equal(go_on(RECIPE, COUNT - TESTS, true, true, &error), DSC_ERROR_MISMATCH);
    reset();
    ASSERT_OK(go_on(RECIPE, COUNT - TESTS, true, false, &error), error);
    assert_int_equal(remove(log), 0);
    images[5] ^= 4; /* nothing is known any more, and the new log records the data */
    ASSERT_OK(go_on(RECIPE, COUNT - TESTS, true, false, &error), error);
    reset();
    assert_int_equal(go_on(RECIPE, COUNT - TESTS, true, false, &error), DSC_ERROR_MISMATCH);
    free(path);
    free(log);
}

/* --- checkpoints of earlier versions --- */

/* The contents of format 1: the labels in order, and every 97th image. */
static uint32_t sample_of(const dsc_dataset *data) {
    uint32_t crc = 0;
    for (size_t i = 0; i < data->count; i++) {
        const uint8_t label = dsc_dataset_label(data, i);
        crc = libdeflate_crc32(crc, &label, 1);
        if (i % 97 == 0) crc = libdeflate_crc32(crc, dsc_dataset_image(data, i), data->image_size);
    }
    return crc;
}

/* Rewrites the run's checkpoint in the format of an earlier version. */
static void make_old(const dsc_dataset *training) {
    char *path = dsc_path_join(folder, DSC_RUN_CHECKPOINT);
    unsigned char *bytes, *old;
    size_t size;
    uint64_t length;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 24, &error), error);
    memcpy(&length, bytes + 8, 8);
    json_t *header = json_loadb((const char *)bytes + 16, length, 0, NULL);
    json_object_set_new(header, "format", json_integer(1));
    json_object_set_new(header, "data", json_integer((json_int_t)sample_of(training)));
    char *text = json_dumps(header, JSON_COMPACT);
    const uint64_t now = strlen(text);
    const size_t slabs = size - 16 - length - 4;
    old = malloc(16 + now + slabs + 4);
    memcpy(old, bytes, 8);
    memcpy(old + 8, &now, 8);
    memcpy(old + 16, text, now);
    memcpy(old + 16 + now, bytes + 16 + length, slabs);
    const uint32_t crc = libdeflate_crc32(0, old, 16 + now + slabs);
    memcpy(old + 16 + now + slabs, &crc, 4);
    ASSERT_OK(dsc_file_write(path, old, 16 + now + slabs + 4, &error), error);
    free(old);
    free(text);
    json_decref(header);
    free(bytes);
    free(path);
}

static int hear(void *user, const dsc_event *event) {
    if (event->kind == DSC_EVENT_WARNING && strstr(event->message, "every 97th image")) ++*(int *)user;
    return 0;
}

static void a_run_of_an_earlier_version_goes_on_with_the_check_it_has_and_says_so(void **state) {
    (void)state;
    dsc_error error;
    dsc_recipe recipe;
    dsc_training_run *run;
    begin("old");
    make_recipe(&recipe, RECIPE);
    dsc_dataset *data = make(0, COUNT - TESTS);
    const dsc_run_options options = {.folder = folder, .threads = 1};
    ASSERT_OK(dsc_run_resume(&run, &recipe, data, &options, &error), error);
    make_old(dsc_run_trainer(run)->training);
    dsc_run_free(run);

    labels[0] = 1; /* labels were recorded */
    assert_int_equal(go_on(RECIPE, COUNT - TESTS, true, false, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "other training data");
    reset();
    int warnings = 0;
    ASSERT_OK(dsc_run_resume(&run, &recipe, data, &options, &error), error);
    ASSERT_OK(dsc_run_train(run, hear, &warnings, &error), error);
    assert_int_equal(warnings, 1);
    dsc_run_free(run);
    dsc_dataset_free(data);
    dsc_recipe_clear(&recipe);
    /* and its checkpoints have the present format from then on */
    images[2 * SIZE] ^= 1;
    assert_int_equal(go_on(RECIPE, COUNT - TESTS, true, false, &error), DSC_ERROR_MISMATCH);
    reset();
}

static int set_up(void **state) {
    (void)state;
    place = testing_folder();
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    free(folder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fingerprint_is_known),
        cmocka_unit_test(the_last_byte_of_large_data_counts),
        cmocka_unit_test(each_difference_is_named),
        cmocka_unit_test(any_byte_changes_it_and_a_view_is_the_same_as_its_copy),
        cmocka_unit_test(a_run_does_not_go_on_with_other_data),
        cmocka_unit_test(a_run_does_not_go_on_with_another_recipe_and_says_what_differs),
        cmocka_unit_test(a_run_without_a_checkpoint_begins_anew_with_the_same_data),
        cmocka_unit_test(a_run_of_an_earlier_version_goes_on_with_the_check_it_has_and_says_so),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
