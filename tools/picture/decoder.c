/* SPDX-License-Identifier: MIT */
/* decoder.c: decoding in a separate process; see decoder.h.
 *
 * The other process sends a byte when it has started. The request is its struct, the file's name and the
 * file; the answer is its struct and the pixels. Both ends run the same program, so structs are sent as they
 * are. The answer is checked nevertheless: a broken file may have misled the library in the other process. */
#include "picture/decoder.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/visible.h"
#include "child/child.h"
#include "picture/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char word[] = "decode-picture";

enum { STARTED = 's' };

typedef struct request {
    char format[16];
    uint64_t counts, page, name_length, size; /* counts: 1 asks for the number of pages, 0 for `page` */
} request;

typedef struct answer {
    uint64_t status, pages, width, height, channels;
    char message[DSC_MESSAGE_SIZE];
} answer;

static bool begun;

static bool send_all(int connection, const void *bytes, size_t size) {
    for (const char *at = bytes; size;) {
        const ssize_t sent = send(connection, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool receive_all(int connection, void *bytes, size_t size) {
    for (char *at = bytes; size;) {
        const ssize_t got = recv(connection, at, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

/* --- the process that decodes --- */

static dsc_status do_what_is_asked(answer *given, dsc_image *image, const picture_format *format,
                                   const request *asked, const unsigned char *bytes, const char *name,
                                   dsc_error *error) {
    const size_t size = (size_t)asked->size;
    size_t pages = 0;
    dsc_status status;
    if (asked->counts)
        status = format->count(&pages, bytes, size, name, error);
    else if (format->parse_page)
        status = format->parse_page(image, (size_t)asked->page, bytes, size, name, error);
    else
        status = format->parse(image, bytes, size, name, error);
    given->pages = pages;
    given->width = image->width;
    given->height = image->height;
    given->channels = image->channels;
    return status;
}

/* Returns the exit status of the process. */
static int decode(int connection) {
    request asked;
    answer given = {0};
    dsc_error error = {0};
    dsc_image image = {0};
    if (!send_all(connection, &(char){STARTED}, 1) || !receive_all(connection, &asked, sizeof asked))
        return EXIT_FAILURE;
    char *name = dsc_allocate((size_t)asked.name_length + 1, 1);
    unsigned char *bytes = dsc_allocate((size_t)asked.size, 1);
    if (!name || !bytes || !receive_all(connection, name, (size_t)asked.name_length) ||
        !receive_all(connection, bytes, (size_t)asked.size))
        return EXIT_FAILURE;
    asked.format[sizeof asked.format - 1] = '\0';
    const picture_format *format = (const picture_format *)dsc_registry_find(&picture_formats, asked.format);
    if (!format || !(asked.counts ? format->count != NULL : picture_format_is_read(format)))
        return EXIT_FAILURE;
    dsc_status status = picture_limits_begin(&error);
    if (!status) status = do_what_is_asked(&given, &image, format, &asked, bytes, name, &error);
    picture_limits_end();
    given.status = (uint64_t)status;
    memcpy(given.message, error.message, sizeof given.message);
    const bool sent = send_all(connection, &given, sizeof given) &&
                      send_all(connection, image.pixels, image.width * image.height * image.channels);
    return sent ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool is_socket(int descriptor) {
    struct stat found;
    return fstat(descriptor, &found) == 0 && S_ISSOCK(found.st_mode);
}

void picture_decoder_begin(int argc, char **argv) {
    begun = true;
    if (argc != 2 || strcmp(argv[1], word) != 0 || !is_socket(STDIN_FILENO)) return;
    _exit(decode(STDIN_FILENO)); /* nothing of the libraries runs any more */
}

/* --- the process that asks --- */

/* What a caller wants: one page, or, if `pages` is set, their number. */
typedef struct task {
    const picture_format *format;
    dsc_image *image;
    size_t page, *pages;
    const unsigned char *bytes;
    size_t size;
    const char *name;
} task;

static bool ask(int connection, const task *t) {
    request asked = {
        .counts = t->pages != NULL, .page = t->page, .name_length = strlen(t->name), .size = t->size};
    (void)snprintf(asked.format, sizeof asked.format, "%s", t->format->name);
    return send_all(connection, &asked, sizeof asked) && send_all(connection, t->name, strlen(t->name)) &&
           send_all(connection, t->bytes, t->size);
}

static dsc_status fail_crashed(const picture_format *format, const char *name, const char *reason,
                               dsc_error *error) {
    return dsc_fail(
        error, DSC_ERROR_FORMAT,
        "%s: the %s file is damaged, or needs far more memory or time than its size explains (%s: %s); "
        "make or copy it again, or convert it to PNG",
        name, format->title, format->library, reason);
}

/* Whether the answer is whole and sound; the error and the picture are the other process's then. Otherwise
 * `reason` is set if the answer has one. */
static bool receive(const task *t, dsc_status *status, int connection, const char **reason,
                    dsc_error *error) {
    answer given;
    dsc_image *image = t->image;
    if (!receive_all(connection, &given, sizeof given)) return false;
    given.message[sizeof given.message - 1] = '\0';
    *status = (dsc_status)given.status;
    if (*status == DSC_ERROR_MEMORY) *reason = "out of memory"; /* the limit was reached */
    if (*status) {
        const bool known =
            *status == DSC_ERROR_FORMAT || *status == DSC_ERROR_UNSUPPORTED || *status == DSC_ERROR_IO;
        if (known && error) {
            error->code = *status;
            (void)dsc_visible(error->message, sizeof error->message, given.message);
        }
        return known && given.message[0];
    }
    if (!image) { /* the number of pages was asked for */
        *t->pages = (size_t)given.pages;
        return given.pages > 0 && given.pages <= SIZE_MAX;
    }
    if (given.channels != 1 && given.channels != 3 && given.channels != 4) return false;
    if (given.width > SIZE_MAX || given.height > SIZE_MAX ||
        !dsc_image_size_allowed((size_t)given.width, (size_t)given.height))
        return false;
    *status =
        dsc_image_create(image, (size_t)given.width, (size_t)given.height, (size_t)given.channels, error);
    if (*status || receive_all(connection, image->pixels, image->width * image->height * image->channels))
        return true;
    dsc_image_clear(image);
    return false;
}

/* The answer of the process at the other end, or its error, or why there is none. */
static dsc_status talk(const task *t, child *decoder, int connection, dsc_error *error) {
    dsc_status status = DSC_OK;
    dsc_error why = {0};
    const char *reason = NULL;
    char started;
    const bool has_started = receive_all(connection, &started, 1);
    if (has_started && ask(connection, t) && receive(t, &status, connection, &reason, error)) return status;
    (void)shutdown(connection, SHUT_RDWR); /* so that the process ends if it still sends */
    if (child_wait(decoder, NULL, &why) && !reason) reason = why.message;
    if (has_started) return fail_crashed(t->format, t->name, reason ? reason : "no answer", error);
    return dsc_fail(error, DSC_ERROR_IO, "%s: the process that decodes %s pictures failed: %s", t->name,
                    t->format->title, why.message);
}

static dsc_status run(const task *t, dsc_error *error) {
    if (!begun)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: this program cannot read %s pictures: it must call picture_decoder_begin first",
                        t->name, t->format->title);
    child *decoder;
    int connection;
    const char *const arguments[] = {"descender", word, NULL};
    dsc_status status = child_start_connected(&decoder, &connection, "/proc/self/exe", arguments, error);
    if (status) return dsc_error_context(error, status, "%s", t->name);
    status = talk(t, decoder, connection, error);
    (void)close(connection);
    child_end(decoder, 0);
    return status;
}

dsc_status picture_decoder_parse(dsc_image *image, const picture_format *format, size_t page,
                                 const unsigned char *bytes, size_t size, const char *name,
                                 dsc_error *error) {
    *image = (dsc_image){0};
    return run(&(task){format, image, page, NULL, bytes, size, name}, error);
}

dsc_status picture_decoder_count(size_t *pages, const picture_format *format, const unsigned char *bytes,
                                 size_t size, const char *name, dsc_error *error) {
    return run(&(task){format, NULL, 0, pages, bytes, size, name}, error);
}
