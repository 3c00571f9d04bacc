/* SPDX-License-Identifier: MIT */
/* names.h: the names of files in the folders of runs, searches (tune) and studies, beside their recipes. They
 * tell these folders apart where one is named in place of another. */
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

/* What a model's file tells (dsc_model_about) of its threshold: what that does to the images held out. */
#define DSC_ABOUT_REFUSAL "refusal"

/* Room, in bytes, for all of them but models and checkpoints. */
enum { DSC_SMALL_FILES = 1 << 18 };

#endif
