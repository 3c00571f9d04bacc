/* SPDX-License-Identifier: MIT */
/* learn_curve.h: the results of a learning curve per size, their chart, and the effect of more samples. */
#ifndef CLI_LEARN_CURVE_H
#define CLI_LEARN_CURVE_H

#include "command.h"
#include "draw/terminal.h"
#include "measure/power_law.h"
#include "measure/spread.h"
#include "study/study.h"

/* All trainings of one size. */
typedef struct learn_size {
    const dsc_study_trial *trials; /* (repeats) */
    size_t samples, failed;
    dsc_spread accuracy, loss; /* over the seeds */
    double interval[2];        /* of the accuracy: see learn_results.by_seed */
} learn_size;

typedef struct learn_results {
    const dsc_study *study;
    learn_size sizes[DSC_STUDY_SIZES_MOST];
    size_t count, repeats;
    bool by_seed; /* intervals: Student's t over the seeds; false (one seed): Wilson's over the images */
    bool has_outlook;
    dsc_outlook outlook; /* for twice as many samples */
} learn_results;

/* Fails only without memory. */
dsc_status learn_results_find(learn_results *results, const dsc_study *study, dsc_error *error);

/* Draws the error in percent against samples, with the fitted law: on the terminal, and in the study's
 * folder. */
dsc_status learn_chart_text(dsc_text *text, const learn_results *results, const draw_terminal *terminal,
                            dsc_error *error);
dsc_status learn_chart_save(const learn_results *results, dsc_error *error);

#endif
