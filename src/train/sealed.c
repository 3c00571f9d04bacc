/* SPDX-License-Identifier: MIT */
/* sealed.c: files that end in a checksum. */
#include "train/sealed.h"

#include <libdeflate.h>
#include <string.h>

dsc_sealed dsc_sealed_open(const char *path, dsc_error *error) {
    dsc_sealed file = {.error = error};
    file.status = dsc_file_writer_open(&file.writer, path, error);
    return file;
}

void dsc_sealed_append(dsc_sealed *file, const void *bytes, size_t size) {
    if (file->status) return;
    file->crc = libdeflate_crc32(file->crc, bytes, size);
    file->status = dsc_file_writer_append(file->writer, bytes, size, file->error);
}

dsc_status dsc_sealed_commit(dsc_sealed *file) {
    const uint32_t crc = file->crc;
    if (!file->writer) return file->status;
    dsc_sealed_append(file, &crc, DSC_SEAL_SIZE);
    if (file->status)
        dsc_file_writer_abort(file->writer);
    else
        file->status = dsc_file_writer_commit(file->writer, file->error);
    return file->status;
}

dsc_seal dsc_seal_of(const unsigned char *bytes, size_t size) {
    dsc_seal seal = {.found = libdeflate_crc32(0, bytes, size - DSC_SEAL_SIZE)};
    memcpy(&seal.stored, bytes + size - DSC_SEAL_SIZE, DSC_SEAL_SIZE);
    return seal;
}
