/* SPDX-License-Identifier: MIT */
/* form_arrays.c: NumPy arrays: one .npz file with all of them, or a folder of .npy files or of .npz files
 * with one array each, as KMNIST's. */
#include "data/form.h"

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "data/arrays.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_LIMIT ((size_t)1 << (sizeof(size_t) > 4 ? 36 : 30))

static bool ends_in(const char *name, const char *ending) {
    const size_t n = strlen(name), m = strlen(ending);
    return n > m && !strcasecmp(name + n - m, ending);
}

static bool is_array_file(const char *name) { return ends_in(name, ".npy") || ends_in(name, ".npz"); }

/* Recognises the role of a file's only array by the file's name. */
static bool role_of_file(int *set, bool *labels, const char *name) {
    char stem[256];
    const size_t n = strlen(name) - 4;
    if (!is_array_file(name) || n >= sizeof stem) return false;
    memcpy(stem, name, n);
    stem[n] = '\0';
    return dsc_array_role(set, labels, stem);
}

static dsc_status folder_has_arrays(bool *has, const char *folder, dsc_error *error) {
    dsc_names names = {0};
    bool images = false, labels = false;
    dsc_status status = dsc_folder_look(&names, folder, error);
    for (size_t i = 0; i < names.count; i++) {
        int set;
        bool is_labels;
        if (!role_of_file(&set, &is_labels, names.list[i]) || set != DSC_SET_TRAIN) continue;
        images = images || !is_labels;
        labels = labels || is_labels;
    }
    dsc_names_clear(&names);
    *has = !status && images && labels;
    return status;
}

static dsc_status recognises(bool *its, const dsc_data_place *place, dsc_error *error) {
    if (place->is_folder) return folder_has_arrays(its, place->path, error);
    /* A ZIP archive is NumPy's if its first entry is an array. */
    const unsigned char *b = place->start;
    const size_t length = place->size > 30 ? (size_t)b[26] | (size_t)b[27] << 8 : 0;
    *its = place->kind == DSC_KIND_NPY ||
           (place->kind == DSC_KIND_ZIP &&
            (ends_in(place->path, ".npz") ||
             (length > 4 && place->size >= 30 + length && !memcmp(b + 30 + length - 4, ".npy", 4))));
    return DSC_OK;
}

/* --- reading --- */

typedef struct reading {
    dsc_opening *opening;
    const unsigned char *bytes; /* of the .npz file */
    size_t size;
    const char *path, *as; /* as: the name of a file's only array; NULL: its own name */
    dsc_text seen;
    bool any;
} reading;

static dsc_status take_array(reading *r, const char *name, const unsigned char *npy, size_t size,
                             dsc_error *error) {
    dsc_npy_description found;
    dsc_text where = {0};
    bool taken;
    dsc_text_append(&where, "%s%s%s", r->path, r->as ? "" : ", ", r->as ? "" : name);
    if (where.failed) {
        dsc_text_free(&where);
        return dsc_fail_memory(error, strlen(r->path), "a name");
    }
    dsc_status status = dsc_npy_describe(&found, npy, size, where.data, error);
    if (!status)
        status = dsc_sets_take_array(&taken, &r->opening->sets, r->as ? r->as : name, &found, npy, size,
                                     r->opening->reading, where.data, error);
    dsc_text_free(&where);
    return status;
}

static dsc_status on_array(void *user, const char *name, dsc_error *error) {
    reading *r = user;
    int set;
    bool labels;
    const unsigned char *npy;
    unsigned char *buffer;
    size_t size;
    dsc_text_append(&r->seen, "%s%s", r->seen.length ? ", " : "", name);
    if (r->as ? r->any : !dsc_array_role(&set, &labels, name)) return DSC_OK;
    r->any = true;
    dsc_status status = dsc_npz_member(&npy, &size, &buffer, r->bytes, r->size, r->path, name, error);
    if (!status) status = take_array(r, name, npy, size, error);
    free(buffer);
    return status;
}

/* Takes all arrays of a .npz file by their names (`as` NULL), or a file's only array under the name `as`. */
static dsc_status take_file(reading *r, const char *path, const char *as, dsc_error *error) {
    unsigned char *bytes;
    dsc_status status = dsc_file_read(&bytes, &r->size, path, FILE_LIMIT, error);
    if (status) return status;
    r->bytes = bytes;
    r->path = path;
    r->as = as;
    r->any = false;
    if (r->size > 2 && !memcmp(bytes, "PK", 2))
        status = dsc_npz_visit(bytes, r->size, path, on_array, r, error);
    else
        status = take_array(r, as ? as : "", bytes, r->size, error);
    free(bytes);
    return status;
}

/* Calls `visit` for each file of the folder whose name tells its role. */
static dsc_status each_file(const char *folder, dsc_path_visitor *visit, void *user, dsc_error *error) {
    dsc_names names = {0};
    dsc_status status = dsc_folder_list(&names, folder, error);
    for (size_t i = 0; i < names.count && !status; i++) {
        int set;
        bool labels;
        if (!role_of_file(&set, &labels, names.list[i])) continue;
        char *path = dsc_path_join(folder, names.list[i]);
        status = path ? visit(user, path, error) : dsc_fail_memory(error, strlen(folder), "a path");
        free(path);
    }
    dsc_names_clear(&names);
    return status;
}

static dsc_status on_file(void *user, const char *path, dsc_error *error) {
    reading *r = user;
    const char *slash = strrchr(path, '/');
    char stem[256] = "";
    const char *name = slash ? slash + 1 : path;
    memcpy(stem, name, strlen(name) - 4); /* role_of_file has checked the length */
    dsc_text_append(&r->seen, "%s%s", r->seen.length ? ", " : "", name);
    return take_file(r, path, stem, error);
}

static dsc_status open_arrays(dsc_opening *o, const char *path, dsc_error *error) {
    reading r = {.opening = o};
    const char *slash = strrchr(path, '/');
    dsc_status status = DSC_OK;
    if (dsc_is_folder(path))
        status = each_file(path, on_file, &r, error);
    else if (ends_in(path, ".npy"))
        status = dsc_fail(error, DSC_ERROR_FORMAT,
                          "%s: is a single array of images or of labels; name the folder that holds both, "
                          "called x_train.npy and y_train.npy",
                          path);
    else
        status = take_file(&r, path, NULL, error);
    if (!status) status = dsc_sets_expect_arrays(&o->sets, &r.seen, path, error);
    dsc_text_free(&r.seen);
    dsc_understand(&o->understood, "arrays of", "%s", slash ? slash + 1 : path);
    if (!status) dsc_sets_tell(&o->understood, &o->sets);
    return status;
}

static dsc_status visit_files(const char *path, dsc_path_visitor *visit, void *user, dsc_error *error) {
    return dsc_is_folder(path) ? each_file(path, visit, user, error) : visit(user, path, error);
}

const dsc_data_form dsc_data_form_arrays = {
    .name = "arrays",
    .help = "NumPy arrays: an .npz file with x_train, y_train, x_test, y_test; or train_images and so on; or "
            "X and y; or .npy files with these names in a folder",
    .recognises = recognises,
    .open = open_arrays,
    .visit = visit_files,
};
