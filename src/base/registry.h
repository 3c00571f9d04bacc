/* SPDX-License-Identifier: MIT */
/* registry.h: a kind of thing of which there can be more: ops, layers, optimisers, commands. Finding one by
 * its name, suggesting the nearest and listing all are written here, once.
 *
 * A thing is one constant descriptor, which begins as dsc_row does, in a file of its own, and one line in
 * its registry. */
#ifndef DSC_BASE_REGISTRY_H
#define DSC_BASE_REGISTRY_H

#include "base/param.h"

/* How every descriptor begins, after its size if it is public and has one. */
typedef struct dsc_row {
    const char *name;
    const char *help;        /* one line: begins lower case, no full stop */
    const dsc_param *params; /* NULL: none */
    size_t values_size;      /* of the struct that `params` describes */
} dsc_row;

/* Fails to compile unless a descriptor of this type begins as a row; `table` is its member for the
 * parameters. */
#define DSC_BEGINS_AS_ROW(type, table)                                                                       \
    _Static_assert(offsetof(type, help) - offsetof(type, name) == offsetof(dsc_row, help) &&                 \
                       offsetof(type, table) - offsetof(type, name) == offsetof(dsc_row, params) &&          \
                       offsetof(type, values_size) - offsetof(type, name) == offsetof(dsc_row, values_size), \
                   "a descriptor begins with its name, help, parameters and their size")

/* What a row was called in earlier versions, whose texts are still read. */
typedef struct dsc_older_name {
    const char *older, *name;
} dsc_older_name;

typedef struct dsc_registry {
    const char *thing;                     /* "layer", for messages */
    const char *things;                    /* "layers" */
    const char *about;                     /* how one is written in a text, for help; or NULL */
    const void *rows;                      /* an array of pointers to descriptors; NULL ends them */
    size_t row_at;                         /* where the row begins in a descriptor, in bytes */
    const dsc_older_name *older;           /* {0} ends them; NULL: there are none */
    bool (*holds)(const void *row);        /* which of the rows belong to it; NULL: all */
    size_t (*positional)(const void *row); /* how many parameters may come without their names; NULL: none */
    /* For help: appends what the row says beyond its parameters, or nothing; may be NULL. */
    void (*facts)(dsc_text *text, const void *row);
} dsc_registry;

/* Number i of the registry's rows, or NULL. */
const dsc_row *dsc_registry_at(const dsc_registry *registry, size_t i);

/* The row of that name, also of an older one, or NULL. */
const dsc_row *dsc_registry_find(const dsc_registry *registry, const char *name);

/* The same for a name of `length` bytes, which no NUL ends. */
const dsc_row *dsc_registry_find_slice(const dsc_registry *registry, const char *name, size_t length);

/* Fails with "unknown layer 'dens'; did you mean 'dense'?", or "unknown layer 'x'; there are: ..." */
dsc_status dsc_registry_unknown(const dsc_registry *registry, const char *name, dsc_error *error);

/* Appends "affine, elastic, erase". */
void dsc_registry_list(dsc_text *text, const dsc_registry *registry);

#ifdef __clang_analyzer__
#define dsc_registry_unknown(registry, name, error)                                                          \
    ((dsc_registry_unknown)(registry, name, error), DSC_ERROR_ARGUMENT) /* see error.h */
#endif

#endif
