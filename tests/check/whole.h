/* SPDX-License-Identifier: MIT */
/* whole.h: checks the integer bounds of an op (dsc_op's `whole`) by its examples alone. */
#ifndef CHECK_WHOLE_H
#define CHECK_WHOLE_H

#include "op/op.h"

enum { WHOLE_MESSAGE = 256 };

/* Runs the op on integers, including the bounds of its inputs. Empties `message` if all results are
 * integers within the declared bounds; otherwise describes the first that is not. Returns how often the op
 * declared bounds. */
size_t whole_check(char message[WHOLE_MESSAGE], const dsc_op *op, const dsc_op_example *example);

#endif
