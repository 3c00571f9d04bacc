/* SPDX-License-Identifier: MIT */
/* fuzz_folder.c: any bytes as the small files of a folder of data or of a run: labels.txt, and log.jsonl,
 * which is read for its curves and its facts, and rewound. The files are in memory if the system has a
 * folder for that. */
#include "data/class_names.h"
#include "run/facts.h"
#include "run/log.h"
#include "run/run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];

static void remove_folder(void) {
    static const char *const names[] = {"labels.txt", DSC_RUN_LOG};
    char path[128];
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static void make_folder(void) {
    (void)snprintf(folder, sizeof folder, "%s/descender-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder) || atexit(remove_folder)) abort();
}

static void put(char path[128], const char *name, const uint8_t *data, size_t size) {
    (void)snprintf(path, 128, "%s/%s", folder, name);
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file)) abort();
}

static void examine(dsc_status status, const dsc_error *error) {
    if (status && (error->code != status || !*error->message || strchr(error->message, '\n'))) abort();
}

static void try_labels(const uint8_t *data, size_t size) {
    char path[128], **names;
    size_t classes;
    dsc_error error = {0};
    put(path, "labels.txt", data, size);
    const dsc_status status = dsc_classes_find(&names, &classes, folder, NULL, 0, &error);
    examine(status, &error);
    if (status) return;
    for (size_t i = 0; i < classes; i++)
        if (!*names[i]) abort();
    free(names);
}

static void try_log(const uint8_t *data, size_t size, uint64_t step) {
    char path[128];
    dsc_error error = {0};
    dsc_run_history history;
    dsc_run_facts facts;
    bool empty;
    put(path, DSC_RUN_LOG, data, size);
    dsc_status status = dsc_run_history_read(&history, path, &error);
    examine(status, &error);
    if (!status) dsc_run_history_free(&history);
    status = dsc_run_facts_read(&facts, folder, &error);
    examine(status, &error);
    dsc_run_facts_clear(&facts);
    examine(dsc_run_log_rewind(&empty, path, step, step == 0, &error), &error);
}

/* The first byte selects the file, and the step from which the log is rewound. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!*folder) make_folder();
    if (!size) return 0;
    if (data[0] % 2)
        try_labels(data + 1, size - 1);
    else
        try_log(data + 1, size - 1, data[0] / 2);
    return 0;
}
