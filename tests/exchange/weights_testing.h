/* SPDX-License-Identifier: MIT */
/* weights_testing.h: helpers for the tests of weights: files made here, and results of reading them. */
#ifndef WEIGHTS_TESTING_H
#define WEIGHTS_TESTING_H

#include "testing.h"

#include "base/file.h"
#include "data/npy.h"
#include "exchange/exchange.h"
#include "graph/graph.h"
#include "model/model.h"

static dsc_error error;

typedef struct file {
    unsigned char *bytes;
    size_t size;
    char name[64];
} file;

static inline exchange_source source_of(const file *f, const char *text) {
    return (exchange_source){
        .bytes = f->bytes, .size = f->size, .name = f->name, .model = text, .shape = {1, 8, 8}};
}

static inline void clear_source(exchange_source *source) {
    dsc_text_free(&source->notes);
    dsc_text_free(&source->table);
}

/* One array of a file made here: its values count up from `first`. */
typedef struct made {
    const char *name;
    size_t shape[4];
    float first;
} made;

static inline file make_file(const made *list, size_t count) {
    dsc_npz_entry entries[16];
    dsc_array arrays[16];
    file f = {.name = "made.npz"};
    assert_true(count <= 16);
    for (size_t i = 0; i < count; i++) {
        size_t rank = 0, numbers = 1;
        while (rank < 4 && list[i].shape[rank]) numbers *= list[i].shape[rank++];
        float *values = malloc(numbers * sizeof *values);
        assert_non_null(values);
        for (size_t n = 0; n < numbers; n++) values[n] = list[i].first + (float)n;
        arrays[i] = (dsc_array){.type = DSC_F32, .rank = rank, .data = values};
        memcpy(arrays[i].shape, list[i].shape, sizeof arrays[i].shape);
        entries[i] = (dsc_npz_entry){list[i].name, &arrays[i]};
    }
    ASSERT_OK(dsc_npz_make(&f.bytes, &f.size, entries, count, "made.npz", &error), error);
    for (size_t i = 0; i < count; i++) free(arrays[i].data);
    return f;
}

static inline dsc_model *read_made(const made *list, size_t count, const char *text, const char *as,
                                   const char *map) {
    file f = make_file(list, count);
    dsc_model *model;
    exchange_source source = source_of(&f, text);
    source.map = map;
    ASSERT_OK(exchange_read(&model, &source, as, &error), error);
    clear_source(&source);
    free(f.bytes);
    return model;
}

/* The same, with the notes of reading; "" for none. */
static inline dsc_model *read_noted(char notes[1024], const made *list, size_t count, const char *text,
                                    const char *as, size_t channels, size_t side) {
    file f = make_file(list, count);
    dsc_model *model;
    exchange_source source = source_of(&f, text);
    source.shape[0] = channels;
    source.shape[1] = source.shape[2] = side;
    ASSERT_OK(exchange_read(&model, &source, as, &error), error);
    (void)snprintf(notes, 1024, "%s", source.notes.data ? source.notes.data : "");
    clear_source(&source);
    free(f.bytes);
    return model;
}

static inline void refuse_made(const made *list, size_t count, const char *text, const char *as,
                               const char *map, dsc_status status, const char *part) {
    file f = make_file(list, count);
    dsc_model *model = (dsc_model *)1;
    exchange_source source = source_of(&f, text);
    source.map = map;
    dsc_status found = exchange_read(&model, &source, as, &error);
    if (found != status) fail_msg("status %d: %s", (int)found, found ? error.message : "");
    assert_null(model);
    ASSERT_MESSAGE(error, part);
    clear_source(&source);
    free(f.bytes);
}

/* The first number of a parameter, and the one after it. */
static inline void check_numbers(const dsc_model *model, const char *name, float first, float second) {
    const dsc_node *node = dsc_graph_find(model->graph, name);
    if (!node) {
        fail_msg("there is no %s", name);
        return;
    }
    assert_float_equal(model->values[node->offset], first, 0);
    if (dsc_shape_count(&node->shape) > 1) assert_float_equal(model->values[node->offset + 1], second, 0);
}

static inline const char *map_file(const char *text) {
    char *path = dsc_path_join(testing_folder(), "map");
    static char kept[4096];
    ASSERT_OK(dsc_file_write(path, text, strlen(text), &error), error);
    (void)snprintf(kept, sizeof kept, "%s", path);
    free(path);
    return kept;
}

#endif
