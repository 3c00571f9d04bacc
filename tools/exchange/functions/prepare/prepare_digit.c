/* SPDX-License-Identifier: MIT */
/* Prepares the single digit of a grey picture (height, width) like MNIST: light on 0, scaled into 20 x 20,
 * centred by mass in `image` (28, 28). Returns 0 if the picture is empty. `room`: 256 numbers. */
static int prepare_digit(unsigned char *image, const unsigned char *picture, int height, int width,
                         int32_t *room) {
    int32_t dark = 0, light = 0;
    const int threshold = two_greys(&dark, &light, picture, (int32_t)height * width, room);
    if (!threshold || light - dark < 16) return 0;
    const int on_light = 2 * border_of(picture, height, width) > dark + light;
    const int32_t ground = on_light ? light : dark, ink = on_light ? dark : light;
    int top = height, bottom = 0, left = width, right = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            if ((picture[(int64_t)y * width + x] < threshold) != on_light) continue;
            top = y < top ? y : top;
            bottom = y + 1;
            left = x < left ? x : left;
            right = x + 1 > right ? x + 1 : right;
        }
    if (bottom <= top) return 0;
    const int h = bottom - top, w = right - left, most = h > w ? h : w;
    const int oh = (20 * h + most / 2) / most > 1 ? (20 * h + most / 2) / most : 1;
    const int ow = (20 * w + most / 2) / most > 1 ? (20 * w + most / 2) / most : 1;
    unsigned char *small = (unsigned char *)room;
    shrink(small, oh, ow, picture, width, top, left, h, w, ground, ink);
    int32_t mass = 0, rows = 0, columns = 0;
    for (int i = 0; i < oh * ow; i++) {
        mass += small[i];
        rows += small[i] * (2 * (i / ow) + 1);
        columns += small[i] * (2 * (i % ow) + 1);
    }
    if (mass == 0) return 0;
    /* Moves the centre of mass to the middle, 14, rounded to whole pixels; the digit stays inside. */
    int down = (28 * mass - rows + mass) / (2 * mass), across = (28 * mass - columns + mass) / (2 * mass);
    down = down < 0 ? 0 : down > 28 - oh ? 28 - oh : down;
    across = across < 0 ? 0 : across > 28 - ow ? 28 - ow : across;
    for (int i = 0; i < 28 * 28; i++) image[i] = 0;
    for (int i = 0; i < oh * ow; i++) image[(down + i / ow) * 28 + across + i % ow] = small[i];
    return 1;
}
