/* SPDX-License-Identifier: MIT */
/* Weights of PyTorch, Keras and NumPy in a network of ours answer as they did at home; what does not fit is
 * refused by name; what is written is read again. */
#include "testing.h"

#include "base/file.h"
#include "data/npy.h"
#include "exchange/exchange.h"
#include "graph/graph.h"
#include "model/model.h"
#include "model/safetensors.h"

#include <math.h>

enum { IMAGES = 8, CLASSES = 4 };
static const char CONVOLUTIONS[] =
    "conv 3 3x3, batch-norm, relu, max-pool 2, conv 5 2x2 bias=off, batch-norm, "
    "relu, flatten, dense 7, relu, dense";
static const char DENSE[] = "64-6-6-4";

static dsc_error error;

/* --- helpers --- */

typedef struct file {
    unsigned char *bytes;
    size_t size;
    char name[64];
} file;

static file golden(const char *name) {
    char path[128];
    file f;
    (void)snprintf(path, sizeof path, "exchange/%s", name);
    ASSERT_OK(dsc_file_read(&f.bytes, &f.size, testing_golden(path), 1 << 20, &error), error);
    (void)snprintf(f.name, sizeof f.name, "%s", name);
    return f;
}

static exchange_source source_of(const file *f, const char *text) {
    return (exchange_source){
        .bytes = f->bytes, .size = f->size, .name = f->name, .model = text, .shape = {1, 8, 8}};
}

static void clear_source(exchange_source *source) {
    dsc_text_free(&source->notes);
    dsc_text_free(&source->table);
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

/* What PyTorch answered, to the precision of floats. */
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

/* Reads a golden file, and compares its answers; the notes and the table hold these texts. */
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

/* One array of a made-up file: values count up from `first`. */
typedef struct made {
    const char *name;
    size_t shape[4];
    float first;
} made;

static file make_file(const made *list, size_t count) {
    dsc_npz_entry entries[16];
    dsc_array arrays[16];
    file f = {.name = "made.npz"};
    assert_true(count <= 16);
    for (size_t i = 0; i < count; i++) {
        size_t rank = 0, numbers = 1;
        while (rank < 4 && list[i].shape[rank]) numbers *= list[i].shape[rank++];
        float *values = malloc(numbers * sizeof *values);
        assert_non_null(values);
        for (size_t n = 0; n < numbers; n++) values[n] = list[i].first + (float)n;
        arrays[i] = (dsc_array){.type = DSC_F32, .rank = rank, .data = values};
        memcpy(arrays[i].shape, list[i].shape, sizeof arrays[i].shape);
        entries[i] = (dsc_npz_entry){list[i].name, &arrays[i]};
    }
    ASSERT_OK(dsc_npz_make(&f.bytes, &f.size, entries, count, "made.npz", &error), error);
    for (size_t i = 0; i < count; i++) free(arrays[i].data);
    return f;
}

static dsc_model *read_made(const made *list, size_t count, const char *text, const char *as,
                            const char *map) {
    file f = make_file(list, count);
    dsc_model *model;
    exchange_source source = source_of(&f, text);
    source.map = map;
    ASSERT_OK(exchange_read(&model, &source, as, &error), error);
    clear_source(&source);
    free(f.bytes);
    return model;
}

static void refuse_made(const made *list, size_t count, const char *text, const char *map, dsc_status status,
                        const char *part) {
    file f = make_file(list, count);
    dsc_model *model = (dsc_model *)1;
    exchange_source source = source_of(&f, text);
    source.map = map;
    dsc_status found = exchange_read(&model, &source, NULL, &error);
    if (found != status) fail_msg("status %d: %s", (int)found, found ? error.message : "");
    assert_null(model);
    ASSERT_MESSAGE(error, part);
    clear_source(&source);
    free(f.bytes);
}

/* The first number of a parameter, and the one after it. */
static void check_numbers(const dsc_model *model, const char *name, float first, float second) {
    const dsc_node *node = dsc_graph_find(model->graph, name);
    if (!node) fail_msg("there is no %s", name);
    assert_float_equal(model->values[node->offset], first, 0);
    if (dsc_shape_count(&node->shape) > 1) assert_float_equal(model->values[node->offset + 1], second, 0);
}

static const char *map_file(const char *text) {
    char *path = dsc_path_join(testing_folder(), "map");
    static char kept[4096];
    ASSERT_OK(dsc_file_write(path, text, strlen(text), &error), error);
    (void)snprintf(kept, sizeof kept, "%s", path);
    free(path);
    return kept;
}

/* --- it answers as it did at home --- */

static void a_state_dict_of_pytorch_answers_as_it_did_there(void **state) {
    (void)state;
    check_read("convolutions.safetensors", CONVOLUTIONS, NULL, "convolutions",
               "2 arrays were not used, as no network here needs them: bn1.num_batches_tracked",
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
    check_read("convolutions-keras.npz", CONVOLUTIONS, NULL, "convolutions", "as Keras has them",
               "arr_11\tfloat32\t(20, 7)\tdense1.weight\t");
    check_read("convolutions-keras.npz", CONVOLUTIONS, "npz layout=keras", "convolutions",
               "as Keras has them", "by order, turned\n");
}

static void arrays_of_numpy_users_are_turned_where_only_that_fits(void **state) {
    (void)state;
    check_read("dense-numpy.npz", DENSE, NULL, "dense", "1 array of type float64",
               "W2\tfloat32\t(6, 6)\tdense2.weight\tby order");
    check_read("dense-numpy.npz", DENSE, "npz layout=transposed", "dense", "(in, out); they were turned",
               NULL);
    check_read("dense-state.npz", DENSE, NULL, "dense", NULL, NULL);
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
    /* (8, 3) is (H, W, C, 3): the next pixel of a channel is two channels of three numbers on. */
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

/* --- which is which --- */

static void layers_of_one_shape_are_taken_in_the_order_of_their_numbers(void **state) {
    (void)state;
    static const made list[] = {{"net.2.bias", {64}, 1},       {"net.2.weight", {64, 64}, 2},
                                {"net.10.bias", {64}, 3},      {"net.10.weight", {64, 64}, 4},
                                {"net.4.weight", {64, 64}, 6}, {"net.4.bias", {64}, 5}};
    dsc_model *model = read_made(list, 6, "64-64-64-64", NULL, NULL); /* the order of the file is its own */
    check_numbers(model, "dense2.weight", 4, 5);
    dsc_model_free(model);
    static const made sorted[] = {{"net.10.bias", {64}, 3}, {"net.10.weight", {64, 64}, 4},
                                  {"net.2.bias", {64}, 1},  {"net.2.weight", {64, 64}, 2},
                                  {"net.4.bias", {64}, 5},  {"net.4.weight", {64, 64}, 6}};
    model = read_made(sorted, 6, "64-64-64-64", NULL, NULL);
    check_numbers(model, "dense1.weight", 2, 3);
    check_numbers(model, "dense2.bias", 5, 6);
    check_numbers(model, "dense3.weight", 4, 5);
    dsc_model_free(model);
}

static void names_of_ours_count_more_than_the_order_also_behind_a_wrapper(void **state) {
    (void)state;
    static const made list[] = {{"module.dense2.weight", {64, 64}, 1},
                                {"module.dense2.bias", {64}, 2},
                                {"module.dense1.weight", {64, 64}, 3},
                                {"module.dense1.bias", {64}, 4}};
    dsc_model *model = read_made(list, 4, "64-64-64", NULL, NULL);
    check_numbers(model, "dense1.weight", 3, 4);
    check_numbers(model, "dense2.bias", 2, 3);
    dsc_model_free(model);
}

static void a_map_says_what_is_what_and_what_is_left_out(void **state) {
    (void)state;
    static const made list[] = {{"head", {64, 64}, 1}, {"body", {64, 64}, 2}, {"aux", {3, 3}, 3}};
    dsc_model *model =
        read_made(list, 3, "flatten, dense 64 bias=off, dense 64 bias=off", NULL,
                  map_file("# ours are numbered\nbody dense1.weight\n\nhead\tdense2.weight # last\r\n"
                           "aux -\n"));
    check_numbers(model, "dense1.weight", 2, 3);
    check_numbers(model, "dense2.weight", 1, 2);
    dsc_model_free(model);
}

static void layers_without_an_order_are_told(void **state) {
    (void)state;
    static const made list[] = {{"body.weight", {64, 64}, 1}, {"stem.weight", {64, 64}, 2}};
    file f = make_file(list, 2);
    dsc_model *model;
    exchange_source source = source_of(&f, "flatten, dense 64 bias=off, dense 64 bias=off");
    ASSERT_OK(exchange_read(&model, &source, NULL, &error), error);
    assert_non_null(source.notes.data);
    assert_non_null(strstr(source.notes.data, "names without an order"));
    clear_source(&source);
    dsc_model_free(model);
    free(f.bytes);
}

/* --- what does not fit --- */

static void the_first_array_that_does_not_fit_is_named_with_both_shapes(void **state) {
    (void)state;
    static const made list[] = {{"fc1.weight", {9, 64}, 0}, {"fc1.bias", {9}, 0}};
    refuse_made(list, 2, "64-8", NULL, DSC_ERROR_MISMATCH,
                "made.npz: 'fc1.weight' has the shape (9, 64), but dense1.weight of the network has (8, 64)");
}

static void a_bias_too_much_or_too_few_is_told_with_what_to_write(void **state) {
    (void)state;
    static const made none[] = {{"fc1.weight", {8, 64}, 0}};
    refuse_made(none, 1, "64-8", NULL, DSC_ERROR_MISMATCH, "no array for dense1.bias (8) of the network");
    refuse_made(none, 1, "64-8", NULL, DSC_ERROR_MISMATCH, "bias=off");
    static const made both[] = {{"fc1.weight", {8, 64}, 0}, {"fc1.bias", {8}, 0}};
    refuse_made(both, 2, "flatten, dense 8 bias=off", NULL, DSC_ERROR_MISMATCH,
                "'fc1.bias' of the shape (8) has no place");
}

static void an_array_that_is_left_is_refused(void **state) {
    (void)state;
    static const made list[] = {
        {"fc1.weight", {8, 64}, 0}, {"fc1.bias", {8}, 0}, {"fc2.weight", {8, 8}, 0}, {"fc2.bias", {8}, 0}};
    refuse_made(list, 4, "64-8", NULL, DSC_ERROR_MISMATCH,
                "'fc2.weight' of the shape (8, 8) is none of the network's parameters");
}

static void what_is_wrong_in_a_map_is_named_with_its_line(void **state) {
    (void)state;
    static const made list[] = {{"a", {8, 64}, 0}, {"b", {8}, 0}};
    static const struct {
        const char *map, *part;
        dsc_status status;
    } tries[] = {{"a\n", "line 1: expected the name", DSC_ERROR_ARGUMENT},
                 {"\nc dense1.weight\n", "line 2: made.npz has no array 'c'", DSC_ERROR_ARGUMENT},
                 {"a dense1.weigth", "did you mean 'dense1.weight'", DSC_ERROR_ARGUMENT},
                 {"a -\na dense1.weight", "line 2: this array", DSC_ERROR_ARGUMENT},
                 {"a b c d", "line 1: expected", DSC_ERROR_ARGUMENT},
                 {"b dense1.weight", "'b' has the shape (8)", DSC_ERROR_MISMATCH}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        refuse_made(list, 2, "64-8", map_file(tries[i].map), tries[i].status, tries[i].part);
}

static void a_text_that_is_wrong_is_told_as_such(void **state) {
    (void)state;
    static const made list[] = {{"a", {8, 64}, 0}, {"b", {8}, 0}};
    refuse_made(list, 2, "flatten, dens 8", NULL, DSC_ERROR_ARGUMENT, "unknown layer 'dens'");
}

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

/* --- out and in again --- */

static void what_is_written_is_read_again_without_a_text(void **state) {
    (void)state;
    static const char *const formats[] = {"descender", "safetensors", "npz"};
    dsc_model_options options = dsc_model_options_defaults();
    static const char *const names[] = {"cat", "dog", "zw\xC3\xB6lf", "\"4\""};
    const float weights[] = {1, 2, 3, 0.5F};
    dsc_model *model, *again;
    options.text = CONVOLUTIONS;
    options.shape[1] = options.shape[2] = 8;
    options.classes = CLASSES;
    options.class_names = names;
    options.class_weights = weights;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    model->normalisation.offset[0] = -0.5F;
    for (size_t i = 0; i < 3; i++) {
        exchange_output output = {.stem = "net"};
        const exchange_format *format =
            (const exchange_format *)(const void *)dsc_registry_find(&exchange_registry, formats[i]);
        ASSERT_OK(format->write(&output, model, NULL, &error), error);
        assert_int_equal(output.count, 1);
        exchange_source source = {
            .bytes = output.files[0].bytes, .size = output.files[0].size, .name = "net"};
        ASSERT_OK(exchange_read(&again, &source, NULL, &error), error);
        assert_string_equal(dsc_model_text(again), CONVOLUTIONS);
        assert_string_equal(dsc_model_class_name(again, 2), names[2]);
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

static void what_is_written_as_safetensors_says_that_it_is_pytorchs(void **state) {
    (void)state;
    dsc_model_options options = dsc_model_options_defaults();
    exchange_output output = {.stem = "net"};
    dsc_safetensors found;
    dsc_model *model;
    options.text = "conv 2 3x3, batch-norm, flatten, dense";
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    const exchange_format *format =
        (const exchange_format *)(const void *)dsc_registry_find(&exchange_registry, "safetensors");
    ASSERT_OK(format->write(&output, model, NULL, &error), error);
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
            unsigned char *copy = malloc(size ? size : 1); /* the address sanitizer sees each byte too far */
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
        cmocka_unit_test(depthwise_weights_of_keras_have_their_channels_last),
        cmocka_unit_test(a_square_weight_alone_is_taken_as_it_is),
        cmocka_unit_test(classes_follow_from_the_arrays),
        cmocka_unit_test(layers_of_one_shape_are_taken_in_the_order_of_their_numbers),
        cmocka_unit_test(names_of_ours_count_more_than_the_order_also_behind_a_wrapper),
        cmocka_unit_test(a_map_says_what_is_what_and_what_is_left_out),
        cmocka_unit_test(layers_without_an_order_are_told),
        cmocka_unit_test(the_first_array_that_does_not_fit_is_named_with_both_shapes),
        cmocka_unit_test(a_bias_too_much_or_too_few_is_told_with_what_to_write),
        cmocka_unit_test(an_array_that_is_left_is_refused),
        cmocka_unit_test(what_is_wrong_in_a_map_is_named_with_its_line),
        cmocka_unit_test(a_text_that_is_wrong_is_told_as_such),
        cmocka_unit_test(numbers_that_are_no_floats_are_refused),
        cmocka_unit_test(weights_without_a_network_say_what_to_do),
        cmocka_unit_test(files_that_run_code_say_how_to_take_the_weights_out),
        cmocka_unit_test(what_is_written_is_read_again_without_a_text),
        cmocka_unit_test(what_is_written_as_safetensors_says_that_it_is_pytorchs),
        cmocka_unit_test(a_file_cut_off_anywhere_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_writing_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
