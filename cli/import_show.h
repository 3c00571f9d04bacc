/* SPDX-License-Identifier: MIT */
/* import_show.h: the output of `descender import`: which array went where, and the model's metrics. */
#ifndef CLI_IMPORT_SHOW_H
#define CLI_IMPORT_SHOW_H

#include "command.h"
#include "exchange/exchange.h"
#include "measure/metrics.h"

typedef struct import_shown {
    const char *file, *out; /* paths of the file read and the file written */
    const dsc_model *model;
    const exchange_source *source;
    const char *data_name;
    const dsc_metrics *metrics; /* NULL: without data */
} import_shown;

/* `brief`: without the table. */
void import_append(dsc_text *text, const import_shown *shown, bool brief);
/* NULL without memory. */
json_t *import_json(const import_shown *shown);

#endif
