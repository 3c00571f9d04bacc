/* SPDX-License-Identifier: MIT */
/* known_emnist_byclass.c: see known_emnist.h. */
#include "data/known_emnist.h"

static const char *const mirrors[] = {DSC_EMNIST_MIRRORS};
static const char *const members[] = {DSC_EMNIST_MEMBERS("emnist-byclass")};
static const char *const class_names[] = {DSC_EMNIST_DIGITS, DSC_EMNIST_CAPITALS, DSC_EMNIST_SMALL};

const dsc_known_data dsc_known_data_emnist_byclass = {
    .name = "emnist-byclass",
    .help = "digits, capital and small letters, 28 x 28: 697,932 to train on, 116,323 to test",
    .title = "EMNIST by class",
    DSC_EMNIST_ROW,
    .start = "emnist-byclass",
    .counts = {697932, 116323},
    .classes = 62,
    .class_names = class_names,
};
