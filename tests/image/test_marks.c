/* SPDX-License-Identifier: MIT */
/* test_marks.c: the marks that are left out are listed with their places and reasons. */
#include "papers.h"

#include "image/prepare.h"

static dsc_error error;

/* Two digits, a decimal point at the foot between them, a dash, a speck, and a mark at the edge. */
static uint8_t *sheet(void) {
    uint8_t *p = paper(230);
    fill(p, 60, 60, 70, 160, 40);
    fill(p, 100, 148, 112, 160, 40);
    fill(p, 150, 60, 160, 160, 40);
    fill(p, 200, 105, 250, 113, 40);
    fill(p, 300, 60, 310, 160, 40);
    fill(p, 350, 30, 354, 34, 40);
    fill(p, 0, 250, 30, 290, 40);
    return p;
}

typedef struct place {
    dsc_mark_reason reason;
    size_t left, top, right, bottom;
} place;

static void check_marks(const dsc_picture_notes *notes, const place *wanted, size_t count) {
    assert_int_equal(notes->mark_count, count);
    for (size_t i = 0; i < count; i++) {
        const dsc_mark *m = &notes->marks[i];
        if (m->reason != wanted[i].reason || m->left != wanted[i].left || m->top != wanted[i].top ||
            m->left + m->width != wanted[i].right || m->top + m->height != wanted[i].bottom)
            fail_msg("mark %zu: reason %d, %zu,%zu %zu x %zu", i, (int)m->reason, m->left, m->top, m->width,
                     m->height);
    }
}

static const place places[] = {{DSC_MARK_DASH, 200, 105, 250, 113},
                               {DSC_MARK_POINT, 100, 148, 112, 160},
                               {DSC_MARK_AT_EDGE, 0, 250, 30, 290},
                               {DSC_MARK_SMALL, 350, 30, 354, 34}};

static void marks_that_are_left_out_have_places_and_reasons(void **unused) {
    (void)unused;
    uint8_t *p = sheet();
    dsc_digit *digits;
    dsc_picture_notes notes;
    size_t count;
    ASSERT_OK(dsc_find_digits(&digits, &count, &notes, p, HIGH, WIDE, 1, &error), error);
    assert_int_equal(count, 3);
    check_marks(&notes, places, 4);
    assert_int_equal(notes.dashes + notes.points + notes.at_edge + notes.small, 4);
    dsc_digits_free(digits);
    free(p);
}

/* A picture of 2000 x 1500 is reduced. */
static void places_are_pixels_of_the_picture_also_if_it_is_reduced(void **unused) {
    (void)unused;
    enum { SCALE = 5 };
    uint8_t *p = sheet(), *large = malloc(WIDE * SCALE * HIGH * SCALE);
    assert_non_null(large);
    for (size_t y = 0; y < HIGH * SCALE; y++)
        for (size_t x = 0; x < WIDE * SCALE; x++)
            large[y * WIDE * SCALE + x] = p[y / SCALE * WIDE + x / SCALE];
    dsc_digit *digits;
    dsc_picture_notes notes;
    size_t count;
    ASSERT_OK(dsc_find_digits(&digits, &count, &notes, large, HIGH * SCALE, WIDE * SCALE, 1, &error), error);
    assert_true(notes.reduced > 1);
    for (size_t i = 0; i < notes.mark_count; i++) {
        const dsc_mark *m = &notes.marks[i];
        bool found = false;
        for (size_t k = 0; k < 4; k++)
            found = found || (m->reason == places[k].reason &&
                              labs((long)m->left - (long)places[k].left * SCALE) < SCALE &&
                              labs((long)m->top - (long)places[k].top * SCALE) < SCALE);
        if (!found) fail_msg("mark %zu: reason %d at %zu,%zu", i, (int)m->reason, m->left, m->top);
    }
    assert_int_equal(notes.mark_count, 4);
    dsc_digits_free(digits);
    free(large);
    free(p);
}

/* Likes an L that stands upright: its foot is a wide row, with nothing else as wide. */
static dsc_status likes_feet(void *unused, float *sure, const uint8_t *image, dsc_error *e) {
    (void)unused, (void)e;
    size_t at, widest = widest_row(&at, image);
    *sure = widest >= 8 && widest <= 14 && at >= 16 ? 0.98f : 0.3f;
    return DSC_OK;
}

static void places_are_those_of_the_picture_before_it_was_turned(void **unused) {
    (void)unused;
    uint8_t *p = paper(230), *turned = malloc(WIDE * HIGH);
    assert_non_null(turned);
    for (size_t left = 60; left < 340; left += 80) {
        fill(p, left, 100, left + 9, 180, 40);
        fill(p, left, 171, left + 44, 180, 40);
    }
    fill(p, 115, 168, 127, 180, 40);
    for (size_t y = 0; y < HIGH; y++) /* to the left */
        for (size_t x = 0; x < WIDE; x++) turned[(WIDE - 1 - x) * HIGH + y] = p[y * WIDE + x];
    dsc_digit *digits;
    dsc_picture_notes notes;
    size_t count;
    const dsc_judge judge = {likes_feet, NULL, false};
    ASSERT_OK(dsc_digits_search(&digits, &count, &notes, turned, WIDE, HIGH, 1, &judge, &error), error);
    assert_int_equal(notes.turned, 1);
    assert_int_equal(count, 4);
    check_marks(&notes, &(place){DSC_MARK_POINT, 168, WIDE - 127, 180, WIDE - 115}, 1);
    dsc_digits_free(digits);
    free(turned);
    free(p);
}

static void of_many_marks_small_ones_are_listed_last(void **unused) {
    (void)unused;
    uint8_t *p = sheet();
    for (size_t i = 0; i < 100; i++)
        fill(p, 40 + 6 * (i % 50), 5 + 8 * (i / 50), 43 + 6 * (i % 50), 8 + 8 * (i / 50), 40);
    dsc_digit *digits;
    dsc_picture_notes notes;
    size_t count;
    ASSERT_OK(dsc_find_digits(&digits, &count, &notes, p, HIGH, WIDE, 1, &error), error);
    assert_int_equal(notes.small, 101);
    assert_int_equal(notes.mark_count, DSC_MARKS_MOST);
    for (size_t i = 0; i < DSC_MARKS_MOST; i++)
        assert_true((notes.marks[i].reason == DSC_MARK_SMALL) == (i >= 3));
    dsc_digits_free(digits);
    free(p);
}

/* Tells bars, of which it is not sure, from what is wider, also with pale ink. */
static dsc_status likes_wide_and_pale(void *sure_of_wide, float *sure, const uint8_t *image, dsc_error *e) {
    (void)e;
    *sure = columns_of(image, 20) <= 3 ? 0.3f : *(const float *)sure_of_wide;
    return DSC_OK;
}

/* Two bars; the first has a faint arm that leads to a pale blot. */
static size_t count_pale(float sure_of_wide, size_t *width) {
    uint8_t *p = paper(230);
    fill(p, 100, 60, 110, 160, 40);
    fill(p, 110, 60, 120, 70, 202);
    fill(p, 120, 60, 150, 75, 150);
    fill(p, 300, 60, 310, 160, 40);
    dsc_digit *digits;
    dsc_picture_notes notes;
    size_t count;
    const dsc_judge judge = {likes_wide_and_pale, &sure_of_wide, true};
    ASSERT_OK(dsc_digits_search(&digits, &count, &notes, p, HIGH, WIDE, 1, &judge, &error), error);
    *width = digits[0].width;
    for (size_t i = 0; i < notes.mark_count; i++) assert_int_equal(notes.marks[i].reason, DSC_MARK_PALE);
    assert_int_equal(notes.mark_count, notes.pale);
    dsc_digits_free(digits);
    free(p);
    return notes.pale;
}

static void pale_ink_that_was_added_to_a_digit_is_not_left_out(void **unused) {
    (void)unused;
    size_t width;
    assert_int_equal(count_pale(0.2f, &width), 1);
    assert_int_equal(width, 10);
    assert_int_equal(count_pale(0.95f, &width), 0);
    assert_int_equal(width, 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_that_are_left_out_have_places_and_reasons),
        cmocka_unit_test(places_are_pixels_of_the_picture_also_if_it_is_reduced),
        cmocka_unit_test(places_are_those_of_the_picture_before_it_was_turned),
        cmocka_unit_test(of_many_marks_small_ones_are_listed_last),
        cmocka_unit_test(pale_ink_that_was_added_to_a_digit_is_not_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
