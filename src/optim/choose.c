/* SPDX-License-Identifier: MIT */
/* choose.c: creates optimisers and schedules from text. */
#include "optim/choose.h"

#include "base/spec.h"

/* The text is a single item, so a comma, which ends an item elsewhere, is an error. */
static dsc_status choose(const dsc_row **row, void **values, const char *text, const dsc_registry *registry,
                         dsc_error *error) {
    dsc_spec spec;
    if (!text) text = "";
    const char *next = text;
    *row = NULL;
    *values = NULL;
    dsc_status status = dsc_spec_read(&spec, &next, text, ",", error);
    if (status) return status;
    if (*next)
        return dsc_spec_fail(error, text, (size_t)(next - text) + 1, "expected one %s, found ',' after it",
                             registry->thing);
    return dsc_spec_choose(row, values, &spec, text, registry, error);
}

dsc_status dsc_optimiser_choose(dsc_chosen_optimiser *chosen, const char *text, dsc_error *error) {
    const dsc_row *row;
    dsc_status status = choose(&row, &chosen->values, text, &dsc_optimiser_registry, error);
    chosen->kind = (const void *)row;
    return status;
}

dsc_status dsc_schedule_choose(dsc_chosen_schedule *chosen, const char *text, dsc_error *error) {
    const dsc_row *row;
    dsc_status status = choose(&row, &chosen->values, text, &dsc_schedule_registry, error);
    chosen->kind = (const void *)row;
    return status;
}

void dsc_optimiser_release(dsc_chosen_optimiser *chosen) {
    dsc_row_release((const void *)chosen->kind, chosen->values);
    *chosen = (dsc_chosen_optimiser){0};
}

void dsc_schedule_release(dsc_chosen_schedule *chosen) {
    dsc_row_release((const void *)chosen->kind, chosen->values);
    *chosen = (dsc_chosen_schedule){0};
}
