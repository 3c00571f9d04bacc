/* SPDX-License-Identifier: MIT */
/* handle.c: what is answered to which request; see serve.h. */
#include "serve/parts.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/visible.h"
#include "serve/host.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_POLICY                                                                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src "      \
    "'self'; frame-src 'self'; "                                                                             \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/* A report is one file with its styles and pictures inside; the page shows it in a frame. */
#define REPORT_POLICY                                                                                        \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "    \
    "frame-ancestors 'self'"

struct serve_site {
    serve_options options;
    serve_reader *reader;
    atomic_flag reporting; /* a report is being made */
};

dsc_status serve_site_create(serve_site **result, const serve_options *options, dsc_error *error) {
    *result = NULL;
    serve_site *site = dsc_allocate(1, sizeof *site);
    if (!site) return dsc_fail_memory(error, sizeof *site, "the server");
    site->options = *options;
    atomic_flag_clear(&site->reporting);
    dsc_status status = serve_reader_create(&site->reader, options->model, error);
    if (status)
        serve_site_free(site);
    else
        *result = site;
    return status;
}

void serve_site_free(serve_site *site) {
    if (!site) return;
    serve_reader_free(site->reader);
    free(site);
}

/* ---- responses ---- */

static void answer_json(serve_response *r, unsigned status, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(json);
    r->status = text ? status : 500;
    r->type = "application/json";
    dsc_text_append(&r->text, "%s", text ? text : "{\"error\":\"out of memory\"}");
    free(text);
}

static void refuse(serve_response *r, unsigned status, const char *why) {
    answer_json(r, status, json_pack("{s:s}", "error", why));
}

/* ---- who asks ---- */

/* The name is a stranger's: it is quoted, and cut. */
static void refuse_host(serve_response *r, const serve_site *site, const serve_request *q, const char *host) {
    char name[256], word[DSC_SHELL_WORD], why[512];
    const size_t length = q->host ? serve_host_name_length(q->host) : 0;
    (void)snprintf(name, sizeof name, "%.*s", (int)length, q->host ? q->host : "");
    if (length && serve_host_is_ours(q->host, host, site->options.allowed_hosts))
        (void)snprintf(why, sizeof why,
                       "this request comes from a page of another address than this server's");
    else if (length)
        (void)snprintf(
            why, sizeof why,
            "this server answers for localhost, with any port, and for the names that it is told; if this "
            "one is yours, start it with: descender serve --allow-host %.300s",
            dsc_shell_word(word, name));
    else
        (void)snprintf(why, sizeof why, "expected the header Host, with the name of this server");
    char shown[sizeof why];
    refuse(r, 403, dsc_visible(shown, sizeof shown, why));
}

/* ---- what is asked ---- */

static bool read_number(size_t *value, const serve_request *q, const char *name, size_t most) {
    const char *text = q->query ? q->query(q->context, name) : NULL;
    size_t number = 0, digits = 0;
    for (; text && text[digits] >= '0' && text[digits] <= '9' && digits < 8; digits++)
        number = number * 10 + (size_t)(text[digits] - '0');
    if (!digits || text[digits] || number > most) return false;
    *value = number;
    return true;
}

static void read_drawing(serve_response *r, serve_site *site, const serve_request *q) {
    size_t width, height, digit = 0;
    if (!read_number(&width, q, "width", SERVE_SIDE_MOST) ||
        !read_number(&height, q, "height", SERVE_SIDE_MOST) || !width || !height) {
        refuse(r, 400, "expected ?width=W&height=H, each 1 to 2048");
        return;
    }
    if (q->size != width * height) {
        refuse(r, 400, "expected a body of width x height bytes of grey");
        return;
    }
    (void)read_number(&digit, q, "digit", 1000);
    json_t *json;
    dsc_error error;
    dsc_status status = serve_read(&json, site->reader, q->body, width, height, digit, &error);
    if (!status)
        answer_json(r, 200, json);
    else if (status == DSC_ERROR_FORMAT || status == DSC_ERROR_MISMATCH)
        answer_json(r, 200, json_pack("{s:[], s:i, s:s}", "digits", "count", 0, "why", error.message));
    else
        refuse(r, 500, error.message);
}

static json_t *model_json(const serve_site *site) {
    const dsc_model *model = site->options.model;
    json_t *classes = json_array();
    for (size_t i = 0; i < dsc_model_classes(model); i++)
        (void)json_array_append_new(classes, json_string(dsc_model_class_name(model, i)));
    dsc_images images;
    dsc_model_describe(&images, model);
    return json_pack("{s:o, s:s, s:I, s:b, s:o, s:s}", "name", dsc_json_text(site->options.model_name),
                     "text", dsc_model_text(model), "parameters", (json_int_t)dsc_model_parameters(model),
                     "prepares", images.preparation == DSC_PREPARATION_DIGITS, "classes", classes, "version",
                     dsc_version());
}

/* Server-sent events (WHATWG HTML, section 9.2), one a connection: the browser comes back for the next after
 * `retry`, and says by its id how many points it has. So no connection is held while a run trains for
 * hours. */
static void answer_event(serve_response *r, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    const json_int_t points = json_integer_value(json_object_get(json, "points"));
    r->status = 200;
    r->type = "text/event-stream";
    dsc_text_append(&r->text, "retry: 1000\nid: %lld\ndata: %s\n\n", (long long)points, text ? text : "{}");
    free(text);
    json_decref(json);
}

static void about_run(serve_response *r, serve_site *site, const serve_request *q, const char *rest) {
    char id[256];
    const char *slash = strchr(rest, '/');
    const size_t length = slash ? (size_t)(slash - rest) : strlen(rest);
    bool found = false;
    size_t since = 0;
    if (length == 0 || length >= sizeof id) {
        refuse(r, 404, "there is no such run");
        return;
    }
    memcpy(id, rest, length);
    id[length] = '\0';
    const char *what = slash ? slash : "";
    if (!strcmp(what, "/report")) {
        size_t size;
        unsigned char *report = serve_run_report(&size, site->options.runs, id);
        if (report) {
            r->status = 200;
            r->type = "text/html; charset=utf-8";
            r->policy = REPORT_POLICY;
            dsc_text_append_bytes(&r->text, report, size);
        } else {
            refuse(r, 404, "there is no report yet");
        }
        free(report);
        return;
    }
    const bool events = !strcmp(what, "/events");
    if (*what && !events) {
        refuse(r, 404, "there is nothing here");
        return;
    }
    if (events && q->last_event) {
        char *end;
        const unsigned long long number = strtoull(q->last_event, &end, 10);
        since = *end ? 0 : (size_t)number;
    }
    json_t *json = serve_run_points(&found, site->options.runs, id, since);
    if (!found)
        refuse(r, 404, "there is no such run");
    else if (events)
        answer_event(r, json);
    else
        answer_json(r, 200, json);
}

/* "/api/runs/NAME/report" */
static void make_report(serve_response *r, serve_site *site, const serve_request *q) {
    static const char begin[] = "/api/runs/", end[] = "/report";
    char id[256];
    const size_t length = strlen(q->path), around = sizeof begin - 1 + sizeof end - 1;
    char *folder = NULL;
    if (length > around && length - around < sizeof id && !strncmp(q->path, begin, sizeof begin - 1) &&
        !strcmp(q->path + length - (sizeof end - 1), end)) {
        memcpy(id, q->path + sizeof begin - 1, length - around);
        id[length - around] = '\0';
        folder = serve_run_folder(site->options.runs, id);
    }
    dsc_error error;
    if (!folder)
        refuse(r, 404, "there is nothing to do here");
    else if (!site->options.make_report)
        refuse(r, 404, "this server makes no reports");
    else if (atomic_flag_test_and_set(&site->reporting))
        refuse(r, 409, "a report is being made; try again when it is done");
    else {
        if (site->options.make_report(site->options.user, folder, &error))
            refuse(r, 500, error.message);
        else
            answer_json(r, 200, json_pack("{s:b}", "made", 1));
        atomic_flag_clear(&site->reporting);
    }
    free(folder);
}

static void get(serve_response *r, serve_site *site, const serve_request *q) {
    const serve_file *file = serve_page_file(q->path);
    if (file) {
        r->status = 200;
        r->type = file->type;
        r->fixed = file->begin;
        r->size = (size_t)(file->end - file->begin);
    } else if (!strcmp(q->path, "/api/model")) {
        answer_json(r, 200, model_json(site));
    } else if (!strcmp(q->path, "/api/runs")) {
        answer_json(r, 200, serve_runs_list(site->options.runs));
    } else if (!strncmp(q->path, "/api/runs/", 10)) {
        about_run(r, site, q, q->path + 10);
    } else {
        refuse(r, 404, "there is nothing here");
    }
}

void serve_handle(serve_response *r, serve_site *site, const serve_request *q, const char *host) {
    *r = (serve_response){.policy = PAGE_POLICY};
    if (!serve_host_is_trusted(q->host, q->origin, host, site->options.allowed_hosts))
        refuse_host(r, site, q, host);
    else if (!strcmp(q->method, "GET") || !strcmp(q->method, "HEAD"))
        get(r, site, q);
    else if (!strcmp(q->method, "POST") && !strcmp(q->path, "/api/read"))
        read_drawing(r, site, q);
    else if (!strcmp(q->method, "POST"))
        make_report(r, site, q);
    else
        refuse(r, 405, "there is nothing to do here");
    if (r->text.failed) r->status = 500;
}
