/* SPDX-License-Identifier: MIT */
/* names.h: how the files in the folders of runs (train) and of searches (tune) are called. They tell the two apart where one
 * is named in place of the other. */
#ifndef DSC_TRAIN_NAMES_H
#define DSC_TRAIN_NAMES_H

#define DSC_RUN_RECIPE     "recipe.json"
#define DSC_RUN_LOG        "log.jsonl"
#define DSC_RUN_CHECKPOINT "checkpoint"
#define DSC_RUN_MODEL      "model.safetensors"
#define DSC_RUN_MISTAKES   "mistakes.json"
#define DSC_RUN_CURVES_SVG "curves.svg"
#define DSC_RUN_CURVES_PNG "curves.png"

#define DSC_TUNE_JOURNAL "journal.jsonl"
#define DSC_TUNE_BEST    "best.json"

/* Room, in bytes, for all of them but models and checkpoints. */
enum { DSC_SMALL_FILES = 1 << 18 };

#endif
