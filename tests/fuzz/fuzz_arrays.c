/* SPDX-License-Identifier: MIT */
/* fuzz_arrays.c: any bytes as a safetensors file with data; the first byte selects the name of the array
 * if the rest is a .npy file. */
#include "data/arrays.h"
#include "data/form.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_error error = {0};
    const dsc_reading how = dsc_reading_defaults();
    dsc_opening o = {.title = "fuzz", .reading = &how, .forms = &dsc_data_form_registry};
    dsc_status status = dsc_safetensors_take_sets(&o, data, size, "fuzz", &error);
    if (status && (error.code != status || !*error.message)) abort();
    if (!status) {
        uint64_t *groups;
        (void)dsc_sets_settle(&o.train, &o.test, &groups, &o.sets, "fuzz", &o.understood, &o.remarks, &error);
        free(groups);
    }
    dsc_opening_clear(&o);
    if (size < 2) return 0;
    dsc_sets sets = {0};
    dsc_npy_description found;
    bool taken;
    unsigned char *copy = malloc(size - 1); /* so that the sanitizer detects reads beyond each end */
    if (!copy) return 0;
    memcpy(copy, data + 1, size - 1);
    status = dsc_npy_describe(&found, copy, size - 1, "fuzz", &error);
    if (!status)
        status = dsc_sets_take_array(&taken, &sets, data[0] % 2 ? "x_train" : "y_train", &found, copy,
                                     size - 1, &how, "fuzz", &error);
    if (status && (error.code != status || !*error.message)) abort();
    free(copy);
    dsc_sets_clear(&sets);
    return 0;
}
