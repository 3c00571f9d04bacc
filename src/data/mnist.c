/* SPDX-License-Identifier: MIT */
/* mnist.c: see mnist.h. */
#include "data/mnist.h"

const dsc_mnist_file dsc_mnist_files[DSC_MNIST_FILES] = {
    {"train-images-idx3-ubyte", 47040016, 0xE9F4D8B3},
    {"train-labels-idx1-ubyte", 60008, 0xE0CB4AD2},
    {"t10k-images-idx3-ubyte", 7840016, 0x91373BDF},
    {"t10k-labels-idx1-ubyte", 10008, 0x4AB9EFF9},
};

int dsc_mnist_known(size_t size, uint32_t crc) {
    for (int i = 0; i < DSC_MNIST_FILES; i++)
        if (dsc_mnist_files[i].size == size && dsc_mnist_files[i].crc == crc) return i;
    return -1;
}

const char *dsc_dataset_known_name(const dsc_content *images, const dsc_content *labels) {
    int a = dsc_mnist_known(images->size, images->crc), b = dsc_mnist_known(labels->size, labels->crc);
    if (a == DSC_TRAIN_IMAGES && b == DSC_TRAIN_LABELS) return "MNIST, training set";
    if (a == DSC_TEST_IMAGES && b == DSC_TEST_LABELS) return "MNIST, test set";
    return NULL;
}
