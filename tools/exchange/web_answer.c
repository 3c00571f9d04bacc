/* SPDX-License-Identifier: MIT */
/* web_answer.c: gets answers from an exported page in node. */
#include "exchange/web_parts.h"

#include "base/error.h"
#include "base/file.h"
#include "child/child.h"
#include "exchange/answering.h"
#include "exchange/web_files.h"

#include <stdlib.h>

static dsc_status write_script(exchange_answering *a, char **path, const char *name, exchange_web_file file,
                               dsc_error *error) {
    size_t size;
    const char *bytes = exchange_web_file_bytes(file, &size);
    *path = exchange_answering_name(a, name);
    return *path ? dsc_file_write(*path, bytes, size, error) : dsc_fail_memory(error, 0, "a path");
}

dsc_status exchange_web_answer(float *probabilities, const char *folder, const exchange_output *output,
                               const uint8_t *images, size_t count, const dsc_model *model,
                               const void *values, dsc_error *error) {
    exchange_answering a;
    char *machine = NULL, *program = NULL;
    (void)values;
    dsc_status status = exchange_answering_begin(&a, folder, output, images, count, model, error);
    if (!status) status = write_script(&a, &machine, "machine.mjs", EXCHANGE_WEB_MACHINE, error);
    if (!status) status = write_script(&a, &program, "answer.mjs", EXCHANGE_WEB_ANSWER, error);
    char *page = exchange_answering_path(&a, ".html");
    if (!status && !page) status = dsc_fail_memory(error, 0, "a path");
    char *node = child_find((const char *const[]){"node", "nodejs", NULL});
    if (!status && !node)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                          "Node.js (node) is not in the path; install it (Debian: nodejs)");
    const char *const arguments[] = {node, program, page, a.images, a.answers, NULL};
    if (!status) status = exchange_answering_run(probabilities, &a, arguments, NULL, error);
    free(node);
    exchange_answering_clear(&a);
    return status;
}
