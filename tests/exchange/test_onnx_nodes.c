/* SPDX-License-Identifier: MIT */
/* test_onnx_nodes.c: ONNX files that this test builds node by node: each limit of the reader, from both
 * sides. */
#include "onnx_testing.h"

#include "exchange/onnx_message.h"

#if DESCENDER_WITH_PROTOBUF

enum { WEIGHTS = 3 };

/* A file of one graph. In `lines` (see dsc_write_line), in0 is the image, in1 to in3 are arrays of small
 * numbers, and out0 is the output "logits". */
typedef struct network {
    const char *lines;
    size_t arrays[WEIGHTS][4]; /* their shapes, ending at a 0 */
    size_t image[3];           /* {0}: 1 x 8 x 8 */
    int64_t opset;             /* 0: 18 */
    bool external;             /* the arrays are in another file */
    size_t missing;            /* this many bytes of each array */
    bool open;                 /* the last array is an input without numbers */
} network;

static Onnx__Value *input_of(onnx_pool *pool, const char *name, const size_t shape[3]) {
    Onnx__Value *value = onnx_take(pool, 1, sizeof *value);
    onnx__value__init(value);
    value->name = onnx_take_text(pool, "%s", name);
    value->type = onnx_take(pool, 1, sizeof *value->type);
    onnx__type__init(value->type);
    Onnx__TensorType *type = value->type->tensor_type = onnx_take(pool, 1, sizeof *type);
    onnx__tensor_type__init(type);
    type->has_elem_type = true;
    type->elem_type = ONNX_FLOAT;
    type->shape = onnx_take(pool, 1, sizeof *type->shape);
    onnx__shape__init(type->shape);
    type->shape->n_dim = 4;
    type->shape->dim = onnx_take(pool, 4, sizeof(Onnx__Dimension *));
    for (size_t i = 0; i < 4; i++) {
        Onnx__Dimension *size = type->shape->dim[i] = onnx_take(pool, 1, sizeof *size);
        onnx__dimension__init(size);
        size->has_dim_value = i > 0;
        size->dim_value = i ? (int64_t)shape[i - 1] : 0;
    }
    return value;
}

/* The file's bytes; freed by the caller. */
static unsigned char *made(size_t *size, const network *n) {
    static const size_t usual[] = {1, 8, 8};
    static const char *const in[] = {"image", "array1", "array2", "array3"}, *const out[] = {"logits"};
    onnx_making making = {.pool = {0}};
    Onnx__Graph *graph = &making.graph;
    onnx_pool *pool = &making.pool;
    dsc_error error = {0};
    uint32_t noise = 3;
    onnx__graph__init(graph);
    Onnx__Value *inputs[2] = {input_of(pool, in[0], n->image[0] ? n->image : usual), NULL}, output;
    size_t count = 1;
    graph->n_input = 1;
    graph->input = inputs;
    for (; count <= WEIGHTS && n->arrays[count - 1][0]; count++) {
        const size_t *sizes = n->arrays[count - 1];
        dsc_shape shape = {0};
        while (shape.rank < 4 && sizes[shape.rank]) {
            shape.size[shape.rank] = sizes[shape.rank];
            shape.rank++;
        }
        const size_t numbers = dsc_shape_count(&shape);
        float *floats = onnx_take(pool, numbers, sizeof *floats);
        for (size_t i = 0; i < numbers; i++) floats[i] = onnx_noise(&noise);
        Onnx__Tensor *array = onnx_add_initializer(&making, in[count], ONNX_FLOAT, &shape, floats,
                                                   numbers * sizeof *floats - n->missing);
        array->has_data_location = n->external;
        array->data_location = n->external;
    }
    if (n->open) {
        graph->n_initializer--;
        inputs[graph->n_input++] = input_of(pool, in[count - 1], n->arrays[count - 2]);
    }
    ASSERT_OK(onnx_add_lines(&making, n->lines, "test", "test", in, count, out, 1, &error), error);
    onnx__value__init(&output);
    output.name = onnx_take_text(pool, "%s", out[0]);
    graph->n_output = 1;
    graph->output = &(Onnx__Value *){&output};
    Onnx__OperatorSet set = ONNX__OPERATOR_SET__INIT;
    set.has_version = true;
    set.version = n->opset ? n->opset : 18;
    Onnx__Model model = ONNX__MODEL__INIT;
    model.has_ir_version = true;
    model.ir_version = 8;
    model.graph = graph;
    model.n_opset_import = 1;
    model.opset_import = &(Onnx__OperatorSet *){&set};
    assert_false(pool->failed);
    *size = onnx__model__get_packed_size(&model);
    unsigned char *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(onnx__model__pack(&model, bytes), *size);
    onnx_making_free(&making);
    return bytes;
}

/* --- what is refused --- */

#define CONV "c = Conv(in0, in1)"
#define POOL "c = MaxPool(in0) kernel_shape=3,3"
#define MEAN "c = AveragePool(in0) kernel_shape=3,3"
#define FLAT "\nout0 = Flatten(c)"

/* A node that is read comes before similar ones that are refused. */
static void nodes_beyond_the_limits_are_refused_with_the_reason(void **unused) {
    (void)unused;
    static const struct {
        network file;
        const char *message; /* NULL: it is read */
    } cases[] = {
        {{.lines = "c = Relu(in0)" FLAT}, NULL},
        {{.lines = "c = Relu(in0)" FLAT, .opset = 7}, NULL},
        {{.lines = "c = Relu(in0)" FLAT, .opset = 6}, "ONNX's opset 6; 7 and later are supported"},
        {{.lines = "c = Elu(in0)" FLAT}, "(Elu, opset 18): this node type is not supported"},

        {{.lines = "r = Relu(in0)\nf = Flatten(r)\nout0 = Softmax(f) axis=1"}, NULL},
        {{.lines = "r = Relu(in0)\nf = Flatten(r)\nout0 = Softmax(f) axis=-1"}, NULL},
        {{.lines = "r = Relu(in0)\nf = Flatten(r)\nout0 = Softmax(f) axis=0"},
         "(Softmax, opset 18): it is not along the last dimension"},

        {{.lines = CONV FLAT, .arrays = {{2, 1, 3, 3}}}, NULL},
        {{.lines = CONV FLAT, .arrays = {{2, 1, 3, 3}}, .external = true},
         "array 'array1': its numbers are in another file"},
        {{.lines = CONV FLAT, .arrays = {{2, 1, 3, 3}}, .missing = 1},
         "it has another number of values than its dimensions say"},
        {{.lines = CONV FLAT, .arrays = {{2, 1, 3, 3}}, .missing = 4},
         "it has another number of values than its dimensions say"},
        {{.lines = "d = Add(in0, in1)\nc = Relu(d)" FLAT, .arrays = {{1, 8, 8}}}, NULL},
        {{.lines = "d = Add(in0, in1)\nc = Relu(d)" FLAT, .arrays = {{1, 8, 8}}, .open = true},
         "expected one input, an image, that determines the classes; found 2: 'image', 'array1'"},
        {{.lines = CONV " pads=0,0,1,1" FLAT, .arrays = {{2, 1, 3, 3}}}, NULL},
        {{.lines = CONV " dilations=2,2 pads=1,1,1,1" FLAT, .arrays = {{2, 1, 3, 3}}}, NULL},
        {{.lines = CONV " dilations=2,2 pads=0,0,1,1" FLAT, .arrays = {{2, 1, 3, 3}}},
         "dilations with pads that differ before and behind"},
        {{.lines = CONV " dilations=2,2 auto_pad=\"SAME_UPPER\"" FLAT, .arrays = {{2, 1, 3, 3}}}, NULL},
        {{.lines = CONV " dilations=2,2 strides=2,2 auto_pad=\"SAME_UPPER\"" FLAT, .arrays = {{2, 1, 3, 3}}},
         "dilations with pads that differ before and behind"},
        {{.lines = CONV " pads=64,64,64,64" FLAT, .arrays = {{2, 1, 3, 3}}}, NULL},
        {{.lines = CONV " pads=65,65,65,65" FLAT, .arrays = {{2, 1, 3, 3}}},
         "pads, strides or dilations above 64"},
        {{.lines = CONV " group=8" FLAT, .arrays = {{16, 2, 1, 1}}, .image = {16, 5, 5}}, NULL},
        {{.lines = CONV " group=18" FLAT, .arrays = {{18, 1, 1, 1}}, .image = {18, 5, 5}}, NULL},
        {{.lines = CONV " group=9" FLAT, .arrays = {{18, 2, 1, 1}}, .image = {18, 5, 5}},
         "9 groups; 1 to 8 are read, or one for each channel"},
        {{.lines = CONV " group=9" FLAT, .arrays = {{18, 1, 1, 1}}, .image = {9, 5, 5}},
         "9 groups; 1 to 8 are read"},

        {{.lines = POOL " strides=2,2" FLAT}, NULL},
        {{.lines = POOL " strides=2,2 ceil_mode=1" FLAT}, "its windows reach over the image's end"},
        {{.lines = POOL " strides=2,2 pads=0,0,1,1" FLAT}, "its windows reach over the image's end"},
        {{.lines = POOL " strides=2,2 auto_pad=\"SAME_UPPER\"" FLAT},
         "its windows reach over the image's end"},
        {{.lines = POOL " dilations=2,2" FLAT}, "dilations of a pool"},
        {{.lines = POOL " pads=3,3,3,3" FLAT}, "pads as large as the window"},
        {{.lines = "c = MaxPool(in0) kernel_shape=16,16" FLAT, .image = {1, 20, 20}}, NULL},
        {{.lines = "c = MaxPool(in0) kernel_shape=17,17" FLAT, .image = {1, 20, 20}}, "a window above 16"},
        {{.lines = MEAN FLAT}, NULL},
        {{.lines = MEAN " pads=1,1,1,1 count_include_pad=1" FLAT}, NULL},
        {{.lines = MEAN " pads=1,1,1,1" FLAT}, "leaves the padding out (count_include_pad=0)"},
        {{.lines = "out0 = ReduceMax(in0, [2,3]) keepdims=0", .image = {3, 4, 4}}, NULL},
        {{.lines = "out0 = ReduceMax(in0, [1,2,3]) keepdims=0", .image = {3, 4, 4}},
         "it reduces all dimensions"},
        {{.lines = "c = ReduceMean(in0, [2]) keepdims=0" FLAT, .image = {3, 4, 4}},
         "it reduces neither all dimensions"},
        {{.lines = "c = ReduceMean(in0)" FLAT}, "it has no axes, so it mixes the images of a batch"},

        {{.lines = "c = LayerNormalization(in0, in1) axis=1" FLAT, .arrays = {{1, 8, 8}}}, NULL},
        {{.lines = "c = LayerNormalization(in0, in1) axis=-1" FLAT, .arrays = {{8}}},
         "it does not normalise all values of an image"},
        {{.lines = "a = ReduceMean(in0, [1,2,3])\nd = Sub(in0, a)\nc = Pow(d, {2})" FLAT},
         "export with opset_version=17"},

        {{.lines = "c = Clip(in0, {0})" FLAT}, NULL},
        {{.lines = "c = Clip(in0, {0}, {6})" FLAT},
         "bounds of 0 and 6; only 0 and no upper bound are supported"},
        {{.lines = "c = Gelu(in0) approximate=\"none\"" FLAT, .opset = 20}, NULL},
        {{.lines = "c = Gelu(in0) approximate=\"tanh\"" FLAT, .opset = 20}, "an approximate Gelu"},
        {{.lines = "c = LeakyRelu(in0) alpha=1.5" FLAT}, "a slope of 1.5; slopes of 0 to 1 are supported"},

        {{.lines = "r = Relu(in0)\na = Sum({1}, {2})\nc = Mul(r, a)" FLAT}, NULL},
        {{.lines = "r = Relu(in0)\na = Sum({1}, {2}, {3})\nc = Mul(r, a)" FLAT}, "3 inputs; 2 are supported"},
        {{.lines = "r = Relu(in0)\nc = Sum(r, {1}, {2})" FLAT}, "3 inputs; 2 are supported"},
        {{.lines = "r = Relu(in0)\nc = Div(r, {2})" FLAT}, NULL},
        {{.lines = "r = Relu(in0)\nc = Div({2}, r)" FLAT}, "a division by something that is not constant"},

        {{.lines = "c = Slice(in0, [2], [6], [2], [1])" FLAT}, NULL},
        {{.lines = "c = Slice(in0, [2], [6], [2], [2])" FLAT}, "it is not along one dimension in steps of 1"},
        {{.lines = "c = Slice(in0, [2,2], [6,6], [2,3], [1,1])" FLAT},
         "it is not along one dimension in steps of 1"},
        {{.lines = "r = Relu(in0)\nc = Gather(r, [0])" FLAT}, "it has inputs that depend on the image"},
        {{.lines = "c = Concat(in0, in0) axis=1" FLAT}, NULL},
        {{.lines = "c = Concat(in0, in0) axis=2" FLAT}, "axis 2; only channels can be concatenated"},
        {{.lines = "a = Transpose(in0) perm=0,2,3,1\nb = Transpose(a) perm=0,3,1,2\n"
                   "c = MaxPool(b) kernel_shape=2,2" FLAT,
          .image = {3, 4, 4}},
         NULL},
        {{.lines = "a = Transpose(in0) perm=0,2,1,3\nc = MaxPool(a) kernel_shape=2,2" FLAT,
          .image = {3, 4, 4}},
         "a Transpose changed the order"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size;
        unsigned char *bytes = made(&size, &cases[i].file);
        dsc_model *model;
        dsc_error error = {0};
        const dsc_status status = onnx_import(&model, bytes, size, NULL, NULL, &error);
        const char *expected = cases[i].message;
        if (expected ? (status != DSC_ERROR_UNSUPPORTED && status != DSC_ERROR_FORMAT) || model ||
                           !strstr(error.message, expected)
                     : status || !model)
            fail_msg("%s: '%s', expected '%s'", cases[i].file.lines, error.message,
                     expected ? expected : "to be read");
        dsc_model_free(model);
        free(bytes);
    }
}

/* --- what is read --- */

static float *answers(const network *n, size_t *count) {
    size_t size, shape[3];
    unsigned char *bytes = made(&size, n);
    dsc_model *model;
    dsc_error error = {0};
    uint32_t noise = 11;
    if (onnx_import(&model, bytes, size, NULL, NULL, &error)) fail_msg("%s: %s", n->lines, error.message);
    dsc_model_shape(model, shape);
    const size_t pixels = shape[0] * shape[1] * shape[2];
    float *image = malloc(pixels * sizeof *image);
    for (size_t i = 0; i < pixels; i++) image[i] = onnx_noise(&noise);
    float *logits = onnx_logits(model, NULL, image, 1);
    *count = dsc_model_classes(model);
    free(image);
    free(bytes);
    dsc_model_free(model);
    return logits;
}

static void networks_written_in_two_ways_answer_alike(void **unused) {
    (void)unused;
    static const struct {
        const char *one, *other;
        size_t arrays[WEIGHTS][4];
    } cases[] = {
        /* The average with SAME padding counts the padding. */
        {"a = Pad(in0, [0,0,0,0,0,0,1,1])\nc = Conv(a, in1) strides=2,2 auto_pad=\"SAME_UPPER\"" FLAT,
         CONV " strides=2,2 pads=1,1,2,2" FLAT,
         {{2, 1, 3, 3}}},
        {"a = Sum({0.5}, {2.5})\nc = Conv(in0, in1)\nd = Mul(c, a)\nout0 = Flatten(d)",
         "c = Conv(in0, in1)\nd = Mul(c, {3})\nout0 = Flatten(d)",
         {{2, 1, 3, 3}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        network one = {.lines = cases[i].one}, other = {.lines = cases[i].other};
        memcpy(one.arrays, cases[i].arrays, sizeof one.arrays);
        memcpy(other.arrays, cases[i].arrays, sizeof other.arrays);
        size_t count, expected_count;
        float *found = answers(&one, &count), *expected = answers(&other, &expected_count);
        assert_int_equal(count, expected_count);
        for (size_t k = 0; k < count; k++)
            if (!(fabsf(found[k] - expected[k]) < 1e-6f))
                fail_msg("%s: number %zu is %g, expected %g", one.lines, k, (double)found[k],
                         (double)expected[k]);
        free(found);
        free(expected);
    }
}

#else

static void nodes_beyond_the_limits_are_refused_with_the_reason(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
}

static void networks_written_in_two_ways_answer_alike(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_beyond_the_limits_are_refused_with_the_reason),
        cmocka_unit_test(networks_written_in_two_ways_answer_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
