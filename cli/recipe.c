/* SPDX-License-Identifier: MIT */
/* recipe.c: `descender recipe`: the recipes that ship with the program. */
#include "help.h"

#include "train/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- list ---- */

typedef struct list_values {
    bool json;
} list_values;

static dsc_status list(command_call *call, dsc_error *error) {
    json_t *all = call->json ? json_array() : NULL;
    for (const dsc_named_recipe *r = dsc_named_recipes; r->name; r++) {
        if (all)
            (void)json_array_append_new(all, json_pack("{s:s, s:s}", "name", r->name, "help", r->help));
        else
            (void)printf("%-16s%s\n", r->name, r->help);
    }
    return call->json ? command_print_json(all, error) : DSC_OK;
}

static const dsc_param list_options[] = {COMMAND_JSON(list_values), {0}};

static const command_example list_examples[] = {
    {"recipe list", "What there is to train."},
    {"recipe list --json", "The same for programs."},
    {0},
};

static const command command_recipe_list = {
    .name = "list",
    .help = "list the recipes that ship with the program",
    .options = list_options,
    .examples = list_examples,
    .values_size = sizeof(list_values),
    .run = list,
};

/* ---- show ---- */

typedef struct show_values {
    char unused;
} show_values;

static dsc_status show(command_call *call, dsc_error *error) {
    dsc_recipe recipe;
    dsc_text text = {0};
    dsc_status status = dsc_recipe_open(&recipe, call->operands[0], error);
    if (status) return status;
    status = dsc_recipe_to_json(&text, &recipe, error);
    dsc_recipe_clear(&recipe);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

static const dsc_param show_options[] = {{0}};

static const command_operand show_operands[] = {
    {.name = "NAME",
     .help = "one of `descender recipe list`, or a file of JSON",
     .words = help_append_recipes},
    {0},
};

static const command_example show_examples[] = {
    {"recipe show mnist-99", "All that decides how that network turns out."},
    {"recipe show mnist-99 > mine.json",
     "The beginning of a recipe of your own, for train --recipe mine.json."},
    {0},
};

static const command command_recipe_show = {
    .name = "show",
    .help = "print a recipe as JSON, with all its defaults",
    .operands = show_operands,
    .options = show_options,
    .examples = show_examples,
    .values_size = sizeof(show_values),
    .run = show,
};

static const command *const rows[] = {&command_recipe_list, &command_recipe_show, NULL};
static const dsc_registry actions = {.thing = "action", .things = "actions", .rows = rows};

const command command_recipe = {
    .name = "recipe",
    .help = "list and show recipes for training",
    .about = "A recipe is all that decides how a network turns out: data, model, loss, optimiser, schedule, "
             "augmentation and more, in one flat object of JSON. `descender train --recipe` follows one.",
    .actions = &actions,
};
