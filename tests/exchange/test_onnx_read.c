/* SPDX-License-Identifier: MIT */
/* test_onnx_read.c: networks that other programs wrote give the same answers here and can be trained
 * further; unsupported features are named. tests/golden/make-onnx.py made the files and their answers. */
#include "onnx_testing.h"

#include "exchange/onnx.h"
#include "model/model.h"
#include "model/native.h"

enum { SAMPLES = 3 };

static const struct golden {
    const char *name, *as; /* NULL: as the file is */
    size_t classes;
    const char *note, *class_name; /* of the last class */
} goldens[] = {
    {"torch-mlp-9", NULL, 4,
     "0 to 1, which the file does not say; if they are not, convert it to a model first: "
     "descender import test.onnx --as 'onnx scale=bytes' or 'onnx mean=M std=S'",
     "3"},
    {"torch-mlp-13", "onnx scale=unit", 4, NULL, "3"},
    {"torch-cnn-11", NULL, 4, "softmax", "3"},
    {"torch-cnn-17", NULL, 4, NULL, "3"},
    {"torch-view-12", NULL, 4, NULL, "3"},
    {"torch-residual-14", NULL, 5, NULL, "4"},
    {"torch-prelu-15", NULL, 4, NULL, "3"},
    {"torch-mobile-9", NULL, 5, NULL, "4"},
    {"torch-mobile-12", NULL, 5, NULL, "4"},
    {"torch-mobile-14", NULL, 5, NULL, "4"},
    {"zoo-8", NULL, 4, NULL, "3"},
    {"keras-13", NULL, 5, "convert it to a model first: descender import test.onnx --as 'onnx scale=unit'",
     "4"},
    {"keras-mean-12", NULL, 5, NULL, "4"},
    {"sklearn-12", NULL, 3, NULL, "8"},
    {"types-13", NULL, 4, NULL, "3"},
};
enum { GOLDENS = sizeof goldens / sizeof *goldens };

static unsigned char *read_golden(size_t *size, const char *name, const char *ending) {
    char path[100];
    unsigned char *bytes;
    dsc_error error = {0};
    (void)snprintf(path, sizeof path, "onnx/%s%s", name, ending);
    ASSERT_OK(dsc_file_read(&bytes, size, testing_golden(path), 1 << 20, &error), error);
    return bytes;
}

static dsc_model *import_golden(const struct golden *g, dsc_text *notes) {
    size_t size;
    dsc_model *model;
    dsc_error error = {0};
    unsigned char *bytes = read_golden(&size, g->name, ".onnx");
    if (onnx_import(&model, bytes, size, g->as, notes, &error)) fail_msg("%s: %s", g->name, error.message);
    free(bytes);
    return model;
}

static void networks_of_other_programs_answer_as_they_do_there(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    for (size_t i = 0; i < GOLDENS; i++) {
        const struct golden *g = &goldens[i];
        dsc_text notes = {0};
        dsc_model *model = import_golden(g, &notes);
        size_t size, shape[3];
        unsigned char *golden = read_golden(&size, g->name, ".bin");
        dsc_model_shape(model, shape);
        assert_int_equal(dsc_model_classes(model), g->classes);
        assert_int_equal(size, SAMPLES * (shape[0] * shape[1] * shape[2] + g->classes * sizeof(float)));
        float *expected = malloc(SAMPLES * g->classes * sizeof(float));
        memcpy(expected, golden + size - SAMPLES * g->classes * sizeof(float),
               SAMPLES * g->classes * sizeof(float));
        float *found = onnx_logits(model, golden, NULL, SAMPLES);
        for (size_t k = 0; k < SAMPLES * g->classes; k++)
            if (!(fabsf(found[k] - expected[k]) < 2e-5f * (1 + fabsf(expected[k]))))
                fail_msg("%s: logit %zu is %.9g, expected %.9g", g->name, k, (double)found[k],
                         (double)expected[k]);
        if (g->note && (!notes.data || !strstr(notes.data, g->note)))
            fail_msg("%s: no note '%s' in: %s", g->name, g->note, notes.data ? notes.data : "");
        assert_string_equal(dsc_model_class_name(model, g->classes - 1), g->class_name);
        dsc_text_free(&notes);
        free(found);
        free(expected);
        free(golden);
        dsc_model_free(model);
    }
}

static void the_table_says_which_array_of_which_type_became_which_parameter(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    static const struct {
        const char *name, *row;
    } cases[] = {
        {"torch-mlp-9", "1.weight\tfloat\t(12, 64)\t1.weight\tunchanged\n"},
        {"sklearn-12", "coefficient\tdouble\t(64, 10)\tcoefficient\tas (10, 64)\n"},
        {"types-13", "FLOAT16\tfloat16\t(16, 5)\tFLOAT16\tas (5, 16)\n"},
        {"types-13", "BFLOAT16\tbfloat16\t(5)\tBFLOAT16\tunchanged\n"},
        {"types-13", "INT8\tint8\t(5)\tINT8\tunchanged\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        exchange_source source = {.name = "test.onnx"};
        dsc_model *model;
        dsc_error error = {0};
        unsigned char *bytes = read_golden(&source.size, cases[i].name, ".onnx");
        source.bytes = bytes;
        ASSERT_OK(exchange_read(&model, &source, NULL, &error), error);
        if (!strstr(source.table.data, cases[i].row))
            fail_msg("%s: no row '%s' in:\n%s", cases[i].name, cases[i].row, source.table.data);
        dsc_text_free(&source.notes);
        dsc_text_free(&source.table);
        dsc_model_free(model);
        free(bytes);
    }
}

/* Images in which some pixels encode the class. */
static dsc_dataset *easy_data(const dsc_model *model, size_t count) {
    size_t shape[3];
    dsc_error error = {0};
    dsc_dataset *data;
    dsc_model_shape(model, shape);
    const size_t pixels = shape[0] * shape[1] * shape[2], classes = dsc_model_classes(model);
    uint8_t *images = malloc(count * pixels), *labels = malloc(count);
    uint32_t noise = 5;
    for (size_t i = 0; i < count; i++) {
        labels[i] = (uint8_t)(i % classes);
        for (size_t p = 0; p < pixels; p++)
            images[i * pixels + p] =
                (uint8_t)(100 + 50 * onnx_noise(&noise) + (p * classes / pixels == labels[i] ? 100 : 0));
    }
    const char *names[16];
    for (size_t k = 0; k < classes; k++) names[k] = dsc_model_class_name(model, k);
    ASSERT_OK(testing_dataset(&data, images, labels, count, shape, classes, names, "easy", &error), error);
    free(images);
    free(labels);
    return data;
}

static void an_imported_network_goes_on_learning(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    for (size_t i = 0; i < GOLDENS; i++) {
        dsc_model *model = import_golden(&goldens[i], NULL);
        dsc_dataset *data = easy_data(model, 200);
        dsc_training_options how = dsc_training_options_defaults();
        dsc_score before, after;
        dsc_error error = {0};
        how.epochs = 8;
        how.threads = 1;
        how.batch = 20;
        how.learning_rate = 0.01;
        ASSERT_OK(dsc_evaluate(&before, model, data, &error), error);
        if (dsc_train(model, data, &how, &error)) fail_msg("%s: %s", goldens[i].name, error.message);
        ASSERT_OK(dsc_evaluate(&after, model, data, &error), error);
        if (!(after.loss < before.loss && after.accuracy > 0.8))
            fail_msg("%s: loss %g, accuracy %g after training, before %g", goldens[i].name, after.loss,
                     after.accuracy, before.loss);
        dsc_dataset_free(data);
        dsc_model_free(model);
    }
}

/* --- files of this program --- */

static dsc_model *trained(const char *text, const char *normalisation) {
    dsc_model_options how = dsc_model_options_defaults();
    dsc_error error = {0};
    dsc_model *model;
    how.text = text;
    how.classes = 3;
    memcpy(how.shape, (size_t[]){1, 12, 12}, sizeof how.shape);
    how.class_names = (const char *const[]){"a", "b c", "\xc3\xa9"};
    ASSERT_OK(dsc_model_create(&model, &how, &error), error);
    dsc_dataset *data = easy_data(model, 60);
    dsc_training_options training = dsc_training_options_defaults();
    training.epochs = 1;
    training.batch = 20;
    training.threads = 1;
    ASSERT_OK(dsc_model_normalise(model, normalisation, data, &error), error);
    ASSERT_OK(dsc_train(model, data, &training, &error), error);
    ASSERT_OK(dsc_model_set_about(model, "data", "easy images", &error), error);
    ASSERT_OK(dsc_model_set_refuse_below(model, 0.8125, &error), error);
    dsc_dataset_free(data);
    return model;
}

static const char LAYERS[] =
    "conv 4 3 padding=1, batch-norm, relu, max-pool 2, residual(depthwise 3 padding=1, se 2, gelu), "
    "parallel(conv 3 1, relu6, elu 0.7 | average-pool 3 stride=1 padding=1, leaky-relu), layer-norm, "
    "hard-swish, flatten, dropout 0.3, dense 9, silu, dense 9, selu, clip -0.5 2, dense 9, hard-sigmoid, "
    "dense";

static void what_is_written_comes_back_with_all_that_belongs_to_it(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    static const char *const options[] = {"onnx", "onnx fold=on", "onnx scale=uint8", "onnx scale=unit"};
    for (size_t i = 0; i < 8; i++) {
        dsc_model *model = trained(i == 5 ? "144-9-3" : LAYERS, i < 4 ? "standard" : "unit"), *back;
        exchange_output output = {.stem = "network"};
        dsc_text notes = {0};
        dsc_error error = {0};
        ASSERT_OK(onnx_export(&output, model, options[i % 4], &error), error);
        ASSERT_OK(onnx_import(&back, output.files[0].bytes, output.files[0].size, NULL, &notes, &error),
                  error);
        if (notes.length) fail_msg("a file of our own needs no note: %s", notes.data);
        uint8_t images[SAMPLES * 144];
        for (size_t p = 0; p < sizeof images; p++) images[p] = (uint8_t)(p * 37 % 256);
        float *expected = onnx_logits(model, images, NULL, SAMPLES),
              *found = onnx_logits(back, images, NULL, SAMPLES);
        for (size_t k = 0; k < SAMPLES * 3; k++)
            if (!(fabsf(found[k] - expected[k]) < 1e-5f * (1 + fabsf(expected[k]))))
                fail_msg("%s: %.9g, expected %.9g", options[i % 4], (double)found[k], (double)expected[k]);
        assert_string_equal(dsc_model_class_name(back, 1), "b c");
        assert_string_equal(dsc_model_class_name(back, 2), "\xc3\xa9");
        assert_string_equal(dsc_model_about(back, "data"), "easy images");
        assert_true(dsc_model_refuse_below(back) == 0.8125);
        assert_string_equal(dsc_model_loss(back), dsc_model_loss(model));
        assert_string_equal(dsc_model_text(back), dsc_model_text(model));
        if (i % 4 == 0) { /* parameters by parameters; the values are the same */
            assert_int_equal(dsc_model_parameters(back), dsc_model_parameters(model));
            assert_memory_equal(found, expected, SAMPLES * 3 * sizeof(float));
        }
        free(found);
        free(expected);
        dsc_text_free(&notes);
        exchange_output_clear(&output);
        dsc_model_free(back);
        dsc_model_free(model);
    }
}

static void an_imported_network_is_saved_and_loaded(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    for (size_t i = 0; i < GOLDENS; i++) {
        dsc_model *model = import_golden(&goldens[i], NULL), *back;
        unsigned char *bytes;
        size_t size;
        dsc_error error = {0};
        ASSERT_OK(dsc_model_write(&bytes, &size, model, &error), error);
        ASSERT_OK(dsc_model_parse(&back, bytes, size, "again", NULL, &error), error);
        free(bytes);
        dsc_model_free(back);
        dsc_model_free(model);
    }
}

static void pixels_are_read_as_the_user_says(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    struct golden g = {.name = "torch-residual-14", .as = "onnx mean=0.5,0.25,0 std=0.5,0.25,2"};
    dsc_model *model = import_golden(&g, NULL);
    const dsc_normalisation *n = &model->normalisation;
    static const double mean[] = {0.5, 0.25, 0}, std[] = {0.5, 0.25, 2};
    for (size_t c = 0; c < 3; c++) {
        assert_true(fabs((double)n->scale[c] - 1 / (255 * std[c])) < 1e-8);
        assert_true(fabs((double)n->offset[c] + mean[c] / std[c]) < 1e-6);
    }
    dsc_model_free(model);
    g.as = "onnx scale=bytes";
    model = import_golden(&g, NULL);
    assert_true(model->normalisation.scale[1] == 1 && model->normalisation.offset[1] == 0);
    dsc_model_free(model);
}

/* --- what is refused --- */

static void refuse(const unsigned char *bytes, size_t size, const char *as, dsc_status expected,
                   const char *message) {
    dsc_model *model;
    dsc_error error = {0};
    const dsc_status status = onnx_import(&model, bytes, size, as, NULL, &error);
    if (status != expected || model || !strstr(error.message, message))
        fail_msg("status %d, expected %d; '%s', expected '%s'", status, expected, error.message, message);
}

/* In the bytes of a file, each `from` becomes `to`, of the same length; NULL: no change. */
static unsigned char *changed(size_t *size, const char *name, const char *from, const char *to) {
    unsigned char *bytes = read_golden(size, name, ".onnx");
    size_t found = 0;
    if (!from) return bytes;
    assert_int_equal(strlen(from), strlen(to));
    for (size_t i = 0; i + strlen(from) <= *size; i++)
        if (!memcmp(bytes + i, from, strlen(from))) {
            memcpy(bytes + i, to, strlen(to));
            found++;
        }
    assert_true(found > 0);
    return bytes;
}

static void what_cannot_be_read_is_named(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    static const struct {
        const char *name, *from, *to, *as;
        dsc_status status;
        const char *message;
    } cases[] = {
        {"zoo-8", "Relu", "Elux", NULL, DSC_ERROR_UNSUPPORTED,
         "(Elux, opset 8): this node type is not supported"},
        {"keras-13", "Relu", "Tanx", NULL, DSC_ERROR_UNSUPPORTED, "(Tanx, opset 13)"},
        {"keras-13", NULL, NULL, "onnx output=no", DSC_ERROR_UNSUPPORTED,
         "convert it to a model first: descender import test.onnx --as 'onnx output=NAME'"},
        {"torch-mlp-9", NULL, NULL, "onnx shape=8x8", DSC_ERROR_ARGUMENT, "shape=8x8: expected channels"},
        {"torch-mlp-9", NULL, NULL, "onnx mean=0.1,0.2", DSC_ERROR_ARGUMENT,
         "mean=0.1,0.2: expected a number"},
        {"zoo-8", NULL, NULL, "onnx mean=x", DSC_ERROR_ARGUMENT, "mean=x"},
        {"sklearn-12", "ZipMap", "ZipMop", NULL, DSC_ERROR_UNSUPPORTED, "'output_probability' (ZipMop"},
        {"sklearn-12", NULL, NULL, "onnx shape=1x4x4", DSC_ERROR_UNSUPPORTED,
         "convert it to a model first: descender import test.onnx --as 'onnx shape=1x28x28'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size;
        unsigned char *bytes = changed(&size, cases[i].name, cases[i].from, cases[i].to);
        refuse(bytes, size, cases[i].as, cases[i].status, cases[i].message);
        free(bytes);
    }
}

static void a_file_that_is_cut_off_is_refused_wherever_it_ends(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    size_t size;
    unsigned char *bytes = read_golden(&size, "keras-mean-12", ".onnx");
    for (size_t end = 8; end < size; end += 3) {
        dsc_model *model;
        dsc_error error = {0};
        /* Fields at the end are optional; without them the message is still complete. */
        if (!onnx_import(&model, bytes, end, "onnx", NULL, &error))
            assert_true(end > size - 40);
        else
            assert_true(error.code && !model);
        dsc_model_free(model);
    }
    free(bytes);
}

static void a_damaged_file_is_read_or_refused(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    uint32_t state = 3;
    for (size_t i = 0; i < GOLDENS; i++) {
        size_t size;
        unsigned char *bytes = read_golden(&size, goldens[i].name, ".onnx");
        for (size_t k = 0; k < 150; k++) {
            dsc_model *model;
            const size_t at = (size_t)((onnx_noise(&state) + 1) / 2 * (float)size) % size;
            const unsigned char was = bytes[at];
            bytes[at] = (unsigned char)(128 * (onnx_noise(&state) + 1));
            dsc_error error = {0};
            const dsc_status status = onnx_import(&model, bytes, size, "onnx", NULL, &error);
            if (!status != (model != NULL) || (status && (error.code != status || !*error.message)))
                fail_msg("%s, byte %zu: status %d, '%s'", goldens[i].name, at, status, error.message);
            dsc_model_free(model);
            bytes[at] = was;
        }
        free(bytes);
    }
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    static const char *const names[] = {"zoo-8", "keras-13", "sklearn-12"};
    for (size_t i = 0; i < 3; i++) {
        size_t size;
        unsigned char *bytes = read_golden(&size, names[i], ".onnx");
        for (long n = 0;; n++) {
            dsc_model *model;
            dsc_error error = {0};
            testing_fail_allocation(n);
            const dsc_status status = onnx_import(&model, bytes, size, "onnx", NULL, &error);
            const bool failed = testing_allocation_failed();
            if (!status) dsc_model_free(model);
            if (!failed) break;
            if (status && status != DSC_ERROR_MEMORY)
                fail_msg("%s, allocation %ld: %s", names[i], n, error.message);
        }
        free(bytes);
    }
    dsc_model *model = trained("conv 4 3, batch-norm, relu, flatten, dense", "unit");
    for (long n = 0;; n++) {
        exchange_output output = {.stem = "network"};
        dsc_error error = {0};
        testing_fail_allocation(n);
        const dsc_status status = onnx_export(&output, model, "onnx fold=on", &error);
        const bool failed = testing_allocation_failed();
        exchange_output_clear(&output);
        if (!failed) break;
        if (status && status != DSC_ERROR_MEMORY) fail_msg("allocation %ld: %s", n, error.message);
    }
    dsc_model_free(model);
}

/* --- others --- */

static void onnx_runtime_answers_as_the_model_does(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    onnx_find_runtime();
    const exchange_format *format = (const void *)dsc_registry_find(&exchange_registry, "onnx");
    dsc_model *model = trained(LAYERS, "standard");
    exchange_output output = {.stem = "network"};
    dsc_error error = {0};
    ASSERT_OK(onnx_export(&output, model, "onnx", &error), error);
    char path[400];
    const char *folder = testing_folder();
    (void)snprintf(path, sizeof path, "%s/network.onnx", folder);
    ASSERT_OK(dsc_file_write(path, output.files[0].bytes, output.files[0].size, &error), error);
    uint8_t images[SAMPLES * 144];
    for (size_t p = 0; p < sizeof images; p++) images[p] = (uint8_t)(p * 37 % 256);
    float probabilities[SAMPLES * 3], expected[SAMPLES * 3];
    const onnx_values values = {0}; /* as by default */
    dsc_status status =
        format->answer(probabilities, folder, &output, images, SAMPLES, model, &values, &error);
    exchange_output_clear(&output);
    if (status == DSC_ERROR_UNSUPPORTED) {
        dsc_model_free(model);
        assert_non_null(strstr(error.message, "npm install"));
        TEST_SKIP("needs Node.js and onnxruntime-node, which `make bench` installs");
    }
    ASSERT_OK(status, error);
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    ASSERT_OK(dsc_predict(expected, predictor, workspace, images, SAMPLES, &error), error);
    for (size_t k = 0; k < SAMPLES * 3; k++) assert_true(fabsf(probabilities[k] - expected[k]) < 1e-5f);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_model_free(model);
}

static void onnx_s_checker_accepts_what_is_written(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    if (system("/usr/bin/python3 -c 'import onnx' 2>/dev/null") != 0) TEST_SKIP("needs python3-onnx");
    static const char *const options[] = {"onnx", "onnx fold=on", "onnx scale=uint8"};
    dsc_model *model = trained(LAYERS, "standard");
    char command[900];
    int length = snprintf(command, sizeof command,
                          "/usr/bin/python3 -c 'import sys, onnx\n"
                          "for name in sys.argv[1:]: onnx.checker.check_model(name, full_check=True)'");
    for (size_t i = 0; i < 3; i++) {
        exchange_output output = {.stem = "network"};
        dsc_error error = {0};
        char path[200];
        (void)snprintf(path, sizeof path, "%s/checked%zu.onnx", testing_folder(), i);
        ASSERT_OK(onnx_export(&output, model, options[i], &error), error);
        ASSERT_OK(dsc_file_write(path, output.files[0].bytes, output.files[0].size, &error), error);
        exchange_output_clear(&output);
        length += snprintf(command + length, sizeof command - (size_t)length, " %s", path);
    }
    assert_int_equal(system(command), 0);
    dsc_model_free(model);
}

static void without_the_library_the_remedy_is_said(void **unused) {
    (void)unused;
    if (DESCENDER_WITH_PROTOBUF) TEST_SKIP("this build has libprotobuf-c");
    size_t size;
    unsigned char *bytes = read_golden(&size, "torch-mlp-9", ".onnx");
    refuse(bytes, size, NULL, DSC_ERROR_UNSUPPORTED, "libprotobuf-c-dev");
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_of_other_programs_answer_as_they_do_there),
        cmocka_unit_test(the_table_says_which_array_of_which_type_became_which_parameter),
        cmocka_unit_test(an_imported_network_goes_on_learning),
        cmocka_unit_test(what_is_written_comes_back_with_all_that_belongs_to_it),
        cmocka_unit_test(an_imported_network_is_saved_and_loaded),
        cmocka_unit_test(pixels_are_read_as_the_user_says),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(a_file_that_is_cut_off_is_refused_wherever_it_ends),
        cmocka_unit_test(a_damaged_file_is_read_or_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(onnx_runtime_answers_as_the_model_does),
        cmocka_unit_test(onnx_s_checker_accepts_what_is_written),
        cmocka_unit_test(without_the_library_the_remedy_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
