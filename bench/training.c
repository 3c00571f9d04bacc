/* SPDX-License-Identifier: MIT */
/* training.c: seconds for an epoch of 60,000 images, training alone, beside PyTorch, scikit-learn and NumPy, at equal
 * architecture, batch and arithmetic.
 *
 *   bench-training [quick] [small] [wide] [cnn] [FOLDER-FOR-RESULTS]
 *
 * Without names all three networks. Ours runs in this process, on MNIST's images if $DESCENDER_DATA or ./data has them, else on the
 * built-in digits; the perceptrons also on images of which no pixel is zero, since zeros save ours time. The peers run
 * training.py. All in turns; the medians count. Each does a part of an epoch, scaled to 60,000 images. */
#include "contest.h"

#include "train/trainer.h"

#include <unistd.h>

typedef struct network {
    const char *name, *recipe, *short_name;
    size_t images;
} network;

static const network nets[] = {
    {"784-100-10, batch 64, SGD",
     "{\"model\": \"784-100-10\", \"normalise\": \"unit\", \"optimiser\": \"sgd\", \"learning-rate\": 0.1, "
     "\"batch\": 64}",
     "small", 60000},
    {"784-512-512-10, batch 128, SGD",
     "{\"model\": \"784-512-512-10\", \"normalise\": \"unit\", \"optimiser\": \"sgd\", \"learning-rate\": "
     "0.1, \"batch\": 128}",
     "wide", 60000},
    {"32C3-64C3-pool-128-10, batch 64, Adam",
     "{\"model\": \"conv 32 3x3, relu, conv 64 3x3, relu, maxpool 2, dropout 0.25, flatten, dense 128, relu, "
     "dropout 0.5,"
     " dense\", \"normalise\": \"unit\", \"optimiser\": \"adam\", \"batch\": 64}",
     "cnn", 6400},
};

static dsc_dataset *data;
static size_t part = 1; /* of the images */

static double fail(const dsc_error *error) {
    (void)fprintf(stderr, "\n%s\n", error->message);
    exit(1);
}

/* Some steps to warm up, then a part of an epoch. */
static double ours(const entrant *self) {
    const network *n = &nets[self->number];
    dsc_error error;
    dsc_recipe recipe;
    dsc_trainer *trainer;
    dsc_model *model;
    if (dsc_recipe_initialise(&recipe, &error) ||
        dsc_recipe_from_json(&recipe, n->recipe, strlen(n->recipe), "recipe", &error))
        return fail(&error);
    recipe.precision = self->bf16 ? DSC_PRECISION_BF16 : DSC_PRECISION_F32;
    recipe.epochs = 1000;
    if (dsc_model_create(&model, recipe.model, data, &error) ||
        (self->dense && dsc_model_normalise(model, "standard", data, &error)) ||
        dsc_trainer_create(&trainer, model, &recipe, data, 0, &error))
        return fail(&error);
    const size_t batch = (size_t)recipe.batch, steps = n->images / part / batch;
    double start = 0;
    for (size_t i = 0; i < steps + steps / 10 + 1; i++) {
        if (i == steps / 10 + 1) start = contest_now();
        if (dsc_trainer_epoch_is_done(trainer)) trainer->progress.position = 0, trainer->progress.epoch++;
        if (dsc_trainer_step(trainer, &error)) return fail(&error);
    }
    const double seconds = contest_now() - start;
    dsc_trainer_free(trainer);
    dsc_model_free(model);
    dsc_recipe_clear(&recipe);
    return seconds * 60000 / (double)(steps * batch);
}

static char *peer(const char *library, const char *net, size_t images, const char *more) {
    char *command = malloc(512);
    const char *folder = getenv("BENCH_FOLDER");
    if (!command) exit(1);
    (void)snprintf(command, 512, "%s %s/training.py %s %s {threads} %zu %s",
                   access("/usr/bin/python3", X_OK) ? "python3" : "/usr/bin/python3",
                   folder ? folder : "bench", library, net, images / part, more);
    return command;
}

int main(int count, char **arguments) {
    const char *folder = "build/bench";
    bool quick = false, chosen[3] = {false};
    for (int i = 1; i < count; i++) {
        int net = 0;
        while (net < 3 && strcmp(arguments[i], nets[net].short_name) != 0) net++;
        if (net < 3)
            chosen[net] = true;
        else if (!strcmp(arguments[i], "quick"))
            quick = true;
        else
            folder = arguments[i];
    }
    const bool all = !chosen[0] && !chosen[1] && !chosen[2];
    dsc_error error;
    dsc_dataset *test = NULL;
    if (quick) part = 5;
    if (dsc_mnist_open(&data, &test, NULL, &error) && dsc_digits_create(&data, 60000, 1, 0, &error))
        return (int)fail(&error);
    dsc_dataset_free(test);
    entrant entrants[24];
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        const char *task = nets[i].name, *net = nets[i].short_name;
        if (!all && !chosen[i]) continue;
        entrants[n++] = (entrant){.task = task, .name = "descender, f32", .run = ours, .number = i};
        entrants[n++] =
            (entrant){.task = task, .name = "descender, bf16", .run = ours, .number = i, .bf16 = true};
        entrants[n++] = (entrant){.task = task,
                                  .name = "PyTorch",
                                  .command = peer("torch", net, i == 2 ? 3200 : nets[i].images, "")};
        if (i == 2) {
            entrants[n++] = (entrant){.task = task,
                                      .name = "PyTorch, bf16, channels last",
                                      .command = peer("torch", net, 3200, "bf16 last")};
            continue;
        }
        entrants[n++] = (entrant){
            .task = task, .name = "descender, f32, no zeros", .run = ours, .number = i, .dense = true};
        entrants[n++] = (entrant){
            .task = task, .name = "PyTorch, by hand", .command = peer("hand", net, nets[i].images, "")};
        entrants[n++] = (entrant){
            .task = task, .name = "scikit-learn", .command = peer("sklearn", net, nets[i].images / 3, "")};
        entrants[n++] =
            (entrant){.task = task, .name = "NumPy", .command = peer("numpy", net, nets[i].images / 3, "")};
    }
    contest_run(entrants, n, quick ? 1 : 3, false);
    const char *unit = "seconds for 60,000 images";
    contest_print(entrants, n, unit, false);
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/training.json", folder);
    contest_write_json(path, entrants, n, unit);
    (void)snprintf(path, sizeof path, "%s/training.svg", folder);
    contest_draw(path, entrants, n, unit);
    (void)snprintf(path, sizeof path, "%s/training.png", folder);
    contest_draw(path, entrants, n, unit);
    printf("\nwritten: %s/training.json, .svg, .png\n", folder);
    for (size_t i = 0; i < n; i++) free((char *)(uintptr_t)entrants[i].command);
    dsc_dataset_free(data);
    return 0;
}
