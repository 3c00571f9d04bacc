/* SPDX-License-Identifier: MIT */
/* help_command.c: `descender help`: the help of a command as people also ask for it, and all else that is made of the same tables. */
#include "help.h"

typedef struct values {
    int as;
} values;

enum { AS_TEXT, AS_MAN, AS_NAMES, AS_BASH, AS_ZSH };

static dsc_status find(command_call *call, const command **group, const command **self, dsc_error *error) {
    const command *const *list = commands;
    for (size_t i = 0; i < call->operand_count; i++) {
        if (*self && !(*self)->actions)
            return command_wrong_usage(call, error, "'%s' has no actions", (*self)->name);
        *group = *self;
        *self = command_find(list, call->operands[i]);
        if (!*self) {
            call->wrong_usage = true;
            return command_unknown(list, *group ? "action" : "command", call->operands[i], error);
        }
        list = (*self)->actions;
    }
    return DSC_OK;
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    const command *group = NULL, *self = NULL;
    dsc_text text = {0};
    dsc_status status = find(call, &group, &self, error);
    if (status) return status;
    switch (how->as) {
    case AS_MAN:
        help_append_man(&text, group, self);
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
    default:
        if (self)
            command_print_help(group, self);
        else
            command_print_program_help();
    }
    return command_print_text(&text, error);
}

static const dsc_param options[] = {
    {"as", DSC_PARAM_CHOICE, offsetof(values, as), "text", 0, 0, "text|man|names|bash|zsh",
     "text; a man page's source for scdoc; the names of all pages; completion for a shell"},
    {0},
};

static const command_operand operands[] = {
    {"COMMAND", true, false, "the command"},
    {"ACTION", true, false, "its action, where it has some"},
    {0},
};

static const command_example examples[] = {
    {"help data show", "The same as 'descender data show --help'."},
    {"help --as man train",
     "The man page of `train`, as scdoc reads it. `make install` installs all of them."},
    {"help --as bash", "Completion for this shell: source <(descender help --as bash)"},
    {0},
};

const command command_help = {
    .name = "help",
    .help = "explain a command",
    .about =
        "Everything is made from the same tables that options are read by: --help, man pages and completion.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .values_size = sizeof(values),
    .run = run,
};
