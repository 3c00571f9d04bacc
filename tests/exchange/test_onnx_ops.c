/* SPDX-License-Identifier: MIT */
/* test_onnx_ops.c: each op can be exported, and the exported nodes equal the op: its examples are written
 * as ONNX, answered by ONNX Runtime, and read again. */
#include "onnx_testing.h"

#include "exchange/onnx.h"
#include "model/model.h"
#include "op/op.h"

enum { SAMPLES = 3 };

/* --- a model around an example --- */

/* Exported as roundings in double, which the reader does not accept. */
static bool is_read(const dsc_op *op) { return !(op->flags & DSC_OP_WHOLE); }

/* The inputs are slices of one image, a row with all numbers of the sampled inputs; the result is flat. */
static dsc_model *model_around(const dsc_op *op, const dsc_op_example *example) {
    dsc_graph *graph;
    dsc_error error = {0};
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    size_t total = 0, count = strlen(example->roles), begin = 0;
    for (size_t i = 0; i < count; i++)
        if (example->roles[i] == 's') total += dsc_shape_count(&example->in[i]);
    dsc_node *image = dsc_input(graph, "image", dsc_shape_of(3, 1, 1, total, 0)), *inputs[8];
    dsc_node *flat = dsc_flatten(image);
    for (size_t i = 0; i < count; i++) {
        const dsc_shape *shape = &example->in[i];
        char name[32];
        (void)snprintf(name, sizeof name, "given%zu", i);
        if (example->roles[i] == 's') {
            dsc_node *part = dsc_slice(flat, 0, begin, dsc_shape_count(shape));
            inputs[i] = shape->rank ? dsc_reshape(part, *shape) : dsc_sum(part);
            begin += dsc_shape_count(shape);
        } else {
            inputs[i] = example->roles[i] == 'b'
                            ? dsc_buffer(graph, name, *shape, 1)
                            : dsc_parameter(graph, name, *shape, DSC_INIT_ZEROS, 1, 1, false);
        }
    }
    void *values = NULL;
    const dsc_row *row = (const dsc_row *)(const void *)&op->name;
    char text[200];
    (void)snprintf(text, sizeof text, "%s %s", op->name, example->values ? example->values : "");
    dsc_spec spec;
    const char *next = text;
    ASSERT_OK(dsc_spec_read(&spec, &next, text, "", &error), error);
    ASSERT_OK(dsc_spec_choose(&row, &values, &spec, text, &dsc_op_registry, &error), error);
    dsc_node *made = dsc_apply(op, inputs, count, values), *logits = dsc_flatten(made);
    dsc_row_release(row, values);
    if (dsc_shape_count(dsc_node_shape(logits)) == 1) logits = dsc_concat((dsc_node *[]){logits, logits}, 2);
    dsc_model_parts parts = dsc_model_parts_defaults();
    parts.image = image;
    parts.target = dsc_input(graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    parts.logits = logits;
    parts.loss = dsc_softmax_cross_entropy(logits, parts.target, 0);
    dsc_model *model;
    ASSERT_OK(dsc_model_from_graph(&model, &parts, &error), error);
    uint32_t noise = 7;
    for (dsc_node *node = NULL; (node = dsc_graph_next_value(graph, node));) {
        float *numbers = dsc_model_value(model, node);
        const bool buffer = dsc_node_role(node) == DSC_ROLE_BUFFER, whole = !is_read(op);
        for (size_t k = 0; k < dsc_shape_count(dsc_node_shape(node)); k++)
            numbers[k] = whole ? (float)(k + 2) : buffer ? 1 + 0.5f * onnx_noise(&noise) : onnx_noise(&noise);
    }
    return model;
}

static float *images_for(const dsc_model *model) {
    size_t shape[3];
    dsc_model_shape(model, shape);
    float *images = malloc(SAMPLES * shape[2] * sizeof(float));
    uint32_t noise = 99;
    for (size_t i = 0; i < SAMPLES * shape[2]; i++) images[i] = 2 * onnx_noise(&noise);
    return images;
}

static void assert_near(const char *what, const float *found, const float *expected, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(found[i] - expected[i]) <= 2e-5f * (1 + fabsf(expected[i]))))
            fail_msg("%s: number %zu is %.9g, expected %.9g", what, i, (double)found[i], (double)expected[i]);
}

static bool is_written(const dsc_op *op) { return !(op->flags & (DSC_OP_LOSS | DSC_OP_TRAINING_ONLY)); }

/* Calls `each` with a name for each example of each op. */
static void for_examples(void (*each)(const char *name, const dsc_op *op, const dsc_op_example *example)) {
    for (size_t i = 0; dsc_ops[i]; i++)
        for (size_t k = 0; is_written(dsc_ops[i]) && dsc_ops[i]->examples[k].roles; k++) {
            char name[64];
            (void)snprintf(name, sizeof name, "%s-%zu", dsc_ops[i]->name, k);
            if (!dsc_ops[i]->examples[k].training) each(name, dsc_ops[i], &dsc_ops[i]->examples[k]);
        }
}

/* --- tests --- */

static void every_op_has_a_way_to_onnx(void **unused) {
    (void)unused;
    for (size_t i = 0; dsc_ops[i]; i++)
        if (is_written(dsc_ops[i]) && !dsc_ops[i]->onnx)
            fail_msg("the op '%s' has no function `onnx`", dsc_ops[i]->name);
}

static void export(exchange_output *output, const dsc_model *model, const char *name, const char *options) {
    dsc_error error = {0};
    output->stem = name;
    if (onnx_export(output, model, options, &error)) fail_msg("%s: %s", name, error.message);
}

/* Networks of integers are written, but not read. */
static void read_one(const char *name, const dsc_op *op, const dsc_op_example *example) {
    if (!is_read(op)) return;
    dsc_model *model = model_around(op, example), *back = NULL;
    dsc_error error = {0};
    exchange_output output = {0};
    export(&output, model, name, "onnx");
    if (onnx_import(&back, output.files[0].bytes, output.files[0].size, NULL, NULL, &error))
        fail_msg("%s: %s", name, error.message);
    float *images = images_for(model), *expected = onnx_logits(model, NULL, images, SAMPLES),
          *found = onnx_logits(back, NULL, images, SAMPLES);
    assert_near(name, found, expected, SAMPLES * dsc_model_classes(model));
    free(images);
    free(expected);
    free(found);
    exchange_output_clear(&output);
    dsc_model_free(back);
    dsc_model_free(model);
}

static void every_ops_examples_come_back_from_onnx(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    for_examples(read_one);
}

/* For each file NAME.onnx in a folder, writes the logits of NAME.in to NAME.out. */
static const char RUNTIME[] =
    "const fs = require('fs'), path = require('path'), { createRequire } = require('module');\n"
    "let ort;\n"
    "try { ort = createRequire(path.resolve(process.env.DESCENDER_ONNXRUNTIME || '.', "
    "'x.js'))('onnxruntime-node'); }\n"
    "catch { console.log('absent'); process.exit(0); }\n"
    "const folder = process.argv[2], samples = 3;\n"
    "const run = async () => {\n"
    "    for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {\n"
    "        const stem = path.join(folder, file.slice(0, -5));\n"
    "        try {\n"
    "            const how = { logSeverityLevel: 3, intraOpNumThreads: 1 };\n"
    "            const session = await ort.InferenceSession.create(stem + '.onnx', how);\n"
    "            const bytes = fs.readFileSync(stem + '.in');\n"
    "            const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + "
    "bytes.length));\n"
    "            const image = new ort.Tensor('float32', data, [samples, 1, 1, data.length / samples]);\n"
    "            const { logits } = await session.run({ image });\n"
    "            fs.writeFileSync(stem + '.out', Buffer.from(logits.data.buffer, logits.data.byteOffset, "
    "logits.data.byteLength));\n"
    "        } catch (error) { console.error(file + ': ' + String(error.message).split('\\n')[0]); "
    "process.exit(1); }\n"
    "    }\n"
    "};\n"
    "run();\n";

static const char *folder;

static char *path_of(const char *name, const char *ending) {
    static char paths[4][400];
    static int next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s%s", folder, name, ending);
    return path;
}

static void write_one(const char *name, const dsc_op *op, const dsc_op_example *example) {
    dsc_model *model = model_around(op, example);
    dsc_error error = {0};
    exchange_output output = {0};
    size_t shape[3];
    dsc_model_shape(model, shape);
    float *images = images_for(model);
    export(&output, model, name, "onnx scale=unit");
    ASSERT_OK(dsc_file_write(path_of(name, ".onnx"), output.files[0].bytes, output.files[0].size, &error),
              error);
    ASSERT_OK(dsc_file_write(path_of(name, ".in"), images, SAMPLES * shape[2] * sizeof(float), &error),
              error);
    exchange_output_clear(&output);
    free(images);
    dsc_model_free(model);
}

static void compare_one(const char *name, const dsc_op *op, const dsc_op_example *example) {
    dsc_model *model = model_around(op, example);
    dsc_error error = {0};
    float *images = images_for(model), *expected = onnx_logits(model, NULL, images, SAMPLES);
    unsigned char *bytes;
    size_t size;
    ASSERT_OK(dsc_file_read(&bytes, &size, path_of(name, ".out"), 1 << 20, &error), error);
    assert_int_equal(size, SAMPLES * dsc_model_classes(model) * sizeof(float));
    float *found = malloc(size);
    memcpy(found, bytes, size);
    assert_near(name, found, expected, SAMPLES * dsc_model_classes(model));
    free(bytes);
    free(found);
    free(images);
    free(expected);
    dsc_model_free(model);
}

static void onnx_runtime_computes_every_ops_examples_as_they_are_here(void **unused) {
    (void)unused;
    NEEDS_PROTOBUF();
    onnx_find_runtime();
    folder = testing_folder();
    char *node = child_find((const char *const[]){"node", "nodejs", NULL});
    if (!node) TEST_SKIP("needs Node.js");
    for_examples(write_one);
    dsc_error error = {0};
    ASSERT_OK(dsc_file_write(path_of("run", ".cjs"), RUNTIME, sizeof RUNTIME - 1, &error), error);
    dsc_text said = {0};
    const char *const arguments[] = {node, path_of("run", ".cjs"), folder, NULL};
    ASSERT_OK(child_run(node, arguments, &said, &error), error);
    const bool absent = said.data && !strncmp(said.data, "absent", 6);
    dsc_text_free(&said);
    free(node);
    if (absent) TEST_SKIP("needs onnxruntime-node, which `make bench` installs");
    for_examples(compare_one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_op_has_a_way_to_onnx),
        cmocka_unit_test(every_ops_examples_come_back_from_onnx),
        cmocka_unit_test(onnx_runtime_computes_every_ops_examples_as_they_are_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
