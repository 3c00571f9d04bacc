/* SPDX-License-Identifier: MIT */
/* set_template.h: the code that every instruction set compiles: the loops, the elementary functions, the
 * product of reals, and the product of reals rounded to bfloat16 with the same micro-kernel. The isa_*.h
 * included before it defines
 *   DSC_SET_NAME, DSC_SET_HELP                    texts for people
 *   DSC_SET_ROWS, DSC_SET_ROWS_4, DSC_SET_ROWS_8  DSC_TILE_ROWS and so on of gemm_template.h
 *   DSC_SET_DEPTH                                 dsc_gemm_kernels.depth_block
 *   DSC_SET_PLAIN                                 optional: true if convolutions follow their definition
 *   DSC_SET_LOOPS                                 optional: a file of the set's own loops, which define
 *                                                 DSC_OWN_... to replace those of the templates */
#if defined(DSC_SET_LOOPS)
#include DSC_SET_LOOPS
#endif

#if !defined(DSC_SET_PLAIN)
#define DSC_SET_PLAIN false
#endif

#include "kernel/loops_template.h"

#include "kernel/pool_template.h"
#include "kernel/sparse_template.h"

#include "kernel/math_template.h"

#define DSC_TILES(name)       DSC_ISA(name)
#define DSC_TILES_ELEMENT     dsc_real
#define DSC_TILES_LOAD        vec_load
#define DSC_TILES_LOAD_FIRST  vec_load_first
#define DSC_TILES_STORE       vec_store
#define DSC_TILES_STORE_FIRST vec_store_first
#include "kernel/tiles_template.h"

#define DSC_TILE_NAME           tile
#define DSC_TILE_DOT(sum, a, b) vec_fma(a, b, sum)
#define DSC_TILE_ROWS           DSC_SET_ROWS
#define DSC_TILE_ROWS_4         DSC_SET_ROWS_4
#define DSC_TILE_ROWS_8         DSC_SET_ROWS_8
#include "kernel/gemm_template.h"

/* Rounds reals to bfloat16 and back: the operands of the portable bf16 product. */
static void DSC_ISA(round_row)(void *words, const dsc_real *reals, size_t count) {
    dsc_real *out = words;
    for (size_t i = 0; i < count; i++) out[i] = dsc_bf16_to_float(dsc_bf16_from_float((float)reals[i]));
}

const dsc_vector_kernels DSC_ISA(dsc_vectors) = {
    .exp = DSC_ISA(exp),
    .log = DSC_ISA(log),
    .tanh = DSC_ISA(tanh),
    .sigmoid = DSC_ISA(sigmoid),
    .erf = DSC_ISA(erf),
    .sin = DSC_ISA(sin),
    .cos = DSC_ISA(cos),
    .exp_sum = DSC_ISA(exp_sum),
    .softmax = DSC_ISA(softmax),
    .sum = DSC_ISA(sum),
    .sum_squares = DSC_ISA(sum_squares),
    .dot = DSC_ISA(dot),
    .max = DSC_ISA(max),
    .fill = DSC_ISA(fill),
    .scale = DSC_ISA(scale),
    .axpy = DSC_ISA(axpy),
    .add = DSC_ISA(add),
    .subtract = DSC_ISA(subtract),
    .multiply = DSC_ISA(multiply),
    .relu = DSC_ISA(relu),
    .relu_back = DSC_ISA(relu_back),
    .sum_rows = DSC_ISA(sum_rows),
    .from_bf16 = DSC_ISA(from_bf16),
    .to_bf16 = DSC_ISA(to_bf16),
    .copy = DSC_ISA(copy),
    .copy_rows = DSC_ISA(copy_rows),
    .transpose = DSC_ISA(transpose),
    .copy_panels = DSC_ISA(copy_panels),
    .zip_halves = DSC_ISA(zip_halves),
    .sum_centred = DSC_ISA(sum_centred),
    .pool_2x2 = DSC_ISA(pool_2x2),
    .pool_2x2_back = DSC_ISA(pool_2x2_back),
    .pool_pixels = DSC_ISA(pool_pixels),
};

const dsc_sparse_kernels DSC_ISA(dsc_sparse) = {
    .find_words = DSC_ISA(find_words),
    .add_words = DSC_ISA(add_words),
    .add_rows = DSC_ISA(add_rows),
    .find_columns = DSC_ISA(find_columns),
    .add_columns = DSC_ISA(add_columns),
};

const dsc_gemm_kernels DSC_ISA(dsc_gemm_f32) = {
    .name = DSC_SET_NAME " f32",
    .width = DSC_ISA_WIDTH,
    .rows = DSC_SET_ROWS,
    .row_multiple = 1,
    .elements_per_word = 1,
    .depth_multiple = 1,
    .depth_block = DSC_SET_DEPTH,
    .tiles = DSC_SET_PLAIN ? NULL : &DSC_ISA(dsc_tiles),
    .vectors = DSC_ISA(tile_vectors),
    .tile = DSC_ISA(tile),
    .vector = &DSC_ISA(dsc_vectors),
    .sparse = &DSC_ISA(dsc_sparse),
};

const dsc_gemm_kernels DSC_ISA(dsc_gemm_rounded) = {
    .name = DSC_SET_NAME " bf16",
    .width = DSC_ISA_WIDTH,
    .rows = DSC_SET_ROWS,
    .row_multiple = 1,
    .elements_per_word = 1,
    .depth_multiple = 1,
    .depth_block = DSC_SET_DEPTH,
    .rounds = true,
    .vectors = DSC_ISA(tile_vectors),
    .tile = DSC_ISA(tile),
    .round_row = DSC_ISA(round_row),
    .vector = &DSC_ISA(dsc_vectors),
};

const dsc_kernels DSC_ISA(dsc_set) = {
    .name = DSC_SET_NAME,
    .isa = DSC_ISA_NUMBER,
    .vector = &DSC_ISA(dsc_vectors),
    .f32 = &DSC_ISA(dsc_gemm_f32),
#ifdef DSC_REAL_DOUBLE /* the checking build does not round to bfloat16 */
    .help = DSC_SET_HELP,
    .bf16 = &DSC_ISA(dsc_gemm_f32),
#else
    .help = DSC_SET_HELP "; bf16 rounded, then as f32",
    .bf16 = &DSC_ISA(dsc_gemm_rounded),
#endif
};
