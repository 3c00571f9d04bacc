/* SPDX-License-Identifier: MIT */
/* fuzz_loop_state.c: any bytes as the state of a program's own training loop.
 *
 * Bytes that begin as such a file does are used as they are. Of other bytes, each three are a change of a
 * valid file: a position (two bytes) and the new byte. The checksum is corrected, so that the changes get
 * past it. An accepted state can be continued and saved; a refused one leaves the loop unchanged. */
#include "train/loop.h"

#include "base/file.h"

#include <libdeflate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static dsc_session *session;
static dsc_optimiser *optimiser;
static unsigned char *good;
static size_t good_size;

static void make_loop(void) {
    static const float x[4] = {1, 2, 3, 4}, target = 1;
    char path[] = "/tmp/fuzz-loop-XXXXXX";
    dsc_session_options options = dsc_session_options_defaults();
    dsc_optimiser_options rules = dsc_optimiser_options_defaults();
    dsc_graph *graph;
    if (dsc_graph_create(&graph, NULL)) abort();
    dsc_node *input = dsc_input(graph, "x", dsc_shape_of(1, 4, 0, 0, 0));
    dsc_node *class = dsc_input(graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    options.loss = dsc_softmax_cross_entropy(dsc_dense(input, 3), class, 0);
    options.training = true;
    options.kernels = "portable";
    rules.schedule = "plateau";
    rules.ema = 0.5;
    rules.steps = 10;
    if (dsc_session_create(&session, graph, &options, NULL)) abort();
    if (dsc_optimiser_create(&optimiser, session, &rules, NULL)) abort();
    if (dsc_session_set_input(session, input, x, NULL) ||
        dsc_session_set_input(session, class, &target, NULL))
        abort();
    if (dsc_session_run(session, 1, 0, NULL) || dsc_optimiser_step(optimiser, NULL)) abort();
    const int file = mkstemp(path);
    if (file < 0 || close(file) || dsc_optimiser_save(optimiser, path, NULL)) abort();
    if (dsc_file_read(&good, &good_size, path, 1 << 20, NULL)) abort();
    (void)unlink(path);
}

static void try_bytes(const unsigned char *bytes, size_t size) {
    const size_t numbers = optimiser->updater.numbers;
    dsc_real *before = malloc(numbers * sizeof *before);
    if (!before) abort();
    memcpy(before, session->values, numbers * sizeof *before);
    const uint64_t step = dsc_optimiser_steps(optimiser);
    if (dsc_optimiser_restore_bytes(optimiser, bytes, size, "fuzz", NULL)) {
        if (memcmp(before, session->values, numbers * sizeof *before) != 0 ||
            dsc_optimiser_steps(optimiser) != step)
            abort();
    } else {
        for (size_t i = 0; i < numbers; i++)
            if (!isfinite(session->values[i])) abort();
        (void)dsc_optimiser_learning_rate(optimiser);
        dsc_optimiser_end_epoch(optimiser, 1);
        if (dsc_session_run(session, 1, 0, NULL) || dsc_optimiser_step(optimiser, NULL)) abort();
        if (dsc_optimiser_restore_bytes(optimiser, good, good_size, "good", NULL)) abort();
    }
    free(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!session) make_loop();
    const bool whole = size >= 12 && !memcmp(data, good, 8);
    const size_t length = whole ? size : good_size;
    unsigned char *bytes = malloc(length + 1);
    if (!bytes) abort();
    memcpy(bytes, whole ? data : good, length);
    for (size_t i = 0; !whole && i + 3 <= size; i += 3)
        bytes[(data[i] | (size_t)data[i + 1] << 8) % length] = data[i + 2];
    try_bytes(bytes, length);
    const uint32_t crc = libdeflate_crc32(0, bytes, length - 4);
    memcpy(bytes + length - 4, &crc, 4);
    try_bytes(bytes, length);
    free(bytes);
    return 0;
}
