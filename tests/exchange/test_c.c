/* SPDX-License-Identifier: MIT */
/* test_c.c: an exported source, compiled, gives the same bits as the portable kernels. The models are the
 * examples of every registered op, and networks of layers.
 * labels: later */
#include "testing.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/spec.h"
#include "child/child.h"
#include "exchange/c_parts.h"
#include "model/model.h"
#include "op/op.h"
#include "quant/quantise.h"
#include "quant/quantised.h"

#include <math.h>

enum { MODELS_MOST = 160, IMAGES = 3, WORDS = 8 };

static const exchange_format *format_of(const char *name) {
    return (const void *)dsc_registry_find(&exchange_registry, name);
}

/* --- models --- */

/* A number from -1 to 1 that depends on its index. */
static float number_at(size_t i) {
    const uint32_t mixed = (uint32_t)(i + 1) * 2654435761u;
    return (float)((double)(mixed >> 8) / (double)(1 << 23) - 1);
}

/* Values as after training: none is 0, and those that must not be negative are positive. */
static void fill(dsc_model *model) {
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (!dsc_node_has_numbers(node)) continue;
        for (size_t k = 0; k < dsc_shape_count(&node->shape); k++) {
            const float number = number_at(31 * i + k);
            model->values[node->offset + k] =
                node->kind == DSC_NODE_BUFFER ? (number < 0 ? -number : number) + 0.1F : number;
        }
    }
}

static dsc_model *model_of(const char *text, const size_t shape[3]) {
    dsc_error error;
    dsc_model *model;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = text;
    options.seed = 3;
    memcpy(options.shape, shape, sizeof options.shape);
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    fill(model);
    return model;
}

/* An input of the op. A value of each sample is the image after an op that changes its numbers, so that
 * two inputs differ; other inputs are parameters and buffers. */
static dsc_node *input_of(dsc_graph *graph, dsc_node *image, const dsc_op_example *example, size_t i) {
    char name[16];
    (void)snprintf(name, sizeof name, "p%zu", i);
    const dsc_shape shape = example->in[i];
    if (example->roles[i] == 'p') return dsc_parameter(graph, name, shape, DSC_INIT_HE, 1, 1, true);
    if (example->roles[i] == 'b') return dsc_buffer(graph, name, shape, 1);
    const double factors[] = {0.04, -0.02, 0.03, 0.01, 0.02, 0.05};
    dsc_node *scaled = dsc_scale(image, factors[i]);
    dsc_node *weight = NULL;
    const size_t all = dsc_shape_count(&image->shape), wanted = dsc_shape_count(&shape);
    if (wanted == all) return dsc_reshape(scaled, shape);
    weight = dsc_parameter(graph, dsc_shape_count(&shape) ? name : "w", (dsc_shape){2, {wanted, all}},
                           DSC_INIT_HE, 1, 1, true);
    return dsc_reshape(dsc_matmul(dsc_flatten(scaled), weight, NULL), shape);
}

/* Puts the op between an image with the shape of its first input, and logits. NULL: the op has no output. */
static dsc_model *model_of_example(const dsc_op *op, const dsc_op_example *example) {
    dsc_error error;
    dsc_graph *graph;
    dsc_model *model;
    dsc_node *inputs[6];
    void *values = NULL;
    const size_t count = strlen(example->roles), all = dsc_shape_count(&example->in[0]);
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *image = dsc_input(graph, "image", (dsc_shape){3, {1, 1, all}});
    dsc_node *target = dsc_input(graph, "target", (dsc_shape){0, {0}});
    for (size_t i = 0; i < count; i++) inputs[i] = input_of(graph, image, example, i);
    if (op->params) {
        char text[128];
        const char *next = text;
        dsc_spec spec;
        const dsc_row *row;
        (void)snprintf(text, sizeof text, "%s %s", op->name, example->values ? example->values : "");
        ASSERT_OK(dsc_spec_read(&spec, &next, text, "", &error), error);
        ASSERT_OK(dsc_spec_choose(&row, &values, &spec, text, &dsc_op_registry, &error), error);
    } else if (op->values_size) {
        values = calloc(1, op->values_size);
    }
    dsc_node *y = dsc_apply(op, inputs, count, values);
    free(values);
    dsc_node *logits = dsc_flatten(y);
    if (y->shape.rank == 0) logits = dsc_reshape(y, (dsc_shape){1, {1}});
    dsc_node *loss = dsc_softmax_cross_entropy(logits, target, 0);
    ASSERT_OK(dsc_graph_check(graph, &error), error);
    dsc_model_parts parts = dsc_model_parts_defaults();
    parts.image = image;
    parts.target = target;
    parts.logits = logits;
    parts.loss = loss;
    ASSERT_OK(dsc_model_from_graph(&model, &parts, &error), error);
    fill(model);
    return model;
}

/* A network of whole numbers: weights of `bits` bits, every function that has to do with them. */
static dsc_node *whole_parameter(dsc_graph *graph, const char *name, dsc_shape shape) {
    return dsc_parameter(graph, name, shape, DSC_INIT_ZEROS, 1, 1, true);
}
static dsc_node *requantised(dsc_node *x, const char *name, size_t channels, const char *values) {
    static dsc_spec spec;
    char text[128];
    const char *next = text;
    const dsc_row *row;
    void *v;
    dsc_error error;
    dsc_graph *graph = dsc_node_graph(x);
    char multiplier[32], shift[32];
    (void)snprintf(multiplier, sizeof multiplier, "%s.multiplier", name);
    (void)snprintf(shift, sizeof shift, "%s.shift", name);
    (void)snprintf(text, sizeof text, "requantise %s", values);
    ASSERT_OK(dsc_spec_read(&spec, &next, text, "", &error), error);
    ASSERT_OK(dsc_spec_choose(&row, &v, &spec, text, &dsc_op_registry, &error), error);
    dsc_node *inputs[] = {x, dsc_buffer(graph, multiplier, (dsc_shape){1, {channels}}, 1),
                          dsc_buffer(graph, shift, (dsc_shape){1, {channels}}, 1)};
    dsc_node *y = dsc_apply(dsc_op_find("requantise"), inputs, 3, v);
    dsc_row_release(row, v);
    return y;
}

static void fill_whole(dsc_model *model, int most) {
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (!dsc_node_has_numbers(node)) continue;
        for (size_t k = 0; k < dsc_shape_count(&node->shape); k++) {
            float *value = &model->values[node->offset + k];
            const float number = number_at(77 * i + k);
            if (strstr(node->name, "multiplier"))
                *value = 1000 + rintf(900 * number);
            else if (strstr(node->name, "shift"))
                *value = (float)(14 + k % 2);
            else if (strstr(node->name, "bias"))
                *value = rintf(2000 * number);
            else
                *value = strstr(node->name, "w2") ? rintf((float)most * fabsf(number)) /* none is negative */
                                                  : rintf((float)most * number);
        }
    }
}

/* A quantised model of the layers from the image to `x`. */
static dsc_model *finish_whole(dsc_node *image, dsc_node *target, dsc_node *x, int most) {
    dsc_error error;
    dsc_model *model;
    dsc_node *loss = dsc_softmax_cross_entropy(x, target, 0);
    ASSERT_OK(dsc_graph_check(dsc_node_graph(x), &error), error);
    dsc_model_parts parts = dsc_model_parts_defaults();
    parts.image = image;
    parts.target = target;
    parts.logits = x;
    parts.loss = loss;
    ASSERT_OK(dsc_model_from_graph(&model, &parts, &error), error);
    ASSERT_OK(dsc_model_normalise(model, "bytes", NULL, &error), error);
    fill_whole(model, most);
    return model;
}

/* A product with the rows of a matrix: the requantise op behind it has a multiplier for each row. */
static dsc_model *whole_matrix_model(void) {
    dsc_error error;
    dsc_graph *graph;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *image = dsc_input(graph, "image", (dsc_shape){3, {1, 12, 11}});
    dsc_node *target = dsc_input(graph, "target", (dsc_shape){0, {0}});
    dsc_node *x = dsc_reshape(image, (dsc_shape){2, {12, 11}});
    x = dsc_matmul(x, whole_parameter(graph, "w1", (dsc_shape){2, {5, 11}}), NULL);
    x = requantised(x, "r1", 12, "low=0 high=255");
    x = dsc_matmul(dsc_flatten(x), whole_parameter(graph, "w3", (dsc_shape){2, {10, 60}}), NULL);
    x = dsc_scale(requantised(x, "r2", 10, "low=-32768 high=32767"), 0.01);
    return finish_whole(image, target, x, 7);
}

/* An op from outside, which is in no table of the library: |x|. */
static void absolute_forward(const dsc_call *call) {
    for (size_t i = 0; i < call->count * dsc_shape_count(&call->in_shape[0]); i++)
        call->out[0][i] = fabsf(call->in[0][i]);
}
static void write_absolute_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    dsc_write_line(writing, "absolute_whole(out0, wide, from, in0, wide0, from0, %zu)",
                   dsc_shape_count(&at->in[0]));
}
static bool absolute_bounds(double *low, double *high, const dsc_whole_rule *rule) {
    *low = 0;
    *high = fmax(-rule->low[0], fabs(rule->high[0]));
    return true;
}
static const dsc_stage absolute_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = absolute_forward}, {0}};
static const dsc_op absolute = {
    .size = sizeof(dsc_op),
    .name = "test-absolute",
    .least_inputs = 1,
    .most_inputs = 1,
    .shapes = dsc_shapes_same,
    .forward = absolute_stages,
    .c_whole = write_absolute_whole,
    .c_source = "static void absolute_whole(void *y, int wide, int from, const void *x, int x_wide,\n"
                "                           int x_from, int n) {\n"
                "    for (int i = 0; i < n; i++) {\n"
                "        const int32_t v = whole_at(x, x_wide, x_from, i);\n"
                "        put_whole(y, wide, from, i, v < 0 ? -v : v);\n"
                "    }\n"
                "}\n",
    .whole = absolute_bounds,
};

/* Slices along both kinds of dimension, bytes and wider values, and the op from outside. */
static dsc_model *whole_parts_model(void) {
    dsc_error error;
    dsc_graph *graph;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *image = dsc_input(graph, "image", (dsc_shape){3, {1, 12, 11}});
    dsc_node *target = dsc_input(graph, "target", (dsc_shape){0, {0}});
    dsc_node *x = dsc_slice(image, 2, 1, 9); /* of the image */
    x = dsc_conv2d(x, whole_parameter(graph, "w1", (dsc_shape){4, {6, 1, 3, 3}}), NULL, NULL, NULL, NULL);
    x = dsc_slice(x, 0, 2, 4); /* of sums */
    x = requantised(x, "r1", 4, "low=-128 high=127");
    dsc_node *signs = dsc_slice(x, 1, 3, 5), *sizes = dsc_slice(dsc_apply(&absolute, &x, 1, NULL), 1, 0, 5);
    x = dsc_concat((dsc_node *[]){signs, sizes}, 2);
    x = dsc_matmul(dsc_flatten(x), whole_parameter(graph, "w3", (dsc_shape){2, {10, 280}}), NULL);
    x = dsc_scale(requantised(x, "r2", 10, "low=-32768 high=32767"), 0.01);
    return finish_whole(image, target, x, 7);
}

static dsc_model *whole_model(int most) {
    dsc_error error;
    dsc_graph *graph;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *image = dsc_input(graph, "image", (dsc_shape){3, {1, 12, 11}});
    dsc_node *target = dsc_input(graph, "target", (dsc_shape){0, {0}});
    dsc_node *x =
        dsc_conv2d(image, whole_parameter(graph, "w1", (dsc_shape){4, {9, 1, 3, 3}}),
                   whole_parameter(graph, "bias1", (dsc_shape){1, {9}}), NULL, (size_t[]){1, 1}, NULL);
    x = requantised(x, "r1", 9, "low=0 high=255");
    x = dsc_max_pool(x, (size_t[]){2, 2}, NULL, NULL);
    dsc_node *y =
        dsc_apply(dsc_op_find("depthwise-conv2d"),
                  (dsc_node *[]){x, whole_parameter(graph, "w2", (dsc_shape){4, {9, 1, 3, 3}})}, 2, NULL);
    y = requantised(y, "r2", 9, "low=-128 high=127");
    dsc_node *z =
        dsc_conv2d(y, whole_parameter(graph, "w3", (dsc_shape){4, {9, 9, 1, 1}}), NULL, NULL, NULL, NULL);
    z = requantised(z, "r3", 9, "low=-100 high=100");
    z = dsc_relu(requantised(dsc_add(z, y), "r4", 9, "low=-128 high=127"));
    dsc_node *pooled[] = {
        dsc_global_max_pool(z),
        requantised(dsc_apply(dsc_op_find("global-sum-pool"), &z, 1, NULL), "r5", 9, "low=0 high=255")};
    x = dsc_concat(pooled, 2);
    x = dsc_matmul(x, whole_parameter(graph, "w4", (dsc_shape){2, {10, 18}}),
                   whole_parameter(graph, "bias4", (dsc_shape){1, {10}}));
    x = dsc_scale(requantised(x, "r6", 10, "low=-32768 high=32767"), 0.01);
    return finish_whole(image, target, x, most);
}

/* --- a program of many models --- */

typedef struct program {
    dsc_model *models[MODELS_MOST];
    char names[MODELS_MOST][64]; /* for messages */
    size_t count;
} program;

static size_t image_bytes(const dsc_model *model) { return dsc_shape_count(&model->image->shape); }

static void add_model(program *p, dsc_model *model, const char *name) {
    assert_true(p->count < MODELS_MOST);
    (void)snprintf(p->names[p->count], sizeof p->names[0], "%s", name);
    p->models[p->count++] = model;
}

static void write_text(const char *folder, const char *name, const void *bytes, size_t size) {
    char path[1024];
    dsc_error error;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    ASSERT_OK(dsc_file_write(path, bytes, size, &error), error);
}

static void write_model(const program *p, size_t i, const char *folder, const char *how) {
    dsc_error error;
    char stem[32], name[64];
    const char *next = how;
    void *values;
    const dsc_row *row;
    dsc_spec spec;
    (void)snprintf(stem, sizeof stem, "m%zu", i);
    exchange_output output = {.stem = stem};
    ASSERT_OK(dsc_spec_read(&spec, &next, how, "", &error), error);
    ASSERT_OK(dsc_spec_choose(&row, &values, &spec, how, &exchange_registry, &error), error);
    if (format_of("c")->write(&output, p->models[i], values, &error))
        fail_msg("%s: %s", p->names[i], error.message);
    for (size_t k = 0; k < output.count; k++) {
        (void)snprintf(name, sizeof name, "m%zu%s", i, output.files[k].suffix);
        write_text(folder, name, output.files[k].bytes, output.files[k].size);
    }
    dsc_row_release(row, values);
    exchange_output_clear(&output);
}

/* One source that includes all others: everything is static except names with its prefix. */
static void write_main(const program *p, const char *folder, const char *how) {
    dsc_text text = {0};
    dsc_text_append(&text, "#include <stdio.h>\n");
    for (size_t i = 0; i < p->count; i++) dsc_text_append(&text, "#include \"m%zu.h\"\n", i);
    dsc_text_append(&text, "static unsigned char image[65536];\nstatic float scratch[1 << 18], out[65536];\n"
                           "int main(void) {\n    int bad = 0;\n");
    for (size_t i = 0; i < p->count; i++) {
        dsc_text_append(&text, "    bad += m%zu_selftest(scratch);\n", i);
        dsc_text_append(
            &text,
            "    for (unsigned n = 0; n < %d; n++) {\n"
            "        for (unsigned i = 0; i < M%zu_IMAGE; i++) image[i] = (unsigned char)((i + 1) * "
            "(2654435761u + 2 * n) >> 24);\n"
            "        (void)m%zu_predict(out, image, scratch);\n"
            "        if (fwrite(out, sizeof *out, M%zu_CLASSES, stdout) != M%zu_CLASSES) return 1;\n"
            "    }\n",
            IMAGES, i, i, i, i);
    }
    dsc_text_append(&text, "    return bad;\n}\n");
    (void)how;
    assert_false(text.failed);
    write_text(folder, "main.c", text.data, text.length);
    dsc_text_free(&text);
}

static dsc_status build(const program *p, const char *folder, const char *compiler, const char *level,
                        bool apart, dsc_error *error) {
    dsc_text script = {0};
    dsc_text_append(&script, "cd '%s' && %s -std=c99 %s -Wall -Wextra -Wpedantic -Wconversion -Werror",
                    folder, compiler, level);
    for (size_t i = 0; i < p->count; i++) dsc_text_append(&script, " -DM%zu_SELFTEST m%zu.c%s", i, i, "");
    for (size_t i = 0; apart && i < p->count; i++) dsc_text_append(&script, " m%zu_weights.c", i);
    dsc_text_append(&script, " main.c -o main >log 2>&1 || { grep -m1 -E 'error|warning' log >&2; exit 1; }");
    assert_false(script.failed);
    const dsc_status status =
        child_run("/bin/sh", (const char *const[]){"sh", "-c", script.data, NULL}, NULL, error);
    dsc_text_free(&script);
    return status;
}

/* The answer of the portable kernels to image n of the program. */
static void expect(float *out, const dsc_model *model, unsigned n) {
    dsc_error error;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    dsc_predictor_options options = dsc_predictor_options_defaults();
    options.kernels = "portable";
    options.batch = 1;
    uint8_t *image = calloc(1, image_bytes(model));
    for (unsigned i = 0; i < image_bytes(model); i++)
        image[i] = (uint8_t)((i + 1) * (2654435761u + 2 * n) >> 24);
    ASSERT_OK(dsc_predictor_create(&predictor, model, &options, &error), error);
    ASSERT_OK(dsc_workspace_create(&workspace, predictor, 1, &error), error);
    ASSERT_OK(dsc_predict(out, predictor, workspace, image, 1, &error), error);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    free(image);
}

static void compare(const program *p, const dsc_text *output) {
    const char *at = output->data;
    for (size_t i = 0; i < p->count; i++) {
        const size_t classes = p->models[i]->classes, bytes = classes * sizeof(float);
        float *expected = calloc(classes, sizeof *expected), *found = calloc(classes, sizeof *found);
        for (unsigned n = 0; n < IMAGES; n++, at += bytes) {
            assert_true(at + bytes <= output->data + output->length);
            expect(expected, p->models[i], n);
            memcpy(found, at, bytes);
            for (size_t k = 0; k < classes; k++)
                if (memcmp(&found[k], &expected[k], sizeof *found) != 0)
                    fail_msg("%s, image %u, class %zu: the source says %.9g, the portable kernels %.9g",
                             p->names[i], n, k, (double)found[k], (double)expected[k]);
        }
        free(expected);
        free(found);
    }
    assert_ptr_equal(at, output->data + output->length);
}

static void run_program(program *p, const char *compiler, const char *level, const char *how) {
    dsc_error error;
    char folder[512], path[600];
    dsc_text output = {0};
    const bool apart = strstr(how, "apart") != NULL;
    static int number;
    (void)snprintf(folder, sizeof folder, "%s/c%d", testing_folder(), number++);
    char make[600];
    (void)snprintf(make, sizeof make, "mkdir -p '%s'", folder);
    ASSERT_OK(child_run("/bin/sh", (const char *const[]){"sh", "-c", make, NULL}, NULL, &error), error);
    for (size_t i = 0; i < p->count; i++) write_model(p, i, folder, how);
    write_main(p, folder, how);
    ASSERT_OK(build(p, folder, compiler, level, apart, &error), error);
    (void)snprintf(path, sizeof path, "%s/main", folder);
    ASSERT_OK(child_run(path, (const char *const[]){path, NULL}, &output, &error), error);
    compare(p, &output);
    dsc_text_free(&output);
}

static void free_models(program *p) {
    for (size_t i = 0; i < p->count; i++) dsc_model_free(p->models[i]);
    p->count = 0;
}

/* --- the tests --- */

static bool needs_a_way(const dsc_op *op) {
    return !(op->flags & (DSC_OP_LOSS | DSC_OP_TRAINING_ONLY | DSC_OP_VIEW));
}

static void every_op_can_be_written_as_c(void **state) {
    (void)state;
    for (const dsc_op *const *op = dsc_ops; *op; op++)
        if (needs_a_way(*op) && !(*op)->c)
            fail_msg("op %s has no way to be written as C: set `c`", (*op)->name);
}

static void every_op_gives_the_bits_of_the_portable_kernels(void **state) {
    (void)state;
    static program p;
    if (testing_emulated()) TEST_SKIP("the compiler's program would not run in the emulator");
    /* Of each op the first example, and those with given values: compiling takes time. */
    for (const dsc_op *const *op = dsc_ops; *op; op++)
        for (const dsc_op_example *e = (*op)->examples; needs_a_way(*op) && e->roles; e++)
            if (!e->training && *e->roles == 's' && (e->values || e == (*op)->examples))
                add_model(&p, model_of_example(*op, e), (*op)->name);
    run_program(&p, "cc", "-O0", "c");
    free_models(&p);
}

static void networks_of_whole_numbers_give_the_same_answers(void **state) {
    (void)state;
    static program p;
    if (testing_emulated()) TEST_SKIP("the compiler's program would not run in the emulator");
    const int most[] = {127, 7, 3, 1}; /* 8, 4, 3 and 2 bits */
    for (size_t i = 0; i < sizeof most / sizeof *most; i++)
        add_model(&p, whole_model(most[i]), "whole numbers");
    add_model(&p, whole_matrix_model(), "whole numbers, a matrix");
    add_model(&p, whole_parts_model(), "whole numbers, parts and an op from outside");
    exchange_plan plan;
    dsc_error error;
    ASSERT_OK(exchange_plan_make(&plan, p.models[3], &error), error);
    assert_true(plan.whole);
    size_t packed = 0;
    for (size_t i = 0; i < plan.weight_count; i++)
        if (plan.weights[i].type == EXCHANGE_BYTES) packed += plan.weights[i].bytes;
    assert_int_equal(packed, 3 * ((81 * 2 + 7) / 8) + 180 * 2 / 8); /* two bits for each weight */
    exchange_plan_clear(&plan);
    for (size_t i = 0; i < p.count; i++) { /* no weight in floats */
        ASSERT_OK(exchange_plan_make(&plan, p.models[i], &error), error);
        if (!plan.whole) fail_msg("%s: not in whole numbers", p.names[i]);
        exchange_plan_clear(&plan);
    }
    run_program(&p, "cc", "-O0", "c");
    free_models(&p);
}

/* The output of a quantiser: requantised branches in any order, weights without a negative number. */
static void quantised_networks_give_the_same_answers(void **state) {
    (void)state;
    static program p;
    dsc_error error;
    dsc_dataset *data;
    static const char *const quantisable[] = {
        "conv 4 3x3 stride=2, relu, average-pool 2, flatten, dense 10",
        "conv 3 3x3, residual(conv 6 3x3 padding=1), relu, globalpool avg, dense 10",
        "parallel(conv 4 3x3 | conv 2 3x3), relu, max-pool 2, flatten, dense 10",
        "conv 4 3x3, relu, batch-norm, depthwise 3x3, relu, flatten, dense 10",
        "conv 4 3x3 stride=2, relu6, depthwise 3x3, clip 0 0.5, max-pool 2, relu6, flatten, dense 10",
    };
    if (testing_emulated()) TEST_SKIP("the compiler's program would not run in the emulator");
    ASSERT_OK(dsc_digits_create(&data, 50, 5, 1, &error), error);
    for (size_t i = 0; i < sizeof quantisable / sizeof *quantisable; i++) {
        dsc_model *model = model_of(quantisable[i], (size_t[]){1, 28, 28}), *whole;
        ASSERT_OK(dsc_quantise(&whole, NULL, model, data, &(dsc_quantise_options){0}, &error), error);
        dsc_model_free(model);
        add_model(&p, whole, quantisable[i]);
    }
    run_program(&p, "cc", "-O1", "c");
    free_models(&p);
    dsc_dataset_free(data);
}

static const char *const texts[] = {
    "784-100-10",
    "conv 5 3x3 padding=1, relu, max-pool 2, conv 9 3x3, relu, max-pool 2, flatten, dense 32, relu, dense 10",
    "conv 70 3x3, batch-norm, relu, conv 12 3x3 stride=2, batch-norm, relu, parallel(globalpool avg | "
    "globalpool max), "
    "dense 10",
    "conv 8 5x5 stride=2 padding=2 dilation=2, leaky-relu, depthwise 3x3 padding=1, gelu, residual(conv 8 "
    "3x3 padding=1, "
    "batch-norm, silu), average-pool 2, se 4, layer-norm, dropout 0.5, flatten, dense 600, tanh, dense 10",
    ("conv 6 3x3 stride=2, relu6, depthwise 3x3, hard-swish, conv 4 3x3, elu 0.6, clip -0.4 1, flatten, "
     "dense "
     "12, selu, dense 12, hard-sigmoid, dense 10"),
};

static void networks_give_the_bits_of_the_portable_kernels(void **state) {
    (void)state;
    static program p;
    if (testing_emulated()) TEST_SKIP("the compiler's program would not run in the emulator");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_model(&p, model_of(texts[i], (size_t[]){1, 28, 28}), texts[i]);
    add_model(&p, model_of("conv 4 3x3, relu, flatten, dense 10", (size_t[]){3, 9, 7}), "colour");
    run_program(&p, "cc", "-O1", "c weights=apart");
    free_models(&p);
}

/* No name of a file or a class breaks the source. */
static void names_from_outside_cannot_break_the_source(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model = model_of("784-10", (size_t[]){1, 28, 28});
    static char name_of_class[] = "\"*/\\ ?\?/\xc3\xa4";
    model->class_names[3] = name_of_class; /* the names are one block of memory */
    (void)json_object_set_new(model->about, "data", json_string("*/ int x; /*\n#error no"));
    for (size_t i = 0; i < model->graph->count; i++) { /* a weight with the name of a function */
        dsc_node *node = model->graph->nodes[i];
        if (!node->name || strcmp(node->name, "dense1.bias") != 0) continue;
        free(node->name);
        node->name = strdup("predict");
    }
    exchange_c_values values = {0};
    exchange_output output = {.stem = "7 of-9", .command = "descender export '*/'"};
    ASSERT_OK(format_of("c")->write(&output, model, &values, &error), error);
    const char *head = (const char *)output.files[0].bytes, *source = (const char *)output.files[1].bytes;
    assert_non_null(strstr(head, "int _7_of_9_predict("));
    assert_non_null(strstr(source, "float _7_of_9_predict_[10]"));
    assert_null(strstr(head, "*/ int x"));
    assert_null(strstr(head, "\n#error"));
    assert_non_null(strstr(source, "\"\\\"*/\\\\ \\077\\077/\\303\\244\""));
    exchange_output_clear(&output);
    char name[] = "no-name";
    values.prefix = name;
    assert_int_equal(format_of("c")->write(&output, model, &values, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "as in C names");
    exchange_output_clear(&output);
    dsc_model_free(model);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    dsc_error error;
    dsc_model *model = model_of("conv 2 3x3, relu, flatten, dense 10", (size_t[]){1, 6, 6});
    exchange_c_values values = {0};
    bool failed = true;
    for (long n = 0; failed; n++) {
        exchange_output output = {.stem = "m"};
        testing_fail_allocation(n);
        const dsc_status status = format_of("c")->write(&output, model, &values, &error);
        failed = testing_allocation_failed();
        if (failed)
            assert_int_equal(status, DSC_ERROR_MEMORY);
        else
            assert_int_equal(status, DSC_OK);
        exchange_output_clear(&output);
    }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_op_can_be_written_as_c),
        cmocka_unit_test(every_op_gives_the_bits_of_the_portable_kernels),
        cmocka_unit_test(networks_of_whole_numbers_give_the_same_answers),
        cmocka_unit_test(quantised_networks_give_the_same_answers),
        cmocka_unit_test(networks_give_the_bits_of_the_portable_kernels),
        cmocka_unit_test(names_from_outside_cannot_break_the_source),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
