/* SPDX-License-Identifier: MIT */
/* page.c: the frame of a page. Its content security policy forbids everything except the page's own contents,
 * so that it cannot load anything even if escaping failed. */
#include "report/page.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/file.h"
#include "draw/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "Made by Descender"

enum { ROOM = 1 << 23 }; /* more than any page and figures have needed */

void report_page_begin_with(dsc_text *page, const char *title, const char *lead, const char *style,
                            bool scripted) {
    dsc_text_append(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
        "style-src 'unsafe-inline'%s\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        scripted ? "; script-src 'unsafe-inline'" : "");
    report_append_html(page, title);
    dsc_text_append(page, "</title>\n<style>%s%s</style>\n</head>\n<body>\n<header>\n<h1>", report_style,
                    style ? style : "");
    report_append_html(page, title);
    dsc_text_append(page, "</h1>\n<p class=\"lead\">%s</p>\n</header>\n<main>\n", lead);
}

void report_page_begin(dsc_text *page, const char *title, const char *lead) {
    report_page_begin_with(page, title, lead, NULL, false);
}

void report_page_end_with(dsc_text *page, const char *script) {
    if (script) dsc_text_append(page, "<script>\n%s</script>\n", script);
    dsc_text_append(page, "</main>\n<footer><p>" MARK " %s.</p></footer>\n</body>\n</html>\n", dsc_version());
}

void report_page_end(dsc_text *page) { report_page_end_with(page, NULL); }

void report_section(dsc_text *page, const char *id, const char *heading) {
    dsc_text_append(page, "<section id=\"%s\">\n<h2>%s</h2>\n", id, heading);
}

void report_section_end(dsc_text *page) { dsc_text_append(page, "</section>\n"); }

void report_tile(dsc_text *page, const char *name, const char *value, const char *note) {
    dsc_text_append(page, "<div class=\"tile\"><span>%s</span><b>%s</b><small>%s</small></div>\n", name,
                    value, note);
}

void report_page_figure(dsc_text *page, const report_figures *figures, const char *name,
                        const char *caption) {
    const report_figure *figure = report_find_figure(figures, name);
    if (!figure || !figure->bytes) {
        dsc_text_append(page, "<p class=\"missing\">The figure &ldquo;%s&rdquo; is missing: ", name);
        report_append_html(page, figure && figure->missing ? figure->missing : "it was not drawn");
        dsc_text_append(page, ".</p>\n");
        return;
    }
    dsc_text_append(page, "<figure class=\"%s\"><img alt=\"", figure->pixels ? "pixels" : "chart");
    report_append_html(page, figure->title);
    dsc_text_append(page, "\" width=\"%.0f\" src=\"data:image/%s;base64,", figure->width * 4 / 3,
                    figure->png ? "png" : "svg+xml");
    dsc_text_append_base64(page, figure->bytes, figure->size);
    dsc_text_append(page, "\">");
    if (caption) dsc_text_append(page, "<figcaption>%s</figcaption>", caption);
    dsc_text_append(page, "</figure>\n");
}

dsc_status report_claim(const char *folder, draw_on_in_place *on_in_place, dsc_error *error) {
    static const char *const figures[] = {"curves",     "classes",    "confusion", "reliability",
                                          "confidence", "mistakes",   "filters",   "embedding",
                                          "recall",     "accuracies", "refusals",  NULL};
    char *path = dsc_path_join(folder, REPORT_PAGE);
    if (!path) return dsc_fail_memory(error, strlen(folder), folder);
    dsc_status status = draw_claim(folder, figures, on_in_place, error);
    if (!status) status = draw_claim_file(path, MARK, on_in_place, error);
    if (!status) status = dsc_space_check(folder, ROOM, error);
    free(path);
    return status;
}

dsc_status report_page_write(dsc_text *page, const char *folder, dsc_error *error) {
    char *path = page->failed ? NULL : dsc_path_join(folder, REPORT_PAGE);
    dsc_status status = path ? dsc_file_write(path, page->data, page->length, error)
                             : dsc_fail_memory(error, page->capacity, "a page");
    free(path);
    dsc_text_free(page);
    return status;
}

void report_page_not_finite(dsc_text *page, const dsc_metrics *m) {
    if (!m->not_finite) return;
    dsc_text_append(
        page,
        "<p><strong>%zu of %zu answers are not finite</strong>: the network&rsquo;s numbers exceeded the "
        "range of floats. These answers count as wrong, and there is no mean loss.</p>\n",
        m->not_finite, m->count);
}

void report_page_accuracy(dsc_text *page, const dsc_metrics *m) {
    char value[64], note[160], interval[80], share[32];
    double ends[2];
    dsc_wilson_interval(ends, m->top[0], m->count);
    (void)snprintf(value, sizeof value, "%s&nbsp;%%", report_percent(share, dsc_metrics_accuracy(m), 2));
    (void)snprintf(note, sizeof note, "%zu of %zu wrong; 95 %% interval %s", m->count - m->top[0], m->count,
                   report_percents(interval, ends, 2));
    report_tile(page, "accuracy", value, note);
}

void report_page_loss(dsc_text *page, const dsc_metrics *m) {
    char value[64], share[32];
    report_tile(page, "loss", report_loss(share, dsc_metrics_loss(m)), "the mean over the images");
    (void)snprintf(value, sizeof value, "%s&nbsp;%%",
                   report_percent(share, dsc_metrics_calibration_error(m), 2));
    report_tile(page, "calibration error", value, "how far confidence is from accuracy");
}

void report_page_speed(dsc_text *page, const report_speed *speed) {
    char value[48], other[48], note[256];
    report_tile(page, "parameters", dsc_format_grouped(value, (double)speed->parameters), "trained numbers");
    report_tile(page, "multiply-adds", dsc_format_grouped(value, speed->multiply_adds), "for one image");
    if (speed->file_bytes > 0)
        report_tile(page, "size", report_bytes(value, speed->file_bytes), "of the model&rsquo;s file");
    (void)snprintf(note, sizeof note, "median for one image on one thread; 99 of 100 in %s",
                   report_seconds(other, speed->latency_slow));
    report_tile(page, "latency", report_seconds(value, speed->latency_median), note);
    (void)snprintf(note, sizeof note, "in batches of %zu, on %u thread%s", speed->batch, speed->threads,
                   speed->threads == 1 ? "" : "s");
    report_tile(page, "images a second", dsc_format_grouped(value, speed->images_per_second), note);
}
