/* SPDX-License-Identifier: MIT */
/* timed.c: how fast recipes are here, which one suits a time, and keeping to it; see timed.h. */
#include "tune/timed.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/split.h"
#include "train/build.h"
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A network's speed for its size may be so many times that of another. */
enum { SLACK = 4 };
enum { PROBE_BATCHES = 16, PROBE_STEPS_LEAST = 2, CHANGES_MOST = DSC_LENGTH_PARTS - 2 };

/* How much the last look counts in the estimate of a step's time; how far off the end may be, in parts of the
 * time that is left, and of all. */
static const double RECENT = 0.4, FAR = 0.1, NEAR = 0.01;

/* Epochs of a figure are there if so much of them is. */
static const double NEARLY = 0.98;

/* --- measuring --- */

/* The same steps, on a few images, with nothing but them. */
static dsc_status make_probe(dsc_recipe *probe, const dsc_recipe *recipe, dsc_error *error) {
    dsc_status status = dsc_recipe_copy(probe, recipe, error);
    if (status) return status;
    free(probe->steps);
    free(probe->others);
    probe->steps = probe->others = NULL;
    probe->others_data = NULL;
    probe->validation = probe->until = 0;
    probe->patience = probe->clean_epochs = probe->training_samples = 0;
    probe->calibrate = false;
    probe->class_weights = DSC_CLASS_WEIGHTS_NONE;
    probe->epochs = INT32_MAX;
    return DSC_OK;
}

/* One step to warm up, and then as many as there is time for. */
static dsc_status time_steps(double *image_seconds, dsc_trainer *t, double seconds, dsc_error *error) {
    dsc_status status = dsc_trainer_step(t, error);
    const double begun = dsc_clock();
    double images = 0, gone = 0;
    for (int steps = 0; !status && (steps < PROBE_STEPS_LEAST || gone < seconds); steps++) {
        if (dsc_trainer_epoch_is_done(t)) {
            t->progress.position = 0;
            t->progress.epoch++;
        }
        const uint64_t before = t->progress.position;
        status = dsc_trainer_step(t, error);
        images += (double)(t->progress.position - before);
        gone = dsc_clock() - begun;
    }
    *image_seconds = gone / images;
    return status;
}

static dsc_status measure(double *image_seconds, const dsc_recipe *recipe, const dsc_timed_work *work,
                          dsc_error *error) {
    dsc_recipe probe;
    dsc_dataset *few = NULL;
    dsc_trainer *trainer = NULL;
    dsc_status status = make_probe(&probe, recipe, error);
    if (status) return status;
    const size_t batch = (size_t)probe.batch < work->images ? (size_t)probe.batch : work->images;
    status = dsc_dataset_first(&few, work->data, PROBE_BATCHES * batch, error);
    if (!status) status = dsc_trainer_create(&trainer, NULL, &probe, few, work->threads, error);
    if (!status) status = time_steps(image_seconds, trainer, work->probe_seconds, error);
    dsc_trainer_free(trainer);
    dsc_dataset_free(few);
    dsc_recipe_clear(&probe);
    return status;
}

/* --- what the time allows --- */

double dsc_timed_epochs(const dsc_timed_way *way, const dsc_timed_work *work) {
    const double epoch =
        way->image_seconds * ((double)work->images + DSC_TIMED_FORWARD * (double)work->held_out);
    return epoch > 0 ? work->seconds / epoch : 0;
}

/* The fewest epochs that are of any use. */
static double epochs_least(const dsc_timed_way *way) {
    double least = 0;
    for (const dsc_known_figure *f = way->figures; f && f->recipe; f++)
        if (!strcmp(f->recipe, way->name) && (!(least > 0) || f->epochs < least)) least = f->epochs;
    return least > 0 ? least : (double)way->recipe.epochs;
}

void dsc_timed_plan(dsc_timed_way *way, const dsc_timed_work *work) {
    way->figure = NULL;
    way->epochs = isfinite(way->image_seconds) ? dsc_timed_epochs(way, work) : 0;
    for (const dsc_known_figure *f = way->figures; f && f->recipe; f++)
        if (!strcmp(f->recipe, way->name) && NEARLY * f->epochs <= way->epochs &&
            (!way->figure || f->epochs > way->figure->epochs))
            way->figure = f;
}

size_t dsc_timed_choose(const dsc_timed_way *ways, size_t count) {
    size_t best = SIZE_MAX, largest = SIZE_MAX;
    double share = -1;
    for (size_t i = 0; i < count; i++)
        if (ways[i].figure && (best == SIZE_MAX || ways[i].figure->accuracy > ways[best].figure->accuracy))
            best = i;
    if (best != SIZE_MAX) return best;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(ways[i].image_seconds)) continue;
        const double own = ways[i].epochs / epochs_least(&ways[i]);
        if (own >= 1) return i;
        if (own > share) {
            share = own;
            largest = i;
        }
    }
    return largest == SIZE_MAX ? 0 : largest;
}

/* --- all of them --- */

typedef struct order {
    size_t way;
    double work;
} order;

static int by_work(const void *a, const void *b) {
    const order *x = a, *y = b;
    return x->work < y->work ? -1 : x->work > y->work;
}

static dsc_status measure_in_order(dsc_timed_way *ways, const order *orders, size_t count,
                                   const dsc_timed_work *work, bool (*stop)(void), dsc_error *error) {
    double fastest = INFINITY; /* seconds for a multiply-add */
    const double begun = dsc_clock();
    size_t measured = 0;
    dsc_error why = {0};
    for (size_t i = 0; i < count; i++) {
        dsc_timed_way *way = &ways[orders[i].way];
        if (stop && stop()) return dsc_fail(error, DSC_ERROR_STOPPED, "the measuring was stopped");
        if (measured) {
            way->image_seconds = fastest / SLACK * orders[i].work;
            const bool hopeless = dsc_timed_epochs(way, work) < epochs_least(way) / SLACK;
            way->image_seconds = INFINITY;
            if (hopeless || dsc_clock() - begun > work->measure_seconds) continue;
        }
        if (measure(&way->image_seconds, &way->recipe, work, &why)) {
            if (why.code == DSC_ERROR_MEMORY) return dsc_fail(error, why.code, "%s", why.message);
            way->image_seconds = INFINITY;
            continue;
        }
        measured++;
        const double pace = way->image_seconds / orders[i].work;
        if (pace < fastest) fastest = pace;
    }
    if (measured) return DSC_OK;
    return dsc_fail(error, why.code ? why.code : DSC_ERROR_ARGUMENT, "%s",
                    why.code ? why.message : "none of the recipes fits these images");
}

dsc_status dsc_timed_measure(dsc_timed_way *ways, size_t count, const dsc_timed_work *work,
                             bool (*stop)(void), dsc_error *error) {
    order *orders = dsc_allocate(count, sizeof *orders);
    if (!orders) return dsc_fail_memory(error, count * sizeof *orders, "a plan");
    size_t possible = 0;
    dsc_error why = {0};
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < count && !status; i++) {
        ways[i].image_seconds = INFINITY;
        const dsc_status made =
            dsc_recipe_count_work(&orders[possible].work, &ways[i].recipe, work->data, &why);
        if (made == DSC_ERROR_MEMORY) status = dsc_fail(error, made, "%s", why.message);
        if (!made) orders[possible++].way = i;
    }
    if (!status && !possible) status = dsc_fail(error, why.code, "%s", why.message);
    if (!status) {
        qsort(orders, possible, sizeof *orders, by_work);
        status = measure_in_order(ways, orders, possible, work, stop, error);
    }
    for (size_t i = 0; i < count && !status; i++) dsc_timed_plan(&ways[i], work);
    free(orders);
    return status;
}

/* --- the clock --- */

uint64_t dsc_timed_look(dsc_timed_clock *c, double at, uint64_t done) {
    if (!c->began) {
        c->began = true;
        c->looked = at;
        c->done = done;
        return 0;
    }
    if (done <= c->done || done >= c->steps) return 0;
    /* Few steps may be left because the machine had stumbled: half of them tell whether it goes on so. */
    const bool late = 2 * (done - c->done) >= c->steps - c->done;
    if (at - c->looked < c->apart && !late) return 0;
    const double step = (at - c->looked) / (double)(done - c->done);
    c->step = c->step > 0 ? c->step + RECENT * (step - c->step) : step;
    c->looked = at;
    c->done = done;
    double wanted = (double)done + (c->end - at) / c->step;
    if (wanted < (double)(done + 1)) wanted = (double)(done + 1);
    if (wanted > (double)c->most) wanted = (double)c->most;
    const uint64_t steps = (uint64_t)(wanted + 0.5);
    const double off = fabs((double)steps - (double)c->steps) * c->step;
    /* What is far away may be mended later. */
    double bearable = FAR * (c->end - at);
    if (bearable < NEAR * c->end) bearable = NEAR * c->end;
    if (steps == c->steps || off < bearable || c->changes >= CHANGES_MOST) return 0;
    c->steps = steps;
    c->changes++;
    return steps;
}
