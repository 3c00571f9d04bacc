/* SPDX-License-Identifier: MIT */
/* find_rate.c: the learning-rate range test: prints the suggested rate and the curve. */
#include "find_rate.h"

#include "draw/chart.h"
#include "draw/terminal.h"
#include "tune/find_rate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double LOW = 1e-6, HIGH = 10;

static int on_event(void *user, const dsc_event *event) {
    (void)user;
    (void)event;
    return command_should_stop();
}

/* Appends the curve against log10 of the rate, without the diverged end. */
static dsc_status append_chart(dsc_text *text, const dsc_rate_test *test, const draw_terminal *terminal,
                               dsc_error *error) {
    double *x = calloc(test->count, sizeof *x);
    if (!x) return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a chart");
    size_t shown = test->count;
    for (size_t i = 0; i < test->count; i++) x[i] = log10(test->rate[i]);
    while (shown > 10 && test->loss[shown - 1] > 1.5 * test->loss[0]) shown--;
    draw_series series = {.name = "loss", .x = x, .y = test->loss, .count = shown};
    draw_panel panel = {.title = "Learning-rate range test",
                        .x = {.label = "learning rate", .logarithm = true},
                        .y = {.label = "loss"},
                        .series = &series,
                        .series_count = 1};
    draw_chart chart = {.panels = &panel, .panel_count = 1};
    dsc_status status = draw_chart_text(text, &chart, 14, terminal, error);
    free(x);
    return status;
}

static dsc_status print_json(const dsc_rate_test *test, const char *data_name, dsc_error *error) {
    json_t *points = json_array();
    for (size_t i = 0; i < test->count; i++)
        json_array_append_new(points,
                              json_pack("{s:f, s:f}", "learning_rate", test->rate[i], "loss", test->loss[i]));
    return command_print_json(json_pack("{s:o, s:f, s:f, s:o}", "data", dsc_json_text(data_name),
                                        "suggested_learning_rate", test->suggestion, "least_loss_at",
                                        test->best_rate, "points", points),
                              error);
}

static dsc_status print_text(command_call *call, const dsc_rate_test *test, const char *data_name,
                             dsc_error *error) {
    dsc_text text = {0};
    char suggestion[32], best[32], shown[DSC_VISIBLE];
    (void)snprintf(suggestion, sizeof suggestion, "%.1e", test->suggestion);
    (void)snprintf(best, sizeof best, "%.1e", test->best_rate);
    draw_terminal terminal = draw_terminal_detect(1);
    dsc_status status = terminal.live ? append_chart(&text, test, &terminal, error) : DSC_OK;
    dsc_text_append(
        &text,
        "Data: %s\nSuggested learning rate: %s (a tenth of %s, the rate with the lowest loss in %zu steps)\n",
        dsc_visible(shown, sizeof shown, data_name), suggestion, best, test->count);
    if (!status)
        status = command_print_text(&text, error);
    else
        dsc_text_free(&text);
    if (!status)
        command_remark(call, "Next: run the same command with --learning-rate %s instead of --find-rate",
                       suggestion);
    return status;
}

dsc_status command_find_rate(command_call *call, const dsc_recipe *recipe, const dsc_dataset *data,
                             const char *data_name, unsigned threads, dsc_error *error) {
    dsc_rate_test test;
    dsc_status status = dsc_find_rate(&test, recipe, data, LOW, HIGH, threads, on_event, NULL, error);
    if (!status)
        status = call->json ? print_json(&test, data_name, error) : print_text(call, &test, data_name, error);
    dsc_rate_test_clear(&test);
    return status;
}
