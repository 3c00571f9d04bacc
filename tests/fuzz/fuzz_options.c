/* SPDX-License-Identifier: MIT */
/* fuzz_options.c: any words, separated by newlines, as the command line of any command; the first byte
 * selects the command. A refusal gives the reason; an accepted line fills the whole call. */
#include "../../cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MOST = 32, COMMANDS_MOST = 128 };

/* The commands that run, including actions. */
static size_t list_commands(const command *list[COMMANDS_MOST]) {
    size_t count = 0;
    const command *self, *action;
    for (size_t i = 0; (self = command_at(&commands, i)); i++) {
        if (!self->actions && count < COMMANDS_MOST) list[count++] = self;
        for (size_t k = 0; (action = command_at(self->actions, k)); k++)
            if (count < COMMANDS_MOST) list[count++] = action;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const command *list[COMMANDS_MOST];
    static size_t count;
    char *words[WORDS_MOST + 1];
    int argc = 1;
    if (!count) count = list_commands(list);
    if (size < 1) return 0;
    char *text = malloc(size);
    if (!text) return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    const command *self = list[data[0] % count];
    char name[] = "command";
    words[0] = name;
    char *rest = text;
    while (argc < WORDS_MOST && rest) words[argc++] = strsep(&rest, "\n");
    words[argc] = NULL;
    command_call call = {.self = self};
    dsc_error error = {0};
    bool help = false;
    const dsc_status status = command_parse(&call, &help, argc, words, &error);
    if (status && (error.code != status || !*error.message)) abort();
    if (status && status != DSC_ERROR_MEMORY && !call.wrong_usage) abort();
    if (!status && !help && (!call.values || !call.options || !call.given)) abort();
    command_release(&call);
    free(text);
    return 0;
}
