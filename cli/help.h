/* SPDX-License-Identifier: MIT */
/* help.h: what is said of commands in more than one form: help.c on the terminal, help_man.c as man pages,
 * help_completion.c for shells. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"

#include "base/text.h"

/* ---- help_text.c ---- */

enum { HELP_MARGIN = 2 }; /* columns */

/* What turns bold on and off; empty where standard output shows no colours. */
const char *help_bold(void);
const char *help_plain(void);

/* Printed: a heading; "NAME   help" in two columns; words, wrapped, from column `at` on, later lines
 * indented. */
void help_heading(const char *text);
void help_row(const char *name, const char *help);
void help_wrapped(const char *text, size_t at, size_t indent);

/* What stands for an option's value: "DIR", "N", "f32|bf16". */
const char *help_placeholder(const dsc_param *param, const command_option *extra);

/* Appends " (1 to 100; default 20)", as far as there is something to say; `self` NULL: of no command's
 * option. */
void help_append_facts(dsc_text *text, const command *self, const dsc_param *param);

/* ---- help_man.c ---- */

/* Appends a man page as scdoc reads it (scdoc(5)): of a command or action; of the program, where `self` is
 * NULL. */
void help_append_man(dsc_text *text, const command *group, const command *self);
/* Appends the pages' names, one a line: "descender", "descender-data-info", ... */
void help_append_names(dsc_text *text);

/* ---- help_things.c: what networks and training are made of ---- */

/* The registries that `descender help THINGS` prints; NULL ends them. */
extern const dsc_registry *const help_things[];
/* The one of that plural ("layers"), or NULL. */
const dsc_registry *help_things_find(const char *things);
/* Appends "layers, ops, ..." */
void help_append_things(dsc_text *text, const char *between);
/* Appends what the row is, and how parameter i of it is written, "channels=N" or "[channels=]N" where it may
 * be given without its name, with what it is about. */
void help_append_about(dsc_text *text, const dsc_registry *registry, const dsc_row *row);
void help_append_part(dsc_text *name, dsc_text *about, const dsc_registry *registry, const dsc_row *row,
                      size_t i);
/* Appends docs/reference.md: a table of each of the registries. */
void help_append_reference(dsc_text *text);
/* Prints all rows with their parameters; or the one. */
void help_print_things(const dsc_registry *registry, const dsc_row *one);

/* Appends the names of all recipes, divided by blanks. */
void help_append_recipes(dsc_text *text);

/* Appends a shell's completion. */
void help_append_bash(dsc_text *text);
void help_append_zsh(dsc_text *text);

#endif
