/* SPDX-License-Identifier: MIT */
/* suspects.c: the page of doubtful labels; see suspects.h. */
#include "report/suspects.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "model/title.h"
#include "picture/png.h"
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

static const char style[] =
    ".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.8rem}"
    ".card{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.7rem;margin:0}"
    ".card img{display:block;image-rendering:pixelated;width:112px;height:auto;margin:0 0 .5rem}"
    ".card p{margin:.15rem 0}"
    "button,select{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);"
    "border-radius:.35rem;padding:.15rem .55rem}button{cursor:pointer}select{max-width:8rem}"
    "button[aria-pressed=true]{border-color:var(--accent);background:var(--accent);color:var(--paper)}"
    ".bar{position:sticky;top:0;background:var(--ground);border-bottom:1px solid var(--line);padding:.6rem 0;"
    "display:flex;gap:1rem;align-items:center;z-index:1}@media print{.bar{display:none}}";

static const char script[] =
    "\"use strict\";\n"
    "const about = JSON.parse(document.getElementById(\"about\").textContent);\n"
    "const decided = new Map();\n"
    "const count = document.getElementById(\"count\"), save = document.getElementById(\"save\");\n"
    "function show(card) {\n"
    "  const its = decided.get(card);\n"
    "  for (const button of card.querySelectorAll(\"button\"))\n"
    "    button.setAttribute(\"aria-pressed\", String(Boolean(its) && its.do === button.value));\n"
    "  count.textContent = `${decided.size} of ${document.querySelectorAll(\".card\").length} decided`;\n"
    "  save.disabled = decided.size === 0;\n"
    "}\n"
    "function decide(card, what) {\n"
    "  const its = {index: Number(card.dataset.index), label: Number(card.dataset.label), do: what};\n"
    "  if (what === \"change\") its.to = Number(card.querySelector(\"select\").value);\n"
    "  decided.set(card, its);\n"
    "  show(card);\n"
    "}\n"
    "for (const card of document.querySelectorAll(\".card\")) {\n"
    "  const select = card.querySelector(\"select\");\n"
    "  about.classes.forEach((name, number) => {\n"
    "    if (number !== Number(card.dataset.label)) select.add(new Option(name, number));\n"
    "  });\n"
    "  select.value = card.dataset.answer;\n"
    "  select.addEventListener(\"change\", () => decide(card, \"change\"));\n"
    "  for (const button of card.querySelectorAll(\"button\"))\n"
    "    button.addEventListener(\"click\", () => {\n"
    "      const its = decided.get(card);\n"
    "      if (its && its.do === button.value) { decided.delete(card); show(card); }\n"
    "      else decide(card, button.value);\n"
    "    });\n"
    "  show(card);\n"
    "}\n"
    "save.addEventListener(\"click\", () => {\n"
    "  const list = [...decided.values()].sort((a, b) => a.index - b.index);\n"
    "  const text = JSON.stringify({format: about.format, data: about.data, decisions: list}, null, 1);\n"
    "  const link = document.createElement(\"a\");\n"
    "  link.href = URL.createObjectURL(new Blob([text + \"\\n\"], {type: \"application/json\"}));\n"
    "  link.download = \"decisions.json\";\n"
    "  link.click();\n"
    "  setTimeout(() => URL.revokeObjectURL(link.href), 10000);\n"
    "});\n"
    "addEventListener(\"beforeunload\", (event) => { if (decided.size) event.preventDefault(); });\n";

/* Appends the data of the script, escaped so that no text can end the element. */
static void append_about(dsc_text *page, const report_suspects *s) {
    json_t *classes = json_array(), *data = dsc_fingerprint_to_json(s->fingerprint);
    for (size_t k = 0; k < s->data->classes; k++)
        (void)json_array_append_new(classes, json_string(s->data->class_names[k]));
    dsc_text name = {0};
    dsc_public_name(&name, s->data_name);
    if (data) (void)json_object_set_new(data, "name", dsc_json_text(name.data ? name.data : ""));
    dsc_text_free(&name);
    json_t *json = json_pack("{s:i, s:o, s:o}", "format", (int)REPORT_DECISIONS_FORMAT, "data", data,
                             "classes", classes);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!text) page->failed = true;
    dsc_text_append(page, "<script type=\"application/json\" id=\"about\">");
    for (const char *p = text; p && *p; p++)
        dsc_text_append_bytes(page, *p == '<' ? "\\u003c" : p, *p == '<' ? 6 : 1);
    dsc_text_append(page, "</script>\n");
    free(text);
    json_decref(json);
}

/* Appends an image (C, H, W) as a PNG. */
static dsc_status append_image(dsc_text *page, const dsc_dataset *data, size_t sample, dsc_error *error) {
    const uint8_t *from = dsc_dataset_image(data, sample);
    const size_t channels = data->shape[0], plane = data->shape[1] * data->shape[2];
    unsigned char *bytes = NULL;
    size_t size;
    dsc_image image;
    dsc_status status = dsc_image_create(&image, data->shape[2], data->shape[1], channels, error);
    if (status) return status;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < plane; i++) image.pixels[i * channels + c] = from[c * plane + i];
    status = picture_png_format(&bytes, &size, &image, error);
    if (!status) {
        dsc_text_append(page, "<img alt=\"image %zu\" src=\"data:image/png;base64,", sample);
        dsc_text_append_base64(page, bytes, size);
        dsc_text_append(page, "\">\n");
    }
    free(bytes);
    dsc_image_clear(&image);
    return status;
}

static dsc_status append_card(dsc_text *page, const report_suspects *s, const dsc_doubt *d,
                              dsc_error *error) {
    char own[32], other[32];
    dsc_text_append(page,
                    "<article class=\"card\" data-index=\"%zu\" data-label=\"%zu\" data-answer=\"%zu\">\n",
                    d->sample, d->label, d->answer);
    const dsc_status status = append_image(page, s->data, d->sample, error);
    dsc_text_append(page, "<p>image %zu</p>\n<p>labelled <b>", d->sample);
    report_append_html(page, s->data->class_names[d->label]);
    dsc_text_append(page, "</b>, %s %% sure<br>read as <b>", report_percent(own, (double)d->own, 1));
    report_append_html(page, s->data->class_names[d->answer]);
    dsc_text_append(page,
                    "</b>, %s %% sure</p>\n<p><button value=\"keep\">keep</button> <button "
                    "value=\"change\">change to</button> <select aria-label=\"to what image %zu is "
                    "changed\"></select> <button value=\"drop\">drop</button></p>\n</article>\n",
                    report_percent(other, (double)d->other, 1), d->sample);
    return status;
}

static dsc_status append_cards(dsc_text *page, const report_suspects *s, size_t count, dsc_error *error) {
    dsc_status status = DSC_OK;
    dsc_text_append(page, "<div class=\"bar\"><button id=\"save\" disabled>Save decisions</button> <span "
                          "id=\"count\"></span></div>\n<noscript><p class=\"missing\">The buttons need "
                          "JavaScript.</p></noscript>\n<div class=\"cards\">\n");
    for (size_t i = 0; i < count && !status; i++) status = append_card(page, s, &s->doubts->list[i], error);
    dsc_text_append(page, "</div>\n");
    return status;
}

dsc_status report_suspects_write(const char *path, const report_suspects *s, dsc_error *error) {
    const size_t all = s->doubts->count, count = all < REPORT_SUSPECTS_MOST ? all : REPORT_SUSPECTS_MOST;
    dsc_text page = {0}, title = {0}, lead = {0};
    char number[48], of[48];
    if (s->data->shape[0] != 1 && s->data->shape[0] != 3)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "only images of 1 or 3 channels can be shown, but these have %zu", s->data->shape[0]);
    dsc_text_append(&title, "Doubtful labels: ");
    dsc_public_name(&title, s->data_name);
    dsc_text_append(&lead, "%s of %s training images, the most doubtful first",
                    dsc_format_grouped(number, (double)all),
                    dsc_format_grouped(of, (double)s->doubts->answered));
    if (count < all) dsc_text_append(&lead, "; %zu are shown", count);
    dsc_text_append(&lead, ". ");
    report_append_html(&lead, s->how);
    if (title.failed || lead.failed) page.failed = true;
    report_page_begin_with(&page, title.data ? title.data : "", lead.data ? lead.data : "", style, true);
    append_about(&page, s);
    dsc_status status = append_cards(&page, s, count, error);
    report_page_end_with(&page, script);
    if (!status)
        status = page.failed ? dsc_fail_memory(error, page.capacity, "a page")
                             : dsc_file_write(path, page.data, page.length, error);
    dsc_text_free(&page);
    dsc_text_free(&title);
    dsc_text_free(&lead);
    return status;
}
