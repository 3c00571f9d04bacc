/* SPDX-License-Identifier: MIT */
/* checkpoint.c: writes and reads a checkpoint: one file with the whole state of a run.
 *
 *   "DSCCKPT" and a newline, 8 bytes
 *   the length of the header, 8 bytes, little-endian
 *   the header, JSON: format, recipe, model text, data, kernels, sizes of the slabs, dsc_progress in hex
 *   the slabs: values, states, average, best, in memory layout
 *   CRC-32 of all before, 4 bytes
 *
 * The slabs have the byte order of the machine, which the header names. A file of another byte order is
 * refused. */
#include "train/sealed.h"
#include "train/trainer.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "data/class_match.h"
#include "data/images.h"
#include "kernel/kernel.h"

#include <libdeflate.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 2, MAGIC_SIZE = 8, LENGTH_SIZE = 8, HEADER_MOST = 1 << 22 };
static const char MAGIC[MAGIC_SIZE + 1] = "DSCCKPT\n";
static const size_t FILE_MOST = DSC_SIZE_OF((uint64_t)1 << 36);

static void add_slab(dsc_trainer_slabs *s, dsc_real *slab, size_t numbers) {
    if (!slab) return;
    s->slab[s->count] = slab;
    s->numbers[s->count++] = numbers;
}

dsc_trainer_slabs dsc_trainer_slabs_of(const dsc_trainer *t) {
    dsc_trainer_slabs s = {.count = 0};
    add_slab(&s, t->model->values, t->updater.numbers);
    for (size_t i = 0; i < t->updater.state_count; i++)
        add_slab(&s, t->updater.states[i], t->updater.parameter_numbers);
    add_slab(&s, t->updater.average, t->updater.numbers);
    add_slab(&s, t->best, t->updater.numbers);
    return s;
}

static size_t slab_bytes(const dsc_trainer_slabs *s) {
    size_t bytes = 0;
    for (size_t i = 0; i < s->count; i++) bytes += s->numbers[i] * sizeof(dsc_real);
    return bytes;
}

/* --- the header --- */

static json_t *hex_of(const void *bytes, size_t size) {
    char text[2 * sizeof(dsc_progress) + 1];
    for (size_t i = 0; i < size; i++) (void)sprintf(text + 2 * i, "%02x", ((const unsigned char *)bytes)[i]);
    return json_string(text);
}

static bool bytes_of(void *bytes, size_t size, const char *hex) {
    if (!hex || strlen(hex) != 2 * size) return false;
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        const char *high = strchr(digits, hex[2 * i]), *low = strchr(digits, hex[2 * i + 1]);
        if (!high || !low) return false;
        ((unsigned char *)bytes)[i] = (unsigned char)((high - digits) * 16 + (low - digits));
    }
    return true;
}

static json_t *recipe_as_json(const dsc_recipe *recipe) {
    dsc_text text = {0};
    json_t *json = dsc_recipe_to_json(&text, recipe, NULL) ? NULL : json_loads(text.data, 0, NULL);
    dsc_text_free(&text);
    return json;
}

static json_t *images_of(const dsc_model *model) {
    dsc_images images;
    dsc_model_describe(&images, model);
    return dsc_images_to_json(&images);
}

static json_t *print_or_null(bool has, const dsc_fingerprint *print) {
    return has ? dsc_fingerprint_to_json(print) : json_null();
}

static json_t *prints_as_json(dsc_trainer *t) {
    const dsc_data_prints *p = dsc_trainer_prints(t);
    json_t *json = json_pack("{s:o, s:o, s:o}", "training", dsc_fingerprint_to_json(&p->training),
                             "validation", print_or_null(p->has_validation, &p->validation), "test",
                             print_or_null(p->has_test, &p->test));
    if (json && p->has_others && json_object_set_new(json, "others", dsc_fingerprint_to_json(&p->others))) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static json_t *make_header(dsc_trainer *t) {
    dsc_trainer_slabs s = dsc_trainer_slabs_of(t);
    json_t *json =
        json_pack("{s:i, s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:o, s:o, s:o}", "format", FORMAT, "version",
                  dsc_version(), "model", t->model->text, "kernels", t->parts.choice.kernels->name, "bf16",
                  (int)t->parts.bf16, "slab_bytes", (json_int_t)slab_bytes(&s), "number_bytes",
                  (json_int_t)sizeof(dsc_real), "order", (json_int_t)0x01020304, "data", prints_as_json(t),
                  "recipe", recipe_as_json(&t->recipe), "progress", hex_of(&t->progress, sizeof t->progress));
    if (json && !json_object_set_new(json, "dataset", dsc_dataset_to_json(t->training)) &&
        !json_object_set_new(json, "images", images_of(t->model)))
        return json;
    json_decref(json);
    return NULL;
}

/* --- writing --- */

dsc_status dsc_trainer_saved_bytes(uint64_t *bytes, dsc_trainer *t, dsc_error *error) {
    json_t *header = make_header(t);
    dsc_trainer_slabs s = dsc_trainer_slabs_of(t);
    *bytes = header ? MAGIC_SIZE + LENGTH_SIZE + json_dumpb(header, NULL, 0, JSON_COMPACT) + slab_bytes(&s) +
                          DSC_SEAL_SIZE
                    : 0;
    json_decref(header);
    return *bytes ? DSC_OK : dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a checkpoint");
}

dsc_status dsc_trainer_save(dsc_trainer *t, const char *path, dsc_error *error) {
    dsc_status status = dsc_trainer_check(t, error);
    if (status) return status;
    json_t *header = make_header(t);
    char *text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    json_decref(header);
    if (!text) return dsc_fail(error, DSC_ERROR_MEMORY, "%s: out of memory for a checkpoint", path);
    dsc_sealed file = dsc_sealed_open(path, error);
    uint64_t length = strlen(text);
    dsc_trainer_slabs s = dsc_trainer_slabs_of(t);
    dsc_sealed_append(&file, MAGIC, MAGIC_SIZE);
    dsc_sealed_append(&file, &length, LENGTH_SIZE);
    dsc_sealed_append(&file, text, length);
    for (size_t i = 0; i < s.count; i++) dsc_sealed_append(&file, s.slab[i], s.numbers[i] * sizeof(dsc_real));
    free(text);
    return dsc_sealed_commit(&file);
}

/* --- reading --- */

typedef struct reading {
    const char *path;
    const unsigned char *bytes;
    size_t size, header_length;
    json_t *header;
    json_int_t format;
} reading;

static dsc_status check_frame(reading *r, dsc_error *error) {
    if (r->size < MAGIC_SIZE + LENGTH_SIZE + DSC_SEAL_SIZE || memcmp(r->bytes, MAGIC, MAGIC_SIZE) != 0)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: offset 0: expected a checkpoint, found something else",
                        r->path);
    uint64_t length;
    memcpy(&length, r->bytes + MAGIC_SIZE, LENGTH_SIZE);
    if (length > HEADER_MOST || length > r->size - (MAGIC_SIZE + LENGTH_SIZE + DSC_SEAL_SIZE))
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: offset %d: expected a header inside the file, found one of %llu bytes; the file "
                        "is cut off or damaged; use the checkpoint of another run, or start a new run",
                        r->path, MAGIC_SIZE, (unsigned long long)length);
    const dsc_seal seal = dsc_seal_of(r->bytes, r->size);
    if (seal.stored != seal.found)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: offset %zu: expected the checksum %08x, found %08x; the file is cut off or "
                        "damaged; start a new run",
                        r->path, r->size - DSC_SEAL_SIZE, seal.found, seal.stored);
    r->header_length = (size_t)length;
    return DSC_OK;
}

static const char *text_in(const reading *r, const char *key) {
    const char *text = json_string_value(json_object_get(r->header, key));
    return text ? text : "";
}

static dsc_status parse_header(reading *r, dsc_error *error) {
    json_error_t where;
    r->header = json_loadb((const char *)r->bytes + MAGIC_SIZE + LENGTH_SIZE, r->header_length, 0, &where);
    if (!json_is_object(r->header))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: offset %d: expected a JSON header: %s", r->path,
                        MAGIC_SIZE + LENGTH_SIZE, where.text);
    json_int_t format = json_integer_value(json_object_get(r->header, "format"));
    if (format > FORMAT)
        return dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                        "%s: was saved by descender %.40s in format %lld, but descender %s reads formats up "
                        "to %d; resume with a newer version",
                        r->path, text_in(r, "version"), (long long)format, dsc_version(), FORMAT);
    r->format = format;
    bool ours =
        json_integer_value(json_object_get(r->header, "order")) == 0x01020304 &&
        json_integer_value(json_object_get(r->header, "number_bytes")) == (json_int_t)sizeof(dsc_real);
    if (format < 1 || !ours)
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: was made by another kind of machine or library",
                        r->path);
    return DSC_OK;
}

/* --- comparing with the trainer --- */

static dsc_status fail_recipe(const reading *r, const char *key, const json_t *then, const json_t *now,
                              dsc_error *error) {
    char *before = json_dumps(then, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
    char *after = json_dumps(now, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
    dsc_status status = dsc_fail(error, DSC_ERROR_MISMATCH,
                                 "%s: was made with another recipe: '%s' was %.200s and is now %.200s; "
                                 "change it back in " DSC_RUN_RECIPE ", or start a new run",
                                 r->path, key, before ? before : "not there", after ? after : "not there");
    free(before);
    free(after);
    return status;
}

/* The defaults: a checkpoint of an older version lacks newer parameters, which then have their defaults. */
static json_t *usual_recipe(void) {
    dsc_recipe recipe;
    if (dsc_recipe_initialise(&recipe, NULL)) return NULL;
    json_t *json = recipe_as_json(&recipe);
    dsc_recipe_clear(&recipe);
    return json;
}

/* Compares `steps` only for the steps that are done: a run may be shortened or lengthened after the
 * checkpoint. */
static bool are_steps_done_alike(const reading *r, const dsc_trainer *t, const json_t *before) {
    dsc_progress progress;
    dsc_length then;
    if (!bytes_of(&progress, sizeof progress, text_in(r, "progress"))) return false;
    if (dsc_length_parse(&then, json_string_value(before), NULL)) return false;
    if (!then.count)
        then = (dsc_length){.count = 1, .part = {{.steps = t->steps_an_epoch * (uint64_t)t->recipe.epochs}}};
    return then.part[0].steps == t->length.part[0].steps &&
           dsc_length_agrees(&then, &t->length, progress.step);
}

static dsc_status check_recipe(const reading *r, const dsc_trainer *t, dsc_error *error) {
    json_t *now = recipe_as_json(&t->recipe), *usual = usual_recipe(), *value;
    const json_t *then = json_object_get(r->header, "recipe");
    const char *key;
    dsc_status status =
        now && usual ? DSC_OK : dsc_fail(error, DSC_ERROR_MEMORY, "out of memory for a recipe");
    if (!status) json_object_foreach(now, key, value) {
            const json_t *before = json_object_get(then, key);
            if (!before) before = json_object_get(usual, key);
            if (!strcmp(key, "kernels") || json_equal(value, before)) continue;
            if (!strcmp(key, "steps") && are_steps_done_alike(r, t, before)) continue;
            status = fail_recipe(r, key, before, value, error);
            break;
        }
    json_decref(usual);
    json_decref(now);
    return status;
}

static dsc_status check_print(const reading *r, const char *what, const char *remedy,
                              const dsc_fingerprint *now, const char *name, dsc_error *error) {
    dsc_fingerprint then;
    const json_t *json = json_object_get(json_object_get(r->header, "data"), what);
    if (!dsc_fingerprint_from_json(&then, json))
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: offset %d: expected a description of the %s data, found something else; start a new run",
            r->path, MAGIC_SIZE + LENGTH_SIZE, what);
    const char *difference = dsc_fingerprint_difference(&then, now);
    if (!difference) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH, "%s: was made with other %s data: %s differs in %s; %s",
                    r->path, what, name, difference, remedy);
}

/* Compares with format 1, which has a checksum of the labels in order and of every 97th image. */
static dsc_status check_sample(const reading *r, dsc_trainer *t, dsc_error *error) {
    const dsc_dataset *data = t->training;
    uint32_t crc = 0;
    for (size_t i = 0; i < data->count; i++) {
        const uint8_t label = dsc_dataset_label(data, i);
        crc = libdeflate_crc32(crc, &label, 1);
        if (i % 97 == 0) crc = libdeflate_crc32(crc, dsc_dataset_image(data, i), data->image_size);
    }
    if (json_integer_value(json_object_get(r->header, "data")) != (json_int_t)crc)
        return dsc_fail(error, DSC_ERROR_MISMATCH,
                        "%s: was made with other training data than %s; use the data that the run began "
                        "with, or start a new run",
                        r->path, data->name);
    (void)snprintf(t->remark, sizeof t->remark,
                   "the checkpoint is from an earlier version, which recorded the labels and every 97th "
                   "image, so the other images cannot be compared");
    return DSC_OK;
}

static dsc_status check_data(const reading *r, dsc_trainer *t, bool force, dsc_error *error) {
    static const char remedy[] = "use the data that the run began with, or start a new run";
    t->remark[0] = '\0';
    if (r->format == 1) return check_sample(r, t, error);
    const dsc_data_prints *now = dsc_trainer_prints(t);
    const json_t *data = json_object_get(r->header, "data");
    dsc_status status = check_print(r, "training", remedy, &now->training, t->training->name, error);
    if (!status && now->has_validation)
        status = check_print(r, "validation", remedy, &now->validation, t->validation->name, error);
    const bool had_others = json_object_get(data, "others") != NULL;
    if (!status && had_others != now->has_others)
        status = dsc_fail(error, DSC_ERROR_MISMATCH,
                          "%s: was made %s images of no class, and there are %s now; %s", r->path,
                          had_others ? "with" : "without", had_others ? "none" : "some", remedy);
    if (!status && had_others)
        status = check_print(r, "others", remedy, &now->others, t->others->name, error);
    if (!status && now->has_test && !json_is_null(json_object_get(data, "test")) && !force)
        status = check_print(r, "test",
                             "use the data that the run began with, or resume with --force: these data "
                             "change only the final accuracy, not the training",
                             &now->test, "the test set", error);
    return status;
}

static dsc_status check_kernels(const reading *r, const dsc_trainer *t, bool force, dsc_error *error) {
    bool same = !strcmp(text_in(r, "kernels"), t->parts.choice.kernels->name) &&
                json_integer_value(json_object_get(r->header, "bf16")) == (json_int_t)t->parts.bf16;
    if (same || force) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: was made with the kernels '%s', but this program uses '%s', which would change the "
                    "bits; resume with --kernels %s, or with --force",
                    r->path, text_in(r, "kernels"), t->parts.choice.kernels->name, text_in(r, "kernels"));
}

/* Compares everything that decides the rest of the run. */
static dsc_status check_same(const reading *r, dsc_trainer *t, bool force, dsc_error *error) {
    if (strcmp(text_in(r, "model"), t->model->text) != 0)
        return dsc_fail(error, DSC_ERROR_MISMATCH, "%s: belongs to another model: expected '%s', found '%s'",
                        r->path, t->model->text, text_in(r, "model"));
    dsc_status status = check_recipe(r, t, error);
    if (!status) status = check_data(r, t, force, error);
    return status ? status : check_kernels(r, t, force, error);
}

/* Refuses counters that training cannot produce: they could lead to reads outside the data or to an endless
 * run. */
static bool progress_is_possible(const dsc_progress *p, const dsc_trainer *t) {
    const uint64_t steps = dsc_length_steps(&t->length, p->step), batch = (uint64_t)t->recipe.batch,
                   epochs = (steps + t->steps_an_epoch - 1) / t->steps_an_epoch;
    if (p->epoch > epochs || p->position > t->samples->count || p->finished > DSC_FINISHED_UNTIL)
        return false;
    if (p->epoch == epochs && (!p->finished || p->position)) return false;
    uint64_t step = p->epoch * t->steps_an_epoch + (p->position + batch - 1) / batch;
    if (p->finished && step > steps) step = steps; /* the last epoch ended early */
    if (!p->finished && step >= steps && !p->position) return false;
    for (size_t i = 0; i < sizeof p->schedule.number / sizeof *p->schedule.number; i++)
        if (!isfinite(p->schedule.number[i])) return false;
    bool whole = p->position % batch == 0 || p->position == t->samples->count;
    return whole && p->step == step && p->correct <= p->position && isfinite(p->loss_sum) &&
           p->best_epoch <= p->epoch && p->epochs_without <= p->epoch && !isnan(p->best_loss) &&
           isfinite(p->seconds);
}

/* Restores the description of the run's images from the checkpoint: the note beside the data may have changed
 * or be missing. */
static void restore_images(const reading *r, const dsc_trainer *t) {
    dsc_images images;
    dsc_model_describe(&images, t->model);
    if (dsc_images_from_json(&images, json_object_get(r->header, "images")))
        (void)dsc_model_expect(t->model, &images, NULL); /* if it does not fit, the trainer's stays */
}

/* Checks a copy of each slab in aligned memory: slabs are unaligned in the file, and the trainer must not
 * change yet. */
static dsc_status check_slabs(const reading *r, const dsc_trainer *t, const dsc_trainer_slabs *s, size_t at,
                              dsc_error *error) {
    dsc_error reason;
    dsc_status status = DSC_OK;
    dsc_real *copy = dsc_allocate(t->updater.numbers + 1, sizeof *copy);
    if (!copy) return dsc_fail_memory(error, t->updater.numbers * sizeof *copy, r->path);
    for (size_t i = 0; i < s->count && !status; at += s->numbers[i++] * sizeof(dsc_real)) {
        if (i > 0 && i <= t->updater.state_count) continue; /* an optimiser state */
        memcpy(copy, r->bytes + at, t->updater.numbers * sizeof *copy);
        if (dsc_model_check_values(t->model, copy, &reason))
            status = dsc_fail(
                error, DSC_ERROR_FORMAT,
                "%s: offset %zu: %s: the run had diverged; start a new run with a smaller learning rate",
                r->path, at, reason.message);
    }
    free(copy);
    return status;
}

static dsc_status take_over(const reading *r, dsc_trainer *t, dsc_error *error) {
    dsc_status status;
    dsc_trainer_slabs s = dsc_trainer_slabs_of(t);
    size_t at = MAGIC_SIZE + LENGTH_SIZE + r->header_length;
    if (r->size - DSC_SEAL_SIZE - at != slab_bytes(&s))
        return dsc_fail(error, DSC_ERROR_FORMAT, "%s: offset %zu: expected %zu bytes of numbers, found %zu",
                        r->path, at, slab_bytes(&s), r->size - DSC_SEAL_SIZE - at);
    dsc_progress progress;
    if (!bytes_of(&progress, sizeof progress, text_in(r, "progress")) || !progress_is_possible(&progress, t))
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: offset %d: expected the progress of a run, found impossible counters; start a new run",
            r->path, MAGIC_SIZE + LENGTH_SIZE);
    status = check_slabs(r, t, &s, at, error);
    if (status) return status;
    for (size_t i = 0; i < s.count; i++) {
        memcpy(s.slab[i], r->bytes + at, s.numbers[i] * sizeof(dsc_real));
        at += s.numbers[i] * sizeof(dsc_real);
    }
    t->progress = progress;
    t->order_epoch = 0;
    if (t->others && !progress.finished) dsc_trainer_order(t);
    restore_images(r, t);
    return DSC_OK;
}

dsc_status dsc_trainer_restore_bytes(dsc_trainer *t, const unsigned char *bytes, size_t size,
                                     const char *name, bool force, dsc_error *error) {
    reading r = {.path = name, .bytes = bytes, .size = size};
    dsc_status status = check_frame(&r, error);
    if (!status) status = parse_header(&r, error);
    if (!status) status = check_same(&r, t, force, error);
    if (!status) status = take_over(&r, t, error);
    json_decref(r.header);
    return status;
}

dsc_status dsc_trainer_restore(dsc_trainer *t, const char *path, bool force, dsc_error *error) {
    unsigned char *bytes;
    size_t size;
    dsc_status status = dsc_file_read(&bytes, &size, path, FILE_MOST, error);
    if (status) return status;
    status = dsc_trainer_restore_bytes(t, bytes, size, path, force, error);
    free(bytes);
    return status;
}

dsc_status dsc_checkpoint_match(dsc_dataset **matched, dsc_remarks *remarks, const char *path,
                                const dsc_dataset *data, dsc_error *error) {
    reading r = {.path = path};
    unsigned char *bytes;
    *matched = NULL;
    dsc_status status = dsc_file_read(&bytes, &r.size, path, FILE_MOST, error);
    if (status) return status;
    r.bytes = bytes;
    status = check_frame(&r, error);
    if (!status) status = parse_header(&r, error);
    if (!status)
        status = dsc_dataset_match_json(matched, remarks, data, json_object_get(r.header, "dataset"),
                                        "the run", error);
    json_decref(r.header);
    free(bytes);
    return status;
}
