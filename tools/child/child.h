/* SPDX-License-Identifier: MIT */
/* child.h: runs a program in a separate process, which ends when this process does. Its output is captured,
 * and the last error message that it printed becomes the error. */
#ifndef CHILD_CHILD_H
#define CHILD_CHILD_H

#include "base/text.h"

#include <descender.h>

typedef struct child child;

/* The path of the first of the programs `names` (NULL-terminated) found in PATH, as a text that the caller
 * frees; NULL: none, or no memory. */
char *child_find(const char *const *names);

/* Starts `program` with `arguments` (the first is its name, NULL-terminated); its input is empty. If this
 * process is killed, the child is asked to end (if the system supports it). The caller frees with
 * child_end. */
dsc_status child_start(child **child, const char *program, const char *const *arguments, dsc_error *error);

/* Like child_start, but the program's input and output are a local stream socket. *connection receives the
 * other end, which the caller closes; no other child inherits it. Sending to a child that has ended raises
 * SIGPIPE unless MSG_NOSIGNAL is given. */
dsc_status child_start_connected(child **child, int *connection, const char *program,
                                 const char *const *arguments, dsc_error *error);

/* Asks the child to end with SIGTERM; training then saves. Any thread, any number of times. */
void child_stop(child *child);

/* Whether it has ended; does not wait. */
bool child_has_ended(child *child);

/* Waits for its end. Fails with its error message unless its exit status is 0. `output` (or NULL) receives
 * what it printed, at most 16 MiB; nothing if it is connected. */
dsc_status child_wait(child *child, dsc_text *output, dsc_error *error);

/* Asks the child to end if it is running, kills it after `seconds`, and frees it. NULL is allowed. */
void child_end(child *child, double seconds);

/* Runs a program to its end: start, wait, end. */
dsc_status child_run(const char *program, const char *const *arguments, dsc_text *output, dsc_error *error);

#endif
