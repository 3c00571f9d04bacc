/* SPDX-License-Identifier: MIT */
/* safetensors.c: a PyTorch state_dict as safetensors: weights by name. A written file has "pt" in its
 * metadata, like PyTorch's own, and the model's texts (model/native.c), so that it can be read without
 * options. */
#include "exchange/weights.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/recognise.h"
#include "model/native.h"
#include "model/safetensors.h"

#include <string.h>

static bool recognise(const unsigned char *bytes, size_t size) {
    static const char own[] = "\"descender\"";
    if (dsc_recognise(bytes, size) != DSC_KIND_SAFETENSORS) return false;
    uint64_t length = 0;
    for (int i = 0; i < 8; i++) length |= (uint64_t)bytes[i] << 8 * i;
    return !memmem(bytes + 8, length < size - 8 ? (size_t)length : size - 8, own, sizeof own - 1);
}

static dsc_status make_list(weights_list *list, const dsc_safetensors *file, const char *name,
                            dsc_error *error) {
    dsc_safetensor *tensors;
    *list = (weights_list){0};
    if (file->tensors > WEIGHTS_MOST)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "%s: %zu arrays, but at most %d are supported", name,
                        file->tensors, WEIGHTS_MOST);
    dsc_status status = dsc_safetensors_list(&tensors, file, error);
    if (status) return status;
    list->all = dsc_allocate(file->tensors, sizeof *list->all);
    if (!list->all) status = dsc_fail_memory(error, file->tensors * sizeof *list->all, "a list of arrays");
    for (size_t i = 0; i < file->tensors && !status; i++) {
        weights_array *a = &list->all[list->count++];
        *a = (weights_array){.label = weights_label_of(tensors[i].name),
                             .type = tensors[i].type,
                             .encoding = tensors[i].encoding,
                             .rank = tensors[i].rank,
                             .count = tensors[i].count,
                             .data = tensors[i].data};
        memcpy(a->shape, tensors[i].shape, sizeof a->shape);
        weights_set_strides(a, false);
    }
    free(tensors);
    if (!status) weights_sort(list);
    return status;
}

/* Reads weights; files written by this program contain texts that describe their network. */
static dsc_status read_tensors(dsc_model **model, exchange_source *source, const void *values,
                               dsc_error *error) {
    dsc_safetensors file;
    weights_list list = {0};
    dsc_status status = dsc_safetensors_parse_any(&file, source->bytes, source->size, source->name, error);
    if (status) return status;
    const bool own = dsc_safetensors_text(&file, "graph") != NULL;
    if (!source->model && !own) /* this refuses the file with an explanation */
        status = dsc_model_parse(model, source->bytes, source->size, source->name, NULL, error);
    else
        status = make_list(&list, &file, source->name, error);
    if (!status && own)
        status = weights_make_own(model, source, &list, dsc_safetensors_texts(&file), error);
    else if (!status)
        status = weights_make_model(model, source, &list, values, error);
    weights_list_clear(&list);
    dsc_safetensors_clear(&file);
    return status;
}

static dsc_status write_tensors(exchange_output *output, const dsc_model *model, const void *values,
                                dsc_error *error) {
    unsigned char *bytes = NULL;
    size_t size = 0;
    json_t *texts;
    (void)values;
    dsc_status status = dsc_model_texts(&texts, model, error);
    if (status) return status;
    if (json_object_set_new(texts, "format", json_string("pt")))
        status = dsc_fail_memory(error, 64, "a model's description");
    if (!status) status = dsc_safetensors_write(&bytes, &size, texts, model->graph, model->values, error);
    json_decref(texts);
    return status ? status : exchange_add_file(output, ".safetensors", bytes, size, error);
}

const exchange_format exchange_format_safetensors = {
    .name = "safetensors",
    .help = "weights by name, as PyTorch reads and writes them; to read them, give the network's text",
    .params = weights_params,
    .values_size = sizeof(weights_values),
    .suffix = ".safetensors",
    .recognise = recognise,
    .read = read_tensors,
    .write = write_tensors,
};
