/* SPDX-License-Identifier: MIT */
/* claim_file.c: reads and writes a claim's file, whose hash detects each changed byte. */
#include "report/claim.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/title.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1, HEX = FETCH_SHA256_HEX - 1 };
enum { LARGEST = 16 << 20, IMAGES_MOST = 50000000 };
static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* ---- the seal ---- */

/* The place of `part` in the text if it occurs exactly once; otherwise NULL. */
static char *only_place(char *text, const char *part) {
    char *first = strstr(text, part);
    return first && !strstr(first + 1, part) ? first : NULL;
}

/* ---- writing ---- */

static json_t *data_json(const report_claim_data *data) {
    return json_pack("{s:I, s:s}", "count", (json_int_t)data->count, "sha256", data->sha256);
}

static json_t *answers_json(const report_run_claim *claim) {
    dsc_text text = {0};
    dsc_text_append_base64(&text, claim->answers, (claim->test.count + 7) / 8);
    json_t *json = text.failed ? NULL : json_string(text.data ? text.data : "");
    dsc_text_free(&text);
    return json;
}

static json_t *score_json(const report_run_claim *claim) {
    double interval[2];
    const double count = (double)claim->test.count;
    dsc_wilson_interval(interval, claim->right, claim->test.count);
    return json_pack("{s:I, s:I, s:f, s:[f, f], s:f, s:o}", "count", (json_int_t)claim->test.count, "right",
                     (json_int_t)claim->right, "accuracy", count > 0 ? (double)claim->right / count : 0,
                     "accuracy_interval", interval[0], interval[1], "loss", claim->loss, "answers",
                     answers_json(claim));
}

static json_t *claim_json(const report_run_claim *c) {
    json_t *data = json_pack("{s:o, s:o, s:o}", "name", dsc_json_text(c->data_name), "training",
                             data_json(&c->training), "test", data_json(&c->test));
    if (data && c->has_others && json_object_set_new(data, "others", data_json(&c->others))) {
        json_decref(data);
        data = NULL;
    }
    json_t *kernels = json_pack("{s:o, s:s, s:s}", "set", dsc_json_text(c->kernels), "precision",
                                c->bf16 ? "bf16" : "f32", "sha256", c->kernels_sha256);
    json_t *program = json_pack("{s:s, s:s, s:s}", "version", c->version, "architecture", c->architecture,
                                "sha256", c->program_sha256);
    json_t *model = json_pack("{s:I, s:s, s:s}", "parameters", (json_int_t)c->parameters, "sha256",
                              c->model_sha256, "weights_sha256", c->weights_sha256);
    return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "claim", FORMAT, "sha256", zeros,
                     "name", dsc_json_text(c->recipe_name), "score", score_json(c), "model", model, "data",
                     data, "program", program, "kernels", kernels, "recipe", dsc_recipe_json(&c->recipe));
}

dsc_status report_claim_write(const report_run_claim *claim, const char *path, dsc_error *error) {
    dsc_text text = {0};
    char hex[FETCH_SHA256_HEX];
    json_t *json = claim_json(claim);
    if (json) dsc_json_format(&text, json);
    dsc_text_append(&text, "\n");
    dsc_status status = json && !text.failed ? DSC_OK : dsc_fail_memory(error, text.length, "a claim");
    if (!status) status = fetch_sha256_bytes(hex, text.data, text.length, error);
    char *place = status ? NULL : only_place(text.data, zeros);
    if (!status && !place)
        status = dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: a name in the claim looks like a hash", path);
    if (!status) {
        memcpy(place, hex, HEX);
        status = dsc_file_write(path, text.data, text.length, error);
    }
    json_decref(json);
    dsc_text_free(&text);
    return status;
}

/* ---- reading ---- */

static dsc_status check_seal(const char *bytes, size_t size, const json_t *json, const char *name,
                             dsc_error *error) {
    const char *seal = json_string_value(json_object_get(json, "sha256"));
    char hex[FETCH_SHA256_HEX];
    if (json_integer_value(json_object_get(json, "claim")) > FORMAT)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: is a claim of format %lld, but this version reads formats up to %d; use a newer "
                        "version of descender",
                        name, (long long)json_integer_value(json_object_get(json, "claim")), FORMAT);
    if (json_integer_value(json_object_get(json, "claim")) != FORMAT || !seal || strlen(seal) != HEX)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: is no claim: expected \"claim\": %d and \"sha256\"; `descender claim RUN` makes a claim",
            name, FORMAT);
    char *copy = dsc_allocate(size + 1, 1);
    if (!copy) return dsc_fail_memory(error, size, name);
    memcpy(copy, bytes, size);
    copy[size] = '\0';
    char *place = strlen(copy) == size ? only_place(copy, seal) : NULL;
    if (place) memcpy(place, zeros, HEX);
    dsc_status status = place ? fetch_sha256_bytes(hex, copy, size, error) : DSC_OK;
    if (!status && (!place || strcmp(hex, seal) != 0))
        status =
            dsc_fail(error, DSC_ERROR_FORMAT,
                     "%s: has changed since it was written: expected the SHA-256 %s, found %s; get the file "
                     "again",
                     name, seal, place ? hex : "it more than once");
    free(copy);
    return status;
}

static bool is_hex(const char *text) {
    return text && strlen(text) == HEX && strspn(text, "0123456789abcdef") == HEX;
}

/* Reads a hash, which may be empty if `optional`. */
static bool take_hash(char hex[FETCH_SHA256_HEX], const json_t *json, bool optional) {
    const char *text = json_string_value(json);
    if (!is_hex(text) && !(optional && text && !*text)) return false;
    (void)snprintf(hex, FETCH_SHA256_HEX, "%s", text);
    return true;
}

static bool take_count(size_t *count, const json_t *json, json_int_t most) {
    const json_int_t value = json_is_integer(json) ? json_integer_value(json) : -1;
    if (value < 0 || value > most) return false;
    *count = (size_t)value;
    return true;
}

static bool take_text(char *out, size_t size, const json_t *json) {
    const char *text = json_string_value(json);
    return text && (size_t)snprintf(out, size, "%s", text) < size;
}

static bool take_data(report_claim_data *data, const json_t *json) {
    return take_count(&data->count, json_object_get(json, "count"), IMAGES_MOST) &&
           take_hash(data->sha256, json_object_get(json, "sha256"), false);
}

/* Reads the answers; the number of one bits must equal the number of right answers. */
static bool take_answers(report_run_claim *c, const json_t *score) {
    const char *text = json_string_value(json_object_get(score, "answers"));
    const size_t size = (c->test.count + 7) / 8;
    size_t ones = 0;
    if (!text || !c->answers || !dsc_base64_decode(c->answers, size, text, strlen(text))) return false;
    for (size_t i = 0; i < 8 * size; i++) {
        const bool one = c->answers[i / 8] >> i % 8 & 1;
        if (one && i >= c->test.count) return false;
        ones += one;
    }
    return ones == c->right;
}

static bool take_facts(report_run_claim *c, const json_t *json) {
    const json_t *model = json_object_get(json, "model"), *program = json_object_get(json, "program"),
                 *data = json_object_get(json, "data"), *kernels = json_object_get(json, "kernels"),
                 *score = json_object_get(json, "score"), *others = json_object_get(data, "others");
    const char *precision = json_string_value(json_object_get(kernels, "precision"));
    c->has_others = others != NULL;
    c->bf16 = precision && !strcmp(precision, "bf16");
    c->loss = json_number_value(json_object_get(score, "loss"));
    size_t count = 0;
    return precision && take_data(&c->training, json_object_get(data, "training")) &&
           take_data(&c->test, json_object_get(data, "test")) && (!others || take_data(&c->others, others)) &&
           take_count(&count, json_object_get(score, "count"), IMAGES_MOST) && count == c->test.count &&
           take_count(&c->right, json_object_get(score, "right"), (json_int_t)count) &&
           take_count(&c->parameters, json_object_get(model, "parameters"), INT64_MAX) &&
           take_hash(c->model_sha256, json_object_get(model, "sha256"), false) &&
           take_hash(c->weights_sha256, json_object_get(model, "weights_sha256"), false) &&
           take_hash(c->program_sha256, json_object_get(program, "sha256"), true) &&
           take_hash(c->kernels_sha256, json_object_get(kernels, "sha256"), false) &&
           take_text(c->version, sizeof c->version, json_object_get(program, "version")) &&
           take_text(c->architecture, sizeof c->architecture, json_object_get(program, "architecture"));
}

static dsc_status take_name(char **name, const json_t *json, dsc_error *error) {
    const char *text = json_string_value(json);
    return dsc_text_replace(name, text ? text : "claim", error);
}

static dsc_status take_all(report_run_claim *c, const json_t *json, const char *name, dsc_error *error) {
    const json_t *data = json_object_get(json, "data");
    const json_t *set = json_object_get(json_object_get(json, "kernels"), "set");
    bool good = take_facts(c, json) && json_is_string(set);
    dsc_status status = DSC_OK;
    if (good && !(c->answers = dsc_allocate(c->test.count / 8 + 1, 1)))
        status = dsc_fail_memory(error, c->test.count / 8 + 1, name);
    good = good && (status || take_answers(c, json_object_get(json, "score")));
    if (!status && !good)
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: has a valid seal, but is no complete claim: counts, hashes or answers are "
                          "missing or do not fit; another program made it",
                          name);
    if (!status) status = take_name(&c->recipe_name, json_object_get(json, "name"), error);
    if (!status) status = take_name(&c->data_name, json_object_get(data, "name"), error);
    if (!status) status = take_name(&c->kernels, set, error);
    if (!status) status = dsc_recipe_from_part(&c->recipe, json_object_get(json, "recipe"), name, error);
    return status ? status : report_claim_check_recipe(&c->recipe, name, error);
}

dsc_status report_claim_parse(report_run_claim *claim, const void *bytes, size_t size, const char *name,
                              dsc_error *error) {
    json_t *json;
    *claim = (report_run_claim){0};
    dsc_status status = dsc_json_parse(&json, bytes, size, JSON_REJECT_DUPLICATES, name, error);
    if (status) return status;
    status = check_seal(bytes, size, json, name, error);
    if (!status) status = take_all(claim, json, name, error);
    json_decref(json);
    return status;
}

dsc_status report_claim_read(report_run_claim *claim, const char *path, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    *claim = (report_run_claim){0};
    dsc_status status = dsc_file_read(&bytes, &size, path, LARGEST, error);
    if (status) return status;
    status = report_claim_parse(claim, bytes, size, path, error);
    free(bytes);
    return status;
}
