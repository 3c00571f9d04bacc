/* SPDX-License-Identifier: MIT */
/* descender.c: the program's own model files: safetensors whose metadata hold the network. */
#include "exchange/exchange.h"

#include "model/native.h"

static dsc_status read_own(dsc_model **model, exchange_source *source, const void *values, dsc_error *error) {
    (void)values;
    return dsc_model_parse(model, source->bytes, source->size, source->name, NULL, error);
}

static dsc_status write_own(exchange_output *output, const dsc_model *model, const void *values,
                            dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    (void)values;
    dsc_status status = dsc_model_write(&bytes, &size, model, error);
    return status ? status : exchange_add_file(output, ".safetensors", bytes, size, error);
}

const exchange_format exchange_format_descender = {
    .name = "descender",
    .help = "Descender's own format: safetensors with the network in its metadata",
    .suffix = ".safetensors",
    .read = read_own,
    .write = write_own,
};
