/* SPDX-License-Identifier: MIT */
/* c_parts.h: shared by the files of the C export: c.c (header, weights, calls), c_text.c, c_prepare.c,
 * c_selftest.c, c_answer.c. */
#ifndef EXCHANGE_C_PARTS_H
#define EXCHANGE_C_PARTS_H

#include "exchange/exchange.h"
#include "exchange/plan.h"

enum { EXCHANGE_C_INSIDE, EXCHANGE_C_APART };

typedef struct exchange_c_values {
    char *prefix; /* NULL: the file's name */
    int weights;
    bool prepare; /* also write PREFIX_prepare */
} exchange_c_values;

/* One export. */
typedef struct exchange_c {
    exchange_output *output;
    const dsc_model *model;
    const exchange_plan *plan;
    const exchange_c_values *values;
    char prefix[EXCHANGE_NAME];
} exchange_c;

/* --- c_text.c --- */

/* The prefix for macros: DIGITS. */
void exchange_c_upper(char upper[EXCHANGE_NAME], const char *prefix);

/* A float that C reads back to the same bits: "-0.125f". */
char *exchange_c_float(char out[40], float number);

/* Appends an external text for use in a comment; it cannot end the comment or the line. */
void exchange_c_comment(dsc_text *out, const char *text);

/* Appends it as a C string literal with quotes. */
void exchange_c_string(dsc_text *out, const char *text);

/* Appends the name of a weight array; differs from every function name. */
void exchange_c_weights(dsc_text *out, const exchange_c *c, const exchange_weights *weights);

/* Appends PREFIX_selftest: images from a formula, and the portable kernels' answers to them. */
dsc_status exchange_c_write_selftest(dsc_text *out, const exchange_c *c, dsc_error *error);

/* c_prepare.c: PREFIX_prepare, which converts a grey picture to an image: its declaration, the functions it
 * calls, and the function. DSC_ERROR_UNSUPPORTED: the model's images have neither one nor three channels. */
dsc_status exchange_c_check_prepare(const exchange_c *c, dsc_error *error);
void exchange_c_declare_prepare(dsc_text *out, const exchange_c *c);
void exchange_c_want_prepare(exchange_functions *functions, const dsc_model *model);
void exchange_c_write_prepare(dsc_text *out, const exchange_c *c);

/* exchange_format.answer: compiles the source with the C compiler and runs it. */
dsc_status exchange_c_answer(float *probabilities, const char *folder, const exchange_output *output,
                             const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                             dsc_error *error);

#endif
