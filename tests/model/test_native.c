/* SPDX-License-Identifier: MIT */
/* Model files: a loaded model equals the saved one, bit for bit; damage is refused and named. */
#include "layer/made.h"

#include "base/file.h"
#include "base/memory.h"
#include "graph/executor.h"
#include "model/model.h"
#include "model/native.h"
#include "op/op.h"

#include <math.h>

/* The model of this text, or NULL if there is none. */
static dsc_model *try(const char *text) {
    static const char *const names[] = {"zero", "\"one\"", "zw\xC3\xB6lf"};
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    const float weights[3] = {1, 0.1F, 3};
    options.text = text;
    options.loss = "softmax-cross-entropy smoothing=0.1";
    options.shape[0] = 2;
    options.shape[1] = options.shape[2] = 9;
    options.classes = 3;
    options.class_names = names;
    options.class_weights = weights;
    options.seed = 5;
    if (dsc_model_create(&model, &options, &error)) {
        assert_int_equal(error.code, DSC_ERROR_ARGUMENT);
        return NULL;
    }
    for (size_t i = 0; i < 2; i++) {
        model->normalisation.scale[i] = 0.1F * (float)(i + 1);
        model->normalisation.offset[i] = -1.0F / 3;
    }
    ASSERT_OK(dsc_model_set_about(model, "recipe", "mnist-99", &error), error);
    return model;
}

static dsc_model *make(const char *text) {
    dsc_model *model = try(text);
    if (!model) fail_msg("there is no model \"%s\"", text);
    return model;
}

static void load_inputs(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const dsc_model *model = context;
    uint8_t bytes[162];
    for (size_t n = 0; n < count; n++) {
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)((first + n + 1) * (i * i + 7) % 251);
        dsc_model_load_images(model, inputs[0] + n * sizeof bytes, bytes, DSC_U8, 1);
        inputs[1][n] = (dsc_real)((first + n) % 3);
    }
}

/* Logits and losses of four made-up images. */
static void forward(dsc_model *model, dsc_real out[16]) {
    dsc_error error;
    dsc_executor *executor;
    const dsc_executor_options options = {
        .batch = 4, .lanes = 2, .kept = {model->logits, model->loss}, .kept_count = 2};
    ASSERT_OK(dsc_executor_create(&executor, model->graph, &options, 1, &error), error);
    const dsc_run run = {.count = 4, .load = load_inputs, .context = model, .values = model->values};
    ASSERT_OK(dsc_executor_run(executor, &run, &error), error);
    memcpy(out, dsc_executor_value(executor, model->logits), 12 * sizeof *out);
    memcpy(out + 12, dsc_executor_value(executor, model->loss), 4 * sizeof *out);
    dsc_executor_free(executor);
}

static void check_saved_and_loaded(dsc_model *model, const char *text) {
    char *path = dsc_path_join(testing_folder(), "model.safetensors");
    dsc_model *loaded;
    dsc_error error;
    ASSERT_OK(dsc_model_save(model, path, &error), error);
    ASSERT_OK(dsc_model_load(&loaded, path, &error), error);
    assert_string_equal(dsc_model_text(loaded), text);
    assert_string_equal(dsc_model_loss(loaded), "softmax-cross-entropy smoothing=0.1");
    assert_string_equal(dsc_model_class_name(loaded, 1), "\"one\"");
    assert_string_equal(dsc_model_class_name(loaded, 2), "zw\xC3\xB6lf");
    assert_string_equal(dsc_model_about(loaded, "recipe"), "mnist-99");
    assert_null(dsc_model_about(loaded, "data"));
    assert_memory_equal(&loaded->normalisation, &model->normalisation, sizeof model->normalisation);
    assert_int_equal(loaded->graph->count, model->graph->count);
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *a = model->graph->nodes[i], *b = loaded->graph->nodes[i];
        assert_int_equal(a->kind, b->kind);
        assert_ptr_equal(a->op, b->op);
        assert_true(a->init == b->init && a->n_in == b->n_in && a->n_out == b->n_out &&
                    a->decays == b->decays);
        if (a->op) assert_memory_equal(a->values, b->values, a->op->values_size);
        assert_true(!a->layer == !b->layer && (!a->layer || !strcmp(a->layer, b->layer)));
    }
    assert_memory_equal(model->values, loaded->values,
                        dsc_graph_value_numbers(model->graph) * sizeof(dsc_real));
    dsc_real before[16], after[16];
    forward(model, before);
    forward(loaded, after);
    assert_memory_equal(before, after, sizeof before);
    assert_true(before[0] != before[3]); /* not all alike, so something was computed */
    dsc_model_free(model);
    dsc_model_free(loaded);
    free(path);
}

static void a_model_saved_and_loaded_computes_the_same_bits(void **state) {
    (void)state;
    static const char text[] =
        "conv 4 3x3 padding=same, batch-norm, relu, residual(conv 6 stride=2 padding=same, silu), "
        "parallel(gelu | max-pool 3 stride=1 padding=1), global-pool both, dense 9, tanh, dense";
    check_saved_and_loaded(make(text), text);
}

static void so_does_each_layer_of_the_registry(void **state) {
    (void)state;
    for (const dsc_layer *const *layer = dsc_layers; *layer; layer++) {
        size_t built = 0;
        for (size_t k = 0; made_network(k); k++) {
            char item[256], text[512];
            made_item(item, *layer, "");
            made_text(text, made_network(k), item);
            dsc_model *model = try(text);
            if (!model) continue;
            check_saved_and_loaded(model, text);
            built++;
        }
        if (!built) fail_msg("layer %s: no network of layer/made.h takes it", (*layer)->name);
    }
}

static void writing_what_was_read_gives_the_same_bytes(void **state) {
    (void)state;
    dsc_model *model = make("flatten, dense 4, batch-norm, relu, dense"), *loaded;
    dsc_error error;
    unsigned char *first, *second;
    size_t first_size, second_size;
    ASSERT_OK(dsc_model_write(&first, &first_size, model, &error), error);
    ASSERT_OK(dsc_model_parse(&loaded, first, first_size, "x", NULL, &error), error);
    ASSERT_OK(dsc_model_write(&second, &second_size, loaded, &error), error);
    assert_int_equal(first_size, second_size);
    assert_memory_equal(first, second, first_size);
    free(first);
    free(second);
    dsc_model_free(model);
    dsc_model_free(loaded);
}

static void another_reader_of_the_format_finds_the_arrays(void **state) {
    (void)state;
    if (system("python3 -c '' >/dev/null 2>&1") != 0) TEST_SKIP("needs python3");
    char *path = dsc_path_join(testing_folder(), "model.safetensors");
    char command[1024], line[256] = "", expected[256];
    dsc_model *model = make("flatten, dense 4, batch-norm, relu, dense");
    dsc_error error;
    ASSERT_OK(dsc_model_save(model, path, &error), error);
    double total = 0;
    for (size_t i = 0; i < dsc_graph_value_numbers(model->graph); i++) total += (double)model->values[i];
    (void)snprintf(expected, sizeof expected, "flatten, dense 4, batch-norm, relu, dense 9 %.3f\n", total);
    (void)snprintf(command, sizeof command, "python3 %s/model/check_safetensors.py %s", TESTS_FOLDER, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof line, pipe));
    assert_int_equal(pclose(pipe), 0);
    assert_string_equal(line, expected);
    dsc_model_free(model);
    free(path);
}

/* --- damage --- */

typedef struct file {
    unsigned char *bytes;
    size_t size;
} file;

static file small_file(void) {
    dsc_model *model = make("flatten, dense 2 bias=off, batch-norm, dense");
    dsc_error error;
    file f;
    ASSERT_OK(dsc_model_write(&f.bytes, &f.size, model, &error), error);
    dsc_model_free(model);
    return f;
}

static void a_file_cut_off_anywhere_is_refused(void **state) {
    (void)state;
    file f = small_file();
    for (size_t size = 0; size < f.size; size++) {
        dsc_model *model = (dsc_model *)1;
        dsc_error error = {0};
        unsigned char *copy = malloc(size ? size : 1); /* the address sanitizer detects each byte too far */
        assert_non_null(copy);
        memcpy(copy, f.bytes, size);
        assert_int_equal(dsc_model_parse(&model, copy, size, "cut.safetensors", NULL, &error),
                         DSC_ERROR_FORMAT);
        assert_null(model);
        ASSERT_MESSAGE(error, "cut.safetensors: ");
        free(copy);
    }
    free(f.bytes);
}

/* Replaces `from` by `to`, of the same length, in the header; the message must contain `part`. */
static void check_changed(const char *from, const char *to, dsc_status expected, const char *part) {
    file f = small_file();
    dsc_model *model;
    dsc_error error = {0};
    assert_int_equal(strlen(from), strlen(to));
    unsigned char *found = memmem(f.bytes, f.size, from, strlen(from));
    if (!found) fail_msg("there is no %s in the file", from);
    memcpy(found, to, strlen(to));
    dsc_status status = dsc_model_parse(&model, f.bytes, f.size, "m", NULL, &error);
    if (status != expected) fail_msg("%s: status %d, %s", to, (int)status, error.message);
    assert_null(model);
    ASSERT_MESSAGE(error, part);
    free(f.bytes);
}

static void what_is_wrong_in_a_file_is_named(void **state) {
    (void)state;
    check_changed("\"format\":\"descender\"", "\"format\":\"ascender!\"", DSC_ERROR_FORMAT,
                  "no model of Descender");
    check_changed(
        "\"format_version\":\"1\"", "\"format_version\":\"2\"", DSC_ERROR_UNSUPPORTED,
        "has format 2, written by Descender 0.1.0, but Descender 0.1.0 reads formats up to 1; update");
    check_changed("\"format_version\":\"1\"", "\"format_version\":\"x\"", DSC_ERROR_FORMAT,
                  "expected a format_version");
    check_changed("\"dtype\":\"F32\"", "\"dtype\":\"F16\"", DSC_ERROR_UNSUPPORTED,
                  "has the type F16; expected F32");
    check_changed("\"shape\":[2,162]", "\"shape\":[162,2]", DSC_ERROR_MISMATCH,
                  "'dense1.weight' has the shape (162, 2), but its graph has (2, 162)");
    check_changed("\"shape\":[2,162]", "\"shape\":[2,163]", DSC_ERROR_FORMAT,
                  "has 1296 bytes, expected 1304");
    check_changed("\"shape\":[2,162]", "\"shape\":[0,162]", DSC_ERROR_FORMAT, "expected a shape");
    check_changed("\"data_offsets\":[0,1296]", "\"data_offsets\":[4,1300]", DSC_ERROR_FORMAT,
                  "expected 0: a gap");
    check_changed("\"data_offsets\":[1296,1304]", "\"data_offsets\":[1292,1300]", DSC_ERROR_FORMAT,
                  "an overlap");
    check_changed("\"data_offsets\":[1296,1304]", "\"data_offsets\":[1296,9304]", DSC_ERROR_FORMAT,
                  "is cut off");
    check_changed("\"dense2.bias\":{", "\"dense2.bia5\":{", DSC_ERROR_MISMATCH,
                  "the array 'dense2.bias' is missing");
}

static void what_is_wrong_in_the_graph_is_named(void **state) {
    (void)state;
    check_changed("\\\"op\\\":\\\"matmul\\\"", "\\\"op\\\":\\\"matmal\\\"", DSC_ERROR_UNSUPPORTED,
                  "m: graph: node 3: unknown op 'matmal'; update Descender, or register the op");
    check_changed("\\\"inputs\\\":[1,2]", "\\\"inputs\\\":[1,3]", DSC_ERROR_FORMAT,
                  "node 3: input 2: expected the number of an earlier node");
    check_changed("\\\"inputs\\\":[1,2]", "\\\"inputs\\\":[2,1]", DSC_ERROR_FORMAT, "node 3: ");
    check_changed("\\\"momentum\\\":", "\\\"momentun\\\":", DSC_ERROR_FORMAT, "has no parameter 'momentun'");
    check_changed("\\\"init\\\":\\\"he\\\"", "\\\"init\\\":\\\"hf\\\"", DSC_ERROR_FORMAT,
                  "'dense1.weight': expected \"init\"");
    check_changed("\\\"image\\\":0", "\\\"image\\\":9", DSC_ERROR_FORMAT, "expected one from an image");
}

static void what_is_no_model_file_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"\x02\0\0\0\0\0\0\0{}", "PK\3\4 a ZIP file, or so it seems",
                                        "\x20\0\0\0\0\0\0\0{\"a\":1,\"a\":2}                  "};
    const size_t sizes[] = {10, 30, 40};
    for (size_t i = 0; i < 3; i++) {
        dsc_model *model;
        dsc_error error;
        assert_int_equal(dsc_model_parse(&model, texts[i], sizes[i], "m", NULL, &error), DSC_ERROR_FORMAT);
        assert_null(model);
    }
    dsc_model *model;
    dsc_error error;
    assert_int_equal(dsc_model_load(&model, "/nowhere/m.safetensors", &error), DSC_ERROR_IO);
    ASSERT_MESSAGE(error, "/nowhere/m.safetensors");
}

/* --- own ops --- */

static dsc_op twice_op(void) {
    dsc_op op = *dsc_op_find("relu");
    op.name = "my-relu";
    return op;
}

/* Detected when the model is made, not when it is saved after hours of training. */
static void texts_that_could_not_be_saved_are_refused_at_once(void **state) {
    (void)state;
    static const char *const names[][2] = {{"a", "K\xFChe"}, {"a", "b\nc"}, {"a", ""}, {"a", NULL}};
    dsc_model *model;
    dsc_error error;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = "flatten, dense";
    options.classes = 2;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        options.class_names = names[i];
        assert_int_equal(dsc_model_create(&model, &options, &error), DSC_ERROR_ARGUMENT);
        assert_null(model);
        ASSERT_MESSAGE(error, "class 1");
    }
    options.class_names = NULL;
    options.text = "flatten, d\xE9nse";
    assert_int_not_equal(dsc_model_create(&model, &options, &error), DSC_OK);
    assert_int_not_equal(error.code, DSC_ERROR_MEMORY);
    ASSERT_MESSAGE(error, "UTF-8");
    options.text = "flatten, dense";
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    assert_int_equal(dsc_model_set_about(model, "data", "caf\xE9", &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "caf\\xe9");
    assert_int_equal(dsc_model_set_about(model, "d\xE9", "x", &error), DSC_ERROR_ARGUMENT);
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
    free(bytes);
    dsc_model_free(model);
}

static void ops_from_outside_are_handed_over(void **state) {
    (void)state;
    dsc_op op = twice_op();
    dsc_error error;
    dsc_model *model = make("flatten, dense 3, relu, dense"), *loaded;
    for (size_t i = 0; i < model->graph->count; i++)
        if (model->graph->nodes[i]->op == dsc_op_find("relu")) model->graph->nodes[i]->op = &op;
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
    assert_int_equal(dsc_model_parse(&loaded, bytes, size, "m", NULL, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "unknown op 'my-relu'");
    ASSERT_OK(dsc_model_parse(&loaded, bytes, size, "m", (const dsc_op *const[]){&op, NULL}, &error), error);
    dsc_model_free(loaded);
    dsc_model_free(model);
    free(bytes);
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    file f = small_file();
    dsc_error error;
    long n = 0;
    for (bool failed = true; failed; n++) {
        dsc_model *model;
        testing_fail_allocation(n);
        dsc_status status = dsc_model_parse(&model, f.bytes, f.size, "m", NULL, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_model_free(model);
    }
    assert_true(n > 20);
    dsc_model *model = make("flatten, dense 2, dense");
    for (bool failed = true; failed;) {
        unsigned char *bytes;
        size_t size;
        static long k;
        testing_fail_allocation(k++);
        dsc_status status = dsc_model_write(&bytes, &size, model, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        free(bytes);
    }
    dsc_model_free(model);
    free(f.bytes);
}

static void a_threshold_comes_back_and_one_that_is_no_probability_is_refused(void **state) {
    (void)state;
    static const double bad[] = {-0.1, 1.0001, NAN, INFINITY};
    static const char *const texts[] = {"-0.5", "1.5", "nan", "half", ""};
    dsc_error error;
    dsc_model *model = make("flatten, dense"), *loaded;
    unsigned char *bytes;
    size_t size;
    json_t *json;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(dsc_model_set_refuse_below(model, bad[i], &error), DSC_ERROR_ARGUMENT);
        ASSERT_MESSAGE(error, "expected a probability from 0 to 1");
        assert_true(dsc_model_refuse_below(model) == 0);
    }
    ASSERT_OK(dsc_model_texts(&json, model, &error), error);
    assert_null(json_object_get(json, "refuse_below")); /* as of older versions */
    json_decref(json);
    ASSERT_OK(dsc_model_set_refuse_below(model, 1.0 / 3, &error), error);
    ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
    ASSERT_OK(dsc_model_parse(&loaded, bytes, size, "test", NULL, &error), error);
    assert_true(dsc_model_refuse_below(loaded) == 1.0 / 3);
    dsc_model_free(loaded);
    free(bytes);
    ASSERT_OK(dsc_model_texts(&json, model, &error), error);
    for (size_t i = 0; i < 5; i++) {
        json_object_set_new(json, "refuse_below", json_string(texts[i]));
        assert_int_equal(dsc_model_from_texts(&loaded, json, 10000, "test", NULL, &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, "test: metadata \"refuse_below\": expected a probability");
    }
    json_decref(json);
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_threshold_comes_back_and_one_that_is_no_probability_is_refused),
        cmocka_unit_test(a_model_saved_and_loaded_computes_the_same_bits),
        cmocka_unit_test(so_does_each_layer_of_the_registry),
        cmocka_unit_test(writing_what_was_read_gives_the_same_bytes),
        cmocka_unit_test(another_reader_of_the_format_finds_the_arrays),
        cmocka_unit_test(a_file_cut_off_anywhere_is_refused),
        cmocka_unit_test(what_is_wrong_in_a_file_is_named),
        cmocka_unit_test(what_is_wrong_in_the_graph_is_named),
        cmocka_unit_test(what_is_no_model_file_is_refused),
        cmocka_unit_test(texts_that_could_not_be_saved_are_refused_at_once),
        cmocka_unit_test(ops_from_outside_are_handed_over),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
