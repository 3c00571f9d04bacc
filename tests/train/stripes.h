/* SPDX-License-Identifier: MIT */
/* stripes.h: data that a network learns at once, for tests of training, and a listener that counts events. */
#ifndef TESTS_TRAIN_STRIPES_H
#define TESTS_TRAIN_STRIPES_H

#include "testing.h"

static dsc_dataset *stripes; /* 60 images of 3 classes, 4 x 4 */

static int make_data(void **state) {
    (void)state;
    uint8_t images[60 * 16], labels[60];
    for (size_t i = 0; i < 60; i++) {
        labels[i] = (uint8_t)(i % 3);
        for (size_t k = 0; k < 16; k++) images[i * 16 + k] = (uint8_t)(k % 3 == i % 3 ? 200 + i % 50 : i);
    }
    return testing_dataset(&stripes, images, labels, 60, (size_t[3]){1, 4, 4}, 3, NULL, "stripes", NULL);
}

static int free_data(void **state) {
    (void)state;
    dsc_dataset_free(stripes);
    return 0;
}

typedef struct listener {
    uint64_t stop_at; /* the step, of all; 0: never */
    size_t kinds[5];
} listener;

static inline int listen(void *user, const dsc_event *event) {
    listener *l = user;
    l->kinds[event->kind]++;
    uint64_t done = (event->epoch - 1) * event->steps + event->step;
    return event->kind == DSC_EVENT_STEP && l->stop_at && done == l->stop_at;
}

#endif
