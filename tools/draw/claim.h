/* SPDX-License-Identifier: MIT */
/* claim.h: protects foreign pictures: a folder's pictures are replaced only if the program drew them. */
#ifndef DRAW_CLAIM_H
#define DRAW_CLAIM_H

#include <descender.h>

/* Contained in every SVG. A PNG belongs to the SVG of the same name. */
#define DRAW_MARK "<!-- drawn by Descender -->"

/* Called for a file that can only be written in place, so that a crash would damage it. */
typedef void draw_on_in_place(const char *path);

/* Creates `folder`, and fails if "NAME.svg" or "NAME.png" of one of `names` (NULL-terminated) is a foreign
 * file or cannot be written. For use before long work. */
dsc_status draw_claim(const char *folder, const char *const *names, draw_on_in_place *on_in_place,
                      dsc_error *error);

/* Fails if `path` exists without containing `mark`, or cannot be written. */
dsc_status draw_claim_file(const char *path, const char *mark, draw_on_in_place *on_in_place,
                           dsc_error *error);

#endif
