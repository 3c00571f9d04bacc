/* SPDX-License-Identifier: MIT */
/* processes.h: several processes of this program, started by mpirun, that train one model together. MPI
 * carries bytes from one to another and nothing more: what is added, and in which order, is the library's
 * (src/ranks/ranks.h). It is loaded when mpirun started several processes, and not before. */
#ifndef PROCESSES_PROCESSES_H
#define PROCESSES_PROCESSES_H

#include <descender.h>

/* Whether something like mpirun started this process as one of several, by what it says in the environment:
 * OMPI_COMM_WORLD_SIZE and _RANK (Open MPI), PMI_SIZE and PMI_RANK (MPICH, Slurm). */
bool processes_are_several(unsigned *rank, unsigned *count);

typedef struct processes processes;

/* Joins the others, which all do so: once in a process, by the thread that trains. UNSUPPORTED: this program
 * was built without MPI, or mpirun belongs to another MPI than that. */
dsc_status processes_join(processes **world, dsc_error *error);
/* Waits for the others to leave, too. NULL is fine. */
void processes_leave(processes *world);
/* Ends all of them, this one included. */
void processes_abort(processes *world, int exit_status);

const dsc_ranks *processes_of(const processes *world);
/* The processors of this machine that its processes may use, divided by these; at least 1. */
unsigned processes_threads(const processes *world);
/* The name of this machine; good as long as the world. */
const char *processes_machine(const processes *world);

/* What this process has sent so far. An exchange that only receives is no message. */
typedef struct processes_sent {
    uint64_t messages, bytes;
} processes_sent;
processes_sent processes_count_sent(const processes *world);

#endif
