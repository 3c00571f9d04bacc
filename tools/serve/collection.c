/* SPDX-License-Identifier: MIT */
/* collection.c: digits corrected on the page, stored as a data set: see parts.h.
 *
 * The folder has the layout of `descender data pack`: labels.txt, images.json, and a pair of IDX files. The
 * images are renamed before the labels, so a kill between the two leaves more images than labels; images
 * without a label are then cut off. */
#include "serve/parts.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/visible.h"
#include "data/idx.h"
#include "data/images.h"
#include "model/title.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { CLASSES_MOST = 256, NOTE_MOST = 1 << 20, BATCH_MOST = 16 };

static const char images_name[] = "train-images-idx3-ubyte", labels_name[] = "train-labels-idx1-ubyte";

/* A few images change a network that was trained on many: use small steps, as many as the corrections need,
 * each over all images. docs/serve.md has the results. */
const char *const serve_go_on[] = {"--test-share",    "0",      "--augment", "none",
                                   "--learning-rate", "0.0005", NULL};
const char serve_go_on_epochs[] = "60";

struct serve_collection {
    char *folder, *model_path;
    const dsc_model *model;
    dsc_images expected;
    size_t classes, count;
    int lock; /* descriptor of the locked folder */
    pthread_mutex_t mutex;
};

/* ---- the folder ---- */

static size_t image_size(const serve_collection *c) {
    return c->expected.shape[0] * c->expected.shape[1] * c->expected.shape[2];
}

/* Allows one server at a time, under any name of the folder. */
static dsc_status lock_folder(serve_collection *c, dsc_error *error) {
    c->lock = dsc_open_at(AT_FDCWD, c->folder, O_RDONLY | O_DIRECTORY, 0);
    if (c->lock < 0) return dsc_fail_system(error, c->folder, "cannot be opened");
    if (flock(c->lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
        return dsc_fail(
            error, DSC_ERROR_IO,
            "%s: another server collects into this folder; stop that server, or give another folder",
            c->folder);
    return DSC_OK; /* file systems without locks are accepted */
}

/* Creates the file with content `text`, or checks that it has that content. */
static dsc_status agree_on(const serve_collection *c, const char *name, const char *text, size_t size,
                           const char *what, dsc_error *error) {
    unsigned char *found = NULL;
    size_t found_size = 0;
    char *path = dsc_path_join(c->folder, name), *images = dsc_path_join(c->folder, images_name);
    dsc_status status = path && images ? DSC_OK : dsc_fail_memory(error, size, c->folder);
    if (!status && dsc_is_there(path)) {
        status = dsc_file_read(&found, &found_size, path, NOTE_MOST, error);
        if (!status && (found_size != size || memcmp(found, text, size) != 0))
            status = dsc_fail(error, DSC_ERROR_MISMATCH,
                              "%s: its images have %s than those of the served model; give another folder",
                              path, what);
    } else if (!status && dsc_is_there(images)) {
        status = dsc_fail(error, DSC_ERROR_MISMATCH,
                          "%s: holds images, but no %s, so they were not collected; give another folder",
                          c->folder, name);
    } else if (!status) {
        status = dsc_file_write(path, text, size, error);
    }
    free(found);
    free(path);
    free(images);
    return status;
}

static dsc_status agree(const serve_collection *c, dsc_error *error) {
    static const char *const others[] = {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", NULL};
    for (size_t i = 0; others[i]; i++) {
        char *path = dsc_path_join(c->folder, others[i]);
        if (!path) return dsc_fail_memory(error, strlen(others[i]), c->folder);
        const bool there = dsc_is_there(path);
        free(path);
        if (there)
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "%s: holds %s, which was not collected; give another folder", c->folder,
                            others[i]);
    }
    char note[DSC_IMAGES_NOTE];
    dsc_text names = {0};
    for (size_t i = 0; i < c->classes; i++)
        dsc_text_append(&names, "%s\n", dsc_model_class_name(c->model, i));
    dsc_status status = names.failed
                            ? dsc_fail_memory(error, names.capacity, "the names of classes")
                            : agree_on(c, DSC_IMAGES_FILE, note, dsc_images_note_format(note, &c->expected),
                                       "another preparation", error);
    if (!status)
        status =
            agree_on(c, "labels.txt", names.data ? names.data : "", names.length, "other classes", error);
    dsc_text_free(&names);
    return status;
}

/* ---- the pair of files ---- */

typedef struct pair {
    dsc_array images, labels; /* labels: `count` bytes */
    size_t count;
} pair;

static void clear_pair(pair *p) {
    dsc_array_clear(&p->images);
    dsc_array_clear(&p->labels);
    *p = (pair){0};
}

/* The array of n images, or of n labels. */
static dsc_array images_of(const serve_collection *c, void *data, size_t n) {
    const size_t *s = c->expected.shape;
    if (s[0] == 1) return (dsc_array){.type = DSC_U8, .rank = 3, .shape = {n, s[1], s[2]}, .data = data};
    return (dsc_array){.type = DSC_U8, .rank = 4, .shape = {n, s[0], s[1], s[2]}, .data = data};
}

static dsc_array labels_of(void *data, size_t n) {
    return (dsc_array){.type = DSC_U8, .rank = 1, .shape = {n}, .data = data};
}

static dsc_status check_array(const dsc_array *found, const dsc_array *wanted, const char *path,
                              dsc_error *error) {
    bool fits = found->type == wanted->type && found->rank == wanted->rank;
    for (size_t i = 1; fits && i < wanted->rank; i++) fits = found->shape[i] == wanted->shape[i];
    if (fits) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_MISMATCH,
                    "%s: holds other images than those of the served model; give another folder", path);
}

static dsc_status read_one(dsc_array *array, const dsc_array *wanted, const char *path, dsc_error *error) {
    if (!dsc_is_there(path)) return DSC_OK;
    dsc_status status = dsc_idx_read(array, path, error);
    return status ? status : check_array(array, wanted, path, error);
}

/* The first p->count images have labels. Release with clear_pair, also after a failure. */
static dsc_status read_pair(pair *p, const serve_collection *c, const char *images, const char *labels,
                            dsc_error *error) {
    const dsc_array wanted_images = images_of(c, NULL, 0), wanted_labels = labels_of(NULL, 0);
    *p = (pair){0};
    dsc_status status = read_one(&p->images, &wanted_images, images, error);
    if (!status) status = read_one(&p->labels, &wanted_labels, labels, error);
    if (status) return status;
    p->count = p->labels.data ? p->labels.shape[0] : 0;
    if (p->count > (p->images.data ? p->images.shape[0] : 0))
        return dsc_fail(
            error, DSC_ERROR_MISMATCH,
            "%s: has %zu labels, but fewer images are in %s; restore the files, or give another folder",
            labels, p->count, images);
    for (size_t i = 0; i < p->count; i++)
        if (((const uint8_t *)p->labels.data)[i] >= c->classes)
            return dsc_fail(error, DSC_ERROR_MISMATCH,
                            "%s: label %zu is %u, but the served model has %zu classes; give another folder",
                            labels, i, ((const uint8_t *)p->labels.data)[i], c->classes);
    return DSC_OK;
}

/* Both files are on disk before the first is renamed. */
static dsc_status write_pair(const char *images_path, const dsc_array *images, const char *labels_path,
                             const dsc_array *labels, dsc_error *error) {
    dsc_file_writer *first, *second = NULL;
    dsc_status status = dsc_idx_begin(&first, images_path, images, error);
    if (!status) status = dsc_idx_begin(&second, labels_path, labels, error);
    if (status) {
        dsc_file_writer_abort(first);
        return status;
    }
    status = dsc_file_writer_commit(first, error);
    if (!status) return dsc_file_writer_commit(second, error);
    dsc_file_writer_abort(second);
    return status;
}

/* Adds n images with their labels to the current files. n = 0: cuts off images without a label. */
static dsc_status add(serve_collection *c, const uint8_t *images, const uint8_t *labels, size_t n,
                      dsc_error *error) {
    const size_t size = image_size(c);
    char *images_path = dsc_path_join(c->folder, images_name);
    char *labels_path = dsc_path_join(c->folder, labels_name);
    uint8_t *all = NULL;
    pair p = {0};
    dsc_status status = images_path && labels_path ? read_pair(&p, c, images_path, labels_path, error)
                                                   : dsc_fail_memory(error, size, c->folder);
    const size_t there = p.images.data ? p.images.shape[0] : 0, total = p.count + n;
    if (!status && total > SERVE_COLLECTED_MOST && n)
        status =
            dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                     "%zu images are collected, and %d is the maximum; start the server with another folder",
                     p.count, SERVE_COLLECTED_MOST);
    if (!status && !total && there) {
        if (unlink(images_path)) status = dsc_fail_system(error, images_path, "cannot be removed");
    } else if (!status && (n || there > p.count)) {
        all = dsc_allocate(total, size + 1);
        if (!all) status = dsc_fail_memory(error, total * (size + 1), "what is collected");
        if (!status) {
            uint8_t *const all_labels = all + total * size;
            if (p.count && p.images.data) memcpy(all, p.images.data, p.count * size);
            if (p.count && p.labels.data) memcpy(all_labels, p.labels.data, p.count);
            if (n) memcpy(all + p.count * size, images, n * size);
            if (n) memcpy(all_labels + p.count, labels, n);
            const dsc_array new_images = images_of(c, all, total), new_labels = labels_of(all_labels, total);
            status = write_pair(images_path, &new_images, labels_path, &new_labels, error);
        }
    }
    if (!status) c->count = total;
    clear_pair(&p);
    free(all);
    free(images_path);
    free(labels_path);
    return status;
}

/* ---- opening ---- */

/* The served model must be a file to continue training from; the built-in one is saved beside the images. */
static dsc_status find_model(serve_collection *c, const serve_options *options, dsc_error *error) {
    c->model_path = options->model_path ? realpath(options->model_path, NULL)
                                        : dsc_path_join(c->folder, "model.safetensors");
    if (!c->model_path && options->model_path)
        return dsc_fail_system(error, options->model_path, "cannot be found");
    if (!c->model_path) return dsc_fail_memory(error, strlen(c->folder), c->folder);
    return options->model_path ? DSC_OK : dsc_model_save(c->model, c->model_path, error);
}

static dsc_status open_folder(serve_collection *c, const serve_options *options, dsc_error *error) {
    dsc_status status = dsc_folder_make(options->collect, error);
    if (status) return status;
    c->folder = realpath(options->collect, NULL);
    if (!c->folder) return dsc_fail_system(error, options->collect, "cannot be found");
    status = lock_folder(c, error);
    if (!status) status = agree(c, error);
    if (!status) status = add(c, NULL, NULL, 0, error);
    return status ? status : find_model(c, options, error);
}

dsc_status serve_collection_open(serve_collection **result, const serve_options *options, dsc_error *error) {
    *result = NULL;
    if (!options->collect) return DSC_OK;
    serve_collection *c = dsc_allocate(1, sizeof *c);
    if (!c) return dsc_fail_memory(error, sizeof *c, "what is collected");
    c->lock = -1;
    c->model = options->model;
    c->classes = dsc_model_classes(c->model);
    (void)pthread_mutex_init(&c->mutex, NULL);
    dsc_model_describe(&c->expected, c->model);
    dsc_status status = DSC_OK;
    if (c->classes > CLASSES_MOST)
        status = dsc_fail(error, DSC_ERROR_UNSUPPORTED,
                          "the model has %zu classes, but collected images can have at most %d", c->classes,
                          CLASSES_MOST);
    if (!status) status = open_folder(c, options, error);
    if (status)
        serve_collection_close(c);
    else
        *result = c;
    return status;
}

void serve_collection_close(serve_collection *c) {
    if (!c) return;
    if (c->lock >= 0) (void)close(c->lock);
    (void)pthread_mutex_destroy(&c->mutex);
    free(c->folder);
    free(c->model_path);
    free(c);
}

const char *serve_collection_folder(const serve_collection *c) { return c ? c->folder : NULL; }

const char *serve_collection_model(const serve_collection *c) { return c ? c->model_path : NULL; }

size_t serve_collection_count(serve_collection *c) {
    if (!c) return 0;
    (void)pthread_mutex_lock(&c->mutex);
    const size_t count = c->count;
    (void)pthread_mutex_unlock(&c->mutex);
    return count;
}

size_t serve_go_on_batch(size_t count) { return count < BATCH_MOST ? count : BATCH_MOST; }

/* ---- requests ---- */

/* The command that continues training, ready to type. */
static json_t *command_json(const serve_collection *c, size_t count) {
    char word[DSC_SHELL_WORD];
    dsc_text text = {0};
    dsc_text_append(&text, "descender train --data %s", dsc_shell_word(word, c->folder));
    dsc_text_append(&text, " --from %s", dsc_shell_word(word, c->model_path));
    for (size_t i = 0; serve_go_on[i]; i++) dsc_text_append(&text, " %s", serve_go_on[i]);
    dsc_text_append(&text, " --epochs %s --batch %zu", serve_go_on_epochs, serve_go_on_batch(count));
    json_t *json = text.failed ? NULL : dsc_json_text(text.data);
    dsc_text_free(&text);
    return json;
}

/* Paths are shown only if training is allowed, that is, on this machine. */
void serve_get_collection(serve_response *r, serve_site *site) {
    serve_collection *c = site->collection;
    if (!c) {
        serve_answer_json(r, 200, json_pack("{s:b}", "collects", 0));
        return;
    }
    const size_t count = serve_collection_count(c);
    dsc_text name = {0};
    dsc_public_name(&name, c->folder);
    json_t *folder = name.failed ? NULL : dsc_json_text(site->options.no_training ? name.data : c->folder);
    dsc_text_free(&name);
    serve_answer_json(r, 200,
                      json_pack("{s:b, s:o, s:I, s:i, s:o}", "collects", 1, "folder", folder, "count",
                                (json_int_t)count, "most", SERVE_COLLECTED_MOST, "command",
                                count && !site->options.no_training ? command_json(c, count) : json_null()));
}

/* Whether the images shown to this network belong to the collection. */
static bool is_of_this(const serve_collection *c, const dsc_model *model) {
    dsc_images images;
    dsc_model_describe(&images, model);
    if (memcmp(images.shape, c->expected.shape, sizeof images.shape) != 0 ||
        images.preparation != c->expected.preparation || images.ground != c->expected.ground ||
        images.fit != c->expected.fit || dsc_model_classes(model) != c->classes)
        return false;
    for (size_t i = 0; i < c->classes; i++)
        if (strcmp(dsc_model_class_name(model, i), dsc_model_class_name(c->model, i)) != 0) return false;
    return true;
}

static bool read_digit(uint8_t *image, uint8_t *label, const serve_collection *c, const json_t *digit) {
    const json_t *seen = json_object_get(digit, "image");
    const char *name = json_string_value(json_object_get(digit, "label"));
    size_t i = 0;
    if (!name || !json_is_string(seen)) return false;
    while (i < c->classes && strcmp(name, dsc_model_class_name(c->model, i)) != 0) i++;
    *label = (uint8_t)i;
    return i < c->classes &&
           dsc_base64_decode(image, image_size(c), json_string_value(seen), json_string_length(seen));
}

/* Adds the digits of the request; answers with an error if they are invalid. */
static void collect(serve_response *r, serve_collection *c, const json_t *digits) {
    const size_t n = json_array_size(digits), size = image_size(c);
    dsc_error error;
    if (!n || n > SERVE_DIGITS_MOST) {
        serve_refuse(r, 400, "expected {\"digits\": [{\"image\": base64, \"label\": class}, ...]}, 1 to 64");
        return;
    }
    uint8_t *images = dsc_allocate(n, size + 1), *labels = images ? images + n * size : NULL;
    bool right = images != NULL;
    for (size_t i = 0; i < n && right; i++)
        right = read_digit(images + i * size, labels + i, c, json_array_get(digits, i));
    if (!images) {
        serve_refuse(r, 500, "out of memory");
    } else if (!right) {
        serve_refuse(r, 400, "expected an image of the model's size and one of its classes for each digit");
    } else {
        (void)pthread_mutex_lock(&c->mutex);
        const dsc_status status = add(c, images, labels, n, &error);
        const size_t count = c->count;
        (void)pthread_mutex_unlock(&c->mutex);
        if (status)
            serve_refuse(r, status == DSC_ERROR_UNSUPPORTED ? 409 : 500, error.message);
        else
            serve_answer_json(r, 200,
                              json_pack("{s:I, s:I}", "kept", (json_int_t)n, "count", (json_int_t)count));
    }
    free(images);
}

void serve_post_collection(serve_response *r, serve_site *site, const serve_request *q) {
    dsc_error error;
    const serve_network *network;
    json_t *json = NULL;
    if (!site->collection) {
        serve_refuse(r, 403, "this server collects nothing; start it with: descender serve --collect FOLDER");
        return;
    }
    if (serve_network_take(&network, site->networks, serve_read_text(q, "network"),
                           serve_read_text(q, "epoch"), &error)) {
        serve_refuse(r, 404, error.message);
        return;
    }
    const bool fits = is_of_this(site->collection, serve_reader_model(network->reader));
    serve_network_let_go(site->networks, network);
    if (!fits)
        serve_refuse(r, 409, "this network takes other images than those in the collection");
    else if (dsc_json_parse(&json, q->size ? (const void *)q->body : "", q->size, 0, "the request", &error))
        serve_refuse(r, 400, error.message);
    else
        collect(r, site->collection, json_object_get(json, "digits"));
    json_decref(json);
}
