/* SPDX-License-Identifier: MIT */
/* options.c: parses a command line by a command's option table.
 *
 * getopt_long splits the arguments, so "--epochs 3", "--epochs=3", "-o x", "-ox", "--" and options after
 * operands work as usual. The parameter table checks the values. A switch is "--flag", "--flag=off" or
 * "--no-flag". */
#include "command.h"

#include "base/memory.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_HELP = 'h', OPTION_FIRST = 1000, OPTION_NO_FIRST = 3000 };

/* A table in getopt's form; `names` holds the texts "no-FLAG". */
typedef struct getopt_table {
    struct option *options;
    char *letters;
    char **names;
    size_t count, name_count;
} getopt_table;

static void free_table(getopt_table *table) {
    for (size_t i = 0; i < table->name_count; i++) free(table->names[i]);
    free(table->names);
    free(table->options);
    free(table->letters);
}

const command_option *command_extra(const command *self, const char *name) {
    for (const command_option *extra = self->extras; extra && extra->name; extra++)
        if (!strcmp(extra->name, name)) return extra;
    return NULL;
}

dsc_param *command_options(const command *self) {
    size_t shared = dsc_param_count(self->shared), own = dsc_param_count(self->options);
    dsc_param *table = dsc_allocate(shared + own + 1, sizeof *table);
    if (!table) return NULL;
    if (shared) memcpy(table, self->shared, shared * sizeof *table);
    if (own) memcpy(table + shared, self->options, own * sizeof *table);
    return table;
}

static dsc_status make_table(getopt_table *table, const command_call *call, dsc_error *error) {
    size_t params = dsc_param_count(call->options);
    table->options = dsc_allocate(2 * params + 2, sizeof *table->options);
    table->letters = dsc_allocate(2 * params + 4, 1);
    table->names = dsc_allocate(params + 1, sizeof *table->names);
    if (!table->options || !table->letters || !table->names)
        return dsc_fail_memory(error, params * sizeof *table->options, "the options");
    char *letter = table->letters;
    *letter++ = ':'; /* distinguishes a missing value from an unknown option */
    *letter++ = OPTION_HELP;
    table->options[table->count++] = (struct option){"help", no_argument, NULL, OPTION_HELP};
    for (size_t i = 0; i < params; i++) {
        const dsc_param *param = &call->options[i];
        bool is_switch = param->type == DSC_PARAM_SWITCH;
        table->options[table->count++] = (struct option){
            param->name, is_switch ? optional_argument : required_argument, NULL, OPTION_FIRST + (int)i};
        const command_option *extra = command_extra(call->self, param->name);
        if (extra && extra->letter) {
            *letter++ = extra->letter;
            if (!is_switch) *letter++ = ':';
        }
        if (!is_switch) continue;
        char *name = malloc(strlen(param->name) + 4);
        if (!name) return dsc_fail_memory(error, strlen(param->name) + 4, "the options");
        strcpy(name, "no-");
        strcat(name, param->name);
        table->names[table->name_count++] = name;
        table->options[table->count++] = (struct option){name, no_argument, NULL, OPTION_NO_FIRST + (int)i};
    }
    return DSC_OK;
}

dsc_status command_wrong_usage(command_call *call, dsc_error *error, const char *format, ...) {
    char message[DSC_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call->wrong_usage = true;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s", message);
}

/* Reports a word that getopt refused: unknown, ambiguous, or "--no-flag=value". */
static dsc_status refuse(command_call *call, const getopt_table *table, const char *word, dsc_error *error) {
    if (word[0] != '-' || word[1] != '-')
        return command_wrong_usage(call, error, "unknown option '-%c'", optopt);
    char name[64];
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *first = NULL, *second = NULL;
    dsc_nearest nearest = dsc_nearest_to(name);
    for (size_t i = 0; i < table->count; i++) {
        const char *candidate = table->options[i].name;
        if (!strcmp(candidate, name))
            return command_wrong_usage(call, error, "option '--%s' takes no value", name);
        if (!strncmp(candidate, name, strlen(name))) {
            second = first;
            first = candidate;
        }
        dsc_nearest_try(&nearest, candidate);
    }
    if (second)
        return command_wrong_usage(call, error, "option '--%s' could be '--%s' or '--%s'", name, second,
                                   first);
    return nearest.name ? command_wrong_usage(call, error, "unknown option '--%s'; did you mean '--%s'?",
                                              name, nearest.name)
                        : command_wrong_usage(call, error, "unknown option '--%s'", name);
}

static dsc_status set_value(command_call *call, size_t index, const char *text, dsc_error *error) {
    const dsc_param *param = &call->options[index];
    const command_option *extra = command_extra(call->self, param->name);
    dsc_text joined = {0};
    dsc_error inner = {0};
    if (call->given[index] && extra && extra->value && strchr(extra->value, ','))
        dsc_text_append(&joined, "%s,%s", *(char **)(void *)((char *)call->values + param->offset), text);
    call->given[index] = true;
    if (joined.failed) return dsc_fail_memory(error, strlen(text), param->name);
    dsc_status status = dsc_param_parse(param, call->values, joined.data ? joined.data : text, &inner);
    dsc_text_free(&joined);
    if (status == DSC_ERROR_MEMORY) return dsc_fail(error, status, "%s", inner.message);
    if (status) return command_wrong_usage(call, error, "--%s", inner.message);
    return DSC_OK;
}

/* The index in the table of the option that getopt found by name or letter. */
static size_t index_of(const command_call *call, int found) {
    if (found >= OPTION_NO_FIRST) return (size_t)(found - OPTION_NO_FIRST);
    if (found >= OPTION_FIRST) return (size_t)(found - OPTION_FIRST);
    size_t index = 0;
    for (; call->options[index].name; index++) {
        const command_option *extra = command_extra(call->self, call->options[index].name);
        if (extra && extra->letter == found) break;
    }
    return index;
}

static dsc_status read_options(command_call *call, bool *help, const getopt_table *table, int argc,
                               char **argv, dsc_error *error) {
    optind = 0; /* glibc: initialise again */
    opterr = 0;
    for (;;) {
        int found = getopt_long(argc, argv, table->letters, table->options, NULL);
        if (found == -1) return DSC_OK;
        if (found == OPTION_HELP) {
            *help = true;
            return DSC_OK;
        }
        if (found == '?') return refuse(call, table, argv[optind - 1], error);
        if (found == ':')
            return command_wrong_usage(call, error, "option '%s' needs a value", argv[optind - 1]);
        const char *text = optarg;
        if (!text) text = found >= OPTION_NO_FIRST ? "off" : "on";
        dsc_status status = set_value(call, index_of(call, found), text, error);
        if (status) return status;
    }
}

static dsc_status check_required(command_call *call, dsc_error *error) {
    const dsc_param *options = call->options;
    for (size_t i = 0; options[i].name; i++) {
        const command_option *extra = command_extra(call->self, options[i].name);
        if (!options[i].initial && options[i].type != DSC_PARAM_TEXT && !call->given[i] &&
            !(extra && extra->optional))
            return command_wrong_usage(call, error, "option '--%s' is required: %s", options[i].name,
                                       options[i].help);
    }
    size_t most = 0;
    for (const command_operand *operand = call->self->operands; operand && operand->name; operand++) {
        if (call->operand_count <= most && !operand->optional)
            return command_wrong_usage(call, error, "%s is missing: %s", operand->name, operand->help);
        most = operand->many ? SIZE_MAX : most + 1;
    }
    if (call->operand_count > most)
        return command_wrong_usage(call, error, "'%s' is one argument too many", call->operands[most]);
    return DSC_OK;
}

/* Whether the table has a switch of this name and it is on. */
static bool is_on(const command_call *call, const char *name) {
    const dsc_param *param = dsc_param_find(call->options, name);
    return param && param->type == DSC_PARAM_SWITCH &&
           *(const bool *)((const char *)call->values + param->offset);
}

dsc_status command_parse(command_call *call, bool *help, int argc, char **argv, dsc_error *error) {
    getopt_table table = {0};
    *help = false;
    call->options = command_options(call->self);
    call->values = dsc_allocate(1, call->self->values_size);
    if (call->options) call->given = dsc_allocate(dsc_param_count(call->options) + 1, sizeof *call->given);
    if (!call->values || !call->given) return dsc_fail_memory(error, call->self->values_size, "the options");
    dsc_status status = make_table(&table, call, error);
    if (!status) status = dsc_params_initialise(call->options, call->values, error);
    if (!status) status = read_options(call, help, &table, argc, argv, error);
    free_table(&table);
    if (status || *help) return status;
    call->operand_count = (size_t)(argc - optind);
    call->operands = argv + optind;
    call->json = is_on(call, "json");
    call->quiet = is_on(call, "quiet");
    return check_required(call, error);
}

void command_release(command_call *call) {
    if (call->values) dsc_params_free(call->options, call->values);
    free(call->values);
    free(call->options);
    free(call->given);
    for (size_t i = 0; i < call->read_count; i++) free(call->reads[i]);
    free(call->reads);
    call->reads = NULL;
    call->read_count = call->read_capacity = 0;
    call->values = NULL;
    call->options = NULL;
    call->given = NULL;
}

bool command_given(const command_call *call, const char *option) {
    for (size_t i = 0; call->options[i].name; i++)
        if (!strcmp(call->options[i].name, option)) return call->given[i];
    return false;
}
