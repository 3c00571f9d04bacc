/* SPDX-License-Identifier: MIT */
/* model_show.c: `descender model show`: a model's layers as a table and a diagram. */
#include "command.h"

#include "base/file.h"
#include "data/images.h"
#include "draw/diagram.h"
#include "draw/terminal.h"
#include "exchange/exchange.h"
#include "model/summary.h"
#include "model_plan.h"
#include "run/run.h"
#include "shipped/shipped.h"
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TABLE_WIDTH = 82 };

typedef struct values {
    int64_t size[2], channels, classes;
    int64_t batch;
    char *loss, *out;
    int precision;
    bool diagram, plan, json, quiet;
} values;

/* A model and its description. */
typedef struct shown {
    bool shipped, trained; /* trained: from a file */
    dsc_model *model;
    dsc_layer_facts *layers;
    size_t count;
    model_plan *plan; /* NULL: not requested */
} shown;

static const size_t NUMBER = 4; /* bytes */

static bool is_run(const char *path) {
    struct stat info;
    char *recipe = dsc_path_join(path, DSC_RUN_RECIPE);
    bool found = recipe && !stat(recipe, &info) && S_ISREG(info.st_mode);
    free(recipe);
    return found;
}

static dsc_status run_model(dsc_model **model, const char *run, dsc_error *error) {
    command_subject subject;
    dsc_status status = command_subject_open(&subject, run, error);
    *model = subject.model;
    subject.model = NULL;
    command_subject_close(&subject);
    return status;
}

/* Whether the operand has a model file's extension: then it is a missing file, not a text. */
static bool is_named_as_file(const char *operand) {
    const exchange_format *format;
    const size_t length = strlen(operand);
    for (size_t i = 0; (format = (const void *)dsc_registry_at(&exchange_registry, i)); i++) {
        const size_t end = format->read ? strlen(format->suffix) : 0;
        if (end && length > end && !strcmp(operand + length - end, format->suffix)) return true;
    }
    return false;
}

/* Opens the model: an operand that names a file or a run's folder is the model there; any other text
 * describes a model; no operand means the model inside the program. */
static dsc_status open_model(shown *s, const char *operand, const values *how, dsc_error *error) {
    struct stat info;
    s->trained = true;
    if (!operand) return shipped_model(&s->model, error);
    if (is_named_as_file(operand) || (!stat(operand, &info) && S_ISREG(info.st_mode)))
        return command_model_load(&s->model, operand, error);
    if (is_run(operand)) return run_model(&s->model, operand, error);
    s->trained = false;
    dsc_model_options options = dsc_model_options_defaults();
    options.text = operand;
    options.loss = how->loss;
    options.shape[0] = (size_t)how->channels;
    options.shape[1] = (size_t)how->size[0];
    options.shape[2] = (size_t)how->size[1];
    options.classes = (size_t)how->classes;
    return dsc_model_create(&s->model, &options, error);
}

/* ---- as text ---- */

/* "1,234,567" */
static char *grouped(char out[48], double number) {
    char digits[40];
    dsc_format_fixed(digits, sizeof digits, number, 0);
    size_t length = strlen(digits), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

/* "32 x 26 x 26" */
static char *shape_text(char out[96], const dsc_shape *shape) {
    size_t at = 0;
    for (size_t i = 0; i < shape->rank; i++)
        at += (size_t)snprintf(out + at, 96 - at, i ? " x %zu" : "%zu", shape->size[i]);
    if (!at) (void)snprintf(out, 96, "1");
    return out;
}

/* Whether the last column of the table must be left out. */
static bool is_narrow(void) {
    draw_terminal terminal = draw_terminal_detect(1);
    return terminal.live && terminal.width <= TABLE_WIDTH;
}

static void append_cells(dsc_text *text, const char *const cells[5]) {
    if (is_narrow())
        dsc_text_append(text, "%-15s%-16s%12s%15s\n", cells[0], cells[1], cells[2], cells[3]);
    else
        dsc_text_append(text, "%-20s%-18s%14s%16s%14s\n", cells[0], cells[1], cells[2], cells[3], cells[4]);
}

static void append_row(dsc_text *text, const char *name, const char *shape, double parameters,
                       double multiply_adds, double bytes) {
    char a[48], b[48], c[48];
    append_cells(text, (const char *const[5]){name, shape, grouped(a, parameters), grouped(b, multiply_adds),
                                              grouped(c, bytes)});
}

static void append_table(dsc_text *text, const shown *s) {
    char shape[96];
    double bytes = 0;
    append_cells(text, (const char *const[5]){"layer", "output", "parameters", "multiply-adds", "bytes"});
    for (size_t i = 0; i < s->count; i++) {
        const dsc_layer_facts *layer = &s->layers[i];
        append_row(text, layer->name, shape_text(shape, &layer->shape), (double)layer->parameters,
                   layer->multiply_adds, (double)(layer->values * NUMBER));
        bytes += (double)(layer->values * NUMBER);
    }
    append_row(text, "total", "", (double)dsc_model_parameters(s->model), dsc_model_multiply_adds(s->model),
               bytes);
}

static void make_blocks(draw_block *blocks, char (*notes)[96], const shown *s) {
    for (size_t i = 0; i < s->count; i++) {
        const dsc_layer_facts *layer = &s->layers[i];
        blocks[i] = (draw_block){.name = layer->name,
                                 .note = shape_text(notes[i], &layer->shape),
                                 .kind = layer->joins        ? DRAW_BLOCK_JOINS
                                         : layer->parameters ? DRAW_BLOCK_LEARNS
                                                             : DRAW_BLOCK_PLAIN,
                                 .input_count = layer->input_count};
        memcpy(blocks[i].inputs, layer->inputs, sizeof blocks[i].inputs);
    }
}

/* Appends the diagram to `text`, or saves it. */
static dsc_status draw(dsc_text *text, const char *path, const shown *s, dsc_error *error) {
    draw_block *blocks = calloc(s->count, sizeof *blocks);
    char(*notes)[96] = calloc(s->count, sizeof *notes);
    dsc_status status = DSC_OK;
    if (blocks && notes) {
        make_blocks(blocks, notes, s);
        draw_diagram diagram = {.title = dsc_model_text(s->model),
                                .description = "The layers of a network, from the image to the logits.",
                                .blocks = blocks,
                                .count = s->count};
        draw_terminal terminal = draw_terminal_detect(1);
        status = path ? draw_diagram_save(path, &diagram, error)
                      : draw_diagram_text(text, &diagram, &terminal, error);
    } else {
        status = dsc_fail_memory(error, s->count * sizeof *blocks, "a diagram");
    }
    free(blocks);
    free(notes);
    return status;
}

/* Appends the expected images, which only a trained model has. */
static void append_images(dsc_text *text, const shown *s) {
    dsc_images images;
    dsc_model_describe(&images, s->model);
    if (s->trained)
        dsc_text_append(text, "images: %zu x %zu x %zu, %s, %s\n", images.shape[0], images.shape[1],
                        images.shape[2], dsc_images_words(&images), dsc_ground_words(images.ground));
    char number[32];
    const double below = dsc_model_refuse_below(s->model);
    if (below > 0)
        dsc_text_append(text, "answers below %s are refused: %s\n", dsc_format_shortest(number, below),
                        images.preparation == DSC_PREPARATION_DIGITS ? "no digit" : "of no class");
    const char *refusal = dsc_model_about(s->model, DSC_ABOUT_REFUSAL);
    if (below > 0 && refusal) {
        char visible[DSC_VISIBLE];
        dsc_text_append(text, "%s\n", dsc_visible(visible, sizeof visible, refusal));
    }
    dsc_text_append(text, "\n");
}

static dsc_status show_text(const shown *s, const values *how, dsc_error *error) {
    dsc_text text = {0};
    char a[DSC_VISIBLE], b[DSC_VISIBLE];
    dsc_text_append(&text, "%s\nloss: %s\n", dsc_visible(a, sizeof a, dsc_model_text(s->model)),
                    dsc_visible(b, sizeof b, dsc_model_loss(s->model)));
    append_images(&text, s);
    append_table(&text, s);
    if (s->shipped)
        dsc_text_append(
            &text,
            "\nThe model inside the program: trained by `descender train --recipe " SHIPPED_NAME
            "`, " SHIPPED_ACCURACY
            " %% right on MNIST's test set. Its model card: models/digits.md in the source repository.\n");
    dsc_status status = DSC_OK;
    if (s->plan) {
        dsc_text_append(&text, "\n");
        model_plan_append(&text, s->plan);
    }
    if (how->diagram && !s->plan) {
        dsc_text_append(&text, "\n");
        status = draw(&text, NULL, s, error);
    }
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

/* ---- as JSON ---- */

static json_t *layer_json(const shown *s, const dsc_layer_facts *layer) {
    json_t *shape = json_array(), *inputs = json_array();
    for (size_t i = 0; i < layer->shape.rank; i++)
        (void)json_array_append_new(shape, json_integer((json_int_t)layer->shape.size[i]));
    for (size_t i = 0; i < layer->input_count; i++)
        (void)json_array_append_new(inputs, json_string(s->layers[layer->inputs[i]].name));
    return json_pack("{s:s, s:o, s:o, s:I, s:I, s:I}", "name", layer->name, "inputs", inputs, "output", shape,
                     "parameters", (json_int_t)layer->parameters, "multiply_adds",
                     (json_int_t)layer->multiply_adds, "bytes",
                     (json_int_t)layer->values * (json_int_t)NUMBER);
}

static dsc_status show_json(const shown *s, dsc_error *error) {
    json_t *layers = json_array();
    for (size_t i = 0; i < s->count; i++) (void)json_array_append_new(layers, layer_json(s, &s->layers[i]));
    dsc_images images;
    dsc_model_describe(&images, s->model);
    json_t *expects = s->trained
                          ? json_pack("{s:[I, I, I], s:s, s:s, s:s}", "shape", (json_int_t)images.shape[0],
                                      (json_int_t)images.shape[1], (json_int_t)images.shape[2], "preparation",
                                      dsc_preparation_name(images.preparation), "ground",
                                      dsc_ground_name(images.ground), "fit", dsc_fit_name(images.fit))
                          : json_null();
    return command_print_json(json_pack("{s:s, s:s, s:o, s:f, s:s*, s:I, s:I, s:I, s:o, s:o*}", "text",
                                        dsc_model_text(s->model), "loss", dsc_model_loss(s->model), "images",
                                        expects, "refuse_below", dsc_model_refuse_below(s->model), "refusal",
                                        dsc_model_about(s->model, DSC_ABOUT_REFUSAL), "classes",
                                        (json_int_t)dsc_model_classes(s->model), "parameters",
                                        (json_int_t)dsc_model_parameters(s->model), "multiply_adds",
                                        (json_int_t)dsc_model_multiply_adds(s->model), "layers", layers,
                                        "plan", s->plan ? model_plan_json(s->plan) : NULL),
                              error);
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    const char *operand = call->operand_count ? call->operands[0] : NULL;
    shown s = {.shipped = !operand};
    dsc_status status = command_rehearse(call, how->out, error);
    if (!status) status = open_model(&s, operand, how, error);
    if (!status) status = dsc_model_summarise(&s.layers, &s.count, s.model, error);
    if (!status && how->plan)
        status = model_plan_make(&s.plan, s.model, how->precision, (size_t)how->batch, error);
    if (!status) status = command_go_on(error);
    if (!status && how->out) status = draw(NULL, how->out, &s, error);
    if (!status) status = call->json ? show_json(&s, error) : show_text(&s, how, error);
    if (!status && how->out) command_remark(call, "Saved the diagram: %s", how->out);
    free(s.layers);
    model_plan_free(s.plan);
    dsc_model_free(s.model);
    return status;
}

static const dsc_param options[] = {
    {"size", DSC_PARAM_PAIR, offsetof(values, size), "28", 1, 4096, NULL,
     "height x width of an image, if a text is given"},
    {"channels", DSC_PARAM_INT, offsetof(values, channels), "1", 1, 16, NULL,
     "channels of an image, if a text is given"},
    {"classes", DSC_PARAM_INT, offsetof(values, classes), "10", 1, 65536, NULL,
     "number of classes, if a text is given"},
    {"loss", DSC_PARAM_TEXT, offsetof(values, loss), "softmax-cross-entropy", 0, 0, NULL,
     "the loss, if a text is given"},
    {"diagram", DSC_PARAM_SWITCH, offsetof(values, diagram), "on", 0, 0, NULL,
     "draw the layers below the table"},
    {"plan", DSC_PARAM_SWITCH, offsetof(values, plan), "off", 0, 0, NULL,
     "show the steps of training and the memory layout of values instead of the diagram"},
    {"precision", DSC_PARAM_CHOICE, offsetof(values, precision), "auto", 0, 0, "f32|bf16|auto",
     "with --plan: number format of the products"},
    {"batch", DSC_PARAM_INT, offsetof(values, batch), "64", 1, 65536, NULL, "with --plan: samples per step"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "save the diagram as a picture, .svg or .png"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {{"out", 'o', "FILE", true}, {"size", 0, "HxW", true}, {0}};

static const command_operand operands[] = {
    {.name = "MODEL",
     .optional = true,
     .help = "a model's text, a model's file, or a run's folder; default: the model inside the program"},
    {0},
};

static const command_example examples[] = {
    {"model show 784-100-10", "Show the tutorial's network."},
    {"model show 'conv 8 3x3, relu, residual(conv 8 padding=same, relu), flatten, dense' -o net.svg",
     "Show a network with a shortcut, and save its diagram."},
    {"model show --plan --precision bf16 'conv 16 3x3, relu, max-pool 2, flatten, dense'",
     "Show the steps of training, and which values are stored as bfloat16."},
    {"model show", "Show the model inside the program and its accuracy."},
    {0},
};

const command command_model_show = {
    .name = "show",
    .help = "show a model's layers as a table and a diagram",
    .about =
        "Multiply-adds and bytes are for one image; bytes are those of the values that a layer computes.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
