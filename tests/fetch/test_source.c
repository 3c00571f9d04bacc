/* SPDX-License-Identifier: MIT */
#include "fetch/server.h"

#include "base/clock.h"
#include "base/file.h"
#include "data/dataset.h"
#include "fetch/known.h"
#include "fetch/sha256.h"
#include "fetch/source.h"
#include "fetch/transfer.h"
#include "fetch/verify.h"

#include <libdeflate.h>
#include <sys/syscall.h>

/* Stand-ins for MNIST's four files: 30 and 10 images of 28 x 28. */
static dsc_known_data stand_in;
static dsc_known_file *const files = stand_in.files;
static const dsc_known_data *rows[4] = {&stand_in, &dsc_known_data_digits, &dsc_known_data_non_digits};
static dsc_registry registry;
static const char *root, *other; /* the stand-ins, served; and other data in files with the same names */
static char *home, *data_folder; /* of the running test */
static const char *mirrors[8];
static fetch_settings settings;
static fetch_source source;
static dsc_error error;
static dsc_dataset *train, *test;
static char description[FETCH_DESCRIPTION], notes[4096];
static int note_count;

/* Every socket of this program, libcurl's too, is created here. */
static int sockets;
__attribute__((visibility("default"))) int socket(int domain, int type, int protocol) {
    sockets++;
    return (int)syscall(SYS_socket, domain, type, protocol);
}

static volatile bool has_curl = DESCENDER_WITH_CURL;
#define NEEDS_NETWORK()                                                                                      \
    do {                                                                                                     \
        if (!has_curl || !fetch_sha256_available()) TEST_SKIP("needs libcurl and libcrypto");                \
        if (!server_reachable()) TEST_SKIP("needs the loopback interface");                                  \
    } while (0)

static char *in(const char *folder, const char *name) {
    static char path[8][600];
    static unsigned next;
    char *out = path[next++ % 8];
    (void)snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

/* The same in the home of the test, until the test ends. */
static char *kept[16];
static char *at_home(const char *name) {
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (!kept[i]) return kept[i] = dsc_path_join(home, name);
    abort();
}

static void write_set(const char *folder, unsigned salt) {
    static uint8_t pixels[30 * 784], labels[30];
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        bool is_images = i % 2 == 0;
        size_t count = i < 2 ? 30 : 10;
        for (size_t k = 0; k < sizeof pixels; k++) pixels[k] = (uint8_t)((k * 7919 + salt + (size_t)i) >> 3);
        for (size_t k = 0; k < sizeof labels; k++) labels[k] = (uint8_t)((k + salt) % 10);
        dsc_array array = {DSC_U8, is_images ? 3 : 1, {count, 28, 28}, is_images ? pixels : labels};
        ASSERT_OK(dsc_idx_write(in(folder, dsc_known_data_mnist.files[i].name), &array, &error), error);
    }
}

static void make_table(void) {
    stand_in = dsc_known_data_mnist;
    registry = dsc_known_data_registry;
    registry.rows = rows;
    static char hex[DSC_MNIST_FILES][2][FETCH_SHA256_HEX];
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        const char *name = dsc_known_data_mnist.files[i].name, *path = in(root, name);
        char plain[64];
        (void)snprintf(plain, sizeof plain, "plain-%d", i);
        dsc_content content;
        ASSERT_OK(dsc_idx_load(&content, path, NULL, &error), error);
        files[i] = (dsc_known_file){.name = name,
                                    .sha256 = hex[i][0],
                                    .content_size = content.size,
                                    .content_sha256 = hex[i][1],
                                    .content_crc = content.crc};
        ASSERT_OK(dsc_idx_write(in(root, plain), &content.array, &error), error);
        dsc_content_clear(&content);
        if (!fetch_sha256_available()) continue;
        ASSERT_OK(fetch_sha256_file(hex[i][0], &files[i].size, path, &error), error);
        ASSERT_OK(fetch_sha256_file(hex[i][1], NULL, in(root, plain), &error), error);
    }
}

static const char *real_folder; /* of MNIST itself; the tests change $DESCENDER_DATA */

static int set_up(void **state) {
    (void)state;
    if (testing_mnist()) real_folder = strdup(testing_mnist());
    root = testing_folder();
    other = testing_folder();
    write_set(root, 0);
    write_set(other, 5);
    make_table();
    server_start(root);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    server_stop();
    free((void *)(uintptr_t)real_folder);
    return 0;
}

static void on_note(void *user, const char *text) {
    assert_ptr_equal(user, notes);
    assert_null(strchr(text, '\n'));
    (void)snprintf(notes, sizeof notes, "%s", text);
    note_count++;
}

/* Before each test: an empty home, an empty current folder, $DESCENDER_DATA not set, a good mirror. */
static int fresh(void **state) {
    (void)state;
    home = strdup(testing_folder());
    data_folder = at_home("work/data");
    char *work = at_home("work");
    if (mkdir(work, 0700) || chdir(work) || setenv("XDG_CACHE_HOME", home, 1)) return -1;
    (void)unsetenv("DESCENDER_DATA");
    (void)unsetenv("DESCENDER_MIRRORS");
    (void)unsetenv("DESCENDER_CACHE");
    mirrors[0] = server_url("ok");
    mirrors[1] = NULL;
    settings = (fetch_settings){&registry, mirrors, 2, 0.3, 0.5, 1};
    source = (fetch_source){.digits_train = 20,
                            .digits_test = 10,
                            .seed = 7,
                            .threads = 1,
                            .on_note = on_note,
                            .user = notes,
                            .settings = &settings};
    notes[0] = '\0';
    note_count = 0;
    sockets = 0;
    error = (dsc_error){0};
    server_reset();
    return 0;
}

static int close_all(void **state) {
    (void)state;
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    train = test = NULL;
    free(home);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        free(kept[i]);
        kept[i] = NULL;
    }
    return 0;
}

static dsc_status open_data(const char *data) {
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    source.data = data;
    return fetch_open(&train, &test, description, &source, &error);
}

static void check_mnist(const char *folder) {
    assert_int_equal(dsc_dataset_count(train), 30);
    assert_int_equal(dsc_dataset_count(test), 10);
    char expected[700];
    (void)snprintf(expected, sizeof expected, "MNIST (%s)", folder);
    assert_string_equal(description, expected);
    assert_int_equal(note_count, 0);
}

static void check_digits(void) {
    assert_int_equal(dsc_dataset_count(train), 20);
    assert_int_equal(dsc_dataset_count(test), 10);
    assert_string_equal(description, "built-in digits, seed 7");
}

static void check_fails(const char *data, dsc_status status, const char *part) {
    assert_int_equal(open_data(data), status);
    assert_null(train);
    assert_null(test);
    ASSERT_MESSAGE(error, part);
}

static void copy_set(const char *to, const char *from) {
    ASSERT_OK(dsc_folder_make(to, &error), error);
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        unsigned char *data;
        size_t size;
        ASSERT_OK(dsc_file_read(&data, &size, in(from, files[i].name), 1 << 20, &error), error);
        ASSERT_OK(dsc_file_write(in(to, files[i].name), data, size, &error), error);
        free(data);
    }
}

static void damage(const char *folder, int which) {
    unsigned char *data;
    size_t size;
    ASSERT_OK(dsc_file_read(&data, &size, in(folder, files[which].name), 1 << 20, &error), error);
    data[size / 2] ^= 0x55;
    ASSERT_OK(dsc_file_write(in(folder, files[which].name), data, size, &error), error);
    free(data);
}

static void mnist_is_taken_from_the_first_place_that_has_it(void **state) {
    (void)state;
    char *cached = at_home("descender/mnist"), *named = at_home("named");
    copy_set(cached, root);
    ASSERT_OK(open_data("mnist"), error);
    check_mnist(cached);
    copy_set(data_folder, root);
    ASSERT_OK(open_data("auto"), error);
    check_mnist("./data");
    copy_set(named, root);
    assert_int_equal(setenv("DESCENDER_DATA", named, 1), 0);
    ASSERT_OK(open_data(NULL), error);
    check_mnist(named);
    assert_int_equal(setenv("DESCENDER_DATA", "", 1), 0); /* as if it were not set */
    ASSERT_OK(open_data("mnist"), error);
    check_mnist("./data");
    assert_int_equal(sockets, 0); /* present files are not searched elsewhere */
}

static void mnist_is_downloaded_and_then_cached(void **state) {
    (void)state;
    NEEDS_NETWORK();
    static const char *const names[] = {"mnist", "auto"};
    for (size_t i = 0; i < 2; i++) {
        ASSERT_OK(open_data(names[i]), error);
        check_mnist(at_home("descender/mnist"));
        assert_int_equal(server_count->requests, DSC_MNIST_FILES);
    }
    assert_true(sockets > 0); /* so counting them counts */
}

static void a_mirror_is_named_by_the_environment(void **state) {
    (void)state;
    NEEDS_NETWORK();
    char value[200];
    (void)snprintf(value, sizeof value, "  %s http://127.0.0.1:%d/page", server_url("404"), server_port);
    assert_int_equal(setenv("DESCENDER_MIRRORS", value, 1), 0);
    source.settings = NULL; /* so the message says that these mirrors lack MNIST itself */
    assert_int_equal(open_data("mnist"), DSC_ERROR_NETWORK);
    ASSERT_MESSAGE(error, "/404/: answered with HTTP status 404");
    ASSERT_MESSAGE(error, "/page/: sent different bytes");
    assert_int_equal(server_count->requests, 2);
}

static void what_is_wrong_in_the_cache_is_downloaded_again(void **state) {
    (void)state;
    NEEDS_NETWORK();
    char *cached = at_home("descender/mnist");
    copy_set(cached, root);
    damage(cached, DSC_TEST_IMAGES);
    ASSERT_OK(open_data("mnist"), error);
    check_mnist(cached);
    assert_int_equal(server_count->requests, 1);
    assert_int_equal(unlink(in(cached, files[DSC_TRAIN_LABELS].name)), 0);
    ASSERT_OK(open_data("auto"), error);
    check_mnist(cached);
    assert_int_equal(server_count->requests, 2);
    copy_set(cached, other); /* valid files, but not these */
    ASSERT_OK(open_data("mnist"), error);
    check_mnist(cached);
    assert_int_equal(server_count->requests, 2 + DSC_MNIST_FILES);
}

static void digits_step_in_only_under_auto_and_say_why(void **state) {
    (void)state;
    NEEDS_NETWORK();
    mirrors[0] = server_url("404");
    ASSERT_OK(open_data("auto"), error);
    check_digits();
    assert_int_equal(note_count, 1);
    assert_non_null(strstr(notes, "built-in digits"));
    assert_non_null(strstr(notes, "HTTP status 404"));
    check_fails("mnist", DSC_ERROR_NETWORK, "HTTP status 404");
    assert_int_equal(note_count, 1);
}

static void auto_gives_up_in_time(void **state) {
    (void)state;
    NEEDS_NETWORK();
    mirrors[0] = server_url("stall");
    settings.stall_seconds = 20;
    settings.auto_seconds = 0.3;
    double began = dsc_clock();
    ASSERT_OK(open_data("auto"), error);
    assert_true(dsc_clock() - began < 1.5);
    check_digits();
    assert_non_null(strstr(notes, "in time"));
}

static int stop(void *user, const fetch_progress *progress) {
    (void)user;
    (void)progress;
    return 1;
}
static void a_stopped_download_is_not_replaced_by_digits(void **state) {
    (void)state;
    NEEDS_NETWORK();
    mirrors[0] = server_url("stall");
    source.on_progress = stop;
    check_fails("auto", DSC_ERROR_STOPPED, "stopped");
    assert_int_equal(note_count, 0);
}

static void offline_touches_no_socket(void **state) {
    (void)state;
    source.offline = true;
    check_fails("mnist", DSC_ERROR_IO, "--offline");
    ASSERT_OK(open_data("auto"), error);
    check_digits();
    assert_int_equal(note_count, 1);
    assert_non_null(strstr(notes, "--offline"));
    char *used;
    assert_int_not_equal(fetch_data(&used, &stand_in, NULL, &source, &error), DSC_OK);
    assert_null(used);
    char *cached = at_home("descender/mnist");
    copy_set(cached, root);
    damage(cached, DSC_TRAIN_IMAGES);
    check_fails("mnist", DSC_ERROR_FORMAT, "damaged");
    /* Not the server's count: it may still be serving a request that the previous test abandoned. */
    assert_int_equal(sockets, 0);
}

static void damaged_or_incomplete_data_of_the_users_is_never_replaced(void **state) {
    (void)state;
    static const char *const names[] = {"auto", "mnist"};
    for (size_t i = 0; i < 2; i++) {
        char *folder = i ? data_folder : at_home("named");
        copy_set(folder, root);
        if (!i) assert_int_equal(setenv("DESCENDER_DATA", folder, 1), 0);
        damage(folder, DSC_TRAIN_LABELS);
        for (size_t k = 0; k < 2; k++) check_fails(names[k], DSC_ERROR_FORMAT, files[DSC_TRAIN_LABELS].name);
        assert_int_equal(unlink(in(folder, files[DSC_TRAIN_LABELS].name)), 0);
        for (size_t k = 0; k < 2; k++) check_fails(names[k], DSC_ERROR_IO, "train-labels");
        ASSERT_MESSAGE(error, i ? "./data" : "$DESCENDER_DATA");
        (void)unsetenv("DESCENDER_DATA");
    }
    assert_int_equal(note_count, 0);
    assert_int_equal(sockets, 0);
}

static void other_data_is_not_called_mnist(void **state) {
    (void)state;
    char *named = at_home("named");
    copy_set(named, other);
    assert_int_equal(setenv("DESCENDER_DATA", named, 1), 0);
    check_fails("mnist", DSC_ERROR_MISMATCH, "other than MNIST");
    check_fails("auto", DSC_ERROR_MISMATCH, named);
    ASSERT_OK(open_data(named), error); /* accepted if its folder is named */
    assert_string_equal(description, named);
    (void)unsetenv("DESCENDER_DATA");
    copy_set(data_folder, other);
    source.offline = true;
    check_fails("mnist", DSC_ERROR_IO, "--offline");
    assert_int_equal(note_count, 1);
    assert_non_null(strstr(notes, "./data holds data other than MNIST"));
    assert_int_equal(sockets, 0);
}

static void a_folder_is_taken_by_name_and_never_replaced(void **state) {
    (void)state;
    char *folder = at_home("mine");
    copy_set(folder, root);
    ASSERT_OK(open_data(folder), error);
    check_mnist(folder);
    damage(folder, DSC_TEST_LABELS);
    check_fails(folder, DSC_ERROR_FORMAT, files[DSC_TEST_LABELS].name);
    assert_int_equal(unlink(in(folder, files[DSC_TEST_LABELS].name)), 0);
    check_fails(folder, DSC_ERROR_IO, "t10k-labels");
    check_fails("/nowhere/at/all", DSC_ERROR_IO, "/nowhere/at/all");
    check_fails("mnits", DSC_ERROR_IO, "did you mean \"mnist\"?");
    static const char *const expected[] = {"expected auto, ", "mnist"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        check_fails("something", DSC_ERROR_IO, expected[i]);
    assert_int_equal(sockets, 0);
}

static void digits_are_drawn_when_asked_for(void **state) {
    (void)state;
    ASSERT_OK(open_data("digits"), error);
    check_digits();
    assert_int_equal(note_count, 0);
    assert_int_equal(sockets, 0);
    assert_memory_not_equal(dsc_dataset_images(train), dsc_dataset_images(test), 10 * 784); /* another seed */
}

static void non_digits_are_drawn_when_asked_for(void **state) {
    (void)state;
    ASSERT_OK(open_data("non-digits"), error);
    assert_string_equal(description, "built-in non-digits, seed 7");
    assert_int_equal(dsc_dataset_classes(train), 1);
    assert_int_equal(sockets, 0);
    assert_memory_not_equal(dsc_dataset_images(train), dsc_dataset_images(test), 10 * 784); /* another seed */
    ASSERT_OK(open_data("non-digits hands=world"), error);
    assert_string_equal(description, "built-in non-digits hands=world, seed 7");
    check_fails("digits hands=left", DSC_ERROR_ARGUMENT, "usual");
    check_fails("non-digit", DSC_ERROR_IO, "did you mean \"non-digits\"?");
}

static void a_sum_that_was_right_is_noted_and_used(void **state) {
    (void)state;
    if (!fetch_sha256_available()) TEST_SKIP("needs libcrypto");
    char *folder = at_home("mine"), *verified = at_home("descender/verified");
    copy_set(folder, root);
    ASSERT_OK(open_data(folder), error);
    assert_int_equal(access(verified, F_OK), 0);
    bool known;
    files[0].content_sha256 = files[1].content_sha256; /* an impossible checksum: */
    ASSERT_OK(fetch_is_known(&known, train, test, folder, files, &error), error);
    assert_false(known); /* the note belongs to another state of the file */
    make_table();
    ASSERT_OK(fetch_is_known(&known, train, test, folder, files, &error), error);
    assert_true(known);
    /* With a note for this state of the file nothing is hashed: none of the three allocations of a hash
     * happens. */
    long before = testing_allocations();
    ASSERT_OK(fetch_is_known(&known, train, test, folder, files, &error), error);
    long noted = testing_allocations() - before;
    assert_int_equal(unlink(verified), 0);
    before = testing_allocations();
    ASSERT_OK(fetch_is_known(&known, train, test, folder, files, &error), error);
    assert_true(testing_allocations() - before > noted);
    /* A changed file is hashed again, and a valid file with another CRC is never MNIST. */
    copy_set(folder, other);
    ASSERT_OK(open_data(folder), error);
    assert_string_equal(description, folder);
}

static void the_files_are_fetched_into_any_folder(void **state) {
    (void)state;
    NEEDS_NETWORK();
    char *folder = at_home("deep/down"), *used;
    ASSERT_OK(fetch_data(&used, &stand_in, folder, &source, &error), error);
    assert_string_equal(used, folder);
    free(used);
    ASSERT_OK(open_data(folder), error);
    check_mnist(folder);
    /* Without a folder it is enough that commands find it. */
    const int requests = server_count->requests;
    assert_int_equal(setenv("DESCENDER_DATA", folder, 1), 0);
    ASSERT_OK(fetch_data(&used, &stand_in, NULL, &source, &error), error);
    assert_string_equal(used, folder);
    free(used);
    assert_int_equal(server_count->requests, requests);
    damage(folder, 0);
    assert_int_equal(fetch_data(&used, &stand_in, folder, &source, &error),
                     DSC_ERROR_MISMATCH); /* not ours to replace */
    ASSERT_MESSAGE(error, files[0].name);
    ASSERT_OK(fetch_data(&used, &stand_in, NULL, &source, &error), error);
    assert_string_equal(used, at_home("descender/mnist"));
    free(used);
    assert_int_equal(unsetenv("DESCENDER_DATA"), 0);
    source.offline = true;
    ASSERT_OK(fetch_data(NULL, &stand_in, NULL, &source, &error), error); /* all is there */
}

static void without_a_home_it_is_said(void **state) {
    (void)state;
    char *old = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    (void)unsetenv("XDG_CACHE_HOME");
    (void)unsetenv("HOME");
    check_fails("mnist", DSC_ERROR_IO, "$XDG_CACHE_HOME");
    ASSERT_OK(open_data("auto"), error);
    check_digits();
    if (old) (void)setenv("HOME", old, 1);
    free(old);
}

static void real_mnist_is_known_though_compressed_anew(void **state) {
    (void)state;
    if (!real_folder) TEST_SKIP("needs $DESCENDER_DATA");
    assert_int_equal(setenv("DESCENDER_DATA", real_folder, 1), 0);
    source.settings = NULL;
    for (int i = 0; i < 2; i++) { /* the second time from the cache and by the note */
        double began = dsc_clock();
        ASSERT_OK(open_data("mnist"), error);
        print_message("opened in %.1f ms\n", 1e3 * (dsc_clock() - began));
        assert_int_equal(dsc_dataset_count(train), 60000);
        assert_int_equal(dsc_dataset_count(test), 10000);
        assert_string_equal(dsc_dataset_name(train), "MNIST, training set");
        assert_memory_equal(description, "MNIST (", 7);
    }
    if (!fetch_sha256_available()) return;
    for (int i = 0; i < DSC_MNIST_FILES; i++)
        ASSERT_OK(fetch_verify(in(real_folder, dsc_known_data_mnist.files[i].name),
                               &dsc_known_data_mnist.files[i], &error),
                  error);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    char *cached = at_home("descender/mnist");
    copy_set(cached, root);
    bool done = false;
    int failures = 0;
    for (long n = 0; !done; n++) {
        testing_fail_allocation(n);
        dsc_status status = open_data("mnist");
        done = !testing_allocation_failed();
        if (status) {
            assert_int_equal(status, DSC_ERROR_MEMORY);
            assert_null(train);
            assert_null(test);
        } else {
            check_mnist(cached); /* some are only for optional things, such as the cache */
        }
        failures += status != DSC_OK;
    }
    assert_true(failures > 20);
    assert_int_equal(sockets, 0);
}

static void progress_fits_its_line(void **state) {
    (void)state;
    fetch_progress p = {"train-images-idx3-ubyte.gz", 0, 4, 4956211, 9912422, 1250000};
    char line[256];
    assert_string_equal(
        fetch_format_progress(line, sizeof line, &p, 90),
        "[1/4] train-images-idx3-ubyte.gz [###############...............] 5.0 of 9.9 MB, 1.2 MB/s");
    for (unsigned width = 0; width < 210; width++)
        assert_true(strlen(fetch_format_progress(line, sizeof line, &p, width)) <= width);
    p.rate = 0;
    p.bytes = 2 * p.total;
    assert_non_null(strstr(fetch_format_progress(line, sizeof line, &p, 100), "##] 19.8 of 9.9 MB"));
    assert_int_equal(strlen(fetch_format_progress(line, 10, &p, 100)), 9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, close_all)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(mnist_is_taken_from_the_first_place_that_has_it),
        TEST(mnist_is_downloaded_and_then_cached),
        TEST(a_mirror_is_named_by_the_environment),
        TEST(what_is_wrong_in_the_cache_is_downloaded_again),
        TEST(digits_step_in_only_under_auto_and_say_why),
        TEST(auto_gives_up_in_time),
        TEST(a_stopped_download_is_not_replaced_by_digits),
        TEST(offline_touches_no_socket),
        TEST(damaged_or_incomplete_data_of_the_users_is_never_replaced),
        TEST(other_data_is_not_called_mnist),
        TEST(a_folder_is_taken_by_name_and_never_replaced),
        TEST(digits_are_drawn_when_asked_for),
        TEST(non_digits_are_drawn_when_asked_for),
        TEST(a_sum_that_was_right_is_noted_and_used),
        TEST(the_files_are_fetched_into_any_folder),
        TEST(without_a_home_it_is_said),
        TEST(real_mnist_is_known_though_compressed_anew),
        TEST(failing_allocations_are_survived),
        TEST(progress_fits_its_line),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
