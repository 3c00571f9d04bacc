/* SPDX-License-Identifier: MIT */
/* web_parts.h: shared by the files of the web export. */
#ifndef EXCHANGE_WEB_PARTS_H
#define EXCHANGE_WEB_PARTS_H

#include "exchange/exchange.h"

/* exchange_format.answer: runs the page's scripts in node, with SIMD and, for some images, without. */
dsc_status exchange_web_answer(float *probabilities, const char *folder, const exchange_output *output,
                               const uint8_t *images, size_t count, const dsc_model *model,
                               const void *values, dsc_error *error);

#endif
