/* SPDX-License-Identifier: MIT */
/* join.c: an ensemble as one model, so that all that is done with a model is done with an ensemble. Its graph
 * holds the members side by side:
 *
 *   image -> member 1 -> logits (K) -.
 *   image -> member 2 -> logits (K) --> concat (M K) -> log-mean-softmax (K) -> loss
 *   ...                             -'
 *
 * A model whose image is shifted is the ensemble of itself on shifted copies of the image. */
#include "model/model.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/images.h"
#include "model/members.h"
#include "op/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 300, TOGETHER = 8 /* inputs of a concat */ };

/* What becomes of one member. */
typedef struct branch {
    const dsc_model *from;
    char prefix[32];  /* "member1." */
    dsc_node **nodes; /* for each node of its graph, the ensemble's; NULL: not needed */
} branch;

typedef struct joining {
    dsc_graph *graph;
    dsc_node *image;
    dsc_normalisation normalisation; /* of the ensemble */
    branch *branches;
    dsc_node **ends; /* the logits of each */
    size_t count, members;
    dsc_error *error;
} joining;

static dsc_status no_memory(const joining *j) {
    return dsc_fail(j->error, DSC_ERROR_MEMORY, "out of memory for an ensemble");
}

/* --- one member --- */

/* An ensemble gives its members; another model is its own only one. */
static const dsc_node *end_of(const dsc_model *model, size_t *members) {
    const dsc_node *all = dsc_model_members(model, members);
    if (all) return all;
    *members = 1;
    return model->logits;
}

static dsc_status begin_layer(const joining *j, const branch *b, const char *layer) {
    char name[NAME];
    (void)snprintf(name, sizeof name, "%s%s", b->prefix, layer ? layer : "");
    return dsc_graph_begin_layer(j->graph, layer ? name : NULL);
}

static dsc_node *copy_number(const joining *j, const branch *b, const dsc_node *node) {
    char name[NAME];
    (void)snprintf(name, sizeof name, "%s%s", b->prefix, node->name);
    return node->kind == DSC_NODE_BUFFER ? dsc_buffer(j->graph, name, node->shape, node->initial)
                                         : dsc_parameter(j->graph, name, node->shape, node->init, node->n_in,
                                                         node->n_out, node->decays);
}

static dsc_node *copy_node(const joining *j, const branch *b, const dsc_node *node) {
    dsc_node *inputs[DSC_INPUTS_MOST];
    if (dsc_node_has_numbers(node)) return copy_number(j, b, node);
    if (node->kind == DSC_NODE_OUTPUT) return dsc_node_output(b->nodes[node->inputs[0]->index], node->output);
    if (node->kind != DSC_NODE_OP)
        return dsc_graph_fail(j->graph, DSC_ERROR_UNSUPPORTED, "its logits depend on more than the image");
    for (size_t i = 0; i < node->input_count; i++) inputs[i] = b->nodes[node->inputs[i]->index];
    return dsc_apply(node->op, inputs, node->input_count, node->values);
}

/* What is needed for its logits, on `image`. */
static dsc_status copy_branch(joining *j, size_t number, dsc_node *image) {
    branch *b = &j->branches[number];
    const dsc_graph *from = b->from->graph;
    size_t members;
    const dsc_node *end = end_of(b->from, &members);
    bool *needed = dsc_allocate(end->index + 1, sizeof *needed);
    b->nodes = dsc_allocate(from->count, sizeof(dsc_node *));
    if (!needed || !b->nodes) {
        free(needed);
        return no_memory(j);
    }
    needed[end->index] = true;
    for (size_t i = end->index + 1; i-- > 0;)
        for (size_t k = 0; needed[i] && k < from->nodes[i]->input_count; k++)
            needed[from->nodes[i]->inputs[k]->index] = true;
    for (size_t i = 0; i <= end->index; i++) {
        const dsc_node *node = from->nodes[i];
        if (!needed[i] || begin_layer(j, b, node->layer)) continue;
        b->nodes[i] = node == b->from->image ? image : copy_node(j, b, node);
    }
    free(needed);
    j->ends[number] = b->nodes[end->index];
    j->members += members;
    dsc_status status = dsc_graph_check(j->graph, j->error);
    return status ? dsc_error_context(j->error, status, "member %zu", number + 1) : DSC_OK;
}

/* --- the image of a member --- */

/* A value (C, H, W), each channel by itself with a kernel of 1 or 2 padding + 1. */
static dsc_node *channel_by_channel(joining *j, const branch *b, dsc_node *x, size_t padding) {
    char name[NAME];
    const size_t channels = x->shape.size[0], side = 2 * padding + 1;
    if (begin_layer(j, b, "image")) return &j->graph->failed;
    (void)snprintf(name, sizeof name, "%simage.weight", b->prefix);
    dsc_node *weight = dsc_parameter(j->graph, name, dsc_shape_of(4, channels, 1, side, side), DSC_INIT_ZEROS,
                                     side * side, 1, false);
    (void)snprintf(name, sizeof name, "%simage.bias", b->prefix);
    dsc_node *bias =
        dsc_parameter(j->graph, name, dsc_shape_of(1, channels, 0, 0, 0), DSC_INIT_ZEROS, 1, 1, false);
    return dsc_depthwise_conv2d(x, weight, bias, NULL, (size_t[]){padding, padding}, NULL);
}

static bool reads_alike(const dsc_normalisation *a, const dsc_normalisation *b) {
    return !memcmp(a->scale, b->scale, a->channels * sizeof *a->scale) &&
           !memcmp(a->offset, b->offset, a->channels * sizeof *a->offset);
}

/* The numbers of "PREFIXimage.weight" and "PREFIXimage.bias", which the model has if its member has an image
 * of its own: `place` of the kernel is the weight, which are 0 elsewhere. */
static void set_image(dsc_model *model, const branch *b, size_t place, const dsc_real *factor,
                      const dsc_real *offset) {
    char name[NAME];
    (void)snprintf(name, sizeof name, "%simage.weight", b->prefix);
    const dsc_node *weight = dsc_graph_find(model->graph, name);
    (void)snprintf(name, sizeof name, "%simage.bias", b->prefix);
    const dsc_node *bias = dsc_graph_find(model->graph, name);
    const size_t channels = model->image->shape.size[0], kernel = dsc_shape_count(&weight->shape) / channels;
    memset(model->values + weight->offset, 0, channels * kernel * sizeof(dsc_real));
    for (size_t c = 0; c < channels; c++) {
        model->values[weight->offset + c * kernel + place] = factor ? factor[c] : 1;
        model->values[bias->offset + c] = offset[c];
    }
}

/* --- the whole --- */

/* Side by side; those that are many in several steps. Takes the list over. */
static dsc_node *side_by_side(dsc_node **list, size_t count) {
    while (count > 1) {
        size_t made = 0;
        for (size_t i = 0; i < count; i += TOGETHER) {
            const size_t part = count - i < TOGETHER ? count - i : TOGETHER;
            list[made++] = part > 1 ? dsc_concat(list + i, part) : list[i];
        }
        count = made;
    }
    return list[0];
}

static dsc_status finish_graph(dsc_model_parts *parts, joining *j) {
    parts->image = j->image;
    parts->target = dsc_input(j->graph, "target", (dsc_shape){0});
    if (!dsc_graph_begin_layer(j->graph, DSC_ENSEMBLE_LAYER))
        parts->logits = dsc_log_mean_softmax(side_by_side(j->ends, j->count), j->members);
    if (!dsc_graph_begin_layer(j->graph, "loss"))
        parts->loss = dsc_softmax_cross_entropy(parts->logits, parts->target, 0);
    (void)dsc_graph_begin_layer(j->graph, NULL);
    return dsc_graph_check(j->graph, j->error);
}

static void copy_numbers(dsc_model *model, const branch *b) {
    for (size_t i = 0; i < b->from->graph->count; i++) {
        const dsc_node *node = b->from->graph->nodes[i];
        if (dsc_node_has_numbers(node) && b->nodes[i])
            memcpy(model->values + b->nodes[i]->offset, b->from->values + node->offset,
                   dsc_shape_count(&node->shape) * sizeof(dsc_real));
    }
}

/* `members` has `given` models, of which the last stands for those that are missing to `count`. */
static dsc_status begin(joining *j, const dsc_model *const *members, size_t given, size_t count,
                        dsc_error *error) {
    const dsc_model *first = members[0];
    *j = (joining){.error = error, .count = count, .normalisation = first->normalisation};
    j->branches = dsc_allocate(count, sizeof *j->branches);
    j->ends = dsc_allocate(count, sizeof(dsc_node *));
    if (!j->branches || !j->ends) return no_memory(j);
    for (size_t i = 0; i < count; i++) j->branches[i].from = members[i < given ? i : given - 1];
    dsc_status status = dsc_graph_create(&j->graph, error);
    if (status) return status;
    j->image = dsc_input(j->graph, "image", first->image->shape);
    return dsc_graph_check(j->graph, error);
}

static void clear(joining *j) {
    for (size_t i = 0; j->branches && i < j->count; i++) free(j->branches[i].nodes);
    free(j->branches);
    free(j->ends);
    dsc_graph_free(j->graph);
}

/* The model of the graph, with the members' numbers; `text` is its name. */
static dsc_status make_model(dsc_model **result, joining *j, const char *text, dsc_error *error) {
    dsc_model_parts parts = dsc_model_parts_defaults();
    dsc_model *model;
    const dsc_model *first = j->branches[0].from;
    dsc_images expected;
    dsc_status status = finish_graph(&parts, j);
    parts.text = text;
    parts.class_names = (const char *const *)first->class_names;
    if (!status) status = dsc_model_from_graph(&model, &parts, error);
    if (status) return status;
    j->graph = NULL; /* the model's */
    for (size_t i = 0; i < j->count; i++) copy_numbers(model, &j->branches[i]);
    model->normalisation = j->normalisation;
    dsc_model_describe(&expected, first);
    status = dsc_model_expect(model, &expected, error);
    if (status)
        dsc_model_free(model);
    else
        *result = model;
    return status;
}

/* --- joining --- */

static dsc_status check_member(const dsc_model *first, const dsc_model *m, size_t number, dsc_error *error) {
    dsc_images a, b;
    dsc_model_describe(&a, first);
    dsc_model_describe(&b, m);
    if (memcmp(a.shape, b.shape, sizeof a.shape) != 0)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "member %zu takes images of %zu x %zu x %zu, but the first member takes %zu x %zu x "
                        "%zu; join models for the same images",
                        number, b.shape[0], b.shape[1], b.shape[2], a.shape[0], a.shape[1], a.shape[2]);
    if (a.preparation != b.preparation || dsc_grounds_differ(a.ground, b.ground))
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "member %zu was trained on %s, %s, but the first member on %s, %s; join models for "
                        "the same images",
                        number, dsc_images_words(&b), dsc_ground_words(b.ground), dsc_images_words(&a),
                        dsc_ground_words(a.ground));
    if (first->classes != m->classes)
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "member %zu has %zu classes, but the first member has %zu; join models with the same classes",
            number, m->classes, first->classes);
    for (size_t k = 0; k < m->classes; k++)
        if (strcmp(first->class_names[k], m->class_names[k]) != 0)
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "class %zu of member %zu is '%.60s', but that of the first member is '%.60s'; "
                            "join models with the same classes in the same order",
                            k, number, m->class_names[k], first->class_names[k]);
    if (dsc_model_is_sigmoid(m))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "member %zu computes probabilities with sigmoid (its loss is %.60s), but an ensemble "
                        "uses softmax; train the member with --loss softmax-cross-entropy",
                        number, m->loss_text);
    return dsc_model_check_values(m, NULL, error);
}

/* What all say alike; the text "ensemble of 3: 784-100-10". */
static dsc_status describe(dsc_model *model, const joining *j, dsc_error *error) {
    static const char *const kept[] = {"recipe", "data", "others"};
    dsc_status status = DSC_OK;
    for (size_t i = 0; !status && i < sizeof kept / sizeof *kept; i++) {
        const char *said = dsc_model_about(j->branches[0].from, kept[i]);
        for (size_t k = 1; said && k < j->count; k++) {
            const char *other = dsc_model_about(j->branches[k].from, kept[i]);
            if (!other || strcmp(said, other) != 0) said = NULL;
        }
        if (said) status = dsc_model_set_about(model, kept[i], said, error);
    }
    /* Each member's threshold was chosen for its own answers: theirs together is the mean. A threshold for
     * the joint answers would need images that no member has learned, and each holds out others. */
    double sum = 0;
    bool all = true;
    for (size_t k = 0; k < j->count; k++) {
        sum += j->branches[k].from->refuse_below;
        all = all && j->branches[k].from->refuse_below > 0;
    }
    model->refuse_below = all ? sum / (double)j->count : 0;
    return status;
}

static bool append_name(dsc_text *text, const joining *j) {
    const char *name = j->branches[0].from->text, *colon = NULL;
    size_t members;
    bool same = true;
    for (size_t k = 1; k < j->count; k++) same = same && !strcmp(name, j->branches[k].from->text);
    if (dsc_model_members(j->branches[0].from, &members)) colon = strstr(name, ": ");
    dsc_text_append(text, "ensemble of %zu", j->members);
    if (same) dsc_text_append(text, ": %s", colon ? colon + 2 : name);
    return !text->failed;
}

static dsc_status join(dsc_model **joined, joining *j, dsc_error *error) {
    dsc_text name = {0};
    dsc_status status = DSC_OK;
    /* Bytes that are taken as they are round a float: another way to read them, if there is one, does not. */
    for (size_t i = 0; i < j->count && j->normalisation.whole; i++)
        j->normalisation = j->branches[i].from->normalisation;
    for (size_t i = 0; i < j->count && !status; i++) {
        branch *b = &j->branches[i];
        (void)snprintf(b->prefix, sizeof b->prefix, DSC_MEMBER_PREFIX "%zu.", i + 1);
        const bool alike = reads_alike(&j->normalisation, &b->from->normalisation);
        status = copy_branch(j, i, alike ? j->image : channel_by_channel(j, b, j->image, 0));
    }
    if (!status && !append_name(&name, j)) status = no_memory(j);
    if (!status) status = make_model(joined, j, name.data, error);
    dsc_text_free(&name);
    if (status) return status;
    for (size_t i = 0; i < j->count; i++) {
        const dsc_normalisation *own = &j->branches[i].from->normalisation, *all = &j->normalisation;
        dsc_real factor[DSC_CHANNELS_MOST] = {0}, offset[DSC_CHANNELS_MOST] = {0};
        if (reads_alike(all, own)) continue;
        for (size_t c = 0; c < own->channels; c++) {
            factor[c] = own->scale[c] / all->scale[c];
            offset[c] = own->offset[c] - factor[c] * all->offset[c];
        }
        set_image(*joined, &j->branches[i], 0, factor, offset);
    }
    return describe(*joined, j, error);
}

dsc_status dsc_model_join(dsc_model **joined, const dsc_model *const *members, size_t count,
                          dsc_error *error) {
    joining j;
    *joined = NULL;
    if (count < 2 || count > DSC_MEMBERS_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "an ensemble of %zu models; expected 2 to %d", count,
                        DSC_MEMBERS_MOST);
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < count && !status; i++) status = check_member(members[0], members[i], i + 1, error);
    if (status) return status;
    status = begin(&j, members, count, count, error);
    if (!status) status = join(joined, &j, error);
    clear(&j);
    if (!status) return DSC_OK;
    dsc_model_free(*joined);
    *joined = NULL;
    return status;
}

/* --- shifts --- */

/* What the ground of the images is, as numbers. The ensemble reads bytes so that it is 0 there, which is what
 * a convolution finds beyond the edge, and adds it again behind the shift. */
static void find_ground(dsc_real *ground, dsc_normalisation *n, const dsc_model *model) {
    dsc_images images;
    dsc_model_describe(&images, model);
    const dsc_real byte = images.ground == DSC_GROUND_LIGHT ? 255 : 0;
    for (size_t c = 0; c < n->channels; c++) {
        ground[c] = byte * n->scale[c] + n->offset[c];
        n->offset[c] -= ground[c];
    }
    n->whole = false;
}

static dsc_status shift(dsc_model **shifted, joining *j, size_t pixels, dsc_error *error) {
    dsc_real ground[DSC_CHANNELS_MOST] = {0};
    const dsc_model *model = j->branches[0].from;
    dsc_status status = DSC_OK;
    find_ground(ground, &j->normalisation, model);
    for (size_t i = 0; i < j->count && !status; i++) {
        branch *b = &j->branches[i];
        (void)snprintf(b->prefix, sizeof b->prefix, "shift%zu.", i + 1);
        status = copy_branch(j, i, channel_by_channel(j, b, j->image, pixels));
    }
    if (!status) status = make_model(shifted, j, model->text, error);
    if (status) return status;
    for (size_t i = 0; i < j->count; i++) set_image(*shifted, &j->branches[i], i, NULL, ground);
    (*shifted)->refuse_below = model->refuse_below;
    const char *name;
    json_t *value;
    json_object_foreach(model->about, name, value) if (!status) status =
        dsc_model_set_about(*shifted, name, json_string_value(value), error);
    return status;
}

dsc_status dsc_model_shift(dsc_model **shifted, const dsc_model *model, size_t pixels, dsc_error *error) {
    joining j;
    *shifted = NULL;
    if (pixels < 1 || pixels > DSC_SHIFTS_MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "shifts of %zu pixels; expected 1 to %d", pixels,
                        DSC_SHIFTS_MOST);
    if (dsc_model_is_sigmoid(model))
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "the model computes probabilities with sigmoid (its loss is %.60s), but averaging "
                        "over shifted images needs softmax; omit the shifts",
                        model->loss_text);
    dsc_status status = dsc_model_check_values(model, NULL, error);
    const size_t side = 2 * pixels + 1;
    if (status) return status;
    status = begin(&j, &model, 1, side * side, error);
    if (!status) status = shift(shifted, &j, pixels, error);
    clear(&j);
    if (!status) return DSC_OK;
    dsc_model_free(*shifted);
    *shifted = NULL;
    return status;
}
