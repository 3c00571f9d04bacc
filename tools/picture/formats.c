/* SPDX-License-Identifier: MIT */
/* formats.c: the registry of picture formats. A new one is one file and one line here. */
#include "picture/picture.h"

#define FORMATS(FORMAT)                                                                                      \
    FORMAT(png)                                                                                              \
    FORMAT(pnm)                                                                                              \
    FORMAT(jpeg)                                                                                             \
    FORMAT(webp)                                                                                             \
    FORMAT(tiff)                                                                                             \
    FORMAT(gif)

#define DECLARE(name) extern const picture_format picture_format_##name;
FORMATS(DECLARE)

#define ENTRY(name) &picture_format_##name,
static const picture_format *const rows[] = {FORMATS(ENTRY) NULL};

const dsc_registry picture_formats = {.thing = "picture format", .things = "picture formats", .rows = rows};
DSC_BEGINS_AS_ROW(picture_format, params);

const picture_format *picture_format_at(size_t i) { return i < sizeof rows / sizeof *rows ? rows[i] : NULL; }
