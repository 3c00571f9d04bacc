/* SPDX-License-Identifier: MIT */
/* set_amx.c: products in bfloat16 on AMX tiles (Intel servers since Sapphire Rapids), with micro-tiles of up
 * to 32 rows by 32 columns.
 *
 * A tile has 16 rows of 64 bytes. Tiles 0 to 3 hold the sums, two by two, 16 by 16 floats each. Tiles 4 and 5
 * hold A, 16 rows of 32 elements of depth; tiles 6 and 7 hold B, 16 pairs of depth by 16 columns. Four loads
 * thus serve four products: the loads of a step take 32 cycles, the products 64. (Intel, "Architectures
 * Optimization Reference Manual", chapter on AMX.)
 *
 * TDPBF16PS treats denormal inputs and outputs as zero. tests/kernel/test_amx.c runs the machine code of this
 * file on processors without AMX. */
#include "kernel/sets.h"

#if DSC_ON_X86
#include "kernel/amx_tiles.h"
#include "kernel/isa_avx512.h"

#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* Palette 1: 64 bytes wide, 16 rows, all eight tiles. */
static const dsc_amx_config whole_tiles = {
    .palette = 1, .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64}, .rows = {16, 16, 16, 16, 16, 16, 16, 16}};

static void begin(void) { AMX_CONFIGURE(&whole_tiles); }
static void end(void) { AMX_RELEASE(); }

/* Computes the sums of one micro-tile, 32 floats a row. Strides are in words of two elements. */
static void sums_of(dsc_real *out, const dsc_micro_tile *t, bool low_rows, bool right_columns) {
    const size_t stride = (size_t)t->a_row * sizeof(dsc_real), row = 32 * sizeof(dsc_real), depth = t->depth;
    const dsc_real *a = t->a, *b = t->b, *beside = b + t->b_vector;
    size_t left = t->first_run; /* words left in the run of depth that `a` is in */
    AMX_ZERO(0);
    AMX_ZERO(1);
    AMX_ZERO(2);
    AMX_ZERO(3);
    for (size_t k = 0; k < depth; k += 16, a += 16, left -= 16) {
        if (!left) {
            a += t->a_jump;
            left = t->run;
        }
        AMX_LOAD(4, a, stride);
        AMX_LOAD(6, b + k * 16, 64);
        AMX_DOT(0, 4, 6);
        if (right_columns) {
            AMX_LOAD(7, beside + k * 16, 64);
            AMX_DOT(1, 4, 7);
        }
        if (low_rows) {
            AMX_LOAD(5, a + 16 * t->a_row, stride);
            AMX_DOT(2, 5, 6);
            if (right_columns) AMX_DOT(3, 5, 7);
        }
    }
    AMX_STORE(out, row, 0);
    if (right_columns) AMX_STORE(out + 16, row, 1);
    if (low_rows) AMX_STORE(out + 16 * 32, row, 2);
    if (low_rows && right_columns) AMX_STORE(out + 16 * 32 + 16, row, 3);
}

static void tile(size_t rows, size_t vectors, const dsc_micro_tile *t) {
    __attribute__((aligned(64))) dsc_real sums[32 * 32];
    sums_of(sums, t, rows > 16, vectors > 1);
    for (size_t v = 0; v < vectors; v++) {
        const size_t column = v * 16;
        const vec_mask mask = vec_first(t->columns - column < 16 ? t->columns - column : 16);
        const vec bias = t->bias_columns ? vec_load_first(t->bias_columns + column, mask) : (vec){0};
        dsc_real *c = t->c + column;
        for (size_t i = 0; i < rows; i++, c += t->c_row) {
            vec x = vec_load(sums + i * 32 + column);
            if (t->load) x += vec_load_first(c, mask);
            if (t->bias_rows) x += vec_all(t->bias_rows[i]);
            if (t->bias_columns) x += bias;
            if (t->relu) x = vec_relu(x);
            vec_store_first(c, x, mask);
        }
    }
}

static size_t vectors_of(size_t rows) {
    (void)rows;
    return 2;
}

/* Rounding uses AVX-512, which every processor with AMX has. */
const dsc_gemm_kernels dsc_gemm_bf16_amx = {
    .name = "amx bf16",
    .width = 16,
    .rows = 32,
    .row_multiple = 16,
    .elements_per_word = 2,
    .depth_multiple = 32,
    .depth_block = 512,
    .rounds = true,
    .vectors = vectors_of,
    .tile = tile,
    .round_row = dsc_round_row_avx512_bf16,
    .round_pairs = dsc_round_pairs_avx512_bf16,
    .round_panels = dsc_round_panels_avx512_bf16,
    .begin = begin,
    .end = end,
    .vector = &dsc_vectors_avx512,
};

/* The register state that the operating system saves (Intel, "Software Developer's Manual", volume 1,
 * chapters 13 and 18). */
static uint64_t saved_state(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static bool has_bits(uint64_t value, uint64_t wanted) { return (value & wanted) == wanted; }

/* Linux grants the 8 KiB of tile state on request, once per process; a repeated request is harmless. */
bool dsc_has_amx(void) {
    unsigned a, b, c, d;
    if (!dsc_has_avx512_bf16() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    if (!has_bits(d, 1u << 22 /* bf16 */ | 1u << 24 /* tiles */) || !has_bits(saved_state(), 3u << 17))
        return false;
#if defined(__linux__) && defined(SYS_arch_prctl)
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
    return false;
#endif
}

const dsc_kernels dsc_set_amx = {.name = "amx",
                                 .help = "AVX-512, bf16 on AMX tiles",
                                 .isa = DSC_ISA_NUMBER,
                                 .vector = &dsc_vectors_avx512,
                                 .f32 = &dsc_gemm_f32_avx512,
                                 .bf16 = &dsc_gemm_bf16_amx};

#include "kernel/isa_end.h"
#endif
