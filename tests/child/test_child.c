/* SPDX-License-Identifier: MIT */
/* test_child.c: programs in processes of their own: what they print, how they end, how they are stopped. */
#include "testing.h"

#include "child/child.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static dsc_error error;

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static dsc_status run_script(const char *script, dsc_text *output) {
    return child_run("/bin/sh", (const char *const[]){"sh", "-c", script, NULL}, output, &error);
}

static void output_is_captured(void **state) {
    (void)state;
    dsc_text output = {0};
    ASSERT_OK(run_script("echo one; echo two; echo other >&2", &output), error);
    assert_string_equal(output.data, "one\ntwo\n");
    dsc_text_free(&output);
}

static void the_last_complaint_becomes_the_error(void **state) {
    (void)state;
    assert_int_equal(
        run_script("echo 'descender: first' >&2; echo 'descender: second' >&2; echo hint >&2; exit 1", NULL),
        DSC_ERROR_IO);
    assert_string_equal(error.message, "second");
    assert_int_equal(run_script("echo 'no prefix' >&2; exit 3", NULL), DSC_ERROR_IO);
    assert_string_equal(error.message, "no prefix");
    assert_int_equal(run_script("kill -9 $$", NULL), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "ended without a message");
    assert_int_equal(child_run("/nowhere", (const char *const[]){"nowhere", NULL}, NULL, &error),
                     DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "cannot start /nowhere");
}

/* Sends `size` bytes and receives as many, as each gets ready: a program that answers while it reads, as cat
 * does, waits for its reader when the socket is full, and then reads no more. */
static void exchange(int connection, const char *sent, char *got, size_t size) {
    for (size_t out = 0, in = 0; in < size;) {
        struct pollfd ready = {connection, (short)(POLLIN | (out < size ? POLLOUT : 0)), 0};
        assert_true(poll(&ready, 1, 60000) > 0 || errno == EINTR);
        if (out < size) {
            const ssize_t n = send(connection, sent + out, size - out, MSG_NOSIGNAL | MSG_DONTWAIT);
            assert_true(n > 0 || errno == EINTR || errno == EAGAIN);
            if (n > 0) out += (size_t)n;
        }
        const ssize_t n = recv(connection, got + in, size - in, MSG_DONTWAIT);
        assert_true(n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
        if (n > 0) in += (size_t)n;
    }
}

/* More than a socket holds at once. */
static void a_connected_program_reads_and_writes_the_socket(void **state) {
    (void)state;
    child *cat;
    int connection;
    static char sent[1000000], got[1000000];
    for (size_t i = 0; i < sizeof sent; i++) sent[i] = (char)(i ^ i >> 8 ^ i >> 16);
    ASSERT_OK(
        child_start_connected(&cat, &connection, "/bin/cat", (const char *const[]){"cat", NULL}, &error),
        error);
    exchange(connection, sent, got, sizeof sent);
    assert_memory_equal(sent, got, sizeof got);
    exchange(connection, "again", got, 5);
    assert_memory_equal(got, "again", 5);
    assert_false(child_has_ended(cat));
    (void)close(connection); /* the end of its input */
    ASSERT_OK(child_wait(cat, NULL, &error), error);
    assert_true(child_has_ended(cat));
    child_end(cat, 0);
}

static void waiting_ends_with_the_program(void **state) {
    (void)state;
    const double began = now();
    ASSERT_OK(run_script("sleep 0.2", NULL), error);
    const double took = now() - began;
    assert_true(took >= 0.2);
    assert_true(took < 10);
}

static void a_child_is_stopped_and_killed(void **state) {
    (void)state;
    child *c;
    const char *const patient[] = {"sh", "-c", "sleep 60 & wait", NULL};
    ASSERT_OK(child_start(&c, "/bin/sh", patient, &error), error);
    child_stop(c);
    assert_int_equal(child_wait(c, NULL, &error), DSC_ERROR_IO);
    child_end(c, 0);
    const char *const stubborn[] = {"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done", NULL};
    ASSERT_OK(child_start(&c, "/bin/sh", stubborn, &error), error);
    const double began = now();
    child_end(c, 0.1);
    assert_true(now() - began < 10);
}

static void failing_allocations_are_reported(void **state) {
    (void)state;
    child *c;
    int connection;
    const char *const arguments[] = {"true", NULL};
    testing_fail_allocation(0);
    assert_int_equal(child_start(&c, "/bin/true", arguments, &error), DSC_ERROR_MEMORY);
    assert_true(testing_allocation_failed());
    assert_null(c);
    testing_fail_allocation(0);
    assert_int_equal(child_start_connected(&c, &connection, "/bin/true", arguments, &error),
                     DSC_ERROR_MEMORY);
    assert_true(testing_allocation_failed());
    assert_null(c);
    assert_int_equal(connection, -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_is_captured),
        cmocka_unit_test(the_last_complaint_becomes_the_error),
        cmocka_unit_test(a_connected_program_reads_and_writes_the_socket),
        cmocka_unit_test(waiting_ends_with_the_program),
        cmocka_unit_test(a_child_is_stopped_and_killed),
        cmocka_unit_test(failing_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
