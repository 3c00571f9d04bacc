/* SPDX-License-Identifier: MIT */
/* fuzz_checkpoint.c: any bytes as a checkpoint of a small run.
 *
 * Bytes that begin as a checkpoint does are used as they are. Of other bytes, each three are a change of a
 * valid checkpoint: a position (two bytes) and the new byte. The checksum is corrected, and in a second
 * try the header's length, too, so that the changes get past these checks. An accepted checkpoint can be
 * trained on; a refused one leaves the trainer unchanged. */
#include "base/file.h"
#include "train/trainer.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SAMPLES = 10, NUMBERS_MOST = 256 };
static const char RECIPE[] =
    "{\"model\": \"4-3\", \"optimiser\": \"sgd momentum=0.9\", \"schedule\": \"plateau\", "
    "\"epochs\": 2, \"batch\": 4, \"lanes\": 2, \"kernels\": \"portable\"}";

static dsc_trainer *trainer;
static unsigned char *good;
static size_t good_size, good_header;

static void keep_good(void) {
    char path[] = "/tmp/fuzz-checkpoint-XXXXXX";
    int file = mkstemp(path);
    uint64_t length;
    if (file < 0 || close(file) || dsc_trainer_step(trainer, NULL)) abort();
    if (dsc_trainer_save(trainer, path, NULL) || dsc_file_read(&good, &good_size, path, 1 << 20, NULL))
        abort();
    (void)unlink(path);
    memcpy(&length, good + 8, sizeof length);
    good_header = (size_t)length;
    if (dsc_trainer_restore_bytes(trainer, good, good_size, "good", false, NULL)) abort();
}

static void make_trainer(void) {
    uint8_t images[SAMPLES * 4], labels[SAMPLES];
    for (size_t i = 0; i < sizeof images; i++) images[i] = (uint8_t)(i * 29);
    for (size_t i = 0; i < SAMPLES; i++) labels[i] = i % 3;
    dsc_dataset_options options = dsc_dataset_options_defaults();
    dsc_dataset *data;
    dsc_recipe recipe;
    options.images = images;
    options.labels = labels;
    options.count = SAMPLES;
    options.shape[1] = options.shape[2] = 2;
    options.classes = 3;
    if (dsc_dataset_create(&data, &options, NULL)) abort();
    if (dsc_recipe_initialise(&recipe, NULL)) abort();
    if (dsc_recipe_from_json(&recipe, RECIPE, strlen(RECIPE), "fuzz", NULL)) abort();
    if (dsc_trainer_create(&trainer, NULL, &recipe, data, 1, NULL)) abort();
    dsc_recipe_clear(&recipe);
    if (trainer->updater.numbers > NUMBERS_MOST) abort();
    keep_good();
}

static void try_bytes(unsigned char *bytes, size_t size) {
    dsc_real before[NUMBERS_MOST];
    dsc_progress progress = trainer->progress;
    dsc_error error = {0};
    memcpy(before, trainer->model->values, trainer->updater.numbers * sizeof(dsc_real));
    if (size >= 4) {
        uint32_t crc = libdeflate_crc32(0, bytes, size - 4);
        memcpy(bytes + size - 4, &crc, sizeof crc);
    }
    dsc_status status = dsc_trainer_restore_bytes(trainer, bytes, size, "fuzz", false, &error);
    if (status) {
        if (error.code != status || !*error.message || strchr(error.message, '\n')) abort();
        if (memcmp(&progress, &trainer->progress, sizeof progress) != 0) abort();
        if (memcmp(before, trainer->model->values, trainer->updater.numbers * sizeof(dsc_real)) != 0) abort();
        return;
    }
    /* Values may be arbitrary, so a loss that is not finite is fine; a training that does not end is not. */
    status = dsc_trainer_run(trainer, NULL, NULL, &error);
    if (status && status != DSC_ERROR_DIVERGED) abort();
    if (dsc_trainer_restore_bytes(trainer, good, good_size, "good", false, &error)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!trainer) make_trainer();
    bool whole = size >= 8 && !memcmp(data, good, 8);
    size_t length = whole ? size : good_size;
    unsigned char *bytes = malloc(length + 1);
    if (!bytes) return 0;
    memcpy(bytes, whole ? data : good, length);
    for (size_t i = 0; !whole && i + 3 <= size; i += 3)
        bytes[(data[i] + data[i + 1] * 256U) % length] = data[i + 2];
    try_bytes(bytes, length);
    size_t rest = good_size - good_header;
    if (length >= rest) {
        uint64_t header = length - rest;
        memcpy(bytes + 8, &header, sizeof header);
        try_bytes(bytes, length);
    }
    free(bytes);
    return 0;
}
