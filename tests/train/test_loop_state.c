/* SPDX-License-Identifier: MIT */
/* The state of a program's own training loop: a killed loop continues to the same bits; damaged or
 * unrelated files are refused, and change nothing. */
#include "testing.h"

#include "graph/session.h"
#include "stripes.h"

#include <libdeflate.h>
#include <math.h>
#include <unistd.h>

enum { STEPS = 12, BATCH = 20 };

static dsc_error error;
static const char PATH[] = "loop.state";

typedef struct rig {
    dsc_graph *graph;
    dsc_node *x, *target, *loss;
    dsc_session *session;
    dsc_optimiser *optimiser;
    float images[60 * 16], targets[60];
} rig;

/* Dropout, running statistics, an average, and a schedule with memory. */
static void make(rig *r, size_t hidden, const char *text, double ema) {
    dsc_session_options options = dsc_session_options_defaults();
    dsc_optimiser_options rules = dsc_optimiser_options_defaults();
    ASSERT_OK(dsc_graph_create(&r->graph, &error), error);
    r->x = dsc_input(r->graph, "x", dsc_shape_of(3, 1, 4, 4, 0));
    r->target = dsc_input(r->graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    dsc_node *y = dsc_sequence(r->x, "conv 3 3x3, batch-norm, relu, dropout 0.2, flatten");
    r->loss = dsc_softmax_cross_entropy(dsc_dense(dsc_relu(dsc_dense(y, hidden)), 3), r->target, 0);
    options.batch = BATCH;
    options.loss = r->loss;
    options.training = true;
    options.seed = 3;
    rules.text = text;
    rules.ema = ema;
    rules.schedule = "plateau patience=1";
    rules.learning_rate = 0.05;
    rules.steps = STEPS;
    rules.steps_an_epoch = 3;
    ASSERT_OK(dsc_session_create(&r->session, r->graph, &options, &error), error);
    ASSERT_OK(dsc_optimiser_create(&r->optimiser, r->session, &rules, &error), error);
    for (size_t i = 0; i < 60 * 16; i++) r->images[i] = (float)dsc_dataset_images(stripes)[i] / 255;
    for (size_t i = 0; i < 60; i++) r->targets[i] = dsc_dataset_labels(stripes)[i];
}

static void clear(rig *r) {
    dsc_optimiser_free(r->optimiser);
    dsc_session_free(r->session);
    dsc_graph_free(r->graph);
}

/* Steps until `end`, with a loss that increases in each epoch. */
static void run(rig *r, uint64_t end) {
    for (uint64_t step = dsc_optimiser_steps(r->optimiser); step < end; step++) {
        const size_t first = step % 3 * BATCH;
        ASSERT_OK(dsc_session_set_input(r->session, r->x, r->images + first * 16, &error), error);
        ASSERT_OK(dsc_session_set_input(r->session, r->target, r->targets + first, &error), error);
        ASSERT_OK(dsc_session_run(r->session, BATCH, step, &error), error);
        ASSERT_OK(dsc_optimiser_step(r->optimiser, &error), error);
        if (step % 3 == 2) dsc_optimiser_end_epoch(r->optimiser, (double)step);
    }
}

static void assert_same(const rig *a, const rig *b) {
    const size_t bytes = dsc_graph_value_numbers(a->graph) * sizeof(dsc_real);
    assert_memory_equal(a->session->values, b->session->values, bytes);
    const dsc_node *node = dsc_graph_find(a->graph, "dense1.weight");
    assert_memory_equal(dsc_optimiser_average(a->optimiser, node),
                        dsc_optimiser_average(b->optimiser, dsc_graph_find(b->graph, "dense1.weight")),
                        dsc_shape_count(dsc_node_shape(node)) * sizeof(dsc_real));
    assert_true(!(dsc_optimiser_learning_rate(a->optimiser) < dsc_optimiser_learning_rate(b->optimiser)) &&
                !(dsc_optimiser_learning_rate(a->optimiser) > dsc_optimiser_learning_rate(b->optimiser)));
}

static void a_loop_goes_on_to_the_same_bits_from_any_step(void **state) {
    (void)state;
    rig whole;
    make(&whole, 8, "adam", 0.9);
    run(&whole, STEPS);
    assert_true(dsc_optimiser_learning_rate(whole.optimiser) <
                0.05); /* the schedule's memory has an effect */
    for (uint64_t killed = 0; killed <= STEPS; killed += 2) {
        rig before, after;
        make(&before, 8, "adam", 0.9);
        run(&before, killed);
        ASSERT_OK(dsc_optimiser_save(before.optimiser, PATH, &error), error);
        clear(&before);
        make(&after, 8, "adam", 0.9);
        run(&after, STEPS - killed); /* the previous content is replaced */
        ASSERT_OK(dsc_optimiser_restore(after.optimiser, PATH, &error), error);
        assert_int_equal(dsc_optimiser_steps(after.optimiser), killed);
        run(&after, STEPS);
        assert_same(&whole, &after);
        clear(&after);
    }
    clear(&whole);
    (void)unlink(PATH);
}

static void restored_gradients_are_not_used(void **state) {
    (void)state;
    rig r;
    make(&r, 8, "adam", 0.9);
    run(&r, 2);
    ASSERT_OK(dsc_optimiser_save(r.optimiser, PATH, &error), error);
    ASSERT_OK(dsc_session_run(r.session, BATCH, 2, &error), error);
    ASSERT_OK(dsc_optimiser_restore(r.optimiser, PATH, &error), error);
    assert_int_equal(dsc_optimiser_step(r.optimiser, &error), DSC_ERROR_ARGUMENT);
    clear(&r);
    (void)unlink(PATH);
}

static unsigned char *read_file(size_t *size) {
    FILE *file = fopen(PATH, "rb");
    assert_non_null(file);
    unsigned char *bytes = malloc(1 << 20);
    *size = fread(bytes, 1, 1 << 20, file);
    (void)fclose(file);
    return bytes;
}

static void write_file(const unsigned char *bytes, size_t size) {
    FILE *file = fopen(PATH, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void damaged_files_are_refused_and_change_nothing(void **state) {
    (void)state;
    rig r, same;
    size_t size;
    make(&r, 8, "adam", 0.9);
    make(&same, 8, "adam", 0.9);
    run(&r, 5);
    ASSERT_OK(dsc_optimiser_save(r.optimiser, PATH, &error), error);
    unsigned char *bytes = read_file(&size);
    run(&r, 7);
    run(&same, 7);
    for (size_t at = 0; at < size; at += at < 120 ? 1 : 331) {
        bytes[at] ^= 0x10;
        write_file(bytes, size);
        assert_int_equal(dsc_optimiser_restore(r.optimiser, PATH, &error), DSC_ERROR_FORMAT);
        bytes[at] ^= 0x10;
        write_file(bytes, at); /* and truncated */
        assert_int_equal(dsc_optimiser_restore(r.optimiser, PATH, &error), DSC_ERROR_FORMAT);
    }
    assert_same(&r, &same);
    assert_int_equal(dsc_optimiser_steps(r.optimiser), 7);
    free(bytes);
    clear(&r);
    clear(&same);
    (void)unlink(PATH);
    make(&r, 8, "adam", 0.9);
    assert_int_equal(dsc_optimiser_restore(r.optimiser, PATH, &error), DSC_ERROR_IO);
    clear(&r);
}

static void the_state_of_another_loop_is_refused(void **state) {
    (void)state;
    const struct {
        size_t hidden;
        const char *text;
        double ema;
    } others[] = {{9, "adam", 0.9}, {8, "sgd momentum=0.9", 0.9}, {8, "adam", 0}};
    rig r;
    make(&r, 8, "adam", 0.9);
    ASSERT_OK(dsc_optimiser_save(r.optimiser, PATH, &error), error);
    clear(&r);
    for (size_t i = 0; i < 3; i++) {
        make(&r, others[i].hidden, others[i].text, others[i].ema);
        assert_int_equal(dsc_optimiser_restore(r.optimiser, PATH, &error), DSC_ERROR_MISMATCH);
        ASSERT_MESSAGE(error, "loop.state: comes from another network or optimiser");
        clear(&r);
    }
    (void)unlink(PATH);
}

static void numbers_that_are_not_finite_are_not_saved(void **state) {
    (void)state;
    rig r;
    make(&r, 8, "adam", 0.9);
    ASSERT_OK(dsc_optimiser_save(r.optimiser, PATH, &error), error);
    dsc_session_parameter(r.session, dsc_graph_find(r.graph, "dense2.bias"))[1] = NAN;
    assert_int_equal(dsc_optimiser_save(r.optimiser, PATH, &error), DSC_ERROR_DIVERGED);
    ASSERT_MESSAGE(error, "number 1 of dense2.bias is not finite");
    ASSERT_OK(dsc_optimiser_restore(r.optimiser, PATH, &error), error); /* the previous file is there */
    clear(&r);
    (void)unlink(PATH);
}

/* With a correct checksum. */
static void files_with_numbers_that_are_not_finite_are_refused(void **state) {
    (void)state;
    rig r;
    size_t size;
    make(&r, 8, "adam", 0.9);
    ASSERT_OK(dsc_optimiser_save(r.optimiser, PATH, &error), error);
    unsigned char *bytes = read_file(&size);
    const float nan = NAN;
    memcpy(bytes + size - 4 - 16 * sizeof nan, &nan, sizeof nan); /* of the average, which is the last */
    const uint32_t crc = libdeflate_crc32(0, bytes, size - 4);
    memcpy(bytes + size - 4, &crc, 4);
    write_file(bytes, size);
    assert_int_equal(dsc_optimiser_restore(r.optimiser, PATH, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "loop.state: has a number that is not finite");
    free(bytes);
    clear(&r);
    (void)unlink(PATH);
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    rig r;
    make(&r, 8, "adam", 0.9);
    bool failed = true;
    for (long n = 0; failed && n < 100; n++) {
        testing_fail_allocation(n);
        dsc_status status = dsc_optimiser_save(r.optimiser, PATH, &error);
        if (!status) status = dsc_optimiser_restore(r.optimiser, PATH, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
    }
    assert_false(failed);
    clear(&r);
    (void)unlink(PATH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_goes_on_to_the_same_bits_from_any_step),
        cmocka_unit_test(restored_gradients_are_not_used),
        cmocka_unit_test(damaged_files_are_refused_and_change_nothing),
        cmocka_unit_test(the_state_of_another_loop_is_refused),
        cmocka_unit_test(numbers_that_are_not_finite_are_not_saved),
        cmocka_unit_test(files_with_numbers_that_are_not_finite_are_refused),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
