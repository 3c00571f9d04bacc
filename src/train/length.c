/* SPDX-License-Identifier: MIT */
/* length.c: how many steps a run has; see length.h. */
#include "train/length.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* Above this a double cannot represent every integer. */
static const uint64_t STEPS_MOST = (uint64_t)1 << 53;

/* --- text --- */

static bool take_number(uint64_t *number, const char **at) {
    uint64_t value = 0;
    const char *digit = *at;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        value = 10 * value + (uint64_t)(*digit - '0');
        if (value > STEPS_MOST) return false;
    }
    if (digit == *at) return false;
    *number = value;
    *at = digit + strspn(digit, " \t");
    return true;
}

/* Parses "3600 from 1200", or "4000" for the first part. */
static bool take_part(dsc_length *length, const char **at) {
    static const char word[] = "from";
    uint64_t steps, from = 0;
    if (length->count == DSC_LENGTH_PARTS || !take_number(&steps, at)) return false;
    if (length->count) {
        if (strncmp(*at, word, sizeof word - 1) != 0) return false;
        *at += sizeof word - 1;
        *at += strspn(*at, " \t");
        if (!take_number(&from, at)) return false;
        const uint64_t before = length->part[length->count - 1].from;
        if (from < before || (from == before && length->count > 1) || !from) return false;
        if (from >= length->part[length->count - 1].steps) return false;
    }
    if (from >= steps) return false;
    length->part[length->count].from = from;
    length->part[length->count++].steps = steps;
    return true;
}

dsc_status dsc_length_parse(dsc_length *length, const char *text, dsc_error *error) {
    *length = (dsc_length){0};
    if (!text) return DSC_OK;
    const char *at = text + strspn(text, " \t");
    bool good = take_part(length, &at);
    while (good && *at == ',') {
        at++;
        at += strspn(at, " \t");
        good = take_part(length, &at);
    }
    if (good && !*at) return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_ARGUMENT,
        "steps: '%.200s': column %zu: expected a number of steps, then after a comma each later change of "
        "it, as in '4000, 3600 from 1200'; at most %d parts, each from a later step, before the end",
        text, (size_t)(at - text) + 1, DSC_LENGTH_PARTS);
}

void dsc_length_format(dsc_text *text, const dsc_length *length) {
    for (size_t i = 0; i < length->count; i++) {
        dsc_text_append(text, "%s%llu", i ? ", " : "", (unsigned long long)length->part[i].steps);
        if (i) dsc_text_append(text, " from %llu", (unsigned long long)length->part[i].from);
    }
}

/* --- steps --- */

static size_t part_at(const dsc_length *length, uint64_t step) {
    size_t i = length->count - 1;
    while (i > 0 && length->part[i].from > step) i--;
    return i;
}

uint64_t dsc_length_steps(const dsc_length *length, uint64_t step) {
    return length->part[part_at(length, step)].steps;
}

uint64_t dsc_length_place(const dsc_length *length, uint64_t step) {
    const size_t last = part_at(length, step);
    const uint64_t end = length->part[0].steps - 1;
    uint64_t place = 0; /* schedule place of step `from` of part i */
    for (size_t i = 0;; i++) {
        const uint64_t from = length->part[i].from, left = length->part[i].steps - 1 - from;
        const uint64_t until = i < last ? length->part[i + 1].from : step;
        /* All values are integers of at most 53 bits, so the result is the same on every machine. */
        const double share = until - from < left ? (double)(until - from) / (double)left : 1;
        place += (uint64_t)floor(share * (double)(end - place) + 0.5);
        if (place > end) place = end;
        if (i == last) return place;
    }
}

bool dsc_length_agrees(const dsc_length *a, const dsc_length *b, uint64_t step) {
    for (size_t i = 0;; i++) {
        const bool in_a = i < a->count && a->part[i].from < step,
                   in_b = i < b->count && b->part[i].from < step;
        if (!in_a && !in_b) return true;
        if (in_a != in_b || a->part[i].from != b->part[i].from || a->part[i].steps != b->part[i].steps)
            return false;
    }
}

bool dsc_length_change(dsc_length *length, uint64_t from, uint64_t steps) {
    if (steps <= from || !length->count || from < length->part[length->count - 1].from) return false;
    const bool again = length->part[length->count - 1].from == from;
    if (!again && length->count == DSC_LENGTH_PARTS) return false;
    if (!again) length->count++;
    length->part[length->count - 1].from = from;
    length->part[length->count - 1].steps = steps;
    return true;
}
