/* SPDX-License-Identifier: MIT */
/* version.c: prints `descender --version` and its check of the kernel sets. */
#include "command.h"

#include "kernel/check.h"
#include "kernel/choose.h"
#include "picture/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void append_libraries(dsc_text *text) {
    static const struct {
        const char *name, *cost;
        int in;
    } libraries[] = {
        {"libdeflate", "", 1},
        {"jansson", "", 1},
        {"libcurl", "no download", DESCENDER_WITH_CURL},
        {"libcrypto", "no checksums, no download", DESCENDER_WITH_CRYPTO},
        {"libarchive", "no data in archives", DESCENDER_WITH_ARCHIVE},
        {"cairo", "no SVG or PNG pictures", DESCENDER_WITH_CAIRO},
        {"libmicrohttpd", "no `descender serve`", DESCENDER_WITH_MICROHTTPD},
        {"MPI", "no training by several processes", DESCENDER_WITH_MPI},
        {"libprotobuf-c", "no ONNX in or out", DESCENDER_WITH_PROTOBUF},
        {"Chart.js", "tables instead of charts on the page of `descender serve`", DESCENDER_WITH_CHARTJS},
        {"WebAssembly", "no `descender export --to web`", DESCENDER_WITH_WEB},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (libraries[i].in) dsc_text_append(text, "%s%s", i ? ", " : "with ", libraries[i].name);
    const picture_format *format;
    for (size_t i = 0; (format = picture_format_at(i)); i++)
        if (format->library && picture_format_is_read(format)) dsc_text_append(text, ", %s", format->library);
    dsc_text_append(text, "\n");
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (!libraries[i].in) dsc_text_append(text, "without %s: %s\n", libraries[i].name, libraries[i].cost);
    for (size_t i = 0; (format = picture_format_at(i)); i++)
        if (!picture_format_is_read(format))
            dsc_text_append(text, "without %s: no %s pictures\n", format->library, format->title);
}

void command_print_version(void) {
    dsc_text text = {0};
    dsc_kernels_choice choice;
    (void)dsc_kernels_choose(&choice, NULL, NULL); /* auto never fails */
    dsc_text_append(&text, "descender %s\n", dsc_version());
    append_libraries(&text);
    dsc_text_append(&text, "kernels of this processor:");
    for (size_t i = 0; dsc_kernels_at(i); i++)
        dsc_text_append(&text, "%s %s", i ? "," : "", dsc_kernels_at(i)->name);
    dsc_text_append(&text, "\nkernels in use: %s, precision %s (%s)\n", choice.kernels->name,
                    choice.bf16 ? "bf16" : "f32", choice.reason);
    (void)command_print_text(&text, NULL);
    command_warn_of_kernels();
}

void command_warn_of_kernels(void) {
    dsc_kernels_choice choice;
    (void)dsc_kernels_choose(&choice, NULL, NULL);
    if (*choice.refused) command_complain("warning: %s", choice.refused);
}

/* ---- the check ---- */

/* Computes the loss of a small network after seven steps with that set; the steps use most of the training
 * code. */
static dsc_status train(double *loss, const dsc_dataset *data, const char *kernels, const char *precision,
                        dsc_error *error) {
    static const char *const network = "conv 8 3x3, batch-norm, relu, max-pool 2, conv 8 3x3, relu, flatten, "
                                       "dropout 0.2, dense 32, relu, dense";
    dsc_model *model = NULL;
    dsc_score score = {0};
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 1;
    how.batch = 32;
    how.augment = "affine rotate=10 shift=2";
    how.kernels = kernels;
    how.precision = precision;
    dsc_status status = dsc_model_create_for(&model, network, data, error);
    if (!status) status = dsc_train(model, data, &how, error);
    if (!status) status = dsc_evaluate(&score, model, data, error);
    *loss = score.loss;
    dsc_model_free(model);
    return status;
}

/* Sets add in different orders, so losses differ in the last digits; in bf16 more, because a sum that differs
 * in its last digit may round to another value. */
static dsc_status check_training(const char *kernels, const dsc_dataset *data, dsc_error *error) {
    static const struct {
        const char *precision;
        double tolerance;
    } runs[] = {{"f32", 1e-3}, {"bf16", 0.05}};
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < sizeof runs / sizeof *runs && !status; i++) {
        double loss, right;
        status = train(&right, data, "portable", runs[i].precision, error);
        if (!status) status = train(&loss, data, kernels, runs[i].precision, error);
        if (!status && !(fabs(loss - right) <= runs[i].tolerance * right))
            status = dsc_fail(error, DSC_ERROR_MISMATCH,
                              "a network trained in %s has the loss %.6g, but with the portable kernels %.6g",
                              runs[i].precision, loss, right);
    }
    return status;
}

/* Prints one row; returns false if the set is wrong. */
static bool check_set(const char *name, const char *automatic, const dsc_dataset *data) {
    const dsc_kernels *set = dsc_kernels_find(name);
    const char *here = set ? strcmp(name, automatic) ? "has them" : "uses them" : "lacks them";
    dsc_error error;
    (void)printf("%-12s  %-14s  ", name, here);
    (void)fflush(stdout);
    if (!set) {
        (void)printf("not checked\n");
        return true;
    }
    const char *wrong = dsc_kernels_check(set);
    dsc_status status = wrong ? dsc_fail(&error, DSC_ERROR_MISMATCH, "%s is wrong", wrong)
                              : dsc_kernels_check_all(set, &error);
    if (!status) status = check_training(name, data, &error);
    command_print("%s\n", status ? error.message : "right");
    return !status;
}

int command_check_kernels(void) {
    dsc_error error;
    dsc_dataset *data = NULL;
    bool right = true;
    command_print_version();
    if (dsc_digits_create(&data, 224, 1, 1, &error)) {
        command_complain("%s", error.message);
        return COMMAND_FAILED;
    }
    command_print("\n%-12s  %-14s  %s\n", "kernels", "this processor", "compared with the portable ones");
    for (size_t i = 0; dsc_kernels_name(i); i++)
        right = check_set(dsc_kernels_name(i), dsc_kernels_auto()->name, data) && right;
    dsc_dataset_free(data);
    return right ? COMMAND_DONE : COMMAND_FAILED;
}
