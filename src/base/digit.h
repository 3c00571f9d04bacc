/* SPDX-License-Identifier: MIT */
/* digit.h: the size of digits as prepared for MNIST. */
#ifndef DSC_BASE_DIGIT_H
#define DSC_BASE_DIGIT_H

enum {
    DSC_DIGIT_SIDE = 28, /* side of the image, in pixels */
    DSC_DIGIT_BOX = 20   /* side of the box that the digit is scaled into, in pixels */
};

#endif
