/* SPDX-License-Identifier: MIT */
/* pdf.c: PDF through poppler: each page as a picture at 200 dpi on white paper, grey if it has no colour. A
 * page that would exceed the size limits gets a lower resolution.
 *
 * cairo draws the pages. All functions are found through poppler's library, which is loaded when the first
 * PDF is read and depends on GLib and cairo. */
#include "picture/picture.h"

#include "base/error.h"

#include <string.h>

extern const picture_format picture_format_pdf;

#if DESCENDER_WITH_POPPLER

#include <math.h>
#include <pthread.h>

#include <poppler.h>

#include "late/late.h"
#include "picture/limits.h"

/* clang-format off */
#define LATE_POPPLER(X) \
    X(poppler_document_new_from_bytes) \
    X(poppler_document_get_n_pages) \
    X(poppler_document_get_page) \
    X(poppler_error_quark) \
    X(poppler_page_get_size) \
    X(poppler_page_render) \
    X(g_bytes_new_static) \
    X(g_bytes_unref) \
    X(g_error_free) \
    X(g_object_unref) \
    X(cairo_image_surface_create) \
    X(cairo_image_surface_get_data) \
    X(cairo_image_surface_get_stride) \
    X(cairo_surface_flush) \
    X(cairo_surface_status) \
    X(cairo_surface_destroy) \
    X(cairo_create) \
    X(cairo_destroy) \
    X(cairo_paint) \
    X(cairo_scale) \
    X(cairo_set_source_rgb) \
    X(cairo_status) \
    X(cairo_status_to_string)
/* clang-format on */
typedef struct poppler_functions {
    LATE_POPPLER(LATE_MEMBER)
} poppler_functions;
static const char *const poppler_names[] = {LATE_POPPLER(LATE_NAME) NULL};

/* PDF lengths are in points. cairo limits sides to 32767. The pictures in a page, of a scanner with 600 dots
 * an inch, may need more memory than the page. */
enum {
    DOTS_AN_INCH = 200,
    POINTS_AN_INCH = 72,
    MOST_SIDE = 32767,
    END_WITHIN = 1024,
    PIXELS_IN_PAGE = 40000000
};

typedef struct reader {
    poppler_functions api;
    const char *name;
    GBytes *bytes;
    PopplerDocument *document;
    dsc_error *error;
} reader;

/* poppler is not fully thread-safe: one page of one file at a time. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static dsc_status fail_pdf(const reader *r, const char *reason) {
    return picture_fail_damaged(&picture_format_pdf, r->name, reason, r->error);
}

/* --- a document --- */

/* poppler repairs a truncated file and returns the remaining pages, so the end marker is required here. */
static bool has_end(const unsigned char *bytes, size_t size) {
    const size_t from = size > END_WITHIN ? size - END_WITHIN : 0;
    return memmem(bytes + from, size - from, "%%EOF", 5) != NULL;
}

static dsc_status fail_open(const reader *r, GError *found) {
    const bool encrypted = found && found->domain == r->api.poppler_error_quark() &&
                           found->code == (gint)POPPLER_ERROR_ENCRYPTED;
    const dsc_status status =
        encrypted ? dsc_fail(r->error, DSC_ERROR_UNSUPPORTED,
                             "%s: the PDF file is encrypted and needs a password; save it without one: qpdf "
                             "--decrypt --password=... IN OUT",
                             r->name)
                  : fail_pdf(r, found && found->message ? found->message : "no reason is known");
    if (found) r->api.g_error_free(found);
    return status;
}

static void close_document(reader *r) {
    if (r->document) r->api.g_object_unref(r->document);
    if (r->bytes) r->api.g_bytes_unref(r->bytes);
    (void)pthread_mutex_unlock(&one_at_a_time);
}

/* Must be closed also after a failure. */
static dsc_status open_document(reader *r, const unsigned char *bytes, size_t size) {
    GError *found = NULL;
    (void)pthread_mutex_lock(&one_at_a_time);
    if (!has_end(bytes, size)) return fail_pdf(r, "no %%EOF");
    r->bytes = r->api.g_bytes_new_static(bytes, size);
    r->document = r->api.poppler_document_new_from_bytes(r->bytes, NULL, &found);
    if (!r->document) return fail_open(r, found);
    return r->api.poppler_document_get_n_pages(r->document) > 0 ? DSC_OK : fail_pdf(r, "no page");
}

/* --- a page --- */

/* Converts cairo's pixels: bytes blue, green, red, unused in a word. */
static dsc_status take_pixels(dsc_image *image, const reader *r, cairo_surface_t *surface, size_t width,
                              size_t height) {
    const unsigned char *rows = r->api.cairo_image_surface_get_data(surface);
    const size_t stride = (size_t)r->api.cairo_image_surface_get_stride(surface);
    bool grey = true;
    for (size_t y = 0; y < height && grey; y++)
        for (size_t x = 0; x < width && grey; x++) {
            uint32_t word;
            memcpy(&word, rows + y * stride + 4 * x, 4);
            grey = (word & 255) == (word >> 8 & 255) && (word & 255) == (word >> 16 & 255);
        }
    dsc_status status = dsc_image_create(image, width, height, grey ? 1 : 3, r->error);
    uint8_t *out = image->pixels;
    for (size_t y = 0; y < height && !status; y++)
        for (size_t x = 0; x < width; x++) {
            uint32_t word;
            memcpy(&word, rows + y * stride + 4 * x, 4);
            if (!grey) *out++ = (uint8_t)(word >> 16), *out++ = (uint8_t)(word >> 8);
            *out++ = (uint8_t)word;
        }
    return status;
}

static dsc_status draw(dsc_image *image, const reader *r, PopplerPage *page, cairo_surface_t *surface,
                       size_t width, size_t height, double scale) {
    cairo_t *canvas = r->api.cairo_create(surface);
    r->api.cairo_set_source_rgb(canvas, 1, 1, 1);
    r->api.cairo_paint(canvas);
    r->api.cairo_scale(canvas, scale, scale);
    r->api.poppler_page_render(page, canvas);
    const cairo_status_t drawn = r->api.cairo_status(canvas);
    r->api.cairo_destroy(canvas);
    r->api.cairo_surface_flush(surface);
    if (drawn == CAIRO_STATUS_NO_MEMORY) return dsc_fail_memory(r->error, width * height * 4, r->name);
    return drawn ? fail_pdf(r, r->api.cairo_status_to_string(drawn))
                 : take_pixels(image, r, surface, width, height);
}

static dsc_status read_page(dsc_image *image, const reader *r, PopplerPage *page) {
    double across = 0, down = 0, scale = (double)DOTS_AN_INCH / POINTS_AN_INCH;
    r->api.poppler_page_get_size(page, &across, &down);
    if (!(across > 0 && down > 0 && isfinite(across * down))) return fail_pdf(r, "a page without a size");
    scale = fmin(scale, fmin(MOST_SIDE / across, MOST_SIDE / down));
    scale = fmin(scale, sqrt(DSC_IMAGE_PIXEL_LIMIT / across / down));
    const size_t width = (size_t)fmax(1, floor(across * scale)),
                 height = (size_t)fmax(1, floor(down * scale));
    dsc_status status = picture_check_size(width, height, 0, 0, "PDF", r->name, r->error);
    /* A few bytes can draw for ever, so this runs in a separate process; its memory is limited too. */
    if (!status) status = picture_limits_allow((uint64_t)width * height + PIXELS_IN_PAGE, r->error);
    if (status) return status;
    cairo_surface_t *surface = r->api.cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    status = r->api.cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS
                 ? draw(image, r, page, surface, width, height, scale)
                 : dsc_fail_memory(r->error, width * height * 4, r->name);
    r->api.cairo_surface_destroy(surface);
    return status;
}

static dsc_status load(reader *r) {
    const dsc_status status = late_load(&r->api, poppler_names, DESCENDER_POPPLER_SONAME, r->error);
    return status ? dsc_error_context(r->error, status, "%s", r->name) : DSC_OK;
}

static dsc_status count(size_t *pages, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    reader r = {.name = name, .error = error};
    dsc_status status = load(&r);
    if (status) return status;
    status = open_document(&r, bytes, size);
    if (!status) *pages = (size_t)r.api.poppler_document_get_n_pages(r.document);
    close_document(&r);
    return status;
}

static dsc_status parse_page(dsc_image *image, size_t number, const unsigned char *bytes, size_t size,
                             const char *name, dsc_error *error) {
    reader r = {.name = name, .error = error};
    *image = (dsc_image){0};
    dsc_status status = load(&r);
    if (status) return status;
    status = open_document(&r, bytes, size);
    if (!status) {
        PopplerPage *page = number < (size_t)r.api.poppler_document_get_n_pages(r.document)
                                ? r.api.poppler_document_get_page(r.document, (int)number)
                                : NULL;
        status = page ? read_page(image, &r, page) : fail_pdf(&r, "a page is missing");
        if (page) r.api.g_object_unref(page);
    }
    close_document(&r);
    if (status) dsc_image_clear(image);
    return status;
}

#endif

static bool recognises(const unsigned char *bytes, size_t size) {
    return size >= 5 && !memcmp(bytes, "%PDF-", 5);
}

static const char *const endings[] = {".pdf", NULL};

const picture_format picture_format_pdf = {
    .name = "pdf",
    .help = "PDF, each page as a picture with 200 dots per inch",
    .title = "PDF",
    .endings = endings,
    .recognises = recognises,
#if DESCENDER_WITH_POPPLER
    .count = count,
    .parse_page = parse_page,
    .apart = true,
#endif
    .library = "poppler",
    .package = "libpoppler-glib-dev",
};
