/* SPDX-License-Identifier: MIT */
/* fuzz_fit.c: a picture of any size becomes an image of any size. Both lie in memory of exactly their
 * size, and the whole image is written. */
#include <descender.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { HEAD = 7 };
    if (size < HEAD) return 0;
    static const size_t all[] = {1, 3, 4};
    const size_t channels = all[data[0] % 3], height = data[1] % 50, width = data[2];
    const size_t shape[3] = {data[3] % 2 ? 3 : 1, data[4] % 50, data[5]};
    const size_t count = shape[0] * shape[1] * shape[2], bytes = height * width * channels;
    uint8_t *pixels = calloc(bytes ? bytes : 1, 1),
            *images[2] = {malloc(count ? count : 1), malloc(count ? count : 1)};
    if (!pixels || !images[0] || !images[1]) abort();
    memcpy(pixels, data + HEAD, size - HEAD < bytes ? size - HEAD : bytes);
    for (int i = 0; i < 2; i++) { /* whatever was in it before */
        memset(images[i], i ? 0xFF : 0, count);
        dsc_error error = {0};
        const dsc_status status =
            dsc_fit_image(images[i], shape, (dsc_fit)(data[6] % 4), pixels, height, width, channels, &error);
        if (status && !error.message[0]) abort();
        if (status) memset(images[i], 0, count);
    }
    if (memcmp(images[0], images[1], count) != 0) abort();
    free(pixels);
    free(images[0]);
    free(images[1]);
    return 0;
}
