/* SPDX-License-Identifier: MIT */
/* tune.c: `descender tune`: searches for a better recipe, from the start or from the folder's state. */
#include "command.h"

#include "base/file.h"
#include "exchange/footprint.h"
#include "given.h"
#include "others.h"
#include "source.h"
#include "together.h"
#include "tune/tune.h"
#include "tune_front.h"
#include "tune_report.h"
#include "tune_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    dsc_recipe recipe; /* only the user's options */
    char *name, *out, *resume;
    int64_t trials, reduction, first_epochs, threads, parallel;
    double checkpoint_seconds;
    char *flash, *ram;
    int numbers;
    bool offline, json, quiet;
} values;

enum { WHOLE, FLOAT }; /* the choices of --numbers */

/* One call. */
typedef struct session {
    command_call *call;
    const values *how;
    dsc_tune_search search; /* until the search is started */
    command_data data;
    command_others others;
    dsc_tune *tune;
    char *folder; /* of the search; set by `share` */
    tune_show show;
    command_start begun; /* the start model of all trials, if any */
} session;

/* ---- the search space ---- */

static dsc_status check_resume(session *s, dsc_error *error) {
    static const char *const fixed[] = {"recipe",       "out",   "trials", "reduction",
                                        "first-epochs", "flash", "ram",    "numbers"};
    if (s->call->operand_count)
        return command_wrong_usage(s->call, error,
                                   "--resume continues the search with its own settings; omit '%s'",
                                   s->call->operands[0]);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (command_given(s->call, fixed[i]))
            return command_wrong_usage(
                s->call, error, "--resume continues the search with its own settings; omit --%s", fixed[i]);
    for (const dsc_param *p = dsc_recipe_params; p->name; p++)
        if (command_given(s->call, p->name) && strcmp(p->name, "data") != 0 && strcmp(p->name, "others") != 0)
            return command_wrong_usage(
                s->call, error, "--resume takes the recipe from the search; omit --%s, or start a new search",
                p->name);
    return DSC_OK;
}

static bool has_budget(const values *how) { return how->flash || how->ram; }

static dsc_status read_bytes(uint64_t *bytes, const session *s, const char *option, const char *text,
                             dsc_error *error) {
    if (!text || dsc_parse_bytes(bytes, text)) return DSC_OK;
    return command_wrong_usage(
        s->call, error, "--%s: expected a number of bytes, such as 8192 or 8k, found '%s'", option, text);
}

/* With a budget the data must be open: the size of a network depends on its images. */
static dsc_status make_search(session *s, const dsc_recipe *recipe, dsc_error *error) {
    static const char *const numbers[] = {"whole", "float"};
    const values *how = s->how;
    exchange_footprint_how footprint = {.images = s->data.train, .whole = how->numbers == WHOLE};
    dsc_tune_budget budget = {
        .numbers = numbers[how->numbers], .find = exchange_footprint_find, .user = &footprint};
    dsc_tune_options options = {.trials = (size_t)how->trials,
                                .reduction = (unsigned)how->reduction,
                                .least = (uint64_t)how->first_epochs,
                                .budget = has_budget(how) ? &budget : NULL};
    dsc_status status = read_bytes(&budget.most.flash, s, "flash", how->flash, error);
    if (!status) status = read_bytes(&budget.most.ram, s, "ram", how->ram, error);
    if (!status)
        status = dsc_tune_search_make(&s->search, recipe, how->name, (const char *const *)s->call->operands,
                                      s->call->operand_count, &options, error);
    return status;
}

static dsc_status open_data(session *s, char *data, const dsc_reading *reading, dsc_error *error) {
    command_source source = command_source_of(data, reading, s->how->offline);
    source.may_be_untested = true; /* the test set is not used */
    dsc_status status = command_data_open(&s->data, s->call, &source, error);
    if (!status) command_compare_sets(&s->data);
    return status;
}

static dsc_status open_others(session *s, dsc_error *error) {
    const bool moved = s->how->resume && command_given(s->call, "others");
    return command_others_of_recipe(&s->others, s->call, &s->search.recipe,
                                    moved ? s->how->recipe.others : NULL, !s->how->resume, s->how->offline,
                                    error);
}

static dsc_status take_up(session *s, const char *folder, dsc_error *error) {
    dsc_status status = dsc_tune_search_open(&s->search, folder, error);
    if (!status) status = command_start_again(&s->begun, &s->search.recipe, error);
    if (status) return status;
    const dsc_recipe *recipe = command_given(s->call, "data") ? &s->how->recipe : &s->search.recipe;
    status = open_data(s, recipe->data, &s->search.recipe.reading, error);
    return status ? status : open_others(s, error);
}

static dsc_status resume(session *s, dsc_error *error) {
    dsc_status status = check_resume(s, error);
    return status ? status : take_up(s, s->how->resume, error);
}

/* A named recipe is checked before the data are fetched. A suggestion needs the data first. */
static dsc_status start(session *s, dsc_error *error) {
    const values *how = s->how;
    const bool is_auto = command_recipe_is_auto(how->name);
    dsc_recipe recipe;
    command_start *begun = &s->begun;
    dsc_status status = command_recipe_begin(&recipe, begun, how->name, s->call, &how->recipe, error);
    const bool late = is_auto || recipe.from || has_budget(how);
    if (!status && !late) status = make_search(s, &recipe, error);
    if (!status) status = open_data(s, recipe.data, &recipe.reading, error);
    if (!status && late) {
        status = command_recipe_complete(&recipe, begun, how->name, s->call, &how->recipe, s->data.train,
                                         command_threads(s->call, how->threads), error);
        if (!status) status = make_search(s, &recipe, error);
    }
    if (!status) status = command_recipe_settle(&s->search.recipe, recipe.data, s->data.name, error);
    if (!status) status = open_others(s, error);
    dsc_recipe_clear(&recipe);
    return status;
}

/* ---- searching ---- */

static int on_event(void *user, const dsc_tune_event *event) {
    session *s = user;
    tune_show_event(&s->show, event);
    return command_should_stop_saving();
}

static dsc_status begin(session *s, dsc_error *error) {
    const bool follows = command_follows(s->call);
    dsc_tune_how how = {.folder = follows          ? s->folder
                                  : s->how->resume ? s->how->resume
                                                   : s->how->out,
                        .threads = command_threads(s->call, s->how->threads),
                        .parallel = (unsigned)s->how->parallel,
                        .ranks = command_ranks(s->call),
                        .checkpoint_seconds = s->how->checkpoint_seconds,
                        .start = s->begun.model,
                        .teacher = s->begun.teacher,
                        .others = s->others.data};
    if (s->how->resume || follows) {
        dsc_remarks remarks;
        how.remarks = &remarks;
        dsc_status status = dsc_tune_resume(&s->tune, s->data.train, &how, error);
        if (!status) command_tell_remarks(&remarks);
        return status;
    }
    return dsc_tune_start(&s->tune, &s->search, s->data.train, s->data.name, &how, error);
}

static void tell_plan(const session *s) {
    const dsc_tune_search *search = dsc_tune_search_of(s->tune);
    command_remark(s->call, "Search %s: %zu trials of %s on %s, %llu epochs in all", dsc_tune_folder(s->tune),
                   search->trials,
                   command_recipe_is_auto(search->name) ? "the recipe picked for the data" : search->name,
                   search->data_name, (unsigned long long)dsc_tune_plan_epochs(&search->plan));
    if (search->grid)
        command_remark(s->call, "The trials are all %zu combinations that %s, each once", search->trials,
                       search->footprints ? "fit" : "there are");
    else if (search->footprints && search->trials < search->asked)
        command_remark(s->call, "Only %zu trials that fit were found", search->trials);
}

static dsc_status search(session *s, dsc_error *error) {
    static const char *const names[] = {DSC_TUNE_BEST,      DSC_TUNE_CHART_SVG, DSC_TUNE_CHART_PNG,
                                        DSC_TUNE_FRONT_SVG, DSC_TUNE_FRONT_PNG, NULL};
    tell_plan(s);
    command_warn_of_files(dsc_tune_folder(s->tune), names);
    tune_show_begin(&s->show, s->call);
    dsc_status status = dsc_tune_run(s->tune, on_event, s, error);
    tune_show_end(&s->show);
    status = command_agree(s->call, status, error);
    char word[DSC_SHELL_WORD];
    if (status == DSC_ERROR_STOPPED)
        command_tell_stop(s->call, "saved; continue with: descender tune --resume %s",
                          dsc_shell_word(word, dsc_tune_folder(s->tune)));
    return status;
}

static dsc_status report(const session *s, dsc_error *error) {
    dsc_error failure = {0};
    const char *folder = dsc_tune_folder(s->tune);
    const dsc_tune_search *found = dsc_tune_search_of(s->tune);
    dsc_status status = DESCENDER_WITH_CAIRO ? tune_chart_save(folder, found, &failure) : DSC_OK;
    if (DESCENDER_WITH_CAIRO && !status && found->footprints)
        status = tune_front_save(folder, found, &failure);
    if (status) command_complain("warning: the charts were not drawn: %s", failure.message);
    status = s->call->json ? tune_report_json(s->tune, error) : tune_report_text(s->tune, error);
    (void)fflush(stdout); /* keeps the order of the two streams */
    if (status || s->call->json) return status;
    char *best = dsc_path_join(folder, DSC_TUNE_BEST), word[DSC_SHELL_WORD];
    if (best) command_remark(s->call, "Next: descender train --recipe %s", dsc_shell_word(word, best));
    free(best);
    return DSC_OK;
}

/* ---- together ---- */

/* Sends the leader's version and the folder of its search to the others. */
static dsc_status share(session *s, dsc_error *error) {
    const bool follows = command_follows(s->call);
    char *version = follows ? NULL : strdup(dsc_version());
    if (!follows && s->tune) s->folder = strdup(dsc_tune_folder(s->tune));
    dsc_status status = follows || (version && s->folder) ? DSC_OK : dsc_fail_memory(error, 64, "a search");
    status = command_agree(s->call, status, error);
    if (!status) status = command_share_text(s->call, &version, error);
    if (!status) status = command_share_text(s->call, &s->folder, error);
    if (!status && strcmp(version, dsc_version()) != 0)
        status = dsc_fail(error, DSC_ERROR_MISMATCH,
                          "is version %s, but process 0 is %s: start the same on all machines", dsc_version(),
                          version);
    free(version);
    return status;
}

/* Joins the leader's search, which is in a folder that all processes see. */
static dsc_status follow(session *s, dsc_error *error) {
    if (access(s->folder, F_OK))
        return dsc_fail(
            error, DSC_ERROR_IO,
            "%s: there is no such folder here; every process needs the folder of the search, at the "
            "same path",
            s->folder);
    dsc_status status = take_up(s, s->folder, error);
    return status ? status : begin(s, error);
}

static dsc_status prepare(session *s, dsc_error *error) {
    dsc_status status = DSC_OK;
    if (!command_follows(s->call)) {
        status = s->how->resume ? resume(s, error) : start(s, error);
        if (!status) status = begin(s, error);
    }
    if (!command_ranks(s->call)) return status;
    status = command_agree(s->call, status, error);
    if (!status) status = share(s, error);
    if (!status && command_follows(s->call)) status = follow(s, error);
    return command_agree(s->call, status, error);
}

static dsc_status work(session *s, dsc_error *error) {
    dsc_status status = prepare(s, error);
    if (!status) status = search(s, error);
    return status || command_follows(s->call) ? status : report(s, error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values};
    command_warn_of_kernels();
    dsc_status status = work(&s, error);
    dsc_tune_free(s.tune);
    command_data_close(&s.data);
    command_others_close(&s.others);
    dsc_tune_search_clear(&s.search);
    command_start_clear(&s.begun);
    free(s.folder);
    return status;
}

static const dsc_param options[] = {
    {"recipe", DSC_PARAM_TEXT, offsetof(values, name), DSC_RECIPE_AUTO, 0, 0, NULL,
     "recipe to start from: a name from `descender recipe list`, or a JSON file; auto: the one that "
     "`descender train` would pick for these images"},
    {"trials", DSC_PARAM_INT, offsetof(values, trials), "27", 1, DSC_TUNE_TRIALS_MOST, NULL,
     "number of different recipes to try in the first rung; if fewer exist, all of them"},
    {"reduction", DSC_PARAM_INT, offsetof(values, reduction), "3", 1, DSC_TUNE_REDUCTION_MOST, NULL,
     "keep 1/N of the trials in each rung and train them N times as long; 1: all train to the end"},
    {"first-epochs", DSC_PARAM_INT, offsetof(values, first_epochs), "1", 1, 100000, NULL,
     "least number of epochs in the first rung"},
    {"flash", DSC_PARAM_TEXT, offsetof(values, flash), NULL, 0, 0, NULL,
     "try only networks whose C file has at most this many bytes of numbers, such as 8k; the code takes "
     "further bytes"},
    {"ram", DSC_PARAM_TEXT, offsetof(values, ram), NULL, 0, 0, NULL,
     "try only networks whose C file needs at most this many bytes of scratch memory, such as 4k"},
    {"numbers", DSC_PARAM_CHOICE, offsetof(values, numbers), "whole", 0, 0, "whole|float",
     "form of the network that --flash and --ram count: whole: as `descender quantise` converts it; float: "
     "unchanged"},
    {"parallel", DSC_PARAM_INT, offsetof(values, parallel), "0", 0, 1024, NULL,
     "largest number of trials at once in each process, each with memory of its own; 0: as many as "
     "threads"},
    {"offline", DSC_PARAM_SWITCH, offsetof(values, offline), "off", 0, 0, NULL, "never download"},
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores; does not affect the result, nor does --parallel"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "folder of the search; default: the next free runs/NNNN-tune-recipe"},
    {"resume", DSC_PARAM_TEXT, offsetof(values, resume), NULL, 0, 0, NULL,
     "continue the search in this folder; the result is as if it had never stopped; a finished search is "
     "shown again"},
    {"checkpoint-seconds", DSC_PARAM_REAL, offsetof(values, checkpoint_seconds), "10", 0.001, 86400, NULL,
     "seconds between checkpoints of each trial; there is also one at each rung's end"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,          {"recipe", 'r', "NAME|FILE", false}, {"others", 0, "DATA,...", false},
    {"model", 'm', NULL, false},   {"epochs", 'e', NULL, false},        {"trials", 'n', NULL, false},
    {"threads", 't', NULL, false}, {"out", 'o', "DIR", false},          {"resume", 0, "SEARCH", false},
    {"flash", 0, "BYTES", false},  {"ram", 0, "BYTES", false},          {0},
};

static const command_operand operands[] = {
    {.name = "NAME=VALUES",
     .optional = true,
     .many = true,
     .help = "values to search: choices (batch=32|64|128), a range (augment.shift=0..4), or a logarithmic "
             "range (log:1e-4..1e-1). NAME is a parameter of the recipe, a parameter inside one of its texts "
             "(augment.rotate), or a name written as {NAME} in such a text"},
    {0},
};

static const command_example examples[] = {
    {"tune learning-rate=log:1e-4..1e-1 \"batch=32|64|128\"",
     "Try 27 variants of the recipe picked for the data; the best train longer."},
    {"tune --recipe mnist-98 --model 784-{hidden}-10 --epochs 9 hidden=32..512 learning-rate=log:1e-4..1e-1",
     "Also search the width of a layer."},
    {"tune --recipe cnn-augmented --trials 12 augment.rotate=0..20 augment.shift=0..4",
     "Search the amount of augmentation."},
    {"tune --recipe mcu-3k --flash 3k --ram 8k \"first=4..12\" \"second=8..32\" --model \"conv {first} 3x3, "
     "relu, "
     "max-pool 2, conv {second} 3x3, relu, max-pool 2, global-pool avg, dense\"",
     "Find networks that fit a microcontroller, and their accuracy by size."},
    {"tune --resume runs/0001-tune-auto", "Continue a stopped search."},
    {0},
};

const command command_tune = {
    .name = "tune",
    .help = "search for a better recipe",
    .about =
        "Draws different recipes at random (all of them, if there are at most --trials), trains each for a "
        "few epochs, then the best third for three times as many, and so on (successive halving). Trials are "
        "compared on a held-out share of the training set, a tenth unless --validation sets another. The "
        "test set is not used.\n\n"
        "The result depends on the seed, but not on threads or interruptions: --resume continues the search "
        "after Ctrl-C, a kill or a power failure. The folder gets journal.jsonl, best.json for `descender "
        "train --recipe`, and what-mattered.svg and .png.\n\n"
        "With --flash or --ram, only networks that fit are tried; sizes are those of `export --to c`. The "
        "command prints and draws (front.svg and .png) the trials that no smaller trial equals in accuracy. "
        "Those trials continue first in each rung.\n\n"
        "Started by mpirun, 2, 4, 8, ... processes share the trials, with the same result. All must see the "
        "folder "
        "of the search; only one writes to it, apart from checkpoints.",
    .operands = operands,
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
