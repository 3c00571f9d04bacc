/* SPDX-License-Identifier: MIT */
/* c.c: exports a model as C99 source: a header and a source file, optionally with the weights in a second
 * source. The code allocates nothing and needs only memcpy. It consists of the functions in functions/ and
 * the calls of the plan. */
#include "exchange/c_parts.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"
#include "base/spec.h"
#include "model/model.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const dsc_param params[] = {
    DSC_TEXT(exchange_c_values, prefix, NULL, "prefix of the names; default: the file's name"),
    DSC_CHOICE(exchange_c_values, weights, "inside", "inside|apart",
               "place of the weights: in the source, or in a file of their own"),
    DSC_SWITCH(exchange_c_values, prepare, "off",
               "also write a function that converts a grey picture to an image"),
    {0},
};

/* --- names --- */

enum { PREFIX_MOST = 30 };

/* Makes a C name of a text: "my digits-2" becomes my_digits_2. */
static dsc_status make_prefix(char prefix[EXCHANGE_NAME], const exchange_c_values *values, const char *stem,
                              dsc_error *error) {
    static const char *const words[] = {
        "auto",   "break",    "case",     "char",     "const", "continue", "default", "do",     "double",
        "else",   "enum",     "extern",   "float",    "for",   "goto",     "if",      "inline", "int",
        "long",   "register", "restrict", "return",   "short", "signed",   "sizeof",  "static", "struct",
        "switch", "typedef",  "union",    "unsigned", "void",  "volatile", "while"};
    const char *from = values->prefix ? values->prefix : stem;
    if (strpbrk(stem, "\"\\") || stem[strcspn(stem, "\n\r\t")])
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: the name of C source must not have quotes, backslashes or line ends", stem);
    if (values->prefix && strlen(values->prefix) > PREFIX_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "prefix '%s': expected at most %d characters",
                        values->prefix, PREFIX_MOST);
    size_t length = 0;
    if (isdigit((unsigned char)*from)) prefix[length++] = '_';
    for (const char *c = from; *c && length < PREFIX_MOST; c++) {
        const bool fits = isalnum((unsigned char)*c) || *c == '_';
        if (values->prefix && !fits)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "prefix '%s': expected letters, digits and underscores, as in C names", from);
        prefix[length++] = fits ? *c : '_';
    }
    prefix[length] = '\0';
    if (!length) (void)snprintf(prefix, EXCHANGE_NAME, "model");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(prefix, words[i])) (void)snprintf(prefix + length, EXCHANGE_NAME - length, "_model");
    return DSC_OK;
}

/* --- the header --- */

static void write_about(dsc_text *out, const dsc_model *model) {
    const char *key;
    json_t *value;
    json_object_foreach(model->about, key, value) {
        if (!json_is_string(value)) continue;
        dsc_text_append(out, " *   ");
        exchange_c_comment(out, key);
        dsc_text_append(out, ": ");
        exchange_c_comment(out, json_string_value(value));
        dsc_text_append(out, "\n");
    }
}

/* A description of the expected images, for people. */
static const char *ground_of(const dsc_model *model) {
    dsc_images images;
    dsc_model_describe(&images, model);
    return images.ground == DSC_GROUND_DARK    ? "light on a dark ground"
           : images.ground == DSC_GROUND_LIGHT ? "dark on a light ground"
                                               : "as the training images were";
}

/* The smallest float that is not below the threshold, so that floats compare with it as with the
 * threshold. */
static float threshold_of(const dsc_model *model) {
    const double below = dsc_model_refuse_below(model);
    const float near = (float)below;
    return (double)near < below ? nextafterf(near, INFINITY) : near;
}

static void write_head(dsc_text *out, const exchange_c *c) {
    const exchange_plan *plan = c->plan;
    char upper[EXCHANGE_NAME], number[40];
    exchange_c_upper(upper, c->prefix);
    dsc_text_append(out,
                    "/* SPDX-License-Identifier: MIT */\n/* %s.h: a neural network, made by Descender %s%s",
                    c->output->stem, dsc_version(), c->output->command ? ":\n *   " : ".");
    if (c->output->command) exchange_c_comment(out, c->output->command);
    dsc_text_append(out, "\n *\n *   network: ");
    exchange_c_comment(out, c->model->text);
    dsc_text_append(out, "\n");
    write_about(out, c->model);
    if (c->output->hash) dsc_text_append(out, " *   SHA-256 of the model: %s\n", c->output->hash);
    dsc_text_append(
        out,
        " *\n * What it takes:\n"
        " *   flash    %zu bytes of numbers, and the code\n"
        " *   RAM      %zu bytes of scratch, which the caller gives\n"
        " *   stack    less than 512 bytes, but for the self-test\n"
        " *   time     %.0f multiplications and additions an image\n"
        " *\n"
        " * C99; no memory of its own, no library but memcpy, nothing that changes between calls: any\n"
        " * number of threads may call it, each with a scratch of its own. Compile it without fast-math,\n"
        " * and where the compiler would fuse multiplications with additions with -ffp-contract=off: then\n"
        " * the answers are the same bits as those of Descender's portable kernels. */\n",
        exchange_plan_bytes(plan), plan->scratch, plan->multiply_adds);
    dsc_text_append(out, "#ifndef %s_H\n#define %s_H\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
                    upper, upper);
    dsc_text_append(out,
                    "#define %s_CHANNELS %zu\n#define %s_HEIGHT %zu\n#define %s_WIDTH %zu\n"
                    "#define %s_IMAGE %zu /* bytes of an image: (channels, height, width) */\n"
                    "#define %s_CLASSES %zu\n"
                    "#define %s_SCRATCH %zu /* bytes, a multiple of 4 */\n\n",
                    upper, plan->shape[0], upper, plan->shape[1], upper, plan->shape[2], upper,
                    plan->shape[0] * plan->shape[1] * plan->shape[2], upper, plan->classes, upper,
                    plan->scratch);
    dsc_text_append(
        out,
        "/* An answer below this probability is no answer: the image is of no class where\n * "
        "probabilities[label] < %s_REFUSE_BELOW.%s */\n#define %s_REFUSE_BELOW %s\n\n",
        upper,
        dsc_model_refuse_below(c->model) > 0 ? "" : " This model has no threshold: every answer counts.",
        upper, exchange_c_float(number, threshold_of(c->model)));
    dsc_text_append(
        out,
        "/* The class of an image of bytes from 0 to 255, %s, and how likely each class is.\n"
        " * `scratch` must be aligned as a float is; what is in it does not matter. The class is given also "
        "where\n"
        " * it is not likely enough to be an answer: compare its probability with %s_REFUSE_BELOW. -1: the "
        "answer\n"
        " * is not a number. */\n"
        "int %s_predict(float probabilities[%s_CLASSES], const unsigned char image[%s_IMAGE], void "
        "*scratch);\n\n"
        "/* What class `label` is called, in UTF-8; NULL: there is none. */\n"
        "const char *%s_class_name(int label);\n\n",
        ground_of(c->model), upper, c->prefix, upper, upper, c->prefix);
    if (c->values->prepare) exchange_c_declare_prepare(out, c);
    dsc_text_append(out,
                    "#ifdef %s_SELFTEST\n"
                    "/* Compares answers with those that Descender gave when it made this. Returns how many "
                    "differ: 0. */\n"
                    "int %s_selftest(void *scratch);\n"
                    "#endif\n\n#ifdef __cplusplus\n}\n#endif\n#endif\n",
                    upper, c->prefix);
}

/* --- weights --- */

static const char *type_of(const exchange_weights *weights) {
    return weights->type == EXCHANGE_FLOATS   ? "float"
           : weights->type == EXCHANGE_WHOLES ? "int32_t"
                                              : "unsigned char";
}

static size_t elements_of(const exchange_weights *weights) {
    return weights->type == EXCHANGE_BYTES ? weights->bytes : weights->count;
}

static void write_numbers(dsc_text *out, const exchange_weights *weights) {
    for (size_t i = 0; i < weights->count; i++) {
        char number[40];
        if (weights->type == EXCHANGE_FLOATS)
            exchange_c_float(number, weights->numbers[i]);
        else
            (void)snprintf(number, sizeof number, "%ld", (long)weights->numbers[i]);
        dsc_text_append(out, "%s%s,", i % 8 ? " " : "\n    ", number);
    }
}

static void write_bytes(dsc_text *out, const exchange_weights *weights) {
    unsigned char *bytes = dsc_allocate(weights->bytes + 1, 1);
    if (!bytes) {
        out->failed = true;
        return;
    }
    exchange_pack(bytes, weights);
    for (size_t i = 0; i < weights->bytes; i++)
        dsc_text_append(out, "%s%u,", i % 20 ? " " : "\n    ", bytes[i]);
    free(bytes);
}

static void write_weights(dsc_text *out, const exchange_c *c, const char *storage) {
    for (size_t i = 0; i < c->plan->weight_count; i++) {
        const exchange_weights *weights = &c->plan->weights[i];
        dsc_text_append(out, "%sconst %s ", storage, type_of(weights));
        exchange_c_weights(out, c, weights);
        dsc_text_append(out, "[%zu] = { /* %s", elements_of(weights), weights->order);
        if (weights->type == EXCHANGE_BYTES) dsc_text_append(out, ", %u bits each", weights->bits);
        dsc_text_append(out, " */");
        if (weights->type == EXCHANGE_BYTES)
            write_bytes(out, weights);
        else
            write_numbers(out, weights);
        dsc_text_append(out, "\n};\n\n");
    }
}

/* --- the source --- */

/* The scratch as an array of a type. */
static const char *room_of(exchange_type type) {
    return type == EXCHANGE_FLOATS ? "floats" : type == EXCHANGE_WHOLES ? "wholes" : "bytes";
}

static bool uses(const exchange_plan *plan, exchange_type type) {
    for (size_t i = 0; i < plan->call_count; i++)
        for (size_t k = 0; k < plan->calls[i].count; k++) {
            const exchange_operand *operand = &plan->calls[i].operands[k];
            if (operand->kind == EXCHANGE_VALUE && plan->values[operand->index].type == type) return true;
        }
    return false;
}

static void write_operand(dsc_text *out, const exchange_c *c, const exchange_operand *operand) {
    char number[40];
    switch (operand->kind) {
    case EXCHANGE_VALUE: {
        const exchange_value *value = &c->plan->values[operand->index];
        const size_t each = value->type == EXCHANGE_BYTES ? 1 : 4, at = value->at / each + operand->offset;
        dsc_text_append(out, "%s", room_of(value->type));
        if (at) dsc_text_append(out, " + %zu", at);
        return;
    }
    case EXCHANGE_WEIGHTS:
        exchange_c_weights(out, c, &c->plan->weights[operand->index]);
        if (operand->offset) dsc_text_append(out, " + %zu", operand->offset);
        return;
    case EXCHANGE_IMAGE:
        dsc_text_append(out, "image");
        return;
    case EXCHANGE_ANSWER:
        dsc_text_append(out, "probabilities");
        return;
    case EXCHANGE_WHOLE:
        dsc_text_append(out, "%lld", (long long)operand->whole);
        return;
    case EXCHANGE_REAL:
        dsc_text_append(out, "%s", dsc_format_shortest(number, operand->real));
        return;
    }
}

static void write_calls(dsc_text *out, const exchange_c *c) {
    char upper[EXCHANGE_NAME];
    exchange_c_upper(upper, c->prefix);
    dsc_text_append(out,
                    "int %s_predict(float probabilities[%s_CLASSES], const unsigned char image[%s_IMAGE], "
                    "void *scratch) {\n",
                    c->prefix, upper, upper);
    if (uses(c->plan, EXCHANGE_FLOATS)) dsc_text_append(out, "    float *floats = scratch;\n");
    if (uses(c->plan, EXCHANGE_WHOLES)) dsc_text_append(out, "    int32_t *wholes = scratch;\n");
    if (uses(c->plan, EXCHANGE_BYTES)) dsc_text_append(out, "    unsigned char *bytes = scratch;\n");
    for (size_t i = 0; i < c->plan->call_count; i++) {
        const exchange_call *call = &c->plan->calls[i];
        dsc_text_append(out, "    /* ");
        exchange_c_comment(out, call->about);
        dsc_text_append(out, " */\n    %s(", call->function);
        for (size_t k = 0; k < call->count; k++) {
            if (k) dsc_text_append(out, ", ");
            write_operand(out, c, &call->operands[k]);
        }
        dsc_text_append(out, ");\n");
    }
    dsc_text_append(out,
                    "    int best = 0;\n"
                    "    for (int i = 0; i < %s_CLASSES; i++) {\n"
                    "        if (!(probabilities[i] >= 0)) return -1;\n"
                    "        if (probabilities[i] > probabilities[best]) best = i;\n"
                    "    }\n"
                    "    return best;\n}\n\n",
                    upper);
}

static void write_names(dsc_text *out, const exchange_c *c) {
    char upper[EXCHANGE_NAME];
    exchange_c_upper(upper, c->prefix);
    dsc_text_append(
        out, "const char *%s_class_name(int label) {\n    static const char *const names[%s_CLASSES] = {",
        c->prefix, upper);
    for (size_t i = 0; i < c->model->classes; i++) {
        dsc_text_append(out, "%s", i % 8 ? " " : "\n        ");
        exchange_c_string(out, c->model->class_names[i]);
        dsc_text_append(out, ",");
    }
    dsc_text_append(
        out, "\n    };\n    return label >= 0 && label < %s_CLASSES ? names[label] : (const char *)0;\n}\n",
        upper);
}

static void declare_weights(dsc_text *out, const exchange_c *c) {
    for (size_t i = 0; i < c->plan->weight_count; i++) {
        const exchange_weights *weights = &c->plan->weights[i];
        dsc_text_append(out, "extern const %s ", type_of(weights));
        exchange_c_weights(out, c, weights);
        dsc_text_append(out, "[%zu];\n", elements_of(weights));
    }
    dsc_text_append(out, "\n");
}

static dsc_status write_source(dsc_text *out, const exchange_c *c, dsc_error *error) {
    dsc_text_append(out,
                    "/* SPDX-License-Identifier: MIT */\n/* %s.c: see %s.h. */\n#include "
                    "\"%s.h\"\n\n#include <limits.h>\n#include <stdint.h>\n"
                    "#include <string.h>\n\n"
                    "#if INT_MAX < 2147483647\n#error \"int must have 32 bits\"\n#endif\n\n"
                    "#if defined(__clang__) || (defined(__STDC_VERSION__) && !defined(__GNUC__))\n"
                    "#pragma STDC FP_CONTRACT OFF /* or answers are not quite the same everywhere */\n"
                    "#elif defined(__GNUC__)\n"
                    "#pragma GCC optimize(\"fp-contract=off\")\n"
                    "#endif\n\n",
                    c->output->stem, c->output->stem, c->output->stem);
    if (c->values->weights == EXCHANGE_C_APART)
        declare_weights(out, c);
    else
        write_weights(out, c, "static ");
    exchange_functions functions = c->plan->functions;
    if (c->values->prepare) exchange_c_want_prepare(&functions, c->model);
    exchange_functions_write(out, &functions);
    if (c->plan->sources.length) dsc_text_append(out, "%s\n", c->plan->sources.data);
    write_calls(out, c);
    write_names(out, c);
    if (c->values->prepare) exchange_c_write_prepare(out, c);
    return exchange_c_write_selftest(out, c, error);
}

/* --- files --- */

static dsc_status add_text(exchange_output *output, const char *suffix, dsc_text *text, dsc_error *error) {
    if (text->failed) {
        dsc_text_free(text);
        return dsc_fail_memory(error, text->length, "a model's source");
    }
    const size_t size = text->length;
    void *bytes = text->data;
    *text = (dsc_text){0};
    return exchange_add_file(output, suffix, bytes, size, error);
}

static dsc_status write_files(const exchange_c *c, dsc_error *error) {
    dsc_text text = {0};
    write_head(&text, c);
    dsc_status status = add_text(c->output, ".h", &text, error);
    if (!status) status = write_source(&text, c, error);
    if (!status) status = add_text(c->output, ".c", &text, error);
    if (!status && c->values->weights == EXCHANGE_C_APART) {
        dsc_text_append(&text,
                        "/* SPDX-License-Identifier: MIT */\n/* %s_weights.c: the weights of %s.c. "
                        "*/\n#include <stdint.h>\n\n",
                        c->output->stem, c->output->stem);
        declare_weights(&text, c);
        write_weights(&text, c, "");
        status = add_text(c->output, "_weights.c", &text, error);
    }
    dsc_text_free(&text);
    return status;
}

static dsc_status write_c(exchange_output *output, const dsc_model *model, const void *values,
                          dsc_error *error) {
    exchange_plan plan;
    exchange_c c = {.output = output, .model = model, .plan = &plan, .values = values};
    dsc_status status = make_prefix(c.prefix, values, output->stem, error);
    if (!status && c.values->prepare) status = exchange_c_check_prepare(&c, error);
    if (status) return status;
    status = exchange_plan_make(&plan, model, error);
    if (!status) status = write_files(&c, error);
    dsc_text_append(&output->notes,
                    "%zu bytes of weights, %zu bytes of scratch, %.0f multiplications an image\n",
                    exchange_plan_bytes(&plan), plan.scratch, plan.multiply_adds);
    exchange_plan_clear(&plan);
    return !status && output->notes.failed ? dsc_fail_memory(error, 0, "what is said of a model") : status;
}

const exchange_format exchange_format_c = {
    .name = "c",
    .help = "C source without dependencies, for your own program or a microcontroller",
    .params = params,
    .values_size = sizeof(exchange_c_values),
    .suffix = ".h",
    .write = write_c,
    .answer = exchange_c_answer,
};
