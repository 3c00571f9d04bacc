/* SPDX-License-Identifier: MIT */
/* folder.c: finds and opens MNIST's four files. Other data in the same form (Fashion-MNIST, EMNIST, a user's
 * own) are opened the same way and named by their folder. */
#include "data/folder.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "data/cache.h"
#include "data/class_names.h"
#include "data/dataset.h"
#include "data/emnist.h"
#include "data/images.h"
#include "data/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- where the files are --- */

static dsc_status has_any(bool *any, const char *folder, dsc_error *error) {
    *any = false;
    for (int i = 0; i < DSC_MNIST_FILES && !*any; i++) {
        char *path;
        dsc_status status = dsc_mnist_find(&path, folder, i, error);
        if (status) return status;
        *any = path != NULL;
        free(path);
    }
    return DSC_OK;
}

dsc_status dsc_mnist_locate(char **folder, dsc_error *error) {
    *folder = NULL;
    const dsc_known_data *standard = dsc_known_standard(&dsc_known_data_registry);
    const char *given = getenv("DESCENDER_DATA");
    char *cache = dsc_user_cache(), *cached = cache ? dsc_path_join(cache, standard->name) : NULL;
    free(cache);
    const char *places[] = {given && *given ? given : NULL, "./data", cached};
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < 3 && !*folder && !status; i++) {
        bool any = false;
        if (places[i]) status = has_any(&any, places[i], error);
        if (!any || status) continue;
        *folder = strdup(places[i]);
        if (!*folder) status = dsc_fail_memory(error, strlen(places[i]), "a path");
    }
    if (!status && !*folder && places[0] && dsc_mnist_is_ambiguous(places[0]))
        status = dsc_mnist_fail_missing(places[0], "all four", error);
    if (!status && !*folder)
        status = dsc_fail(
            error, DSC_ERROR_IO,
            "%s was not found: expected %s and three more files in "
            "$DESCENDER_DATA (%s), ./data or the user's cache (%s); put them there, or name their folder",
            standard->title, standard->files[0].name, places[0] ? places[0] : "not set",
            cached ? cached : "there is no home folder");
    free(cached);
    return status;
}

/* --- opening --- */

static dsc_status find_all(char *paths[DSC_MNIST_FILES], const char *folder, dsc_error *error) {
    dsc_text missing = {0};
    size_t found = 0;
    dsc_status status = DSC_OK;
    for (int i = 0; i < DSC_MNIST_FILES && !status; i++) {
        status = dsc_mnist_find(&paths[i], folder, i, error);
        if (paths[i]) {
            found++;
        } else {
            dsc_text_append(&missing, "%s%s", missing.length ? ", " : "", dsc_mnist_names[i]);
        }
    }
    if (!status && missing.failed) status = dsc_fail_memory(error, missing.length, "a message");
    if (!status && found < DSC_MNIST_FILES)
        status = dsc_mnist_fail_missing(folder, found || dsc_is_folder(folder) ? missing.data : NULL, error);
    dsc_text_free(&missing);
    return status;
}

static dsc_status adopt_part(dsc_dataset **data, dsc_content pair[2], char *const paths[2],
                             const char *folder, const char *part, size_t classes, const char *const *names,
                             const dsc_images_note *note, dsc_error *error) {
    int which;
    char name[DSC_KNOWN_NAME];
    dsc_text title = {0};
    const dsc_known_data *known = dsc_known_pair(&which, &pair[0], &pair[1]);
    if (known) dsc_known_name(name, known, which);
    dsc_text_append(&title, "%s, %s set", folder, part);
    dsc_status status;
    if (title.failed) {
        status = dsc_fail_memory(error, strlen(folder), "a name");
    } else {
        status = dsc_dataset_adopt(data, &pair[0], &pair[1], classes, names, known ? name : title.data,
                                   paths[0], paths[1], error);
        if (!status && known) dsc_dataset_recognise(*data, known);
        if (!status && !known) dsc_dataset_note(*data, note);
    }
    dsc_text_free(&title);
    return status;
}

/* Visits `path` if the file exists, and frees `path`. */
static dsc_status visit_made(char *path, dsc_path_visitor *visit, void *user, dsc_error *error) {
    dsc_status status = path ? DSC_OK : dsc_fail_memory(error, 64, "a path");
    if (!status && !access(path, F_OK)) status = visit(user, path, error);
    free(path);
    return status;
}

dsc_status dsc_mnist_visit(const char *place, dsc_path_visitor *visit, void *user, dsc_error *error) {
    char *folder = dsc_mnist_folder(place);
    dsc_status status = folder ? DSC_OK : dsc_fail_memory(error, strlen(place), "a path");
    for (int i = 0; i < DSC_MNIST_FILES && !status; i++) {
        char *path;
        status = dsc_mnist_find(&path, place, i, error);
        if (status || !path) continue;
        if (dsc_emnist_is(path)) status = visit_made(dsc_emnist_mapping(path), visit, user, error);
        if (!status) status = visit(user, path, error);
        free(path);
    }
    if (!status) status = visit_made(dsc_path_join(folder, "labels.txt"), visit, user, error);
    if (!status) status = visit_made(dsc_path_join(folder, DSC_IMAGES_FILE), visit, user, error);
    free(folder);
    return status;
}

static dsc_status check_same_shape(const dsc_dataset *train, const dsc_dataset *test, const char *folder,
                                   dsc_error *error) {
    if (!memcmp(train->shape, test->shape, sizeof train->shape)) return DSC_OK;
    char a[DSC_SHAPE_TEXT_SIZE], b[DSC_SHAPE_TEXT_SIZE];
    return dsc_fail(
        error, DSC_ERROR_MISMATCH,
        "%s: training images are %s (channels x height x width), test images %s: expected the same; use "
        "files that belong together",
        folder, dsc_shape_text(a, 3, train->shape), dsc_shape_text(b, 3, test->shape));
}

/* The class names of a known data set if both sets belong to it; otherwise NULL. */
static const char *const *known_classes(const dsc_content content[DSC_MNIST_FILES]) {
    int which[2];
    const dsc_known_data *train = dsc_known_pair(&which[0], &content[0], &content[1]),
                         *test = dsc_known_pair(&which[1], &content[2], &content[3]);
    return train && train == test ? train->class_names : NULL;
}

static dsc_status open_folder(dsc_dataset **train, dsc_dataset **test, char *paths[DSC_MNIST_FILES],
                              const char *folder, const dsc_open_options *options, dsc_error *error) {
    dsc_content content[DSC_MNIST_FILES] = {0};
    char **names = NULL;
    size_t classes = 0;
    dsc_images_note note;
    dsc_status status = find_all(paths, folder, error);
    for (int i = 0; i < DSC_MNIST_FILES && !status; i++)
        status = dsc_idx_load(&content[i], paths[i], options, error);
    dsc_content *labels[] = {&content[DSC_TRAIN_LABELS], &content[DSC_TEST_LABELS]};
    dsc_content *images[] = {&content[DSC_TRAIN_IMAGES], &content[DSC_TEST_IMAGES]};
    char *real = status ? NULL : dsc_mnist_folder(folder);
    if (!status && !real) status = dsc_fail_memory(error, strlen(folder), "a path");
    if (!status)
        status =
            dsc_classes_settle(&names, &classes, images, labels, 2, paths[DSC_TRAIN_IMAGES], real, error);
    if (!status) status = dsc_images_note_read(&note, real, error);
    free(real);
    const char *const *called = names ? (const char *const *)names : known_classes(content);
    if (!status)
        status = adopt_part(train, content, paths, folder, "training", classes, called, &note, error);
    if (!status)
        status = adopt_part(test, content + 2, paths + 2, folder, "test", classes, called, &note, error);
    if (!status) status = check_same_shape(*train, *test, folder, error);
    for (int i = 0; i < DSC_MNIST_FILES; i++) dsc_content_clear(&content[i]);
    free(names);
    return status;
}

dsc_status dsc_mnist_open_with(dsc_dataset **train, dsc_dataset **test, const char *folder,
                               const dsc_open_options *options, dsc_error *error) {
    *train = *test = NULL;
    char *found = NULL, *paths[DSC_MNIST_FILES] = {0};
    dsc_status status = folder ? DSC_OK : dsc_mnist_locate(&found, error);
    if (!status) status = open_folder(train, test, paths, folder ? folder : found, options, error);
    if (status) {
        dsc_dataset_free(*train);
        dsc_dataset_free(*test);
        *train = *test = NULL;
    }
    for (int i = 0; i < DSC_MNIST_FILES; i++) free(paths[i]);
    free(found);
    return status;
}

dsc_status dsc_mnist_open(dsc_dataset **train, dsc_dataset **test, const char *folder, dsc_error *error) {
    return dsc_mnist_open_with(train, test, folder, NULL, error);
}
