/* SPDX-License-Identifier: MIT */
/* y = a b: a (many, each), b (many). */
static void multiply(float *y, const float *a, const float *b, int many, int each) {
    for (int i = 0; i < many * each; i++) y[i] = a[i] * b[i / each];
}
