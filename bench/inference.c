/* SPDX-License-Identifier: MIT */
/* inference.c: inference speed of a model, for single images and batches of 256, compared with ONNX Runtime
 * and PyTorch.
 *
 *   bench-inference [FOLDER-FOR-RESULTS]
 *
 * Uses MNIST's test images if $DESCENDER_DATA or ./data has them, otherwise the built-in digits. The library
 * converts bytes to probabilities; peers get prepared floats. Peers need onnxruntime-node in
 * build/bench/node, where bench/run installs it, and PyTorch, which writes the models. */
#include "contest.h"

#include "base/clock.h"
#include "base/threads.h"

#include <unistd.h>

static const char *const texts[] = {"784-100-10", "conv 32 3x3, relu, conv 64 3x3, relu, max-pool 2, dropout "
                                                  "0.25, flatten, dense 128, relu, dropout 0.5, dense"};
static const char *const names[] = {"mlp", "cnn"};

static const uint8_t *images;
static size_t image_count;
static const char *folder = "build/bench";

enum { BATCH = 256, CALLS_MOST = 200000 };

static double fail(const dsc_error *error) {
    (void)fprintf(stderr, "\n%s\n", error->message);
    exit(1);
}

typedef struct answerer {
    dsc_predictor *predictor;
    dsc_workspace *workspace;
} answerer;

static answerer make(int net, bool bf16, unsigned threads, size_t batch) {
    answerer a;
    dsc_error error;
    dsc_model *model;
    dsc_model_options options = dsc_model_options_defaults();
    dsc_predictor_options how = dsc_predictor_options_defaults();
    options.text = texts[net];
    how.precision = bf16 ? "bf16" : "f32";
    how.batch = batch;
    if (dsc_model_create(&model, &options, &error) ||
        dsc_predictor_create(&a.predictor, model, &how, &error) ||
        dsc_workspace_create(&a.workspace, a.predictor, threads, &error))
        (void)fail(&error);
    dsc_model_free(model);
    return a;
}

/* Microseconds of each of `calls` calls, with consecutive images. */
static double *time_calls(answerer a, size_t batch, size_t calls) {
    static float answers[BATCH * 10];
    double *times = malloc(calls * sizeof *times);
    if (!times) exit(1);
    for (size_t i = 0; i < calls + calls / 10; i++) {
        const uint8_t *at = images + i * batch % (image_count - batch) * 784;
        const double start = dsc_clock();
        if (dsc_predict(answers, a.predictor, a.workspace, at, batch, NULL)) exit(1);
        if (i >= calls / 10) times[i - calls / 10] = 1e6 * (dsc_clock() - start);
    }
    qsort(times, calls, sizeof *times, contest_by_value);
    return times;
}

/* number: net, plus 2 for batches; returns images per second, the better of one thread and all. */
static double ours(const entrant *self) {
    const int net = self->number & 1;
    const size_t batch = self->number & 2 ? BATCH : 1;
    const size_t calls = net ? (batch > 1 ? 30 : 3000) : (batch > 1 ? 1000 : 100000);
    double best = 0;
    for (unsigned threads = 0; threads < 2; threads++) {
        answerer a = make(net, self->bf16, threads, batch);
        double *times = time_calls(a, batch, calls);
        best = fmax(best, 1e6 * (double)batch / times[calls / 2]);
        free(times);
        dsc_workspace_free(a.workspace);
        dsc_predictor_free(a.predictor);
    }
    return best;
}

static void print_latencies(void) {
    printf("one image at a time, one thread, microseconds:      median     90 %%     99 %%\n");
    for (int net = 0; net < 2; net++)
        for (int bf16 = 0; bf16 < 2; bf16++) {
            const size_t calls = net ? 5000 : CALLS_MOST;
            answerer a = make(net, bf16, 1, 1);
            double *t = time_calls(a, 1, calls);
            printf("  %-12s %-28s %12.2f %8.2f %8.2f\n", net ? "the CNN" : texts[0], bf16 ? "bf16" : "f32",
                   t[calls / 2], t[calls * 9 / 10], t[calls * 99 / 100]);
            free(t);
            dsc_workspace_free(a.workspace);
            dsc_predictor_free(a.predictor);
        }
}

static char *command(const char *format, const char *net, int batch) {
    const char *bench = getenv("BENCH_FOLDER");
    char *text = malloc(1024);
    if (!text) exit(1);
    if (!strcmp(format, "node"))
        (void)snprintf(text, 1024, "node %s/inference.mjs %s %s %d {threads} speed", bench ? bench : "bench",
                       folder, net, batch);
    else
        (void)snprintf(text, 1024, "%s %s/inference.py %s %d {threads} speed",
                       access("/usr/bin/python3", X_OK) ? "python3" : "/usr/bin/python3",
                       bench ? bench : "bench", net, batch);
    return text;
}

int main(int count, char **arguments) {
    dsc_dataset *train, *test;
    dsc_error error;
    if (count > 1) folder = arguments[1];
    if (dsc_mnist_open(&train, &test, NULL, &error) && dsc_digits_create(&test, 10000, 1, 0, &error))
        return (int)fail(&error);
    images = dsc_dataset_images(test);
    image_count = dsc_dataset_count(test);
    char path[1024];
    const char *bench = getenv("BENCH_FOLDER");
    (void)snprintf(path, sizeof path, "%s %s/inference.py export %s >/dev/null 2>&1",
                   access("/usr/bin/python3", X_OK) ? "python3" : "/usr/bin/python3", bench ? bench : "bench",
                   folder);
    if (system(path)) printf("no PyTorch, so no models for ONNX Runtime either\n"); /* NOLINT: a benchmark */
    print_latencies();

    static const char *const tasks[] = {"784-100-10, one image", "the CNN, one image",
                                        "784-100-10, batches of 256", "the CNN, batches of 256"};
    entrant entrants[16];
    size_t n = 0;
    for (int i = 0; i < 4; i++) {
        const int batch = i & 2 ? BATCH : 1;
        entrants[n++] = (entrant){.task = tasks[i], .name = "descender, f32", .run = ours, .number = i};
        entrants[n++] =
            (entrant){.task = tasks[i], .name = "descender, bf16", .run = ours, .number = i, .bf16 = true};
        entrants[n++] = (entrant){
            .task = tasks[i], .name = "ONNX Runtime", .command = command("node", names[i & 1], batch)};
        entrants[n++] =
            (entrant){.task = tasks[i], .name = "PyTorch", .command = command("python", names[i & 1], batch)};
    }
    contest_run(entrants, n, 3, true);
    contest_print(entrants, n, "images a second", true);
    (void)snprintf(path, sizeof path, "%s/inference.json", folder);
    contest_write_json(path, entrants, n, "images a second");
    (void)snprintf(path, sizeof path, "%s/inference.svg", folder);
    contest_draw(path, entrants, n, "images a second");
    printf("\nwritten: %s/inference.json, .svg\n", folder);
    for (size_t i = 0; i < n; i++) free((char *)(uintptr_t)entrants[i].command);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return 0;
}
