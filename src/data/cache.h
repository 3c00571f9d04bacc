/* SPDX-License-Identifier: MIT */
/* cache.h: decompressed and checked copies of large IDX files in the user's cache folder, one per source. The
 * next start maps the copy instead of decompressing the source.
 *
 * An entry belongs to one state of one source: its real path, device, inode, size, mtime and ctime in
 * nanoseconds (no copying program can set ctime). An entry that differs from this state in any part, or whose
 * content does not match its CRC-32, is ignored and written again. No function here fails: without a home
 * folder, on a read-only disk, or with DESCENDER_CACHE=off there is no cache. */
#ifndef DSC_DATA_CACHE_H
#define DSC_DATA_CACHE_H

#include "data/idx.h"

#include "base/limits.h"

/* Returns $XDG_CACHE_HOME/descender or ~/.cache/descender; the caller frees it. NULL without a home folder or
 * memory. Downloaded data sets are in folders of their names there. */
char *dsc_user_cache(void);

/* Smaller sources are not cached: they decompress fast enough. */
#define DSC_CACHE_MINIMUM ((size_t)DSC_USUALLY(1 << 20, 1))

/* One state of one source. Starts as {0}; release with dsc_cache_key_clear. */
typedef struct dsc_cache_key {
    char *source;      /* real path */
    char *entry;       /* path of its entry */
    uint64_t state[7]; /* device, inode, size, mtime and ctime in seconds and nanoseconds */
} dsc_cache_key;

/* Takes the key of `path` in its current state. Returns false if it cannot have an entry. */
bool dsc_cache_key_take(dsc_cache_key *key, const char *path);
void dsc_cache_key_clear(dsc_cache_key *key);

/* Maps the entry of `key`, sets array, size and crc of `content`, and checks the content like that of a file.
 * Returns false if there is no valid entry. */
bool dsc_cache_load(dsc_content *content, const dsc_cache_key *key);

/* Writes the entry atomically: the decompressed IDX file of `size` bytes, which was read from `path` after
 * `key` was taken. Does nothing if the source has changed since, or so recently that another change could be
 * missed. Also removes entries whose source is gone. */
void dsc_cache_store(const dsc_cache_key *key, const char *path, const unsigned char *bytes, size_t size,
                     uint32_t crc);

#endif
