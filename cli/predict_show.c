/* SPDX-License-Identifier: MIT */
/* predict_show.c: answers as text, as JSON, and drawn on the picture; see predict_show.h. */
#include "predict_show.h"

#include "predict_tell.h"

#include "base/memory.h"
#include "draw/canvas.h"
#include "draw/grid.h"
#include "draw/overlay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 300, DRAWN_SIDE = 4000 /* pixels: a larger picture is reduced */ };

/* ---- refused answers ---- */

/* Below it the answer is "no digit". */
static double no_digit_below(const predict_answer *a, const predict_reader *r) {
    return dsc_digit_refuse_below(r->model, a->marks);
}

bool predict_is_no_digit(const predict_answer *a, const predict_reader *r) {
    return !a->failed && (double)a->probabilities[a->order[0]] < no_digit_below(a, r);
}

/* Below it the answer is refused. */
static double refused_below(const predict_answer *a, const predict_reader *r) {
    return fmax(r->certain, no_digit_below(a, r));
}

bool predict_is_refused(const predict_answer *a, const predict_reader *r) {
    return !a->failed && (double)a->probabilities[a->order[0]] < refused_below(a, r);
}

size_t predict_no_digits(const predict_result *result, const predict_reader *reader) {
    size_t count = 0;
    for (size_t i = 0; i < result->count; i++) count += predict_is_no_digit(&result->answers[i], reader);
    return count;
}

/* ---- text ---- */

/* "three.png", "digits.npy[7]", "page.png, digit 2", or "page.png, mark 3" */
static void name_of(char out[NAME], const predict_result *result, const predict_reader *r, size_t i) {
    char shown[DSC_VISIBLE];
    const char *name = dsc_visible(shown, sizeof shown, result->name);
    const size_t length = strlen(name);
    if (length > NAME - 40) name += length - (NAME - 40);
    while (((unsigned char)*name & 0xC0) == 0x80) name++; /* not from the middle of a UTF-8 character */
    if (result->content.is_array)
        (void)snprintf(out, NAME, "%s[%zu]", name, result->answers[i].image);
    else if (result->count > 1)
        (void)snprintf(out, NAME, "%s, %s %zu", name,
                       predict_is_no_digit(&result->answers[i], r) ? "mark" : "digit", i + 1);
    else
        (void)snprintf(out, NAME, "%s", name);
}

static const char *percent(char out[32], float probability) {
    dsc_format_fixed(out, 32, 100 * (double)probability, 1);
    return out;
}

static void append_refused(dsc_text *text, const char *name, const predict_answer *a, const predict_reader *r,
                           int width) {
    char number[32];
    if (r->only_sure) return;
    dsc_text_append(text, "%-*s  %s (%s at %s %%)", width, name,
                    r->expected.preparation == DSC_PREPARATION_DIGITS ? "no digit" : "no answer",
                    dsc_model_class_name(r->model, a->order[0]),
                    percent(number, a->probabilities[a->order[0]]));
    if (a->agree < r->members) dsc_text_append(text, "   %zu of %zu agree", a->agree, r->members);
    dsc_text_append(text, "\n");
}

/* Whether all other classes together are likelier. */
static bool is_unsure(const predict_answer *a) { return !(a->probabilities[a->order[0]] >= 0.5f); }

static void append_answer(dsc_text *text, const predict_result *result, size_t i, const predict_reader *r,
                          size_t top, int width) {
    const predict_answer *a = &result->answers[i];
    char name[NAME], number[32];
    name_of(name, result, r, i);
    if (a->failed) {
        dsc_text_append(text, "%-*s  no answer: the model's numbers are not finite\n", width, name);
        return;
    }
    if (predict_is_refused(a, r)) {
        append_refused(text, name, a, r, width);
        return;
    }
    dsc_text_append(text, "%-*s  %s  %5s %%", width, name, dsc_model_class_name(r->model, a->order[0]),
                    percent(number, a->probabilities[a->order[0]]));
    for (size_t k = 1; k < top && k < r->classes; k++)
        dsc_text_append(text, "%s%s %s %%", k == 1 ? "   then " : ", ",
                        dsc_model_class_name(r->model, a->order[k]),
                        percent(number, a->probabilities[a->order[k]]));
    if (is_unsure(a)) dsc_text_append(text, "   unsure");
    if (a->agree < r->members) dsc_text_append(text, "   %zu of %zu agree", a->agree, r->members);
    if (a->marks & DSC_DIGIT_AT_EDGE) dsc_text_append(text, "   at the edge");
    if (a->marks & DSC_DIGIT_CUT) dsc_text_append(text, "   cut from its neighbour");
    if (a->marks & DSC_DIGIT_JOINED) dsc_text_append(text, "   joined from pieces");
    if (a->marks & DSC_DIGIT_PALE) dsc_text_append(text, "   partly pale");
    if (a->marks & DSC_DIGIT_OR_BAR) dsc_text_append(text, "   or a fraction bar");
    dsc_text_append(text, "\n");
}

static const char *reading_of(const predict_answer *a, const predict_reader *r) {
    return a->failed || predict_is_refused(a, r) ? "?" : dsc_model_class_name(r->model, a->order[0]);
}

static size_t between(size_t a, size_t a_size, size_t b, size_t b_size) {
    return b > a + a_size ? b - (a + a_size) : a > b + b_size ? a - (b + b_size) : 0;
}

/* Whether the gap between two digits is wider than a digit's height; in a picture on its side lines are
 * vertical. */
static bool is_gap(const predict_answer *before, const predict_answer *a, bool on_its_side) {
    const size_t gap = on_its_side ? between(before->top, before->height, a->top, a->height)
                                   : between(before->left, before->width, a->left, a->width);
    const size_t high = on_its_side ? (a->width > before->width ? a->width : before->width)
                                    : (a->height > before->height ? a->height : before->height);
    return gap > high;
}

/* Appends one line as numbers, from answer `first` to the end of its line, without refused marks. Returns the
 * start of the next line. */
static size_t append_line(dsc_text *text, const predict_result *result, const predict_reader *r,
                          size_t first) {
    const predict_answer *before = NULL;
    size_t i = first;
    for (; i < result->count && result->answers[i].line == result->answers[first].line; i++) {
        const predict_answer *a = &result->answers[i];
        if (predict_is_no_digit(a, r)) continue;
        if (before && is_gap(before, a, result->notes.turned % 2)) dsc_text_append(text, " ");
        dsc_text_append(text, "%s", reading_of(a, r));
        before = a;
    }
    return i;
}

/* Lists the lines that have a digit. */
static json_t *list_lines(const predict_result *result, const predict_reader *r) {
    json_t *lines = json_array();
    for (size_t i = 0; i < result->count;) {
        dsc_text line = {0};
        i = append_line(&line, result, r, i);
        if (line.length) (void)json_array_append_new(lines, dsc_json_text(line.data));
        dsc_text_free(&line);
    }
    return lines;
}

static void append_reading(dsc_text *text, const predict_result *result, const predict_reader *r) {
    json_t *lines = list_lines(result, r);
    const size_t count = json_array_size(lines);
    if (count) {
        dsc_text_append_visible(text, result->name);
        dsc_text_append(text, count > 1 ? "  reads\n" : "  reads ");
    }
    for (size_t i = 0; i < count; i++)
        dsc_text_append(text, "%s%s\n", count > 1 ? "  " : "", json_string_value(json_array_get(lines, i)));
    json_decref(lines);
}

void predict_append(dsc_text *text, const predict_result *result, const predict_reader *reader, size_t top) {
    size_t width = 0;
    for (size_t i = 0; i < result->count; i++) {
        char name[NAME];
        name_of(name, result, reader, i);
        if (strlen(name) > width) width = strlen(name);
    }
    if (!result->content.is_array && result->count > 1) append_reading(text, result, reader);
    for (size_t i = 0; i < result->count; i++) append_answer(text, result, i, reader, top, (int)width);
}

/* ---- the network's view ---- */

dsc_status predict_append_pictures(dsc_text *text, const predict_result *result, const predict_reader *r,
                                   dsc_error *error) {
    const draw_terminal terminal = draw_terminal_detect(1);
    const size_t each = 6 * r->shape[1] * r->shape[2];
    uint8_t *pixels = dsc_allocate(each, 1);
    dsc_status status = pixels ? DSC_OK : dsc_fail_memory(error, each, "a picture");
    for (size_t i = 0; i < result->count && !status; i++) {
        char name[NAME], title[NAME + 32];
        name_of(name, result, r, i);
        (void)snprintf(title, sizeof title, "%s: %s", name, reading_of(&result->answers[i], r));
        const draw_tile tiles[] = {{pixels, "what it saw"}, {pixels + each / 2, "what led to the answer"}};
        const draw_grid grid = {.title = title,
                                .tiles = tiles,
                                .count = 2,
                                .width = r->shape[2],
                                .height = r->shape[1],
                                .channels = 3};
        draw_overlay(pixels, result->answers[i].seen, r->shape, NULL, DRAW_ON_BLACK);
        draw_overlay(pixels + each / 2, result->answers[i].seen, r->shape, result->answers[i].shares,
                     DRAW_ON_BLACK);
        status = draw_grid_text(text, &grid, &terminal, error);
        dsc_text_append(text, "\n");
    }
    free(pixels);
    return status;
}

/* ---- JSON ---- */

static json_t *box_json(size_t left, size_t top, size_t width, size_t height) {
    return json_pack("{s:I, s:I, s:I, s:I}", "left", (json_int_t)left, "top", (json_int_t)top, "width",
                     (json_int_t)width, "height", (json_int_t)height);
}

static json_t *answer_json(const predict_result *result, const predict_answer *a, const predict_reader *r,
                           size_t top) {
    json_t *ranking = json_array();
    for (size_t k = 0; k < top && k < r->classes && !a->failed; k++)
        (void)json_array_append_new(ranking, json_pack("{s:s, s:f}", "label",
                                                       dsc_model_class_name(r->model, a->order[k]),
                                                       "probability", (double)a->probabilities[a->order[k]]));
    json_t *json =
        json_pack("{s:s?, s:o, s:o}", "label", a->failed ? NULL : dsc_model_class_name(r->model, a->order[0]),
                  "probability", a->failed ? json_null() : json_real((double)a->probabilities[a->order[0]]),
                  "top", ranking);
    if (json && predict_is_refused(a, r))
        (void)json_object_set_new(json, "below",
                                  json_real(predict_is_no_digit(a, r) ? no_digit_below(a, r) : r->certain));
    if (json) (void)json_object_set_new(json, "did", predict_deeds_json(a->did));
    if (json && r->members && !a->failed)
        (void)json_object_set_new(json, "members",
                                  json_pack("{s:I, s:I, s:f}", "count", (json_int_t)r->members, "agree",
                                            (json_int_t)a->agree, "information", a->information));
    if (json && result->content.is_array)
        (void)json_object_set_new(json, "image", json_integer((json_int_t)a->image));
    if (json && a->width)
        (void)json_object_set_new(json, "box", box_json(a->left, a->top, a->width, a->height));
    if (json && a->width) {
        (void)json_object_set_new(json, "line", json_integer((json_int_t)a->line));
        (void)json_object_set_new(json, "edge", json_boolean(a->marks & DSC_DIGIT_AT_EDGE));
        (void)json_object_set_new(json, "cut", json_boolean(a->marks & DSC_DIGIT_CUT));
        (void)json_object_set_new(json, "joined", json_boolean(a->marks & DSC_DIGIT_JOINED));
        (void)json_object_set_new(json, "pale", json_boolean(a->marks & DSC_DIGIT_PALE));
        (void)json_object_set_new(json, "or_bar", json_boolean(a->marks & DSC_DIGIT_OR_BAR));
    }
    return json;
}

/* Adds {"reading": "12 3\n45", "lines": ["12 3", "45"]} to the picture's object. */
static void add_reading(json_t *json, const predict_result *result, const predict_reader *r) {
    dsc_text whole = {0};
    json_t *lines = list_lines(result, r);
    for (size_t i = 0; i < json_array_size(lines); i++)
        dsc_text_append(&whole, "%s%s", i ? "\n" : "", json_string_value(json_array_get(lines, i)));
    (void)json_object_set_new(json, "reading", dsc_json_text(whole.data ? whole.data : ""));
    (void)json_object_set_new(json, "lines", lines);
    dsc_text_free(&whole);
}

/* [{"reason": "point", "box": {...}}]: the marks that were left out. */
static json_t *marks_json(const dsc_picture_notes *notes) {
    json_t *list = json_array();
    for (size_t i = 0; i < notes->mark_count; i++) {
        const dsc_mark *m = &notes->marks[i];
        (void)json_array_append_new(list, json_pack("{s:s, s:o}", "reason", dsc_notes_reason(m->reason),
                                                    "box", box_json(m->left, m->top, m->width, m->height)));
    }
    return list;
}

json_t *predict_json(const predict_result *result, const predict_reader *reader, size_t top) {
    json_t *answers = json_array(), *refused = json_array();
    for (size_t i = 0; i < result->count; i++) {
        const predict_answer *a = &result->answers[i];
        (void)json_array_append_new(predict_is_refused(a, reader) ? refused : answers,
                                    answer_json(result, a, reader, top));
    }
    json_t *json = json_pack("{s:o, s:o, s:o}", "file", dsc_json_text(result->file), "answers", answers,
                             "refused", refused);
    if (json && result->page) (void)json_object_set_new(json, "page", json_integer((json_int_t)result->page));
    const dsc_picture_notes *n = result->content.is_array ? &result->sum.marks : &result->notes;
    if (json && n->reduced) /* digits were searched */
        (void)json_object_set_new(json, "left_out", dsc_notes_marks_json(n));
    if (json && n->reduced && !result->content.is_array)
        (void)json_object_set_new(json, "marks", marks_json(n));
    if (json && n->reduced) (void)json_object_set_new(json, "reduced", json_integer((json_int_t)n->reduced));
    if (json && n->reduced && !result->content.is_array) {
        (void)json_object_set_new(json, "turned", json_integer((json_int_t)n->turned));
        (void)json_object_set_new(json, "sheet", json_boolean(n->sheet));
        add_reading(json, result, reader);
    }
    return json;
}

/* ---- drawn on the picture ---- */

enum { READ = 0xD55E00, NOT_READ = 0x767676, SMALLEST_TYPE = 9 };

typedef struct drawn {
    const predict_result *result;
    const predict_reader *reader;
    draw_colour *colours; /* the picture, reduced if it is large */
    size_t width, height, scale;
} drawn;

/* A box in pixels of the picture, with a label on the colour of its lines: above it, below it, or inside. */
static void paint_box(draw_canvas *canvas, const drawn *d, const dsc_mark *at, const char *label, bool above,
                      double size, const draw_pen *pen) {
    const double scale = (double)d->scale, x = (double)at->left / scale, y = (double)at->top / scale,
                 width = (double)at->width / scale, height = (double)at->height / scale;
    const draw_font font = {.size = size, .colour = 0xFFFFFF, .bold = true};
    const draw_pen outline = {.colour = pen->colour, .width = pen->width};
    const double tab = size * 1.2, wide = draw_label_width(canvas, label, &font) + size / 2;
    const bool fits = above ? y >= tab : y + height + tab <= (double)d->height;
    const double top = !fits ? y : above ? y - tab : y + height;
    draw_rectangle(canvas, x, y, width, height, DRAW_NO_FILL, pen);
    const double left = fmax(0, fmin(x, (double)d->width - wide));
    draw_rectangle(canvas, left, top, wide, tab, (int32_t)pen->colour, &outline);
    draw_label(canvas, left + size / 4, top + size, label, &font);
}

static double line_of(const drawn *d, size_t height) {
    return fmax(1, (double)height / (double)d->scale / 40);
}

static void paint_answer(draw_canvas *canvas, const drawn *d, const predict_answer *a) {
    const bool refused = a->failed || predict_is_refused(a, d->reader);
    const bool doubtful = !refused && (is_unsure(a) || a->marks & DSC_DIGIT_OR_BAR);
    const bool decided =
        (a->marks & (DSC_DIGIT_AT_EDGE | DSC_DIGIT_CUT | DSC_DIGIT_JOINED | DSC_DIGIT_PALE)) != 0;
    const draw_pen pen = {.colour = predict_is_no_digit(a, d->reader) ? NOT_READ : READ,
                          .width = line_of(d, a->height),
                          .dash = decided ? DRAW_DASHED : DRAW_SOLID};
    const double size = fmin(fmax((double)a->height / (double)d->scale / 3, SMALLEST_TYPE), 40);
    const dsc_mark at = {.left = a->left, .top = a->top, .width = a->width, .height = a->height};
    dsc_text label = {0};
    dsc_text_append(&label, "%s%s", reading_of(a, d->reader), doubtful ? "?" : "");
    paint_box(canvas, d, &at, label.data ? label.data : "?", true, size, &pen);
    dsc_text_free(&label);
}

static void paint(draw_canvas *canvas, const void *data) {
    const drawn *d = data;
    const dsc_picture_notes *notes = &d->result->notes;
    draw_pixels(canvas, 0, 0, (double)d->width, (double)d->height, d->colours, d->width, d->height);
    for (size_t i = 0; i < notes->mark_count; i++) {
        const draw_pen pen = {.colour = NOT_READ,
                              .width = line_of(d, notes->digit_height * notes->reduced),
                              .dash = DRAW_DOTTED};
        const dsc_mark *mark = &notes->marks[i];
        paint_box(canvas, d, mark, dsc_notes_reason(mark->reason), false, SMALLEST_TYPE, &pen);
    }
    for (size_t i = 0; i < d->result->count; i++) paint_answer(canvas, d, &d->result->answers[i]);
}

/* Takes one pixel of each square. */
static dsc_status take_colours(drawn *d, const dsc_image *p, dsc_error *error) {
    const size_t longer = p->width > p->height ? p->width : p->height;
    d->scale = (longer + DRAWN_SIDE - 1) / DRAWN_SIDE;
    d->width = (p->width + d->scale - 1) / d->scale;
    d->height = (p->height + d->scale - 1) / d->scale;
    d->colours = dsc_allocate(d->width * d->height, sizeof *d->colours);
    if (!d->colours) return dsc_fail_memory(error, d->width * d->height * sizeof *d->colours, "a picture");
    for (size_t y = 0; y < d->height; y++)
        for (size_t x = 0; x < d->width; x++) {
            const uint8_t *from = p->pixels + (y * d->scale * p->width + x * d->scale) * p->channels;
            unsigned rgb[3];
            for (size_t c = 0; c < 3; c++) {
                rgb[c] = from[p->channels == 1 ? 0 : c];
                if (p->channels == 4) rgb[c] = (rgb[c] * from[3] + 255u * (255u - from[3])) / 255u;
            }
            d->colours[y * d->width + x] = (draw_colour)(rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
        }
    return DSC_OK;
}

dsc_status predict_draw(const char *path, const predict_result *result, const predict_reader *reader,
                        dsc_error *error) {
    drawn d = {.result = result, .reader = reader};
    dsc_status status = take_colours(&d, &result->content.picture, error);
    if (!status) {
        const draw_picture picture = {.width = (double)d.width,
                                      .height = (double)d.height,
                                      .title = "What was read",
                                      .paint = paint,
                                      .data = &d,
                                      .scale = 1};
        status = draw_save(path, &picture, error);
    }
    free(d.colours);
    return status;
}
