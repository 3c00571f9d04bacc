/* SPDX-License-Identifier: MIT */
/* test_prepare.c: prepares pictures with any content; tests/shipped tests how well digits are read. */
#include "testing.h"

#include "image/notes.h"
#include "image/prepare.h"

#include <math.h>

static dsc_error error;

/* A filled box on a plain ground. */
static uint8_t *box_picture(size_t width, size_t height, size_t channels, const size_t box[4],
                            const uint8_t ground[4], const uint8_t ink[4]) {
    uint8_t *pixels = malloc(width * height * channels);
    assert_non_null(pixels);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const bool inside = x >= box[0] && x < box[2] && y >= box[1] && y < box[3];
            memcpy(pixels + (y * width + x) * channels, inside ? ink : ground, channels);
        }
    return pixels;
}

static void a_box_is_fitted_and_centred(void **unused) {
    (void)unused;
    const uint8_t white[4] = {255, 255, 255, 255}, black[4] = {0, 0, 0, 255}, nothing[4] = {255, 255, 255, 0};
    const uint8_t *grounds[] = {white, black, nothing, nothing}, *inks[] = {black, white, black, white};
    const size_t box[4] = {100, 50, 140, 130}; /* 40 x 80, so 10 x 20 */
    for (size_t channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1)
        for (int how = 0; how < (channels == 4 ? 4 : 2); how++) {
            uint8_t *pixels = box_picture(200, 150, channels, box, grounds[how], inks[how]);
            dsc_digit digit;
            ASSERT_OK(dsc_prepare_digit(&digit, NULL, pixels, 150, 200, channels, &error), error);
            assert_int_equal(digit.left, 100);
            assert_int_equal(digit.top, 50);
            assert_int_equal(digit.width, 40);
            assert_int_equal(digit.height, 80);
            size_t first = 28, last = 0, mass = 0;
            for (size_t y = 0; y < 28; y++)
                for (size_t x = 0; x < 28; x++) {
                    const uint8_t value = digit.pixels[y * 28 + x];
                    mass += value;
                    if (value && x < first) first = x;
                    if (value && x > last) last = x;
                }
            assert_true(last - first + 1 >= 7 &&
                        last - first + 1 <= 11); /* a stroke of that width is made thinner */
            assert_in_range((first + last + 1) / 2, 13, 15);
            assert_true(mass > 255 * 60);
            free(pixels);
        }
}

static void blank_pictures_are_told_of(void **unused) {
    (void)unused;
    static const size_t sizes[][2] = {{1, 1}, {1, 28}, {28, 28}, {300, 200}, {5000, 3}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int value = 0; value < 256; value += 51) {
            const size_t count = sizes[i][0] * sizes[i][1];
            uint8_t *pixels = malloc(count);
            memset(pixels, value, count);
            dsc_digit digit;
            dsc_digit *digits;
            size_t found;
            assert_int_equal(dsc_prepare_digit(&digit, NULL, pixels, sizes[i][1], sizes[i][0], 1, &error),
                             DSC_ERROR_FORMAT);
            ASSERT_MESSAGE(error, "blank");
            assert_int_equal(
                dsc_find_digits(&digits, &found, NULL, pixels, sizes[i][1], sizes[i][0], 1, &error),
                DSC_ERROR_FORMAT);
            assert_null(digits);
            free(pixels);
        }
}

static void impossible_sizes_are_refused(void **unused) {
    (void)unused;
    dsc_digit digit;
    const uint8_t pixel[4] = {0};
    static const size_t sizes[][3] = {{0, 1, 1}, {1, 0, 1},     {1, 1, 2},
                                      {1, 1, 0}, {70000, 1, 1}, {60000, 60000, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_int_equal(
            dsc_prepare_digit(&digit, NULL, pixel, sizes[i][1], sizes[i][0], sizes[i][2], &error),
            DSC_ERROR_ARGUMENT);
}

static void a_huge_picture_is_read_too(void **unused) {
    (void)unused;
    const uint8_t white[4] = {255}, black[4] = {0};
    const size_t boxes[][4] = {{49000, 20, 49012, 90}, {10, 0, 20, 40}};
    const size_t sizes[][2] = {{50000, 120}, {65535, 40}};
    for (size_t i = 0; i < 2; i++) {
        uint8_t *pixels = box_picture(sizes[i][0], sizes[i][1], 1, boxes[i], white, black);
        dsc_digit *digits;
        size_t count;
        ASSERT_OK(dsc_find_digits(&digits, &count, NULL, pixels, sizes[i][1], sizes[i][0], 1, &error), error);
        assert_int_equal(count, 1);
        assert_int_equal(digits[0].left, boxes[i][0]);
        dsc_digits_free(digits);
        free(pixels);
    }
}

static void patterns_end_in_a_message_not_in_an_endless_search(void **unused) {
    (void)unused;
    enum { WIDE = 3000, HIGH = 500 };
    uint8_t *pixels = malloc(WIDE * HIGH);
    for (size_t y = 0; y < HIGH; y++)
        for (size_t x = 0; x < WIDE; x++) pixels[y * WIDE + x] = x % 8 < 2 && y % 8 < 2 ? 0 : 255;
    dsc_digit *digits;
    size_t count;
    assert_int_equal(dsc_find_digits(&digits, &count, NULL, pixels, HIGH, WIDE, 1, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "separate marks");
    free(pixels);
}

/* ---- everything left out is counted ---- */

/* Dark shapes on light paper, each {left, top, right, bottom}; a box of no width ends the list. */
enum { PAPER_WIDE = 400, PAPER_HIGH = 240 };
static uint8_t *paper(void) {
    uint8_t *pixels = malloc(PAPER_WIDE * PAPER_HIGH);
    assert_non_null(pixels);
    memset(pixels, 230, PAPER_WIDE * PAPER_HIGH);
    return pixels;
}
static void fill(uint8_t *pixels, size_t left, size_t top, size_t right, size_t bottom, uint8_t value) {
    for (size_t y = top; y < bottom; y++) memset(pixels + y * PAPER_WIDE + left, value, right - left);
}
/* A 7 of two strokes, `size` high: no straight box, no bar. */
static void seven(uint8_t *pixels, size_t left, size_t top, size_t size) {
    const size_t thick = size / 8 + 1;
    fill(pixels, left, top, left + size * 2 / 3, top + thick, 40);
    for (size_t i = 0; i < size; i++) {
        const size_t x = left + (size - i) * 2 / 3;
        fill(pixels, x > thick ? x - thick : 0, top + i, x, top + i + 1, 40);
    }
}
static void frame(uint8_t *pixels, size_t left, size_t top, size_t right, size_t bottom, size_t thick) {
    fill(pixels, left, top, right, top + thick, 60);
    fill(pixels, left, bottom - thick, right, bottom, 60);
    fill(pixels, left, top, left + thick, bottom, 60);
    fill(pixels, right - thick, top, right, bottom, 60);
}

typedef struct expected {
    size_t digits; /* 0: none, with a message */
    size_t at_edge, lines, small, pale, points, dashes;
} expected;

static void check_paper(uint8_t *pixels, const char *what, expected want) {
    /* As it is, and as light on dark. */
    for (int inverted = 0; inverted < 2; inverted++) {
        dsc_digit *digits;
        size_t count;
        dsc_picture_notes notes;
        dsc_status status =
            dsc_find_digits(&digits, &count, &notes, pixels, PAPER_HIGH, PAPER_WIDE, 1, &error);
        if (count != want.digits || notes.at_edge != want.at_edge || notes.lines != want.lines ||
            notes.small != want.small || notes.pale != want.pale || notes.points != want.points ||
            notes.dashes != want.dashes)
            fail_msg("%s: %zu digits, left out at the edge %zu, lines %zu, small %zu, pale %zu, points %zu, "
                     "dashes %zu",
                     what, count, notes.at_edge, notes.lines, notes.small, notes.pale, notes.points,
                     notes.dashes);
        assert_int_equal(status, want.digits ? DSC_OK : DSC_ERROR_FORMAT);
        if (!want.digits) ASSERT_MESSAGE(error, "no digit");
        assert_int_equal(notes.reduced, 1);
        dsc_digits_free(digits);
        for (size_t i = 0; i < PAPER_WIDE * PAPER_HIGH; i++) pixels[i] = (uint8_t)(255 - pixels[i]);
    }
    free(pixels);
}

static void what_is_at_the_edge_small_or_pale_is_counted(void **unused) {
    (void)unused;
    for (int side = 0; side < 4; side++) {
        uint8_t *p = paper();
        seven(p, 150, 60, 80);
        seven(p, side == 0 ? 0 : side == 1 ? 347 : 280, side == 2 ? 0 : side == 3 ? 160 : 80, 80);
        /* its bar lies along the upper edge */
        check_paper(p, "a digit at the edge",
                    side == 2 ? (expected){.digits = 1, .at_edge = 1} : (expected){.digits = 2});
        p = paper(); /* a strip along the edge, and the corner of an object */
        seven(p, 150, 60, 80);
        if (side < 2)
            fill(p, side ? 395 : 0, 40, side ? 400 : 5, 120, 40);
        else
            fill(p, 340, side == 2 ? 0 : 200, 400, side == 2 ? 40 : 240, 40);
        check_paper(p, "a mark at the edge", (expected){.digits = 1, .at_edge = 1});
    }
    uint8_t *p = paper();
    seven(p, 50, 60, 80), seven(p, 150, 60, 80);
    fill(p, 250, 130, 258, 138, 40); /* a decimal point */
    fill(p, 300, 130, 304, 134, 40);
    seven(p, 320, 60, 80);
    check_paper(p, "points", (expected){.digits = 3, .small = 1, .points = 1});
    p = paper();
    seven(p, 50, 60, 80);
    fill(p, 200, 60, 260, 120, 175);
    check_paper(p, "a pale blot", (expected){.digits = 1, .pale = 1});
}

static void a_shadow_hides_no_digit(void **unused) {
    (void)unused;
    for (int side = 0; side < 2; side++) {
        uint8_t *p = paper();
        seven(p, 60, 60, 80), seven(p, 170, 60, 80), seven(p, 280, 60, 80);
        for (size_t y = 0; y < PAPER_HIGH; y++)
            for (size_t x = 0; x < PAPER_WIDE; x++)
                if ((x > 262) == side) p[y * PAPER_WIDE + x] = (uint8_t)(p[y * PAPER_WIDE + x] * 2 / 5);
        dsc_digit *digits;
        size_t count;
        ASSERT_OK(dsc_find_digits(&digits, &count, NULL, p, PAPER_HIGH, PAPER_WIDE, 1, &error), error);
        assert_int_equal(count, 3);
        for (size_t i = 0; i < 3; i++) assert_in_range(digits[i].left, 45 + 110 * i, 65 + 110 * i);
        dsc_digits_free(digits);
        free(p);
    }
}

static void two_digits_in_a_small_picture_are_two(void **unused) {
    (void)unused;
    static uint8_t two[40 * 60], one[40 * 60];
    memset(two, 230, sizeof two);
    memset(one, 230, sizeof one);
    for (size_t y = 8; y < 32; y++) {
        memset(two + y * 60 + 12, 40, 4), memset(two + y * 60 + 36, 40, 4);
        memset(one + y * 60 + 24, 40, 4); /* a 4 whose strokes do not touch */
        if (y < 22) memset(one + y * 60 + 14, 40, 4);
    }
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(dsc_find_digits(&digits, &count, NULL, two, 40, 60, 1, &error), error);
    assert_int_equal(count, 2);
    assert_true(digits[0].left == 12 && digits[1].left == 36);
    dsc_digits_free(digits);
    ASSERT_OK(dsc_find_digits(&digits, &count, NULL, one, 40, 60, 1, &error), error);
    assert_int_equal(count, 1);
    dsc_digits_free(digits);
}

static void lines_grids_boxes_and_frames_are_no_digits(void **unused) {
    (void)unused;
    uint8_t *p = paper();
    for (size_t y = 30; y < 240; y += 40) fill(p, 0, y, 400, y + 2, 60);
    check_paper(p, "ruled paper", (expected){.lines = 6});
    p = paper();
    for (size_t x = 30; x < 400; x += 40) fill(p, x, 0, x + 2, 240, 60);
    check_paper(p, "upright lines", (expected){.lines = 10});
    p = paper();
    for (size_t y = 20; y < 240; y += 20) fill(p, 0, y, 400, y + 1, 60);
    for (size_t x = 20; x < 400; x += 20) fill(p, x, 0, x + 1, 240, 60);
    check_paper(p, "squared paper", (expected){.lines = 30});
    p = paper();
    frame(p, 100, 50, 240, 190, 4);
    check_paper(p, "an empty box", (expected){.lines = 1});
    p = paper();
    frame(p, 0, 0, 400, 240, 3);
    seven(p, 150, 60, 90);
    check_paper(p, "a frame around the picture", (expected){.digits = 1, .lines = 4});
    p = paper();
    fill(p, 20, 200, 380, 203, 60); /* an underline that ends before the edges */
    seven(p, 150, 60, 90), seven(p, 250, 60, 90);
    check_paper(p, "underlined", (expected){.digits = 2, .lines = 1});
    p = paper();
    for (size_t i = 0; i < 4; i++) {
        frame(p, 20 + 87 * i, 60, 110 + 87 * i, 150, 3); /* boxes that share their sides */
        seven(p, 45 + 87 * i, 75, 60);
    }
    check_paper(p, "a form", (expected){.digits = 4, .lines = 1});
    p = paper();
    for (size_t i = 0; i < 4; i++) {
        frame(p, 20 + 95 * i, 60, 105 + 95 * i, 150, 3);
        seven(p, 45 + 95 * i, 75, 60);
    }
    check_paper(p, "a box a digit", (expected){.digits = 4, .lines = 4});
    p = paper();
    for (size_t i = 0; i < 150; i++) { /* a frame that is tilted by 6 degrees */
        fill(p, 100 + i, 50 + i / 10, 101 + i, 54 + i / 10, 60),
            fill(p, 85 + i, 200 + i / 10, 86 + i, 204 + i / 10, 60);
        fill(p, 100 - i / 10, 50 + i, 104 - i / 10, 51 + i, 60),
            fill(p, 250 - i / 10, 65 + i, 254 - i / 10, 66 + i, 60);
    }
    seven(p, 150, 90, 70);
    check_paper(p, "a box askew around a digit", (expected){.digits = 1, .lines = 1});
}

static void one_digit_that_touches_its_box_is_read_without_it(void **unused) {
    (void)unused;
    dsc_digit digit;
    dsc_picture_notes notes;
    uint8_t *p = paper();
    frame(p, 100, 50, 240, 190, 4);
    seven(p, 150, 90, 70);
    fill(p, 190, 90, 238, 98, 40);
    ASSERT_OK(dsc_prepare_digit(&digit, &notes, p, PAPER_HIGH, PAPER_WIDE, 1, &error), error);
    assert_int_equal(notes.lines, 1);
    assert_true(digit.left > 110 && digit.width < 100 && digit.height < 90);
    free(p);
}

static void one_digit_on_ruled_or_squared_paper_is_read_without_it(void **unused) {
    (void)unused;
    for (size_t squared = 0; squared < 2; squared++) {
        dsc_digit digit;
        dsc_picture_notes notes;
        uint8_t *p = paper();
        seven(p, 150, 60, 100);
        for (size_t y = 35; y < 240; y += 50) fill(p, 0, y, 400, y + 2, 120);
        for (size_t x = 35; x < 400 && squared; x += 50) fill(p, x, 0, x + 2, 240, 120);
        ASSERT_OK(dsc_prepare_digit(&digit, &notes, p, PAPER_HIGH, PAPER_WIDE, 1, &error), error);
        assert_int_equal(notes.lines, squared ? 13 : 5);
        assert_in_range(digit.left, 132, 155);
        assert_in_range(digit.top, 55, 65);
        assert_in_range(digit.width, 60, 85);
        assert_in_range(digit.height, 95, 105);
        free(p);
    }
}

static void a_small_digit_that_stands_low_is_on_its_line(void **unused) {
    (void)unused;
    uint8_t *p = paper();
    seven(p, 120, 60, 90), seven(p, 220, 60, 90), seven(p, 40, 110, 38);
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(dsc_find_digits(&digits, &count, NULL, p, PAPER_HIGH, PAPER_WIDE, 1, &error), error);
    assert_int_equal(count, 3);
    assert_true(digits[0].left < 100);
    assert_int_equal(digits[0].line, digits[2].line);
    dsc_digits_free(digits);
    free(p);
}

/* Half of a crop is in a wide soft shadow: all greys occur, and few of them are ink. */
static void a_crop_half_in_a_soft_shadow_is_one_digit(void **unused) {
    (void)unused;
    enum { SIDE = 142 };
    uint8_t *p = malloc(SIDE * SIDE);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const double across = (double)x / SIDE - 0.7 + 0.5 * ((double)y / SIDE - 0.5);
            const bool ink =
                (y >= 40 && y < 52 && x >= 40 && x < 95) || (abs(x + y / 2 - 110) < 6 && y > 40 && y < 100);
            p[y * SIDE + x] = (uint8_t)((ink ? 100 : 215) * (1 - 0.55 / (1 + exp(-across / 0.12))));
        }
    dsc_digit digit;
    ASSERT_OK(dsc_prepare_digit(&digit, NULL, p, SIDE, SIDE, 1, &error), error);
    assert_true(digit.left >= 36 && digit.left + digit.width <= 99);
    assert_true(digit.top >= 36 && digit.top + digit.height <= 104);
    free(p);
}

/* A 9 cut close, with strokes over a third of the picture wide; `falling`: in light that falls off;
 * `blurred`: out of focus. */
static void nine_cut_close(uint8_t *p, bool falling, bool blurred) {
    enum { SIDE = 120, HIGH = 180 };
    static double ink[HIGH][SIDE], soft[HIGH][SIDE];
    for (int y = 0; y < HIGH; y++)
        for (int x = 0; x < SIDE; x++)
            ink[y][x] = fabs(hypot(x - 59, y - 59) - 33) < 24 || (abs(x - 92) < 24 && y >= 58 && y < 177);
    for (int pass = 0; pass < (blurred ? 20 : 0); pass++) {
        for (int y = 0; y < HIGH; y++)
            for (int x = 0; x < SIDE; x++)
                soft[y][x] = (ink[y][x] * 2 + ink[y][x ? x - 1 : x] + ink[y][x + 1 < SIDE ? x + 1 : x]) / 4;
        for (int y = 0; y < HIGH; y++)
            for (int x = 0; x < SIDE; x++)
                ink[y][x] = (soft[y][x] * 2 + soft[y ? y - 1 : y][x] + soft[y + 1 < HIGH ? y + 1 : y][x]) / 4;
    }
    for (int y = 0; y < HIGH; y++)
        for (int x = 0; x < SIDE; x++) {
            const double light = falling ? 1.2 - 0.25 * x / SIDE - 0.3 * y / HIGH : 1;
            p[y * SIDE + x] = (uint8_t)(light * (200 - 130 * ink[y][x]));
        }
}

static void thick_strokes_cut_close_are_whole_in_falling_light(void **unused) {
    (void)unused;
    static uint8_t p[120 * 180];
    dsc_digit plain, digit;
    nine_cut_close(p, false, false);
    ASSERT_OK(dsc_prepare_digit(&plain, NULL, p, 180, 120, 1, &error), error);
    for (int how = 1; how < 4; how++) {
        nine_cut_close(p, how & 1, how & 2);
        ASSERT_OK(dsc_prepare_digit(&digit, NULL, p, 180, 120, 1, &error), error);
        size_t off = 0;
        for (size_t i = 0; i < 784; i++) off += (size_t)abs(plain.pixels[i] - digit.pixels[i]);
        print_message("%s light%s: off by %zu a pixel\n", how & 1 ? "falling" : "even",
                      how & 2 ? ", blurred" : "", off / 784);
        assert_true(off < 784 * 16);
        assert_true(digit.width > 100 && digit.height > 160);
    }
}

/* With a soft edge, as scanners and pens make it. */
static void disc(uint8_t *pixels, int across, int down, double radius) {
    for (int y = 0; y < PAPER_HIGH; y++)
        for (int x = 0; x < PAPER_WIDE; x++) {
            const double inside = radius + 0.5 - hypot(x - across, y - down);
            if (inside > 0) pixels[y * PAPER_WIDE + x] = (uint8_t)(230 - 190 * fmin(inside, 1));
        }
}

/* Looks like a ruling, but is none. */
static void a_one_that_fills_its_crop_and_a_zero_with_a_dot_are_digits(void **unused) {
    (void)unused;
    uint8_t *narrow = malloc(40 * 100);
    memset(narrow, 230, 40 * 100);
    for (size_t y = 0; y < 100; y++) memset(narrow + y * 40 + 17, 40, 6);
    dsc_digit *digits;
    size_t count;
    dsc_picture_notes notes;
    ASSERT_OK(dsc_find_digits(&digits, &count, &notes, narrow, 100, 40, 1, &error), error);
    assert_int_equal(count, 1);
    assert_int_equal(notes.lines, 0);
    dsc_digits_free(digits);
    free(narrow);
    uint8_t *p = paper(); /* a thin ring around a relatively small dot */
    disc(p, 200, 120, 60);
    for (int y = 0; y < PAPER_HIGH; y++)
        for (int x = 0; x < PAPER_WIDE; x++)
            if (hypot(x - 200, y - 120) < 55) p[y * PAPER_WIDE + x] = 230;
    disc(p, 200, 120, 9);
    check_paper(p, "a 0 with a dot", (expected){.digits = 1});
}

static void dots_blots_and_dashes_are_no_digits(void **unused) {
    (void)unused;
    static const size_t marks[][4] = {
        {90, 100, 94, 104}, {90, 100, 130, 140}, {90, 100, 130, 110}, {90, 100, 93, 105}, {90, 100, 91, 101}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        uint8_t *p = paper();
        fill(p, marks[i][0], marks[i][1], marks[i][2], marks[i][3], 50);
        check_paper(p, "a mark", (expected){.small = 1});
    }
    for (int radius = 4; radius <= 6; radius++) {
        uint8_t *p = paper();
        disc(p, 200, 100, radius);
        check_paper(p, "a round dot", (expected){.small = 1});
    }
    uint8_t *p = paper(); /* but a 1 is a bar too */
    fill(p, 90, 100, 98, 160, 50);
    check_paper(p, "a 1", (expected){.digits = 1});
    p = paper(); /* scraps of five pixels are not read, although they are not solid */
    for (size_t i = 0; i < 5; i++)
        fill(p, 90 + i, 100 + i, 91 + i, 101 + i, 30), fill(p, 120 + i, 104 - i, 121 + i, 105 - i, 30);
    check_paper(p, "scraps", (expected){.small = 2});
}

static void a_page_made_smaller_is_told_of(void **unused) {
    (void)unused;
    const uint8_t white[4] = {255}, black[4] = {0};
    const size_t box[4] = {100, 50, 109, 86};
    uint8_t *pixels = box_picture(2480, 3508, 1, box, white, black);
    dsc_digit *digits;
    size_t count;
    dsc_picture_notes notes;
    ASSERT_OK(dsc_find_digits(&digits, &count, &notes, pixels, 3508, 2480, 1, &error), error);
    assert_int_equal(count, 1);
    assert_int_equal(notes.reduced, 5);
    assert_in_range(notes.digit_height, 7, 9);
    dsc_digits_free(digits);
    dsc_digit digit;
    ASSERT_OK(dsc_prepare_digit(&digit, &notes, pixels, 3508, 2480, 1, &error), error);
    assert_int_equal(notes.reduced, 5);
    assert_in_range(notes.digit_height, 7, 9);
    free(pixels);
}

static void notes_are_put_into_words(void **unused) {
    (void)unused;
    const struct {
        dsc_picture_notes notes;
        const char *says;
    } cases[] = {
        {{.reduced = 1, .digit_height = 50}, ""},
        {{.reduced = 5, .digit_height = 50}, ""},
        {{.at_edge = 1, .reduced = 1, .digit_height = 50},
         "left out: 1 mark at the picture's edge (a digit needs ground on all sides)"},
        {{.lines = 2, .small = 1, .pale = 3, .reduced = 1, .digit_height = 9},
         "left out: 2 ruled lines or boxes with what touches them, 1 mark too small for a digit, 3 pale "
         "marks"},
        {{.small = 7, .reduced = 5, .digit_height = 7},
         "left out: 7 marks too small for digits; the picture was reduced by a factor of 5, so that its "
         "digits are only 7 pixels high; cut it into smaller pictures for better results"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dsc_text text = {0};
        dsc_notes_remark(&text, &cases[i].notes);
        assert_string_equal(text.data ? text.data : "", cases[i].says);
        dsc_text_free(&text);
    }
}

static void any_noise_is_answered(void **unused) {
    (void)unused;
    uint32_t state = 7;
    for (int round = 0; round < 300; round++) {
        const size_t width = 1 + (state = state * 1664525u + 1013904223u) / 4 % 120,
                     height = 1 + state / 512 % 120, channels = (size_t[]){1, 3, 4}[state >> 30 ? 1 : 0];
        uint8_t *pixels = malloc(width * height * channels);
        for (size_t i = 0; i < width * height * channels; i++)
            pixels[i] =
                (uint8_t)((state = state * 1664525u + 1013904223u) >> (round % 2 ? 24 : 25 + round % 5));
        dsc_digit *digits;
        size_t count;
        if (!dsc_find_digits(&digits, &count, NULL, pixels, height, width, channels, &error))
            for (size_t i = 0; i < count; i++) {
                assert_true(digits[i].width > 0 && digits[i].left + digits[i].width <= width);
                assert_true(digits[i].height > 0 && digits[i].top + digits[i].height <= height);
            }
        dsc_digits_free(digits);
        free(pixels);
    }
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    const uint8_t white[4] = {255}, black[4] = {0};
    const size_t box[4] = {100, 50, 108, 130};
    uint8_t *pixels = box_picture(200, 150, 1, box, white, black);
    bool failed = true;
    for (long n = 0; failed; n++) {
        dsc_digit *digits;
        size_t count;
        testing_fail_allocation(n);
        dsc_status status = dsc_find_digits(&digits, &count, NULL, pixels, 150, 200, 1, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_digits_free(digits);
        assert_true(n < 20000);
    }
    free(pixels);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_is_fitted_and_centred),
        cmocka_unit_test(blank_pictures_are_told_of),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(a_huge_picture_is_read_too),
        cmocka_unit_test(patterns_end_in_a_message_not_in_an_endless_search),
        cmocka_unit_test(what_is_at_the_edge_small_or_pale_is_counted),
        cmocka_unit_test(a_shadow_hides_no_digit),
        cmocka_unit_test(two_digits_in_a_small_picture_are_two),
        cmocka_unit_test(lines_grids_boxes_and_frames_are_no_digits),
        cmocka_unit_test(one_digit_that_touches_its_box_is_read_without_it),
        cmocka_unit_test(one_digit_on_ruled_or_squared_paper_is_read_without_it),
        cmocka_unit_test(a_small_digit_that_stands_low_is_on_its_line),
        cmocka_unit_test(a_crop_half_in_a_soft_shadow_is_one_digit),
        cmocka_unit_test(thick_strokes_cut_close_are_whole_in_falling_light),
        cmocka_unit_test(a_one_that_fills_its_crop_and_a_zero_with_a_dot_are_digits),
        cmocka_unit_test(dots_blots_and_dashes_are_no_digits),
        cmocka_unit_test(a_page_made_smaller_is_told_of),
        cmocka_unit_test(notes_are_put_into_words),
        cmocka_unit_test(any_noise_is_answered),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
