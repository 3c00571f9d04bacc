/* SPDX-License-Identifier: MIT */
/* optimiser.c: the public optimiser: an updater (updater.h) for the parameters of a session. */
#include "train/loop.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void dsc_optimiser_options_initialise(dsc_optimiser_options *options, size_t size) {
    const dsc_optimiser_options own = {
        .size = sizeof(dsc_optimiser_options), .text = "adam", .weight_decay = -1, .schedule = "constant"};
    dsc_options_give(options, size, &own, sizeof own);
}

static dsc_status check(const dsc_session *session, const dsc_optimiser_options *how, dsc_error *error) {
    if (!session->options.training)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "an optimiser needs gradients; make the session with a loss and `training`");
    if (how->steps_an_epoch > how->steps)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "an epoch of %llu steps is longer than the whole run, of %llu",
                        (unsigned long long)how->steps_an_epoch, (unsigned long long)how->steps);
    return DSC_OK;
}

/* Fills a recipe and parses it: the options have a recipe's texts, ranges and defaults. */
static dsc_status parse(dsc_recipe_parts *parts, const dsc_optimiser_options *how, dsc_error *error) {
    dsc_recipe recipe;
    dsc_status status = dsc_recipe_initialise(&recipe, error);
    if (status) return status;
    recipe.learning_rate = how->learning_rate;
    recipe.weight_decay = how->weight_decay;
    recipe.l1 = how->l1;
    recipe.l2 = how->l2;
    recipe.clip_norm = how->clip_norm;
    recipe.clip_value = how->clip_value;
    recipe.ema = how->ema;
    status = dsc_params_check(dsc_recipe_params, &recipe, error);
    if (!status && how->text) status = dsc_text_replace(&recipe.optimiser, how->text, error);
    if (!status && how->schedule) status = dsc_text_replace(&recipe.schedule, how->schedule, error);
    if (!status) status = dsc_recipe_parse(parts, &recipe, error);
    dsc_recipe_clear(&recipe);
    return status;
}

static dsc_status make(dsc_optimiser *o, const dsc_optimiser_options *how, dsc_error *error) {
    dsc_session *session = o->session;
    dsc_status status = parse(&o->parts, how, error);
    if (status) return status;
    const uint64_t steps = how->steps ? how->steps : 1;
    const dsc_update_rules rules = {.optimiser = &o->parts.optimiser,
                                    .schedule = &o->parts.schedule,
                                    .learning_rate = o->parts.learning_rate,
                                    .weight_decay = o->parts.weight_decay,
                                    .l1 = how->l1,
                                    .l2 = how->l2,
                                    .clip_norm = how->clip_norm,
                                    .clip_value = how->clip_value,
                                    .ema = how->ema,
                                    .steps = steps,
                                    .steps_an_epoch = how->steps_an_epoch ? how->steps_an_epoch : steps,
                                    .gathered = true, /* a session's run gathers the gradients */
                                    .kernels = session->options.kernels};
    if (!dsc_updater_make(&o->updater, session->graph, session->executor, session->values, session->gradients,
                          &rules))
        return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for an optimiser");
    return DSC_OK;
}

dsc_status dsc_optimiser_create(dsc_optimiser **result, dsc_session *session,
                                const dsc_optimiser_options *given, dsc_error *error) {
    dsc_optimiser_options own = dsc_optimiser_options_defaults();
    const dsc_optimiser_options *how = &own;
    *result = NULL;
    dsc_status status = DSC_OPTIONS_TAKE(&own, given, dsc_optimiser_options, text, error);
    if (!status) status = check(session, how, error);
    if (status) return status;
    dsc_optimiser *o = dsc_allocate(1, sizeof *o);
    if (!o) return dsc_fail_memory(error, sizeof *o, "an optimiser");
    o->session = session;
    o->runs = session->runs;
    status = make(o, how, error);
    if (status)
        dsc_optimiser_free(o);
    else
        *result = o;
    return status;
}

void dsc_optimiser_free(dsc_optimiser *o) {
    if (!o) return;
    dsc_updater_clear(&o->updater);
    dsc_recipe_parts_release(&o->parts);
    free(o);
}

dsc_status dsc_optimiser_step(dsc_optimiser *o, dsc_error *error) {
    if (o->runs == o->session->runs)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "a step needs the gradients of a run of its own; call dsc_session_run before it");
    o->runs = o->session->runs;
    dsc_updater_step(&o->updater, o->step++, &o->state);
    return DSC_OK;
}

uint64_t dsc_optimiser_steps(const dsc_optimiser *o) { return o->step; }

double dsc_optimiser_learning_rate(const dsc_optimiser *o) {
    return dsc_updater_learning_rate(&o->updater, o->step, &o->state);
}

void dsc_optimiser_end_epoch(dsc_optimiser *o, double loss) {
    if (o->parts.schedule.kind->listen && isfinite(loss))
        o->parts.schedule.kind->listen(o->parts.schedule.values, &o->state, loss);
}

const dsc_real *dsc_optimiser_average(const dsc_optimiser *o, const dsc_node *node) {
    const bool held = node->graph == o->session->graph && dsc_node_has_numbers(node);
    return held && o->updater.average ? o->updater.average + node->offset : NULL;
}

void dsc_optimiser_take_average(dsc_optimiser *o) {
    const dsc_updater *u = &o->updater;
    if (u->average) memcpy(u->values, u->average, u->numbers * sizeof *u->values);
}
