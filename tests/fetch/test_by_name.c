/* SPDX-License-Identifier: MIT */
/* Data sets by name: stand-ins of every published form are served, fetched and opened. */
#include "fetch/server.h"

#include "base/file.h"
#include "data/dataset.h"
#include "data/find.h"
#include "data/form.h"
#include "data/npy.h"
#include "data/writers.h"
#include "fetch/get.h"
#include "fetch/places.h"
#include "fetch/sha256.h"
#include "fetch/source.h"
#include "forms/forms.h"

#include <libdeflate.h>

enum { EMNIST, CIFAR, USPS, QMNIST, K49, SETS, TRAIN = 20, TEST = 10 };

static dsc_known_data set[SETS];
static const dsc_known_data *rows[SETS + 1];
static dsc_registry registry;
static const char *root, *home;
static const char *mirrors[2];
static fetch_settings settings;
static fetch_source source;
static dsc_opening opening;
static dsc_reading reading;
static dsc_error error;
static dsc_dataset *train, *test;
static char description[FETCH_DESCRIPTION], sums[SETS][4][FETCH_SHA256_HEX];

static volatile bool has_all = DESCENDER_WITH_CURL && DESCENDER_WITH_ARCHIVE;
#define NEEDS_NETWORK()                                                                                      \
    do {                                                                                                     \
        if (!has_all || !fetch_sha256_available()) TEST_SKIP("needs libcurl, libcrypto and libarchive");     \
        if (!server_reachable()) TEST_SKIP("needs the loopback interface");                                  \
    } while (0)

/* Such a path lives until sixteen more were made; `folder` may be one. */
static char *in(const char *folder, const char *name) {
    static char path[16][700];
    static unsigned next;
    char whole[700];
    (void)snprintf(whole, sizeof whole, "%s/%s", folder, name);
    return memcpy(path[next++ % 16], whole, sizeof whole);
}

static void write_bytes(const char *folder, const char *name, const void *bytes, size_t size) {
    ASSERT_OK(dsc_file_write(in(folder, name), bytes, size, &error), error);
}

/* --- published forms --- */

static void write_array(const char *folder, const char *name, dsc_type type, size_t rank, const size_t *shape,
                        const void *data) {
    const dsc_array array = {
        type, rank, {shape[0], rank > 1 ? shape[1] : 0, rank > 2 ? shape[2] : 0}, (void *)(uintptr_t)data};
    ASSERT_OK(dsc_idx_write(in(folder, name), &array, &error), error);
}

/* Makes a ZIP archive of the folder's files, in a folder "inner", with one unrelated file. */
static void write_zip(const char *to, const char *folder, const char *const *names) {
    static unsigned char zip[1 << 18];
    unsigned char list[4096];
    size_t at = 0, list_size = 0, count = 0;
    for (size_t i = 0; i == 0 || names[i - 1]; i++, count++) {
        char name[128];
        unsigned char *bytes;
        size_t size;
        (void)snprintf(name, sizeof name, "inner/%s", names[i] ? names[i] : "unwanted.txt");
        if (names[i])
            ASSERT_OK(dsc_file_read(&bytes, &size, in(folder, names[i]), 1 << 17, &error), error);
        else
            bytes = (unsigned char *)strdup("unwanted"), size = 8;
        const uint32_t crc = libdeflate_crc32(0, bytes, size), length = (uint32_t)strlen(name);
        const uint32_t head[] = {20, 0, 0, crc, (uint32_t)size, (uint32_t)size};
        const size_t start = at;
        unsigned char local[30] = {'P', 'K', 3, 4, 20}, entry[46] = {'P', 'K', 1, 2, 20, 0, 20};
        for (size_t k = 0; k < 3; k++)
            for (size_t b = 0; b < 4; b++) {
                local[14 + 4 * k + b] = (unsigned char)(head[3 + k] >> (8 * b));
                entry[16 + 4 * k + b] = local[14 + 4 * k + b];
            }
        local[26] = entry[28] = (unsigned char)length;
        for (size_t b = 0; b < 4; b++) entry[42 + b] = (unsigned char)(start >> (8 * b));
        assert_true(at + 200 + size < sizeof zip && list_size + 200 < sizeof list);
        memcpy(zip + at, local, 30);
        memcpy(zip + at + 30, name, length);
        memcpy(zip + at + 30 + length, bytes, size);
        at += 30 + length + size;
        memcpy(list + list_size, entry, 46);
        memcpy(list + list_size + 46, name, length);
        list_size += 46 + length;
        free(bytes);
    }
    unsigned char end[22] = {'P', 'K', 5, 6};
    end[8] = end[10] = (unsigned char)count;
    for (size_t b = 0; b < 4; b++) {
        end[12 + b] = (unsigned char)(list_size >> (8 * b));
        end[16 + b] = (unsigned char)(at >> (8 * b));
    }
    memcpy(zip + at, list, list_size);
    memcpy(zip + at + list_size, end, 22);
    write_bytes(root, to, zip, at + list_size + 22);
}

static uint8_t pixels[TRAIN * 3 * 32 * 32], labels[TRAIN];

static void make_emnist(const char *folder) {
    const size_t images[2][3] = {{TRAIN, 28, 28}, {TEST, 28, 28}};
    const char *const *names = set[EMNIST].members;
    for (size_t i = 0; i < TRAIN; i++) labels[i] = (uint8_t)(1 + i * 5 % 26);
    for (int i = 0; i < 4; i++)
        write_array(folder, names[i], DSC_U8, i % 2 ? 1 : 3, images[i / 2], i % 2 ? labels : pixels);
    char text[1000] = "";
    for (int i = 0; i < 26; i++) (void)snprintf(text + strlen(text), 20, "%d %d %d\n", i + 1, 65 + i, 97 + i);
    write_bytes(folder, names[4], text, strlen(text));
    write_zip("gzip.zip", folder, names);
}

static void make_cifar(const char *folder) {
    enum { RECORD = 3073 };
    static unsigned char batch[4 * RECORD];
    for (size_t i = 0; set[CIFAR].members[i + 1]; i++) {
        for (size_t k = 0; k < 4; k++) {
            batch[k * RECORD] = (unsigned char)((4 * i + k) % 10);
            memset(batch + k * RECORD + 1, (int)(9 * i + k), RECORD - 1);
        }
        write_bytes(folder, set[CIFAR].members[i], batch, (i < 5 ? 4 : 3) * (size_t)RECORD);
    }
    write_bytes(folder, "batches.meta.txt",
                "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n", 61);
    write_zip("cifar.zip", folder, set[CIFAR].members);
}

static void make_usps(const char *name, size_t count) {
    dsc_text text = {0};
    for (size_t i = 0; i < count; i++) {
        dsc_text_append(&text, "%zu", i % 10 + 1);
        for (size_t k = 1; k <= 256; k++) dsc_text_append(&text, " %zu:%s", k, k % 7 == i % 7 ? "0.5" : "-1");
        dsc_text_append(&text, " \n");
    }
    write_bytes(root, name, text.data, text.length);
    dsc_text_free(&text);
}

static void make_qmnist(void) {
    static int32_t rows_of[TRAIN * DSC_WRITERS_COLUMNS];
    const size_t images[2][3] = {{TRAIN, 28, 28}, {TEST, 28, 28}}, numbers[2][2] = {{TRAIN, 8}, {TEST, 8}};
    for (int i = 0; i < TRAIN; i++) {
        rows_of[i * 8] = i % 10;
        rows_of[i * 8 + 1] = i % 2 ? 4 : 0;
        rows_of[i * 8 + 2] = 2100 + i / 4;
    }
    for (int i = 0; i < 4; i++)
        write_array(root, set[QMNIST].files[i].name, i % 2 ? DSC_I32 : DSC_U8, i % 2 ? 2 : 3,
                    i % 2 ? numbers[i / 2] : images[i / 2], i % 2 ? (const void *)rows_of : pixels);
}

static void make_k49(void) {
    const size_t counts[2] = {49, TEST};
    static uint8_t images[49 * 784], numbers[49];
    for (size_t i = 0; i < 49; i++) numbers[i] = (uint8_t)i;
    for (int i = 0; i < 4; i++) {
        const dsc_array array = i % 2 ? (dsc_array){DSC_U8, 1, {counts[i / 2]}, numbers}
                                      : (dsc_array){DSC_U8, 3, {counts[i / 2], 28, 28}, images};
        const dsc_npz_entry entry = {"arr_0", &array};
        ASSERT_OK(dsc_npz_write(in(root, set[K49].files[i].name), &entry, 1, &error), error);
    }
}

static void take_sums(int k) {
    for (size_t i = 0; i < dsc_known_files(&set[k]); i++) {
        dsc_known_file *file = &set[k].files[i];
        const dsc_known_file bare = {.name = file->name};
        const bool md5 = file->md5 != NULL;
        *file = bare;
        if (!fetch_sha256_available()) continue;
        if (md5)
            ASSERT_OK(fetch_md5_file(sums[k][i], NULL, in(root, file->name), &error), error);
        else
            ASSERT_OK(fetch_sha256_file(sums[k][i], &file->size, in(root, file->name), &error), error);
        *(md5 ? &file->md5 : &file->sha256) = sums[k][i];
    }
}

static int set_up(void **state) {
    (void)state;
    static const dsc_known_data *const real[SETS] = {&dsc_known_data_emnist_letters, &dsc_known_data_cifar_10,
                                                     &dsc_known_data_usps, &dsc_known_data_qmnist,
                                                     &dsc_known_data_k49};
    root = testing_folder();
    for (int k = 0; k < SETS; k++) {
        set[k] = *real[k];
        set[k].counts[0] = k == K49 ? 49 : TRAIN;
        set[k].counts[1] = k == CIFAR ? 3 : TEST;
        rows[k] = &set[k];
    }
    set[CIFAR].files[0].name = "cifar.zip";
    set[USPS].files[0].name = "usps"; /* not compressed: archives are tested in tests/forms */
    set[USPS].files[1].name = "usps.t";
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i * 7919 >> 3);
    make_emnist(testing_folder());
    make_cifar(testing_folder());
    make_usps("usps", TRAIN);
    make_usps("usps.t", TEST);
    make_qmnist();
    make_k49();
    for (int k = 0; k < SETS; k++) take_sums(k);
    registry = dsc_known_data_registry;
    registry.rows = rows;
    server_start(root);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    server_stop();
    return 0;
}

static int fresh(void **state) {
    (void)state;
    home = testing_folder();
    if (chdir(home) || setenv("XDG_CACHE_HOME", home, 1)) return -1;
    (void)unsetenv("DESCENDER_DATA");
    (void)unsetenv("DESCENDER_CACHE");
    mirrors[0] = server_url("ok");
    settings = (fetch_settings){&registry, mirrors, 2, 0.5, 0.5, 1};
    reading = dsc_reading_defaults();
    opening = (dsc_opening){.reading = &reading, .forms = &forms_registry};
    source = (fetch_source){.opening = &opening, .settings = &settings};
    error = (dsc_error){0};
    server_reset();
    return 0;
}

static int close_all(void **state) {
    (void)state;
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    train = test = NULL;
    return 0;
}

static dsc_status open_data(int k) {
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    source.data = set[k].name;
    return fetch_open(&train, &test, description, &source, &error);
}

static void check_set(int k) {
    char name[DSC_KNOWN_NAME];
    assert_int_equal(dsc_dataset_count(train), set[k].counts[0]);
    assert_int_equal(dsc_dataset_count(test), set[k].counts[1]);
    assert_int_equal(dsc_dataset_classes(test), set[k].classes);
    assert_ptr_equal(dsc_dataset_known(train), &set[k]);
    dsc_known_name(name, &set[k], DSC_TEST_IMAGES);
    assert_string_equal(dsc_dataset_name(test), name);
    if (set[k].class_names) assert_string_equal(dsc_dataset_class_name(train, 7), set[k].class_names[7]);
    assert_memory_equal(description, set[k].title, strlen(set[k].title));
}

static void each_is_fetched_and_opened_by_its_name(void **state) {
    (void)state;
    NEEDS_NETWORK();
    for (int k = 0; k < SETS; k++) {
        source.offline = true;
        assert_int_equal(open_data(k), DSC_ERROR_IO);
        ASSERT_MESSAGE(error, "is not on disk (--offline); put its files into ./data/");
        source.offline = false;
        ASSERT_OK(open_data(k), error);
        check_set(k);
        const int requests = server_count->requests;
        source.offline = true; /* everything is present */
        ASSERT_OK(open_data(k), error);
        check_set(k);
        assert_int_equal(server_count->requests, requests);
        char *found, *used;
        ASSERT_OK(fetch_find(&found, &set[k], &error), error);
        assert_non_null(found);
        free(found);
        ASSERT_OK(fetch_data(&used, &set[k], NULL, &source, &error), error);
        free(used);
    }
}

static void what_their_files_say_is_undone(void **state) {
    (void)state;
    NEEDS_NETWORK();
    ASSERT_OK(open_data(EMNIST), error);
    assert_int_equal(dsc_dataset_labels(train)[0], 0);          /* from 1 in the file */
    assert_int_equal(dsc_dataset_images(train)[1], pixels[28]); /* transposed in the file */
    ASSERT_OK(open_data(USPS), error);
    assert_int_equal(dsc_dataset_labels(train)[3], 3);
    assert_string_equal(dsc_dataset_class_name(train, 3), "3");
    ASSERT_OK(open_data(QMNIST), error);
    assert_int_equal(dsc_dataset_group(test, 9), 2102);
    ASSERT_OK(open_data(CIFAR), error);
    assert_int_equal(dsc_dataset_labels(test)[0], 0);
    assert_int_equal(dsc_dataset_images(train)[3 * 1024 * 4], 9);
}

static void what_is_unpacked_is_listed_with_its_sums(void **state) {
    (void)state;
    NEEDS_NETWORK();
    const char *folder = in(home, "descender/emnist"), *labels_name = set[EMNIST].members[1];
    ASSERT_OK(open_data(EMNIST), error);
    unsigned char *list;
    size_t size;
    char hex[FETCH_SHA256_HEX], line[200];
    ASSERT_OK(dsc_file_read(&list, &size, in(folder, "emnist-letters.sha256"), 4096, &error), error);
    ASSERT_OK(fetch_sha256_file(hex, NULL, in(folder, labels_name), &error), error);
    (void)snprintf(line, sizeof line, "%s  %s\n", hex, labels_name);
    assert_non_null(strstr((char *)list, line)); /* as `sha256sum -c` reads it */
    assert_null(strstr((char *)list, "unwanted"));
    free(list);
    assert_int_equal(access(in(folder, "unwanted.txt"), F_OK), -1);
    /* The archive is only needed again if a file is damaged. */
    assert_int_equal(unlink(in(folder, "gzip.zip")), 0);
    const int requests = server_count->requests;
    ASSERT_OK(fetch_data(NULL, &set[EMNIST], NULL, &source, &error), error);
    assert_int_equal(server_count->requests, requests);
    write_bytes(folder, labels_name, "damaged", 7);
    source.offline = true;
    assert_int_equal(fetch_data(NULL, &set[EMNIST], NULL, &source, &error), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, labels_name);
    source.offline = false;
    ASSERT_OK(open_data(EMNIST), error);
    assert_int_equal(server_count->requests, requests + 1);
    ASSERT_OK(fetch_check(&set[EMNIST], folder, &error), error);
}

static void other_bytes_are_not_taken(void **state) {
    (void)state;
    NEEDS_NETWORK();
    mirrors[0] = server_url("wrong");
    for (int k = 0; k < SETS; k++) {
        assert_int_equal(open_data(k), DSC_ERROR_NETWORK);
        ASSERT_MESSAGE(error, set[k].files[0].md5 ? "of MD5" : "of SHA-256");
        char *found;
        ASSERT_OK(fetch_find(&found, &set[k], &error), error);
        assert_null(found);
    }
}

/* Files in the user's folder belong to the user, and must be what their names say. */
static void other_data_under_a_name_are_refused(void **state) {
    (void)state;
    const char *folder = in(home, "data/qmnist");
    ASSERT_OK(dsc_folder_make(folder, &error), error);
    for (int i = 0; i < 4; i++) {
        unsigned char *bytes;
        size_t size;
        const char *name = set[QMNIST].files[i].name;
        ASSERT_OK(dsc_file_read(&bytes, &size, in(root, name), 1 << 20, &error), error);
        write_bytes(folder, name, bytes, size);
        free(bytes);
    }
    ASSERT_OK(open_data(QMNIST), error); /* right, and found there */
    assert_string_equal(description, "QMNIST (./data/qmnist)");
    dsc_known_data mine = set[QMNIST];
    mine.counts[1]++;
    rows[QMNIST] = &mine;
    assert_int_equal(open_data(QMNIST), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "holds 10 test images, expected 11 as in QMNIST");
    mine = set[QMNIST];
    mine.shape[1] = 32;
    assert_int_equal(open_data(QMNIST), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "are 1 x 28 x 28");
    mine = set[QMNIST];
    mine.classes = 11;
    assert_int_equal(open_data(QMNIST), DSC_ERROR_MISMATCH);
    ASSERT_MESSAGE(error, "holds 10 classes, expected 11");
    rows[QMNIST] = &set[QMNIST];
    assert_int_equal(server_count->requests, 0);
}

static void files_of_the_same_names_are_not_taken_for_it(void **state) {
    (void)state;
    /* KMNIST's files have MNIST's names. Where MNIST may also lie, only KMNIST's own folder is searched. */
    char *folder;
    fetch_place_kind kind;
    assert_int_equal(setenv("DESCENDER_DATA", "/somewhere", 1), 0);
    ASSERT_OK(fetch_place(&folder, &kind, &dsc_known_data_kmnist, 0, &error), error);
    assert_string_equal(folder, "/somewhere/kmnist");
    free(folder);
    ASSERT_OK(fetch_place(&folder, &kind, &dsc_known_data_fashion_mnist, 0, &error), error);
    assert_string_equal(folder, "/somewhere"); /* these names are unambiguous */
    free(folder);
    size_t places = 0;
    for (bool more = true; more; places++) {
        ASSERT_OK(fetch_place(&folder, &kind, &dsc_known_data_fashion_mnist, places, &error), error);
        more = folder != NULL;
        free(folder);
    }
    assert_int_equal(places - 1, 6);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    NEEDS_NETWORK();
    ASSERT_OK(open_data(QMNIST), error);
    source.offline = true;
    for (long n = 0;; n++) {
        testing_fail_allocation(n);
        dsc_status status = open_data(QMNIST);
        const bool failed = testing_allocation_failed();
        if (!failed) {
            ASSERT_OK(status, error);
            break;
        }
        if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
    }
}

#define TESTED(name) cmocka_unit_test_setup_teardown(name, fresh, close_all)
int main(void) {
    const struct CMUnitTest tests[] = {
        TESTED(each_is_fetched_and_opened_by_its_name),
        TESTED(what_their_files_say_is_undone),
        TESTED(what_is_unpacked_is_listed_with_its_sums),
        TESTED(other_bytes_are_not_taken),
        TESTED(other_data_under_a_name_are_refused),
        TESTED(files_of_the_same_names_are_not_taken_for_it),
        TESTED(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
