/* SPDX-License-Identifier: MIT */
/* exchange.h: the formats in which models leave the program and come into it, one file and one line each.
 *
 * A format is a row: it recognises a file by its bytes and reads a model from it, or writes a model as one or
 * several files, or both. What ops know of other programs they say themselves: `onnx` and `c` of dsc_op. */
#ifndef EXCHANGE_EXCHANGE_H
#define EXCHANGE_EXCHANGE_H

#include "base/registry.h"
#include "base/text.h"

#include <descender.h>

/* --- reading --- */

#define EXCHANGE_BYTES_MOST ((size_t)1 << 32) /* of a file that is read */

/* What is read, and what was found out about it. */
typedef struct exchange_source {
    const unsigned char *bytes;
    size_t size;
    const char *name;          /* the file's, for messages */
    const char *model;         /* the network as text, for formats that hold numbers alone; or NULL */
    const char *map;           /* the file that says which array is which parameter; or NULL */
    const dsc_dataset *images; /* to say how many channels, height, width and classes `model` has; or NULL */
    size_t shape[3];           /* or these say it: channels, height, width; 0: 1 x 28 x 28 */
    size_t classes;            /* 0: what fits the file's arrays */
    const char *format;        /* filled: the name of the format in which it is read */
    bool needs_model;          /* filled: numbers alone, which took model, map, images, shape and classes */
    dsc_text notes; /* filled: lines for people, each with a newline: what was left out, what was assumed */
    /* Filled, may stay empty: what went where, one line an array, its fields divided by tabs: its name, type
     * and shape in the file, our parameter or "-", and why ("by name", "left out"). Names are visible.h's. */
    dsc_text table;
} exchange_source;

/* --- writing --- */

/* A file that an export makes: the stem of the path that the user gave, and this suffix (".c", "_weights.c").
 * The bytes are owned. */
typedef struct exchange_file {
    char suffix[24];
    unsigned char *bytes;
    size_t size;
} exchange_file;

enum { EXCHANGE_FILES_MOST = 6 };

typedef struct exchange_output {
    const char *stem;    /* the last part of the path without its extension: names in files follow from it */
    const char *command; /* the command line that makes this, to be told in the files; or NULL */
    const char *hash;    /* SHA-256 of the model's file in hexadecimal, or NULL */
    exchange_file files[EXCHANGE_FILES_MOST];
    size_t count;
    dsc_text notes; /* filled: lines for people: sizes, what it costs to run */
} exchange_output;

/* Adds a file. Takes `bytes`, also on failure, and if they are NULL, which stands for a failed allocation. */
dsc_status exchange_add_file(exchange_output *output, const char *suffix, void *bytes, size_t size,
                             dsc_error *error);
void exchange_output_clear(exchange_output *output);

/* --- formats --- */

typedef struct exchange_format {
    const char *name; /* "onnx" */
    const char *help;
    const dsc_param *params; /* of `--to "c prefix=digits"` and `--as "onnx ..."` */
    size_t values_size;
    const char *suffix; /* ".onnx", of the first file */
    /* Whether the bytes look like this format; NULL: it is not read. */
    bool (*recognise)(const unsigned char *bytes, size_t size);
    dsc_status (*read)(dsc_model **model, exchange_source *source, const void *values, dsc_error *error);
    /* NULL: it is not written. */
    dsc_status (*write)(exchange_output *output, const dsc_model *model, const void *values,
                        dsc_error *error);
    /* Lets the files in `folder` answer bytes (count, C, H, W) by other means than this program: a compiler,
     * node. UNSUPPORTED: that is not installed; the message says what to install. NULL: what was written is
     * read again, and answers here. */
    dsc_status (*answer)(float *probabilities, const char *folder, const exchange_output *output,
                         const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                         dsc_error *error);
} exchange_format;
DSC_BEGINS_AS_ROW(exchange_format, params);

extern const dsc_registry exchange_registry;

/* Reads a model in any of the formats, told by its bytes, or in the one that `as` names with its values
 * ("onnx", "onnx scale=bytes"; NULL: told by its bytes). The caller clears source->notes and source->table,
 * also after a failure. What no format recognises fails as dsc_model_load does. ARGUMENT: a file that holds a
 * whole network, and a model, map, shape or number of classes for it. */
dsc_status exchange_read(dsc_model **model, exchange_source *source, const char *as, dsc_error *error);

/* The same from a file, also a pipe, for commands that only want the model: notes are dropped unless wanted
 * (`notes` may be NULL). */
dsc_status exchange_load(dsc_model **model, const char *path, dsc_text *notes, dsc_error *error);

#endif
