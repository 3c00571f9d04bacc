/* SPDX-License-Identifier: MIT */
/* cross_validate.c: `descender cross-validate`: each training image is answered by a network that was not
 * trained on it. */
#include "study.h"

#include "base/memory.h"
#include "data/dataset.h"
#include "data/folds.h"
#include "evaluation.h"
#include "measure/spread.h"
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct values {
    study_values study;
    int64_t folds;
} values;

static dsc_status ask(dsc_study_question *question, command_call *call, dsc_error *error) {
    const values *how = call->values;
    (void)error;
    question->folds = (size_t)how->folds;
    return DSC_OK;
}

static void tell(const command_call *call, const dsc_study *study) {
    study_tell_folds(call, study, "Each fold is held out once");
}

static void append_row(dsc_text *text, const dsc_study *study, size_t trial) {
    char a[32], b[32], c[32];
    if (trial == SIZE_MAX) {
        dsc_text_append(text, "%6s%10s%13s%10s%10s", "fold", "held out", "accuracy %", "loss", "seconds");
        study_end_row(text, study, trial);
        return;
    }
    const dsc_study_trial *t = dsc_study_trial_at(study, trial);
    dsc_text_append(text, "%6zu%10zu%13s%10s%10s", t->fold + 1, t->held_out,
                    t->failed ? "failed" : report_percent(a, (double)t->right / (double)t->held_out, 2),
                    t->failed ? "-" : report_loss(b, t->loss), dsc_format_fixed(c, sizeof c, t->seconds, 1));
    study_end_row(text, study, trial);
}

/* ---- results ---- */

typedef struct outcome {
    dsc_spread accuracy, loss;
    dsc_metrics pooled; /* over all folds: confusion, count, right answers and loss */
    size_t failed;
} outcome;

static dsc_status find_outcome(outcome *o, const dsc_study *study, dsc_error *error) {
    const size_t count = dsc_study_trials(study), classes = dsc_study_data(study)->classes;
    double *accuracy = dsc_allocate(count, sizeof *accuracy), *loss = dsc_allocate(count, sizeof *loss);
    *o = (outcome){0};
    dsc_status status = accuracy && loss ? dsc_metrics_initialise(&o->pooled, classes, error)
                                         : dsc_fail_memory(error, count * sizeof *accuracy, "the results");
    for (size_t i = 0; i < count && !status; i++) {
        const dsc_study_trial *t = dsc_study_trial_at(study, i);
        accuracy[i] = t->failed ? (double)NAN : (double)t->right / (double)t->held_out;
        loss[i] = t->failed ? (double)NAN : t->loss;
        o->failed += t->failed;
        if (t->failed) continue;
        o->pooled.count += t->held_out;
        o->pooled.top[0] += t->right;
        o->pooled.loss += t->loss * (double)t->held_out;
        for (size_t k = 0; k < classes * classes; k++) o->pooled.confusion[k] += t->confusion[k];
    }
    if (!status) {
        o->accuracy = dsc_spread_of(accuracy, count);
        o->loss = dsc_spread_of(loss, count);
    }
    free(accuracy);
    free(loss);
    return status;
}

static void append_spread(dsc_text *text, const outcome *o, size_t folds) {
    const dsc_spread *a = &o->accuracy, *l = &o->loss;
    char mean[32], deviation[32], interval[80], loss[32], spread[32];
    dsc_text_append(text, "\nMean of the folds: accuracy %s %%", report_percent(mean, a->mean, 2));
    if (a->count > 1)
        dsc_text_append(text, " (95 %% interval %s), standard deviation %s",
                        report_percents(interval, (const double[2]){fmax(0, a->low), fmin(1, a->high)}, 2),
                        report_percent(deviation, a->deviation, 2));
    dsc_text_append(text, "\nloss %s", report_loss(loss, l->mean));
    if (l->count > 1) dsc_text_append(text, ", standard deviation %s", report_loss(spread, l->deviation));
    dsc_text_append(text, "\n");
    if (o->failed) dsc_text_append(text, "%zu of %zu folds failed and are not included\n", o->failed, folds);
    if (a->count > 1)
        dsc_text_append(
            text,
            "The interval is Student's t of %zu folds, with %zu degrees of freedom; it is wide because the "
            "folds are few. It may still be somewhat too narrow, because the folds share training images.\n",
            a->count, a->count - 1);
}

static dsc_status report_text(const dsc_study *study, const outcome *o, dsc_error *error) {
    dsc_text text = {0};
    append_spread(&text, o, dsc_study_trials(study));
    study_append_refusal(&text, study);
    dsc_text_append(&text, "\nEach image by the network that has not seen it: ");
    command_append_accuracy(&text, &o->pooled);
    dsc_text_append(&text, "\n");
    command_append_confusion(&text, &o->pooled, (const char *const *)dsc_study_data(study)->class_names);
    return command_print_text(&text, error);
}

/* ---- JSON ---- */

static json_t *spread_json(const dsc_spread *s) {
    return json_pack("{s:o, s:o, s:[o, o], s:I}", "mean", study_real(s->mean), "deviation",
                     study_real(s->deviation), "interval", study_real(s->low), study_real(s->high), "folds",
                     (json_int_t)s->count);
}

static json_t *folds_json(const dsc_study *study) {
    json_t *list = json_array();
    for (size_t i = 0; i < dsc_study_trials(study); i++) {
        const dsc_study_trial *t = dsc_study_trial_at(study, i);
        (void)json_array_append_new(
            list, json_pack("{s:I, s:I, s:I, s:o, s:o, s:f, s:o, s:o*}", "fold", (json_int_t)i + 1, "samples",
                            (json_int_t)t->samples, "held_out", (json_int_t)t->held_out, "accuracy",
                            t->failed ? json_null() : json_real((double)t->right / (double)t->held_out),
                            "loss", t->failed ? json_null() : json_real(t->loss), "seconds", t->seconds,
                            "failed", t->failed ? dsc_json_text(t->message) : json_null(), "refusal",
                            dsc_study_question_of(study)->has_others && !t->failed ? dsc_study_refusal_json(t)
                                                                                   : NULL));
    }
    return list;
}

static json_t *classes_json(const dsc_dataset *data) {
    json_t *list = json_array();
    for (size_t k = 0; k < data->classes; k++)
        (void)json_array_append_new(list, json_string(data->class_names[k]));
    return list;
}

static json_t *pooled_json(const outcome *o) {
    double interval[2];
    dsc_wilson_interval(interval, o->pooled.top[0], o->pooled.count);
    return json_pack("{s:I, s:I, s:o, s:[f, f], s:o}", "samples", (json_int_t)o->pooled.count, "correct",
                     (json_int_t)o->pooled.top[0], "accuracy", study_real(dsc_metrics_accuracy(&o->pooled)),
                     "accuracy_interval", interval[0], interval[1], "confusion",
                     command_confusion_json(&o->pooled));
}

static dsc_status report(const command_call *call, const dsc_study *study, dsc_error *error) {
    outcome o;
    const dsc_study_question *q = dsc_study_question_of(study);
    dsc_status status = find_outcome(&o, study, error);
    if (!status && call->json)
        status = command_print_json(
            json_pack("{s:o, s:o, s:o, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o*}", "study",
                      dsc_json_text(dsc_study_folder(study)), "recipe", dsc_json_text(q->name), "data",
                      dsc_json_text(q->data_name), "samples", (json_int_t)dsc_study_data(study)->count,
                      "grouped", (int)dsc_dataset_has_groups(dsc_study_data(study)), "accuracy",
                      spread_json(&o.accuracy), "loss", spread_json(&o.loss), "folds", folds_json(study),
                      "classes", classes_json(dsc_study_data(study)), "pooled", pooled_json(&o), "refusal",
                      study_refusal_json(study)),
            error);
    else if (!status)
        status = report_text(study, &o, error);
    dsc_metrics_clear(&o.pooled);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    static const char *const own[] = {"folds", "out", NULL};
    static const study_command self = {DSC_STUDY_FOLDS, "cross-validate", own, ask, tell, append_row, report};
    return study_run(&self, call, error);
}

static const dsc_param options[] = {
    {"folds", DSC_PARAM_INT, offsetof(values, folds), "5", 2, DSC_FOLDS_MOST, NULL,
     "number of folds; one network is trained per fold"},
    {"out", DSC_PARAM_TEXT, offsetof(values, study.out), NULL, 0, 0, NULL,
     "folder of the study; default: the next free runs/NNNN-folds-recipe"},
    STUDY_OPTIONS(values),
    {0},
};

static const command_option extras[] = {STUDY_EXTRAS, {"folds", 'k', NULL, false}, {0}};

static const command_example examples[] = {
    {"cross-validate --data photos/ --size 64x64 --fit crop --folds 10",
     "Estimate the accuracy of what `train` would pick, from few pictures."},
    {"cross-validate --recipe mnist-98 --data scans.csv --group-by writer",
     "No writer is in both the training images and the held-out images."},
    {"cross-validate --resume runs/0001-folds-auto", "Continue a stopped study."},
    {0},
};

const command command_cross_validate = {
    .name = "cross-validate",
    .help = "measure a recipe by cross-validation, without the test set",
    .about = "Cuts the training set into folds with the same mix of classes. For each fold, the command "
             "trains the recipe on the other folds and measures accuracy and loss on that fold. It prints "
             "the results of each fold, their mean with a 95 percent interval by Student's t, and the "
             "confusion matrix of all answers. With --group-by, all images of a group are in the same fold. "
             "The test set is not used: keep it for the final measurement.\n\nIf the recipe stops early, it "
             "holds out a share of each fold's training images for that, never the fold itself. The result "
             "depends on the seed, but not on the number of threads or on interruptions: --resume continues "
             "after Ctrl-C, a kill or a power failure. The folder holds study.json and one file per fold.",
    .shared = dsc_recipe_params,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .defaults_vary = true,
    .stops = true,
    .run = run,
};
