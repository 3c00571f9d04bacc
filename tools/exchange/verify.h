/* SPDX-License-Identifier: MIT */
/* verify.h: whether what was exported answers as the model does. */
#ifndef EXCHANGE_VERIFY_H
#define EXCHANGE_VERIFY_H

#include "exchange/exchange.h"

/* One format beside the model itself, on the same images. */
typedef struct exchange_check {
    const char *format;
    bool skipped; /* what answers by it is not installed: `why` says what to install */
    char why[DSC_MESSAGE_SIZE];
    size_t images, correct, differing; /* images whose likeliest class is another than the model's */
    double largest;                    /* difference of a probability */
    size_t bytes;                      /* of the files */
    double seconds;                    /* for all images, what is made ready before them included */
} exchange_check;

/* The images of a data set, and what the model answers to them. */
typedef struct exchange_reference {
    size_t count, classes;
    uint8_t *images, *labels;
    float *probabilities;
    size_t correct;
    double seconds;
} exchange_reference;

/* The first `most` images of `data` (0: all), bytes. Release with exchange_reference_clear, also after a
 * failure. `threads` 0: all cores. */
dsc_status exchange_reference_make(exchange_reference *reference, const dsc_model *model,
                                   const dsc_dataset *data, size_t most, unsigned threads, dsc_error *error);
void exchange_reference_clear(exchange_reference *reference);

/* Writes the files to a folder of its own, which is removed again, and lets them answer. What is missing on
 * this machine is no failure but noted in *check. `values`: of the format. */
dsc_status exchange_verify(exchange_check *check, const exchange_format *format, const void *values,
                           const exchange_output *output, const dsc_model *model,
                           const exchange_reference *reference, dsc_error *error);

#endif
