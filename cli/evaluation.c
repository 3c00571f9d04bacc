/* SPDX-License-Identifier: MIT */
/* evaluation.c: tables of metrics. */
#include "evaluation.h"

#include "draw/utf8.h"
#include "model/model.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* "97.91", or "-" if it is undefined. */
static char *percent(char out[32], double share) {
    if (!isfinite(share)) return strcpy(out, "-");
    return dsc_format_fixed(out, 32, 100 * share, 2);
}

void command_append_accuracy(dsc_text *text, const dsc_metrics *m) {
    double interval[2];
    char accuracy[32], low[32], high[32], number[32];
    const double loss = dsc_metrics_loss(m);
    dsc_wilson_interval(interval, m->top[0], m->count);
    dsc_text_append(text, "accuracy %s %% (95 %% interval %s to %s), loss %s, %zu of %zu wrong",
                    percent(accuracy, dsc_metrics_accuracy(m)), percent(low, interval[0]),
                    percent(high, interval[1]), isfinite(loss) ? report_loss(number, loss) : "not finite",
                    m->count - m->top[0], m->count);
}

void command_warn_of_answers(const dsc_metrics *m) {
    if (m->not_finite)
        command_complain("warning: %zu of %zu answers are not finite and count as wrong: the model's weights "
                         "are too large for floats; train the model again with a smaller learning rate",
                         m->not_finite, m->count);
}

static size_t widest(const char *const *names, size_t count, size_t least) {
    for (size_t k = 0; k < count; k++) {
        const size_t length = draw_utf8_length(names[k]);
        if (length > least) least = length;
    }
    return least;
}

static const char *const *names_of(const dsc_model *model) { return (const char *const *)model->class_names; }

size_t command_name_width(const dsc_model *model, size_t least) {
    return widest(names_of(model), model->classes, least);
}

void command_append_name(dsc_text *text, const char *name, size_t width) {
    const size_t length = draw_utf8_length(name);
    dsc_text_append(text, "%s%*s", name, length < width ? (int)(width - length) : 0, "");
}

static void append_classes(dsc_text *text, const dsc_metrics *m, const dsc_model *model) {
    const int width = (int)command_name_width(model, 14) + 2;
    dsc_text_append(text, "\n%-*s%10s%11s%11s%11s\n", width, "class", "samples", "precision", "recall", "F1");
    for (size_t k = 0; k < m->classes; k++) {
        dsc_class_metrics c = dsc_metrics_of_class(m, k);
        char precision[32], recall[32], f1[32];
        command_append_name(text, dsc_model_class_name(model, k), (size_t)width);
        dsc_text_append(text, "%10zu%11s%11s%11s\n", c.support, percent(precision, c.precision),
                        percent(recall, c.recall), percent(f1, c.f1));
    }
}

/* Appends the most frequent mistakes, if the whole matrix is too large for a page. */
static void append_mistakes(dsc_text *text, const dsc_metrics *m, const char *const *names) {
    enum { SHOWN = 10 };
    size_t n = m->classes, before = SIZE_MAX, shown = 0;
    dsc_text_append(text, "\nmost frequent mistakes\n");
    while (shown < SHOWN) { /* by descending count; ties in order */
        size_t largest = 0;
        for (size_t i = 0; i < n * n; i++)
            if (i / n != i % n && m->confusion[i] < before && m->confusion[i] > largest)
                largest = m->confusion[i];
        if (!largest) break;
        for (size_t i = 0; i < n * n && shown < SHOWN; i++)
            if (i / n != i % n && m->confusion[i] == largest) {
                dsc_text_append(text, "%8zu  is %s, read as %s\n", largest, names[i / n], names[i % n]);
                shown++;
            }
        before = largest;
    }
    if (!shown) dsc_text_append(text, "    none\n");
}

void command_append_confusion(dsc_text *text, const dsc_metrics *m, const char *const *names) {
    enum { FITS = 16 };
    if (m->classes > FITS) {
        append_mistakes(text, m, names);
        return;
    }
    /* Names wider than a column are replaced by numbers, which the rows explain. */
    const bool numbered = widest(names, m->classes, 0) > 5;
    const size_t width = (numbered ? 4 : 0) + widest(names, m->classes, 8) + 2;
    dsc_text_append(text, "\nconfusion matrix: true class (rows), answer (columns)\n%*s", (int)width, "");
    for (size_t k = 0; k < m->classes; k++) {
        const char *name = names[k];
        if (numbered)
            dsc_text_append(text, "%6zu", k + 1);
        else
            dsc_text_append(text, "%*s%s", (int)(6 - draw_utf8_length(name)), "", name);
    }
    for (size_t i = 0; i < m->classes; i++) {
        dsc_text_append(text, "\n");
        if (numbered) dsc_text_append(text, "%2zu  ", i + 1);
        command_append_name(text, names[i], width - (numbered ? 4 : 0));
        for (size_t k = 0; k < m->classes; k++)
            dsc_text_append(text, "%6zu", m->confusion[i * m->classes + k]);
    }
    dsc_text_append(text, "\n");
}

void command_append_metrics(dsc_text *text, const dsc_metrics *m, const dsc_model *model, size_t top) {
    char share[32];
    command_append_accuracy(text, m);
    dsc_text_append(text, "\n");
    /* The label is always among all classes. */
    for (size_t k = 1; k < top && k < DSC_TOP_MOST && k + 1 < m->classes; k++)
        dsc_text_append(text, "among the %zu most probable: %s %%\n", k + 1,
                        percent(share, m->count ? (double)m->top[k] / (double)m->count : (double)NAN));
    dsc_text_append(text, "calibration error %s %%\n", percent(share, dsc_metrics_calibration_error(m)));
    append_classes(text, m, model);
    command_append_confusion(text, m, names_of(model));
    if (m->not_finite)
        dsc_text_append(text,
                        "\n%zu of %zu answers are not finite; they count as wrong and are in no column of "
                        "the confusion matrix\n",
                        m->not_finite, m->count);
}

/* ---- JSON ---- */

static json_t *real(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *classes_json(const dsc_metrics *m, const dsc_model *model) {
    json_t *list = json_array();
    for (size_t k = 0; k < m->classes; k++) {
        dsc_class_metrics c = dsc_metrics_of_class(m, k);
        (void)json_array_append_new(list, json_pack("{s:s, s:I, s:o, s:o, s:o}", "name",
                                                    dsc_model_class_name(model, k), "samples",
                                                    (json_int_t)c.support, "precision", real(c.precision),
                                                    "recall", real(c.recall), "f1", real(c.f1)));
    }
    return list;
}

json_t *command_confusion_json(const dsc_metrics *m) {
    json_t *rows = json_array();
    for (size_t i = 0; i < m->classes; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < m->classes; k++)
            (void)json_array_append_new(row, json_integer((json_int_t)m->confusion[i * m->classes + k]));
        (void)json_array_append_new(rows, row);
    }
    return rows;
}

json_t *command_metrics_json(const dsc_metrics *m, const dsc_model *model, size_t top) {
    double interval[2];
    dsc_wilson_interval(interval, m->top[0], m->count);
    json_t *tops = json_array();
    for (size_t k = 0; k < top && k < DSC_TOP_MOST && k < m->classes; k++)
        (void)json_array_append_new(tops, real((double)m->top[k] / (double)m->count));
    return json_pack("{s:I, s:I, s:I, s:o, s:[o, o], s:o, s:o, s:o, s:o, s:o}", "samples",
                     (json_int_t)m->count, "correct", (json_int_t)m->top[0], "not_finite",
                     (json_int_t)m->not_finite, "accuracy", real(dsc_metrics_accuracy(m)),
                     "accuracy_interval", real(interval[0]), real(interval[1]), "loss",
                     real(dsc_metrics_loss(m)), "calibration_error", real(dsc_metrics_calibration_error(m)),
                     "top", tops, "classes", classes_json(m, model), "confusion", command_confusion_json(m));
}
