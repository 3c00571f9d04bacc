/* SPDX-License-Identifier: MIT */
/* shape.c: shapes of a single sample's values. */
#include "graph/graph.h"

#include <stdio.h>

dsc_shape dsc_shape_of(size_t rank, size_t a, size_t b, size_t c, size_t d) {
    const size_t size[DSC_RANK_MOST] = {a, b, c, d};
    dsc_shape shape = {.rank = rank < DSC_RANK_MOST ? rank : DSC_RANK_MOST};
    for (size_t i = 0; i < shape.rank; i++) shape.size[i] = size[i];
    return shape;
}

size_t dsc_shape_count(const dsc_shape *shape) {
    size_t count = 1;
    for (size_t i = 0; i < shape->rank; i++) count *= shape->size[i];
    return count;
}

bool dsc_shape_equal(const dsc_shape *a, const dsc_shape *b) {
    if (a->rank != b->rank) return false;
    for (size_t i = 0; i < a->rank; i++)
        if (a->size[i] != b->size[i]) return false;
    return true;
}

char *dsc_shape_format(char *out, const dsc_shape *shape) {
    char *o = out;
    *o++ = '(';
    for (size_t i = 0; i < shape->rank; i++) o += sprintf(o, i ? ", %zu" : "%zu", shape->size[i]);
    *o++ = ')';
    *o = '\0';
    return out;
}
