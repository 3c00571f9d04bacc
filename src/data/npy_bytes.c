/* SPDX-License-Identifier: MIT */
/* npy_bytes.c: converts NumPy arrays of any numeric type to images. Types: NumPy's "Array protocol type
 * strings"; f2 is IEEE 754's binary16. */
#include "base/error.h"
#include "base/memory.h"
#include "data/array.h"
#include "data/npy.h"
#include "data/reading.h"

#include <math.h>
#include <string.h>

bool dsc_npy_encoding_read(dsc_npy_encoding *e, const char *type) {
    static const char *const known[] = {"b1", "u1", "i1", "u2", "i2", "u4", "i4",
                                        "u8", "i8", "f2", "f4", "f8", "B2"};
    if (!*type || !strchr("<>|=", *type)) return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(type + 1, known[i]) != 0) continue;
        const uint16_t one = 1;
        const bool little = *(const unsigned char *)&one == 1;
        *e = (dsc_npy_encoding){known[i][0], (size_t)(known[i][1] - '0'), false};
        e->swap = e->size > 1 && ((*type == '<' && !little) || (*type == '>' && little));
        return e->size == 1 || *type != '|';
    }
    return false;
}

bool dsc_npy_type_of_safetensors(char type[16], const char *name) {
    static const char *const pairs[][2] = {{"U8", "|u1"},  {"I8", "|i1"},  {"BOOL", "|b1"}, {"U16", "<u2"},
                                           {"I16", "<i2"}, {"U32", "<u4"}, {"I32", "<i4"},  {"U64", "<u8"},
                                           {"I64", "<i8"}, {"F16", "<f2"}, {"BF16", "<B2"}, {"F32", "<f4"},
                                           {"F64", "<f8"}};
    for (size_t i = 0; name && i < sizeof pairs / sizeof *pairs; i++)
        if (!strcmp(pairs[i][0], name)) {
            memcpy(type, pairs[i][1], 4);
            return true;
        }
    return false;
}

static double half(uint16_t bits) {
    const int exponent = bits >> 10 & 31;
    const double fraction = bits & 1023;
    double value = exponent == 0    ? ldexp(fraction, -24)
                   : exponent == 31 ? (fraction > 0 ? (double)NAN : (double)INFINITY)
                                    : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

/* Integers beyond 2^53 are rounded; they are far outside the accepted range. */
double dsc_npy_number(const unsigned char *from, const dsc_npy_encoding *e) {
    unsigned char b[8];
    union {
        uint8_t u1;
        int8_t i1;
        uint16_t u2;
        int16_t i2;
        uint32_t u4;
        int32_t i4;
        uint64_t u8;
        int64_t i8;
        float f4;
        double f8;
    } v;
    memcpy(b, from, e->size);
    if (e->swap) dsc_swap_bytes(b, 1, e->size);
    memcpy(&v, b, e->size);
    const bool is_signed = e->letter == 'i';
    if (e->letter == 'B') {
        const uint32_t bits = (uint32_t)v.u2 << 16;
        memcpy(&v.f4, &bits, sizeof v.f4);
        return (double)v.f4;
    }
    if (e->letter == 'f') return e->size == 2 ? half(v.u2) : e->size == 4 ? (double)v.f4 : v.f8;
    switch (e->size) {
    case 1:
        return is_signed ? v.i1 : v.u1;
    case 2:
        return is_signed ? v.i2 : v.u2;
    case 4:
        return is_signed ? (double)v.i4 : (double)v.u4;
    default:
        return is_signed ? (double)v.i8 : (double)v.u8;
    }
}

/* The range and kind of an array's numbers. */
typedef struct range {
    double least, most;
    bool whole, finite;
} range;

static range look(const unsigned char *elements, size_t count, const dsc_npy_encoding *e) {
    range r = {INFINITY, -INFINITY, true, true};
    for (size_t i = 0; i < count; i++) {
        const double value = dsc_npy_number(elements + i * e->size, e);
        if (!isfinite(value)) r.finite = false;
        if (value < r.least) r.least = value;
        if (value > r.most) r.most = value;
        if (value != floor(value)) r.whole = false;
    }
    return r;
}

/* The factor that converts the numbers to bytes; 0, with an error, if that is ambiguous. */
static double factor_of(const range *r, const dsc_npy_encoding *e, const char *name, dsc_error *error) {
    char least[32], most[32];
    (void)dsc_reading_number(least, r->least);
    (void)dsc_reading_number(most, r->most);
    const bool is_unit = r->least >= 0 && r->most <= 1, is_byte = r->least >= 0 && r->most <= 255;
    if (e->letter == 'b') return 255;
    if (!r->finite)
        (void)dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: holds numbers that are not finite; save numpy.nan_to_num(array, posinf=0, neginf=0)", name);
    else if ((e->letter == 'f' || e->letter == 'B') && is_unit)
        return 255;
    else if (is_unit && r->most > 0 && e->size > 1)
        (void)dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                       "%s: holds only the whole numbers 0 and 1; is 1 full ink, or 1/255 of it? For full "
                       "ink save (array * 255).astype('u1'), otherwise array.astype('u1')",
                       name);
    else if (is_byte && r->whole)
        return 1;
    else if (is_byte)
        (void)dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                       "%s: holds numbers from %s to %s that are not whole, expected whole numbers from 0 to "
                       "255, or shares from 0 to 1; save array.round().astype('u1')",
                       name, least, most);
    else
        (void)dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: holds numbers from %s to %s, expected whole numbers from 0 to 255, or shares from 0 to 1; "
            "save ((array - array.min()) / (float(array.max()) - array.min()) * 255).astype('u1')",
            name, least, most);
    return 0;
}

/* Fails for elements that are not numbers. */
static dsc_status fail_type(const dsc_npy_description *found, const char *name, dsc_error *error) {
    const char letter = found->type[0] ? found->type[1] : 0;
    const char *remedy = found->structured                ? "array[NAME], one field of it"
                         : letter == 'c'                  ? "numpy.abs(array)"
                         : letter == 'O'                  ? "numpy.array(array.tolist())"
                         : letter == 'U' || letter == 'S' ? "array.astype('f4')"
                                                          : "array.astype('f8')";
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "%s: expected numbers of at most 64 bits, found %s; save %s", name,
                    found->structured ? "fields" : found->type, remedy);
}

dsc_status dsc_npy_elements(dsc_npy_encoding *e, size_t *count, const dsc_npy_description *found, size_t size,
                            const char *name, dsc_error *error) {
    size_t bytes;
    char text[DSC_SHAPE_TEXT_SIZE];
    if (found->structured || !dsc_npy_encoding_read(e, found->type)) return fail_type(found, name, error);
    if (found->rank < 1 || found->rank > 4)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: expected images, an array of 2 to 4 dimensions, found %zu; for images of 28 x 28 save "
            "array.reshape(-1, 28, 28)",
            name, found->rank);
    if (dsc_array_bytes(count, DSC_U8, found->rank, found->shape) && dsc_multiply(&bytes, *count, e->size) &&
        found->start <= size && bytes == size - found->start)
        return DSC_OK;
    return dsc_fail(
        error, DSC_ERROR_FORMAT,
        "%s: expected %s elements of %zu bytes at offset %zu, found %zu bytes; the file is cut short "
        "or damaged: copy it again",
        name, dsc_shape_text(text, found->rank, found->shape), e->size, found->start, size - found->start);
}

dsc_status dsc_npy_take_bytes(dsc_array *array, const dsc_npy_description *found, const void *data,
                              size_t size, const char *name, dsc_error *error) {
    memset(array, 0, sizeof *array);
    dsc_npy_encoding e;
    size_t content;
    dsc_status status = dsc_npy_elements(&e, &content, found, size, name, error);
    if (status) return status;
    const unsigned char *elements = (const unsigned char *)data + found->start;
    const bool plain = e.letter == 'u' && e.size == 1 && (!found->fortran_order || found->rank == 1);
    double factor = 1;
    if (!plain) {
        const range r = look(elements, content, &e);
        factor = factor_of(&r, &e, name, error);
    }
    if (factor == 0) return DSC_ERROR_UNSUPPORTED;
    status = dsc_array_create(array, DSC_U8, found->rank, found->shape, error);
    if (status) return status;
    if (plain) { /* most images are bytes in order */
        if (content) memcpy(array->data, elements, content);
        return DSC_OK;
    }
    dsc_npy_order order;
    dsc_npy_order_start(&order, found);
    for (size_t i = 0; i < content; i++, dsc_npy_order_next(&order))
        ((uint8_t *)array->data)[i] =
            (uint8_t)lround(factor * dsc_npy_number(elements + order.at * e.size, &e));
    return DSC_OK;
}

dsc_status dsc_npy_parse_bytes(dsc_array *array, const void *data, size_t size, const char *name,
                               dsc_error *error) {
    memset(array, 0, sizeof *array);
    dsc_npy_description found;
    dsc_status status = dsc_npy_describe(&found, data, size, name, error);
    return status ? status : dsc_npy_take_bytes(array, &found, data, size, name, error);
}
