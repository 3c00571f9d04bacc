/* SPDX-License-Identifier: MIT */
/* matches.c: pairwise tests of several models on the same images. */
#include "report/report.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

dsc_status report_match_up(report_match **matches, size_t *count, const report_entry *entries,
                           size_t entry_count, dsc_error *error) {
    const size_t most = entry_count * (entry_count - 1) / 2 + 1; /* one more, so that it is never 0 */
    *count = 0;
    *matches = dsc_allocate(most, sizeof **matches);
    double *p = dsc_allocate(most, sizeof *p);
    if (!*matches || !p) {
        free(*matches);
        free(p);
        *matches = NULL;
        return dsc_fail_memory(error, most * sizeof **matches, "a comparison");
    }
    for (size_t i = 0; i < entry_count; i++)
        for (size_t k = i + 1; k < entry_count; k++) {
            if (!entries[i].exam || entries[i].group != entries[k].group) continue;
            const report_duel duel = report_duel_of(entries[i].exam, entries[k].exam, SIZE_MAX);
            p[*count] = duel.p;
            (*matches)[(*count)++] = (report_match){.first = i, .second = k, .duel = duel};
        }
    dsc_holm(p, *count);
    for (size_t i = 0; i < *count; i++) (*matches)[i].corrected = p[i];
    free(p);
    return DSC_OK;
}

const report_match *report_find_match(const report_match *matches, size_t count, size_t one, size_t other) {
    const size_t first = one < other ? one : other, second = one < other ? other : one;
    for (size_t i = 0; i < count; i++)
        if (matches[i].first == first && matches[i].second == second) return &matches[i];
    return NULL;
}

size_t report_right_alone(const report_match *match, size_t one) {
    return one == match->first ? match->duel.paired.first : match->duel.paired.second;
}
