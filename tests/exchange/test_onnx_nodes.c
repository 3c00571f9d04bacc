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
        {{.lines = "c = Softplus(in0)" FLAT}, "(Softplus, opset 18): this node type is not supported"},

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
        {{.lines = "c = Clip(in0, {0}, {6})" FLAT}, NULL},
        {{.lines = "c = Clip(in0, {1}, {0.5})" FLAT}, "bounds of 1 and 0.5; the first must be less"},
        {{.lines = "c = Clip(in0, {1}, {1})" FLAT}, "bounds of 1 and 1; the first must be less"},
        {{.lines = "c = Clip(in0, {3e38})" FLAT}, "low must be less than high"},
        {{.lines = "c = Clip(in0, in1)" FLAT, .arrays = {{1}}}, NULL},
        {{.lines = "c = Clip(in0, in1)" FLAT, .arrays = {{2}}}, "a bound that is not a single number"},
        {{.lines = "r = Relu(in0)\nc = Clip(r, {0}, r)" FLAT}, "its input 2 must be constant"},
        {{.lines = "c = Max(in0, {1})" FLAT}, NULL},
        {{.lines = "c = Max(in0, {1}, {2})" FLAT}, "3 inputs; 2 are supported"},
        {{.lines = "r = Relu(in0)\nc = Max(r, in0)" FLAT}, "not a value and a single constant number"},
        {{.lines = "c = Min(in0, in1)" FLAT, .arrays = {{2}}}, "not a value and a single constant number"},
        {{.lines = "f = Flatten(in0)\nout0 = Min(f, in1)", .arrays = {{1, 1}}}, NULL},
        {{.lines = "f = Flatten(in0)\nout0 = Min(f, in1)", .arrays = {{1, 1, 1}}},
         "not a value and a single constant number"},
        {{.lines = "c = Elu(in0) alpha=1000.0" FLAT}, NULL},
        {{.lines = "c = Elu(in0) alpha=1001.0" FLAT}, "an alpha of 1001; 0 to 1000 are supported"},
        {{.lines = "c = Elu(in0) alpha=-0.5" FLAT}, "an alpha of -0.5"},
        {{.lines = "c = Selu(in0) alpha=-0.5" FLAT}, "an alpha of -0.5"},
        {{.lines = "c = HardSigmoid(in0) alpha=0.0" FLAT}, NULL},
        {{.lines = "c = HardSigmoid(in0) alpha=-0.5" FLAT}, "an alpha of -0.5 and a beta of 0.5"},
        {{.lines = "c = HardSigmoid(in0) beta=1001.0" FLAT}, "a beta of 1001"},
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
        {{.lines = "c, d = Split(in0, [3,5]) axis=2" FLAT}, NULL},
        {{.lines = "c, d = Split(in0, [3,4]) axis=2" FLAT}, "its sizes do not add up to a dimension of 8"},
        {{.lines = "c, d = Split(in0, [3,6]) axis=2" FLAT}, "its sizes do not add up to a dimension of 8"},
        {{.lines = "c, d = Split(in0, [9,-1]) axis=2" FLAT}, "its sizes do not add up to a dimension of 8"},
        {{.lines = "c, d = Split(in0, [8,0]) axis=2" FLAT}, "its sizes do not add up to a dimension of 8"},
        {{.lines = "c, d = Split(in0, [2,2,4]) axis=2" FLAT}, "its sizes are not those of its 2 outputs"},
        {{.lines = "c, d = Split(in0) axis=2 num_outputs=3" FLAT},
         "its sizes are not those of its 2 outputs"},
        {{.lines = "c, d, e = Split(in0) axis=2 num_outputs=3" FLAT}, NULL},
        {{.lines = "c, d, e = Split(in0) axis=2" FLAT, .opset = 13}, "its sizes do not add up"},
        {{.lines = "c, d, e, f, g, h, i = Split(in0) axis=2 num_outputs=7" FLAT}, "its sizes do not add up"},
        {{.lines = "c, d = Split(in0)" FLAT}, "axis 0; the batch cannot be split"},
        {{.lines = "c, d = Split(in0) axis=4" FLAT}, "axis 4; the batch cannot be split"},
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
        int64_t opset;   /* of `one` */
        size_t image[3]; /* {0}: 1 x 8 x 8 */
    } cases[] = {
        /* The average with SAME padding counts the padding. */
        {"a = Pad(in0, [0,0,0,0,0,0,1,1])\nc = Conv(a, in1) strides=2,2 auto_pad=\"SAME_UPPER\"" FLAT,
         CONV " strides=2,2 pads=1,1,2,2" FLAT,
         {{2, 1, 3, 3}},
         0,
         {0}},
        {"a = Sum({0.5}, {2.5})\nc = Conv(in0, in1)\nd = Mul(c, a)\nout0 = Flatten(d)",
         "c = Conv(in0, in1)\nd = Mul(c, {3})\nout0 = Flatten(d)",
         {{2, 1, 3, 3}},
         0,
         {0}},
        {.one = "c = Clip(in0) min=-0.25 max=0.5" FLAT,
         .other = "c = Clip(in0, {-0.25}, {0.5})" FLAT,
         .opset = 7},
        {.one = "c = Clip(in0) max=0.5" FLAT, .other = "c = Min({0.5}, in0)" FLAT, .opset = 10},
        {.one = "c = Clip(in0) min=-0.25" FLAT, .other = "c = Max(in0, {-0.25})" FLAT, .opset = 10},
        {.one = "c = Max(in0, {0})" FLAT, .other = "c = Relu(in0)" FLAT},
        {.one = "a = Clip(in0)\nc = Relu(a)" FLAT, .other = "c = Relu(in0)" FLAT},
        {.one = "c = HardSwish(in0)" FLAT,
         .other = "a = HardSigmoid(in0) alpha=0.16666667\nc = Mul(a, in0)" FLAT},
        {.one = "n = Neg(in0)\nc = HardSwish(n)" FLAT, /* as before opset 14 */
         .other =
             "n = Neg(in0)\na = Add(n, {3})\nb = Clip(a, {0}, {6})\nd = Mul(n, b)\nc = Div(d, {6})" FLAT},
        {.one = "c = Selu(in0)" FLAT, .other = "a = Elu(in0) alpha=1.6732632\nc = Mul(a, {1.050701})" FLAT},
        {.one = "c = Abs(in0)" FLAT, .other = "a = Relu(in0)\nb = Neg(in0)\nd = Relu(b)\nc = Add(a, d)" FLAT},
        {.one = "a, b = Split(in0, [3,5]) axis=2\nc = Flatten(a)\nd = Flatten(b)\nout0 = Concat(d, c) axis=1",
         .other = "a = Slice(in0, [0], [3], [2])\nb = Slice(in0, [3], [8], [2])\nc = Flatten(a)\n"
                  "d = Flatten(b)\nout0 = Concat(d, c) axis=1"},
        {.one = "a, b = Split(in0) axis=-1 split=3,5\nc = Flatten(b)\nout0 = Relu(c)",
         .other = "a = Slice(in0, [3], [8], [3])\nc = Flatten(a)\nout0 = Relu(c)",
         .opset = 11},
        {.one = "a, b = Split(in0) axis=-1\nc = Flatten(b)\nout0 = Relu(c)",
         .other = "a = Slice(in0, [4], [8], [3])\nc = Flatten(a)\nout0 = Relu(c)",
         .opset = 13},
        {.one = "a, b, d = Split(in0) axis=3 num_outputs=3\nc = Flatten(d)\nout0 = Relu(c)",
         .other = "a = Slice(in0, [6], [8], [3])\nc = Flatten(a)\nout0 = Relu(c)"},
        /* In the order of channels last. */
        {.one = "t = Transpose(in0) perm=0,2,3,1\na, b = Split(t, [2,3]) axis=3\n"
                "c = Transpose(b) perm=0,3,1,2" FLAT,
         .other = "c = Slice(in0, [2], [5], [1])" FLAT,
         .image = {5, 4, 4}},
        {.one = "t = Transpose(in0) perm=0,2,3,1\na = Slice(t, [1], [4], [1])\n"
                "c = Transpose(a) perm=0,3,1,2" FLAT,
         .other = "c = Slice(in0, [1], [4], [2])" FLAT,
         .image = {5, 4, 4}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        network one = {.lines = cases[i].one, .opset = cases[i].opset}, other = {.lines = cases[i].other};
        memcpy(one.arrays, cases[i].arrays, sizeof one.arrays);
        memcpy(other.arrays, cases[i].arrays, sizeof other.arrays);
        memcpy(one.image, cases[i].image, sizeof one.image);
        memcpy(other.image, cases[i].image, sizeof other.image);
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

/* Formulas of the specification of ONNX, of a number after a Mul by 4. */
static double bounded(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
static double clip_as_specified(double x) { return bounded(x, -1.5, 0.75); }
static double elu_as_specified(double x) { return x < 0 ? 0.5 * (exp(x) - 1) : x; }
static double selu_as_specified(double x) {
    return x > 0
               ? 1.05070102214813232421875 * x
               : 1.05070102214813232421875 * (1.67326319217681884765625 * exp(x) - 1.67326319217681884765625);
}
static double hard_sigmoid_as_specified(double x) { return bounded(0.2 * x + 0.5, 0, 1); }
static double hard_swish_as_specified(double x) { return x * bounded(x / 6 + 0.5, 0, 1); }

static void functions_of_one_value_are_those_that_onnx_specifies(void **unused) {
    (void)unused;
    static const struct {
        const char *node;
        double (*formula)(double x);
    } cases[] = {{"Clip(x, {-1.5}, {0.75})", clip_as_specified},
                 {"Elu(x) alpha=0.5", elu_as_specified},
                 {"Selu(x)", selu_as_specified},
                 {"HardSigmoid(x)", hard_sigmoid_as_specified},
                 {"HardSwish(x)", hard_swish_as_specified},
                 {"Abs(x)", fabs}};
    network plain = {.lines = "f = Flatten(in0)\na = Concat(f, f) axis=1\nout0 = Mul(a, {4.0})"};
    size_t count, plain_count;
    float *x = answers(&plain, &plain_count);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char lines[200];
        (void)snprintf(lines, sizeof lines,
                       "f = Flatten(in0)\na = Concat(f, f) axis=1\nx = Mul(a, {4.0})\nout0 = %s",
                       cases[i].node);
        network file = {.lines = lines};
        float *found = answers(&file, &count);
        assert_int_equal(count, plain_count);
        for (size_t k = 0; k < count; k++) {
            const double expected = cases[i].formula((double)x[k]);
            if (!(fabs((double)found[k] - expected) < 1e-6 * (1 + fabs(expected))))
                fail_msg("%s of %g is %.9g, expected %.9g", cases[i].node, (double)x[k], (double)found[k],
                         expected);
        }
        free(found);
    }
    free(x);
}

/* --- the order of the dimensions --- */

static void channels_are_where_the_readers_of_the_image_expect_them(void **unused) {
    (void)unused;
    static const struct {
        network file;
        const char *shape; /* NULL: as the file says */
        size_t expected[3];
    } cases[] = {
        /* A guess by the sizes. */
        {{.lines = "c = Relu(in0)" FLAT, .image = {9, 9, 3}}, NULL, {3, 9, 9}},
        {{.lines = "c = Relu(in0)" FLAT, .image = {9, 5, 1}}, NULL, {1, 9, 5}},
        {{.lines = "c = Relu(in0)" FLAT, .image = {3, 9, 9}}, NULL, {3, 9, 9}},
        {{.lines = "c = Relu(in0)" FLAT, .image = {16, 4, 4}}, NULL, {16, 4, 4}},
        {{.lines = "c = Relu(in0)" FLAT, .image = {5, 3, 3}}, NULL, {5, 3, 3}},
        {{.lines = "c = Relu(in0)" FLAT, .image = {5, 6, 7}}, NULL, {5, 6, 7}},
        /* The user says it. */
        {{.lines = "c = Relu(in0)" FLAT, .image = {16, 4, 4}}, "onnx shape=4x16x4", {4, 16, 4}},
        {{.lines = "c = Relu(in0)" FLAT, .image = {9, 5, 1}}, "onnx shape=9x5x1", {9, 5, 1}},
        {{.lines = "c = Relu(in0)" FLAT, .image = {5, 6, 7}}, "onnx shape=7x5x6", {7, 5, 6}},
        /* A node needs channels first. */
        {{.lines = CONV FLAT, .arrays = {{2, 8, 3, 3}}, .image = {8, 6, 3}}, NULL, {8, 6, 3}},
        {{.lines = "d = Div(in0, {255})\nc = Conv(d, in1)" FLAT,
          .arrays = {{2, 8, 3, 3}},
          .image = {8, 6, 3}},
         NULL,
         {8, 6, 3}},
        {{.lines = POOL FLAT, .image = {8, 6, 4}}, NULL, {8, 6, 4}},
        /* A Transpose comes from channels last, or goes there. */
        {{.lines = "t = Transpose(in0) perm=0,3,1,2\nc = Conv(t, in1)" FLAT,
          .arrays = {{2, 6, 3, 3}},
          .image = {5, 5, 6}},
         NULL,
         {6, 5, 5}},
        {{.lines = "d = Sub(in0, {0.5})\nt = Transpose(d) perm=0,3,1,2\nc = Conv(t, in1)" FLAT,
          .arrays = {{2, 4, 3, 3}},
          .image = {3, 4, 4}},
         NULL,
         {4, 3, 4}},
        {{.lines = "d = Transpose(in0) perm=0,2,3,1\nc = Relu(d)\nout0 = ReduceMean(c, [1,2]) keepdims=0",
          .image = {9, 5, 3}},
         NULL,
         {9, 5, 3}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size, shape[3];
        unsigned char *bytes = made(&size, &cases[i].file);
        dsc_model *model;
        dsc_error error = {0};
        if (onnx_import(&model, bytes, size, cases[i].shape, NULL, &error))
            fail_msg("case %zu, %s: %s", i, cases[i].file.lines, error.message);
        dsc_model_shape(model, shape);
        if (memcmp(shape, cases[i].expected, sizeof shape) != 0)
            fail_msg("case %zu, %s: %zu x %zu x %zu", i, cases[i].file.lines, shape[0], shape[1], shape[2]);
        dsc_model_free(model);
        free(bytes);
    }
}

/* --- allocations --- */

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    static const network file = {
        .lines = "a, b = Split(in0) axis=2 num_outputs=2\nd = Elu(a)\ne = Selu(d)\nf = HardSwish(e)\n"
                 "g = HardSigmoid(f)\nh = Clip(g, {0.25}, {0.5})\ni = Max(h, {0.3})\nj = Abs(i)\n"
                 "c = Concat(b, j) axis=1" FLAT};
    size_t size;
    unsigned char *bytes = made(&size, &file);
    bool failed = true;
    for (long n = 0; failed; n++) {
        assert_true(n < 20000);
        dsc_model *model;
        dsc_error error = {0};
        testing_fail_allocation(n);
        const dsc_status status = onnx_import(&model, bytes, size, "onnx", NULL, &error);
        failed = testing_allocation_failed();
        if (!status) dsc_model_free(model);
        if (status && (!failed || status != DSC_ERROR_MEMORY))
            fail_msg("allocation %ld: %s", n, error.message);
    }
    free(bytes);
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

static void functions_of_one_value_are_those_that_onnx_specifies(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
}

static void channels_are_where_the_readers_of_the_image_expect_them(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
}

static void every_allocation_may_fail(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_beyond_the_limits_are_refused_with_the_reason),
        cmocka_unit_test(networks_written_in_two_ways_answer_alike),
        cmocka_unit_test(functions_of_one_value_are_those_that_onnx_specifies),
        cmocka_unit_test(channels_are_where_the_readers_of_the_image_expect_them),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
