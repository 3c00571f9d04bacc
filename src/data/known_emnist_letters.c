/* SPDX-License-Identifier: MIT */
/* known_emnist_letters.c: see known_emnist.h. */
#include "data/known_emnist.h"

const dsc_known_data dsc_known_data_emnist_letters = {
    DSC_EMNIST_ROW("emnist-letters"),
    .help = "letters, capital and small merged, 28 x 28: 124,800 training, 20,800 test",
    .title = "EMNIST letters",
    .counts = {124800, 20800},
    DSC_EMNIST_CLASSES(DSC_EMNIST_CAPITALS),
    .first_label = 1,
};
