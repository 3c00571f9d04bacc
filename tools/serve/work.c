/* SPDX-License-Identifier: MIT */
/* work.c: work started from the page: one training run, and one task that a request waits for (a report, the
 * search for a learning rate); see parts.h. Requested names must be on the lists that the page shows. */
#include "serve/parts.h"

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "child/child.h"
#include "model/label.h"
#include "run/run.h"
#include "train/suggest.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double PATIENCE = 60; /* seconds for training to save a checkpoint */

struct serve_work {
    const serve_options *options;
    child *trainer, *helper; /* the thread that waits for the helper owns it */
    char id[256];            /* of the current or last training run */
    char *folder;            /* its folder, if it was created for it */
    char said[512];          /* why it ended early; empty: it did not */
    bool ending;
    pthread_mutex_t lock;
};

dsc_status serve_work_create(serve_work **result, const serve_options *options, dsc_error *error) {
    serve_work *w = dsc_allocate(1, sizeof *w);
    *result = w;
    if (!w) return dsc_fail_memory(error, sizeof *w, "the server");
    w->options = options;
    (void)pthread_mutex_init(&w->lock, NULL);
    return DSC_OK;
}

void serve_work_stop(serve_work *w) {
    (void)pthread_mutex_lock(&w->lock);
    w->ending = true;
    if (w->trainer) child_stop(w->trainer);
    if (w->helper) child_stop(w->helper);
    (void)pthread_mutex_unlock(&w->lock);
}

void serve_work_free(serve_work *w) {
    if (!w) return;
    child_end(w->trainer, PATIENCE);
    free(w->folder);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

/* ---- training ---- */

/* Records that a run has ended. The caller holds the lock. */
static void reap(serve_work *w) {
    if (!w->trainer || !child_has_ended(w->trainer)) return;
    dsc_error error;
    if (child_wait(w->trainer, NULL, &error)) {
        (void)snprintf(w->said, sizeof w->said, "%.500s", error.message);
        if (w->folder) (void)rmdir(w->folder); /* only if it is empty */
    }
    child_end(w->trainer, 0);
    w->trainer = NULL;
}

/* The caller holds the lock. */
static dsc_status start(serve_work *w, const char *id, const char *const *arguments, dsc_error *error) {
    (void)snprintf(w->id, sizeof w->id, "%.255s", id);
    *w->said = '\0';
    return child_start(&w->trainer, w->options->program, arguments, error);
}

static bool may_train(serve_response *r, const serve_site *site) {
    if (!site->options.no_training && site->options.program) return true;
    serve_refuse(r, 403,
                 site->options.no_training ? site->options.no_training : "this server does not train");
    return false;
}

static json_t *data_json(const serve_site *site) {
    json_t *list = json_array();
    for (const char *const *name = site->options.data; name && *name; name++)
        (void)json_array_append_new(list, json_string(*name));
    if (serve_collection_count(site->collection))
        (void)json_array_append_new(list, dsc_json_text(serve_collection_folder(site->collection)));
    serve_runs_data(list, site->options.runs);
    return list;
}

static json_t *recipes_json(void) {
    json_t *list = json_pack("[{s:s, s:s}]", "name", DSC_RECIPE_AUTO, "help", DSC_RECIPE_AUTO_HELP);
    for (const dsc_named_recipe *r = dsc_named_recipes; r->name; r++)
        (void)json_array_append_new(list, json_pack("{s:s, s:s}", "name", r->name, "help", r->help));
    return list;
}

/* The file of the served network, or NULL. */
static const char *served_path(const serve_site *site) {
    return site->options.model_path ? site->options.model_path : serve_collection_model(site->collection);
}

void serve_get_training(serve_response *r, serve_site *site) {
    serve_work *w = site->work;
    const bool allowed = !site->options.no_training && site->options.program;
    json_t *data = allowed ? data_json(site) : json_array(),
           *recipes = allowed ? recipes_json() : json_array();
    (void)pthread_mutex_lock(&w->lock);
    reap(w);
    json_t *json =
        json_pack("{s:b, s:s?, s:s?, s:s, s:s, s:o, s:o, s:b, s:s?}", "allowed", allowed, "why",
                  site->options.no_training, "running", w->trainer ? w->id : NULL, "last", w->id, "said",
                  w->said, "data", data, "recipes", recipes, "goes_on", allowed && served_path(site) != NULL,
                  "collected", allowed ? serve_collection_folder(site->collection) : NULL);
    (void)pthread_mutex_unlock(&w->lock);
    serve_answer_json(r, 200, json);
}

/* The query's text if it is on the list. */
static const char *read_listed(const serve_request *q, const char *name, json_t *list, const char *key) {
    const char *asked = serve_read_text(q, name), *found = NULL;
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) {
        const char *there = json_string_value(key ? json_object_get(one, key) : one);
        if (asked && there && !strcmp(there, asked)) found = asked;
    }
    json_decref(list);
    return found;
}

/* A number such as 0.1 from the query, or NULL: absent, or not between 0 and `most`. */
static const char *read_share(const serve_request *q, const char *name, double most) {
    const char *text = serve_read_text(q, name);
    double value;
    return text && *text && dsc_parse_real(&value, text) && value >= 0 && value <= most ? text : NULL;
}

typedef struct wish {
    const char *data, *recipe, *epochs, *validation;
    char *from;       /* a model or a run; NULL: from scratch */
    size_t corrected; /* number of collected images, if training continues with them */
} wish;

/* Resolves a run by name, "" for the served network. Returns false if there is none. */
static bool read_from(wish *w, serve_site *site, const serve_request *q) {
    const char *asked = serve_read_text(q, "from"), *served = served_path(site);
    if (!asked) return true;
    w->from = *asked ? serve_run_folder(site->options.runs, asked) : served ? strdup(served) : NULL;
    const char *collected = serve_collection_folder(site->collection);
    if (collected && w->data && !strcmp(w->data, collected))
        w->corrected = serve_collection_count(site->collection);
    return w->from != NULL;
}

static bool read_wish(wish *w, serve_response *r, serve_site *site, const serve_request *q) {
    *w = (wish){.data = read_listed(q, "data", data_json(site), NULL),
                .recipe = read_listed(q, "recipe", recipes_json(), "name"),
                .epochs = read_share(q, "epochs", 1e6),
                .validation = read_share(q, "validation", 0.9)};
    if (!w->data || !w->recipe) {
        serve_refuse(r, 400, "expected ?data= and recipe=, each from the lists of GET /api/training");
    } else if (!read_from(w, site, q)) {
        serve_refuse(r, 404, "there is no such network to continue from");
    } else {
        return true;
    }
    return false;
}

static void begin_run(serve_response *r, serve_work *w, const wish *wanted, dsc_error *error) {
    char batch[24];
    const char *arguments[32] = {"descender",    "train",  "--quiet",    "--recipe",
                                 wanted->recipe, "--data", wanted->data, "--out"};
    size_t n = 8;
    free(w->folder);
    char label[DSC_LABEL]; /* the network is not known yet */
    dsc_label_run(label, wanted->data, NULL);
    dsc_status status = dsc_run_folder_number(&w->folder, w->options->runs, label, error);
    if (!status) {
        arguments[n++] = w->folder;
        if (wanted->from) arguments[n++] = "--from", arguments[n++] = wanted->from;
        for (size_t i = 0; wanted->corrected && serve_go_on[i]; i++) arguments[n++] = serve_go_on[i];
        if (wanted->corrected) {
            (void)snprintf(batch, sizeof batch, "%zu", serve_go_on_batch(wanted->corrected));
            arguments[n++] = "--batch", arguments[n++] = batch;
        }
        const char *epochs = wanted->epochs ? wanted->epochs : wanted->corrected ? serve_go_on_epochs : NULL;
        if (epochs) arguments[n++] = "--epochs", arguments[n++] = epochs;
        if (wanted->validation) arguments[n++] = "--validation", arguments[n++] = wanted->validation;
        const char *slash = strrchr(w->folder, '/');
        status = start(w, slash ? slash + 1 : w->folder, arguments, error);
    }
    if (status)
        serve_refuse(r, 500, error->message);
    else
        serve_answer_json(r, 200, json_pack("{s:s}", "run", w->id));
}

static const char one_at_a_time[] = "a run is in training; only one can train at a time";

void serve_post_training(serve_response *r, serve_site *site, const serve_request *q) {
    serve_work *w = site->work;
    wish wanted;
    dsc_error error;
    if (!may_train(r, site) || !read_wish(&wanted, r, site, q)) return;
    (void)pthread_mutex_lock(&w->lock);
    reap(w);
    if (w->trainer || w->ending)
        serve_refuse(r, 409, one_at_a_time);
    else
        begin_run(r, w, &wanted, &error);
    (void)pthread_mutex_unlock(&w->lock);
    free(wanted.from);
}

void serve_resume_run(serve_response *r, serve_site *site, const char *id, const char *folder) {
    serve_work *w = site->work;
    dsc_error error;
    if (!may_train(r, site)) return;
    const char *const arguments[] = {"descender", "train", "--quiet", "--resume", folder, NULL};
    (void)pthread_mutex_lock(&w->lock);
    reap(w);
    if (w->trainer || w->ending) {
        serve_refuse(r, 409, one_at_a_time);
    } else {
        free(w->folder);
        w->folder = NULL;
        if (start(w, id, arguments, &error))
            serve_refuse(r, 500, error.message);
        else
            serve_answer_json(r, 200, json_pack("{s:s}", "run", w->id));
    }
    (void)pthread_mutex_unlock(&w->lock);
}

void serve_stop_run(serve_response *r, serve_site *site, const char *id) {
    serve_work *w = site->work;
    if (!may_train(r, site)) return;
    (void)pthread_mutex_lock(&w->lock);
    reap(w);
    if (w->trainer && !strcmp(w->id, id)) {
        child_stop(w->trainer);
        serve_answer_json(r, 200, json_pack("{s:b}", "stopping", 1));
    } else {
        serve_refuse(r, 409, "this page does not train that run; stop it where it was started");
    }
    (void)pthread_mutex_unlock(&w->lock);
}

/* ---- tasks that a request waits for ---- */

/* Fails without starting if another task is running. */
static dsc_status run_helper(dsc_text *output, serve_work *w, const char *const *arguments,
                             dsc_error *error) {
    child *helper = NULL;
    (void)pthread_mutex_lock(&w->lock);
    dsc_status status =
        w->helper || w->ending
            ? dsc_fail(error, DSC_ERROR_STOPPED,
                       "the server is working on something else; try again when it is finished")
            : child_start(&w->helper, w->options->program, arguments, error);
    if (!status) helper = w->helper;
    (void)pthread_mutex_unlock(&w->lock);
    if (status) return status;
    status = child_wait(helper, output, error);
    (void)pthread_mutex_lock(&w->lock);
    w->helper = NULL;
    (void)pthread_mutex_unlock(&w->lock);
    child_end(helper, 0);
    return status;
}

static void refuse_helper(serve_response *r, dsc_status status, const dsc_error *error) {
    serve_refuse(r, status == DSC_ERROR_STOPPED ? 409 : 500, error->message);
}

void serve_make_report(serve_response *r, serve_site *site, const char *folder) {
    dsc_error error;
    if (site->options.no_reports || !site->options.program) {
        serve_refuse(r, 403,
                     site->options.no_reports ? site->options.no_reports : "this server makes no reports");
        return;
    }
    char *out = dsc_path_join(folder, "report");
    const char *const arguments[] = {"descender", "report",  folder,   "--out", out,
                                     "--offline", "--quiet", "--json", NULL};
    const dsc_status status = out ? run_helper(NULL, site->work, arguments, &error)
                                  : dsc_fail_memory(&error, strlen(folder), "a report");
    free(out);
    if (status)
        refuse_helper(r, status, &error);
    else
        serve_answer_json(r, 200, json_pack("{s:b}", "made", 1));
}

void serve_post_rate(serve_response *r, serve_site *site, const serve_request *q) {
    wish wanted;
    dsc_error error;
    dsc_text output = {0};
    if (!may_train(r, site) || !read_wish(&wanted, r, site, q)) return;
    const char *const arguments[] = {"descender", "train",       "--find-rate", "--json",    "--quiet",
                                     "--recipe",  wanted.recipe, "--data",      wanted.data, NULL};
    const dsc_status status = run_helper(&output, site->work, arguments, &error);
    free(wanted.from); /* the curve is for a new network */
    json_t *json = status ? NULL : json_loadb(output.data ? output.data : "", output.length, 0, NULL);
    dsc_text_free(&output);
    if (status)
        refuse_helper(r, status, &error);
    else if (!json)
        serve_refuse(r, 500, "the curve could not be read");
    else
        serve_answer_json(r, 200, json);
}
