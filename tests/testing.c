/* SPDX-License-Identifier: MIT */
/* testing.c: folders, failing allocations, and the places of files. */
#include "testing.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <libdeflate.h>
#include <locale.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- folders --- */

static char *folders[64];
static size_t folder_count;

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *position) {
    (void)info;
    (void)type;
    (void)position;
    return remove(path);
}

static void remove_folders(void) {
    for (size_t i = 0; i < folder_count; i++) {
        (void)chmod(folders[i], 0700);
        (void)nftw(folders[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        free(folders[i]);
    }
}

const char *testing_folder(void) {
    char name[] = "/tmp/descender-test-XXXXXX";
    if (!mkdtemp(name) || folder_count == sizeof folders / sizeof *folders) abort();
    if (!folder_count) (void)atexit(remove_folders);
    return folders[folder_count++] = strdup(name);
}

const char *testing_golden(const char *name) {
    static char path[8][512];
    static int next;
    char *out = path[next++ % 8];
    (void)snprintf(out, sizeof path[0], "%s/golden/%s", TESTS_FOLDER, name);
    return out;
}

bool testing_emulated(void) { return getenv("TESTS_EMULATED") != NULL; }

const char *testing_mnist(void) {
    const char *folder = getenv("DESCENDER_DATA");
    return folder && *folder ? folder : NULL;
}

const char *testing_numpy(void) {
    static const char *const candidates[] = {"/usr/bin/python3", "python3"};
    for (size_t i = 0; i < 2; i++) {
        char command[128];
        (void)snprintf(command, sizeof command, "%s -c 'import numpy' >/dev/null 2>&1", candidates[i]);
        if (system(command) == 0) return candidates[i];
    }
    return NULL;
}

bool testing_set_comma_locale(void) {
    if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
        /* Not on this system: compiles it from its source if available. Its exit status is 1 after a
         * warning. */
        char command[128];
        const char *folder = testing_folder();
        (void)snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
                       folder);
        if (system(command) < 0 || setenv("LOCPATH", folder, 1) || !setlocale(LC_ALL, "de_DE.UTF-8"))
            return false;
    }
    return !strcmp(localeconv()->decimal_point, ",");
}

size_t testing_read(int file, void *bytes, size_t size) {
    for (size_t done = 0;;) {
        const ssize_t n = done < size ? read(file, (char *)bytes + done, size - done) : 0;
        if (n == 0 || (n < 0 && errno != EINTR)) return done;
        if (n > 0) done += (size_t)n;
    }
}

size_t testing_write(int file, const void *bytes, size_t size) {
    for (size_t done = 0;;) {
        const ssize_t n = done < size ? write(file, (const char *)bytes + done, size - done) : 0;
        if (n == 0 || (n < 0 && errno != EINTR)) return done;
        if (n > 0) done += (size_t)n;
    }
}

/* --- allocations: the linker's --wrap redirects every call of the tested code to these --- */

static atomic_long calls, countdown = -1;
static atomic_bool reached;

void testing_fail_allocation(long n) {
    reached = false;
    countdown = n;
}

bool testing_allocation_failed(void) {
    countdown = -1;
    return reached;
}

long testing_allocations(void) { return calls; }

static bool must_fail(void) {
    calls++;
    if (countdown < 0) return false;
    if (atomic_fetch_sub(&countdown, 1) != 0) return false;
    reached = true;
    return true;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size) { return must_fail() ? NULL : __real_malloc(size); }

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) { return must_fail() ? NULL : __real_calloc(count, size); }

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size) { return must_fail() ? NULL : __real_realloc(old, size); }

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return must_fail() ? NULL : __real_aligned_alloc(alignment, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text) { return must_fail() ? NULL : __real_strdup(text); }

struct libdeflate_decompressor *__real_libdeflate_alloc_decompressor(void);
struct libdeflate_decompressor *__wrap_libdeflate_alloc_decompressor(void);
struct libdeflate_decompressor *__wrap_libdeflate_alloc_decompressor(void) {
    return must_fail() ? NULL : __real_libdeflate_alloc_decompressor();
}

struct libdeflate_compressor *__real_libdeflate_alloc_compressor(int level);
struct libdeflate_compressor *__wrap_libdeflate_alloc_compressor(int level);
struct libdeflate_compressor *__wrap_libdeflate_alloc_compressor(int level) {
    return must_fail() ? NULL : __real_libdeflate_alloc_compressor(level);
}
