/* SPDX-License-Identifier: MIT */
/* c_prepare.c: PREFIX_prepare of an exported source: simple preparation of pictures from cameras and sensors;
 * see c_parts.h. `descender predict` does more: it removes uneven light, finds several digits, and mends thin
 * or broken strokes. */
#include "exchange/c_parts.h"

#include "base/error.h"
#include "model/model.h"

#include <string.h>

static bool is_digits(const dsc_model *model) {
    dsc_images images;
    dsc_model_describe(&images, model);
    return images.preparation == DSC_PREPARATION_DIGITS && images.shape[0] == 1 && images.shape[1] == 28 &&
           images.shape[2] == 28;
}

dsc_status exchange_c_check_prepare(const exchange_c *c, dsc_error *error) {
    const size_t channels = c->model->image->shape.size[0];
    if (channels == 1 || channels == 3) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "prepare=on makes images of 1 or 3 channels, but those of this model have %zu", channels);
}

void exchange_c_declare_prepare(dsc_text *out, const exchange_c *c) {
    char upper[EXCHANGE_NAME];
    exchange_c_upper(upper, c->prefix);
    dsc_text_append(out,
                    "/* Makes an image of a grey picture (height, width), a byte a pixel, row by row: %s",
                    is_digits(c->model)
                        ? "finds the one digit, dark on light\n * or light on dark, fits it into 20 x 20 and "
                          "centres it by mass, as MNIST's are. "
                        : "averages over exact areas,\n * inverted if its border has the opposite ground. ");
    dsc_text_append(
        out,
        "1, or 0 if there is nothing. Sides from 1 to\n"
        " * 16384. %s_PREPARE is the size of `scratch`, which may be that of %s_predict if that is as "
        "large. */\n"
        "#define %s_PREPARE 1024\n"
        "int %s_prepare(unsigned char image[%s_IMAGE], const unsigned char *picture, int height, int "
        "width,\n"
        "               void *scratch);\n\n",
        upper, c->prefix, upper, c->prefix, upper);
}

void exchange_c_want_prepare(exchange_functions *functions, const dsc_model *model) {
    const char *name = is_digits(model) ? "prepare_digit" : "prepare_picture";
    (void)exchange_functions_want(functions, name, strlen(name));
}

void exchange_c_write_prepare(dsc_text *out, const exchange_c *c) {
    char upper[EXCHANGE_NAME];
    dsc_images images;
    exchange_c_upper(upper, c->prefix);
    dsc_model_describe(&images, c->model);
    dsc_text_append(
        out,
        "\nint %s_prepare(unsigned char image[%s_IMAGE], const unsigned char *picture, int height, int "
        "width,\n"
        "               void *scratch) {\n"
        "    if (height < 1 || width < 1 || height > 16384 || width > 16384) return 0;\n",
        c->prefix, upper);
    if (is_digits(c->model)) {
        dsc_text_append(out, "    return prepare_digit(image, picture, height, width, scratch);\n}\n");
        return;
    }
    const int ground = images.ground == DSC_GROUND_DARK ? 1 : images.ground == DSC_GROUND_LIGHT ? 2 : 0;
    dsc_text_append(out,
                    "    (void)scratch;\n"
                    "    return prepare_picture(image, %zu, %zu, %zu, %d, picture, height, width);\n}\n",
                    images.shape[0], images.shape[1], images.shape[2], ground);
}
