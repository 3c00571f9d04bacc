/* SPDX-License-Identifier: MIT */
/* data_info.c: `descender data info`: shapes, types, ranges, classes and checksums of data. */
#include "command.h"

#include "data/dataset.h"
#include "data/images.h"
#include "report/data_facts.h"
#include "source.h"

#include <stdio.h>
#include <string.h>

typedef struct values {
    command_source source;
    bool json, quiet;
} values;

/* ---- as text ---- */

static void row(dsc_text *text, const char *name, const char *train, const char *test) {
    dsc_text_append(text, "%-24s%16s%16s\n", name, train, test);
}

static void count_row(dsc_text *text, const char *name, size_t train, size_t test, bool tested) {
    char a[40], b[40] = "-";
    (void)snprintf(a, sizeof a, "%zu", train);
    if (tested) (void)snprintf(b, sizeof b, "%zu", test);
    row(text, name, a, b);
}

static void fixed_row(dsc_text *text, const char *name, double train, double test, bool tested,
                      int decimals) {
    char a[40], b[40];
    row(text, name, dsc_format_fixed(a, sizeof a, train, decimals),
        tested ? dsc_format_fixed(b, sizeof b, test, decimals) : "-");
}

static const char *size_text(char out[40], const dsc_data_summary *s, bool there) {
    if (!there) return "-";
    if (s->shape[0] == 1)
        (void)snprintf(out, 40, "%zu x %zu", s->shape[1], s->shape[2]);
    else
        (void)snprintf(out, 40, "%zu x %zu x %zu", s->shape[0], s->shape[1], s->shape[2]);
    return out;
}

static const char *range_text(char out[40], const dsc_data_summary *s, bool there) {
    if (!there) return "-";
    (void)snprintf(out, 40, "%d to %d", s->minimum, s->maximum);
    return out;
}

static void append_figures(dsc_text *text, const dsc_data_summary *train, const dsc_data_summary *test,
                           bool tested) {
    char a[40], b[40];
    row(text, "", "training set", "test set");
    count_row(text, "images", train->count, test->count, tested);
    row(text, "size", size_text(a, train, true), size_text(b, test, tested));
    row(text, "type", "uint8", tested ? "uint8" : "-");
    row(text, "pixels", range_text(a, train, true), range_text(b, test, tested));
    fixed_row(text, "mean", train->mean, test->mean, tested, 4);
    fixed_row(text, "deviation", train->deviation, test->deviation, tested, 4);
    fixed_row(text, "zeros, percent", 100 * train->zero_share, 100 * test->zero_share, tested, 2);
    count_row(text, "blank images", train->blank, test->blank, tested);
}

/* The properties that a model trained on the data stores. */
static void append_kind(dsc_text *text, const dsc_images *train, const dsc_images *test, bool tested) {
    row(text, "ground", dsc_ground_name(train->ground), tested ? dsc_ground_name(test->ground) : "-");
    row(text, "preparation", dsc_preparation_name(train->preparation),
        tested ? dsc_preparation_name(test->preparation) : "-");
    if (train->fit) row(text, "fit", dsc_fit_name(train->fit), tested ? dsc_fit_name(test->fit) : "-");
}

static dsc_status print_text(const command_data *data, const report_data_facts sets[2], dsc_error *error) {
    dsc_text text = {0};
    const bool tested = data->test != NULL;
    dsc_text_append_visible(&text, data->name);
    dsc_text_append(&text, "\n");
    for (size_t i = 0; i < data->understood.count; i++) {
        dsc_text_append(&text, "%-16s", data->understood.line[i].what);
        dsc_text_append_visible(&text, data->understood.line[i].how);
        dsc_text_append(&text, "\n");
    }
    dsc_text_append(&text, "\n");
    append_figures(&text, &sets[0].summary, &sets[1].summary, tested);
    append_kind(&text, &sets[0].images, &sets[1].images, tested);
    dsc_text_append(&text, "\nclass\n");
    for (size_t i = 0; i < sets[0].summary.classes; i++)
        count_row(&text, dsc_dataset_class_name(data->train, i), sets[0].summary.per_class[i],
                  sets[1].summary.per_class[i], tested);
    if (*sets[0].images_sha256) dsc_text_append(&text, "\nSHA-256 as IDX files, decompressed\n");
    for (size_t i = 0; i < 2 && *sets[i].images_sha256; i++)
        dsc_text_append(&text, "%s, images  %s\n%s, labels  %s\n", i ? "    test" : "training",
                        sets[i].images_sha256, i ? "    test" : "training", sets[i].labels_sha256);
    return command_print_text(&text, error);
}

/* ---- as JSON ---- */

static json_t *sums_json(const report_data_facts *set) {
    if (!*set->images_sha256) return json_null();
    return json_pack("{s:s, s:s}", "images", set->images_sha256, "labels", set->labels_sha256);
}

static json_t *set_json(const dsc_dataset *data, const report_data_facts *set) {
    const dsc_data_summary *s = &set->summary;
    json_t *classes = json_object();
    for (size_t i = 0; i < s->classes; i++)
        (void)json_object_set_new(classes, dsc_dataset_class_name(data, i),
                                  json_integer((json_int_t)s->per_class[i]));
    return json_pack("{s:I, s:[I, I, I], s:s, s:i, s:i, s:f, s:f, s:f, s:I, s:s, s:s, s:s, s:o, s:o}",
                     "images", (json_int_t)s->count, "shape", (json_int_t)s->shape[0],
                     (json_int_t)s->shape[1], (json_int_t)s->shape[2], "type", "uint8", "minimum",
                     (int)s->minimum, "maximum", (int)s->maximum, "mean", s->mean, "deviation", s->deviation,
                     "zero_share", s->zero_share, "blank", (json_int_t)s->blank, "ground",
                     dsc_ground_name(set->images.ground), "preparation",
                     dsc_preparation_name(set->images.preparation), "fit", dsc_fit_name(set->images.fit),
                     "classes", classes, "sha256", sums_json(set));
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    command_data data;
    report_data_facts sets[2] = {0};
    command_source source = how->source;
    source.may_be_untested = true;
    dsc_status status = command_data_open(&data, call, &source, error);
    if (!status) status = command_go_on(error);
    if (!status) status = report_learn_data(&sets[0], data.train, error);
    if (!status) status = command_go_on(error);
    if (!status && data.test) status = report_learn_data(&sets[1], data.test, error);
    if (!status) status = command_go_on(error);
    if (!status && call->json)
        status = command_print_json(json_pack("{s:o, s:o, s:o, s:o, s:o}", "data", dsc_json_text(data.name),
                                              "understood", command_understood_json(&data.understood),
                                              "remarks", command_remarks_json(&data.remarks), "train",
                                              set_json(data.train, &sets[0]), "test",
                                              data.test ? set_json(data.test, &sets[1]) : json_null()),
                                    error);
    else if (!status)
        status = print_text(&data, sets, error);
    command_data_close(&data);
    return status;
}

static const dsc_param options[] = {
    COMMAND_SOURCE(values),
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {COMMAND_SOURCE_EXTRA, {0}};

static const command_example examples[] = {
    {"data info", "Describe MNIST, or the data used in its place."},
    {"data info --data digits", "Describe the built-in digits."},
    {"data info --data ./letters --json", "Describe your own data, as JSON."},
    {0},
};

const command command_data_info = {
    .name = "info",
    .help = "describe data: shapes, types, ranges, classes, checksums",
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
