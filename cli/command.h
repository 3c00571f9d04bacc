/* SPDX-License-Identifier: MIT */
/*
 * command.h: what a command of the program is, and what every command shares.
 *
 * A command is one file that ends in one `const command` descriptor, and one line in commands.c. Its
 * option table is the only source for parsing, checking and --help (and for whatever else is made from it,
 * such as man pages and completion). A command with actions (`descender data info`) is a descriptor that
 * lists those of its actions; each of them is a command itself.
 *
 * Where things go: results on standard output, everything else on standard error. Names and paths come
 * from outside: what is printed of them goes through dsc_visible, command_remark or command_complain; a
 * command that the user is to paste has dsc_shell_word around each of them; JSON has dsc_json_text around
 * each path. Exit status: 0 done, 1 failed, 2 wrong usage; 128 and the signal's number if it was asked to
 * end, so 130 after Ctrl-C and 143 after SIGTERM. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <descender.h>
#include <jansson.h>

#include "base/error.h"
#include "base/json.h"
#include "base/registry.h"
#include "base/visible.h"

enum { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_WRONG_USAGE = 2 };
enum { COMMAND_SIGNAL_BASE = 128 /* the signal's number is added */ };

typedef struct command command;
typedef struct command_together command_together; /* together.h */

/* What a program's option has and a parameter has not. Only options that need it are listed. */
typedef struct command_option {
    const char *name; /* that of the parameter; NULL ends a list */
    char letter;      /* 'o' for -o, or 0 */
    /* What stands for the value in help: "DIR", "FILE"; NULL: from the type. "DATA,..." is a list: it may
     * be given several times, and the texts are joined by commas. */
    const char *value;
    bool optional; /* a parameter without a default that need not be given */
} command_option;

/* An argument that is not an option. Those that may be left out come last. */
typedef struct command_operand {
    const char *name; /* "DIR"; NULL ends a list */
    bool optional;
    bool many; /* the last one: any number of them */
    const char *help;
    /* Appends the words that it may be, for completion; NULL: a file, or any. */
    void (*words)(dsc_text *text);
} command_operand;

typedef struct command_example {
    const char *line; /* as typed, without the "descender " in front; NULL ends a list */
    const char *help;
} command_example;

/* One call of a command, as its run function sees it. */
typedef struct command_call {
    const command *self;
    const command *group; /* the command whose action this is, or NULL */
    void *values;         /* the struct that the option table fills */
    dsc_param *options;   /* the whole table, see command_options */
    size_t operand_count;
    char **operands;
    bool json, quiet; /* the options of these names, where the table has them */
    bool wrong_usage; /* set by command_wrong_usage */
    bool told;        /* set by command_tell_stop */
    bool *given;      /* for each option of the table: the user gave it */
    char **reads;     /* read_count paths of files that this call reads, besides operands: command_reads */
    size_t read_count, read_capacity;
    command_together *together; /* the processes that share this call; NULL: this one is alone */
} command_call;

struct command {
    const char *name;
    const char *help; /* one line, begins lower case, no full stop */
    const dsc_param *options;
    size_t values_size;
    const char *about; /* paragraphs divided by empty lines, or NULL */
    const command_operand *operands;
    const dsc_param
        *shared; /* a table of another room's whose struct is the first member of `values`, or NULL */
    const command_option *extras;
    const command_example *examples; /* two or three */
    bool shared_out;                 /* several processes, started by mpirun, share its work: together.h */
    bool stops; /* asks command_should_stop while it works; others die of the first signal, as programs do */
    bool lists_things;  /* its man page has all that help_things.c lists */
    bool defaults_vary; /* those of `shared` come from elsewhere: help does not show them */
    dsc_status (*run)(command_call *call, dsc_error *error);
    const dsc_registry *actions; /* instead of options and all from `operands` on */
};

/* The rows that many tables share. `values` is the type of the struct. */
#define COMMAND_JSON(values)                                                                                 \
    { "json", DSC_PARAM_SWITCH, offsetof(values, json), "off", 0, 0, NULL, "print the results as JSON" }
#define COMMAND_QUIET(values)                                                                                \
    {                                                                                                        \
        "quiet", DSC_PARAM_SWITCH, offsetof(values, quiet), "off", 0, 0, NULL,                               \
            "no progress and no remarks, only results, warnings and errors"                                  \
    }

/* ---- the registry (commands.c) ---- */

extern const dsc_registry commands;
/* Number i of the commands, or of the actions of one (`list` may be NULL); NULL: there are no more. */
static inline const command *command_at(const dsc_registry *list, size_t i) {
    return list ? (const void *)dsc_registry_at(list, i) : NULL;
}
static inline const command *command_find(const dsc_registry *list, const char *name) {
    return (const void *)dsc_registry_find(list, name);
}

/* ---- options (options.c) ---- */

/* All options of a command in one table, those of `shared` first (release with free()); NULL for want of
 * memory. */
dsc_param *command_options(const command *self);
/* What the extras say of an option, or NULL. */
const command_option *command_extra(const command *self, const char *name);

/* Reads `argv` (argv[0] is the command's name) and fills `call`; *help: --help was there, nothing else
 * counts. All failures but those of memory are wrong usage. Release with command_release, also after a
 * failure. */
dsc_status command_parse(command_call *call, bool *help, int argc, char **argv, dsc_error *error);
void command_release(command_call *call);

/* Whether the user gave this option, whatever its value. */
bool command_given(const command_call *call, const char *option);

/* For a run function: `return command_wrong_usage(call, error, "...")`. The exit status is 2 then, and
 * wherever a call fails with DSC_ERROR_ARGUMENT. */
dsc_status command_wrong_usage(command_call *call, dsc_error *error, const char *format, ...)
    DSC_PRINTF(3, 4);

/* ---- help (help.c) ---- */

void command_print_welcome(void); /* `descender` alone */
void command_print_program_help(void);
void command_print_help(const command *group, const command *self);

/* ---- version.c ---- */

void command_print_version(void);
/* Prints the version and a table of the long check of all kernel sets. Returns the exit status:
 * COMMAND_FAILED if a set is wrong. */
int command_check_kernels(void);
/* Says on standard error which kernel sets are not used because they compute wrong results here. For
 * commands that compute but do not train: the trainer itself warns. */
void command_warn_of_kernels(void);

/* ---- output (output.c) ---- */

/* Before anything is opened: sees to it that descriptors 0, 1 and 2 are taken, and that a write to a closed
 * pipe or beyond `ulimit -f` fails instead of killing the program. False: it cannot be. */
bool command_prepare_process(void);
/* From now on the first SIGINT, SIGTERM or SIGHUP asks for a clean end. The next one ends the program at
 * once, unless it comes within a quarter of a second: schedulers send several at a time. One that was
 * ignored from the start, as SIGHUP under nohup, stays ignored. */
void command_catch_signals(void);
/* Whether to stop early: interrupted, or what goes to standard output is lost. */
bool command_should_stop(void);
/* The same for a command whose results are files: it goes on where standard output is full or closed, and
 * stops where its reader has left. */
bool command_should_stop_saving(void);
/* DSC_ERROR_STOPPED where a signal asked for an end: for between the parts of what takes long. */
dsc_status command_go_on(dsc_error *error);
/* The exit status of an interruption, or 0. */
int command_was_interrupted(void);

/* Notes that this call reads the file `path`, so that command_rehearse spares it. */
dsc_status command_reads(command_call *call, const char *path, dsc_error *error);
/* For a file that is written after long work, when all that the call reads is open: fails now if it cannot
 * be written, or is one that this call reads, by whatever name: an operand, a file in the folder of a run,
 * or one of command_reads. Warns if it can only be written in place. NULL is fine. */
dsc_status command_rehearse(const command_call *call, const char *path, dsc_error *error);
/* Warns that the file can only be written in place. */
void command_warn_in_place(const char *path);
/* The same of each of `names` (NULL ends them) in `folder`: of what is written once the results are safe, so
 * that it is told then what cannot be written at all. */
void command_warn_of_files(const char *folder, const char *const *names);

/* A remark on standard error; silent with --quiet. */
void command_remark(const command_call *call, const char *format, ...) DSC_PRINTF(2, 3);
/* "descender: MESSAGE" on standard error, always. */
void command_complain(const char *format, ...) DSC_PRINTF(1, 2);

/* "descender: interrupted, MESSAGE", or "stopped, MESSAGE" where no signal asked for it: for a command that
 * says what is kept and how to go on. Nothing more is said of the interruption. */
void command_tell_stop(command_call *call, const char *format, ...) DSC_PRINTF(2, 3);

/* What people read on standard output, printed as printf does: whole lines. Where that is a terminal of
 * less than 80 columns, draw_fit brings them to its width, as it does all that is said on standard error. */
void command_print(const char *format, ...) DSC_PRINTF(1, 2);
/* The same of a text, which is emptied; fails if it lacked memory. */
dsc_status command_print_text(dsc_text *text, dsc_error *error);
/* The same for what programs read, too: its lines stay as they are. */
dsc_status command_print_document(dsc_text *text, dsc_error *error);
/* Prints `json`, numbers as short as they can be, and releases it. NULL is a failure for want of memory. */
dsc_status command_print_json(json_t *json, dsc_error *error);

/* Flushes standard output; the exit status, which turns COMMAND_FAILED when something could not be
 * written. */
int command_finish(int status);

/* Whether a stream is a terminal that wants colour: NO_COLOR is unset or empty, TERM is not "dumb". */
bool command_colour(void *stream);
/* The width of standard output (1) or error (2) for text: the terminal's, else $COLUMNS or 80; at least 40,
 * at most 100. */
size_t command_width(int descriptor);
/* The room of a line that usually has `usual` columns: that, or the width of a terminal that has less than
 * both that and 80. */
size_t command_room(int descriptor, size_t usual);

#endif
