/* SPDX-License-Identifier: MIT */
/* fuzz_libsvm.c: any bytes as the lines of LIBSVM's collection: the training set, and after the first zero
 * byte the test set. The first byte says whether a shape is stated. */
#include "data/form.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DSC_DATA_FORM_DECLARE(libsvm)
static const dsc_data_form *const rows[] = {&dsc_data_form_libsvm, NULL};
static const dsc_registry only = {.thing = "form", .things = "forms", .rows = rows};

static char folder[64], train[80], test[80];

static void remove_folder(void) {
    (void)unlink(train);
    (void)unlink(test);
    (void)rmdir(folder);
}

static void make_folder(void) {
    (void)snprintf(folder, sizeof folder, "%s/descender-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder) || atexit(remove_folder)) abort();
    (void)snprintf(train, sizeof train, "%s/lines", folder);
    (void)snprintf(test, sizeof test, "%s/lines.t", folder);
}

static void put(const char *path, const uint8_t *data, size_t size) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file)) abort();
}

/* Every image and label can be read, and every label has a class. */
static void examine(const dsc_dataset *data) {
    size_t shape[3], sum = 0;
    dsc_dataset_shape(data, shape);
    for (size_t i = 0; i < dsc_dataset_count(data); i++) {
        const uint8_t *image = dsc_dataset_image(data, i);
        if (dsc_dataset_labels(data)[i] >= dsc_dataset_classes(data)) abort();
        for (size_t k = 0; k < shape[0] * shape[1] * shape[2]; k++) sum += image[k];
    }
    if (sum > 255 * dsc_dataset_count(data) * shape[0] * shape[1] * shape[2]) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char shapes[4][16] = {"", "2x3", "1x1", "3x2x2"};
    if (!*folder) make_folder();
    if (!size) return 0;
    dsc_reading how = dsc_reading_defaults();
    if (data[0] % 4) how.shape = shapes[data[0] % 4];
    data++, size--;
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    put(train, data, zero ? (size_t)(zero - data) : size);
    if (zero)
        put(test, zero + 1, size - (size_t)(zero - data) - 1);
    else
        (void)unlink(test);
    dsc_opening o = {.title = train, .reading = &how, .forms = &only};
    dsc_error error = {0};
    const dsc_status status = dsc_data_form_open(&o, train, &error);
    if (status && (error.code != status || !*error.message || strchr(error.message, '\n'))) abort();
    if (!status) {
        examine(o.train);
        if (o.test) examine(o.test);
    }
    dsc_opening_clear(&o);
    return 0;
}
