/* SPDX-License-Identifier: MIT */
/* dropout.c: inverted dropout (Srivastava et al., 2014).
 *
 *   training:  y = x mask / (1 - p)        dx = dy mask / (1 - p)        otherwise: y = x
 *
 * A unit is kept if its 16 random bits are at least round(p 65536). The bits come from Philox, keyed by
 * (seed, dropout stream) with the counter (block of 16 units, sample, epoch, node). They depend on neither
 * thread nor batch, so the mask is not stored: the backward pass generates it again. */
#include "op/op.h"
#include "op/tables.h"

#include "base/stream.h"
#include "kernel/loop.h"

const dsc_param dsc_dropout_params[] = {
    DSC_REAL(dsc_dropout_values, p, "0.5", 0, 0.999, "share of units to set to zero"),
    {0},
};

enum { BLOCK = 16, UNITS = 32 * BLOCK }; /* units of one Philox block; of one iteration */

DSC_LOOP(keep,
         (dsc_real * out, const dsc_real *in, const uint16_t *bits, uint32_t threshold, dsc_real scale,
          size_t count),
         {
             for (size_t i = 0; i < count; i++) out[i] = bits[i] >= threshold ? in[i] * scale : 0;
         })

/* Random bits of units [first, first + count) of one sample. */
static void draw(uint16_t *bits, const dsc_call *call, uint32_t sample, size_t first, size_t count) {
    const uint64_t key[2] = {call->seed, DSC_STREAM_DROPOUT};
    uint64_t words[UNITS / BLOCK][4];
    dsc_philox_blocks(words, (const uint64_t[4]){first / BLOCK, sample, call->epoch, call->node}, key,
                      (count + BLOCK - 1) / BLOCK);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ /* same byte order */
    memcpy(bits, words, count * sizeof *bits);
#else
    for (size_t u = 0; u < count; u++) bits[u] = (uint16_t)(words[u / BLOCK][u / 4 % 4] >> (16 * (u % 4)));
#endif
}

static void drop(const dsc_call *call, dsc_real *out, const dsc_real *in) {
    double p = ((const dsc_dropout_values *)call->values)->p;
    uint32_t threshold = (uint32_t)(p * 65536 + 0.5);
    dsc_real scale = (dsc_real)(1 / (1 - (double)threshold / 65536));
    size_t units = dsc_shape_count(&call->in_shape[0]);
    for (size_t n = 0; n < call->count; n++)
        for (size_t u = 0; u < units; u += UNITS) {
            uint16_t bits[UNITS];
            size_t count = units - u < UNITS ? units - u : UNITS, at = n * units + u;
            draw(bits, call, call->samples[n], u, count);
            keep[call->kernels->isa](out + at, in + at, bits, threshold, scale, count);
        }
}

static void forward(const dsc_call *call) { drop(call, call->out[0], call->in[0]); }

static void infer(const dsc_call *call) {
    if (call->out[0] != call->in[0])
        memcpy(call->out[0], call->in[0], dsc_out_numbers(call, 0) * sizeof(dsc_real));
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    if (call->training)
        drop(call, call->d_in[0], call->d_out[0]);
    else if (call->d_in[0] != call->d_out[0])
        memcpy(call->d_in[0], call->d_out[0], dsc_out_numbers(call, 0) * sizeof(dsc_real));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage infer_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = infer}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {100}}}},
    {.roles = "s", .in = {{3, {3, 5, 7}}}, .values = "p=0.25"},
    {.roles = "s", .in = {{1, {1}}}, .values = "p=0"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "p=0.75",
     .given = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3),
     .expected = DSC_NUMBERS(-2, -0.5, 0, 0.25, 1, 3)},
    {0},
};

const dsc_op dsc_op_dropout = {
    .size = sizeof(dsc_op),
    .name = "dropout",
    .help = "during training, set a random share of the units to zero and scale up the others",
    .params = dsc_dropout_params,
    .values_size = sizeof(dsc_dropout_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .flags = DSC_OP_IN_PLACE | DSC_OP_TRAINING_ONLY,
    .shapes = dsc_shapes_same,
    .forward = forward_stages,
    .infer = infer_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_dropout(dsc_node *x, double p) {
    return dsc_apply(&dsc_op_dropout, (dsc_node *[]){x}, 1, &(dsc_dropout_values){p});
}
