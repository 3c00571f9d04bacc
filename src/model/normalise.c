/* SPDX-License-Identifier: MIT */
/* normalise.c: normalisation: byte * scale + offset for each channel.
 *
 *   unit:      scale 1 / 255, offset 0
 *   bytes:     scale 1, offset 0: integers from 0 to 255; floats are rounded to them
 *   standard:  scale 1 / s, offset - m / s, with mean m and deviation s of all pixels of the channel
 *
 * For bytes, m and s come from a histogram of the 256 values, so they are exact for any number of images. For
 * floats they are accumulated image by image, in double. */
#include "model/normalise.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/dataset.h"
#include "kernel/loop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sums of one channel over the images: for bytes, a histogram; for floats, count, mean, and the sum of
 * squared deviations. */
typedef struct sums {
    uint64_t counts[256];
    double count, mean, squares;
} sums;

/* Adds one channel of an image. Floats: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm
 * for computing sample variances" (1979). */
static void add_channel(sums *s, const void *image, dsc_type type, size_t channel, size_t pixels) {
    if (type == DSC_U8) {
        const uint8_t *bytes = (const uint8_t *)image + channel * pixels;
        for (size_t p = 0; p < pixels; p++) s->counts[bytes[p]]++;
        return;
    }
    const float *numbers = (const float *)image + channel * pixels;
    const double n = (double)pixels;
    double mean = 0, squares = 0;
    for (size_t p = 0; p < pixels; p++) mean += 255.0 * (double)numbers[p];
    mean /= n;
    for (size_t p = 0; p < pixels; p++)
        squares += (255.0 * (double)numbers[p] - mean) * (255.0 * (double)numbers[p] - mean);
    const double all = s->count + n, apart = mean - s->mean;
    s->squares += squares + apart * apart * s->count * n / all;
    s->mean += apart * n / all;
    s->count = all;
}

static void conclude(dsc_normalisation *n, size_t c, const sums *s, dsc_type type) {
    double total = s->count, mean = s->mean, squares = s->squares;
    if (type == DSC_U8) {
        double sum = 0;
        total = squares = 0;
        for (int v = 0; v < 256; v++) total += (double)s->counts[v];
        for (int v = 0; v < 256; v++) sum += v * (double)s->counts[v];
        mean = sum / total;
        for (int v = 0; v < 256; v++) squares += (v - mean) * (v - mean) * (double)s->counts[v];
    }
    const double deviation = squares > 0 ? sqrt(squares / total) : 255;
    n->scale[c] = (dsc_real)(1 / deviation);
    n->offset[c] = (dsc_real)(-mean / deviation);
}

static dsc_status find_standard(dsc_normalisation *n, const dsc_dataset *data, size_t pixels,
                                dsc_error *error) {
    enum { TOGETHER = 64 };
    sums *s = dsc_allocate(n->channels, sizeof *s);
    unsigned char *buffer = dsc_allocate_aligned(data->images ? 1 : TOGETHER, data->image_bytes);
    dsc_status status =
        s && buffer ? DSC_OK : dsc_fail_memory(error, n->channels * sizeof *s, "sums over pixels");
    for (size_t first = 0, some; first < data->count && !status; first += some) {
        uint32_t samples[TOGETHER];
        some = data->count - first < TOGETHER ? data->count - first : TOGETHER;
        for (size_t i = 0; i < some; i++) samples[i] = (uint32_t)(first + i);
        if (!data->images) status = dsc_dataset_read(buffer, data, samples, some, error);
        for (size_t i = 0; i < some && !status; i++)
            for (size_t c = 0; c < n->channels; c++)
                add_channel(&s[c],
                            data->images ? dsc_dataset_at(data, first + i) : buffer + i * data->image_bytes,
                            data->type, c, pixels);
    }
    for (size_t c = 0; c < n->channels && !status; c++) conclude(n, c, &s[c], data->type);
    free(s);
    free(buffer);
    return status;
}

dsc_status dsc_normalisation_find(dsc_normalisation *normalisation, const char *name, const dsc_dataset *data,
                                  dsc_error *error) {
    static const char *const names[] = {"unit", "standard", DSC_NORMALISE_AS_BYTES};
    dsc_normalisation n = {.channels = 1, .whole = !strcmp(name, DSC_NORMALISE_AS_BYTES)};
    const char *nearest = dsc_nearest_name(name, names, 3);
    bool standard = !strcmp(name, "standard");
    if (!standard && !n.whole && strcmp(name, "unit") != 0)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "unknown normalisation '%s': expected unit, standard or bytes%s%s%s", name,
                        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    (void)snprintf(n.name, sizeof n.name, "%s", name);
    size_t shape[3] = {DSC_CHANNELS_MOST, 0, 0};
    if (data) dsc_dataset_shape(data, shape);
    n.channels = shape[0];
    if (n.channels > DSC_CHANNELS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "images of %zu channels; at most %d are supported",
                        n.channels, DSC_CHANNELS_MOST);
    for (size_t c = 0; c < n.channels; c++) n.scale[c] = n.whole ? 1 : (dsc_real)1 / 255;
    if (standard && (!data || !dsc_dataset_count(data)))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "the normalisation 'standard' needs images to compute mean and deviation, found none");
    dsc_status status = standard ? find_standard(&n, data, shape[1] * shape[2], error) : DSC_OK;
    if (status) return status;
    *normalisation = n;
    return DSC_OK;
}

DSC_LOOP(from_bytes,
         (dsc_real *restrict out, const uint8_t *restrict in, dsc_real scale, dsc_real offset, size_t count),
         {
             for (size_t i = 0; i < count; i++) out[i] = (dsc_real)in[i] * scale + offset;
         })

DSC_LOOP(from_floats,
         (dsc_real *restrict out, const float *restrict in, dsc_real scale, dsc_real offset, size_t count), {
             for (size_t i = 0; i < count; i++) out[i] = (dsc_real)in[i] * scale + offset;
         })

/* NaN stays NaN. */
DSC_LOOP(to_bytes, (dsc_real *restrict out, const float *restrict in, size_t count), {
    for (size_t i = 0; i < count; i++) {
        float byte = rintf(in[i] * 255);
        byte = byte < 0 ? 0 : byte;
        out[i] = (dsc_real)(byte > 255 ? 255 : byte);
    }
})

/* Elements [first, first + count) of an image, all of one channel. */
static void apply(const dsc_normalisation *n, size_t channel, dsc_real *out, const void *image, dsc_type type,
                  size_t first, size_t count, unsigned isa) {
    if (type == DSC_U8)
        from_bytes[isa](out + first, (const uint8_t *)image + first, n->scale[channel], n->offset[channel],
                        count);
    else if (n->whole)
        to_bytes[isa](out + first, (const float *)image + first, count);
    else
        from_floats[isa](out + first, (const float *)image + first, n->scale[channel] * 255,
                         n->offset[channel], count);
}

void dsc_normalisation_apply(const dsc_normalisation *n, dsc_real *out, const void *images, dsc_type type,
                             size_t count, const size_t shape[3]) {
    const size_t channels = shape[0], pixels = shape[1] * shape[2];
    const unsigned isa = dsc_isa_best();
    for (size_t i = 0; i < count * channels; i++)
        apply(n, i % channels, out, images, type, i * pixels, pixels, isa);
}

void dsc_normalisation_apply_pixels(const dsc_normalisation *n, dsc_real *out, const void *image,
                                    dsc_type type, size_t first, size_t last, const size_t shape[3]) {
    const size_t pixels = shape[1] * shape[2];
    const unsigned isa = dsc_isa_best();
    for (size_t at = first, end; at < last; at = end) {
        const size_t channel = at / pixels;
        end = (channel + 1) * pixels < last ? (channel + 1) * pixels : last;
        apply(n, channel, out, image, type, at, end - at, isa);
    }
}
