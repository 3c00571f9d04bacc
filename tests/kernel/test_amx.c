/* SPDX-License-Identifier: MIT */
/* test_amx.c: the products on AMX tiles on a machine without AMX: the machine code of src/kernel/set_amx.c
 * with its tile instructions in software (amx_trap.h). If the processor has AMX, test_kernels.c runs the
 * real ones. */
#include "testing.h"

#include "graph/executor.h"
#include "kernel/check.h"
#include "kernel/sets.h"

#if DSC_ON_X86
#include "amx_trap.h"
#include "base/memory.h"
#include "products.h"

static const dsc_kernels *bf16_set;

/* cmocka skips by a jump, so the macro stands in the test itself. */
static const char *reason_to_skip(void) {
    if (dsc_kernels_find("amx")) return "this processor has AMX: kernel.kernels tests it";
    bf16_set = dsc_kernels_find("avx512-bf16");
    return bf16_set ? NULL : "needs AVX-512 with bf16, which AMX's code rounds with";
}

static void products_on_emulated_tiles_are_right(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    const dsc_gemm_kernels *k = &dsc_gemm_bf16_amx;
    amx_trap_begin();
    static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 70, 128};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (size_t m = 0; m < COUNT; m++)
        for (size_t n = 0; n < COUNT; n++)
            for (int form = 0; form < 2; form++)
                check(k, true, sizes[m], sizes[n], sizes[random_below(COUNT)], (int)random_below(FORMS),
                      (int)random_below(FORMS));
    for (int form = 0; form < FORMS; form++) {
        check(k, true, 48, 40, 1100, form, FORMS - 1 - form);
        check(k, true, 5, 130, 544, form, form);
        check(k, true, 400, 33, 64, form, form);
    }
    special_values(k, true);
    amx_trap_end();
    assert_true(amx_instructions > 10000);
    if (amx_faults) fail_msg("a processor would have stopped: %s", amx_fault);
    assert_int_equal(amx_config.palette, 0); /* released */
    print_message("kernels amx: emulated\n");
}

/* The checks before a set is used must accept correct tiles. */
static void the_checks_find_emulated_tiles_right(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    dsc_kernels set = *bf16_set;
    dsc_error error = {0};
    set.name = "emulated amx";
    set.bf16 = &dsc_gemm_bf16_amx;
    amx_trap_begin();
    amx_faults = amx_instructions = 0;
    const char *wrong = dsc_kernels_check(&set);
    const dsc_status status = dsc_kernels_check_all(&set, &error);
    amx_trap_end();
    if (wrong) fail_msg("the short check: %s", wrong);
    if (status) fail_msg("the long check: %s", error.message);
    assert_true(amx_instructions > 1000);
    assert_int_equal(amx_faults, 0);
}

/* ---- an answer among others ---- */

enum { SAMPLES = 40, DEPTH = 150, UNITS = 20, CLASSES = 10, VALUES = 8192 };

static void load_samples(void *context, dsc_real *const *inputs, size_t first, size_t count,
                         unsigned worker) {
    (void)worker;
    const dsc_real *all = context;
    memcpy(inputs[0], all + first * DEPTH, count * DEPTH * sizeof *all);
}

/* A dense layer, and a convolution followed by a dense layer. */
static void make_outputs(dsc_node *outputs[2], dsc_graph *graph) {
    dsc_node *x = dsc_input(graph, "x", dsc_shape_of(1, DEPTH, 0, 0, 0));
    dsc_node *dense =
        dsc_parameter(graph, "dense", dsc_shape_of(2, UNITS, DEPTH, 0, 0), DSC_INIT_ZEROS, 0, 0, true);
    dsc_node *kernel =
        dsc_parameter(graph, "kernel", dsc_shape_of(4, UNITS, 6, 3, 3), DSC_INIT_ZEROS, 0, 0, true);
    dsc_node *last =
        dsc_parameter(graph, "last", dsc_shape_of(2, CLASSES, 9 * UNITS, 0, 0), DSC_INIT_ZEROS, 0, 0, true);
    dsc_node *image = dsc_reshape(x, dsc_shape_of(3, 6, 5, 5, 0));
    dsc_node *features = dsc_relu(dsc_conv2d(image, kernel, NULL, NULL, NULL, NULL));
    outputs[0] = dsc_matmul(x, dense, NULL);
    outputs[1] = dsc_matmul(dsc_reshape(features, dsc_shape_of(1, 9 * UNITS, 0, 0, 0)), last, NULL);
}

/* Tiles sum in an order of their own, so no other way of computing may replace a product, as the product
 * without zeros does for a single row in other sets. */
static void an_answer_on_emulated_tiles_depends_on_no_neighbour(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    static dsc_real x[SAMPLES * DEPTH], values[VALUES], expected[2][SAMPLES * UNITS];
    for (size_t i = 0; i < SAMPLES * DEPTH; i++)
        x[i] = random_below(3) ? 0 : (dsc_real)random_below(1000) / 999;
    for (size_t i = 0; i < VALUES; i++) values[i] = (dsc_real)random_below(1000) / 999 - (dsc_real)0.5;
    dsc_kernels set = *bf16_set;
    dsc_error error;
    dsc_graph *graph;
    dsc_node *outputs[2];
    set.bf16 = &dsc_gemm_bf16_amx;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    make_outputs(outputs, graph);
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    assert_true(dsc_graph_value_numbers(graph) <= VALUES);
    for (size_t count = SAMPLES; count > 0; count--)
        for (unsigned lanes = 1; lanes < 11; lanes += 9) {
            const dsc_executor_options options = {.batch = count,
                                                  .lanes = lanes,
                                                  .kept = {outputs[0], outputs[1]},
                                                  .kept_count = 2,
                                                  .kernels = &set,
                                                  .bf16 = true};
            dsc_executor *executor;
            ASSERT_OK(dsc_executor_create(&executor, graph, &options, 1, &error), error);
            const dsc_run run = {.count = count, .load = load_samples, .context = x, .values = values};
            amx_trap_begin();
            const dsc_status status = dsc_executor_run(executor, &run, &error);
            amx_trap_end();
            ASSERT_OK(status, error);
            for (size_t i = 0; i < 2; i++) {
                const void *found = dsc_executor_value(executor, outputs[i]);
                const size_t bytes = count * (i ? CLASSES : UNITS) * sizeof **expected;
                if (count == SAMPLES && lanes == 1) memcpy(expected[i], found, bytes);
                if (memcmp(found, (const void *)expected[i], bytes) != 0)
                    fail_msg("output %zu: %zu samples in %u lanes are answered otherwise than %d", i, count,
                             lanes, SAMPLES);
            }
            dsc_executor_free(executor);
        }
    dsc_graph_free(graph);
}

/* ---- patches, read in place ---- */

static void *aligned(size_t bytes) {
    void *memory = dsc_allocate_aligned(1, bytes);
    assert_non_null(memory);
    memset(memory, 0, bytes);
    return memory;
}

/* The product of patches of an image, read in place, with a packed weight; `beyond` as in the packer. */
static bool multiply_patches(dsc_real *c, const dsc_gemm_kernels *k, size_t rows, size_t channels,
                             size_t beyond) {
    enum { H = 6, W = 9, COLUMNS = 20 };
    static uint16_t image[(H * W + 16) * 64];
    for (size_t i = 0; i < H * W * channels; i++)
        image[i] = dsc_bf16_from_float((float)(i * 7919 % 101) / 100 - 0.5f);
    memset(image + H * W * channels, 0xff, 16 * channels * sizeof *image); /* NaN: read, but not used */
    const size_t depth = 9 * channels;
    dsc_real *w = aligned(depth * COLUMNS * sizeof *w);
    for (size_t i = 0; i < depth * COLUMNS; i++) w[i] = (dsc_real)(i * 104729 % 97) / 96 - (dsc_real)0.5;
    void *packed = aligned(dsc_pack_size(k, DSC_SIDE_B, COLUMNS, depth));
    const dsc_packer weight = dsc_pack_matrix(w, (ptrdiff_t)depth, 1);
    dsc_pack(packed, k, DSC_SIDE_B, &weight, COLUMNS, depth, 0, dsc_pack_panels(k, DSC_SIDE_B, COLUMNS));
    dsc_packer_patches patches;
    dsc_pack_patches_init(&patches, image, true);
    patches.packer.rounded = true;
    patches.packer.beyond = beyond;
    patches.channels = channels;
    patches.height = H;
    patches.width = W;
    patches.kernel_height = patches.kernel_width = 3;
    patches.output_height = 1;
    patches.output_width = (H - 3) * W + W - 2;
    assert_true(rows <= patches.output_width);
    const dsc_gemm g = {.rows = rows,
                        .columns = COLUMNS,
                        .depth = depth,
                        .a = {.packer = &patches.packer},
                        .b = {.is_packed = true, .packed = packed},
                        .c = c,
                        .c_row = COLUMNS};
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, k, &g, 1);
    void *space = aligned(plan.workspace + 64);
    dsc_gemm_run(&plan, &g, 0, plan.tiles, space);
    free(w), free(packed), free(space);
    return plan.a_direct;
}

static void tiles_read_patches_where_they_lie(void **unused) {
    (void)unused;
    enum { MOST = 34 * 20 };
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    static const size_t rows[] = {1, 15, 16, 17, 31, 32, 33, 34};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t channels = 32; channels <= 64; channels += 32) {
            dsc_real in_place[MOST], copied[MOST], expected[MOST];
            amx_trap_begin();
            const bool direct = multiply_patches(in_place, &dsc_gemm_bf16_amx, rows[i], channels, 15);
            const bool other = multiply_patches(copied, &dsc_gemm_bf16_amx, rows[i], channels, 14);
            amx_trap_end();
            (void)multiply_patches(expected, bf16_set->bf16, rows[i], channels, 0);
            assert_true(direct);
            assert_false(other); /* a tile would read one row too many */
            for (size_t j = 0; j < rows[i] * 20; j++) {
                if (in_place[j] != copied[j])
                    fail_msg("%zu rows, %zu channels, number %zu: %.9g in place, %.9g copied", rows[i],
                             channels, j, (double)in_place[j], (double)copied[j]);
                if (!(fabs((double)(in_place[j] - expected[j])) < 1e-4))
                    fail_msg("%zu rows, %zu channels, number %zu: %.9g, not %.9g", rows[i], channels, j,
                             (double)in_place[j], (double)expected[j]);
            }
        }
}

/* ---- a step of training ---- */

enum { PIXELS = 32 * 5 * 7, STEP_SAMPLES = 3 };

static void load_step(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const dsc_real *all = context;
    memcpy(inputs[0], all + first * PIXELS, count * PIXELS * sizeof *all);
    for (size_t i = 0; i < count; i++) inputs[1][i] = (dsc_real)((first + i) % CLASSES);
}

static dsc_node *parameter(dsc_graph *graph, const char *name, dsc_shape shape) {
    return dsc_parameter(graph, name, shape, DSC_INIT_ZEROS, 0, 0, true);
}

/* Convolutions whose channels fill tiles, with and without padding, and one whose gradient is scattered. */
static dsc_node *make_step(dsc_graph *graph) {
    static const size_t one[2] = {1, 1}, two[2] = {2, 2};
    dsc_node *x = dsc_input(graph, "x", dsc_shape_of(3, 32, 5, 7, 0));
    dsc_node *target = dsc_input(graph, "target", dsc_shape_of(1, 1, 0, 0, 0));
    x = dsc_relu(dsc_conv2d(x, parameter(graph, "a", dsc_shape_of(4, 64, 32, 3, 3)), NULL, NULL, one, NULL));
    x = dsc_relu(dsc_conv2d(x, parameter(graph, "b", dsc_shape_of(4, 32, 64, 3, 3)), NULL, NULL, NULL, NULL));
    x = dsc_conv2d(x, parameter(graph, "c", dsc_shape_of(4, 32, 32, 2, 2)), NULL, two, NULL, NULL);
    x = dsc_reshape(x, dsc_shape_of(1, 32 * 2, 0, 0, 0));
    x = dsc_matmul(x, parameter(graph, "d", dsc_shape_of(2, CLASSES, 64, 0, 0)), NULL);
    return dsc_softmax_cross_entropy(x, target, 0);
}

static dsc_real *gradients_of(const dsc_graph *graph, const dsc_node *loss, const dsc_kernels *set,
                              dsc_real *x, dsc_real *values) {
    dsc_error error;
    dsc_executor *executor;
    const dsc_executor_options options = {.batch = STEP_SAMPLES,
                                          .lanes = 2,
                                          .training = true,
                                          .loss = loss,
                                          .kept = {loss},
                                          .kept_count = 1,
                                          .kernels = set,
                                          .bf16 = true};
    dsc_real *out = aligned(dsc_graph_value_numbers(graph) * sizeof *out);
    ASSERT_OK(dsc_executor_create(&executor, graph, &options, 1, &error), error);
    const dsc_run run = {
        .count = STEP_SAMPLES, .load = load_step, .context = x, .values = values, .gradients = out};
    amx_trap_begin();
    const dsc_status status = dsc_executor_run(executor, &run, &error);
    amx_trap_end();
    ASSERT_OK(status, error);
    dsc_executor_gather(executor, out, 0, dsc_graph_parameter_numbers(graph));
    dsc_executor_free(executor);
    return out;
}

static void a_step_on_emulated_tiles_is_that_of_other_kernels(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    dsc_kernels set = *bf16_set;
    dsc_error error;
    dsc_graph *graph;
    set.bf16 = &dsc_gemm_bf16_amx;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *loss = make_step(graph);
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    const size_t numbers = dsc_graph_parameter_numbers(graph);
    dsc_real *values = aligned(dsc_graph_value_numbers(graph) * sizeof *values);
    dsc_real x[STEP_SAMPLES * PIXELS];
    for (size_t i = 0; i < STEP_SAMPLES * PIXELS; i++) x[i] = (dsc_real)random_below(1000) / 999;
    for (size_t i = 0; i < numbers; i++)
        values[i] = ((dsc_real)random_below(1000) / 999 - (dsc_real)0.5) / 10;
    dsc_real *found = gradients_of(graph, loss, &set, x, values),
             *expected = gradients_of(graph, loss, bf16_set, x, values);
    double largest = 0;
    for (size_t i = 0; i < numbers; i++) largest = fmax(largest, fabs((double)expected[i]));
    assert_true(largest > 1e-3);
    for (size_t i = 0; i < numbers;
         i++) /* a value that is rounded the other way in between changes some results by more */
        if (!(fabs((double)(found[i] - expected[i])) <= 0.01 * largest))
            fail_msg("number %zu of %zu: %.9g, not %.9g (the largest is %g)", i, numbers, (double)found[i],
                     (double)expected[i], largest);
    free(found), free(expected), free(values);
    dsc_graph_free(graph);
}

/* The emulation must detect the error that stopped processors: a configuration whose stores the compiler
 * had dropped. */
static void a_wrong_configuration_is_a_fault(void **unused) {
    (void)unused;
    if (reason_to_skip()) TEST_SKIP(reason_to_skip());
    dsc_amx_config config = {.palette = 1, .row_bytes = {64}, .rows = {16}};
    amx_trap_begin();
    amx_faults = 0;
    AMX_CONFIGURE(&config);
    AMX_ZERO(0);
    assert_int_equal(amx_faults, 0);
    AMX_ZERO(1); /* not configured */
    assert_int_equal(amx_faults, 1);
    config.reserved[3] = 0x7f; /* arbitrary bytes of the stack */
    AMX_CONFIGURE(&config);
    assert_int_equal(amx_faults, 2);
    AMX_RELEASE();
    AMX_ZERO(0); /* after the release */
    assert_int_equal(amx_faults, 3);
    amx_trap_end();
}
#else
static void tiles_read_patches_where_they_lie(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
static void a_step_on_emulated_tiles_is_that_of_other_kernels(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
static void an_answer_on_emulated_tiles_depends_on_no_neighbour(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
static void products_on_emulated_tiles_are_right(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
static void the_checks_find_emulated_tiles_right(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
static void a_wrong_configuration_is_a_fault(void **unused) {
    (void)unused;
    TEST_SKIP("needs an x86-64 build in float");
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(products_on_emulated_tiles_are_right),
                                       cmocka_unit_test(the_checks_find_emulated_tiles_right),
                                       cmocka_unit_test(an_answer_on_emulated_tiles_depends_on_no_neighbour),
                                       cmocka_unit_test(tiles_read_patches_where_they_lie),
                                       cmocka_unit_test(a_step_on_emulated_tiles_is_that_of_other_kernels),
                                       cmocka_unit_test(a_wrong_configuration_is_a_fault)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
