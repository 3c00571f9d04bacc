/* SPDX-License-Identifier: MIT */
/* known_emnist_bymerge.c: see known_emnist.h. */
#include "data/known_emnist.h"

static const char *const mirrors[] = {DSC_EMNIST_MIRRORS};
static const char *const members[] = {DSC_EMNIST_MEMBERS("emnist-bymerge")};
static const char *const class_names[] = {DSC_EMNIST_DIGITS, DSC_EMNIST_CAPITALS, DSC_EMNIST_OTHERS};

const dsc_known_data dsc_known_data_emnist_bymerge = {
    .name = "emnist-bymerge",
    .help = "digits and letters, small ones merged where they look like capitals, 28 x 28: 697,932 to train "
            "on, 116,323 to test",
    .title = "EMNIST by merge",
    DSC_EMNIST_ROW,
    .start = "emnist-bymerge",
    .counts = {697932, 116323},
    .classes = 47,
    .class_names = class_names,
};
