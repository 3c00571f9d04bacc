/* SPDX-License-Identifier: MIT */
/* doubts.h: finds labels that are probably wrong by confident learning (Northcutt, Jiang and Chuang,
 * "Confident learning: estimating uncertainty in dataset labels", Journal of Artificial Intelligence Research
 * 70, 2021, sections 3.1 and 3.2: the confident joint, and pruning by noise rate).
 *
 * The input is probabilities from networks that did not train on the sample. A class's threshold is the mean
 * probability that its own samples get for it. A sample counts as a class if its probability reaches the
 * class's threshold; among several such classes, as the most probable; otherwise as none. This gives a table
 * of labels against counted classes. The row of a label, scaled to the number of samples with that label,
 * estimates how many of them belong to each other class. That many samples are doubted: those with the
 * largest difference between the probability of the other class and that of the label. Doubts are ordered by
 * self-confidence, the probability of the label, lowest first. */
#ifndef DSC_MEASURE_DOUBTS_H
#define DSC_MEASURE_DOUBTS_H

#include <descender.h>

typedef struct dsc_doubt {
    size_t sample;
    size_t label, answer; /* answer: the probable class */
    float own, other;     /* the probabilities of label and answer; other is larger */
} dsc_doubt;

typedef struct dsc_doubts {
    dsc_doubt *list;    /* lowest own probability first; equals by sample */
    size_t count;       /* of the list */
    size_t answered;    /* samples with finite probabilities; others are skipped */
    double *thresholds; /* (classes); NaN without an answered sample: no sample counts as the class */
} dsc_doubts;

/* `probabilities` (samples, classes); `labels` (samples) are below `classes`, which is at most 256. Fails
 * only without memory. Release with dsc_doubts_clear, also after a failure. */
dsc_status dsc_doubts_find(dsc_doubts *doubts, const float *probabilities, const uint8_t *labels,
                           size_t samples, size_t classes, dsc_error *error);
void dsc_doubts_clear(dsc_doubts *doubts);

#endif
