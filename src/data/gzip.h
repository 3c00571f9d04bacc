/* SPDX-License-Identifier: MIT */
/* gzip.h: the gzip file format (RFC 1952) around libdeflate's inflate and deflate. */
#ifndef DSC_DATA_GZIP_H
#define DSC_DATA_GZIP_H

#include <descender.h>

bool dsc_is_gzip(const unsigned char *bytes, size_t size);

#define DSC_GUNZIP_BEHIND 16

/* Decompresses all members of a gzip file in memory. The content lies at *block + front, in a new block that
 * is aligned to 64 bytes (release with free()) and goes on for DSC_GUNZIP_BEHIND bytes that are the
 * caller's, so that the content can be moved a little; *crc is its CRC-32. Memory grows with what is really
 * found, never by what the file claims alone. Damage, a cut end, a wrong checksum and foreign bytes behind
 * the end are errors that name `name` and the offset in the compressed file. */
dsc_status dsc_gunzip(unsigned char **block, size_t *size, uint32_t *crc, const unsigned char *in,
                      size_t in_size, size_t front, const char *name, dsc_error *error);

/* Compresses to one member, into a new buffer (release with free()). The same input gives the same bytes. */
dsc_status dsc_gzip(unsigned char **out, size_t *size, const void *in, size_t in_size, dsc_error *error);

#endif
