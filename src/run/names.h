/* SPDX-License-Identifier: MIT */
/* names.h: the names of the files in the folders of runs, searches (tune) and studies. The names also tell
 * which kind of folder a user has named by mistake. */
#ifndef DSC_RUN_NAMES_H
#define DSC_RUN_NAMES_H

#include "train/recipe.h" /* DSC_RUN_RECIPE, DSC_TUNE_BEST */

#define DSC_RUN_LOG        "log.jsonl"
#define DSC_RUN_CHECKPOINT "checkpoint"
#define DSC_RUN_MODEL      "model.safetensors"
#define DSC_RUN_START      "start.safetensors"
#define DSC_RUN_TEACHER    "teacher.safetensors"
#define DSC_RUN_SNAPSHOTS  "snapshots"
#define DSC_RUN_CURVES_SVG "curves.svg"
#define DSC_RUN_CURVES_PNG "curves.png"

#define DSC_TUNE_JOURNAL   "journal.jsonl"
#define DSC_STUDY_QUESTION "study.json"

/* Key in a model file's description (dsc_model_about): the effect of the threshold on held-out images. */
#define DSC_ABOUT_REFUSAL "refusal"

/* Room for all of these files except models and checkpoints, in bytes. */
enum { DSC_SMALL_FILES = 1 << 18 };

#endif
