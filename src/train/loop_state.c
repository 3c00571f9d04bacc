/* SPDX-License-Identifier: MIT */
/* loop_state.c: saves and restores a public optimiser with its session: one file with the whole state of a
 * user's own training loop.
 *
 *   "DSCLOOP" and a newline, 8 bytes
 *   the head below
 *   a text: the optimiser, and the name and shape of each parameter and buffer
 *   the slabs: values, the optimiser's states, the average, in memory layout
 *   CRC-32 of all before, 4 bytes
 *
 * The head and the slabs have the byte order of the machine. On a machine of the other byte order the head is
 * invalid and the file is refused. */
#include "train/loop.h"
#include "train/sealed.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC_SIZE = 8 };
static const char MAGIC[MAGIC_SIZE + 1] = "DSCLOOP\n";
static const size_t FILE_MOST = DSC_SIZE_OF((uint64_t)1 << 36);

typedef struct head {
    uint64_t format, number_bytes, text_bytes, numbers, step;
    dsc_schedule_state schedule;
} head;
enum { FORMAT = 1 };

typedef struct slabs {
    dsc_real *slab[DSC_STATES_MOST + 2];
    size_t bytes[DSC_STATES_MOST + 2], count, all;
} slabs;

static void add_slab(slabs *s, dsc_real *slab, size_t numbers) {
    if (!slab) return;
    s->slab[s->count] = slab;
    s->bytes[s->count++] = numbers * sizeof(dsc_real);
    s->all += numbers * sizeof(dsc_real);
}

static slabs slabs_of(const dsc_optimiser *o) {
    const dsc_updater *u = &o->updater;
    slabs s = {.count = 0};
    add_slab(&s, u->values, u->numbers);
    for (size_t i = 0; i < u->state_count; i++) add_slab(&s, u->states[i], u->parameter_numbers);
    add_slab(&s, u->average, u->numbers);
    return s;
}

/* Writes the text that must be equal for the slabs to fit. */
static dsc_status describe(dsc_text *text, const dsc_optimiser *o, dsc_error *error) {
    const dsc_graph *graph = o->session->graph;
    dsc_text_append(text, "optimiser %s%s\n", o->parts.optimiser.kind->name,
                    o->updater.average ? ", with an average" : "");
    for (const dsc_node *node = NULL; (node = dsc_graph_next_value(graph, node));) {
        char shape[96];
        dsc_text_append(text, "%s %s %s\n", dsc_node_role(node) == DSC_ROLE_BUFFER ? "buffer" : "parameter",
                        node->name, dsc_shape_format(shape, &node->shape));
    }
    return text->failed ? dsc_fail_memory(error, 0, "the state of a loop") : DSC_OK;
}

static dsc_status check_values(const dsc_optimiser *o, const char *path, dsc_error *error) {
    for (const dsc_node *node = NULL; (node = dsc_graph_next_value(o->session->graph, node));)
        for (size_t i = 0, n = dsc_shape_count(&node->shape); i < n; i++)
            if (!isfinite(o->updater.values[node->offset + i]))
                return dsc_fail(error, DSC_ERROR_DIVERGED,
                                "%s: number %zu of %s is not finite; continue from an earlier state", path, i,
                                node->name);
    return DSC_OK;
}

/* --- writing --- */

static dsc_status write_all(const char *path, const dsc_optimiser *o, const dsc_text *text,
                            dsc_error *error) {
    head h;
    memset(&h, 0, sizeof h); /* clears its padding, too */
    h.format = FORMAT;
    h.number_bytes = sizeof(dsc_real);
    h.text_bytes = text->length;
    h.numbers = o->updater.numbers;
    h.step = o->step;
    h.schedule = o->state;
    const slabs s = slabs_of(o);
    dsc_sealed file = dsc_sealed_open(path, error);
    dsc_sealed_append(&file, MAGIC, MAGIC_SIZE);
    dsc_sealed_append(&file, &h, sizeof h);
    dsc_sealed_append(&file, text->data, text->length);
    for (size_t i = 0; i < s.count; i++) dsc_sealed_append(&file, s.slab[i], s.bytes[i]);
    return dsc_sealed_commit(&file);
}

dsc_status dsc_optimiser_save(const dsc_optimiser *o, const char *path, dsc_error *error) {
    dsc_text text = {0};
    dsc_status status = check_values(o, path, error);
    if (!status) status = describe(&text, o, error);
    if (!status) status = write_all(path, o, &text, error);
    dsc_text_free(&text);
    return status;
}

/* --- reading --- */

static dsc_status check_bytes(head *h, const unsigned char *bytes, size_t size, const dsc_text *text,
                              const slabs *s, const char *path, dsc_error *error) {
    const size_t least = MAGIC_SIZE + sizeof *h + DSC_SEAL_SIZE;
    if (size < least || memcmp(bytes, MAGIC, MAGIC_SIZE) != 0)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected the state of a loop, found something else",
                        path);
    memcpy(h, bytes + MAGIC_SIZE, sizeof *h);
    const dsc_seal seal = dsc_seal_of(bytes, size);
    if (seal.stored != seal.found)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: the file is cut off or damaged; use an earlier one",
                        path);
    if (h->format != FORMAT || h->number_bytes != sizeof(dsc_real))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: comes from another version of the library, or from another machine; start again",
                        path);
    if (h->text_bytes != text->length || h->text_bytes > size - least ||
        memcmp(bytes + MAGIC_SIZE + sizeof *h, text->data, text->length) != 0 ||
        size - least - text->length != s->all)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: comes from another network or optimiser; create the session and the optimiser "
                        "as they were when it was saved",
                        path);
    return DSC_OK;
}

/* Whether all elements of the slabs and of the schedule's state are finite. */
static dsc_status check_numbers(const head *h, const unsigned char *bytes, size_t size, const char *path,
                                dsc_error *error) {
    bool finite = true;
    for (size_t i = 0; i < sizeof h->schedule.number / sizeof *h->schedule.number; i++)
        finite = finite && isfinite(h->schedule.number[i]);
    for (size_t at = 0; at < size && finite; at += sizeof(dsc_real)) {
        dsc_real number; /* slabs are unaligned in the file */
        memcpy(&number, bytes + at, sizeof number);
        finite = isfinite(number);
    }
    return finite ? DSC_OK
                  : dsc_fail(error, DSC_ERROR_FORMAT,
                             "%s: has a number that is not finite; continue from an earlier state", path);
}

dsc_status dsc_optimiser_restore_bytes(dsc_optimiser *o, const unsigned char *bytes, size_t size,
                                       const char *name, dsc_error *error) {
    head h;
    dsc_text text = {0};
    const slabs s = slabs_of(o);
    dsc_status status = describe(&text, o, error);
    if (!status) status = check_bytes(&h, bytes, size, &text, &s, name, error);
    const unsigned char *at = status ? NULL : bytes + MAGIC_SIZE + sizeof h + text.length;
    dsc_text_free(&text);
    if (!status) status = check_numbers(&h, at, s.all, name, error);
    if (status) return status;
    for (size_t i = 0; i < s.count; at += s.bytes[i++]) memcpy(s.slab[i], at, s.bytes[i]);
    o->step = h.step;
    o->state = h.schedule;
    o->runs = o->session->runs; /* gradients computed before are not valid */
    return DSC_OK;
}

dsc_status dsc_optimiser_restore(dsc_optimiser *o, const char *path, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_MOST, error);
    if (status) return status;
    status = dsc_optimiser_restore_bytes(o, bytes, size, path, error);
    free(bytes);
    return status;
}
