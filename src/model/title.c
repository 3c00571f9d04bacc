/* SPDX-License-Identifier: MIT */
/* title.c: titles from a model's graph and the name of its data. */
#include "model/title.h"

#include "data/known.h"
#include "model/model.h"

#include <math.h>
#include <string.h>

static bool ends_with(const char *name, size_t length, const char *end) {
    const size_t n = strlen(end);
    return length > n && !memcmp(name + length - n, end, n);
}

void dsc_public_name(dsc_text *text, const char *name) {
    static const char *const sets[] = {", training set", ", test set"};
    size_t length = strlen(name), from = 0;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (ends_with(name, length, sets[i])) length -= strlen(sets[i]);
    /* "MNIST (/data)": a name and its location. */
    if (dsc_known_titled(name)) length = dsc_known_titled(name);
    while (length > 1 && name[length - 1] == '/') length--;
    for (size_t i = 0; i + 1 < length; i++)
        if (name[i] == '/') from = i + 1;
    if (length - from == 0 || (length - from <= 2 && strspn(name + from, "./") >= length - from))
        dsc_text_append(text, "images"); /* ".", "..", "/": not a name */
    else
        dsc_text_append_bytes(text, name + from, length - from);
}

/* Four-dimensional weights belong to convolutions, two-dimensional ones to dense layers; the last dense layer
 * gives the answer and is not hidden. */
void dsc_network_layers(size_t *convolutions, size_t *hidden, const dsc_model *model) {
    size_t dense = 0;
    *convolutions = 0;
    for (size_t i = 0; i < model->graph->count; i++) {
        const dsc_node *node = model->graph->nodes[i];
        if (node->kind != DSC_NODE_PARAMETER) continue;
        *convolutions += node->shape.rank == 4;
        dense += node->shape.rank == 2;
    }
    *hidden = dense ? dense - 1 : 0;
}

/* Rounds to three digits, enough for a title. */
static double rounded(double number) {
    const double unit = number >= 1000 ? pow(10, floor(log10(number)) - 2) : 1;
    return floor(number / unit + 0.5) * unit;
}

void dsc_network_title(dsc_text *text, const dsc_model *model) {
    size_t convolutions, hidden;
    char number[48];
    dsc_network_layers(&convolutions, &hidden, model);
    if (convolutions)
        dsc_text_append(text, "%zu convolution%s", convolutions, convolutions == 1 ? "" : "s");
    else if (hidden)
        dsc_text_append(text, "%zu hidden layer%s", hidden, hidden == 1 ? "" : "s");
    else
        dsc_text_append(text, "no hidden layer");
    dsc_text_append(text, ", %s parameters",
                    dsc_format_grouped(number, rounded((double)dsc_model_parameters(model))));
}

void dsc_model_title(dsc_text *text, const dsc_model *model, const char *data) {
    if (!data) data = dsc_model_about(model, "data");
    if (data && *data) {
        dsc_public_name(text, data);
        dsc_text_append(text, ": ");
    }
    dsc_network_title(text, model);
}
