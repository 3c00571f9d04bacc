/* SPDX-License-Identifier: MIT */
/* plan_parts.h: what the files of plan.h share. */
#ifndef EXCHANGE_PLAN_PARTS_H
#define EXCHANGE_PLAN_PARTS_H

#include "exchange/plan.h"

/* Says where each value lies: what lives at the same time lies apart. A value that wants to share another's
 * memory does so if the other is not read later than the call that makes it. */
dsc_status exchange_plan_memory(exchange_plan *plan, dsc_error *error);

#endif
