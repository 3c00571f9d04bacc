/* SPDX-License-Identifier: MIT */
/* cache.h: decompressed, checked copies of large IDX files in the user's cache folder, one file for each
 * source, so that the next start maps it instead of decompressing.
 *
 * An entry belongs to one state of one source: its real path, device, inode, size, and its times of change
 * to the nanosecond (ctime too, which no copying program can set back). Anything that is not exactly the
 * entry that this state would have, and whose content has not the CRC-32 that was written with it, is
 * treated as not there, and written anew. Nothing here fails: without a home, on a read-only disk, or with
 * DESCENDER_CACHE=off there is simply no cache. */
#ifndef DSC_DATA_CACHE_H
#define DSC_DATA_CACHE_H

#include "data/idx.h"

#include "base/limits.h"

/* $XDG_CACHE_HOME/descender, or ~/.cache/descender, in a new text; NULL where there is no home, or no
 * memory. Data sets that are downloaded lie in folders of their names in it. */
char *dsc_user_cache(void);

/* Smaller sources decompress in no time. */
#define DSC_CACHE_MINIMUM ((size_t)DSC_USUALLY(1 << 20, 1))

/* One state of one source. Starts as {0}; release with dsc_cache_key_clear. */
typedef struct dsc_cache_key {
    char *source;      /* its real path */
    char *entry;       /* the path of its entry */
    uint64_t state[7]; /* device, inode, size, mtime and ctime in seconds and nanoseconds */
} dsc_cache_key;

/* The key of `path` as it is now; false if it cannot have an entry. */
bool dsc_cache_key_take(dsc_cache_key *key, const char *path);
void dsc_cache_key_clear(dsc_cache_key *key);

/* Maps the entry of `key`: array, size and crc of `content` are filled, and the content is checked again as
 * a file would be. False if there is no entry that is right in everything. */
bool dsc_cache_load(dsc_content *content, const dsc_cache_key *key);

/* Writes the entry, atomically: the decompressed IDX file of `size` bytes that was read from `path` after
 * `key` was taken. Does nothing if the source has changed since, or so lately that one more change could go
 * unseen. Also removes entries whose source is gone. */
void dsc_cache_store(const dsc_cache_key *key, const char *path, const unsigned char *bytes, size_t size,
                     uint32_t crc);

#endif
