/* SPDX-License-Identifier: MIT */
/*
 * descender.h: the whole public interface of libdescender.
 *
 * The library trains feedforward neural networks that read handwritten digits and other small images. It
 * never prints, exits or aborts, and keeps no mutable global state. The interface comes in tiers, the easiest
 * first:
 *
 *   1. Basics         version, status codes, errors, parameter tables
 *   2. Data           datasets, IDX files, MNIST, the built-in digits
 *   3. Graphs         nodes, parameters, operations, and operations of your own
 *   4. Models         layers, networks written in one line of text, model files
 *   5. Training       how a model is trained, and how good it is
 *   6. Prediction     the answers of a model to images
 *   7. Own digits     digits found in pictures, pictures made into images
 *
 * Conventions. A call that can fail returns a dsc_status, DSC_OK (zero) on success, and fills the caller's
 * dsc_error; NULL is allowed in place of a dsc_error. Outputs come before inputs. On failure an output
 * pointer is set to NULL. Every X_free(NULL) does nothing. Arrays are row-major, and comments give their
 * shape, as in (N, C, H, W). Unless a comment says otherwise, a function may be called from any thread, and
 * two threads must not change one object at the same time.
 *
 * Files are written atomically: a reader sees the old content or the new content. Symbolic links are followed
 * and kept. A pipe, /dev/null, /dev/fd/N and any other file that is not a regular file is written directly. A
 * file that is itself a mount point, or lies in a folder in which no file can be created, is written in
 * place. The library leaves signals to the program: if the program ignores or handles SIGXFSZ and SIGPIPE, a
 * write beyond RLIMIT_FSIZE or to a pipe without a reader is DSC_ERROR_IO.
 *
 * Environment. dsc_mnist_open reads DESCENDER_DATA, XDG_CACHE_HOME and HOME if its folder is NULL. Functions
 * that write files read TMPDIR if no temporary file can lie beside the target. The library reads no other
 * environment variable.
 *
 * Structs that may grow begin with their size. X_defaults() sets it. So does X_initialise(&x, sizeof x), for
 * languages without inline functions. In a dsc_op the size is sizeof(dsc_op). The library accepts the shorter
 * structs of older headers, whose missing members have their defaults, and longer structs of newer headers if
 * the further members are zero. All other structs keep their layout as long as the major version stays. The
 * exceptions are structs that only the library creates (dsc_event, dsc_call, dsc_shape_rule, dsc_needs): they
 * may grow at the end.
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

/* The version of this header. Versions are semantic: while the major version stays, a program compiled with
 * an older header runs with a newer library. */
#define DSC_VERSION_MAJOR 0
#define DSC_VERSION_MINOR 1
#define DSC_VERSION_PATCH 0
#define DSC_VERSION       "0.1.0"

/* Returns the version of the library that is running, such as "0.1.0". */
DSC_API const char *dsc_version(void);

/* The result of a call. The codes are for programs; the message in dsc_error is for people. */
typedef enum dsc_status {
    DSC_OK = 0,
    DSC_ERROR_ARGUMENT,    /* the caller requested something impossible or contradictory */
    DSC_ERROR_MEMORY,      /* an allocation failed; nothing was changed */
    DSC_ERROR_IO,          /* the system refused: no such file, no permission, disk full */
    DSC_ERROR_FORMAT,      /* a file or text has a wrong content */
    DSC_ERROR_MISMATCH,    /* two things do not belong together: labels and images, a model and its data */
    DSC_ERROR_UNSUPPORTED, /* valid, but this build or this version cannot do it */
    DSC_ERROR_NETWORK,     /* a server could not be reached, or its answer is wrong */
    DSC_ERROR_DIVERGED,    /* a number became infinite or NaN */
    DSC_ERROR_STOPPED      /* the caller's callback asked to stop */
} dsc_status;

/* The size of a message in bytes, including the terminating zero. */
#define DSC_MESSAGE_SIZE 1024

/* Filled by a call that fails. The message is one line of UTF-8 without a newline. It names the file, the
 * place, the expected value, the found value, and what to do next. Names in it come from outside: control
 * characters and bytes that are not UTF-8 are written as \x1b and \xe9, so any terminal can show the message.
 * DSC_ERROR_MEMORY always means that an allocation failed. */
typedef struct dsc_error {
    dsc_status code;
    char message[DSC_MESSAGE_SIZE];
} dsc_error;

/* Fills `error` (may be NULL) as a failing call does, and returns `code`. Use it in operations and data of
 * your own that can fail. Control characters and bytes that are not UTF-8 become escapes; a message that is
 * too long is cut between two characters. Overwrites the previous content of `error`; keeps errno. */
DSC_API dsc_status dsc_fail(dsc_error *error, dsc_status code, const char *format, ...) DSC_PRINTF(3, 4);

/* Parameter tables. Ops, layers, optimisers, augmentations and the program's commands declare their
 * parameters in such a table. Parsing, checking, help and files all use the table. A value lies at `offset`
 * in its owner's struct. */
typedef enum dsc_param_type {
    DSC_PARAM_INT,    /* int64_t */
    DSC_PARAM_REAL,   /* double */
    DSC_PARAM_SWITCH, /* bool: on|off (also true|false, yes|no, 1|0) */
    DSC_PARAM_CHOICE, /* int: index into `choices`, names separated by '|' */
    DSC_PARAM_TEXT,   /* char *, owned by the struct; NULL when unset */
    DSC_PARAM_PAIR,   /* int64_t[2]: "3x5", or "3" for both */
    DSC_PARAM_SEED    /* dsc_seed: decimal digits */
} dsc_param_type;

/* A seed of random numbers: any integer from 0 on, as NumPy accepts them, of at most 1000 decimal digits. */
#define DSC_SEED_DIGITS 1000
typedef struct dsc_seed {
    uint32_t count;      /* of words used, at least 1 */
    uint32_t words[104]; /* the lowest first; the last of several is nonzero */
} dsc_seed;

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

/* Arrays of up to four dimensions, as in IDX files. The values are IDX's own type codes. */
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

/* Return the number of elements of an array, and the size of one element in bytes. 0 if the rank is not 1
 * to 4, and for an unknown type. */
DSC_API size_t dsc_array_count(const dsc_array *array);
DSC_API size_t dsc_type_size(dsc_type type);

/* Frees the data of an array that the library filled, and clears the array. */
DSC_API void dsc_array_clear(dsc_array *array);

/* Reads an IDX file, gzip or plain (recognised by its content, not by its name). Checks everything before
 * use: magic number, type, dimensions against the size of the file, overflow, bytes after the end, gzip's
 * checksum. IO: the file cannot be read. FORMAT: its content is wrong; the message names the file, the
 * offset, the expected value, the found value and the remedy. The caller frees the array with
 * dsc_array_clear. */
DSC_API dsc_status dsc_idx_read(dsc_array *array, const char *path, dsc_error *error);

/* The same from memory. Messages name `path`; NULL means standard input. */
DSC_API dsc_status dsc_idx_parse(dsc_array *array, const void *bytes, size_t size, const char *path,
                                 dsc_error *error);

/* Writes an IDX file, atomically; compressed if `path` ends in ".gz". */
DSC_API dsc_status dsc_idx_write(const char *path, const dsc_array *array, dsc_error *error);

/* Images with labels. A dataset is immutable, so any number of threads may share it. The pixels are bytes
 * (DSC_U8), or floats (DSC_F32) on a scale where 1 corresponds to byte 255. Floats below 0 and above 1 are
 * allowed. */
typedef struct dsc_dataset dsc_dataset;

/* The number of images. */
DSC_API size_t dsc_dataset_count(const dsc_dataset *data);
/* Sets `shape` to channels, height and width of one image. */
DSC_API void dsc_dataset_shape(const dsc_dataset *data, size_t shape[3]);
DSC_API dsc_type dsc_dataset_type(const dsc_dataset *data);
DSC_API size_t dsc_dataset_classes(const dsc_dataset *data);
/* Returns the name of a class in UTF-8: "0" to "9" for digits; the line of labels.txt if there is such a
 * file. "?" if `label` is not below the number of classes. */
DSC_API const char *dsc_dataset_class_name(const dsc_dataset *data, size_t label);
/* Returns a title for people: "MNIST, training set", "built-in digits, seed 1". */
DSC_API const char *dsc_dataset_name(const dsc_dataset *data);
/* The images in memory, (count, C, H, W): bytes from dsc_dataset_images, floats from dsc_dataset_floats. NULL
 * if the images have the other type, if the dataset is a view, or if a callback reads the images;
 * dsc_dataset_read works for all datasets. dsc_dataset_labels returns the labels, (count). All live as long
 * as the dataset. */
DSC_API const uint8_t *dsc_dataset_images(const dsc_dataset *data);
DSC_API const float *dsc_dataset_floats(const dsc_dataset *data);
DSC_API const uint8_t *dsc_dataset_labels(const dsc_dataset *data);
/* Copies the images samples[0 .. count) to `images`, (count, C, H, W), in the dataset's type. ARGUMENT: there
 * is no such sample. FORMAT: a callback returned a NaN or an infinite value. Other failures are those of the
 * callback. */
DSC_API dsc_status dsc_dataset_read(void *images, const dsc_dataset *data, const uint32_t *samples,
                                    size_t count, dsc_error *error);
DSC_API void dsc_dataset_free(dsc_dataset *data);

/* Reads images for the library: fills `images`, (count, C, H, W), in the dataset's type, with the images
 * samples[0 .. count), each below the dataset's count. The same index must always give the same image. One
 * thread at a time calls it, possibly a thread of the library: while one batch is computed, the next is read.
 * On failure call dsc_fail and return its code; the call that needed the images then fails with it. */
typedef dsc_status dsc_read_images(void *user, void *images, const uint32_t *samples, size_t count,
                                   dsc_error *error);

/* Images and labels of your own. dsc_dataset_options_defaults() fills the struct; texts are copied. */
typedef struct dsc_dataset_options {
    size_t size;                    /* of this struct: dsc_dataset_options_defaults sets it */
    size_t count;                   /* of images, 1 to 4294967295 */
    size_t shape[3];                /* channels, height and width of one */
    dsc_type type;                  /* of the pixels: DSC_U8 or DSC_F32 */
    const void *images;             /* (count, C, H, W), in memory or mapped; NULL: `read` reads them */
    bool borrow;                    /* do not copy `images`: they must outlive all users of the dataset */
    dsc_read_images *read;          /* reads images that need not fit into memory; `images` is NULL */
    const uint8_t *labels;          /* (count), each below `classes`; copied */
    size_t classes;                 /* 1 to 256 */
    const char *const *class_names; /* (classes), or NULL for "0", "1", ... */
    const char *name;               /* what the data is; NULL: "data from memory" */
    void *user;                     /* for `read` and `release` */
    void (*release)(void *user);    /* NULL, or called after the last use of the images; not on failure */
} dsc_dataset_options;
/* Sets the defaults: bytes, 1 x 28 x 28, 10 classes. */
DSC_API void dsc_dataset_options_initialise(dsc_dataset_options *options, size_t size);
static inline dsc_dataset_options dsc_dataset_options_defaults(void) {
    dsc_dataset_options options;
    dsc_dataset_options_initialise(&options, sizeof options);
    return options;
}

/* Creates a dataset. Class names must be UTF-8, not empty and unique, without control characters and
 * characters that change the direction of writing; otherwise DSC_ERROR_ARGUMENT, as for sizes out of range.
 * MISMATCH: a label is not below `classes`. FORMAT: a float is NaN or infinite. */
DSC_API dsc_status dsc_dataset_create(dsc_dataset **data, const dsc_dataset_options *options,
                                      dsc_error *error);

/* --- Views: datasets made of other datasets. Only dsc_dataset_join copies images. You may free a dataset
 * before its views. The samples of a view are numbered from 0. --- */

/* The samples samples[0 .. count) of `data`, in that order, with repeats if there are any: a subset, or
 * another order. `name` NULL: the name of `data`. ARGUMENT: there is no such sample, or count is 0. */
DSC_API dsc_status dsc_dataset_view(dsc_dataset **view, const dsc_dataset *data, const uint32_t *samples,
                                    size_t count, const char *name, dsc_error *error);

/* Splits `data` class by class. From each class of n samples, round(share n) are drawn at random for
 * `held_out`; the others go to `rest`. Both keep the order of `data`. The same labels and seed give the same
 * split. A class of at least two samples keeps at least one in `rest`. If the data have groups (writers, or a
 * table's `group_by`), whole groups are held out, for shares as near to these as the groups allow. ARGUMENT:
 * `share` is not between 0 and 1, or one part would be empty. */
DSC_API dsc_status dsc_dataset_split(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                     double share, uint64_t seed, dsc_error *error);

/* All samples in a random order. Images that the data themselves hold out for validation stay at the end. */
DSC_API dsc_status dsc_dataset_shuffle(dsc_dataset **view, const dsc_dataset *data, uint64_t seed,
                                       dsc_error *error);

/* The samples of parts[0 .. count), one part after the other. The classes are those of the first part;
 * classes of the other parts are matched by name. Images are copied into one block of memory; if a part
 * has a callback, they are read when needed. Groups stay; an image of a part without them is a group of its
 * own. MISMATCH: the parts differ in shape or type, or the first part lacks a class. ARGUMENT: count is 0.
 * UNSUPPORTED: more than 4294967295 images. `name` NULL: the name of the first part. */
DSC_API dsc_status dsc_dataset_join(dsc_dataset **joined, const dsc_dataset *const *parts, size_t count,
                                    const char *name, dsc_error *error);

/* --- The kind of images. A network reads images of the kind that it was trained on. So datasets and models
 * both record their kind, and code that combines the two compares them. --- */

/* How images were prepared. In files "none" and "digits". */
typedef enum dsc_preparation {
    DSC_PREPARATION_NONE,  /* not at all: unchanged */
    DSC_PREPARATION_DIGITS /* as MNIST's, or by dsc_prepare_digit: cut out, fitted, centred, light on 0 */
} dsc_preparation;

/* The ground behind the ink, or behind whatever the images show. In files "unknown", "dark" and "light". */
typedef enum dsc_ground {
    DSC_GROUND_UNKNOWN, /* differs from image to image, or neither, as in photos */
    DSC_GROUND_DARK,    /* light ink on a dark ground, as in MNIST */
    DSC_GROUND_LIGHT    /* dark ink on a light ground, as on paper */
} dsc_ground;

/* How pictures of different sizes were brought to one size, and how dsc_prepare_image does so. In files
 * "none", "crop", "pad" and "stretch". */
typedef enum dsc_fit {
    DSC_FIT_NONE,   /* all had that size; other pictures are scaled if they have its proportions */
    DSC_FIT_CROP,   /* scaled until the image is covered; the excess on two sides is cut off */
    DSC_FIT_PAD,    /* scaled until all is visible; the rest gets the colour of the picture's border */
    DSC_FIT_STRETCH /* height and width are scaled independently */
} dsc_fit;

typedef struct dsc_images {
    size_t shape[3]; /* channels, height, width */
    dsc_preparation preparation;
    dsc_ground ground;
    dsc_fit fit; /* NONE if the preparation is DIGITS */
} dsc_images;

/* Describes the images of `data`. `preparation` comes from images.json beside the files, or is known (MNIST,
 * the built-in digits). Otherwise it is guessed from the images: DIGITS if they are 1 x 28 x 28 on a dark
 * ground, and nine of ten have their ink in the middle and none at the edge. `fit` comes from images.json, or
 * is NONE. `ground` is always measured on the images. Reads at most a thousand images, evenly spread. Floats,
 * and images of a callback, are not read: their ground is UNKNOWN and their preparation NONE. */
DSC_API void dsc_dataset_describe(dsc_images *images, const dsc_dataset *data);

/* Returns the ground of images (count, C, H, W), judged by the pixels near the edges, if nine of ten images
 * agree. Blank images do not count. Reads at most a thousand images, evenly spread. */
DSC_API dsc_ground dsc_ground_of(const uint8_t *images, size_t count, const size_t shape[3]);

/* Remarks of a call for its caller: lines of UTF-8 for people, each a sentence without a full stop. */
#define DSC_REMARKS_MOST 4
typedef struct dsc_remarks {
    size_t count;
    char line[DSC_REMARKS_MOST][DSC_MESSAGE_SIZE];
} dsc_remarks;

/* Opens a pair of IDX files of bytes: images with 3 dimensions (N, H, W) or 4 (N, C, H, W), labels with 1.
 * Reads two optional files in the folder of the images: labels.txt, the class names, one a line; and
 * images.json, such as {"preparation": "none", "fit": "crop"}. Files with EMNIST's names are read as
 * dsc_mnist_open reads them. */
DSC_API dsc_status dsc_dataset_open(dsc_dataset **data, const char *images_path, const char *labels_path,
                                    dsc_error *error);

/* Opens the four files of MNIST, or of other data in files with such names, in `folder`. NULL: the first of
 * $DESCENDER_DATA, ./data and the user's cache that has one of the files. Never downloads and never
 * substitutes other data. Knows the names under which MNIST and its relatives are published. If a folder
 * holds several sets, `folder` is "FOLDER/emnist-letters", where the last part is the beginning of the names.
 * EMNIST's images, which are transposed in its files, are turned upright, its labels start at 0, and its
 * classes have their names (docs/data.md). */
DSC_API dsc_status dsc_mnist_open(dsc_dataset **train, dsc_dataset **test, const char *folder,
                                  dsc_error *error);

/* Settings that data do not contain themselves. dsc_data_options_defaults() fills the struct; texts are read
 * during the call and not kept. */
typedef struct dsc_data_options {
    size_t size;              /* of this struct: dsc_data_options_defaults sets it */
    double test_share;        /* 0 to 0.9 of each class become the test set of data without one; 0: none */
    uint64_t split_seed;      /* of the choice of the test images; below 10^15 */
    const char *group_by;     /* a column of a table: rows with one value stay in one set; NULL: no groups */
    const char *label_column; /* of a table: a name, a number from 1, "first", "last"; NULL: guessed */
    const char *shape; /* of images stored as rows of numbers: "28x28", "3x32x32"; NULL: square, grey */
} dsc_data_options;
/* Sets the defaults: a test share of 0.15, split seed 1, everything else NULL. */
DSC_API void dsc_data_options_initialise(dsc_data_options *options, size_t size);
static inline dsc_data_options dsc_data_options_defaults(void) {
    dsc_data_options options;
    dsc_data_options_initialise(&options, sizeof options);
    return options;
}

/* Opens labelled images of any form, recognised by their content:
 *
 *   the four IDX files in a folder, as dsc_mnist_open does
 *   CIFAR-10's binary files in a folder
 *   a table of labels and pixels, CSV or TSV, plain or gzip: train.csv, and test.csv beside it
 *   NumPy's arrays x_train, y_train, x_test, y_test and the like in a .npz file, or as .npy files in a folder
 *   arrays of these names in a safetensors file
 *
 * Labels that are integers from 0 to 255 are used as they are. Other labels are numbered in numerical or
 * alphabetical order, and become the class names. A folder that contains only one such item stands for
 * that item. Data without a test set are split (`options` NULL: the defaults); *test is NULL if test_share
 * is 0, or if there are too few images to split. A training set in which all images of each class are
 * contiguous is shuffled with split_seed. If data have a validation set besides training and test set,
 * training with a validation share holds out that set. `remarks` (may be NULL) receives decisions that a
 * person should know. Release both datasets with dsc_dataset_free; on failure both are NULL. The files are
 * only read; several threads may call the function at once. IO: there is no such file, or it cannot be
 * read. FORMAT: no form fits, or the content is wrong. MISMATCH: parts of the data do not fit each other.
 * ARGUMENT: an option is out of range. (docs/data.md) */
DSC_API dsc_status dsc_dataset_open_any(dsc_dataset **train, dsc_dataset **test, const char *path,
                                        const dsc_data_options *options, dsc_remarks *remarks,
                                        dsc_error *error);

/* Draws `count` digits that look handwritten, 28 x 28, centred as MNIST's are. The same seed gives the same
 * digits on every machine and any number of threads (0: all cores). The first n digits do not depend on
 * `count` (1 to 4294967295). Each group of ten contains every digit once. docs/digits.md describes the
 * method. */
DSC_API dsc_status dsc_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                                     dsc_error *error);

/* Draws `count` images without a digit, prepared as the built-in digits are: letters, signs, scribbles,
 * textures, and digits that are cut, joined, crossed out or in boxes. They show how a model answers if no
 * answer is right. There is one class, "no digit", label 0. Each group of twenty contains every kind equally
 * often. Otherwise as dsc_digits_create. */
DSC_API dsc_status dsc_non_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                                         dsc_error *error);

/* Draws a data set that `text` names, as `--data` does: "digits", "non-digits", "digits hands=world" or
 * "non-digits hands=world"; with hands=world there are more of the world's handwritings, pens and scans, and
 * with hands=print the digits are printed ones.
 * ARGUMENT: the text names none of them, or a parameter is wrong; the message says which. Otherwise as
 * dsc_digits_create. */
DSC_API dsc_status dsc_dataset_draw(dsc_dataset **data, const char *text, size_t count, uint64_t seed,
                                    unsigned threads, dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 3. Graphs
 * ------------------------------------------------------------------------------------------------ */

/* The engine's number type. The installed library computes in float; the tests that check gradients compile
 * the same sources with double. */
#ifdef DSC_REAL_DOUBLE
typedef double dsc_real;
#else
typedef float dsc_real;
#endif

/* The shape of one sample's value, such as (C, H, W) or (features); the last dimension varies fastest. The
 * number of samples is not part of it. Rank 0 is a single number. */
#define DSC_RANK_MOST 4
typedef struct dsc_shape {
    size_t rank;
    size_t size[DSC_RANK_MOST];
} dsc_shape;

/* dsc_shape_of returns the shape of the first `rank` of the sizes a, b, c, d. dsc_shape_count returns the
 * number of elements of a shape. */
DSC_API dsc_shape dsc_shape_of(size_t rank, size_t a, size_t b, size_t c, size_t d);
DSC_API size_t dsc_shape_count(const dsc_shape *shape);

/* A graph of nodes. A node can only use existing nodes, so a graph has no cycles. Shapes are inferred and
 * checked when a node is made. The graph keeps its first error: every later builder returns a failed node,
 * so expressions nest without checks, and dsc_graph_check reports the error once. A builder whose first
 * node is NULL returns NULL. Every size of a shape is at least 1, and their product at most 2^32. One
 * thread at a time may build a graph. */
typedef struct dsc_graph dsc_graph;
typedef struct dsc_node dsc_node;
typedef struct dsc_op dsc_op;

/* The role of a value: SAMPLE: each sample has its own; PARAMETER: shared by all samples and learned; BUFFER:
 * shared by all samples and maintained by an op. */
typedef enum dsc_role { DSC_ROLE_SAMPLE, DSC_ROLE_PARAMETER, DSC_ROLE_BUFFER } dsc_role;

/* Creates an empty graph. Freeing a graph frees its nodes. */
DSC_API dsc_status dsc_graph_create(dsc_graph **graph, dsc_error *error);
DSC_API void dsc_graph_free(dsc_graph *graph);

/* Returns DSC_OK, or the graph's first error, which names the node, the op and the shapes. */
DSC_API dsc_status dsc_graph_check(const dsc_graph *graph, dsc_error *error);

/* Marks the graph as failed, as a builder with impossible arguments does; keeps an earlier error. Returns the
 * graph's failed node. */
DSC_API dsc_node *dsc_graph_fail(dsc_graph *graph, dsc_status code, const char *format, ...) DSC_PRINTF(3, 4);

/* Adds an input: a value that the caller gives for every sample when the graph runs. The name is copied.
 * Inputs, parameters and buffers of a graph need different names. */
DSC_API dsc_node *dsc_input(dsc_graph *graph, const char *name, dsc_shape shape);

/* Initial values of a parameter. n_in is the number of inputs of one output, n_out the number of outputs
 * of one input. HE needs n_in, GLOROT one of the two, above 0. */
typedef enum dsc_init {
    DSC_INIT_ZEROS,
    DSC_INIT_ONES,
    DSC_INIT_HE,      /* normal, sigma sqrt(2 / n_in): He et al., "Delving deep into rectifiers" (2015) */
    DSC_INIT_GLOROT,  /* uniform in +-sqrt(6 / (n_in + n_out)): Glorot and Bengio (2010) */
    DSC_INIT_TUTORIAL /* uniform in +-0.1 */
} dsc_init;

/* Adds a parameter: a value that all samples share and that is learned. Weight decay applies only if
 * `decays`. */
DSC_API dsc_node *dsc_parameter(dsc_graph *graph, const char *name, dsc_shape shape, dsc_init init,
                                size_t n_in, size_t n_out, bool decays);

/* Adds a buffer: a value that all samples share, that an op maintains, and that has no gradient (running
 * statistics). All its elements start as `initial`, which is finite. */
DSC_API dsc_node *dsc_buffer(dsc_graph *graph, const char *name, dsc_shape shape, dsc_real initial);

/* Applies an op to `count` nodes. `values` is the struct of the op's parameter table, or NULL for all
 * defaults; it is copied, its texts are not kept. The graph keeps the pointer `op`; the op and everything
 * that it points to must outlive the graph. */
DSC_API dsc_node *dsc_apply(const dsc_op *op, dsc_node *const *inputs, size_t count, const void *values);

/* Returns an output of an op that has several; output 0 is the node itself. */
DSC_API dsc_node *dsc_node_output(dsc_node *node, size_t output);

/* Return a node's graph, its shape (which lives as long as the graph), and its role. */
DSC_API dsc_graph *dsc_node_graph(dsc_node *node);
DSC_API const dsc_shape *dsc_node_shape(const dsc_node *node);
DSC_API dsc_role dsc_node_role(const dsc_node *node);
/* Returns the name of an input, parameter or buffer, such as "dense1.weight"; NULL for the output of an
 * op. */
DSC_API const char *dsc_node_name(const dsc_node *node);

/* Returns the input, parameter or buffer with that name, or NULL. */
DSC_API dsc_node *dsc_graph_find(const dsc_graph *graph, const char *name);

/* Returns the output of the layer with that name, such as "dense1" or "max_pool2", or NULL. `descender model
 * show` lists the names of layers. */
DSC_API dsc_node *dsc_graph_find_layer(const dsc_graph *graph, const char *layer);

/* Iterates over parameters and buffers in the order of their creation: NULL gives the first one; after the
 * last one the result is NULL. */
DSC_API dsc_node *dsc_graph_next_value(const dsc_graph *graph, const dsc_node *before);

/* Freezes a parameter or buffer, or thaws it. A frozen parameter is not learned: no gradient is computed for
 * it, nor passed on to parts of the graph where nothing is learned. An op whose buffers are all frozen
 * behaves as in inference and does not change them (batch normalisation uses its running statistics).
 * Sessions and training read the state when they begin. Model files do not store it. Other nodes are
 * ignored. */
DSC_API void dsc_node_freeze(dsc_node *node, bool frozen);
DSC_API bool dsc_node_is_frozen(const dsc_node *node);

/* Freezes or thaws all parameters and buffers whose name matches the pattern, in which `*` stands for any
 * characters: "conv*", "*.bias". Returns how many match. */
DSC_API size_t dsc_graph_freeze(dsc_graph *graph, const char *pattern, bool frozen);

/* Multiplies the learning rate of the parameters whose name matches the pattern with `factor`, at least 0 (1
 * at first), in trainings and optimisers that begin after this call. Returns how many match. */
DSC_API size_t dsc_graph_set_rate(dsc_graph *graph, const char *pattern, double factor);

/* --- The library's operations. `x` is a value of each sample; a weight or bias is a parameter. The files of
 * src/op also have the formulas of the gradients. --- */

DSC_API dsc_node *dsc_add(dsc_node *a, dsc_node *b); /* a + b; b has a's shape or its leading dimensions */
DSC_API dsc_node *dsc_mul(dsc_node *a, dsc_node *b); /* a b, element by element; b as in dsc_add */
DSC_API dsc_node *dsc_scale(dsc_node *x, double factor);     /* factor x */
DSC_API dsc_node *dsc_relu(dsc_node *x);                     /* max(x, 0) */
DSC_API dsc_node *dsc_leaky_relu(dsc_node *x, double slope); /* x if x > 0, else slope x; 0 <= slope <= 1 */
DSC_API dsc_node *dsc_elu(dsc_node *x, double alpha); /* x if x >= 0, else alpha (exp(x) - 1); alpha >= 0 */
DSC_API dsc_node *dsc_clip(dsc_node *x, double low, double high); /* min(max(x, low), high); low < high */
DSC_API dsc_node *dsc_gelu(dsc_node *x);                          /* x (1 + erf(x / sqrt(2))) / 2 */
DSC_API dsc_node *dsc_silu(dsc_node *x);                          /* x / (1 + exp(-x)) */
DSC_API dsc_node *dsc_sigmoid(dsc_node *x);                       /* 1 / (1 + exp(-x)) */
/* slope x + offset, limited to the range from 0 to 1; slope >= 0 */
DSC_API dsc_node *dsc_hard_sigmoid(dsc_node *x, double slope, double offset);
DSC_API dsc_node *dsc_tanh(dsc_node *x);
DSC_API dsc_node *dsc_flatten(dsc_node *x); /* (C, H, W) -> (C H W) */
DSC_API dsc_node *dsc_reshape(dsc_node *x, dsc_shape shape);

/* (C1, ...), (C2, ...), ... -> (C1 + C2 + ..., ...); 2 to 8 inputs */
DSC_API dsc_node *dsc_concat(dsc_node *const *inputs, size_t count);

/* x[..., begin : begin + count, ...] along dimension `axis`, which counts from 0 */
DSC_API dsc_node *dsc_slice(dsc_node *x, size_t axis, size_t begin, size_t count);

DSC_API dsc_node *dsc_softmax(dsc_node *x); /* exp(x) / sum exp(x), along the last dimension */

/* x (M K): the logits of M members, one member after the other. Output (K): log(1/M sum over m of
 * softmax(x_m)) */
DSC_API dsc_node *dsc_log_mean_softmax(dsc_node *x, size_t members);

DSC_API dsc_node *dsc_sum(dsc_node *x);  /* of all of a sample's values, -> () */
DSC_API dsc_node *dsc_mean(dsc_node *x); /* of all of a sample's values, -> () */

/* x (..., K), weight (N, K), bias (N) or NULL -> x weight^T + bias, (..., N) */
DSC_API dsc_node *dsc_matmul(dsc_node *x, dsc_node *weight, dsc_node *bias);

/* x (C, H, W), weight (K, C, R, S), bias (K) or NULL -> (K, (H + 2 padding - dilation (R - 1) - 1) / stride +
 * 1, ...). Each pair is for height and width; NULL: stride 1, padding 0, dilation 1. */
DSC_API dsc_node *dsc_conv2d(dsc_node *x, dsc_node *weight, dsc_node *bias, const size_t stride[2],
                             const size_t padding[2], const size_t dilation[2]);

/* Each channel with a kernel of its own: x (C, H, W), weight (C, 1, R, S), bias (C) or NULL; otherwise as
 * dsc_conv2d. */
DSC_API dsc_node *dsc_depthwise_conv2d(dsc_node *x, dsc_node *weight, dsc_node *bias, const size_t stride[2],
                                       const size_t padding[2], const size_t dilation[2]);

/* The largest value, and the average, of each window: x (C, H, W) -> (C, (H + 2 padding - size) / stride + 1,
 * ...). Each pair is for height and width; NULL: size 2, stride = size, padding 0. A window is at most 16 x
 * 16; the padding is smaller than the window. Padding counts as zeros in the average and is ignored by the
 * maximum. A NaN makes its windows NaN. */
DSC_API dsc_node *dsc_max_pool(dsc_node *x, const size_t size[2], const size_t stride[2],
                               const size_t padding[2]);
DSC_API dsc_node *dsc_average_pool(dsc_node *x, const size_t size[2], const size_t stride[2],
                                   const size_t padding[2]);

/* The largest value, and the average, of each channel: (C, ...) -> (C) */
DSC_API dsc_node *dsc_global_max_pool(dsc_node *x);
DSC_API dsc_node *dsc_global_average_pool(dsc_node *x);

/* gamma (x - mean) / sqrt(variance + epsilon) + beta, for each channel. In training, mean and variance are
 * those of the batch, and the buffers `mean` and `variance` move towards them by the share `momentum`. In
 * inference, the buffers are used. */
DSC_API dsc_node *dsc_batch_norm(dsc_node *x, dsc_node *gamma, dsc_node *beta, dsc_node *mean,
                                 dsc_node *variance, double momentum, double epsilon);

/* gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance of each sample's values. gamma
 * and beta have x's shape or its leading dimensions. */
DSC_API dsc_node *dsc_layer_norm(dsc_node *x, dsc_node *gamma, dsc_node *beta, double epsilon);

/* In training, each unit becomes 0 with probability p; the others are divided by 1 - p. */
DSC_API dsc_node *dsc_dropout(dsc_node *x, double p);

/* Losses: one number for each sample. The target is a class, shape () or (1), or has a value for each
 * output. */

/* - sum over k of w_k t_k log softmax(logits)_k, where t is the smoothed target (1 - smoothing) t + smoothing
 * / K. The weights w are a buffer (K); dsc_softmax_cross_entropy has none. */
DSC_API dsc_node *dsc_softmax_cross_entropy(dsc_node *logits, dsc_node *target, double smoothing);
DSC_API dsc_node *dsc_softmax_cross_entropy_weighted(dsc_node *logits, dsc_node *weights, dsc_node *target,
                                                     double smoothing);

/* sum over k of (output_k - t_k)^2, or the mean over k */
DSC_API dsc_node *dsc_squared_error(dsc_node *output, dsc_node *target, bool mean);

/* - sum over k of t_k log p_k + (1 - t_k) log(1 - p_k), p = sigmoid(logits), or the mean over k */
DSC_API dsc_node *dsc_binary_cross_entropy(dsc_node *logits, dsc_node *target, bool mean);

/* --- Running a graph. ---
 *
 * A session holds the parameters of a graph and the memory to run it: forward, and backward from a loss if
 * gradients are requested. The graph must outlive the session and must not grow meanwhile. One thread at a
 * time may use a session. */
typedef struct dsc_session dsc_session;

#define DSC_KEPT_MOST 64
typedef struct dsc_session_options {
    size_t size;        /* of this struct: dsc_session_options_defaults sets it */
    size_t batch;       /* samples in a run, at most; at least 1 */
    dsc_node *loss;     /* one number for each sample; NULL: forward only */
    bool training;      /* ops behave as in training, and parameters have gradients; needs a loss */
    dsc_node *saliency; /* an input whose gradient is wanted, or NULL; needs a loss */
    dsc_node *kept[DSC_KEPT_MOST]; /* values to read after a run, up to the first NULL; 63 beside a loss */
    unsigned lanes;        /* parts of a batch, at least 1; the last digits of gradients depend on it */
    unsigned threads;      /* 0: all cores; results do not depend on it */
    uint64_t seed;         /* of the initial parameters, and of the ops' random values */
    const char *precision; /* "f32", "bf16", "auto": operands of matrix products */
    const char *kernels;   /* a set of kernels by name; NULL or "auto": by the processor */
} dsc_session_options;

/* Sets the defaults: batch 1, 8 lanes, 1 thread, seed 1, everything else zero. */
DSC_API void dsc_session_options_initialise(dsc_session_options *options, size_t size);
static inline dsc_session_options dsc_session_options_defaults(void) {
    dsc_session_options options;
    dsc_session_options_initialise(&options, sizeof options);
    return options;
}

/* Creates a session and allocates all memory; runs allocate nothing. Parameters and buffers have their
 * initial values. ARGUMENT: the graph has failed, a node is of another graph or no value of each sample,
 * neither a loss nor kept values are requested, gradients are requested without a loss, or a text is
 * wrong. MISMATCH: the named kernels compute wrong results on this processor. */
DSC_API dsc_status dsc_session_create(dsc_session **session, const dsc_graph *graph,
                                      const dsc_session_options *options, dsc_error *error);
DSC_API void dsc_session_free(dsc_session *session);

/* Returns the elements of a parameter or buffer, which you may read and change between runs; NULL for other
 * nodes. */
DSC_API dsc_real *dsc_session_parameter(dsc_session *session, const dsc_node *node);

/* Sets the data of an input, (count, shape). Not copied: every later run reads them. ARGUMENT: not an
 * input of the graph. */
DSC_API dsc_status dsc_session_set_input(dsc_session *session, const dsc_node *input, const dsc_real *data,
                                         dsc_error *error);

/* Sets the index of each sample of the batch in its data set, (count). Not copied: every later run reads
 * them. NULL (as at first): the index is the place in the batch. */
DSC_API void dsc_session_set_samples(dsc_session *session, const uint32_t *samples);

/* Runs `count` samples. Random values (dropout) depend on the seed, on `step` and on each sample's index; the
 * same three give the same values. So use a new `step` for each run; or, as dsc_train does, one for each
 * epoch together with the samples' indices. Gradients are those of the mean of the samples' losses. Fails
 * without changing anything if a needed input has no data, or the graph does not accept the count. */
DSC_API dsc_status dsc_session_run(dsc_session *session, size_t count, uint64_t step, dsc_error *error);

/* Results of the last run, valid until the next run. dsc_session_value: the loss or a kept node, (count,
 * shape). dsc_session_gradient: the gradient of a parameter, (shape), or of the saliency input, (count,
 * shape). NULL if it was not requested, or if nothing has run. */
DSC_API const dsc_real *dsc_session_value(const dsc_session *session, const dsc_node *node);
DSC_API const dsc_real *dsc_session_gradient(const dsc_session *session, const dsc_node *node);

/* --- Operations of your own. ---
 *
 * An op is one constant descriptor. It never allocates: it declares the memory that it needs once its shapes
 * are known, and receives that memory when it runs.
 *
 * A batch is cut into lanes, contiguous runs of samples; the result of a lane never depends on the thread
 * that computes it. A stage of kind SAMPLES is called once for each lane, with that lane's samples. A stage
 * of kind TILES is called once for each tile, after all lanes have finished the stages before, and sees the
 * whole batch.
 *
 * In training, a batch may first be cut into shards, each with its own lanes; other processes may compute
 * some of the shards (dsc_training_options.shards, ranks). A TILES stage then sees one shard, and the
 * gradients of parameters that it writes are added over all shards. Anything that depends on the whole batch
 * (such as the mean of its values) needs a stage of kind TOTALS. Before this stage, the first
 * dsc_needs.totals doubles of `lane_saved` are added over all lanes of all shards; dsc_call.totals has the
 * sums. Each process calls the stage once, with the same totals; the gradients of parameters that the stage
 * writes are those of the whole batch. An op that changes its buffers in training does so in a TOTALS
 * stage. */
/* How the elements of a value of each sample lie in memory while a graph runs. The plan of a run chooses the
 * forms. Ops declare the forms that they accept (DSC_OP_PIXELS); values are converted where an op does not
 * accept the form that another op writes. A gradient has the form of its value. Inputs, and values that are
 * read from outside, are DSC_FORM_REALS. */
typedef enum dsc_form {
    DSC_FORM_REALS,      /* dsc_real, in the order of the shape */
    DSC_FORM_PIXELS,     /* of a shape (C, H, W): dsc_real, (H, W, C): the channels of a pixel side by side */
    DSC_FORM_PIXELS_BF16 /* the same, rounded to bfloat16 (the upper half of a float): uint16_t */
} dsc_form;

typedef struct dsc_call {
    const void *values; /* the op's parameters */
    const void *plan;   /* set by `needs`, plan_size bytes */
    size_t input_count, output_count;
    const dsc_shape *in_shape, *out_shape; /* of one sample */
    const dsc_role *role;
    const dsc_form *in_form, *out_form; /* of in and d_in, of out and d_out; DSC_FORM_REALS for parameters */
    unsigned wants;                     /* bit i: the backward pass needs d_in[i] */

    /* SAMPLES: the lane's samples, `count` of them from `first` on; pointers to values of samples point at
     * the first of them. TILES: all samples of the shard, which is the whole batch if it is not cut. `batch`:
     * the samples of all shards. */
    size_t batch, first, count;
    unsigned lane, lanes; /* SAMPLES; `lanes` always */
    size_t tile, tiles;   /* TILES */
    bool training;

    const dsc_real *const *in;    /* (count, in_shape), or (in_shape) for parameters and buffers */
    dsc_real *const *out;         /* (count, out_shape) */
    const dsc_real *const *d_out; /* backward: the gradient of the loss with respect to out */
    dsc_real *const *d_in;        /* backward: to be written; NULL if not needed */
    dsc_real *const *state;       /* TOTALS: the buffers among the inputs, to be changed; NULL: others */

    /* From forward to backward, (count, saved_per_sample); NULL if no backward pass follows. */
    void *saved;
    /* SAMPLES: saved_per_lane bytes of this lane. TILES: those of lane 0; those of lane i are at i *
     * lane_stride. */
    void *lane_saved;
    size_t lane_stride;
    void *shared;  /* saved_shared bytes of the node */
    void *scratch; /* scratch bytes for this call only, 64-byte aligned, content undefined */

    /* The place in the random stream. A random value may depend on these members only. */
    uint64_t seed, epoch, node;
    const uint32_t *samples; /* each sample's index in its data set: (count) */

    const struct dsc_kernels *kernels;
    const struct dsc_gemm_kernels *product;
    const double *totals; /* TOTALS: the sums over the whole batch, (dsc_needs.totals) */
} dsc_call;

/* How often a stage is called (see above). END ends an array of stages. */
typedef enum dsc_stage_kind {
    DSC_STAGE_END,
    DSC_STAGE_SAMPLES,
    DSC_STAGE_TILES,
    DSC_STAGE_TOTALS
} dsc_stage_kind;

/* Block i has the elements from i * columns up to (i + 1) * columns, as far as they exist. It belongs to the
 * tiles i * tiles to (i + 1) * tiles - 1. */
typedef struct dsc_blocks {
    size_t columns, tiles;
} dsc_blocks;

typedef struct dsc_stage {
    dsc_stage_kind kind;
    void (*run)(const dsc_call *call);
    size_t (*tiles)(const void *plan); /* TILES: the number of tiles; NULL: one */
    unsigned writes;                   /* backward: bit i set: writes d_in[i] */
    /* TILES: NULL, or the stage works on blocks of columns of the last dimension. Forward: a tile reads only
     * one block of each sample of in[0]. Backward: a tile writes only that block, or a part of it, of the
     * first d_in that the stage writes. */
    dsc_blocks (*blocks)(const void *plan);
} dsc_stage;

/* The question to an op when a node is made: are these inputs valid, and which shapes do the outputs have? */
typedef struct dsc_shape_rule {
    const void *values;
    size_t input_count;
    const dsc_shape *in;
    const dsc_role *role;
    dsc_shape *out;       /* to be set, one for each output */
    double multiply_adds; /* may be set: for one sample, forward */
} dsc_shape_rule;

/* The question to an op when a graph is prepared to run, once: which sizes do its stages need, and which
 * memory? At first all bytes to be set are zero, and the stages are those of the descriptor. */
typedef struct dsc_needs {
    const void *values;
    size_t input_count;
    const dsc_shape *in, *out;
    const dsc_role *role;
    const dsc_form *in_form, *out_form; /* as in dsc_call */
    size_t batch, lane_batch;           /* samples in a batch and in a lane, at most */
    unsigned lanes;
    bool training, goes_back; /* goes_back: a backward pass follows, possibly without training */
    unsigned wants;           /* bit i: d_in[i] will be needed */
    const struct dsc_kernels *kernels;
    const struct dsc_gemm_kernels *product; /* the matrix kernels of the run's precision */
    /* to be set if needed */
    void *plan; /* the op's plan_size bytes, zero at first: sizes and offsets that follow from the above;
                   dsc_call.plan has them for the stages. The plan never moves. Everything that it points to
                   must be inside of it, or live as long as the graph and the kernels. */
    /* bytes */
    size_t saved_per_sample, saved_per_lane, saved_shared, scratch;
    size_t least_samples;                          /* smaller runs are refused; 0: any number */
    const char *least_reason;                      /* "one value has no variance" */
    const dsc_stage *prepare, *forward, *backward; /* may be replaced */
    size_t totals; /* TOTALS: the number of doubles at the beginning of saved_per_lane */
    bool exact; /* given: sums of integers must stay exact, because the graph computes with whole numbers */
} dsc_needs;

/* An example of an op in use; the tests check the gradient of each. An op brings at least one example, and at
 * least one with expected values that were computed by other means than the op. `roles` has one letter for
 * each input: s (value of each sample), p (parameter), b (buffer), t (target: a class if it has one
 * element). */
typedef struct dsc_op_example {
    const char *roles;
    dsc_shape in[6];
    const char *values;     /* "stride=2 padding=1", or NULL */
    const double *given;    /* elements of one sample's inputs, one input after the other; NULL: any */
    const double *expected; /* output 0 for these inputs, within 1e-6 */
    bool training;          /* in training; false: in inference */
} dsc_op_example;

/* An op writes itself for other programs as lines of text, each with dsc_write_line. In a line, in0, in1, ...
 * stand for its inputs and out0, ... for its outputs. `at` has the values, shapes and roles of the node.
 *
 * For ONNX (opset 18), a line is an ONNX node: outputs, type, inputs, then attributes.
 *     out0 = Conv(in0, in1, in2) strides=2,2 pads=0,0,0,0
 *     a = Sigmoid(in0)
 *     out0 = Mul(in0, a)
 * Any other name is a temporary value of the op. An input may be a constant: [0,-1] are integers (INT64),
 * {0.5} is a float without dimensions. The first dimension of values of each sample is the batch; parameters
 * and buffers have only their own dimensions. Attributes are integers, lists of integers (with a comma;
 * "axes=1," has one), floats (with a point or exponent), or texts in quotes without a quote in them.
 *
 * For C, a line is a call of a function for one sample. Its arguments are names, integers and floats, the
 * outputs first.
 *     relu(out0, in0, 100)
 *     conv2d(out0, in0, in1@2310, 0, ...)     in1 is a parameter, with its dimensions in that order
 *     copy_part(out0+784, in1, ...)           out0, after its first 784 elements
 * The function is one of those that every export has (tools/exchange/functions), or stands in `c_source`.
 * With DSC_OP_IN_PLACE, out0 may be in0.
 *
 * For C with integers (`c_whole`): used if all values that the op reads and writes are proven to be integers
 * (see `whole`). Values are int32_t, or bytes if they span at most 255; parameters and buffers are int32_t.
 * More names are available in a line: wide is 1 if output 0 is int32_t; from is the value of byte 0 of output
 * 0; wide0 and from0 are the same for input 0. packed1 is parameter 1, packed into bits1 bits an element.
 * multiplier, shift, low and high are those of the requantise op that follows, or 0: an op that uses these
 * names does the requantising itself. */
typedef struct dsc_writing dsc_writing;
/* Appends a line and a newline. A failed allocation is remembered and reported later. */
DSC_API void dsc_write_line(dsc_writing *writing, const char *format, ...) DSC_PRINTF(2, 3);

/* The question to an op about integers. All elements of input i are integers from low[i] to high[i] for any
 * image; these bounds lie within +-(2^24 - 1). */
typedef struct dsc_whole_rule {
    const void *values;
    size_t input_count;
    const dsc_shape *in, *out;
    const dsc_role *role;
    const dsc_real *const *numbers; /* [i]: of a parameter or buffer; NULL for a value of each sample */
    const double *low, *high;
} dsc_whole_rule;

#define DSC_OP_VIEW     1u /* no stages: the output is the input in another shape */
#define DSC_OP_IN_PLACE 2u /* out[0] may be in[0]'s memory, and d_in[0] d_out[0]'s */
#define DSC_OP_LOSS     4u /* the last input is a target, which has no gradient */
/* For inference, which simplifies graphs. LINEAR: inputs are (x, weight (K, ...), bias (K) or none), and
 * channel k of the output is linear in weight[k] and bias[k]. TRAINING_ONLY: in inference the output is input
 * 0. */
#define DSC_OP_LINEAR        8u
#define DSC_OP_TRAINING_ONLY 16u
#define DSC_OP_RELU          32u /* the output is max(input 0, 0) */
/* A loss whose logits become probabilities by sigmoid, scaled to a sum of 1. Without this flag: by
 * softmax. */
#define DSC_OP_SIGMOID 64u
#define DSC_OP_ENTROPY 128u /* of a loss: guessing among K classes costs ln K */
/* The op accepts every dsc_form if all its values of each sample have a shape (C, H, W), and its parameters
 * and buffers one dimension. PIXELS: all values have the same form. PIXELS_EACH: each value of shape (C, H,
 * W) may have a form of its own. */
#define DSC_OP_PIXELS      256u
#define DSC_OP_PIXELS_EACH 512u
/* The op takes integers that bfloat16 cannot hold: a graph with it does not run in bfloat16. */
#define DSC_OP_WHOLE 1024u

struct dsc_op {
    size_t size; /* sizeof(dsc_op) */
    const char *name;
    const char *help;
    const dsc_param *params; /* NULL: none */
    size_t values_size;
    size_t least_inputs, most_inputs; /* at most 16 inputs are possible */
    size_t outputs;                   /* 1 to 4; 0 means 1 */
    unsigned flags;
    unsigned keeps_inputs;  /* bit i: backward reads in[i] */
    unsigned keeps_outputs; /* bit i: backward reads out[i] */
    /* Bit i: in[i], a parameter or buffer, has no negative element; a model with one is refused. */
    unsigned never_negative;
    dsc_status (*shapes)(dsc_shape_rule *rule, dsc_error *error);
    size_t plan_size;                /* of the plan that `needs` sets; 0: none */
    void (*needs)(dsc_needs *needs); /* NULL: no plan, no memory except the outputs, the stages below */
    const dsc_stage *prepare;  /* reads parameters only: at the start of a step; once, for inference. TILES */
    const dsc_stage *forward;  /* each array ends with {DSC_STAGE_END} */
    const dsc_stage *infer;    /* forward in inference; NULL: as `forward` */
    const dsc_stage *backward; /* NULL: no gradient passes */
    const dsc_op_example *examples; /* ends with {0} */
    /* Optional. In inference, y[c] = factor[c] x[c] + offset[c] for each of the `channels`, the first
     * dimension of input 0. in[i] are the values of the further inputs: parameters and buffers with one
     * element a channel. */
    void (*affine)(dsc_real *factor, dsc_real *offset, const void *values, const dsc_real *const *in,
                   size_t channels);
    /* Optional. Fuses `next`, the only consumer, into this op for inference by editing `values`, a copy.
     * Returns false if it cannot. */
    bool (*absorb)(void *values, const dsc_op *next, const void *next_values);
    /* Write the op for other programs, in inference; see dsc_write_line. NULL: a model with the op cannot be
     * exported in that form. Losses and ops for training only need none. */
    void (*onnx)(dsc_writing *writing, const dsc_shape_rule *at);
    void (*c)(dsc_writing *writing, const dsc_shape_rule *at);
    void (*c_whole)(dsc_writing *writing, const dsc_shape_rule *at);
    const char *c_source; /* C99, or NULL: static functions that `c` or `c_whole` calls and exports lack */
    /* Optional, for networks of integers. In inference, for all inputs within the rule's bounds: if every
     * element of output 0 is an integer, and no intermediate sum or product reaches 2^24, sets *low and *high
     * to the least and largest possible element of output 0, or to wider bounds, and returns true. NULL, or
     * false: not known to be integers. DSC_OP_VIEW and DSC_OP_TRAINING_ONLY need none: their bounds are those
     * of input 0. Any thread may call it; it must not keep or change anything. */
    bool (*whole)(double *low, double *high, const dsc_whole_rule *rule);
};

/* Returns the library's own op with that name, or NULL. */
DSC_API const dsc_op *dsc_op_find(const char *name);

/* ------------------------------------------------------------------------------------------------
 * 4. Layers and models
 * ------------------------------------------------------------------------------------------------ */

/* --- Layers own parameters, and are short compositions of operations. Each call makes a new layer on `x`
 * with new parameters: the third dense layer's are "dense3.weight" and "dense3.bias". The graph keeps the
 * first error. --- */

DSC_API dsc_node *dsc_sequence(dsc_node *x,
                               const char *text); /* the layers of a model text, one after the other */
/* (K) -> (units). Its weight starts as DSC_INIT_HE, which suits a layer before a ReLU. For a last layer,
 * write dsc_sequence(x, "dense 10 init=glorot"); model texts do this by themselves. */
DSC_API dsc_node *dsc_dense(dsc_node *x, size_t units);

/* (C, H, W) -> (channels, (H + 2 padding - kernel) / stride + 1, ...) */
DSC_API dsc_node *dsc_conv(dsc_node *x, size_t channels, size_t kernel, size_t stride, size_t padding);

/* x + fx, where fx was computed from x; if their shapes differ, a weight first projects x to the shape of
 * fx. */
DSC_API dsc_node *dsc_residual(dsc_node *x, dsc_node *fx);

/* Concatenates the branches along the first dimension; their other dimensions must agree. */
DSC_API dsc_node *dsc_parallel(dsc_node *const *branches, size_t count);

/* A network with its parameters and everything that belongs to it: how bytes become numbers, the names of the
 * classes, the loss. It has no gradients and no optimiser: those belong to training. */
typedef struct dsc_model dsc_model;

/* How a model is described.
 *
 * The text: layers as `name argument* key=value*`, separated by commas. `residual(a, b)` adds its input to
 * the output of its layers; `parallel(a | b, c)` concatenates the outputs of its branches. `784-100-10` is
 * short for `flatten, dense 100, relu, dense 10`, and requires 784 inputs. A last `dense` without a size has
 * as many units as there are classes. Models end in logits; the loss says how logits become probabilities.
 *
 * The loss: "softmax-cross-entropy" or "softmax-cross-entropy smoothing=0.1", in the same grammar. */
typedef struct dsc_model_options {
    size_t size; /* of this struct: dsc_model_options_defaults sets it */
    const char *text;
    const char *loss;               /* NULL: "softmax-cross-entropy" */
    size_t shape[3];                /* channels, height and width of an image */
    size_t classes;                 /* 1 to 65536 */
    const char *const *class_names; /* (classes), as in dsc_dataset_options; NULL: "0", "1", ... */
    uint64_t seed;                  /* of the initial parameters */
    const float *class_weights;     /* (classes), each 0 to 1e6; or NULL */
    const char *seed_digits;        /* NULL, or a seed of any size in decimal digits, in place of `seed` */
} dsc_model_options;

/* Sets the defaults: images of 1 x 28 x 28, 10 classes. You must set the text. */
DSC_API void dsc_model_options_initialise(dsc_model_options *options, size_t size);
static inline dsc_model_options dsc_model_options_defaults(void) {
    dsc_model_options options;
    dsc_model_options_initialise(&options, sizeof options);
    return options;
}

/* Creates a model: parses the texts, builds the graph and draws the initial values. The message about a
 * wrong text names the column. Pixels are divided by 255 until dsc_model_normalise changes that. ARGUMENT:
 * a text is wrong, or a number is out of range. MISMATCH: the layers do not end in one number for each
 * class. */
DSC_API dsc_status dsc_model_create(dsc_model **model, const dsc_model_options *options, dsc_error *error);

/* The same for the images and classes of `data`, with seed 0. */
DSC_API dsc_status dsc_model_create_for(dsc_model **model, const char *text, const dsc_dataset *data,
                                        dsc_error *error);
DSC_API void dsc_model_free(dsc_model *model);

/* --- A model from a graph of your own, which may contain your own operations, layers and losses. It is
 * trained, asked, saved and loaded like a model made from a text. --- */
typedef struct dsc_model_parts {
    size_t size;      /* of this struct: dsc_model_parts_defaults sets it */
    dsc_node *image;  /* an input (C, H, W) */
    dsc_node *target; /* an input: a class (), or a value for each of the logits (K): 1 for the class */
    dsc_node *logits; /* (K), one for each class */
    /* One number for each sample: one of the losses, or composed of nodes, such as dsc_add(dsc_scale(a, 0.7),
     * b). Probabilities are by sigmoid if the first loss in it that compares the logits says so
     * (binary-cross-entropy), otherwise by softmax. */
    dsc_node *loss;
    const char *text;               /* in place of the text of other models; NULL: "own graph" */
    const char *const *class_names; /* (K), as in dsc_dataset_options; NULL: "0", "1", ... */
    uint64_t seed;                  /* of the initial parameters */
    const char *seed_digits;        /* NULL, or a seed of any size in decimal digits, in place of `seed` */
} dsc_model_parts;
DSC_API void dsc_model_parts_initialise(dsc_model_parts *parts, size_t size);
static inline dsc_model_parts dsc_model_parts_defaults(void) {
    dsc_model_parts parts;
    dsc_model_parts_initialise(&parts, sizeof parts);
    return parts;
}

/* Makes a model from a graph. The model then owns and frees the graph; on failure the caller still owns it.
 * Its nodes are valid as long as the model; no more nodes may be added. The graph must have no inputs except
 * image and target. ARGUMENT: a part is missing, belongs to another graph, or has a wrong shape. */
DSC_API dsc_status dsc_model_from_graph(dsc_model **model, const dsc_model_parts *parts, dsc_error *error);

/* The graph of any model, also of a model that was made from a text or loaded; and its nodes. dsc_model_nodes
 * sets only image, target, logits and loss. Use them for sessions, dsc_graph_find and freezing. */
DSC_API dsc_graph *dsc_model_graph(const dsc_model *model);
DSC_API void dsc_model_find_nodes(dsc_model_parts *parts, size_t size, const dsc_model *model);
static inline dsc_model_parts dsc_model_nodes(const dsc_model *model) {
    dsc_model_parts parts;
    dsc_model_find_nodes(&parts, sizeof parts, model);
    return parts;
}

/* Returns the elements of a parameter or buffer, (shape), which you may read and change; NULL for other
 * nodes. */
DSC_API dsc_real *dsc_model_value(dsc_model *model, const dsc_node *node);

/* Copies the values of parameters and buffers that have the same name, role and shape in both models. The
 * weight and the bias that compute the logits have one row for each class: of these, copies the rows of the
 * classes that both models have, matched by name. Calls on_copied (may be NULL) for each parameter and buffer
 * of `to`, with the node of `from` that has that name, or NULL, and the number of copied elements. Returns
 * the total number of copied elements. */
typedef void dsc_on_copied(void *user, const dsc_node *to, const dsc_node *from, size_t numbers);
DSC_API size_t dsc_model_copy_values(dsc_model *to, const dsc_model *from, dsc_on_copied *on_copied,
                                     void *user);

/* --- Starting from a model that was trained. --- */
typedef struct dsc_adapt_options {
    size_t size;                    /* of this struct: dsc_adapt_options_defaults sets it */
    const char *text;               /* NULL: the model's, with as many last units as classes */
    const char *loss;               /* NULL: the model's */
    size_t shape[3];                /* channels, height and width of an image; all 0: the model's */
    size_t classes;                 /* 0: the model's */
    const char *const *class_names; /* (classes); NULL: the model's if it has as many, or "0", "1", ... */
    const float *class_weights;     /* (classes), or NULL */
    uint64_t seed;                  /* of the initial values that are not copied */
    const char *seed_digits;        /* NULL, or a seed of any size in decimal digits, in place of `seed` */
    dsc_on_copied *on_copied;       /* as in dsc_model_copy_values; may be NULL */
    void *user;                     /* for on_copied */
} dsc_adapt_options;
DSC_API void dsc_adapt_options_initialise(dsc_adapt_options *options, size_t size);
static inline dsc_adapt_options dsc_adapt_options_defaults(void) {
    dsc_adapt_options options;
    dsc_adapt_options_initialise(&options, sizeof options);
    return options;
}

/* Creates a model for other classes, images or layers that starts with the values of `from`: they are
 * copied as by dsc_model_copy_values; all other values start afresh. If the images have as many channels,
 * bytes become numbers as in `from`. `options` NULL: the same layers, images and classes. Facts
 * (dsc_model_about) and the threshold are not copied. If `from` was made from a graph, and the text is
 * NULL or the model's own, the graph is copied; operations of your own must then outlive both models, and
 * images, number of classes and loss must be those of `from`, without class weights, otherwise ARGUMENT.
 * MISMATCH: no value fits. ARGUMENT: the text is wrong. To train only the new values, freeze the others
 * (dsc_graph_freeze). */
DSC_API dsc_status dsc_model_adapt(dsc_model **adapted, const dsc_model *from,
                                   const dsc_adapt_options *options, dsc_error *error);

/* --- Ensembles: several models that answer together. --- */

/* Joins 2 to 100 models to one model, whose probabilities are the mean of the members' probabilities. It
 * is a model like any other. The members are copied; their values have names such as
 * "member1.dense1.weight". Its loss is softmax-cross-entropy. Its threshold (dsc_model_refuse_below) is
 * the mean of the members', if all have one. A member that is an ensemble adds its own members. MISMATCH:
 * the members have different images (shape, preparation or ground) or classes. UNSUPPORTED: the
 * probabilities of a member are by sigmoid. DIVERGED: a value of a member is NaN or infinite. */
DSC_API dsc_status dsc_model_join(dsc_model **joined, const dsc_model *const *members, size_t count,
                                  dsc_error *error);

/* Returns the node of an ensemble that has the logits of all members, (members, classes), and sets *count to
 * the number of members. Use the node as the embedding of a predictor. If the model is no ensemble: NULL and
 * 0. */
DSC_API const dsc_node *dsc_model_members(const dsc_model *model, size_t *count);

/* Returns how many members give the class `answer` the largest of their logits, (members, classes).
 * *information (may be NULL) is the part of the uncertainty that comes from disagreement, in bits: 0 if all
 * members say the same, 1 if half of them are sure of one class and half of another. */
DSC_API size_t dsc_members_agree(double *information, size_t answer, const float *logits, size_t members,
                                 size_t classes);

/* Makes an ensemble of a model on shifted copies of its image: shifts of up to `pixels`, 1 to 3, in each
 * direction, so 9, 25 or 49 copies, and as many times the work. Pixels from beyond the edge have the
 * ground of the model's images. Facts and threshold are those of the model. UNSUPPORTED and DIVERGED as in
 * dsc_model_join. */
DSC_API dsc_status dsc_model_shift(dsc_model **shifted, const dsc_model *model, size_t pixels,
                                   dsc_error *error);

/* Copy all values of a model to a session of its graph, and back. MISMATCH: the session has another graph.
 * DIVERGED: a value of the session is NaN or infinite, or a variance is negative; the model is unchanged. */
DSC_API dsc_status dsc_session_take_model(dsc_session *session, const dsc_model *model, dsc_error *error);
DSC_API dsc_status dsc_model_take_session(dsc_model *model, const dsc_session *session, dsc_error *error);

/* Sets how bytes become numbers: "unit" divides by 255; "standard" subtracts the mean of `data`, the
 * training images, and divides by their standard deviation, channel by channel; "bytes" uses the integers
 * from 0 to 255. `data` may be NULL for the other two. Saved with the model. ARGUMENT: an unknown name, or
 * "standard" without data. MISMATCH: the images of `data` have another shape. */
DSC_API dsc_status dsc_model_normalise(dsc_model *model, const char *how, const dsc_dataset *data,
                                       dsc_error *error);

/* Properties of the model. Names and texts live as long as the model. dsc_model_class_name returns "?" if
 * `label` is not below the number of classes. */
DSC_API const char *dsc_model_text(const dsc_model *model);
DSC_API const char *dsc_model_loss(const dsc_model *model);
DSC_API void dsc_model_shape(const dsc_model *model, size_t shape[3]);
DSC_API size_t dsc_model_classes(const dsc_model *model);
DSC_API const char *dsc_model_class_name(const dsc_model *model, size_t label);
/* The number of learned values, and the multiply-adds for one image. */
DSC_API size_t dsc_model_parameters(const dsc_model *model);
DSC_API double dsc_model_multiply_adds(const dsc_model *model);

/* Describes the images that the model was trained on and expects. Training records them, and model files keep
 * them. If nothing was recorded, as in models of older versions: prepared digits on a dark ground if the
 * model has 1 x 28 x 28 pixels and the classes "0" to "9", otherwise unprepared images. */
DSC_API void dsc_model_describe(dsc_images *images, const dsc_model *model);

/* Records that the model expects such images. MISMATCH: the shape is not the model's, or prepared digits
 * are not 1 x 28 x 28. */
DSC_API dsc_status dsc_model_expect(dsc_model *model, const dsc_images *images, dsc_error *error);

/* The threshold: an answer whose largest probability is below it counts as no answer, because the image
 * belongs to no class. 0: every answer counts. dsc_train sets it if there are `others`, and otherwise sets it
 * to 0; model files and quantised models keep it. Predictors ignore it; their callers compare. ARGUMENT: not
 * between 0 and 1. */
DSC_API double dsc_model_refuse_below(const dsc_model *model);
DSC_API dsc_status dsc_model_set_refuse_below(dsc_model *model, double probability, dsc_error *error);

/* Makes a view of `data` for the model: the same images, the model's classes, and labels renumbered by class
 * name. Release it with dsc_dataset_free; you may free `data` before. `remarks` (may be NULL) lists harmless
 * differences: another order of the classes, fewer classes, another preparation, another ground. MISMATCH:
 * another shape, or a class that the model lacks. Names are equal if their bytes are; classes without names
 * are "0", "1", ... */
DSC_API dsc_status dsc_dataset_match(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                     const dsc_model *model, dsc_error *error);

/* Facts about a model by name: "recipe", "data", ... Saved with the model. The result is NULL if there is no
 * fact with that name; setting a text of NULL removes it. Texts that are not UTF-8 are DSC_ERROR_ARGUMENT. */
DSC_API const char *dsc_model_about(const dsc_model *model, const char *name);
DSC_API dsc_status dsc_model_set_about(dsc_model *model, const char *name, const char *text,
                                       dsc_error *error);

/* Writes the model to a safetensors file, atomically: the graph as JSON, the parameters, the running
 * statistics, and everything else that belongs to the model. A loaded model computes the same bits.
 * DSC_ERROR_DIVERGED: a value is NaN or infinite, or a variance is negative; the message names the array and
 * the place, and nothing is written. */
DSC_API dsc_status dsc_model_save(const dsc_model *model, const char *path, dsc_error *error);

/* Loads such a file. Everything in it is checked before use. A file of a newer format is refused, and so is a
 * file with a value that is NaN or infinite. */
DSC_API dsc_status dsc_model_load(dsc_model **model, const char *path, dsc_error *error);

/* The same for a model that uses operations of your own: `ops` lists them, ends with NULL, and must outlive
 * the model. */
DSC_API dsc_status dsc_model_load_with(dsc_model **model, const char *path, const dsc_op *const *ops,
                                       dsc_error *error);

/* The same from memory; `name` replaces the file in messages. `ops` lists operations of your own that the
 * model may use and ends with NULL, or is NULL; they must outlive the model. */
DSC_API dsc_status dsc_model_parse(dsc_model **model, const void *bytes, size_t size, const char *name,
                                   const dsc_op *const *ops, dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 5. Training
 * ------------------------------------------------------------------------------------------------ */

/* Events of a long call. */
typedef enum dsc_event_kind {
    DSC_EVENT_START,   /* everything is checked and allocated; `message` gives the memory */
    DSC_EVENT_STEP,    /* after each step */
    DSC_EVENT_EPOCH,   /* after each epoch, validation included */
    DSC_EVENT_WARNING, /* something may be wrong; `message` says what */
    DSC_EVENT_END      /* the model is finished */
} dsc_event_kind;

typedef struct dsc_event {
    dsc_event_kind kind;
    uint64_t epoch, epochs;                      /* the current epoch, from 1; all of them */
    uint64_t step, steps;                        /* finished steps of this epoch; all of them */
    double loss, accuracy;                       /* on the training samples of this epoch so far */
    double validation_loss, validation_accuracy; /* NaN without a validation set, and between epochs */
    double learning_rate;
    double seconds; /* of training so far */
    double samples_per_second;
    double seconds_left; /* an estimate; NaN at the start */
    const char *message; /* NULL, or a line for people, valid during the call */
} dsc_event;

/* Called by the thread that made the call. A nonzero result ends the work cleanly with DSC_ERROR_STOPPED. */
typedef int dsc_on_event(void *user, const dsc_event *event);

/* This process, as one of `count` processes that train one model together. `count` is a power of two; each
 * process has its own `rank`, 0 to count - 1. The caller provides the exchange of bytes; the program uses
 * MPI. */
typedef struct dsc_ranks {
    unsigned rank, count;
    /* Sends `send_bytes` bytes of `send` to the process `partner`, and waits until `receive_bytes` bytes from
     * `partner` are in `receive`. The partner makes the matching call at the same point. Either number may be
     * 0. One thread at a time calls it. A failure ends the training of this process. */
    dsc_status (*exchange)(void *context, unsigned partner, void *receive, size_t receive_bytes,
                           const void *send, size_t send_bytes, dsc_error *error);
    void *context;
} dsc_ranks;

/* How a model is trained. dsc_training_options_defaults() fills the struct; texts are read during the call
 * and not kept. Names and ranges are those of a recipe's parameters, which `descender train --help` lists. */
typedef struct dsc_training_options {
    size_t size; /* of this struct: dsc_training_options_defaults sets it */
    unsigned epochs, batch;
    unsigned threads;             /* 0: all. The result does not depend on it */
    unsigned lanes;               /* parts that a batch or a shard is cut into. The result depends on it */
    uint64_t seed;                /* of everything random except the model's initial values */
    const char *optimiser;        /* "adam", "sgd momentum=0.9 nesterov=on" */
    double learning_rate;         /* 0: the optimiser's own */
    double weight_decay;          /* decoupled; -1: the optimiser's own */
    double l1, l2;                /* 0: none */
    double clip_norm, clip_value; /* of gradients; 0: none */
    const char *schedule;         /* of the learning rate: "constant", "cosine warmup=0.1", "one-cycle" */
    const char *augment;          /* "none", "affine rotate=10 shift=2" */
    unsigned clean_epochs;        /* that many last epochs have no augmentation and no mixup */
    double ema;                   /* decay of the weights' average, which becomes the model; 0: none */
    double validation;            /* the share of the data that is held out, class by class */
    unsigned patience;            /* epochs without a better validation loss before stopping; 0: never */
    bool shuffle, drop_last;
    const char *precision;   /* "f32", "bf16", "auto": operands of matrix products */
    const char *kernels;     /* a set of kernels by name; NULL or "auto": by the processor */
    dsc_on_event *on_event;  /* may be NULL */
    void *user;              /* for on_event */
    const char *seed_digits; /* NULL, or a seed of any size in decimal digits, in place of `seed` */
    /* Mixup's alpha, at most 2: each image, with its class, is mixed with another one, s a + (1 - s) b, with
     * s drawn from Beta(alpha, alpha); 0: none. Zhang et al., "mixup" (2018). */
    double mixup;
    const dsc_dataset *validation_data; /* NULL, or a validation set of your own; `validation` is 0 then */
    /* NULL, or images that belong to no class: at least 2, with the data's shape and type; their labels and
     * classes are ignored. Training uses them like the data, with a target of equal probability for each
     * class, so the model is not sure of images like them. The share `validation` of them, or a tenth if it
     * is 0, is held out. Losses count them; accuracies do not. Hendrycks et al., "Deep anomaly detection with
     * outlier exposure" (2019). The model's threshold (dsc_model_refuse_below) is chosen on held-out images:
     * the largest that still answers 99.5 percent of the validation set; without a validation set, the
     * smallest that refuses 98 percent of the held-out images of no class. */
    const dsc_dataset *others;
    /* Divide the finished model's logits by the temperature that fits the validation set best, so that
     * confidence agrees with accuracy. Needs softmax-cross-entropy and a dense last layer, whose values are
     * divided. No answer changes. Guo et al., "On calibration of modern neural networks" (2017). */
    bool calibrate;
    /* The processes that share each batch (NULL: only this one). The result does not depend on them. Every
     * process calls dsc_train with the same arguments; all start from the model of rank 0, and all end with
     * the same model. If on_event stops one process, all stop after the following step. A process whose call
     * fails before its training begins never calls `exchange`: the program that started the processes must
     * end the others. */
    const dsc_ranks *ranks;
    /* The number of shards: parts into which a batch is cut before each is cut into lanes. A power of two.
     * Each process computes an equal share of the shards, so there are at most as many processes. The result
     * depends on it. */
    unsigned shards;
    /* NULL, or a trained model for the same images and classes, such as an ensemble, from whose answers the
     * model also learns. The target of an image is (1 - teacher_share) [its class] + teacher_share softmax(z
     * / teacher_temperature), where z are the teacher's logits for the image as the model sees it, augmented
     * and mixed. Every step runs the teacher. It must outlive the training. Hinton, Vinyals and Dean,
     * "Distilling the knowledge in a neural network" (2015). */
    const dsc_model *teacher;
    double teacher_share;       /* 0 to 1 */
    double teacher_temperature; /* 0.1 to 100 */
    /* Stop after the first epoch with so many percent of the validation set right, and keep its weights; 0:
     * never. */
    double until;
    /* "none", "8", "4", "3" or "ternary": weights are rounded to so many bits during training, for
     * `descender quantise`. The model keeps the weights before rounding. */
    const char *quantise;
} dsc_training_options;

/* Sets the defaults: Adam, 5 epochs, batches of 64, 8 lanes, one shard, seed 1, a constant learning rate,
 * shuffling, no augmentation, f32, teacher_share 0.5, teacher_temperature 2. */
DSC_API void dsc_training_options_initialise(dsc_training_options *options, size_t size);
static inline dsc_training_options dsc_training_options_defaults(void) {
    dsc_training_options options;
    dsc_training_options_initialise(&options, sizeof options);
    return options;
}

/* Trains `model` on `data`; `how` NULL: the defaults. Training changes the model as it goes on. At the end
 * the model has the last weights, their average, or the best weights of early stopping, as `how` says, and
 * expects images like these (dsc_model_describe). Classes are matched by name, as by dsc_dataset_match; a
 * model whose classes are still called "0", "1", ... takes the names of the data. Shapes, classes, texts
 * and ranges are checked before any work (ARGUMENT, MISMATCH); a quantised model cannot be trained
 * (ARGUMENT). DSC_ERROR_DIVERGED: the loss, a weight, an answer to the held-out images or an answer of the
 * finished model became infinite or NaN; the message says where. DSC_ERROR_STOPPED: on_event stopped it. The
 * same data, model and `how` give the same bits on one kind of processor, with any number of threads. */
DSC_API dsc_status dsc_train(dsc_model *model, const dsc_dataset *data, const dsc_training_options *how,
                             dsc_error *error);

/* --- A loop of your own: a session (tier 3) computes gradients, an optimiser changes the parameters. ---
 *
 *   dsc_session_create(&session, graph, &options, error);            (with a loss, and training)
 *   dsc_optimiser_create(&optimiser, session, NULL, error);
 *   for (uint64_t step = 0; step < steps; step++) {
 *       ... dsc_session_set_input(session, image, ...), of the target too ...
 *       dsc_session_run(session, count, step, error);
 *       dsc_optimiser_step(optimiser, error);
 *   }
 *
 * The values equal those of dsc_train, bit for bit, if the batches, the indices of the samples, the seed and
 * the lanes are equal. */
typedef struct dsc_optimiser dsc_optimiser;

typedef struct dsc_optimiser_options {
    size_t size;                  /* of this struct: dsc_optimiser_options_defaults sets it */
    const char *text;             /* "adam", "sgd momentum=0.9 nesterov=on" */
    double learning_rate;         /* 0: the optimiser's own */
    double weight_decay;          /* decoupled; -1: the optimiser's own */
    double l1, l2;                /* 0: none */
    double clip_norm, clip_value; /* of gradients; 0: none */
    const char *schedule;         /* of the learning rate: "constant", "cosine warmup=0.1", "one-cycle" */
    uint64_t steps;               /* of the whole run, for the schedule, which then keeps its last rate */
    uint64_t steps_an_epoch;      /* for schedules that count epochs; 0: all steps are one epoch */
    double ema;                   /* decay of the weights' average; 0: none */
} dsc_optimiser_options;

/* Sets the defaults: Adam, its own learning rate, a constant schedule, no average. */
DSC_API void dsc_optimiser_options_initialise(dsc_optimiser_options *options, size_t size);
static inline dsc_optimiser_options dsc_optimiser_options_defaults(void) {
    dsc_optimiser_options options;
    dsc_optimiser_options_initialise(&options, sizeof options);
    return options;
}

/* Creates an optimiser for a session; `options` NULL: the defaults. The session must outlive the
 * optimiser, and no other thread may use it during a step. Values that are frozen now (dsc_node_freeze)
 * never change. All memory is allocated here. ARGUMENT: the session has no gradients, a text is wrong, a
 * number is out of range, or an epoch has more steps than the run. */
DSC_API dsc_status dsc_optimiser_create(dsc_optimiser **optimiser, dsc_session *session,
                                        const dsc_optimiser_options *options, dsc_error *error);
DSC_API void dsc_optimiser_free(dsc_optimiser *optimiser);

/* Updates the session's parameters from the gradients of its last run: regularises and clips the
 * gradients, then applies them; they are used up. Fails (ARGUMENT) only if the session has not run since
 * the last step, the creation or a restore. */
DSC_API dsc_status dsc_optimiser_step(dsc_optimiser *optimiser, dsc_error *error);

/* Returns the number of steps so far, including those before a restore. */
DSC_API uint64_t dsc_optimiser_steps(const dsc_optimiser *optimiser);

/* Returns the learning rate of the next step. */
DSC_API double dsc_optimiser_learning_rate(const dsc_optimiser *optimiser);

/* Tells a schedule that reacts to results ("plateau") that an epoch ended with this loss. A loss that is not
 * finite is ignored. */
DSC_API void dsc_optimiser_end_epoch(dsc_optimiser *optimiser, double loss);

/* dsc_optimiser_average returns the averaged elements of a parameter or buffer, (shape); NULL without ema,
 * and for other nodes. dsc_optimiser_take_average copies the averages into the session; without ema it does
 * nothing. */
DSC_API const dsc_real *dsc_optimiser_average(const dsc_optimiser *optimiser, const dsc_node *node);
DSC_API void dsc_optimiser_take_average(dsc_optimiser *optimiser);

/* Saves the state of the loop, atomically: the session's parameters and buffers, the state of the optimiser
 * and its schedule, the average, and the number of steps. DIVERGED: a value is NaN or infinite; the file is
 * unchanged. */
DSC_API dsc_status dsc_optimiser_save(const dsc_optimiser *optimiser, const char *path, dsc_error *error);

/* Loads such a file into an optimiser and a session that were created in the same way: the loop continues
 * with the same bits, from step dsc_optimiser_steps. FORMAT: the file is damaged or of another kind.
 * UNSUPPORTED: another version of the library, or a machine with another byte order, wrote it. MISMATCH:
 * it belongs to another network or optimiser. On failure both are unchanged. */
DSC_API dsc_status dsc_optimiser_restore(dsc_optimiser *optimiser, const char *path, dsc_error *error);

/* The quality of a model on some data. An answer with a probability or a loss that is NaN or infinite counts
 * as wrong. */
typedef struct dsc_score {
    size_t count, correct;
    double accuracy;                    /* correct / count */
    double accuracy_low, accuracy_high; /* its 95 percent interval (Wilson) */
    double loss;                        /* the mean; infinite if not_finite is nonzero */
    double calibration_error;           /* mean distance of confidence from accuracy, of finite answers */
    size_t not_finite;                  /* answers that are NaN or infinite */
} dsc_score;

/* Measures a model on `data`. Classes are matched by name, as by dsc_dataset_match, with its errors. */
DSC_API dsc_status dsc_evaluate(dsc_score *score, const dsc_model *model, const dsc_dataset *data,
                                dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 6. Prediction
 * ------------------------------------------------------------------------------------------------ */

/* A model prepared for fast and frequent answers: weights packed, batch normalisation folded into the layer
 * before it, dropout left out. Immutable: any number of threads may use one predictor at once, each with its
 * own workspace. */
typedef struct dsc_predictor dsc_predictor;
typedef struct dsc_workspace dsc_workspace;

typedef struct dsc_predictor_options {
    size_t size;  /* of this struct: dsc_predictor_options_defaults sets it */
    size_t batch; /* at most that many images in a call: 1 to 65536 */
    /* "f32"; "bf16": matrix products round their operands to bfloat16; "auto": bf16 if it is faster */
    const char *precision;
    const char *kernels; /* a set of kernels by name; NULL or "auto": by the processor */
    /* NULL, or a node whose values are also returned: a value of each sample that an op of the model's graph
     * computes. The output of a layer is dsc_graph_find_layer(dsc_model_graph(model), "dense1"). */
    const dsc_node *embedding;
} dsc_predictor_options;

/* Sets the defaults: batch 256, f32, kernels by the processor. Kernels are checked when they are chosen. A
 * set that computes wrong results on this processor is skipped (dsc_train reports it with DSC_EVENT_WARNING);
 * if you name the set, it is DSC_ERROR_MISMATCH. */
DSC_API void dsc_predictor_options_initialise(dsc_predictor_options *options, size_t size);
static inline dsc_predictor_options dsc_predictor_options_defaults(void) {
    dsc_predictor_options options;
    dsc_predictor_options_initialise(&options, sizeof options);
    return options;
}

/* Creates a predictor; `how` NULL: the defaults. It copies what it needs of the model. DSC_ERROR_DIVERGED:
 * a weight is NaN or infinite, or a variance is negative. ARGUMENT: an option is out of range, or the
 * embedding is of another graph, is no result of an op, or was created after the logits. MISMATCH: the named
 * kernels compute wrong results. */
DSC_API dsc_status dsc_predictor_create(dsc_predictor **predictor, const dsc_model *model,
                                        const dsc_predictor_options *how, dsc_error *error);
DSC_API void dsc_predictor_free(dsc_predictor *predictor);

/* Returns the number of probabilities of an answer. */
DSC_API size_t dsc_predictor_classes(const dsc_predictor *predictor);
/* Returns the number of elements of an embedding, the product of its node's shape; 0 if none was
 * requested. */
DSC_API size_t dsc_predictor_embedding_size(const dsc_predictor *predictor);
/* Sets `shape` to channels, height and width of an image. */
DSC_API void dsc_predictor_shape(const dsc_predictor *predictor, size_t shape[3]);
/* Returns the name of a class, which lives as long as the predictor. "?" if `label` is not below the
 * number of classes. */
DSC_API const char *dsc_predictor_class_name(const dsc_predictor *predictor, size_t label);

/* The memory of one caller. `threads` threads share the images of a call: 1 uses only the caller's thread
 * and starts none; 0 uses all cores. Free it before the predictor. One thread at a time may use a
 * workspace. */
DSC_API dsc_status dsc_workspace_create(dsc_workspace **workspace, const dsc_predictor *predictor,
                                        unsigned threads, dsc_error *error);
DSC_API void dsc_workspace_free(dsc_workspace *workspace);

/* Computes probabilities (count, classes) of images (count, C, H, W), 1 <= count <= batch. Allocates
 * nothing. Fails only if the count is out of range, `images` is NULL, the workspace belongs to another
 * predictor, or an answer is not finite. The probabilities of an image do not depend on the other images,
 * their number, or the threads. DSC_ERROR_DIVERGED: for some images, values of the network left the range
 * of floats: their probabilities are NaN, all others are valid, and the message counts them. In a
 * predictor with batch 1, the threads of a workspace share the work on the one image. */
DSC_API dsc_status dsc_predict(float *probabilities, const dsc_predictor *predictor, dsc_workspace *workspace,
                               const uint8_t *images, size_t count, dsc_error *error);

/* The images and results of one call. NULL: not requested. */
typedef struct dsc_prediction {
    size_t size;              /* of this struct: dsc_prediction_defaults sets it */
    size_t count;             /* of images, as in dsc_predict */
    const uint8_t *images;    /* bytes (count, C, H, W); or NULL */
    const float *floats;      /* the same as floats, 1 for byte 255; set one of the two */
    float *probabilities;     /* (count, classes) */
    float *logits;            /* (count, classes): before softmax or sigmoid */
    float *embeddings;        /* (count, embedding size): of the predictor's `embedding` */
    size_t top;               /* the number of likeliest classes, at most all; 0: none */
    uint32_t *top_classes;    /* (count, top): the likeliest first; if equal, the lower number */
    float *top_probabilities; /* (count, top) */
} dsc_prediction;
/* Sets everything to zero and NULL. */
DSC_API void dsc_prediction_initialise(dsc_prediction *prediction, size_t size);
static inline dsc_prediction dsc_prediction_defaults(void) {
    dsc_prediction prediction;
    dsc_prediction_initialise(&prediction, sizeof prediction);
    return prediction;
}

/* Computes what `prediction` requests; otherwise as dsc_predict, which does the same for bytes and
 * probabilities. If the answer to an image is not finite, its probabilities are NaN and its top_classes are
 * the number of classes. Also ARGUMENT: no images, or images of both types; `top` above the number of
 * classes, or top_probabilities without top_classes; embeddings from a predictor that was created without an
 * embedding. */
DSC_API dsc_status dsc_predict_all(const dsc_predictor *predictor, dsc_workspace *workspace,
                                   const dsc_prediction *prediction, dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 7. One's own digits
 * ------------------------------------------------------------------------------------------------ */

#define DSC_DIGIT_AT_EDGE 1u  /* touches the picture's edge: a part may be missing */
#define DSC_DIGIT_CUT     2u  /* touched its neighbour, and was cut off */
#define DSC_DIGIT_IN_ROW  4u  /* dsc_read_digits: is in a row of digits that the network is sure of */
#define DSC_DIGIT_JOINED  8u  /* dsc_read_digits: was in pieces that nearly touch */
#define DSC_DIGIT_PALE    16u /* dsc_read_digits: parts of its strokes are paler than ink elsewhere */
#define DSC_DIGIT_OR_BAR  32u /* a straight stroke between digits, leaning right: a 1, or a fraction bar */

/* A digit found in a picture. */
typedef struct dsc_digit {
    size_t left, top, width, height; /* its box in the picture, in pixels */
    uint8_t pixels[28 * 28]; /* prepared as MNIST's are: light on 0, fitted into 20 x 20, centred by mass */
    uint32_t line;           /* its line in the picture: 0 is the first */
    uint32_t marks;          /* DSC_DIGIT_..., as bits */
} dsc_digit;

/* Why a mark is no digit: one value for each count of dsc_picture_notes. */
typedef enum dsc_mark_reason {
    DSC_MARK_DIGIT, /* it is (a part of) a digit */
    DSC_MARK_AT_EDGE,
    DSC_MARK_LINE,
    DSC_MARK_SMALL,
    DSC_MARK_POINT,
    DSC_MARK_DASH,
    DSC_MARK_PALE
} dsc_mark_reason;

/* A mark that is no digit. */
typedef struct dsc_mark {
    size_t left, top, width, height; /* its box in the picture, in pixels */
    dsc_mark_reason reason;
} dsc_mark;

/* The most marks that dsc_picture_notes lists. */
#define DSC_MARKS_MOST 64

/* The parts of a picture that were not returned as digits, with the reasons. A mark is connected ink. */
typedef struct dsc_picture_notes {
    size_t at_edge; /* marks that touch the picture's edge, while other large marks do not */
    size_t lines;   /* ruled lines, grids, boxes and frames */
    size_t small;   /* marks too small for digits, such as specks, without the next two kinds */
    size_t points;  /* decimal points and commas: small marks at the foot of a line of digits */
    size_t dashes;  /* minus signs, dashes, and the bars of fractions */
    size_t pale;    /* marks much fainter than the other marks */
    size_t reduced; /* a large picture is reduced: reduced x reduced pixels became one; 1: not reduced */
    /* The typical height of the digits, in pixels of the reduced picture; below 20, details are lost. 0: no
     * digit. */
    size_t digit_height;
    size_t sheet; /* 1: the surroundings of a sheet of paper were left out */
    /* dsc_read_digits: the number of quarter turns to the right before the picture was read, 0 to 3. */
    size_t turned;
    /* The first marks that were left out: small ones only if there is room. Ruled lines that cross the
     * picture and boxes of forms are counted above, and have no mark. */
    size_t mark_count;
    dsc_mark marks[DSC_MARKS_MOST];
} dsc_picture_notes;

/* Prepares the only digit of a picture as MNIST's digits were. The digit may be light or dark, on unevenly
 * lit paper, anywhere and of any size. Pixels are (height, width, channels), with channels 1 (grey), 3 (red,
 * green, blue) or 4 (with alpha), sides of 1 to 65535, and at most 100 million pixels. An image of MNIST is
 * returned unchanged, or nearly. `notes` may be NULL; it is filled on failure too. FORMAT: there is no digit;
 * the message says what there is. Any thread may call it. Time and memory grow with the number of pixels. */
DSC_API dsc_status dsc_prepare_digit(dsc_digit *digit, dsc_picture_notes *notes, const uint8_t *pixels,
                                     size_t height, size_t width, size_t channels, dsc_error *error);

/* The same for all digits of a picture, in reading order: lines from top to bottom, each from left to
 * right. Digits must not touch and must stand upright (see dsc_read_digits). The pieces of a broken digit
 * are put together. `notes` counts what is left out. A picture of at most 64 x 64 has one digit, unless
 * its ink forms several that stand beside each other. Release the digits with dsc_digits_free. FORMAT:
 * there is no digit, or there are more than 4096 marks; *digits is then NULL and *count 0. */
DSC_API dsc_status dsc_find_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                                   const uint8_t *pixels, size_t height, size_t width, size_t channels,
                                   dsc_error *error);
DSC_API void dsc_digits_free(dsc_digit *digits);

/* The same with the help of a network. Digits that touch are cut apart where the network is surest of all
 * pieces together. If its model has a threshold (dsc_model_refuse_below), pieces that nearly touch are joined
 * where it is as sure of the whole, and pale parts of strokes are added where it is sure only with them. A
 * picture on its side or upside down is turned to where it is surest; boxes are those of the original. At
 * most 100 pieces are cut, joined or added to: a page of letters has thousands. The model must be for
 * prepared digits (1 x 28 x 28 on any ground). `workspace` belongs to the predictor and serves one thread at
 * a time. Each digit is answered at least once: slower than dsc_find_digits. MISMATCH: the model is for other
 * images. Other errors are those of dsc_find_digits and dsc_predict. */
DSC_API dsc_status dsc_read_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                                   const uint8_t *pixels, size_t height, size_t width, size_t channels,
                                   const dsc_predictor *predictor, dsc_workspace *workspace,
                                   dsc_error *error);

/* The threshold for a digit with these `marks` that dsc_read_digits returned: if its largest probability is
 * lower, it is no digit. This is dsc_model_refuse_below, or 0.7 of it for DSC_DIGIT_IN_ROW: the network gives
 * at least 0.9 to at least three of the line's other digits, and to three quarters of them, and they are
 * about as high. A mark between such digits is more likely a digit than a mark elsewhere. Any thread. */
DSC_API double dsc_digit_refuse_below(const dsc_model *model, uint32_t marks);

/* Resizes a picture (height, width, channels), as in dsc_prepare_digit, to an image (C, H, W) of any size
 * with 1 or 3 channels. Reducing averages over exact areas; enlarging interpolates linearly between the
 * centres of pixels; the result is the same on every machine. Grey is luma (ITU-R BT.601: 0.299 red, 0.587
 * green, 0.114 blue). If the image has 3 channels and the picture is grey, the image has three equal
 * channels; a picture whose red, green and blue differ nowhere by more than 8 of 255 counts as grey, because
 * compression causes such differences. Transparent parts are put on white, or on black if nothing would be
 * visible on white. `fit`: see dsc_fit. PAD fills with the median of the pixels along the picture's border,
 * for each channel; NONE is an ARGUMENT error unless the picture already has the size. CROP and PAD cut or
 * fill both sides equally; sides are rounded to whole pixels. Any thread may call it. It allocates a few
 * rows. */
DSC_API dsc_status dsc_fit_image(uint8_t *image, const size_t shape[3], dsc_fit fit, const uint8_t *pixels,
                                 size_t height, size_t width, size_t channels, dsc_error *error);

/* The actions of dsc_prepare_image, as bits. */
#define DSC_DID_PREPARE 1u /* found the digit and prepared it by dsc_prepare_digit */
#define DSC_DID_SCALE   2u /* resized it by dsc_fit_image */
#define DSC_DID_TURN    4u /* swapped light and dark of a whole picture */
#define DSC_DID_GREY    8u /* converted colours to grey */

/* Converts a picture (height, width, channels), as in dsc_prepare_digit, to the image (C, H, W) that a
 * model expects; `expected` comes from dsc_model_describe. If its preparation is DIGITS, the image is the
 * picture's only digit, prepared, and dark on light if `expected` has a light ground. Otherwise it is the
 * whole picture, resized by dsc_fit_image with `expected->fit`; with NONE it is scaled, if it has the
 * expected proportions to a pixel, and light and dark are swapped if its ground is clearly the opposite
 * one. `did` (may be NULL) receives what was done; `notes` may be NULL. MISMATCH: there is no fit and the
 * picture has other proportions, the image has neither 1 nor 3 channels, or prepared digits are not 1 x 28
 * x 28. FORMAT: as in dsc_prepare_digit. Any thread may call it. */
DSC_API dsc_status dsc_prepare_image(uint8_t *image, unsigned *did, dsc_picture_notes *notes,
                                     const dsc_images *expected, const uint8_t *pixels, size_t height,
                                     size_t width, size_t channels, dsc_error *error);

#ifdef __cplusplus
}
#endif
#endif /* DESCENDER_H */
