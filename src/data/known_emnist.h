/* SPDX-License-Identifier: MIT */
/* known_emnist.h: the common parts of EMNIST's data sets. Cohen, Afshar, Tapson, van Schaik, "EMNIST: an
 * extension of MNIST to handwritten letters" (2017, arXiv:1702.05373). NIST offers all in one archive; its
 * size and SHA-256 are from TensorFlow Datasets. Checksums of the files inside are not published. */
#ifndef DSC_DATA_KNOWN_EMNIST_H
#define DSC_DATA_KNOWN_EMNIST_H

#include "data/known.h"

#define DSC_EMNIST_DIGITS "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"
#define DSC_EMNIST_CAPITALS                                                                                  \
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", \
        "V", "W", "X", "Y", "Z"
/* Small letters that differ from their capitals; the others share a class with them. */
#define DSC_EMNIST_OTHERS "a", "b", "d", "e", "f", "g", "h", "n", "q", "r", "t"
#define DSC_EMNIST_SMALL                                                                                     \
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", \
        "v", "w", "x", "y", "z"

/* A row's members that all splits have; `split`: "emnist-letters", as its files' names begin. */
#define DSC_EMNIST_ROW(split)                                                                                \
    .name = split, .start = split, .folder = "emnist",                                                       \
    .files = {{.name = "gzip.zip",                                                                           \
               .size = 561753746,                                                                            \
               .sha256 = "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e"}},               \
    .members = (const char *const[]){split "-train-images-idx3-ubyte.gz",                                    \
                                     split "-train-labels-idx1-ubyte.gz",                                    \
                                     split "-test-images-idx3-ubyte.gz",                                     \
                                     split "-test-labels-idx1-ubyte.gz",                                     \
                                     split "-mapping.txt",                                                   \
                                     NULL},                                                                  \
    .mirrors = (const char *const[]){"https://biometrics.nist.gov/cs_links/EMNIST/", NULL},                  \
    .shape = {1, 28, 28}, .sideways = true,                                                                  \
    .note = {.prepared_noted = true, .preparation = DSC_PREPARATION_DIGITS},                                 \
    .facts = "Cohen, Afshar, Tapson and van Schaik made it from NIST's Special Database 19: characters "     \
             "that employees of the Census Bureau and high-school students wrote into forms. They blurred, " \
             "cut out and centred the characters, not quite as MNIST's were.",                               \
    .source = "https://www.nist.gov/itl/products-and-services/emnist-dataset"

/* ... and its classes by their names. */
#define DSC_EMNIST_CLASSES(...)                                                                              \
    .class_names = (const char *const[]){__VA_ARGS__},                                                       \
    .classes = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)

#endif
