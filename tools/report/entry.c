/* SPDX-License-Identifier: MIT */
/* entry.c: facts about a run, from its model or, without one, from its log. */
#include "report/report.h"

#include "model/title.h"
#include "report/text.h"

static const json_t *logged(const report_entry *entry, const char *key) {
    return entry->about.facts ? json_object_get(entry->about.facts->start, key) : NULL;
}

void report_entry_title(dsc_text *text, const report_entry *entry) {
    const char *title = json_string_value(logged(entry, "title"));
    if (entry->exam)
        dsc_model_title(text, entry->exam->model, entry->about.data_name);
    else if (title)
        dsc_text_append(text, "%s", title);
    else
        dsc_public_name(text, entry->about.data_name);
}

const char *report_entry_network(const report_entry *entry) {
    return entry->exam ? dsc_model_text(entry->exam->model) : json_string_value(logged(entry, "model"));
}

double report_entry_parameters(const report_entry *entry) {
    return entry->exam ? (double)dsc_model_parameters(entry->exam->model)
                       : json_number_value(logged(entry, "parameters"));
}

double report_kept_epoch(const report_subject *about) {
    const dsc_run_facts *facts = about->facts;
    return facts && facts->kept_epoch > 0 && facts->kept_epoch < facts->epochs ? facts->kept_epoch : 0;
}

void report_append_kept(dsc_text *text, const report_subject *about) {
    char kept[32], epochs[32];
    const double epoch = report_kept_epoch(about);
    if (!(epoch > 0)) return;
    dsc_text_append(text, "the weights of epoch %s of %s, which had the best validation loss",
                    report_number(kept, epoch), report_number(epochs, about->facts->epochs));
}
