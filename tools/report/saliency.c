/* SPDX-License-Identifier: MIT */
/* saliency.c: a program of one image that goes back to its pixels. */
#include "report/saliency.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/program.h"

#include <math.h>
#include <stdlib.h>

struct report_saliency {
    const dsc_model *model;
    dsc_program *program;
    dsc_program_workspace *workspace;
    void *shared;
    bool prepared;
    const uint8_t *image; /* of the run in progress */
    size_t label;
};

dsc_status report_saliency_create(report_saliency **result, const dsc_model *model, dsc_error *error) {
    *result = NULL;
    report_saliency *s = dsc_allocate(1, sizeof *s);
    if (!s) return dsc_fail_memory(error, sizeof *s, "saliency");
    s->model = model;
    dsc_program_options options = {.batch = 1,
                                   .lanes = 1,
                                   .loss = model->loss,
                                   .input_gradient = model->image,
                                   .kept = {model->loss},
                                   .kept_count = 1};
    dsc_status status = dsc_program_create(&s->program, model->graph, &options, error);
    if (!status) status = dsc_program_workspace_create(&s->workspace, s->program, 1, error);
    if (!status) {
        s->shared = dsc_allocate_aligned(1, dsc_program_shared_bytes(s->program));
        if (!s->shared) status = dsc_fail_memory(error, dsc_program_shared_bytes(s->program), "saliency");
    }
    if (status)
        report_saliency_free(s);
    else
        *result = s;
    return status;
}

void report_saliency_free(report_saliency *s) {
    if (!s) return;
    dsc_program_workspace_free(s->workspace);
    dsc_program_free(s->program);
    free(s->shared);
    free(s);
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)first;
    (void)count;
    (void)worker;
    const report_saliency *s = context;
    dsc_model_load_images(s->model, inputs[0], s->image, 1);
    inputs[1][0] = (dsc_real)s->label;
}

dsc_status report_saliency_run(float *out, report_saliency *s, const uint8_t *image, size_t label,
                               dsc_error *error) {
    const size_t *shape = s->model->image->shape.size, plane = shape[1] * shape[2];
    s->image = image;
    s->label = label;
    dsc_run run = {.count = 1,
                   .load = load,
                   .context = s,
                   .values = s->model->values,
                   .shared = s->shared,
                   .prepared = s->prepared};
    dsc_status status = dsc_program_run(s->program, s->workspace, NULL, &run, error);
    if (status) return status;
    s->prepared = true;
    const dsc_real *gradient = dsc_program_workspace_input_gradient(s->workspace);
    double largest = 0;
    for (size_t i = 0; i < plane; i++) {
        double size = 0;
        for (size_t c = 0; c < shape[0]; c++) size = fmax(size, fabs((double)gradient[c * plane + i]));
        out[i] = (float)size;
        largest = fmax(largest, size);
    }
    for (size_t i = 0; i < plane; i++) out[i] = largest > 0 ? (float)((double)out[i] / largest) : 0;
    return DSC_OK;
}
