/* SPDX-License-Identifier: MIT */
/* exam.c: answers kept, mistakes ranked, two models side by side. */
#include "report/exam.h"

#include "base/error.h"
#include "base/memory.h"
#include "train/score.h"

#include <stdlib.h>
#include <string.h>

enum { SEED = 1 }; /* of the bootstrap */

dsc_status report_tell(const report_watch *watch, const char *what, size_t done, size_t total,
                       dsc_error *error) {
    if (!watch || !watch->on_progress || !watch->on_progress(watch->user, what, done, total)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_STOPPED, "stopped while %s", what);
}

typedef struct taking {
    report_exam *exam;
    const report_watch *watch;
    dsc_status status;
    dsc_error error;
} taking;

/* An evaluation cannot be stopped in its midst: the wish is noted, and granted at its end. */
static void take(void *user, const dsc_answer *answer) {
    taking *t = user;
    t->exam->answers[answer->sample] =
        (report_answer){(uint16_t)answer->label, (uint16_t)answer->prediction,
                        answer->probabilities[answer->prediction], (float)answer->loss};
    if (!t->status)
        t->status = report_tell(t->watch, "evaluating", answer->sample + 1, t->exam->data->count, &t->error);
}

dsc_status report_examine(report_exam *exam, const dsc_model *model, const dsc_dataset *data,
                          unsigned threads, const report_watch *watch, dsc_error *error) {
    *exam = (report_exam){.model = model, .data = data};
    exam->answers = dsc_allocate(data->count, sizeof *exam->answers);
    exam->intervals = dsc_allocate(model->classes, sizeof *exam->intervals);
    if (!exam->answers || !exam->intervals)
        return dsc_fail_memory(error, data->count * sizeof *exam->answers, "a model's answers");
    taking t = {.exam = exam, .watch = watch};
    dsc_status status = dsc_model_measure(&exam->metrics, model, data, threads, take, &t, error);
    if (!status && t.status) {
        status = t.status;
        if (error) *error = t.error;
    }
    return status ? status
                  : dsc_metrics_intervals(exam->intervals, exam->macro_f1, &exam->metrics, SEED, error);
}

void report_exam_clear(report_exam *exam) {
    dsc_metrics_clear(&exam->metrics);
    free(exam->intervals);
    free(exam->answers);
    *exam = (report_exam){0};
}

/* Is a's mistake the worse one? Of equals, that which comes first. */
static bool worse(const report_exam *exam, uint32_t a, uint32_t b) {
    float x = exam->answers[a].confidence, y = exam->answers[b].confidence;
    return x > y || (!(x < y) && a < b);
}

size_t report_worst(uint32_t *samples, size_t most, const report_exam *exam) {
    size_t count = 0;
    for (uint32_t i = 0; i < exam->metrics.count; i++) {
        if (exam->answers[i].label == exam->answers[i].prediction) continue;
        size_t at = count < most ? count++ : most;
        if (at == most && (!most || !worse(exam, i, samples[most - 1]))) continue;
        if (at == most) at--;
        for (; at > 0 && worse(exam, i, samples[at - 1]); at--) samples[at] = samples[at - 1];
        samples[at] = i;
    }
    return count;
}

size_t report_confused(report_pair *pairs, size_t most, const dsc_metrics *m) {
    size_t count = 0;
    for (size_t i = 0; i < m->classes * m->classes; i++) {
        size_t n = m->confusion[i], label = i / m->classes, prediction = i % m->classes;
        if (!n || label == prediction) continue;
        size_t at = count < most ? count++ : most;
        if (at == most && (!most || n <= pairs[most - 1].count)) continue;
        if (at == most) at--;
        for (; at > 0 && n > pairs[at - 1].count; at--) pairs[at] = pairs[at - 1];
        pairs[at] = (report_pair){label, prediction, n};
    }
    return count;
}

void report_spread(uint32_t *samples, size_t count, const dsc_dataset *data) {
    for (size_t i = 0; i < count; i++)
        samples[i] = (uint32_t)((double)i * (double)data->count / (double)count);
}

dsc_paired report_pair_up(const report_exam *first, const report_exam *second, size_t label) {
    dsc_paired paired = {0};
    for (size_t i = 0; i < first->metrics.count && i < second->metrics.count; i++) {
        const report_answer *a = &first->answers[i], *b = &second->answers[i];
        if (label != SIZE_MAX && a->label != label) continue;
        bool x = a->label == a->prediction, y = b->label == b->prediction;
        size_t *cell = x ? (y ? &paired.both : &paired.first) : y ? &paired.second : &paired.none;
        ++*cell;
    }
    return paired;
}
