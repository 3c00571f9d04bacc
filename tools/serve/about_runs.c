/* SPDX-License-Identifier: MIT */
/* about_runs.c: requests about one run; overview: serve.h. */
#include "serve/parts.h"

#include <stdlib.h>
#include <string.h>

/* A report is a single file with its styles and pictures; the page shows it in a frame. */
#define REPORT_POLICY                                                                                        \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "    \
    "frame-ancestors 'self'"

/* Server-sent events (WHATWG HTML, section 9.2), one per connection: after `retry` the browser reconnects for
 * the next and sends the number of points it has as the event id. No connection stays open while a run trains
 * for hours. */
static void answer_event(serve_response *r, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    const json_int_t points = json_integer_value(json_object_get(json, "points"));
    r->status = 200;
    r->type = "text/event-stream";
    dsc_text_append(&r->text, "retry: 1000\nid: %lld\ndata: %s\n\n", (long long)points, text ? text : "{}");
    free(text);
    json_decref(json);
}

static void get_points(serve_response *r, const serve_site *site, const serve_request *q, const char *id,
                       bool events) {
    bool found = false;
    size_t since = 0;
    if (events && q->last_event) {
        char *end;
        const unsigned long long number = strtoull(q->last_event, &end, 10);
        since = *end ? 0 : (size_t)number;
    }
    json_t *json = serve_run_points(&found, site->options.runs, id, since);
    if (!found)
        serve_refuse(r, 404, "there is no such run");
    else if (events)
        answer_event(r, json);
    else
        serve_answer_json(r, 200, json);
}

static void get_report(serve_response *r, const serve_site *site, const char *id) {
    size_t size;
    unsigned char *report = serve_run_report(&size, site->options.runs, id);
    if (report) {
        r->status = 200;
        r->type = "text/html; charset=utf-8";
        r->policy = REPORT_POLICY;
        dsc_text_append_bytes(&r->text, report, size);
    } else {
        serve_refuse(r, 404, "there is no report yet");
    }
    free(report);
}

static void answer_or_404(serve_response *r, json_t *json, const char *why) {
    if (json)
        serve_answer_json(r, 200, json);
    else
        serve_refuse(r, 404, why);
}

void serve_get_run(serve_response *r, serve_site *site, const serve_request *q) {
    static const char snapshots[] = "/snapshots";
    const size_t n = sizeof snapshots - 1;
    char id[256];
    const char *what;
    if (!serve_read_run(id, &what, q->path))
        serve_refuse(r, 404, "there is no such run");
    else if (!*what || !strcmp(what, "/events"))
        get_points(r, site, q, id, *what != '\0');
    else if (!strcmp(what, "/report"))
        get_report(r, site, id);
    else if (!strcmp(what, snapshots))
        answer_or_404(r, serve_run_snapshots(site->options.runs, id), "there is no such run");
    else if (!strncmp(what, snapshots, n) && what[n] == '/')
        answer_or_404(r, serve_run_snapshot(site->options.runs, id, what + n + 1),
                      "there is no such snapshot");
    else
        serve_refuse(r, 404, "there is nothing at this address");
}

void serve_post_run(serve_response *r, serve_site *site, const serve_request *q) {
    char id[256];
    const char *what;
    char *folder = serve_read_run(id, &what, q->path) ? serve_run_folder(site->options.runs, id) : NULL;
    if (folder && !strcmp(what, "/report"))
        serve_make_report(r, site, folder);
    else if (folder && !strcmp(what, "/stop"))
        serve_stop_run(r, site, id);
    else if (folder && !strcmp(what, "/resume"))
        serve_resume_run(r, site, id, folder);
    else
        serve_refuse(r, 404, "there is nothing to do at this address");
    free(folder);
}
