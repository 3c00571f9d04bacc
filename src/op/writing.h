/* SPDX-License-Identifier: MIT */
/* writing.h: the lines that ops write of themselves for other programs. */
#ifndef DSC_OP_WRITING_H
#define DSC_OP_WRITING_H

#include "base/text.h"

#include <descender.h>

struct dsc_writing {
    dsc_text text; /* lines, each with its newline */
};

/* How many products of a sum of `depth` the portable kernels add up before they begin the next ones: sums in
 * the same order are the same bits. */
size_t dsc_written_block(size_t depth);

#endif
