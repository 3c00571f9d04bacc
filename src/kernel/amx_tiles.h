/* SPDX-License-Identifier: MIT */
/* amx_tiles.h: the tile instructions of AMX as inline assembly (Intel, "Software Developer's Manual", volume
 * 2).
 *
 * The compilers' intrinsics are unsafe: GCC 12 describes their memory accesses incompletely.
 * `_tile_loadconfig` claims to read 8 of its 64 bytes, so the compiler drops the stores to the other bytes.
 * `_tile_loadd` names no memory, so a store into the panel may move behind the load. Here every instruction
 * that accesses memory has the clobber "memory": earlier stores are complete before the instruction runs, and
 * later loads see what it stored. (An exact memory operand would need an array of variable length.)
 * `volatile` keeps the instructions in order, because compilers do not know that they communicate through the
 * tiles.
 *
 * Tile numbers are literals, 0 to 7. A row has 64 bytes; `stride` is the distance between rows in bytes. */
#ifndef DSC_KERNEL_AMX_TILES_H
#define DSC_KERNEL_AMX_TILES_H

#include <stddef.h>
#include <stdint.h>

/* Memory operand of LDTILECFG. */
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
/* sum += a * b over pairs of bfloat16, accumulated in float. */
#define AMX_DOT(sum, a, b) __asm__ volatile("tdpbf16ps %%tmm" #b ", %%tmm" #a ", %%tmm" #sum : :)

#endif
