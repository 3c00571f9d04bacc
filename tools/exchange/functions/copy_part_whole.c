/* SPDX-License-Identifier: MIT */
/* Integer copy_part, to y from index `at`. */
static void copy_part_whole(void *y, int wide, int from, const void *x, int x_wide, int x_from, int at,
                            int many, int whole, int begin, int part) {
    for (int i = 0; i < many * part; i++)
        put_whole(y, wide, from, at + i, whole_at(x, x_wide, x_from, i / part * whole + begin + i % part));
}
