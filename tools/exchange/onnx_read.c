#include "exchange/onnx.h"
dsc_status onnx_read(dsc_model **model, exchange_source *source, const void *values, dsc_error *error) {
    (void)source, (void)values;
    *model = NULL;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "x");
}
