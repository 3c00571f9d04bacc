/* SPDX-License-Identifier: MIT */
/* c_answer.c: compiles an exported source and runs it. */
#include "exchange/c_parts.h"

#include "base/error.h"
#include "base/file.h"
#include "child/child.h"
#include "exchange/answering.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads images from one file and writes probabilities to another; exits with 1 if the self-test fails. */
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

/* Finds the prefix in the header, from its first function, PREFIX_predict. */
static bool find_prefix(char prefix[EXCHANGE_NAME], const exchange_output *output) {
    static const char behind[] = "_predict(";
    const char *head = (const char *)output->files[0].bytes, *line = strstr(head, "\nint ");
    const char *begin = line ? line + strlen("\nint ") : NULL, *end = begin ? strstr(begin, behind) : NULL;
    if (!end) return false;
    (void)snprintf(prefix, EXCHANGE_NAME, "%.*s", (int)(end - begin), begin);
    return true;
}

/* Compiles the program; *program is its path. */
static dsc_status compile(char **program, exchange_answering *a, const char *prefix, dsc_error *error) {
    char upper[EXCHANGE_NAME];
    dsc_text text = {0}, include = {0}, selftest = {0};
    const char *const stem = a->output->stem;
    exchange_c_upper(upper, prefix);
    dsc_text_append(&text, PROGRAM, stem, upper, upper, upper, prefix, prefix);
    dsc_text_append(&include, "-I%s", a->folder);
    dsc_text_append(&selftest, "-D%s_SELFTEST", upper);
    char *main = exchange_answering_path(a, "-answers.c"), *source = exchange_answering_path(a, ".c");
    char *weights = a->output->count > 2 ? exchange_answering_path(a, "_weights.c") : NULL;
    char *compiler = child_find((const char *const[]){"cc", "gcc", "clang", NULL});
    *program = exchange_answering_path(a, "-answers");
    const char *const arguments[] = {compiler, "-std=c99", "-O2",  include.data, selftest.data, "-o",
                                     *program, main,       source, weights,      NULL};
    dsc_status status = DSC_OK;
    if (text.failed || include.failed || selftest.failed || !main || !source || !*program)
        status = dsc_fail_memory(error, sizeof PROGRAM, "a program");
    else if (!compiler)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                          "no C compiler (cc, gcc, clang) is in the path; install one, such as gcc");
    if (!status) status = dsc_file_write(main, text.data, text.length, error);
    if (!status) status = child_run(compiler, arguments, NULL, error);
    free(compiler);
    dsc_text_free(&text);
    dsc_text_free(&include);
    dsc_text_free(&selftest);
    return status;
}

dsc_status exchange_c_answer(float *probabilities, const char *folder, const exchange_output *output,
                             const uint8_t *images, size_t count, const dsc_model *model, const void *values,
                             dsc_error *error) {
    char prefix[EXCHANGE_NAME] = "", *program = NULL;
    exchange_answering a;
    (void)values;
    dsc_status status = exchange_answering_begin(&a, folder, output, images, count, model, error);
    if (!status && !find_prefix(prefix, output))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "no header of an exported model");
    if (!status) status = compile(&program, &a, prefix, error);
    const char *const arguments[] = {program, a.images, a.answers, NULL};
    if (!status) status = exchange_answering_run(probabilities, &a, arguments, NULL, error);
    exchange_answering_clear(&a);
    return status;
}
