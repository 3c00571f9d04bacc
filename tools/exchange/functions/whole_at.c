/* SPDX-License-Identifier: MIT */
/* Whole number i of x: int32_t if `wide`, else a byte, of which flip 128 makes -128 to 127, and 0 leaves 0
 * to 255. */
static int32_t whole_at(const void *x, int wide, int flip, int i) {
    if (wide) return ((const int32_t *)x)[i];
    return (int32_t)((const unsigned char *)x)[i] + (((const unsigned char *)x)[i] >= 128 ? -2 * flip : 0);
}
