/* SPDX-License-Identifier: MIT */
/* card_details.c: describes the model and its origin, and tabulates the measurements. */
#include "report/card_parts.h"

#include "data/images.h"
#include "report/questions.h"
#include "run/names.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- model details --- */

/* Appends a text or number of the log's first line, if present. */
static void append_logged(dsc_text *text, const report_card *card, const char *label, const char *group,
                          const char *key) {
    const json_t *object = group ? json_object_get(card->facts->start, group) : card->facts->start;
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value) && !json_is_integer(value)) return;
    dsc_text_append(text, "- **%s**: ", label);
    if (json_is_string(value))
        report_append_markdown(text, json_string_value(value));
    else
        dsc_text_append(text, "%lld", (long long)json_integer_value(value));
    dsc_text_append(text, "\n");
}

/* Appends names of data, separated by commas; modifies `list`. */
static void append_public_list(dsc_text *text, char *list) {
    for (char *end; list; list = end) {
        end = strchr(list, ',');
        if (end) *end++ = '\0';
        report_append_public_markdown(text, list + strspn(list, " "));
        if (end) dsc_text_append(text, ", ");
    }
}

static void append_recipe(dsc_text *text, const report_card *card) {
    dsc_text_append(
        text,
        "\nThe recipe, with which the same network can be trained again:\n\n| field | value |\n|---|---|\n");
    for (const dsc_param *p = dsc_recipe_params; p->name; p++) {
        dsc_text value = {0};
        dsc_param_format(&value, p, card->recipe);
        if (value.failed) text->failed = true;
        if (value.length) {
            dsc_text_append(text, "| `%s` | ", p->name);
            if (!strcmp(p->name, "data") || !strcmp(p->name, "others"))
                append_public_list(text, value.data);
            else
                report_append_markdown(text, value.data);
            dsc_text_append(text, " |\n");
        }
        dsc_text_free(&value);
    }
}

static void append_normalisation(dsc_text *text, const dsc_normalisation *n) {
    char scale[32], offset[32];
    dsc_text_append(text, "- **Bytes become numbers** by byte x scale + offset:");
    for (size_t c = 0; c < n->channels; c++)
        dsc_text_append(text, "%s scale %s, offset %s", c ? ";" : "",
                        report_number(scale, (double)n->scale[c]),
                        report_number(offset, (double)n->offset[c]));
    dsc_text_append(text, "\n");
}

void report_append_card_details(dsc_text *text, const report_card *card) {
    char a[48], b[48], c[48];
    const dsc_model *model = card->exam->model;
    dsc_text_append(text, "## Model Details\n\n- **Network**: ");
    report_append_markdown(text, dsc_model_text(model));
    dsc_text_append(text, "\n- **Loss**: ");
    report_append_markdown(text, dsc_model_loss(model));
    dsc_text_append(text,
                    "\n- **Kind**: a feedforward neural network that gives each image one of %zu classes\n",
                    dsc_model_classes(model));
    dsc_text_append(text, "- **Size**: %s parameters, %s multiply-adds for one image, a file of %s\n",
                    dsc_format_grouped(a, (double)card->speed->parameters),
                    dsc_format_grouped(b, card->speed->multiply_adds),
                    report_bytes(c, card->speed->file_bytes));
    dsc_images images;
    dsc_model_describe(&images, model);
    dsc_text_append(text, "- **Expects** images of %zu x %zu x %zu (channels, height, width), %s, %s\n",
                    images.shape[0], images.shape[1], images.shape[2], dsc_images_words(&images),
                    dsc_ground_words(images.ground));
    append_normalisation(text, &model->normalisation);
    if (model->refuse_below > 0)
        dsc_text_append(text,
                        "- **Refuses** answers whose largest probability is below %s: then the image is %s\n",
                        dsc_format_shortest(a, model->refuse_below),
                        images.preparation == DSC_PREPARATION_DIGITS ? "no digit" : "of no class");
    if (model->refuse_below > 0 && dsc_model_about(model, DSC_ABOUT_REFUSAL)) {
        dsc_text_append(text, "- **Effect of refusing**, measured on the held-out images: ");
        report_append_markdown(text, dsc_model_about(model, DSC_ABOUT_REFUSAL));
        dsc_text_append(text, "\n");
    }
    if (*card->model_sha256) {
        dsc_text_append(text, "- **SHA-256** of ");
        report_append_markdown(text, card->file ? card->file : "model.safetensors");
        dsc_text_append(text, ": `%s`\n", card->model_sha256);
    }
    append_logged(text, card, "Trained", NULL, "time");
    append_logged(text, card, "By Descender", NULL, "version");
    append_logged(text, card, "Processor", "machine", "processor");
    append_logged(text, card, "System", "machine", "system");
    append_logged(text, card, "Threads", NULL, "threads");
    append_logged(text, card, "Kernels", NULL, "kernels");
    append_logged(text, card, "Precision", NULL, "precision");
    if (card->facts->seconds > 0) {
        dsc_text_append(text, "- **Training took** %s, %s epoch%s", report_seconds(a, card->facts->seconds),
                        report_number(b, card->facts->epochs), card->facts->epochs == 1 ? "" : "s");
        if (card->facts->kept_epoch > 0)
            dsc_text_append(text, ", of which the weights of epoch %s were kept",
                            report_number(b, card->facts->kept_epoch));
        if (card->facts->resumed)
            dsc_text_append(text, ", and the run was resumed %zu time%s", card->facts->resumed,
                            card->facts->resumed == 1 ? "" : "s");
        dsc_text_append(text, "\n");
    }
    for (size_t i = 0; i < json_array_size(card->facts->warnings); i++) {
        dsc_text_append(text, "- **Warning while training**: ");
        report_append_markdown(text, json_string_value(json_array_get(card->facts->warnings, i)));
        dsc_text_append(text, "\n");
    }
    if (!json_object_size(card->facts->start))
        dsc_text_append(text, "- **Not recorded**: %s\n",
                        card->recipe ? "when and where the model was trained, because the run has no log"
                                     : "how, when and where the model was trained, because the card was made "
                                       "from the model's file without its run");
    if (card->recipe)
        append_recipe(text, card);
    else
        report_ask(text, "How was the model trained: recipe, number of epochs, machine, program?");
    report_ask(text, "Who made the model, and whom can one ask about it?");
    report_ask(text, "What is the licence? Add `license:` to the front matter.");
    report_ask(text, "Is there a paper or another text to cite?");
    dsc_text_append(text, "\n");
}

/* --- quantitative analyses --- */

static void append_share(dsc_text *text, size_t correct, size_t count) {
    char share[32], ends[80];
    double interval[2];
    if (!count) {
        dsc_text_append(text, " - | - |");
        return;
    }
    dsc_wilson_interval(interval, correct, count);
    dsc_text_append(text, " %s | %s |", report_percent(share, (double)correct / (double)count, 2),
                    report_percents(ends, interval, 2));
}

static void append_cell(dsc_text *text, double value, const double interval[2]) {
    char share[32], ends[80];
    dsc_text_append(text, " %s (%s) |", report_percent(share, value, 2), report_percents(ends, interval, 2));
}

static void append_classes(dsc_text *text, const report_exam *exam) {
    dsc_text_append(text,
                    "| class | images | precision, %% | recall, %% | F1, %% |\n|---|---:|---|---|---|\n");
    for (size_t k = 0; k < exam->metrics.classes; k++) {
        dsc_class_metrics c = dsc_metrics_of_class(&exam->metrics, k);
        dsc_text_append(text, "| ");
        report_append_markdown(text, dsc_model_class_name(exam->model, k));
        dsc_text_append(text, " | %zu |", c.support);
        append_cell(text, c.precision, exam->intervals[k].precision);
        append_cell(text, c.recall, exam->intervals[k].recall);
        append_cell(text, c.f1, exam->intervals[k].f1);
        dsc_text_append(text, "\n");
    }
}

static void append_slices(dsc_text *text, const report_card *card) {
    dsc_text_append(text, "\nBy properties of the images, in thirds of the test set (`docs/report.md` "
                          "describes the measurements):\n\n| | from | to | images | accuracy, %% | 95 %% "
                          "interval |\n|---|---:|---:|---:|---:|---|\n");
    for (size_t t = 0; t < REPORT_TRAITS; t++)
        for (size_t i = 0; i < REPORT_SLICES && report_trait_applies(t, &card->test->images); i++) {
            const report_slice *s = &card->slices[t][i];
            char from[32], to[32];
            dsc_text_append(text, "| %s, %s | %s | %s | %zu |", report_trait_names[t], report_trait_units[t],
                            dsc_format_fixed(from, sizeof from, s->from, 2),
                            dsc_format_fixed(to, sizeof to, s->to, 2), s->count);
            append_share(text, s->correct, s->count);
            dsc_text_append(text, "\n");
        }
}

static void append_crossed(dsc_text *text, const report_card *card) {
    const size_t n = card->exam->metrics.classes;
    const dsc_images *images = &card->test->images;
    dsc_text_append(
        text,
        "\n### Intersectional results\n\nAccuracy in percent (and images) of each class in each of these "
        "thirds, lowest to highest. Few images make a number uncertain.\n\n| class |");
    for (size_t t = 0; t < REPORT_TRAITS; t++)
        for (size_t i = 0; i < REPORT_SLICES && report_trait_applies(t, images); i++)
            dsc_text_append(text, " %s %zu |", report_trait_names[t], i + 1);
    dsc_text_append(text, "\n|---|");
    for (size_t t = 0; t < REPORT_TRAITS; t++)
        if (report_trait_applies(t, images)) dsc_text_append(text, "---|---|---|");
    dsc_text_append(text, "\n");
    for (size_t k = 0; k < n; k++) {
        dsc_text_append(text, "| ");
        report_append_markdown(text, dsc_model_class_name(card->exam->model, k));
        dsc_text_append(text, " |");
        for (size_t s = 0; s < (size_t)REPORT_TRAITS * REPORT_SLICES; s++) {
            if (!report_trait_applies(s / REPORT_SLICES, images)) continue;
            const size_t *cell = card->crossed + 2 * (s * n + k);
            char share[32];
            dsc_text_append(
                text, " %s (%zu) |",
                report_percent(share, cell[0] ? (double)cell[1] / (double)cell[0] : (double)NAN, 1), cell[0]);
        }
        dsc_text_append(text, "\n");
    }
}

static void append_trials(dsc_text *text, const report_card *card) {
    size_t not_finite = 0;
    dsc_text_append(
        text,
        "\n### Robustness\n\n%zu images of the test set, evenly spread, changed by known amounts:\n\n"
        "| change | by | accuracy, %% | 95 %% interval |\n|---|---|---:|---|\n",
        card->trials[0].count);
    for (size_t i = 0; i < REPORT_TRIALS; i++) {
        const report_trial *t = &card->trials[i];
        char strength[32];
        if (t->change == REPORT_NO_CHANGE)
            dsc_text_append(text, "| none | |");
        else
            dsc_text_append(text, "| %s, %s | %s |", t->name, t->unit, report_number(strength, t->strength));
        append_share(text, t->correct, t->count);
        dsc_text_append(text, "\n");
        not_finite += t->not_finite;
    }
    if (not_finite)
        dsc_text_append(text, "\n%zu of all these answers were not finite numbers; they count as wrong.\n",
                        not_finite);
}

void report_append_card_results(dsc_text *text, const report_card *card) {
    const dsc_metrics *m = &card->exam->metrics;
    const report_speed *s = card->speed;
    char a[48], b[48], c[48];
    dsc_text_append(
        text,
        "\n## Quantitative Analyses\n\n### Unitary results\n\n| | images | accuracy, %% | 95 %% interval |\n"
        "|---|---:|---:|---|\n| all of the test set | %zu |",
        m->count);
    append_share(text, m->top[0], m->count);
    dsc_text_append(text, "\n\n");
    append_classes(text, card->exam);
    if (card->figure)
        dsc_text_append(text, "\n![Confusion matrix: rows are the true class, columns the answer](%s)\n",
                        card->figure);
    append_slices(text, card);
    append_crossed(text, card);
    append_trials(text, card);
    dsc_text_append(
        text,
        "\n### Speed\n\nOne image on one thread: %s in the median, 99 of 100 in %s. In batches of %zu on %u "
        "threads: %s images a second.",
        report_seconds(a, s->latency_median), report_seconds(b, s->latency_slow), s->batch, s->threads,
        dsc_format_grouped(c, s->images_per_second));
    if (*s->processor) {
        dsc_text_append(text, " Measured on: ");
        report_append_markdown(text, s->processor);
    }
    dsc_text_append(text, "\n");
}
