/* SPDX-License-Identifier: MIT */
/* augment_loops.h: the loops of augment.c, compiled for each instruction set. */

static void DSC_ISA(from_bytes)(float *restrict out, const uint8_t *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = (float)in[i];
}

static void DSC_ISA(to_bytes)(uint8_t *restrict out, const float *restrict in, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float x = in[i] + 0.5f;
        x = x > 0 ? x : 0;
        x = x < 255 ? x : 255;
        out[i] = (uint8_t)(int32_t)x;
    }
}
