/* SPDX-License-Identifier: MIT */
/* y = x if x is not negative, otherwise 0. */
static void relu_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from, int n) {
    for (int i = 0; i < n; i++) {
        const int32_t number = whole_at(x, x_wide, x_from, i);
        put_whole(y, wide, from, i, number < 0 ? 0 : number);
    }
}
