/* SPDX-License-Identifier: MIT */
/* respond.c: parses requests and writes responses; see parts.h. */
#include "serve/parts.h"

#include <stdlib.h>
#include <string.h>

void serve_answer_json(serve_response *r, unsigned status, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(json);
    r->status = text ? status : 500;
    r->type = "application/json";
    dsc_text_append(&r->text, "%s", text ? text : "{\"error\":\"out of memory\"}");
    free(text);
}

void serve_refuse(serve_response *r, unsigned status, const char *why) {
    serve_answer_json(r, status, json_pack("{s:s}", "error", why));
}

const char *serve_read_text(const serve_request *q, const char *name) {
    return q->query ? q->query(q->context, name) : NULL;
}

bool serve_read_number(size_t *value, const serve_request *q, const char *name, size_t most) {
    const char *text = serve_read_text(q, name);
    size_t number = 0, digits = 0;
    for (; text && text[digits] >= '0' && text[digits] <= '9' && digits < 8; digits++)
        number = number * 10 + (size_t)(text[digits] - '0');
    if (!digits || text[digits] || number > most) return false;
    *value = number;
    return true;
}

bool serve_read_run(char id[256], const char **rest, const char *path) {
    static const char begin[] = "/api/runs/";
    if (strncmp(path, begin, sizeof begin - 1) != 0) return false;
    path += sizeof begin - 1;
    const size_t length = strcspn(path, "/");
    if (length == 0 || length >= 256) return false;
    memcpy(id, path, length);
    id[length] = '\0';
    *rest = path + length;
    return true;
}
