/* SPDX-License-Identifier: MIT */
/* test_predictor.c: a predictor gives the answers of its model. */
#include "testing.h"

#include "base/memory.h"
#include "data/dataset.h"
#include "graph/executor.h"
#include "graph/fold.h"
#include "kernel/choose.h"
#include "kernel/kernel.h"
#include "model/model.h"

#include <math.h>
#include <pthread.h>

enum { CLASSES = 10, PIXELS = 28 * 28, IMAGES = 40 };

static dsc_dataset *digits(void) {
    dsc_error error;
    dsc_dataset *data;
    ASSERT_OK(dsc_digits_create(&data, IMAGES, 5, 1, &error), error);
    return data;
}

/* A model whose running statistics, gammas and betas differ from the initial ones. */
static dsc_model *model_of(const char *text, const char *loss) {
    dsc_error error;
    dsc_model *model;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.loss = loss;
    options.seed = 3;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    const dsc_graph *graph = model->graph;
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        if (!node->name || (node->kind != DSC_NODE_PARAMETER && node->kind != DSC_NODE_BUFFER)) continue;
        dsc_real *values = model->values + node->offset;
        if (node->shape.rank > 1 || strstr(node->name, "class_weights")) continue;
        for (size_t k = 0; k < dsc_shape_count(&node->shape); k++)
            values[k] =
                (dsc_real)(0.6 + 0.3 * sin((double)(k + i))) * (node->kind == DSC_NODE_BUFFER ? 1 : 0.7F);
    }
    return model;
}

typedef struct one_image {
    const dsc_model *model;
    const uint8_t *image;
} one_image;

static void load_one(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const one_image *one = context;
    dsc_model_load_images(one->model, inputs[0], one->image + first * PIXELS, DSC_U8, count);
}

/* The model's own graph, without folding, one image after the other. */
static void plain_answers(float *probabilities, const dsc_model *model, const uint8_t *images, size_t count) {
    dsc_error error;
    dsc_executor *executor;
    const dsc_kernels *kernels = dsc_kernels_auto();
    const dsc_executor_options options = {
        .batch = 1, .lanes = 1, .kept = {model->logits}, .kept_count = 1, .kernels = kernels};
    ASSERT_OK(dsc_executor_create(&executor, model->graph, &options, 1, &error), error);
    one_image one = {model, images};
    const dsc_run run = {.count = 1, .load = load_one, .context = &one, .values = model->values};
    for (size_t i = 0; i < count; i++) {
        one.image = images + i * PIXELS;
        ASSERT_OK(dsc_executor_run(executor, &run, &error), error);
        dsc_real logits[CLASSES];
        memcpy(logits, dsc_executor_value(executor, model->logits), sizeof logits);
        dsc_probabilities(probabilities + i * CLASSES, logits, CLASSES, dsc_model_is_sigmoid(model), kernels);
    }
    dsc_executor_free(executor);
}

static const char *const texts[] = {
    "784-100-10",
    "784-300-37-10",
    "conv 5 5x5 bias=off, batch-norm, relu, max-pool 2, conv 7 3x3 padding=1, batch-norm, relu, flatten, "
    "dropout 0.5, "
    "dense 33 bias=off, batch-norm, relu, dense",
    "conv 8 3x3 stride=2, relu, residual(conv 8 3x3 padding=1 bias=off, batch-norm), relu, batch-norm, "
    "flatten, "
    "dense",
    "depthwise 3x3, batch-norm, relu, global-pool avg, dense",
    "conv 24 5x5, relu, conv 24 5x5 stride=2 padding=1, relu, flatten, dense", /* threads share an image */
};

static void answers_are_those_of_the_model(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = digits();
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int sigmoid = 0; sigmoid < 2; sigmoid++) {
            dsc_model *model = model_of(texts[t], sigmoid ? "binary-cross-entropy" : NULL);
            float wanted[IMAGES * CLASSES], found[IMAGES * CLASSES];
            plain_answers(wanted, model, dsc_dataset_images(data), IMAGES);
            dsc_predictor *predictor;
            ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
            dsc_model_free(model); /* everything was copied */
            for (unsigned threads = 1; threads <= 3; threads++) {
                dsc_workspace *workspace;
                ASSERT_OK(dsc_workspace_create(&workspace, predictor, threads, &error), error);
                ASSERT_OK(dsc_predict(found, predictor, workspace, dsc_dataset_images(data), IMAGES, &error),
                          error);
                for (size_t i = 0; i < IMAGES * CLASSES; i++)
                    if (fabsf(found[i] - wanted[i]) > 2e-5F)
                        fail_msg("%s, number %zu: %g, not %g", texts[t], i, (double)found[i],
                                 (double)wanted[i]);
                dsc_workspace_free(workspace);
            }
            dsc_predictor_free(predictor);
        }
    dsc_dataset_free(data);
}

static void an_image_gets_the_same_bits_alone_and_in_any_batch(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = digits();
    dsc_model *model = model_of(texts[1], NULL);
    float together[IMAGES * CLASSES], alone[CLASSES];
    for (int set = 0; dsc_kernels_at((size_t)set); set++) {
        dsc_predictor_options how = dsc_predictor_options_defaults();
        how.kernels = dsc_kernels_at((size_t)set)->name;
        dsc_predictor *predictor;
        dsc_workspace *workspace;
        ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
        ASSERT_OK(dsc_workspace_create(&workspace, predictor, 2, &error), error);
        ASSERT_OK(dsc_predict(together, predictor, workspace, dsc_dataset_images(data), IMAGES, &error),
                  error);
        for (size_t i = 0; i < IMAGES; i++) {
            ASSERT_OK(
                dsc_predict(alone, predictor, workspace, dsc_dataset_images(data) + i * PIXELS, 1, &error),
                error);
            assert_memory_equal(alone, together + i * CLASSES, sizeof alone);
        }
        dsc_workspace_free(workspace);
        dsc_predictor_free(predictor);
    }
    dsc_model_free(model);
    dsc_dataset_free(data);
}

/* --- threads --- */

typedef struct caller {
    const dsc_predictor *predictor;
    const uint8_t *images;
    const float *wanted;
    int wrong;
    pthread_t thread;
} caller;

static void *call_often(void *argument) {
    caller *c = argument;
    dsc_error error;
    dsc_workspace *workspace;
    float found[IMAGES * CLASSES];
    if (dsc_workspace_create(&workspace, c->predictor, 1, &error)) return NULL;
    for (int round = 0; round < 5; round++)
        if (dsc_predict(found, c->predictor, workspace, c->images, IMAGES, &error) ||
            memcmp(found, c->wanted, sizeof found) != 0)
            c->wrong++;
    dsc_workspace_free(workspace);
    return NULL;
}

static void one_image_shared_by_threads_gets_the_same_answer(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = digits();
    dsc_model *model = model_of(texts[5], NULL);
    for (int bf16 = 0; bf16 < 2; bf16++) {
        float wanted[IMAGES * CLASSES], found[CLASSES];
        for (size_t batch = IMAGES; batch > 0; batch = batch == 1 ? 0 : 1) {
            dsc_predictor_options how = dsc_predictor_options_defaults();
            how.batch = batch;
            how.precision = bf16 ? "bf16" : "f32";
            dsc_predictor *predictor;
            dsc_workspace *workspace;
            ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
            ASSERT_OK(dsc_workspace_create(&workspace, predictor, 3, &error), error);
            if (batch > 1) {
                ASSERT_OK(dsc_predict(wanted, predictor, workspace, dsc_dataset_images(data), batch, &error),
                          error);
            } else {
                for (size_t i = 0; i < IMAGES; i++) {
                    ASSERT_OK(dsc_predict(found, predictor, workspace, dsc_dataset_images(data) + i * PIXELS,
                                          1, &error),
                              error);
                    for (size_t k = 0; k < CLASSES; k++) /* bf16 sums in another order */
                        if (bf16 ? fabsf(found[k] - wanted[i * CLASSES + k]) > 1e-5F
                                 : found[k] != wanted[i * CLASSES + k])
                            fail_msg("image %zu, class %zu: %.9g, not %.9g", i, k, (double)found[k],
                                     (double)wanted[i * CLASSES + k]);
                }
            }
            dsc_workspace_free(workspace);
            dsc_predictor_free(predictor);
        }
    }
    dsc_model_free(model);
    dsc_dataset_free(data);
}

static void threads_share_one_predictor(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = digits();
    dsc_model *model = model_of(texts[2], NULL);
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    float wanted[IMAGES * CLASSES];
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    ASSERT_OK(dsc_predict(wanted, predictor, workspace, dsc_dataset_images(data), IMAGES, &error), error);
    caller callers[4];
    for (int i = 0; i < 4; i++) {
        callers[i] = (caller){.predictor = predictor, .images = dsc_dataset_images(data), .wanted = wanted};
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call_often, &callers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(callers[i].thread, NULL);
        assert_int_equal(callers[i].wrong, 0);
    }
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_model_free(model);
    dsc_dataset_free(data);
}

/* --- memory, and wrong calls --- */

static void a_call_allocates_nothing(void **state) {
    (void)state;
    dsc_error error;
    dsc_dataset *data = digits();
    dsc_model *model = model_of(texts[2], NULL);
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    float found[IMAGES * CLASSES];
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 2, &error), error);
    const long before = testing_allocations();
    for (size_t count = 1; count <= IMAGES; count += 13)
        ASSERT_OK(dsc_predict(found, predictor, workspace, dsc_dataset_images(data), count, &error), error);
    assert_int_equal(testing_allocations(), before);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_model_free(model);
    dsc_dataset_free(data);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model = model_of(texts[2], NULL);
    for (long n = 0;; n++) {
        dsc_predictor *predictor = NULL;
        dsc_workspace *workspace = NULL;
        testing_fail_allocation(n);
        dsc_status status = dsc_predictor_create(&predictor, model, NULL, &error);
        if (!status) status = dsc_workspace_create(&workspace, predictor, 2, &error);
        const bool failed = testing_allocation_failed();
        dsc_workspace_free(workspace);
        dsc_predictor_free(predictor);
        if (!failed) {
            ASSERT_OK(status, error);
            break;
        }
        assert_int_equal(status, DSC_ERROR_MEMORY);
    }
    dsc_model_free(model);
}

static void wrong_calls_are_answered(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model = model_of(texts[0], NULL);
    dsc_predictor *predictor, *other;
    dsc_workspace *workspace;
    static uint8_t images[3 * PIXELS];
    float found[3 * CLASSES];
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = 2;
    ASSERT_OK(dsc_predictor_create(&predictor, model, &how, &error), error);
    ASSERT_OK(dsc_predictor_create(&other, model, &how, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    assert_int_equal(dsc_predict(found, predictor, workspace, images, 3, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_predict(found, predictor, workspace, images, 0, &error), DSC_ERROR_ARGUMENT);
    assert_int_equal(dsc_predict(found, other, workspace, images, 1, &error), DSC_ERROR_ARGUMENT);
    ASSERT_OK(dsc_predict(found, predictor, workspace, images, 2, &error), error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_predictor_free(other);
    const dsc_predictor_options wrong[] = {{.size = 3, .batch = 1},
                                           {.size = sizeof how, .batch = 0},
                                           {.size = sizeof how, .batch = 1, .precision = "f16"},
                                           {.size = sizeof how, .batch = 1, .kernels = "abacus"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(dsc_predictor_create(&predictor, model, &wrong[i], &error), DSC_ERROR_ARGUMENT);
        assert_null(predictor);
    }
    dsc_model_free(model);
}

/* --- folding --- */

static void batch_norm_behind_a_convolution_is_gone(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model = model_of(texts[2], NULL);
    dsc_folded *folded;
    ASSERT_OK(dsc_folded_create(&folded, model->graph, NULL, &error), error);
    size_t norms = 0, dropouts = 0;
    for (size_t i = 0; i < dsc_folded_graph(folded)->count; i++) {
        const dsc_node *node = dsc_folded_graph(folded)->nodes[i];
        norms += node->kind == DSC_NODE_OP && !strcmp(node->op->name, "batch-norm");
        dropouts += node->kind == DSC_NODE_OP && !strcmp(node->op->name, "dropout");
    }
    assert_int_equal(norms, 0);
    assert_int_equal(dropouts, 0);
    dsc_folded_free(folded);
    dsc_model_free(model);

    model = model_of(texts[3], NULL); /* one norm follows a convolution, one a sum */
    ASSERT_OK(dsc_folded_create(&folded, model->graph, NULL, &error), error);
    for (size_t i = norms = 0; i < dsc_folded_graph(folded)->count; i++) {
        const dsc_node *node = dsc_folded_graph(folded)->nodes[i];
        norms += node->kind == DSC_NODE_OP && !strcmp(node->op->name, "batch-norm");
    }
    assert_int_equal(norms, 1);
    dsc_folded_free(folded);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_those_of_the_model),
        cmocka_unit_test(an_image_gets_the_same_bits_alone_and_in_any_batch),
        cmocka_unit_test(one_image_shared_by_threads_gets_the_same_answer),
        cmocka_unit_test(threads_share_one_predictor),
        cmocka_unit_test(a_call_allocates_nothing),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(wrong_calls_are_answered),
        cmocka_unit_test(batch_norm_behind_a_convolution_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
