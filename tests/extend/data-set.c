/* SPDX-License-Identifier: MIT */
/* known_my_thing.c: horizontal or vertical lines, drawn by code. A data set with files has `files`, `mirrors`
 * and `source` instead of `draw`: known_fashion_mnist.c. */
#include "data/known.h"

#include "base/random.h"

#include <string.h>

static const char *const class_names[] = {"lying", "standing"};

enum { SIDE = 28 };

static uint8_t draw(uint8_t *image, uint64_t seed, uint64_t index, const void *values) {
    (void)values;
    uint64_t drawn[4];
    dsc_philox_block(drawn, (const uint64_t[4]){0, index, 0, 0},
                     (const uint64_t[2]){seed, 0x6d792d7468696e67}); /* "my-thing": its own stream */
    const uint8_t label = (uint8_t)(drawn[0] & 1);
    const size_t at = 2 + drawn[1] % (SIDE - 4);
    memset(image, 0, SIDE * SIDE);
    for (size_t i = 4; i < SIDE - 4; i++) image[label ? i * SIDE + at : at * SIDE + i] = 255;
    return label;
}

const dsc_known_data dsc_known_data_my_thing = {
    .name = "my-thing",
    .help = "lines that lie or stand, 28 x 28, drawn by code",
    .title = "my-thing",
    .shape = {1, SIDE, SIDE},
    .classes = 2,
    .class_names = class_names,
    .note = {.prepared_noted = true},
    .facts = "These images were drawn by code.",
    .licence = "MIT, as Descender",
    .draw = draw,
};
