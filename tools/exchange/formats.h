/* SPDX-License-Identifier: MIT */
/* formats.h: the list of formats, in the order in which they try to recognise a file. */
#ifndef EXCHANGE_FORMATS_H
#define EXCHANGE_FORMATS_H

#include "exchange/exchange.h"

#define EXCHANGE_FORMATS(FORMAT)                                                                             \
    FORMAT(descender)                                                                                        \
    FORMAT(safetensors)                                                                                      \
    FORMAT(npz)                                                                                              \
    FORMAT(onnx)                                                                                             \
    FORMAT(c)                                                                                                \
    FORMAT(web)

#define EXCHANGE_DECLARE(name) extern const exchange_format exchange_format_##name;
#define EXCHANGE_ENTRY(name)   &exchange_format_##name,
EXCHANGE_FORMATS(EXCHANGE_DECLARE)

#endif
