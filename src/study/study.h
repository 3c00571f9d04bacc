/* SPDX-License-Identifier: MIT */
/* 
 * study.h: one recipe trained many times, on parts of the training set: to know how far its accuracy can
 * be trusted (cross-validation), what more data would bring (a learning curve), and what networks say of
 * images that they have not seen (answers). Each training is a trial.
 *
 *   study.json    what is asked, of which data: all that follows depends on this alone
 *   results/      0001.json, ...: a trial's result each; of answers also 0001.idx, probabilities as floats
 *   checkpoints/  0001, ...: of the trials at work; empty at the end
 *
 * Trials run at once, each in a thread of its own; where there are fewer than threads, each gets several.
 * No result depends on that, nor on interruptions: when the process is killed, every result that was told
 * is in the folder, and a trial goes on from its last checkpoint. A checkpoint or result that is lost or
 * damaged costs time and nothing else.
 *
 * The training set alone is ever looked at.
 *
 *   question.c  what is asked, as JSON     parts.c   which samples a trial trains on, and its recipe
 *   study.c     the folder                 trial.c   a trial at work
 *   run.c       all of them                result.c  results as files */
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
    /* The training set is cut into folds (data/folds.h). Each trial holds one of them out, trains on the
     * others as the recipe says, and is measured on the fold that it held out. */
    DSC_STUDY_FOLDS,
    /* A share of the training set is held out, the same for all trials: what the data hold out themselves, or
     * the recipe's `validation`, or a tenth. Trials train on more and more of the rest, each class in its
     * share; smaller parts lie within larger ones. Early stopping is off, since it would look at what is
     * held out. */
    DSC_STUDY_CURVE,
    /* As FOLDS, and what each trial says of the samples that it held out is kept. */
    DSC_STUDY_ANSWERS
} dsc_study_kind;

/* What is asked. Starts as {0}. Release with dsc_study_question_clear. */
typedef struct dsc_study_question {
    dsc_study_kind kind;
    dsc_recipe recipe;
    char *name;   /* of the recipe */
    size_t folds; /* of FOLDS and ANSWERS */
    size_t
        repeats; /* of CURVE: with as many seeds, each with other first weights and another choice of samples;
                       from 1 */
    size_t sizes[DSC_STUDY_SIZES_MOST]; /* of CURVE: samples, growing */
    size_t size_count; /* 0: dsc_study_start chooses 1/16, 1/8, 1/4, 1/2 and all of what is not held out */
    /* Of CURVE. false: every trial takes as many steps as all samples take in the recipe's epochs, rounded to
     * whole epochs, so that sizes differ in their data alone, not in how long they are trained. true: every
     * trial takes the recipe's epochs. */
    bool same_epochs;
    /* dsc_study_start fills in the rest. */
    char *kernels, *data_name;
    dsc_fingerprint data, others; /* the latter of the recipe's images of no class, if it has some */
    bool has_others;
    json_t *dataset; /* shape and classes, as dsc_dataset_to_json */
} dsc_study_question;
void dsc_study_question_clear(dsc_study_question *question);

/* A trial and its result. */
typedef struct dsc_study_trial {
    size_t fold;         /* of FOLDS and ANSWERS, from 0 */
    size_t size, repeat; /* of CURVE: numbers, from 0 */
    size_t samples, held_out;
    uint64_t epochs, batch, steps; /* the most; with early stopping it may be fewer */
    bool done, failed;             /* failed: it diverged, or could not be trained */
    size_t right;                  /* of held_out */
    double loss;                   /* the mean over what is held out */
    /* Of a recipe with images of no class: */
    size_t others_learned; /* beside the samples */
    struct {
        double below;           /* the network's threshold */
        size_t answered, right; /* of held_out: with at least that probability, and of those the right ones */
        size_t others, refused; /* held-out images of no class, and those below it */
    } refusal;
    double seconds;    /* of training */
    size_t *confusion; /* (classes, classes): [label][prediction] */
    char *message;     /* why it failed */
} dsc_study_trial;

typedef struct dsc_study dsc_study;

typedef struct dsc_study_how {
    const char *folder; /* to be made, or empty; NULL: the next free "runs/NNNN-folds-NAME" or -curve- */
    unsigned threads;   /* 0: all */
    unsigned parallel;  /* trials at once, at most: their memory adds up; 0: as many as threads */
    double checkpoint_seconds; /* each trial is saved so often; 0: 10 */
    dsc_remarks *remarks;      /* resuming: what is to be told of the data; NULL: nothing */
} dsc_study_how;

/* Begins the study of `question`, which is taken over, also after an error: makes its parts and checks every
 * trial's recipe before any work, then the folder. `data`, a training set, must outlive it; `data_name` is
 * for people. */
dsc_status dsc_study_start(dsc_study **study, dsc_study_question *question, const dsc_dataset *data,
                           const char *data_name, const dsc_study_how *how, dsc_error *error);

/* What is asked by the study in `folder`, which must be of that kind. Release with dsc_study_question_clear,
 * also after an error. */
dsc_status dsc_study_open(dsc_study_question *question, const char *folder, dsc_study_kind kind,
                          dsc_error *error);

/* Goes on with the study in how->folder, whose `question` is taken over, also after an error; refuses other
 * data, and other images of no class (question->recipe.others_data). */
dsc_status dsc_study_resume(dsc_study **study, dsc_study_question *question, const dsc_dataset *data,
                            const dsc_study_how *how, dsc_error *error);

typedef enum dsc_study_event_kind {
    DSC_STUDY_STEP,   /* some trials are somewhat further; at most ten times a second */
    DSC_STUDY_RESULT, /* `trial` is done, or failed, and its result is in the folder; also of each that was
                         there when the work began */
    DSC_STUDY_WARNING /* `message` says what */
} dsc_study_event_kind;

typedef struct dsc_study_event {
    dsc_study_event_kind kind;
    const dsc_study *study;
    size_t trial;
    uint64_t images, images_in_all; /* trained on, of all trials */
    const char *message;            /* of a warning or a failed trial; NULL */
} dsc_study_event;

/* Called by any of the study's threads, one at a time; a non-zero answer ends the work cleanly. */
typedef int dsc_study_on_event(void *user, const dsc_study_event *event);

/* Trains all that is not done. DSC_ERROR_STOPPED if `on_event` said so: checkpoints are up to date then. A
 * failed trial is a result; DSC_ERROR_DIVERGED if there is no other. */
dsc_status dsc_study_run(dsc_study *study, dsc_study_on_event *on_event, void *user, dsc_error *error);

/* Of ANSWERS, when all is done: the probabilities (samples, classes) that each sample of dsc_study_data
 * got from the network that has not seen it. Those of a failed trial's samples are NaN. */
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
