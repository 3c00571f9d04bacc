/* SPDX-License-Identifier: MIT */
/* writers.c: labels that name the writer of each image; see writers.h. */
#include "data/writers.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

enum { CLASS, SERIES, WRITER };

bool dsc_writers_are_in(const dsc_array *labels) {
    return labels->data && labels->type == DSC_I32 && labels->rank == 2 &&
           labels->shape[1] == DSC_WRITERS_COLUMNS;
}

const char *dsc_series_population(unsigned series) {
    static const char *const names[DSC_SERIES] = {"Census Bureau employees",
                                                  "Census Bureau employees",
                                                  "Census Bureau employees",
                                                  "Census Bureau employees",
                                                  "high-school students",
                                                  "series 5",
                                                  "series 6",
                                                  "series 7",
                                                  "series 8"};
    return series < DSC_SERIES ? names[series] : "unknown series";
}

dsc_status dsc_writers_take(dsc_content *labels, const char *place, dsc_error *error) {
    static const struct {
        const char *what;
        int32_t end;
    } column[] = {{"class", 256}, {"series", DSC_SERIES}, {"writer", INT32_MAX}};
    const dsc_array *from = &labels->array;
    if (!dsc_writers_are_in(from)) return DSC_OK;
    const size_t count = from->shape[0];
    const int32_t *in = from->data;
    for (size_t i = 0; i < count; i++)
        for (size_t k = CLASS; k <= WRITER; k++)
            if (in[i * DSC_WRITERS_COLUMNS + k] < 0 || in[i * DSC_WRITERS_COLUMNS + k] >= column[k].end)
                return dsc_fail(
                    error, DSC_ERROR_FORMAT,
                    "%s: labels with writers: the %s of image %zu is %ld, expected 0 to %ld; copy or "
                    "download the file again",
                    place, column[k].what, i, (long)in[i * DSC_WRITERS_COLUMNS + k], (long)column[k].end - 1);
    dsc_content plain = {.size = labels->size, .crc = labels->crc, .changed = true};
    dsc_status status = dsc_array_create(&plain.array, DSC_U8, 1, &count, error);
    if (status) return status;
    plain.groups = dsc_allocate(count, sizeof *plain.groups);
    plain.series = dsc_allocate(count, 1);
    if (!plain.groups || !plain.series) {
        dsc_content_clear(&plain);
        return dsc_fail_memory(error, count * sizeof *plain.groups, "who wrote the images");
    }
    for (size_t i = 0; i < count; i++, in += DSC_WRITERS_COLUMNS) {
        ((uint8_t *)plain.array.data)[i] = (uint8_t)in[CLASS];
        plain.groups[i] = (uint64_t)in[WRITER];
        plain.series[i] = (uint8_t)in[SERIES];
    }
    dsc_content_clear(labels);
    *labels = plain;
    return DSC_OK;
}
