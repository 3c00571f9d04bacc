/* SPDX-License-Identifier: MIT */
/* folder.c: the data form of pictures in folders named by class; see pictures.h. */
#include "forms/pictures.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/images.h"
#include "image/prepare.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

static dsc_status recognises(bool *its, const dsc_data_place *place, dsc_error *error) {
    *its = false;
    return place->is_folder ? pictures_are_in(its, place->path, error) : DSC_OK;
}

/* --- groups --- */

/* The part of the path within `folder` that matches the expression: its first group, or the whole match. */
static dsc_status group_of(uint64_t *group, const regex_t *expression, const char *path, const char *folder,
                           const dsc_opening *o, dsc_error *error) {
    regmatch_t match[2];
    const char *within = path + strlen(folder);
    while (*within == '/') within++;
    if (regexec(expression, within, 2, match, 0))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "group-by: '%.80s' matches no part of %s; choose an expression that matches the path of "
            "every picture",
            o->reading->group_by, within);
    const regmatch_t *part = expression->re_nsub ? &match[1] : &match[0];
    char *text =
        part->rm_so < 0 ? strdup("") : strndup(within + part->rm_so, (size_t)(part->rm_eo - part->rm_so));
    if (!text) return dsc_fail_memory(error, strlen(within), "a group");
    *group = dsc_text_hash(text);
    free(text);
    return DSC_OK;
}

static dsc_status take_groups(dsc_opening *o, const pictures_list *list, const char *folder,
                              dsc_error *error) {
    regex_t expression;
    const int wrong = regcomp(&expression, o->reading->group_by, REG_EXTENDED);
    if (wrong) {
        char why[120];
        (void)regerror(wrong, &expression, why, sizeof why);
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "group-by: '%.80s' is no regular expression: %s",
                        o->reading->group_by, why);
    }
    uint64_t *groups = dsc_allocate(list->count, sizeof *groups);
    dsc_status status = groups ? DSC_OK : dsc_fail_memory(error, list->count * sizeof *groups, "groups");
    for (size_t i = 0; i < list->count && !status; i++)
        status = group_of(&groups[i], &expression, list->entries[i].path, folder, o, error);
    regfree(&expression);
    if (status) {
        free(groups);
        return status;
    }
    o->sets.set[DSC_SET_TRAIN].groups = groups;
    dsc_understand(&o->understood, "groups", "by '%s' in the paths of pictures", o->reading->group_by);
    return DSC_OK;
}

/* --- reading --- */

static dsc_status take_labels(dsc_set *set, const pictures_list *list, const char *folder, dsc_error *error) {
    set->labels = dsc_allocate(list->count, 1);
    set->source = strdup(folder);
    if (!set->labels || !set->source) return dsc_fail_memory(error, list->count, "labels");
    set->labelled = list->count;
    for (size_t i = 0; i < list->count; i++) set->labels[i] = list->entries[i].label;
    return DSC_OK;
}

static void tell(dsc_opening *o, const pictures_how *how, const pictures_list lists[DSC_SETS],
                 char *const folders[DSC_SETS]) {
    static const char *const names[] = {"training set", "validation set", "test set"};
    static const char *const fits[] = {[DSC_FIT_NONE] = "as they are",
                                       [DSC_FIT_CROP] = "cropped",
                                       [DSC_FIT_PAD] = "padded",
                                       [DSC_FIT_STRETCH] = "stretched"};
    size_t over = 0;
    for (int k = 0; k < DSC_SETS; k++) {
        over += lists[k].passed_over;
        if (!folders[k]) continue;
        const char *slash = strrchr(folders[k], '/');
        dsc_understand(
            &o->understood, names[k], "%zu pictures in folders by class%s%s", lists[k].count,
            k || folders[DSC_SET_TEST] || folders[DSC_SET_VALIDATION] ? " of " : "",
            k || folders[DSC_SET_TEST] || folders[DSC_SET_VALIDATION] ? slash ? slash + 1 : folders[k] : "");
    }
    dsc_understand(&o->understood, "pictures", "%s, %zu x %zu (height x width), %s",
                   how->reading->prepare ? "prepared digits" : fits[how->reading->fit], how->size[0],
                   how->size[1], how->colour ? "in colour" : "grey");
    if (over) {
        dsc_understand(&o->understood, "passed over", "%zu files that are no pictures", over);
        dsc_remark(&o->remarks, "%s: %zu files that are no pictures were skipped", o->title, over);
    }
    if (how->with_pages) {
        dsc_understand(&o->understood, "pages", "the first page of each file, %zu of which have several",
                       how->with_pages);
        dsc_remark(&o->remarks, "%s: files with several pages, of which the first was taken: %zu", o->title,
                   how->with_pages);
    }
    if (!how->reading->prepare) return;
    dsc_text text = {0};
    dsc_notes_sum_remark(&text, &how->left_out, how->total);
    if (text.length && !text.failed) dsc_remark(&o->remarks, "%s", text.data);
    dsc_text_free(&text);
}

static dsc_status read_sets(dsc_opening *o, pictures_how *how, const pictures_list lists[DSC_SETS],
                            char *const folders[DSC_SETS], dsc_error *error) {
    pictures_read read[DSC_SETS] = {{0}};
    dsc_status status = DSC_OK;
    for (int k = 0; k < DSC_SETS && !status; k++)
        if (folders[k]) status = pictures_read_all(&read[k], how, &lists[k], error);
    for (int k = 0; k < DSC_SETS && !status; k++) {
        if (!folders[k]) continue;
        status = pictures_join(&o->sets.set[k].images, &read[k], how, error);
        if (!status) status = take_labels(&o->sets.set[k], &lists[k], folders[k], error);
    }
    for (int k = 0; k < DSC_SETS; k++) pictures_read_free(&read[k]);
    return status;
}

static dsc_status check_options(const dsc_reading *how, dsc_error *error) {
    const bool as_prepared = how->size[0] == DSC_DIGIT_SIDE && how->size[1] == DSC_DIGIT_SIDE;
    if (how->prepare && ((how->size[0] && !as_prepared) || how->fit))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "prepare makes images of 28x28; omit size and fit");
    if (how->fit && !how->size[0])
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "fit needs the size to fit to: --size 64x64, for example");
    if (!how->size[0] != !how->size[1])
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "size: expected a height and a width of 1 or more");
    return DSC_OK;
}

static dsc_status open_folder(dsc_opening *o, const char *folder, dsc_error *error) {
    char *folders[DSC_SETS];
    pictures_list lists[DSC_SETS] = {{0}};
    pictures_how how = {.reading = o->reading,
                        .size = {(size_t)o->reading->size[0], (size_t)o->reading->size[1]},
                        .on_progress = o->on_progress,
                        .user = o->user};
    dsc_status status = check_options(o->reading, error);
    if (status) return status;
    status = pictures_split(folders, folder, error);
    for (int k = 0; k < DSC_SETS && !status; k++) {
        if (!folders[k]) continue;
        status = pictures_list_add(&lists[k], &o->sets.names, folders[k], error);
        how.total += lists[k].count;
    }
    if (!status && o->reading->group_by) status = take_groups(o, &lists[DSC_SET_TRAIN], folder, error);
    if (!status) status = read_sets(o, &how, lists, folders, error);
    if (!status) {
        o->sets.note = (dsc_images_note){.prepared_noted = how.reading->prepare,
                                         .preparation = how.reading->prepare ? DSC_PREPARATION_DIGITS
                                                                             : DSC_PREPARATION_NONE,
                                         .fit = (dsc_fit)how.reading->fit};
        tell(o, &how, lists, folders);
    }
    for (int k = 0; k < DSC_SETS; k++) {
        pictures_list_free(&lists[k]);
        free(folders[k]);
    }
    return status;
}

static dsc_status visit_pictures(const char *folder, dsc_path_visitor *visit, void *user, dsc_error *error) {
    char *folders[DSC_SETS];
    dsc_opening names = {0};
    dsc_status status = pictures_split(folders, folder, error);
    for (int k = 0; k < DSC_SETS; k++) {
        pictures_list list = {0};
        if (!status && folders[k]) status = pictures_list_add(&list, &names.sets.names, folders[k], error);
        for (size_t i = 0; i < list.count && !status; i++) status = visit(user, list.entries[i].path, error);
        pictures_list_free(&list);
        free(folders[k]);
    }
    dsc_opening_clear(&names);
    return status;
}

const dsc_data_form dsc_data_form_folder = {
    .name = "folder",
    .help = "pictures in folders named by class; or train/, test/ and val/, which hold such folders",
    .recognises = recognises,
    .open = open_folder,
    .visit = visit_pictures,
};
