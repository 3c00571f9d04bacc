/* SPDX-License-Identifier: MIT */
/* suspects_apply.h: what was decided of doubtful labels, done: data with labels changed and images
 * dropped. */
#ifndef CLI_SUSPECTS_APPLY_H
#define CLI_SUSPECTS_APPLY_H

#include "command.h"
#include "source.h"

/* Reads decisions (report/suspects.h), opens the data that they are of, and writes those, corrected, as
 * the four IDX files into `folder`, where none may be. Nothing else is changed. */
dsc_status suspects_apply(command_call *call, const char *decisions, const char *folder,
                          const command_source *source, dsc_error *error);

#endif
