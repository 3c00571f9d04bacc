/* SPDX-License-Identifier: MIT */
/* memory_plan.c: assigns memory. For each slot it finds the first and last step that uses it; slots that
 * share memory (views, in-place ops) count as one. Then it fills each arena greedily, largest slot first,
 * each at the lowest offset that no slot with an overlapping lifetime occupies. */
#include "graph/schedule.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

static void touch(dsc_program *program, size_t slot, size_t step, bool tiled) {
    if (slot == DSC_NO_SLOT) return;
    dsc_slot *root = &program->slots[dsc_slot_root(program, slot)];
    root->used = true;
    if (step < root->first) root->first = step;
    if (step > root->last) root->last = step;
    root->tiled = root->tiled || tiled;
}

static bool input_is_read(const dsc_step *step, size_t input) {
    if (step->kind == DSC_STEP_FORWARD) return true;
    return input < 32 && (step->node->op->keeps_inputs >> input & 1);
}

static void touch_op(dsc_program *program, size_t index, const dsc_step *step) {
    const dsc_node *node = step->node;
    const dsc_node_place *place = &program->places[node->index];
    bool tiled = step->stage->kind != DSC_STAGE_SAMPLES, back = step->kind == DSC_STEP_BACKWARD;
    for (size_t i = 0; i < node->input_count; i++)
        if (dsc_node_is_sampled(node->inputs[i]) && input_is_read(step, i))
            touch(program, place->read[i], index, tiled);
    size_t outputs = node->op->outputs ? node->op->outputs : 1;
    for (size_t k = 0; k < outputs; k++) {
        const dsc_node_place *output = &program->places[node->index + k];
        if (!back || (node->op->keeps_outputs >> k & 1)) touch(program, output->value, index, tiled);
        if (back) touch(program, output->gradient, index, tiled);
    }
    for (size_t i = 0; back && i < node->input_count; i++)
        /* Keeps the memory of this input's gradient while a stage writes another input's. */
        if (place->d_in[i] != DSC_NO_SLOT)
            touch(program, place->d_in[i], index, tiled && (step->stage->writes >> i & 1));
    touch(program, place->saved, index, tiled);
}

static void touch_step(dsc_program *program, size_t index) {
    const dsc_step *step = &program->steps[index];
    switch (step->kind) {
    case DSC_STEP_LOAD:
        for (size_t i = 0; i < program->graph->count; i++)
            if (program->graph->nodes[i]->kind == DSC_NODE_INPUT && program->places[i].needed)
                touch(program, program->places[i].value, index, step->columns > 0);
        break;
    case DSC_STEP_SEED:
        touch(program, step->to, index, false);
        break;
    case DSC_STEP_ADD:
    case DSC_STEP_CONVERT:
        touch(program, step->to, index, false);
        touch(program, step->from, index, false);
        break;
    case DSC_STEP_PREPARE:
        break;
    case DSC_STEP_FORWARD:
    case DSC_STEP_BACKWARD:
        touch_op(program, index, step);
        break;
    }
}

static void keep(dsc_program *program, size_t slot) {
    if (slot == DSC_NO_SLOT) return;
    touch(program, slot, program->step_count, true);
    program->slots[dsc_slot_root(program, slot)].kept = true;
}

static void find_lives(dsc_program *program) {
    for (size_t i = 0; i < program->slot_count; i++) {
        program->slots[i].first = SIZE_MAX;
        program->slots[i].last = 0;
        program->slots[i].used = program->slots[i].tiled = program->slots[i].kept = false;
    }
    for (size_t i = 0; i < program->step_count; i++) touch_step(program, i);
    const dsc_executor_options *options = &program->options;
    for (size_t i = 0; i < options->kept_count; i++) keep(program, dsc_kept_slot(program, options->kept[i]));
    for (size_t i = 0; options->keeps_all && i < program->graph->count; i++)
        if (program->places[i].needed) keep(program, dsc_kept_slot(program, program->graph->nodes[i]));
    if (options->input_gradient) keep(program, program->places[options->input_gradient->index].gradient);
}

/* An op may overwrite its input if no later step reads it. */
static void share_in_place(dsc_program *program) {
    for (size_t i = 0; i < program->step_count; i++) {
        const dsc_step *step = &program->steps[i];
        if (step->kind != DSC_STEP_FORWARD || !(step->node->op->flags & DSC_OP_IN_PLACE)) continue;
        const dsc_node *node = step->node, *input = node->inputs[0];
        if (!dsc_node_is_sampled(input) || input->kind == DSC_NODE_INPUT) continue;
        size_t in = dsc_slot_root(program, program->places[node->index].read[0]);
        size_t out = program->places[node->index].value;
        bool last_reader = program->slots[in].last == i && !program->slots[in].kept;
        if (!last_reader || program->slots[out].root != out ||
            program->slots[in].bytes != program->slots[out].bytes)
            continue;
        dsc_slot *root = &program->slots[in], *shared = &program->slots[out];
        shared->root = in;
        if (shared->last > root->last) root->last = shared->last;
        root->tiled = root->tiled || shared->tiled;
        root->kept = root->kept || shared->kept;
    }
}

/* --- segments --- */

static dsc_segment_kind kind_of(const dsc_step *step) {
    if (step->columns) return DSC_SEGMENT_COLUMNS;
    return step->stage && step->stage->kind != DSC_STAGE_SAMPLES ? DSC_SEGMENT_TILES : DSC_SEGMENT_LANES;
}

/* Adjacent tile steps share a segment only if neither can need a result of the other. Exception: a loaded
 * block of columns is all that one tile of its reader needs, if the reader has one tile per block. */
static bool joins(const dsc_program *program, const dsc_segment *last, const dsc_step *step) {
    const dsc_step *before = step - 1;
    if (last->kind == DSC_SEGMENT_COLUMNS)
        return before->kind == DSC_STEP_LOAD && kind_of(step) == DSC_SEGMENT_TILES && step->stage->blocks &&
               step->stage->blocks(program->places[step->node->index].needs.plan).tiles == 1 &&
               dsc_slot_root(program, program->places[step->node->inputs[0]->index].value) ==
                   program->inputs[0];
    if (last->kind != kind_of(step)) return false;
    if (last->kind == DSC_SEGMENT_LANES) return true;
    if (last->end - last->begin == DSC_TILE_STEPS_MOST) return false;
    if (before->stage->kind == DSC_STAGE_TOTALS || step->stage->kind == DSC_STAGE_TOTALS) return false;
    if (before->kind == DSC_STEP_PREPARE) return step->kind == DSC_STEP_PREPARE && before->node != step->node;
    return before->put_off && step->put_off && before->node != step->node;
}

static bool make_segments(dsc_program *program) {
    for (size_t i = 0; i < program->step_count; i++) {
        const dsc_step *step = &program->steps[i];
        dsc_segment *last = program->segment_count ? &program->segments[program->segment_count - 1] : NULL;
        if (last && joins(program, last, step)) {
            last->end = i + 1;
            continue;
        }
        if (!dsc_grow(&program->segments, &program->segment_capacity, program->segment_count + 1,
                      sizeof(dsc_segment)))
            return false;
        program->segments[program->segment_count++] =
            (dsc_segment){.kind = kind_of(step), .begin = i, .end = i + 1};
        if (step->kind == DSC_STEP_PREPARE) program->prepare_segments = program->segment_count;
    }
    return true;
}

static size_t segment_of(const dsc_program *program, size_t step) {
    for (size_t i = 0; i < program->segment_count; i++)
        if (step < program->segments[i].end) return i;
    return program->segment_count;
}

static void choose_classes(dsc_program *program) {
    for (size_t i = 0; i < program->slot_count; i++) {
        dsc_slot *slot = &program->slots[i];
        if (slot->root != i || !slot->used) continue;
        if (slot->tiled || slot->kept)
            slot->class = DSC_SLOT_GLOBAL;
        else
            slot->class = segment_of(program, slot->first) == segment_of(program, slot->last)
                              ? DSC_SLOT_WORKER
                              : DSC_SLOT_LANE;
    }
}

/* --- places --- */

/* In the global arena, lanes run ahead of each other, so lifetimes are counted in segments. */
static bool lives_overlap(const dsc_program *program, const dsc_slot *a, const dsc_slot *b) {
    if (a->class == DSC_SLOT_GLOBAL)
        return segment_of(program, a->first) <= segment_of(program, b->last) &&
               segment_of(program, b->first) <= segment_of(program, a->last);
    return a->first <= b->last && b->first <= a->last;
}

static size_t slot_bytes(const dsc_program *program, const dsc_slot *slot) {
    size_t samples = slot->class == DSC_SLOT_GLOBAL ? program->here_samples : program->lane_samples;
    return (slot->bytes * samples + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
}

static int larger_first(const void *a, const void *b) {
    const dsc_slot *x = *(dsc_slot *const *)a, *y = *(dsc_slot *const *)b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return (x->root > y->root) - (x->root < y->root);
}

static size_t fill_arena(const dsc_program *program, dsc_slot **slots, size_t count) {
    size_t arena = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size = slot_bytes(program, slots[i]), offset = 0;
        for (bool moved = true; moved;) {
            moved = false;
            for (size_t k = 0; k < i; k++) {
                size_t end = slots[k]->offset + slot_bytes(program, slots[k]);
                if (offset < end && slots[k]->offset < offset + size &&
                    lives_overlap(program, slots[i], slots[k])) {
                    offset = end;
                    moved = true;
                }
            }
        }
        slots[i]->offset = offset;
        if (offset + size > arena) arena = offset + size;
    }
    return arena;
}

static bool fill_class(dsc_program *program, dsc_slot_class class, size_t *bytes) {
    dsc_slot **slots = dsc_allocate(program->slot_count, sizeof(dsc_slot *));
    if (!slots) return false;
    size_t count = 0;
    for (size_t i = 0; i < program->slot_count; i++)
        if (program->slots[i].root == i && program->slots[i].class == class)
            slots[count++] = &program->slots[i];
    qsort(slots, count, sizeof(dsc_slot *), larger_first);
    *bytes = fill_arena(program, slots, count);
    free(slots);
    return true;
}

/* Copies the place of each root to the slots that share its memory. */
static void spread_places(dsc_program *program) {
    for (size_t i = 0; i < program->slot_count; i++) {
        const dsc_slot *root = &program->slots[dsc_slot_root(program, i)];
        program->slots[i].class = root->class;
        program->slots[i].offset = root->offset;
    }
}

/* Whether sizes can be added without overflow: all values of a batch, as if none shared memory. */
static bool sizes_are_possible(const dsc_program *program) {
    double bytes = 0;
    for (size_t i = 0; i < program->slot_count; i++)
        bytes += ((double)program->slots[i].bytes + DSC_ALIGNMENT) * (double)program->here_samples;
    return bytes < (double)SIZE_MAX / 4;
}

dsc_status dsc_memory_plan(dsc_program *program, dsc_error *error) {
    if (!sizes_are_possible(program))
        return dsc_fail(error, DSC_ERROR_MEMORY,
                        "the values of a batch do not fit into any memory; choose a smaller batch");
    find_lives(program);
    share_in_place(program);
    if (!make_segments(program)) return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a program");
    choose_classes(program);
    if (!fill_class(program, DSC_SLOT_WORKER, &program->worker_bytes) ||
        !fill_class(program, DSC_SLOT_LANE, &program->lane_bytes) ||
        !fill_class(program, DSC_SLOT_GLOBAL, &program->global_bytes))
        return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a program");
    spread_places(program);
    return DSC_OK;
}
