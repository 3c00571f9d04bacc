/* SPDX-License-Identifier: MIT */
/* y (channels, pixels) from whole numbers x of another scale. */
static void requantise_whole(void *y, int wide, const void *x, int x_wide, int flip,
                             const int32_t *multiplier, const int32_t *shift, int32_t low, int32_t high,
                             int channels, int pixels) {
    for (int i = 0; i < channels * pixels; i++)
        put_whole(
            y, wide, i,
            requantised(whole_at(x, x_wide, flip, i), multiplier[i / pixels], shift[i / pixels], low, high));
}
