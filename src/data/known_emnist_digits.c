/* SPDX-License-Identifier: MIT */
/* known_emnist_digits.c: see known_emnist.h. */
#include "data/known_emnist.h"

static const char *const mirrors[] = {DSC_EMNIST_MIRRORS};
static const char *const members[] = {DSC_EMNIST_MEMBERS("emnist-digits")};
static const char *const class_names[] = {DSC_EMNIST_DIGITS};

const dsc_known_data dsc_known_data_emnist_digits = {
    .name = "emnist-digits",
    .help = "digits, 28 x 28: 240,000 to train on, 40,000 to test",
    .title = "EMNIST digits",
    DSC_EMNIST_ROW,
    .start = "emnist-digits",
    .counts = {240000, 40000},
    .classes = 10,
    .class_names = class_names,
};
