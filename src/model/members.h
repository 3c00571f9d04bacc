/* SPDX-License-Identifier: MIT */
/* members.h: what the files about ensembles share: join.c makes one, members.c asks them. */
#ifndef DSC_MODEL_MEMBERS_H
#define DSC_MODEL_MEMBERS_H

#include <descender.h>

/* The layer that makes one answer of the members', and what the names of a member's layers and numbers begin
 * with: "member1.dense1.weight". */
#define DSC_ENSEMBLE_LAYER "ensemble"
#define DSC_MEMBER_PREFIX  "member"

enum { DSC_MEMBERS_MOST = 100, DSC_SHIFTS_MOST = 3 };

#endif
