/* SPDX-License-Identifier: MIT */
/* mistakes.c: collects the most confident mistakes as answers arrive; see mistakes.h. */
#include "measure/mistakes.h"

#include <string.h>

int dsc_mistakes_note(void *user, const dsc_answer *answer) {
    dsc_mistakes *m = user;
    if (answer->prediction == answer->label) return 0;
    m->all++;
    const float confidence = answer->is_finite ? answer->probabilities[answer->prediction] : 0;
    size_t at = m->count;
    while (at > 0 && m->worst[at - 1].confidence < confidence) at--;
    if (at == DSC_MISTAKES_MOST) return 0;
    const size_t kept = m->count < DSC_MISTAKES_MOST ? m->count : DSC_MISTAKES_MOST - 1;
    memmove(&m->worst[at + 1], &m->worst[at], (kept - at) * sizeof *m->worst);
    m->worst[at] = (dsc_mistake){answer->sample, answer->label, answer->prediction, confidence};
    m->count = kept + 1;
    return 0;
}

static json_t *mistake_json(const dsc_mistake *m, const dsc_model *model, const dsc_dataset *data) {
    json_t *pixels = json_array();
    const uint8_t *image = dsc_dataset_image(data, m->sample);
    for (size_t i = 0; i < data->image_size; i++) (void)json_array_append_new(pixels, json_integer(image[i]));
    return json_pack("{s:I, s:s, s:s?, s:f, s:I, s:I, s:I, s:o}", "sample", (json_int_t)m->sample, "label",
                     dsc_model_class_name(model, m->label), "prediction",
                     m->prediction < model->classes ? dsc_model_class_name(model, m->prediction) : NULL,
                     "confidence", (double)m->confidence, "channels", (json_int_t)data->shape[0], "height",
                     (json_int_t)data->shape[1], "width", (json_int_t)data->shape[2], "pixels", pixels);
}

json_t *dsc_mistakes_json(const dsc_mistakes *m, const dsc_model *model, const dsc_dataset *data,
                          size_t most) {
    json_t *list = json_array();
    bool whole = list != NULL;
    for (size_t i = 0; i < m->count && i < most && whole; i++)
        whole = !json_array_append_new(list, mistake_json(&m->worst[i], model, data));
    json_t *json = whole ? json_pack("{s:I, s:O}", "all", (json_int_t)m->all, "list", list) : NULL;
    json_decref(list);
    return json;
}
