/* SPDX-License-Identifier: MIT */
/* learn_curve.c: `descender learn-curve`: a recipe's accuracy for growing parts of the data. */
#include "learn_curve.h"

#include "report/text.h"
#include "study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAME_STEPS, SAME_EPOCHS };

typedef struct values {
    study_values study;
    char *samples;
    int64_t seeds;
    int same;
} values;

/* ---- the question ---- */

/* Parses "100,300,1000". */
static dsc_status read_sizes(dsc_study_question *q, const char *text, command_call *call, dsc_error *error) {
    for (const char *at = text;; at++) {
        const size_t digits = strspn(at, "0123456789");
        if (!digits || digits > 9 || (at[digits] && at[digits] != ','))
            return command_wrong_usage(
                call, error,
                "--samples: expected whole numbers separated by commas, such as 100,300,1000, found '%s'",
                text);
        if (q->size_count == DSC_STUDY_SIZES_MOST)
            return command_wrong_usage(call, error, "--samples: expected at most %d numbers",
                                       DSC_STUDY_SIZES_MOST);
        q->sizes[q->size_count++] = strtoul(at, NULL, 10);
        at += digits;
        if (!*at) return DSC_OK;
    }
}

static dsc_status ask(dsc_study_question *q, command_call *call, dsc_error *error) {
    const values *how = call->values;
    q->repeats = (size_t)how->seeds;
    q->same_epochs = how->same == SAME_EPOCHS;
    return how->samples ? read_sizes(q, how->samples, call, error) : DSC_OK;
}

static void tell(const command_call *call, const dsc_study *study) {
    const dsc_study_question *q = dsc_study_question_of(study);
    const dsc_study_trial *t = dsc_study_trial_at(study, 0);
    command_remark(call, "%zu images are held out, the same ones for all trainings; each training takes %s",
                   t->held_out,
                   q->same_epochs ? "the recipe's epochs" : "as many steps as training on all images takes");
}

static void append_row(dsc_text *text, const dsc_study *study, size_t trial) {
    char a[32], b[32], c[32];
    if (trial == SIZE_MAX) {
        dsc_text_append(text, "%8s%6s%9s%13s%10s%10s", "images", "seed", "steps", "accuracy %", "loss",
                        "seconds");
        study_end_row(text, study, trial);
        return;
    }
    const dsc_study_trial *t = dsc_study_trial_at(study, trial);
    dsc_text_append(text, "%8zu%6zu%9llu%13s%10s%10s", t->samples, t->repeat + 1,
                    (unsigned long long)t->steps,
                    t->failed ? "failed" : report_percent(a, (double)t->right / (double)t->held_out, 2),
                    t->failed ? "-" : report_loss(b, t->loss), dsc_format_fixed(c, sizeof c, t->seconds, 1));
    study_end_row(text, study, trial);
}

/* ---- results ---- */

static void append_outlook(dsc_text *text, const learn_results *r) {
    const dsc_outlook *o = &r->outlook;
    const learn_size *last = &r->sizes[r->count - 1];
    char now[32], then[32], range[80], foretold[32];
    if (!r->has_outlook) {
        dsc_text_append(text,
                        "More images cannot be extrapolated: that takes %d sizes or more, and errors that "
                        "fall from one size to the next\n",
                        DSC_POWER_LAW_LEAST);
        return;
    }
    (void)report_percent(now, 1 - last->accuracy.mean, 2);
    dsc_text_append(text,
                    "If the curve continues as it began, twice as many images (%.0f) would lower the error "
                    "from %s %% to about %s %% (%s), hardly further: curves flatten. Extrapolated from the "
                    "smaller sizes, %s %% was expected for %zu images, and %s %% was measured\n",
                    o->n, now, report_percent(then, o->error, 2),
                    report_percents(range, (const double[2]){o->low, o->high}, 2),
                    report_percent(foretold, o->foretold, 2), last->samples, now);
}

static dsc_status report_text(const learn_results *r, dsc_error *error) {
    dsc_text text = {0};
    draw_terminal terminal = draw_terminal_detect(1);
    char a[32], b[80], c[32];
    dsc_text_append(&text, "\n%8s%12s%20s%10s\n", "images", "error %", "95 % interval", "loss");
    for (size_t i = 0; i < r->count; i++) {
        const learn_size *s = &r->sizes[i];
        const double ends[2] = {1 - s->interval[1], 1 - s->interval[0]};
        dsc_text_append(&text, "%8zu%12s%20s%10s\n", s->samples, report_percent(a, 1 - s->accuracy.mean, 2),
                        isfinite(ends[0]) ? report_percents(b, ends, 2) : "-", report_loss(c, s->loss.mean));
    }
    dsc_text_append(
        &text, "%s\n",
        r->by_seed ? "Intervals: Student's t over the few seeds; the held-out images are the same for all"
                   : "Intervals: Wilson's, over the held-out images; use --seeds to measure how much is "
                     "chance of the training");
    dsc_status status = terminal.live ? learn_chart_text(&text, r, &terminal, error) : DSC_OK;
    append_outlook(&text, r);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

static json_t *seeds_json(const learn_results *r, size_t size) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->repeats; i++) {
        const dsc_study_trial *t = &r->sizes[size].trials[i];
        (void)json_array_append_new(
            list,
            json_pack("{s:I, s:o, s:o, s:f, s:o, s:o*}", "seed", (json_int_t)i + 1, "accuracy",
                      t->failed ? json_null() : json_real((double)t->right / (double)t->held_out), "loss",
                      t->failed ? json_null() : json_real(t->loss), "seconds", t->seconds, "failed",
                      t->failed ? dsc_json_text(t->message) : json_null(), "refusal",
                      dsc_study_question_of(r->study)->has_others && !t->failed ? dsc_study_refusal_json(t)
                                                                                : NULL));
    }
    return list;
}

static json_t *sizes_json(const learn_results *r) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->count; i++) {
        const learn_size *s = &r->sizes[i];
        const dsc_study_trial *t = s->trials;
        (void)json_array_append_new(list,
                                    json_pack("{s:I, s:I, s:I, s:I, s:o, s:[o, o], s:o, s:o, s:o}", "samples",
                                              (json_int_t)s->samples, "epochs", (json_int_t)t->epochs,
                                              "steps", (json_int_t)t->steps, "batch", (json_int_t)t->batch,
                                              "accuracy", study_real(s->accuracy.mean), "accuracy_interval",
                                              study_real(s->interval[0]), study_real(s->interval[1]),
                                              "accuracy_deviation", study_real(s->accuracy.deviation), "loss",
                                              study_real(s->loss.mean), "seeds", seeds_json(r, i)));
    }
    return list;
}

static json_t *outlook_json(const learn_results *r) {
    const dsc_outlook *o = &r->outlook;
    if (!r->has_outlook) return json_null();
    return json_pack("{s:f, s:f, s:f, s:[f, f], s:f, s:f, s:f}", "samples", o->n, "error", o->error,
                     "last_foretold", o->foretold, "error_range", o->low, o->high, "floor", o->law.floor,
                     "scale", o->law.scale, "rate", o->law.rate);
}

static dsc_status report_json(const learn_results *r, dsc_error *error) {
    const dsc_study_question *q = dsc_study_question_of(r->study);
    return command_print_json(
        json_pack("{s:o, s:o, s:o, s:I, s:s, s:s, s:o, s:o}", "study",
                  dsc_json_text(dsc_study_folder(r->study)), "recipe", dsc_json_text(q->name), "data",
                  dsc_json_text(q->data_name), "held_out", (json_int_t)r->sizes->trials->held_out, "same",
                  q->same_epochs ? "epochs" : "steps", "intervals", r->by_seed ? "seeds" : "images", "sizes",
                  sizes_json(r), "outlook", outlook_json(r)),
        error);
}

static dsc_status report(const command_call *call, const dsc_study *study, dsc_error *error) {
    learn_results r;
    dsc_error failure = {0};
    dsc_status status = learn_results_find(&r, study, error);
    if (status) return status;
    status = DESCENDER_WITH_CAIRO ? learn_chart_save(&r, &failure) : DSC_OK;
    if (status) command_complain("warning: the charts were not drawn: %s", failure.message);
    return call->json ? report_json(&r, error) : report_text(&r, error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    static const char *const own[] = {"samples", "seeds", "same", "out", NULL};
    static const study_command self = {DSC_STUDY_CURVE, "learn-curve", own, ask, tell, append_row, report};
    return study_run(&self, call, error);
}

static const dsc_param options[] = {
    {"samples", DSC_PARAM_TEXT, offsetof(values, samples), NULL, 0, 0, NULL,
     "sizes of the training set: growing numbers separated by commas; default: 1/16, 1/8, 1/4, 1/2 and all "
     "of the images that are not held out"},
    {"seeds", DSC_PARAM_INT, offsetof(values, seeds), "1", 1, DSC_STUDY_REPEATS_MOST, NULL,
     "trainings per size, each with other initial weights and another choice of images"},
    {"same", DSC_PARAM_CHOICE, offsetof(values, same), "steps", 0, 0, "steps|epochs",
     "what all sizes share: steps: as many as all images take in the recipe's epochs, so that only the data "
     "differ; epochs: small sizes are then also trained for less time"},
    {"out", DSC_PARAM_TEXT, offsetof(values, study.out), NULL, 0, 0, NULL,
     "folder of the study; default: the next free runs/NNNN-curve-recipe"},
    STUDY_OPTIONS(values),
    {0},
};

static const command_option extras[] = {
    STUDY_EXTRAS, {"samples", 'n', "N,N,...", false}, {"seeds", 's', NULL, false}, {0}};

static const command_example examples[] = {
    {"learn-curve --data photos/ --size 64x64 --fit crop",
     "Find out whether more pictures are worth collecting."},
    {"learn-curve --recipe mnist-98 --samples 500,1000,2000,4000,8000 --seeds 3",
     "Train on subsets of MNIST, each size three times."},
    {"learn-curve --resume runs/0001-curve-auto", "Continue a stopped study."},
    {0},
};

const command command_learn_curve = {
    .name = "learn-curve",
    .help = "measure how accuracy grows with the number of training images",
    .about = "Holds out a share of the training set (a tenth unless --validation says otherwise) and trains "
             "the recipe on growing parts of the rest, each with the same mix of classes. Prints the error "
             "on the held-out images by the number of training images. With four sizes or more, the command "
             "also estimates the error for twice as many images, from the fit error = a + b / images^c. The "
             "test set is not used. Early stopping is off, and a batch is never larger than the number of "
             "training images.\n\nThe result depends on the seed, but not on the number of threads or on "
             "interruptions: --resume continues after Ctrl-C, a kill or a power failure. The folder holds "
             "study.json, one file per training, and learning-curve.svg and .png.",
    .shared = dsc_recipe_params,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .defaults_vary = true,
    .stops = true,
    .run = run,
};
