/* SPDX-License-Identifier: MIT */
/* read_digits.c: finds the digits of a picture with a network's help; see dsc_read_digits in descender.h. */
#include "image/prepare.h"
#include "model/model.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A network that judges prepared digits. */
typedef struct network {
    const dsc_predictor *predictor;
    dsc_workspace *workspace;
    float *probabilities; /* (classes) */
    bool light;           /* the network was trained on dark digits on a light ground */
} network;

static dsc_status ask(void *context, float *sure, const uint8_t *prepared, dsc_error *error) {
    const network *n = context;
    const size_t classes = dsc_predictor_classes(n->predictor);
    uint8_t image[DSC_DIGIT_SIDE * DSC_DIGIT_SIDE];
    for (size_t k = 0; k < sizeof image; k++)
        image[k] = n->light ? (uint8_t)(255 - prepared[k]) : prepared[k];
    const dsc_status status = dsc_predict(n->probabilities, n->predictor, n->workspace, image, 1, error);
    *sure = 0;
    /* A network with numbers that are not finite has confidence 0 here; its predictions report the error. */
    if (status) return status == DSC_ERROR_DIVERGED ? DSC_OK : status;
    for (size_t k = 0; k < classes; k++)
        if (n->probabilities[k] > *sure) *sure = n->probabilities[k];
    return DSC_OK;
}

dsc_status dsc_read_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes, const uint8_t *pixels,
                           size_t height, size_t width, size_t channels, const dsc_predictor *predictor,
                           dsc_workspace *workspace, dsc_error *error) {
    size_t shape[3];
    network n = {predictor, workspace, NULL, dsc_predictor_ground(predictor) == DSC_GROUND_LIGHT};
    *digits = NULL;
    *count = 0;
    if (notes) *notes = (dsc_picture_notes){.reduced = 1};
    dsc_predictor_shape(predictor, shape);
    dsc_status status = dsc_digit_check_shape(shape, error);
    if (status) return status;
    n.probabilities = dsc_allocate(dsc_predictor_classes(predictor), sizeof *n.probabilities);
    if (!n.probabilities)
        return dsc_fail_memory(error, dsc_predictor_classes(predictor) * sizeof *n.probabilities,
                               "an answer");
    const dsc_judge judge = {ask, &n, dsc_predictor_knows_others(predictor)};
    status = dsc_digits_search(digits, count, notes, pixels, height, width, channels, &judge, error);
    free(n.probabilities);
    return status;
}

double dsc_digit_refuse_below(const dsc_model *model, uint32_t marks) {
    /* Chosen with rows of ten training digits (bench-reading --train): smaller shares refuse no fewer. */
    const double in_row = 0.7;
    return marks & DSC_DIGIT_IN_ROW ? in_row * model->refuse_below : model->refuse_below;
}
