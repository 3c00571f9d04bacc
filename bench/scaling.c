/* SPDX-License-Identifier: MIT */
/* scaling.c: the cost of training as a function of threads, samples and epochs.
 *
 *   bench-scaling [FOLDER-FOR-RESULTS]
 *
 * Images per second of the CNN with 1, 2, ... threads; seconds per epoch of the perceptron by number of
 * samples; peak memory of a process by number of epochs. Thread counts are interleaved; prints medians. Uses
 * the built-in digits. */
#include "base/clock.h"
#include "draw/chart.h"
#include "train/trainer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CNN                                                                                                  \
    "{\"model\": \"conv 32 3x3, relu, conv 64 3x3, relu, max-pool 2, dropout 0.25, flatten, dense 128, "     \
    "relu, "                                                                                                 \
    "dropout 0.5, dense\", \"optimiser\": \"adam\", \"batch\": 64, \"precision\": \"auto\"}"
#define PERCEPTRON                                                                                           \
    "{\"model\": \"784-100-10\", \"optimiser\": \"sgd\", \"learning-rate\": 0.1, \"batch\": 64}"

enum { THREADS_MOST = 64, ROUNDS = 5, POINTS = 6, SAMPLES = 60000 };

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double fail(const dsc_error *error) {
    (void)fprintf(stderr, "%s\n", error->message);
    exit(1);
}

/* Seconds for `steps` steps after a warm-up; steps = 0: for `epochs` whole epochs. */
static double train(const char *json, const dsc_dataset *data, unsigned threads, size_t steps,
                    size_t epochs) {
    dsc_error error;
    dsc_recipe recipe;
    dsc_trainer *trainer;
    if (dsc_recipe_initialise(&recipe, &error) ||
        dsc_recipe_from_json(&recipe, json, strlen(json), "recipe", &error))
        return fail(&error);
    recipe.epochs = (int64_t)(epochs ? epochs : 1000);
    if (dsc_trainer_create(&trainer, NULL, &recipe, data, threads, &error)) return fail(&error);
    double start = dsc_clock();
    if (!steps && dsc_trainer_run(trainer, NULL, NULL, &error)) return fail(&error);
    for (size_t i = 0; i < steps + 3 && steps; i++) {
        if (i == 3) start = dsc_clock();
        if (dsc_trainer_epoch_is_done(trainer)) trainer->progress.position = 0, trainer->progress.epoch++;
        if (dsc_trainer_step(trainer, &error)) return fail(&error);
    }
    const double seconds = dsc_clock() - start;
    dsc_trainer_free(trainer);
    dsc_recipe_clear(&recipe);
    return seconds;
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, ascending);
    return values[count / 2];
}

/* Peak memory in MiB of a process that trains for that many epochs. */
static double peak_memory(const dsc_dataset *data, size_t epochs) {
    struct rusage usage = {0};
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        (void)train(PERCEPTRON, data, 1, 0, epochs);
        _exit(0);
    }
    int status = 1;
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status) return 0;
    return (double)usage.ru_maxrss / 1024;
}

static json_t *pairs(const double *x, const double *y, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, json_pack("[f, f]", x[i], y[i]));
    return list;
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : "build/bench";
    dsc_error error;
    dsc_dataset *data;
    if (dsc_digits_create(&data, SAMPLES, 1, 0, &error)) return (int)fail(&error);
    double threads[THREADS_MOST], speed[THREADS_MOST], all[THREADS_MOST][ROUNDS];
    const unsigned most = dsc_threads_available() < THREADS_MOST ? dsc_threads_available() : THREADS_MOST;
    const size_t steps = 24;
    for (int r = 0; r < ROUNDS; r++)
        for (unsigned t = 1; t <= most; t++)
            all[t - 1][r] = (double)steps * 64 / train(CNN, data, t, steps, 0);
    printf("the CNN, batch 64: images a second\n");
    for (unsigned t = 1; t <= most; t++) {
        threads[t - 1] = t;
        speed[t - 1] = median(all[t - 1], ROUNDS);
        printf("  %2u thread%s %8.0f   %.2f times one\n", t, t > 1 ? "s" : " ", speed[t - 1],
               speed[t - 1] / speed[0]);
    }
    double samples[POINTS], seconds[POINTS], epochs[POINTS], memory[POINTS];
    printf("784-100-10: an epoch's seconds against its samples; peak memory against epochs\n");
    for (size_t i = 0; i < POINTS; i++) {
        double times[ROUNDS];
        samples[i] = (double)((i + 1) * SAMPLES / POINTS);
        for (int r = 0; r < ROUNDS; r++) times[r] = train(PERCEPTRON, data, 1, (size_t)samples[i] / 64, 0);
        seconds[i] = median(times, ROUNDS);
        epochs[i] = (double)((size_t)1 << i);
        memory[i] = peak_memory(data, (size_t)epochs[i]);
        printf("  %6.0f samples %7.3f s     %3.0f epochs %7.1f MiB\n", samples[i], seconds[i], epochs[i],
               memory[i]);
    }
    const draw_series series[] = {{.x = threads, .y = speed, .count = most},
                                  {.x = samples, .y = seconds, .count = POINTS},
                                  {.x = epochs, .y = memory, .count = POINTS}};
    const draw_panel panels[] = {
        {.title = "The CNN",
         .x = {.label = "threads", .whole = true},
         .y = {.label = "images a second", .minimum = 0, .maximum = 1.1 * speed[most - 1]},
         .series = &series[0],
         .series_count = 1},
        {.title = "784-100-10",
         .x = {.label = "samples"},
         .y = {.label = "seconds an epoch"},
         .series = &series[1],
         .series_count = 1},
        {.title = "784-100-10",
         .x = {.label = "epochs"},
         .y = {.label = "peak MiB", .minimum = 0, .maximum = 1.2 * memory[POINTS - 1] + 1},
         .series = &series[2],
         .series_count = 1}};
    const draw_chart chart = {.panels = panels, .panel_count = 3};
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/scaling.svg", folder);
    if (draw_chart_save(path, &chart, &error)) (void)fprintf(stderr, "no chart: %s\n", error.message);
    (void)snprintf(path, sizeof path, "%s/scaling.json", folder);
    json_t *root = json_pack("{s:o, s:o, s:o}", "threads_and_images_a_second", pairs(threads, speed, most),
                             "samples_and_seconds", pairs(samples, seconds, POINTS), "epochs_and_peak_mib",
                             pairs(epochs, memory, POINTS));
    if (!root || json_dump_file(root, path, JSON_INDENT(2)))
        (void)fprintf(stderr, "%s could not be written\n", path);
    json_decref(root);
    dsc_dataset_free(data);
    return 0;
}
