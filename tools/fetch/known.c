/* SPDX-License-Identifier: MIT */
/* known.c: recognises known data sets by content.
 *
 * Hashing 55 MB takes about 30 ms, ten times as long as mapping them from the cache. A note, "verified" in
 * the user's cache, therefore records which state of which files was verified. The note only saves the
 * SHA-256: the CRC-32, which every loading path computes or checks, must match each time. */
#include "fetch/known.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "data/cache.h"
#include "data/dataset.h"
#include "data/folder.h"
#include "fetch/sha256.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_LIMIT 65536

dsc_status fetch_array_sha256(char hex[FETCH_SHA256_HEX], const dsc_array *array, dsc_error *error) {
    unsigned char header[4 + 4 * 4] = {0, 0, (unsigned char)array->type, (unsigned char)array->rank};
    hex[0] = '\0';
    if (array->type != DSC_U8)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "checksums can be computed only of arrays of bytes");
    for (size_t i = 0; i < array->rank; i++)
        for (size_t j = 0; j < 4; j++)
            header[4 + 4 * i + j] = (unsigned char)(array->shape[i] >> (24 - 8 * j));
    fetch_sha256 *hash;
    dsc_status status = fetch_sha256_create(&hash, error);
    if (!status) status = fetch_sha256_append(hash, header, 4 + 4 * array->rank, error);
    if (!status) status = fetch_sha256_append(hash, array->data, dsc_array_count(array), error);
    if (!status) status = fetch_sha256_finish(hex, hash, error);
    fetch_sha256_free(hash);
    return status;
}

/* One line per file: its checksum, state and path. Returns false if a file's state is unknown. */
static bool make_note(dsc_text *note, const char *folder, const dsc_known_file files[DSC_MNIST_FILES]) {
    bool good = true;
    for (int i = 0; i < DSC_MNIST_FILES && good; i++) {
        char *path = NULL;
        dsc_cache_key key;
        good = !dsc_mnist_find(&path, folder, i, NULL) && path && dsc_cache_key_take(&key, path);
        if (good) {
            dsc_text_append(note, "%s", files[i].content_sha256);
            for (size_t j = 0; j < sizeof key.state / sizeof *key.state; j++)
                dsc_text_append(note, " %llu", (unsigned long long)key.state[j]);
            dsc_text_append(note, " %s\n", key.source);
            dsc_cache_key_clear(&key);
        }
        free(path);
    }
    return good && !note->failed;
}

static bool note_is_there(const char *path, const dsc_text *note) {
    unsigned char *data;
    size_t size;
    if (dsc_file_read(&data, &size, path, NOTE_LIMIT, NULL)) return false;
    bool same = size == note->length && !memcmp(data, note->data, size);
    free(data);
    return same;
}

static dsc_status hash_all(bool *known, const dsc_content *const contents[DSC_MNIST_FILES],
                           const dsc_known_file files[DSC_MNIST_FILES], dsc_error *error) {
    *known = true;
    for (int i = 0; i < DSC_MNIST_FILES && *known; i++) {
        char hex[FETCH_SHA256_HEX];
        dsc_status status = fetch_array_sha256(hex, &contents[i]->array, error);
        if (status) {
            *known = false;
            return status;
        }
        *known = !strcmp(hex, files[i].content_sha256);
    }
    return DSC_OK;
}

dsc_status fetch_is_known(bool *known, const dsc_dataset *train, const dsc_dataset *test, const char *folder,
                          const dsc_known_file files[DSC_MNIST_FILES], dsc_error *error) {
    const dsc_content *const contents[DSC_MNIST_FILES] = {&train->storage->images, &train->storage->labels,
                                                          &test->storage->images, &test->storage->labels};
    *known = true;
    for (int i = 0; i < DSC_MNIST_FILES; i++)
        if (contents[i]->size != files[i].content_size || contents[i]->crc != files[i].content_crc)
            *known = false;
    if (!*known || !fetch_sha256_available()) return DSC_OK;

    dsc_text note = {0};
    char *cache = dsc_user_cache(), *path = cache ? dsc_path_join(cache, "verified") : NULL;
    bool has_note = path && make_note(&note, folder, files);
    dsc_status status = DSC_OK;
    if (!has_note || !note_is_there(path, &note)) {
        status = hash_all(known, contents, files, error);
        /* If the note cannot be written, the checksum is computed each time. */
        if (!status && *known && has_note && !dsc_folder_make(cache, NULL))
            (void)dsc_file_write(path, note.data, note.length, NULL);
    }
    dsc_text_free(&note);
    free(cache);
    free(path);
    return status;
}
