/* SPDX-License-Identifier: MIT */
/* mixup.h: which image a training image is mixed with, and how much of it stays. Zhang, Cisse, Dauphin and
 * Lopez-Paz, "mixup: Beyond Empirical Risk Minimization" (2018):
 *
 *   image = s a + (1 - s) b     target = s [class of a] + (1 - s) [class of b]     s from Beta(alpha, alpha)
 *
 * Each image draws a partner and a share of its own, as the authors' formula (1) has it. The larger of s and
 * 1 - s is taken, so that the class of `a` is always the likelier one, and a training accuracy means
 * something. */
#ifndef DSC_TRAIN_MIXUP_H
#define DSC_TRAIN_MIXUP_H

#include <stddef.h>
#include <stdint.h>

/* Beyond it nearly all images are half and half, and the share takes many draws. */
#define DSC_MIXUP_ALPHA_MOST 2

typedef struct dsc_mix {
    size_t partner; /* a sample's number; it may be the sample itself */
    double share;   /* s, of the image itself: from 1/2 to 1 */
} dsc_mix;

/* What sample number `sample` of `count` is mixed with in this epoch, 0 < alpha <= DSC_MIXUP_ALPHA_MOST. The
 * same on every machine: it follows from (seed, epoch, sample) alone. */
dsc_mix dsc_mixup_draw(double alpha, uint64_t seed, uint64_t epoch, uint64_t sample, size_t count);

#endif
