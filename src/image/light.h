/* SPDX-License-Identifier: MIT */
/* light.h: the brightness of a picture's ground, pixel by pixel, with shadows, glare, or paper on a table.
 *
 * Ink is thin: anything darker than its surroundings and narrower than a quarter of the picture's shorter
 * side is filled with its surroundings (a grey closing by an octagon: the maximum around each pixel, then the
 * minimum of the maxima; Serra, "Image analysis and mathematical morphology", 1982). Anything wider stays,
 * with its edges in place, so the border of a hard shadow is not ink; shadow.h mends it where ink crosses it.
 * For light ink on a dark ground, minimum and maximum are exchanged. */
#ifndef DSC_IMAGE_LIGHT_H
#define DSC_IMAGE_LIGHT_H

#include <descender.h>

/* Writes the ground at each pixel of `values` (height, width) to `ground`, of the same size; *dark: ink is
 * darker than the ground. Fails only without memory. */
dsc_status dsc_light_find(uint8_t *ground, bool *dark, const uint8_t *values, size_t height, size_t width,
                          dsc_error *error);

#endif
