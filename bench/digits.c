/* SPDX-License-Identifier: MIT */
/* digits.c: time to generate the 60,000 built-in digits on one thread and on two, interleaved.
 *
 *   bench-digits [ROUNDS] */
#include "base/clock.h"

#include <descender.h>

#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 60000, ROUNDS_AT_MOST = 1000 };

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static double seconds[2][ROUNDS_AT_MOST];
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 7;
    if (rounds < 1 || rounds > ROUNDS_AT_MOST)
        return (void)fprintf(stderr, "usage: bench-digits [ROUNDS], 1 to %d\n", ROUNDS_AT_MOST), 2;
    for (long i = 0; i < rounds; i++)
        for (unsigned threads = 1; threads <= 2; threads++) {
            dsc_dataset *data;
            dsc_error error;
            double start = dsc_clock();
            if (dsc_digits_create(&data, COUNT, 1, threads, &error))
                return (void)fprintf(stderr, "%s\n", error.message), 1;
            seconds[threads - 1][i] = dsc_clock() - start;
            dsc_dataset_free(data);
        }
    printf("%d digits drawn, median of %ld interleaved runs\n", COUNT, rounds);
    for (unsigned threads = 1; threads <= 2; threads++) {
        double *all = seconds[threads - 1];
        qsort(all, (size_t)rounds, sizeof *all, ascending);
        double median = all[rounds / 2];
        printf("%u thread%s  %7.1f ms  %6.2f microseconds a digit\n", threads, threads > 1 ? "s" : " ",
               1e3 * median, 1e6 * median / COUNT);
    }
    return 0;
}
