/* SPDX-License-Identifier: MIT */
/* known_fashion_mnist.c: Fashion-MNIST. Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for
 * Benchmarking Machine Learning Algorithms" (2017, arXiv:1708.07747). */
#include "data/known.h"

static const char *const mirrors[] = {
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    NULL,
};

/* the folder of Debian's package dataset-fashion-mnist */
static const char *const places[] = {"/usr/share/datasets/fashion-mnist", NULL};

static const char *const class_names[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                          "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

const dsc_known_data dsc_known_data_fashion_mnist = {
    .name = "fashion-mnist",
    .help = "articles of clothing, 28 x 28: 60,000 training, 10,000 test",
    .title = "Fashion-MNIST",
    .files =
        {
            [DSC_TRAIN_IMAGES] = {.name = "train-images-idx3-ubyte.gz",
                                  26421880,
                                  "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                                  47040016,
                                  "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                                  0xb4f29f28},
            [DSC_TRAIN_LABELS] = {.name = "train-labels-idx1-ubyte.gz",
                                  29515,
                                  "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                                  60008,
                                  "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                                  0x741a4657},
            [DSC_TEST_IMAGES] = {.name = "t10k-images-idx3-ubyte.gz",
                                 4422102,
                                 "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                                 7840016,
                                 "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                                 0x678fe0b1},
            [DSC_TEST_LABELS] = {.name = "t10k-labels-idx1-ubyte.gz",
                                 5148,
                                 "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                                 10008,
                                 "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                                 0x80142c1f},
        },
    .places = places,
    .mirrors = mirrors,
    .counts = {60000, 10000},
    .shape = {1, 28, 28},
    .classes = 10,
    .class_names = class_names,
    .note = {.prepared_noted = true},
    .facts = "Xiao, Rasul and Vollgraf of Zalando Research made it from pictures of Zalando's articles, as a "
             "replacement for MNIST with the same sizes.",
    .licence = "MIT, Copyright 2017 Zalando SE",
    .source = "https://github.com/zalandoresearch/fashion-mnist",
    .hub = "zalando-datasets/fashion_mnist",
};
