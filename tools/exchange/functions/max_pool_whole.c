/* SPDX-License-Identifier: MIT */
/* Integer max_pool. */
static void max_pool_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from, int c, int h,
                           int w, int r, int s, int stride_y, int stride_x, int padding_y, int padding_x,
                           int oh, int ow) {
    for (int i = 0; i < c * oh * ow; i++) {
        const int place = i % (oh * ow), begin = i / (oh * ow) * h * w;
        const int top = place / ow * stride_y - padding_y, left = place % ow * stride_x - padding_x;
        int32_t best = INT32_MIN;
        for (int tap = 0; tap < r * s; tap++) {
            const int row = top + tap / s, column = left + tap % s;
            if (row < 0 || row >= h || column < 0 || column >= w) continue;
            const int32_t number = whole_at(x, x_wide, x_from, begin + row * w + column);
            if (number > best) best = number;
        }
        put_whole(y, wide, from, i, best);
    }
}
