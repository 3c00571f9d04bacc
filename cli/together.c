/* SPDX-License-Identifier: MIT */
/* together.c: a command that several processes share; see together.h. */
#include "together.h"

#include "base/memory.h"
#include "ranks/ranks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command_together {
    processes *world;
    bool told;   /* one failed, and all know */
    bool agreed; /* all fail for the same reason */
};

/* Descriptor for a follower's error message: the original standard error. */
static int said_aloud = STDERR_FILENO;

void command_follow_in_silence(void) {
    unsigned rank, count;
    if (!processes_are_several(&rank, &count) || rank == 0) return;
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    said_aloud = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (nowhere < 0) return;
    (void)dup2(nowhere, STDOUT_FILENO);
    (void)dup2(nowhere, STDERR_FILENO);
    (void)close(nowhere);
}

dsc_status command_join(command_call *call, dsc_error *error) {
    unsigned rank, count;
    if (!processes_are_several(&rank, &count)) return DSC_OK;
    if (!call->self->shared_out)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "`descender %s%s%s` runs as one process, but %u were started; start it without mpirun",
            call->group ? call->group->name : "", call->group ? " " : "", call->self->name, count);
    if (count & (count - 1)) /* sums need a power of two: an exchange cannot report it */
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%u processes cannot work together; start 2, 4, 8, ... of them", count);
    call->together = dsc_allocate(1, sizeof *call->together);
    if (!call->together) return dsc_fail_memory(error, sizeof *call->together, "the processes");
    dsc_status status = processes_join(&call->together->world, error);
    if (!status) return DSC_OK;
    free(call->together);
    call->together = NULL;
    return status;
}

const dsc_ranks *command_ranks(const command_call *call) {
    return call->together ? processes_of(call->together->world) : NULL;
}

bool command_follows(const command_call *call) { return dsc_ranks_own(command_ranks(call)) > 0; }

unsigned command_threads(const command_call *call, int64_t wanted) {
    return wanted || !call->together ? (unsigned)wanted : processes_threads(call->together->world);
}

processes_sent command_sent(const command_call *call) {
    return call->together ? processes_count_sent(call->together->world) : (processes_sent){0, 0};
}

static void say_aloud(const command_call *call, const dsc_error *error) {
    char line[DSC_MESSAGE_SIZE + 256];
    const int length =
        snprintf(line, sizeof line, "descender: process %u on %s: %s\n", dsc_ranks_own(command_ranks(call)),
                 processes_machine(call->together->world), error->message);
    const size_t size = length > 0 ? strlen(line) : 0;
    for (size_t written = 0; written < size;) {
        const ssize_t n = write(said_aloud, line + written, size - written);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return; /* no other way to report it */
        written += (size_t)n;
    }
}

void command_leave(command_call *call, dsc_status status, const dsc_error *error, int exit_status) {
    command_together *t = call->together;
    if (!t) return;
    /* Failures that follow from exchanged values, or from a request to one process, happen in all. */
    const bool alike = t->agreed || !status || status == DSC_ERROR_STOPPED || status == DSC_ERROR_DIVERGED;
    if (!alike && command_follows(call)) say_aloud(call, error);
    (void)fflush(NULL);
    if (!alike) processes_abort(t->world, exit_status);
    processes_leave(t->world);
    free(t);
    call->together = NULL;
}

/* The first process that failed; if none did, the first that was asked to stop; else ranks->count. */
static unsigned find_first(const dsc_ranks *ranks, const double *statuses) {
    unsigned failed = ranks->count, stopped = ranks->count;
    for (unsigned r = ranks->count; r-- > 0;) {
        if (statuses[r] == DSC_ERROR_STOPPED)
            stopped = r;
        else if (statuses[r] != DSC_OK)
            failed = r;
    }
    return failed < ranks->count ? failed : stopped;
}

/* Each process sends its status in its rank's place, so that all know whose it is. */
dsc_status command_agree(command_call *call, dsc_status status, dsc_error *error) {
    const dsc_ranks *ranks = command_ranks(call);
    if (!ranks) return status;
    double *statuses = dsc_allocate((size_t)2 * ranks->count, sizeof *statuses);
    if (!statuses) return dsc_fail_memory(error, ranks->count, "the processes");
    statuses[ranks->rank] = (double)status;
    dsc_error lost;
    const dsc_status exchanged =
        dsc_ranks_sum_doubles(ranks, statuses, ranks->count, statuses + ranks->count, &lost);
    const unsigned first = exchanged ? 0 : find_first(ranks, statuses);
    const bool all_well = first == ranks->count,
               stopped = !all_well && !exchanged && statuses[first] == DSC_ERROR_STOPPED;
    free(statuses);
    if (exchanged) return dsc_fail(error, exchanged, "%s", lost.message);
    if (all_well) return DSC_OK;
    call->together->agreed = true;
    if (stopped) return status ? status : dsc_fail(error, DSC_ERROR_STOPPED, "process %u was stopped", first);
    if (status && status != DSC_ERROR_STOPPED) {
        if (first > 0) say_aloud(call, error);
        return status;
    }
    return dsc_fail(error, DSC_ERROR_IO, "process %u failed, so all processes end; its message says why",
                    first);
}

dsc_status command_share_text(command_call *call, char **text, dsc_error *error) {
    const dsc_ranks *ranks = command_ranks(call);
    uint64_t size = command_follows(call) ? 0 : strlen(*text) + 1;
    dsc_status status = dsc_ranks_copy(ranks, &size, sizeof size, error);
    if (status) return status;
    if (command_follows(call)) {
        *text = size < SIZE_MAX ? dsc_allocate((size_t)size + 1, 1) : NULL;
        if (!*text) return dsc_fail_memory(error, (size_t)size, "what the leader sends");
    }
    return dsc_ranks_copy(ranks, *text, (size_t)size, error);
}
