/* SPDX-License-Identifier: MIT */
/*
 * trainer.h: a model being trained. What the rest of a run depends on is here and nowhere else, and all of it
 * is in a checkpoint: the slabs, the counters, the schedule's memory, the metrics of the epoch so far. What
 * is random follows from (seed, epoch, sample), so there is no random state to keep.
 *
 *   trainer.c       making and freeing          step.c        one step
 *   epochs.c        the loop, early stopping    updater.c     how it changes the parameters
 *   checkpoint.c    saving and resuming
 *   others.c        images of no class              refuse.c      below which probability an answer is none
 *   calibrate.c     confidence that fits the validation set
 *   meet.c          several processes begin with the same
 *   teacher.c       what another model says, as a part of the targets
 *   sanity.c        warnings, and what went wrong when the loss is not finite
 */
#ifndef DSC_TRAIN_TRAINER_H
#define DSC_TRAIN_TRAINER_H

#include "data/fingerprint.h"
#include "data/read_ahead.h"
#include "graph/executor.h"
#include "measure/evaluator.h"
#include "train/build.h"
#include "train/updater.h"

/* Why nothing is left to do. Checkpoints of versions that knew no difference have the first. */
enum { DSC_FINISHED_STEPS = 1, DSC_FINISHED_PATIENCE, DSC_FINISHED_UNTIL };

/* Where a run is. Written to checkpoints as it stands; all numbers of one type, so that it has no gaps. */
typedef struct dsc_progress {
    uint64_t step;     /* steps done in all */
    uint64_t epoch;    /* epochs done */
    uint64_t position; /* samples of the current epoch done */
    /* the current epoch so far */
    uint64_t correct;
    double loss_sum;
    /* early stopping */
    double best_loss;
    uint64_t best_epoch; /* counted from 1; 0: none yet */
    uint64_t epochs_without;
    uint64_t finished; /* DSC_FINISHED_...; 0: something is left to do */
    dsc_schedule_state schedule;
    double seconds; /* of training, over all sittings; for people, nothing depends on it */
} dsc_progress;

/* What a run is begun with and goes on with. */
typedef struct dsc_data_prints {
    bool known; /* made when they are first asked for */
    dsc_fingerprint training, validation, test, others;
    bool has_validation, has_test, has_others;
} dsc_data_prints;

/* Below which probability the finished model's answers are refused, and what became of the held-out images
 * by that. All 0 without others. */
typedef struct dsc_refusal {
    double below;
    size_t images, answered; /* of the validation set; 0: there is none */
    size_t others, refused;  /* held-out images of no class */
} dsc_refusal;

typedef struct dsc_teacher dsc_teacher; /* teacher.h */

typedef struct dsc_trainer {
    dsc_model *model;     /* values: the slab that is learned */
    dsc_model *own_model; /* the same, if the trainer made it */
    dsc_recipe recipe;
    dsc_recipe_parts parts;
    uint64_t seed;                            /* the key that the recipe's seed makes */
    const dsc_dataset *training, *validation; /* validation may be NULL */
    dsc_dataset *own_training, *own_validation;
    /* What is trained on: `training`, and behind its samples those of no class. */
    const dsc_dataset *samples;
    dsc_dataset *own_samples;          /* the same, if there are others */
    dsc_dataset *others, *held_others; /* all of no class, labelled 0; those never trained on; NULL: none */
    dsc_real *other_target;            /* (K): what an image of no class is trained towards */
    dsc_teacher *teacher;              /* NULL: there is none */
    uint64_t others_seen;              /* how many the current epoch met so far */
    double temperature;  /* that the finished model's logits were divided by; 1 without `calibrate` */
    dsc_refusal refusal; /* of the finished model */
    dsc_executor *executor;
    dsc_evaluator *evaluator; /* of the validation set */
    dsc_metrics validation_metrics;
    dsc_real *gradients, *best;
    int levels;        /* that weights are rounded to (quant/round.h); 0: they are not */
    dsc_real *rounded; /* the slab that a run computes with; else NULL */
    dsc_updater updater;
    unsigned char *images; /* one image a worker, augmented */
    dsc_real *partners;    /* one image a worker, to be mixed with another (mixup.h) */
    void *augment_scratch;
    size_t augment_scratch_bytes;
    int64_t *order; /* the epoch's order of samples */
    uint64_t order_epoch;
    uint32_t *batch;        /* sample numbers of the step; with mixup those of the partners behind them */
    dsc_read_ahead *reader; /* of images that a callback reads; else NULL */
    size_t count;           /* of the step */
    const unsigned char *staged; /* the step's, in the order of `batch` */
    uint32_t *next;              /* as `batch`, of the step after */
    uint64_t steps_an_epoch;
    dsc_length length; /* the recipe's `steps`, or all of the epochs */
    dsc_data_prints prints;
    dsc_progress progress;
    bool asked_to_stop; /* this process was, while there are others: all stop after the next step */
    bool stops;         /* after the last step: one of the processes was asked before it */
    char remark[256];   /* of a checkpoint that was read: a warning when training goes on; empty: none */
} dsc_trainer;

/* From a recipe to all that training needs: everybody who trains comes through here. No step allocates after
 * this, and no epoch but the first and the last, which end with a look at the network (sanity.h). `model` is
 * changed as training goes on, and must outlive the trainer, as `training` must; NULL: the one that the
 * recipe describes, which is made for `training` and lives as long as the trainer. A model that is given
 * keeps its own normalisation; one that is made is normalised as the recipe says, by the samples that are
 * not held out. `validation` (NULL: none) is a validation set of one's own, matched to the model; it must
 * outlive the trainer, and the recipe holds nothing out. `threads` 0: all. Bad recipes are refused here,
 * before any work. */
dsc_status dsc_trainer_create_with(dsc_trainer **trainer, dsc_model *model, const dsc_recipe *recipe,
                                   const dsc_dataset *training, const dsc_dataset *validation,
                                   unsigned threads, dsc_error *error);
/* The same without a validation set of one's own. */
dsc_status dsc_trainer_create(dsc_trainer **trainer, dsc_model *model, const dsc_recipe *recipe,
                              const dsc_dataset *training, unsigned threads, dsc_error *error);
void dsc_trainer_free(dsc_trainer *trainer);

/* Bytes that training holds, for people: values, gradients, states, activations. */
size_t dsc_trainer_bytes(const dsc_trainer *trainer);

/* One step of the current epoch, which must not be done. DSC_ERROR_DIVERGED if the loss is not finite: the
 * parameters are then as they were before the step. */
dsc_status dsc_trainer_step(dsc_trainer *trainer, dsc_error *error);

/* Steps and epochs of the whole run, as far as is known now; the last epoch may end early. */
uint64_t dsc_trainer_steps(const dsc_trainer *trainer);
uint64_t dsc_trainer_epochs(const dsc_trainer *trainer);

/* From now on the run ends with step `steps`, which is not done yet and no later than the recipe's epochs
 * allow, and what is left of the schedule is laid over the steps that are left; the trainer's recipe says so.
 * For between two steps, as from an event. ARGUMENT: another number, or more than 63 such changes. */
dsc_status dsc_trainer_change_steps(dsc_trainer *trainer, uint64_t steps, dsc_error *error);

/* Nothing is left of the current epoch (with drop-last: no whole batch), or of the run. */
bool dsc_trainer_epoch_is_done(const dsc_trainer *trainer);

/* The learning rate of the next step. */
double dsc_trainer_learning_rate(const dsc_trainer *trainer);

/* Runs until it is finished, or `on_event` answers non-zero (DSC_ERROR_STOPPED; resumable). At the end the
 * model holds what the recipe asks for: the average, or the best of early stopping, or the last weights. */
dsc_status dsc_trainer_run(dsc_trainer *trainer, dsc_on_event *on_event, void *user, dsc_error *error);

/* The moving average if the recipe has one, else the values; as many as the model's. If the recipe has
 * `quantise`, their weights are rounded, and the array is valid until the next call. */
const dsc_real *dsc_trainer_values(const dsc_trainer *trainer);

/* The numbers the model would have if training ended now; valid as long as those of dsc_trainer_values. */
const dsc_real *dsc_trainer_result(const dsc_trainer *trainer);

/* With early stopping the epoch, from 1, whose weights those are; 0: without, or before any was validated. */
uint64_t dsc_trainer_kept_epoch(const dsc_trainer *trainer);

/* A checkpoint: atomic, versioned, with a checksum. Writing refuses what dsc_trainer_check does, and leaves
 * the file as it was. Reading refuses one of another model, recipe, data, or kernel set (unless `force`), a
 * newer or a damaged one, and then leaves the trainer as it was. */
dsc_status dsc_trainer_save(dsc_trainer *trainer, const char *path, dsc_error *error);
/* How many bytes a checkpoint has; fails where none could be made. */
dsc_status dsc_trainer_saved_bytes(uint64_t *bytes, dsc_trainer *trainer, dsc_error *error);
dsc_status dsc_trainer_restore(dsc_trainer *trainer, const char *path, bool force, dsc_error *error);

/* Fingerprints of the data; those of the test set too, if there is one: training does not look at it, but a
 * run that goes on is to be measured on the images that it was begun with. */
const dsc_data_prints *dsc_trainer_prints(dsc_trainer *trainer);
dsc_status dsc_trainer_know_test(dsc_trainer *trainer, const dsc_dataset *test, dsc_error *error);

/* The same from the bytes of a checkpoint; `name` stands for the file in messages. */
dsc_status dsc_trainer_restore_bytes(dsc_trainer *trainer, const unsigned char *bytes, size_t size,
                                     const char *name, bool force, dsc_error *error);

/* `data` with its classes numbered as they were when the checkpoint at `path` was saved
 * (dsc_dataset_match_json): what the trainer is made for that is to be restored. */
dsc_status dsc_checkpoint_match(dsc_dataset **matched, dsc_remarks *remarks, const char *path,
                                const dsc_dataset *data, dsc_error *error);

/* DSC_ERROR_DIVERGED, naming epoch, step, array and place, if a weight or a running statistic is NaN or
 * infinite, in the model, its average or the best so far. The loss tells of it only in the step after. */
dsc_status dsc_trainer_check(const dsc_trainer *trainer, dsc_error *error);

/* DSC_ERROR_DIVERGED if the model as it is now does not answer up to 256 training images with finite numbers.
 * Weights are not looked at: call dsc_trainer_check before. Only this sees what the last step broke. */
dsc_status dsc_trainer_check_result(const dsc_trainer *trainer, dsc_error *error);

/* Says which layer and op first made a number that is not finite in the step that begins now. */
dsc_status dsc_trainer_diagnose(dsc_trainer *trainer, dsc_error *error);

/* --- For the other files. --- */

/* With several processes: FAILs in each of them unless they all train the same with the same kernels, and
 * makes this trainer go on from where that of process 0 is. */
dsc_status dsc_trainer_meet(dsc_trainer *trainer, dsc_error *error);

/* What of a trainer changes from step to step, beside its progress: the slabs, in the order of a
 * checkpoint. */
enum { DSC_TRAINER_SLABS_MOST = DSC_STATES_MOST + 3 };
typedef struct dsc_trainer_slabs {
    dsc_real *slab[DSC_TRAINER_SLABS_MOST];
    size_t numbers[DSC_TRAINER_SLABS_MOST], count;
} dsc_trainer_slabs;
dsc_trainer_slabs dsc_trainer_slabs_of(const dsc_trainer *trainer);

/* Whether a sample is of no class. */
static inline bool dsc_trainer_is_other(const dsc_trainer *t, size_t sample) {
    return sample >= t->training->count;
}

/* Puts the samples in the order of the current epoch, unless they are. */
void dsc_trainer_order(dsc_trainer *trainer);

/* Sets `samples`: joins the recipe's others to the training images, but for those held out: the recipe's
 * validation share, or a tenth. Fails where they have another shape or type, where there are fewer than two,
 * where nobody opened them, and where the loss takes no target of probabilities. */
dsc_status dsc_trainer_take_others(dsc_trainer *trainer, dsc_error *error);

/* Whether the recipe's others can be trained with beside such images. ARGUMENT: it names some, and
 * others_data is missing, or has less than two images; MISMATCH: they have another shape or type. */
dsc_status dsc_recipe_check_others(const dsc_recipe *recipe, const dsc_dataset *training, dsc_error *error);
/* How many of them are learned, which is all but those held out; 0 without. */
size_t dsc_recipe_others_learned(const dsc_recipe *recipe);

/* Divides the finished model's logits by the temperature that fits the validation set, where the recipe says
 * so. Allocates. The check fails where that could not be done. */
dsc_status dsc_trainer_calibrate(dsc_trainer *trainer, dsc_error *error);
dsc_status dsc_trainer_check_calibration(const dsc_trainer *trainer, dsc_error *error);

/* Chooses the threshold of the finished model, whose values are the result, and sets `refusal`. Without
 * others the model has none. Allocates. */
dsc_status dsc_trainer_choose_refusal(dsc_trainer *trainer, dsc_error *error);

/* The run that computes the next batch (step.c). Fails where a callback that reads its
 * images does. */
dsc_status dsc_trainer_batch(dsc_run *run, dsc_trainer *trainer, dsc_error *error);

#endif
