/* SPDX-License-Identifier: MIT */
/* weights_names.c: interprets the names of arrays: which belong to one layer, and their roles. */
#include "exchange/weights.h"

#include "graph/graph.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The words of PyTorch, Keras and NumPy users, in lower case. */
static const struct {
    const char *word;
    weights_role role;
} words[] = {
    {"num_batches_tracked", WEIGHTS_COUNTER},
    {"running_mean", WEIGHTS_MEAN},
    {"moving_mean", WEIGHTS_MEAN},
    {"mean", WEIGHTS_MEAN},
    {"running_variance", WEIGHTS_VARIANCE},
    {"moving_variance", WEIGHTS_VARIANCE},
    {"running_var", WEIGHTS_VARIANCE},
    {"moving_var", WEIGHTS_VARIANCE},
    {"variance", WEIGHTS_VARIANCE},
    {"var", WEIGHTS_VARIANCE},
    {"depthwise_kernel", WEIGHTS_WEIGHT},
    {"weights", WEIGHTS_WEIGHT},
    {"weight", WEIGHTS_WEIGHT},
    {"kernel", WEIGHTS_WEIGHT},
    {"gamma", WEIGHTS_WEIGHT},
    {"scale", WEIGHTS_WEIGHT},
    {"w", WEIGHTS_WEIGHT},
    {"biases", WEIGHTS_BIAS},
    {"bias", WEIGHTS_BIAS},
    {"beta", WEIGHTS_BIAS},
    {"b", WEIGHTS_BIAS},
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "w_hidden", "net.bias_out": the role precedes the layer's name in the last part of the name; the rest is
 * the tail. Returns false if there is no role. */
static bool label_by_beginning(weights_label *label, const char *name, size_t end) {
    size_t start = end;
    while (start && name[start - 1] != '.' && name[start - 1] != '/') start--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t length = strlen(words[i].word), tail = start + length + 1;
        if (tail >= end || strncasecmp(name + start, words[i].word, length) != 0) continue;
        if (name[tail - 1] != '_' && name[tail - 1] != '-') continue;
        *label = (weights_label){
            .name = name, .role = words[i].role, .prefix = start, .tail = tail, .tail_length = end - tail};
        return true;
    }
    return false;
}

weights_label weights_label_of(const char *name) {
    size_t end = strlen(name), digits;
    /* TensorFlow's "kernel:0" */
    for (digits = end; digits && is_digit(name[digits - 1]);) digits--;
    if (digits && digits < end && name[digits - 1] == ':') end = digits - 1;
    for (digits = end; digits && is_digit(name[digits - 1]);) digits--;
    weights_label label = {.name = name, .prefix = end, .tail = digits, .tail_length = end - digits};
    size_t core = digits;
    while (core && digits < end && (name[core - 1] == '_' || name[core - 1] == '-')) core--;
    /* The first match is the longest: longer words precede their endings. */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t length = strlen(words[i].word);
        if (length > core || strncasecmp(name + core - length, words[i].word, length) != 0) continue;
        if (core > length && isalnum((unsigned char)name[core - length - 1])) continue;
        label.role = words[i].role;
        label.prefix = core - length;
        return label;
    }
    if (label_by_beginning(&label, name, end)) return label;
    label.tail_length = 0; /* the digits are part of the name */
    return label;
}

bool weights_label_same_layer(const weights_label *a, const weights_label *b) {
    return a->prefix == b->prefix && a->tail_length == b->tail_length &&
           !memcmp(a->name, b->name, a->prefix) &&
           !memcmp(a->name + a->tail, b->name + b->tail, a->tail_length);
}

int weights_name_compare(const char *a, const char *b) {
    while (*a && *b) {
        if (is_digit(*a) && is_digit(*b)) {
            while (*a == '0') a++;
            while (*b == '0') b++;
            size_t x = 0, y = 0;
            while (is_digit(a[x])) x++;
            while (is_digit(b[y])) y++;
            if (x != y) return x < y ? -1 : 1;
            const int order = strncmp(a, b, x);
            if (order) return order;
            a += x;
            b += y;
        } else if (*a != *b) {
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return *a ? 1 : *b ? -1 : 0;
}

static int compare_arrays(const void *a, const void *b) {
    const weights_array *x = a, *y = b;
    const int order = weights_name_compare(x->label.name, y->label.name);
    return order ? order : strcmp(x->label.name, y->label.name);
}

/* Within each type: safetensors puts larger types first. */
static bool is_sorted(const weights_list *list) {
    for (size_t i = 1; i < list->count; i++)
        if (!strcmp(list->all[i].type, list->all[i - 1].type) &&
            strcmp(list->all[i].label.name, list->all[i - 1].label.name) < 0)
            return false;
    return true;
}

void weights_sort(weights_list *list) {
    if (list->count && is_sorted(list)) qsort(list->all, list->count, sizeof *list->all, compare_arrays);
}

void weights_set_strides(weights_array *array, bool fortran) {
    size_t stride = 1;
    const size_t rank = array->rank < 4 ? array->rank : 4;
    for (size_t k = 0; k < rank; k++) {
        const size_t axis = fortran ? k : rank - 1 - k;
        array->stride[axis] = stride;
        stride *= array->shape[axis];
    }
}

const char *weights_shape_text(char out[WEIGHTS_SHAPE_TEXT], const weights_array *array) {
    static const char more[] = ", ...)";
    dsc_shape shape = {.rank = array->rank < 4 ? array->rank : 4};
    memcpy(shape.size, array->shape, sizeof array->shape);
    (void)dsc_shape_format(out, &shape);
    if (array->rank > 4) memcpy(strchr(out, ')'), more, sizeof more);
    return out;
}

void weights_list_clear(weights_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->all[i].owned_name) free((void *)(uintptr_t)list->all[i].label.name);
        free(list->all[i].owned_data);
    }
    free(list->all);
    *list = (weights_list){0};
}
