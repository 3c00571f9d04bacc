/* SPDX-License-Identifier: MIT */
/* libsvm.c: the form of LIBSVM's collection (Chang and Lin, "LIBSVM: A Library for Support Vector Machines",
 * 2011): a line of text for each image, with its label and its nonzero numbers, each after its index from 1:
 *
 *   6 1:-1 2:-0.87 17:0.3
 *
 * NAME is the training set, NAME.t the test set; plain, or packed: NAME.bz2 and NAME.t.bz2. */
#include "forms/unpack.h"

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"
#include "data/array.h"
#include "data/form.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIXELS_MOST = 1 << 20, SPARSE_MOST = 256 };
#define FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 34 : 30))

/* --- names --- */

static const char *const packings[] = {".bz2", ".xz", ".gz", ".zst"};

/* The length of the name without its packing's ending. */
static size_t stem_of(const char *name) {
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
        const size_t m = strlen(packings[i]);
        if (n > m && !strcmp(name + n - m, packings[i])) return n - m;
    }
    return n;
}

static bool ends_so(const char *name, size_t stem, const char *ending) {
    const size_t n = strlen(ending);
    return stem > n && !strncmp(name + stem - n, ending, n);
}

/* Finds NAME.t of NAME, with the first packing of the list that there is, or plain. NULL: there is none. */
static dsc_status find_test(char **path, const char *train, dsc_error *error) {
    const size_t stem = stem_of(train), room = stem + 8;
    *path = dsc_allocate(room, 1);
    if (!*path) return dsc_fail_memory(error, room, "a path");
    for (size_t i = 0; i <= sizeof packings / sizeof *packings; i++) {
        (void)snprintf(*path, room, "%.*s.t%s", (int)stem, train,
                       i < sizeof packings / sizeof *packings ? packings[i] : "");
        if (dsc_is_there(*path) && !dsc_is_folder(*path)) return DSC_OK;
    }
    free(*path);
    *path = NULL;
    return DSC_OK;
}

/* Finds the only file of a folder that has a NAME.t beside it. NULL: there is none, or there are several. */
static dsc_status find_pair(char **train, const char *folder, dsc_error *error) {
    dsc_names names = {0};
    size_t pairs = 0;
    *train = NULL;
    dsc_status status = dsc_folder_look(&names, folder, error);
    for (size_t i = 0; i < names.count && !status; i++) {
        char *test = NULL, *path = dsc_path_join(folder, names.list[i]);
        status = path ? DSC_OK : dsc_fail_memory(error, strlen(folder), "a path");
        if (!status && !ends_so(names.list[i], stem_of(names.list[i]), ".t") && !dsc_is_folder(path))
            status = find_test(&test, path, error);
        if (test && !pairs++)
            *train = path;
        else
            free(path);
        free(test);
    }
    dsc_names_clear(&names);
    if (!status && pairs == 1) return DSC_OK;
    free(*train);
    *train = NULL;
    return status;
}

/* --- looking --- */

static size_t span_number(const unsigned char *at, size_t size) {
    size_t n = 0;
    while (n < size && (strchr("+-.eE", at[n]) || (at[n] >= '0' && at[n] <= '9')) && at[n]) n++;
    return n;
}

/* "6 1:-1 ": a number, blanks, digits, a colon, a number. */
static bool begins_so(const unsigned char *start, size_t size) {
    size_t at = span_number(start, size), digits = 0;
    if (!at) return false;
    size_t blanks = at;
    while (at < size && start[at] == ' ') at++;
    if (at == blanks) return false;
    while (at < size && start[at] >= '0' && start[at] <= '9') at++, digits++;
    return digits && at < size && start[at] == ':' && span_number(start + at + 1, size - at - 1);
}

static dsc_status recognises(bool *its, const dsc_data_place *place, dsc_error *error) {
    const char *slash = strrchr(place->path, '/'), *name = slash ? slash + 1 : place->path;
    char *train = NULL;
    *its = false;
    if (place->is_folder) {
        dsc_status status = find_pair(&train, place->path, error);
        *its = train != NULL;
        free(train);
        return status;
    }
    /* A packed file is recognised by the file beside it, because it is not unpacked here. */
    const bool packed = place->kind == DSC_KIND_BZIP2 || place->kind == DSC_KIND_XZ ||
                        place->kind == DSC_KIND_GZIP || place->kind == DSC_KIND_ZSTD;
    if (place->is_file && packed && !ends_so(name, stem_of(name), ".tar")) {
        dsc_status status = find_test(&train, place->path, error);
        *its = train != NULL;
        free(train);
        return status;
    }
    *its = place->is_file && begins_so(place->start, place->size);
    return DSC_OK;
}

/* --- reading --- */

/* Properties of all numbers of both sets, which decide how they become bytes. */
typedef struct numbers {
    double least, most;
    bool whole;
    size_t pixels; /* the largest index, or more if the shape is stated */
} numbers;

typedef struct source {
    char *path;
    char *text; /* ends with a zero byte */
    size_t size, lines;
} source;

static void clear(source *s) {
    free(s->path);
    free(s->text);
}

static dsc_status fail_line(const source *s, size_t line, const char *word, dsc_error *error) {
    dsc_text shown = {0};
    dsc_text_append_visible(&shown, word);
    dsc_status status = shown.failed
                            ? dsc_fail_memory(error, strlen(word), "a message")
                            : dsc_fail(error, DSC_ERROR_FORMAT,
                                       "%s: line %zu: expected a label and numbers with growing positions "
                                       "from 1, such as 1:0.5 2:-1, found \"%s\"; correct the line",
                                       s->path, line, shown.data);
    dsc_text_free(&shown);
    return status;
}

/* Copies the next word of a line; false at the end of the line. A word of more than 63 bytes is cut and ends
 * with "...", so that it is no number. */
static bool next_word(char word[64], const char **at) {
    *at += strspn(*at, " \t\r");
    const size_t n = strcspn(*at, " \t\r\n");
    (void)snprintf(word, 64, "%.*s%s", (int)(n < 64 ? n : 60), *at, n < 64 ? "" : "...");
    *at += n;
    return n > 0;
}

/* Parses "17:0.3"; *place is the index before, and must be smaller. */
static bool read_pair(size_t *place, double *value, const char *word) {
    char *end;
    const unsigned long number = *word >= '0' && *word <= '9' ? strtoul(word, &end, 10) : 0;
    if (!number || number > PIXELS_MOST || *end != ':' || number <= *place) return false;
    *place = number;
    return dsc_parse_real(value, end + 1) && isfinite(*value);
}

static void measure(numbers *n, double value) {
    if (value < n->least) n->least = value;
    if (value > n->most) n->most = value;
    if (value != floor(value)) n->whole = false;
}

static uint8_t byte_of(const numbers *n, double value) {
    if (n->least < 0) return (uint8_t)((value + 1) * 127.5 + 0.5);
    return (uint8_t)(n->most > 1 ? value : value * 255 + 0.5);
}

/* Reads all lines. Without `set`, counts the lines and measures their numbers; otherwise fills the set's
 * labels and images, which are allocated already. */
static dsc_status walk(source *s, numbers *n, dsc_set *set, dsc_label_names *names, dsc_error *error) {
    size_t line = 0, image = 0;
    for (const char *at = s->text; *at; at += *at == '\n') {
        char word[64];
        size_t place = 0;
        double value;
        dsc_status status = DSC_OK;
        line++;
        if (!next_word(word, &at)) continue;
        if (!dsc_parse_real(&value, word)) return fail_line(s, line, word, error);
        uint8_t *pixels = set ? (uint8_t *)set->images.data + image * n->pixels : NULL;
        if (set) {
            memset(pixels, byte_of(n, 0), n->pixels); /* numbers left out are 0 */
            status = dsc_label_number(&set->labels[image], names, word, strlen(word), s->path, error);
        }
        while (!status && next_word(word, &at)) {
            if (!read_pair(&place, &value, word)) return fail_line(s, line, word, error);
            if (set)
                pixels[place - 1] = byte_of(n, value);
            else
                measure(n, value);
        }
        if (status) return status;
        if (!set && place > n->pixels) n->pixels = place;
        image++;
    }
    s->lines = image;
    return DSC_OK;
}

static dsc_status read_source(source *s, const char *path, dsc_error *error) {
    unsigned char *bytes;
    s->path = strdup(path);
    if (!s->path) return dsc_fail_memory(error, strlen(path), "a path");
    dsc_status status = stem_of(path) < strlen(path)
                            ? unpack_file_alone(&bytes, &s->size, path, FILE_LIMIT, error)
                            : dsc_file_read(&bytes, &s->size, path, FILE_LIMIT, error);
    if (status) return status;
    s->text = (char *)bytes;
    if (strlen(s->text) == s->size) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: offset %zu: holds a zero byte, expected text lines of a label and numbers with "
                    "their positions; copy it again",
                    path, strlen(s->text));
}

static dsc_status check_numbers(const numbers *n, const source *s, dsc_error *error) {
    char a[32], b[32];
    const bool good =
        n->least >= -1 && (n->least >= 0 && n->most > 1 ? n->whole && n->most <= 255 : n->most <= 1);
    if (!s->lines || !n->pixels)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected lines of labels and numbers, found none",
                        s->path);
    if (good) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "%s: holds numbers from %s to %s, expected those of images: whole numbers from 0 to 255, "
                    "or numbers from 0 to 1 or -1 to 1; scale them",
                    s->path, dsc_reading_number(a, n->least), dsc_reading_number(b, n->most));
}

static dsc_status take_set(dsc_sets *sets, int which, source *s, numbers *n, const dsc_reading *reading,
                           dsc_error *error) {
    dsc_set *set = &sets->set[which];
    const size_t shape[2] = {s->lines, n->pixels};
    if (!s->lines)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected lines of labels and numbers, found none",
                        s->path);
    if (n->pixels / SPARSE_MOST > s->size / s->lines)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: most of the %zu numbers of each line are missing, unlike in images; these are no images",
            s->path, n->pixels);
    dsc_set read = {.labels = dsc_allocate(s->lines, 1), .labelled = s->lines};
    dsc_status status = read.labels ? dsc_array_create(&read.images, DSC_U8, 2, shape, error)
                                    : dsc_fail_memory(error, s->lines, "labels");
    if (!status) status = walk(s, n, &read, &sets->names, error);
    if (!status) {
        set->labels = read.labels;
        set->labelled = read.labelled;
        set->source = s->path;
        s->path = NULL;
        return dsc_take_images(set, &read.images, reading, set->source, error);
    }
    free(read.labels);
    dsc_array_clear(&read.images);
    return status;
}

/* Finds the two files of a place; *test NULL: there is none. */
static dsc_status find_files(char **train, char **test, const char *path, dsc_error *error) {
    *test = NULL;
    dsc_status status = DSC_OK;
    if (dsc_is_folder(path))
        status = find_pair(train, path, error);
    else if (!(*train = strdup(path)))
        status = dsc_fail_memory(error, strlen(path), "a path");
    if (!status && *train) status = find_test(test, *train, error);
    return status;
}

static dsc_status open_lines(dsc_opening *o, const char *path, dsc_error *error) {
    char *train = NULL, *test = NULL;
    source sources[2] = {{0}};
    numbers n = {.whole = true};
    dsc_status status = find_files(&train, &test, path, error);
    if (!status && !train)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected a file NAME and a file NAME.t", path);
    if (!status) status = read_source(&sources[0], train, error);
    if (!status) status = walk(&sources[0], &n, NULL, NULL, error);
    if (!status && test) status = read_source(&sources[1], test, error);
    if (!status && test) status = walk(&sources[1], &n, NULL, NULL, error);
    if (!status) status = check_numbers(&n, &sources[0], error);
    /* The last pixels may be 0 in every image, and are then left out of all lines: the collection's MNIST
     * ends at 780 of 784. */
    const uint64_t stated = dsc_reading_pixels(o->reading);
    if (stated > n.pixels && stated <= PIXELS_MOST) n.pixels = (size_t)stated;
    if (!status) status = take_set(&o->sets, DSC_SET_TRAIN, &sources[0], &n, o->reading, error);
    if (!status && test) status = take_set(&o->sets, DSC_SET_TEST, &sources[1], &n, o->reading, error);
    if (!status)
        dsc_understand(&o->understood, "pixels", "%s",
                       n.least < 0  ? "numbers from -1 to 1, scaled to bytes of 0 to 255"
                       : n.most > 1 ? "whole numbers of 0 to 255"
                                    : "shares of 0 to 1, multiplied by 255");
    clear(&sources[0]);
    clear(&sources[1]);
    free(train);
    free(test);
    return status;
}

static dsc_status visit_files(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error) {
    char *train = NULL, *test = NULL;
    dsc_status status = find_files(&train, &test, path, error);
    if (!status && train) status = visit(user, train, error);
    if (!status && test) status = visit(user, test, error);
    free(train);
    free(test);
    return status;
}

const dsc_data_form dsc_data_form_libsvm = {
    .name = "libsvm",
    .help = "text file with a label and numbered pixels per line, as in LIBSVM's collection: NAME, and "
            "NAME.t for the test set, plain or compressed (.bz2, .xz, .gz, .zst)",
    .recognises = recognises,
    .open = open_lines,
    .visit = visit_files,
};
