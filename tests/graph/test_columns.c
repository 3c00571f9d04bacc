/* SPDX-License-Identifier: MIT */
/* A first layer divided by columns of its input computes the same bits as by samples, with any number of
 * threads; so does a later layer with a large weight, divided by the weight's panels. */
#include "testing.h"

#include "base/limits.h"
#include "base/memory.h"
#include "graph/schedule.h"
#include "kernel/choose.h"
#include "kernel/kernel.h"
#include "model/model.h"

enum { SIDE = 28, PIXELS = 2 * SIDE * SIDE, BATCH = 20, CLASSES = 3 };

static dsc_real images[BATCH][PIXELS];
static unsigned char seen[PIXELS + 1]; /* how often each pixel was loaded; last: the labels */

/* About one in `every` pixels is nonzero. */
static void make_images(unsigned every) {
    uint32_t state = every;
    for (size_t i = 0; i < (size_t)BATCH * PIXELS; i++) {
        state = state * 1664525u + 1013904223u;
        const bool there = (state >> 16) % every == 0;
        images[i / PIXELS][i % PIXELS] = there ? (dsc_real)(state >> 8) / (dsc_real)(1 << 24) : (dsc_real)0;
    }
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)context, (void)worker;
    memcpy(inputs[0], images[first], count * sizeof images[0]);
    for (size_t i = 0; i < count; i++) inputs[1][i] = (dsc_real)((first + i) % CLASSES);
}

static void load_columns(void *context, dsc_real *const *inputs, size_t from, size_t count, size_t first,
                         size_t last) {
    (void)context;
    for (size_t k = first; k < last; k++) seen[k]++; /* blocks are disjoint, so threads never share one */
    for (size_t i = 0; i < count; i++)
        memcpy(inputs[0] + i * PIXELS + first, images[from + i] + first, (last - first) * sizeof(dsc_real));
    if (first > 0) return;
    seen[PIXELS]++;
    for (size_t i = 0; i < count; i++) inputs[1][i] = (dsc_real)((from + i) % CLASSES);
}

static dsc_model *make_model(const char *text) {
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.shape[0] = 2;
    options.classes = CLASSES;
    options.seed = 3;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    for (size_t i = 0; i < model->graph->count; i++) { /* biases start as zeros, which would hide mistakes */
        const dsc_node *node = model->graph->nodes[i];
        for (size_t k = 0;
             node->kind == DSC_NODE_PARAMETER && node->shape.rank == 1 && k < node->shape.size[0]; k++)
            model->values[node->offset + k] = (dsc_real)0.125f * (dsc_real)(k % 7);
    }
    return model;
}

static bool loads_columns(const dsc_program *program) {
    for (size_t i = 0; i < program->segment_count; i++)
        if (program->segments[i].kind == DSC_SEGMENT_COLUMNS) return true;
    return false;
}

/* The gradients of one step over `count` images, followed by the losses. */
static dsc_real *gradients(const dsc_model *model, const dsc_executor_options *options, unsigned threads,
                           size_t count, bool *by_columns) {
    const size_t parameters = dsc_graph_parameter_numbers(model->graph);
    dsc_error error;
    dsc_program *program;
    dsc_program_workspace *workspace;
    dsc_threads *pool;
    ASSERT_OK(dsc_program_create(&program, model->graph, options, &error), error);
    ASSERT_OK(dsc_program_workspace_create(&workspace, program, threads, &error), error);
    ASSERT_OK(dsc_threads_create(&pool, threads, &error), error);
    void *shared = dsc_allocate_aligned(1, dsc_program_shared_bytes(program) + 64);
    dsc_real *out = dsc_allocate_aligned(parameters + BATCH, sizeof *out);
    memset(out, 0, (parameters + BATCH) * sizeof *out);
    const dsc_run run = {.count = count,
                         .load = load,
                         .load_columns = load_columns,
                         .values = model->values,
                         .gradients = out};
    *by_columns = loads_columns(program);
    memset(seen, 0, sizeof seen);
    ASSERT_OK(dsc_program_run(program, workspace, shared, pool, &run, &error), error);
    for (size_t i = 0; i <= PIXELS; i++) assert_int_equal(seen[i], *by_columns);
    dsc_program_gather(program, workspace, out, 0, parameters);
    memcpy(out + parameters, dsc_program_workspace_value(workspace, model->loss), count * sizeof *out);
    free(shared);
    dsc_threads_free(pool);
    dsc_program_workspace_free(workspace);
    dsc_program_free(program);
    return out;
}

static void same_step(const dsc_model *model, const dsc_kernels *kernels, bool bf16, size_t count) {
    const size_t bytes = (dsc_graph_parameter_numbers(model->graph) + count) * sizeof(dsc_real);
    dsc_executor_options options = {.batch = BATCH,
                                    .lanes = 8,
                                    .training = true,
                                    .loss = model->loss,
                                    .kept = {model->loss},
                                    .kept_count = 1,
                                    .kernels = kernels,
                                    .bf16 = bf16};
    bool by_columns;
    options.batch = 5000; /* a batch larger than the weight is divided by samples, */
    dsc_real *expected = gradients(model, &options, 1, count, &by_columns);
    assert_false(by_columns);
    options.batch = BATCH; /* a smaller one by columns, from values loaded by samples, */
    dsc_real *loaded_by_samples = gradients(model, &options, 2, count, &by_columns);
    assert_false(by_columns);
    assert_memory_equal(expected, loaded_by_samples, bytes);
    free(loaded_by_samples);
    options.loads_columns = true; /* or by columns. */
    for (unsigned threads = 1; threads <= 3; threads++) {
        dsc_real *found = gradients(model, &options, threads, count, &by_columns);
        assert_true(by_columns);
        assert_memory_equal(expected, found, bytes);
        free(found);
    }
    free(expected);
}

static void columns_and_samples_give_the_same_bits(void **unused) {
    (void)unused;
    dsc_model *model = make_model("flatten, dense 37, relu, dropout 0.2, dense");
    for (unsigned every = 1; every <= 5; every += 4) { /* all pixels, and few */
        make_images(every);
        for (size_t set = 0; dsc_kernels_at(set); set++)
            for (int bf16 = 0; bf16 < 2; bf16++) {
                same_step(model, dsc_kernels_at(set), bf16, every == 1 ? BATCH : BATCH - 7);
            }
    }
    dsc_model_free(model);
}

/* Then a block of columns has several tiles. */
static void a_large_weight_gives_work_to_many_threads(void **unused) {
    (void)unused;
    dsc_model *model = make_model("flatten, dense 500, relu, dense");
    make_images(5);
    same_step(model, dsc_kernels_auto(), false, BATCH);
    make_images(1);
    same_step(model, dsc_kernels_auto(), true, BATCH);
    dsc_model_free(model);
}

/* The number of layers that begin with tiles, forward and backward. */
static void count_tiled(size_t counts[2], const dsc_model *model, size_t batch) {
    const dsc_executor_options options = {.batch = batch, .lanes = 8, .training = true, .loss = model->loss};
    dsc_program *program;
    dsc_error error;
    ASSERT_OK(dsc_program_create(&program, model->graph, &options, &error), error);
    counts[0] = counts[1] = 0;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        const dsc_needs *needs = &program->places[i].needs;
        if (node->kind != DSC_NODE_OP || strcmp(node->op->name, "matmul") != 0) continue;
        counts[0] += needs->forward[0].kind == DSC_STAGE_TILES;
        counts[1] += needs->backward[0].kind == DSC_STAGE_TILES;
    }
    dsc_program_free(program);
}

static void a_large_weight_is_read_once_for_the_batch(void **unused) {
    (void)unused;
    size_t counts[2];
    dsc_model *model = make_model("flatten, dense 701, relu, dense 723, relu, dense");
    count_tiled(counts, model, 5000); /* with this size, lanes read less */
    assert_true(counts[0] == 0 && counts[1] == 0);
    count_tiled(counts, model, BATCH); /* the first layer is divided by columns */
    assert_int_equal(counts[0], 2);
    /* In the hostile build no weight is too small, so the backward pass of the last layer uses tiles too. */
    assert_int_equal(counts[1], DSC_USUALLY(2, 3));
    make_images(1);
    for (size_t set = 0; dsc_kernels_at(set); set++) same_step(model, dsc_kernels_at(set), false, BATCH - 7);
    same_step(model, dsc_kernels_auto(), true, BATCH);
    dsc_model_free(model);
}

static void what_reads_whole_images_is_loaded_by_samples(void **unused) {
    (void)unused;
    static const char *const texts[] = {"conv 4, relu, flatten, dense 37, relu, dense", /* adjacent pixels */
                                        "flatten, dropout 0.1, dense 37, relu, dense",
                                        "flatten, parallel(dense 37 | layer-norm), relu, dense",
                                        "flatten, dense 3, relu, dense"}; /* few columns of y */
    dsc_error error;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        dsc_model *model = make_model(texts[i]);
        const dsc_executor_options options = {
            .batch = BATCH, .lanes = 8, .training = true, .loss = model->loss, .loads_columns = true};
        dsc_program *program;
        ASSERT_OK(dsc_program_create(&program, model->graph, &options, &error), error);
        if (loads_columns(program)) fail_msg("%s: loaded by columns", texts[i]);
        dsc_program_free(program);
        dsc_model_free(model);
    }
}

static void two_layers_may_share_an_input(void **unused) {
    (void)unused;
    dsc_model *model = make_model("flatten, parallel(dense 37 | dense 40), relu, dense");
    make_images(5);
    same_step(model, dsc_kernels_auto(), false, BATCH);
    dsc_model_free(model);
}

static void gradients_say_in_which_columns_they_are_made(void **unused) {
    (void)unused;
    dsc_model *model = make_model("flatten, dense 37, relu, dense");
    const dsc_executor_options options = {
        .batch = BATCH, .lanes = 8, .training = true, .loss = model->loss, .loads_columns = true};
    dsc_program *program;
    dsc_error error;
    ASSERT_OK(dsc_program_create(&program, model->graph, &options, &error), error);
    size_t parameters = 0;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER) continue;
        const size_t columns = dsc_program_gradient_columns(program, node);
        if (parameters++ == 0) /* the first weight */
            assert_true(columns > 0 && columns < PIXELS && columns % 16 == 0);
        else
            assert_int_equal(columns, 0);
    }
    assert_int_equal(parameters, 4);
    dsc_program_free(program);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns_and_samples_give_the_same_bits),
                                       cmocka_unit_test(a_large_weight_gives_work_to_many_threads),
                                       cmocka_unit_test(a_large_weight_is_read_once_for_the_batch),
                                       cmocka_unit_test(what_reads_whole_images_is_loaded_by_samples),
                                       cmocka_unit_test(two_layers_may_share_an_input),
                                       cmocka_unit_test(gradients_say_in_which_columns_they_are_made)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
