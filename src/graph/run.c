/* SPDX-License-Identifier: MIT */
/* run.c: runs a program. It allocates nothing, and no result depends on which thread runs what. */
#include "graph/schedule.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/forms.h"
#include "graph/tree.h"
#include "kernel/kernel.h"
#include "kernel/vectors.h"

#include <stdlib.h>
#include <string.h>

typedef struct running {
    const dsc_program *program;
    dsc_program_workspace *workspace;
    unsigned char *shared;
    const dsc_run *run;
    const dsc_segment *segment;
    size_t first;                      /* sample of this process */
    size_t tiles[DSC_TILE_STEPS_MOST]; /* of each step of a tile segment */
} running;

/* The range of one call. */
typedef struct where {
    bool whole;                   /* TILES: all lanes */
    unsigned shard;               /* of this process's */
    unsigned lane, lanes, worker; /* those of the shard that have samples */
    size_t first, count;          /* from the first sample of this process */
} where;

static where shard_at(const running *r, unsigned shard, unsigned worker) {
    size_t first, last;
    dsc_program_shard(r->program, shard, r->run->count, &first, &last);
    return (where){.whole = true,
                   .shard = shard,
                   .lanes = dsc_lanes_in_use(r->program, last - first),
                   .worker = worker,
                   .first = first - r->first,
                   .count = last - first};
}

static void *slot_pointer(const dsc_program_workspace *workspace, size_t index, const where *at) {
    if (index == DSC_NO_SLOT) return NULL;
    const dsc_program *program = workspace->program;
    const dsc_slot *slot = &program->slots[index];
    switch (slot->class) {
    case DSC_SLOT_WORKER:
        return workspace->worker + at->worker * program->worker_bytes + slot->offset;
    case DSC_SLOT_LANE:
        return workspace->lane + (at->shard * program->options.lanes + at->lane) * program->lane_bytes +
               slot->offset;
    case DSC_SLOT_GLOBAL:
        return workspace->global + slot->offset + at->first * slot->bytes;
    case DSC_SLOT_UNUSED:
        break;
    }
    return NULL;
}

/* Address of input `i` of an op. */
static dsc_real *value_pointer(const running *r, const dsc_node *node, size_t i, const where *at) {
    if (!dsc_node_is_sampled(node->inputs[i])) return r->run->values + node->inputs[i]->offset;
    return slot_pointer(r->workspace, r->program->places[node->index].read[i], at);
}

static dsc_real *gradient_target(const running *r, const dsc_node_place *place, size_t input,
                                 const where *at) {
    if (place->d_in[input] != DSC_NO_SLOT) return slot_pointer(r->workspace, place->d_in[input], at);
    if (place->contribution[input] == DSC_NO_SLOT) return NULL;
    const dsc_program *program = r->program;
    const dsc_contribution *it = &program->contributions[place->contribution[input]];
    if (it->direct && !at->shard) return r->run->gradients + it->parameter->offset;
    if (it->direct)
        return r->workspace->gradients + (at->shard - 1) * program->parameter_numbers + it->parameter->offset;
    size_t numbers = (dsc_shape_count(&it->parameter->shape) + 15) / 16 * 16;
    return r->workspace->contributions + at->shard * program->contribution_numbers + it->offset +
           (it->by_lane && !at->whole ? at->lane * numbers : 0);
}

/* The arrays that a dsc_call points to. */
typedef struct call_arrays {
    const dsc_real *in[DSC_INPUTS_MOST], *d_out[DSC_OUTPUTS_MOST];
    dsc_real *out[DSC_OUTPUTS_MOST], *d_in[DSC_INPUTS_MOST], *state[DSC_INPUTS_MOST];
} call_arrays;

static void fill_pointers(const running *r, const dsc_step *step, const where *at, call_arrays *arrays) {
    const dsc_node *node = step->node;
    const dsc_node_place *place = &r->program->places[node->index];
    bool back = step->kind == DSC_STEP_BACKWARD;
    for (size_t i = 0; i < node->input_count; i++) {
        dsc_real *value = value_pointer(r, node, i, at);
        arrays->in[i] = value;
        arrays->state[i] = at->whole && node->inputs[i]->kind == DSC_NODE_BUFFER ? value : NULL;
        arrays->d_in[i] = back ? gradient_target(r, place, i, at) : NULL;
    }
    for (size_t k = 0; k < (node->op->outputs ? node->op->outputs : 1); k++) {
        const dsc_node_place *output = &r->program->places[node->index + k];
        arrays->out[k] = slot_pointer(r->workspace, output->value, at);
        arrays->d_out[k] = back ? slot_pointer(r->workspace, output->gradient, at) : NULL;
    }
}

static dsc_call make_call(const running *r, const dsc_step *step, const where *at,
                          const call_arrays *arrays) {
    const dsc_node *node = step->node;
    const dsc_program *program = r->program;
    const dsc_node_place *place = &program->places[node->index];
    const dsc_program_workspace *workspace = r->workspace;
    size_t lane_bytes = (place->needs.saved_per_lane + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
    const uint32_t *samples = r->run->samples ? r->run->samples : workspace->numbers;
    return (dsc_call){
        .values = node->values,
        .plan = place->needs.plan,
        .input_count = node->input_count,
        .output_count = node->op->outputs ? node->op->outputs : 1,
        .in_shape = node->in_shapes,
        .out_shape = node->out_shapes,
        .role = node->roles,
        .in_form = place->in_form,
        .out_form = place->out_form,
        .wants = place->needs.wants,
        .batch = r->run->count,
        .first = r->first + at->first,
        .count = at->count,
        .lane = at->lane,
        .lanes = at->lanes,
        .training = place->needs.training,
        .in = arrays->in,
        .out = arrays->out,
        .d_out = arrays->d_out,
        .d_in = arrays->d_in,
        .state = arrays->state,
        .saved = slot_pointer(workspace, place->saved, at),
        .lane_saved = workspace->lane_saved + at->shard * program->lane_saved_bytes + place->lane_saved +
                      (at->whole ? 0 : at->lane * lane_bytes),
        .lane_stride = lane_bytes,
        .shared = r->shared + place->shared,
        .scratch = workspace->scratch + at->worker * program->scratch_bytes,
        .seed = r->run->seed,
        .epoch = r->run->epoch,
        .node = node->index,
        .samples = samples + r->first + at->first,
        .kernels = place->needs.kernels,
        .product = place->needs.product,
        .totals = step->stage->kind == DSC_STAGE_TOTALS ? workspace->totals : NULL,
    };
}

/* --- lanes --- */

static void load_inputs(const running *r, const where *at) {
    dsc_real *inputs[DSC_INPUTS_MOST];
    for (size_t i = 0; i < r->program->input_count; i++)
        inputs[i] = slot_pointer(r->workspace, r->program->inputs[i], at);
    r->run->load(r->run->context, inputs, r->first + at->first, at->count, at->worker);
}

static void run_own_step(const running *r, const dsc_step *step, const where *at) {
    if (step->kind == DSC_STEP_LOAD) {
        load_inputs(r, at);
        return;
    }
    dsc_real *to = slot_pointer(r->workspace, step->to, at);
    if (step->kind == DSC_STEP_SEED) {
        double scale = r->run->loss_scale != 0 ? r->run->loss_scale : 1.0 / (double)r->run->count;
        for (size_t i = 0; i < at->count; i++) to[i] = (dsc_real)scale;
        return;
    }
    const size_t bytes = at->count * r->program->slots[step->to].bytes;
    const void *from = slot_pointer(r->workspace, step->from, at);
    const dsc_vector_kernels *vector = r->program->options.kernels->vector;
    if (!from)
        memset(to, 0, bytes);
    else if (step->kind == DSC_STEP_CONVERT)
        dsc_form_convert(to, step->to_form, from, step->from_form, &step->value->shape, at->count, vector);
    else
        dsc_form_add(to, from, step->to_form, bytes, vector);
}

static unsigned lanes_of_largest_shard(const running *r) {
    const size_t shards = r->program->shards;
    return dsc_lanes_in_use(r->program, (r->run->count + shards - 1) / shards);
}

static void run_lane(void *context, size_t index, unsigned worker) {
    const running *r = context;
    const unsigned lanes = lanes_of_largest_shard(r);
    where at = shard_at(r, (unsigned)(index / lanes), worker);
    at.whole = false;
    at.lane = (unsigned)(index % lanes);
    if (at.lane >= at.lanes) return;
    const size_t first = dsc_part_begin(at.lane, at.lanes, at.count);
    at.count = dsc_part_begin(at.lane + 1, at.lanes, at.count) - first;
    at.first += first;
    unsigned before = dsc_denormals_flush();
    for (size_t i = r->segment->begin; i < r->segment->end; i++) {
        const dsc_step *step = &r->program->steps[i];
        if (!step->stage) {
            run_own_step(r, step, &at);
            continue;
        }
        call_arrays arrays;
        fill_pointers(r, step, &at, &arrays);
        dsc_call call = make_call(r, step, &at, &arrays);
        step->stage->run(&call);
    }
    dsc_denormals_restore(before);
}

/* --- tiles ---
 *
 * One thread runs a tile for all shards in order, so the tile may use its part of `shared` exclusively. */

/* Sets r->tiles; returns the number of steps. */
static size_t take_tiles(running *r) {
    const size_t steps = r->segment->end - r->segment->begin;
    for (size_t i = 0; i < steps; i++) r->tiles[i] = r->program->steps[r->segment->begin + i].tiles;
    return steps;
}

static void run_tile_of(const running *r, const dsc_step *step, const where *at, size_t tile, size_t tiles) {
    call_arrays arrays;
    fill_pointers(r, step, at, &arrays);
    dsc_call call = make_call(r, step, at, &arrays);
    call.tile = tile;
    call.tiles = tiles;
    unsigned before = dsc_denormals_flush();
    step->stage->run(&call);
    dsc_denormals_restore(before);
}

static void run_tile(void *context, size_t index, unsigned worker) {
    const running *r = context;
    size_t i = 0;
    while (index >= r->tiles[i]) index -= r->tiles[i++];
    const dsc_step *step = &r->program->steps[r->segment->begin + i];
    const bool once = step->kind == DSC_STEP_PREPARE || step->stage->kind == DSC_STAGE_TOTALS;
    for (unsigned shard = 0; shard < (once ? 1 : dsc_program_shards_here(r->program)); shard++) {
        const where at = shard_at(r, shard, worker);
        if (at.count || once) run_tile_of(r, step, &at, index, r->tiles[i]);
    }
}

/* --- columns --- */

static size_t count_columns(const running *r) {
    const size_t columns = r->program->steps[r->segment->begin].columns,
                 elements = r->program->slots[r->program->inputs[0]].bytes / sizeof(dsc_real);
    return (elements + columns - 1) / columns;
}

static void load_columns(const running *r, const where *at, size_t index) {
    const size_t columns = r->program->steps[r->segment->begin].columns,
                 elements = r->program->slots[r->program->inputs[0]].bytes / sizeof(dsc_real);
    dsc_real *inputs[DSC_INPUTS_MOST];
    for (size_t i = 0; i < r->program->input_count; i++)
        inputs[i] = slot_pointer(r->workspace, r->program->inputs[i], at);
    const size_t first = index * columns, last = first + columns;
    r->run->load_columns(r->run->context, inputs, r->first + at->first, at->count, first,
                         last < elements ? last : elements);
}

static void run_block_of_columns(void *context, size_t index, unsigned worker) {
    const running *r = context;
    for (unsigned shard = 0; shard < dsc_program_shards_here(r->program); shard++) {
        const where at = shard_at(r, shard, worker);
        if (!at.count) continue;
        load_columns(r, &at, index);
        for (size_t i = r->segment->begin + 1; i < r->segment->end; i++)
            run_tile_of(r, &r->program->steps[i], &at, index, count_columns(r));
    }
}

static dsc_status run_segment(running *r, dsc_threads *pool, dsc_error *error) {
    const dsc_step *first = &r->program->steps[r->segment->begin];
    const size_t shards = dsc_program_shards_here(r->program);
    dsc_status status = DSC_OK;
    switch (r->segment->kind) {
    case DSC_SEGMENT_LANES:
        dsc_threads_run(pool, lanes_of_largest_shard(r) * shards, run_lane, r);
        break;
    case DSC_SEGMENT_TILES: /* a step of TOTALS is alone in its segment */
        if (dsc_step_totals(r->program, first))
            status = dsc_program_sum_totals(r->program, r->workspace, first, error);
        if (!status) dsc_threads_run_groups(pool, r->tiles, take_tiles(r), run_tile, r);
        break;
    case DSC_SEGMENT_COLUMNS:
        dsc_threads_run(pool, count_columns(r), run_block_of_columns, r);
        break;
    }
    return status;
}

static dsc_status run_segments(running *r, dsc_threads *pool, size_t begin, size_t end, dsc_error *error) {
    size_t last;
    dsc_status status = DSC_OK;
    dsc_program_here(r->program, r->run->count, &r->first, &last);
    for (size_t i = begin; i < end && !status; i++) {
        r->segment = &r->program->segments[i];
        status = run_segment(r, pool, error);
    }
    return status;
}

dsc_status dsc_program_check_count(const dsc_program *program, size_t count, dsc_error *error) {
    if (!count || count > program->options.batch)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "a batch of %zu samples; this program was made for 1 to %zu", count,
                        program->options.batch);
    const dsc_node *node = program->pickiest;
    if (!node || count >= program->places[node->index].needs.least_samples) return DSC_OK;
    const dsc_needs *needs = &program->places[node->index].needs;
    return dsc_fail(error, DSC_ERROR_ARGUMENT,
                    "%s%snode %zu, %s of %s: a batch of %zu samples is too small, it takes at least %zu%s%s; "
                    "use a larger batch, or omit an epoch's smaller last batch with --drop-last",
                    node->layer ? node->layer : "", node->layer ? ": " : "", node->index, node->op->name,
                    dsc_shape_format((char[96]){0}, node->in_shapes), count, needs->least_samples,
                    needs->least_reason ? ": " : "", needs->least_reason ? needs->least_reason : "");
}

dsc_status dsc_program_run(const dsc_program *program, dsc_program_workspace *workspace, void *shared,
                           dsc_threads *pool, const dsc_run *run, dsc_error *error) {
    dsc_status status = dsc_program_check_count(program, run->count, error);
    if (status) return status;
    if (dsc_threads_count(pool) > workspace->workers)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "%u threads; this workspace was made for %u at most",
                        dsc_threads_count(pool), workspace->workers);
    running r = {.program = program, .workspace = workspace, .shared = shared, .run = run};
    workspace->count = run->count;
    status =
        run_segments(&r, pool, run->prepared ? program->prepare_segments : 0, program->segment_count, error);
    return status ? status : dsc_program_sum_shards(program, workspace, pool, run, error);
}

void dsc_program_prepare(const dsc_program *program, dsc_program_workspace *workspace, void *shared,
                         dsc_threads *pool, const dsc_run *run) {
    running r = {.program = program, .workspace = workspace, .shared = shared, .run = run};
    (void)run_segments(&r, pool, 0, program->prepare_segments, NULL); /* only TOTALS can fail */
}

/* --- gradients --- */

/* Number of columns in the blocks of the stage that computes the gradient of input `k`; 0: not in blocks. */
static size_t columns_made(const dsc_needs *needs, size_t k) {
    for (const dsc_stage *stage = needs->backward; stage && stage->kind != DSC_STAGE_END; stage++)
        if (stage->writes >> k & 1) {
            const bool is_first = !(stage->writes & ((1u << k) - 1));
            return is_first && stage->blocks ? stage->blocks(needs->plan).columns : 0;
        }
    return 0;
}

size_t dsc_program_gradient_columns(const dsc_program *program, const dsc_node *parameter) {
    for (size_t i = 0; i < program->graph->count; i++) {
        const dsc_node_place *place = &program->places[i];
        for (size_t k = 0; place->contribution && k < program->graph->nodes[i]->input_count; k++) {
            if (place->contribution[k] == DSC_NO_SLOT) continue;
            const dsc_contribution *it = &program->contributions[place->contribution[k]];
            if (it->parameter == parameter && it->direct) return columns_made(&place->needs, k);
        }
    }
    return 0;
}

/* --- values that can be read after a run --- */

const dsc_real *dsc_program_workspace_value(const dsc_program_workspace *workspace, const dsc_node *node) {
    where at = {.whole = true};
    return slot_pointer(workspace, dsc_kept_slot(workspace->program, node), &at);
}

const dsc_real *dsc_program_workspace_input_gradient(const dsc_program_workspace *workspace) {
    const dsc_program *program = workspace->program;
    if (!program->options.input_gradient) return NULL;
    where at = {.whole = true};
    return slot_pointer(workspace, program->places[program->options.input_gradient->index].gradient, &at);
}
