/* SPDX-License-Identifier: MIT */
/* Integer depthwise_conv2d, like conv2d_whole. */
static void depthwise_conv2d_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from,
                                   const unsigned char *weight, int bits, const int32_t *bias,
                                   const int32_t *multiplier, const int32_t *shift, int32_t low, int32_t high,
                                   int c, int h, int w, int r, int s, int stride_y, int stride_x,
                                   int padding_y, int padding_x, int dilation_y, int dilation_x, int oh,
                                   int ow) {
    for (int i = 0; i < c * oh * ow; i++) {
        const int channel = i / (oh * ow), place = i % (oh * ow);
        const int top = place / ow * stride_y - padding_y, left = place % ow * stride_x - padding_x;
        int32_t sum = bias ? bias[channel] : 0;
        for (int tap = 0; tap < r * s; tap++) {
            signed char number;
            const int row = top + tap / s * dilation_y, column = left + tap % s * dilation_x;
            if (row < 0 || row >= h || column < 0 || column >= w) continue;
            take_weights(&number, weight, channel * r * s + tap, 1, bits);
            sum += number * whole_at(x, x_wide, x_from, (channel * h + row) * w + column);
        }
        put_whole(y, wide, from, i,
                  multiplier ? requantised(sum, multiplier[channel], shift[channel], low, high) : sum);
    }
}
