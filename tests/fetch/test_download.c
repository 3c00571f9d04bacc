/* SPDX-License-Identifier: MIT */
#include "fetch/server.h"

#include "base/clock.h"
#include "base/file.h"
#include "fetch/download.h"
#include "fetch/sha256.h"
#include "fetch/transfer.h"
#include "fetch/verify.h"

#include <libdeflate.h>
#include <sys/file.h>
#include <sys/resource.h>

/* A stand-in for MNIST's files: an archive made here and served by our own server. */
#define CONTENT 150000
static const char *root; /* what the server serves */
static char archive_hex[FETCH_SHA256_HEX], content_hex[FETCH_SHA256_HEX];
static dsc_known_file file = {
    .name = "file.gz", .sha256 = archive_hex, .content_size = CONTENT, .content_sha256 = content_hex};
static unsigned char content[CONTENT], archive[CONTENT + 4096];
static const char *mirrors[8];
static fetch_options options;
static dsc_error error;

/* Volatile: otherwise the compiler sees that nothing below can run without the libraries, and warns. */
static volatile bool has_curl = DESCENDER_WITH_CURL;
static bool skipped(void) { return !has_curl || !fetch_sha256_available(); }
#define NEEDS_NETWORK()                                                                                      \
    do {                                                                                                     \
        if (skipped()) TEST_SKIP("needs libcurl and libcrypto");                                             \
        if (!server_reachable()) TEST_SKIP("needs the loopback interface");                                  \
    } while (0)

static size_t compress_to(unsigned char *out, size_t room, int level) {
    struct libdeflate_compressor *deflater = libdeflate_alloc_compressor(level);
    size_t size = libdeflate_gzip_compress(deflater, content, CONTENT, out, room);
    libdeflate_free_compressor(deflater);
    return size;
}

static const char *in(const char *folder, const char *name) {
    static char path[4][600];
    static unsigned next;
    char *out = path[next++ % 4];
    (void)snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static int set_up(void **state) {
    (void)state;
    if (skipped()) return 0;
    uint64_t word = 1;
    for (size_t i = 0; i < CONTENT; i++) { /* compresses by about a third, so the archive is large enough */
        word = word * 6364136223846793005u + 1442695040888963407u;
        content[i] = (unsigned char)((word >> 56) & 31);
    }
    root = testing_folder();
    file.size = compress_to(archive, sizeof archive, 6);
    if (dsc_file_write(in(root, "plain"), content, CONTENT, &error) ||
        dsc_file_write(in(root, "file.gz"), archive, (size_t)file.size, &error) ||
        fetch_sha256_file(archive_hex, NULL, in(root, "file.gz"), &error) ||
        fetch_sha256_file(content_hex, NULL, in(root, "plain"), &error))
        return -1;
    server_start(root);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    server_stop();
    return 0;
}

/* Before each test: one mirror list, short times. */
static int fresh(void **state) {
    (void)state;
    memset(mirrors, 0, sizeof mirrors);
    options = (fetch_options){.title = "MNIST",
                              .place = "./data",
                              .mirrors = mirrors,
                              .connect_seconds = 2,
                              .stall_seconds = 0.3,
                              .count = 1};
    error = (dsc_error){0};
    if (!skipped()) server_reset();
    return 0;
}

static void use(const char *a, const char *b) {
    mirrors[0] = server_url(a);
    mirrors[1] = b ? server_url(b) : NULL;
}

static bool exists(const char *folder, const char *name) { return access(in(folder, name), F_OK) == 0; }

static void check_arrived(const char *folder) {
    unsigned char *data;
    size_t size;
    ASSERT_OK(dsc_file_read(&data, &size, in(folder, "file.gz"), 1 << 20, &error), error);
    assert_int_equal(size, file.size);
    assert_memory_equal(data, archive, size);
    free(data);
    assert_false(exists(folder, "file.gz.part"));
}

static void put_part(const char *folder, const void *bytes, size_t size) {
    ASSERT_OK(dsc_file_write(in(folder, "file.gz.part"), bytes, size, &error), error);
}

static void a_file_is_downloaded_and_then_found(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = in(testing_folder(), "made/below");
    use("ok", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->requests, 1);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    assert_int_equal(server_count->requests, 1); /* the file is present: the network is not used */
}

static void bad_mirrors_are_passed_over(void **state) {
    (void)state;
    NEEDS_NETWORK();
    static const char *const bad[] = {"404",  "500",     "loop",  "tofile", "nowhere", "empty",
                                      "page", "endless", "wrong", "silent", "stall",   "trickle"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *folder = testing_folder();
        use(bad[i], "ok");
        ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
        check_arrived(folder);
    }
}

static void when_all_fail_the_message_says_how_each_did(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    use("404", "500");
    mirrors[2] = server_url("loop");
    mirrors[3] = server_url("wrong");
    mirrors[4] = server_url("tofile");
    mirrors[5] = server_url("silent");
    mirrors[6] = "http://127.0.0.1:1/";
    assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_NETWORK);
    ASSERT_MESSAGE(error, "file.gz");
    ASSERT_MESSAGE(error, "/404/: answered with HTTP status 404");
    ASSERT_MESSAGE(error, "/500/: answered with HTTP status 500");
    ASSERT_MESSAGE(error, "/loop/: redirection not followed");
    ASSERT_MESSAGE(error, "/wrong/: sent different bytes");
    ASSERT_MESSAGE(error, "/tofile/: redirection not followed");
    ASSERT_MESSAGE(error, "/silent/: sent almost nothing");
    ASSERT_MESSAGE(error, "127.0.0.1:1/:");
    ASSERT_MESSAGE(error, "put the files of MNIST into ./data");
    assert_false(exists(folder, "file.gz"));
    assert_false(exists(folder, "file.gz.part")); /* wrong bytes are deleted */
}

static void a_redirection_is_followed(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    use("redirect", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
}

static void other_protocols_are_never_spoken(void **state) {
    (void)state;
    NEEDS_NETWORK();
    char url[600];
    (void)snprintf(url, sizeof url, "file://%s/", root);
    mirrors[0] = url;
    const char *folder = testing_folder();
    assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_NETWORK);
    assert_false(exists(folder, "file.gz"));
}

static void a_part_is_resumed(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    put_part(folder, archive, 50000);
    use("ok", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->last_range, 50000);
    assert_int_equal(server_count->sent, file.size - 50000);
}

static void a_server_without_ranges_begins_anew(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    put_part(folder, archive, 50000);
    use("noranges", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->requests, 1);
    assert_int_equal(server_count->sent, file.size);
}

static void a_server_that_sends_another_range_is_asked_for_all(void **state) {
    (void)state;
    NEEDS_NETWORK();
    static const char *const behaviours[] = {"badrange", "no416"};
    for (size_t i = 0; i < 2; i++) {
        const char *folder = testing_folder();
        put_part(folder, archive, 50000);
        server_reset();
        use(behaviours[i], NULL);
        ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
        check_arrived(folder);
        assert_int_equal(server_count->requests, 2);
        assert_int_equal(server_count->ranged, 1);
    }
}

static void bytes_of_another_range_are_not_written(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    put_part(folder, archive, 50000);
    char url[200];
    (void)snprintf(url, sizeof url, "%sfile.gz", server_url("badrange"));
    fetch_transfer t = {.url = url,
                        .file = open(in(folder, "file.gz.part"), O_RDWR),
                        .offset = 50000,
                        .limit = CONTENT,
                        .connect_seconds = 2,
                        .stall_seconds = 2,
                        .path = "part"};
    assert_int_equal(fetch_transfer_run(&t, &error), FETCH_RANGE);
    assert_int_equal(t.bytes, 50000);
    assert_int_equal(lseek(t.file, 0, SEEK_END), 50000);
    (void)close(t.file);
}

static void a_part_of_other_bytes_is_tried_once_from_zero(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    put_part(folder, content, 50000);
    use("ok", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->requests, 2);
    assert_int_equal(server_count->ranged, 1);

    server_reset();
    folder = testing_folder();
    put_part(folder, archive, 50000);
    use("wrong", NULL);
    assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_NETWORK);
    assert_int_equal(server_count->requests, 2);
    assert_false(exists(folder, "file.gz.part"));
}

static void a_part_that_is_too_long_or_whole_needs_no_trick(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    put_part(folder, archive, (size_t)file.size); /* died before it could rename */
    use("ok", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->requests, 0);

    folder = testing_folder();
    put_part(folder, archive, (size_t)file.size + 100);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    folder = testing_folder(); /* the new file replaces all earlier bytes */
    put_part(folder, archive, (size_t)file.size + 100);
    server_reset();
    use("noranges", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->requests, 1);
    folder = testing_folder();
    put_part(folder, content, (size_t)file.size);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
}

static void a_server_that_closes_early_is_asked_for_the_rest(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    use("close", "ok"); /* each time half of the rest: eight attempts, then the next mirror */
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->requests, 9);
    assert_int_equal(server_count->ranged, 8);
    assert_int_equal(server_count->sent, file.size);
}

static void a_length_need_not_be_told(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    use("nolength", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
}

static void a_file_compressed_by_others_is_the_same_file(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder(), *elsewhere = testing_folder();
    static unsigned char other[CONTENT + 4096];
    size_t size = compress_to(other, sizeof other, 1);
    assert_int_not_equal(size, file.size);
    ASSERT_OK(dsc_file_write(in(elsewhere, "file.gz"), other, size, &error), error);
    ASSERT_OK(fetch_verify(in(elsewhere, "file.gz"), &file, &error), error);
    ASSERT_OK(fetch_verify(in(root, "plain"), &file, &error), error);
    other[size / 2] ^= 1;
    ASSERT_OK(dsc_file_write(in(folder, "file.gz"), other, size, &error), error);
    assert_int_equal(fetch_verify(in(folder, "file.gz"), &file, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, in(folder, "file.gz"));
    ASSERT_OK(dsc_file_write(in(folder, "file.gz"), content, CONTENT - 1, &error), error);
    assert_int_equal(fetch_verify(in(folder, "file.gz"), &file, &error), DSC_ERROR_MISMATCH);
}

static void another_file_of_the_name_is_replaced_only_if_allowed(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    ASSERT_OK(dsc_file_write(in(folder, "file.gz"), "mine", 4, &error), error);
    use("ok", NULL);
    assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, in(folder, "file.gz"));
    assert_int_equal(server_count->connections, 0);
    options.replace = true;
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
}

typedef struct watch {
    int calls, stop_at;
    uint64_t last;
    bool shrank, good;
} watch;

static int on_progress(void *user, const fetch_progress *progress) {
    watch *w = user;
    w->shrank |= progress->bytes < w->last;
    w->last = progress->bytes;
    w->good = progress->total == file.size && !strcmp(progress->name, "file.gz") && progress->index == 2 &&
              progress->count == 4 && progress->bytes <= progress->total && progress->rate >= 0;
    return ++w->calls == w->stop_at;
}

static void progress_is_told_and_grows(void **state) {
    (void)state;
    NEEDS_NETWORK();
    watch w = {0};
    options.on_progress = on_progress;
    options.user = &w;
    options.index = 2;
    options.count = 4;
    use("slow", NULL);
    ASSERT_OK(fetch_download(testing_folder(), &file, &options, &error), error);
    assert_in_range(w.calls, 3, 40);
    assert_true(w.good);
    assert_false(w.shrank);
    assert_true(w.last > file.size / 3);
}

static void a_stopped_download_can_be_resumed(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    watch w = {.stop_at = 3};
    options.on_progress = on_progress;
    options.user = &w;
    use("slow", "ok");
    double began = dsc_clock();
    assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_STOPPED);
    assert_true(dsc_clock() - began < 1.5);
    assert_int_equal(server_count->requests, 1); /* the next mirror is not tried */
    assert_false(exists(folder, "file.gz"));
    assert_true(exists(folder, "file.gz.part"));
    w = (watch){0};
    use("ok", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->ranged, 1);

    w = (watch){.stop_at = 1}; /* while a silent server is waited for */
    use("silent", NULL);
    options.stall_seconds = 20;
    began = dsc_clock();
    assert_int_equal(fetch_download(testing_folder(), &file, &options, &error), DSC_ERROR_STOPPED);
    assert_true(dsc_clock() - began < 1.5);
}

static void the_deadline_is_kept(void **state) {
    (void)state;
    NEEDS_NETWORK();
    static const char *const behaviours[] = {"silent", "stall", "trickle"};
    for (size_t i = 0; i < 3; i++) {
        use(behaviours[i], "ok");
        options.stall_seconds = 20;
        double began = dsc_clock();
        options.deadline = began + 0.25;
        assert_int_equal(fetch_download(testing_folder(), &file, &options, &error), DSC_ERROR_NETWORK);
        double took = dsc_clock() - began;
        assert_true(took >= 0.25 && took < 1.5);
        ASSERT_MESSAGE(error, "in time");
    }
}

static void a_full_disk_is_named_and_ends_it(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){30000, old.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    use("ok", "ok");
    dsc_status status = fetch_download(folder, &file, &options, &error);
    (void)setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(status, DSC_ERROR_IO);
    ASSERT_MESSAGE(error, in(folder, "file.gz.part"));
    assert_int_equal(server_count->requests, 1);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error); /* with free space it continues */
    check_arrived(folder);
    assert_int_equal(server_count->last_range, 30000);
}

static void a_folder_that_cannot_be_written_is_named(void **state) {
    (void)state;
    NEEDS_NETWORK();
    use("ok", NULL);
    assert_int_equal(fetch_download("/proc/descender", &file, &options, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "/proc/descender");
    if (geteuid() != 0) {
        const char *folder = testing_folder();
        assert_int_equal(chmod(folder, 0500), 0);
        assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_IO);
        ASSERT_MESSAGE(error, folder);
    }
    const char *folder = testing_folder();
    assert_int_equal(mkdir(in(folder, "file.gz.part"), 0700), 0);
    assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "file.gz.part");
    assert_int_equal(server_count->connections, 0);
}

static void two_processes_do_not_harm_each_other(void **state) {
    (void)state;
    NEEDS_NETWORK();
    enum { PROCESSES = 5 };
    const char *folder = testing_folder();
    use("slow", NULL);
    pid_t child[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        if (child[i] == 0) _exit(fetch_download(folder, &file, &options, &error));
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    check_arrived(folder);
    assert_int_equal(server_count->requests, 1); /* one process downloads, the others wait */
}

static void who_waited_for_a_part_that_is_gone_begins_another(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    int part = open(in(folder, "file.gz.part"), O_RDWR | O_CREAT, 0600);
    assert_int_equal(flock(part, LOCK_EX), 0);
    use("ok", NULL);
    pid_t child = fork();
    if (child == 0) {
        (void)close(part); /* the lock is with whoever has this open: that must be the parent alone */
        options.deadline = dsc_clock() + 10;
        _exit(fetch_download(folder, &file, &options, &error));
    }
    server_sleep(0.15); /* the child waits; then the partial file disappears, as after a failed download */
    assert_int_equal(server_count->requests, 0);
    assert_int_equal(unlink(in(folder, "file.gz.part")), 0);
    (void)close(part);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    check_arrived(folder);
}

static void a_dead_process_leaves_no_lock(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = testing_folder();
    use("stall", NULL);
    options.stall_seconds = 20;
    pid_t child = fork();
    if (child == 0) _exit(fetch_download(folder, &file, &options, &error));
    while (server_count->sent < (long)file.size / 2) server_sleep(0.01);
    server_sleep(0.05);
    watch w = {.stop_at = 2}; /* a waiting process can be stopped, too */
    options.on_progress = on_progress;
    options.user = &w;
    assert_int_equal(fetch_download(folder, &file, &options, &error), DSC_ERROR_STOPPED);
    assert_true(w.last > 0); /* and shows the other's progress */
    assert_true(exists(folder, "file.gz.part"));
    assert_int_equal(kill(child, SIGKILL), 0);
    (void)waitpid(child, NULL, 0);
    options.on_progress = NULL;
    use("ok", NULL);
    ASSERT_OK(fetch_download(folder, &file, &options, &error), error);
    check_arrived(folder);
    assert_int_equal(server_count->ranged, 1);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    NEEDS_NETWORK();
    for (long n = 0;; n++) {
        const char *folder = testing_folder();
        use("404", "ok");
        testing_fail_allocation(n);
        dsc_status status = fetch_download(folder, &file, &options, &error);
        bool failed = testing_allocation_failed();
        if (!failed) {
            assert_int_equal(status, DSC_OK);
            assert_true(n >= 5);
            break;
        }
        /* Memory lost for the reasons of failed mirrors does no harm if a later mirror works. */
        if (status) {
            assert_int_equal(status, DSC_ERROR_MEMORY);
            assert_false(exists(folder, "file.gz"));
        } else {
            check_arrived(folder);
        }
        (void)unlink(in(folder, "file.gz"));
    }
}

static void a_build_without_the_libraries_says_so(void **state) {
    (void)state;
    if (!skipped()) TEST_SKIP("needs a build without libcurl or libcrypto");
    const char *folder = testing_folder();
    assert_int_equal(fetch_download(folder, &dsc_known_data_mnist.files[0], &options, &error),
                     DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "put the files of MNIST into ./data");
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_downloaded_and_then_found),
        TEST(bad_mirrors_are_passed_over),
        TEST(when_all_fail_the_message_says_how_each_did),
        TEST(a_redirection_is_followed),
        TEST(other_protocols_are_never_spoken),
        TEST(a_part_is_resumed),
        TEST(a_server_without_ranges_begins_anew),
        TEST(a_server_that_sends_another_range_is_asked_for_all),
        TEST(bytes_of_another_range_are_not_written),
        TEST(a_part_of_other_bytes_is_tried_once_from_zero),
        TEST(a_part_that_is_too_long_or_whole_needs_no_trick),
        TEST(a_server_that_closes_early_is_asked_for_the_rest),
        TEST(a_length_need_not_be_told),
        TEST(a_file_compressed_by_others_is_the_same_file),
        TEST(another_file_of_the_name_is_replaced_only_if_allowed),
        TEST(progress_is_told_and_grows),
        TEST(a_stopped_download_can_be_resumed),
        TEST(the_deadline_is_kept),
        TEST(a_full_disk_is_named_and_ends_it),
        TEST(a_folder_that_cannot_be_written_is_named),
        TEST(two_processes_do_not_harm_each_other),
        TEST(who_waited_for_a_part_that_is_gone_begins_another),
        TEST(a_dead_process_leaves_no_lock),
        TEST(failing_allocations_are_survived),
        TEST(a_build_without_the_libraries_says_so),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
