/* SPDX-License-Identifier: MIT */
/* text.h: builds layers from model text. */
#ifndef DSC_MODEL_TEXT_H
#define DSC_MODEL_TEXT_H

#include "graph/graph.h"

enum { DSC_MODEL_TEXT_LONGEST = 16384, DSC_MODEL_TEXT_DEEPEST = 16 };

/* Model text:
 *
 *   network  = sizes | sequence
 *   sizes    = number ("-" number)+                      inputs, hidden units, classes
 *   sequence = item ("," item)*
 *   item     = layer | "residual(" sequence ")" | "parallel(" sequence ("|" sequence)+ ")"
 *   layer    = name argument* (key "=" value)*
 *
 * Builds the network on `x`; its nodes belong to x's graph. If the last layer needs a size and has none, it
 * gets `classes`; 0: no default. DSC_ERROR_ARGUMENT: the message names the column and, for a shape that does
 * not fit, the layer. */
dsc_status dsc_text_build(dsc_node **y, dsc_node *x, const char *text, size_t classes, dsc_error *error);

#endif
