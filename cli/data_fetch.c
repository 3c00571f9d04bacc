/* SPDX-License-Identifier: MIT */
/* data_fetch.c: `descender data fetch`: makes sure that a known data set is on disk. */
#include "command.h"

#include "base/error.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    bool offline, json, quiet;
} values;

/* The name of a checked file, one of those that are read. */
static const char *file_at(const dsc_known_data *known, size_t i) {
    if (known->members) return known->members[i];
    return i < dsc_known_files(known) ? known->files[i].name : NULL;
}

static dsc_status report(const command_call *call, const dsc_known_data *known, const char *folder,
                         dsc_error *error) {
    size_t count = 0;
    while (file_at(known, count)) count++;
    if (!call->json) {
        char shown[DSC_VISIBLE];
        command_print("%s: holds the %zu files of %s, checked\n", dsc_visible(shown, sizeof shown, folder),
                      count, known->title);
        return DSC_OK;
    }
    json_t *files = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *file = json_pack("{s:s}", "name", file_at(known, i));
        if (file && !known->members && known->files[i].content_sha256)
            (void)json_object_set_new(file, "content_sha256", json_string(known->files[i].content_sha256));
        (void)json_array_append_new(files, file);
    }
    return command_print_json(
        json_pack("{s:s, s:o, s:o}", "data", known->name, "folder", dsc_json_text(folder), "files", files),
        error);
}

static dsc_status find(const dsc_known_data **known, command_call *call, dsc_error *error) {
    char where[DSC_COMMAND];
    const dsc_known_data *standard = dsc_known_standard(&dsc_known_data_registry);
    *known = standard;
    if (!call->operand_count) return DSC_OK;
    const char *name = call->operands[0];
    *known = (const void *)dsc_registry_find(&dsc_known_data_registry, name);
    if (*known) return DSC_OK;
    if (strchr(name, '/'))
        return command_wrong_usage(call, error,
                                   "name the data set before the folder: descender data fetch %s%s",
                                   standard->name, dsc_command(where, " @", name, NULL));
    return dsc_registry_unknown(&dsc_known_data_registry, name, error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    const dsc_known_data *known;
    char *used = NULL;
    dsc_status status = find(&known, call, error);
    if (!status)
        status = command_fetch(&used, known, call->operand_count > 1 ? call->operands[1] : NULL, call,
                               how->offline, error);
    if (!status) status = report(call, known, used, error);
    free(used);
    return status;
}

static const dsc_param options[] = {
    {"offline", DSC_PARAM_SWITCH, offsetof(values, offline), "off", 0, 0, NULL,
     "only check the files that are there; never download"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_operand operands[] = {
    {.name = "NAME",
     .optional = true,
     .help = "data set, as listed by `descender data list`; default: MNIST"},
    {.name = "DIR",
     .optional = true,
     .help = "where to put the files; without it, they stay where every command finds them, or go into the "
             "user's cache"},
    {0},
};

static const command_example examples[] = {
    {"data fetch", "Download MNIST, unless it is there already."},
    {"data fetch kmnist", "Download another data set; use it with `--data kmnist`."},
    {"data fetch mnist ./data", "Download into ./data, which is searched before the cache."},
    {0},
};

const command command_data_fetch = {
    .name = "fetch",
    .help = "download a data set, and check it",
    .about =
        "Downloads the files of a named data set. Keeps correct files, and continues a partial download. A "
        "file gets its name only if its checksum is the published one. Of an archive, the needed files "
        "are unpacked and their checksums written beside them, to NAME.sha256; you may then delete the "
        "archive.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
