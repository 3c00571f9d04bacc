/* SPDX-License-Identifier: MIT */
/* shipped.h: the model inside the program: models/digits.safetensors, trained by `descender train --recipe
 * shipped`. */
#ifndef SHIPPED_SHIPPED_H
#define SHIPPED_SHIPPED_H

#include <descender.h>

/* What stands for it where a model is named. */
#define SHIPPED_NAME "shipped"

/* Measured once on MNIST's test set, after training; models/digits.md is its card. tests/shipped look
 * whether it is so. */
#define SHIPPED_ACCURACY "99.62"

dsc_status shipped_model(dsc_model **model, dsc_error *error);

/* The file's bytes. */
const unsigned char *shipped_bytes(size_t *size);

#endif
