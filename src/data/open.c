/* SPDX-License-Identifier: MIT */
/* open.c: makes data sets from pairs of IDX files. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/class_names.h"
#include "data/dataset.h"
#include "data/folder.h"
#include "data/images.h"
#include "data/known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

dsc_status dsc_dataset_open_with(dsc_dataset **data, const char *images_path, const char *labels_path,
                                 const dsc_open_options *options, dsc_error *error) {
    *data = NULL;
    if (!images_path || !labels_path)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected the paths of images and labels, found NULL");
    dsc_content images = {0}, labels = {0};
    char **names = NULL;
    size_t classes;
    dsc_images_note note;
    char *folder = dsc_path_folder(images_path);
    dsc_status status = folder ? DSC_OK : dsc_fail_memory(error, strlen(images_path), "a path");
    if (!status) status = dsc_idx_load(&images, images_path, options, error);
    if (!status) status = dsc_idx_load(&labels, labels_path, options, error);
    dsc_content *all_images[] = {&images}, *all_labels[] = {&labels};
    if (!status)
        status = dsc_classes_settle(&names, &classes, all_images, all_labels, 1, images_path, folder, error);
    if (!status) status = dsc_images_note_read(&note, folder, error);
    if (status) {
        dsc_content_clear(&images);
        dsc_content_clear(&labels);
    } else {
        int which;
        char name[DSC_KNOWN_NAME];
        const dsc_known_data *known = dsc_known_pair(&which, &images, &labels);
        const char *const *called = names || !known ? (const char *const *)names : known->class_names;
        if (known) dsc_known_name(name, known, which);
        status = dsc_dataset_adopt(data, &images, &labels, classes, called, known ? name : images_path,
                                   images_path, labels_path, error);
        if (!status && known) dsc_dataset_recognise(*data, known);
        if (!status && !known) dsc_dataset_note(*data, &note);
    }
    free(names);
    free(folder);
    return status;
}

dsc_status dsc_dataset_open(dsc_dataset **data, const char *images_path, const char *labels_path,
                            dsc_error *error) {
    return dsc_dataset_open_with(data, images_path, labels_path, NULL, error);
}
