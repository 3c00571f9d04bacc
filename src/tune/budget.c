/* SPDX-License-Identifier: MIT */
/* budget.c: checks footprints against a budget and finds Pareto fronts of accuracy against size. */
#include "tune/budget.h"

#include <string.h>

static bool fits(uint64_t bytes, uint64_t most) { return bytes != UINT64_MAX && (!most || bytes <= most); }

bool dsc_footprint_fits(const dsc_footprint *footprint, const dsc_footprint *most) {
    return fits(footprint->flash, most->flash) && fits(footprint->ram, most->ram);
}

uint64_t dsc_footprint_size(const dsc_footprint *footprint, const dsc_footprint *most) {
    return most->flash || !most->ram ? footprint->flash : footprint->ram;
}

/* Goes from the most accurate trial on; a trial is on the front if it is smaller than all trials before
 * it. */
size_t dsc_tune_take_front(size_t *trials, size_t count, const dsc_footprint *footprints,
                           const dsc_footprint *most) {
    size_t taken = 0;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        const size_t trial = trials[i];
        const uint64_t size = dsc_footprint_size(&footprints[trial], most);
        if (size >= least) continue;
        least = size;
        memmove(trials + taken + 1, trials + taken, (i - taken) * sizeof *trials);
        trials[taken++] = trial;
    }
    return taken;
}

void dsc_tune_order_by_front(size_t *trials, size_t count, size_t places, const dsc_footprint *footprints,
                             const dsc_footprint *most) {
    for (size_t done = 0, taken; done < count && done < places; done += taken) {
        const size_t left = places - done;
        taken = dsc_tune_take_front(trials + done, count - done, footprints, most);
        for (size_t i = 1; taken > left && i < left; i++)
            trials[done + i] = trials[done + i * (taken - 1) / (left - 1)];
    }
}
