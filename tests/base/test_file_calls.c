/* SPDX-License-Identifier: MIT */
/* test_file_calls.c: the system calls of a write, their order, and the handling of errors. The library's
 * calls reach the functions of the same names in this file, which record them and fail on request. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char asked[32]; /* f: fsync of a file; d: of a folder; r: rename; a: fallocate */
static int file_sync_fails, folder_sync_fails, rename_fails, room_fails; /* errno, or 0 */

static void reset(void) {
    asked[0] = '\0';
    file_sync_fails = folder_sync_fails = rename_fails = room_fails = 0;
}

static void note(char what) {
    const size_t length = strlen(asked);
    assert_true(length + 1 < sizeof asked);
    asked[length] = what;
    asked[length + 1] = '\0';
}

/* Fails with `code`, or calls the system. */
static int answer(int code, long number, long a, long b, long c, long d) {
    if (!code) return (int)syscall(number, a, b, c, d);
    errno = code;
    return -1;
}

int fsync(int fd) {
    struct stat info;
    const bool folder = !fstat(fd, &info) && S_ISDIR(info.st_mode);
    note(folder ? 'd' : 'f');
    return answer(folder ? folder_sync_fails : file_sync_fails, SYS_fsync, fd, 0, 0, 0);
}

int fallocate(int fd, int mode, off_t from, off_t size) {
    note('a');
    return answer(room_fails, SYS_fallocate, fd, mode, from, size);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    note('r');
    /* Not every architecture has this call. */
    errno = rename_fails;
    return rename_fails ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

static void a_file_is_synced_before_it_takes_its_name_and_its_folder_after(void **state) {
    (void)state;
    const char *path = in(testing_folder(), "a");
    dsc_file_writer *writer;
    reset();
    ASSERT_OK(write_text(path, "one"), error);
    assert_string_equal(asked, "frd");
    reset();
    ASSERT_OK(dsc_file_writer_open(&writer, path, &error), error);
    ASSERT_OK(dsc_file_writer_append(writer, "two", 3, &error), error);
    ASSERT_OK(dsc_file_writer_commit_unsynced(writer, &error), error);
    assert_string_equal(asked, "r");
    assert_content(path, "two");
}

static void a_sync_that_fails_leaves_the_old_file(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "a");
    const int codes[] = {EIO, ENOSPC, EDQUOT};
    put(path, "old");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        reset();
        file_sync_fails = codes[i];
        assert_int_equal(write_text(path, "new"), DSC_ERROR_IO);
        ASSERT_MESSAGE(error, strerror(codes[i]));
        assert_string_equal(asked, "f"); /* and not renamed */
        assert_content(path, "old");
        assert_int_equal(count_entries(folder), 1);
    }
    /* If a folder cannot be synced, the file still gets its new name. */
    reset();
    folder_sync_fails = EINVAL;
    ASSERT_OK(write_text(path, "new"), error);
    assert_content(path, "new");
}

static void a_stream_is_synced_where_it_can_be(void **state) {
    (void)state;
    const char *path = in(testing_folder(), "a"), *name;
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    char text[32];
    assert_true(fd > STDERR_FILENO);
    (void)snprintf(text, sizeof text, "/dev/fd/%d", fd);
    name = text;
    const int cannot[] = {EINVAL, EROFS, EOPNOTSUPP, ENOSYS};
    for (size_t i = 0; i < sizeof cannot / sizeof *cannot; i++) {
        reset();
        file_sync_fails = cannot[i];
        ASSERT_OK(write_text(name, "."), error);
        assert_string_equal(asked, "f");
    }
    file_sync_fails = EIO;
    assert_int_equal(write_text(name, "."), DSC_ERROR_IO);
    assert_int_equal(close(fd), 0);
    assert_content(path, ".....");
}

/* A file that is a mount point: the system reports that only when the file is to be replaced. */
static void room_is_asked_for_in_place_where_the_file_system_can_tell(void **state) {
    (void)state;
    const char *folder = testing_folder(), *path = in(folder, "a");
    const int cannot[] = {0, EOPNOTSUPP, ENOSYS};
    for (size_t i = 0; i < sizeof cannot / sizeof *cannot; i++) {
        put(path, "a longer old text");
        reset();
        rename_fails = EBUSY;
        room_fails = cannot[i];
        ASSERT_OK(write_text(path, "new"), error);
        assert_string_equal(asked, "fraf");
        assert_content(path, "new");
        assert_int_equal(count_entries(folder), 1);
    }
    put(path, "old");
    reset();
    rename_fails = EXDEV;
    room_fails = ENOSPC;
    assert_int_equal(write_text(path, "a longer new text"), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, strerror(ENOSPC));
    assert_content(path, "old");
    assert_int_equal(count_entries(folder), 1);
}

/* A non-blocking pipe takes 64 KiB, and then nothing until its reader has read. */
static void a_full_pipe_that_does_not_block_is_waited_for(void **state) {
    (void)state;
    enum { BYTES = 1 << 20 };
    int ends[2];
    char name[32];
    reset();
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    unsigned char *bytes = malloc(BYTES);
    assert_non_null(bytes);
    for (size_t i = 0; i < BYTES; i++) bytes[i] = (unsigned char)(i % 251);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        (void)close(ends[1]);
        (void)fcntl(ends[0], F_SETFL, 0);
        unsigned char *got = malloc(BYTES + 1);
        const struct timespec a_while = {.tv_nsec = 20000000};
        (void)nanosleep(&a_while, NULL); /* the pipe is full now */
        _exit(!got || testing_read(ends[0], got, BYTES + 1) != BYTES || memcmp(got, bytes, BYTES) != 0);
    }
    (void)close(ends[0]);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    ASSERT_OK(dsc_file_write(name, bytes, BYTES, &error), error);
    assert_int_equal(close(ends[1]), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_synced_before_it_takes_its_name_and_its_folder_after),
        cmocka_unit_test(a_sync_that_fails_leaves_the_old_file),
        cmocka_unit_test(a_stream_is_synced_where_it_can_be),
        cmocka_unit_test(room_is_asked_for_in_place_where_the_file_system_can_tell),
        cmocka_unit_test(a_full_pipe_that_does_not_block_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
