/* SPDX-License-Identifier: MIT */
/* amx_emulated.h: AMX's tile instructions in software, by the names of amx_tiles.h, after Intel's description: tiles of
 * 16 rows of 64 bytes; TDPBF16PS takes pairs of depth in order. Counts what is done to an unconfigured machine. */
#ifndef TESTS_KERNEL_AMX_EMULATED_H
#define TESTS_KERNEL_AMX_EMULATED_H

#include "kernel/pack.h"

#include <math.h>
#include <string.h>

static unsigned char amx_tiles[8][16][64];
static int amx_configured, amx_mistakes;

static void amx_configure(const void *config) {
    const unsigned char *bytes = config;
    amx_configured = bytes[0] == 1;
    for (int i = 0; i < 8; i++) { /* row bytes from 16 on, rows from 48 on */
        uint16_t row_bytes;
        memcpy(&row_bytes, bytes + 16 + 2 * i, 2);
        if (row_bytes != 64 || bytes[48 + i] != 16) amx_configured = 0;
    }
    memset(amx_tiles, 0xff, sizeof amx_tiles);
}
static void amx_load(int tile, const void *from, size_t stride) {
    amx_mistakes += !amx_configured;
    for (size_t r = 0; r < 16; r++) memcpy(amx_tiles[tile][r], (const char *)from + r * stride, 64);
}
static void amx_store(void *to, size_t stride, int tile) {
    amx_mistakes += !amx_configured;
    for (size_t r = 0; r < 16; r++) memcpy((char *)to + r * stride, amx_tiles[tile][r], 64);
}
static void amx_dot(int sum, int a, int b) {
    for (int m = 0; m < 16; m++)
        for (int n = 0; n < 16; n++) {
            float total;
            memcpy(&total, &amx_tiles[sum][m][4 * n], 4);
            for (int k = 0; k < 16; k++)
                for (int half = 0; half < 2; half++) {
                    uint16_t x, y;
                    memcpy(&x, &amx_tiles[a][m][4 * k + 2 * half], 2);
                    memcpy(&y, &amx_tiles[b][k][4 * n + 2 * half], 2);
                    total = fmaf(dsc_bf16_to_float(x), dsc_bf16_to_float(y), total);
                }
            memcpy(&amx_tiles[sum][m][4 * n], &total, 4);
        }
}

#define AMX_CONFIGURE(config)        amx_configure(config)
#define AMX_RELEASE()                (amx_configured = 0)
#define AMX_ZERO(tile)               memset(amx_tiles[tile], 0, sizeof amx_tiles[tile])
#define AMX_LOAD(tile, from, stride) amx_load(tile, from, stride)
#define AMX_STORE(to, stride, tile)  amx_store(to, stride, tile)
#define AMX_DOT(sum, a, b)           amx_dot(sum, a, b)

#endif
