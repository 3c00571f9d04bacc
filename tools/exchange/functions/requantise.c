/* SPDX-License-Identifier: MIT */
/* Whole numbers in floats, of another scale: multiplier and shift (channels) hold whole numbers, too. */
static void requantise(float *y, const float *x, const float *multiplier, const float *shift, int channels,
                       int pixels, int low, int high) {
    for (int i = 0; i < channels * pixels; i++) {
        const int32_t number = (int32_t)(x[i] + (x[i] < 0 ? -0.5f : 0.5f));
        y[i] = (float)requantised(number, (int32_t)multiplier[i / pixels], (int32_t)shift[i / pixels], low,
                                  high);
    }
}
