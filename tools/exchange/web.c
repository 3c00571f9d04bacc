/* SPDX-License-Identifier: MIT */
/* web.c: exports a model as one HTML file that works without a server: a drawing pad, and the network as
 * calls of WebAssembly functions (plan.h). */
#include "exchange/web_parts.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"
#include "data/gzip.h"
#include "exchange/plan.h"
#include "exchange/web_files.h"
#include "model/model.h"
#include "model/native.h"
#include "report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct web_values {
    char *title;
    bool train;
} web_values;

static const dsc_param params[] = {
    DSC_TEXT(web_values, title, NULL, "title of the page; default: the file's name"),
    DSC_SWITCH(web_values, train, "off", "include the whole library, so that the page can also train"),
    {0},
};

typedef struct work {
    const exchange_output *output;
    const dsc_model *model;
    const exchange_plan *plan;
    const web_values *values;
    size_t *places; /* of the weights, byte offsets from the first */
} work;

/* --- the network as JSON --- */

/* Appends JSON inside a page, escaped so that it cannot end its script. */
static void append_json(dsc_text *out, const json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (!text) {
        out->failed = true;
        return;
    }
    for (const char *c = text; *c; c++)
        if (*c == '<')
            dsc_text_append(out, "\\u003c");
        else
            dsc_text_append_bytes(out, c, 1);
    free(text);
}

static json_t *operand_json(const work *w, const exchange_operand *operand) {
    char text[32];
    const exchange_value *value;
    switch (operand->kind) {
    case EXCHANGE_WHOLE:
        return json_integer(operand->whole);
    case EXCHANGE_REAL:
        return json_real(operand->real);
    case EXCHANGE_VALUE:
        value = &w->plan->values[operand->index];
        (void)snprintf(text, sizeof text, "s%zu",
                       value->at + operand->offset * (value->type == EXCHANGE_BYTES ? 1 : 4));
        return json_string(text);
    case EXCHANGE_WEIGHTS:
        (void)snprintf(text, sizeof text, "w%zu", w->places[operand->index] + 4 * operand->offset);
        return json_string(text);
    case EXCHANGE_IMAGE:
        return json_string("i0");
    case EXCHANGE_ANSWER:
        return json_string("a0");
    }
    return NULL;
}

static json_t *calls_json(const work *w) {
    json_t *calls = json_array();
    for (size_t i = 0; i < w->plan->call_count; i++) {
        const exchange_call *call = &w->plan->calls[i];
        json_t *one = json_pack("[s]", call->function);
        for (size_t k = 0; k < call->count; k++)
            (void)json_array_append_new(one, operand_json(w, &call->operands[k]));
        (void)json_array_append_new(calls, one);
    }
    return calls;
}

/* Appends all weights, each at a multiple of four bytes, compressed and in base64. */
static dsc_status append_weights(dsc_text *out, const work *w, dsc_error *error) {
    size_t bytes = 0, size;
    unsigned char *packed = NULL;
    for (size_t i = 0; i < w->plan->weight_count; i++) {
        w->places[i] = bytes;
        bytes += (w->plan->weights[i].bytes + 3) / 4 * 4;
    }
    unsigned char *all = dsc_allocate(bytes + 4, 1);
    if (!all) return dsc_fail_memory(error, bytes, "the weights of a model");
    for (size_t i = 0; i < w->plan->weight_count; i++) {
        const exchange_weights *weights = &w->plan->weights[i];
        unsigned char *to = all + w->places[i];
        if (weights->type == EXCHANGE_BYTES) exchange_pack(to, weights);
        if (weights->type == EXCHANGE_FLOATS) memcpy(to, weights->numbers, weights->bytes);
        for (size_t k = 0; weights->type == EXCHANGE_WHOLES && k < weights->count; k++) {
            const int32_t number = (int32_t)weights->numbers[k];
            memcpy(to + 4 * k, &number, sizeof number);
        }
    }
    const dsc_status status = dsc_gzip(&packed, &size, all, bytes, error);
    if (!status) dsc_text_append_base64(out, packed, size);
    free(packed);
    free(all);
    return status;
}

static void append_about(dsc_text *about, const work *w) {
    dsc_text_append(about, "%s; made by Descender %s", w->model->text, dsc_version());
    const char *key;
    json_t *value;
    json_object_foreach(w->model->about, key, value) {
        if (json_is_string(value)) dsc_text_append(about, "; %s: %s", key, json_string_value(value));
    }
    if (w->output->hash) dsc_text_append(about, "; SHA-256 %s", w->output->hash);
    dsc_text_append(about, ".");
}

static dsc_status append_network(dsc_text *out, const work *w, dsc_error *error) {
    dsc_text weights = {0}, about = {0};
    dsc_images images;
    dsc_model_describe(&images, w->model);
    append_about(&about, w);
    dsc_status status = append_weights(&weights, w, error);
    json_t *classes = json_array();
    for (size_t i = 0; i < w->model->classes; i++)
        (void)json_array_append_new(classes, json_string(w->model->class_names[i]));
    json_t *json =
        json_pack("{s:[I,I,I], s:o, s:o, s:I, s:b, s:i, s:i, s:f, s:s, s:s}", "shape",
                  (json_int_t)w->plan->shape[0], (json_int_t)w->plan->shape[1], (json_int_t)w->plan->shape[2],
                  "classes", classes, "calls", calls_json(w), "scratch", (json_int_t)w->plan->scratch,
                  "digits", images.preparation == DSC_PREPARATION_DIGITS, "fit", (int)images.fit, "ground",
                  (int)images.ground, "below", dsc_model_refuse_below(w->model), "about",
                  about.data ? about.data : "", "weights", weights.data ? weights.data : "");
    if (!status && (weights.failed || about.failed)) status = dsc_fail_memory(error, 0, "a page");
    if (!status) append_json(out, json);
    json_decref(json);
    dsc_text_free(&weights);
    dsc_text_free(&about);
    return status;
}

/* --- the page --- */

/* Appends a script without its imports, exports, comments and indentation. */
static void append_script(dsc_text *out, exchange_web_file file) {
    size_t size;
    const char *text = exchange_web_file_bytes(file, &size), *end = text + size;
    while (text < end) {
        const char *next = memchr(text, '\n', (size_t)(end - text));
        const size_t length = (size_t)((next ? next : end) - text), blanks = strspn(text, " ");
        const char *line = text + (blanks < length ? blanks : length);
        size_t left = length - (size_t)(line - text);
        text += length + 1;
        if (left >= 7 && !strncmp(line, "export ", 7)) line += 7, left -= 7;
        if (!left || !strncmp(line, "//", 2) || !strncmp(line, "import ", 7)) continue;
        dsc_text_append_bytes(out, line, left);
        dsc_text_append_bytes(out, "\n", 1);
    }
}

static dsc_status append_wasm(dsc_text *out, exchange_web_file file, dsc_error *error) {
    size_t size, packed_size;
    unsigned char *packed;
    const char *bytes = exchange_web_file_bytes(file, &size);
    dsc_status status = dsc_gzip(&packed, &packed_size, bytes, size, error);
    if (status) return status;
    dsc_text_append_base64(out, packed, packed_size);
    free(packed);
    return DSC_OK;
}

/* Appends the data of a training page: the initial settings, the network's file, and the library. */
static dsc_status append_trainer(dsc_text *out, const work *w, dsc_error *error) {
    const dsc_model *model = w->model;
    unsigned char *file = NULL, *packed = NULL;
    size_t size, packed_size;
    dsc_status status = dsc_model_write(&file, &size, model, error);
    if (!status) status = dsc_gzip(&packed, &packed_size, file, size, error);
    free(file);
    if (status) return status;
    dsc_text_append(out, "\n<script type=\"application/json\" id=\"lessons\">");
    /* The text of a custom graph does not describe it, so training starts from the model itself. */
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "model", model->text, "loss", model->loss_text,
                             "normalise", strcmp(model->normalisation.name, "standard") ? "unit" : "standard",
                             "from", model->own_graph ? "page" : "");
    append_json(out, json);
    json_decref(json);
    dsc_text_append(out, "</script>\n<script type=\"text/plain\" id=\"weights\">");
    dsc_text_append_base64(out, packed, packed_size);
    free(packed);
    dsc_text_append(out, "</script>\n<script type=\"text/plain\" id=\"train\">");
    status = append_wasm(out, EXCHANGE_WEB_TRAIN, error);
    dsc_text_append(out, "</script>");
    return status;
}

/* Appends the replacement of {NAME} in the page. */
static dsc_status append_part(dsc_text *out, const work *w, const char *name, size_t length,
                              dsc_error *error) {
    static const exchange_web_file scripts[] = {
        EXCHANGE_WEB_PAINT,   EXCHANGE_WEB_PAD,    EXCHANGE_WEB_MACHINE, EXCHANGE_WEB_PAGE,
        EXCHANGE_WEB_TRAINER, EXCHANGE_WEB_WORKER, EXCHANGE_WEB_TRAINING};
    enum { SCRIPTS = sizeof scripts / sizeof *scripts, OF_TRAINING = 3 };
    const bool train = w->values->train;
    if (!strncmp(name, "network", length)) return append_network(out, w, error);
    if (!strncmp(name, "plain", length)) return append_wasm(out, EXCHANGE_WEB_PLAIN, error);
    if (!strncmp(name, "simd", length)) return append_wasm(out, EXCHANGE_WEB_SIMD, error);
    if (!strncmp(name, "title", length))
        report_append_html(out, w->values->title ? w->values->title : w->output->stem);
    if (train && !strncmp(name, "trainer", length)) return append_trainer(out, w, error);
    if (train && !strncmp(name, "learning", length)) append_script(out, EXCHANGE_WEB_TRAINING_HTML);
    if (!strncmp(name, "style", length)) {
        append_script(out, EXCHANGE_WEB_STYLE);
        if (train) append_script(out, EXCHANGE_WEB_TRAINING_STYLE);
    }
    for (size_t i = 0; !strncmp(name, "script", length) && i < SCRIPTS - (train ? 0 : OF_TRAINING); i++)
        append_script(out, scripts[i]);
    return DSC_OK;
}

static dsc_status append_page(dsc_text *out, const work *w, dsc_error *error) {
    size_t size;
    const char *at = exchange_web_file_bytes(EXCHANGE_WEB_HTML, &size), *end = at + size;
    dsc_status status = DSC_OK;
    while (at < end && !status) {
        const char *open = memchr(at, '{', (size_t)(end - at)),
                   *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
        dsc_text_append_bytes(out, at, (size_t)((close ? open : end) - at));
        if (!close) break;
        status = append_part(out, w, open + 1, (size_t)(close - open - 1), error);
        at = close + 1;
    }
    return status;
}

static dsc_status write_page(exchange_output *output, const work *w, dsc_error *error) {
    dsc_text page = {0};
    dsc_status status = append_page(&page, w, error);
    if (!status && page.failed) status = dsc_fail_memory(error, page.length, "a page");
    if (status) {
        dsc_text_free(&page);
        return status;
    }
    return exchange_add_file(output, ".html", page.data, page.length, error);
}

static dsc_status write_web(exchange_output *output, const dsc_model *model, const void *values,
                            dsc_error *error) {
    size_t size;
    exchange_plan plan = {0};
    if (!exchange_web_file_bytes(EXCHANGE_WEB_PLAIN, &size))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "this build has no WebAssembly; install clang, lld, wasi-libc and "
                        "libclang-rt-dev-wasm32, and build again");
    dsc_status status = exchange_plan_make(&plan, model, error);
    work w = {.output = output, .model = model, .plan = &plan, .values = values};
    if (!status && plan.sources.length)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                          "the model has ops of its own with functions in C, which a page cannot contain");
    if (!status && !(w.places = dsc_allocate(plan.weight_count, sizeof *w.places)))
        status = dsc_fail_memory(error, plan.weight_count * sizeof *w.places, "a page");
    if (!status) status = write_page(output, &w, error);
    free(w.places);
    exchange_plan_clear(&plan);
    return status;
}

const exchange_format exchange_format_web = {
    .name = "web",
    .help = "one HTML file that opens in a browser without a server: draw, and the network answers",
    .params = params,
    .values_size = sizeof(web_values),
    .suffix = ".html",
    .write = write_web,
    .answer = exchange_web_answer,
};
