/* SPDX-License-Identifier: MIT */
/* Writes integer i of y, in the format of whole_at. */
static void put_whole(void *y, int wide, int from, int i, int32_t number) {
    if (wide)
        ((int32_t *)y)[i] = number;
    else
        ((unsigned char *)y)[i] = (unsigned char)(number - from);
}
