/* SPDX-License-Identifier: MIT */
/* y (c, oh, ow) from x (c, h, w), each channel with its own weight (c, r, s) and bias (c, or NULL). */
static void depthwise_conv2d(float *y, const float *x, const float *weight, const float *bias, int c, int h,
                             int w, int r, int s, int stride_y, int stride_x, int padding_y, int padding_x,
                             int dilation_y, int dilation_x, int oh, int ow) {
    for (int channel = 0; channel < c; channel++, x += h * w, weight += r * s)
        for (int place = 0; place < oh * ow; place++) {
            const int top = place / ow * stride_y - padding_y, left = place % ow * stride_x - padding_x;
            float sum = bias ? bias[channel] : 0;
            for (int tap = 0; tap < r * s; tap++) {
                const int row = top + tap / s * dilation_y, column = left + tap % s * dilation_x;
                if (row < 0 || row >= h || column < 0 || column >= w) continue;
                sum += weight[tap] * x[row * w + column];
            }
            *y++ = sum;
        }
}
