/* SPDX-License-Identifier: MIT */
/* Networks of integers: every kernel set, any form of values, with bfloat16 requested or not, gives the
 * bits of plain integers (integers.h); nothing reaches 2^24; and little accuracy is lost. */
#include "quant/integers.h"

#include "base/random.h"
#include "data/dataset.h"
#include "exchange/plan.h"
#include "kernel/kernel.h"
#include "model/native.h"
#include "quant/quantise.h"
#include "quant/round.h"

#include <math.h>

enum { IMAGES = 6 };

static dsc_dataset *digits, *colours;

static int make_data(void **state) {
    (void)state;
    enum { SIDE = 12, COUNT = 40 };
    static uint8_t images[COUNT * 3 * SIDE * SIDE], labels[COUNT];
    dsc_rng rng;
    dsc_error error;
    dsc_rng_seed(&rng, 5);
    for (size_t i = 0; i < sizeof images; i++) images[i] = (uint8_t)(256 * dsc_rng_random(&rng));
    for (size_t i = 0; i < COUNT; i++) labels[i] = (uint8_t)(i % 4);
    return testing_dataset(&colours, images, labels, COUNT, (size_t[]){3, SIDE, SIDE}, 4, NULL, "colours",
                           &error) ||
           dsc_digits_create(&digits, 80, 3, 1, &error);
}

static int free_data(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    dsc_dataset_free(colours);
    return 0;
}

/* A network of that text with random values, running statistics included. */
static dsc_model *random_model(const char *text, const dsc_dataset *data, const char *normalise,
                               uint64_t seed) {
    dsc_model *model;
    dsc_error error;
    dsc_rng rng;
    dsc_rng_seed(&rng, seed);
    ASSERT_OK(dsc_model_create_for(&model, text, data, &error), error);
    ASSERT_OK(dsc_model_normalise(model, normalise, data, &error), error);
    for (dsc_node *node = NULL; (node = dsc_graph_next_value(model->graph, node));) {
        dsc_real *numbers = dsc_model_value(model, node);
        for (size_t i = 0; i < dsc_shape_count(dsc_node_shape(node)); i++)
            numbers[i] = strstr(dsc_node_name(node), "var")
                             ? (dsc_real)(0.5 + dsc_rng_random(&rng))
                             : numbers[i] + (dsc_real)(0.1 * dsc_rng_normal(&rng));
    }
    ASSERT_OK(dsc_model_set_refuse_below(model, 0.75, &error), error);
    return model;
}

static dsc_model *quantised(const dsc_model *model, const dsc_dataset *data, int levels) {
    dsc_model *made;
    dsc_error error;
    const dsc_quantise_options options = {.levels = levels, .samples = 30};
    ASSERT_OK(dsc_quantise(&made, NULL, model, data, &options, &error), error);
    assert_true(dsc_model_refuse_below(made) == dsc_model_refuse_below(model));
    return made;
}

/* `because` may be NULL. */
static bool is_quantised(const dsc_model *model, const dsc_node **because) {
    const dsc_node *found;
    bool is;
    dsc_error error;
    ASSERT_OK(dsc_check_quantised(&is, &found, model, &error), error);
    if (because) *because = found;
    return is;
}

static const struct {
    const char *text;
    bool colours;
} networks[] = {
    {"784-30-10", false},
    {"conv 5 3x3 bias=off, batch-norm, relu, max-pool 2, conv 17 3x3, relu, flatten, dropout 0.1, dense 12, "
     "relu, dense",
     false},
    {"conv 4 5x5 stride=2 padding=1, relu, depthwise 3x3 padding=1 bias=off, batch-norm, relu, conv 9 1x1, "
     "relu, "
     "global-pool avg, dense",
     false},
    {"conv 6 3x3, max-pool 3 stride=2, relu, parallel(global-pool avg | global-pool max), dense", true},
    {"conv 5 3x3 padding=1, relu, residual(conv 5 3x3 padding=1, relu, conv 5 3x3 padding=1), relu, "
     "average-pool 2, "
     "batch-norm, relu, flatten, dense",
     true},
    {"parallel(conv 3 1x1, relu | conv 4 1x1), batch-norm, relu, flatten, dense 4", true},
    /* two paddings of one image; its largest bytes */
    {"parallel(conv 3 3x3 padding=1 | conv 4 3x3 padding=1), relu, global-pool avg, dense", true},
    {"max-pool 2, conv 5 3x3 padding=1, relu, conv 4 3x3 padding=1, relu, global-pool max, dense", true},
    /* bounds that many values reach, of wide integers and of bytes */
    {"conv 5 3x3, relu6, max-pool 2, clip 0 0.3, conv 6 3x3, clip 0 0.2, flatten, dense", true},
};
enum { NETWORKS = sizeof networks / sizeof *networks };

static const dsc_dataset *data_of(size_t n) { return networks[n].colours ? colours : digits; }

/* Compares every value that a session keeps with the integers. */
static void compare(const dsc_model *model, const dsc_dataset *data, const char *kernels,
                    const char *precision) {
    dsc_session_options how = dsc_session_options_defaults();
    dsc_session *session;
    dsc_error error;
    const dsc_graph *graph = model->graph;
    const size_t size = data->image_size;
    int32_t **values = calloc(graph->count, sizeof *values);
    dsc_real *images = malloc(IMAGES * size * sizeof *images);
    size_t kept = 0, whole_ops = 0;
    dsc_whole *whole = calloc(graph->count, sizeof *whole);
    how.batch = IMAGES;
    how.kernels = kernels;
    how.precision = precision;
    for (size_t i = 0; i < graph->count && kept < DSC_KEPT_MOST; i++)
        if (graph->nodes[i]->kind == DSC_NODE_OP && graph->nodes[i]->index < model->logits->index)
            how.kept[kept++] = graph->nodes[i];
    dsc_whole_numbers(whole, model);
    ASSERT_OK(dsc_session_create(&session, graph, &how, &error), error);
    ASSERT_OK(dsc_session_take_model(session, model, &error), error);
    for (size_t i = 0; i < IMAGES; i++)
        dsc_model_load_images(model, images + i * size, dsc_dataset_at(data, i), data->type, 1);
    ASSERT_OK(dsc_session_set_input(session, model->image, images, &error), error);
    ASSERT_OK(dsc_session_run(session, IMAGES, 0, &error), error);
    for (size_t n = 0; n < IMAGES; n++) {
        in_integers(values, model, dsc_dataset_at(data, n));
        for (size_t i = 0; i < graph->count; i++) {
            const dsc_node *node = graph->nodes[i];
            const dsc_real *found =
                node->kind == DSC_NODE_OP && values[i] ? dsc_session_value(session, node) : NULL;
            for (size_t k = 0; found && k < dsc_shape_count(&node->shape); k++) {
                if (found[n * dsc_shape_count(&node->shape) + k] != (dsc_real)values[i][k])
                    fail_msg("%s, %s, %s %s: number %zu is %g, in integers %d", model->text, node->op->name,
                             kernels, precision, k, (double)found[n * dsc_shape_count(&node->shape) + k],
                             values[i][k]);
                assert_true(whole[i].is_whole);
                assert_true(values[i][k] >= whole[i].low && values[i][k] <= whole[i].high);
            }
            whole_ops += found != NULL;
        }
        for (size_t i = 0; i < graph->count; i++) free(values[i]);
    }
    assert_true(whole_ops >= 5 * IMAGES);
    dsc_session_free(session);
    free(values);
    free(images);
    free(whole);
}

static void every_kernel_set_gives_the_bits_of_integers(void **state) {
    (void)state;
    static const int levels[] = {127, 7, 1};
    for (size_t n = 0; n < NETWORKS; n++) {
        dsc_model *model = random_model(networks[n].text, data_of(n), n % 2 ? "standard" : "unit", n);
        dsc_model *made = quantised(model, data_of(n), levels[n % 3]);
        for (size_t k = 0; dsc_kernels_at(k); k++) {
            compare(made, data_of(n), dsc_kernels_at(k)->name, "f32");
            compare(made, data_of(n), dsc_kernels_at(k)->name, "bf16");
        }
        dsc_model_free(made);
        dsc_model_free(model);
    }
}

/* Logits of both, by predictors; returns the largest difference relative to the largest logit. */
static double difference(const dsc_model *a, const dsc_model *b, const dsc_dataset *data) {
    const dsc_model *const both[] = {a, b};
    dsc_real out[2][IMAGES * 10];
    double apart = 0, most = 0;
    for (size_t m = 0; m < 2; m++) {
        dsc_session_options how = dsc_session_options_defaults();
        dsc_session *session;
        dsc_error error;
        dsc_real *images = malloc(IMAGES * data->image_size * sizeof *images);
        how.batch = IMAGES;
        how.kept[0] = both[m]->logits;
        ASSERT_OK(dsc_session_create(&session, both[m]->graph, &how, &error), error);
        ASSERT_OK(dsc_session_take_model(session, both[m], &error), error);
        for (size_t i = 0; i < IMAGES; i++)
            dsc_model_load_images(both[m], images + i * data->image_size, dsc_dataset_at(data, i), data->type,
                                  1);
        ASSERT_OK(dsc_session_set_input(session, both[m]->image, images, &error), error);
        ASSERT_OK(dsc_session_run(session, IMAGES, 0, &error), error);
        memcpy(out[m], dsc_session_value(session, both[m]->logits),
               IMAGES * both[m]->classes * sizeof(dsc_real));
        dsc_session_free(session);
        free(images);
    }
    for (size_t i = 0; i < IMAGES * a->classes; i++) {
        const double here = fabs((double)out[0][i] - (double)out[1][i]), size = fabs((double)out[0][i]);
        if (here > apart) apart = here; /* no fmax: GCC 12 for ARM crashes on such loops */
        if (size > most) most = size;
    }
    return apart / most;
}

static void eight_bits_give_nearly_the_same_logits(void **state) {
    (void)state;
    for (size_t n = 0; n < NETWORKS; n++)
        for (int standard = 0; standard < 2; standard++) {
            dsc_model *model =
                random_model(networks[n].text, data_of(n), standard ? "standard" : "unit", 10 + n);
            dsc_model *made = quantised(model, data_of(n), 127);
            const double apart = difference(model, made, data_of(n));
            if (!(apart < 0.06))
                fail_msg("%s (%d): %g of the largest logit", networks[n].text, standard, apart);
            dsc_model_free(made);
            dsc_model_free(model);
        }
}

/* In the second network, the depthwise convolution reads colours with a scale each, the other convolution
 * one scale for all. */
static void an_image_is_shifted_once_for_all_that_read_it(void **state) {
    (void)state;
    static const char *const texts[] = {
        "parallel(conv 3 3x3 padding=1 | conv 4 3x3 padding=1), relu, global-pool avg, dense",
        "parallel(depthwise 3x3 padding=1 | conv 4 3x3 padding=1), relu, global-pool avg, dense"};
    for (size_t t = 0; t < 2; t++) {
        dsc_model *model = random_model(texts[t], colours, "standard", 3),
                  *made = quantised(model, colours, 7);
        size_t shifts = 0;
        for (size_t i = 0; i < made->graph->count; i++) {
            const dsc_node *node = made->graph->nodes[i];
            shifts += node->kind == DSC_NODE_OP && !strcmp(node->op->name, "add");
        }
        assert_int_equal(shifts, 1);
        assert_true(difference(model, made, colours) < 0.3); /* weights of 4 bits */
        dsc_model_free(made);
        dsc_model_free(model);
    }
}

/* 2352 bytes of 255 times weights of 127 would be 76 million. */
static void sums_stay_below_2_to_the_24_where_every_weight_is_large(void **state) {
    (void)state;
    enum { SIDE = 28 };
    static uint8_t images[IMAGES * 3 * SIDE * SIDE];
    dsc_dataset *bright;
    dsc_error error;
    memset(images, 255, sizeof images);
    ASSERT_OK(testing_dataset(&bright, images, (const uint8_t[]){0, 1, 0, 1, 0, 1}, IMAGES,
                              (size_t[]){3, SIDE, SIDE}, 2, NULL, "bright", &error),
              error);
    dsc_model *model = random_model("flatten, dense 3, relu, dense", bright, "unit", 1);
    const dsc_node *weight = dsc_graph_find(model->graph, "dense1.weight");
    for (size_t i = 0; i < dsc_shape_count(&weight->shape); i++)
        model->values[weight->offset + i] = (dsc_real)(i % 2 ? 1.0 : 0.99);
    dsc_model *made = quantised(model, bright, 127);
    const dsc_node *because, *whole = dsc_graph_find(made->graph, "dense1.weight");
    double sum = 0;
    for (size_t i = 0; i < whole->shape.size[1]; i++)
        sum += 255 * fabs((double)made->values[whole->offset + i]);
    assert_true(sum < 1 << 24 && sum > 1 << 22);
    assert_true(is_quantised(made, &because));
    compare(made, bright, "portable", "f32");
    /* One more level, and exactness is no longer guaranteed. */
    for (size_t i = 0; i < whole->shape.size[1]; i++) made->values[whole->offset + i] = 127;
    assert_false(is_quantised(made, &because));
    assert_string_equal(because->op->name, "matmul");
    dsc_model_free(made);
    dsc_model_free(model);
    dsc_dataset_free(bright);
}

/* A unit that is always 0 has such a weight, so all values of images are finite. */
static void a_weight_too_large_for_its_scale_is_refused(void **state) {
    (void)state;
    dsc_model *made, *model = random_model("flatten, dense 3, relu, dense", digits, "unit", 1);
    const dsc_node *first = dsc_graph_find(model->graph, "dense1.weight"),
                   *second = dsc_graph_find(model->graph, "dense2.weight");
    dsc_error error;
    for (size_t i = 0; i < dsc_shape_count(&first->shape); i++)
        model->values[first->offset + i] = i < first->shape.size[1] ? -100 : 100;
    model->values[second->offset] = (dsc_real)3e38;
    for (int levels = 7; levels <= 127; levels += 120) {
        const dsc_quantise_options options = {.levels = levels, .samples = 30};
        assert_int_equal(dsc_quantise(&made, NULL, model, digits, &options, &error), DSC_ERROR_UNSUPPORTED);
        ASSERT_MESSAGE(error, "dense2.weight: output 0 has a weight that is too large");
        assert_null(made);
    }
    dsc_model_free(model);
}

static void one_number_that_is_not_whole_is_found(void **state) {
    (void)state;
    const dsc_node *because;
    dsc_model *model = random_model(networks[1].text, digits, "unit", 3), *made = quantised(model, digits, 7);
    assert_false(is_quantised(model, NULL));
    assert_true(is_quantised(made, &because));
    assert_null(because);
    for (dsc_node *node = NULL; (node = dsc_graph_next_value(made->graph, node));) {
        dsc_real *x = dsc_model_value(made, node), kept = *x;
        *x = (dsc_real)0.5;
        if (is_quantised(made, NULL)) fail_msg("%s has a half", node->name);
        *x = kept;
    }
    made->normalisation.whole = false;
    assert_false(is_quantised(made, NULL));
    dsc_model_free(made);
    dsc_model_free(model);
}

static void it_is_the_same_network_from_a_file(void **state) {
    (void)state;
    unsigned char *bytes;
    size_t size;
    dsc_error error;
    dsc_model *back, *model = random_model(networks[4].text, colours, "standard", 3),
                     *made = quantised(model, colours, 7);
    ASSERT_OK(dsc_model_write(&bytes, &size, made, &error), error);
    ASSERT_OK(dsc_model_parse(&back, bytes, size, "bytes", NULL, &error), error);
    assert_true(is_quantised(back, NULL));
    assert_true(difference(made, back, colours) == 0);
    assert_string_equal(dsc_model_about(back, "quantised"), "weights from -7 to 7");
    free(bytes);
    dsc_model_free(back);
    dsc_model_free(made);
    dsc_model_free(model);
}

static void what_has_no_whole_numbers_is_named(void **state) {
    (void)state;
    static const struct {
        const char *normalise, *text, *part;
    } refused[] = {{"unit", "conv 3 3x3, gelu, flatten, dense", "gelu1: gelu has no integer form"},
                   {"unit", "conv 8 3x3, relu, se 4, flatten, dense", "se1: "},
                   {"unit", "flatten, layer-norm, dense", "layer_norm1: layer-norm has no"},
                   {"unit", "flatten, dense 8, relu, batch-norm, dense", "batch_norm1: "},
                   {"unit", "conv 3 3x3, clip -1 1, flatten, dense", "clip1: clip of the image, or from"},
                   {"standard", "relu, flatten, dense", "relu of the image"},
                   {"standard", "clip 0 1, flatten, dense", "clip1: clip of the image, or from"},
                   {"standard", "parallel(conv 3 1x1 | max-pool 1), flatten, dense", "concat of the image"},
                   {"standard", "residual(conv 1 3x3 padding=1), flatten, dense", "of the image"},
                   {"standard", "global-pool avg, dense", "an average of the image"}};
    dsc_model *made;
    dsc_error error;
    const dsc_quantise_options options = {.samples = 5};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        dsc_model *model = random_model(refused[i].text, digits, refused[i].normalise, 1);
        assert_int_equal(dsc_quantise(&made, NULL, model, digits, &options, &error), DSC_ERROR_UNSUPPORTED);
        ASSERT_MESSAGE(error, refused[i].part);
        assert_null(made);
        dsc_model_free(model);
    }
    dsc_model *model = random_model("784-10", digits, "unit", 1), *twice = quantised(model, digits, 0);
    assert_int_equal(dsc_quantise(&made, NULL, twice, digits, &options, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "is quantised already");
    assert_int_equal(dsc_quantise(&made, NULL, model, colours, &options, &error), DSC_ERROR_MISMATCH);
    model->values[0] = (dsc_real)NAN;
    assert_int_equal(dsc_quantise(&made, NULL, model, digits, &options, &error), DSC_ERROR_DIVERGED);
    dsc_model_free(twice);
    dsc_model_free(model);
}

static void a_quantised_network_is_not_trained(void **state) {
    (void)state;
    dsc_error error;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 1;
    dsc_model *model = random_model("784-10", digits, "unit", 1), *made = quantised(model, digits, 0);
    assert_int_equal(dsc_train(made, digits, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "whole numbers cannot be trained");
    ASSERT_OK(dsc_train(model, digits, &how, &error), error);
    dsc_model_free(made);
    dsc_model_free(model);
}

/* No leak if one branch cannot be quantised: the sanitizers check that. */
static void a_branch_that_cannot_be_is_refused(void **state) {
    (void)state;
    dsc_model *made, *model = random_model("parallel(conv 3 1x1 | dropout 0.1), relu, flatten, dense",
                                           colours, "standard", 1);
    dsc_error error;
    const dsc_quantise_options options = {.levels = 7, .samples = 5};
    assert_int_equal(dsc_quantise(&made, NULL, model, colours, &options, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "concat of the image");
    dsc_model_free(model);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    dsc_model *made,
        *model = random_model("conv 2 3x3, relu, parallel(global-pool avg | global-pool max), dense", colours,
                              "standard", 2);
    dsc_error error;
    const dsc_quantise_options options = {.levels = 7, .samples = 4};
    for (long n = 0;; n++) {
        testing_fail_allocation(n);
        dsc_quantised_report report;
        const dsc_status status = dsc_quantise(&made, &report, model, colours, &options, &error);
        dsc_quantised_report_clear(&report);
        if (!testing_allocation_failed()) {
            ASSERT_OK(status, error);
            assert_true(n > 100);
            break;
        }
        if (status != DSC_ERROR_MEMORY)
            fail_msg("allocation %ld: %d, %s", n, status, status ? error.message : "made");
        assert_null(made);
    }
    dsc_model_free(made);
    dsc_model_free(model);
}

/* --- rounding --- */

static void what_was_rounded_is_rounded_to_itself(void **state) {
    (void)state;
    enum { COUNT = 37 };
    static const int levels[] = {1, 3, 7, 127};
    double error[4] = {0};
    dsc_rng rng;
    dsc_rng_seed(&rng, 8);
    for (int round = 0; round < 200; round++) {
        dsc_real x[COUNT], once[COUNT], again[COUNT];
        const int most = levels[round % 4];
        for (size_t i = 0; i < COUNT; i++) x[i] = (dsc_real)(0.1 * (round + 1) * dsc_rng_normal(&rng));
        const double scale = dsc_round_channel(once, x, COUNT, most);
        assert_true(scale > 0);
        assert_true(scale == dsc_round_channel(again, once, COUNT, most));
        assert_memory_equal(once, again, sizeof once);
        for (size_t i = 0; i < COUNT; i++) {
            const double level = (double)once[i] / scale;
            assert_true(level == rint(level) && fabs(level) <= most);
            const double apart = ((double)x[i] - (double)once[i]) / (0.1 * (round + 1));
            error[round % 4] += apart * apart;
        }
    }
    /* For a normal distribution, 3 levels lose at least 19 percent of the power, 7 levels 4.4, 15 levels
     * 1.2 (Max, 1960). */
    static const double most[] = {0.24, 0.06, 0.02, 0.0001};
    for (size_t l = 0; l < 4; l++)
        if (!(error[l] < most[l] * 50 * COUNT))
            fail_msg("%d levels: %g is lost", levels[l], error[l] / (50 * COUNT));
    dsc_real none[3] = {0, 0, 0}, broken[3] = {1, (dsc_real)INFINITY, 2}, kept[3];
    assert_true(dsc_round_channel(kept, none, 3, 7) == 0);
    assert_memory_equal(kept, none, sizeof none);
    assert_true(dsc_round_channel(kept, broken, 3, 7) == 0);
    assert_memory_equal(kept, broken, sizeof broken);
}

static void levels_are_seen_in_weights_that_have_them(void **state) {
    (void)state;
    static const int levels[] = {1, 3, 7, 127};
    dsc_model *model = random_model(networks[1].text, digits, "unit", 4);
    assert_int_equal(dsc_round_levels(model->values, model->graph), 127);
    for (size_t l = 4; l-- > 0;) {
        dsc_round_weights(model->values, model->values, model->graph, levels[l]);
        assert_int_equal(dsc_round_levels(model->values, model->graph), levels[l]);
    }
    dsc_model_free(model);
}

/* The report's bytes equal those of the C file, and each layer's bytes are a part of them. */
static void the_report_counts_what_an_export_has(void **state) {
    (void)state;
    static const int levels[] = {127, 7, 1};
    for (size_t n = 0; n < NETWORKS; n++)
        for (size_t l = 0; l < 3; l++) {
            dsc_model *made,
                *model = random_model(networks[n].text, data_of(n), n % 2 ? "unit" : "standard", n);
            dsc_quantised_report report;
            exchange_plan plan;
            dsc_error error;
            const dsc_quantise_options options = {.levels = levels[l], .samples = 30};
            ASSERT_OK(dsc_quantise(&made, &report, model, data_of(n), &options, &error), error);
            ASSERT_OK(exchange_plan_make(&plan, made, &error), error);
            assert_true(plan.whole);
            if (report.bytes + report.more_bytes != exchange_plan_bytes(&plan))
                fail_msg("%s, %d levels: %zu and %zu bytes are told, %zu exported", networks[n].text,
                         levels[l], report.bytes, report.more_bytes, exchange_plan_bytes(&plan));
            size_t bytes = 0, more = 0;
            for (size_t i = 0; i < report.count; i++) {
                bytes += report.layers[i].bytes;
                more += report.layers[i].more_bytes;
                const size_t rows = dsc_node_shape(report.layers[i].weight)->size[0];
                assert_true(report.layers[i].more_bytes >= 4 * rows);
            }
            assert_int_equal(bytes, report.bytes);
            assert_true(more <= report.more_bytes && more > 0);
            exchange_plan_clear(&plan);
            dsc_quantised_report_clear(&report);
            dsc_model_free(made);
            dsc_model_free(model);
        }
}

/* Weights with few levels are those of the original network up to their scales, although batch
 * normalisation was folded into them, and each channel of an image has its own normalisation. */
static void keeps_levels(const char *text, const dsc_dataset *data, const char *normalise) {
    dsc_model *model = random_model(text, data, normalise, 6);
    dsc_round_weights(model->values, model->values, model->graph, 7);
    dsc_model *made = quantised(model, data, 0);
    size_t weights = 0;
    for (dsc_node *from = NULL; (from = dsc_graph_next_value(model->graph, from));) {
        if (!strstr(dsc_node_name(from), ".weight") || from->shape.rank < 2) continue;
        const dsc_node *to = dsc_graph_find(made->graph, dsc_node_name(from));
        const size_t rows = from->shape.size[0], each = dsc_shape_count(&from->shape) / rows;
        weights++;
        for (size_t k = 0; k < rows; k++) {
            dsc_real rounded[4096];
            const dsc_real *w = model->values + from->offset + k * each,
                           *v = made->values + to->offset + k * each;
            const double scale = dsc_round_channel(rounded, w, each, 7);
            /* a batch normalisation may invert all signs */
            double turn = 0;
            for (size_t i = 0; i < each; i++)
                if (v[i] != 0) turn = (double)v[i] * (double)w[i] > 0 ? 1 : -1;
            for (size_t i = 0; i < each; i++)
                if ((double)v[i] != turn * rint((double)w[i] / scale))
                    fail_msg("%s, %s: %s has a weight of another level", text, normalise,
                             dsc_node_name(from));
        }
    }
    assert_true(weights >= 2);
    assert_true(difference(model, made, data) < 0.06);
    dsc_model_free(made);
    dsc_model_free(model);
}

static void levels_that_were_learned_are_kept(void **state) {
    (void)state;
    keeps_levels(networks[1].text, digits, "unit");
    keeps_levels(networks[1].text, digits, "standard");
    keeps_levels("conv 6 3x3, relu, conv 5 3x3 bias=off, batch-norm, relu, flatten, dense", colours,
                 "standard");
    keeps_levels("conv 6 3x3 padding=1, relu, flatten, dense", colours, "standard");
}

static void bits_are_counted_as_machines_have_them(void **state) {
    (void)state;
    static const struct {
        int64_t low, high;
        unsigned bits;
    } of[] = {{0, 0, 1},  {0, 1, 1},  {0, 255, 8}, {0, 256, 9},   {-1, 1, 2},
              {-7, 7, 4}, {-8, 7, 4}, {-8, 8, 5},  {-128, 127, 8}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        assert_int_equal(dsc_whole_bits(&(dsc_whole){true, of[i].low, of[i].high}), of[i].bits);
    assert_int_equal(dsc_packed_bytes(11, 2), 3);
    assert_int_equal(dsc_packed_bytes(11, 3), 5);
    assert_int_equal(dsc_packed_bytes(11, 4), 6);
    assert_int_equal(dsc_packed_bytes(11, 8), 11);
}

static void floats_become_bytes(void **state) {
    (void)state;
    dsc_normalisation n;
    dsc_error error;
    dsc_real out[6];
    ASSERT_OK(dsc_normalisation_find(&n, "bytes", NULL, &error), error);
    const float x[6] = {-0.1F, 0, 0.5F, 1, 1.5F, 2.4F / 255};
    dsc_normalisation_apply(&n, out, x, DSC_F32, 1, (size_t[]){1, 2, 3});
    const dsc_real expected[6] = {0, 0, 128, 255, 255, 2};
    assert_memory_equal(out, expected, sizeof out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_set_gives_the_bits_of_integers),
        cmocka_unit_test(eight_bits_give_nearly_the_same_logits),
        cmocka_unit_test(an_image_is_shifted_once_for_all_that_read_it),
        cmocka_unit_test(sums_stay_below_2_to_the_24_where_every_weight_is_large),
        cmocka_unit_test(a_weight_too_large_for_its_scale_is_refused),
        cmocka_unit_test(one_number_that_is_not_whole_is_found),
        cmocka_unit_test(it_is_the_same_network_from_a_file),
        cmocka_unit_test(what_has_no_whole_numbers_is_named),
        cmocka_unit_test(a_quantised_network_is_not_trained),
        cmocka_unit_test(a_branch_that_cannot_be_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(what_was_rounded_is_rounded_to_itself),
        cmocka_unit_test(levels_are_seen_in_weights_that_have_them),
        cmocka_unit_test(the_report_counts_what_an_export_has),
        cmocka_unit_test(levels_that_were_learned_are_kept),
        cmocka_unit_test(bits_are_counted_as_machines_have_them),
        cmocka_unit_test(floats_become_bytes),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
