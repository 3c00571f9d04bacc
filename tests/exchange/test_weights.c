/* SPDX-License-Identifier: MIT */
/* Weights of PyTorch, Keras and NumPy in a network of ours give the answers of the original; what does not
 * fit is refused by name; written files are read again. */
#include "onnx_testing.h"
#include "weights_testing.h"

#include "model/safetensors.h"

#include <math.h>

enum { IMAGES = 8, CLASSES = 4 };
static const char CONVOLUTIONS[] =
    "conv 3 3x3, batch-norm, relu, max-pool 2, conv 5 2x2 bias=off, batch-norm, "
    "relu, flatten, dense 7, relu, dense";
static const char DENSE[] = "64-6-6-4";

/* --- helpers --- */

static file golden(const char *name) {
    char path[128];
    file f;
    (void)snprintf(path, sizeof path, "exchange/%s", name);
    ASSERT_OK(dsc_file_read(&f.bytes, &f.size, testing_golden(path), 1 << 20, &error), error);
    (void)snprintf(f.name, sizeof f.name, "%s", name);
    return f;
}

static void answer(float logits[IMAGES * CLASSES], const dsc_model *model) {
    dsc_array images;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_prediction p = dsc_prediction_defaults();
    ASSERT_OK(dsc_npy_read(&images, testing_golden("exchange/images.npy"), &error), error);
    ASSERT_OK(dsc_predictor_create(&predictor, model, NULL, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    assert_int_equal(dsc_predictor_classes(predictor), CLASSES);
    p.images = images.data;
    p.count = IMAGES;
    p.logits = logits;
    ASSERT_OK(dsc_predict_all(predictor, workspace, &p, &error), error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_array_clear(&images);
}

/* PyTorch's answers, to the precision of floats. */
static void check_answers(const dsc_model *model, const char *expected) {
    float logits[IMAGES * CLASSES];
    char path[128];
    dsc_array wanted;
    (void)snprintf(path, sizeof path, "exchange/%s-logits.npy", expected);
    ASSERT_OK(dsc_npy_read(&wanted, testing_golden(path), &error), error);
    assert_int_equal(dsc_array_count(&wanted), IMAGES * CLASSES);
    answer(logits, model);
    for (size_t i = 0; i < IMAGES * CLASSES; i++)
        if (!(fabsf(logits[i] - ((const float *)wanted.data)[i]) < 1e-5F))
            fail_msg("logit %zu is %g, not %g", i, (double)logits[i],
                     (double)((const float *)wanted.data)[i]);
    dsc_array_clear(&wanted);
}

/* Reads a golden file and compares the answers; the notes and the table must contain these texts. */
static void check_read(const char *name, const char *text, const char *as, const char *expected,
                       const char *note, const char *line) {
    file f = golden(name);
    dsc_model *model;
    exchange_source source = source_of(&f, text);
    ASSERT_OK(exchange_read(&model, &source, as, &error), error);
    check_answers(model, expected);
    if (note && !(source.notes.data && strstr(source.notes.data, note)))
        fail_msg("the notes lack '%s': %s", note, source.notes.data ? source.notes.data : "none");
    if (line && !(source.table.data && strstr(source.table.data, line)))
        fail_msg("the table lacks '%s': %s", line, source.table.data ? source.table.data : "nothing");
    dsc_model_free(model);
    clear_source(&source);
    free(f.bytes);
}

/* --- the answers of the original --- */

static void a_state_dict_of_pytorch_answers_as_it_did_there(void **state) {
    (void)state;
    check_read("convolutions.safetensors", CONVOLUTIONS, NULL, "convolutions",
               "2 arrays were not used, because no network here needs them: bn1.num_batches_tracked",
               "bn1.running_mean\tBF16\t(3)\tbatch_norm1.running_mean\tby order\n");
    check_read("dense.safetensors", DENSE, NULL, "dense", NULL,
               "1.weight\tF32\t(6, 64)\tdense1.weight\tby order\n");
}

static void types_that_became_floats_are_told(void **state) {
    (void)state;
    check_read("convolutions.safetensors", CONVOLUTIONS, NULL, "convolutions",
               "4 arrays of type BF16 became 32-bit floats",
               "conv1.weight\tF16\t(3, 1, 3, 3)\tconv1.weight\tby name\n");
}

static void arrays_of_keras_are_turned_and_answer_as_they_did(void **state) {
    (void)state;
    check_read(
        "convolutions-keras.npz", CONVOLUTIONS, NULL, "convolutions",
        "Keras' layout, (in, out) and (H, W, in, out), features in the order H, W, C; they were transposed\n",
        "arr_11\tfloat32\t(20, 7)\tdense1.weight\t");
    check_read("convolutions-keras.npz", CONVOLUTIONS, "npz layout=keras", "convolutions", "Keras' layout",
               "by order, transposed\n");
}

static void arrays_of_numpy_users_are_turned_where_only_that_fits(void **state) {
    (void)state;
    check_read("dense-numpy.npz", DENSE, NULL, "dense", "1 array of type float64",
               "W2\tfloat32\t(6, 6)\tdense2.weight\tby order");
    check_read("dense-numpy.npz", DENSE, "npz layout=transposed", "dense", "(in, out); they were transposed",
               NULL);
    check_read("dense-state.npz", DENSE, NULL, "dense", NULL, NULL);
}

static void dense_weights_alone_do_not_tell_the_order_of_features_which_is_said(void **state) {
    (void)state;
    static const made list[] = {{"w", {12, 3}, 0}, {"b", {3}, 0}};
    static const char
        turned[] = "dense weights have the layout (in, out); they were transposed\n",
        keras[] =
            "dense weights have the layout (in, out), features in the order H, W, C; they were transposed\n";
    char notes[1024], both[1024];
    dsc_model *model = read_noted(notes, list, 2, "flatten, dense 3", NULL, 3, 2);
    /* (12, 3) is (H, W, C, 3): consecutive pixels of a channel are three channels of three numbers apart. */
    check_numbers(model, "dense1.weight", 0, 9);
    (void)snprintf(both, sizeof both,
                   "%sfeatures are in the order H, W, C, as Keras flattens; if they are C, H, W: --as 'npz "
                   "layout=transposed'\n",
                   turned);
    assert_string_equal(notes, both);
    dsc_model_free(model);
    model = read_noted(notes, list, 2, "flatten, dense 3", "npz layout=transposed", 3, 2);
    check_numbers(model, "dense1.weight", 0, 3);
    assert_string_equal(notes, turned);
    dsc_model_free(model);
    dsc_model_free(read_noted(notes, list, 2, "flatten, dense 3", "npz layout=keras", 3, 2));
    assert_string_equal(notes, keras);
    dsc_model_free(read_noted(notes, list, 2, "flatten, dense 3", NULL, 12, 1)); /* no order to choose */
    assert_string_equal(notes, turned);
}

static void depthwise_weights_of_keras_have_their_channels_last(void **state) {
    (void)state;
    static const made list[] = {{"dw.depthwise_kernel:0", {3, 3, 2, 1}, 0}, {"d.kernel:0", {8, 3}, 0}};
    file f = make_file(list, 2);
    dsc_model *model;
    exchange_source source = source_of(&f, "depthwise 3x3 bias=off, flatten, dense 3 bias=off");
    source.shape[0] = 2;
    source.shape[1] = source.shape[2] = 4;
    ASSERT_OK(exchange_read(&model, &source, NULL, &error), error);
    check_numbers(model, "depthwise1.weight", 0, 2); /* the next pixel of the first channel */
    /* (8, 3) is (H, W, C, 3): consecutive pixels of a channel are two channels of three numbers apart. */
    check_numbers(model, "dense1.weight", 0, 6);
    dsc_model_free(model);
    clear_source(&source);
    free(f.bytes);
}

static void a_square_weight_alone_is_taken_as_it_is(void **state) {
    (void)state;
    static const made list[] = {{"w", {64, 64}, 0}, {"b", {64}, 0}};
    dsc_model *model = read_made(list, 2, "64-64", NULL, NULL);
    check_numbers(model, "dense1.weight", 0, 1);
    dsc_model_free(model);
    model = read_made(list, 2, "64-64", "npz layout=transposed", NULL);
    check_numbers(model, "dense1.weight", 0, 64);
    dsc_model_free(model);
}

static void classes_follow_from_the_arrays(void **state) {
    (void)state;
    static const made list[] = {{"fc.weight", {5, 64}, 0}, {"fc.bias", {5}, 0}};
    dsc_model *model = read_made(list, 2, "flatten, dense", NULL, NULL);
    assert_int_equal(dsc_model_classes(model), 5);
    dsc_model_free(model);
}

/* --- what is refused --- */

static void numbers_that_are_no_floats_are_refused(void **state) {
    (void)state;
    float values[8 * 64] = {0};
    double large[8] = {0, 1e39};
    int32_t whole[8] = {0, 1, 1 << 25};
    dsc_array w = {DSC_F32, 2, {8, 64}, values}, b = {DSC_F64, 1, {8}, large};
    const dsc_npz_entry entries[] = {{"w", &w}, {"b", &b}};
    for (size_t i = 0; i < 3; i++) {
        file f = {.name = "made.npz"};
        dsc_model *model;
        if (i == 1) values[3] = NAN, large[1] = 1;
        if (i == 2) values[3] = 0, b = (dsc_array){DSC_I32, 1, {8}, whole};
        ASSERT_OK(dsc_npz_make(&f.bytes, &f.size, entries, 2, "made.npz", &error), error);
        exchange_source source = source_of(&f, "64-8");
        assert_int_equal(exchange_read(&model, &source, NULL, &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, i == 1 ? "'w': number 3 is nan"
                              : i    ? "'b': number 2 is 33554432"
                                     : "'b': number 1 is 1e+39");
        clear_source(&source);
        free(f.bytes);
    }
}

static void weights_without_a_network_say_what_to_do(void **state) {
    (void)state;
    static const char *const names[] = {"dense.safetensors", "dense-numpy.npz"};
    for (size_t i = 0; i < 2; i++) {
        file f = golden(names[i]);
        dsc_model *model;
        exchange_source source = source_of(&f, NULL);
        assert_int_equal(exchange_read(&model, &source, NULL, &error), DSC_ERROR_FORMAT);
        assert_null(model);
        ASSERT_MESSAGE(error, "is no model of Descender");
        ASSERT_MESSAGE(error, "descender import");
        ASSERT_MESSAGE(error, "--model TEXT");
        clear_source(&source);
        free(f.bytes);
    }
}

static void files_that_run_code_say_how_to_take_the_weights_out(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *part;
    } tries[] = {
        {"PK\3\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0archive/data.pkl", 46, "torch.load"},
        {"\x80\2}q\0.", 6, "torch.load"},
        {"PK\3\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0D\0\0\0metadata.json", 43, "keras.models"},
        {"\x89HDF\r\n\x1a\n", 8, "keras.models"}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        dsc_model *model;
        exchange_source source = {.bytes = (const unsigned char *)tries[i].bytes,
                                  .size = tries[i].size,
                                  .name = "net.pt",
                                  .model = "64-8"};
        assert_int_equal(exchange_read(&model, &source, NULL, &error), DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, tries[i].part);
        ASSERT_MESSAGE(error, "net.pt; then: descender import weights.npz --model TEXT");
    }
}

/* --- written and read again --- */

static dsc_model *create_named(void) {
    static const char *const names[] = {"cat", "dog", "zw\xC3\xB6lf", "\"4\""};
    static const float weights[] = {1, 2, 3, 0.5F};
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = CONVOLUTIONS;
    options.shape[1] = options.shape[2] = 8;
    options.classes = CLASSES;
    options.class_names = names;
    options.class_weights = weights;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    model->normalisation.offset[0] = -0.5F;
    return model;
}

static void what_is_written_is_read_again_without_a_text(void **state) {
    (void)state;
    static const char *const formats[] = {"descender", "safetensors", "npz"};
    dsc_model *model = create_named(), *again;
    for (size_t i = 0; i < 3; i++) {
        exchange_output output = {.stem = "net"};
        ASSERT_OK(onnx_export(&output, model, formats[i], &error), error);
        assert_int_equal(output.count, 1);
        exchange_source source = {
            .bytes = output.files[0].bytes, .size = output.files[0].size, .name = "net"};
        ASSERT_OK(exchange_read(&again, &source, NULL, &error), error);
        assert_string_equal(dsc_model_text(again), CONVOLUTIONS);
        assert_string_equal(dsc_model_class_name(again, 2), "zw\xC3\xB6lf");
        assert_memory_equal(&again->normalisation, &model->normalisation, sizeof model->normalisation);
        assert_int_equal(dsc_graph_value_numbers(again->graph), dsc_graph_value_numbers(model->graph));
        assert_memory_equal(again->values, model->values,
                            dsc_graph_value_numbers(model->graph) * sizeof(dsc_real));
        dsc_model_free(again);
        clear_source(&source);
        exchange_output_clear(&output);
    }
    dsc_model_free(model);
}

static void a_file_that_holds_a_network_refuses_what_would_say_another(void **state) {
    (void)state;
    static const char *const formats[] = {"descender", "safetensors", "npz", "onnx"};
    static const exchange_source asked[] = {{.model = CONVOLUTIONS},
                                            {.map = "nowhere"},
                                            {.shape = {1}},
                                            {.shape = {0, 8, 8}},
                                            {.classes = CLASSES}};
    static const char whole[] =
        "net: the file holds a whole network; omit --model; to start another network from this one: "
        "descender train --from net --model TEXT";
    static const char *const parts[] = {whole, "omit --map", "omit --channels", "omit --size",
                                        "omit --classes"};
    dsc_model *model = create_named(), *again;
    for (size_t i = 0; i < 3 + DESCENDER_WITH_PROTOBUF; i++) {
        exchange_output output = {.stem = "net"};
        ASSERT_OK(onnx_export(&output, model, formats[i], &error), error);
        for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
            exchange_source source = asked[k];
            source.bytes = output.files[0].bytes;
            source.size = output.files[0].size;
            source.name = "net";
            assert_int_equal(exchange_read(&again, &source, NULL, &error), DSC_ERROR_ARGUMENT);
            assert_null(again);
            ASSERT_MESSAGE(error, parts[k]);
            clear_source(&source);
        }
        exchange_output_clear(&output);
    }
    dsc_model_free(model);
}

static void what_is_written_as_safetensors_says_that_it_is_pytorchs(void **state) {
    (void)state;
    dsc_model_options options = dsc_model_options_defaults();
    exchange_output output = {.stem = "net"};
    dsc_safetensors found;
    dsc_model *model;
    options.text = "conv 2 3x3, batch-norm, flatten, dense";
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    ASSERT_OK(onnx_export(&output, model, "safetensors", &error), error);
    ASSERT_OK(dsc_safetensors_parse_any(&found, output.files[0].bytes, output.files[0].size, "net", &error),
              error);
    assert_string_equal(dsc_safetensors_text(&found, "format"), "pt");
    dsc_shape shape;
    const unsigned char *data;
    static const char *const names[] = {"conv1.weight",
                                        "conv1.bias",
                                        "batch_norm1.weight",
                                        "batch_norm1.bias",
                                        "batch_norm1.running_mean",
                                        "batch_norm1.running_var",
                                        "dense1.weight",
                                        "dense1.bias"};
    assert_int_equal(found.tensors, sizeof names / sizeof *names);
    for (size_t i = 0; i < found.tensors; i++)
        assert_true(dsc_safetensors_find(&found, names[i], &shape, &data));
    dsc_safetensors_clear(&found);
    exchange_output_clear(&output);
    dsc_model_free(model);
}

/* --- hostile files, and memory --- */

static void a_file_cut_off_anywhere_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"convolutions.safetensors", "dense-numpy.npz", "dense-state.npz"};
    for (size_t k = 0; k < 3; k++) {
        file f = golden(names[k]);
        for (size_t size = 0; size < f.size; size += 7) {
            unsigned char *copy =
                malloc(size ? size : 1); /* the address sanitizer detects each byte too far */
            assert_non_null(copy);
            memcpy(copy, f.bytes, size);
            dsc_model *model = (dsc_model *)1;
            exchange_source source = {.bytes = copy,
                                      .size = size,
                                      .name = "cut",
                                      .model = k ? DENSE : CONVOLUTIONS,
                                      .shape = {1, 8, 8}};
            assert_int_not_equal(exchange_read(&model, &source, NULL, &error), DSC_OK);
            assert_null(model);
            clear_source(&source);
            free(copy);
        }
        free(f.bytes);
    }
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const char *const names[] = {"convolutions.safetensors", "convolutions-keras.npz"};
    const char *map = map_file("# nothing\n");
    for (size_t k = 0; k < 2; k++) {
        file f = golden(names[k]);
        for (long n = 0;; n++) {
            dsc_model *model;
            exchange_source source = source_of(&f, CONVOLUTIONS);
            source.map = map;
            source.classes = CLASSES;
            testing_fail_allocation(n);
            dsc_status status = exchange_read(&model, &source, NULL, &error);
            const bool reached = testing_allocation_failed();
            clear_source(&source);
            assert_true(!status == !!model);
            dsc_model_free(model);
            if (!reached) {
                assert_int_equal(status, DSC_OK);
                break;
            }
            if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
        }
        free(f.bytes);
    }
}

static void every_allocation_of_writing_may_fail(void **state) {
    (void)state;
    static const char *const formats[] = {"safetensors", "npz"};
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = "784-3-10";
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    for (size_t k = 0; k < 2; k++)
        for (long n = 0;; n++) {
            exchange_output output = {.stem = "net"};
            const exchange_format *format =
                (const exchange_format *)(const void *)dsc_registry_find(&exchange_registry, formats[k]);
            testing_fail_allocation(n);
            dsc_status status = format->write(&output, model, NULL, &error);
            const bool reached = testing_allocation_failed();
            exchange_output_clear(&output);
            if (!reached) {
                assert_int_equal(status, DSC_OK);
                break;
            }
            if (status) assert_int_equal(status, DSC_ERROR_MEMORY);
        }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_dict_of_pytorch_answers_as_it_did_there),
        cmocka_unit_test(types_that_became_floats_are_told),
        cmocka_unit_test(arrays_of_keras_are_turned_and_answer_as_they_did),
        cmocka_unit_test(arrays_of_numpy_users_are_turned_where_only_that_fits),
        cmocka_unit_test(dense_weights_alone_do_not_tell_the_order_of_features_which_is_said),
        cmocka_unit_test(depthwise_weights_of_keras_have_their_channels_last),
        cmocka_unit_test(a_square_weight_alone_is_taken_as_it_is),
        cmocka_unit_test(classes_follow_from_the_arrays),
        cmocka_unit_test(numbers_that_are_no_floats_are_refused),
        cmocka_unit_test(weights_without_a_network_say_what_to_do),
        cmocka_unit_test(files_that_run_code_say_how_to_take_the_weights_out),
        cmocka_unit_test(what_is_written_is_read_again_without_a_text),
        cmocka_unit_test(a_file_that_holds_a_network_refuses_what_would_say_another),
        cmocka_unit_test(what_is_written_as_safetensors_says_that_it_is_pytorchs),
        cmocka_unit_test(a_file_cut_off_anywhere_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_writing_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
