/* SPDX-License-Identifier: MIT */
/* mixup.h: draws the partner of a training image and the share of the image in the mixture. Zhang, Cisse,
 * Dauphin and Lopez-Paz, "mixup: Beyond Empirical Risk Minimization" (2018):
 *
 *   image = s a + (1 - s) b     target = s [class of a] + (1 - s) [class of b]     s from Beta(alpha, alpha)
 *
 * Each image draws its own partner and share, as in the authors' formula (1). The larger of s and 1 - s is
 * used, so the class of `a` is always the more probable one and the training accuracy remains meaningful. */
#ifndef DSC_TRAIN_MIXUP_H
#define DSC_TRAIN_MIXUP_H

#include <stddef.h>
#include <stdint.h>

/* Above this nearly all shares are close to 1/2, and a share takes many draws. */
#define DSC_MIXUP_ALPHA_MOST 2

typedef struct dsc_mix {
    size_t partner; /* sample number; may be the sample's own */
    double share;   /* s, share of the image itself: 1/2 to 1 */
} dsc_mix;

/* Draws partner and share of sample `sample` of `count` for this epoch; 0 < alpha <= DSC_MIXUP_ALPHA_MOST.
 * The result depends only on (seed, epoch, sample) and is the same on every machine. Any thread may call
 * it. */
dsc_mix dsc_mixup_draw(double alpha, uint64_t seed, uint64_t epoch, uint64_t sample, size_t count);

#endif
