/* SPDX-License-Identifier: MIT */
/* transfer.c: one request through libcurl. The multi interface is used for a single transfer, because then
 * this code owns the loop and notices stopping, stalls and the deadline within a tenth of a second. curl's
 * own low-speed limit counts whole seconds, and its progress calls may be a second apart. */
#include "fetch/transfer.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

#if DESCENDER_WITH_CURL

#include <ctype.h>
#define CURL_DISABLE_TYPECHECK /* its checking macros do not support function pointers */
#include <curl/curl.h>

#include "late/late.h"

/* One per line: clang-format does not format such lists stably. */
/* clang-format off */
#define LATE_CURL(X) \
    X(curl_global_init) \
    X(curl_global_cleanup) \
    X(curl_easy_init) \
    X(curl_easy_cleanup) \
    X(curl_easy_setopt) \
    X(curl_easy_getinfo) \
    X(curl_easy_strerror) \
    X(curl_multi_init) \
    X(curl_multi_cleanup) \
    X(curl_multi_add_handle) \
    X(curl_multi_remove_handle) \
    X(curl_multi_perform) \
    X(curl_multi_poll) \
    X(curl_multi_info_read)
/* clang-format on */
typedef struct curl_functions {
    LATE_CURL(LATE_MEMBER)
} curl_functions;
static const char *const curl_names[] = {LATE_CURL(LATE_NAME) NULL};
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLOWEST   100.0 /* bytes per second; anything slower has stalled */
#define REDIRECTS 5L
#define TICK_MS   100

typedef struct session {
    fetch_transfer *transfer;
    curl_functions api;
    CURL *curl;
    dsc_error *error;
    bool began;          /* the first byte of the body has arrived */
    bool decided;        /* `outcome` and `error` are final; later results of curl are ignored */
    int64_t range_start; /* from Content-Range; -1: none */
    fetch_outcome outcome;
    char reason[CURL_ERROR_SIZE];
} session;

static void decide(session *s, fetch_outcome outcome) {
    s->outcome = outcome;
    s->decided = true;
}

static bool starts_with(const char *text, size_t length, const char *prefix) {
    size_t n = strlen(prefix);
    if (length < n) return false;
    for (size_t i = 0; i < n; i++)
        if (tolower((unsigned char)text[i]) != prefix[i]) return false;
    return true;
}

/* Every redirection has its own headers; a status line starts a new set. */
static size_t on_header(char *data, size_t size, size_t count, void *context) {
    session *s = context;
    size_t length = size * count;
    static const char range[] = "content-range: bytes ";
    if (starts_with(data, length, "http/")) s->range_start = -1;
    if (starts_with(data, length, range)) {
        int64_t start = 0;
        size_t i = sizeof range - 1, digits = 0;
        for (; i < length && isdigit((unsigned char)data[i]) && digits < 18; i++, digits++)
            start = start * 10 + (data[i] - '0');
        if (digits) s->range_start = start;
    }
    return length;
}

/* Checks at the first byte of the body that the response is the requested one. */
static bool begin(session *s) {
    fetch_transfer *t = s->transfer;
    long code = 0;
    (void)s->api.curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
    s->began = true;
    if (code == 200) {
        t->start = t->bytes = 0;
        if (t->offset == 0 || !ftruncate(t->file, 0)) return true;
        (void)dsc_fail_system(s->error, t->path, "cannot be written");
        decide(s, FETCH_FAILED);
    } else if (code == 206 && s->range_start == (int64_t)t->offset) {
        return true;
    } else if (code == 206) {
        (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "sent another part of the file than requested");
        decide(s, FETCH_RANGE);
    } else {
        (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "answered with HTTP status %ld, expected 200", code);
        decide(s, FETCH_REFUSED);
    }
    return false;
}

static size_t on_body(char *data, size_t size, size_t count, void *context) {
    session *s = context;
    fetch_transfer *t = s->transfer;
    size_t length = size * count, done = 0;
    if (!s->began && !begin(s)) return CURL_WRITEFUNC_ERROR;
    if (length > t->limit - t->bytes) {
        (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "sends more than the expected %llu bytes",
                       (unsigned long long)t->limit);
        decide(s, FETCH_REFUSED);
        return CURL_WRITEFUNC_ERROR;
    }
    while (done < length) {
        ssize_t n = pwrite(t->file, data + done, length - done, (off_t)t->bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            (void)dsc_fail_system(s->error, t->path, "cannot be written");
            decide(s, FETCH_FAILED);
            return CURL_WRITEFUNC_ERROR;
        }
        done += (size_t)n;
        t->bytes += (uint64_t)n;
    }
    return length;
}

/* Checks between network events whether to give up. */
static void tick(session *s, double *window, uint64_t *window_bytes) {
    fetch_transfer *t = s->transfer;
    double now = dsc_clock();
    if (t->on_tick && t->on_tick(t->user, t->bytes)) {
        (void)dsc_fail(s->error, DSC_ERROR_STOPPED, "stopped");
        decide(s, FETCH_FAILED);
    } else if (t->deadline > 0 && now >= t->deadline) {
        (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "did not finish in time");
        decide(s, FETCH_FAILED);
    } else if (now - *window >= t->stall_seconds) {
        /* A restarted server has fewer bytes than the window's start: that is not a stall. */
        uint64_t gained = t->bytes >= *window_bytes ? t->bytes - *window_bytes : t->bytes;
        if ((double)gained < SLOWEST * t->stall_seconds) {
            (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "sent almost nothing for %.3g seconds",
                           t->stall_seconds);
            decide(s, FETCH_STALLED);
        }
        *window = now;
        *window_bytes = t->bytes;
    }
}

static CURLcode run(session *s, CURLM *multi) {
    double window = dsc_clock();
    uint64_t window_bytes = s->transfer->bytes;
    for (int running = 1; running && !s->decided;) {
        if (s->api.curl_multi_perform(multi, &running)) return CURLE_OUT_OF_MEMORY;
        if (!running || s->decided) break;
        tick(s, &window, &window_bytes);
        if (!s->decided && s->api.curl_multi_poll(multi, NULL, 0, TICK_MS, NULL)) return CURLE_OUT_OF_MEMORY;
    }
    int left;
    const CURLMsg *message = s->api.curl_multi_info_read(multi, &left);
    return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_OK;
}

/* Whether no server answered, as without a network. */
static bool is_unreached(CURLcode result) {
    return result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_RESOLVE_PROXY ||
           result == CURLE_COULDNT_CONNECT;
}

/* Interprets curl's result. */
static void judge(session *s, CURLcode result) {
    const fetch_transfer *t = s->transfer;
    const char *reason = s->reason[0] ? s->reason : s->api.curl_easy_strerror(result);
    long code = 0;
    (void)s->api.curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code == 416 && t->offset) {
        (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "has no byte %llu (HTTP status 416)",
                       (unsigned long long)t->offset);
        decide(s, FETCH_RANGE);
    } else if (result == CURLE_OUT_OF_MEMORY) {
        (void)dsc_fail(s->error, DSC_ERROR_MEMORY, "libcurl lacks memory");
        decide(s, FETCH_FAILED);
    } else if (code >= 300) {
        if (result == CURLE_TOO_MANY_REDIRECTS || result == CURLE_UNSUPPORTED_PROTOCOL)
            (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "redirection not followed: %s", reason);
        else
            (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "answered with HTTP status %ld", code);
        decide(s, FETCH_REFUSED);
    } else if (result) {
        (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "%s", reason);
        decide(s, s->began ? FETCH_BROKEN : is_unreached(result) ? FETCH_UNREACHED : FETCH_REFUSED);
    } else if (!s->began) {
        (void)dsc_fail(s->error, DSC_ERROR_NETWORK, "sent an empty answer (HTTP status %ld)", code);
        decide(s, FETCH_REFUSED);
    } else {
        decide(s, FETCH_DONE);
    }
}

static long milliseconds(double seconds) {
    return seconds >= 1 && seconds < 1e6 ? (long)(seconds * 1000)
           : seconds >= 1e6              ? 1000000000L
           : seconds > 0.001             ? (long)(seconds * 1000)
                                         : 1;
}

static bool is_secure(const char *url) { return starts_with(url, strlen(url), "https:"); }

static bool set_protocols(session *s, const char *url) {
    CURL *curl = s->curl;
#if LIBCURL_VERSION_NUM >= 0x075500
    return !s->api.curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") &&
           !s->api.curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
                                    is_secure(url) ? "https" : "http,https");
#else
    long both = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    return !s->api.curl_easy_setopt(curl, CURLOPT_PROTOCOLS, both) &&
           !s->api.curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
                                    is_secure(url) ? (long)CURLPROTO_HTTPS : both);
#endif
}

static bool set_up(session *s) {
    const fetch_transfer *t = s->transfer;
    CURL *curl = s->curl;
    char range[32];
    (void)snprintf(range, sizeof range, "%llu-", (unsigned long long)t->offset);
    bool good = !s->api.curl_easy_setopt(curl, CURLOPT_URL, t->url) && set_protocols(s, t->url) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(t->connect_seconds)) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_USERAGENT, "descender/" DSC_VERSION) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, s->reason) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_HEADERDATA, s) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) &&
                !s->api.curl_easy_setopt(curl, CURLOPT_WRITEDATA, s);
    if (good && t->offset) good = !s->api.curl_easy_setopt(curl, CURLOPT_RANGE, range);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A hanging name lookup must not delay the deadline. */
    if (good) (void)s->api.curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
#endif
    return good;
}

fetch_outcome fetch_transfer_run(fetch_transfer *transfer, dsc_error *error) {
    session s = {.transfer = transfer, .error = error, .range_start = -1};
    transfer->start = transfer->bytes = transfer->offset;
    if (late_load(&s.api, curl_names, DESCENDER_CURL_SONAME, error)) return FETCH_FAILED;
    if (s.api.curl_global_init(CURL_GLOBAL_DEFAULT)) {
        (void)dsc_fail(error, DSC_ERROR_MEMORY, "libcurl cannot be started");
        return FETCH_FAILED;
    }
    CURLM *multi = s.api.curl_multi_init();
    s.curl = s.api.curl_easy_init();
    if (multi && s.curl && set_up(&s) && !s.api.curl_multi_add_handle(multi, s.curl)) {
        CURLcode result = run(&s, multi);
        if (!s.decided) judge(&s, result);
        (void)s.api.curl_multi_remove_handle(multi, s.curl);
    } else {
        (void)dsc_fail(error, DSC_ERROR_MEMORY, "libcurl lacks memory");
        decide(&s, FETCH_FAILED);
    }
    s.api.curl_easy_cleanup(s.curl);
    (void)s.api.curl_multi_cleanup(multi);
    s.api.curl_global_cleanup();
    return s.outcome;
}

#else

fetch_outcome fetch_transfer_run(fetch_transfer *transfer, dsc_error *error) {
    transfer->start = transfer->bytes = transfer->offset;
    (void)dsc_fail(error, DSC_ERROR_UNSUPPORTED, "this build has no libcurl");
    return FETCH_FAILED;
}

#endif
