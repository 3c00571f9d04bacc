/* SPDX-License-Identifier: MIT */
/* train.c: the training library for WebAssembly, called by pages exported with train=on.
 *
 * A module is one unit of work: one recipe, one data set, one trainer, one predictor, used by one thread.
 * Arguments are copied, except the images of `data`. Pointers are byte offsets into the memory. Functions
 * that can fail return a dsc_status, 0 for success; message() then tells what was expected, what was found
 * and what to do. Call order:
 *
 *   recipe     the contents of a recipe file, as JSON: {"model": "784-100-10", "epochs": 5, ...}
 *   data       images (count, C, H, W) and labels (count) of bytes; or digits: the built-in ones
 *   begin      creates the network and everything that training needs
 *   train      the library's loop (dsc_trainer_run). After each step and each epoch it calls the function
 *              `tell` of the module "page". If that returns 1, train pauses: its status is 9
 *              (DSC_ERROR_STOPPED), and the next call continues with the same final bits
 *   model      the network as a .safetensors file, valid until the next call
 *
 * For a trained network: call take with such a file and then predict, one image at a time; or call start to
 * set the weights that `begin` starts from. */
#include <descender.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/native.h"
#include "train/trainer.h"

#define EXPORT(name) __attribute__((export_name(#name)))

/* `kind` is a dsc_event_kind; `message` is a zero-terminated text, or 0. Without validation its two numbers
 * are NaN. Returns 1 to pause. */
__attribute__((import_module("page"), import_name("tell"))) int
tell(int kind, double epoch, double epochs, double step, double steps, double loss, double accuracy,
     double validation_loss, double validation_accuracy, const char *message);

enum { CLASSES_MOST = 256 };

static struct {
    dsc_error error;
    dsc_recipe recipe;
    dsc_dataset *data;
    dsc_model *start, *opened;
    dsc_trainer *trainer;
    dsc_predictor *predictor;
    dsc_workspace *workspace;
    unsigned char *file;
    size_t file_size;
} here;

EXPORT(room) void *room(size_t size) { return malloc(size ? size : 1); }
EXPORT(leave) void leave(void *bytes) { free(bytes); }
EXPORT(message) const char *message(void) { return here.error.message; }

/* --- training --- */

static void end_training(void) {
    dsc_trainer_free(here.trainer);
    here.trainer = NULL;
}

EXPORT(recipe)
dsc_status recipe(const char *text, size_t size) {
    end_training();
    dsc_recipe_clear(&here.recipe);
    dsc_status status = dsc_recipe_initialise(&here.recipe, &here.error);
    if (!status) status = dsc_recipe_from_json(&here.recipe, text, size, "the page", &here.error);
    return status;
}

static void take_data(dsc_dataset *data) {
    end_training();
    dsc_dataset_free(here.data);
    here.data = data;
}

/* `images` must stay valid. `names`: of the classes, each zero-terminated. */
EXPORT(data)
dsc_status data(const uint8_t *images, const uint8_t *labels, size_t count, size_t c, size_t h, size_t w,
                size_t classes, const char *names) {
    const char *each[CLASSES_MOST];
    dsc_dataset *made = NULL;
    dsc_dataset_options how = dsc_dataset_options_defaults();
    how.count = count;
    how.shape[0] = c, how.shape[1] = h, how.shape[2] = w;
    how.images = images;
    how.borrow = true;
    how.labels = labels;
    how.classes = classes;
    how.class_names = each;
    how.name = "the images";
    for (size_t i = 0; i < classes && i < CLASSES_MOST; i++, names += strlen(names) + 1) each[i] = names;
    const dsc_status status = dsc_dataset_create(&made, &how, &here.error);
    take_data(made);
    return status;
}

/* The built-in digits, `count` of them. */
EXPORT(digits)
dsc_status digits(size_t count, uint32_t seed) {
    dsc_dataset *made = NULL;
    const dsc_status status = dsc_digits_create(&made, count, seed, 1, &here.error);
    take_data(made);
    return status;
}

static dsc_status read_model(dsc_model **model, const void *bytes, size_t size) {
    dsc_model_free(*model);
    *model = NULL;
    return dsc_model_parse(model, bytes, size, "the network", NULL, &here.error);
}

/* The file with the initial weights, for a recipe with "from". */
EXPORT(start)
dsc_status start(const void *bytes, size_t size) {
    end_training();
    return read_model(&here.start, bytes, size);
}

EXPORT(begin)
dsc_status begin(void) {
    end_training();
    here.recipe.start = here.recipe.from ? here.start : NULL;
    if (!here.data)
        return dsc_fail(&here.error, DSC_ERROR_ARGUMENT, "there are no images to train on; choose some");
    return dsc_trainer_create(&here.trainer, NULL, &here.recipe, here.data, 1, &here.error);
}

static int on_event(void *user, const dsc_event *event) {
    (void)user;
    return tell((int)event->kind, (double)event->epoch, (double)event->epochs, (double)event->step,
                (double)event->steps, event->loss, event->accuracy, event->validation_loss,
                event->validation_accuracy, event->message);
}

EXPORT(train)
dsc_status train(void) { return dsc_trainer_run(here.trainer, on_event, NULL, &here.error); }

/* The current network; 0 with a message if it cannot be written. */
EXPORT(model)
const unsigned char *model(void) {
    free(here.file);
    here.file = NULL;
    here.file_size = 0;
    (void)dsc_model_write(&here.file, &here.file_size, here.trainer->model, &here.error);
    return here.file;
}
EXPORT(model_size) size_t model_size(void) { return here.file_size; }

/* --- a trained network --- */

EXPORT(take)
dsc_status take(const void *bytes, size_t size) {
    dsc_predictor_options how = dsc_predictor_options_defaults();
    how.batch = 1;
    dsc_workspace_free(here.workspace);
    dsc_predictor_free(here.predictor);
    here.workspace = NULL;
    here.predictor = NULL;
    dsc_status status = read_model(&here.opened, bytes, size);
    if (!status) status = dsc_predictor_create(&here.predictor, here.opened, &how, &here.error);
    if (!status) status = dsc_workspace_create(&here.workspace, here.predictor, 1, &here.error);
    return status;
}

/* Classifies an image of bytes (C, H, W) of the network's shape; writes one probability per class. */
EXPORT(predict)
dsc_status predict(float *probabilities, const uint8_t *image) {
    return dsc_predict(probabilities, here.predictor, here.workspace, image, 1, &here.error);
}
