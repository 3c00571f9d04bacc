/* SPDX-License-Identifier: MIT */
/* onnx.c: the registry row of ONNX, Open Neural Network Exchange: https://onnx.ai */
#include "exchange/onnx.h"

#include "base/error.h"
#include "base/recognise.h"

#if DESCENDER_WITH_PROTOBUF

#define ONNX_READ   onnx_read
#define ONNX_WRITE  onnx_write
#define ONNX_ANSWER onnx_answer

#else

static dsc_status fail(dsc_error *error) {
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "this build has no ONNX; install libprotobuf-c's development package and protoc-c "
                    "(Debian: libprotobuf-c-dev, protobuf-c-compiler), and build again");
}

static dsc_status no_read(dsc_model **model, exchange_source *source, const void *values, dsc_error *error) {
    (void)values;
    *model = NULL;
    return dsc_error_context(error, fail(error), "%s: an ONNX model", source->name);
}

static dsc_status no_write(exchange_output *output, const dsc_model *model, const void *values,
                           dsc_error *error) {
    (void)output, (void)model, (void)values;
    return fail(error);
}

#define ONNX_READ   no_read
#define ONNX_WRITE  no_write
#define ONNX_ANSWER NULL

#endif

const onnx_scale onnx_scales[ONNX_SCALES] = {
    [ONNX_SCALE_AUTO] = {"bytes", "floats of 0 to 255"},
    [ONNX_SCALE_BYTES] = {"bytes", "floats of 0 to 255"},
    [ONNX_SCALE_UINT8] = {"uint8", "bytes (uint8)"},
    [ONNX_SCALE_UNIT] = {"unit", "floats of 0 to 1"},
};

static const dsc_param params[] = {
    DSC_CHOICE(onnx_values, scale, "auto", "auto|bytes|uint8|unit",
               "pixels of the input: bytes: floats from 0 to 255 (default for writing); uint8; unit: floats "
               "from 0 to 1 (default for reading)"),
    DSC_SWITCH(onnx_values, fold, "off", "when writing: fold batch normalisation into the weights"),
    DSC_TEXT(onnx_values, mean, NULL,
             "when reading: mean that was subtracted from pixels of 0 to 1 before the network: one number, "
             "or one per channel, separated by commas"),
    DSC_TEXT(onnx_values, std, NULL,
             "when reading: deviation that the result was divided by: one number, or one per channel"),
    DSC_TEXT(onnx_values, shape, NULL,
             "when reading: shape of the images, such as 1x28x28, if the file does not show it"),
    DSC_TEXT(onnx_values, output, NULL, "when reading: the output with the classes, if there are several"),
    {0},
};

static bool is_onnx(const unsigned char *bytes, size_t size) {
    return dsc_recognise(bytes, size) == DSC_KIND_ONNX;
}

const exchange_format exchange_format_onnx = {
    .name = "onnx",
    .help = "ONNX, which most other programs can read and write",
    .params = params,
    .values_size = sizeof(onnx_values),
    .suffix = ".onnx",
    .recognise = is_onnx,
    .read = ONNX_READ,
    .write = ONNX_WRITE,
    .answer = ONNX_ANSWER,
};
