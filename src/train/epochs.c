/* SPDX-License-Identifier: MIT */
/* epochs.c: the training loop: steps, validation, early stopping and events. */
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "ranks/ranks.h"
#include "train/sanity.h"
#include "train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct loop {
    dsc_trainer *trainer;
    dsc_on_event *on_event;
    void *user;
    double started, before; /* clock at the start; seconds of earlier processes of this run */
    uint64_t first_step;    /* first step of this process */
    double validation_loss, validation_accuracy;
    bool stopped;
} loop;

/* A single process stops at once. Several processes stop together after the next step (step.c). */
static void ask_to_stop(loop *l) {
    dsc_trainer *t = l->trainer;
    if (dsc_ranks_count(t->recipe.ranks) > 1)
        t->asked_to_stop = true;
    else
        l->stopped = true;
}

static dsc_event describe(const loop *l, dsc_event_kind kind, const char *message) {
    const dsc_trainer *t = l->trainer;
    const dsc_progress *p = &t->progress;
    double here = dsc_clock() - l->started;
    uint64_t all = dsc_trainer_steps(t), done = p->step - l->first_step;
    double seen = p->position ? (double)p->position : NAN;
    double of_classes = p->position > t->others_seen ? (double)(p->position - t->others_seen) : NAN;
    return (dsc_event){.kind = kind,
                       .epoch = p->epoch + (kind == DSC_EVENT_EPOCH || kind == DSC_EVENT_END ? 0 : 1),
                       .epochs = dsc_trainer_epochs(t),
                       .step = p->step % t->steps_an_epoch,
                       .steps = t->steps_an_epoch,
                       .loss = p->loss_sum / seen,
                       .accuracy = (double)p->correct / of_classes,
                       .validation_loss = l->validation_loss,
                       .validation_accuracy = l->validation_accuracy,
                       .learning_rate = dsc_trainer_learning_rate(t),
                       .seconds = l->before + here,
                       .samples_per_second = here > 0 ? (double)done * (double)t->recipe.batch / here : NAN,
                       .seconds_left = done ? here / (double)done * (double)(all - p->step) : NAN,
                       .message = message};
}

static void tell(loop *l, const dsc_event *event) {
    if (l->on_event && l->on_event(l->user, event)) ask_to_stop(l);
}

static void warn(void *user, const char *message) {
    loop *l = user;
    dsc_event event = describe(l, DSC_EVENT_WARNING, message);
    tell(l, &event);
}

static dsc_status validate(loop *l, dsc_error *error) {
    dsc_trainer *t = l->trainer;
    l->validation_loss = l->validation_accuracy = NAN;
    if (!t->validation) return DSC_OK;
    dsc_status status = dsc_evaluator_run(t->evaluator, &t->validation_metrics, dsc_trainer_values(t),
                                          t->validation, NULL, NULL, error);
    if (status) return status;
    if (t->validation_metrics.not_finite)
        return dsc_trainer_fail_answers(t, &t->validation_metrics, "held-out images", error);
    l->validation_loss = dsc_metrics_loss(&t->validation_metrics);
    l->validation_accuracy = dsc_metrics_accuracy(&t->validation_metrics);
    return DSC_OK;
}

/* Keeps the weights if the validation loss is the best so far. Returns true if `patience` is exhausted. */
static bool patience_is_over(loop *l) {
    dsc_trainer *t = l->trainer;
    dsc_progress *p = &t->progress;
    if (l->validation_loss < p->best_loss) {
        p->best_loss = l->validation_loss;
        p->best_epoch = p->epoch;
        p->epochs_without = 0;
        if (t->best)
            memcpy(t->best, t->updater.average ? t->updater.average : t->model->values,
                   t->updater.numbers * sizeof(dsc_real));
    } else {
        p->epochs_without++;
    }
    return t->recipe.patience > 0 && p->epochs_without >= (uint64_t)t->recipe.patience;
}

static void tell_patience(char out[DSC_MESSAGE_SIZE], const dsc_trainer *t) {
    unsigned long long without = (unsigned long long)t->progress.epochs_without;
    (void)snprintf(out, DSC_MESSAGE_SIZE,
                   "stopped early: %llu epoch%s without a better validation loss; the weights of epoch %llu "
                   "are kept",
                   without, without == 1 ? "" : "s", (unsigned long long)dsc_trainer_kept_epoch(t));
}

/* Whether the validation accuracy has reached `until`. The weights of this epoch are then kept. */
static bool is_reached(const loop *l) {
    const dsc_trainer *t = l->trainer;
    /* 942 of 1,000 are 94.2 percent, although 100 * 0.942 is less in binary. */
    return t->recipe.until > 0 && 100 * l->validation_accuracy >= t->recipe.until * (1 - 1e-12);
}

static void keep_these(loop *l) {
    dsc_trainer *t = l->trainer;
    t->progress.best_loss = l->validation_loss;
    t->progress.best_epoch = t->progress.epoch;
    if (t->best)
        memcpy(t->best, t->updater.average ? t->updater.average : t->model->values,
               t->updater.numbers * sizeof(dsc_real));
}

static void tell_until(char out[DSC_MESSAGE_SIZE], const loop *l) {
    const dsc_trainer *t = l->trainer;
    char found[32], wanted[32];
    (void)dsc_format_fixed(found, sizeof found, 100 * l->validation_accuracy, 2);
    (void)dsc_format_shortest(wanted, t->recipe.until);
    if (t->progress.finished == DSC_FINISHED_UNTIL)
        (void)snprintf(out, DSC_MESSAGE_SIZE,
                       "stopped: %s %% of the held-out images are right, and %s %% were requested", found,
                       wanted);
    else
        (void)snprintf(out, DSC_MESSAGE_SIZE,
                       "ended without reaching the requested %s %%: %s %% of the held-out images are right",
                       wanted, found);
}

/* Returns the reason why the run is finished (DSC_FINISHED_...), or 0. */
static uint64_t is_finished(loop *l) {
    const dsc_progress *p = &l->trainer->progress;
    const bool over = l->trainer->validation && patience_is_over(l);
    if (is_reached(l)) {
        keep_these(l);
        return DSC_FINISHED_UNTIL;
    }
    if (over) return DSC_FINISHED_PATIENCE;
    return p->step >= dsc_trainer_steps(l->trainer) ? DSC_FINISHED_STEPS : 0;
}

static dsc_status end_epoch(loop *l, dsc_error *error) {
    dsc_trainer *t = l->trainer;
    dsc_progress *p = &t->progress;
    dsc_status status = dsc_trainer_check(t, error);
    if (!status) status = validate(l, error);
    if (status) return status;
    p->epoch++;
    const uint64_t finished = is_finished(l);
    double watched = t->validation ? l->validation_loss : p->loss_sum / (double)p->position;
    if (t->parts.schedule.kind->listen)
        t->parts.schedule.kind->listen(t->parts.schedule.values, &p->schedule, watched);
    p->finished = finished;
    if (p->finished && !t->validation) status = dsc_trainer_check_result(t, error);
    if (status) return status;
    char message[DSC_MESSAGE_SIZE];
    const bool early = finished == DSC_FINISHED_PATIENCE, asked = finished && t->recipe.until > 0;
    if (early)
        tell_patience(message, t);
    else if (asked)
        tell_until(message, l);
    dsc_event event = describe(l, DSC_EVENT_EPOCH, early || asked ? message : NULL);
    event.step = t->steps_an_epoch;
    dsc_sanity_after_epoch(t, event.loss, warn, l);
    /* A checkpoint that is saved from here on begins the next epoch. */
    p->position = p->correct = 0;
    p->loss_sum = 0;
    p->seconds = event.seconds;
    tell(l, &event);
    l->validation_loss = l->validation_accuracy = NAN;
    return DSC_OK;
}

static dsc_status run_epoch(loop *l, dsc_error *error) {
    dsc_trainer *t = l->trainer;
    while (!l->stopped && !dsc_trainer_epoch_is_done(t)) {
        dsc_status status = dsc_trainer_step(t, error);
        if (status == DSC_ERROR_DIVERGED) return dsc_trainer_diagnose(t, error);
        if (status) return status;
        l->stopped = l->stopped || t->stops;
        dsc_event event = describe(l, DSC_EVENT_STEP, NULL);
        event.step = event.step ? event.step : event.steps;
        t->progress.seconds = event.seconds;
        tell(l, &event);
    }
    return dsc_trainer_epoch_is_done(t) ? end_epoch(l, error) : DSC_OK;
}

dsc_status dsc_trainer_run(dsc_trainer *t, dsc_on_event *on_event, void *user, dsc_error *error) {
    loop l = {.trainer = t,
              .on_event = on_event,
              .user = user,
              .started = dsc_clock(),
              .validation_loss = NAN,
              .validation_accuracy = NAN};
    t->asked_to_stop = t->stops = false;
    dsc_status status = dsc_trainer_meet(t, error);
    if (status) return status;
    l.before = t->progress.seconds;
    l.first_step = t->progress.step;
    char message[128];
    (void)snprintf(message, sizeof message, "%.1f MiB planned for training",
                   (double)dsc_trainer_bytes(t) / 1048576);
    dsc_event event = describe(&l, DSC_EVENT_START, message);
    tell(&l, &event);
    if (*t->parts.choice.refused) warn(&l, t->parts.choice.refused);
    if (*t->remark) warn(&l, t->remark);
    if (!t->progress.step) dsc_sanity_before(t, warn, &l);
    while (!status && !l.stopped && !t->progress.finished) status = run_epoch(&l, error);
    if (status) return status;
    if (!t->progress.finished) return dsc_fail(error, DSC_ERROR_STOPPED, "training was stopped");
    const dsc_real *result = dsc_trainer_result(t);
    if (result != t->model->values) memcpy(t->model->values, result, t->updater.numbers * sizeof(dsc_real));
    status = dsc_trainer_calibrate(t, error);
    if (!status) status = dsc_trainer_choose_refusal(t, error);
    if (status) return status;
    event = describe(&l, DSC_EVENT_END, NULL);
    tell(&l, &event);
    return DSC_OK;
}
