/* SPDX-License-Identifier: MIT */
/* known_cifar_10.c: CIFAR-10, its binary version. Krizhevsky, "Learning Multiple Layers of Features from Tiny
 * Images" (2009). The archive's size and SHA-256 are those of TensorFlow Datasets. */
#include "data/known.h"

static const char *const mirrors[] = {"https://www.cs.toronto.edu/~kriz/", NULL};

static const char *const members[] = {
    "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
    "data_batch_5.bin", "test_batch.bin",   "batches.meta.txt", NULL};

static const char *const class_names[] = {"airplane", "automobile", "bird",  "cat",  "deer",
                                          "dog",      "frog",       "horse", "ship", "truck"};

const dsc_known_data dsc_known_data_cifar_10 = {
    .name = "cifar-10",
    .help = "colour photographs of animals and vehicles, 32 x 32: 50,000 training, 10,000 test",
    .title = "CIFAR-10",
    .files = {{.name = "cifar-10-binary.tar.gz",
               .size = 170052171,
               .sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}},
    .members = members,
    .mirrors = mirrors,
    .counts = {50000, 10000},
    .shape = {3, 32, 32},
    .classes = 10,
    .class_names = class_names,
    .note = {.prepared_noted = true},
    .facts = "Krizhevsky, Nair and Hinton had students label a part of the Tiny Images. These pictures were "
             "found by searches on the web and scaled to 32 x 32.",
    .source = "https://www.cs.toronto.edu/~kriz/cifar.html",
    .hub = "uoft-cs/cifar10",
};
