/* SPDX-License-Identifier: MIT */
/* Rescales integers stored as floats; multiplier and shift (channels) hold integers too. */
static void requantise(float *y, const float *x, const float *multiplier, const float *shift, int channels,
                       int pixels, int low, int high) {
    for (int i = 0; i < channels * pixels; i++)
        y[i] = x[i] != x[i] ? x[i]
                            : (float)requantised(whole_of(x[i], -16777216, 16777216),
                                                 whole_of(multiplier[i / pixels], 0, 16777216),
                                                 whole_of(shift[i / pixels], 0, 47), low, high);
}
