/* SPDX-License-Identifier: MIT */
/* model_plan.h: the plan of a training step, op by op, for `descender model show --plan`. */
#ifndef CLI_MODEL_PLAN_H
#define CLI_MODEL_PLAN_H

#include "command.h"
#include "model/model.h"

typedef struct model_plan model_plan;

enum { MODEL_PLAN_F32, MODEL_PLAN_BF16, MODEL_PLAN_AUTO }; /* precisions */

/* Makes the plan of a training step of `batch` >= 1 samples. */
dsc_status model_plan_make(model_plan **plan, const dsc_model *model, int precision, size_t batch,
                           dsc_error *error);
void model_plan_free(model_plan *plan);

/* Appends a table with one line per step. */
void model_plan_append(dsc_text *text, const model_plan *plan);
/* {"kernels", "precision", "batch", "bytes", "steps": [...]}; NULL without memory. */
json_t *model_plan_json(const model_plan *plan);

#endif
