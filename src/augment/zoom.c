/* SPDX-License-Identifier: MIT */
/* zoom.c: a random window of the image, enlarged to the image's size: the "random resized crop" of Szegedy et
 * al., "Going deeper with convolutions" (2015), section 6.
 *
 * The window's share of the image is uniform between `least` and 1. The ratio of its sides, relative to the
 * image's, is log-uniform between 1 / `ratio` and `ratio`; sides longer than the image are cut. The window
 * lies inside, and its outermost pixels become the image's, so nothing from outside is mixed in. */
#include "augment/warp.h"

#include "base/elementary.h"

#include <math.h>

typedef struct zoom_values {
    dsc_augment_common common;
    double least, ratio;
} zoom_values;

static const char *check(const void *values) {
    const zoom_values *v = values;
    return v->least < 1 || v->ratio > 1
               ? NULL
               : "these settings change nothing; set least below 1, or ratio above 1";
}

static size_t scratch(const void *values, const size_t shape[3]) {
    (void)values;
    return dsc_warp_scratch(shape);
}

/* m[0] x + m[2]: maps output pixels to the window, which covers `share` of a side. */
static void along(double *factor, double *offset, double share, size_t size, dsc_rng *rng) {
    const double kept = share < 1 ? share : 1;
    *factor = kept;
    *offset = (1 - kept) * (double)(size - 1) * dsc_rng_random(rng);
}

static void apply(const dsc_augment_call *call) {
    const zoom_values *v = call->values;
    const double share = v->least + (1 - v->least) * dsc_rng_random(call->rng);
    const double ratio = dsc_exp(dsc_log(v->ratio) * (2 * dsc_rng_random(call->rng) - 1));
    double m[6] = {0};
    along(&m[0], &m[2], sqrt(share * ratio), call->shape[2], call->rng);
    along(&m[4], &m[5], sqrt(share / ratio), call->shape[1], call->rng);
    dsc_warp_affine(call, m);
}

static const dsc_param params[] = {
    DSC_REAL(zoom_values, least, "0.5", 0.01, 1, "smallest share of the image in the window"),
    DSC_REAL(zoom_values, ratio, "1.33", 1, 10,
             "largest factor by which one side is stretched relative to the other"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {{"", 0xd1c62ec1a834052c}, {0}};

const dsc_augmentation dsc_augmentation_zoom = {
    .name = "zoom",
    .help = "enlarge a random window to the image's size (random resized crop)",
    .params = params,
    .values_size = sizeof(zoom_values),
    .check = check,
    .scratch = scratch,
    .apply = apply,
    .examples = examples,
};
