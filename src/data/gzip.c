/* SPDX-License-Identifier: MIT */
/* gzip.c: the gzip file format, RFC 1952: members of
 *
 *   1f 8b 08 FLAGS MTIME[4] XFL OS  [extra field] [name\0] [comment\0] [header crc]
 *   deflate data  CRC32[4] ISIZE[4]
 *
 * The frame is parsed here and not by libdeflate_gzip_decompress, which reports only "bad data". Messages
 * here say whether the header, the data, the checksum or the end is wrong, and where. */
#include "data/gzip.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_HEADER_CRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_RESERVED = 0xE0 };
enum { HEADER = 10, TRAILER = 8 };

/* Deflate's best ratio: a match of 258 bytes in two bits. */
#define BEST_RATIO 1032
/* Up to this ratio the buffer has the claimed size (ISIZE) at once; above it, the buffer grows with the
 * content. */
#define USUAL_RATIO 64
/* far above any file that this library reads */
#define LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))

bool dsc_is_gzip(const unsigned char *bytes, size_t size) {
    return size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

static uint32_t little32(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The start of the deflate data of the member at `at`; 0 if the header does not end within the file. */
static size_t skip_header(const unsigned char *in, size_t size, size_t at) {
    if (size - at < HEADER) return 0;
    unsigned flags = in[at + 3];
    at += HEADER;
    if (flags & FLAG_EXTRA) {
        if (size - at < 2) return 0;
        size_t extra = (size_t)in[at] | (size_t)in[at + 1] << 8;
        if (size - at - 2 < extra) return 0;
        at += 2 + extra;
    }
    for (int i = 0; i < 2; i++) {
        if (!(flags & (i ? FLAG_COMMENT : FLAG_NAME))) continue;
        const unsigned char *end = memchr(in + at, 0, size - at);
        if (!end) return 0;
        at = (size_t)(end - in) + 1;
    }
    if (flags & FLAG_HEADER_CRC) {
        if (size - at < 2) return 0;
        at += 2;
    }
    return at;
}

/* The content decompressed so far, after `front` bytes for the caller. */
struct output {
    unsigned char *block;
    size_t front, length, capacity;
};

enum { GROWN = DSC_USUALLY(65536, 2) }; /* least growth after a first guess that was too small */

static bool reserve(struct output *out, size_t capacity) {
    unsigned char *block = dsc_allocate_aligned(out->front + capacity + DSC_GUNZIP_BEHIND, 1);
    if (!block) return false;
    if (out->length) memcpy(block + out->front, out->block + out->front, out->length);
    free(out->block);
    out->block = block;
    out->capacity = capacity;
    return true;
}

/* Inflates in[0 .. size) after the content so far; tries again with more memory until it fits. */
static dsc_status inflate_into(struct output *out, size_t *used, size_t *made,
                               struct libdeflate_decompressor *inflater, const unsigned char *in, size_t size,
                               const char *name, size_t offset, dsc_error *error) {
    for (;;) {
        enum libdeflate_result result =
            libdeflate_deflate_decompress_ex(inflater, in, size, out->block + out->front + out->length,
                                             out->capacity - out->length, used, made);
        if (result == LIBDEFLATE_SUCCESS) return DSC_OK;
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
            return dsc_fail(
                error, DSC_ERROR_FORMAT,
                "%s: the gzip data at offset %zu is damaged or cut short: expected a complete compressed "
                "stream, found %zu bytes that are none; download or copy the file again",
                name, offset, size);
        size_t most = size > LIMIT / BEST_RATIO ? LIMIT : size * BEST_RATIO;
        size_t wanted = out->capacity < GROWN / 2 ? GROWN : 2 * out->capacity;
        if (wanted > out->length + most) wanted = out->length + most;
        if (wanted <= out->capacity)
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "%s: the gzip data at offset %zu expands beyond the limit of %zu bytes; a data "
                            "file is smaller, so check where this file comes from",
                            name, offset, out->capacity);
        if (!reserve(out, wanted)) return dsc_fail_memory(error, wanted, name);
    }
}

/* Decompresses the member at *at and moves *at past it. */
static dsc_status read_member(struct output *out, uint32_t *crc, size_t *at,
                              struct libdeflate_decompressor *inflater, const unsigned char *in, size_t size,
                              const char *name, dsc_error *error) {
    size_t start = *at;
    if (size - start >= HEADER && (in[start + 2] != 8 || (in[start + 3] & FLAGS_RESERVED)))
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: offset %zu: expected gzip's method 8 and known flags, found method %u and flags 0x%02x; "
            "the file is damaged: download or copy it again",
            name, start + 2, in[start + 2], in[start + 3]);
    size_t data = skip_header(in, size, start);
    if (!data)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: the gzip header at offset %zu is cut short: expected at least %d bytes, the file ends "
            "after %zu; download or copy it again",
            name, start, HEADER + TRAILER, size - start);
    size_t used = 0, made = 0;
    dsc_status status = inflate_into(out, &used, &made, inflater, in + data, size - data, name, data, error);
    if (status) return status;
    size_t end = data + used;
    if (size - end < TRAILER)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: the file is cut short: expected gzip's checksum of 8 bytes at offset %zu, found %zu bytes; "
            "download or copy it again",
            name, end, size - end);
    const unsigned char *content = out->block + out->front + out->length;
    uint32_t found = libdeflate_crc32(0, content, made), expected = little32(in + end);
    if (found != expected)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: gzip's checksum at offset %zu is wrong: expected CRC 0x%08x, the content has "
                        "0x%08x; the file "
                        "is damaged: download or copy it again",
                        name, end, expected, found);
    if (little32(in + end + 4) != (uint32_t)made)
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: gzip's size at offset %zu is wrong: expected %u, the content has %zu bytes; the file is "
            "damaged: download or copy it again",
            name, end + 4, little32(in + end + 4), made);
    *crc = start ? libdeflate_crc32(*crc, content, made) : found;
    out->length += made;
    *at = end + TRAILER;
    return DSC_OK;
}

static dsc_status read_members(struct output *out, uint32_t *crc, struct libdeflate_decompressor *inflater,
                               const unsigned char *in, size_t size, const char *name, dsc_error *error) {
    for (size_t at = 0; at < size;) {
        if (at && !dsc_is_gzip(in + at, size - at))
            return dsc_fail(error, DSC_ERROR_FORMAT,
                            "%s: expected the end of the gzip file at offset %zu, found %zu more bytes; "
                            "download or copy the file again",
                            name, at, size - at);
        dsc_status status = read_member(out, crc, &at, inflater, in, size, name, error);
        if (status) return status;
    }
    return DSC_OK;
}

dsc_status dsc_gunzip(unsigned char **block, size_t *size, uint32_t *crc, const unsigned char *in,
                      size_t in_size, size_t front, const char *name, dsc_error *error) {
    *block = NULL;
    *size = 0;
    *crc = 0;
    if (!dsc_is_gzip(in, in_size))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected a gzip file, which starts with 1f 8b", name);
    size_t claim = in_size >= HEADER + TRAILER ? little32(in + in_size - 4) : 0;
    size_t usual = in_size > LIMIT / USUAL_RATIO ? LIMIT : in_size * USUAL_RATIO;
    struct output out = {.front = front};
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    if (!inflater || !reserve(&out, DSC_USUALLY(1, 0) * (claim < usual ? claim : usual))) {
        libdeflate_free_decompressor(inflater);
        return dsc_fail_memory(error, claim, name);
    }
    dsc_status status = read_members(&out, crc, inflater, in, in_size, name, error);
    libdeflate_free_decompressor(inflater);
    if (status) {
        free(out.block);
        return status;
    }
    *block = out.block;
    *size = out.length;
    return DSC_OK;
}

dsc_status dsc_gzip(unsigned char **out, size_t *size, const void *in, size_t in_size, dsc_error *error) {
    /* Small inputs, which go into pages, get the slow best level. */
    enum { LEVEL = 6, LEVEL_OF_SMALL = 12, SMALL = 1 << 20 };
    *out = NULL;
    *size = 0;
    struct libdeflate_compressor *deflater =
        libdeflate_alloc_compressor(in_size <= SMALL ? LEVEL_OF_SMALL : LEVEL);
    if (!deflater) return dsc_fail_memory(error, in_size, "compression");
    size_t bound = libdeflate_gzip_compress_bound(deflater, in_size);
    unsigned char *buffer = malloc(bound);
    if (buffer) *size = libdeflate_gzip_compress(deflater, in, in_size, buffer, bound);
    libdeflate_free_compressor(deflater);
    if (!buffer) return dsc_fail_memory(error, bound, "compression");
    *out = buffer; /* not zero: the buffer has libdeflate's bound */
    return DSC_OK;
}
