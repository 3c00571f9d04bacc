/* SPDX-License-Identifier: MIT */
/* known_emnist_byclass.c: see known_emnist.h. */
#include "data/known_emnist.h"

const dsc_known_data dsc_known_data_emnist_byclass = {
    DSC_EMNIST_ROW("emnist-byclass"),
    .help = "digits, capital and small letters, 28 x 28: 697,932 training, 116,323 test",
    .title = "EMNIST by class",
    .counts = {697932, 116323},
    DSC_EMNIST_CLASSES(DSC_EMNIST_DIGITS, DSC_EMNIST_CAPITALS, DSC_EMNIST_SMALL),
};
