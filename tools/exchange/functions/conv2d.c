/* SPDX-License-Identifier: MIT */
/* y (k, oh, ow) from x (c, h, w), weight (r, s, c, k) and bias (k, or NULL). A sum starts a new partial sum
 * after every `block` products; partial sums are added in order. relu: y is at least 0. pool 2: y is the
 * maximum of 2 x 2 results. */
static void conv2d(float *y, const float *x, const float *weight, const float *bias, int c, int h, int w,
                   int k, int r, int s, int stride_y, int stride_x, int padding_y, int padding_x,
                   int dilation_y, int dilation_x, int oh, int ow, int block, int relu, int pool) {
    enum { TOGETHER = 16 };
    const int depth = r * s * c;
    for (int place = 0; place < oh * ow; place++)
        for (int first = 0; first < k; first += TOGETHER) {
            const int some = k - first < TOGETHER ? k - first : TOGETHER;
            float best[TOGETHER] = {0};
            for (int part = 0; part < pool * pool; part++) {
                const int top = (place / ow * pool + part / pool) * stride_y - padding_y;
                const int left = (place % ow * pool + part % pool) * stride_x - padding_x;
                float total[TOGETHER] = {0};
                for (int begin = 0; begin < depth; begin += block) {
                    const int end = depth - begin < block ? depth : begin + block;
                    float sum[TOGETHER] = {0};
                    for (int tap = begin / c; tap * c < end; tap++) {
                        const int row = top + tap / s * dilation_y, column = left + tap % s * dilation_x;
                        if (row < 0 || row >= h || column < 0 || column >= w) continue;
                        const float *pixel = x + row * w + column;
                        const int from = tap * c < begin ? begin - tap * c : 0;
                        const int to = tap * c + c > end ? end - tap * c : c;
                        for (int i = from; i < to; i++) {
                            const float number = pixel[i * h * w],
                                        *weights = weight + (tap * c + i) * k + first;
                            if (some == TOGETHER)
                                for (int j = 0; j < TOGETHER; j++) sum[j] += number * weights[j];
                            else
                                for (int j = 0; j < some; j++) sum[j] += number * weights[j];
                        }
                    }
                    for (int j = 0; j < some; j++) total[j] = sum[j] + total[j];
                }
                for (int j = 0; j < some; j++) {
                    if (bias) total[j] += bias[first + j];
                    if (part == 0 || total[j] > best[j]) best[j] = total[j];
                }
            }
            for (int j = 0; j < some; j++)
                y[(first + j) * oh * ow + place] = relu && best[j] < 0 ? 0 : best[j];
        }
}
