/* SPDX-License-Identifier: MIT */
/* data_fetch.c: `descender data fetch`: sees to it that MNIST is on disk. */
#include "command.h"

#include "source.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct values {
    bool offline, json, quiet;
} values;

static dsc_status report(const command_call *call, const char *folder, dsc_error *error) {
    if (!call->json) {
        char shown[DSC_VISIBLE];
        command_print("%s: holds MNIST's four files, checked\n", dsc_visible(shown, sizeof shown, folder));
        return DSC_OK;
    }
    json_t *files = json_array();
    for (size_t i = 0; i < DSC_MNIST_FILES; i++)
        (void)json_array_append_new(files, json_pack("{s:s, s:s}", "name", dsc_known_data_mnist.files[i].name,
                                                     "content_sha256",
                                                     dsc_known_data_mnist.files[i].content_sha256));
    return command_print_json(json_pack("{s:o, s:o}", "folder", dsc_json_text(folder), "files", files),
                              error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    char *used = NULL;
    dsc_status status =
        command_fetch_mnist(&used, call->operand_count ? call->operands[0] : NULL, call, how->offline, error);
    if (!status) status = report(call, used, error);
    free(used);
    return status;
}

static const dsc_param options[] = {
    {"offline", DSC_PARAM_SWITCH, offsetof(values, offline), "off", 0, 0, NULL,
     "only check what is there: never use the network"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_operand operands[] = {
    {.name = "DIR",
     .optional = true,
     .help = "where to put the files; without it, the user's cache, where every command looks"},
    {0},
};

static const command_example examples[] = {
    {"data fetch", "Download MNIST, unless it is there already."},
    {"data fetch ./data", "Put it into the folder data, which is looked in before the cache."},
    {0},
};

const command command_data_fetch = {
    .name = "fetch",
    .help = "download MNIST, and check it",
    .about =
        "Sees to it that MNIST's four files, 11.6 MB, are on disk. What is there and right is left alone, "
        "a download that was broken off goes on where it stopped, and a file takes its name only when its "
        "SHA-256 is right.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
