/* SPDX-License-Identifier: MIT */
/* c_answer.c: what an exported source answers once a C compiler has made a program of it. */
#include "exchange/c_parts.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "child/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads images from one file and writes probabilities to another; ends with 1 if the self-test fails. */
static const char PROGRAM[] =
    "#include \"%s.h\"\n"
    "#include <stdio.h>\n"
    "static float scratch[%s_SCRATCH / sizeof(float)], probabilities[%s_CLASSES];\n"
    "static unsigned char image[%s_IMAGE];\n"
    "int main(int count, char **names) {\n"
    "    if (count != 3) return 2;\n"
    "    if (%s_selftest(scratch)) return fprintf(stderr, \"the self-test fails\\n\"), 1;\n"
    "    FILE *in = fopen(names[1], \"rb\"), *out = fopen(names[2], \"wb\");\n"
    "    if (!in || !out) return 1;\n"
    "    while (fread(image, 1, sizeof image, in) == sizeof image) {\n"
    "        (void)%s_predict(probabilities, image, scratch);\n"
    "        if (fwrite(probabilities, sizeof probabilities, 1, out) != 1) return 1;\n"
    "    }\n"
    "    return fclose(out) != 0;\n"
    "}\n";

typedef struct names {
    char *program, *main, *source, *weights, *images, *answers, *include, *selftest;
} names;

static void names_clear(names *n) {
    char **const all[] = {&n->program, &n->main,    &n->source,  &n->weights,
                          &n->images,  &n->answers, &n->include, &n->selftest};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(*all[i]);
}

static char *name_of(bool *failed, const char *folder, const char *stem, const char *suffix) {
    dsc_text text = {0};
    dsc_text_append(&text, "%s/%s%s", folder, stem, suffix);
    *failed = *failed || text.failed;
    return text.data;
}

static dsc_status make_names(names *n, const char *folder, const exchange_output *output, const char *upper,
                             dsc_error *error) {
    bool failed = false;
    dsc_text include = {0}, selftest = {0};
    *n = (names){.program = name_of(&failed, folder, output->stem, "-answers"),
                 .main = name_of(&failed, folder, output->stem, "-main.c"),
                 .source = name_of(&failed, folder, output->stem, ".c"),
                 .images = name_of(&failed, folder, output->stem, "-images"),
                 .answers = name_of(&failed, folder, output->stem, "-probabilities")};
    if (output->count > 2) n->weights = name_of(&failed, folder, output->stem, "_weights.c");
    dsc_text_append(&include, "-I%s", folder);
    dsc_text_append(&selftest, "-D%s_SELFTEST", upper);
    n->include = include.data;
    n->selftest = selftest.data;
    return failed || include.failed || selftest.failed ? dsc_fail_memory(error, 0, "names of files") : DSC_OK;
}

static dsc_status compile(const names *n, dsc_error *error) {
    char *compiler = child_find((const char *const[]){"cc", "gcc", "clang", NULL});
    if (!compiler)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "no C compiler (cc, gcc, clang) is on the path; install one, such as gcc");
    const char *const arguments[] = {compiler,   "-std=c99", "-O2",     n->include, n->selftest, "-o",
                                     n->program, n->main,    n->source, n->weights, NULL};
    dsc_status status = child_run(compiler, arguments, NULL, error);
    free(compiler);
    return status;
}

static dsc_status run(float *probabilities, const names *n, size_t numbers, dsc_error *error) {
    unsigned char *bytes = NULL;
    size_t size = 0;
    const char *const arguments[] = {n->program, n->images, n->answers, NULL};
    dsc_status status = child_run(n->program, arguments, NULL, error);
    if (!status) status = dsc_file_read(&bytes, &size, n->answers, numbers * sizeof(float), error);
    if (!status && size != numbers * sizeof(float))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "expected %zu bytes of answers, found %zu",
                          numbers * sizeof(float), size);
    if (!status) memcpy(probabilities, bytes, size);
    free(bytes);
    return status;
}

/* The prefix that the header was written with: that of its first macro, PREFIX_H, and of PREFIX_predict. */
static bool find_prefix(char prefix[EXCHANGE_NAME], const exchange_output *output) {
    static const char behind[] = "_predict(";
    const char *head = (const char *)output->files[0].bytes, *end = strstr(head, behind);
    if (!end) return false;
    const char *begin = end;
    while (begin > head && begin[-1] != ' ') begin--;
    (void)snprintf(prefix, EXCHANGE_NAME, "%.*s", (int)(end - begin), begin);
    return true;
}

dsc_status exchange_c_answer(float *probabilities, const char *folder, const exchange_output *output,
                             const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                             dsc_error *error) {
    char prefix[EXCHANGE_NAME] = "", upper[EXCHANGE_NAME];
    names n = {0};
    dsc_text program = {0};
    size_t shape[3];
    (void)values;
    if (!find_prefix(prefix, output))
        return dsc_fail(error, DSC_ERROR_FORMAT, "no header of an exported model");
    exchange_c_upper(upper, prefix);
    dsc_images expected;
    dsc_model_describe(&expected, model);
    memcpy(shape, expected.shape, sizeof shape);
    const char *const stem = output->stem;
    dsc_text_append(&program, PROGRAM, stem, upper, upper, upper, prefix, prefix);
    dsc_status status = make_names(&n, folder, output, upper, error);
    if (!status && program.failed) status = dsc_fail_memory(error, sizeof PROGRAM, "a program");
    if (!status) status = dsc_file_write(n.main, program.data, program.length, error);
    if (!status) status = dsc_file_write(n.images, images, count * shape[0] * shape[1] * shape[2], error);
    if (!status) status = compile(&n, error);
    if (!status) status = run(probabilities, &n, count * dsc_model_classes(model), error);
    dsc_text_free(&program);
    names_clear(&n);
    return status;
}
