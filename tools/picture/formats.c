/* SPDX-License-Identifier: MIT */
/* formats.c: the registry of picture formats. A new format is one file and one line here. */
#include "picture/picture.h"

#include "base/text.h"

#define FORMATS(FORMAT)                                                                                      \
    FORMAT(png)                                                                                              \
    FORMAT(pnm)                                                                                              \
    FORMAT(jpeg)                                                                                             \
    FORMAT(webp)                                                                                             \
    FORMAT(tiff)                                                                                             \
    FORMAT(gif)                                                                                              \
    FORMAT(heif)                                                                                             \
    FORMAT(pdf)

#define DECLARE(name) extern const picture_format picture_format_##name;
FORMATS(DECLARE)

#define ENTRY(name) &picture_format_##name,
static const picture_format *const rows[] = {FORMATS(ENTRY) NULL};

static void append_facts(dsc_text *text, const void *row) {
    const picture_format *format = row;
    dsc_text_append(text, "files named ");
    for (size_t i = 0; format->endings[i]; i++)
        dsc_text_append(text, "%s*%s", i ? ", " : "", format->endings[i]);
    if (format->library) dsc_text_append(text, "; read by %s", format->library);
}

const dsc_registry picture_formats = {
    .thing = "format",
    .things = "pictures",
    .about =
        "Formats of picture files. The content of a file tells its format; the name matters only when a "
        "folder is searched. A picture that its camera marked as lying on its side (EXIF) is turned upright. "
        "Some formats need a library that the build may lack: `descender --version` lists the libraries.",
    .rows = rows,
    .facts = append_facts,
};
DSC_BEGINS_AS_ROW(picture_format, params);

const picture_format *picture_format_at(size_t i) {
    return (const picture_format *)dsc_registry_at(&picture_formats, i);
}
