/* SPDX-License-Identifier: MIT */
/* test_onnx_nodes.c: files of ONNX that are made here, node by node: what is refused is named, with the node and
 * the reason. */
#include "onnx_testing.h"

#include "exchange/onnx_message.h"

#if DESCENDER_WITH_PROTOBUF

enum { WEIGHTS = 3 };

/* A file of one graph. In `lines` (see dsc_write_line) in0 is the image, in1 to in3 are arrays of small numbers,
 * and out0 is the output "logits". */
typedef struct network {
    const char *lines;
    size_t arrays[WEIGHTS][4]; /* their shapes, which end at a 0 */
    size_t image[3];           /* {0}: 1 x 8 x 8 */
    int64_t opset;             /* 0: 18 */
    bool external;             /* the arrays lie in another file */
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
    type->shape->dim = onnx_take(pool, 4, sizeof *type->shape->dim);
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
        Onnx__Tensor *array =
            onnx_add_initializer(&making, in[count], ONNX_FLOAT, &shape, floats, numbers * sizeof *floats);
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

/* Each would be read, or another message would come, if the node were as the case before it has it. */
static void nodes_beyond_the_limits_are_refused_with_the_reason(void **unused) {
    (void)unused;
    static const struct {
        network file;
        const char *message; /* NULL: it is read */
    } cases[] = {
        {{.lines = "r = Relu(in0)\nf = Flatten(r)\nout0 = Softmax(f) axis=1"}, NULL},
        {{.lines = "r = Relu(in0)\nf = Flatten(r)\nout0 = Softmax(f) axis=-1"}, NULL},
        {{.lines = "r = Relu(in0)\nf = Flatten(r)\nout0 = Softmax(f) axis=0"},
         "(Softmax, opset 18): it is not along the last dimension"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size;
        unsigned char *bytes = made(&size, &cases[i].file);
        dsc_model *model;
        dsc_error error = {0};
        const dsc_status status = onnx_import(&model, bytes, size, NULL, NULL, &error);
        const char *expected = cases[i].message;
        if (expected ? status != DSC_ERROR_UNSUPPORTED || model || !strstr(error.message, expected)
                     : status || !model)
            fail_msg("%s: '%s', expected '%s'", cases[i].file.lines, error.message,
                     expected ? expected : "to be read");
        dsc_model_free(model);
        free(bytes);
    }
}

#else

static void nodes_beyond_the_limits_are_refused_with_the_reason(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_beyond_the_limits_are_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
