/* SPDX-License-Identifier: MIT */
/* my_thing.c: a model format: its name, followed by the program's own file. onnx.c is a format of other
 * programs. */
#include "exchange/exchange.h"

#include "base/error.h"
#include "base/memory.h"
#include "model/native.h"

#include <stdlib.h>
#include <string.h>

static const char START[] = "MY-THING";
enum { LENGTH = sizeof START - 1 };

static bool recognise(const unsigned char *bytes, size_t size) {
    return size >= LENGTH && !memcmp(bytes, START, LENGTH);
}

static dsc_status read_it(dsc_model **model, exchange_source *source, const void *values, dsc_error *error) {
    (void)values;
    if (!recognise(source->bytes, source->size))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected '%s' at its start", source->name, START);
    return dsc_model_parse(model, source->bytes + LENGTH, source->size - LENGTH, source->name, NULL, error);
}

static dsc_status write_it(exchange_output *output, const dsc_model *model, const void *values,
                           dsc_error *error) {
    (void)values;
    unsigned char *own;
    size_t size;
    dsc_status status = dsc_model_write(&own, &size, model, error);
    if (status) return status;
    unsigned char *bytes = dsc_allocate(LENGTH + size, 1);
    if (bytes) {
        memcpy(bytes, START, LENGTH);
        memcpy(bytes + LENGTH, own, size);
    }
    free(own);
    return exchange_add_file(output, ".my-thing", bytes, LENGTH + size, error);
}

const exchange_format exchange_format_my_thing = {
    .name = "my-thing",
    .help = "the program's own behind a name",
    .suffix = ".my-thing",
    .recognise = recognise,
    .read = read_it,
    .write = write_it,
};
