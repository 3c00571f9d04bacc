/* SPDX-License-Identifier: MIT */
/* exam.h: a model's stored answers to a data set, and what follows from them. */
#ifndef REPORT_EXAM_H
#define REPORT_EXAM_H

#include "data/dataset.h"
#include "measure/intervals.h"
#include "measure/paired.h"
#include "model/model.h"

/* Reports the progress of a long job. A nonzero result stops the job with DSC_ERROR_STOPPED. */
typedef struct report_watch {
    int (*on_progress)(void *user, const char *what, size_t done, size_t total); /* NULL: no reports */
    void *user;
} report_watch;
dsc_status report_tell(const report_watch *watch, const char *what, size_t done, size_t total,
                       dsc_error *error);

typedef struct report_answer {
    uint16_t label;
    uint32_t prediction; /* the number of classes if the answer was not finite */
    float confidence;    /* the probability of the prediction; 0 if the answer was not finite */
    float loss;
} report_answer;

typedef struct report_exam {
    const dsc_model *model;     /* all three must outlive the exam */
    const dsc_model *numbering; /* class numbers of the answers: `model`, or the one it is compared with */
    const dsc_dataset *data;
    dsc_metrics metrics;
    dsc_class_intervals *intervals; /* (classes) */
    double macro_f1[2];             /* interval of the mean F1 */
    report_answer *answers;         /* (count) */
} report_exam;

/* Runs all of `data` through the model on `threads` threads (0: all). `data` uses the model's class numbers
 * (dsc_dataset_match). Release with report_exam_clear, also after a failure. */
dsc_status report_examine(report_exam *exam, const dsc_model *model, const dsc_dataset *data,
                          unsigned threads, const report_watch *watch, dsc_error *error);

/* The same for a model compared with that of `first` on the same images; answers use the first model's class
 * numbers. DSC_ERROR_MISMATCH: the models have other classes, or images of other shapes. */
dsc_status report_examine_beside(report_exam *exam, const dsc_model *model, const report_exam *first,
                                 unsigned threads, const report_watch *watch, dsc_error *error);
void report_exam_clear(report_exam *exam);

/* Finds the wrong answers with the highest confidence, at most `most`, most confident first; returns their
 * number. */
size_t report_worst(uint32_t *samples, size_t most, const report_exam *exam);

/* Finds the most frequent confusions, at most `most` pairs; returns their number. */
typedef struct report_pair {
    size_t label, prediction, count;
} report_pair;
size_t report_confused(report_pair *pairs, size_t most, const dsc_metrics *metrics);

/* Chooses `count` samples (at most all), evenly spaced in the order of the data. */
void report_spread(uint32_t *samples, size_t count, const dsc_dataset *data);

/* Pairs two exams on the same data: all images (`label` SIZE_MAX), or those of one class. */
dsc_paired report_pair_up(const report_exam *first, const report_exam *second, size_t label);

#endif
