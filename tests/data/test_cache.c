/* SPDX-License-Identifier: MIT */
#include "making.h"

#include "data/cache.h"
#include "data/dataset.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const dsc_open_options with_cache = {.cache = true};
enum { COUNT = 1400, BYTES = COUNT * 28 * 28, ENTRY_HEADER = 4080 };

/* Makes a new home; returns the cache's folder in it. */
static const char *new_home(void) {
    const char *home = testing_folder();
    assert_int_equal(unsetenv("XDG_CACHE_HOME"), 0);
    assert_int_equal(unsetenv("DESCENDER_CACHE"), 0);
    assert_int_equal(setenv("HOME", home, 1), 0);
    return make_path(home, ".cache/descender/decompressed");
}

/* Writes a source above the cache's minimum size, whose content depends on `first`, old enough to be
 * cached. */
static const char *new_source(const char *folder, const char *name, size_t first) {
    const size_t shape[3] = {COUNT, 28, 28};
    const char *path = make_idx(folder, name, 3, shape, first, 7, 251);
    (void)usleep(150000);
    return path;
}

static size_t entries(const char *folder) {
    size_t count = 0;
    DIR *stream = opendir(folder);
    if (!stream) return 0;
    for (struct dirent *item; (item = readdir(stream)) != NULL;) count += item->d_name[0] != '.';
    (void)closedir(stream);
    return count;
}

/* The path of the only entry. */
static const char *only_entry(const char *folder) {
    assert_int_equal(entries(folder), 1);
    const char *found = NULL;
    DIR *stream = opendir(folder);
    for (struct dirent *item; (item = readdir(stream)) != NULL;)
        if (item->d_name[0] != '.') found = make_path(folder, item->d_name);
    (void)closedir(stream);
    return found;
}

static bool content_is_right(const dsc_content *content, size_t first) {
    const uint8_t *byte = content->array.data;
    if (content->array.rank != 3 || dsc_array_count(&content->array) != BYTES || content->size != BYTES + 16)
        return false;
    for (size_t i = 0; i < BYTES; i++)
        if (byte[i] != (i * 7 + first) % 251) return false;
    return content->crc != 0;
}

/* Loads with the cache and checks the content; true if it came from the cache. */
static bool load(const char *path, size_t first) {
    dsc_content content;
    dsc_error error;
    ASSERT_OK(dsc_idx_load(&content, path, &with_cache, &error), error);
    assert_true(content_is_right(&content, first));
    bool mapped = content.map != NULL;
    dsc_content_clear(&content);
    return mapped;
}

static void the_second_start_comes_from_the_cache(void **state) {
    (void)state;
    const char *cache = new_home(), *source = new_source(testing_folder(), "a.gz", 3);
    dsc_content plain, mapped;
    dsc_error error;
    ASSERT_OK(dsc_idx_load(&plain, source, NULL, &error), error);
    assert_int_equal(entries(cache), 0); /* functions of the library alone write no cache */
    assert_false(load(source, 3));
    assert_int_equal(entries(cache), 1);
    ASSERT_OK(dsc_idx_load(&mapped, source, &with_cache, &error), error);
    assert_non_null(mapped.map);
    assert_int_equal(mapped.size, plain.size);
    assert_int_equal(mapped.crc, plain.crc);
    assert_memory_equal(mapped.array.data, plain.array.data, BYTES);
    assert_int_equal((uintptr_t)mapped.array.data % 64, 0);
    dsc_content_clear(&plain);
    dsc_dataset *data;
    const char *labels = make_labels(testing_folder(), "l", COUNT, 10);
    ASSERT_OK(dsc_dataset_open_with(&data, source, labels, &with_cache, &error), error);
    assert_int_equal(unlink(only_entry(cache)), 0); /* the mapping is still valid */
    assert_memory_equal(dsc_dataset_images(data), mapped.array.data, BYTES);
    dsc_dataset_free(data);
    dsc_content_clear(&mapped);
}

static void without_need_or_leave_nothing_is_cached(void **state) {
    (void)state;
    const char *cache = new_home(), *folder = testing_folder();
    const char *plain = new_source(folder, "plain", 0), *big = new_source(folder, "a.gz", 0);
    const char *small = make_images(folder, "small.gz", 10, 28, 28);
    dsc_content content;
    dsc_error error;
    assert_false(load(plain, 0));
    ASSERT_OK(dsc_idx_load(&content, small, &with_cache, &error), error);
    dsc_content_clear(&content);
    assert_int_equal(setenv("DESCENDER_CACHE", "off", 1), 0);
    assert_false(load(big, 0));
    assert_int_equal(entries(cache), 0);
    assert_int_equal(unsetenv("DESCENDER_CACHE"), 0);
    assert_false(load(big, 0));
    assert_true(load(big, 0));
    assert_int_equal(setenv("DESCENDER_CACHE", "off", 1), 0);
    assert_false(load(big, 0));
    assert_int_equal(unsetenv("DESCENDER_CACHE"), 0);
}

static void a_source_that_has_just_changed_is_not_cached(void **state) {
    (void)state;
    const char *cache = new_home(), *source = new_source(testing_folder(), "a.gz", 0);
    assert_int_equal(chmod(source, 0644), 0); /* modified just now */
    assert_false(load(source, 0));
    assert_int_equal(entries(cache), 0);
}

static void a_changed_source_is_read_anew_even_if_its_time_was_set_back(void **state) {
    (void)state;
    const char *cache = new_home(), *source = new_source(testing_folder(), "a.gz", 0);
    struct stat before, after;
    assert_int_equal(stat(source, &before), 0);
    assert_false(load(source, 0));
    assert_true(load(source, 0));
    /* other content in the same file: same inode, same size (the last bytes of both are checksums), same
     * mtime */
    const char *other = new_source(testing_folder(), "b.gz", 1);
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&bytes, &size, other, 1 << 24, &error), error);
    int fd = open(source, O_WRONLY | O_TRUNC);
    assert_int_equal(testing_write(fd, bytes, size), size);
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    assert_int_equal(futimens(fd, times), 0);
    assert_int_equal(close(fd), 0);
    free(bytes);
    assert_int_equal(stat(source, &after), 0);
    assert_int_equal(after.st_ino, before.st_ino);
    assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    (void)usleep(150000);
    assert_false(load(source, 1));
    assert_true(load(source, 1));
    assert_int_equal(entries(cache), 1); /* replaced, not added */
}

static void overwrite(const char *path, long offset, unsigned char flip) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
    int c = fgetc(file);
    assert_int_equal(fseek(file, -1, SEEK_CUR), 0);
    assert_int_not_equal(fputc(c ^ flip, file), EOF);
    assert_int_equal(fclose(file), 0);
}

static void a_damaged_entry_is_ignored_and_written_anew(void **state) {
    (void)state;
    static const long places[] = {0, 7, 8, 16, 24, 72, 76, 100, 4000, 4079, 4083, ENTRY_HEADER, 4096 + 500000,
                                  -1};
    static const long sizes[] = {0, 1, 100, ENTRY_HEADER, ENTRY_HEADER + 1, ENTRY_HEADER + BYTES, 5000000};
    const char *cache = new_home(), *source = new_source(testing_folder(), "a.gz", 0);
    assert_false(load(source, 0));
    const char *entry = only_entry(cache);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        assert_true(load(source, 0));
        overwrite(entry, places[i], 1);
        assert_false(load(source, 0));
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_true(load(source, 0));
        assert_int_equal(truncate(entry, sizes[i]), 0);
        assert_false(load(source, 0));
    }
    assert_true(load(source, 0));
}

static void an_entry_that_lies_with_right_checksums_is_ignored(void **state) {
    (void)state;
    /* the entry of another source under this source's name */
    const char *cache = new_home(), *folder = testing_folder();
    const char *a = new_source(folder, "a.gz", 0), *b = new_source(folder, "b.gz", 1);
    assert_false(load(a, 0));
    const char *entry = only_entry(cache), *kept = make_path(folder, "kept");
    assert_int_equal(rename(entry, kept), 0);
    assert_false(load(b, 1));
    const char *other = only_entry(cache);
    assert_int_equal(rename(other, entry), 0);
    assert_false(load(a, 0));
    assert_true(load(a, 0));
    /* replaced, not written through the link */
    assert_int_equal(rename(entry, kept), 0);
    assert_int_equal(symlink(kept, entry), 0);
    assert_false(load(a, 0));
    struct stat info;
    assert_int_equal(lstat(entry, &info), 0);
    assert_true(S_ISREG(info.st_mode)); /* replaced, and not written through */
    assert_true(load(a, 0));
    /* a folder, and a pipe without a writer */
    assert_int_equal(unlink(entry), 0);
    assert_int_equal(mkdir(entry, 0700), 0);
    assert_false(load(a, 0));
    assert_int_equal(rmdir(entry), 0);
    assert_int_equal(mkfifo(entry, 0600), 0);
    assert_false(load(a, 0));
    assert_true(load(a, 0));
    /* a file of another user */
    if (geteuid() != 0) TEST_SKIP("giving files away needs the superuser");
    assert_int_equal(chown(entry, 65534, 65534), 0);
    assert_false(load(a, 0));
    assert_true(load(a, 0));
}

static void without_a_place_to_write_loading_works(void **state) {
    (void)state;
    (void)new_home();
    const char *source = new_source(testing_folder(), "a.gz", 0);
    static const char *const homes[] = {"/proc/nowhere", "/dev/null", "relative", ""};
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        assert_int_equal(setenv("HOME", homes[i], 1), 0);
        assert_false(load(source, 0));
        assert_false(load(source, 0));
    }
    assert_int_equal(unsetenv("HOME"), 0);
    assert_false(load(source, 0));
}

static void a_bad_file_is_as_bad_with_a_cache(void **state) {
    (void)state;
    const char *cache = new_home(), *folder = testing_folder(), *source = new_source(folder, "a.gz", 0);
    struct stat info;
    assert_int_equal(stat(source, &info), 0);
    assert_int_equal(truncate(source, info.st_size - 1), 0);
    (void)usleep(150000);
    dsc_content content;
    dsc_error error;
    assert_int_equal(dsc_idx_load(&content, source, &with_cache, &error), DSC_ERROR_FORMAT);
    assert_null(content.array.data);
    ASSERT_MESSAGE(error, "cut short");
    assert_int_equal(dsc_idx_load(&content, make_path(folder, "absent"), &with_cache, &error), DSC_ERROR_IO);
    assert_int_equal(entries(cache), 0);
}

static void what_is_of_no_use_any_more_is_removed(void **state) {
    (void)state;
    const char *cache = new_home(), *folder = testing_folder();
    const char *gone = new_source(folder, "gone.gz", 0), *stays = new_source(folder, "stays.gz", 1);
    const char *next = new_source(folder, "next.gz", 2);
    assert_false(load(gone, 0));
    assert_false(load(stays, 1));
    assert_int_equal(entries(cache), 2);
    (void)make_text(cache, "x.idx.dsc-0.tmp", "left by a process that died");
    const char *fresh = make_text(cache, "y.idx.dsc-0.tmp", "of a process at work, which holds a lock on it");
    int lock = open(fresh, O_RDWR | O_CLOEXEC);
    assert_true(lock >= 0);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
    const char *foreign = make_text(cache, "notes.txt", "not ours");
    const struct timespec long_ago[2] = {{1000000000, 0}, {1000000000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, foreign, long_ago, 0), 0);
    assert_int_equal(unlink(gone), 0);
    assert_false(load(next, 2));
    assert_int_equal(entries(cache), 4); /* stays, the next one too, and: */
    assert_int_equal(access(fresh, F_OK), 0);
    (void)close(lock);
    assert_int_equal(access(foreign, F_OK), 0);
    assert_true(load(stays, 1));
    assert_true(load(next, 2));
}

static void processes_that_write_at_once_do_not_harm_each_other(void **state) {
    (void)state;
    enum { PROCESSES = 6, LOADS = 12 };
    const char *cache = new_home(), *source = new_source(testing_folder(), "a.gz", 0);
    assert_false(load(source, 0));
    const char *entry = only_entry(cache);
    pid_t children[PROCESSES];
    for (int k = 0; k < PROCESSES; k++) {
        children[k] = fork();
        assert_true(children[k] >= 0);
        if (children[k]) continue;
        int wrong = 0;
        for (int i = 0; i < LOADS; i++) {
            dsc_content content;
            if ((i + k) % 3 == 0) (void)unlink(entry);
            wrong += dsc_idx_load(&content, source, &with_cache, NULL) || !content_is_right(&content, 0);
            dsc_content_clear(&content);
        }
        _exit(wrong != 0);
    }
    for (int k = 0; k < PROCESSES; k++) {
        int status;
        assert_int_equal(waitpid(children[k], &status, 0), children[k]);
        assert_int_equal(status, 0);
    }
    (void)load(source, 0);
    assert_true(load(source, 0));
    assert_int_equal(entries(cache), 1); /* no temporary file stays */
}

static void loading_survives_every_failed_allocation(void **state) {
    (void)state;
    const char *cache = new_home(), *source = new_source(testing_folder(), "a.gz", 0);
    (void)load(source, 0);
    const char *entry = only_entry(cache);
    for (int hit = 0; hit < 2; hit++) {
        long n = 0;
        for (bool failed = true; failed; n++) {
            if (!hit) (void)unlink(entry);
            dsc_content content;
            dsc_error error;
            testing_fail_allocation(n);
            dsc_status status = dsc_idx_load(&content, source, &with_cache, &error);
            failed = testing_allocation_failed();
            assert_true(status == DSC_OK || (failed && status == DSC_ERROR_MEMORY));
            if (!status) assert_true(content_is_right(&content, 0));
            if (status) assert_null(content.array.data);
            dsc_content_clear(&content);
            (void)load(source, 0);
        }
        assert_true(n > (hit ? 3 : 8));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_start_comes_from_the_cache),
        cmocka_unit_test(without_need_or_leave_nothing_is_cached),
        cmocka_unit_test(a_source_that_has_just_changed_is_not_cached),
        cmocka_unit_test(a_changed_source_is_read_anew_even_if_its_time_was_set_back),
        cmocka_unit_test(a_damaged_entry_is_ignored_and_written_anew),
        cmocka_unit_test(an_entry_that_lies_with_right_checksums_is_ignored),
        cmocka_unit_test(without_a_place_to_write_loading_works),
        cmocka_unit_test(a_bad_file_is_as_bad_with_a_cache),
        cmocka_unit_test(what_is_of_no_use_any_more_is_removed),
        cmocka_unit_test(processes_that_write_at_once_do_not_harm_each_other),
        cmocka_unit_test(loading_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
