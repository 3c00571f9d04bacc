/* SPDX-License-Identifier: MIT */
/* reproduce.c: `descender reproduce`: repeats the training of a claim, and compares the results. */
#include "command.h"

#include "base/text.h"
#include "claim_work.h"
#include "given.h"
#include "kernel/choose.h"
#include "run/run.h"
#include "train_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    command_source source;
    int64_t threads;
    char *others, *out;
    bool json, quiet;
} values;

typedef struct session {
    command_call *call;
    const values *how;
    report_run_claim claimed, found;
    report_claim_verdict verdict;
    command_data data;
    command_others others;
    command_subject subject; /* the run, after it has a model */
    dsc_training_run *run;
    char *folder;
    train_show show;
} session;

/* ---- the same data ---- */

static dsc_status compare_data(const report_claim_data *claimed, const report_claim_data *found,
                               const char *what, const session *s, dsc_error *error) {
    if (claimed->count == found->count && !strcmp(claimed->sha256, found->sha256)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: the claim is about other data: %s differ, %zu in the claim and %zu in %s; name the "
                    "claim's data with --data",
                    s->call->operands[0], what, claimed->count, found->count, s->data.name);
}

static dsc_status open_others(session *s, dsc_error *error) {
    report_run_claim *c = &s->claimed;
    const dsc_status status = command_others_of_recipe(&s->others, s->call, &c->recipe, s->how->others, true,
                                                       s->how->source.offline, error);
    if (status && !s->how->others)
        return dsc_error_context(error, status, "the claim's images of no class; name them with --others");
    return status;
}

static dsc_status open_data(session *s, dsc_error *error) {
    report_run_claim *c = &s->claimed;
    command_source source = command_source_of(c->recipe.data, &c->recipe.reading, s->how->source.offline);
    if (command_given(s->call, "data")) source.data = s->how->source.data;
    dsc_status status = command_data_open(&s->data, s->call, &source, error);
    if (status && !command_given(s->call, "data"))
        return dsc_error_context(error, status, "the claim's data, %s; name them with --data", c->data_name);
    /* The new run can go on, and be evaluated, from any folder, as one of `descender train`. */
    if (!status) status = command_recipe_settle(&c->recipe, source.data, s->data.name, error);
    if (!status) status = open_others(s, error);
    if (!status) status = command_claim_data(&s->found, &s->data, &s->others, error);
    if (!status) status = compare_data(&c->training, &s->found.training, "the training images", s, error);
    if (!status) status = compare_data(&c->test, &s->found.test, "the test images", s, error);
    if (!status && (c->has_others || s->others.data))
        status = compare_data(&c->others, &s->found.others, "the images of no class", s, error);
    return status;
}

/* ---- the same program ---- */

/* Chooses the claim's kernels if this machine has them; otherwise the best ones, which round differently. */
static dsc_status choose_kernels(session *s, dsc_error *error) {
    report_run_claim *c = &s->claimed, *f = &s->found;
    dsc_kernels_choice choice;
    const bool there = !dsc_kernels_choose(&choice, c->kernels, NULL);
    dsc_status status = there ? DSC_OK : dsc_kernels_choose(&choice, NULL, error);
    if (!status) status = dsc_text_replace(&c->recipe.kernels, choice.kernels->name, error);
    if (!status) status = dsc_text_replace(&f->kernels, choice.kernels->name, error);
    f->bf16 = c->bf16;
    if (!status) status = report_claim_take_program(f, error);
    if (status) return status;
    if (!there)
        command_complain("the claim was trained with the kernels %s, which this machine lacks; with %s the "
                         "bits may differ",
                         c->kernels, f->kernels);
    else if (strcmp(c->kernels_sha256, f->kernels_sha256) != 0)
        command_complain(
            "the kernels %s of version %s on %s compute different bits from those of version %s here",
            c->kernels, c->version, c->architecture, f->version);
    return DSC_OK;
}

/* ---- training ---- */

static int on_event(void *user, const dsc_event *event) {
    session *s = user;
    train_show_event(&s->show, event);
    return command_should_stop_saving();
}

static dsc_status train(session *s, dsc_error *error) {
    const report_run_claim *c = &s->claimed;
    const dsc_run_options options = {.folder = s->how->out,
                                     .name = c->recipe_name,
                                     .data_name = s->data.name,
                                     .test = s->data.test,
                                     .threads = (unsigned)s->how->threads};
    char word[DSC_SHELL_WORD];
    dsc_status status = dsc_run_start(&s->run, &c->recipe, s->data.train, &options, error);
    if (status) return status;
    train_show_begin(&s->show, s->call, s->run, s->data.name);
    status = dsc_run_train(s->run, on_event, s, error);
    train_show_end(&s->show);
    if (status == DSC_ERROR_STOPPED)
        command_tell_stop(s->call, "saved; `descender train --resume %s` continues, but does not compare",
                          dsc_shell_word(word, dsc_run_folder(s->run)));
    s->folder = strdup(dsc_run_folder(s->run));
    if (!status && !s->folder) status = dsc_fail_memory(error, 64, "a run");
    return status;
}

static dsc_status measure(session *s, dsc_error *error) {
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the name stays in s while the model is loaded */
    dsc_status status = command_subject_open(&s->subject, s->folder, error);
    if (!status)
        status =
            command_claim_model(&s->found, s->call, &s->subject, &s->data, (unsigned)s->how->threads, error);
    if (!status) s->verdict = report_claim_compare(&s->claimed, &s->found);
    return status;
}

/* ---- results ---- */

static const char *const verdicts[] = {[REPORT_CLAIM_SAME_BITS] = "same bits",
                                       [REPORT_CLAIM_SAME_FIGURE] = "same figure",
                                       [REPORT_CLAIM_OTHER_FIGURE] = "another figure",
                                       [REPORT_CLAIM_OTHER_ANSWERS] = "other answers"};

static const char *const sentences[] = {
    [REPORT_CLAIM_SAME_BITS] = "The same bits: the claim holds",
    [REPORT_CLAIM_SAME_FIGURE] =
        "Different bits, but the figures differ by no more than chance allows: the claim holds",
    [REPORT_CLAIM_OTHER_FIGURE] = "The figures differ by more than chance allows: the claim does not hold",
    [REPORT_CLAIM_OTHER_ANSWERS] =
        "The same weights, but their answers differ from the claim's: the claim does not hold"};

static json_t *score_json(const report_run_claim *c) {
    double ends[2];
    dsc_wilson_interval(ends, c->right, c->test.count);
    return json_pack("{s:I, s:I, s:f, s:[f, f], s:s, s:s, s:s}", "right", (json_int_t)c->right, "count",
                     (json_int_t)c->test.count, "accuracy", (double)c->right / (double)c->test.count,
                     "accuracy_interval", ends[0], ends[1], "weights_sha256", c->weights_sha256,
                     "program_sha256", c->program_sha256, "kernels_sha256", c->kernels_sha256);
}

static dsc_status print_json(const session *s, dsc_error *error) {
    const report_claim_verdict *v = &s->verdict;
    return command_print_json(
        json_pack("{s:s, s:o, s:o, s:o, s:f, s:f, s:[f, f], s:I, s:I}", "verdict", verdicts[v->verdict],
                  "run", dsc_json_text(s->folder), "claimed", score_json(&s->claimed), "found",
                  score_json(&s->found), "p", v->p, "difference", v->difference.difference,
                  "difference_interval", v->difference.low, v->difference.high, "right_in_claim_alone",
                  (json_int_t)v->paired.first, "right_here_alone", (json_int_t)v->paired.second),
        error);
}

static void append_chance(dsc_text *text, const report_claim_verdict *v) {
    char a[48], b[48], c[48], p[48];
    if (v->p < 0.0001)
        (void)snprintf(p, sizeof p, "below 0.0001");
    else
        (void)dsc_format_fixed(p, sizeof p, v->p, 4);
    dsc_text_append(text,
                    "  %zu images are right only in the claim, %zu only here;\n  the difference is %s points "
                    "(95 %% interval %s to %s),\n  McNemar's p %s\n",
                    v->paired.first, v->paired.second,
                    dsc_format_fixed(a, sizeof a, 100 * v->difference.difference, 2),
                    dsc_format_fixed(b, sizeof b, 100 * v->difference.low, 2),
                    dsc_format_fixed(c, sizeof c, 100 * v->difference.high, 2), p);
}

static dsc_status print(const session *s, dsc_error *error) {
    const report_claim_verdict *v = &s->verdict;
    char shown[DSC_VISIBLE];
    dsc_text text = {0};
    dsc_text_append(&text, "Claimed: ");
    command_claim_append_score(&text, &s->claimed);
    dsc_text_append(&text, "\nFound:   ");
    command_claim_append_score(&text, &s->found);
    dsc_text_append(&text, "\n%s\n", sentences[v->verdict]);
    if (v->verdict != REPORT_CLAIM_SAME_BITS) append_chance(&text, v);
    dsc_text_append(&text, "Run: %s\n", dsc_visible(shown, sizeof shown, s->folder));
    return command_print_text(&text, error);
}

static dsc_status report(const session *s, dsc_error *error) {
    dsc_status status = s->call->json ? print_json(s, error) : print(s, error);
    if (status || s->verdict.verdict < REPORT_CLAIM_OTHER_FIGURE) return status;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: was not reproduced: the claim has %zu of %zu images right, this run %zu",
                    s->call->operands[0], s->claimed.right, s->claimed.test.count, s->found.right);
}

static dsc_status work(session *s, dsc_error *error) {
    dsc_status status = report_claim_read(&s->claimed, s->call->operands[0], error);
    if (!status) status = open_data(s, error);
    if (!status) status = choose_kernels(s, error);
    if (!status) status = train(s, error);
    if (!status) status = measure(s, error);
    return status ? status : report(s, error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values};
    dsc_status status = work(&s, error);
    dsc_run_free(s.run);
    report_claim_clear(&s.claimed);
    report_claim_clear(&s.found);
    command_subject_close(&s.subject);
    command_data_close(&s.data);
    command_others_close(&s.others);
    free(s.folder);
    return status;
}

static const dsc_param options[] = {
    {"data", DSC_PARAM_TEXT, offsetof(values, source.data), "auto", 0, 0, NULL,
     "where the claim's data are on this machine; default: the claim's own name for them"},
    {"others", DSC_PARAM_TEXT, offsetof(values, others), NULL, 0, 0, NULL,
     "where the claim's images of no class are on this machine"},
    {"offline", DSC_PARAM_SWITCH, offsetof(values, source.offline), "off", 0, 0, NULL, "never download"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "folder of the new run; default: the next free runs/NNNN-DATA-NETWORK"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores; does not affect the result"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {{"data", 'd', "PATH", false},
                                        {"others", 0, "DATA,...", true},
                                        {"out", 'o', "DIR", true},
                                        {"threads", 't', NULL, false},
                                        {0}};

static const command_operand operands[] = {
    {.name = "FILE", .help = "a claim, as `descender claim` writes it"}, {0}};

static const command_example examples[] = {
    {"reproduce ninety-nine.json", "Repeat the training and compare the bits."},
    {"reproduce letters.json --data my/letters", "Do the same with data in another place."},
    {0},
};

const command command_reproduce = {
    .name = "reproduce",
    .help = "repeat the training of a claim, and compare the results",
    .about =
        "Checks that no byte of the claim has changed and that the data are the same, follows the claim's "
        "recipe, with its kernels if this machine has them, and compares the results. If weights and answers "
        "are equal, the bits are the same. If the weights differ, for instance on another processor, "
        "McNemar's test decides whether chance explains how many test images only one of the two models "
        "answers right (p of at least 0.01). The exit status is 0 in both cases. It is 1 if the figures "
        "differ by more than chance allows, or if the same weights give other answers than the claim's.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
