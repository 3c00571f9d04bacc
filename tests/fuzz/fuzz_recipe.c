/* SPDX-License-Identifier: MIT */
/* fuzz_recipe.c: any bytes as a recipe. An accepted recipe is written again, and reads as the same; a
 * refused one gives a message of one line, and can be released. */
#include "train/build.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void examine(dsc_status status, const dsc_error *error) {
    if (status && (error->code != status || !*error->message || strchr(error->message, '\n'))) abort();
}

static void write_and_read(const dsc_recipe *recipe) {
    dsc_recipe again;
    dsc_text first = {0}, second = {0};
    dsc_error error;
    if (dsc_recipe_to_json(&first, recipe, &error)) abort();
    if (dsc_recipe_initialise(&again, &error)) abort();
    if (dsc_recipe_from_json(&again, first.data, first.length, "again", &error)) abort();
    if (dsc_recipe_to_json(&second, &again, &error)) abort();
    if (strcmp(first.data, second.data) != 0) abort();
    dsc_text_free(&first);
    dsc_text_free(&second);
    dsc_recipe_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_recipe recipe;
    dsc_error error = {0};
    if (dsc_recipe_initialise(&recipe, &error)) abort();
    dsc_status status = dsc_recipe_from_json(&recipe, (const char *)data, size, "fuzz", &error);
    examine(status, &error);
    if (!status) {
        write_and_read(&recipe);
        examine(dsc_recipe_check(&recipe, &error), &error);
    }
    dsc_recipe_clear(&recipe);
    return 0;
}
