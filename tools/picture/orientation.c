/* SPDX-License-Identifier: MIT */
/* orientation.c: finds the orientation in an EXIF block; see orientation.h. */
#include "picture/orientation.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { UPRIGHT = 1, TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY_SIZE = 12 };

/* Reads `count` bytes as a big-endian or little-endian number. */
static uint32_t number_at(const unsigned char *bytes, size_t count, bool big_endian) {
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) value = value << 8 | bytes[big_endian ? i : count - 1 - i];
    return value;
}

int picture_exif_orientation(const unsigned char *block, size_t size) {
    if (size < 8) return UPRIGHT;
    const bool big = !memcmp(block, "MM\0*", 4);
    if (!big && memcmp(block, "II*\0", 4) != 0) return UPRIGHT;
    const size_t directory = number_at(block + 4, 4, big);
    if (directory > size - 2) return UPRIGHT;
    const size_t entries = number_at(block + directory, 2, big), room = (size - directory - 2) / ENTRY_SIZE;
    for (size_t i = 0; i < entries && i < room; i++) {
        const unsigned char *entry = block + directory + 2 + i * ENTRY_SIZE; /* tag, type, count, value */
        if (number_at(entry, 2, big) != TAG_ORIENTATION || number_at(entry + 2, 2, big) != TYPE_SHORT)
            continue;
        const uint32_t value = number_at(entry + 8, 2, big);
        return value >= 1 && value <= 8 ? (int)value : UPRIGHT;
    }
    return UPRIGHT;
}

int picture_webp_orientation(const unsigned char *bytes, size_t size) {
    /* A chunk: type, length, data, and a padding byte if the length is odd. */
    for (size_t at = 12; at < size && size - at >= 8;) {
        const size_t length = number_at(bytes + at + 4, 4, false), room = size - at - 8;
        const unsigned char *block = bytes + at + 8;
        if (length > room) break;
        /* Some writers include JPEG's prefix. */
        const size_t skipped = length > 6 && !memcmp(block, "Exif\0\0", 6) ? 6 : 0;
        if (!memcmp(bytes + at, "EXIF", 4))
            return picture_exif_orientation(block + skipped, length - skipped);
        if (length + length % 2 >= room) break;
        at += 8 + length + length % 2;
    }
    return UPRIGHT;
}

int picture_png_orientation(const unsigned char *bytes, size_t size) {
    /* A chunk: length, type, data, checksum. */
    for (size_t at = 8; at < size && size - at >= 12;) {
        const size_t length = number_at(bytes + at, 4, true);
        if (length > size - at - 12) break;
        if (!memcmp(bytes + at + 4, "eXIf", 4)) return picture_exif_orientation(bytes + at + 8, length);
        at += length + 12;
    }
    return UPRIGHT;
}
