/* SPDX-License-Identifier: MIT */
/* copy_part of whole numbers, to y from number `at` on. */
static void copy_part_whole(void *y, int wide, const void *x, int x_wide, int flip, int at, int many,
                            int whole, int begin, int part) {
    for (int i = 0; i < many * part; i++)
        put_whole(y, wide, at + i, whole_at(x, x_wide, flip, i / part * whole + begin + i % part));
}
