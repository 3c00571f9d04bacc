/* SPDX-License-Identifier: MIT */
/* processes.c: the processes started by mpirun, through MPI; see processes.h. */
#include "processes/processes.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "late/late.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if DESCENDER_WITH_MPI

#include <mpi.h>

/* Predefined handles are addresses in Open MPI's library, but numbers in MPICH. */
#ifdef OPEN_MPI
#define MPI_DATA(X) X(ompi_mpi_comm_world) X(ompi_mpi_byte)
#define MPI_NAME    "Open MPI"
#else
#define MPI_DATA(X)
#define MPI_NAME "MPICH"
#endif
#define MPI_ALL(X)                                                                                           \
    X(MPI_Init_thread)                                                                                       \
    X(MPI_Finalize)                                                                                          \
    X(MPI_Abort)                                                                                             \
    X(MPI_Comm_rank)                                                                                         \
    X(MPI_Comm_size)                                                                                         \
    X(MPI_Allgather)                                                                                         \
    X(MPI_Sendrecv)                                                                                          \
    MPI_DATA(X)
typedef struct mpi_functions {
    MPI_ALL(LATE_MEMBER)
} mpi_functions;
static const char *const names[] = {MPI_ALL(LATE_NAME) NULL};

enum { MACHINE = 256, MESSAGE_MOST = 1 << 30 }; /* MPI counts in int */

struct processes {
    mpi_functions mpi;
    MPI_Comm all;
    MPI_Datatype byte;
    dsc_ranks ranks;
    processes_sent sent;
    unsigned threads;
    char machine[MACHINE];
};

static int smaller(size_t bytes) { return bytes < MESSAGE_MOST ? (int)bytes : MESSAGE_MOST; }

static dsc_status exchange(void *context, unsigned partner, void *receive, size_t received, const void *send,
                           size_t sent, dsc_error *error) {
    processes *w = context;
    do {
        const int in = smaller(received), out = smaller(sent);
        if (w->mpi.MPI_Sendrecv(send, out, w->byte, (int)partner, 0, receive, in, w->byte, (int)partner, 0,
                                w->all, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            return dsc_fail(error, DSC_ERROR_IO, "MPI cannot exchange %d bytes with process %u", out,
                            partner);
        w->sent.messages += out > 0;
        w->sent.bytes += (uint64_t)out;
        send = out ? (const unsigned char *)send + out : send;
        receive = in ? (unsigned char *)receive + in : receive;
        sent -= (size_t)out;
        received -= (size_t)in;
    } while (sent || received);
    return DSC_OK;
}

/* --- threads --- */

/* A process's machine and processors, as sent to the others. */
typedef struct seat {
    char machine[MACHINE];
    cpu_set_t processors; /* on which it may run */
} seat;

/* The number of processors for this process: those that mpirun bound to it, or its share of unbound ones. */
static unsigned share_processors(const seat *seats, unsigned count, const seat *own) {
    cpu_set_t all;
    unsigned here = 1; /* this process */
    all = own->processors;
    for (unsigned i = 0; i < count; i++) {
        if (&seats[i] == own || strcmp(seats[i].machine, own->machine) != 0) continue;
        CPU_OR(&all, &all, &seats[i].processors);
        here++;
    }
    const unsigned mine = (unsigned)CPU_COUNT(&own->processors), share = (unsigned)CPU_COUNT(&all) / here,
                   threads = share < mine ? share : mine;
    return threads ? threads : 1;
}

static dsc_status meet(processes *w, dsc_error *error) {
    seat own, *seats = dsc_allocate(w->ranks.count, sizeof *seats);
    if (!seats) return dsc_fail_memory(error, w->ranks.count * sizeof *seats, "the processes");
    memset(&own, 0, sizeof own);
    memcpy(own.machine, w->machine, sizeof own.machine);
    if (sched_getaffinity(0, sizeof own.processors, &own.processors)) /* more processors than the type can
                                                                       * represent */
        for (unsigned i = 0; i < dsc_threads_available() && i < CPU_SETSIZE; i++) CPU_SET(i, &own.processors);
    const int bytes = (int)sizeof own;
    dsc_status status =
        w->mpi.MPI_Allgather(&own, bytes, w->byte, seats, bytes, w->byte, w->all) == MPI_SUCCESS
            ? DSC_OK
            : dsc_fail(error, DSC_ERROR_IO, "MPI cannot synchronise the processes");
    if (!status) w->threads = share_processors(seats, w->ranks.count, &seats[w->ranks.rank]);
    free(seats);
    return status;
}

/* --- joining and leaving --- */

static dsc_status begin(processes *w, unsigned started, dsc_error *error) {
    int given, rank = 0, count = 0;
    dsc_status status = late_load(&w->mpi, names, DESCENDER_MPI_SONAME, error);
    if (status) return status;
#ifdef OPEN_MPI
    w->all = (MPI_Comm)(void *)w->mpi.ompi_mpi_comm_world;
    w->byte = (MPI_Datatype)(void *)w->mpi.ompi_mpi_byte;
#else
    w->all = MPI_COMM_WORLD;
    w->byte = MPI_BYTE;
#endif
    if (w->mpi.MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) != MPI_SUCCESS)
        return dsc_fail(error, DSC_ERROR_IO, MPI_NAME " cannot begin");
    (void)w->mpi.MPI_Comm_rank(w->all, &rank);
    (void)w->mpi.MPI_Comm_size(w->all, &count);
    if ((unsigned)count != started || given < MPI_THREAD_FUNNELED)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%u processes were started, but " MPI_NAME
                        ", with which this program was built, finds %d: start them with its own mpirun",
                        started, count);
    w->ranks =
        (dsc_ranks){.rank = (unsigned)rank, .count = (unsigned)count, .exchange = exchange, .context = w};
    if (gethostname(w->machine, sizeof w->machine - 1)) memcpy(w->machine, "?", 2);
    return meet(w, error);
}

dsc_status processes_join(processes **world, dsc_error *error) {
    unsigned rank, count;
    *world = NULL;
    if (!processes_are_several(&rank, &count))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "this process is alone");
    processes *w = dsc_allocate(1, sizeof *w);
    if (!w) return dsc_fail_memory(error, sizeof *w, "the processes");
    dsc_status status = begin(w, count, error);
    if (status)
        free(w); /* MPI stays initialised: a process that fails ends together with all others */
    else
        *world = w;
    return status;
}

void processes_leave(processes *w) {
    if (w) (void)w->mpi.MPI_Finalize();
    free(w);
}

void processes_abort(processes *w, int exit_status) { (void)w->mpi.MPI_Abort(w->all, exit_status); }

const dsc_ranks *processes_of(const processes *w) { return &w->ranks; }
unsigned processes_threads(const processes *w) { return w->threads; }
const char *processes_machine(const processes *w) { return w->machine; }
processes_sent processes_count_sent(const processes *w) { return w->sent; }

#else

dsc_status processes_join(processes **world, dsc_error *error) {
    unsigned rank = 0, count = 0;
    *world = NULL;
    (void)processes_are_several(&rank, &count);
    return dsc_fail(
        error, DSC_ERROR_UNSUPPORTED,
        "%u processes were started to train together, but this program was built without MPI; build it with "
        "Open MPI or MPICH (libopenmpi-dev, DESCENDER_MPI=ON), or start it without mpirun",
        count);
}

void processes_leave(processes *world) { (void)world; }
void processes_abort(processes *world, int exit_status) { (void)world, (void)exit_status; }
const dsc_ranks *processes_of(const processes *world) { return (void)world, NULL; }
unsigned processes_threads(const processes *world) { return (void)world, 1; }
const char *processes_machine(const processes *world) { return (void)world, ""; }
processes_sent processes_count_sent(const processes *world) { return (void)world, (processes_sent){0, 0}; }

#endif
