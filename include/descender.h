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
 *   3. Graphs         nodes, parameters, operations, and operations of your own
 *   4. Models         layers, networks written in one line of text, model files
 *   5. Training       how a model learns, and how good it is
 *   6. Prediction     what a model says of images
 *   7. Own digits     digits found in pictures, pictures made into images
 *
 * Conventions. A call that can fail returns a dsc_status, DSC_OK (zero) on success, and fills the
 * caller's dsc_error where one is given (NULL is allowed everywhere). Outputs come before inputs. On
 * failure an output pointer is set to NULL. Every X_free(NULL) does nothing. Arrays are row-major, and
 * comments give their shape, as in (N, C, H, W). Unless a comment says otherwise, a function may be
 * called from any thread, and one object must not be changed by two threads at once.
 *
 * Files are written atomically: a reader sees the old content or the new. Symbolic links are followed and
 * stay. What is no regular file, such as a pipe, /dev/null or /dev/fd/N, is written to as it is. A file that
 * is mounted by itself, or lies in a folder in which nothing can be made, is written in place. The library
 * leaves signals to the program: where that ignores or handles SIGXFSZ and SIGPIPE, a write beyond
 * RLIMIT_FSIZE or to a pipe that nobody reads is DSC_ERROR_IO.
 *
 * Structs that may grow begin with their size. X_defaults() sets it, and so does X_initialise(&x, sizeof x),
 * for languages without inline functions; in a dsc_op it is sizeof(dsc_op). The library takes shorter ones of
 * older headers, whose missing members have their defaults, and longer ones of newer headers whose further
 * members are zero. All other structs keep their layout as long as the major version stays, but for those
 * that only the library makes (dsc_event, dsc_call, dsc_shape_rule, dsc_needs), which may grow at the end.
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

/* The version of this header. Versions are semantic: while the major version stays, what was compiled with an
 * older header runs with a newer library. */
#define DSC_VERSION_MAJOR 0
#define DSC_VERSION_MINOR 1
#define DSC_VERSION_PATCH 0
#define DSC_VERSION       "0.1.0"

/* The version of the library that is running, such as "0.1.0". */
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

/* The bytes of a message, with the zero at its end. */
#define DSC_MESSAGE_SIZE 1024

/* Filled by a call that fails. The message is one line of UTF-8 without a newline at its end: it names
 * the file, the place, what was expected, what was found, and what to do next. Names in it come from
 * outside: control characters and bytes that are not UTF-8 stand in it as \x1b and \xe9, so that it can be
 * shown on any terminal. DSC_ERROR_MEMORY means that an allocation failed, and nothing else. */
typedef struct dsc_error {
    dsc_status code;
    char message[DSC_MESSAGE_SIZE];
} dsc_error;

/* Fills `error` (NULL is fine) as a failing call does, and returns `code`: for operations and data of your
 * own that can fail. What is not to be seen, or is no UTF-8, becomes an escape; a message that is too long is
 * cut before a character. Replaces what was there; leaves errno as it was. */
DSC_API dsc_status dsc_fail(dsc_error *error, dsc_status code, const char *format, ...) DSC_PRINTF(3, 4);

/* Parameter tables. Ops, layers, optimisers, augmentations and the program's commands describe what they
 * take in a table of these; parsing, checking, help and files all come from it. A value lives in a struct
 * of its owner's at `offset`. */
typedef enum dsc_param_type {
    DSC_PARAM_INT,    /* int64_t */
    DSC_PARAM_REAL,   /* double */
    DSC_PARAM_SWITCH, /* bool: on|off (also true|false, yes|no, 1|0) */
    DSC_PARAM_CHOICE, /* int: index into `choices`, names separated by '|' */
    DSC_PARAM_TEXT,   /* char *, owned by the struct; NULL when unset */
    DSC_PARAM_PAIR,   /* int64_t[2]: "3x5", or "3" for both */
    DSC_PARAM_SEED    /* dsc_seed: decimal digits */
} dsc_param_type;

/* A seed of random numbers: any whole number from 0 on, as NumPy takes them, of at most 1000 decimal
 * digits. */
#define DSC_SEED_DIGITS 1000
typedef struct dsc_seed {
    uint32_t count;      /* of the words, at least 1 */
    uint32_t words[104]; /* the lowest first; the last of several is not 0 */
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

/* The same from memory; messages name `path`; NULL: the bytes came by standard input. */
DSC_API dsc_status dsc_idx_parse(dsc_array *array, const void *bytes, size_t size, const char *path,
                                 dsc_error *error);

/* Writes an IDX file, atomically; compressed if `path` ends in ".gz". */
DSC_API dsc_status dsc_idx_write(const char *path, const dsc_array *array, dsc_error *error);

/* Images with labels. Immutable once made, so any number of threads may share one. The numbers of images are
 * bytes (DSC_U8), or floats (DSC_F32) on a scale where 1 is what 255 is to bytes; floats beyond 0 to 1 are
 * fine. */
typedef struct dsc_dataset dsc_dataset;

/* How many images there are. */
DSC_API size_t dsc_dataset_count(const dsc_dataset *data);
/* Channels, height and width of one image. */
DSC_API void dsc_dataset_shape(const dsc_dataset *data, size_t shape[3]);
DSC_API dsc_type dsc_dataset_type(const dsc_dataset *data);
DSC_API size_t dsc_dataset_classes(const dsc_dataset *data);
/* "0" to "9" for digits; from labels.txt, in UTF-8, one name a line, where there is one. */
DSC_API const char *dsc_dataset_class_name(const dsc_dataset *data, size_t label);
/* What the data is, for people: "MNIST, training set", "built-in digits, seed 1". */
DSC_API const char *dsc_dataset_name(const dsc_dataset *data);
/* The images where they lie, (count, C, H, W): of dsc_dataset_images bytes, of dsc_dataset_floats floats.
 * NULL where images have the other type, in views, and where a callback reads them: dsc_dataset_read serves
 * all. The labels, (count). They live as long as the dataset. */
DSC_API const uint8_t *dsc_dataset_images(const dsc_dataset *data);
DSC_API const float *dsc_dataset_floats(const dsc_dataset *data);
DSC_API const uint8_t *dsc_dataset_labels(const dsc_dataset *data);
/* Copies the images samples[0 .. count) to `images` (count, C, H, W), of the dataset's type. ARGUMENT: there
 * is no such sample. FORMAT: a callback gave a number that is NaN or infinite. Otherwise fails only where the
 * callback does. */
DSC_API dsc_status dsc_dataset_read(void *images, const dsc_dataset *data, const uint32_t *samples,
                                    size_t count, dsc_error *error);
DSC_API void dsc_dataset_free(dsc_dataset *data);

/* Fills a part of a batch: the images samples[0 .. count), each a number below the dataset's count, to
 * `images` (count, C, H, W), of the dataset's type. The same number must always give the same image. Called
 * by one thread at a time, also one that the library made: while a batch is computed, the next is read. On
 * failure it calls dsc_fail, and returns its code, which ends the call that wanted the images. */
typedef dsc_status dsc_read_images(void *user, void *images, const uint32_t *samples, size_t count,
                                   dsc_error *error);

/* Images and labels of your own. dsc_dataset_options_defaults() fills it; texts are copied. */
typedef struct dsc_dataset_options {
    size_t size;           /* of this struct: dsc_dataset_options_defaults sets it */
    size_t count;          /* of images, 1 to 4294967295 */
    size_t shape[3];       /* channels, height and width of one */
    dsc_type type;         /* of their numbers: DSC_U8 or DSC_F32 */
    const void *images;    /* (count, C, H, W), in memory or mapped; NULL: `read` reads them */
    bool borrow;           /* use `images` where they are: they must outlive all that uses the dataset */
    dsc_read_images *read; /* of images that need not fit into memory; `images` is NULL */
    const uint8_t *labels; /* (count), each below `classes`; copied */
    size_t classes;        /* 1 to 256 */
    const char *const *class_names; /* (classes), or NULL for "0", "1", ... */
    const char *name;               /* what the data is; NULL: "data from memory" */
    void *user;                     /* for `read` and `release` */
    void (*release)(void *user); /* NULL, or called when nothing needs the images any more; not on failure */
} dsc_dataset_options;
/* Bytes, 1 x 28 x 28, 10 classes. */
DSC_API void dsc_dataset_options_initialise(dsc_dataset_options *options, size_t size);
static inline dsc_dataset_options dsc_dataset_options_defaults(void) {
    dsc_dataset_options options;
    dsc_dataset_options_initialise(&options, sizeof options);
    return options;
}

/* Names of classes are UTF-8, not empty, each once, without control characters and those that turn the
 * direction of writing; others are DSC_ERROR_ARGUMENT, as are sizes out of range. MISMATCH: a label is not
 * below `classes`. FORMAT: a float is NaN or infinite. */
DSC_API dsc_status dsc_dataset_create(dsc_dataset **data, const dsc_dataset_options *options,
                                      dsc_error *error);

/* --- Views: datasets made of others. They copy no image, and what they were made of may be freed before
 * them. Their samples count from 0. --- */

/* The samples samples[0 .. count) of `data`, in that order, repeats allowed: a subset, or another order.
 * `name` NULL: that of `data`. ARGUMENT: there is no such sample, or count is 0. */
DSC_API dsc_status dsc_dataset_view(dsc_dataset **view, const dsc_dataset *data, const uint32_t *samples,
                                    size_t count, const char *name, dsc_error *error);

/* Splits `data` class by class: of each class with n samples, round(share n), drawn at random, go to
 * `held_out`, the others to `rest`, both in the order of `data`. The same labels and seed give the same
 * split. A class of two samples or more keeps one in `rest`. ARGUMENT: `share` is not between 0 and 1, or one
 * part would be empty. */
DSC_API dsc_status dsc_dataset_split(dsc_dataset **rest, dsc_dataset **held_out, const dsc_dataset *data,
                                     double share, uint64_t seed, dsc_error *error);

/* All samples in a random order; but images that data themselves hold out to validate stay the last. */
DSC_API dsc_status dsc_dataset_shuffle(dsc_dataset **view, const dsc_dataset *data, uint64_t seed,
                                       dsc_error *error);

/* The samples of parts[0 .. count), one part behind the other. Classes are those of the first part; the
 * others' are matched by name. Images are copied into one block of memory; where a part has a callback,
 * they are read as they are wanted. MISMATCH: parts of another shape or type, or a class that the first part
 * has not. `name` NULL: that of the first part. */
DSC_API dsc_status dsc_dataset_join(dsc_dataset **joined, const dsc_dataset *const *parts, size_t count,
                                    const char *name, dsc_error *error);

/* --- What images are like. A network reads images of the kind that it was trained on, so datasets and
 * models both know their kind, and whoever brings the two together compares them. --- */

/* How images were made ready. In files "none" and "digits". */
typedef enum dsc_preparation {
    DSC_PREPARATION_NONE,  /* not at all: they are as they came */
    DSC_PREPARATION_DIGITS /* as MNIST's, and by dsc_prepare_digit: cut out, fitted, centred, light on 0 */
} dsc_preparation;

/* What the ink, or whatever images show, stands on. In files "unknown", "dark" and "light". */
typedef enum dsc_ground {
    DSC_GROUND_UNKNOWN, /* now this, now that, or neither, as on photos */
    DSC_GROUND_DARK,    /* light ink on a dark ground, as MNIST has it */
    DSC_GROUND_LIGHT    /* dark ink on a light ground, as paper has it */
} dsc_ground;

/* How pictures of many sizes became images of one, and how dsc_prepare_image makes others so. In files
 * "none", "crop", "pad" and "stretch". */
typedef enum dsc_fit {
    DSC_FIT_NONE,   /* they did not: all had that size; others are scaled if they have its proportions */
    DSC_FIT_CROP,   /* scaled until the image is covered; what hangs over on two sides is cut off */
    DSC_FIT_PAD,    /* scaled until all is seen; the rest is filled with the colour of the picture's border */
    DSC_FIT_STRETCH /* scaled along each side by itself */
} dsc_fit;

typedef struct dsc_images {
    size_t shape[3]; /* channels, height, width */
    dsc_preparation preparation;
    dsc_ground ground;
    dsc_fit fit; /* NONE where the preparation is DIGITS */
} dsc_images;

/* What these are like. `preparation` is what the images.json beside the files says, or what is known (MNIST,
 * the built-in digits); where nothing is, it is told by the images: DIGITS where nine of ten of them, 1 x 28
 * x 28 and on a dark ground, have their ink in the middle and none at the edge. `fit` is what images.json
 * says, or NONE. `ground` is always told by the images. Looks at a thousand of them, evenly spread; but not
 * at floats, nor at what a callback reads: of those the ground is UNKNOWN and the preparation NONE. */
DSC_API void dsc_dataset_describe(dsc_images *images, const dsc_dataset *data);

/* The ground of images (count, C, H, W): told by the pixels near their edges, where nine of ten images
 * agree; blank ones have no say. Looks at a thousand, evenly spread. */
DSC_API dsc_ground dsc_ground_of(const uint8_t *images, size_t count, const size_t shape[3]);

/* What a call found that its caller should be told: lines of UTF-8 for people, each a sentence without a
 * full stop. */
#define DSC_REMARKS_MOST 4
typedef struct dsc_remarks {
    size_t count;
    char line[DSC_REMARKS_MOST][DSC_MESSAGE_SIZE];
} dsc_remarks;

/* Opens a pair of IDX files: images of 3 dimensions (N, H, W) or 4 (N, C, H, W), labels of 1, both bytes. Of
 * the folder of the images labels.txt, the names of the classes, one a line, and images.json, such as
 * {"preparation": "none", "fit": "crop"}, are read where they are there. Files with EMNIST's names are read
 * as dsc_mnist_open reads them. */
DSC_API dsc_status dsc_dataset_open(dsc_dataset **data, const char *images_path, const char *labels_path,
                                    dsc_error *error);

/* Opens the four files of MNIST, or of any data in the same files, in `folder` (NULL: $DESCENDER_DATA,
 * ./data, then the user's cache). Never downloads and never substitutes other data. They are found under the
 * names by which MNIST and its relatives are published; where a folder holds several sets, `folder` is
 * "FOLDER/emnist-letters", what their names begin with. EMNIST's images, which lie on their sides in its
 * files, are turned upright, its labels begin with 0, and its classes have their names (docs/data.md). */
DSC_API dsc_status dsc_mnist_open(dsc_dataset **train, dsc_dataset **test, const char *folder,
                                  dsc_error *error);

/* How data are read where they do not say it themselves. dsc_data_options_defaults() fills it; texts are
 * read during the call and not kept. */
typedef struct dsc_data_options {
    size_t size;              /* of this struct: dsc_data_options_defaults sets it */
    double test_share;        /* 0 to 0.9, of each class: the test set of data that have none; 0: make none */
    uint64_t split_seed;      /* of the choice of its images; below 10^15 */
    const char *group_by;     /* of a table, a column: rows of one value stay on one side; NULL: no groups */
    const char *label_column; /* of a table: a name, a number from 1, "first", "last"; NULL: found */
    const char *shape;        /* of images that are rows of numbers: "28x28", "3x32x32"; NULL: square, grey */
} dsc_data_options;
DSC_API void dsc_data_options_initialise(dsc_data_options *options, size_t size);
static inline dsc_data_options dsc_data_options_defaults(void) {
    dsc_data_options options;
    dsc_data_options_initialise(&options, sizeof options);
    return options;
}

/* Opens whatever holds labelled images, told by its content:
 *
 *   the four IDX files in a folder, as dsc_mnist_open does
 *   CIFAR-10's binary files in a folder
 *   a table of labels and pixels, CSV or TSV, plain or gzip: train.csv, and test.csv beside it
 *   NumPy's arrays x_train, y_train, x_test, y_test and the like in a .npz file, or as .npy files in a folder
 *   arrays of these names in a safetensors file
 *
 * Labels that are whole numbers from 0 to 255 are the labels; others are numbered in the order of their
 * numbers or names, which are then the names of the classes. Data without a test set are split (`options`
 * NULL: the defaults); *test is NULL where test_share is 0. Data with a validation set beside training and
 * test set keep it: it is what training with a validation share holds out. `remarks` (may be NULL): what was
 * decided that a person should be told. Release both with dsc_dataset_free; on failure both are NULL. Files
 * are only read; the call may be made by several threads at once. (docs/data.md) */
DSC_API dsc_status dsc_dataset_open_any(dsc_dataset **train, dsc_dataset **test, const char *path,
                                        const dsc_data_options *options, dsc_remarks *remarks,
                                        dsc_error *error);

/* Draws `count` handwritten-looking digits, 28 x 28, centred as MNIST's are. The same seed gives the same
 * digits on every machine, whatever the number of threads (0: all cores), and the first n of them do not
 * depend on `count` (1 to 4294967295). Each ten hold every digit once. docs/digits.md says how. */
DSC_API dsc_status dsc_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                                     dsc_error *error);

/* Draws `count` images of what is no digit, prepared as the built-in digits are: letters, signs,
 * scribbles, textures, and digits that are cut, joined, crossed out or in boxes. They show what a model
 * answers where no answer is right. One class, "no digit", label 0. Each twenty hold the same number of
 * every kind; else the contract is that of dsc_digits_create. */
DSC_API dsc_status dsc_non_digits_create(dsc_dataset **data, size_t count, uint64_t seed, unsigned threads,
                                         dsc_error *error);

/* The same for a data set that a text names, as `--data` does: "digits", "non-digits", and, with more of
 * the world's hands, pens and scans, "digits hands=world" and "non-digits hands=world". ARGUMENT if the
 * text names none of them or a parameter is wrong; the message says which. */
DSC_API dsc_status dsc_dataset_draw(dsc_dataset **data, const char *text, size_t count, uint64_t seed,
                                    unsigned threads, dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 3. Graphs
 * ------------------------------------------------------------------------------------------------ */

/* The engine's number. The library that is installed computes in float; the same sources are compiled with
 * double for the tests that check gradients. */
#ifdef DSC_REAL_DOUBLE
typedef double dsc_real;
#else
typedef float dsc_real;
#endif

/* The shape of one sample's value, as (C, H, W) or (features); the last dimension varies fastest. The number
 * of samples is no part of it. Rank 0 is a single number. */
#define DSC_RANK_MOST 4
typedef struct dsc_shape {
    size_t rank;
    size_t size[DSC_RANK_MOST];
} dsc_shape;

/* The shape of the first `rank` of these sizes; how many numbers a shape has. */
DSC_API dsc_shape dsc_shape_of(size_t rank, size_t a, size_t b, size_t c, size_t d);
DSC_API size_t dsc_shape_count(const dsc_shape *shape);

/* A graph of nodes. A node can only use nodes that exist, so a graph has no cycles by construction. Shapes
 * are inferred and checked when a node is made. The first error sticks: every builder after it returns a
 * failed node, so that expressions nest without checks, and dsc_graph_check reports it once. */
typedef struct dsc_graph dsc_graph;
typedef struct dsc_node dsc_node;
typedef struct dsc_op dsc_op;

/* What a value is: one of each sample; shared by all samples and learned; shared and kept by an op. */
typedef enum dsc_role { DSC_ROLE_SAMPLE, DSC_ROLE_PARAMETER, DSC_ROLE_BUFFER } dsc_role;

/* An empty graph. Freeing a graph frees its nodes. */
DSC_API dsc_status dsc_graph_create(dsc_graph **graph, dsc_error *error);
DSC_API void dsc_graph_free(dsc_graph *graph);

/* DSC_OK, or the first error: it names the node, the op and the shapes. */
DSC_API dsc_status dsc_graph_check(const dsc_graph *graph, dsc_error *error);

/* Marks the graph as failed, as a builder does that is given something impossible; keeps an earlier error.
 * Returns the graph's failed node. */
DSC_API dsc_node *dsc_graph_fail(dsc_graph *graph, dsc_status code, const char *format, ...) DSC_PRINTF(3, 4);

/* A value that is given for every sample when the graph runs. */
DSC_API dsc_node *dsc_input(dsc_graph *graph, const char *name, dsc_shape shape);

/* How the numbers of a parameter start. n_in and n_out are the numbers of values that one output depends on,
 * and that depend on one input. */
typedef enum dsc_init {
    DSC_INIT_ZEROS,
    DSC_INIT_ONES,
    DSC_INIT_HE,      /* normal, sigma sqrt(2 / n_in): He et al., "Delving deep into rectifiers" (2015) */
    DSC_INIT_GLOROT,  /* uniform in +-sqrt(6 / (n_in + n_out)): Glorot and Bengio (2010) */
    DSC_INIT_TUTORIAL /* uniform in +-0.1 */
} dsc_init;

/* A value that all samples share and that is learned. Weight decay leaves it alone unless `decays`. */
DSC_API dsc_node *dsc_parameter(dsc_graph *graph, const char *name, dsc_shape shape, dsc_init init,
                                size_t n_in, size_t n_out, bool decays);

/* A value that all samples share, that an op maintains and that has no gradient (running statistics). */
DSC_API dsc_node *dsc_buffer(dsc_graph *graph, const char *name, dsc_shape shape, dsc_real initial);

/* The op applied to `count` nodes. `values` is the struct of the op's parameter table; NULL means all
 * defaults. It is copied; its texts are not kept. The graph keeps a pointer to `op`, which must outlive it,
 * as what it points to must. */
DSC_API dsc_node *dsc_apply(const dsc_op *op, dsc_node *const *inputs, size_t count, const void *values);

/* The further outputs of an op that has more than one; output 0 is the node itself. */
DSC_API dsc_node *dsc_node_output(dsc_node *node, size_t output);

/* The graph that a node is in; its shape, which lives as long; what its value is. */
DSC_API dsc_graph *dsc_node_graph(dsc_node *node);
DSC_API const dsc_shape *dsc_node_shape(const dsc_node *node);
DSC_API dsc_role dsc_node_role(const dsc_node *node);
/* Of an input, a parameter or a buffer, such as "dense1.weight"; NULL of what an op makes. */
DSC_API const char *dsc_node_name(const dsc_node *node);

/* The input, parameter or buffer of that name, or NULL. */
DSC_API dsc_node *dsc_graph_find(const dsc_graph *graph, const char *name);

/* What the layer of that name, such as "dense1" or "max_pool2", makes; NULL if there is none. `descender
 * model show` lists layers by their names. */
DSC_API dsc_node *dsc_graph_find_layer(const dsc_graph *graph, const char *layer);

/* The parameters and buffers one after the other, in the order of their making: the first after NULL, and
 * NULL after the last. */
DSC_API dsc_node *dsc_graph_next_value(const dsc_graph *graph, const dsc_node *before);

/* A frozen parameter is not learned: no gradient is computed for it, nor passed on to where nothing is
 * learned. An op whose buffers are all frozen behaves as outside of training, and does not move them (batch
 * normalisation takes its running statistics). Sessions and training see what is frozen when they
 * begin. It is not saved with a model. Other nodes cannot be frozen: that does nothing. */
DSC_API void dsc_node_freeze(dsc_node *node, bool frozen);
DSC_API bool dsc_node_is_frozen(const dsc_node *node);

/* The same for all parameters and buffers whose name fits the pattern, in which `*` stands for any
 * characters: "conv*", "*.bias". How many they are. */
DSC_API size_t dsc_graph_freeze(dsc_graph *graph, const char *pattern, bool frozen);

/* The learning rate of the parameters whose name fits is multiplied with `factor`, 1 at first, from 0 on, in
 * trainings and optimisers that begin after this. How many they are. */
DSC_API size_t dsc_graph_set_rate(dsc_graph *graph, const char *pattern, double factor);

/* --- The library's operations. `x` is a value of each sample; a weight or bias is a parameter. Each file of
 * src/op has the formula of its gradient, too. --- */

DSC_API dsc_node *dsc_add(dsc_node *a, dsc_node *b); /* a + b; b has a's shape or its leading dimensions */
DSC_API dsc_node *dsc_mul(dsc_node *a, dsc_node *b); /* a b, number by number; b as in dsc_add */
DSC_API dsc_node *dsc_scale(dsc_node *x, double factor);     /* factor x */
DSC_API dsc_node *dsc_relu(dsc_node *x);                     /* max(x, 0) */
DSC_API dsc_node *dsc_leaky_relu(dsc_node *x, double slope); /* x if x > 0, else slope x; 0 <= slope <= 1 */
DSC_API dsc_node *dsc_gelu(dsc_node *x);                     /* x (1 + erf(x / sqrt(2))) / 2 */
DSC_API dsc_node *dsc_silu(dsc_node *x);                     /* x / (1 + exp(-x)) */
DSC_API dsc_node *dsc_sigmoid(dsc_node *x);                  /* 1 / (1 + exp(-x)) */
DSC_API dsc_node *dsc_tanh(dsc_node *x);
DSC_API dsc_node *dsc_flatten(dsc_node *x); /* (C, H, W) -> (C H W) */
DSC_API dsc_node *dsc_reshape(dsc_node *x, dsc_shape shape);

/* (C1, ...), (C2, ...), ... -> (C1 + C2 + ..., ...); 2 to 8 inputs */
DSC_API dsc_node *dsc_concat(dsc_node *const *inputs, size_t count);

/* x[..., begin : begin + count, ...] along dimension `axis`, which counts from 0 */
DSC_API dsc_node *dsc_slice(dsc_node *x, size_t axis, size_t begin, size_t count);

DSC_API dsc_node *dsc_softmax(dsc_node *x); /* exp(x) / sum exp(x), along the last dimension */

/* x (M K), the logits of M members one behind the other -> log(1/M sum over m of softmax(x_m)), (K) */
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
 * ...). Each pair is for height and width; NULL: size 2, stride as the size, padding 0. A window is at most
 * 16 x 16, padding is less than that; it counts as zeros in the average and not at all in the maximum. A NaN
 * makes its windows NaN. */
DSC_API dsc_node *dsc_max_pool(dsc_node *x, const size_t size[2], const size_t stride[2],
                               const size_t padding[2]);
DSC_API dsc_node *dsc_average_pool(dsc_node *x, const size_t size[2], const size_t stride[2],
                                   const size_t padding[2]);

/* The largest value, and the average, of each channel: (C, ...) -> (C) */
DSC_API dsc_node *dsc_global_max_pool(dsc_node *x);
DSC_API dsc_node *dsc_global_average_pool(dsc_node *x);

/* gamma (x - mean) / sqrt(variance + epsilon) + beta, channel by channel. Training takes mean and variance of
 * the batch, and moves the buffers `mean` and `variance` towards them by `momentum`; otherwise those are
 * used. */
DSC_API dsc_node *dsc_batch_norm(dsc_node *x, dsc_node *gamma, dsc_node *beta, dsc_node *mean,
                                 dsc_node *variance, double momentum, double epsilon);

/* gamma (x - mean) / sqrt(variance + epsilon) + beta, mean and variance of each sample's values. gamma and
 * beta have x's shape or its leading dimensions. */
DSC_API dsc_node *dsc_layer_norm(dsc_node *x, dsc_node *gamma, dsc_node *beta, double epsilon);

/* Training: a share p of the units, drawn at random, becomes 0, the others are divided by 1 - p. */
DSC_API dsc_node *dsc_dropout(dsc_node *x, double p);

/* Losses: one number for each sample. The target is a class, () or (1), or has a value for each output. */

/* - sum over k of w_k t_k log softmax(logits)_k, t the target smoothed: (1 - smoothing) t + smoothing / K.
 * The weights are a buffer (K); dsc_softmax_cross_entropy has none. */
DSC_API dsc_node *dsc_softmax_cross_entropy(dsc_node *logits, dsc_node *target, double smoothing);
DSC_API dsc_node *dsc_softmax_cross_entropy_weighted(dsc_node *logits, dsc_node *weights, dsc_node *target,
                                                     double smoothing);

/* sum over k of (output_k - t_k)^2, or the mean over k */
DSC_API dsc_node *dsc_squared_error(dsc_node *output, dsc_node *target, bool mean);

/* - sum over k of t_k log p_k + (1 - t_k) log(1 - p_k), p = sigmoid(logits), or the mean over k */
DSC_API dsc_node *dsc_binary_cross_entropy(dsc_node *logits, dsc_node *target, bool mean);

/* --- Running a graph. ---
 *
 * A session holds a graph's parameters and the memory to run it: forward, and backward from a loss where
 * gradients are asked for. The graph must outlive it and not grow meanwhile. One thread at a time may use a
 * session. */
typedef struct dsc_session dsc_session;

#define DSC_KEPT_MOST 64
typedef struct dsc_session_options {
    size_t size;        /* of this struct: dsc_session_options_defaults sets it */
    size_t batch;       /* samples in a run, at most */
    dsc_node *loss;     /* one number for each sample; NULL: forward alone */
    bool training;      /* ops behave as in training, and parameters have gradients; needs a loss */
    dsc_node *saliency; /* an input whose gradient is wanted, or NULL; needs a loss */
    dsc_node *kept[DSC_KEPT_MOST]; /* further values to be read after a run; the first NULL ends them */
    unsigned lanes;                /* a batch's parts; gradients depend on it in the last digits */
    unsigned threads;              /* 0: all cores; results do not depend on it */
    uint64_t seed;                 /* of the parameters' starting values, and of what ops draw at random */
    const char *precision;         /* "f32", "bf16", "auto": the numbers that products multiply */
    const char *kernels;           /* a set of kernels by name; NULL or "auto": by the processor */
} dsc_session_options;

/* Batch 1, 8 lanes, 1 thread, seed 1, nothing asked for. */
DSC_API void dsc_session_options_initialise(dsc_session_options *options, size_t size);
static inline dsc_session_options dsc_session_options_defaults(void) {
    dsc_session_options options;
    dsc_session_options_initialise(&options, sizeof options);
    return options;
}

/* Everything is allocated here; runs allocate nothing. Parameters and buffers have their starting values. */
DSC_API dsc_status dsc_session_create(dsc_session **session, const dsc_graph *graph,
                                      const dsc_session_options *options, dsc_error *error);
DSC_API void dsc_session_free(dsc_session *session);

/* The numbers of a parameter or buffer, to be read and changed between runs; NULL for other nodes. */
DSC_API dsc_real *dsc_session_parameter(dsc_session *session, const dsc_node *node);

/* Where an input's data is: (count, shape), read by each run from now on, not copied. */
DSC_API dsc_status dsc_session_set_input(dsc_session *session, const dsc_node *input, const dsc_real *data,
                                         dsc_error *error);

/* Which number each sample of the batch has in its data set: (count), read by each run from now on, not
 * copied; NULL, as at first: its place in the batch. */
DSC_API void dsc_session_set_samples(dsc_session *session, const uint32_t *samples);

/* Runs `count` samples. What ops draw at random (dropout) depends on the seed, on `step` and on each sample's
 * number: the same three give the same numbers. So each step has a `step` of its own, counted up; or, as
 * dsc_train does it, each epoch has one, where samples have their numbers. Gradients are those of the mean of
 * the samples' losses. Fails if an input that matters has no data, or the count is not one that the graph
 * takes; nothing is changed then. */
DSC_API dsc_status dsc_session_run(dsc_session *session, size_t count, uint64_t step, dsc_error *error);

/* What the last run made, valid until the next: the value of the loss or of a kept node, (count, shape); the
 * gradient of a parameter, (shape), or of the saliency input, (count, shape). NULL if it was not asked
 * for. */
DSC_API const dsc_real *dsc_session_value(const dsc_session *session, const dsc_node *node);
DSC_API const dsc_real *dsc_session_gradient(const dsc_session *session, const dsc_node *node);

/* --- Operations of your own. ---
 *
 * An op is one constant descriptor. It never allocates: it says what memory it wants when its shapes are
 * known, and is handed that memory when it runs.
 *
 * A batch is cut into contiguous runs of samples, its lanes; what a lane computes never depends on the
 * thread that computes it. A stage of kind SAMPLES is called once a lane, for that lane's samples; a stage of
 * kind TILES is called once a tile, after all lanes have finished what comes before, and sees the whole
 * batch.
 *
 * While training, a batch may be cut into shards first, each with lanes of its own, some of them in other
 * processes (dsc_training_options.shards, ranks): then TILES sees one shard, and what it makes for
 * parameters is added up over shards. What follows from the whole batch (the mean of its values) is a stage
 * of kind TOTALS: before it the first dsc_needs.totals doubles of each lane's `lane_saved` are added, over
 * all lanes of all shards, to dsc_call.totals. It is called once in each process, with the same totals in
 * each, and what it makes for parameters is the whole batch's. An op that changes its buffers while training
 * does so there.
 */
/* How the numbers of a value of each sample lie in memory while a graph runs. The plan of a run chooses: ops
 * say what they take (DSC_OP_PIXELS), and numbers are converted where an op does not take what another makes.
 * A gradient has the form of its value. Inputs, and whatever is read from outside, are DSC_FORM_REALS. */
typedef enum dsc_form {
    DSC_FORM_REALS,      /* dsc_real, in the order of the shape */
    DSC_FORM_PIXELS,     /* of a shape (C, H, W): dsc_real, (H, W, C): the channels of a pixel side by side */
    DSC_FORM_PIXELS_BF16 /* the same, rounded to bfloat16 (the upper half of a float): uint16_t */
} dsc_form;

typedef struct dsc_call {
    const void *values; /* the op's parameters */
    const void *plan;   /* what `needs` worked out, plan_size bytes */
    size_t input_count, output_count;
    const dsc_shape *in_shape, *out_shape; /* of one sample */
    const dsc_role *role;
    const dsc_form *in_form, *out_form; /* of in and d_in, of out and d_out; DSC_FORM_REALS for parameters */
    unsigned wants;                     /* bit i: the backward pass wants d_in[i] */

    /* SAMPLES: the lane's samples, `count` of them; pointers to what a sample owns point at the first of
     * them. TILES: those of the shard, the whole batch where it is not cut. `batch`: of all shards. */
    size_t batch, first, count;
    unsigned lane, lanes; /* SAMPLES; `lanes` always */
    size_t tile, tiles;   /* TILES */
    bool training;

    const dsc_real *const *in;    /* (count, in_shape), or (in_shape) for parameters and buffers */
    dsc_real *const *out;         /* (count, out_shape) */
    const dsc_real *const *d_out; /* backward: the gradient of the loss with respect to out */
    dsc_real *const *d_in;        /* backward: to be written; an entry is NULL where it is not wanted */
    dsc_real *const *state; /* the inputs that are buffers, to be changed in TILES stages; NULL for others */

    /* From forward to backward; NULL if no backward pass follows: (count, saved_per_sample) */
    void *saved;
    /* SAMPLES: saved_per_lane bytes of this lane; TILES: those of lane 0, lane i's are i * lane_stride
     * further. */
    void *lane_saved;
    size_t lane_stride;
    void *shared;  /* saved_shared bytes of the node */
    void *scratch; /* scratch bytes for this call alone, 64-byte aligned, content undefined */

    /* The place in the random stream: a value drawn may depend on these and on nothing else. */
    uint64_t seed, epoch, node;
    const uint32_t *samples; /* each sample's number in its data set: (count) */

    const struct dsc_kernels *kernels;
    const struct dsc_gemm_kernels *product;
    const double *totals; /* TOTALS: the sums over the whole batch, (dsc_needs.totals) */
} dsc_call;

/* How often a stage is called: see above. END ends an array of stages. */
typedef enum dsc_stage_kind {
    DSC_STAGE_END,
    DSC_STAGE_SAMPLES,
    DSC_STAGE_TILES,
    DSC_STAGE_TOTALS
} dsc_stage_kind;

/* Block i has the elements from i * columns to (i + 1) * columns, as far as there are any, and is that of
 * tiles i * tiles to (i + 1) * tiles - 1. */
typedef struct dsc_blocks {
    size_t columns, tiles;
} dsc_blocks;

typedef struct dsc_stage {
    dsc_stage_kind kind;
    void (*run)(const dsc_call *call);
    size_t (*tiles)(const void *plan); /* TILES: how many, by the op's plan; NULL: one */
    unsigned writes;                   /* backward: bit i set: writes d_in[i] */
    /* TILES: NULL, or the stage works on blocks of columns: forward, a tile reads one block of each sample of
     * in[0], and no other; backward, it makes that block, or a part of it, of the first d_in that the stage
     * writes: columns of its last dimension. */
    dsc_blocks (*blocks)(const void *plan);
} dsc_stage;

/* What an op is asked when a node is made: are these inputs right, and what is the shape of the outputs? */
typedef struct dsc_shape_rule {
    const void *values;
    size_t input_count;
    const dsc_shape *in;
    const dsc_role *role;
    dsc_shape *out;       /* to be set, one for each output */
    double multiply_adds; /* may be set: for one sample, forward */
} dsc_shape_rule;

/* What an op is asked when a graph is made ready to run, once: what its stages need to know, and what memory
 * they need. All bytes are zero before, the stages those of the descriptor. */
typedef struct dsc_needs {
    const void *values;
    size_t input_count;
    const dsc_shape *in, *out;
    const dsc_role *role;
    const dsc_form *in_form, *out_form; /* as in dsc_call */
    size_t batch, lane_batch;           /* samples in a batch and in a lane, at most */
    unsigned lanes;
    bool training, goes_back; /* goes_back: a backward pass follows; not only when training */
    unsigned wants;           /* bit i: d_in[i] will be wanted */
    const struct dsc_kernels *kernels;
    const struct dsc_gemm_kernels *product; /* the matrix kernels of the run's precision */
    /* to be set where wanted */
    void *plan; /* the op's plan_size bytes, zero before: sizes and places that follow from the above, for
                   the stages, which find them in their call. It stays where it is. What it points to must
                   live as long as the graph and the kernels, or be in it. */
    /* bytes */
    size_t saved_per_sample, saved_per_lane, saved_shared, scratch;
    size_t least_samples;                          /* a run of fewer is refused; 0: any number will do */
    const char *least_reason;                      /* "one value has no variance" */
    const dsc_stage *prepare, *forward, *backward; /* may be replaced */
    size_t totals; /* of stages of kind TOTALS: how many doubles, at the beginning of saved_per_lane */
} dsc_needs;

/* An example of an op in use: the tests check the gradient of each. An op brings at least one, and at least
 * one that was worked out by other means than the op: it has numbers. `roles` has a letter an input: s (of
 * each sample), p (parameter), b (buffer), t (target: a class if it has one number). */
typedef struct dsc_op_example {
    const char *roles;
    dsc_shape in[6];
    const char *values;     /* "stride=2 padding=1", or NULL */
    const double *given;    /* the numbers of one sample's inputs, one input behind the other; NULL: any */
    const double *expected; /* what output 0 is then, within 1e-6 */
    bool training;          /* while training; else outside of it */
} dsc_op_example;

/* An op writes itself for other programs as lines of text, each made by dsc_write_line. In them in0, in1,
 * ... stand for its inputs and out0, ... for its outputs. `at` has the values, shapes and roles of the node.
 *
 * For ONNX (opset 18), a line an ONNX node: outputs, type, inputs, and attributes after them.
 *     out0 = Conv(in0, in1, in2) strides=2,2 pads=0,0,0,0
 *     a = Sigmoid(in0)
 *     out0 = Mul(in0, a)
 * Any other name is a value of the op's own. An input may be a constant: [0,-1] are whole numbers (INT64),
 * {0.5} a float without dimensions. Values of each sample have the batch as their first dimension; parameters
 * and buffers have their own shape alone.
 * Attributes are whole numbers, lists of them (with a comma; "axes=1," has one), floats (with a point or
 * exponent), or texts in quotes without a quote in them.
 *
 * For C, a line a call of a function, for one sample: names, whole numbers and floats, the outputs first.
 *     relu(out0, in0, 100)
 *     conv2d(out0, in0, in1@2310, 0, ...)     in1, a parameter, with its dimensions in that order
 *     copy_part(out0+784, in1, ...)           behind the first 784 numbers
 * The function is one of those that every export has (tools/exchange/functions), or is in `c_source`. With
 * DSC_OP_IN_PLACE out0 may be in0.
 *
 * For C with whole numbers, where all that the op reads and makes is proven to be whole (`whole`): values are
 * int32_t, or bytes where they span at most 255; parameters and buffers are int32_t. wide is 1 if output 0 is
 * int32_t, and from what its byte 0 stands for; wide0 and from0 are the same of input 0. packed1 is parameter
 * 1 in as few bits as hold its numbers, which bits1 says. multiplier, shift, low and high are those of the
 * requantise that follows and is done on the way, or 0: an op that names them does so. */
typedef struct dsc_writing dsc_writing;
/* Appends a line; the newline is added. A failed allocation is remembered. */
DSC_API void dsc_write_line(dsc_writing *writing, const char *format, ...) DSC_PRINTF(2, 3);

/* What an op is asked about whole numbers. All numbers of input i are whole, from low[i] to high[i], whatever
 * the image; these bounds lie within +-(2^24 - 1). */
typedef struct dsc_whole_rule {
    const void *values;
    size_t input_count;
    const dsc_shape *in, *out;
    const dsc_role *role;
    const dsc_real *const *numbers; /* [i]: those of a parameter or buffer; NULL of a value of each sample */
    const double *low, *high;
} dsc_whole_rule;

#define DSC_OP_VIEW     1u /* no stages: the output is the input, seen in another shape */
#define DSC_OP_IN_PLACE 2u /* out[0] may be in[0]'s memory, and d_in[0] d_out[0]'s */
#define DSC_OP_LOSS     4u /* the last input is a target, which has no gradient */
/* For inference, which shortens graphs: inputs are (x, weight (K, ...), bias (K) or none), and channel k of
 * the output is linear in weight[k] and bias[k]; and: outside of training the output is input 0. */
#define DSC_OP_LINEAR        8u
#define DSC_OP_TRAINING_ONLY 16u
#define DSC_OP_RELU          32u /* the output is max(input 0, 0) */
/* Of a loss: its logits become probabilities by sigmoid, brought to a sum of 1; without this flag, by
 * softmax. */
#define DSC_OP_SIGMOID 64u
#define DSC_OP_ENTROPY 128u /* of a loss: guessing among K classes costs ln K */
/* Takes every dsc_form where all its values of each sample have a shape (C, H, W), and parameters and
 * buffers one dimension: all values in one form. EACH, instead: each value of shape (C, H, W) in a form of
 * its own. */
#define DSC_OP_PIXELS      256u
#define DSC_OP_PIXELS_EACH 512u
/* Takes whole numbers that bfloat16 cannot hold: a graph with it is not run in bfloat16. */
#define DSC_OP_WHOLE 1024u

struct dsc_op {
    size_t size; /* sizeof(dsc_op) */
    const char *name;
    const char *help;
    const dsc_param *params; /* NULL: none */
    size_t values_size;
    size_t least_inputs, most_inputs;
    size_t outputs; /* 0 means 1 */
    unsigned flags;
    unsigned keeps_inputs;  /* bit i: backward reads in[i] */
    unsigned keeps_outputs; /* bit i: backward reads out[i] */
    /* Bit i: in[i], a parameter or buffer, has no number below 0; a model with one is refused. */
    unsigned never_negative;
    dsc_status (*shapes)(dsc_shape_rule *rule, dsc_error *error);
    size_t plan_size;                /* of what `needs` works out for the stages; 0: nothing */
    void (*needs)(dsc_needs *needs); /* NULL: no plan, no memory beyond the outputs, the stages below */
    const dsc_stage *prepare;  /* from parameters alone: at the start of a step; once, for inference. TILES */
    const dsc_stage *forward;  /* each array ends with {DSC_STAGE_END} */
    const dsc_stage *infer;    /* forward without training; NULL: the same */
    const dsc_stage *backward; /* NULL: no gradient passes */
    const dsc_op_example *examples; /* ends with {0} */
    /* Or NULL: outside of training, y[c] = factor[c] x[c] + offset[c] for each of the `channels`, the first
     * dimension of input 0; in[i] are the values of the further inputs, parameters and buffers of one number
     * a channel. */
    void (*affine)(dsc_real *factor, dsc_real *offset, const void *values, const dsc_real *const *in,
                   size_t channels);
    /* Optional. Fuses `next`, the only consumer, into this op for inference by editing `values`, a copy.
     * Returns false if it cannot. */
    bool (*absorb)(void *values, const dsc_op *next, const void *next_values);
    /* How the op is written for other programs, outside of training; see dsc_write_line. NULL: it cannot be,
     * and exporting a model with it is refused. Losses and what is for training alone need none. */
    void (*onnx)(dsc_writing *writing, const dsc_shape_rule *at);
    void (*c)(dsc_writing *writing, const dsc_shape_rule *at);
    void (*c_whole)(dsc_writing *writing, const dsc_shape_rule *at);
    const char
        *c_source; /* C99, or NULL: static functions that `c` or `c_whole` calls and no export has yet */
    /* Optional, for networks of whole numbers: outside of training, is every number of output 0 whole, and
     * does no sum or product on the way reach 2^24, for all inputs within the rule's bounds? Then sets the
     * least and the largest that output 0 can have, or wider bounds, and returns true. NULL, or false: not
     * known to be whole. DSC_OP_VIEW and DSC_OP_TRAINING_ONLY need none: their bounds are those of input 0.
     * Called by any thread; must not keep or change anything. */
    bool (*whole)(double *low, double *high, const dsc_whole_rule *rule);
};

/* The library's own op of that name, or NULL. */
DSC_API const dsc_op *dsc_op_find(const char *name);

/* ------------------------------------------------------------------------------------------------
 * 4. Layers and models
 * ------------------------------------------------------------------------------------------------ */

/* --- Layers own parameters, and are short compositions of operations. Each call makes a new layer on `x`,
 * with new parameters: the third dense layer's are "dense3.weight" and "dense3.bias". Errors stick in the
 * graph. --- */

DSC_API dsc_node *dsc_sequence(dsc_node *x, const char *text); /* those of a model text, in turn */
/* (K) -> (units). Its weight starts by DSC_INIT_HE, as that of a layer before a ReLU does; that of a text's
 * last layer starts by Glorot: dsc_sequence(x, "dense 10 init=glorot"). */
DSC_API dsc_node *dsc_dense(dsc_node *x, size_t units);

/* (C, H, W) -> (channels, (H + 2 padding - kernel) / stride + 1, ...) */
DSC_API dsc_node *dsc_conv(dsc_node *x, size_t channels, size_t kernel, size_t stride, size_t padding);

/* x + fx, where fx was made of x; where their shapes differ, x is projected by a weight first. */
DSC_API dsc_node *dsc_residual(dsc_node *x, dsc_node *fx);

/* What the branches make, one behind the other along the first dimension; the other dimensions must agree. */
DSC_API dsc_node *dsc_parallel(dsc_node *const *branches, size_t count);

/* A network with its parameters, and all that belongs to it: how bytes become numbers, what the classes are
 * called, which loss it was made for. No gradients and no optimiser: training has those. */
typedef struct dsc_model dsc_model;

/* How a model is described.
 *
 * The text: layers as `name argument* key=value*`, divided by commas; `residual(a, b)` adds its input to what
 * its layers make of it, `parallel(a | b, c)` concatenates what its branches make. `784-100-10` is short for
 * `flatten, dense 100, relu, dense 10`, and insists on 784 inputs. A last `dense` without a size takes the
 * number of classes. Models end in logits; the loss says how they become probabilities.
 *
 * The loss: "softmax-cross-entropy" or "softmax-cross-entropy smoothing=0.1", in the same grammar. */
typedef struct dsc_model_options {
    size_t size; /* of this struct: dsc_model_options_defaults sets it */
    const char *text;
    const char *loss;               /* NULL: "softmax-cross-entropy" */
    size_t shape[3];                /* channels, height and width of an image */
    size_t classes;                 /* 1 to 65536 */
    const char *const *class_names; /* (classes), as in dsc_dataset_options; NULL: "0", "1", ... */
    uint64_t seed;                  /* of the values that parameters start with */
    const float *class_weights;     /* (classes), or NULL */
    const char *seed_digits;        /* NULL, or a seed of any size in decimal digits, in place of `seed` */
} dsc_model_options;

/* Images of 1 x 28 x 28, 10 classes; the text is still to be set. */
DSC_API void dsc_model_options_initialise(dsc_model_options *options, size_t size);
static inline dsc_model_options dsc_model_options_defaults(void) {
    dsc_model_options options;
    dsc_model_options_initialise(&options, sizeof options);
    return options;
}

/* Parses the texts, makes the graph, and draws the values. A wrong text is named with its column. Pixels are
 * divided by 255 until dsc_model_normalise says otherwise. */
DSC_API dsc_status dsc_model_create(dsc_model **model, const dsc_model_options *options, dsc_error *error);

/* The same for the images and classes of `data`, seed 0. */
DSC_API dsc_status dsc_model_create_for(dsc_model **model, const char *text, const dsc_dataset *data,
                                        dsc_error *error);
DSC_API void dsc_model_free(dsc_model *model);

/* --- A model of a graph of your own: with operations, layers and losses of your own, too. It is trained,
 * asked, saved and loaded like one made from a text. --- */
typedef struct dsc_model_parts {
    size_t size;      /* of this struct: dsc_model_parts_defaults sets it */
    dsc_node *image;  /* an input (C, H, W) */
    dsc_node *target; /* an input: a class (), or a value for each of the logits (K): 1 for the class */
    dsc_node *logits; /* (K), one for each class */
    /* One number for each sample, made by an op: one of the losses, or composed of nodes, such as
     * dsc_add(dsc_scale(a, 0.7), b). Probabilities are by sigmoid if the loss, or the first in it that
     * compares the logits, says so (binary-cross-entropy), and else by softmax. */
    dsc_node *loss;
    const char *text;               /* what stands where other models have their text; NULL: "own graph" */
    const char *const *class_names; /* (K), as in dsc_dataset_options; NULL: "0", "1", ... */
    uint64_t seed;                  /* of the values that parameters start with */
    const char *seed_digits;        /* NULL, or a seed of any size in decimal digits, in place of `seed` */
} dsc_model_parts;
DSC_API void dsc_model_parts_initialise(dsc_model_parts *parts, size_t size);
static inline dsc_model_parts dsc_model_parts_defaults(void) {
    dsc_model_parts parts;
    dsc_model_parts_initialise(&parts, sizeof parts);
    return parts;
}

/* The graph becomes the model's, which frees it; on failure it stays the caller's. Its nodes stay good as
 * long as the model; no further ones may be made. The graph has no inputs but the two. ARGUMENT: a part is
 * missing, of another graph, or has not its shape. */
DSC_API dsc_status dsc_model_from_graph(dsc_model **model, const dsc_model_parts *parts, dsc_error *error);

/* The graph of any model, also of one that was made from a text or loaded, and what is what in it: image,
 * target, logits and loss alone are set. For sessions, for dsc_graph_find, for freezing. */
DSC_API dsc_graph *dsc_model_graph(const dsc_model *model);
DSC_API void dsc_model_find_nodes(dsc_model_parts *parts, size_t size, const dsc_model *model);
static inline dsc_model_parts dsc_model_nodes(const dsc_model *model) {
    dsc_model_parts parts;
    dsc_model_find_nodes(&parts, sizeof parts, model);
    return parts;
}

/* The numbers of a parameter or buffer, (shape), to be read and changed; NULL for other nodes. */
DSC_API dsc_real *dsc_model_value(dsc_model *model, const dsc_node *node);

/* Copies the numbers of parameters and buffers that have the same name, role and shape in both models. Of the
 * weight and the bias that make the logits, which have a row for each class, it copies the rows of classes
 * that both models have, by their names. Tells of each parameter and buffer of `to` (on_copied may be NULL)
 * what `from` has of that name, or NULL, and how many numbers were copied. Returns how many in all. */
typedef void dsc_on_copied(void *user, const dsc_node *to, const dsc_node *from, size_t numbers);
DSC_API size_t dsc_model_copy_values(dsc_model *to, const dsc_model *from, dsc_on_copied *on_copied,
                                     void *user);

/* --- Starting from a model that was trained. --- */
typedef struct dsc_adapt_options {
    size_t size;                    /* of this struct: dsc_adapt_options_defaults sets it */
    const char *text;               /* NULL: the model's, whose last layer takes the number of classes */
    const char *loss;               /* NULL: the model's */
    size_t shape[3];                /* channels, height and width of an image; all 0: the model's */
    size_t classes;                 /* 0: the model's */
    const char *const *class_names; /* (classes); NULL: the model's if it has as many, else "0", "1", ... */
    const float *class_weights;     /* (classes), or NULL */
    uint64_t seed;                  /* of the values of what is new */
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

/* A new model for other classes, images or layers, which begins with what `from` has learned: numbers are
 * copied as dsc_model_copy_values does it, all else begins afresh. For images of as many channels it reads
 * bytes as `from` does. `options` NULL: a copy. Where `from` is of a graph of its own, and no text is given,
 * or its own, the graph is copied: images, number of classes and loss stay as they are, else it is an
 * ARGUMENT. MISMATCH: nothing fits. ARGUMENT: the text is wrong. To learn only what is new, freeze the rest
 * (dsc_graph_freeze). */
DSC_API dsc_status dsc_model_adapt(dsc_model **adapted, const dsc_model *from,
                                   const dsc_adapt_options *options, dsc_error *error);

/* --- Ensembles: several models that answer together. --- */

/* One model of 2 to 100: its probabilities are the mean of theirs. It is a model like any other: what it has
 * is copied from the members, whose numbers are called "member1.dense1.weight" and so on, its loss is
 * softmax-cross-entropy, and its threshold is the mean of theirs, if all have one. A member that is an
 * ensemble adds its members. MISMATCH: they are of other images or classes. UNSUPPORTED: one makes its
 * probabilities by sigmoid. */
DSC_API dsc_status dsc_model_join(dsc_model **joined, const dsc_model *const *members, size_t count,
                                  dsc_error *error);

/* Of an ensemble the value that has what each member says, its logits, (members, classes), and how many they
 * are: an embedding for a predictor. NULL, and 0: the model is no ensemble. */
DSC_API const dsc_node *dsc_model_members(const dsc_model *model, size_t *count);

/* How many of the members, whose logits (members, classes) these are, give that answer, a class.
 * *information (may be NULL): how much of the doubt is theirs, in bits: 0 if all say the same, 1 if half of
 * them are sure of one class and half of another. */
DSC_API size_t dsc_members_agree(double *information, size_t answer, const float *logits, size_t members,
                                 size_t classes);

/* The ensemble of a model on copies of its image that are shifted by up to `pixels`, 1 to 3, in each
 * direction: 9, 25 or 49 of them, and as many times the work. What comes in from beyond the edge is the
 * ground of the model's images. UNSUPPORTED as dsc_model_join. */
DSC_API dsc_status dsc_model_shift(dsc_model **shifted, const dsc_model *model, size_t pixels,
                                   dsc_error *error);

/* All numbers of a model to a session of its graph, and back. MISMATCH: it is a session of another graph.
 * DIVERGED: a number of the session is NaN or infinite; the model is then as it was. */
DSC_API dsc_status dsc_session_take_model(dsc_session *session, const dsc_model *model, dsc_error *error);
DSC_API dsc_status dsc_model_take_session(dsc_model *model, const dsc_session *session, dsc_error *error);

/* How bytes become numbers from now on: "unit" divides by 255; "standard" subtracts the mean of `data`, the
 * images that the model learns from, and divides by their deviation, channel by channel; "bytes" leaves them
 * as they are, whole numbers from 0 to 255. Saved with the model. */
DSC_API dsc_status dsc_model_normalise(dsc_model *model, const char *how, const dsc_dataset *data,
                                       dsc_error *error);

/* What the model was made of; names and texts live as long as the model. */
DSC_API const char *dsc_model_text(const dsc_model *model);
DSC_API const char *dsc_model_loss(const dsc_model *model);
DSC_API void dsc_model_shape(const dsc_model *model, size_t shape[3]);
DSC_API size_t dsc_model_classes(const dsc_model *model);
DSC_API const char *dsc_model_class_name(const dsc_model *model, size_t label);
/* How many numbers are learned; how many multiply-adds one image costs. */
DSC_API size_t dsc_model_parameters(const dsc_model *model);
DSC_API double dsc_model_multiply_adds(const dsc_model *model);

/* The images that the model was trained on, and expects. Training notes them, and model files keep them. A
 * model that nothing was noted of, such as one of an older version, is taken for one of prepared digits on a
 * dark ground if it has 1 x 28 x 28 pixels and the classes "0" to "9", and else for one of unprepared
 * images. */
DSC_API void dsc_model_describe(dsc_images *images, const dsc_model *model);

/* Notes that the model expects such images from now on. MISMATCH: the shape is not the model's. */
DSC_API dsc_status dsc_model_expect(dsc_model *model, const dsc_images *images, dsc_error *error);

/* An answer whose largest probability is below this is none: the image is of no class. 0: all answers count.
 * dsc_train sets it where it has `others`, and to 0 where not; model files and quantised models keep it.
 * Predictors do not look at it: whoever asks them does. ARGUMENT: not between 0 and 1. */
DSC_API double dsc_model_refuse_below(const dsc_model *model);
DSC_API dsc_status dsc_model_set_refuse_below(dsc_model *model, double probability, dsc_error *error);

/* `data` as the model sees them: the same images, with the labels that the model gives to classes of these
 * names, and all of the model's classes. Release with dsc_dataset_free; `data` may be freed before. What
 * differs without being in the way goes to `remarks` (NULL: nowhere): another order of the classes, fewer
 * classes, another preparation, another ground. MISMATCH: another shape, or classes that the model has not.
 * Names are the same where their bytes are; classes without names are "0", "1", ... */
DSC_API dsc_status dsc_dataset_match(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                     const dsc_model *model, dsc_error *error);

/* What is said of a model, by name: "recipe", "data", ... Saved with it. NULL if there is nothing under that
 * name; a text of NULL removes it. Texts that are not UTF-8 are DSC_ERROR_ARGUMENT. */
DSC_API const char *dsc_model_about(const dsc_model *model, const char *name);
DSC_API dsc_status dsc_model_set_about(dsc_model *model, const char *name, const char *text,
                                       dsc_error *error);

/* Writes the model to a safetensors file, atomically: the graph as JSON, the parameters and running
 * statistics, and all that belongs to the model. What is loaded computes the same bits. DSC_ERROR_DIVERGED:
 * one of the numbers is NaN or infinite, or a variance is negative; the message names the array and the
 * place, and nothing is written. */
DSC_API dsc_status dsc_model_save(const dsc_model *model, const char *path, dsc_error *error);

/* Loads such a file. Everything in it is checked before it is used; a file of a newer format is refused,
 * and so is one with a number that is NaN or infinite. */
DSC_API dsc_status dsc_model_load(dsc_model **model, const char *path, dsc_error *error);

/* The same for a model that uses operations of your own: `ops` are these, ended by NULL; they must outlive
 * the model. */
DSC_API dsc_status dsc_model_load_with(dsc_model **model, const char *path, const dsc_op *const *ops,
                                       dsc_error *error);

/* The same from memory; `name` stands for the file in messages. `ops` are operations of your own that the
 * model may use, ended by NULL, or is NULL; they must outlive the model. */
DSC_API dsc_status dsc_model_parse(dsc_model **model, const void *bytes, size_t size, const char *name,
                                   const dsc_op *const *ops, dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 5. Training
 * ------------------------------------------------------------------------------------------------ */

/* What happens while a long call works. */
typedef enum dsc_event_kind {
    DSC_EVENT_START,   /* everything is checked and allocated; `message` says how much memory */
    DSC_EVENT_STEP,    /* after each step */
    DSC_EVENT_EPOCH,   /* after each epoch, validation included */
    DSC_EVENT_WARNING, /* something looks wrong; `message` says what */
    DSC_EVENT_END      /* the model is finished */
} dsc_event_kind;

typedef struct dsc_event {
    dsc_event_kind kind;
    uint64_t epoch, epochs; /* the current epoch, from 1; all of them */
    uint64_t step, steps;   /* steps of this epoch done; all of them */
    double loss, accuracy;  /* on the training samples of this epoch so far, as they were met */
    double validation_loss, validation_accuracy; /* NaN without a validation set, and between epochs */
    double learning_rate;
    double seconds; /* spent in training so far */
    double samples_per_second;
    double seconds_left; /* an estimate; NaN at the start */
    const char *message; /* NULL, or a line for people; good during the call */
} dsc_event;

/* Called by the thread that called; a non-zero answer ends the work cleanly with DSC_ERROR_STOPPED. */
typedef int dsc_on_event(void *user, const dsc_event *event);

/* The processes that train one model together, of which this is one: `count` of them, a power of two, each
 * with its `rank` from 0 to count - 1. How numbers come from one to another is up to whoever starts them; the
 * program does it by MPI. */
typedef struct dsc_ranks {
    unsigned rank, count;
    /* Sends `send_bytes` bytes of `send` to the process `partner` and waits for `receive_bytes` bytes of its,
     * which go to `receive`: the partner calls this with the two the other way round. Either may be 0. Called
     * by one thread at a time. A failure ends the training of this process. */
    dsc_status (*exchange)(void *context, unsigned partner, void *receive, size_t receive_bytes,
                           const void *send, size_t send_bytes, dsc_error *error);
    void *context;
} dsc_ranks;

/* How a model is trained. dsc_training_options_defaults() fills it; texts are read during the call and not
 * kept. The names and ranges are those of a recipe's parameters: `descender train --help` lists them. */
typedef struct dsc_training_options {
    size_t size; /* of this struct: dsc_training_options_defaults sets it */
    unsigned epochs, batch;
    unsigned threads;             /* 0: all. The result does not depend on it */
    unsigned lanes;               /* the parts that a batch is cut into. The result depends on it */
    uint64_t seed;                /* of everything random but the model's first values */
    const char *optimiser;        /* "adam", "sgd momentum=0.9 nesterov=on" */
    double learning_rate;         /* 0: the optimiser's own */
    double weight_decay;          /* decoupled; -1: the optimiser's own */
    double l1, l2;                /* 0: none */
    double clip_norm, clip_value; /* of gradients; 0: none */
    const char *schedule;         /* of the learning rate: "constant", "cosine warmup=0.1", "one-cycle" */
    const char *augment;          /* "none", "affine rotate=10 shift=2" */
    unsigned clean_epochs;        /* the last so many without augmentation and mixup */
    double ema;                   /* decay of the average of the weights that becomes the model; 0: none */
    double validation;            /* the share of the data that is held out, class by class */
    unsigned patience;            /* stop after so many epochs without a better validation loss; 0: never */
    bool shuffle, drop_last;
    const char *precision;   /* "f32", "bf16", "auto": the numbers that products multiply */
    const char *kernels;     /* a set of kernels by name; NULL or "auto": by the processor */
    dsc_on_event *on_event;  /* may be NULL */
    void *user;              /* for on_event */
    const char *seed_digits; /* NULL, or a seed of any size in decimal digits, in place of `seed` */
    /* Alpha, at most 2: each image is mixed with another, s a + (1 - s) b, s from Beta(alpha, alpha), and
     * their classes too; 0: none. Zhang et al., "mixup" (2018). */
    double mixup;
    const dsc_dataset *validation_data; /* NULL, or a validation set of your own; `validation` is 0 then */
    /* NULL, or images that belong to none of the classes: at least 2, of the data's shape and type. Their
     * labels and classes are ignored. They are trained on as the data are, towards the same probability for
     * each class, so that the model is not sure of images like them. Some are held out: the share that
     * `validation` says, or a tenth. Losses count them; accuracies do not. Hendrycks et al., "Deep anomaly
     * detection with outlier exposure" (2019). Below which probability the model's answers are none
     * (dsc_model_refuse_below) is chosen on the images held out: the largest that still answers 99.5 percent
     * of the validation set; without one, the smallest that refuses 98 percent of those of no class. */
    const dsc_dataset *others;
    /* Divide the finished model's logits by the temperature that fits the validation set best, so that it is
     * right as often as it is sure: of softmax-cross-entropy and a dense last layer, which takes it up. No
     * answer changes. Guo et al., "On calibration of modern neural networks" (2017). */
    bool calibrate;
    /* The processes that share each batch (NULL: this one alone); the result does not depend on them. All of
     * them call dsc_train with the same arguments, and hold the same model in the end; it begins as that of
     * rank 0. Where on_event says so in one of them, all stop after the step that follows. One whose call
     * fails before its training begins never calls `exchange`: whoever started them ends the others. */
    const dsc_ranks *ranks;
    /* The parts that a batch is cut into before it is cut into lanes: a power of two. Each process computes
     * its share of them, so there are at most as many processes. The result depends on it. */
    unsigned shards;
    /* NULL, or a trained model of the same images and classes, such as an ensemble, whose answers to the
     * training images, augmented and mixed as the model sees them, are a part of what is learned. The target
     * of an image is (1 - teacher_share) [its class] + teacher_share softmax(z / teacher_temperature), z the
     * teacher's logits. Each step asks it. Must outlive the training. Hinton,
     * Vinyals and Dean, "Distilling the knowledge in a neural network" (2015). */
    const dsc_model *teacher;
    double teacher_share;       /* 0 to 1 */
    double teacher_temperature; /* 0.1 to 100 */
} dsc_training_options;

/* Adam, 5 epochs, batches of 64, 8 lanes, one shard, seed 1, a constant learning rate, no augmentation,
 * f32. */
DSC_API void dsc_training_options_initialise(dsc_training_options *options, size_t size);
static inline dsc_training_options dsc_training_options_defaults(void) {
    dsc_training_options options;
    dsc_training_options_initialise(&options, sizeof options);
    return options;
}

/* Trains `model` on `data`; `how` NULL: the defaults. The model is changed as training goes on; in the end
 * it holds the last weights, their average, or the best of early stopping, as `how` asks, and expects images
 * like these (see dsc_model_describe). Classes are matched by name, as dsc_dataset_match does it; a model
 * whose classes are still called "0", "1", ... takes over the names of the data. Checked before any work:
 * shapes, classes, texts, ranges. DSC_ERROR_DIVERGED: the loss or a weight became infinite or NaN, or an
 * answer to the held-out images or of the finished model did; the message says where.
 * DSC_ERROR_STOPPED: on_event said so. The same data, model and `how` give the same bits on one kind of
 * processor, whatever the threads. */
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
 * The numbers are those of dsc_train, to the bit, where batches, samples' numbers, seed and lanes are. */
typedef struct dsc_optimiser dsc_optimiser;

typedef struct dsc_optimiser_options {
    size_t size;                  /* of this struct: dsc_optimiser_options_defaults sets it */
    const char *text;             /* "adam", "sgd momentum=0.9 nesterov=on" */
    double learning_rate;         /* 0: the optimiser's own */
    double weight_decay;          /* decoupled; -1: the optimiser's own */
    double l1, l2;                /* 0: none */
    double clip_norm, clip_value; /* of gradients; 0: none */
    const char *schedule;         /* of the learning rate: "constant", "cosine warmup=0.1", "one-cycle" */
    uint64_t steps;               /* of the whole run, for the schedule; behind it, it stays where it ended */
    uint64_t steps_an_epoch;      /* for schedules that count epochs; 0: all steps are one epoch */
    double ema;                   /* decay of an average of the weights; 0: none is kept */
} dsc_optimiser_options;

/* Adam, its own learning rate, a constant schedule, no average. */
DSC_API void dsc_optimiser_options_initialise(dsc_optimiser_options *options, size_t size);
static inline dsc_optimiser_options dsc_optimiser_options_defaults(void) {
    dsc_optimiser_options options;
    dsc_optimiser_options_initialise(&options, sizeof options);
    return options;
}

/* `options` NULL: the defaults. The session must outlive it, and be used by no other thread while a step
 * works. What is frozen now (dsc_node_freeze) is never changed. Everything is allocated here. */
DSC_API dsc_status dsc_optimiser_create(dsc_optimiser **optimiser, dsc_session *session,
                                        const dsc_optimiser_options *options, dsc_error *error);
DSC_API void dsc_optimiser_free(dsc_optimiser *optimiser);

/* Changes the session's parameters by the gradients of its last run, which it uses up: regularises and clips
 * them, then updates. Fails only if there was no run since the last step. */
DSC_API dsc_status dsc_optimiser_step(dsc_optimiser *optimiser, dsc_error *error);

/* How many steps were done, those before it was restored among them. */
DSC_API uint64_t dsc_optimiser_steps(const dsc_optimiser *optimiser);

/* Of the next step. */
DSC_API double dsc_optimiser_learning_rate(const dsc_optimiser *optimiser);

/* For schedules that listen ("plateau"): an epoch ended with this loss. One that is not finite is ignored. */
DSC_API void dsc_optimiser_end_epoch(dsc_optimiser *optimiser, double loss);

/* The averaged numbers of a parameter or buffer, (shape); NULL without ema, and of other nodes. They become
 * the session's with dsc_optimiser_take_average, which does nothing without ema. */
DSC_API const dsc_real *dsc_optimiser_average(const dsc_optimiser *optimiser, const dsc_node *node);
DSC_API void dsc_optimiser_take_average(dsc_optimiser *optimiser);

/* Saves all that the rest of the loop depends on: the session's parameters and buffers, what the optimiser
 * and its schedule remember, the average, the steps done. Atomic. DIVERGED: a number is NaN or infinite; the
 * file stays as it was. */
DSC_API dsc_status dsc_optimiser_save(const dsc_optimiser *optimiser, const char *path, dsc_error *error);

/* Takes up such a file, for a session and an optimiser made as they were then: the loop goes on to the same
 * bits, from step dsc_optimiser_steps. FORMAT: it is damaged, or something else; MISMATCH: of another network
 * or optimiser; both stay as they were then. */
DSC_API dsc_status dsc_optimiser_restore(dsc_optimiser *optimiser, const char *path, dsc_error *error);

/* How good a model is on some data. An answer with a probability or a loss that is NaN or infinite counts
 * as wrong. */
typedef struct dsc_score {
    size_t count, correct;
    double accuracy;                    /* correct / count */
    double accuracy_low, accuracy_high; /* its 95 percent interval: Wilson's */
    double loss;                        /* the mean; infinite if not_finite is not 0 */
    double calibration_error; /* how far confidence is from accuracy, in the mean; of finite answers */
    size_t not_finite;        /* answers that are NaN or infinite */
} dsc_score;

/* Classes are matched by name, as dsc_dataset_match does it, and what does not fit is refused. */
DSC_API dsc_status dsc_evaluate(dsc_score *score, const dsc_model *model, const dsc_dataset *data,
                                dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 6. Prediction
 * ------------------------------------------------------------------------------------------------ */

/* A model made ready to answer, quickly and often: weights packed, batch normalisation folded into the layer
 * before it, dropout left out. Immutable: any number of threads may use one at once, each with a workspace of
 * its own. */
typedef struct dsc_predictor dsc_predictor;
typedef struct dsc_workspace dsc_workspace;

typedef struct dsc_predictor_options {
    size_t size;  /* of this struct: dsc_predictor_options_defaults sets it */
    size_t batch; /* images in a call, at most: 1 to 65536 */
    /* "f32"; "bf16": the numbers that products multiply are rounded; "auto": where that is faster */
    const char *precision;
    const char *kernels; /* a set of kernels by name; NULL or "auto": by the processor */
    /* NULL, or a value of each sample that an op of the model's graph makes, to be answered too: that of a
     * layer is dsc_graph_find_layer(dsc_model_graph(model), "dense1"). */
    const dsc_node *embedding;
} dsc_predictor_options;

/* Batch 256, f32, kernels by the processor.
 * Kernels are checked when they are chosen. A set that computes wrong results on this processor is skipped
 * (dsc_train says so by DSC_EVENT_WARNING); asked for by name, it is DSC_ERROR_MISMATCH. */
DSC_API void dsc_predictor_options_initialise(dsc_predictor_options *options, size_t size);
static inline dsc_predictor_options dsc_predictor_options_defaults(void) {
    dsc_predictor_options options;
    dsc_predictor_options_initialise(&options, sizeof options);
    return options;
}

/* `how` NULL: the defaults. All that is needed of the model is copied. DSC_ERROR_DIVERGED: a weight is NaN
 * or infinite. */
DSC_API dsc_status dsc_predictor_create(dsc_predictor **predictor, const dsc_model *model,
                                        const dsc_predictor_options *how, dsc_error *error);
DSC_API void dsc_predictor_free(dsc_predictor *predictor);

/* How many probabilities an answer has. */
DSC_API size_t dsc_predictor_classes(const dsc_predictor *predictor);
/* How many numbers an embedding has, the product of its node's shape; 0 if none was asked for. */
DSC_API size_t dsc_predictor_embedding_size(const dsc_predictor *predictor);
/* Channels, height and width of an image. */
DSC_API void dsc_predictor_shape(const dsc_predictor *predictor, size_t shape[3]);
/* Lives as long as the predictor. */
DSC_API const char *dsc_predictor_class_name(const dsc_predictor *predictor, size_t label);

/* The memory of one caller. `threads` share the images of a call: 1 is the caller's alone, which starts none;
 * 0 takes all cores. Freed before the predictor. */
DSC_API dsc_status dsc_workspace_create(dsc_workspace **workspace, const dsc_predictor *predictor,
                                        unsigned threads, dsc_error *error);
DSC_API void dsc_workspace_free(dsc_workspace *workspace);

/* probabilities (count, classes) of images (count, C, H, W), 1 <= count <= batch. Allocates nothing and
 * fails only on a count out of range, a workspace of another predictor, or an answer that is not finite. An
 * image's probabilities do not depend on what is beside it, on how many there are, or on the threads.
 * DSC_ERROR_DIVERGED: the network's numbers grew beyond the range of floats for some of the images: their
 * probabilities are NaN, all others are good, and the message counts them. A predictor made for one image at
 * a time (batch 1) lets the threads of a workspace share that one. */
DSC_API dsc_status dsc_predict(float *probabilities, const dsc_predictor *predictor, dsc_workspace *workspace,
                               const uint8_t *images, size_t count, dsc_error *error);

/* All that a predictor can answer, in one call: images, and where the answers go; NULL: not wanted. */
typedef struct dsc_prediction {
    size_t size;              /* of this struct: dsc_prediction_defaults sets it */
    size_t count;             /* of images, as in dsc_predict */
    const uint8_t *images;    /* bytes (count, C, H, W); or NULL */
    const float *floats;      /* the same as floats, 1 for what 255 is to bytes; one of the two is given */
    float *probabilities;     /* (count, classes) */
    float *logits;            /* (count, classes): what probabilities are made of */
    float *embeddings;        /* (count, embedding size): the options of the predictor name the node */
    size_t top;               /* how many of the likeliest classes, at most all; 0: none */
    uint32_t *top_classes;    /* (count, top): the likeliest first, of equal ones the lower number */
    float *top_probabilities; /* (count, top) */
} dsc_prediction;
/* Nothing given, nothing wanted. */
DSC_API void dsc_prediction_initialise(dsc_prediction *prediction, size_t size);
static inline dsc_prediction dsc_prediction_defaults(void) {
    dsc_prediction prediction;
    dsc_prediction_initialise(&prediction, sizeof prediction);
    return prediction;
}

/* Fills what `prediction` wants; otherwise as dsc_predict, which is this for bytes and probabilities. Of an
 * image whose answer is not finite, probabilities are NaN and top_classes the number of classes. ARGUMENT,
 * also: no images, or of both types; `top` above the number of classes, or top_probabilities without
 * top_classes; embeddings of a predictor that was made without. */
DSC_API dsc_status dsc_predict_all(const dsc_predictor *predictor, dsc_workspace *workspace,
                                   const dsc_prediction *prediction, dsc_error *error);

/* ------------------------------------------------------------------------------------------------
 * 7. One's own digits
 * ------------------------------------------------------------------------------------------------ */

#define DSC_DIGIT_AT_EDGE 1u /* its ink reaches the picture's edge: a part of it may be missing */
#define DSC_DIGIT_CUT     2u /* it touched its neighbour, and was cut from it */

/* A digit found in a picture. */
typedef struct dsc_digit {
    size_t left, top, width, height; /* its box in the picture, in pixels */
    uint8_t pixels[28 * 28]; /* prepared as MNIST's are: light on 0, fitted into 20 x 20, centred by mass */
    uint32_t line;           /* which line of the picture it stands on: 0 is the first */
    uint32_t marks;          /* DSC_DIGIT_..., as bits */
} dsc_digit;

/* What of a picture is not among its digits, and why, so that nothing is left out without a word. A mark is
 * ink that hangs together. */
typedef struct dsc_picture_notes {
    size_t at_edge; /* marks that touch the picture's edge, while others of size do not */
    size_t lines;   /* ruled lines, grids, boxes and frames */
    size_t small;   /* marks too small for digits: specks, and others that are not of the next two kinds */
    size_t points;  /* decimal points and commas: small marks at the foot of a line of digits */
    size_t dashes;  /* minus signs, dashes, and the bars of fractions */
    size_t pale;    /* marks much fainter than the rest */
    size_t reduced; /* large pictures are made smaller: reduced x reduced pixels became one; 1: as it was */
    /* Of the usual digit, in pixels of the picture made smaller; below 20, details are lost. 0: no digit. */
    size_t digit_height;
    size_t sheet; /* 1: what lies around a sheet of paper was left out */
    /* dsc_read_digits: the picture was read after so many quarter turns to the right, 0 to 3. */
    size_t turned;
} dsc_picture_notes;

/* Prepares the one digit of a picture as MNIST's were: light or dark, on paper lit unevenly, anywhere and of
 * any size. Pixels are (height, width, channels), channels 1 (grey), 3 (red, green, blue) or 4 (with alpha);
 * sides of 1 to 65535, at most 100 million pixels. An image of MNIST's comes out as it is, or nearly. `notes`
 * may be NULL; it is filled, also on failure. FORMAT: there is no digit; the message says what there is. Any
 * thread may call it; time and memory grow with the number of pixels. */
DSC_API dsc_status dsc_prepare_digit(dsc_digit *digit, dsc_picture_notes *notes, const uint8_t *pixels,
                                     size_t height, size_t width, size_t channels, dsc_error *error);

/* The same for all digits of a picture, in the order of reading: lines from top to bottom, each from left to
 * right. Digits must not touch and must stand upright (see dsc_read_digits); the pieces of one that broke are
 * put together; what the notes count is left out. A picture of at most 64 x 64 is of one digit, unless its
 * ink is of several that stand beside each other. Release with dsc_digits_free. */
DSC_API dsc_status dsc_find_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                                   const uint8_t *pixels, size_t height, size_t width, size_t channels,
                                   dsc_error *error);
DSC_API void dsc_digits_free(dsc_digit *digits);

/* The same with a network's help: digits that touch are cut apart where the network is surest of all the
 * pieces together, and a picture that lies on its side or upside down is turned to where the network is
 * surest; boxes are those of the picture as it is. Of one picture at most 100 pieces are cut: a page of
 * letters has thousands that might be two. The predictor's model is of prepared digits (images 1 x 28 x 28
 * on any ground). `workspace` is the predictor's, and serves one thread at a time. The network answers
 * each digit at least once, so this takes longer than dsc_find_digits. MISMATCH: the model takes other
 * images; otherwise errors are those of dsc_find_digits and dsc_predict. */
DSC_API dsc_status dsc_read_digits(dsc_digit **digits, size_t *count, dsc_picture_notes *notes,
                                   const uint8_t *pixels, size_t height, size_t width, size_t channels,
                                   const dsc_predictor *predictor, dsc_workspace *workspace,
                                   dsc_error *error);

/* Brings a picture (height, width, channels), as dsc_prepare_digit takes it, to an image (C, H, W) of any
 * size, of 1 or 3 channels. A side becomes shorter by averages over exact areas, and longer by linear
 * interpolation between the centres of pixels; the same numbers on every machine. Grey is luma (ITU-R
 * BT.601: 0.299 red, 0.587 green, 0.114 blue). Where the image has 3 channels, a picture of 1, or whose red,
 * green and blue nowhere differ by more than 8 of 255 (grey but for the losses of compression), gives three
 * equal ones. What is transparent stands on white, or on black where otherwise nothing would be seen. `fit`:
 * see dsc_fit; PAD fills with the median of the pixels along the picture's border, each channel by itself;
 * NONE is an ARGUMENT error unless the picture has the size already. CROP and PAD cut, and fill, the same on
 * both sides; sides are rounded to whole pixels. Any thread may call it; it allocates a few rows. */
DSC_API dsc_status dsc_fit_image(uint8_t *image, const size_t shape[3], dsc_fit fit, const uint8_t *pixels,
                                 size_t height, size_t width, size_t channels, dsc_error *error);

/* What dsc_prepare_image did, as bits. */
#define DSC_DID_PREPARE 1u /* found the digit, and prepared it as dsc_prepare_digit does */
#define DSC_DID_SCALE   2u /* brought to the expected size, as dsc_fit_image does */
#define DSC_DID_TURN    4u /* turned light and dark round, of a picture that was taken whole */
#define DSC_DID_GREY    8u /* made colours grey */

/* Makes of a picture (height, width, channels), as dsc_prepare_digit takes it, the image (C, H, W) that a
 * model expects: `expected` is of dsc_model_describe. Where its preparation is DIGITS, the image is the
 * picture's one digit, prepared. Else it is the picture, brought to size by dsc_fit_image as `expected->fit`
 * says; with NONE it is scaled, if it has the expected proportions to a pixel, and turned round if its
 * ground is plainly the other one. `did` (NULL: not wanted) says what was done; `notes` may be NULL, too.
 * MISMATCH: the picture has not the expected proportions, and there is no fit, or the image has neither 1
 * nor 3 channels; FORMAT: as dsc_prepare_digit. Any thread may call it. */
DSC_API dsc_status dsc_prepare_image(uint8_t *image, unsigned *did, dsc_picture_notes *notes,
                                     const dsc_images *expected, const uint8_t *pixels, size_t height,
                                     size_t width, size_t channels, dsc_error *error);

#ifdef __cplusplus
}
#endif
#endif /* DESCENDER_H */
