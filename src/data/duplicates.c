/* SPDX-License-Identifier: MIT */
/* duplicates.c: sorts images by checksum and compares those with equal checksums byte for byte. */
#include "data/duplicates.h"

#include "base/error.h"
#include "base/memory.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

typedef struct print {
    uint32_t crc, index;
} print;

static const uint8_t *image_at(const dsc_image_list *list, size_t i) {
    return list->images + (list->index ? list->index[i] : i) * list->size;
}

dsc_image_list dsc_image_list_of(const dsc_dataset *data) {
    return (dsc_image_list){data->images, data->index, data->count, data->image_size};
}

static int by_crc(const void *a, const void *b) {
    const print *x = a, *y = b;
    if (x->crc != y->crc) return x->crc < y->crc ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static print *take_prints(const dsc_image_list *list) {
    print *prints = dsc_allocate(list->count, sizeof *prints);
    if (!prints) return NULL;
    for (size_t i = 0; i < list->count; i++)
        prints[i] = (print){libdeflate_crc32(0, image_at(list, i), list->size), (uint32_t)i};
    qsort(prints, list->count, sizeof *prints, by_crc);
    return prints;
}

static void note(dsc_duplicates *found, size_t first, size_t second, const uint8_t *first_labels,
                 const uint8_t *second_labels) {
    if (!found->images++ || second < found->second) {
        found->first = first;
        found->second = second;
    }
    if (first_labels && second_labels) found->labels_differ += first_labels[first] != second_labels[second];
}

/* Looks up the images y in x, both sorted. `within`: y is x, and only earlier images count. Notes the first
 * equal pair. */
static void merge(dsc_duplicates *found, const dsc_image_list *first, const print *x, const uint8_t *x_labels,
                  const dsc_image_list *second, const print *y, const uint8_t *y_labels, bool within) {
    size_t k = 0;
    for (size_t i = 0; i < second->count; i++) {
        while (k < first->count && x[k].crc < y[i].crc) k++;
        for (size_t j = k; j < first->count && x[j].crc == y[i].crc; j++) {
            if (within && x[j].index >= y[i].index) break;
            if (memcmp(image_at(first, x[j].index), image_at(second, y[i].index), first->size) != 0) continue;
            note(found, x[j].index, y[i].index, x_labels, y_labels);
            break;
        }
    }
}

dsc_status dsc_duplicates_find(dsc_duplicates *found, const dsc_image_list *first,
                               const uint8_t *first_labels, const dsc_image_list *second,
                               const uint8_t *second_labels, dsc_error *error) {
    *found = (dsc_duplicates){0};
    if (second && first->size != second->size) return DSC_OK;
    print *x = take_prints(first), *y = second ? take_prints(second) : NULL;
    dsc_status status = DSC_OK;
    if (!x || (second && !y))
        status = dsc_fail_memory(error, (first->count + (second ? second->count : 0)) * sizeof *x,
                                 "checksums of images");
    else if (second)
        merge(found, first, x, first_labels, second, y, second_labels, false);
    else
        merge(found, first, x, first_labels, first, x, first_labels, true);
    free(x);
    free(y);
    return status;
}
