/* SPDX-License-Identifier: MIT */
/* suspects_apply.c: applies decisions on doubtful labels; see suspects_apply.h. */
#include "suspects_apply.h"

#include "base/file.h"
#include "base/memory.h"
#include "data_pack_out.h"
#include "report/suspects.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 1 << 26, KEEP = -1, DROP = -2 /* decisions on a label */ };

typedef struct applying {
    command_call *call;
    const char *path, *folder;
    command_data data;
    int16_t *becomes; /* (images): KEEP, DROP or the new label */
    size_t changed, dropped, kept;
    pack_part train, test;
} applying;

/* ---- reading ---- */

static dsc_status fail_decision(const applying *a, size_t number, const char *what, dsc_error *error) {
    return dsc_fail(
        error, DSC_ERROR_FORMAT,
        "%s: decision %zu: %s; save the decisions again from the page that `descender data suspects` made",
        a->path, number + 1, what);
}

static bool is_number(size_t *value, const json_t *json, size_t below) {
    if (!json_is_integer(json) || json_integer_value(json) < 0) return false;
    *value = (size_t)json_integer_value(json);
    return *value < below;
}

static dsc_status take_decision(applying *a, size_t number, const json_t *json, dsc_error *error) {
    const dsc_dataset *train = a->data.train;
    const char *what = json_string_value(json_object_get(json, "do"));
    size_t index, label, to;
    if (!is_number(&index, json_object_get(json, "index"), train->count))
        return fail_decision(a, number, "\"index\": expected the number of a training image", error);
    if (!is_number(&label, json_object_get(json, "label"), train->classes) ||
        label != dsc_dataset_label(train, index))
        return fail_decision(a, number, "\"label\": expected the label that the image has now", error);
    if (a->becomes[index] != KEEP)
        return fail_decision(a, number, "there are two decisions on this image", error);
    if (what && !strcmp(what, "keep")) {
        a->kept++;
    } else if (what && !strcmp(what, "drop")) {
        a->becomes[index] = DROP;
        a->dropped++;
    } else if (what && !strcmp(what, "change")) {
        if (!is_number(&to, json_object_get(json, "to"), train->classes) || to == label)
            return fail_decision(a, number, "\"to\": expected the number of another class", error);
        a->becomes[index] = (int16_t)to;
        a->changed++;
    } else {
        return fail_decision(a, number, "\"do\": expected keep, change or drop", error);
    }
    return DSC_OK;
}

static dsc_status check_data(const applying *a, const json_t *json, dsc_error *error) {
    const json_t *data = json_object_get(json, "data");
    const char *name = json_string_value(json_object_get(data, "name"));
    const dsc_fingerprint found = dsc_dataset_fingerprint(a->data.train);
    dsc_fingerprint expected;
    if (!dsc_fingerprint_from_json(&expected, data))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: \"data\": expected the data that the decisions are about", a->path);
    const char *difference = dsc_fingerprint_difference(&expected, &found);
    if (!difference) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: was made for other training data, %s: %s of %s differs; name the same data with "
                    "--data and the same options for reading them, or name the study with --resume",
                    a->path, name ? name : "unnamed", difference, a->data.name);
}

static dsc_status take_decisions(applying *a, const json_t *json, dsc_error *error) {
    const json_t *list = json_object_get(json, "decisions"), *format = json_object_get(json, "format");
    if (!json_is_array(list) || !json_is_integer(format))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected decisions, as the page of `descender data suspects --out` saves them",
                        a->path);
    if (json_integer_value(format) > REPORT_DECISIONS_FORMAT)
        return dsc_fail(
            error, DSC_ERROR_UNSUPPORTED,
            "%s: has format %lld, but this version reads formats up to %d; use a newer version of descender",
            a->path, (long long)json_integer_value(format), REPORT_DECISIONS_FORMAT);
    dsc_status status = check_data(a, json, error);
    if (status) return status;
    a->becomes = dsc_allocate(a->data.train->count, sizeof *a->becomes);
    if (!a->becomes) return dsc_fail_memory(error, a->data.train->count * sizeof *a->becomes, "decisions");
    for (size_t i = 0; i < a->data.train->count; i++) a->becomes[i] = KEEP;
    for (size_t i = 0; i < json_array_size(list) && !status; i++)
        status = take_decision(a, i, json_array_get(list, i), error);
    return status;
}

static dsc_status read_decisions(applying *a, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    json_t *json = NULL;
    dsc_status status = dsc_file_read(&bytes, &size, a->path, FILE_MOST, error);
    if (status) return status;
    status = dsc_json_parse(&json, bytes, size, JSON_REJECT_DUPLICATES, a->path, error);
    if (!status) status = take_decisions(a, json, error);
    json_decref(json);
    free(bytes);
    return status;
}

/* ---- writing ---- */

/* Corrects the gathered copy, which this command owns. */
static dsc_status correct(applying *a, dsc_error *error) {
    pack_part *part = &a->train;
    const size_t each = part->data->image_size;
    uint8_t *images = part->images.data, *labels = part->labels.data;
    size_t n = 0;
    for (size_t i = 0; i < part->count; i++) {
        if (a->becomes[i] == DROP) continue;
        labels[n] = a->becomes[i] == KEEP ? labels[i] : (uint8_t)a->becomes[i];
        if (n != i) memcpy(images + n * each, images + i * each, each);
        n++;
    }
    if (!n) return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: drops every image; keep some", a->path);
    part->count = part->images.shape[0] = part->labels.shape[0] = n;
    return DSC_OK;
}

static dsc_status report(const applying *a, dsc_error *error) {
    char shown[DSC_VISIBLE];
    if (a->call->json)
        return command_print_json(
            json_pack("{s:o, s:I, s:I, s:I, s:I, s:I}", "folder", dsc_json_text(a->folder), "training_images",
                      (json_int_t)a->train.count, "test_images", (json_int_t)a->test.count, "changed",
                      (json_int_t)a->changed, "dropped", (json_int_t)a->dropped, "kept", (json_int_t)a->kept),
            error);
    command_print("%s: %zu training images and %zu test images; %zu label%s changed, %zu image%s dropped\n",
                  dsc_visible(shown, sizeof shown, a->folder), a->train.count, a->test.count, a->changed,
                  a->changed == 1 ? "" : "s", a->dropped, a->dropped == 1 ? "" : "s");
    return DSC_OK;
}

dsc_status suspects_apply(command_call *call, const char *decisions, const char *folder,
                          const command_source *source, dsc_error *error) {
    applying a = {.call = call, .path = decisions, .folder = folder};
    pack_out out = {.call = call, .folder = folder, .train = &a.train, .test = &a.test};
    command_source from = *source;
    from.may_be_untested = true;
    dsc_status status = command_data_open(&a.data, call, &from, error);
    if (!status) status = read_decisions(&a, error);
    if (!status) status = pack_part_gather(&a.train, a.data.train, error);
    if (!status) status = pack_part_gather(&a.test, a.data.test, error);
    if (!status) status = correct(&a, error);
    if (!status) status = pack_out_claim(&out, error);
    if (!status) status = pack_out_write(&out, error);
    if (!status) status = report(&a, error);
    free(a.becomes);
    pack_part_clear(&a.train);
    pack_part_clear(&a.test);
    command_data_close(&a.data);
    return status;
}
