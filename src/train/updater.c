/* SPDX-License-Identifier: MIT */
/* updater.c: how a step changes the parameters.
 *
 * The update divides the slab into pieces, which the threads share: it completes the gradient, regularises,
 * updates and averages each piece. Clipping by norm needs the whole gradient first: then there are two
 * passes, and the pieces' sums of squares are added in order.
 *
 * A piece is a range of the slab whose elements all decay or all do not. A gradient that was computed in
 * blocks of columns is updated in the same blocks and by the same threads, so each thread reuses its cached
 * data. These pieces come first. */
#include "train/updater.h"
#include "base/memory.h"
#include "base/thresholds.h"
#include "kernel/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- pieces --- */

static bool add_piece(dsc_pieces *pieces, dsc_piece piece) {
    if (!dsc_grow(&pieces->all, &pieces->capacity, pieces->count + 1, sizeof piece)) return false;
    pieces->all[pieces->count++] = piece;
    return true;
}

/* Adds a matrix (rows, size) in blocks of `columns` columns, each cut into pieces of some rows. */
static bool add_blocks(dsc_pieces *pieces, const dsc_node *node, size_t columns) {
    const size_t size = node->shape.size[node->shape.rank - 1], rows = dsc_shape_count(&node->shape) / size;
    const size_t most = columns < DSC_UPDATE_PIECE ? DSC_UPDATE_PIECE / columns : 1,
                 parts = (rows + most - 1) / most;
    for (size_t at = 0; at < size; at += columns)
        for (size_t i = 0; i < parts; i++) {
            const size_t first = rows * i / parts, last = rows * (i + 1) / parts;
            const dsc_piece piece = {.begin = node->offset + first * size + at,
                                     .count = size - at < columns ? size - at : columns,
                                     .rows = last - first,
                                     .stride = size,
                                     .decays = node->decays,
                                     .rate = node->rate};
            if (!add_piece(pieces, piece)) return false;
        }
    return true;
}

/* Adds the range of a parameter; extends the last piece if possible. */
static bool add_range(dsc_pieces *pieces, const dsc_node *node) {
    /* the slab pads each parameter with zeros to a multiple of 16 */
    size_t begin = node->offset;
    const size_t end = begin + (dsc_shape_count(&node->shape) + 15) / 16 * 16;
    while (begin < end) {
        dsc_piece *last = pieces->count > pieces->in_blocks ? &pieces->all[pieces->count - 1] : NULL;
        if (!last || last->begin + last->count != begin || last->decays != node->decays ||
            last->rate != node->rate || last->count >= DSC_UPDATE_PIECE) {
            if (!add_piece(
                    pieces,
                    (dsc_piece){.begin = begin, .rows = 1, .decays = node->decays, .rate = node->rate}))
                return false;
            last = &pieces->all[pieces->count - 1];
        }
        const size_t room = DSC_UPDATE_PIECE - last->count, some = end - begin < room ? end - begin : room;
        last->count += some;
        begin += some;
    }
    return true;
}

static bool make_pieces(dsc_updater *u, const dsc_graph *graph) {
    dsc_pieces *pieces = &u->pieces;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < graph->count; i++) {
            const dsc_node *node = graph->nodes[i];
            if (node->kind != DSC_NODE_PARAMETER || node->frozen) continue;
            const size_t columns = u->rules.gathered ? 0 : dsc_executor_gradient_columns(u->executor, node);
            bool added = true;
            if (pass == 0 && columns) added = add_blocks(pieces, node, columns);
            if (pass == 1 && !columns) added = add_range(pieces, node);
            if (!added) return false;
        }
        if (pass == 0) pieces->in_blocks = pieces->count;
    }
    return true;
}

/* --- making and clearing --- */

bool dsc_slab_make(dsc_real **slab, size_t numbers) {
    *slab = dsc_allocate_aligned(numbers + 1, sizeof(dsc_real));
    if (*slab) memset(*slab, 0, (numbers + 1) * sizeof(dsc_real));
    return *slab != NULL;
}

bool dsc_updater_make(dsc_updater *u, const dsc_graph *graph, dsc_executor *executor, dsc_real *values,
                      dsc_real *gradients, const dsc_update_rules *rules) {
    const dsc_chosen_optimiser *optimiser = rules->optimiser;
    *u = (dsc_updater){.rules = *rules,
                       .executor = executor,
                       .values = values,
                       .gradients = gradients,
                       .numbers = dsc_graph_value_numbers(graph),
                       .parameter_numbers = dsc_graph_parameter_numbers(graph),
                       .state_count = optimiser->kind->states(optimiser->values)};
    bool made = make_pieces(u, graph);
    for (size_t i = 0; i < u->state_count; i++)
        made = made && dsc_slab_make(&u->states[i], u->parameter_numbers);
    if (rules->ema > 0) made = made && dsc_slab_make(&u->average, u->numbers);
    u->squares = dsc_allocate(u->pieces.count + 1, sizeof *u->squares);
    if (made && u->average) memcpy(u->average, values, u->numbers * sizeof *values);
    return made && u->squares;
}

void dsc_updater_clear(dsc_updater *u) {
    for (size_t i = 0; i < DSC_STATES_MOST; i++) free(u->states[i]);
    free(u->average);
    free(u->pieces.all);
    free(u->squares);
    *u = (dsc_updater){0};
}

/* --- the update --- */

typedef struct updating {
    dsc_updater *updater;
    dsc_regulariser how;
    dsc_update update;
    double average_decay;
    bool complete; /* the gradient is already gathered */
} updating;

/* Completes the gradient of a piece. */
static void gather_piece(const updating *u, const dsc_piece *piece) {
    const dsc_updater *t = u->updater;
    for (size_t row = 0, at = piece->begin; row < piece->rows; row++, at += piece->stride) {
        if (!piece->stride && !t->rules.gathered)
            dsc_executor_gather(t->executor, t->gradients, at, at + piece->count);
        dsc_regularise(t->gradients + at, t->values + at, piece->count, &u->how);
    }
}

static void square_piece(void *context, size_t index, unsigned worker) {
    (void)worker;
    const updating *u = context;
    const dsc_updater *t = u->updater;
    const dsc_piece *piece = &t->pieces.all[index];
    const unsigned before = dsc_denormals_flush();
    gather_piece(u, piece);
    double sum = 0;
    for (size_t row = 0; row < piece->rows; row++)
        sum += dsc_sum_of_squares(t->gradients + piece->begin + row * piece->stride, piece->count);
    t->squares[index] = sum;
    dsc_denormals_restore(before);
}

static void update_piece(void *context, size_t index, unsigned worker) {
    (void)worker;
    const updating *u = context;
    const dsc_updater *t = u->updater;
    const dsc_piece *piece = &t->pieces.all[index];
    const unsigned before = dsc_denormals_flush();
    if (!u->complete) gather_piece(u, piece);
    dsc_update update = u->update;
    update.parameters = t->values + piece->begin;
    update.gradients = t->gradients + piece->begin;
    for (size_t i = 0; i < t->state_count; i++) update.state[i] = t->states[i] + piece->begin;
    update.count = piece->count;
    update.rows = piece->rows;
    update.stride = piece->stride;
    update.learning_rate *= piece->rate;
    update.weight_decay = piece->decays ? t->rules.weight_decay : 0;
    for (size_t row = 0, at = piece->begin; u->complete && row < piece->rows; row++, at += piece->stride)
        dsc_regularise(t->gradients + at, t->values + at, piece->count,
                       &(dsc_regulariser){.factor = u->how.factor});
    t->rules.optimiser->kind->update(&update);
    for (size_t row = 0, at = piece->begin; t->average && row < piece->rows; row++, at += piece->stride)
        dsc_average(t->average + at, t->values + at, piece->count, u->average_decay);
    dsc_denormals_restore(before);
}

static void run_pieces(const dsc_updater *t, dsc_job *job, updating *u) {
    const size_t counts[] = {t->pieces.in_blocks, t->pieces.count - t->pieces.in_blocks};
    dsc_threads_run_groups(dsc_executor_pool(t->executor), counts, 2, job, u);
}

static void clip_by_norm(updating *u) {
    const dsc_updater *t = u->updater;
    run_pieces(t, square_piece, u);
    double sum = 0;
    for (size_t i = 0; i < t->pieces.count; i++) sum += t->squares[i];
    const double norm = sqrt(sum);
    u->complete = true;
    u->how.factor = norm > t->rules.clip_norm ? t->rules.clip_norm / norm : 1;
}

static dsc_pace pace(const dsc_updater *t, uint64_t step, const dsc_schedule_state *state) {
    const double epoch = (double)t->rules.steps_an_epoch;
    if (t->rules.length) step = dsc_length_place(t->rules.length, step);
    const dsc_moment moment = {.step = step,
                               .steps = t->rules.steps,
                               .epoch = (double)step / epoch,
                               .epochs = (double)t->rules.steps / epoch};
    /* cppcheck-suppress returnDanglingLifetime; a pace holds numbers only, no pointer to the moment */
    return t->rules.schedule->kind->pace(t->rules.schedule->values, &moment, state);
}

double dsc_updater_learning_rate(const dsc_updater *t, uint64_t step, const dsc_schedule_state *state) {
    return t->rules.learning_rate * pace(t, step, state).rate;
}

void dsc_updater_step(dsc_updater *t, uint64_t step, const dsc_schedule_state *state) {
    const dsc_update_rules *rules = &t->rules;
    const dsc_pace now = pace(t, step, state);
    /* A young average follows faster: (1 + t) / (10 + t), as in TensorFlow's ExponentialMovingAverage. */
    const double young = (1.0 + (double)step) / (10.0 + (double)step);
    updating u = {.updater = t,
                  .how = {.l1 = rules->l1, .l2 = rules->l2, .clip_value = rules->clip_value, .factor = 1},
                  .update = {.values = rules->optimiser->values,
                             .step = step + 1,
                             .learning_rate = rules->learning_rate * now.rate,
                             .momentum = now.momentum,
                             .kernels = rules->kernels},
                  .average_decay = young < rules->ema ? young : rules->ema};
    if (rules->clip_norm > 0) clip_by_norm(&u);
    run_pieces(t, update_piece, &u);
    if (t->average) /* average the running statistics, too */
        dsc_average(t->average + t->parameter_numbers, t->values + t->parameter_numbers,
                    t->numbers - t->parameter_numbers, u.average_decay);
}
