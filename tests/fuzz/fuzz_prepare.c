/* SPDX-License-Identifier: MIT */
/* fuzz_prepare.c: any pixels of any shape as a picture of digits: two bytes of width, one of channels,
 * then pixels. Every box lies in the picture. */
#include "image/prepare.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A judge with arbitrary but reproducible answers. */
static dsc_status judge(void *unused, float *sure, const uint8_t *image, dsc_error *error) {
    (void)unused, (void)error;
    unsigned sum = 0;
    for (size_t k = 0; k < 784; k++) sum = sum * 31 + image[k];
    *sure = (float)(sum % 1000) / 1000;
    return DSC_OK;
}

static void check(const uint8_t *pixels, size_t height, size_t width, size_t channels, bool judged) {
    dsc_digit *digits;
    size_t count;
    dsc_error error;
    const dsc_judge by = {judge, NULL, true};
    if (!dsc_digits_search(&digits, &count, NULL, pixels, height, width, channels, judged ? &by : NULL,
                           &error)) {
        if (count == 0) abort();
        for (size_t i = 0; i < count; i++)
            if (digits[i].width == 0 || digits[i].height == 0 || digits[i].left + digits[i].width > width ||
                digits[i].top + digits[i].height > height)
                abort();
    } else if (digits || count) {
        abort();
    }
    dsc_digits_free(digits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4) return 0;
    const size_t channels = (const size_t[]){1, 3, 4}[data[2] % 3],
                 width = 1 + data[0] + 256u * (data[1] % 8);
    const size_t height = (size - 3) / channels / width;
    if (height == 0) return 0;
    uint8_t *pixels = malloc(
        width * height * channels); /* of exactly this size, so that the sanitizer detects reads beyond it */
    if (!pixels) return 0;
    memcpy(pixels, data + 3, width * height * channels);
    check(pixels, height, width, channels, false);
    check(pixels, height, width, channels, true);
    free(pixels);
    return 0;
}
