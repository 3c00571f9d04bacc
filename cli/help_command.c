/* SPDX-License-Identifier: MIT */
/* help_command.c: `descender help`: help on commands and things, man pages, completion and the reference. */
#include "help.h"

#include <string.h>

typedef struct values {
    int as;
} values;

enum { AS_TEXT, AS_MAN, AS_NAMES, AS_BASH, AS_ZSH, AS_MARKDOWN };

/* The topic named by the operands: a command and its group, or things and possibly one of them. */
typedef struct topic {
    const command *group, *self;
    const dsc_registry *things;
    const dsc_row *one;
} topic;

static dsc_status find_first(topic *found, const char *name, dsc_error *error) {
    found->self = command_find(&commands, name);
    found->things = found->self ? NULL : help_things_find(name);
    if (found->self || found->things) return DSC_OK;
    dsc_nearest nearest = dsc_nearest_to(name);
    const command *self;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) dsc_nearest_try(&nearest, self->name);
    for (size_t i = 0; help_things[i]; i++) dsc_nearest_try(&nearest, help_things[i]->things);
    if (nearest.name)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "there is no help on '%s'; did you mean '%s'?", name,
                        nearest.name);
    dsc_text list = {0};
    dsc_registry_list(&list, &commands);
    dsc_text_append(&list, ", ");
    help_append_things(&list, ", ");
    dsc_status status = list.failed ? dsc_fail_memory(error, strlen(name), "a message")
                                    : dsc_fail(error, DSC_ERROR_ARGUMENT,
                                               "there is no help on '%s'; there is on: %s", name, list.data);
    dsc_text_free(&list);
    return status;
}

static dsc_status find(topic *found, const command_call *call, dsc_error *error) {
    if (!call->operand_count) return DSC_OK;
    dsc_status status = find_first(found, call->operands[0], error);
    if (status || call->operand_count == 1) return status;
    const char *second = call->operands[1];
    if (found->things) {
        found->one = dsc_registry_find(found->things, second);
        return found->one ? DSC_OK : dsc_registry_unknown(found->things, second, error);
    }
    if (!found->self->actions)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "'%s' has no actions", found->self->name);
    found->group = found->self;
    found->self = command_find(found->group->actions, second);
    return found->self ? DSC_OK : dsc_registry_unknown(found->group->actions, second, error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    topic found = {0};
    dsc_text text = {0};
    dsc_status status = find(&found, call, error);
    if (!status && found.things && how->as != AS_TEXT)
        status = dsc_fail(error, DSC_ERROR_ARGUMENT,
                          "%s exist as text only; `descender help --as man help` has all of them",
                          found.things->things);
    if (status) return status;
    switch (how->as) {
    case AS_MAN:
        help_append_man(&text, found.group, found.self);
        break;
    case AS_NAMES:
        help_append_names(&text);
        break;
    case AS_BASH:
        help_append_bash(&text);
        break;
    case AS_ZSH:
        help_append_zsh(&text);
        break;
    case AS_MARKDOWN:
        help_append_reference(&text);
        break;
    default:
        if (found.things)
            help_print_things(found.things, found.one);
        else if (found.self)
            command_print_help(found.group, found.self);
        else
            command_print_program_help();
    }
    return command_print_document(&text, error);
}

/* For completion: first the commands, then the things. */
static void append_topics(dsc_text *text) {
    const command *self;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) dsc_text_append(text, "%s ", self->name);
    help_append_things(text, " ");
}

static const dsc_param options[] = {
    {"as", DSC_PARAM_CHOICE, offsetof(values, as), "text", 0, 0, "text|man|names|bash|zsh|markdown",
     "text; a man page's source for scdoc; the names of all pages; a completion script for a shell; or a "
     "page of all layers, ops, ..."},
    {0},
};

static const command_operand operands[] = {
    {.name = "COMMAND|THINGS",
     .optional = true,
     .help = "a command; or a topic: layers, ops, optimisers, schedules, losses, augmentations, pictures, "
             "forms, formats or datasets",
     .words = append_topics},
    {.name = "ACTION|NAME", .optional = true, .help = "an action of the command; or one item of the topic"},
    {0},
};

static const command_example examples[] = {
    {"help data show", "Show the same as 'descender data show --help'."},
    {"help layers", "List the parts of a model's text, with parameters, ranges and defaults."},
    {"help optimisers adam", "Show one optimiser."},
    {"help --as man train",
     "Print the man page of `train` for scdoc. `make install` installs all man pages."},
    {"help --as bash", "Print completion for bash: source <(descender help --as bash)"},
    {0},
};

const command command_help = {
    .name = "help",
    .help = "explain a command, or list layers, optimisers and other topics",
    .lists_things = true,
    .about = "Help, man pages and completion are generated from the tables that the options are read with.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .values_size = sizeof(values),
    .run = run,
};
