/* SPDX-License-Identifier: MIT */
/* help_text.c: the layout of help on the terminal: headings, two columns, wrapped words; and the description
 * of a parameter. */
#include "help.h"

#include "draw/fit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_COLUMN = 28 };

const char *help_bold(void) { return command_colour(stdout) ? "\033[1m" : ""; }
const char *help_plain(void) { return command_colour(stdout) ? "\033[0m" : ""; }
void help_heading(const char *text) { (void)printf("\n%s%s%s\n", help_bold(), text, help_plain()); }

/* Prints words from column `at` on, wrapped at the width, later lines indented by `indent`. An empty line
 * starts a paragraph. */
void help_wrapped(const char *text, size_t at, size_t indent) {
    dsc_text wrapped = {0};
    draw_wrap(&wrapped, text, strlen(text), at, indent, command_width(STDOUT_FILENO));
    (void)puts(wrapped.data && !wrapped.failed ? wrapped.data : text);
    dsc_text_free(&wrapped);
}

/* Prints "  NAME      help" in two columns; help on its own line if NAME is long. */
void help_row(const char *name, const char *help) {
    size_t length = strlen(name) + HELP_MARGIN;
    (void)printf("%*s%s", HELP_MARGIN, "", name);
    if (length + 2 > TEXT_COLUMN) {
        (void)printf("\n");
        length = 0;
    }
    (void)printf("%*s", (int)(TEXT_COLUMN - length), "");
    help_wrapped(help, TEXT_COLUMN, TEXT_COLUMN);
}

const char *help_placeholder(const dsc_param *param, const command_option *extra) {
    if (extra && extra->value) return extra->value;
    switch (param->type) {
    case DSC_PARAM_INT:
    case DSC_PARAM_SEED:
        return "N";
    case DSC_PARAM_REAL:
        return "X";
    case DSC_PARAM_CHOICE:
        return param->choices;
    case DSC_PARAM_PAIR:
        return "NxM";
    case DSC_PARAM_SWITCH:
    case DSC_PARAM_TEXT:
        break;
    }
    return "TEXT";
}

void help_append_facts(dsc_text *text, const command *self, const dsc_param *param) {
    dsc_text range = {0};
    if (param->type == DSC_PARAM_INT || param->type == DSC_PARAM_REAL || param->type == DSC_PARAM_PAIR ||
        param->type == DSC_PARAM_SEED)
        dsc_param_format_range(&range, param);
    const char *initial = param->initial;
    if (self && param->type == DSC_PARAM_SWITCH && initial && !strcmp(initial, "off")) initial = NULL;
    if (self && self->defaults_vary && dsc_param_find(self->shared, param->name)) initial = NULL;
    if (range.length || initial)
        dsc_text_append(text, " (%s%s%s%s)", range.length ? range.data : "",
                        range.length && initial ? "; " : "", initial ? "default " : "",
                        initial ? initial : "");
    dsc_text_free(&range);
}
