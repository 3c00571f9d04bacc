/* SPDX-License-Identifier: MIT */
/* evaluate_parts.c: see evaluate_parts.h. */
#include "evaluate_parts.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "data/known.h"
#include "data/writers.h"
#include "measure/intervals.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5 };

typedef struct part {
    const char *title;
    size_t count, right;
} part;

typedef struct writer {
    uint64_t number;
    size_t count, wrong;
} writer;

typedef struct writers {
    writer *list; /* most errors first */
    size_t count, without_error;
    double mean; /* mean of the writers' accuracies */
} writers;

static bool has_parts(const evaluate_parts *p) {
    const dsc_known_data *known = dsc_dataset_known(p->data);
    return p->is_test && known && known->parts[0].title;
}

static bool has_writers(const evaluate_parts *p) {
    return dsc_dataset_has_groups(p->data) && p->data->storage->series;
}

dsc_status evaluate_parts_start(evaluate_parts *parts, const dsc_dataset *data, bool is_test,
                                dsc_error *error) {
    *parts = (evaluate_parts){.data = data, .is_test = is_test};
    if (!has_parts(parts) && !has_writers(parts)) return DSC_OK;
    parts->right = dsc_allocate(data->count, sizeof *parts->right);
    return parts->right ? DSC_OK : dsc_fail_memory(error, data->count, "the answers");
}

void evaluate_parts_add(evaluate_parts *parts, const dsc_answer *answer) {
    if (parts->right) parts->right[answer->sample] = answer->is_finite && answer->label == answer->prediction;
}

void evaluate_parts_clear(evaluate_parts *parts) {
    free(parts->right);
    *parts = (evaluate_parts){0};
}

/* --- counting --- */

static void count(part *one, bool right) {
    one->count++;
    one->right += right;
}

static size_t count_parts(part list[DSC_KNOWN_PARTS], const evaluate_parts *p) {
    const dsc_known_part *known = dsc_dataset_known(p->data)->parts;
    size_t parts = 0;
    for (; parts < DSC_KNOWN_PARTS && known[parts].title; parts++) list[parts].title = known[parts].title;
    for (size_t i = 0; i < p->data->count; i++) {
        size_t k = 0, place = dsc_dataset_place(p->data, i);
        while (k + 1 < parts && place >= known[k].count) place -= known[k++].count;
        count(&list[k], p->right[i]);
    }
    return parts;
}

static size_t count_populations(part list[DSC_SERIES], const evaluate_parts *p) {
    part series[DSC_SERIES] = {{0}};
    size_t populations = 0;
    for (size_t i = 0; i < p->data->count; i++)
        count(&series[p->data->storage->series[dsc_dataset_place(p->data, i)]], p->right[i]);
    for (unsigned s = 0; s < DSC_SERIES; s++) {
        const char *title = dsc_series_population(s);
        size_t k = 0;
        if (!series[s].count) continue;
        while (k < populations && strcmp(list[k].title, title) != 0) k++;
        if (k == populations) list[populations++].title = title;
        list[k].count += series[s].count;
        list[k].right += series[s].right;
    }
    return populations;
}

static int by_number(const void *a, const void *b) {
    const writer *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_wrong(const void *a, const void *b) {
    const writer *x = a, *y = b;
    if (x->wrong != y->wrong) return x->wrong < y->wrong ? 1 : -1;
    return by_number(a, b);
}

static dsc_status count_writers(writers *w, const evaluate_parts *p, dsc_error *error) {
    const size_t images = p->data->count;
    *w = (writers){.list = dsc_allocate(images, sizeof *w->list)};
    if (!w->list) return dsc_fail_memory(error, images * sizeof *w->list, "the writers");
    for (size_t i = 0; i < images; i++) w->list[i] = (writer){dsc_dataset_group(p->data, i), 1, !p->right[i]};
    qsort(w->list, images, sizeof *w->list, by_number);
    for (size_t i = 0; i < images; i++) {
        if (w->count && w->list[w->count - 1].number == w->list[i].number) {
            w->list[w->count - 1].count++;
            w->list[w->count - 1].wrong += w->list[i].wrong;
        } else {
            w->list[w->count++] = w->list[i];
        }
    }
    for (size_t k = 0; k < w->count; k++) {
        w->mean += 1 - (double)w->list[k].wrong / (double)w->list[k].count;
        w->without_error += !w->list[k].wrong;
    }
    w->mean /= (double)w->count;
    qsort(w->list, w->count, sizeof *w->list, by_wrong);
    return DSC_OK;
}

/* --- as text --- */

static void append_list(dsc_text *text, const char *heading, const part *list, size_t parts) {
    dsc_text_append(text, "\n%-28s%10s%10s%11s%18s\n", heading, "images", "wrong", "accuracy",
                    "95 % interval");
    for (size_t k = 0; k < parts; k++) {
        char accuracy[32], low[32], high[32];
        double interval[2];
        dsc_wilson_interval(interval, list[k].right, list[k].count);
        dsc_text_append(text, "%-28s%10zu%10zu%11s%9s to %s\n", list[k].title, list[k].count,
                        list[k].count - list[k].right,
                        dsc_format_fixed(accuracy, sizeof accuracy,
                                         100 * (double)list[k].right / (double)list[k].count, 2),
                        dsc_format_fixed(low, sizeof low, 100 * interval[0], 2),
                        dsc_format_fixed(high, sizeof high, 100 * interval[1], 2));
    }
}

dsc_status evaluate_parts_append(dsc_text *text, const evaluate_parts *p, dsc_error *error) {
    part parts[DSC_KNOWN_PARTS] = {{0}}, populations[DSC_SERIES] = {{0}};
    char mean[32];
    writers w;
    if (!p->right) return DSC_OK;
    if (has_parts(p)) append_list(text, "part", parts, count_parts(parts, p));
    if (!has_writers(p)) return DSC_OK;
    append_list(text, "population", populations, count_populations(populations, p));
    dsc_status status = count_writers(&w, p, error);
    if (status) return status;
    dsc_text_append(text,
                    "\n%zu writers, %zu of them without an error; the mean of their accuracies is %s %%\n",
                    w.count, w.without_error, dsc_format_fixed(mean, sizeof mean, 100 * w.mean, 2));
    for (size_t k = 0; k < w.count && k < SHOWN && w.list[k].wrong; k++)
        dsc_text_append(text, "%swriter %llu (%zu of %zu wrong)%s",
                        k ? ", " : "most often misread: ", (unsigned long long)w.list[k].number,
                        w.list[k].wrong, w.list[k].count,
                        k + 1 == SHOWN || k + 1 == w.count || !w.list[k + 1].wrong ? "\n" : "");
    free(w.list);
    return DSC_OK;
}

/* --- as JSON --- */

static json_t *list_json(const part *list, size_t parts) {
    json_t *json = json_array();
    for (size_t k = 0; k < parts; k++)
        (void)json_array_append_new(json,
                                    json_pack("{s:s, s:I, s:I, s:f}", "name", list[k].title, "samples",
                                              (json_int_t)list[k].count, "correct", (json_int_t)list[k].right,
                                              "accuracy", (double)list[k].right / (double)list[k].count));
    return json;
}

dsc_status evaluate_parts_json(json_t *json, const evaluate_parts *p, dsc_error *error) {
    part parts[DSC_KNOWN_PARTS] = {{0}}, populations[DSC_SERIES] = {{0}};
    writers w;
    if (!p->right || !json) return DSC_OK;
    if (has_parts(p)) {
        const size_t found = count_parts(parts, p);
        (void)json_object_set_new(json, "parts", list_json(parts, found));
    }
    if (!has_writers(p)) return DSC_OK;
    const size_t found = count_populations(populations, p);
    (void)json_object_set_new(json, "populations", list_json(populations, found));
    dsc_status status = count_writers(&w, p, error);
    if (status) return status;
    json_t *list = json_array();
    for (size_t k = 0; k < w.count; k++)
        (void)json_array_append_new(list, json_pack("{s:I, s:I, s:I}", "writer", (json_int_t)w.list[k].number,
                                                    "samples", (json_int_t)w.list[k].count, "wrong",
                                                    (json_int_t)w.list[k].wrong));
    (void)json_object_set_new(json, "writers",
                              json_pack("{s:I, s:I, s:f, s:o}", "count", (json_int_t)w.count, "without_error",
                                        (json_int_t)w.without_error, "mean_accuracy", w.mean, "each", list));
    free(w.list);
    return DSC_OK;
}
