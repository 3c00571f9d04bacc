/* SPDX-License-Identifier: MIT */
/* source.h: --data and --offline, the same for every command that reads data. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "command.h"
#include "data/reading.h"
#include "data/understood.h"
#include "fetch/source.h"

/* What these options say. */
typedef struct command_source {
    char *data;
    dsc_reading reading;
    bool offline;
    bool packs;           /* makes data: they may be without a test set, and what is decided is no news */
    bool may_be_untested; /* a test share of 0 means that there need be no test set */
    bool keep_order;      /* as of dsc_opening */
} command_source;

/* The rows of the option table; `values` has a command_source called `source`. */
#define COMMAND_SOURCE(values)                                                                               \
    {"data",                                                                                                 \
     DSC_PARAM_TEXT,                                                                                         \
     offsetof(values, source.data),                                                                          \
     "auto",                                                                                                 \
     0,                                                                                                      \
     0,                                                                                                      \
     NULL,                                                                                                   \
     "a data set by its name, downloaded if it is not on disk (`descender data list`: mnist, "               \
     "fashion-mnist, ...), or drawn by the program: digits, or images that are none, by more of the "        \
     "world's "                                                                                              \
     "hands with 'digits hands=world'; or where labelled images are, in any of the forms of "                \
     "`descender help forms`. auto is MNIST, or the digits where that cannot be had"},                       \
        DSC_READING_PARAMS(values, source.reading), {                                                        \
        "offline", DSC_PARAM_SWITCH, offsetof(values, source.offline), "off", 0, 0, NULL,                    \
            "never use the network"                                                                          \
    }
/* What the options that say how data are read have beyond their rows. */
#define COMMAND_READING_EXTRAS                                                                               \
    {"group-by", 0, "REGEX", true}, {"label-column", 0, "COLUMN", true}, {"shape", 0, "CxHxW", true}, {      \
        "size", 0, "HxW", false                                                                              \
    }
/* Their rows of the extras. */
#define COMMAND_SOURCE_EXTRA {"data", 'd', "auto|NAME|PATH", false}, COMMAND_READING_EXTRAS

/* Those of a recipe. */
command_source command_source_of(char *data, const dsc_reading *reading, bool offline);

/* What was opened. */
typedef struct command_data {
    dsc_dataset *train, *test;
    char *place;                  /* the path that it was opened from; NULL: they are drawn */
    char name[FETCH_DESCRIPTION]; /* "MNIST (/data)", "built-in digits, seed 1": what every output names */
    dsc_understood understood;    /* how a path was read; empty for data by name */
    dsc_remarks remarks;          /* what was told of it */
} command_data;

/* Opens the data, with a progress bar where they are downloaded, and notes their files with command_reads.
 * What stands in for others is told on standard error, always. Release with command_data_close, also after a
 * failure. */
dsc_status command_data_open(command_data *data, command_call *call, const command_source *source,
                             dsc_error *error);
void command_data_close(command_data *data);

/* {"form": "csv: ...", "labels": "column 1, \"label\"", ...}; NULL for want of memory. */
json_t *command_understood_json(const dsc_understood *understood);

/* Says what differs between the images of the two sets, for a model that is trained on one is measured on the
 * other, and whether images are in both. */
void command_compare_sets(const command_data *data);
void command_compare_images(const dsc_images *train, const dsc_images *test);

/* Says each on standard error, always: results depend on them. */
void command_tell_remarks(const dsc_remarks *remarks);
/* The same as a list of texts for --json; NULL for want of memory. */
json_t *command_remarks_json(const dsc_remarks *remarks);

/* fetch_data, with the same progress bar. */
dsc_status command_fetch(char **used, const dsc_known_data *known, const char *folder,
                         const command_call *call, bool offline, dsc_error *error);

#endif
