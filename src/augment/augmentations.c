/* SPDX-License-Identifier: MIT */
/* augmentations.c: the registry. A new augmentation is one file in this folder and one line here. */
#include "augment/augment.h"

extern const dsc_augmentation dsc_augmentation_affine, dsc_augmentation_elastic, dsc_augmentation_erase,
    dsc_augmentation_noise, dsc_augmentation_blur, dsc_augmentation_invert;

const dsc_augmentation *const dsc_augmentations[] = {
    &dsc_augmentation_affine,
    &dsc_augmentation_elastic,
    &dsc_augmentation_erase,
    &dsc_augmentation_noise,
    &dsc_augmentation_blur,
    &dsc_augmentation_invert,
    NULL,
};
