/* SPDX-License-Identifier: MIT */
/* tune_report.c: the best trial and the importance of the parameters, as text and JSON. */
#include "tune_report.h"

#include "base/memory.h"
#include "tune_front.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- text --- */

static size_t widest_name(const dsc_tune_space *space) {
    size_t widest = 0;
    for (size_t i = 0; i < space->count; i++) {
        size_t length = strlen(space->dimensions[i].name);
        if (length > widest) widest = length;
    }
    return widest;
}

static void append_best(dsc_text *text, const dsc_tune_search *s, size_t best) {
    size_t rung = dsc_tune_reached(s, best);
    const dsc_tune_result *r = dsc_tune_result_of(s, best, rung);
    char accuracy[32], loss[32], number[40];
    dsc_text_append(
        text,
        "Best of %zu trials: number %zu, %s %% of the held-out samples right, loss %s, after %llu epoch%s\n",
        s->trials, best + 1, dsc_format_fixed(accuracy, 32, 100 * r->accuracy, 2),
        dsc_format_fixed(loss, 32, r->loss, 4), (unsigned long long)s->plan.rung[rung].epochs,
        s->plan.rung[rung].epochs == 1 ? "" : "s");
    for (size_t i = 0; i < s->space.count; i++)
        dsc_text_append(text, "  %-*s  %s\n", (int)widest_name(&s->space), s->space.dimensions[i].name,
                        dsc_tune_value_text(number, &s->space.dimensions[i], &dsc_tune_values(s, best)[i]));
}

/* Appends the range of the best values. */
static void append_where(dsc_text *text, const dsc_tune_dimension *d, const dsc_tune_importance *m) {
    char number[40];
    const dsc_tune_value low = {.number = m->low, .choice = m->choice}, high = {.number = m->high};
    dsc_text_append(text, "%s", dsc_tune_value_text(number, d, &low));
    if (d->range) dsc_text_append(text, " to %s", dsc_tune_value_text(number, d, &high));
}

static dsc_status append_mattered(dsc_text *text, const dsc_tune_search *s, dsc_error *error) {
    uint64_t epochs = s->plan.rung[0].epochs;
    char share[32];
    bool headed = false;
    for (size_t i = 0; i < s->space.count; i++) {
        const dsc_tune_dimension *d = &s->space.dimensions[i];
        dsc_tune_importance m;
        dsc_status status = dsc_tune_importance_find(&m, s, i, error);
        if (status) return status;
        if (isnan(m.share)) continue;
        if (!headed)
            dsc_text_append(text,
                            "What mattered: the share of the ranking after %llu epoch%s that each parameter "
                            "explains by itself\n",
                            (unsigned long long)epochs, epochs == 1 ? "" : "s");
        headed = true;
        dsc_text_append(text, "  %-*s  %3s %%, best: ", (int)widest_name(&s->space), d->name,
                        dsc_format_fixed(share, sizeof share, 100 * m.share, 0));
        append_where(text, d, &m);
        dsc_text_append(text, "\n");
    }
    return DSC_OK;
}

dsc_status tune_report_text(const dsc_tune *tune, dsc_error *error) {
    const dsc_tune_search *s = dsc_tune_search_of(tune);
    size_t best;
    dsc_text text = {0};
    draw_terminal terminal = draw_terminal_detect(1);
    (void)dsc_tune_best(&best, s);
    dsc_status status = terminal.live ? tune_chart_text(&text, s, &terminal, error) : DSC_OK;
    append_best(&text, s, best);
    if (!status) status = tune_front_text(&text, s, error);
    if (!status && !text.failed) status = append_mattered(&text, s, error);
    dsc_text_append(&text, "Recipe: ");
    dsc_text_append_visible(&text, dsc_tune_folder(tune));
    dsc_text_append(&text, "/%s\n", DSC_TUNE_BEST);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

/* --- JSON --- */

/* Values of ranges as numbers, choices as texts. */
static json_t *values_json(const dsc_tune_search *s, size_t trial) {
    json_t *json = json_object();
    for (size_t i = 0; i < s->space.count; i++) {
        const dsc_tune_dimension *d = &s->space.dimensions[i];
        const dsc_tune_value *value = &dsc_tune_values(s, trial)[i];
        (void)json_object_set_new(json, d->name,
                                  !d->range  ? json_string(d->choices[value->choice])
                                  : d->whole ? json_integer((json_int_t)value->number)
                                             : json_real(value->number));
    }
    return json;
}

static json_t *trial_json(const dsc_tune_search *s, size_t trial) {
    size_t rung = dsc_tune_reached(s, trial);
    const dsc_tune_result *r = dsc_tune_result_of(s, trial, rung);
    json_t *json = json_pack("{s:I, s:I, s:I, s:b, s:o}", "trial", (json_int_t)trial + 1, "rung",
                             (json_int_t)rung + 1, "epochs", (json_int_t)s->plan.rung[rung].epochs, "failed",
                             (int)r->failed, "values", values_json(s, trial));
    (void)json_object_set_new(json, "accuracy", r->failed ? json_null() : json_real(r->accuracy));
    (void)json_object_set_new(json, "loss", r->failed ? json_null() : json_real(r->loss));
    if (!s->footprints) return json;
    (void)json_object_set_new(json, "flash", json_integer((json_int_t)s->footprints[trial].flash));
    (void)json_object_set_new(json, "ram", json_integer((json_int_t)s->footprints[trial].ram));
    return json;
}

static dsc_status parameters_json(json_t *list, const dsc_tune_search *s, dsc_error *error) {
    for (size_t i = 0; i < s->space.count; i++) {
        const dsc_tune_dimension *d = &s->space.dimensions[i];
        dsc_tune_importance m;
        dsc_status status = dsc_tune_importance_find(&m, s, i, error);
        if (status) return status;
        json_t *json = json_pack("{s:s, s:s, s:o}", "name", d->name, "searched", d->text, "share",
                                 isnan(m.share) ? json_null() : json_real(m.share));
        if (!isnan(m.share) && d->range) {
            (void)json_object_set_new(json, "best_low", json_real(m.low));
            (void)json_object_set_new(json, "best_high", json_real(m.high));
        } else if (!isnan(m.share)) {
            (void)json_object_set_new(json, "best", json_string(d->choices[m.choice]));
        }
        (void)json_array_append_new(list, json);
    }
    return DSC_OK;
}

dsc_status tune_report_json(const dsc_tune *tune, dsc_error *error) {
    const dsc_tune_search *s = dsc_tune_search_of(tune);
    size_t best, *order = dsc_allocate(s->trials, sizeof *order);
    if (!order) return dsc_fail_memory(error, s->trials * sizeof *order, "the results");
    json_t *ranking = json_array(), *rungs = json_array(), *parameters = json_array();
    for (size_t i = 0; i < s->trials; i++) order[i] = i;
    dsc_tune_standing(order, s->trials, s);
    for (size_t i = 0; i < s->trials; i++) (void)json_array_append_new(ranking, trial_json(s, order[i]));
    for (size_t i = 0; i < s->plan.count; i++)
        (void)json_array_append_new(rungs,
                                    json_pack("{s:I, s:I}", "trials", (json_int_t)s->plan.rung[i].trials,
                                              "epochs", (json_int_t)s->plan.rung[i].epochs));
    free(order);
    (void)dsc_tune_best(&best, s);
    dsc_status status = parameters_json(parameters, s, error);
    dsc_text path = {0};
    dsc_text_append(&path, "%s/%s", dsc_tune_folder(tune), DSC_TUNE_BEST);
    json_t *json = json_pack("{s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "search",
                             dsc_json_text(dsc_tune_folder(tune)), "recipe",
                             path.failed ? NULL : dsc_json_text(path.data), "data",
                             dsc_json_text(s->data_name), "epochs", (json_int_t)dsc_tune_epochs_done(s),
                             "rungs", rungs, "best", trial_json(s, best), "parameters", parameters, "trials",
                             ranking, "budget", tune_budget_json(s), "front", tune_front_json(s));
    dsc_text_free(&path);
    if (!status) return command_print_json(json, error);
    json_decref(json);
    return status;
}
