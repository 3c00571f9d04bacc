/* SPDX-License-Identifier: MIT */
/* fuzz_numbers.c: any text as a number, as a misspelt name, and eight bytes as a double: every written
 * form is read as the same bits. */
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(double value) {
    char text[32];
    double back;
    if (strlen(dsc_format_shortest(text, value)) >= sizeof text) abort();
    if (!isfinite(value)) return;
    if (!dsc_parse_real(&back, text)) abort();
    if (memcmp(&back, &value, sizeof value) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"epochs", "batch", "learning-rate", "schedule", "validation"};
    double value;
    int64_t integer;
    char text[128], fixed[64];
    if (size >= sizeof value) {
        memcpy(&value, data, sizeof value);
        write_and_read(value);
        (void)dsc_format_fixed(fixed, sizeof fixed, value, data[0] % 20);
        (void)dsc_format_scientific(fixed, sizeof fixed, value, data[0] % 20);
    }
    size_t length = size < sizeof text ? size : sizeof text - 1;
    memcpy(text, data, length);
    text[length] = '\0';
    if (dsc_parse_real(&value, text)) write_and_read(value);
    if (dsc_parse_integer(&integer, text) && !dsc_parse_real(&value, text)) abort();
    const char *nearest = dsc_nearest_name(text, names, 5);
    if (nearest && dsc_edit_distance(text, nearest) > dsc_edit_distance(nearest, text)) abort();
    return 0;
}
