/* SPDX-License-Identifier: MIT */
/* reading.h: options for reading data that do not describe themselves; recipes and all commands with --data
 * have them. */
#ifndef DSC_DATA_READING_H
#define DSC_DATA_READING_H

#include "base/param.h"

enum { DSC_COLOUR_AUTO, DSC_COLOUR_GREY, DSC_COLOUR_RGB };

typedef struct dsc_reading {
    double test_share;  /* of each class, for a test set if there is none; 0: no test set */
    int64_t split_seed; /* of that choice, and of the order of images sorted by class */
    char *group_by;     /* keeps images of a group on one side of that split; NULL: no groups */
    char *label_column; /* of a table: name, number from 1, "first" or "last"; NULL: found */
    int64_t size[2];    /* height and width of pictures; 0: all have the first one's size */
    int fit;            /* dsc_fit: how pictures of other sizes are converted */
    int colour;         /* of pictures: DSC_COLOUR_... */
    bool prepare;       /* each picture shows one digit; prepare it like MNIST's */
    char *shape;        /* of images in rows of numbers: "3x32x32", "28x28"; NULL: square, grey */
} dsc_reading;

/* The table rows of a `struct_` whose member `member` is a dsc_reading. */
#define DSC_READING_PARAMS(struct_, member)                                                                  \
    {.name = "test-share",                                                                                   \
     .type = DSC_PARAM_REAL,                                                                                 \
     .offset = offsetof(struct_, member.test_share),                                                         \
     .initial = "0.15",                                                                                      \
     .maximum = 0.9,                                                                                         \
     .help = "share of each class to hold out as the test set if the data have none; 0: `train` uses all "   \
             "images"},                                                                                      \
        {.name = "split-seed",                                                                               \
         .type = DSC_PARAM_INT,                                                                              \
         .offset = offsetof(struct_, member.split_seed),                                                     \
         .initial = "1",                                                                                     \
         .maximum = 1e15,                                                                                    \
         .help = "seed for choosing that share"},                                                            \
        {.name = "group-by",                                                                                 \
         .type = DSC_PARAM_TEXT,                                                                             \
         .offset = offsetof(struct_, member.group_by),                                                       \
         .help = "keep images together where some are held out: a regular expression for a part of the "     \
                 "file's path, or the column of a table"},                                                   \
        {.name = "label-column",                                                                             \
         .type = DSC_PARAM_TEXT,                                                                             \
         .offset = offsetof(struct_, member.label_column),                                                   \
         .help = "column of the labels in a table: its name, its number from 1, first or last; default: "    \
                 "detected"},                                                                                \
        {.name = "size",                                                                                     \
         .type = DSC_PARAM_PAIR,                                                                             \
         .offset = offsetof(struct_, member.size),                                                           \
         .initial = "0",                                                                                     \
         .maximum = 65535,                                                                                   \
         .help = "height and width to scale pictures to; 0: all pictures have the same size"},               \
        {.name = "fit",                                                                                      \
         .type = DSC_PARAM_CHOICE,                                                                           \
         .offset = offsetof(struct_, member.fit),                                                            \
         .initial = "none",                                                                                  \
         .choices = "none|crop|pad|stretch",                                                                 \
         .help = "how to fit pictures of other sizes"},                                                      \
        {.name = "colour",                                                                                   \
         .type = DSC_PARAM_CHOICE,                                                                           \
         .offset = offsetof(struct_, member.colour),                                                         \
         .initial = "auto",                                                                                  \
         .choices = "auto|grey|rgb",                                                                         \
         .help = "colours of pictures; auto: rgb if any picture has colour"},                                \
        {.name = "prepare",                                                                                  \
         .type = DSC_PARAM_SWITCH,                                                                           \
         .offset = offsetof(struct_, member.prepare),                                                        \
         .initial = "off",                                                                                   \
         .help = "each picture shows one digit: prepare it as `predict` does"},                              \
    {                                                                                                        \
        .name = "shape", .type = DSC_PARAM_TEXT, .offset = offsetof(struct_, member.shape),                  \
        .help = "shape of images that are rows of numbers: 28x28 or 3x32x32, channels first; default: "      \
                "square and grey"                                                                            \
    }

extern const dsc_param dsc_reading_params[];

/* The defaults; nothing is allocated. */
dsc_reading dsc_reading_defaults(void);

/* Copies the texts, too; release with dsc_reading_clear. Fails only without memory. */
dsc_status dsc_reading_copy(dsc_reading *to, const dsc_reading *from, dsc_error *error);
void dsc_reading_clear(dsc_reading *reading);

/* Sets channels, height and width of images of `pixels` elements, from reading->shape, or square and grey.
 * `name` stands for the file in messages. */
dsc_status dsc_reading_shape(size_t shape[3], const dsc_reading *reading, size_t pixels, const char *name,
                             dsc_error *error);
/* Writes a number found in data, for messages: a whole one without a decimal point. Returns `out`. */
char *dsc_reading_number(char out[32], double value);
/* The number of elements of an image of reading->shape; 0: it is not set, or is no shape. */
uint64_t dsc_reading_pixels(const dsc_reading *reading);

#endif
