/* SPDX-License-Identifier: MIT */
/* amx_tiles.h: the tile instructions of AMX as inline assembly (Intel, "Software Developer's Manual",
 * volume 2).
 *
 * The compilers' own intrinsics are not used: those of GCC 12 state too little. `_tile_loadconfig`
 * says that 8 of the 64 bytes are read, so the compiler drops the stores of the others; `_tile_loadd`
 * names no memory, so a store into the panel may move behind the load. Here every instruction that touches
 * memory says "memory": what was stored before is in memory when it runs, and what it stored is read again
 * after it. (An operand for the exact bytes would need an array of variable length.) `volatile` keeps the
 * instructions in order, since compilers do not know that they communicate through tiles.
 *
 * Tile numbers are literals, 0 to 7. A row has 64 bytes; `stride` is the bytes from one row to the next. */
#ifndef DSC_KERNEL_AMX_TILES_H
#define DSC_KERNEL_AMX_TILES_H

#include <stddef.h>
#include <stdint.h>

/* The memory operand of LDTILECFG. */
typedef struct dsc_amx_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} dsc_amx_config;
_Static_assert(sizeof(dsc_amx_config) == 64, "LDTILECFG reads 64 bytes");

#define AMX_CONFIGURE(config)                                                                                \
    __asm__ volatile("ldtilecfg %0" : : "m"(*(const dsc_amx_config *)(config)) : "memory")
#define AMX_RELEASE()  __asm__ volatile("tilerelease" : :)
#define AMX_ZERO(tile) __asm__ volatile("tilezero %%tmm" #tile : :)
#define AMX_LOAD(tile, from, stride)                                                                         \
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #tile : : "r"(from), "r"((ptrdiff_t)(stride)) : "memory")
#define AMX_STORE(to, stride, tile)                                                                          \
    __asm__ volatile("tilestored %%tmm" #tile ", (%0,%1,1)"                                                  \
                     :                                                                                       \
                     : "r"(to), "r"((ptrdiff_t)(stride))                                                     \
                     : "memor"                                                                               \
                       "y")
/* sum += a * b: pairs of bfloat16, summed in float. */
#define AMX_DOT(sum, a, b) __asm__ volatile("tdpbf16ps %%tmm" #b ", %%tmm" #a ", %%tmm" #sum : :)

#endif
