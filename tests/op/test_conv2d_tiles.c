/* SPDX-License-Identifier: MIT */
/* Convolutions of 3 x 3 in tiles (op/conv2d_winograd.h): for any size, padding and end they give what the
 * portable kernels compute by the definition, and an image's result does not depend on its neighbours or on
 * threads.
 *
 * Tolerance: 2e-5 of the largest number. Sums of at most 9 x 144 terms, each rounded to 6e-8; the tiles' own
 * additions double the error. In bfloat16: 0.015, because every operand is rounded to 8 bits. */
#include "testing.h"

#include "kernel/choose.h"
#include "kernel/kernel.h"
#include "op/conv2d_plan.h"

#include <math.h>

extern const dsc_op dsc_op_conv2d;

static const double TOLERANCE = 2e-5, TOLERANCE_BF16 = 0.015;
enum { IMAGES = 9, CASES = 60 };
static dsc_error error;

typedef struct layer {
    size_t c, k, h, w;
    dsc_conv_values values;
    bool bias, back, bf16;
} layer;

/* What a run gives: y, then with `back` also dx, dw and db. */
typedef struct result {
    float *numbers;
    size_t count, ends[IMAGES + 4], parts; /* a part ends with each run's y, and with each gradient */
} result;

static size_t below(size_t n) {
    static uint32_t state = 12345;
    state = state * 1664525u + 1013904223u;
    return state / 65536 % n;
}

/* Number `i`: some are large, so that an image has several strips, and some have many channels. */
static layer any_layer(int i) {
    layer l = {.c = 16 + below(25),
               .k = 16 + below(25),
               .h = 4 + below(12),
               .w = 4 + below(12),
               .values = {.stride = {1, 1},
                          .padding = {(int64_t)below(3), (int64_t)below(3)},
                          .dilation = {1, 1},
                          .relu = below(2),
                          .pool = below(2)},
               .bias = below(2)};
    l.back = !l.values.relu && !l.values.pool;
    if (i % 10 == 0) l.h = 30 + below(10), l.w = 30 + below(10);
    if (i % 10 == 5) l.k = 96, l.c = 144;
    return l;
}

static void add(result *r, const float *numbers, size_t count) {
    r->numbers = realloc(r->numbers, (r->count + count) * sizeof *r->numbers);
    assert_non_null(r->numbers);
    memcpy(r->numbers + r->count, numbers, count * sizeof *numbers);
    r->count += count;
    r->ends[r->parts++] = r->count;
}

static void fill(float *numbers, size_t count, uint32_t state) {
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        numbers[i] = (float)(state >> 8) / 8388608 - 1;
    }
}

/* Runs `count` images, `together` at a time. */
static result run(const layer *l, const char *kernels, size_t count, size_t together, unsigned lanes,
                  unsigned threads) {
    result r = {0};
    dsc_graph *graph;
    dsc_session *session;
    const dsc_shape shape = {.rank = 3, .size = {l->c, l->h, l->w}};
    const dsc_shape weight = {.rank = 4, .size = {l->k, l->c, 3, 3}}, bias = {.rank = 1, .size = {l->k}};
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *x = dsc_input(graph, "x", shape);
    dsc_node *w = dsc_parameter(graph, "w", weight, DSC_INIT_ZEROS, 1, 1, false);
    dsc_node *b = l->bias ? dsc_parameter(graph, "b", bias, DSC_INIT_ZEROS, 1, 1, false) : NULL;
    /* Tiles in bfloat16 read values that another op wrote, not an input. */
    const dsc_shape one = {.rank = 4, .size = {l->c, l->c, 1, 1}};
    dsc_node *v = dsc_parameter(graph, "v", one, DSC_INIT_ZEROS, 1, 1, false);
    dsc_node *before = dsc_conv2d(x, v, NULL, NULL, NULL, NULL);
    dsc_node *y = dsc_apply(&dsc_op_conv2d, (dsc_node *[]){before, w, b}, b ? 3 : 2, &l->values);
    dsc_session_options options = dsc_session_options_defaults();
    options.batch = together;
    options.lanes = lanes;
    options.threads = threads;
    options.kernels = kernels;
    options.precision = l->bf16 ? "bf16" : "f32";
    options.kept[0] = y;
    if (l->back) {
        options.loss = dsc_sum(dsc_mul(y, y));
        options.training = true;
        options.saliency = x;
    }
    ASSERT_OK(dsc_session_create(&session, graph, &options, &error), error);
    fill(dsc_session_parameter(session, w), dsc_shape_count(&weight), 7);
    fill(dsc_session_parameter(session, v), dsc_shape_count(&one), 9);
    if (b) fill(dsc_session_parameter(session, b), l->k, 8);
    const size_t in = dsc_shape_count(&shape), out = dsc_shape_count(dsc_node_shape(y));
    float *images = malloc(together * in * sizeof *images);
    assert_non_null(images);
    for (size_t n = 0; n < count; n += together) {
        for (size_t i = 0; i < together; i++) fill(images + i * in, in, (uint32_t)(100 + n + i));
        ASSERT_OK(dsc_session_set_input(session, x, images, &error), error);
        ASSERT_OK(dsc_session_run(session, together, 0, &error), error);
        add(&r, dsc_session_value(session, y), together * out);
    }
    if (l->back) {
        add(&r, dsc_session_gradient(session, x), together * in);
        add(&r, dsc_session_gradient(session, w), dsc_shape_count(&weight));
        add(&r, dsc_session_gradient(session, v), dsc_shape_count(&one));
        if (b) add(&r, dsc_session_gradient(session, b), l->k);
    }
    free(images);
    dsc_session_free(session);
    dsc_graph_free(graph);
    return r;
}

/* Each part is compared relative to its own largest number. */
static void expect_near(const result *a, const result *b, const layer *l, double tolerance,
                        const char *name) {
    assert_int_equal(a->count, b->count);
    for (size_t part = 0, i = 0; part < b->parts; part++) {
        double largest = 0;
        for (size_t k = i; k < b->ends[part]; k++) {
            const double size = fabs((double)b->numbers[k]);
            if (size > largest) largest = size; /* not fmax: gcc 12 fails on it for ARM */
        }
        for (; i < b->ends[part]; i++)
            if (!(fabs((double)(a->numbers[i] - b->numbers[i])) <= tolerance * largest))
                fail_msg(
                    "%s: %zu x %zu x %zu to %zu channels, padding %d x %d%s%s: number %zu is %.9g, not %.9g",
                    name, l->c, l->h, l->w, l->k, (int)l->values.padding[0], (int)l->values.padding[1],
                    l->values.relu ? ", relu" : "", l->values.pool ? ", pool" : "", i, (double)a->numbers[i],
                    (double)b->numbers[i]);
    }
}

static bool possible(const layer *l) { return !l->values.pool || (l->h > 4 && l->w > 4); }

static void tiles_give_what_the_definition_gives(void **unused) {
    (void)unused;
    const dsc_kernels *kernels;
    for (int i = 0; i < CASES; i++) {
        const layer l = any_layer(i);
        if (!possible(&l)) continue;
        result right = run(&l, "portable", IMAGES, IMAGES, 2, 1);
        for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++) {
            result got = run(&l, kernels->name, IMAGES, IMAGES, 2, 1);
            expect_near(&got, &right, &l, TOLERANCE, kernels->name);
            free(got.numbers);
        }
        free(right.numbers);
    }
}

/* Products of pairs need pairs of channels. */
static layer in_bf16(layer l) {
    l.bf16 = true;
    l.c = l.c / 2 * 2;
    l.k = l.k / 2 * 2;
    return l;
}

static void tiles_in_bf16_give_nearly_the_same(void **unused) {
    (void)unused;
    const dsc_kernels *kernels;
    for (int i = 0; i < CASES; i += 3) {
        const layer l = in_bf16(any_layer(i));
        layer exact = l;
        exact.bf16 = false;
        if (!possible(&l)) continue;
        result right = run(&exact, "portable", IMAGES, IMAGES, 2, 1);
        for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++) {
            if (!kernels->bf16->tiles) continue;
            result got = run(&l, kernels->name, IMAGES, IMAGES, 2, 1);
            expect_near(&got, &right, &l, TOLERANCE_BF16, kernels->name);
            free(got.numbers);
        }
        free(right.numbers);
    }
}

static void an_image_gives_the_same_bits_alone_and_among_others(void **unused) {
    (void)unused;
    const dsc_kernels *kernels;
    for (int i = 0; i < CASES; i++) {
        layer l = i % 2 ? in_bf16(any_layer(i)) : any_layer(i);
        if (!possible(&l)) continue;
        l.back = false;
        for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++) {
            result together = run(&l, kernels->name, IMAGES, IMAGES, 2, 1);
            result alone = run(&l, kernels->name, IMAGES, 1, 1, 1);
            result shared = run(&l, kernels->name, IMAGES, 1, 1, 2);
            assert_int_equal(together.count, alone.count);
            assert_memory_equal(together.numbers, alone.numbers, alone.count * sizeof *alone.numbers);
            assert_memory_equal(together.numbers, shared.numbers, alone.count * sizeof *alone.numbers);
            free(together.numbers);
            free(alone.numbers);
            free(shared.numbers);
        }
    }
}

static void threads_change_no_bit_of_a_gradient(void **unused) {
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        const layer l = i % 2 ? in_bf16(any_layer(i)) : any_layer(i);
        if (!l.back) continue;
        result one = run(&l, NULL, IMAGES, IMAGES, 4, 1), three = run(&l, NULL, IMAGES, IMAGES, 4, 3);
        assert_memory_equal(one.numbers, three.numbers, one.count * sizeof *one.numbers);
        free(one.numbers);
        free(three.numbers);
    }
}

static dsc_needs needs_of(const dsc_gemm_kernels *product, const dsc_form *form) {
    return (dsc_needs){.product = product, .in_form = form, .out_form = form};
}

/* Tiles are chosen only where they are the same convolution, and exact where it must be. */
static void other_convolutions_are_not_computed_in_tiles(void **unused) {
    (void)unused;
    const dsc_kernels *kernels = dsc_kernels_auto(), *portable = dsc_kernels_find("portable");
    const dsc_form pixels = DSC_FORM_PIXELS, halves = DSC_FORM_PIXELS_BF16;
    const dsc_conv_sizes fits = {.c = 32,
                                 .k = 32,
                                 .h = 10,
                                 .w = 10,
                                 .r = 3,
                                 .s = 3,
                                 .oh = 8,
                                 .ow = 8,
                                 .pixels = 64,
                                 .stride = {1, 1},
                                 .dilation = {1, 1}};
    dsc_needs needs = needs_of(kernels->f32, &pixels);
    assert_int_equal(dsc_winograd_pays(&fits, &needs), kernels != portable);
    dsc_conv_sizes z = fits;
    z.stride[1] = 2;
    assert_false(dsc_winograd_pays(&z, &needs));
    z = fits, z.dilation[0] = 2;
    assert_false(dsc_winograd_pays(&z, &needs));
    z = fits, z.padding[1] = 3;
    assert_false(dsc_winograd_pays(&z, &needs));
    z = fits, z.s = 1;
    assert_false(dsc_winograd_pays(&z, &needs));
    needs.exact = true;
    assert_false(dsc_winograd_pays(&fits, &needs));
    needs = needs_of(kernels->f32, &halves);
    assert_false(dsc_winograd_pays(&fits, &needs));
    needs = needs_of(kernels->bf16, &pixels);
    assert_false(dsc_winograd_pays(&fits, &needs));
    needs = needs_of(portable->f32, &pixels);
    assert_false(dsc_winograd_pays(&fits, &needs));
    needs = needs_of(kernels->bf16, &halves);
    assert_int_equal(dsc_winograd_pays(&fits, &needs), kernels->bf16->tiles != NULL);
    z = fits, z.c = 33;
    assert_false(dsc_winograd_pays(&z, &needs));
}

/* --- networks of whole numbers --- */

static bool told;
static void look(dsc_needs *needs) { told = needs->exact; }
static void copy(const dsc_call *call) {
    memcpy(call->out[0], call->in[0], dsc_in_numbers(call, 0) * sizeof(dsc_real));
}
static const dsc_stage copying[] = {{.kind = DSC_STAGE_SAMPLES, .run = copy}, {0}};
static const dsc_op looks = {.size = sizeof(dsc_op),
                             .name = "looks",
                             .help = "keeps what it is told",
                             .least_inputs = 1,
                             .most_inputs = 1,
                             .shapes = dsc_shapes_same,
                             .needs = look,
                             .forward = copying};

static void one_op_of_whole_numbers_makes_all_ops_exact(void **unused) {
    (void)unused;
    dsc_op whole = looks;
    whole.name = "whole";
    whole.needs = NULL;
    whole.flags = DSC_OP_WHOLE;
    for (int i = 0; i < 2; i++) {
        dsc_graph *graph;
        dsc_session *session;
        ASSERT_OK(dsc_graph_create(&graph, &error), error);
        dsc_node *x = dsc_input(graph, "x", (dsc_shape){.rank = 1, .size = {4}});
        dsc_node *y = dsc_apply(&looks, &x, 1, NULL);
        dsc_session_options options = dsc_session_options_defaults();
        options.kept[0] = i ? dsc_apply(&whole, &y, 1, NULL) : y;
        told = !i;
        ASSERT_OK(dsc_session_create(&session, graph, &options, &error), error);
        assert_int_equal(told, i);
        dsc_session_free(session);
        dsc_graph_free(graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_give_what_the_definition_gives),
        cmocka_unit_test(tiles_in_bf16_give_nearly_the_same),
        cmocka_unit_test(an_image_gives_the_same_bits_alone_and_among_others),
        cmocka_unit_test(threads_change_no_bit_of_a_gradient),
        cmocka_unit_test(other_convolutions_are_not_computed_in_tiles),
        cmocka_unit_test(one_op_of_whole_numbers_makes_all_ops_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
