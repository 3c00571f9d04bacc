/* SPDX-License-Identifier: MIT */
/* speed.h: a model's size, and its speed on this machine. */
#ifndef REPORT_SPEED_H
#define REPORT_SPEED_H

#include "base/machine.h"
#include "report/exam.h"

typedef struct report_speed {
    size_t parameters;
    double multiply_adds;                /* of one image */
    double file_bytes;                   /* of the model's file; 0: not from a file */
    double latency_median, latency_slow; /* seconds for one image on one thread: median and 99th percentile */
    double images_per_second;            /* in batches */
    size_t batch, runs;
    unsigned threads; /* of the batches */
    char processor[DSC_PROCESSOR_NAME];
} report_speed;

/* Measures for about `seconds` with images of `data`. `path` NULL: no file. */
dsc_status report_measure_speed(report_speed *speed, const dsc_model *model, const dsc_dataset *data,
                                const char *path, unsigned threads, double seconds, dsc_error *error);

#endif
