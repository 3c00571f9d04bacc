/* SPDX-License-Identifier: MIT */
/* tune.h: a running search and its folder.
 *
 *   journal.jsonl   the search and every result (lines: record.c); everything else follows from it
 *   trials/         checkpoints of the trials that may advance; empty at the end
 *   best.json       the best trial's recipe, written at the end, for `descender train --recipe`
 *
 * Trials of a rung run concurrently, each in its own thread; if there are fewer trials than threads, each
 * gets several. No result depends on this or on interruptions: the trainer guarantees the same bits, and the
 * trials that advance are decided when a rung is done.
 *
 * A search survives its process: after a kill, every reported result is in the journal, and a trial continues
 * from its last checkpoint, or from its beginning if that is lost or damaged.
 *
 * Several processes (dsc_ranks) share the trials of each rung, with the same results. Only process 0 writes
 * the journal and best.json; each writes the checkpoints of its trials, so all must see the folder. Process 0
 * starts or resumes the search, then the others call dsc_tune_resume, and then all call dsc_tune_run.
 *
 * As with a run (run/run.h), a new search refuses a folder that contains any of these names.
 *
 * A search never reads the test set: part of the training set is held out, the same for all trials. */
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

enum { DSC_TUNE_RANKS_MOST = 256 };

typedef struct dsc_tune dsc_tune;

typedef struct dsc_tune_how {
    const char *folder;        /* new or empty folder; NULL: the next free "runs/NNNN-tune-NAME" */
    unsigned threads;          /* 0: all */
    unsigned parallel;         /* most concurrent trials, whose memory adds up; 0: as many as threads */
    const dsc_ranks *ranks;    /* the processes that share the search, or NULL; at most DSC_TUNE_RANKS_MOST */
    double checkpoint_seconds; /* seconds between checkpoints of a long rung; 0: 10 */
    dsc_remarks *remarks;      /* resuming: receives remarks about the data; NULL: discarded */
    /* Resuming: what the recipe has and is in no file (recipe.h), or NULL. */
    const dsc_model *start, *teacher;
    const dsc_dataset *others;
} dsc_tune_how;

/* Starts the search, whose contents it takes over, also after an error. Creates the models of all trials
 * once, so that errors show before any work, then the folder and the journal. `data` must outlive the search;
 * `data_name` is for people. The caller frees *tune. */
dsc_status dsc_tune_start(dsc_tune **tune, dsc_tune_search *search, const dsc_dataset *data,
                          const char *data_name, const dsc_tune_how *how, dsc_error *error);

/* Reads the search from the journal in `folder`. Release with dsc_tune_search_clear, also after an error. */
dsc_status dsc_tune_search_open(dsc_tune_search *search, const char *folder, dsc_error *error);

/* Resumes the search in how->folder, or joins process 0 in it; fails for other data. */
dsc_status dsc_tune_resume(dsc_tune **tune, const dsc_dataset *data, const dsc_tune_how *how,
                           dsc_error *error);

typedef enum dsc_tune_event_kind {
    DSC_TUNE_RUNG,    /* a rung begins or resumes */
    DSC_TUNE_STEP,    /* trials have made progress; at most ten times a second */
    DSC_TUNE_RESULT,  /* `trial` finished `rung` or failed, and the journal has the result */
    DSC_TUNE_WARNING, /* see `message` */
    DSC_TUNE_END      /* the best recipe is saved */
} dsc_tune_event_kind;

/* A running trial. */
typedef struct dsc_tune_running {
    bool active;
    size_t trial;
    double epochs; /* done, with fraction */
    double loss, accuracy;
} dsc_tune_running;

typedef struct dsc_tune_event {
    dsc_tune_event_kind kind;
    const dsc_tune_search *search;
    size_t trial, rung;
    size_t members;                  /* of the rung */
    const dsc_tune_running *running; /* (running_count), not all active */
    size_t running_count;
    double epochs, epochs_in_all;
    const char *message; /* of a warning or a failed trial; otherwise NULL */
} dsc_tune_event;

/* Called by any of the search's threads, one at a time; a nonzero result stops the search cleanly. */
typedef int dsc_tune_on_event(void *user, const dsc_tune_event *event);

/* Runs the search to its end. DSC_ERROR_STOPPED: `on_event` stopped it, in this process or another, or
 * another process failed; checkpoints are up to date. Trials that diverge or cannot be trained rank last;
 * DSC_ERROR_DIVERGED if there are no others. */
dsc_status dsc_tune_run(dsc_tune *tune, dsc_tune_on_event *on_event, void *user, dsc_error *error);

void dsc_tune_free(dsc_tune *tune);

const char *dsc_tune_folder(const dsc_tune *tune);
const dsc_tune_search *dsc_tune_search_of(const dsc_tune *tune);

#endif
