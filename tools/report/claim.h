/* SPDX-License-Identifier: MIT */
/* claim.h: a small file that says what a run reached, so that anybody can train it again and compare.
 *
 * JSON: the recipe, SHA-256 of the data, of the program, of what the kernels compute, and of the model; the
 * score on the test set, and one bit an image that says whether it was right. Its member "sha256" is that of
 * the file's bytes with 64 zeros in its own place, so no byte of the file can change unseen. That shows
 * damage and carelessness, and not who wrote the file: a forger can make it anew. What a forger cannot make
 * is a recipe that gives these weights.
 *
 * All of this needs libcrypto: UNSUPPORTED without. Nothing here is a secret. */
#ifndef REPORT_CLAIM_H
#define REPORT_CLAIM_H

#include "fetch/sha256.h"
#include "measure/paired.h"
#include "report/exam.h"
#include "train/recipe.h"

/* A data set, image for image: shape, images, labels, names of classes. */
typedef struct report_claim_data {
    size_t count;
    char sha256[FETCH_SHA256_HEX];
} report_claim_data;

typedef struct report_run_claim {
    char *recipe_name, *data_name, *kernels; /* its own */
    dsc_recipe recipe;                       /* `data` without the folders of this machine */
    bool bf16;
    char version[64], architecture[80];
    char program_sha256[FETCH_SHA256_HEX]; /* empty: the system does not say which file this is */
    char kernels_sha256[FETCH_SHA256_HEX]; /* of the weights of a small network that they train */
    report_claim_data training, test, others;
    bool has_others;
    size_t parameters;
    char model_sha256[FETCH_SHA256_HEX], weights_sha256[FETCH_SHA256_HEX]; /* of the file, of the numbers */
    size_t right;                                                          /* of test.count */
    double loss;
    unsigned char *answers; /* (test.count + 7) / 8: bit i % 8 of byte i / 8 is 1 if image i was right */
} report_run_claim;

/* Starts as {0}. */
void report_claim_clear(report_run_claim *claim);

dsc_status report_claim_hash_data(report_claim_data *print, const dsc_dataset *data, dsc_error *error);
/* The parts of a claim that follow from the model at `path`, `model`, and its answers; they fill what they
 * are about. */
dsc_status report_claim_hash_model(report_run_claim *claim, const dsc_model *model, const char *path,
                                   dsc_error *error);
dsc_status report_claim_take_answers(report_run_claim *claim, const report_exam *exam, dsc_error *error);
/* This program, its version and architecture, and what the kernels claim->kernels compute here, with
 * claim->bf16. ARGUMENT: these kernels are not to be had here. */
dsc_status report_claim_take_program(report_run_claim *claim, dsc_error *error);

/* Writes the file, atomically. */
dsc_status report_claim_write(const report_run_claim *claim, const char *path, dsc_error *error);

/* FORMAT: the file is no claim, or a byte of it has changed. Release with report_claim_clear, also after a
 * failure. */
dsc_status report_claim_read(report_run_claim *claim, const char *path, dsc_error *error);
/* The same of bytes; `name` stands for the file. */
dsc_status report_claim_parse(report_run_claim *claim, const void *bytes, size_t size, const char *name,
                              dsc_error *error);

/* What came of training it again. */
enum { REPORT_CLAIM_SAME_BITS, REPORT_CLAIM_SAME_FIGURE, REPORT_CLAIM_OTHER_FIGURE };

/* Other bits, and as many right answers as chance allows: McNemar's p is at least this. */
#define REPORT_CLAIM_CHANCE 0.01

typedef struct report_claim_verdict {
    int verdict;
    dsc_paired paired; /* the claim first */
    double p;
    dsc_difference difference; /* found minus claimed, in shares */
} report_claim_verdict;

/* Both about the same test set. */
report_claim_verdict report_claim_compare(const report_run_claim *claimed, const report_run_claim *found);

#endif
