/* SPDX-License-Identifier: MIT */
/*
 * executor.h: runs a graph. An executor holds everything that a run needs: the program (what is called when,
 * and where values lie), the memory of a run, what ops make from parameters alone, and the threads. Whoever
 * runs a graph (session, trainer, evaluator, predictor, inspector) does it through an executor, and
 * knows nothing of where its numbers lie: another device can stand behind this header. Several processes do:
 * each runs its shards of a batch, and they add up what they made.
 *
 *   dsc_executor_options how = {.batch = 64, .lanes = 8, .training = true, .loss = loss};
 *   dsc_executor_create(&executor, graph, &how, threads, error);
 *   dsc_executor_run(executor, &(dsc_run){.count = 64, .load = load, ...}, error);
 *   dsc_executor_gather(executor, gradients, 0, dsc_graph_parameter_numbers(graph));
 *   ... dsc_executor_value(executor, loss) ...
 *
 * Everything is allocated when an executor is made; running allocates nothing. One thread at a time calls an
 * executor. The results depend on the graph, the options and the run, never on the number of threads.
 */
#ifndef DSC_GRAPH_EXECUTOR_H
#define DSC_GRAPH_EXECUTOR_H

#include "base/threads.h"
#include "graph/graph.h"

struct dsc_kernels;

typedef struct dsc_executor dsc_executor;

/* Which values lie in another form than DSC_FORM_REALS (graph/forms.h). All but the first are for tests. */
typedef enum dsc_form_choice {
    DSC_FORMS_PLANNED,
    DSC_FORMS_REALS, /* none */
    DSC_FORMS_PIXELS /* those of every op that takes pixels, even if they must be converted for it alone */
} dsc_form_choice;

typedef struct dsc_executor_options {
    size_t batch;   /* samples at most in one run */
    unsigned lanes; /* at least 1; part of what defines the result */
    bool training;
    const dsc_node *loss;                /* training: one number for each sample */
    const dsc_node *input_gradient;      /* an input whose gradient is wanted, or NULL */
    const dsc_node *kept[DSC_KEPT_MOST]; /* values to be read after the run */
    size_t kept_count;
    bool keeps_all;                    /* every value that is computed can be read after the run */
    const struct dsc_kernels *kernels; /* NULL: by the processor, see kernel/choose.h */
    bool bf16;                         /* products of operands rounded to bfloat16 */
    bool loads_columns;                /* every run has `load_columns` */
    dsc_form_choice forms;
    /* A batch is cut into so many shards, a power of two (0: 1), each of them into lanes; part of what
     * defines the result. With `ranks` (NULL: this process alone), which must outlive the executor, this
     * process has its share of them. */
    unsigned shards;
    const dsc_ranks *ranks;
} dsc_executor_options;

/* `threads` of its own; 0: one for each core; 1: the caller alone. The graph must outlive the executor.
 * Fails on a graph with an error, on wrong options, and for want of memory or threads. */
dsc_status dsc_executor_create(dsc_executor **executor, const dsc_graph *graph,
                               const dsc_executor_options *options, unsigned threads, dsc_error *error);

/* With the threads of `other`, which must outlive it; the two do not run at once. */
dsc_status dsc_executor_create_beside(dsc_executor **executor, const dsc_executor *other,
                                      const dsc_graph *graph, const dsc_executor_options *options,
                                      dsc_error *error);

/* Another of the same program, with memory and threads of its own; what `other` made from its parameters is
 * shared and must not change any more. `other` must outlive it. The two may run at once. */
dsc_status dsc_executor_share(dsc_executor **executor, const dsc_executor *other, unsigned threads,
                              dsc_error *error);

void dsc_executor_free(dsc_executor *executor);

/* One run over `count` samples (1 to options.batch), of which this process computes those of its shards:
 * dsc_executor_here. Samples count from the first of all. */
typedef struct dsc_run {
    size_t count;
    /* Writes the inputs of samples first .. first+count-1; inputs[i] is where input i's (count, shape) goes,
     * in the order in which inputs were made, NULL if nothing that is asked for depends on it. Called once a
     * lane, from any thread. */
    void (*load)(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker);
    /* Or NULL: the same for elements first_element .. last_element - 1 of input 0 alone of all samples of
     * a shard; the further inputs are written whole with element 0. Used instead of `load` where a program reads input 0
     * by its columns; see program.h. */
    void (*load_columns)(void *context, dsc_real *const *inputs, size_t first, size_t count,
                         size_t first_element, size_t last_element);
    void *context;
    const uint32_t *samples; /* (count) each sample's number in its data set; NULL: 0, 1, ... */
    uint64_t seed, epoch;
    dsc_real *values;    /* the slab of parameters and buffers; training changes the buffers */
    dsc_real *gradients; /* training: the slab of parameters' gradients, see dsc_executor_gather */
    bool prepared;       /* the parameters are those of the run before: skip what is made from them alone */
    double loss_scale;   /* 0: 1/count */
} dsc_run;

/* Fails only on a count out of range, one that an op refuses (batch normalisation of one value, in
 * training), and where an exchange with other processes does. */
dsc_status dsc_executor_run(dsc_executor *executor, const dsc_run *run, dsc_error *error);

/* Fails as a run of so many samples would, without one. */
dsc_status dsc_executor_check_count(const dsc_executor *executor, size_t count, dsc_error *error);

/* Makes what ops make from parameters alone (packed weights), for runs that are `prepared`. */
void dsc_executor_prepare(dsc_executor *executor, dsc_real *values);

/* The samples that this process computes in a run of `count`: from *first to *last - 1. */
void dsc_executor_here(const dsc_executor *executor, size_t count, size_t *first, size_t *last);
/* The shards that it has: from *first to *last - 1. */
void dsc_executor_shards(const dsc_executor *executor, unsigned *first, unsigned *last);

/* After a training run: completes gradients[begin .. end) of the slab with what lanes made apart, added
 * along a fixed binary tree (tree.h); with several shards they are complete when the run ends, and this does
 * nothing. Each number is completed once. Disjoint ranges may be completed by different threads. */
void dsc_executor_gather(const dsc_executor *executor, dsc_real *gradients, size_t begin, size_t end);

/* If the parameter's gradient is made whole, in blocks of columns (of its last dimension, counted in
 * numbers), by tiles in their order: how many columns; else 0. Who goes on in such blocks finds them in its
 * cache. */
size_t dsc_executor_gradient_columns(const dsc_executor *executor, const dsc_node *parameter);

/* A kept node's value, (count, shape), of the samples that this process has, valid until the next run; NULL
 * of what a run does not compute. */
const dsc_real *dsc_executor_value(const dsc_executor *executor, const dsc_node *node);
/* The gradient of options.input_gradient, (count, shape); NULL if none was asked for. */
const dsc_real *dsc_executor_input_gradient(const dsc_executor *executor);

/* Whether a run reads this input: what is asked for depends on it. */
bool dsc_executor_reads(const dsc_executor *executor, const dsc_node *input);

/* --- The plan, for people --- */

typedef struct dsc_plan_line {
    const char *pass; /* "load", "prepare", "forward", "backward", "add" or "convert" */
    const dsc_node
        *node; /* whose op works, or whose value or gradient is added up or converted; NULL: all inputs */
    const char *form; /* in which that value lies, or what it is converted to: dsc_form_name */
    size_t bytes;     /* of one sample's */
    const char
        *shared_by; /* "samples": each thread goes through this and its neighbours for samples of its own;
                              "tiles", "columns": they share one step of the whole batch */
} dsc_plan_line;

/* Line `i` of what a run does, in the order of execution; false behind the last. */
bool dsc_executor_plan_line(const dsc_executor *executor, size_t i, dsc_plan_line *line);

/* "reals", "pixels", "bf16 pixels" */
const char *dsc_form_name(dsc_form form);

/* Bytes that it holds, for people. */
size_t dsc_executor_bytes(const dsc_executor *executor);

/* How many threads it has, the caller's included; and they themselves, for what is done between runs (NULL:
 * the caller alone). */
unsigned dsc_executor_threads(const dsc_executor *executor);
dsc_threads *dsc_executor_pool(const dsc_executor *executor);

#endif
