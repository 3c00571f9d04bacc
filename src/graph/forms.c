/* SPDX-License-Identifier: MIT */
/* forms.c: see forms.h. */
#include "graph/forms.h"

#include "base/memory.h"
#include "base/thresholds.h"
#include "kernel/pixels.h"

#include <stdlib.h>
#include <string.h>

size_t dsc_form_bytes(dsc_form form, const dsc_shape *shape) {
    return dsc_shape_count(shape) * (form == DSC_FORM_PIXELS_BF16 ? sizeof(uint16_t) : sizeof(dsc_real));
}

const char *dsc_form_name(dsc_form form) {
    switch (form) {
    case DSC_FORM_REALS:
        return "reals";
    case DSC_FORM_PIXELS:
        return "pixels";
    case DSC_FORM_PIXELS_BF16:
        break;
    }
    return "bf16 pixels";
}

/* --- choosing --- */

static bool takes_pixels(const dsc_node *node) {
    return node->kind == DSC_NODE_OP && node->op->flags & (DSC_OP_PIXELS | DSC_OP_PIXELS_EACH);
}

/* Ops that use one form for all values need shapes that allow it: parameters with one element per channel. */
static bool fits(const dsc_node *node) {
    if (!takes_pixels(node)) return false;
    if (node->op->flags & DSC_OP_PIXELS_EACH) return true;
    if (node->out_shapes[0].rank != 3) return false;
    for (size_t i = 0; i < node->input_count; i++)
        if (dsc_node_is_sampled(node->inputs[i]) ? node->in_shapes[i].rank != 3
                                                 : node->in_shapes[i].rank != 1)
            return false;
    return true;
}

/* Finds the values that some op would read as pixels, from the last node to the first. */
static void find_wanted(const dsc_program *program, bool *wanted) {
    for (size_t i = program->graph->count; i-- > 0;) {
        const dsc_node *node = program->graph->nodes[i];
        if (!fits(node) || !program->places[i].needed) continue;
        const bool each = node->op->flags & DSC_OP_PIXELS_EACH;
        for (size_t k = 0; k < node->input_count; k++)
            if (dsc_node_is_sampled(node->inputs[k]) && node->in_shapes[k].rank == 3 && (each || wanted[i]))
                wanted[node->inputs[k]->index] = true;
    }
}

typedef struct choosing {
    const dsc_program *program;
    dsc_form pixels;
    bool *wanted;
} choosing;

static dsc_form form_of_output(const choosing *c, const dsc_node *node) {
    const dsc_form_choice choice = c->program->options.forms;
    if (choice == DSC_FORMS_REALS || !fits(node) || node->shape.rank != 3) return DSC_FORM_REALS;
    if (choice == DSC_FORMS_PIXELS) return c->pixels;
    if (!(node->op->flags & DSC_OP_PIXELS_EACH)) return c->program->places[node->inputs[0]->index].form;
    const bool halves = c->pixels == DSC_FORM_PIXELS_BF16;
    if (node->shape.size[0] < (halves ? DSC_PIXELS_BF16_FROM : DSC_PIXELS_FROM)) return DSC_FORM_REALS;
    return c->wanted[node->index] || halves ? c->pixels : DSC_FORM_REALS;
}

static dsc_form form_of_input(const choosing *c, const dsc_node *node, size_t i) {
    if (!dsc_node_is_sampled(node->inputs[i]) || !fits(node)) return DSC_FORM_REALS;
    if (!(node->op->flags & DSC_OP_PIXELS_EACH)) return c->program->places[node->index].form;
    if (c->program->options.forms == DSC_FORMS_PIXELS && node->in_shapes[i].rank == 3) return c->pixels;
    return c->program->places[node->inputs[i]->index].form;
}

/* Further outputs of an op stay reals, like inputs. Returns false if memory runs out. */
static bool choose_of(const choosing *c, dsc_node_place *place, const dsc_node *node) {
    place->in_form = dsc_allocate(node->input_count, sizeof *place->in_form);
    if (!place->in_form) return false;
    place->form = place->out_form[0] = form_of_output(c, node);
    for (size_t i = 0; i < node->input_count; i++) place->in_form[i] = form_of_input(c, node, i);
    return true;
}

bool dsc_forms_choose(dsc_program *program) {
    const dsc_graph *graph = program->graph;
    const bool halves = program->options.bf16 && sizeof(dsc_real) == sizeof(float);
    choosing c = {.program = program,
                  .pixels = halves ? DSC_FORM_PIXELS_BF16 : DSC_FORM_PIXELS,
                  .wanted = dsc_allocate(graph->count, sizeof *c.wanted)};
    bool done = c.wanted != NULL;
    if (done) find_wanted(program, c.wanted);
    for (size_t i = 0; done && i < graph->count; i++)
        if (graph->nodes[i]->kind == DSC_NODE_OP) done = choose_of(&c, &program->places[i], graph->nodes[i]);
    free(c.wanted);
    return done;
}

/* --- converting --- */

enum { BLOCK = 1024 }; /* elements widened at a time */

void dsc_form_convert(void *to, dsc_form to_form, const void *from, dsc_form from_form,
                      const dsc_shape *shape, size_t count, const dsc_vector_kernels *vector) {
    const size_t channels = shape->size[0], pixels = shape->size[1] * shape->size[2];
    for (size_t n = 0; n < count; n++) {
        const size_t at = n * channels * pixels;
        if (to_form == DSC_FORM_PIXELS_BF16)
            dsc_pixels_from_planes((uint16_t *)to + at, (const dsc_real *)from + at, channels, pixels,
                                   vector);
        else if (from_form == DSC_FORM_PIXELS_BF16)
            dsc_pixels_to_planes((dsc_real *)to + at, (const uint16_t *)from + at, channels, pixels, vector);
        else if (to_form == DSC_FORM_PIXELS)
            vector->transpose((dsc_real *)to + at, (ptrdiff_t)channels, (const dsc_real *)from + at,
                              (ptrdiff_t)pixels, channels, pixels);
        else
            vector->transpose((dsc_real *)to + at, (ptrdiff_t)pixels, (const dsc_real *)from + at,
                              (ptrdiff_t)channels, pixels, channels);
    }
}

void dsc_form_add(void *to, const void *from, dsc_form form, size_t bytes, const dsc_vector_kernels *vector) {
    if (form != DSC_FORM_PIXELS_BF16) {
        vector->add(to, to, from, bytes / sizeof(dsc_real));
        return;
    }
    dsc_real a[BLOCK], b[BLOCK];
    const size_t numbers = bytes / sizeof(uint16_t);
    uint16_t *sum = to;
    const uint16_t *more = from;
    for (size_t i = 0; i < numbers; i += BLOCK) {
        const size_t some = numbers - i < BLOCK ? numbers - i : BLOCK;
        vector->from_bf16(a, sum + i, some);
        vector->from_bf16(b, more + i, some);
        vector->add(a, a, b, some);
        vector->to_bf16(sum + i, a, some);
    }
}
