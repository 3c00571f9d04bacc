/* SPDX-License-Identifier: MIT */
/* reading.c: see reading.h. */
#include "data/reading.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    dsc_reading reading;
} values;

const dsc_param dsc_reading_params[] = {DSC_READING_PARAMS(values, reading), {0}};

dsc_reading dsc_reading_defaults(void) { return (dsc_reading){.test_share = 0.15, .split_seed = 1}; }

dsc_status dsc_reading_copy(dsc_reading *to, const dsc_reading *from, dsc_error *error) {
    *to = *from;
    bool failed = false;
    for (const dsc_param *p = dsc_reading_params; p->name; p++) {
        if (p->type != DSC_PARAM_TEXT) continue;
        char **text = (char **)(void *)((char *)to + p->offset);
        if (*text && !(*text = failed ? NULL : strdup(*text))) failed = true;
    }
    if (!failed) return DSC_OK;
    dsc_reading_clear(to);
    return dsc_fail_memory(error, sizeof *to, "how data are read");
}

void dsc_reading_clear(dsc_reading *reading) { dsc_params_free(dsc_reading_params, reading); }

/* Parses "3x32x32" or "28x28". */
static bool parse_shape(size_t shape[3], const char *text) {
    size_t number[3] = {0}, count = 0;
    for (const char *at = text;; at++) {
        size_t digits = 0;
        if (count == 3) return false;
        for (; *at >= '0' && *at <= '9' && digits < 6; at++, digits++)
            number[count] = 10 * number[count] + (size_t)(*at - '0');
        if (!digits || !number[count++]) return false;
        if (!*at) break;
        if (*at != 'x') return false;
    }
    shape[0] = count == 3 ? number[0] : 1;
    shape[1] = number[count - 2];
    shape[2] = number[count - 1];
    return count > 1;
}

char *dsc_reading_number(char out[32], double value) {
    if (value == floor(value) && fabs(value) < 1e15)
        (void)snprintf(out, 32, "%lld", (long long)value);
    else
        (void)dsc_format_shortest(out, value);
    return out;
}

uint64_t dsc_reading_pixels(const dsc_reading *reading) {
    size_t shape[3];
    return reading->shape && parse_shape(shape, reading->shape) ? (uint64_t)shape[0] * shape[1] * shape[2]
                                                                : 0;
}

dsc_status dsc_reading_shape(size_t shape[3], const dsc_reading *reading, size_t pixels, const char *name,
                             dsc_error *error) {
    if (reading->shape) {
        if (!parse_shape(shape, reading->shape))
            return dsc_fail(error, DSC_ERROR_ARGUMENT, "shape: expected 28x28 or 3x32x32, found '%.80s'",
                            reading->shape);
        if (shape[0] * shape[1] * shape[2] == pixels) return DSC_OK;
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: an image has %zu numbers, but the shape %s has %zu; give the shape that fits",
                        name, pixels, reading->shape, shape[0] * shape[1] * shape[2]);
    }
    const size_t side = (size_t)lround(sqrt((double)pixels));
    shape[0] = 1;
    shape[1] = shape[2] = side;
    if (side && side * side == pixels) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: an image has %zu numbers, which is no square of grey pixels; give its shape with "
                    "--shape, as in --shape 3x32x32 (channels x height x width)",
                    name, pixels);
}
