/* SPDX-License-Identifier: MIT */
/* A program's own training loop: with a session and an optimiser it gives the bits of dsc_train; new masks
 * in every batch; frozen parameters neither change nor affect the training of the others; errors name the
 * remedy. */
#include "testing.h"

#include "base/stream.h"
#include "data/dataset.h"
#include "train/trainer.h"

#include "stripes.h"

#include <math.h>

static dsc_error error;

/* --- the bits of dsc_train --- */

static const char NETWORK[] = "conv 4 3x3, batch-norm, relu, flatten, dropout 0.3, dense 12, relu, dense";

static dsc_training_options everything(void) {
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 3;
    how.batch = 16; /* 60 images: the last batch of an epoch is smaller */
    how.lanes = 4;
    how.threads = 2;
    how.seed = 5;
    how.optimiser = "adamw";
    how.learning_rate = 0.01;
    how.weight_decay = 0.02;
    how.l1 = 1e-4;
    how.clip_norm = 0.5;
    how.schedule = "one-cycle";
    how.ema = 0.9;
    return how;
}

/* The same training by hand: the order of samples, batches and pixels of dsc_train. */
static void train_by_hand(dsc_model *model, const dsc_training_options *how) {
    const dsc_model_parts nodes = dsc_model_nodes(model);
    const uint64_t steps_an_epoch = (60 + how->batch - 1) / how->batch;
    dsc_session_options options = dsc_session_options_defaults();
    dsc_optimiser_options rules = dsc_optimiser_options_defaults();
    dsc_session *session;
    dsc_optimiser *optimiser;
    options.batch = how->batch;
    options.loss = nodes.loss;
    options.training = true;
    options.lanes = how->lanes;
    options.threads = how->threads;
    options.seed = how->seed;
    rules.text = how->optimiser;
    rules.learning_rate = how->learning_rate;
    rules.weight_decay = how->weight_decay;
    rules.l1 = how->l1;
    rules.clip_norm = how->clip_norm;
    rules.schedule = how->schedule;
    rules.steps = steps_an_epoch * how->epochs;
    rules.steps_an_epoch = steps_an_epoch;
    rules.ema = how->ema;
    ASSERT_OK(dsc_session_create(&session, dsc_model_graph(model), &options, &error), error);
    ASSERT_OK(dsc_session_take_model(session, model, &error), error);
    ASSERT_OK(dsc_optimiser_create(&optimiser, session, &rules, &error), error);
    float images[60 * 16], targets[60];
    uint32_t samples[60];
    ASSERT_OK(dsc_session_set_input(session, nodes.image, images, &error), error);
    ASSERT_OK(dsc_session_set_input(session, nodes.target, targets, &error), error);
    dsc_session_set_samples(session, samples);
    for (uint64_t epoch = 0; epoch < how->epochs; epoch++) {
        int64_t order[60];
        dsc_rng rng;
        for (int64_t i = 0; i < 60; i++) order[i] = i;
        dsc_rng_philox(&rng, (const uint64_t[2]){how->seed, DSC_STREAM_SHUFFLE},
                       (const uint64_t[4]){0, 0, epoch, 0});
        dsc_rng_shuffle(&rng, order, 60);
        for (size_t at = 0; at < 60; at += how->batch) {
            const size_t count = 60 - at < how->batch ? 60 - at : how->batch;
            for (size_t i = 0; i < count; i++) {
                samples[i] = (uint32_t)order[at + i];
                dsc_model_load_images(model, images + i * 16, dsc_dataset_image(stripes, samples[i]), DSC_U8,
                                      1);
                targets[i] = (float)dsc_dataset_label(stripes, samples[i]);
            }
            ASSERT_OK(dsc_session_run(session, count, epoch, &error), error);
            ASSERT_OK(dsc_optimiser_step(optimiser, &error), error);
        }
    }
    dsc_optimiser_take_average(optimiser);
    ASSERT_OK(dsc_model_take_session(model, session, &error), error);
    dsc_optimiser_free(optimiser);
    dsc_session_free(session);
}

static void a_loop_by_hand_gives_the_bits_of_training(void **state) {
    (void)state;
    const dsc_training_options how = everything();
    dsc_model *trained, *by_hand;
    ASSERT_OK(dsc_model_create_for(&trained, NETWORK, stripes, &error), error);
    ASSERT_OK(dsc_model_create_for(&by_hand, NETWORK, stripes, &error), error);
    ASSERT_OK(dsc_train(trained, stripes, &how, &error), error);
    train_by_hand(by_hand, &how);
    const size_t bytes = dsc_graph_value_numbers(trained->graph) * sizeof(dsc_real);
    assert_memory_equal(trained->values, by_hand->values, bytes);
    dsc_model_free(trained);
    dsc_model_free(by_hand);
}

/* --- a graph with dropout --- */

typedef struct rig {
    dsc_graph *graph;
    dsc_node *x, *target, *y, *loss;
    dsc_session *session;
    float images[60 * 16], targets[60];
} rig;

/* `dropout` 0: none. */
static void make_rig(rig *r, double dropout) {
    ASSERT_OK(dsc_graph_create(&r->graph, &error), error);
    r->x = dsc_input(r->graph, "x", dsc_shape_of(1, 16, 0, 0, 0));
    r->target = dsc_input(r->graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    dsc_node *hidden = dsc_relu(dsc_dense(r->x, 12));
    r->y = dsc_dense(dropout > 0 ? dsc_dropout(hidden, dropout) : hidden, 3);
    r->loss = dsc_softmax_cross_entropy(r->y, r->target, 0);
    for (size_t i = 0; i < 60 * 16; i++) r->images[i] = (float)dsc_dataset_images(stripes)[i] / 255;
    for (size_t i = 0; i < 60; i++) r->targets[i] = dsc_dataset_labels(stripes)[i];
}

static void begin(rig *r) {
    dsc_session_options options = dsc_session_options_defaults();
    options.batch = 60;
    options.loss = r->loss;
    options.training = true;
    options.kept[0] = r->y;
    ASSERT_OK(dsc_session_create(&r->session, r->graph, &options, &error), error);
    ASSERT_OK(dsc_session_set_input(r->session, r->x, r->images, &error), error);
    ASSERT_OK(dsc_session_set_input(r->session, r->target, r->targets, &error), error);
}

static void end(rig *r) {
    dsc_session_free(r->session);
    dsc_graph_free(r->graph);
}

static double mean_loss(const rig *r) {
    double sum = 0;
    for (size_t i = 0; i < 60; i++) sum += (double)dsc_session_value(r->session, r->loss)[i];
    return sum / 60;
}

static void a_loop_of_ten_lines_learns(void **state) {
    (void)state;
    rig r;
    dsc_optimiser *optimiser;
    make_rig(&r, 0.2);
    begin(&r);
    ASSERT_OK(dsc_optimiser_create(&optimiser, r.session, NULL, &error), error);
    ASSERT_OK(dsc_session_run(r.session, 60, 0, &error), error);
    const double before = mean_loss(&r);
    for (uint64_t step = 0; step < 600; step++) {
        ASSERT_OK(dsc_session_run(r.session, 60, step, &error), error);
        ASSERT_OK(dsc_optimiser_step(optimiser, &error), error);
    }
    assert_true(before > 0.9 && mean_loss(&r) < 0.3);
    dsc_optimiser_free(optimiser);
    end(&r);
}

static void every_step_draws_its_own_masks(void **state) {
    (void)state;
    rig r;
    float first[180], again[180];
    make_rig(&r, 0.5);
    begin(&r);
    ASSERT_OK(dsc_session_run(r.session, 60, 1, &error), error);
    memcpy(first, dsc_session_value(r.session, r.y), sizeof first);
    ASSERT_OK(dsc_session_run(r.session, 60, 2, &error), error);
    memcpy(again, dsc_session_value(r.session, r.y), sizeof again);
    assert_memory_not_equal(first, again, sizeof first);
    ASSERT_OK(dsc_session_run(r.session, 60, 1, &error), error);
    assert_memory_equal(first, dsc_session_value(r.session, r.y), sizeof first);
    /* A sample's mask depends on its index, not on its place. */
    uint32_t samples[60];
    float turned[60 * 16];
    for (size_t i = 0; i < 60; i++) {
        samples[i] = (uint32_t)(59 - i);
        memcpy(turned + i * 16, r.images + (59 - i) * 16, 16 * sizeof *turned);
    }
    ASSERT_OK(dsc_session_set_input(r.session, r.x, turned, &error), error);
    dsc_session_set_samples(r.session, samples);
    ASSERT_OK(dsc_session_run(r.session, 60, 1, &error), error);
    const float *y = dsc_session_value(r.session, r.y);
    for (size_t i = 0; i < 60; i++) assert_memory_equal(y + i * 3, first + (59 - i) * 3, 3 * sizeof *y);
    end(&r);
}

/* --- losses composed of nodes --- */

static void losses_can_be_weighed_and_added(void **state) {
    (void)state;
    rig r;
    make_rig(&r, 0);
    dsc_node *smooth = dsc_softmax_cross_entropy(r.y, r.target, 0.2);
    dsc_node *both = dsc_add(dsc_scale(r.loss, 0.25), dsc_scale(smooth, 0.75));
    dsc_node *const losses[] = {r.loss, smooth, both};
    const dsc_node *weight = dsc_graph_find(r.graph, "dense1.weight");
    float gradients[3][12 * 16];
    for (size_t i = 0; i < 3; i++) {
        r.loss = losses[i];
        begin(&r);
        ASSERT_OK(dsc_session_run(r.session, 60, 0, &error), error);
        memcpy(gradients[i], dsc_session_gradient(r.session, weight), sizeof gradients[i]);
        dsc_session_free(r.session);
    }
    for (size_t i = 0; i < 12 * 16; i++)
        assert_true(fabs((double)(0.25F * gradients[0][i] + 0.75F * gradients[1][i] - gradients[2][i])) <
                    1e-6);
    dsc_graph_free(r.graph);
}

/* --- freezing --- */

static void a_frozen_parameter_stays_and_the_others_learn_the_same(void **state) {
    (void)state;
    static const char *const names[] = {"dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"};
    float all[4][12 * 16];
    for (int frozen = -1; frozen < 4; frozen++) {
        rig r;
        dsc_optimiser *optimiser;
        make_rig(&r, 0);
        if (frozen >= 0) dsc_node_freeze(dsc_graph_find(r.graph, names[frozen]), true);
        begin(&r);
        ASSERT_OK(dsc_optimiser_create(&optimiser, r.session, NULL, &error), error);
        ASSERT_OK(dsc_session_run(r.session, 60, 0, &error), error);
        for (int i = 0; i < 4; i++) {
            dsc_node *node = dsc_graph_find(r.graph, names[i]);
            const size_t bytes = dsc_shape_count(dsc_node_shape(node)) * sizeof(float);
            const float *gradient = dsc_session_gradient(r.session, node);
            if (frozen < 0) memcpy(all[i], gradient, bytes);
            if (i == frozen)
                assert_null(gradient);
            else
                assert_memory_equal(gradient, all[i], bytes);
        }
        if (frozen >= 0) {
            const dsc_node *node = dsc_graph_find(r.graph, names[frozen]);
            const size_t bytes = dsc_shape_count(dsc_node_shape(node)) * sizeof(float);
            float before[12 * 16];
            memcpy(before, dsc_session_parameter(r.session, node), bytes);
            ASSERT_OK(dsc_optimiser_step(optimiser, &error), error);
            assert_memory_equal(before, dsc_session_parameter(r.session, node), bytes);
        }
        dsc_optimiser_free(optimiser);
        end(&r);
    }
}

static void training_leaves_alone_what_is_frozen(void **state) {
    (void)state;
    const dsc_training_options how = everything();
    dsc_model *model;
    ASSERT_OK(dsc_model_create_for(&model, NETWORK, stripes, &error), error);
    dsc_graph *graph = dsc_model_graph(model);
    /* conv1.weight and its bias if it has one; gamma, beta and both statistics */
    const size_t conv = dsc_graph_freeze(graph, "conv*", true);
    assert_true(conv >= 1);
    assert_int_equal(dsc_graph_freeze(graph, "batch_norm*", true), 4);
    assert_int_equal(dsc_graph_freeze(graph, "nothing*", true), 0);
    const size_t numbers = dsc_graph_value_numbers(graph);
    float *before = malloc(numbers * sizeof *before);
    memcpy(before, model->values, numbers * sizeof *before);
    ASSERT_OK(dsc_train(model, stripes, &how, &error), error);
    for (const dsc_node *node = NULL; (node = dsc_graph_next_value(graph, node));) {
        const size_t bytes = dsc_shape_count(dsc_node_shape(node)) * sizeof(float);
        const int moved = memcmp(before + node->offset, dsc_model_value(model, node), bytes);
        assert_true(dsc_node_is_frozen(node) == !moved);
    }
    assert_true(dsc_graph_freeze(graph, "*", true) >= 9);
    assert_int_equal(dsc_train(model, stripes, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "frozen");
    free(before);
    dsc_model_free(model);
}

/* One step of plain gradient descent changes a weight by the rate times the gradient. */
static void a_rate_of_its_own_multiplies_the_learning_rate(void **state) {
    (void)state;
    const double factors[] = {1, 0.25, 0, 3};
    float before[12 * 16];
    double moved[4] = {0};
    for (size_t i = 0; i < 4; i++) {
        rig r;
        dsc_optimiser *optimiser;
        dsc_optimiser_options how = dsc_optimiser_options_defaults();
        how.text = "sgd";
        how.learning_rate = 0.125;
        make_rig(&r, 0);
        assert_int_equal(dsc_graph_set_rate(r.graph, "dense1.w*", factors[i]), 1);
        begin(&r);
        ASSERT_OK(dsc_optimiser_create(&optimiser, r.session, &how, &error), error);
        ASSERT_OK(dsc_session_run(r.session, 60, 0, &error), error);
        const dsc_node *weight = dsc_graph_find(r.graph, "dense1.weight");
        memcpy(before, dsc_session_parameter(r.session, weight), sizeof before);
        ASSERT_OK(dsc_optimiser_step(optimiser, &error), error);
        for (size_t k = 0; k < 12 * 16; k++)
            moved[i] += fabs((double)(dsc_session_parameter(r.session, weight)[k] - before[k]));
        assert_true(fabs(moved[i] - factors[i] * moved[0]) < 1e-4 * moved[0]);
        dsc_optimiser_free(optimiser);
        end(&r);
    }
    assert_true(moved[0] > 0.01);
}

static void patterns_fit_names(void **state) {
    (void)state;
    rig r;
    make_rig(&r, 0);
    const struct {
        const char *pattern;
        size_t count;
    } known[] = {{"*", 4},     {"dense1.*", 2}, {"*.bias", 2},        {"*1*e*", 1}, {"dense2.bias", 1},
                 {"", 0},      {"dense", 0},    {"**bias**", 2},      {"*x", 0},    {"target", 0},
                 {"d*1*s", 1}, {"d*e*.*t", 2},  {"dense1.weight*", 1}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(dsc_graph_freeze(r.graph, known[i].pattern, true), known[i].count);
    dsc_graph_free(r.graph);
}

/* --- errors --- */

static void mistakes_are_told(void **state) {
    (void)state;
    rig r;
    dsc_optimiser *optimiser;
    dsc_optimiser_options how = dsc_optimiser_options_defaults();
    make_rig(&r, 0);
    begin(&r);
#define REFUSES(member, wrong, part)                                                                         \
    do {                                                                                                     \
        how = dsc_optimiser_options_defaults();                                                              \
        how.member = wrong;                                                                                  \
        assert_int_equal(dsc_optimiser_create(&optimiser, r.session, &how, &error), DSC_ERROR_ARGUMENT);     \
        assert_null(optimiser);                                                                              \
        ASSERT_MESSAGE(error, part);                                                                         \
    } while (0)
    REFUSES(size, 8, "dsc_optimiser_options_defaults");
    REFUSES(learning_rate, (double)NAN, "learning-rate");
    REFUSES(learning_rate, -1, "learning-rate");
    REFUSES(l2, (double)INFINITY, "l2");
    REFUSES(ema, 1, "ema");
    REFUSES(steps_an_epoch, 5, "longer than the whole run");
    ASSERT_OK(dsc_optimiser_create(&optimiser, r.session, NULL, &error), error);
    assert_int_equal(dsc_optimiser_step(optimiser, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "dsc_session_run");
    ASSERT_OK(dsc_session_run(r.session, 60, 0, &error), error);
    ASSERT_OK(dsc_optimiser_step(optimiser, &error), error);
    assert_int_equal(dsc_optimiser_step(optimiser, &error), DSC_ERROR_ARGUMENT);
    dsc_optimiser_free(optimiser);
    how = dsc_optimiser_options_defaults();
    how.text = "adem";
    assert_int_equal(dsc_optimiser_create(&optimiser, r.session, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "adam");
    dsc_session_free(r.session);
    dsc_session_options options = dsc_session_options_defaults();
    options.kept[0] = r.y;
    ASSERT_OK(dsc_session_create(&r.session, r.graph, &options, &error), error);
    assert_int_equal(dsc_optimiser_create(&optimiser, r.session, NULL, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "training");
    end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_by_hand_gives_the_bits_of_training),
        cmocka_unit_test(a_loop_of_ten_lines_learns),
        cmocka_unit_test(every_step_draws_its_own_masks),
        cmocka_unit_test(losses_can_be_weighed_and_added),
        cmocka_unit_test(a_frozen_parameter_stays_and_the_others_learn_the_same),
        cmocka_unit_test(training_leaves_alone_what_is_frozen),
        cmocka_unit_test(a_rate_of_its_own_multiplies_the_learning_rate),
        cmocka_unit_test(patterns_fit_names),
        cmocka_unit_test(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
