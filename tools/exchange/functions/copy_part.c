/* SPDX-License-Identifier: MIT */
/* Copies `part` numbers from offset `begin` of each of `many` runs of `whole` numbers. */
static void copy_part(float *y, const float *x, int many, int whole, int begin, int part) {
    for (int i = 0; i < many; i++)
        for (int j = 0; j < part; j++) y[i * part + j] = x[i * whole + begin + j];
}
