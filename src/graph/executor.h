/* SPDX-License-Identifier: MIT */
/* executor.h: runs a graph. An executor owns everything that a run needs: the program (the schedule and the
 * memory plan), the memory of a run, the data that ops derive from parameters alone (packed weights), and the
 * threads. Sessions, trainers, evaluators, predictors and inspectors run graphs through an executor and do
 * not know where its values are stored, so another device can implement this interface. Several processes can
 * share a batch: each runs its shards, and they add up their results.
 *
 *   dsc_executor_options how = {.batch = 64, .lanes = 8, .training = true, .loss = loss};
 *   dsc_executor_create(&executor, graph, &how, threads, error);
 *   dsc_executor_run(executor, &(dsc_run){.count = 64, .load = load, ...}, error);
 *   dsc_executor_gather(executor, gradients, 0, dsc_graph_parameter_numbers(graph));
 *   ... dsc_executor_value(executor, loss) ...
 *
 * Creating an executor allocates everything; a run allocates nothing. One thread at a time may call an
 * executor. Results depend on the graph, the options and the run, never on the number of threads. */
#ifndef DSC_GRAPH_EXECUTOR_H
#define DSC_GRAPH_EXECUTOR_H

#include "base/threads.h"
#include "graph/graph.h"

struct dsc_kernels;

typedef struct dsc_executor dsc_executor;

/* Which values use a form other than DSC_FORM_REALS (graph/forms.h). All choices but the first are for
 * tests. */
typedef enum dsc_form_choice {
    DSC_FORMS_PLANNED,
    DSC_FORMS_REALS, /* none */
    DSC_FORMS_PIXELS /* those of every op that accepts pixels, even if only that op needs the conversion */
} dsc_form_choice;

typedef struct dsc_executor_options {
    size_t batch;   /* most samples in a run */
    unsigned lanes; /* at least 1; the result depends on it */
    bool training;
    const dsc_node *loss;                /* training: one number per sample */
    const dsc_node *input_gradient;      /* an input whose gradient is computed, or NULL */
    const dsc_node *kept[DSC_KEPT_MOST]; /* values that can be read after a run */
    size_t kept_count;
    bool keeps_all;                    /* every computed value can be read after a run */
    const struct dsc_kernels *kernels; /* NULL: the processor's default, see kernel/choose.h */
    bool bf16;          /* round operands of products to bfloat16; ignored by integer networks */
    bool loads_columns; /* every run sets `load_columns` */
    dsc_form_choice forms;
    /* Number of shards of a batch, a power of two (0: 1); each is divided into lanes. The result depends on
     * it. With `ranks` (NULL: only this process), which must outlive the executor, this process runs its
     * share of the shards. */
    unsigned shards;
    const dsc_ranks *ranks;
} dsc_executor_options;

/* Creates an executor with `threads` threads of its own; 0: one per core; 1: only the caller. The graph must
 * outlive the executor. Fails if the graph has an error, on invalid options (DSC_ERROR_ARGUMENT), and without
 * memory or threads. */
dsc_status dsc_executor_create(dsc_executor **executor, const dsc_graph *graph,
                               const dsc_executor_options *options, unsigned threads, dsc_error *error);

/* Creates an executor that uses the threads of `other`. `other` must outlive it, and the two must not run
 * concurrently. */
dsc_status dsc_executor_create_beside(dsc_executor **executor, const dsc_executor *other,
                                      const dsc_graph *graph, const dsc_executor_options *options,
                                      dsc_error *error);

/* Creates an executor of the same program with its own memory and threads. It shares the packed weights of
 * `other`, which must not change any more. `other` must outlive it. The two may run concurrently. */
dsc_status dsc_executor_share(dsc_executor **executor, const dsc_executor *other, unsigned threads,
                              dsc_error *error);

void dsc_executor_free(dsc_executor *executor);

/* One run over `count` samples, 1 to options.batch. This process computes the samples of its shards
 * (dsc_executor_here). Indices count from the first sample of the whole batch. */
typedef struct dsc_run {
    size_t count;
    /* Writes the inputs of samples [first, first + count). inputs[i] is the destination (count, shape) of
     * input i, in the order in which inputs were created; NULL if no requested value depends on it. Called
     * once per lane, from any thread. */
    void (*load)(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker);
    /* Optional. Writes elements [first_element, last_element) of input 0 for all samples of a shard; the call
     * with element 0 writes the other inputs completely. Replaces `load` if the program reads input 0 by
     * columns; see program.h. */
    void (*load_columns)(void *context, dsc_real *const *inputs, size_t first, size_t count,
                         size_t first_element, size_t last_element);
    void *context;
    const uint32_t *samples; /* (count) the index of each sample in its data set; NULL: 0, 1, ... */
    uint64_t seed, epoch;
    dsc_real *values;    /* the slab of parameters and buffers; training changes the buffers */
    dsc_real *gradients; /* training: the slab of the parameters' gradients, see dsc_executor_gather */
    bool prepared;       /* the parameters are those of the previous run: do not pack them again */
    double loss_scale;   /* 0: 1/count */
} dsc_run;

/* Fails if the count is out of range, if an op refuses it (batch normalisation of a single value, in
 * training), or if an exchange with other processes fails. */
dsc_status dsc_executor_run(dsc_executor *executor, const dsc_run *run, dsc_error *error);

/* Fails as a run of `count` samples would, without running. */
dsc_status dsc_executor_check_count(const dsc_executor *executor, size_t count, dsc_error *error);

/* Computes what ops derive from parameters alone (packed weights), for runs with `prepared` set. */
void dsc_executor_prepare(dsc_executor *executor, dsc_real *values);

/* The samples [*first, *last) that this process computes in a run of `count`. */
void dsc_executor_here(const dsc_executor *executor, size_t count, size_t *first, size_t *last);
/* The shards [*first, *last) of this process. */
void dsc_executor_shards(const dsc_executor *executor, unsigned *first, unsigned *last);

/* After a training run: completes gradients [begin, end) of the slab by adding the contributions of the lanes
 * along a fixed binary tree (tree.h). With several shards the gradients are complete when the run ends, and
 * this does nothing. Each element must be completed exactly once. Different threads may complete disjoint
 * ranges. */
void dsc_executor_gather(const dsc_executor *executor, dsc_real *gradients, size_t begin, size_t end);

/* If tiles compute the parameter's gradient in blocks of columns of its last dimension, in order: the number
 * of columns in a block, in elements; otherwise 0. A caller that continues in the same blocks reuses cached
 * data. */
size_t dsc_executor_gradient_columns(const dsc_executor *executor, const dsc_node *parameter);

/* The value of a kept node, (count, shape), of this process's samples, valid until the next run; NULL if the
 * run does not compute it. */
const dsc_real *dsc_executor_value(const dsc_executor *executor, const dsc_node *node);
/* The gradient of options.input_gradient, (count, shape); NULL if it was not requested. */
const dsc_real *dsc_executor_input_gradient(const dsc_executor *executor);

/* Whether a run reads this input, that is, whether a requested value depends on it. */
bool dsc_executor_reads(const dsc_executor *executor, const dsc_node *input);

/* --- The plan, for people --- */

typedef struct dsc_plan_line {
    const char *pass;     /* "load", "prepare", "forward", "backward", "add" or "convert" */
    const dsc_node *node; /* the op, or the owner of the value or gradient; NULL: all inputs */
    const char *form;     /* form of that value, or the form it is converted to: dsc_form_name */
    size_t bytes;         /* of one sample */
    const char
        *shared_by; /* "samples": each thread runs this and its neighbours for its own samples; "tiles",
                     * "columns": threads share a step of the whole batch */
} dsc_plan_line;

/* Line `i` of a run's plan, in order of execution; false after the last. */
bool dsc_executor_plan_line(const dsc_executor *executor, size_t i, dsc_plan_line *line);

/* "reals", "pixels", "bf16 pixels" */
const char *dsc_form_name(dsc_form form);

/* Bytes of a run's memory and of owned packed weights; excludes the program and the thread stacks. */
size_t dsc_executor_bytes(const dsc_executor *executor);

/* The number of threads, including the caller; and the pool, for work between runs (NULL: only the
 * caller). */
unsigned dsc_executor_threads(const dsc_executor *executor);
dsc_threads *dsc_executor_pool(const dsc_executor *executor);

#endif
