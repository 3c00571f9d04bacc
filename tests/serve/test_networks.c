/* SPDX-License-Identifier: MIT */
/* test_networks.c: the networks of runs, and those for other pictures than digits, read drawings and
 * pictures. */
#include "asking.h"

static void a_drawing_is_read_by_the_network_of_a_run(void **unused) {
    (void)unused;
    enum { SIDE = 28 };
    static uint8_t pixels[SIDE * SIDE];
    const dsc_images expected = {{1, SIDE, SIDE}, DSC_PREPARATION_NONE, DSC_GROUND_DARK, DSC_FIT_NONE};
    char *run = dsc_path_join(runs, "0001-one"), *file = dsc_path_join(run, "model.safetensors"),
         *snapshots = dsc_path_join(run, "snapshots"),
         *early = dsc_path_join(snapshots, "000001.safetensors");
    json_t *json;
    for (size_t i = 0; i < SIDE * SIDE; i++) pixels[i] = (uint8_t)(i % 7 * 30);
    const char *all[] = {"width", "28", "height", "28", "network", "0001-one", NULL};
    memcpy(fields, all, sizeof all);
    assert_int_equal(ask_json(&json, "POST", "/api/read", pixels, sizeof pixels), 404); /* it has none */
    json_decref(json);

    dsc_model *own;
    dsc_model_options how = dsc_model_options_defaults();
    how.text = "784-4-10";
    ASSERT_OK(dsc_model_create(&own, &how, &error), error);
    ASSERT_OK(dsc_model_expect(own, &expected, &error), error);
    ASSERT_OK(dsc_folder_make(snapshots, &error), error);
    write_file(snapshots, "000001.json", "{\"epoch\": 1}");
    ASSERT_OK(dsc_model_set_about(own, "epoch", "1.000", &error), error);
    ASSERT_OK(dsc_model_save(own, early, &error), error);
    /* While a run trains, its newest snapshot answers, and states its progress. */
    for (int round = 0; round < 2; round++) {
        assert_int_equal(ask_json(&json, "POST", "/api/read", pixels, sizeof pixels), 200);
        assert_int_equal(json_array_size(json_object_get(json, "digits")), 1);
        assert_float_equal(json_number_value(json_object_get(json, "epoch")), 1, 1e-9);
        json_decref(json);
    }
    assert_int_equal(ask_json(&json, "GET", "/api/runs/0001-one/snapshots", NULL, 0), 200);
    assert_string_equal(json_string_value(json_object_get(json_array_get(json, 0), "name")), "000001");
    assert_true(json_is_true(json_object_get(json_array_get(json, 0), "network")));
    json_decref(json);
    assert_int_equal(status_of("GET", "/api/runs/0001-one/snapshots/000001"), 200);
    /* "now" was listed, but the run has removed it since. */
    assert_int_equal(ask_json(&json, "GET", "/api/runs/0001-one/snapshots/now", NULL, 0), 200);
    assert_int_equal(json_integer_value(json_object_get(json, "epoch")), 1);
    json_decref(json);
    static const char *const strange[] = {"/api/runs/0001-one/snapshots/000002",
                                          "/api/runs/0001-one/snapshots/1",
                                          "/api/runs/0001-one/snapshots/",
                                          "/api/runs/0001-one/snapshots/../recipe",
                                          "/api/runs/0001-one/snapshots/00/../1",
                                          "/api/runs/none/snapshots",
                                          NULL};
    for (size_t i = 0; strange[i]; i++) assert_int_equal(status_of("GET", strange[i]), 404);

    /* A replaced file is read again. */
    dsc_model_free(own);
    how.text = "784-6-10";
    ASSERT_OK(dsc_model_create(&own, &how, &error), error);
    ASSERT_OK(dsc_model_save(own, file, &error), error);
    fields[0] = "network", fields[1] = "0001-one", fields[2] = NULL;
    assert_int_equal(ask_json(&json, "GET", "/api/model", NULL, 0), 200);
    assert_string_equal(json_string_value(json_object_get(json, "text")), "784-6-10");
    const json_t *filters = json_object_get(json, "filters");
    assert_int_equal(json_integer_value(json_object_get(filters, "all")), 6);
    assert_int_equal(strlen(json_string_value(json_object_get(filters, "values"))), 6 * 784 / 3 * 4);
    json_decref(json);
    fields[2] = "epoch", fields[3] = "000001", fields[4] = NULL;
    assert_int_equal(ask_json(&json, "GET", "/api/model", NULL, 0), 200);
    assert_string_equal(json_string_value(json_object_get(json, "text")), "784-4-10");
    json_decref(json);
    static const char *const names[] = {"../secret", "link", "none", "0001-one/snapshots", "."};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fields[1] = names[i];
        assert_int_equal(ask_json(&json, "GET", "/api/model", NULL, 0), 404);
        json_decref(json);
    }
    fields[0] = NULL;
    dsc_model_free(own);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(unlink(early), 0);
    free(run), free(file), free(snapshots), free(early);
}

/* Colour pictures of another size, for a model of such images. */
static void a_model_of_colour_gets_pictures(void **unused) {
    (void)unused;
    enum { SIDE = 48 };
    static uint8_t pixels[SIDE * SIDE * 3];
    const dsc_images expected = {{3, 16, 16}, DSC_PREPARATION_NONE, DSC_GROUND_UNKNOWN, DSC_FIT_NONE};
    dsc_model *own;
    dsc_model_options how = dsc_model_options_defaults();
    how.text = "conv 4 3x3, relu, flatten, dense";
    memcpy(how.shape, expected.shape, sizeof how.shape);
    how.classes = 3;
    ASSERT_OK(dsc_model_create(&own, &how, &error), error);
    ASSERT_OK(dsc_model_expect(own, &expected, &error), error);
    serve_site *kept = site;
    ASSERT_OK(
        serve_site_create(&site, &(serve_options){.model = own, .model_name = "own", .runs = runs}, &error),
        error);
    json_t *json;
    assert_int_equal(ask_json(&json, "GET", "/api/model", NULL, 0), 200);
    assert_true(json_is_false(json_object_get(json, "draws")));
    json_decref(json);
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i % 3 == 1 ? 200 : i / 3 % 50);
    const char *all[] = {"width", "48", "height", "48", "channels", "3", NULL};
    memcpy(fields, all, sizeof all);
    assert_int_equal(ask_json(&json, "POST", "/api/read", pixels, sizeof pixels), 200);
    const json_t *one = json_array_get(json_object_get(json, "digits"), 0);
    assert_int_equal(json_array_size(json_object_get(one, "probabilities")), 3);
    assert_int_equal(strlen(json_string_value(json_object_get(one, "seen"))), 3 * 16 * 16 / 3 * 4);
    json_decref(json);
    static const char *const wrong[] = {"2", "4", "0", "", "x", NULL};
    for (size_t i = 0; wrong[i]; i++) {
        fields[5] = wrong[i];
        assert_int_equal(ask_json(&json, "POST", "/api/read", pixels, sizeof pixels), 400);
        json_decref(json);
    }
    fields[4] = NULL; /* grey: three equal channels */
    assert_int_equal(ask_json(&json, "POST", "/api/read", pixels, SIDE * SIDE), 200);
    assert_int_equal(json_array_size(json_object_get(json, "digits")), 1);
    json_decref(json);
    fields[3] = "24"; /* with other proportions than the training images */
    assert_int_equal(ask_json(&json, "POST", "/api/read", pixels, SIDE * 24), 200);
    const char *why = json_string_value(json_object_get(json, "why"));
    assert_true(why && strstr(why, "24 x 48"));
    json_decref(json);
    fields[0] = NULL;
    serve_site_free(site);
    site = kept;
    dsc_model_free(own);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drawing_is_read_by_the_network_of_a_run),
        cmocka_unit_test(a_model_of_colour_gets_pictures),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
