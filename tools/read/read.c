/* SPDX-License-Identifier: MIT */
/* read.c: reads a file according to its first bytes; see read.h. */
#include "read/read.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/recognise.h"
#include "base/visible.h"
#include "data/array.h"
#include "data/npy.h"
#include "picture/picture.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* --- files --- */

static bool is_array_name(const char *name) {
    static const char *const endings[] = {".npy", ".idx", ".idx.gz", "-ubyte", "-ubyte.gz", NULL};
    const size_t length = strlen(name);
    for (size_t i = 0; endings[i]; i++) {
        const size_t its = strlen(endings[i]);
        if (length > its && !strcasecmp(name + length - its, endings[i])) return true;
    }
    return false;
}

static bool is_image_name(const char *name) { return picture_is_name(name) || is_array_name(name); }

static dsc_status add(read_list *list, char *path, dsc_error *error) {
    if (!path || !dsc_grow(&list->paths, &list->capacity, list->count + 1, sizeof *list->paths)) {
        free(path);
        return dsc_fail_memory(error, (list->count + 1) * sizeof *list->paths, "the list of files");
    }
    list->paths[list->count++] = path;
    return DSC_OK;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static dsc_status fail_empty(const char *path, size_t folders, dsc_error *error) {
    dsc_text names = {0};
    if (folders)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: has no images, only %zu folder%s; name the folders in it; to measure a model on "
                        "pictures in folders named by class, use `descender evaluate MODEL --data FOLDER`",
                        path, folders, folders == 1 ? "" : "s");
    picture_name_endings(&names);
    const dsc_status status =
        names.failed ? dsc_fail_memory(error, 0, path)
                     : dsc_fail(error, DSC_ERROR_FORMAT,
                                "%s: has no images: expected files named %s, *.npy, *.idx or *-ubyte", path,
                                names.data);
    dsc_text_free(&names);
    return status;
}

static dsc_status add_folder(read_list *list, const char *path, dsc_error *error) {
    DIR *folder = opendir(path);
    if (!folder) return dsc_fail_system(error, path, "cannot be read");
    const size_t first = list->count;
    size_t folders = 0;
    dsc_status status = DSC_OK;
    struct dirent *entry;
    while (!status && (entry = readdir(folder))) {
        if (entry->d_name[0] == '.') continue;
        char *file = dsc_path_join(path, entry->d_name);
        struct stat info;
        folders += file && dsc_is_folder(file);
        if (file && (!is_image_name(entry->d_name) || stat(file, &info) || !S_ISREG(info.st_mode))) {
            list->passed_over++;
            free(file);
            continue;
        }
        status = add(list, file, error);
    }
    (void)closedir(folder);
    if (list->count > first) qsort(list->paths + first, list->count - first, sizeof *list->paths, by_name);
    return !status && list->count == first ? fail_empty(path, folders, error) : status;
}

dsc_status read_list_add(read_list *list, const char *path, dsc_error *error) {
    if (strcmp(path, "-") != 0 && dsc_is_folder(path)) return add_folder(list, path, error);
    return add(list, strdup(path), error);
}

void read_list_clear(read_list *list) {
    for (size_t i = 0; i < list->count; i++) free(list->paths[i]);
    free(list->paths);
    *list = (read_list){0};
}

/* --- contents --- */

bool read_array_shape(size_t *count, size_t shape[3], const dsc_array *array) {
    if (array->type != DSC_U8 || array->rank < 2 || array->rank > 4) return false;
    const size_t *last = array->shape + array->rank - 2;
    *count = array->rank > 2 ? array->shape[0] : 1;
    shape[0] = array->rank == 4 ? array->shape[1] : 1;
    shape[1] = last[0];
    shape[2] = last[1];
    return *count > 0 && shape[0] > 0 && shape[1] > 0 && shape[2] > 0;
}

static dsc_status check_array(read_content *content, const char *name, dsc_error *error) {
    size_t count, shape[3];
    dsc_array *a = &content->array;
    /* (N, H, W, 1), TensorFlow's layout of grey images, has the same memory as (N, H, W). */
    if (a->rank == 4 && a->shape[3] == 1) a->rank = 3;
    const bool colours_last = a->rank == 4 && a->shape[1] > 4 && (a->shape[3] == 3 || a->shape[3] == 4);
    if (!colours_last && read_array_shape(&count, shape, a)) return DSC_OK;
    const dsc_array found = *a;
    char text[DSC_SHAPE_TEXT_SIZE];
    (void)dsc_shape_text(text, found.rank, found.shape);
    read_content_clear(content);
    if (colours_last)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected images (N, C, H, W), found %s with the colours last; save "
                        "array.transpose(0, 3, 1, 2)",
                        name, text);
    if (found.rank == 1)
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected images, found %s numbers in one dimension; if these are labels, name "
                        "the images; for images of 28 x 28 save array.reshape(-1, 28, 28)",
                        name, text);
    return dsc_fail(
        error, DSC_ERROR_FORMAT,
        "%s: expected images, an array of bytes (N, H, W), (N, C, H, W) or (H, W); found %s in %s", name,
        dsc_type_name(found.type), text);
}

static dsc_status fail_other(dsc_kind kind, const char *path, dsc_error *error) {
    char remedy[DSC_MESSAGE_SIZE];
    dsc_text titles = {0};
    picture_titles(&titles);
    const dsc_status status =
        titles.failed
            ? dsc_fail_memory(error, 0, "a message")
            : dsc_fail(error, DSC_ERROR_FORMAT, "%s: is no image: expected %s, IDX or NPY, found %s%s",
                       dsc_source_name(path), titles.data, dsc_kind_name(kind),
                       dsc_kind_remedy(remedy, kind, path));
    dsc_text_free(&titles);
    return status;
}

/* Fails for a file that is neither a picture nor an array. */
static dsc_status fail_kind(const unsigned char *bytes, size_t size, const char *path, dsc_error *error) {
    char command[DSC_COMMAND];
    const char *name = dsc_source_name(path);
    const dsc_kind kind = dsc_recognise(bytes, size);
    switch (kind) {
    case DSC_KIND_ZIP:
        return dsc_fail(error, DSC_ERROR_FORMAT,
                        "%s: expected an image, found a ZIP archive; unpack it, and name a file in it%s%s; a "
                        "NumPy archive (.npz) holds .npy files, which can be read",
                        name, path ? ": " : "", path ? dsc_command(command, "unzip @", path, NULL) : "");
    case DSC_KIND_SAFETENSORS:
        return dsc_fail(
            error, DSC_ERROR_FORMAT, "%s: expected an image, found %s; name %s", name, dsc_kind_name(kind),
            path ? dsc_command(command, "it with --model @", path, NULL) : "its file with --model");
    case DSC_KIND_BMP:
        return dsc_fail(
            error, DSC_ERROR_FORMAT,
            "%s: expected a picture or an array of images, found %s; convert it to PNG with ImageMagick: %s",
            name, dsc_kind_name(kind),
            path ? dsc_command(command, "convert @ @.png", path, NULL) : "convert - png:-");
    default:
        return fail_other(kind, path, error);
    }
}

/* Reads a file that is not a picture. */
static dsc_status read_array(read_content *content, const unsigned char *bytes, size_t size, const char *path,
                             dsc_error *error) {
    const char *name = dsc_source_name(path);
    const dsc_kind kind = dsc_recognise(bytes, size);
    const bool npy = kind == DSC_KIND_NPY, idx = size >= 4 && bytes[0] == 0 && bytes[1] == 0;
    if (!npy && !idx && kind != DSC_KIND_GZIP) return fail_kind(bytes, size, path, error);
    content->is_array = true;
    dsc_status status = npy ? dsc_npy_parse_bytes(&content->array, bytes, size, name, error)
                            : dsc_idx_parse(&content->array, bytes, size, path, error);
    return status ? status : check_array(content, name, error);
}

/* Reads a stream to its end. */
static dsc_status read_stream(unsigned char **bytes, size_t *size, FILE *stream, const char *name,
                              dsc_error *error) {
    enum { PIECE = DSC_USUALLY(65536, 1) };
    size_t capacity = 0;
    *bytes = NULL;
    *size = 0;
    for (;;) {
        if (*size >= DSC_IMAGE_FILE_LIMIT)
            return dsc_fail(error, DSC_ERROR_FORMAT, "%s: more than %d bytes", name, DSC_IMAGE_FILE_LIMIT);
        if (!dsc_grow(bytes, &capacity, *size + PIECE, 1)) return dsc_fail_memory(error, *size + PIECE, name);
        const size_t got = fread(*bytes + *size, 1, capacity - *size, stream);
        *size += got;
        if (ferror(stream)) return dsc_fail_system(error, name, "cannot be read");
        if (got == 0) return DSC_OK;
    }
}

dsc_status read_open(read_source *source, const char *path, dsc_error *error) {
    const bool standard_input = strcmp(path, "-") == 0;
    *source = (read_source){.path = standard_input ? NULL : path, .pages = 1};
    const char *name = dsc_source_name(source->path);
    dsc_status status = standard_input
                            ? read_stream(&source->bytes, &source->size, stdin, name, error)
                            : dsc_file_read(&source->bytes, &source->size, path, DSC_IMAGE_FILE_LIMIT, error);
    if (!status && source->size == 0)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: is empty; download or copy the file again", name);
    if (!status) status = picture_count(&source->pages, source->bytes, source->size, name, error);
    source->more = source->pages > PICTURE_PAGES_MOST;
    if (source->more) source->pages = PICTURE_PAGES_MOST;
    return status;
}

void read_close(read_source *source) {
    free(source->bytes);
    *source = (read_source){0};
}

void read_append_name(dsc_text *text, const read_source *source, size_t page) {
    dsc_text_append(text, "%s", dsc_source_name(source->path));
    if (source->pages > 1) dsc_text_append(text, ", page %zu", page + 1);
}

dsc_status read_page(read_content *content, const read_source *source, size_t page, dsc_error *error) {
    const unsigned char *bytes = source->bytes;
    *content = (read_content){0};
    if (!picture_format_of(bytes, source->size))
        return read_array(content, bytes, source->size, source->path, error);
    dsc_text name = {0};
    read_append_name(&name, source, page);
    const dsc_status status =
        name.failed ? dsc_fail_memory(error, 0, "a name")
                    : picture_parse_page(&content->picture, page, bytes, source->size, name.data, error);
    dsc_text_free(&name);
    return status;
}

void read_content_clear(read_content *content) {
    dsc_image_clear(&content->picture);
    dsc_array_clear(&content->array);
    *content = (read_content){0};
}
