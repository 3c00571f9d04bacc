/* SPDX-License-Identifier: MIT */
/* help_things.c: `descender help layers|ops|...`: the components of networks and training, and the forms of
 * data, from the registries. */
#include "help.h"

#include "augment/augment.h"
#include "data/known.h"
#include "exchange/exchange.h"
#include "forms/forms.h"
#include "layer/layer.h"
#include "op/op.h"
#include "optim/optimiser.h"
#include "optim/schedule.h"
#include "picture/picture.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const dsc_registry *const help_things[] = {
    &dsc_layer_registry,
    &dsc_op_registry,
    &dsc_optimiser_registry,
    &dsc_schedule_registry,
    &dsc_loss_registry,
    &dsc_augmentation_registry,
    &picture_formats,
    &forms_registry,
    &exchange_registry,
    &dsc_known_data_registry,
    NULL,
};

const dsc_registry *help_things_find(const char *things) {
    for (size_t i = 0; help_things[i]; i++)
        if (!strcmp(help_things[i]->things, things)) return help_things[i];
    return NULL;
}

void help_append_things(dsc_text *text, const char *between) {
    for (size_t i = 0; help_things[i]; i++)
        dsc_text_append(text, "%s%s", i ? between : "", help_things[i]->things);
}

void help_append_part(dsc_text *name, dsc_text *about, const dsc_registry *registry, const dsc_row *row,
                      size_t i) {
    const dsc_param *p = &row->params[i];
    const bool by_place = registry->positional && i < registry->positional(row);
    dsc_text_append(name, by_place ? "[%s=]%s" : "%s=%s", p->name,
                    p->type == DSC_PARAM_SWITCH ? "on|off" : help_placeholder(p, NULL));
    dsc_text_append(about, "%s", p->help);
    help_append_facts(about, NULL, p);
    if (!p->initial && p->type != DSC_PARAM_TEXT) dsc_text_append(about, "; must be given");
}

void help_append_about(dsc_text *text, const dsc_registry *registry, const dsc_row *row) {
    dsc_text facts = {0};
    if (registry->facts) registry->facts(&facts, row);
    dsc_text_append(text, "%s%s%s", row->help, facts.length ? "; " : "", facts.length ? facts.data : "");
    if (facts.failed) text->failed = true;
    dsc_text_free(&facts);
}

static void print_row(const dsc_registry *registry, const dsc_row *row) {
    dsc_text about = {0};
    help_append_about(&about, registry, row);
    if (!about.failed) help_row(row->name, about.data);
    dsc_text_free(&about);
    for (size_t i = 0; row->params && row->params[i].name; i++) {
        dsc_text name = {0};
        dsc_text_append(&name, "  ");
        help_append_part(&name, &about, registry, row, i);
        if (!name.failed && !about.failed) help_row(name.data, about.data);
        dsc_text_free(&name);
        dsc_text_free(&about);
    }
}

void help_print_things(const dsc_registry *registry, const dsc_row *one) {
    const dsc_row *row;
    if (one) {
        print_row(registry, one);
        return;
    }
    help_wrapped(registry->about, 0, 0);
    for (size_t i = 0; (row = dsc_registry_at(registry, i)); i++) {
        (void)printf("\n");
        print_row(registry, row);
    }
}

/* Appends a cell of a Markdown table: escapes bars. */
static void append_cell(dsc_text *text, const char *words) {
    for (; *words; words++) dsc_text_append(text, *words == '|' ? "\\|" : "%c", *words);
}

static void append_table(dsc_text *text, const dsc_registry *registry) {
    const dsc_row *row;
    dsc_text cell = {0};
    dsc_text_append(text, "\n## %c%s\n\n%s\n\n| name and parameters | what it is |\n|---|---|\n",
                    toupper((unsigned char)*registry->things), registry->things + 1, registry->about);
    for (size_t i = 0; (row = dsc_registry_at(registry, i)); i++) {
        dsc_text_append(text, "| **`%s`** | ", row->name);
        help_append_about(&cell, registry, row);
        append_cell(text, cell.data ? cell.data : "");
        dsc_text_free(&cell);
        dsc_text_append(text, " |\n");
        for (size_t p = 0; row->params && row->params[p].name; p++) {
            dsc_text about = {0};
            help_append_part(&cell, &about, registry, row, p);
            dsc_text_append(text, "| `");
            append_cell(text, cell.data ? cell.data : "");
            dsc_text_append(text, "` | ");
            append_cell(text, about.data ? about.data : "");
            dsc_text_append(text, " |\n");
            dsc_text_free(&cell);
            dsc_text_free(&about);
        }
    }
}

void help_append_reference(dsc_text *text) {
    dsc_text_append(
        text, "# Reference\n\nMade by `descender help --as markdown` from the tables that texts are read by; "
              "`descender help layers` and so on say the\nsame in a terminal.\n");
    for (size_t i = 0; help_things[i]; i++) append_table(text, help_things[i]);
}
