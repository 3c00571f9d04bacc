/* SPDX-License-Identifier: MIT */
/* Whole number i of x: int32_t if `wide`, else a byte that stands for `from` and what it holds. */
static int32_t whole_at(const void *x, int wide, int from, int i) {
    return wide ? ((const int32_t *)x)[i] : from + ((const unsigned char *)x)[i];
}
