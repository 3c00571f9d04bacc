/* SPDX-License-Identifier: MIT */
/* ranks.c: sums and copies by exchanges of two processes at a time; see ranks.h. */
#include "ranks/ranks.h"

/* The part of the numbers that a process has at one level of the halving. */
typedef struct range {
    size_t begin, end;
} range;

static range half_of(range whole, bool upper) {
    const size_t middle = whole.begin + (whole.end - whole.begin) / 2;
    return upper ? (range){middle, whole.end} : (range){whole.begin, middle};
}

static dsc_status exchange(const dsc_ranks *ranks, unsigned partner, dsc_real *receive, size_t received,
                           const dsc_real *send, size_t sent, dsc_error *error) {
    return ranks->exchange(ranks->context, partner, receive, received * sizeof *receive, send,
                           sent * sizeof *send, error);
}

/* Adds the half of `whole` that this process keeps at distance `d`, and returns it in *kept. */
static dsc_status halve(const dsc_ranks *ranks, unsigned d, dsc_real *numbers, range whole, range *kept,
                        dsc_real *received, dsc_ranks_add *add, dsc_error *error) {
    const bool upper = ranks->rank & d; /* the lower of two is the left operand */
    const range own = half_of(whole, upper), other = half_of(whole, !upper);
    const size_t count = own.end - own.begin;
    dsc_status status = exchange(ranks, ranks->rank ^ d, received, count, numbers + other.begin,
                                 other.end - other.begin, error);
    if (status) return status;
    dsc_real *to = numbers + own.begin;
    add(to, upper ? received : to, upper ? to : received, count);
    *kept = own;
    return DSC_OK;
}

enum { LEVELS_MOST = 32 };

dsc_status dsc_ranks_sum(const dsc_ranks *ranks, dsc_real *numbers, size_t count, dsc_real *received,
                         dsc_ranks_add *add, dsc_error *error) {
    range levels[LEVELS_MOST + 1] = {{0, count}};
    size_t level = 0;
    dsc_status status = DSC_OK;
    for (unsigned d = 1; d < dsc_ranks_count(ranks) && !status; d *= 2, level++)
        status = halve(ranks, d, numbers, levels[level], &levels[level + 1], received, add, error);
    for (unsigned d = dsc_ranks_count(ranks) / 2; d && !status; d /= 2, level--) {
        const bool upper = ranks->rank & d;
        const range own = levels[level], other = half_of(levels[level - 1], !upper);
        status = exchange(ranks, ranks->rank ^ d, numbers + other.begin, other.end - other.begin,
                          numbers + own.begin, own.end - own.begin, error);
    }
    return status;
}

dsc_status dsc_ranks_sum_doubles(const dsc_ranks *ranks, double *values, size_t count, double *received,
                                 dsc_error *error) {
    const size_t bytes = count * sizeof *values;
    for (unsigned d = 1; d < dsc_ranks_count(ranks); d *= 2) {
        dsc_status status =
            ranks->exchange(ranks->context, ranks->rank ^ d, received, bytes, values, bytes, error);
        if (status) return status;
        for (size_t i = 0; i < count; i++) values[i] += received[i]; /* a + b is b + a, to the bit */
    }
    return DSC_OK;
}

dsc_status dsc_ranks_copy(const dsc_ranks *ranks, void *bytes, size_t size, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (unsigned d = 1; d < dsc_ranks_count(ranks) && !status; d *= 2) {
        if (ranks->rank < d)
            status = ranks->exchange(ranks->context, ranks->rank + d, NULL, 0, bytes, size, error);
        else if (ranks->rank < 2 * d)
            status = ranks->exchange(ranks->context, ranks->rank - d, bytes, size, NULL, 0, error);
    }
    return status;
}
