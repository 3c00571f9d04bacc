/* SPDX-License-Identifier: MIT */
/* verify.c: checks whether a file is the expected one. A matching checksum suffices; otherwise the content
 * decides, because others may have compressed it differently. */
#include "fetch/verify.h"

#include "base/error.h"
#include "base/file.h"
#include "fetch/sha256.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

static dsc_status compare(const unsigned char *content, size_t size, const char *path,
                          const dsc_known_file *file, dsc_error *error) {
    char hex[FETCH_SHA256_HEX] = "";
    dsc_status status = fetch_sha256_bytes(hex, content, size, error);
    if (status) return status;
    if (size == file->content_size && !strcmp(hex, file->content_sha256)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: holds %zu bytes of SHA-256 %.16s..., expected %llu of %.16s...; remove it, then "
                    "download it again",
                    path, size, hex, (unsigned long long)file->content_size, file->content_sha256);
}

/* Decompresses into a block of exactly the expected size, so that no archive can cause a larger allocation
 * than the real one. NULL with DSC_OK: the content has another size. */
static dsc_status expand(unsigned char **content, const unsigned char *data, size_t size,
                         const dsc_known_file *file, dsc_error *error) {
    size_t wanted = (size_t)file->content_size;
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    *content = inflater ? malloc(wanted + 1) : NULL;
    if (!*content) {
        libdeflate_free_decompressor(inflater);
        return dsc_fail_memory(error, wanted, file->name);
    }
    if (libdeflate_gzip_decompress(inflater, data, size, *content, wanted, NULL) != LIBDEFLATE_SUCCESS) {
        free(*content);
        *content = NULL;
    }
    libdeflate_free_decompressor(inflater);
    return DSC_OK;
}

uint64_t fetch_largest(const dsc_known_file *file) {
    if (file->content_size) return file->content_size + file->content_size / 100 + 4096;
    return file->size ? file->size : (uint64_t)1 << 30;
}

dsc_status fetch_verify(const char *path, const dsc_known_file *file, dsc_error *error) {
    char hex[FETCH_SHA256_HEX];
    const char *const sum = file->sha256 ? file->sha256 : file->md5;
    uint64_t bytes = 0;
    dsc_status status =
        file->sha256 ? fetch_sha256_file(hex, &bytes, path, error) : fetch_md5_file(hex, &bytes, path, error);
    if (status) return status;
    if ((!file->size || bytes == file->size) && !strcmp(hex, sum)) return DSC_OK;
    if (!file->content_size)
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "%s: holds %llu bytes of %s %.16s..., expected those of %.16s...; remove it, then download it "
            "again",
            path, (unsigned long long)bytes, file->sha256 ? "SHA-256" : "MD5", hex, sum);
    unsigned char *data, *content;
    size_t size;
    status = dsc_file_read(&data, &size, path, (size_t)fetch_largest(file), error);
    if (status) return status;
    bool is_gzip = size > 2 && data[0] == 0x1F && data[1] == 0x8B;
    if (is_gzip) {
        status = expand(&content, data, size, file, error);
        free(data);
        data = content;
        size = (size_t)file->content_size;
        if (!status && !data)
            status = dsc_fail(error, DSC_ERROR_MISMATCH,
                              "%s: is not the expected archive of %llu bytes (its SHA-256 is %.16s..., "
                              "expected %.16s...); remove it, then download it again",
                              path, (unsigned long long)file->content_size, hex, file->sha256);
    }
    if (!status) status = compare(data, size, path, file, error);
    free(data);
    return status;
}
