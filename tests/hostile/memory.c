/* SPDX-License-Identifier: MIT */
/* memory.c: the allocator of the hostile build. It replaces malloc in the whole process, as glibc's
 * manual allows ("Replacing malloc"), and guarantees only what C guarantees:
 *
 * - a new block is full of NEW bytes: read as floats they are NaN, read as a pointer they fault;
 * - a block has exactly the requested alignment, never twice as much;
 * - realloc always moves, and frees the old block;
 * - marks before and behind a block are checked when it is freed;
 * - a freed block is full of OLD bytes, and waits; a write into it meanwhile is detected.
 *
 * Each finding ends the process with one line on standard error. */
#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's own allocator, under the names that stay when malloc is replaced. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void __libc_free(void *block);

enum { NEW = 0xFF, OLD = 0xFB, BEHIND = 0xA7 };
enum { TAIL = 24 /* bytes of BEHIND */, WAITING = 512 /* blocks */, WAITING_BYTES = 1 << 24 };
static const uint64_t LIVE = 0x6C6976652121A5A5u, GONE = 0x676F6E652121A5A5u;

typedef struct header {
    void *base;
    size_t size;
    uint64_t mark[2]; /* last, so that what is written before a block meets them first */
} header;

static atomic_flag lock = ATOMIC_FLAG_INIT;
static header *waiting[WAITING];
static size_t oldest, waiting_bytes;

static void hold(void) {
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) continue;
}

static void let_go(void) { atomic_flag_clear_explicit(&lock, memory_order_release); }

static _Noreturn void found(const char *what, const void *block, size_t size) {
    char line[160];
    int length =
        snprintf(line, sizeof line, "hostile memory: %s: the block at %p of %zu bytes\n", what, block, size);
    (void)syscall(SYS_write, STDERR_FILENO, line, (size_t)length); /* write() itself is hostile */
    abort();
}

static header *header_of(const void *block) { return (header *)(uintptr_t)block - 1; }

static void *allocate(size_t alignment, size_t size, bool zeroed) {
    if (alignment < alignof(max_align_t)) alignment = alignof(max_align_t);
    size_t around = sizeof(header) + 2 * alignment + TAIL;
    if (size > PTRDIFF_MAX - around) {
        errno = ENOMEM;
        return NULL;
    }
    unsigned char *base = zeroed ? __libc_calloc(1, size + around) : __libc_malloc(size + around);
    if (!base) return NULL;
    uintptr_t at = ((uintptr_t)base + sizeof(header) + alignment - 1) / alignment * alignment;
    if (at % (2 * alignment) == 0) at += alignment;
    unsigned char *block = base + (at - (uintptr_t)base);
    *header_of(block) = (header){base, size, {LIVE, LIVE}};
    if (!zeroed) memset(block, NEW, size);
    memset(block + size, BEHIND, TAIL);
    return block;
}

static void examine(const unsigned char *block) {
    const header *h = header_of(block);
    if (h->mark[0] == GONE && h->mark[1] == GONE) found("given back twice", block, h->size);
    if (h->mark[0] != LIVE || h->mark[1] != LIVE)
        found("written before its start, or never given out", block, 0);
    for (size_t i = 0; i < TAIL; i++)
        if (block[h->size + i] != BEHIND) found("written behind its end", block, h->size);
}

/* The oldest block is due: nobody may have written into it since it was freed. */
static void release(header *h) {
    const unsigned char *block = (const unsigned char *)(h + 1);
    if (h->mark[0] != GONE || h->mark[1] != GONE)
        found("written before its start after it was given back", block, 0);
    for (size_t i = 0; i < h->size; i++)
        if (block[i] != OLD) found("written after it was given back", block, h->size);
    h->mark[0] = h->mark[1] = 0;
    __libc_free(h->base);
}

static void give_back(unsigned char *block) {
    header *h = header_of(block);
    examine(block);
    h->mark[0] = h->mark[1] = GONE;
    memset(block, OLD, h->size);
    hold();
    size_t newest = oldest;
    header *leaving = waiting[oldest];
    if (leaving) waiting_bytes -= leaving->size;
    waiting[newest] = h;
    waiting_bytes += h->size;
    oldest = (oldest + 1) % WAITING;
    /* Large blocks are freed at once: they would use up the memory. */
    header *more[WAITING];
    size_t count = 0;
    for (size_t i = 0; waiting_bytes > WAITING_BYTES && i < WAITING; i++) {
        header **slot = &waiting[(oldest + i) % WAITING];
        if (!*slot) continue;
        waiting_bytes -= (*slot)->size;
        more[count++] = *slot;
        *slot = NULL;
    }
    let_go();
    if (leaving) release(leaving);
    for (size_t i = 0; i < count; i++) release(more[i]);
}

void *malloc(size_t size) { return allocate(0, size, false); }

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return allocate(0, bytes, true);
}

void free(void *block) {
    int saved = errno; /* POSIX, since 2024: free keeps it */
    if (block) give_back(block);
    errno = saved;
}

void *realloc(void *old, size_t size) {
    if (!old) return malloc(size);
    examine(old);
    if (!size) { /* as glibc does */
        free(old);
        return NULL;
    }
    void *block = malloc(size);
    if (!block) return NULL;
    size_t had = header_of(old)->size;
    memcpy(block, old, had < size ? had : size);
    free(old);
    return block;
}

void *aligned_alloc(size_t alignment, size_t size) { return allocate(alignment, size, false); }

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size) { return allocate(alignment, size, false); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    void *got = allocate(alignment, size, false);
    if (!got) return ENOMEM;
    *block = got;
    return 0;
}

size_t malloc_usable_size(void *block);
size_t malloc_usable_size(void *block) { return block ? header_of(block)->size : 0; }
