/* SPDX-License-Identifier: MIT */
/* choose.c: optimisers and schedules from text. */
#include "optim/choose.h"

#include "base/spec.h"

#include <stdlib.h>

enum { KINDS_MOST = 32 };

/* The text is one item: a comma, which ends an item elsewhere, is one too many here. */
static dsc_status choose(size_t *index, void **values, const char *text, const char *thing,
                         const dsc_spec_kind *kinds, size_t count, dsc_error *error) {
    dsc_spec spec;
    const char *next = text;
    *values = NULL;
    dsc_status status = dsc_spec_read(&spec, &next, text, ",", error);
    if (status) return status;
    if (*next)
        return dsc_spec_fail(error, text, (size_t)(next - text) + 1, "expected one %s, found ',' behind it",
                             thing);
    return dsc_spec_choose(index, values, &spec, text, thing, kinds, count, error);
}

#define KINDS_OF(registry)                                                                                   \
    dsc_spec_kind kinds[KINDS_MOST];                                                                         \
    size_t count = 0, index = 0;                                                                             \
    for (; count < KINDS_MOST && registry[count]; count++) kinds[count] = (dsc_spec_kind) {                  \
            registry[count]->name, registry[count]->params, registry[count]->values_size                     \
        }

dsc_status dsc_optimiser_choose(dsc_chosen_optimiser *chosen, const char *text, dsc_error *error) {
    KINDS_OF(dsc_optimisers);
    dsc_status status = choose(&index, &chosen->values, text ? text : "", "optimiser", kinds, count, error);
    chosen->kind = status ? NULL : dsc_optimisers[index];
    return status;
}

dsc_status dsc_schedule_choose(dsc_chosen_schedule *chosen, const char *text, dsc_error *error) {
    KINDS_OF(dsc_schedules);
    dsc_status status = choose(&index, &chosen->values, text ? text : "", "schedule", kinds, count, error);
    chosen->kind = status ? NULL : dsc_schedules[index];
    return status;
}

void dsc_optimiser_release(dsc_chosen_optimiser *chosen) {
    if (chosen->values) dsc_params_free(chosen->kind->params, chosen->values);
    free(chosen->values);
    *chosen = (dsc_chosen_optimiser){0};
}

void dsc_schedule_release(dsc_chosen_schedule *chosen) {
    if (chosen->values) dsc_params_free(chosen->kind->params, chosen->values);
    free(chosen->values);
    *chosen = (dsc_chosen_schedule){0};
}
