/* SPDX-License-Identifier: MIT */
/* whole.c: see whole.h. A too narrow bound shows if all inputs lie at their bounds and all weights have
 * one sign; some rounds are like that. */
#include "check/whole.h"

#include "testing.h"

#include "base/random.h"
#include "base/spec.h"
#include "op/tables.h"

#include <math.h>

enum { SAMPLES = 4, ROUNDS = 16, INPUTS = 6 };

typedef struct rig {
    const dsc_op *op;
    dsc_graph *graph;
    dsc_session *session;
    dsc_node *in[INPUTS], *out;
    dsc_real *given[INPUTS]; /* of values of each sample */
    const dsc_real *numbers[INPUTS];
    double low[INPUTS], high[INPUTS];
} rig;

static void make(rig *r, const dsc_op *op, const dsc_op_example *example) {
    dsc_error error;
    dsc_spec spec;
    const dsc_row *row;
    void *values = NULL;
    char text[256];
    const char *next = text;
    *r = (rig){.op = op};
    ASSERT_OK(dsc_graph_create(&r->graph, &error), error);
    for (size_t i = 0; example->roles[i]; i++) {
        const char name[3] = {'i', (char)('0' + i)};
        const dsc_shape shape = example->in[i];
        r->in[i] = example->roles[i] == 'p' ? dsc_parameter(r->graph, name, shape, DSC_INIT_ZEROS, 1, 1, true)
                   : example->roles[i] == 'b' ? dsc_buffer(r->graph, name, shape, 1)
                                              : dsc_input(r->graph, name, shape);
        r->given[i] = calloc(SAMPLES * dsc_shape_count(&shape), sizeof(dsc_real));
    }
    const dsc_registry registry = {.thing = "op",
                                   .things = "ops",
                                   .rows = (const dsc_op *const[]){op, NULL},
                                   .row_at = offsetof(dsc_op, name)};
    (void)snprintf(text, sizeof text, "%s %s", op->name, example->values ? example->values : "");
    ASSERT_OK(dsc_spec_read(&spec, &next, text, "", &error), error);
    ASSERT_OK(dsc_spec_choose(&row, &values, &spec, text, &registry, &error), error);
    r->out = dsc_apply(op, r->in, strlen(example->roles), values);
    dsc_row_release(row, values);
    dsc_session_options how = dsc_session_options_defaults();
    how.batch = SAMPLES;
    how.kept[0] = r->out;
    ASSERT_OK(dsc_session_create(&r->session, r->graph, &how, &error), error);
}

/* Integers for one input: `round` selects which. */
static void fill(rig *r, size_t i, size_t round, dsc_rng *rng) {
    static const double bounds[][2] = {{-128, 127}, {0, 255}, {-9, -2}, {3, 77}};
    dsc_real *shared = dsc_session_parameter(r->session, r->in[i]), *to = shared ? shared : r->given[i];
    const size_t count = dsc_shape_count(dsc_node_shape(r->in[i])) * (shared ? 1 : SAMPLES);
    const bool buffer = dsc_node_role(r->in[i]) == DSC_ROLE_BUFFER;
    const double least = buffer ? 0 : bounds[(round + i) % 4][0],
                 most = buffer ? 20 : bounds[(round + i) % 4][1];
    const double weight_sign = round / 4 % 2 ? -1 : 1;
    for (size_t k = 0; k < count; k++) {
        const double part = dsc_rng_random(rng), inside = least + floor(part * (most - least + 1));
        if (shared && !buffer) /* a weight */
            to[k] = (dsc_real)(round < 8 ? weight_sign * floor(8 * part) : floor(15 * part) - 7);
        else if (buffer || round % 3 == 0)
            to[k] = (dsc_real)inside;
        else /* at the bounds: samples with only the lower bound, only the upper bound, both */
            to[k] = (dsc_real)(k * SAMPLES / count == 0   ? least
                               : k * SAMPLES / count == 1 ? most
                               : part < 0.5               ? least
                                                          : most);
    }
    r->numbers[i] = shared;
    r->low[i] = shared ? INFINITY : least;
    r->high[i] = shared ? -INFINITY : most;
    for (size_t k = 0; shared && k < count; k++) {
        if ((double)to[k] < r->low[i]) r->low[i] = (double)to[k];
        if ((double)to[k] > r->high[i]) r->high[i] = (double)to[k];
    }
}

size_t whole_check(char message[WHOLE_MESSAGE], const dsc_op *op, const dsc_op_example *example) {
    rig r;
    dsc_rng rng;
    dsc_error error;
    size_t said = 0;
    const size_t inputs = strlen(example->roles);
    dsc_rng_seed(&rng, 9);
    message[0] = '\0';
    make(&r, op, example);
    for (size_t round = 0; round < ROUNDS && !message[0]; round++) {
        double low, high;
        for (size_t i = 0; i < inputs; i++) {
            fill(&r, i, round, &rng);
            if (!r.numbers[i])
                ASSERT_OK(dsc_session_set_input(r.session, r.in[i], r.given[i], &error), error);
        }
        const dsc_whole_rule rule = {.values = r.out->values,
                                     .input_count = inputs,
                                     .in = r.out->in_shapes,
                                     .out = r.out->out_shapes,
                                     .role = r.out->roles,
                                     .numbers = r.numbers,
                                     .low = r.low,
                                     .high = r.high};
        if (!op->whole(&low, &high, &rule)) continue;
        said++;
        ASSERT_OK(dsc_session_run(r.session, SAMPLES, 0, &error), error);
        const dsc_real *y = dsc_session_value(r.session, r.out);
        for (size_t k = 0; k < SAMPLES * dsc_shape_count(dsc_node_shape(r.out)) && !message[0]; k++)
            if ((double)y[k] != floor((double)y[k]) || !((double)y[k] >= low && (double)y[k] <= high))
                (void)snprintf(message, WHOLE_MESSAGE,
                               "%s (%s), round %zu: found %g, expected a whole number from %g to %g",
                               op->name, example->values ? example->values : "", round, (double)y[k], low,
                               high);
    }
    for (size_t i = 0; i < inputs; i++) free(r.given[i]);
    dsc_session_free(r.session);
    dsc_graph_free(r.graph);
    return said;
}
