/* SPDX-License-Identifier: MIT */
/* help.h: what is said of commands in more than one form: help.c on the terminal, help_man.c as man pages, help_completion.c for shells. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"

#include "base/text.h"

/* What stands for an option's value: "DIR", "N", "f32|bf16". */
const char *help_placeholder(const dsc_param *param, const command_option *extra);

/* Appends " (1 to 100; default 20)", as far as there is something to say. */
void help_append_facts(dsc_text *text, const command *self, const dsc_param *param);

/* Appends a man page as scdoc reads it (scdoc(5)): of a command or action; of the program, where `self` is NULL. */
void help_append_man(dsc_text *text, const command *group, const command *self);
/* Appends the pages' names, one a line: "descender", "descender-data-info", ... */
void help_append_names(dsc_text *text);

/* Appends a shell's completion. */
void help_append_bash(dsc_text *text);
void help_append_zsh(dsc_text *text);

#endif
