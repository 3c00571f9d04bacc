/* SPDX-License-Identifier: MIT */
/* scatter.c: points of groups. The axes have no ticks: only neighbourhoods matter in an embedding. */
#include "draw/scatter.h"

#include "base/error.h"

#include <math.h>

static const double MARGIN = 12, TITLE_SIZE = 13, TEXT_SIZE = 10, SIDE = 460;

dsc_status draw_scatter_check(const draw_scatter *s, dsc_error *error) {
    if (!s->places || !s->groups || !s->count || s->count > DRAW_SCATTER_POINTS)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a scatter of %zu points: expected 1 to %d", s->count,
                        DRAW_SCATTER_POINTS);
    if (!s->group_names || !s->group_count || s->group_count > DRAW_SCATTER_GROUPS)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "a scatter of %zu groups: expected 1 to %d",
                        s->group_count, DRAW_SCATTER_GROUPS);
    for (size_t i = 0; i < s->count; i++)
        if (s->groups[i] >= s->group_count)
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "point %zu is in group %zu, but there are %zu", i,
                            s->groups[i], s->group_count);
    return DSC_OK;
}

/* The box of all finite points, widened by a twentieth. */
static void find_box(double box[4], const draw_scatter *s) {
    box[0] = box[1] = (double)INFINITY;
    box[2] = box[3] = -(double)INFINITY;
    for (size_t i = 0; i < 2 * s->count; i++) {
        if (!isfinite(s->places[i])) continue;
        box[i % 2] = fmin(box[i % 2], s->places[i]);
        box[2 + i % 2] = fmax(box[2 + i % 2], s->places[i]);
    }
    for (size_t d = 0; d < 2; d++) {
        double size = box[2 + d] - box[d];
        if (!isfinite(size)) box[d] = box[2 + d] = size = 0;
        if (!(size > 0)) size = 1;
        box[d] -= size / 20;
        box[2 + d] += size / 20;
    }
}

typedef struct frame {
    double left, top, box[4];
} frame;

static double place_x(const frame *f, double x) {
    return f->left + (x - f->box[0]) / (f->box[2] - f->box[0]) * SIDE;
}
static double place_y(const frame *f, double y) {
    return f->top + SIDE - (y - f->box[1]) / (f->box[3] - f->box[1]) * SIDE;
}

/* Shapes also change when the eight colours repeat, so that they serve 32 groups. */
static void paint_point(draw_canvas *c, double x, double y, size_t group, bool ringed) {
    draw_colour colour = draw_series_colour((unsigned)group);
    size_t shape = (group + group / 8) % 4;
    double r = 2.2;
    switch (shape) {
    case 0:
        draw_circle(c, x, y, r, (int32_t)colour, NULL);
        break;
    case 1:
        draw_rectangle(c, x - 1.9, y - 1.9, 3.8, 3.8, (int32_t)colour, NULL);
        break;
    case 2:
        draw_polygon(c, (double[]){x, y - 2.7, x + 2.6, y + 2, x - 2.6, y + 2}, 3, (int32_t)colour, NULL);
        break;
    default:
        draw_polygon(c, (double[]){x, y - 2.8, x + 2.8, y, x, y + 2.8, x - 2.8, y}, 4, (int32_t)colour, NULL);
    }
    draw_pen ring = {DRAW_INK, 1, DRAW_SOLID};
    if (ringed) draw_circle(c, x, y, 4.2, DRAW_NO_FILL, &ring);
}

/* Draws the group's name at its mean, on white with a border of its colour. */
static void paint_name(draw_canvas *c, const draw_scatter *s, const frame *f, size_t group) {
    double x = 0, y = 0, count = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->groups[i] != group || !isfinite(s->places[2 * i]) || !isfinite(s->places[2 * i + 1])) continue;
        x += s->places[2 * i];
        y += s->places[2 * i + 1];
        count++;
    }
    if (!(count > 0)) return;
    draw_font font = {TEXT_SIZE + 1, DRAW_INK, DRAW_CENTRE, true, false};
    draw_pen edge = {draw_series_colour((unsigned)group), 1.4, DRAW_SOLID};
    double width = fmin(draw_label_width(c, s->group_names[group], &font) + 8, SIDE);
    x = fmin(fmax(place_x(f, x / count), f->left + width / 2), f->left + SIDE - width / 2);
    y = fmin(fmax(place_y(f, y / count), f->top + 8), f->top + SIDE - 8);
    draw_rectangle(c, x - width / 2, y - 8, width, 16, DRAW_WHITE, &edge);
    draw_label_whole(c, x, y + 4, width - 7, s->group_names[group], &font);
}

static double above(const draw_scatter *s) { return MARGIN + (s->title ? 22 : 0); }
static double before(const draw_scatter *s) { return MARGIN + (s->y_label ? 18 : 0); }
static double below(const draw_scatter *s) { return MARGIN + (s->x_label ? 18 : 0) + (s->note ? 16 : 0); }

static void paint_scatter(draw_canvas *c, const void *data) {
    const draw_scatter *s = data;
    draw_font title = {TITLE_SIZE, DRAW_INK, DRAW_LEFT, true, false};
    draw_font font = {TEXT_SIZE, DRAW_INK, DRAW_CENTRE, false, false};
    draw_pen edge = {DRAW_GRID_LINE, 1, DRAW_SOLID};
    frame f = {.left = before(s), .top = above(s)};
    find_box(f.box, s);
    if (s->title) draw_label_fitting(c, f.left, MARGIN + 12, SIDE, s->title, &title);
    draw_rectangle(c, f.left, f.top, SIDE, SIDE, DRAW_NO_FILL, &edge);
    for (int rings = 0; rings < 2; rings++) /* ringed points last, on top */
        for (size_t i = 0; i < s->count; i++) {
            bool ringed = s->ringed && s->ringed[i];
            if (ringed != (rings == 1) || !isfinite(s->places[2 * i]) || !isfinite(s->places[2 * i + 1]))
                continue;
            paint_point(c, place_x(&f, s->places[2 * i]), place_y(&f, s->places[2 * i + 1]), s->groups[i],
                        ringed);
        }
    for (size_t g = 0; g < s->group_count; g++) paint_name(c, s, &f, g);
    double y = f.top + SIDE + 14;
    if (s->x_label) draw_label_fitting(c, f.left + SIDE / 2, y, SIDE, s->x_label, &font);
    if (s->x_label) y += 16;
    if (s->note) draw_label_fitting(c, f.left + SIDE / 2, y, SIDE, s->note, &font);
    font.upwards = true;
    if (s->y_label) draw_label_fitting(c, MARGIN + 8, f.top + SIDE / 2, SIDE, s->y_label, &font);
}

draw_picture draw_scatter_picture(const draw_scatter *s) {
    return (draw_picture){.width = before(s) + SIDE + MARGIN,
                          .height = above(s) + SIDE + below(s),
                          .title = s->title ? s->title : s->x_label,
                          .description = s->description,
                          .paint = paint_scatter,
                          .data = s};
}

dsc_status draw_scatter_save(const char *path, const draw_scatter *s, dsc_error *error) {
    dsc_status status = draw_scatter_check(s, error);
    if (status) return status;
    draw_picture picture = draw_scatter_picture(s);
    return draw_save(path, &picture, error);
}
