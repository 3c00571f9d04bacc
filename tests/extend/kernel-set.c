/* SPDX-License-Identifier: MIT */
/* set_my_thing.c: the loops of AVX2, and a product of floats in tiles of four rows. For a set with an
 * instruction of its own see set_avx512_bf16.c. */
#include "kernel/sets.h"

#if DSC_ON_X86
#include "kernel/isa_avx2.h"

#define DSC_TILE_NAME           tile_my_thing
#define DSC_TILE_DOT(sum, a, b) vec_fma(a, b, sum)
#define DSC_TILE_ROWS           4
#define DSC_TILE_ROWS_4         2
#define DSC_TILE_ROWS_8         1
#include "kernel/gemm_template.h"

static const dsc_gemm_kernels f32 = {
    .name = "my-thing f32",
    .width = DSC_ISA_WIDTH,
    .rows = 4,
    .row_multiple = 1,
    .elements_per_word = 1,
    .depth_multiple = 1,
    .depth_block = 384,
    .vectors = tile_my_thing_vectors_avx2,
    .tile = tile_my_thing_avx2,
    .vector = &dsc_vectors_avx2,
    .sparse = &dsc_sparse_avx2,
};

const dsc_kernels dsc_set_my_thing = {
    .name = "my-thing",
    .help = "AVX2, in tiles of four rows",
    .isa = DSC_ISA_NUMBER,
    .vector = &dsc_vectors_avx2,
    .f32 = &f32,
    .bf16 = &dsc_gemm_rounded_avx2,
};

#include "kernel/isa_end.h"
#endif
