/* SPDX-License-Identifier: MIT */
/* onnx_from_shape.c: ops of ONNX files that move numbers without changing them. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include <string.h>

/* --- identities --- */

static dsc_status same(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    dsc_status status = onnx_input(&value, r, node, 0);
    return status ? status : onnx_give_same(r, node, value);
}

static dsc_status cast_constant(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    dsc_status status = onnx_input(&value, r, node, 0);
    if (status) return status;
    const onnx_constant *c = value->constant;
    const bool whole = !onnx_is_real(onnx_int(node, "to", 0));
    if (whole == (c->ints != NULL)) return onnx_give_same(r, node, value);
    onnx_constant *made = onnx_make(r, c, c->rank, c->dims, whole);
    for (size_t i = 0; made && i < c->count; i++) {
        if (whole && !(c->floats[i] > -1e15f && c->floats[i] < 1e15f))
            return onnx_fail(r, node, "a constant that is not a whole number");
        if (whole)
            made->ints[i] = (int64_t)c->floats[i];
        else
            made->floats[i] = (float)c->ints[i];
    }
    return onnx_give_constant(r, node, made);
}

static dsc_status read_cast(onnx_reading *r, const Onnx__Node *node) {
    if (!onnx_is_real(onnx_int(node, "to", 0))) return onnx_fail(r, node, "values become whole numbers");
    return same(r, node);
}

/* --- dimensions --- */

/* Output 0 is input 0 reshaped to these dimensions, with the same number of elements. */
static dsc_status see_as(onnx_reading *r, const Onnx__Node *node, const onnx_value *value, size_t rank,
                         const size_t *dims) {
    size_t count = 1;
    for (size_t i = 0; i < rank; i++)
        if (!dims[i] || dims[i] > ONNX_COUNT_MOST || (count *= dims[i]) > ONNX_COUNT_MOST) count = 0;
    if (count != onnx_count(value))
        return onnx_fail(r, node, "%zu numbers per image, but its input has %zu", count, onnx_count(value));
    if (value->padded)
        return onnx_fail(r, node, "a Pad before it; Pad is supported only before convolutions");
    onnx_value seen = *value;
    seen.rank = rank;
    memcpy(seen.dims, dims, rank * sizeof *dims);
    return onnx_give_same(r, node, &seen);
}

static dsc_status read_flatten(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (status) return status;
    const int64_t axis = onnx_axis(node, 1, value->rank);
    if (axis != 1) return onnx_fail(r, node, "axis %lld; only 1 keeps images apart", (long long)axis);
    return see_as(r, node, value, 1, (size_t[]){onnx_count(value)});
}

/* The dimensions requested by a Reshape of a constant; open ones (-1) and copied ones (0) follow from `count`
 * elements in the dimensions `own`. Their product may differ from `count`. */
static dsc_status wanted(size_t dims[ONNX_RANK + 1], size_t *rank, onnx_reading *r, const Onnx__Node *node,
                         const size_t *own, size_t own_rank, size_t count) {
    const int64_t *list;
    size_t known = 1, open = SIZE_MAX;
    dsc_status status = onnx_list(&list, rank, r, node, "shape", 1);
    if (status) return status;
    if (*rank > ONNX_RANK) return onnx_fail(r, node, "its new shape has more than 6 dimensions");
    for (size_t i = 0; i < *rank; i++) {
        if (list[i] == -1 && open != SIZE_MAX)
            return onnx_fail(r, node, "its new shape has two open dimensions");
        if (list[i] == -1) open = i;
        if (list[i] < -1 || list[i] > ONNX_COUNT_MOST || (!list[i] && i >= own_rank))
            return onnx_fail(r, node, "its new shape has a dimension of %lld", (long long)list[i]);
        dims[i] = list[i] == -1 ? 1 : list[i] ? (size_t)list[i] : own[i];
        if (dims[i] && known > ONNX_COUNT_MOST / dims[i])
            return onnx_fail(r, node, "its new shape is too large");
        known *= dims[i];
    }
    if (open != SIZE_MAX) dims[open] = known && count % known == 0 ? count / known : 0;
    return DSC_OK;
}

static dsc_status read_reshape(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const int64_t *list;
    size_t count, dims[ONNX_RANK], known = 1, open = SIZE_MAX;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_list(&list, &count, r, node, "shape", 1);
    if (status) return status;
    /* The batch: unchanged, open, or the only size that the file has for it. */
    if (!count || count > ONNX_RANK || (list[0] != ONNX_BATCH && list[0] > 1 && list[0] != r->batch))
        return onnx_fail(r, node, "its new shape does not begin with the batch");
    for (size_t i = 1; i < count; i++) {
        if (list[i] == -1) {
            if (open != SIZE_MAX) return onnx_fail(r, node, "its new shape has two open dimensions");
            open = i - 1;
            dims[open] = 1;
            continue;
        }
        if (!list[i] && i > value->rank) return onnx_fail(r, node, "its new shape has a dimension of 0");
        if (list[i] < 0 || list[i] > ONNX_COUNT_MOST)
            return onnx_fail(r, node, "its new shape has a dimension of %lld", (long long)list[i]);
        dims[i - 1] = list[i] ? (size_t)list[i] : value->dims[i - 1];
        if ((known *= dims[i - 1]) > ONNX_COUNT_MOST) return onnx_fail(r, node, "its new shape is too large");
    }
    if (open != SIZE_MAX) dims[open] = onnx_count(value) / (known ? known : 1);
    return see_as(r, node, value, count - 1, dims);
}

static dsc_status fold_reshape(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    size_t dims[ONNX_RANK + 1] = {0}, rank;
    dsc_status status = onnx_input(&value, r, node, 0);
    if (!status)
        status = wanted(dims, &rank, r, node, value->constant->dims, value->constant->rank,
                        value->constant->count);
    if (status) return status;
    onnx_constant *seen = onnx_take(&r->pool, 1, sizeof *seen);
    if (!seen) return onnx_no_memory(r);
    *seen = *value->constant;
    seen->rank = rank;
    size_t count = 1;
    for (size_t i = 0; i < rank; i++) count *= seen->dims[i] = dims[i];
    if (count != seen->count) return onnx_fail(r, node, "%zu numbers, but there are %zu", count, seen->count);
    return onnx_give_constant(r, node, seen);
}

/* The dimensions, of `rank`, that a list of axes names. */
static dsc_status axes_of(bool chosen[ONNX_RANK + 2], onnx_reading *r, const Onnx__Node *node,
                          const int64_t *list, size_t count, size_t rank) {
    memset(chosen, 0, (ONNX_RANK + 2) * sizeof *chosen);
    for (size_t i = 0; i < count; i++) {
        const int64_t axis = list[i] < 0 ? list[i] + (int64_t)rank : list[i];
        if (list[i] < -(int64_t)rank || axis < 0 || axis >= (int64_t)rank || chosen[axis])
            return onnx_fail(r, node, "axis %lld of %zu", (long long)list[i], rank);
        chosen[axis] = true;
    }
    return DSC_OK;
}

/* Inserts or removes dimensions of 1; `first` is the position of own[0] among the file's dimensions. */
static dsc_status squeezed(size_t out[ONNX_RANK + 2], size_t *rank, onnx_reading *r, const Onnx__Node *node,
                           const size_t *own, size_t own_rank, size_t first, bool puts_in) {
    bool chosen[ONNX_RANK + 2];
    const int64_t *list; /* NULL: remove all dimensions of 1 */
    size_t count, now = 0;
    dsc_status status = onnx_list(&list, &count, r, node, "axes", 1);
    if (!status && puts_in && own_rank + first + count > ONNX_RANK)
        status = onnx_fail(r, node, "more than 6 dimensions");
    const size_t all = own_rank + first + (puts_in ? count : 0);
    if (!status) status = axes_of(chosen, r, node, list, count, all);
    if (status) return status;
    if (first && chosen[0]) return onnx_fail(r, node, "it works along the batch");
    *rank = 0;
    for (size_t i = first; i < all; i++) {
        if (puts_in) {
            out[(*rank)++] = chosen[i] ? 1 : own[now++];
        } else {
            const bool goes = list ? chosen[i] : own[i - first] == 1;
            if (goes && own[i - first] != 1) return onnx_fail(r, node, "a dimension of %zu", own[i - first]);
            if (!goes) out[(*rank)++] = own[i - first];
        }
    }
    return DSC_OK;
}

static dsc_status read_squeezed(onnx_reading *r, const Onnx__Node *node, bool puts_in) {
    onnx_value *value;
    size_t dims[ONNX_RANK + 2], rank;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = squeezed(dims, &rank, r, node, value->dims, value->rank, 1, puts_in);
    return status ? status : see_as(r, node, value, rank, dims);
}

static dsc_status fold_squeezed(onnx_reading *r, const Onnx__Node *node, bool puts_in) {
    onnx_value *value;
    size_t dims[ONNX_RANK + 2], rank;
    dsc_status status = onnx_input(&value, r, node, 0);
    if (!status)
        status = squeezed(dims, &rank, r, node, value->constant->dims, value->constant->rank, 0, puts_in);
    onnx_constant *seen = status ? NULL : onnx_take(&r->pool, 1, sizeof *seen);
    if (status || !seen) return status ? status : onnx_no_memory(r);
    *seen = *value->constant;
    seen->rank = rank;
    memcpy(seen->dims, dims, rank * sizeof *dims);
    return onnx_give_constant(r, node, seen);
}

static dsc_status read_squeeze(onnx_reading *r, const Onnx__Node *node) {
    return read_squeezed(r, node, false);
}
static dsc_status read_unsqueeze(onnx_reading *r, const Onnx__Node *node) {
    return read_squeezed(r, node, true);
}
static dsc_status fold_squeeze(onnx_reading *r, const Onnx__Node *node) {
    return fold_squeezed(r, node, false);
}
static dsc_status fold_unsqueeze(onnx_reading *r, const Onnx__Node *node) {
    return fold_squeezed(r, node, true);
}

/* --- transpositions --- */

/* Reversed order without a list. */
static dsc_status permutation(size_t perm[ONNX_RANK + 1], onnx_reading *r, const Onnx__Node *node,
                              size_t rank) {
    const int64_t *list;
    size_t count;
    bool seen[ONNX_RANK + 1] = {false};
    dsc_status status = onnx_list(&list, &count, r, node, "perm", -1);
    if (status) return status;
    if (list && count != rank)
        return onnx_fail(r, node, "perm of %zu numbers for %zu dimensions", count, rank);
    for (size_t i = 0; i < rank; i++) {
        perm[i] = list ? (size_t)list[i] : rank - 1 - i;
        if (perm[i] >= rank || seen[perm[i]]) return onnx_fail(r, node, "perm is not a permutation");
        seen[perm[i]] = true;
    }
    return DSC_OK;
}

static dsc_status fold_transpose(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    size_t perm[ONNX_RANK + 1] = {0};
    dsc_status status = onnx_input(&value, r, node, 0);
    if (!status) status = permutation(perm, r, node, value->constant->rank);
    return status ? status : onnx_give_constant(r, node, onnx_turn(r, value->constant, perm));
}

static dsc_status read_transpose(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    size_t perm[ONNX_RANK + 1] = {0};
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = permutation(perm, r, node, value->rank + 1);
    if (status) return status;
    onnx_value turned = *value;
    if (perm[0] != 0 || value->rank > DSC_RANK_MOST || !value->rank)
        return onnx_fail(r, node, "it moves the batch, or has more than %d dimensions besides it",
                         DSC_RANK_MOST);
    if (!onnx_keeps_dimensions(value)) {
        /* An unmodified image and a padded value keep their shape. */
        dsc_node *seen;
        if (value->scale) return onnx_fail(r, node, "an earlier node gave the image other dimensions");
        status = onnx_plain(&seen, r, node, value);
        if (status) return status;
        turned.node = seen;
    }
    for (size_t i = 0; i < value->rank; i++) {
        turned.dims[i] = value->dims[perm[i + 1] - 1];
        turned.order[i] = value->reordered ? value->order[perm[i + 1] - 1] : perm[i + 1] - 1;
    }
    turned.reordered = true;
    onnx_settle_order(&turned);
    return onnx_give_same(r, node, &turned);
}

/* --- parts --- */

static dsc_status read_concat(onnx_reading *r, const Onnx__Node *node) {
    enum { MOST = 8 };
    dsc_node *parts[MOST];
    onnx_value *value, *first = NULL;
    dsc_status status = DSC_OK;
    if (node->n_input < 1 || node->n_input > MOST)
        return onnx_fail(r, node, "%zu inputs; 1 to %d are supported", node->n_input, MOST);
    for (size_t i = 0; i < node->n_input && !status; i++) {
        status = onnx_sample(&value, r, node, i);
        if (!status) status = onnx_touch(r, node, value);
        if (status) return status;
        if (!i) first = value;
        /* All in the standard order; or all in the same other order, matching the nodes. */
        const bool alike =
            value->reordered == first->reordered && value->rank == first->rank &&
            (!value->reordered || (onnx_keeps_dimensions(value) &&
                                   !memcmp(value->order, first->order, value->rank * sizeof *value->order)));
        if (!alike) return onnx_fail(r, node, "its inputs have their dimensions in different orders");
        parts[i] = value->node;
        if (!value->reordered) status = onnx_plain(&parts[i], r, node, value);
    }
    if (status) return status;
    if (node->n_input == 1) return onnx_give_same(r, node, first);
    const int64_t axis = onnx_axis(node, 1, first->rank);
    if (axis < 1 || axis > (int64_t)first->rank ||
        (first->reordered ? first->order[axis - 1] : (size_t)axis - 1) != 0)
        return onnx_fail(r, node, "axis %lld; only channels can be concatenated", (long long)axis);
    onnx_begin_layer(r, "concat", NULL);
    dsc_node *made = dsc_concat(parts, node->n_input);
    if (!first->reordered) return onnx_give(r, node, 0, made);
    onnx_value like = *first;
    if (made->kind != DSC_NODE_FAILED) like.dims[axis - 1] = made->shape.size[0];
    return onnx_give_like(r, node, 0, made, &like);
}

static dsc_status fold_concat(onnx_reading *r, const Onnx__Node *node) {
    size_t all = 0;
    onnx_value *value;
    bool whole = true;
    for (size_t i = 0; i < node->n_input; i++) {
        dsc_status status = onnx_input(&value, r, node, i);
        if (status) return status;
        const onnx_constant *c = value->constant;
        if (c->rank != 1) return onnx_fail(r, node, "constants that are not rows of numbers");
        if (i && whole != (c->ints != NULL)) return onnx_fail(r, node, "constants of different types");
        whole = c->ints != NULL;
        all += c->count;
    }
    onnx_constant *made = onnx_make(r, NULL, 1, &all, whole);
    size_t at = 0;
    for (size_t i = 0; made && i < node->n_input; i++) {
        (void)onnx_input(&value, r, node, i);
        const onnx_constant *c = value->constant;
        if (whole)
            memcpy(made->ints + at, c->ints, c->count * sizeof *c->ints);
        else
            memcpy(made->floats + at, c->floats, c->count * sizeof *c->floats);
        at += c->count;
    }
    return onnx_give_constant(r, node, made);
}

/* A slice of one dimension: begin, end, axis, steps of 1. */
static dsc_status slice_of(size_t *axis, size_t *begin, size_t *count, onnx_reading *r,
                           const Onnx__Node *node, const size_t *dims, size_t rank, size_t first) {
    const int64_t *starts, *ends, *axes, *steps;
    size_t n[4];
    const int newer = r->opset < 10 ? -1 : 1;
    dsc_status status = onnx_list(&starts, &n[0], r, node, "starts", newer);
    if (!status) status = onnx_list(&ends, &n[1], r, node, "ends", newer * 2);
    if (!status) status = onnx_list(&axes, &n[2], r, node, "axes", newer * 3);
    if (!status) status = onnx_list(&steps, &n[3], r, node, "steps", newer * 4);
    if (status) return status;
    if (n[0] != 1 || n[1] != 1 || (axes && n[2] != 1) || (steps && (n[3] != 1 || steps[0] != 1)))
        return onnx_fail(r, node, "it is not along one dimension in steps of 1");
    int64_t along = axes ? axes[0] : 0;
    if (along < 0) along += (int64_t)(rank + first);
    if (along < (int64_t)first || along >= (int64_t)(rank + first))
        return onnx_fail(r, node, "it is along dimension %lld", (long long)along);
    *axis = (size_t)along - first;
    const int64_t size = (int64_t)dims[*axis];
    int64_t from = starts[0] < 0 ? starts[0] < -size ? 0 : starts[0] + size : starts[0];
    int64_t to = ends[0] < 0 ? ends[0] < -size ? 0 : ends[0] + size : ends[0];
    if (to > size) to = size;
    if (from >= to) return onnx_fail(r, node, "its result is empty");
    *begin = (size_t)from;
    *count = (size_t)(to - from);
    return DSC_OK;
}

/* Sets output i to `count` of the value's elements along dimension `axis`, from `begin`. */
static dsc_status give_part(onnx_reading *r, const Onnx__Node *node, size_t i, const onnx_value *value,
                            size_t axis, size_t begin, size_t count) {
    dsc_node *x = value->node;
    dsc_status status = DSC_OK;
    if (!value->reordered)
        status = onnx_plain(&x, r, node, value);
    else if (onnx_keeps_dimensions(value))
        status = onnx_touch(r, node, value);
    else
        status = onnx_fail(r, node, "an earlier node changed the order of its input's dimensions");
    if (status) return status;
    onnx_begin_layer(r, "slice", NULL);
    if (!value->reordered) return onnx_give(r, node, i, dsc_slice(x, axis, begin, count));
    onnx_value like = *value;
    like.dims[axis] = count;
    return onnx_give_like(r, node, i, dsc_slice(x, value->order[axis], begin, count), &like);
}

static dsc_status read_slice(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    size_t axis = 0, begin = 0, count = 0;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = slice_of(&axis, &begin, &count, r, node, value->dims, value->rank, 1);
    return status ? status : give_part(r, node, 0, value, axis, begin, count);
}

/* The size of part i of a Split; `list` has all sizes, or is NULL: equal parts, and in opset 18 and later the
 * last part may be smaller. 0: the sizes do not fit. */
static size_t part_of(const onnx_reading *r, const int64_t *list, size_t i, size_t parts, size_t size) {
    if (list) return list[i] > 0 && (uint64_t)list[i] <= size ? (size_t)list[i] : 0;
    const size_t each = (size + parts - 1) / parts, before = (parts - 1) * each;
    if (before >= size || (r->opset < 18 && size % parts)) return 0;
    return i + 1 < parts ? each : size - before;
}

static dsc_status read_split(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const int64_t *list;
    size_t count, begin = 0;
    const size_t parts = node->n_output;
    dsc_status status = onnx_sample(&value, r, node, 0);
    if (!status) status = onnx_list(&list, &count, r, node, "split", 1);
    if (status) return status;
    const int64_t axis = onnx_axis(node, 0, value->rank),
                  said = onnx_int(node, "num_outputs", (int64_t)parts);
    if (axis < 1 || axis > (int64_t)value->rank)
        return onnx_fail(r, node, "axis %lld; the batch cannot be split", (long long)axis);
    const size_t along = (size_t)axis - 1, size = value->dims[along];
    if ((list && count != parts) || said != (int64_t)parts)
        return onnx_fail(r, node, "its sizes are not those of its %zu outputs", parts);
    for (size_t i = 0; i < parts; i++) {
        const size_t part = part_of(r, list, i, parts, size);
        if (!part || part > size - begin || (i + 1 == parts && begin + part != size))
            return onnx_fail(r, node, "its sizes do not add up to a dimension of %zu", size);
        const bool used = *node->output[i] && onnx_find(r, node->output[i])->readers;
        if (used && (status = give_part(r, node, i, value, along, begin, part))) return status;
        begin += part;
    }
    return DSC_OK;
}

static dsc_status fold_slice(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    size_t axis = 0, begin = 0, count = 0;
    dsc_status status = onnx_input(&value, r, node, 0);
    if (!status)
        status = slice_of(&axis, &begin, &count, r, node, value->constant->dims, value->constant->rank, 0);
    if (status) return status;
    const onnx_constant *c = value->constant;
    if (c->rank != 1) return onnx_fail(r, node, "a constant that is not a row of numbers");
    onnx_constant *made = onnx_make(r, c, 1, &count, c->ints != NULL);
    if (made && c->ints)
        memcpy(made->ints, c->ints + begin, count * sizeof *c->ints);
    else if (made)
        memcpy(made->floats, c->floats + begin, count * sizeof *c->floats);
    return onnx_give_constant(r, node, made);
}

static dsc_status fold_gather(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *from, *index;
    dsc_status status = onnx_input(&from, r, node, 0);
    if (!status) status = onnx_input(&index, r, node, 1);
    if (status) return status;
    const onnx_constant *c = from->constant, *at = index->constant;
    if (c->rank != 1 || !at->ints || onnx_int(node, "axis", 0))
        return onnx_fail(r, node, "constants that are not rows of numbers");
    onnx_constant *made = onnx_make(r, c, at->rank, at->dims, c->ints != NULL);
    for (size_t i = 0; made && i < at->count; i++) {
        const int64_t k =
            at->ints[i] < 0 && at->ints[i] != ONNX_BATCH ? at->ints[i] + (int64_t)c->count : at->ints[i];
        if (k < 0 || k >= (int64_t)c->count) return onnx_fail(r, node, "an index beyond its input");
        if (c->ints)
            made->ints[i] = c->ints[k];
        else
            made->floats[i] = c->floats[k];
    }
    return onnx_give_constant(r, node, made);
}

/* --- constants --- */

static dsc_status read_shape(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    dsc_status status = onnx_input(&value, r, node, 0);
    if (status) return status;
    const size_t batch = value->node != NULL;
    const size_t *dims = batch ? value->dims : value->constant->dims;
    const size_t rank = (batch ? value->rank : value->constant->rank) + batch;
    if (onnx_attribute(node, "start") || onnx_attribute(node, "end"))
        return onnx_fail(r, node, "a part of the shape");
    onnx_constant *made = onnx_make(r, NULL, 1, &rank, true);
    for (size_t i = 0; made && i < rank; i++)
        made->ints[i] = batch && !i ? ONNX_BATCH : (int64_t)dims[i - batch];
    return onnx_give_constant(r, node, made);
}

static dsc_status fold_constant(onnx_reading *r, const Onnx__Node *node) {
    const Onnx__Attribute *given = onnx_attribute(node, "value");
    onnx_constant *made = NULL;
    if (given && given->t) {
        dsc_status status = onnx_read_tensor(&made, r, given->t);
        if (status) return status;
        if (!*made->name && node->n_output) made->name = node->output[0];
        return onnx_give_constant(r, node, made);
    }
    const size_t one = 1;
    if ((given = onnx_attribute(node, "value_float"))) {
        if ((made = onnx_make(r, NULL, 0, &one, false))) made->floats[0] = given->f;
    } else if ((given = onnx_attribute(node, "value_int"))) {
        if ((made = onnx_make(r, NULL, 0, &one, true))) made->ints[0] = given->i;
    } else if ((given = onnx_attribute(node, "value_ints"))) {
        if ((made = onnx_make(r, NULL, 1, &given->n_ints, true)) && given->n_ints)
            memcpy(made->ints, given->ints, given->n_ints * sizeof *made->ints);
    } else if ((given = onnx_attribute(node, "value_floats"))) {
        if ((made = onnx_make(r, NULL, 1, &given->n_floats, false)) && given->n_floats)
            memcpy(made->floats, given->floats, given->n_floats * sizeof *made->floats);
    } else {
        return onnx_fail(r, node, "a constant that is no array of numbers");
    }
    return onnx_give_constant(r, node, made);
}

static dsc_status fold_expand(onnx_reading *r, const Onnx__Node *node) {
    onnx_value *value;
    const int64_t *list;
    size_t rank, dims[ONNX_RANK], at[ONNX_RANK] = {0};
    dsc_status status = onnx_input(&value, r, node, 0);
    if (!status) status = onnx_list(&list, &rank, r, node, "shape", 1);
    if (status) return status;
    const onnx_constant *c = value->constant;
    if (rank > ONNX_RANK || c->rank > rank) return onnx_fail(r, node, "a shape of %zu dimensions", rank);
    for (size_t i = 0; i < rank; i++) {
        const size_t own = i + c->rank >= rank ? c->dims[i + c->rank - rank] : 1;
        if (list[i] < 1 || list[i] > ONNX_COUNT_MOST || (own != 1 && list[i] != 1 && own != (size_t)list[i]))
            return onnx_fail(r, node, "a dimension of %lld", (long long)list[i]);
        dims[i] = own == 1 ? (size_t)list[i] : own;
    }
    onnx_constant *made = onnx_make(r, c, rank, dims, c->ints != NULL);
    if (made) made->narrow = c;
    for (size_t t = 0; made && t < made->count; t++, onnx_step(at, dims, rank)) {
        const size_t from = onnx_broadcast_at(c, at, rank);
        if (c->ints)
            made->ints[t] = c->ints[from];
        else
            made->floats[t] = c->floats[from];
    }
    return onnx_give_constant(r, node, made);
}

const onnx_row onnx_rows_shape[] = {
    {"Identity", same, same},
    {"Dropout", same, same},
    {"Cast", read_cast, cast_constant},
    {"Flatten", read_flatten, NULL},
    {"Reshape", read_reshape, fold_reshape},
    {"Squeeze", read_squeeze, fold_squeeze},
    {"Unsqueeze", read_unsqueeze, fold_unsqueeze},
    {"Transpose", read_transpose, fold_transpose},
    {"Concat", read_concat, fold_concat},
    {"Slice", read_slice, fold_slice},
    {"Split", read_split, NULL},
    {"Gather", NULL, fold_gather},
    {"Shape", read_shape, read_shape},
    {"Constant", NULL, fold_constant},
    {"Expand", NULL, fold_expand},
    {0},
};

#endif
