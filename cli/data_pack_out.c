/* SPDX-License-Identifier: MIT */
/* data_pack_out.c: writes images, labels, class names and the note to OUT; see data_pack_out.h. */
#include "data_pack_out.h"

#include "base/file.h"
#include "data/array.h"
#include "data/idx.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

dsc_status pack_part_gather(pack_part *part, const dsc_dataset *data, dsc_error *error) {
    if (!data) return DSC_OK;
    const size_t grey[3] = {data->count, data->shape[1], data->shape[2]};
    const size_t coloured[4] = {data->count, data->shape[0], data->shape[1], data->shape[2]};
    dsc_status status = data->shape[0] == 1 ? dsc_array_create(&part->images, DSC_U8, 3, grey, error)
                                            : dsc_array_create(&part->images, DSC_U8, 4, coloured, error);
    if (!status) status = dsc_array_create(&part->labels, DSC_U8, 1, &data->count, error);
    if (status) return status;
    part->data = data;
    part->count = data->count;
    for (size_t i = 0; i < data->count; i++) {
        memcpy((uint8_t *)part->images.data + i * data->image_size, dsc_dataset_image(data, i),
               data->image_size);
        ((uint8_t *)part->labels.data)[i] = dsc_dataset_label(data, i);
    }
    dsc_dataset_describe(&part->looks, data);
    return DSC_OK;
}

void pack_part_clear(pack_part *part) {
    dsc_array_clear(&part->images);
    dsc_array_clear(&part->labels);
    *part = (pack_part){0};
}

/* In the order of renaming: without the labels the images are not taken for data. */
enum { CLASS_NAMES, IMAGES_NOTE, TRAIN_IMAGES, TEST_IMAGES, TRAIN_LABELS, TEST_LABELS };

static const char *const names[PACK_OUT_FILES] = {
    [CLASS_NAMES] = "labels.txt",
    [IMAGES_NOTE] = DSC_IMAGES_FILE,
    [TRAIN_IMAGES] = "train-images-idx3-ubyte",
    [TEST_IMAGES] = "t10k-images-idx3-ubyte",
    [TRAIN_LABELS] = "train-labels-idx1-ubyte",
    [TEST_LABELS] = "t10k-labels-idx1-ubyte",
};

static bool is_text(size_t file) { return file == CLASS_NAMES || file == IMAGES_NOTE; }

/* The set that a file belongs to. */
static const pack_part *part_of(const pack_out *out, size_t file) {
    return file == TEST_IMAGES || file == TEST_LABELS ? out->test : out->train;
}

/* Whether the file is written, under the plain name or with ".gz". */
static bool is_made(const pack_out *out, size_t file, bool gzip) {
    return part_of(out, file)->count && gzip == (out->gzip && !is_text(file));
}

typedef dsc_status visitor(pack_out *out, const char *path, size_t file, bool gzip, dsc_error *error);

/* Calls `visit` for every possible name of data in OUT, plain and compressed. */
static dsc_status visit_files(pack_out *out, visitor *visit, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < 2 * PACK_OUT_FILES && !status; i++) {
        const size_t file = i / 2;
        const bool gzip = i % 2;
        if (gzip && is_text(file)) continue;
        dsc_text path = {0};
        dsc_text_append(&path, "%s/%s%s", out->folder, names[file], gzip ? ".gz" : "");
        status = path.failed ? dsc_fail_memory(error, strlen(out->folder), out->folder)
                             : visit(out, path.data, file, gzip, error);
        dsc_text_free(&path);
    }
    return status;
}

/* Fails if the file exists: it belongs to other data. */
static dsc_status claim(pack_out *out, const char *path, size_t file, bool gzip, dsc_error *error) {
    if (!out->force && dsc_is_there(path))
        return dsc_fail(error, DSC_ERROR_IO, "%s: already exists; give another folder%s", path,
                        out->replaces ? ", or --force to replace it" : "");
    return is_made(out, file, gzip) ? command_rehearse(out->call, path, error) : DSC_OK;
}

dsc_status pack_out_claim(pack_out *out, dsc_error *error) {
    dsc_status status = dsc_folder_make(out->folder, error);
    return status ? status : visit_files(out, claim, error);
}

/* Writes all files before renaming any, so that a full disk leaves the old data whole. */
static dsc_status begin(pack_out *out, const char *path, size_t file, bool gzip, dsc_error *error) {
    if (!is_made(out, file, gzip)) return DSC_OK;
    const pack_part *set = part_of(out, file);
    dsc_file_writer **writer = &out->writers[file];
    if (!is_text(file)) {
        const bool images = file == TRAIN_IMAGES || file == TEST_IMAGES;
        return dsc_idx_begin(writer, path, images ? &set->images : &set->labels, error);
    }
    char note[DSC_IMAGES_NOTE];
    dsc_text text = {0};
    for (size_t i = 0; file == CLASS_NAMES && i < set->data->classes; i++)
        dsc_text_append(&text, "%s\n", dsc_dataset_class_name(set->data, i));
    if (file == IMAGES_NOTE) dsc_text_append_bytes(&text, note, dsc_images_note_format(note, &set->looks));
    dsc_status status =
        text.failed ? dsc_fail_memory(error, text.length, path) : dsc_file_writer_open(writer, path, error);
    if (!status) status = dsc_file_writer_append(*writer, text.data, text.length, error);
    dsc_text_free(&text);
    return status;
}

/* Removes old files that would be taken for a part of the new data: a .gz beside a new plain file, an old
 * test set, and old labels beside new images if the program ended here. */
static dsc_status remove_old(pack_out *out, const char *path, size_t file, bool gzip, dsc_error *error) {
    struct stat info;
    const bool replaced = is_made(out, file, gzip);
    if (lstat(path, &info) || (replaced && file < TRAIN_LABELS)) return DSC_OK;
    if (replaced && !S_ISREG(info.st_mode)) return DSC_OK; /* a link stays */
    return unlink(path) && !replaced                       /* if removing fails, the file is written in
                                                            * place */
               ? dsc_fail_system(error, path,
                                 "belongs to the data that are being replaced, and cannot be removed")
               : DSC_OK;
}

dsc_status pack_out_write(pack_out *out, dsc_error *error) {
    dsc_status status = visit_files(out, begin, error);
    if (!status) status = visit_files(out, remove_old, error);
    for (size_t i = 0; i < PACK_OUT_FILES; i++) {
        if (!out->writers[i]) continue;
        if (status)
            dsc_file_writer_abort(out->writers[i]);
        else
            status = dsc_file_writer_commit(out->writers[i], error);
        out->writers[i] = NULL;
    }
    return status;
}
