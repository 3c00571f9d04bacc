/* SPDX-License-Identifier: MIT */
/* warp_loops.h: the loops of warp.c, compiled for each instruction set. */

static void DSC_ISA(line)(float *restrict to, float from, float step, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = from + step * (float)(int32_t)i;
}

static void DSC_ISA(displaced)(float *restrict to, const float *restrict by, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = (float)(int32_t)i + by[i];
}
static void DSC_ISA(displaced_from)(float *restrict to, const float *restrict by, float from, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = from + by[i];
}

/* Converts coordinates to an index into the padded plane, whose border is one pixel wide, and a fraction.
 * Positions more than a pixel outside see only background, so they may be moved to the border. */
static void DSC_ISA(place)(int32_t *restrict index, float *restrict left_x, float *restrict left_y,
                           const float *restrict x_at, const float *restrict y_at, size_t count,
                           int32_t stride, float right, float bottom) {
    for (size_t i = 0; i < count; i++) {
        float x = x_at[i] + 1, y = y_at[i] + 1;
        x = x > 0 ? x : 0;
        y = y > 0 ? y : 0;
        x = x < right ? x : right;
        y = y < bottom ? y : bottom;
        const int32_t column = (int32_t)x, row = (int32_t)y;
        index[i] = row * stride + column;
        left_x[i] = x - (float)column;
        left_y[i] = y - (float)row;
    }
}

static void DSC_ISA(gather)(float *restrict out, const float *restrict plane, const int32_t *restrict index,
                            const float *restrict left_x, const float *restrict left_y, size_t count,
                            int32_t stride) {
    for (size_t i = 0; i < count; i++) {
        const int32_t at = index[i], below = at + stride;
        const float a = plane[at], b = plane[at + 1], c = plane[below], d = plane[below + 1];
        const float top = a + left_x[i] * (b - a), bottom = c + left_x[i] * (d - c);
        out[i] = top + left_y[i] * (bottom - top);
    }
}
