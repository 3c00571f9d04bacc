/* SPDX-License-Identifier: MIT */
/* known_emnist_mnist.c: see known_emnist.h. */
#include "data/known_emnist.h"

const dsc_known_data dsc_known_data_emnist_mnist = {
    DSC_EMNIST_ROW("emnist-mnist"),
    .help = "digits in MNIST's numbers, prepared as EMNIST, 28 x 28: 60,000 training, 10,000 test",
    .title = "EMNIST MNIST",
    .counts = {60000, 10000},
    DSC_EMNIST_CLASSES(DSC_EMNIST_DIGITS),
};
