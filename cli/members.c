/* SPDX-License-Identifier: MIT */
/* members.c: counts the answers of an ensemble's members; see members.h. */
#include "members.h"

#include "base/memory.h"

#include <stdlib.h>

dsc_status command_members_begin(command_members *m, const dsc_model *model, dsc_error *error) {
    *m = (command_members){.classes = dsc_model_classes(model)};
    if (!dsc_model_members(model, &m->members)) return DSC_OK;
    m->right = dsc_allocate(m->members, sizeof *m->right);
    return m->right ? DSC_OK : dsc_fail_memory(error, m->members * sizeof *m->right, "an ensemble's score");
}

void command_members_clear(command_members *m) {
    free(m->right);
    *m = (command_members){0};
}

void command_members_add(command_members *m, const dsc_answer *answer) {
    if (!m->members || !answer->members) return;
    m->count++;
    if (!answer->is_finite) return;
    double information;
    const size_t classes = m->classes;
    const bool all = dsc_members_agree(&information, answer->prediction, answer->members, m->members,
                                       classes) == m->members;
    m->information += information;
    m->all_right += answer->prediction == answer->label;
    m->agreed += all;
    m->agreed_right += all && answer->prediction == answer->label;
    for (size_t i = 0; i < m->members; i++)
        m->right[i] += dsc_members_agree(NULL, answer->label, answer->members + i * classes, 1, classes);
}

/* The least, largest and mean accuracy of single members. */
static void range_of(double *low, double *high, double *mean, const command_members *m) {
    *low = 1;
    *high = *mean = 0;
    for (size_t i = 0; i < m->members; i++) {
        const double share = m->count ? (double)m->right[i] / (double)m->count : 0;
        if (share < *low) *low = share;
        if (share > *high) *high = share;
        *mean += share / (double)m->members;
    }
}

static const char *percent(char out[32], double part, double whole) {
    return whole > 0 ? dsc_format_fixed(out, 32, 100 * part / whole, 2) : "-";
}

void command_members_append(dsc_text *text, const command_members *m) {
    char a[32], b[32], c[32];
    double low, high, mean;
    if (!m->members) return;
    range_of(&low, &high, &mean, m);
    dsc_text_append(text, "members: %zu, alone %s to %s %% right, %s %% on average\n", m->members,
                    percent(a, low, 1), percent(b, high, 1), percent(c, mean, 1));
    dsc_text_append(text, "all members agree on %s %% of the images, and %s %% of those answers are right",
                    percent(a, (double)m->agreed, (double)m->count),
                    percent(b, (double)m->agreed_right, (double)m->agreed));
    if (m->count > m->agreed)
        dsc_text_append(text, "; of the other answers, %s %%",
                        percent(c, (double)(m->all_right - m->agreed_right), (double)(m->count - m->agreed)));
    dsc_text_append(text, "\n");
}

json_t *command_members_json(const command_members *m) {
    double low, high, mean;
    json_t *alone = m->members ? json_array() : NULL;
    if (!alone) return NULL;
    range_of(&low, &high, &mean, m);
    for (size_t i = 0; i < m->members; i++)
        (void)json_array_append_new(alone, json_real(m->count ? (double)m->right[i] / (double)m->count : 0));
    return json_pack("{s:I, s:o, s:f, s:I, s:I, s:f}", "count", (json_int_t)m->members, "accuracies", alone,
                     "mean_accuracy", mean, "agreed", (json_int_t)m->agreed, "agreed_right",
                     (json_int_t)m->agreed_right, "information",
                     m->count ? m->information / (double)m->count : 0);
}
