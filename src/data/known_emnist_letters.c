/* SPDX-License-Identifier: MIT */
/* known_emnist_letters.c: see known_emnist.h. */
#include "data/known_emnist.h"

static const char *const mirrors[] = {DSC_EMNIST_MIRRORS};
static const char *const members[] = {DSC_EMNIST_MEMBERS("emnist-letters")};
static const char *const class_names[] = {DSC_EMNIST_CAPITALS};

const dsc_known_data dsc_known_data_emnist_letters = {
    .name = "emnist-letters",
    .help = "letters, capital and small as one, 28 x 28: 124,800 to train on, 20,800 to test",
    .title = "EMNIST letters",
    DSC_EMNIST_ROW,
    .start = "emnist-letters",
    .counts = {124800, 20800},
    .classes = 26,
    .class_names = class_names,
    .first_label = 1,
};
