/* SPDX-License-Identifier: MIT */
/* known_qmnist.c: QMNIST. Yadav, Bottou, "Cold Case: The Lost MNIST Digits" (2019, arXiv:1905.10498). The
 * checksums of the labels were computed from the authors' repository; those of the images are
 * torchvision's. */
#include "data/known.h"

static const char *const mirrors[] = {"https://raw.githubusercontent.com/facebookresearch/qmnist/master/",
                                      NULL};

const dsc_known_data dsc_known_data_qmnist = {
    .name = "qmnist",
    .help = "MNIST reconstructed, 28 x 28, with the lost test images and the writer of each image: 60,000 "
            "training, 60,000 test",
    .title = "QMNIST",
    .files = {[DSC_TRAIN_IMAGES] = {.name = "qmnist-train-images-idx3-ubyte.gz",
                                    .md5 = "ed72d4157d28c017586c42bc6afe6370"},
              [DSC_TRAIN_LABELS] = {.name = "qmnist-train-labels-idx2-int.gz",
                                    463024,
                                    "2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f",
                                    1920012,
                                    "bb1b6e1ec7b04fd5696f1ed50b5f58f8ef195118edd5c93c81783df9740b8ac5",
                                    0xee960a34},
              [DSC_TEST_IMAGES] = {.name = "qmnist-test-images-idx3-ubyte.gz",
                                   .md5 = "1394631089c404de565df7b7aeaf9412"},
              [DSC_TEST_LABELS] = {.name = "qmnist-test-labels-idx2-int.gz",
                                   526800,
                                   "9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06",
                                   1920012,
                                   "92d0ccb8c25f9c6534270fb4be7e1d24a1c6d315edfc8a638bfbd31c70f362dd",
                                   0x80e20dfb}},
    .mirrors = mirrors,
    .counts = {60000, 60000},
    .shape = {1, 28, 28},
    .classes = 10,
    .note = {.prepared_noted = true, .preparation = DSC_PREPARATION_DIGITS},
    .parts = {{"MNIST's 10,000", 10000}, {"50,000 further", 50000}},
    .facts = "Yadav and Bottou reconstructed it from NIST's Special Database 19. Each image matches one of "
             "MNIST's except for single grey levels: the training set, the 10,000 test images, and the "
             "50,000 test images that were never published. The labels name the writer of each digit: 539 "
             "people wrote the training set, 535 others the test set.",
    .licence = "BSD 3-Clause",
    .source = "https://github.com/facebookresearch/qmnist",
};
