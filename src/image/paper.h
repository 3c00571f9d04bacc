/* SPDX-License-Identifier: MIT */
/* paper.h: finds a sheet of paper on a background; only the sheet is read. */
#ifndef DSC_IMAGE_PAPER_H
#define DSC_IMAGE_PAPER_H

#include <descender.h>

/* Searches one sheet, lighter or darker than its background: a filled quadrilateral (possibly cut by the
 * picture's edge) with content. If found, replaces `greys` (height, width) outside the sheet by those of the
 * sheet's edge, row by row, so that no ink is found there. *found: whether there is a sheet. Fails only
 * without memory. */
dsc_status dsc_paper_find(bool *found, uint8_t *greys, size_t height, size_t width, dsc_error *error);

#endif
