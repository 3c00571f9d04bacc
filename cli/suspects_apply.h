/* SPDX-License-Identifier: MIT */
/* suspects_apply.h: applies decisions on doubtful labels: writes data with changed labels and without dropped
 * images. */
#ifndef CLI_SUSPECTS_APPLY_H
#define CLI_SUSPECTS_APPLY_H

#include "command.h"
#include "source.h"

/* Reads decisions (report/suspects.h), opens their data, and writes the corrected data as the four IDX files
 * into `folder`, which must not hold any. Changes nothing else. */
dsc_status suspects_apply(command_call *call, const char *decisions, const char *folder,
                          const command_source *source, dsc_error *error);

#endif
