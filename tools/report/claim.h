/* SPDX-License-Identifier: MIT */
/* claim.h: a claim: a small file with a run's results, so that others can repeat the training and compare.
 *
 * The JSON has the recipe; SHA-256 of the data, of the program, of the kernels' results and of the model; the
 * score on the test set; and one bit per test image: whether the answer was right. Its member "sha256" is the
 * hash of the file's bytes with 64 zeros in place of the hash, so every changed byte is detected. The hash
 * detects damage and mistakes, but does not prove the author: anyone can compute it. What cannot be forged is
 * a recipe that trains these weights.
 *
 * All functions need libcrypto; without it they fail with DSC_ERROR_UNSUPPORTED. A claim has no secrets. */
#ifndef REPORT_CLAIM_H
#define REPORT_CLAIM_H

#include "fetch/sha256.h"
#include "measure/paired.h"
#include "report/exam.h"
#include "train/recipe.h"

/* Identifies a data set by all of its content: shape, images, labels, class names. */
typedef struct report_claim_data {
    size_t count;
    char sha256[FETCH_SHA256_HEX];
} report_claim_data;

typedef struct report_run_claim {
    char *recipe_name, *data_name, *kernels; /* owned */
    dsc_recipe recipe;                       /* `data` without this machine's folders */
    bool bf16;
    char version[64], architecture[80];
    char program_sha256[FETCH_SHA256_HEX]; /* empty: the system does not name the program's file */
    char kernels_sha256[FETCH_SHA256_HEX]; /* of the weights that the kernels train in a small network */
    report_claim_data training, test, others;
    bool has_others;
    size_t parameters;
    char model_sha256[FETCH_SHA256_HEX], weights_sha256[FETCH_SHA256_HEX]; /* of the file; of the values */
    size_t right;                                                          /* of test.count */
    double loss;
    unsigned char *answers; /* (test.count + 7) / 8: bit i % 8 of byte i / 8 is 1 if image i was right */
} report_run_claim;

/* Releases the members of a claim, which starts as {0}. */
void report_claim_clear(report_run_claim *claim);

/* DSC_ERROR_UNSUPPORTED if no claim can be made of what the recipe trains: an ensemble, or a network that
 * depends on another model. `name` begins the message. */
dsc_status report_claim_check_recipe(const dsc_recipe *recipe, const char *name, dsc_error *error);

dsc_status report_claim_hash_data(report_claim_data *print, const dsc_dataset *data, dsc_error *error);
/* Set the parts of a claim that follow from the model `model` in the file `path`, and from its answers. */
dsc_status report_claim_hash_model(report_run_claim *claim, const dsc_model *model, const char *path,
                                   dsc_error *error);
dsc_status report_claim_take_answers(report_run_claim *claim, const report_exam *exam, dsc_error *error);
/* Sets this program, its version and architecture, and the hash of what claim->kernels compute here with
 * claim->bf16. DSC_ERROR_ARGUMENT: this machine does not have these kernels. */
dsc_status report_claim_take_program(report_run_claim *claim, dsc_error *error);

/* Writes the file atomically. */
dsc_status report_claim_write(const report_run_claim *claim, const char *path, dsc_error *error);

/* Reads a claim. DSC_ERROR_FORMAT: the file is not a claim, or a byte of it has changed. Release with
 * report_claim_clear, also after a failure. */
dsc_status report_claim_read(report_run_claim *claim, const char *path, dsc_error *error);
/* report_claim_read from bytes; `name` stands for the file in messages. */
dsc_status report_claim_parse(report_run_claim *claim, const void *bytes, size_t size, const char *name,
                              dsc_error *error);

/* The result of repeating the training. The last two refute the claim. */
enum {
    REPORT_CLAIM_SAME_BITS, /* the same weights and answers */
    REPORT_CLAIM_SAME_FIGURE,
    REPORT_CLAIM_OTHER_FIGURE,
    REPORT_CLAIM_OTHER_ANSWERS /* the same weights and kernels: the claim's score is not this model's */
};

/* The figure counts as the same, with other bits, if McNemar's p-value is at least this. */
#define REPORT_CLAIM_CHANCE 0.01

typedef struct report_claim_verdict {
    int verdict;
    dsc_paired paired; /* the claim's answers first */
    double p;
    dsc_difference difference; /* found minus claimed, as shares */
} report_claim_verdict;

/* Both claims must have the same test set. */
report_claim_verdict report_claim_compare(const report_run_claim *claimed, const report_run_claim *found);

#endif
