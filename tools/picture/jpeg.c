/* SPDX-License-Identifier: MIT */
/* jpeg.c: JPEG (ITU-T T.81) through the interface of libjpeg and libjpeg-turbo: baseline and progressive,
 * grey, colour, and CMYK as written by printers and Photoshop.
 *
 * libjpeg reports an error through a call that must not return: it jumps back to decode(). Everything needed
 * after the jump is in `reader`, because a jump may leave local variables undefined. */
#include "picture/orientation.h"
#include "picture/picture.h"

#include "base/error.h"

#include <string.h>

extern const picture_format picture_format_jpeg;

#if DESCENDER_WITH_JPEG

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

#include "late/late.h"

/* clang-format off */
#define LATE_JPEG(X) \
    X(jpeg_std_error) \
    X(jpeg_CreateDecompress) \
    X(jpeg_mem_src) \
    X(jpeg_save_markers) \
    X(jpeg_read_header) \
    X(jpeg_start_decompress) \
    X(jpeg_read_scanlines) \
    X(jpeg_finish_decompress) \
    X(jpeg_destroy_decompress)
/* clang-format on */
typedef struct jpeg_functions {
    LATE_JPEG(LATE_MEMBER)
} jpeg_functions;
static const char *const jpeg_names[] = {LATE_JPEG(LATE_NAME) NULL};

/* A block of 64 values takes at least one bit, and with sampling factors of up to 4 by 4 at least 8 blocks
 * cover 32 x 32 pixels. Arithmetic coding could use less for an empty page; such a page is refused as a
 * decompression bomb. */
enum { MOST_PIXELS_A_BYTE = 1024 };
/* Each scan of a progressive file refines the whole picture: a few kilobytes of empty scans would keep a
 * processor busy for minutes. Encoders write about ten. */
enum { MOST_SCANS = 200 };

typedef struct reader {
    jpeg_functions api;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    char reason[JMSG_LENGTH_MAX]; /* libjpeg's error; empty: none */
    const unsigned char *bytes;
    size_t size;
    const char *name;
    dsc_image *image;
    int orientation;
    uint8_t *row; /* for CMYK */
    dsc_status status;
    dsc_error *error;
} reader;

/* jpeg.client_data is the reader. */
static _Noreturn void escape(j_common_ptr jpeg) {
    reader *r = jpeg->client_data;
    jpeg->err->format_message(jpeg, r->reason);
    longjmp(r->escape, 1);
}

/* Warnings mean damage that libjpeg fills with grey, except a few about harmless irregularities. */
static void on_message(j_common_ptr jpeg, int level) {
    const int code = jpeg->err->msg_code;
    if (level >= 0 || code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR)
        return;
    escape(jpeg);
}

static void on_progress(j_common_ptr jpeg) {
    reader *r = jpeg->client_data;
    if (r->jpeg.input_scan_number <= MOST_SCANS) return;
    (void)snprintf(r->reason, sizeof r->reason, "more than %d scans", MOST_SCANS);
    longjmp(r->escape, 1);
}

static int orientation_of(const struct jpeg_decompress_struct *jpeg) {
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && m->data_length > 6 && !memcmp(m->data, "Exif\0\0", 6))
            return picture_exif_orientation(m->data + 6, m->data_length - 6);
    return 1;
}

/* Photoshop stores inverted ink, 255 meaning none, and marks it with Adobe's marker; other writers omit the
 * marker and do not invert. */
static void take_cmyk(uint8_t *out, const uint8_t *row, size_t width, bool inverted) {
    for (size_t x = 0; x < width; x++, row += 4)
        for (size_t c = 0; c < 3; c++) {
            const unsigned ink = inverted ? row[c] : 255u - row[c], black = inverted ? row[3] : 255u - row[3];
            *out++ = (uint8_t)((ink * black + 127u) / 255u);
        }
}

/* Makes all calls of libjpeg that may jump. Returns false after a jump, or with the reason in r->status. */
static bool decode(reader *r) {
    struct jpeg_decompress_struct *jpeg = &r->jpeg;
    if (setjmp(r->escape)) return false;
    r->api.jpeg_CreateDecompress(jpeg, JPEG_LIB_VERSION, sizeof *jpeg);
    jpeg->progress = &r->progress;
    r->api.jpeg_mem_src(jpeg, r->bytes, (unsigned long)r->size);
    r->api.jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xFFFF);
    (void)r->api.jpeg_read_header(jpeg, TRUE);
    r->orientation = orientation_of(jpeg);
    const bool cmyk = jpeg->num_components == 4, grey = jpeg->num_components == 1;
    const size_t width = jpeg->image_width, channels = grey ? 1 : 3;
    jpeg->out_color_space = cmyk ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
    r->status =
        picture_check_size(width, jpeg->image_height, r->size, MOST_PIXELS_A_BYTE, "JPEG", r->name, r->error);
    if (!r->status) r->status = dsc_image_create(r->image, width, jpeg->image_height, channels, r->error);
    if (r->status) return false;
    if (cmyk) r->row = jpeg->mem->alloc_small((j_common_ptr)jpeg, JPOOL_IMAGE, width * 4);
    (void)r->api.jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *out = r->image->pixels + jpeg->output_scanline * width * channels;
        JSAMPROW row = cmyk ? r->row : out;
        (void)r->api.jpeg_read_scanlines(jpeg, &row, 1);
        if (cmyk) take_cmyk(out, r->row, width, jpeg->saw_Adobe_marker);
    }
    (void)r->api.jpeg_finish_decompress(jpeg);
    return true;
}

static dsc_status parse(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    reader r = {.bytes = bytes, .size = size, .name = name, .image = image, .error = error};
    *image = (dsc_image){0};
    dsc_status status = late_load(&r.api, jpeg_names, DESCENDER_JPEG_SONAME, error);
    if (status) return dsc_error_context(error, status, "%s", name);
    r.jpeg.err = r.api.jpeg_std_error(&r.errors);
    r.jpeg.client_data = &r;
    r.errors.error_exit = escape;
    r.errors.emit_message = on_message;
    r.progress.progress_monitor = on_progress;
    if (!decode(&r))
        status = r.status ? r.status : picture_fail_damaged(&picture_format_jpeg, name, r.reason, error);
    r.api.jpeg_destroy_decompress(&r.jpeg);
    if (!status) status = dsc_image_turn(image, r.orientation, error);
    if (status) dsc_image_clear(image);
    return status;
}

#endif

static bool recognises(const unsigned char *bytes, size_t size) {
    return size >= 3 && !memcmp(bytes, "\xFF\xD8\xFF", 3);
}

static const char *const endings[] = {".jpg", ".jpeg", ".jpe", ".jfif", NULL};

const picture_format picture_format_jpeg = {
    .name = "jpeg",
    .help = "JPEG, grey, in colour or CMYK, baseline or progressive",
    .title = "JPEG",
    .endings = endings,
    .recognises = recognises,
#if DESCENDER_WITH_JPEG
    .parse = parse,
#endif
    .library = "libjpeg",
    .package = "libjpeg-dev",
};
