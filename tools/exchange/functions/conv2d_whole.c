/* SPDX-License-Identifier: MIT */
/* Integer conv2d: x as in whole_at, weights of `bits` bits, bias and sums in 32 bits; y is requantised, or
 * without a multiplier the sums. */
static void conv2d_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from,
                         const unsigned char *weight, int bits, const int32_t *bias,
                         const int32_t *multiplier, const int32_t *shift, int32_t low, int32_t high, int c,
                         int h, int w, int k, int r, int s, int stride_y, int stride_x, int padding_y,
                         int padding_x, int dilation_y, int dilation_x, int oh, int ow) {
    enum { TOGETHER = 16 };
    for (int place = 0; place < oh * ow; place++)
        for (int first = 0; first < k; first += TOGETHER) {
            const int some = k - first < TOGETHER ? k - first : TOGETHER;
            const int top = place / ow * stride_y - padding_y, left = place % ow * stride_x - padding_x;
            int32_t sum[TOGETHER] = {0};
            for (int j = 0; j < some && bias; j++) sum[j] = bias[first + j];
            for (int tap = 0; tap < r * s; tap++) {
                const int row = top + tap / s * dilation_y, column = left + tap % s * dilation_x;
                if (row < 0 || row >= h || column < 0 || column >= w) continue;
                for (int i = 0; i < c; i++) {
                    signed char weights[TOGETHER];
                    const int32_t number = whole_at(x, x_wide, x_from, (i * h + row) * w + column);
                    if (number == 0) continue;
                    if (bits == 8 && some == TOGETHER) { /* the usual case, without a call */
                        const unsigned char *eight = weight + (tap * c + i) * k + first;
                        for (int j = 0; j < TOGETHER; j++) sum[j] += number * ((eight[j] ^ 128) - 128);
                        continue;
                    }
                    take_weights(weights, weight, (tap * c + i) * k + first, some, bits);
                    for (int j = 0; j < some; j++) sum[j] += number * weights[j];
                }
            }
            for (int j = 0; j < some; j++)
                put_whole(y, wide, from, (first + j) * oh * ow + place,
                          multiplier ? requantised(sum[j], multiplier[first + j], shift[first + j], low, high)
                                     : sum[j]);
        }
}
