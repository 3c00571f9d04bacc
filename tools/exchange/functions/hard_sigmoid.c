/* SPDX-License-Identifier: MIT */
/* y = slope x + offset, limited to the range from 0 to 1. */
static void hard_sigmoid(float *y, const float *x, int n, float slope, float offset) {
    for (int i = 0; i < n; i++) {
        const float z = slope * x[i] + offset;
        y[i] = z < 0 ? 0 : z > 1 ? 1 : z;
    }
}
