/* SPDX-License-Identifier: MIT */
/* child.h: a program in a process of its own, which ends when the server does. What it prints is not the
 * terminal's: it is kept, and the last line that it complained with is its error. */
#ifndef SERVE_CHILD_H
#define SERVE_CHILD_H

#include "base/text.h"

#include <descender.h>

typedef struct serve_child serve_child;

/* Starts `program` with `arguments` (the first is its name, NULL ends them); it reads nothing. If this
 * process is killed, the child is told to end (where the system can do so). */
dsc_status serve_child_start(serve_child **child, const char *program, const char *const *arguments,
                             dsc_error *error);

/* Asks it to end: SIGTERM, at which training saves. Any thread, any number of times. */
void serve_child_stop(serve_child *child);

/* Whether it has ended; does not wait. */
bool serve_child_has_ended(serve_child *child);

/* Waits for its end. Fails unless its exit status is 0, with what it said. `output` (NULL: not wanted): what
 * it printed, at most 16 MiB. */
dsc_status serve_child_wait(serve_child *child, dsc_text *output, dsc_error *error);

/* Asks it to end, if it runs, and kills it if it has not after `seconds`. NULL does nothing. */
void serve_child_end(serve_child *child, double seconds);

#endif
