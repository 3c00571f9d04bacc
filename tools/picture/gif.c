/* SPDX-License-Identifier: MIT */
/* gif.c: GIF through giflib: the first frame, placed on the full screen described by the file. */
#include "picture/picture.h"

#include "base/error.h"

#include <string.h>

extern const picture_format picture_format_gif;

#if DESCENDER_WITH_GIF

#include <gif_lib.h>

#include "late/late.h"

/* clang-format off */
#define LATE_GIF(X) \
    X(DGifOpen) \
    X(DGifCloseFile) \
    X(DGifGetRecordType) \
    X(DGifGetExtension) \
    X(DGifGetExtensionNext) \
    X(DGifExtensionToGCB) \
    X(DGifGetImageDesc) \
    X(DGifGetLine) \
    X(GifErrorString)
/* clang-format on */
typedef struct gif_functions {
    LATE_GIF(LATE_MEMBER)
} gif_functions;
static const char *const gif_names[] = {LATE_GIF(LATE_NAME) NULL};

/* A code of twelve bits represents at most 4096 pixels. */
enum { MOST_PIXELS_A_BYTE = 4096 };

typedef struct reader {
    gif_functions api;
    const unsigned char *bytes;
    size_t size, at;
    const char *name;
    GifFileType *gif;
    int transparent; /* index of the transparent colour; -1: none */
    dsc_error *error;
} reader;

static int on_read(GifFileType *gif, GifByteType *to, int count) {
    reader *r = gif->UserData;
    const size_t left = r->size - r->at, n = count <= 0 ? 0 : (size_t)count < left ? (size_t)count : left;
    if (n) memcpy(to, r->bytes + r->at, n);
    r->at += n;
    return (int)n;
}

static dsc_status fail_gif(const reader *r, int code) {
    const char *reason = code == D_GIF_SUCCEEDED ? NULL : r->api.GifErrorString(code);
    return picture_fail_damaged(&picture_format_gif, r->name, reason ? reason : "no reason is known",
                                r->error);
}

/* Reads an extension; keeps the transparent index if it has one. */
static bool skip_extension(reader *r) {
    int code;
    GifByteType *block;
    if (r->api.DGifGetExtension(r->gif, &code, &block) == GIF_ERROR) return false;
    while (block) {
        GraphicsControlBlock control;
        if (code == GRAPHICS_EXT_FUNC_CODE &&
            r->api.DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
            r->transparent = control.TransparentColor;
        if (r->api.DGifGetExtensionNext(r->gif, &block) == GIF_ERROR) return false;
    }
    return true;
}

/* Advances to the first frame and reads its position. */
static dsc_status find_frame(reader *r) {
    for (;;) {
        GifRecordType type;
        if (r->api.DGifGetRecordType(r->gif, &type) == GIF_ERROR) return fail_gif(r, r->gif->Error);
        if (type == EXTENSION_RECORD_TYPE) {
            if (!skip_extension(r)) return fail_gif(r, r->gif->Error);
        } else if (type == IMAGE_DESC_RECORD_TYPE) {
            return r->api.DGifGetImageDesc(r->gif) == GIF_ERROR ? fail_gif(r, r->gif->Error) : DSC_OK;
        } else if (type == TERMINATE_RECORD_TYPE) {
            return dsc_fail(r->error, DSC_ERROR_FORMAT, "%s: the GIF file has no picture; name another file",
                            r->name);
        }
    }
}

static bool is_grey(const ColorMapObject *map) {
    for (int i = 0; i < map->ColorCount; i++)
        if (map->Colors[i].Red != map->Colors[i].Green || map->Colors[i].Green != map->Colors[i].Blue)
            return false;
    return true;
}

/* The image row of file row i; interlaced files have four passes. */
static size_t row_of(size_t i, size_t height, bool interlaced) {
    static const size_t firsts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    if (!interlaced) return i;
    for (size_t pass = 0; pass < 4; pass++) {
        const size_t rows = height > firsts[pass] ? (height - firsts[pass] - 1) / steps[pass] + 1 : 0;
        if (i < rows) return firsts[pass] + i * steps[pass];
        i -= rows;
    }
    return height - 1;
}

static void put_row(uint8_t *out, const GifPixelType *row, size_t width, const reader *r,
                    const ColorMapObject *map, size_t channels) {
    for (size_t x = 0; x < width; x++, out += channels) {
        if (row[x] == r->transparent) continue;
        const GifColorType *colour = &map->Colors[row[x] < map->ColorCount ? row[x] : 0];
        out[0] = colour->Red;
        if (channels == 1) continue;
        out[1] = colour->Green;
        out[2] = colour->Blue;
        if (channels == 4) out[3] = 255;
    }
}

static dsc_status read_frame(dsc_image *image, reader *r) {
    const GifImageDesc *frame = &r->gif->Image;
    const ColorMapObject *map = frame->ColorMap ? frame->ColorMap : r->gif->SColorMap;
    const size_t left = (size_t)frame->Left, top = (size_t)frame->Top, width = (size_t)frame->Width,
                 height = (size_t)frame->Height;
    const size_t across = (size_t)r->gif->SWidth, down = (size_t)r->gif->SHeight;
    if (!map || map->ColorCount < 1 || width < 1 || left + width > across || top + height > down)
        return picture_fail_damaged(&picture_format_gif, r->name,
                                    "the frame has no colours, or is off the screen", r->error);
    const bool whole = width == across && height == down && r->transparent < 0;
    const size_t channels = !whole ? 4 : is_grey(map) ? 1 : 3;
    dsc_status status =
        picture_check_size(width, height, r->size, MOST_PIXELS_A_BYTE, "GIF", r->name, r->error);
    if (!status)
        status = picture_check_size(across, down, r->size, MOST_PIXELS_A_BYTE, "GIF", r->name, r->error);
    if (!status) status = dsc_image_create(image, across, down, channels, r->error);
    for (size_t i = 0; i < height && !status; i++) {
        GifPixelType row[DSC_IMAGE_SIDE_LIMIT];
        if (r->api.DGifGetLine(r->gif, row, frame->Width) == GIF_ERROR) return fail_gif(r, r->gif->Error);
        const size_t y = top + row_of(i, height, frame->Interlace);
        put_row(image->pixels + (y * across + left) * channels, row, width, r, map, channels);
    }
    return status;
}

static dsc_status parse(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    reader r = {.bytes = bytes, .size = size, .name = name, .transparent = -1, .error = error};
    int code = D_GIF_SUCCEEDED;
    *image = (dsc_image){0};
    dsc_status status = late_load(&r.api, gif_names, DESCENDER_GIF_SONAME, error);
    if (status) return dsc_error_context(error, status, "%s", name);
    r.gif = r.api.DGifOpen(&r, on_read, &code);
    if (!r.gif) return fail_gif(&r, code);
    status = find_frame(&r);
    if (!status) status = read_frame(image, &r);
    (void)r.api.DGifCloseFile(r.gif, &code);
    if (status) dsc_image_clear(image);
    return status;
}

#endif

static bool recognises(const unsigned char *bytes, size_t size) {
    return size >= 6 && (!memcmp(bytes, "GIF87a", 6) || !memcmp(bytes, "GIF89a", 6));
}

static const char *const endings[] = {".gif", NULL};

const picture_format picture_format_gif = {
    .name = "gif",
    .help = "GIF, the first frame",
    .title = "GIF",
    .endings = endings,
    .recognises = recognises,
#if DESCENDER_WITH_GIF
    .parse = parse,
#endif
    .library = "giflib",
    .package = "libgif-dev",
};
