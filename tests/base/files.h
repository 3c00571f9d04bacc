/* SPDX-License-Identifier: MIT */
/* files.h: creates and inspects small files for the tests of base/file.h. */
#ifndef FILES_H
#define FILES_H

#include "testing.h"

#include "base/file.h"

#include <limits.h>
#include <sys/wait.h>

static dsc_error error;

/* "FOLDER/NAME"; the text lives until the program ends. */
static inline const char *in(const char *folder, const char *name) {
    static char path[32][PATH_MAX];
    static int next;
    char *out = path[next++ % 32];
    (void)snprintf(out, PATH_MAX, "%.2000s/%s", folder, name);
    return out;
}

static inline void put(const char *path, const char *text) {
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline void assert_content(const char *path, const char *expected) {
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 20, &error), error);
    assert_string_equal((char *)bytes, expected);
    free(bytes);
}

static inline size_t count_entries(const char *folder) {
    char command[PATH_MAX + 32];
    (void)snprintf(command, sizeof command, "exit $(ls -A '%s' | wc -l)", folder);
    int status = system(command);
    assert_true(WIFEXITED(status));
    return (size_t)WEXITSTATUS(status);
}

static inline dsc_status write_text(const char *path, const char *text) {
    return dsc_file_write(path, text, strlen(text), &error);
}

#endif
