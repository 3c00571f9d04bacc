/* SPDX-License-Identifier: MIT */
/* known_emnist_balanced.c: see known_emnist.h. */
#include "data/known_emnist.h"

const dsc_known_data dsc_known_data_emnist_balanced = {
    DSC_EMNIST_ROW("emnist-balanced"),
    .help = "digits and letters, equally many of each, 28 x 28: 112,800 training, 18,800 test",
    .title = "EMNIST balanced",
    .counts = {112800, 18800},
    DSC_EMNIST_CLASSES(DSC_EMNIST_DIGITS, DSC_EMNIST_CAPITALS, DSC_EMNIST_OTHERS),
};
