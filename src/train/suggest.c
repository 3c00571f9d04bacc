/* SPDX-License-Identifier: MIT */
/* suggest.c: a recipe for data of any kind; see suggest.h. */
#include "train/suggest.h"

#include "base/error.h"
#include "base/text.h"
#include "base/threads.h"
#include "data/dataset.h"
#include "kernel/gemm.h"
#include "train/build.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The figures of suggest.h. */
enum { DIGITS_ENOUGH = 20000, FEW = 5000, CONVOLVED_FROM = 4, STEPS_LEAST = 1200, EPOCHS_MOST = 200 };
static const double SHOWN = 1e6, SECONDS = 420;

/* Images that the recipes mnist-99.5 and mnist-99 are shown: more than in their own epochs, since data other
 * than MNIST may be harder. Prepared digits and letters are easier than other images. */
static const double CHARACTERS_SHOWN = 360000, EASY_SHOWN = 120000;

/* Largest height or width of the last convolutions' feature maps, in pixels. */
enum { MAP_LAST = 9, HALVINGS_MOST = 5, LARGE = 64 };

/* Most places of that map that a dense layer reads one by one; a larger map is pooled. */
enum { FLAT_MOST = 100 };

/* What the suggestion depends on. */
typedef struct facts {
    dsc_images images;
    size_t count, classes, side; /* side: the shorter side in pixels */
    bool wide;                   /* the wide network */
    const char *model, *kernels; /* given by the user, or NULL */
    unsigned threads;
    dsc_kernels_choice choice;
} facts;

DSC_PRINTF(3, 4)
static void explain(dsc_suggestion *s, const char *what, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(s->reason[s->count].why, DSC_SUGGESTION_TEXT, format, arguments);
    va_end(arguments);
    s->reason[s->count++].what = what;
}

/* ---- the machine ---- */

/* Multiply-adds per second and thread in training. Measured only on AMD Zen 4, with the networks below: 75e9
 * with bfloat16. Values for other vector widths and for AMX are estimates. If they are wrong, training takes
 * more or less than seven minutes. */
static double pace(const dsc_kernels_choice *choice) {
    const dsc_gemm_kernels *f32 = choice->kernels->f32, *bf16 = choice->kernels->bf16;
    const double reals = 3e9 * (double)f32->width;
    if (!choice->bf16) return reals;
    return bf16->row_multiple > 1 ? 3 * reals : 1.5 * reals; /* AMX tiles, or vectors */
}

/* ---- the network ---- */

static size_t halvings(size_t side) {
    size_t n = 0;
    while (side > MAP_LAST && n < HALVINGS_MOST) {
        side /= 2;
        n++;
    }
    return n;
}

static void append_convolution(dsc_text *text, size_t channels, size_t stride) {
    dsc_text_append(text, "conv %zu 3x3 padding=1%s bias=off, batch-norm, relu, ", channels,
                    stride > 1 ? " stride=2" : "");
}

/* The number of channels doubles with each halving, up to four times the first. */
static void append_convolutions(dsc_text *text, const facts *f) {
    const size_t first = f->wide ? 32 : 16, large = f->side >= LARGE ? 1 : 0;
    const size_t steps = halvings(f->side), *shape = f->images.shape;
    const bool flat = f->wide && (shape[1] >> steps) * (shape[2] >> steps) <= FLAT_MOST;
    size_t channels = first;
    append_convolution(text, channels, 1 + large);
    append_convolution(text, channels, 1);
    for (size_t left = steps - large; left > 0; left--) {
        if (channels < 4 * first) channels *= 2;
        dsc_text_append(text, "max-pool 2, ");
        append_convolution(text, channels, 1);
        append_convolution(text, channels, 1);
    }
    if (flat)
        dsc_text_append(text,
                        "flatten, dropout 0.4, dense 128 bias=off, batch-norm, relu, dropout 0.3, dense");
    else
        dsc_text_append(text, "parallel(global-pool avg | global-pool max), dropout 0.2, dense");
}

static dsc_status write_network(dsc_recipe *recipe, const facts *f, dsc_error *error) {
    dsc_text text = {0};
    if (f->side < CONVOLVED_FROM)
        dsc_text_append(&text, "flatten, dense 256 bias=off, batch-norm, relu, dropout 0.2, dense");
    else
        append_convolutions(&text, f);
    dsc_status status = text.failed ? dsc_fail_memory(error, text.length, "a network")
                                    : dsc_text_replace(&recipe->model, text.data, error);
    dsc_text_free(&text);
    return status;
}

static void explain_network(dsc_suggestion *s, const facts *f) {
    if (f->side < CONVOLVED_FROM)
        explain(s, "model", "two dense layers, because the images are too small for convolutions");
    else
        explain(s, "model", "%s convolutions, two before each halving of the image",
                f->wide          ? "wide"
                : f->count < FEW ? "narrow"
                                 : "narrow (wide ones are too slow on this machine)");
}

/* ---- how long ---- */

static int64_t epochs_for(double shown, double count) {
    const double epochs = round(shown / count);
    return epochs < 1 ? 1 : epochs > EPOCHS_MOST ? EPOCHS_MOST : (int64_t)epochs;
}

static int64_t batch_for(size_t count) {
    return count < 2000 ? 16 : count < FEW ? 32 : count < 20000 ? 64 : 128;
}

/* Sets the epochs to show as many images as `shown`, if this machine can do so in SECONDS, but at least
 * STEPS_LEAST steps. */
static void set_epochs(dsc_suggestion *s, const facts *f, double shown, double work) {
    const double count = (double)f->count, speed = f->threads * pace(&f->choice);
    const double affordable = SECONDS * speed / work;
    dsc_recipe *r = &s->recipe;
    /* At least two batches, because half of the images may be held out. */
    while (r->batch > 1 && (size_t)r->batch > f->count / 2) r->batch /= 2;
    r->epochs = epochs_for(fmin(shown, affordable), count);
    const int64_t least = epochs_for(STEPS_LEAST * (double)r->batch, count);
    if (r->epochs < least) r->epochs = least;
    const double steps = (double)r->epochs * ceil(count / (double)r->batch);
    r->ema = fmin(0.999, 1 - 50 / fmax(steps, 500));
    const double seconds = (double)r->epochs * count * work / speed;
    explain(s, "epochs", "%lld, of %.0f steps: %s; about %.0f %s with %u %s", (long long)r->epochs,
            ceil(count / (double)r->batch),
            r->epochs == least                     ? "fewer than 1,200 steps train too little"
            : r->epochs < epochs_for(shown, count) ? "as many as this machine completes in seven minutes"
                                                   : "enough for the network to see each image often enough",
            seconds < 120 ? fmax(seconds, 1) : seconds / 60, seconds < 120 ? "seconds" : "minutes",
            f->threads, f->threads == 1 ? "thread" : "threads");
}

/* ---- the kinds of images ---- */

static dsc_status take_given(dsc_recipe *recipe, const facts *f, dsc_error *error) {
    dsc_status status = f->model ? dsc_text_replace(&recipe->model, f->model, error) : DSC_OK;
    if (!status && f->kernels) status = dsc_text_replace(&recipe->kernels, f->kernels, error);
    return status;
}

static dsc_status suggest_characters(dsc_suggestion *s, const facts *f, const dsc_dataset *data,
                                     dsc_error *error) {
    const bool easy = f->classes <= 10 && f->count >= DIGITS_ENOUGH;
    const char *name = easy ? "mnist-99" : "mnist-99.5";
    double work;
    dsc_status status = dsc_recipe_open(&s->recipe, name, error);
    if (!status) status = take_given(&s->recipe, f, error);
    if (status) return status;
    explain(s, "images",
            "%zu of %zu classes, prepared as MNIST's digits are: the recipe %s is made for such images",
            f->count, f->classes, name);
    if (easy) {
        s->recipe.epochs = epochs_for(EASY_SHOWN, (double)f->count);
        if (s->recipe.epochs < 2) s->recipe.epochs = 2;
        return DSC_OK;
    }
    status = dsc_recipe_count_work(&work, &s->recipe, data, error);
    if (!status) set_epochs(s, f, CHARACTERS_SHOWN, work);
    return status;
}

/* Many images need little augmentation, few need more. Negatives keep a network from memorising the colours
 * of few images. */
static dsc_status suggest_augmentation(dsc_suggestion *s, const facts *f, dsc_error *error) {
    char text[DSC_SUGGESTION_TEXT];
    if (f->side < CONVOLVED_FROM) return DSC_OK;
    const double side = (double)f->side;
    if (f->count < FEW)
        (void)snprintf(text, sizeof text, "affine rotate=20 shift=%.3g scale=0.2 shear=10%s", side / 10,
                       f->images.shape[0] > 1 ? ", invert p=0.5" : "");
    else
        (void)snprintf(text, sizeof text, "affine shift=%.3g p=0.5, erase p=0.5", side / 28);
    explain(s, "augment", "%s", text);
    return dsc_text_replace(&s->recipe.augment, text, error);
}

/* Takes the wide network unless this machine cannot show half of the wanted images with it. */
static dsc_status suggest_network(double *work, dsc_suggestion *s, facts *f, const dsc_dataset *data,
                                  dsc_error *error) {
    dsc_status status = DSC_OK;
    for (f->wide = f->count >= FEW;; f->wide = false) {
        if (!f->model) status = write_network(&s->recipe, f, error);
        if (!status) status = dsc_recipe_count_work(work, &s->recipe, data, error);
        if (status || f->model || !f->wide) return status;
        if (SECONDS * f->threads * pace(&f->choice) / *work >= SHOWN / 2) return DSC_OK;
    }
}

static dsc_status suggest_others(dsc_suggestion *s, facts *f, const dsc_dataset *data, dsc_error *error) {
    static const char base[] =
        "{\"normalise\": \"standard\", \"loss\": \"softmax-cross-entropy smoothing=0.05\", "
        "\"optimiser\": \"adamw\", \"learning-rate\": 0.003, \"weight-decay\": 0.02, "
        "\"schedule\": \"one-cycle\", \"precision\": \"auto\"}";
    double work;
    dsc_status status = dsc_recipe_initialise(&s->recipe, error);
    if (!status) status = dsc_recipe_from_json(&s->recipe, base, sizeof base - 1, "suggestion", error);
    if (!status) status = take_given(&s->recipe, f, error);
    if (!status) status = suggest_network(&work, s, f, data, error);
    if (status) return status;
    explain(s, "images", "%zu of %zu classes, %zu x %zu x %zu, not prepared as digits", f->count, f->classes,
            f->images.shape[0], f->images.shape[1], f->images.shape[2]);
    if (!f->model) explain_network(s, f);
    s->recipe.batch = batch_for(f->count);
    set_epochs(s, f, SHOWN, work);
    return suggest_augmentation(s, f, error);
}

dsc_status dsc_recipe_suggest(dsc_suggestion *s, const dsc_dataset *data, const dsc_suggest_given *given,
                              dsc_error *error) {
    static const dsc_suggest_given nothing = {0};
    if (!given) given = &nothing;
    facts f = {.count = data->count,
               .classes = dsc_dataset_classes(data),
               .model = given->model,
               .kernels = given->kernels,
               .threads = given->threads ? given->threads : dsc_threads_available()};
    memset(s, 0, sizeof *s);
    if (given->training_samples && given->training_samples < f.count) f.count = given->training_samples;
    dsc_dataset_describe(&f.images, data);
    f.side = f.images.shape[1] < f.images.shape[2] ? f.images.shape[1] : f.images.shape[2];
    dsc_status status = dsc_kernels_choose(&f.choice, given->kernels, error);
    if (!status)
        status = f.images.preparation == DSC_PREPARATION_DIGITS ? suggest_characters(s, &f, data, error)
                                                                : suggest_others(s, &f, data, error);
    if (!status && f.count % (size_t)s->recipe.batch == 1 && f.count > 1) {
        s->recipe.drop_last = true;
        explain(s, "drop-last", "a last batch of one image has no variance");
    }
    if (status) dsc_recipe_clear(&s->recipe);
    return status;
}
