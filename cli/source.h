/* SPDX-License-Identifier: MIT */
/* source.h: --data and --offline, the same for every command that reads data. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "command.h"
#include "fetch/source.h"

/* What these options say. */
typedef struct command_source {
    char *data;
    bool offline;
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
     "MNIST, downloaded if it is not on disk; the built-in digits; or the four files in a folder. auto is "  \
     "MNIST, or the digits where that cannot be had"},                                                       \
    {                                                                                                        \
        "offline", DSC_PARAM_SWITCH, offsetof(values, source.offline), "off", 0, 0, NULL,                    \
            "never use the network"                                                                          \
    }
/* Their row of the extras. */
#define COMMAND_SOURCE_EXTRA                                                                                 \
    { "data", 'd', "auto|mnist|digits|DIR", false }

/* What was opened. */
typedef struct command_data {
    dsc_dataset *train, *test;
    char name[FETCH_DESCRIPTION]; /* "MNIST (/data)", "built-in digits, seed 1": what every output names */
} command_data;

/* Opens the data, with a progress bar where they are downloaded, and notes their files with command_reads.
 * What stands in for MNIST is told on standard error, always. Release with command_data_close, also after a
 * failure. */
dsc_status command_data_open(command_data *data, command_call *call, const command_source *source,
                             dsc_error *error);
void command_data_close(command_data *data);

/* Says what differs between the images of the two sets: a model that is trained on one is measured on the
 * other. */
void command_compare_sets(const command_data *data);
void command_compare_images(const dsc_images *train, const dsc_images *test);

/* Says each on standard error, always: results depend on them. */
void command_tell_remarks(const dsc_remarks *remarks);
/* The same as a list of texts for --json; NULL for want of memory. */
json_t *command_remarks_json(const dsc_remarks *remarks);

/* fetch_mnist, with the same progress bar. */
dsc_status command_fetch_mnist(char **used, const char *folder, const command_call *call, bool offline,
                               dsc_error *error);

#endif
