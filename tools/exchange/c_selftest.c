/* SPDX-License-Identifier: MIT */
/* c_selftest.c: the self-test of an exported source; see c_parts.h. */
#include "exchange/c_parts.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>

enum { IMAGES = 4 };

/* Generates the test images: blocks of different greys. The exported source contains the same formula. */
static uint8_t test_pixel(size_t image, size_t i) {
    const uint32_t mixed = ((uint32_t)(i / 3) + 1) * (uint32_t)(2654435761u + 974711u * (uint32_t)image);
    return (uint8_t)(mixed & 0x8000u ? mixed >> 24 : 0);
}

static dsc_status answer(float *probabilities, const exchange_c *c, dsc_error *error) {
    const size_t each = c->plan->shape[0] * c->plan->shape[1] * c->plan->shape[2];
    dsc_predictor *predictor = NULL;
    dsc_workspace *workspace = NULL;
    dsc_predictor_options options = dsc_predictor_options_defaults();
    options.kernels = "portable";
    options.batch = IMAGES;
    uint8_t *images = dsc_allocate(IMAGES, each);
    dsc_status status = images ? dsc_predictor_create(&predictor, c->model, &options, error)
                               : dsc_fail_memory(error, IMAGES * each, "images");
    for (size_t i = 0; images && i < IMAGES * each; i++) images[i] = test_pixel(i / each, i % each);
    if (!status) status = dsc_workspace_create(&workspace, predictor, 1, error);
    if (!status) status = dsc_predict(probabilities, predictor, workspace, images, IMAGES, error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    free(images);
    return status;
}

dsc_status exchange_c_write_selftest(dsc_text *out, const exchange_c *c, dsc_error *error) {
    char upper[EXCHANGE_NAME], number[40];
    exchange_c_upper(upper, c->prefix);
    float *probabilities = dsc_allocate(IMAGES * c->plan->classes, sizeof *probabilities);
    if (!probabilities) return dsc_fail_memory(error, c->plan->classes * sizeof *probabilities, "answers");
    dsc_status status = answer(probabilities, c, error);
    dsc_text_append(out,
                    "\n#ifdef %s_SELFTEST\n"
                    "int %s_selftest(void *scratch) {\n"
                    "    static const float answers[%d][%s_CLASSES] = {",
                    upper, c->prefix, IMAGES, upper);
    for (size_t i = 0; i < IMAGES * c->plan->classes; i++) {
        const size_t column = i % c->plan->classes;
        exchange_c_float(number, probabilities[i]);
        dsc_text_append(out, "%s%s%s",
                        column == 0  ? "\n        {"
                        : column % 8 ? ", "
                                     : ",\n         ",
                        number, column + 1 == c->plan->classes ? "}," : "");
    }
    dsc_text_append(
        out,
        "\n    };\n"
        "    unsigned char image[%s_IMAGE];\n"
        "    float probabilities[%s_CLASSES];\n"
        "    int wrong = 0;\n"
        "    for (unsigned n = 0; n < %d; n++) {\n"
        "        for (unsigned i = 0; i < %s_IMAGE; i++) {\n"
        "            const uint32_t mixed = (i / 3u + 1u) * (uint32_t)(2654435761u + 974711u * n);\n"
        "            image[i] = (unsigned char)(mixed & 0x8000u ? mixed >> 24 : 0u);\n"
        "        }\n"
        "        int right = 0, differs = %s_predict(probabilities, image, scratch) < 0;\n"
        "        for (int k = 0; k < %s_CLASSES; k++) {\n"
        "            const float difference = probabilities[k] - answers[n][k];\n"
        "            right = answers[n][k] > answers[n][right] ? k : right;\n"
        "            differs = differs || !(difference < 1e-5f && difference > -1e-5f);\n"
        "        }\n"
        "        wrong += differs || right != %s_predict(probabilities, image, scratch);\n"
        "    }\n"
        "    return wrong;\n"
        "}\n#endif\n",
        upper, upper, IMAGES, upper, c->prefix, upper, c->prefix);
    free(probabilities);
    return status;
}
