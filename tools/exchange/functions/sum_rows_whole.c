/* SPDX-License-Identifier: MIT */
/* y (rows): the sum of each row of x (rows, n), requantised if there is a multiplier. */
static void sum_rows_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from,
                           const int32_t *multiplier, const int32_t *shift, int32_t low, int32_t high,
                           int rows, int n) {
    for (int row = 0; row < rows; row++) {
        int32_t sum = 0;
        for (int i = 0; i < n; i++) sum += whole_at(x, x_wide, x_from, row * n + i);
        put_whole(y, wide, from, row,
                  multiplier ? requantised(sum, multiplier[row], shift[row], low, high) : sum);
    }
}
