/* SPDX-License-Identifier: MIT */
/* study.c: starts or resumes a study from options; prints a row per result on standard output, everything
 * else on standard error. */
#include "study.h"

#include "base/file.h"
#include "data/dataset.h"
#include "given.h"
#include "others.h"
#include "report/text.h"
#include "train/build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One call. */
typedef struct session {
    const study_command *command;
    command_call *call;
    const study_values *how;
    dsc_study_question question; /* until the study is started */
    command_data data;
    command_others others;
    dsc_study *study;
    command_progress progress;
    bool started, rows, headed;
} session;

void study_tell_folds(const command_call *call, const dsc_study *study, const char *remark) {
    const dsc_dataset *data = dsc_study_data(study);
    command_remark(call, "%s: %zu folds of %zu images%s", remark, dsc_study_question_of(study)->folds,
                   data->count, dsc_dataset_has_groups(data) ? ", groups kept together" : "");
}

json_t *study_real(double value) { return isfinite(value) ? json_real(value) : json_null(); }

/* ---- the question ---- */

static dsc_status refuse(session *s, const char *option, dsc_error *error) {
    return command_wrong_usage(
        s->call, error, "--resume continues the study with its own settings; omit --%s, or start a new study",
        option);
}

static dsc_status check_resume(session *s, dsc_error *error) {
    if (command_given(s->call, "recipe")) return refuse(s, "recipe", error);
    for (const char *const *own = s->command->own; *own; own++)
        if (command_given(s->call, *own)) return refuse(s, *own, error);
    for (const dsc_param *p = dsc_recipe_params; p->name; p++)
        if (command_given(s->call, p->name) && strcmp(p->name, "data") != 0 && strcmp(p->name, "others") != 0)
            return refuse(s, p->name, error);
    return DSC_OK;
}

static dsc_status open_data(session *s, char *data, const dsc_reading *reading, dsc_error *error) {
    command_source source = command_source_of(data, reading, s->how->offline);
    source.may_be_untested = true; /* the test set is not used */
    return command_data_open(&s->data, s->call, &source, error);
}

static dsc_status open_others(session *s, dsc_error *error) {
    const bool moved = s->how->resume && command_given(s->call, "others");
    return command_others_of_recipe(&s->others, s->call, &s->question.recipe,
                                    moved ? s->how->recipe.others : NULL, !s->how->resume, s->how->offline,
                                    error);
}

static dsc_status resume(session *s, command_start *begun, dsc_error *error) {
    dsc_status status = check_resume(s, error);
    if (!status) status = dsc_study_open(&s->question, s->how->resume, s->command->kind, error);
    if (status) return status;
    const dsc_recipe *own = &s->question.recipe;
    status = command_start_again(begun, &s->question.recipe, error);
    if (status) return status;
    status =
        open_data(s, command_given(s->call, "data") ? s->how->recipe.data : own->data, &own->reading, error);
    return status ? status : open_others(s, error);
}

/* A named recipe is checked before the data are fetched. A suggestion needs the data first. */
static dsc_status start(session *s, command_start *begun, dsc_error *error) {
    dsc_recipe *recipe = &s->question.recipe;
    dsc_status status = dsc_text_replace(&s->question.name, s->how->name, error);
    s->question.kind = s->command->kind;
    if (!status) status = s->command->ask(&s->question, s->call, error);
    if (!status) status = command_recipe_begin(recipe, begun, s->how->name, s->call, &s->how->recipe, error);
    if (!status) status = dsc_recipe_check(recipe, error);
    if (status) return status;
    status = open_data(s, recipe->data, &recipe->reading, error);
    if (!status) status = command_recipe_settle(recipe, recipe->data, s->data.name, error);
    if (!status)
        status = command_recipe_complete(recipe, begun, s->how->name, s->call, &s->how->recipe, s->data.train,
                                         (unsigned)s->how->threads, error);
    if (!status) status = open_others(s, error);
    return status ? status : dsc_recipe_check(recipe, error);
}

/* ---- refusals ---- */

static double share_of(size_t part, size_t all) { return all ? (double)part / (double)all : (double)NAN; }

void study_end_row(dsc_text *text, const dsc_study *study, size_t trial) {
    char a[32], b[32];
    if (dsc_study_question_of(study)->has_others && trial == SIZE_MAX) {
        dsc_text_append(text, "%12s%12s", "answered %", "refused %");
    } else if (dsc_study_question_of(study)->has_others) {
        const dsc_study_trial *t = dsc_study_trial_at(study, trial);
        dsc_text_append(text, "%12s%12s",
                        t->failed ? "-" : report_percent(a, share_of(t->refusal.answered, t->held_out), 2),
                        t->failed ? "-"
                                  : report_percent(b, share_of(t->refusal.refused, t->refusal.others), 2));
    }
    dsc_text_append(text, "\n");
}

/* Sums over the trials that did not fail. */
typedef struct refusal {
    size_t held_out, answered, right, others, refused;
} refusal;

static bool pool(refusal *sum, const dsc_study *study) {
    *sum = (refusal){0};
    for (size_t i = 0; i < dsc_study_trials(study); i++) {
        const dsc_study_trial *t = dsc_study_trial_at(study, i);
        if (t->failed) continue;
        sum->held_out += t->held_out;
        sum->answered += t->refusal.answered;
        sum->right += t->refusal.right;
        sum->others += t->refusal.others;
        sum->refused += t->refusal.refused;
    }
    return dsc_study_question_of(study)->has_others && sum->held_out && sum->others;
}

void study_append_refusal(dsc_text *text, const dsc_study *study) {
    refusal sum;
    char a[32], b[32], c[32];
    if (!pool(&sum, study)) return;
    dsc_text_append(text,
                    "\nThe network refuses to answer below its threshold: it answers %s %% of the held-out "
                    "images, %s %% of these right; it refuses %s %% of the held-out images of no class\n",
                    report_percent(a, share_of(sum.answered, sum.held_out), 2),
                    report_percent(b, share_of(sum.right, sum.answered), 2),
                    report_percent(c, share_of(sum.refused, sum.others), 2));
}

json_t *study_refusal_json(const dsc_study *study) {
    refusal sum;
    if (!pool(&sum, study)) return NULL;
    return json_pack("{s:o, s:o, s:o}", "answered", study_real(share_of(sum.answered, sum.held_out)),
                     "accuracy_answered", study_real(share_of(sum.right, sum.answered)), "others_refused",
                     study_real(share_of(sum.refused, sum.others)));
}

/* ---- running ---- */

static void print_row(session *s, size_t trial) {
    dsc_text text = {0};
    if (!s->headed) s->command->row(&text, s->study, SIZE_MAX);
    s->headed = true;
    s->command->row(&text, s->study, trial);
    (void)command_print_text(&text, NULL);
    (void)fflush(stdout);
}

static int on_event(void *user, const dsc_study_event *event) {
    session *s = user;
    if (!s->started)
        command_progress_start(&s->progress, s->call, "training", "images", event->images_in_all);
    s->started = true;
    if (event->kind != DSC_STUDY_STEP) command_progress_wipe(&s->progress);
    if (event->kind == DSC_STUDY_WARNING) command_complain("warning: %s", event->message);
    if (event->kind == DSC_STUDY_RESULT && event->message)
        command_complain("warning: training %zu failed: %s", event->trial + 1, event->message);
    if (event->kind == DSC_STUDY_RESULT && s->rows) print_row(s, event->trial);
    command_progress_show(&s->progress, event->images);
    return command_should_stop_saving();
}

static dsc_status begin(session *s, dsc_error *error) {
    dsc_study_how how = {.folder = s->how->resume ? s->how->resume : s->how->out,
                         .threads = (unsigned)s->how->threads,
                         .parallel = (unsigned)s->how->parallel,
                         .checkpoint_seconds = s->how->checkpoint_seconds};
    if (!s->how->resume)
        return dsc_study_start(&s->study, &s->question, s->data.train, s->data.name, &how, error);
    dsc_remarks remarks;
    how.remarks = &remarks;
    dsc_status status = dsc_study_resume(&s->study, &s->question, s->data.train, &how, error);
    if (!status) command_tell_remarks(&remarks);
    return status;
}

static dsc_status work(session *s, dsc_error *error) {
    char word[DSC_SHELL_WORD];
    s->rows = !s->call->json && !s->call->quiet;
    command_remark(s->call, "Study %s: %s, %zu trainings on %s", dsc_study_folder(s->study), s->command->name,
                   dsc_study_trials(s->study), dsc_study_question_of(s->study)->data_name);
    s->command->tell(s->call, s->study);
    dsc_status status = dsc_study_run(s->study, on_event, s, error);
    command_progress_end(&s->progress);
    if (status == DSC_ERROR_STOPPED)
        command_tell_stop(s->call, "saved; continue with: descender %s --resume %s", s->command->name,
                          dsc_shell_word(word, dsc_study_folder(s->study)));
    return status;
}

dsc_status study_run(const study_command *kind, command_call *call, dsc_error *error) {
    session s = {.command = kind, .call = call, .how = call->values};
    command_warn_of_kernels();
    command_start begun = {.model = NULL};
    dsc_status status = s.how->resume ? resume(&s, &begun, error) : start(&s, &begun, error);
    if (!status) status = begin(&s, error);
    if (!status) status = work(&s, error);
    if (!status) status = kind->report(call, s.study, error);
    dsc_study_free(s.study);
    dsc_study_question_clear(&s.question);
    command_start_clear(&begun);
    command_data_close(&s.data);
    command_others_close(&s.others);
    return status;
}
