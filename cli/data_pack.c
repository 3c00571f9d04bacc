/* SPDX-License-Identifier: MIT */
/* data_pack.c: `descender data pack`: converts data of any form to the four IDX files, the fastest form to
 * read. */
#include "command.h"

#include "data/form.h"
#include "data/images.h"
#include "data_pack_out.h"
#include "forms/forms.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    command_source source;
    bool keep_order, gzip, force, json, quiet;
} values;

typedef struct packing {
    command_call *call;
    const values *how;
    const char *out;
    command_data data;
    pack_part train, test;
} packing;

/* ---- telling ---- */

/* Whether the names of the classes are digits. */
static bool are_digits(const dsc_dataset *data) {
    for (size_t i = 0; i < data->classes; i++) {
        const char *name = dsc_dataset_class_name(data, i);
        if (name[0] < '0' || name[0] > '9' || name[1]) return false;
    }
    return true;
}

static void tell_ground(const packing *p) {
    const dsc_images *train = &p->train.looks;
    const bool prepared = p->how->source.reading.prepare;
    if (train->ground == DSC_GROUND_LIGHT && !prepared && are_digits(p->data.train))
        command_complain("these images are %s; MNIST's are the opposite. A model trained on them reads only "
                         "such images. If they are pictures of digits, use --prepare: it converts them as "
                         "`descender predict` does: light on dark, fitted and centred",
                         dsc_ground_words(train->ground));
    if (!prepared && train->preparation == DSC_PREPARATION_DIGITS)
        command_remark(p->call,
                       "These images look like digits prepared as MNIST's are; images.json says so.");
    if (p->test.count) command_compare_images(train, &p->test.looks);
}

static dsc_status report_json(const packing *p, dsc_error *error) {
    const dsc_images *train = &p->train.looks;
    json_t *classes = json_array();
    for (size_t i = 0; i < p->data.train->classes; i++)
        (void)json_array_append_new(classes, json_string(dsc_dataset_class_name(p->data.train, i)));
    return command_print_json(
        json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:o, s:o, s:o}", "folder",
                  dsc_json_text(p->out), "training_images", (json_int_t)p->train.count, "test_images",
                  (json_int_t)p->test.count, "channels", (json_int_t)train->shape[0], "height",
                  (json_int_t)train->shape[1], "width", (json_int_t)train->shape[2], "preparation",
                  dsc_preparation_name(train->preparation), "fit", dsc_fit_name(train->fit), "ground",
                  dsc_ground_name(train->ground), "understood", command_understood_json(&p->data.understood),
                  "remarks", command_remarks_json(&p->data.remarks), "classes", classes),
        error);
}

static dsc_status report(const packing *p, dsc_error *error) {
    if (p->call->json) return report_json(p, error);
    const size_t *shape = p->train.looks.shape;
    char shown[DSC_VISIBLE], word[DSC_SHELL_WORD];
    command_print("%s: %zu training images and %zu test images, %zu x %zu%s, %zu class%s\n",
                  dsc_visible(shown, sizeof shown, p->out), p->train.count, p->test.count, shape[1], shape[2],
                  shape[0] == 3 ? " in colour" : "", p->data.train->classes,
                  p->data.train->classes == 1 ? "" : "es");
    if (p->test.count)
        command_remark(p->call, "Look at them: descender data show --data %s --random 5",
                       dsc_shell_word(word, p->out));
    else
        command_remark(p->call,
                       "There is no test set; --test-share 0.2 holds out a fifth of the images as one.");
    return DSC_OK;
}

/* Fails if OUT is the folder of the data in another form: the packed files would hide the data. */
static dsc_status check_out(const packing *p, const char *data, dsc_error *error) {
    const dsc_data_form *form = NULL;
    char *inner = NULL, *from = NULL, *to = realpath(p->out, NULL);
    if (to && !dsc_data_form_find(&form, &inner, &forms_registry, data, NULL)) from = realpath(inner, NULL);
    const bool same = from && !strcmp(from, to) && form != &dsc_data_form_idx;
    free(inner);
    free(from);
    free(to);
    return same ? dsc_fail(
                      error, DSC_ERROR_ARGUMENT,
                      "%s: is the folder of the data; the packed files would be read instead of them: name "
                      "another folder",
                      p->out)
                : DSC_OK;
}

static dsc_status run(command_call *call, dsc_error *error) {
    packing p = {.call = call, .how = call->values, .out = call->operands[1]};
    command_source source = p.how->source;
    source.data = call->operands[0];
    source.packs = true;
    source.keep_order = p.how->keep_order;
    pack_out out = {.call = call,
                    .folder = p.out,
                    .train = &p.train,
                    .test = &p.test,
                    .gzip = p.how->gzip,
                    .replaces = true,
                    .force = p.how->force};
    dsc_status status = check_out(&p, source.data, error);
    if (!status) status = command_data_open(&p.data, call, &source, error);
    if (!status) status = pack_part_gather(&p.train, p.data.train, error);
    if (!status) status = pack_part_gather(&p.test, p.data.test, error);
    if (!status) status = pack_out_claim(&out, error);
    if (!status) status = pack_out_write(&out, error);
    if (!status) tell_ground(&p);
    if (!status) status = report(&p, error);
    pack_part_clear(&p.train);
    pack_part_clear(&p.test);
    command_data_close(&p.data);
    return status;
}

static const dsc_param options[] = {
    DSC_READING_PARAMS(values, source.reading),
    {"keep-order", DSC_PARAM_SWITCH, offsetof(values, keep_order), "off", 0, 0, NULL,
     "keep images in their order, even if it is class by class; default: shuffle such images"},
    {"gzip", DSC_PARAM_SWITCH, offsetof(values, gzip), "off", 0, 0, NULL, "compress the files with gzip"},
    {"force", DSC_PARAM_SWITCH, offsetof(values, force), "off", 0, 0, NULL,
     "replace data that OUT already holds"},
    {"offline", DSC_PARAM_SWITCH, offsetof(values, source.offline), "off", 0, 0, NULL, "never download"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {COMMAND_READING_EXTRAS, {"force", 'f', NULL, false}, {0}};

static const command_operand operands[] = {
    {.name = "DATA", .help = "labelled images, as for --data of other commands: a folder, a table, arrays"},
    {.name = "OUT", .help = "folder to write; created if missing"},
    {0},
};

static const command_example examples[] = {
    {"data pack pictures letters", "Make a data set of pictures/a/*.png, pictures/b/*.png, ..."},
    {"data pack scans digits --prepare",
     "Make a data set of scanned digits, prepared as `predict` prepares them."},
    {"data pack photos shapes --size 64x64 --fit crop",
     "Make a data set of photos of any size, cropped to 64 x 64."},
    {0},
};

const command command_data_pack = {
    .name = "pack",
    .help = "write data of any form as IDX files, the fastest form to read",
    .about =
        "Reads the same data as --data of the other commands. Writes the four IDX files, labels.txt with the "
        "names of the classes, and images.json, which records how the images were made; a model remembers "
        "this and prepares other pictures the same way. IDX files are the fastest form for data that are "
        "read often; the numbers are the same. The same data and --split-seed give the same files.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
