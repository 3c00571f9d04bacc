/* SPDX-License-Identifier: MIT */
/* The mean of the outermost pixels, which usually belong to the ground. */
static int32_t border_of(const unsigned char *picture, int height, int width) {
    int64_t sum = 0;
    for (int x = 0; x < width; x++) sum += picture[x] + picture[(int64_t)(height - 1) * width + x];
    for (int y = 0; y < height; y++)
        sum += picture[(int64_t)y * width] + picture[(int64_t)y * width + width - 1];
    return (int32_t)(sum / (2 * (height + width)));
}
