/* SPDX-License-Identifier: MIT */
/* amx_tiles.h: the processor's own tile instructions, by the names that amx_template.h uses. The tests put a software
 * emulation in its place. Tile numbers must be constants. */
#ifndef DSC_KERNEL_AMX_TILES_H
#define DSC_KERNEL_AMX_TILES_H

#include <immintrin.h>

#define AMX_CONFIGURE(config)        _tile_loadconfig(config)
#define AMX_RELEASE()                _tile_release()
#define AMX_ZERO(tile)               _tile_zero(tile)
#define AMX_LOAD(tile, from, stride) _tile_loadd(tile, from, (int)(stride))
#define AMX_STORE(to, stride, tile)  _tile_stored(tile, to, (int)(stride))
#define AMX_DOT(sum, a, b)           _tile_dpbf16ps(sum, a, b)

#endif
