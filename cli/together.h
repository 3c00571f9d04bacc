/* SPDX-License-Identifier: MIT */
/* together.h: a command that several processes share, started by mpirun. Each runs the whole command. Process
 * 0 leads: only it prints and writes. The others follow: what they print goes nowhere, but for why one of
 * them failed where the leader did not. A process that fails alone ends all. */
#ifndef CLI_TOGETHER_H
#define CLI_TOGETHER_H

#include "command.h"
#include "processes/processes.h"

/* Before anything is printed: a process that follows is silent from now on. */
void command_follow_in_silence(void);

/* Joins the others where there are any: call->together is set then. Fails for commands that are not
 * shared. */
dsc_status command_join(command_call *call, dsc_error *error);
/* After the command, which ended with `status`; `exit_status` is what the program is about to end with. */
void command_leave(command_call *call, dsc_status status, const dsc_error *error, int exit_status);

/* The processes; NULL: this one is alone. */
const dsc_ranks *command_ranks(const command_call *call);
bool command_follows(const command_call *call);
/* `wanted`, or where that is 0 this process's share of the machine's processors; 0 alone: all. */
unsigned command_threads(const command_call *call, int64_t wanted);

/* What this process has sent to others so far; nothing where it is alone. */
processes_sent command_sent(const command_call *call);

/* Called by all, each with how it went so far: fails in all of them where it did in one. The leader's failure
 * is told by the leader, and that of others by themselves. */
dsc_status command_agree(command_call *call, dsc_status status, dsc_error *error);

/* The leader's text, to all (release with free()); called by all. */
dsc_status command_share_text(command_call *call, char **text, dsc_error *error);

#endif
