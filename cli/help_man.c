/* SPDX-License-Identifier: MIT */
/* help_man.c: man pages from the descriptors, in scdoc's language (https://git.sr.ht/~sircmpwn/scdoc). */
#include "help.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Escapes scdoc's markup. */
static void append_plain(dsc_text *text, const char *words) {
    for (; *words; words++) {
        if (strchr("\\*_<>`[]#", *words) ||
            (*words == '.' && text->length && text->data[text->length - 1] == '\n'))
            dsc_text_append(text, "\\");
        dsc_text_append(text, "%c", *words);
    }
}

static void append_bold(dsc_text *text, const char *words) {
    dsc_text_append(text, "*");
    append_plain(text, words);
    dsc_text_append(text, "*");
}

static void append_name(dsc_text *text, const command *group, const command *self, const char *between) {
    dsc_text_append(text, "descender%s%s%s%s", group ? between : "", group ? group->name : "",
                    self ? between : "", self ? self->name : "");
}

static void append_synopsis(dsc_text *text, const command *group, const command *self) {
    dsc_text name = {0};
    append_name(&name, group, self, " ");
    dsc_text_append(text, "\n# SYNOPSIS\n\n");
    append_bold(text, name.data ? name.data : "");
    dsc_text_free(&name);
    append_plain(text, !self ? " COMMAND [OPTIONS]" : self->actions ? " ACTION [OPTIONS]" : " [OPTIONS]");
    for (const command_operand *operand = self ? self->operands : NULL; operand && operand->name; operand++) {
        append_plain(text, operand->optional ? " [" : " ");
        append_plain(text, operand->name);
        append_plain(text, operand->many ? "..." : "");
        append_plain(text, operand->optional ? "]" : "");
    }
    dsc_text_append(text, "\n");
}

static void append_item(dsc_text *text, const char *name, const char *help) {
    append_bold(text, name);
    dsc_text_append(text, "\n\t");
    append_plain(text, help);
    dsc_text_append(text, "\n\n");
}

static void append_option(dsc_text *text, const command *self, const dsc_param *param) {
    const command_option *extra = command_extra(self, param->name);
    dsc_text facts = {0};
    if (extra && extra->letter) dsc_text_append(text, "*-%c*, ", extra->letter);
    dsc_text_append(text, "*--%s*", param->name);
    if (param->type != DSC_PARAM_SWITCH) {
        dsc_text_append(text, " ");
        append_plain(text, help_placeholder(param, extra));
    }
    dsc_text_append(text, "\n\t");
    append_plain(text, param->help);
    help_append_facts(&facts, self, param);
    if (facts.data) append_plain(text, facts.data);
    dsc_text_free(&facts);
    dsc_text_append(text, "\n\n");
}

static void append_options(dsc_text *text, const command *self) {
    dsc_text_append(text, "\n# OPTIONS\n\n");
    dsc_param *options = command_options(self);
    for (const dsc_param *param = options; param && param->name; param++) append_option(text, self, param);
    free(options);
    dsc_text_append(text, "*-h*, *--help*\n\tshow this help\n");
}

static void append_examples(dsc_text *text, const command *self) {
    if (!self->examples || !self->examples->line) return;
    dsc_text_append(text, "\n# EXAMPLES\n\n");
    for (const command_example *example = self->examples; example->line; example++) {
        append_plain(text, example->help);
        dsc_text_append(text, "\n\n```\ndescender %s\n```\n\n", example->line);
    }
}

/* Appends the common end of every page. */
static void append_end(dsc_text *text, bool of_program) {
    dsc_text_append(text, "\n# EXIT STATUS\n\n*0*\n\tdone\n\n*1*\n\tfailed; standard error says why, and "
                          "what to do\n\n*2*\n\twrong "
                          "usage\n\n*130*\n\tinterrupted (Ctrl-C)\n\n*143*, *129*\n\tasked to end "
                          "by SIGTERM, SIGHUP\n");
    dsc_text_append(text,
                    "\n# ENVIRONMENT\n\n*DESCENDER\\_DATA*\n\tfolder of MNIST's four files, or of folders "
                    "named after data sets; searched first\n\n*NO\\_COLOR*\n\tif set, output has no "
                    "colours\n\n*COLUMNS*\n\tthe width of help text if the output is not a terminal\n");
    dsc_text_append(text,
                    "\n# FILES\n\n_runs/NNNN-NAME/_\n\ta run: recipe.json, log.jsonl, checkpoint, "
                    "model.safetensors\n\n_~/.cache/descender/_\n\tdownloads, and decompressed archives\n");
    dsc_text_append(text, "\n# SEE ALSO\n\n");
    if (!of_program) {
        dsc_text_append(text, "*descender*(1)\n");
        return;
    }
    const command *one, *action;
    const char *between = "";
    for (size_t i = 0; (one = command_at(&commands, i)); i++) {
        if (!one->actions) dsc_text_append(text, "%s*descender-%s*(1)", between, one->name), between = ", ";
        for (size_t k = 0; (action = command_at(one->actions, k)); k++, between = ", ")
            dsc_text_append(text, "%s*descender-%s-%s*(1)", between, one->name, action->name);
    }
    dsc_text_append(text, "\n");
}

static void append_list(dsc_text *text, const char *heading, const command *group, const dsc_registry *list) {
    const command *one;
    dsc_text_append(text, "\n# %s\n\n", heading);
    for (size_t i = 0; (one = command_at(list, i)); i++) {
        dsc_text name = {0};
        dsc_text_append(&name, "%s%s%s", group ? group->name : "", group ? " " : "", one->name);
        if (name.data) append_item(text, name.data, one->help);
        dsc_text_free(&name);
    }
}

/* Appends every layer, op, ... with its parameters. */
static void append_things(dsc_text *text) {
    const dsc_row *row;
    for (size_t i = 0; help_things[i]; i++) {
        dsc_text_append(text, "\n# ");
        for (const char *c = help_things[i]->things; *c; c++)
            dsc_text_append(text, "%c", toupper((unsigned char)*c));
        dsc_text_append(text, "\n\n");
        append_plain(text, help_things[i]->about);
        dsc_text_append(text, "\n\n");
        for (size_t k = 0; (row = dsc_registry_at(help_things[i], k)); k++) {
            dsc_text about = {0};
            help_append_about(&about, help_things[i], row);
            for (size_t p = 0; row->params && row->params[p].name; p++) {
                dsc_text part = {0};
                dsc_text_append(&about, "%s", p ? "; " : ". ");
                help_append_part(&about, &part, help_things[i], row, p);
                dsc_text_append(&about, ": %s", part.data ? part.data : "");
                dsc_text_free(&part);
            }
            if (about.data) append_item(text, row->name, about.data);
            dsc_text_free(&about);
        }
    }
}

void help_append_man(dsc_text *text, const command *group, const command *self) {
    append_name(text, group, self, "-");
    dsc_text_append(text, "(1)\n\n# NAME\n\n");
    append_name(text, group, self, "-");
    dsc_text_append(text, " - ");
    append_plain(text, self ? self->help : "learn to read handwritten digits, and other small images");
    dsc_text_append(text, "\n");
    append_synopsis(text, group, self);
    dsc_text_append(text, "\n# DESCRIPTION\n\n");
    if (self) {
        dsc_text sentence = {0};
        dsc_text_append(&sentence, "%c%s.", toupper((unsigned char)self->help[0]), self->help + 1);
        if (sentence.data) append_plain(text, sentence.data);
        dsc_text_free(&sentence);
    } else {
        append_plain(text, "Trains feedforward neural networks, and tests and explains them. Results go to "
                           "standard output, everything else to standard error.");
    }
    if (self && self->about) {
        dsc_text_append(text, "\n\n");
        append_plain(text, self->about);
    }
    dsc_text_append(text, "\n");
    if (!self) append_list(text, "COMMANDS", NULL, &commands);
    if (self && self->actions) append_list(text, "ACTIONS", self, self->actions);
    if (self && self->operands && self->operands->name) {
        dsc_text_append(text, "\n# ARGUMENTS\n\n");
        for (const command_operand *operand = self->operands; operand->name; operand++)
            append_item(text, operand->name, operand->help);
    }
    if (self && !self->actions) append_options(text, self);
    if (self && self->lists_things) append_things(text);
    if (self) append_examples(text, self);
    append_end(text, !self);
}

void help_append_names(dsc_text *text) {
    dsc_text_append(text, "descender\n");
    const command *self, *action;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) {
        dsc_text_append(text, "descender-%s\n", self->name);
        for (size_t k = 0; (action = command_at(self->actions, k)); k++)
            dsc_text_append(text, "descender-%s-%s\n", self->name, action->name);
    }
}
