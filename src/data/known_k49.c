/* SPDX-License-Identifier: MIT */
/* known_k49.c: Kuzushiji-49. Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha, "Deep Learning for
 * Classical Japanese Literature" (2018, arXiv:1812.01718). Only MD5 sums of its files are known, no sizes. */
#include "data/known.h"

static const char *const mirrors[] = {"http://codh.rois.ac.jp/kmnist/dataset/k49/", NULL};

static const char *const class_names[] = {"a",  "i",  "u",   "e",   "o",   "ka", "ki",
                                          "ku", "ke", "ko",  "sa",  "shi", "su", "se",
                                          "so", "ta", "chi", "tsu", "te",  "to", "na",
                                          "ni", "nu", "ne",  "no",  "ha",  "hi", "fu",
                                          "he", "ho", "ma",  "mi",  "mu",  "me", "mo",
                                          "ya", "yu", "yo",  "ra",  "ri",  "ru", "re",
                                          "ro", "wa", "wi",  "we",  "wo",  "n",  "iteration mark"};

const dsc_known_data dsc_known_data_k49 = {
    .name = "k49",
    .help = "49 characters of cursive Japanese, 28 x 28, unequal frequencies: 232,365 training, 38,547 test",
    .title = "Kuzushiji-49",
    .files = {{.name = "k49-train-imgs.npz", .md5 = "7ac088b20481cf51dcd01ceaab89d821"},
              {.name = "k49-train-labels.npz", .md5 = "44a8e1b893f81e63ff38d73cad420f7a"},
              {.name = "k49-test-imgs.npz", .md5 = "d352e201d846ce6b94f42c990966f374"},
              {.name = "k49-test-labels.npz", .md5 = "4da6f7a62e67a832d5eb1bd85c5ee448"}},
    .mirrors = mirrors,
    .counts = {232365, 38547},
    .shape = {1, 28, 28},
    .classes = 49,
    .class_names = class_names,
    .note = {.prepared_noted = true},
    .facts = "Clanuwat and others cut the characters out of scanned Japanese books printed before 1900: 48 "
             "hiragana and an iteration mark, in their natural frequency; some classes have only a few "
             "hundred images. The authors report accuracy as the mean over the classes.",
    .licence = "CC BY-SA 4.0",
    .source = "http://codh.rois.ac.jp/kmnist/",
};
