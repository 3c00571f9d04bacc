/* SPDX-License-Identifier: MIT */
/* rules.h: what the files of this room share. */
#ifndef DSC_QUANT_RULES_H
#define DSC_QUANT_RULES_H

enum { DSC_RULE_INPUTS = 16 };

/* What requantise makes of one number (src/op/requantise.c); all of them whole. */
double dsc_requantised(double x, double multiplier, double shift, double low, double high);

#endif
