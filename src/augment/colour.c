/* SPDX-License-Identifier: MIT */
/* colour.c: random changes of brightness, contrast, saturation and hue ("colour jitter").
 *
 * With Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) and the chroma of PAL, u = 0.492 (B - Y) and v = 0.877
 * (R - Y): hue rotates (u, v) and saturation scales them; neither changes Y. Contrast moves values away from
 * the image's mean Y or towards it; brightness multiplies. Images with other than three channels have no
 * chroma; their mean is over all values. */
#include "augment/augment.h"

#include "base/elementary.h"

static const float red = 0.299f, green = 0.587f, blue = 0.114f;
static const float u_scale = 0.492f, v_scale = 0.877f;

typedef struct colour_values {
    dsc_augment_common common;
    double brightness, contrast, saturation, hue;
} colour_values;

static const char *check(const void *values) {
    const colour_values *v = values;
    if (v->brightness > 0 || v->contrast > 0 || v->saturation > 0 || v->hue > 0) return NULL;
    return "these settings change nothing; set at least one of brightness, contrast, saturation and hue";
}

static double up_to(dsc_rng *rng, double most) { return most * (2 * dsc_rng_random(rng) - 1); }

/* out = in with (u, v) rotated by `hue` half turns and scaled by `saturation`. */
static void turn(float *out, const float *in, size_t plane, double saturation, double hue) {
    const float along = (float)(saturation * dsc_cos_pi(hue));
    const float across = (float)(saturation * dsc_cos_pi(hue - 0.5));
    for (size_t i = 0; i < plane; i++) {
        const float r = in[i], g = in[plane + i], b = in[2 * plane + i];
        const float y = red * r + green * g + blue * b;
        const float u = u_scale * (b - y), v = v_scale * (r - y);
        const float new_r = y + (across * u + along * v) / v_scale;
        const float new_b = y + (along * u - across * v) / u_scale;
        out[i] = new_r;
        out[plane + i] = (y - red * new_r - blue * new_b) / green;
        out[2 * plane + i] = new_b;
    }
}

/* The mean Y; for other than three channels, the mean of all values. */
static float mean_of(const float *in, const size_t shape[3]) {
    const float even = 1 / (float)shape[0], weights[3] = {red, green, blue};
    double sum = 0;
    for (size_t c = 0; c < shape[0]; c++) {
        double channel = 0;
        for (size_t i = 0; i < shape[1] * shape[2]; i++, in++) channel += (double)*in;
        sum += channel * (double)(shape[0] == 3 ? weights[c] : even);
    }
    return (float)(sum / (double)(shape[1] * shape[2]));
}

/* Draws every amount, used or not, so that changing one parameter does not change the draws of others. */
static void apply(const dsc_augment_call *call) {
    const colour_values *v = call->values;
    const float brightness = (float)(1 + up_to(call->rng, v->brightness));
    const float contrast = (float)(1 + up_to(call->rng, v->contrast));
    const double saturation = 1 + up_to(call->rng, v->saturation), hue = up_to(call->rng, v->hue) / 180;
    const float mean = mean_of(call->in, call->shape);
    const float *from = call->in;
    const size_t plane = call->shape[1] * call->shape[2];
    if (call->shape[0] == 3 && (v->saturation > 0 || v->hue > 0)) {
        turn(call->out, call->in, plane, saturation, hue);
        from = call->out;
    }
    for (size_t i = 0; i < call->shape[0] * plane; i++) {
        const float x = brightness * (mean + contrast * (from[i] - mean));
        call->out[i] = x < 0 ? 0 : x > 255 ? 255 : x;
    }
}

static const dsc_param params[] = {
    DSC_REAL(colour_values, brightness, "0.2", 0, 1, "share by which it rises or falls"),
    DSC_REAL(colour_values, contrast, "0.2", 0, 1, "share by which it rises or falls"),
    DSC_REAL(colour_values, saturation, "0.2", 0, 1,
             "share by which it rises or falls; no effect on grey images"),
    DSC_REAL(colour_values, hue, "0", 0, 180, "degrees, either way; no effect on grey images"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {{"hue=20", 0xd42a8ec17a459b80}, {0}};

const dsc_augmentation dsc_augmentation_colour = {
    .name = "colour",
    .help = "change brightness, contrast, saturation and hue (colour jitter)",
    .params = params,
    .values_size = sizeof(colour_values),
    .check = check,
    .apply = apply,
    .examples = examples,
};
