/* SPDX-License-Identifier: MIT */
/* work.h: what the files of a search at work share: tune.c (folder), run.c (rungs), trial.c (a trial in a
 * rung), tell.c (its listener). */
#ifndef DSC_TUNE_WORK_H
#define DSC_TUNE_WORK_H

#include "data/dataset.h"
#include "tune/journal.h"
#include "tune/tune.h"

#include <pthread.h>
#include <stdatomic.h>

struct dsc_tune {
    dsc_tune_search search;
    const dsc_dataset *data;
    dsc_dataset *matched; /* of a resumed one: the data, numbered as the search began */
    char *folder, *trials_folder;
    int lock;
    dsc_tune_journal journal;
    unsigned threads, parallel;
    double checkpoint_seconds;
    /* While it runs; what threads share is changed under `mutex`. */
    dsc_tune_on_event *on_event;
    void *user;
    pthread_mutex_t mutex;
    atomic_bool stopping; /* nobody begins anything more */
    dsc_status status;    /* the first failure */
    dsc_error error;
    size_t rung, *members, member_count; /* the rung's, and of them those to do: */
    size_t *waiting, waiting_count;
    unsigned trial_threads;
    dsc_tune_running *running; /* (running_count), one for each worker */
    size_t running_count;
    double last_told; /* clock */
};

/* Seconds of a clock that does not run backwards. */
double dsc_tune_now(void);

/* Tells the listener, with the mutex held. */
void dsc_tune_tell(dsc_tune *tune, dsc_tune_event_kind kind, size_t trial, const char *message);

/* Trains a trial to the end of the rung and notes the result. DSC_ERROR_STOPPED: it is saved, and not done.
 * Other failures are of the search, not of the trial. */
dsc_status dsc_tune_trial_run(dsc_tune *tune, size_t trial, unsigned worker, dsc_error *error);

/* Whether a file in trials/ is called as a checkpoint of a trial is. */
bool dsc_tune_is_checkpoint(const char *name);

/* Checks that what the recipe of each trial describes can be made for the data. */
dsc_status dsc_tune_check_trials(const dsc_tune *tune, dsc_error *error);

/* Removes the checkpoints of those that are not among the members of the rung. */
void dsc_tune_drop_losers(const dsc_tune *tune);

/* Removes the checkpoints of all trials, and their folder. */
void dsc_tune_clean(const dsc_tune *tune);

#endif
