/* SPDX-License-Identifier: MIT */
/* test_file.c: regular files are replaced as a whole, other files are written directly, and no content is
 * lost. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- regular files --- */

static void a_file_is_whole_or_as_it_was(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "a file");
    dsc_file_writer *writer;
    ASSERT_OK(write_text(path, "old"), error);
    ASSERT_OK(dsc_file_writer_open(&writer, path, &error), error);
    ASSERT_OK(dsc_file_writer_append(writer, "ne", 2, &error), error);
    assert_content(path, "old");
    assert_int_equal(count_entries(folder), 2);
    dsc_file_writer_abort(writer);
    assert_content(path, "old");
    ASSERT_OK(write_text(path, "new"), error);
    assert_content(path, "new");
    assert_int_equal(count_entries(folder), 1);
}

static void mode_and_owner_are_kept(void **state) {
    (void)state;
    const char *folder = testing_folder();
    struct stat info;
    const mode_t modes[] = {0600, 0640, 0664, 0755};
    for (size_t i = 0; i < 4; i++) {
        const char *path = in(folder, "a");
        put(path, "old");
        assert_int_equal(chmod(path, modes[i]), 0);
        if (!geteuid()) assert_int_equal(chown(path, 65534, 65533), 0);
        ASSERT_OK(write_text(path, "new"), error);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 07777, modes[i]);
        if (!geteuid()) assert_int_equal(info.st_uid, 65534);
        if (!geteuid()) assert_int_equal(info.st_gid, 65533);
    }
    mode_t mask = umask(027);
    ASSERT_OK(write_text(in(folder, "b"), "new"), error);
    (void)umask(mask);
    assert_int_equal(stat(in(folder, "b"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
}

static void links_are_followed_and_stay(void **state) {
    (void)state;
    const char *folder = testing_folder(), *link = in(folder, "link");
    struct stat info;
    assert_int_equal(mkdir(in(folder, "deep"), 0777), 0);
    put(in(folder, "deep/target"), "old");
    /* relative to the folder of the link, through a second link */
    assert_int_equal(symlink("deep/second", link), 0);
    assert_int_equal(symlink("target", in(folder, "deep/second")), 0);
    ASSERT_OK(write_text(link, "new"), error);
    assert_content(in(folder, "deep/target"), "new");
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat(in(folder, "deep/second"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    /* a link without a target, an absolute link, and a link into a missing folder */
    assert_int_equal(symlink(in(folder, "deep/made"), in(folder, "dangling")), 0);
    ASSERT_OK(write_text(in(folder, "dangling"), "made"), error);
    assert_content(in(folder, "deep/made"), "made");
    assert_int_equal(symlink("nowhere/made", in(folder, "lost")), 0);
    assert_int_equal(write_text(in(folder, "lost"), "x"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "lost: cannot be written");
    /* a cycle of links */
    assert_int_equal(symlink("b", in(folder, "a")), 0);
    assert_int_equal(symlink("a", in(folder, "b")), 0);
    assert_int_equal(write_text(in(folder, "a"), "x"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "cycle");
    /* to a folder */
    assert_int_equal(symlink("deep", in(folder, "to-folder")), 0);
    assert_int_equal(write_text(in(folder, "to-folder"), "x"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "name a file, not a folder");
}

static void names_of_any_legal_length_can_be_written(void **state) {
    (void)state;
    const char *folder = testing_folder();
    char name[NAME_MAX + 2];
    memset(name, 'n', sizeof name);
    for (size_t length = NAME_MAX - 20; length <= NAME_MAX; length++) {
        name[length] = '\0';
        ASSERT_OK(write_text(in(folder, name), "new"), error);
        assert_content(in(folder, name), "new");
        name[length] = 'n';
    }
    assert_int_equal(count_entries(folder), 21);
    name[NAME_MAX + 1] = '\0';
    assert_int_equal(write_text(in(folder, name), "new"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "choose a shorter name");
    /* a path that is too long for a temporary name beside it */
    char path[PATH_MAX];
    int at = snprintf(path, sizeof path, "%s", folder);
    while (at < PATH_MAX - 260) {
        at += snprintf(path + at, sizeof path - (size_t)at, "/%0200d", 0);
        assert_int_equal(mkdir(path, 0777), 0);
    }
    (void)snprintf(path + at, sizeof path - (size_t)at, "/%0*d", PATH_MAX - 2 - at, 0);
    assert_int_equal(strlen(path), PATH_MAX - 1);
    ASSERT_OK(write_text(path, "long"), error);
    assert_content(path, "long");
}

static void a_change_of_folder_does_not_come_between(void **state) {
    (void)state;
    const char *folder = testing_folder();
    char before[PATH_MAX];
    dsc_file_writer *writer;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    ASSERT_OK(dsc_file_writer_open(&writer, "relative", &error), error);
    assert_int_equal(chdir("/"), 0);
    ASSERT_OK(dsc_file_writer_append(writer, "x", 1, &error), error);
    ASSERT_OK(dsc_file_writer_commit(writer, &error), error);
    assert_int_equal(chdir(before), 0);
    assert_content(in(folder, "relative"), "x");
}

static void what_can_be_no_file_is_refused_before_it_is_written(void **state) {
    (void)state;
    const char *folder = testing_folder();
    put(in(folder, "file"), "old");
    const char *const paths[] = {folder,
                                 in(folder, "."),
                                 in(folder, ""),
                                 in(folder, "new/"),
                                 in(folder, "missing/file"),
                                 in(folder, "file/below"),
                                 "/dev/fd/987",
                                 ""};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(write_text(paths[i], "x"), DSC_ERROR_IO);
        assert_int_equal(dsc_file_rehearse(NULL, paths[i], 0, &error), DSC_ERROR_IO);
        ASSERT_MESSAGE(error, "; "); /* the remedy */
    }
    assert_int_equal(count_entries(folder), 1);
}

/* Runs as another user, because nothing is protected from the superuser. Returns whether that was
 * possible. */
static bool as_nobody(void (*try)(const char *folder), const char *folder) {
    if (geteuid()) {
        try(folder);
        return true;
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        if (setgid(65534) || setuid(65534)) _exit(2);
        try(folder);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status == 0;
}

static void try_protected(const char *folder) {
    dsc_file_way way;
    if (write_text(in(folder, "open/protected"), "x") != DSC_ERROR_IO) _exit(3);
    if (!strstr(error.message, "is write-protected")) _exit(4);
    /* no file can be created in the folder, but the file is writable */
    if (dsc_file_rehearse(&way, in(folder, "closed/file"), 0, &error) || way != DSC_FILE_IN_PLACE) _exit(5);
    if (write_text(in(folder, "closed/file"), "new") || write_text(in(folder, "closed/shrinks"), "new"))
        _exit(6);
    if (write_text(in(folder, "closed/none"), "new") != DSC_ERROR_IO) _exit(7);
    dsc_file_writer *writer;
    if (dsc_file_writer_open(&writer, in(folder, "closed/kept"), &error)) _exit(8);
    if (dsc_file_writer_append(writer, "new", 3, &error)) _exit(9);
    dsc_file_writer_abort(writer);
    /* a folder that can be searched and written, but not read */
    if (write_text(in(folder, "unreadable/file"), "new")) _exit(10);
}

static void protected_files_stay_and_closed_folders_are_written_in_place(void **state) {
    (void)state;
    const char *folder = testing_folder();
    const char *const subfolders[] = {"open", "closed", "unreadable"};
    const char *const files[] = {"open/protected", "closed/file", "closed/kept", "closed/shrinks"};
    for (size_t i = 0; i < 3; i++) assert_int_equal(mkdir(in(folder, subfolders[i]), 0777), 0);
    for (size_t i = 0; i < 4; i++) {
        put(in(folder, files[i]), i < 3 ? "old" : "old and long");
        assert_int_equal(chmod(in(folder, files[i]), i ? 0666 : 0444), 0);
    }
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(in(folder, "open"), 0777), 0);
    assert_int_equal(chmod(in(folder, "closed"), 0555), 0);
    assert_int_equal(chmod(in(folder, "unreadable"), 0333), 0);
    bool tried = as_nobody(try_protected, folder);
    for (size_t i = 0; i < 3; i++) assert_int_equal(chmod(in(folder, subfolders[i]), 0777), 0);
    assert_true(tried);
    assert_content(in(folder, "open/protected"), "old");
    assert_content(in(folder, "closed/file"), "new");
    assert_content(in(folder, "closed/shrinks"), "new");
    assert_content(in(folder, "closed/kept"), "old");
    assert_content(in(folder, "unreadable/file"), "new");
    assert_int_equal(count_entries(in(folder, "closed")), 3);
}

static void a_file_that_is_mounted_is_written_in_place(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "mounted");
    put(in(folder, "source"), "old and long");
    put(path, "below");
    if (mount(in(folder, "source"), path, NULL, MS_BIND, NULL)) TEST_SKIP("needs the right to mount");
    dsc_file_way way = DSC_FILE_ATOMIC;
    dsc_status rehearsed = dsc_file_rehearse(&way, path, 0, &error), written = write_text(path, "new");
    size_t entries = count_entries(folder);
    assert_int_equal(umount(path), 0);
    ASSERT_OK(rehearsed, error);
    ASSERT_OK(written, error);
    assert_int_equal(way, DSC_FILE_IN_PLACE);
    assert_content(in(folder, "source"), "new");
    assert_content(path, "below");
    assert_int_equal(entries, 2);
}

/* --- all other files --- */

static void a_pipe_is_written_to_and_stays(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "pipe");
    dsc_file_way way;
    struct stat info;
    char got[8] = "";
    assert_int_equal(mkfifo(path, 0666), 0);
    ASSERT_OK(dsc_file_rehearse(&way, path, 0, &error), error); /* and does not wait for a reader */
    assert_int_equal(way, DSC_FILE_STREAM);
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(reader >= 0);
    ASSERT_OK(write_text(path, "new"), error);
    assert_int_equal(testing_read(reader, got, sizeof got), 3);
    assert_string_equal(got, "new");
    (void)close(reader);
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_int_equal(count_entries(folder), 1);
}

static void devices_are_written_to_and_stay(void **state) {
    (void)state;
    const char *folder = testing_folder();
    struct stat info;
    ASSERT_OK(write_text("/dev/null", "x"), error);
    assert_int_equal(write_text("/dev/full", "x"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "No space left");
    if (mknod(in(folder, "null"), S_IFCHR | 0666, makedev(1, 3)))
        TEST_SKIP("needs the right to make devices");
    assert_int_equal(symlink("null", in(folder, "link")), 0);
    ASSERT_OK(write_text(in(folder, "link"), "x"), error);
    assert_int_equal(lstat(in(folder, "null"), &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

static void descriptors_are_written_to_where_they_stand(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "file");
    const char *const forms[] = {"/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666), ends[2];
    assert_int_equal(testing_write(fd, "a", 1), 1);
    struct stat before, after;
    assert_int_equal(fstat(fd, &before), 0);
    char name[64];
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(name, sizeof name, "%s/%d", forms[i], fd);
        ASSERT_OK(dsc_file_rehearse(NULL, name, 0, &error), error);
        ASSERT_OK(write_text(name, "b"), error);
    }
    assert_int_equal(testing_write(fd, "c", 1), 1);
    assert_content(path, "abbbc");
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino);
    (void)close(fd);
    /* a socket can only be written directly */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    ASSERT_OK(write_text(name, "x"), error);
    assert_int_equal(testing_read(ends[1], name, 1), 1);
    /* a read-only socket */
    int reading = open(path, O_RDONLY | O_CLOEXEC);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", reading);
    assert_int_equal(write_text(name, "x"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "not open for writing");
    (void)close(reading);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_content(path, "abbbc");
}

static void another_process_has_descriptors_of_its_own(void **state) {
    (void)state;
    const char *folder = testing_folder();
    int ready[2], end[2], fd = open(in(folder, "ours"), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    assert_int_equal(pipe2(end, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        char byte;
        (void)close(end[1]);
        int theirs = open(in(folder, "theirs"), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (theirs < 0 || dup3(theirs, fd, O_CLOEXEC) != fd || testing_write(ready[1], "x", 1) != 1) _exit(1);
        _exit(testing_read(end[0], &byte, 1) != 0);
    }
    char byte, name[64];
    (void)close(ready[1]);
    assert_int_equal(testing_read(ready[0], &byte, 1), 1);
    (void)snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)child, fd);
    const dsc_status written = write_text(name, "new");
    (void)close(ready[0]);
    (void)close(end[1]);
    (void)close(end[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(fd);
    ASSERT_OK(written, error);
    assert_content(in(folder, "theirs"), "new");
    assert_content(in(folder, "ours"), "");
}

static void a_socket_is_refused_and_stays(void **state) {
    (void)state;
    const char *path = in(testing_folder(), "socket");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct stat info;
    assert_int_equal(bind(fd, (const void *)&address, sizeof address), 0);
    assert_int_equal(write_text(path, "x"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "is a socket");
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISSOCK(info.st_mode));
    (void)close(fd);
}

/* --- limits --- */

static void a_limit_on_file_sizes_is_an_error_that_leaves_the_old_file(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "a");
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_OK(write_text(path, "old"), error);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    small = before;
    small.rlim_cur = 4096;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    char *large = calloc(1, 10000);
    dsc_error rehearsed = {0}, written = {0};
    (void)dsc_file_rehearse(NULL, path, 10000, &rehearsed);
    (void)dsc_file_write(path, large, 10000, &written);
    dsc_status within = dsc_file_rehearse(NULL, path, 4096, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    free(large);
    ASSERT_MESSAGE(rehearsed, "ulimit -f");
    ASSERT_MESSAGE(written, "ulimit -f");
    assert_int_equal(within, DSC_OK);
    assert_content(path, "old");
    assert_int_equal(count_entries(folder), 1);
}

static void too_little_room_is_found_beforehand(void **state) {
    (void)state;
    const char *folder = testing_folder();
    ASSERT_OK(dsc_space_check(folder, 1, &error), error);
    assert_int_equal(dsc_space_check(folder, UINT64_MAX / 2, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "are free");
}

static void a_full_disk_leaves_the_old_file(void **state) {
    (void)state;
    const char *folder = testing_folder();
    if (mount("none", folder, "tmpfs", 0, "size=64k")) TEST_SKIP("needs the right to mount");
    const char *path = in(folder, "a");
    char *large = calloc(1, 100000);
    dsc_status old = write_text(path, "old");
    dsc_error full = {0};
    dsc_status status = dsc_file_write(path, large, 100000, &full);
    dsc_status room = dsc_space_check(folder, 100000, NULL);
    char now[8] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t got = testing_read(fd, now, sizeof now);
    (void)close(fd);
    size_t entries = count_entries(folder);
    assert_int_equal(umount(folder), 0);
    free(large);
    assert_int_equal(old, DSC_OK);
    assert_int_equal(status, DSC_ERROR_IO);
    ASSERT_MESSAGE(full, "free some space");
    assert_int_equal(room, DSC_ERROR_IO);
    assert_int_equal(got, 3);
    assert_string_equal(now, "old");
    assert_int_equal(entries, 1);
}

static void nothing_takes_the_numbers_of_standard_streams(void **state) {
    (void)state;
    const char *path = in(testing_folder(), "a");
    for (int closed = 1; closed < 8; closed++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (!child) {
            for (int fd = 0; fd < 3; fd++)
                if (closed >> fd & 1) (void)close(fd);
            dsc_file_writer *writer;
            if (dsc_file_writer_open(&writer, path, &error)) _exit(1);
            int fd = dsc_open_at(AT_FDCWD, path, O_RDONLY | O_CREAT, 0666);
            for (int i = 0; i < 3; i++)
                if (closed >> i & 1 && fcntl(i, F_GETFD) >= 0) _exit(2);
            if (fd < 3 || (closed & 2 && testing_write(1, "lost", 4) == 4)) _exit(3);
            _exit(dsc_file_writer_commit(writer, &error) ? 4 : 0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_content(path, "");
    }
}

static void writing_survives_every_failed_allocation(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "link");
    assert_int_equal(symlink("a", path), 0);
    ASSERT_OK(write_text(path, "old"), error);
    bool failed = true;
    for (long n = 0; failed; n++) {
        testing_fail_allocation(n);
        dsc_status status = dsc_file_write(path, "new", 3, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        assert_content(path, failed ? "old" : "new");
        assert_int_equal(count_entries(folder), 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_whole_or_as_it_was),
        cmocka_unit_test(mode_and_owner_are_kept),
        cmocka_unit_test(links_are_followed_and_stay),
        cmocka_unit_test(names_of_any_legal_length_can_be_written),
        cmocka_unit_test(a_change_of_folder_does_not_come_between),
        cmocka_unit_test(what_can_be_no_file_is_refused_before_it_is_written),
        cmocka_unit_test(protected_files_stay_and_closed_folders_are_written_in_place),
        cmocka_unit_test(a_file_that_is_mounted_is_written_in_place),
        cmocka_unit_test(a_pipe_is_written_to_and_stays),
        cmocka_unit_test(devices_are_written_to_and_stay),
        cmocka_unit_test(descriptors_are_written_to_where_they_stand),
        cmocka_unit_test(another_process_has_descriptors_of_its_own),
        cmocka_unit_test(a_socket_is_refused_and_stays),
        cmocka_unit_test(a_limit_on_file_sizes_is_an_error_that_leaves_the_old_file),
        cmocka_unit_test(too_little_room_is_found_beforehand),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(nothing_takes_the_numbers_of_standard_streams),
        cmocka_unit_test(writing_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
