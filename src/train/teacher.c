/* SPDX-License-Identifier: MIT */
/* teacher.c: blends the answers of a trained model, often an ensemble, into the targets. Hinton, Vinyals and
 * Dean, "Distilling the knowledge in a neural network" (2015):
 *
 *   t = (1 - s) [class] + s q    q_k = p_k^(1 / T) / sum over j of p_j^(1 / T), p the teacher's probabilities
 *
 * q is the softmax of the teacher's logits divided by T. The teacher reads the same augmented and mixed
 * images as the network: Beyer et al., "Knowledge distillation: a good teacher is patient and consistent"
 * (2022), section 3. The thread that loads the images runs the teacher. */
#include "train/teacher.h"

#include "base/elementary.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/class_match.h"
#include "data/images.h"
#include "kernel/kernel.h"

#include <stdlib.h>
#include <string.h>

enum { TOGETHER = 16 };           /* images per run of the teacher */
static const double TINY = 1e-30; /* least probability: its logarithm is finite */

/* The teacher's buffers for one thread. */
typedef struct pupil {
    dsc_workspace *workspace;
    float *images, *probabilities; /* (TOGETHER, C, H, W), (TOGETHER, classes of the teacher) */
} pupil;

struct dsc_teacher {
    dsc_predictor *predictor;
    uint16_t place[256]; /* the teacher's number of each class of the model */
    size_t classes;      /* of the teacher */
    pupil *pupils;
    unsigned count;
};

void dsc_teacher_free(dsc_teacher *teacher) {
    if (!teacher) return;
    for (unsigned i = 0; i < teacher->count; i++) {
        dsc_workspace_free(teacher->pupils[i].workspace);
        free(teacher->pupils[i].images);
        free(teacher->pupils[i].probabilities);
    }
    dsc_predictor_free(teacher->predictor);
    free(teacher->pupils);
    free(teacher);
}

/* --- making --- */

/* Every class of the model must be a class of the teacher. The teacher may have more. */
static dsc_status match_classes(uint16_t place[256], const dsc_model *model, const dsc_model *teacher,
                                dsc_error *error) {
    bool all[256];
    char found[96], expected[96];
    memset(all, true, sizeof all);
    const dsc_class_list learned = {(const char *const *)teacher->class_names, teacher->classes,
                                    "the teacher"},
                         shown = {(const char *const *)model->class_names, model->classes, "the model"};
    if (!dsc_shape_equal(&model->image->shape, &teacher->image->shape))
        return dsc_fail(error, DSC_ERROR_MISMATCH, "it takes images of %s, but the model takes %s",
                        dsc_shape_format(found, &teacher->image->shape),
                        dsc_shape_format(expected, &model->image->shape));
    return dsc_classes_match(place, NULL, &learned, &shown, all, error);
}

/* A teacher of images with the other ground would teach nonsense. */
static dsc_status match_ground(const dsc_trainer *t, const dsc_model *teacher, dsc_error *error) {
    dsc_images learned, shown;
    dsc_model_describe(&learned, teacher);
    dsc_trainer_describe_images(&shown, t);
    if (!dsc_grounds_differ(learned.ground, shown.ground)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "it was trained on %s, but the images have %s; invert one of them (255 - pixel)",
                    dsc_ground_words(learned.ground), dsc_ground_words(shown.ground));
}

static dsc_status make(dsc_teacher *teacher, const dsc_trainer *t, const dsc_model *model, dsc_error *error) {
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = TOGETHER;
    how.kernels = t->parts.choice.kernels->name;
    how.precision = t->parts.bf16 ? "bf16" : "f32";
    teacher->classes = model->classes;
    dsc_status status = match_classes(teacher->place, t->model, model, error);
    if (!status) status = match_ground(t, model, error);
    return status ? status : dsc_predictor_create(&teacher->predictor, model, &how, error);
}

dsc_status dsc_trainer_take_teacher(dsc_trainer *t, dsc_error *error) {
    dsc_model *loaded = NULL;
    const dsc_recipe *recipe = &t->recipe;
    if (!recipe->teacher && !recipe->teacher_model) return DSC_OK;
    dsc_status status = recipe->teacher_model ? DSC_OK : dsc_model_load(&loaded, recipe->teacher, error);
    if (!status && !(t->teacher = dsc_allocate(1, sizeof *t->teacher)))
        status = dsc_fail_memory(error, sizeof *t->teacher, "a teacher");
    if (!status) status = make(t->teacher, t, recipe->teacher_model ? recipe->teacher_model : loaded, error);
    dsc_model_free(loaded);
    if (status) return dsc_error_context(error, status, "teacher");
    return dsc_model_target_probabilities(t->model, error);
}

dsc_status dsc_teacher_seat(dsc_teacher *teacher, const dsc_dataset *data, unsigned threads,
                            dsc_error *error) {
    if (!teacher) return DSC_OK;
    teacher->pupils = dsc_allocate(threads, sizeof *teacher->pupils);
    if (!teacher->pupils) return dsc_fail_memory(error, threads * sizeof *teacher->pupils, "a teacher");
    teacher->count = threads;
    dsc_status status = DSC_OK;
    for (unsigned i = 0; i < threads && !status; i++) {
        pupil *p = &teacher->pupils[i];
        status = dsc_workspace_create(&p->workspace, teacher->predictor, 1, error);
        p->images = dsc_allocate(TOGETHER, data->image_size * sizeof *p->images);
        p->probabilities = dsc_allocate(TOGETHER, teacher->classes * sizeof *p->probabilities);
        if (!status && (!p->images || !p->probabilities))
            status = dsc_fail_memory(error, TOGETHER * data->image_size * sizeof *p->images, "a teacher");
    }
    return status;
}

/* --- teaching --- */

/* Undoes the model's normalisation: pixel values on a scale of 0 to 1. */
static void restore(float *out, const dsc_real *numbers, const dsc_normalisation *n, const dsc_shape *shape,
                    size_t count) {
    const size_t plane = shape->size[1] * shape->size[2];
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < n->channels; c++)
            for (size_t k = 0; k < plane; k++)
                *out++ = (float)((*numbers++ - n->offset[c]) / (n->scale[c] * 255));
}

/* Blends the teacher's answer to one image into the image's target. */
static void blend(const dsc_trainer *t, dsc_real *target, const float *probabilities) {
    const size_t classes = t->model->classes;
    const double share = t->recipe.teacher_share;
    double soft[256], sum = 0;
    for (size_t k = 0; k < classes; k++) {
        double p = (double)probabilities[t->teacher->place[k]];
        if (p < TINY) p = TINY;
        soft[k] = dsc_exp(dsc_log(p) / t->recipe.teacher_temperature);
        sum += soft[k];
    }
    for (size_t k = 0; k < classes; k++)
        target[k] = (dsc_real)((1 - share) * (double)target[k] + share * soft[k] / sum);
}

void dsc_trainer_teach(const dsc_trainer *t, dsc_real *targets, const dsc_real *numbers, size_t first,
                       size_t count, unsigned worker) {
    const pupil *p = &t->teacher->pupils[worker];
    const size_t size = t->samples->image_size, classes = t->model->classes;
    for (size_t at = 0; at < count; at += TOGETHER) {
        const size_t part = count - at < TOGETHER ? count - at : TOGETHER;
        dsc_prediction wanted = dsc_prediction_defaults();
        wanted.count = part;
        wanted.floats = p->images;
        wanted.probabilities = p->probabilities;
        restore(p->images, numbers + at * size, &t->model->normalisation, &t->model->image->shape, part);
        /* A failed prediction leaves NaN probabilities, and the loss becomes NaN. */
        (void)dsc_predict_all(t->teacher->predictor, p->workspace, &wanted, NULL);
        for (size_t i = 0; i < part; i++)
            if (!dsc_trainer_is_other(t, t->batch[first + at + i]))
                blend(t, targets + (at + i) * classes, p->probabilities + i * t->teacher->classes);
    }
}
