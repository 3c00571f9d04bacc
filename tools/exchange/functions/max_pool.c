/* SPDX-License-Identifier: MIT */
/* y (c, oh, ow): the maximum of each window of x (c, h, w). */
static void max_pool(float *y, const float *x, int c, int h, int w, int r, int s, int stride_y, int stride_x,
                     int padding_y, int padding_x, int oh, int ow) {
    for (int channel = 0; channel < c; channel++, x += h * w)
        for (int place = 0; place < oh * ow; place++) {
            const int top = place / ow * stride_y - padding_y, left = place % ow * stride_x - padding_x;
            float best = 0;
            int any = 0;
            for (int tap = 0; tap < r * s; tap++) {
                const int row = top + tap / s, column = left + tap % s;
                if (row < 0 || row >= h || column < 0 || column >= w) continue;
                const float number = x[row * w + column];
                if (!any || number > best || number != number) best = number;
                any = 1;
            }
            *y++ = best;
        }
}
