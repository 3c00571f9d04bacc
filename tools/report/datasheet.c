/* SPDX-License-Identifier: MIT */
/* datasheet.c: measures data and writes a datasheet. */
#include "report/datasheet.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/images.h"
#include "data/known.h"
#include "report/questions.h"
#include "report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const titles[2] = {"training set", "test set"};

/* --- measuring --- */

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static dsc_status measure_traits(double traits[REPORT_TRAITS][3], const dsc_dataset *data, dsc_error *error) {
    double *values = dsc_allocate(data->count, REPORT_TRAITS * sizeof *values);
    if (!values) return dsc_fail_memory(error, data->count * sizeof *values, "measures of strokes");
    size_t counts[REPORT_TRAITS] = {0};
    for (size_t i = 0; i < data->count; i++) {
        double one[REPORT_TRAITS];
        report_traits_of(one, dsc_dataset_image(data, i), data->shape);
        for (size_t t = 0; t < REPORT_TRAITS; t++)
            if (!isnan(one[t])) values[t * data->count + counts[t]++] = one[t];
    }
    static const double shares[3] = {0.05, 0.5, 0.95};
    for (size_t t = 0; t < REPORT_TRAITS; t++) {
        double *mine = values + t * data->count;
        qsort(mine, counts[t], sizeof *mine, by_value);
        for (size_t q = 0; q < 3; q++)
            traits[t][q] = counts[t] ? mine[(size_t)(shares[q] * (double)(counts[t] - 1))] : (double)NAN;
    }
    free(values);
    return DSC_OK;
}

dsc_status report_measure_data(report_datasheet *sheet, const char *name, const dsc_dataset *train,
                               const dsc_dataset *test, dsc_error *error) {
    *sheet = (report_datasheet){.name = name, .sets = {train, test}};
    dsc_image_list lists[2] = {dsc_image_list_of(train), dsc_image_list_of(test)};
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < 2 && !status; i++) {
        status = report_learn_data(&sheet->facts[i], sheet->sets[i], error);
        if (!status) status = measure_traits(sheet->traits[i], sheet->sets[i], error);
        if (!status)
            status =
                dsc_duplicates_find(&sheet->within[i], &lists[i], sheet->sets[i]->labels, NULL, NULL, error);
    }
    if (!status)
        status =
            dsc_duplicates_find(&sheet->across, &lists[0], train->labels, &lists[1], test->labels, error);
    return status;
}

/* --- writing --- */

static void append_counts(dsc_text *text, const report_datasheet *sheet) {
    const dsc_data_summary *a = &sheet->facts[0].summary, *b = &sheet->facts[1].summary;
    char x[32], y[32];
    dsc_text_append(text, "| | training set | test set |\n|---|---:|---:|\n| images | %zu | %zu |\n",
                    a->count, b->count);
    dsc_text_append(
        text, "| channels x height x width | %zu x %zu x %zu | %zu x %zu x %zu |\n| type | byte | byte |\n",
        a->shape[0], a->shape[1], a->shape[2], b->shape[0], b->shape[1], b->shape[2]);
    dsc_text_append(text, "| pixels from, to | %d, %d | %d, %d |\n", a->minimum, a->maximum, b->minimum,
                    b->maximum);
    dsc_text_append(text, "| mean of the pixels | %s | %s |\n", dsc_format_fixed(x, sizeof x, a->mean, 4),
                    dsc_format_fixed(y, sizeof y, b->mean, 4));
    dsc_text_append(text, "| deviation | %s | %s |\n", dsc_format_fixed(x, sizeof x, a->deviation, 4),
                    dsc_format_fixed(y, sizeof y, b->deviation, 4));
    dsc_text_append(text, "| zeros, %% | %s | %s |\n", report_percent(x, a->zero_share, 2),
                    report_percent(y, b->zero_share, 2));
    dsc_text_append(text, "| blank images | %zu | %zu |\n", a->blank, b->blank);
    const dsc_images *p = &sheet->facts[0].images, *q = &sheet->facts[1].images;
    dsc_text_append(text, "| ground | %s | %s |\n| preparation | %s | %s |\n", dsc_ground_name(p->ground),
                    dsc_ground_name(q->ground), dsc_images_words(p), dsc_images_words(q));
    dsc_text_append(text, "| images that repeat an earlier one | %zu | %zu |\n", sheet->within[0].images,
                    sheet->within[1].images);
    dsc_text_append(text, "| of these, with another label | %zu | %zu |\n", sheet->within[0].labels_differ,
                    sheet->within[1].labels_differ);
}

static void append_classes(dsc_text *text, const report_datasheet *sheet) {
    const dsc_data_summary *a = &sheet->facts[0].summary, *b = &sheet->facts[1].summary;
    char x[32], y[32];
    dsc_text_append(
        text, "\nEach image has one label. The classes:\n\n| class | training set | %% | test set | %% |\n"
              "|---|---:|---:|---:|---:|\n");
    for (size_t k = 0; k < a->classes; k++) {
        dsc_text_append(text, "| ");
        report_append_markdown(text, dsc_dataset_class_name(sheet->sets[0], k));
        dsc_text_append(text, " | %zu | %s | %zu | %s |\n", a->per_class[k],
                        report_percent(x, (double)a->per_class[k] / (double)a->count, 2), b->per_class[k],
                        report_percent(y, (double)b->per_class[k] / (double)b->count, 2));
    }
}

static void append_traits(dsc_text *text, const report_datasheet *sheet) {
    dsc_text_append(
        text, "\nProperties of the images, measured on the pixels (`docs/report.md` describes how); 5, 50 "
              "and 95 percent of the images are below:\n\n| | training set | test set |\n|---|---|---|\n");
    for (size_t t = 0; t < REPORT_TRAITS; t++) {
        if (!report_trait_applies(t, &sheet->facts[0].images)) continue;
        dsc_text_append(text, "| %s, %s |", report_trait_names[t], report_trait_units[t]);
        for (size_t i = 0; i < 2; i++)
            for (size_t q = 0; q < 3; q++) {
                char number[32];
                double value = sheet->traits[i][t][q];
                dsc_text_append(text, "%s%s%s", q ? ", " : " ",
                                isnan(value) ? "-" : dsc_format_fixed(number, sizeof number, value, 2),
                                q == 2 ? " |" : "");
            }
        dsc_text_append(text, "\n");
    }
}

static void append_checksums(dsc_text *text, const report_datasheet *sheet) {
    if (!*sheet->facts[0].images_sha256) {
        dsc_text_append(text, sheet->facts[0].summary.changed
                                  ? "\nNo checksums: the data were not read directly from IDX files, but "
                                    "from another form, or they were split, turned upright or renumbered.\n"
                                  : "\nNo checksums: this build of Descender has no libcrypto.\n");
        return;
    }
    dsc_text_append(text, "\nSHA-256 as IDX files, decompressed:\n\n| file | SHA-256 |\n|---|---|\n");
    for (size_t i = 0; i < 2; i++)
        dsc_text_append(text, "| %s, images | `%s` |\n| %s, labels | `%s` |\n", titles[i],
                        sheet->facts[i].images_sha256, titles[i], sheet->facts[i].labels_sha256);
}

/* The known data set that both sets belong to, or NULL. */
static const dsc_known_data *known_data(const report_datasheet *sheet) {
    const dsc_known_data *known = dsc_dataset_known(sheet->sets[0]);
    return known == dsc_dataset_known(sheet->sets[1]) ? known : NULL;
}

static void append_known(dsc_text *text, const report_datasheet *sheet) {
    const dsc_known_data *known = known_data(sheet);
    if (!known) return;
    dsc_text_append(text, "\n");
    if (dsc_known_by_content(known))
        dsc_text_append(text, "The size and checksum of its files identify this as %s. ", known->title);
    else if (known->files->name)
        dsc_text_append(text,
                        "The name, the shape and number of images, and the classes identify this as %s. ",
                        known->title);
    dsc_text_append(text, "%s\n", known->facts);
}

static void append_terms(dsc_text *text, const report_datasheet *sheet) {
    const dsc_known_data *known = known_data(sheet);
    if (!known || (!known->source && !known->licence)) return;
    dsc_text_append(text, "\n");
    if (known->source) dsc_text_append(text, "- **Source**: <%s>\n", known->source);
    if (known->licence) dsc_text_append(text, "- **Licence**: %s\n", known->licence);
}

static void append_composition(dsc_text *text, const report_datasheet *sheet) {
    dsc_text_append(text, "\n## Composition\n\n");
    append_counts(text, sheet);
    dsc_text_append(text, "\n%zu of %zu test images are also in the training set, byte for byte",
                    sheet->across.images, sheet->facts[1].summary.count);
    if (sheet->across.images)
        dsc_text_append(text,
                        " (test image %zu is training image %zu), %zu of them with another label; accuracy "
                        "on them says nothing about unseen images",
                        sheet->across.second, sheet->across.first, sheet->across.labels_differ);
    dsc_text_append(text, ".\n");
    append_classes(text, sheet);
    append_traits(text, sheet);
    append_checksums(text, sheet);
    report_ask(
        text,
        "What do the images show? Are they all that exist, or a sample? Of what, and how was it drawn?");
    report_ask(text,
               "Are there errors in the labels, or images that nobody can read? How many were checked?");
    report_ask(text, "Do the images, or anything that comes with them, identify who made them? Is anything "
                     "in them confidential or personal?");
    report_ask(text, "Which groups of people are in the data, and which are not?");
}

void report_append_datasheet(dsc_text *text, const report_datasheet *sheet) {
    dsc_text_append(text, "# Datasheet: ");
    report_append_public_markdown(text, sheet->name);
    dsc_text_append(text, "\n\n`descender datasheet` measured these contents. Lines that begin with **To be "
                          "answered** ask for a person's knowledge.\n\n## Motivation\n");
    append_known(text, sheet);
    report_ask(text, "For what purpose were the data made? Which gap did they fill?");
    report_ask(text, "Who made them, on whose behalf, and who paid for it?");
    append_composition(text, sheet);
    dsc_text_append(text, "\n## Collection Process\n");
    report_ask(text, "How was each image obtained: with which instruments, by whom, and when?");
    report_ask(text, report_is_handwriting(&sheet->facts[0].images)
                         ? "Did the writers know of the collection, did they agree, and can they withdraw?"
                         : "Did the people who made the images, or are shown on them, know of the "
                           "collection, did they agree, and can they withdraw?");
    report_ask(text, "Was the collection reviewed for its effects on people?");
    dsc_text_append(text, "\n## Preprocessing, Cleaning, Labeling\n");
    report_ask(
        text,
        "What was done to the images (cropped, scaled, centred, thresholded), and are the originals kept?");
    report_ask(text, "Who labelled the images, how, and how were disagreements settled?");
    dsc_text_append(text, "\n## Uses\n");
    report_ask(text, "What have the data been used for, and where are these uses listed?");
    report_ask(
        text,
        "What should the data not be used for? Could their composition lead to unfair treatment of anybody?");
    dsc_text_append(text, "\n## Distribution\n");
    append_terms(text, sheet);
    report_ask(text, "Who gets the data, how, since when, and under which licence or terms?");
    dsc_text_append(text, "\n## Maintenance\n");
    report_ask(text, "Who maintains the data, how are errors reported and corrected, and do older versions "
                     "stay available?");
}
