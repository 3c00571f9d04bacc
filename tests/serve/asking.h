/* SPDX-License-Identifier: MIT */
/* asking.h: helpers for the tests of the server: a site without sockets, with one run, and requests to it. */
#ifndef TESTS_SERVE_ASKING_H
#define TESTS_SERVE_ASKING_H

#include "testing.h"

#include "base/file.h"
#include "serve/serve.h"
#include "shipped/shipped.h"

#include <jansson.h>
#include <unistd.h>

static dsc_error error;
static dsc_model *model;
static serve_site *site;
static char *runs;

static const char *fields[8];
static const char *query(void *context, const char *name) {
    (void)context;
    for (size_t i = 0; fields[i]; i += 2)
        if (!strcmp(fields[i], name)) return fields[i + 1];
    return NULL;
}

static serve_response ask(const char *method, const char *path, const void *body, size_t size) {
    const serve_request q = {
        .method = method, .path = path, .host = "127.0.0.1:8017", .query = query, .body = body, .size = size};
    serve_response r;
    serve_handle(&r, site, &q, "127.0.0.1");
    return r;
}

/* The status, and the body as JSON (or NULL). */
static inline unsigned ask_json(json_t **json, const char *method, const char *path, const void *body,
                                size_t size) {
    serve_response r = ask(method, path, body, size);
    *json = r.text.data ? json_loadb(r.text.data, r.text.length, 0, NULL) : NULL;
    dsc_text_free(&r.text);
    return r.status;
}

static inline unsigned status_of(const char *method, const char *path) {
    serve_response r = ask(method, path, NULL, 0);
    dsc_text_free(&r.text);
    return r.status;
}

static void write_file(const char *folder, const char *name, const char *text) {
    char *path = dsc_path_join(folder, name);
    ASSERT_OK(dsc_file_write(path, text, strlen(text), &error), error);
    free(path);
}

static int make(void **unused) {
    (void)unused;
    char *one = NULL, *report = NULL, *secret = NULL, *link = NULL;
    runs = dsc_path_join(testing_folder(), "runs");
    one = dsc_path_join(runs, "0001-one");
    report = dsc_path_join(one, "report");
    secret = dsc_path_join(testing_folder(), "secret");
    link = dsc_path_join(runs, "link");
    if (dsc_folder_make(report, &error) || dsc_folder_make(secret, &error)) return 1;
    char *bare = dsc_path_join(runs, "secret");
    if (dsc_folder_make(bare, &error)) return 1; /* a folder that is not a run */
    free(bare);
    write_file(one, "recipe.json", "{\"model\": \"784-10\", \"epochs\": 3}");
    write_file(secret, "recipe.json", "{\"model\": \"784-10\"}");
    if (symlink(secret, link)) return 1;
    write_file(one, "log.jsonl",
               "{\"event\":\"start\",\"step\":0,\"recipe\":\"one\",\"title\":\"sketches: no hidden layer\"}\n"
               "{\"event\":\"step\",\"step\":1,\"epoch\":0.5,\"loss\":2,\"accuracy\":0.2,\"learning_rate\":0."
               "1,\"seconds\":1}\n"
               "{\"event\":\"step\",\"step\":2,\"epoch\":1.0,\"loss\":1,\"accuracy\":0.6,\"learning_rate\":0."
               "1,\"seconds\":2}\n"
               "{\"event\":\"ep");
    write_file(report, "report.html", "<p>the report</p>");
    free(one), free(report), free(secret), free(link);
    if (shipped_model(&model, &error)) return 1;
    const serve_options options = {.model = model, .model_name = "shipped", .runs = runs};
    return serve_site_create(&site, &options, &error) != DSC_OK;
}

static int clear(void **unused) {
    (void)unused;
    serve_site_free(site);
    dsc_model_free(model);
    free(runs);
    return 0;
}

#endif
