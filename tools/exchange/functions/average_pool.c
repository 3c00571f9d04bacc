/* SPDX-License-Identifier: MIT */
/* y (c, oh, ow): the mean of each window of x (c, h, w); padding counts as 0. */
static void average_pool(float *y, const float *x, int c, int h, int w, int r, int s, int stride_y,
                         int stride_x, int padding_y, int padding_x, int oh, int ow) {
    const float factor = 1 / (float)(r * s);
    for (int channel = 0; channel < c; channel++, x += h * w)
        for (int place = 0; place < oh * ow; place++) {
            const int top = place / ow * stride_y - padding_y, left = place % ow * stride_x - padding_x;
            float sum = 0;
            for (int tap = 0; tap < r * s; tap++) {
                const int row = top + tap / s, column = left + tap % s;
                if (row < 0 || row >= h || column < 0 || column >= w) continue;
                sum += x[row * w + column];
            }
            *y++ = sum * factor;
        }
}
