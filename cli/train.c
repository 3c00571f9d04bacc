/* SPDX-License-Identifier: MIT */
/* train.c: `descender train`: trains by a recipe in a run's folder, from the start or from a checkpoint. */
#include "command.h"

#include "evaluation.h"
#include "find_rate.h"
#include "given.h"
#include "in_time.h"
#include "measure/score.h"
#include "model/title.h"
#include "others.h"
#include "report/curves.h"
#include "run/run.h"
#include "source.h"
#include "together.h"
#include "train/build.h"
#include "train_members.h"
#include "train_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    dsc_recipe recipe; /* only the user's options */
    char *name, *out, *resume;
    int64_t threads;
    double checkpoint_seconds, seconds, minutes;
    bool offline, force, find_rate, json, quiet;
} values;

/* One call. */
typedef struct session {
    command_call *call;
    const values *how;
    dsc_recipe recipe;
    command_start start;
    command_in_time in_time;
    char *name; /* the recipe's */
    command_data data;
    command_others others;
    dsc_training_run *run;
    train_show show;
    dsc_metrics metrics;
    processes_sent sent; /* bytes sent at the first step; after training: per step */
    uint64_t first_step;
} session;

/* ---- the recipe ---- */

/* Refuses what does not fit the processes that share the run, or a given time, before data are read. */
static dsc_status check_recipe(session *s, dsc_error *error) {
    const bool many = s->recipe.members > 1 && !s->how->find_rate;
    s->recipe.ranks = command_ranks(s->call);
    if (many && s->recipe.ranks)
        return command_wrong_usage(s->call, error,
                                   "an ensemble is trained by one process; start it without mpirun, or train "
                                   "each member by itself and join them: descender model join");
    if (many && s->in_time.seconds > 0)
        return command_wrong_usage(s->call, error,
                                   "a given time is for one network; set members to 1, or omit the time");
    if (s->recipe.ranks && s->how->find_rate)
        return command_wrong_usage(s->call, error, "--find-rate uses one process; start it without mpirun");
    return dsc_recipe_check(&s->recipe, error);
}

/* A resumed run keeps its recipe: only flags are allowed that do not change the result or that give the
 * present place of the data. */
static dsc_status check_resume(session *s, dsc_error *error) {
    if (command_given(s->call, "recipe") || command_given(s->call, "out"))
        return command_wrong_usage(
            s->call, error,
            "--resume continues in the run's own folder with its own recipe; omit --recipe and --out");
    for (const dsc_param *p = dsc_recipe_params; p->name; p++)
        if (command_given(s->call, p->name) && strcmp(p->name, "kernels") != 0 &&
            strcmp(p->name, "data") != 0 && strcmp(p->name, "others") != 0)
            return command_wrong_usage(
                s->call, error, "--resume takes the recipe from the run; omit --%s, or start a new run",
                p->name);
    return DSC_OK;
}

static dsc_status read_recipe(session *s, dsc_error *error) {
    dsc_status status;
    if (s->how->resume) {
        status = check_resume(s, error);
        if (!status) status = dsc_run_recipe(&s->recipe, &s->name, s->how->resume, error);
        if (!status && command_given(s->call, "kernels"))
            status = dsc_text_replace(&s->recipe.kernels, s->how->recipe.kernels, error);
        return status ? status : check_recipe(s, error);
    }
    status = dsc_text_replace(&s->name, s->how->name, error);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the name stays in s while s->recipe is filled */
    if (!status)
        status = command_recipe_begin(&s->recipe, &s->start, s->name, s->call, &s->how->recipe, error);
    return status ? status : check_recipe(s, error);
}

/* ---- the data ---- */

static dsc_status open_data(session *s, dsc_error *error) {
    command_source source = command_source_of(s->recipe.data, &s->recipe.reading, s->how->offline);
    if (s->how->resume && command_given(s->call, "data")) source.data = s->how->recipe.data;
    source.may_be_untested = true;
    dsc_status status = command_data_open(&s->data, s->call, &source, error);
    if (status) return status;
    command_compare_sets(&s->data);
    if (s->how->resume || command_follows(s->call)) return DSC_OK;
    status = command_recipe_settle(&s->recipe, source.data, s->data.name, error);
    if (status) return status;
    if (!command_in_time_knows(&s->in_time, s->call, &s->recipe, s->name, &s->data))
        status = command_recipe_complete(&s->recipe, &s->start, s->name, s->call, &s->how->recipe,
                                         s->data.train, command_threads(s->call, s->how->threads), error);
    if (!status && s->in_time.seconds > 0)
        status = command_in_time_pick(&s->in_time, &s->recipe, &s->name, s->call, &s->how->recipe, &s->data,
                                      command_threads(s->call, s->how->threads), error);
    return status ? status : check_recipe(s, error);
}

/* Opens the images of no class from their present place. */
static dsc_status open_others(session *s, dsc_error *error) {
    const bool moved = s->how->resume && command_given(s->call, "others");
    return command_others_of_recipe(&s->others, s->call, &s->recipe, moved ? s->how->recipe.others : NULL,
                                    !s->how->resume, s->how->offline, error);
}

/* ---- training ---- */

static int on_event(void *user, const dsc_event *event) {
    session *s = user;
    if (event->kind == DSC_EVENT_START) {
        s->sent = command_sent(s->call);
        s->first_step = dsc_run_trainer(s->run)->progress.step;
    }
    train_show_event(&s->show, event);
    if (event->kind == DSC_EVENT_STEP) command_in_time_look(&s->in_time, s->call, s->run);
    return command_should_stop_saving();
}

static dsc_run_options options_of(const session *s) {
    return (dsc_run_options){.folder = s->how->resume ? s->how->resume : s->how->out,
                             .name = s->name,
                             .data_name = s->data.name,
                             .test = s->data.test,
                             .threads = command_threads(s->call, s->how->threads),
                             .force = s->how->force,
                             .checkpoint_seconds = s->how->checkpoint_seconds};
}

static dsc_status run_members(session *s, dsc_error *error) {
    const dsc_run_options options = options_of(s);
    const train_members members = {.call = s->call,
                                   .recipe = &s->recipe,
                                   .data = &s->data,
                                   .options = &options,
                                   .resumes = s->how->resume != NULL};
    return train_members_run(&members, error);
}

static dsc_status open_run(session *s, dsc_error *error) {
    dsc_run_options options = options_of(s);
    if (s->how->resume) {
        dsc_remarks remarks;
        options.remarks = &remarks;
        dsc_status status = dsc_run_resume(&s->run, &s->recipe, s->data.train, &options, error);
        if (!status) command_tell_remarks(&remarks);
        return status;
    }
    dsc_error why = {0};
    const dsc_status status = dsc_run_start(&s->run, &s->recipe, s->data.train, &options, &why);
    const bool network_given = command_given(s->call, "model") || s->start.model;
    /* Messages about a network begin with its text in quotes. */
    if (status == DSC_ERROR_ARGUMENT && *why.message == '"' && !network_given &&
        !command_recipe_is_auto(s->name))
        return dsc_fail(error, status,
                        "%s; the network of the recipe %s does not fit these images: omit --recipe, or "
                        "give another network with --model",
                        why.message, s->name);
    if (status && error) *error = why;
    return status;
}

/* Computes the mean bytes sent per step. */
static void count_sent(session *s) {
    const uint64_t steps = dsc_run_trainer(s->run)->progress.step - s->first_step;
    const processes_sent now = command_sent(s->call);
    if (!steps || !s->recipe.ranks) return;
    s->sent.messages = (now.messages - s->sent.messages) / steps;
    s->sent.bytes = (now.bytes - s->sent.bytes) / steps;
    command_remark(
        s->call, "%u processes: in each step, each process sends %llu messages with %llu bytes in total",
        s->recipe.ranks->count, (unsigned long long)s->sent.messages, (unsigned long long)s->sent.bytes);
}

static int on_event_following(void *user, const dsc_event *event) {
    (void)user, (void)event;
    return command_should_stop_saving();
}

static dsc_status train(session *s, dsc_error *error) {
    if (command_follows(s->call)) return dsc_run_train(s->run, on_event_following, s, error);
    static const char *const names[] = {DSC_RUN_CURVES_SVG, DSC_RUN_CURVES_PNG, NULL};
    command_warn_of_files(dsc_run_folder(s->run), names);
    train_show_begin(&s->show, s->call, s->run, s->data.name);
    command_in_time_start(&s->in_time, s->run);
    dsc_status status = dsc_run_train(s->run, on_event, s, error);
    train_show_end(&s->show);
    count_sent(s);
    char word[DSC_SHELL_WORD];
    if (status == DSC_ERROR_STOPPED)
        command_tell_stop(s->call, "saved after %llu steps; continue with: descender train --resume %s",
                          (unsigned long long)dsc_run_trainer(s->run)->progress.step,
                          dsc_shell_word(word, dsc_run_folder(s->run)));
    return status;
}

/* The test set, if any, is used once, after training. */
static dsc_status test(session *s, dsc_error *error) {
    dsc_error failure = {0};
    dsc_status status = DSC_OK;
    if (s->data.test)
        status = dsc_model_measure(&s->metrics, dsc_run_model(s->run), s->data.test,
                                   command_threads(s->call, s->how->threads), NULL, NULL, error);
    if (status) return status;
    if (s->data.test && dsc_run_note_test(s->run, &s->metrics, &failure))
        command_complain("warning: %s", failure.message);
    dsc_text title = {0};
    dsc_model_title(&title, dsc_run_model(s->run), s->data.name);
    if (DESCENDER_WITH_CAIRO) status = report_curves_save(dsc_run_folder(s->run), title.data, &failure);
    dsc_text_free(&title);
    if (status) command_complain("warning: the curves were not drawn: %s", failure.message);
    return DSC_OK;
}

/* ---- results ---- */

static dsc_status report_json(const session *s, dsc_error *error) {
    const dsc_trainer *t = dsc_run_trainer(s->run);
    dsc_text path = {0};
    dsc_text_append(&path, "%s/%s", dsc_run_folder(s->run), DSC_RUN_MODEL);
    json_t *json = json_pack(
        "{s:o, s:o, s:o, s:I, s:I, s:I, s:f, s:o}", "run", dsc_json_text(dsc_run_folder(s->run)), "model",
        path.failed ? NULL : dsc_json_text(path.data), "data", dsc_json_text(s->data.name), "parameters",
        (json_int_t)dsc_model_parameters(t->model), "epochs", (json_int_t)t->progress.epoch, "steps",
        (json_int_t)t->progress.step, "training_seconds", t->progress.seconds, "test",
        s->data.test ? command_metrics_json(&s->metrics, t->model, 1) : json_null());
    dsc_text_free(&path);
    const uint64_t kept = dsc_trainer_kept_epoch(t);
    const dsc_refusal *r = &t->refusal;
    static const char *const ends[] = {
        [DSC_FINISHED_STEPS] = "steps", [DSC_FINISHED_PATIENCE] = "patience", [DSC_FINISHED_UNTIL] = "until"};
    if (json) (void)json_object_set_new(json, "ended_by", json_string(ends[t->progress.finished]));
    if (json && t->recipe.calibrate)
        (void)json_object_set_new(json, "temperature", json_real(t->temperature));
    if (json && t->held_others)
        (void)json_object_set_new(json, "refusal",
                                  json_pack("{s:f, s:I, s:I, s:I, s:I}", "below", r->below, "images",
                                            (json_int_t)r->images, "answered", (json_int_t)r->answered,
                                            "others", (json_int_t)r->others, "refused",
                                            (json_int_t)r->refused));
    if (json && s->recipe.ranks)
        (void)json_object_set_new(json, "processes",
                                  json_pack("{s:I, s:I, s:I}", "count", (json_int_t)s->recipe.ranks->count,
                                            "messages_a_step", (json_int_t)s->sent.messages, "bytes_a_step",
                                            (json_int_t)s->sent.bytes));
    bool failed = kept && json && json_object_set_new(json, "kept_epoch", json_integer((json_int_t)kept));
    if (s->in_time.count && json)
        failed |= json_object_set_new(json, "time", command_in_time_json(&s->in_time, t->progress.step));
    if (s->start.afresh && json)
        failed |= json_object_set_new(json, "start",
                                      json_pack("{s:o, s:I, s:I, s:O}", "from", dsc_json_text(s->recipe.from),
                                                "numbers", (json_int_t)s->start.numbers, "copied",
                                                (json_int_t)s->start.copied, "afresh", s->start.afresh));
    if (failed) {
        json_decref(json);
        json = NULL;
    }
    return command_print_json(json, error);
}

static void append_refusal(dsc_text *text, const dsc_refusal *r) {
    char a[32], b[32], c[32];
    dsc_text_append(
        text, "Threshold %s, below which the model refuses to answer: ", dsc_format_shortest(a, r->below));
    if (r->images)
        dsc_text_append(text, "it answers %s %% of the held-out images; ",
                        dsc_format_fixed(b, sizeof b, 100 * (double)r->answered / (double)r->images, 2));
    dsc_text_append(text, "it refuses %s %% of those of no class\n",
                    dsc_format_fixed(c, sizeof c, 100 * (double)r->refused / (double)r->others, 2));
}

static dsc_status report(const session *s, dsc_error *error) {
    if (s->call->json) return report_json(s, error);
    const char *run = dsc_run_folder(s->run);
    dsc_text text = {0};
    char shown[DSC_VISIBLE], word[DSC_SHELL_WORD];
    const dsc_trainer *t = dsc_run_trainer(s->run);
    const uint64_t kept = dsc_trainer_kept_epoch(t);
    if (kept)
        dsc_text_append(&text, "Kept: the weights of epoch %llu of %llu, which had %s\n",
                        (unsigned long long)kept, (unsigned long long)t->progress.epoch,
                        t->progress.finished == DSC_FINISHED_UNTIL ? "the requested accuracy"
                                                                   : "the best validation loss");
    char number[32];
    if (t->recipe.calibrate)
        dsc_text_append(&text, "Calibrated: the logits are divided by %s\n",
                        dsc_format_fixed(number, sizeof number, t->temperature, 3));
    if (t->held_others) append_refusal(&text, &t->refusal);
    if (s->data.test) {
        dsc_text_append(&text, "Test set of %s: ", dsc_visible(shown, sizeof shown, s->data.name));
        command_append_accuracy(&text, &s->metrics);
    } else {
        dsc_text_append(&text, "No test set: the network was trained on all images, so nothing was measured");
    }
    dsc_text_append(&text, "\n");
    command_in_time_append(&text, &s->in_time);
    dsc_text_append(&text, "Model: %s/%s\n", dsc_visible(shown, sizeof shown, run), DSC_RUN_MODEL);
    dsc_status status = command_print_text(&text, error);
    command_remark(s->call, "Next: descender evaluate %s%s", dsc_shell_word(word, run),
                   s->data.test ? "" : " --split train");
    return status;
}

/* ---- together ---- */

/* Done by the leader before the others read data: downloads, measures this machine if needed, and picks the
 * recipe. */
static dsc_status prepare(session *s, dsc_error *error) {
    dsc_status status = command_in_time_check(&s->in_time, s->call, error);
    if (!status) status = read_recipe(s, error);
    if (!status) status = open_data(s, error);
    return status ? status : open_others(s, error);
}

/* Sends the leader's recipe to the others, which use it. */
static dsc_status share_recipe(session *s, dsc_error *error) {
    dsc_text text = {0};
    char *shared = NULL;
    dsc_status status = DSC_OK;
    if (!command_follows(s->call)) {
        status = dsc_recipe_to_json(&text, &s->recipe, error);
        shared = text.data;
    }
    status = command_agree(s->call, status, error);
    if (!status) status = command_share_text(s->call, &shared, error);
    if (!status && command_follows(s->call))
        status = dsc_recipe_from_json(&s->recipe, shared, strlen(shared), "the leader's recipe", error);
    if (command_follows(s->call)) free(shared);
    dsc_text_free(&text);
    return status;
}

static dsc_status prepare_together(session *s, dsc_error *error) {
    const bool follows = command_follows(s->call);
    dsc_status status = follows ? DSC_OK : prepare(s, error);
    status = command_agree(s->call, status, error);
    if (!status && follows) status = prepare(s, error);
    status = command_agree(s->call, status, error);
    return status ? status : share_recipe(s, error);
}

static dsc_status work(session *s, dsc_error *error) {
    dsc_status status = command_ranks(s->call) ? prepare_together(s, error) : prepare(s, error);
    const bool many = s->recipe.members > 1;
    if (s->how->find_rate) s->recipe.members = 1; /* members differ only in their seeds */
    if (!status && s->how->find_rate)
        return command_find_rate(s->call, &s->recipe, s->data.train, s->data.name, (unsigned)s->how->threads,
                                 error);
    if (!status && many) return run_members(s, error);
    if (!status) status = command_agree(s->call, open_run(s, error), error);
    if (!status) status = train(s, error);
    if (status || command_follows(s->call)) return status;
    status = test(s, error);
    if (!status) status = report(s, error);
    if (status || !s->metrics.not_finite) return status;
    return dsc_fail(error, DSC_ERROR_DIVERGED,
                    "%zu of %zu answers to the test images are not finite, so the model is useless; train "
                    "again with a smaller learning rate, or with --clip-norm 1",
                    s->metrics.not_finite, s->metrics.count);
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    session s = {.call = call, .how = how};
    command_in_time_begin(&s.in_time, how->minutes > 0 ? 60 * how->minutes : how->seconds);
    dsc_status status = work(&s, error);
    dsc_metrics_clear(&s.metrics);
    dsc_run_free(s.run);
    command_data_close(&s.data);
    command_others_close(&s.others);
    command_in_time_clear(&s.in_time);
    command_start_clear(&s.start);
    dsc_recipe_clear(&s.recipe);
    free(s.name);
    return status;
}

static const dsc_param options[] = {
    {"recipe", DSC_PARAM_TEXT, offsetof(values, name), DSC_RECIPE_AUTO, 0, 0, NULL,
     "a name from `descender recipe list`, or a JSON file; auto: picked by the images and the speed of this "
     "machine, as `descender recipe suggest` shows it"},
    {"offline", DSC_PARAM_SWITCH, offsetof(values, offline), "off", 0, 0, NULL, "never download"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores; does not affect the result"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "folder of the run; default: the next free runs/NNNN-DATA-NETWORK"},
    {"resume", DSC_PARAM_TEXT, offsetof(values, resume), NULL, 0, 0, NULL,
     "continue the run in this folder; the result is as if it had never stopped"},
    {"seconds", DSC_PARAM_REAL, offsetof(values, seconds), "0", 0, 1e7, NULL,
     "finish within this time, reading and testing included; recipe, epochs and schedule are picked to fit; "
     "0: as long as the recipe takes"},
    {"minutes", DSC_PARAM_REAL, offsetof(values, minutes), "0", 0, 1e5, NULL, "the same in minutes"},
    {"force", DSC_PARAM_SWITCH, offsetof(values, force), "off", 0, 0, NULL,
     "resume even if other kernels give other bits or the test set has changed"},
    {"find-rate", DSC_PARAM_SWITCH, offsetof(values, find_rate), "off", 0, 0, NULL,
     "search for a learning rate instead of training: one epoch at a growing rate"},
    {"checkpoint-seconds", DSC_PARAM_REAL, offsetof(values, checkpoint_seconds), "10", 0.001, 86400, NULL,
     "seconds between checkpoints; there is also one at each epoch's end"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,        {"recipe", 'r', "NAME|FILE", false}, {"others", 0, "DATA,...", false},
    {"model", 'm', NULL, false}, {"epochs", 'e', NULL, false},        {"threads", 't', NULL, false},
    {"out", 'o', "DIR", false},  {"resume", 0, "RUN", false},         {0},
};

static const command_example examples[] = {
    {"train", "Train on MNIST to 99 percent, with a recipe that is picked for it."},
    {"train --data photos/ --size 64x64 --fit crop", "Train on your own pictures, one folder per class."},
    {"train --recipe tutorial --seed 2 --out runs/tutorial-2", "Use another recipe and another seed."},
    {"train --minutes 3", "Train the best network that this machine can train in three minutes."},
    {"train --until 99 --validation 0.1 --epochs 50", "Train until 99 percent are right."},
    {"train --model 784-300-100-10 --epochs 20 --validation 0.1 --patience 3",
     "Train a network of your own."},
    {"train --recipe mlp --find-rate", "Find a learning rate for this network."},
    {"train --data letters/ --from runs/0001-mnist-cnn-109k --freeze 'conv*'",
     "Start from a trained model, for other classes."},
    {"train --others non-digits --validation 0.1", "Also learn to refuse images that are no digit."},
    {"train --members 5", "Train an ensemble: five networks, joined to one model."},
    {"train --resume runs/0001-mnist-cnn-109k", "Continue a stopped run."},
    {0},
};

const command command_train = {
    .name = "train",
    .help = "train a network",
    .about = "Follows a recipe, which the options change, and keeps the run in one folder: recipe.json, "
             "log.jsonl, checkpoint, model.safetensors and curves. If the folder holds other files with "
             "these names, the command refuses it. Ctrl-C, SIGTERM or SIGHUP finishes the step, saves, and "
             "says how to continue. A second signal ends the command at once; the last checkpoint then "
             "counts.\n\nThe recipe gives the defaults of the options that shape the network: `descender "
             "recipe show` prints them, and `descender recipe suggest` prints those picked for data.\n\nWith "
             "mpirun, several processes share each batch, which --shards cuts into parts. 1, 2, 4, ... "
             "processes give the same bits, even if a run is resumed with another number of them.",
    .shared = dsc_recipe_params,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .defaults_vary = true,
    .shared_out = true,
    .stops = true,
    .run = run,
};
