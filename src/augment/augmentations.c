/* SPDX-License-Identifier: MIT */
/* augmentations.c: the registry. A new augmentation is one file in this folder and one line here. */
#include "augment/augment.h"

#define DSC_AUGMENTATIONS(AUGMENTATION)                                                                      \
    AUGMENTATION(affine)                                                                                     \
    AUGMENTATION(zoom)                                                                                       \
    AUGMENTATION(elastic)                                                                                    \
    AUGMENTATION(flip)                                                                                       \
    AUGMENTATION(crop)                                                                                       \
    AUGMENTATION(erase)                                                                                      \
    AUGMENTATION(colour)                                                                                     \
    AUGMENTATION(noise)                                                                                      \
    AUGMENTATION(blur)                                                                                       \
    AUGMENTATION(invert)

#define DECLARE(name) extern const dsc_augmentation dsc_augmentation_##name;
DSC_AUGMENTATIONS(DECLARE)

#define ENTRY(name) &dsc_augmentation_##name,
const dsc_augmentation *const dsc_augmentations[] = {DSC_AUGMENTATIONS(ENTRY) NULL};
DSC_BEGINS_AS_ROW(dsc_augmentation, params);

const dsc_registry dsc_augmentation_registry = {
    .thing = "augmentation",
    .things = "augmentations",
    .about = "Random changes to images during training, applied in order, as in --augment 'affine rotate=10 "
             "shift=2, erase p=0.5'. Mixup also changes classes, so it has its own option: --mixup 0.2.",
    .rows = dsc_augmentations,
};
