/* SPDX-License-Identifier: MIT */
/* exam.h: a model's answers to a data set, kept, and what is told from them alone. */
#ifndef REPORT_EXAM_H
#define REPORT_EXAM_H

#include "data/dataset.h"
#include "measure/intervals.h"
#include "measure/paired.h"
#include "model/model.h"

/* How a long job tells how far it is. A non-zero answer stops it: DSC_ERROR_STOPPED. */
typedef struct report_watch {
    int (*on_progress)(void *user, const char *what, size_t done, size_t total); /* NULL: nobody looks */
    void *user;
} report_watch;
dsc_status report_tell(const report_watch *watch, const char *what, size_t done, size_t total,
                       dsc_error *error);

typedef struct report_answer {
    uint16_t label;
    uint32_t prediction; /* the number of classes if the answer was not finite */
    float confidence;    /* the probability of the prediction; then 0 */
    float loss;
} report_answer;

typedef struct report_exam {
    const dsc_model *model;     /* all three must outlive the exam */
    const dsc_model *numbering; /* labels and predictions are its: `model`, or who that is compared with */
    const dsc_dataset *data;
    dsc_metrics metrics;
    dsc_class_intervals *intervals; /* (classes) */
    double macro_f1[2];             /* the interval of the mean F1 */
    report_answer *answers;         /* (count) */
} report_exam;

/* Runs all of `data` through the model, on `threads` threads (0: all). `data` is numbered as the model
 * numbers its classes (dsc_dataset_match). Release with report_exam_clear, also after a failure. */
dsc_status report_examine(report_exam *exam, const dsc_model *model, const dsc_dataset *data,
                          unsigned threads, const report_watch *watch, dsc_error *error);

/* The same for a model that is compared with that of `first`, on the same images: answers are numbered as
 * the first model's are. MISMATCH: the two have other classes, or images of other shapes. */
dsc_status report_examine_beside(report_exam *exam, const dsc_model *model, const report_exam *first,
                                 unsigned threads, const report_watch *watch, dsc_error *error);
void report_exam_clear(report_exam *exam);

/* The wrong answers that the model was surest of, at most `most`, surest first; how many. */
size_t report_worst(uint32_t *samples, size_t most, const report_exam *exam);

/* What is taken for what, most often first, at most `most` pairs; how many. */
typedef struct report_pair {
    size_t label, prediction, count;
} report_pair;
size_t report_confused(report_pair *pairs, size_t most, const dsc_metrics *metrics);

/* `count` (at most data's) samples, evenly spread over the data in its order. */
void report_spread(uint32_t *samples, size_t count, const dsc_dataset *data);

/* Two exams on the same data: all images (`label` SIZE_MAX), or those of one class. */
dsc_paired report_pair_up(const report_exam *first, const report_exam *second, size_t label);

#endif
