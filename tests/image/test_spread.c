/* SPDX-License-Identifier: MIT */
/* test_spread.c: the maximum and minimum around each value, and the ground behind strokes by them. */
#include "testing.h"

#include "image/spread.h"

enum { WIDE = 23, HIGH = 17, SIZE = WIDE * HIGH };

static uint8_t room[SIZE + 2 * (WIDE + HIGH)];

static void random_values(uint8_t *values, uint32_t seed) {
    for (size_t i = 0; i < SIZE; i++) values[i] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
}

static void a_square_is_that_of_a_plain_search(void **unused) {
    (void)unused;
    static const size_t sizes[][2] = {{1, 1}, {1, 9}, {7, 1}, {5, 8}, {HIGH, WIDE}};
    uint8_t values[SIZE], spread[SIZE];
    random_values(values, 1);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t high = sizes[s][0], wide = sizes[s][1];
        for (size_t r = 0; r < 12; r++)
            for (int largest = 0; largest < 2; largest++) {
                memcpy(spread, values, SIZE);
                dsc_spread(spread, high, wide, r, largest, room);
                for (size_t y = 0; y < high; y++)
                    for (size_t x = 0; x < wide; x++) {
                        uint8_t best = values[y * wide + x];
                        for (size_t j = y > r ? y - r : 0; j <= y + r && j < high; j++)
                            for (size_t i = x > r ? x - r : 0; i <= x + r && i < wide; i++) {
                                const uint8_t v = values[j * wide + i];
                                if (largest ? v > best : v < best) best = v;
                            }
                        assert_int_equal(spread[y * wide + x], best);
                    }
            }
    }
}

static void an_octagon_reaches_as_far_without_corners(void **unused) {
    (void)unused;
    const size_t x = WIDE / 2, y = HIGH / 2;
    for (size_t r = 1; r <= 8; r++) {
        uint8_t values[SIZE] = {0};
        size_t left = WIDE, right = 0, top = HIGH, bottom = 0;
        values[y * WIDE + x] = 255;
        dsc_spread_octagon(values, HIGH, WIDE, r, true, room);
        for (size_t i = 0; i < SIZE; i++) {
            if (!values[i]) continue;
            if (i % WIDE < left) left = i % WIDE;
            if (i % WIDE > right) right = i % WIDE;
            if (i / WIDE < top) top = i / WIDE;
            if (i / WIDE > bottom) bottom = i / WIDE;
        }
        assert_true(left == x - r && right == x + r && top == y - r && bottom == y + r);
        assert_int_equal(values[(y - r) * WIDE + x - r], r < 4 ? 255 : 0);
    }
}

/* A closing fills, and never takes away: also at the edges, where minimum and maximum see less. */
static void what_is_closed_is_nowhere_less_and_closed_again_the_same(void **unused) {
    (void)unused;
    uint8_t values[SIZE], closed[SIZE], again[SIZE];
    for (uint32_t seed = 0; seed < 20; seed++)
        for (size_t r = 1; r < 12; r++)
            for (int largest = 0; largest < 2; largest++) {
                random_values(values, seed);
                memcpy(closed, values, SIZE);
                dsc_spread_octagon(closed, HIGH, WIDE, r, largest, room);
                dsc_spread_octagon(closed, HIGH, WIDE, r, !largest, room);
                for (size_t i = 0; i < SIZE; i++)
                    assert_true(largest ? closed[i] >= values[i] : closed[i] <= values[i]);
                memcpy(again, closed, SIZE);
                dsc_spread_octagon(again, HIGH, WIDE, r, largest, room);
                dsc_spread_octagon(again, HIGH, WIDE, r, !largest, room);
                assert_memory_equal(again, closed, SIZE);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_square_is_that_of_a_plain_search),
        cmocka_unit_test(an_octagon_reaches_as_far_without_corners),
        cmocka_unit_test(what_is_closed_is_nowhere_less_and_closed_again_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
