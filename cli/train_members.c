/* SPDX-License-Identifier: MIT */
/* train_members.c: trains the members of an ensemble; see train_members.h. */
#include "train_members.h"

#include "evaluation.h"
#include "measure/score.h"
#include "members.h"
#include "model/title.h"
#include "report/curves.h"
#include "run/facts.h"
#include "train_show.h"

#include <stdlib.h>

typedef struct session {
    const train_members *how;
    dsc_ensemble_run *ensemble;
    dsc_model *model;
    train_show show;
    dsc_metrics metrics;
    command_members members;
} session;

static int on_event(void *user, const dsc_event *event) {
    session *s = user;
    train_show_event(&s->show, event);
    return command_should_stop_saving();
}

static int on_answer(void *user, const dsc_answer *answer) {
    session *s = user;
    command_members_add(&s->members, answer);
    return 0;
}

static void draw_curves(const dsc_training_run *run, const char *data) {
    dsc_error failure = {0};
    dsc_text title = {0};
    dsc_model_title(&title, dsc_run_model(run), data);
    if (DESCENDER_WITH_CAIRO && report_curves_save(dsc_run_folder(run), title.data, &failure))
        command_complain("warning: the curves were not drawn: %s", failure.message);
    dsc_text_free(&title);
}

static dsc_status train_one(session *s, size_t member, dsc_error *error) {
    dsc_training_run *run;
    dsc_remarks remarks = {0};
    command_call *call = s->how->call;
    dsc_run_options options = *s->how->options;
    const size_t count = dsc_ensemble_members(s->ensemble);
    options.remarks = &remarks;
    dsc_status status = dsc_ensemble_open(&run, s->ensemble, member, s->how->data->train, &options, error);
    if (status) return dsc_error_context(error, status, "member %zu", member + 1);
    const bool rows = !call->json && !call->quiet;
    if (rows) command_print("Member %zu of %zu%s\n", member + 1, count, run ? "" : ": is trained already");
    if (!run) return DSC_OK;
    command_tell_remarks(&remarks);
    train_show_begin(&s->show, call, run, s->how->data->name);
    status = dsc_run_train(run, on_event, s, error);
    train_show_end(&s->show);
    if (!status) draw_curves(run, s->how->data->name);
    const unsigned long long step = dsc_run_trainer(run)->progress.step;
    dsc_run_free(run);
    char word[DSC_SHELL_WORD];
    if (status == DSC_ERROR_STOPPED)
        command_tell_stop(
            call, "saved after %llu steps of member %zu of %zu; continue with: descender train --resume %s",
            step, member + 1, count, dsc_shell_word(word, dsc_ensemble_folder(s->ensemble)));
    return status;
}

static dsc_status begin(session *s, dsc_error *error) {
    const train_members *how = s->how;
    return how->resumes
               ? dsc_ensemble_resume(&s->ensemble, how->recipe, how->options, error)
               : dsc_ensemble_start(&s->ensemble, how->recipe, how->data->train, how->options, error);
}

/* The test set is used once, after training. */
static dsc_status test(session *s, dsc_error *error) {
    dsc_error failure = {0};
    if (!s->how->data->test) return DSC_OK;
    dsc_status status = command_members_begin(&s->members, s->model, error);
    if (!status)
        status = dsc_model_measure(&s->metrics, s->model, s->how->data->test, s->how->options->threads,
                                   on_answer, s, error);
    if (!status && dsc_ensemble_note_test(s->ensemble, &s->metrics, &failure))
        command_complain("warning: %s", failure.message);
    return status;
}

static dsc_status report_json(const session *s, dsc_error *error) {
    dsc_text path = {0};
    dsc_text_append(&path, "%s/%s", dsc_ensemble_folder(s->ensemble), DSC_RUN_MODEL);
    const bool tested = s->how->data->test != NULL;
    dsc_run_facts facts;
    dsc_status status = dsc_run_facts_read(&facts, dsc_ensemble_folder(s->ensemble), error);
    json_t *json = json_pack(
        "{s:o, s:o, s:o, s:I, s:f, s:f, s:o, s:o}", "run", dsc_json_text(dsc_ensemble_folder(s->ensemble)),
        "model", path.failed ? NULL : dsc_json_text(path.data), "data", dsc_json_text(s->how->data->name),
        "parameters", (json_int_t)dsc_model_parameters(s->model), "epochs", facts.epochs, "training_seconds",
        facts.seconds, "members",
        tested ? command_members_json(&s->members)
               : json_pack("{s:I}", "count", (json_int_t)dsc_ensemble_members(s->ensemble)),
        "test", tested ? command_metrics_json(&s->metrics, s->model, 1) : json_null());
    dsc_text_free(&path);
    dsc_run_facts_clear(&facts);
    if (!status) return command_print_json(json, error);
    json_decref(json);
    return status;
}

static dsc_status report(const session *s, dsc_error *error) {
    if (s->how->call->json) return report_json(s, error);
    const char *folder = dsc_ensemble_folder(s->ensemble);
    dsc_text text = {0};
    char shown[DSC_VISIBLE], word[DSC_SHELL_WORD];
    if (s->how->data->test) {
        dsc_text_append(&text, "Test set of %s: ", dsc_visible(shown, sizeof shown, s->how->data->name));
        command_append_accuracy(&text, &s->metrics);
        dsc_text_append(&text, "\n");
        command_members_append(&text, &s->members);
    } else {
        dsc_text_append(&text,
                        "No test set: the networks were trained on all images, so nothing was measured\n");
    }
    dsc_text_append(&text, "Model: %s/%s\n", dsc_visible(shown, sizeof shown, folder), DSC_RUN_MODEL);
    dsc_status status = command_print_text(&text, error);
    command_remark(s->how->call, "Next: descender evaluate %s%s", dsc_shell_word(word, folder),
                   s->how->data->test ? "" : " --split train");
    return status;
}

static dsc_status work(session *s, dsc_error *error) {
    dsc_status status = begin(s, error);
    for (size_t i = 0; !status && i < dsc_ensemble_members(s->ensemble); i++) status = train_one(s, i, error);
    if (!status) status = dsc_ensemble_finish(&s->model, s->ensemble, error);
    if (!status) status = test(s, error);
    return status ? status : report(s, error);
}

dsc_status train_members_run(const train_members *how, dsc_error *error) {
    session s = {.how = how};
    dsc_status status = work(&s, error);
    dsc_metrics_clear(&s.metrics);
    command_members_clear(&s.members);
    dsc_model_free(s.model);
    dsc_ensemble_free(s.ensemble);
    return status;
}
