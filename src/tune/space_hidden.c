/* SPDX-License-Identifier: MIT */
/* space_hidden.c: `hidden`, `hidden1`, `hidden2`, ...: the widths of a model's hidden layers. They work for
 * every recipe: {hidden} is inserted into the model automatically. */
#include "base/error.h"
#include "layer/layer.h"
#include "tune/space.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define HIDDEN "hidden"
enum { WIDTHS_MOST = 64 };

/* The bytes of a hidden layer's width in the model text. */
typedef struct width {
    size_t begin, end;
} width;

typedef struct widths {
    width at[WIDTHS_MOST];
    size_t count;
} widths;

static void add(widths *found, size_t begin, size_t end) {
    if (found->count < WIDTHS_MOST) found->at[found->count++] = (width){begin, end};
}

/* 784-100-10: all numbers except the first and the last. */
static void find_in_sizes(widths *found, const char *text) {
    const char *begin = strchr(text, '-') + 1, *end;
    for (; (end = strchr(begin, '-')); begin = end + 1)
        add(found, (size_t)(begin - text), (size_t)(end - text));
}

static bool is_param(const dsc_param *param, const dsc_spec_word *word) {
    return word->key_length == strlen(param->name) && !memcmp(word->key, param->name, word->key_length);
}

/* The width among the words of `dense 100` or `dense units=100`. */
static const dsc_spec_word *width_of(const dsc_spec *item) {
    const dsc_layer *layer =
        (const void *)dsc_registry_find_slice(&dsc_layer_registry, item->name, item->name_length);
    const dsc_param *units = layer && layer->width ? dsc_param_find(layer->params, layer->width) : NULL;
    size_t place = 0;
    for (size_t i = 0; units && i < item->word_count; i++) {
        const dsc_spec_word *word = &item->words[i];
        if (word->key ? is_param(units, word) : place < layer->positional && units == &layer->params[place++])
            return word;
    }
    return NULL;
}

/* Layers: the widths of all layers that have one, except the last. Leaves errors to the model parser. */
static void find_in_layers(widths *found, const char *text) {
    static const char between[] = " \t\n\v\f\r,|()";
    for (const char *next = text + strspn(text, between); *next;) {
        dsc_spec item;
        dsc_error ignored;
        if (dsc_spec_read(&item, &next, text, ",|()", &ignored)) return;
        next += strspn(next, between);
        const dsc_spec_word *word = *next ? width_of(&item) : NULL;
        if (!word) continue;
        size_t begin = (size_t)(word->value - text);
        add(found, begin, begin + word->value_length);
    }
}

static void find_widths(widths *found, const char *model) {
    found->count = 0;
    if (isdigit((unsigned char)*model) && strchr(model, '-'))
        find_in_sizes(found, model);
    else
        find_in_layers(found, model);
}

/* The meaning of a dimension's name: 0: all hidden layers; 1, 2, ...: one of them; -1: another name. */
static long number_of(const char *text) {
    size_t length = strcspn(text, "="), prefix = strlen(HIDDEN);
    if (length < prefix || strncmp(text, HIDDEN, prefix) != 0) return -1;
    if (length == prefix) return 0;
    const char *digits = text + prefix;
    if (*digits == '0' || strspn(digits, "0123456789") != length - prefix || length - prefix > 3) return -1;
    return strtol(digits, NULL, 10);
}

/* Whether {NAME} is written somewhere; then it keeps its meaning there. */
static bool is_written(const char *name_and_values, const char *model, const char *const *texts,
                       size_t count) {
    size_t length = strcspn(name_and_values, "="), found;
    for (size_t i = 0; i <= count; i++)
        for (const char *p = i < count ? texts[i] : model; (p = dsc_tune_placeholder(p, &found));
             p += found + 2)
            if (found == length && !memcmp(p + 1, name_and_values, length)) return true;
    return false;
}

static dsc_status check_number(const char *text, long number, size_t count, const char *model,
                               dsc_error *error) {
    if (number < 0 || (count && (size_t)number <= count)) return DSC_OK;
    int length = (int)strcspn(text, "=");
    return dsc_spec_fail(error, text, 1,
                         "the model \"%s\" has %zu hidden layer%s with a width; write {%.*s} in the number's "
                         "place, as in --model \"flatten, dense {%.*s}, relu, dense\"",
                         model, count, count == 1 ? "" : "s", length, text, length, text);
}

/* Puts braces in place of the widths that are searched. */
static dsc_status rewrite(char **model, const widths *found, const bool *searched, dsc_error *error) {
    dsc_text text = {0};
    size_t done = 0;
    for (size_t i = 0; i < found->count; i++) {
        if (!searched[0] && !searched[i + 1]) continue;
        dsc_text_append_bytes(&text, *model + done, found->at[i].begin - done);
        if (searched[i + 1])
            dsc_text_append(&text, "{" HIDDEN "%zu}", i + 1);
        else
            dsc_text_append(&text, "{" HIDDEN "}");
        done = found->at[i].end;
    }
    dsc_text_append(&text, "%s", *model + done);
    if (text.failed) {
        dsc_text_free(&text);
        return dsc_fail_memory(error, strlen(*model), "a model's text");
    }
    free(*model);
    *model = text.data;
    return DSC_OK;
}

dsc_status dsc_tune_open_hidden(char **model, const char *const *texts, size_t count, dsc_error *error) {
    widths found;
    bool searched[WIDTHS_MOST + 1] = {false}, any = false;
    find_widths(&found, *model);
    for (size_t i = 0; i < count; i++) {
        long number = number_of(texts[i]);
        if (number < 0 || !strchr(texts[i], '=') || is_written(texts[i], *model, texts, count)) continue;
        dsc_status status = check_number(texts[i], number, found.count, *model, error);
        if (status) return status;
        searched[number] = any = true;
    }
    return any ? rewrite(model, &found, searched, error) : DSC_OK;
}
