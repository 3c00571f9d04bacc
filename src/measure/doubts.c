/* SPDX-License-Identifier: MIT */
/* doubts.c: confident learning; see doubts.h. */
#include "measure/doubts.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* A sample whose probability for another class exceeds that of its label. */
typedef struct candidate {
    size_t sample;
    float margin; /* above 0 */
} candidate;

typedef struct finding {
    const float *probabilities;
    const uint8_t *labels;
    size_t samples, classes;
    bool *answered;   /* (samples) */
    size_t *joint;    /* (classes, classes): [label][class it counts as] */
    size_t *labelled; /* (classes): samples with an answer */
    uint16_t *answer; /* (samples): the probable class of a doubted sample; otherwise `classes` */
    candidate *candidates;
    dsc_doubts *doubts;
} finding;

static const float *row_of(const finding *f, size_t sample) { return f->probabilities + sample * f->classes; }

/* --- the table --- */

static void find_thresholds(finding *f) {
    double *thresholds = f->doubts->thresholds;
    for (size_t i = 0; i < f->samples; i++) {
        const float *row = row_of(f, i);
        f->answered[i] = true;
        for (size_t k = 0; k < f->classes && f->answered[i]; k++) f->answered[i] = isfinite(row[k]);
        if (!f->answered[i]) continue;
        f->doubts->answered++;
        f->labelled[f->labels[i]]++;
        thresholds[f->labels[i]] += (double)row[f->labels[i]];
    }
    for (size_t k = 0; k < f->classes; k++)
        thresholds[k] = f->labelled[k] ? thresholds[k] / (double)f->labelled[k] : (double)NAN;
}

/* The most probable class whose threshold is reached; `classes`: none. */
static size_t class_of(const float *row, const double *thresholds, size_t classes) {
    size_t best = classes;
    for (size_t k = 0; k < classes; k++)
        if ((double)row[k] >= thresholds[k] && (best == classes || row[k] > row[best])) best = k;
    return best;
}

static void count_joint(finding *f) {
    for (size_t i = 0; i < f->samples; i++) {
        const size_t class =
            f->answered[i] ? class_of(row_of(f, i), f->doubts->thresholds, f->classes) : f->classes;
        if (class < f->classes) f->joint[f->labels[i] * f->classes + class]++;
    }
}

/* --- doubted samples --- */

static int by_margin(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->margin > y->margin || x->margin < y->margin) return x->margin > y->margin ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

/* Marks, among the samples with that label, the `most` with the largest margin for the class. */
static void doubt(finding *f, size_t label, size_t class, size_t most) {
    size_t count = 0;
    for (size_t i = 0; i < f->samples; i++) {
        const float *row = row_of(f, i);
        if (f->answered[i] && f->labels[i] == label && row[class] > row[label])
            f->candidates[count++] = (candidate){i, row[class] - row[label]};
    }
    if (count) qsort(f->candidates, count, sizeof *f->candidates, by_margin);
    for (size_t n = 0; n < count && n < most; n++) {
        uint16_t *answer = &f->answer[f->candidates[n].sample];
        const float *row = row_of(f, f->candidates[n].sample);
        if (*answer == f->classes || row[class] > row[*answer]) *answer = (uint16_t) class;
    }
}

static void doubt_all(finding *f) {
    for (size_t label = 0; label < f->classes; label++) {
        const size_t *row = f->joint + label * f->classes;
        size_t counted = 0;
        for (size_t k = 0; k < f->classes; k++) counted += row[k];
        for (size_t k = 0; k < f->classes; k++) {
            if (k == label || !row[k]) continue;
            const double share = (double)row[k] / (double)counted;
            doubt(f, label, k, (size_t)(share * (double)f->labelled[label] + 0.5));
        }
    }
}

static int by_confidence(const void *a, const void *b) {
    const dsc_doubt *x = a, *y = b;
    if (x->own < y->own || x->own > y->own) return x->own < y->own ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

static dsc_status list_doubts(finding *f, dsc_error *error) {
    dsc_doubts *d = f->doubts;
    size_t capacity = 0;
    for (size_t i = 0; i < f->samples; i++) {
        const size_t answer = f->answer[i], label = f->labels[i];
        if (answer == f->classes) continue;
        if (!dsc_grow(&d->list, &capacity, d->count + 1, sizeof *d->list))
            return dsc_fail_memory(error, (d->count + 1) * sizeof *d->list, "the doubtful labels");
        d->list[d->count++] = (dsc_doubt){i, label, answer, row_of(f, i)[label], row_of(f, i)[answer]};
    }
    if (d->count) qsort(d->list, d->count, sizeof *d->list, by_confidence);
    return DSC_OK;
}

dsc_status dsc_doubts_find(dsc_doubts *d, const float *probabilities, const uint8_t *labels, size_t samples,
                           size_t classes, dsc_error *error) {
    finding f = {.probabilities = probabilities,
                 .labels = labels,
                 .samples = samples,
                 .classes = classes,
                 .answered = dsc_allocate(samples, sizeof *f.answered),
                 .joint = dsc_allocate(classes * classes, sizeof *f.joint),
                 .labelled = dsc_allocate(classes, sizeof *f.labelled),
                 .answer = dsc_allocate(samples, sizeof *f.answer),
                 .candidates = dsc_allocate(samples, sizeof *f.candidates),
                 .doubts = d};
    *d = (dsc_doubts){.thresholds = dsc_allocate(classes, sizeof *d->thresholds)};
    dsc_status status = DSC_OK;
    if (!f.answered || !f.joint || !f.labelled || !f.answer || !f.candidates || !d->thresholds)
        status = dsc_fail_memory(error, samples * sizeof *f.candidates, "the doubtful labels");
    if (!status) {
        for (size_t i = 0; i < samples; i++) f.answer[i] = (uint16_t)classes;
        find_thresholds(&f);
        count_joint(&f);
        doubt_all(&f);
        status = list_doubts(&f, error);
    }
    free(f.answered);
    free(f.joint);
    free(f.labelled);
    free(f.answer);
    free(f.candidates);
    return status;
}

void dsc_doubts_clear(dsc_doubts *d) {
    free(d->list);
    free(d->thresholds);
    *d = (dsc_doubts){0};
}
