/* SPDX-License-Identifier: MIT */
/* speed.h: how big a model is, and how long it takes on this machine. */
#ifndef REPORT_SPEED_H
#define REPORT_SPEED_H

#include "base/machine.h"
#include "report/exam.h"

typedef struct report_speed {
    size_t parameters;
    double multiply_adds; /* of one image */
    double file_bytes;    /* of the model's file; 0: not from a file */
    double latency_median,
        latency_slow;         /* seconds for one image on one thread: half, and 99 of 100, took no longer */
    double images_per_second; /* in batches */
    size_t batch, runs;
    unsigned threads; /* of the batches */
    char processor[DSC_PROCESSOR_NAME];
} report_speed;

/* Measures for about `seconds`; answers of `data` are asked for. `path` NULL: no file. */
dsc_status report_measure_speed(report_speed *speed, const dsc_model *model, const dsc_dataset *data,
                                const char *path, unsigned threads, double seconds, dsc_error *error);

#endif
