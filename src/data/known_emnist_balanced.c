/* SPDX-License-Identifier: MIT */
/* known_emnist_balanced.c: see known_emnist.h. */
#include "data/known_emnist.h"

static const char *const mirrors[] = {DSC_EMNIST_MIRRORS};
static const char *const members[] = {DSC_EMNIST_MEMBERS("emnist-balanced")};
static const char *const class_names[] = {DSC_EMNIST_DIGITS, DSC_EMNIST_CAPITALS, DSC_EMNIST_OTHERS};

const dsc_known_data dsc_known_data_emnist_balanced = {
    .name = "emnist-balanced",
    .help = "digits and letters, as many of each, 28 x 28: 112,800 to train on, 18,800 to test",
    .title = "EMNIST balanced",
    DSC_EMNIST_ROW,
    .start = "emnist-balanced",
    .counts = {112800, 18800},
    .classes = 47,
    .class_names = class_names,
};
