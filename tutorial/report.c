/* SPDX-License-Identifier: MIT */
/* report.c: the lines that the tutorial prints during training, and the description of its errors. */
#include "tutorial.h"

static void print_part(dsc_text *text, const char *part, double loss, size_t accurate, size_t sample) {
    char error[352], accuracy[32]; /* "%.3f" of the largest double has 313 characters */
    dsc_format_fixed(error, sizeof error, loss / (double)sample, 3);
    dsc_format_shortest(accuracy, (double)accurate / (double)sample);
    dsc_text_append(text, "  %s set error: %s\n  %s set accuracy: %s\n", part, error, part, accuracy);
}

void tutorial_print_epoch(dsc_text *text, const tutorial_result *result, size_t j) {
    dsc_text_append(text, "Epoch: %zu\n", j);
    print_part(text, "Training", result->store_training_loss[j], result->store_training_accurate_pred[j],
               result->training_sample);
    print_part(text, "Test", result->store_test_loss[j], result->store_test_accurate_pred[j],
               result->test_sample);
}

void tutorial_print_slips(dsc_text *text, const tutorial_options *options) {
    if (options->corrected) {
        dsc_text_append(text, "Trained with the exact gradient: delta * (layer_1 > 0) * dropout_mask * 2.\n");
        return;
    }
    dsc_text_append(
        text,
        "Kept as in the tutorial, so that the numbers are its own:\n"
        "  relu2deriv(layer_1) tests output >= 0 where relu has left nothing below 0: it is always true, so\n"
        "    hidden units that relu has cut off learn too.\n"
        "  Dropout multiplies by 2 on the way forward and by 1 on the way back.\n"
        "  There is no bias and no shuffling, each image is a step of its own, and %lld images are used.\n"
        "--corrected trains with the exact gradient, delta * (layer_1 > 0) * dropout_mask * 2.\n",
        (long long)options->training_sample);
}
