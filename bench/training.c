/* SPDX-License-Identifier: MIT */
/* training.c: seconds per epoch of 60,000 images, training only, compared with PyTorch, scikit-learn and
 * NumPy with equal architecture, batch size and arithmetic.
 *
 *   bench-training [quick] [small] [wide] [cnn] [FOLDER-FOR-RESULTS]
 *
 * Without names: all three networks. The library runs in this process on MNIST's images if $DESCENDER_DATA or
 * ./data has them, otherwise on the built-in digits; the perceptrons also on images without zero pixels,
 * because the library skips zeros. The peers run training.py. Runs are interleaved; medians. Each run does
 * part of an epoch, scaled to 60,000 images. */
#include "networks.h"

static dsc_dataset *data;
static size_t part = 1; /* of the images */

static double ours(const entrant *self) {
    const network *n = &nets[self->number];
    return networks_time(n, data, NULL, self->bf16, self->dense, n->images / part);
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
    if (quick) part = 5;
    data = networks_data();
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
