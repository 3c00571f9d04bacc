/* SPDX-License-Identifier: MIT */
/* shipped.h: the built-in model: models/digits.safetensors, trained by `descender train --recipe shipped`. */
#ifndef SHIPPED_SHIPPED_H
#define SHIPPED_SHIPPED_H

#include <descender.h>

/* Its name where a command expects a model. */
#define SHIPPED_NAME "shipped"

/* Accuracy on MNIST's test set in percent, measured once after training; models/digits.md is the model card.
 * tests/shipped verifies the figure. */
#define SHIPPED_ACCURACY "99.60"

dsc_status shipped_model(dsc_model **model, dsc_error *error);

/* The file's bytes. */
const unsigned char *shipped_bytes(size_t *size);

#endif
