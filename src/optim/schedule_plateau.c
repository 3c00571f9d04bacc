/* SPDX-License-Identifier: MIT */
/* schedule_plateau.c: reduces the rate when the loss stops improving: PyTorch's ReduceLROnPlateau (relative
 * threshold).
 *
 * An epoch is good if loss < best - threshold |best|. After more than `patience` consecutive epochs that are
 * not good, the rate is multiplied by `factor` and the count restarts. A NaN loss is not good. */
#include "base/elementary.h"
#include "optim/schedule.h"

#include <math.h>

typedef struct plateau_values {
    int64_t patience;
    double factor, threshold, final;
} plateau_values;

enum { HAS_BEST, BEST, BAD, FALLS }; /* indices of state.number */

static dsc_pace pace(const void *values, const dsc_moment *moment, const dsc_schedule_state *state) {
    (void)moment;
    const plateau_values *v = values;
    /* A damaged checkpoint may hold any number; no run has more epochs than this bound. */
    const double falls = fmin(fmax(state->number[FALLS], 0), 1e6);
    const double rate = dsc_power(v->factor, (uint64_t)falls);
    return (dsc_pace){.rate = rate > v->final ? rate : v->final, .momentum = NAN};
}

static void listen(const void *values, dsc_schedule_state *state, double loss) {
    const plateau_values *v = values;
    double *n = state->number;
    if (isfinite(loss) && (n[HAS_BEST] == 0 || loss < n[BEST] - v->threshold * fabs(n[BEST]))) {
        n[HAS_BEST] = 1;
        n[BEST] = loss;
        n[BAD] = 0;
    } else if (++n[BAD] > (double)v->patience) {
        n[FALLS]++;
        n[BAD] = 0;
    }
}

static const dsc_param params[] = {
    DSC_INT(plateau_values, patience, "10", 0, 1e9, "epochs without a better loss before the rate falls"),
    DSC_REAL(plateau_values, factor, "0.1", 1e-9, 1, "factor of the rate at each fall"),
    DSC_REAL(plateau_values, threshold, "1e-4", 0, 1,
             "share of the best loss by which a loss must be lower to count as better"),
    DSC_REAL(plateau_values, final, "0", 0, 1, "share of the rate below which it never falls"),
    {0},
};

static const dsc_schedule_example examples[] = {
    {.values = "patience=1 factor=0.5 threshold=0.01", .step = 0, .steps = 100, .rate = 1, .momentum = NAN},
    {.values = "patience=1 factor=0.5 threshold=0.01",
     .step = 0,
     .steps = 100,
     .heard = 3,
     .rate = 1,
     .momentum = NAN},
    {.values = "patience=1 factor=0.5 threshold=0.01",
     .step = 0,
     .steps = 100,
     .heard = 4,
     .rate = 0.5,
     .momentum = NAN},
    {.values = "patience=1 factor=0.5 threshold=0.01",
     .step = 0,
     .steps = 100,
     .heard = 6,
     .rate = 0.5,
     .momentum = NAN},
    {.values = "patience=1 factor=0.5 threshold=0.01",
     .step = 0,
     .steps = 100,
     .heard = 8,
     .rate = 0.25,
     .momentum = NAN},
    {0},
};

const dsc_schedule dsc_schedule_plateau = {
    .name = "plateau",
    .help = "fall when the validation loss stops improving",
    .params = params,
    .values_size = sizeof(plateau_values),
    .pace = pace,
    .listen = listen,
    .examples = examples,
};
