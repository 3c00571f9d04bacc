/* SPDX-License-Identifier: MIT */
/* exam.c: stores answers, ranks mistakes, pairs two models. */
#include "report/exam.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/class_match.h"
#include "measure/score.h"

#include <stdlib.h>
#include <string.h>

enum { SEED = 1, CLASSES_MOST = 256 }; /* SEED: for the bootstrap */

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

static int take(void *user, const dsc_answer *answer) {
    taking *t = user;
    t->exam->answers[answer->sample] = (report_answer){
        (uint16_t)answer->label, (uint32_t)answer->prediction,
        answer->is_finite ? answer->probabilities[answer->prediction] : 0, (float)answer->loss};
    t->status = report_tell(t->watch, "evaluating", answer->sample + 1, t->exam->data->count, &t->error);
    return t->status != DSC_OK;
}

/* Records the answers of `model` to all of `data`, which uses its class numbers; intervals follow later. */
static dsc_status answer(report_exam *exam, const dsc_model *model, const dsc_dataset *data, unsigned threads,
                         const report_watch *watch, dsc_error *error) {
    *exam = (report_exam){.model = model, .numbering = model, .data = data};
    exam->answers = dsc_allocate(data->count, sizeof *exam->answers);
    exam->intervals = dsc_allocate(model->classes, sizeof *exam->intervals);
    if (!exam->answers || !exam->intervals)
        return dsc_fail_memory(error, data->count * sizeof *exam->answers, "a model's answers");
    taking t = {.exam = exam, .watch = watch};
    dsc_status status = dsc_model_measure(&exam->metrics, model, data, threads, take, &t, error);
    if (t.status) {
        status = t.status;
        if (error) *error = t.error;
    }
    return status;
}

static dsc_status make_intervals(report_exam *exam, dsc_error *error) {
    return dsc_metrics_intervals(exam->intervals, exam->macro_f1, &exam->metrics, SEED, error);
}

dsc_status report_examine(report_exam *exam, const dsc_model *model, const dsc_dataset *data,
                          unsigned threads, const report_watch *watch, dsc_error *error) {
    dsc_status status = answer(exam, model, data, threads, watch, error);
    return status ? status : make_intervals(exam, error);
}

/* Replaces class k of the exam's numbering by map[k]. */
static dsc_status renumber(report_exam *exam, const uint16_t *map, dsc_error *error) {
    dsc_metrics *m = &exam->metrics;
    const size_t n = m->classes;
    size_t *confusion = dsc_allocate(n * n, sizeof *confusion);
    if (!confusion) return dsc_fail_memory(error, n * n * sizeof *confusion, "a comparison");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) confusion[map[i] * n + map[k]] = m->confusion[i * n + k];
    memcpy(m->confusion, confusion, n * n * sizeof *confusion);
    for (size_t i = 0; i < n; i++) confusion[map[i]] = m->no_answer[i];
    memcpy(m->no_answer, confusion, n * sizeof *confusion);
    free(confusion);
    for (size_t i = 0; i < m->count; i++) {
        report_answer *a = &exam->answers[i];
        a->label = map[a->label];
        if (a->prediction < n) a->prediction = map[a->prediction]; /* otherwise there was no answer */
    }
    return DSC_OK;
}

/* Matches models with the same classes, in any order. */
static dsc_status match_models(uint16_t map[CLASSES_MOST], const dsc_model *model, const dsc_model *first,
                               dsc_error *error) {
    const dsc_class_list ours = {(const char *const *)model->class_names, model->classes, "the second model"},
                         theirs = {(const char *const *)first->class_names, first->classes,
                                   "the first model"};
    bool used[CLASSES_MOST];
    memset(used, true, sizeof used);
    if (model->classes > CLASSES_MOST || model->classes != first->classes)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "models with %zu and %zu classes cannot be compared: both must know the same "
                        "classes, %d at most; give two models that were trained for the same classes",
                        first->classes, model->classes, CLASSES_MOST);
    return dsc_classes_match(map, NULL, &theirs, &ours, used, error);
}

dsc_status report_examine_beside(report_exam *exam, const dsc_model *model, const report_exam *first,
                                 unsigned threads, const report_watch *watch, dsc_error *error) {
    uint16_t map[CLASSES_MOST];
    dsc_dataset *own = NULL;
    *exam = (report_exam){.model = model};
    dsc_status status = match_models(map, model, first->model, error);
    if (!status) status = dsc_dataset_match(&own, NULL, first->data, model, error);
    if (!status) status = answer(exam, model, own, threads, watch, error);
    if (!status) status = renumber(exam, map, error);
    exam->numbering = first->model;
    exam->data = first->data;
    dsc_dataset_free(own);
    return status ? status : make_intervals(exam, error);
}

void report_exam_clear(report_exam *exam) {
    dsc_metrics_clear(&exam->metrics);
    free(exam->intervals);
    free(exam->answers);
    *exam = (report_exam){0};
}

/* Whether mistake a ranks before b: higher confidence, then lower index. */
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
