/* SPDX-License-Identifier: MIT */
/* The named recipes' networks against PyTorch, where it is installed: forward values, losses, all gradients
 * and running statistics of a training step agree to 1e-5. Dropout is left out: its random numbers are not
 * PyTorch's.
 *
 * labels: slow */
#include "testing.h"

#include "base/memory.h"
#include "base/random.h"
#include "data/npy.h"
#include "graph/executor.h"
#include "model/model.h"
#include "train/recipe.h"

#include <unistd.h>

enum { BATCH = 16, PIXELS = 784, ENTRIES_MOST = 256 };

static const char *torch(void) {
    static const char *const candidates[] = {"/usr/bin/python3", "python3"};
    for (size_t i = 0; i < 2; i++) {
        char command[128];
        (void)snprintf(command, sizeof command, "%s -c 'import torch' >/dev/null 2>&1", candidates[i]);
        if (system(command) == 0) return candidates[i];
    }
    return NULL;
}

/* "dense 10, dropout 0.3, relu" without its dropout. */
static void without_dropout(char *out, size_t size, const char *text) {
    (void)snprintf(out, size, "%s", text);
    for (char *at; (at = strstr(out, ", dropout"));) {
        char *end = strchr(at + 2, ',');
        memmove(at, end ? end : "", end ? strlen(end) + 1 : 1);
    }
}

typedef struct saving {
    char names[ENTRIES_MOST][64];
    dsc_array arrays[ENTRIES_MOST];
    dsc_npz_entry entries[ENTRIES_MOST];
    size_t count;
} saving;

static void add(saving *s, const char *prefix, const char *name, const dsc_shape *shape, bool batched,
                void *data) {
    assert_true(s->count < ENTRIES_MOST);
    size_t i = s->count++;
    (void)snprintf(s->names[i], sizeof s->names[i], "%s%s", prefix, name);
    dsc_array *array = &s->arrays[i];
    *array = (dsc_array){.type = DSC_F32, .data = data};
    if (batched) array->shape[array->rank++] = BATCH;
    for (size_t k = 0; k < shape->rank; k++) array->shape[array->rank++] = shape->size[k];
    s->entries[i] = (dsc_npz_entry){s->names[i], array};
}

static const float *images, *labels;

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)context;
    (void)worker;
    memcpy(inputs[0], images + first * PIXELS, count * PIXELS * sizeof(float));
    memcpy(inputs[1], labels + first, count * sizeof(float));
}

static void make_batch(float *x, float *y) {
    dsc_rng rng;
    dsc_rng_seed(&rng, 5);
    for (size_t i = 0; i < BATCH * PIXELS; i++) x[i] = (float)dsc_rng_normal(&rng);
    for (size_t i = 0; i < BATCH; i++) y[i] = (float)(i % 10);
    images = x;
    labels = y;
}

static void save_step(const char *folder, const char *name, const dsc_model *model, float *x, float *y) {
    dsc_error error;
    dsc_executor *executor;
    const dsc_executor_options options = {.batch = BATCH,
                                          .lanes = 3,
                                          .training = true,
                                          .loss = model->loss,
                                          .kept = {model->logits, model->loss},
                                          .kept_count = 2};
    ASSERT_OK(dsc_executor_create(&executor, model->graph, &options, 1, &error), error);
    size_t numbers = dsc_graph_value_numbers(model->graph);
    float *before = dsc_allocate(numbers, sizeof *before),
          *gradients = dsc_allocate(numbers, sizeof *gradients);
    memcpy(before, model->values, numbers * sizeof *before);
    const dsc_run run = {.count = BATCH, .load = load, .values = model->values, .gradients = gradients};
    ASSERT_OK(dsc_executor_run(executor, &run, &error), error);
    dsc_executor_gather(executor, gradients, 0, dsc_graph_parameter_numbers(model->graph));

    static saving s;
    s.count = 0;
    add(&s, "", "images", &model->image->shape, true, x);
    add(&s, "", "labels", &(dsc_shape){0}, true, y);
    add(&s, "", "logits", &model->logits->shape, true,
        (void *)(uintptr_t)dsc_executor_value(executor, model->logits));
    add(&s, "", "losses", &model->loss->shape, true,
        (void *)(uintptr_t)dsc_executor_value(executor, model->loss));
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER && node->kind != DSC_NODE_BUFFER) continue;
        bool learned = node->kind == DSC_NODE_PARAMETER;
        add(&s, "", node->name, &node->shape, false, before + node->offset);
        add(&s, learned ? "grad." : "after.", node->name, &node->shape, false,
            (learned ? gradients : model->values) + node->offset);
    }
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.npz", folder, name);
    ASSERT_OK(dsc_npz_write(path, s.entries, s.count, &error), error);
    free(before);
    free(gradients);
    dsc_executor_free(executor);
}

static void the_recipes_networks_agree_with_pytorch(void **state) {
    (void)state;
    const char *python = torch();
    if (!python) TEST_SKIP("needs PyTorch (Debian's python3-torch)");
    const char *folder = testing_folder();
    static float x[BATCH * PIXELS], y[BATCH];
    make_batch(x, y);
    char text[1024], path[512], command[1024];
    for (const dsc_named_recipe *named = dsc_named_recipes; named->name; named++) {
        dsc_error error;
        dsc_recipe recipe;
        dsc_model *model;
        ASSERT_OK(dsc_recipe_open(&recipe, named->name, &error), error);
        without_dropout(text, sizeof text, recipe.model);
        dsc_model_options options = dsc_model_options_defaults();
        options.text = text;
        options.seed = 7; /* whose nearest kink, as compare-torch.py prints them, is farther than rounding */
        ASSERT_OK(dsc_model_create(&model, &options, &error), error);
        save_step(folder, named->name, model, x, y);
        (void)snprintf(path, sizeof path, "%s/%s.txt", folder, named->name);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fprintf(file, "%s\n", text) > 0);
        assert_int_equal(fclose(file), 0);
        dsc_model_free(model);
        dsc_recipe_clear(&recipe);
    }
    (void)snprintf(command, sizeof command, "%s %s/train/compare-torch.py %s >&2", python, TESTS_FOLDER,
                   folder);
    assert_int_equal(system(command), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_recipes_networks_agree_with_pytorch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
