/* SPDX-License-Identifier: MIT */
/* processes.h: several processes of this program, started by mpirun, that train one model. MPI only
 * transports bytes; the library (src/ranks/ranks.h) adds them in a fixed order. MPI is loaded only if mpirun
 * started several processes. */
#ifndef PROCESSES_PROCESSES_H
#define PROCESSES_PROCESSES_H

#include <descender.h>

/* Whether mpirun or a similar program started this process as one of several, according to the environment:
 * OMPI_COMM_WORLD_SIZE and _RANK (Open MPI), PMI_SIZE and PMI_RANK (MPICH, Slurm). */
bool processes_are_several(unsigned *rank, unsigned *count);

typedef struct processes processes;

/* Joins the other processes, which must all call this; once per process, in the thread that trains.
 * DSC_ERROR_UNSUPPORTED: the program was built without MPI, or mpirun belongs to another MPI. Release with
 * processes_leave. */
dsc_status processes_join(processes **world, dsc_error *error);
/* Waits until all processes leave. `world` may be NULL. */
void processes_leave(processes *world);
/* Ends all processes, including this one. */
void processes_abort(processes *world, int exit_status);

const dsc_ranks *processes_of(const processes *world);
/* This process's share of the processors that the processes on this machine may use; at least 1. */
unsigned processes_threads(const processes *world);
/* The name of this machine; valid as long as `world`. */
const char *processes_machine(const processes *world);

/* What this process has sent so far; receiving is not counted. */
typedef struct processes_sent {
    uint64_t messages, bytes;
} processes_sent;
processes_sent processes_count_sent(const processes *world);

#endif
