/* SPDX-License-Identifier: MIT */
/* source.c: resolves the source of a command's data. */
#include "fetch/source.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/visible.h"
#include "data/drawn.h"
#include "data/form.h"
#include "fetch/get.h"
#include "fetch/known.h"
#include "fetch/places.h"
#include "fetch/transfer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS_TRAIN 60000
#define DIGITS_TEST  10000

const fetch_settings fetch_default_settings = {.known = &dsc_known_data_registry,
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

/* "MNIST (/data)" for a known data set, otherwise the folder. */
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

/* --- built-in data --- */

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

/* The datasets check size and CRC-32 themselves; here the SHA-256 must match too. */
static dsc_status recognise(const dsc_known_data **found, const request *q, const char *folder,
                            dsc_error *error) {
    const dsc_row *row;
    dsc_status status = DSC_OK;
    *found = NULL;
    for (size_t i = 0; !*found && !status && (row = dsc_registry_at(q->settings->known, i)); i++) {
        const dsc_known_data *known = (const void *)row;
        bool is = false;
        if (dsc_known_by_content(known))
            status = fetch_is_known(&is, *q->train, *q->test, folder, known->files, error);
        if (!status && is) *found = known;
    }
    return status;
}

/* Fails with "no such file; did you mean ...?", or with all names if none is near. */
static dsc_status fail_unknown(const request *q, const char *name, dsc_error *error) {
    enum { NAMES_MOST = 64 };
    const char *names[NAMES_MOST] = {"auto"};
    const dsc_row *row;
    size_t count = 1;
    dsc_text list = {0};
    for (size_t i = 0; count < NAMES_MOST && (row = dsc_registry_at(q->settings->known, i)); i++)
        names[count++] = row->name;
    const char *meant = dsc_nearest_name(name, names, count);
    if (meant)
        return dsc_fail(error, DSC_ERROR_IO,
                        "--data %s: there is no such file or folder; did you mean \"%s\"?", name, meant);
    for (size_t i = 0; i < count; i++) dsc_text_append(&list, "%s%s", i ? ", " : "", names[i]);
    dsc_status status =
        list.failed
            ? dsc_fail_memory(error, list.length, "a message")
            : dsc_fail(
                  error, DSC_ERROR_IO,
                  "--data %s: there is no such file or folder; expected %s, or where labelled images are",
                  name, list.data);
    dsc_text_free(&list);
    return status;
}

static dsc_status open_path(const request *q, const char *folder, dsc_error *error) {
    struct stat info;
    if (stat(folder, &info) && !strchr(folder, '/') && !dsc_mnist_is_place(folder))
        return fail_unknown(q, folder, error);
    dsc_status status = open_forms(q, folder, error);
    const dsc_known_data *known = NULL;
    if (!status && *q->test) status = recognise(&known, q, folder, error);
    if (status) close_both(q);
    if (!status) describe(q, known, folder);
    return status;
}

/* --- fetching --- */

/* The folder where commands find the data, if all its files are right; otherwise the cache. */
static dsc_status find_place(char **place, bool *is_right, const dsc_known_data *known, dsc_error *error) {
    dsc_status status = fetch_find(place, known, error);
    *is_right = !status && *place && !fetch_check(known, *place, NULL);
    if (status || *is_right) return status;
    free(*place);
    return fetch_cache_place(place, known, error);
}

dsc_status fetch_data(char **used, const dsc_known_data *known, const char *folder,
                      const fetch_source *source, dsc_error *error) {
    const fetch_settings *settings = source->settings ? source->settings : &fetch_default_settings;
    if (used) *used = NULL;
    char *place = NULL;
    bool is_right = false;
    dsc_status status = DSC_OK;
    if (!known->files->name)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: has no files, because the program draws it; use it by name: --data %s",
                        known->name, known->name);
    if (!folder)
        status = find_place(&place, &is_right, known, error);
    else if (!(place = strdup(folder)))
        status = dsc_fail_memory(error, strlen(folder), "a path");
    if (status) return status; /* cppcheck-suppress memleak; then there is no place */
    if (is_right) {
        status = DSC_OK;
    } else if (source->offline) {
        status = fetch_check(known, place, error);
        if (status == DSC_ERROR_IO)
            status =
                dsc_error_context(error, status, "%s is not in %s (--offline); omit --offline to download it",
                                  known->title, place);
        else if (status)
            (void)dsc_error_context(error, status, "not downloaded, because --offline forbids it");
    } else {
        status =
            fetch_get(known, place, source, settings, folder == NULL, settings->connect_seconds, 0, error);
    }
    if (used && !status)
        *used = place;
    else
        free(place);
    return status;
}

/* --- data sets by name --- */

typedef enum found { NOTHING, IT, OTHER_DATA, BROKEN } found;

/* Opens the data by their form, then completes them from the row. */
static dsc_status open_as(const request *q, const dsc_known_data *known, const char *place,
                          dsc_error *error) {
    const dsc_reading usual = dsc_reading_defaults();
    const dsc_opening *given = q->source->opening;
    dsc_opening o = {.title = place,
                     .reading = &usual,
                     .forms = given ? given->forms : &dsc_data_form_registry,
                     .cache = true,
                     .keep_order = given && given->keep_order,
                     .on_progress = given ? given->on_progress : NULL,
                     .user = given ? given->user : NULL};
    dsc_status status = dsc_data_form_open(&o, place, error);
    *q->train = o.train;
    *q->test = o.test;
    o.train = o.test = NULL;
    if (!status) status = dsc_known_adopt(*q->train, *q->test, known, place, error);
    if (!status && q->source->on_open) status = q->source->on_open(q->source->user, place, error);
    if (status) close_both(q);
    return status;
}

/* Looks for the data set in `folder` and opens it if found. BROKEN: `error` has the reason. */
static dsc_status look_into(found *what, const request *q, const dsc_known_data *known, const char *folder,
                            dsc_error *error) {
    bool is;
    *what = NOTHING;
    dsc_status status = fetch_any_is_there(&is, folder, known, error);
    if (status || !is) return status;
    char *place = fetch_opened_as(folder, known);
    if (!place) return dsc_fail_memory(error, strlen(folder), "a path");
    const bool tells = dsc_known_by_content(known);
    *what = BROKEN;
    status = tells ? open_folder(q, place, error) : open_as(q, known, place, error);
    free(place);
    if (status) return status == DSC_ERROR_MEMORY || status == DSC_ERROR_STOPPED ? status : DSC_OK;
    if (tells) status = fetch_is_known(&is, *q->train, *q->test, folder, known->files, error);
    *what = is ? IT : OTHER_DATA;
    if (status || !is) close_both(q);
    if (!status && is) describe(q, known, folder);
    return status;
}

/* Looks in a folder of the user, where the program repairs nothing. `what` is IT, or NOTHING: search
 * elsewhere. */
static dsc_status look_into_users(found *what, const request *q, const dsc_known_data *known,
                                  const char *folder, fetch_place_kind kind, dsc_error *error) {
    char command[DSC_COMMAND];
    dsc_error reason = {0};
    const bool is_named = kind == FETCH_PLACE_NAMED,
               its_own = kind == FETCH_PLACE_BELOW || known == dsc_known_standard(q->settings->known);
    dsc_status status = look_into(what, q, known, folder, &reason);
    if (status) {
        if (error) *error = reason;
        return status;
    }
    if (!its_own && *what != IT) *what = NOTHING; /* most likely the standard data set */
    if (*what == BROKEN) {
        if (error) *error = reason;
        return dsc_error_context(error, reason.code,
                                 "the data in %s are incomplete or damaged, and are not replaced",
                                 is_named                   ? "$DESCENDER_DATA"
                                 : kind == FETCH_PLACE_DATA ? "./data"
                                                            : folder);
    }
    if (*what == OTHER_DATA && is_named)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "$DESCENDER_DATA: %s holds data other than %s (the checksums differ); to use these "
                        "data, name them: %s",
                        folder, known->title, dsc_command(command, "--data @", folder, NULL));
    if (*what == NOTHING && is_named && its_own && dsc_mnist_is_ambiguous(folder))
        return dsc_mnist_fail_missing(folder, "all four", error);
    if (*what == OTHER_DATA) {
        note(q, "%s holds data other than %s and is skipped; to use these data, name them: %s", folder,
             known->title, dsc_command(command, "--data @", folder, NULL));
        *what = NOTHING;
    }
    return DSC_OK;
}

/* Opens the cached data, or downloads them. `is_auto` limits the time. */
static dsc_status open_cached(const request *q, const dsc_known_data *known, const char *folder, bool is_auto,
                              dsc_error *error) {
    const fetch_settings *t = q->settings;
    dsc_error reason = {0};
    found what;
    dsc_status status = look_into(&what, q, known, folder, &reason);
    if (status) {
        if (error) *error = reason;
        return status;
    }
    if (what == IT) return DSC_OK;
    if (q->source->offline && what == NOTHING)
        return dsc_fail(error, DSC_ERROR_IO, "%s is not on disk (--offline); put its files into ./data%s%s",
                        known->title, dsc_known_by_content(known) ? "" : "/",
                        dsc_known_by_content(known) ? ""
                        : known->folder             ? known->folder
                                                    : known->name);
    if (q->source->offline)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: %s is incomplete or damaged, and --offline forbids downloading it: %s", folder,
                        known->title, what == BROKEN ? reason.message : "its checksums differ");
    status =
        fetch_get(known, folder, q->source, t, true, is_auto ? t->auto_connect_seconds : t->connect_seconds,
                  is_auto ? dsc_clock() + t->auto_seconds : 0, error);
    if (!status) status = look_into(&what, q, known, folder, &reason);
    if (!status && what != IT)
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: the download is complete, but %s; remove that folder and try again", folder,
                          what == BROKEN ? reason.message : "other files beside it interfere");
    return status;
}

static dsc_status open_known(const request *q, const dsc_known_data *known, bool is_auto, dsc_error *error) {
    found what = NOTHING;
    dsc_status status = DSC_OK;
    dsc_error reason = {0};
    for (size_t i = 0; !status && what != IT; i++) {
        fetch_place_kind kind;
        char *folder;
        status = fetch_place(&folder, &kind, known, i, &reason);
        const bool is_cache = kind == FETCH_PLACE_CACHE;
        if (!status && is_cache) status = open_cached(q, known, folder, is_auto, &reason);
        if (!status && !is_cache) {
            status = look_into_users(&what, q, known, folder, kind, error);
            free(folder);
            if (status) return status;
            continue;
        }
        free(folder);
        break;
    }
    bool unavailable = status == DSC_ERROR_NETWORK || status == DSC_ERROR_IO ||
                       status == DSC_ERROR_UNSUPPORTED || status == DSC_ERROR_FORMAT;
    if (is_auto && unavailable) {
        /* Only the reason: drawing is the remedy. */
        const dsc_known_data *drawn = (const void *)dsc_registry_at(&dsc_drawn_data_registry, 0);
        const char *end = strstr(reason.message, "; ");
        int length = end ? (int)(end - reason.message) : (int)strlen(reason.message);
        note(q, "using the %s instead of %s: %.*s", drawn->title, known->title, length, reason.message);
        return draw_sets(q, drawn->name, error);
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
    if (!strcmp(data, "auto")) return open_known(&q, dsc_known_standard(q.settings->known), true, error);
    const dsc_known_data *known = (const void *)dsc_registry_find(q.settings->known, data);
    return known ? open_known(&q, known, false, error) : open_path(&q, data, error);
}
