/* SPDX-License-Identifier: MIT */
/* fuzz_augment_text.c: any text as a chain of augmentations; what is accepted is applied to a small image. */
#include "augment/augment.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const size_t shape[3] = {2, 7, 5};
    char *text = malloc(size + 1);
    dsc_augment_chain *chain;
    dsc_error error;
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    if (dsc_augment_chain_create(&chain, text, &error)) {
        if (chain || !strstr(error.message, "column ")) abort();
    } else {
        uint8_t in[70], out[70];
        for (size_t i = 0; i < sizeof in; i++) in[i] = (uint8_t)(i * 37);
        void *scratch = malloc(dsc_augment_scratch(chain, shape) + 1);
        for (uint64_t sample = 0; scratch && sample < 4; sample++)
            dsc_augment_image(chain, out, in, shape, 1, size, sample, scratch);
        free(scratch);
    }
    dsc_augment_chain_free(chain);
    free(text);
    return 0;
}
