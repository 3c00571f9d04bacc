/* SPDX-License-Identifier: MIT */
/* pack.c: packers for matrices; see pack.h. */
#include "kernel/pack.h"

#include "kernel/vectors.h"

#include <string.h>

static void fill_matrix(const dsc_packer *p, const dsc_vector_kernels *kernels, dsc_real *out,
                        ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                        size_t depth, size_t depths) {
    const ptrdiff_t vs = p->vector_stride, ds = p->depth_stride;
    const dsc_real *in = (const dsc_real *)p->matrix + (ptrdiff_t)vector * vs + (ptrdiff_t)depth * ds;
    if (ds == 1 && depth_step == 1) {
        for (size_t v = 0; v < vectors; v++, in += vs, out += vector_step)
            memcpy(out, in, depths * sizeof *in);
    } else if (vs == 1 && vector_step == 1) {
        kernels->copy_rows(out, depth_step, in, ds, depths, vectors);
    } else if (ds == 1 && vector_step == 1) {
        kernels->transpose(out, depth_step, in, vs, vectors, depths);
    } else if (vs == 1 && depth_step == 1) {
        kernels->transpose(out, vector_step, in, ds, depths, vectors);
    } else {
        for (size_t v = 0; v < vectors; v++)
            for (size_t k = 0; k < depths; k++)
                out[(ptrdiff_t)v * vector_step + (ptrdiff_t)k * depth_step] =
                    in[(ptrdiff_t)v * vs + (ptrdiff_t)k * ds];
    }
}

static bool matrix_place(dsc_vector_place *place, const dsc_packer *p, size_t vector) {
    const ptrdiff_t size = p->halves ? sizeof(uint16_t) : sizeof(dsc_real);
    /* A plan asks for vector 0 before the matrix exists: adding anything to NULL would be undefined. */
    const char *base = p->matrix;
    *place = (dsc_vector_place){vector ? base + (ptrdiff_t)vector * p->vector_stride * size : base,
                                p->halves,
                                p->vector_stride,
                                p->depth_stride,
                                0,
                                SIZE_MAX,
                                SIZE_MAX};
    return true;
}

dsc_packer dsc_pack_matrix(const dsc_real *matrix, ptrdiff_t vector_stride, ptrdiff_t depth_stride) {
    return (dsc_packer){.fill = fill_matrix,
                        .place = matrix_place,
                        .transposed = vector_stride == 1 && depth_stride != 1,
                        .matrix = matrix,
                        .halves = false,
                        .vector_stride = vector_stride,
                        .depth_stride = depth_stride};
}

static void fill_halves(const dsc_packer *p, const dsc_vector_kernels *kernels, dsc_real *out,
                        ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                        size_t depth, size_t depths) {
    const ptrdiff_t vs = p->vector_stride, ds = p->depth_stride;
    const uint16_t *in = (const uint16_t *)p->matrix + (ptrdiff_t)vector * vs + (ptrdiff_t)depth * ds;
    if (ds == 1 && depth_step == 1) {
        for (size_t v = 0; v < vectors; v++, in += vs, out += vector_step)
            kernels->from_bf16(out, in, depths);
    } else if (vs == 1 && vector_step == 1) {
        for (size_t k = 0; k < depths; k++, in += ds, out += depth_step) kernels->from_bf16(out, in, vectors);
    } else {
        for (size_t v = 0; v < vectors; v++)
            for (size_t k = 0; k < depths; k++)
                out[(ptrdiff_t)v * vector_step + (ptrdiff_t)k * depth_step] =
                    dsc_bf16_to_float(in[(ptrdiff_t)v * vs + (ptrdiff_t)k * ds]);
    }
}

dsc_packer dsc_pack_halves(const uint16_t *matrix, ptrdiff_t vector_stride, ptrdiff_t depth_stride) {
    return (dsc_packer){.fill = fill_halves,
                        .place = matrix_place,
                        .transposed = vector_stride == 1 && depth_stride != 1,
                        .matrix = matrix,
                        .halves = true,
                        .vector_stride = vector_stride,
                        .depth_stride = depth_stride};
}
