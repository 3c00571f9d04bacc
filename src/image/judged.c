/* SPDX-License-Identifier: MIT */
/* judged.c: finds the digits of a picture with a judge, such as a network: cuts touching digits apart, joins
 * broken digits, adds the pale parts of strokes, and turns pictures that are sideways, upside down or tilted
 * to where the judge is surest; see prepare.h and search.h. */
#include "image/search.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum {
    TURNED_LEAST = 3, /* digits: fewer do not tell the orientation */
    TRIED_MOST = 100, /* groups of a reading to cut, join or add to: a cut asks dozens of times */
    BROKEN_MOST = 3,  /* pieces of one digit */
    BREAK_PART = 10   /* usual height divided by this: largest gap in a broken stroke */
};
/* Least probability of a digit with its pale strokes, or made of pieces, which may not be likelier. With
 * pictures of training digits (bench-reading --train), 98.3 percent of photos of one digit are right, and
 * 97.0 without joining; rows with gaps of 1, 3 and 5 pixels between digits lose nothing. If the pieces may be
 * likelier by 0.1, the rows lose up to 0.7 percent, and the photos gain nothing. */
#define JOINED_LEAST 0.9
#define PALE_BELOW   0.9  /* probability of a digit whose pale strokes are sought */
#define ROW_SURE     0.9F /* probability of the digits that make a row, */
#define ROW_LEAST    3    /* ... and their least number beside the digit in question */

double dsc_judge_logarithm(float sure) {
    const double least = 1e-4;
    return log(fmax((double)sure, least));
}

static dsc_box place_back(const dsc_box *box, const dsc_reading *r) {
    const dsc_box turned = r->tilt ? dsc_box_before_tilt(box, r->tilt) : *box;
    const size_t width = r->tilt ? r->tilt->width : r->ink.width,
                 height = r->tilt ? r->tilt->height : r->ink.height;
    return dsc_box_before_turns(&turned, width, height, r->quarters);
}

/* The judge's probability for a part of the ink as one digit. */
static dsc_status ask_part(double *sure, const dsc_reading *r, const dsc_part *part, dsc_error *error) {
    uint8_t image[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE];
    dsc_box box;
    float answer = 0;
    dsc_status status = dsc_digit_make(image, &box, &r->ink, part, error);
    if (!status) status = r->help->judge->ask(r->help->judge->context, &answer, image, error);
    *sure = (double)answer;
    return status;
}

/* --- touching digits --- */

static dsc_status add_judged(dsc_search *s, const dsc_reading *r, const dsc_part *part, uint32_t line,
                             uint32_t marks, dsc_error *error) {
    const dsc_judge *judge = r->help->judge;
    float sure = 0;
    if (!dsc_grow(&s->sures, &s->sures_capacity, s->count + 1, sizeof *s->sures))
        return dsc_fail_memory(error, (s->count + 1) * sizeof *s->sures, "the digits of a picture");
    dsc_status status = dsc_search_add(s, r, part, line, marks, error);
    if (!status) status = judge->ask(judge->context, &sure, s->digits[s->count - 1].pixels, error);
    if (!status) s->sures[s->count - 1] = sure;
    s->sure += dsc_judge_logarithm(sure);
    return status;
}

/* Whether a group may be several digits that touch: wider than a digit, or doubtful. */
static bool may_be_several(const dsc_group *group, size_t usual, double sure) {
    const size_t width = dsc_box_width(&group->box), height = dsc_box_height(&group->box);
    const size_t high = height > usual ? height : usual;
    return width * 10 > high * 11 || (sure < 0.97 && width * 2 > high);
}

/* --- pale strokes --- */

/* Replaces the last digit, of `part`, by itself with the pale parts of its strokes if the judge is sure of
 * that. */
static dsc_status try_pale(bool *taken, dsc_search *s, const dsc_reading *r, const dsc_part *part,
                           uint32_t line, double before, dsc_error *error) {
    const dsc_part all = dsc_search_part(s, 0, s->group_count);
    dsc_reading reading = *r;
    dsc_pale pale;
    double sure = 0;
    dsc_status status = dsc_pale_find(&pale, &r->ink, part, &all, s->usual, error);
    reading.ink = pale.ink;
    if (!status) status = ask_part(&sure, &reading, &pale.part, error);
    *taken = !status && sure >= JOINED_LEAST;
    if (*taken) {
        s->count--, s->sure = before;
        status = add_judged(s, &reading, &pale.part, line, DSC_DIGIT_PALE, error);
    }
    dsc_pale_clear(&pale);
    return status;
}

/* --- one group --- */

static dsc_status add_group(dsc_search *s, const dsc_reading *r, size_t i, dsc_error *error) {
    const dsc_group *group = &s->groups[i];
    const dsc_part part = dsc_search_part(s, i, 1);
    const double before = s->sure;
    dsc_status status = add_judged(s, r, &part, group->line, group->marks, error);
    if (status || s->tried == TRIED_MOST) return status;
    const double sure = exp(s->sure - before);
    const bool doubtful = sure < PALE_BELOW && r->help->judge->knows_others,
               several = may_be_several(group, s->usual, sure);
    bool taken = false;
    s->tried += doubtful || several;
    if (doubtful) status = try_pale(&taken, s, r, &part, group->line, before, error);
    if (status || taken || !several) return status;
    dsc_cut cut;
    status = dsc_cut_make(&cut, &r->ink, &part, s->usual, r->help->judge, error);
    if (!status && cut.count > 1) s->count--, s->sure = before;
    for (size_t k = 0; k < cut.count && cut.count > 1 && !status; k++)
        status = add_judged(s, r, &cut.parts[k], group->line, DSC_DIGIT_CUT, error);
    dsc_cut_clear(&cut);
    return status;
}

/* --- broken digits --- */

/* Whether group i and the next one nearly touch: the edge of a shadow breaks a stroke, and its ends face each
 * other. */
static bool nearly_touches_next(const dsc_search *s, size_t i) {
    const dsc_part a = dsc_search_part(s, i, 1), b = dsc_search_part(s, i + 1, 1);
    const size_t most = s->usual / BREAK_PART + 1;
    for (size_t k = 0, m = 0; k < a.count; k++) {
        while (m < b.count && b.runs[m].row < a.runs[k].row) m++;
        for (size_t n = m; n < b.count && b.runs[n].row == a.runs[k].row; n++)
            if (b.runs[n].first <= a.runs[k].last + most && a.runs[k].first <= b.runs[n].last + most)
                return true;
    }
    return false;
}

/* The judge's probability for `count` groups from `first` on as one digit. */
static dsc_status ask_joined(double *sure, const dsc_search *s, const dsc_reading *r, size_t first,
                             size_t count, dsc_error *error) {
    const dsc_part part = dsc_search_part(s, first, count);
    return ask_part(sure, r, &part, error);
}

/* Finds how many groups from `first` on are one broken digit. Only a judge that knows images which are not
 * digits can tell: any other is as sure of two joined digits as of one. */
static dsc_status count_broken(size_t *taken, dsc_search *s, const dsc_reading *r, size_t first,
                               dsc_error *error) {
    size_t near = 1;
    *taken = 1;
    if (!r->help->judge->knows_others) return DSC_OK;
    while (near < BROKEN_MOST && first + near < s->group_count &&
           s->groups[first + near].line == s->groups[first].line && nearly_touches_next(s, first + near - 1))
        near++;
    dsc_status status = DSC_OK;
    for (; near > 1 && *taken == 1 && s->tried < TRIED_MOST && !status; near--) {
        double joined, apart = 1;
        s->tried++;
        status = ask_joined(&joined, s, r, first, near, error);
        for (size_t k = 0; k < near && !status && joined >= JOINED_LEAST; k++) {
            double one;
            status = ask_joined(&one, s, r, first + k, 1, error);
            apart *= one;
        }
        if (!status && joined >= JOINED_LEAST && joined >= apart) *taken = near;
    }
    return status;
}

static dsc_status add_groups(dsc_search *s, const dsc_reading *r, size_t first, size_t *taken,
                             dsc_error *error) {
    dsc_status status = count_broken(taken, s, r, first, error);
    if (status || *taken == 1) return status ? status : add_group(s, r, first, error);
    const dsc_part part = dsc_search_part(s, first, *taken);
    return add_judged(s, r, &part, s->groups[first].line, DSC_DIGIT_JOINED, error);
}

/* --- orientation --- */

/* The judge's mean log-probability per digit. */
static double mean_of(const dsc_search *s) {
    return s->count ? s->sure / (double)s->count : dsc_judge_logarithm(0);
}

static void keep_better(dsc_search *best, dsc_search *other, bool better) {
    if (!better) {
        dsc_search_clear(other);
        return;
    }
    dsc_search_clear(best);
    *best = *other;
}

/* Reads ink that was turned or straightened; a failure to find digits is allowed. */
static dsc_status search_again(dsc_search *s, const dsc_reading *r, dsc_error *error) {
    dsc_error why;
    const dsc_status status = dsc_search_run(s, r, &why);
    if (status) dsc_search_clear(s);
    return status && status != DSC_ERROR_FORMAT ? dsc_fail(error, status, "%s", why.message) : DSC_OK;
}

/* Tries the ink turned by one to three quarters, and takes the turn at which the judge is clearly surer.
 * *best has the best reading so far. The ink ends in its first orientation. */
static dsc_status try_turns(dsc_search *best, dsc_reading *r, dsc_error *error) {
    /* Upside-down digits resemble digits more than sideways ones, and few pictures are upside down. Of 600
     * upright rows of six digits 0, 1 and 8, which look the same upside down, one is turned; to let no single
     * digit decide would lose 5.5 percent of upside-down rows of five. */
    const double upright = mean_of(best), surer = fmax(0.03, 0.4 / (double)best->count),
                 surer_upside_down = fmax(0.08, 0.7 / (double)best->count);
    if (best->count < TURNED_LEAST || upright > -surer) return DSC_OK;
    dsc_status status = DSC_OK;
    for (size_t quarters = 1; quarters <= 4 && !status; quarters++) {
        dsc_search turned = {0};
        status = dsc_ink_turn(&r->ink, error);
        r->quarters = quarters % 4;
        if (status || quarters == 4) break;
        status = search_again(&turned, r, error);
        keep_better(best, &turned,
                    !status && turned.count >= TURNED_LEAST &&
                        mean_of(&turned) > upright + (quarters == 2 ? surer_upside_down : surer) &&
                        mean_of(&turned) > mean_of(best));
    }
    return status;
}

/* Straightens lines that fall or rise by more than four degrees. */
static dsc_status try_straight(dsc_search *best, dsc_reading *r, dsc_error *error) {
    double slope;
    dsc_status status = dsc_groups_slope(&slope, best->groups, best->group_count, best->usual, error);
    if (status || fabs(slope) < 0.07) return status;
    for (; r->quarters < best->notes.turned && !status; r->quarters++) status = dsc_ink_turn(&r->ink, error);
    dsc_ink straight = {0}, as_it_was = r->ink;
    dsc_tilt tilt;
    dsc_search other = {0};
    if (!status) status = dsc_ink_straighten(&straight, &tilt, &r->ink, slope, error);
    if (!status) {
        r->ink = straight;
        r->tilt = &tilt;
        status = search_again(&other, r, error);
        r->tilt = NULL;
        r->ink = as_it_was;
    }
    keep_better(best, &other, !status && other.count && mean_of(&other) >= mean_of(best) - 0.02);
    dsc_ink_clear(&straight);
    return status;
}

/* --- digits in a row --- */

static size_t height_of(const dsc_digit *digit, size_t turned) {
    return turned % 2 ? digit->width : digit->height;
}

/* Whether most other marks of the digit's line are digits of about its height that the judge is sure of. */
static bool is_in_row(const dsc_search *s, size_t first, size_t last, size_t i) {
    size_t alike = 0;
    const size_t height = height_of(&s->digits[i], s->notes.turned);
    for (size_t k = first; k < last; k++) {
        const size_t other = height_of(&s->digits[k], s->notes.turned);
        alike += k != i && s->sures[k] >= ROW_SURE && other * 5 >= height * 3 && height * 5 >= other * 3;
    }
    return alike >= ROW_LEAST && alike * 4 >= (last - first - 1) * 3;
}

static void mark_rows(dsc_search *s) {
    for (size_t first = 0, last = 0; first < s->count; first = last) {
        while (last < s->count && s->digits[last].line == s->digits[first].line) last++;
        for (size_t i = first; i < last; i++)
            if (is_in_row(s, first, last, i)) s->digits[i].marks |= DSC_DIGIT_IN_ROW;
    }
}

static dsc_status improve(dsc_search *best, dsc_reading *r, dsc_error *error) {
    dsc_status status = try_turns(best, r, error);
    if (!status) status = try_straight(best, r, error);
    if (!status) mark_rows(best);
    return status;
}

dsc_status dsc_digits_search(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                             const uint8_t *pixels, size_t height, size_t width, size_t channels,
                             const dsc_judge *judge, dsc_error *error) {
    const dsc_help help = {judge, add_groups, place_back, improve};
    return dsc_digits_search_with(digits, count, notes, pixels, height, width, channels, judge ? &help : NULL,
                                  error);
}
