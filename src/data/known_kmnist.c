/* SPDX-License-Identifier: MIT */
/* known_kmnist.c: Kuzushiji-MNIST. Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha, "Deep Learning for
 * Classical Japanese Literature" (2018, arXiv:1812.01718). The checksums are from TensorFlow Datasets; those
 * of the files inside the archives are not published. */
#include "data/known.h"

static const char *const mirrors[] = {"http://codh.rois.ac.jp/kmnist/dataset/kmnist/", NULL};

static const char *const class_names[] = {"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"};

const dsc_known_data dsc_known_data_kmnist = {
    .name = "kmnist",
    .help = "ten characters of cursive Japanese, 28 x 28: 60,000 training, 10,000 test",
    .title = "KMNIST",
    .files =
        {[DSC_TRAIN_IMAGES] = {.name = "train-images-idx3-ubyte.gz",
                               .size = 18165135,
                               .sha256 = "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"},
         [DSC_TRAIN_LABELS] = {.name = "train-labels-idx1-ubyte.gz",
                               .size = 29497,
                               .sha256 = "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"},
         [DSC_TEST_IMAGES] = {.name = "t10k-images-idx3-ubyte.gz",
                              .size = 3041136,
                              .sha256 = "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"},
         [DSC_TEST_LABELS] = {.name = "t10k-labels-idx1-ubyte.gz",
                              .size = 5120,
                              .sha256 = "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"}},
    .mirrors = mirrors,
    .counts = {60000, 10000},
    .shape = {1, 28, 28},
    .classes = 10,
    .class_names = class_names,
    .note = {.prepared_noted = true},
    .facts = "Clanuwat and others cut the characters out of scanned Japanese books printed before 1900, "
             "which the National Institute of Japanese Literature had transcribed: one hiragana for each row "
             "of the syllabary, in its many historical shapes.",
    .licence = "CC BY-SA 4.0",
    .source = "http://codh.rois.ac.jp/kmnist/",
};
