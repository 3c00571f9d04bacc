/* SPDX-License-Identifier: MIT */
/* class_match.c: matches classes by name; names are equal if their bytes are. For names that are nearly equal
 * the message explains the difference, because users cannot see it. */
#include "data/class_match.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/visible.h"
#include "data/dataset.h"
#include "data/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED = 10, LIST_TEXT = 320, CLASSES_MOST = 256 };

static bool is_number(const char *name, size_t number) {
    char text[24];
    (void)snprintf(text, sizeof text, "%zu", number);
    return !strcmp(name, text);
}

bool dsc_classes_are_unnamed(const dsc_class_list *list) {
    for (size_t i = 0; i < list->count; i++)
        if (!is_number(list->names[i], i)) return false;
    return true;
}

static bool are_same(const dsc_class_list *a, const dsc_class_list *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->names[i], b->names[i]) != 0) return false;
    return true;
}

/* --- names that are nearly the same --- */

/* The base letters of U+00C0 to U+017F; '.' for those without one. */
static const char plain_letters[] = "AAAAAA.CEEEEIIII.NOOOOO..UUUUY..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
                                    "AaAaAaCcCcCcCcDd..EeEeEeEeEeGgGgGgGgHh..IiIiIiIiI...JjKk.LlLlLl."
                                    "...NnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTt..UuUuUuUuUuUuWwYyYZzZzZz.";

enum { FOLD_CASE = 1, FOLD_BLANKS = 2, FOLD_MARKS = 4 };

static bool is_blank(uint32_t c) {
    return c == ' ' || c == '\t' || c == 0xA0 || (c >= 0x2000 && c <= 0x200D) || c == 0x202F || c == 0x3000 ||
           c == 0xFEFF;
}

/* Returns the next significant character, folded; 0 at the end. */
static uint32_t next_folded(const unsigned char **at, const unsigned char *end, unsigned fold) {
    for (;;) {
        if (*at == end) return 0;
        uint32_t c = dsc_utf8_next(at, end);
        if (fold & FOLD_BLANKS && is_blank(c)) continue;
        if (fold & FOLD_MARKS && c >= 0x300 && c <= 0x36F) continue;
        if (fold & FOLD_MARKS && c >= 0xC0 && c <= 0x17F && plain_letters[c - 0xC0] != '.')
            c = (unsigned char)plain_letters[c - 0xC0];
        /* Capitals of Latin-1, Greek and Cyrillic are 32 below their small letters. */
        if (fold & FOLD_CASE && ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
                                 (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)))
            c += 32;
        return c;
    }
}

static bool same_folded(const char *a, const char *b, unsigned fold) {
    const unsigned char *p = (const unsigned char *)a, *p_end = p + strlen(a);
    const unsigned char *q = (const unsigned char *)b, *q_end = q + strlen(b);
    uint32_t x, y;
    do {
        x = next_folded(&p, p_end, fold);
        y = next_folded(&q, q_end, fold);
    } while (x == y && x && x != DSC_UTF8_BAD);
    return x == y && x != DSC_UTF8_BAD;
}

/* Returns the only difference between two names, or NULL. */
static const char *small_difference(const char *a, const char *b) {
    static const struct {
        unsigned fold;
        const char *words;
    } kinds[] = {{FOLD_CASE, "in capital and small letters"},
                 {FOLD_BLANKS, "in blanks"},
                 {FOLD_MARKS, "in accents, or in how Unicode encodes them"},
                 {FOLD_CASE | FOLD_BLANKS | FOLD_MARKS, "in capital letters, blanks or accents"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (same_folded(a, b, kinds[i].fold)) return kinds[i].words;
    return NULL;
}

/* --- messages --- */

enum { CLIP = 96 };

/* Makes a name displayable and shortens a long one. */
static const char *clip(char out[CLIP], const char *name) {
    dsc_visible(out, CLIP - 3, name);
    char whole[CLIP];
    dsc_visible(whole, sizeof whole, name);
    if (strcmp(out, whole) != 0) (void)strcat(out, "...");
    return out;
}

/* "ant, bee, cat, dog", shortened if too long. */
static const char *list_text(char out[LIST_TEXT], const dsc_class_list *list) {
    size_t at = 0;
    char name[CLIP];
    out[0] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        clip(name, list->names[i]);
        if (i == LISTED || at + strlen(name) + 32 > LIST_TEXT) {
            (void)snprintf(out + at, LIST_TEXT - at, "%s... (%zu in all)", i ? ", " : "", list->count);
            break;
        }
        at += (size_t)snprintf(out + at, LIST_TEXT - at, "%s%s", i ? ", " : "", name);
    }
    return out;
}

static dsc_status fail_missing(const dsc_class_list *learned, const dsc_class_list *shown, size_t missing,
                               dsc_error *error) {
    char theirs[LIST_TEXT], ours[LIST_TEXT], near[200] = "", a[CLIP], b[CLIP];
    const char *name = shown->names[missing];
    for (size_t i = 0; i < learned->count && !*near; i++) {
        const char *how = small_difference(name, learned->names[i]);
        if (how)
            (void)snprintf(near, sizeof near, " (\"%s\" differs only %s)", clip(a, learned->names[i]), how);
    }
    const char *remedy = "use data with the same classes, or train a model for these classes";
    if (*near)
        remedy =
            "write the name as the model has it: in labels.txt, in the table, or as the name of the folder";
    else if (dsc_classes_are_unnamed(shown))
        remedy = "the data have only numbers: put a labels.txt beside the files (IDX), with the name of each "
                 "class in the order of the labels, or write the names into the table or as names of folders";
    else if (dsc_classes_are_unnamed(learned))
        remedy =
            "if these are the same things, name them by numbers as the model does (remove labels.txt, or "
            "change the labels of the table or the names of the folders); otherwise train a model for "
            "these data";
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: class %zu is \"%s\", which %s does not know%s. It has: %s. The data have: %s; %s",
                    shown->owner, missing, clip(b, name), learned->owner, near, list_text(theirs, learned),
                    list_text(ours, shown), remedy);
}

/* --- matching --- */

static size_t place_of(const dsc_class_list *list, const char *name, size_t guess) {
    if (guess < list->count && !strcmp(list->names[guess], name)) return guess;
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->names[i], name)) return i;
    return SIZE_MAX;
}

static void tell(dsc_remarks *remarks, const dsc_class_list *learned, const dsc_class_list *shown,
                 size_t moved, size_t from, size_t to, size_t found) {
    char name[CLIP];
    if (moved)
        dsc_remark(remarks,
                   "%s: has its classes in another order than %s (\"%s\" is %zu there, %zu here); classes "
                   "are matched by name",
                   shown->owner, learned->owner, clip(name, shown->names[from]), to, from);
    if (found < learned->count)
        dsc_remark(remarks, "%s: has %zu of the %zu classes that %s knows", shown->owner, found,
                   learned->count, learned->owner);
}

dsc_status dsc_classes_match(uint16_t map[256], dsc_remarks *remarks, const dsc_class_list *learned,
                             const dsc_class_list *shown, const bool used[256], dsc_error *error) {
    size_t moved = 0, from = 0, found = 0;
    for (size_t i = 0; i < shown->count; i++) {
        const size_t place = place_of(learned, shown->names[i], i);
        map[i] = 0;
        if (place == SIZE_MAX && !used[i] && is_number(shown->names[i], i)) continue;
        if (place == SIZE_MAX) return fail_missing(learned, shown, i, error);
        map[i] = (uint16_t)place;
        found++;
        if (place != i && !moved++) from = i;
    }
    tell(remarks, learned, shown, moved, from, moved ? map[from] : 0, found);
    return DSC_OK;
}

/* --- datasets --- */

dsc_class_list dsc_dataset_class_list(const dsc_dataset *data) {
    return (dsc_class_list){(const char *const *)data->class_names, data->classes, data->name};
}

dsc_status dsc_dataset_match_classes(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                     const dsc_class_list *learned, dsc_error *error) {
    const dsc_class_list shown = dsc_dataset_class_list(data);
    uint16_t map[CLASSES_MOST] = {0};
    bool used[CLASSES_MOST] = {false};
    *matched = NULL;
    for (size_t i = 0; i < data->count; i++) used[data->labels[i]] = true;
    dsc_status status = dsc_classes_match(map, remarks, learned, &shown, used, error);
    if (status) return status;
    if (are_same(learned, &shown)) return dsc_dataset_share(matched, data, error);
    char name[CLIP];
    /* A data set has at most 256 classes: of more, only those that its labels can name count. */
    const size_t most = learned->count < CLASSES_MOST ? learned->count : CLASSES_MOST;
    for (size_t i = 0; i < shown.count; i++)
        if (map[i] >= most)
            return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                            "%s: class \"%s\" has number %u in %s; data can have at most %d classes",
                            data->name, clip(name, shown.names[i]), (unsigned)map[i], learned->owner,
                            CLASSES_MOST);
    return dsc_dataset_renumber(matched, data, map, most, learned->names, error);
}

static json_t *classes_json(const dsc_dataset *data) {
    json_t *json = json_array();
    for (size_t i = 0; json && i < data->classes; i++)
        if (json_array_append_new(json, json_string(data->class_names[i]))) {
            json_decref(json);
            return NULL;
        }
    return json;
}

json_t *dsc_dataset_to_json(const dsc_dataset *data) {
    return json_pack("{s:[I, I, I], s:o}", "shape", (json_int_t)data->shape[0], (json_int_t)data->shape[1],
                     (json_int_t)data->shape[2], "classes", classes_json(data));
}

static dsc_status match_shape(const dsc_dataset *data, const json_t *shape, const char *owner,
                              dsc_error *error) {
    json_int_t was[3];
    bool same = true;
    if (!shape) return DSC_OK;
    for (size_t i = 0; i < 3; i++) {
        was[i] = json_integer_value(json_array_get(shape, i));
        same = same && was[i] == (json_int_t)data->shape[i];
    }
    if (same) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s has images of %zu x %zu x %zu (channels x height x width), but %s began with %lld x "
                    "%lld x %lld; use the data that it began with",
                    data->name, data->shape[0], data->shape[1], data->shape[2], owner, (long long)was[0],
                    (long long)was[1], (long long)was[2]);
}

dsc_status dsc_dataset_match_json(dsc_dataset **matched, dsc_remarks *remarks, const dsc_dataset *data,
                                  const json_t *json, const char *owner, dsc_error *error) {
    const char *names[CLASSES_MOST];
    const json_t *classes = json_object_get(json, "classes");
    const size_t count = json_array_size(classes);
    *matched = NULL;
    dsc_status status = match_shape(data, json_object_get(json, "shape"), owner, error);
    if (status) return status;
    if (!classes) return dsc_dataset_share(matched, data, error);
    bool good = count >= 1 && count <= CLASSES_MOST;
    for (size_t i = 0; i < count && good; i++)
        good = (names[i] = json_string_value(json_array_get(classes, i)));
    if (!good)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: its classes: expected a list of 1 to %d names", owner,
                        CLASSES_MOST);
    const dsc_class_list learned = {names, count, owner};
    return dsc_dataset_match_classes(matched, remarks, data, &learned, error);
}
