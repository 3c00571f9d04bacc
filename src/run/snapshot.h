/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h: how the network of a run stood at some of its epochs, for those who watch it or look back. In
 * the folder RUN/snapshots, of the epoch 3:
 *
 *   000003.json          {"format": 1, "epoch", "step", "of": "held-out" or "training", "count", "loss",
 *                        "accuracy", "classes": [names], "confusion": [[by label, then by answer]],
 *                        "mistakes": of mistakes.h,
 *                        "places": {"share": [2], "x", "y", "labels", "answers": [one a sample]}}
 *   000003.safetensors   the network as it was, if it is small (DSC_SNAPSHOT_MODEL_MOST)
 *
 * and "now" instead of the number where the run is between two of them. There are few: of the start, of every
 * tenth part of the run, and of its end. They are made from at most DSC_SNAPSHOT_SAMPLES images, spread
 * evenly over those that are held out or, where none are, over the training images. "confusion" is there for
 * up to DSC_SNAPSHOT_CLASSES classes, "places" where there is a hidden layer: where its values lie in the
 * plane of plane.h.
 *
 * Written atomically, but without waiting for the disk. Nothing depends on them, and they change no bit of a
 * run.
 */
#ifndef DSC_RUN_SNAPSHOT_H
#define DSC_RUN_SNAPSHOT_H

#include "train/trainer.h"

#define DSC_SNAPSHOT_NOW "now"

enum {
    DSC_SNAPSHOT_DIGITS = 6,
    DSC_SNAPSHOT_FORMAT = 1,
    DSC_SNAPSHOTS = 10, /* parts of a run; one more is of its start, and one may be "now" */
    DSC_SNAPSHOT_SAMPLES = 500,
    DSC_SNAPSHOT_CLASSES = 64,
    DSC_SNAPSHOT_PIXELS = 40000,       /* of all mistakes that are shown */
    DSC_SNAPSHOT_MODEL_MOST = 2 << 20, /* bytes of a model's file */
    DSC_SNAPSHOT_BYTES = 1 << 17       /* room for one without the model */
};

/* Writes one of the trainer as it is, by the name that its epoch has; it may be called at any time between
 * steps. `model_bytes`: the size of a model's file. `folder`: the run's. */
dsc_status dsc_run_snapshot(const dsc_trainer *trainer, const char *folder, uint64_t model_bytes,
                            dsc_error *error);

/* Room that all of them need. */
uint64_t dsc_run_snapshots_bytes(uint64_t model_bytes);

/* Removes what dead processes left half-written among them. */
void dsc_run_snapshots_sweep(const char *folder);

#endif
