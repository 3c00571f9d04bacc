/* SPDX-License-Identifier: MIT */
/* y (channels, pixels) from integers x of another scale. */
static void requantise_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from,
                             const int32_t *multiplier, const int32_t *shift, int32_t low, int32_t high,
                             int channels, int pixels) {
    for (int i = 0; i < channels * pixels; i++)
        put_whole(y, wide, from, i,
                  requantised(whole_at(x, x_wide, x_from, i), multiplier[i / pixels], shift[i / pixels], low,
                              high));
}
