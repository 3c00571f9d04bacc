/* SPDX-License-Identifier: MIT */
/* load.c: time to load MNIST's four files from the page cache to a verified dataset, compared with `gzip -dc`
 * alone, and from the decompressed copies of an earlier start. Runs are interleaved, because clock speed
 * drifts; prints medians.
 *
 *   DESCENDER_DATA=FOLDER bench-load [ROUNDS] */
#include "base/clock.h"
#include "base/file.h"
#include "data/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAYS = 3, ROUNDS_AT_MOST = 1000 };

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Seconds for `gzip -dc` of all four files to /dev/null, including process start; negative if it cannot
 * run. */
static double run_gzip(char *const paths[DSC_MNIST_FILES]) {
    double start = dsc_clock();
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(126);
        execlp("gzip", "gzip", "-dc", paths[0], paths[1], paths[2], paths[3], (char *)NULL);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status) return -1;
    return dsc_clock() - start;
}

static double run_open(const char *folder, bool cache) {
    dsc_dataset *train, *test;
    dsc_error error;
    const dsc_open_options options = {.cache = cache};
    double start = dsc_clock();
    if (dsc_mnist_open_with(&train, &test, folder, &options, &error)) {
        (void)fprintf(stderr, "%s\n", error.message);
        return -1;
    }
    double seconds = dsc_clock() - start;
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return seconds;
}

static int measure(char *const paths[DSC_MNIST_FILES], const char *folder, size_t rounds) {
    static const char *const names[WAYS] = {"gzip -dc", "load and check", "from the cache"};
    static double seconds[WAYS][ROUNDS_AT_MOST];
    if (run_open(folder, true) < 0) return 1; /* fills the cache */
    for (size_t i = 0; i < rounds; i++) {
        seconds[0][i] = run_gzip(paths);
        seconds[1][i] = run_open(folder, false);
        seconds[2][i] = run_open(folder, true);
        for (int k = 0; k < WAYS; k++)
            if (seconds[k][i] < 0) return (void)fprintf(stderr, "%s failed\n", names[k]), 1;
    }
    double first = 0;
    printf("MNIST's four files, median of %zu interleaved runs, page cache warm\n", rounds);
    for (int k = 0; k < WAYS; k++) {
        double m = median(seconds[k], rounds);
        if (k == 0) first = m;
        printf("  %-16s %8.2f ms   %6.1f times gzip's speed   (fastest %.2f ms)\n", names[k], 1e3 * m,
               first / m, 1e3 * seconds[k][0]);
    }
    return 0;
}

int main(int argc, char **argv) {
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 15;
    if (rounds < 1 || rounds > ROUNDS_AT_MOST)
        return (void)fprintf(stderr, "usage: bench-load [ROUNDS]\n"), 2;
    dsc_error error;
    char *folder, *paths[DSC_MNIST_FILES] = {0};
    if (dsc_mnist_locate(&folder, &error)) return (void)fprintf(stderr, "skipped: %s\n", error.message), 0;
    int result = 0;
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        if (dsc_mnist_find(&paths[i], folder, i, &error)) result = 1;
        if (!paths[i]) result = 1;
    }
    /* A private cache, so that the measurement leaves nothing behind. */
    char cache[] = "/tmp/descender-bench-XXXXXX", command[64];
    if (!result && mkdtemp(cache) && !setenv("XDG_CACHE_HOME", cache, 1)) {
        result = measure(paths, folder, (size_t)rounds);
        (void)snprintf(command, sizeof command, "rm -rf %s", cache);
        if (system(command)) result = 1;
    }
    for (int i = 0; i < DSC_MNIST_FILES; i++) free(paths[i]);
    free(folder);
    return result;
}
