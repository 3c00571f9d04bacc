/* SPDX-License-Identifier: MIT */
/* help.c: everything that --help, --version and `descender` alone print, made from the descriptors. */
#include "help.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = 2, TEXT_COLUMN = 28 };

static const char *bold(void) { return command_colour(stdout) ? "\033[1m" : ""; }
static const char *plain(void) { return command_colour(stdout) ? "\033[0m" : ""; }
void help_heading(const char *text) { (void)printf("\n%s%s%s\n", bold(), text, plain()); }

/* The columns that UTF-8 text takes, all its characters being one wide. */
static size_t columns_of(const char *text, size_t bytes) {
    size_t columns = 0;
    for (size_t i = 0; i < bytes; i++) columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* Prints words from column `at` on, wrapped at the width with later lines indented by `indent`. An empty
 * line in the text starts a paragraph. */
void help_wrapped(const char *text, size_t at, size_t indent) {
    size_t width = command_width(), column = at;
    bool first = true;
    while (*text) {
        if (*text == '\n' && text[1] == '\n') {
            (void)printf("\n\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        text += strspn(text, " \n");
        size_t bytes = strcspn(text, " \n"), wide = columns_of(text, bytes);
        if (!bytes) break;
        if (!first && column + 1 + wide > width) {
            (void)printf("\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        (void)printf("%s%.*s", first ? "" : " ", (int)bytes, text);
        column += wide + !first;
        first = false;
        text += bytes;
    }
    (void)putchar('\n');
}

/* "  NAME      help", the help in a column of its own, on a line of its own where NAME is long. */
void help_row(const char *name, const char *help) {
    size_t length = strlen(name) + MARGIN;
    (void)printf("%*s%s", MARGIN, "", name);
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

static void print_option(const command *self, const dsc_param *param) {
    const command_option *extra = command_extra(self, param->name);
    dsc_text name = {0}, help = {0};
    if (extra && extra->letter)
        dsc_text_append(&name, "-%c, ", extra->letter);
    else
        dsc_text_append(&name, "    ");
    bool is_switch = param->type == DSC_PARAM_SWITCH;
    dsc_text_append(&name, "--%s", param->name);
    if (!is_switch) dsc_text_append(&name, " %s", help_placeholder(param, extra));
    dsc_text_append(&help, "%s", param->help);
    help_append_facts(&help, self, param);
    if (!name.failed && !help.failed) help_row(name.data, help.data);
    dsc_text_free(&name);
    dsc_text_free(&help);
}

static void print_usage(const command *group, const command *self) {
    (void)printf("%sUsage:%s descender %s%s%s", bold(), plain(), group ? group->name : "", group ? " " : "",
                 self->name);
    if (self->actions) (void)printf(" ACTION");
    (void)printf(" [OPTIONS]");
    for (const command_operand *operand = self->operands; operand && operand->name; operand++)
        (void)printf(operand->optional ? " [%s%s]" : " %s%s", operand->name, operand->many ? "..." : "");
    (void)printf("\n");
}

static void print_examples(const command *self) {
    if (!self->examples || !self->examples->line) return;
    help_heading("Examples:");
    for (const command_example *example = self->examples; example->line; example++) {
        (void)printf("%*sdescender %s\n%*s", MARGIN, "", example->line, 3 * MARGIN, "");
        help_wrapped(example->help, 3 * MARGIN, 3 * MARGIN);
    }
}

void command_print_help(const command *group, const command *self) {
    print_usage(group, self);
    (void)printf("\n");
    dsc_text sentence = {0};
    dsc_text_append(&sentence, "%c%s.", toupper((unsigned char)self->help[0]), self->help + 1);
    if (!sentence.failed) help_wrapped(sentence.data, 0, 0);
    dsc_text_free(&sentence);
    if (self->about) {
        (void)printf("\n");
        help_wrapped(self->about, 0, 0);
    }
    if (self->actions) {
        help_heading("Actions:");
        const command *action;
        for (size_t i = 0; (action = command_at(self->actions, i)); i++) help_row(action->name, action->help);
        (void)printf("\nOptions of an action: descender %s ACTION --help\n", self->name);
    }
    if (self->operands && self->operands->name) {
        help_heading("Arguments:");
        for (const command_operand *operand = self->operands; operand->name; operand++)
            help_row(operand->name, operand->help);
    }
    if (!self->actions) {
        help_heading("Options:");
        dsc_param *options = command_options(self);
        for (const dsc_param *param = options; param && param->name; param++) print_option(self, param);
        free(options);
        help_row("-h, --help", "show this help");
    }
    print_examples(self);
}

static void print_commands(void) {
    help_heading("Commands:");
    const command *self, *action;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) {
        help_row(self->name, self->help);
        for (size_t k = 0; (action = command_at(self->actions, k)); k++) {
            char name[64];
            (void)snprintf(name, sizeof name, "%s %s", self->name, action->name);
            help_row(name, action->help);
        }
    }
}

void command_print_welcome(void) {
    (void)printf("%sdescender%s learns to read handwritten digits.\n", bold(), plain());
    help_heading("Start here:");
    help_row("descender tutorial", "train the network of NumPy's tutorial \"Deep learning on MNIST\"");
    help_row("descender serve --open", "draw a digit in the browser, and see what a network makes of it");
    help_row("descender predict IMAGE", "read the digits on a photo or scan of your own");
    help_heading("Then:");
    help_row("descender train", "a better network: 99 percent in seconds; 98 in one with --recipe mnist-98");
    help_row("descender evaluate RUN", "how good it is; report RUN: where it errs");
    help_row("descender --help", "all commands");
    help_row("descender COMMAND --help", "its options, with examples");
}

void command_print_program_help(void) {
    (void)printf("%sUsage:%s descender COMMAND [OPTIONS]\n\n", bold(), plain());
    help_wrapped("Learns to read handwritten digits, and other small images, with neural networks.", 0, 0);
    print_commands();
    help_heading("What there is:");
    dsc_text things = {0};
    help_append_things(&things, ", ");
    if (!things.failed) help_row("help THINGS", things.data);
    dsc_text_free(&things);
    help_heading("Options:");
    help_row("-h, --help", "show this help; after a command, that command's");
    help_row("-V, --version", "show the version, and what this build can do");
    help_row("--version --check", "check every kernel set that this processor has: a second or two");
    help_heading("Environment:");
    help_row("DESCENDER_DATA", "the folder of MNIST's four files, looked in first");
    help_row("NO_COLOR", "if set, nothing is coloured");
    help_heading("Exit status:");
    (void)printf("%*s0 done, 1 failed, 2 wrong usage, 130 interrupted, 143 terminated\n", MARGIN, "");
}
