/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/file.h"
#include "data/array.h"
#include "data/gzip.h"
#include "data/idx.h"

#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

static const dsc_type types[] = {DSC_U8, DSC_I8, DSC_I16, DSC_I32, DSC_F32, DSC_F64};
enum { TYPES = sizeof types / sizeof *types };

/* 2 x 3 bytes. */
static const unsigned char small[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};

static const char *path_in(const char *folder, const char *name) {
    static char path[8][512];
    static int next;
    char *out = path[next++ % 8];
    (void)snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static const char *put(const char *name, const void *bytes, size_t size) {
    static const char *folder;
    if (!folder) folder = testing_folder();
    const char *path = path_in(folder, name);
    dsc_error error;
    ASSERT_OK(dsc_file_write(path, bytes, size, &error), error);
    return path;
}

static unsigned char *pack(size_t *packed, const void *bytes, size_t size) {
    unsigned char *out;
    dsc_error error;
    ASSERT_OK(dsc_gzip(&out, packed, bytes, size, &error), error);
    return out;
}

/* The parse must fail with a format error whose message contains all parts that are not NULL. */
static void refuse(const void *bytes, size_t size, const char *a, const char *b, const char *c) {
    dsc_array array;
    dsc_error error = {0};
    memset(&array, 0x55, sizeof array);
    /* an exact copy, so that the address sanitizer detects a read beyond the end */
    void *copy = malloc(size ? size : 1);
    if (size) memcpy(copy, bytes, size);
    assert_int_equal(dsc_idx_parse(&array, copy, size, "the-file", &error), DSC_ERROR_FORMAT);
    free(copy);
    assert_null(array.data);
    assert_int_equal(error.code, DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "the-file");
    if (a) ASSERT_MESSAGE(error, a);
    if (b) ASSERT_MESSAGE(error, b);
    if (c) ASSERT_MESSAGE(error, c);
}

static void elements_are_read_in_the_machines_order(void **state) {
    (void)state;
    dsc_array array;
    dsc_error error;
    const unsigned char integers[] = {0, 0, 0x0C, 1, 0, 0, 0, 2, 0, 0, 1, 2, 0xFF, 0xFF, 0xFF, 0xFE};
    ASSERT_OK(dsc_idx_parse(&array, integers, sizeof integers, "x", &error), error);
    assert_int_equal(array.type, DSC_I32);
    assert_int_equal(array.rank, 1);
    assert_int_equal(array.shape[0], 2);
    assert_int_equal(((int32_t *)array.data)[0], 258);
    assert_int_equal(((int32_t *)array.data)[1], -2);
    dsc_array_clear(&array);
    const unsigned char doubles[] = {0, 0, 0x0E, 1, 0, 0, 0, 1, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0};
    ASSERT_OK(dsc_idx_parse(&array, doubles, sizeof doubles, "x", &error), error);
    assert_true(((double *)array.data)[0] == 1.5);
    dsc_array_clear(&array);
    const unsigned char shorts[] = {0, 0, 0x0B, 1, 0, 0, 0, 1, 0x80, 0x01};
    ASSERT_OK(dsc_idx_parse(&array, shorts, sizeof shorts, "x", &error), error);
    assert_int_equal(((int16_t *)array.data)[0], -32767);
    dsc_array_clear(&array);
    assert_null(array.data);
}

static void every_type_and_rank_comes_back_as_written_plain_and_compressed(void **state) {
    (void)state;
    const char *folder = testing_folder();
    const size_t shape[4] = {3, 5, 2, 7};
    dsc_error error;
    for (size_t t = 0; t < TYPES; t++)
        for (size_t rank = 1; rank <= 4; rank++)
            for (int compressed = 0; compressed < 2; compressed++) {
                dsc_array out, back;
                ASSERT_OK(dsc_array_create(&out, types[t], rank, shape, &error), error);
                size_t bytes = dsc_array_count(&out) * dsc_type_size(types[t]);
                for (size_t i = 0; i < bytes; i++)
                    ((unsigned char *)out.data)[i] = (unsigned char)(i * 37 + t);
                const char *path = path_in(folder, compressed ? "a.gz" : "a");
                ASSERT_OK(dsc_idx_write(path, &out, &error), error);
                ASSERT_OK(dsc_idx_read(&back, path, &error), error);
                assert_int_equal(back.type, types[t]);
                assert_int_equal(back.rank, rank);
                assert_memory_equal(back.shape, shape, rank * sizeof *shape);
                assert_memory_equal(back.data, out.data, bytes);
                assert_int_equal((uintptr_t)back.data % 64, 0);
                unsigned char *file;
                size_t size;
                ASSERT_OK(dsc_file_read(&file, &size, path, 1 << 20, &error), error);
                assert_int_equal(dsc_is_gzip(file, size), compressed);
                free(file);
                dsc_array_clear(&out);
                dsc_array_clear(&back);
            }
}

static void what_is_written_is_the_format_byte_for_byte(void **state) {
    (void)state;
    unsigned char content[] = {1, 2, 3, 4, 5, 6};
    const dsc_array array = {.type = DSC_U8, .rank = 2, .shape = {2, 3}, .data = content};
    const char *path = path_in(testing_folder(), "b");
    dsc_error error;
    ASSERT_OK(dsc_idx_write(path, &array, &error), error);
    unsigned char *file;
    size_t size;
    ASSERT_OK(dsc_file_read(&file, &size, path, 1 << 20, &error), error);
    assert_int_equal(size, sizeof small);
    assert_memory_equal(file, small, size);
    free(file);
}

static void an_impossible_array_is_not_written(void **state) {
    (void)state;
    dsc_error error;
    char byte = 0;
    const char *path = path_in(testing_folder(), "c");
    dsc_array array = {.type = DSC_U8, .rank = 5, .data = &byte};
    assert_int_equal(dsc_idx_write(path, &array, &error), DSC_ERROR_ARGUMENT);
    array = (dsc_array){.type = (dsc_type)0x0A, .rank = 1, .shape = {1}, .data = &byte};
    assert_int_equal(dsc_idx_write(path, &array, &error), DSC_ERROR_ARGUMENT);
    array = (dsc_array){.type = DSC_U8, .rank = 1, .shape = {1}, .data = NULL};
    assert_int_equal(dsc_idx_write(path, &array, &error), DSC_ERROR_ARGUMENT);
    array = (dsc_array){.type = DSC_U8, .rank = 2, .shape = {(size_t)1 << 33, 0}, .data = &byte};
    assert_int_equal(dsc_idx_write(path, &array, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "4294967295");
    array = (dsc_array){.type = DSC_F64, .rank = 2, .shape = {SIZE_MAX / 2, 3}, .data = &byte};
    assert_int_equal(dsc_idx_write(path, &array, &error), DSC_ERROR_ARGUMENT);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void a_plain_file_cut_anywhere_is_refused(void **state) {
    (void)state;
    for (size_t size = 0; size < sizeof small; size++) refuse(small, size, NULL, NULL, NULL);
    refuse(small, 0, "empty", NULL, NULL);
    refuse(small, 3, "4 bytes", "found 3", "cut short");
    refuse(small, 10, "offset 4", "found 6 bytes", "cut short");
    refuse(small, 17, "expected 6 bytes at offset 12", "2 x 3", "found 5");
}

static void bytes_behind_the_end_are_refused(void **state) {
    (void)state;
    unsigned char longer[sizeof small + 2] = {0};
    memcpy(longer, small, sizeof small);
    refuse(longer, sizeof longer, "expected 6 bytes at offset 12", "found 8", "after the end");
}

static void a_wrong_magic_is_named_with_its_offset(void **state) {
    (void)state;
    unsigned char file[sizeof small];
    memcpy(file, small, sizeof small);
    file[0] = 1;
    refuse(file, sizeof file, "offset 0", "found 01 00", NULL);
    memcpy(file, small, sizeof small);
    file[2] = 0x0A;
    refuse(file, sizeof file, "offset 2", "found 0a", NULL);
    memcpy(file, small, sizeof small);
    file[3] = 0;
    refuse(file, sizeof file, "offset 3", "1 to 4", "found 0");
    file[3] = 5;
    refuse(file, sizeof file, "offset 3", "1 to 4", "found 5");
}

static void dimensions_that_overflow_are_refused_and_huge_ones_take_no_memory(void **state) {
    (void)state;
    unsigned char file[24];
    memset(file, 0xFF, sizeof file);
    memcpy(file, "\0\0\x0E\4", 4);
    refuse(file, sizeof file, "offset 4", "4294967295 x 4294967295 x 4294967295 x 4294967295", NULL);
    /* a zero must not hide an overflow of the other sizes */
    memset(file + 16, 0, 4);
    refuse(file, sizeof file, "offset 4", NULL, NULL);
    /* 2^32 - 1 bytes would fit but are missing: the refusal allocates no such block */
    const unsigned char huge[] = {0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 1};
    testing_fail_allocation(1); /* allocation 0 is the copy that `refuse` makes */
    refuse(huge, sizeof huge, "expected 4294967295 bytes at offset 8", "found 1", NULL);
    assert_false(testing_allocation_failed());
}

static void an_array_without_elements_is_read(void **state) {
    (void)state;
    const unsigned char none[] = {0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 3};
    dsc_array array;
    dsc_error error;
    ASSERT_OK(dsc_idx_parse(&array, none, sizeof none, "x", &error), error);
    assert_int_equal(dsc_array_count(&array), 0);
    assert_non_null(array.data);
    dsc_array_clear(&array);
}

static void a_wrong_kind_of_file_is_recognised(void **state) {
    (void)state;
    static const char page[] = "\n<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>";
    static const char xml[] = "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>";
    static const char text[] = "version https://git-lfs.github.com/spec/v1\n";
    refuse(page, strlen(page), "web page", "error page", "download the file again");
    refuse(xml, strlen(xml), "web page", NULL, NULL);
    refuse(text, strlen(text), "Git LFS", "git lfs pull", NULL);
    refuse("images follow\n", 14, "found text", "again", NULL);
    refuse("{\"model\": 1}", 12, "JSON", NULL, NULL);
    refuse("\x40\0\0\0\0\0\0\0{\"a\"", 12, "model (safetensors)", "--model", NULL);
    refuse("PK\3\4xxxxxxxx", 12, "ZIP", NULL, NULL);
    refuse("\x89PNG\r\n\x1a\n", 8, "PNG", NULL, NULL);
    refuse("\x93NUMPY\1\0", 8, "NumPy", NULL, NULL);
    refuse("BZh91AY", 7, "bzip2", "bzip2 -dc", NULL);
    refuse("\xFD"
           "7zXZ",
           5, "an xz file", "xz -dc", NULL);
    size_t once, twice;
    unsigned char *inner = pack(&once, small, sizeof small), *outer = pack(&twice, inner, once);
    refuse(outer, twice, "gzip file inside a gzip file", "gzip -dc", NULL);
    free(inner);
    free(outer);
}

static void a_missing_file_a_folder_and_a_locked_file_are_named(void **state) {
    (void)state;
    const char *folder = testing_folder();
    dsc_array array;
    dsc_error error;
    assert_int_equal(dsc_idx_read(&array, path_in(folder, "no-such-file"), &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "no-such-file");
    ASSERT_MESSAGE(error, "No such file");
    assert_int_equal(dsc_idx_read(&array, folder, &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, folder);
    ASSERT_MESSAGE(error, "folder");
    assert_null(array.data);
    const char *locked = put("locked", small, sizeof small);
    assert_int_equal(chmod(locked, 0), 0);
    uid_t user = geteuid();
    if (user == 0) assert_int_equal(seteuid(65534), 0); /* permissions do not apply to the superuser */
    dsc_status status = dsc_idx_read(&array, locked, &error);
    if (user == 0) assert_int_equal(seteuid(0), 0);
    assert_int_equal(status, DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "ermission");
}

/* --- gzip --- */

static void a_compressed_file_cut_anywhere_is_refused(void **state) {
    (void)state;
    size_t size;
    unsigned char *file = pack(&size, small, sizeof small);
    for (size_t n = 0; n < size; n++) refuse(file, n, NULL, NULL, NULL);
    refuse(file, 9, "header at offset 0 is cut short", "after 9", "again");
    refuse(file, size - 1, "cut short", "checksum", "found 7 bytes");
    refuse(file, size - 9, "offset 10", "damaged or cut short", "again");
    free(file);
}

static void no_damaged_bit_of_a_compressed_file_changes_the_content_unnoticed(void **state) {
    (void)state;
    size_t size, accepted = 0;
    unsigned char *file = pack(&size, small, sizeof small);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        file[bit / 8] ^= (unsigned char)(1 << bit % 8);
        dsc_array array;
        if (!dsc_idx_parse(&array, file, size, "x", NULL)) {
            assert_int_equal(array.rank, 2);
            assert_memory_equal(array.data, small + 12, 6);
            dsc_array_clear(&array);
            accepted++;
        }
        file[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_true(accepted <= 60); /* the header's time, flags and system, and padding */
    file[2] = 7;
    refuse(file, size, "offset 2", "method 7", NULL);
    file[2] = 8;
    file[3] = 0x80;
    refuse(file, size, "offset 2", "flags 0x80", NULL);
    file[3] = 0;
    file[size - 8] ^= 1;
    refuse(file, size, "checksum", "CRC", "damaged");
    file[size - 8] ^= 1;
    file[size - 1] ^= 1; /* ISIZE lies: 2^24 bytes more than there are */
    refuse(file, size, "size at offset", "18 bytes", "damaged");
    free(file);
}

static void foreign_bytes_behind_a_compressed_file_are_refused(void **state) {
    (void)state;
    size_t size;
    unsigned char *file = pack(&size, small, sizeof small), *longer = calloc(1, size + 5);
    memcpy(longer, file, size);
    char end[64];
    (void)snprintf(end, sizeof end, "offset %zu", size);
    refuse(longer, size + 5, end, "5 more bytes", NULL);
    free(file);
    free(longer);
}

static void several_members_are_one_file_and_a_header_may_have_all_its_parts(void **state) {
    (void)state;
    static const unsigned char header[] = {
        0x1F, 0x8B, 8, 2 | 4 | 8 | 16, 0,   0, 0, 0, 0, 3, 3, 0, 'a', 'b', 'c', 'n', 0,
        'c',  'o',  0, 0x12,           0x34};
    size_t first, second;
    unsigned char *a = pack(&first, small, 7), *b = pack(&second, small + 7, sizeof small - 7);
    size_t size = first + sizeof header + second - 10;
    unsigned char *file = malloc(size);
    memcpy(file, a, first);
    memcpy(file + first, header, sizeof header);
    memcpy(file + first + sizeof header, b + 10, second - 10);
    dsc_array array;
    dsc_error error;
    ASSERT_OK(dsc_idx_parse(&array, file, size, "x", &error), error);
    assert_memory_equal(array.data, small + 12, 6);
    dsc_array_clear(&array);
    unsigned char *block;
    size_t length;
    uint32_t crc;
    ASSERT_OK(dsc_gunzip(&block, &length, &crc, file, size, 3, "x", &error), error);
    assert_int_equal(length, sizeof small);
    assert_int_equal(crc, libdeflate_crc32(0, small, sizeof small));
    assert_memory_equal(block + 3, small, sizeof small);
    free(block);
    for (size_t n = first + 1; n < size; n++) refuse(file, n, NULL, NULL, NULL);
    free(a);
    free(b);
    free(file);
}

static void content_far_larger_than_its_file_is_read_and_isize_is_not_believed(void **state) {
    (void)state;
    const size_t count = 1 << 20;
    unsigned char *plain = calloc(1, 8 + count);
    memcpy(plain, "\0\0\x08\1\0\x10\0\0", 8);
    size_t size;
    unsigned char *file = pack(&size, plain, 8 + count);
    assert_true(size < count / 200); /* so that memory must grow several times */
    dsc_array array;
    dsc_error error;
    ASSERT_OK(dsc_idx_parse(&array, file, size, "x", &error), error);
    assert_int_equal(dsc_array_count(&array), count);
    dsc_array_clear(&array);
    memset(file + size - 4, 0xFF, 4);
    refuse(file, size, "size at offset", "expected 4294967295", NULL);
    memset(file + size - 4, 0, 4);
    refuse(file, size, "size at offset", "expected 0", NULL);
    free(plain);
    free(file);
}

static void reading_and_writing_survive_every_failed_allocation(void **state) {
    (void)state;
    size_t packed;
    unsigned char *file = pack(&packed, small, sizeof small);
    const char *paths[] = {put("m", small, sizeof small), put("m.gz", file, packed)};
    free(file);
    for (int kind = 0; kind < 4; kind++) {
        long n = 0;
        for (bool failed = true; failed; n++) {
            dsc_array array = {0};
            dsc_error error = {0};
            if (kind >= 2) ASSERT_OK(dsc_idx_read(&array, paths[0], &error), error);
            testing_fail_allocation(n);
            dsc_status status = kind < 2 ? dsc_idx_read(&array, paths[kind], &error)
                                         : dsc_idx_write(paths[kind - 2], &array, &error);
            failed = testing_allocation_failed();
            assert_true(status == DSC_OK || status == DSC_ERROR_MEMORY);
            if (!failed) assert_int_equal(status, DSC_OK);
            if (kind < 2 && status) assert_null(array.data);
            dsc_array_clear(&array);
        }
        assert_true(n > 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_read_in_the_machines_order),
        cmocka_unit_test(every_type_and_rank_comes_back_as_written_plain_and_compressed),
        cmocka_unit_test(what_is_written_is_the_format_byte_for_byte),
        cmocka_unit_test(an_impossible_array_is_not_written),
        cmocka_unit_test(a_plain_file_cut_anywhere_is_refused),
        cmocka_unit_test(bytes_behind_the_end_are_refused),
        cmocka_unit_test(a_wrong_magic_is_named_with_its_offset),
        cmocka_unit_test(dimensions_that_overflow_are_refused_and_huge_ones_take_no_memory),
        cmocka_unit_test(an_array_without_elements_is_read),
        cmocka_unit_test(a_wrong_kind_of_file_is_recognised),
        cmocka_unit_test(a_missing_file_a_folder_and_a_locked_file_are_named),
        cmocka_unit_test(a_compressed_file_cut_anywhere_is_refused),
        cmocka_unit_test(no_damaged_bit_of_a_compressed_file_changes_the_content_unnoticed),
        cmocka_unit_test(foreign_bytes_behind_a_compressed_file_are_refused),
        cmocka_unit_test(several_members_are_one_file_and_a_header_may_have_all_its_parts),
        cmocka_unit_test(content_far_larger_than_its_file_is_read_and_isize_is_not_believed),
        cmocka_unit_test(reading_and_writing_survive_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
