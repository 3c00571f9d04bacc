/* SPDX-License-Identifier: MIT */
/*
 * tune.h: a search at work, and its folder.
 *
 *   journal.jsonl   what the search is, and every result: record.c has the lines. All else can be made again
 *   from it trials/         checkpoints of the trials that may go on; empty at the end
 *   best.json       the best trial's recipe, at the end, for `descender train --recipe`
 *
 * Trials of a rung run at once, each in a thread of its own and trained by one; where there are fewer trials
 * than threads, each gets several. No result depends on that, nor on interruptions: the trainer promises the
 * same bits, and who goes on is decided when a rung is done.
 *
 * A search survives its process. When that is killed, every result that was told is in the journal, and a
 * trial goes on from its last checkpoint, or, where that is lost or damaged, from its beginning.
 *
 * As with a run (run/run.h), a folder that holds anything of these names is no place for a new search.
 *
 * The training set alone is ever looked at: a share of it is held out, the same for all trials.
 */
#ifndef DSC_TUNE_TUNE_H
#define DSC_TUNE_TUNE_H

#include "run/names.h"
#include "tune/search.h"

#define DSC_TUNE_TRIALS "trials"
/* Drawn by the program at the end. */
#define DSC_TUNE_CHART_SVG "what-mattered.svg"
#define DSC_TUNE_CHART_PNG "what-mattered.png"
#define DSC_TUNE_FRONT_SVG "front.svg"
#define DSC_TUNE_FRONT_PNG "front.png"

typedef struct dsc_tune dsc_tune;

typedef struct dsc_tune_how {
    const char *folder;        /* to be made, or empty; NULL: the next free "runs/NNNN-tune-NAME" */
    unsigned threads;          /* 0: all */
    unsigned parallel;         /* trials at once, at most: their memory adds up; 0: as many as threads */
    double checkpoint_seconds; /* a long rung is saved so often; 0: 10 */
    dsc_remarks *remarks;      /* resuming: what is to be told of the data; NULL: nothing */
    /* Resuming: what the recipe has and is in no file (recipe.h), or NULL. */
    const dsc_model *start;
    const dsc_dataset *others;
} dsc_tune_how;

/* Begins the search, which is taken over, also after an error: makes the models of all trials once, so that
 * what is wrong with one is known before any work, then the folder and the journal. `data` must outlive it;
 * `data_name` is for people. */
dsc_status dsc_tune_start(dsc_tune **tune, dsc_tune_search *search, const dsc_dataset *data,
                          const char *data_name, const dsc_tune_how *how, dsc_error *error);

/* The search of the journal in `folder`. Release with dsc_tune_search_clear, also after an error. */
dsc_status dsc_tune_search_open(dsc_tune_search *search, const char *folder, dsc_error *error);

/* Goes on with the search in how->folder; refuses other data. */
dsc_status dsc_tune_resume(dsc_tune **tune, const dsc_dataset *data, const dsc_tune_how *how,
                           dsc_error *error);

typedef enum dsc_tune_event_kind {
    DSC_TUNE_RUNG,    /* a rung begins, or goes on */
    DSC_TUNE_STEP,    /* some trials are somewhat further; at most ten times a second */
    DSC_TUNE_RESULT,  /* `trial` has come to the end of `rung`, or failed, and that is in the journal */
    DSC_TUNE_WARNING, /* `message` says what */
    DSC_TUNE_END      /* the best recipe is saved */
} dsc_tune_event_kind;

/* A trial at work. */
typedef struct dsc_tune_running {
    bool active;
    size_t trial;
    double epochs; /* done, with their fraction */
    double loss, accuracy;
} dsc_tune_running;

typedef struct dsc_tune_event {
    dsc_tune_event_kind kind;
    const dsc_tune_search *search;
    size_t trial, rung;
    size_t members;                  /* of the rung */
    const dsc_tune_running *running; /* (running_count), not all of them active */
    size_t running_count;
    double epochs, epochs_in_all;
    const char *message; /* of a warning or a failed trial; NULL */
} dsc_tune_event;

/* Called by any of the search's threads, one at a time; a non-zero answer ends the work cleanly. */
typedef int dsc_tune_on_event(void *user, const dsc_tune_event *event);

/* Searches to the end. DSC_ERROR_STOPPED if `on_event` said so: checkpoints are up to date then. Trials that
 * diverge or cannot be trained are results like others, the worst ones; DSC_ERROR_DIVERGED if that is all
 * there is. */
dsc_status dsc_tune_run(dsc_tune *tune, dsc_tune_on_event *on_event, void *user, dsc_error *error);

void dsc_tune_free(dsc_tune *tune);

const char *dsc_tune_folder(const dsc_tune *tune);
const dsc_tune_search *dsc_tune_search_of(const dsc_tune *tune);

#endif
