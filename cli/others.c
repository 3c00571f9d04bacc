/* SPDX-License-Identifier: MIT */
/* others.c: opens and joins the data of --others. */
#include "others.h"

#include "base/error.h"
#include "data/dataset.h"
#include "model/title.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64 };

/* What is opened. */
typedef struct opening {
    command_call *call;
    const dsc_reading *reading;
    bool offline, test;
    dsc_text names, list;    /* for display; for recipes */
    dsc_dataset *part[MOST]; /* each with one class */
    size_t count;
} opening;

/* Opens one data set and makes all of its classes one. */
static dsc_status open_one(opening *o, char *name, dsc_error *error) {
    static const char *const classes[1] = {"other"};
    const uint16_t map[256] = {0};
    command_data data;
    command_source source = command_source_of(name, o->reading, o->offline);
    source.packs = true; /* needs no test set */
    if (o->count == MOST)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "others: more than %d data sets; join some", MOST);
    dsc_status status = command_data_open(&data, o->call, &source, error);
    if (!status)
        status = dsc_dataset_renumber(&o->part[o->count], o->test && data.test ? data.test : data.train, map,
                                      1, classes, error);
    if (!status) {
        char *whole = realpath(name, NULL);
        dsc_text_append(&o->list, "%s%s", o->count ? "," : "", whole ? whole : name);
        free(whole);
        if (o->count++) dsc_text_append(&o->names, ", ");
        dsc_public_name(&o->names, data.name);
    }
    command_data_close(&data);
    return status ? dsc_error_context(error, status, "others") : DSC_OK;
}

/* Modifies `list`. */
static dsc_status open_all(opening *o, command_others *others, char *list, dsc_error *error) {
    dsc_status status = DSC_OK;
    const bool one = !access(list, F_OK);
    for (char *item = list, *end; item && !status; item = end) {
        end = one ? NULL : strchr(item, ',');
        if (end) *end++ = '\0';
        item += strspn(item, " \t");
        for (size_t n = strlen(item); n && strchr(" \t", item[n - 1]);) item[--n] = '\0';
        if (!*item)
            return dsc_fail(error, DSC_ERROR_ARGUMENT,
                            "others: expected data sets separated by commas, found an empty name");
        status = open_one(o, item, error);
    }
    if (!status && (o->names.failed || o->list.failed))
        status = dsc_fail_memory(error, o->names.length, "the names of data");
    if (!status)
        status = dsc_dataset_join(&others->data, (const dsc_dataset *const *)o->part, o->count, o->names.data,
                                  error);
    return status;
}

dsc_status command_others_open(command_others *others, command_call *call, const char *list,
                               const dsc_reading *reading, bool offline, bool test, dsc_error *error) {
    opening o = {.call = call, .reading = reading, .offline = offline, .test = test};
    *others = (command_others){0};
    if (!list) return DSC_OK;
    char *copy = strdup(list);
    if (!copy) return dsc_fail_memory(error, strlen(list), "the names of data");
    const dsc_status status = open_all(&o, others, copy, error);
    for (size_t i = 0; i < o.count; i++) dsc_dataset_free(o.part[i]);
    free(copy);
    dsc_text_free(&o.names);
    others->list = o.list.data;
    return status;
}

dsc_status command_others_of_recipe(command_others *others, command_call *call, dsc_recipe *recipe,
                                    const char *moved, bool begins, bool offline, dsc_error *error) {
    dsc_status status = command_others_open(others, call, moved ? moved : recipe->others, &recipe->reading,
                                            offline, false, error);
    recipe->others_data = others->data;
    if (status || !others->data || !begins) return status;
    return dsc_text_replace(&recipe->others, others->list, error);
}

void command_others_close(command_others *others) {
    dsc_dataset_free(others->data);
    free(others->list);
    *others = (command_others){0};
}
