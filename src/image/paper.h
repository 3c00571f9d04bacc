/* SPDX-License-Identifier: MIT */
/* paper.h: a sheet of paper that lies on something else: only what is on it is read. */
#ifndef DSC_IMAGE_PAPER_H
#define DSC_IMAGE_PAPER_H

#include <descender.h>

/* Looks for one sheet, lighter or darker than what it lies on: a filled shape of four straight sides (or
 * cut off by the picture's edge) with something written on it. If there is one, `greys` (height, width)
 * outside it become those of its edge, row by row, so that nothing stands out there; *found says whether. */
dsc_status dsc_paper_find(bool *found, uint8_t *greys, size_t height, size_t width, dsc_error *error);

#endif
