/* SPDX-License-Identifier: MIT */
/* web_files.h: the parts of an exported page, embedded in the program: page/, the drawing pad of the server's
 * page, and the WebAssembly compiled by CMakeLists.txt. */
#ifndef EXCHANGE_WEB_FILES_H
#define EXCHANGE_WEB_FILES_H

#include <stddef.h>

typedef enum exchange_web_file {
    EXCHANGE_WEB_HTML,
    EXCHANGE_WEB_STYLE,
    EXCHANGE_WEB_MACHINE, /* machine.js */
    EXCHANGE_WEB_PAGE,    /* page.js */
    EXCHANGE_WEB_PAINT,
    EXCHANGE_WEB_PAD,
    EXCHANGE_WEB_ANSWER,  /* answer.mjs, for node */
    EXCHANGE_WEB_TRAINER, /* trainer.js; this and the next four are for pages that train */
    EXCHANGE_WEB_WORKER,
    EXCHANGE_WEB_TRAINING,
    EXCHANGE_WEB_TRAINING_HTML,
    EXCHANGE_WEB_TRAINING_STYLE,
    EXCHANGE_WEB_PLAIN, /* machine.wasm: without SIMD, includes the preparation of pictures */
    EXCHANGE_WEB_SIMD,  /* simd.wasm */
    EXCHANGE_WEB_TRAIN  /* train.wasm: the training library */
} exchange_web_file;

/* NULL: this build has no WebAssembly (the last three). */
const char *exchange_web_file_bytes(exchange_web_file file, size_t *size);

#endif
