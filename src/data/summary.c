/* SPDX-License-Identifier: MIT */
/* summary.c: computes the figures of a data set. */
#include "data/check.h"
#include "data/dataset.h"

#include <math.h>
#include <string.h>

/* counts[v] += the number of pixels of value v. Uses four tables: with one, runs of equal pixels, common in
 * images, would wait for each other. */
static void count_values(uint64_t counts[256], const uint8_t *pixel, size_t size) {
    uint32_t part[4][256] = {{0}}; /* of one image: below 2^32 */
    size_t i = 0;
    for (; i + 4 <= size; i += 4)
        for (size_t k = 0; k < 4; k++) part[k][pixel[i + k]]++;
    for (; i < size; i++) part[0][pixel[i]]++;
    for (size_t v = 0; v < 256; v++) counts[v] += (uint64_t)part[0][v] + part[1][v] + part[2][v] + part[3][v];
}

static bool is_blank(const uint8_t *image, size_t size) {
    return size < 2 || memcmp(image, image + 1, size - 1) == 0;
}

void dsc_data_summarise(dsc_data_summary *summary, const dsc_dataset *data) {
    memset(summary, 0, sizeof *summary);
    summary->count = data->count;
    summary->classes = data->classes;
    memcpy(summary->shape, data->shape, sizeof data->shape);
    uint64_t counts[256] = {0};
    for (size_t i = 0; i < data->count; i++) {
        const uint8_t *image = dsc_dataset_image(data, i);
        summary->per_class[dsc_dataset_label(data, i)]++;
        summary->blank += is_blank(image, data->image_size);
        count_values(counts, image, data->image_size);
    }
    uint64_t total = 0, sum = 0, squares = 0;
    summary->minimum = 255;
    for (unsigned v = 0; v < 256; v++) {
        if (!counts[v]) continue;
        if (v < summary->minimum) summary->minimum = (uint8_t)v;
        summary->maximum = (uint8_t)v;
        total += counts[v];
        sum += v * counts[v];
        squares += v * v * counts[v];
    }
    if (!total) summary->minimum = 0;
    if (total) {
        summary->mean = (double)sum / (double)total;
        double variance = (double)squares / (double)total - summary->mean * summary->mean;
        summary->deviation = variance > 0 ? sqrt(variance) : 0;
        summary->zero_share = (double)counts[0] / (double)total;
    }
    summary->changed = data->own_labels || data->storage->images.changed || data->storage->labels.changed;
    if (data->index || data->own_labels) return;
    summary->images_size = data->storage->images.size;
    summary->images_crc = data->storage->images.crc;
    summary->labels_size = data->storage->labels.size;
    summary->labels_crc = data->storage->labels.crc;
}
