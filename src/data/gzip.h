/* SPDX-License-Identifier: MIT */
/* gzip.h: the gzip file format (RFC 1952) around libdeflate's inflate and deflate. */
#ifndef DSC_DATA_GZIP_H
#define DSC_DATA_GZIP_H

#include <descender.h>

bool dsc_is_gzip(const unsigned char *bytes, size_t size);

#define DSC_GUNZIP_BEHIND 16

/* Decompresses all members of a gzip file in memory. The content begins at *block + front. The block is
 * aligned to 64 bytes and has DSC_GUNZIP_BEHIND more bytes after the content, so the caller can move the
 * content a little; the caller frees it. *crc is the CRC-32 of the content. Memory grows with the real
 * content, not with the claimed size. Damage, a truncated file, a wrong checksum and foreign bytes after the
 * end are errors that give `name` and the offset in the compressed file. */
dsc_status dsc_gunzip(unsigned char **block, size_t *size, uint32_t *crc, const unsigned char *in,
                      size_t in_size, size_t front, const char *name, dsc_error *error);

/* Compresses to one member in a new buffer, which the caller frees. The same input gives the same bytes. */
dsc_status dsc_gzip(unsigned char **out, size_t *size, const void *in, size_t in_size, dsc_error *error);

#endif
