/* SPDX-License-Identifier: MIT */
/* data_facts.c: statistics and checksums of a data set. */
#include "report/data_facts.h"

/* SHA-256 of an IDX file of bytes: its header (big-endian numbers), then `bytes`. */
static dsc_status hash_idx(char hex[FETCH_SHA256_HEX], const size_t *shape, size_t rank, const uint8_t *bytes,
                           dsc_error *error) {
    uint8_t header[4 + 4 * 4] = {0, 0, DSC_U8, (uint8_t)rank};
    size_t size = 1;
    for (size_t i = 0; i < rank; i++) {
        for (size_t b = 0; b < 4; b++) header[4 + 4 * i + b] = (uint8_t)(shape[i] >> (24 - 8 * b));
        size *= shape[i];
    }
    fetch_sha256 *hash = NULL;
    dsc_status status = fetch_sha256_create(&hash, error);
    if (!status) status = fetch_sha256_append(hash, header, 4 + 4 * rank, error);
    if (!status) status = fetch_sha256_append(hash, bytes, size, error);
    if (!status) status = fetch_sha256_finish(hex, hash, error);
    fetch_sha256_free(hash);
    return status;
}

dsc_status report_learn_data(report_data_facts *facts, const dsc_dataset *data, dsc_error *error) {
    *facts = (report_data_facts){0};
    dsc_data_summarise(&facts->summary, data);
    dsc_dataset_describe(&facts->images, data);
    const dsc_data_summary *s = &facts->summary;
    if (!fetch_sha256_available() || s->changed || !dsc_dataset_images(data)) return DSC_OK;
    size_t shape[4] = {s->count, s->shape[0], s->shape[1], s->shape[2]}, rank = 4;
    /* Files with one channel may omit that dimension: their size shows whether they do. */
    if (s->shape[0] == 1 && s->images_size != 20 + s->count * s->shape[1] * s->shape[2]) {
        shape[1] = s->shape[1];
        shape[2] = s->shape[2];
        rank = 3;
    }
    dsc_status status = hash_idx(facts->images_sha256, shape, rank, dsc_dataset_images(data), error);
    return status ? status : hash_idx(facts->labels_sha256, shape, 1, dsc_dataset_labels(data), error);
}
