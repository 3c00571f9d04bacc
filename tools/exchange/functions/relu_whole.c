/* SPDX-License-Identifier: MIT */
/* y = x where x is not below 0, else 0. */
static void relu_whole(void *y, int wide, const void *x, int x_wide, int flip, int n) {
    for (int i = 0; i < n; i++) {
        const int32_t number = whole_at(x, x_wide, flip, i);
        put_whole(y, wide, i, number < 0 ? 0 : number);
    }
}
