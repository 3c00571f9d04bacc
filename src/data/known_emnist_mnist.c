/* SPDX-License-Identifier: MIT */
/* known_emnist_mnist.c: see known_emnist.h. */
#include "data/known_emnist.h"

static const char *const mirrors[] = {DSC_EMNIST_MIRRORS};
static const char *const members[] = {DSC_EMNIST_MEMBERS("emnist-mnist")};
static const char *const class_names[] = {DSC_EMNIST_DIGITS};

const dsc_known_data dsc_known_data_emnist_mnist = {
    .name = "emnist-mnist",
    .help = "as many digits as MNIST has, made as EMNIST was, 28 x 28: 60,000 to train on, 10,000 to test",
    .title = "EMNIST MNIST",
    DSC_EMNIST_ROW,
    .start = "emnist-mnist",
    .counts = {60000, 10000},
    .classes = 10,
    .class_names = class_names,
};
