/* SPDX-License-Identifier: MIT */
/* From each of `many` runs of `whole` numbers the `part` from `begin` on. */
static void copy_part(float *y, const float *x, int many, int whole, int begin, int part) {
    for (int i = 0; i < many; i++)
        for (int j = 0; j < part; j++) y[i * part + j] = x[i * whole + begin + j];
}
