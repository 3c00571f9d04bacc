/* SPDX-License-Identifier: MIT */
/* y = a + b: a (channels, pixels), b (many, each), requantised if there is a multiplier. */
static void add_whole(void *y, int wide, int from, const void *a, int a_wide, int a_from, const void *b,
                      int b_wide, int b_from, const int32_t *multiplier, const int32_t *shift, int32_t low,
                      int32_t high, int channels, int pixels, int each) {
    for (int i = 0; i < channels * pixels; i++) {
        const int32_t sum = whole_at(a, a_wide, a_from, i) + whole_at(b, b_wide, b_from, i / each);
        put_whole(y, wide, from, i,
                  multiplier ? requantised(sum, multiplier[i / pixels], shift[i / pixels], low, high) : sum);
    }
}
