/* SPDX-License-Identifier: MIT */
/* Integer i of x: int32_t if `wide`, otherwise `from` plus a byte. */
static int32_t whole_at(const void *x, int wide, int from, int i) {
    return wide ? ((const int32_t *)x)[i] : from + ((const unsigned char *)x)[i];
}
