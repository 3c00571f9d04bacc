/* SPDX-License-Identifier: MIT */
/*
 * descender.h: the whole public interface of libdescender.
 *
 * The library learns to read handwritten digits, and other small images, with feedforward neural
 * networks. It never prints, exits or aborts, and keeps no mutable global state. The interface comes
 * in tiers; stop reading where you have what you need:
 *
 *   1. Basics         version, status codes, errors, parameter tables
 *   2. Data           datasets, IDX files, MNIST, the built-in digits
 *
 * Conventions. A call that can fail returns a dsc_status, DSC_OK (zero) on success, and fills the
 * caller's dsc_error where one is given (NULL is allowed everywhere). Outputs come before inputs. On
 * failure an output pointer is set to NULL. Every X_free(NULL) does nothing. Arrays are row-major, and
 * comments give their shape, as in (N, C, H, W). Unless a comment says otherwise, a function may be
 * called from any thread, and one object must not be changed by two threads at once.
 */
#ifndef DESCENDER_H
#define DESCENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DSC_API          __attribute__((visibility("default")))
#define DSC_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define DSC_API
#define DSC_PRINTF(f, a)
#endif

/* ------------------------------------------------------------------------------------------------
 * 1. Basics
 * ------------------------------------------------------------------------------------------------ */

/* The version of the library that is running, such as "0.1.0". Versions are semantic. */
DSC_API const char *dsc_version(void);

/* What came of a call. The codes are for programs; the message in dsc_error is for people. */
typedef enum dsc_status {
    DSC_OK = 0,
    DSC_ERROR_ARGUMENT,    /* the caller asked for something impossible or contradictory */
    DSC_ERROR_MEMORY,      /* an allocation failed; nothing was changed */
    DSC_ERROR_IO,          /* the system refused: no such file, no permission, disk full */
    DSC_ERROR_FORMAT,      /* a file or text is not what it should be */
    DSC_ERROR_MISMATCH,    /* two things do not belong together: labels and images, a model and its data */
    DSC_ERROR_UNSUPPORTED, /* understood, but this build or this version cannot do it */
    DSC_ERROR_NETWORK,     /* a server could not be reached or answered wrongly */
    DSC_ERROR_DIVERGED,    /* a number became infinite or NaN */
    DSC_ERROR_STOPPED      /* the caller's callback asked to stop */
} dsc_status;

#define DSC_MESSAGE_SIZE 1024

/* Filled by a call that fails. The message is one line of UTF-8 without a newline at its end: it names
 * the file, the place, what was expected, what was found, and what to do next. */
typedef struct dsc_error {
    dsc_status code;
    char message[DSC_MESSAGE_SIZE];
} dsc_error;

/* Parameter tables. Ops, layers, optimisers, augmentations and the program's commands describe what they
 * take in a table of these; parsing, checking, help and files all come from it. A value lives in a struct
 * of its owner's at `offset`. */
typedef enum dsc_param_type {
    DSC_PARAM_INT,    /* int64_t */
    DSC_PARAM_REAL,   /* double */
    DSC_PARAM_SWITCH, /* bool: on|off (also true|false, yes|no, 1|0) */
    DSC_PARAM_CHOICE, /* int: index into `choices`, names separated by '|' */
    DSC_PARAM_TEXT,   /* char *, owned by the struct; NULL when unset */
    DSC_PARAM_PAIR    /* int64_t[2]: "3x5", or "3" for both */
} dsc_param_type;

typedef struct dsc_param {
    const char *name; /* lower case, words joined by '-'; NULL ends a table */
    dsc_param_type type;
    size_t offset;       /* of the value, in the struct that holds the values */
    const char *initial; /* the default, as text; NULL: must be given (TEXT: unset) */
    double minimum;      /* INT, REAL, PAIR: the range, both ends included; both 0: any finite value */
    double maximum;
    const char *choices; /* CHOICE: "relu|tanh|none" */
    const char *help;    /* one line, for people, with the unit */
} dsc_param;

/* ------------------------------------------------------------------------------------------------
 * 2. Data
 * ------------------------------------------------------------------------------------------------ */

/* Arrays of up to four dimensions, as IDX files hold them. The values are IDX's own type codes. */
typedef enum dsc_type {
    DSC_U8 = 0x08,
    DSC_I8 = 0x09,
    DSC_I16 = 0x0B,
    DSC_I32 = 0x0C,
    DSC_F32 = 0x0D,
    DSC_F64 = 0x0E
} dsc_type;

typedef struct dsc_array {
    dsc_type type;
    size_t rank;     /* 1 to 4 */
    size_t shape[4]; /* the first `rank` are used; the last varies fastest */
    void *data;      /* in the machine's byte order */
} dsc_array;

/* The number of elements; their size in bytes. */
DSC_API size_t dsc_array_count(const dsc_array *array);
DSC_API size_t dsc_type_size(dsc_type type);

/* Frees the data of an array that the library filled, and clears it. */
DSC_API void dsc_array_clear(dsc_array *array);

/* Reads an IDX file, gzip or plain (told by its content, not its name). Everything is checked before it is
 * used: magic, type, dimensions against the file's size, overflow, bytes behind the end, gzip's checksum.
 * The message names file, offset, expected, found and the remedy. */
DSC_API dsc_status dsc_idx_read(dsc_array *array, const char *path, dsc_error *error);

/* The same from memory; `name` stands for the file in messages. */
DSC_API dsc_status dsc_idx_parse(dsc_array *array, const void *bytes, size_t size, const char *name,
                                 dsc_error *error);

/* Writes an IDX file, atomically; compressed if `path` ends in ".gz". */
DSC_API dsc_status dsc_idx_write(const char *path, const dsc_array *array, dsc_error *error);

/* Images with labels. Immutable once made, so any number of threads may share one. */
typedef struct dsc_dataset dsc_dataset;

DSC_API size_t dsc_dataset_count(const dsc_dataset *data);
/* Channels, height and width of one image. */
DSC_API void dsc_dataset_shape(const dsc_dataset *data, size_t shape[3]);
DSC_API size_t dsc_dataset_classes(const dsc_dataset *data);
/* "0" to "9" for digits; from labels.txt where there is one. */
DSC_API const char *dsc_dataset_class_name(const dsc_dataset *data, size_t label);
/* What the data is, for people: "MNIST, training set", "built-in digits, seed 1". */
DSC_API const char *dsc_dataset_name(const dsc_dataset *data);
/* (N, C, H, W), and (N); they live as long as the dataset. */
DSC_API const uint8_t *dsc_dataset_images(const dsc_dataset *data);
DSC_API const uint8_t *dsc_dataset_labels(const dsc_dataset *data);
DSC_API void dsc_dataset_free(dsc_dataset *data);

/* Copies anybody's arrays: images (count, channels, height, width), labels (count) below `classes`
 * (1 to 256). `class_names` has `classes` texts, or is NULL for "0", "1", ... */
DSC_API dsc_status dsc_dataset_from_memory(dsc_dataset **data, const uint8_t *images, const uint8_t *labels,
                                           size_t count, const size_t shape[3], size_t classes,
                                           const char *const *class_names, const char *name,
                                           dsc_error *error);

/* Opens a pair of IDX files: images of 3 dimensions (N, H, W) or 4 (N, C, H, W), labels of 1, both bytes. */
DSC_API dsc_status dsc_dataset_open(dsc_dataset **data, const char *images_path, const char *labels_path,
                                    dsc_error *error);

/* Opens the four files of MNIST, or of any data in the same files, in `folder` (NULL: $DESCENDER_DATA,
 * ./data, then the user's cache). Never downloads and never substitutes other data. */
DSC_API dsc_status dsc_mnist_open(dsc_dataset **train, dsc_dataset **test, const char *folder,
                                  dsc_error *error);

/* Draws `count` handwritten-looking digits, 28 x 28, centred as MNIST's are. The same seed gives the same
 * digits on every machine, whatever the number of threads (0: all cores), and the first n of them do not
 * depend on `count`. */
DSC_API dsc_status dsc_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                                     dsc_error *error);

#ifdef __cplusplus
}
#endif
#endif /* DESCENDER_H */
