/* SPDX-License-Identifier: MIT */
/* Tests that the hostile build is hostile: otherwise the whole suite would pass in it and show nothing. */
#include "testing.h"

#include "base/limits.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

/* Prevents the compiler from seeing what happens to a block. */
static void *hidden(void *block) {
    void *volatile seen = block;
    return seen;
}

static void a_new_block_is_full_of_bytes_that_are_no_numbers(void **state) {
    (void)state;
    float *block = hidden(malloc(8 * sizeof *block));
    for (size_t i = 0; i < 8; i++) assert_true(block[i] != block[i]);
    free(block);
    unsigned char *zeros = hidden(calloc(3, 5));
    for (size_t i = 0; i < 15; i++) assert_int_equal(zeros[i], 0);
    free(zeros);
}

static void a_block_is_aligned_as_was_asked_for_and_no_better(void **state) {
    (void)state;
    for (size_t size = 1; size < 100; size += 7) {
        void *block = hidden(malloc(size)), *aligned = hidden(dsc_allocate_aligned(size, 1));
        assert_int_equal((uintptr_t)block % (2 * alignof(max_align_t)), alignof(max_align_t));
        assert_int_equal((uintptr_t)aligned % (2 * DSC_ALIGNMENT), DSC_ALIGNMENT);
        free(block);
        free(aligned);
    }
}

static void a_block_that_changes_its_size_moves_and_keeps_its_content(void **state) {
    (void)state;
    unsigned char *block = hidden(malloc(10));
    for (size_t size = 10; size > 2; size--) {
        memset(block, (int)size, size);
        const uintptr_t before = (uintptr_t)block;
        block = hidden(realloc(block, size - 1));
        assert_true((uintptr_t)block != before);
        for (size_t i = 0; i + 1 < size; i++) assert_int_equal(block[i], size);
    }
    free(block);
}

/* Runs `deed` in a child process, which must end in SIGABRT and print `word`. */
static void assert_found(void (*deed)(void), const char *word) {
    int ends[2];
    char said[256] = "";
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        deed();
        _exit(0);
    }
    (void)close(ends[1]);
    for (size_t length = 0;;) {
        const ssize_t n = read(ends[0], said + length, sizeof said - 1 - length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        length += (size_t)n;
    }
    (void)close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || !strstr(said, word)) fail_msg("not found (%s): '%s'", word, said);
}

static void write_behind(void) {
    volatile unsigned char *block = hidden(malloc(13));
    block[13] = 1;
    free((void *)(uintptr_t)block);
}
static void write_before(void) {
    volatile unsigned char *block = hidden(malloc(13));
    block[-1] = 1;
    free((void *)(uintptr_t)block);
}
static void free_twice(void) {
    void *block = hidden(malloc(13)), *same = hidden(block);
    free(block);
    free(same);
}
static void write_after(void) {
    unsigned char *block = hidden(malloc(13));
    volatile unsigned char *same = hidden(block);
    free(block);
    same[5] = 1;
    for (int i = 0; i < 2000; i++) free(hidden(malloc(1)));
}
static void realloc_after(void) {
    void *block = hidden(malloc(13)), *same = hidden(block);
    free(block);
    free(hidden(realloc(same, 20)));
}

static void what_is_written_beside_or_after_a_block_is_found(void **state) {
    (void)state;
    assert_found(write_behind, "written behind its end");
    assert_found(write_before, "written before its start");
    assert_found(free_twice, "given back twice");
    assert_found(write_after, "written after it was given back");
    assert_found(realloc_after, "given back twice");
}

static void reads_and_writes_are_short_or_interrupted(void **state) {
    (void)state;
    char path[128], bytes[20] = "nineteen characters";
    (void)snprintf(path, sizeof path, "%s/file", testing_folder());
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    size_t ones = 0, interrupted = 0;
    for (int i = 0; i < 40; i++) {
        const ssize_t n = i % 4 == 0   ? write(file, bytes, sizeof bytes)
                          : i % 4 == 1 ? pwrite(file, bytes, sizeof bytes, 0)
                          : i % 4 == 2 ? pread(file, bytes, sizeof bytes, 0)
                                       : read(file, bytes, sizeof bytes);
        ones += n == 1;
        interrupted += n < 0 && errno == EINTR;
        assert_true(n <= 1);
    }
    assert_int_equal(interrupted, 8);
    assert_true(ones >= 20);
    (void)close(file);
}

static void sizes_on_which_no_result_depends_are_the_least(void **state) {
    (void)state;
    assert_int_equal(DSC_USUALLY(1000, 1), 1);
    char *array = NULL;
    size_t capacity = 0;
    for (size_t i = 1; i < 100; i++) {
        assert_true(dsc_grow(&array, &capacity, i, 1));
        assert_int_equal(capacity, i);
    }
    free(array);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_block_is_full_of_bytes_that_are_no_numbers),
        cmocka_unit_test(a_block_is_aligned_as_was_asked_for_and_no_better),
        cmocka_unit_test(a_block_that_changes_its_size_moves_and_keeps_its_content),
        cmocka_unit_test(what_is_written_beside_or_after_a_block_is_found),
        cmocka_unit_test(reads_and_writes_are_short_or_interrupted),
        cmocka_unit_test(sizes_on_which_no_result_depends_are_the_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
