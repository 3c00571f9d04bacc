/* SPDX-License-Identifier: MIT */
/* one.c: what src/base/threads.c, file.c, src/data/cache.c and src/train/meet.c are elsewhere, for
 * WebAssembly: the pool of one thread, no files, arrays that are of memory alone, and no other process. */
#include "base/error.h"
#include "base/file.h"
#include "base/threads.h"
#include "data/idx.h"
#include "train/trainer.h"

#include <stdlib.h>

unsigned dsc_threads_available(void) { return 1; }
unsigned dsc_threads_count(const dsc_threads *pool) { return (void)pool, 1; }
void dsc_threads_free(dsc_threads *pool) { (void)pool; }

dsc_status dsc_threads_create(dsc_threads **pool, unsigned count, dsc_error *error) {
    (void)count, (void)error;
    *pool = NULL;
    return DSC_OK;
}

void dsc_threads_run(dsc_threads *pool, size_t count, dsc_job *job, void *context) {
    dsc_threads_run_groups(pool, &count, 1, job, context);
}

void dsc_threads_run_groups(dsc_threads *pool, const size_t *counts, size_t groups, dsc_job *job,
                            void *context) {
    size_t count = 0;
    (void)pool;
    for (size_t g = 0; g < groups; g++) count += counts[g];
    for (size_t i = 0; i < count; i++) job(context, i, 0);
}

dsc_status dsc_file_read(unsigned char **data, size_t *size, const char *path, size_t limit,
                         dsc_error *error) {
    (void)limit;
    *data = NULL;
    *size = 0;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: there are no files in a page", path);
}

dsc_status dsc_trainer_meet(dsc_trainer *trainer, dsc_error *error) {
    (void)trainer, (void)error;
    return DSC_OK;
}

void dsc_content_clear(dsc_content *content) {
    dsc_array_clear(&content->array);
    *content = (dsc_content){0};
}
