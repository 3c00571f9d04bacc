/* SPDX-License-Identifier: MIT */
/* guarded.h: buffers with an inaccessible page behind their last byte. */
#ifndef TESTS_KERNEL_GUARDED_H
#define TESTS_KERNEL_GUARDED_H

#include "testing.h"

#include <sys/mman.h>
#include <unistd.h>

typedef struct guarded {
    void *data; /* `size` bytes, which end where the inaccessible page begins */
    void *map;
    size_t mapped;
} guarded;

static inline guarded guarded_make(size_t size) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page * page;
    guarded g = {.mapped = pages + 2 * page};
    g.map = mmap(NULL, g.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(g.map, MAP_FAILED);
    assert_int_equal(mprotect(g.map, page, PROT_NONE), 0);
    assert_int_equal(mprotect((char *)g.map + page + pages, page, PROT_NONE), 0);
    g.data = (char *)g.map + page + pages - size;
    return g;
}

static inline void guarded_free(guarded g) { munmap(g.map, g.mapped); }

#endif
