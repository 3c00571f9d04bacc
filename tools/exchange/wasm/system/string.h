/* SPDX-License-Identifier: MIT */
/* string.h: adds GNU's strerror_r, which returns the text, as the library uses it. */
#ifndef WASM_STRING_H
#define WASM_STRING_H

#include_next <string.h>

static inline char *wasm_strerror(int code, char *text, size_t size) {
    return strerror_r(code, text, size) ? (char *)"an error" : text;
}
#define strerror_r wasm_strerror

#endif
