/* SPDX-License-Identifier: MIT */
/* diagram_layout.c: rows and lanes. A block's row is its longest path from the input. Its lane is that of a
 * preceding block, or the nearest free one to the right. Then each wire that passes other blocks gets the
 * nearest lane that is free in those rows: the trunk stays straight, and shortcuts run beside it (a simple
 * case of Sugiyama et al., 1981). */
#include "draw/diagram.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LANES_MOST = 64 };

/* taken[row * LANES_MOST + lane] */
static bool is_free(const bool *taken, size_t lane, size_t first, size_t end) {
    for (size_t row = first; row < end; row++)
        if (taken[row * LANES_MOST + lane]) return false;
    return true;
}

static void take(bool *taken, size_t lane, size_t first, size_t end) {
    for (size_t row = first; row < end; row++) taken[row * LANES_MOST + lane] = true;
}

static dsc_status place_blocks(draw_layout *l, bool *taken, const draw_diagram *d, dsc_error *error) {
    for (size_t i = 0; i < d->count; i++) {
        const draw_block *block = &d->blocks[i];
        size_t lane = block->input_count ? LANES_MOST : 0;
        for (size_t k = 0; k < block->input_count; k++) {
            size_t input = block->inputs[k];
            if (input >= i)
                return dsc_fail(error, DSC_ERROR_ARGUMENT, "block %zu of the diagram uses a later one", i);
            if (l->row[input] + 1 > l->row[i]) l->row[i] = l->row[input] + 1;
            if (l->lane[input] < lane) lane = l->lane[input];
        }
        while (lane < LANES_MOST && taken[l->row[i] * LANES_MOST + lane]) lane++;
        if (lane >= LANES_MOST)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "a diagram has at most %d branches side by side",
                            LANES_MOST);
        l->lane[i] = lane;
        take(taken, lane, l->row[i], l->row[i] + 1);
        if (l->row[i] + 1 > l->rows) l->rows = l->row[i] + 1;
        if (lane + 1 > l->lanes) l->lanes = lane + 1;
        l->has_blocks[lane] = true;
    }
    return DSC_OK;
}

static dsc_status place_wire(draw_layout *l, bool *taken, draw_wire wire, bool joins, dsc_error *error) {
    size_t first = l->row[wire.from] + 1, end = l->row[wire.to];
    /* Between neighbours a wire bends where it starts; wires that join bend where they meet. */
    wire.via = l->lane[first == end && !joins ? wire.to : wire.from];
    if (first < end) {
        while (wire.via < LANES_MOST && !is_free(taken, wire.via, first, end)) wire.via++;
        if (wire.via == LANES_MOST)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "a diagram has at most %d branches side by side",
                            LANES_MOST);
        take(taken, wire.via, first, end);
        if (wire.via + 1 > l->lanes) l->lanes = wire.via + 1;
    }
    l->wires[l->wire_count++] = wire;
    return DSC_OK;
}

dsc_status draw_diagram_lay_out(draw_layout *l, const draw_diagram *d, dsc_error *error) {
    *l = (draw_layout){0};
    if (d->count < 1 || d->count > DRAW_BLOCKS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "a diagram has 1 to %d layers, not %zu",
                        DRAW_BLOCKS_MOST, d->count);
    size_t wires = 0;
    for (size_t i = 0; i < d->count; i++) wires += d->blocks[i].input_count;
    bool *taken = dsc_allocate(d->count * LANES_MOST, sizeof *taken);
    l->row = dsc_allocate(d->count, sizeof *l->row);
    l->lane = dsc_allocate(d->count, sizeof *l->lane);
    l->has_blocks = dsc_allocate(LANES_MOST, sizeof *l->has_blocks);
    l->wires = dsc_allocate(wires, sizeof *l->wires);
    dsc_status status = taken && l->row && l->lane && l->has_blocks && l->wires
                            ? place_blocks(l, taken, d, error)
                            : dsc_fail_memory(error, d->count * LANES_MOST, "a diagram");
    for (size_t i = 0; i < d->count && !status; i++)
        for (size_t k = 0; k < d->blocks[i].input_count && !status; k++)
            status = place_wire(l, taken, (draw_wire){.from = d->blocks[i].inputs[k], .to = i},
                                d->blocks[i].input_count > 1, error);
    free(taken);
    if (status) draw_layout_clear(l);
    return status;
}

void draw_layout_clear(draw_layout *l) {
    free(l->row);
    free(l->lane);
    free(l->has_blocks);
    free(l->wires);
    *l = (draw_layout){0};
}
