/* SPDX-License-Identifier: MIT */
/* snapshot.h: the network of a run at some of its epochs, for display while training or later. In the folder
 * RUN/snapshots, for epoch 3:
 *
 *   000003.json          {"format": 1, "epoch", "step", "of": "held-out" or "training", "count", "loss",
 *                        "accuracy", "classes": [names], "confusion": [[by label, then by answer]],
 *                        "mistakes": of mistakes.h,
 *                        "places": {"share": [2], "x", "y", "labels", "answers": [one per sample]}}
 *   000003.safetensors   the network, if its file is small (DSC_SNAPSHOT_MODEL_MOST)
 *
 * A snapshot between two of these epochs is named "now". Snapshots are made at the start, after every tenth
 * of the run, and at the end, from at most DSC_SNAPSHOT_SAMPLES images, spread evenly over the held-out
 * images; if there are none, over the training images. "confusion" is present for up to DSC_SNAPSHOT_CLASSES
 * classes. "places" is present if the network has a hidden layer: the positions of its values in the plane of
 * plane.h.
 *
 * Written atomically, but without waiting for the disk. Nothing depends on snapshots, and they change no bit
 * of a run. */
#ifndef DSC_RUN_SNAPSHOT_H
#define DSC_RUN_SNAPSHOT_H

#include "train/trainer.h"

#define DSC_SNAPSHOT_NOW "now"

enum {
    DSC_SNAPSHOT_DIGITS = 6,
    DSC_SNAPSHOT_FORMAT = 1,
    DSC_SNAPSHOTS = 10, /* parts of a run; one more at the start, and one "now" */
    DSC_SNAPSHOT_SAMPLES = 500,
    DSC_SNAPSHOT_CLASSES = 64,
    DSC_SNAPSHOT_PIXELS = 40000,       /* of all mistakes shown */
    DSC_SNAPSHOT_MODEL_MOST = 2 << 20, /* bytes of the model's file */
    DSC_SNAPSHOT_BYTES = 1 << 17       /* room for a snapshot without the model */
};

/* Writes a snapshot of the trainer, named by its epoch; to be called between steps. `folder`: the run's.
 * `model_bytes`: the size of a model's file. */
dsc_status dsc_run_snapshot(const dsc_trainer *trainer, const char *folder, uint64_t model_bytes,
                            dsc_error *error);

/* Disk space for all snapshots of a run, in bytes. */
uint64_t dsc_run_snapshots_bytes(uint64_t model_bytes);

/* Removes incomplete snapshots of dead processes. */
void dsc_run_snapshots_sweep(const char *folder);

#endif
