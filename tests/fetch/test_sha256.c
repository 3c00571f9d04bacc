/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/file.h"
#include "data/known.h"
#include "fetch/sha256.h"

/* The examples of FIPS 180-4:
 * https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values */
static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char million_a[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
static const char nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void check_file(const char *bytes, size_t size, const char *expected) {
    dsc_error error = {0};
    char hex[FETCH_SHA256_HEX], *path = dsc_path_join(testing_folder(), "file");
    uint64_t found = 99;
    ASSERT_OK(dsc_file_write(path, bytes, size, &error), error);
    ASSERT_OK(fetch_sha256_file(hex, &found, path, &error), error);
    assert_string_equal(hex, expected);
    assert_int_equal(found, size);
    free(path);
}

static void known_texts_have_their_known_sums(void **state) {
    (void)state;
    if (!fetch_sha256_available()) TEST_SKIP("needs libcrypto");
    char *many = malloc(1000000);
    memset(many, 'a', 1000000);
    check_file("abc", 3, abc);
    check_file("", 0, nothing);
    check_file(many, 1000000, million_a);
    free(many);
}

static void pieces_give_the_sum_of_the_whole(void **state) {
    (void)state;
    if (!fetch_sha256_available()) TEST_SKIP("needs libcrypto");
    dsc_error error = {0};
    fetch_sha256 *hash;
    char hex[FETCH_SHA256_HEX];
    ASSERT_OK(fetch_sha256_create(&hash, &error), error);
    ASSERT_OK(fetch_sha256_append(hash, "a", 1, &error), error);
    ASSERT_OK(fetch_sha256_append(hash, "", 0, &error), error);
    ASSERT_OK(fetch_sha256_append(hash, "bc", 2, &error), error);
    ASSERT_OK(fetch_sha256_finish(hex, hash, &error), error);
    assert_string_equal(hex, abc);
    fetch_sha256_free(hash);
    fetch_sha256_free(NULL);
}

static void a_missing_file_is_named(void **state) {
    (void)state;
    if (!fetch_sha256_available()) TEST_SKIP("needs libcrypto");
    dsc_error error = {0};
    char hex[FETCH_SHA256_HEX] = "x";
    assert_int_equal(fetch_sha256_file(hex, NULL, "/nowhere/at/all", &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "/nowhere/at/all");
    assert_string_equal(hex, "");
    assert_int_equal(fetch_sha256_file(hex, NULL, "/tmp", &error), DSC_ERROR_IO);
}

static void a_build_without_libcrypto_says_so(void **state) {
    (void)state;
    if (fetch_sha256_available()) TEST_SKIP("needs a build without libcrypto");
    dsc_error error = {0};
    fetch_sha256 *hash;
    assert_int_equal(fetch_sha256_create(&hash, &error), DSC_ERROR_UNSUPPORTED);
    assert_null(hash);
    ASSERT_MESSAGE(error, "libcrypto");
}

static void md5_is_that_of_its_standard(void **state) {
    (void)state;
    if (!fetch_sha256_available()) TEST_SKIP("needs libcrypto");
    dsc_error error = {0};
    char hex[FETCH_SHA256_HEX], *path = dsc_path_join(testing_folder(), "file");
    uint64_t size;
    ASSERT_OK(dsc_file_write(path, "abc", 3, &error), error);
    ASSERT_OK(fetch_md5_file(hex, &size, path, &error), error); /* RFC 1321, A.5 */
    assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
    assert_int_equal(size, 3);
    assert_int_equal(fetch_md5_file(hex, &size, "/nowhere/at/all", &error), DSC_ERROR_IO);
    free(path);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    if (!fetch_sha256_available()) TEST_SKIP("needs libcrypto");
    dsc_error error = {0};
    char hex[FETCH_SHA256_HEX], *path = dsc_path_join(testing_folder(), "file");
    ASSERT_OK(dsc_file_write(path, "abc", 3, &error), error);
    for (long n = 0;; n++) {
        testing_fail_allocation(n);
        dsc_status status = fetch_sha256_file(hex, NULL, path, &error);
        if (!testing_allocation_failed()) {
            assert_int_equal(status, DSC_OK);
            assert_true(n >= 2);
            break;
        }
        assert_int_equal(status, DSC_ERROR_MEMORY);
    }
    free(path);
}

static void the_table_is_whole(void **state) {
    (void)state;
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        const dsc_known_file *file = &dsc_known_data_mnist.files[i];
        assert_int_equal(strspn(file->sha256, "0123456789abcdef"), 64);
        assert_int_equal(strspn(file->content_sha256, "0123456789abcdef"), 64);
        assert_string_equal(strrchr(file->name, '.'), ".gz");
    }
    assert_int_equal(dsc_known_data_mnist.files[DSC_TRAIN_IMAGES].content_size, 16 + 60000 * 784);
    assert_int_equal(dsc_known_data_mnist.files[DSC_TRAIN_LABELS].content_size, 8 + 60000);
    assert_int_equal(dsc_known_data_mnist.files[DSC_TEST_IMAGES].content_size, 16 + 10000 * 784);
    assert_int_equal(dsc_known_data_mnist.files[DSC_TEST_LABELS].content_size, 8 + 10000);
    for (const char *const *mirror = dsc_known_data_mnist.mirrors; *mirror; mirror++) {
        assert_memory_equal(*mirror, "https://", 8);
        assert_int_equal((*mirror)[strlen(*mirror) - 1], '/');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_have_their_known_sums),
        cmocka_unit_test(pieces_give_the_sum_of_the_whole),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_build_without_libcrypto_says_so),
        cmocka_unit_test(md5_is_that_of_its_standard),
        cmocka_unit_test(failing_allocations_are_survived),
        cmocka_unit_test(the_table_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
