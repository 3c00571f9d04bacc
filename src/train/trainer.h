/* SPDX-License-Identifier: MIT */
/* trainer.h: a model in training. A trainer holds the whole state of a run, and a checkpoint saves all of it:
 * the slabs, the counters, the schedule's state and the metrics of the epoch so far. There is no random
 * state: random numbers follow from (seed, epoch, sample).
 *
 *   trainer.c       making and freeing          step.c        one step
 *   epochs.c        the loop, early stopping    updater.c     how a step changes the parameters
 *   checkpoint.c    saving and resuming
 *   others.c        images of no class          refuse.c      the threshold below which an answer is refused
 *   calibrate.c     confidence that fits the validation set
 *   meet.c          several processes start from the same state
 *   teacher.c       another model's answers, blended into the targets
 *   sanity.c        warnings, and the cause of a loss that is not finite */
#ifndef DSC_TRAIN_TRAINER_H
#define DSC_TRAIN_TRAINER_H

#include "data/fingerprint.h"
#include "data/read_ahead.h"
#include "graph/executor.h"
#include "measure/evaluator.h"
#include "train/build.h"
#include "train/updater.h"

/* Why a run is finished. Checkpoints of versions that did not distinguish the reasons have the first. */
enum { DSC_FINISHED_STEPS = 1, DSC_FINISHED_PATIENCE, DSC_FINISHED_UNTIL };

/* The position in a run. Checkpoints store it as it is in memory; all members have 8 bytes, so it has no
 * padding. */
typedef struct dsc_progress {
    uint64_t step;     /* steps done in the whole run */
    uint64_t epoch;    /* epochs done */
    uint64_t position; /* samples of the current epoch done */
    /* the current epoch so far */
    uint64_t correct;
    double loss_sum;
    /* early stopping */
    double best_loss;
    uint64_t best_epoch; /* from 1; 0: none yet */
    uint64_t epochs_without;
    uint64_t finished; /* DSC_FINISHED_...; 0: not finished */
    dsc_schedule_state schedule;
    double seconds; /* of training, over all processes of the run; only displayed */
} dsc_progress;

/* Fingerprints of a run's data: a resumed run needs the same data. */
typedef struct dsc_data_prints {
    bool known; /* false: not computed yet */
    dsc_fingerprint training, validation, test, others;
    bool has_validation, has_test, has_others;
} dsc_data_prints;

/* The threshold below which the finished model refuses an answer, and its effect on held-out images. All 0
 * without others. */
typedef struct dsc_refusal {
    double below;
    size_t images, answered; /* of the validation set; 0 without */
    size_t others, refused;  /* held-out images of no class */
} dsc_refusal;

typedef struct dsc_teacher dsc_teacher; /* teacher.h */

typedef struct dsc_trainer {
    dsc_model *model;     /* its values are the slab that is learned */
    dsc_model *own_model; /* the same model, if the trainer made it */
    dsc_recipe recipe;
    dsc_recipe_parts parts;
    uint64_t seed;                            /* key made from the recipe's seed */
    const dsc_dataset *training, *validation; /* validation may be NULL */
    dsc_dataset *own_training, *own_validation;
    /* The samples of a batch: those of `training`, followed by images of no class. */
    const dsc_dataset *samples;
    dsc_dataset *own_samples;          /* the same, if there are others */
    dsc_dataset *others, *held_others; /* all images of no class, labelled 0; the held-out ones; NULL: none */
    dsc_real *other_target;            /* (K): target of an image of no class */
    dsc_teacher *teacher;              /* NULL: none */
    uint64_t others_seen;              /* images of no class in the current epoch so far */
    double temperature;                /* divisor of the finished model's logits; 1 without `calibrate` */
    dsc_refusal refusal;               /* of the finished model */
    dsc_executor *executor;
    dsc_evaluator *evaluator; /* of the validation set */
    dsc_metrics validation_metrics;
    dsc_real *gradients, *best;
    int levels;        /* levels that weights are rounded to (quant/round.h); 0: no rounding */
    dsc_real *rounded; /* the rounded slab that a run reads; NULL: no rounding */
    dsc_updater updater;
    unsigned char *images; /* one augmented image per worker */
    dsc_real *partners;    /* one mixup partner's image per worker (mixup.h) */
    void *augment_scratch;
    size_t augment_scratch_bytes;
    int64_t *order; /* order of the epoch's samples */
    uint64_t order_epoch;
    uint32_t *batch;             /* sample numbers of the step; with mixup followed by the partners' */
    dsc_read_ahead *reader;      /* reads images by a callback ahead of time; NULL: no callback */
    size_t count;                /* samples of the step */
    const unsigned char *staged; /* images of the step from the reader, in the order of `batch` */
    uint32_t *next;              /* like `batch`, for the next step */
    uint64_t steps_an_epoch;
    dsc_length length; /* the recipe's `steps`, or all epochs */
    dsc_data_prints prints;
    dsc_progress progress;
    bool asked_to_stop; /* several processes: this one was asked to stop; all stop after the next step */
    bool stops;         /* the last step ended the run: some process was asked to stop */
    char remark[256];   /* warning about the restored checkpoint; empty: none */
} dsc_trainer;

/* Makes a trainer from a recipe; all training comes through here. Wrong recipes are refused before any work.
 *
 * `model` NULL: the trainer makes the recipe's model for `training` and owns it; its normalisation follows
 * the recipe and the samples that are not held out. A given `model` keeps its own normalisation. Training
 * changes it, and it must outlive the trainer. `training` must outlive the trainer, too. `validation` is a
 * separate validation set, matched to the model, which must outlive the trainer; the recipe must then hold
 * nothing out. NULL: no separate one. `threads` 0: all processors.
 *
 * After this no step allocates, unless its loss is not finite (dsc_trainer_diagnose). What allocates: the
 * start of dsc_trainer_run, the checks after the first and the last epoch (sanity.h), each validation on
 * images that a callback reads, calibration and the choice of the threshold at the end,
 * dsc_trainer_change_steps, and checkpoints. */
dsc_status dsc_trainer_create_with(dsc_trainer **trainer, dsc_model *model, const dsc_recipe *recipe,
                                   const dsc_dataset *training, const dsc_dataset *validation,
                                   unsigned threads, dsc_error *error);
/* dsc_trainer_create_with without a separate validation set. */
dsc_status dsc_trainer_create(dsc_trainer **trainer, dsc_model *model, const dsc_recipe *recipe,
                              const dsc_dataset *training, unsigned threads, dsc_error *error);
void dsc_trainer_free(dsc_trainer *trainer);

/* The bytes that training allocates, for display: values, gradients, states, activations. */
size_t dsc_trainer_bytes(const dsc_trainer *trainer);

/* Trains one step of the current epoch, which must not be done. DSC_ERROR_DIVERGED if the loss is not finite;
 * the parameters are then those before the step. */
dsc_status dsc_trainer_step(dsc_trainer *trainer, dsc_error *error);

/* Steps and epochs of the whole run as known now. The last epoch may be incomplete. */
uint64_t dsc_trainer_steps(const dsc_trainer *trainer);
uint64_t dsc_trainer_epochs(const dsc_trainer *trainer);

/* Ends the run with step `steps`; the rest of the schedule spans the remaining steps. Changes the trainer's
 * recipe accordingly. Call it between two steps, for example in an event. DSC_ERROR_ARGUMENT: `steps` is
 * already done or more than the recipe's epochs allow, or there were 63 changes before. */
dsc_status dsc_trainer_change_steps(dsc_trainer *trainer, uint64_t steps, dsc_error *error);

/* Whether no batch of the current epoch is left (with drop-last: no whole batch), or the run is finished. */
bool dsc_trainer_epoch_is_done(const dsc_trainer *trainer);

/* The learning rate of the next step. */
double dsc_trainer_learning_rate(const dsc_trainer *trainer);

/* Trains until the run is finished or `on_event` returns nonzero (DSC_ERROR_STOPPED; resumable). At the end
 * the model holds the weights that the recipe asks for: those of early stopping, otherwise the average,
 * otherwise the last ones. */
dsc_status dsc_trainer_run(dsc_trainer *trainer, dsc_on_event *on_event, void *user, dsc_error *error);

/* The moving average if the recipe has one, otherwise the values; as many elements as the model's values. If
 * the recipe has `quantise`, the weights are rounded, and the array is valid until the next call. */
const dsc_real *dsc_trainer_values(const dsc_trainer *trainer);

/* The values that the model would have if training ended now; valid as long as those of
 * dsc_trainer_values. */
const dsc_real *dsc_trainer_result(const dsc_trainer *trainer);

/* The epoch, from 1, whose weights early stopping keeps; 0: no early stopping, or no validation yet. */
uint64_t dsc_trainer_kept_epoch(const dsc_trainer *trainer);

/* Writes and reads a checkpoint: atomic, versioned, with a checksum. Writing fails if dsc_trainer_check does,
 * and leaves the file as it was. Reading refuses a damaged or newer file, and one of another model, recipe,
 * data or kernel set (`force` allows another kernel set); the trainer then stays as it was. */
dsc_status dsc_trainer_save(dsc_trainer *trainer, const char *path, dsc_error *error);
/* The size of a checkpoint in bytes. Fails if none can be made. */
dsc_status dsc_trainer_saved_bytes(uint64_t *bytes, dsc_trainer *trainer, dsc_error *error);
dsc_status dsc_trainer_restore(dsc_trainer *trainer, const char *path, bool force, dsc_error *error);

/* Fingerprints of the data. Training does not read the test set, but a resumed run must be measured on the
 * test set of its start. `test` NULL: no test set. */
const dsc_data_prints *dsc_trainer_prints(dsc_trainer *trainer);
dsc_status dsc_trainer_know_test(dsc_trainer *trainer, const dsc_dataset *test, dsc_error *error);

/* dsc_trainer_restore from the bytes of a checkpoint; `name` stands for the file in messages. */
dsc_status dsc_trainer_restore_bytes(dsc_trainer *trainer, const unsigned char *bytes, size_t size,
                                     const char *name, bool force, dsc_error *error);

/* Renumbers the classes of `data` as in the checkpoint at `path` (dsc_dataset_match_json), for the trainer
 * that will be restored from it. The caller frees `matched`. */
dsc_status dsc_checkpoint_match(dsc_dataset **matched, dsc_remarks *remarks, const char *path,
                                const dsc_dataset *data, dsc_error *error);

/* DSC_ERROR_DIVERGED if a weight or a running statistic of the model, of its average or of the best weights
 * is not finite; the message names epoch, step, array and place. The loss would show such a value only in the
 * next step. */
dsc_status dsc_trainer_check(const dsc_trainer *trainer, dsc_error *error);

/* DSC_ERROR_DIVERGED if the model does not answer up to 256 training images with finite values. Finds what
 * the last step broke. Does not check the weights: call dsc_trainer_check before. */
dsc_status dsc_trainer_check_result(const dsc_trainer *trainer, dsc_error *error);

/* Fails with DSC_ERROR_DIVERGED; the message names the layer and op that first produce a value that is not
 * finite in the step that begins now. */
dsc_status dsc_trainer_diagnose(dsc_trainer *trainer, dsc_error *error);

/* --- For the other files. --- */

/* For several processes: fails in each of them unless all have the same version, kernels, data and recipe;
 * then gives this trainer the state of process 0. */
dsc_status dsc_trainer_meet(dsc_trainer *trainer, dsc_error *error);

/* The state of a trainer beside its progress: the slabs, in the order of a checkpoint. */
enum { DSC_TRAINER_SLABS_MOST = DSC_STATES_MOST + 3 };
typedef struct dsc_trainer_slabs {
    dsc_real *slab[DSC_TRAINER_SLABS_MOST];
    size_t numbers[DSC_TRAINER_SLABS_MOST], count;
} dsc_trainer_slabs;
dsc_trainer_slabs dsc_trainer_slabs_of(const dsc_trainer *trainer);

/* Whether a sample is an image of no class. */
static inline bool dsc_trainer_is_other(const dsc_trainer *t, size_t sample) {
    return sample >= t->training->count;
}

/* The properties of the images that the network sees: those of the training set, after augmentation. */
void dsc_trainer_describe_images(dsc_images *images, const dsc_trainer *trainer);

/* Puts the samples into the order of the current epoch if they are not yet. */
void dsc_trainer_order(dsc_trainer *trainer);

/* Sets `samples`: joins the training images with the recipe's others, of which a share is held out: the
 * recipe's `validation`, or a tenth. Fails as dsc_recipe_check_others does, and if the loss takes no
 * probabilities as target. */
dsc_status dsc_trainer_take_others(dsc_trainer *trainer, dsc_error *error);

/* Checks that the recipe's others can be trained beside `training`. DSC_ERROR_ARGUMENT: the recipe names
 * others, but others_data is missing or has fewer than two images. DSC_ERROR_MISMATCH: another shape or
 * type. */
dsc_status dsc_recipe_check_others(const dsc_recipe *recipe, const dsc_dataset *training, dsc_error *error);
/* The number of others that are trained on: all that are not held out; 0 without others. */
size_t dsc_recipe_others_learned(const dsc_recipe *recipe);

/* Divides the finished model's logits by the temperature that fits the validation set, if the recipe has
 * `calibrate`. Allocates. dsc_trainer_check_calibration fails if that is impossible. */
dsc_status dsc_trainer_calibrate(dsc_trainer *trainer, dsc_error *error);
dsc_status dsc_trainer_check_calibration(const dsc_trainer *trainer, dsc_error *error);

/* Chooses the threshold of the finished model, whose values must be the result, and sets `refusal`. Without
 * others the model has no threshold. Allocates. */
dsc_status dsc_trainer_choose_refusal(dsc_trainer *trainer, dsc_error *error);

/* Prepares the run that computes the next batch (step.c). Fails if a callback that reads the images fails. */
dsc_status dsc_trainer_batch(dsc_run *run, dsc_trainer *trainer, dsc_error *error);

#endif
