/* SPDX-License-Identifier: MIT */
/* onnx_finish.c: see onnx_parts.h. */
#include "exchange/onnx_parts.h"

#if DESCENDER_WITH_PROTOBUF

#include "base/error.h"
#include "base/json.h"
#include "data/images.h"
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *setting(const onnx_reading *r, const char *key) {
    for (size_t i = 0; i < r->model->n_metadata_props; i++) {
        const Onnx__Setting *s = r->model->metadata_props[i];
        if (s->key && s->value && !strcmp(s->key, key)) return s->value;
    }
    return NULL;
}

/* --- the output --- */

static bool is_of(const Onnx__Node *node, const char *type) {
    return node && node->op_type && !strcmp(node->op_type, type) && node->n_input && *node->input[0];
}

/* Follows a name back to the node that computes it, past nodes that only pass it on. Takes at most as many
 * steps as there are nodes. */
static const Onnx__Node *maker_of(const char **name, const Onnx__Node **labels, onnx_reading *r) {
    const Onnx__Node *maker = onnx_find(r, *name)->maker;
    for (size_t i = 0; i < r->file->n_node; i++) {
        if (is_of(maker, "ZipMap"))
            *labels = maker;
        else if (!is_of(maker, "Identity") && !is_of(maker, "Cast") && !is_of(maker, "Dropout"))
            break;
        *name = maker->input[0];
        maker = onnx_find(r, *name)->maker;
    }
    return maker;
}

/* Whether the node of this graph output computes class probabilities, that is, along the last dimension or
 * along 1. A softmax along another dimension is read, or refused, as an ordinary node. */
static bool makes_probabilities(const onnx_reading *r, const Onnx__Node *maker, const Onnx__Value *output) {
    if (is_of(maker, "Sigmoid")) return true;
    if (!is_of(maker, "Softmax") && !is_of(maker, "LogSoftmax")) return false;
    const Onnx__TensorType *type = output->type ? output->type->tensor_type : NULL;
    const size_t rank = type && type->shape && type->shape->n_dim ? type->shape->n_dim - 1 : 1;
    const int64_t axis = onnx_softmax_axis(r, maker, rank);
    return axis == 1 || axis == (int64_t)rank;
}

/* Whether the output can hold class scores; labels, texts and the like cannot. */
static bool may_have_classes(onnx_reading *r, const Onnx__Value *value) {
    const Onnx__TensorType *type = value->type ? value->type->tensor_type : NULL;
    const Onnx__Node *maker = value->name && *value->name ? onnx_find(r, value->name)->maker : NULL;
    if (!maker) return false;
    if (!type) return is_of(maker, "ZipMap");
    return !type->elem_type || onnx_is_real(type->elem_type);
}

static const Onnx__Value *choose(onnx_reading *r) {
    const Onnx__Value *found = NULL, *likely = NULL;
    size_t count = 0, likelies = 0;
    for (size_t i = 0; i < r->file->n_output; i++) {
        const Onnx__Value *value = r->file->output[i];
        const char *name = value->name ? value->name : "";
        if (r->options->output ? !strcmp(name, r->options->output) : !strcmp(name, "logits")) return value;
        if (r->options->output || !may_have_classes(r, value)) continue;
        const Onnx__Node *labels = NULL;
        const char *from = name;
        found = value;
        count++;
        if (!makes_probabilities(r, maker_of(&from, &labels, r), value)) continue;
        likely = value;
        likelies++;
    }
    return count == 1 ? found : likelies == 1 ? likely : NULL;
}

dsc_status onnx_choose_output(onnx_output *output, onnx_reading *r) {
    const Onnx__Value *chosen = choose(r);
    if (!chosen) {
        dsc_text names = {0};
        char shown[100], remedy[ONNX_REMEDY];
        for (size_t i = 0; i < r->file->n_output && i < 20; i++) {
            const char *own = r->file->output[i]->name;
            dsc_text_append(&names, "%s'%s'", i ? ", " : "",
                            dsc_visible(shown, sizeof shown, own ? own : ""));
        }
        dsc_status status =
            dsc_fail(r->error, DSC_ERROR_UNSUPPORTED,
                     "%s: which of its %zu outputs has a number for each class? %.200s; %s", r->source->name,
                     r->file->n_output, names.data ? names.data : "", onnx_remedy(remedy, r, "output=NAME"));
        dsc_text_free(&names);
        return status;
    }
    const char *name = chosen->name ? chosen->name : "";
    const Onnx__Node *maker = maker_of(&name, &output->labels, r);
    if (makes_probabilities(r, maker, chosen)) {
        output->loss = is_of(maker, "Sigmoid") ? "binary-cross-entropy" : "softmax-cross-entropy";
        name = maker->input[0];
    }
    output->logits = name;
    return DSC_OK;
}

/* --- the normalisation --- */

/* "0.1307" or "0.485,0.456,0.406" */
static dsc_status read_numbers(double *numbers, size_t channels, double otherwise, const char *key,
                               const char *text, onnx_reading *r) {
    size_t count = 1;
    numbers[0] = otherwise;
    const bool good = !text || dsc_parse_reals(numbers, &count, channels, text);
    for (size_t c = 1; c < channels && count == 1; c++) numbers[c] = numbers[0];
    if (good && (count == 1 || count == channels)) return DSC_OK;
    return dsc_fail(r->error, DSC_ERROR_ARGUMENT,
                    "%s=%.60s: expected a number, or one for each of %zu channels", key, text, channels);
}

/* The meaning of a pixel in the file's input: see onnx.h. */
static int find_scale(onnx_reading *r, const Onnx__Value *input) {
    const char *said = setting(r, ONNX_KEY("scale"));
    char remedy[ONNX_REMEDY];
    if (r->options->scale) return r->options->scale;
    for (int i = ONNX_SCALE_BYTES; said && i < ONNX_SCALES; i++)
        if (!strcmp(said, onnx_scales[i].name)) return i;
    if (input->type && input->type->tensor_type && input->type->tensor_type->elem_type == ONNX_UINT8)
        return ONNX_SCALE_UINT8;
    double largest = 0;
    for (size_t c = 0; r->scale && c < r->image->shape.size[0]; c++)
        largest = fmax(largest, fabs(r->scale[c]));
    if (!r->options->mean && !r->options->std && r->scale && largest < 1.0 / 16) {
        onnx_note(r, "the graph divides its pixels, so they are taken to be of 0 to 255; if they are not, %s",
                  onnx_remedy(remedy, r, "scale=unit"));
        return ONNX_SCALE_BYTES;
    }
    if (!r->options->mean && !r->options->std)
        onnx_note(r,
                  "pixels are taken to be of 0 to 1, which the file does not say; if they are not, %s or "
                  "'onnx mean=M std=S'",
                  onnx_remedy(remedy, r, "scale=bytes"));
    return ONNX_SCALE_UNIT;
}

static dsc_status normalise(dsc_model *model, onnx_reading *r, const Onnx__Value *input) {
    const size_t channels = model->image->shape.size[0];
    double *mean = onnx_take(&r->pool, channels, sizeof *mean);
    double *std = onnx_take(&r->pool, channels, sizeof *std);
    if (!mean || !std) return onnx_no_memory(r);
    dsc_status status = read_numbers(mean, channels, 0, "mean", r->options->mean, r);
    if (!status) status = read_numbers(std, channels, 1, "std", r->options->std, r);
    if (status) return status;
    const double unit = find_scale(r, input) == ONNX_SCALE_UNIT ? 255 : 1;
    dsc_normalisation *n = &model->normalisation;
    bool plain = true, whole = true;
    n->channels = channels;
    for (size_t c = 0; c < channels; c++) {
        /* The file's input is (byte / unit - mean) / std. */
        const double scale = r->scale ? r->scale[c] : 1, offset = r->offset ? r->offset[c] : 0;
        n->scale[c] = (dsc_real)(scale / (unit * std[c]));
        n->offset[c] = (dsc_real)(offset - scale * mean[c] / std[c]);
        if (!isfinite(n->scale[c]) || !isfinite(n->offset[c]))
            return dsc_fail(r->error, DSC_ERROR_FORMAT, "%s: the normalisation of the image is not finite",
                            r->source->name);
        plain = plain && n->scale[c] == (dsc_real)1 / 255 && n->offset[c] == 0;
        whole = whole && n->scale[c] == 1 && n->offset[c] == 0;
    }
    const char *said = setting(r, ONNX_KEY("normalisation"));
    if (whole && said && !strcmp(said, DSC_NORMALISE_AS_BYTES))
        return dsc_model_normalise(model, DSC_NORMALISE_AS_BYTES, NULL, r->error);
    (void)snprintf(n->name, sizeof n->name, "%s", plain ? "unit" : "standard");
    return DSC_OK;
}

/* --- classes --- */

/* Class names from the metadata or a ZipMap, in the pool; NULL: no valid names. */
static const char *const *find_names(onnx_reading *r, const onnx_output *output, size_t classes) {
    const char **names = onnx_take(&r->pool, classes, sizeof *names);
    const char *said = setting(r, ONNX_CLASSES);
    const Onnx__Attribute *texts =
        output->labels ? onnx_attribute(output->labels, "classlabels_strings") : NULL;
    const Onnx__Attribute *numbers =
        output->labels ? onnx_attribute(output->labels, "classlabels_int64s") : NULL;
    json_t *json = said ? json_loads(said, 0, NULL) : NULL;
    bool good = names != NULL;
    for (size_t i = 0; good && i < classes; i++) {
        const char *text = json_string_value(json_array_get(json, i));
        if (said)
            names[i] = text ? onnx_take_text(&r->pool, "%s", text) : NULL;
        else if (texts && texts->n_strings == classes)
            names[i] =
                onnx_take_text(&r->pool, "%.*s", (int)texts->strings[i].len, (char *)texts->strings[i].data);
        else if (numbers && numbers->n_ints == classes)
            names[i] = onnx_take_text(&r->pool, "%lld", (long long)numbers->ints[i]);
        good = names[i] != NULL;
    }
    good = good && (!said || json_array_size(json) == classes);
    json_decref(json);
    if (good && !dsc_class_names_check(names, classes, NULL)) return names;
    if (said) onnx_note(r, "the names of the classes in the metadata are not %zu different ones", classes);
    return NULL;
}

/* --- the model --- */

static dsc_status find_logits(dsc_node **logits, onnx_reading *r, const onnx_output *output) {
    onnx_value *value = onnx_find(r, output->logits);
    const char *name = r->source->name;
    if (!value->node || value->node == r->image)
        return dsc_fail(r->error, DSC_ERROR_UNSUPPORTED, "%s: its output does not depend on its input", name);
    size_t largest = 1;
    for (size_t i = 0; i < value->rank; i++) largest = value->dims[i] > largest ? value->dims[i] : largest;
    if (largest != onnx_count(value) || value->padded || value->scale)
        return dsc_fail(
            r->error, DSC_ERROR_UNSUPPORTED,
            "%s: expected a row of numbers as the output, one for each class, found %zu dimensions", name,
            value->rank);
    if (largest < 2)
        return dsc_fail(
            r->error, DSC_ERROR_UNSUPPORTED,
            "%s: its output is one number; a classifier has one for each class: export it with two", name);
    *logits = value->node->shape.rank == 1 ? value->node : dsc_flatten(value->node);
    return DSC_OK;
}

/* The loss of the metadata if it is usable; otherwise according to the file's probabilities; otherwise
 * softmax. */
static dsc_status find_loss(dsc_node **loss, const char **text, dsc_node *logits, dsc_node *target,
                            onnx_reading *r, const onnx_output *output) {
    *text = setting(r, ONNX_KEY("loss"));
    dsc_error reason;
    if (*text && strlen(*text) < 200) {
        dsc_status status = dsc_loss_build(loss, logits, target, *text, false, &reason);
        if (status == DSC_ERROR_MEMORY) return onnx_no_memory(r);
        if (!status) return DSC_OK;
        dsc_status graph = dsc_graph_check(r->graph, r->error);
        if (graph) return graph;
    }
    *text = output->loss ? output->loss : "softmax-cross-entropy";
    if (!output->loss && !setting(r, ONNX_KEY("version")))
        onnx_note(r, "the file makes no probabilities of its output; softmax does");
    return dsc_loss_build(loss, logits, target, *text, false, r->error);
}

static dsc_status take_texts(dsc_model *model, onnx_reading *r) {
    static const char about[] = ONNX_ABOUT;
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < r->model->n_metadata_props && !status; i++) {
        const Onnx__Setting *s = r->model->metadata_props[i];
        if (!s->key || !s->value || strncmp(s->key, about, sizeof about - 1) != 0) continue;
        status = dsc_model_set_about(model, s->key + sizeof about - 1, s->value, r->error);
        if (status == DSC_ERROR_ARGUMENT) status = DSC_OK; /* not UTF-8: ignored */
    }
    const char *images = setting(r, ONNX_KEY("images")), *refuse = setting(r, ONNX_KEY("refuse_below"));
    double below;
    if (refuse && dsc_parse_real(&below, refuse))
        (void)dsc_model_set_refuse_below(model, below, NULL); /* not a probability: ignored */
    json_t *json = images ? json_loads(images, 0, NULL) : NULL;
    dsc_images expected;
    dsc_model_describe(&expected, model);
    if (json && dsc_images_from_json(&expected, json) && !status)
        status = dsc_model_expect(model, &expected, r->error);
    json_decref(json);
    char name[80], version[40];
    const char *producer = r->model->producer_name, *which = r->model->producer_version;
    const char *imported = onnx_take_text(
        &r->pool, "from ONNX, opset %lld, by %s %s", (long long)r->opset,
        dsc_visible(name, sizeof name, producer && *producer ? producer : "an unknown program"),
        dsc_visible(version, sizeof version, which ? which : ""));
    if (!imported) return onnx_no_memory(r);
    return status ? status : dsc_model_set_about(model, "imported", imported, r->error);
}

dsc_status onnx_finish(dsc_model **result, onnx_reading *r, const onnx_output *output,
                       const Onnx__Value *input) {
    dsc_model_parts parts = dsc_model_parts_defaults();
    const char *loss = NULL, *text = setting(r, ONNX_KEY("text"));
    dsc_status status = find_logits(&parts.logits, r, output);
    if (status) return status;
    (void)dsc_graph_begin_layer(r->graph, NULL);
    parts.image = r->image;
    parts.target = dsc_input(r->graph, "target", dsc_shape_of(0, 0, 0, 0, 0));
    status = dsc_graph_check(r->graph, r->error);
    if (!status) status = find_loss(&parts.loss, &loss, parts.logits, parts.target, r, output);
    if (status) return status;
    parts.class_names = find_names(r, output, parts.logits->shape.size[0]);
    if (text && *text && strlen(text) < 16384 && dsc_utf8_check(text, strlen(text)) == strlen(text))
        parts.text = text;
    if (r->pool.failed) return onnx_no_memory(r);
    status = dsc_model_from_graph(result, &parts, r->error);
    if (status) return status;
    dsc_model *model = *result;
    for (size_t i = 0; i < r->start_count; i++)
        memcpy(model->values + r->starts[i].node->offset, r->starts[i].numbers,
               dsc_shape_count(&r->starts[i].node->shape) * sizeof(float));
    if (loss) status = dsc_text_replace(&model->loss_text, loss, r->error);
    if (!status) status = normalise(model, r, input);
    if (!status) status = take_texts(model, r);
    if (status) return status;
    status = dsc_model_check_values(model, NULL, r->error);
    return status ? dsc_error_context(r->error, status, "%s", r->source->name) : DSC_OK;
}

#endif
