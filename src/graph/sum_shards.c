/* SPDX-License-Identifier: MIT */
/* sum_shards.c: what shards made apart is added, along the tree of tree.h: over the lanes of each shard, over
 * the shards of this process, and over the processes. */
#include "graph/schedule.h"

#include "base/memory.h"
#include "graph/tree.h"
#include "kernel/kernel.h"
#include "kernel/vectors.h"
#include "ranks/ranks.h"

#include <string.h>

/* --- which shard has what --- */

void dsc_program_shard(const dsc_program *program, unsigned shard, size_t count, size_t *first,
                       size_t *last) {
    const size_t at = program->first_shard + shard;
    *first = dsc_part_begin(at, program->shards, count);
    *last = dsc_part_begin(at + 1, program->shards, count);
}

void dsc_program_here(const dsc_program *program, size_t count, size_t *first, size_t *last) {
    *first = dsc_part_begin(program->first_shard, program->shards, count);
    *last = dsc_part_begin(program->last_shard, program->shards, count);
}

void dsc_program_shards(const dsc_program *program, unsigned *first, unsigned *last) {
    *first = program->first_shard;
    *last = program->last_shard;
}

static unsigned lanes_of(const dsc_program *program, unsigned shard, size_t count) {
    size_t first, last;
    dsc_program_shard(program, shard, count, &first, &last);
    return dsc_lanes_in_use(program, last - first);
}

/* --- totals --- */

/* A shard without samples adds 0. */
static void sum_lanes(double *sums, const dsc_program *program, const dsc_program_workspace *workspace,
                      const dsc_node_place *place, unsigned shard) {
    const unsigned char *saved =
        workspace->lane_saved + shard * program->lane_saved_bytes + place->lane_saved;
    const size_t apart = (place->needs.saved_per_lane + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT,
                 lanes = lanes_of(program, shard, workspace->count);
    for (size_t i = 0; i < place->needs.totals; i++)
        sums[i] = lanes ? dsc_tree_sum(saved + i * sizeof(double), apart, lanes) : 0;
}

dsc_status dsc_program_sum_totals(const dsc_program *program, dsc_program_workspace *workspace,
                                  const dsc_step *step, dsc_error *error) {
    const dsc_node_place *place = &program->places[step->node->index];
    const size_t count = place->needs.totals, shards = dsc_program_shards_here(program);
    const unsigned before = dsc_denormals_flush();
    for (unsigned s = 0; s < shards; s++)
        sum_lanes(workspace->totals_of_shards + s * count, program, workspace, place, s);
    for (size_t i = 0; i < count; i++)
        workspace->totals[i] = dsc_tree_sum(workspace->totals_of_shards + i, count * sizeof(double), shards);
    dsc_status status = dsc_ranks_sum_doubles(program->options.ranks, workspace->totals, count,
                                              workspace->totals_received, error);
    dsc_denormals_restore(before);
    return status;
}

/* --- gradients --- */

/* to (+)= the sum of `copies` arrays, `apart` numbers from one to the next, which are used up; along the
 * tree of tree.h, the leaves first. */
static void add_tree(dsc_real *to, dsc_real *source, size_t apart, size_t copies, size_t n, bool first,
                     const dsc_vector_kernels *vector) {
    size_t step = 1;
    for (; 2 * step < copies; step *= 2)
        for (size_t i = 0; i + step < copies; i += 2 * step) {
            dsc_real *sum = source + i * apart;
            vector->add(sum, sum, sum + step * apart, n);
        }
    const dsc_real *other = source + step * apart; /* of the two sums that are left */
    if (copies > 1) vector->add(first ? to : source, source, other, n);
    if (first && copies == 1) memcpy(to, source, n * sizeof *to);
    if (!first) vector->add(to, to, source, n);
}

void dsc_program_add_contributions(const dsc_program *program, const dsc_program_workspace *workspace,
                                   unsigned shard, bool of_batch, dsc_real *gradients, size_t begin,
                                   size_t end) {
    dsc_real *made = workspace->contributions + shard * program->contribution_numbers;
    const unsigned lanes = lanes_of(program, shard, workspace->count);
    for (size_t c = 0; c < program->contribution_count; c++) {
        const dsc_contribution *it = &program->contributions[c];
        size_t offset = it->parameter->offset,
               numbers = (dsc_shape_count(&it->parameter->shape) + 15) / 16 * 16;
        size_t from = begin > offset ? begin : offset, to = end < offset + numbers ? end : offset + numbers;
        if (it->direct || from >= to || (program->shards > 1 && it->of_batch != of_batch)) continue;
        bool first = true;
        for (size_t k = 0; k < program->contribution_count; k++) {
            const dsc_contribution *other = &program->contributions[k];
            const bool before = program->shards > 1 && other->of_batch != of_batch ? of_batch : k < c;
            first = first && !(before && other->parameter == it->parameter);
        }
        add_tree(gradients + from, made + it->offset + (from - offset), numbers, it->by_lane ? lanes : 1,
                 to - from, first, program->options.kernels->vector);
    }
}

void dsc_program_gather(const dsc_program *program, dsc_program_workspace *workspace, dsc_real *gradients,
                        size_t begin, size_t end) {
    if (program->shards > 1) return; /* done at the end of the run */
    dsc_program_add_contributions(program, workspace, 0, false, gradients, begin, end);
}

typedef struct summing {
    const dsc_program *program;
    dsc_program_workspace *workspace;
    dsc_real *gradients;
} summing;

enum { PIECE = 1 << 13 };

static dsc_real *slab_of(const summing *s, unsigned shard) {
    return shard ? s->workspace->gradients + (shard - 1) * s->program->parameter_numbers : s->gradients;
}

/* Adds a piece of the slabs of all shards of this process to that of the first. */
static void sum_piece(void *context, size_t index, unsigned worker) {
    (void)worker;
    const summing *s = context;
    const size_t begin = index * PIECE, all = s->program->parameter_numbers,
                 end = all - begin < PIECE ? all : begin + PIECE;
    const unsigned shards = dsc_program_shards_here(s->program), before = dsc_denormals_flush();
    for (unsigned shard = 0; shard < shards; shard++) {
        dsc_real *slab = slab_of(s, shard);
        if (lanes_of(s->program, shard, s->workspace->count))
            dsc_program_add_contributions(s->program, s->workspace, shard, false, slab, begin, end);
        else
            memset(slab + begin, 0, (end - begin) * sizeof *slab);
    }
    for (unsigned step = 1; step < shards; step *= 2)
        for (unsigned i = 0; i < shards; i += 2 * step) {
            dsc_real *sum = slab_of(s, i) + begin;
            s->program->options.kernels->vector->add(sum, sum, slab_of(s, i + step) + begin, end - begin);
        }
    dsc_denormals_restore(before);
}

dsc_status dsc_program_sum_shards(const dsc_program *program, dsc_program_workspace *workspace,
                                  dsc_threads *pool, const dsc_run *run, dsc_error *error) {
    if (program->shards == 1 || !program->options.training) return DSC_OK;
    summing s = {.program = program, .workspace = workspace, .gradients = run->gradients};
    const size_t numbers = program->parameter_numbers;
    dsc_threads_run(pool, (numbers + PIECE - 1) / PIECE, sum_piece, &s);
    const unsigned before = dsc_denormals_flush();
    dsc_status status = dsc_ranks_sum(program->options.ranks, run->gradients, numbers, workspace->received,
                                      program->options.kernels->vector->add, error);
    if (!status) dsc_program_add_contributions(program, workspace, 0, true, run->gradients, 0, numbers);
    dsc_denormals_restore(before);
    return status;
}
