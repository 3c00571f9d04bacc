/* SPDX-License-Identifier: MIT */
/* requantise.c: rescales integers, for integer networks (Jacob et al., "Quantization and training of neural
 * networks for efficient integer-arithmetic-only inference", 2018).
 *
 *   x (C, ...), multiplier m (C), shift s (C)  ->  y (C, ...)
 *   y = (x m[c] + 2^(s[c] - 1)) >> s[c] in 64 bits, clamped to [low, high];  x m[c] if s[c] is 0
 *
 * m is an integer from 0 to 2^24, s an integer from 0 to 47. Computed here in double, with the same result:
 *
 *   y = floor(x (m 2^-s) + 1/2)
 *
 * x and m have at most 25 bits, so a product has at most 50; its last bit is worth at least 2^-47, so adding
 * 1/2 is exact too. Values that are not integers are rounded first, and values out of bounds are clamped: an
 * x beyond 2^24 becomes 2^24. A step function has no slope: dx = 0. */
#include "op/op.h"

#include "kernel/loop.h"
#include "op/tables.h"
#include "op/writing.h"

#include "base/limits.h"

#include <math.h>

enum { X, MULTIPLIER, SHIFT }; /* inputs */

static const dsc_param params[] = {
    DSC_INT(dsc_requantise_values, low, "-128", -DSC_WHOLE_MOST, DSC_WHOLE_MOST, "smallest result"),
    DSC_INT(dsc_requantise_values, high, "127", -DSC_WHOLE_MOST, DSC_WHOLE_MOST, "largest result"),
    {0},
};

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_requantise_values *values = rule->values;
    if (!rule->in[X].rank) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected values (C, ...)");
    for (size_t i = MULTIPLIER; i <= SHIFT; i++) {
        if (rule->in[i].rank != 1 || rule->in[i].size[0] != rule->in[X].size[0])
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a multiplier and a shift (C), C = %zu",
                            rule->in[X].size[0]);
        dsc_status status = dsc_expect_role(rule, i, DSC_ROLE_BUFFER, "multiplier and shift", error);
        if (status) return status;
    }
    if (values->low > values->high)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected low <= high, found low=%lld high=%lld",
                        (long long)values->low, (long long)values->high);
    return dsc_shapes_same(rule, error);
}

static void needs(dsc_needs *needs) { needs->scratch = needs->in[X].size[0] * sizeof(double); }

/* NaN stays NaN. */
static double whole_within(double x, double low, double high) {
    x = rint(x);
    x = x < low ? low : x;
    return x > high ? high : x;
}

/* m 2^-s for each channel. */
static const double *factors_of(const dsc_call *call) {
    double *factors = call->scratch;
    for (size_t c = 0; c < call->in_shape[X].size[0]; c++) {
        const double shift = whole_within((double)call->in[SHIFT][c], 0, DSC_REQUANTISE_SHIFT_MOST);
        const double multiplier = whole_within((double)call->in[MULTIPLIER][c], 0, DSC_WHOLE_MOST);
        factors[c] = isnan(shift) ? shift : ldexp(multiplier, -(int)shift);
    }
    return factors;
}

#define REQUANTISED(x, factor)                                                                               \
    double v = (double)rint((double)(x));                                                                    \
    v = v < -DSC_WHOLE_MOST ? -DSC_WHOLE_MOST : v;                                                           \
    v = v > DSC_WHOLE_MOST ? DSC_WHOLE_MOST : v;                                                             \
    v = floor(v * (factor) + 0.5);                                                                           \
    v = v < low ? low : v;                                                                                   \
    v = v > high ? high : v

/* One factor for all elements of a channel; or, channels last, a factor for each element. y may be x. */
DSC_LOOP(same_factor, (dsc_real * y, const dsc_real *x, double factor, double low, double high, size_t count),
         {
             for (size_t i = 0; i < count; i++) {
                 REQUANTISED(x[i], factor);
                 y[i] = (dsc_real)v;
             }
         })
DSC_LOOP(own_factors,
         (dsc_real * y, const dsc_real *x, const double *factors, double low, double high, size_t count), {
             for (size_t i = 0; i < count; i++) {
                 REQUANTISED(x[i], factors[i]);
                 y[i] = (dsc_real)v;
             }
         })

/* Channels last in bfloat16, which cannot represent every integer above 256. Used only by graphs built
 * outside the library. */
static void forward_bf16(const dsc_call *call, const double *factors, double low, double high) {
    enum { BLOCK = DSC_USUALLY(1024, 1) };
    const dsc_vector_kernels *vector = call->kernels->vector;
    const size_t channels = call->in_shape[X].size[0];
    dsc_real wide[BLOCK];
    for (size_t i = 0, all = dsc_out_numbers(call, 0); i < all; i += channels)
        for (size_t c = 0, some; c < channels; c += some) {
            some = dsc_smaller(channels - c, BLOCK);
            vector->from_bf16(wide, dsc_halves_in(call->in[X]) + i + c, some);
            own_factors[call->kernels->isa](wide, wide, factors + c, low, high, some);
            vector->to_bf16(dsc_halves_out(call->out[0]) + i + c, wide, some);
        }
}

static void forward(const dsc_call *call) {
    const dsc_requantise_values *values = call->values;
    const double low = (double)values->low, high = (double)values->high, *factors = factors_of(call);
    const size_t channels = call->in_shape[X].size[0], all = dsc_out_numbers(call, 0);
    const size_t pixels = dsc_shape_count(&call->in_shape[X]) / channels;
    if (call->out_form[0] == DSC_FORM_PIXELS_BF16)
        forward_bf16(call, factors, low, high);
    else if (call->out_form[0] == DSC_FORM_PIXELS || pixels == 1)
        for (size_t i = 0; i < all; i += channels)
            own_factors[call->kernels->isa](call->out[0] + i, call->in[X] + i, factors, low, high, channels);
    else
        for (size_t i = 0; i < all; i += pixels)
            same_factor[call->kernels->isa](call->out[0] + i, call->in[X] + i, factors[i / pixels % channels],
                                            low, high, pixels);
}

static void backward(const dsc_call *call) {
    if (call->d_in[X]) memset(call->d_in[X], 0, dsc_in_numbers(call, X) * dsc_form_number(call->in_form[X]));
}

static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = backward, .writes = 1}, {0}};

/* Computed in double, as here: m 2^-s is exact as a float, and so is a result within the bounds. TensorProto
 * type 11 is double, 1 is float. */
static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_requantise_values *values = at->values;
    const char *multiplier = dsc_write_leading(writing, at, MULTIPLIER),
               *shift = dsc_write_leading(writing, at, SHIFT);
    dsc_write_line(writing, "s = Round(%s)", shift);
    dsc_write_line(writing, "down = Neg(s)");
    dsc_write_line(writing, "power = Pow({2.0}, down)");
    dsc_write_line(writing, "m = Round(%s)", multiplier);
    dsc_write_line(writing, "factor = Mul(m, power)");
    dsc_write_line(writing, "wide = Cast(factor) to=11");
    dsc_write_line(writing, "whole = Round(in0)");
    dsc_write_line(writing, "bounded = Clip(whole, {-%d.0}, {%d.0})", DSC_WHOLE_MOST, DSC_WHOLE_MOST);
    dsc_write_line(writing, "x = Cast(bounded) to=11");
    dsc_write_line(writing, "product = Mul(x, wide)");
    dsc_write_line(writing, "half = Cast({0.5}) to=11");
    dsc_write_line(writing, "more = Add(product, half)");
    dsc_write_line(writing, "below = Floor(more)");
    dsc_write_line(writing, "y = Cast(below) to=1");
    dsc_write_line(writing, "out0 = Clip(y, {%lld.0}, {%lld.0})", (long long)values->low,
                   (long long)values->high);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_requantise_values *values = at->values;
    dsc_write_line(writing, "requantise(out0, in0, in1, in2, %zu, %zu, %lld, %lld)", at->in[X].size[0],
                   dsc_shape_count(&at->in[X]) / at->in[X].size[0], (long long)values->low,
                   (long long)values->high);
}

static double requantised(double x, double factor, const dsc_requantise_values *values) {
    const double y = floor(x * factor + 0.5), low = (double)values->low, high = (double)values->high;
    return y < low ? low : y > high ? high : y;
}

/* Multipliers are nonnegative, so the function is monotonic. */
static bool whole(double *low, double *high, const dsc_whole_rule *rule) {
    const dsc_real *multiplier = rule->numbers[MULTIPLIER], *shift = rule->numbers[SHIFT];
    if (!multiplier || !shift || rule->low[MULTIPLIER] < 0 || rule->low[SHIFT] < 0 ||
        rule->high[SHIFT] > DSC_REQUANTISE_SHIFT_MOST)
        return false;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t c = 0; c < rule->in[X].size[0]; c++) {
        const double factor = ldexp((double)multiplier[c], -(int)shift[c]),
                     least = requantised(rule->low[X], factor, rule->values),
                     most = requantised(rule->high[X], factor, rule->values);
        if (least < *low) *low = least;
        if (most > *high) *high = most;
    }
    return true;
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_requantise_values *values = at->values;
    dsc_write_line(writing,
                   "requantise_whole(out0, wide, from, in0, wide0, from0, in1, in2, %lld, %lld, %zu, %zu)",
                   (long long)values->low, (long long)values->high, at->in[X].size[0],
                   dsc_shape_count(&at->in[X]) / at->in[X].size[0]);
}

static const dsc_op_example examples[] = {
    {.roles = "sbb", .in = {{1, {5}}, {1, {5}}, {1, {5}}}},
    {.roles = "sbb", .in = {{3, {3, 5, 7}}, {1, {3}}, {1, {3}}}, .values = "low=0 high=1"},
    {.roles = "sbb",
     .in = {{3, {2, 2, 3}}, {1, {2}}, {1, {2}}},
     .values = "low=-100 high=255",
     .given = DSC_NUMBERS(-16777215, -1234567, -1, 0, 1, 16777215, 8388607, 100, 99, -99, -101, 4242,
                          14073749, 3, 40, 1),
     .expected = DSC_NUMBERS(-100, -16, 0, 0, 0, 215, 255, 150, 149, -100, -100, 255)},
    {0},
};

const dsc_op dsc_op_requantise = {
    .size = sizeof(dsc_op),
    .name = "requantise",
    .help = "rescale whole numbers by a multiplier and a shift per channel",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = whole,
    .params = params,
    .values_size = sizeof(dsc_requantise_values),
    .least_inputs = 3,
    .most_inputs = 3,
    .flags = DSC_OP_IN_PLACE | DSC_OP_PIXELS | DSC_OP_WHOLE,
    .never_negative = 1 << MULTIPLIER | 1 << SHIFT,
    .shapes = shapes,
    .needs = needs,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
};
