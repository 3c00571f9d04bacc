/* SPDX-License-Identifier: MIT */
/* read_files.c: reads data from your own files, and writes and reads arrays.
 *
 *     cc read_files.c -o read_files $(pkg-config --cflags --libs descender)
 *     ./read_files PATH      describes a folder, table, .npz or .safetensors file with labelled images
 *     ./read_files           writes some digits as IDX files and reads them again
 *  */
#include <descender.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const grounds[] = {"on grounds of any kind", "light on dark", "dark on light"};

static void tell(const dsc_dataset *data) {
    dsc_images like;
    dsc_dataset_describe(&like, data);
    printf("%s: %zu images of %zu x %zu x %zu, %s, %zu classes from '%s' to '%s'\n", dsc_dataset_name(data),
           dsc_dataset_count(data), like.shape[0], like.shape[1], like.shape[2], grounds[like.ground],
           dsc_dataset_classes(data), dsc_dataset_class_name(data, 0),
           dsc_dataset_class_name(data, dsc_dataset_classes(data) - 1));
}

/* Labelled images of any form. If the data have no test set, a fifth of them becomes one. */
static dsc_status read_any(const char *path, dsc_error *error) {
    dsc_dataset *train = NULL, *test = NULL;
    dsc_remarks remarks;
    dsc_data_options how = dsc_data_options_defaults();
    how.test_share = 0.2;
    dsc_status status = dsc_dataset_open_any(&train, &test, path, &how, &remarks, error);
    if (status) return status;
    for (size_t i = 0; i < remarks.count; i++) printf("%s\n", remarks.line[i]);
    tell(train);
    if (test) tell(test);
    dsc_dataset_free(train);
    dsc_dataset_free(test);
    return DSC_OK;
}

/* Reads a whole file as bytes. The library reads files by itself; this shows bytes that come from
 * elsewhere. */
static void *load(size_t *size, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *bytes = malloc(1 << 20);
    *size = bytes ? fread(bytes, 1, 1 << 20, file) : 0;
    fclose(file);
    return bytes;
}

static dsc_status write_and_read(dsc_error *error) {
    dsc_dataset *digits = NULL, *again = NULL;
    dsc_array back = {0}, parsed = {0};
    dsc_status status = dsc_digits_create(&digits, 500, 1, 0, error);
    if (status) return status;

    /* The library reads `data` and does not free it, so your own arrays need no special function. */
    dsc_array images = {DSC_U8, 3, {500, 28, 28}, (void *)(uintptr_t)dsc_dataset_images(digits)};
    dsc_array labels = {DSC_U8, 1, {500}, (void *)(uintptr_t)dsc_dataset_labels(digits)};
    status = dsc_idx_write("digits-images.idx.gz", &images, error); /* .gz: compressed */
    if (!status) status = dsc_idx_write("digits-labels.idx", &labels, error);

    /* One array. */
    if (!status) status = dsc_idx_read(&back, "digits-images.idx.gz", error);
    if (!status)
        printf("read %zu numbers of %zu byte each, %s\n", dsc_array_count(&back), dsc_type_size(back.type),
               grounds[dsc_ground_of(back.data, back.shape[0], (size_t[3]){1, 28, 28})]);
    size_t size = 0;
    void *bytes = load(&size, "digits-labels.idx");
    if (!status && bytes) status = dsc_idx_parse(&parsed, bytes, size, "digits-labels.idx", error);
    if (!status && bytes) printf("from memory: the first label is %d\n", *(const uint8_t *)parsed.data);

    /* Images and labels together. */
    if (!status) status = dsc_dataset_open(&again, "digits-images.idx.gz", "digits-labels.idx", error);
    if (!status) tell(again);
    free(bytes);
    dsc_array_clear(&parsed);
    dsc_array_clear(&back);
    dsc_dataset_free(again);
    dsc_dataset_free(digits);
    return status;
}

int main(int argc, char **argv) {
    dsc_error error;
    dsc_status status = argc > 1 ? read_any(argv[1], &error) : write_and_read(&error);
    if (status) (void)fprintf(stderr, "read_files: %s\n", error.message);
    return status != DSC_OK;
}
