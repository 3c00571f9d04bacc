/* SPDX-License-Identifier: MIT */
/* sha256.c: SHA-256 and MD5 through libcrypto's EVP, which uses the processor's hash instructions if
 * available. */
#include "fetch/sha256.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#if DESCENDER_WITH_CRYPTO

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include "late/late.h"

/* clang-format off */
#define LATE_CRYPTO(X) \
    X(EVP_MD_CTX_new) \
    X(EVP_MD_CTX_free) \
    X(EVP_DigestInit_ex) \
    X(EVP_DigestUpdate) \
    X(EVP_DigestFinal_ex) \
    X(EVP_sha256) \
    X(EVP_md5)
/* clang-format on */
typedef struct crypto_functions {
    LATE_CRYPTO(LATE_MEMBER)
} crypto_functions;
static const char *const crypto_names[] = {LATE_CRYPTO(LATE_NAME) NULL};

struct fetch_sha256 {
    crypto_functions api;
    EVP_MD_CTX *context;
};

bool fetch_sha256_available(void) {
    crypto_functions api;
    return !late_load(&api, crypto_names, DESCENDER_CRYPTO_SONAME, NULL);
}

static dsc_status create(fetch_sha256 **result, bool md5, dsc_error *error) {
    *result = NULL;
    fetch_sha256 *hash = calloc(1, sizeof *hash);
    if (!hash) return dsc_fail_memory(error, sizeof *hash, "a checksum");
    dsc_status status = late_load(&hash->api, crypto_names, DESCENDER_CRYPTO_SONAME, error);
    if (status) {
        free(hash);
        return status;
    }
    hash->context = hash->api.EVP_MD_CTX_new();
    if (!hash->context) {
        free(hash);
        return dsc_fail_memory(error, sizeof *hash, "a checksum");
    }
    const EVP_MD *kind = md5 ? hash->api.EVP_md5() : hash->api.EVP_sha256();
    if (hash->api.EVP_DigestInit_ex(hash->context, kind, NULL) != 1) {
        fetch_sha256_free(hash);
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "libcrypto offers no %s, expected in its default provider; check the configuration "
                        "of OpenSSL on this machine",
                        md5 ? "MD5" : "SHA-256");
    }
    *result = hash;
    return DSC_OK;
}

dsc_status fetch_sha256_create(fetch_sha256 **result, dsc_error *error) {
    return create(result, false, error);
}

dsc_status fetch_sha256_append(fetch_sha256 *hash, const void *bytes, size_t size, dsc_error *error) {
    if (hash->api.EVP_DigestUpdate(hash->context, bytes, size) == 1) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "libcrypto failed to compute a checksum");
}

dsc_status fetch_sha256_finish(char hex[FETCH_SHA256_HEX], fetch_sha256 *hash, dsc_error *error) {
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    hex[0] = '\0';
    if (hash->api.EVP_DigestFinal_ex(hash->context, sum, &length) != 1 ||
        2 * (size_t)length >= FETCH_SHA256_HEX)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "libcrypto failed to compute a checksum");
    for (unsigned i = 0; i < length; i++) {
        hex[2 * i] = digits[sum[i] >> 4];
        hex[2 * i + 1] = digits[sum[i] & 15];
    }
    hex[2 * (size_t)length] = '\0';
    return DSC_OK;
}

void fetch_sha256_free(fetch_sha256 *hash) {
    if (!hash) return;
    hash->api.EVP_MD_CTX_free(hash->context);
    free(hash);
}

static dsc_status append_file(fetch_sha256 *hash, uint64_t *size, int fd, const char *path,
                              dsc_error *error) {
    static const size_t piece = DSC_USUALLY(1 << 16, 1021);
    unsigned char *buffer = malloc(piece);
    if (!buffer) return dsc_fail_memory(error, piece, path);
    dsc_status status = DSC_OK;
    *size = 0;
    while (!status) {
        ssize_t n = read(fd, buffer, piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) status = dsc_fail_system(error, path, "cannot be read");
        if (n <= 0) break;
        *size += (uint64_t)n;
        status = fetch_sha256_append(hash, buffer, (size_t)n, error);
    }
    free(buffer);
    return status;
}

static dsc_status hash_file(char hex[FETCH_SHA256_HEX], uint64_t *size, const char *path, fetch_sha256 *hash,
                            dsc_error *error) {
    uint64_t length = 0;
    dsc_status status = DSC_OK;
    int fd = dsc_open_at(AT_FDCWD, path, O_RDONLY, 0);
    if (fd < 0) {
        status = dsc_fail_system(error, path, "cannot be opened");
    } else {
        status = append_file(hash, &length, fd, path, error);
        (void)close(fd);
    }
    if (!status) status = fetch_sha256_finish(hex, hash, error);
    if (!status && size) *size = length;
    return status;
}

dsc_status fetch_sha256_file(char hex[FETCH_SHA256_HEX], uint64_t *size, const char *path, dsc_error *error) {
    hex[0] = '\0';
    fetch_sha256 *hash;
    dsc_status status = fetch_sha256_create(&hash, error);
    if (!status) status = hash_file(hex, size, path, hash, error);
    fetch_sha256_free(hash);
    return status;
}

dsc_status fetch_md5_file(char hex[FETCH_SHA256_HEX], uint64_t *size, const char *path, dsc_error *error) {
    hex[0] = '\0';
    fetch_sha256 *hash;
    dsc_status status = create(&hash, true, error);
    if (!status) status = hash_file(hex, size, path, hash, error);
    fetch_sha256_free(hash);
    return status;
}

#else

static dsc_status missing(dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "this build has no libcrypto and cannot compute SHA-256; install OpenSSL's development "
                    "package (libssl-dev) and build again");
}

bool fetch_sha256_available(void) { return false; }

dsc_status fetch_sha256_create(fetch_sha256 **hash, dsc_error *error) {
    *hash = NULL;
    return missing(error);
}

dsc_status fetch_sha256_append(fetch_sha256 *hash, const void *bytes, size_t size, dsc_error *error) {
    (void)hash;
    (void)bytes;
    (void)size;
    return missing(error);
}

dsc_status fetch_sha256_finish(char hex[FETCH_SHA256_HEX], fetch_sha256 *hash, dsc_error *error) {
    (void)hash;
    hex[0] = '\0';
    return missing(error);
}

void fetch_sha256_free(fetch_sha256 *hash) { (void)hash; }

dsc_status fetch_sha256_file(char hex[FETCH_SHA256_HEX], uint64_t *size, const char *path, dsc_error *error) {
    (void)size;
    (void)path;
    hex[0] = '\0';
    return missing(error);
}

dsc_status fetch_md5_file(char hex[FETCH_SHA256_HEX], uint64_t *size, const char *path, dsc_error *error) {
    return fetch_sha256_file(hex, size, path, error);
}

#endif

dsc_status fetch_sha256_bytes(char hex[FETCH_SHA256_HEX], const void *bytes, size_t size, dsc_error *error) {
    fetch_sha256 *hash;
    hex[0] = '\0';
    dsc_status status = fetch_sha256_create(&hash, error);
    if (!status) status = fetch_sha256_append(hash, bytes, size, error);
    if (!status) status = fetch_sha256_finish(hex, hash, error);
    fetch_sha256_free(hash);
    return status;
}
