/* SPDX-License-Identifier: MIT */
/* sets.c: makes data sets from a form's results; see sets.h. */
#include "data/sets.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/array.h"
#include "data/images.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const set_names[DSC_SETS] = {"training set", "validation set", "test set"};

void dsc_understand(dsc_understood *understood, const char *what, const char *format, ...) {
    if (!understood || understood->count == DSC_UNDERSTOOD_MOST) return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(understood->line[understood->count].how, DSC_UNDERSTOOD_TEXT, format, arguments);
    va_end(arguments);
    understood->line[understood->count++].what = what;
}

void dsc_sets_clear(dsc_sets *sets) {
    for (int i = 0; i < DSC_SETS; i++) {
        dsc_set *set = &sets->set[i];
        dsc_array_clear(&set->images);
        free(set->labels);
        free(set->groups);
        free(set->source);
    }
    for (size_t i = 0; i < sets->names.count; i++) free(sets->names.name[i]);
    *sets = (dsc_sets){0};
}

/* --- images --- */

static bool has_pixels(const dsc_array *images) {
    for (size_t i = 1; i < images->rank; i++)
        if (!images->shape[i]) return false;
    return true;
}

static bool are_channels(size_t n) { return n == 1 || n == 3 || n == 4; }

/* Converts (N, H, W, C) to (N, C, H, W). */
static dsc_status channels_first(dsc_array *images, dsc_error *error) {
    const size_t *s = images->shape, count = s[0], pixels = s[1] * s[2], channels = s[3];
    const size_t shape[4] = {count, channels, s[1], s[2]};
    dsc_array turned;
    dsc_status status = dsc_array_create(&turned, DSC_U8, 4, shape, error);
    if (status) return status;
    for (size_t n = 0; n < count; n++) {
        const uint8_t *from = (const uint8_t *)images->data + n * pixels * channels;
        uint8_t *to = (uint8_t *)turned.data + n * pixels * channels;
        for (size_t c = 0; c < channels; c++)
            for (size_t i = 0; i < pixels; i++) to[c * pixels + i] = from[i * channels + c];
    }
    dsc_array_clear(images);
    *images = turned;
    return DSC_OK;
}

/* Gives rows of numbers the image shape of `reading`. */
static dsc_status shape_rows(dsc_array *images, const dsc_reading *reading, const char *name,
                             dsc_error *error) {
    size_t shape[3];
    dsc_status status = dsc_reading_shape(shape, reading, images->shape[1], name, error);
    if (status) return status;
    images->rank = 4;
    memcpy(images->shape + 1, shape, sizeof shape);
    return DSC_OK;
}

dsc_status dsc_take_images(dsc_set *set, dsc_array *images, const dsc_reading *reading, const char *name,
                           dsc_error *error) {
    dsc_status status = DSC_OK;
    char text[DSC_SHAPE_TEXT_SIZE];
    if (set->images.data)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: is a second array of images for the same set", name);
    else if (images->rank < 2)
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: expected images, (N, H, W), (N, H, W, C), (N, C, H, W) or (N, pixels), found "
                          "%s numbers in one dimension",
                          name, dsc_shape_text(text, images->rank, images->shape));
    else if (!has_pixels(images))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: holds images without pixels, %s; write it again",
                          name, dsc_shape_text(text, images->rank, images->shape));
    else if (images->rank == 2)
        status = shape_rows(images, reading, name, error);
    else if (images->rank == 4 && are_channels(images->shape[3]) && !are_channels(images->shape[1]))
        status = channels_first(images, error);
    if (status) {
        dsc_array_clear(images);
        return status;
    }
    set->images = *images;
    *images = (dsc_array){0};
    return DSC_OK;
}

/* --- labels --- */

/* The class of each label found. */
typedef struct numbering {
    uint8_t map[DSC_LABELS_MOST];
    size_t classes;
    char (*texts)[24];                 /* texts of numeric class names */
    const char *name[DSC_LABELS_MOST]; /* of each class; NULL in the first: "0", "1", ... */
    int64_t number[DSC_LABELS_MOST];   /* of each label, if all are integers */
} numbering;

static bool read_numbers(numbering *n, const dsc_label_names *names) {
    for (size_t i = 0; i < names->count; i++) {
        double value;
        const char *text = names->name[i];
        if (*text == '0' && text[1] >= '0' && text[1] <= '9') return false; /* "007" is a name */
        if (!dsc_parse_real(&value, text) || !(fabs(value) < 1e15) || value != floor(value)) return false;
        n->number[i] = (int64_t)value;
    }
    return names->count > 0;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
static int by_value(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Numbers the classes in the order of their names. */
static void number_texts(numbering *n, const dsc_label_names *names) {
    n->classes = names->count;
    for (size_t i = 0; i < names->count; i++) n->name[i] = names->name[i];
    qsort(n->name, n->classes, sizeof *n->name, by_text);
    for (size_t i = 0; i < names->count; i++)
        for (size_t k = 0; k < n->classes; k++)
            if (n->name[k] == names->name[i]) n->map[i] = (uint8_t)k;
}

/* Numbers the classes in the order of their values, each once: "1" and "1.0" are one class. */
static dsc_status number_numbers(numbering *n, const dsc_label_names *names, const char *name,
                                 dsc_understood *understood, dsc_remarks *remarks, dsc_error *error) {
    int64_t value[DSC_LABELS_MOST];
    size_t count = 0;
    memcpy(value, n->number, names->count * sizeof *value);
    qsort(value, names->count, sizeof *value, by_value);
    for (size_t i = 0; i < names->count; i++)
        if (!i || value[i] != value[count - 1]) value[count++] = value[i];
    const bool plain = value[0] >= 0 && value[count - 1] < DSC_LABELS_MOST,
               from_one = value[0] == 1 && value[count - 1] == (int64_t)count;
    if (plain && !from_one) {
        n->classes = (size_t)value[count - 1] + 1;
        for (size_t i = 0; i < names->count; i++) n->map[i] = (uint8_t)n->number[i];
        return DSC_OK;
    }
    n->texts = dsc_allocate(count, sizeof *n->texts);
    if (!n->texts) return dsc_fail_memory(error, count * sizeof *n->texts, "the names of classes");
    n->classes = count;
    for (size_t k = 0; k < count; k++) {
        (void)snprintf(n->texts[k], sizeof *n->texts, "%lld", (long long)value[k]);
        n->name[k] = n->texts[k];
    }
    for (size_t i = 0; i < names->count; i++)
        for (size_t k = 0; k < count; k++)
            if (value[k] == n->number[i]) n->map[i] = (uint8_t)k;
    dsc_understand(understood, "labels are", "the numbers %s to %s, which become the class names",
                   n->texts[0], n->texts[count - 1]);
    if (from_one)
        dsc_remark(remarks, "%s: labels begin at 1; the classes are called \"1\" to \"%s\"", name,
                   n->texts[count - 1]);
    return DSC_OK;
}

/* Fails if the test set has a label that the training set lacks. */
static dsc_status check_learned(const dsc_sets *sets, const char *name, dsc_error *error) {
    bool learned[DSC_LABELS_MOST] = {false};
    const dsc_set *train = &sets->set[DSC_SET_TRAIN];
    for (size_t i = 0; i < train->labelled; i++) learned[train->labels[i]] = true;
    for (int k = DSC_SET_TRAIN + 1; k < DSC_SETS; k++)
        for (size_t i = 0; i < sets->set[k].labelled; i++)
            if (!learned[sets->set[k].labels[i]])
                return dsc_fail(error, DSC_ERROR_MISMATCH,
                                "%s: the %s has the class '%.100s', which the training set lacks; remove it "
                                "from the %s, or add it to the training set",
                                sets->set[k].source ? sets->set[k].source : name, set_names[k],
                                sets->names.name[sets->set[k].labels[i]], set_names[k]);
    return DSC_OK;
}

/* --- datasets --- */

static void image_shape(size_t shape[3], const dsc_array *images) {
    shape[0] = images->rank == 4 ? images->shape[1] : 1;
    shape[1] = images->shape[images->rank - 2];
    shape[2] = images->shape[images->rank - 1];
}

static dsc_status check_set(const dsc_sets *sets, int k, const char *name, dsc_error *error) {
    const dsc_set *set = &sets->set[k], *train = &sets->set[DSC_SET_TRAIN];
    const char *source = set->source ? set->source : name;
    char a[DSC_SHAPE_TEXT_SIZE], b[DSC_SHAPE_TEXT_SIZE];
    size_t shape[3], learned[3];
    if (!set->images.data && !set->labels) {
        if (k != DSC_SET_TRAIN) return DSC_OK;
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected images to train on, found none", source);
    }
    if (!set->images.data || !set->labels)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: the %s has %s, but no %s; add them", source,
                        set_names[k], set->labels ? "labels" : "images", set->labels ? "images" : "labels");
    if (set->images.shape[0] != set->labelled)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: the %s has %zu images, but %zu labels: expected the same number; use arrays "
                        "that belong together",
                        source, set_names[k], set->images.shape[0], set->labelled);
    image_shape(shape, &set->images);
    image_shape(learned, &train->images);
    if (!memcmp(shape, learned, sizeof shape)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: training images are %s (channels x height x width), but those of the %s are %s: "
                    "expected the same",
                    source, dsc_shape_text(a, 3, learned), set_names[k], dsc_shape_text(b, 3, shape));
}

/* Joins the groups; without groups in one of the two, the result has none. */
static dsc_status join_groups(dsc_set *set, const dsc_set *more, dsc_error *error) {
    const size_t n = set->labelled, m = more->labelled;
    uint64_t *groups = set->groups && more->groups ? dsc_allocate(n + m, sizeof *groups) : NULL;
    if (groups) {
        memcpy(groups, set->groups, n * sizeof *groups);
        memcpy(groups + n, more->groups, m * sizeof *groups);
    } else if (set->groups && more->groups) {
        return dsc_fail_memory(error, n + m, "groups");
    }
    free(set->groups);
    set->groups = groups;
    return DSC_OK;
}

/* Appends the images and labels of `more` to those of `set`. */
static dsc_status join(dsc_set *set, dsc_set *more, dsc_error *error) {
    const size_t n = set->labelled, m = more->labelled;
    size_t each = 1;
    for (size_t i = 1; i < set->images.rank; i++) each *= set->images.shape[i];
    dsc_array both;
    size_t shape[4];
    memcpy(shape, set->images.shape, sizeof shape);
    shape[0] = n + m;
    uint8_t *labels = dsc_allocate(n + m, 1);
    dsc_status status = labels ? dsc_array_create(&both, DSC_U8, set->images.rank, shape, error)
                               : dsc_fail_memory(error, n + m, "labels");
    if (status) {
        free(labels);
        return status;
    }
    status = join_groups(set, more, error);
    if (status) {
        dsc_array_clear(&both);
        free(labels);
        return status;
    }
    memcpy(both.data, set->images.data, n * each);
    memcpy((uint8_t *)both.data + n * each, more->images.data, m * each);
    memcpy(labels, set->labels, n);
    memcpy(labels + n, more->labels, m);
    dsc_array_clear(&set->images);
    dsc_array_clear(&more->images);
    free(set->labels);
    set->images = both;
    set->labels = labels;
    set->labelled = n + m;
    return DSC_OK;
}

static dsc_status adopt(dsc_dataset **data, dsc_set *set, const dsc_sets *sets, const numbering *n,
                        const char *name, int k, dsc_error *error) {
    dsc_text title = {0};
    dsc_content images = {.array = set->images}, labels = {0};
    set->images = (dsc_array){0};
    dsc_status status = dsc_array_create(&labels.array, DSC_U8, 1, &set->labelled, error);
    if (status) {
        dsc_content_clear(&images);
        return status;
    }
    for (size_t i = 0; i < set->labelled; i++) ((uint8_t *)labels.array.data)[i] = n->map[set->labels[i]];
    dsc_text_append(&title, "%s, %s", name, set_names[k]);
    const char *source = set->source ? set->source : name;
    if (title.failed) {
        dsc_content_clear(&images);
        dsc_content_clear(&labels);
        status = dsc_fail_memory(error, strlen(name), "a name");
    } else {
        status = dsc_dataset_adopt(data, &images, &labels, n->classes, n->name[0] ? n->name : NULL,
                                   title.data, source, source, error);
    }
    dsc_text_free(&title);
    if (!status) dsc_dataset_note(*data, &sets->note);
    return status;
}

/* Makes the validation set the test set if there is none; otherwise appends it to the training set. */
static dsc_status place_validation(size_t *own, dsc_sets *sets, dsc_understood *understood,
                                   dsc_error *error) {
    dsc_set *validation = &sets->set[DSC_SET_VALIDATION], *test = &sets->set[DSC_SET_TEST];
    *own = 0;
    if (!validation->images.data) return DSC_OK;
    if (!test->images.data) {
        *test = *validation;
        *validation = (dsc_set){0};
        dsc_understand(understood, "test set", "the validation set, because there is no other: %zu images",
                       test->labelled);
        return DSC_OK;
    }
    *own = validation->labelled;
    dsc_understand(understood, "validation set",
                   "%zu images, held out by recipes with a validation set; other recipes train on them",
                   *own);
    return join(&sets->set[DSC_SET_TRAIN], validation, error);
}

static dsc_status settle(dsc_dataset **train, dsc_dataset **test, dsc_sets *sets, numbering *n,
                         const char *name, dsc_understood *understood, dsc_remarks *remarks,
                         dsc_error *error) {
    dsc_status status = DSC_OK;
    size_t own;
    for (int k = 0; k < DSC_SETS && !status; k++) status = check_set(sets, k, name, error);
    if (!status) status = check_learned(sets, name, error);
    if (status) return status;
    if (read_numbers(n, &sets->names))
        status = number_numbers(n, &sets->names, name, understood, remarks, error);
    else
        number_texts(n, &sets->names);
    if (!status) status = place_validation(&own, sets, understood, error);
    if (!status) status = adopt(train, &sets->set[DSC_SET_TRAIN], sets, n, name, DSC_SET_TRAIN, error);
    if (!status) (*train)->own_validation = own;
    if (!status && sets->set[DSC_SET_TEST].images.data)
        status = adopt(test, &sets->set[DSC_SET_TEST], sets, n, name, DSC_SET_TEST, error);
    return status;
}

dsc_status dsc_sets_settle(dsc_dataset **train, dsc_dataset **test, uint64_t **groups, dsc_sets *sets,
                           const char *name, dsc_understood *understood, dsc_remarks *remarks,
                           dsc_error *error) {
    numbering n = {.classes = 0};
    *train = *test = NULL;
    *groups = NULL;
    dsc_status status = settle(train, test, sets, &n, name, understood, remarks, error);
    if (!status) {
        *groups = sets->set[DSC_SET_TRAIN].groups;
        sets->set[DSC_SET_TRAIN].groups = NULL;
    }
    if (status) {
        dsc_dataset_free(*train);
        dsc_dataset_free(*test);
        *train = *test = NULL;
    }
    free(n.texts);
    dsc_sets_clear(sets);
    return status;
}
