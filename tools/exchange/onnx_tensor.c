/* SPDX-License-Identifier: MIT */
/* onnx_tensor.c: the numbers of an ONNX file, in any storage and type that the format allows. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/error.h"
#include "base/memory.h"
#include "data/array.h"
#include "data/npy.h"

#include <string.h>

static dsc_status fail(onnx_reading *r, dsc_status code, const Onnx__Tensor *tensor, const char *what) {
    char name[100];
    (void)dsc_visible(name, sizeof name, tensor->name ? tensor->name : "");
    return dsc_fail(r->error, code, "%s: array '%s': %s", r->source->name, name, what);
}

bool onnx_afford(onnx_reading *r, size_t count) {
    const size_t most =
        16 * (r->source->size < SIZE_MAX / 32 ? r->source->size : SIZE_MAX / 32) + ONNX_MADE_MOST;
    if (count > most - r->made) return false;
    r->made += count;
    return true;
}

onnx_constant *onnx_make(onnx_reading *r, const onnx_constant *from, size_t rank, const size_t *dims,
                         bool whole) {
    size_t count = 1;
    for (size_t i = 0; i < rank; i++)
        if (!dsc_multiply(&count, count, dims[i]) || count > ONNX_COUNT_MOST) return NULL;
    if (!onnx_afford(r, count)) return NULL;
    onnx_constant *c = onnx_take(&r->pool, 1, sizeof *c);
    if (!c || rank > ONNX_RANK) return NULL;
    c->name = from ? from->name : "";
    c->type = from ? from->type : whole ? "int64" : "float";
    c->rank = rank;
    memcpy(c->dims, dims, rank * sizeof *dims);
    c->count = count;
    if (whole)
        c->ints = onnx_take(&r->pool, count, sizeof *c->ints);
    else
        c->floats = onnx_take(&r->pool, count, sizeof *c->floats);
    return c->ints || c->floats ? c : NULL;
}

/* --- types of numbers --- */

/* The name of an ONNX type, and the encodings of its numbers in raw bytes and in its list, in NumPy's
 * notation (npy.h). */
typedef struct number_type {
    int type;
    const char *name, *raw, *listed;
} number_type;

static const number_type types[] = {
    {ONNX_FLOAT, "float", "<f4", "=f4"},     {ONNX_DOUBLE, "double", "<f8", "=f8"},
    {ONNX_FLOAT16, "float16", "<f2", "=f2"}, {ONNX_BFLOAT16, "bfloat16", "<B2", "=B2"},
    {ONNX_INT8, "int8", "|i1", "=i4"},       {ONNX_UINT8, "uint8", "|u1", "=i4"},
    {ONNX_INT16, "int16", "<i2", "=i4"},     {ONNX_UINT16, "uint16", "<u2", "=i4"},
    {ONNX_INT32, "int32", "<i4", "=i4"},     {ONNX_UINT32, "uint32", "<u4", "=u8"},
    {ONNX_INT64, "int64", "<i8", "=i8"},     {ONNX_UINT64, "uint64", "<u8", "=u8"},
    {ONNX_BOOL, "bool", "|b1", "=i4"},
};

bool onnx_is_real(int64_t type) {
    return type == ONNX_FLOAT || type == ONNX_DOUBLE || type == ONNX_FLOAT16 || type == ONNX_BFLOAT16;
}

static const number_type *find_type(int type) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type) return &types[i];
    return NULL;
}

/* --- a tensor's numbers --- */

typedef struct numbers {
    const void *first; /* `count` numbers, `stride` bytes apart */
    size_t count, stride;
    dsc_npy_encoding as;
} numbers;

static numbers find_raw(const Onnx__Tensor *t, const number_type *type) {
    numbers n = {.first = t->raw_data.data};
    (void)dsc_npy_encoding_read(&n.as, type->raw);
    n.stride = n.as.size;
    /* A trailing partial number makes the count match no shape. */
    n.count = t->raw_data.len % n.stride ? SIZE_MAX : t->raw_data.len / n.stride;
    return n;
}

static numbers find_list(const Onnx__Tensor *t, const number_type *type) {
    dsc_npy_encoding as, raw;
    (void)dsc_npy_encoding_read(&as, type->listed);
    (void)dsc_npy_encoding_read(&raw, type->raw);
    if (as.size == 8)
        return as.letter == 'f'   ? (numbers){t->double_data, t->n_double_data, 8, as}
               : as.letter == 'i' ? (numbers){t->int64_data, t->n_int64_data, 8, as}
                                  : (numbers){t->uint64_data, t->n_uint64_data, 8, as};
    if (as.letter == 'f' && as.size == 4) return (numbers){t->float_data, t->n_float_data, 4, as};
    /* 16-bit reals are the lower half of an int32, which big-endian processors store last. */
    const size_t skipped = as.size == 2 && raw.swap ? 2 : 0;
    return (numbers){t->n_int32_data ? (const char *)t->int32_data + skipped : NULL, t->n_int32_data, 4, as};
}

/* Returns false if the number does not fit int64. */
static bool whole_number(int64_t *number, const unsigned char *from, const dsc_npy_encoding *as) {
    if (as->size < 8) {
        *number = (int64_t)dsc_npy_number(from, as);
        return true;
    }
    memcpy(number, from, sizeof *number); /* a double has too few digits */
    if (as->swap) dsc_swap_bytes(number, 1, sizeof *number);
    return as->letter == 'i' || *number >= 0;
}

dsc_status onnx_read_tensor(onnx_constant **constant, onnx_reading *r, const Onnx__Tensor *t) {
    size_t dims[ONNX_RANK], count = 1;
    *constant = NULL;
    if (t->data_location == 1 || t->n_external_data)
        return fail(r, DSC_ERROR_UNSUPPORTED, t,
                    "its numbers are in another file, which is not supported; save the model as one file "
                    "(onnx.save_model with save_as_external_data=False)");
    const number_type *type = find_type(t->data_type);
    if (!type) return fail(r, DSC_ERROR_UNSUPPORTED, t, "its number type is not supported");
    if (t->n_dims > ONNX_RANK) return fail(r, DSC_ERROR_UNSUPPORTED, t, "it has more than 6 dimensions");
    for (size_t i = 0; i < t->n_dims; i++) {
        if (t->dims[i] < 0 || t->dims[i] > ONNX_COUNT_MOST ||
            !dsc_multiply(&count, count, dims[i] = (size_t)t->dims[i]) || count > ONNX_COUNT_MOST)
            return fail(r, DSC_ERROR_FORMAT, t, "its dimensions are impossible");
    }
    /* Checked before allocating, so memory is at most a few times the file's size. */
    const bool raw = t->has_raw_data && (t->raw_data.len || !count);
    const numbers n = raw ? find_raw(t, type) : find_list(t, type);
    if (n.count != count)
        return fail(r, DSC_ERROR_FORMAT, t, "it has another number of values than its dimensions say");
    const onnx_constant own = {.name = t->name ? t->name : "", .type = type->name};
    onnx_constant *c = onnx_make(r, &own, t->n_dims, dims, !onnx_is_real(t->data_type));
    if (!c) return onnx_no_memory(r);
    const unsigned char *at = n.first;
    for (size_t i = 0; i < count; i++, at += n.stride) {
        if (c->floats)
            c->floats[i] = (float)dsc_npy_number(at, &n.as);
        else if (!whole_number(&c->ints[i], at, &n.as))
            return fail(r, DSC_ERROR_UNSUPPORTED, t, "it has a number above 9223372036854775807");
    }
    *constant = c;
    return DSC_OK;
}

void onnx_step(size_t *at, const size_t *dims, size_t rank) {
    for (size_t i = rank; i-- > 0 && ++at[i] == dims[i];) at[i] = 0;
}

size_t onnx_broadcast_at(const onnx_constant *c, const size_t *at, size_t rank) {
    size_t place = 0;
    for (size_t i = 0; i < c->rank; i++)
        place = place * c->dims[i] + (c->dims[i] > 1 ? at[i + rank - c->rank] : 0);
    return place;
}

onnx_constant *onnx_turn(onnx_reading *r, const onnx_constant *c, const size_t *perm) {
    size_t dims[ONNX_RANK], strides[ONNX_RANK] = {0}, at[ONNX_RANK] = {0};
    for (size_t i = 0; i < c->rank; i++) {
        dims[i] = c->dims[perm[i]];
        strides[i] = 1;
        for (size_t k = perm[i] + 1; k < c->rank; k++) strides[i] *= c->dims[k];
    }
    onnx_constant *turned = onnx_make(r, c, c->rank, dims, c->ints != NULL);
    for (size_t i = 0; turned && i < c->count; i++, onnx_step(at, dims, c->rank)) {
        size_t from = 0;
        for (size_t k = 0; k < c->rank; k++) from += at[k] * strides[k];
        if (c->ints)
            turned->ints[i] = c->ints[from];
        else
            turned->floats[i] = c->floats[from];
    }
    return turned;
}

#endif
