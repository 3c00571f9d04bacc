/* SPDX-License-Identifier: MIT */
/* cache.c: decompressed copies in the user's cache. An entry is
 *
 *   offset 0     the header of 4080 bytes: struct entry, then the source's path, then zeros
 *   offset 4080  the decompressed IDX file; the elements of a three-dimensional one start on a page boundary
 *
 * The header has the machine's byte order. An entry of a machine with the other byte order has a different
 * `magic` and is ignored. */
#include "data/cache.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 4096 - 16, SETTLED_NANOSECONDS = 100000000 };

#define MAGIC 0x3130454843435344ull /* "DSCCHE01": includes the version */

struct entry {
    uint64_t magic;
    uint64_t size; /* size of the content in bytes */
    uint64_t state[7];
    uint32_t crc;        /* of the content */
    uint32_t header_crc; /* of the whole header with 0 here */
};

/* --- keys --- */

static void state_of(uint64_t state[7], const struct stat *info) {
    state[0] = (uint64_t)info->st_dev;
    state[1] = (uint64_t)info->st_ino;
    state[2] = (uint64_t)info->st_size;
    state[3] = (uint64_t)info->st_mtim.tv_sec;
    state[4] = (uint64_t)info->st_mtim.tv_nsec;
    state[5] = (uint64_t)info->st_ctim.tv_sec;
    state[6] = (uint64_t)info->st_ctim.tv_nsec;
}

char *dsc_user_cache(void) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/') return dsc_path_join(cache, "descender"); /* relative paths must be ignored */
    return home && *home == '/' ? dsc_path_join(home, ".cache/descender") : NULL;
}

static char *cache_folder(void) {
    char *user = dsc_user_cache(), *folder = user ? dsc_path_join(user, "decompressed") : NULL;
    free(user);
    return folder;
}

bool dsc_cache_key_take(dsc_cache_key *key, const char *path) {
    memset(key, 0, sizeof *key);
    const char *setting = getenv("DESCENDER_CACHE");
    if (setting && !strcmp(setting, "off")) return false;
    struct stat info;
    if (stat(path, &info) || !S_ISREG(info.st_mode)) return false;
    state_of(key->state, &info);
    char name[32];
    char *folder = cache_folder();
    key->source = realpath(path, NULL);
    if (key->source) {
        (void)snprintf(name, sizeof name, "%016llx.idx",
                       (unsigned long long)dsc_text_hash(key->source)); /* the entry stores the whole path */
        key->entry = folder ? dsc_path_join(folder, name) : NULL;
    }
    free(folder);
    if (key->source && key->entry && strlen(key->source) < HEADER - sizeof(struct entry)) return true;
    dsc_cache_key_clear(key);
    return false;
}

void dsc_cache_key_clear(dsc_cache_key *key) {
    free(key->source);
    free(key->entry);
    memset(key, 0, sizeof *key);
}

/* Fills in the header of an entry with this key and content. */
static void make_header(unsigned char header[HEADER], const dsc_cache_key *key, uint64_t size, uint32_t crc) {
    struct entry entry = {.magic = MAGIC, .size = size, .crc = crc};
    memcpy(entry.state, key->state, sizeof entry.state);
    memset(header, 0, HEADER);
    memcpy(header, &entry, sizeof entry);
    memcpy(header + sizeof entry, key->source, strlen(key->source));
    entry.header_crc = libdeflate_crc32(0, header, HEADER);
    memcpy(header, &entry, sizeof entry);
}

/* --- loading --- */

/* Maps the whole entry if it is a regular file of this user and large enough. */
static unsigned char *map_entry(size_t *size, const char *path) {
    int fd = dsc_open_at(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0) return NULL;
    struct stat info;
    void *map = MAP_FAILED;
    if (!fstat(fd, &info) && S_ISREG(info.st_mode) && info.st_uid == geteuid() && info.st_size > HEADER) {
        *size = (size_t)info.st_size;
        map = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    }
    (void)close(fd);
    return map == MAP_FAILED ? NULL : map;
}

static bool entry_is_right(dsc_content *content, const unsigned char *map, size_t map_size,
                           const dsc_cache_key *key) {
    struct entry entry;
    unsigned char expected[HEADER];
    memcpy(&entry, map, sizeof entry);
    if (entry.magic != MAGIC || entry.size != map_size - HEADER) return false;
    make_header(expected, key, entry.size, entry.crc);
    if (memcmp(expected, map, HEADER) != 0) return false;
    size_t start;
    if (dsc_idx_header(&content->array, &start, map + HEADER, map_size - HEADER, key->entry, NULL) != DSC_OK)
        return false;
    if (content->array.type != DSC_U8) return false;
    if (libdeflate_crc32(0, map + HEADER, map_size - HEADER) != entry.crc) return false;
    content->size = map_size - HEADER;
    content->crc = entry.crc;
    /* The mapping is read-only. No code writes to a data set. */
    content->array.data = (unsigned char *)(uintptr_t)(map + HEADER + start);
    return true;
}

bool dsc_cache_load(dsc_content *content, const dsc_cache_key *key) {
    memset(content, 0, sizeof *content);
    size_t size = 0;
    unsigned char *map = map_entry(&size, key->entry);
    if (!map) return false;
    if (!entry_is_right(content, map, size, key)) {
        (void)munmap(map, size);
        memset(content, 0, sizeof *content);
        return false;
    }
    content->map = map;
    content->map_size = size;
    return true;
}

/* --- storing --- */

/* Whether the source is unchanged, and old enough that a change within one tick of the file system's clock
 * cannot be missed. A tick is a few milliseconds, or up to two seconds if the file system stores whole
 * seconds. */
static bool is_settled(const dsc_cache_key *key, const char *path) {
    struct stat info;
    struct timespec now;
    uint64_t state[7];
    if (stat(path, &info) || clock_gettime(CLOCK_REALTIME, &now)) return false;
    state_of(state, &info);
    if (memcmp(state, key->state, sizeof state) != 0) return false;
    int64_t seconds = (int64_t)now.tv_sec - (int64_t)info.st_ctim.tv_sec;
    if (seconds > 2) return true;
    return seconds >= 0 && info.st_ctim.tv_nsec &&
           1000000000 * seconds + now.tv_nsec - info.st_ctim.tv_nsec > SETTLED_NANOSECONDS;
}

/* Reads the header of a possible entry. Returns false if the file is shorter or unreadable. */
static bool read_header(unsigned char header[HEADER], const char *path) {
    int fd = dsc_open_at(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0);
    if (fd < 0) return false;
    size_t length = 0;
    while (length < HEADER) {
        ssize_t n = read(fd, header + length, HEADER - length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        length += (size_t)n;
    }
    (void)close(fd);
    return length == HEADER;
}

/* Whether a file of the cache folder is an entry whose source is gone. */
static bool is_garbage(const char *path, const char *name) {
    struct stat info;
    if (lstat(path, &info) || !S_ISREG(info.st_mode)) return false;
    if (!strstr(name, ".idx")) return false;
    unsigned char header[HEADER + 1] = {0};
    struct entry entry;
    if (!read_header(header, path)) return false;
    memcpy(&entry, header, sizeof entry);
    if (entry.magic != MAGIC) return false;
    return stat((const char *)header + sizeof entry, &info) && (errno == ENOENT || errno == ENOTDIR);
}

static void remove_garbage(const char *folder) {
    DIR *stream = opendir(folder);
    if (!stream) return;
    for (struct dirent *item; (item = readdir(stream)) != NULL;) {
        char *path = dsc_path_join(folder, item->d_name);
        if (path && strstr(item->d_name, ".idx.") && strstr(item->d_name, ".tmp"))
            dsc_file_remove_dead(path);
        else if (path && is_garbage(path, item->d_name))
            (void)unlink(path);
        free(path);
    }
    (void)closedir(stream);
}

static void write_entry(const dsc_cache_key *key, const unsigned char *bytes, size_t size, uint32_t crc) {
    unsigned char header[HEADER];
    make_header(header, key, size, crc);
    /* Removes a link, a pipe or another user's file of the entry's name: the cache must not write through it
     * or inherit its permissions. */
    struct stat info;
    if (!lstat(key->entry, &info) && (!S_ISREG(info.st_mode) || info.st_uid != geteuid()))
        (void)unlink(key->entry);
    dsc_file_writer *writer;
    if (dsc_file_writer_open(&writer, key->entry, NULL)) return;
    if (dsc_file_writer_append(writer, header, HEADER, NULL) ||
        dsc_file_writer_append(writer, bytes, size, NULL)) {
        dsc_file_writer_abort(writer);
        return;
    }
    /* Not synced: the checksum detects an entry that a crash damaged. */
    (void)dsc_file_writer_commit_unsynced(writer, NULL);
}

void dsc_cache_store(const dsc_cache_key *key, const char *path, const unsigned char *bytes, size_t size,
                     uint32_t crc) {
    if (size < DSC_CACHE_MINIMUM || bytes[2] != DSC_U8 || !is_settled(key, path)) return;
    char *folder = cache_folder();
    if (folder && !dsc_folder_make(folder, NULL)) {
        remove_garbage(folder);
        write_entry(key, bytes, size, crc);
    }
    free(folder);
}
