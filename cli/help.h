/* SPDX-License-Identifier: MIT */
/* help.h: functions for the forms of help: help.c on the terminal, help_man.c as man pages, help_completion.c
 * for shells. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"

#include "base/text.h"

/* ---- help_text.c ---- */

enum { HELP_MARGIN = 2 }; /* columns */

/* Escape sequences for bold on and off; empty if standard output has no colours. */
const char *help_bold(void);
const char *help_plain(void);

/* Print a heading; "NAME   help" in two columns; words wrapped from column `at` on, with later lines
 * indented. */
void help_heading(const char *text);
void help_row(const char *name, const char *help);
void help_wrapped(const char *text, size_t at, size_t indent);

/* The placeholder of an option's value: "DIR", "N", "f32|bf16". */
const char *help_placeholder(const dsc_param *param, const command_option *extra);

/* Appends range and default, " (1 to 100; default 20)", if any. `self` NULL: not a command's option. */
void help_append_facts(dsc_text *text, const command *self, const dsc_param *param);

/* ---- help_man.c ---- */

/* Appends a man page in scdoc's language (scdoc(5)): of a command or action; of the program if `self` is
 * NULL. */
void help_append_man(dsc_text *text, const command *group, const command *self);
/* Appends the names of the pages, one per line: "descender", "descender-data-info", ... */
void help_append_names(dsc_text *text);

/* ---- help_things.c: the components of networks and training ---- */

/* The registries for `descender help THINGS`, ended by NULL. */
extern const dsc_registry *const help_things[];
/* The registry with that plural ("layers"), or NULL. */
const dsc_registry *help_things_find(const char *things);
/* Appends "layers, ops, ..." */
void help_append_things(dsc_text *text, const char *between);
/* help_append_about appends a row's description. help_append_part appends how to write its parameter i,
 * "channels=N", or "[channels=]N" if the name is optional, and the parameter's description. */
void help_append_about(dsc_text *text, const dsc_registry *registry, const dsc_row *row);
void help_append_part(dsc_text *name, dsc_text *about, const dsc_registry *registry, const dsc_row *row,
                      size_t i);
/* Appends docs/reference.md: a table per registry. */
void help_append_reference(dsc_text *text);
/* Prints all rows with their parameters, or only `one`. */
void help_print_things(const dsc_registry *registry, const dsc_row *one);

/* Appends the names of all recipes, separated by blanks. */
void help_append_recipes(dsc_text *text);

/* Append a shell's completion script. */
void help_append_bash(dsc_text *text);
void help_append_zsh(dsc_text *text);

#endif
