/* SPDX-License-Identifier: MIT */
/* affine.c: rotation, scaling, shear and shift in one bilinear warp. Each amount is drawn uniformly from
 * -value to value. `scale` multiplies both sides by a factor from 1 - scale to 1 + scale; `stretch`
 * multiplies one side and divides the other. Parameters that are not given change nothing. */
#include "augment/warp.h"

typedef struct affine_values {
    dsc_augment_common common;
    double rotate, shift, scale, stretch, shear;
} affine_values;

static const char *check(const void *values) {
    const affine_values *v = values;
    if (v->rotate > 0 || v->shift > 0 || v->scale > 0 || v->stretch > 0 || v->shear > 0) return NULL;
    return "these settings change nothing; set at least one of rotate, shift, scale, stretch and shear";
}

static size_t scratch(const void *values, const size_t shape[3]) {
    (void)values;
    return dsc_warp_scratch(shape);
}

static double up_to(dsc_rng *rng, double most) { return most * (2 * dsc_rng_random(rng) - 1); }

/* Draws every amount, used or not, so that changing one parameter does not change the draws of others. */
static void apply(const dsc_augment_call *call) {
    const affine_values *v = call->values;
    dsc_affine change;
    change.degrees = up_to(call->rng, v->rotate);
    change.shift_x = up_to(call->rng, v->shift);
    change.shift_y = up_to(call->rng, v->shift);
    change.shear = up_to(call->rng, v->shear);
    const double scale = 1 + up_to(call->rng, v->scale), stretch = 1 + up_to(call->rng, v->stretch);
    change.scale_x = scale * stretch;
    change.scale_y = scale / stretch;
    double back[6];
    dsc_affine_back(back, &change, call->shape[1], call->shape[2]);
    dsc_warp_affine(call, back);
}

static const dsc_param params[] = {
    DSC_REAL(affine_values, rotate, "0", 0, 180, "degrees, either way"),
    DSC_REAL(affine_values, shift, "0", 0, 1000, "pixels, in each direction"),
    DSC_REAL(affine_values, scale, "0", 0, 0.9, "share by which the image grows or shrinks"),
    DSC_REAL(affine_values, stretch, "0", 0, 0.9, "share by which the image becomes wider or taller"),
    DSC_REAL(affine_values, shear, "0", 0, 60, "degrees of slant, either way"),
    DSC_AUGMENT_P,
    {0},
};

static const dsc_augment_example examples[] = {
    {"rotate=10 shift=2 scale=0.1 stretch=0.1 shear=10", 0x939b55100bd61bd9}, {0}};

const dsc_augmentation dsc_augmentation_affine = {
    .name = "affine",
    .help = "rotate, scale, stretch, shear and shift",
    .params = params,
    .values_size = sizeof(affine_values),
    .check = check,
    .scratch = scratch,
    .apply = apply,
    .examples = examples,
};
