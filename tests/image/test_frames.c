/* SPDX-License-Identifier: MIT */
/* test_frames.c: boxes, combs and frames are removed, and the writing in them stays, also where it touches
 * them. */
#include "testing.h"

#include "image/prepare.h"

enum { WIDE = 420, HIGH = 180, STROKE = 9 };

static dsc_error error;
static uint8_t values[WIDE * HIGH], strokes[WIDE * HIGH];
static dsc_ink ink = {.width = WIDE, .height = HIGH, .scale = 1, .values = values, .faintest = 8};

static void dot(uint8_t *on, double x, double y, double thick) {
    for (double j = -thick / 2; j < thick / 2; j++)
        for (double i = -thick / 2; i < thick / 2; i++) on[(size_t)(y + j) * WIDE + (size_t)(x + i)] = 255;
}

static void line(uint8_t *on, double x0, double y0, double x1, double y1, double thick) {
    for (int i = 0; i <= 1000; i++) dot(on, x0 + (x1 - x0) * i / 1000, y0 + (y1 - y0) * i / 1000, thick);
}

static void begin(void) {
    memset(values, 0, sizeof values);
    memset(strokes, 0, sizeof strokes);
}

/* The strokes of a digit: a hook with one end at (x, y). */
static void hook(double x, double y) {
    for (int k = 0; k < 2; k++) {
        uint8_t *on = k ? strokes : values;
        line(on, x, y, x - 40, y, STROKE);
        line(on, x - 40, y, x - 60, y + 60, STROKE);
    }
}

/* At most `share` percent of the strokes' pixels may be missing, and as many others remain. */
static void only_strokes_are_left(const char *what, size_t share) {
    size_t more = 0, less = 0, all = 0;
    for (size_t i = 0; i < WIDE * HIGH; i++) {
        more += values[i] >= 64 && !strokes[i];
        less += values[i] < 64 && strokes[i];
        all += strokes[i] > 0;
    }
    if (more * 100 > share * all || less * 100 > share * all)
        fail_msg("%s: of %zu pixels of strokes %zu are gone, and %zu others are left", what, all, less, more);
}

static void remove_frames(size_t expected) {
    size_t frames;
    ASSERT_OK(dsc_frames_remove(&frames, &ink, &error), error);
    assert_int_equal(frames, expected);
}

/* Corners clockwise from the upper left. */
static void box(const double c[8], double thick) {
    for (int i = 0; i < 4; i++)
        line(values, c[2 * i], c[2 * i + 1], c[(2 * i + 2) % 8], c[(2 * i + 3) % 8], thick);
}

static void a_box_goes_and_a_digit_that_touches_it_stays(void **unused) {
    (void)unused;
    static const double upright[8] = {40, 20, 160, 20, 160, 150, 40, 150},
                        aside[8] = {50, 26, 158, 20, 150, 152, 30, 146};
    for (int k = 0; k < 2; k++)
        for (int touching = 0; touching < 2; touching++) {
            begin();
            box(k ? aside : upright, 3);
            hook(touching ? 152 : 130, 60);
            remove_frames(1);
            only_strokes_are_left(k ? "a box seen from aside" : "a box", 8);
        }
    begin();
    box(upright, 3);
    hook(185, 80); /* across the right side */
    remove_frames(1);
    only_strokes_are_left("a digit across a side", 12);
    for (size_t y = 76; y < 84; y++) assert_int_equal(values[y * WIDE + 160], 255);
}

static void rows_of_boxes_go_with_their_walls(void **unused) {
    (void)unused;
    static const double outside[8] = {20, 30, 400, 20, 390, 150, 40, 160};
    begin();
    box(outside, 3);
    for (int i = 1; i < 3; i++)
        line(values, 20 + 380 * i / 3.0, 30 - 10 * i / 3.0, 40 + 350 * i / 3.0, 160 - 10 * i / 3.0, 3);
    for (int i = 0; i < 3; i++) hook(110 + 118 * i, 60);
    remove_frames(1);
    only_strokes_are_left("a row of boxes", 6);
}

static void combs_go(void **unused) {
    (void)unused;
    begin();
    line(values, 20, 150, 400, 156, 3);
    for (int i = 0; i < 4; i++) line(values, 10 + 125 * i, 30, 20 + 126.6 * i, 150 + 2 * i, 3);
    for (int i = 0; i < 3; i++) hook(110 + 118 * i, 60);
    remove_frames(1);
    only_strokes_are_left("a comb", 6);
}

static void digits_are_no_frames(void **unused) {
    (void)unused;
    static const double zero[8] = {40, 30, 100, 30, 100, 150, 40, 150};
    begin(); /* a 0 and an 8 as on a segment display */
    box(zero, 5);
    remove_frames(0);
    line(values, 40, 90, 100, 90, 5);
    remove_frames(0);
    begin(); /* ones and a four that stand on an underline */
    line(values, 20, 150, 300, 150, 4);
    for (int i = 0; i < 2; i++) line(values, 60 + 200 * i, 40, 60 + 200 * i, 150, STROKE);
    line(values, 140, 40, 110, 110, STROKE);
    line(values, 110, 110, 180, 110, STROKE);
    const size_t before = (size_t)values[100 * WIDE + 60] + values[100 * WIDE + 260];
    remove_frames(0);
    assert_int_equal(values[100 * WIDE + 60] + values[100 * WIDE + 260], before);
}

/* They are removed as ruled lines, with what crosses them. */
static void lines_from_edge_to_edge_are_no_frame(void **unused) {
    (void)unused;
    for (int across = 0; across < 2; across++) {
        begin();
        for (int i = 0; i < 2; i++) {
            const double x = i ? 380 : 40, y = i ? 150 : 30;
            line(values, across ? 40 : 2, y, across ? 380 : WIDE - 2, y, 4);
            line(values, x, across ? 2 : 30, x, across ? HIGH - 2 : 150, 4);
        }
        hook(230, 70);
        remove_frames(0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_goes_and_a_digit_that_touches_it_stays),
        cmocka_unit_test(rows_of_boxes_go_with_their_walls),
        cmocka_unit_test(combs_go),
        cmocka_unit_test(digits_are_no_frames),
        cmocka_unit_test(lines_from_edge_to_edge_are_no_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
