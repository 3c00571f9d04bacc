/* SPDX-License-Identifier: MIT */
/* registry.h: a registry lists the implementations of one kind of thing, such as ops, layers, optimisers or
 * commands. This file implements finding by name, suggesting the nearest name, and listing.
 *
 * Each implementation is one constant descriptor that begins like dsc_row, in its own file, plus one line in
 * its registry. Registries are constant: any thread may read them. */
#ifndef DSC_BASE_REGISTRY_H
#define DSC_BASE_REGISTRY_H

#include "base/param.h"

/* The first members of every descriptor, after its size if it is public and has one. */
typedef struct dsc_row {
    const char *name;
    const char *help;        /* one line: begins lower case, no full stop */
    const dsc_param *params; /* NULL: none */
    size_t values_size;      /* of the struct that `params` describes */
} dsc_row;

/* Fails to compile unless a descriptor of this type begins like dsc_row; `table` is its parameter member. */
#define DSC_BEGINS_AS_ROW(type, table)                                                                       \
    _Static_assert(offsetof(type, help) - offsetof(type, name) == offsetof(dsc_row, help) &&                 \
                       offsetof(type, table) - offsetof(type, name) == offsetof(dsc_row, params) &&          \
                       offsetof(type, values_size) - offsetof(type, name) == offsetof(dsc_row, values_size), \
                   "a descriptor begins with its name, help, parameters and their size")

/* An earlier name of a row; texts with it are still accepted. */
typedef struct dsc_older_name {
    const char *older, *name;
} dsc_older_name;

typedef struct dsc_registry {
    const char *thing;                     /* "layer", for messages */
    const char *things;                    /* "layers" */
    const char *about;                     /* how to write one in a text, for help; or NULL */
    const void *rows;                      /* an array of pointers to descriptors, NULL-terminated */
    size_t row_at;                         /* offset of the row in a descriptor, in bytes */
    const dsc_older_name *older;           /* {0}-terminated; NULL: none */
    bool (*holds)(const void *row);        /* which rows belong to the registry; NULL: all */
    size_t (*positional)(const void *row); /* number of parameters that may come without names; NULL: none */
    /* For help: appends facts about the row beyond its parameters, or nothing; may be NULL. */
    void (*facts)(dsc_text *text, const void *row);
} dsc_registry;

/* Row i of the registry, or NULL. */
const dsc_row *dsc_registry_at(const dsc_registry *registry, size_t i);

/* The row with that name or an earlier name, or NULL. */
const dsc_row *dsc_registry_find(const dsc_registry *registry, const char *name);

/* The same for a name of `length` bytes without a terminating NUL. */
const dsc_row *dsc_registry_find_slice(const dsc_registry *registry, const char *name, size_t length);

/* Fails with "unknown layer 'dens'; did you mean 'dense'?", or "unknown layer 'x'; there are: ...". */
dsc_status dsc_registry_unknown(const dsc_registry *registry, const char *name, dsc_error *error);

/* Appends "affine, elastic, erase". */
void dsc_registry_list(dsc_text *text, const dsc_registry *registry);

#ifdef __clang_analyzer__
#define dsc_registry_unknown(registry, name, error)                                                          \
    ((dsc_registry_unknown)(registry, name, error), DSC_ERROR_ARGUMENT) /* see error.h */
#endif

#endif
