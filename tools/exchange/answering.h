/* SPDX-License-Identifier: MIT */
/* answering.h: shared by formats whose answers come from another program (exchange_format.answer): a file
 * passes the images to the program, another returns the probabilities. */
#ifndef EXCHANGE_ANSWERING_H
#define EXCHANGE_ANSWERING_H

#include "exchange/exchange.h"

enum { EXCHANGE_PATHS_MOST = 8 };

/* Paths in the folder. Release with exchange_answering_clear, also after a failure. */
typedef struct exchange_answering {
    const char *folder;
    const exchange_output *output;
    char *images, *answers; /* the two files */
    char *more[EXCHANGE_PATHS_MOST];
    size_t more_count;
    size_t numbers; /* count x classes */
} exchange_answering;

/* Writes the images (count, C, H, W) of the model's shape to a file. */
dsc_status exchange_answering_begin(exchange_answering *answering, const char *folder,
                                    const exchange_output *output, const uint8_t *images, size_t count,
                                    const dsc_model *model, dsc_error *error);
void exchange_answering_clear(exchange_answering *answering);

/* FOLDER/STEM plus a suffix, or FOLDER/NAME; lives as long as `answering`. NULL: no memory. */
char *exchange_answering_path(exchange_answering *answering, const char *suffix);
char *exchange_answering_name(exchange_answering *answering, const char *name);

/* Runs the program (`arguments` as for child_run) and reads the probabilities that it wrote. `said` receives
 * its output; NULL: discarded. */
dsc_status exchange_answering_run(float *probabilities, const exchange_answering *answering,
                                  const char *const *arguments, dsc_text *said, dsc_error *error);

#endif
