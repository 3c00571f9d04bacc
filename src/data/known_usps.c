/* SPDX-License-Identifier: MIT */
/* known_usps.c: USPS, from LIBSVM's collection. Hull, "A Database for Handwritten Text Recognition Research"
 * (IEEE PAMI 16, 1994). Only MD5 sums of its files are known (torchvision's), no sizes. */
#include "data/known.h"

static const char *const mirrors[] = {
    "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/",
    NULL,
};

const dsc_known_data dsc_known_data_usps = {
    .name = "usps",
    .help = "digits of postcodes on envelopes, 16 x 16: 7,291 training, 2,007 test",
    .title = "USPS",
    .files = {{.name = "usps.bz2", .md5 = "ec16c51db3855ca6c91edd34d0e9b197"},
              {.name = "usps.t.bz2", .md5 = "8ea070ee2aca1ac39742fdd1ef5ed118"}},
    .mirrors = mirrors,
    .counts = {7291, 2007},
    .shape = {1, 16, 16},
    .classes = 10,
    .first_label = 1,
    .note = {.prepared_noted = true},
    .facts = "The digits were cut out of postcodes on envelopes that passed through a post office in the "
             "United States, and scaled to 16 x 16. The test set is harder than the training set: people "
             "misread about 2.5 percent of it.",
    .source = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps",
};
