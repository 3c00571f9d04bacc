/* SPDX-License-Identifier: MIT */
/* source.h: --data and --offline, common to all commands that read data. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "command.h"
#include "data/reading.h"
#include "data/understood.h"
#include "fetch/source.h"

/* The values of these options. */
typedef struct command_source {
    char *data;
    dsc_reading reading;
    bool offline;
    bool packs;           /* makes data: no test set needed, no remarks on decisions */
    bool may_be_untested; /* a test share of 0 allows data without a test set */
    const char *instead;  /* what to do if a test share of 0 is refused, besides naming other data; or NULL */
    bool keep_order;      /* see dsc_opening */
} command_source;

/* The rows of the option table; `values` has a command_source named `source`. */
#define COMMAND_SOURCE(values)                                                                               \
    {"data",                                                                                                 \
     DSC_PARAM_TEXT,                                                                                         \
     offsetof(values, source.data),                                                                          \
     "auto",                                                                                                 \
     0,                                                                                                      \
     0,                                                                                                      \
     NULL,                                                                                                   \
     "a known data set (`descender data list`: mnist, fashion-mnist, ...), downloaded if it is not on "      \
     "disk; digits or non-digits, drawn by the program ('digits hands=world': more styles of handwriting); " \
     "or the path of labelled images (`descender help forms`). auto: MNIST, or the drawn digits if MNIST "   \
     "is not available"},                                                                                    \
        DSC_READING_PARAMS(values, source.reading), {                                                        \
        "offline", DSC_PARAM_SWITCH, offsetof(values, source.offline), "off", 0, 0, NULL, "never download"   \
    }
/* The extras of the reading options. */
#define COMMAND_READING_EXTRAS                                                                               \
    {"group-by", 0, "REGEX", true}, {"label-column", 0, "COLUMN", true}, {"shape", 0, "CxHxW", true}, {      \
        "size", 0, "HxW", false                                                                              \
    }
/* The extras of all these options. */
#define COMMAND_SOURCE_EXTRA {"data", 'd', "auto|NAME|PATH", false}, COMMAND_READING_EXTRAS

/* The source of a recipe. */
command_source command_source_of(char *data, const dsc_reading *reading, bool offline);

/* The opened data. */
typedef struct command_data {
    dsc_dataset *train, *test;
    char *place;                  /* path of the data; NULL: drawn */
    char name[FETCH_DESCRIPTION]; /* "MNIST (/data)", "built-in digits, seed 1": for all output */
    dsc_understood understood;    /* how a path was read; empty for data by name */
    dsc_remarks remarks;          /* remarks printed about the data */
} command_data;

/* Opens the data, with a progress bar for downloads, and notes their files with command_reads. Always reports
 * substitutions on standard error. Release with command_data_close, also after a failure. */
dsc_status command_data_open(command_data *data, command_call *call, const command_source *source,
                             dsc_error *error);
void command_data_close(command_data *data);

/* {"form": "csv: ...", "labels": "column 1, \"label\"", ...}; NULL without memory. */
json_t *command_understood_json(const dsc_understood *understood);

/* Reports differences between the images of the two sets, and images that are in both, because a model
 * trained on one is measured on the other. */
void command_compare_sets(const command_data *data);
void command_compare_images(const dsc_images *train, const dsc_images *test);

/* Prints each remark on standard error, always, because results depend on them. */
void command_tell_remarks(const dsc_remarks *remarks);
/* The remarks as a list of texts; NULL without memory. */
json_t *command_remarks_json(const dsc_remarks *remarks);

/* fetch_data with the same progress bar. */
dsc_status command_fetch(char **used, const dsc_known_data *known, const char *folder,
                         const command_call *call, bool offline, dsc_error *error);

#endif
