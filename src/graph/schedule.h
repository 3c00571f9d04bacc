/* SPDX-License-Identifier: MIT */
/* schedule.h: the internals of a program, shared by schedule.c (order of calls), memory_plan.c (addresses)
 * and run.c (execution). Single-threaded until the program is complete, then immutable. */
#ifndef DSC_GRAPH_SCHEDULE_H
#define DSC_GRAPH_SCHEDULE_H

#include "graph/program.h"

#define DSC_NO_SLOT SIZE_MAX
enum { DSC_TILE_STEPS_MOST = DSC_GROUPS_MOST }; /* in one segment */

/* The arena that holds a sample value. */
typedef enum dsc_slot_class {
    DSC_SLOT_UNUSED,
    DSC_SLOT_WORKER,
    DSC_SLOT_LANE,
    DSC_SLOT_GLOBAL
} dsc_slot_class;

typedef struct dsc_slot {
    size_t bytes;       /* of one sample */
    size_t root;        /* the slot whose memory this one shares; itself if it has its own */
    size_t first, last; /* steps that access it (roots: or any slot that shares it) */
    bool used, tiled, kept;
    dsc_slot_class class;
    size_t offset; /* in its arena */
} dsc_slot;

typedef enum dsc_step_kind {
    DSC_STEP_LOAD, /* inputs, by run->load */
    DSC_STEP_PREPARE,
    DSC_STEP_FORWARD,
    DSC_STEP_SEED, /* the gradient of the loss */
    DSC_STEP_BACKWARD,
    DSC_STEP_ADD,    /* slot `to` += slot `from`: a value with several users */
    DSC_STEP_CONVERT /* slot `to` = slot `from` in another form */
} dsc_step_kind;

typedef struct dsc_step {
    dsc_step_kind kind;
    const dsc_node *node;
    const dsc_stage *stage; /* NULL for the engine's own steps, which are per sample */
    size_t to, from;
    const dsc_node *value;       /* CONVERT, ADD: the node of the value or gradient */
    dsc_form to_form, from_form; /* CONVERT; ADD: both are to_form */
    size_t tiles;                /* of a TILES stage */
    size_t columns;              /* LOAD: elements in a block; 0: by samples */
    bool put_off;                /* computes only parameter gradients; runs at the end */
} dsc_step;

typedef enum dsc_segment_kind {
    DSC_SEGMENT_LANES,
    DSC_SEGMENT_TILES,
    DSC_SEGMENT_COLUMNS /* tile i of the first step, then tile i of the next */
} dsc_segment_kind;

typedef struct dsc_segment {
    dsc_segment_kind kind;
    size_t begin, end; /* steps */
} dsc_segment;

/* The contribution of one op to one parameter's gradient. */
typedef struct dsc_contribution {
    const dsc_node *parameter;
    bool by_lane;  /* one copy per lane, to be added; otherwise a complete gradient */
    bool of_batch; /* whole, and the same for all shards: made by a stage of TOTALS */
    bool direct;   /* written directly to the slab: the only contribution, and complete */
    size_t offset; /* in workspace->contributions, in elements; by_lane: of lane 0 */
} dsc_contribution;

/* Program data of one node. */
typedef struct dsc_node_place {
    dsc_needs needs;               /* ops: what they requested; the place owns `plan` */
    size_t value, gradient, saved; /* slots, or DSC_NO_SLOT */
    dsc_form form;                 /* of value and gradient */
    dsc_form *in_form;             /* ops: the form in which they read each input */
    dsc_form out_form[DSC_OUTPUTS_MOST];
    size_t *read;              /* ops: the slot of in[i] (sampled input): the value, or its converted copy */
    size_t converted;          /* slot of the value in the run's other form, or DSC_NO_SLOT */
    bool is_converted;         /* a step converts it */
    size_t lane_saved, shared; /* offsets in bytes */
    size_t *d_in;              /* ops with a backward pass: the slot of d_in[i] (sampled input) */
    size_t *contribution;      /* (parameter input): index of its contribution, or DSC_NO_SLOT */
    bool needed;               /* for a kept or differentiated value */
    bool differentiated;       /* a gradient is requested, and the loss depends on it */
} dsc_node_place;

struct dsc_program {
    const dsc_graph *graph;
    dsc_executor_options options;
    bool exact;                               /* dsc_needs.exact */
    unsigned shards, first_shard, last_shard; /* total; this process has [first, last) */
    size_t shard_samples, here_samples;       /* most in a shard, and in this process */
    size_t lane_samples;                      /* most samples in a lane */
    const dsc_node *pickiest;                 /* the op that needs the most samples in a run, or NULL */
    dsc_node_place *places;                   /* one per node of the graph */
    dsc_slot *slots;
    size_t slot_count, slot_capacity;
    dsc_step *steps;
    size_t step_count, step_capacity;
    dsc_segment *segments;
    size_t segment_count, segment_capacity;
    size_t prepare_segments; /* number of leading segments that compute `shared` */
    dsc_contribution *contributions;
    size_t contribution_count, contribution_capacity;
    size_t contribution_numbers;
    size_t inputs[DSC_INPUTS_MOST], input_count; /* slots of the graph's inputs */
    size_t worker_bytes, lane_bytes, global_bytes, lane_saved_bytes, shared_bytes, scratch_bytes;
    size_t totals;            /* doubles of the stage that requests most */
    size_t parameter_numbers; /* of the slab of gradients */
};

/* Of this process. */
static inline unsigned dsc_program_shards_here(const dsc_program *program) {
    return program->last_shard - program->first_shard;
}

struct dsc_program_workspace {
    const dsc_program *program;
    unsigned workers;
    unsigned char *memory; /* one aligned block for all of these */
    unsigned char *worker, *lane, *global, *lane_saved, *scratch;
    dsc_real *contributions; /* for each shard */
    dsc_real *gradients;     /* the slabs of shards after the first, whose slab is the caller's */
    dsc_real *received;      /* from other processes: half a slab */
    double *totals, *totals_of_shards, *totals_received;
    uint32_t *numbers; /* 0, 1, ...: for a run without sample indices */
    size_t count;      /* samples of the last run */
};

/* Fills steps, slots (without memory) and contributions. */
dsc_status dsc_schedule(dsc_program *program, dsc_error *error);

/* Sets class and offset of every slot, and the sizes of the arenas. */
dsc_status dsc_memory_plan(dsc_program *program, dsc_error *error);

/* The slot that owns this slot's memory. */
static inline size_t dsc_slot_root(const dsc_program *program, size_t slot) {
    while (program->slots[slot].root != slot) slot = program->slots[slot].root;
    return slot;
}

/* The slot in which a value is read after a run: in DSC_FORM_REALS. */
static inline size_t dsc_kept_slot(const dsc_program *program, const dsc_node *node) {
    const dsc_node_place *place = &program->places[node->index];
    return place->form == DSC_FORM_REALS ? place->value : place->converted;
}

/* Whether there is a backward pass. Inference has one if an input's gradient is requested (saliency). */
static inline bool dsc_program_goes_back(const dsc_program *program) {
    return program->options.training || program->options.input_gradient;
}

/* Number of doubles added over the whole batch before this step; 0: none. */
static inline size_t dsc_step_totals(const dsc_program *program, const dsc_step *step) {
    const bool asks = step->stage && step->stage->kind == DSC_STAGE_TOTALS;
    return asks ? program->places[step->node->index].needs.totals : 0;
}

/* Number of lanes of a program that have samples if `count` are divided among them. */
static inline unsigned dsc_lanes_in_use(const dsc_program *program, size_t count) {
    return count < program->options.lanes ? (unsigned)count : program->options.lanes;
}

/* A run's gradients, of all shards of all processes (sum_shards.c). With one shard there is nothing to do. */
dsc_status dsc_program_sum_shards(const dsc_program *program, dsc_program_workspace *workspace,
                                  dsc_threads *pool, const dsc_run *run, dsc_error *error);
/* What a step of TOTALS asks for. */
dsc_status dsc_program_sum_totals(const dsc_program *program, dsc_program_workspace *workspace,
                                  const dsc_step *step, dsc_error *error);
/* The samples [*first, *last) of shard `shard` of this process in a run of `count`. */
void dsc_program_shard(const dsc_program *program, unsigned shard, size_t count, size_t *first, size_t *last);
/* Completes gradients [begin, end) of a shard from its lanes; with `of_batch` from the results of TOTALS. */
void dsc_program_add_contributions(const dsc_program *program, const dsc_program_workspace *workspace,
                                   unsigned shard, bool of_batch, dsc_real *gradients, size_t begin,
                                   size_t end);

#endif
