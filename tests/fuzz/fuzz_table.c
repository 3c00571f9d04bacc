/* SPDX-License-Identifier: MIT */
/* fuzz_table.c: any bytes as a table of labels and pixels. */
#include "data/sets.h"
#include "data/table.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dsc_sets sets = {0};
    dsc_table table;
    dsc_error error = {0};
    dsc_reading how = dsc_reading_defaults();
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    if (size % 3 == 1) how.group_by = (char *)(uintptr_t) "2";
    bool its;
    (void)dsc_table_recognise(&its, data, size, size % 2, &error);
    dsc_set *set = &sets.set[DSC_SET_TRAIN];
    const dsc_status status =
        dsc_table_parse(&table, set, &sets.names, text, size, NULL, &how, "fuzz", &error);
    free(text);
    if (status && (error.code != status || !*error.message)) abort();
    if (!status && !table.unlabelled) {
        dsc_dataset *train, *test;
        uint64_t *groups;
        dsc_understood understood = {0};
        if (!set->images.data || set->images.shape[0] != set->labelled) abort();
        if (!dsc_sets_settle(&train, &test, &groups, &sets, "fuzz", &understood, NULL, &error))
            for (size_t i = 0; i < train->count; i++)
                if (train->labels[i] >= train->classes) abort();
        free(groups);
        dsc_dataset_free(train);
        dsc_dataset_free(test);
    }
    dsc_sets_clear(&sets);
    return 0;
}
