/* SPDX-License-Identifier: MIT */
/* Converts bytes (channels, pixels) to inputs: y = scale[c] x + offset[c]. */
static void normalise(float *y, const unsigned char *x, const float *scale, const float *offset, int channels,
                      int pixels) {
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < pixels; i++) y[c * pixels + i] = (float)x[c * pixels + i] * scale[c] + offset[c];
}
