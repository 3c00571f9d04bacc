/* SPDX-License-Identifier: MIT */
/* doubts.h: which labels are probably wrong, by confident learning (Northcutt, Jiang and Chuang,
 * "Confident learning: estimating uncertainty in dataset labels", Journal of Artificial Intelligence
 * Research 70, 2021, sections 3.1 and 3.2: the confident joint, and pruning by noise rate).
 *
 * What it goes by are probabilities from networks that have not seen the sample. A class's threshold is
 * the mean probability that its own samples get for it: what is usual for the class. A sample counts as
 * one of a class if its probability reaches that class's threshold; of several such classes the likeliest;
 * others count as none. So there is a table of labels against classes that samples count as. Its row for a
 * label, brought to the number of samples with that label, says how many of them are probably of each
 * other class: of so many, those are doubted that another class is preferred for most, by the difference
 * of the two probabilities. Doubts are ranked by self-confidence, the probability of the label: the least
 * first. */
#ifndef DSC_MEASURE_DOUBTS_H
#define DSC_MEASURE_DOUBTS_H

#include <descender.h>

typedef struct dsc_doubt {
    size_t sample;
    size_t label, answer; /* answer: the class that it probably is of */
    float own, other;     /* the probabilities of the two; other is larger */
} dsc_doubt;

typedef struct dsc_doubts {
    dsc_doubt *list;    /* the least probable label first; equal ones by sample */
    size_t count;       /* of the list */
    size_t answered;    /* samples whose probabilities are finite; others are passed over */
    double *thresholds; /* (classes); NaN of a class without an answered sample, which nothing counts as */
} dsc_doubts;

/* `probabilities` (samples, classes), `labels` (samples) below `classes`, at most 256. Release with
 * dsc_doubts_clear, also after a failure, which is of memory. */
dsc_status dsc_doubts_find(dsc_doubts *doubts, const float *probabilities, const uint8_t *labels,
                           size_t samples, size_t classes, dsc_error *error);
void dsc_doubts_clear(dsc_doubts *doubts);

#endif
