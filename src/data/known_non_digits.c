/* SPDX-License-Identifier: MIT */
/* known_non_digits.c: the built-in non-digits, which are drawn (non_digits.c) and have no files. */
#include "data/drawn.h"
#include "data/non_digits.h"

static const char *const class_names[] = {"no digit"};

const dsc_known_data dsc_known_data_non_digits = {
    .name = "non-digits",
    .help = "built-in images that show no digit, 28 x 28, drawn by code",
    .params = dsc_hands_params,
    .values_size = sizeof(dsc_hands_values),
    .title = "built-in non-digits",
    .shape = {1, 28, 28},
    .classes = 1,
    .class_names = class_names,
    .note = {.prepared_noted = true, .preparation = DSC_PREPARATION_DIGITS},
    .facts = "These images were drawn by code (`docs/digits.md`): letters, signs, scribbles, textures, and "
             "digits that are cut, joined, crossed out or in boxes.",
    .licence = "MIT, as Descender",
    .draw = dsc_non_digit_draw_sample,
};
