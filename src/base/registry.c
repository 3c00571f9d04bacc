/* SPDX-License-Identifier: MIT */
/* registry.c: the operations common to all registries. */
#include "base/registry.h"

#include "base/error.h"

#include <string.h>

/* Entry `n` of the array; the pointers may have any descriptor type. */
static const dsc_row *entry(const dsc_registry *registry, size_t n) {
    enum { POINTER = sizeof(const void *) };
    const char *descriptor;
    memcpy(&descriptor, (const char *)registry->rows + n * POINTER, POINTER);
    return descriptor ? (const void *)(descriptor + registry->row_at) : NULL;
}

const dsc_row *dsc_registry_at(const dsc_registry *registry, size_t i) {
    const dsc_row *row;
    for (size_t n = 0; (row = entry(registry, n)); n++)
        if ((!registry->holds || registry->holds(row)) && i-- == 0) return row;
    return NULL;
}

const dsc_row *dsc_registry_find_slice(const dsc_registry *registry, const char *name, size_t length) {
    const dsc_row *row;
    for (size_t i = 0; (row = dsc_registry_at(registry, i)); i++)
        if (strlen(row->name) == length && !memcmp(row->name, name, length)) return row;
    for (const dsc_older_name *o = registry->older; o && o->older; o++)
        if (strlen(o->older) == length && !memcmp(o->older, name, length))
            return dsc_registry_find(registry, o->name);
    return NULL;
}

const dsc_row *dsc_registry_find(const dsc_registry *registry, const char *name) {
    return dsc_registry_find_slice(registry, name, strlen(name));
}

void dsc_registry_list(dsc_text *text, const dsc_registry *registry) {
    const dsc_row *row;
    for (size_t i = 0; (row = dsc_registry_at(registry, i)); i++)
        dsc_text_append(text, "%s%s", i ? ", " : "", row->name);
}

dsc_status(dsc_registry_unknown)(const dsc_registry *registry, const char *name, dsc_error *error) {
    dsc_nearest nearest = dsc_nearest_to(name);
    const dsc_row *row;
    for (size_t i = 0; (row = dsc_registry_at(registry, i)); i++) dsc_nearest_try(&nearest, row->name);
    if (nearest.name)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "unknown %s '%s'; did you mean '%s'?", registry->thing,
                        name, nearest.name);
    dsc_text list = {0};
    dsc_registry_list(&list, registry);
    dsc_status status = list.failed ? dsc_fail_memory(error, 0, registry->things)
                                    : dsc_fail(error, DSC_ERROR_ARGUMENT, "unknown %s '%s'; there are: %s",
                                               registry->thing, name, list.data ? list.data : "none");
    dsc_text_free(&list);
    return status;
}
