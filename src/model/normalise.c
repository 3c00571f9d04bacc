/* SPDX-License-Identifier: MIT */
/* normalise.c: how bytes become numbers: byte * scale + offset, channel by channel.
 *
 *   unit:      scale 1 / 255, offset 0
 *   standard:  scale 1 / s, offset - m / s, with mean m and deviation s of all pixels of the channel
 *
 * m and s come from a histogram of the 256 bytes, so they are exact whatever the number of images.
 */
#include "model/normalise.h"

#include "base/error.h"
#include "base/text.h"
#include "data/dataset.h"
#include "kernel/loop.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void find_standard(dsc_normalisation *n, const dsc_dataset *data, size_t pixels) {
    for (size_t c = 0; c < n->channels; c++) {
        uint64_t counts[256] = {0};
        for (size_t i = 0; i < dsc_dataset_count(data); i++) {
            const uint8_t *channel = dsc_dataset_image(data, i) + c * pixels;
            for (size_t p = 0; p < pixels; p++) counts[channel[p]]++;
        }
        double total = (double)dsc_dataset_count(data) * (double)pixels, sum = 0, squares = 0;
        for (int v = 0; v < 256; v++) sum += v * (double)counts[v];
        double mean = sum / total;
        for (int v = 0; v < 256; v++) squares += (v - mean) * (v - mean) * (double)counts[v];
        double deviation = squares > 0 ? sqrt(squares / total) : 255;
        n->scale[c] = (dsc_real)(1 / deviation);
        n->offset[c] = (dsc_real)(-mean / deviation);
    }
}

dsc_status dsc_normalisation_find(dsc_normalisation *normalisation, const char *name, const dsc_dataset *data,
                                  dsc_error *error) {
    static const char *const names[] = {"unit", "standard"};
    dsc_normalisation n = {.channels = 1};
    const char *nearest = dsc_nearest_name(name, names, 2);
    bool standard = !strcmp(name, "standard");
    if (!standard && strcmp(name, "unit") != 0)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "unknown normalisation '%s': expected unit or standard%s%s%s", name,
                        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    (void)snprintf(n.name, sizeof n.name, "%s", name);
    size_t shape[3] = {DSC_CHANNELS_MOST, 0, 0};
    if (data) dsc_dataset_shape(data, shape);
    n.channels = shape[0];
    if (n.channels > DSC_CHANNELS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "images of %zu channels; at most %d are supported",
                        n.channels, DSC_CHANNELS_MOST);
    for (size_t c = 0; c < n.channels; c++) n.scale[c] = (dsc_real)1 / 255;
    if (standard && (!data || !dsc_dataset_count(data)))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "the normalisation 'standard' needs images to take mean and deviation of, found none");
    if (standard) find_standard(&n, data, shape[1] * shape[2]);
    *normalisation = n;
    return DSC_OK;
}

DSC_LOOP(from_bytes,
         (dsc_real *restrict out, const uint8_t *restrict in, dsc_real scale, dsc_real offset, size_t count),
         {
             for (size_t i = 0; i < count; i++) out[i] = (dsc_real)in[i] * scale + offset;
         })

void dsc_normalisation_apply(const dsc_normalisation *n, dsc_real *out, const uint8_t *images, size_t count,
                             const size_t shape[3]) {
    const size_t channels = shape[0], pixels = shape[1] * shape[2];
    const unsigned isa = dsc_isa_best();
    for (size_t i = 0; i < count * channels; i++)
        from_bytes[isa](out + i * pixels, images + i * pixels, n->scale[i % channels],
                        n->offset[i % channels], pixels);
}

void dsc_normalisation_apply_pixels(const dsc_normalisation *n, dsc_real *out, const uint8_t *image,
                                    size_t first, size_t last, const size_t shape[3]) {
    const size_t pixels = shape[1] * shape[2];
    const unsigned isa = dsc_isa_best();
    for (size_t at = first, end; at < last; at = end) {
        const size_t channel = at / pixels;
        end = (channel + 1) * pixels < last ? (channel + 1) * pixels : last;
        from_bytes[isa](out + at, image + at, n->scale[channel], n->offset[channel], end - at);
    }
}
