/* SPDX-License-Identifier: MIT */
/* help.c: prints --help, --version and the output of `descender` alone, from the descriptors. */
#include "help.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    (void)printf("%sUsage:%s descender %s%s%s", help_bold(), help_plain(), group ? group->name : "",
                 group ? " " : "", self->name);
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
        (void)printf("%*sdescender %s\n%*s", HELP_MARGIN, "", example->line, 3 * HELP_MARGIN, "");
        help_wrapped(example->help, 3 * HELP_MARGIN, 3 * HELP_MARGIN);
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
    (void)printf("%sdescender%s learns to read handwritten digits.\n", help_bold(), help_plain());
    help_heading("Start here:");
    help_row("descender tutorial", "train the network of NumPy's tutorial \"Deep learning on MNIST\"");
    help_row("descender serve --open", "draw a digit in the browser, and see how a network reads it");
    help_row("descender predict IMAGE", "read the digits on a photo or scan of your own");
    help_heading("Then:");
    help_row("descender train", "train a better network: 99 percent of MNIST's test digits in seconds");
    help_row("descender evaluate RUN", "measure how good it is; report RUN: where it errs");
    help_row("descender --help", "all commands");
    help_row("descender COMMAND --help", "show the options of a command, with examples");
}

void command_print_program_help(void) {
    (void)printf("%sUsage:%s descender COMMAND [OPTIONS]\n\n", help_bold(), help_plain());
    help_wrapped("Learns to read handwritten digits, and other small images, with neural networks.", 0, 0);
    print_commands();
    help_heading("Topics:");
    dsc_text things = {0};
    help_append_things(&things, ", ");
    if (!things.failed) help_row("help THINGS", things.data);
    dsc_text_free(&things);
    help_heading("Options:");
    help_row("-h, --help", "show this help; after a command, that command's");
    help_row("-V, --version", "show the version, and what this build can do");
    help_row("--version --check", "check every kernel set that this processor has: a second or two");
    help_heading("Environment:");
    help_row("DESCENDER_DATA",
             "folder of MNIST's four files, or of folders named after data sets; searched first");
    help_row("NO_COLOR", "if set, output has no colours");
    help_heading("Exit status:");
    (void)printf("%*s", HELP_MARGIN, "");
    help_wrapped("0 done, 1 failed, 2 wrong usage, 130 interrupted, 143 terminated", HELP_MARGIN,
                 HELP_MARGIN);
}
