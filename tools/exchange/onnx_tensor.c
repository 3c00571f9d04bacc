/* SPDX-License-Identifier: MIT */
/* onnx_tensor.c: numbers of an ONNX file, in any of the places and types that it may have them in. */
#include "exchange/onnx_reading.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/error.h"
#include "base/memory.h"
#include "base/visible.h"

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

onnx_constant *onnx_make(onnx_reading *r, const char *name, size_t rank, const size_t *dims, bool whole) {
    size_t count = 1;
    for (size_t i = 0; i < rank; i++)
        if (!dsc_multiply(&count, count, dims[i]) || count > ONNX_COUNT_MOST) return NULL;
    if (!onnx_afford(r, count)) return NULL;
    onnx_constant *c = onnx_take(&r->pool, 1, sizeof *c);
    if (!c || rank > ONNX_RANK) return NULL;
    c->name = name ? name : "";
    c->rank = rank;
    memcpy(c->dims, dims, rank * sizeof *dims);
    c->count = count;
    if (whole)
        c->ints = onnx_take(&r->pool, count, sizeof *c->ints);
    else
        c->floats = onnx_take(&r->pool, count, sizeof *c->floats);
    return c->ints || c->floats ? c : NULL;
}

/* --- numbers of a width, little-endian --- */

static uint64_t bits_at(const unsigned char *bytes, size_t width) {
    uint64_t bits = 0;
    for (size_t i = 0; i < width; i++) bits |= (uint64_t)bytes[i] << 8 * i;
    return bits;
}

static float float_of(uint32_t bits) {
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* IEEE 754's half: 1 sign, 5 exponent, 10 fraction. */
static float half_of(uint32_t h) {
    const uint32_t sign = (h & 0x8000u) << 16, exponent = h >> 10 & 31, fraction = h & 1023;
    if (exponent == 31) return float_of(sign | 0x7F800000u | fraction << 13);
    if (exponent) return float_of(sign | (exponent + 112) << 23 | fraction << 13);
    const float small = (float)fraction / 16777216.0f; /* 2^-24 */
    return sign ? -small : small;
}

static double real_of(uint64_t bits, int type) {
    double number;
    switch (type) {
    case ONNX_FLOAT16:
        return (double)half_of((uint32_t)bits);
    case ONNX_BFLOAT16:
        return (double)float_of((uint32_t)bits << 16);
    case ONNX_FLOAT:
        return (double)float_of((uint32_t)bits);
    default:
        memcpy(&number, &bits, sizeof number);
        return number;
    }
}

static int64_t whole_of(uint64_t bits, size_t width, int type) {
    if (type == ONNX_UINT8 || type == ONNX_BOOL || width == 8) return (int64_t)bits;
    const uint64_t top = (uint64_t)1 << (8 * width - 1);
    return bits & top ? (int64_t)(bits | ~(2 * top - 1)) : (int64_t)bits;
}

static size_t width_of(int type) {
    switch (type) {
    case ONNX_UINT8:
    case ONNX_INT8:
    case ONNX_BOOL:
        return 1;
    case ONNX_FLOAT16:
    case ONNX_BFLOAT16:
        return 2;
    case ONNX_FLOAT:
    case ONNX_INT32:
        return 4;
    case ONNX_DOUBLE:
    case ONNX_INT64:
        return 8;
    default:
        return 0;
    }
}

static void read_raw(onnx_constant *c, const unsigned char *bytes, size_t width, int type) {
    if (type == ONNX_FLOAT)
        for (size_t i = 0; i < c->count; i++) c->floats[i] = float_of((uint32_t)bits_at(bytes + 4 * i, 4));
    else if (c->floats)
        for (size_t i = 0; i < c->count; i++)
            c->floats[i] = (float)real_of(bits_at(bytes + width * i, width), type);
    else
        for (size_t i = 0; i < c->count; i++)
            c->ints[i] = whole_of(bits_at(bytes + width * i, width), width, type);
}

/* False: the list has another number of numbers. */
static bool read_lists(onnx_constant *c, const Onnx__Tensor *t) {
    const size_t n = c->count;
    if (t->data_type == ONNX_FLOAT && t->n_float_data == n) {
        if (n) memcpy(c->floats, t->float_data, n * sizeof *c->floats);
    } else if (t->data_type == ONNX_DOUBLE && t->n_double_data == n) {
        for (size_t i = 0; i < n; i++) c->floats[i] = (float)t->double_data[i];
    } else if (t->data_type == ONNX_INT64 && t->n_int64_data == n) {
        if (n) memcpy(c->ints, t->int64_data, n * sizeof *c->ints);
    } else if (c->floats && t->n_int32_data == n) { /* halves, in whole numbers */
        for (size_t i = 0; i < n; i++)
            c->floats[i] = (float)real_of((uint32_t)t->int32_data[i] & 0xFFFFu, t->data_type);
    } else if (c->ints && t->n_int32_data == n) {
        for (size_t i = 0; i < n; i++) c->ints[i] = t->int32_data[i];
    } else {
        return false;
    }
    return true;
}

dsc_status onnx_read_tensor(onnx_constant **constant, onnx_reading *r, const Onnx__Tensor *t) {
    size_t dims[ONNX_RANK], count = 1;
    *constant = NULL;
    if (t->data_location == 1 || t->n_external_data)
        return fail(r, DSC_ERROR_UNSUPPORTED, t,
                    "its numbers are in another file, which is not read; save the model as one file "
                    "(onnx.save_model with save_as_external_data=False)");
    const size_t width = width_of(t->data_type);
    if (!width) return fail(r, DSC_ERROR_UNSUPPORTED, t, "its type of numbers is not read");
    if (t->n_dims > ONNX_RANK) return fail(r, DSC_ERROR_UNSUPPORTED, t, "it has more than 6 dimensions");
    for (size_t i = 0; i < t->n_dims; i++) {
        if (t->dims[i] < 0 || t->dims[i] > ONNX_COUNT_MOST ||
            !dsc_multiply(&count, count, dims[i] = (size_t)t->dims[i]) || count > ONNX_COUNT_MOST)
            return fail(r, DSC_ERROR_FORMAT, t, "its dimensions are impossible");
    }
    const bool raw = t->has_raw_data && (t->raw_data.len || !count);
    /* Checked before memory is taken, which is then no more than a few times the file's size. */
    if (raw && t->raw_data.len != count * width)
        return fail(r, DSC_ERROR_FORMAT, t, "it has not as many bytes as its dimensions say");
    if (!raw && t->n_float_data != count && t->n_double_data != count && t->n_int32_data != count &&
        t->n_int64_data != count)
        return fail(r, DSC_ERROR_FORMAT, t, "it has not as many numbers as its dimensions say");
    const bool whole = t->data_type != ONNX_FLOAT && t->data_type != ONNX_DOUBLE &&
                       t->data_type != ONNX_FLOAT16 && t->data_type != ONNX_BFLOAT16;
    onnx_constant *c = onnx_make(r, t->name, t->n_dims, dims, whole);
    if (!c) return onnx_no_memory(r);
    if (raw)
        read_raw(c, t->raw_data.data, width, t->data_type);
    else if (!read_lists(c, t))
        return fail(r, DSC_ERROR_FORMAT, t, "it has not as many numbers as its dimensions say");
    *constant = c;
    return DSC_OK;
}

onnx_constant *onnx_turn(onnx_reading *r, const onnx_constant *c, const size_t *perm) {
    size_t dims[ONNX_RANK], strides[ONNX_RANK] = {0}, at[ONNX_RANK] = {0};
    for (size_t i = 0; i < c->rank; i++) {
        dims[i] = c->dims[perm[i]];
        strides[i] = 1;
        for (size_t k = perm[i] + 1; k < c->rank; k++) strides[i] *= c->dims[k];
    }
    onnx_constant *turned = onnx_make(r, c->name, c->rank, dims, c->ints != NULL);
    for (size_t i = 0; turned && i < c->count; i++) {
        size_t from = 0;
        for (size_t k = 0; k < c->rank; k++) from += at[k] * strides[k];
        if (c->ints)
            turned->ints[i] = c->ints[from];
        else
            turned->floats[i] = c->floats[from];
        for (size_t k = c->rank; k-- > 0 && ++at[k] == dims[k];) at[k] = 0;
    }
    return turned;
}

#endif
