/* SPDX-License-Identifier: MIT */
/* Models from a caller's graph: the same bits as a model from a text with the same network; own ops and
 * composed losses that train, answer, fold, save and load; values copied from model to model by name. */
#include "testing.h"

#include "graph/graph.h"
#include "model/model.h"
#include "op/op.h"

#include <math.h>

static dsc_error error;
static dsc_dataset *digits;

static int make_digits(void **state) {
    (void)state;
    return dsc_digits_create(&digits, 400, 3, 1, &error);
}

static int free_digits(void **state) {
    (void)state;
    dsc_dataset_free(digits);
    return 0;
}

/* --- an own op: y = x^2, not in place --- */

static void square(const dsc_call *call) {
    const size_t numbers = call->count * dsc_shape_count(&call->in_shape[0]);
    for (size_t i = 0; i < numbers; i++) call->out[0][i] = call->in[0][i] * call->in[0][i];
}

static void square_back(const dsc_call *call) {
    if (!call->d_in[0]) return;
    const size_t numbers = call->count * dsc_shape_count(&call->in_shape[0]);
    for (size_t i = 0; i < numbers; i++) call->d_in[0][i] = 2 * call->in[0][i] * call->d_out[0][i];
}

static dsc_status square_shapes(dsc_shape_rule *rule, dsc_error *why) {
    (void)why;
    rule->out[0] = rule->in[0];
    return DSC_OK;
}

static const dsc_stage square_forward[] = {{.kind = DSC_STAGE_SAMPLES, .run = square}, {0}};
static const dsc_stage square_backward[] = {{.kind = DSC_STAGE_SAMPLES, .run = square_back, .writes = 1},
                                            {0}};
static const dsc_op square_op = {.size = sizeof(dsc_op),
                                 .name = "my-square",
                                 .help = "x squared",
                                 .least_inputs = 1,
                                 .most_inputs = 1,
                                 .keeps_inputs = 1,
                                 .shapes = square_shapes,
                                 .forward = square_forward,
                                 .backward = square_backward};
static const dsc_op *const own_ops[] = {&square_op, NULL};

/* --- graphs --- */

static dsc_model_parts begin_parts(void) {
    dsc_graph *graph;
    dsc_model_parts parts = dsc_model_parts_defaults();
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    parts.image = dsc_input(graph, "image", dsc_shape_of(3, 1, 28, 28, 0));
    parts.target = dsc_input(graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    return parts;
}

/* With an own op, and 0.9 cross-entropy + 0.1 squared error. */
static dsc_model *own_model(void) {
    dsc_model_parts parts = begin_parts();
    dsc_model *model;
    dsc_node *x = dsc_sequence(parts.image, "conv 6 5x5 stride=2, batch-norm, relu, max-pool 2, flatten");
    x = dsc_dense(dsc_apply(&square_op, &x, 1, NULL), 32);
    parts.logits = dsc_dense(dsc_relu(x), 10);
    parts.loss = dsc_add(dsc_scale(dsc_softmax_cross_entropy(parts.logits, parts.target, 0), 0.9),
                         dsc_scale(dsc_squared_error(parts.logits, parts.target, true), 0.1));
    ASSERT_OK(dsc_model_from_graph(&model, &parts, &error), error);
    return model;
}

static dsc_training_options quick(void) {
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 8;
    how.batch = 20;
    how.learning_rate = 0.003;
    return how;
}

static dsc_score score_of(const dsc_model *model) {
    dsc_score score;
    ASSERT_OK(dsc_evaluate(&score, model, digits, &error), error);
    return score;
}

static void a_graph_and_a_text_of_one_network_are_one(void **state) {
    (void)state;
    static const char TEXT[] = "conv 4 5x5 stride=2, batch-norm, relu, flatten, dense 16, relu, dense";
    dsc_model *texts, *graphs;
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model_parts parts = begin_parts();
    options.text = TEXT;
    parts.seed = options.seed = 4;
    dsc_node *x = dsc_relu(dsc_sequence(dsc_conv(parts.image, 4, 5, 2, 0), "batch-norm"));
    parts.logits = dsc_sequence(dsc_relu(dsc_dense(dsc_flatten(x), 16)), "dense 10 init=glorot");
    parts.loss = dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
    ASSERT_OK(dsc_model_create(&texts, &options, &error), error);
    ASSERT_OK(dsc_model_from_graph(&graphs, &parts, &error), error);
    dsc_training_options how = quick();
    how.epochs = 1;
    const size_t bytes = dsc_graph_value_numbers(dsc_model_graph(texts)) * sizeof(dsc_real);
    assert_memory_equal(texts->values, graphs->values, bytes);
    ASSERT_OK(dsc_train(texts, digits, &how, &error), error);
    ASSERT_OK(dsc_train(graphs, digits, &how, &error), error);
    assert_memory_equal(texts->values, graphs->values, bytes);
    assert_true(score_of(texts).loss == score_of(graphs).loss);
    assert_string_equal(dsc_model_text(graphs), "own graph");
    assert_string_equal(dsc_model_loss(graphs), "softmax-cross-entropy");
    dsc_model_free(texts);
    dsc_model_free(graphs);
}

static void own_ops_and_composed_losses_train_answer_and_come_back(void **state) {
    (void)state;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/own.safetensors", testing_folder());
    dsc_model *model = own_model(), *loaded;
    const dsc_training_options how = quick();
    ASSERT_OK(dsc_train(model, digits, &how, &error), error);
    const dsc_score score = score_of(model);
    assert_true(score.accuracy > 0.9);
    ASSERT_OK(dsc_model_save(model, path, &error), error);
    assert_int_not_equal(dsc_model_load(&loaded, path, &error), DSC_OK);
    ASSERT_MESSAGE(error, "my-square");
    ASSERT_OK(dsc_model_load_with(&loaded, path, own_ops, &error), error);
    assert_true(score_of(loaded).loss == score.loss);
    /* A predictor folds the normalisation: its answers agree with the scores. */
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    float probabilities[10];
    size_t right = 0;
    ASSERT_OK(dsc_predictor_create(&predictor, loaded, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    for (size_t i = 0; i < 400; i++) {
        ASSERT_OK(
            dsc_predict(probabilities, predictor, workspace, dsc_dataset_images(digits) + i * 784, 1, &error),
            error);
        size_t best = 0;
        for (size_t k = 1; k < 10; k++)
            if (probabilities[k] > probabilities[best]) best = k;
        right += best == dsc_dataset_labels(digits)[i];
    }
    assert_int_equal(right, score.correct);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    /* Training can continue. */
    ASSERT_OK(dsc_train(loaded, digits, &how, &error), error);
    dsc_model_free(loaded);
    dsc_model_free(model);
}

static void a_composed_loss_says_how_probabilities_are_made(void **state) {
    (void)state;
    for (int binary = 0; binary < 2; binary++) {
        dsc_model *model;
        dsc_model_parts parts = begin_parts();
        parts.logits = dsc_dense(dsc_flatten(parts.image), 10);
        dsc_node *other = dsc_squared_error(dsc_softmax(parts.logits), parts.target, true);
        dsc_node *main_loss = binary ? dsc_binary_cross_entropy(parts.logits, parts.target, false)
                                     : dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
        parts.loss = dsc_add(other, main_loss);
        parts.text = "a line with two losses";
        ASSERT_OK(dsc_model_from_graph(&model, &parts, &error), error);
        assert_true(dsc_model_is_sigmoid(model) == (binary == 1));
        assert_string_equal(dsc_model_text(model), "a line with two losses");
        assert_string_equal(dsc_model_loss(model), "own loss");
        dsc_model_free(model);
    }
}

/* --- values by name --- */

typedef struct copied {
    size_t count, missing, different;
} copied;

static void count_copied(void *user, const dsc_node *to, const dsc_node *from, size_t numbers) {
    copied *c = user;
    assert_non_null(dsc_node_name(to));
    c->count += numbers > 0;
    c->missing += !from;
    c->different += from && !numbers;
}

static void numbers_go_to_where_name_and_shape_agree(void **state) {
    (void)state;
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *from, *to;
    options.text = "flatten, dense 20, relu, dense";
    options.seed = 1;
    ASSERT_OK(dsc_model_create(&from, &options, &error), error);
    options.text = "flatten, dense 20, relu, dense 8, relu, dense";
    options.classes = 26;
    options.seed = 2;
    ASSERT_OK(dsc_model_create(&to, &options, &error), error);
    copied c = {0};
    dsc_model_copy_values(to, from, count_copied, &c);
    assert_int_equal(c.count, 2);     /* dense1 */
    assert_int_equal(c.different, 2); /* dense2 */
    assert_int_equal(c.missing, 2);   /* dense3 */
    const dsc_node *a = dsc_graph_find(dsc_model_graph(from), "dense1.weight");
    const dsc_node *b = dsc_graph_find(dsc_model_graph(to), "dense1.weight");
    assert_memory_equal(dsc_model_value(from, a), dsc_model_value(to, b), 784 * 20 * sizeof(float));
    assert_null(dsc_model_value(from, b));
    assert_null(dsc_model_value(from, dsc_model_nodes(from).logits));
    assert_null(dsc_graph_find(dsc_model_graph(from), "dense3.weight"));
    dsc_model_copy_values(to, from, NULL, NULL);
    dsc_model_free(from);
    dsc_model_free(to);
}

static void values_are_listed_with_role_and_shape(void **state) {
    (void)state;
    dsc_model *model = own_model();
    dsc_graph *graph = dsc_model_graph(model);
    size_t parameters = 0, numbers = 0, buffers = 0;
    for (const dsc_node *node = NULL; (node = dsc_graph_next_value(graph, node));) {
        assert_ptr_equal(dsc_graph_find(graph, dsc_node_name(node)), node);
        parameters += dsc_node_role(node) == DSC_ROLE_PARAMETER;
        buffers += dsc_node_role(node) == DSC_ROLE_BUFFER;
        if (dsc_node_role(node) == DSC_ROLE_PARAMETER) numbers += dsc_shape_count(dsc_node_shape(node));
    }
    assert_true(parameters >= 7 && buffers == 2);
    assert_int_equal(numbers, dsc_model_parameters(model));
    assert_int_equal(dsc_node_role(dsc_model_nodes(model).image), DSC_ROLE_SAMPLE);
    assert_string_equal(dsc_node_name(dsc_model_nodes(model).image), "image");
    assert_null(dsc_node_name(dsc_model_nodes(model).logits));
    dsc_model_free(model);
}

static void a_model_with_an_own_op_is_adapted_and_every_failing_allocation_is_survived(void **state) {
    (void)state;
    dsc_model *from = own_model(), *to;
    dsc_score before = score_of(from);
    bool failed = true;
    long n = 0;
    for (; failed && n < 2000; n++) {
        testing_fail_allocation(n);
        const dsc_status status = dsc_model_adapt(&to, from, NULL, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        if (failed) assert_null(to);
    }
    assert_false(failed);
    dsc_model_free(from); /* the copy has a graph of its own */
    dsc_score after = score_of(to);
    assert_memory_equal(&before, &after, sizeof before);
    dsc_model_free(to);
}

static void sessions_take_and_give_only_their_own_models_numbers(void **state) {
    (void)state;
    dsc_model *model = own_model(), *other = own_model();
    dsc_session_options options = dsc_session_options_defaults();
    dsc_session *session;
    options.kept[0] = dsc_model_nodes(model).logits;
    ASSERT_OK(dsc_session_create(&session, dsc_model_graph(model), &options, &error), error);
    assert_int_equal(dsc_session_take_model(session, other, &error), DSC_ERROR_MISMATCH);
    assert_int_equal(dsc_model_take_session(other, session, &error), DSC_ERROR_MISMATCH);
    ASSERT_OK(dsc_session_take_model(session, model, &error), error);
    const dsc_node *bias = dsc_graph_find(dsc_model_graph(model), "dense1.bias");
    dsc_session_parameter(session, bias)[3] = 7;
    ASSERT_OK(dsc_model_take_session(model, session, &error), error);
    assert_true(dsc_model_value(model, bias)[3] == 7);
    dsc_session_parameter(session, bias)[3] = NAN;
    assert_int_equal(dsc_model_take_session(model, session, &error), DSC_ERROR_DIVERGED);
    ASSERT_MESSAGE(error, "dense1.bias");
    assert_true(dsc_model_value(model, bias)[3] == 7);
    dsc_session_free(session);
    dsc_model_free(model);
    dsc_model_free(other);
}

/* --- mistakes --- */

static void parts_that_do_not_fit_are_refused_and_stay_the_callers(void **state) {
    (void)state;
    dsc_model_parts good = begin_parts();
    good.logits = dsc_dense(dsc_flatten(good.image), 10);
    good.loss = dsc_softmax_cross_entropy(good.logits, good.target, 0);
    dsc_graph *graph = dsc_node_graph(good.image), *second;
    ASSERT_OK(dsc_graph_create(&second, &error), error);
    dsc_node *flat = dsc_input(second, "x", dsc_shape_of(1, 784, 0, 0, 0));
    dsc_node *const wide = dsc_softmax(dsc_dense(dsc_flatten(good.image), 4));
    const struct {
        dsc_model_parts parts;
        const char *says;
    } bad[] = {
        {{.size = 3}, "dsc_model_parts_defaults"},
        {{.size = good.size}, "lack the image"},
        {{.size = good.size, .image = good.image, .target = good.target, .logits = good.logits},
         "lack the loss"},
        {{.size = good.size, .image = good.image, .target = flat, .logits = good.logits, .loss = good.loss},
         "another graph"},
        {{.size = good.size,
          .image = good.target,
          .target = good.target,
          .logits = good.logits,
          .loss = good.loss},
         "the image must be an input"},
        {{.size = good.size,
          .image = good.image,
          .target = good.image,
          .logits = good.logits,
          .loss = good.loss},
         "the target must be another input"},
        {{.size = good.size,
          .image = good.image,
          .target = good.target,
          .logits = good.image,
          .loss = good.loss},
         "the logits must be a value (K)"},
        {{.size = good.size, .image = good.image, .target = good.target, .logits = good.logits, .loss = wide},
         "the loss must be one number"},
        {{.size = good.size,
          .image = good.image,
          .target = good.target,
          .logits = good.logits,
          .loss = good.loss,
          .text = "\xff"},
         "UTF-8"}};
    dsc_model *model;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(dsc_model_from_graph(&model, &bad[i].parts, &error), DSC_ERROR_ARGUMENT);
        assert_null(model);
        ASSERT_MESSAGE(error, bad[i].says);
    }
    (void)dsc_input(graph, "more", dsc_shape_of(0, 0, 0, 0, 0));
    assert_int_equal(dsc_model_from_graph(&model, &good, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "'more'");
    dsc_graph_free(graph);
    dsc_graph_free(second);
}

/* Ops whose descriptor is shorter, longer, or was never given a size. */
static void ops_of_older_and_newer_headers_are_taken(void **state) {
    (void)state;
    static struct {
        dsc_op op;
        unsigned char more[16];
    } newer;
    newer.op = square_op;
    newer.op.size = sizeof newer;
    const size_t older_size = offsetof(dsc_op, examples);
    unsigned char *older = malloc(older_size); /* not a byte more, for the sanitizers */
    memcpy(older, &square_op, older_size);
    memcpy(older, &older_size, sizeof older_size);
    const dsc_op *const ops[] = {(const void *)older, &newer.op};
    dsc_predictor *predictor[2];
    float probabilities[2][10];
    for (size_t i = 0; i < 2; i++) {
        dsc_model_parts parts = begin_parts();
        dsc_model *model;
        dsc_node *x = dsc_dense(dsc_flatten(parts.image), 8);
        parts.logits = dsc_dense(dsc_apply(ops[i], &x, 1, NULL), 10);
        parts.loss = dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
        ASSERT_OK(dsc_model_from_graph(&model, &parts, &error), error);
        ASSERT_OK(dsc_predictor_create(&predictor[i], model, NULL, &error), error);
        dsc_model_free(model); /* the predictor's graph has the op still */
        dsc_workspace *workspace;
        ASSERT_OK(dsc_workspace_create(&workspace, predictor[i], 1, &error), error);
        ASSERT_OK(
            dsc_predict(probabilities[i], predictor[i], workspace, dsc_dataset_images(digits), 1, &error),
            error);
        dsc_workspace_free(workspace);
        dsc_predictor_free(predictor[i]);
    }
    assert_memory_equal(probabilities[0], probabilities[1], sizeof probabilities[0]);
    free(older);

    const struct {
        size_t size;
        unsigned char more;
        dsc_status status;
        const char *message;
    } wrong[] = {
        {0, 0, DSC_ERROR_ARGUMENT, "an op's size is 0, expected "},
        {sizeof newer, 1, DSC_ERROR_UNSUPPORTED, "the op 'my-square' asks for features that this version"}};
    for (size_t i = 0; i < 2; i++) {
        dsc_model_parts parts = begin_parts();
        newer.op.size = wrong[i].size;
        newer.more[15] = wrong[i].more;
        (void)dsc_apply(&newer.op, &parts.image, 1, NULL);
        assert_int_equal(dsc_graph_check(dsc_node_graph(parts.image), &error), wrong[i].status);
        ASSERT_MESSAGE(error, wrong[i].message);
        dsc_graph_free(dsc_node_graph(parts.image));
    }
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    bool failed = true;
    for (long n = 0; failed && n < 200; n++) {
        dsc_model_parts parts = begin_parts();
        dsc_model *model;
        parts.logits = dsc_dense(dsc_flatten(parts.image), 10);
        parts.loss = dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
        dsc_graph *graph = dsc_node_graph(parts.image);
        testing_fail_allocation(n);
        const dsc_status status = dsc_model_from_graph(&model, &parts, &error);
        failed = testing_allocation_failed();
        if (failed) {
            assert_int_equal(status, DSC_ERROR_MEMORY);
            dsc_graph_free(graph);
        } else {
            ASSERT_OK(status, error);
            dsc_model_free(model);
        }
    }
    assert_false(failed);
}

static dsc_status square_many_shapes(dsc_shape_rule *rule, dsc_error *why) {
    (void)why;
    for (size_t i = 0; i < 5; i++) rule->out[i] = rule->in[0];
    return DSC_OK;
}

static void an_op_with_too_many_inputs_or_outputs_is_refused(void **state) {
    (void)state;
    dsc_node *inputs[17];
    dsc_op wide = square_op, deep = square_op;
    wide.most_inputs = 64;
    deep.outputs = 5;
    deep.shapes = square_many_shapes;
    for (size_t count = 16; count <= 17; count++) {
        const dsc_model_parts parts = begin_parts();
        dsc_graph *graph = dsc_node_graph(parts.image);
        for (size_t i = 0; i < 17; i++) inputs[i] = parts.image;
        (void)dsc_apply(&wide, inputs, count, NULL);
        assert_int_equal(dsc_graph_check(graph, &error), count > 16 ? DSC_ERROR_UNSUPPORTED : DSC_OK);
        if (count > 16) ASSERT_MESSAGE(error, "at most 16 inputs, found 17");
        dsc_graph_free(graph);
    }
    const dsc_model_parts parts = begin_parts();
    (void)dsc_apply(&deep, &(dsc_node *){parts.image}, 1, NULL);
    assert_int_equal(dsc_graph_check(dsc_node_graph(parts.image), &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "at most 4 outputs, found 5");
    dsc_graph_free(dsc_node_graph(parts.image));
}

/* Batch normalisation behind `x`, with values of its own. */
static dsc_node *normalised(dsc_node *x, const char *name) {
    static const char *const parts[] = {"scale", "shift", "mean", "variance"};
    dsc_node *values[4];
    char full[32];
    for (int i = 0; i < 4; i++) {
        (void)snprintf(full, sizeof full, "%s.%s", name, parts[i]);
        values[i] = i < 2 ? dsc_parameter(dsc_node_graph(x), full, dsc_shape_of(1, 1, 0, 0, 0),
                                          i ? DSC_INIT_ZEROS : DSC_INIT_ONES, 1, 1, false)
                          : dsc_buffer(dsc_node_graph(x), full, dsc_shape_of(1, 1, 0, 0, 0), i == 3);
    }
    return dsc_batch_norm(x, values[0], values[1], values[2], values[3], 0.1, 1e-5);
}

static void a_weight_of_two_convolutions_is_folded_into_each(void **state) {
    (void)state;
    dsc_model_parts parts = begin_parts();
    dsc_model *model;
    dsc_graph *graph = dsc_node_graph(parts.image);
    dsc_node *w = dsc_parameter(graph, "w", dsc_shape_of(4, 1, 1, 3, 3), DSC_INIT_HE, 9, 9, true);
    dsc_node *x = normalised(dsc_conv2d(parts.image, w, NULL, NULL, NULL, NULL), "one");
    x = normalised(dsc_conv2d(x, w, NULL, NULL, NULL, NULL), "two");
    parts.logits = dsc_dense(dsc_flatten(x), 10);
    parts.loss = dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
    ASSERT_OK(dsc_model_from_graph(&model, &parts, &error), error);
    dsc_training_options how = quick();
    ASSERT_OK(dsc_train(model, digits, &how, &error), error);
    assert_true(score_of(model).accuracy > 0.5);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_graph_and_a_text_of_one_network_are_one),
        cmocka_unit_test(own_ops_and_composed_losses_train_answer_and_come_back),
        cmocka_unit_test(a_composed_loss_says_how_probabilities_are_made),
        cmocka_unit_test(numbers_go_to_where_name_and_shape_agree),
        cmocka_unit_test(values_are_listed_with_role_and_shape),
        cmocka_unit_test(a_model_with_an_own_op_is_adapted_and_every_failing_allocation_is_survived),
        cmocka_unit_test(sessions_take_and_give_only_their_own_models_numbers),
        cmocka_unit_test(parts_that_do_not_fit_are_refused_and_stay_the_callers),
        cmocka_unit_test(ops_of_older_and_newer_headers_are_taken),
        cmocka_unit_test(an_op_with_too_many_inputs_or_outputs_is_refused),
        cmocka_unit_test(a_weight_of_two_convolutions_is_folded_into_each),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, make_digits, free_digits);
}
