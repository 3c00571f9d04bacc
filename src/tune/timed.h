/* SPDX-License-Identifier: MIT */
/* timed.h: training within a given time: measures the speed of this machine with each of several recipes,
 * picks the recipe for the time, and watches the clock during training. The result is an ordinary recipe
 * (its `epochs` and `steps`), so repeating the training needs none of this.
 *
 * Each way has the measured accuracies (figures) of its recipe on these data, by number of epochs. The
 * choice is the way whose best figure within the time is highest; its run gets all of the time. If no
 * figure lies within the time, the choice is the first way with time for its least useful number of epochs
 * (the fewest of its figures, or else the recipe's own number), or else the way with time for the largest
 * share of them. */
#ifndef DSC_TUNE_TIMED_H
#define DSC_TUNE_TIMED_H

#include "data/known.h"
#include "train/recipe.h"

/* One of the recipes to choose from. */
typedef struct dsc_timed_way {
    const char *name;
    dsc_recipe recipe; /* the caller owns it */
    const dsc_known_figure
        *figures; /* ends with a row whose recipe is NULL; NULL: no figures for these data and this network */
    double image_seconds; /* seconds of training per image; INFINITY: not measured, too slow */
    /* Set by dsc_timed_plan: */
    double epochs;
    const dsc_known_figure *figure; /* the one with the most epochs within `epochs`; NULL: none */
} dsc_timed_way;

/* What to train, and the time for it. */
typedef struct dsc_timed_work {
    const dsc_dataset *data;
    size_t images;          /* training images in an epoch */
    size_t held_out;        /* images to validate on after each epoch; 0: none */
    double seconds;         /* for the whole training, from the first step on */
    unsigned threads;       /* 0: all */
    double probe_seconds;   /* approximate time to measure each way */
    double measure_seconds; /* after this time, no other way is measured */
} dsc_timed_work;

/* Measures the ways on a few of the images, the lightest network first, and sets image_seconds, epochs and
 * figure. Does not measure a way whose network does not fit the images, or one that could not train a
 * quarter of its least useful number of epochs even if it ran, for its size, four times as fast as the
 * fastest way so far. `stop` (may be NULL) is called between two ways; true: DSC_ERROR_STOPPED. If no way
 * can be trained, fails with the error of the last one. */
dsc_status dsc_timed_measure(dsc_timed_way *ways, size_t count, const dsc_timed_work *work,
                             bool (*stop)(void), dsc_error *error);

/* Sets `epochs` and `figure` from image_seconds. */
void dsc_timed_plan(dsc_timed_way *way, const dsc_timed_work *work);

/* Returns the index of the best way; at least one must be measured. */
size_t dsc_timed_choose(const dsc_timed_way *ways, size_t count);

/* Returns the number of epochs that fit into the time, from image_seconds. */
double dsc_timed_epochs(const dsc_timed_way *way, const dsc_timed_work *work);

/* A forward pass takes about this share of the time of a training step. */
#define DSC_TIMED_FORWARD 0.35

/* --- the clock, during training --- */

/* All times are seconds on one clock, which starts at 0 with the command. */
typedef struct dsc_timed_clock {
    double end;     /* when the last step should end */
    double apart;   /* at least this much between two checks */
    uint64_t most;  /* the largest number of steps of the run */
    uint64_t steps; /* the present number of steps of the run */
    size_t changes; /* changes of `steps` so far */
    double step;    /* measured seconds per step; 0: unknown */
    double looked;  /* time of the last check */
    uint64_t done;  /* steps done at that time */
    bool began;
} dsc_timed_clock;

/* Call after each step, with the time and the number of steps done. Returns the new number of steps of the
 * run, larger than `done`; 0: no change. */
uint64_t dsc_timed_look(dsc_timed_clock *clock, double now, uint64_t done);

#endif
