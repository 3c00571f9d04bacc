/* SPDX-License-Identifier: MIT */
/* source.c: where a command's data comes from. */
#include "fetch/source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/visible.h"
#include "data/cache.h"
#include "data/drawn.h"
#include "data/form.h"
#include "fetch/known.h"
#include "fetch/transfer.h"
#include "fetch/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS_TRAIN 60000
#define DIGITS_TEST  10000

const fetch_settings fetch_default_settings = {.files = dsc_known_data_mnist.files,
                                               .connect_seconds = 10,
                                               .stall_seconds = 20,
                                               .auto_connect_seconds = 3,
                                               .auto_seconds = 10};

typedef struct request {
    const fetch_source *source;
    const fetch_settings *settings;
    dsc_dataset **train, **test;
    char *description; /* of FETCH_DESCRIPTION bytes, or NULL */
} request;

/* "MNIST (/data)" of a data set that is known, else the folder alone. */
static void describe(const request *q, const dsc_known_data *known, const char *folder) {
    if (q->description)
        (void)snprintf(q->description, FETCH_DESCRIPTION, known ? "%s (%s)" : "%s%s",
                       known ? known->title : "", folder);
}

static void note(const request *q, const char *format, ...) DSC_PRINTF(2, 3);
static void note(const request *q, const char *format, ...) {
    char text[DSC_MESSAGE_SIZE + 512];
    va_list arguments;
    if (!q->source->on_note) return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    q->source->on_note(q->source->user, text);
}

static void close_both(const request *q) {
    dsc_dataset_free(*q->train);
    dsc_dataset_free(*q->test);
    *q->train = *q->test = NULL;
}

static dsc_status open_folder(const request *q, const char *folder, dsc_error *error) {
    dsc_status status =
        dsc_mnist_open_with(q->train, q->test, folder, &(dsc_open_options){.cache = true}, error);
    if (!status && q->source->on_open) status = q->source->on_open(q->source->user, folder, error);
    if (status) close_both(q);
    return status;
}

/* --- what is drawn by code --- */

static dsc_status draw_sets(const request *q, const char *text, dsc_error *error) {
    const fetch_source *s = q->source;
    size_t train = s->digits_train ? s->digits_train : DIGITS_TRAIN;
    size_t test = s->digits_test ? s->digits_test : DIGITS_TEST;
    dsc_status status = dsc_dataset_draw(q->train, text, train, s->seed, s->threads, error);
    if (!status) status = dsc_dataset_draw(q->test, text, test, ~s->seed, s->threads, error);
    if (status) close_both(q);
    if (!status && q->description)
        (void)snprintf(q->description, FETCH_DESCRIPTION, "%s", dsc_dataset_name(*q->train));
    return status;
}

/* --- a path --- */

static dsc_status open_forms(const request *q, const char *path, dsc_error *error) {
    const dsc_reading usual = dsc_reading_defaults();
    dsc_opening own = {.forms = &dsc_data_form_registry, .reading = &usual};
    dsc_opening *o = q->source->opening ? q->source->opening : &own;
    o->title = path;
    o->cache = true;
    dsc_status status = dsc_data_form_open(o, path, error);
    if (!status && q->source->on_open) status = q->source->on_open(q->source->user, path, error);
    *q->train = o->train;
    *q->test = o->test;
    o->train = o->test = NULL;
    if (status) close_both(q);
    return status;
}

/* By size and CRC-32 the datasets say it themselves; here the SHA-256 must be right too. */
static dsc_status recognise(const dsc_known_data **found, const request *q, const char *folder,
                            dsc_error *error) {
    const dsc_known_data *row = dsc_dataset_known(*q->train);
    bool is;
    dsc_status status = fetch_is_known(&is, *q->train, *q->test, folder, q->settings->files, error);
    *found = !status && is ? &dsc_known_data_mnist : NULL;
    if (status || is || !row || row != dsc_dataset_known(*q->test)) return status;
    status = fetch_is_known(&is, *q->train, *q->test, folder, row->files, error);
    if (!status && is) *found = row;
    return status;
}

static dsc_status open_path(const request *q, const char *folder, dsc_error *error) {
    static const char *const names[] = {"auto", "mnist", "digits", "non-digits"};
    struct stat info;
    if (stat(folder, &info) && !strchr(folder, '/') && !dsc_mnist_is_place(folder)) {
        const char *meant = dsc_nearest_name(folder, names, 4);
        return dsc_fail(error, DSC_ERROR_IO,
                        "--data %s: there is no such file or folder%s%s%s; expected auto, mnist, digits, "
                        "non-digits or where labelled images are",
                        folder, meant ? "; did you mean \"" : "", meant ? meant : "", meant ? "\"?" : "");
    }
    dsc_status status = open_forms(q, folder, error);
    const dsc_known_data *known = NULL;
    if (!status && *q->test) status = recognise(&known, q, folder, error);
    if (status) close_both(q);
    if (!status) describe(q, known, folder);
    return status;
}

/* --- downloading --- */

static dsc_status cache_folder(char **folder, dsc_error *error) {
    const char *home = getenv("HOME"), *xdg = getenv("XDG_CACHE_HOME");
    bool has_home = (home && *home == '/') || (xdg && *xdg == '/');
    char *cache = dsc_user_cache();
    *folder = cache ? dsc_path_join(cache, "mnist") : NULL;
    free(cache);
    if (*folder) return DSC_OK;
    if (has_home) return dsc_fail_memory(error, 1, "the path of the cache");
    return dsc_fail(
        error, DSC_ERROR_IO,
        "there is no folder to keep MNIST in: set $HOME or $XDG_CACHE_HOME, or put the four files into "
        "a folder and name it with --data");
}

/* $DESCENDER_MIRRORS, cut into base URLs that end in '/'. One block, the texts behind the pointers. */
static dsc_status mirrors_from_environment(char ***mirrors, dsc_error *error) {
    const char *value = getenv("DESCENDER_MIRRORS");
    *mirrors = NULL;
    if (!value || !value[strspn(value, " ")]) return DSC_OK;
    size_t most = strlen(value) / 2 + 2, length = 2 * strlen(value) + 2, count = 0;
    char **list = calloc(1, most * sizeof *list + length);
    if (!list) return dsc_fail_memory(error, length, "the mirrors");
    char *out = (char *)(list + most);
    for (const char *p = value + strspn(value, " "); *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        list[count++] = out;
        memcpy(out, p, n);
        out += n;
        if (p[n - 1] != '/') *out++ = '/';
        *out++ = '\0';
        p += n;
    }
    *mirrors = list;
    return DSC_OK;
}

static const char *const *usual_mirrors(const fetch_settings *settings) {
    return settings->mirrors ? settings->mirrors : dsc_known_data_mnist.mirrors;
}

/* Everything into `folder`, by `deadline` (0: whenever). */
static dsc_status download(const fetch_source *source, const fetch_settings *settings, const char *folder,
                           bool replace, double connect_seconds, double deadline, dsc_error *error) {
    char **mirrors = NULL;
    dsc_status status = source->settings ? DSC_OK : mirrors_from_environment(&mirrors, error);
    fetch_options options = {.mirrors = mirrors ? (const char *const *)mirrors : usual_mirrors(settings),
                             .connect_seconds = connect_seconds,
                             .stall_seconds = settings->stall_seconds,
                             .deadline = deadline,
                             .replace = replace,
                             .on_progress = source->on_progress,
                             .user = source->user,
                             .count = DSC_MNIST_FILES};
    for (unsigned i = 0; i < DSC_MNIST_FILES && !status; i++) {
        options.index = i;
        status = fetch_download(folder, &settings->files[i], &options, error);
    }
    free(mirrors);
    return status;
}

dsc_status fetch_mnist(char **used, const char *folder, const fetch_source *source, dsc_error *error) {
    const fetch_settings *settings = source->settings ? source->settings : &fetch_default_settings;
    if (used) *used = NULL;
    char *place = NULL;
    dsc_status status = DSC_OK;
    if (!folder)
        status = cache_folder(&place, error);
    else if (!(place = strdup(folder)))
        status = dsc_fail_memory(error, strlen(folder), "a path");
    if (status) return status; /* cppcheck-suppress memleak; then there is no place */
    for (int i = 0; source->offline && i < DSC_MNIST_FILES && !status; i++) {
        char *path = dsc_path_join(place, settings->files[i].name);
        if (path && access(path, F_OK)) {
            status = dsc_fail(error, DSC_ERROR_IO,
                              "MNIST is not in %s (--offline); omit --offline to download it", place);
            free(path);
            break;
        }
        status = path ? fetch_verify(path, &settings->files[i], error) : dsc_fail_memory(error, 1, "a path");
        if (status) (void)dsc_error_context(error, status, "not downloaded, since --offline forbids it");
        free(path);
    }
    if (!source->offline)
        status = download(source, settings, place, folder == NULL, settings->connect_seconds, 0, error);
    if (used && !status)
        *used = place;
    else
        free(place);
    return status;
}

/* --- MNIST --- */

typedef enum found { NOTHING, MNIST, OTHER_DATA, BROKEN } found;

/* What is in `folder`: opened if it is MNIST. BROKEN: `error` says how. */
static dsc_status look_into(found *what, const request *q, const char *folder, dsc_error *error) {
    bool any = false;
    *what = NOTHING;
    for (int i = 0; i < DSC_MNIST_FILES && !any; i++) {
        char *path;
        dsc_status status = dsc_mnist_find(&path, folder, i, error);
        if (status) return status;
        any = path != NULL;
        free(path);
    }
    if (!any) return DSC_OK;
    *what = BROKEN;
    dsc_status status = open_folder(q, folder, error);
    if (status) return status == DSC_ERROR_MEMORY ? status : DSC_OK;
    bool known;
    status = fetch_is_known(&known, *q->train, *q->test, folder, q->settings->files, error);
    *what = known ? MNIST : OTHER_DATA;
    if (status || !known) close_both(q);
    if (!status && known) describe(q, &dsc_known_data_mnist, folder);
    return status;
}

/* A place of the user's, where what is wrong is not ours to mend. `what` is MNIST, or NOTHING: look
 * elsewhere. */
static dsc_status look_into_users(found *what, const request *q, const char *folder, bool is_named,
                                  dsc_error *error) {
    char command[DSC_COMMAND];
    dsc_error reason = {0};
    dsc_status status = look_into(what, q, folder, &reason);
    if (status || *what == BROKEN) {
        if (error) *error = reason;
        if (status) return status;
        return dsc_error_context(error, reason.code,
                                 "the data in %s is incomplete or damaged, and is not replaced",
                                 is_named ? "$DESCENDER_DATA" : "./data");
    }
    if (*what == OTHER_DATA && is_named)
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "$DESCENDER_DATA: %s holds data that is not MNIST (its checksums differ); to use it as it "
            "is, name it: %s",
            folder, dsc_command(command, "--data @", folder, NULL));
    if (*what == NOTHING && is_named && dsc_mnist_is_ambiguous(folder))
        return dsc_mnist_fail_missing(folder, "all four", error);
    if (*what == OTHER_DATA) {
        note(q, "%s holds data that is not MNIST and is passed over; to use it, name it: %s", folder,
             dsc_command(command, "--data @", folder, NULL));
        *what = NOTHING;
    }
    return DSC_OK;
}

/* The cache, and the network. With `is_auto` only for so long. */
static dsc_status open_cached(const request *q, bool is_auto, dsc_error *error) {
    const fetch_settings *t = q->settings;
    char *folder;
    dsc_status status = cache_folder(&folder, error);
    if (status) return status;
    dsc_error reason = {0};
    found what;
    status = look_into(&what, q, folder, &reason);
    bool wanted = !status && what != MNIST;
    if (status) {
        if (error) *error = reason;
    } else if (wanted && q->source->offline) {
        if (what == NOTHING)
            status = dsc_fail(error, DSC_ERROR_IO,
                              "MNIST is not on disk (--offline); put its four files into ./data");
        else
            status =
                dsc_fail(error, DSC_ERROR_FORMAT,
                         "%s: MNIST is incomplete or damaged there, and --offline forbids to download it: %s",
                         folder, what == BROKEN ? reason.message : "its checksums differ");
    } else if (wanted) {
        status = download(q->source, t, folder, true, is_auto ? t->auto_connect_seconds : t->connect_seconds,
                          is_auto ? fetch_clock() + t->auto_seconds : 0, error);
        if (!status) status = look_into(&what, q, folder, error);
        if (!status && what != MNIST)
            status =
                dsc_fail(error, DSC_ERROR_FORMAT,
                         "%s: what was downloaded is there, but other files beside it are in the way; remove "
                         "that folder and try again",
                         folder);
    }
    free(folder);
    return status;
}

static dsc_status open_mnist(const request *q, bool is_auto, dsc_error *error) {
    const char *given = getenv("DESCENDER_DATA");
    found what = NOTHING;
    dsc_status status = DSC_OK;
    if (given && *given) status = look_into_users(&what, q, given, true, error);
    if (!status && what == NOTHING) status = look_into_users(&what, q, "./data", false, error);
    if (status || what == MNIST) return status;
    dsc_error reason = {0};
    status = open_cached(q, is_auto, &reason);
    bool unavailable = status == DSC_ERROR_NETWORK || status == DSC_ERROR_IO ||
                       status == DSC_ERROR_UNSUPPORTED || status == DSC_ERROR_FORMAT;
    if (is_auto && unavailable) {
        /* The reason alone: the digits are the remedy. */
        const char *end = strstr(reason.message, "; ");
        int length = end ? (int)(end - reason.message) : (int)strlen(reason.message);
        note(q, "using the built-in digits in place of MNIST: %.*s", length, reason.message);
        return draw_sets(q, dsc_known_data_digits.name, error);
    }
    if (status && error) *error = reason;
    return status;
}

dsc_status fetch_open(dsc_dataset **train, dsc_dataset **test, char description[FETCH_DESCRIPTION],
                      const fetch_source *source, dsc_error *error) {
    request q = {source, source->settings ? source->settings : &fetch_default_settings, train, test,
                 description};
    const char *data = source->data ? source->data : "auto";
    *train = *test = NULL;
    if (description) description[0] = '\0';
    if (dsc_is_drawn(data)) return draw_sets(&q, data, error);
    if (!strcmp(data, "mnist")) return open_mnist(&q, false, error);
    if (!strcmp(data, "auto")) return open_mnist(&q, true, error);
    return open_path(&q, data, error);
}
