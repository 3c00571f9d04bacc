/* SPDX-License-Identifier: MIT */
/* test_collection.c: corrected digits become a data set. */
#include "asking.h"

#include "base/base64.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "data/idx.h"
#include "serve/parts.h"

#include <sys/stat.h>

static serve_site *usual;
static char *folder;

static dsc_status try_site(serve_options *options) {
    options->model = model;
    options->model_name = "shipped";
    options->runs = runs;
    options->collect = folder;
    return serve_site_create(&site, options, &error);
}

static void open_site(serve_options options) {
    usual = site;
    ASSERT_OK(try_site(&options), error);
}

static void close_site(void) {
    serve_site_free(site);
    site = usual;
    fields[0] = NULL;
}

static void new_folder(void) {
    free(folder);
    folder = dsc_path_join(testing_folder(), "corrections");
}

/* An image of one grey with its label, as the page sends it. */
static void append_digit(dsc_text *body, size_t size, uint8_t grey, const char *label) {
    uint8_t image[800];
    memset(image, grey, sizeof image);
    dsc_text_append(body, "%s{\"image\":\"", body->length ? "," : "{\"digits\":[");
    dsc_text_append_base64(body, image, size);
    dsc_text_append(body, "\",\"label\":\"%s\"}", label);
}

static unsigned send(json_t **json, dsc_text *body) {
    dsc_text_append(body, "]}");
    const unsigned status = ask_json(json, "POST", "/api/collection", body->data, body->length);
    dsc_text_free(body);
    return status;
}

static void keep(uint8_t grey, const char *label, size_t count) {
    dsc_text body = {0};
    json_t *json;
    append_digit(&body, 784, grey, label);
    assert_int_equal(send(&json, &body), 200);
    assert_int_equal(json_integer_value(json_object_get(json, "kept")), 1);
    assert_int_equal(json_integer_value(json_object_get(json, "count")), count);
    json_decref(json);
}

static size_t collected(void) {
    json_t *json;
    assert_int_equal(ask_json(&json, "GET", "/api/collection", NULL, 0), 200);
    const size_t count = (size_t)json_integer_value(json_object_get(json, "count"));
    json_decref(json);
    return count;
}

static dsc_array read_file(const char *name) {
    dsc_array array;
    char *path = dsc_path_join(folder, name);
    ASSERT_OK(dsc_idx_read(&array, path, &error), error);
    free(path);
    return array;
}

static void write_array(const char *name, const dsc_array *array) {
    char *path = dsc_path_join(folder, name);
    ASSERT_OK(dsc_idx_write(path, array, &error), error);
    free(path);
}

static bool cannot_be_opened(const char *why) {
    serve_site *before = site;
    const dsc_status status = try_site(&(serve_options){0});
    if (!status) serve_site_free(site);
    site = before;
    const bool refused = status && strstr(error.message, why);
    if (!refused) print_message("%d %s\n", status, status ? error.message : "opened");
    return refused;
}

static void nothing_is_collected_unless_asked_for(void **unused) {
    (void)unused;
    dsc_text body = {0};
    json_t *json;
    append_digit(&body, 784, 3, "7");
    assert_int_equal(send(&json, &body), 403);
    assert_non_null(strstr(json_string_value(json_object_get(json, "error")), "--collect FOLDER"));
    json_decref(json);
    assert_int_equal(ask_json(&json, "GET", "/api/collection", NULL, 0), 200);
    assert_true(json_is_false(json_object_get(json, "collects")));
    json_decref(json);
}

static void what_is_kept_is_a_data_set(void **unused) {
    (void)unused;
    dsc_dataset *train, *test;
    new_folder();
    open_site((serve_options){0});
    assert_int_equal(collected(), 0);
    keep(10, "7", 1);
    keep(20, "0", 2);
    close_site();
    open_site((serve_options){0}); /* another day */
    assert_int_equal(collected(), 2);
    keep(30, "9", 3);
    json_t *json;
    assert_int_equal(ask_json(&json, "GET", "/api/collection", NULL, 0), 200);
    const char *command = json_string_value(json_object_get(json, "command"));
    assert_non_null(strstr(command, "descender train --data "));
    assert_non_null(strstr(command, "corrections/model.safetensors --test-share 0"));
    assert_non_null(strstr(command, "--batch 3"));
    json_decref(json);
    close_site();
    dsc_data_options how = dsc_data_options_defaults();
    how.test_share = 0;
    ASSERT_OK(dsc_dataset_open_any(&train, &test, folder, &how, NULL, &error), error);
    assert_int_equal(dsc_dataset_count(train), 3);
    assert_int_equal(dsc_dataset_classes(train), 10);
    const uint8_t labels[] = {7, 0, 9};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(dsc_dataset_label(train, i), labels[i]);
        assert_int_equal(dsc_dataset_image(train, i)[783], 10 * (i + 1));
    }
    dsc_images looks;
    dsc_dataset_describe(&looks, train);
    assert_int_equal(looks.preparation, DSC_PREPARATION_DIGITS);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
}

static void what_is_not_as_it_should_be_changes_nothing(void **unused) {
    (void)unused;
    static const char *const bodies[] = {"",
                                         "{",
                                         "[]",
                                         "{\"digits\":[]}",
                                         "{\"digits\":{}}",
                                         "{\"digits\":[1]}",
                                         "{\"digits\":[{\"image\":\"AA==\",\"label\":\"7\"}]}",
                                         "{\"digits\":[{\"image\":7,\"label\":\"7\"}]}",
                                         "{\"digits\":[{\"label\":\"7\"}]}"};
    static const char *const labels[] = {"10", "", "-1", "seven", "07"};
    json_t *json;
    new_folder();
    open_site((serve_options){0});
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        assert_int_equal(ask_json(&json, "POST", "/api/collection", bodies[i], strlen(bodies[i])), 400);
        json_decref(json);
    }
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        dsc_text body = {0};
        append_digit(&body, 784, 1, "1"); /* a valid one before it is not kept either */
        append_digit(&body, 784, 1, labels[i]);
        assert_int_equal(send(&json, &body), 400);
        json_decref(json);
    }
    for (size_t size = 783; size <= 785; size += 2) {
        dsc_text body = {0};
        append_digit(&body, size, 1, "1");
        assert_int_equal(send(&json, &body), 400);
        json_decref(json);
    }
    dsc_text body = {0};
    for (size_t i = 0; i <= SERVE_DIGITS_MOST; i++) append_digit(&body, 784, 1, "1");
    assert_int_equal(send(&json, &body), 400);
    json_decref(json);
    dsc_text other = {0};
    append_digit(&other, 784, 1, "1");
    fields[0] = "network", fields[1] = "0001-one", fields[2] = NULL; /* it has none yet */
    assert_int_equal(send(&json, &other), 404);
    json_decref(json);
    assert_int_equal(collected(), 0);
    close_site();
}

static void there_is_a_most(void **unused) {
    (void)unused;
    new_folder();
    open_site((serve_options){0});
    keep(1, "1", 1);
    uint8_t *all = dsc_allocate(SERVE_COLLECTED_MOST, 784);
    const dsc_array images = {DSC_U8, 3, {SERVE_COLLECTED_MOST - 1, 28, 28}, all};
    const dsc_array labels = {DSC_U8, 1, {SERVE_COLLECTED_MOST - 1}, all};
    write_array("train-images-idx3-ubyte", &images);
    write_array("train-labels-idx1-ubyte", &labels);
    free(all);
    keep(1, "1", SERVE_COLLECTED_MOST);
    dsc_text body = {0};
    json_t *json;
    append_digit(&body, 784, 1, "1");
    assert_int_equal(send(&json, &body), 409);
    assert_non_null(strstr(json_string_value(json_object_get(json, "error")), "another folder"));
    json_decref(json);
    close_site();
}

/* Killed between the two renames: the images are new, the labels old. */
static void images_without_a_label_are_cut_off(void **unused) {
    (void)unused;
    new_folder();
    open_site((serve_options){0});
    keep(10, "1", 1);
    dsc_array labels = read_file("train-labels-idx1-ubyte");
    keep(20, "2", 2);
    write_array("train-labels-idx1-ubyte", &labels);
    keep(30, "3", 2); /* while the server runs */
    dsc_array images = read_file("train-images-idx3-ubyte");
    assert_int_equal(images.shape[0], 2);
    assert_int_equal(((uint8_t *)images.data)[784], 30);
    dsc_array_clear(&images);
    write_array("train-labels-idx1-ubyte", &labels);
    dsc_array_clear(&labels);
    close_site();
    open_site((serve_options){0}); /* and when it starts */
    assert_int_equal(collected(), 1);
    images = read_file("train-images-idx3-ubyte");
    assert_int_equal(images.shape[0], 1);
    dsc_array_clear(&images);
    char *path = dsc_path_join(folder, "train-labels-idx1-ubyte");
    assert_int_equal(unlink(path), 0);
    free(path);
    close_site();
    open_site((serve_options){0}); /* the very first images were being kept */
    assert_int_equal(collected(), 0);
    path = dsc_path_join(folder, "train-images-idx3-ubyte");
    assert_false(dsc_is_there(path));
    free(path);
    keep(40, "4", 1);
    close_site();
}

static void want_of_memory_keeps_all_or_nothing(void **unused) {
    (void)unused;
    new_folder();
    for (long n = 0;; n++) { /* each time from the same state */
        const serve_options options = {.model = model,
                                       .model_name = "shipped",
                                       .runs = runs,
                                       .collect = folder,
                                       .model_path = "/dev/null"};
        serve_site *other;
        testing_fail_allocation(n);
        const dsc_status status = serve_site_create(&other, &options, &error);
        const bool failed = testing_allocation_failed();
        serve_site_free(other);
        if (!failed) {
            ASSERT_OK(status, error);
            break;
        }
        assert_int_equal(status, DSC_ERROR_MEMORY);
    }
    open_site((serve_options){0});
    keep(1, "1", 1);
    size_t count = 1;
    for (long n = 0;; n++) {
        dsc_text body = {0};
        append_digit(&body, 784, 2, "2");
        dsc_text_append(&body, "]}");
        testing_fail_allocation(n);
        serve_response r = ask("POST", "/api/collection", body.data, body.length);
        const bool failed = testing_allocation_failed();
        const unsigned status = r.status;
        dsc_text_free(&body);
        dsc_text_free(&r.text);
        assert_true(status == 200 || status == 500);
        const size_t now = collected();
        assert_true(now == count || now == count + 1);
        if (status == 200) assert_int_equal(now, count + 1);
        count = now;
        dsc_array labels = read_file("train-labels-idx1-ubyte");
        assert_int_equal(labels.shape[0], count);
        dsc_array_clear(&labels);
        if (!failed) break;
    }
    close_site();
}

static void other_data_are_left_alone(void **unused) {
    (void)unused;
    uint8_t bytes[784] = {0};
    new_folder();
    open_site((serve_options){0});
    keep(1, "1", 1);
    assert_true(cannot_be_opened("another server collects into this folder"));
    close_site();
    /* Labels without images, labels beyond the classes, images of another size, names of other classes. */
    bytes[0] = 10;
    write_array("train-labels-idx1-ubyte", &(dsc_array){DSC_U8, 1, {1}, bytes});
    assert_true(cannot_be_opened("label 0 is 10"));
    bytes[0] = 0;
    write_array("train-labels-idx1-ubyte", &(dsc_array){DSC_U8, 1, {2}, bytes});
    assert_true(cannot_be_opened("has 2 labels, but fewer images"));
    write_array("train-images-idx3-ubyte", &(dsc_array){DSC_U8, 3, {1, 14, 14}, bytes});
    assert_true(cannot_be_opened("holds other images"));
    write_file(folder, "labels.txt", "a\nb\n");
    assert_true(cannot_be_opened("have other classes"));
    write_file(folder, "images.json", "{}");
    assert_true(cannot_be_opened("have another preparation"));
    char *notes = dsc_path_join(folder, "images.json");
    assert_int_equal(unlink(notes), 0);
    free(notes);
    assert_true(cannot_be_opened("holds images, but no images.json"));
    new_folder();
    ASSERT_OK(dsc_folder_make(folder, &error), error);
    write_file(folder, "train-images-idx3-ubyte.gz", "MNIST");
    assert_true(cannot_be_opened("was not collected"));
}

/* The page's training starts from the served network, or from a run, with the collected digits. */
static void training_goes_on_with_what_was_collected(void **unused) {
    (void)unused;
    static const char script[] = "#!/bin/sh\necho \"$*\" >>\"$(dirname \"$0\")/calls\"\n";
    const char *place = testing_folder();
    char *program = dsc_path_join(place, "program"), *calls = dsc_path_join(place, "calls");
    ASSERT_OK(dsc_file_write(program, script, sizeof script - 1, &error), error);
    assert_int_equal(chmod(program, 0700), 0);
    new_folder();
    json_t *json;
    open_site((serve_options){.program = program});
    keep(1, "1", 1);
    assert_int_equal(ask_json(&json, "GET", "/api/training", NULL, 0), 200);
    assert_true(json_is_true(json_object_get(json, "goes_on")));
    char *data = strdup(json_string_value(json_object_get(json, "collected")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(json, "data"), 0)), data);
    json_decref(json);
    const char *wish[] = {"data", data, "recipe", "auto", "from", "none", NULL};
    memcpy(fields, wish, sizeof wish);
    assert_int_equal(status_of("POST", "/api/training"), 404);
    static const char *const from[] = {"", "0001-one"}, *const is[] = {"/corrections/model.safetensors",
                                                                       "/0001-one"};
    for (size_t i = 0; i < 2; i++) {
        fields[5] = from[i];
        assert_int_equal(status_of("POST", "/api/training"), 200);
        do {
            assert_int_equal(ask_json(&json, "GET", "/api/training", NULL, 0), 200);
            const bool over = json_is_null(json_object_get(json, "running"));
            json_decref(json);
            if (over) break;
            (void)usleep(10000);
        } while (true);
        unsigned char *text;
        size_t size;
        char wanted[200];
        ASSERT_OK(dsc_file_read(&text, &size, calls, 1 << 20, &error), error);
        (void)snprintf(wanted, sizeof wanted,
                       "%s --test-share 0 --augment none --learning-rate 0.0005 --batch 1 --epochs 60",
                       is[i]);
        assert_non_null(strstr((char *)text, wanted));
        free(text);
        assert_int_equal(unlink(calls), 0);
    }
    close_site();
    free(data), free(program), free(calls);
}

static int end(void **unused) {
    free(folder);
    return clear(unused);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_collected_unless_asked_for),
        cmocka_unit_test(what_is_kept_is_a_data_set),
        cmocka_unit_test(what_is_not_as_it_should_be_changes_nothing),
        cmocka_unit_test(there_is_a_most),
        cmocka_unit_test(images_without_a_label_are_cut_off),
        cmocka_unit_test(want_of_memory_keeps_all_or_nothing),
        cmocka_unit_test(other_data_are_left_alone),
        cmocka_unit_test(training_goes_on_with_what_was_collected),
    };
    return cmocka_run_group_tests(tests, make, end);
}
