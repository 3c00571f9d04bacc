/* SPDX-License-Identifier: MIT */
/* fuzz_serve.c: any request: lines of method, path, host, origin, last event, width, height, digit, and then
 * the body. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>

static const char *line[8];
static const char *query(void *context, const char *name) {
    (void)context;
    return !strcmp(name, "width")    ? line[5]
           : !strcmp(name, "height") ? line[6]
           : !strcmp(name, "digit")  ? line[7]
                                     : NULL;
}

/* The smallest model with maps and units, because many requests are tried. */
static dsc_model *make_model(void) {
    static const uint8_t images[2 * 28 * 28], labels[2] = {0, 1};
    dsc_dataset_options options = dsc_dataset_options_defaults();
    dsc_dataset *data;
    dsc_model *model;
    options.images = images;
    options.labels = labels;
    options.count = 2;
    if (dsc_dataset_create(&data, &options, NULL) ||
        dsc_model_create_for(&model, "conv 1 3x3 stride=4, relu, flatten, dense", data, NULL))
        abort();
    dsc_dataset_free(data);
    return model;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static serve_site *site;
    if (!site) {
        dsc_model *model = make_model();
        const serve_options options = {.model = model, .model_name = "fuzz", .runs = "tests/fuzz/corpus"};
        if (serve_site_create(&site, &options, NULL)) abort();
    }
    char *text = malloc(size + 1);
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    size_t at = 0;
    for (size_t i = 0; i < 8; i++) {
        line[i] = text + at;
        while (at < size && text[at] != '\n') at++;
        if (at < size) text[at++] = '\0';
    }
    const serve_request q = {.method = line[0],
                             .path = line[1],
                             .host = *line[2] ? line[2] : NULL,
                             .origin = *line[3] ? line[3] : NULL,
                             .last_event = *line[4] ? line[4] : NULL,
                             .query = query,
                             .body = data + at,
                             .size = size - at};
    serve_response r;
    serve_handle(&r, site, &q, "127.0.0.1");
    if (r.status < 200 || r.status > 599 || !r.type || !r.policy) abort();
    dsc_text_free(&r.text);
    free(text);
    return 0;
}
