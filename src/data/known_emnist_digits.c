/* SPDX-License-Identifier: MIT */
/* known_emnist_digits.c: see known_emnist.h. */
#include "data/known_emnist.h"

const dsc_known_data dsc_known_data_emnist_digits = {
    DSC_EMNIST_ROW("emnist-digits"),
    .help = "digits, 28 x 28: 240,000 training, 40,000 test",
    .title = "EMNIST digits",
    .counts = {240000, 40000},
    DSC_EMNIST_CLASSES(DSC_EMNIST_DIGITS),
};
