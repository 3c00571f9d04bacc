/* SPDX-License-Identifier: MIT */
/* y (rows): the maximum of each row of x (rows, n). */
static void largest_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from, int rows,
                          int n) {
    for (int row = 0; row < rows; row++) {
        int32_t best = INT32_MIN;
        for (int i = 0; i < n; i++) {
            const int32_t number = whole_at(x, x_wide, x_from, row * n + i);
            if (number > best) best = number;
        }
        put_whole(y, wide, from, row, best);
    }
}
