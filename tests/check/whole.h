/* SPDX-License-Identifier: MIT */
/* whole.h: checks what an op says of whole numbers (dsc_op's `whole`) by its examples alone. */
#ifndef CHECK_WHOLE_H
#define CHECK_WHOLE_H

#include "op/op.h"

enum { WHOLE_MESSAGE = 256 };

/* Runs the op on whole numbers, the bounds of its inputs among them. Empties `message` if all that it makes
 * is whole and within the bounds that it says; else writes what is not. Returns how often it said bounds. */
size_t whole_check(char message[WHOLE_MESSAGE], const dsc_op *op, const dsc_op_example *example);

#endif
