/* SPDX-License-Identifier: MIT */
/* claim_work.h: shared by `descender claim` and `descender reproduce`. */
#ifndef CLI_CLAIM_WORK_H
#define CLI_CLAIM_WORK_H

#include "others.h"
#include "report/claim.h"
#include "source.h"
#include "subject.h"

/* Sets the claim's description of the data. `others` has no data, or the images of no class used in
 * training. */
dsc_status command_claim_data(report_run_claim *claim, const command_data *data, const command_others *others,
                              dsc_error *error);

/* Hashes the model of the subject, a run, and evaluates it on the test set. */
dsc_status command_claim_model(report_run_claim *claim, command_call *call, command_subject *subject,
                               command_data *data, unsigned threads, dsc_error *error);

/* "98.17 % of 10,000 test images right" */
void command_claim_append_score(dsc_text *text, const report_run_claim *claim);

#endif
