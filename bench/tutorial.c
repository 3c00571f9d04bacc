/* SPDX-License-Identifier: MIT */
/* tutorial.c: the tutorial's training loop in five implementations, processor time per image; then the whole
 * command, including pictures, compared with an equivalent Python script, elapsed time.
 *
 *   DESCENDER_DATA=FOLDER bench-tutorial [ROUNDS]      default 7
 *
 * Runs are interleaved, because clock speed drifts; prints medians. 1,000 images, 100 hidden units, 3 epochs.
 * NumPy is skipped if it is not installed. It gets one thread, like the library, and its BLAS uses the
 * processor's kernels (OPENBLAS_CORETYPE) if the environment says so. */
#include "tutorial.h"
#include "data/dataset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLE = 1000, HIDDEN = 100, LABELS = 10, EPOCHS = 3, ROUNDS_AT_MOST = 101 };
enum way { FAST, PLAIN, DENSE, SKIPPING, NUMPY, WAYS };

static const char *const names[WAYS] = {"descender", "descender --plain", "dense C loop", "C loop, no zeros",
                                        "NumPy's loop"};

static double now(clockid_t clock) {
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* --- straightforward loops --- */

static double weights_1[784][HIDDEN], weights_2[HIDDEN][LABELS];

static double train_one(const double *layer_0, size_t label, dsc_rng *rng, bool skip_zeros) {
    double layer_1[HIDDEN] = {0}, layer_2[LABELS] = {0}, delta_1[HIDDEN], delta_2[LABELS], loss = 0;
    int64_t mask[HIDDEN];
    for (size_t p = 0; p < 784; p++) {
        if (skip_zeros && layer_0[p] == 0) continue;
        for (size_t h = 0; h < HIDDEN; h++) layer_1[h] += layer_0[p] * weights_1[p][h];
    }
    dsc_rng_integers_i64(rng, mask, HIDDEN, 0, 2);
    for (size_t h = 0; h < HIDDEN; h++) {
        layer_1[h] = layer_1[h] > 0 ? layer_1[h] * (double)(2 * mask[h]) : 0;
        if (skip_zeros && layer_1[h] == 0) continue;
        for (size_t k = 0; k < LABELS; k++) layer_2[k] += layer_1[h] * weights_2[h][k];
    }
    for (size_t k = 0; k < LABELS; k++) {
        delta_2[k] = (k == label) - layer_2[k];
        loss += delta_2[k] * delta_2[k];
    }
    for (size_t h = 0; h < HIDDEN; h++) {
        double sum = 0;
        for (size_t k = 0; k < LABELS; k++) sum += weights_2[h][k] * delta_2[k];
        delta_1[h] = 0.005 * (sum * (double)mask[h]);
        if (skip_zeros && layer_1[h] == 0) continue;
        for (size_t k = 0; k < LABELS; k++) weights_2[h][k] += layer_1[h] * (0.005 * delta_2[k]);
    }
    for (size_t p = 0; p < 784; p++) {
        if (skip_zeros && layer_0[p] == 0) continue;
        for (size_t h = 0; h < HIDDEN; h++) weights_1[p][h] += layer_0[p] * delta_1[h];
    }
    return loss;
}

/* Seconds; *loss is the last epoch's, to check that all implementations agree. */
static double run_loop(double *loss, const double *images, const dsc_dataset *train, bool skip_zeros) {
    dsc_rng rng;
    dsc_rng_seed(&rng, 884736743);
    tutorial_initial_weights(weights_1[0], 784, HIDDEN, &rng);
    tutorial_initial_weights(weights_2[0], HIDDEN, LABELS, &rng);
    double start = now(CLOCK_THREAD_CPUTIME_ID);
    for (int j = 0; j < EPOCHS; j++) {
        *loss = 0;
        for (size_t i = 0; i < SAMPLE; i++)
            *loss += train_one(images + i * 784, dsc_dataset_label(train, i), &rng, skip_zeros);
    }
    return now(CLOCK_THREAD_CPUTIME_ID) - start;
}

static double run_ours(double *loss, const dsc_dataset *train, const dsc_dataset *test, bool plain) {
    tutorial_options options;
    tutorial_result result;
    dsc_error error;
    tutorial_options_initialise(&options);
    options.epochs = EPOCHS;
    options.test_sample = 1;
    options.plain = plain;
    dsc_status status = tutorial_train(&result, &options, train, test, NULL, NULL, &error);
    double seconds = result.training_seconds;
    *loss = status ? NAN : result.store_training_loss[EPOCHS - 1];
    tutorial_result_clear(&result);
    return seconds;
}

/* --- Python --- */

static const char *python(void) {
    return system("/usr/bin/python3 -c 'import numpy' >/dev/null 2>&1") == 0 ? "/usr/bin/python3" : NULL;
}

static double run_numpy(double *loss, const char *folder) {
    char command[2048];
    double seconds = -1;
    const char *here = getenv("BENCH_FOLDER");
    (void)snprintf(command, sizeof command, "OPENBLAS_NUM_THREADS=1 %s '%s/tutorial.py' loop '%s' %d",
                   python(), here ? here : "bench", folder, EPOCHS);
    FILE *pipe = popen(command, "r");
    if (!pipe) return -1;
    if (fscanf(pipe, "%lf %lf", &seconds, loss) != 2) seconds = -1;
    return pclose(pipe) ? -1 : seconds;
}

static double run_command(const char *command) {
    double start = now(CLOCK_MONOTONIC);
    int status = system(command);
    return status == 0 ? now(CLOCK_MONOTONIC) - start : -1;
}

/* The whole command and the whole script, both saving pictures. */
static int measure_whole(const char *folder, size_t rounds) {
    const char *program = getenv("PROGRAM"), *here = getenv("BENCH_FOLDER");
    char ours[2048], theirs[2048], out[] = "/tmp/descender-bench-XXXXXX", clear[64];
    if (!program) return printf("skipped the whole command: PROGRAM does not name the program\n"), 0;
    if (system("/usr/bin/python3 -c 'import numpy, matplotlib' >/dev/null 2>&1"))
        return printf("skipped the whole command: needs Python with NumPy and matplotlib\n"), 0;
    if (!mkdtemp(out)) return 1;
    (void)snprintf(ours, sizeof ours, "'%s' tutorial --data '%s' --offline --out %s/c >%s/c.txt 2>&1",
                   program, folder, out, out);
    (void)snprintf(theirs, sizeof theirs, "/usr/bin/python3 '%s/tutorial.py' whole '%s' 20 %s/p >%s/p.txt",
                   here ? here : "bench", folder, out, out);
    static double seconds[2][ROUNDS_AT_MOST];
    int failed = run_command(ours) < 0; /* the first run fills the caches */
    for (size_t i = 0; !failed && i < rounds; i++) {
        seconds[0][i] = run_command(ours);
        seconds[1][i] = run_command(theirs);
        failed = seconds[0][i] < 0 || seconds[1][i] < 0;
    }
    (void)snprintf(clear, sizeof clear, "rm -rf %s", out);
    if (system(clear)) failed = 1;
    if (failed) return (void)fprintf(stderr, "failed: %s\n    or: %s\n", ours, theirs), 1;
    double c = median(seconds[0], rounds), p = median(seconds[1], rounds);
    printf("the whole tutorial with its pictures, elapsed, median of %zu interleaved runs\n"
           "  %-18s %8.0f ms\n  %-18s %8.0f ms   %6.1f times as long\n",
           rounds, "descender tutorial", 1e3 * c, "Python script", 1e3 * p, p / c);
    return 0;
}

static int measure(const dsc_dataset *train, const dsc_dataset *test, const char *folder, size_t rounds) {
    static double seconds[WAYS][ROUNDS_AT_MOST];
    double *images = tutorial_scale_images(train, SAMPLE), loss[WAYS];
    size_t ways = python() ? WAYS : NUMPY;
    if (!images) return 1;
    for (size_t i = 0; i < rounds; i++) {
        seconds[FAST][i] = run_ours(&loss[FAST], train, test, false);
        seconds[PLAIN][i] = run_ours(&loss[PLAIN], train, test, true);
        seconds[DENSE][i] = run_loop(&loss[DENSE], images, train, false);
        seconds[SKIPPING][i] = run_loop(&loss[SKIPPING], images, train, true);
        if (ways == WAYS) seconds[NUMPY][i] = run_numpy(&loss[NUMPY], folder);
        for (size_t w = 0; w < ways; w++)
            if (seconds[w][i] < 0 || !(fabs(loss[w] - loss[FAST]) < 1e-9 * loss[FAST])) {
                free(images);
                return (void)fprintf(stderr, "%s failed or computed something else\n", names[w]), 1;
            }
    }
    free(images);
    printf("training, processor time for an image, median of %zu interleaved runs of %d x %d images\n",
           rounds, EPOCHS, SAMPLE);
    double ours = 0;
    for (size_t w = 0; w < ways; w++) {
        double m = median(seconds[w], rounds) / (EPOCHS * SAMPLE);
        if (w == FAST) ours = m;
        printf("  %-18s %8.2f us   %6.1f times as long\n", names[w], 1e6 * m, m / ours);
    }
    if (ways < WAYS) printf("  NumPy's loop is left out: needs Python with NumPy\n");
    return 0;
}

int main(int argc, char **argv) {
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 7;
    if (rounds < 1 || rounds > ROUNDS_AT_MOST)
        return (void)fprintf(stderr, "usage: bench-tutorial [ROUNDS]\n"), 2;
    const char *folder = getenv("DESCENDER_DATA");
    dsc_dataset *train, *test;
    dsc_error error;
    if (!folder)
        return printf("skipped: needs MNIST; set DESCENDER_DATA to the folder of its four files\n"), 0;
    if (dsc_mnist_open(&train, &test, folder, &error)) return (void)fprintf(stderr, "%s\n", error.message), 1;
    int result = measure(train, test, folder, (size_t)rounds);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return result ? result : measure_whole(folder, (size_t)rounds);
}
