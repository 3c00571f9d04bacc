/* SPDX-License-Identifier: MIT */
/* child.h: a program in a process of its own, which ends when this one does. What it prints is not the
 * terminal's: it is kept, and the last line that it complained with is its error. */
#ifndef CHILD_CHILD_H
#define CHILD_CHILD_H

#include "base/text.h"

#include <descender.h>

typedef struct child child;

/* The path of the first of the programs `names` (NULL ends them) that is in a folder of PATH, in new memory;
 * NULL: there is none, or no memory. */
char *child_find(const char *const *names);

/* Starts `program` with `arguments` (the first is its name, NULL ends them); it reads nothing. If this
 * process is killed, the child is told to end (where the system can do so). */
dsc_status child_start(child **child, const char *program, const char *const *arguments, dsc_error *error);

/* Asks it to end: SIGTERM, at which training saves. Any thread, any number of times. */
void child_stop(child *child);

/* Whether it has ended; does not wait. */
bool child_has_ended(child *child);

/* Waits for its end. Fails unless its exit status is 0, with what it said. `output` (NULL: not wanted): what
 * it printed, at most 16 MiB. */
dsc_status child_wait(child *child, dsc_text *output, dsc_error *error);

/* Asks it to end, if it runs, and kills it if it has not after `seconds`. NULL does nothing. */
void child_end(child *child, double seconds);

/* Runs a program to its end: start, wait, end. */
dsc_status child_run(const char *program, const char *const *arguments, dsc_text *output, dsc_error *error);

#endif
