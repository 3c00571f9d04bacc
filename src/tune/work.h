/* SPDX-License-Identifier: MIT */
/* work.h: internals shared by the files of a running search: tune.c (folder), run.c (rungs), spread.c (a rung
 * of several processes), trial.c (a trial in a rung), tell.c (listener). */
#ifndef DSC_TUNE_WORK_H
#define DSC_TUNE_WORK_H

#include "data/dataset.h"
#include "ranks/ranks.h"
#include "tune/journal.h"
#include "tune/tune.h"

#include <pthread.h>
#include <stdatomic.h>

struct dsc_tune {
    dsc_tune_search search;
    const dsc_dataset *data;
    dsc_dataset *matched; /* resumed search: the data with the class numbers of its start */
    char *folder, *trials_folder;
    int lock;
    dsc_tune_journal journal;
    unsigned threads, parallel;
    const dsc_ranks *ranks; /* NULL: this process is alone */
    double checkpoint_seconds;
    /* While running; `mutex` protects the state that threads share. */
    dsc_tune_on_event *on_event;
    void *user;
    pthread_mutex_t mutex;
    atomic_bool stopping; /* no thread starts further work */
    dsc_status status;    /* the first failure */
    dsc_error error;
    size_t rung, *members, member_count; /* members of the rung; `waiting` are the unfinished ones */
    size_t *waiting, waiting_count;
    unsigned trial_threads;
    dsc_tune_running *running; /* (running_count), one for each worker, of all processes */
    size_t running_count;
    double last_told; /* time of the clock */
};

/* Whether another process writes the journal and the results. */
static inline bool dsc_tune_follows(const dsc_tune *tune) { return dsc_ranks_own(tune->ranks) > 0; }

/* Calls the listener; the caller holds the mutex. */
void dsc_tune_tell(dsc_tune *tune, dsc_tune_event_kind kind, size_t trial, const char *message);
/* The same for progress, at most ten times a second. */
void dsc_tune_tell_step(dsc_tune *tune, size_t trial);

/* Stops the search because of a failure; the caller holds the mutex. */
void dsc_tune_fail(dsc_tune *tune, dsc_status status, const dsc_error *error);

/* How a trial has ended its rung. */
typedef struct dsc_tune_outcome {
    dsc_tune_result result;
    char message[DSC_MESSAGE_SIZE]; /* why it failed; empty if it did not */
} dsc_tune_outcome;

/* Trains a trial to the end of the rung; `worker`: its place in tune->running. DSC_ERROR_STOPPED: it is saved
 * but not done. Other failures concern the search, not the trial. */
dsc_status dsc_tune_trial_run(dsc_tune *tune, size_t trial, size_t worker, dsc_tune_outcome *outcome,
                              dsc_error *error);

/* Records the outcome: in the journal, too, unless this process follows. The caller holds the mutex. */
dsc_status dsc_tune_note(dsc_tune *tune, size_t trial, const dsc_tune_outcome *outcome, dsc_error *error);

/* Called by all processes with their status: fails in all if it failed in one; in the others with
 * DSC_ERROR_STOPPED. */
dsc_status dsc_tune_agree(const dsc_ranks *ranks, dsc_status status, dsc_error *error);

/* Runs the trials of tune->waiting in several processes. */
dsc_status dsc_tune_spread(dsc_tune *tune, dsc_error *error);

/* Whether a file in trials/ has the name of a checkpoint. */
bool dsc_tune_is_checkpoint(const char *name);

/* Checks that the network and training of each trial's recipe can be created for the data. */
dsc_status dsc_tune_check_trials(const dsc_tune *tune, dsc_error *error);

/* Removes the checkpoints of trials that are not members of the rung. */
void dsc_tune_drop_losers(const dsc_tune *tune);

/* Removes all checkpoints and their folder. */
void dsc_tune_clean(const dsc_tune *tune);

#endif
