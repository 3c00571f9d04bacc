/* SPDX-License-Identifier: MIT */
/* y (rows, n) from x (rows, depth), weight (depth, n) and bias (n, or NULL); block and relu as in conv2d.
 * Zeros in x are skipped. */
static void dense(float *y, const float *x, const float *weight, const float *bias, int rows, int depth,
                  int n, int block, int relu) {
    enum { TOGETHER = 16 };
    for (int row = 0; row < rows; row++, x += depth, y += n)
        for (int first = 0; first < n; first += TOGETHER) {
            const int some = n - first < TOGETHER ? n - first : TOGETHER;
            float total[TOGETHER] = {0};
            for (int begin = 0; begin < depth; begin += block) {
                const int end = depth - begin < block ? depth : begin + block;
                float sum[TOGETHER] = {0};
                for (int i = begin; i < end; i++) {
                    const float number = x[i], *weights = weight + i * n + first;
                    if (number == 0) continue;
                    if (some == TOGETHER)
                        for (int j = 0; j < TOGETHER; j++) sum[j] += number * weights[j];
                    else
                        for (int j = 0; j < some; j++) sum[j] += number * weights[j];
                }
                for (int j = 0; j < some; j++) total[j] = sum[j] + total[j];
            }
            for (int j = 0; j < some; j++) {
                if (bias) total[j] += bias[first + j];
                y[first + j] = relu && total[j] < 0 ? 0 : total[j];
            }
        }
}
