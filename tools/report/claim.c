/* SPDX-License-Identifier: MIT */
/* claim.c: makes a claim and compares two; claim_file.c reads and writes the file. */
#include "report/claim.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/dataset.h"
#include "train/trainer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

void report_claim_clear(report_run_claim *claim) {
    free(claim->recipe_name);
    free(claim->data_name);
    free(claim->kernels);
    free(claim->answers);
    dsc_recipe_clear(&claim->recipe);
    *claim = (report_run_claim){0};
}

dsc_status report_claim_check_recipe(const dsc_recipe *recipe, const char *name, dsc_error *error) {
    if (recipe->members > 1)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: trains an ensemble, but a claim is about one network; make a claim of each "
                        "member's run: the members' runs are folders in the ensemble's",
                        name);
    if (recipe->from || recipe->teacher)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: starts from another model or learns from a teacher; a claim does not contain that model, so "
            "nobody could train this one again; make a claim of a run that starts afresh",
            name);
    return DSC_OK;
}

/* ---- hashes ---- */

/* Hashes integers as 8 bytes, little-endian: the same on every machine. */
static dsc_status append_number(fetch_sha256 *hash, uint64_t number, dsc_error *error) {
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(number >> 8 * i);
    return fetch_sha256_append(hash, bytes, sizeof bytes, error);
}

static dsc_status append_data(fetch_sha256 *hash, const dsc_dataset *data, dsc_error *error) {
    const size_t classes = dsc_dataset_classes(data);
    dsc_status status = append_number(hash, data->count, error);
    for (size_t i = 0; i < 3 && !status; i++) status = append_number(hash, data->shape[i], error);
    if (!status) status = append_number(hash, classes, error);
    for (size_t k = 0; k < classes && !status; k++) {
        const char *name = dsc_dataset_class_name(data, k);
        status = fetch_sha256_append(hash, name, strlen(name) + 1, error);
    }
    for (size_t i = 0; i < data->count && !status; i++) {
        const uint8_t label = dsc_dataset_label(data, i);
        status = fetch_sha256_append(hash, &label, 1, error);
        if (!status) status = fetch_sha256_append(hash, dsc_dataset_image(data, i), data->image_size, error);
    }
    return status;
}

dsc_status report_claim_hash_data(report_claim_data *print, const dsc_dataset *data, dsc_error *error) {
    fetch_sha256 *hash;
    print->count = data->count;
    dsc_status status = fetch_sha256_create(&hash, error);
    if (status) return status;
    status = append_data(hash, data, error);
    if (!status) status = fetch_sha256_finish(print->sha256, hash, error);
    fetch_sha256_free(hash);
    return status;
}

static dsc_status hash_weights(char hex[FETCH_SHA256_HEX], const dsc_model *model, dsc_error *error) {
    const size_t numbers = dsc_graph_value_numbers(model->graph);
    return fetch_sha256_bytes(hex, model->values, numbers * sizeof *model->values, error);
}

dsc_status report_claim_hash_model(report_run_claim *claim, const dsc_model *model, const char *path,
                                   dsc_error *error) {
    claim->parameters = dsc_model_parameters(model);
    dsc_status status = hash_weights(claim->weights_sha256, model, error);
    return status ? status : fetch_sha256_file(claim->model_sha256, NULL, path, error);
}

/* Hashes the weights of a small network after a few steps. Convolution, batch statistics and dense layers run
 * forward and backward, so a kernel that computes any different bit changes the weights. */
static dsc_status hash_kernels(report_run_claim *claim, dsc_error *error) {
    static const char json[] =
        "{\"model\": \"conv 8 3x3, batch-norm, relu, max-pool 2, flatten, dense 32, relu, dense\", "
        "\"epochs\": 2, \"batch\": 32, \"seed\": 1}";
    dsc_dataset *digits = NULL;
    dsc_trainer *trainer = NULL;
    dsc_recipe recipe;
    dsc_status status = dsc_recipe_initialise(&recipe, error);
    if (status) return status;
    status = dsc_recipe_from_json(&recipe, json, sizeof json - 1, "claim", error);
    if (!status) status = dsc_text_replace(&recipe.kernels, claim->kernels, error);
    recipe.precision = claim->bf16 ? DSC_PRECISION_BF16 : DSC_PRECISION_F32;
    if (!status) status = dsc_digits_create(&digits, 96, 1, 1, error);
    if (!status) status = dsc_trainer_create(&trainer, NULL, &recipe, digits, 1, error);
    if (!status) status = dsc_trainer_run(trainer, NULL, NULL, error);
    if (!status) status = hash_weights(claim->kernels_sha256, trainer->model, error);
    dsc_trainer_free(trainer);
    dsc_dataset_free(digits);
    dsc_recipe_clear(&recipe);
    return status;
}

dsc_status report_claim_take_program(report_run_claim *claim, dsc_error *error) {
    struct utsname names;
    dsc_error why = {0};
    (void)snprintf(claim->version, sizeof claim->version, "%s", dsc_version());
    (void)snprintf(claim->architecture, sizeof claim->architecture, "%s", uname(&names) ? "" : names.machine);
    /* On a system without this file the version must suffice. */
    const dsc_status status = fetch_sha256_file(claim->program_sha256, NULL, "/proc/self/exe", &why);
    if (status && status != DSC_ERROR_IO) return dsc_fail(error, status, "%s", why.message);
    return hash_kernels(claim, error);
}

/* ---- answers ---- */

dsc_status report_claim_take_answers(report_run_claim *claim, const report_exam *exam, dsc_error *error) {
    const size_t count = exam->data->count;
    free(claim->answers);
    claim->answers = dsc_allocate(count / 8 + 1, 1);
    if (!claim->answers) return dsc_fail_memory(error, count / 8 + 1, "a claim");
    memset(claim->answers, 0, count / 8 + 1);
    claim->right = 0;
    for (size_t i = 0; i < count; i++) {
        if (exam->answers[i].prediction != exam->answers[i].label) continue;
        claim->answers[i / 8] |= (unsigned char)(1 << i % 8);
        claim->right++;
    }
    claim->loss = dsc_metrics_loss(&exam->metrics);
    return DSC_OK;
}

static bool is_right(const report_run_claim *claim, size_t i) { return claim->answers[i / 8] >> i % 8 & 1; }

report_claim_verdict report_claim_compare(const report_run_claim *claimed, const report_run_claim *found) {
    report_claim_verdict v = {0};
    for (size_t i = 0; i < claimed->test.count; i++) {
        const bool a = is_right(claimed, i), b = is_right(found, i);
        *(a && b ? &v.paired.both : a ? &v.paired.first : b ? &v.paired.second : &v.paired.none) += 1;
    }
    v.p = dsc_mcnemar(&v.paired);
    const dsc_paired turned = {v.paired.both, v.paired.second, v.paired.first, v.paired.none};
    v.difference = dsc_paired_difference(&turned);
    const bool weights = !strcmp(claimed->weights_sha256, found->weights_sha256),
               kernels = !strcmp(claimed->kernels_sha256, found->kernels_sha256),
               answers = v.paired.first + v.paired.second == 0;
    v.verdict = weights && answers           ? REPORT_CLAIM_SAME_BITS
                : weights && kernels         ? REPORT_CLAIM_OTHER_ANSWERS
                : v.p >= REPORT_CLAIM_CHANCE ? REPORT_CLAIM_SAME_FIGURE
                                             : REPORT_CLAIM_OTHER_FIGURE;
    return v;
}
