/* SPDX-License-Identifier: MIT */
/* command.h: the interface of the program's commands, and their shared functions.
 *
 * A command is one file that ends with one `const command` descriptor, and one line in commands.c. Its option
 * table is the only source for parsing, checking, --help, man pages and completion. A command with actions
 * (`descender data info`) has a descriptor that lists the actions; each action is a command itself.
 *
 * Results go to standard output, everything else to standard error. Names and paths are untrusted: they are
 * printed through dsc_visible, command_remark or command_complain; each word of a command for the user to
 * paste goes through dsc_shell_word; each path in JSON through dsc_json_text. Exit status: 0 success, 1
 * failure, 2 wrong usage; 128 plus the signal's number if a signal asked for the end, so 130 after Ctrl-C and
 * 143 after SIGTERM. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <descender.h>
#include <jansson.h>

#include "base/error.h"
#include "base/json.h"
#include "base/registry.h"
#include "base/visible.h"

enum { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_WRONG_USAGE = 2 };
enum { COMMAND_SIGNAL_BASE = 128 /* plus the signal's number */ };

typedef struct command command;
typedef struct command_together command_together; /* together.h */

/* What a program's option has beyond a parameter. Only options that need it are listed. */
typedef struct command_option {
    const char *name; /* the parameter's; NULL ends a list */
    char letter;      /* 'o' for -o, or 0 */
    /* The value's placeholder in help: "DIR", "FILE"; NULL: from the type. "DATA,..." is a list: the option
     * may be repeated, and the texts are joined by commas. */
    const char *value;
    bool optional; /* a parameter without a default that may be omitted */
} command_option;

/* A positional argument. Optional ones come last. */
typedef struct command_operand {
    const char *name; /* "DIR"; NULL ends a list */
    bool optional;
    bool many; /* only the last one: any number */
    const char *help;
    /* Appends the possible words for completion; NULL: a file, or anything. */
    void (*words)(dsc_text *text);
} command_operand;

typedef struct command_example {
    const char *line; /* without the leading "descender "; NULL ends a list */
    const char *help;
} command_example;

/* One call of a command, as passed to its run function. */
typedef struct command_call {
    const command *self;
    const command *group; /* the command of which this is an action, or NULL */
    void *values;         /* the struct that the options fill */
    dsc_param *options;   /* the whole table: command_options */
    size_t operand_count;
    char **operands;
    bool json, quiet; /* options of these names, if the table has them */
    bool wrong_usage; /* set by command_wrong_usage */
    bool told;        /* set by command_tell_stop */
    bool *given;      /* per option of the table: whether the user gave it */
    char **reads;     /* read_count paths that this call reads beside operands: command_reads */
    size_t read_count, read_capacity;
    command_together *together; /* the processes that share this call; NULL: only this one */
} command_call;

struct command {
    const char *name;
    const char *help; /* one line, lower case, no full stop */
    const dsc_param *options;
    size_t values_size;
    const char *about; /* paragraphs separated by empty lines, or NULL */
    const command_operand *operands;
    const dsc_param *shared; /* another room's table whose struct is the first member of `values`, or NULL */
    const command_option *extras;
    const command_example *examples; /* two or three */
    bool shared_out;                 /* several processes (mpirun) can share its work: together.h */
    bool stops;         /* calls command_should_stop while working; other commands end at the first signal */
    bool lists_things;  /* its man page includes the lists of help_things.c */
    bool defaults_vary; /* defaults of `shared` vary: help omits them */
    dsc_status (*run)(command_call *call, dsc_error *error);
    const dsc_registry *actions; /* instead of options and the members from `operands` on */
};

/* Rows common to many tables. `values` is the struct type. */
#define COMMAND_JSON(values)                                                                                 \
    { "json", DSC_PARAM_SWITCH, offsetof(values, json), "off", 0, 0, NULL, "print the results as JSON" }
#define COMMAND_QUIET(values)                                                                                \
    {                                                                                                        \
        "quiet", DSC_PARAM_SWITCH, offsetof(values, quiet), "off", 0, 0, NULL,                               \
            "no progress and no remarks, only results, warnings and errors"                                  \
    }

/* ---- the registry (commands.c) ---- */

extern const dsc_registry commands;
/* Command number i of a list (which may be NULL); NULL after the last. */
static inline const command *command_at(const dsc_registry *list, size_t i) {
    return list ? (const void *)dsc_registry_at(list, i) : NULL;
}
static inline const command *command_find(const dsc_registry *list, const char *name) {
    return (const void *)dsc_registry_find(list, name);
}

/* ---- options (options.c) ---- */

/* All options of a command in one table, those of `shared` first; the caller frees it. NULL without
 * memory. */
dsc_param *command_options(const command *self);
/* The extras of an option, or NULL. */
const command_option *command_extra(const command *self, const char *name);

/* Parses `argv` (argv[0] is the command's name) into `call`. *help: --help was given; everything else is then
 * ignored. All failures except those of memory are wrong usage. Release with command_release, also after a
 * failure. */
dsc_status command_parse(command_call *call, bool *help, int argc, char **argv, dsc_error *error);
void command_release(command_call *call);

/* Whether the user gave this option, with any value. */
bool command_given(const command_call *call, const char *option);

/* For a run function: `return command_wrong_usage(call, error, "...")`. The exit status is then 2, as for
 * every call that fails with DSC_ERROR_ARGUMENT. */
dsc_status command_wrong_usage(command_call *call, dsc_error *error, const char *format, ...)
    DSC_PRINTF(3, 4);

/* ---- help (help.c) ---- */

void command_print_welcome(void); /* `descender` without arguments */
void command_print_program_help(void);
void command_print_help(const command *group, const command *self);

/* ---- version.c ---- */

void command_print_version(void);
/* Prints the version and a table of the long check of all kernel sets. Returns the exit status:
 * COMMAND_FAILED if a set is wrong. */
int command_check_kernels(void);
/* Warns on standard error about kernel sets that are unused because they compute wrong results here. For
 * commands that compute but do not train; the trainer itself warns. */
void command_warn_of_kernels(void);

/* ---- output (output.c) ---- */

/* Call it before opening anything: occupies descriptors 0, 1 and 2 if they are closed, and makes a write to a
 * closed pipe or beyond `ulimit -f` fail instead of killing the program. Returns false on failure. */
bool command_prepare_process(void);
/* From now on the first SIGINT, SIGTERM or SIGHUP requests a clean end. The next one ends the program at
 * once, unless it comes within a quarter of a second, because schedulers send several together. A signal that
 * was ignored at the start, as SIGHUP under nohup, stays ignored. */
void command_catch_signals(void);
/* Whether to stop early: interrupted, or standard output cannot be written. */
bool command_should_stop(void);
/* The same for a command whose results are files: it continues if standard output is full or closed, and
 * stops if the reader of a pipe has gone. */
bool command_should_stop_saving(void);
/* Fails with DSC_ERROR_STOPPED if a signal asked for the end; for use between the parts of long work. */
dsc_status command_go_on(dsc_error *error);
/* The exit status of an interruption, or 0. */
int command_was_interrupted(void);

/* Notes that this call reads the file `path`, so that command_rehearse protects it. */
dsc_status command_reads(command_call *call, const char *path, dsc_error *error);
/* For a file that is written after long work; call it when everything that the call reads is open. Fails if
 * the file cannot be written, or is read by this call: an operand, a file in a run's folder, or one of
 * command_reads, under any name. Warns if it can only be written in place. `path` may be NULL. */
dsc_status command_rehearse(const command_call *call, const char *path, dsc_error *error);
/* Warns that the file can only be written in place. */
void command_warn_in_place(const char *path);
/* The same for each of `names` (ended by NULL) in `folder`: files that are written after the results are
 * safe; warns early about those that cannot be written at all. */
void command_warn_of_files(const char *folder, const char *const *names);

/* Prints a remark on standard error, unless --quiet. */
void command_remark(const command_call *call, const char *format, ...) DSC_PRINTF(2, 3);
/* Prints "descender: MESSAGE" on standard error, always. */
void command_complain(const char *format, ...) DSC_PRINTF(1, 2);

/* Prints "descender: interrupted, MESSAGE", or "stopped, MESSAGE" without a signal, for a command that says
 * what is kept and how to continue. main.c then does not mention the interruption again. */
void command_tell_stop(command_call *call, const char *format, ...) DSC_PRINTF(2, 3);

/* Prints whole lines for people on standard output, like printf. On a terminal with less than 80 columns
 * draw_fit adapts them to its width, like everything on standard error. */
void command_print(const char *format, ...) DSC_PRINTF(1, 2);
/* command_print for a text, which is emptied; fails if it lacks memory. */
dsc_status command_print_text(dsc_text *text, dsc_error *error);
/* The same for a text that programs read, too: its lines are not adapted. */
dsc_status command_print_document(dsc_text *text, dsc_error *error);
/* Prints `json` with the shortest form of numbers, and releases it. NULL is a failure of memory. */
dsc_status command_print_json(json_t *json, dsc_error *error);

/* Flushes standard output. Returns the exit status, which becomes COMMAND_FAILED if something could not be
 * written. */
int command_finish(int status);

/* Whether a stream is a terminal with colour: NO_COLOR is unset or empty, TERM is not "dumb". */
bool command_colour(void *stream);
/* The text width of standard output (1) or error (2): the terminal's, otherwise $COLUMNS or 80; 40 to 100. */
size_t command_width(int descriptor);
/* The columns of a line: `usual`, or the width of a terminal narrower than both `usual` and 80. */
size_t command_room(int descriptor, size_t usual);

#endif
