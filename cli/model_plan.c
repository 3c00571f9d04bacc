/* SPDX-License-Identifier: MIT */
/* model_plan.c: see model_plan.h. */
#include "model_plan.h"

#include "base/memory.h"
#include "graph/executor.h"
#include "kernel/choose.h"

#include <stdio.h>
#include <stdlib.h>

struct model_plan {
    dsc_kernels_choice choice;
    bool bf16;
    size_t batch;
    dsc_executor *executor;
};

enum { LANES = 8 }; /* the default of recipes */

dsc_status model_plan_make(model_plan **result, const dsc_model *model, int precision, size_t batch,
                           dsc_error *error) {
    *result = NULL;
    model_plan *plan = dsc_allocate(1, sizeof *plan);
    if (!plan) return dsc_fail_memory(error, sizeof *plan, "a plan");
    dsc_status status = dsc_kernels_choose(&plan->choice, NULL, error);
    plan->bf16 = precision == MODEL_PLAN_BF16 || (precision == MODEL_PLAN_AUTO && plan->choice.bf16);
    plan->batch = batch;
    const dsc_executor_options options = {.batch = batch,
                                          .lanes = LANES,
                                          .training = true,
                                          .loss = model->loss,
                                          .kept = {model->logits, model->loss},
                                          .kept_count = 2,
                                          .kernels = plan->choice.kernels,
                                          .bf16 = plan->bf16,
                                          .loads_columns = true};
    if (!status) status = dsc_executor_create(&plan->executor, model->graph, &options, 1, error);
    if (status) {
        model_plan_free(plan);
        return status;
    }
    *result = plan;
    return DSC_OK;
}

void model_plan_free(model_plan *plan) {
    if (plan) dsc_executor_free(plan->executor);
    free(plan);
}

/* "conv2d of conv1"; "image" of an input. */
static const char *name_of(char out[128], const dsc_plan_line *line) {
    const dsc_node *node = line->node;
    if (!node) return "inputs";
    if (!node->op) return node->name ? node->name : "";
    (void)snprintf(out, 128, "%s%s%s", node->op->name, node->layer ? " of " : "",
                   node->layer ? node->layer : "");
    return out;
}

void model_plan_append(dsc_text *text, const model_plan *plan) {
    dsc_plan_line line;
    char name[128];
    dsc_text_append(text, "A step of training: %s, kernels %s, batch %zu; %zu bytes of memory.\n\n",
                    plan->bf16 ? "bf16" : "f32", plan->choice.kernels->name, plan->batch,
                    dsc_executor_bytes(plan->executor));
    dsc_text_append(text, "%-10s%-34s%-14s%12s  %s\n", "pass", "op, and layer", "output lies in", "bytes",
                    "shared by");
    for (size_t i = 0; dsc_executor_plan_line(plan->executor, i, &line); i++)
        dsc_text_append(text, "%-10s%-34s%-14s%12zu  %s\n", line.pass, name_of(name, &line), line.form,
                        line.bytes, line.shared_by);
    dsc_text_append(text,
                    "\nBytes are per sample. pixels: the channels of a pixel are adjacent; reals: values are "
                    "in the order of the\nshape. Steps shared by samples do not wait for one another.\n");
}

json_t *model_plan_json(const model_plan *plan) {
    dsc_plan_line line;
    char name[128];
    json_t *steps = json_array();
    for (size_t i = 0; dsc_executor_plan_line(plan->executor, i, &line); i++)
        (void)json_array_append_new(steps, json_pack("{s:s, s:s, s:s, s:I, s:s}", "pass", line.pass, "op",
                                                     name_of(name, &line), "form", line.form, "bytes",
                                                     (json_int_t)line.bytes, "shared_by", line.shared_by));
    return json_pack("{s:s, s:s, s:I, s:I, s:o}", "kernels", plan->choice.kernels->name, "precision",
                     plan->bf16 ? "bf16" : "f32", "batch", (json_int_t)plan->batch, "bytes",
                     (json_int_t)dsc_executor_bytes(plan->executor), "steps", steps);
}
