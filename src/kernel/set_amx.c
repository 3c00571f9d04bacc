/* SPDX-License-Identifier: MIT */
/* set_amx.c: products in bfloat16 on AMX tiles, as Sapphire Rapids has them. */
#include "kernel/sets.h"

#if DSC_HAVE_X86
#define DSC_ISA_MORE ",amx-tile,amx-bf16"
#include "kernel/isa_avx512.h"
#if !defined(__clang__)
#pragma GCC target("amx-tile,amx-bf16")
#endif

#include "kernel/amx_tiles.h"

#include "kernel/amx_template.h"

/* The rounding is AVX-512's, which every processor with AMX has. */
const dsc_gemm_kernels dsc_gemm_bf16_amx = {
    .name = "amx bf16",
    .round_row = dsc_round_row_avx512_bf16,
    .round_pairs = dsc_round_pairs_avx512_bf16,
    .round_panels = dsc_round_panels_avx512_bf16,
    .vector = &dsc_vectors_avx512,
    DSC_AMX_SHAPE,
};

#include "kernel/isa_end.h"
#endif
