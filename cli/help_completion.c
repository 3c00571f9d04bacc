/* SPDX-License-Identifier: MIT */
/* help_completion.c: completion for bash and zsh, from the descriptors: commands, actions, options, choices
 * and recipes; files for everything else. */
#include "help.h"

#include "data/known.h"
#include "train/recipe.h"

#include <stdlib.h>
#include <string.h>

/* Appends "f32|bf16" as words. */
static void append_choices(dsc_text *text, const char *choices) {
    for (; *choices; choices++) dsc_text_append(text, "%c", *choices == '|' ? ' ' : *choices);
}

void help_append_recipes(dsc_text *text) {
    for (const dsc_named_recipe *recipe = dsc_named_recipes; recipe->name; recipe++)
        dsc_text_append(text, "%s%s", recipe == dsc_named_recipes ? "" : " ", recipe->name);
}

/* Appends the possible words of an option's value. Returns false for files or anything else. */
static bool append_words(dsc_text *text, const dsc_param *param) {
    if (param->type == DSC_PARAM_CHOICE)
        append_choices(text, param->choices);
    else if (!strcmp(param->name, "recipe")) {
        if (param->initial) dsc_text_append(text, "%s ", param->initial); /* train's: auto */
        help_append_recipes(text);
    } else if (!strcmp(param->name, "data")) {
        const dsc_row *row;
        dsc_text_append(text, "auto");
        for (size_t i = 0; (row = dsc_registry_at(&dsc_known_data_registry, i)); i++)
            dsc_text_append(text, " %s", row->name);
    } else
        return false;
    return true;
}

/* Calls `use` for every command with options: all but groups. */
static void for_each(dsc_text *text, void (*use)(dsc_text *text, const command *group, const command *self)) {
    const command *self, *action;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) {
        if (!self->actions) use(text, NULL, self);
        for (size_t k = 0; (action = command_at(self->actions, k)); k++) use(text, self, action);
    }
}

/* ---- bash ---- */

static void append_bash_case(dsc_text *text, const command *group, const command *self) {
    dsc_param *options = command_options(self);
    dsc_text_append(text, "    '%s%s%s')\n        options='--help", group ? group->name : "",
                    group ? " " : "", self->name);
    for (const dsc_param *param = options; param && param->name; param++) {
        dsc_text_append(text, " --%s", param->name);
        if (param->type == DSC_PARAM_SWITCH) dsc_text_append(text, " --no-%s", param->name);
    }
    dsc_text_append(text, "'\n        case $before in\n");
    for (const dsc_param *param = options; param && param->name; param++) {
        const command_option *extra = command_extra(self, param->name);
        dsc_text words = {0};
        if (append_words(&words, param) && words.data) {
            dsc_text_append(text, "        --%s", param->name);
            if (extra && extra->letter) dsc_text_append(text, " | -%c", extra->letter);
            dsc_text_append(text, ") words='%s' ;;\n", words.data);
        }
        dsc_text_free(&words);
    }
    dsc_text_append(text, "        esac\n");
    if (self->operands && self->operands->words) {
        dsc_text_append(text, "        operands='");
        self->operands->words(text);
        dsc_text_append(text, "'\n");
    }
    dsc_text_append(text, "        ;;\n");
    free(options);
}

void help_append_bash(dsc_text *text) {
    dsc_text_append(text, "# bash completion for descender, made by `descender help --as bash`\n"
                          "_descender() {\n"
                          "    local now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                          "    local command=${COMP_WORDS[1]} options='' words='' operands='' first=2\n"
                          "    COMPREPLY=()\n"
                          "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
                          "        COMPREPLY=($(compgen -W '--help --version");
    const command *self, *action;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) dsc_text_append(text, " %s", self->name);
    dsc_text_append(text, "' -- \"$now\"))\n        return\n    fi\n    case $command in\n");
    for (size_t i = 0; (self = command_at(&commands, i)); i++) {
        if (!self->actions) continue;
        dsc_text_append(
            text,
            "    %s)\n        if [ \"$COMP_CWORD\" = 2 ]; then\n            COMPREPLY=($(compgen -W '--help",
            self->name);
        for (size_t k = 0; (action = command_at(self->actions, k)); k++)
            dsc_text_append(text, " %s", action->name);
        dsc_text_append(text, "' -- \"$now\"))\n            return\n        fi\n        command=\"$command "
                              "${COMP_WORDS[2]}\"\n        first=3\n        ;;\n");
    }
    dsc_text_append(text, "    esac\n    case $command in\n");
    for_each(text, append_bash_case);
    dsc_text_append(text, "    esac\n"
                          "    if [ -n \"$words\" ]; then\n"
                          "        COMPREPLY=($(compgen -W \"$words\" -- \"$now\"))\n"
                          "    elif [[ $now == -* ]]; then\n"
                          "        COMPREPLY=($(compgen -W \"$options\" -- \"$now\"))\n"
                          "    elif [ -n \"$operands\" ] && [ \"$COMP_CWORD\" = \"$first\" ]; then\n"
                          "        COMPREPLY=($(compgen -W \"$operands\" -- \"$now\"))\n"
                          "    fi\n"
                          "}\n"
                          "complete -o default -F _descender descender\n");
}

/* ---- zsh ---- */

/* Makes words safe inside single quotes for _arguments and _describe: no quotes, colons or brackets. */
static void append_zsh_plain(dsc_text *text, const char *words) {
    for (; *words; words++) {
        if (*words == '\'')
            dsc_text_append(text, "'\\''");
        else
            dsc_text_append(text, strchr("[]:\\", *words) ? "\\%c" : "%c", *words);
    }
}

static void append_zsh_option(dsc_text *text, const command *self, const dsc_param *param) {
    const command_option *extra = command_extra(self, param->name);
    dsc_text words = {0};
    const bool known = append_words(&words, param);
    for (int form = 0; form < 2; form++) {
        if (form == 0 && !(extra && extra->letter)) continue;
        if (form == 0)
            dsc_text_append(text, "            '-%c[", extra->letter);
        else
            dsc_text_append(text, "            '--%s[", param->name);
        append_zsh_plain(text, param->help);
        dsc_text_append(text, "]");
        if (param->type != DSC_PARAM_SWITCH) {
            dsc_text_append(text, ":value:");
            if (known && words.data)
                dsc_text_append(text, "(%s)", words.data);
            else
                dsc_text_append(text, "_files");
        }
        dsc_text_append(text, "' \\\n");
    }
    dsc_text_free(&words);
}

static void append_zsh_case(dsc_text *text, const command *group, const command *self) {
    dsc_param *options = command_options(self);
    dsc_text_append(text, "    '%s%s%s')\n        _arguments \\\n", group ? group->name : "",
                    group ? " " : "", self->name);
    for (const dsc_param *param = options; param && param->name; param++)
        append_zsh_option(text, self, param);
    free(options);
    dsc_text_append(text, "            '--help[show help]' '*:file:");
    if (self->operands && self->operands->words) {
        dsc_text_append(text, "(");
        self->operands->words(text);
        dsc_text_append(text, ")");
    } else {
        dsc_text_append(text, "_files");
    }
    dsc_text_append(text, "'\n        ;;\n");
}

static void append_zsh_list(dsc_text *text, const dsc_registry *list) {
    const command *self;
    for (size_t i = 0; (self = command_at(list, i)); i++) {
        dsc_text_append(text, " '%s:", self->name);
        append_zsh_plain(text, self->help);
        dsc_text_append(text, "'");
    }
}

void help_append_zsh(dsc_text *text) {
    dsc_text_append(text,
                    "#compdef descender\n# zsh completion for descender, made by `descender help --as zsh`\n"
                    "local command=$words[2]\nlocal -a names\nif (( CURRENT == 2 )); then\n    names=(");
    append_zsh_list(text, &commands);
    dsc_text_append(
        text,
        ")\n    _describe command names\n    return\nfi\nshift words\n(( CURRENT-- ))\ncase $command in\n");
    const command *self;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) {
        if (!self->actions) continue;
        dsc_text_append(text, "    %s)\n        if (( CURRENT == 2 )); then\n            names=(",
                        self->name);
        append_zsh_list(text, self->actions);
        dsc_text_append(text, ")\n            _describe action names\n            return\n        fi\n"
                              "        command=\"$command $words[2]\"\n        shift words\n        (( "
                              "CURRENT-- ))\n        ;;\n");
    }
    dsc_text_append(text, "esac\ncase $command in\n");
    for_each(text, append_zsh_case);
    dsc_text_append(text, "esac\n");
}
