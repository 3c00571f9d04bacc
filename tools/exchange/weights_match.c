/* SPDX-License-Identifier: MIT */
/* weights_match.c: matches arrays and parameters: by a map, by name, by order and shape; see weights.h.
 *
 * By order means: each layer, in the order of the network, takes the first unused layer of the file that has
 * the same kinds of arrays with the same shapes. If names do not reveal kinds ("arr_0"), arrays are matched
 * one by one. */
#include "exchange/weights.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/visible.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_SHOWN = 160 };

bool weights_is_idle(const weights_array *array) {
    return array->label.role == WEIGHTS_COUNTER ||
           (array->count <= 1 && array->encoding.letter != 'f' && array->encoding.letter != 'B');
}

static bool is_free(const weights_match *m, size_t array) {
    return m->user[array] == WEIGHTS_NONE && !m->dropped[array] && !weights_is_idle(&m->list->all[array]);
}

static const weights_array *array_at(const weights_match *m, size_t i) { return &m->list->all[i]; }

static bool try(const weights_match *m, size_t target, size_t array, weights_places *places) {
    return weights_fit(places, m->targets[target].node, array_at(m, array), m->layout);
}

/* Assigns `array`, which is known to fit. */
static void take(weights_match *m, size_t target, size_t array, int way) {
    weights_target *t = &m->targets[target];
    (void)try(m, target, array, &t->places);
    t->array = array;
    t->way = way;
    m->user[array] = target;
    m->matched++;
}

/* --- messages --- */

/* The layout in which the array has the parameter's shape; AUTO: none, or no layout can be suggested. */
static int find_layout(const weights_match *m, size_t target, size_t array) {
    static const int layouts[] = {WEIGHTS_TORCH, WEIGHTS_TRANSPOSED, WEIGHTS_KERAS};
    weights_places places;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts && m->format; i++)
        if (weights_fit(&places, m->targets[target].node, array_at(m, array), layouts[i])) return layouts[i];
    return WEIGHTS_AUTO;
}

/* Reports that the array does not fit the parameter in the match's layout. */
static dsc_status fail_shapes(const weights_match *m, size_t target, size_t array, dsc_error *error) {
    static const char *const names[] = {"auto", "torch", "keras", "transposed"};
    char has[WEIGHTS_SHAPE_TEXT], wants[WEIGHTS_SHAPE_TEXT], name[NAME_SHOWN];
    const weights_array *a = array_at(m, array);
    const dsc_node *node = m->targets[target].node;
    const int other = find_layout(m, target, array);
    (void)dsc_visible(name, sizeof name, a->label.name);
    (void)weights_shape_text(has, a);
    (void)dsc_shape_format(wants, &node->shape);
    if (other)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: '%s' of the shape %s does not fit %s %s of the network in layout=%s, but fits "
                        "in layout=%s: --as '%s layout=%s'; or correct the network's text",
                        m->file, name, has, node->name, wants, names[m->layout], names[other], m->format,
                        names[other]);
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: '%s' has the shape %s, but %s of the network has %s; correct the network's text, or "
                    "map arrays to parameters with --map",
                    m->file, name, has, node->name, wants);
}

/* The end of the layer that begins at `target`, up to the first target already matched: targets of a layer
 * are adjacent. */
static size_t layer_end(const weights_match *m, size_t target) {
    size_t end = target + 1;
    while (end < m->target_count && m->targets[end].array == WEIGHTS_NONE &&
           weights_label_same_layer(&m->targets[target].label, &m->targets[end].label))
        end++;
    return end;
}

/* The array with the parameter's role in the layer of array `of`; or WEIGHTS_NONE. */
static size_t find_role(const weights_match *m, size_t target, size_t of) {
    for (size_t i = 0; i < m->list->count; i++)
        if (is_free(m, i) && array_at(m, i)->label.role == m->targets[target].label.role &&
            weights_label_same_layer(&array_at(m, i)->label, &array_at(m, of)->label))
            return i;
    return WEIGHTS_NONE;
}

/* The same if it fits the parameter. */
static size_t find_in_layer(const weights_match *m, size_t target, size_t of) {
    weights_places places;
    const size_t found = find_role(m, target, of);
    return found == WEIGHTS_NONE || !try(m, target, found, &places) ? WEIGHTS_NONE : found;
}

/* DSC_OK if the layer of `array` fits; fails if `array` fits the parameter but the rest of its layer does
 * not. */
static dsc_status fail_layer(const weights_match *m, size_t target, size_t array, dsc_error *error) {
    char wants[WEIGHTS_SHAPE_TEXT], has[WEIGHTS_SHAPE_TEXT], name[NAME_SHOWN];
    const size_t end = layer_end(m, target);
    weights_places places;
    for (size_t t = target; t < end; t++) {
        const size_t own = find_role(m, t, array);
        const dsc_node *node = m->targets[t].node;
        if (own == WEIGHTS_NONE)
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "%s: the layer of '%s' has no array for %s %s of the network; correct the "
                            "network's text%s",
                            m->file, dsc_visible(name, sizeof name, array_at(m, array)->label.name),
                            node->name, dsc_shape_format(wants, &node->shape),
                            m->targets[t].label.role == WEIGHTS_BIAS ? ": a layer without a bias has bias=off"
                                                                     : "");
        if (!try(m, t, own, &places)) return fail_shapes(m, t, own, error);
    }
    for (size_t i = 0; i < m->list->count; i++) {
        const weights_array *a = array_at(m, i);
        if (!is_free(m, i) || !weights_label_same_layer(&a->label, &array_at(m, array)->label)) continue;
        bool wanted = false;
        for (size_t t = target; t < end; t++) wanted = wanted || find_role(m, t, array) == i;
        if (wanted) continue;
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: '%s' of the shape %s has no place in the network, whose layer with %s has no "
                        "such array; correct its text%s",
                        m->file, dsc_visible(name, sizeof name, a->label.name), weights_shape_text(has, a),
                        m->targets[target].node->name, a->label.role == WEIGHTS_BIAS ? " (bias=on)" : "");
    }
    return DSC_OK;
}

/* Reports a parameter without an array; names the nearest candidate. */
static dsc_status fail_target(const weights_match *m, size_t target, dsc_error *error) {
    char wants[WEIGHTS_SHAPE_TEXT];
    const weights_target *t = &m->targets[target];
    weights_places places;
    for (size_t i = 0; i < m->list->count && t->label.role; i++)
        if (is_free(m, i) && array_at(m, i)->label.role == t->label.role && try(m, target, i, &places)) {
            dsc_status status = fail_layer(m, target, i, error);
            if (status) return status;
        }
    for (int same_role = 1; same_role >= 0; same_role--)
        for (size_t i = 0; i < m->list->count; i++)
            if (is_free(m, i) && (!same_role || array_at(m, i)->label.role == t->label.role) &&
                !try(m, target, i, &places))
                return fail_shapes(m, target, i, error);
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: no array is left for %s %s of the network; correct its text (a layer without a bias "
                    "has bias=off), or map arrays to parameters with --map",
                    m->file, t->node->name, dsc_shape_format(wants, &t->node->shape));
}

static dsc_status fail_left(const weights_match *m, size_t array, dsc_error *error) {
    char has[WEIGHTS_SHAPE_TEXT], name[NAME_SHOWN];
    const weights_array *a = array_at(m, array);
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: '%s' of the shape %s is none of the network's parameters; add its layer to the "
                    "text, or skip it with a line '%s -' in the file of --map",
                    m->file, dsc_visible(name, sizeof name, a->label.name), weights_shape_text(has, a), name);
}

/* --- by a map --- */

static size_t find_array(const weights_match *m, const char *name) {
    for (size_t i = 0; i < m->list->count; i++)
        if (!strcmp(array_at(m, i)->label.name, name)) return i;
    return WEIGHTS_NONE;
}

static dsc_status fail_no_array(const weights_match *m, const char *where, size_t line, const char *name,
                                dsc_error *error) {
    char shown[NAME_SHOWN], near[NAME_SHOWN];
    dsc_nearest nearest = dsc_nearest_to(name);
    for (size_t i = 0; i < m->list->count; i++) dsc_nearest_try(&nearest, array_at(m, i)->label.name);
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: line %zu: %s has no array '%s'%s%s%s", where, line,
                    m->file, dsc_visible(shown, sizeof shown, name), nearest.name ? "; did you mean '" : "",
                    nearest.name ? dsc_visible(near, sizeof near, nearest.name) : "",
                    nearest.name ? "'?" : "");
}

static dsc_status find_target(size_t *target, const weights_match *m, const char *where, size_t line,
                              const char *name, dsc_error *error) {
    char shown[NAME_SHOWN];
    dsc_nearest nearest = dsc_nearest_to(name);
    for (*target = 0; *target < m->target_count; ++*target) {
        if (!strcmp(m->targets[*target].node->name, name)) return DSC_OK;
        dsc_nearest_try(&nearest, m->targets[*target].node->name);
    }
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: line %zu: the network has no parameter '%s'%s%s%s", where,
                    line, dsc_visible(shown, sizeof shown, name), nearest.name ? "; did you mean '" : "",
                    nearest.name ? nearest.name : "", nearest.name ? "'?" : "");
}

/* Parses one line: "array parameter", "array -", or empty. Modifies `line`. */
static dsc_status take_line(weights_match *m, char *line, size_t number, const char *where,
                            dsc_error *error) {
    static const char space[] = " \t\r";
    char *rest = NULL, *from = strtok_r(line, space, &rest), *to = strtok_r(NULL, space, &rest),
         *more = strtok_r(NULL, space, &rest);
    size_t target = 0;
    weights_places places;
    if (!from || *from == '#') return DSC_OK;
    if (!to || *to == '#' || (more && *more != '#'))
        return dsc_fail(
            error, DSC_ERROR_ARGUMENT,
            "%s: line %zu: expected the name of an array and that of a parameter, or '-' to skip the array",
            where, number);
    const size_t array = find_array(m, from);
    if (array == WEIGHTS_NONE) return fail_no_array(m, where, number, from, error);
    const bool drop = !strcmp(to, "-");
    dsc_status status = drop ? DSC_OK : find_target(&target, m, where, number, to, error);
    if (status) return status;
    if (m->user[array] != WEIGHTS_NONE || m->dropped[array] ||
        (!drop && m->targets[target].array != WEIGHTS_NONE))
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "%s: line %zu: an earlier line has this array or this parameter", where, number);
    if (drop)
        m->dropped[array] = true;
    else if (try(m, target, array, &places))
        take(m, target, array, WEIGHTS_BY_MAP);
    else
        return fail_shapes(m, target, array, error);
    return DSC_OK;
}

static dsc_status by_map(weights_match *m, const weights_how *how, dsc_error *error) {
    if (!how->map) return DSC_OK;
    char *copy = dsc_allocate(how->map_size + 1, 1);
    if (!copy) return dsc_fail_memory(error, how->map_size, how->map_name);
    memcpy(copy, how->map, how->map_size);
    copy[how->map_size] = '\0';
    char *line = copy + dsc_utf8_mark(copy, how->map_size);
    dsc_status status = DSC_OK;
    for (size_t number = 1; line && !status; number++) {
        char *end = strchr(line, '\n');
        if (end) *end++ = '\0';
        status = take_line(m, line, number, how->map_name, error);
        line = end;
    }
    free(copy);
    return status;
}

/* --- layer by layer --- */

/* The length of a common prefix that wrappers add to all names: "module.", "net.". */
static size_t common_prefix(const weights_list *list) {
    if (list->count < 2) return 0;
    const char *first = list->all[0].label.name;
    size_t length = strlen(first);
    for (size_t i = 1; i < list->count; i++) {
        size_t same = 0;
        while (same < length && first[same] == list->all[i].label.name[same]) same++;
        length = same;
    }
    while (length && first[length - 1] != '.' && first[length - 1] != '/') length--;
    return length;
}

/* The array with the parameter's name, if it fits; or WEIGHTS_NONE. */
static size_t find_same_name(const weights_match *m, size_t target, size_t prefix) {
    weights_places places;
    const char *name = m->targets[target].node->name;
    for (size_t i = 0; i < m->list->count; i++)
        if (is_free(m, i) &&
            (!strcmp(array_at(m, i)->label.name, name) || !strcmp(array_at(m, i)->label.name + prefix, name)))
            return try(m, target, i, &places) ? i : WEIGHTS_NONE;
    return WEIGHTS_NONE;
}

static void by_name(weights_match *m) {
    const size_t prefix = common_prefix(m->list);
    for (size_t first = 0, end; first < m->target_count; first = end) {
        bool all = true;
        end = layer_end(m, first);
        for (size_t t = first; t < end && all; t++)
            all = m->targets[t].array == WEIGHTS_NONE && find_same_name(m, t, prefix) != WEIGHTS_NONE;
        for (size_t t = first; t < end && all; t++) take(m, t, find_same_name(m, t, prefix), WEIGHTS_BY_NAME);
    }
}

static bool begins_layer(const weights_match *m, size_t array) {
    if (!is_free(m, array)) return false;
    for (size_t i = 0; i < array; i++)
        if (is_free(m, i) && weights_label_same_layer(&array_at(m, i)->label, &array_at(m, array)->label))
            return false;
    return true;
}

/* Whether the layer that begins with the array matches targets [first, end), array by array. */
static bool is_layer(const weights_match *m, size_t first, size_t end, size_t array) {
    size_t free_arrays = 0;
    for (size_t i = array; i < m->list->count; i++)
        free_arrays +=
            is_free(m, i) && weights_label_same_layer(&array_at(m, i)->label, &array_at(m, array)->label);
    if (free_arrays != end - first) return false;
    for (size_t t = first; t < end; t++)
        if (find_in_layer(m, t, array) == WEIGHTS_NONE) return false;
    return true;
}

/* Whether names differ only in numbers, so that they define an order. */
static bool is_numbered_alike(const char *a, const char *b) {
    while (*a && *b) {
        const bool x = *a >= '0' && *a <= '9', y = *b >= '0' && *b <= '9';
        if (x && y) {
            while (*a >= '0' && *a <= '9') a++;
            while (*b >= '0' && *b <= '9') b++;
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return *a == *b;
}

/* Records that array `other` would have fitted where `found` is used. */
static void doubt(weights_match *m, size_t found, size_t other) {
    m->unsure =
        m->unsure || !is_numbered_alike(array_at(m, other)->label.name, array_at(m, found)->label.name);
}

static void layers_by_order(weights_match *m) {
    for (size_t first = 0, end; first < m->target_count; first = end) {
        size_t found = WEIGHTS_NONE;
        end = layer_end(m, first);
        if (m->targets[first].array != WEIGHTS_NONE) continue;
        for (size_t i = 0; i < m->list->count && (found == WEIGHTS_NONE || !m->unsure); i++) {
            if (!begins_layer(m, i) || !is_layer(m, first, end, i)) continue;
            if (found == WEIGHTS_NONE)
                found = i;
            else
                doubt(m, found, i);
        }
        if (found == WEIGHTS_NONE) return;
        size_t own[8], count = 0;
        for (size_t t = first; t < end && count < 8; t++) own[count++] = find_in_layer(m, t, found);
        for (size_t t = first; t < first + count; t++) take(m, t, own[t - first], WEIGHTS_BY_ORDER);
    }
}

static void arrays_by_order(weights_match *m) {
    for (size_t t = 0; t < m->target_count; t++) {
        weights_places places;
        size_t found = WEIGHTS_NONE;
        if (m->targets[t].array != WEIGHTS_NONE) continue;
        for (size_t i = 0; i < m->list->count && (found == WEIGHTS_NONE || !m->unsure); i++) {
            const weights_role role = array_at(m, i)->label.role;
            if (!is_free(m, i) || (role != WEIGHTS_UNKNOWN && role != m->targets[t].label.role) ||
                !try(m, t, i, &places))
                continue;
            if (found == WEIGHTS_NONE)
                found = i;
            else
                doubt(m, found, i);
        }
        if (found == WEIGHTS_NONE) return;
        take(m, t, found, WEIGHTS_BY_ORDER);
    }
}

/* --- entry points --- */

static dsc_status begin(weights_match *m, const dsc_model *model, bool whole, dsc_error *error) {
    const dsc_graph *graph = model->graph;
    m->targets = dsc_allocate(graph->count, sizeof *m->targets);
    m->user = dsc_allocate(m->list->count, sizeof *m->user);
    m->dropped = dsc_allocate(m->list->count, sizeof *m->dropped);
    if (!m->targets || !m->user || !m->dropped)
        return dsc_fail_memory(error, graph->count * sizeof *m->targets, "the places of weights");
    for (size_t i = 0; i < m->list->count; i++) m->user[i] = WEIGHTS_NONE;
    for (size_t i = 0; i < graph->count; i++) {
        const dsc_node *node = graph->nodes[i];
        /* Other programs' files lack parameters that only the loss uses, such as class weights. */
        if (!dsc_node_has_numbers(node) || (!whole && node->index > model->logits->index)) continue;
        m->targets[m->target_count++] =
            (weights_target){.node = node, .label = weights_label_of(node->name), .array = WEIGHTS_NONE};
    }
    return DSC_OK;
}

static dsc_status check(const weights_match *m, dsc_error *error) {
    for (size_t t = 0; t < m->target_count; t++)
        if (m->targets[t].array == WEIGHTS_NONE) return fail_target(m, t, error);
    for (size_t i = 0; i < m->list->count; i++)
        if (is_free(m, i)) return fail_left(m, i, error);
    return DSC_OK;
}

static bool tells_roles(const weights_match *m) {
    for (size_t i = 0; i < m->list->count; i++)
        if (is_free(m, i) && array_at(m, i)->label.role == WEIGHTS_UNKNOWN) return false;
    return true;
}

dsc_status weights_match_find(weights_match *m, const dsc_model *model, const weights_list *list,
                              const weights_how *how, const char *file, dsc_error *error) {
    *m = (weights_match){.list = list, .layout = how->layout, .format = how->format, .file = file};
    dsc_status status = begin(m, model, how->whole, error);
    if (!status) status = by_map(m, how, error);
    if (status) return status;
    by_name(m);
    if (tells_roles(m))
        layers_by_order(m);
    else
        arrays_by_order(m);
    return check(m, error);
}

void weights_match_clear(weights_match *m) {
    free(m->targets);
    free(m->user);
    free(m->dropped);
    *m = (weights_match){0};
}
