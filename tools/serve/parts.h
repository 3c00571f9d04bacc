/* SPDX-License-Identifier: MIT */
/* parts.h: what the files of this room share. */
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
    serve_collection *collection; /* NULL: nothing is collected */
};

/* ---- respond.c ---- */

void serve_answer_json(serve_response *response, unsigned status, json_t *json);
void serve_refuse(serve_response *response, unsigned status, const char *why);
/* A whole number of the query, at most `most`. */
bool serve_read_number(size_t *value, const serve_request *request, const char *name, size_t most);
const char *serve_read_text(const serve_request *request, const char *name);
/* The name of the run in "/api/runs/NAME" and what stands behind it ("" or "/report"). */
bool serve_read_run(char id[256], const char **rest, const char *path);

/* ---- work.c: what is done by the program in processes of its own: training, reports, the search of a
 * learning rate ---- */

dsc_status serve_work_create(serve_work **work, const serve_options *options, dsc_error *error);
/* Ends what is being done: training saves. */
void serve_work_free(serve_work *work);
/* Asks what is being done to end. */
void serve_work_stop(serve_work *work);

/* What can be trained, what is, and what became of the last: {"allowed", "why", "running", "said", "data":
 * [texts], "recipes": [{"name", "help"}]}. */
void serve_get_training(serve_response *response, serve_site *site);
/* ?data=, recipe=, epochs=, validation=, from= (a run; "": the network that is served; none: afresh): of the
 * lists. Answers with the run's name. */
void serve_post_training(serve_response *response, serve_site *site, const serve_request *request);
/* ?data=, recipe=: the curve of `descender train --find-rate --json`, which is waited for. */
void serve_post_rate(serve_response *response, serve_site *site, const serve_request *request);
void serve_stop_run(serve_response *response, serve_site *site, const char *id);
void serve_resume_run(serve_response *response, serve_site *site, const char *id, const char *folder);
void serve_make_report(serve_response *response, serve_site *site, const char *folder);

/* ---- collection.c: digits that were corrected on the page, as a data set in a folder ---- */

enum {
    SERVE_DIGITS_MOST = 64, /* of one picture, and of one request that collects them */
    SERVE_COLLECTED_MOST = DSC_USUALLY(100000, 20)
};

/* Opens options->collect for images as options->model takes them; makes the folder if it is missing, and
 * mends what a kill left. *collection NULL, and OK, where nothing is to be collected. MISMATCH: it holds
 * other data; IO: another server collects into it. Keeps a pointer to the model. */
dsc_status serve_collection_open(serve_collection **collection, const serve_options *options,
                                 dsc_error *error);
void serve_collection_close(serve_collection *collection);
/* Its whole path, and that of a file of the model that is served; NULL without a collection. */
const char *serve_collection_folder(const serve_collection *collection);
const char *serve_collection_model(const serve_collection *collection);
size_t serve_collection_count(serve_collection *collection);

/* How `train` goes on with a network from what is collected: options, ended by NULL; epochs; the batch for so
 * many images. */
extern const char *const serve_go_on[];
extern const char serve_go_on_epochs[];
size_t serve_go_on_batch(size_t count);

/* {"collects": false}, or {"collects", "folder", "count", "most", "command"}; a path and the command only
 * where this server trains. */
void serve_get_collection(serve_response *response, serve_site *site);
/* {"digits": [{"image": base64 of the bytes that were "seen", "label": the class}, ...]}; ?network=,
 * epoch=: by which they were read. Answers {"kept", "count"}. */
void serve_post_collection(serve_response *response, serve_site *site, const serve_request *request);

/* ---- about_runs.c: what is asked and done about runs ---- */

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
/* Keeps a pointer to the model. MISMATCH: its images are no pictures. */
dsc_status serve_reader_create(serve_reader **reader, const dsc_model *model, dsc_error *error);
void serve_reader_free(serve_reader *reader);

const dsc_model *serve_reader_model(const serve_reader *reader);

/* What the network is: text, shape, classes, threshold, the filters of its first layer. NULL for want of memory. */
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

/* ---- networks.c: those that can be asked, each opened when it is asked for ---- */

dsc_status serve_networks_create(serve_networks **networks, const serve_options *options, dsc_error *error);
void serve_networks_free(serve_networks *networks);

/* A network in use, until it is let go. */
typedef struct serve_network {
    serve_reader *reader;
    const char *name;
    double epoch; /* of a run that goes on, how far it had come; else NaN */
} serve_network;
/* `run` "" or NULL: the one that is served. Else a run's, as it is now or, with `epoch` (a snapshot's name),
 * as it was. A file that changed is read anew. Any thread. */
dsc_status serve_network_take(const serve_network **network, serve_networks *networks, const char *run,
                              const char *epoch, dsc_error *error);
void serve_network_let_go(serve_networks *networks, const serve_network *network);

/* ---- runs.c ---- */

/* All runs of a folder, the newest first; one of them with its curves, from point `since` on; its report, or
 * NULL. NULL for want of memory; *found: whether there is such a run. */
json_t *serve_runs_list(const char *folder);
json_t *serve_run_points(bool *found, const char *folder, const char *id, size_t since);
unsigned char *serve_run_report(size_t *size, const char *folder, const char *id);
/* The run's own folder (release with free()), or NULL: no such run. */
char *serve_run_folder(const char *folder, const char *id);
/* On what data the runs were trained, each once, added to the list of texts. */
void serve_runs_data(json_t *data, const char *folder);

/* The snapshots of a run, in order, as [{"name", "network"}]; one of them, as it lies there, or NULL. */
json_t *serve_run_snapshots(const char *folder, const char *id);
json_t *serve_run_snapshot(const char *folder, const char *id, const char *name);
/* The file of the run's network, finished or as it stands (release with free()), or NULL: none is there yet.
 * `epoch` NULL or "": the newest. */
char *serve_run_network(const char *folder, const char *id, const char *epoch);

#endif
