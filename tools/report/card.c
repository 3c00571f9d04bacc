/* SPDX-License-Identifier: MIT */
/* card.c: writes a model card from front matter to caveats. */
#include "report/card.h"

#include "data/images.h"
#include "data/known.h"
#include "report/questions.h"

#include <string.h>

static void append_metric(dsc_text *text, const char *type, const char *name, double value) {
    char number[32];
    dsc_text_append(text, "    - type: %s\n      name: %s\n      value: %s\n", type, name,
                    dsc_format_fixed(number, sizeof number, value, 6));
}

/* https://huggingface.co/docs/hub/model-cards: a person must add `license`. The Hub checks `datasets`, which
 * must be its own ids, and `model-index`, in which task, dataset and metrics need types, the dataset a name
 * and the metrics values. "imagefolder" is its name for any folder of images. */
static void append_front_matter(dsc_text *text, const report_card *card) {
    dsc_text_append(text, "---\nlibrary_name: descender\npipeline_tag: image-classification\ntags:\n"
                          "- image-classification\n- descender\n");
    const dsc_known_data *known = dsc_dataset_known(card->exam->data);
    const char *hub = known ? known->hub : NULL;
    if (hub) dsc_text_append(text, "datasets:\n- %s\n", hub);
    dsc_text_append(text, "metrics:\n- accuracy\n- f1\nmodel-index:\n- name: ");
    report_append_yaml(text, card->title);
    dsc_text_append(
        text, "\n  results:\n  - task:\n      type: image-classification\n      name: Image classification\n"
              "    dataset:\n      name: ");
    report_append_yaml(text, card->data_title);
    dsc_text_append(text, "\n      type: %s\n      split: test\n    metrics:\n", hub ? hub : "imagefolder");
    append_metric(text, "accuracy", "Accuracy", dsc_metrics_accuracy(&card->exam->metrics));
    append_metric(text, "f1", "F1, mean of the classes", dsc_metrics_macro_f1(&card->exam->metrics));
    dsc_text_append(text, "---\n\n");
}

static void append_uses(dsc_text *text, const report_card *card) {
    const bool handwriting = report_is_handwriting(&card->test->images);
    dsc_text_append(text, "## Intended Use\n");
    report_ask(
        text,
        "What is the model for? Name the task it was made for, and the decisions that use its answers.");
    report_ask(text, "Whom does it serve, and who operates it?");
    report_ask(text, handwriting
                         ? "What is the model not for? Name uses that look similar but are out of scope, "
                           "such as other scripts, whole pages, or decisions about people."
                         : "What is the model not for? Name uses that look similar but are out of scope, "
                           "such as other kinds of pictures, other cameras, or decisions about people.");
    dsc_text_append(
        text,
        "\n## Factors\n\nThe images carry no record of who %s them, with what, or where, so groups of people "
        "and instruments cannot be told apart. The images themselves allow these measurements: by class, by "
        "%s; and on images that are rotated, shifted, noisy, blurred or pale. The results are below.\n",
        handwriting ? "wrote" : "made",
        handwriting ? "the stroke's thickness, the slant and the size" : "the brightness and the contrast");
    report_ask(text, "Which groups of people, instruments and environments matter where the model is used, "
                     "and what is known about them in the data?");
}

static void append_measures(dsc_text *text, const report_card *card) {
    char number[32];
    const dsc_metrics *m = &card->exam->metrics;
    dsc_text_append(text,
                    "\n## Metrics\n\n- **Performance**: accuracy, and precision, recall and F1 of each "
                    "class; the training loss; the calibration error, which is the mean distance between "
                    "confidence and accuracy over %d bins of confidence.\n",
                    DSC_CALIBRATION_BINS);
    const double below = dsc_model_refuse_below(card->exam->model);
    if (below > 0)
        dsc_text_append(text,
                        "- **Decision threshold**: %s. If the most probable class is less probable, there is "
                        "no answer. The measures here take the most probable class of every image, refused "
                        "or not.\n",
                        dsc_format_shortest(number, below));
    else
        dsc_text_append(text,
                        "- **Decision threshold**: none. The most probable class is the answer, however "
                        "improbable.\n");
    dsc_text_append(text,
                    "- **Variation**: 95 percent intervals for other images of the same kind: Wilson's for "
                    "accuracy, precision and recall, percentiles of %d bootstrap rounds for F1. Only one "
                    "training run was measured; another seed gives other numbers.\n",
                    DSC_BOOTSTRAP_ROUNDS);
    dsc_text_append(text, "- **Loss** on the test set: %s.", report_loss(number, dsc_metrics_loss(m)));
    dsc_text_append(text, " **Calibration error**: %s %%.\n",
                    report_percent(number, dsc_metrics_calibration_error(m), 2));
    if (m->not_finite)
        dsc_text_append(text,
                        "- **%zu of %zu answers are not finite**: the network's numbers exceeded the range "
                        "of floats. These answers count as wrong, and there is no mean loss.\n",
                        m->not_finite, m->count);
    report_ask(text, "Which mistakes cost most where the model is used? Should the model refuse to answer "
                     "when it is unsure?");
}

static void append_checksum(dsc_text *text, const char *what, const char *hex) {
    if (*hex) dsc_text_append(text, "- SHA-256 of the %s, as a decompressed IDX file: `%s`\n", what, hex);
}

static const char *fact(const report_card *card, const char *group, const char *key) {
    const json_t *object = group ? json_object_get(card->facts->start, group) : card->facts->start;
    return json_string_value(json_object_get(object, key));
}

static void append_count(dsc_text *text, const report_card *card, const char *key, const char *what) {
    const json_t *value = json_object_get(json_object_get(card->facts->start, "data"), key);
    if (json_is_integer(value))
        dsc_text_append(text, "- %lld %s\n", (long long)json_integer_value(value), what);
}

static void append_data(dsc_text *text, const report_card *card) {
    const dsc_data_summary *s = &card->test->summary;
    char number[32];
    dsc_text_append(text, "\n## Evaluation Data\n\n- **Data**: ");
    report_append_markdown(text, card->data_title);
    dsc_text_append(text,
                    ", test set: %zu images of %zu x %zu x %zu (channels, height, width), %zu classes\n",
                    s->count, s->shape[0], s->shape[1], s->shape[2], s->classes);
    const dsc_known_data *known = dsc_dataset_known(card->exam->data);
    if (known) dsc_text_append(text, "- **Origin**: %s", known->facts);
    if (known && known->source) dsc_text_append(text, " Source: <%s>.", known->source);
    if (known && known->licence) dsc_text_append(text, " Licence: %s.", known->licence);
    if (known) dsc_text_append(text, "\n");
    append_checksum(text, "images", card->test->images_sha256);
    append_checksum(text, "labels", card->test->labels_sha256);
    dsc_text_append(text, "- Pixels: %d to %d, mean %s", s->minimum, s->maximum,
                    dsc_format_fixed(number, sizeof number, s->mean, 2));
    dsc_text_append(text, ", deviation %s\n", dsc_format_fixed(number, sizeof number, s->deviation, 2));
    dsc_text_append(text, "- **Preprocessing**: %s; bytes become numbers as in training\n",
                    dsc_images_words(&card->test->images));
    report_ask(text, "Why these data? In what ways are they like the images that the model will meet, and in "
                     "what ways unlike?");
    dsc_text_append(text, "\n## Training Data\n\n");
    const char *name = fact(card, "data", "name"), *told = dsc_model_about(card->exam->model, "data");
    dsc_text_append(text, "- **Data**: ");
    if (name)
        report_append_public_markdown(text, name);
    else if (!card->recipe && told)
        report_append_public_markdown(text, told);
    else
        dsc_text_append(text, "not recorded%s", card->recipe ? ": the run has no log" : "");
    dsc_text_append(text, "\n");
    append_count(text, card, "training", "images to train on");
    append_count(text, card, "validation", "images held out of the training set to validate");
    const char *others = fact(card, "data", "others_name");
    if (others) {
        dsc_text_append(text, "- **Images of no class**, which the model learned to refuse: ");
        report_append_markdown(text, others);
        dsc_text_append(text, "\n");
        append_count(text, card, "others", "of them to train on");
        append_count(text, card, "others_held_out", "of them held out");
    }
    static const char *const sums[][2] = {
        {"images_crc32", "images"},
        {"labels_crc32", "labels"},
        {"others_crc32", "images of no class, including the held-out ones"}};
    for (size_t i = 0; i < 3; i++)
        if (fact(card, "data", sums[i][0])) {
            dsc_text_append(text, "- CRC-32 of the %s%s, in their order: ", sums[i][1],
                            i < 2 ? " trained on" : "");
            report_append_markdown(text, fact(card, "data", sums[i][0]));
            dsc_text_append(text, "\n");
        }
    dsc_text_append(text, "%s\n`descender datasheet` describes the data themselves.\n",
                    card->recipe ? "- **Preprocessing**: `normalise` and `augment` of the recipe, above\n"
                                 : "");
}

static void append_end(dsc_text *text, const report_card *card) {
    const bool handwriting = report_is_handwriting(&card->test->images);
    dsc_text_append(text, "\n## Ethical Considerations\n");
    report_ask(text, "Whom may the model harm if it errs, and whom if it works? Who bears its mistakes, and "
                     "can they object?");
    report_ask(text,
               handwriting
                   ? "Were the people whose writing it learned from asked, and is anything in it personal?"
                   : "Were the people who made its images, or are on them, asked, and is anything in them "
                     "personal?");
    report_ask(text, "What was done, or is to be done, to lower these risks?");
    dsc_text_append(
        text,
        "\n## Caveats and Recommendations\n\n- The numbers hold for images prepared as those of the test "
        "set. For other images (other %s) measure them again.\n%s- The robustness table above shows how much "
        "accuracy remains if images differ from the training images.\n",
        handwriting ? "pens, cameras, scripts" : "cameras, lights, backgrounds",
        fact(card, "data", "others_name")
            ? "- The model also learned from images of no class: it should be unsure of images like those. "
              "It may be sure of images that are unlike both its classes and those images.\n"
            : "- The model knows only its classes: an image of anything else gets one of them as its answer, "
              "often with high confidence.\n");
    report_ask(text,
               "What else should users of the model know, and what should they measure before using it?");
}

void report_append_card(dsc_text *text, const report_card *card) {
    append_front_matter(text, card);
    dsc_text_append(text, "# Model card: ");
    report_append_markdown(text, card->title);
    dsc_text_append(text,
                    "\n\n`descender card` measured these contents or took them from the %s. Lines "
                    "that begin with **To be answered** ask for a person's judgement.\n\n",
                    card->recipe ? "run" : "model's file");
    if (card->file && strcmp(card->file, "model.safetensors") != 0) {
        dsc_text_append(text, "In the commands and programs below, model.safetensors stands for ");
        report_append_markdown(text, card->file);
        dsc_text_append(text, ".\n\n");
    }
    report_append_card_use(text, card);
    report_append_card_details(text, card);
    append_uses(text, card);
    append_measures(text, card);
    append_data(text, card);
    report_append_card_results(text, card);
    append_end(text, card);
}
