/* SPDX-License-Identifier: MIT */
/* forms.c: the registry of the library's forms, and opening with any registry; see form.h. */
#include "data/form.h"

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/options.h"
#include "base/visible.h"
#include "data/images.h"
#include "data/split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MOST = 4, LISTED_MOST = 8 };

static const dsc_data_form *const rows[] = {DSC_DATA_FORMS(DSC_DATA_FORM_ENTRY) NULL};

const dsc_registry dsc_data_form_registry = {
    .thing = "form",
    .things = "forms",
    .about = "Forms of data that --data reads. The first form that recognises a file or folder opens it.",
    .rows = rows,
};

/* --- looking --- */

static void look(dsc_data_place *place, const char *path) {
    struct stat info;
    *place = (dsc_data_place){.path = path};
    if (stat(path, &info)) return;
    place->is_folder = S_ISDIR(info.st_mode);
    place->is_file = !place->is_folder;
    const int file = place->is_file && S_ISREG(info.st_mode) ? dsc_open_at(AT_FDCWD, path, O_RDONLY, 0) : -1;
    if (file < 0) return;
    while (place->size < sizeof place->start) { /* a read may be short or interrupted */
        const ssize_t got = read(file, place->start + place->size, sizeof place->start - place->size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        place->size += (size_t)got;
    }
    (void)close(file);
    place->kind = dsc_recognise(place->start, place->size);
}

static dsc_status form_of(const dsc_data_form **form, const dsc_registry *forms, const char *path,
                          dsc_error *error) {
    dsc_data_place place;
    look(&place, path);
    const dsc_row *row;
    *form = NULL;
    for (size_t i = 0; (row = dsc_registry_at(forms, i)); i++) {
        const dsc_data_form *asked = (const void *)row;
        bool its;
        dsc_status status = asked->recognises(&its, &place, error);
        if (status) return status;
        if (!its) continue;
        *form = asked;
        break;
    }
    return DSC_OK;
}

/* Finds the only item of a folder that can be opened; *found NULL: none, or several. */
static dsc_status only_one(char **found, const dsc_data_form **form, const dsc_registry *forms,
                           const char *folder, dsc_error *error) {
    dsc_names names = {0};
    size_t count = 0;
    *found = NULL;
    *form = NULL;
    dsc_status status = dsc_folder_look(&names, folder, error);
    for (size_t i = 0; i < names.count && count < 2 && !status; i++) {
        const dsc_data_form *its = NULL;
        char *path = dsc_path_join(folder, names.list[i]);
        status = path ? form_of(&its, forms, path, error) : dsc_fail_memory(error, strlen(folder), "a path");
        if (its || dsc_is_folder(path)) {
            count++;
            free(*found);
            *found = path;
            *form = its;
        } else {
            free(path);
        }
    }
    dsc_names_clear(&names);
    if (!status && count == 1) return DSC_OK;
    free(*found);
    *found = NULL;
    *form = NULL;
    return status;
}

static dsc_status fail_nothing(const dsc_registry *forms, const char *path, dsc_error *error) {
    struct stat info;
    dsc_text would = {0}, there = {0};
    dsc_names names = {0};
    if (stat(path, &info)) return dsc_fail_system(error, path, "there are no data");
    dsc_registry_list(&would, forms);
    if (S_ISDIR(info.st_mode)) {
        (void)dsc_folder_list(&names, path, NULL);
        for (size_t i = 0; i < names.count && i < LISTED_MOST; i++) {
            dsc_text_append(&there, "%s", i ? ", " : "");
            dsc_text_append_visible(&there, names.list[i]);
        }
        dsc_text_append(&there, "%s", names.count > LISTED_MOST ? ", ..." : names.count ? "" : "nothing");
        dsc_names_clear(&names);
    } else {
        dsc_data_place place;
        char remedy[DSC_MESSAGE_SIZE];
        look(&place, path);
        dsc_text_append(&there, "%s%s", dsc_kind_name(place.kind), dsc_kind_remedy(remedy, place.kind, path));
    }
    dsc_status status = would.failed || there.failed
                            ? dsc_fail_memory(error, strlen(path), "a message")
                            : dsc_fail(error, DSC_ERROR_FORMAT,
                                       "%s: expected images with labels in one of the forms %s (described by "
                                       "`descender help forms`), found: %.400s",
                                       path, would.data, there.data);
    dsc_text_free(&would);
    dsc_text_free(&there);
    return status;
}

dsc_status dsc_data_form_find(const dsc_data_form **form, char **inner, const dsc_registry *forms,
                              const char *path, dsc_error *error) {
    *inner = strdup(path);
    if (!*inner) return dsc_fail_memory(error, strlen(path), "a path");
    dsc_status status = form_of(form, forms, path, error);
    for (int depth = 0; !status && !*form && *inner && depth < DEPTH_MOST && dsc_is_folder(*inner); depth++) {
        char *next;
        status = only_one(&next, form, forms, *inner, error);
        free(*inner);
        *inner = next;
    }
    if (!status && *form && *inner) return DSC_OK;
    free(*inner);
    *inner = NULL;
    *form = NULL;
    return status ? status : fail_nothing(forms, path, error);
}

/* --- opening --- */

/* Whether all images of a class are contiguous. Such an order harms training, and the first images do not
 * have all classes. */
static bool is_sorted(const dsc_dataset *data) {
    const size_t count = data->count - data->own_validation;
    size_t runs = 1, classes = 0;
    bool seen[256] = {false};
    for (size_t i = 0; i < count; i++) {
        if (i) runs += dsc_dataset_label(data, i) != dsc_dataset_label(data, i - 1);
        classes += !seen[dsc_dataset_label(data, i)];
        seen[dsc_dataset_label(data, i)] = true;
    }
    return classes > 1 && count > classes && runs == classes;
}

static dsc_status mix(dsc_opening *o, dsc_error *error) {
    dsc_dataset *mixed;
    if (o->keep_order || !is_sorted(o->train)) return DSC_OK;
    dsc_status status = dsc_dataset_shuffle(&mixed, o->train, (uint64_t)o->reading->split_seed, error);
    if (status) return status;
    dsc_dataset_free(o->train);
    o->train = mixed;
    dsc_understand(&o->understood, "order", "shuffled, because the images were sorted by class");
    return DSC_OK;
}

static dsc_status rename_set(dsc_dataset *data, const char *title, const char *what, dsc_error *error) {
    dsc_text name = {0};
    dsc_text_append(&name, "%s, %s set", title, what);
    if (name.failed) {
        dsc_text_free(&name);
        return dsc_fail_memory(error, strlen(title), "a name");
    }
    free(data->name);
    data->name = name.data;
    return DSC_OK;
}

/* Whether the share of some class is at least one image. */
static bool can_be_split(const dsc_dataset *data, double share) {
    size_t count[256] = {0};
    for (size_t i = 0; i < data->count; i++) count[dsc_dataset_label(data, i)]++;
    for (size_t k = 0; k < 256; k++)
        if (count[k] > 1 && share * (double)count[k] + 0.5 >= 1) return true;
    return false;
}

/* Splits a test set off the training set; none if that is too small. */
static dsc_status split(dsc_opening *o, dsc_error *error) {
    const dsc_reading *how = o->reading;
    const bool groups = dsc_dataset_has_groups(o->train);
    dsc_dataset *rest, *held;
    char share[32];
    if (!(how->test_share > 0) || (!groups && !can_be_split(o->train, how->test_share))) return DSC_OK;
    if (how->group_by && !groups)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: group-by: these data have no names to group by; omit group-by", o->title);
    dsc_status status =
        dsc_dataset_split(&rest, &held, o->train, how->test_share, (uint64_t)how->split_seed, error);
    if (status) return status;
    dsc_dataset_free(o->train);
    o->train = rest;
    o->test = held;
    if (!status) status = rename_set(o->train, o->title, "training", error);
    if (!status) status = rename_set(o->test, o->title, "test", error);
    (void)dsc_format_shortest(share, 100 * how->test_share);
    if (strlen(share) > 2 && !strcmp(share + strlen(share) - 2, ".0")) share[strlen(share) - 2] = '\0';
    dsc_understand(&o->understood, "split",
                   "%s %% of each class%s are held out to test, drawn with seed %lld", share,
                   groups ? ", whole groups," : "", (long long)how->split_seed);
    dsc_remark(&o->remarks, "%s: has no test set; %zu of %zu images are held out as one (%s)", o->title,
               held->count, held->count + rest->count, o->understood.line[o->understood.count - 1].how);
    return status;
}

static dsc_status finish(dsc_opening *o, dsc_error *error) {
    uint64_t *groups = NULL;
    dsc_status status = DSC_OK;
    if (!o->train)
        status = dsc_sets_settle(&o->train, &o->test, &groups, &o->sets, o->title, &o->understood,
                                 &o->remarks, error);
    if (!status && groups) dsc_dataset_take_groups(o->train, groups);
    if (!status && !o->test) status = split(o, error);
    return status ? status : mix(o, error);
}

/* Checks that the images have the requested size and preparation: pictures have been converted, arrays have
 * not. */
static dsc_status check_asked(const dsc_opening *o, const char *path, dsc_error *error) {
    const int64_t *size = o->reading->size;
    const size_t *shape = o->train->shape;
    dsc_images images;
    if (o->reading->prepare) {
        dsc_dataset_describe(&images, o->train);
        if (images.preparation != DSC_PREPARATION_DIGITS)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                            "%s: its images are arrays of %zu x %zu pixels that are not prepared, but "
                            "prepare works only on pictures; omit prepare",
                            path, shape[1], shape[2]);
    }
    if (!size[0] || (shape[1] == (size_t)size[0] && shape[2] == (size_t)size[1])) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                    "%s: its images are arrays of %zu x %zu pixels, but size scales only pictures, here to "
                    "%lld x %lld; omit size",
                    path, shape[1], shape[2], (long long)size[0], (long long)size[1]);
}

/* Renames data sets that are named after the unpacked place: they get the archive's name. */
static dsc_status name_unpacked(dsc_opening *o, const char *place, dsc_error *error) {
    static const char *const what[2] = {"training", "test"};
    dsc_dataset *const sets[2] = {o->train, o->test};
    dsc_status status = DSC_OK;
    for (int k = 0; k < 2 && !status; k++)
        if (sets[k] && !strncmp(sets[k]->name, place, strlen(place)))
            status = rename_set(sets[k], o->title, what[k], error);
    return status;
}

dsc_status dsc_data_form_open(dsc_opening *o, const char *path, dsc_error *error) {
    const dsc_data_form *form, *outer = o->form;
    char *inner;
    dsc_status status = dsc_data_form_find(&form, &inner, o->forms, path, error);
    if (status || !form) return status; /* without a form, status is a failure */
    if (!outer) {
        o->form = form;
        dsc_understand(&o->understood, "form", "%s: %s", form->name, form->help);
    } else {
        dsc_understand(&o->understood, "in it", "%s: %s", form->name, form->help);
    }
    status = form->open(o, inner, error);
    if (!status && o->unpacked) status = name_unpacked(o, inner, error);
    free(inner);
    if (!status && !outer) status = finish(o, error);
    if (!status && !outer) status = check_asked(o, path, error);
    if (status) dsc_opening_clear(o);
    return status;
}

void dsc_opening_clear(dsc_opening *o) {
    dsc_dataset_free(o->train);
    dsc_dataset_free(o->test);
    o->train = o->test = NULL;
    dsc_sets_clear(&o->sets);
}

dsc_status dsc_data_form_visit(const dsc_registry *forms, const char *path, dsc_path_visitor *visit,
                               void *user, dsc_error *error) {
    const dsc_data_form *form;
    char *inner;
    dsc_status status = dsc_data_form_find(&form, &inner, forms, path, error);
    if (!status && form) status = form->visit(inner, visit, user, error);
    free(inner);
    return status;
}

/* --- the public function --- */

void dsc_data_options_initialise(dsc_data_options *options, size_t size) {
    const dsc_reading how = dsc_reading_defaults();
    const dsc_data_options own = {.size = sizeof(dsc_data_options),
                                  .test_share = how.test_share,
                                  .split_seed = (uint64_t)how.split_seed};
    dsc_options_give(options, size, &own, sizeof own);
}

dsc_status dsc_dataset_open_any(dsc_dataset **train, dsc_dataset **test, const char *path,
                                const dsc_data_options *given, dsc_remarks *remarks, dsc_error *error) {
    dsc_data_options how = dsc_data_options_defaults();
    dsc_reading reading;
    *train = *test = NULL;
    if (remarks) remarks->count = 0;
    if (!path) return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected the path of data, found NULL");
    dsc_status status = DSC_OPTIONS_TAKE(&how, given, dsc_data_options, test_share, error);
    if (status) return status;
    const dsc_reading asked = {.test_share = how.test_share,
                               .split_seed = (int64_t)(how.split_seed & INT64_MAX),
                               .group_by = (char *)(uintptr_t)how.group_by,
                               .label_column = (char *)(uintptr_t)how.label_column,
                               .shape = (char *)(uintptr_t)how.shape};
    status = dsc_reading_copy(&reading, &asked, error);
    if (!status) status = dsc_params_check(dsc_reading_params, &reading, error);
    dsc_opening o = {.title = path, .reading = &reading, .forms = &dsc_data_form_registry};
    if (!status) status = dsc_data_form_open(&o, path, error);
    if (!status) {
        *train = o.train;
        *test = o.test;
        if (remarks) *remarks = o.remarks;
    }
    dsc_reading_clear(&reading);
    return status;
}
