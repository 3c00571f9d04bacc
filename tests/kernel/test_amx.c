/* SPDX-License-Identifier: MIT */
/* test_amx.c: the products on AMX tiles where there are no tiles: the machine code of src/kernel/set_amx.c
 * with its tile instructions done in software (amx_trap.h). Where the processor has AMX, test_kernels.c
 * runs the real ones. */
#include "testing.h"

#include "graph/executor.h"
#include "kernel/check.h"
#include "kernel/sets.h"

#if DSC_HAVE_X86
#include "amx_trap.h"
#include "base/memory.h"
#include "products.h"

static const dsc_kernels *bf16_set;

/* cmocka's skipping jumps, so it stands in the test itself. */
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

/* The checks before a set is used must not find fault with tiles that are right. */
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

/* ---- an answer and its neighbours ---- */

enum { SAMPLES = 40, DEPTH = 150, UNITS = 20, CLASSES = 10, VALUES = 8192 };

static void load_samples(void *context, dsc_real *const *inputs, size_t first, size_t count,
                         unsigned worker) {
    (void)worker;
    const dsc_real *all = context;
    memcpy(inputs[0], all + first * DEPTH, count * DEPTH * sizeof *all);
}

/* A dense layer, and a convolution with a dense layer behind it. */
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

/* The order within a tile is the tile's own, so no other way of computing a product may stand in for it, as the one
 * that leaves zeros out does for a single row of other sets. */
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

/* The emulation must notice what made processors stop: a configuration whose stores were dropped. */
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
    config.reserved[3] = 0x7f; /* rubbish of the stack */
    AMX_CONFIGURE(&config);
    assert_int_equal(amx_faults, 2);
    AMX_RELEASE();
    AMX_ZERO(0); /* after the release */
    assert_int_equal(amx_faults, 3);
    amx_trap_end();
}
#else
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
                                       cmocka_unit_test(a_wrong_configuration_is_a_fault)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
