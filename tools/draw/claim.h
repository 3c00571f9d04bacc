/* SPDX-License-Identifier: MIT */
/* claim.h: a folder of pictures replaces only pictures that were drawn here. */
#ifndef DRAW_CLAIM_H
#define DRAW_CLAIM_H

#include <descender.h>

/* In every SVG. A PNG goes with the SVG of its name. */
#define DRAW_MARK "<!-- drawn by Descender -->"

/* Hears of a file that can only be written in place, so that a crash damages it. */
typedef void draw_on_in_place(const char *path);

/* Makes `folder`, and fails if "NAME.svg" or "NAME.png" of one of `names` (NULL ends them) is there and is
 * somebody else's, or could not be written: for the time before long work. */
dsc_status draw_claim(const char *folder, const char *const *names, draw_on_in_place *on_in_place,
                      dsc_error *error);

/* Fails if `path` is there and does not hold `mark`, or could not be written. */
dsc_status draw_claim_file(const char *path, const char *mark, draw_on_in_place *on_in_place,
                           dsc_error *error);

#endif
