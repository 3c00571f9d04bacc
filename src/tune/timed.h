/* SPDX-License-Identifier: MIT */
/* timed.h: training that takes a given time: how fast this machine is with each of several recipes, which of
 * them suits the time, and a look at the clock on the way. What is chosen is an ordinary recipe (its `epochs`
 * and `steps`), so nothing here is needed to train it again.
 *
 * The recipe with the best accuracy that was measured on these data with no more epochs than there is time
 * for is picked, and gets all of the time. On data of which no figures are known the first one is picked that
 * has time for the epochs that it usually has, else the one that has time for the largest share of them. */
#ifndef DSC_TUNE_TIMED_H
#define DSC_TUNE_TIMED_H

#include "data/known.h"
#include "train/recipe.h"

/* One of the recipes to choose from. */
typedef struct dsc_timed_way {
    const char *name;
    dsc_recipe recipe; /* the caller's */
    const dsc_known_figure
        *figures; /* of the data, a recipe of NULL ends them; NULL: none are known, or they do not fit */
    double image_seconds; /* training with one image takes so long; INFINITY: not measured, hopeless */
    /* What the time allows. */
    double epochs;
    const dsc_known_figure *figure; /* the one with the most epochs that are not more; NULL: none */
} dsc_timed_way;

/* What is to be done in how long. */
typedef struct dsc_timed_work {
    const dsc_dataset *data;
    size_t images;          /* of them to train on, by the recipes */
    size_t held_out;        /* to validate after each epoch; 0: none */
    double seconds;         /* for all training, from the first step on */
    unsigned threads;       /* 0: all */
    double probe_seconds;   /* for measuring each way, about */
    double measure_seconds; /* when they are over, no other way is measured */
} dsc_timed_work;

/* Measures the ways, the lightest network first, on a few of the images; one that could not do a quarter of
 * what it needs, even if it were four times as fast for its size as the fastest before, is not measured. Nor
 * is one whose network does not fit the images. Fills in all but what the caller does. `stop` (may be NULL)
 * is asked between two ways whether to: DSC_ERROR_STOPPED. Fails with the last reason if none of the ways can
 * be trained. */
dsc_status dsc_timed_measure(dsc_timed_way *ways, size_t count, const dsc_timed_work *work,
                             bool (*stop)(void), dsc_error *error);

/* What the time allows, by image_seconds: `epochs` and `figure`. */
void dsc_timed_plan(dsc_timed_way *way, const dsc_timed_work *work);

/* Which of them; `ways` are measured, at least one of them. */
size_t dsc_timed_choose(const dsc_timed_way *ways, size_t count);

/* Epochs for that time, by image_seconds. */
double dsc_timed_epochs(const dsc_timed_way *way, const dsc_timed_work *work);

/* A forward pass takes about this share of a training step's time. */
#define DSC_TIMED_FORWARD 0.35

/* --- the clock, while training --- */

/* All seconds are of one clock, whose 0 is the start of the whole. */
typedef struct dsc_timed_clock {
    double end;     /* when the last step is to be done */
    double apart;   /* between two looks, at least */
    uint64_t most;  /* steps that the run may have */
    uint64_t steps; /* that it has, as things stand */
    size_t changes; /* so far */
    double step;    /* seconds a step takes, as last seen; 0: not known yet */
    double looked;  /* when */
    uint64_t done;  /* steps, then */
    bool began;
} dsc_timed_clock;

/* After each step, `now` and `done` steps: how many steps the run is to have from now on, more than are done,
 * or 0: as many as before. */
uint64_t dsc_timed_look(dsc_timed_clock *clock, double now, uint64_t done);

#endif
