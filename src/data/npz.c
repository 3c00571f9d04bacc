/* SPDX-License-Identifier: MIT */
/* npz.c: NumPy's .npz files: ZIP archives of .npy files (PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and
 * 4.3.16). Entries are found through the central directory at the end of the archive, as the format
 * requires. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/recognise.h"
#include "base/text.h"
#include "data/npy.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))

enum { LOCAL = 30, CENTRAL = 46, END = 22, LONGEST_COMMENT = 65535 };
enum { STORED = 0, DEFLATED = 8, ENCRYPTED = 1, UTF8 = 1 << 11, VERSION = 20, JANUARY_1980 = 0x21 };

static unsigned get16(const unsigned char *p) { return (unsigned)p[0] | (unsigned)p[1] << 8; }
static uint32_t get32(const unsigned char *p) { return get16(p) | (uint32_t)get16(p + 2) << 16; }

/* --- writing --- */

static void put16(dsc_text *out, unsigned value) {
    const unsigned char bytes[2] = {(unsigned char)value, (unsigned char)(value >> 8)};
    dsc_text_append_bytes(out, bytes, 2);
}

static void put32(dsc_text *out, uint32_t value) {
    put16(out, value & 0xFFFF);
    put16(out, value >> 16);
}

struct member {
    unsigned char header[DSC_NPY_HEADER]; /* of the .npy file */
    size_t header_size, content_size;
    uint32_t crc, offset;
};

/* Writes the fields that the local header and the central directory share. */
static void put_common(dsc_text *out, const struct member *member, const char *name) {
    put16(out, VERSION);
    put16(out, UTF8);
    put16(out, STORED);
    put16(out, 0);
    put16(out, JANUARY_1980);
    put32(out, member->crc);
    put32(out, (uint32_t)(member->header_size + member->content_size));
    put32(out, (uint32_t)(member->header_size + member->content_size));
    put16(out, (unsigned)strlen(name) + 4);
    put16(out, 0);
}

static dsc_status prepare(struct member *members, const dsc_npz_entry *entries, size_t count,
                          const char *path, dsc_error *error) {
    size_t total = END;
    for (size_t i = 0; i < count; i++) {
        const char *name = entries[i].name;
        struct member *m = &members[i];
        bool good = *name && strlen(name) < 1000 && !strchr(name, '/');
        for (const char *p = name; *p; p++) good = good && (unsigned char)*p >= 32;
        for (size_t k = 0; k < i; k++) good = good && strcmp(name, entries[k].name) != 0;
        if (!good)
            return dsc_fail(
                error, DSC_ERROR_ARGUMENT,
                "%s: cannot hold an array called \"%s\": expected a new name without '/' and control "
                "characters",
                path, name);
        dsc_status status =
            dsc_npy_header(m->header, &m->header_size, &m->content_size, entries[i].array, path, error);
        if (status) return status;
        size_t more = LOCAL + CENTRAL + 2 * (strlen(name) + 4) + m->header_size;
        if (m->content_size > UINT32_MAX || total + more + m->content_size > UINT32_MAX)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                            "%s: would be larger than 4 GiB at array %s; write fewer arrays to one file",
                            path, name);
        total += more + m->content_size;
        m->crc = libdeflate_crc32(0, m->header, m->header_size);
        if (m->content_size) m->crc = libdeflate_crc32(m->crc, entries[i].array->data, m->content_size);
    }
    return DSC_OK;
}

/* The destination of the archive: a file or memory. */
struct sink {
    dsc_file_writer *writer; /* NULL: `bytes` */
    dsc_text bytes;
};

static dsc_status append(struct sink *sink, const void *bytes, size_t size, dsc_error *error) {
    if (sink->writer) return dsc_file_writer_append(sink->writer, bytes, size, error);
    dsc_text_append_bytes(&sink->bytes, bytes, size);
    return sink->bytes.failed ? dsc_fail_memory(error, sink->bytes.length + size, "a ZIP archive") : DSC_OK;
}

static dsc_status append_text(struct sink *sink, dsc_text *text, dsc_error *error) {
    if (text->failed) return dsc_fail_memory(error, text->length, "a ZIP archive's list");
    dsc_status status = append(sink, text->data, text->length, error);
    text->length = 0;
    return status;
}

static dsc_status write_all(struct sink *sink, dsc_text *text, struct member *members,
                            const dsc_npz_entry *entries, size_t count, dsc_error *error) {
    size_t offset = 0;
    for (size_t i = 0; i < count; i++) {
        struct member *m = &members[i];
        m->offset = (uint32_t)offset;
        put32(text, 0x04034B50);
        put_common(text, m, entries[i].name);
        dsc_text_append(text, "%s.npy", entries[i].name);
        offset += text->length + m->header_size + m->content_size;
        dsc_status status = append_text(sink, text, error);
        if (!status) status = append(sink, m->header, m->header_size, error);
        if (!status) status = append(sink, entries[i].array->data, m->content_size, error);
        if (status) return status;
    }
    for (size_t i = 0; i < count; i++) {
        put32(text, 0x02014B50);
        put16(text, VERSION);
        put_common(text, &members[i], entries[i].name);
        put16(text, 0); /* no comment */
        put16(text, 0); /* on the first disk */
        put16(text, 0);
        put32(text, 0);
        put32(text, members[i].offset);
        dsc_text_append(text, "%s.npy", entries[i].name);
    }
    uint32_t list = (uint32_t)text->length;
    put32(text, 0x06054B50);
    put32(text, 0); /* one disk */
    put16(text, (unsigned)count);
    put16(text, (unsigned)count);
    put32(text, list);
    put32(text, (uint32_t)offset);
    put16(text, 0);
    return append_text(sink, text, error);
}

/* Writes to the sink; a file is opened only after all checks. */
static dsc_status write_to(struct sink *sink, bool to_file, const char *path, const dsc_npz_entry *entries,
                           size_t count, dsc_error *error) {
    if (count > 65534)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: cannot hold %zu arrays: expected at most 65534",
                        path, count);
    struct member *members = dsc_allocate(count, sizeof *members);
    if (!members) return dsc_fail_memory(error, count * sizeof *members, path);
    dsc_text text = {0};
    dsc_status status = prepare(members, entries, count, path, error);
    if (!status && to_file) status = dsc_file_writer_open(&sink->writer, path, error);
    if (!status) status = write_all(sink, &text, members, entries, count, error);
    dsc_text_free(&text);
    free(members);
    return status;
}

dsc_status dsc_npz_write(const char *path, const dsc_npz_entry *entries, size_t count, dsc_error *error) {
    struct sink sink = {0};
    dsc_status status = write_to(&sink, true, path, entries, count, error);
    if (!status) return dsc_file_writer_commit(sink.writer, error);
    if (sink.writer) dsc_file_writer_abort(sink.writer);
    return status;
}

dsc_status dsc_npz_make(unsigned char **bytes, size_t *size, const dsc_npz_entry *entries, size_t count,
                        const char *name, dsc_error *error) {
    struct sink sink = {0};
    dsc_status status = write_to(&sink, false, name, entries, count, error);
    *bytes = NULL;
    *size = 0;
    if (status) {
        dsc_text_free(&sink.bytes);
        return status;
    }
    *bytes = (unsigned char *)sink.bytes.data;
    *size = sink.bytes.length;
    return DSC_OK;
}

/* --- reading --- */

struct archive {
    const unsigned char *bytes;
    size_t size, list, list_end, count;
    const char *file;
};

static dsc_status fail_damaged(dsc_error *error, const struct archive *zip, size_t offset, const char *what) {
    return dsc_fail(error, DSC_ERROR_FORMAT,
                    "%s: offset %zu: expected %s; the archive is cut short or damaged: copy it again",
                    zip->file, offset, what);
}

static dsc_status find_list(struct archive *zip, dsc_error *error) {
    if (zip->size < 2 || memcmp(zip->bytes, "PK", 2) != 0)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: expected NumPy arrays (.npz), a ZIP archive that starts with PK, found %s; check the path",
            zip->file, dsc_kind_name(dsc_recognise(zip->bytes, zip->size)));
    if (zip->size < END) return fail_damaged(error, zip, zip->size, "the end of a ZIP archive");
    size_t first = zip->size - END > LONGEST_COMMENT ? zip->size - END - LONGEST_COMMENT : 0;
    for (size_t at = zip->size - END + 1; at-- > first;) {
        const unsigned char *end = zip->bytes + at;
        if (get32(end) != 0x06054B50 || at + END + get16(end + 20) != zip->size) continue;
        size_t length = get32(end + 12);
        zip->list = get32(end + 16);
        zip->count = get16(end + 10);
        if (zip->list == UINT32_MAX || zip->count == 65535)
            return dsc_fail(
                error, DSC_ERROR_UNSUPPORTED,
                "%s: is a ZIP64 archive, larger than 4 GiB: expected a smaller one; save fewer arrays",
                zip->file);
        if (zip->list > at || length > at - zip->list)
            return fail_damaged(error, zip, at + 12, "a list that lies within the archive");
        zip->list_end = zip->list + length;
        return DSC_OK;
    }
    return fail_damaged(error, zip, zip->size, "the end of a ZIP archive");
}

/* Returns the central directory's entry at *at, and moves *at past it. */
static dsc_status next_entry(const unsigned char **entry, size_t *at, const struct archive *zip,
                             dsc_error *error) {
    *entry = zip->bytes + *at;
    if (zip->list_end - *at < CENTRAL || get32(*entry) != 0x02014B50)
        return fail_damaged(error, zip, *at, "an entry of the archive's list");
    const size_t whole = CENTRAL + (size_t)get16(*entry + 28) + get16(*entry + 30) + get16(*entry + 32);
    if (zip->list_end - *at < whole)
        return fail_damaged(error, zip, *at, "a whole entry of the archive's list");
    *at += whole;
    return DSC_OK;
}

/* Finds the entry of `name`.npy; NULL in *found: none. */
static dsc_status find_entry(const unsigned char **found, const struct archive *zip, const char *name,
                             dsc_error *error) {
    *found = NULL;
    size_t at = zip->list, length = strlen(name);
    for (size_t i = 0; i < zip->count; i++) {
        const unsigned char *entry;
        dsc_status status = next_entry(&entry, &at, zip, error);
        if (status) return status;
        if (get16(entry + 28) == length + 4 && !memcmp(entry + CENTRAL, name, length) &&
            !memcmp(entry + CENTRAL + length, ".npy", 4)) {
            *found = entry;
            return DSC_OK;
        }
    }
    return DSC_OK;
}

static dsc_status fail_absent(dsc_error *error, const struct archive *zip, const char *name) {
    dsc_text list = {0};
    size_t at = zip->list;
    for (size_t i = 0; i < zip->count; i++) { /* find_entry has checked all entries */
        const unsigned char *entry = zip->bytes + at;
        if (i) dsc_text_append(&list, ", ");
        for (size_t k = 0; k < get16(entry + 28); k++) { /* untrusted text: no control characters */
            char c = (char)entry[CENTRAL + k];
            dsc_text_append(&list, "%c", (unsigned char)c < 32 || c == 127 ? '?' : c);
        }
        at += CENTRAL + (size_t)get16(entry + 28) + get16(entry + 30) + get16(entry + 32);
    }
    dsc_status status = dsc_fail(error, DSC_ERROR_MISMATCH, "%s: expected an array called %s, found: %s",
                                 zip->file, name, list.data && !list.failed ? list.data : "none");
    dsc_text_free(&list);
    return status;
}

/* Finds the entry's .npy file: in place, or inflated into *buffer, which the caller frees. */
static dsc_status unpack(const unsigned char **npy, size_t *size, unsigned char **buffer,
                         const struct archive *zip, const unsigned char *entry, dsc_error *error) {
    unsigned method = get16(entry + 10);
    size_t packed = get32(entry + 20), at = get32(entry + 42);
    *size = get32(entry + 24);
    if (*size == UINT32_MAX || packed == UINT32_MAX || at == UINT32_MAX || (get16(entry + 8) & ENCRYPTED) ||
        (method != STORED && method != DEFLATED))
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: expected an array below 4 GiB that is stored or deflated and not encrypted (method 0 or "
            "8), found method %u; save it with numpy.savez",
            zip->file, method);
    if (at > zip->size || zip->size - at < LOCAL || get32(zip->bytes + at) != 0x04034B50)
        return fail_damaged(error, zip, at, "an entry's header");
    size_t data = at + LOCAL + get16(zip->bytes + at + 26) + get16(zip->bytes + at + 28);
    if (data > zip->size || zip->size - data < packed || (method == STORED && packed != *size))
        return fail_damaged(error, zip, data, "an entry's content");
    *npy = zip->bytes + data;
    if (method == DEFLATED) {
        /* Deflate's ratio is at most 1032: a false size allocates nothing. */
        if (*size / 1032 > packed)
            return fail_damaged(error, zip, data, "content as large as its entry says");
        struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
        *buffer = malloc(*size ? *size : 1);
        if (!inflater || !*buffer) {
            libdeflate_free_decompressor(inflater);
            return dsc_fail_memory(error, *size, zip->file);
        }
        enum libdeflate_result result =
            libdeflate_deflate_decompress(inflater, zip->bytes + data, packed, *buffer, *size, NULL);
        libdeflate_free_decompressor(inflater);
        if (result) return fail_damaged(error, zip, data, "compressed content");
        *npy = *buffer;
    }
    if (libdeflate_crc32(0, *npy, *size) != get32(entry + 16))
        return fail_damaged(error, zip, data, "content with the CRC-32 of the archive's list");
    return DSC_OK;
}

dsc_status dsc_npz_member(const unsigned char **npy, size_t *npy_size, unsigned char **buffer,
                          const void *bytes, size_t size, const char *file, const char *name,
                          dsc_error *error) {
    struct archive zip = {.bytes = bytes, .size = size, .file = file};
    const unsigned char *entry = NULL;
    *buffer = NULL;
    dsc_status status = find_list(&zip, error);
    if (!status) status = find_entry(&entry, &zip, name, error);
    if (status) return status;
    return entry ? unpack(npy, npy_size, buffer, &zip, entry, error) : fail_absent(error, &zip, name);
}

dsc_status dsc_npz_parse(dsc_array *array, const void *bytes, size_t size, const char *file, const char *name,
                         dsc_error *error) {
    memset(array, 0, sizeof *array);
    const unsigned char *npy = NULL;
    unsigned char *buffer;
    size_t length = 0;
    dsc_status status = dsc_npz_member(&npy, &length, &buffer, bytes, size, file, name, error);
    if (!status) {
        status = dsc_npy_parse(array, npy, length, name, error);
        if (status) (void)dsc_error_context(error, status, "%s", file);
    }
    free(buffer);
    return status;
}

dsc_status dsc_npz_visit(const void *bytes, size_t size, const char *file, dsc_npz_visitor *visit, void *user,
                         dsc_error *error) {
    struct archive zip = {.bytes = bytes, .size = size, .file = file};
    dsc_status status = find_list(&zip, error);
    size_t at = zip.list;
    for (size_t i = 0; i < zip.count && !status; i++) {
        const unsigned char *entry;
        status = next_entry(&entry, &at, &zip, error);
        if (status) return status;
        const size_t length = get16(entry + 28);
        char name[256];
        if (length < 5 || length - 4 >= sizeof name || memcmp(entry + CENTRAL + length - 4, ".npy", 4) != 0)
            continue;
        bool good = true;
        for (size_t k = 0; k < length - 4; k++) {
            name[k] = (char)entry[CENTRAL + k];
            good = good && entry[CENTRAL + k] >= 32 && entry[CENTRAL + k] != 127;
        }
        name[length - 4] = '\0';
        if (good) status = visit(user, name, error);
    }
    return status;
}

dsc_status dsc_npz_read(dsc_array *array, const char *path, const char *name, dsc_error *error) {
    memset(array, 0, sizeof *array);
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_LIMIT, error);
    if (status) return status;
    status = dsc_npz_parse(array, bytes, size, path, name, error);
    free(bytes);
    return status;
}
