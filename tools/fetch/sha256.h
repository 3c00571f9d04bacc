/* SPDX-License-Identifier: MIT */
/* sha256.h: SHA-256 (FIPS 180-4), and MD5 (RFC 1321) for files without a better published checksum, computed
 * by libcrypto. Without that library every call that can fail returns DSC_ERROR_UNSUPPORTED, and
 * fetch_sha256_available is false. */
#ifndef FETCH_SHA256_H
#define FETCH_SHA256_H

#include <descender.h>

#define FETCH_SHA256_HEX 65 /* 64 lower-case digits and the NUL */

/* An incremental hash: create, append any number of times, finish, free. */
typedef struct fetch_sha256 fetch_sha256;

bool fetch_sha256_available(void);

dsc_status fetch_sha256_create(fetch_sha256 **hash, dsc_error *error);
dsc_status fetch_sha256_append(fetch_sha256 *hash, const void *bytes, size_t size, dsc_error *error);
/* Afterwards the hash can only be freed. */
dsc_status fetch_sha256_finish(char hex[FETCH_SHA256_HEX], fetch_sha256 *hash, dsc_error *error);
void fetch_sha256_free(fetch_sha256 *hash);

/* Hashes bytes in memory. */
dsc_status fetch_sha256_bytes(char hex[FETCH_SHA256_HEX], const void *bytes, size_t size, dsc_error *error);
/* Hashes a file in chunks; stores its size in *size unless NULL. */
dsc_status fetch_sha256_file(char hex[FETCH_SHA256_HEX], uint64_t *size, const char *path, dsc_error *error);
/* The MD5 of a file: 32 digits and the NUL. */
dsc_status fetch_md5_file(char hex[FETCH_SHA256_HEX], uint64_t *size, const char *path, dsc_error *error);

#endif
