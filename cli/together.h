/* SPDX-License-Identifier: MIT */
/* together.h: a command shared by several processes, started by mpirun. Each process runs the whole command.
 * Process 0 is the leader: only it prints and writes. The others are followers: their output is discarded,
 * except the reason of a failure that the leader does not have. A process that fails alone ends all. */
#ifndef CLI_TOGETHER_H
#define CLI_TOGETHER_H

#include "command.h"
#include "processes/processes.h"

/* Call it before printing: silences a follower. */
void command_follow_in_silence(void);

/* Joins the other processes, if any, and then sets call->together. Fails for commands that cannot be
 * shared. */
dsc_status command_join(command_call *call, dsc_error *error);
/* Called after the command has ended with `status`; `exit_status` is the program's. */
void command_leave(command_call *call, dsc_status status, const dsc_error *error, int exit_status);

/* The processes; NULL: only this one. */
const dsc_ranks *command_ranks(const command_call *call);
bool command_follows(const command_call *call);
/* `wanted`; if 0, this process's share of the machine's processors (0: all, without other processes). */
unsigned command_threads(const command_call *call, int64_t wanted);

/* What this process has sent so far; nothing without other processes. */
processes_sent command_sent(const command_call *call);

/* Called by all processes with their status: fails in all if it failed in one. The leader reports its own
 * failure, the others report theirs. If one was asked to stop and none failed, all stop. */
dsc_status command_agree(command_call *call, dsc_status status, dsc_error *error);

/* Sends the leader's text to all, which the caller frees; called by all. */
dsc_status command_share_text(command_call *call, char **text, dsc_error *error);

#endif
