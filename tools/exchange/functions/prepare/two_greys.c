/* SPDX-License-Identifier: MIT */
/* Otsu's threshold of a picture with `count` grey pixels: divides them into the two classes that differ most.
 * Stores the mean of each class; returns 0 if all pixels are equal. `counts` (256) is scratch. */
static int two_greys(int32_t *dark, int32_t *light, const unsigned char *picture, int32_t count,
                     int32_t *counts) {
    int64_t all = 0, below = 0, best = -1;
    int32_t fewer = 0, threshold = 0;
    for (int i = 0; i < 256; i++) counts[i] = 0;
    for (int32_t i = 0; i < count; i++) counts[picture[i]]++;
    for (int i = 0; i < 256; i++) all += (int64_t)i * counts[i];
    for (int i = 0; i < 255; i++) {
        fewer += counts[i];
        below += (int64_t)i * counts[i];
        if (fewer == 0 || fewer == count) continue;
        const int64_t apart = (all - below) / (count - fewer) - below / fewer;
        const int64_t between = apart * apart * (fewer < count - fewer ? fewer : count - fewer);
        if (between <= best) continue;
        best = between;
        threshold = i;
        *dark = (int32_t)(below / fewer);
        *light = (int32_t)((all - below) / (count - fewer));
    }
    return best > 0 ? threshold + 1 : 0;
}
