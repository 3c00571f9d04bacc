/* SPDX-License-Identifier: MIT */
/* weights.c: creates a model from a list of arrays and reports how; see weights.h. */
#include "exchange/weights.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/visible.h"
#include "model/native.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES_MOST = 16, USUAL_SIDE = 28, USUAL_CLASSES = 10, DATA_CLASSES_MOST = 256 };
static const size_t MAP_MOST = 1 << 24;
static const double WHOLE_MOST = 16777216; /* 2^24: integers up to it are exact in float */

const dsc_param weights_params[] = {
    DSC_CHOICE(weights_values, layout, "auto", "auto|torch|keras|transposed",
               "layout of the weights: torch: (out, in) and (out, in, H, W); keras: (in, out), (H, W, in, "
               "out), flattened as H, W, C; transposed: torch, but dense (in, out); auto: torch, or keras if "
               "only that fits"),
    {0},
};

/* --- numbers --- */

static bool is_real(const weights_array *a) { return a->encoding.letter == 'f' || a->encoding.letter == 'B'; }

static dsc_status fail_number(const weights_array *a, size_t at, double number, const char *file,
                              dsc_error *error) {
    char text[32], name[256];
    return dsc_fail(error, DSC_ERROR_FORMAT, "%s: '%s': number %zu is %s, which is no %s; %s", file,
                    dsc_visible(name, sizeof name, a->label.name), at, dsc_format_shortest(text, number),
                    is_real(a) ? "finite float" : "whole number below 2^24, as a float holds it",
                    is_real(a) ? "the network had diverged before it was saved"
                               : "save the weights as float, converted back from their quantised form");
}

/* Copies the array's numbers in the order of the parameter. */
static dsc_status copy(dsc_real *to, const weights_target *target, const weights_array *a, const char *file,
                       dsc_error *error) {
    const weights_places *p = &target->places;
    size_t index[5] = {0}, at = 0;
    for (size_t n = 0; n < dsc_shape_count(&target->node->shape); n++) {
        const double number = dsc_npy_number(a->data + at * a->encoding.size, &a->encoding);
        const double most = is_real(a) ? (double)FLT_MAX : WHOLE_MOST;
        if (!(fabs(number) <= most)) return fail_number(a, at, number, file, error);
        to[n] = (dsc_real)(float)number;
        for (size_t k = p->rank; k-- > 0;) {
            at += p->stride[k];
            if (++index[k] < p->size[k]) break;
            at -= p->stride[k] * p->size[k];
            index[k] = 0;
        }
    }
    return DSC_OK;
}

static dsc_status fill(dsc_model *model, const weights_match *m, dsc_error *error) {
    for (size_t t = 0; t < m->target_count; t++) {
        const weights_target *target = &m->targets[t];
        dsc_status status =
            copy(model->values + target->node->offset, target, &m->list->all[target->array], m->file, error);
        if (status) return status;
    }
    dsc_error reason;
    if (!dsc_model_check_values(model, NULL, &reason)) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_FORMAT, "%s: %s; check which array is which parameter", m->file,
                    reason.message);
}

/* --- notes --- */

static void tell_table(dsc_text *table, const weights_match *m) {
    static const char *const ways[] = {"by name", "by the map", "by order"};
    char shape[WEIGHTS_SHAPE_TEXT];
    for (size_t i = 0; i < m->list->count; i++) {
        const weights_array *a = &m->list->all[i];
        const weights_target *target = m->user[i] == WEIGHTS_NONE ? NULL : &m->targets[m->user[i]];
        dsc_text_append_visible(table, a->label.name);
        dsc_text_append(table, "\t%s\t%s\t%s\t%s%s\n", a->type, weights_shape_text(shape, a),
                        target ? target->node->name : "-", target ? ways[target->way] : "left out",
                        target && target->places.turned ? ", transposed" : "");
    }
}

static void tell_types(dsc_text *notes, const weights_match *m) {
    for (size_t i = 0; i < m->list->count; i++) {
        const weights_array *a = &m->list->all[i];
        size_t count = 0;
        bool first = m->user[i] != WEIGHTS_NONE && !(a->encoding.letter == 'f' && a->encoding.size == 4);
        for (size_t k = 0; k < m->list->count && first; k++) {
            const bool same = m->user[k] != WEIGHTS_NONE && !strcmp(m->list->all[k].type, a->type);
            count += same;
            first = !same || k >= i;
        }
        if (first)
            dsc_text_append(notes, "%zu array%s of type %s became 32-bit floats\n", count,
                            count == 1 ? "" : "s", a->type);
    }
}

static void tell_left(dsc_text *notes, const weights_match *m) {
    size_t idle = 0, dropped = 0, example = 0;
    for (size_t i = 0; i < m->list->count; i++) {
        if (m->user[i] != WEIGHTS_NONE) continue;
        dropped += m->dropped[i];
        if (!m->dropped[i] && !idle++) example = i;
    }
    if (idle) {
        dsc_text_append(notes, "%zu array%s not used, because no network here needs %s: ", idle,
                        idle == 1 ? " was" : "s were", idle == 1 ? "it" : "them");
        dsc_text_append_visible(notes, m->list->all[example].label.name);
        dsc_text_append(notes, "%s (a count of batches, or one whole number)\n", idle > 1 ? ", ..." : "");
    }
    if (dropped)
        dsc_text_append(notes, "%zu array%s left out, as the map says\n", dropped,
                        dropped == 1 ? " was" : "s were");
}

/* Reports the layout of the weights if it differs from PyTorch's. Dense weights without convolutions may come
 * from NumPy or Keras: their shapes do not reveal the order of features. */
static void tell_layout(exchange_source *source, const weights_match *m, int asked) {
    bool turned = false, convolutions = false, reordered = false;
    for (size_t t = 0; t < m->target_count; t++) {
        const weights_places *places = &m->targets[t].places;
        turned = turned || places->turned;
        reordered = reordered || places->reordered;
        convolutions = convolutions || (places->turned && m->list->all[m->targets[t].array].rank == 4);
    }
    if (!turned) return;
    dsc_text_append(&source->notes, "%s%s; they were transposed\n",
                    convolutions ? "the weights have Keras' layout, (in, out) and (H, W, in, out)"
                                 : "dense weights have the layout (in, out)",
                    reordered && (convolutions || asked == WEIGHTS_KERAS) ? ", features in the order H, W, C"
                                                                          : "");
    if (reordered && !convolutions && asked == WEIGHTS_AUTO)
        dsc_text_append(&source->notes,
                        "features are in the order H, W, C, as Keras flattens; if they are C, H, W: --as '%s "
                        "layout=transposed'\n",
                        source->format);
}

static void tell(exchange_source *source, const weights_match *m, int asked) {
    tell_table(&source->table, m);
    tell_types(&source->notes, m);
    tell_left(&source->notes, m);
    tell_layout(source, m, asked);
    if (m->unsure)
        dsc_text_append(&source->notes, "some layers have the same shapes and names without an order; check "
                                        "the table, and correct it with --map\n");
}

/* --- models --- */

typedef struct asked {
    exchange_source *source;
    const weights_list *list;
    char *map;
    size_t map_size;
} asked;

/* Tries to match the arrays to a model, in each layout that `layout` allows. */
static dsc_status match(weights_match *m, const dsc_model *model, const asked *a, int layout,
                        dsc_error *error) {
    dsc_error second;
    weights_how how = {.layout = layout == WEIGHTS_AUTO ? WEIGHTS_TORCH : layout,
                       .format = a->source->format,
                       .map = a->map,
                       .map_size = a->map_size,
                       .map_name = a->source->map};
    dsc_status status = weights_match_find(m, model, a->list, &how, a->source->name, error);
    if (status != DSC_ERROR_MISMATCH || layout != WEIGHTS_AUTO) return status;
    const size_t matched = m->matched;
    weights_match_clear(m);
    how.layout = WEIGHTS_KERAS;
    status = weights_match_find(m, model, a->list, &how, a->source->name, &second);
    /* Reports the message of the layout in which more arrays matched. */
    if (status && error && (m->matched > matched || status != DSC_ERROR_MISMATCH)) *error = second;
    return status;
}

static dsc_status create(dsc_model **model, const exchange_source *source, size_t classes, dsc_error *error) {
    const char *names[DATA_CLASSES_MOST];
    dsc_model_options options = dsc_model_options_defaults();
    options.text = source->model;
    options.loss = source->loss;
    if (source->images) {
        options.classes = dsc_dataset_classes(source->images);
        options.class_names = names;
        dsc_dataset_shape(source->images, options.shape);
        for (size_t k = 0; k < options.classes; k++) names[k] = dsc_dataset_class_name(source->images, k);
    } else {
        options.classes = classes;
        options.shape[0] = source->shape[0] ? source->shape[0] : 1;
        options.shape[1] = source->shape[1] ? source->shape[1] : USUAL_SIDE;
        options.shape[2] = source->shape[2] ? source->shape[2] : USUAL_SIDE;
    }
    return dsc_model_create(model, &options, error);
}

static dsc_status try(dsc_model **model, weights_match *m, const asked *a, size_t classes, int layout,
                      bool *created, dsc_error *error) {
    dsc_status status = create(model, a->source, classes, error);
    *created = !status;
    if (!status) status = match(m, *model, a, layout, error);
    if (!status) return DSC_OK;
    weights_match_clear(m);
    dsc_model_free(*model);
    *model = NULL;
    return status;
}

static void add_candidate(size_t *sizes, size_t *count, size_t size) {
    for (size_t i = 0; i < *count; i++)
        if (sizes[i] == size) return;
    if (size && size <= DSC_CLASSES_MOST && *count < CANDIDATES_MOST) sizes[(*count)++] = size;
}

/* Candidates for the number of classes: the given one; or the sizes of the arrays, last ones first, and the
 * last number of the text. */
static size_t find_candidates(size_t sizes[CANDIDATES_MOST], const asked *a) {
    size_t count = 0;
    if (a->source->images || a->source->classes) {
        sizes[0] = a->source->classes;
        return 1;
    }
    for (size_t i = a->list->count; i-- > 0;)
        if (!weights_is_idle(&a->list->all[i]) && a->list->all[i].rank == 1)
            add_candidate(sizes, &count, a->list->all[i].shape[0]);
    for (size_t i = a->list->count; i-- > 0;)
        for (size_t k = 0; k < 2 && a->list->all[i].rank == 2; k++)
            add_candidate(sizes, &count, a->list->all[i].shape[k]);
    size_t end = strlen(a->source->model), digits;
    while (end && !strchr("0123456789", a->source->model[end - 1])) end--;
    for (digits = end; digits && strchr("0123456789", a->source->model[digits - 1]);) digits--;
    if (digits < end) add_candidate(sizes, &count, (size_t)strtoul(a->source->model + digits, NULL, 10));
    if (!count) sizes[count++] = USUAL_CLASSES;
    return count;
}

static dsc_status find_model(dsc_model **model, weights_match *m, const asked *a, int layout,
                             dsc_error *error) {
    size_t sizes[CANDIDATES_MOST];
    const size_t count = find_candidates(sizes, a);
    dsc_error kept = {0};
    dsc_status result = DSC_ERROR_ARGUMENT;
    bool kept_is_of_arrays = false;
    for (size_t i = 0; i < count; i++) {
        bool created;
        dsc_error reason = {0};
        dsc_status status = try(model, m, a, sizes[i], layout, &created, &reason);
        if (!status) return DSC_OK;
        /* An error in filling a network is more informative than an error in creating one. */
        if (!i || (created && !kept_is_of_arrays) || status == DSC_ERROR_MEMORY)
            kept = reason, result = status;
        kept_is_of_arrays = kept_is_of_arrays || created;
        if (status == DSC_ERROR_MEMORY) break;
    }
    if (error) *error = kept;
    return result;
}

static dsc_status read_map(asked *a, dsc_error *error) {
    unsigned char *bytes;
    if (!a->source->map) return DSC_OK;
    dsc_status status = dsc_file_read(&bytes, &a->map_size, a->source->map, MAP_MOST, error);
    if (!status) a->map = (char *)bytes;
    return status;
}

static dsc_status finish(dsc_model *model, exchange_source *source, const weights_match *m, int layout,
                         dsc_error *error) {
    dsc_status status = fill(model, m, error);
    if (!status) tell(source, m, layout);
    return status;
}

dsc_status weights_make_model(dsc_model **model, exchange_source *source, const weights_list *list,
                              const weights_values *values, dsc_error *error) {
    asked a = {.source = source, .list = list};
    weights_match m = {0};
    *model = NULL;
    source->needs_model = true;
    dsc_status status = read_map(&a, error);
    if (!status) status = find_model(model, &m, &a, values->layout, error);
    if (!status) status = finish(*model, source, &m, values->layout, error);
    weights_match_clear(&m);
    free(a.map);
    if (status) {
        dsc_model_free(*model);
        *model = NULL;
    }
    return status;
}

dsc_status weights_make_own(dsc_model **model, exchange_source *source, const weights_list *list,
                            const json_t *texts, dsc_error *error) {
    weights_match m = {0};
    size_t numbers = 0;
    for (size_t i = 0; i < list->count; i++) numbers += list->all[i].count;
    dsc_status status = dsc_model_from_texts(model, texts, numbers, source->name, NULL, error);
    const weights_how how = {.layout = WEIGHTS_TORCH, .whole = true};
    if (!status) status = weights_match_find(&m, *model, list, &how, source->name, error);
    if (!status) status = finish(*model, source, &m, WEIGHTS_TORCH, error);
    weights_match_clear(&m);
    if (status) {
        dsc_model_free(*model);
        *model = NULL;
    }
    return status;
}
