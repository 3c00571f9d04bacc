/* SPDX-License-Identifier: MIT */
/* test_search.c: digits found with the help of a judge that is made up here: cut apart, turned,
 * straightened; on a sheet, in boxes, above lines. tests/shipped tests the real network. */
#include "papers.h"

#include "base/error.h"
#include "image/prepare.h"

#include <math.h>

static dsc_error error;

/* --- pictures --- */

/* A bar from (x, y), 80 long, tilted to the right by that many degrees. */
static void bar(uint8_t *pixels, double x, double y, double degrees) {
    const double s = sin(degrees * 3.14159265 / 180), c = cos(degrees * 3.14159265 / 180);
    for (int row = 0; row < HIGH; row++)
        for (int column = 0; column < WIDE; column++) {
            const double u = column - x, v = y - row, along = u * s + v * c, aside = u * c - v * s;
            if (along >= 0 && along <= 80 && fabs(aside) <= 4) pixels[row * WIDE + column] = 40;
        }
}

/* --- judges --- */

static size_t asked;

/* Sure of upright bars only. */
static dsc_status likes_bars(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    *sure = columns_of(image, 60) <= 8 ? 0.99f : 0.2f;
    asked++;
    return DSC_OK;
}

/* Slightly surer of upright bars. */
static dsc_status prefers_bars(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    *sure = columns_of(image, 60) <= 8 ? 0.98f : 0.5f;
    return DSC_OK;
}

static dsc_status likes_all(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)image, (void)e;
    *sure = 0.99f;
    return DSC_OK;
}

/* Sure of what has its widest row below: an L that stands upright; less so of one upside down. */
static float sure_of_heads = 0.3f;
static dsc_status likes_feet(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    size_t at, widest = widest_row(&at, image);
    const bool ell = widest >= 8 && widest <= 14;
    *sure = ell && at >= 16 ? 0.98f : ell && at < 12 ? sure_of_heads : 0.3f;
    return DSC_OK;
}

static dsc_status fails(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)sure, (void)image;
    return dsc_fail(e, DSC_ERROR_NETWORK, "no judge today");
}

static dsc_status search(dsc_digit **digits, size_t *count, dsc_picture_notes *notes, const uint8_t *pixels,
                         dsc_status (*ask)(void *, float *, const uint8_t *, dsc_error *)) {
    const dsc_judge judge = {ask, NULL, false};
    return dsc_digits_search(digits, count, notes, pixels, HIGH, WIDE, 1, ask ? &judge : NULL, &error);
}

/* --- touching digits --- */

static void what_touches_is_cut_where_the_judge_is_surest(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    fill(p, 100, 60, 110, 160, 40), fill(p, 150, 60, 160, 160, 40), fill(p, 200, 60, 210, 160, 40);
    fill(p, 100, 100, 210, 106, 40); /* a bridge between three bars */
    dsc_digit *digits;
    size_t count;
    dsc_picture_notes notes;
    ASSERT_OK(search(&digits, &count, &notes, p, likes_bars), error);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(digits[i].marks & DSC_DIGIT_CUT);
        assert_true(digits[i].left <= 100 + 50 * i && digits[i].left + digits[i].width >= 110 + 50 * i);
        assert_true(digits[i].width < 60);
    }
    dsc_digits_free(digits);
    /* A judge that is sure of the whole keeps it whole; so does a search without a judge. */
    ASSERT_OK(search(&digits, &count, &notes, p, likes_all), error);
    assert_int_equal(count, 1);
    assert_int_equal(digits->marks, 0);
    dsc_digits_free(digits);
    ASSERT_OK(search(&digits, &count, &notes, p, NULL), error);
    assert_int_equal(count, 1);
    dsc_digits_free(digits);
    free(p);
}

static void what_is_as_narrow_as_one_digit_is_cut_only_on_strong_grounds(void **unused) {
    (void)unused;
    uint8_t *p = paper(230); /* an H, slightly more than half as wide as high */
    fill(p, 100, 60, 108, 160, 40), fill(p, 148, 60, 156, 160, 40), fill(p, 100, 100, 156, 106, 40);
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(search(&digits, &count, NULL, p, prefers_bars), error);
    assert_int_equal(count, 1);
    dsc_digits_free(digits);
    ASSERT_OK(search(&digits, &count, NULL, p, likes_bars), error);
    assert_int_equal(count, 1);
    dsc_digits_free(digits);
    free(p);
}

/* The noise of lossy compression beside strokes is not ink. */
static void faint_ink_joins_no_digits(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    fill(p, 100, 60, 110, 160, 40), fill(p, 150, 60, 160, 160, 40);
    fill(p, 110, 100, 150, 120, 219);
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(search(&digits, &count, NULL, p, NULL), error);
    assert_int_equal(count, 2);
    dsc_digits_free(digits);
    free(p);
}

static void hairlines_of_a_small_drawing_become_strokes(void **unused) {
    (void)unused;
    uint8_t small[28 * 28];
    dsc_digit digit;
    size_t mass = 0;
    memset(small, 255, sizeof small);
    for (size_t y = 4; y < 24; y++) small[y * 28 + 10] = 0;
    for (size_t x = 10; x < 20; x++) small[23 * 28 + x] = 0;
    ASSERT_OK(dsc_prepare_digit(&digit, NULL, small, 28, 28, 1, &error), error);
    for (size_t i = 0; i < sizeof digit.pixels; i++) mass += digit.pixels[i];
    assert_true(mass > 29 * 255 * 3 / 2); /* 29 pixels were drawn */
}

/* The widest piece that is cut, and a judge that is sure of nothing: the search ends in bounded time. */
static void a_wide_blot_is_judged_a_bounded_number_of_times(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    for (size_t x = 20; x < 380; x += 12) fill(p, x, 100, x + 6, 130, 40);
    fill(p, 20, 113, 380, 117, 40);
    dsc_digit *digits;
    size_t count;
    asked = 0;
    dsc_status status = search(&digits, &count, NULL, p, likes_bars);
    if (!status) dsc_digits_free(digits);
    assert_true(asked < 20000);
    free(p);
}

/* A page of letters, for example: each might be two touching digits. */
static void of_a_page_of_doubtful_marks_a_hundred_are_cut(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    for (size_t y = 12; y + 30 < HIGH; y += 27)
        for (size_t x = 10; x + 20 < WIDE; x += 22) {
            fill(p, x, y, x + 3, y + 20, 40), fill(p, x + 8, y, x + 11, y + 20, 40);
            fill(p, x, y + 8, x + 11, y + 11, 40);
        }
    dsc_digit *digits;
    size_t count, cut = 0;
    ASSERT_OK(search(&digits, &count, NULL, p, likes_bars), error);
    for (size_t i = 0; i < count; i++) cut += (digits[i].marks & DSC_DIGIT_CUT) != 0;
    assert_int_equal(cut, 200); /* two bars of each */
    assert_true(count > 200);
    dsc_digits_free(digits);
    free(p);
}

static void a_failing_judge_is_passed_on(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    bar(p, 100, 150, 0);
    dsc_digit *digits;
    size_t count;
    assert_int_equal(search(&digits, &count, NULL, p, fails), DSC_ERROR_NETWORK);
    assert_null(digits);
    assert_int_equal(count, 0);
    free(p);
}

/* --- sideways or tilted --- */

/* Four Ls, in a picture that is then turned to the left by `quarters`. */
static uint8_t *turned_ells(size_t quarters, size_t *width, size_t *height) {
    uint8_t *p = paper(230);
    for (size_t i = 0; i < 4; i++) {
        const size_t left = 60 + 80 * i;
        fill(p, left, 100, left + 9, 180, 40), fill(p, left, 171, left + 44, 180, 40);
    }
    *width = WIDE, *height = HIGH;
    for (size_t q = 0; q < quarters; q++) {
        uint8_t *turned = malloc(WIDE * HIGH);
        assert_non_null(turned);
        for (size_t y = 0; y < *height; y++)
            for (size_t x = 0; x < *width; x++) turned[(*width - 1 - x) * *height + y] = p[y * *width + x];
        const size_t other = *width;
        *width = *height, *height = other;
        free(p);
        p = turned;
    }
    return p;
}

static void a_picture_on_its_side_is_read_upright(void **unused) {
    (void)unused;
    for (size_t quarters = 0; quarters < 4; quarters++) {
        size_t width, height, count;
        uint8_t *p = turned_ells(quarters, &width, &height);
        dsc_digit *digits;
        dsc_picture_notes notes;
        const dsc_judge judge = {likes_feet, NULL, false};
        ASSERT_OK(dsc_digits_search(&digits, &count, &notes, p, height, width, 1, &judge, &error), error);
        assert_int_equal(count, 4);
        assert_int_equal(notes.turned, quarters);
        for (size_t i = 0; i < 4; i++) {
            /* Their places in the picture as it is: the first is at the left end, seen upright. */
            const size_t along = 60 + 80 * i, dark_x = digits[i].left + digits[i].width / 2,
                         dark_y = digits[i].top + digits[i].height / 2;
            const size_t wanted_x[] = {along, 100, WIDE - along - 44, HIGH - 180},
                         wanted_y[] = {100, WIDE - along - 44, HIGH - 180, along};
            assert_in_range(digits[i].left, wanted_x[quarters] - 2, wanted_x[quarters] + 2);
            assert_in_range(digits[i].top, wanted_y[quarters] - 2, wanted_y[quarters] + 2);
            assert_true(dark_x < width && dark_y < height);
        }
        dsc_digits_free(digits);
        free(p);
    }
}

/* As a page of 0, 1 and 8 is: it is turned only where the judge is plainly surer. */
static void what_looks_much_the_same_upside_down_stays(void **unused) {
    (void)unused;
    static const float sure[] = {0.95f, 0.9f, 0.6f};
    for (size_t i = 0; i < 3; i++) {
        size_t width, height, count;
        uint8_t *p = turned_ells(2, &width, &height);
        dsc_digit *digits;
        dsc_picture_notes notes;
        const dsc_judge judge = {likes_feet, NULL, false};
        sure_of_heads = sure[i];
        ASSERT_OK(dsc_digits_search(&digits, &count, &notes, p, height, width, 1, &judge, &error), error);
        assert_int_equal(count, 4);
        assert_int_equal(notes.turned, i == 2 ? 2 : 0);
        dsc_digits_free(digits);
        free(p);
    }
    sure_of_heads = 0.3f;
}

static void lines_askew_are_set_straight(void **unused) {
    (void)unused;
    for (int side = -1; side <= 1; side += 2) {
        uint8_t *p = paper(230);
        const double degrees = 20 * side;
        for (int i = 0; i < 5; i++)
            bar(p, 60 + 60.0 * i, 190 + 60.0 * i * tan(degrees * 3.14159265 / 180) - (side > 0 ? 60 : -50),
                degrees);
        dsc_digit *digits;
        size_t count;
        ASSERT_OK(search(&digits, &count, NULL, p, likes_all), error);
        assert_int_equal(count, 5);
        for (size_t i = 0; i < 5; i++) {
            assert_true(columns_of(digits[i].pixels, 60) <= 8); /* upright now */
            assert_int_equal(digits[i].line, 0);
            assert_true(!i || digits[i].left > digits[i - 1].left);
        }
        dsc_digits_free(digits);
        free(p);
    }
}

/* Converts a box of the original ink to turned or straightened ink, and back. */
static void boxes_come_back_from_where_they_were_turned_to(void **unused) {
    (void)unused;
    for (size_t quarters = 0; quarters < 4; quarters++)
        for (size_t k = 0; k < 20; k++) {
            const size_t x = 3 + k * 7, y = 5 + k * 3;
            dsc_ink ink = {.width = 150, .height = 90, .scale = 1, .values = calloc(150, 90)};
            assert_non_null(ink.values);
            ink.values[y * 150 + x] = 255;
            for (size_t q = 0; q < quarters; q++) ASSERT_OK(dsc_ink_turn(&ink, &error), error);
            size_t at = 0;
            while (ink.values[at] != 255) at++;
            const dsc_box found = {at % ink.width, at / ink.width, at % ink.width + 1, at / ink.width + 1};
            const dsc_box box = dsc_box_before_turns(&found, ink.width, ink.height, quarters);
            assert_true(box.left == x && box.top == y && box.right == x + 1 && box.bottom == y + 1);
            dsc_ink_clear(&ink);
        }
    for (int k = -9; k <= 9; k++) {
        dsc_ink ink = {.width = 150, .height = 90, .scale = 1, .values = calloc(150, 90)}, straight;
        dsc_tilt tilt;
        assert_non_null(ink.values);
        for (size_t y = 40; y < 50; y++) memset(ink.values + y * 150 + 100, 255, 12);
        ASSERT_OK(dsc_ink_straighten(&straight, &tilt, &ink, 0.1 * k, &error), error);
        size_t mass = 0;
        dsc_box found = {SIZE_MAX, SIZE_MAX, 0, 0};
        for (size_t i = 0; i < straight.width * straight.height; i++) {
            const size_t x = i % straight.width, y = i / straight.width;
            mass += straight.values[i];
            if (straight.values[i] < 100) continue;
            if (x < found.left) found.left = x;
            if (y < found.top) found.top = y;
            if (x >= found.right) found.right = x + 1;
            if (y >= found.bottom) found.bottom = y + 1;
        }
        assert_in_range(mass, 120 * 255 * 97 / 100, 120 * 255 * 103 / 100); /* all of the ink is included */
        const dsc_box box = dsc_box_before_tilt(&found, &tilt);
        assert_true(box.left <= 101 && box.right >= 111 && box.top <= 41 && box.bottom >= 49);
        dsc_ink_clear(&straight);
        dsc_ink_clear(&ink);
    }
}

/* --- sheets, boxes, lines --- */

static void only_what_is_on_the_sheet_is_read(void **unused) {
    (void)unused;
    for (int inverted = 0; inverted < 2; inverted++) {
        uint8_t *p = paper(70);
        fill(p, 90, 60, 330, 220, 225);
        fill(p, 30, 100, 38, 180, 200); /* a pen beside it */
        for (int i = 0; i < 3; i++) bar(p, 150 + 60 * i, 180, 0);
        for (size_t i = 0; i < WIDE * HIGH && inverted; i++) p[i] = (uint8_t)(255 - p[i]);
        dsc_digit *digits;
        size_t count;
        dsc_picture_notes notes;
        ASSERT_OK(search(&digits, &count, &notes, p, NULL), error);
        assert_int_equal(count, 3);
        assert_int_equal(notes.sheet, 1);
        for (size_t i = 0; i < 3; i++) assert_in_range(digits[i].left, 144 + 60 * i, 148 + 60 * i);
        dsc_digits_free(digits);
        free(p);
    }
}

/* A hard shadow on the left: the lit part is not a sheet. */
static void half_a_picture_in_a_shadow_is_read_too(void **unused) {
    (void)unused;
    uint8_t *p = paper(225);
    for (int i = 0; i < 3; i++) bar(p, 80 + 70 * i, 180, 0);
    bar(p, 345, 180, 0);
    for (size_t y = 0; y < HIGH; y++)
        for (size_t x = 0; x < 290; x++) p[y * WIDE + x] = (uint8_t)(p[y * WIDE + x] * 2 / 5);
    dsc_digit *digits;
    size_t count;
    dsc_picture_notes notes;
    ASSERT_OK(search(&digits, &count, &notes, p, NULL), error);
    assert_int_equal(notes.sheet, 0);
    assert_int_equal(count, 4);
    dsc_digits_free(digits);
    free(p);
}

/* A crop of an L, 60 x 90, with a margin, in a shadow with an edge `soft` hundredths of its width wide, at
 * the tenth `place` of the width. */
static void check_shadow(uint8_t ink, size_t margin, size_t place, size_t soft, size_t thick) {
    const size_t width = 60 + 2 * margin, height = 90 + 2 * margin;
    uint8_t *p = malloc(width * height);
    assert_non_null(p);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const double u = (double)x / (double)width - 0.1 * (double)place,
                         v = (double)y / (double)height - 0.5,
                         lit = 1 - 0.55 / (1 + exp(-(u + 0.5 * v) / (0.01 * (double)soft)));
            const bool inside = x >= margin && x < margin + 60 && y >= margin && y < margin + 90;
            const bool drawn = inside && (x < margin + thick || y >= margin + 90 - thick);
            p[y * width + x] = (uint8_t)((drawn ? ink : 215) * lit + 0.5);
        }
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(dsc_find_digits(&digits, &count, NULL, p, height, width, 1, &error), error);
    if (count != 1 || digits->left + 4 < margin || digits->left + digits->width > margin + 64 ||
        digits->top + 4 < margin)
        fail_msg("a shadow at %zu, %zu soft, strokes %zu thick: %zu digits, the first %zu wide", place, soft,
                 thick, count, digits->width);
    dsc_digits_free(digits);
    free(p);
}

static void a_soft_shadow_is_no_ink(void **unused) {
    (void)unused;
    for (size_t place = 2; place <= 6; place++)
        for (size_t soft = 4; soft <= 16; soft += 4)
            for (size_t thick = 8; thick <= 24; thick += 8) check_shadow(60, 40, place, soft, thick);
    /* Pale ink, and little of it in the shadow, which is otherwise of one grey. */
    check_shadow(110, 50, 4, 16, 12), check_shadow(110, 50, 6, 16, 24);
    check_shadow(110, 50, 7, 8, 6), check_shadow(110, 50, 7, 12, 6);
}

static void a_block_letter_is_no_sheet(void **unused) {
    (void)unused;
    uint8_t *p = paper(230); /* a heavy 0 with straight sides */
    fill(p, 140, 60, 260, 240, 40), fill(p, 175, 95, 225, 205, 230);
    dsc_digit *digits;
    size_t count;
    dsc_picture_notes notes;
    ASSERT_OK(search(&digits, &count, &notes, p, NULL), error);
    assert_int_equal(notes.sheet, 0);
    assert_int_equal(count, 1);
    assert_in_range(digits->width, 118, 122);
    dsc_digits_free(digits);
    free(p);
}

/* Adjacent boxes: a whole row, or a comb without upper sides. The digits touch them. */
static void the_sides_of_boxes_are_no_digits(void **unused) {
    (void)unused;
    for (int comb = 0; comb < 2; comb++) {
        uint8_t *p = paper(230);
        for (size_t i = 0; i <= 5; i++) fill(p, 20 + 72 * i, 80, 23 + 72 * i, 200, 60);
        fill(p, 20, 197, 383, 200, 60);
        if (!comb) fill(p, 20, 80, 383, 83, 60);
        for (size_t i = 0; i < 5; i++) {
            const size_t left = 44 + 72 * i; /* a 7; the third one reaches into the line below */
            fill(p, left, 110, left + 28, 117, 40),
                fill(p, left + 20, 110, left + 28, i == 2 ? 199 : 175, 40);
        }
        dsc_digit *digits;
        size_t count;
        dsc_picture_notes notes;
        ASSERT_OK(search(&digits, &count, &notes, p, NULL), error);
        assert_int_equal(count, 5);
        assert_true(notes.lines > 0);
        for (size_t i = 0; i < 5; i++) assert_in_range(digits[i].left, 43 + 72 * i, 45 + 72 * i);
        dsc_digits_free(digits);
        free(p);
    }
}

static void a_comb_may_begin_before_its_first_tooth(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    fill(p, 20, 197, 390, 200, 60);
    for (size_t i = 0; i < 9; i++) fill(p, 70 + 35 * i, 110, 73 + 35 * i, 200, 60);
    for (int i = 0; i < 8; i++) bar(p, 88 + 35 * i, 190, 0);
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(search(&digits, &count, NULL, p, NULL), error);
    assert_int_equal(count, 8);
    dsc_digits_free(digits);
    free(p);
}

static void a_stroke_along_a_pale_line_stays(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    for (size_t y = 40; y < HIGH; y += 60) fill(p, 0, y, WIDE, y + 3, 160);
    fill(p, 100, 130, 107, 163, 40), fill(p, 100, 160, 150, 163, 40); /* an L whose foot lies on the line */
    fill(p, 200, 130, 207, 163, 40), fill(p, 200, 160, 250, 163, 40);
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(search(&digits, &count, NULL, p, NULL), error);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < 2; i++) assert_in_range(digits[i].width, 49, 52);
    dsc_digits_free(digits);
    free(p);
}

static void what_is_underlined_stands_apart(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    for (int i = 0; i < 4; i++) bar(p, 80 + 70 * i, 180, 0);
    fill(p, 40, 178, 340, 182, 50);
    dsc_digit *digits;
    size_t count;
    dsc_picture_notes notes;
    ASSERT_OK(search(&digits, &count, &notes, p, NULL), error);
    assert_int_equal(count, 4);
    assert_int_equal(notes.lines, 1);
    dsc_digits_free(digits);
    free(p);
}

static void commas_and_dashes_are_told_from_specks(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    bar(p, 80, 180, 0), bar(p, 160, 180, 0), bar(p, 300, 180, 0);
    fill(p, 190, 168, 198, 205, 40); /* a comma */
    fill(p, 215, 138, 255, 146, 40); /* a minus */
    fill(p, 340, 172, 348, 180, 40); /* a point */
    fill(p, 120, 20, 124, 24, 40);   /* a speck far above */
    dsc_digit *digits;
    size_t count;
    dsc_picture_notes notes;
    ASSERT_OK(search(&digits, &count, &notes, p, NULL), error);
    assert_int_equal(count, 3);
    assert_int_equal(notes.points, 2);
    assert_int_equal(notes.dashes, 1);
    assert_int_equal(notes.small, 1);
    dsc_digits_free(digits);
    free(p);
}

static void a_digit_that_reaches_the_edge_is_marked(void **unused) {
    (void)unused;
    uint8_t *p = paper(230);
    bar(p, 80, 180, 0), bar(p, 160, 180, 0);
    fill(p, 360, 100, 369, 180, 40), fill(p, 360, 171, WIDE, 180, 40);
    dsc_digit *digits;
    size_t count;
    ASSERT_OK(search(&digits, &count, NULL, p, NULL), error);
    assert_int_equal(count, 3);
    assert_int_equal(digits[0].marks, 0);
    assert_int_equal(digits[2].marks, DSC_DIGIT_AT_EDGE);
    dsc_digits_free(digits);
    free(p);
}

/* --- memory --- */

/* Every third pixel: smaller pictures take less time. */
static uint8_t *third(uint8_t *p, size_t *height, size_t *width) {
    const size_t to_height = *height / 3, to_width = *width / 3;
    for (size_t y = 0; y < to_height; y++)
        for (size_t x = 0; x < to_width; x++) p[y * to_width + x] = p[3 * y * *width + 3 * x];
    *height = to_height;
    *width = to_width;
    return p;
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    size_t width[2] = {WIDE}, height[2] = {HIGH};
    uint8_t *pictures[] = {paper(70), turned_ells(1, &width[1], &height[1])};
    fill(pictures[0], 40, 40, 360, 260, 225);
    fill(pictures[0], 100, 60, 111, 160, 40), fill(pictures[0], 200, 60, 211, 160, 40);
    fill(pictures[0], 100, 100, 210, 106, 40);
    for (int which = 0; which < 2; which++) {
        bool failed = true;
        const dsc_judge judge = {which ? likes_feet : likes_bars, NULL, true};
        uint8_t *p = third(pictures[which], &height[which], &width[which]);
        for (long n = 0; failed; n++) {
            dsc_digit *digits;
            size_t count;
            testing_fail_allocation(n);
            dsc_status status =
                dsc_digits_search(&digits, &count, NULL, p, height[which], width[which], 1, &judge, &error);
            failed = testing_allocation_failed();
            assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
            dsc_digits_free(digits);
            assert_true(n < 20000);
        }
        free(p);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_touches_is_cut_where_the_judge_is_surest),
        cmocka_unit_test(what_is_as_narrow_as_one_digit_is_cut_only_on_strong_grounds),
        cmocka_unit_test(faint_ink_joins_no_digits),
        cmocka_unit_test(hairlines_of_a_small_drawing_become_strokes),
        cmocka_unit_test(a_wide_blot_is_judged_a_bounded_number_of_times),
        cmocka_unit_test(of_a_page_of_doubtful_marks_a_hundred_are_cut),
        cmocka_unit_test(a_failing_judge_is_passed_on),
        cmocka_unit_test(a_picture_on_its_side_is_read_upright),
        cmocka_unit_test(what_looks_much_the_same_upside_down_stays),
        cmocka_unit_test(lines_askew_are_set_straight),
        cmocka_unit_test(boxes_come_back_from_where_they_were_turned_to),
        cmocka_unit_test(only_what_is_on_the_sheet_is_read),
        cmocka_unit_test(half_a_picture_in_a_shadow_is_read_too),
        cmocka_unit_test(a_soft_shadow_is_no_ink),
        cmocka_unit_test(a_block_letter_is_no_sheet),
        cmocka_unit_test(the_sides_of_boxes_are_no_digits),
        cmocka_unit_test(a_comb_may_begin_before_its_first_tooth),
        cmocka_unit_test(a_stroke_along_a_pale_line_stays),
        cmocka_unit_test(what_is_underlined_stands_apart),
        cmocka_unit_test(commas_and_dashes_are_told_from_specks),
        cmocka_unit_test(a_digit_that_reaches_the_edge_is_marked),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
