/* SPDX-License-Identifier: MIT */
/* curves.h: a run's curves, drawn from its log.jsonl. */
#ifndef CLI_CURVES_H
#define CLI_CURVES_H

#include "command.h"
#include "draw/terminal.h"

/* Appends loss and accuracy as text, `rows` lines high; nothing while there is nothing to draw. */
dsc_status command_curves_text(dsc_text *text, const char *run, size_t rows, const draw_terminal *terminal,
                               dsc_error *error);

/* Writes RUN/curves.svg and RUN/curves.png; DSC_ERROR_UNSUPPORTED where there is no cairo. */
dsc_status command_curves_save(const char *run, dsc_error *error);

#endif
