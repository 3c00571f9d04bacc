/* SPDX-License-Identifier: MIT */
/* test_light.c: the ground behind ink in uneven light, and maxima and minima over squares. */
#include "testing.h"

#include "image/light.h"
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
        cmocka_unit_test(octagons_are_round_and_have_no_holes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
