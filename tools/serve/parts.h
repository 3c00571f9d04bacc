/* SPDX-License-Identifier: MIT */
/* parts.h: shared by the files of this folder. Functions with a response answer the request; any thread may
 * call them. */
#ifndef SERVE_PARTS_H
#define SERVE_PARTS_H

#include "serve/serve.h"

#include "base/limits.h"

#include <jansson.h>

typedef struct serve_networks serve_networks;
typedef struct serve_work serve_work;
typedef struct serve_collection serve_collection;

struct serve_site {
    serve_options options;
    serve_networks *networks;
    serve_work *work;
    serve_collection *collection; /* NULL: collecting is off */
};

/* ---- respond.c ---- */

void serve_answer_json(serve_response *response, unsigned status, json_t *json);
void serve_refuse(serve_response *response, unsigned status, const char *why);
/* Reads an integer of the query, at most `most`. */
bool serve_read_number(size_t *value, const serve_request *request, const char *name, size_t most);
const char *serve_read_text(const serve_request *request, const char *name);
/* Splits "/api/runs/NAME..." into the run's name and the rest ("" or "/report"). */
bool serve_read_run(char id[256], const char **rest, const char *path);

/* ---- work.c: work done by this program in separate processes: training, reports, the search for a learning
 * rate ---- */

dsc_status serve_work_create(serve_work **work, const serve_options *options, dsc_error *error);
/* Stops the work and frees; training saves. */
void serve_work_free(serve_work *work);
/* Asks the work to stop. */
void serve_work_stop(serve_work *work);

/* What can be trained, what is being trained, and the result of the last: {"allowed", "why", "running",
 * "said", "data": [texts], "recipes": [{"name", "help"}]}. */
void serve_get_training(serve_response *response, serve_site *site);
/* ?data=, recipe=, epochs=, validation=, from= (a run; "": the served network; absent: from scratch), with
 * values from the lists. Answers with the run's name. */
void serve_post_training(serve_response *response, serve_site *site, const serve_request *request);
/* ?data=, recipe=: the curve of `descender train --find-rate --json`; waits for it. */
void serve_post_rate(serve_response *response, serve_site *site, const serve_request *request);
void serve_stop_run(serve_response *response, serve_site *site, const char *id);
void serve_resume_run(serve_response *response, serve_site *site, const char *id, const char *folder);
void serve_make_report(serve_response *response, serve_site *site, const char *folder);

/* ---- collection.c: digits corrected on the page, as a data set in a folder ---- */

enum {
    SERVE_DIGITS_MOST = 64, /* of one picture, and of one collecting request */
    SERVE_COLLECTED_MOST = DSC_USUALLY(100000, 20)
};

/* Opens options->collect for images in the format of options->model; creates the folder if missing, and
 * repairs the effects of a kill. *collection is NULL with DSC_OK if collecting is off. DSC_ERROR_MISMATCH:
 * the folder holds other data. DSC_ERROR_IO: another server collects there. The model must outlive the
 * collection. */
dsc_status serve_collection_open(serve_collection **collection, const serve_options *options,
                                 dsc_error *error);
void serve_collection_close(serve_collection *collection);
/* The folder's full path, and the path of the served model's file; NULL without a collection. */
const char *serve_collection_folder(const serve_collection *collection);
const char *serve_collection_model(const serve_collection *collection);
size_t serve_collection_count(serve_collection *collection);

/* How `train` continues from collected digits: options, NULL-terminated; epochs; batch size for `count`
 * images. */
extern const char *const serve_go_on[];
extern const char serve_go_on_epochs[];
size_t serve_go_on_batch(size_t count);

/* {"collects": false}, or {"collects", "folder", "count", "most", "command"}; folder and command only if this
 * server trains. */
void serve_get_collection(serve_response *response, serve_site *site);
/* {"digits": [{"image": base64 of the bytes that were "seen", "label": the class}, ...]}; ?network=, epoch=:
 * the network that read them. Answers {"kept", "count"}. */
void serve_post_collection(serve_response *response, serve_site *site, const serve_request *request);

/* ---- about_runs.c: requests about runs ---- */

void serve_get_run(serve_response *response, serve_site *site, const serve_request *request);
void serve_post_run(serve_response *response, serve_site *site, const serve_request *request);

/* A file of the page, or NULL. */
typedef struct serve_file {
    const char *path, *type;
    const unsigned char *begin, *end;
} serve_file;
const serve_file *serve_page_file(const char *path);
bool serve_has_charts(void);

/* ---- reading.c: one network ---- */

typedef struct serve_reader serve_reader;
/* The model must outlive the reader. DSC_ERROR_MISMATCH: its images are not pictures. */
dsc_status serve_reader_create(serve_reader **reader, const dsc_model *model, dsc_error *error);
void serve_reader_free(serve_reader *reader);

const dsc_model *serve_reader_model(const serve_reader *reader);

/* What the network is: text, shape, classes, threshold, the filters of its first layer. NULL for want of
 * memory. */
json_t *serve_reader_json(const serve_reader *reader);

/* A picture (height, width, channels), 1 or 3 channels. */
typedef struct serve_drawing {
    const unsigned char *pixels;
    size_t height, width, channels;
} serve_drawing;

/* What is on it, as JSON; `digit`: of which the layers are shown, counted among all that was found. What is
 * below the model's threshold is in a list of its own. FORMAT: nothing is there; MISMATCH: it is no image for
 * this model. Any thread. */
dsc_status serve_read(json_t **json, serve_reader *reader, const serve_drawing *drawing, size_t digit,
                      dsc_error *error);

/* ---- networks.c: the available networks, opened on demand ---- */

dsc_status serve_networks_create(serve_networks **networks, const serve_options *options, dsc_error *error);
void serve_networks_free(serve_networks *networks);

/* A network in use, until it is released. */
typedef struct serve_network {
    serve_reader *reader;
    const char *name;
    double epoch; /* of a running run, its progress; otherwise NaN */
} serve_network;
/* Takes a network: `run` "" or NULL: the served one; otherwise that of a run, current or, with `epoch` (a
 * snapshot's name), earlier. Rereads a file that changed. Release with serve_network_let_go. Any thread. */
dsc_status serve_network_take(const serve_network **network, serve_networks *networks, const char *run,
                              const char *epoch, dsc_error *error);
void serve_network_let_go(serve_networks *networks, const serve_network *network);

/* ---- runs.c ---- */

/* All runs of a folder, newest first; one run with its curves, from point `since`; its report. NULL without
 * memory or report; *found: whether the run exists. */
json_t *serve_runs_list(const char *folder);
json_t *serve_run_points(bool *found, const char *folder, const char *id, size_t since);
unsigned char *serve_run_report(size_t *size, const char *folder, const char *id);
/* The run's folder as a path that the caller frees; NULL: no such run. */
char *serve_run_folder(const char *folder, const char *id);
/* Adds the names of the data that runs were trained on to the list of texts, each once. */
void serve_runs_data(json_t *data, const char *folder);

/* The snapshots of a run in order, as [{"name", "network"}]; one snapshot as stored, or NULL. `now`, if the
 * run has removed it since it was listed, is the newest. */
json_t *serve_run_snapshots(const char *folder, const char *id);
json_t *serve_run_snapshot(const char *folder, const char *id, const char *name);
/* The path of the run's network, final or current, which the caller frees; NULL: none yet. `epoch` NULL or
 * "": the newest. */
char *serve_run_network(const char *folder, const char *id, const char *epoch);

#endif
