/* SPDX-License-Identifier: MIT */
/* claim.h: a folder of pictures replaces only pictures that were drawn here. */
#ifndef DRAW_CLAIM_H
#define DRAW_CLAIM_H

#include <descender.h>

/* In every SVG. A PNG goes with the SVG of its name. */
#define DRAW_MARK "<!-- drawn by Descender -->"

/* Makes `folder`, and fails if "NAME.svg" or "NAME.png" of one of `names` (NULL ends them) is there and is
 * somebody else's, or could not be written: for the time before long work. */
dsc_status draw_claim(const char *folder, const char *const *names, dsc_error *error);

/* Fails if `path` is there and does not hold `mark`. */
dsc_status draw_claim_file(const char *path, const char *mark, dsc_error *error);

#endif
