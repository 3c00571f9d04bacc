/* SPDX-License-Identifier: MIT */
/* Scales a grey picture (height, width) to `image` (channels, h, w), all channels alike; `ground`: 1 if
 * images are light on dark, 2 if dark on light, 0 if either. */
static int prepare_picture(unsigned char *image, int channels, int h, int w, int ground,
                           const unsigned char *picture, int height, int width) {
    const int light = border_of(picture, height, width) >= 128;
    const int turned = (ground == 1 && light) || (ground == 2 && !light);
    shrink(image, h, w, picture, width, 0, 0, height, width, turned ? 255 : 0, turned ? 0 : 255);
    for (int i = h * w; i < channels * h * w; i++) image[i] = image[i - h * w];
    return 1;
}
