/* SPDX-License-Identifier: MIT */
/* schedule.c: turns nodes into steps. Reverse-mode differentiation (Griewank and Walther, "Evaluating
 * Derivatives", chapter 3): the gradient of a value is the sum of the gradients that its users pass back. The
 * first user in backward order writes it; each further user writes to its own slot, which is then added. */
#include "graph/schedule.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/forms.h"
#include "kernel/kernel.h"

#include <stdlib.h>
#include <string.h>

static dsc_status out_of_memory(dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a program");
}

static bool add_slot(dsc_program *program, size_t *index, size_t bytes) {
    if (!dsc_grow(&program->slots, &program->slot_capacity, program->slot_count + 1, sizeof(dsc_slot)))
        return false;
    *index = program->slot_count++;
    program->slots[*index] = (dsc_slot){.bytes = bytes, .root = *index, .first = SIZE_MAX};
    return true;
}

static bool add_step(dsc_program *program, dsc_step step) {
    if (!dsc_grow(&program->steps, &program->step_capacity, program->step_count + 1, sizeof(dsc_step)))
        return false;
    program->steps[program->step_count++] = step;
    return true;
}

static bool add_stages(dsc_program *program, dsc_step_kind kind, const dsc_node *node,
                       const dsc_stage *stages) {
    const void *plan = program->places[node->index].needs.plan;
    for (; stages && stages->kind != DSC_STAGE_END; stages++) {
        const size_t tiles = stages->tiles ? stages->tiles(plan) : 1;
        if (!add_step(program, (dsc_step){.kind = kind, .node = node, .stage = stages, .tiles = tiles}))
            return false;
    }
    return true;
}

static size_t bytes_of(const dsc_program *program, const dsc_node *node) {
    return dsc_form_bytes(program->places[node->index].form, &node->shape);
}

/* --- which nodes have a gradient --- */

static bool wants_gradient(const dsc_program *program, const dsc_node *node) {
    if (node->kind == DSC_NODE_PARAMETER) return program->options.training && !node->frozen;
    if (node->kind == DSC_NODE_INPUT) return node == program->options.input_gradient;
    return false;
}

/* Sets `differentiated`: a requested gradient lies upstream, and the loss lies downstream. */
static bool find_differentiated(dsc_program *program) {
    const dsc_graph *graph = program->graph;
    bool *reached = dsc_allocate(graph->count, sizeof *reached);
    if (!reached) return false;
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        bool wanted = wants_gradient(program, node);
        bool passes = node->kind == DSC_NODE_OUTPUT ||
                      (node->kind == DSC_NODE_OP && (node->op->backward || (node->op->flags & DSC_OP_VIEW)));
        size_t inputs = node->input_count - (passes && node->op && (node->op->flags & DSC_OP_LOSS) ? 1 : 0);
        for (size_t k = 0; passes && k < inputs; k++)
            wanted = wanted || program->places[node->inputs[k]->index].differentiated;
        program->places[i].differentiated = wanted;
    }
    reached[program->options.loss->index] = true;
    for (size_t i = graph->count; i-- > 0;) {
        const dsc_node *node = graph->nodes[i];
        if (!reached[i]) continue;
        for (size_t k = 0; k < node->input_count; k++) reached[node->inputs[k]->index] = true;
        /* If any output of an op is used, the op computes all its gradients. */
        if (node->kind == DSC_NODE_OP)
            for (size_t k = 1; k < node->op->outputs; k++) reached[i + k] = true;
    }
    for (size_t i = 0; i < graph->count; i++)
        program->places[i].differentiated = program->places[i].differentiated && reached[i];
    free(reached);
    return true;
}

/* --- nodes that run --- */

static void find_needed(dsc_program *program) {
    const dsc_executor_options *options = &program->options;
    for (size_t i = 0; i < options->kept_count; i++) program->places[options->kept[i]->index].needed = true;
    if (dsc_program_goes_back(program)) program->places[options->loss->index].needed = true;
    for (size_t i = program->graph->count; i-- > 0;) {
        const dsc_node *node = program->graph->nodes[i];
        if (!program->places[i].needed) continue;
        for (size_t k = 0; k < node->input_count; k++) program->places[node->inputs[k]->index].needed = true;
        /* An op computes all its outputs. */
        if (node->kind == DSC_NODE_OP)
            for (size_t k = 1; k < node->op->outputs; k++) program->places[i + k].needed = true;
    }
}

/* --- forward --- */

static unsigned wanted_inputs(const dsc_program *program, const dsc_node *node) {
    unsigned wants = 0;
    if (!program->places[node->index].differentiated) return 0;
    size_t inputs = node->input_count - (node->op->flags & DSC_OP_LOSS ? 1 : 0);
    for (size_t i = 0; i < inputs; i++)
        if (program->places[node->inputs[i]->index].differentiated) wants |= 1u << i;
    return wants;
}

static bool ask_needs(const dsc_program *program, const dsc_node *node, dsc_needs *needs) {
    const dsc_op *op = node->op;
    const dsc_executor_options *options = &program->options;
    const bool training = options->training && dsc_node_trains(node);
    *needs = (dsc_needs){.values = node->values,
                         .input_count = node->input_count,
                         .in = node->in_shapes,
                         .out = node->out_shapes,
                         .role = node->roles,
                         .in_form = program->places[node->index].in_form,
                         .out_form = program->places[node->index].out_form,
                         .batch = program->shard_samples,
                         .lane_batch = program->lane_samples,
                         .lanes = options->lanes,
                         .training = training,
                         .goes_back = dsc_program_goes_back(program),
                         .exact = program->exact,
                         .wants = wanted_inputs(program, node),
                         .kernels = options->kernels,
                         .product = options->bf16 ? options->kernels->bf16 : options->kernels->f32,
                         .prepare = op->prepare,
                         .forward = training || !op->infer ? op->forward : op->infer,
                         .backward = op->backward};
    if (op->plan_size && !(needs->plan = dsc_allocate(1, op->plan_size))) return false;
    if (op->needs) op->needs(needs);
    return true;
}

/* The slot of a node's value in a second form. */
static bool place_converted(dsc_program *program, const dsc_node *node, dsc_form form) {
    dsc_node_place *place = &program->places[node->index];
    return place->converted != DSC_NO_SLOT ||
           add_slot(program, &place->converted, dsc_form_bytes(form, &node->shape));
}

/* The slots that an op reads. */
static bool place_inputs(dsc_program *program, const dsc_node *node) {
    dsc_node_place *place = &program->places[node->index];
    place->read = dsc_allocate(node->input_count, sizeof *place->read);
    if (!place->read) return false;
    for (size_t i = 0; i < node->input_count; i++) {
        const dsc_node *input = node->inputs[i];
        const dsc_node_place *from = &program->places[input->index];
        place->read[i] = from->value;
        if (!dsc_node_is_sampled(input) || from->form == place->in_form[i]) continue;
        if (!place_converted(program, input, place->in_form[i])) return false;
        place->read[i] = from->converted;
    }
    return true;
}

static bool place_node(dsc_program *program, const dsc_node *node) {
    dsc_node_place *place = &program->places[node->index];
    if (node->kind == DSC_NODE_OP && !place_inputs(program, node)) return false;
    if (dsc_node_is_sampled(node)) {
        if (!add_slot(program, &place->value, bytes_of(program, node))) return false;
        if (node->kind == DSC_NODE_OP && (node->op->flags & DSC_OP_VIEW))
            program->slots[place->value].root = program->slots[place->read[0]].root;
    }
    if (node->kind == DSC_NODE_INPUT) program->inputs[program->input_count++] = place->value;
    if (node->kind != DSC_NODE_OP || !place->needed) return true;
    dsc_needs *needs = &place->needs;
    if (!ask_needs(program, node, needs)) return false;
    const dsc_node *pickiest = program->pickiest;
    if (needs->least_samples > (pickiest ? program->places[pickiest->index].needs.least_samples : 1))
        program->pickiest = node;
    if (needs->goes_back && needs->saved_per_sample &&
        !add_slot(program, &place->saved, needs->saved_per_sample))
        return false;
    size_t line = DSC_ALIGNMENT - 1;
    place->lane_saved = program->lane_saved_bytes;
    program->lane_saved_bytes += program->options.lanes * ((needs->saved_per_lane + line) & ~line);
    place->shared = program->shared_bytes;
    program->shared_bytes += (needs->saved_shared + line) & ~line;
    size_t scratch = (needs->scratch + line) & ~line;
    if (scratch > program->scratch_bytes) program->scratch_bytes = scratch;
    if (needs->totals > program->totals) program->totals = needs->totals;
    return true;
}

/* Whether input `i` of the node is the graph's input 0, possibly reshaped. */
static bool is_first_input(const dsc_program *program, const dsc_node *node, size_t i) {
    return dsc_node_is_sampled(node->inputs[i]) &&
           dsc_slot_root(program, program->places[node->inputs[i]->index].value) == program->inputs[0];
}

/* Size of the blocks of elements in which an op's first stage reads its input; 0: by samples. */
static size_t columns_read(const dsc_needs *needs) {
    const dsc_stage *first = needs->forward;
    return first && first->kind == DSC_STAGE_TILES && first->blocks ? first->blocks(needs->plan).columns : 0;
}

/* Block size common to all readers of input 0; 0 if there is none. */
static size_t find_columns(const dsc_program *program) {
    size_t columns = 0;
    for (size_t n = 0; program->input_count && n < program->graph->count; n++) {
        const dsc_node *node = program->graph->nodes[n];
        const dsc_node_place *place = &program->places[n];
        if (node->kind != DSC_NODE_OP || (node->op->flags & DSC_OP_VIEW) || !place->needed) continue;
        const size_t read = columns_read(&place->needs);
        for (size_t i = 0; i < node->input_count; i++) {
            if (!is_first_input(program, node, i)) continue;
            if (i > 0 || !read || (columns && read != columns)) return 0;
            columns = read;
        }
        /* Other sample inputs are loaded with the first block only. */
        for (size_t i = 1; i < node->input_count; i++)
            if (read && dsc_node_is_sampled(node->inputs[i])) return 0;
    }
    return columns;
}

/* Adds the step that converts a node's value, unless it exists. */
static bool convert_value(dsc_program *program, const dsc_node *node, dsc_form form) {
    dsc_node_place *place = &program->places[node->index];
    if (place->is_converted) return true;
    place->is_converted = true;
    return add_step(program, (dsc_step){.kind = DSC_STEP_CONVERT,
                                        .node = node,
                                        .value = node,
                                        .to = place->converted,
                                        .from = place->value,
                                        .to_form = form,
                                        .from_form = place->form});
}

/* Whether the node's value is read after a run. */
static bool is_kept(const dsc_program *program, const dsc_node *node) {
    const dsc_executor_options *options = &program->options;
    bool kept = options->keeps_all;
    for (size_t i = 0; i < options->kept_count; i++) kept = kept || options->kept[i] == node;
    return kept;
}

static bool schedule_forward(dsc_program *program) {
    const dsc_graph *graph = program->graph;
    for (size_t i = 0; i < graph->count; i++)
        if (!place_node(program, graph->nodes[i])) return false;
    const size_t columns = program->options.loads_columns ? find_columns(program) : 0;
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i]->kind == DSC_NODE_OP && program->places[i].needed &&
            !add_stages(program, DSC_STEP_PREPARE, graph->nodes[i], program->places[i].needs.prepare))
            return false;
    if (!add_step(program, (dsc_step){.kind = DSC_STEP_LOAD, .columns = columns})) return false;
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind != DSC_NODE_OP || !program->places[i].needed) continue;
        for (size_t k = 0; k < node->input_count; k++)
            if (program->places[i].read[k] != program->places[node->inputs[k]->index].value &&
                !convert_value(program, node->inputs[k], program->places[i].in_form[k]))
                return false;
        if (!add_stages(program, DSC_STEP_FORWARD, node, program->places[i].needs.forward)) return false;
        if (is_kept(program, node) && program->places[i].form != DSC_FORM_REALS &&
            !(place_converted(program, node, DSC_FORM_REALS) && convert_value(program, node, DSC_FORM_REALS)))
            return false;
    }
    return true;
}

/* --- backward --- */

static bool stages_only_parameters(const dsc_node *node, const dsc_stage *stage) {
    bool last = stage[1].kind == DSC_STAGE_END; /* later stages of the op may read its results */
    if (stage->kind != DSC_STAGE_TILES || !stage->writes || !last) return false;
    for (size_t i = 0; i < node->input_count; i++)
        if ((stage->writes >> i & 1) && node->inputs[i]->kind != DSC_NODE_PARAMETER) return false;
    return true;
}

/* Of which kind the stage is that writes the gradient of that input; END: none does. */
static dsc_stage_kind written_by(const dsc_program *program, const dsc_node *node, size_t input) {
    const dsc_stage *stage = program->places[node->index].needs.backward;
    while (stage && stage->kind != DSC_STAGE_END && !(stage->writes >> input & 1)) stage++;
    return stage ? stage->kind : DSC_STAGE_END;
}

static bool add_contribution(dsc_program *program, size_t *index, const dsc_node *node, size_t input) {
    if (!dsc_grow(&program->contributions, &program->contribution_capacity, program->contribution_count + 1,
                  sizeof(dsc_contribution)))
        return false;
    *index = program->contribution_count++;
    const dsc_stage_kind by = written_by(program, node, input);
    program->contributions[*index] = (dsc_contribution){.parameter = node->inputs[input],
                                                        .by_lane = by == DSC_STAGE_SAMPLES,
                                                        .of_batch = by == DSC_STAGE_TOTALS};
    return true;
}

/* Steps after the op's stages that handle its contribution to an input's gradient. */
typedef struct passing {
    dsc_step convert, add; /* `value` NULL: no step needed */
} passing;

/* Chooses the slot for the gradient of input `i`; fills `after` if the gradient must be converted or
 * added. */
static bool place_gradient(dsc_program *program, const dsc_node *node, size_t i, passing *after) {
    const dsc_node *input = node->inputs[i];
    dsc_node_place *place = &program->places[node->index], *target = &program->places[input->index];
    if (input->kind == DSC_NODE_PARAMETER) return add_contribution(program, &place->contribution[i], node, i);
    if (!add_slot(program, &place->d_in[i], dsc_form_bytes(place->in_form[i], &input->shape))) return false;
    size_t share = place->d_in[i];
    if (place->in_form[i] != target->form) {
        if (!add_slot(program, &share, bytes_of(program, input))) return false;
        after->convert = (dsc_step){.kind = DSC_STEP_CONVERT,
                                    .node = node,
                                    .value = input,
                                    .to = share,
                                    .from = place->d_in[i],
                                    .to_form = target->form,
                                    .from_form = place->in_form[i]};
    }
    if (target->gradient == DSC_NO_SLOT)
        target->gradient = share;
    else
        after->add = (dsc_step){.kind = DSC_STEP_ADD,
                                .node = node,
                                .value = input,
                                .to = target->gradient,
                                .from = share,
                                .to_form = target->form};
    return true;
}

static bool schedule_node_backward(dsc_program *program, const dsc_node *node) {
    dsc_node_place *place = &program->places[node->index];
    passing after[DSC_INPUTS_MOST] = {{{0}, {0}}};
    place->d_in = dsc_allocate(node->input_count, sizeof(size_t));
    place->contribution = dsc_allocate(node->input_count, sizeof(size_t));
    if (!place->d_in || !place->contribution) return false;
    for (size_t i = 0; i < node->input_count; i++) {
        place->d_in[i] = place->contribution[i] = DSC_NO_SLOT;
        if ((place->needs.wants >> i & 1) && !place_gradient(program, node, i, &after[i])) return false;
    }
    /* In place: the output's gradient is not needed after this op passes it on. */
    bool same = node->op->flags & (DSC_OP_VIEW | DSC_OP_IN_PLACE);
    if (same && place->d_in[0] != DSC_NO_SLOT &&
        program->slots[place->gradient].bytes == program->slots[place->d_in[0]].bytes)
        program->slots[place->d_in[0]].root = program->slots[place->gradient].root;
    if (!add_stages(program, DSC_STEP_BACKWARD, node, place->needs.backward)) return false;
    for (size_t i = 0; i < node->input_count; i++)
        if ((after[i].convert.value && !add_step(program, after[i].convert)) ||
            (after[i].add.value && !add_step(program, after[i].add)))
            return false;
    return true;
}

/* An output without a differentiated user still has a gradient: zero. */
static bool place_output_gradients(dsc_program *program, const dsc_node *node) {
    for (size_t k = 0; k < (node->op->outputs ? node->op->outputs : 1); k++) {
        dsc_node_place *output = &program->places[node->index + k];
        if (output->gradient != DSC_NO_SLOT) continue;
        if (!add_slot(program, &output->gradient, bytes_of(program, program->graph->nodes[node->index + k])))
            return false;
        /* `from` is DSC_NO_SLOT: clear the slot instead of copying. */
        if (!add_step(
                program,
                (dsc_step){.kind = DSC_STEP_ADD, .node = node, .to = output->gradient, .from = DSC_NO_SLOT}))
            return false;
    }
    return true;
}

static bool schedule_backward(dsc_program *program) {
    const dsc_graph *graph = program->graph;
    dsc_node_place *loss = &program->places[program->options.loss->index];
    if (!loss->differentiated) return true;
    if (!add_slot(program, &loss->gradient, sizeof(dsc_real))) return false;
    if (!add_step(program, (dsc_step){.kind = DSC_STEP_SEED, .to = loss->gradient})) return false;
    for (size_t i = graph->count; i-- > 0;) {
        const dsc_node *node = graph->nodes[i];
        if (node->kind != DSC_NODE_OP || !program->places[i].differentiated) continue;
        if (!place_output_gradients(program, node) || !schedule_node_backward(program, node)) return false;
    }
    return true;
}

/* --- deferral and contributions --- */

static bool put_off_parameter_gradients(dsc_program *program) {
    dsc_step *sorted = dsc_allocate(program->step_count, sizeof *sorted);
    if (!sorted) return false;
    size_t n = 0;
    for (size_t i = 0; i < program->step_count; i++) {
        dsc_step *step = &program->steps[i];
        step->put_off = step->kind == DSC_STEP_BACKWARD && stages_only_parameters(step->node, step->stage);
        if (!step->put_off) sorted[n++] = *step;
    }
    for (size_t i = 0; i < program->step_count; i++)
        if (program->steps[i].put_off) sorted[n++] = program->steps[i];
    memcpy(program->steps, sorted, n * sizeof *sorted);
    free(sorted);
    return true;
}

static void place_contributions(dsc_program *program) {
    for (size_t i = 0; i < program->contribution_count; i++) {
        dsc_contribution *it = &program->contributions[i];
        size_t users = 0;
        for (size_t k = 0; k < program->contribution_count; k++)
            users += program->contributions[k].parameter == it->parameter;
        it->direct = users == 1 && !it->by_lane && !(it->of_batch && program->shards > 1);
        if (it->direct) continue;
        size_t numbers = (dsc_shape_count(&it->parameter->shape) + 15) / 16 * 16;
        it->offset = program->contribution_numbers;
        program->contribution_numbers += numbers * (it->by_lane ? program->options.lanes : 1);
    }
}

dsc_status dsc_schedule(dsc_program *program, dsc_error *error) {
    for (size_t i = 0; i < program->graph->count; i++) {
        dsc_node_place *place = &program->places[i];
        place->value = place->gradient = place->saved = place->converted = DSC_NO_SLOT;
    }
    find_needed(program);
    if (!dsc_forms_choose(program)) return out_of_memory(error);
    if (dsc_program_goes_back(program) && !find_differentiated(program)) return out_of_memory(error);
    if (!schedule_forward(program)) return out_of_memory(error);
    if (dsc_program_goes_back(program) &&
        !(schedule_backward(program) && put_off_parameter_gradients(program)))
        return out_of_memory(error);
    place_contributions(program);
    return DSC_OK;
}
