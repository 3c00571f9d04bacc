/* SPDX-License-Identifier: MIT */
/* record.c: the lines of a search's journal, one JSON object each. Trials and rungs are counted from 1.
 *
 *   start    format, version, name, recipe, space (the dimensions as written), trials, reduction,
 *            least_epochs, validation, kernels, data (name, samples, crc32, shape, classes), rungs
 *            ([trials, epochs] each); with images of no class also others (samples, crc32). With a budget,
 *            `format` is 2, `trials` is the number requested, and budget has flash, ram, numbers and
 *            footprints ([draw, flash, ram] of each trial). First line
 *   result   a trial finished a rung: trial, rung, epochs, accuracy, loss (both on the held-out samples),
 *            seconds, values
 *   failed   a trial failed: trial, rung, epochs, message, values. It counts as the worst of its rung
 *   end      the search finished: trial, the best
 *
 * Lines within a rung come in any order. The values are for people, and reveal a journal whose trials differ
 * from those that this version draws. */
#include "tune/search.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/visible.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1, FORMAT_WITH_BUDGET = 2 };

/* --- writing --- */

json_t *dsc_tune_values_json(const dsc_tune_search *s, size_t trial) {
    char number[40];
    json_t *json = json_object();
    for (size_t i = 0; json && i < s->space.count; i++) {
        const dsc_tune_dimension *d = &s->space.dimensions[i];
        const char *text = dsc_tune_value_text(number, d, &dsc_tune_values(s, trial)[i]);
        if (!json_object_set_new(json, d->name, json_string(text))) continue;
        json_decref(json);
        return NULL;
    }
    return json;
}

/* A list without one of its items would be another search, so it fails as a whole. */
static json_t *space_json(const dsc_tune_space *space) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < space->count; i++) {
        if (!json_array_append_new(list, json_string(space->dimensions[i].text))) continue;
        json_decref(list);
        list = NULL;
    }
    return list;
}

static json_t *rungs_json(const dsc_tune_plan *plan) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < plan->count; i++) {
        if (!json_array_append_new(list, json_pack("[I, I]", (json_int_t)plan->rung[i].trials,
                                                   (json_int_t)plan->rung[i].epochs)))
            continue;
        json_decref(list);
        list = NULL;
    }
    return list;
}

static json_t *data_json(const dsc_tune_search *s) {
    char crc[16];
    (void)snprintf(crc, sizeof crc, "%08x", (unsigned)s->data_crc);
    json_t *json = json_pack("{s:o, s:I, s:s}", "name", dsc_json_text(s->data_name), "samples",
                             (json_int_t)s->samples, "crc32", crc);
    if (!s->dataset || (json && !json_object_update(json, s->dataset))) return json;
    json_decref(json);
    return NULL;
}

static json_t *footprints_json(const dsc_tune_search *s) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < s->trials; i++) {
        const dsc_footprint *footprint = &s->footprints[i];
        if (!json_array_append_new(list, json_pack("[I, I, I]", (json_int_t)s->draws[i],
                                                   (json_int_t)footprint->flash, (json_int_t)footprint->ram)))
            continue;
        json_decref(list);
        list = NULL;
    }
    return list;
}

static json_t *budget_json(const dsc_tune_search *s) {
    return json_pack("{s:I, s:I, s:s, s:o}", "flash", (json_int_t)s->most.flash, "ram",
                     (json_int_t)s->most.ram, "numbers", s->numbers, "footprints", footprints_json(s));
}

static json_t *others_json(const dsc_tune_search *s) {
    char crc[16];
    (void)snprintf(crc, sizeof crc, "%08x", (unsigned)s->others_crc);
    return json_pack("{s:I, s:s}", "samples", (json_int_t)s->others, "crc32", crc);
}

json_t *dsc_tune_start_line(const dsc_tune_search *s) {
    json_t *line = json_pack(
        "{s:s, s:i, s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:f, s:s, s:o, s:o}", "event", "start", "format",
        s->footprints ? FORMAT_WITH_BUDGET : FORMAT, "version", dsc_version(), "name", dsc_json_text(s->name),
        "recipe", dsc_recipe_json(&s->recipe), "space", space_json(&s->space), "trials",
        (json_int_t)(s->footprints ? s->asked : s->trials), "reduction", (json_int_t)s->reduction,
        "least_epochs", (json_int_t)s->least_epochs, "validation", s->validation, "kernels", s->kernels,
        "data", data_json(s), "rungs", rungs_json(&s->plan));
    const bool failed = (s->footprints && line && json_object_set_new(line, "budget", budget_json(s))) ||
                        (s->others && line && json_object_set_new(line, "others", others_json(s)));
    if (!failed) return line;
    json_decref(line);
    return NULL;
}

json_t *dsc_tune_result_line(const dsc_tune_search *s, size_t trial, size_t rung, const char *message) {
    const dsc_tune_result *r = dsc_tune_result_of(s, trial, rung);
    json_int_t number = (json_int_t)trial + 1, at = (json_int_t)rung + 1,
               epochs = (json_int_t)s->plan.rung[rung].epochs;
    if (r->failed)
        return json_pack("{s:s, s:I, s:I, s:I, s:f, s:s, s:o}", "event", "failed", "trial", number, "rung",
                         at, "epochs", epochs, "seconds", r->seconds, "message", message ? message : "",
                         "values", dsc_tune_values_json(s, trial));
    return json_pack("{s:s, s:I, s:I, s:I, s:f, s:f, s:f, s:o}", "event", "result", "trial", number, "rung",
                     at, "epochs", epochs, "accuracy", r->accuracy, "loss", r->loss, "seconds", r->seconds,
                     "values", dsc_tune_values_json(s, trial));
}

json_t *dsc_tune_end_line(const dsc_tune_search *s, size_t best) {
    const dsc_tune_result *r = dsc_tune_result_of(s, best, dsc_tune_reached(s, best));
    return json_pack("{s:s, s:I, s:f, s:o}", "event", "end", "trial", (json_int_t)best + 1, "accuracy",
                     r->accuracy, "values", dsc_tune_values_json(s, best));
}

/* --- reading --- */

typedef struct reading {
    dsc_tune_search *search;
    const char *name;
    size_t line;     /* from 1 */
    size_t rung;     /* current rung */
    size_t *members; /* (trials) of the rung, the first member_count */
    size_t member_count;
    dsc_error *error;
} reading;

#define FAIL(...)   fail(r, DSC_ERROR_FORMAT, __VA_ARGS__)
#define OTHER_DRAWS "; continue with the version of descender that began the search, or start a new search"
#define REMEDY      "; cut the journal off before this line to repeat the later trials, or start a new search"

static dsc_status fail(const reading *r, dsc_status code, const char *format, ...) DSC_PRINTF(3, 4);
static dsc_status fail(const reading *r, dsc_status code, const char *format, ...) {
    char message[DSC_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return dsc_fail(r->error, code, "%s: line %zu: %s", r->name, r->line, message);
}

/* Reads an integer of the line, `least` to `most`. */
static dsc_status read_count(size_t *value, const reading *r, const json_t *line, const char *key,
                             size_t least, size_t most) {
    const json_t *json = json_object_get(line, key);
    if (!json_is_integer(json)) return FAIL("\"%s\": expected a whole number" REMEDY, key);
    json_int_t number = json_integer_value(json);
    if (number < 0 || (size_t)number < least || (size_t)number > most)
        return FAIL("\"%s\": expected %zu to %zu, found %lld" REMEDY, key, least, most, (long long)number);
    *value = (size_t)number;
    return DSC_OK;
}

static dsc_status read_real(double *value, const reading *r, const json_t *line, const char *key,
                            double least, double most) {
    const json_t *json = json_object_get(line, key);
    *value = json_number_value(json);
    if (json_is_number(json) && *value >= least && *value <= most) return DSC_OK;
    char low[40], high[40];
    return FAIL("\"%s\": expected a number from %s to %s" REMEDY, key, dsc_format_shortest(low, least),
                dsc_format_shortest(high, most));
}

static dsc_status read_text(const char **value, const reading *r, const json_t *line, const char *key) {
    *value = json_string_value(json_object_get(line, key));
    return *value ? DSC_OK : FAIL("\"%s\": expected a text" REMEDY, key);
}

static dsc_status read_recipe(dsc_recipe *recipe, const reading *r, const json_t *line) {
    dsc_status status = dsc_recipe_from_part(recipe, json_object_get(line, "recipe"), r->name, r->error);
    if (status) dsc_recipe_clear(recipe);
    return status;
}

static dsc_status read_space(const char *texts[DSC_TUNE_DIMENSIONS_MOST], size_t *count, const reading *r,
                             const json_t *line) {
    const json_t *space = json_object_get(line, "space");
    *count = json_array_size(space);
    if (!*count || *count > DSC_TUNE_DIMENSIONS_MOST)
        return FAIL("\"space\": expected 1 to %d texts", DSC_TUNE_DIMENSIONS_MOST);
    for (size_t i = 0; i < *count; i++)
        if (!(texts[i] = json_string_value(json_array_get(space, i))))
            return FAIL("\"space\": expected texts, found something else");
    return DSC_OK;
}

static dsc_status read_prints(size_t *samples, uint32_t *crc32, const reading *r, const json_t *data) {
    const char *crc, *digits = "0123456789abcdef";
    dsc_status status = read_text(&crc, r, data, "crc32");
    if (!status) status = read_count(samples, r, data, "samples", 1, UINT32_MAX);
    if (status) return status;
    if (strlen(crc) != 8 || strspn(crc, digits) != 8)
        return FAIL("\"crc32\": expected eight hexadecimal digits");
    *crc32 = (uint32_t)strtoul(crc, NULL, 16);
    return DSC_OK;
}

static dsc_status read_data(const reading *r, const json_t *line) {
    dsc_tune_search *s = r->search;
    const json_t *data = json_object_get(line, "data"), *others = json_object_get(line, "others");
    const char *name;
    dsc_status status = read_text(&name, r, data, "name");
    if (!status) status = read_prints(&s->samples, &s->data_crc, r, data);
    if (!status && others) status = read_prints(&s->others, &s->others_crc, r, others);
    if (status) return status;
    json_decref(s->dataset);
    s->dataset = json_pack("{s:O*, s:O*}", "shape", json_object_get(data, "shape"), "classes",
                           json_object_get(data, "classes"));
    if (!s->dataset) return dsc_fail_memory(r->error, 64, r->name);
    free(s->data_name);
    s->data_name = strdup(name);
    if (s->data_name) dsc_text_undo_bytes(s->data_name);
    return s->data_name ? DSC_OK : dsc_fail_memory(r->error, strlen(name), r->name);
}

/* The footprints in a journal. */
typedef struct recorded_footprints {
    const reading *reading;
    json_t *list;
} recorded_footprints;

/* Returns the recorded footprint: trials are not measured again, and draws that did not fit are rejected
 * again. */
static dsc_status recorded_footprint(void *user, dsc_footprint *footprint, const dsc_recipe *recipe,
                                     size_t trial, uint64_t draw, dsc_error *error) {
    (void)recipe;
    (void)error; /* `reading` has the error */
    const recorded_footprints *recorded = user;
    const reading *r = recorded->reading;
    json_int_t at = -1, flash = 0, ram = 0;
    *footprint = DSC_FOOTPRINT_NONE;
    if (trial >= json_array_size(recorded->list)) return DSC_OK;
    if (json_unpack(json_array_get(recorded->list, trial), "[I, I, I!]", &at, &flash, &ram) || at < 0 ||
        flash < 0 || ram < 0)
        return FAIL("\"footprints\": expected three whole numbers of trial %zu", trial + 1);
    if (draw > (uint64_t)at)
        return FAIL("\"footprints\": trial %zu is not draw %lld" OTHER_DRAWS, trial + 1, (long long)at);
    if (draw == (uint64_t)at) *footprint = (dsc_footprint){(uint64_t)flash, (uint64_t)ram};
    return DSC_OK;
}

/* *budget has no `find` if the search has no budget. */
static dsc_status read_budget(dsc_tune_budget *budget, recorded_footprints *recorded, const reading *r,
                              const json_t *line) {
    const json_t *json = json_object_get(line, "budget");
    size_t flash = 0, ram = 0;
    if (!json) return DSC_OK;
    dsc_status status = read_count(&flash, r, json, "flash", 0, SIZE_MAX / 2);
    if (!status) status = read_count(&ram, r, json, "ram", 0, SIZE_MAX / 2);
    if (!status) status = read_text(&budget->numbers, r, json, "numbers");
    if (status) return status;
    *recorded = (recorded_footprints){r, json_object_get(json, "footprints")};
    if (!json_array_size(recorded->list)) return FAIL("\"footprints\": expected those of all trials");
    budget->user = recorded;
    budget->most = (dsc_footprint){flash, ram};
    budget->find = recorded_footprint;
    return DSC_OK;
}

static dsc_status make_search(const reading *r, const json_t *line, const dsc_recipe *recipe) {
    const char *texts[DSC_TUNE_DIMENSIONS_MOST], *name;
    size_t count, reduction = 0, least = 0;
    dsc_tune_options options = {0};
    dsc_tune_budget budget = {0};
    recorded_footprints recorded = {0};
    double validation = 0;
    dsc_status status = read_space(texts, &count, r, line);
    if (!status) status = read_text(&name, r, line, "name");
    if (!status) status = read_text(&options.kernels, r, line, "kernels");
    if (!status) status = read_count(&options.trials, r, line, "trials", 1, DSC_TUNE_TRIALS_MOST);
    if (!status) status = read_count(&reduction, r, line, "reduction", 1, DSC_TUNE_REDUCTION_MOST);
    if (!status) status = read_count(&least, r, line, "least_epochs", 1, 100000);
    if (!status) status = read_real(&validation, r, line, "validation", 1e-9, 0.5);
    if (!status) status = read_budget(&budget, &recorded, r, line);
    if (status) return status;
    options.reduction = (unsigned)reduction;
    options.least = least;
    if (budget.find) options.budget = &budget;
    status = dsc_tune_search_make(r->search, recipe, name, texts, count, &options, r->error);
    if (!status) dsc_text_undo_bytes(r->search->name);
    if (status) return dsc_error_context(r->error, status, "%s: line %zu", r->name, r->line);
    count = budget.find ? json_array_size(recorded.list) : options.trials;
    if (r->search->trials != count)
        return FAIL("%zu trials, where this version of descender draws %zu" OTHER_DRAWS, count,
                    r->search->trials);
    r->search->validation = validation;
    return read_data(r, line);
}

static dsc_status read_start(const reading *r, const json_t *line) {
    const char *event = json_string_value(json_object_get(line, "event"));
    dsc_recipe recipe;
    size_t format = 0;
    if (!event || strcmp(event, "start") != 0)
        return FAIL("expected the journal of a search, found something else");
    dsc_status status = read_count(&format, r, line, "format", 1, 1000000);
    if (status) return status;
    if (format > FORMAT_WITH_BUDGET)
        return fail(
            r, DSC_ERROR_UNSUPPORTED,
            "has format %zu, but this version reads formats up to %d; use a newer version of descender",
            format, FORMAT_WITH_BUDGET);
    status = read_recipe(&recipe, r, line);
    if (status) return status;
    status = make_search(r, line, &recipe);
    dsc_recipe_clear(&recipe);
    return status;
}

/* --- results --- */

/* A result of a later rung means that the previous rung is done, and determines the members of this one. */
static dsc_status enter_rung(reading *r, size_t rung) {
    dsc_tune_search *s = r->search;
    if (rung < r->rung) return FAIL("is of rung %zu, but rung %zu has begun" REMEDY, rung + 1, r->rung + 1);
    for (; r->rung < rung; r->rung++) {
        if (!dsc_tune_rung_is_done(s, r->rung, r->members))
            return FAIL("is of rung %zu, but rung %zu is not complete" REMEDY, rung + 1, r->rung + 1);
        r->member_count = dsc_tune_members(r->members, s, r->rung + 1);
    }
    return DSC_OK;
}

static bool is_member(const reading *r, size_t trial) {
    for (size_t i = 0; i < r->member_count; i++)
        if (r->members[i] == trial) return true;
    return false;
}

static dsc_status check_values(const reading *r, const json_t *line, size_t trial) {
    json_t *expected = dsc_tune_values_json(r->search, trial);
    if (!expected) return dsc_fail_memory(r->error, 256, r->name);
    bool same = json_equal(expected, json_object_get(line, "values"));
    json_decref(expected);
    return same ? DSC_OK
                : FAIL("trial %zu has other values than this version of descender would give it" OTHER_DRAWS,
                       trial + 1);
}

static dsc_status read_result(reading *r, const json_t *line, bool failed) {
    dsc_tune_search *s = r->search;
    size_t trial = 0, rung = 0, epochs;
    dsc_tune_result found = {.done = true, .failed = failed};
    dsc_status status = read_count(&trial, r, line, "trial", 1, s->trials);
    if (!status) status = read_count(&rung, r, line, "rung", 1, s->plan.count);
    if (!status) status = enter_rung(r, --rung);
    if (status) return status;
    trial--;
    dsc_tune_result *result = dsc_tune_result_of(s, trial, rung);
    if (result->done) return FAIL("trial %zu has a result of rung %zu already" REMEDY, trial + 1, rung + 1);
    if (!is_member(r, trial)) return FAIL("trial %zu did not reach rung %zu" REMEDY, trial + 1, rung + 1);
    epochs = (size_t)s->plan.rung[rung].epochs;
    status = read_count(&epochs, r, line, "epochs", epochs, epochs);
    if (!status) status = read_real(&found.seconds, r, line, "seconds", 0, 1e12);
    if (!status && !failed) status = read_real(&found.accuracy, r, line, "accuracy", 0, 1);
    if (!status && !failed) status = read_real(&found.loss, r, line, "loss", -1e300, 1e300);
    if (!status) status = check_values(r, line, trial);
    if (!status) *result = found;
    return status;
}

static dsc_status read_end(reading *r) {
    for (size_t rung = 0; rung < r->search->plan.count; rung++)
        if (!dsc_tune_rung_is_done(r->search, rung, r->members))
            return FAIL("says that the search is complete, but rung %zu is not" REMEDY, rung + 1);
    r->search->finished = true;
    return DSC_OK;
}

static dsc_status read_event(reading *r, const json_t *line) {
    if (r->line == 1) {
        dsc_status status = read_start(r, line);
        if (status) return status;
        r->members = dsc_allocate(r->search->trials, sizeof *r->members);
        if (!r->members) return dsc_fail_memory(r->error, r->search->trials * sizeof *r->members, r->name);
        r->member_count = dsc_tune_members(r->members, r->search, 0);
        return DSC_OK;
    }
    const char *event = json_string_value(json_object_get(line, "event"));
    if (r->search->finished) return FAIL("follows the end of the search" REMEDY);
    if (event && !strcmp(event, "result")) return read_result(r, line, false);
    if (event && !strcmp(event, "failed")) return read_result(r, line, true);
    if (event && !strcmp(event, "end")) return read_end(r);
    return FAIL("\"event\": expected result, failed or end, found %.40s" REMEDY, event ? event : "nothing");
}

static dsc_status read_line(reading *r, const char *text, size_t length) {
    json_error_t where;
    json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(line)) {
        dsc_status status =
            line ? FAIL("expected a JSON object" REMEDY)
                 : FAIL("column %d: expected a JSON object: %s" REMEDY, where.column, where.text);
        json_decref(line);
        return status;
    }
    dsc_status status = read_event(r, line);
    json_decref(line);
    return status;
}

dsc_status dsc_tune_search_read(dsc_tune_search *search, size_t *whole, const char *bytes, size_t size,
                                const char *name, dsc_error *error) {
    *search = (dsc_tune_search){0};
    *whole = 0;
    reading r = {.search = search, .name = name, .error = error};
    dsc_status status = DSC_OK;
    for (const char *end; !status && *whole < size; *whole += (size_t)(end - (bytes + *whole)) + 1) {
        end = memchr(bytes + *whole, '\n', size - *whole);
        if (!end) break; /* truncated during a write */
        r.line++;
        status = read_line(&r, bytes + *whole, (size_t)(end - (bytes + *whole)));
    }
    if (!status && !r.line)
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: line 1: expected the journal of a search, found nothing", name);
    free(r.members);
    return status;
}
