/* SPDX-License-Identifier: MIT */
/* known_digits.c: the built-in digits, which are drawn (digits.c) and have no files. */
#include "data/digits.h"
#include "data/drawn.h"

const dsc_known_data dsc_known_data_digits = {
    .name = "digits",
    .help = "built-in digits, 28 x 28, drawn by code",
    .params = dsc_hands_params,
    .values_size = sizeof(dsc_hands_values),
    .title = "built-in digits",
    .shape = {1, 28, 28},
    .classes = 10,
    .note = {.prepared_noted = true, .preparation = DSC_PREPARATION_DIGITS},
    .facts = "These images were drawn by code (`docs/digits.md`); no person wrote them.",
    .licence = "MIT, as Descender",
    .draw = dsc_digit_draw_sample,
};
