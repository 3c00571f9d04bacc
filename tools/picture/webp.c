/* SPDX-License-Identifier: MIT */
/* webp.c: WebP, lossy and lossless, through libwebp. The header tells whether a file has transparency; there
 * is no grey. */
#include "picture/orientation.h"
#include "picture/picture.h"

#include "base/error.h"

#include <string.h>

extern const picture_format picture_format_webp;

#if DESCENDER_WITH_WEBP

#include <webp/decode.h>

#include "late/late.h"

/* clang-format off */
#define LATE_WEBP(X) \
    X(WebPInitDecoderConfigInternal) \
    X(WebPGetFeaturesInternal) \
    X(WebPDecode)
/* clang-format on */
typedef struct webp_functions {
    LATE_WEBP(LATE_MEMBER)
} webp_functions;
static const char *const webp_names[] = {LATE_WEBP(LATE_NAME) NULL};

static dsc_status fail(VP8StatusCode code, const char *name, dsc_error *error) {
    if (code == VP8_STATUS_OUT_OF_MEMORY) return dsc_fail_memory(error, 0, name);
    return picture_fail_damaged(&picture_format_webp, name,
                                code == VP8_STATUS_NOT_ENOUGH_DATA       ? "it ends too early"
                                : code == VP8_STATUS_UNSUPPORTED_FEATURE ? "a kind that it does not know"
                                                                         : "wrong bits",
                                error);
}

static dsc_status decode(dsc_image *image, const webp_functions *api, const unsigned char *bytes, size_t size,
                         const char *name, dsc_error *error) {
    WebPDecoderConfig config;
    if (!api->WebPInitDecoderConfigInternal(&config, WEBP_DECODER_ABI_VERSION))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: libwebp has another version than the build expects", name);
    WebPBitstreamFeatures *found = &config.input;
    VP8StatusCode code = api->WebPGetFeaturesInternal(bytes, size, found, WEBP_DECODER_ABI_VERSION);
    if (code != VP8_STATUS_OK) return fail(code, name, error);
    if (found->has_animation)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: is an animation, but only still pictures are supported; save one of its frames "
                        "as PNG, with libwebp's tools: anim_dump",
                        name);
    const size_t channels = found->has_alpha ? 4 : 3;
    dsc_status status =
        picture_check_size((uint64_t)found->width, (uint64_t)found->height, size, 0, "WebP", name, error);
    if (!status)
        status = dsc_image_create(image, (size_t)found->width, (size_t)found->height, channels, error);
    if (status) return status;
    config.output.colorspace = found->has_alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = (WebPRGBABuffer){image->pixels, (int)(image->width * channels),
                                            image->width * image->height * channels};
    code = api->WebPDecode(bytes, size, &config);
    return code == VP8_STATUS_OK ? DSC_OK : fail(code, name, error);
}

static dsc_status parse(dsc_image *image, const unsigned char *bytes, size_t size, const char *name,
                        dsc_error *error) {
    webp_functions api;
    *image = (dsc_image){0};
    dsc_status status = late_load(&api, webp_names, DESCENDER_WEBP_SONAME, error);
    if (status) return dsc_error_context(error, status, "%s", name);
    status = decode(image, &api, bytes, size, name, error);
    if (!status) status = dsc_image_turn(image, picture_webp_orientation(bytes, size), error);
    if (status) dsc_image_clear(image);
    return status;
}

#endif

static bool recognises(const unsigned char *bytes, size_t size) {
    return size >= 12 && !memcmp(bytes, "RIFF", 4) && !memcmp(bytes + 8, "WEBP", 4);
}

static const char *const endings[] = {".webp", NULL};

const picture_format picture_format_webp = {
    .name = "webp",
    .help = "WebP, lossy or lossless, no animations",
    .title = "WebP",
    .endings = endings,
    .recognises = recognises,
#if DESCENDER_WITH_WEBP
    .parse = parse,
#endif
    .library = "libwebp",
    .package = "libwebp-dev",
};
