/* SPDX-License-Identifier: MIT */
/* heif.c: HEIF through libheif: HEIC, as written by phones, and AVIF. The library applies the rotation and
 * mirroring of the boxes irot and imir; an additional EXIF orientation repeats them and is ignored (ISO/IEC
 * 23008-12, section 6.5.10). Of several pictures in a file, reads the primary one. */
#include "picture/picture.h"

#include "base/error.h"
#include "picture/limits.h"

#include <string.h>

extern const picture_format picture_format_heif;

#if DESCENDER_WITH_HEIF

#include <libheif/heif.h>

#include "late/late.h"

/* clang-format off */
#define LATE_HEIF(X) \
    X(heif_context_alloc) \
    X(heif_context_free) \
    X(heif_context_read_from_memory_without_copy) \
    X(heif_context_get_primary_image_handle) \
    X(heif_image_handle_get_width) \
    X(heif_image_handle_get_height) \
    X(heif_image_handle_get_ispe_width) \
    X(heif_image_handle_get_ispe_height) \
    X(heif_image_handle_has_alpha_channel) \
    X(heif_image_handle_is_premultiplied_alpha) \
    X(heif_image_handle_release) \
    X(heif_decoding_options_alloc) \
    X(heif_decoding_options_free) \
    X(heif_decode_image) \
    X(heif_image_get_width) \
    X(heif_image_get_height) \
    X(heif_image_get_plane_readonly) \
    X(heif_image_release)
/* clang-format on */
typedef struct heif_functions {
    LATE_HEIF(LATE_MEMBER)
} heif_functions;
static const char *const heif_names[] = {LATE_HEIF(LATE_NAME) NULL};

typedef struct reader {
    heif_functions api;
    const char *name;
    dsc_error *error;
} reader;

static dsc_status fail_heif(const reader *r, struct heif_error found) {
    const char *reason = found.message && *found.message ? found.message : "no reason is known";
    if (found.code == heif_error_Memory_allocation_error &&
        found.subcode != heif_suberror_Security_limit_exceeded)
        return dsc_fail_memory(r->error, 0, r->name);
    if (found.code == heif_error_Unsupported_feature || found.code == heif_error_Unsupported_filetype)
        return dsc_fail(
            r->error, DSC_ERROR_UNSUPPORTED,
            "%s: is a kind of HEIF picture that is not supported here (libheif: %s); if libheif's decoders "
            "are separate packages, install them; or convert the picture to PNG",
            r->name, reason);
    return picture_fail_damaged(&picture_format_heif, r->name, reason, r->error);
}

static bool is_grey(const uint8_t *rows, size_t stride, size_t width, size_t height) {
    for (size_t y = 0; y < height; y++)
        for (const uint8_t *p = rows + y * stride, *end = p + 3 * width; p < end; p += 3)
            if (p[0] != p[1] || p[1] != p[2]) return false;
    return true;
}

/* Undoes premultiplied alpha. */
static void divide_by_alpha(dsc_image *image) {
    uint8_t *end = image->pixels + 4 * image->width * image->height;
    for (uint8_t *p = image->pixels; p < end; p += 4)
        for (unsigned c = 0; c < 3 && p[3] && p[3] < 255; c++) {
            const unsigned whole = (p[c] * 255u + p[3] / 2u) / p[3];
            p[c] = (uint8_t)(whole < 255 ? whole : 255);
        }
}

/* Copies rows of three or four bytes per pixel. */
static dsc_status take_pixels(dsc_image *image, const reader *r, const struct heif_image *decoded,
                              size_t samples) {
    int stride = 0;
    const int width = r->api.heif_image_get_width(decoded, heif_channel_interleaved),
              height = r->api.heif_image_get_height(decoded, heif_channel_interleaved);
    const uint8_t *rows = r->api.heif_image_get_plane_readonly(decoded, heif_channel_interleaved, &stride);
    if (!rows || width < 1 || height < 1 || stride < 1 || (size_t)stride / samples < (size_t)width)
        return picture_fail_damaged(&picture_format_heif, r->name, "there are no pixels", r->error);
    dsc_status status =
        picture_check_size((uint64_t)width, (uint64_t)height, 0, 0, "HEIF", r->name, r->error);
    if (status) return status;
    const size_t step = (size_t)stride, across = (size_t)width, down = (size_t)height;
    const size_t channels = samples == 3 && is_grey(rows, step, across, down) ? 1 : samples;
    status = dsc_image_create(image, across, down, channels, r->error);
    for (size_t y = 0; y < down && !status; y++) {
        uint8_t *out = image->pixels + y * across * channels;
        if (channels == samples) {
            memcpy(out, rows + y * step, across * channels);
        } else {
            for (size_t x = 0; x < across; x++) out[x] = rows[y * step + 3 * x];
        }
    }
    return status;
}

/* Checks the size claimed by the file. */
static dsc_status check_size(const reader *r, int width, int height) {
    return picture_check_size(width > 0 ? (uint64_t)width : 0, height > 0 ? (uint64_t)height : 0, 0, 0,
                              "HEIF", r->name, r->error);
}

static dsc_status decode(dsc_image *image, const reader *r, const struct heif_image_handle *handle) {
    const bool alpha = r->api.heif_image_handle_has_alpha_channel(handle) != 0;
    dsc_status status = check_size(r, r->api.heif_image_handle_get_width(handle),
                                   r->api.heif_image_handle_get_height(handle));
    const int width = r->api.heif_image_handle_get_ispe_width(handle), /* before cropping */
        height = r->api.heif_image_handle_get_ispe_height(handle);
    if (!status) status = check_size(r, width, height);
    /* libheif 1.15 and its decoders allocate by the sizes in streams and tiles, whatever the picture's
     * size is. */
    if (!status) status = picture_limits_allow((uint64_t)width * (uint64_t)height, r->error);
    if (status) return status;
    struct heif_decoding_options *options = r->api.heif_decoding_options_alloc();
    if (!options) return dsc_fail_memory(r->error, sizeof *options, r->name);
    if (options->version >= 2) options->convert_hdr_to_8bit = 1;
    if (options->version >= 3) options->strict_decoding = 1;
    struct heif_image *decoded = NULL;
    const struct heif_error found =
        r->api.heif_decode_image(handle, &decoded, heif_colorspace_RGB,
                                 alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options);
    r->api.heif_decoding_options_free(options);
    /* In strict mode, libheif may return a picture together with an error. */
    status =
        found.code == heif_error_Ok ? take_pixels(image, r, decoded, alpha ? 4 : 3) : fail_heif(r, found);
    r->api.heif_image_release(decoded);
    if (!status && alpha && r->api.heif_image_handle_is_premultiplied_alpha(handle)) divide_by_alpha(image);
    return status;
}

static dsc_status parse(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    reader r = {.name = name, .error = error};
    *image = (dsc_image){0};
    dsc_status status = late_load(&r.api, heif_names, DESCENDER_HEIF_SONAME, error);
    if (status) return dsc_error_context(error, status, "%s", name);
    struct heif_context *context = r.api.heif_context_alloc();
    if (!context) return dsc_fail_memory(error, 0, name);
    struct heif_image_handle *handle = NULL;
    struct heif_error found = r.api.heif_context_read_from_memory_without_copy(context, bytes, size, NULL);
    if (found.code == heif_error_Ok) found = r.api.heif_context_get_primary_image_handle(context, &handle);
    status = found.code == heif_error_Ok ? decode(image, &r, handle) : fail_heif(&r, found);
    r.api.heif_image_handle_release(handle);
    r.api.heif_context_free(context);
    if (status) dsc_image_clear(image);
    return status;
}

#endif

/* The box "ftyp": length, brand, version, and compatible brands. */
static bool recognises(const unsigned char *bytes, size_t size) {
    static const char brands[][5] = {"heic", "heix", "heim", "heis", "hevc", "hevx",
                                     "mif1", "mif2", "msf1", "avif", "avis"};
    if (size < 12 || memcmp(bytes + 4, "ftyp", 4) != 0) return false;
    size_t end = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
    if (end > size) end = size;
    for (size_t at = 8; at == 8 || at + 4 <= end; at += at == 8 ? 8 : 4)
        for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
            if (!memcmp(bytes + at, brands[i], 4)) return true;
    return false;
}

static const char *const endings[] = {".heic", ".heif", ".hif", ".avif", NULL};

const picture_format picture_format_heif = {
    .name = "heif",
    .help = "HEIF: HEIC, as phones write it, and AVIF; the primary picture",
    .title = "HEIF",
    .endings = endings,
    .recognises = recognises,
#if DESCENDER_WITH_HEIF
    .parse = parse,
#endif
    .apart = true,
    .library = "libheif",
    .package = "libheif-dev",
};
