/* SPDX-License-Identifier: MIT */
/* train_show.c: the table on standard output; bar, chart and warnings on standard error. */
#include "train_show.h"

#include "kernel/kernel.h"
#include "report/curves.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CHART_ROWS = 7, CHART_HEIGHT_LEAST = 24, TABLE_WIDTH = 82 };

void train_show_begin(train_show *show, const command_call *call, const dsc_training_run *run,
                      const char *data_name) {
    *show = (train_show){.call = call, .run = run, .data_name = data_name};
    draw_terminal terminal = draw_terminal_detect(2);
    show->rows = !call->json && !call->quiet;
    /* Both streams must be terminals: the chart is redrawn, and rows are printed between. */
    show->chart =
        show->rows && terminal.live && draw_terminal_detect(1).live && terminal.height >= CHART_HEIGHT_LEAST;
    const dsc_trainer *t = dsc_run_trainer(run);
    command_progress_start(&show->progress, call, show->what, "images",
                           dsc_trainer_steps(t) * (uint64_t)t->recipe.batch);
}

/* --- the live chart --- */

static void wipe_chart(train_show *show) {
    command_progress_wipe(&show->progress);
    if (!show->chart_lines) return;
    (void)fprintf(stderr, "\033[%zuA\033[J", show->chart_lines);
    show->chart_lines = 0;
}

static void draw_chart_again(train_show *show) {
    dsc_text text = {0};
    draw_terminal terminal = draw_terminal_detect(2);
    if (!report_curves_text(&text, dsc_run_folder(show->run), CHART_ROWS, &terminal, NULL) && text.data &&
        !text.failed) {
        (void)fputs(text.data, stderr);
        for (const char *c = text.data; *c; c++) show->chart_lines += *c == '\n';
    }
    dsc_text_free(&text);
}

/* --- lines --- */

static size_t frozen_parameters(const dsc_model *model) {
    size_t count = 0;
    for (const dsc_node *node = NULL; (node = dsc_graph_next_value(model->graph, node));)
        if (node->kind == DSC_NODE_PARAMETER && node->frozen) count += dsc_shape_count(&node->shape);
    return count;
}

static void print_start(train_show *show, const char *memory) {
    const dsc_trainer *t = dsc_run_trainer(show->run);
    if (!show->rows) return;
    char a[DSC_VISIBLE], b[DSC_VISIBLE];
    command_print("Run %s: %s\n", dsc_visible(a, sizeof a, dsc_run_folder(show->run)),
                  dsc_visible(b, sizeof b, dsc_model_text(t->model)));
    char frozen[64] = "";
    const size_t still = frozen_parameters(t->model);
    if (still) (void)snprintf(frozen, sizeof frozen, ", %zu of them frozen", still);
    command_print("  %zu parameters%s; %s; kernels %s, %s, %u threads\n", dsc_model_parameters(t->model),
                  frozen, memory, t->parts.choice.kernels->name, t->parts.bf16 ? "bf16" : "f32",
                  dsc_executor_threads(t->executor));
    command_print("  %s: %zu images to train on, %zu to validate\n",
                  dsc_visible(a, sizeof a, show->data_name), t->training->count,
                  t->validation ? t->validation->count : (size_t)0);
    if (t->held_others)
        command_print("  %s: %zu images of no class to train on, %zu held out\n",
                      dsc_visible(a, sizeof a, t->recipe.others_data->name),
                      t->others->count - t->held_others->count, t->held_others->count);
    if (t->progress.step)
        command_print("  continuing after epoch %llu, step %llu\n", (unsigned long long)t->progress.epoch,
                      (unsigned long long)t->progress.step);
    (void)fflush(stdout);
}

static const char *fixed(char out[32], double value, int decimals) {
    return isfinite(value) ? dsc_format_fixed(out, 32, value, decimals) : "-";
}

/* Prints a row without the speed and with short headings: at most 57 characters. */
static void print_narrow_row(train_show *show, const dsc_event *e, bool validated) {
    char a[32], b[32], c[32], d[32], g[32], name[48];
    if (!show->headed) {
        (void)printf("%9s%9s%9s", "epoch", "loss", "right %");
        if (validated) (void)printf("%11s%9s", "val. loss", "right %");
        (void)printf("%10s\n", "seconds");
        show->headed = true;
    }
    (void)snprintf(name, sizeof name, "%llu/%llu", (unsigned long long)e->epoch,
                   (unsigned long long)e->epochs);
    (void)printf("%9s%9s%9s", name, report_loss(a, e->loss), fixed(b, 100 * e->accuracy, 2));
    if (validated)
        (void)printf("%11s%9s", report_loss(c, e->validation_loss),
                     fixed(d, 100 * e->validation_accuracy, 2));
    (void)printf("%10s\n", fixed(g, e->seconds, 1));
    if (e->message) command_print("  %s\n", e->message);
    (void)fflush(stdout);
}

static void print_row(train_show *show, const dsc_event *e) {
    bool validated = dsc_run_trainer(show->run)->validation != NULL;
    char a[32], b[32], c[32], d[32], f[32], g[32], name[48];
    draw_terminal terminal = draw_terminal_detect(1);
    if (terminal.live && terminal.width < TABLE_WIDTH) {
        print_narrow_row(show, e, validated);
        return;
    }
    if (!show->headed) {
        (void)printf("%9s%10s%12s", "epoch", "loss", "accuracy %");
        if (validated) (void)printf("%17s%12s", "validation: loss", "accuracy %");
        (void)printf("%11s%10s\n", "images/s", "seconds");
        show->headed = true;
    }
    (void)snprintf(name, sizeof name, "%llu/%llu", (unsigned long long)e->epoch,
                   (unsigned long long)e->epochs);
    (void)printf("%9s%10s%12s", name, report_loss(a, e->loss), fixed(b, 100 * e->accuracy, 2));
    if (validated)
        (void)printf("%17s%12s", report_loss(c, e->validation_loss),
                     fixed(d, 100 * e->validation_accuracy, 2));
    (void)printf("%11s%10s\n", fixed(f, e->samples_per_second, 0), fixed(g, e->seconds, 1));
    if (e->message) command_print("  %s\n", e->message);
    (void)fflush(stdout);
}

static void show_bar(train_show *show, const dsc_event *e) {
    uint64_t batch = (uint64_t)dsc_run_trainer(show->run)->recipe.batch;
    (void)snprintf(show->what, sizeof show->what, "epoch %llu/%llu", (unsigned long long)e->epoch,
                   (unsigned long long)e->epochs);
    command_progress_show(&show->progress, ((e->epoch - 1) * e->steps + e->step) * batch);
}

void train_show_event(train_show *show, const dsc_event *event) {
    switch (event->kind) {
    case DSC_EVENT_START:
        print_start(show, event->message);
        break;
    case DSC_EVENT_STEP:
        show_bar(show, event);
        break;
    case DSC_EVENT_EPOCH:
        wipe_chart(show);
        if (show->rows) print_row(show, event);
        if (show->chart) draw_chart_again(show);
        break;
    case DSC_EVENT_WARNING:
        wipe_chart(show);
        command_complain("warning: %s", event->message);
        break;
    case DSC_EVENT_END:
        command_progress_wipe(&show->progress);
        break;
    }
}

void train_show_end(train_show *show) { command_progress_end(&show->progress); }
