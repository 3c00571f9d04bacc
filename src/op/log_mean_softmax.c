/* SPDX-License-Identifier: MIT */
/* log_mean_softmax.c: what the members of an ensemble answer together: the mean of their probabilities, as
 * logarithms, which are logits like any others.
 *
 *   l_mk = x_mk - log(sum over j of exp(x_mj))          M members, K classes, x (M K)
 *   y_k = log(1/M sum over m of exp(l_mk))
 *   dx_mk = g_mk - exp(l_mk) sum over j of g_mj,        g_mk = dy_k exp(l_mk - y_k) / M
 *
 * Both logarithms of sums are taken with the largest term in front, so that neither overflows, and no
 * probability becomes 0. */
#include "op/op.h"
#include "op/writing.h"

#include "base/text.h"

#include "kernel/loop.h"

#include <math.h>

typedef struct mean_values {
    int64_t members;
} mean_values;

static const dsc_param params[] = {
    DSC_INT(mean_values, members, NULL, 1, 65536, "number of members, whose logits are concatenated"),
    {0},
};

static size_t members_of(const void *values) { return (size_t)((const mean_values *)values)->members; }

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const size_t members = members_of(rule->values), all = rule->in[0].rank ? rule->in[0].size[0] : 0;
    if (rule->in[0].rank != 1 || all % members)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected the logits of %zu members, (%zu K)", members,
                        members);
    rule->out[0] = dsc_shape_of(1, all / members, 0, 0, 0);
    return dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
}

/* scratch: a row of all members, and three of one. */
static void needs(dsc_needs *needs) {
    const size_t all = dsc_shape_count(&needs->in[0]);
    needs->scratch = (all + 3 * (all / members_of(needs->values))) * sizeof(dsc_real);
}

DSC_LOOP(subtract_number,
         (dsc_real *restrict out, const dsc_real *restrict in, dsc_real a, dsc_real b, size_t count), {
             for (size_t i = 0; i < count; i++) out[i] = in[i] - a - b;
         })
/* A NaN stays. */
DSC_LOOP(larger, (dsc_real *restrict most, const dsc_real *restrict x, size_t count), {
    for (size_t i = 0; i < count; i++) most[i] = x[i] > most[i] || x[i] != x[i] ? x[i] : most[i];
})
DSC_LOOP(add_up,
         (dsc_real * y, const dsc_real *restrict most, const dsc_real *log_sum, dsc_real log_members,
          size_t count),
         {
             for (size_t i = 0; i < count; i++) y[i] = most[i] + log_sum[i] - log_members;
         })
DSC_LOOP(slope,
         (dsc_real * dx, const dsc_real *restrict g, const dsc_real *restrict p, dsc_real sum, size_t count),
         {
             for (size_t i = 0; i < count; i++) dx[i] = g[i] - p[i] * sum;
         })

/* l of one member; `room` (K). */
static void log_softmax(const dsc_call *call, dsc_real *l, const dsc_real *x, dsc_real *room,
                        size_t classes) {
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real most = vector->max(x, classes), sum = vector->exp_sum(room, x, most, classes), log_sum;
    vector->log(&log_sum, &sum, 1);
    subtract_number[call->kernels->isa](l, x, most, log_sum, classes);
}

static void forward(const dsc_call *call) {
    const size_t members = members_of(call->values), classes = dsc_shape_count(&call->out_shape[0]);
    const unsigned isa = call->kernels->isa;
    const dsc_vector_kernels *vector = call->kernels->vector;
    const dsc_real log_members = (dsc_real)log((double)members);
    dsc_real *l = call->scratch, *room = l + members * classes, *most = room + classes, *sum = most + classes;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *x = call->in[0] + n * members * classes;
        for (size_t m = 0; m < members; m++) {
            log_softmax(call, l + m * classes, x + m * classes, room, classes);
            if (m)
                larger[isa](most, l + m * classes, classes);
            else
                vector->copy(most, l, classes);
        }
        vector->fill(sum, 0, classes);
        for (size_t m = 0; m < members; m++) {
            vector->subtract(room, l + m * classes, most, classes);
            vector->exp(room, room, classes);
            vector->add(sum, sum, room, classes);
        }
        vector->log(sum, sum, classes);
        add_up[isa](call->out[0] + n * classes, most, sum, log_members, classes);
    }
}

static void backward(const dsc_call *call) {
    if (!call->d_in[0]) return;
    const size_t members = members_of(call->values), classes = dsc_shape_count(&call->out_shape[0]);
    const dsc_vector_kernels *vector = call->kernels->vector;
    const dsc_real share = 1 / (dsc_real)members;
    dsc_real *l = call->scratch, *room = l + classes, *g = room + classes;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *y = call->out[0] + n * classes, *dy = call->d_out[0] + n * classes;
        for (size_t m = 0; m < members; m++) {
            const size_t at = (n * members + m) * classes;
            log_softmax(call, l, call->in[0] + at, room, classes);
            vector->subtract(g, l, y, classes);
            vector->exp(g, g, classes);
            vector->multiply(g, g, dy, classes);
            vector->scale(g, g, share, classes);
            vector->exp(l, l, classes);
            slope[call->kernels->isa](call->d_in[0] + at, g, l, vector->sum(g, classes), classes);
        }
    }
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t members = members_of(at->values);
    char number[32];
    dsc_write_line(writing, "log_mean_softmax(out0, in0, %zu, %zu, %s)", members,
                   dsc_shape_count(&at->out[0]),
                   dsc_format_shortest(number, (double)(float)log((double)members)));
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const size_t members = members_of(at->values);
    char number[32];
    dsc_write_line(writing, "a = Reshape(in0, [0,%zu,%zu])", members, dsc_shape_count(&at->out[0]));
    dsc_write_line(writing, "b = LogSoftmax(a) axis=-1");
    dsc_write_line(writing, "c = ReduceLogSumExp(b, [1]) keepdims=0");
    dsc_write_line(writing, "out0 = Sub(c, {%s})", dsc_format_shortest(number, log((double)members)));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "s", .in = {{1, {1}}}, .values = "members=1"},
    {.roles = "s", .in = {{1, {37}}}, .values = "members=1"},
    {.roles = "s", .in = {{1, {30}}}, .values = "members=3"},
    {.roles = "s",
     .in = {{1, {6}}},
     .values = "members=2",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75),
     .expected = DSC_NUMBERS(-1.495404097, -0.4605352286, -1.931738066)},
    {0},
};

const dsc_op dsc_op_log_mean_softmax = {
    .size = sizeof(dsc_op),
    .name = "log-mean-softmax",
    .help = "logits of the mean of several members' probabilities",
    .onnx = write_onnx,
    .c = write_c,
    .params = params,
    .values_size = sizeof(mean_values),
    .least_inputs = 1,
    .most_inputs = 1,
    .keeps_inputs = 1,
    .keeps_outputs = 1,
    .shapes = shapes,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};

dsc_node *dsc_log_mean_softmax(dsc_node *x, size_t members) {
    return dsc_apply(&dsc_op_log_mean_softmax, (dsc_node *[]){x}, 1, &(mean_values){(int64_t)members});
}
