/* SPDX-License-Identifier: MIT */
/* test_light.c: the ground behind ink in uneven light, and maxima and minima over squares. */
#include "testing.h"

#include "image/light.h"
#include "image/shadow.h"
#include "image/spread.h"

#include <math.h>

enum { WIDE = 160, HIGH = 120 };

static dsc_error error;

/* The value of the ground at a pixel. */
typedef double light(size_t x, size_t y);

static double even(size_t x, size_t y) { return (void)x, (void)y, 200; }
static double hard_shadow(size_t x, size_t y) { return x + y / 3 < 90 ? 210 : 95; }
static double falling(size_t x, size_t y) { return 220 - 0.7 * (double)x - 0.2 * (double)y; }
static double glare(size_t x, size_t y) {
    return 120 + 110 * exp(-pow(((double)x - 60) / 60, 2) - pow(((double)y - 50) / 60, 2));
}

/* Strokes 6 pixels wide, a cross and a bar. */
static bool is_ink(size_t x, size_t y) {
    return (x >= 40 && x < 46 && y >= 20 && y < 100) || (y >= 57 && y < 63 && x >= 15 && x < 80) ||
           (x >= 120 && x < 126 && y >= 30 && y < 90);
}

static void ground_is_found_behind_ink_in_any_light(void **unused) {
    (void)unused;
    light *const lights[] = {even, hard_shadow, falling, glare};
    static uint8_t values[WIDE * HIGH], ground[WIDE * HIGH];
    for (size_t l = 0; l < sizeof lights / sizeof *lights; l++)
        for (int turned = 0; turned < 2; turned++) { /* light ink on a dark ground */
            for (size_t i = 0; i < WIDE * HIGH; i++) {
                const double lit = lights[l](i % WIDE, i / WIDE),
                             seen = is_ink(i % WIDE, i / WIDE) ? 0.3 * lit : lit;
                values[i] = (uint8_t)(turned ? 255 - seen : seen);
            }
            bool dark;
            ASSERT_OK(dsc_light_find(ground, &dark, values, HIGH, WIDE, &error), error);
            assert_int_equal(dark, !turned);
            for (size_t i = 0; i < WIDE * HIGH; i++) {
                const double lit = lights[l](i % WIDE, i / WIDE),
                             found = turned ? 255 - ground[i] : ground[i];
                /* Between a shadow and ink beside it there is no room for a square. */
                const bool near_border =
                    l == 1 && fabs((double)(i % WIDE) + floor((double)(i / WIDE) / 3) - 90) < 20;
                /* Nor at the picture's edge, where the light decreases. */
                const size_t x = i % WIDE, y = i / WIDE;
                const bool inside = x >= 16 && x + 16 < WIDE && y >= 16 && y + 16 < HIGH;
                if (inside && !near_border && fabs(found - lit) > 16)
                    fail_msg("light %zu, turned %d: (%zu, %zu) is %g, found %g", l, turned, i % WIDE,
                             i / WIDE, lit, found);
            }
        }
}

/* A stroke continues beyond the border of a shadow: no part of the octagon's corner gets into it. */
static void a_stroke_across_a_border_of_shadow_stays_ink(void **unused) {
    (void)unused;
    static uint8_t values[WIDE * HIGH], ground[WIDE * HIGH];
    for (int falling = 0; falling < 2; falling++) {
        for (size_t y = 0; y < HIGH; y++)
            for (size_t x = 0; x < WIDE; x++) {
                const double across = (double)x - 80 + (falling ? -0.5 : 0.5) * ((double)y - 60);
                const double lit = across < 0 ? 215 : 100;
                values[y * WIDE + x] = (uint8_t)(y >= 53 && y < 67 && x >= 30 && x < 130 ? lit / 3 : lit);
            }
        bool dark;
        ASSERT_OK(dsc_light_find(ground, &dark, values, HIGH, WIDE, &error), error);
        assert_true(dark);
        size_t lost = 0;
        for (size_t y = 53; y < 67; y++)
            for (size_t x = 30; x < 130; x++) lost += ground[y * WIDE + x] < values[y * WIDE + x] + 50;
        assert_true(lost < 14 * 2);
    }
}

/* A picture of PALE_SIDE pixels a side, whose shadow's edge has the normal (cosine, sine) through its centre,
 * with an edge `soft` pixels wide, and pale ink: lit, it is as bright as paper in the shadow. */
enum { PALE_SIDE = 200, LIT = 215, SHADED = 97 };
typedef bool drawing(double x, double y);

static double light_across(double off, double soft) {
    return SHADED + (LIT - SHADED) / (1 + exp(off / (soft / 4)));
}

static double off_edge(size_t x, size_t y, double degrees) {
    const double angle = degrees * acos(-1) / 180;
    return cos(angle) * ((double)x + 0.5 - PALE_SIDE / 2) + sin(angle) * ((double)y + 0.5 - PALE_SIDE / 2);
}

static void draw_pale(uint8_t *values, double degrees, double soft, drawing *is_inked) {
    for (size_t y = 0; y < PALE_SIDE; y++)
        for (size_t x = 0; x < PALE_SIDE; x++) {
            const double lit = light_across(off_edge(x, y, degrees), soft);
            values[y * PALE_SIDE + x] =
                (uint8_t)(is_inked((double)x - PALE_SIDE / 2, (double)y - PALE_SIDE / 2) ? 0.48 * lit : lit);
        }
}

static bool ring(double x, double y) { return fabs(sqrt(x * x + y * y) - 40) < 7; }
/* Much of the paper inside is lit, in windows that are mostly in the shadow: that is no light ink. */
static bool thin_ring(double x, double y) { return fabs(sqrt(x * x + y * y) - 45) < 2; }
static bool crossed(double x, double y) {
    return (fabs(x) < 7 && fabs(y) < 60) || (fabs(y + 20) < 7 && fabs(x) < 50);
}
static bool nothing(double x, double y) { return (void)x, (void)y, false; }

static void the_straight_edge_of_a_shadow_is_found_behind_ink_as_bright_as_the_shadow(void **unused) {
    (void)unused;
    static uint8_t values[PALE_SIDE * PALE_SIDE], ground[PALE_SIDE * PALE_SIDE];
    drawing *const drawings[] = {nothing, ring, thin_ring, crossed};
    for (size_t d = 0; d < sizeof drawings / sizeof *drawings; d++)
        for (int degrees = 15; degrees < 360; degrees += 40) { /* the picture's edges cut acute corners off */
            if (degrees == 175) continue;                      /* a stroke hides most of it */
            draw_pale(values, degrees, 2, drawings[d]);
            bool dark;
            size_t wrong = 0;
            ASSERT_OK(dsc_light_find(ground, &dark, values, PALE_SIDE, PALE_SIDE, &error), error);
            if (drawings[d] != nothing) assert_true(dark);
            for (size_t i = 0; i < PALE_SIDE * PALE_SIDE && dark; i++) {
                const double off = off_edge(i % PALE_SIDE, i / PALE_SIDE, degrees);
                if (fabs(off) > 4) wrong += fabs(ground[i] - light_across(off, 2)) > 12;
            }
            if (wrong > 30) fail_msg("drawing %zu at %d degrees: %zu pixels", d, degrees, wrong);
        }
}

static void only_a_hard_straight_edge_through_the_picture_is_taken_for_one(void **unused) {
    (void)unused;
    static uint8_t values[PALE_SIDE * PALE_SIDE];
    dsc_shadow shadow;
    draw_pale(values, 25, 2, nothing);
    ASSERT_OK(dsc_shadow_find(&shadow, values, values, PALE_SIDE, PALE_SIDE, &error), error);
    assert_true(shadow.length > PALE_SIDE && fabs(fabs(shadow.cosine) - cos(25 * acos(-1) / 180)) < 0.01);
    assert_int_equal(dsc_shadow_side(&shadow, 0, 0, PALE_SIDE, PALE_SIDE) +
                         dsc_shadow_side(&shadow, PALE_SIDE - 1, PALE_SIDE - 1, PALE_SIDE, PALE_SIDE),
                     1);
    draw_pale(values, 25, 100, nothing); /* soft */
    ASSERT_OK(dsc_shadow_find(&shadow, values, values, PALE_SIDE, PALE_SIDE, &error), error);
    assert_int_equal(shadow.length, 0);
    for (int kind = 0; kind < 3; kind++) { /* a round shadow, one with a corner, one inside the picture */
        for (size_t i = 0; i < PALE_SIDE * PALE_SIDE; i++) {
            const double x = (double)(i % PALE_SIDE) - 50, y = (double)(i / PALE_SIDE) - 100;
            const bool shaded = kind == 0   ? x * x + y * y < 80 * 80
                                : kind == 1 ? x < 40 && y < 20
                                            : fabs(x - 50) < 30 && fabs(y) < 60;
            values[i] = shaded ? SHADED : LIT;
        }
        ASSERT_OK(dsc_shadow_find(&shadow, values, values, PALE_SIDE, PALE_SIDE, &error), error);
        assert_int_equal(shadow.length, 0);
        assert_int_equal(dsc_shadow_side(&shadow, 0, 199, PALE_SIDE, PALE_SIDE), 0);
    }
}

static void without_memory_the_ground_is_not_found(void **unused) {
    (void)unused;
    static uint8_t values[PALE_SIDE * PALE_SIDE], ground[PALE_SIDE * PALE_SIDE];
    long n = 0;
    draw_pale(values, 25, 2, ring);
    for (bool failed = true; failed; n++) {
        bool dark;
        testing_fail_allocation(n);
        const dsc_status status = dsc_light_find(ground, &dark, values, PALE_SIDE, PALE_SIDE, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        assert_true(n < 20000);
    }
    assert_int_equal(n, 5); /* one for the ground and three for the shadow failed */
}

static void octagons_are_round_and_have_no_holes(void **unused) {
    (void)unused;
    enum { SIDE = 41 };
    for (size_t r = 1; r < 20; r++) {
        uint8_t values[SIDE * SIDE] = {0}, room[SIDE * SIDE + 4 * SIDE];
        values[20 * SIDE + 20] = 200;
        dsc_spread_octagon(values, SIDE, SIDE, r, true, room);
        for (size_t y = 0; y < SIDE; y++)
            for (size_t x = 0; x < SIDE; x++) {
                const double dx = fabs((double)x - 20), dy = fabs((double)y - 20), most = fmax(dx, dy);
                const uint8_t v = values[y * SIDE + x];
                if (most > (double)r || dx + dy > 1.42 * (double)r + 2) assert_int_equal(v, r > 3 ? 0 : v);
                if (most <= (double)r && dx + dy < 1.41 * (double)r - 1) assert_int_equal(v, 200);
            }
        assert_int_equal(values[20 * SIDE + 20 + r], 200);
        /* The minimum reverses it, at the picture's edge, too. */
        dsc_spread_octagon(values, SIDE, SIDE, r, false, room);
        for (size_t i = 0; i < SIDE * SIDE; i++) assert_int_equal(values[i], i == 20 * SIDE + 20 ? 200 : 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ground_is_found_behind_ink_in_any_light),
        cmocka_unit_test(a_stroke_across_a_border_of_shadow_stays_ink),
        cmocka_unit_test(the_straight_edge_of_a_shadow_is_found_behind_ink_as_bright_as_the_shadow),
        cmocka_unit_test(only_a_hard_straight_edge_through_the_picture_is_taken_for_one),
        cmocka_unit_test(without_memory_the_ground_is_not_found),
        cmocka_unit_test(octagons_are_round_and_have_no_holes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
