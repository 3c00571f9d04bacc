/* SPDX-License-Identifier: MIT */
/* y (oh, ow) from the (h, w) pixels of a picture at (top, left), as ink: exact area averages. `width`: of the
 * picture. */
static void shrink(unsigned char *y, int oh, int ow, const unsigned char *picture, int width, int top,
                   int left, int h, int w, int32_t ground, int32_t ink) {
    for (int i = 0; i < oh * ow; i++) {
        /* In units of 1 / oh (or 1 / ow) of a pixel, output row r covers r h to (r + 1) h. */
        const int64_t y0 = (int64_t)(i / ow) * h, y1 = y0 + h, x0 = (int64_t)(i % ow) * w, x1 = x0 + w;
        int64_t sum = 0;
        for (int64_t row = y0 / oh; row * oh < y1; row++)
            for (int64_t column = x0 / ow; column * ow < x1; column++) {
                const int64_t low = row * oh > y0 ? row * oh : y0,
                              left_edge = column * ow > x0 ? column * ow : x0;
                const int64_t high = (row + 1) * oh < y1 ? (row + 1) * oh : y1;
                const int64_t right = (column + 1) * ow < x1 ? (column + 1) * ow : x1;
                const unsigned char pixel = picture[(top + row) * width + left + column];
                sum += (high - low) * (right - left_edge) * ink_of(pixel, ground, ink);
            }
        y[i] = (unsigned char)((sum + (int64_t)h * w / 2) / ((int64_t)h * w));
    }
}
