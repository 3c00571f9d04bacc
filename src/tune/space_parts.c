/* SPDX-License-Identifier: MIT */
/* space_parts.c: parameters inside a recipe's texts, such as "affine rotate=10 shift=2, erase": finds the
 * items that have them, and sets one. */
#include "augment/augment.h"
#include "base/error.h"
#include "op/op.h"
#include "optim/choose.h"
#include "tune/space.h"

#include <stdlib.h>
#include <string.h>

/* --- texts and their items --- */

static const struct {
    const char *name;
    const dsc_registry *registry;
} fields[] = {{"augment", &dsc_augmentation_registry},
              {"optimiser", &dsc_optimiser_registry},
              {"schedule", &dsc_schedule_registry},
              {"loss", &dsc_loss_registry}};
enum { FIELDS = sizeof fields / sizeof *fields };

const dsc_param *dsc_tune_field(const char *name) {
    for (size_t i = 0; i < FIELDS; i++)
        if (!strcmp(fields[i].name, name)) return dsc_param_find(dsc_recipe_params, name);
    return NULL;
}

void dsc_tune_fields_format(dsc_text *text) {
    for (size_t i = 0; i < FIELDS; i++) dsc_text_append(text, "%s%s", i ? ", " : "", fields[i].name);
}

const dsc_registry *dsc_tune_field_registry(const dsc_param *field) {
    size_t i = 0;
    while (strcmp(fields[i].name, field->name) != 0) i++; /* always found */
    return fields[i].registry;
}

/* --- setting one --- */

/* The bytes of a text to replace by a value. */
typedef struct place {
    size_t begin, end;
    bool there; /* `key=` precedes it */
} place;

static bool slice_is(const char *slice, size_t length, const char *text) {
    return length == strlen(text) && !memcmp(slice, text, length);
}

/* Whether this item has the part. */
static bool has_part(const dsc_spec *item, const dsc_tune_dimension *d, const dsc_registry *registry) {
    if (d->item && !slice_is(item->name, item->name_length, d->item)) return false;
    const dsc_row *row = dsc_registry_find_slice(registry, item->name, item->name_length);
    return row && dsc_param_find(row->params, d->part);
}

/* The position of the part in an item that ends at `end`. */
static place place_in(const dsc_spec *item, const char *text, const char *end, const char *part) {
    for (size_t i = 0; i < item->word_count; i++) {
        const dsc_spec_word *word = &item->words[i];
        if (!word->key || !slice_is(word->key, word->key_length, part)) continue;
        size_t begin = (size_t)(word->value - text);
        return (place){begin, begin + word->value_length, true};
    }
    while (end > text && end[-1] == ' ') end--;
    return (place){(size_t)(end - text), (size_t)(end - text), false};
}

static dsc_status find_place(place *found, const char *text, const dsc_tune_dimension *d, dsc_error *error) {
    const dsc_registry *registry = dsc_tune_field_registry(d->param);
    size_t matches = 0;
    for (const char *next = text;; next++) {
        dsc_spec item;
        dsc_status status = dsc_spec_read(&item, &next, text, ",", error);
        if (status) return dsc_error_context(error, status, "%s", d->param->name);
        if (has_part(&item, d, registry) && !matches++) *found = place_in(&item, text, next, d->part);
        if (!*next) break;
    }
    if (matches == 1) return DSC_OK;
    if (matches)
        return dsc_spec_fail(error, d->text, 1, "%s of \"%s\" have the parameter '%s'%s%s",
                             matches == 2 ? "two items" : "several items", text, d->part,
                             d->item ? "" : "; say which one, as in ",
                             d->item ? "" : "augment.affine.p=0..1");
    const char *has = d->item;
    const dsc_row *row;
    for (size_t i = 0; !has && (row = dsc_registry_at(registry, i)); i++)
        if (dsc_param_find(row->params, d->part)) has = row->name;
    return dsc_spec_fail(error, d->text, 1,
                         "the %s \"%s\" has no '%s'; start with one that has it, as in --%s %s",
                         d->param->name, text, d->part, d->param->name, has);
}

dsc_status dsc_tune_part_set(char **text, const dsc_tune_dimension *d, const char *value, dsc_error *error) {
    place at = {0};
    dsc_status status = find_place(&at, *text, d, error);
    if (status) return status;
    dsc_text changed = {0};
    dsc_text_append_bytes(&changed, *text, at.begin);
    if (!at.there) dsc_text_append(&changed, " %s=", d->part);
    dsc_text_append(&changed, "%s%s", value, *text + at.end);
    if (changed.failed) {
        dsc_text_free(&changed);
        return dsc_fail_memory(error, strlen(*text), d->param->name);
    }
    free(*text);
    *text = changed.data;
    return DSC_OK;
}
