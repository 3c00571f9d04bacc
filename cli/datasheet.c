/* SPDX-License-Identifier: MIT */
/* datasheet.c: `descender datasheet`: describes the data of a folder. */
#include "command.h"

#include "base/file.h"
#include "report/datasheet.h"
#include "report/questions.h"
#include "source.h"

#include <math.h>

typedef struct values {
    dsc_reading reading;
    bool offline;
    char *out;
    bool json, quiet;
} values;

static json_t *duplicates_json(const dsc_duplicates *d) {
    return json_pack("{s:I, s:I}", "images", (json_int_t)d->images, "labels_differ",
                     (json_int_t)d->labels_differ);
}

static json_t *real(double value) { return isfinite(value) ? json_real(value) : json_null(); }

/* Without libcrypto the hash is empty: null. */
static json_t *hash_json(const char *hex) { return *hex ? json_string(hex) : json_null(); }

static json_t *set_json(const report_datasheet *sheet, size_t which) {
    const dsc_data_summary *s = &sheet->facts[which].summary;
    json_t *classes = json_object(), *traits = json_object();
    for (size_t k = 0; k < s->classes; k++)
        (void)json_object_set_new(classes, dsc_dataset_class_name(sheet->sets[which], k),
                                  json_integer((json_int_t)s->per_class[k]));
    for (size_t t = 0; t < REPORT_TRAITS; t++) {
        if (!report_trait_applies(t, &sheet->facts[which].images)) continue;
        const double *q = sheet->traits[which][t];
        (void)json_object_set_new(traits, report_trait_names[t],
                                  json_pack("[o, o, o]", real(q[0]), real(q[1]), real(q[2])));
    }
    return json_pack("{s:I, s:[I, I, I], s:i, s:i, s:f, s:f, s:f, s:I, s:o, s:o, s:o, s:o, s:o}", "images",
                     (json_int_t)s->count, "shape", (json_int_t)s->shape[0], (json_int_t)s->shape[1],
                     (json_int_t)s->shape[2], "minimum", (int)s->minimum, "maximum", (int)s->maximum, "mean",
                     s->mean, "deviation", s->deviation, "zero_share", s->zero_share, "blank",
                     (json_int_t)s->blank, "classes", classes, "traits_5_50_95", traits, "repeated",
                     duplicates_json(&sheet->within[which]), "images_sha256",
                     hash_json(sheet->facts[which].images_sha256), "labels_sha256",
                     hash_json(sheet->facts[which].labels_sha256));
}

static dsc_status write_sheet(const command_call *call, const values *how, const report_datasheet *sheet,
                              dsc_error *error) {
    dsc_text text = {0};
    report_append_datasheet(&text, sheet);
    dsc_status status = text.failed ? dsc_fail_memory(error, text.capacity, "a datasheet") : DSC_OK;
    size_t questions = status ? 0 : report_count_questions(text.data);
    if (!status && how->out) status = dsc_file_write(how->out, text.data, text.length, error);
    if (!status && call->json)
        status = command_print_json(json_pack("{s:o, s:I, s:o, s:o, s:o, s:o*}", "data",
                                              dsc_json_text(sheet->name), "questions", (json_int_t)questions,
                                              "train", set_json(sheet, 0), "test", set_json(sheet, 1),
                                              "test_images_in_training", duplicates_json(&sheet->across),
                                              "datasheet", how->out ? dsc_json_text(how->out) : NULL),
                                    error);
    else if (!status && !how->out)
        status = command_print_document(&text, error);
    if (!status && how->out) command_remark(call, "Saved the datasheet: %s", how->out);
    if (!status)
        command_remark(call, "%zu questions are left for a person: search the datasheet for 'To be answered'",
                       questions);
    dsc_text_free(&text);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    command_source source = command_source_of(call->operands[0], &how->reading, how->offline);
    command_data data;
    report_datasheet sheet;
    dsc_status status = command_data_open(&data, call, &source, error);
    if (!status) status = command_rehearse(call, how->out, error);
    if (!status) status = command_go_on(error);
    if (!status) status = report_measure_data(&sheet, data.name, data.train, data.test, error);
    if (!status) status = command_go_on(error);
    if (!status) status = write_sheet(call, how, &sheet, error);
    command_data_close(&data);
    return status;
}

static const dsc_param options[] = {
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "file for the datasheet; default: print the datasheet"},
    DSC_READING_PARAMS(values, reading),
    {"offline", DSC_PARAM_SWITCH, offsetof(values, offline), "off", 0, 0, NULL, "never download"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {{"out", 'o', "FILE.md", true}, COMMAND_READING_EXTRAS, {0}};

static const command_operand operands[] = {
    {.name = "DATA",
     .help = "where labelled images are, or a data set by its name, as --data of other commands"},
    {0},
};

static const command_example examples[] = {
    {"datasheet ./letters --out ./letters/DATASHEET.md", "Describe your own data."},
    {"datasheet mnist", "Print a datasheet of MNIST."},
    {0},
};

const command command_datasheet = {
    .name = "datasheet",
    .help = "write a datasheet of data: measurements, and questions for a person to answer",
    .about = "Writes a datasheet in Markdown under the seven headings of Gebru et al., \"Datasheets for "
             "Datasets\". The command measures counts, shapes, classes, pixels, brightness and contrast (for "
             "handwriting: strokes), checksums, and duplicate images within a set or across both sets. The "
             "datasheet asks the questions that take a person's knowledge, such as who made the images and "
             "whether they agreed, and never answers them: search it for 'To be answered'.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
