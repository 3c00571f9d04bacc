/* SPDX-License-Identifier: MIT */
/* onnx_from_elementwise.c: sums and products of values and constants, of ONNX files.
 *
 * Ops that only scale and shift the image for each channel become the model's normalisation. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include <math.h>
#include <string.h>

/* --- a value and a constant --- */

/* The sizes of the constant for each dimension of `value`: 1 or the value's; false: it cannot be
 * broadcast. */
static bool spread_sizes(size_t sizes[ONNX_RANK], const onnx_value *value, const onnx_constant *c) {
    if (c->rank > value->rank + 1 || (c->rank == value->rank + 1 && c->dims[0] != 1)) return false;
    for (size_t i = 0; i < value->rank; i++) {
        const size_t behind = value->rank - i;
        sizes[i] = behind <= c->rank ? c->dims[c->rank - behind] : 1;
        if (sizes[i] != 1 && sizes[i] != value->dims[i]) return false;
    }
    return true;
}

/* The constant as numbers of `shape`, which is the node's shape or its leading dimensions. *kept is the node
 * in the dimensions that `shape` belongs to. */
static const float *spread(dsc_shape *shape, dsc_node **kept, onnx_reading *r, const onnx_value *value,
                           const onnx_constant *c, const size_t sizes[ONNX_RANK]) {
    const bool straight = !value->reordered && value->rank && value->rank <= DSC_RANK_MOST;
    const bool known = straight || onnx_keeps_dimensions(value);
    *shape = value->node->shape;
    *kept = value->node;
    if (straight && !onnx_keeps_dimensions(value)) {
        shape->rank = value->rank;
        memcpy(shape->size, value->dims, value->rank * sizeof *value->dims);
        *kept = dsc_reshape(value->node, *shape);
    }
    const size_t count = onnx_count(value);
    /* The number of leading dimensions in which the constant varies. */
    size_t leading = known ? 0 : shape->rank;
    for (size_t i = 0; known && i < value->rank; i++) {
        const size_t own = value->reordered ? value->order[i] : i;
        if (sizes[i] > 1 && own >= leading) leading = own + 1;
    }
    size_t inner = 1;
    for (size_t i = leading; i < shape->rank; i++) inner *= shape->size[i];
    size_t *places = value->reordered ? onnx_take(&r->pool, count, sizeof *places) : NULL;
    float *numbers = onnx_take(&r->pool, count / inner, sizeof *numbers);
    if (!numbers || (value->reordered && !places)) return NULL;
    if (places) onnx_places(places, value);
    size_t at[ONNX_RANK] = {0};
    for (size_t t = 0; t < count; t++, onnx_step(at, value->dims, value->rank))
        numbers[(places ? places[t] : t) / inner] = c->floats[onnx_broadcast_at(c, at, value->rank)];
    shape->rank = leading;
    for (size_t i = leading; i < DSC_RANK_MOST; i++) shape->size[i] = 0;
    return numbers;
}

/* One number per image channel; false: the constant has others. */
static bool by_channel(double *numbers, onnx_reading *r, const onnx_value *value, const onnx_constant *c,
                       const size_t sizes[ONNX_RANK]) {
    const size_t channels = r->image->shape.size[0];
    if (!onnx_keeps_dimensions(value) && c->count != 1) return false;
    for (size_t i = 0; i < value->rank; i++)
        if (c->count != 1 && sizes[i] > 1 && (value->reordered ? value->order[i] : i) != 0) return false;
    for (size_t k = 0; k < channels; k++) numbers[k] = (double)c->floats[c->count == 1 ? 0 : k];
    return true;
}

/* Records that the image is multiplied by, or increased by, `numbers` (C) before the network. */
static dsc_status normalise(onnx_reading *r, const Onnx__Node *node, const onnx_value *value,
                            const double *numbers, bool is_factor) {
    const size_t channels = r->image->shape.size[0];
    onnx_value scaled = *value;
    scaled.scale = onnx_take(&r->pool, channels, sizeof *scaled.scale);
    scaled.offset = onnx_take(&r->pool, channels, sizeof *scaled.offset);
    if (!scaled.scale || !scaled.offset) return onnx_no_memory(r);
    for (size_t c = 0; c < channels; c++) {
        scaled.scale[c] = value->scale[c] * (is_factor ? numbers[c] : 1);
        scaled.offset[c] = is_factor ? value->offset[c] * numbers[c] : value->offset[c] + numbers[c];
    }
    return onnx_give_same(r, node, &scaled);
}

/* `c` with `of` applied to every number. */
static onnx_constant *each_number(onnx_reading *r, const onnx_constant *c, double (*of)(double)) {
    onnx_constant *made = onnx_make(r, c, c->rank, c->dims, false);
    for (size_t i = 0; made && i < c->count; i++) made->floats[i] = (float)of((double)c->floats[i]);
    return made;
}

static double negated(double x) { return -x; }
static double inverse(double x) { return 1 / x; }

/* A learned slope, one in all or one per channel: relu(x) - slope relu(-x). */
static dsc_status read_prelu(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const onnx_constant *slope, *turned;
    size_t sizes[ONNX_RANK] = {0};
    dsc_shape shape;
    dsc_node *x;
    bool same = true;
    dsc_status status = onnx_numbers(&slope, r, node, 1);
    if (!status) status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_touch(r, node, value);
    if (status) return status;
    for (size_t i = 1; i < slope->count; i++) same = same && slope->floats[i] == slope->floats[0];
    if (!slope->count || !spread_sizes(sizes, value, slope))
        return onnx_fail(r, node, "its slopes do not fit its input");
    if (same && slope->floats[0] >= 0 && slope->floats[0] <= 1)
        return onnx_leaky_relu(r, node, (double)slope->floats[0]);
    if (!onnx_afford(r, onnx_count(value))) return onnx_fail(r, node, "slopes for too many numbers");
    if (!(turned = each_number(r, slope, negated))) return onnx_no_memory(r);
    const float *numbers = spread(&shape, &x, r, value, turned, sizes);
    onnx_begin_layer(r, "prelu", slope->name);
    dsc_node *negative_part = dsc_relu(dsc_scale(x, -1));
    dsc_node *parameter = onnx_parameter(r, turned, shape, numbers, 1, 1);
    return onnx_give_like(r, node, 0, dsc_add(dsc_relu(x), dsc_mul(negative_part, parameter)), value);
}

static dsc_status with_constant(onnx_reading *r, const Onnx__Node *node, const onnx_value *value,
                                const onnx_constant *c, bool is_factor, bool divides) {
    size_t sizes[ONNX_RANK] = {0};
    dsc_shape shape;
    dsc_node *x;
    if (!c->floats || !c->count || !spread_sizes(sizes, value, c))
        return onnx_fail(r, node, "its constant does not fit its other input");
    if (value->scale) {
        double *numbers = onnx_take(&r->pool, r->image->shape.size[0], sizeof *numbers);
        if (!numbers) return onnx_no_memory(r);
        if (by_channel(numbers, r, value, c, sizes)) {
            for (size_t i = 0; divides && i < r->image->shape.size[0]; i++) numbers[i] = 1 / numbers[i];
            return normalise(r, node, value, numbers, is_factor);
        }
    }
    if (divides && !(c = each_number(r, c, inverse))) return onnx_no_memory(r);
    dsc_status status = onnx_touch(r, node, value);
    if (status) return status;
    if (c->count == 1 && is_factor && isfinite(c->floats[0])) {
        onnx_begin_layer(r, "scale", NULL);
        return onnx_give_like(r, node, 0, dsc_scale(value->node, (double)c->floats[0]), value);
    }
    if (!onnx_afford(r, onnx_count(value)))
        return onnx_fail(r, node, "a constant spread over %zu numbers", onnx_count(value));
    const float *numbers = spread(&shape, &x, r, value, c, sizes);
    onnx_begin_layer(r, is_factor ? "mul" : "add", NULL);
    dsc_node *parameter = onnx_parameter(r, c, shape, numbers, 1, 1);
    dsc_node *made = is_factor ? dsc_mul(x, parameter) : dsc_add(x, parameter);
    return onnx_give_like(r, node, 0, made, value);
}

/* --- two values --- */

/* Whether elements at equal positions in the file have equal positions in the nodes. */
static bool alike(const onnx_value *a, const onnx_value *b) {
    if (a->rank != b->rank || memcmp(a->dims, b->dims, a->rank * sizeof *a->dims) != 0) return false;
    if (!a->reordered && !b->reordered)
        return a->node->shape.rank == b->node->shape.rank &&
               dsc_shape_equal(&a->node->shape, &b->node->shape);
    return a->reordered == b->reordered && dsc_shape_equal(&a->node->shape, &b->node->shape) &&
           !memcmp(a->order, b->order, a->node->shape.rank * sizeof *a->order);
}

static dsc_status two_values(onnx_reading *r, const Onnx__Node *node, onnx_value *a, onnx_value *b,
                             bool is_factor) {
    dsc_node *x, *y;
    dsc_status status = onnx_touch(r, node, a);
    if (!status) status = onnx_touch(r, node, b);
    if (status) return status;
    onnx_begin_layer(r, is_factor ? "mul" : "add", NULL);
    if (alike(a, b)) return onnx_give_like(r, node, 0, (is_factor ? dsc_mul : dsc_add)(a->node, b->node), a);
    status = onnx_plain(&x, r, node, a);
    if (!status) status = onnx_plain(&y, r, node, b);
    if (status) return status;
    dsc_shape big = x->shape, small = y->shape;
    if (dsc_shape_count(&big) < dsc_shape_count(&small)) {
        dsc_node *other = x;
        x = y;
        y = other;
        big = x->shape;
        small = y->shape;
    }
    if (big.rank != small.rank) return onnx_fail(r, node, "inputs with different numbers of dimensions");
    while (small.rank > 1 && small.size[small.rank - 1] == 1) small.rank--;
    for (size_t i = small.rank; i < DSC_RANK_MOST; i++) small.size[i] = 0;
    if (!dsc_shape_equal(&small, &y->shape)) y = dsc_reshape(y, small);
    return onnx_give(r, node, 0, (is_factor ? dsc_mul : dsc_add)(x, y));
}

/* --- Add, Sub, Mul, Div --- */

static dsc_status read_inputs(onnx_value **a, onnx_value **b, onnx_reading *r, const Onnx__Node *node) {
    dsc_status status = onnx_input(a, r, node, 0);
    return status ? status : onnx_input(b, r, node, 1);
}

static dsc_status read_add(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *a, *b;
    dsc_status status = read_inputs(&a, &b, r, node);
    if (status) return status;
    if (a->constant) return with_constant(r, node, b, a->constant, false, false);
    if (b->constant) return with_constant(r, node, a, b->constant, false, false);
    return two_values(r, node, a, b, false);
}

static dsc_status read_total(onnx_reading *r, const Onnx__Node *node) {
    return node->n_input == 2 ? read_add(r, node)
                              : onnx_fail(r, node, "%zu inputs; 2 are supported", node->n_input);
}

/* PyTorch's and our own way to write Gelu before opset 20: x / sqrt 2, Erf, + 1, x times, times 1/2. */
static bool reads(const Onnx__Node *node, const char *name) {
    return node->n_input == 2 && (!strcmp(node->input[0], name) || !strcmp(node->input[1], name));
}

static const Onnx__Node *gelu_end(const Onnx__Node *chain[4], onnx_reading *r, const Onnx__Node *node,
                                  const char *x) {
    chain[0] = onnx_only_reader(r, node, "Erf");
    chain[1] = chain[0] ? onnx_only_reader(r, chain[0], "Add") : NULL;
    chain[2] = chain[1] ? onnx_only_reader(r, chain[1], "Mul") : NULL;
    chain[3] = chain[2] ? onnx_only_reader(r, chain[2], "Mul") : NULL;
    if (!chain[3] || !(onnx_is_number(r, chain[1], 0, 1) || onnx_is_number(r, chain[1], 1, 1))) return NULL;
    for (size_t i = 2; i < 4; i++) { /* x and 1/2 in either order */
        const Onnx__Node *half = chain[i], *times = chain[5 - i];
        if ((onnx_is_number(r, half, 0, 0.5) || onnx_is_number(r, half, 1, 0.5)) && reads(times, x))
            return chain[3];
    }
    return NULL;
}

static dsc_status read_gelu_chain(bool *found, onnx_reading *r, const Onnx__Node *node, onnx_value *value,
                                  const char *x) {
    const Onnx__Node *chain[4], *end = gelu_end(chain, r, node, x);
    *found = end != NULL;
    if (!end) return DSC_OK;
    for (size_t k = 0; k < 4; k++) onnx_mark_done(r, chain[k]);
    dsc_status status = onnx_touch(r, node, value);
    if (status) return status;
    onnx_begin_layer(r, "gelu", NULL);
    return onnx_give_like(r, end, 0, dsc_gelu(value->node), value);
}

static dsc_status read_mul(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *a, *b;
    bool found = false;
    dsc_status status = read_inputs(&a, &b, r, node);
    if (!status && b->constant && onnx_is_number(r, node, 1, sqrt(0.5)))
        status = read_gelu_chain(&found, r, node, a, node->input[0]);
    if (status || found) return status;
    if (a->constant) return with_constant(r, node, b, a->constant, true, false);
    if (b->constant) return with_constant(r, node, a, b->constant, true, false);
    return two_values(r, node, a, b, true);
}

static dsc_status read_div(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *a, *b;
    bool found = false;
    dsc_status status = read_inputs(&a, &b, r, node);
    if (!status && b->constant && onnx_is_number(r, node, 1, sqrt(2.0)))
        status = read_gelu_chain(&found, r, node, a, node->input[0]);
    if (status || found) return status;
    if (!b->constant || a->constant)
        return onnx_fail(r, node, "a division by something that is not constant");
    return with_constant(r, node, a, b->constant, true, true);
}

/* `value` times -1, as a new value. */
static dsc_status negate(onnx_value *result, onnx_reading *r, const Onnx__Node *node, onnx_value *value) {
    dsc_status status = onnx_touch(r, node, value);
    if (status) return status;
    *result = *value;
    result->scale = result->offset = NULL;
    result->node = dsc_scale(value->node, -1);
    return DSC_OK;
}

static dsc_status read_neg(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value, turned;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (status) return status;
    onnx_begin_layer(r, "scale", NULL);
    status = negate(&turned, r, node, value);
    return status ? status : onnx_give_like(r, node, 0, turned.node, value);
}

static dsc_status read_sub(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *a, *b, turned;
    dsc_status status = read_inputs(&a, &b, r, node);
    if (status) return status;
    if (b->constant) {
        onnx_constant *c = b->constant->floats ? each_number(r, b->constant, negated) : b->constant;
        return c ? with_constant(r, node, a, c, false, false) : onnx_no_memory(r);
    }
    status = negate(&turned, r, node, b);
    if (status) return status;
    if (a->constant) return with_constant(r, node, &turned, a->constant, false, false);
    return two_values(r, node, a, &turned, false);
}

static dsc_status read_pow(onnx_reading *r, const Onnx__Node *node) {
    return onnx_fail(r, node,
                     "powers of values that depend on the image; PyTorch writes LayerNorm so before opset "
                     "17: export with opset_version=17");
}

/* --- constants --- */

static bool compute(double *out, char op, double a, double b) {
    *out = op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : op == '/' ? a / b : pow(a, b);
    return isfinite(*out);
}

static dsc_status fold_two(onnx_reading *r, const Onnx__Node *node, char op) {
    onnx_value *values[2];
    dsc_status status = read_inputs(&values[0], &values[1], r, node);
    if (status) return status;
    const onnx_constant *a = values[0]->constant, *b = values[1]->constant;
    const size_t rank = a->rank > b->rank ? a->rank : b->rank;
    size_t dims[ONNX_RANK], at[ONNX_RANK] = {0};
    for (size_t i = 0; i < rank; i++) {
        const size_t m = i + a->rank >= rank ? a->dims[i + a->rank - rank] : 1;
        const size_t n = i + b->rank >= rank ? b->dims[i + b->rank - rank] : 1;
        dims[i] = m == 1 ? n : m;
        if (m != n && m != 1 && n != 1) return onnx_fail(r, node, "constants whose sizes do not match");
    }
    if (!a->ints != !b->ints) return onnx_fail(r, node, "constants of different types");
    onnx_constant *made = onnx_make(r, a->count >= b->count ? a : b, rank, dims, a->ints != NULL);
    for (size_t t = 0; made && t < made->count; t++, onnx_step(at, dims, rank)) {
        const size_t m = onnx_broadcast_at(a, at, rank), n = onnx_broadcast_at(b, at, rank);
        double result;
        if (a->ints && (a->ints[m] == ONNX_BATCH || b->ints[n] == ONNX_BATCH))
            return onnx_fail(r, node, "a calculation with the number of images");
        const bool good = compute(&result, op, a->ints ? (double)a->ints[m] : (double)a->floats[m],
                                  b->ints ? (double)b->ints[n] : (double)b->floats[n]);
        if (!good || (made->ints && fabs(result) > 1e15))
            return onnx_fail(r, node, "constants whose result is not finite");
        if (made->ints)
            made->ints[t] = (int64_t)result;
        else
            made->floats[t] = (float)result;
    }
    return onnx_give_constant(r, node, made);
}

static dsc_status fold_add(onnx_reading *r, const Onnx__Node *node) { return fold_two(r, node, '+'); }
static dsc_status fold_total(onnx_reading *r, const Onnx__Node *node) {
    return node->n_input == 2 ? fold_add(r, node)
                              : onnx_fail(r, node, "%zu inputs; 2 are supported", node->n_input);
}
static dsc_status fold_sub(onnx_reading *r, const Onnx__Node *node) { return fold_two(r, node, '-'); }
static dsc_status fold_mul(onnx_reading *r, const Onnx__Node *node) { return fold_two(r, node, '*'); }
static dsc_status fold_div(onnx_reading *r, const Onnx__Node *node) { return fold_two(r, node, '/'); }
static dsc_status fold_pow(onnx_reading *r, const Onnx__Node *node) { return fold_two(r, node, '^'); }

static dsc_status fold_one(onnx_reading *r, const Onnx__Node *node, double (*of)(double)) {
    const onnx_constant *c;
    dsc_status status = onnx_numbers(&c, r, node, 0);
    return status ? status : onnx_give_constant(r, node, each_number(r, c, of));
}
static dsc_status fold_neg(onnx_reading *r, const Onnx__Node *node) { return fold_one(r, node, negated); }
static dsc_status fold_sqrt(onnx_reading *r, const Onnx__Node *node) { return fold_one(r, node, sqrt); }
static dsc_status fold_reciprocal(onnx_reading *r, const Onnx__Node *node) {
    return fold_one(r, node, inverse);
}

const onnx_row onnx_rows_elementwise[] = {
    {"Add", read_add, fold_add},
    {"Sub", read_sub, fold_sub},
    {"Mul", read_mul, fold_mul},
    {"Div", read_div, fold_div},
    {"Pow", read_pow, fold_pow},
    {"Sum", read_total, fold_total},
    {"Neg", read_neg, fold_neg},
    {"Sqrt", NULL, fold_sqrt},
    {"Reciprocal", NULL, fold_reciprocal},
    {"PRelu", read_prelu, NULL},
    {0},
};

#endif
