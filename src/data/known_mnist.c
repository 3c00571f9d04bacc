/* SPDX-License-Identifier: MIT */
/* known_mnist.c: MNIST. LeCun, Cortes, Burges, "The MNIST database of handwritten digits" (1998). */
#include "data/known.h"

static const char *const mirrors[] = {
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
    NULL,
};

/* docs/benchmarks.md: "How long does training to a given accuracy take?", "How accurate are other numbers of
 * epochs?". */
static const dsc_known_figure figures[] = {
    {"mnist-98", 1, 60000, 5, 97.72, 0.05},
    {"mnist-98", 2, 60000, 5, 98.25, 0.02},
    {"mnist-98", 4, 60000, 5, 98.55, 0.08},
    {"mnist-99", 1, 60000, 5, 99.30, 0.05},
    {"mnist-99", 2, 60000, 5, 99.40, 0.03},
    {"mnist-99", 4, 60000, 5, 99.49, 0.04},
    {"mnist-99.5", 2, 60000, 5, 99.51, 0.03},
    {"mnist-99.5", 4, 60000, 5, 99.63, 0.03},
    {"mnist-99.5", 8, 60000, 5, 99.65, 0.02},
    {"mnist-99.7", 34, 60000, 10, 99.75, 0.03},
    {0},
};

const dsc_known_data dsc_known_data_mnist = {
    .name = "mnist",
    .help = "handwritten digits, 28 x 28: 60,000 training, 10,000 test",
    .title = "MNIST",
    .files =
        {
            [DSC_TRAIN_IMAGES] = {.name = "train-images-idx3-ubyte.gz",
                                  9912422,
                                  "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                                  47040016,
                                  "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                                  0xe9f4d8b3},
            [DSC_TRAIN_LABELS] = {.name = "train-labels-idx1-ubyte.gz",
                                  28881,
                                  "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                                  60008,
                                  "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                                  0xe0cb4ad2},
            [DSC_TEST_IMAGES] = {.name = "t10k-images-idx3-ubyte.gz",
                                 1648877,
                                 "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                                 7840016,
                                 "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                                 0x91373bdf},
            [DSC_TEST_LABELS] = {.name = "t10k-labels-idx1-ubyte.gz",
                                 4542,
                                 "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                                 10008,
                                 "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                                 0x4ab9eff9},
        },
    .mirrors = mirrors,
    .counts = {60000, 10000},
    .shape = {1, 28, 28},
    .figures = figures,
    .classes = 10,
    .note = {.prepared_noted = true, .preparation = DSC_PREPARATION_DIGITS},
    .disjoint = true,
    .facts = "LeCun, Cortes and Burges made it from NIST's Special Databases 1 and 3, which hold digits "
             "written by employees of the Census Bureau and by high-school students.",
    .source = "http://yann.lecun.com/exdb/mnist/",
    .hub = "ylecun/mnist",
};
