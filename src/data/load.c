/* SPDX-License-Identifier: MIT */
/* load.c: loads one IDX file for a data set, from the file or the cache, with the size and CRC-32 that
 * identify known data. */
#include "base/error.h"
#include "base/file.h"
#include "data/array.h"
#include "data/cache.h"
#include "data/gzip.h"
#include "data/idx.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void dsc_content_clear(dsc_content *content) {
    if (content->map) {
        (void)munmap(content->map, content->map_size);
    } else {
        dsc_array_clear(&content->array);
    }
    free(content->groups);
    free(content->series);
    memset(content, 0, sizeof *content);
}

/* `key` NULL: does not write to the cache. */
static dsc_status load_gzip(dsc_content *content, const unsigned char *bytes, size_t size, const char *path,
                            const dsc_cache_key *key, dsc_error *error) {
    unsigned char *block;
    dsc_array header;
    size_t start;
    dsc_status status =
        dsc_gunzip(&block, &content->size, &content->crc, bytes, size, DSC_IDX_FRONT, path, error);
    if (status) return status;
    const unsigned char *file = block + DSC_IDX_FRONT;
    if (key && !dsc_idx_header(&header, &start, file, content->size, path, NULL))
        dsc_cache_store(key, path, file, content->size, content->crc);
    return dsc_idx_adopt(&content->array, block, content->size, path, error);
}

static dsc_status load_plain(dsc_content *content, const unsigned char *bytes, size_t size, const char *path,
                             dsc_error *error) {
    dsc_status status = dsc_idx_parse(&content->array, bytes, size, path, error);
    if (status) return status;
    content->size = size;
    content->crc = libdeflate_crc32(0, bytes, size);
    return DSC_OK;
}

static dsc_status load_file(dsc_content *content, const char *path, const dsc_cache_key *key,
                            dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, DSC_IDX_FILE_LIMIT, error);
    if (status) return status;
    status = dsc_is_gzip(bytes, size) ? load_gzip(content, bytes, size, path, key, error)
                                      : load_plain(content, bytes, size, path, error);
    free(bytes);
    if (status) dsc_content_clear(content);
    return status;
}

dsc_status dsc_idx_load(dsc_content *content, const char *path, const dsc_open_options *options,
                        dsc_error *error) {
    memset(content, 0, sizeof *content);
    dsc_cache_key key = {0};
    bool cached = options && options->cache && dsc_cache_key_take(&key, path);
    dsc_status status = DSC_OK;
    if (!cached || !dsc_cache_load(content, &key))
        status = load_file(content, path, cached ? &key : NULL, error);
    dsc_cache_key_clear(&key);
    return status;
}
