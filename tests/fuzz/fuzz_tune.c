/* SPDX-License-Identifier: MIT */
/* fuzz_tune.c: any text as a dimension of a search; and any bytes as its journal. */
#include "tune/search.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 && data[0] == '{') {
        dsc_tune_search search;
        size_t whole;
        (void)dsc_tune_search_read(&search, &whole, (const char *)data, size, "fuzz", NULL);
        dsc_tune_search_clear(&search);
        return 0;
    }
    dsc_recipe recipe;
    dsc_tune_space space;
    char *text = malloc(size + 1);
    if (!text || dsc_recipe_initialise(&recipe, NULL)) abort();
    memcpy(text, data, size);
    text[size] = '\0';
    const char *const texts[] = {text};
    if (!dsc_tune_space_parse(&space, &recipe, texts, 1, NULL)) {
        dsc_tune_value values[DSC_TUNE_DIMENSIONS_MOST];
        dsc_tune_sample(values, &space, 1, 2, 0);
        if (dsc_tune_apply(&recipe, &space, values, NULL) == DSC_ERROR_MEMORY) abort();
    }
    dsc_tune_space_clear(&space);
    dsc_recipe_clear(&recipe);
    free(text);
    return 0;
}
