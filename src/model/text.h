/* SPDX-License-Identifier: MIT */
/* text.h: from a line of text to layers. */
#ifndef DSC_MODEL_TEXT_H
#define DSC_MODEL_TEXT_H

#include "graph/graph.h"

enum { DSC_MODEL_TEXT_LONGEST = 16384, DSC_MODEL_TEXT_DEEPEST = 16 };

/*
 *   network  = sizes | sequence
 *   sizes    = number ("-" number)+                      inputs, hidden units, classes
 *   sequence = item ("," item)*
 *   item     = layer | "residual(" sequence ")" | "parallel(" sequence ("|" sequence)+ ")"
 *   layer    = name argument* (key "=" value)*
 *
 * Builds that on `x`, whose graph then has its nodes. The last layer, if it wants a size and has none, takes
 * `classes`; 0: there is no such default. Errors name the column; a shape that does not fit names the layer
 * too. */
dsc_status dsc_text_build(dsc_node **y, dsc_node *x, const char *text, size_t classes, dsc_error *error);

#endif
