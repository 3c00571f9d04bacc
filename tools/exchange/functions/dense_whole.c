/* SPDX-License-Identifier: MIT */
/* Integer dense, like conv2d_whole. */
static void dense_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from,
                        const unsigned char *weight, int bits, const int32_t *bias, const int32_t *multiplier,
                        const int32_t *shift, int32_t low, int32_t high, int rows, int depth, int n) {
    enum { TOGETHER = 16 };
    for (int row = 0; row < rows; row++)
        for (int first = 0; first < n; first += TOGETHER) {
            const int some = n - first < TOGETHER ? n - first : TOGETHER;
            int32_t sum[TOGETHER] = {0};
            for (int j = 0; j < some && bias; j++) sum[j] = bias[first + j];
            for (int i = 0; i < depth; i++) {
                signed char weights[TOGETHER];
                const int32_t number = whole_at(x, x_wide, x_from, row * depth + i);
                if (number == 0) continue;
                if (bits == 8 && some == TOGETHER) { /* the usual case, without a call */
                    const unsigned char *eight = weight + i * n + first;
                    for (int j = 0; j < TOGETHER; j++) sum[j] += number * ((eight[j] ^ 128) - 128);
                    continue;
                }
                take_weights(weights, weight, i * n + first, some, bits);
                for (int j = 0; j < some; j++) sum[j] += number * weights[j];
            }
            for (int j = 0; j < some; j++)
                put_whole(y, wide, from, row * n + first + j,
                          multiplier ? requantised(sum[j], multiplier[first + j], shift[first + j], low, high)
                                     : sum[j]);
        }
}
