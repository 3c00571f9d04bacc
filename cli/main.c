/* SPDX-License-Identifier: MIT */
/* main.c: finds the command, runs it, and reports failures. */
#include "command.h"
#include "together.h"

#include "picture/decoder.h"

#include <stdio.h>
#include <string.h>

/* Prints a message and a hint to the help of "descender data info". */
static void complain_usage(const command *group, const command *self, const char *message) {
    command_complain("%s", message);
    (void)fprintf(stderr, "Try 'descender%s%s%s%s --help'.\n", group ? " " : "", group ? group->name : "",
                  self ? " " : "", self ? self->name : "");
}

static int run(const command *group, const command *self, int argc, char **argv) {
    command_call call = {.self = self, .group = group};
    dsc_error error = {0};
    bool help = false;
    dsc_status status = command_parse(&call, &help, argc, argv, &error);
    if (!status && help) {
        command_print_help(group, self);
    } else if (!status) {
        if (self->stops) command_catch_signals();
        status = command_join(&call, &error);
        if (!status) status = self->run(&call, &error);
    }
    int result = COMMAND_DONE;
    if (status && command_was_interrupted()) {
        /* An interruption does not hide an earlier failure. */
        if (status != DSC_ERROR_STOPPED) command_complain("%s", error.message);
        if (!call.told) command_complain("interrupted");
        result = command_was_interrupted();
    } else if (call.wrong_usage || status == DSC_ERROR_ARGUMENT) {
        complain_usage(group, self, error.message);
        result = COMMAND_WRONG_USAGE;
    } else if (status) {
        /* Stopped because standard output has no reader: command_finish reports it if necessary. */
        if (!(status == DSC_ERROR_STOPPED && command_should_stop())) command_complain("%s", error.message);
        result = COMMAND_FAILED;
    }
    command_leave(&call, status, &error, result);
    command_release(&call);
    return result;
}

static bool is_help(const char *word) { return !strcmp(word, "--help") || !strcmp(word, "-h"); }

static bool is_version(const char *word) { return !strcmp(word, "--version") || !strcmp(word, "-V"); }

/* argv[0] is --version. */
static int run_version(int argc, char **argv) {
    if (argc > 1 && (argc > 2 || strcmp(argv[1], "--check") != 0)) {
        complain_usage(NULL, NULL, "only --check may follow --version");
        return COMMAND_WRONG_USAGE;
    }
    if (argc > 1) return command_check_kernels();
    command_print_version();
    return COMMAND_DONE;
}

static int dispatch(int argc, char **argv) {
    const dsc_registry *list = &commands;
    const command *group = NULL;
    for (int at = 1;; at++) {
        const char *word = at < argc ? argv[at] : NULL;
        dsc_error error = {0};
        if (!word && !group)
            command_print_welcome();
        else if (!word || (is_help(word) && group))
            command_print_help(NULL, group);
        else if (is_help(word))
            command_print_program_help();
        else if (!group && is_version(word))
            return run_version(argc - at, argv + at);
        else if (word[0] == '-') {
            (void)dsc_fail(&error, DSC_ERROR_ARGUMENT, "unknown option '%s'; options come after the %s", word,
                           group ? "action" : "command");
            complain_usage(NULL, group, error.message);
            return COMMAND_WRONG_USAGE;
        } else {
            const command *self = command_find(list, word);
            if (self && self->actions) {
                group = self;
                list = self->actions;
                continue;
            }
            if (self) return run(group, self, argc - at, argv + at);
            (void)dsc_registry_unknown(list, word, &error);
            complain_usage(NULL, group, error.message);
            return COMMAND_WRONG_USAGE;
        }
        return COMMAND_DONE;
    }
}

int main(int argc, char **argv) {
    picture_decoder_begin(argc, argv);
    if (!command_prepare_process()) return COMMAND_FAILED;
    command_follow_in_silence();
    return command_finish(dispatch(argc, argv));
}
