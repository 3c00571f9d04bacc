/* SPDX-License-Identifier: MIT */
/* render.c: renders pictures to bytes and files. Glyph metrics are not hinted, so that text has the same
 * width in SVG and PNG. */
#include "draw/backend.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

dsc_status draw_format_of(draw_format *format, const char *path, dsc_error *error) {
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    if (dot && !strcasecmp(dot, ".svg")) return *format = DRAW_SVG, DSC_OK;
    if (dot && !strcasecmp(dot, ".png")) return *format = DRAW_PNG, DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: a picture's name must end in .svg or .png", path);
}

dsc_status draw_save(const char *path, const draw_picture *picture, dsc_error *error) {
    draw_format format = DRAW_SVG;
    unsigned char *bytes;
    size_t size;
    dsc_status status = draw_format_of(&format, path, error);
    if (status) return status;
    status = draw_render(&bytes, &size, picture, format, error);
    if (status) return dsc_error_context(error, status, "%s", path);
    status = dsc_file_write(path, bytes, size, error);
    free(bytes);
    return status;
}

#if DESCENDER_WITH_CAIRO

static const char *const cairo_names[] = {LATE_CAIRO(LATE_NAME) NULL};

static dsc_status check_picture(const draw_picture *p, dsc_error *error) {
    if (p->width >= 1 && p->height >= 1 && p->width <= 10000 && p->height <= 10000 && p->scale >= 0 &&
        fmax(p->width, p->height) * fmax(p->scale, 1) <= 32000)
        return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_ARGUMENT,
        "a picture of %.0f x %.0f points at %.1f pixels each: a side must have 1 to 10,000 points, "
        "and at most 32,000 pixels",
        p->width, p->height, p->scale);
}

static dsc_status paint(const cairo_functions *api, cairo_surface_t *surface, const draw_picture *p,
                        double scale, bool vector, bool background, dsc_error *error) {
    draw_canvas canvas = {.api = api, .cairo = api->cairo_create(surface), .vector = vector};
    cairo_font_options_t *options = api->cairo_font_options_create();
    api->cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    api->cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    api->cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    api->cairo_set_font_options(canvas.cairo, options);
    api->cairo_font_options_destroy(options);
    api->cairo_scale(canvas.cairo, scale, scale);
    api->cairo_set_line_join(canvas.cairo, CAIRO_LINE_JOIN_ROUND);
    if (background) {
        api->cairo_set_source_rgb(canvas.cairo, 1, 1, 1);
        api->cairo_paint(canvas.cairo);
    }
    p->paint(&canvas, p->data);
    cairo_status_t status = api->cairo_status(canvas.cairo);
    api->cairo_destroy(canvas.cairo);
    if (vector) api->cairo_surface_finish(surface); /* writes its last bytes */
    if (!status) status = api->cairo_surface_status(surface);
    if (canvas.no_memory || status == CAIRO_STATUS_NO_MEMORY)
        return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a picture of %.0f x %.0f points",
                        p->width, p->height);
    if (status)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "the picture cannot be drawn: cairo says: %s",
                        api->cairo_status_to_string(status));
    return DSC_OK;
}

static cairo_status_t collect(void *text, const unsigned char *data, unsigned length) {
    dsc_text_append_bytes(text, data, length);
    return ((dsc_text *)text)->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static dsc_status render_svg(dsc_text *out, const cairo_functions *api, const draw_picture *p,
                             dsc_error *error) {
    dsc_text raw = {0};
    cairo_surface_t *surface = api->cairo_svg_surface_create_for_stream(collect, &raw, p->width, p->height);
    dsc_status status = paint(api, surface, p, 1, true, true, error);
    api->cairo_surface_destroy(surface);
    if (!status && raw.data && !raw.failed)
        draw_svg_append_tidied(out, raw.data, p);
    else if (!status)
        out->failed = true;
    dsc_text_free(&raw);
    return status;
}

static dsc_status render_png(dsc_text *out, const cairo_functions *api, const draw_picture *p,
                             dsc_error *error) {
    double scale = p->scale > 0 ? p->scale : 2;
    cairo_surface_t *surface = api->cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)ceil(p->width * scale), (int)ceil(p->height * scale));
    dsc_status status = paint(api, surface, p, scale, false, true, error);
    if (!status) draw_surface_append_png(out, api, surface);
    api->cairo_surface_destroy(surface);
    return status;
}

dsc_status draw_render(unsigned char **bytes, size_t *size, const draw_picture *picture, draw_format format,
                       dsc_error *error) {
    *bytes = NULL;
    *size = 0;
    dsc_text out = {0};
    cairo_functions api;
    dsc_status status = check_picture(picture, error);
    if (!status) status = late_load(&api, cairo_names, DESCENDER_CAIRO_SONAME, error);
    if (!status) status = (format == DRAW_SVG ? render_svg : render_png)(&out, &api, picture, error);
    if (!status && out.failed) status = dsc_fail_memory(error, out.capacity, "a picture");
    if (status) {
        dsc_text_free(&out);
        return status;
    }
    *bytes = (unsigned char *)out.data;
    *size = out.length;
    return DSC_OK;
}

dsc_status draw_possible(dsc_error *error) {
    cairo_functions api;
    return late_load(&api, cairo_names, DESCENDER_CAIRO_SONAME, error);
}

dsc_status draw_measure(double box[4], const draw_picture *picture, dsc_error *error) {
    for (int i = 0; i < 4; i++) box[i] = 0;
    cairo_functions api;
    dsc_status status = late_load(&api, cairo_names, DESCENDER_CAIRO_SONAME, error);
    if (status) return status;
    cairo_surface_t *surface = api.cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    status = paint(&api, surface, picture, 1, false, false, error);
    double width = 0, height = 0;
    api.cairo_recording_surface_ink_extents(surface, &box[0], &box[1], &width, &height);
    box[2] = box[0] + width;
    box[3] = box[1] + height;
    api.cairo_surface_destroy(surface);
    return status;
}

/* fontconfig keeps what it has read until the process ends, where the leak sanitizer does not find it. (This
 * is here because every drawing program links this file.) */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_LEAK_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(UNDER_LEAK_SANITIZER)
DSC_API const char *__lsan_default_suppressions(void);
DSC_API const char *__lsan_default_options(void);
DSC_API const char *__lsan_default_suppressions(void) { return "leak:libfontconfig"; }
DSC_API const char *__lsan_default_options(void) { return "print_suppressions=0"; }
#endif

#else

static dsc_status fail_without_cairo(dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "this build cannot draw SVG or PNG pictures; install cairo (libcairo2-dev) and configure "
                    "again, or look at the picture in a terminal");
}

dsc_status draw_render(unsigned char **bytes, size_t *size, const draw_picture *picture, draw_format format,
                       dsc_error *error) {
    (void)picture;
    (void)format;
    *bytes = NULL;
    *size = 0;
    return fail_without_cairo(error);
}

dsc_status draw_possible(dsc_error *error) { return fail_without_cairo(error); }

dsc_status draw_measure(double box[4], const draw_picture *picture, dsc_error *error) {
    (void)picture;
    for (int i = 0; i < 4; i++) box[i] = 0;
    return fail_without_cairo(error);
}

#endif
