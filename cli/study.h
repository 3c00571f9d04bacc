/* SPDX-License-Identifier: MIT */
/* study.h: common parts of `descender cross-validate`, `learn-curve` and `data suspects`: their options,
 * starting and resuming a study, and its progress. */
#ifndef CLI_STUDY_H
#define CLI_STUDY_H

#include "command.h"
#include "progress.h"
#include "source.h"
#include "study/study.h"
#include "train/suggest.h"

/* The first member of these commands' values. */
typedef struct study_values {
    dsc_recipe recipe; /* only the user's options */
    char *name, *out, *resume;
    int64_t threads, parallel;
    double checkpoint_seconds;
    bool offline, json, quiet;
} study_values;

/* The rows of the option table; `values` has a study_values named `study`. */
#define STUDY_OPTIONS(values)                                                                                \
    {"recipe",                                                                                               \
     DSC_PARAM_TEXT,                                                                                         \
     offsetof(values, study.name),                                                                           \
     DSC_RECIPE_AUTO,                                                                                        \
     0,                                                                                                      \
     0,                                                                                                      \
     NULL,                                                                                                   \
     "recipe to train: a name from `descender recipe list`, or a JSON file; auto: the one that `descender "  \
     "train` would pick for these images"},                                                                  \
        {"parallel",                                                                                         \
         DSC_PARAM_INT,                                                                                      \
         offsetof(values, study.parallel),                                                                   \
         "0",                                                                                                \
         0,                                                                                                  \
         1024,                                                                                               \
         NULL,                                                                                               \
         "limit on the number of trainings that run at once, each with its own memory; 0: as many as "       \
         "threads"},                                                                                         \
        {"offline", DSC_PARAM_SWITCH, offsetof(values, study.offline), "off", 0, 0, NULL, "never download"}, \
        {"threads",                                                                                          \
         DSC_PARAM_INT,                                                                                      \
         offsetof(values, study.threads),                                                                    \
         "0",                                                                                                \
         0,                                                                                                  \
         1024,                                                                                               \
         NULL,                                                                                               \
         "number of threads; 0: all cores; does not affect the result, nor does --parallel"},                \
        {"resume",                                                                                           \
         DSC_PARAM_TEXT,                                                                                     \
         offsetof(values, study.resume),                                                                     \
         NULL,                                                                                               \
         0,                                                                                                  \
         0,                                                                                                  \
         NULL,                                                                                               \
         "continue the study in this folder; the result is as if it had never stopped; a finished study is " \
         "shown again"},                                                                                     \
        {"checkpoint-seconds",                                                                               \
         DSC_PARAM_REAL,                                                                                     \
         offsetof(values, study.checkpoint_seconds),                                                         \
         "10",                                                                                               \
         0.001,                                                                                              \
         86400,                                                                                              \
         NULL,                                                                                               \
         "seconds between checkpoints of each training"},                                                    \
        {"json", DSC_PARAM_SWITCH,           offsetof(values, study.json), "off", 0, 0,                      \
         NULL,   "print the results as JSON"},                                                               \
    {                                                                                                        \
        "quiet", DSC_PARAM_SWITCH, offsetof(values, study.quiet), "off", 0, 0, NULL,                         \
            "no progress and no remarks, only results, warnings and errors"                                  \
    }

/* The extras of these options. */
#define STUDY_EXTRAS                                                                                         \
    COMMAND_SOURCE_EXTRA, {"recipe", 'r', "NAME|FILE", false}, {"others", 0, "DATA,...", false},             \
        {"model", 'm', NULL, false}, {"epochs", 'e', NULL, false}, {"threads", 't', NULL, false},            \
        {"out", 'o', "DIR", false}, {                                                                        \
        "resume", 0, "STUDY", false                                                                          \
    }

/* The differences between these commands. */
typedef struct study_command {
    dsc_study_kind kind;
    const char *name; /* "cross-validate" */
    /* Its own options, which --resume refuses; ended by NULL. */
    const char *const *own;
    /* Fills in the question, except the recipe and its name. */
    dsc_status (*ask)(dsc_study_question *question, command_call *call, dsc_error *error);
    /* `tell` prints remarks before the work; `row` appends a trial's row, or the heading. */
    void (*tell)(const command_call *call, const dsc_study *study);
    void (*row)(dsc_text *text, const dsc_study *study, size_t trial); /* SIZE_MAX: the heading */
    /* Prints the results on standard output. */
    dsc_status (*report)(const command_call *call, const dsc_study *study, dsc_error *error);
} study_command;

/* Runs such a command. */
dsc_status study_run(const study_command *kind, command_call *call, dsc_error *error);

/* A number; null if it is not finite. */
json_t *study_real(double value);

/* Prints `remark` and into how many folds which images are cut, for `tell`. */
void study_tell_folds(const command_call *call, const dsc_study *study, const char *remark);

/* Ends a row, or the heading (SIZE_MAX). With images of no class it appends the answered percentage of the
 * held-out images and the refused percentage of images of no class. */
void study_end_row(dsc_text *text, const dsc_study *study, size_t trial);

/* The pooled refusals of all trials as a sentence and as JSON; nothing, or NULL, without images of no
 * class. */
void study_append_refusal(dsc_text *text, const dsc_study *study);
json_t *study_refusal_json(const dsc_study *study);

#endif
