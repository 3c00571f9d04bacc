/* SPDX-License-Identifier: MIT */
/* answering.c: see answering.h. */
#include "exchange/answering.h"

#include "base/error.h"
#include "base/file.h"
#include "child/child.h"

#include <stdlib.h>
#include <string.h>

static char *keep(exchange_answering *a, char *path) {
    if (path && a->more_count < EXCHANGE_PATHS_MOST) return a->more[a->more_count++] = path;
    free(path);
    return NULL;
}

char *exchange_answering_path(exchange_answering *a, const char *suffix) {
    dsc_text name = {0};
    dsc_text_append(&name, "%s%s", a->output->stem, suffix);
    char *path = name.failed ? NULL : exchange_answering_name(a, name.data);
    dsc_text_free(&name);
    return path;
}

char *exchange_answering_name(exchange_answering *a, const char *name) {
    return keep(a, dsc_path_join(a->folder, name));
}

dsc_status exchange_answering_begin(exchange_answering *a, const char *folder, const exchange_output *output,
                                    const uint8_t *images, size_t count, const dsc_model *model,
                                    dsc_error *error) {
    dsc_images expected;
    dsc_model_describe(&expected, model);
    *a =
        (exchange_answering){.folder = folder, .output = output, .numbers = count * dsc_model_classes(model)};
    a->images = dsc_path_join(folder, "images");
    a->answers = dsc_path_join(folder, "answers");
    if (!a->images || !a->answers) return dsc_fail_memory(error, 0, "names of files");
    return dsc_file_write(a->images, images,
                          count * expected.shape[0] * expected.shape[1] * expected.shape[2], error);
}

void exchange_answering_clear(exchange_answering *a) {
    free(a->images);
    free(a->answers);
    for (size_t i = 0; i < a->more_count; i++) free(a->more[i]);
    *a = (exchange_answering){0};
}

dsc_status exchange_answering_run(float *probabilities, const exchange_answering *a,
                                  const char *const *arguments, dsc_text *said, dsc_error *error) {
    unsigned char *bytes = NULL;
    size_t size = 0;
    dsc_status status = child_run(arguments[0], arguments, said, error);
    if (!status) status = dsc_file_read(&bytes, &size, a->answers, a->numbers * sizeof(float), error);
    if (!status && size != a->numbers * sizeof(float))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "expected %zu bytes of answers, found %zu",
                          a->numbers * sizeof(float), size);
    if (!status) memcpy(probabilities, bytes, size);
    free(bytes);
    return status;
}
