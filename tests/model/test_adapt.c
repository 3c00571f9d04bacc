/* SPDX-License-Identifier: MIT */
/* A model that starts from another: matching values are copied to the bit, also rows of the same class;
 * all other values start afresh; bytes are converted as before. */
#include "testing.h"

#include "graph/graph.h"
#include "model/model.h"

static dsc_error error;

static dsc_model *make(const char *text, size_t classes, const char *const *names) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = text;
    options.classes = classes;
    options.class_names = names;
    options.seed = 9;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    for (const dsc_node *node = NULL; (node = dsc_graph_next_value(model->graph, node));) { /* "trained" */
        const size_t count = dsc_shape_count(dsc_node_shape(node));
        for (size_t i = 0; i < count; i++) dsc_model_value(model, node)[i] += (float)(i % 7) + 1;
    }
    return model;
}

static const float *value(dsc_model *model, const char *name) {
    return dsc_model_value(model, dsc_graph_find(dsc_model_graph(model), name));
}

static void without_options_it_is_a_copy(void **state) {
    (void)state;
    static const char *const names[] = {"b", "a", "c"};
    dsc_model *from = make("conv 4 3x3, batch-norm, relu, global-pool, dense", 3, names), *to;
    ASSERT_OK(dsc_model_adapt(&to, from, NULL, &error), error);
    assert_string_equal(dsc_model_text(to), dsc_model_text(from));
    assert_string_equal(dsc_model_class_name(to, 1), "a");
    assert_memory_equal(from->values, to->values, dsc_graph_value_numbers(from->graph) * sizeof(float));
    dsc_model_free(from);
    dsc_model_free(to);
}

static void texts_take_the_number_of_classes_and_pixels(void **state) {
    (void)state;
    const struct {
        const char *from, *to;
        size_t side; /* 0: as before */
    } known[] = {
        {"784-20-3", "784-20-5", 0},
        {"flatten, dense 8, relu, dense", "flatten, dense 8, relu, dense", 0},
        {"flatten, dense 8, relu, dense 3", "flatten, dense 8, relu, dense", 0},
        {"flatten, dense 8, relu,  dense 3 bias=off", "flatten, dense 8, relu,  dense bias=off", 0},
        {"conv 4 3x3, parallel(global-pool avg | global-pool max), dense 3",
         "conv 4 3x3, parallel(global-pool avg | global-pool max), dense", 0},
        {"conv 4 3x3, global-pool, dense", "conv 4 3x3, global-pool, dense", 40},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        dsc_model *from = make(known[i].from, 3, NULL), *to;
        dsc_adapt_options how = dsc_adapt_options_defaults();
        const dsc_images digits = {.shape = {1, 28, 28}, .preparation = DSC_PREPARATION_DIGITS};
        ASSERT_OK(dsc_model_expect(from, &digits, &error), error);
        how.classes = 5;
        if (known[i].side) how.shape[0] = 1;
        how.shape[1] = how.shape[2] = known[i].side;
        ASSERT_OK(dsc_model_adapt(&to, from, &how, &error), error);
        assert_string_equal(dsc_model_text(to), known[i].to);
        assert_int_equal(dsc_model_classes(to), 5);
        size_t shape[3];
        dsc_model_shape(to, shape);
        assert_int_equal(shape[1], known[i].side ? known[i].side : 28);
        dsc_images expected;
        dsc_model_describe(&expected, to);
        assert_int_equal(expected.preparation, known[i].side ? DSC_PREPARATION_NONE : DSC_PREPARATION_DIGITS);
        dsc_model_free(from);
        dsc_model_free(to);
    }
}

static void rows_of_the_same_class_are_kept(void **state) {
    (void)state;
    static const char *const few[] = {"cat", "dog", "bird"}, *const many[] = {"fish", "bird", "cat", "horse"};
    dsc_model *from = make("flatten, dense 6, relu, dense", 3, few), *to;
    dsc_adapt_options how = dsc_adapt_options_defaults();
    how.classes = 4;
    how.class_names = many;
    how.seed = 9;
    ASSERT_OK(dsc_model_adapt(&to, from, &how, &error), error);
    const float *a = value(from, "dense2.weight"), *b = value(to, "dense2.weight");
    assert_memory_equal(value(from, "dense1.weight"), value(to, "dense1.weight"), 784 * 6 * sizeof(float));
    assert_memory_equal(b + 6, a + 2 * 6, 6 * sizeof(float)); /* bird */
    assert_memory_equal(b + 2 * 6, a, 6 * sizeof(float));     /* cat */
    assert_memory_not_equal(b, a, 6 * sizeof(float));
    assert_memory_not_equal(b, a + 6, 6 * sizeof(float));
    assert_true(value(to, "dense2.bias")[0] == 0 &&
                value(to, "dense2.bias")[1] == value(from, "dense2.bias")[2]);
    dsc_model_free(from);
    dsc_model_free(to);
}

typedef struct told {
    size_t values, numbers;
} told;

static void count_told(void *user, const dsc_node *to, const dsc_node *from, size_t numbers) {
    told *t = user;
    (void)to;
    (void)from;
    t->values++;
    t->numbers += numbers;
}

static void other_layers_and_losses_take_what_fits_and_bytes_are_read_as_before(void **state) {
    (void)state;
    dsc_model *from = make("flatten, dense 6, relu, dense", 3, NULL), *to;
    dsc_adapt_options how = dsc_adapt_options_defaults();
    told t = {0};
    from->normalisation.scale[0] = 0.125F;
    const dsc_images images = {.shape = {1, 28, 28}, .ground = DSC_GROUND_LIGHT};
    ASSERT_OK(dsc_model_expect(from, &images, &error), error);
    how.text = "flatten, dense 6, relu, dense 9, relu, dense";
    how.loss = "binary-cross-entropy";
    how.on_copied = count_told;
    how.user = &t;
    ASSERT_OK(dsc_model_adapt(&to, from, &how, &error), error);
    assert_int_equal(t.values, 6);
    assert_int_equal(t.numbers, 785 * 6);
    assert_string_equal(dsc_model_loss(to), "binary-cross-entropy");
    assert_true(to->normalisation.scale[0] == 0.125F);
    dsc_images expected;
    dsc_model_describe(&expected, to);
    assert_int_equal(expected.ground, DSC_GROUND_LIGHT);
    dsc_model_free(from);
    dsc_model_free(to);
}

static void what_cannot_be_is_told(void **state) {
    (void)state;
    dsc_model *from = make("784-6-3", 3, NULL), *to;
    dsc_adapt_options how = dsc_adapt_options_defaults();
    how.text = "conv 4 3x3, global-pool, dense";
    assert_int_equal(dsc_model_adapt(&to, from, &how, &error), DSC_ERROR_MISMATCH);
    assert_null(to);
    ASSERT_MESSAGE(error, "nothing of \"784-6-3\" fits");
    how.text = "flatten, dens";
    assert_int_equal(dsc_model_adapt(&to, from, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "unknown layer 'dens'");
    how.size = 1;
    assert_int_equal(dsc_model_adapt(&to, from, &how, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "dsc_adapt_options_defaults");
    dsc_model_free(from);
}

static dsc_model *make_own(void) {
    dsc_graph *graph;
    dsc_model *from;
    dsc_model_parts parts = dsc_model_parts_defaults();
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    parts.image = dsc_input(graph, "image", dsc_shape_of(3, 1, 4, 4, 0));
    parts.target = dsc_input(graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    parts.logits = dsc_dense(dsc_flatten(parts.image), 3);
    parts.loss = dsc_softmax_cross_entropy(parts.logits, parts.target, 0);
    parts.text = "16-3"; /* a name, whatever it contains; also after loading from a file */
    parts.seed = 7;
    ASSERT_OK(dsc_model_from_graph(&from, &parts, &error), error);
    return from;
}

static void a_graph_of_its_own_is_copied_and_stays_as_it_is(void **state) {
    (void)state;
    dsc_model *from = make_own(), *to;
    static const char *const names[] = {"2", "new", "0"};
    char path[512];
    (void)snprintf(path, sizeof path, "%s/own.safetensors", testing_folder());
    ASSERT_OK(dsc_model_save(from, path, &error), error);
    for (int i = 0; i < 2; i++) {
        dsc_adapt_options how = dsc_adapt_options_defaults();
        const size_t numbers = dsc_graph_value_numbers(from->graph);
        ASSERT_OK(dsc_model_adapt(&to, from, NULL, &error), error);
        assert_string_equal(dsc_model_text(to), "16-3");
        assert_memory_equal(to->values, from->values, numbers * sizeof(dsc_real));
        dsc_model_free(to);
        how.classes = 4;
        assert_int_equal(dsc_model_adapt(&to, from, &how, &error), DSC_ERROR_ARGUMENT);
        assert_null(to);
        ASSERT_MESSAGE(error, "dsc_model_copy_values");
        how.classes = 3;
        how.shape[0] = 1;
        how.shape[1] = how.shape[2] = 5;
        assert_int_equal(dsc_model_adapt(&to, from, &how, &error), DSC_ERROR_ARGUMENT);
        how.shape[1] = how.shape[2] = 4;
        how.class_names =
            names; /* rows are matched by the names of their classes; the row of a new class starts afresh */
        ASSERT_OK(dsc_model_adapt(&to, from, &how, &error), error);
        const size_t at = dsc_graph_next_value(from->graph, NULL)->offset;
        assert_memory_equal(to->values + at, from->values + at + 32, 16 * sizeof(dsc_real));
        assert_memory_equal(to->values + at + 32, from->values + at, 16 * sizeof(dsc_real));
        assert_memory_not_equal(to->values + at + 16, from->values + at + 16, 16 * sizeof(dsc_real));
        assert_string_equal(dsc_model_class_name(to, 1), "new");
        dsc_model_free(to);
        for (long n = 0;; n++) {
            testing_fail_allocation(n);
            const dsc_status status = dsc_model_adapt(&to, from, &how, &error);
            const bool failed = testing_allocation_failed();
            assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
            dsc_model_free(to);
            if (!failed) break;
        }
        dsc_model_free(from);
        if (i == 0) ASSERT_OK(dsc_model_load(&from, path, &error), error);
    }
}

static void failing_allocations_are_survived(void **state) {
    (void)state;
    dsc_model *from = make("784-6-3", 3, NULL), *to;
    bool failed = true;
    for (long n = 0; failed && n < 500; n++) {
        testing_fail_allocation(n);
        const dsc_status status = dsc_model_adapt(&to, from, NULL, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_model_free(to);
    }
    assert_false(failed);
    dsc_model_free(from);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_is_a_copy),
        cmocka_unit_test(texts_take_the_number_of_classes_and_pixels),
        cmocka_unit_test(rows_of_the_same_class_are_kept),
        cmocka_unit_test(other_layers_and_losses_take_what_fits_and_bytes_are_read_as_before),
        cmocka_unit_test(what_cannot_be_is_told),
        cmocka_unit_test(a_graph_of_its_own_is_copied_and_stays_as_it_is),
        cmocka_unit_test(failing_allocations_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
