/* SPDX-License-Identifier: MIT */
/* verify.h: checks that an export answers like the model. */
#ifndef EXCHANGE_VERIFY_H
#define EXCHANGE_VERIFY_H

#include "exchange/exchange.h"

/* The comparison of one format with the model, on the same images. */
typedef struct exchange_check {
    const char *format;
    bool skipped; /* the program that answers is not installed: `why` says what to install */
    char why[DSC_MESSAGE_SIZE];
    size_t images, correct, differing; /* differing: their most probable class is not the model's */
    double largest;                    /* largest difference of a probability */
    size_t bytes;                      /* of the files */
    double seconds;                    /* for all images, including preparation */
} exchange_check;

/* The images of a data set, and the model's answers. */
typedef struct exchange_reference {
    size_t count, classes;
    uint8_t *images, *labels;
    float *probabilities;
    size_t correct;
    double seconds;
} exchange_reference;

/* Answers the first `most` images of `data` (0: all), as bytes. Release with exchange_reference_clear, also
 * after a failure. `threads` 0: all cores. */
dsc_status exchange_reference_make(exchange_reference *reference, const dsc_model *model,
                                   const dsc_dataset *data, size_t most, unsigned threads, dsc_error *error);
void exchange_reference_clear(exchange_reference *reference);

/* Writes the files to a temporary folder, gets their answers and removes the folder. A missing program is not
 * a failure but recorded in *check. `values`: of the format. */
dsc_status exchange_verify(exchange_check *check, const exchange_format *format, const void *values,
                           const exchange_output *output, const dsc_model *model,
                           const exchange_reference *reference, dsc_error *error);

#endif
