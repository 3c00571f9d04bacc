/* SPDX-License-Identifier: MIT */
/* test_file_temporary.c: temporary files of dead processes are removed, those of living processes stay,
 * and no other file is touched. */
#include "files.h"

#include <sys/stat.h>
#include <unistd.h>

static void what_a_dead_process_left_is_removed_by_the_next_write(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "a");
    for (int i = 0; i < 3; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (!child) {
            dsc_file_writer *writer;
            _exit(dsc_file_writer_open(&writer, path, &error) ? 1 : 0); /* dies in the middle of writing */
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(count_entries(folder), 1); /* the second file replaced the first */
    }
    ASSERT_OK(write_text(path, "new"), error);
    assert_int_equal(count_entries(folder), 1);
    assert_content(path, "new");
}

static void a_living_writers_file_is_left_alone(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "a");
    dsc_file_writer *first, *second;
    ASSERT_OK(dsc_file_writer_open(&first, path, &error), error);
    ASSERT_OK(dsc_file_writer_open(&second, path, &error), error);
    dsc_file_sweep(folder, (const char *const[]){"a", NULL});
    assert_int_equal(count_entries(folder), 2);
    ASSERT_OK(dsc_file_writer_append(first, "first", 5, &error), error);
    ASSERT_OK(dsc_file_writer_append(second, "second", 6, &error), error);
    ASSERT_OK(dsc_file_writer_commit(first, &error), error);
    assert_content(path, "first");
    ASSERT_OK(dsc_file_writer_commit(second, &error), error);
    assert_content(path, "second");
    assert_int_equal(count_entries(folder), 1);
}

static void sweeping_takes_only_what_is_ours(void **state) {
    (void)state;
    const char *folder = testing_folder();
    const char *const stay[] = {"b.dsc-0.tmp",  "a.tmp",        "a.dsc-.tmp",   "a.dsc-0.tmp.bak",
                                "xa.dsc-0.tmp", "a.dsc-0x.tmp", "a.1234-0.tmp", "dsc-0.tmp"},
                      *const go[] = {"a.dsc-0.tmp", "a.dsc-17.tmp", "model.dsc-0.tmp.dsc-3.tmp"};
    for (size_t i = 0; i < 8; i++) put(in(folder, stay[i]), "mine");
    for (size_t i = 0; i < 3; i++) put(in(folder, go[i]), "dead");
    put(in(folder, "target"), "mine");
    assert_int_equal(symlink("target", in(folder, "a.dsc-1.tmp")), 0);
    assert_int_equal(mkdir(in(folder, "a.dsc-2.tmp"), 0777), 0);
    assert_int_equal(mkfifo(in(folder, "a.dsc-3.tmp"), 0666), 0);
    const bool other = !geteuid(); /* only the superuser can change the owner of a file */
    if (other) {
        put(in(folder, "a.dsc-4.tmp"), "another's");
        assert_int_equal(chown(in(folder, "a.dsc-4.tmp"), 65534, 65534), 0);
    }
    dsc_file_sweep(folder, (const char *const[]){"a", "model.dsc-0.tmp", NULL});
    for (size_t i = 0; i < 8; i++) assert_int_equal(access(in(folder, stay[i]), F_OK), 0);
    for (size_t i = 0; i < 3; i++) assert_int_equal(access(in(folder, go[i]), F_OK), -1);
    assert_content(in(folder, "target"), "mine");
    struct stat info;
    assert_int_equal(lstat(in(folder, "a.dsc-1.tmp"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat(in(folder, "a.dsc-3.tmp"), &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_int_equal(count_entries(folder), other ? 13 : 12);
}

static void sweeping_knows_the_short_names_of_long_ones(void **state) {
    (void)state;
    const char *folder = testing_folder();
    char name[NAME_MAX + 1], other[NAME_MAX + 1];
    memset(name, 'n', NAME_MAX);
    memset(other, 'o', NAME_MAX);
    name[NAME_MAX] = other[NAME_MAX] = '\0';
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        dsc_file_writer *writer;
        _exit(dsc_file_writer_open(&writer, in(folder, name), &error)
                  ? 1
                  : 0); /* dies in the middle of writing */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(count_entries(folder), 1);
    dsc_file_sweep(folder, (const char *const[]){other, "n", NULL});
    assert_int_equal(count_entries(folder), 1);
    dsc_file_sweep(folder, (const char *const[]){other, name, NULL});
    assert_int_equal(count_entries(folder), 0);
}

static void writers_at_once_leave_one_whole_file(void **state) {
    (void)state;
    enum { PROCESSES = 6, WRITES = 60, SIZE = 5000 };
    const char *folder = testing_folder(), *path = in(folder, "a");
    pid_t children[PROCESSES];
    for (int k = 0; k < PROCESSES; k++) {
        children[k] = fork();
        assert_true(children[k] >= 0);
        if (children[k]) continue;
        char text[SIZE];
        memset(text, 'a' + k, sizeof text);
        for (int i = 0; i < WRITES; i++) {
            dsc_file_writer *writer;
            if (dsc_file_writer_open(&writer, path, &error) ||
                dsc_file_writer_append(writer, text, sizeof text, &error) ||
                dsc_file_writer_commit_unsynced(writer, &error))
                _exit(1);
            dsc_file_sweep(folder, (const char *const[]){"a", NULL});
        }
        _exit(0);
    }
    for (int k = 0; k < PROCESSES; k++) {
        int status;
        assert_int_equal(waitpid(children[k], &status, 0), children[k]);
        assert_int_equal(status, 0);
    }
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(dsc_file_read(&bytes, &size, path, 1 << 20, &error), error);
    assert_int_equal(size, SIZE);
    for (size_t i = 0; i < size; i++) assert_int_equal(bytes[i], bytes[0]);
    free(bytes);
    assert_int_equal(count_entries(folder), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_dead_process_left_is_removed_by_the_next_write),
        cmocka_unit_test(a_living_writers_file_is_left_alone),
        cmocka_unit_test(sweeping_takes_only_what_is_ours),
        cmocka_unit_test(sweeping_knows_the_short_names_of_long_ones),
        cmocka_unit_test(writers_at_once_leave_one_whole_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
