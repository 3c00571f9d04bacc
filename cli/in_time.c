/* SPDX-License-Identifier: MIT */
/* in_time.c: `--seconds` and `--minutes`: picks a recipe for a time and keeps to it, with tune/timed.h. */
#include "in_time.h"

#include "base/clock.h"
#include "given.h"
#include "together.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PROBES and MEASURING are shares of the whole time. The measured steps take PROBES of it, and at most
 * PROBE_MOST seconds per recipe. After MEASURING of it, which includes making the networks, no further recipe
 * is measured. */
static const double PROBES = 0.08, PROBE_MOST = 0.5, MEASURING = 0.15;

/* seconds to draw the curves and save the model */
static const double LAST_FILES = 0.12;

/* The run may become longer than planned by this factor. */
static const double ROOM = 1.5;

/* Without measurements: from the slowest to the fastest. */
static const char *const usual[] = {"mnist-99.5", "mnist-99", "mlp", "mnist-98"};

static double gone(const command_in_time *t) { return dsc_clock() - t->begun; }

void command_in_time_begin(command_in_time *t, double seconds) {
    *t = (command_in_time){.seconds = seconds, .begun = dsc_clock()};
}

void command_in_time_clear(command_in_time *t) {
    for (size_t i = 0; i < t->count; i++) dsc_recipe_clear(&t->ways[i].recipe);
    t->count = 0;
}

dsc_status command_in_time_check(const command_in_time *t, command_call *call, dsc_error *error) {
    static const char *const decided[] = {"epochs", "steps", "resume", "find-rate"};
    if (!(t->seconds > 0)) return DSC_OK;
    if (command_given(call, "seconds") && command_given(call, "minutes"))
        return command_wrong_usage(call, error,
                                   "--seconds and --minutes both set the time; give one of them");
    if (command_ranks(call))
        return command_wrong_usage(call, error,
                                   "training for a given time uses one process; start it without mpirun");
    for (size_t i = 0; i < sizeof decided / sizeof *decided; i++)
        if (command_given(call, decided[i]))
            return command_wrong_usage(
                call, error, "a given time determines the length of training; omit --%s%s", decided[i],
                i == 2 ? " or the time: a resumed run keeps the length chosen for it" : ", or the time");
    return DSC_OK;
}

/* ---- the choices ---- */

static bool is_own_network(const command_call *call, const dsc_recipe *recipe, const char *name) {
    return !command_recipe_is_auto(name) || recipe->from || command_given(call, "model");
}

static const dsc_known_figure *figures_of(const command_in_time *t, const dsc_dataset *train,
                                          const dsc_recipe *recipe) {
    const size_t part = (size_t)recipe->training_samples;
    const dsc_known_figure *f = t->known ? t->known->figures : NULL;
    return f && f->images == train->count && (!part || part >= train->count) ? f : NULL;
}

bool command_in_time_knows(const command_in_time *in_time, const command_call *call, const dsc_recipe *recipe,
                           const char *name, const command_data *data) {
    const command_in_time t = {.known = dsc_dataset_known(data->train)};
    return in_time->seconds > 0 && !is_own_network(call, recipe, name) &&
           figures_of(&t, data->train, recipe) != NULL;
}

/* Takes over the recipe, also after a failure. The data and the teacher are those of `like`, which the caller
 * has found already. */
static dsc_status add_way(command_in_time *t, const char *name, dsc_recipe *recipe, const dsc_recipe *like,
                          const dsc_known_figure *figures, dsc_error *error) {
    dsc_status status = dsc_text_replace(&recipe->data, like->data, error);
    if (!status && like->teacher) status = dsc_text_replace(&recipe->teacher, like->teacher, error);
    if (status || t->count == COMMAND_WAYS_MOST) {
        dsc_recipe_clear(recipe);
        return status;
    }
    dsc_recipe_borrow(recipe, like);
    t->ways[t->count++] = (dsc_timed_way){.name = name, .recipe = *recipe, .figures = figures};
    return DSC_OK;
}

static dsc_status add_named(command_in_time *t, const char *name, const dsc_recipe *like, command_call *call,
                            const dsc_recipe *given, const dsc_known_figure *figures, dsc_error *error) {
    dsc_recipe recipe;
    for (size_t i = 0; i < t->count; i++)
        if (!strcmp(t->ways[i].name, name)) return DSC_OK;
    dsc_status status = dsc_recipe_open(&recipe, name, error);
    if (status) return status;
    status = command_recipe_override(&recipe, call, given, error);
    if (!status) return add_way(t, name, &recipe, like, figures, error);
    dsc_recipe_clear(&recipe);
    return status;
}

static dsc_status list_ways(command_in_time *t, const dsc_recipe *recipe, const char *name,
                            command_call *call, const dsc_recipe *given, const dsc_dataset *train,
                            dsc_error *error) {
    const dsc_known_figure *figures = figures_of(t, train, recipe);
    const bool own = is_own_network(call, recipe, name);
    dsc_status status = DSC_OK;
    if (own || !figures) {
        dsc_recipe copy;
        status = dsc_recipe_copy(&copy, recipe, error);
        if (!status) status = add_way(t, name, &copy, recipe, figures, error);
    }
    if (own) return status;
    for (const dsc_known_figure *f = figures; f && f->recipe && !status; f++)
        status = add_named(t, f->recipe, recipe, call, given, figures, error);
    for (size_t i = 0; !figures && i < sizeof usual / sizeof *usual && !status; i++)
        status = add_named(t, usual[i], recipe, call, given, NULL, error);
    return status;
}

/* Whether the published figures apply to these options. */
static bool is_untouched(const command_call *call) {
    static const char *const harmless[] = {"data", "seed", "kernels", "lanes"};
    for (const dsc_param *p = dsc_recipe_params; p->name; p++) {
        bool counts = command_given(call, p->name);
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
            counts = counts && strcmp(p->name, harmless[i]) != 0;
        if (counts) return false;
    }
    return true;
}

/* ---- output before the start ---- */

static const char *seconds_text(char out[48], double seconds) {
    char number[32];
    const bool minutes = seconds >= 120;
    (void)dsc_format_fixed(number, sizeof number, minutes ? seconds / 60 : seconds, seconds < 10 ? 2 : 1);
    (void)snprintf(out, 48, "%s %s", number, minutes ? "minutes" : "seconds");
    return out;
}

static void append_way(dsc_text *text, const dsc_timed_way *way) {
    char a[48], b[48], c[48], d[48], name[DSC_VISIBLE];
    (void)dsc_visible(name, sizeof name, way->name);
    if (!isfinite(way->image_seconds)) {
        dsc_text_append(text, "  %-14s%11s%9s%12s\n", name, "-", "-", "");
        return;
    }
    dsc_text_append(text, "  %-14s%11s%9s", name, dsc_format_grouped(a, 1 / way->image_seconds),
                    dsc_format_fixed(b, sizeof b, way->epochs, 1));
    if (way->figure)
        dsc_text_append(
            text, "%10s %% with %s epoch%s", dsc_format_fixed(c, sizeof c, way->figure->accuracy, 2),
            dsc_format_fixed(d, sizeof d, way->figure->epochs, 0), way->figure->epochs > 1 ? "s" : "");
    dsc_text_append(text, "\n");
}

static void append_expectation(dsc_text *text, const command_in_time *t) {
    const dsc_timed_way *way = &t->ways[t->picked];
    const dsc_known_figure *f = way->figure;
    char a[48], b[48], c[48];
    if (!f) {
        dsc_text_append(text, way->figures
                                  ? "No accuracy was measured with so few epochs, so none is promised\n"
                                  : "No accuracy was measured on these data, so none is promised\n");
        return;
    }
    dsc_text_append(
        text, "%s %s %% of %s's test set, sigma %s, with %s epoch%s, %zu seeds\n",
        t->untouched ? "Expect" : "Without the given options:", dsc_format_fixed(a, sizeof a, f->accuracy, 2),
        t->known->title, dsc_format_fixed(b, sizeof b, f->sigma, 2),
        dsc_format_fixed(c, sizeof c, f->epochs, 0), f->epochs > 1 ? "s" : "", f->seeds);
    if (way->epochs > 1.2 * f->epochs) dsc_text_append(text, "  (more epochs, as here, were not measured)\n");
}

static void tell_plan(const command_in_time *t, const command_call *call) {
    char a[48], b[48], c[48], name[DSC_VISIBLE];
    dsc_text text = {0};
    if (call->json || call->quiet) return;
    dsc_text_append(&text, "For %s, on this machine:\n  %-14s%11s%9s%s\n", seconds_text(a, t->seconds),
                    "recipe", "images/s", "epochs", t->ways->figures ? "  was measured" : "");
    for (size_t i = 0; i < t->count; i++) append_way(&text, &t->ways[i]);
    dsc_text_append(&text, "Picked: %s, %s epochs, %s steps\n",
                    dsc_visible(name, sizeof name, t->ways[t->picked].name),
                    dsc_format_fixed(b, sizeof b, t->ways[t->picked].epochs, 1),
                    dsc_format_grouped(c, (double)t->planned));
    append_expectation(&text, t);
    (void)command_print_text(&text, NULL); /* without memory nothing is printed; later work reports it */
    (void)fflush(stdout);
}

/* ---- the recipe ---- */

/* Sets epochs with room for more, and the steps that end the run. The clean epochs stay the last ones. */
static dsc_status set_length(command_in_time *t, const dsc_timed_work *work, dsc_error *error) {
    dsc_timed_way *way = &t->ways[t->picked];
    dsc_recipe *r = &way->recipe;
    const double batch = (double)r->batch, images = (double)work->images;
    double an_epoch = r->drop_last ? floor(images / batch) : ceil(images / batch);
    if (an_epoch < 1) an_epoch = 1;
    const double most = 100000, epochs = way->epochs < most / ROOM - 1 ? way->epochs : most / ROOM - 1;
    const double steps = floor(epochs * an_epoch);
    char text[32];
    t->planned = t->told = steps > 1 ? (uint64_t)steps : 1;
    r->epochs = (int64_t)ceil(ROOM * epochs) + 1;
    if (r->clean_epochs > (int64_t)ceil(epochs) - 1) r->clean_epochs = (int64_t)ceil(epochs) - 1;
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)t->planned);
    return dsc_text_replace(&r->steps, text, error);
}

/* The seconds for the test set and the last files; answering an image is a fraction of training on one. */
static double tail_of(const dsc_timed_way *way, const command_data *data, const dsc_timed_work *work) {
    const double last = (double)(data->test ? data->test->count : 0) + (double)work->held_out;
    return DSC_TIMED_FORWARD * way->image_seconds * last + LAST_FILES;
}

/* Fits the recipe again to the remaining time, now that the time of the end is known. */
static dsc_status fit(command_in_time *t, const command_data *data, dsc_timed_work *work, dsc_error *error) {
    char a[48], b[48];
    dsc_timed_way *way = &t->ways[t->picked];
    t->tail = tail_of(way, data, work);
    work->seconds = t->seconds - gone(t) - t->tail;
    way->epochs = dsc_timed_epochs(way, work);
    if (work->seconds > 0 && way->epochs * (double)work->images >= (double)way->recipe.batch) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "%s is too short: reading the data and measuring took %s, and the end takes about %s",
                    seconds_text(a, t->seconds), seconds_text(b, gone(t)),
                    seconds_text((char[48]){0}, t->tail));
}

static dsc_status take_picked(command_in_time *t, dsc_recipe *recipe, char **name, dsc_error *error) {
    dsc_timed_way *way = &t->ways[t->picked];
    dsc_recipe copy;
    dsc_status status = dsc_recipe_copy(&copy, &way->recipe, error);
    if (status) return status;
    dsc_recipe_clear(recipe);
    *recipe = copy;
    /* a name in the list belongs to a way, and this may be the recipe's own */
    return strcmp(*name, way->name) != 0 ? dsc_text_replace(name, way->name, error) : DSC_OK;
}

dsc_status command_in_time_pick(command_in_time *t, dsc_recipe *recipe, char **name, command_call *call,
                                const dsc_recipe *given, const command_data *data, unsigned threads,
                                dsc_error *error) {
    size_t images = data->train->count;
    if (recipe->training_samples && (size_t)recipe->training_samples < images)
        images = (size_t)recipe->training_samples;
    const size_t held_out = (size_t)((double)images * recipe->validation);
    t->known = dsc_dataset_known(data->train);
    t->untouched = is_untouched(call);
    dsc_status status = list_ways(t, recipe, *name, call, given, data->train, error);
    if (status) return status;
    dsc_timed_work work = {.data = data->train,
                           .images = images - held_out,
                           .held_out = held_out,
                           .threads = threads,
                           .seconds = t->seconds - gone(t) - LAST_FILES,
                           .probe_seconds = PROBES * t->seconds / (double)t->count,
                           .measure_seconds = MEASURING * t->seconds};
    if (work.probe_seconds > PROBE_MOST) work.probe_seconds = PROBE_MOST;
    status = dsc_timed_measure(t->ways, t->count, &work, command_should_stop, error);
    if (status) return status;
    t->picked = dsc_timed_choose(t->ways, t->count);
    status = fit(t, data, &work, error);
    if (!status) status = set_length(t, &work, error);
    if (!status) tell_plan(t, call);
    return status ? status : take_picked(t, recipe, name, error);
}

/* ---- the clock ---- */

void command_in_time_start(command_in_time *t, const dsc_training_run *run) {
    if (!(t->seconds > 0)) return;
    const dsc_trainer *trainer = dsc_run_trainer(run);
    t->clock = (dsc_timed_clock){.end = t->seconds - t->tail,
                                 .apart = t->seconds / 50,
                                 .most = trainer->steps_an_epoch * (uint64_t)trainer->recipe.epochs,
                                 .steps = dsc_trainer_steps(trainer)};
}

void command_in_time_look(command_in_time *t, const command_call *call, dsc_training_run *run) {
    if (!(t->seconds > 0) || t->gave_up) return;
    const uint64_t done = dsc_run_trainer(run)->progress.step;
    const uint64_t steps = dsc_timed_look(&t->clock, gone(t), done);
    if (!steps) return;
    dsc_error why = {0};
    if (dsc_run_change_steps(run, steps, &why)) {
        command_complain("warning: the run keeps its planned length: %s", why.message);
        t->gave_up = true;
        return;
    }
    const double change = (double)steps / (double)t->told;
    if (change > 0.9 && change < 1.1) return;
    t->told = steps;
    command_remark(call,
                   "The machine is %s than at the start: the run ends with step %llu, and the schedule is "
                   "adapted to that",
                   change < 1 ? "slower" : "faster", (unsigned long long)steps);
}

/* ---- results ---- */

void command_in_time_append(dsc_text *text, const command_in_time *t) {
    char a[48], b[48];
    if (t->clock.steps)
        dsc_text_append(text, "Time: %s of %s\n", seconds_text(a, gone(t)), seconds_text(b, t->seconds));
}

json_t *command_in_time_json(const command_in_time *t, uint64_t steps) {
    const dsc_known_figure *f = t->ways[t->picked].figure;
    json_t *expected = f && t->untouched
                           ? json_pack("{s:f, s:f, s:I, s:f}", "accuracy", f->accuracy / 100, "sigma",
                                       f->sigma / 100, "seeds", (json_int_t)f->seeds, "epochs", f->epochs)
                           : json_null();
    return json_pack("{s:f, s:f, s:o, s:I, s:I, s:o}", "given", t->seconds, "seconds", gone(t), "recipe",
                     dsc_json_text(t->ways[t->picked].name), "steps_planned", (json_int_t)t->planned, "steps",
                     (json_int_t)steps, "expected", expected);
}
