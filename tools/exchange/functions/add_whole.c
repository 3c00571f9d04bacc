/* SPDX-License-Identifier: MIT */
/* y = a + b: a (channels, pixels), b (many, each), requantised if there is a multiplier. */
static void add_whole(void *y, int wide, const void *a, int a_wide, int a_flip, const void *b, int b_wide,
                      int b_flip, const int32_t *multiplier, const int32_t *shift, int32_t low, int32_t high,
                      int channels, int pixels, int each) {
    for (int i = 0; i < channels * pixels; i++) {
        const int32_t sum = whole_at(a, a_wide, a_flip, i) + whole_at(b, b_wide, b_flip, i / each);
        put_whole(y, wide, i,
                  multiplier ? requantised(sum, multiplier[i / pixels], shift[i / pixels], low, high) : sum);
    }
}
