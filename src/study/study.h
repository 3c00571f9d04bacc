/* SPDX-License-Identifier: MIT */
/* study.h: trains one recipe many times on parts of the training set: to measure how reliable its accuracy is
 * (cross-validation), what more data would bring (a learning curve), and what networks predict for images
 * they were not trained on (answers). Each training is a trial.
 *
 *   study.json    the question and the data; everything depends on this file only
 *   results/      0001.json, ...: the result of each trial; for answers also 0001.idx, probabilities as
 *                 floats
 *   checkpoints/  0001, ...: of running trials; empty at the end
 *
 * Trials run concurrently, each in its own thread; if there are fewer trials than threads, each gets several.
 * No result depends on this or on interruptions: when the process is killed, every reported result is in the
 * folder, and a trial continues from its last checkpoint. A lost or damaged checkpoint or result only costs
 * time.
 *
 * A study never reads the test set.
 *
 *   question.c  the question as JSON       parts.c   the samples and recipe of a trial
 *   study.c     the folder                 trial.c   a running trial
 *   run.c       all trials                 result.c  results as files */
#ifndef DSC_STUDY_STUDY_H
#define DSC_STUDY_STUDY_H

#include "data/fingerprint.h"
#include "run/names.h"
#include "train/recipe.h"

#define DSC_STUDY_RESULTS     "results"
#define DSC_STUDY_CHECKPOINTS "checkpoints"
/* Drawn by the program at the end of a learning curve. */
#define DSC_STUDY_CHART_SVG "learning-curve.svg"
#define DSC_STUDY_CHART_PNG "learning-curve.png"

enum { DSC_STUDY_SIZES_MOST = 64, DSC_STUDY_REPEATS_MOST = 100 };

typedef enum dsc_study_kind {
    /* Cross-validation: the training set is divided into folds (data/folds.h). Each trial holds one fold out,
     * trains on the others with the recipe, and is measured on the held-out fold. */
    DSC_STUDY_FOLDS,
    /* Learning curve: part of the training set is held out, the same for all trials: the part that the data
     * hold out themselves, or the recipe's `validation`, or a tenth. Trials train on increasing parts of the
     * rest, stratified by class; smaller parts are subsets of larger ones. Early stopping is off, because it
     * would use the held-out part. */
    DSC_STUDY_CURVE,
    /* Like FOLDS, and keeps each trial's answers for its held-out samples. */
    DSC_STUDY_ANSWERS
} dsc_study_kind;

/* A question. Starts as {0}. Release with dsc_study_question_clear. */
typedef struct dsc_study_question {
    dsc_study_kind kind;
    dsc_recipe recipe;
    char *name;     /* of the recipe */
    size_t folds;   /* FOLDS and ANSWERS */
    size_t repeats; /* CURVE: number of seeds, at least 1; each has other initial weights and samples */
    size_t sizes[DSC_STUDY_SIZES_MOST]; /* CURVE: samples, increasing */
    size_t size_count; /* 0: dsc_study_start uses 1/16, 1/8, 1/4, 1/2 and all that is not held out */
    /* CURVE. false: every trial takes as many steps as all samples take in the recipe's epochs, rounded to
     * whole epochs, so that trials differ in their data only, not in training time. true: every trial runs
     * the recipe's epochs. */
    bool same_epochs;
    /* dsc_study_start fills in the rest. */
    char *kernels, *data_name;
    dsc_fingerprint data, others; /* the latter of the recipe's images of no class, if it has some */
    bool has_others;
    json_t *dataset; /* shape and classes, as from dsc_dataset_to_json */
} dsc_study_question;
void dsc_study_question_clear(dsc_study_question *question);

/* A trial and its result. */
typedef struct dsc_study_trial {
    size_t fold;         /* FOLDS and ANSWERS, from 0 */
    size_t size, repeat; /* CURVE: indices, from 0 */
    size_t samples, held_out;
    uint64_t epochs, batch, steps; /* upper limits; early stopping may end a trial sooner */
    bool done, failed;             /* failed: it diverged, or could not be trained */
    size_t right;                  /* correct answers among held_out */
    double loss;                   /* mean over the held-out samples */
    /* Of a recipe with images of no class: */
    size_t others_learned; /* beside the samples */
    struct {
        double below;           /* the network's threshold */
        size_t answered, right; /* of held_out: with at least that probability, and of those the right ones */
        size_t others, refused; /* held-out images of no class, and those below it */
    } refusal;
    double seconds;    /* of training */
    size_t *confusion; /* (classes, classes): [label][prediction] */
    char *message;     /* the reason of a failure */
} dsc_study_trial;

typedef struct dsc_study dsc_study;

typedef struct dsc_study_how {
    const char *folder; /* new or empty folder; NULL: the next free "runs/NNNN-folds-NAME" or -curve- */
    unsigned threads;   /* 0: all */
    unsigned parallel;  /* most concurrent trials, whose memory adds up; 0: as many as threads */
    double checkpoint_seconds; /* seconds between checkpoints of a trial; 0: 10 */
    dsc_remarks *remarks;      /* resuming: receives remarks about the data; NULL: discarded */
} dsc_study_how;

/* Starts the study of `question`, whose contents it takes over, also after an error. Makes the parts and
 * checks every trial's recipe before any work, then creates the folder. `data`, a training set, must outlive
 * the study; `data_name` is for people. The caller frees *study. */
dsc_status dsc_study_start(dsc_study **study, dsc_study_question *question, const dsc_dataset *data,
                           const char *data_name, const dsc_study_how *how, dsc_error *error);

/* Reads the question of the study in `folder`, which must have that kind. Release with
 * dsc_study_question_clear, also after an error. */
dsc_status dsc_study_open(dsc_study_question *question, const char *folder, dsc_study_kind kind,
                          dsc_error *error);

/* Goes on with the study in how->folder, whose `question` is taken over, also after an error; refuses other
 * data, and other images of no class (question->recipe.others_data). */
dsc_status dsc_study_resume(dsc_study **study, dsc_study_question *question, const dsc_dataset *data,
                            const dsc_study_how *how, dsc_error *error);

typedef enum dsc_study_event_kind {
    DSC_STUDY_STEP,   /* trials have made progress; at most ten times a second */
    DSC_STUDY_RESULT, /* `trial` is done or failed and in the folder; first sent for all existing results */
    DSC_STUDY_WARNING /* see `message` */
} dsc_study_event_kind;

typedef struct dsc_study_event {
    dsc_study_event_kind kind;
    const dsc_study *study;
    size_t trial;
    uint64_t images, images_in_all; /* trained on so far, and in total, over all trials */
    const char *message;            /* of a warning or a failed trial; otherwise NULL */
} dsc_study_event;

/* Called by any of the study's threads, one at a time; a nonzero result stops the study cleanly. */
typedef int dsc_study_on_event(void *user, const dsc_study_event *event);

/* Trains all unfinished trials. DSC_ERROR_STOPPED: `on_event` stopped it; checkpoints are up to date. A
 * failed trial is a result; DSC_ERROR_DIVERGED if all failed. */
dsc_status dsc_study_run(dsc_study *study, dsc_study_on_event *on_event, void *user, dsc_error *error);

/* ANSWERS, when all trials are done: fills `probabilities` (samples, classes) for the samples of
 * dsc_study_data, each from the network that was not trained on it. NaN for the samples of a failed trial. */
dsc_status dsc_study_answers(float *probabilities, const dsc_study *study, dsc_error *error);

/* {"below", "answered", "right", "others", "refused"}; NULL for want of memory. */
json_t *dsc_study_refusal_json(const dsc_study_trial *trial);

void dsc_study_free(dsc_study *study);

const char *dsc_study_folder(const dsc_study *study);
const dsc_study_question *dsc_study_question_of(const dsc_study *study);
const dsc_dataset *dsc_study_data(const dsc_study *study); /* for the names of classes */
size_t dsc_study_trials(const dsc_study *study);
const dsc_study_trial *dsc_study_trial_at(const dsc_study *study, size_t trial);

#endif
