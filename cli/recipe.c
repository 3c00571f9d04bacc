/* SPDX-License-Identifier: MIT */
/* recipe.c: `descender recipe`: the recipes that ship with the program. */
#include "draw/terminal.h"
#include "given.h"
#include "help.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_COLUMN = 16 };

/* ---- list ---- */

typedef struct list_values {
    bool json;
} list_values;

static dsc_status list(command_call *call, dsc_error *error) {
    json_t *all = call->json ? json_array() : NULL;
    const bool terminal = draw_terminal_detect(1).live;
    for (const dsc_named_recipe *r = dsc_named_recipes; r->name; r++) {
        if (all)
            (void)json_array_append_new(all, json_pack("{s:s, s:s}", "name", r->name, "help", r->help));
        else if (!terminal)
            (void)printf("%-*s%s\n", NAME_COLUMN, r->name, r->help);
        else {
            (void)printf("%-*s", NAME_COLUMN, r->name);
            help_wrapped(r->help, NAME_COLUMN, NAME_COLUMN);
        }
    }
    return call->json ? command_print_json(all, error) : DSC_OK;
}

static const dsc_param list_options[] = {COMMAND_JSON(list_values), {0}};

static const command_example list_examples[] = {
    {"recipe list", "List the recipes."},
    {"recipe list --json", "List the recipes as JSON."},
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
    if (!status) return command_print_document(&text, error);
    dsc_text_free(&text);
    return status;
}

static const dsc_param show_options[] = {{0}};

static const command_operand show_operands[] = {
    {.name = "NAME",
     .help = "a name from `descender recipe list`, or a JSON file",
     .words = help_append_recipes},
    {0},
};

static const command_example show_examples[] = {
    {"recipe show mnist-99", "Print the recipe with all its settings."},
    {"recipe show mnist-99 > mine.json", "Start a recipe of your own, for train --recipe mine.json."},
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

/* ---- suggest ---- */

typedef struct suggest_values {
    command_source source;
    int64_t threads;
    bool quiet;
} suggest_values;

static dsc_status print_suggestion(const dsc_suggestion *s, const command_call *call, dsc_error *error) {
    dsc_text text = {0};
    for (size_t i = 0; i < s->count; i++) command_remark(call, "%s: %s", s->reason[i].what, s->reason[i].why);
    dsc_status status = dsc_recipe_to_json(&text, &s->recipe, error);
    if (!status) return command_print_document(&text, error);
    dsc_text_free(&text);
    return status;
}

/* Stores the reading options in the recipe. */
static dsc_status suggest_for(const command_data *data, command_call *call, dsc_error *error) {
    const suggest_values *how = call->values;
    const dsc_suggest_given given = {.threads = (unsigned)how->threads};
    dsc_suggestion s;
    dsc_status status = dsc_recipe_suggest(&s, data->train, &given, error);
    if (status) return status;
    dsc_reading_clear(&s.recipe.reading);
    status = dsc_reading_copy(&s.recipe.reading, &how->source.reading, error);
    if (!status) status = command_recipe_settle(&s.recipe, how->source.data, data->name, error);
    if (!status) status = print_suggestion(&s, call, error);
    dsc_recipe_clear(&s.recipe);
    return status;
}

static dsc_status suggest(command_call *call, dsc_error *error) {
    const suggest_values *how = call->values;
    command_data data;
    command_source source = how->source;
    source.may_be_untested = true;
    dsc_status status = command_data_open(&data, call, &source, error);
    if (!status) status = suggest_for(&data, call, error);
    command_data_close(&data);
    return status;
}

static const dsc_param suggest_options[] = {
    COMMAND_SOURCE(suggest_values),
    {"threads", DSC_PARAM_INT, offsetof(suggest_values, threads), "0", 0, 1024, NULL,
     "number of threads that will train; 0: all cores"},
    COMMAND_QUIET(suggest_values),
    {0},
};

static const command_option suggest_extras[] = {COMMAND_SOURCE_EXTRA, {"threads", 't', NULL, false}, {0}};

static const command_example suggest_examples[] = {
    {"recipe suggest --data photos/ --size 64x64 --fit crop",
     "Print the recipe that `train` picks for these pictures, and the reasons."},
    {"recipe suggest --data photos.csv > mine.json",
     "Start a recipe of your own, for train --recipe mine.json."},
    {0},
};

static const command command_recipe_suggest = {
    .name = "suggest",
    .help = "print the recipe that suits data, and why",
    .about = "Examines the images and the processor, and picks network, epochs, batch and augmentation: the "
             "recipe that `descender train --data` follows if you name none. The recipe goes to standard "
             "output as JSON, the reasons to standard error.",
    .options = suggest_options,
    .extras = suggest_extras,
    .examples = suggest_examples,
    .values_size = sizeof(suggest_values),
    .run = suggest,
};

static const command *const rows[] = {&command_recipe_list, &command_recipe_show, &command_recipe_suggest,
                                      NULL};
static const dsc_registry actions = {.thing = "action", .things = "actions", .rows = rows};

const command command_recipe = {
    .name = "recipe",
    .help = "list, show and suggest recipes for training",
    .about = "A recipe holds everything that determines how a network turns out: data, model, loss, "
             "optimiser, schedule, augmentation and more, in one flat JSON object. `descender train "
             "--recipe` follows a recipe.",
    .actions = &actions,
};
