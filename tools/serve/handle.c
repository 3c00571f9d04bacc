/* SPDX-License-Identifier: MIT */
/* handle.c: dispatches requests; see serve.h. */
#include "serve/parts.h"

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/visible.h"
#include "serve/host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_POLICY                                                                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src "      \
    "'self'; frame-src 'self'; "                                                                             \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
dsc_status serve_site_create(serve_site **result, const serve_options *options, dsc_error *error) {
    *result = NULL;
    serve_site *site = dsc_allocate(1, sizeof *site);
    if (!site) return dsc_fail_memory(error, sizeof *site, "the server");
    site->options = *options;
    dsc_status status = serve_networks_create(&site->networks, &site->options, error);
    if (!status) status = serve_work_create(&site->work, &site->options, error);
    if (!status) status = serve_collection_open(&site->collection, &site->options, error);
    if (status)
        serve_site_free(site);
    else
        *result = site;
    return status;
}

void serve_site_stop(serve_site *site) {
    if (site) serve_work_stop(site->work);
}

void serve_site_free(serve_site *site) {
    if (!site) return;
    serve_work_free(site->work);
    serve_networks_free(site->networks);
    serve_collection_close(site->collection);
    free(site);
}

/* ---- access ---- */

/* The name comes from a stranger: it is escaped and truncated. */
static void refuse_host(serve_response *r, const serve_site *site, const serve_request *q, const char *host) {
    char name[256], word[DSC_SHELL_WORD], why[512];
    const size_t length = q->host ? serve_host_name_length(q->host) : 0;
    (void)snprintf(name, sizeof name, "%.*s", (int)length, q->host ? q->host : "");
    if (length && serve_host_is_ours(q->host, host, site->options.allowed_hosts))
        (void)snprintf(why, sizeof why,
                       "this request comes from a page at another address than this server's");
    else if (length)
        (void)snprintf(why, sizeof why,
                       "this server answers to localhost with any port, and to the names that it is given; "
                       "if this name is yours, start the server with: descender serve --allow-host %.300s",
                       dsc_shell_word(word, name));
    else
        (void)snprintf(why, sizeof why, "expected the header Host with the name of this server");
    char shown[sizeof why];
    serve_refuse(r, 403, dsc_visible(shown, sizeof shown, why));
}

static const char locked_page[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
    "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
    "dark\">\n<title>Descender: no token</title>\n<main>\n<h1>This page needs a token</h1>\n<p>Open the "
    "whole address that <code>descender serve</code> printed when it started. The address ends in "
    "<code>?token=</code> and 32 characters. Whoever started the server has it.</p>\n<p>If you had opened "
    "the page before: the server was started again, and each start has a new address; or this browser "
    "refuses cookies, which identify it.</p>\n</main>\n";

static bool is_read(const serve_request *q) {
    return !strcmp(q->method, "GET") || !strcmp(q->method, "HEAD");
}

static void refuse_without_key(serve_response *r, const serve_request *q) {
    if (is_read(q) && strncmp(q->path, "/api/", 5) != 0) {
        r->status = 403;
        r->type = "text/html; charset=utf-8";
        r->fixed = locked_page;
        r->size = sizeof locked_page - 1;
    } else {
        serve_refuse(
            r, 403,
            "a token is required: open the whole address that descender serve printed when it started");
    }
}

/* The page is sent to clients with the token, together with the cookie. It is not redirected, because after a
 * link from another site browsers withhold a SameSite=Strict cookie until a page of this site sends a
 * request. */
static bool has_key(serve_response *r, const serve_site *site, const serve_request *q) {
    const serve_key *key = site->options.key;
    if (!key || (q->is_local && serve_host_is_local(q->host, q->origin))) return true;
    if (serve_key_is(q->cookie ? q->cookie(q->context, key->name) : NULL, key->session)) return true;
    if (!is_read(q) || strcmp(q->path, "/") != 0 || !serve_key_is(serve_read_text(q, "token"), key->token))
        return false;
    serve_key_cookie(r->cookie, key);
    return true;
}

/* ---- requests ---- */

static void read_by(serve_response *r, serve_reader *reader, double epoch, const serve_drawing *drawing,
                    size_t digit) {
    json_t *json;
    dsc_error error;
    const dsc_status status = serve_read(&json, reader, drawing, digit, &error);
    if (!status) {
        if (isfinite(epoch)) (void)json_object_set_new(json, "epoch", json_real(epoch));
        serve_answer_json(r, 200, json);
    } else if (status == DSC_ERROR_FORMAT || status == DSC_ERROR_MISMATCH) {
        serve_answer_json(
            r, 200,
            json_pack("{s:[], s:[], s:i, s:s}", "digits", "refused", "count", 0, "why", error.message));
    } else {
        serve_refuse(r, 500, error.message);
    }
}

static void read_drawing(serve_response *r, serve_site *site, const serve_request *q) {
    serve_drawing drawing = {.pixels = q->body, .channels = 1};
    size_t digit = 0;
    if (!serve_read_number(&drawing.width, q, "width", SERVE_SIDE_MOST) ||
        !serve_read_number(&drawing.height, q, "height", SERVE_SIDE_MOST) || !drawing.width ||
        !drawing.height) {
        serve_refuse(r, 400, "expected ?width=W&height=H, each 1 to 2048");
        return;
    }
    if (serve_read_text(q, "channels") &&
        (!serve_read_number(&drawing.channels, q, "channels", 3) || drawing.channels % 2 == 0)) {
        serve_refuse(r, 400, "expected channels=1 or channels=3");
        return;
    }
    if (q->size != drawing.width * drawing.height * drawing.channels) {
        serve_refuse(r, 400, "expected a body of width x height x channels bytes");
        return;
    }
    (void)serve_read_number(&digit, q, "digit", 1000);
    dsc_error error;
    const serve_network *network;
    if (serve_network_take(&network, site->networks, serve_read_text(q, "network"),
                           serve_read_text(q, "epoch"), &error)) {
        serve_refuse(r, 404, error.message);
        return;
    }
    read_by(r, network->reader, network->epoch, &drawing, digit);
    serve_network_let_go(site->networks, network);
}

static void get_model(serve_response *r, serve_site *site, const serve_request *q) {
    dsc_error error;
    const serve_network *network;
    if (serve_network_take(&network, site->networks, serve_read_text(q, "network"),
                           serve_read_text(q, "epoch"), &error)) {
        serve_refuse(r, 404, error.message);
        return;
    }
    json_t *json = serve_reader_json(network->reader);
    if (json) (void)json_object_set_new(json, "name", dsc_json_text(network->name));
    serve_network_let_go(site->networks, network);
    serve_answer_json(r, 200, json);
}

static json_t *site_json(const serve_site *site) {
    return json_pack("{s:s, s:o, s:b, s:b}", "version", dsc_version(), "served",
                     site->options.model ? dsc_json_text(site->options.model_name) : json_null(), "charts",
                     serve_has_charts(), "reports", !site->options.no_reports);
}

static void get(serve_response *r, serve_site *site, const serve_request *q) {
    const serve_file *file = serve_page_file(q->path);
    if (file) {
        r->status = 200;
        r->type = file->type;
        r->fixed = file->begin;
        r->size = (size_t)(file->end - file->begin);
    } else if (!strcmp(q->path, "/api/site")) {
        serve_answer_json(r, 200, site_json(site));
    } else if (!strcmp(q->path, "/api/model")) {
        get_model(r, site, q);
    } else if (!strcmp(q->path, "/api/training")) {
        serve_get_training(r, site);
    } else if (!strcmp(q->path, "/api/collection")) {
        serve_get_collection(r, site);
    } else if (!strcmp(q->path, "/api/runs")) {
        serve_answer_json(r, 200, serve_runs_list(site->options.runs));
    } else if (!strncmp(q->path, "/api/runs/", 10)) {
        serve_get_run(r, site, q);
    } else {
        serve_refuse(r, 404, "there is nothing at this address");
    }
}

bool serve_is_allowed(const serve_site *site, const serve_request *q, const char *host) {
    serve_response unused = {.status = 0};
    return serve_host_is_trusted(q->host, q->origin, host, site->options.allowed_hosts) &&
           has_key(&unused, site, q);
}

void serve_handle(serve_response *r, serve_site *site, const serve_request *q, const char *host) {
    *r = (serve_response){.policy = PAGE_POLICY};
    if (!serve_host_is_trusted(q->host, q->origin, host, site->options.allowed_hosts))
        refuse_host(r, site, q, host);
    else if (!has_key(r, site, q))
        refuse_without_key(r, q);
    else if (is_read(q))
        get(r, site, q);
    else if (!strcmp(q->method, "POST") && !strcmp(q->path, "/api/read"))
        read_drawing(r, site, q);
    else if (!strcmp(q->method, "POST") && !strcmp(q->path, "/api/collection"))
        serve_post_collection(r, site, q);
    else if (!strcmp(q->method, "POST") && !strcmp(q->path, "/api/training"))
        serve_post_training(r, site, q);
    else if (!strcmp(q->method, "POST") && !strcmp(q->path, "/api/rate"))
        serve_post_rate(r, site, q);
    else if (!strcmp(q->method, "POST"))
        serve_post_run(r, site, q);
    else
        serve_refuse(r, 405, "there is nothing to do at this address");
    if (r->text.failed) r->status = 500;
}
