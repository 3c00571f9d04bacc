/* SPDX-License-Identifier: MIT */
/* check.c: reports all problems of a folder of four IDX files. */
#include "data/check.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/class_names.h"
#include "data/dataset.h"
#include "data/duplicates.h"
#include "data/emnist.h"
#include "data/folder.h"
#include "data/images.h"
#include "data/known.h"
#include "data/writers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct check {
    const char *folder; /* or FOLDER/emnist-letters */
    char *real;         /* real path of the folder */
    dsc_check_report *report;
    void *user;
    dsc_check_counts counts;
    char *paths[DSC_MNIST_FILES];         /* NULL: missing */
    dsc_content content[DSC_MNIST_FILES]; /* without data: missing, damaged or of the wrong kind */
    char **names;                         /* from labels.txt; NULL: none */
    size_t classes;
};

enum { EXAMPLES = 3 }; /* most places that a finding names */

static void finding(struct check *check, dsc_check_level level, const char *format, ...) DSC_PRINTF(3, 4);

static void finding(struct check *check, dsc_check_level level, const char *format, ...) {
    char message[DSC_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t *counts[] = {&check->counts.notes, &check->counts.warnings, &check->counts.errors};
    ++*counts[level];
    if (check->report) check->report(check->user, level, message);
}

static bool is_images(int which) { return which == DSC_TRAIN_IMAGES || which == DSC_TEST_IMAGES; }

/* --- one file --- */

/* Checks the same file under another of its names: equal content is allowed, because MNIST is often unpacked
 * in place. */
static dsc_status check_twin(struct check *check, int which, dsc_error *error) {
    size_t length = strlen(check->paths[which]);
    if (length < 4 || strcmp(check->paths[which] + length - 3, ".gz") != 0) return DSC_OK;
    char *twin = strdup(check->paths[which]);
    if (!twin) return dsc_fail_memory(error, length, "a path");
    twin[length - 3] = '\0';
    struct stat info;
    dsc_content other;
    dsc_error why;
    dsc_status status = DSC_OK;
    if (!stat(twin, &info) && S_ISREG(info.st_mode)) {
        status = dsc_idx_load(&other, twin, NULL, &why);
        if (status == DSC_ERROR_MEMORY) {
            if (error) *error = why;
        } else if (status) {
            finding(check, DSC_CHECK_WARNING, "%s (not used, because it also exists as .gz)", why.message);
            status = DSC_OK;
        } else {
            if (other.size != check->content[which].size || other.crc != check->content[which].crc)
                finding(check, DSC_CHECK_WARNING,
                        "%s: also exists as .gz with different content, which is used; remove one of the two",
                        twin);
            dsc_content_clear(&other);
        }
    }
    free(twin);
    return status;
}

/* Whether the array is of the kind that its name says, as dsc_dataset_adopt requires. */
static bool check_kind(struct check *check, int which) {
    const dsc_array *array = &check->content[which].array;
    char text[DSC_SHAPE_TEXT_SIZE];
    bool images = is_images(which);
    bool rank_good = images ? array->rank >= 3 : array->rank == 1, full = true;
    for (size_t i = 0; i < array->rank; i++) full = full && array->shape[i];
    if (array->type == DSC_U8 && rank_good && full) return true;
    if (!images && full && dsc_writers_are_in(array)) return true;
    const char *hint = !full ? "it is empty" : "use a file of the right kind";
    if (full && array->type == DSC_U8 && array->rank == (images ? 1 : 3))
        hint = "are images and labels swapped?";
    finding(check, DSC_CHECK_ERROR, "%s: expected %s, found %s of %s; %s", check->paths[which],
            images ? "images (bytes, 3 or 4 dimensions)" : "labels (bytes, 1 dimension)",
            dsc_type_name(array->type), dsc_shape_text(text, array->rank, array->shape), hint);
    return false;
}

static dsc_status find_file(bool *any, struct check *check, int which, dsc_error *error) {
    dsc_status status = dsc_mnist_find(&check->paths[which], check->folder, which, error);
    *any = *any || check->paths[which];
    return status;
}

static dsc_status check_file(struct check *check, int which, dsc_error *error) {
    dsc_status status = DSC_OK;
    if (!check->paths[which]) {
        finding(check, DSC_CHECK_ERROR, "%s/%s: is missing, plain and as .gz; put it there", check->folder,
                dsc_mnist_names[which]);
        return DSC_OK;
    }
    dsc_error why;
    dsc_content *content = &check->content[which];
    status = dsc_idx_load(content, check->paths[which], NULL, &why);
    if (status == DSC_ERROR_MEMORY) {
        if (error) *error = why;
        return status;
    }
    if (status) {
        finding(check, DSC_CHECK_ERROR, "%s", why.message);
        return DSC_OK;
    }
    status = check_twin(check, which, error);
    if (status) return status;
    int file;
    const dsc_known_data *known = dsc_known_file_find(&file, content->size, content->crc);
    if (known && file == which)
        finding(check, DSC_CHECK_NOTE, "%s: is %s's, by size and CRC-32", check->paths[which], known->title);
    if (known && file != which)
        finding(check, DSC_CHECK_WARNING, "%s: holds the content that %s calls %s; are files swapped?",
                check->paths[which], known->title, dsc_mnist_names[file]);
    if (!check_kind(check, which)) dsc_content_clear(content);
    return DSC_OK;
}

/* --- labels and classes --- */

static dsc_status check_classes(struct check *check, dsc_error *error) {
    dsc_content *labels[] = {&check->content[DSC_TRAIN_LABELS], &check->content[DSC_TEST_LABELS]};
    dsc_content *images[] = {&check->content[DSC_TRAIN_IMAGES], &check->content[DSC_TEST_IMAGES]};
    dsc_error why;
    const char *path = NULL; /* the first file present; all are in one folder */
    for (int i = 0; i < DSC_MNIST_FILES && !path; i++) path = check->paths[i];
    if (path && dsc_emnist_is(path))
        finding(check, DSC_CHECK_NOTE,
                "%s: is EMNIST's, whose images lie on their sides in the file; they are turned upright",
                path);
    dsc_status status =
        dsc_classes_settle(&check->names, &check->classes, images, labels, 2, path, check->real, &why);
    if (!status) return DSC_OK;
    if (status == DSC_ERROR_MEMORY) {
        if (error) *error = why;
        return status;
    }
    finding(check, DSC_CHECK_ERROR, "%s", why.message);
    check->classes = 256; /* labels cannot be checked */
    return DSC_OK;
}

/* Appends a class by its name, or by its number without names. */
static void append_class(dsc_text *text, const struct check *check, size_t label) {
    dsc_text_append(text, "%s", text->length ? ", " : "");
    if (check->names) {
        dsc_text_append(text, "%s", check->names[label]);
    } else {
        dsc_text_append(text, "%zu", label);
    }
}

static dsc_status check_labels(struct check *check, int which, dsc_error *error) {
    const dsc_array *array = &check->content[which].array;
    if (!array->data) return DSC_OK;
    const uint8_t *label = array->data;
    size_t counts[256] = {0}, count = array->shape[0], above = 0, first = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        counts[label[i]]++;
        if (label[i] >= check->classes && !above++) first = i;
    }
    if (above)
        finding(check, DSC_CHECK_ERROR,
                "%s: %zu of %zu labels name no class: expected labels below %zu, found first %u at index "
                "%zu; correct the labels or labels.txt",
                check->paths[which], above, count, check->classes, label[first], first);
    dsc_text absent = {0};
    for (size_t c = 0; c < 256; c++) {
        used += counts[c] != 0;
        if (!counts[c] && c < check->classes) append_class(&absent, check, c);
    }
    bool failed = absent.failed;
    if (!failed && used == 1) {
        finding(check, DSC_CHECK_WARNING, "%s: all %zu labels are %u; a network needs at least two classes",
                check->paths[which], count, label[0]);
    } else if (!failed && absent.length && check->classes < 256) {
        finding(check, DSC_CHECK_WARNING, "%s: no image is labelled %s", check->paths[which], absent.data);
    }
    dsc_text_free(&absent);
    return failed ? dsc_fail_memory(error, 4096, "a list of classes") : DSC_OK;
}

/* --- files together --- */

static void check_pair(struct check *check, int images) {
    const dsc_array *x = &check->content[images].array, *y = &check->content[images + 1].array;
    if (x->data && y->data && x->shape[0] != y->shape[0])
        finding(check, DSC_CHECK_ERROR,
                "%s: holds %zu images, but %s holds %zu labels: expected the same number",
                check->paths[images], x->shape[0], check->paths[images + 1], y->shape[0]);
}

/* Channels, height and width. */
static void image_shape(size_t shape[3], const dsc_array *images) {
    shape[0] = images->rank == 4 ? images->shape[1] : 1;
    shape[1] = images->shape[images->rank - 2];
    shape[2] = images->shape[images->rank - 1];
}

static size_t image_bytes(const dsc_array *images) {
    size_t shape[3];
    image_shape(shape, images);
    return shape[0] * shape[1] * shape[2];
}

static void check_shapes(struct check *check) {
    const dsc_array *a = &check->content[DSC_TRAIN_IMAGES].array, *b = &check->content[DSC_TEST_IMAGES].array;
    if (!a->data || !b->data) return;
    size_t x[3], y[3];
    char s[DSC_SHAPE_TEXT_SIZE], t[DSC_SHAPE_TEXT_SIZE];
    image_shape(x, a);
    image_shape(y, b);
    if (memcmp(x, y, sizeof x) != 0)
        finding(check, DSC_CHECK_ERROR,
                "%s: test images are %s (channels x height x width), training images %s: expected the same",
                check->paths[DSC_TEST_IMAGES], dsc_shape_text(t, 3, y), dsc_shape_text(s, 3, x));
}

static void check_blank(struct check *check, int which) {
    const dsc_array *images = &check->content[which].array;
    if (!images->data) return;
    size_t size = image_bytes(images), blank = 0, first[EXAMPLES] = {0};
    for (size_t i = 0; i < images->shape[0]; i++) {
        const uint8_t *image = (const uint8_t *)images->data + i * size;
        if (size < 2 || memcmp(image, image + 1, size - 1) != 0) continue;
        if (blank < EXAMPLES) first[blank] = i;
        blank++;
    }
    if (!blank) return;
    char places[96];
    size_t n = 0;
    for (size_t i = 0; i < blank && i < EXAMPLES; i++)
        n += (size_t)snprintf(places + n, sizeof places - n, "%s%zu", i ? ", " : "", first[i]);
    finding(check, DSC_CHECK_WARNING, "%s: %zu of %zu images are blank (all pixels alike), at index %s%s",
            check->paths[which], blank, images->shape[0], places, blank > EXAMPLES ? ", ..." : "");
}

/* --- images in both sets --- */

static dsc_image_list list_of(const dsc_array *images) {
    return (dsc_image_list){images->data, NULL, images->shape[0], image_bytes(images)};
}

static dsc_status check_overlap(struct check *check, dsc_error *error) {
    const dsc_array *a = &check->content[DSC_TRAIN_IMAGES].array, *b = &check->content[DSC_TEST_IMAGES].array;
    if (!a->data || !b->data) return DSC_OK;
    dsc_image_list train = list_of(a), test = list_of(b);
    dsc_duplicates both;
    dsc_status status = dsc_duplicates_find(&both, &train, NULL, &test, NULL, error);
    if (!status && both.images)
        finding(check, DSC_CHECK_WARNING,
                "%s: %zu of %zu test images are also in the training set (test %zu is training %zu): "
                "accuracy on them says nothing about unseen images",
                check->paths[DSC_TEST_IMAGES], both.images, b->shape[0], both.second, both.first);
    return status;
}

/* --- properties of the images --- */

static bool is_known(const struct check *check) {
    const dsc_content *c = check->content;
    int which;
    return dsc_known_pair(&which, &c[DSC_TRAIN_IMAGES], &c[DSC_TRAIN_LABELS]) &&
           dsc_known_pair(&which, &c[DSC_TEST_IMAGES], &c[DSC_TEST_LABELS]);
}

/* Fills `images` from the note beside the files, or from the images without a note. *there: there are
 * images. */
static void look_at(struct check *check, dsc_images *images, bool *there, int which,
                    const dsc_images_note *note) {
    const dsc_array *array = &check->content[which].array;
    size_t shape[3];
    *there = array->data != NULL;
    if (!*there) return;
    image_shape(shape, array);
    dsc_images_examine(images, array->data, array->shape[0], shape);
    images->fit = note->fit;
    if (!note->prepared_noted) return;
    images->preparation = note->preparation;
    if (note->preparation == DSC_PREPARATION_DIGITS && images->ground == DSC_GROUND_LIGHT)
        finding(check, DSC_CHECK_WARNING,
                "%s: is %s, but " DSC_IMAGES_FILE
                " says that these are prepared digits, which have a dark ground; correct that file",
                check->paths[which], dsc_ground_words(images->ground));
}

static dsc_status check_kinds(struct check *check, dsc_error *error) {
    bool there[2];
    dsc_images_note note;
    dsc_images images[2];
    dsc_remarks remarks = {0};
    dsc_error why;
    if (is_known(check)) return DSC_OK;
    dsc_status status = dsc_images_note_read(&note, check->real, &why);
    if (status == DSC_ERROR_MEMORY) {
        if (error) *error = why;
        return status;
    }
    if (status) finding(check, DSC_CHECK_ERROR, "%s", why.message);
    for (int i = 0; i < 2; i++)
        look_at(check, &images[i], &there[i], i ? DSC_TEST_IMAGES : DSC_TRAIN_IMAGES, &note);
    if (there[0] && images[0].ground == DSC_GROUND_LIGHT)
        finding(check, DSC_CHECK_NOTE,
                "%s: is %s, the opposite of MNIST's; a model trained on them reads only such images. "
                "`descender data pack --prepare` makes digits like MNIST's",
                check->paths[DSC_TRAIN_IMAGES], dsc_ground_words(images[0].ground));
    if (there[0] && there[1])
        dsc_images_compare(&remarks, &images[0], "the training set", &images[1], "the test set");
    for (size_t i = 0; i < remarks.count; i++)
        finding(check, DSC_CHECK_WARNING, "%s: %s", check->folder, remarks.line[i]);
    return DSC_OK;
}

/* Reports what is in the folder instead, if none of the four files is there. */
static dsc_status check_nothing(struct check *check) {
    dsc_error why;
    dsc_text names = {0};
    for (int i = 0; i < DSC_MNIST_FILES; i++)
        dsc_text_append(&names, "%s%s", i ? ", " : "", dsc_mnist_names[i]);
    dsc_status status = dsc_mnist_fail_missing(check->folder, names.failed ? "all" : names.data, &why);
    dsc_text_free(&names);
    finding(check, DSC_CHECK_ERROR, "%s", why.message);
    return status == DSC_ERROR_MEMORY ? status : DSC_OK;
}

static dsc_status check_all(struct check *check, dsc_error *error) {
    dsc_status status = DSC_OK;
    bool any = false;
    for (int i = 0; i < DSC_MNIST_FILES && !status; i++) status = find_file(&any, check, i, error);
    if (!status && !any) return check_nothing(check);
    for (int i = 0; i < DSC_MNIST_FILES && !status; i++) status = check_file(check, i, error);
    if (!status) status = check_classes(check, error);
    for (int i = 0; i < DSC_MNIST_FILES && !status; i++) {
        if (is_images(i)) {
            check_pair(check, i);
            check_blank(check, i);
        } else {
            status = check_labels(check, i, error);
        }
    }
    if (status) return status;
    check_shapes(check);
    status = check_kinds(check, error);
    return status ? status : check_overlap(check, error);
}

dsc_status dsc_data_check(dsc_check_counts *counts, const char *folder, dsc_check_report *report, void *user,
                          dsc_error *error) {
    memset(counts, 0, sizeof *counts);
    if (!dsc_mnist_is_place(folder)) return dsc_mnist_fail_missing(folder, NULL, error);
    struct check check = {.folder = folder, .real = dsc_mnist_folder(folder), .report = report, .user = user};
    if (!check.real) return dsc_fail_memory(error, strlen(folder), "a path");
    dsc_status status = check_all(&check, error);
    for (int i = 0; i < DSC_MNIST_FILES; i++) {
        free(check.paths[i]);
        dsc_content_clear(&check.content[i]);
    }
    free(check.names);
    free(check.real);
    *counts = check.counts;
    return status;
}
