/* SPDX-License-Identifier: MIT */
/* augment.c: time of an augmentation for one image of 28 x 28 on one core: the built-in digits, each with its
 * own draws. Chains are interleaved, because clock speed drifts; prints medians.
 *
 *   bench-augment [ROUNDS [CHAIN...]] */
#include "augment/augment.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { IMAGES = 2000, ROUNDS_AT_MOST = 1000, CHAINS_AT_MOST = 32 };

/* Processor time of this process: other processes may be busy. */
static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double run(const dsc_augment_chain *chain, const dsc_dataset *data, uint64_t epoch, void *scratch) {
    size_t shape[3];
    dsc_dataset_shape(data, shape);
    const size_t size = shape[0] * shape[1] * shape[2];
    uint8_t *out = malloc(size);
    if (!out) return 0;
    const double start = now();
    for (size_t i = 0; i < IMAGES; i++)
        dsc_augment_image(chain, out, dsc_dataset_images(data) + i * size, shape, 1, epoch, i, scratch);
    const double seconds = now() - start;
    free(out);
    return seconds / IMAGES;
}

int main(int argc, char **argv) {
    static const char *const usual[] = {"none",    "affine rotate=10 shift=2 scale=0.1 shear=10",
                                        "elastic", "erase",
                                        "noise",   "blur",
                                        "flip",    "crop",
                                        "zoom",    "colour",
                                        "invert",  "affine rotate=10 shift=2 scale=0.1, elastic p=0.5"};
    static double seconds[CHAINS_AT_MOST][ROUNDS_AT_MOST];
    const long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 25;
    const size_t count = argc > 2 ? (size_t)argc - 2 : sizeof usual / sizeof *usual;
    if (rounds < 1 || rounds > ROUNDS_AT_MOST || count > CHAINS_AT_MOST)
        return (void)fprintf(stderr, "usage: bench-augment [ROUNDS [CHAIN...]]\n"), 2;
    dsc_error error;
    dsc_dataset *data;
    dsc_augment_chain *chains[CHAINS_AT_MOST] = {0};
    void *scratch[CHAINS_AT_MOST] = {0};
    if (dsc_digits_create(&data, IMAGES, 1, 0, &error))
        return (void)fprintf(stderr, "%s\n", error.message), 1;
    size_t shape[3];
    dsc_dataset_shape(data, shape);
    for (size_t k = 0; k < count; k++) {
        if (dsc_augment_chain_create(&chains[k], argc > 2 ? argv[k + 2] : usual[k], &error))
            return (void)fprintf(stderr, "%s\n", error.message), 1;
        scratch[k] = malloc(dsc_augment_scratch(chains[k], shape) + 1);
    }
    for (long r = 0; r < rounds; r++)
        for (size_t k = 0; k < count; k++) seconds[k][r] = run(chains[k], data, (uint64_t)r, scratch[k]);
    printf("one image of %zu x %zu, one core, median of %ld rounds\n", shape[1], shape[2], rounds);
    for (size_t k = 0; k < count; k++) {
        qsort(seconds[k], (size_t)rounds, sizeof **seconds, ascending);
        printf("%8.2f us   (fastest %.2f)   %s\n", 1e6 * seconds[k][rounds / 2], 1e6 * seconds[k][0],
               argc > 2 ? argv[k + 2] : usual[k]);
        dsc_augment_chain_free(chains[k]);
        free(scratch[k]);
    }
    dsc_dataset_free(data);
    return 0;
}
