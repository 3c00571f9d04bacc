/* SPDX-License-Identifier: MIT */
/* tutorial_pictures.h: the tutorial's pictures, as text for a terminal and as files: image 59,999, five
 * random images, the network, and the two panels of curves. */
#ifndef CLI_TUTORIAL_PICTURES_H
#define CLI_TUTORIAL_PICTURES_H

#include "base/text.h"
#include "tutorial.h"

typedef struct tutorial_figures {
    const tutorial_options *options;
    const dsc_dataset *train;
    dsc_text data_title; /* dsc_public_name */
    int64_t examples[TUTORIAL_EXAMPLES];
    size_t example_count;
    const tutorial_result *result;
    double *epochs;    /* 1, 2, ..., the x of all curves */
    double *curves[4]; /* training error, training accuracy, test error, test accuracy */
} tutorial_figures;

/* `options` and `train` must outlive the figures. Release with tutorial_figures_free. */
dsc_status tutorial_figures_make(tutorial_figures *figures, const tutorial_options *options,
                                 const dsc_dataset *train, const char *data_name, dsc_error *error);
dsc_status tutorial_figures_add_result(tutorial_figures *figures, const tutorial_result *result,
                                       dsc_error *error);
void tutorial_figures_free(tutorial_figures *figures);

dsc_status tutorial_show_image(dsc_text *text, const tutorial_figures *figures, dsc_error *error);
dsc_status tutorial_show_examples(dsc_text *text, const tutorial_figures *figures, dsc_error *error);
dsc_status tutorial_show_curves(dsc_text *text, const tutorial_figures *figures, dsc_error *error);

/* Whether this build can write pictures; the error says what is missing. */
dsc_status tutorial_pictures_possible(dsc_error *error);
/* Makes `folder`. Fails if tutorial_save_pictures would replace a file that the program did not draw, or
 * could not write there. */
dsc_status tutorial_claim_pictures(const char *folder, const dsc_dataset *train, dsc_error *error);
dsc_status tutorial_save_pictures(const char *folder, const tutorial_figures *figures, dsc_error *error);

#endif
